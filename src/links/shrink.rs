//! Links without what is not in use.

use crate::id::Side;
use crate::links::Relation;
use crate::links::arranged::{Arranged, Rule};
use crate::links::store::Store;

/// Links that have other numbers now: the old one and the new one of each, the
/// new ones being nobody's before.
pub(crate) type Renumbered = Vec<(u32, u32)>;

impl Relation {
    /// Gives back what is not in use: links that have other numbers now.
    ///
    /// `owners` says how many slots are left on either side; whoever was behind
    /// them is gone. If the changes are recorded, rows keep their holes.
    ///
    /// Computes in O(links + owners).
    pub(crate) fn shrink_to_fit(&mut self, owners: [usize; 2], is_recorded: bool) -> Renumbered {
        if let Some(arranged) = &mut self.arranged {
            arranged.shrink_to_fit(owners);
        }
        self.store.shrink_to_fit(owners, is_recorded)
    }
}

impl Store {
    /// See [`Relation::shrink_to_fit`].
    fn shrink_to_fit(&mut self, owners: [usize; 2], is_recorded: bool) -> Renumbered {
        match self {
            Self::ManyToOne(store) => store.shrink_to_fit(owners, is_recorded),
            Self::Linked(store) => store.shrink_to_fit(owners),
            Self::OneToOne(store) => store.shrink_to_fit(owners),
            Self::ManyToMany(store) => return store.shrink_to_fit(owners, is_recorded),
        }
        Renumbered::new()
    }
}

impl Arranged {
    /// See [`Relation::shrink_to_fit`].
    fn shrink_to_fit(&mut self, owners: [usize; 2]) {
        for side in [Side::Left, Side::Right] {
            let members = owners[side.other().index()];
            match self.rule_mut(side) {
                Rule::Plain => {}
                Rule::Sorted(sorted) => sorted.shrink_to_fit(owners[side.index()], members),
                Rule::Keyed(keyed) => keyed.shrink_to_fit(members),
            }
        }
    }
}

/// Whether a table has so much more room than entries that a smaller one is
/// made: at the least as many were taken out since as are still in.
pub(crate) fn is_sparse(len: usize, capacity: usize) -> bool {
    const LEAST: usize = 64;
    capacity > LEAST && len < capacity / 8
}

/// How large such a table is made.
pub(crate) fn room_for(len: usize) -> usize {
    len * 2
}

/// Gives a list back what it has no use for, if that is most of it.
pub(crate) fn shrink_sparse<T>(list: &mut Vec<T>) {
    if is_sparse(list.len(), list.capacity()) {
        list.shrink_to(room_for(list.len()));
    }
}
