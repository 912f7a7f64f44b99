//! Deleting: who goes with whom, who forbids it, and then the writes.

pub(crate) mod consequences;
pub(crate) mod plan;

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use crate::change::{Change, Removal};
use crate::engine::check::{Births, Fate, LinkSeen};
use crate::engine::delete::consequences::Consequences;
use crate::engine::delete::plan::{BlockReason, Blocker, DeletePlan, Deletion, Doomed};
use crate::engine::link_data::take_all;
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, DEAD, EndId, EntityTypeId, NONE, RawId, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;

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
        if let &[id] = ids
            && self.consequences(id.entity()).is_some_and(|it| it.is_plain)
            && !planted::is(Bug::CascadeStopsEarly)
        {
            return self.delete_plainly(id, why);
        }
        let doom = self.doom(ids, why, orphans)?;
        let blockers = self.blockers(&doom);
        if !blockers.is_empty() {
            return Err(self.blocked(&blockers));
        }
        self.ask_about_doomed(&doom)?;
        let entities: Vec<AnyId> = doom.doomed.iter().map(|doomed| doomed.id).collect();
        let links = self.write_delete(&entities, |n| doom.why[n]);
        Ok(Deletion { entities, links })
    }

    /// [`delete_with`](Self::delete_with) where it is known of the type that
    /// nobody is come to twice and nobody has a say.
    fn delete_plainly(&mut self, id: AnyId, why: Removal) -> Result<Deletion> {
        if !self.is_live(id) {
            return Err(self.not_live(id));
        }
        let mut entities = vec![id];
        let mut next = 0;
        while let Some(&id) = entities.get(next) {
            next += 1;
            for &place in self.places_of(id, |it| &it.cascades) {
                let members = self.linked(place, id.slot());
                steps::take(self.relation(place).count(place.side, id.slot()));
                entities.extend(members.map(|member| self.member_id(place, member)));
            }
        }
        let links = self.write_delete(&entities, |n| match n {
            0 => why,
            _ => Removal::Cascaded,
        });
        Ok(Deletion { entities, links })
    }

    /// Drops the payloads of a delete, after all is written.
    pub(crate) fn dispose(&mut self, deletion: &Deletion) {
        if !self.sink.is_listening()
            && let Some(first) = deletion.entities.first()
        {
            let data = self.dispose_data();
            let first = self.entities[first.entity().index()].dispose();
            drop((std::mem::take(&mut self.spent), first, data));
        }
    }

    /// Drops the payloads of these types that were replaced or removed, and the
    /// data of links that were cut.
    pub(crate) fn dispose_types(&mut self, types: impl Iterator<Item = EntityTypeId>) {
        let mut is_concerned: SmallVec<[bool; 32]> =
            SmallVec::from_elem(false, self.entities.len());
        types.for_each(|entity| is_concerned[entity.index()] = true);
        let data = self.dispose_data();
        let concerned = self.entities.iter_mut().zip(is_concerned);
        let spent: SmallVec<[_; 2]> = concerned
            .filter(|(_, is_concerned)| *is_concerned)
            .filter_map(|(all, _)| all.dispose())
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
            self.doom_linked(&mut doom, id);
            if orphans == Orphans::Follow {
                self.doom_orphans(&mut doom, id);
            }
        }
        Ok(doom)
    }

    /// Adds those who are linked to this one where it takes them along.
    fn doom_linked(&self, doom: &mut Doom, id: AnyId) {
        for &place in self.places_of(id, |it| &it.cascades) {
            let through = Some((id, self.end(place).id));
            for member in self.linked(place, id.slot()) {
                let id = self.member_id(place, member);
                doom.add(Doomed { id, through }, Removal::Cascaded);
            }
        }
    }

    fn consequences(&self, entity: EntityTypeId) -> Option<&Consequences> {
        self.types.get(entity.index()).map(|rules| &rules.on_delete)
    }

    fn places_of(&self, id: AnyId, wanted: Wanted) -> &[Place] {
        self.consequences(id.entity()).map_or(&[], wanted)
    }

    /// Adds those who have lost their last owner with this one.
    fn doom_orphans(&self, doom: &mut Doom, id: AnyId) {
        for (place, member) in self.links_at(id, self.places_of(id, |it| &it.orphans)) {
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

    /// Who is linked to `slot` at an end of either cardinality.
    pub(crate) fn linked(&self, place: Place, slot: Slot) -> impl Iterator<Item = Slot> + '_ {
        let relation = self.relation(place);
        let one = relation.one(place.side, slot);
        let one = (one != NONE).then_some(one);
        one.into_iter().chain(relation.members(place.side, slot))
    }

    /// All links of an entity at some of its ends.
    fn links_at<'a>(
        &'a self,
        id: AnyId,
        places: impl IntoIterator<Item = &'a Place> + 'a,
    ) -> impl Iterator<Item = (Place, Slot)> + 'a {
        places.into_iter().flat_map(move |&place| {
            let members = self.linked(place, id.slot());
            members.map(move |member| (place, member))
        })
    }

    /// The links of the doomed to those who stay, at those of their ends that
    /// are wanted.
    fn links_to_others<'a>(
        &'a self,
        doom: &'a Doom,
        wanted: Wanted,
    ) -> impl Iterator<Item = (AnyId, Place, Slot)> + 'a {
        let all = doom.doomed.iter().flat_map(move |&Doomed { id, .. }| {
            let links = self.links_at(id, self.places_of(id, wanted));
            links.map(move |(place, member)| (id, place, member))
        });
        all.filter(|&(_, place, member)| !doom.has(self.target_type(place), member))
    }

    /// Every link that stands in the way: those that deny, then those whose
    /// loss would leave a survivor short.
    fn blockers(&self, doom: &Doom) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self
            .links_to_others(doom, |it| &it.denies)
            .filter(|_| !planted::is(Bug::DenyIsIgnored))
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
        let losses = self.links_to_others(doom, |it| &it.leaves_short);
        for (entity, place, member) in losses {
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
        if self.is_applying {
            return Ok(());
        }
        let losses = self.links_to_others(doom, |it| &it.asks);
        let seen = losses.map(|(id, place, other)| LinkSeen {
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
        let all = doom.doomed.iter().flat_map(|doomed| {
            let rules = self.types.get(doomed.id.entity().index());
            let ends = rules.into_iter().flat_map(|rules| rules.ends.iter());
            let links = self.links_at(doomed.id, ends);
            links.map(|(place, member)| (doomed.id, place, member))
        });
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
        self.write_delete(&[id], |_| Removal::Deleted);
    }

    /// Cuts all links of the doomed and takes them out; how many links.
    fn write_delete(&mut self, doomed: &[AnyId], why: impl Fn(usize) -> Removal) -> usize {
        if !self.sink.is_listening() {
            return self.write_for_good(doomed);
        }
        let mut links = 0;
        for id in doomed {
            for end in 0..self.types[id.entity().index()].ends.len() {
                let place = self.types[id.entity().index()].ends[end];
                self.note_cuts(place, id.slot());
                self.take_data_at(place, id.slot());
                let relation = &mut self.relations[place.relation];
                links += relation.clear(place.side, id.slot(), &mut self.sink);
            }
        }
        for (n, &id) in doomed.iter().enumerate() {
            if !planted::is(Bug::DeadIdsStayGood) {
                self.set_generation(id.entity(), RawId::new(id.slot(), DEAD));
            }
            self.entities[id.entity().index()].remove(id.slot());
            self.sink.push(|| Change::Removed {
                entity: id.entity(),
                slot: id.slot(),
                why: why(n),
            });
        }
        links
    }

    /// [`write_delete`](Self::write_delete) while nobody listens.
    fn write_for_good(&mut self, doomed: &[AnyId]) -> usize {
        let mut links = 0;
        for id in doomed {
            for end in 0..self.types[id.entity().index()].ends.len() {
                let place = self.types[id.entity().index()].ends[end];
                self.take_data_at(place, id.slot());
                links += self.relations[place.relation].bury(place.side, id.slot());
            }
        }
        self.take_out_for_good(doomed);
        links
    }

    /// Takes the data of all links that an entity has at an end.
    #[inline]
    fn take_data_at(&mut self, place: Place, slot: Slot) {
        if let Some(column) = &mut self.data[place.relation] {
            take_all(
                &self.relations[place.relation],
                &mut **column,
                place.side,
                slot,
            );
        }
    }

    /// Takes out the doomed, whom nobody can bring back. The payload of the
    /// first waits on the side stack for whoever is owed it.
    fn take_out_for_good(&mut self, doomed: &[AnyId]) {
        let Some((first, others)) = doomed.split_first() else {
            return;
        };
        self.entities[first.entity().index()].remove(first.slot());
        for same in others.chunk_by(|a, b| a.entity() == b.entity()) {
            let all = &mut self.entities[same[0].entity().index()];
            self.spent.extend(all.remove_for_good(same));
        }
    }
}

/// Some of the ends of a type.
type Wanted = fn(&Consequences) -> &[Place];
