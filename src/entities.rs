//! All entities of one type: their payloads and the indexes over them.

#[cfg(feature = "serde")]
pub(crate) mod serial;

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::mem::needs_drop;

use smallvec::SmallVec;

use crate::arena::{Arena, OneAge};
use crate::id::{AnyId, NONE, RawId, Slot};
use crate::identity::{Index, Place, Taken};
use crate::internals::planted::{self, Bug};

/// A payload whose type only its entity type knows.
pub(crate) type AnyPayload = dyn Any + Send + Sync;

/// What is declared of an entity type, apart from its ends.
pub(crate) struct EntitySpec<T> {
    /// The first is the primary key, where there is one.
    pub(crate) indexes: Vec<Box<dyn Index<T>>>,
    pub(crate) has_key: bool,
    pub(crate) clone: Option<fn(&T) -> T>,
    pub(crate) eq: Option<fn(&T, &T) -> bool>,
    /// The names of the fields that are told of by themselves.
    pub(crate) fields: &'static [&'static str],
    #[cfg(feature = "serde")]
    pub(crate) serial: Option<serial::Serial>,
}

impl<T> EntitySpec<T> {
    pub(crate) fn new() -> Self {
        Self {
            indexes: Vec::new(),
            has_key: false,
            clone: None,
            eq: None,
            fields: &[],
            #[cfg(feature = "serde")]
            serial: None,
        }
    }
}

/// Makes room for the entities of a type, without knowing the type.
pub(crate) trait EntityFactory: Send + Sync {
    fn make(&self, stamp: u32) -> Box<dyn AnyEntities>;
    /// The names of the fields that are told of by themselves.
    fn fields(&self) -> &'static [&'static str];
    /// How payloads are written and read, if that was declared.
    #[cfg(feature = "serde")]
    fn serial(&self) -> Option<&serial::Serial>;
    /// Whether two payloads of the type are equal; `None` where it was not
    /// declared comparable, or one is of another type.
    fn is_same(&self, one: &AnyPayload, other: &AnyPayload) -> Option<bool>;
    /// A copy of a payload of the type; `None` where it was not declared
    /// cloneable, or the payload is of another type.
    fn copy(&self, payload: &AnyPayload) -> Option<Box<AnyPayload>>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Send + Sync + 'static> EntityFactory for EntitySpec<T> {
    fn make(&self, stamp: u32) -> Box<dyn AnyEntities> {
        Box::new(Entities {
            arena: Arena::new(stamp),
            indexes: self.indexes.iter().map(|index| index.fresh()).collect(),
            has_key: self.has_key,
            clone: self.clone,
            eq: self.eq,
            before: VecDeque::new(),
            undone: Vec::new(),
        })
    }

    fn fields(&self) -> &'static [&'static str] {
        self.fields
    }

    #[cfg(feature = "serde")]
    fn serial(&self) -> Option<&serial::Serial> {
        self.serial.as_ref()
    }

    fn is_same(&self, one: &AnyPayload, other: &AnyPayload) -> Option<bool> {
        Some(self.eq?(one.downcast_ref()?, other.downcast_ref()?))
    }

    fn copy(&self, payload: &AnyPayload) -> Option<Box<AnyPayload>> {
        Some(Box::new(self.clone?(payload.downcast_ref()?)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// The entities of a type: payloads by slot, indexes over them, the side stack
/// of payloads that were replaced or removed and may come back, and the other
/// one, of those that were taken back and may be put there again.
pub(crate) struct Entities<T> {
    arena: Arena<T>,
    indexes: Vec<Box<dyn Index<T>>>,
    has_key: bool,
    clone: Option<fn(&T) -> T>,
    eq: Option<fn(&T, &T) -> bool>,
    before: VecDeque<Before<T>>,
    undone: Vec<Before<T>>,
}

/// A payload that was, and where the indexes had its entity.
struct Before<T> {
    slot: Slot,
    payload: T,
    places: SmallVec<[Place; 2]>,
    went: Went,
}

/// One of the two side stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    /// What changes have put aside.
    Before,
    /// What was taken back.
    Undone,
}

/// What became of the entity of a payload that was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Went {
    /// It lives on with another payload.
    Replaced,
    /// It is gone, its slot detached.
    Removed,
    /// Its insert was taken back, its slot is detached.
    Inserted,
}

/// Where each index puts each slot of a batch, in the order to be written.
pub(crate) type Placements = SmallVec<[Placement; 2]>;

/// Where one index puts one slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    index: usize,
    slot: Slot,
    place: Place,
}

/// A key that another entity has.
#[derive(Debug)]
pub(crate) struct Clash {
    /// Which index.
    pub(crate) index: usize,
    /// The entity that has the key already.
    pub(crate) holder: Slot,
}

/// Why an entity can not be added.
#[derive(Debug)]
pub(crate) enum NoPlace {
    /// Another has one of its keys.
    Taken(Clash),
    /// All slots are taken.
    Full,
}

impl<T: Send + Sync + 'static> Entities<T> {
    #[inline]
    pub(crate) fn arena(&self) -> &Arena<T> {
        &self.arena
    }

    /// Lowers how far slots and generations go.
    #[cfg(test)]
    pub(crate) fn set_limits(&mut self, limits: crate::arena::Limits) {
        self.arena.set_limits(limits);
    }

    pub(crate) fn index(&self, index: usize) -> Option<&dyn Any> {
        self.indexes.get(index).map(|index| index.as_any())
    }

    pub(crate) fn key(&self) -> Option<&dyn Index<T>> {
        self.indexes
            .first()
            .filter(|_| self.has_key)
            .map(|index| &**index)
    }

    /// A copy of a payload, where the type was declared cloneable.
    pub(crate) fn copy(&self, payload: &T) -> Option<T> {
        self.clone.map(|clone| clone(payload))
    }

    /// Where the indexes would have the slots of `batch` under these payloads.
    ///
    /// Runs the user's `Hash`, `Eq` and `Ord`, and changes nothing.
    pub(crate) fn plan(&self, batch: &[(Slot, &T)]) -> Result<Placements, Clash> {
        let mut placements = Placements::new();
        for (number, index) in self.indexes.iter().enumerate() {
            let places = index.plan(&self.arena, batch);
            let places = places.map_err(|Taken { holder, .. }| Clash {
                index: number,
                holder,
            })?;
            placements.extend(places.into_iter().map(|(slot, place)| Placement {
                index: number,
                slot,
                place,
            }));
        }
        Ok(placements)
    }

    /// Who has the primary key of a payload; `None` where nobody has it or the
    /// type has no key.
    pub(crate) fn holder_of_key(&self, payload: &T) -> Option<Slot> {
        self.key()?.place(&self.arena, (NONE, payload)).err()
    }

    /// Adds an entity, as planned for the next slot.
    pub(crate) fn insert(&mut self, payload: T, placements: &Placements) -> RawId {
        let id = self.arena.insert(payload);
        self.put(placements);
        id
    }

    /// Adds an entity, if its keys are free: then it is found by them.
    ///
    /// Runs the user's `Hash`, `Eq` and `Ord` before anything changes.
    #[inline]
    pub(crate) fn insert_next(&mut self, payload: T) -> Result<RawId, NoPlace> {
        if !self.indexes.is_empty() {
            return self.insert_indexed(payload);
        }
        self.arena.try_insert(payload).ok_or(NoPlace::Full)
    }

    /// Apart, so that an insert without keys is short.
    #[inline(never)]
    fn insert_indexed(&mut self, payload: T) -> Result<RawId, NoPlace> {
        let slot = self.arena.next_slot().ok_or(NoPlace::Full)?;
        let mut places = SmallVec::<[Place; 2]>::new();
        for (number, index) in self.indexes.iter().enumerate() {
            let place = index.place(&self.arena, (slot, &payload));
            let place = place.map_err(|holder| Clash {
                index: number,
                holder,
            });
            places.push(place.map_err(NoPlace::Taken)?);
        }
        let id = self.arena.insert(payload);
        self.put_places(slot, &places);
        Ok(id)
    }

    /// Adds entities, as planned for the next slots.
    pub(crate) fn insert_all(
        &mut self,
        payloads: impl Iterator<Item = T>,
        placements: &Placements,
    ) -> Vec<RawId> {
        let ids = payloads.map(|payload| self.arena.insert(payload)).collect();
        self.put(placements);
        ids
    }

    /// Gives live entities new payloads, as planned; the old ones go on the
    /// side stack in the order of the batch.
    pub(crate) fn replace(&mut self, batch: Vec<(Slot, T)>, placements: &Placements) {
        for (slot, new) in batch {
            let places = self.take_places(slot);
            let payload = self.arena.replace(slot, new);
            self.before.push_back(Before {
                slot,
                payload,
                places,
                went: Went::Replaced,
            });
        }
        self.put(placements);
    }

    /// Gives a live entity a new payload, if there are no indexes to be told of it;
    /// the old one. The new one again if there are.
    #[inline]
    pub(crate) fn replace_unindexed(&mut self, slot: Slot, payload: T) -> Result<T, T> {
        if self.indexes.is_empty() {
            Ok(self.arena.replace(slot, payload))
        } else {
            Err(payload)
        }
    }

    /// Takes the last payload off the side stack: for a caller who is owed it.
    pub(crate) fn pop_before(&mut self) -> Option<T> {
        let before = self.before.pop_back()?;
        if before.went == Went::Removed {
            self.arena.release(before.slot);
        }
        Some(before.payload)
    }

    /// Takes the payload of the entity that was in `slot` off the side stack.
    pub(crate) fn take_before(&mut self, slot: Slot) -> Option<T> {
        let at = self.before.iter().position(|before| before.slot == slot)?;
        self.arena.release(slot);
        self.before.remove(at).map(|before| before.payload)
    }

    /// Makes room for more entities, here and in the indexes.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.arena.reserve(additional);
        self.indexes
            .iter_mut()
            .for_each(|index| index.reserve(additional));
    }

    /// Gives back what is not in use, here and in the indexes; how many slots
    /// are left.
    fn shrink(&mut self) -> usize {
        self.before.shrink_to_fit();
        self.undone.shrink_to_fit();
        self.indexes
            .iter_mut()
            .for_each(|index| index.shrink_to_fit());
        self.arena.shrink_to_fit()
    }

    fn put(&mut self, placements: &Placements) {
        for &Placement { index, slot, place } in placements {
            self.indexes[index].put(slot, place);
        }
    }

    fn take_places(&mut self, slot: Slot) -> SmallVec<[Place; 2]> {
        self.indexes
            .iter_mut()
            .map(|index| index.take(slot))
            .collect()
    }

    /// Gives an entity the payload and the places of another time; those that it
    /// had.
    fn exchange(&mut self, other: Before<T>) -> Before<T> {
        let slot = other.slot;
        let places = self.take_places(slot);
        let payload = self.arena.replace(slot, other.payload);
        self.put_places(slot, &other.places);
        Before {
            slot,
            payload,
            places,
            went: Went::Replaced,
        }
    }

    /// In the opposite order of taking.
    fn put_places(&mut self, slot: Slot, places: &[Place]) {
        for (index, &place) in self.indexes.iter_mut().zip(places).rev() {
            index.put(slot, place);
        }
    }
}

/// The entities of a type, for those who know its number only.
pub(crate) trait AnyEntities: Any + Send + Sync {
    fn len(&self) -> usize;
    /// What the graph adds to generations.
    fn stamp(&self) -> u32;
    fn is_live(&self, id: RawId) -> bool;
    /// The id of the entity in a slot, if one lives there.
    fn id_at(&self, slot: Slot) -> Option<RawId>;
    /// The generation of the last entity in a slot, live or not.
    fn last_generation(&self, slot: Slot) -> u32;
    /// Whether an id is of an entity that went and may be brought back.
    fn is_detached(&self, id: RawId) -> bool;
    /// The slot that the next insert takes.
    fn next_slot(&self) -> Option<Slot>;
    /// The id that the next entity in a slot gets, which is one of those that the
    /// next inserts take.
    fn next_id(&self, slot: Slot) -> RawId;
    fn payload(&self, slot: Slot) -> Option<&AnyPayload>;
    /// The entity whose primary key is `key`, a `K` of the key's type.
    fn find(&self, key: &dyn Any) -> Option<Slot>;
    fn index_name(&self, index: usize) -> &str;
    /// Plans the insert of a payload; `None` if it is of another type.
    fn plan_boxed(&self, slot: Slot, payload: &AnyPayload) -> Option<Result<Placements, Clash>>;
    /// The slots that the next so many inserts take.
    fn next_slots(&self, count: usize) -> Option<Vec<Slot>>;
    /// Plans the insert of several payloads; `None` if one is of another type.
    fn plan_all_boxed(&self, batch: &[(Slot, &AnyPayload)]) -> Option<Result<Placements, Clash>>;
    /// Inserts payloads that were planned together.
    fn insert_all_boxed(
        &mut self,
        payloads: Vec<Box<AnyPayload>>,
        placements: &Placements,
    ) -> Vec<RawId>;
    /// Inserts a payload that was planned.
    fn insert_boxed(&mut self, payload: Box<AnyPayload>, placements: &Placements) -> RawId;
    /// Replaces a payload by one that was planned.
    fn replace_boxed(&mut self, slot: Slot, payload: Box<AnyPayload>, placements: &Placements);
    /// Replaces payloads by others that were planned together.
    fn replace_all_boxed(&mut self, batch: Vec<(Slot, Box<AnyPayload>)>, placements: &Placements);
    /// A copy of a payload, where the type was declared cloneable.
    fn copy_boxed(&self, slot: Slot) -> Option<Box<AnyPayload>>;
    /// Takes the last payload off the side stack: for a caller who is owed it.
    fn pop_boxed(&mut self) -> Box<AnyPayload>;
    /// Which ids are live, where nobody ever went.
    fn one_age(&self) -> Option<OneAge>;
    /// Gives back what is not in use; how many slots are left.
    fn shrink_to_fit(&mut self) -> usize;
    /// Takes an entity out of the indexes and its payload to the side stack.
    fn remove(&mut self, slot: Slot);
    /// Gives the slots of the removed to the next inserts, and hands over what
    /// is on the side stack, to be dropped when all else is done: `Drop` is the
    /// user's and may panic.
    fn dispose(&mut self) -> Option<Box<dyn Any>>;
    /// Takes entities out whom nobody can bring back: their slots go to the next
    /// inserts, and their payloads are handed over, to be dropped later, where
    /// dropping them does anything.
    fn remove_for_good(&mut self, ids: &[AnyId]) -> Option<Box<AnyPayload>>;
    /// Lets go of the first payload on the side stack, for the caller to drop.
    fn forget_first(&mut self) -> Box<AnyPayload>;
    /// Takes back an insert, for now: its slot is nobody else's meanwhile.
    fn detach_insert(&mut self, slot: Slot);
    /// Takes back the last replace, for now.
    fn detach_replace(&mut self, slot: Slot);
    /// Does again what was [taken back](Self::detach_insert) last.
    fn redo_insert(&mut self, slot: Slot) -> RawId;
    /// Does again what was [taken back](Self::detach_replace) last.
    fn redo_replace(&mut self, slot: Slot);
    /// Lets go of what was taken back for now; to be dropped by the caller.
    fn forget_undone(&mut self) -> Box<dyn Any>;
    /// The payload that is the `n`th last on the side stack, or on that of what
    /// was taken back.
    fn image(&self, stack: Stack, n: usize) -> Option<&AnyPayload>;
    /// Whether an entity has a payload that is equal to one of the type; `None`
    /// where the type was not declared comparable.
    fn is_same(&self, slot: Slot, payload: &AnyPayload) -> Option<bool>;
    /// Takes back an insert: the id is dead, the payload dropped by the caller.
    fn undo_insert(&mut self, slot: Slot) -> Box<AnyPayload>;
    /// Takes back the last remove.
    fn undo_remove(&mut self, slot: Slot) -> RawId;
    /// Takes back the last replace; the newer payload is dropped by the caller.
    fn undo_replace(&mut self, slot: Slot) -> Box<AnyPayload>;
    fn boxed_clone(&self) -> Option<Box<dyn AnyEntities>>;
    /// Whether slots, generations and payloads are the same; `None` where the
    /// type was not declared comparable.
    fn eq(&self, other: &dyn AnyEntities) -> Option<bool>;
    fn can_clone(&self) -> bool;
    /// The first index that does not say what the payloads say (I5).
    fn check(&self) -> Result<(), String>;
}

impl<T: Send + Sync + 'static> AnyEntities for Entities<T> {
    fn len(&self) -> usize {
        self.arena.len()
    }

    fn stamp(&self) -> u32 {
        self.arena.stamp()
    }

    fn is_live(&self, id: RawId) -> bool {
        self.arena.get(id).is_some()
    }

    fn id_at(&self, slot: Slot) -> Option<RawId> {
        self.arena.entry(slot).map(|(id, _)| id)
    }

    fn last_generation(&self, slot: Slot) -> u32 {
        self.arena.last_generation(slot)
    }

    fn is_detached(&self, id: RawId) -> bool {
        self.arena.is_detached(id)
    }

    fn next_slot(&self) -> Option<Slot> {
        self.arena.next_slot()
    }

    fn next_id(&self, slot: Slot) -> RawId {
        self.arena.next_id(slot)
    }

    fn payload(&self, slot: Slot) -> Option<&AnyPayload> {
        self.arena
            .payload(slot)
            .map(|payload| payload as &AnyPayload)
    }

    fn find(&self, key: &dyn Any) -> Option<Slot> {
        self.key()?.find_any(&self.arena, key)
    }

    fn index_name(&self, index: usize) -> &str {
        self.indexes[index].name()
    }

    fn plan_boxed(&self, slot: Slot, payload: &AnyPayload) -> Option<Result<Placements, Clash>> {
        let payload = payload.downcast_ref::<T>()?;
        Some(self.plan(&[(slot, payload)]))
    }

    fn one_age(&self) -> Option<OneAge> {
        self.arena.one_age()
    }

    fn shrink_to_fit(&mut self) -> usize {
        self.shrink()
    }

    fn next_slots(&self, count: usize) -> Option<Vec<Slot>> {
        self.arena.next_slots(count)
    }

    fn plan_all_boxed(&self, batch: &[(Slot, &AnyPayload)]) -> Option<Result<Placements, Clash>> {
        let typed = batch
            .iter()
            .map(|&(slot, payload)| Some((slot, payload.downcast_ref::<T>()?)));
        let typed = typed.collect::<Option<Vec<(Slot, &T)>>>()?;
        Some(self.plan(&typed))
    }

    fn insert_all_boxed(
        &mut self,
        payloads: Vec<Box<AnyPayload>>,
        placements: &Placements,
    ) -> Vec<RawId> {
        self.reserve(payloads.len());
        self.insert_all(payloads.into_iter().map(unboxed), placements)
    }

    fn insert_boxed(&mut self, payload: Box<AnyPayload>, placements: &Placements) -> RawId {
        self.insert(unboxed(payload), placements)
    }

    fn replace_boxed(&mut self, slot: Slot, payload: Box<AnyPayload>, placements: &Placements) {
        self.replace(vec![(slot, unboxed(payload))], placements);
    }

    fn replace_all_boxed(&mut self, batch: Vec<(Slot, Box<AnyPayload>)>, placements: &Placements) {
        let batch = batch
            .into_iter()
            .map(|(slot, payload)| (slot, unboxed(payload)));
        self.replace(batch.collect(), placements);
    }

    fn copy_boxed(&self, slot: Slot) -> Option<Box<AnyPayload>> {
        let copy = self.copy(self.arena.payload(slot)?)?;
        Some(Box::new(copy))
    }

    fn pop_boxed(&mut self) -> Box<AnyPayload> {
        Box::new(
            self.pop_before()
                .expect("the old payload is on the side stack"),
        )
    }

    fn remove(&mut self, slot: Slot) {
        let places = if planted::is(Bug::KeysOutliveTheirEntity) {
            SmallVec::new()
        } else {
            self.take_places(slot)
        };
        let payload = self.arena.take(slot);
        self.before.push_back(Before {
            slot,
            payload,
            places,
            went: Went::Removed,
        });
    }

    fn remove_for_good(&mut self, ids: &[AnyId]) -> Option<Box<AnyPayload>> {
        for index in &mut self.indexes {
            if !planted::is(Bug::KeysOutliveTheirEntity) {
                ids.iter().for_each(|id| {
                    index.take(id.slot());
                });
            }
        }
        let arena = &mut self.arena;
        let payloads = ids.iter().map(|id| arena.remove(id.slot()));
        if needs_drop::<T>() {
            return Some(Box::new(payloads.collect::<Vec<T>>()));
        }
        payloads.for_each(drop);
        None
    }

    fn dispose(&mut self) -> Option<Box<dyn Any>> {
        if self.before.is_empty() {
            return None;
        }
        let before = std::mem::take(&mut self.before);
        for before in &before {
            if before.went == Went::Removed && !planted::is(Bug::DetachedSlotsLeak) {
                self.arena.release(before.slot);
            }
        }
        Some(Box::new(before))
    }

    fn forget_first(&mut self) -> Box<AnyPayload> {
        let before = self.before.pop_front();
        let before = before.expect("the change has put a payload on the side stack");
        if before.went == Went::Removed {
            self.arena.release(before.slot);
        }
        Box::new(before.payload)
    }

    fn detach_insert(&mut self, slot: Slot) {
        let places = self.take_places(slot);
        let payload = self.arena.take(slot);
        self.undone.push(Before {
            slot,
            payload,
            places,
            went: Went::Inserted,
        });
    }

    fn detach_replace(&mut self, slot: Slot) {
        let before = self.before.pop_back();
        let before = before.expect("a replaced payload waits on the side stack");
        debug_assert!(before.slot == slot && before.went == Went::Replaced);
        let newer = self.exchange(before);
        self.undone.push(newer);
    }

    fn redo_insert(&mut self, slot: Slot) -> RawId {
        let undone = self.undone.pop().expect("the insert was taken back");
        debug_assert!(undone.slot == slot && undone.went == Went::Inserted);
        let id = self.arena.put_back(slot, undone.payload);
        self.put_places(slot, &undone.places);
        id
    }

    fn redo_replace(&mut self, slot: Slot) {
        let undone = self.undone.pop().expect("the replace was taken back");
        debug_assert!(undone.slot == slot && undone.went == Went::Replaced);
        let older = self.exchange(undone);
        self.before.push_back(older);
    }

    fn forget_undone(&mut self) -> Box<dyn Any> {
        let undone = std::mem::take(&mut self.undone);
        // The last that was taken back is the first that was done.
        for undone in undone.iter().rev() {
            if undone.went == Went::Inserted {
                self.arena.release(undone.slot);
            }
        }
        Box::new(undone)
    }

    fn image(&self, stack: Stack, n: usize) -> Option<&AnyPayload> {
        let before = match stack {
            Stack::Before => self.before.get(self.before.len().checked_sub(n + 1)?),
            Stack::Undone => self.undone.get(self.undone.len().checked_sub(n + 1)?),
        };
        before.map(|before| &before.payload as &AnyPayload)
    }

    fn is_same(&self, slot: Slot, payload: &AnyPayload) -> Option<bool> {
        let eq = self.eq?;
        let (mine, other) = (self.arena.payload(slot)?, payload.downcast_ref::<T>()?);
        Some(eq(mine, other))
    }

    fn undo_insert(&mut self, slot: Slot) -> Box<AnyPayload> {
        self.take_places(slot);
        let payload = self.arena.take(slot);
        self.arena.release(slot);
        Box::new(payload)
    }

    fn undo_remove(&mut self, slot: Slot) -> RawId {
        let before = self
            .before
            .pop_back()
            .expect("a removed payload waits on the side stack");
        debug_assert!(before.slot == slot && before.went == Went::Removed);
        let id = self.arena.put_back(slot, before.payload);
        self.put_places(slot, &before.places);
        id
    }

    fn undo_replace(&mut self, slot: Slot) -> Box<AnyPayload> {
        let before = self
            .before
            .pop_back()
            .expect("a replaced payload waits on the side stack");
        debug_assert!(before.slot == slot && before.went == Went::Replaced);
        Box::new(self.exchange(before).payload)
    }

    fn boxed_clone(&self) -> Option<Box<dyn AnyEntities>> {
        let clone = self.clone?;
        Some(Box::new(Self {
            arena: self.arena.map(clone),
            indexes: self
                .indexes
                .iter()
                .map(|index| index.boxed_clone())
                .collect(),
            has_key: self.has_key,
            clone: self.clone,
            eq: self.eq,
            before: VecDeque::new(),
            undone: Vec::new(),
        }))
    }

    fn eq(&self, other: &dyn AnyEntities) -> Option<bool> {
        let eq = self.eq?;
        let other = (other as &dyn Any).downcast_ref::<Self>();
        Some(other.is_some_and(|other| self.arena.is_same(&other.arena, eq)))
    }

    fn can_clone(&self) -> bool {
        self.clone.is_some()
    }

    fn check(&self) -> Result<(), String> {
        self.indexes.iter().try_for_each(|index| {
            let named = |what| format!("index {:?}: {what}", index.name());
            index.verify(&self.arena).map_err(named)
        })
    }
}

/// The planning has seen that the payload is a `T`.
fn unboxed<T: 'static>(payload: Box<AnyPayload>) -> T {
    let payload = payload.downcast::<T>().map(|payload| *payload);
    payload.unwrap_or_else(|_| unreachable!("a payload is planned before it is written"))
}

impl<T> fmt::Debug for EntitySpec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntitySpec").finish_non_exhaustive()
    }
}
