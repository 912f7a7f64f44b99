//! Maps by number, the parent's with a set of numbers.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

struct Parent {
    payload: u64,
    children: HashSet<u32, RandomState>,
}

struct Child {
    payload: u64,
    parent: Option<u32>,
}

#[derive(Default)]
pub(crate) struct InSets<const CASCADE: bool> {
    parents: HashMap<u32, Parent, RandomState>,
    children: HashMap<u32, Child, RandomState>,
}

pub(crate) type Sets = InSets<false>;

impl<const CASCADE: bool> InSets<CASCADE> {
    fn set_parent(&mut self, child: u32, to: Option<u32>) {
        if to.is_some_and(|to| !self.parents.contains_key(&to)) {
            return;
        }
        let Some(record) = self.children.get_mut(&child) else {
            return;
        };
        let from = std::mem::replace(&mut record.parent, to);
        if let Some(from) = from.and_then(|from| self.parents.get_mut(&from)) {
            from.children.remove(&child);
        }
        if let Some(to) = to.and_then(|to| self.parents.get_mut(&to)) {
            to.children.insert(child);
        }
    }

    fn remove(&mut self, parent: u32, child: u32) {
        let Some(row) = self.parents.get_mut(&parent) else {
            return;
        };
        if row.children.remove(&child)
            && let Some(child) = self.children.get_mut(&child)
        {
            child.parent = None;
        }
    }

    fn delete_one(&mut self, parent: u32) {
        let Some(parent) = self.parents.remove(&parent) else {
            return;
        };
        for child in parent.children {
            if CASCADE {
                self.children.remove(&child);
            } else if let Some(child) = self.children.get_mut(&child) {
                child.parent = None;
            }
        }
    }
}

impl<const CASCADE: bool> OneToMany for InSets<CASCADE> {
    type Parent = u32;
    type Child = u32;
    type Cascading = InSets<true>;

    fn empty() -> Self {
        Self::default()
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<u32>) {
        for number in 0..count {
            let (payload, children) = (u64::from(number), HashSet::default());
            self.parents.insert(number, Parent { payload, children });
            ids.push(number);
        }
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<u32>) {
        for number in 0..count {
            let (payload, parent) = (u64::from(number), None);
            self.children.insert(number, Child { payload, parent });
            ids.push(number);
        }
    }

    /// The maps and the sets have the room they need from the first.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut graph = Self::default();
        graph.parents.reserve(plan.shape.parents as usize);
        graph.children.reserve(plan.homes.len());
        for (number, row) in (0..).zip(plan.rows.iter()) {
            let payload = u64::from(number);
            let children = row.iter().copied().collect();
            graph.parents.insert(number, Parent { payload, children });
            ids.parents.push(number);
        }
        for (number, &home) in (0..).zip(&plan.homes) {
            let (payload, parent) = (u64::from(number), Some(home));
            graph.children.insert(number, Child { payload, parent });
            ids.children.push(number);
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

    fn iterate(&mut self, parents: &[u32]) -> u64 {
        let rows = parents.iter().filter_map(|parent| self.parents.get(parent));
        fold(rows.map(|parent| {
            let mut sum = 0;
            for child in &parent.children {
                sum += self.children.get(child).map_or(0, |child| child.payload);
            }
            sum
        }))
    }

    fn read_parents(&mut self, children: &[u32]) -> u64 {
        let parent = |child: &u32| self.parents.get(&self.children.get(child)?.parent?);
        children
            .iter()
            .filter_map(parent)
            .map(|parent| parent.payload)
            .sum()
    }

    fn delete(&mut self, parents: &[u32]) {
        for &parent in parents {
            self.delete_one(parent);
        }
    }

    fn members(&mut self, parent: &u32) -> Vec<u64> {
        let row = self.parents[parent].children.iter();
        row.map(|child| self.children[child].payload).collect()
    }

    fn parent(&mut self, child: &u32) -> Option<u64> {
        let parent = self.children[child].parent?;
        Some(self.parents[&parent].payload)
    }

    fn count_live(&mut self, children: &[u32]) -> usize {
        children
            .iter()
            .filter(|&child| self.children.contains_key(child))
            .count()
    }
}
