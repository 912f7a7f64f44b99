//! A contender that does not do all that it is asked to, for the checks to find.

use super::by_hand::Removing;
use super::plan::Plan;
use super::{Ids, Link, OneToMany, run, verify};
use crate::measure::Turn;
use crate::shape::Shape;

/// Leaves out the last of every long list of links.
struct Lazy(Removing);

impl OneToMany for Lazy {
    type Parent = <Removing as OneToMany>::Parent;
    type Child = <Removing as OneToMany>::Child;
    type Cascading = <Removing as OneToMany>::Cascading;

    fn empty() -> Self {
        Self(Removing::empty())
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<Self::Parent>) {
        self.0.insert_parents(count, ids);
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<Self::Child>) {
        self.0.insert_children(count, ids);
    }

    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut inner = Ids::with_room(plan);
        let graph = Self(Removing::bulk(plan, &mut inner));
        ids.parents = inner.parents;
        ids.children = inner.children;
        graph
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        let less = usize::from(links.len() > 1);
        self.0.set_parents(&links[..links.len() - less]);
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        self.0.detach_attach(links);
    }

    fn remove_append(&mut self, links: &[Link<Self>]) {
        self.0.remove_append(links);
    }

    fn iterate(&mut self, parents: &[Self::Parent]) -> u64 {
        self.0.iterate(parents)
    }

    fn read_parents(&mut self, children: &[Self::Child]) -> u64 {
        self.0.read_parents(children)
    }

    fn delete(&mut self, parents: &[Self::Parent]) {
        self.0.delete(parents);
    }

    fn members(&mut self, parent: &Self::Parent) -> Vec<u64> {
        self.0.members(parent)
    }

    fn parent(&mut self, child: &Self::Child) -> Option<u64> {
        self.0.parent(child)
    }

    fn count_live(&mut self, children: &[Self::Child]) -> usize {
        self.0.count_live(children)
    }
}

#[test]
fn verification_finds_a_link_that_is_missing() {
    let wrong = verify::verify::<Lazy>().unwrap_err();
    assert!(wrong.0.contains("where the model has"), "{wrong}");
}

#[test]
fn a_sum_shows_a_link_that_is_missing() {
    let plan = Plan::new(Shape::new(10, 10), 100);
    let wrong = run::run::<Lazy>(&plan, &mut Turn::probe()).unwrap_err();
    assert!(wrong.0.contains("iterate-fresh"), "{wrong}");
}
