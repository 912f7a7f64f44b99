//! What arranges the members of a row: a key to sort them by, or to find them.
//!
//! Read from payloads whose type only their entity type knows; the schema has
//! seen that it is the one declared here.

use std::any::{Any, TypeId, type_name};
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::identity::hash::Seed;
use crate::identity::key::{Key, KeyShape, Lookup, OrderedShape};

/// A payload whose type only its entity type knows.
type Payload = dyn Any + Send + Sync;

/// The hash of a member that has no key.
pub(crate) const NO_KEY: u32 = 0;

/// How the rows of an end are arranged.
#[derive(Clone)]
pub(crate) enum Arrangement {
    Sorted(Arc<dyn Sorting>),
    Keyed(Arc<dyn Keying>),
}

/// The type of the payloads that an arrangement reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PayloadType {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

impl PayloadType {
    pub(crate) fn of<T: 'static>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }
}

/// The order of members. Runs the user's code, in all its calls.
pub(crate) trait Sorting: Send + Sync {
    fn payload_type(&self) -> PayloadType;
    fn key_type_name(&self) -> Option<&'static str>;
    fn compare(&self, one: &Payload, other: &Payload) -> Ordering;
}

/// The key of members. Runs the user's code, in all its calls.
pub(crate) trait Keying: Send + Sync {
    fn payload_type(&self) -> PayloadType;
    fn key_type_name(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
    /// The hash of a member's key; [`NO_KEY`] for one that has none.
    fn hash(&self, payload: &Payload) -> u32;
    /// Whether two members have the same key. Those without have none alike.
    fn is_same(&self, one: &Payload, other: &Payload) -> bool;
    /// The hash of a key by itself, which is a `K`, or a tuple for a key of
    /// several parts. None if it is of another type.
    fn hash_any(&self, key: &dyn Any) -> Option<u32>;
    fn is_any(&self, key: &dyn Any, payload: &Payload) -> bool;
}

impl Arrangement {
    /// By the key of a payload; one without comes first.
    pub(crate) fn sorted<T: 'static, K: OrderedShape>(key: Key<T, K>) -> Self {
        Self::Sorted(Arc::new(ByKey(key)))
    }

    pub(crate) fn compared<T, F>(compare: F) -> Self
    where
        T: 'static,
        F: Fn(&T, &T) -> Ordering + Send + Sync + 'static,
    {
        let of = PhantomData;
        Self::Sorted(Arc::new(ByComparison { compare, of }))
    }

    pub(crate) fn keyed<T: 'static, K: KeyShape>(key: Key<T, K>) -> Self {
        let seed = Seed::default();
        Self::Keyed(Arc::new(MemberKey { key, seed }))
    }

    pub(crate) fn payload_type(&self) -> PayloadType {
        match self {
            Self::Sorted(sorting) => sorting.payload_type(),
            Self::Keyed(keying) => keying.payload_type(),
        }
    }

    /// The name of the type of the key, where there is one.
    pub(crate) fn key_type_name(&self) -> Option<&'static str> {
        match self {
            Self::Sorted(sorting) => sorting.key_type_name(),
            Self::Keyed(keying) => Some(keying.key_type_name()),
        }
    }
}

impl fmt::Debug for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Sorted(_) => "Sorted",
            Self::Keyed(_) => "Keyed",
        };
        write!(f, "{kind}<{}>", self.payload_type().name)
    }
}

struct ByKey<T, K: KeyShape>(Key<T, K>);

struct ByComparison<T, F> {
    compare: F,
    of: PhantomData<fn(&T)>,
}

/// A key to find members by, and the seed of its hashes.
pub(crate) struct MemberKey<T, K: KeyShape> {
    key: Key<T, K>,
    seed: Seed,
}

/// The schema has seen to it that the payloads of the target are of this type.
fn known<T: 'static>(payload: &Payload) -> &T {
    let payload: &dyn Any = payload;
    payload
        .downcast_ref()
        .expect("the schema has compared the types")
}

impl<T: 'static, K: OrderedShape> Sorting for ByKey<T, K> {
    fn payload_type(&self) -> PayloadType {
        PayloadType::of::<T>()
    }

    fn key_type_name(&self) -> Option<&'static str> {
        Some(type_name::<K>())
    }

    fn compare(&self, one: &Payload, other: &Payload) -> Ordering {
        match (self.0.read(known(one)), self.0.read(known(other))) {
            (Some(one), Some(other)) => K::compare(one, other),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
        }
    }
}

impl<T, F> Sorting for ByComparison<T, F>
where
    T: 'static,
    F: Fn(&T, &T) -> Ordering + Send + Sync,
{
    fn payload_type(&self) -> PayloadType {
        PayloadType::of::<T>()
    }

    fn key_type_name(&self) -> Option<&'static str> {
        None
    }

    fn compare(&self, one: &Payload, other: &Payload) -> Ordering {
        (self.compare)(known(one), known(other))
    }
}

impl<T: 'static, K: KeyShape> MemberKey<T, K> {
    pub(crate) fn hash_of<Q: Lookup<K>>(&self, lookup: Q) -> u32 {
        self.seed.hash(lookup)
    }

    pub(crate) fn is<Q: Lookup<K>>(&self, lookup: Q, payload: &T) -> bool {
        let key = self.key.read(payload);
        key.is_some_and(|key| Q::is(lookup, key))
    }
}

impl<T: 'static, K: KeyShape> Keying for MemberKey<T, K> {
    fn payload_type(&self) -> PayloadType {
        PayloadType::of::<T>()
    }

    fn key_type_name(&self) -> &'static str {
        type_name::<K>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn hash(&self, payload: &Payload) -> u32 {
        let key = self.key.read(known(payload));
        key.map_or(NO_KEY, |key| self.seed.hash(key))
    }

    fn is_same(&self, one: &Payload, other: &Payload) -> bool {
        let keys = (self.key.read(known(one)), self.key.read(known(other)));
        matches!(keys, (Some(one), Some(other)) if one == other)
    }

    fn hash_any(&self, key: &dyn Any) -> Option<u32> {
        Some(self.seed.hash(K::view(key)?))
    }

    fn is_any(&self, key: &dyn Any, payload: &Payload) -> bool {
        let keys = (K::view(key), self.key.read(known(payload)));
        matches!(keys, (Some(one), Some(other)) if one == other)
    }
}

/// Sorts stably, whatever the comparison says: the sort of the standard library
/// may panic at one that contradicts itself.
///
/// Computes in O(n log n), with at most as many comparisons.
pub(crate) fn merge_sort<T: Copy>(items: &mut Vec<T>, compare: impl Fn(T, T) -> Ordering) {
    let mut merged = Vec::with_capacity(items.len());
    let mut run = 1;
    while run < items.len() {
        merged.clear();
        for pair in items.chunks(run * 2) {
            let (mut one, mut other) = pair.split_at(run.min(pair.len()));
            while let ([first, rest @ ..], [second, others @ ..]) = (one, other) {
                if compare(*first, *second).is_le() {
                    merged.push(*first);
                    one = rest;
                } else {
                    merged.push(*second);
                    other = others;
                }
            }
            merged.extend_from_slice(one);
            merged.extend_from_slice(other);
        }
        std::mem::swap(items, &mut merged);
        run *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload<T: Send + Sync + 'static>(payload: &T) -> &Payload {
        payload
    }

    #[test]
    fn a_member_without_a_key_comes_first() {
        let Arrangement::Sorted(sorting) =
            Arrangement::sorted(Key::optional(|n: &Option<u8>| n.as_ref()))
        else {
            unreachable!("it is sorted")
        };
        let compare =
            |one: Option<u8>, other: Option<u8>| sorting.compare(payload(&one), payload(&other));
        assert_eq!(compare(None, Some(0)), Ordering::Less);
        assert_eq!(compare(Some(0), None), Ordering::Greater);
        assert_eq!(compare(None, None), Ordering::Equal);
        assert_eq!(compare(Some(2), Some(1)), Ordering::Greater);
    }

    #[test]
    fn members_without_a_key_have_none_alike() {
        let Arrangement::Keyed(keying) =
            Arrangement::keyed(Key::optional(|n: &Option<u8>| n.as_ref()))
        else {
            unreachable!("it is keyed")
        };
        assert_eq!(keying.hash(payload(&None::<u8>)), NO_KEY);
        assert!(!keying.is_same(payload(&None::<u8>), payload(&None::<u8>)));
        assert!(keying.is_same(payload(&Some(1_u8)), payload(&Some(1_u8))));
        assert_eq!(
            keying.hash_any(&1_u8),
            Some(keying.hash(payload(&Some(1_u8))))
        );
        assert_eq!(keying.hash_any(&1_u32), None);
        assert!(keying.is_any(&1_u8, payload(&Some(1_u8))));
    }

    #[test]
    fn the_sort_is_stable_and_takes_any_comparison() {
        for len in 0..70_u32 {
            let mut items: Vec<(u32, u32)> = (0..len).map(|n| (n * 7 % 5, n)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            merge_sort(&mut items, |one, other| one.0.cmp(&other.0));
            assert_eq!(items, expected);
            merge_sort(&mut items, |_, _| Ordering::Greater);
            items.sort_unstable();
            expected.sort_unstable();
            assert_eq!(items, expected, "nobody is lost");
        }
    }
}
