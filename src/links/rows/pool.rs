//! Blocks taken from the pool and given back, and the pool closed up.

use std::ops::Range;

use crate::id::{NONE, Slot};
use crate::internals::steps;
use crate::links::blocks::{self, CLASSES};
use crate::links::column;
use crate::links::rows::{Header, Holes, Keeper, PoolFull, Rows};

/// Stands in the first cell of a free block while the pool is closed up, where
/// other blocks have their owner: no slot is that high.
const FREE: Slot = Slot::MAX;

impl Rows {
    /// A free block of a size that blocks have.
    pub(super) fn take_block(
        &mut self,
        size: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> Result<Range<u32>, PoolFull> {
        let class = class(size);
        let free = self.free[class];
        if free != 0 {
            self.free[class] = std::mem::replace(&mut self.cells[free as usize], NONE);
            self.idle -= size as usize;
            return Ok(free..free + size);
        }
        self.make_room_behind(size as usize, keeper)?;
        let start = u32::try_from(self.cells.len()).map_err(|_| PoolFull)?;
        self.resize((start + size) as usize, keeper);
        Ok(start..start + size)
    }

    /// Gives a block of empty cells back, whole.
    pub(super) fn give_back(&mut self, start: u32, size: u32) {
        if size == 0 {
            return;
        }
        let first = &mut self.free[class(size)];
        self.cells[start as usize] = std::mem::replace(first, start);
        self.idle += size as usize;
    }

    /// Whether the block of a row is the last one in the pool. Such a row can
    /// grow and shrink where it is, and stays the last when the pool is closed
    /// up.
    pub(super) fn is_last(&self, owner: Slot) -> bool {
        let Header { start, cap, .. } = self.headers[owner as usize];
        cap != 0 && (start + cap) as usize == self.cells.len()
    }

    /// Gives the last block another size, for which there is room.
    pub(super) fn resize_last(
        &mut self,
        owner: Slot,
        size: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let row = &mut self.headers[owner as usize];
        row.cap = size;
        let end = (row.start + size) as usize;
        self.resize(end, keeper);
    }

    /// Sees to it that the pool may be so much longer: closes it up rather
    /// than let it grow while much of it is idle.
    pub(super) fn make_room_behind(
        &mut self,
        additional: usize,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> Result<(), PoolFull> {
        let end = self.cells.len() + additional;
        if end > self.limit || end > self.cells.capacity() && self.is_wasteful() {
            self.close_up(keeper);
        }
        if self.cells.len() + additional > self.limit {
            return Err(PoolFull);
        }
        Ok(())
    }

    /// Whether so much of the pool is idle that closing it up pays for itself,
    /// and it has more cells than it should for its members.
    fn is_wasteful(&self) -> bool {
        if self.idle * 12 < self.cells.len().max(self.headers.len()) {
            return false;
        }
        let members: usize = self.headers.iter().map(|row| row.live as usize).sum();
        self.cells.len() * 8 > members * self.thrift.cells
    }

    pub(super) fn resize(&mut self, cells: usize, keeper: &mut (impl Keeper + ?Sized)) {
        column::resize(&mut self.cells, cells, NONE);
        keeper.resize(cells);
    }

    /// Moves all blocks to the front of the pool, in the order they stand in,
    /// so that no cell is idle. Offsets in rows stay, so nobody is told but
    /// the keeper.
    ///
    /// Computes in O(cells + owners), which pay for it who left the blocks.
    pub(super) fn close_up(&mut self, keeper: &mut (impl Keeper + ?Sized)) {
        if self.idle == 0 {
            return;
        }
        self.carry_blocks(keeper, |rows, owner, (at, to), keeper| {
            rows.slide(owner, at, to, keeper);
            rows.headers[owner as usize].cap as usize
        });
    }

    /// Moves all blocks to the front of the pool, in the order they stand in.
    /// `carry` moves a marked block from one cell to another, undoes the marking,
    /// and says how many cells the block has then.
    pub(super) fn carry_blocks<K: Keeper + ?Sized>(
        &mut self,
        keeper: &mut K,
        mut carry: impl FnMut(&mut Self, Slot, (usize, usize), &mut K) -> usize,
    ) {
        steps::take(self.cells.len() + self.headers.len());
        self.mark_blocks();
        let (mut at, mut to) = (1, 1);
        while at < self.cells.len() {
            let owner = std::mem::replace(&mut self.cells[at], NONE);
            if owner == FREE {
                at += std::mem::replace(&mut self.cells[at + 1], NONE) as usize;
                continue;
            }
            let size = self.headers[owner as usize].cap as usize;
            to += carry(self, owner, (at, to), keeper);
            at += size;
        }
        self.resize(to, keeper);
        self.free = [0; CLASSES];
        self.idle = 0;
    }

    /// Writes into the first cell of each block whose it is, and that of the
    /// row, which stood there, into its header; free blocks get their size.
    fn mark_blocks(&mut self) {
        for (owner, row) in (0..).zip(&mut self.headers) {
            if row.cap != 0 {
                row.start = std::mem::replace(&mut self.cells[row.start as usize], owner);
            }
        }
        for class in 0..CLASSES {
            let mut at = self.free[class] as usize;
            while at != 0 {
                let next = std::mem::replace(&mut self.cells[at], FREE);
                self.cells[at + 1] = blocks::size(class);
                at = next as usize;
            }
        }
    }

    /// Moves a marked block from `at` to `to`, and undoes the marking.
    fn slide(&mut self, owner: Slot, at: usize, to: usize, keeper: &mut (impl Keeper + ?Sized)) {
        let narrow = |cell| u32::try_from(cell).expect("cells have 32-bit numbers");
        let row = &mut self.headers[owner as usize];
        self.cells[at] = std::mem::replace(&mut row.start, narrow(to));
        let len = row.len;
        if at != to {
            let from = narrow(at);
            self.carry_all(owner, from..from + len, Holes::Kept, keeper);
        }
    }

    /// The first thing wrong with the free blocks.
    pub(crate) fn check_pool(&self) -> Result<(), &'static str> {
        let mut idle = 0;
        for class in 0..CLASSES {
            let size = blocks::size(class) as usize;
            let mut at = self.free[class] as usize;
            while at != 0 {
                idle += size;
                if idle > self.idle || at + size > self.cells.len() {
                    return Err("its pool has free blocks that do not add up");
                }
                at = self.cells[at] as usize;
            }
        }
        let used: usize = self.headers.iter().map(|row| row.cap as usize).sum();
        if idle != self.idle || used + idle + 1 != self.cells.len() {
            return Err("its pool has cells that are nobody's");
        }
        Ok(())
    }

    /// How many bytes the rows take, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        column::bytes(&self.headers) + column::bytes(&self.cells)
    }
}

fn class(size: u32) -> usize {
    let block = blocks::holding(size as usize);
    block.expect("it is the size of a block").class
}
