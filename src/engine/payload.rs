//! Payloads and keys: inserting entities, and giving them other payloads.

use hashbrown::HashSet;
use smallvec::SmallVec;

use crate::change::{Change, FieldNumber};
use crate::engine::arrange::Rearrangement;
use crate::engine::check::Births;
use crate::engine::limits::Newcomer;
use crate::engine::link_data::{Fresh, Given};
use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::entities::{AnyPayload, Clash, Entities, Placements};
use crate::error::{Error, Result};
use crate::id::{AnyId, EntityTypeId, NONE, RawId, Slot};
use crate::links::many_to_many::in_order;
use crate::schema::Cardinality;

/// The links that a newcomer is created with, one plan for each of its ends.
pub(crate) type NewLinks = Vec<LinkPlan>;

impl Engine {
    /// Inserts an entity without links.
    #[inline]
    pub(crate) fn insert_alone<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
    ) -> Result<RawId> {
        // Where there is no index, no rule and no check, nothing is planned.
        let rules = self.types.get(entity.index());
        if !rules.is_some_and(|rules| rules.inserts_freely) {
            return self.insert_carefully(entity, payload);
        }
        let Some(all) = self.all_mut::<T>(entity) else {
            return Err(self.wrong_payload(entity));
        };
        let Some(id) = all.insert_unindexed(payload) else {
            return Err(self.full(self.entity_name(entity)));
        };
        self.make_known(entity, id);
        Ok(id)
    }

    /// Apart, so that the usual insert is short.
    #[inline(never)]
    fn insert_carefully<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
    ) -> Result<RawId> {
        self.insert(entity, payload, &[], Given::new())
    }

    /// Inserts an entity together with links and data of theirs, all or
    /// nothing.
    pub(crate) fn insert<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
        links: &[(Place, RawId)],
        given: Given,
    ) -> Result<RawId> {
        if given.is_empty() && self.come_freely(entity, links) {
            return self.insert_freely(entity, payload, links);
        }
        if self.is_any_to_adopt(links) {
            return self.as_one_call(|engine| engine.insert(entity, payload, links, given));
        }
        let all = self
            .all::<T>(entity)
            .ok_or_else(|| self.wrong_payload(entity))?;
        self.expect_given(links, &given)?;
        let newcomer = self.newcomer(entity)?;
        let placements = all.plan(&[(newcomer.slot, &payload)]);
        let placements = placements.map_err(|clash| self.clash(entity, &clash))?;
        let plans = self.plan_newcomer(newcomer, &payload, links)?;
        let fresh = self.fresh_data(&plans, links, given);
        let all = self.all_mut::<T>(entity).expect("its type was seen above");
        let id = all.insert(payload, &placements);
        self.settle(entity, id, &plans, fresh);
        Ok(id)
    }

    /// Whether the links of a newcomer are all at different to-one ends that no
    /// rule and no check is about, to live entities: then they displace nobody.
    fn come_freely(&self, entity: EntityTypeId, links: &[(Place, RawId)]) -> bool {
        let rules = self.types.get(entity.index());
        if rules.is_none_or(|rules| rules.judged || rules.asked) {
            return false;
        }
        links.iter().enumerate().all(|(n, &(place, target))| {
            let rules = &self.rules[place.relation];
            rules.are_none()
                && rules.owners[place.side.index()] == entity
                && self.relation(place).leads_to_a_parent(place.side)
                && self.is_live_at(self.inverse(place), target)
                && links[..n].iter().all(|&(other, _)| other != place)
        })
    }

    /// [`insert`](Self::insert) with links that [come freely](Self::come_freely).
    fn insert_freely<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
        links: &[(Place, RawId)],
    ) -> Result<RawId> {
        let slot = self.newcomer(entity)?.slot;
        let all = self
            .all::<T>(entity)
            .ok_or_else(|| self.wrong_payload(entity))?;
        let placements = all.plan(&[(slot, &payload)]);
        let placements = placements.map_err(|clash| self.clash(entity, &clash))?;
        for &(place, target) in links {
            let side = place.side.other();
            let relation = &mut self.relations[place.relation];
            let room = relation.make_room(side, target.slot(), 1, &mut self.sink);
            room.map_err(|_| self.full_row(place))?;
        }
        let all = self.all_mut::<T>(entity).expect("its type was seen above");
        let id = all.insert(payload, &placements);
        self.make_known(entity, id);
        for &(place, target) in links {
            let (left, right) = in_order(place.side, id.slot(), target.slot());
            let store = self.relations[place.relation].plain_mut();
            store.link(left, right, &mut self.sink);
        }
        Ok(id)
    }

    /// [`insert`](Self::insert) for a payload whose type is not known here.
    pub(crate) fn insert_boxed(
        &mut self,
        entity: EntityTypeId,
        payload: Box<AnyPayload>,
        links: &[(Place, RawId)],
        given: Given,
    ) -> Result<RawId> {
        if self.is_any_to_adopt(links) {
            return self.as_one_call(|engine| engine.insert_boxed(entity, payload, links, given));
        }
        self.expect_given(links, &given)?;
        let newcomer = self.newcomer(entity)?;
        let placements = self.plan_boxed(entity, newcomer.slot, &*payload)?;
        let plans = self.plan_newcomer(newcomer, &*payload, links)?;
        let fresh = self.fresh_data(&plans, links, given);
        let id = self.entities[entity.index()].insert_boxed(payload, &placements);
        self.settle(entity, id, &plans, fresh);
        Ok(id)
    }

    /// Gives live entities new payloads, all or nothing; keys are judged on
    /// the state after all of them.
    pub(crate) fn replace_payloads<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        batch: Vec<(Slot, T)>,
        field: FieldNumber,
    ) -> Result<()> {
        let all = self
            .all::<T>(entity)
            .ok_or_else(|| self.wrong_payload(entity))?;
        let placements = {
            let planned: SmallVec<[(Slot, &T); 2]> = batch
                .iter()
                .map(|(slot, payload)| (*slot, payload))
                .collect();
            all.plan(&planned)
                .map_err(|clash| self.clash(entity, &clash))?
        };
        let rearrangement = self.plan_rearrangements(entity, &batch)?;
        let asked = batch
            .iter()
            .map(|(slot, payload)| (*slot, payload as &AnyPayload));
        self.ask_about_payloads(entity, asked)?;
        let slots: SmallVec<[Slot; 2]> = batch.iter().map(|&(slot, _)| slot).collect();
        let all = self.all_mut::<T>(entity).expect("its type was seen above");
        all.replace(batch, &placements);
        for slot in slots {
            self.sink.push(|| Change::Replaced {
                entity,
                slot,
                field,
            });
        }
        self.carry_out_rearrangement(&rearrangement);
        Ok(())
    }

    /// What a batch does to the rows that its entities stand in.
    fn plan_rearrangements<T: Send + Sync + 'static>(
        &self,
        entity: EntityTypeId,
        batch: &[(Slot, T)],
    ) -> Result<Rearrangement> {
        if !self.is_arranged(entity) {
            return Ok(Rearrangement::default());
        }
        let mut erased: SmallVec<[(Slot, &AnyPayload); 2]> = SmallVec::new();
        for (slot, payload) in batch {
            erased.push((*slot, payload));
        }
        self.plan_rearrangement(entity, &erased)
    }

    /// Gives a live entity a new payload whose type is not known here.
    pub(crate) fn replace_boxed(
        &mut self,
        id: AnyId,
        payload: Box<AnyPayload>,
    ) -> Result<Box<AnyPayload>> {
        let (entity, slot) = (id.entity(), id.slot());
        if !self.is_live(id) {
            return Err(self.not_live(id));
        }
        let placements = self.plan_boxed(entity, slot, &*payload)?;
        let rearrangement = self.plan_rearrangement(entity, &[(slot, &*payload)])?;
        self.ask_about_payloads(entity, [(slot, &*payload)])?;
        let copy = if self.sink.is_listening() {
            let copy = self.entities[entity.index()].copy_boxed(slot);
            Some(copy.ok_or_else(|| self.not_cloneable(entity))?)
        } else {
            None
        };
        self.entities[entity.index()].replace_boxed(slot, payload, &placements);
        self.sink.push(|| Change::Replaced {
            entity,
            slot,
            field: FieldNumber::ALL,
        });
        self.carry_out_rearrangement(&rearrangement);
        Ok(copy.unwrap_or_else(|| self.entities[entity.index()].pop_boxed()))
    }

    /// Takes the payload off the side stack that the last replace put there.
    pub(crate) fn replaced<T: Send + Sync + 'static>(&mut self, entity: EntityTypeId) -> T {
        let old = self.all_mut::<T>(entity).and_then(Entities::pop_before);
        old.expect("the old payload is on the side stack")
    }

    /// Takes the payload off the side stack that a delete put there.
    pub(crate) fn deleted<T: Send + Sync + 'static>(&mut self, id: AnyId) -> T {
        let all = self.all_mut::<T>(id.entity());
        let payload = all.and_then(|all| all.take_before(id.slot()));
        payload.expect("a deleted payload is on the side stack")
    }

    fn plan_boxed(
        &self,
        entity: EntityTypeId,
        slot: Slot,
        payload: &AnyPayload,
    ) -> Result<Placements> {
        let all = self.entities.get(entity.index());
        let planned = all.and_then(|all| all.plan_boxed(slot, payload));
        planned
            .ok_or_else(|| self.wrong_payload(entity))?
            .map_err(|clash| self.clash(entity, &clash))
    }

    pub(crate) fn clash(&self, entity: EntityTypeId, clash: &Clash) -> Error {
        self.taken(entity, clash.index, clash.holder)
    }

    /// The slot that the next entity of a type gets.
    fn newcomer(&self, entity: EntityTypeId) -> Result<Newcomer> {
        let all = self
            .entities
            .get(entity.index())
            .ok_or_else(|| self.wrong_payload(entity))?;
        let slot = all
            .next_slot()
            .ok_or_else(|| self.full(self.entity_name(entity)))?;
        Ok(Newcomer { entity, slot })
    }

    /// Plans the links of a newcomer, judges them together and makes room in
    /// the rows of others.
    fn plan_newcomer(
        &mut self,
        newcomer: Newcomer,
        payload: &AnyPayload,
        links: &[(Place, RawId)],
    ) -> Result<NewLinks> {
        let mut plans = NewLinks::new();
        let birth = (newcomer.slot, payload);
        if links.is_empty() && !self.types[newcomer.entity.index()].judged {
            self.ask_about_payloads(newcomer.entity, [birth])?;
            return Ok(plans);
        }
        let mut seen = HashSet::with_capacity(links.len());
        for (place, member) in self.links_that_count(newcomer, links)? {
            if seen.insert((place, member)) {
                self.add_link(&mut plans, newcomer, (place, member), &mut seen);
            }
        }
        if self.types[newcomer.entity.index()].judged {
            self.check_newcomer(&plans)?;
            self.check_limits(&plans, Some(newcomer))?;
        }
        self.plan_arrivals(&mut plans, Some((newcomer, payload)))?;
        self.ask_about_payloads(newcomer.entity, [birth])?;
        self.ask_about_links(&plans, Births::One((newcomer, payload)))?;
        self.make_room_for_newcomer(&plans)?;
        Ok(plans)
    }

    /// The links of a newcomer, found: of several at a to-one end the last
    /// counts, and of several at ends each of which excludes the others.
    fn links_that_count(
        &self,
        newcomer: Newcomer,
        links: &[(Place, RawId)],
    ) -> Result<SmallVec<[(Place, Slot); 4]>> {
        let mut later: SmallVec<[Place; 4]> = SmallVec::new();
        let mut counting = SmallVec::with_capacity(links.len());
        for &(place, target) in links.iter().rev() {
            if self.owner_type(place) != newcomer.entity {
                return Err(self.not_an_owner(place, newcomer.entity));
            }
            let member = self.member(place, target)?;
            let mut counts = true;
            if self.end(place).cardinality == Cardinality::One {
                let rivals = self.groups.rivals(place);
                counts = !later.iter().any(|it| *it == place || rivals.contains(it));
                if !later.contains(&place) {
                    later.push(place);
                }
            }
            if counts {
                counting.push((place, member));
            }
        }
        counting.reverse();
        Ok(counting)
    }

    /// Adds a link to the plan for its end.
    fn add_link(
        &self,
        plans: &mut NewLinks,
        newcomer: Newcomer,
        (place, member): (Place, Slot),
        seen: &mut HashSet<(Place, Slot)>,
    ) {
        let at = plans.iter().position(|plan| plan.place == place);
        let at = at.unwrap_or_else(|| {
            plans.push(LinkPlan::new(place, newcomer.slot));
            plans.len() - 1
        });
        self.plan_link(&mut plans[at], member);
        // Of several links to one member that exclude each other the last counts.
        let rivals = self.groups.rivals(self.inverse(place));
        for plan in plans {
            if rivals.contains(&self.inverse(plan.place)) {
                plan.make.retain(|made| *made != member);
                // It may be linked there again.
                seen.remove(&(plan.place, member));
            }
        }
    }

    /// Refuses a newcomer that would close a cycle: linked at both ends of an
    /// acyclic relationship to entities that are on one path.
    fn check_newcomer(&self, plans: &NewLinks) -> Result<()> {
        self.check_newcomer_nesting(plans)?;
        for (i, one) in plans.iter().enumerate() {
            if !self.rules[one.place.relation].acyclic {
                continue;
            }
            for other in &plans[i + 1..] {
                if other.place.relation == one.place.relation {
                    self.check_between(one.place, &one.make, &other.make)?;
                }
            }
        }
        Ok(())
    }

    /// Makes room in the rows of others, and sees to it that there is room for
    /// the newcomer's own, which may be in the same pools.
    fn make_room_for_newcomer(&mut self, plans: &[LinkPlan]) -> Result<()> {
        for plan in plans {
            self.make_room_at_the_others(plan)?;
        }
        // More than all of them take: the smallest row has four cells.
        let own: usize = plans.iter().map(|plan| plan.make.len() * 2 + 4).sum();
        for plan in plans {
            let room = self.relation(plan.place).expect_room(plan.place.side, own);
            room.map_err(|_| self.full_row(plan.place))?;
        }
        Ok(())
    }

    /// Makes a new entity known: at its ends, in the record, by name.
    #[inline]
    fn make_known(&mut self, entity: EntityTypeId, id: RawId) {
        debug_assert_ne!(id.slot(), NONE);
        self.set_generation(entity, id);
        if self.sink.is_listening() || self.uids.is_some() || self.deferred.is_some() {
            self.tell_of_insert(entity, id);
        }
    }

    #[inline(never)]
    fn tell_of_insert(&mut self, entity: EntityTypeId, id: RawId) {
        self.sink.push(|| Change::Inserted {
            entity,
            slot: id.slot(),
        });
        self.name_inserted(AnyId::new(entity, id));
        self.note_inserted(entity, id.slot());
    }

    /// Makes a new entity known and writes its links.
    fn settle(&mut self, entity: EntityTypeId, id: RawId, links: &NewLinks, fresh: Fresh) {
        self.accept_data(fresh);
        self.make_known(entity, id);
        for plan in links {
            self.write_cuts(plan);
        }
        for plan in links {
            let room = self.make_room_at_the_owner(plan);
            room.expect("the planning has seen room in the pool");
            self.write_makes(plan);
        }
        for plan in links {
            self.tidy(plan);
            self.drop_cut_data(plan.place.relation);
        }
    }
}
