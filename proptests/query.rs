//! Walks, paths, views and copies of random graphs, held against rows that are
//! looked at one by one.

use std::collections::{BTreeMap, BTreeSet};

use backref::{AnyId, EndId, ErrorKind, Graph, Visit};
use proptest::prelude::any;

use crate::machine::face::{ByNumber, Face, end_ids, kind_ids};
use crate::machine::{Machine, codes};
use crate::model::Item;
use crate::run::{self, Dice, Verdict};
use crate::schema::{Bounds, Shape, Thing, shapes};

mod copy;
mod typed;
mod view;
mod walk;

const BOUNDS: Bounds = Bounds {
    kinds: 3,
    relations: 5,
};

/// A graph that some random steps have led to, and its rows.
struct World {
    shape: Shape,
    graph: Graph,
    ends: Vec<Option<EndId>>,
    /// By entity type.
    live: Vec<Vec<AnyId>>,
    kinds: BTreeMap<AnyId, usize>,
    rows: Rows,
    /// Somebody who is gone, where anybody is.
    dead: Option<AnyId>,
    dice: Dice,
}

/// By end and entity. The rows of hidden ends are those from which the others
/// are seen.
type Rows = BTreeMap<(usize, AnyId), Vec<AnyId>>;

impl World {
    fn new(shape: &Shape, codes: &[u64], seed: u64) -> Result<Self, String> {
        let mut machine = Machine::<ByNumber>::new(shape.clone(), 24).map_err(|e| text(&e))?;
        machine.run(codes, usize::MAX)?;
        run::count_edits(machine.tally.edits);
        let ids = |nodes: &Vec<usize>| nodes.iter().map(|&node| machine.ids[node]).collect();
        let live: Vec<Vec<AnyId>> = machine.live.iter().map(ids).collect();
        let is_dead = |id: &&AnyId| !live.iter().flatten().any(|it| it == *id);
        let dead = machine.ids.iter().find(is_dead).copied();
        let kinds = live.iter().enumerate();
        let kinds = kinds.flat_map(|(kind, ids)| ids.iter().map(move |&id| (id, kind)));
        let mut world = Self {
            ends: end_ids(shape, machine.face.graph().registry()),
            kinds: kinds.collect(),
            dead,
            graph: machine.face.into_graph(),
            shape: shape.clone(),
            rows: Rows::new(),
            dice: Dice::new(seed),
            live,
        };
        world.rows = world.read_rows();
        Ok(world)
    }

    /// All rows as they are.
    fn read_rows(&self) -> Rows {
        let mut rows = Rows::new();
        let targets = kind_ids(&self.shape, self.graph.registry());
        for end in self.shape.open_ends() {
            let target = targets[self.shape.ends[end].target];
            let owner = self.shape.ends[end].owner;
            let id = self.end(end);
            let kind = self.graph.registry().end(id).expect("is declared").owner();
            for owner_id in self.graph.untyped().ids(kind.id()) {
                let row = self.graph.untyped().links(id, owner_id);
                let row = row.filter(|it| it.entity() == target).collect();
                rows.insert((end, owner_id), row);
            }
            assert_eq!(kind.name(), format!("T{owner}"));
        }
        let hidden: Vec<usize> = (0..self.shape.ends.len())
            .filter(|&end| self.shape.ends[end].hidden)
            .collect();
        for end in hidden {
            let seen_from = self.shape.ends[end].inverse;
            let links: Vec<(AnyId, AnyId)> = rows
                .iter()
                .filter(|((open, _), _)| *open == seen_from)
                .flat_map(|(&(_, owner), row)| row.iter().map(move |&member| (member, owner)))
                .collect();
            for (member, owner) in links {
                rows.entry((end, member)).or_default().push(owner);
            }
        }
        rows
    }

    /// By number an end of several types is one.
    fn end(&self, end: usize) -> EndId {
        self.ends[self.first_of(end)].expect("hidden ends are left out")
    }

    fn first_of(&self, end: usize) -> usize {
        self.shape.ends[end].family.unwrap_or(end)
    }

    /// The ends that are one end of several types; the end itself if it is of one.
    fn kin(&self, end: usize) -> Vec<usize> {
        let all = 0..self.shape.ends.len();
        all.filter(|&it| self.first_of(it) == self.first_of(end))
            .collect()
    }

    fn row(&self, end: usize, id: AnyId) -> &[AnyId] {
        self.rows.get(&(end, id)).map_or(&[], Vec::as_slice)
    }

    fn inverse(&self, end: usize) -> usize {
        self.shape.ends[end].inverse
    }

    fn everybody(&self) -> impl Iterator<Item = AnyId> + '_ {
        self.live.iter().flatten().copied()
    }

    /// Some of the ends, in some order; those of several types towards each.
    fn throw_ends(&mut self) -> Vec<usize> {
        let open = self.shape.open_ends();
        let mut open: Vec<usize> = open.filter(|&end| self.first_of(end) == end).collect();
        let count = 1 + self.dice.roll(open.len());
        let mut thrown = Vec::new();
        for _ in 0..count {
            let end = open.swap_remove(self.dice.roll(open.len()));
            thrown.extend(self.kin(end));
        }
        thrown
    }

    fn throw_id(&mut self) -> Option<AnyId> {
        let all: Vec<AnyId> = self.everybody().collect();
        (!all.is_empty()).then(|| self.dice.of(&all))
    }

    /// Up to three, now and then one that is gone.
    fn throw_starts(&mut self) -> Vec<AnyId> {
        let count = 1 + self.dice.roll(3);
        let mut starts: Vec<AnyId> = (0..count).filter_map(|_| self.throw_id()).collect();
        if self.dice.once_in(4) {
            starts.extend(self.dead);
        }
        starts
    }

    fn numbers(&self, ends: &[usize]) -> Vec<EndId> {
        let each = ends.iter().filter(|&&end| self.first_of(end) == end);
        each.map(|&end| self.end(end)).collect()
    }

    /// Who is linked to an entity, end by end.
    fn onward(&self, ends: &[usize], id: AnyId) -> Vec<(usize, AnyId)> {
        let rows = ends.iter().map(|&end| (end, self.row(end, id)));
        rows.flat_map(|(end, row)| row.iter().map(move |&it| (end, it)))
            .collect()
    }

    /// How far each is from the starts, by going round until nothing changes.
    fn distances(&self, ends: &[usize], starts: &[AnyId]) -> BTreeMap<AnyId, usize> {
        let live = starts.iter().filter(|id| self.kinds.contains_key(id));
        let mut found: BTreeMap<AnyId, usize> = live.map(|&id| (id, 0)).collect();
        for distance in 0.. {
            let edge = found.iter().filter(|&(_, &at)| at == distance);
            let edge: Vec<AnyId> = edge.map(|(&id, _)| id).collect();
            if edge.is_empty() {
                break;
            }
            for id in edge.into_iter().flat_map(|id| self.onward(ends, id)) {
                found.entry(id.1).or_insert(distance + 1);
            }
        }
        found
    }
}

fn ensure(holds: bool, told: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(told()) }
}

fn text(error: &backref::Error) -> String {
    format!("{error:?}")
}

/// Holds a law in many worlds, several times in each.
fn hold(name: &str, law: impl Fn(&mut World) -> Verdict) {
    let cases = (shapes(BOUNDS), codes(90), any::<u64>());
    run::check(name, 96, &cases, |(shape, codes, seed)| {
        let mut world = World::new(&shape, &codes, seed)?;
        (0..4).try_for_each(|_| law(&mut world))
    });
}

/// Each mistake that can be planted in walks and copies is noticed by these
/// laws.
#[cfg(feature = "internals")]
#[test]
fn planted_mistakes_in_walks_and_copies_are_noticed() {
    use backref::internals::planted::{Bug, plant};

    let law = |seed: u64| {
        let mut dice = Dice::new(seed);
        let relations: Vec<u64> = (0..4).map(|_| dice.next()).collect();
        let shape = Shape::decode(BOUNDS, dice.next(), &relations).without_checks();
        let codes: Vec<u64> = (0..90).map(|_| dice.next()).collect();
        let mut world = World::new(&shape, &codes, seed)?;
        walk::walks_agree(&mut world)?;
        copy::copies_agree(&mut world).map(drop)
    };
    for seed in 0..60 {
        assert_eq!(law(seed), Ok(()), "without a bug, seed {seed}");
    }
    for bug in Bug::OF_SUBGRAPHS {
        plant(Some(bug));
        let noticed = (0..400).find_map(|seed| Some((seed, law(seed).err()?)));
        plant(None);
        let (seed, how) = noticed.unwrap_or_else(|| panic!("{bug:?} is not noticed"));
        println!("{bug:?} after {seed} worlds: {how:.120}");
    }
}
