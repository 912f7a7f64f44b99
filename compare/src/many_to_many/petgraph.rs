//! A graph whose indices stay as they are, with an edge for each link.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use super::{Ids, ManyToMany, Pair};
use crate::one_to_many::plan::fold;

pub(crate) struct Edges(StableDiGraph<u64, ()>);

impl ManyToMany for Edges {
    type Left = NodeIndex;
    type Right = NodeIndex;

    fn empty() -> Self {
        Self(StableDiGraph::new())
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        for payload in 0..u64::from(count) {
            ids.lefts.push(self.0.add_node(payload));
            ids.rights.push(self.0.add_node(payload));
        }
    }

    /// `update_edge` is its way to have no edge twice.
    fn add(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            self.0.update_edge(left, right, ());
        }
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            if let Some(edge) = self.0.find_edge(left, right) {
                self.0.remove_edge(edge);
            }
        }
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        let linked = |&&(left, right): &&Pair<Self>| self.0.contains_edge(left, right);
        pairs.iter().filter(linked).count()
    }

    fn iterate(&mut self, lefts: &[NodeIndex]) -> u64 {
        fold(lefts.iter().map(|&left| {
            let row = self.0.neighbors_directed(left, Outgoing);
            row.map(|right| self.0[right]).sum()
        }))
    }

    fn rights(&mut self, &left: &NodeIndex) -> Vec<u64> {
        let row = self.0.neighbors_directed(left, Outgoing);
        row.map(|right| self.0[right]).collect()
    }

    fn lefts(&mut self, &right: &NodeIndex) -> Vec<u64> {
        let row = self.0.neighbors_directed(right, Incoming);
        row.map(|left| self.0[left]).collect()
    }
}
