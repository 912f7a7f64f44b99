//! Inserting entities: their keys, the links they come with, and their rules.

use hashbrown::HashSet;
use smallvec::SmallVec;

use crate::change::Change;
use crate::engine::check::Births;
use crate::engine::limits::Newcomer;
use crate::engine::link_data::{Fresh, Given};
use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::entities::{AnyPayload, NoPlace};
use crate::error::{Error, Result};
use crate::id::{AnyId, EndId, EntityTypeId, NONE, RawId, Slot};
use crate::links::many_to_many::in_order;
use crate::schema::Cardinality;

/// The links that a newcomer is created with, one plan for each of its ends.
pub(crate) type NewLinks = Vec<LinkPlan>;

/// A link that a newcomer is to have: at an end of its own, to a live entity.
///
/// The parts of the entity's id stand side by side, so that it takes 16 bytes:
/// it is moved about with the newcomer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkTo {
    end: EndId,
    entity: EntityTypeId,
    raw: RawId,
}

impl LinkTo {
    #[inline]
    pub(crate) fn new(end: EndId, target: AnyId) -> Self {
        Self {
            end,
            entity: target.entity(),
            raw: target.raw(),
        }
    }

    pub(crate) fn end(self) -> EndId {
        self.end
    }

    pub(crate) fn target(self) -> AnyId {
        AnyId::new(self.entity, self.raw)
    }
}

impl Engine {
    /// Inserts an entity without links.
    #[inline]
    pub(crate) fn insert_alone<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
    ) -> Result<RawId> {
        // Where there is no rule and no check, nothing is planned.
        if !self.comes_freely(entity) {
            return self.insert_planned(entity, payload, &[], Given::new());
        }
        let id = self.take_in(entity, payload)?;
        self.make_known(entity, id);
        Ok(id)
    }

    /// Whether inserting an entity of a type asks no rule and no check, as long
    /// as it brings no links.
    #[inline]
    pub(super) fn comes_freely(&self, entity: EntityTypeId) -> bool {
        let rules = self.types.get(entity.index());
        rules.is_some_and(|rules| !(rules.judged || rules.asked))
    }

    /// Takes a payload in, known to nobody but its keys.
    #[inline]
    fn take_in<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
    ) -> Result<RawId> {
        let Some(all) = self.all_mut::<T>(entity) else {
            return Err(self.wrong_payload(entity));
        };
        let taken_in = all.insert_next(payload);
        taken_in.map_err(|why| self.not_taken_in(entity, why))
    }

    #[cold]
    fn not_taken_in(&self, entity: EntityTypeId, why: NoPlace) -> Error {
        match why {
            NoPlace::Taken(clash) => self.clash(entity, &clash),
            NoPlace::Full => self.full(self.entity_name(entity)),
        }
    }

    /// Inserts an entity together with links and data of theirs, all or
    /// nothing.
    pub(crate) fn insert<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
        links: &[LinkTo],
        given: Given,
    ) -> Result<RawId> {
        if given.is_empty() && self.comes_freely(entity) && self.links_freely(entity, links) {
            return self.insert_freely(entity, payload, links);
        }
        let links = self.placed(links)?;
        self.insert_planned(entity, payload, &links, given)
    }

    /// Apart, so that the usual insert is short.
    #[inline(never)]
    fn insert_planned<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
        links: &[(Place, RawId)],
        given: Given,
    ) -> Result<RawId> {
        if self.is_any_to_adopt(links) {
            return self.as_one_call(|engine| engine.insert_planned(entity, payload, links, given));
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

    /// The links of a newcomer at their places: towards the types of the targets
    /// at ends of several types.
    fn placed(&self, links: &[LinkTo]) -> Result<SmallVec<[(Place, RawId); 4]>> {
        let placed = links.iter().map(|link| {
            let place = self.towards(self.place(link.end)?, link.target())?;
            Ok((place, link.raw))
        });
        placed.collect()
    }

    /// Whether the links of a newcomer are all at different to-one ends that no
    /// rule and no check is about, to live entities: then they displace nobody.
    fn links_freely(&self, entity: EntityTypeId, links: &[LinkTo]) -> bool {
        links.iter().enumerate().all(|(n, link)| {
            let Some(Place { relation, side }) = self.find_place(link.end) else {
                return false;
            };
            let rules = &self.rules[relation];
            rules.joins_freely[side.index()]
                && rules.owners[side.index()] == entity
                && rules.owners[side.other().index()] == link.entity
                && self.relations[relation].is_live(side.other(), link.raw)
                && links[..n].iter().all(|other| other.end != link.end)
        })
    }

    /// [`insert`](Self::insert) where the entity [comes](Self::comes_freely) and
    /// [links](Self::links_freely) freely.
    fn insert_freely<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payload: T,
        links: &[LinkTo],
    ) -> Result<RawId> {
        self.make_room_at(links)?;
        let id = self.take_in(entity, payload)?;
        self.make_known(entity, id);
        self.join(id.slot(), links);
        Ok(id)
    }

    /// Makes room for a link in the row of each target.
    fn make_room_at(&mut self, links: &[LinkTo]) -> Result<()> {
        for link in links {
            let (place, target) = (Place::of(link.end), link.raw.slot());
            let relation = &mut self.relations[place.relation];
            let room = relation.make_room(place.side.other(), target, 1, &mut self.sink);
            room.map_err(|_| self.full_row(place))?;
        }
        Ok(())
    }

    /// Makes the links of a newcomer, whose targets have room for them.
    fn join(&mut self, newcomer: Slot, links: &[LinkTo]) {
        for link in links {
            let place = Place::of(link.end);
            let (left, right) = in_order(place.side, newcomer, link.raw.slot());
            let store = self.relations[place.relation].plain_mut();
            store.link(left, right, &mut self.sink);
        }
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
