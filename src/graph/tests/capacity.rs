//! What is full says so, and nothing has changed.

use super::{Thing, every_kind};
use crate::arena::Limits;
use crate::error::{ErrorKind, Result};
use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityTypeId};

fn graph() -> (Graph, EntityTypeId) {
    let graph = Graph::new(every_kind());
    let entity = graph.registry().find_entity("A").expect("it is declared");
    let entity = entity.id();
    (graph, entity)
}

fn insert(graph: &mut Graph, entity: EntityTypeId, key: u32) -> Result<AnyId> {
    let thing = Thing {
        key,
        alias: None,
        size: 0,
    };
    graph.untyped_mut().insert(entity, Box::new(thing), &[])
}

fn end(graph: &Graph, name: &str) -> EndId {
    graph
        .registry()
        .find_end(name)
        .expect("it is declared")
        .id()
}

#[test]
fn one_entity_too_many_is_an_error() {
    let (mut graph, entity) = graph();
    let all = graph
        .engine
        .all_mut::<Thing>(entity)
        .expect("it holds things");
    all.set_limits(Limits {
        slots: 3,
        generations: u32::MAX,
    });
    let ids: Vec<AnyId> = (0..3)
        .map(|key| insert(&mut graph, entity, key).expect("room"))
        .collect();
    let error = insert(&mut graph, entity, 3).expect_err("there are three already");
    assert_eq!(error.kind(), ErrorKind::Capacity);
    assert_eq!(graph.untyped().len(entity), 3);
    graph.verify().expect("nothing has changed");
    graph
        .untyped_mut()
        .delete(&ids[..1])
        .expect("nobody denies it");
    insert(&mut graph, entity, 3).expect("there is room again");
}

#[test]
fn a_slot_whose_generations_are_used_up_serves_no_more() {
    let (mut graph, entity) = graph();
    let all = graph
        .engine
        .all_mut::<Thing>(entity)
        .expect("it holds things");
    all.set_limits(Limits {
        slots: u32::MAX - 1,
        generations: 2,
    });
    let mut seen = Vec::new();
    for _ in 0..9 {
        let id = insert(&mut graph, entity, 0).expect("there is room");
        assert!(!seen.contains(&id), "{id:?} came twice");
        assert!(seen.iter().all(|&old| !graph.untyped().is_live(old)));
        seen.push(id);
        graph.untyped_mut().delete(&[id]).expect("nobody denies it");
        graph.verify().expect("it holds");
    }
}

#[test]
fn one_link_too_many_is_an_error_and_changes_nothing() {
    for name in ["A.children", "A.friends"] {
        let (mut graph, entity) = graph();
        let end = end(&graph, name);
        let ids: Vec<AnyId> = (0..40)
            .map(|key| insert(&mut graph, entity, key).expect("room"))
            .collect();
        graph.engine.relations[end.relationship()].set_limit(30);
        let (owner, rest) = ids.split_at(1);
        let mut done = 0;
        let error = loop {
            let before = graph.try_clone().expect("it is cloneable");
            match graph.untyped_mut().push(end, owner[0], rest[done]) {
                Ok(_) => done += 1,
                Err(error) => {
                    assert!(graph.try_eq(&before).expect("it is comparable"));
                    break error;
                }
            }
        };
        assert_eq!(error.kind(), ErrorKind::Capacity, "{name}");
        graph.verify().expect("it holds");
        let before = graph.try_clone().expect("it is cloneable");
        let error = graph.untyped_mut().replace(end, owner[0], rest);
        assert_eq!(
            error.expect_err("there is no room").kind(),
            ErrorKind::Capacity
        );
        assert!(graph.try_eq(&before).expect("it is comparable"));
        graph
            .untyped_mut()
            .clear(end, owner[0])
            .expect("nobody is left short");
        graph.verify().expect("it holds");
    }
}

#[test]
fn a_newcomer_whose_links_have_no_room_is_not_inserted() {
    let (mut graph, entity) = graph();
    let children = end(&graph, "A.children");
    let ids: Vec<AnyId> = (0..9)
        .map(|key| insert(&mut graph, entity, key).expect("room"))
        .collect();
    graph.engine.relations[children.relationship()].set_limit(8);
    let links: Vec<(EndId, AnyId)> = ids.iter().map(|&id| (children, id)).collect();
    let thing = Box::new(Thing {
        key: 99,
        alias: None,
        size: 0,
    });
    let error = graph
        .untyped_mut()
        .insert(entity, thing, &links)
        .expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::Capacity);
    assert_eq!(graph.untyped().len(entity), 9);
    graph.verify().expect("nothing has changed");
}
