//! Costs, counted in steps: cells, records and probes that are touched.

use super::Random;
use crate::error::Result;
use crate::graph::Graph;
use crate::id::{EntityType, Id, ToMany, ToOne};
use crate::internals::steps;
use crate::schema::{Order, Schema, Storage};

const WIDE: usize = 1_000_000;

#[derive(Clone)]
struct Parent;

struct Child;

struct Family {
    graph: Graph,
    parent: EntityType<Parent>,
    child: EntityType<Child>,
    of: ToOne<Child, Parent>,
    children: ToMany<Parent, Child>,
    likes: ToMany<Child, Parent>,
    liked: ToMany<Parent, Child>,
}

fn family(order: Order) -> Family {
    let mut schema = Schema::builder();
    schema.entity::<Parent>("Parent");
    schema.entity::<Child>("Child");
    schema
        .relationship("Child.of")
        .to_one("Parent")
        .backref("children")
        .inverse(|end| end.order(order));
    schema
        .relationship("Child.likes")
        .to_many("Parent")
        .backref("liked")
        .inverse(|end| end.order(order));
    let registry = schema.build().expect("the schema is sound");
    Family {
        parent: registry.entity_type("Parent").expect("it is declared"),
        child: registry.entity_type("Child").expect("it is declared"),
        of: registry.to_one("Child.of").expect("it is declared"),
        children: registry.to_many("Parent.children").expect("it is declared"),
        likes: registry.to_many("Child.likes").expect("it is declared"),
        liked: registry.to_many("Parent.liked").expect("it is declared"),
        graph: Graph::new(registry),
    }
}

impl Family {
    fn parent(&mut self) -> Id<Parent> {
        self.graph
            .insert(self.parent, Parent)
            .expect("there is room")
    }

    fn children(&mut self, n: usize) -> Vec<Id<Child>> {
        (0..n)
            .map(|_| self.graph.insert(self.child, Child).expect("there is room"))
            .collect()
    }
}

/// The mean number of steps of an operation on each of some entities.
fn mean<T>(items: &[T], mut operation: impl FnMut(&T)) -> f64 {
    let ((), steps) = steps::of(|| items.iter().for_each(&mut operation));
    steps as f64 / items.len() as f64
}

#[test]
fn reassigning_in_rows_of_a_million_takes_a_few_steps() {
    for order in [Order::Insertion, Order::None] {
        let mut family = family(order);
        let (old, new) = (family.parent(), family.parent());
        let children = family.children(WIDE);
        let (_, build) = steps::of(|| {
            let mut row = family
                .graph
                .row_mut(family.children, old)
                .expect("it is live");
            row.extend(children.iter().copied()).expect("all are live");
        });
        assert!(build <= 4 * WIDE as u64, "{build} steps to build");
        let mut random = Random(7);
        let some: Vec<_> = (0..10_000).map(|_| children[random.below(WIDE)]).collect();
        let mut move_to = |target| {
            mean(&some, |&child| {
                family
                    .graph
                    .set(family.of, child, target)
                    .expect("both are live");
            })
        };
        let (there, back) = (move_to(new), move_to(old));
        assert!(
            there < 8.0 && back < 8.0 + 2.0 * (WIDE as f64) / 10_000.0,
            "{there} {back}"
        );
        family.graph.verify().expect("it holds");
    }
}

#[test]
fn emptying_a_row_of_a_million_one_by_one_is_linear() {
    let mut family = family(Order::Insertion);
    let old = family.parent();
    let children = family.children(WIDE);
    for &child in &children {
        family
            .graph
            .set(family.of, child, old)
            .expect("both are live");
    }
    let steps = mean(&children, |&child| {
        family
            .graph
            .row_mut(family.children, old)
            .expect("live")
            .remove(child)
            .expect("live");
    });
    assert!(steps < 8.0, "{steps} steps each");
}

#[test]
fn contains_and_position_do_not_look_through_a_wide_row() {
    let mut family = family(Order::Insertion);
    let hub = family.parent();
    let children = family.children(WIDE);
    let mut row = family.graph.row_mut(family.liked, hub).expect("it is live");
    row.extend(children.iter().copied()).expect("all are live");
    let some = &children[500_000..500_100];
    let row = family.graph.row(family.liked, hub);
    let steps = mean(some, |&child| {
        assert!(row.contains(child) && row.position(child).is_some());
    });
    assert!(steps <= 80.0, "{steps} steps each");
}

#[test]
fn two_wide_rows_find_their_link_in_a_table() {
    let mut family = family(Order::Insertion);
    let (hub, fan) = (family.parent(), family.children(1)[0]);
    let children = family.children(100_000);
    let parents: Vec<_> = (0..100_000).map(|_| family.parent()).collect();
    let graph = &mut family.graph;
    graph
        .row_mut(family.liked, hub)
        .expect("live")
        .extend(children)
        .expect("live");
    graph
        .row_mut(family.likes, fan)
        .expect("live")
        .extend(parents)
        .expect("live");
    let link = |graph: &mut Graph| graph.row_mut(family.likes, fan).expect("live").push(hub);
    let (_, first) = steps::of(|| link(graph).expect("both are live"));
    let (_, again) = steps::of(|| link(graph).expect("both are live"));
    assert!(
        again <= 4,
        "{again} steps to see that they are linked; {first} to link them"
    );
    let (_, cut) = steps::of(|| {
        graph
            .row_mut(family.likes, fan)
            .expect("live")
            .remove(hub)
            .expect("both are live")
    });
    assert!(cut <= 8, "{cut} steps to cut it");
}

#[test]
fn a_delete_touches_what_it_deletes() {
    let mut family = family(Order::Insertion);
    let (hub, other) = (family.parent(), family.parent());
    let children = family.children(WIDE);
    let mut row = family.graph.row_mut(family.liked, hub).expect("it is live");
    row.extend(children.iter().copied()).expect("all are live");
    let mut row = family
        .graph
        .row_mut(family.liked, other)
        .expect("it is live");
    row.extend(children[..3].iter().copied())
        .expect("all are live");
    let (_, few) = steps::of(|| family.graph.delete(family.parent, other).expect("allowed"));
    assert!(few < 60, "{few} steps to delete three links");
    let (_, one) = steps::of(|| {
        family
            .graph
            .delete(family.child, children[9])
            .expect("allowed")
    });
    assert!(one < 60, "{one} steps to delete a member of a wide row");
}

#[test]
fn rows_that_come_and_go_do_not_make_the_pool_grow() {
    let mut family = family(Order::Insertion);
    let hub = family.parent();
    let children = family.children(100);
    let mut cells = Vec::new();
    for round in 0..3_000 {
        let some = children[..1 + round % 100].iter().copied();
        let mut row = family.graph.row_mut(family.liked, hub).expect("it is live");
        row.extend(some).expect("all are live");
        row.clear().expect("nobody is left short");
        if round % 1_000 == 999 {
            cells.push(family.graph.engine.relations[1].cells());
        }
    }
    assert_eq!(cells[0], cells[2], "the pool grows with every round");
}

#[test]
fn popping_the_last_of_a_row_with_holes_is_linear() {
    let mut family = family(Order::Insertion);
    let hub = family.parent();
    let children = family.children(100_000);
    let mut row = family
        .graph
        .row_mut(family.children, hub)
        .expect("it is live");
    row.extend(children.iter().copied()).expect("all are live");
    let (_, steps) = steps::of(|| {
        for &child in children.iter().step_by(3) {
            family
                .graph
                .set(family.of, child, None)
                .expect("it is live");
        }
        while let Some(last) = family.graph.row(family.children, hub).last() {
            family.graph.set(family.of, last, None).expect("it is live");
        }
    });
    assert!(steps < 800_000, "{steps} steps");
}

/// Boxes within boxes, and things that a box owns.
struct Boxes {
    graph: Graph,
    boxes: EntityType<Parent>,
    thing: EntityType<Child>,
    outer: ToOne<Parent, Parent>,
    things: ToMany<Parent, Child>,
}

fn boxes() -> Boxes {
    let mut schema = Schema::builder();
    schema.entity::<Parent>("Box");
    schema.entity::<Child>("Thing");
    let inner = schema.relationship("Box.inner").to_many("Box");
    inner.backref_one("outer").contained();
    let things = schema.relationship("Box.things").to_many("Thing");
    things.backref_one("of").delete_orphans();
    let registry = schema.build().expect("the schema is sound");
    Boxes {
        boxes: registry.entity_type("Box").expect("it is declared"),
        thing: registry.entity_type("Thing").expect("it is declared"),
        outer: registry.to_one("Box.outer").expect("it is declared"),
        things: registry.to_many("Box.things").expect("it is declared"),
        graph: Graph::new(registry),
    }
}

#[test]
fn to_put_a_part_without_parts_into_a_container_walks_nowhere() {
    const DEPTH: usize = 10_000;
    let mut l = boxes();
    let insert = |graph: &mut Graph| graph.insert(l.boxes, Parent).expect("there is room");
    let chain: Vec<_> = (0..DEPTH).map(|_| insert(&mut l.graph)).collect();
    for pair in chain.windows(2) {
        let set = l.graph.set(l.outer, pair[1], pair[0]);
        assert!(set.expect("nobody is inside itself"));
    }
    let (deepest, leaf, full) = (chain[DEPTH - 1], insert(&mut l.graph), insert(&mut l.graph));
    let (set, steps) = steps::of(|| l.graph.set(l.outer, leaf, deepest));
    assert!(set.is_ok() && steps < 10, "{steps}");
    l.graph
        .set(l.outer, leaf, full)
        .expect("it is free to move");
    let (set, steps) = steps::of(|| l.graph.set(l.outer, full, deepest));
    assert!(set.is_ok() && steps < DEPTH as u64 + 20, "{steps}");
}

#[test]
fn an_orphan_of_a_wide_row_costs_what_goes_with_it() {
    let mut l = boxes();
    let owner = l.graph.insert(l.boxes, Parent).expect("there is room");
    let insert = |_| l.graph.insert(l.thing, Child).expect("there is room");
    let things: Vec<_> = (0..100_000).map(insert).collect();
    let extended = l
        .graph
        .row_mut(l.things, owner)
        .and_then(|mut row| row.extend(things.clone()));
    assert_eq!(extended.expect("they are nobody's"), things.len());
    for &thing in things.iter().step_by(7_919) {
        let removal = || {
            l.graph
                .row_mut(l.things, owner)
                .and_then(|mut row| row.remove(thing))
        };
        let (removed, steps) = steps::of(removal);
        assert!(
            removed.is_ok_and(|is_member| is_member) && steps < 20,
            "{steps}"
        );
        assert!(!l.graph.contains(l.thing, thing));
    }
}

/// Nothing is amortised: no step is dearer than another, in whichever row.
#[test]
fn whatever_is_done_in_linked_rows_of_a_million_touches_the_neighbours_only() {
    let mut schema = Schema::builder();
    schema.entity::<Parent>("Parent");
    schema.entity::<Child>("Child");
    let of = schema.relationship("Child.of").to_one("Parent");
    of.backref("children")
        .inverse(|end| end.storage(Storage::Linked));
    let registry = schema.build().expect("the schema is sound");
    let parent = registry.entity_type("Parent").expect("it is declared");
    let child = registry.entity_type("Child").expect("it is declared");
    let of = registry.to_one("Child.of").expect("it is declared");
    let children = registry.to_many("Parent.children").expect("it is declared");
    let mut graph = Graph::new(registry);
    let [old, new] = [(), ()].map(|()| graph.insert(parent, Parent).expect("there is room"));
    let ids: Vec<Id<Child>> = (0..WIDE)
        .map(|_| graph.insert(child, Child).expect("there is room"))
        .collect();
    let worst = |graph: &mut Graph, edit: fn(&mut Graph, Ends, Id<Child>), ends: Ends| {
        let each = ids.iter().map(|&id| steps::of(|| edit(graph, ends, id)).1);
        each.max().expect("there are ids")
    };
    let ends = (of, children, old, new);
    let append = worst(
        &mut graph,
        |graph, (_, row, old, _), id| {
            let row = graph.row_mut(row, old);
            row.and_then(|mut row| row.push(id)).expect("both are live");
        },
        ends,
    );
    let reassign = worst(
        &mut graph,
        |graph, (of, _, _, new), id| {
            graph.set(of, id, new).expect("both are live");
        },
        ends,
    );
    let unlink = worst(
        &mut graph,
        |graph, (of, ..), id| {
            graph.set(of, id, None).expect("it is live");
        },
        ends,
    );
    assert!(
        append <= 3 && reassign <= 6 && unlink <= 4,
        "{append} {reassign} {unlink}"
    );
    graph.verify().expect("it holds");
}

/// The ends of the linked rows, and two of their owners.
type Ends = (
    ToOne<Child, Parent>,
    ToMany<Parent, Child>,
    Id<Parent>,
    Id<Parent>,
);

#[test]
fn a_check_costs_the_relationship_that_has_it_and_no_other() {
    use crate::graph::check::PlannedLinks;

    let family = |checked: bool| {
        let mut schema = Schema::builder();
        schema.entity::<Parent>("Parent");
        schema.entity::<Child>("Child");
        schema
            .relationship("Child.of")
            .to_one("Parent")
            .backref("children");
        let likes = schema
            .relationship("Child.likes")
            .to_many("Parent")
            .backref("liked");
        if checked {
            likes.check(|_: &PlannedLinks<'_, Child, Parent>| Ok::<(), &str>(()));
        }
        let registry = schema.build().expect("the schema is sound");
        let (parent, child) = (
            registry.entity_type("Parent"),
            registry.entity_type("Child"),
        );
        let of = registry
            .to_one::<Child, Parent>("Child.of")
            .expect("it is declared");
        let mut graph = Graph::new(registry);
        let (parent, child) = (parent.expect("it is there"), child.expect("it is there"));
        let [one, other] = [Parent, Parent].map(|it| graph.insert(parent, it));
        let (one, other) = (one.expect("there is room"), other.expect("there is room"));
        let child = graph.insert(child, Child).expect("there is room");
        graph.set(of, child, one).expect("there is room");
        graph.set(of, child, other).expect("there is room");
        let (moved, steps) = steps::of(|| graph.set(of, child, one));
        assert!(moved.expect("there is room"));
        steps
    };
    assert_eq!(family(true), family(false));
}

#[test]
fn taking_back_a_million_operations_takes_no_more_steps_than_doing_them() {
    let mut family = family(Order::Insertion);
    let parents: Vec<_> = (0..100).map(|_| family.parent()).collect();
    let children = family.children(WIDE / 10);
    for (at, &child) in children.iter().enumerate() {
        family
            .graph
            .set(family.of, child, parents[at % 100])
            .expect("both are live");
    }
    let (of, mut random, mut done) = (family.of, Random(11), 0);
    let (failed, all) = steps::of(|| {
        family.graph.transaction(|graph| -> Result<()> {
            let (moved, steps) = steps::of(|| -> Result<()> {
                for _ in 0..WIDE {
                    let child = children[random.below(children.len())];
                    graph.set(of, child, parents[random.below(100)])?;
                }
                Ok(())
            });
            done = steps;
            moved?;
            Err(graph.engine.in_transaction("going on"))
        })
    });
    assert!(failed.is_err());
    let taken_back = all - done;
    assert!(
        taken_back <= done * 3 / 2,
        "{taken_back} steps to take back what took {done}"
    );
}

#[test]
fn undoing_a_reassign_in_a_row_of_ten_thousand_takes_a_few_steps() {
    let mut family = family(Order::Insertion);
    let (old, new) = (family.parent(), family.parent());
    let children = family.children(10_000);
    for &child in &children {
        family
            .graph
            .set(family.of, child, old)
            .expect("both are live");
    }
    family
        .graph
        .keep_history(1)
        .expect("no transaction is open");
    let (of, mut random) = (family.of, Random(5));
    for _ in 0..100 {
        let child = children[random.below(children.len())];
        family.graph.set(of, child, new).expect("both are live");
        let (undone, steps) = steps::of(|| family.graph.undo());
        assert!(undone.expect("no transaction is open"));
        assert!(steps <= 20, "{steps} steps");
        assert_eq!(family.graph.one(of, child), Some(old));
        let (redone, steps) = steps::of(|| family.graph.redo());
        assert!(redone.expect("no transaction is open"));
        assert!(steps <= 20, "{steps} steps");
        family.graph.undo().expect("no transaction is open");
    }
}

#[test]
fn a_change_set_takes_a_few_steps_for_each_change_however_wide_the_rows_are() {
    let steps_of_ten = |width: usize| {
        let mut family = family(Order::Insertion);
        let (from, to) = (family.parent(), family.parent());
        let children = family.children(width);
        for &child in &children {
            family.graph.set(family.of, child, from).expect("live");
        }
        let mark = family.graph.mark().expect("no transaction is open");
        for &child in children.iter().step_by(width / 10) {
            family.graph.set(family.of, child, to).expect("live");
        }
        let (changes, steps) = steps::of(|| family.graph.changes_since(&mark));
        let changes = changes.expect("all are cloneable");
        assert_eq!((changes.linked().len(), changes.unlinked().len()), (10, 10));
        steps
    };
    let (narrow, wide) = (steps_of_ten(100), steps_of_ten(WIDE / 10));
    assert_eq!(narrow, wide);
    assert!(wide < 100, "{wide} steps");
}
