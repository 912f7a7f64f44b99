//! Slots in an order that somebody else decides.

use crate::id::{NONE, Slot};
use crate::identity::column::Column;

/// How many slots a chunk holds at most.
const FULL: usize = 512;

/// Two neighbours that hold no more than this together become one.
const SPARSE: usize = FULL / 2;

/// A list of slots in chunks, each slot in it once.
///
/// Knows nothing of keys: it is told where a slot comes in, and asked by a
/// predicate for a position.
///
/// ```text
///   order    2     0     1         the numbers of the chunks, as they stand
///            │     │     │
///   chunks  [4 1] [7 2] [5 3 6]    by number; also those that are free
///
///   home    4→2  1→2  7→0 …        by slot, the number of its chunk
/// ```
///
/// No chunk in the order is empty, and neighbours hold more than [`SPARSE`]
/// slots together, so n slots take O(n / FULL) chunks, whatever was removed.
#[derive(Clone)]
pub(super) struct Sequence {
    chunks: Vec<Chunk>,
    order: Vec<u32>,
    free: Vec<u32>,
    home: Column<{ u32::MAX }>,
}

#[derive(Clone, Default)]
struct Chunk {
    slots: Vec<Slot>,
    /// Where the order has this chunk.
    rank: usize,
}

/// A position: before a slot, or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    rank: usize,
    /// Less than the length of the chunk; 0 at the end.
    at: usize,
}

impl Sequence {
    pub(super) fn new() -> Self {
        Self {
            chunks: Vec::new(),
            order: Vec::new(),
            free: Vec::new(),
            home: Column::new(),
        }
    }

    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.home.get(slot).is_some()
    }

    /// Inserts a slot directly before another one, `NONE` for at the end.
    /// Computes in O(FULL), and O(chunks) when a chunk splits.
    pub(super) fn insert_before(&mut self, slot: Slot, next: Slot) {
        debug_assert!(!self.contains(slot), "a slot is in a sequence once");
        let (mut rank, mut at) = self.gap_before(next);
        if self.chunk(rank).len() == FULL {
            // What is filled from the front to the end stays full.
            let keep = if next == NONE { FULL } else { FULL / 2 };
            self.split(rank, keep);
            if at >= keep {
                (rank, at) = (rank + 1, at - keep);
            }
        }
        let number = self.order[rank];
        self.chunks[number as usize].slots.insert(at, slot);
        self.home.set(slot, number);
    }

    /// Removes a slot and returns the one after it, `NONE` if it was the last.
    /// Computes in O(FULL), and O(chunks) when chunks become one.
    pub(super) fn remove(&mut self, slot: Slot) -> Slot {
        let Cursor { rank, at } = self.cursor(slot);
        let next = self.slot(self.normal(rank, at + 1));
        let number = self.order[rank] as usize;
        self.chunks[number].slots.remove(at);
        self.home.clear(slot);
        self.tidy(rank);
        next
    }

    /// The first position whose slot the predicate does not hold for, if it
    /// holds for those before it and for no other; else, some position.
    /// Computes in O(log n).
    pub(super) fn partition_point(&self, mut is_before: impl FnMut(Slot) -> bool) -> Cursor {
        let rank = self
            .order
            .partition_point(|&number| is_before(self.chunks[number as usize].slots[0]));
        let Some(rank) = rank.checked_sub(1) else {
            return self.start();
        };
        let at = self.chunk(rank).partition_point(|&slot| is_before(slot));
        self.normal(rank, at)
    }

    pub(super) fn start(&self) -> Cursor {
        Cursor { rank: 0, at: 0 }
    }

    pub(super) fn end(&self) -> Cursor {
        Cursor {
            rank: self.order.len(),
            at: 0,
        }
    }

    /// The slot at a position, `NONE` at the end.
    pub(super) fn slot(&self, cursor: Cursor) -> Slot {
        match self.order.get(cursor.rank) {
            Some(&number) => self.chunks[number as usize].slots[cursor.at],
            None => NONE,
        }
    }

    /// The slots from one position up to another; none if that comes first.
    pub(super) fn between(&self, start: Cursor, end: Cursor) -> Slots<'_> {
        Slots {
            sequence: self,
            start: start.min(end),
            end,
        }
    }

    pub(super) fn iter(&self) -> Slots<'_> {
        self.between(self.start(), self.end())
    }

    /// Makes room for `additional` more slots.
    pub(super) fn reserve(&mut self, additional: usize) {
        self.home.reserve(additional);
    }

    /// Gives back what is not in use: chunks are numbered by rank then.
    pub(super) fn shrink_to_fit(&mut self) {
        let mut chunks = Vec::with_capacity(self.order.len());
        for (rank, number) in self.order.iter_mut().enumerate() {
            let mut chunk = std::mem::take(&mut self.chunks[*number as usize]);
            *number = u32::try_from(rank).expect("there are no more chunks than slots");
            for &slot in &chunk.slots {
                self.home.set(slot, *number);
            }
            chunk.slots.shrink_to_fit();
            chunks.push(chunk);
        }
        self.chunks = chunks;
        self.free = Vec::new();
        self.order.shrink_to_fit();
        self.home.shrink_to_fit();
    }

    /// The slots of the chunk at a rank.
    fn chunk(&self, rank: usize) -> &[Slot] {
        &self.chunks[self.order[rank] as usize].slots
    }

    /// A position that may be just beyond its chunk.
    fn normal(&self, rank: usize, at: usize) -> Cursor {
        if at == self.chunk(rank).len() {
            Cursor {
                rank: rank + 1,
                at: 0,
            }
        } else {
            Cursor { rank, at }
        }
    }

    fn cursor(&self, slot: Slot) -> Cursor {
        let number = self.home.get(slot).expect("the slot is in the sequence");
        let chunk = &self.chunks[number as usize];
        let at = chunk.slots.iter().position(|&other| other == slot);
        Cursor {
            rank: chunk.rank,
            at: at.expect("a slot is in its home"),
        }
    }

    /// The chunk, and the position in it, that a slot before `next` goes to.
    fn gap_before(&mut self, next: Slot) -> (usize, usize) {
        if next != NONE {
            let Cursor { rank, at } = self.cursor(next);
            return (rank, at);
        }
        if self.order.is_empty() {
            self.open(0, Vec::new());
        }
        let last = self.order.len() - 1;
        (last, self.chunk(last).len())
    }

    /// Puts a new chunk into the order.
    fn open(&mut self, rank: usize, slots: Vec<Slot>) {
        let number = self.free.pop().unwrap_or_else(|| {
            self.chunks.push(Chunk::default());
            u32::try_from(self.chunks.len() - 1).expect("there are no more chunks than slots")
        });
        for &slot in &slots {
            self.home.set(slot, number);
        }
        self.chunks[number as usize].slots = slots;
        self.order.insert(rank, number);
        self.renumber(rank);
    }

    /// Takes a chunk out of the order and returns its slots.
    fn close(&mut self, rank: usize) -> Vec<Slot> {
        let number = self.order.remove(rank);
        self.free.push(number);
        self.renumber(rank);
        std::mem::take(&mut self.chunks[number as usize].slots)
    }

    fn renumber(&mut self, from: usize) {
        for (rank, &number) in self.order.iter().enumerate().skip(from) {
            self.chunks[number as usize].rank = rank;
        }
    }

    /// Moves all but the first slots of a chunk into a new one behind it.
    fn split(&mut self, rank: usize, keep: usize) {
        let number = self.order[rank] as usize;
        let tail = self.chunks[number].slots.split_off(keep);
        self.open(rank + 1, tail);
    }

    /// Restores what is said of chunks, after one has lost a slot.
    fn tidy(&mut self, rank: usize) {
        if self.chunk(rank).is_empty() {
            self.close(rank);
            return;
        }
        self.merge(rank);
        if let Some(before) = rank.checked_sub(1) {
            self.merge(before);
        }
    }

    /// Makes a chunk and the next one into one, if together they are sparse.
    fn merge(&mut self, rank: usize) {
        if rank + 1 >= self.order.len()
            || self.chunk(rank).len() + self.chunk(rank + 1).len() > SPARSE
        {
            return;
        }
        let tail = self.close(rank + 1);
        let number = self.order[rank];
        for &slot in &tail {
            self.home.set(slot, number);
        }
        self.chunks[number as usize].slots.extend(tail);
    }

    /// Proves what is said above of chunks and homes.
    pub(super) fn verify(&self) -> Result<(), String> {
        let mut count = 0;
        for (rank, &number) in self.order.iter().enumerate() {
            let chunk = &self.chunks[number as usize];
            let at_home = |&slot: &Slot| self.home.get(slot) == Some(number);
            if chunk.rank != rank || !chunk.slots.iter().all(at_home) {
                return Err(format!(
                    "chunk {number} does not know its place or its slots"
                ));
            }
            if chunk.slots.is_empty() || chunk.slots.len() > FULL {
                return Err(format!("chunk {number} has {} slots", chunk.slots.len()));
            }
            count += chunk.slots.len();
        }
        let sparse = |rank: usize| self.chunk(rank - 1).len() + self.chunk(rank).len() <= SPARSE;
        if let Some(rank) = (1..self.order.len()).find(|&rank| sparse(rank)) {
            return Err(format!(
                "chunks {} and {rank} of the order are sparse",
                rank - 1
            ));
        }
        if count != self.home.count() || self.chunks.len() != self.order.len() + self.free.len() {
            return Err("a slot or a chunk is lost".to_owned());
        }
        Ok(())
    }
}

/// Slots of a [`Sequence`], as they stand.
#[derive(Clone)]
pub(super) struct Slots<'g> {
    sequence: &'g Sequence,
    start: Cursor,
    end: Cursor,
}

impl Iterator for Slots<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        if self.start == self.end {
            return None;
        }
        let Cursor { rank, at } = self.start;
        self.start = self.sequence.normal(rank, at + 1);
        Some(self.sequence.chunk(rank)[at])
    }
}

impl DoubleEndedIterator for Slots<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Slot> {
        if self.start == self.end {
            return None;
        }
        self.end = match self.end.at.checked_sub(1) {
            Some(at) => Cursor { at, ..self.end },
            None => Cursor {
                rank: self.end.rank - 1,
                at: self.sequence.chunk(self.end.rank - 1).len() - 1,
            },
        };
        Some(self.sequence.slot(self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(slots: impl IntoIterator<Item = Slot>) -> Sequence {
        let mut sequence = Sequence::new();
        for slot in slots {
            sequence.insert_before(slot, NONE);
        }
        sequence
    }

    /// The next number of a generator that needs no more than its last.
    fn step(random: &mut usize) -> usize {
        *random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        *random >> 33
    }

    #[test]
    fn it_agrees_with_a_vector() {
        let mut random = 1;
        let (mut sequence, mut model) = (Sequence::new(), Vec::<Slot>::new());
        let mut unused: Vec<Slot> = (1..=3000).collect();
        for round in 0..20_000 {
            let grows = round / 4000 % 2 == 0;
            if !unused.is_empty() && (model.is_empty() || (step(&mut random) % 8 < 6) == grows) {
                let slot = unused.swap_remove(step(&mut random) % unused.len());
                let at = step(&mut random) % (model.len() + 1);
                sequence.insert_before(slot, model.get(at).copied().unwrap_or(NONE));
                model.insert(at, slot);
            } else {
                let at = step(&mut random) % model.len();
                let slot = model.remove(at);
                let next = sequence.remove(slot);
                assert_eq!(next, model.get(at).copied().unwrap_or(NONE));
                unused.push(slot);
            }
            if round % 64 == 0 {
                sequence.verify().expect("it holds");
                assert!(sequence.iter().eq(model.iter().copied()));
                assert!(sequence.iter().rev().eq(model.iter().rev().copied()));
            }
        }
    }

    #[test]
    fn what_is_filled_from_the_front_fills_its_chunks() {
        let sequence = filled(1..=5000);
        assert_eq!(sequence.order.len(), 5000_usize.div_ceil(FULL));
        sequence.verify().expect("it holds");
    }

    #[test]
    fn chunks_do_not_outlive_their_slots() {
        let mut sequence = filled(1..=50_000);
        for slot in (1..=50_000).filter(|slot| slot % 500 != 0) {
            sequence.remove(slot);
        }
        sequence.verify().expect("it holds");
        assert!(sequence.iter().eq((1..=100).map(|n| n * 500)));
        assert_eq!(sequence.order.len(), 1);
    }

    #[test]
    fn a_position_is_found_by_a_predicate() {
        let sequence = filled((1..=2000).rev());
        for slot in [1, 512, 513, 1024, 1999, 2000] {
            let cursor = sequence.partition_point(|other| other > slot);
            assert_eq!(sequence.slot(cursor), slot);
            assert!(
                sequence
                    .between(cursor, sequence.end())
                    .eq((1..=slot).rev())
            );
            assert_eq!(sequence.between(sequence.end(), cursor).next_back(), None);
        }
        assert_eq!(sequence.partition_point(|_| true), sequence.end());
        assert_eq!(sequence.partition_point(|_| false), sequence.start());
        assert_eq!(
            Sequence::new().partition_point(|_| true),
            Sequence::new().end()
        );
    }
}
