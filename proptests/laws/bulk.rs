//! What is done by one call comes to what is done one by one.

use backref::{AnyId, EntityTypeId, Error, ErrorKind, Graph, Result};

use super::{Pair, Scene, any_end, ensure, hold, keeps_to_itself, settable, text, to_many};
use crate::model::Item;
use crate::run::Verdict;
use crate::schema::{Shape, Thing};

/// Pairs for an end, doubles and links that are there among them; now and then
/// one that is dead.
fn throw_pairs(scene: &mut Scene, end: usize) -> Vec<(AnyId, AnyId)> {
    let (owner, target) = (scene.shape.ends[end].owner, scene.shape.ends[end].target);
    let count = scene.dice.roll(40);
    let mut pairs = Vec::new();
    for _ in 0..count {
        let pair = scene.throw_id(owner).zip(scene.throw_id(target));
        pairs.extend(pair);
    }
    for _ in 0..count / 8 {
        if let Some(owner) = scene.throw_id(owner) {
            let row = scene.row(end, owner);
            pairs.extend(row.first().map(|&member| (owner, member)));
        }
    }
    if scene.dice.once_in(8)
        && let Some(&(_, member)) = pairs.last()
        && let Some(dead) = dead(scene, member.entity())
    {
        pairs.extend(pairs.first().map(|&(owner, _)| (owner, dead)));
    }
    pairs
}

/// An id of a type that nobody has any more.
fn dead(scene: &mut Scene, entity: EntityTypeId) -> Option<AnyId> {
    let mut id = None;
    let failed: Result<()> = scene.graph.transaction(|graph| {
        let item = Item {
            key: 1_000_000,
            rank: 0,
        };
        let payload = Box::new(Thing::<0>(item));
        id = Some(graph.untyped_mut().insert(entity, payload, &[])?);
        Err(given_up(graph))
    });
    failed.err().and(id)
}

/// An error, to end a transaction with that is under way.
fn given_up(graph: &mut Graph) -> Error {
    let error = graph.keep_history(1);
    error.expect_err("a transaction is under way")
}

/// Links pairs one by one, as one transaction; how many were not linked.
fn one_by_one(
    scene: &Scene,
    graph: &mut Graph,
    end: usize,
    pairs: &[(AnyId, AnyId)],
) -> Result<usize> {
    let (many, end) = (scene.shape.ends[end].many, scene.end(end));
    graph.transaction(|graph| {
        let mut linked = 0;
        for &(owner, member) in pairs {
            let mut graph = graph.untyped_mut();
            linked += usize::from(if many {
                graph.push(end, owner, member)?
            } else {
                graph.set(end, owner, Some(member))?
            });
        }
        Ok(linked)
    })
}

/// What can be told of how a call came out.
fn told<R>(result: Result<R>) -> Result<R, (ErrorKind, Vec<AnyId>)> {
    result.map_err(|error: Error| (error.kind(), error.entities().to_vec()))
}

/// Whether both graphs are the same, to the order of every row.
fn same(scene: &Scene, other: &Graph, what: &str) -> Verdict {
    let (here, there) = (scene.dump(), scene.dump_of(other));
    ensure(here == there, || format!("{what}: {here:?}, and {there:?}"))?;
    let same = scene.graph.try_eq(other).map_err(|error| text(&error))?;
    ensure(same, || format!("{what}: not equal"))?;
    let found = [&scene.graph, other].map(Graph::verify);
    found
        .into_iter()
        .collect::<Result<(), _>>()
        .map_err(|broken| format!("{what}: {broken}"))
}

#[test]
fn bulk_comes_to_what_a_transaction_of_single_calls_does() {
    hold("bulk", |scene| {
        let Some(Pair { end, .. }) = scene.throw_pair(any_end) else {
            return Ok(());
        };
        let pairs = throw_pairs(scene, end);
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let there = told(one_by_one(scene, &mut other, end, &pairs));
        let number = scene.end(end);
        let here = told(scene.graph.untyped_mut().bulk(number, &pairs));
        ensure(here == there, || {
            format!("{pairs:?}: {here:?}, one by one {there:?}")
        })?;
        forget_the_dead(scene);
        same(scene, &other, "in bulk")
    });
}

/// Takes those out of the scene who went as orphans.
fn forget_the_dead(scene: &mut Scene) {
    let graph = &scene.graph;
    let live = |id: &AnyId| graph.untyped().is_live(*id);
    scene.live.iter_mut().for_each(|all| all.retain(live));
}

#[test]
fn bulk_is_taken_back_and_done_again_as_one_step() {
    hold("bulk, taken back", |scene| {
        let Some(Pair { end, .. }) = scene.throw_pair(keeps_to_itself) else {
            return Ok(());
        };
        let pairs = throw_pairs(scene, end);
        let number = scene.end(end);
        let before = scene.graph.try_clone().map_err(|error| text(&error))?;
        let failed: Result<()> = scene.graph.transaction(|graph| {
            graph.untyped_mut().bulk(number, &pairs)?;
            Err(given_up(graph))
        });
        ensure(failed.is_err(), || "it was given up".to_owned())?;
        same(scene, &before, "rolled back")?;
        scene.graph.keep_history(10).map_err(|error| text(&error))?;
        let done = scene.graph.untyped_mut().bulk(number, &pairs);
        let after = scene.graph.try_clone().map_err(|error| text(&error))?;
        let undone = scene.graph.undo().map_err(|error| text(&error))?;
        ensure(undone == done.is_ok_and(|linked| linked > 0), || {
            format!("{pairs:?}: a step, {undone}")
        })?;
        same(scene, &before, "undone")?;
        scene.graph.redo().map_err(|error| text(&error))?;
        same(scene, &after, "done again")?;
        scene.graph.keep_history(0).map_err(|error| text(&error))
    });
}

#[test]
fn extend_comes_to_what_a_transaction_of_pushes_does() {
    hold("extend", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(to_many) else {
            return Ok(());
        };
        let items = scene.throw_ids(scene.shape.ends[end].target, 12);
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let pairs: Vec<(AnyId, AnyId)> = items.iter().map(|&item| (a, item)).collect();
        let there = one_by_one(scene, &mut other, end, &pairs);
        let number = scene.end(end);
        let here = scene.graph.untyped_mut().extend(number, a, &items);
        // Of several reasons the one call may name another.
        ensure(here.as_ref().ok() == there.as_ref().ok(), || {
            format!("{items:?}: {here:?}, one by one {there:?}")
        })?;
        forget_the_dead(scene);
        same(scene, &other, "extended")
    });
}

/// Whether a row keeps the order of adding, and its members keep to themselves.
fn arranged_by_hand(shape: &Shape, end: usize) -> bool {
    let it = &shape.ends[end];
    let symmetric = it.inverse == end;
    to_many(shape, end) && settable(shape, end) && keeps_to_itself(shape, end) && !symmetric
}

#[test]
fn replace_comes_to_removals_pushes_and_moves() {
    hold("replace, one by one", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(arranged_by_hand) else {
            return Ok(());
        };
        let mut items: Vec<AnyId> = Vec::new();
        for item in scene.throw_ids(scene.shape.ends[end].target, 12) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
        let (before, number) = (scene.row(end, a), scene.end(end));
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let there = other.transaction(|graph| {
            let mut graph = graph.untyped_mut();
            for &old in before.iter().filter(|old| !items.contains(old)) {
                graph.remove(number, a, old)?;
            }
            for &new in &items {
                graph.push(number, a, new)?;
            }
            for (at, &item) in items.iter().enumerate() {
                graph.move_to(number, a, item, at)?;
            }
            Ok(())
        });
        let here = scene.graph.untyped_mut().replace(number, a, &items);
        let changed = scene.row(end, a) != before;
        ensure(
            here.as_ref().is_ok_and(|&told| told == changed) || here.is_err(),
            || format!("{here:?} of {before:?} and {items:?}"),
        )?;
        ensure(here.is_ok() == there.is_ok(), || {
            format!("{items:?}: {here:?}, one by one {there:?}")
        })?;
        same(scene, &other, "replaced")
    });
}

#[test]
fn room_is_seen_by_nobody() {
    hold("reserve", |scene| {
        let Some(pair) = scene.throw_pair(to_many) else {
            return Ok(());
        };
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let (number, most) = (scene.end(pair.end), scene.dice.roll(300));
        let room = scene.graph.untyped_mut().reserve(number, pair.a, most);
        room.map_err(|error| text(&error))?;
        same(scene, &other, "with room")?;
        let here = told(scene.link(pair));
        std::mem::swap(&mut scene.graph, &mut other);
        let there = told(scene.link(pair));
        ensure(here == there, || {
            format!("{pair:?}: {here:?}, and {there:?}")
        })?;
        forget_the_dead(scene);
        same(scene, &other, "linked where there is room")
    });
}

#[test]
fn entities_inserted_together_are_those_inserted_one_by_one() {
    hold("insert all", |scene| {
        let kind = scene.dice.roll(scene.live.len());
        let Some(&first) = scene.live[kind].first() else {
            return Ok(());
        };
        let info = scene
            .graph
            .registry()
            .entities()
            .find(|it| it.id() == first.entity());
        let name = info.expect("it is declared").name().to_owned();
        let Ok(entity) = scene.graph.registry().entity_type::<Thing<0>>(&name) else {
            return Ok(());
        };
        let mut small = |sides| u32::try_from(scene.dice.roll(sides)).expect("is small");
        let count = small(6);
        let items: Vec<Thing<0>> = (0..count)
            .map(|_| {
                Thing(Item {
                    key: small(60),
                    rank: small(5),
                })
            })
            .collect();
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let there = other.transaction(|graph| {
            let items = items.iter().cloned();
            items
                .map(|item| graph.insert(entity, item))
                .collect::<Result<Vec<_>>>()
        });
        let here = scene.graph.insert_all(entity, items.iter().cloned());
        let (here, there) = (
            here.map_err(|error| error.kind()),
            there.map_err(|error| error.kind()),
        );
        ensure(here == there, || {
            format!("{items:?}: {here:?}, one by one {there:?}")
        })?;
        scene.live[kind].extend(here.into_iter().flatten().map(|id| entity.any(id)));
        same(scene, &other, "inserted")
    });
}
