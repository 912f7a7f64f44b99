//! Change sets: what they say of random edits, done elsewhere and backwards.

use std::collections::BTreeMap;

use super::rewind::edit;
use super::{Random, Thing, every_kind, every_kind_with_data, every_option};
use crate::change_set::ChangeSet;
use crate::change_set::uid::Uid;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::changes::Mark;
use crate::id::AnyId;
use crate::schema::{Order, Registry};

/// An entity by names: its payload, and by end whom it is linked to, with the
/// data of the links.
type Told = (String, Vec<Vec<(Uid, Option<u32>)>>);

/// All of a graph, with no word of slots.
fn told(graph: &mut Graph) -> BTreeMap<(u16, Uid), Told> {
    graph.engine.name_all();
    let engine = &graph.engine;
    let uids = engine.uids.as_ref().expect("they were just named");
    let uid = |id: AnyId| uids.of(id).expect("all are named");
    let mut told = BTreeMap::new();
    for def in engine.registry.entity_defs() {
        for id in engine.ids(def.id).map(|id| AnyId::new(def.id, id)) {
            let payload = graph.untyped().payload(id).expect("it is live");
            let payload = format!("{:?}", payload.downcast_ref::<Thing>());
            let rows = engine.ends_of(def.id).map(|place| {
                let members = engine.linked(place, id.slot());
                let mut row: Vec<(Uid, Option<u32>)> = members
                    .map(|member| {
                        let relation = engine.relation(place);
                        let link = relation.number(place.side, id.slot(), member);
                        let column = engine.data[place.relation].as_ref();
                        let datum = column.zip(link).and_then(|(column, link)| column.get(link));
                        let datum = datum.and_then(|datum| datum.downcast_ref().copied());
                        (uid(engine.member_id(place, member)), datum)
                    })
                    .collect();
                if engine.end(place).order == Order::None {
                    row.sort_unstable();
                }
                row
            });
            told.insert((def.id.0, uid(id)), (payload, rows.collect()));
        }
    }
    told
}

fn assert_told(graph: &mut Graph, wanted: &BTreeMap<(u16, Uid), Told>, what: &str) {
    graph
        .verify()
        .unwrap_or_else(|broken| panic!("{what}: {broken}"));
    let is = told(graph);
    for (who, wanted) in wanted {
        assert_eq!(is.get(who), Some(wanted), "{what}: {who:?}");
    }
    assert_eq!(is.len(), wanted.len(), "{what}");
}

fn given_up() -> Error {
    Error::new(crate::error::ErrorKind::Denied, "given up".to_owned())
}

/// Calls, transactions that stand and some that do not, undo and redo.
fn live(graph: &mut Graph, random: &mut Random) {
    for _ in 0..random.below(12) {
        let parts = random.below(8);
        match random.below(8) {
            0 => drop(graph.undo()),
            1 => drop(graph.redo()),
            2 => {
                let failed: Result<()> = graph.transaction(|graph| {
                    (0..parts).for_each(|_| edit(graph, random));
                    Err(given_up())
                });
                assert!(failed.is_err());
            }
            3..5 => drop(graph.transaction(|graph| {
                (0..parts).for_each(|_| edit(graph, random));
                Ok(())
            })),
            _ => (0..parts).for_each(|_| edit(graph, random)),
        }
    }
}

/// The same, written and read.
fn sent(changes: &ChangeSet, to: &Graph) -> ChangeSet {
    let text = serde_json::to_string(changes).expect("all are serializable");
    let mut text = serde_json::Deserializer::from_str(&text);
    ChangeSet::deserialize(to.registry(), &mut text).expect("it was just written")
}

fn applied(changes: &ChangeSet, to: &mut Graph, wanted: &BTreeMap<(u16, Uid), Told>, what: &str) {
    let done = to.apply(&sent(changes, to));
    done.unwrap_or_else(|error| panic!("{what}: {error}\n{changes:?}"));
    assert_told(to, wanted, what);
}

fn change_sets_lead_from_state_to_state(registry: Registry, seed: u64) {
    let mut random = Random(seed);
    let mut graph = Graph::new(registry);
    (0..random.below(200)).for_each(|_| edit(&mut graph, &mut random));
    if random.below(2) == 0 {
        graph
            .keep_history(1 + random.below(9))
            .expect("none is open");
        live(&mut graph, &mut random);
    }
    // A clone that goes its own way has the same entities in other slots.
    let mut replica = graph.try_clone().expect("all are cloneable");
    let mut states = Vec::new();
    let mut marks: Vec<Mark> = Vec::new();
    for round in 0..6 {
        let what = format!("seed {seed}, round {round}");
        marks.push(graph.mark().expect("none is open"));
        states.push(told(&mut graph));
        if round > 0 {
            let step = graph.changes_between(&marks[round - 1], &marks[round]);
            let step = step.expect("all are cloneable");
            applied(&step, &mut replica, &states[round], &what);
        }
        let foreseen = told(&mut graph);
        let plan = graph.plan_undo().expect("all are cloneable");
        let mut undone = graph.try_clone().expect("all are cloneable");
        undone.apply(&plan).expect("it fits");
        if graph.undo().expect("none is open") {
            let wanted = told(&mut graph);
            assert_told(&mut undone, &wanted, &format!("{what}, as foreseen"));
            graph.redo().expect("none is open");
            assert_told(&mut graph, &foreseen, &what);
        }
        live(&mut graph, &mut random);
    }
    let now = told(&mut graph);
    let since = |at: usize| graph.changes_since(&marks[at]).expect("all are cloneable");
    let last = since(5);
    applied(&last, &mut replica, &now, &format!("seed {seed}, at last"));
    for at in (0..6).rev() {
        let what = format!("seed {seed}, back from the end to {at}");
        let mut other = replica.try_clone().expect("all are cloneable");
        let back = since(at).invert();
        applied(&back, &mut other, &states[at], &what);
        applied(&since(at), &mut other, &now, &format!("{what} and forth"));
        assert!(
            since(at).then(&back).is_empty(),
            "{what}: {:?}",
            since(at).then(&back)
        );
    }
}

/// How many entities of each type and links of each relationship there are.
fn counts(graph: &Graph) -> BTreeMap<String, i64> {
    let engine = &graph.engine;
    let mut counts = BTreeMap::new();
    for def in engine.registry.entity_defs() {
        let live = i64::try_from(graph.untyped().len(def.id)).expect("they are few");
        counts.insert(def.name.to_string(), live);
    }
    for relation in 0..engine.relations.len() {
        let left = crate::engine::link_data::left_of(relation);
        let symmetric = engine.inverse(left) == left;
        let links = engine.all_links(left);
        // A symmetric link is seen from both.
        let links = links.filter(|&(owner, member, _)| !symmetric || owner <= member);
        counts.insert(
            relation.to_string(),
            i64::try_from(links.count()).expect("few"),
        );
    }
    counts
}

#[test]
fn an_observer_that_counts_comes_to_what_there_is() {
    use crate::graph::commit::Event;
    use std::sync::{Arc, Mutex};

    for seed in 300..360 {
        let mut random = Random(seed);
        let mut graph = Graph::new(if seed % 2 == 0 {
            every_kind()
        } else {
            every_option()
        });
        (0..random.below(200)).for_each(|_| edit(&mut graph, &mut random));
        graph
            .keep_history(1 + random.below(9))
            .expect("none is open");
        let counted = Arc::new(Mutex::new(counts(&graph)));
        let told = Arc::clone(&counted);
        let subscription = graph.observe(move |commit, _| {
            let mut counts = told.lock().expect("nobody panics");
            let registry = commit.graph().registry();
            for event in commit.events() {
                let (what, change) = match event {
                    Event::Inserted(it) => (it.id().entity(), 1),
                    Event::Deleted(it) => (it.id().entity(), -1),
                    Event::Linked(it) => {
                        let relation = it.end().relationship().to_string();
                        *counts.entry(relation).or_default() += 1;
                        continue;
                    }
                    Event::Unlinked(it) => {
                        let relation = it.end().relationship().to_string();
                        *counts.entry(relation).or_default() -= 1;
                        continue;
                    }
                    Event::Updated(_) | Event::DataChanged(_) | Event::Moved(_) => continue,
                };
                let name = registry
                    .entity_def(what)
                    .expect("it is declared")
                    .name
                    .to_string();
                *counts.entry(name).or_default() += change;
            }
        });
        for round in 0..6 {
            live(&mut graph, &mut random);
            let told = counted.lock().expect("nobody panics").clone();
            assert_eq!(told, counts(&graph), "seed {seed}, round {round}");
        }
        drop(subscription);
    }
}

#[test]
fn a_change_set_does_elsewhere_what_was_done_here() {
    for seed in 1..60 {
        change_sets_lead_from_state_to_state(every_kind(), seed);
    }
}

#[test]
fn a_change_set_has_the_data_of_links() {
    for seed in 100..150 {
        change_sets_lead_from_state_to_state(every_kind_with_data(), seed);
    }
}

#[test]
fn a_change_set_has_orphans_parts_and_links_of_other_types() {
    for seed in 200..260 {
        change_sets_lead_from_state_to_state(every_option(), seed);
    }
}
