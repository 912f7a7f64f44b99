//! Orphans: whoever has lost its last owner goes too.
//!
//! Who is an orphan is seen when all of a call is written, and their delete is
//! a plan of its own, which may be refused. So a call that may leave some
//! behind is made as one that can be taken back; a delete plans them at once.

use crate::change::Removal;
use crate::engine::delete::Orphans;
use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{AnyId, EntityTypeId, RawId, Slot};
use crate::internals::planted::{self, Bug};

impl Engine {
    /// Whether a plan has to be made as a call that can be taken back: it takes
    /// somebody from an owner, and nobody has seen to that yet.
    pub(crate) fn may_orphan(&self, plan: &LinkPlan) -> bool {
        !plan.cut.is_empty() && self.is_to_adopt(plan.place)
    }

    /// Whether a call on a relationship may leave orphans, and nobody has seen
    /// yet to their being looked for at its end.
    pub(crate) fn is_to_adopt(&self, place: Place) -> bool {
        self.rules[place.relation].orphans && self.deferred.is_none()
    }

    pub(crate) fn is_any_to_adopt(&self, links: &[(Place, RawId)]) -> bool {
        links.iter().any(|&(place, _)| self.is_to_adopt(place))
    }

    /// Refuses to link to somebody who went as an orphan of an earlier call, of
    /// whom the caller still holds the row.
    pub(crate) fn expect_owner_lives(&self, plan: &LinkPlan) -> Result<()> {
        let LinkPlan { place, owner, .. } = *plan;
        if !self.rules[place.relation].orphans || self.lives_at(place, owner) {
            return Ok(());
        }
        Err(self.not_live(self.id_at(self.owner_type(place), owner)))
    }

    /// How many owners an entity has, over all ends that delete orphans.
    pub(crate) fn owners_of(&self, entity: EntityTypeId, slot: Slot) -> usize {
        let places = self.groups.owned_at(entity).iter();
        places.map(|&place| self.count_at(place, slot)).sum()
    }

    /// Deletes those who have lost their last owner since judging was deferred,
    /// and all that goes with them, as one plan.
    pub(crate) fn delete_orphans(&mut self) -> Result<()> {
        let orphans = self.orphaned();
        if orphans.is_empty() || planted::is(Bug::OrphansStay) {
            return Ok(());
        }
        let deleted = self.delete_with(&orphans, Removal::Orphaned, Orphans::Follow);
        deleted.map(drop).map_err(|error| {
            let orphans = self.describe_all(&orphans);
            error.and(&format!(
                ": the call would leave {orphans} without an owner"
            ))
        })
    }

    fn orphaned(&self) -> Vec<AnyId> {
        let is_owned = |place: Place| self.end(self.inverse(place)).orphans;
        let has_owner = |place: Place, slot: Slot| {
            if planted::is(Bug::OrphansOfOneEnd) {
                return self.count_at(place, slot) > 0;
            }
            self.owners_of(self.owner_type(place), slot) > 0
        };
        let losers = self.losers(is_owned).into_iter();
        losers
            .filter(|&(place, slot)| !has_owner(place, slot))
            .map(|(place, slot)| self.id_at(self.owner_type(place), slot))
            .collect()
    }
}
