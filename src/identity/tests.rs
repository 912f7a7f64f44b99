//! What holds for every kind of index.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::arena::Arena;
use crate::id::{Id, Slot};
use crate::identity::{Hashed, Index, Key, Place, Plan, Sorted, Taken, Unique};

/// A payload with a key that may be missing.
#[derive(Clone, Debug)]
struct Item<K>(Option<K>);

/// Entities with one index over them, written as the engine does it.
struct Store<K> {
    arena: Arena<Item<K>>,
    index: Box<dyn Index<Item<K>>>,
}

/// What a key of the tests can do.
trait TestKey: From<u32> + Hash + Ord + Clone + Debug + Send + Sync + 'static {}

impl<K: From<u32> + Hash + Ord + Clone + Debug + Send + Sync + 'static> TestKey for K {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unique,
    Hashed,
    Sorted,
}

const KINDS: [Kind; 3] = [Kind::Unique, Kind::Hashed, Kind::Sorted];

impl<K: TestKey> Store<K> {
    fn new(kind: Kind) -> Self {
        let key = Key::optional(|item: &Item<K>| item.0.as_ref());
        let name = "key".to_owned();
        Self {
            arena: Arena::new(0),
            index: match kind {
                Kind::Unique => Box::new(Unique::new(name, key)),
                Kind::Hashed => Box::new(Hashed::new(name, key)),
                Kind::Sorted => Box::new(Sorted::new(name, key)),
            },
        }
    }

    fn with(kind: Kind, keys: impl IntoIterator<Item = u32>) -> Self {
        let mut store = Self::new(kind);
        for key in keys {
            store.insert(Some(key)).expect("the key is free");
        }
        store
    }

    fn insert(&mut self, key: Option<u32>) -> Result<Slot, Taken> {
        let slot = self.arena.next_slot().expect("there is room");
        self.write(&[(slot, key)])?;
        Ok(slot)
    }

    /// Inserts and replaces. New slots come in the order of the arena.
    fn write(&mut self, batch: &[(Slot, Option<u32>)]) -> Result<(), Taken> {
        let payloads: Vec<(Slot, Item<K>)> = batch
            .iter()
            .map(|&(slot, key)| (slot, Item(key.map(K::from))))
            .collect();
        let plan = self.plan(&payloads)?;
        for (slot, payload) in payloads {
            if self.arena.entry(slot).is_some() {
                self.index.take(slot);
                self.arena.replace(slot, payload);
            } else {
                self.arena.insert(payload);
            }
        }
        for (slot, place) in plan {
            self.index.put(slot, place);
        }
        Ok(())
    }

    fn plan(&self, payloads: &[(Slot, Item<K>)]) -> Result<Plan, Taken> {
        let batch: Vec<(Slot, &Item<K>)> =
            payloads.iter().map(|(slot, item)| (*slot, item)).collect();
        self.index.plan(&self.arena, &batch)
    }

    fn delete(&mut self, slot: Slot) {
        self.index.take(slot);
        self.arena.take(slot);
        self.arena.release(slot);
    }

    fn verify(&self) -> Result<(), String> {
        self.index.verify(&self.arena)
    }

    fn find(&self, key: u32) -> Option<Slot> {
        let unique = self.index.as_any().downcast_ref::<Unique<Item<K>, K>>();
        unique
            .expect("it is unique")
            .find(&self.arena, &K::from(key))
    }

    fn find_all(&self, key: u32) -> Vec<Slot> {
        let hashed = self.index.as_any().downcast_ref::<Hashed<Item<K>, K>>();
        let found = hashed
            .expect("it is hashed")
            .find_all(&self.arena, &K::from(key));
        found.map(Id::slot).collect()
    }

    fn range(&self, start: Bound<u32>, end: Bound<u32>) -> Vec<Slot> {
        let sorted = self.index.as_any().downcast_ref::<Sorted<Item<K>, K>>();
        let (start, end) = (start.map(K::from), end.map(K::from));
        sorted
            .expect("it is sorted")
            .range(&self.arena, (start.as_ref(), end.as_ref()))
            .map(Id::slot)
            .collect()
    }

    /// All that can be read, for keys below 100.
    fn contents(&self, kind: Kind) -> Vec<Vec<Slot>> {
        match kind {
            Kind::Unique => (0..100)
                .map(|key| self.find(key).into_iter().collect())
                .collect(),
            Kind::Hashed => (0..100).map(|key| self.find_all(key)).collect(),
            Kind::Sorted => vec![self.range(Bound::Unbounded, Bound::Unbounded)],
        }
    }
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    /// A position in something of that length.
    fn position(&mut self, len: usize) -> usize {
        self.below(u32::try_from(len).expect("tests are small")) as usize
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(limit)).expect("it is below a u32")
    }

    fn key(&mut self) -> Option<u32> {
        Some(self.below(100)).filter(|key| key % 10 != 0)
    }
}

/// Keys by slot, and what follows from them.
#[derive(Clone, Default)]
struct Model(BTreeMap<Slot, Option<u32>>);

impl Model {
    fn check(&self, kind: Kind, store: &Store<impl TestKey>, random: &mut Random) {
        let slots = |key: u32| self.slots(|other| other == key);
        match kind {
            Kind::Unique => {
                let key = random.below(100);
                assert_eq!(store.find(key), slots(key).first().copied());
            }
            Kind::Hashed => {
                let key = random.below(100);
                assert_eq!(store.find_all(key), slots(key));
            }
            Kind::Sorted => {
                let (a, b) = (random.below(100), random.below(100));
                let found = store.range(Bound::Included(a), Bound::Excluded(b));
                assert_eq!(found, self.slots(|key| a <= key && key < b));
            }
        }
    }

    /// In the order of (key, slot).
    fn slots(&self, has: impl Fn(u32) -> bool) -> Vec<Slot> {
        let keyed = self.0.iter().filter_map(|(&slot, &key)| Some((key?, slot)));
        let mut found: Vec<(u32, Slot)> = keyed.filter(|&(key, _)| has(key)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, slot)| slot).collect()
    }

    /// The first clash of a batch on a unique key, judged on the final state.
    fn clash(&self, batch: &[(Slot, Option<u32>)]) -> Option<Taken> {
        let mut after = self.0.clone();
        for (slot, _) in batch {
            after.remove(slot);
        }
        for &(slot, key) in batch {
            let same = |(_, other): &(&Slot, &Option<u32>)| key.is_some() && **other == key;
            if let Some((&holder, _)) = after.iter().find(same) {
                return Some(Taken { slot, holder });
            }
            after.insert(slot, key);
        }
        None
    }
}

fn agrees_with_the_model<K: TestKey>(kind: Kind, steps: u32) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut store, mut model) = (Store::<K>::new(kind), Model::default());
    for _ in 0..steps {
        let live: Vec<Slot> = model.0.keys().copied().collect();
        let new = store.arena.next_slot().expect("there is room");
        let mut batch: Vec<(Slot, Option<u32>)> = Vec::new();
        match random.below(8) {
            0..3 => batch.push((new, random.key())),
            3 if !live.is_empty() => {
                let slot = live[random.position(live.len())];
                store.delete(slot);
                model.0.remove(&slot);
            }
            _ => {
                let mut slots = live;
                slots.push(new);
                for _ in 0..random.position(9).min(slots.len()) {
                    let at = random.position(slots.len());
                    batch.push((slots.swap_remove(at), random.key()));
                }
            }
        }
        let clash = model.clash(&batch).filter(|_| kind == Kind::Unique);
        assert_eq!(store.write(&batch).err(), clash);
        if clash.is_none() {
            model.0.extend(batch);
        }
        store.verify().unwrap();
        model.check(kind, &store, &mut random);
    }
}

#[test]
fn every_kind_of_index_agrees_with_a_model() {
    for kind in KINDS {
        agrees_with_the_model::<u32>(kind, 3000);
    }
}

#[test]
fn equal_hashes_change_nothing_but_the_speed() {
    for kind in KINDS {
        agrees_with_the_model::<SameHash>(kind, 1000);
    }
}

#[test]
fn what_is_taken_out_goes_back_in_the_opposite_order() {
    let mut random = Random(7);
    for kind in KINDS {
        let keys = |n| if kind == Kind::Unique { n } else { n % 7 };
        let mut store = Store::<u32>::with(kind, (0..90).map(keys));
        let before = store.contents(kind);
        for _ in 0..200 {
            let mut taken = Vec::new();
            for _ in 0..random.below(30) {
                let slot = 1 + random.below(90);
                taken.push((slot, store.index.take(slot)));
            }
            for (slot, place) in taken.into_iter().rev() {
                store.index.put(slot, place);
            }
            store.verify().unwrap();
            assert_eq!(store.contents(kind), before, "{kind:?}");
        }
    }
}

/// Keys on the way to be changed: the places before, in the order of taking.
fn rewritten(
    store: &mut Store<u32>,
    random: &mut Random,
    kind: Kind,
) -> (Plan, Vec<(Slot, Place)>) {
    let turn = random.below(50);
    let payloads: Vec<(Slot, Item<u32>)> = (1..=50)
        .filter(|_| kind == Kind::Unique || random.below(2) == 0)
        .map(|slot| (slot, Item(Some((slot + turn) % 50))))
        .collect();
    let plan = store.plan(&payloads).unwrap();
    let taken = payloads
        .iter()
        .map(|&(slot, _)| (slot, store.index.take(slot)));
    let taken = taken.collect();
    for &(slot, place) in &plan {
        store.index.put(slot, place);
    }
    (plan, taken)
}

#[test]
fn an_undone_batch_leaves_no_trace() {
    let mut random = Random(5);
    for kind in KINDS {
        let mut store = Store::<u32>::with(kind, 0..50);
        let before = store.contents(kind);
        for _ in 0..100 {
            let (plan, taken) = rewritten(&mut store, &mut random, kind);
            for &(slot, _) in plan.iter().rev() {
                store.index.take(slot);
            }
            for &(slot, place) in taken.iter().rev() {
                store.index.put(slot, place);
            }
            store.verify().unwrap();
            assert_eq!(store.contents(kind), before, "{kind:?}");
        }
    }
}

#[test]
fn a_batch_can_be_undone_one_entity_at_a_time() {
    let mut random = Random(11);
    for kind in KINDS {
        let keys = |n| if kind == Kind::Unique { n } else { n % 7 * 7 };
        let mut store = Store::<u32>::with(kind, (0..50).map(keys));
        let before = store.contents(kind);
        for _ in 0..100 {
            let (_, taken) = rewritten(&mut store, &mut random, kind);
            for &(slot, place) in taken.iter().rev() {
                store.index.take(slot);
                store.index.put(slot, place);
            }
            store.verify().unwrap();
            assert_eq!(store.contents(kind), before, "{kind:?}");
        }
    }
}

#[test]
fn what_is_not_in_an_index_is_taken_from_nowhere() {
    for kind in KINDS {
        let mut store = Store::<u32>::new(kind);
        let slot = store.insert(None).unwrap();
        assert_eq!(store.index.take(slot), Place::Out);
        assert_eq!(store.index.take(77), Place::Out);
        store.index.put(slot, Place::Out);
        store.verify().unwrap();
    }
}

#[test]
fn two_entities_exchange_their_keys() {
    for kind in KINDS {
        let mut store = Store::<u32>::with(kind, [10, 20, 30]);
        store.write(&[(1, Some(20)), (2, Some(10))]).unwrap();
        store.verify().unwrap();
        let order = store.contents(kind).concat();
        assert_eq!(order, [2, 1, 3], "{kind:?}");
    }
}

#[test]
fn a_fresh_index_is_empty_and_a_clone_is_on_its_own() {
    for kind in KINDS {
        let mut store = Store::<u32>::with(kind, 1..20);
        let clone = store.index.boxed_clone();
        let arena = Store::<u32>::with(kind, 1..20).arena;
        store.index.fresh().verify(&Arena::new(0)).unwrap();
        assert!(store.index.fresh().verify(&arena).is_err());
        assert_eq!(store.index.fresh().name(), "key");
        store.delete(3);
        store.verify().unwrap();
        clone.verify(&arena).unwrap();
        assert_eq!(clone.key_type_name(), "u32");
    }
}

#[test]
fn verify_sees_what_the_index_was_not_told() {
    for kind in KINDS {
        let changed = |change: fn(&mut Store<u32>)| {
            let mut store = Store::<u32>::with(kind, [30, 10, 20]);
            store.verify().unwrap();
            change(&mut store);
            store.verify().expect_err("the index is not true")
        };
        changed(|store| _ = store.arena.insert(Item(Some(40))));
        changed(|store| _ = store.arena.take(2));
        changed(|store| _ = store.arena.replace(1, Item(Some(15))));
        changed(|store| _ = store.arena.replace(1, Item(None)));
        changed(|store| _ = store.index.take(2));
        changed(|store| {
            let place = store.index.take(2);
            store.index.put(77, place);
        });
    }
}

#[test]
fn room_can_be_made_ahead() {
    for kind in KINDS {
        let mut store = Store::<u32>::new(kind);
        store.index.reserve(1000);
        store.insert(Some(1)).unwrap();
        store.verify().unwrap();
    }
}

/// A key whose hash is always the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SameHash(u32);

impl From<u32> for SameHash {
    fn from(key: u32) -> Self {
        Self(key)
    }
}

impl Hash for SameHash {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A key that counts what it is asked, and panics when the fuse has burnt down.
#[derive(Clone, Debug)]
struct Armed(u32);

thread_local! {
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

fn burn() {
    let left = FUSE.get();
    if left == 0 {
        // Unlike a panic, it prints nothing.
        resume_unwind(Box::new("the fuse has burnt down"));
    }
    FUSE.set(left - 1);
}

impl From<u32> for Armed {
    fn from(key: u32) -> Self {
        Self(key)
    }
}

impl Hash for Armed {
    /// Two keys have the same hash, so that `Eq` is asked too.
    fn hash<H: Hasher>(&self, state: &mut H) {
        burn();
        (self.0 / 2).hash(state);
    }
}

impl PartialEq for Armed {
    fn eq(&self, other: &Self) -> bool {
        burn();
        self.0 == other.0
    }
}

impl Eq for Armed {}

impl PartialOrd for Armed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Armed {
    fn cmp(&self, other: &Self) -> Ordering {
        burn();
        self.0.cmp(&other.0)
    }
}

/// Runs something with a fuse that burns down at the call after `calls`.
fn with_fuse<R>(calls: u32, run: impl FnOnce() -> R) -> Option<R> {
    FUSE.set(calls);
    let result = catch_unwind(AssertUnwindSafe(run));
    FUSE.set(u32::MAX);
    result.ok()
}

#[test]
fn a_panic_at_the_kth_call_into_a_key_leaves_the_index_true() {
    for kind in KINDS {
        let mut store = Store::<Armed>::with(kind, 0..40);
        let before = store.contents(kind);
        let batch = [(3, Some(7)), (8, Some(2)), (41, Some(50)), (20, None)];
        let calls = (0..)
            .find(|&calls| {
                let written = with_fuse(calls, || store.write(&batch));
                let done = written.is_some_and(|written| written.is_ok());
                store.verify().unwrap();
                assert!(
                    done || store.contents(kind) == before,
                    "{kind:?} at call {calls}"
                );
                done
            })
            .expect("it comes to an end");
        assert!(calls > 4, "{kind:?} was asked {calls} times");
    }
}

#[test]
fn a_panic_while_finding_leaves_the_index_true() {
    for kind in KINDS {
        let store = Store::<Armed>::with(kind, 0..40);
        let calls = (0..).find(|&calls| {
            let found = with_fuse(calls, || match kind {
                Kind::Unique => store.find(5).into_iter().collect(),
                Kind::Hashed => store.find_all(5),
                Kind::Sorted => store.range(Bound::Included(5), Bound::Excluded(6)),
            });
            store.verify().unwrap();
            found.is_some_and(|found| found == [6])
        });
        assert!(calls.is_some_and(|calls| calls >= 2));
    }
}

#[test]
fn writing_and_taking_back_ask_no_key() {
    for kind in KINDS {
        let mut store = Store::<Armed>::with(kind, 0..30);
        let payloads = [(31, Item(Some(Armed(31))))];
        let plan = store.plan(&payloads).unwrap();
        let [(_, item)] = payloads;
        store.arena.insert(item);
        with_fuse(0, || {
            store.index.put(31, plan[0].1);
            store.index.reserve(10_000);
            let taken: Vec<(Slot, Place)> = (1..=31)
                .map(|slot| (slot, store.index.take(slot)))
                .collect();
            for &(slot, place) in taken.iter().rev() {
                store.index.put(slot, place);
            }
            drop(store.index.boxed_clone());
        })
        .expect("no key was asked");
        store.verify().unwrap();
    }
}

/// A key that contradicts itself.
#[derive(Clone, Debug)]
struct Broken(u32);

thread_local! {
    static WHIM: Cell<u64> = const { Cell::new(88_172_645_463_325_252) };
}

fn whim(limit: u32) -> u32 {
    let mut random = Random(WHIM.get());
    let answer = random.below(limit);
    WHIM.set(random.0);
    answer
}

impl From<u32> for Broken {
    fn from(key: u32) -> Self {
        Self(key)
    }
}

impl Hash for Broken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0 % 4 + whim(2)).hash(state);
    }
}

impl PartialEq for Broken {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Broken {}

impl PartialOrd for Broken {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Broken {
    fn cmp(&self, _: &Self) -> Ordering {
        whim(3).cmp(&1)
    }
}

#[test]
fn a_key_that_contradicts_itself_breaks_no_structure() {
    for kind in KINDS {
        let mut random = Random(3);
        let mut store = Store::<Broken>::new(kind);
        for _ in 0..4000 {
            let new = store.arena.next_slot().expect("there is room");
            let mut slots: Vec<Slot> = store.arena.iter().map(|(id, _)| id.slot()).collect();
            if slots.len() > 700 {
                store.delete(slots[random.position(700)]);
                continue;
            }
            slots.push(new);
            let mut batch = Vec::new();
            for _ in 0..random.position(40).min(slots.len()) {
                let at = random.position(slots.len());
                batch.push((slots.swap_remove(at), random.key()));
            }
            _ = store.write(&batch);
            drop(store.verify());
            if kind == Kind::Sorted {
                let (a, b) = (random.below(100), random.below(100));
                store.range(Bound::Excluded(a), Bound::Included(b));
            }
        }
        for (id, _) in store.arena.iter() {
            store.index.take(id.slot());
        }
        store.index.verify(&Arena::new(0)).unwrap();
    }
}

#[test]
fn a_key_that_all_entities_share_is_as_cheap_as_any() {
    for kind in [Kind::Hashed, Kind::Sorted] {
        let count = 100_000;
        FUSE.set(u32::MAX);
        let mut store = Store::<Armed>::with(kind, (0..count).map(|_| 7));
        for slot in 1..=count / 2 {
            store.delete(slot);
        }
        for _ in 0..count / 2 {
            store.insert(Some(7)).unwrap();
        }
        let calls = u32::MAX - FUSE.replace(u32::MAX);
        assert!(calls < 60 * count, "{kind:?} was asked {calls} times");
        store.verify().unwrap();
    }
}

#[test]
fn a_batch_of_all_entities_is_planned_without_walking_it_again_and_again() {
    for kind in KINDS {
        let count = 20_000;
        let mut store = Store::<Armed>::with(kind, 0..count);
        FUSE.set(u32::MAX);
        let batch: Vec<(Slot, Option<u32>)> =
            (1..=count).map(|slot| (slot, Some(count - slot))).collect();
        store.write(&batch).unwrap();
        let calls = u32::MAX - FUSE.replace(u32::MAX);
        assert!(calls < 60 * count, "{kind:?} was asked {calls} times");
        store.verify().unwrap();
    }
}
