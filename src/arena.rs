//! Where the payloads of one entity type live: slots with generations.

use std::fmt;

use crate::id::{NONE, RawId, Slot};
use crate::internals::planted::{self, Bug};

/// Payloads by slot, each with the generation that its id must show.
///
/// A generation is stored with the stamp of the graph already added, so a
/// check of an id is one comparison. A freed slot goes to the next insert; a
/// slot whose generations are used up is retired, so no id is ever given out
/// twice.
///
/// ```text
///            insert                take
///   Free ──────────────▶ Live ──────────────▶ Detached
///    ▲                    ▲                    │    │
///    │                    └────────────────────┘    │ release
///    └──────────────────────── put_back ────────────┤
///                                                   ▼
///                                                Retired, after the last generation
/// ```
pub(crate) struct Arena<T> {
    /// Entry 0 is retired from the start: slots count from 1.
    entries: Vec<Entry<T>>,
    first_free: Slot,
    live: usize,
    stamp: u32,
    /// What a slot that has no entry gets: the first generation, or one that
    /// none of the slots had before that were dropped.
    fresh: u32,
    /// Whether a slot was ever given to the next insert.
    reuses: bool,
    limits: Limits,
}

/// Ids that are live, all of them: those below a slot, of one generation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OneAge {
    slots: usize,
    generation: u32,
}

impl OneAge {
    #[inline]
    pub(crate) fn has(self, id: RawId) -> bool {
        (id.generation() == self.generation) & ((id.slot() as usize) < self.slots)
    }
}

/// How far the numbers go; lowered in tests.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// The highest slot.
    pub(crate) slots: Slot,
    /// How many entities a slot can serve, one after the other.
    pub(crate) generations: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slots: u32::MAX - 1,
            generations: u32::MAX,
        }
    }
}

enum Entry<T> {
    Live {
        generation: u32,
        payload: T,
    },
    /// The payload is with somebody who may bring it back.
    Detached {
        generation: u32,
    },
    Free {
        /// The generation that the next insert gives out.
        generation: u32,
        next: Slot,
    },
    Retired,
}

impl<T> Arena<T> {
    pub(crate) fn new(stamp: u32) -> Self {
        Self {
            entries: vec![Entry::Retired],
            first_free: NONE,
            live: 0,
            stamp,
            fresh: after(stamp),
            reuses: false,
            limits: Limits::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// What is added to generations.
    pub(crate) fn stamp(&self) -> u32 {
        self.stamp
    }

    /// The slot that the next insert takes; `None` when all are taken.
    pub(crate) fn next_slot(&self) -> Option<Slot> {
        if self.first_free != NONE {
            return Some(self.first_free);
        }
        Slot::try_from(self.entries.len())
            .ok()
            .filter(|&slot| slot <= self.limits.slots)
    }

    /// The slots that the next so many inserts take, in order; `None` when
    /// there are not so many.
    pub(crate) fn next_slots(&self, count: usize) -> Option<Vec<Slot>> {
        let mut slots = Vec::with_capacity(count);
        let mut free = self.first_free;
        while free != NONE && slots.len() < count {
            slots.push(free);
            let Entry::Free { next, .. } = self.entries[free as usize] else {
                unreachable!("the free list holds free slots");
            };
            free = next;
        }
        let fresh = self.entries.len();
        let end = fresh + (count - slots.len());
        let room = self.limits.slots as usize + 1;
        if end > room.max(fresh) {
            return None;
        }
        let fresh = (fresh..end).map(|slot| Slot::try_from(slot).expect("slots are 32 bits"));
        slots.extend(fresh);
        Some(slots)
    }

    /// The id that the next entity in a slot gets: one of [`next_slots`](Self::next_slots).
    pub(crate) fn next_id(&self, slot: Slot) -> RawId {
        let generation = match self.entries.get(slot as usize) {
            Some(&Entry::Free { generation, .. }) => generation,
            None => self.fresh,
            Some(Entry::Live { .. } | Entry::Detached { .. } | Entry::Retired) => {
                unreachable!("the next slots are free, or new")
            }
        };
        RawId::new(slot, generation)
    }

    /// Computes in O(1), amortised over the growth of the arena.
    pub(crate) fn insert(&mut self, payload: T) -> RawId {
        self.try_insert(payload)
            .expect("the caller has seen a next slot")
    }

    /// [`insert`](Self::insert); `None` when all slots are taken.
    #[inline]
    pub(crate) fn try_insert(&mut self, payload: T) -> Option<RawId> {
        if self.first_free != NONE {
            return Some(self.insert_again(payload));
        }
        let slot = self.next_slot()?;
        let generation = self.fresh;
        self.entries.push(Entry::Live {
            generation,
            payload,
        });
        self.live += 1;
        Some(RawId::new(slot, generation))
    }

    /// Inserts into the first free slot.
    fn insert_again(&mut self, payload: T) -> RawId {
        let slot = self.first_free;
        let entry = &mut self.entries[slot as usize];
        let Entry::Free { generation, next } = *entry else {
            unreachable!("the free list holds free slots");
        };
        self.first_free = next;
        *entry = Entry::Live {
            generation,
            payload,
        };
        self.live += 1;
        RawId::new(slot, generation)
    }

    /// The payload of a live id.
    #[inline]
    pub(crate) fn get(&self, id: RawId) -> Option<&T> {
        match self.entries.get(id.slot() as usize) {
            Some(Entry::Live {
                generation,
                payload,
            }) if *generation == id.generation() => Some(payload),
            _ => None,
        }
    }

    /// The payload in a slot, whatever its generation: for slots that come
    /// from links, which never dangle (I2).
    #[inline]
    pub(crate) fn payload(&self, slot: Slot) -> Option<&T> {
        self.entry(slot).map(|(_, payload)| payload)
    }

    /// The id and the payload of the entity in a slot.
    #[inline]
    pub(crate) fn entry(&self, slot: Slot) -> Option<(RawId, &T)> {
        match self.entries.get(slot as usize) {
            Some(Entry::Live {
                generation,
                payload,
            }) => Some((RawId::new(slot, *generation), payload)),
            _ => None,
        }
    }

    /// The generation of a slot's entity, the last one's if it is gone.
    pub(crate) fn last_generation(&self, slot: Slot) -> u32 {
        match self.entries.get(slot as usize) {
            Some(Entry::Live { generation, .. } | Entry::Detached { generation }) => *generation,
            Some(Entry::Free { generation, .. }) => generation.wrapping_sub(1),
            Some(Entry::Retired) => self.stamp.wrapping_add(self.limits.generations),
            None if self.fresh == after(self.stamp) => self.stamp,
            None => self.fresh.wrapping_sub(1),
        }
    }

    /// Whether an id is of an entity that was taken out and may be put back.
    pub(crate) fn is_detached(&self, id: RawId) -> bool {
        let entry = self.entries.get(id.slot() as usize);
        matches!(entry, Some(Entry::Detached { generation }) if *generation == id.generation())
    }

    /// Writes a new payload into a live slot and returns the old one.
    #[inline]
    pub(crate) fn replace(&mut self, slot: Slot, new: T) -> T {
        match self.entries.get_mut(slot as usize) {
            Some(Entry::Live { payload, .. }) => std::mem::replace(payload, new),
            _ => unreachable!("only the payload of a live entity is replaced"),
        }
    }

    /// Takes the payload out of a live slot, which waits for
    /// [`put_back`](Self::put_back) or [`release`](Self::release).
    #[inline]
    pub(crate) fn take(&mut self, slot: Slot) -> T {
        let entry = &mut self.entries[slot as usize];
        let Entry::Live { generation, .. } = *entry else {
            unreachable!("only a live entity is taken out");
        };
        self.live -= 1;
        match std::mem::replace(entry, Entry::Detached { generation }) {
            Entry::Live { payload, .. } => payload,
            Entry::Detached { .. } | Entry::Free { .. } | Entry::Retired => {
                unreachable!("it was live a line above")
            }
        }
    }

    /// Takes the payload out of a live slot, which goes to the next insert.
    #[inline]
    pub(crate) fn remove(&mut self, slot: Slot) -> T {
        let payload = self.take(slot);
        if !planted::is(Bug::DetachedSlotsLeak) {
            self.release(slot);
        }
        payload
    }

    /// Brings a detached entity back under its id.
    pub(crate) fn put_back(&mut self, slot: Slot, payload: T) -> RawId {
        let entry = &mut self.entries[slot as usize];
        let Entry::Detached { generation } = *entry else {
            unreachable!("only a detached entity is put back");
        };
        *entry = Entry::Live {
            generation,
            payload,
        };
        self.live += 1;
        RawId::new(slot, generation)
    }

    /// Gives a detached slot to the next insert, under a new generation.
    #[inline]
    pub(crate) fn release(&mut self, slot: Slot) {
        let entry = &mut self.entries[slot as usize];
        let Entry::Detached { generation } = *entry else {
            unreachable!("only a detached slot is released");
        };
        self.reuses = true;
        if generation.wrapping_sub(self.stamp) >= self.limits.generations {
            *entry = Entry::Retired;
            return;
        }
        *entry = Entry::Free {
            generation: if planted::is(Bug::IdsAreGivenAgain) {
                generation
            } else {
                after(generation)
            },
            next: self.first_free,
        };
        self.first_free = slot;
    }

    /// A copy in which every payload went through `copy`; slots, generations
    /// and free slots are the same. Nobody can bring back into the copy who is
    /// detached here, so the next inserts get those slots.
    pub(crate) fn map(&self, copy: fn(&T) -> T) -> Self {
        let copied = |entry: &Entry<T>| match entry {
            Entry::Live {
                generation,
                payload,
            } => Entry::Live {
                generation: *generation,
                payload: copy(payload),
            },
            &Entry::Detached { generation } => Entry::Detached { generation },
            &Entry::Free { generation, next } => Entry::Free { generation, next },
            Entry::Retired => Entry::Retired,
        };
        let mut copy = Self {
            entries: self.entries.iter().map(copied).collect(),
            ..*self
        };
        copy.release_all();
        copy
    }

    /// Gives all detached slots to the next inserts.
    fn release_all(&mut self) {
        for slot in (0..self.entries.len()).rev() {
            if matches!(self.entries[slot], Entry::Detached { .. }) {
                self.release(Slot::try_from(slot).expect("slots are 32 bits"));
            }
        }
    }

    /// Whether the same entities live in both: slots, generations (the stamps
    /// of the graphs aside) and payloads.
    pub(crate) fn is_same(&self, other: &Self, eq: fn(&T, &T) -> bool) -> bool {
        let age = |arena: &Self, id: RawId| id.generation().wrapping_sub(arena.stamp);
        self.live == other.live
            && self
                .iter()
                .zip(other.iter())
                .all(|((a, mine), (b, theirs))| {
                    a.slot() == b.slot() && age(self, a) == age(other, b) && eq(mine, theirs)
                })
    }

    /// Makes room for `additional` more entities.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
    }

    /// Which ids are live, where nobody ever went: that takes no look at them.
    pub(crate) fn one_age(&self) -> Option<OneAge> {
        let slots = self.entries.len();
        let nobody_went = !self.reuses && self.live + 1 == slots;
        nobody_went.then(|| OneAge {
            slots,
            generation: after(self.stamp),
        })
    }

    /// Gives back what is not in use, the free slots behind the last of the
    /// others included; how many there are then, slot 0 counted.
    ///
    /// Computes in O(slots).
    pub(crate) fn shrink_to_fit(&mut self) -> usize {
        let used = |entry: &Entry<T>| !matches!(entry, Entry::Free { .. });
        let slots = self
            .entries
            .iter()
            .rposition(used)
            .map_or(1, |last| last + 1);
        for entry in &self.entries[slots..] {
            // No id is given out twice.
            if let Entry::Free { generation, .. } = *entry
                && self.age(generation) > self.age(self.fresh)
            {
                self.fresh = generation;
            }
        }
        self.relink_free(slots);
        self.entries.truncate(slots);
        self.entries.shrink_to_fit();
        slots
    }

    /// How many generations came before one, about.
    fn age(&self, generation: u32) -> u32 {
        generation.wrapping_sub(self.stamp)
    }

    /// Takes the free slots from a certain one on out of the list of free ones.
    fn relink_free(&mut self, slots: usize) {
        let mut free = std::mem::replace(&mut self.first_free, NONE);
        let mut last = NONE;
        while free != NONE {
            let Entry::Free { next, .. } = self.entries[free as usize] else {
                unreachable!("the free list holds free slots");
            };
            if (free as usize) < slots {
                self.follow_free(last, free);
                last = free;
            }
            free = next;
        }
        self.follow_free(last, NONE);
    }

    /// The free slot behind another one in the list of free ones.
    fn follow_free(&mut self, before: Slot, slot: Slot) {
        match self.entries.get_mut(before as usize) {
            Some(Entry::Free { next, .. }) => *next = slot,
            _ => self.first_free = slot,
        }
    }

    /// All live entities in slot order.
    pub(crate) fn iter(&self) -> Iter<'_, T> {
        Iter {
            entries: self.entries.iter().enumerate(),
            left: self.live,
        }
    }
}

/// The generation after another. None is ever 0, which stands for "dead" at
/// the ends of relationships.
fn after(generation: u32) -> u32 {
    generation.wrapping_add(1).max(1)
}

impl<T> fmt::Debug for Arena<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("live", &self.live)
            .field("slots", &(self.entries.len() - 1))
            .finish_non_exhaustive()
    }
}

/// The live entities of an [`Arena`].
pub(crate) struct Iter<'g, T> {
    entries: std::iter::Enumerate<std::slice::Iter<'g, Entry<T>>>,
    left: usize,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            left: self.left,
        }
    }
}

impl<'g, T> Iter<'g, T> {
    fn live((slot, entry): (usize, &'g Entry<T>)) -> Option<(RawId, &'g T)> {
        match entry {
            Entry::Live {
                generation,
                payload,
            } => {
                let slot = Slot::try_from(slot).expect("slots are 32 bits");
                Some((RawId::new(slot, *generation), payload))
            }
            Entry::Detached { .. } | Entry::Free { .. } | Entry::Retired => None,
        }
    }
}

impl<'g, T> Iterator for Iter<'g, T> {
    type Item = (RawId, &'g T);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.entries.find_map(Self::live)?;
        self.left -= 1;
        Some(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let next = self.entries.by_ref().rev().find_map(Self::live)?;
        self.left -= 1;
        Some(next)
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(generations: u32, slots: Slot) -> Arena<&'static str> {
        let mut arena = Arena::new(100);
        arena.set_limits(Limits { slots, generations });
        arena
    }

    #[test]
    fn an_entry_of_eight_bytes_takes_sixteen() {
        assert_eq!(size_of::<Entry<u64>>(), 16);
    }

    #[test]
    fn slots_are_dense_from_one() {
        let mut arena = Arena::new(0);
        let slots: Vec<Slot> = (0..4).map(|n| arena.insert(n).slot()).collect();
        assert_eq!(slots, [1, 2, 3, 4]);
    }

    #[test]
    fn a_freed_slot_comes_back_under_another_generation() {
        let mut arena = Arena::new(0);
        let first = arena.insert("a");
        arena.take(first.slot());
        arena.release(first.slot());
        let second = arena.insert("b");
        assert_eq!(first.slot(), second.slot());
        assert_eq!(arena.get(first), None);
        assert_eq!(arena.get(second), Some(&"b"));
    }

    #[test]
    fn a_detached_entity_comes_back_under_its_id() {
        let mut arena = Arena::new(0);
        let id = arena.insert("a");
        let payload = arena.take(id.slot());
        assert_eq!(arena.get(id), None);
        assert_eq!(arena.len(), 0);
        assert_eq!(arena.put_back(id.slot(), payload), id);
        assert_eq!(arena.get(id), Some(&"a"));
    }

    #[test]
    fn a_slot_retires_after_its_last_generation() {
        let mut arena = lowered(3, 9);
        let mut seen = Vec::new();
        for _ in 0..7 {
            let id = arena.insert("x");
            assert!(!seen.contains(&id), "{id:?} was given out twice");
            seen.push(id);
            arena.take(id.slot());
            arena.release(id.slot());
        }
        assert_eq!(seen.iter().map(|id| id.slot()).max(), Some(3));
    }

    #[test]
    fn no_generation_is_zero_whatever_the_stamp() {
        for stamp in [u32::MAX, u32::MAX - 1, u32::MAX - 2] {
            let mut arena = Arena::new(stamp);
            for _ in 0..5 {
                let id = arena.insert("x");
                assert_ne!(id.generation(), 0);
                arena.take(id.slot());
                arena.release(id.slot());
            }
        }
    }

    #[test]
    fn there_is_no_next_slot_when_all_are_taken() {
        let mut arena = lowered(3, 2);
        arena.insert("a");
        let last = arena.insert("b");
        assert_eq!(arena.next_slot(), None);
        arena.take(last.slot());
        arena.release(last.slot());
        assert_eq!(arena.next_slot(), Some(last.slot()));
    }

    #[test]
    fn the_next_slots_are_those_that_inserts_take() {
        let mut arena = lowered(3, 6);
        for _ in 0..4 {
            arena.insert("a");
        }
        for slot in [2, 4] {
            arena.take(slot);
            arena.release(slot);
        }
        let next = arena.next_slots(4).expect("two are free and two are left");
        let taken: Vec<Slot> = (0..4).map(|_| arena.insert("b").slot()).collect();
        assert_eq!(next, taken);
        assert_eq!(arena.next_slots(0), Some(Vec::new()));
        assert_eq!(arena.next_slots(1), None);
    }

    #[test]
    fn where_nobody_went_all_ids_are_of_one_age() {
        let mut arena = Arena::new(7);
        let ids: Vec<RawId> = (0..3).map(|n| arena.insert(n)).collect();
        let age = arena.one_age().expect("nobody went");
        assert!(ids.iter().all(|&id| age.has(id)));
        assert!(!age.has(RawId::new(4, ids[0].generation())));
        assert!(!age.has(RawId::new(1, ids[0].generation() + 1)));
        arena.take(2);
        assert!(arena.one_age().is_none(), "one is detached");
        arena.put_back(2, 1);
        assert!(arena.one_age().is_some(), "it came back");
        arena.take(2);
        arena.release(2);
        arena.insert(9);
        assert!(arena.one_age().is_none(), "its slot has another age");
    }

    #[test]
    fn no_id_comes_twice_though_free_slots_were_dropped() {
        for stamp in [0, u32::MAX - 1] {
            let mut arena = Arena::new(stamp);
            let mut seen = Vec::new();
            for round in 0..20 {
                for n in 0..5 {
                    let id = arena.insert(n);
                    assert!(!seen.contains(&id), "{id:?} was given out twice");
                    seen.push(id);
                }
                let live: Vec<Slot> = arena.iter().map(|(id, _)| id.slot()).collect();
                for &slot in live.iter().skip(round % 3) {
                    arena.take(slot);
                    arena.release(slot);
                }
                let slots = arena.shrink_to_fit();
                assert_eq!(slots, round % 3 + 1);
                let next = arena.next_slots(7).expect("there is room");
                assert_eq!(next.len(), 7);
                assert!(
                    seen.iter()
                        .all(|&id| arena.last_generation(id.slot()).wrapping_sub(stamp)
                            >= id.generation().wrapping_sub(stamp))
                );
            }
        }
    }

    #[test]
    fn iteration_is_in_slot_order_from_both_sides() {
        let mut arena = Arena::new(0);
        for n in 0..5 {
            arena.insert(n);
        }
        arena.take(2);
        arena.release(2);
        let forwards: Vec<i32> = arena.iter().map(|(_, n)| *n).collect();
        let backwards: Vec<i32> = arena.iter().rev().map(|(_, n)| *n).collect();
        assert_eq!(forwards, [0, 2, 3, 4]);
        assert_eq!(backwards, [4, 3, 2, 0]);
        assert_eq!(arena.iter().len(), 4);
    }
}
