//! Sorted and keyed rows: where members come in, and who has a key already.
//!
//! All that the user's `Ord`, `Hash` and `Eq` say is asked here, before the
//! first write, and judged on the state after the call. What is written then
//! are spots: behind whom a member comes in, under which hash it is found.

mod verify;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::engine::limits::Newcomer;
use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::entities::AnyPayload;
use crate::error::Result;
use crate::id::{EntityTypeId, NONE, Slot};
use crate::identity::{Arrangement, Keying, NO_KEY, Sorting, merge_sort};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::arranged::Spots;
use crate::links::many_to_many::in_order;
use crate::schema::Order;

/// A new member of the owner of a plan, and where the link comes in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) member: Slot,
    pub(crate) spots: Spots,
}

/// The entity that is being inserted, and its payload.
pub(crate) type Birth<'a> = (Newcomer, &'a AnyPayload);

/// What payloads that change do to the rows that their entities stand in.
#[derive(Debug, Default)]
pub(crate) struct Rearrangement {
    moves: Vec<Move>,
    keys: Vec<NewKey>,
}

/// Where the links of copies come in.
#[derive(Debug, Default)]
pub(crate) struct Influx {
    hashes: HashMap<(Place, Slot), u32>,
    /// To be carried out when all links are written.
    pub(crate) order: Rearrangement,
}

impl Influx {
    fn add(&mut self, order: Order, (place, owner): (Place, Slot), member: Slot, spot: u32) {
        match order {
            Order::Sorted => self.order.moves.push(Move {
                place,
                owner,
                member,
                after: spot,
            }),
            Order::Keyed => drop(self.hashes.insert((place, member), spot)),
            Order::Insertion | Order::None => {}
        }
    }

    /// The hash of the key of a member, in rows that are keyed; a member of a
    /// sorted row comes to the front at first.
    pub(crate) fn spot(&self, place: Place, member: Slot) -> u32 {
        self.hashes.get(&(place, member)).copied().unwrap_or(NONE)
    }
}

/// A member of a sorted row goes behind another one.
#[derive(Clone, Copy, Debug)]
struct Move {
    place: Place,
    owner: Slot,
    member: Slot,
    after: Slot,
}

/// A member of keyed rows has another key in all of them.
#[derive(Clone, Copy, Debug)]
struct NewKey {
    place: Place,
    member: Slot,
    hash: u32,
}

/// A member that comes into a row or changes there, with the payload that it
/// is going to have.
type Entrant<'a> = (Slot, &'a AnyPayload);

/// The row of an owner that may still have to be inserted, and those of its
/// members that are out of it when others come in.
struct Row<'a> {
    place: Place,
    owner: Slot,
    leaves: &'a dyn Fn(Slot) -> bool,
}

impl Engine {
    /// Where the links of plans come in; only the newcomer is not live yet.
    pub(crate) fn plan_arrivals(
        &self,
        plans: &mut [LinkPlan],
        birth: Option<Birth<'_>>,
    ) -> Result<()> {
        for at in 0..plans.len() {
            if self.rules[plans[at].place.relation].arranged && !plans[at].make.is_empty() {
                let cuts = self.cuts(plans, plans[at].place.relation);
                plans[at].arrivals = self.arrivals(&plans[at], &cuts, birth)?;
            }
        }
        Ok(())
    }

    /// All links of a relationship that plans cut, sorted, seen from both ends
    /// where it is symmetric.
    fn cuts(&self, plans: &[LinkPlan], relation: usize) -> Vec<(Slot, Slot)> {
        let cuts = plans.iter().flat_map(|plan| &plan.cut);
        let cuts = cuts.filter(|cut| cut.relation == relation);
        let mut cuts: Vec<(Slot, Slot)> = cuts.map(|cut| (cut.left, cut.right)).collect();
        if self.rules[relation].symmetric {
            cuts.extend_from_within(..);
            let half = cuts.len() / 2;
            cuts[half..]
                .iter_mut()
                .for_each(|cut| *cut = (cut.1, cut.0));
        }
        cuts.sort_unstable();
        cuts
    }

    /// The links of a plan in the order in which to write them.
    fn arrivals(
        &self,
        plan: &LinkPlan,
        cuts: &[(Slot, Slot)],
        birth: Option<Birth<'_>>,
    ) -> Result<Vec<Arrival>> {
        let LinkPlan { place, owner, .. } = *plan;
        let far = self.inverse(place);
        let payload = |place, slot| self.coming(self.target_type(place), slot, birth);
        let is_cut = |place: Place, owner, member| {
            let cut = in_order(place.side, owner, member);
            cuts.binary_search(&cut).is_ok() && !planted::is(Bug::LeaversAreStoodBehind)
        };
        let members = plan.make.iter();
        let members: Vec<Entrant<'_>> = members.map(|&it| (it, payload(place, it))).collect();
        let row = Row {
            place,
            owner,
            leaves: &|member| is_cut(place, owner, member),
        };
        let mut arrivals = Vec::with_capacity(members.len());
        for (member, near) in self.spots(&row, members)? {
            let row = Row {
                place: far,
                owner: member,
                leaves: &|other| is_cut(far, member, other),
            };
            let mut spots = [NONE; 2];
            spots[place.side.index()] = near;
            // A symmetric link of an entity to itself stands in one row.
            if (far.side, member) != (place.side, owner) {
                let entrants = vec![(owner, payload(far, owner))];
                spots[place.side.other().index()] = self.spots(&row, entrants)?[0].1;
            }
            arrivals.push(Arrival { member, spots });
        }
        Ok(arrivals)
    }

    /// The payload that an entity has, or is going to be inserted with.
    fn coming<'a>(
        &'a self,
        entity: EntityTypeId,
        slot: Slot,
        birth: Option<Birth<'a>>,
    ) -> &'a AnyPayload {
        match birth {
            Some((new, payload)) if (new.entity, new.slot) == (entity, slot) => payload,
            Some(_) | None => self.present(entity, slot),
        }
    }

    fn present(&self, entity: EntityTypeId, slot: Slot) -> &AnyPayload {
        let payload = self.entities[entity.index()].payload(slot);
        payload.expect("whoever is linked or is to be is live (I2)")
    }

    /// The spots of entrants in a row, in the order in which to write them.
    fn spots(&self, row: &Row<'_>, entrants: Vec<Entrant<'_>>) -> Result<Vec<(Slot, u32)>> {
        match &self.end(row.place).arrangement {
            None => Ok(entrants.into_iter().map(|(slot, _)| (slot, NONE)).collect()),
            Some(Arrangement::Sorted(sorting)) => Ok(self.sort_in(row, &**sorting, entrants)),
            Some(Arrangement::Keyed(keying)) => self.key_in(row, &**keying, &entrants),
        }
    }

    /// Behind whom entrants come in, from the first to the last: among equals
    /// they are last, in the order in which they come.
    fn sort_in(
        &self,
        row: &Row<'_>,
        sorting: &dyn Sorting,
        mut entrants: Vec<Entrant<'_>>,
    ) -> Vec<(Slot, Slot)> {
        merge_sort(&mut entrants, |one, other| sorting.compare(one.1, other.1));
        let arranged = self.relation(row.place).arranged();
        let sorted = arranged.and_then(|store| store.sorted(row.place.side));
        let sorted = sorted.expect("the store is made for the order of its ends");
        let target = self.target_type(row.place);
        let members = sorted.members(row.owner);
        let equals = |order: Ordering| order.is_eq() && !planted::is(Bug::EqualsAreOvertaken);
        let (mut seen, mut last) = (0, NONE);
        let mut spots = Vec::with_capacity(entrants.len());
        for (slot, payload) in entrants {
            let position = sorted.partition_point(row.owner, |other| {
                steps::take(1);
                let order = sorting.compare(self.present(target, other), payload);
                order.is_lt() || equals(order)
            });
            // Nobody between two entrants is looked at twice.
            let mut between = (seen..position).rev();
            let stays = between.find_map(|at| members.at(at).filter(|&it| !(row.leaves)(it)));
            spots.push((slot, stays.unwrap_or(last)));
            (seen, last) = (position.max(seen), slot);
        }
        spots
    }

    /// Under which hashes entrants are found, if nobody has one of their keys.
    fn key_in(
        &self,
        row: &Row<'_>,
        keying: &dyn Keying,
        entrants: &[Entrant<'_>],
    ) -> Result<Vec<(Slot, u32)>> {
        let arranged = self.relation(row.place).arranged();
        let keyed = arranged.and_then(|store| store.keyed(row.place.side));
        let keyed = keyed.expect("the store is made for the order of its ends");
        let target = self.target_type(row.place);
        let mut spots: Vec<(Slot, u32)> = Vec::with_capacity(entrants.len());
        let mut coming = hashbrown::HashTable::new();
        for (at, &(slot, payload)) in entrants.iter().enumerate() {
            let hash = keying.hash(payload);
            spots.push((slot, hash));
            if hash == NO_KEY {
                continue;
            }
            let has_it = |other: Slot| {
                !(row.leaves)(other) && keying.is_same(self.present(target, other), payload)
            };
            let comes_too = |&other: &usize| {
                spots[other].1 == hash
                    && keying.is_same(entrants[other].1, payload)
                    && !planted::is(Bug::NewcomersShareAKey)
            };
            let holder = keyed.find(row.owner, hash, has_it);
            let holder = holder.or_else(|| {
                coming
                    .find(spread(hash), comes_too)
                    .map(|&it| entrants[it].0)
            });
            if let Some(holder) = holder {
                return Err(self.key_in_row_taken(row.place, row.owner, holder));
            }
            // One that comes alone clashes with no other that comes.
            if entrants.len() > 1 {
                coming.insert_unique(spread(hash), at, |&other: &usize| spread(spots[other].1));
            }
        }
        Ok(spots)
    }

    /// Whether entities of a type stand in rows that are sorted or keyed.
    pub(crate) fn is_arranged(&self, entity: EntityTypeId) -> bool {
        !self.arranged[entity.index()].is_empty()
    }

    /// What new payloads of live entities do to the rows they stand in.
    pub(crate) fn plan_rearrangement(
        &self,
        entity: EntityTypeId,
        batch: &[Entrant<'_>],
    ) -> Result<Rearrangement> {
        let mut planned = Rearrangement::default();
        for &place in &self.arranged[entity.index()] {
            match &self.end(place).arrangement {
                None => {}
                Some(Arrangement::Sorted(sorting)) => {
                    self.plan_moves(place, &**sorting, batch, &mut planned);
                }
                Some(Arrangement::Keyed(keying)) => {
                    self.plan_new_keys(place, &**keying, batch, &mut planned)?;
                }
            }
        }
        Ok(planned)
    }

    fn plan_moves(
        &self,
        place: Place,
        sorting: &dyn Sorting,
        batch: &[Entrant<'_>],
        planned: &mut Rearrangement,
    ) {
        if planted::is(Bug::SortedRowsGoStale) {
            return;
        }
        let target = self.target_type(place);
        let moves = |&(slot, payload): &Entrant<'_>| {
            self.is_member(place, slot)
                && sorting.compare(self.present(target, slot), payload).is_ne()
        };
        let movers: Vec<Entrant<'_>> = batch.iter().copied().filter(moves).collect();
        for (owner, movers) in self.by_row(place, &movers) {
            let gone = slots(&movers);
            let row = Row {
                place,
                owner,
                leaves: &|member| gone.binary_search(&member).is_ok(),
            };
            let spots = self.sort_in(&row, sorting, movers);
            let moves = spots.into_iter().map(|(member, after)| Move {
                place,
                owner,
                member,
                after,
            });
            planned.moves.extend(moves);
        }
    }

    fn plan_new_keys(
        &self,
        place: Place,
        keying: &dyn Keying,
        batch: &[Entrant<'_>],
        planned: &mut Rearrangement,
    ) -> Result<()> {
        if planted::is(Bug::RowsKeepTheOldKey) {
            return Ok(());
        }
        let target = self.target_type(place);
        if let [(slot, payload)] = *batch
            && keying.is_same(self.present(target, slot), payload)
        {
            return Ok(());
        }
        let linked = batch.iter().copied();
        let linked = linked.filter(|&(slot, _)| self.is_member(place, slot));
        let members: Vec<Entrant<'_>> = linked.collect();
        for (owner, members) in self.by_row(place, &members) {
            let gone = slots(&members);
            let row = Row {
                place,
                owner,
                leaves: &|member| gone.binary_search(&member).is_ok(),
            };
            self.key_in(&row, keying, &members)?;
        }
        let keys = members.iter().map(|&(member, payload)| NewKey {
            place,
            member,
            hash: keying.hash(payload),
        });
        planned.keys.extend(keys);
        Ok(())
    }

    /// Where copies come in, in the rows that they and others have: each row with
    /// those who come into it, in order. `copied` has the payloads of the copies.
    pub(crate) fn plan_influx(
        &self,
        rows: &BTreeMap<(Place, Slot), Vec<Slot>>,
        copied: &HashMap<(EntityTypeId, Slot), &AnyPayload>,
    ) -> Result<Influx> {
        let mut influx = Influx::default();
        for (&(place, owner), members) in rows {
            let target = self.target_type(place);
            let payload = |slot| copied.get(&(target, slot)).copied();
            let payload = |slot| payload(slot).unwrap_or_else(|| self.present(target, slot));
            let entrants = members.iter().map(|&slot| (slot, payload(slot)));
            let row = Row {
                place,
                owner,
                leaves: &|_| false,
            };
            for (member, spot) in self.spots(&row, entrants.collect())? {
                influx.add(self.end(place).order, (place, owner), member, spot);
            }
        }
        Ok(influx)
    }

    fn is_member(&self, place: Place, slot: Slot) -> bool {
        self.linked(self.inverse(place), slot).next().is_some()
    }

    /// The rows that some of these stand in, each with those in their order.
    fn by_row<'a>(&self, place: Place, members: &[Entrant<'a>]) -> Vec<(Slot, Vec<Entrant<'a>>)> {
        let inverse = self.inverse(place);
        let mut rows: Vec<(Slot, usize)> = Vec::new();
        for (at, &(member, _)) in members.iter().enumerate() {
            rows.extend(self.linked(inverse, member).map(|owner| (owner, at)));
        }
        rows.sort_unstable();
        let rows = rows.chunk_by(|one, other| one.0 == other.0);
        rows.map(|row| (row[0].0, row.iter().map(|&(_, at)| members[at]).collect()))
            .collect()
    }

    /// Writes what was planned, after the payloads.
    pub(crate) fn carry_out_rearrangement(&mut self, planned: &Rearrangement) {
        let Self {
            relations, sink, ..
        } = self;
        for &NewKey {
            place,
            member,
            hash,
        } in &planned.keys
        {
            relations[place.relation].rekey(place.side, member, hash, sink);
        }
        for &Move {
            place,
            owner,
            member,
            after,
        } in &planned.moves
        {
            relations[place.relation].re_place(place.side, [owner, member], after, sink);
        }
    }
}

/// The slots of entrants, rising.
fn slots(entrants: &[Entrant<'_>]) -> SmallVec<[Slot; 4]> {
    let mut slots: SmallVec<[Slot; 4]> = entrants.iter().map(|&(slot, _)| slot).collect();
    slots.sort_unstable();
    slots
}

/// A hash as a table of one call wants it.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
