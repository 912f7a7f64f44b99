//! Links and rows without what is not in use.

use crate::id::{Side, Slot};
use crate::links::many_to_many::{BIG, Edges, ManyToMany, SHORT, in_order};
use crate::links::pairs::Pairs;
use crate::links::rows::Rows;
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
        if self.rows.iter().all(|rows| rows.are_within(SHORT)) {
            self.edges.positions = Vec::new();
            self.rows.iter_mut().for_each(Rows::loosen);
        }
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
        let mut gaps: Vec<u32> = std::iter::from_fn(|| self.take_free()).collect();
        self.free = Vec::new();
        gaps.sort_unstable();
        let kept = self.last - narrow(gaps.len());
        let (gaps, beyond) = gaps.split_at(gaps.partition_point(|&link| link <= kept));
        let mut beyond = beyond.iter().peekable();
        let above = (kept + 1..=self.last).filter(|link| beyond.next_if_eq(&link).is_none());
        let renumbered: Renumbered = above.zip(gaps.iter().copied()).collect();
        self.rename(kept, &renumbered);
        self.last = kept;
        renumbered
    }

    /// Gives the links behind the first so many their new numbers, in all cells.
    fn rename(&mut self, kept: u32, renumbered: &Renumbered) {
        let mut names = vec![0; (self.last - kept) as usize];
        for &(old, new) in renumbered {
            names[(old - kept - 1) as usize] = new;
        }
        for link in self.columns.iter_mut().flatten() {
            if *link > kept {
                *link = names[(*link - kept - 1) as usize];
            }
        }
        if !self.positions.is_empty() {
            for &(old, new) in renumbered {
                self.positions[new as usize] = self.positions[old as usize];
            }
            self.positions.truncate(kept as usize + 1);
            self.positions.shrink_to_fit();
        }
    }
}

fn narrow(link: usize) -> Slot {
    u32::try_from(link).expect("links have 32-bit numbers")
}
