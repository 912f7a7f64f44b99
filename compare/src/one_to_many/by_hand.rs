//! Two slot maps, the parent's with a vector of keys: what most would write.

use slotmap::{SlotMap, new_key_type};
use std::marker::PhantomData;

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};
use crate::leave::{Leave, Remove, SwapRemove};

new_key_type! {
    pub(crate) struct ParentKey;
    pub(crate) struct ChildKey;
}

struct Parent {
    payload: u64,
    children: Vec<ChildKey>,
}

struct Child {
    payload: u64,
    parent: Option<ParentKey>,
}

pub(crate) struct ByHand<L, const CASCADE: bool> {
    parents: SlotMap<ParentKey, Parent>,
    children: SlotMap<ChildKey, Child>,
    leave: PhantomData<L>,
}

pub(crate) type Removing = ByHand<Remove, false>;
pub(crate) type Swapping = ByHand<SwapRemove, false>;

impl<L: Leave, const CASCADE: bool> ByHand<L, CASCADE> {
    fn with_room(parents: usize, children: usize) -> Self {
        Self {
            parents: SlotMap::with_capacity_and_key(parents),
            children: SlotMap::with_capacity_and_key(children),
            leave: PhantomData,
        }
    }

    /// Nothing happens if one of them is gone.
    fn set_parent(&mut self, child: ChildKey, to: Option<ParentKey>) {
        if to.is_some_and(|to| !self.parents.contains_key(to)) {
            return;
        }
        let Some(record) = self.children.get_mut(child) else {
            return;
        };
        let from = std::mem::replace(&mut record.parent, to);
        if let Some(from) = from.and_then(|from| self.parents.get_mut(from)) {
            L::take(&mut from.children, &child);
        }
        if let Some(to) = to.and_then(|to| self.parents.get_mut(to)) {
            to.children.push(child);
        }
    }

    fn remove(&mut self, parent: ParentKey, child: ChildKey) {
        let Some(row) = self.parents.get_mut(parent) else {
            return;
        };
        if L::take(&mut row.children, &child)
            && let Some(child) = self.children.get_mut(child)
        {
            child.parent = None;
        }
    }

    fn delete_one(&mut self, parent: ParentKey) {
        let Some(parent) = self.parents.remove(parent) else {
            return;
        };
        for child in parent.children {
            if CASCADE {
                self.children.remove(child);
            } else if let Some(child) = self.children.get_mut(child) {
                child.parent = None;
            }
        }
    }
}

impl<L: Leave, const CASCADE: bool> OneToMany for ByHand<L, CASCADE> {
    type Parent = ParentKey;
    type Child = ChildKey;
    type Cascading = ByHand<L, true>;

    fn empty() -> Self {
        Self::with_room(0, 0)
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<ParentKey>) {
        for payload in 0..u64::from(count) {
            let children = Vec::new();
            ids.push(self.parents.insert(Parent { payload, children }));
        }
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<ChildKey>) {
        for payload in 0..u64::from(count) {
            let parent = None;
            ids.push(self.children.insert(Child { payload, parent }));
        }
    }

    /// The maps and the rows have the room they need from the first.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut graph = Self::with_room(plan.shape.parents as usize, plan.homes.len());
        for (payload, row) in (0..).zip(plan.rows.iter()) {
            let children = Vec::with_capacity(row.len());
            ids.parents
                .push(graph.parents.insert(Parent { payload, children }));
        }
        for (payload, &home) in (0..).zip(&plan.homes) {
            let parent = ids.parents[home as usize];
            let child = graph.children.insert(Child {
                payload,
                parent: Some(parent),
            });
            graph.parents[parent].children.push(child);
            ids.children.push(child);
        }
        graph
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.set_parent(child, Some(parent));
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.set_parent(child, None);
            self.set_parent(child, Some(parent));
        }
    }

    fn remove_append(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.remove(parent, child);
            self.set_parent(child, Some(parent));
        }
    }

    fn iterate(&mut self, parents: &[ParentKey]) -> u64 {
        let payload = |&child: &ChildKey| self.children.get(child).map_or(0, |child| child.payload);
        let rows = parents
            .iter()
            .filter_map(|&parent| self.parents.get(parent));
        fold(rows.map(|parent| parent.children.iter().map(payload).sum()))
    }

    fn read_parents(&mut self, children: &[ChildKey]) -> u64 {
        let parent = |&child: &ChildKey| self.parents.get(self.children.get(child)?.parent?);
        children
            .iter()
            .filter_map(parent)
            .map(|parent| parent.payload)
            .sum()
    }

    fn delete(&mut self, parents: &[ParentKey]) {
        for &parent in parents {
            self.delete_one(parent);
        }
    }

    fn members(&mut self, &parent: &ParentKey) -> Vec<u64> {
        let row = self.parents[parent].children.iter();
        row.map(|&child| self.children[child].payload).collect()
    }

    fn parent(&mut self, &child: &ChildKey) -> Option<u64> {
        let parent = self.children[child].parent?;
        Some(self.parents[parent].payload)
    }

    fn count_live(&mut self, children: &[ChildKey]) -> usize {
        let live = |&&child: &&ChildKey| self.children.contains_key(child);
        children.iter().filter(live).count()
    }
}
