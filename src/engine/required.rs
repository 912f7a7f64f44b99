//! `required`: nobody is left without a link where one must be.

use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, NONE, Side, Slot};
use crate::internals::planted::{self, Bug};

/// What a batch of plans adds to and takes from one entity at one end.
type Tally = (usize, Side, Slot, isize);

/// An entity that is being inserted: it has no row yet and no links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newcomer {
    pub(crate) entity: EntityTypeId,
    pub(crate) slot: Slot,
}

impl Engine {
    /// Judges plans by the state that all of them together lead to.
    pub(crate) fn check_required(
        &self,
        plans: &[LinkPlan],
        newcomer: Option<Newcomer>,
    ) -> Result<()> {
        if planted::is(Bug::RequiredIsIgnored) && newcomer.is_none() {
            return Ok(());
        }
        let mut tallies = self.tallies(plans);
        if let Some(newcomer) = newcomer {
            let ends = self.ends_of(newcomer.entity);
            tallies.extend(ends.map(|end| (end.relation, end.side, newcomer.slot, 0)));
        }
        tallies.retain(|&(relation, side, ..)| self.rules[relation].required[side.index()]);
        tallies.sort_unstable();
        let same = |a: &Tally, b: &Tally| (a.0, a.1, a.2) == (b.0, b.1, b.2);
        let mut short: Vec<(Place, Slot)> = Vec::new();
        for entity in tallies.chunk_by(same) {
            let (relation, side, slot, _) = entity[0];
            let place = Place { relation, side };
            let change: isize = entity.iter().map(|tally| tally.3).sum();
            if self.count_at(place, slot).checked_add_signed(change) == Some(0) {
                short.push((place, slot));
            }
        }
        self.name_the_short(&short, newcomer)
    }

    fn tallies(&self, plans: &[LinkPlan]) -> Vec<Tally> {
        // Two plans may cut the same link, which is cut once.
        let mut cuts: Vec<(usize, Slot, Slot)> = plans
            .iter()
            .flat_map(|plan| plan.cut.iter().map(|&(l, r)| (plan.place.relation, l, r)))
            .map(|(relation, left, right)| self.normal(relation, left, right))
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let lost = cuts.into_iter().flat_map(|(relation, left, right)| {
            let place = Place {
                relation,
                side: Side::Left,
            };
            self.both_ends(place, left, right)
                .map(|(end, slot)| (end, slot, -1))
        });
        let won = plans.iter().flat_map(|plan| {
            plan.make.iter().flat_map(|&member| {
                self.both_ends(plan.place, plan.owner, member)
                    .map(|(end, slot)| (end, slot, 1))
            })
        });
        lost.chain(won)
            .filter(|&(_, slot, _)| slot != NONE)
            .map(|(end, slot, change)| (end.relation, end.side, slot, change))
            .collect()
    }

    /// A symmetric link has no left and right of its own.
    fn normal(&self, relation: usize, left: Slot, right: Slot) -> (usize, Slot, Slot) {
        if self.rules[relation].symmetric && left > right {
            (relation, right, left)
        } else {
            (relation, left, right)
        }
    }

    /// The two ends of a link; the second is nobody's where a symmetric link
    /// joins an entity to itself and counts once.
    fn both_ends(&self, place: Place, owner: Slot, member: Slot) -> [(Place, Slot); 2] {
        let inverse = self.inverse(place);
        let once = self.rules[place.relation].symmetric && owner == member;
        [(place, owner), (inverse, if once { NONE } else { member })]
    }

    fn count_at(&self, place: Place, slot: Slot) -> usize {
        let relation = self.relation(place);
        if relation.generation(place.side, slot).is_none() {
            return 0;
        }
        relation.count(place.side, slot)
    }

    fn name_the_short(&self, short: &[(Place, Slot)], newcomer: Option<Newcomer>) -> Result<()> {
        let Some(&(place, first)) = short.first() else {
            return Ok(());
        };
        let owner = self.end(place).owner;
        if newcomer.is_some_and(|new| new.entity == owner && new.slot == first) {
            let message = format!(
                "a new {} needs {}, which is required: insert it together with its links",
                self.entity_name(owner),
                self.end_name(place),
            );
            return Err(Error::new(ErrorKind::Required, message).at(self.end(place).id));
        }
        let at_the_end = short
            .iter()
            .filter(|(other, _)| (other.relation, other.side) == (place.relation, place.side));
        let ids: Vec<AnyId> = at_the_end
            .map(|&(_, slot)| self.id_at(owner, slot))
            .collect();
        Err(self.left_short(place, &ids))
    }
}
