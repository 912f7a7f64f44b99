//! The order of rows without what is not in use.

use crate::links::column;
use crate::links::shrink::{is_sparse, room_for, shrink_sparse};
use crate::links::sorted::{Homes, Row, Sorted, hash};

impl Sorted {
    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, owners: usize, members: usize) {
        self.rows.truncate(owners);
        self.rows.shrink_to_fit();
        for row in &mut self.rows {
            match row {
                Row::Short(slots) => slots.shrink_to_fit(),
                Row::Long(row) => {
                    for chunk in &mut row.chunks {
                        chunk.slots.shrink_to_fit();
                    }
                    row.chunks.shrink_to_fit();
                    row.sums.shrink_to_fit();
                }
            }
        }
        self.chunks.places.shrink_to_fit();
        self.chunks.free.shrink_to_fit();
        match &mut self.homes {
            Homes::ByMember(homes) => column::fit(homes, members),
            Homes::ByPair(_) => self.shrink_homes(0),
        }
    }

    /// Gives back what a row that was long has no use for, after a member left.
    pub(super) fn give_back(&mut self, owner: u32) {
        match &mut self.rows[owner as usize] {
            Row::Short(slots) => shrink_sparse(slots),
            Row::Long(row) => shrink_sparse(&mut row.chunks),
        }
        if let Homes::ByPair(homes) = &self.homes
            && is_sparse(homes.len(), homes.capacity())
        {
            self.shrink_homes(room_for(homes.len()));
        }
    }

    /// Makes the table of homes as small as its entries and so many more allow.
    pub(super) fn shrink_homes(&mut self, room: usize) {
        let Self { chunks, homes, .. } = self;
        if let Homes::ByPair(homes) = homes {
            homes.shrink_to(room, |home| hash(chunks.owner(home.number), home.member));
        }
    }
}
