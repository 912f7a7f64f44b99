//! Copies: several entities anew, with the links that they have.
//!
//! A link of two that are copied is copied between their copies; a link to
//! somebody else is kept where that one's end can hold one more. So nobody
//! loses a link, and no cycle comes about: led back to the originals, it would
//! have been one before.

use std::ops::Range;

use hashbrown::HashMap;

use crate::change::{Change, RowOf};
use crate::engine::limits::Beyond;
use crate::engine::{Engine, Place};
use crate::entities::{AnyPayload, Clash, Placements};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::many_to_many::in_order;
use crate::schema::{Cardinality, Order};

/// The copies of one type, by their places in the list of the originals.
#[derive(Default)]
struct Batch {
    numbers: Vec<usize>,
    slots: Vec<Slot>,
    payloads: Vec<Box<AnyPayload>>,
    placements: Placements,
}

/// Which slot the copy of an original gets.
type CopyOf = HashMap<(EntityTypeId, Slot), Slot>;

/// The rows of the copies, to-one ends being rows of one.
#[derive(Default)]
struct Rows {
    rows: Vec<NewRow>,
    members: Vec<Member>,
}

struct NewRow {
    place: Place,
    owner: Slot,
    /// Which of the members are its, in order.
    members: Range<usize>,
}

#[derive(Clone, Copy)]
struct Member {
    slot: Slot,
    /// Whether it is a copy too, whose rows have the link as well.
    is_copy: bool,
}

impl Engine {
    /// Clones of the payloads of live entities; none where one cannot be cloned.
    pub(crate) fn payload_clones(&self, originals: &[AnyId]) -> Result<Vec<Box<AnyPayload>>> {
        let all = |id: AnyId| &self.entities[id.entity().index()];
        if let Some(id) = originals.iter().find(|&&id| !all(id).can_clone()) {
            return Err(self.not_cloneable(id.entity()));
        }
        let clones = originals.iter().map(|&id| all(id).copy_boxed(id.slot()));
        let clones = clones.collect::<Option<Vec<_>>>();
        Ok(clones.expect("all live and are cloneable, seen above"))
    }

    /// Inserts copies of live entities, each once, under these payloads; their
    /// ids, in the order of the originals. All or nothing.
    pub(crate) fn copy(
        &mut self,
        originals: &[AnyId],
        payloads: Vec<Box<AnyPayload>>,
    ) -> Result<Vec<AnyId>> {
        let mut batches = self.batches(originals, payloads)?;
        let mut copy_of = CopyOf::with_capacity(originals.len());
        for batch in &batches {
            for (&number, &slot) in batch.numbers.iter().zip(&batch.slots) {
                let original = originals[number];
                copy_of.insert((original.entity(), original.slot()), slot);
            }
        }
        let rows = self.plan_rows(originals, &copy_of)?;
        self.plan_keys(originals, &mut batches)?;
        self.make_room_beside(&rows)?;
        let ids = self.write_copies(originals, batches);
        self.write_rows(&rows);
        Ok(ids)
    }

    /// Who is copied, by type, and the slots that the copies get.
    fn batches(&self, originals: &[AnyId], payloads: Vec<Box<AnyPayload>>) -> Result<Vec<Batch>> {
        let mut batches: Vec<Batch> = self.entities.iter().map(|_| Batch::default()).collect();
        for ((number, id), payload) in originals.iter().enumerate().zip(payloads) {
            let batch = &mut batches[id.entity().index()];
            batch.numbers.push(number);
            batch.payloads.push(payload);
        }
        for (all, batch) in self.entities.iter().zip(&mut batches) {
            let full = || self.full(self.entity_name(originals[batch.numbers[0]].entity()));
            let slots = all.next_slots(batch.numbers.len());
            batch.slots = slots.ok_or_else(full)?;
        }
        Ok(batches)
    }

    /// Plans the keys of all copies of a type together. Runs the user's code.
    fn plan_keys(&self, originals: &[AnyId], batches: &mut [Batch]) -> Result<()> {
        for (all, batch) in self.entities.iter().zip(batches) {
            if batch.numbers.is_empty() {
                continue;
            }
            let entity = originals[batch.numbers[0]].entity();
            let payloads = batch.payloads.iter().map(|payload| &**payload);
            let planned: Vec<(Slot, &AnyPayload)> =
                batch.slots.iter().copied().zip(payloads).collect();
            let placements = all
                .plan_all_boxed(&planned)
                .ok_or_else(|| self.wrong_payload(entity))?;
            batch.placements =
                placements.map_err(|clash| self.copies_clash(originals, batch, &clash))?;
        }
        Ok(())
    }

    /// The rows that all copies will have, and whether these keep to the rules.
    fn plan_rows(&self, originals: &[AnyId], copy_of: &CopyOf) -> Result<Rows> {
        let mut rows = Rows::default();
        for &id in originals {
            let owner = copy_of[&(id.entity(), id.slot())];
            let first = rows.rows.len();
            for place in self.ends_of(id.entity()) {
                let before = rows.members.len();
                let members = self.linked(place, id.slot());
                let kept = members.filter_map(|slot| self.member_of_copy(place, slot, copy_of));
                rows.members.extend(kept);
                let members = before..rows.members.len();
                if !members.is_empty() {
                    rows.rows.push(NewRow {
                        place,
                        owner,
                        members,
                    });
                }
            }
            self.expect_enough(id, &rows.rows[first..])?;
        }
        Ok(rows)
    }

    /// Whether a copy has as many links everywhere as it must have; at an end
    /// of several types, all together.
    fn expect_enough(&self, original: AnyId, rows: &[NewRow]) -> Result<()> {
        for place in self.ends_of(original.entity()) {
            let least = self.limits(place).least;
            if least == 0 || self.counted_at(place) != place {
                continue;
            }
            let there = rows.iter();
            let there = there.filter(|row| self.counted_at(row.place) == place);
            if there.map(|row| row.members.len()).sum::<usize>() < least {
                return Err(self.copy_left_short(place, original));
            }
        }
        Ok(())
    }

    /// Who stands in the row of a copy for a member of the original's.
    fn member_of_copy(&self, place: Place, slot: Slot, copy_of: &CopyOf) -> Option<Member> {
        steps::take(1);
        if let Some(&copy) = copy_of.get(&(self.target_type(place), slot))
            && !planted::is(Bug::CopiesAreLinkedToOriginals)
        {
            return Some(Member {
                slot: copy,
                is_copy: true,
            });
        }
        let far = self.end(self.inverse(place));
        let has_room = far.cardinality == Cardinality::Many && !self.end(place).hidden;
        has_room.then_some(Member {
            slot,
            is_copy: false,
        })
    }

    /// Makes room in the rows of those who are not copied, and sees to it that
    /// there is room for those of the copies, which may be in the same pools.
    fn make_room_beside(&mut self, rows: &Rows) -> Result<()> {
        let mut beside: Vec<(Place, Slot)> = Vec::new();
        let mut own: HashMap<(usize, Side), usize> = HashMap::new();
        for row in &rows.rows {
            let inverse = self.inverse(row.place);
            let members = rows.members[row.members.clone()].iter();
            beside.extend(
                members
                    .filter(|member| !member.is_copy)
                    .map(|member| (inverse, member.slot)),
            );
            // More than a row takes: the smallest has four cells.
            *own.entry((row.place.relation, row.place.side)).or_default() +=
                row.members.len() * 2 + 4;
        }
        let key = |&(place, slot): &(Place, Slot)| (place.relation, place.side, slot);
        beside.sort_unstable_by_key(key);
        for row in beside.chunk_by(|a, b| key(a) == key(b)) {
            let (place, owner) = row[0];
            self.expect_few_enough(place, owner, row.len())?;
            let relation = &mut self.relations[place.relation];
            let room = relation.make_room(place.side, owner, row.len(), &mut self.sink);
            room.map_err(|_| self.full_row(place))?;
        }
        for row in &rows.rows {
            let Place { relation, side } = row.place;
            let room = self.relations[relation].expect_room(side, own[&(relation, side)]);
            room.map_err(|_| self.full_row(row.place))?;
        }
        Ok(())
    }

    /// Whether the row of somebody who is not copied can take so many more.
    fn expect_few_enough(&self, place: Place, slot: Slot, more: usize) -> Result<()> {
        let count = self.count_at(place, slot) + more;
        if count <= self.limits(place).most {
            return Ok(());
        }
        Err(self.crowded(Beyond {
            place,
            slot,
            count,
            is_new: false,
        }))
    }

    /// Inserts all copies, without links.
    fn write_copies(&mut self, originals: &[AnyId], batches: Vec<Batch>) -> Vec<AnyId> {
        let mut ids = originals.to_vec();
        for (entity, batch) in batches.into_iter().enumerate() {
            if batch.numbers.is_empty() {
                continue;
            }
            let new = self.entities[entity].insert_all_boxed(batch.payloads, &batch.placements);
            debug_assert!(new.iter().map(|id| id.slot()).eq(batch.slots));
            for (number, id) in batch.numbers.into_iter().zip(new) {
                let entity = originals[number].entity();
                self.set_generation(entity, id);
                self.sink.push(|| Change::Inserted {
                    entity,
                    slot: id.slot(),
                });
                ids[number] = AnyId::new(entity, id);
            }
        }
        ids
    }

    /// Links the copies, and puts their rows in the order of the originals'.
    fn write_rows(&mut self, rows: &Rows) {
        for row in &rows.rows {
            let Place { relation, side } = row.place;
            let room = self.relations[relation].make_room(
                side,
                row.owner,
                row.members.len(),
                &mut self.sink,
            );
            room.expect("the planning has seen room in the pool");
        }
        for row in &rows.rows {
            self.link_members(row, &rows.members[row.members.clone()]);
        }
        for row in &rows.rows {
            if self.end(row.place).order == Order::Insertion && !planted::is(Bug::CopiesKeepNoOrder)
            {
                self.put_in_order(row, &rows.members[row.members.clone()]);
            }
        }
    }

    /// Makes the links of one row, but those of two copies that the other row
    /// makes.
    fn link_members(&mut self, row: &NewRow, members: &[Member]) {
        let Place { relation, side } = row.place;
        let symmetric = self.rules[relation].symmetric;
        let store = &mut self.relations[relation];
        for member in members {
            let is_mine = if !member.is_copy {
                true
            } else if symmetric {
                !store.contains(side, row.owner, member.slot)
            } else {
                side == Side::Left
            };
            if is_mine {
                let (left, right) = in_order(side, row.owner, member.slot);
                store.link(left, right, &mut self.sink);
            }
        }
    }

    fn put_in_order(&mut self, row: &NewRow, wanted: &[Member]) {
        let Place { relation, side } = row.place;
        let store = &mut self.relations[relation];
        let slots = wanted.iter().map(|member| member.slot);
        if store.rows(side).is_none() || store.members(side, row.owner).eq(slots.clone()) {
            return;
        }
        let positions: HashMap<Slot, u32> = store.members(side, row.owner).zip(0..).collect();
        let order: Vec<u32> = slots.map(|slot| positions[&slot]).collect();
        let row = RowOf {
            relationship: u16::try_from(relation).expect("relationships have 16 bits"),
            side,
            owner: row.owner,
        };
        store.permute(row, &order, &mut self.sink);
    }

    #[cold]
    fn copy_left_short(&self, place: Place, original: AnyId) -> Error {
        let (who, end) = (self.describe(original), self.end_name(place));
        let (kind, what) = if self.is_just_required(place) {
            (
                ErrorKind::Required,
                format!("be without {end}, which is required"),
            )
        } else {
            let least = self.limits(place).least;
            (
                ErrorKind::TooFew,
                format!("have too few in {end}, which needs at least {least}"),
            )
        };
        let message = format!("a copy of {who} would {what}: copy what is linked there too");
        Error::new(kind, message)
            .at(self.end(place).id)
            .about([original])
    }

    #[cold]
    fn copies_clash(&self, originals: &[AnyId], batch: &Batch, clash: &Clash) -> Error {
        let entity = originals[batch.numbers[0]].entity();
        let all = &self.entities[entity.index()];
        let index = all.index_name(clash.index);
        let among_copies = batch.slots.iter().position(|&slot| slot == clash.holder);
        let (holder, whose) = match among_copies {
            Some(at) => (originals[batch.numbers[at]], "a copy of "),
            None => (self.id_at(entity, clash.holder), ""),
        };
        let message = format!(
            "a copy would have the {index} of {whose}{}: change the payloads of {} before they are inserted",
            self.describe(holder),
            self.entity_name(entity),
        );
        Error::new(ErrorKind::DuplicateKey, message).about([holder])
    }
}
