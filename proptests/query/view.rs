//! The algorithms of `petgraph` find in a view what looking finds in the rows.

use std::collections::BTreeMap;

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::algo::{dijkstra, has_path_connecting, kosaraju_scc, tarjan_scc, toposort};
use petgraph::visit::{
    Bfs, Dfs, EdgeRef, IntoEdgeReferences, IntoEdgesDirected, IntoNeighborsDirected,
    IntoNodeIdentifiers, NodeCount, NodeIndexable,
};

use super::{AnyId, BTreeSet, Verdict, World, ensure, hold};

impl World {
    /// The entities of the types at either side of the ends.
    fn nodes(&self, ends: &[usize]) -> BTreeSet<AnyId> {
        let ends = ends.iter().map(|&end| &self.shape.ends[end]);
        let kinds: BTreeSet<usize> = ends.flat_map(|end| [end.owner, end.target]).collect();
        let ids = kinds.into_iter().flat_map(|kind| &self.live[kind]);
        ids.copied().collect()
    }

    /// Who is reached from each by one link or more.
    fn closure(&self, ends: &[usize]) -> BTreeMap<AnyId, BTreeSet<AnyId>> {
        let beyond = |id| {
            let next = self.onward(ends, id).into_iter().map(|(_, it)| it);
            let next: Vec<AnyId> = next.collect();
            self.distances(ends, &next).into_keys().collect()
        };
        self.nodes(ends)
            .into_iter()
            .map(|id| (id, beyond(id)))
            .collect()
    }
}

fn sorted(ids: impl IntoIterator<Item = AnyId>) -> Vec<AnyId> {
    let mut ids: Vec<AnyId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_view_shows_every_entity_and_every_link_from_both_sides() {
    hold("nodes and edges", |world| {
        let ends = world.throw_ends();
        let nodes = world.nodes(&ends);
        let view = world.graph.untyped().view(&world.numbers(&ends));
        let found: Vec<AnyId> = (&view).node_identifiers().collect();
        ensure(found.iter().eq(&nodes), || {
            format!("{found:?}, expected {nodes:?}")
        })?;
        ensure(view.node_count() == nodes.len(), || format!("{view:?}"))?;
        let mut indices = BTreeSet::new();
        for &node in &nodes {
            let index = view.to_index(node);
            let is_good = index < view.node_bound() && view.from_index(index) == node;
            ensure(is_good && indices.insert(index), || {
                format!("{node:?} has {index}")
            })?;
            let out = world.onward(&ends, node).into_iter().map(|(_, it)| it);
            let out: Vec<AnyId> = out.collect();
            ensure((&view).neighbors_directed(node, Outgoing).eq(out), || {
                format!("from {node:?}")
            })?;
            let back: Vec<usize> = ends.iter().map(|&end| world.inverse(end)).collect();
            let into = world.onward(&back, node).into_iter().map(|(_, it)| it);
            let sources = (&view).neighbors_directed(node, Incoming);
            ensure(sorted(into) == sorted(sources), || format!("to {node:?}"))?;
            let edges = (&view).edges_directed(node, Incoming);
            let mut edges = edges.map(|edge| (edge.source(), edge.target()));
            ensure(edges.all(|(_, target)| target == node), || {
                format!("edges to {node:?}")
            })?;
        }
        let links: usize = nodes.iter().map(|&id| world.onward(&ends, id).len()).sum();
        ensure((&view).edge_references().count() == links, || {
            format!("not {links} edges")
        })?;
        let dead = world.dead.into_iter();
        let beyond = dead.flat_map(|id| (&view).neighbors_directed(id, Outgoing));
        ensure(beyond.count() == 0, || {
            "the dead have neighbours".to_owned()
        })
    });
}

#[test]
fn components_are_those_that_reach_each_other() {
    hold("components", |world| {
        let ends = world.throw_ends();
        let closure = world.closure(&ends);
        let view = world.graph.untyped().view(&world.numbers(&ends));
        let mutual = |id: &AnyId| {
            let others = closure[id].iter().filter(|it| closure[*it].contains(id));
            let component: BTreeSet<AnyId> = others.copied().chain([*id]).collect();
            component
        };
        let expected: BTreeSet<BTreeSet<AnyId>> = closure.keys().map(mutual).collect();
        for found in [tarjan_scc(&view), kosaraju_scc(&view)] {
            let count = found.len();
            let found: BTreeSet<BTreeSet<AnyId>> = found
                .into_iter()
                .map(|it| it.into_iter().collect())
                .collect();
            ensure(found == expected && count == expected.len(), || {
                format!("{found:?}, expected {expected:?}")
            })?;
        }
        Ok(())
    });
}

#[test]
fn a_topological_order_is_found_where_there_is_no_cycle() {
    hold("topological order", |world| {
        let ends = world.throw_ends();
        let closure = world.closure(&ends);
        let view = world.graph.untyped().view(&world.numbers(&ends));
        let on_a_cycle = |id: AnyId| closure[&id].contains(&id);
        match toposort(&view, None) {
            Err(cycle) => ensure(on_a_cycle(cycle.node_id()), || format!("{cycle:?}")),
            Ok(order) => {
                ensure(order.iter().all(|&id| !on_a_cycle(id)), || {
                    format!("{order:?} of a cycle")
                })?;
                ensure(sorted(order.clone()).iter().eq(closure.keys()), || {
                    format!("{order:?} is not everybody")
                })?;
                let rank = |id| order.iter().position(|&it| it == id);
                let mut links = order.iter().flat_map(|&id| {
                    world
                        .onward(&ends, id)
                        .into_iter()
                        .map(move |it| (id, it.1))
                });
                ensure(links.all(|(a, b)| rank(a) < rank(b)), || {
                    format!("{order:?}")
                })
            }
        }
    });
}

#[test]
fn distances_and_walks_are_those_of_the_rows() {
    hold("distances", |world| {
        let ends = world.throw_ends();
        let nodes: Vec<AnyId> = world.nodes(&ends).into_iter().collect();
        if nodes.is_empty() {
            return Ok(());
        }
        let (start, goal) = (world.dice.of(&nodes), world.dice.of(&nodes));
        let expected = world.distances(&ends, &[start]);
        let view = world.graph.untyped().view(&world.numbers(&ends));
        let found: BTreeMap<AnyId, usize> =
            dijkstra(&view, start, None, |_| 1).into_iter().collect();
        ensure(found == expected, || {
            format!("{found:?}, expected {expected:?}")
        })?;
        let connected = has_path_connecting(&view, start, goal, None);
        ensure(connected == expected.contains_key(&goal), || {
            format!("{start:?} to {goal:?}: {connected}")
        })?;
        let (mut bfs, mut dfs) = (Bfs::new(&view, start), Dfs::new(&view, start));
        let wide: Vec<AnyId> = std::iter::from_fn(|| bfs.next(&view)).collect();
        let mine = world.breadth_first(&ends, &[start], &[]).into_iter();
        ensure(mine.map(|met| met.0).eq(wide.iter().copied()), || {
            format!("{wide:?}")
        })?;
        let deep = sorted(std::iter::from_fn(|| dfs.next(&view)));
        ensure(deep == sorted(wide), || format!("{deep:?}"))
    });
}

#[test]
fn a_view_of_ends_of_another_schema_is_empty() {
    hold("foreign views", |world| -> Verdict {
        let other = world
            .shape
            .build_alike()
            .map_err(|error| super::text(&error))?;
        let foreign: Vec<_> = other.ends().map(backref::EndInfo::id).collect();
        let view = world.graph.untyped().view(&foreign);
        let count = view.node_count() + tarjan_scc(&view).len() + view.node_bound();
        ensure(count == 0, || format!("{view:?} has nodes"))?;
        let starts: Vec<AnyId> = world.everybody().collect();
        let walk = world
            .graph
            .untyped()
            .breadth_first(&foreign, starts.iter().copied());
        ensure(walk.ids().eq(starts), || "somebody was met".to_owned())
    });
}
