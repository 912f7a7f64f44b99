//! Many links by one call: what single calls come to, with large rows too.

use super::one_call::assert_same;
use super::{Random, Thing, entity_types, every_kind};
use crate::error::{ErrorKind, Result};
use crate::graph::Graph;
use crate::id::{AnyId, EndId};
use crate::schema::{Cardinality, EndInfo};

/// So many entities of each type.
fn populated(count: u32) -> Graph {
    let mut graph = Graph::new(every_kind());
    for entity in entity_types(&graph) {
        for key in 0..count {
            let thing = Thing {
                key,
                alias: None,
                size: 0,
            };
            let made = graph.untyped_mut().insert(entity, Box::new(thing), &[]);
            made.expect("the key is free");
        }
    }
    graph
}

fn ends(graph: &Graph) -> Vec<EndId> {
    graph.registry().ends().map(EndInfo::id).collect()
}

/// Pairs of somebody of the first few owners and anybody.
fn pairs(graph: &Graph, random: &mut Random, end: EndId, few: usize) -> Vec<(AnyId, AnyId)> {
    let info = graph.registry().end(end).expect("it is declared");
    let all = |entity| graph.untyped().ids(entity).collect::<Vec<AnyId>>();
    let (owners, targets) = (all(info.owner().id()), all(info.target().id()));
    let (few, many) = (few.min(owners.len()), targets.len());
    let count = random.below(2000);
    let mut pair = |_| (owners[random.below(few)], targets[random.below(many)]);
    (0..count).map(&mut pair).collect()
}

fn one_by_one(graph: &mut Graph, end: EndId, pairs: &[(AnyId, AnyId)]) -> Result<usize> {
    let info = graph.registry().end(end).expect("it is declared");
    let is_one = info.cardinality() == Cardinality::One;
    graph.transaction(|graph| {
        let mut linked = 0;
        for &(owner, member) in pairs {
            let mut graph = graph.untyped_mut();
            linked += usize::from(match is_one {
                true => graph.set(end, owner, Some(member))?,
                false => graph.push(end, owner, member)?,
            });
        }
        Ok(linked)
    })
}

#[test]
fn rows_of_any_size_are_filled_in_bulk_as_one_by_one() {
    let mut random = Random(11);
    for round in 0..6 {
        let mut graph = populated(300);
        let mut other = graph.try_clone().expect("both types are cloneable");
        for _ in 0..40 {
            let ends = ends(&graph);
            let end = ends[random.below(ends.len())];
            let few = [1, 3, 30, 300][random.below(4)];
            let pairs = pairs(&graph, &mut random, end, few);
            let here = graph.untyped_mut().bulk(end, &pairs);
            let there = one_by_one(&mut other, end, &pairs);
            let (here, there) = (here.map_err(|it| it.kind()), there.map_err(|it| it.kind()));
            assert_eq!(here, there, "round {round}, {end:?}");
            assert_same(&graph, &other, &format!("round {round}, {end:?}"));
        }
    }
}

#[test]
fn what_was_linked_in_bulk_is_undone_and_done_again() {
    let mut random = Random(12);
    let mut graph = populated(300);
    graph.keep_history(100).expect("no transaction is open");
    let mut states = vec![graph.try_clone().expect("both types are cloneable")];
    for _ in 0..60 {
        let ends = ends(&graph);
        let end = ends[random.below(ends.len())];
        let few = [1, 3, 30, 300][random.below(4)];
        let pairs = pairs(&graph, &mut random, end, few);
        if graph
            .untyped_mut()
            .bulk(end, &pairs)
            .is_ok_and(|linked| linked > 0)
        {
            states.push(graph.try_clone().expect("both types are cloneable"));
        }
    }
    assert_eq!(graph.undo_steps().len() + 1, states.len());
    for state in states.iter().rev().skip(1) {
        assert!(graph.undo().expect("no transaction is open"));
        assert_same(&graph, state, "undone");
    }
    for state in states.iter().skip(1) {
        assert!(graph.redo().expect("no transaction is open"));
        assert_same(&graph, state, "done again");
    }
}

#[test]
fn more_links_than_there_is_room_for_are_refused_as_a_whole() {
    for number in 0..ends(&populated(0)).len() {
        let mut graph = populated(100);
        let end = ends(&graph)[number];
        let mut random = Random(13);
        let pairs = pairs(&graph, &mut random, end, 100);
        graph.engine.relations[end.relationship()].set_limit(30);
        let before = graph.try_clone().expect("both types are cloneable");
        match graph.untyped_mut().bulk(end, &pairs) {
            Ok(_) => {
                let others = graph.try_eq(&before).expect("both types are comparable");
                assert!(!others, "{end:?}: all have fitted in");
            }
            Err(error) => {
                let told = [ErrorKind::Capacity, ErrorKind::Cycle].contains(&error.kind());
                assert!(told, "{end:?}: {error}");
                assert_same(&graph, &before, &format!("{end:?}"));
            }
        }
    }
}
