//! A graph whose indices stay as they are, with an edge from each parent to
//! each of its children.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::EdgeRef;

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

pub(crate) struct Directed<const CASCADE: bool>(StableDiGraph<u64, ()>);

pub(crate) type Edges = Directed<false>;

impl<const CASCADE: bool> Directed<CASCADE> {
    fn detach(&mut self, child: NodeIndex) {
        let edge = self.0.edges_directed(child, Incoming).next();
        if let Some(edge) = edge.map(|edge| edge.id()) {
            self.0.remove_edge(edge);
        }
    }

    fn set_parent(&mut self, child: NodeIndex, parent: NodeIndex) {
        self.detach(child);
        self.0.add_edge(parent, child, ());
    }
}

impl<const CASCADE: bool> OneToMany for Directed<CASCADE> {
    type Parent = NodeIndex;
    type Child = NodeIndex;
    type Cascading = Directed<true>;

    fn empty() -> Self {
        Self(StableDiGraph::new())
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<NodeIndex>) {
        ids.extend((0..u64::from(count)).map(|payload| self.0.add_node(payload)));
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<NodeIndex>) {
        ids.extend((0..u64::from(count)).map(|payload| self.0.add_node(payload)));
    }

    /// The graph has the room it needs, and nobody looks for an edge before.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let (parents, children) = (plan.shape.parents, plan.shape.links());
        let nodes = parents as usize + children as usize;
        let mut graph = Self(StableDiGraph::with_capacity(nodes, children as usize));
        graph.insert_parents(parents, &mut ids.parents);
        graph.insert_children(children, &mut ids.children);
        for (&child, &home) in ids.children.iter().zip(&plan.homes) {
            graph.0.add_edge(ids.parents[home as usize], child, ());
        }
        graph
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.set_parent(child, parent);
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.detach(child);
            self.set_parent(child, parent);
        }
    }

    /// The edge is looked for by its two ends, which is petgraph's own search.
    fn remove_append(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            if let Some(edge) = self.0.find_edge(parent, child) {
                self.0.remove_edge(edge);
            }
            self.0.add_edge(parent, child, ());
        }
    }

    fn iterate(&mut self, parents: &[NodeIndex]) -> u64 {
        fold(parents.iter().map(|&parent| {
            let row = self.0.neighbors_directed(parent, Outgoing);
            row.map(|child| self.0[child]).sum()
        }))
    }

    fn read_parents(&mut self, children: &[NodeIndex]) -> u64 {
        let parent = |&child: &NodeIndex| self.0.neighbors_directed(child, Incoming).next();
        children
            .iter()
            .filter_map(parent)
            .map(|parent| self.0[parent])
            .sum()
    }

    fn delete(&mut self, parents: &[NodeIndex]) {
        for &parent in parents {
            if CASCADE {
                let mut row = self.0.neighbors_directed(parent, Outgoing).detach();
                while let Some(child) = row.next_node(&self.0) {
                    self.0.remove_node(child);
                    row = self.0.neighbors_directed(parent, Outgoing).detach();
                }
            }
            self.0.remove_node(parent);
        }
    }

    fn members(&mut self, &parent: &NodeIndex) -> Vec<u64> {
        let row = self.0.neighbors_directed(parent, Outgoing);
        row.map(|child| self.0[child]).collect()
    }

    fn parent(&mut self, &child: &NodeIndex) -> Option<u64> {
        let mut parents = self.0.neighbors_directed(child, Incoming);
        parents.next().map(|parent| self.0[parent])
    }

    fn count_live(&mut self, children: &[NodeIndex]) -> usize {
        children
            .iter()
            .filter(|&&child| self.0.contains_node(child))
            .count()
    }
}
