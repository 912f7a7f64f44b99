//! Several calls as one: all or nothing, and judged at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::change::{Change, Point};
use crate::engine::Engine;
use crate::engine::history::Joining;
use crate::error::{Error, Result};
use crate::id::EntityTypeId;
use crate::internals::planted::{self, Bug};

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
    point: Point,
    notes: usize,
    was_listening: bool,
    was_deferred: bool,
    label: Option<Arc<str>>,
    joining: Joining,
    /// The engine that it began in.
    presence: Presence,
}

/// Tells one engine from another, and one whose transaction can come to no end
/// that this is so: its graph was exchanged for another inside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presence(Arc<AtomicBool>);

impl Presence {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn give_up(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    #[inline]
    fn was_given_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a call of several parts came to.
pub(crate) struct Done<R> {
    pub(crate) result: R,
    /// Where it began, if it was the outermost.
    pub(crate) outermost: Option<Point>,
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
///
/// # Panics
/// If the parts exchange the holder's engine for another.
pub(crate) fn as_one_call<H: HasEngine, R, E: From<Error>>(
    holder: &mut H,
    parts: impl FnOnce(&mut H) -> Result<R, E>,
) -> Result<Done<R>, E> {
    let mut call = OneCall {
        begun: Some(holder.engine().begin_call()),
        holder,
    };
    let result = parts(call.holder);
    call.expect_presence();
    let result = result?;
    let outermost = call.finish()?;
    Ok(Done { result, outermost })
}

impl<E: HasEngine> OneCall<'_, E> {
    fn finish(&mut self) -> Result<Option<Point>> {
        let engine = self.holder.engine();
        let is_outermost = self.begun.as_ref().is_some_and(|begun| !begun.was_deferred);
        if is_outermost || planted::is(Bug::SavepointsAreJudged) {
            engine.judge_deferred()?;
        }
        let begun = self.begun.take();
        Ok(begun.and_then(|begun| {
            engine.end_call(&begun);
            (!begun.was_deferred).then_some(begun.point)
        }))
    }

    fn expect_presence(&mut self) {
        assert!(
            self.is_present(),
            "the graph was exchanged for another one inside its own transaction: \
             the one that was taken away goes back to where it was before"
        );
    }

    /// Whether the engine is still the one that the call began in.
    fn is_present(&mut self) -> bool {
        let presence = &self.holder.engine().presence;
        let begun = self.begun.as_ref();
        begun.is_none_or(|begun| begun.presence.is(presence))
    }
}

impl<E: HasEngine> Drop for OneCall<'_, E> {
    fn drop(&mut self) {
        if !self.is_present() {
            if let Some(begun) = self.begun.take() {
                begun.presence.give_up();
            }
            return;
        }
        if let Some(begun) = self.begun.take() {
            let engine = self.holder.engine();
            let point = if planted::is(Bug::SavepointsTakeAllBack) {
                engine.began
            } else {
                begun.point
            };
            let spent = engine.rewind_to(point);
            if let Some(deferred) = &mut engine.deferred {
                let forgets = planted::is(Bug::SavepointsForgetWhomToJudge);
                deferred.truncate(if forgets { 0 } else { begun.notes });
            }
            engine.label.clone_from(&begun.label);
            engine.is_applying = false;
            if let Some(uids) = &mut engine.uids {
                uids.expect_nothing();
            }
            engine.joining = begun.joining;
            engine.end_call(&begun);
            // Last, for `Drop` of a payload is the user's and may panic.
            drop(spent);
        }
    }
}

/// The type whose side stack a change has put a payload on.
fn spent_type(change: Change) -> Option<EntityTypeId> {
    match change {
        Change::Removed { entity, .. } | Change::Replaced { entity, .. } => Some(entity),
        Change::Inserted { .. } | Change::Linked(_) | Change::Unlinked(_) => None,
        Change::Reassigned { .. } => None,
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
        as_one_call(self, parts).map(|done| done.result)
    }

    /// Whether a call of several parts is under way.
    pub(crate) fn is_in_call(&self) -> bool {
        self.deferred.is_some()
    }

    /// The same, and that the call can come to its end.
    #[inline]
    pub(crate) fn is_in_sound_call(&self) -> bool {
        self.deferred.is_some() && !self.presence.was_given_up()
    }

    fn begin_call(&mut self) -> Begun {
        let was_listening = self.sink.is_listening();
        let was_deferred = self.deferred.is_some();
        self.sink.listen();
        let point = self.sink.now();
        if !was_deferred {
            self.began = point;
        }
        Begun {
            point,
            notes: self.deferred.get_or_insert_default().len(),
            was_listening,
            was_deferred,
            label: self.label.clone(),
            joining: self.joining,
            presence: self.presence.clone(),
        }
    }

    /// Takes back what a call did that was given up, because the graph was
    /// exchanged for another inside it.
    #[inline]
    pub(crate) fn recover(&mut self) {
        if self.is_in_call() && self.presence.was_given_up() {
            self.take_back_what_was_given_up();
        }
    }

    #[cold]
    fn take_back_what_was_given_up(&mut self) {
        self.presence = Presence::default();
        let spent = self.rewind_to(self.began);
        self.deferred = None;
        self.label = None;
        self.stop_unless_watched();
        drop(spent);
    }

    /// Goes back to who listened and who deferred before, and lets go of the
    /// payloads and data that nobody can bring back any more.
    fn end_call(&mut self, begun: &Begun) {
        if !begun.was_deferred {
            self.deferred = None;
        }
        if !begun.was_listening {
            self.stop_unless_watched();
        }
    }

    /// Stops keeping the record if nobody needs it, and lets go of the payloads
    /// and data that nobody can bring back any more.
    pub(crate) fn stop_unless_watched(&mut self) {
        if self.is_watched() || self.is_in_call() {
            return;
        }
        let types: Vec<EntityTypeId> = match self.sink.log() {
            Some(log) => log.since(Point::default()).filter_map(spent_type).collect(),
            None => return,
        };
        self.sink.stop();
        self.dispose_types(types.into_iter());
    }
}
