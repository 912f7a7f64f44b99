//! Several calls as one: all or nothing, and judged at the end.

use crate::change::{Change, Mark};
use crate::engine::Engine;
use crate::error::Result;
use crate::id::EntityTypeId;

/// Whoever has an engine: itself, or the graph around it.
pub(crate) trait HasEngine {
    fn engine(&mut self) -> &mut Engine;
}

impl HasEngine for Engine {
    fn engine(&mut self) -> &mut Engine {
        self
    }
}

/// Where a call of several parts began, and what held before.
#[derive(Debug)]
struct Begun {
    mark: Mark,
    notes: usize,
    was_listening: bool,
    was_deferred: bool,
}

/// A call of several parts under way. Dropped before it is done, by an error
/// or a panic, it takes back what the parts did.
struct OneCall<'e, E: HasEngine> {
    holder: &'e mut E,
    begun: Option<Begun>,
}

/// Runs several calls as one. If it fails or panics, none of them was made;
/// `required`, `min` and orphans are judged at its end, on what all of them
/// came to.
///
/// Such calls nest: one inside another can fail by itself, and the judging is
/// left to the outermost. Computes in O(what the calls did).
pub(crate) fn as_one_call<E: HasEngine, R>(
    holder: &mut E,
    parts: impl FnOnce(&mut E) -> Result<R>,
) -> Result<R> {
    let mut call = OneCall {
        begun: Some(holder.engine().begin_call()),
        holder,
    };
    let result = parts(call.holder)?;
    call.finish()?;
    Ok(result)
}

impl<E: HasEngine> OneCall<'_, E> {
    fn finish(&mut self) -> Result<()> {
        let engine = self.holder.engine();
        let is_outermost = self.begun.as_ref().is_some_and(|begun| !begun.was_deferred);
        if is_outermost {
            engine.judge_deferred()?;
        }
        if let Some(begun) = self.begun.take() {
            engine.end_call(&begun);
        }
        Ok(())
    }
}

impl<E: HasEngine> Drop for OneCall<'_, E> {
    fn drop(&mut self) {
        if let Some(begun) = self.begun.take() {
            let engine = self.holder.engine();
            let spent = engine.rewind_to(begun.mark);
            if let Some(deferred) = &mut engine.deferred {
                deferred.truncate(begun.notes);
            }
            engine.end_call(&begun);
            // Last, for `Drop` of a payload is the user's and may panic.
            drop(spent);
        }
    }
}

/// The type whose side stack a change has put a payload on.
fn spent_type(change: &Change) -> Option<EntityTypeId> {
    match *change {
        Change::Removed { entity, .. } | Change::Replaced { entity, .. } => Some(entity),
        Change::Inserted { .. } | Change::Linked(_) | Change::Unlinked(_) => None,
        Change::Moved { .. } | Change::Swapped { .. } => None,
        Change::DataReplaced { .. } | Change::Rekeyed { .. } => None,
        Change::Entered { .. } | Change::Left { .. } => None,
        Change::Permuted { .. } | Change::Compacted { .. } => None,
    }
}

impl Engine {
    /// See [`as_one_call`].
    pub(crate) fn as_one_call<R>(
        &mut self,
        parts: impl FnOnce(&mut Self) -> Result<R>,
    ) -> Result<R> {
        as_one_call(self, parts)
    }

    fn begin_call(&mut self) -> Begun {
        let was_listening = self.sink.is_listening();
        let was_deferred = self.deferred.is_some();
        self.sink.listen();
        Begun {
            mark: self.sink.mark(),
            notes: self.deferred.get_or_insert_default().len(),
            was_listening,
            was_deferred,
        }
    }

    /// Goes back to who listened and who deferred before, and lets go of the
    /// payloads and data that nobody can bring back any more.
    fn end_call(&mut self, begun: &Begun) {
        if !begun.was_deferred {
            self.deferred = None;
        }
        if !begun.was_listening {
            let log = self.sink.take().unwrap_or_default();
            self.dispose_types(log.changes.iter().filter_map(spent_type));
        }
    }
}
