//! Deleting: who goes with whom, who forbids it, and then the writes.

pub(crate) mod plan;

use hashbrown::{HashMap, HashSet};

use crate::change::{Change, Removal};
use crate::engine::check::{Births, Fate, LinkSeen};
use crate::engine::delete::plan::{BlockReason, Blocker, DeletePlan, Deletion, Doomed};
use crate::engine::link_data::take_all;
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, DEAD, EndId, EntityTypeId, NONE, RawId, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::schema::DeleteRule;

/// Who goes, and in which order it was found.
#[derive(Debug, Default)]
struct Doom {
    doomed: Vec<Doomed>,
    /// For each of them.
    why: Vec<Removal>,
    marked: HashSet<(EntityTypeId, Slot)>,
    /// How many owners those have lost whom the loss of all would orphan.
    lost: HashMap<(EntityTypeId, Slot), usize>,
}

/// When those go whom a delete leaves behind as orphans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orphans {
    /// With it.
    Follow,
    /// When all is judged: they may find another owner until then.
    Wait,
}

impl Doom {
    fn add(&mut self, doomed: Doomed, why: Removal) {
        steps::take(1);
        if self.marked.insert((doomed.id.entity(), doomed.id.slot())) {
            self.doomed.push(doomed);
            self.why.push(why);
        }
    }

    fn has(&self, entity: EntityTypeId, slot: Slot) -> bool {
        self.marked.contains(&(entity, slot))
    }
}

impl Engine {
    /// What deleting these would do.
    pub(crate) fn plan_delete(&self, ids: &[AnyId]) -> Result<DeletePlan> {
        let doom = self.doom(ids, Removal::Deleted, self.orphans())?;
        Ok(DeletePlan {
            links: self.links_of(&doom),
            blockers: self.blockers(&doom),
            doomed: doom.doomed,
        })
    }

    /// Deletes entities and all that goes with them, as one plan.
    pub(crate) fn delete(&mut self, ids: &[AnyId]) -> Result<Deletion> {
        self.delete_with(ids, Removal::Deleted, self.orphans())
    }

    /// When the orphans of a call go that is made now.
    fn orphans(&self) -> Orphans {
        if self.deferred.is_some() {
            Orphans::Wait
        } else {
            Orphans::Follow
        }
    }

    pub(crate) fn delete_with(
        &mut self,
        ids: &[AnyId],
        why: Removal,
        orphans: Orphans,
    ) -> Result<Deletion> {
        let doom = self.doom(ids, why, orphans)?;
        let blockers = self.blockers(&doom);
        if !blockers.is_empty() {
            return Err(self.blocked(&blockers));
        }
        self.ask_about_doomed(&doom)?;
        let entities: Vec<AnyId> = doom.doomed.iter().map(|doomed| doomed.id).collect();
        let links = self.write_delete(&entities, &doom.why);
        Ok(Deletion { entities, links })
    }

    /// Drops the payloads of a delete, after all is written.
    pub(crate) fn dispose(&mut self, deletion: &Deletion) {
        if !self.sink.is_listening() {
            self.dispose_types(deletion.entities.iter().map(|id| id.entity()));
        }
    }

    /// Drops the payloads of these types that were replaced or removed, and the
    /// data of links that were cut.
    pub(crate) fn dispose_types(&mut self, types: impl Iterator<Item = EntityTypeId>) {
        let mut is_concerned = vec![false; self.entities.len()];
        types.for_each(|entity| is_concerned[entity.index()] = true);
        let data = self.dispose_data();
        let concerned = self.entities.iter_mut().zip(is_concerned);
        let spent: Vec<_> = concerned
            .filter(|(_, is_concerned)| *is_concerned)
            .map(|(all, _)| all.dispose())
            .collect();
        drop((spent, data));
    }

    /// Drops the payloads of a type that were replaced.
    pub(crate) fn dispose_type(&mut self, entity: EntityTypeId) {
        if !self.sink.is_listening() {
            drop(self.entities[entity.index()].dispose());
        }
    }

    /// Everybody who goes, found without recursion.
    fn doom(&self, ids: &[AnyId], why: Removal, orphans: Orphans) -> Result<Doom> {
        let mut doom = Doom::default();
        for &id in ids {
            if !self.is_live(id) {
                return Err(self.not_live(id));
            }
            doom.add(Doomed { id, through: None }, why);
        }
        let mut next = 0;
        while let Some(&Doomed { id, through }) = doom.doomed.get(next) {
            if planted::is(Bug::CascadeStopsEarly) && through.is_some() {
                break;
            }
            next += 1;
            for (place, member) in self.links_at(id, Self::cascades) {
                let member = self.member_id(place, member);
                let through = Some((id, self.end(place).id));
                let id = member;
                doom.add(Doomed { id, through }, Removal::Cascaded);
            }
            if orphans == Orphans::Follow {
                self.doom_orphans(&mut doom, id);
            }
        }
        Ok(doom)
    }

    /// Adds those who have lost their last owner with this one.
    fn doom_orphans(&self, doom: &mut Doom, id: AnyId) {
        for (place, member) in self.links_at(id, |engine, place| engine.end(place).orphans) {
            let lost = doom
                .lost
                .entry((self.target_type(place), member))
                .or_default();
            *lost += 1;
            if *lost == self.owners_of(self.target_type(place), member) {
                let through = Some((id, self.declared(place)));
                let id = self.member_id(place, member);
                doom.add(Doomed { id, through }, Removal::Orphaned);
            }
        }
    }

    fn cascades(&self, place: Place) -> bool {
        match self.end(place).delete_rule {
            DeleteRule::Cascade | DeleteRule::CascadeUp => true,
            DeleteRule::Nullify | DeleteRule::Deny => false,
        }
    }

    fn denies(&self, place: Place) -> bool {
        self.end(place).delete_rule == DeleteRule::Deny && !planted::is(Bug::DenyIsIgnored)
    }

    /// Whether losing a link here may leave somebody short, where that is not
    /// denied anyway.
    fn may_leave_short(&self, place: Place) -> bool {
        let inverse = self.inverse(place);
        self.limits(inverse).need_links() && !self.denies(place)
    }

    /// Who is linked to `slot` at an end of either cardinality.
    pub(crate) fn linked(&self, place: Place, slot: Slot) -> impl Iterator<Item = Slot> + '_ {
        let relation = self.relation(place);
        let one = relation.one(place.side, slot);
        let one = (one != NONE).then_some(one);
        one.into_iter().chain(relation.members(place.side, slot))
    }

    /// All links of an entity at those of its ends that are wanted.
    fn links_at(
        &self,
        id: AnyId,
        wanted: fn(&Self, Place) -> bool,
    ) -> impl Iterator<Item = (Place, Slot)> + '_ {
        self.ends_of(id.entity())
            .filter(move |&place| wanted(self, place))
            .flat_map(move |place| {
                let members = self.linked(place, id.slot());
                members.map(move |member| (place, member))
            })
    }

    /// All links of the doomed at those of their ends that are wanted.
    fn links_of_all<'a>(
        &'a self,
        doom: &'a Doom,
        wanted: fn(&Self, Place) -> bool,
    ) -> impl Iterator<Item = (AnyId, Place, Slot)> + 'a {
        doom.doomed.iter().flat_map(move |doomed| {
            let links = self.links_at(doomed.id, wanted);
            links.map(move |(place, member)| (doomed.id, place, member))
        })
    }

    /// Every link that stands in the way: those that deny, then those whose
    /// loss would leave a survivor short.
    fn blockers(&self, doom: &Doom) -> Vec<Blocker> {
        let stays =
            |&(_, place, member): &(AnyId, Place, Slot)| !doom.has(self.target_type(place), member);
        let mut blockers: Vec<Blocker> = self
            .links_of_all(doom, Self::denies)
            .filter(stays)
            .map(|(entity, place, member)| Blocker {
                entity,
                blocked_by: self.member_id(place, member),
                end: self.declared(place),
                reason: BlockReason::Denies,
            })
            .collect();
        if self.deferred.is_some() {
            return blockers;
        }
        let mut lost: HashMap<(usize, usize, Slot), usize> = HashMap::new();
        for (entity, place, member) in self.links_of_all(doom, Self::may_leave_short).filter(stays)
        {
            let inverse = self.inverse(place);
            let lost = lost
                .entry((inverse.relation, inverse.side.index(), member))
                .or_default();
            *lost += 1;
            let (had, least) = (self.total_at(inverse, member), self.limits(inverse).least);
            // Just when it falls below.
            if had - *lost + 1 == least {
                blockers.push(Blocker {
                    entity,
                    blocked_by: self.member_id(place, member),
                    end: self.end(inverse).id,
                    reason: if self.is_just_required(inverse) {
                        BlockReason::Required
                    } else {
                        BlockReason::TooFew
                    },
                });
            }
        }
        blockers
    }

    /// Asks the checks of those who go, and of the ends at which those who stay
    /// lose links to them. Runs the user's code.
    fn ask_about_doomed(&self, doom: &Doom) -> Result<()> {
        for doomed in &doom.doomed {
            self.ask_about_delete(doomed.id)?;
        }
        let is_asked = |engine: &Self, place| engine.is_asked_at(engine.inverse(place));
        let links = self.links_of_all(doom, is_asked);
        let links = links.filter(|&(_, place, other)| !doom.has(self.target_type(place), other));
        let seen = links.map(|(id, place, other)| LinkSeen {
            place: self.inverse(place),
            owner: other,
            member: id.slot(),
            fate: Fate::Cut,
        });
        self.ask_about(seen.collect(), Births::None)
    }

    /// The end that a user has declared: behind a one-way end, that one.
    fn declared(&self, place: Place) -> EndId {
        let end = self.end(place);
        if end.hidden { end.inverse } else { end.id }
    }

    /// How many links end at somebody who goes, each counted once.
    fn links_of(&self, doom: &Doom) -> usize {
        let is_met_twice = |&(id, place, member): &(AnyId, Place, Slot)| {
            let itself = self.rules[place.relation].symmetric && member == id.slot();
            doom.has(self.target_type(place), member) && !itself
        };
        let all = self.links_of_all(doom, |_, _| true);
        let (twice, once): (Vec<_>, Vec<_>) = all.partition(is_met_twice);
        once.len() + twice.len() / 2
    }

    #[cold]
    fn blocked(&self, blockers: &[Blocker]) -> Error {
        let first = blockers[0];
        let same = |other: &&Blocker| (other.end, other.reason) == (first.end, first.reason);
        let who: Vec<AnyId> = blockers.iter().filter(same).map(|b| b.blocked_by).collect();
        let place = Place {
            relation: first.end.relationship(),
            side: first.end.side(),
        };
        let end = self.end_name(place);
        let least = self.limits(place).least;
        let (entity, names) = (self.describe(first.entity), self.describe_all(&who));
        let (kind, message) = match first.reason {
            BlockReason::Denies => (
                ErrorKind::Denied,
                format!("{entity} is linked to {names} and {end} denies deletion"),
            ),
            BlockReason::Required => (
                ErrorKind::Required,
                format!("{names} would be left without {end}, which is required, if {entity} went"),
            ),
            BlockReason::TooFew => (
                ErrorKind::TooFew,
                format!(
                    "{names} would be left with {} in {end}, which needs at least {least}, if {entity} went",
                    least - 1
                ),
            ),
        };
        Error::new(kind, message)
            .at(first.end)
            .about(blockers.iter().map(|b| b.blocked_by))
    }

    /// Takes out an entity that has no links.
    pub(crate) fn delete_unlinked(&mut self, id: AnyId) {
        self.write_delete(&[id], &[Removal::Deleted]);
    }

    /// Cuts all links of the doomed and takes them out; how many links.
    fn write_delete(&mut self, doomed: &[AnyId], why: &[Removal]) -> usize {
        let registry = self.registry.clone();
        let mut links = 0;
        for id in doomed {
            let ends = registry
                .entity_def(id.entity())
                .map_or(&[][..], |def| &def.ends);
            for &end in ends {
                let (relation, side) = (end.relationship(), end.side());
                self.note_cuts(Place { relation, side }, id.slot());
                if let Some(column) = &mut self.data[relation] {
                    take_all(&self.relations[relation], &mut **column, side, id.slot());
                }
                links += self.relations[relation].clear(side, id.slot(), &mut self.sink);
            }
        }
        for (&id, &why) in doomed.iter().zip(why) {
            let dead = RawId::new(id.slot(), DEAD);
            if !planted::is(Bug::DeadIdsStayGood) {
                self.set_generation(id.entity(), dead);
            }
            self.entities[id.entity().index()].remove(id.slot());
            self.sink.push(|| Change::Removed {
                entity: id.entity(),
                slot: id.slot(),
                why,
            });
        }
        links
    }
}
