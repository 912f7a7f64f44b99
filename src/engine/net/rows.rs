//! The net effect on the order of rows.
//!
//! A row that was only added to and taken from has its members where the record
//! says, so only those concerned are looked at. One in which somebody was moved
//! is put back, in a copy, step by step, as long as the moving took; who stayed
//! among the others is then a longest rising subsequence.

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::change::{Change, RowOf};
use crate::engine::net::ordered::Ordered;
use crate::engine::net::{NetRow, Standing, Standings};
use crate::engine::{Engine, Place};
use crate::id::{NONE, Slot};
use crate::internals::steps;
use crate::schema::{Cardinality, Order, Storage};

type Row = (Place, Slot);

/// What happened in rows, each with its record.
#[derive(Default)]
pub(crate) struct RowLogs(Ordered<Row, RowLog>);

#[derive(Default)]
struct RowLog {
    steps: SmallVec<[Step; 1]>,
    /// Positions were set, so that offsets of before mean nothing now.
    is_rearranged: bool,
    /// Members of a sorted row whose payloads are others, moved or not.
    re_placed: Vec<Slot>,
}

enum Step {
    Linked { member: Slot, at: u32 },
    Unlinked { member: Slot, at: u32 },
    Moved { from: u32, to: u32 },
    Swapped { a: u32, b: u32 },
    Permuted(Vec<u32>),
    Compacted(Vec<u32>),
}

/// How the order of a row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// In cells, by offset.
    InCells,
    /// Each member knows the one before it; sorted rows too.
    InAChain,
}

impl RowLogs {
    fn log(&mut self, row: Row) -> &mut RowLog {
        self.0.or_insert_with(row, RowLog::default)
    }

    pub(crate) fn linked(&mut self, row: Row, (member, at): (Slot, u32), is_made: bool) {
        self.log(row).steps.push(if is_made {
            Step::Linked { member, at }
        } else {
            Step::Unlinked { member, at }
        });
    }

    pub(crate) fn re_placed(&mut self, row: Row, member: Slot) {
        self.log(row).re_placed.push(member);
    }

    /// Notes a change of an order.
    pub(crate) fn arranged(&mut self, change: Change, words: &[u32]) {
        match change {
            Change::Moved { row, from, to } => self.set(row, Step::Moved { from, to }),
            Change::Swapped { row, a, b } => self.set(row, Step::Swapped { a, b }),
            Change::Permuted { row, .. } => self.set(row, Step::Permuted(words.to_vec())),
            Change::Compacted { row, .. } => self.set(row, Step::Compacted(words.to_vec())),
            Change::Entered { row, member, after } => {
                self.linked(row_at(row), (member, after), true);
            }
            Change::Left { row, member, after } => {
                self.linked(row_at(row), (member, after), false);
            }
            Change::Inserted { .. } | Change::Removed { .. } | Change::Replaced { .. } => {}
            Change::Linked(_) | Change::Unlinked(_) | Change::Reassigned { .. } => {}
            Change::DataReplaced { .. } => {}
            Change::Rekeyed { .. } => {}
        }
    }

    fn set(&mut self, row: RowOf, step: Step) {
        let log = self.log(row_at(row));
        log.steps.push(step);
        log.is_rearranged = true;
    }
}

fn row_at(row: RowOf) -> Row {
    let place = Place {
        relation: usize::from(row.relationship),
        side: row.side,
    };
    (place, row.owner)
}

/// What happened to a member of a row that was only added to and taken from.
struct Touched {
    /// Where it stood before, if it did.
    old_at: Option<u32>,
    /// When it came in last, if it is in it.
    came: Option<usize>,
}

fn touched(log: &RowLog) -> Ordered<Slot, Touched> {
    let mut touched: Ordered<Slot, Touched> = Ordered::default();
    for (when, step) in log.steps.iter().enumerate() {
        match *step {
            Step::Linked { member, .. } => {
                let it = touched.or_insert_with(member, || Touched {
                    old_at: None,
                    came: None,
                });
                it.came = Some(when);
            }
            Step::Unlinked { member, at } => {
                let it = touched.or_insert_with(member, || Touched {
                    old_at: Some(at),
                    came: None,
                });
                it.came = None;
            }
            Step::Moved { .. } | Step::Swapped { .. } => {}
            Step::Permuted(_) | Step::Compacted(_) => {}
        }
    }
    touched
}

/// The members that came in, in that order.
fn newcomers(touched: &Ordered<Slot, Touched>) -> SmallVec<[Slot; 4]> {
    let came = touched.iter();
    let mut came: SmallVec<[(usize, Slot); 4]> = came
        .filter_map(|(slot, it)| Some((it.came?, slot)))
        .collect();
    came.sort_unstable();
    came.into_iter().map(|(_, slot)| slot).collect()
}

impl Engine {
    /// Whether the order of a row is that of its links, and matters.
    pub(crate) fn keeps_an_order_of_links(&self, place: Place) -> bool {
        let end = self.end(place);
        let is_its = matches!(end.order, Order::Insertion | Order::Keyed);
        end.cardinality == Cardinality::Many && is_its
    }

    pub(crate) fn net_rows(&self, logs: &RowLogs) -> Vec<NetRow> {
        let mut rows = Vec::new();
        for (row, log) in logs.0.iter() {
            let (place, owner) = row;
            let net = match (self.kept(place), log.is_rearranged) {
                (kept, true) => self.net_rearranged(row, log, kept),
                (Kept::InCells, false) => self.net_in_cells(row, log),
                (Kept::InAChain, false) => self.net_in_a_chain(row, log),
            };
            let (mut left, mut entered) = net;
            drop_those_who_stayed(&mut left, &mut entered, &log.re_placed);
            if !left.is_empty() || !entered.is_empty() {
                rows.push(NetRow {
                    place,
                    owner,
                    left,
                    entered,
                });
            }
        }
        rows
    }

    fn kept(&self, place: Place) -> Kept {
        let end = self.end(place);
        if end.order == Order::Sorted || end.storage == Storage::Linked {
            Kept::InAChain
        } else {
            Kept::InCells
        }
    }

    /// The net of a row in cells that was only added to and taken from.
    ///
    /// Whoever was there before and was not touched stands at its old offset,
    /// before all who came.
    fn net_in_cells(&self, (place, owner): Row, log: &RowLog) -> (Standings, Standings) {
        let touched = touched(log);
        let cells = self.relation(place).span(place.side, owner);
        let stayed = |from: u32, to: u32| {
            let to = cells.len().min(to as usize);
            let from = to.min(from as usize);
            let mut before = cells[from..to].iter().rev();
            before.find(|&&cell| {
                steps::take(1);
                cell != NONE && !touched.contains(cell)
            })
        };
        let mut old: SmallVec<[(u32, Slot); 4]> = touched
            .iter()
            .filter_map(|(slot, it)| Some((it.old_at?, slot)))
            .collect();
        old.sort_unstable();
        let mut left = Standings::new();
        let mut last = (0, NONE);
        for (at, member) in old {
            let behind = stayed(last.0, at).copied().unwrap_or(last.1);
            left.push(Standing { member, behind });
            last = (at + 1, member);
        }
        let mut entered = Standings::new();
        let mut behind = None;
        for member in newcomers(&touched) {
            let before = behind.unwrap_or_else(|| {
                let at = self.relation(place).offset(place.side, owner, member);
                let at = at.expect("whoever came and did not go is a member");
                stayed(0, at).copied().unwrap_or(NONE)
            });
            entered.push(Standing {
                member,
                behind: before,
            });
            behind = Some(member);
        }
        (left, entered)
    }

    /// The net of a row in which each member knows the one before it, and that
    /// was only added to and taken from.
    fn net_in_a_chain(&self, (place, owner): Row, log: &RowLog) -> (Standings, Standings) {
        let touched = touched(log);
        let relation = self.relation(place);
        let beside = |member: Slot| relation.neighbours(place.side, owner, member);
        let mut chain = Chain::new(&beside);
        for step in log.steps.iter().rev() {
            match *step {
                Step::Linked { member, .. } => chain.take(member),
                Step::Unlinked { member, at } => chain.put(member, at),
                Step::Moved { .. } | Step::Swapped { .. } => {}
                Step::Permuted(_) | Step::Compacted(_) => {}
            }
        }
        let mut left: Vec<Slot> = Vec::new();
        for step in &log.steps {
            if let Step::Unlinked { member, .. } = *step
                && touched.get(member).is_some_and(|it| it.old_at.is_some())
            {
                left.push(member);
            }
        }
        let mut entered = newcomers(&touched);
        let others = log.re_placed.iter();
        for &member in others.filter(|member| !touched.contains(**member)) {
            left.push(member);
            entered.push(member);
        }
        let left = in_runs(&left, |member| chain.beside(member));
        let entered = in_runs(&entered, beside);
        (left, entered)
    }

    /// The net of a row in which positions were set.
    fn net_rearranged(
        &self,
        (place, owner): Row,
        log: &RowLog,
        kept: Kept,
    ) -> (Standings, Standings) {
        let relation = self.relation(place);
        let new: Vec<Slot> = relation.members(place.side, owner).collect();
        let mut old = match kept {
            Kept::InCells => relation.span(place.side, owner).to_vec(),
            Kept::InAChain => new.clone(),
        };
        for step in log.steps.iter().rev() {
            step_back(&mut old, step, kept);
        }
        old.retain(|&cell| cell != NONE);
        steps::take(old.len() + new.len());
        differences(&old, &new)
    }
}

/// Takes a step back in a copy of the cells of a row.
fn step_back(cells: &mut Vec<Slot>, step: &Step, kept: Kept) {
    match *step {
        Step::Linked { at, .. } => match kept {
            Kept::InCells => cells.truncate(at as usize),
            Kept::InAChain => drop(cells.pop()),
        },
        Step::Unlinked { member, at } => match kept {
            Kept::InCells => {
                let at = at as usize;
                if cells.len() <= at {
                    cells.resize(at + 1, NONE);
                }
                cells[at] = member;
            }
            Kept::InAChain => {
                let behind = cells.iter().rposition(|&cell| cell == at && at != NONE);
                cells.insert(behind.map_or(0, |behind| behind + 1), member);
            }
        },
        Step::Moved { from, to } => {
            let (from, to) = (from as usize, to as usize);
            if from < to {
                cells[from..=to].rotate_right(1);
            } else {
                cells[to..=from].rotate_left(1);
            }
        }
        Step::Swapped { a, b } => cells.swap(a as usize, b as usize),
        Step::Permuted(ref order) => {
            let now = cells.clone();
            for (&was_at, &member) in order.iter().zip(&now) {
                cells[was_at as usize] = member;
            }
        }
        Step::Compacted(ref holes) => {
            let len = cells.len() + holes.len();
            let mut members = std::mem::take(cells).into_iter();
            let mut holes = holes.iter().peekable();
            cells.extend(
                (0..len).map(|at| match holes.next_if(|&&hole| hole as usize == at) {
                    Some(_) => NONE,
                    None => members.next().unwrap_or(NONE),
                }),
            );
        }
    }
}

/// Who is elsewhere among the others in the new row than in the old, given that
/// as many as possible have stayed where they are.
fn differences(old: &[Slot], new: &[Slot]) -> (Standings, Standings) {
    let was_at: HashMap<Slot, usize> = old.iter().copied().zip(0..).collect();
    let both: Vec<Slot> = new
        .iter()
        .copied()
        .filter(|it| was_at.contains_key(it))
        .collect();
    let places: Vec<usize> = both.iter().map(|member| was_at[member]).collect();
    let stayed: HashMap<Slot, ()> = rising(&places)
        .into_iter()
        .map(|at| (both[at], ()))
        .collect();
    let standing = |row: &[Slot]| {
        let before = std::iter::once(NONE).chain(row.iter().copied());
        let all = before.zip(row.iter().copied());
        let moved = all.filter(|(_, member)| !stayed.contains_key(member));
        moved
            .map(|(behind, member)| Standing { member, behind })
            .collect()
    };
    (standing(old), standing(new))
}

/// The positions of a longest rising subsequence, in order, by patience
/// sorting: O(n log n).
fn rising(values: &[usize]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (at, &value) in values.iter().enumerate() {
        let length = ends.partition_point(|&end| values[end] < value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut chosen = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        chosen.push(at);
        next = before[at];
    }
    chosen.reverse();
    chosen
}

/// A list that is told by its neighbours, with changes that are not in it.
struct Chain<'a> {
    real: &'a dyn Fn(Slot) -> [Slot; 2],
    changed: HashMap<Slot, [Slot; 2]>,
}

impl<'a> Chain<'a> {
    /// `real` has the one before and the one behind a member; of `NONE`, the
    /// last and the first.
    fn new(real: &'a dyn Fn(Slot) -> [Slot; 2]) -> Self {
        Self {
            real,
            changed: HashMap::new(),
        }
    }

    fn beside(&self, member: Slot) -> [Slot; 2] {
        let changed = self.changed.get(&member).copied();
        changed.unwrap_or_else(|| (self.real)(member))
    }

    fn link(&mut self, before: Slot, behind: Slot) {
        let mut one = self.beside(before);
        one[1] = behind;
        self.changed.insert(before, one);
        let mut other = self.beside(behind);
        other[0] = before;
        self.changed.insert(behind, other);
    }

    fn take(&mut self, member: Slot) {
        let [before, behind] = self.beside(member);
        self.link(before, behind);
    }

    fn put(&mut self, member: Slot, before: Slot) {
        let behind = self.beside(before)[1];
        self.changed.insert(member, [before, behind]);
        self.link(before, member);
        self.link(member, behind);
    }
}

/// Members with those before them, so that nobody comes before the one whom it
/// stands behind.
fn in_runs(members: &[Slot], beside: impl Fn(Slot) -> [Slot; 2]) -> Standings {
    let mut waiting: HashMap<Slot, ()> = members.iter().map(|&member| (member, ())).collect();
    let mut standing = Standings::new();
    for &first in members {
        let starts_a_run = {
            let before = beside(first)[0];
            waiting.contains_key(&first) && !waiting.contains_key(&before)
        };
        let mut next = first;
        while starts_a_run && waiting.remove(&next).is_some() {
            let [behind, after] = beside(next);
            let member = next;
            standing.push(Standing { member, behind });
            next = after;
        }
    }
    standing
}

/// Drops those who left their places and came back to them, but for some.
fn drop_those_who_stayed(left: &mut Standings, entered: &mut Standings, but_for: &[Slot]) {
    if left.is_empty() || entered.is_empty() {
        return;
    }
    // Whether each has come back, as far as is known.
    let mut moved: Ordered<Slot, bool> = entered.iter().map(|it| (it.member, false)).collect();
    left.iter().for_each(|it| moved.insert(it.member, false));
    let was_behind: Ordered<Slot, Slot> = left.iter().map(|it| (it.member, it.behind)).collect();
    let but_for: Ordered<Slot, ()> = but_for.iter().map(|&member| (member, ())).collect();
    let is_elsewhere = |moved: &Ordered<Slot, bool>, slot| moved.get(slot) == Some(&false);
    entered.retain(|it| {
        let is_back = was_behind.get(it.member) == Some(&it.behind);
        let stayed = is_back && !is_elsewhere(&moved, it.behind) && !but_for.contains(it.member);
        if stayed {
            moved.insert(it.member, true);
        }
        !stayed
    });
    left.retain(|it| is_elsewhere(&moved, it.member));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_possible_stay() {
        let (left, entered) = differences(&[1, 2, 3, 4], &[4, 1, 2, 3]);
        let moved = |behind| Standing { member: 4, behind };
        assert_eq!(
            (&left[..], &entered[..]),
            (&[moved(3)][..], &[moved(NONE)][..])
        );
        assert_eq!(rising(&[3, 0, 1, 7, 2, 5]), [1, 2, 4, 5]);
        assert!(rising(&[]).is_empty());
    }

    #[test]
    fn who_comes_back_to_its_place_has_not_moved() {
        let at = |member, behind| Standing { member, behind };
        let row = |one, other| -> Standings { [one, other].into_iter().collect() };
        let mut left = row(at(2, 1), at(3, 2));
        let mut entered = left.clone();
        drop_those_who_stayed(&mut left, &mut entered, &[]);
        assert!(left.is_empty() && entered.is_empty());
        let mut left = row(at(2, 1), at(3, 2));
        let mut entered = row(at(3, 1), at(2, 3));
        drop_those_who_stayed(&mut left, &mut entered, &[]);
        assert_eq!((left.len(), entered.len()), (2, 2));
    }
}
