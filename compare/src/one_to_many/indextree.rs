//! One arena of nodes, parents being roots.

use indextree::{Arena, NodeId};

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

pub(crate) struct Forest<const CASCADE: bool>(Arena<u64>);

pub(crate) type Tree = Forest<false>;

impl<const CASCADE: bool> OneToMany for Forest<CASCADE> {
    type Parent = NodeId;
    type Child = NodeId;
    type Cascading = Forest<true>;

    fn empty() -> Self {
        Self(Arena::new())
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<NodeId>) {
        ids.extend((0..u64::from(count)).map(|payload| self.0.new_node(payload)));
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<NodeId>) {
        ids.extend((0..u64::from(count)).map(|payload| self.0.new_node(payload)));
    }

    /// The arena has the room it needs, and a child is appended as it is made.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut arena = Arena::with_capacity(plan.shape.parents as usize + plan.homes.len());
        let parents = 0..u64::from(plan.shape.parents);
        ids.parents
            .extend(parents.map(|payload| arena.new_node(payload)));
        for (payload, &home) in (0..).zip(&plan.homes) {
            let parent = ids.parents[home as usize];
            ids.children.push(parent.append_value(payload, &mut arena));
        }
        Self(arena)
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            parent.append(child, &mut self.0);
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            child.detach(&mut self.0);
            parent.append(child, &mut self.0);
        }
    }

    /// A parent has no call to let go of one child: the child has.
    fn remove_append(&mut self, links: &[Link<Self>]) {
        self.detach_attach(links);
    }

    fn iterate(&mut self, parents: &[NodeId]) -> u64 {
        fold(parents.iter().map(|parent| {
            let row = parent.children(&self.0);
            row.map(|child| *self.0[child].get()).sum()
        }))
    }

    fn read_parents(&mut self, children: &[NodeId]) -> u64 {
        let parent = |child: &NodeId| child.parent(&self.0);
        let parents = children.iter().filter_map(parent);
        parents.map(|parent| *self.0[parent].get()).sum()
    }

    fn delete(&mut self, parents: &[NodeId]) {
        for parent in parents {
            if CASCADE {
                parent.remove_subtree(&mut self.0);
            } else {
                parent.detach_children(&mut self.0);
                parent.remove(&mut self.0);
            }
        }
    }

    fn members(&mut self, parent: &NodeId) -> Vec<u64> {
        let row = parent.children(&self.0);
        row.map(|child| *self.0[child].get()).collect()
    }

    fn parent(&mut self, child: &NodeId) -> Option<u64> {
        let parent = child.parent(&self.0)?;
        Some(*self.0[parent].get())
    }

    fn count_live(&mut self, children: &[NodeId]) -> usize {
        children
            .iter()
            .filter(|child| !child.is_removed(&self.0))
            .count()
    }
}
