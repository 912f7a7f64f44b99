//! Entities that change their keys together, and the keys that they bring.

use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::id::Slot;
use crate::identity::hash::spread;

/// The slots of a batch: if they are in the index, they leave it before the
/// batch comes in.
pub(super) struct Leaving {
    sorted: SmallVec<[Slot; 2]>,
}

impl Leaving {
    pub(super) fn of<T>(batch: &[(Slot, &T)]) -> Self {
        let mut sorted: SmallVec<[Slot; 2]> = batch.iter().map(|&(slot, _)| slot).collect();
        sorted.sort_unstable();
        debug_assert!(
            sorted.is_sorted_by(|one, other| one < other),
            "a slot is in a batch once"
        );
        Self { sorted }
    }

    #[inline]
    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.sorted.binary_search(&slot).is_ok()
    }
}

/// The keys that the entities of a batch bring, each with the first entity
/// that brings it.
pub(super) struct Coming<V> {
    keys: HashTable<(u32, V, Slot)>,
}

impl<V: Copy + Eq> Coming<V> {
    pub(super) fn new() -> Self {
        Self {
            keys: HashTable::new(),
        }
    }

    /// Who brings the key. Runs the user's `Eq`.
    pub(super) fn find(&self, hash: u32, key: V) -> Option<Slot> {
        self.keys
            .find(spread(hash), |other| other.0 == hash && other.1 == key)
            .map(|&(_, _, slot)| slot)
    }

    /// Notes a key that [`find`](Self::find) did not find.
    pub(super) fn add(&mut self, hash: u32, key: V, slot: Slot) {
        self.keys
            .insert_unique(spread(hash), (hash, key, slot), |other| spread(other.0));
    }
}
