//! The record of what happened: one change for each write, and who keeps it.

use std::collections::VecDeque;

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
///
/// A step that was taken back can be taken again: the same changes, forwards,
/// on the state as it was before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A new entity is live.
    Inserted { entity: EntityTypeId, slot: Slot },
    /// An entity is gone; its payload lies on the side stack.
    Removed {
        entity: EntityTypeId,
        slot: Slot,
        why: Removal,
    },
    /// A payload was replaced; the old one lies on the side stack.
    Replaced {
        entity: EntityTypeId,
        slot: Slot,
        field: FieldNumber,
    },
    /// A link was made, last in both rows.
    Linked(LinkAt),
    /// A link was cut.
    Unlinked(LinkAt),
    /// A child without rules left its parent for another: a link was cut and one
    /// was made, in less room than two changes take.
    Reassigned {
        relationship: u16,
        child_side: Side,
        child: Slot,
        /// Before and after.
        parents: [Slot; 2],
        /// Where it stood and stands in their rows.
        at: [u32; 2],
    },
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
    /// A member came into the order of a sorted row, behind another one, or
    /// first behind `NONE`.
    Entered {
        row: RowOf,
        member: Slot,
        after: Slot,
    },
    /// A member left the order of a sorted row, where it stood behind another
    /// one, or first behind `NONE`.
    Left {
        row: RowOf,
        member: Slot,
        after: Slot,
    },
    /// A member of the keyed rows at the side of `row` has another key in all of
    /// them; the hashes of the old one and of the new.
    Rekeyed {
        row: RowOf,
        member: Slot,
        old: u32,
        new: u32,
    },
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

impl LinkAt {
    /// The link of a child at a side to a parent, in whose row it stands there.
    #[inline]
    pub(crate) fn of_child(
        relationship: u16,
        child_side: Side,
        child: Slot,
        (parent, at): (Slot, u32),
    ) -> Self {
        let (slots, at) = match child_side {
            Side::Left => ([child, parent], [0, at]),
            Side::Right => ([parent, child], [at, 0]),
        };
        Self {
            relationship,
            slots,
            at,
        }
    }
}

/// The row of one entity at one side of a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowOf {
    pub(crate) relationship: u16,
    pub(crate) side: Side,
    pub(crate) owner: Slot,
}

/// Why an entity went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Removal {
    /// Somebody asked for it.
    #[default]
    Deleted,
    /// By a delete rule, with one that went.
    Cascaded,
    /// It had lost its last owner.
    Orphaned,
}

/// Which field of a payload was changed, by its number in the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldNumber(pub(crate) u16);

impl FieldNumber {
    /// The payload was replaced as a whole.
    pub(crate) const ALL: Self = Self(u16::MAX);
}

/// Takes the changes, or lets them pass while nobody listens.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    log: Option<Box<Log>>,
    /// An empty one, for the next who listens.
    spare: Option<Box<Log>>,
}

/// The changes in order, and the words that some of them need besides.
#[derive(Debug, Default)]
pub(crate) struct Log {
    changes: Vec<Change>,
    words: VecDeque<u32>,
    /// The first of the changes that is not let go of.
    first: usize,
    /// How many changes were let go of that are no longer there.
    gone: u64,
}

/// A place in the record, to go back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point(pub(crate) u64);

impl Log {
    /// The place behind the last change.
    #[inline]
    pub(crate) fn end(&self) -> Point {
        Point(self.gone + self.changes.len() as u64)
    }

    /// The place before the first change that is there.
    fn start(&self) -> Point {
        Point(self.gone + self.first as u64)
    }

    /// The changes after a point, in order, each in its parts.
    pub(crate) fn since(&self, point: Point) -> impl Iterator<Item = Change> + '_ {
        let from = point.max(self.start()).0 - self.gone;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let changes = &self.changes[from.min(self.changes.len())..];
        changes.iter().flat_map(|change| change.parts())
    }

    /// The words that come with the changes after a point: those are the last.
    pub(crate) fn words_since(&self, point: Point) -> Vec<u32> {
        let count: usize = self.since(point).map(Change::words).sum();
        self.words
            .range(self.words.len() - count..)
            .copied()
            .collect()
    }

    #[inline]
    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Like [`push`](Self::push), for a change that comes with these words.
    pub(crate) fn push_with(&mut self, change: Change, words: &[u32]) {
        debug_assert_eq!(change.words(), words.len());
        self.words.extend(words);
        self.changes.push(change);
    }

    /// Takes the last change off, if it was made after a point.
    pub(crate) fn pop_after(&mut self, point: Point) -> Option<Change> {
        (self.end() > point.max(self.start()))
            .then(|| self.changes.pop())
            .flatten()
    }

    /// Takes the words off that came with the last change.
    pub(crate) fn pop_words(&mut self, change: Change) -> Vec<u32> {
        let at = self.words.len() - change.words();
        Vec::from(self.words.split_off(at))
    }

    /// Lets go of the first change, if it was made before a point.
    pub(crate) fn forget_before(&mut self, point: Point) -> Option<Change> {
        if point <= self.start() {
            return None;
        }
        let change = *self.changes.get(self.first)?;
        self.first += 1;
        if change.words() > 0 {
            self.words.drain(..change.words());
        }
        // Half of it moves when as much was let go of.
        if self.first > self.changes.len() / 2 {
            self.changes.drain(..self.first);
            self.gone += self.first as u64;
            self.first = 0;
        }
        Some(change)
    }

    /// Forgets everything, and counts anew. Room is kept for as much as there was,
    /// within bounds, and of what was not used for half: many large transactions
    /// make room once, and a few small ones give it back.
    fn reset(&mut self) {
        const ROOM: usize = 1 << 15;
        const MOST: usize = 1 << 18;
        let kept = |used: usize, room: usize| used.max(room / 2).clamp(ROOM, MOST);
        let changes = kept(self.changes.len(), self.changes.capacity());
        let words = kept(self.words.len(), self.words.capacity());
        self.changes.clear();
        self.changes.shrink_to(changes);
        self.words.clear();
        self.words.shrink_to(words);
        (self.first, self.gone) = (0, 0);
    }
}

impl Change {
    /// The changes that it stands for: itself, but two for a child that has
    /// another parent.
    pub(crate) fn parts(self) -> impl DoubleEndedIterator<Item = Self> {
        let mut parts = [Some(self), None];
        if let Self::Reassigned {
            relationship,
            child_side,
            child,
            parents,
            at,
        } = self
        {
            let link = |which: usize| {
                LinkAt::of_child(relationship, child_side, child, (parents[which], at[which]))
            };
            parts = [Some(Self::Unlinked(link(0))), Some(Self::Linked(link(1)))];
        }
        parts.into_iter().flatten()
    }

    /// How many words come with it.
    pub(crate) fn words(self) -> usize {
        match self {
            Self::Permuted { words, .. } | Self::Compacted { words, .. } => words as usize,
            Self::Inserted { .. } | Self::Removed { .. } | Self::Replaced { .. } => 0,
            Self::Linked(_) | Self::Unlinked(_) | Self::Reassigned { .. } => 0,
            Self::DataReplaced { .. } => 0,
            Self::Moved { .. } | Self::Swapped { .. } | Self::Rekeyed { .. } => 0,
            Self::Entered { .. } | Self::Left { .. } => 0,
        }
    }

    /// Whether somebody can see it; closing holes is seen by nobody.
    pub(crate) fn is_visible(self) -> bool {
        !matches!(self, Self::Compacted { .. })
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
            log.push(change());
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
            log.push(change(count));
        }
    }

    /// Starts to keep the changes.
    pub(crate) fn listen(&mut self) {
        if self.log.is_none() {
            self.log = Some(self.spare.take().unwrap_or_default());
        }
    }

    /// Where the record is now; its start while nobody listens.
    #[inline]
    pub(crate) fn now(&self) -> Point {
        self.log.as_ref().map_or(Point::default(), |log| log.end())
    }

    /// The record, while somebody listens.
    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_deref()
    }

    /// Takes the record away for as long as it is read or taken back.
    pub(crate) fn take(&mut self) -> Option<Box<Log>> {
        self.log.take()
    }

    /// Goes on with a record that was taken.
    pub(crate) fn put_back(&mut self, log: Box<Log>) {
        self.log = Some(log);
    }

    /// For how many changes there is room, whether anybody listens or not.
    #[cfg(test)]
    pub(crate) fn room(&self) -> usize {
        let logs = [&self.log, &self.spare].into_iter().flatten();
        logs.map(|log| log.changes.capacity()).sum()
    }

    /// Gives back the room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.spare = None;
        if let Some(log) = &mut self.log {
            log.changes.shrink_to_fit();
            log.words.shrink_to_fit();
        }
    }

    /// Stops keeping the changes, and forgets those there are.
    pub(crate) fn stop(&mut self) {
        if let Some(mut log) = self.log.take() {
            log.reset();
            self.spare = Some(log);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_of_a_large_record_stays_for_the_next_and_small_ones_give_it_back() {
        let mut sink = Sink::default();
        let mut room_after = |changes: Slot| {
            sink.listen();
            for slot in 0..changes {
                let entity = EntityTypeId(0);
                sink.push(|| Change::Inserted { entity, slot });
            }
            sink.stop();
            sink.room()
        };
        assert_eq!(room_after(1_000_000), 1 << 18);
        assert_eq!(room_after(200_000), 200_000);
        let least = (0..6).map(|_| room_after(1)).last();
        assert_eq!(least, Some(1 << 15));
    }

    #[test]
    fn a_change_takes_24_bytes() {
        assert_eq!(size_of::<Change>(), 24);
    }
}
