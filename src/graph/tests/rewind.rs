//! The record is full: whatever was done can be taken back, in full (I6).

use super::one_call::assert_same;
use super::{
    Random, Thing, any_link, any_of, entity_types, every_kind, every_kind_with_data, every_option,
};
use crate::error::Result;
use crate::graph::Graph;
use crate::id::{AnyId, EndId};
use crate::schema::{Cardinality, EndInfo, Registry};

/// Does something at random; it may fail, and then does nothing.
pub(super) fn edit(graph: &mut Graph, random: &mut Random) {
    if random.below(40) == 0 {
        return graph.shrink_to_fit();
    }
    if random.below(10) < 3 {
        return edit_entities(graph, random);
    }
    let Some((end, id, item)) = any_link(graph, random) else {
        return edit_entities(graph, random);
    };
    let info = graph.registry().end(end).expect("it is declared");
    if info.data_type_name().is_some() && random.below(4) == 0 {
        return edit_data(graph, random, (end, id, item));
    }
    if info.cardinality() == Cardinality::One {
        let target = (random.below(4) > 0).then_some(item);
        drop(graph.untyped_mut().set(end, id, target));
        return;
    }
    let len = graph.untyped().row(end, id).len();
    let (i, j) = (random.below(len + 1), random.below(len + 1));
    let all: Vec<AnyId> = graph.untyped().ids(info.target().id()).collect();
    let some: Vec<AnyId> = all.into_iter().filter(|_| random.below(3) == 0).collect();
    let mut writer = graph.untyped_mut();
    let done = match random.below(14) {
        0..4 => writer.push(end, id, item),
        4..7 => writer.remove(end, id, item),
        7 => writer.insert_at(end, id, i, item),
        8 => writer.move_to(end, id, item, i),
        9 => writer.swap(end, id, i, j),
        10 => writer.reverse(end, id),
        11 => writer.replace(end, id, &some),
        12 => writer.extend(end, id, &some).map(|_| true),
        _ => writer.clear(end, id).map(|_| true),
    };
    drop(done);
}

/// Links with data, or gives a link other data; half of the time one that is
/// there.
fn edit_data(graph: &mut Graph, random: &mut Random, (end, id, item): (EndId, AnyId, AnyId)) {
    let linked: Vec<AnyId> = graph.untyped().links(end, id).collect();
    let datum = Box::new(u32::try_from(random.below(1000)).expect("it is small"));
    let mut writer = graph.untyped_mut();
    if linked.is_empty() || random.below(2) == 0 {
        drop(writer.link(end, id, item, datum));
    } else {
        let member = linked[random.below(linked.len())];
        let old = writer.set_link_data(end, id, member, datum);
        assert!(old.expect("they are linked").is::<u32>());
    }
}

fn edit_entities(graph: &mut Graph, random: &mut Random) {
    let types = entity_types(graph);
    let entity = types[random.below(types.len())];
    let mut small = |n: usize| u8::try_from(random.below(n)).expect("it is small");
    let (alias, key, size) = (small(60), small(60), small(4));
    let thing = Box::new(Thing {
        key: u32::from(key),
        alias: (alias % 2 == 0).then_some(u32::from(alias)),
        size,
    });
    let Some(id) = any_of(graph, random, entity) else {
        drop(graph.untyped_mut().insert(entity, thing, &[]));
        return;
    };
    match random.below(7) {
        0 => drop(graph.untyped_mut().delete(&[id])),
        6 => copy(graph, random, id),
        1 | 2 => drop(graph.untyped_mut().replace_payload(id, thing)),
        _ => drop(graph.untyped_mut().insert(entity, thing, &[])),
    }
}

/// Copies an entity with those it leads to at two ends.
fn copy(graph: &mut Graph, random: &mut Random, id: AnyId) {
    let ends: Vec<EndId> = graph.registry().ends().map(EndInfo::id).collect();
    let ends = [0, 0].map(|_| ends[random.below(ends.len())]);
    let mut next = 1000 * random.below(1_000_000);
    let copied = graph.copy([id], ends).change_any(|_, payload| {
        let thing: &mut Thing = payload.downcast_mut().expect("all are things");
        next += 1;
        thing.key = u32::try_from(next).expect("it is below a billion");
        thing.alias = None;
    });
    drop(copied.insert());
}

#[test]
fn rewinding_gives_back_the_state_with_the_order_of_every_row() {
    rewinding_gives_back_the_state_of(every_kind);
}

#[test]
fn rewinding_brings_back_orphans_parts_and_links_of_other_types() {
    rewinding_gives_back_the_state_of(every_option);
}

fn rewinding_gives_back_the_state_of(registry: fn() -> Registry) {
    for seed in 1..60 {
        rewinds(registry(), seed);
    }
}

#[test]
fn rewinding_gives_back_the_data_of_every_link() {
    for seed in 100..160 {
        rewinds(every_kind_with_data(), seed);
    }
}

fn rewinds(registry: Registry, seed: u64) {
    let mut random = Random(seed);
    let mut graph = Graph::new(registry);
    for _ in 0..random.below(400) {
        edit(&mut graph, &mut random);
    }
    let before = graph.try_clone().expect("both types are cloneable");
    let failed: Result<()> = graph.transaction(|graph| {
        (0..random.below(400)).for_each(|_| edit(graph, &mut random));
        Err(graph.engine.in_transaction("going on"))
    });
    assert!(failed.is_err());
    assert_same(&graph, &before, &format!("seed {seed}, rolled back"));
    for _ in 0..50 {
        edit(&mut graph, &mut random);
    }
    graph
        .verify()
        .unwrap_or_else(|broken| panic!("seed {seed}, afterwards: {broken}"));
    walks_through_its_history(graph, &mut random, seed);
}

/// Undoes and does again at random; each state is met once more as it was.
fn walks_through_its_history(mut graph: Graph, random: &mut Random, seed: u64) {
    graph
        .keep_history(usize::MAX)
        .expect("no transaction is open");
    let mut states = vec![graph.try_clone().expect("both types are cloneable")];
    for round in 0..40 {
        let what = format!("seed {seed}, round {round}");
        match random.below(4) {
            0 => {
                let back = random.below(graph.undo_steps().len() + 1);
                (0..back).for_each(|_| assert!(graph.undo().expect("none is open"), "{what}"));
            }
            1 => {
                let forth = random.below(graph.redo_steps().len() + 1);
                (0..forth).for_each(|_| assert!(graph.redo().expect("none is open"), "{what}"));
            }
            _ => {
                let (parts, before) = (random.below(20), graph.undo_steps().len());
                drop(graph.transaction(|graph| {
                    (0..parts).for_each(|_| edit(graph, random));
                    Ok(())
                }));
                if graph.undo_steps().len() > before {
                    states.truncate(before + 1);
                    states.push(graph.try_clone().expect("both types are cloneable"));
                }
            }
        }
        assert_same(&graph, &states[graph.undo_steps().len()], &what);
    }
}

#[test]
fn an_id_from_a_rewound_insert_is_dead() {
    let mut graph = Graph::new(every_kind());
    let entity = entity_types(&graph)[0];
    let thing = || {
        Box::new(Thing {
            key: 1,
            alias: None,
            size: 0,
        })
    };
    let mut inside = None;
    let failed: Result<()> = graph.transaction(|graph| {
        inside = Some(graph.untyped_mut().insert(entity, thing(), &[])?);
        Err(graph.engine.in_transaction("going on"))
    });
    assert!(failed.is_err());
    let id = inside.expect("the key is free");
    assert!(!graph.untyped().is_live(id));
    let next = graph
        .untyped_mut()
        .insert(entity, thing(), &[])
        .expect("the key is free again");
    assert_ne!(next, id);
    assert_eq!(next.slot(), id.slot(), "the slot is not lost");
}

#[test]
fn a_rewound_delete_brings_the_entity_back_under_its_id() {
    let mut graph = Graph::new(every_kind());
    let entity = entity_types(&graph)[0];
    let thing = Thing {
        key: 7,
        alias: Some(3),
        size: 1,
    };
    let id = graph
        .untyped_mut()
        .insert(entity, Box::new(thing), &[])
        .expect("the key is free");
    graph.keep_history(1).expect("no transaction is open");
    graph.untyped_mut().delete(&[id]).expect("nobody denies it");
    assert!(!graph.untyped().is_live(id));
    assert!(graph.undo().expect("no transaction is open"));
    assert!(graph.untyped().is_live(id));
    assert_eq!(graph.untyped().find(entity, &7_u32), Some(id));
}
