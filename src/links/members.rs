//! The members of a row, holes passed over.

use std::iter::FusedIterator;

use crate::id::{NONE, Slot};
use crate::links::linked::Child;

/// The slots in a row, in order, from both sides, with an exact length.
///
/// A contiguous row has cells, a linked one a chain and no cells: so the chain
/// is asked for only where cells come to an end, and reading a contiguous row
/// takes not an instruction more for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members<'g> {
    cells: &'g [Slot],
    left: usize,
    chain: Option<Chain<'g>>,
}

/// What is left of a linked row.
#[derive(Clone, Copy, Debug)]
struct Chain<'g> {
    /// A pointer of one word: this is copied with every row that is read.
    children: &'g Vec<Child>,
    first: Slot,
    last: Slot,
}

impl<'g> Members<'g> {
    #[inline]
    pub(crate) fn new(cells: &'g [Slot], live: usize) -> Self {
        Self {
            cells,
            left: live,
            chain: None,
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
        }
    }

    /// The member at a position: O(1) without holes, O(length) with; in a
    /// linked row from the nearer end.
    pub(crate) fn at(mut self, position: usize) -> Option<Slot> {
        if position >= self.left {
            return None;
        }
        if self.chain.is_some() && position > self.left / 2 {
            let from_back = self.left - 1 - position;
            return self.nth_back(from_back);
        }
        if self.left == self.cells.len() {
            return self.cells.get(position).copied();
        }
        self.nth(position)
    }

    /// How many members stand before an offset, which in a linked row is a
    /// position.
    pub(crate) fn before(self, offset: u32) -> usize {
        let offset = offset as usize;
        if self.left == self.cells.len() || self.chain.is_some() {
            return offset;
        }
        self.cells[..offset]
            .iter()
            .filter(|&&cell| cell != NONE)
            .count()
    }

    #[inline]
    fn next_linked(&mut self) -> Option<Slot> {
        let chain = self.chain.as_mut()?;
        self.left = self.left.checked_sub(1)?;
        let slot = chain.first;
        chain.first = chain.children[slot as usize].next;
        Some(slot)
    }

    #[inline]
    fn next_linked_back(&mut self) -> Option<Slot> {
        let chain = self.chain.as_mut()?;
        self.left = self.left.checked_sub(1)?;
        let slot = chain.last;
        chain.last = chain.children[slot as usize].previous;
        Some(slot)
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
        self.next_linked()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// Without the bookkeeping of [`next`](Self::next).
    #[inline]
    fn fold<B, F: FnMut(B, Slot) -> B>(mut self, init: B, mut f: F) -> B {
        if self.chain.is_some() {
            let mut all = init;
            while let Some(slot) = self.next_linked() {
                all = f(all, slot);
            }
            return all;
        }
        self.cells
            .iter()
            .copied()
            .filter(|&cell| cell != NONE)
            .fold(init, f)
    }
}

impl DoubleEndedIterator for Members<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Slot> {
        while let Some((&cell, rest)) = self.cells.split_last() {
            self.cells = rest;
            if cell != NONE {
                self.left -= 1;
                return Some(cell);
            }
        }
        self.next_linked_back()
    }
}

impl ExactSizeIterator for Members<'_> {}

impl FusedIterator for Members<'_> {}
