//! The index of a key that entities may share, for finding by equality.

use std::any::{Any, type_name};
use std::collections::BTreeSet;
use std::collections::btree_set;
use std::fmt;
use std::iter::FusedIterator;

use hashbrown::HashTable;

use crate::arena::Arena;
use crate::id::{Id, Slot};
use crate::identity::batch::{Coming, Leaving};
use crate::identity::column::Column;
use crate::identity::hash::{Seed, spread};
use crate::identity::key::{Key, KeyShape, Lookup};
use crate::identity::{Index, Place, Plan, Taken, id_in};

/// From key to group to slots.
///
/// A group is in slot order, so what is found is a function of the state and
/// not of how it came about; and a key that all entities share costs O(log n)
/// a write, not O(n).
pub(crate) struct Hashed<T, K: KeyShape> {
    name: String,
    key: Key<T, K>,
    seed: Seed,
    /// The numbers of the groups that have members.
    table: HashTable<u32>,
    groups: Vec<Group>,
    /// The numbers of the groups that have none.
    free: Vec<u32>,
    /// By slot: the number of the group that it is in.
    home: Column<{ u32::MAX }>,
}

/// The entities that have the same key.
#[derive(Clone)]
struct Group {
    hash: u32,
    members: BTreeSet<Slot>,
}

impl<T, K: KeyShape> Hashed<T, K> {
    pub(crate) fn new(name: String, key: Key<T, K>) -> Self {
        Self {
            name,
            key,
            seed: Seed::default(),
            table: HashTable::new(),
            groups: Vec::new(),
            free: Vec::new(),
            home: Column::new(),
        }
    }

    /// The entities that have the key. Computes in O(1), expected.
    pub(crate) fn find_all<'g, Q: Lookup<K>>(
        &'g self,
        arena: &'g Arena<T>,
        lookup: Q,
    ) -> Matches<'g, T> {
        let hash = self.seed.hash(lookup);
        let group = self.group(arena, hash, |key| Q::is(lookup, key));
        Matches {
            found: group.map(|group| (group.members.iter(), arena)),
        }
    }

    fn group<'p>(
        &self,
        arena: &'p Arena<T>,
        hash: u32,
        is: impl Fn(K::View<'p>) -> bool,
    ) -> Option<&Group> {
        let has_it = |&number: &u32| {
            let group = &self.groups[number as usize];
            let first = || arena.payload(*group.members.first()?);
            group.hash == hash
                && first()
                    .and_then(|payload| self.key.read(payload))
                    .is_some_and(&is)
        };
        let number = *self.table.find(spread(hash), has_it)?;
        Some(&self.groups[number as usize])
    }

    /// The place of a key among the entities that are not of the batch.
    fn place<'p>(
        &self,
        arena: &'p Arena<T>,
        (hash, key): (u32, K::View<'p>),
        leaving: &Leaving,
    ) -> Place {
        self.group(arena, hash, |other| other == key)
            .and_then(|group| group.members.iter().find(|&&slot| !leaving.contains(slot)))
            .map_or(Place::Alone(hash), |&member| Place::With(member))
    }

    /// Opens a group for its first member and returns its number.
    fn open(&mut self, hash: u32) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.groups.push(Group {
                hash,
                members: BTreeSet::new(),
            });
            u32::try_from(self.groups.len() - 1).expect("there are no more groups than slots")
        });
        self.groups[number as usize].hash = hash;
        let groups = &self.groups;
        self.table.insert_unique(spread(hash), number, |&other| {
            spread(groups[other as usize].hash)
        });
        number
    }

    /// Closes a group that has lost its last member.
    fn close(&mut self, number: u32, hash: u32) {
        self.table
            .find_entry(spread(hash), |&other| other == number)
            .unwrap_or_else(|_| unreachable!("a group with members is in the table"))
            .remove();
        self.free.push(number);
    }

    fn verify_entity(&self, arena: &Arena<T>, slot: Slot, payload: &T) -> Result<(), String> {
        let key = self.key.read(payload);
        let home = self
            .home
            .get(slot)
            .map(|number| &self.groups[number as usize]);
        let (key, home) = match (key, home) {
            (None, None) => return Ok(()),
            (Some(key), Some(home)) => (key, home),
            (None, Some(_)) => return Err(format!("slot {slot} has no key, but a group")),
            (Some(_), None) => return Err(format!("slot {slot} has a key, but no group")),
        };
        let found = self.group(arena, self.seed.hash(key), |other| other == key);
        if !found.is_some_and(|group| std::ptr::eq(group, home)) || !home.members.contains(&slot) {
            return Err(format!("slot {slot} is not in the group of its key"));
        }
        Ok(())
    }
}

impl<T: 'static, K: KeyShape> Index<T> for Hashed<T, K> {
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
            groups: self.groups.clone(),
            free: self.free.clone(),
            home: self.home.clone(),
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
            if let Some(mate) = coming.find(hash, key) {
                plan.push((slot, Place::With(mate)));
                continue;
            }
            plan.push((slot, self.place(arena, (hash, key), &leaving)));
            // One that comes alone is nobody's mate.
            if batch.len() > 1 {
                coming.add(hash, key, slot);
            }
        }
        Ok(plan)
    }

    fn put(&mut self, slot: Slot, place: Place) {
        let number = match place {
            Place::Out => return,
            Place::Alone(hash) => self.open(hash),
            Place::With(member) => self.home.get(member).expect("the member is in a group"),
            Place::Hash(_) | Place::Before(_) => {
                unreachable!("{place:?} is of another kind of index")
            }
        };
        debug_assert_eq!(self.home.get(slot), None, "it was taken out before");
        self.home.set(slot, number);
        self.groups[number as usize].members.insert(slot);
    }

    fn take(&mut self, slot: Slot) -> Place {
        let Some(number) = self.home.clear(slot) else {
            return Place::Out;
        };
        let group = &mut self.groups[number as usize];
        group.members.remove(&slot);
        if let Some(&member) = group.members.first() {
            return Place::With(member);
        }
        let hash = group.hash;
        self.close(number, hash);
        Place::Alone(hash)
    }

    fn find_any(&self, _: &Arena<T>, _: &dyn Any) -> Option<Slot> {
        None
    }

    fn verify(&self, arena: &Arena<T>) -> Result<(), String> {
        for (id, payload) in arena.iter() {
            self.verify_entity(arena, id.slot(), payload)?;
        }
        let members: usize = self.groups.iter().map(|group| group.members.len()).sum();
        let keyed = arena
            .iter()
            .filter(|(_, payload)| self.key.read(payload).is_some());
        if (members, self.home.count()) != (keyed.clone().count(), members) {
            return Err("a slot without a live entity is in a group".to_owned());
        }
        let open = self.groups.iter().filter(|group| !group.members.is_empty());
        if open.count() != self.table.len() {
            return Err("a group without members is found by a key".to_owned());
        }
        Ok(())
    }

    fn reserve(&mut self, additional: usize) {
        self.home.reserve(additional);
    }

    /// Groups that have members get numbers of their own, and no others.
    fn shrink_to_fit(&mut self) {
        let groups = std::mem::take(&mut self.groups).into_iter();
        self.groups = groups.filter(|group| !group.members.is_empty()).collect();
        self.groups.shrink_to_fit();
        self.free = Vec::new();
        self.table = HashTable::with_capacity(self.groups.len());
        for (number, group) in (0..).zip(&self.groups) {
            for &slot in &group.members {
                self.home.set(slot, number);
            }
            self.table
                .insert_unique(spread(group.hash), number, |&other| {
                    spread(self.groups[other as usize].hash)
                });
        }
        self.home.shrink_to_fit();
    }
}

/// The entities that [`Graph::find_all`](crate::Graph::find_all) finds, in the
/// order of their slots.
///
/// ```
/// use backref::{Graph, Key, Schema};
///
/// struct Author {
///     country: String,
/// }
///
/// let mut schema = Schema::builder();
/// schema
///     .entity::<Author>("Author")
///     .index("country", Key::field(|a: &Author| &a.country));
/// let registry = schema.build()?;
/// let author = registry.entity_type::<Author>("Author")?;
/// let country = registry.index::<Author, String>("Author.country")?;
///
/// let mut graph = Graph::new(registry);
/// let stanislaw = graph.insert(author, Author { country: "Poland".to_owned() })?;
/// let olga = graph.insert(author, Author { country: "Poland".to_owned() })?;
///
/// let poles = graph.find_all(country, "Poland");
/// assert_eq!(poles.len(), 2);
/// assert!(poles.rev().eq([olga, stanislaw]));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Matches<'g, T> {
    found: Option<(btree_set::Iter<'g, Slot>, &'g Arena<T>)>,
}

impl<T> Iterator for Matches<'_, T> {
    type Item = Id<T>;

    fn next(&mut self) -> Option<Id<T>> {
        let (slots, arena) = self.found.as_mut()?;
        Some(id_in(arena, *slots.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let found = self.found.as_ref();
        found.map_or((0, Some(0)), |(slots, _)| slots.size_hint())
    }
}

impl<T> DoubleEndedIterator for Matches<'_, T> {
    fn next_back(&mut self) -> Option<Id<T>> {
        let (slots, arena) = self.found.as_mut()?;
        Some(id_in(arena, *slots.next_back()?))
    }
}

impl<T> ExactSizeIterator for Matches<'_, T> {}

impl<T> FusedIterator for Matches<'_, T> {}

/// Nothing found.
impl<T> Default for Matches<'_, T> {
    fn default() -> Self {
        Self { found: None }
    }
}

impl<T> Clone for Matches<'_, T> {
    fn clone(&self) -> Self {
        Self {
            found: self.found.clone(),
        }
    }
}

impl<T> fmt::Debug for Matches<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entities with the given countries, put in the given order.
    fn of_countries(
        countries: &[&str],
        order: impl IntoIterator<Item = Slot>,
    ) -> (Arena<String>, Hashed<String, String>) {
        let mut arena = Arena::new(0);
        let mut index = Hashed::new("country".to_owned(), Key::field(|country: &String| country));
        for &country in countries {
            arena.insert(country.to_owned());
        }
        for slot in order {
            let country = arena.payload(slot).expect("it is live");
            let plan = index
                .plan(&arena, &[(slot, country)])
                .expect("it is not unique");
            index.put(slot, plan[0].1);
        }
        (arena, index)
    }

    #[test]
    fn what_is_found_is_in_slot_order_whatever_the_history() {
        for order in [[1, 2, 3, 4], [4, 3, 2, 1], [3, 1, 4, 2]] {
            let (arena, index) = of_countries(&["pl", "us", "pl", "pl"], order);
            let found = index.find_all(&arena, "pl");
            assert_eq!(found.len(), 3);
            assert!(found.clone().map(Id::slot).eq([1, 3, 4]));
            assert!(found.clone().rev().map(Id::slot).eq([4, 3, 1]));
            assert_eq!(format!("{found:?}"), "[1v1, 3v1, 4v1]");
            assert_eq!(index.find_all(&arena, "de").next(), None);
            assert_eq!(Matches::<String>::default().next(), None);
        }
    }

    #[test]
    fn a_group_that_is_left_is_used_again() {
        let (arena, mut index) = of_countries(&["pl", "us"], [1, 2]);
        for _ in 0..10 {
            let first = index.take(1);
            let second = index.take(2);
            assert!(matches!(
                (first, second),
                (Place::Alone(_), Place::Alone(_))
            ));
            index.put(2, second);
            index.put(1, first);
        }
        assert_eq!(index.groups.len(), 2);
        index.verify(&arena).expect("it is true");
    }
}
