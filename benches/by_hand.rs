//! What one would write without a graph: a map to sets on either side.

use hashbrown::{HashMap, HashSet};

use crate::floors::index;
use crate::workload::Links;

/// For each post its tags and for each tag its posts, kept in step by hand.
pub(crate) struct Sets {
    tags: HashMap<u32, HashSet<u32>>,
    posts: HashMap<u32, HashSet<u32>>,
    payloads: Vec<u64>,
}

impl Sets {
    pub(crate) fn build(rows: &[Vec<usize>]) -> Self {
        let empty = || {
            (0..index(rows.len()))
                .map(|at| (at, HashSet::new()))
                .collect()
        };
        let mut sets = Self {
            tags: empty(),
            posts: empty(),
            payloads: (0..rows.len() as u64).collect(),
        };
        for (post, row) in rows.iter().enumerate() {
            for &tag in row {
                sets.add(&[(index(post), index(tag))]);
            }
        }
        sets
    }
}

impl Links for Sets {
    type Pair = (u32, u32);

    fn pair(&self, post: usize, tag: usize) -> Self::Pair {
        (index(post), index(tag))
    }

    fn add(&mut self, pairs: &[Self::Pair]) {
        for (post, tag) in pairs {
            let (Some(tags), Some(posts)) = (self.tags.get_mut(post), self.posts.get_mut(tag))
            else {
                continue;
            };
            if tags.insert(*tag) {
                posts.insert(*post);
            }
        }
    }

    fn remove(&mut self, pairs: &[Self::Pair]) {
        for (post, tag) in pairs {
            let (Some(tags), Some(posts)) = (self.tags.get_mut(post), self.posts.get_mut(tag))
            else {
                continue;
            };
            if tags.remove(tag) {
                posts.remove(post);
            }
        }
    }

    fn count_present(&self, pairs: &[Self::Pair]) -> usize {
        let present =
            |(post, tag): &&Self::Pair| self.tags.get(post).is_some_and(|tags| tags.contains(tag));
        pairs.iter().filter(present).count()
    }

    fn iterate(&self) -> u64 {
        let mut total = 0_u64;
        for post in 0..index(self.payloads.len()) {
            for &tag in &self.tags[&post] {
                total = total.wrapping_add(self.payloads[tag as usize]);
            }
        }
        total
    }
}
