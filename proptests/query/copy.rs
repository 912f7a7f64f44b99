//! A copy is what the original is, among the copies.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{AnyId, ErrorKind, Item, Rows, Thing, Verdict, World, ensure, hold, text};

/// What a copy should lead to.
struct Expected {
    /// The originals, in the order in which they are copied.
    originals: Vec<AnyId>,
    kinds: Vec<ErrorKind>,
}

/// Which keys the copies get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    New,
    /// All of them the same.
    Same,
    /// The originals'.
    Old,
}

impl World {
    /// Whether the copy of one that has this link to somebody who is not
    /// copied has it too.
    fn is_kept(&self, end: usize) -> bool {
        !self.shape.ends[end].hidden && self.shape.ends[self.inverse(end)].many
    }

    /// The row of the copy, by originals.
    fn row_of_copy(&self, end: usize, id: AnyId, copied: &[AnyId]) -> Vec<AnyId> {
        let row = self.row(end, id).iter().copied();
        row.filter(|it| copied.contains(it) || self.is_kept(end))
            .collect()
    }

    fn foresee(&self, ends: &[usize], roots: &[AnyId], keys: Keys) -> Expected {
        let originals: Vec<AnyId> = self
            .breadth_first(ends, roots, &[])
            .into_iter()
            .map(|met| met.0)
            .collect();
        let mut kinds = Vec::new();
        let mut keyed = [0; 8];
        for &id in &originals {
            let kind = self.kinds[&id];
            keyed[kind] += usize::from(self.shape.keyed[kind]);
            let short = (0..self.shape.ends.len()).filter(|&end| {
                let it = &self.shape.ends[end];
                let rows = self.kin(end).into_iter();
                let rows = rows.map(|end| self.row_of_copy(end, id, &originals).len());
                it.owner == kind && rows.sum::<usize>() < it.least()
            });
            kinds.extend(short.map(|end| self.shape.ends[end].shortage()));
        }
        let rows = self.rows_with(&BTreeMap::new(), &originals);
        let mut crowded = rows.iter();
        let crowded = crowded.any(|(&(end, _), row)| row.len() > self.shape.ends[end].max);
        kinds.extend(crowded.then_some(ErrorKind::TooMany));
        // Whoever has a copied member's row gets the copy beside it.
        let has_twice = |row: &Vec<AnyId>| {
            let again = row
                .iter()
                .enumerate()
                .filter(|(at, id)| row[..*at].contains(id));
            let mut keys = again.filter_map(|(_, &id)| self.item(id)?.row_key().copied());
            keys.next().is_some()
        };
        let mut of_keys = rows
            .iter()
            .filter(|((end, _), _)| self.shape.ends[*end].keyed);
        let twice = keys == Keys::Old && of_keys.any(|(_, row)| has_twice(row));
        kinds.extend(twice.then_some(ErrorKind::DuplicateKey));
        let most = keyed.into_iter().max().unwrap_or(0);
        let clash = match keys {
            Keys::New => false,
            Keys::Same => most > 1,
            Keys::Old => most > 0,
        };
        kinds.extend(clash.then_some(ErrorKind::DuplicateKey));
        if roots.iter().any(|id| !self.kinds.contains_key(id)) {
            kinds = vec![ErrorKind::NotLive];
        }
        Expected { originals, kinds }
    }

    /// All rows after the copy.
    fn rows_with(&self, copies: &BTreeMap<AnyId, AnyId>, originals: &[AnyId]) -> Rows {
        let mut rows = self.rows.clone();
        let copy_of = |id: AnyId| copies.get(&id).copied().unwrap_or(id);
        for &id in originals {
            for end in self.shape.open_ends_of(self.kinds[&id]) {
                let row = self.row_of_copy(end, id, originals);
                let outside = row.iter().filter(|it| !originals.contains(*it));
                for &far in outside {
                    let back = rows.entry((self.inverse(end), far)).or_default();
                    back.push(copy_of(id));
                }
                let row = row.into_iter().map(copy_of).collect();
                rows.insert((end, copy_of(id)), row);
            }
        }
        let original_of: BTreeMap<AnyId, AnyId> = copies.iter().map(|(&a, &b)| (b, a)).collect();
        let rank = |id: &AnyId| {
            let item = self.item(original_of.get(id).copied().unwrap_or(*id));
            item.map(|item| item.rank)
        };
        let sorted = rows
            .iter_mut()
            .filter(|((end, _), _)| self.shape.ends[*end].sorted);
        sorted.for_each(|(_, row)| row.sort_by_key(rank));
        rows
    }

    fn in_comparable_order(&self, rows: &Rows) -> Rows {
        let mut rows = rows.clone();
        rows.retain(|&(end, _), _| !self.shape.ends[end].hidden);
        for (&(end, _), row) in &mut rows {
            if !self.shape.ends[end].ordered {
                row.sort_unstable();
            }
        }
        rows
    }

    fn datum(&self, end: usize, id: AnyId, other: AnyId) -> Option<u32> {
        let datum = self.graph.untyped().link_data(self.end(end), id, other)?;
        datum.downcast_ref().copied()
    }

    /// Whether each link of a copy has the data of the original's.
    fn same_data(&self, copies: &BTreeMap<AnyId, AnyId>) -> bool {
        let copy_of = |id: AnyId| copies.get(&id).copied().unwrap_or(id);
        copies.iter().all(|(&original, &copy)| {
            self.shape.open_ends_of(self.kinds[&original]).all(|end| {
                let row =
                    self.row_of_copy(end, original, &copies.keys().copied().collect::<Vec<_>>());
                row.into_iter()
                    .all(|it| self.datum(end, copy, copy_of(it)) == self.datum(end, original, it))
            })
        })
    }

    fn item(&self, id: AnyId) -> Option<Item> {
        let payload = self.graph.untyped().payload(id)?;
        payload.downcast_ref::<Thing<0>>().map(|thing| thing.0)
    }
}

/// So high that no random edit gives it.
const NEW_KEYS: u32 = 1 << 24;

/// Copies something on both sides and compares; whether it was refused.
pub(super) fn copies_agree(world: &mut World) -> Result<Option<ErrorKind>, String> {
    let (ends, roots) = (world.throw_ends(), world.throw_starts());
    let keys = world
        .dice
        .of(&[Keys::New, Keys::New, Keys::New, Keys::Same, Keys::Old]);
    let expected = world.foresee(&ends, &roots, keys);
    let before = world.graph.try_clone().map_err(|error| text(&error))?;
    let numbers = world.numbers(&ends);
    let mut next = NEW_KEYS + u32::try_from(world.kinds.len()).expect("is small") * 64;
    let mut changed = Vec::new();
    let copied = world
        .graph
        .copy(roots.iter().copied(), numbers)
        .change_any(|id, payload| {
            changed.push(id);
            let thing = payload.downcast_mut::<Thing<0>>().expect("all are things");
            next += u32::from(keys == Keys::New);
            thing.0.key = if keys == Keys::Old { thing.0.key } else { next };
        })
        .insert();
    world.graph.verify().map_err(|broken| broken.to_string())?;
    match copied {
        Err(error) => {
            ensure(expected.kinds.contains(&error.kind()), || {
                format!("{error:?}, expected {:?}", expected.kinds)
            })?;
            let same = world.graph.try_eq(&before).map_err(|error| text(&error))?;
            ensure(same, || format!("changed in spite of {error:?}"))?;
            Ok(Some(error.kind()))
        }
        Ok(copied) => {
            ensure(
                expected.kinds.is_empty() && changed == expected.originals,
                || format!("{copied:?}, expected {:?}", expected.kinds),
            )?;
            let pairs: Vec<(AnyId, AnyId)> = copied.iter().collect();
            ensure(pairs.iter().map(|it| it.0).eq(changed), || {
                format!("{copied:?}")
            })?;
            compare(world, &pairs)?;
            Ok(None)
        }
    }
}

fn compare(world: &mut World, pairs: &[(AnyId, AnyId)]) -> Verdict {
    let originals: Vec<AnyId> = pairs.iter().map(|it| it.0).collect();
    let copies: BTreeMap<AnyId, AnyId> = pairs.iter().copied().collect();
    for &(original, copy) in pairs {
        let (old, new) = (world.item(original), world.item(copy));
        let rank = |item: Option<Item>| item.map(|item| item.rank);
        let is_new = !world.kinds.contains_key(&copy) && original.entity() == copy.entity();
        ensure(is_new && new.is_some() && rank(old) == rank(new), || {
            format!("{copy:?} is no copy of {original:?}")
        })?;
    }
    let expected = world.in_comparable_order(&world.rows_with(&copies, &originals));
    let found = world.in_comparable_order(&world.read_rows());
    let differs = expected
        .iter()
        .find(|(at, row)| found.get(at) != Some(row))
        .map(|(at, row)| format!("{at:?} is {:?}, expected {row:?}", found.get(at)));
    ensure(differs.is_none() && found.len() == expected.len(), || {
        format!("of {copies:?}: {differs:?}")
    })?;
    ensure(world.same_data(&copies), || format!("data of {copies:?}"))?;
    for &(original, copy) in pairs {
        let kind = world.kinds[&original];
        world.kinds.insert(copy, kind);
        world.live[kind].push(copy);
    }
    world.rows = world.read_rows();
    Ok(())
}

#[test]
fn a_copy_is_linked_as_its_original_is() {
    let met = RefCell::new(Vec::new());
    hold("copies", |world| {
        let outcome = copies_agree(world)?;
        met.borrow_mut().push(outcome);
        Ok(())
    });
    let refusals = [
        ErrorKind::Required,
        ErrorKind::TooMany,
        ErrorKind::DuplicateKey,
        ErrorKind::NotLive,
    ];
    let met = met.into_inner();
    for outcome in [None].into_iter().chain(refusals.map(Some)) {
        let count = met.iter().filter(|it| **it == outcome).count();
        // A run of few cases may miss the rare ones.
        assert!(count > 0 || met.len() < 300, "{outcome:?} was never met");
    }
}

/// A copy that is taken back leaves nothing, and the graph goes on.
#[test]
fn a_copy_is_taken_back_whole() {
    hold("rewound copies", |world| {
        let before = world.graph.try_clone().map_err(|error| text(&error))?;
        let (rows, kinds, live) = (world.rows.clone(), world.kinds.clone(), world.live.clone());
        world
            .graph
            .keep_history(usize::MAX)
            .map_err(|error| text(&error))?;
        copies_agree(world)?;
        copies_agree(world)?;
        while world.graph.undo().map_err(|error| text(&error))? {}
        world.graph.keep_history(0).map_err(|error| text(&error))?;
        world.graph.verify().map_err(|broken| broken.to_string())?;
        let same = world.graph.try_eq(&before).map_err(|error| text(&error))?;
        (world.rows, world.kinds, world.live) = (rows, kinds, live);
        let rows = world.in_comparable_order(&world.rows);
        ensure(
            same && world.in_comparable_order(&world.read_rows()) == rows,
            || "another state came back".to_owned(),
        )?;
        copies_agree(world).map(drop)
    });
}
