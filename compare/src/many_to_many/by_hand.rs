//! Two slot maps, each entity with a vector of keys of the other kind.

use std::marker::PhantomData;

use slotmap::{Key, SlotMap, new_key_type};

use super::{Ids, ManyToMany, Pair};
use crate::leave::{Leave, Remove, SwapRemove};
use crate::one_to_many::plan::fold;

new_key_type! {
    pub(crate) struct LeftKey;
    pub(crate) struct RightKey;
}

struct Entity<K> {
    payload: u64,
    others: Vec<K>,
}

impl<K: Key> Entity<K> {
    const fn new(payload: u64) -> Self {
        let others = Vec::new();
        Self { payload, others }
    }
}

pub(crate) struct ByHand<L> {
    lefts: SlotMap<LeftKey, Entity<RightKey>>,
    rights: SlotMap<RightKey, Entity<LeftKey>>,
    leave: PhantomData<L>,
}

pub(crate) type Removing = ByHand<Remove>;
pub(crate) type Swapping = ByHand<SwapRemove>;

impl<L> ByHand<L> {
    /// The shorter of the two rows is searched.
    fn linked(&self, left: LeftKey, right: RightKey) -> bool {
        let (Some(rights), Some(lefts)) = (self.lefts.get(left), self.rights.get(right)) else {
            return false;
        };
        if rights.others.len() <= lefts.others.len() {
            rights.others.contains(&right)
        } else {
            lefts.others.contains(&left)
        }
    }
}

impl<L: Leave> ManyToMany for ByHand<L> {
    type Left = LeftKey;
    type Right = RightKey;

    fn empty() -> Self {
        Self {
            lefts: SlotMap::with_key(),
            rights: SlotMap::with_key(),
            leave: PhantomData,
        }
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        for payload in 0..u64::from(count) {
            ids.lefts.push(self.lefts.insert(Entity::new(payload)));
            ids.rights.push(self.rights.insert(Entity::new(payload)));
        }
    }

    fn add(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            if self.linked(left, right) {
                continue;
            }
            if let (Some(rights), Some(lefts)) =
                (self.lefts.get_mut(left), self.rights.get_mut(right))
            {
                rights.others.push(right);
                lefts.others.push(left);
            }
        }
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            if let (Some(rights), Some(lefts)) =
                (self.lefts.get_mut(left), self.rights.get_mut(right))
                && L::take(&mut rights.others, &right)
            {
                L::take(&mut lefts.others, &left);
            }
        }
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        let linked = |&&(left, right): &&Pair<Self>| self.linked(left, right);
        pairs.iter().filter(linked).count()
    }

    fn iterate(&mut self, lefts: &[LeftKey]) -> u64 {
        let payload = |&right: &RightKey| self.rights.get(right).map_or(0, |right| right.payload);
        let rows = lefts.iter().filter_map(|&left| self.lefts.get(left));
        fold(rows.map(|left| left.others.iter().map(payload).sum()))
    }

    fn rights(&mut self, &left: &LeftKey) -> Vec<u64> {
        let row = self.lefts[left].others.iter();
        row.map(|&right| self.rights[right].payload).collect()
    }

    fn lefts(&mut self, &right: &RightKey) -> Vec<u64> {
        let row = self.rights[right].others.iter();
        row.map(|&left| self.lefts[left].payload).collect()
    }
}
