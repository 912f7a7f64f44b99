//! Containment: everybody has at most one container, and nobody is inside
//! itself, over all ends that contain.

use hashbrown::HashSet;

use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, NONE, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;

/// An entity by type and slot; it may be one that is still to be inserted.
type Node = (EntityTypeId, Slot);

impl Engine {
    /// The container of a live entity, and the end of it where the entity is.
    pub(crate) fn container(&self, id: AnyId) -> Option<(AnyId, Place)> {
        let (place, container) = self.container_at((id.entity(), id.slot()))?;
        Some((self.member_id(place, container), self.inverse(place)))
    }

    /// The end of an entity at which it has its container, and that one's slot.
    fn container_at(&self, (entity, slot): Node) -> Option<(Place, Slot)> {
        let places = self.groups.contained_at(entity).iter();
        let mut linked = places.map(|&place| (place, self.one_at(place, slot)));
        linked.find(|&(_, container)| container != NONE)
    }

    /// Refuses a plan that would put somebody inside itself.
    ///
    /// Nothing where the types rule it out or the parts contain nothing;
    /// O(depth) otherwise.
    pub(crate) fn check_nesting(&self, plan: &LinkPlan) -> Result<()> {
        if plan.make.is_empty() || !self.groups.nests(plan.place.relation) {
            return Ok(());
        }
        let (inside, outside) = self.inside_and_outside(plan);
        let parts: Vec<Node> = inside
            .into_iter()
            .filter(|part| outside.contains(part) || self.contains_any(*part))
            .collect();
        if parts.is_empty() || self.is_blind_to(plan.place) {
            return Ok(());
        }
        let within = |outer: &Node| self.first_around(*outer, &parts);
        match outside.iter().find_map(within) {
            Some(part) => Err(self.nested(plan.place, part)),
            None => Ok(()),
        }
    }

    /// Refuses a newcomer whose container is inside of one of its parts.
    pub(crate) fn check_newcomer_nesting(&self, plans: &[LinkPlan]) -> Result<()> {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        let mut place = None;
        for plan in plans
            .iter()
            .filter(|plan| self.groups.nests(plan.place.relation))
        {
            let (parts, containers) = self.inside_and_outside(plan);
            if self.end(plan.place).contained {
                inside.extend(parts);
            } else {
                outside.extend(containers);
            }
            place = Some(plan.place);
        }
        let met = outside
            .iter()
            .find_map(|outer| self.first_around(*outer, &inside));
        match (met, place) {
            (Some(part), Some(place)) => Err(self.nested(place, part)),
            (None, _) | (_, None) => Ok(()),
        }
    }

    /// Who becomes a part by a plan, and of whom.
    fn inside_and_outside(&self, plan: &LinkPlan) -> (Vec<Node>, Vec<Node>) {
        let near = vec![(self.owner_type(plan.place), plan.owner)];
        let target = self.target_type(plan.place);
        let far = plan.make.iter().map(|&member| (target, member)).collect();
        if self.end(plan.place).contained {
            (far, near)
        } else {
            (near, far)
        }
    }

    fn contains_any(&self, (entity, slot): Node) -> bool {
        let mut inside = self
            .ends_of(entity)
            .filter(|&place| self.end(place).contained);
        inside.any(|place| self.count_at(place, slot) > 0)
    }

    /// The first of `parts` that is `inner` or around it.
    fn first_around(&self, inner: Node, parts: &[Node]) -> Option<Node> {
        let wanted: HashSet<Node> = parts.iter().copied().collect();
        let mut at = Some(inner);
        while let Some(node) = at {
            steps::take(1);
            if wanted.contains(&node) {
                return at;
            }
            at = self.container_of(node);
        }
        None
    }

    fn container_of(&self, node: Node) -> Option<Node> {
        let (place, container) = self.container_at(node)?;
        Some((self.target_type(place), container))
    }

    /// Who is inside itself, if anybody is: for `verify`.
    pub(crate) fn find_nested(&self) -> Option<(EntityTypeId, Slot)> {
        let most = self.live_entities();
        let mut sound: HashSet<Node> = HashSet::new();
        let types = self.registry.entity_defs().iter();
        let mut all = types.flat_map(|def| self.slots(def.id).map(|slot| (def.id, slot)));
        all.find(|&inner| {
            let next = |node: &Node| self.container_of(*node);
            let path: Vec<Node> = std::iter::successors(Some(inner), next)
                .take_while(|node| !sound.contains(node))
                .take(most + 1)
                .collect();
            let is_endless = path.len() > most;
            sound.extend(path);
            is_endless
        })
    }

    fn live_entities(&self) -> usize {
        self.entities.iter().map(|all| all.len()).sum()
    }

    /// The planted bug that looks from the side of the containers only.
    fn is_blind_to(&self, place: Place) -> bool {
        planted::is(Bug::NestingIsSeenFromOneEnd) && !self.end(place).contained
    }

    #[cold]
    fn nested(&self, place: Place, (entity, slot): Node) -> Error {
        let contains = if self.end(place).contained {
            place
        } else {
            self.inverse(place)
        };
        let part = self.id_at(entity, slot);
        let message = format!(
            "{} would be inside itself by {}, which is contained",
            self.describe(part),
            self.end_name(contains),
        );
        Error::new(ErrorKind::Cycle, message)
            .at(self.end(contains).id)
            .about([part])
    }
}
