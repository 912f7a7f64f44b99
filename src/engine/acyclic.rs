//! `acyclic`: no entity is its own ancestor, from whichever end it is tried.

use hashbrown::HashSet;
use smallvec::SmallVec;

use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{NONE, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;

impl Engine {
    /// Refuses new members of `owner` from which the relationship already
    /// leads back to it.
    ///
    /// Nothing for an owner that nobody leads to, or members that lead nowhere;
    /// O(depth) where one of the ends is to-one, O(what is reachable) otherwise.
    pub(crate) fn check_acyclic(&self, place: Place, owner: Slot, members: &[Slot]) -> Result<()> {
        let is_many = self.relation(place).is_many(place.side);
        if planted::is(Bug::CyclesAreSeenFromOneEnd) && is_many {
            return Ok(());
        }
        // A path back ends with a link to the owner, and starts with one from a
        // member: without either there is none.
        let up = self.inverse(place);
        if self.relation(up).count(up.side, owner) == 0 && !members.contains(&owner) {
            return Ok(());
        }
        let starts = self.with_links(place, owner, members);
        let found = if self.relation(place).leads_to_children(place.side) {
            // Up from the owner is one path; down from the members is many.
            self.meets(up, &[owner], &starts)
        } else {
            self.meets(place, &starts, &[owner])
                .and_then(|_| starts.first().copied())
        };
        match found {
            Some(member) => Err(self.cycle(place, owner, member)),
            None => Ok(()),
        }
    }

    /// Refuses to put a newcomer between entities that are on one path
    /// already: some of `before` reachable from some of `after`.
    pub(crate) fn check_between(
        &self,
        place: Place,
        after: &[Slot],
        before: &[Slot],
    ) -> Result<()> {
        let met = if self.relation(place).leads_to_children(place.side) {
            self.meets(self.inverse(place), before, after)
        } else {
            self.meets(place, after, before)
        };
        match met {
            Some(slot) => Err(self.cycle(place, slot, slot)),
            None => Ok(()),
        }
    }

    /// Those of `members` that a walk may meet at all: with links of their
    /// own at `place`, or `other` itself.
    fn with_links(&self, place: Place, other: Slot, members: &[Slot]) -> SmallVec<[Slot; 4]> {
        let relation = self.relation(place);
        let meets = |&member: &Slot| member == other || relation.count(place.side, member) > 0;
        members.iter().copied().filter(meets).collect()
    }

    /// The first of `targets` that is among `starts` or reachable from them by
    /// following the end at `place`.
    fn meets(&self, place: Place, starts: &[Slot], targets: &[Slot]) -> Option<Slot> {
        if targets.is_empty() {
            return None;
        }
        let wanted: HashSet<Slot> = targets.iter().copied().collect();
        let relation = self.relation(place);
        if !relation.is_many(place.side) {
            return starts.iter().find_map(|&start| {
                let mut at = start;
                while at != NONE && !wanted.contains(&at) {
                    steps::take(1);
                    at = relation.one(place.side, at);
                }
                (at != NONE).then_some(at)
            });
        }
        let mut seen: HashSet<Slot> = starts.iter().copied().collect();
        let mut open: Vec<Slot> = starts.to_vec();
        while let Some(at) = open.pop() {
            steps::take(1);
            if wanted.contains(&at) {
                return Some(at);
            }
            open.extend(
                relation
                    .members(place.side, at)
                    .filter(|&next| seen.insert(next)),
            );
        }
        None
    }
}
