//! Sizes at which recursion, or work that is not linear, would show.
//!
//! What is long, deep or wide here is a million, and `BACKREF_SCALE=10` makes it
//! ten times as large.

use std::thread;

use backref::{
    AnyId, DeleteRule, EntityType, Graph, Id, Key, Order, Registry, Schema, SchemaBuilder, ToMany,
    ToOne,
};

/// Small enough that recursion over the length of a chain cannot hide.
const SMALL_STACK: usize = 64 * 1024;

const MILLION: usize = 1_000_000;

fn scaled(size: usize) -> usize {
    let factor = std::env::var("BACKREF_SCALE").map_or(1, |factor| {
        factor.parse().expect("BACKREF_SCALE is a whole number")
    });
    size * factor
}

/// Runs a test in a thread with hardly any stack, and passes its panic on.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(SMALL_STACK).spawn(test);
    if let Err(panic) = thread.expect("the thread starts").join() {
        std::panic::resume_unwind(panic);
    }
}

/// A node with an eight-byte payload.
type Node = u64;

struct Nodes {
    graph: Graph,
    node: EntityType<Node>,
}

impl Nodes {
    fn new(relationships: impl FnOnce(&mut SchemaBuilder)) -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Node>("Node").cloneable().comparable();
        relationships(&mut schema);
        let registry = schema.build().expect("the schema is sound");
        let node = registry.entity_type("Node").expect("declared");
        Self {
            graph: Graph::new(registry),
            node,
        }
    }

    fn registry(&self) -> &Registry {
        self.graph.registry()
    }

    fn insert(&mut self, count: usize) -> Vec<Id<Node>> {
        (0..count as u64)
            .map(|number| self.graph.insert(self.node, number).expect("there is room"))
            .collect()
    }

    fn any(&self, ids: &[Id<Node>]) -> Vec<AnyId> {
        ids.iter().map(|&id| self.node.any(id)).collect()
    }

    #[track_caller]
    fn assert_sound(&self) {
        if let Err(broken) = self.graph.verify() {
            panic!("{broken}");
        }
    }
}

/// Nodes each of which is the next of the one before it; `close` makes a ring.
fn chain(length: usize, close: bool) -> (Nodes, Vec<Id<Node>>) {
    let mut nodes = Nodes::new(|schema| {
        let next = schema.relationship("Node.next").to_one("Node");
        next.backref_one("previous")
            .delete_rule(DeleteRule::Cascade);
    });
    let next: ToOne<Node, Node> = nodes.registry().to_one("Node.next").expect("declared");
    let ids = nodes.insert(length);
    for pair in ids.windows(2) {
        nodes
            .graph
            .set(next, pair[0], pair[1])
            .expect("both are live");
    }
    if close {
        nodes
            .graph
            .set(next, ids[length - 1], ids[0])
            .expect("both are live");
    }
    (nodes, ids)
}

#[test]
fn a_chain_of_a_million_goes_in_one_cascade() {
    with_small_stack(|| {
        let length = scaled(MILLION);
        let (mut nodes, ids) = chain(length, false);
        let plan = nodes.graph.plan_delete([nodes.node.any(ids[0])]).unwrap();
        assert_eq!((plan.entities().len(), plan.links()), (length, length - 1));
        assert_eq!(plan.path(nodes.node.any(ids[length - 1])).len(), length);
        drop(plan);
        let deleted = nodes.graph.delete(nodes.node, ids[0]).unwrap();
        assert_eq!(
            (deleted.others.len(), deleted.links),
            (length - 1, length - 1)
        );
        assert_eq!(nodes.graph.len(nodes.node), 0);
        nodes.assert_sound();
    });
}

#[test]
fn a_long_ring_goes_in_one_cascade_from_any_of_its_nodes() {
    with_small_stack(|| {
        let length = scaled(MILLION);
        let (mut nodes, ids) = chain(length, true);
        let deleted = nodes.graph.delete(nodes.node, ids[length / 2]).unwrap();
        assert_eq!((deleted.others.len(), deleted.links), (length - 1, length));
        assert_eq!(nodes.graph.len(nodes.node), 0);
        nodes.assert_sound();
    });
}

#[test]
fn a_chain_of_a_million_is_verified_cloned_compared_printed_and_dropped() {
    with_small_stack(|| {
        let (nodes, _) = chain(scaled(MILLION), false);
        nodes.assert_sound();
        let copy = nodes.graph.try_clone().unwrap();
        assert!(copy.try_eq(&nodes.graph).unwrap());
        assert!(!format!("{copy:?}").is_empty());
        drop(copy);
        drop(nodes);
    });
}

#[test]
fn a_deep_tree_knows_its_ancestors() {
    with_small_stack(|| {
        let depth = scaled(MILLION);
        let mut nodes = Nodes::new(|schema| {
            let parent = schema
                .relationship("Node.parent")
                .to_one("Node")
                .backref("children")
                .acyclic();
            parent.inverse(|children| children.delete_rule(DeleteRule::Cascade));
        });
        let parent: ToOne<Node, Node> = nodes.registry().to_one("Node.parent").unwrap();
        let ids = nodes.insert(depth);
        // From the leaf up, so that no link has to look further than one step.
        for pair in ids.windows(2).rev() {
            nodes.graph.set(parent, pair[1], pair[0]).unwrap();
        }
        assert!(nodes.graph.set(parent, ids[0], ids[depth - 1]).is_err());
        nodes.assert_sound();
        let deleted = nodes.graph.delete(nodes.node, ids[0]).unwrap();
        assert_eq!(deleted.others.len(), depth - 1);
    });
}

#[test]
fn a_long_chain_of_tasks_stays_acyclic() {
    with_small_stack(|| {
        let length = scaled(MILLION);
        let mut nodes = Nodes::new(|schema| {
            schema
                .relationship("Node.needs")
                .to_many("Node")
                .backref("needed_by")
                .acyclic();
        });
        let needs: ToMany<Node, Node> = nodes.registry().to_many("Node.needs").unwrap();
        let ids = nodes.insert(length);
        // Each newcomer leads nowhere yet, so that no link has to look further.
        for pair in ids.windows(2) {
            nodes
                .graph
                .row_mut(needs, pair[0])
                .unwrap()
                .push(pair[1])
                .unwrap();
        }
        assert!(
            nodes
                .graph
                .row_mut(needs, ids[length - 1])
                .unwrap()
                .push(ids[0])
                .is_err()
        );
        nodes.assert_sound();
    });
}

/// One owner with a row of so many members, in a row of its own type.
fn wide(
    members: usize,
    order: Order,
    rule: DeleteRule,
) -> (Nodes, ToMany<Node, Node>, Vec<Id<Node>>) {
    let mut nodes = Nodes::new(|schema| {
        let members = schema
            .relationship("Node.members")
            .to_many("Node")
            .backref_one("owner");
        members.order(order).delete_rule(rule);
    });
    let row = nodes.registry().to_many("Node.members").expect("declared");
    let ids = nodes.insert(members + 1);
    let added = nodes
        .graph
        .row_mut(row, ids[0])
        .expect("live")
        .extend(ids[1..].iter().copied());
    assert_eq!(added.expect("all are live"), members);
    (nodes, row, ids)
}

#[test]
fn a_long_row_loses_its_members_one_by_one() {
    for order in [Order::Insertion, Order::None] {
        let count = scaled(MILLION);
        let (mut nodes, members, ids) = wide(count, order, DeleteRule::Nullify);
        nodes.assert_sound();
        // Every other from the front, then the rest from the back.
        let (odd, even): (Vec<_>, Vec<_>) = ids[1..].iter().partition(|id| id.to_bits() % 2 == 1);
        for member in odd.into_iter().chain(even.into_iter().rev()) {
            assert!(
                nodes
                    .graph
                    .row_mut(members, ids[0])
                    .unwrap()
                    .remove(member)
                    .unwrap()
            );
        }
        assert!(nodes.graph.row(members, ids[0]).is_empty());
        nodes.assert_sound();
    }
}

#[test]
fn a_long_sorted_row_is_filled_re_placed_and_emptied() {
    let count = scaled(MILLION);
    let mut schema = Schema::builder();
    schema.entity::<u64>("Number").cloneable();
    let whole = schema.relationship("Number.whole").to_one("Number");
    let whole = whole.backref("parts");
    whole.inverse(|parts| parts.sorted_by(Key::field(|number: &u64| number)));
    let registry = schema.build().expect("the schema is sound");
    let number = registry.entity_type::<u64>("Number").expect("declared");
    let parts = registry
        .to_many::<u64, u64>("Number.parts")
        .expect("declared");
    let mut graph = Graph::new(registry);
    let mix = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let ids: Vec<Id<u64>> = (0..=count as u64)
        .map(|n| graph.insert(number, mix(n)).expect("there is room"))
        .collect();
    let mut row = graph.row_mut(parts, ids[0]).expect("live");
    // Half at once, half one by one.
    let (one, other) = ids[1..].split_at(count / 2);
    row.extend(one.iter().copied()).expect("all are live");
    other
        .iter()
        .for_each(|&id| assert!(row.push(id).expect("all are live")));
    for &id in ids[1..].iter().step_by(10) {
        graph.update(number, id, |it| *it = mix(*it)).expect("live");
    }
    let entries = graph.row(parts, ids[0]).entries();
    assert!(entries.map(|(_, &number)| number).is_sorted());
    graph.verify().expect("it is sound");
    for &id in &ids[1..] {
        graph.delete(number, id).expect("live");
    }
    assert!(graph.row(parts, ids[0]).is_empty());
    graph.verify().expect("it is sound");
}

#[test]
fn the_members_of_a_long_row_are_deleted_one_by_one() {
    let count = scaled(MILLION);
    let (mut nodes, members, ids) = wide(count, Order::Insertion, DeleteRule::Nullify);
    for (deleted, &member) in ids[1..].iter().enumerate() {
        nodes.graph.delete(nodes.node, member).unwrap();
        if deleted % (count / 4) == 0 {
            assert_eq!(nodes.graph.row(members, ids[0]).len(), count - deleted - 1);
        }
    }
    nodes.assert_sound();
}

#[test]
fn the_owner_of_a_long_row_is_deleted_alone_or_with_all_of_it() {
    let count = scaled(MILLION);
    let (mut nodes, members, ids) = wide(count, Order::Insertion, DeleteRule::Nullify);
    assert_eq!(nodes.graph.delete(nodes.node, ids[0]).unwrap().links, count);
    assert_eq!(nodes.graph.len(nodes.node), count);
    assert!(nodes.graph.row(members, ids[0]).is_empty());
    let (mut nodes, _, ids) = wide(count, Order::Insertion, DeleteRule::Cascade);
    assert_eq!(
        nodes.graph.delete(nodes.node, ids[0]).unwrap().others.len(),
        count
    );
    assert_eq!(nodes.graph.len(nodes.node), 0);
}

#[test]
fn a_long_row_moves_to_another_owner_in_one_call() {
    let count = scaled(MILLION);
    let (mut nodes, members, ids) = wide(count, Order::Insertion, DeleteRule::Nullify);
    let other = nodes.insert(1)[0];
    assert_eq!(
        nodes
            .graph
            .row_mut(members, other)
            .unwrap()
            .take_all_from(ids[0])
            .unwrap(),
        count
    );
    assert!(
        nodes
            .graph
            .row(members, other)
            .iter()
            .eq(ids[1..].iter().copied())
    );
    assert!(
        nodes
            .graph
            .row_mut(members, other)
            .unwrap()
            .reverse()
            .unwrap()
    );
    assert_eq!(nodes.graph.row(members, other).first(), ids.last().copied());
    assert_eq!(
        nodes
            .graph
            .row_mut(members, other)
            .unwrap()
            .clear()
            .unwrap(),
        count
    );
    nodes.assert_sound();
}

/// Layers of two nodes, each linked to both of the next: 2^layers paths.
#[test]
fn diamonds_cascade_in_the_number_of_links_and_not_of_paths() {
    let mut nodes = Nodes::new(|schema| {
        let below = schema
            .relationship("Node.below")
            .to_many("Node")
            .backref("above");
        below.delete_rule(DeleteRule::Cascade);
    });
    let below: ToMany<Node, Node> = nodes.registry().to_many("Node.below").unwrap();
    let layers = scaled(10_000);
    let ids = nodes.insert(2 * layers);
    for pair in ids.chunks(2).collect::<Vec<_>>().windows(2) {
        for &upper in pair[0] {
            nodes
                .graph
                .row_mut(below, upper)
                .unwrap()
                .extend(pair[1].iter().copied())
                .unwrap();
        }
    }
    let roots = nodes.any(&ids[..2]);
    let deletion = nodes.graph.delete_all(roots).unwrap();
    assert_eq!(
        (deletion.entities.len(), deletion.links),
        (2 * layers, 4 * (layers - 1))
    );
    nodes.assert_sound();
}

#[test]
fn a_complete_graph_cascades_with_each_entity_once() {
    let mut nodes = Nodes::new(|schema| {
        let friends = schema
            .relationship("Node.friends")
            .to_many("Node")
            .symmetric();
        friends.delete_rule(DeleteRule::Cascade);
    });
    let friends: ToMany<Node, Node> = nodes.registry().to_many("Node.friends").unwrap();
    let count = 500;
    let ids = nodes.insert(count);
    for (position, &id) in ids.iter().enumerate() {
        nodes
            .graph
            .row_mut(friends, id)
            .unwrap()
            .extend(ids[position..].iter().copied())
            .unwrap();
    }
    let deleted = nodes.graph.delete(nodes.node, ids[count / 2]).unwrap();
    assert_eq!(
        (deleted.others.len(), deleted.links),
        (count - 1, count * (count + 1) / 2)
    );
    nodes.assert_sound();
}

/// A chain of parents, and its ends.
struct Tower {
    nodes: Nodes,
    ids: Vec<Id<Node>>,
    parent: ToOne<Node, Node>,
    children: ToMany<Node, Node>,
}

fn tower(depth: usize) -> Tower {
    let mut nodes = Nodes::new(|schema| {
        let parent = schema.relationship("Node.parent").to_one("Node");
        parent.backref("children");
    });
    let parent = nodes.registry().to_one("Node.parent").expect("declared");
    let children = nodes.registry().to_many("Node.children").expect("declared");
    let ids = nodes.insert(depth);
    for pair in ids.windows(2) {
        let linked = nodes.graph.set(parent, pair[1], pair[0]);
        linked.expect("both are live");
    }
    Tower {
        nodes,
        ids,
        parent,
        children,
    }
}

#[test]
fn a_chain_of_a_million_is_walked_in_depth_and_in_breadth() {
    with_small_stack(|| {
        let depth = scaled(MILLION);
        let Tower {
            nodes,
            ids,
            parent,
            children,
        } = tower(depth);
        let graph = &nodes.graph;
        assert!(
            graph
                .depth_first(children, [ids[0]])
                .ids()
                .eq(ids.iter().copied())
        );
        assert!(
            graph
                .breadth_first(children, [ids[0]])
                .ids()
                .eq(ids.iter().copied())
        );
        let up = graph.ancestors(parent, ids[depth - 1]);
        assert!(up.ids().eq(ids[..depth - 1].iter().rev().copied()));
        assert_eq!(
            graph
                .descendants(children, ids[0])
                .last()
                .map(|it| it.depth),
            Some(depth - 1)
        );
        assert_eq!(graph.reachable(children, [ids[1]]).len(), depth - 1);
        let path = graph.path(children, ids[0], ids[depth - 1]).unwrap();
        assert!(path.iter().map(|visit| visit.id).eq(ids));
    });
}

#[test]
fn a_ring_of_a_million_is_walked_once_round() {
    with_small_stack(|| {
        let length = scaled(MILLION);
        let (nodes, ids) = chain(length, true);
        let next: ToOne<Node, Node> = nodes.registry().to_one("Node.next").unwrap();
        assert_eq!(nodes.graph.depth_first(next, [ids[7]]).count(), length);
        assert_eq!(nodes.graph.breadth_first(next, [ids[7]]).count(), length);
    });
}

#[test]
fn a_chain_of_a_million_is_copied_at_once() {
    with_small_stack(|| {
        let depth = scaled(MILLION);
        let Tower {
            mut nodes,
            ids,
            parent,
            children,
        } = tower(depth);
        let root = nodes.node.any(ids[0]);
        let copied = nodes
            .graph
            .copy([root], [children.untyped()])
            .insert()
            .unwrap();
        assert_eq!(
            (copied.len(), nodes.graph.len(nodes.node)),
            (depth, 2 * depth)
        );
        let last = copied.of(nodes.node, ids[depth - 1]).unwrap();
        assert_eq!(nodes.graph.ancestors(parent, last).count(), depth - 1);
        nodes.assert_sound();
    });
}

#[test]
fn a_chain_of_a_million_is_sorted_by_petgraph() {
    use petgraph::algo::{kosaraju_scc, toposort};

    with_small_stack(|| {
        let Tower {
            nodes,
            ids,
            children,
            ..
        } = tower(scaled(MILLION));
        let view = nodes.graph.view(children);
        assert_eq!(toposort(&view, None).unwrap(), ids);
        assert_eq!(kosaraju_scc(&view).len(), ids.len());
    });
}

#[test]
fn a_cascade_over_a_chain_of_a_million_is_rolled_back_and_undone() {
    with_small_stack(|| {
        let length = scaled(MILLION);
        let (mut nodes, ids) = chain(length, false);
        let node = nodes.node;
        let rolled_back = nodes.graph.transaction(|graph| {
            graph.delete(node, ids[0])?;
            graph.delete(node, ids[0])
        });
        assert!(rolled_back.is_err(), "it was gone already");
        assert_eq!(nodes.graph.len(node), length);
        nodes.assert_sound();
        nodes.graph.keep_history(1).unwrap();
        nodes.graph.delete(node, ids[0]).unwrap();
        assert_eq!(nodes.graph.len(node), 0);
        assert!(nodes.graph.undo().unwrap());
        assert!(nodes.graph.contains(node, ids[length - 1]));
        nodes.assert_sound();
        assert!(nodes.graph.redo().unwrap());
        assert_eq!(nodes.graph.len(node), 0);
    });
}

#[test]
fn a_million_inserts_rolled_back_leave_their_slots_to_the_next() {
    let mut nodes = Nodes::new(|_| {});
    let (node, count) = (nodes.node, scaled(MILLION));
    for _ in 0..2 {
        let failed = nodes.graph.transaction(|graph| {
            let mut last = None;
            for number in 0..count as u64 {
                last = Some(graph.insert(node, number)?);
            }
            let last = last.expect("there are some");
            graph.delete(node, last)?;
            graph.delete(node, last)
        });
        assert!(failed.is_err(), "the last one is gone");
        assert_eq!(nodes.graph.len(node), 0);
    }
    let ids = nodes.insert(count);
    let last = nodes.graph.describe(node.any(ids[count - 1]));
    assert_eq!(last, format!("Node#{count}v3"));
    nodes.assert_sound();
}
