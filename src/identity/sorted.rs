//! The index of a key that entities may share, for finding by range.

use std::any::{Any, type_name};
use std::cmp::Ordering;
use std::fmt;
use std::iter::FusedIterator;
use std::ops::Bound;

use smallvec::SmallVec;

use crate::arena::Arena;
use crate::id::{Id, NONE, Slot};
use crate::identity::batch::Leaving;
use crate::identity::key::{Key, Limit, OrderedShape};
use crate::identity::sequence::{Cursor, Sequence, Slots};
use crate::identity::{Index, Place, Plan, Taken, id_in};

/// Slots in the order of (key, slot).
pub(crate) struct Sorted<T, K: OrderedShape> {
    name: String,
    key: Key<T, K>,
    sequence: Sequence,
}

/// Entities of a batch that have a key, with it.
type Entrants<V> = SmallVec<[(Slot, V); 2]>;

/// The entrant that was planned last, which comes after the others.
struct Follower {
    slot: Slot,
    /// Where it comes in, if those that leave still stand there.
    start: Cursor,
    /// The first entity behind it that stays.
    staying: Slot,
}

impl<T, K: OrderedShape> Sorted<T, K> {
    pub(crate) fn new(name: String, key: Key<T, K>) -> Self {
        Self {
            name,
            key,
            sequence: Sequence::new(),
        }
    }

    /// The entities whose keys are in the range. Computes in O(log n).
    pub(crate) fn range<'g, L: Limit<K> + ?Sized>(
        &'g self,
        arena: &'g Arena<T>,
        (start, end): (Bound<&L>, Bound<&L>),
    ) -> KeyRange<'g, T> {
        let start = match start {
            Bound::Included(limit) => self.first_not(arena, limit, Ordering::is_lt),
            Bound::Excluded(limit) => self.first_not(arena, limit, Ordering::is_le),
            Bound::Unbounded => self.sequence.start(),
        };
        let end = match end {
            Bound::Included(limit) => self.first_not(arena, limit, Ordering::is_le),
            Bound::Excluded(limit) => self.first_not(arena, limit, Ordering::is_lt),
            Bound::Unbounded => self.sequence.end(),
        };
        KeyRange {
            found: Some((self.sequence.between(start, end), arena)),
        }
    }

    /// Behind all keys that are on the given side of the limit.
    fn first_not<L: Limit<K> + ?Sized>(
        &self,
        arena: &Arena<T>,
        limit: &L,
        is_on: fn(Ordering) -> bool,
    ) -> Cursor {
        self.sequence.partition_point(|slot| {
            self.key_of(arena, slot)
                .is_some_and(|key| is_on(L::side(limit, key)))
        })
    }

    fn key_of<'p>(&self, arena: &'p Arena<T>, slot: Slot) -> Option<K::View<'p>> {
        self.key.read(arena.payload(slot)?)
    }

    /// Where the entities in the index put one with that key.
    fn position<'p>(&self, arena: &'p Arena<T>, entrant: (Slot, K::View<'p>)) -> Cursor {
        self.sequence.partition_point(|slot| {
            self.key_of(arena, slot)
                .is_some_and(|key| compare::<K>((slot, key), entrant).is_lt())
        })
    }

    /// The place of an entrant that comes before the follower.
    fn place_before(&self, start: Cursor, leaving: &Leaving, follower: &Follower) -> (Place, Slot) {
        let staying = self
            .sequence
            .between(start, follower.start)
            .find(|&slot| !leaving.contains(slot))
            .unwrap_or(follower.staying);
        if staying == follower.staying && follower.slot != NONE {
            (Place::Before(follower.slot), staying)
        } else {
            (Place::Before(staying), staying)
        }
    }
}

/// The order of the index: equal keys stand in slot order.
fn compare<'a, K: OrderedShape>(
    (slot, key): (Slot, K::View<'a>),
    (other_slot, other_key): (Slot, K::View<'a>),
) -> Ordering {
    K::compare(key, other_key).then(slot.cmp(&other_slot))
}

/// The entrants in the order of the index. The sort of the standard library
/// panics if the user's `Ord` contradicts itself; inserting one by one does not.
fn in_order<'a, K: OrderedShape>(entrants: Entrants<K::View<'a>>) -> Entrants<K::View<'a>> {
    if entrants.len() < 2 {
        return entrants;
    }
    let mut line = Sequence::new();
    for (number, &entrant) in (1..).zip(&entrants) {
        let at = line
            .partition_point(|other| compare::<K>(entrants[other as usize - 1], entrant).is_lt());
        line.insert_before(number, line.slot(at));
    }
    line.iter()
        .map(|number| entrants[number as usize - 1])
        .collect()
}

impl<T: 'static, K: OrderedShape> Index<T> for Sorted<T, K> {
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
            sequence: self.sequence.clone(),
        })
    }

    fn plan(&self, arena: &Arena<T>, batch: &[(Slot, &T)]) -> Result<Plan, Taken> {
        let leaving = Leaving::of(batch);
        let mut plan = Plan::with_capacity(batch.len());
        let mut entrants = Entrants::new();
        for &(slot, payload) in batch {
            match self.key.read(payload) {
                Some(key) => entrants.push((slot, key)),
                None => plan.push((slot, Place::Out)),
            }
        }
        let mut follower = Follower {
            slot: NONE,
            start: self.sequence.end(),
            staying: NONE,
        };
        // From the last to the first, so that each can go before the next one
        // and no run of entities that leave is walked over twice.
        for entrant in in_order::<K>(entrants).into_iter().rev() {
            let (slot, _) = entrant;
            let start = self.position(arena, entrant);
            let (place, staying) = self.place_before(start, &leaving, &follower);
            plan.push((slot, place));
            follower = Follower {
                slot,
                start,
                staying,
            };
        }
        Ok(plan)
    }

    fn put(&mut self, slot: Slot, place: Place) {
        match place {
            Place::Out => {}
            Place::Before(next) => self.sequence.insert_before(slot, next),
            Place::Hash(_) | Place::Alone(_) | Place::With(_) => {
                unreachable!("{place:?} is of another kind of index")
            }
        }
    }

    fn take(&mut self, slot: Slot) -> Place {
        if self.sequence.contains(slot) {
            Place::Before(self.sequence.remove(slot))
        } else {
            Place::Out
        }
    }

    fn find_any(&self, _: &Arena<T>, _: &dyn Any) -> Option<Slot> {
        None
    }

    fn verify(&self, arena: &Arena<T>) -> Result<(), String> {
        self.sequence.verify()?;
        for (id, payload) in arena.iter() {
            let slot = id.slot();
            if self.sequence.contains(slot) != self.key.read(payload).is_some() {
                return Err(format!(
                    "slot {slot} has a key and no place, or a place and no key"
                ));
            }
        }
        let mut last = None;
        for slot in self.sequence.iter() {
            let Some(key) = self.key_of(arena, slot) else {
                return Err(format!("slot {slot} has a place and no live entity"));
            };
            if last.is_some_and(|last| compare::<K>(last, (slot, key)).is_ge()) {
                return Err(format!("slot {slot} is not behind the one before it"));
            }
            last = Some((slot, key));
        }
        Ok(())
    }

    fn reserve(&mut self, additional: usize) {
        self.sequence.reserve(additional);
    }

    fn shrink_to_fit(&mut self) {
        self.sequence.shrink_to_fit();
    }
}

/// The entities that [`Graph::range`](crate::Graph::range) finds, in the order
/// of their keys; those with equal keys in the order of their slots.
///
/// ```
/// use backref::{Graph, Key, Schema};
///
/// struct Author {
///     born: i32,
/// }
///
/// let mut schema = Schema::builder();
/// schema
///     .entity::<Author>("Author")
///     .ordered_index("born", Key::field(|a: &Author| &a.born));
/// let registry = schema.build()?;
/// let author = registry.entity_type::<Author>("Author")?;
/// let born = registry.ordered_index::<Author, i32>("Author.born")?;
///
/// let mut graph = Graph::new(registry);
/// let ursula = graph.insert(author, Author { born: 1929 })?;
/// let stanislaw = graph.insert(author, Author { born: 1921 })?;
///
/// let mut born_then = graph.range(born, 1900..=1929);
/// assert_eq!(born_then.next_back(), Some(ursula));
/// assert_eq!(born_then.next_back(), Some(stanislaw));
/// assert_eq!(born_then.next_back(), None);
/// # Ok::<(), backref::Error>(())
/// ```
pub struct KeyRange<'g, T> {
    found: Option<(Slots<'g>, &'g Arena<T>)>,
}

impl<T> Iterator for KeyRange<'_, T> {
    type Item = Id<T>;

    fn next(&mut self) -> Option<Id<T>> {
        let (slots, arena) = self.found.as_mut()?;
        Some(id_in(arena, slots.next()?))
    }
}

impl<T> DoubleEndedIterator for KeyRange<'_, T> {
    fn next_back(&mut self) -> Option<Id<T>> {
        let (slots, arena) = self.found.as_mut()?;
        Some(id_in(arena, slots.next_back()?))
    }
}

impl<T> FusedIterator for KeyRange<'_, T> {}

/// Nothing found.
impl<T> Default for KeyRange<'_, T> {
    fn default() -> Self {
        Self { found: None }
    }
}

impl<T> Clone for KeyRange<'_, T> {
    fn clone(&self) -> Self {
        Self {
            found: self.found.clone(),
        }
    }
}

impl<T> fmt::Debug for KeyRange<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeBounds;

    use super::*;

    type Shelf = (String, u32);

    fn of<T: Clone + 'static, K: OrderedShape>(
        key: Key<T, K>,
        payloads: &[T],
    ) -> (Arena<T>, Sorted<T, K>) {
        let mut arena = Arena::new(0);
        let mut index = Sorted::new("key".to_owned(), key);
        for (slot, payload) in (1..).zip(payloads) {
            let plan = index
                .plan(&arena, &[(slot, payload)])
                .expect("it is not unique");
            arena.insert(payload.clone());
            index.put(slot, plan[0].1);
        }
        index.verify(&arena).expect("it is true");
        (arena, index)
    }

    #[test]
    fn a_range_is_in_key_order_and_equal_keys_in_slot_order() {
        let (arena, index) = of(Key::field(|n: &i32| n), &[30, 10, 20, 10, 20, 30]);
        let check = |range: (Bound<&i32>, Bound<&i32>), expected: &[Slot]| {
            let found = index.range(&arena, range);
            assert!(
                found.clone().map(Id::slot).eq(expected.iter().copied()),
                "{found:?}"
            );
            let backwards = found.rev().map(Id::slot);
            assert!(backwards.eq(expected.iter().rev().copied()));
        };
        let bounds = |range| -> (Bound<&'static i32>, Bound<&'static i32>) { range };
        check(
            bounds((Bound::Unbounded, Bound::Unbounded)),
            &[2, 4, 3, 5, 1, 6],
        );
        check((Bound::Included(&20), Bound::Unbounded), &[3, 5, 1, 6]);
        check((Bound::Excluded(&20), Bound::Unbounded), &[1, 6]);
        check((Bound::Unbounded, Bound::Excluded(&20)), &[2, 4]);
        check((Bound::Included(&11), Bound::Included(&20)), &[3, 5]);
        check((Bound::Included(&31), Bound::Unbounded), &[]);
    }

    #[test]
    fn a_range_that_ends_before_it_starts_is_empty() {
        let (arena, index) = of(Key::field(|n: &i32| n), &[10, 20, 20, 30]);
        let is_empty = |start, end| index.range(&arena, (start, end)).next().is_none();
        assert!(is_empty(Bound::Included(&30), Bound::Included(&10)));
        assert!(is_empty(Bound::Excluded(&20), Bound::Excluded(&20)));
        assert!(is_empty(Bound::Included(&20), Bound::Excluded(&20)));
        assert!(!is_empty(Bound::Included(&20), Bound::Included(&20)));
        assert_eq!(KeyRange::<i32>::default().next(), None);
    }

    #[test]
    fn a_range_is_limited_by_what_keys_borrow_as() {
        let names = ["Olga", "Stanisław", "Ursula"].map(str::to_owned);
        let (arena, index) = of(Key::field(|name: &String| name), &names);
        let late = index.range::<str>(&arena, (Bound::Excluded("Olga"), Bound::Unbounded));
        assert!(late.map(Id::slot).eq([2, 3]));
    }

    #[test]
    fn a_range_of_pairs_is_limited_by_tuples_of_references() {
        let shelves = [("hall", 2), ("attic", 9), ("hall", 1), ("hall", 3)];
        let shelves = shelves.map(|(room, number)| (room.to_owned(), number));
        let (arena, index) = of(Key::pair(|s: &Shelf| &s.0, |s: &Shelf| &s.1), &shelves);
        let range = ("hall", &1)..("hall", &3);
        let found = index.range(&arena, (range.start_bound(), range.end_bound()));
        assert!(found.map(Id::slot).eq([3, 1]));
    }

    #[test]
    fn a_batch_goes_in_from_its_last_to_its_first() {
        let (arena, index) = of(Key::field(|n: &i32| n), &[10, 20, 30, 40]);
        let batch = [(2, &35), (5, &15), (3, &36), (6, &50), (7, &50)];
        let plan = index.plan(&arena, &batch).expect("it is not unique");
        let expected = [
            (7, Place::Before(NONE)),
            (6, Place::Before(7)),
            (3, Place::Before(4)),
            (2, Place::Before(3)),
            (5, Place::Before(2)),
        ];
        assert_eq!(plan.as_slice(), expected);
    }
}
