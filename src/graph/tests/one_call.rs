//! Several calls as one: all or nothing, judged at the end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::rewind::edit;
use super::{Random, Thing, every_kind, every_option};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityTypeId};
use crate::identity::Key;
use crate::schema::{EndOptions, Schema};

fn given_up() -> Error {
    Error::new(ErrorKind::Denied, "given up".to_owned())
}

pub(super) fn assert_same(graph: &Graph, before: &Graph, what: &str) {
    graph
        .verify()
        .unwrap_or_else(|broken| panic!("{what}: {broken}"));
    let same = graph.try_eq(before).expect("all types are comparable");
    assert!(same, "{what}: another state");
}

#[test]
fn a_call_of_several_parts_that_fails_or_panics_has_changed_nothing() {
    for (seed, registry) in (1..80).zip([every_kind, every_option].into_iter().cycle()) {
        let mut random = Random(seed);
        let mut graph = Graph::new(registry());
        for _ in 0..random.below(200) {
            edit(&mut graph, &mut random);
        }
        let before = graph.try_clone().expect("all types are cloneable");
        let parts = random.below(60);
        let failed: Result<()> = graph.transaction(|graph| {
            (0..parts).for_each(|_| edit(graph, &mut random));
            Err(given_up())
        });
        assert_eq!(failed.map_err(|error| error.kind()), Err(ErrorKind::Denied));
        assert_same(&graph, &before, "after an error");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            graph.transaction(|graph| -> Result<()> {
                (0..parts).for_each(|_| edit(graph, &mut random));
                std::panic::resume_unwind(Box::new("on purpose"));
            })
        }));
        assert!(panicked.is_err());
        assert_same(&graph, &before, "after a panic");
        assert!(!graph.engine.sink.is_listening() && graph.engine.deferred.is_none());
    }
}

#[test]
fn what_is_done_in_parts_is_judged_as_a_whole() {
    let (mut done, mut refused) = (0, 0);
    for seed in 1..300 {
        let mut random = Random(seed);
        let mut graph = Graph::new(every_option());
        for _ in 0..random.below(100) {
            edit(&mut graph, &mut random);
        }
        let before = graph.try_clone().expect("all types are cloneable");
        let parts = random.below(12);
        let whole = graph.transaction(|graph| {
            (0..parts).for_each(|_| edit(graph, &mut random));
            Ok(())
        });
        match whole {
            Ok(()) => done += 1,
            Err(_) => {
                refused += 1;
                assert_same(&graph, &before, "after a refusal");
            }
        }
        let sound = graph.verify();
        sound.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
}

#[test]
fn an_inner_call_that_fails_leaves_the_outer_one_its_work() {
    let mut graph = Graph::new(every_kind());
    let mut random = Random(7);
    let mut after = None;
    let outer = graph.transaction(|graph| {
        (0..80).for_each(|_| edit(graph, &mut random));
        after = Some(graph.try_clone()?);
        let inner: Result<()> = graph.transaction(|graph| {
            (0..40).for_each(|_| edit(graph, &mut random));
            Err(given_up())
        });
        assert!(inner.is_err() && graph.engine.deferred.is_some());
        Ok(())
    });
    outer.expect("nothing is judged here");
    assert_same(
        &graph,
        &after.expect("it was taken"),
        "after the inner call",
    );
}

/// Teams of two players or more, and players who need a team.
fn teams() -> (Graph, [EntityTypeId; 2], [EndId; 2]) {
    let mut schema = Schema::builder();
    for name in ["Team", "Player"] {
        let entity = schema.entity::<Thing>(name);
        entity
            .key(Key::field(|thing: &Thing| &thing.key))
            .cloneable()
            .comparable();
    }
    let players = schema.relationship("Team.players").to_many("Player");
    players
        .backref_one("team")
        .min(2)
        .inverse(EndOptions::required);
    let registry = schema.build().expect("the schema is sound");
    let types = ["Team", "Player"].map(|name| registry.find_entity(name).expect("declared").id());
    let ends = ["Team.players", "Player.team"];
    let ends = ends.map(|name| registry.find_end(name).expect("declared").id());
    (Graph::new(registry), types, ends)
}

fn thing(key: u32) -> Box<Thing> {
    let alias = None;
    Box::new(Thing {
        key,
        alias,
        size: 0,
    })
}

fn team_of(
    graph: &mut Graph,
    [team, player]: [EntityTypeId; 2],
    end: EndId,
    players: std::ops::Range<u32>,
) -> Result<AnyId> {
    graph.transaction(|graph| {
        let whole = graph
            .untyped_mut()
            .insert(team, thing(players.start), &[])?;
        for key in players {
            graph
                .untyped_mut()
                .insert(player, thing(key), &[(end, whole)])?;
        }
        Ok(whole)
    })
}

#[test]
fn entities_that_need_each_other_are_inserted_together() {
    let (mut graph, types, [players, team]) = teams();
    let alone = graph
        .untyped_mut()
        .insert(types[0], thing(0), &[])
        .unwrap_err();
    assert_eq!(alone.kind(), ErrorKind::TooFew);
    let both = team_of(&mut graph, types, team, 1..3).expect("two players are enough");
    assert_eq!(graph.untyped().row(players, both).len(), 2);
    graph.verify().expect("all need what they have");

    let error = team_of(&mut graph, types, team, 5..6).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a new Team would have 1 in Team.players, which needs at least 2: \
         insert it together with its links"
    );
    assert_eq!(
        (error.kind(), error.end()),
        (ErrorKind::TooFew, Some(players))
    );
    assert_eq!(error.entities(), []);
    assert_eq!(
        graph.untyped().len(types[0]) + graph.untyped().len(types[1]),
        3
    );
}

#[test]
fn two_rows_at_their_least_may_exchange_members_in_one_call() {
    let (mut graph, types, [players, team]) = teams();
    let one = team_of(&mut graph, types, team, 1..3).expect("it is large enough");
    let other = team_of(&mut graph, types, team, 5..7).expect("it is large enough");
    let [a, b] =
        [one, other].map(|it| graph.untyped().row(players, it).get(0).expect("it has two"));
    let moved = graph.untyped_mut().set(team, a, Some(other));
    assert_eq!(moved.unwrap_err().kind(), ErrorKind::TooFew);
    let swapped = graph.transaction(|graph| {
        graph.untyped_mut().set(team, a, Some(other))?;
        graph.untyped_mut().set(team, b, Some(one))
    });
    assert!(swapped.expect("both have two in the end"));
    assert_eq!(graph.untyped().one(team, a), Some(other));
    graph.verify().expect("both have two");
}

#[test]
fn nothing_is_recorded_while_nobody_listens() {
    let mut graph = Graph::new(every_option());
    let mut random = Random(3);
    let room = |graph: &Graph| graph.engine.sink.room();
    for _ in 0..300 {
        // Without the calls that are several in one.
        let random = &mut random;
        let entity = super::entity_types(&graph)[random.below(3)];
        let number = u32::try_from(random.below(1_000_000)).expect("it is small");
        drop(graph.untyped_mut().insert(entity, thing(number), &[]));
        assert_eq!(room(&graph), 0, "no record was begun");
    }
    drop(graph.transaction(|graph| {
        (0..300).for_each(|_| edit(graph, &mut random));
        Ok(())
    }));
    assert!(!graph.engine.sink.is_listening() && graph.engine.deferred.is_none());
    graph.keep_history(5).expect("no transaction is open");
    (0..300).for_each(|_| edit(&mut graph, &mut random));
    graph.keep_history(0).expect("no transaction is open");
    assert!(!graph.engine.sink.is_listening());
    assert!(
        room(&graph) <= 1 << 11,
        "a little room is kept for the next"
    );
}
