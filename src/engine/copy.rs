//! Copies: several entities anew, with the links that they have.
//!
//! A link of two that are copied is copied between their copies; a link to
//! somebody else is kept where that one's end can hold one more. So nobody
//! loses a link, and no cycle comes about: led back to the originals, it would
//! have been one before.

use std::collections::BTreeMap;
use std::ops::Range;

use hashbrown::HashMap;

use crate::change::{Change, RowOf};
use crate::engine::arrange::Influx;
use crate::engine::check::{Births, Fate};
use crate::engine::limits::Beyond;
use crate::engine::link_data::{Fresh, left_of};
use crate::engine::{Engine, Place};
use crate::entities::{AnyPayload, Clash, Placements};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, NONE, Side, Slot};
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

/// The payloads of the copies, by their slots.
type Copied<'a> = HashMap<(EntityTypeId, Slot), &'a AnyPayload>;

/// The rows of the copies, to-one ends being rows of one.
#[derive(Default)]
struct Rows {
    rows: Vec<NewRow>,
    members: Vec<Member>,
    /// By relationship, in the order in which links are made: the numbers of
    /// those whose data they get.
    data: BTreeMap<usize, Vec<u32>>,
}

struct NewRow {
    place: Place,
    owner: Slot,
    /// Which of the members are its, in order.
    members: Range<usize>,
}

/// The payloads of all copies.
fn copied<'a>(originals: &[AnyId], batches: &'a [Batch]) -> Copied<'a> {
    let mut copied = Copied::new();
    for batch in batches {
        let slots = batch.numbers.iter().zip(&batch.slots);
        for ((&number, &slot), payload) in slots.zip(&batch.payloads) {
            copied.insert((originals[number].entity(), slot), &**payload);
        }
    }
    copied
}

#[derive(Clone, Copy)]
struct Member {
    slot: Slot,
    /// Whether it is a copy too, whose rows have the link as well.
    is_copy: bool,
    /// Whether the link is made from this row.
    is_mine: bool,
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
        let data = self.plan_data(&rows)?;
        self.plan_keys(originals, &mut batches)?;
        let copied = match self.reads_copies(&rows) {
            true => copied(originals, &batches),
            false => Copied::new(),
        };
        let influx = self.influx(&copied, &rows)?;
        let beside = self.beside(&rows);
        self.expect_room_beside(&beside)?;
        self.ask_about_copies(originals, &batches, (&rows, &copied))?;
        drop(copied);
        self.make_room_beside(&beside, &rows)?;
        self.accept_data(data);
        let ids = self.write_copies(originals, batches);
        self.write_rows(&rows, &influx);
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
                self.plan_members(&mut rows, (place, id.slot()), (owner, copy_of));
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

    /// The members of a row to be, and the links whose data they get.
    fn plan_members(
        &self,
        rows: &mut Rows,
        (place, original): (Place, Slot),
        (owner, copy_of): (Slot, &CopyOf),
    ) {
        for slot in self.linked(place, original) {
            let Some(member) = self.member_of_copy((place, owner), slot, copy_of) else {
                continue;
            };
            rows.members.push(member);
            if member.is_mine && self.data[place.relation].is_some() {
                let number = self.relation(place).number(place.side, original, slot);
                let number = number.expect("the originals are linked");
                rows.data.entry(place.relation).or_default().push(number);
            }
        }
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
    fn member_of_copy(
        &self,
        (place, owner): (Place, Slot),
        slot: Slot,
        copy_of: &CopyOf,
    ) -> Option<Member> {
        steps::take(1);
        if let Some(&copy) = copy_of.get(&(self.target_type(place), slot))
            && !planted::is(Bug::CopiesAreLinkedToOriginals)
        {
            return Some(Member {
                slot: copy,
                is_copy: true,
                is_mine: if self.rules[place.relation].symmetric {
                    owner <= copy
                } else {
                    place.side == Side::Left
                },
            });
        }
        let far = self.end(self.inverse(place));
        let has_room = far.cardinality == Cardinality::Many && !self.end(place).hidden;
        has_room.then_some(Member {
            slot,
            is_copy: false,
            is_mine: true,
        })
    }

    /// The data of the links to be. Runs the user's code.
    fn plan_data(&self, rows: &Rows) -> Result<Fresh> {
        let copies = |(&relation, links): (&usize, &Vec<u32>)| {
            let column = self.data[relation].as_ref();
            let column = column.expect("it was noted that its links have data");
            let copies = column.copies(links);
            let copies = copies.ok_or_else(|| self.data_not_cloneable(left_of(relation)))?;
            Ok((relation, copies))
        };
        rows.data.iter().map(copies).collect()
    }

    /// Where the links of the copies come in, in rows that are sorted or keyed,
    /// of the copies and of those who are not copied. Runs the user's code.
    fn influx(&self, copied: &Copied<'_>, rows: &Rows) -> Result<Influx> {
        let mut coming: BTreeMap<(Place, Slot), Vec<Slot>> = BTreeMap::new();
        let is_arranged = |row: &&NewRow| self.rules[row.place.relation].arranged;
        for row in rows.rows.iter().filter(is_arranged) {
            let inverse = self.inverse(row.place);
            for member in &rows.members[row.members.clone()] {
                let near = coming.entry((row.place, row.owner)).or_default();
                near.push(member.slot);
                if !member.is_copy {
                    let far = coming.entry((inverse, member.slot)).or_default();
                    far.push(row.owner);
                }
            }
        }
        if coming.is_empty() {
            return Ok(Influx::default());
        }
        self.plan_influx(&coming, copied)
    }

    /// Whether somebody has to see the payloads of the copies before they are
    /// written.
    fn reads_copies(&self, rows: &Rows) -> bool {
        rows.rows.iter().any(|row| {
            let rules = self.rules[row.place.relation];
            rules.arranged || rules.checked
        })
    }

    /// Asks the checks of the copies, and of the ends at which they, and those
    /// who are not copied, get links. Runs the user's code.
    fn ask_about_copies(
        &self,
        originals: &[AnyId],
        batches: &[Batch],
        (rows, copied): (&Rows, &Copied<'_>),
    ) -> Result<()> {
        for batch in batches.iter().filter(|batch| !batch.numbers.is_empty()) {
            let entity = originals[batch.numbers[0]].entity();
            let payloads = batch.payloads.iter().map(|payload| &**payload);
            self.ask_about_payloads(entity, batch.slots.iter().copied().zip(payloads))?;
        }
        let mut seen = Vec::new();
        let is_checked = |row: &&NewRow| self.rules[row.place.relation].checked;
        for row in rows.rows.iter().filter(is_checked) {
            let members = rows.members[row.members.clone()].iter();
            for member in members.filter(|member| member.is_mine) {
                let link = (row.place, row.owner, member.slot);
                self.see(&mut seen, link, Fate::Made);
            }
        }
        self.ask_about(seen, Births::Several(copied))
    }

    /// The rows of those who are not copied, each as often as it gets a link,
    /// and those of one after the other.
    fn beside(&self, rows: &Rows) -> Vec<(Place, Slot)> {
        let mut beside: Vec<(Place, Slot)> = Vec::new();
        for row in &rows.rows {
            let inverse = self.inverse(row.place);
            let members = rows.members[row.members.clone()].iter();
            let others = members.filter(|member| !member.is_copy);
            beside.extend(others.map(|member| (inverse, member.slot)));
        }
        beside.sort_unstable();
        beside
    }

    /// Whether the rows of those who are not copied can take so many more.
    fn expect_room_beside(&self, beside: &[(Place, Slot)]) -> Result<()> {
        beside.chunk_by(PartialEq::eq).try_for_each(|row| {
            let (place, owner) = row[0];
            self.expect_few_enough(place, owner, row.len())
        })
    }

    /// Makes room in the rows of those who are not copied, and sees to it that
    /// there is room for those of the copies, which may be in the same pools.
    fn make_room_beside(&mut self, beside: &[(Place, Slot)], rows: &Rows) -> Result<()> {
        let mut own: HashMap<(usize, Side), usize> = HashMap::new();
        for row in &rows.rows {
            // More than a row takes: the smallest has four cells.
            *own.entry((row.place.relation, row.place.side)).or_default() +=
                row.members.len() * 2 + 4;
        }
        for row in beside.chunk_by(PartialEq::eq) {
            let (place, owner) = row[0];
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
                self.name_inserted(ids[number]);
            }
        }
        ids
    }

    /// Links the copies, and puts their rows in the order of the originals'.
    fn write_rows(&mut self, rows: &Rows, influx: &Influx) {
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
            self.link_members(row, &rows.members[row.members.clone()], influx);
        }
        self.carry_out_rearrangement(&influx.order);
        for row in &rows.rows {
            let end = self.end(row.place);
            let is_set = matches!(end.order, Order::Insertion | Order::Keyed);
            let has_order = end.cardinality == Cardinality::Many && is_set;
            if has_order && !planted::is(Bug::CopiesKeepNoOrder) {
                self.put_in_order(row, &rows.members[row.members.clone()]);
            }
        }
    }

    /// Makes the links of one row, but those of two copies that the other row
    /// makes.
    fn link_members(&mut self, row: &NewRow, members: &[Member], influx: &Influx) {
        let Place { relation, side } = row.place;
        let inverse = self.inverse(row.place);
        for member in members.iter().filter(|member| member.is_mine) {
            let (left, right) = in_order(side, row.owner, member.slot);
            let mut spots = [NONE; 2];
            spots[side.index()] = influx.spot(row.place, member.slot);
            spots[side.other().index()] = influx.spot(inverse, row.owner);
            self.relations[relation].link([left, right], spots, &mut self.sink);
            self.put_data(relation, left, right);
        }
    }

    fn put_in_order(&mut self, row: &NewRow, wanted: &[Member]) {
        let Place { relation, side } = row.place;
        let store = &mut self.relations[relation];
        let slots = wanted.iter().map(|member| member.slot);
        if store.members(side, row.owner).eq(slots.clone()) {
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
