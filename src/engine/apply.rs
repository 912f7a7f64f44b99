//! Applying change sets: what they say is done, in an order in which nothing is
//! in the way of anything else.

use hashbrown::HashMap;

use crate::change::{Change, FieldNumber};
use crate::change_set::uid::Uid;
use crate::change_set::{ChangeSet, EntityChange, LinkChange, LinkKind, RowChange, Value};
use crate::engine::relate::Cut;
use crate::engine::row::{LiveRow, row_of};
use crate::engine::{Engine, Place};
use crate::entities::AnyPayload;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EndId, EntityTypeId, NONE, Side, Slot};
use crate::identity::Arrangement;
use crate::schema::{Cardinality, Order, Registry};

impl Engine {
    /// Does what a change set says, within a call of several parts.
    ///
    /// Links are cut first, so that nobody is in the way; then entities go, have
    /// other payloads and come, which is when keys are free; then links are made.
    /// Who is an orphan is not asked: orphans that went are in the change set. Nor
    /// are checks: they were, where it was made.
    pub(crate) fn apply(&mut self, changes: &ChangeSet) -> Result<()> {
        self.expect_schema(&changes.registry)?;
        self.name_all();
        let notes = self.deferred.as_ref().map_or(0, |deferred| deferred.len());
        self.is_applying = true;
        let applied = self.apply_all(changes);
        self.is_applying = false;
        applied?;
        if let Some(deferred) = &mut self.deferred {
            deferred.spare(notes);
        }
        Ok(())
    }

    fn apply_all(&mut self, changes: &ChangeSet) -> Result<()> {
        for link in changes.unlinked() {
            self.apply_cut(link)?;
        }
        for change in changes.deleted() {
            self.apply_delete(change)?;
        }
        self.apply_updates(changes)?;
        for change in changes.inserted() {
            self.apply_insert(change)?;
        }
        for link in changes.linked() {
            self.apply_link(link)?;
        }
        for link in changes.data_changed() {
            self.apply_data(link)?;
        }
        changes.rows.iter().try_for_each(|row| self.apply_row(row))
    }

    /// Refuses a change set of another schema.
    fn expect_schema(&self, other: &Registry) -> Result<()> {
        if other.stamp() == self.stamp {
            return Ok(());
        }
        let names = |registry: &Registry| -> Vec<String> {
            let entities = registry
                .entity_defs()
                .iter()
                .map(|def| def.name.to_string());
            let ends = registry.end_defs().map(|end| registry.full_name(end));
            entities.chain(ends).collect()
        };
        if names(other) == names(&self.registry) {
            return Ok(());
        }
        let message = "the change set is of another schema: it fits graphs of its own".to_owned();
        Err(Error::new(ErrorKind::Mismatch, message))
    }

    fn known(&self, uid: Uid) -> Result<AnyId> {
        let id = self.uids.as_ref().and_then(|uids| uids.find(uid));
        id.filter(|&id| self.is_live(id))
            .ok_or_else(|| misfit(&format!("there is no entity of {uid:?}")))
    }

    /// The entity of a name, if it is of the type that an end needs.
    fn known_at(&self, place: Place, uid: Uid) -> Result<Slot> {
        let id = self.known(uid)?;
        if id.entity() == self.owner_type(place) {
            Ok(id.slot())
        } else {
            let (end, name) = (self.end_name(place), self.describe(id));
            Err(misfit(&format!("{name} is no owner of {end}")))
        }
    }

    fn apply_cut(&mut self, link: &LinkChange) -> Result<()> {
        let (place, [left, right]) = self.ends_of_link(link)?;
        if !self.relation(place).contains(place.side, left, right) {
            return Err(self.no_such_link(link));
        }
        let relation = place.relation;
        self.cut_and_tidy(Cut {
            relation,
            left,
            right,
        });
        Ok(())
    }

    fn apply_delete(&mut self, change: &EntityChange) -> Result<()> {
        let id = self.known(change.uid)?;
        let linked = self.ends_of(id.entity());
        let linked = linked.filter(|&place| self.linked(place, id.slot()).next().is_some());
        if let Some(place) = linked.into_iter().next() {
            let (name, end) = (self.describe(id), self.end_name(place));
            return Err(misfit(&format!(
                "{name} is to go and has other links at {end}"
            )));
        }
        self.delete_unlinked(id);
        Ok(())
    }

    /// All new payloads of a type at once, so that keys may be exchanged.
    fn apply_updates(&mut self, changes: &ChangeSet) -> Result<()> {
        let mut batches: Vec<Vec<(Slot, FieldNumber, Box<AnyPayload>)>> = Vec::new();
        batches.resize_with(self.entities.len(), Vec::new);
        for change in changes.updated() {
            let id = self.known(change.uid)?;
            let payload = self.copy_of_value(id.entity(), change.after.as_ref())?;
            let field = match change.fields[..] {
                [field] => field,
                _ => FieldNumber::ALL,
            };
            batches[id.entity().index()].push((id.slot(), field, payload));
        }
        for (number, batch) in batches.into_iter().enumerate() {
            let entity = EntityTypeId(u16::try_from(number).expect("types have 16 bits"));
            if !batch.is_empty() {
                self.replace_all_boxed(entity, batch)?;
            }
        }
        Ok(())
    }

    fn replace_all_boxed(
        &mut self,
        entity: EntityTypeId,
        batch: Vec<(Slot, FieldNumber, Box<AnyPayload>)>,
    ) -> Result<()> {
        let planned: Vec<(Slot, &AnyPayload)> = batch
            .iter()
            .map(|(slot, _, payload)| (*slot, &**payload))
            .collect();
        let all = &self.entities[entity.index()];
        let placements = all
            .plan_all_boxed(&planned)
            .ok_or_else(|| self.wrong_payload(entity))?
            .map_err(|clash| self.clash(entity, &clash))?;
        let rearrangement = self.plan_rearrangement(entity, &planned)?;
        let fields: Vec<_> = batch
            .iter()
            .map(|&(slot, field, _)| (slot, field))
            .collect();
        let payloads = batch.into_iter().map(|(slot, _, payload)| (slot, payload));
        self.entities[entity.index()].replace_all_boxed(payloads.collect(), &placements);
        for (slot, field) in fields {
            self.sink.push(|| Change::Replaced {
                entity,
                slot,
                field,
            });
        }
        self.carry_out_rearrangement(&rearrangement);
        Ok(())
    }

    fn apply_insert(&mut self, change: &EntityChange) -> Result<()> {
        if self.known(change.uid).is_ok() {
            let uid = change.uid;
            return Err(misfit(&format!("there is an entity of {uid:?} already")));
        }
        let payload = self.copy_of_value(change.entity, change.after.as_ref())?;
        if let Some(uids) = &mut self.uids {
            uids.expect(change.uid);
        }
        let inserted = self.insert_boxed(change.entity, payload, &[], Vec::new());
        if let (Err(_), Some(uids)) = (&inserted, &mut self.uids) {
            uids.expect_nothing();
        }
        inserted.map(drop)
    }

    fn apply_link(&mut self, link: &LinkChange) -> Result<()> {
        let (place, [left, right]) = self.ends_of_link(link)?;
        let ends = [(place, left), (self.inverse(place), right)];
        let is_taken = |&(place, slot): &(Place, Slot)| {
            self.end(place).cardinality == Cardinality::One && self.one_at(place, slot) != NONE
        };
        if let Some(&(place, slot)) = ends.iter().find(|end| is_taken(end)) {
            let who = self.describe(self.id_at(self.owner_type(place), slot));
            let end = self.end_name(place);
            return Err(misfit(&format!("{who} has another link at {end}")));
        }
        if self.relation(place).contains(place.side, left, right) {
            return Err(misfit("a link is there already"));
        }
        let data = self.copy_of_data(place, link.after.as_ref())?;
        match data {
            None => self.relate(place, left, right).map(drop),
            Some(data) => {
                let ids = [
                    self.id_at(self.owner_type(place), left),
                    self.id_at(self.target_type(place), right),
                ];
                self.link_boxed(place, ids.map(AnyId::raw), data).map(drop)
            }
        }
    }

    fn apply_data(&mut self, link: &LinkChange) -> Result<()> {
        let (place, [left, right]) = self.ends_of_link(link)?;
        let ids = [
            self.id_at(self.owner_type(place), left),
            self.id_at(self.target_type(place), right),
        ];
        let live = self
            .live_link(place, ids[0].raw(), ids[1].raw())
            .map_err(|_| self.no_such_link(link))?;
        match self.copy_of_data(place, link.after.as_ref())? {
            Some(data) => self.replace_data_boxed(live, data).map(drop),
            None => Ok(()),
        }
    }

    /// Puts a row in the order that a change set says, where it is not in it.
    fn apply_row(&mut self, row: &RowChange) -> Result<()> {
        let place = self.place_of(row.end)?;
        // Whoever went has no row, and nobody in it.
        if row.entered.is_empty() {
            return Ok(());
        }
        let owner = self.known_at(place, row.owner)?;
        let inverse = self.inverse(place);
        let mut entered = Vec::with_capacity(row.entered.len());
        for &(member, behind) in &row.entered {
            let behind = behind
                .map(|behind| self.known_at(inverse, behind))
                .transpose()?;
            entered.push((self.known_at(inverse, member)?, behind.unwrap_or(NONE)));
        }
        match self.end(place).order {
            Order::None => Ok(()),
            Order::Sorted => self.apply_ties(place, owner, &entered),
            Order::Insertion | Order::Keyed => self.apply_order(place, owner, &entered),
        }
    }

    fn apply_order(&mut self, place: Place, owner: Slot, entered: &[(Slot, Slot)]) -> Result<()> {
        let members: Vec<Slot> = self.relation(place).members(place.side, owner).collect();
        let mut next: HashMap<Slot, Slot> = entered
            .iter()
            .map(|&(member, behind)| (behind, member))
            .collect();
        let comes: HashMap<Slot, ()> = entered.iter().map(|&(member, _)| (member, ())).collect();
        let mut wanted = Vec::with_capacity(members.len());
        let stays = members.iter().copied().filter(|it| !comes.contains_key(it));
        for stays in std::iter::once(NONE).chain(stays) {
            let mut last = stays;
            wanted.extend((stays != NONE).then_some(stays));
            while let Some(member) = next.remove(&last) {
                wanted.push(member);
                last = member;
            }
        }
        let positions: HashMap<Slot, u32> = members.iter().copied().zip(0..).collect();
        let order: Option<Vec<u32>> = wanted
            .iter()
            .map(|member| positions.get(member).copied())
            .collect();
        let order = order.filter(|order| order.len() == members.len());
        let order = order.ok_or_else(|| misfit("a row has other members than it should"))?;
        if (0..).zip(&order).any(|(at, &old)| at != old) {
            let row = row_of(LiveRow { place, owner });
            let Self {
                relations, sink, ..
            } = self;
            relations[place.relation].permute(row, &order, sink);
        }
        Ok(())
    }

    /// Puts members of a sorted row behind those whom they stand behind, which
    /// may only be otherwise among equals.
    fn apply_ties(&mut self, place: Place, owner: Slot, entered: &[(Slot, Slot)]) -> Result<()> {
        for &(member, behind) in entered {
            let relation = self.relation(place);
            let is_in = |slot| relation.contains(place.side, owner, slot);
            if !is_in(member) || behind != NONE && !is_in(behind) {
                return Err(misfit("a row has other members than it should"));
            }
            let Self {
                relations, sink, ..
            } = self;
            relations[place.relation].re_place(place.side, [owner, member], behind, sink);
        }
        // All stand where they should; nobody may be among others than equals.
        let fits = |&(member, behind): &(Slot, Slot)| {
            let relation = self.relation(place);
            let [before, next] = relation.neighbours(place.side, owner, member);
            before == behind
                && self.is_not_after(place, before, member)
                && self.is_not_after(place, member, next)
        };
        if entered.iter().all(fits) {
            Ok(())
        } else {
            Err(misfit("a member of a sorted row stands elsewhere"))
        }
    }

    /// Whether one member of a sorted row may stand before another, if there are
    /// two.
    fn is_not_after(&self, place: Place, one: Slot, other: Slot) -> bool {
        let Some(Arrangement::Sorted(sorting)) = &self.end(place).arrangement else {
            return true;
        };
        let target = &self.entities[self.target_type(place).index()];
        match (target.payload(one), target.payload(other)) {
            (Some(one), Some(other)) => sorting.compare(one, other).is_le(),
            _ => true,
        }
    }

    /// The place of an end of the change set's registry, which may be another of
    /// the same schema.
    fn place_of(&self, end: EndId) -> Result<Place> {
        let place = Place::of(end);
        if place.relation < self.relations.len() {
            Ok(place)
        } else {
            Err(misfit("there is no such end"))
        }
    }

    fn ends_of_link(&self, link: &LinkChange) -> Result<(Place, [Slot; 2])> {
        let place = Place {
            side: Side::Left,
            ..self.place_of(link.ends[0])?
        };
        let left = self.known_at(place, link.uids[0])?;
        let right = self.known_at(self.inverse(place), link.uids[1])?;
        Ok((place, [left, right]))
    }

    fn copy_of_value(
        &self,
        entity: EntityTypeId,
        value: Option<&Value>,
    ) -> Result<Box<AnyPayload>> {
        let def = self.registry.entity_def(entity);
        let copy = def
            .zip(value)
            .and_then(|(def, value)| def.factory.copy(&**value));
        copy.ok_or_else(|| self.not_cloneable(entity))
    }

    fn copy_of_data(&self, place: Place, value: Option<&Value>) -> Result<Option<Box<AnyPayload>>> {
        let (Some(spec), Some(value)) = (&self.end(place).data, value) else {
            return Ok(None);
        };
        let copy = spec.copy(&**value);
        copy.map(Some).ok_or_else(|| self.data_not_cloneable(place))
    }

    #[cold]
    fn no_such_link(&self, link: &LinkChange) -> Error {
        let [left, right] = link.uids;
        let verb = match link.kind {
            LinkKind::Made => "made",
            LinkKind::Cut => "cut",
            LinkKind::OtherData => "changed",
        };
        misfit(&format!(
            "the link of {left:?} and {right:?} that was {verb} is not there"
        ))
    }
}

/// A change set meets another state than the one it began in.
#[cold]
fn misfit(what: &str) -> Error {
    let message = format!("the change set does not fit the graph: {what}");
    Error::new(ErrorKind::Mismatch, message)
}
