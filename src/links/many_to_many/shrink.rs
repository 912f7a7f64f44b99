//! Links and rows without what is not in use.

use crate::id::{Side, Slot};
use crate::links::many_to_many::{BIG, Edges, ManyToMany, in_order};
use crate::links::pairs::Pairs;
use crate::links::shrink::Renumbered;

impl ManyToMany {
    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, owners: [usize; 2], is_recorded: bool) -> Renumbered {
        for side in [Side::Left, Side::Right] {
            let mut keeper = self.edges.keeper(side);
            let rows = &mut self.rows[side.index()];
            // Those on the right of a symmetric relationship are nobody's.
            let owners = owners[side.index()];
            rows.shrink_to_fit(owners, is_recorded, &mut keeper);
        }
        let renumbered = self.edges.renumber();
        self.rebuild_pairs();
        renumbered
    }

    /// Enters the links of large rows in a table of pairs that has room for no
    /// more. Rows that are smaller now have left it.
    fn rebuild_pairs(&mut self) {
        let lefts = self.rows(Side::Left);
        let mut found = Vec::new();
        for owner in (1..lefts.owners()).filter(|&owner| lefts.capacity(owner) > BIG) {
            for (at, member) in lefts.entries(owner) {
                let is_other_half = self.symmetric && member < owner;
                if !is_other_half && self.rows(Side::Right).capacity(member) > BIG {
                    let (left, right) = in_order(Side::Left, owner, member);
                    found.push((self.key(left, right), self.edges.columns[0][at as usize]));
                }
            }
        }
        let mut pairs = Pairs::with_room_for(found.len());
        for (pair, link) in found {
            pairs.insert(pair, link, |link| self.slots_of(link));
        }
        self.pairs = pairs;
    }

    /// Makes the table of pairs smaller where most of it is empty.
    pub(super) fn tidy_pairs(&mut self) {
        if self.pairs.is_sparse() {
            let mut pairs = std::mem::take(&mut self.pairs);
            pairs.shrink(|link| self.slots_of(link));
            self.pairs = pairs;
        }
    }
}

impl Edges {
    /// Gives the links the lowest numbers, and keeps no others.
    fn renumber(&mut self) -> Renumbered {
        let mut is_free = vec![false; self.positions.len()];
        let (mut free, mut live) = (self.free, self.positions.len() - 1);
        while free != 0 {
            is_free[free as usize] = true;
            free = self.positions[free as usize][0];
            live -= 1;
        }
        let mut gaps = (1..=live).filter(|&link| is_free[link]);
        let mut renumbered = Renumbered::new();
        for old in (live + 1..self.positions.len()).filter(|&link| !is_free[link]) {
            let new = gaps.next().expect("there are as many gaps as links above");
            self.rename(narrow(old), narrow(new));
            renumbered.push((narrow(old), narrow(new)));
        }
        self.positions.truncate(live + 1);
        self.positions.shrink_to_fit();
        self.free = 0;
        renumbered
    }

    fn rename(&mut self, old: u32, new: u32) {
        let cells = self.positions[old as usize];
        self.positions[new as usize] = cells;
        for (side, cell) in cells.into_iter().enumerate() {
            // A symmetric link of an entity to itself has one cell.
            if cell != 0 {
                let side = if self.symmetric { 0 } else { side };
                self.columns[side][cell as usize] = new;
            }
        }
    }
}

fn narrow(link: usize) -> Slot {
    u32::try_from(link).expect("links have 32-bit numbers")
}
