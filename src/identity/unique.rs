//! The index of a key that no two entities share.

use std::any::{Any, type_name};

use hashbrown::HashTable;

use crate::arena::Arena;
use crate::id::Slot;
use crate::identity::batch::{Coming, Leaving};
use crate::identity::column::Column;
use crate::identity::hash::{Seed, spread};
use crate::identity::key::{Key, KeyShape, Lookup};
use crate::identity::{Index, Place, Plan, Taken};

/// From key to slot, in eight bytes an entity and four more to leave without
/// asking the user's `Hash`.
pub(crate) struct Unique<T, K: KeyShape> {
    name: String,
    key: Key<T, K>,
    seed: Seed,
    table: HashTable<Entry>,
    /// By slot: the hash that it is in the table under. The table has exactly
    /// the slots that have one here.
    hashes: Column<0>,
}

#[derive(Clone, Copy)]
struct Entry {
    hash: u32,
    slot: Slot,
}

impl<T, K: KeyShape> Unique<T, K> {
    pub(crate) fn new(name: String, key: Key<T, K>) -> Self {
        Self {
            name,
            key,
            seed: Seed::default(),
            table: HashTable::new(),
            hashes: Column::new(),
        }
    }

    /// The entity that has the key. Computes in O(1), expected.
    pub(crate) fn find<Q: Lookup<K>>(&self, arena: &Arena<T>, lookup: Q) -> Option<Slot> {
        self.search(arena, self.seed.hash(lookup), |_, key| Q::is(lookup, key))
    }

    fn find_view<'p>(&self, arena: &'p Arena<T>, key: K::View<'p>) -> Option<Slot> {
        self.search(arena, self.seed.hash(key), |_, other| other == key)
    }

    #[inline]
    fn search<'p>(
        &self,
        arena: &'p Arena<T>,
        hash: u32,
        is: impl Fn(Slot, K::View<'p>) -> bool,
    ) -> Option<Slot> {
        let has_it = |entry: &Entry| {
            entry.hash == hash
                && arena
                    .payload(entry.slot)
                    .and_then(|payload| self.key.read(payload))
                    .is_some_and(|key| is(entry.slot, key))
        };
        Some(self.table.find(spread(hash), has_it)?.slot)
    }
}

impl<T: 'static, K: KeyShape> Index<T> for Unique<T, K> {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_type_name(&self) -> &'static str {
        type_name::<K>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn fresh(&self) -> Box<dyn Index<T>> {
        Box::new(Self::new(self.name.clone(), self.key.clone()))
    }

    fn boxed_clone(&self) -> Box<dyn Index<T>> {
        Box::new(Self {
            name: self.name.clone(),
            key: self.key.clone(),
            seed: self.seed.clone(),
            table: self.table.clone(),
            hashes: self.hashes.clone(),
        })
    }

    fn plan(&self, arena: &Arena<T>, batch: &[(Slot, &T)]) -> Result<Plan, Taken> {
        let leaving = Leaving::of(batch);
        let mut coming = Coming::new();
        let mut plan = Plan::with_capacity(batch.len());
        for &(slot, payload) in batch {
            let Some(key) = self.key.read(payload) else {
                plan.push((slot, Place::Out));
                continue;
            };
            let hash = self.seed.hash(key);
            let holder = self
                .search(arena, hash, |holder, other| {
                    !leaving.contains(holder) && other == key
                })
                .or_else(|| coming.find(hash, key));
            if let Some(holder) = holder {
                return Err(Taken { slot, holder });
            }
            // One that comes alone clashes with no other that comes.
            if batch.len() > 1 {
                coming.add(hash, key, slot);
            }
            plan.push((slot, Place::Hash(hash)));
        }
        Ok(plan)
    }

    /// Without a look at those who leave, or come as well: there are none.
    fn place(&self, arena: &Arena<T>, (_, payload): (Slot, &T)) -> Result<Place, Slot> {
        let Some(key) = self.key.read(payload) else {
            return Ok(Place::Out);
        };
        let hash = self.seed.hash(key);
        match self.search(arena, hash, |_, other| other == key) {
            Some(holder) => Err(holder),
            None => Ok(Place::Hash(hash)),
        }
    }

    fn put(&mut self, slot: Slot, place: Place) {
        let hash = match place {
            Place::Out => return,
            Place::Hash(hash) => hash,
            Place::Alone(_) | Place::With(_) | Place::Before(_) => {
                unreachable!("{place:?} is of another kind of index")
            }
        };
        debug_assert_eq!(self.hashes.get(slot), None, "it was taken out before");
        self.hashes.set(slot, hash);
        self.table
            .insert_unique(spread(hash), Entry { hash, slot }, |entry| {
                spread(entry.hash)
            });
    }

    fn take(&mut self, slot: Slot) -> Place {
        let Some(hash) = self.hashes.clear(slot) else {
            return Place::Out;
        };
        self.table
            .find_entry(spread(hash), |entry| entry.slot == slot)
            .unwrap_or_else(|_| unreachable!("a slot with a hash is in the table"))
            .remove();
        Place::Hash(hash)
    }

    fn find_any(&self, arena: &Arena<T>, key: &dyn Any) -> Option<Slot> {
        self.find_view(arena, K::view(key)?)
    }

    fn verify(&self, arena: &Arena<T>) -> Result<(), String> {
        let mut keyed = 0;
        for (id, payload) in arena.iter() {
            let slot = id.slot();
            let key = self.key.read(payload);
            if self.hashes.get(slot) != key.map(|key| self.seed.hash(key)) {
                return Err(format!("the hash of slot {slot} is not that of its key"));
            }
            let Some(key) = key else { continue };
            keyed += 1;
            match self.find_view(arena, key) {
                Some(found) if found == slot => {}
                Some(found) => return Err(format!("slots {slot} and {found} have the same key")),
                None => return Err(format!("slot {slot} is not found under its key")),
            }
        }
        if (self.table.len(), self.hashes.count()) != (keyed, keyed) {
            return Err("a slot without a live entity has a key".to_owned());
        }
        Ok(())
    }

    fn reserve(&mut self, additional: usize) {
        self.table.reserve(additional, |entry| spread(entry.hash));
        self.hashes.reserve(additional);
    }

    fn shrink_to_fit(&mut self) {
        self.table.shrink_to_fit(|entry| spread(entry.hash));
        self.hashes.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_eight_bytes() {
        assert_eq!(size_of::<Entry>(), 8);
    }

    fn of_names<'a>(
        names: impl IntoIterator<Item = &'a str>,
    ) -> (Arena<String>, Unique<String, String>) {
        let mut arena = Arena::new(0);
        let mut index = Unique::new("name".to_owned(), Key::field(|name: &String| name));
        for name in names {
            let name = name.to_owned();
            let slot = arena.next_slot().expect("there is room");
            let plan = index
                .plan(&arena, &[(slot, &name)])
                .expect("the name is free");
            arena.insert(name);
            index.put(slot, plan[0].1);
        }
        (arena, index)
    }

    #[test]
    fn a_key_is_found_by_what_it_borrows_as() {
        let (arena, index) = of_names(["Ursula", "Stanisław"]);
        assert_eq!(index.find(&arena, "Stanisław"), Some(2));
        assert_eq!(index.find(&arena, &"Ursula".to_owned()), Some(1));
        assert_eq!(index.find(&arena, "Olga"), None);
    }

    #[test]
    fn a_key_without_its_type_is_found_if_it_is_of_that_type() {
        let (arena, index) = of_names(["Ursula"]);
        assert_eq!(index.find_any(&arena, &"Ursula".to_owned()), Some(1));
        assert_eq!(index.find_any(&arena, &"Ursula"), None);
    }

    #[test]
    fn a_key_of_several_parts_is_found_by_a_tuple() {
        type Shelf = (String, u32, u8);
        let hall: Shelf = ("hall".to_owned(), 3, 1);
        let mut arena = Arena::new(0);
        let mut pairs = Unique::new(
            "pair".to_owned(),
            Key::pair(|s: &Shelf| &s.0, |s: &Shelf| &s.1),
        );
        let mut triples = Unique::new(
            "triple".to_owned(),
            Key::triple(|s: &Shelf| &s.0, |s: &Shelf| &s.1, |s: &Shelf| &s.2),
        );
        for index in [&mut pairs as &mut dyn Index<Shelf>, &mut triples] {
            let plan = index.plan(&arena, &[(1, &hall)]).expect("it is free");
            index.put(1, plan[0].1);
        }
        arena.insert(hall);
        assert_eq!(pairs.find(&arena, ("hall", &3)), Some(1));
        assert_eq!(pairs.find(&arena, ("hall", &4)), None);
        assert_eq!(pairs.find_any(&arena, &("hall".to_owned(), 3_u32)), Some(1));
        assert_eq!(triples.find(&arena, ("hall", &3, &1)), Some(1));
        assert_eq!(triples.find(&arena, ("room", &3, &1)), None);
        assert_eq!(
            triples.find_any(&arena, &("hall".to_owned(), 3_u32, 1_u8)),
            Some(1)
        );
    }

    #[test]
    fn a_taken_key_names_the_one_that_has_it() {
        let (arena, index) = of_names(["a", "b", "c"]);
        let plan = |batch: &[(Slot, &str)]| {
            let names: Vec<(Slot, String)> = batch
                .iter()
                .map(|&(slot, name)| (slot, name.to_owned()))
                .collect();
            let batch: Vec<(Slot, &String)> =
                names.iter().map(|(slot, name)| (*slot, name)).collect();
            index.plan(&arena, &batch).map(|plan| plan.len())
        };
        let taken = |slot, holder| Err(Taken { slot, holder });
        assert_eq!(plan(&[(4, "b")]), taken(4, 2), "by an entity of the index");
        assert_eq!(
            plan(&[(4, "d"), (5, "d")]),
            taken(5, 4),
            "by one of the batch"
        );
        assert_eq!(
            plan(&[(1, "b"), (2, "b")]),
            taken(2, 1),
            "by one of the batch that is live"
        );
        assert_eq!(
            plan(&[(1, "c"), (2, "c"), (4, "a")]),
            taken(1, 3),
            "the first of several"
        );
        assert_eq!(plan(&[(2, "b")]), Ok(1), "by itself, which is no clash");
        assert_eq!(
            plan(&[(4, "b"), (2, "d")]),
            Ok(2),
            "by one that gives it away"
        );
        assert_eq!(plan(&[(1, "b"), (2, "c"), (3, "a")]), Ok(3), "in a circle");
        assert_eq!(plan(&[]), Ok(0));
    }
}
