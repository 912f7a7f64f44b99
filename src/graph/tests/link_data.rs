//! Costs of data on links, and when it is dropped.

use super::Random;
use crate::graph::Graph;
use crate::id::Id;
use crate::internals::steps;
use crate::link_data::handle::LinkData;
use crate::schema::{Registry, Schema};

const WIDE: usize = 100_000;

struct Node;

type Data = LinkData<Node, Node, u32>;

fn registry() -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<Node>("Node");
    let parent = schema.relationship("Node.parent").to_one("Node");
    parent.backref("children").data::<u32>();
    let likes = schema.relationship("Node.likes").to_many("Node");
    likes.backref("liked").data::<u32>();
    schema.build().expect("the schema is sound")
}

/// A hub with a wide row, its members, and the handle of the data.
fn hub(end: &str) -> (Graph, Id<Node>, Vec<Id<Node>>, Data) {
    let registry = registry();
    let node = registry.entity_type("Node").expect("it is declared");
    let row = registry.to_many(end).expect("it is declared");
    let data = registry.link_data(end).expect("its links have data");
    let mut graph = Graph::new(registry);
    let hub = graph.insert(node, Node).expect("there is room");
    let nodes: Vec<Id<Node>> = (0..WIDE)
        .map(|_| graph.insert(node, Node).expect("there is room"))
        .collect();
    let mut row = graph.row_mut(row, hub).expect("it is live");
    row.extend(nodes.iter().copied()).expect("all are live");
    (graph, hub, nodes, data)
}

#[test]
fn data_of_links_in_wide_rows_is_reached_in_a_few_steps() {
    for end in ["Node.children", "Node.liked"] {
        let (mut graph, hub, nodes, data) = hub(end);
        let row = graph.registry().to_many::<Node, Node>(end);
        let row = row.expect("it is declared");
        let mut random = Random(7);
        for round in 0..1000 {
            let member = nodes[random.below(WIDE)];
            let (old, read) = steps::of(|| graph.link_data(data, hub, member).copied());
            let (set, write) = steps::of(|| graph.set_link_data(data, hub, member, round));
            assert_eq!(set.ok(), old, "{end}");
            assert!(read + write <= 64, "{end}: {read} and {write} steps");
        }
        let mut others = 0;
        for &member in nodes.iter().step_by(100) {
            let (done, steps) = steps::of(|| {
                graph.row_mut(row, hub)?.remove(member)?;
                graph.link(data, hub, member, 7)
            });
            assert_eq!(done.expect("both are live"), None, "{end}");
            others += steps;
        }
        assert!(others <= 300 * WIDE as u64 / 100, "{end}: {others} steps");
        let ((), all) = steps::of(|| {
            let mut row = graph.row_mut(row, hub).expect("it is live");
            assert_eq!(row.clear().expect("nobody minds"), WIDE);
        });
        // Two for its place in each row, one to find it in the short one, one for
        // the holes of the wide one, and two where a pool closes up once.
        assert!(all <= 9 * WIDE as u64, "{end}: {all} steps to clear");
        graph.verify().expect("it holds");
    }
}

#[test]
fn the_side_stack_is_empty_when_nobody_listens() {
    let (mut graph, hub, nodes, data) = hub("Node.children");
    let node = graph
        .registry()
        .entity_type("Node")
        .expect("it is declared");
    graph
        .link(data, nodes[0], nodes[1], 1)
        .expect("both are live");
    graph
        .set_link_data(data, nodes[0], nodes[1], 2)
        .expect("they are linked");
    graph.delete(node, hub).expect("nobody minds");
    let waiting = graph.engine.dispose_data();
    assert!(waiting.is_empty(), "data of cut links is dropped at once");
}
