//! Many at once: one call, one commit, all or nothing.

use std::sync::{Arc, Mutex};

use backref::{ErrorKind, Event, Graph, Id, Registry, Schema, ToMany, ToOne};

fn registry() -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<u8>("Parent").cloneable().comparable();
    schema.entity::<u16>("Child").cloneable().comparable();
    let parent = schema.relationship("Child.parent").to_one("Parent");
    parent.backref("children");
    let friends = schema.relationship("Child.friends").to_many("Child");
    friends.symmetric();
    schema.build().expect("the schema is sound")
}

struct Family {
    graph: Graph,
    parent: ToOne<u16, u8>,
    children: ToMany<u8, u16>,
    friends: ToMany<u16, u16>,
    parents: Vec<Id<u8>>,
    all: Vec<Id<u16>>,
}

fn family() -> Family {
    let registry = registry();
    let parent = registry.entity_type("Parent").expect("declared");
    let child = registry.entity_type("Child").expect("declared");
    let of = registry.to_one("Child.parent").expect("declared");
    let children = registry.to_many("Parent.children").expect("declared");
    let friends = registry.to_many("Child.friends").expect("declared");
    let mut graph = Graph::new(registry);
    Family {
        parents: graph.insert_all(parent, 0..3).expect("there is room"),
        all: graph.insert_all(child, 0..9).expect("there is room"),
        graph,
        parent: of,
        children,
        friends,
    }
}

#[test]
fn the_last_parent_of_a_child_stands_and_a_pair_given_again_keeps_its_place() {
    let mut it = family();
    let ([p, q, _], [a, b, c]) = (
        [it.parents[0], it.parents[1], it.parents[2]],
        [it.all[0], it.all[1], it.all[2]],
    );
    let pairs = [(a, p), (b, p), (a, p), (c, p), (b, q), (b, p)];
    let linked = it.graph.bulk(it.parent, pairs).expect("all are live");
    assert_eq!(linked, 5, "all but the third were not so");
    assert!(it.graph.row(it.children, p).iter().eq([a, c, b]));
    assert!(it.graph.row(it.children, q).is_empty());
}

#[test]
fn a_dead_id_is_named_and_nothing_was_linked() {
    let mut it = family();
    let child = it.graph.registry().entity_type("Child").expect("declared");
    let dead = it.all[4];
    it.graph.delete(child, dead).expect("nobody denies it");
    let pairs = [(it.parents[0], it.all[0]), (it.parents[0], dead)];
    let error = it.graph.bulk(it.children, pairs).expect_err("one is dead");
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert_eq!(error.entities(), [child.any(dead)]);
    assert!(it.graph.row(it.children, it.parents[0]).is_empty());
}

#[test]
fn a_symmetric_pair_is_linked_once_whichever_is_named_first() {
    let mut it = family();
    let (a, b) = (it.all[0], it.all[1]);
    let pairs = [(a, b), (b, a), (a, a)];
    assert_eq!(it.graph.bulk(it.friends, pairs).expect("all are live"), 2);
    assert!(it.graph.row(it.friends, a).iter().eq([b, a]));
    assert!(it.graph.row(it.friends, b).iter().eq([a]));
    it.graph.verify().expect("both ends agree");
}

#[test]
fn an_observer_is_told_once_of_all_that_was_linked() {
    let mut it = family();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let _subscription = it.graph.observe(move |commit, _| {
        let is_link = |event: &Event<'_>| matches!(event, Event::Linked(_));
        assert!(commit.events().all(is_link), "nothing else was done");
        heard
            .lock()
            .expect("nobody panics")
            .push(commit.events().len());
    });
    let pairs: Vec<_> = it.all.iter().map(|&child| (child, it.parents[0])).collect();
    it.graph.bulk(it.parent, pairs).expect("all are live");
    assert_eq!(*told.lock().expect("nobody panics"), [9]);
}

#[test]
fn nobody_is_inserted_if_one_has_a_key_that_is_taken() {
    use backref::Key;
    let mut schema = Schema::builder();
    let tags = schema.entity::<String>("Tag");
    tags.key(Key::field(|tag: &String| tag));
    let registry = schema.build().expect("the schema is sound");
    let tag = registry.entity_type::<String>("Tag").expect("declared");
    let mut graph = Graph::new(registry);
    let all = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    let first = graph
        .insert_all(tag, all(&["a", "b"]))
        .expect("both are free");
    let taken = graph
        .insert_all(tag, all(&["c", "b"]))
        .expect_err("b is taken");
    assert_eq!(taken.kind(), ErrorKind::DuplicateKey);
    assert_eq!(taken.entities(), [tag.any(first[1])]);
    let twice = graph
        .insert_all(tag, all(&["c", "c"]))
        .expect_err("c comes twice");
    assert_eq!(twice.kind(), ErrorKind::DuplicateKey);
    assert!(twice.entities().is_empty() && twice.to_string().contains("two of the new Tags"));
    assert_eq!(graph.len(tag), 2);
}

#[test]
fn memory_is_given_back_inside_a_transaction_that_is_taken_back() {
    let mut it = family();
    let child = it.graph.registry().entity_type("Child").expect("declared");
    let pairs: Vec<_> = it.all.iter().map(|&child| (child, it.parents[0])).collect();
    it.graph.bulk(it.parent, pairs).expect("all are live");
    let before = it.graph.try_clone().expect("all types are cloneable");
    let failed = it.graph.transaction(|graph| {
        graph.shrink_to_fit();
        for &gone in it.all.iter().step_by(2) {
            graph.delete(child, gone)?;
            graph.shrink_to_fit();
        }
        graph.keep_history(1)
    });
    assert!(failed.is_err(), "a transaction is under way");
    assert!(it.graph.try_eq(&before).expect("all types are comparable"));
    it.graph.verify().expect("both ends agree");
}
