//! The members of a row, holes passed over.

use std::iter::FusedIterator;

use crate::id::{NONE, Slot};
use crate::links::linked::Child;
use crate::links::sorted::Long;

/// The slots in a row, in order, from both sides, with an exact length.
///
/// Nearly every row is one slice of cells. What else there may be, a chain or
/// chunks, is asked for only where the cells end: from the front because there
/// are none any more, from the back because more members are left than cells.
/// So reading a contiguous row costs nothing for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members<'g> {
    cells: &'g [Slot],
    /// In the cells and beyond.
    left: usize,
    /// Where members are that are not in the cells: at most one of the two.
    chain: Option<Chain<'g>>,
    chunks: Option<&'g Long>,
    rest: Rest,
}

/// What is left of a linked row, which has no cells.
#[derive(Clone, Copy, Debug)]
struct Chain<'g> {
    /// A pointer of one word: this is copied with every row that is read.
    children: &'g Vec<Child>,
    first: Slot,
    last: Slot,
}

/// What is left of a long sorted row behind the front chunk, which is the
/// cells: whole chunks, and some of one more.
///
/// Its functions take it and hand it back, so that the compiler can keep the
/// slice of cells in registers while nobody calls them.
#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    /// The ranks of the whole chunks.
    from: u32,
    to: u32,
    /// How many are left of the chunk at `to`.
    back: u32,
}

impl<'g> Members<'g> {
    #[inline]
    pub(crate) fn new(cells: &'g [Slot], live: usize) -> Self {
        Self {
            cells,
            left: live,
            chain: None,
            chunks: None,
            rest: Rest::default(),
        }
    }

    #[inline]
    pub(crate) fn linked(children: &'g Vec<Child>, first: Slot, last: Slot, len: usize) -> Self {
        let chain = Chain {
            children,
            first,
            last,
        };
        Self {
            cells: &[],
            left: len,
            chain: Some(chain),
            chunks: None,
            rest: Rest::default(),
        }
    }

    #[cold]
    pub(crate) fn of_long(row: &'g Long) -> Self {
        let to = u32::try_from(row.chunks()).expect("there are fewer chunks than slots");
        let rest = Rest {
            from: 1,
            to,
            back: 0,
        };
        Self {
            cells: row.chunk(0),
            left: row.len(),
            chain: None,
            chunks: Some(row),
            rest,
        }
    }

    /// The member at a position, before any was taken: O(1) without holes,
    /// O(length) with; in a linked row from the nearer end, in chunks
    /// O(log length).
    pub(crate) fn at(mut self, position: usize) -> Option<Slot> {
        if position >= self.left {
            return None;
        }
        if self.left == self.cells.len() {
            return self.cells.get(position).copied();
        }
        if let Some(row) = self.chunks {
            return row.at(position);
        }
        if self.chain.is_some() && position > self.left / 2 {
            return self.nth_back(self.left - 1 - position);
        }
        self.nth(position)
    }

    /// How many members stand before an offset, which is a position where the
    /// members are not in cells.
    pub(crate) fn before(self, offset: u32) -> usize {
        let offset = offset as usize;
        if self.left == self.cells.len() || self.chain.is_some() || self.chunks.is_some() {
            return offset;
        }
        self.cells[..offset]
            .iter()
            .filter(|&&cell| cell != NONE)
            .count()
    }

    /// The next member where the cells have come to an end.
    #[inline]
    fn next_beyond(&mut self) -> Option<Slot> {
        if let Some(row) = self.chunks {
            let (rest, cells) = self.rest.pop_front(row);
            self.rest = rest;
            let (&slot, cells) = cells.split_first()?;
            self.cells = cells;
            self.left -= 1;
            return Some(slot);
        }
        let chain = self.chain.as_mut()?;
        self.left = self.left.checked_sub(1)?;
        Some(chain.pop_front())
    }

    /// The last member where more are left than cells.
    #[inline]
    fn next_back_beyond(&mut self) -> Option<Slot> {
        self.left -= 1;
        if let Some(row) = self.chunks {
            let (rest, slot) = self.rest.pop_back(row);
            self.rest = rest;
            return Some(slot);
        }
        self.chain.as_mut().map(Chain::pop_back)
    }
}

impl Chain<'_> {
    #[inline]
    fn pop_front(&mut self) -> Slot {
        let slot = self.first;
        self.first = self.children[slot as usize].next;
        slot
    }

    #[inline]
    fn pop_back(&mut self) -> Slot {
        let slot = self.last;
        self.last = self.children[slot as usize].previous;
        slot
    }
}

impl Rest {
    /// The next chunk from the front; empty if there is none.
    #[cold]
    #[inline(never)]
    fn pop_front(mut self, row: &Long) -> (Self, &[Slot]) {
        if self.from < self.to {
            self.from += 1;
            return (self, row.chunk(self.from as usize - 1));
        }
        let back = std::mem::take(&mut self.back);
        (self, &row.chunk(self.to as usize)[..back as usize])
    }

    /// The last slot; there is one.
    #[cold]
    #[inline(never)]
    fn pop_back(mut self, row: &Long) -> (Self, Slot) {
        if self.back == 0 {
            self.to -= 1;
            let len = row.chunk(self.to as usize).len();
            self.back = u32::try_from(len).expect("a chunk is short");
        }
        self.back -= 1;
        (self, row.chunk(self.to as usize)[self.back as usize])
    }
}

impl Iterator for Members<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        while let Some((&cell, rest)) = self.cells.split_first() {
            self.cells = rest;
            if cell != NONE {
                self.left -= 1;
                return Some(cell);
            }
        }
        self.next_beyond()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// Without the bookkeeping of [`next`](Self::next).
    #[inline]
    fn fold<B, F: FnMut(B, Slot) -> B>(mut self, init: B, mut f: F) -> B {
        let mut all = init;
        loop {
            let cells = self.cells.iter().copied();
            all = cells.filter(|&cell| cell != NONE).fold(all, &mut f);
            self.cells = &[];
            let Some(slot) = self.next_beyond() else {
                return all;
            };
            all = f(all, slot);
        }
    }
}

impl DoubleEndedIterator for Members<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Slot> {
        if self.left > self.cells.len() {
            return self.next_back_beyond();
        }
        while let Some((&cell, rest)) = self.cells.split_last() {
            self.cells = rest;
            if cell != NONE {
                self.left -= 1;
                return Some(cell);
            }
        }
        None
    }
}

impl ExactSizeIterator for Members<'_> {}

impl FusedIterator for Members<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a row after some steps from both sides, met one by one and
    /// at once.
    fn left(cells: &[Slot], steps: usize) -> [Vec<Slot>; 2] {
        let live = cells.iter().filter(|&&cell| cell != NONE).count();
        let mut row = Members::new(cells, live);
        for _ in 0..steps {
            row.next();
            row.next_back();
        }
        let at_once = row.fold(Vec::new(), |mut all, slot| {
            all.push(slot);
            all
        });
        [std::iter::from_fn(|| row.next()).collect(), at_once]
    }

    #[test]
    fn going_through_a_row_at_once_meets_whom_single_steps_meet() {
        let lengths = [0, 1, 31, 32, 33, 100];
        for (len, every) in lengths
            .into_iter()
            .flat_map(|len| (1..6).map(move |n| (len, n)))
        {
            let cell = |n: u32| if n.is_multiple_of(every) { n + 1 } else { NONE };
            let cells: Vec<Slot> = (0..len).map(cell).collect();
            for steps in 0..3 {
                let [one_by_one, at_once] = left(&cells, steps);
                assert_eq!(one_by_one, at_once, "{len} cells, one in {every} a member");
            }
        }
    }
}
