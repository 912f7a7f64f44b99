//! The record of what happened: one change for each write, and who keeps it.

use crate::id::{EntityTypeId, Side, Slot};

/// One write of the engine, with what it takes to undo it.
///
/// Positions are offsets within a row's block, holes counted. They stay true
/// because the record is physical and is read backwards: whatever shifts an
/// offset is a change of its own ([`Compacted`](Self::Compacted)), so when a
/// step is taken back its row looks as it did right after the step, and
/// nothing is searched. A row that moves to a larger block keeps its offsets
/// and needs no entry. Payloads before a change lie on the side stack of their
/// entity type, in the order of the changes that put them there; so does the
/// data of links that were cut, on that of their relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A new entity is live.
    Inserted { entity: EntityTypeId, slot: Slot },
    /// An entity is gone; its payload lies on the side stack.
    Removed { entity: EntityTypeId, slot: Slot },
    /// A payload was replaced; the old one lies on the side stack.
    Replaced { entity: EntityTypeId, slot: Slot },
    /// A link was made, last in both rows.
    Linked(LinkAt),
    /// A link was cut.
    Unlinked(LinkAt),
    /// The data of a link was replaced; the old lies on the side stack of its
    /// relationship.
    DataReplaced {
        relationship: u16,
        /// The entities linked, left and right.
        slots: [Slot; 2],
    },
    /// A member of a row moved and those between shifted by one.
    Moved { row: RowOf, from: u32, to: u32 },
    /// Two members of a row changed places.
    Swapped { row: RowOf, a: u32, b: u32 },
    /// A row was put in another order; the old offsets lie in the words.
    Permuted { row: RowOf, words: u32 },
    /// A member came into the order of a sorted row.
    Entered { row: RowOf, member: Slot },
    /// A member left the order of a sorted row, where it stood behind another
    /// one, or first behind `NONE`.
    Left {
        row: RowOf,
        member: Slot,
        after: Slot,
    },
    /// A member of the keyed rows at the side of `row` has another key in all of
    /// them; the hash of the old one.
    Rekeyed { row: RowOf, member: Slot, old: u32 },
    /// The holes of a row were closed; their offsets lie in the words.
    Compacted { row: RowOf, words: u32 },
}

/// A link and its places in the rows of both its ends (0 for a to-one end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkAt {
    pub(crate) relationship: u16,
    /// The entities linked, left and right.
    pub(crate) slots: [Slot; 2],
    /// Where the link stands in the row of each; in a linked row, the member
    /// before it.
    pub(crate) at: [u32; 2],
}

/// The row of one entity at one side of a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowOf {
    pub(crate) relationship: u16,
    pub(crate) side: Side,
    pub(crate) owner: Slot,
}

/// Takes the changes, or lets them pass while nobody listens.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    log: Option<Box<Log>>,
}

/// The changes in order, and the words that some of them need besides.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) changes: Vec<Change>,
    pub(crate) words: Vec<u32>,
}

/// A place in the record, to go back to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark(usize);

impl Log {
    /// Takes the last change off, if it was made after `mark`.
    pub(crate) fn pop_after(&mut self, mark: Mark) -> Option<Change> {
        (self.changes.len() > mark.0)
            .then(|| self.changes.pop())
            .flatten()
    }
}

impl Sink {
    /// Whether somebody wants the changes; if not, none is built.
    #[inline]
    pub(crate) fn is_listening(&self) -> bool {
        self.log.is_some()
    }

    /// Builds the change only for a listener.
    #[inline]
    pub(crate) fn push(&mut self, change: impl FnOnce() -> Change) {
        if let Some(log) = &mut self.log {
            log.changes.push(change());
        }
    }

    /// Like [`push`](Self::push), for a change that comes with words.
    #[inline]
    pub(crate) fn push_with(
        &mut self,
        words: impl IntoIterator<Item = u32>,
        change: impl FnOnce(u32) -> Change,
    ) {
        if let Some(log) = &mut self.log {
            let before = log.words.len();
            log.words.extend(words);
            let count = u32::try_from(log.words.len() - before).expect("a row has 32-bit offsets");
            log.changes.push(change(count));
        }
    }

    /// Starts to keep the changes.
    pub(crate) fn listen(&mut self) {
        self.log.get_or_insert_default();
    }

    /// Where the record is now; its start while nobody listens.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.log.as_ref().map_or(0, |log| log.changes.len()))
    }

    /// Goes on with a record that was taken.
    pub(crate) fn put_back(&mut self, log: Box<Log>) {
        self.log = Some(log);
    }

    /// Stops keeping them and hands over what there is.
    pub(crate) fn take(&mut self) -> Option<Box<Log>> {
        self.log.take()
    }
}
