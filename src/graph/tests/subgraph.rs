//! Costs of walks and copies, counted in steps, and copies without room.

use super::{Thing, every_kind};
use crate::arena::Limits;
use crate::error::{ErrorKind, Result};
use crate::graph::Graph;
use crate::graph::copy::Copied;
use crate::id::{AnyId, EndId, EntityType, Id, ToMany, ToOne};
use crate::internals::steps;
use crate::schema::Schema;

const WIDE: usize = 100_000;

#[derive(Clone)]
struct Node;

/// Nodes in a tree and under labels, which are nodes too.
struct Tree {
    graph: Graph,
    node: EntityType<Node>,
    parent: ToOne<Node, Node>,
    children: ToMany<Node, Node>,
    labels: ToMany<Node, Node>,
    labelled: ToMany<Node, Node>,
}

fn tree() -> Tree {
    let mut schema = Schema::builder();
    schema.entity::<Node>("Node").cloneable();
    schema
        .relationship("Node.parent")
        .to_one("Node")
        .backref("children");
    schema
        .relationship("Node.labels")
        .to_many("Node")
        .backref("labelled");
    let registry = schema.build().expect("the schema is sound");
    Tree {
        node: registry.entity_type("Node").expect("it is declared"),
        parent: registry.to_one("Node.parent").expect("it is declared"),
        children: registry.to_many("Node.children").expect("it is declared"),
        labels: registry.to_many("Node.labels").expect("it is declared"),
        labelled: registry.to_many("Node.labelled").expect("it is declared"),
        graph: Graph::new(registry),
    }
}

impl Tree {
    fn node(&mut self) -> Id<Node> {
        self.graph.insert(self.node, Node).expect("there is room")
    }

    /// A root with so many children, all under one label.
    fn wide(&mut self, children: usize) -> (Id<Node>, Id<Node>, Vec<Id<Node>>) {
        let (root, label) = (self.node(), self.node());
        let ids: Vec<Id<Node>> = (0..children).map(|_| self.node()).collect();
        for (end, owner) in [(self.children, root), (self.labelled, label)] {
            let mut row = self.graph.row_mut(end, owner).expect("it is live");
            row.extend(ids.iter().copied()).expect("all are live");
        }
        (root, label, ids)
    }
}

#[test]
fn a_walk_takes_a_step_for_each_link_it_follows_and_no_more() {
    let mut tree = tree();
    let (root, _, children) = tree.wide(WIDE);
    let (met, steps) = steps::of(|| tree.graph.breadth_first(tree.children, [root]).count());
    assert_eq!((met, steps), (WIDE + 1, WIDE as u64));
    let (met, steps) = steps::of(|| {
        let ends = (tree.parent, tree.children);
        tree.graph.depth_first(ends, [children[0]]).count()
    });
    assert_eq!((met, steps), (WIDE + 1, 2 * WIDE as u64));
}

#[test]
fn a_walk_in_depth_goes_no_further_than_it_is_asked() {
    let mut tree = tree();
    let (root, ..) = tree.wide(WIDE);
    let (met, steps) = steps::of(|| {
        let walk = tree.graph.depth_first(tree.children, [root]);
        walk.take(4).count()
    });
    assert_eq!((met, steps), (4, 3));
}

#[test]
fn copying_one_of_the_many_in_a_row_does_not_touch_the_others() {
    let mut tree = tree();
    let (root, label, children) = tree.wide(WIDE);
    let one = children[WIDE / 2];
    let (copied, steps) = steps::of(|| tree.graph.copy([tree.node.any(one)], []).insert());
    let copy = copied.expect("nothing is in the way").of(tree.node, one);
    assert_eq!(tree.graph.row(tree.labelled, label).last(), copy);
    assert_eq!(tree.graph.row(tree.children, root).last(), copy);
    assert!(steps < 32, "{steps} steps");
}

#[test]
fn a_copy_takes_a_few_steps_for_each_link() {
    let mut tree = tree();
    let (root, label, children) = tree.wide(WIDE);
    for &child in &children {
        let mut row = tree.graph.row_mut(tree.labels, child).expect("it is live");
        row.push(root).expect("both are live");
    }
    let ends = [tree.children.untyped()];
    let (copied, steps) = steps::of(|| tree.graph.copy([tree.node.any(root)], ends).insert());
    let copied = copied.expect("nothing is in the way");
    assert_eq!(copied.len(), WIDE + 1);
    assert_eq!(tree.graph.row(tree.labelled, label).len(), 2 * WIDE);
    let links = 3 * WIDE as u64;
    assert!(steps < 8 * links, "{steps} steps for {links} links");
    tree.graph.verify().expect("it holds");
}

/// Things of both types, ten of each, and one of A linked at an end to all of
/// its target.
fn linked(name: &str) -> (Graph, EndId, Vec<AnyId>) {
    let mut graph = Graph::new(every_kind());
    let end = graph.registry().find_end(name).expect("it is declared");
    let (end, owner, target) = (end.id(), end.owner().id(), end.target().id());
    let mut insert = |entity, key| {
        let thing = Thing {
            key,
            alias: None,
            size: 0,
        };
        let inserted = graph.untyped_mut().insert(entity, Box::new(thing), &[]);
        inserted.expect("there is room")
    };
    let first = insert(owner, 99);
    let all: Vec<AnyId> = (0..10).map(|key| insert(target, key)).collect();
    let extended = graph.untyped_mut().extend(end, first, &all);
    extended.expect("there is room");
    (graph, end, [first].into_iter().chain(all).collect())
}

fn copy(graph: &mut Graph, roots: &[AnyId]) -> Result<Copied> {
    let copy = graph.copy(roots.iter().copied(), []);
    let copy = copy.change_any(|_, payload| {
        let thing: &mut Thing = payload.downcast_mut().expect("all are things");
        thing.key += 1000;
    });
    copy.insert()
}

#[test]
fn a_copy_whose_links_have_no_room_is_not_inserted() {
    for (name, roots) in [
        ("A.children", 0..11),
        ("A.friends", 0..11),
        ("A.friends", 0..1),
        ("A.tags", 0..1),
        ("A.tags", 1..11),
        ("B.loose", 0..11),
    ] {
        let (mut full, mut done) = (0, 0);
        for more in 0..300 {
            let (mut graph, end, ids) = linked(name);
            let relation = &mut graph.engine.relations[end.relationship()];
            let cells = relation.cells();
            relation.set_limit(cells / 2 + more);
            let before = graph.try_clone().expect("it is cloneable");
            match copy(&mut graph, &ids[roots.clone()]) {
                Ok(copied) => done += copied.len(),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Capacity, "{name}");
                    assert!(graph.try_eq(&before).expect("it is comparable"));
                    full += 1;
                }
            }
            graph.verify().expect("it holds");
        }
        assert!(full > 0 && done > 0, "{name}: {full} {done}");
    }
}

#[test]
fn more_copies_than_there_are_slots_are_an_error() {
    let (mut graph, _, ids) = linked("A.children");
    let all = graph.engine.all_mut::<Thing>(ids[0].entity());
    all.expect("it holds things").set_limits(Limits {
        slots: 15,
        generations: u32::MAX,
    });
    let before = graph.try_clone().expect("it is cloneable");
    let error = copy(&mut graph, &ids).expect_err("there is room for four");
    assert_eq!(error.kind(), ErrorKind::Capacity);
    assert!(graph.try_eq(&before).expect("it is comparable"));
    assert_eq!(copy(&mut graph, &ids[..4]).expect("there is room").len(), 4);
    graph.verify().expect("it holds");
}
