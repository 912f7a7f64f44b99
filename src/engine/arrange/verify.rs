//! Whether sorted rows are in order, and keys of members lead to them.

use crate::engine::verify::Verdict;
use crate::engine::{Engine, Place};
use crate::identity::{Arrangement, Keying, NO_KEY, Sorting};

impl Engine {
    /// Checks what only those can tell who know the keys. Runs the user's code.
    pub(crate) fn verify_arrangement(&self, place: Place) -> Verdict {
        match &self.end(place).arrangement {
            None => Ok(()),
            Some(Arrangement::Sorted(sorting)) => self.verify_order(place, &**sorting),
            Some(Arrangement::Keyed(keying)) => self.verify_keys(place, &**keying),
        }
    }

    fn verify_order(&self, place: Place, sorting: &dyn Sorting) -> Verdict {
        let target = self.target_type(place);
        for owner in self.slots(self.owner_type(place)) {
            let members = self.relation(place).members(place.side, owner);
            let payloads = members.map(|member| self.present(target, member));
            if !payloads.is_sorted_by(|one, other| sorting.compare(*one, *other).is_le()) {
                return self.broken(place, owner, "it is not in order");
            }
        }
        Ok(())
    }

    fn verify_keys(&self, place: Place, keying: &dyn Keying) -> Verdict {
        let target = self.target_type(place);
        let keyed = self.relation(place).arranged();
        let Some(keyed) = keyed.and_then(|store| store.keyed(place.side)) else {
            return self.broken(place, 0, "its rows are not keyed");
        };
        for owner in self.slots(self.owner_type(place)) {
            for member in self.relation(place).members(place.side, owner) {
                let payload = self.present(target, member);
                let hash = keying.hash(payload);
                if keyed.hash_of(member) != hash {
                    return self.broken(place, owner, "a member has another key than it had");
                }
                let same = |other| keying.is_same(self.present(target, other), payload);
                if hash != NO_KEY && keyed.find(owner, hash, same) != Some(member) {
                    return self.broken(place, owner, "a key leads to another member");
                }
            }
        }
        Ok(())
    }
}
