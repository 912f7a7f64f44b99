//! Rows and their pool without what is not in use.

use crate::id::Slot;
use crate::links::blocks;
use crate::links::column;
use crate::links::rows::{Header, Holes, Keeper, Rows};

impl Rows {
    /// Whether no row has a block of more cells.
    pub(crate) fn are_within(&self, cells: u32) -> bool {
        self.headers.iter().all(|row| row.cap <= cells)
    }

    /// Gives each row the smallest block that holds it, and the pool no cell
    /// besides; and has headers for the first owners only, behind whom there is
    /// none any more.
    ///
    /// Holes are closed if nobody keeps a record: that would have to know.
    /// Otherwise offsets stay as they are.
    ///
    /// Computes in O(cells + owners).
    pub(crate) fn shrink_to_fit(
        &mut self,
        owners: usize,
        is_recorded: bool,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let holes = if is_recorded {
            Holes::Kept
        } else {
            Holes::Closed
        };
        self.carry_blocks(keeper, |rows, owner, cells, keeper| {
            rows.fit(owner, cells, holes, keeper)
        });
        self.cells.shrink_to_fit();
        keeper.shrink_to(self.cells.len());
        column::fit(&mut self.headers, owners);
    }

    /// Moves a marked block from `at` to `to`, undoes the marking, and makes it
    /// as small as it may be; its size.
    fn fit(
        &mut self,
        owner: Slot,
        (at, to): (usize, usize),
        holes: Holes,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> usize {
        let narrow = |cell| u32::try_from(cell).expect("cells have 32-bit numbers");
        let row = &mut self.headers[owner as usize];
        self.cells[at] = std::mem::replace(&mut row.start, narrow(to));
        let len = row.len;
        if row.live == 0 {
            *row = Header {
                generation: row.generation,
                ..Header::default()
            };
            return 0;
        }
        if holes == Holes::Closed {
            row.len = row.live;
        }
        let block = blocks::holding(row.len as usize);
        row.cap = block.expect("it had a block, which is no smaller").size;
        let size = row.cap as usize;
        if at != to || row.len != len {
            let from = narrow(at);
            self.carry_all(owner, from..from + len, holes, keeper);
        }
        size
    }

    /// Closes the pool up if most of it is idle, and gives its end back if most
    /// of it is behind the last block: so much was given back since it was filled
    /// that this costs O(1) for each.
    pub(crate) fn give_back_idle(&mut self, keeper: &mut (impl Keeper + ?Sized)) {
        const LEAST: usize = 1 << 10;
        let is_idle = self.idle >= self.cells.len() / 4 * 3;
        if is_idle && self.idle >= self.headers.len().max(LEAST) {
            self.close_up(keeper);
        }
        let capacity = self.cells.capacity();
        if capacity >= LEAST && capacity / 3 >= self.cells.len() {
            let room = self.cells.len() + self.cells.len() / 16;
            self.cells.shrink_to(room);
            keeper.shrink_to(room);
        }
    }
}
