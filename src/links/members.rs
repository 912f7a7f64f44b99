//! The members of a row, holes passed over.

use std::iter::FusedIterator;

use crate::id::{NONE, Slot};

/// The slots in a row, in order, from both sides, with an exact length.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members<'g> {
    cells: &'g [Slot],
    left: usize,
}

impl<'g> Members<'g> {
    #[inline]
    pub(crate) fn new(cells: &'g [Slot], live: usize) -> Self {
        Self { cells, left: live }
    }

    /// The member at a position: O(1) without holes, O(length) with.
    pub(crate) fn at(mut self, position: usize) -> Option<Slot> {
        if position >= self.left {
            return None;
        }
        if self.left == self.cells.len() {
            return self.cells.get(position).copied();
        }
        self.nth(position)
    }

    /// How many members stand before an offset.
    pub(crate) fn before(self, offset: u32) -> usize {
        let offset = offset as usize;
        if self.left == self.cells.len() {
            return offset;
        }
        self.cells[..offset]
            .iter()
            .filter(|&&cell| cell != NONE)
            .count()
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
        None
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// Without the bookkeeping of [`next`](Self::next).
    #[inline]
    fn fold<B, F: FnMut(B, Slot) -> B>(self, init: B, f: F) -> B {
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
        None
    }
}

impl ExactSizeIterator for Members<'_> {}

impl FusedIterator for Members<'_> {}
