//! Hashes of keys: four bytes, from a seed that nobody outside can guess.

use std::hash::{BuildHasher, Hash};

use hashbrown::DefaultHashBuilder;

/// The seed of one index.
#[derive(Clone, Default)]
pub(super) struct Seed(DefaultHashBuilder);

impl Seed {
    /// The hash of a key, never 0. Runs the user's `Hash`.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are folded")]
    pub(super) fn hash(&self, key: impl Hash) -> u32 {
        let hash = self.0.hash_one(key);
        ((hash >> 32 ^ hash) as u32).max(1)
    }
}

/// A stored hash as the hash tables want it: they take the bucket from the
/// lower bits and a tag from the upper ones, so both must vary.
#[inline]
pub(super) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_and_tag_both_vary() {
        let distinct = |part: fn(u64) -> u64| {
            let mut parts: Vec<u64> = (1..=128).map(|hash| part(spread(hash))).collect();
            parts.sort_unstable();
            parts.dedup();
            parts.len()
        };
        assert_eq!(distinct(|hash| hash & 127), 128);
        assert!(distinct(|hash| hash >> 57) > 64);
    }

    #[test]
    fn what_borrows_as_a_key_hashes_like_it() {
        let seed = Seed::default();
        assert_eq!(seed.hash("a"), seed.hash("a".to_owned()));
        let (a, b) = ("a".to_owned(), 3_u32);
        assert_eq!(seed.hash(("a", &3_u32)), seed.hash((&a, &b)));
    }
}
