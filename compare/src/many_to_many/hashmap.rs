//! Maps by number, each entity with a set of numbers of the other kind.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::{Ids, ManyToMany, Pair};
use crate::one_to_many::plan::fold;

struct Entity {
    payload: u64,
    others: HashSet<u32, RandomState>,
}

impl Entity {
    fn new(number: u32) -> Self {
        Self {
            payload: u64::from(number),
            others: HashSet::default(),
        }
    }
}

#[derive(Default)]
pub(crate) struct Sets {
    lefts: HashMap<u32, Entity, RandomState>,
    rights: HashMap<u32, Entity, RandomState>,
}

impl ManyToMany for Sets {
    type Left = u32;
    type Right = u32;

    fn empty() -> Self {
        Self::default()
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        for number in 0..count {
            self.lefts.insert(number, Entity::new(number));
            self.rights.insert(number, Entity::new(number));
            ids.lefts.push(number);
            ids.rights.push(number);
        }
    }

    fn add(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            if let (Some(rights), Some(lefts)) =
                (self.lefts.get_mut(&left), self.rights.get_mut(&right))
                && rights.others.insert(right)
            {
                lefts.others.insert(left);
            }
        }
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            if let (Some(rights), Some(lefts)) =
                (self.lefts.get_mut(&left), self.rights.get_mut(&right))
                && rights.others.remove(&right)
            {
                lefts.others.remove(&left);
            }
        }
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        let linked = |(left, right): &&Pair<Self>| {
            let left = self.lefts.get(left);
            left.is_some_and(|left| left.others.contains(right))
        };
        pairs.iter().filter(linked).count()
    }

    fn iterate(&mut self, lefts: &[u32]) -> u64 {
        let rows = lefts.iter().filter_map(|left| self.lefts.get(left));
        fold(rows.map(|left| {
            let mut sum = 0;
            for right in &left.others {
                sum += self.rights.get(right).map_or(0, |right| right.payload);
            }
            sum
        }))
    }

    fn rights(&mut self, left: &u32) -> Vec<u64> {
        let row = self.lefts[left].others.iter();
        row.map(|right| self.rights[right].payload).collect()
    }

    fn lefts(&mut self, right: &u32) -> Vec<u64> {
        let row = self.rights[right].others.iter();
        row.map(|left| self.lefts[left].payload).collect()
    }
}
