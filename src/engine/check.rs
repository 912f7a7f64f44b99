//! Checks: what the user's validators are asked, the last thing before a write.
//!
//! They see the plan and the graph as it is before it. What they are told is
//! gathered from the plans of a call: for each end with checks and each owner
//! there, all links that the call makes and cuts, seen from that end. So it
//! makes no difference at which end a call began.

use std::any::Any;

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use crate::engine::arrange::Birth;
use crate::engine::relate::{Cut, LinkPlan};
use crate::engine::{Engine, Place};
use crate::entities::AnyPayload;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};

/// A payload that is to be written, replaced or removed.
pub(crate) struct PayloadAsked<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) id: RawId,
    pub(crate) before: Option<&'a AnyPayload>,
    pub(crate) after: Option<&'a AnyPayload>,
}

/// The links of one owner at an end that a call makes and cuts.
pub(crate) struct LinksAsked<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) place: Place,
    pub(crate) owner: RawId,
    pub(crate) added: &'a [RawId],
    pub(crate) removed: &'a [RawId],
    births: Births<'a>,
}

impl<'a> LinksAsked<'a> {
    /// The payload of the owner, or the one that it is going to have.
    pub(crate) fn owner_payload(&self) -> Option<&'a AnyPayload> {
        self.payload(self.engine.owner_type(self.place), self.owner)
    }

    /// The payload of a member, or the one that it is going to have.
    pub(crate) fn member_payload(&self, id: RawId) -> Option<&'a AnyPayload> {
        self.payload(self.engine.target_type(self.place), id)
    }

    fn payload(&self, entity: EntityTypeId, id: RawId) -> Option<&'a AnyPayload> {
        let engine = self.engine;
        let all = &engine.entities[entity.index()];
        if all.is_live(id) {
            return all.payload(id.slot());
        }
        let coming = self.births.payload(entity, id.slot())?;
        (engine.coming_id(entity, id.slot()).raw() == id).then_some(coming)
    }

    /// How many links the owner has here now.
    pub(crate) fn len_before(&self) -> usize {
        self.engine.count_at(self.place, self.owner.slot())
    }
}

/// The reason of a check that refuses.
type Verdict = Result<(), String>;

/// A check of an entity type, as the schema keeps it.
pub(crate) struct PayloadCheck(pub(crate) Box<dyn Fn(&PayloadAsked<'_>) -> Verdict + Send + Sync>);

/// A check of an end, as the schema keeps it.
pub(crate) struct LinksCheck(pub(crate) Box<dyn Fn(&LinksAsked<'_>) -> Verdict + Send + Sync>);

/// Whom a call inserts, with the payloads that they are going to have.
#[derive(Clone, Copy)]
pub(crate) enum Births<'a> {
    None,
    One(Birth<'a>),
    Several(&'a HashMap<(EntityTypeId, Slot), &'a AnyPayload>),
}

impl<'a> Births<'a> {
    fn payload(self, entity: EntityTypeId, slot: Slot) -> Option<&'a AnyPayload> {
        match self {
            Self::None => None,
            Self::One((new, payload)) => {
                ((new.entity, new.slot) == (entity, slot)).then_some(payload)
            }
            Self::Several(all) => all.get(&(entity, slot)).copied(),
        }
    }
}

/// A link that is made or cut, as its owner at an end sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkSeen {
    pub(crate) place: Place,
    pub(crate) owner: Slot,
    pub(crate) member: Slot,
    pub(crate) fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Made,
    Cut,
}

impl Engine {
    /// Whether checks are asked about the links at an end. A change set has been
    /// checked where it was made.
    #[inline]
    pub(crate) fn is_asked_at(&self, place: Place) -> bool {
        self.rules[place.relation].asked[place.side.index()] && !self.is_applying
    }

    /// Whether checks are asked about the payloads of a type.
    #[inline]
    pub(crate) fn is_asked_of(&self, entity: EntityTypeId) -> bool {
        self.types[entity.index()].asked && !self.is_applying
    }

    /// Asks the checks of a type whether payloads may be inserted, or take the
    /// place of those of live entities. Runs the user's code.
    pub(crate) fn ask_about_payloads<'a>(
        &'a self,
        entity: EntityTypeId,
        batch: impl IntoIterator<Item = (Slot, &'a AnyPayload)>,
    ) -> Result<()> {
        if !self.is_asked_of(entity) {
            return Ok(());
        }
        batch.into_iter().try_for_each(|(slot, payload)| {
            let before = self.entities[entity.index()].payload(slot);
            self.ask_of_payload((entity, slot), before, Some(payload))
        })
    }

    /// Asks whether a live entity may be deleted. Runs the user's code.
    pub(crate) fn ask_about_delete(&self, id: AnyId) -> Result<()> {
        if !self.is_asked_of(id.entity()) {
            return Ok(());
        }
        let payload = self.entities[id.entity().index()].payload(id.slot());
        self.ask_of_payload((id.entity(), id.slot()), payload, None)
    }

    fn ask_of_payload(
        &self,
        (entity, slot): (EntityTypeId, Slot),
        before: Option<&AnyPayload>,
        after: Option<&AnyPayload>,
    ) -> Result<()> {
        let asked = PayloadAsked {
            engine: self,
            id: self.coming_id(entity, slot).raw(),
            before,
            after,
        };
        let checks = self.registry.entity_def(entity).map(|def| &def.checks);
        for check in checks.into_iter().flatten() {
            let check: &(dyn Any + Send + Sync) = &**check;
            let check: &PayloadCheck = check.downcast_ref().expect("the graph has made it");
            (check.0)(&asked).map_err(|why| self.payload_refused(entity, &asked, &why))?;
        }
        Ok(())
    }

    /// Asks about all links that plans make and cut. Runs the user's code.
    #[inline]
    pub(crate) fn ask_about_links(&self, plans: &[LinkPlan], births: Births<'_>) -> Result<()> {
        let is_checked = |plan: &LinkPlan| self.rules[plan.place.relation].checked;
        if !plans.iter().any(is_checked) {
            return Ok(());
        }
        self.ask_about(self.seen(plans), births)
    }

    /// The links that plans cut and make, each from both of its ends, as far as
    /// these have checks.
    fn seen(&self, plans: &[LinkPlan]) -> Vec<LinkSeen> {
        let mut seen = Vec::new();
        // Two plans may cut the same link.
        let mut cuts: HashSet<Cut> = HashSet::new();
        for &cut in plans.iter().flat_map(|plan| &plan.cut) {
            let place = Place {
                relation: cut.relation,
                side: Side::Left,
            };
            if cuts.insert(self.normal(cut)) && !planted::is(Bug::ChecksMissTheDisplaced) {
                self.see(&mut seen, (place, cut.left, cut.right), Fate::Cut);
            }
        }
        for plan in plans {
            for &member in &plan.make {
                self.see(&mut seen, (plan.place, plan.owner, member), Fate::Made);
            }
        }
        seen
    }

    /// Adds a link to those seen.
    pub(crate) fn see(
        &self,
        seen: &mut Vec<LinkSeen>,
        (place, owner, member): (Place, Slot, Slot),
        fate: Fate,
    ) {
        let [near, far] = self.both_ends(place, owner, member);
        for ((place, owner), member) in [(near, member), (far, near.1)] {
            let is_blind = planted::is(Bug::ChecksSeeOneEnd) && (place, owner) != near;
            if owner != NONE && self.is_asked_at(place) && !is_blind {
                seen.push(LinkSeen {
                    place,
                    owner,
                    member,
                    fate,
                });
            }
        }
    }

    /// Asks about links, all of an owner at an end together. Runs the user's
    /// code.
    pub(crate) fn ask_about(&self, mut seen: Vec<LinkSeen>, births: Births<'_>) -> Result<()> {
        let key = |it: &LinkSeen| (it.place, it.owner);
        // Stable: the links of each owner stay in the order of the call.
        seen.sort_by_key(key);
        let is_alone = planted::is(Bug::ChecksSeeOneByOne);
        for links in seen.chunk_by(|one, other| key(one) == key(other) && !is_alone) {
            self.ask_of_owner(links, births)?;
        }
        Ok(())
    }

    fn ask_of_owner(&self, links: &[LinkSeen], births: Births<'_>) -> Result<()> {
        let LinkSeen { place, owner, .. } = links[0];
        let target = self.target_type(place);
        let ids = |fate: Fate| -> SmallVec<[RawId; 4]> {
            let links = links.iter().filter(|it| it.fate == fate);
            links
                .map(|it| self.coming_id(target, it.member).raw())
                .collect()
        };
        let (added, removed) = (ids(Fate::Made), ids(Fate::Cut));
        let asked = LinksAsked {
            engine: self,
            place,
            owner: self.coming_id(self.owner_type(place), owner).raw(),
            added: &added,
            removed: &removed,
            births,
        };
        for check in &self.end(place).checks {
            let check: &(dyn Any + Send + Sync) = &*check.check;
            let check: &LinksCheck = check.downcast_ref().expect("the graph has made it");
            (check.0)(&asked).map_err(|why| self.links_refused(&asked, &why))?;
        }
        Ok(())
    }

    /// The id of the entity in a slot, live or about to be inserted there.
    fn coming_id(&self, entity: EntityTypeId, slot: Slot) -> AnyId {
        let all = &self.entities[entity.index()];
        AnyId::new(entity, all.id_at(slot).unwrap_or_else(|| all.next_id(slot)))
    }
}

/// Errors about what a check refuses: who, and its reason.
impl Engine {
    #[cold]
    fn payload_refused(&self, entity: EntityTypeId, asked: &PayloadAsked<'_>, why: &str) -> Error {
        let name = self.entity_name(entity);
        let id = AnyId::new(entity, asked.id);
        let who = match (asked.before, asked.after) {
            (None, _) => format!("a new {name}"),
            (Some(_), Some(_)) => self.describe(id),
            (Some(_), None) => format!("deleting {}", self.describe(id)),
        };
        let message = format!("{who} is refused by a check of {name}: {why}");
        Error::new(ErrorKind::Refused, message).about(asked.before.map(|_| id))
    }

    #[cold]
    fn links_refused(&self, asked: &LinksAsked<'_>, why: &str) -> Error {
        let entity = self.owner_type(asked.place);
        let id = AnyId::new(entity, asked.owner);
        let id = self.is_live(id).then_some(id);
        let who = match id {
            Some(id) => self.describe(id),
            None => format!("a new {}", self.entity_name(entity)),
        };
        let end = self.end_name(asked.place);
        let message = format!("the links of {who} at {end} are refused by a check: {why}");
        Error::new(ErrorKind::Refused, message)
            .at(self.end(asked.place).id)
            .about(id)
    }
}
