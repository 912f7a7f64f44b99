//! Laws by name, which hold whatever the model says.

use std::collections::BTreeMap;

use backref::{AnyId, BlockReason, EndId, ErrorKind, Graph, Result};
use proptest::prelude::any;

use crate::machine::face::{ByNumber, Face, end_ids};
use crate::machine::{Machine, codes};
use crate::model::Item;
use crate::run::{self, Dice, Verdict};
use crate::schema::{Bounds, Form, Shape, Thing, shapes};

mod bulk;
mod walker;

/// A graph that some random steps have led to.
struct Scene {
    shape: Shape,
    graph: Graph,
    ends: Vec<Option<EndId>>,
    live: Vec<Vec<AnyId>>,
    dice: Dice,
}

/// An end that is not hidden, and an entity at each side of it.
#[derive(Clone, Copy, Debug)]
struct Pair {
    end: usize,
    a: AnyId,
    b: AnyId,
}

/// Every row of a graph, those without order sorted.
type Dump = BTreeMap<(usize, AnyId), Vec<AnyId>>;

impl Scene {
    fn new(shape: &Shape, codes: &[u64], seed: u64) -> Result<Self, String> {
        let mut machine =
            Machine::<ByNumber>::new(shape.clone(), 20).map_err(|error| error.to_string())?;
        machine.run(codes, usize::MAX)?;
        run::count_edits(machine.tally.edits);
        let ids = |nodes: &Vec<usize>| nodes.iter().map(|&node| machine.ids[node]).collect();
        Ok(Self {
            ends: end_ids(shape, machine.face.graph().registry()),
            live: machine.live.iter().map(ids).collect(),
            graph: machine.face.into_graph(),
            shape: shape.clone(),
            dice: Dice::new(seed),
        })
    }

    fn throw_pair(&mut self, fits: impl Fn(&Shape, usize) -> bool) -> Option<Pair> {
        let ends: Vec<usize> = self.shape.open_ends().collect();
        let ends: Vec<usize> = ends
            .into_iter()
            .filter(|&end| fits(&self.shape, end))
            .collect();
        let end = (!ends.is_empty()).then(|| self.dice.of(&ends))?;
        Some(Pair {
            end,
            a: self.throw_id(self.shape.ends[end].owner)?,
            b: self.throw_id(self.shape.ends[end].target)?,
        })
    }

    fn throw_id(&mut self, kind: usize) -> Option<AnyId> {
        let live = &self.live[kind];
        (!live.is_empty()).then(|| self.dice.of(live))
    }

    fn throw_ids(&mut self, kind: usize, most: usize) -> Vec<AnyId> {
        let count = self.dice.roll(most + 1);
        (0..count).filter_map(|_| self.throw_id(kind)).collect()
    }

    fn end(&self, end: usize) -> EndId {
        self.ends[end].expect("hidden ends are left out")
    }

    fn row(&self, end: usize, id: AnyId) -> Vec<AnyId> {
        self.graph.untyped().links(self.end(end), id).collect()
    }

    fn link(&mut self, Pair { end, a, b }: Pair) -> Result<bool> {
        let (many, end) = (self.shape.ends[end].many, self.end(end));
        let mut graph = self.graph.untyped_mut();
        if many {
            graph.push(end, a, b)
        } else {
            graph.set(end, a, Some(b))
        }
    }

    fn unlink(&mut self, Pair { end, a, b }: Pair) -> Result<bool> {
        let (many, end) = (self.shape.ends[end].many, self.end(end));
        let mut graph = self.graph.untyped_mut();
        if many {
            graph.remove(end, a, b)
        } else {
            graph.set(end, a, None)
        }
    }

    fn dump(&self) -> Dump {
        self.dump_of(&self.graph)
    }

    fn dump_of(&self, graph: &Graph) -> Dump {
        let mut dump = Dump::new();
        for end in self.shape.open_ends() {
            let kind = graph.registry().find_end(&self.shape.full_name(end));
            let kind = kind.expect("is declared").owner().id();
            for id in graph.untyped().ids(kind) {
                let mut row: Vec<AnyId> = graph.untyped().links(self.end(end), id).collect();
                if !self.shape.ends[end].ordered {
                    row.sort_unstable();
                }
                dump.insert((end, id), row);
            }
        }
        dump
    }

    fn unchanged_since(&self, before: &Dump) -> Verdict {
        let now = self.dump();
        ensure(now == *before, || format!("{before:?} became {now:?}"))
    }
}

fn ensure(holds: bool, told: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(told()) }
}

fn text(error: &backref::Error) -> String {
    format!("{error:?}")
}

/// Holds a law in many scenes, several times in each.
fn hold(name: &str, law: impl Fn(&mut Scene) -> Verdict) {
    let bounds = Bounds {
        kinds: 3,
        relations: 5,
    };
    let scenes = (shapes(bounds), codes(60), any::<u64>());
    run::check(name, 24, &scenes, |(shape, codes, seed)| {
        let mut scene = Scene::new(&shape, &codes, seed)?;
        for _ in 0..12 {
            law(&mut scene)?;
            scene.graph.verify().map_err(|broken| broken.to_string())?;
        }
        Ok(())
    });
}

fn any_end(_: &Shape, _: usize) -> bool {
    true
}

fn settable(shape: &Shape, end: usize) -> bool {
    shape.ends[end].is_settable()
}

fn to_many(shape: &Shape, end: usize) -> bool {
    shape.ends[end].many
}

/// Whether a link there cuts and deletes nothing at other ends.
fn keeps_to_itself(shape: &Shape, end: usize) -> bool {
    let it = &shape.ends[end];
    [it, &shape.ends[it.inverse]]
        .iter()
        .all(|end| !end.orphans && !end.contained && end.family.is_none())
}

#[test]
fn link_is_idempotent() {
    hold("link is idempotent", |scene| {
        let Some(pair) = scene.throw_pair(keeps_to_itself) else {
            return Ok(());
        };
        if scene.link(pair).is_err() {
            return Ok(());
        }
        let before = scene.dump();
        let again = scene.link(pair).map_err(|error| text(&error))?;
        ensure(!again, || format!("{pair:?} was linked twice"))?;
        scene.unchanged_since(&before)
    });
}

#[test]
fn unlink_undoes_link() {
    hold("unlink undoes link", |scene| {
        let Some(pair) = scene.throw_pair(keeps_to_itself) else {
            return Ok(());
        };
        let before = scene.dump();
        let displaces = |dump: &Dump, shape: &Shape| {
            let inverse = shape.ends[pair.end].inverse;
            [(pair.end, pair.a), (inverse, pair.b)]
                .into_iter()
                .any(|(end, id)| !shape.ends[end].many && !dump[&(end, id)].is_empty())
        };
        let hidden = scene.shape.relation_of(pair.end).form == Form::OneWay;
        if before[&(pair.end, pair.a)].contains(&pair.b)
            || !hidden && displaces(&before, &scene.shape)
            || hidden && !before[&(pair.end, pair.a)].is_empty()
        {
            return Ok(());
        }
        match scene.link(pair) {
            Ok(linked) => {
                let unlinked = scene.unlink(pair).map_err(|error| text(&error))?;
                ensure(linked && unlinked, || format!("{pair:?} was not linked"))?;
            }
            Err(error) => {
                let told = [
                    ErrorKind::Cycle,
                    ErrorKind::TooMany,
                    ErrorKind::DuplicateKey,
                ];
                let told = told.contains(&error.kind());
                ensure(told, || text(&error))?;
            }
        }
        scene.unchanged_since(&before)
    });
}

#[test]
fn setting_from_either_end_is_the_same() {
    let two_way = |shape: &Shape, end: usize| shape.relation_of(end).form != Form::OneWay;
    hold("either end", |scene| {
        let Some(pair) = scene.throw_pair(two_way) else {
            return Ok(());
        };
        let back = Pair {
            end: scene.shape.ends[pair.end].inverse,
            a: pair.b,
            b: pair.a,
        };
        let mut other = scene.graph.try_clone().map_err(|error| text(&error))?;
        let here = scene.link(pair).map_err(|error| error.kind());
        std::mem::swap(&mut scene.graph, &mut other);
        let there = scene.link(back).map_err(|error| error.kind());
        ensure(here == there, || {
            format!("{pair:?}: {here:?}, from the other end {there:?}")
        })?;
        let same = scene.graph.try_eq(&other).map_err(|error| text(&error))?;
        ensure(same && scene.dump() == scene.dump_of(&other), || {
            format!(
                "{pair:?}: {:?} and {:?}",
                scene.dump(),
                scene.dump_of(&other)
            )
        })
    });
}

#[test]
fn the_order_of_the_others_is_kept() {
    hold("the order of the others", |scene| {
        let Some(pair) = scene.throw_pair(keeps_to_itself) else {
            return Ok(());
        };
        let before = scene.dump();
        let unlink = scene.dice.once_in(2);
        drop(if unlink {
            scene.unlink(pair)
        } else {
            scene.link(pair)
        });
        let after = scene.dump();
        for (row, members) in &before {
            let kept = members.iter().filter(|id| after[row].contains(id));
            let left = after[row].iter().filter(|id| members.contains(id));
            ensure(kept.eq(left), || {
                format!("{members:?} became {:?}", after[row])
            })?;
        }
        Ok(())
    });
}

#[test]
fn replace_gives_exactly_the_list() {
    hold("replace", |scene| {
        let Some(Pair { end, a, .. }) =
            scene.throw_pair(|shape, end| to_many(shape, end) && keeps_to_itself(shape, end))
        else {
            return Ok(());
        };
        let before = scene.dump();
        let items = scene.throw_ids(scene.shape.ends[end].target, 6);
        let id = scene.end(end);
        if scene.graph.untyped_mut().replace(id, a, &items).is_err() {
            return scene.unchanged_since(&before);
        }
        let mut wanted: Vec<AnyId> = Vec::new();
        items.iter().for_each(|item| {
            if !wanted.contains(item) {
                wanted.push(*item);
            }
        });
        let mut row = scene.row(end, a);
        if !scene.shape.ends[end].is_settable() {
            row.sort_unstable();
            wanted.sort_unstable();
        }
        ensure(row == wanted, || format!("{row:?}, wanted {wanted:?}"))
    });
}

#[test]
fn to_move_and_move_back_is_nothing() {
    hold("move and move back", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(settable) else {
            return Ok(());
        };
        let (before, row, id) = (scene.dump(), scene.row(end, a), scene.end(end));
        if row.is_empty() {
            return Ok(());
        }
        let (from, to) = (scene.dice.roll(row.len()), scene.dice.roll(row.len()));
        let mut graph = scene.graph.untyped_mut();
        let moved = graph
            .move_to(id, a, row[from], to)
            .map_err(|error| text(&error))?;
        let at = graph.read().row(id, a).position(row[from]);
        ensure(at == Some(to) && moved == (from != to), || {
            format!("{from} is at {at:?}")
        })?;
        graph
            .move_to(id, a, row[from], from)
            .map_err(|error| text(&error))?;
        scene.unchanged_since(&before)
    });
}

#[test]
fn to_swap_twice_or_to_turn_round_twice_is_nothing() {
    hold("swap and reverse twice", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(settable) else {
            return Ok(());
        };
        let (before, row, id) = (scene.dump(), scene.row(end, a), scene.end(end));
        if row.is_empty() {
            return Ok(());
        }
        let (i, j) = (scene.dice.roll(row.len()), scene.dice.roll(row.len()));
        let mut graph = scene.graph.untyped_mut();
        for _ in 0..2 {
            graph.swap(id, a, i, j).map_err(|error| text(&error))?;
        }
        for _ in 0..2 {
            graph.reverse(id, a).map_err(|error| text(&error))?;
        }
        let moved = graph.sort_by(id, a, |_, _, _| std::cmp::Ordering::Equal);
        ensure(!moved.map_err(|error| text(&error))?, || {
            "equals were moved".to_owned()
        })?;
        scene.unchanged_since(&before)
    });
}

#[test]
fn all_are_taken_over_in_order() {
    let fits = |shape: &Shape, end: usize| {
        let is_symmetric = shape.relation_of(end).form == Form::Symmetric;
        settable(shape, end) && keeps_to_itself(shape, end) && !is_symmetric
    };
    hold("take all from", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(fits) else {
            return Ok(());
        };
        let Some(other) = scene.throw_id(scene.shape.ends[end].owner) else {
            return Ok(());
        };
        let (before, id) = (scene.dump(), scene.end(end));
        let (mut wanted, taken) = (scene.row(end, a), scene.row(end, other));
        if scene
            .graph
            .untyped_mut()
            .take_all_from(id, a, other)
            .is_err()
        {
            return scene.unchanged_since(&before);
        }
        if a == other {
            return scene.unchanged_since(&before);
        }
        let newcomers = taken.into_iter().filter(|it| !wanted.contains(it));
        wanted.extend(newcomers.collect::<Vec<_>>());
        let row = scene.row(end, a);
        ensure(row == wanted, || format!("{row:?}, wanted {wanted:?}"))?;
        ensure(scene.row(end, other).is_empty(), || {
            "some were left".to_owned()
        })
    });
}

#[test]
fn a_delete_does_what_was_planned_and_a_denied_one_nothing() {
    hold("plan and delete", |scene| {
        let Some(pair) = scene.throw_pair(any_end) else {
            return Ok(());
        };
        let roots = if scene.dice.once_in(2) {
            vec![pair.a]
        } else {
            vec![pair.b, pair.a]
        };
        let before = scene.dump();
        let plan = scene.graph.plan_delete(roots.iter().copied());
        let plan = plan.map_err(|error| text(&error))?;
        scene.unchanged_since(&before)?;
        match scene.graph.delete_all(roots) {
            Ok(deletion) => {
                let planned = plan.entities().iter().map(|doomed| doomed.id);
                ensure(planned.eq(deletion.entities.iter().copied()), || {
                    format!("{plan:?}")
                })?;
                ensure(plan.links() == deletion.links && plan.is_allowed(), || {
                    format!("{plan:?}")
                })?;
                let gone = |id: &AnyId| deletion.entities.contains(id);
                scene
                    .live
                    .iter_mut()
                    .for_each(|live| live.retain(|id| !gone(id)));
                let dump = scene.dump();
                let left = dump.values().flatten().find(|id| gone(id));
                ensure(left.is_none(), || format!("{left:?} is gone and linked"))
            }
            Err(error) => {
                let kind = error.kind();
                let reason = if kind == ErrorKind::Denied {
                    BlockReason::Denies
                } else if kind == ErrorKind::TooFew {
                    BlockReason::TooFew
                } else {
                    BlockReason::Required
                };
                let told = plan
                    .blockers()
                    .iter()
                    .any(|blocker| blocker.reason == reason);
                ensure(told && !error.entities().is_empty(), || {
                    format!("{error:?} of {plan:?}")
                })?;
                scene.unchanged_since(&before)
            }
        }
    });
}

#[test]
fn a_clone_is_equal_and_goes_its_own_way() {
    hold("clone", |scene| {
        let Some(pair) = scene.throw_pair(any_end) else {
            return Ok(());
        };
        let before = scene.dump();
        let clone = scene.graph.try_clone().map_err(|error| text(&error))?;
        ensure(scene.dump_of(&clone) == before, || {
            "the clone differs".to_owned()
        })?;
        let linked = scene.link(pair).or_else(|_| scene.unlink(pair));
        ensure(scene.dump_of(&clone) == before, || {
            "the clone was changed too".to_owned()
        })?;
        let same = scene.graph.try_eq(&clone).map_err(|error| text(&error))?;
        let changed = scene.dump() != before;
        ensure(same != changed, || format!("{linked:?}, and equal: {same}"))?;
        clone.verify().map_err(|broken| broken.to_string())
    });
}

/// What a machine came to, without the stamps of its graph.
fn story(shape: &Shape, codes: &[u64]) -> Result<Vec<String>, String> {
    let mut machine =
        Machine::<ByNumber>::new(shape.clone(), 20).map_err(|error| error.to_string())?;
    machine.run(codes, usize::MAX)?;
    run::count_edits(machine.tally.edits);
    let (graph, mut story) = (machine.face.graph(), Vec::new());
    for &node in machine.live.iter().flatten() {
        let id = machine.ids[node];
        story.push(graph.describe(id));
        for end in shape.open_ends() {
            let mut row = Vec::new();
            if shape.ends[end].owner == machine.kind_of(node) {
                machine.face.read(end, id, &mut row);
            }
            story.extend(row.into_iter().map(|id| graph.describe(id)));
        }
    }
    Ok(story)
}

#[test]
fn the_same_edits_give_the_same_ids_and_orders() {
    let bounds = Bounds {
        kinds: 3,
        relations: 5,
    };
    run::check(
        "determinism",
        24,
        &(shapes(bounds), codes(100)),
        |(shape, codes)| {
            let (one, other) = (story(&shape, &codes)?, story(&shape, &codes)?);
            ensure(one == other, || format!("{one:?} and {other:?}"))
        },
    );
}

#[test]
fn both_ways_to_declare_an_inverse_give_the_same_graph() {
    let bounds = Bounds {
        kinds: 3,
        relations: 5,
    };
    run::check(
        "back_populates and backref",
        24,
        &(shapes(bounds), codes(100)),
        |(shape, codes)| {
            let one = story(&shape, &codes)?;
            let other = story(&shape.with_forms_swapped(), &codes)?;
            ensure(one == other, || format!("{one:?} and {other:?}"))
        },
    );
}

fn sorted(shape: &Shape, end: usize) -> bool {
    shape.ends[end].sorted
}

#[test]
fn a_sorted_row_is_sorted_and_a_rewritten_member_is_last_among_its_equals() {
    hold("sorted", |scene| {
        let Some(Pair { end, a, .. }) = scene.throw_pair(sorted) else {
            return Ok(());
        };
        let row = scene.row(end, a);
        if row.is_empty() {
            return Ok(());
        }
        let (b, rank) = (
            scene.dice.of(&row),
            u32::try_from(scene.dice.roll(5)).expect("is small"),
        );
        let item = |scene: &Scene, id| {
            let payload = scene.graph.untyped().payload(id);
            let thing = payload.and_then(|payload| payload.downcast_ref::<Thing<0>>());
            thing.expect("all payloads are things").0
        };
        let (before, old) = (scene.dump(), item(scene, b));
        let payload = Box::new(Thing::<0>(Item { rank, ..old }));
        let replaced = scene.graph.untyped_mut().replace_payload(b, payload);
        replaced.map_err(|error| text(&error))?;
        if rank == old.rank {
            return scene.unchanged_since(&before);
        }
        let row = scene.row(end, a);
        let ranks: Vec<u32> = row.iter().map(|&id| item(scene, id).rank).collect();
        ensure(ranks.is_sorted(), || format!("{ranks:?} is in no order"))?;
        let last = ranks.iter().rposition(|&it| it == rank);
        ensure(last == row.iter().position(|&id| id == b), || {
            format!("{b:?} is not last of rank {rank} in {row:?}")
        })
    });
}
