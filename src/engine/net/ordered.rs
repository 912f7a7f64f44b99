//! A map that keeps the order of adding, and is a list as long as it is short:
//! most commits are a call, and concern a few entities.

use std::hash::Hash;

use hashbrown::HashMap;
use smallvec::SmallVec;

/// So many are looked through.
const SHORT: usize = 8;

/// Values by key, in the order in which the keys came.
pub(crate) struct Ordered<K, V> {
    entries: SmallVec<[(K, V); 2]>,
    /// Where each is, once there are many.
    index: HashMap<K, usize>,
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self {
            entries: SmallVec::new(),
            index: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Copy, V> Ordered<K, V> {
    fn position(&self, key: K) -> Option<usize> {
        if self.entries.len() <= SHORT {
            return self.entries.iter().position(|(other, _)| *other == key);
        }
        self.index.get(&key).copied()
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    pub(crate) fn contains(&self, key: K) -> bool {
        self.position(key).is_some()
    }

    /// The value of a key, which is added if there is none.
    pub(crate) fn or_insert_with(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let at = self.position(key).unwrap_or_else(|| {
            self.push(key, new());
            self.entries.len() - 1
        });
        &mut self.entries[at].1
    }

    /// Adds a key; the last value that was set for one counts.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.position(key) {
            Some(at) => self.entries[at].1 = value,
            None => self.push(key, value),
        }
    }

    fn push(&mut self, key: K, value: V) {
        let at = self.entries.len();
        self.entries.push((key, value));
        if at == SHORT {
            let all = self.entries.iter().map(|&(key, _)| key);
            self.index = all.zip(0..).collect();
        } else if at > SHORT {
            self.index.insert(key, at);
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.entries.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (*key, value))
    }
}

impl<K: Hash + Eq + Copy, V> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut map = Self::default();
        iter.into_iter()
            .for_each(|(key, value)| map.insert(key, value));
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_the_order_of_adding_short_and_long() {
        for count in [3, SHORT, SHORT + 1, 100] {
            let mut map: Ordered<usize, usize> = (0..count).rev().map(|key| (key, 0)).collect();
            (0..count).for_each(|key| *map.or_insert_with(key, || 9) += key);
            map.insert(1, 7);
            assert!(map.iter().map(|(key, _)| key).eq((0..count).rev()));
            assert_eq!(
                (map.get(2), map.get(1), map.get(count)),
                (Some(&2), Some(&7), None)
            );
            assert!(map.contains(0) && !map.contains(count));
        }
    }
}
