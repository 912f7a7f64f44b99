//! Room for many members in many rows.

use crate::id::Slot;
use crate::links::blocks;
use crate::links::bulk::Influx;
use crate::links::column;
use crate::links::rows::{Keeper, PoolFull, Rows};

impl Rows {
    /// Whether so many members may come to whatever rows one by one, others
    /// leave meanwhile, and there is always room.
    ///
    /// A row that is given another block gets at most two and a half times what
    /// its members take, and five cells; one block more is needed to move it.
    pub(crate) fn takes_for_sure(&self, members: usize) -> bool {
        let most = (self.cells.len().saturating_add(members)).saturating_mul(6);
        most.saturating_add(members.saturating_mul(10)) <= self.limit
    }

    /// Gives each row that has no block yet one for those who come to it. The
    /// blocks stand in the order of the owners, where no free ones are used.
    pub(crate) fn lay_out(
        &mut self,
        influx: &Influx,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> Result<(), PoolFull> {
        let mut cells = 0;
        for (owner, count) in influx.rows() {
            if self.headers[owner as usize].cap == 0 {
                cells += self.size_for(count)? as usize;
            }
        }
        if self.idle > 0 {
            self.make_room_behind(cells, keeper)?;
            return self.lay_out_in_the_gaps(influx, keeper);
        }
        let end = self.cells.len() + cells;
        if end > self.limit {
            return Err(PoolFull);
        }
        let mut start = u32::try_from(self.cells.len()).map_err(|_| PoolFull)?;
        for (owner, count) in influx.rows() {
            if self.headers[owner as usize].cap == 0 {
                let size = self.size_for(count)?;
                let row = &mut self.headers[owner as usize];
                (row.start, row.cap) = (start, size);
                start += size;
            }
        }
        self.resize(end, keeper);
        Ok(())
    }

    fn lay_out_in_the_gaps(
        &mut self,
        influx: &Influx,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> Result<(), PoolFull> {
        for (owner, count) in influx.rows() {
            if self.headers[owner as usize].cap == 0 {
                let block = self.take_block(self.size_for(count)?, keeper)?;
                let row = &mut self.headers[owner as usize];
                (row.start, row.cap) = (block.start, block.end - block.start);
            }
        }
        Ok(())
    }

    fn size_for(&self, members: u32) -> Result<u32, PoolFull> {
        let block = blocks::holding(members as usize).ok_or(PoolFull)?;
        Ok(block.size)
    }

    /// Whether those who come to a row are so many more than its members that
    /// it is given room for all of them at once. Others grow as they always do,
    /// for as many may leave.
    pub(crate) fn is_swamped(&self, owner: Slot, newcomers: u32) -> bool {
        let row = self.headers[owner as usize];
        newcomers > row.live.saturating_mul(2) && row.cap - row.len < newcomers
    }

    /// Reads the header of a row.
    #[inline]
    pub(crate) fn touch(&self, owner: Slot) -> u32 {
        self.headers[owner as usize].len
    }

    /// Reads the cell that the next member of a row gets.
    #[inline]
    pub(crate) fn touch_end(&self, owner: Slot) -> u32 {
        let row = self.headers[owner as usize];
        let next = self.cells.get((row.start + row.len) as usize);
        next.copied().unwrap_or_default()
    }

    /// Reads a cell.
    #[inline]
    pub(crate) fn touch_cell(&self, at: u32) -> u32 {
        self.cells.get(at as usize).copied().unwrap_or_default()
    }

    /// Makes room for the headers of so many owners more.
    pub(crate) fn reserve_owners(&mut self, additional: usize) {
        column::reserve(&mut self.headers, additional);
    }
}
