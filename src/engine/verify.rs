//! The invariants, checked one by one over the whole graph.
//!
//! - **I1 symmetry**: *b* is in *a*'s row at an end exactly when *a* is in
//!   *b*'s row at the inverse end.
//! - **I2 nothing dangles**: every slot in a row or an index is a live
//!   entity's.
//! - **I3 cardinality**: a to-one end holds at most one link. The record of a
//!   to-one end has room for one, so what is checked is I1.
//! - **I4 no doubles**: a pair is linked at most once at an end.
//! - **I5 identity**: keys and entities are one-to-one, and all indexes say
//!   what the payloads say.
//!
//! Besides: the generations copied to ends are those of the entities, every
//! position leads to the cell that leads back, no end has too few or too many
//! links, nobody is linked at two ends of which each excludes the other, nobody
//! is inside itself, each link has data where that is declared, sorted rows are
//! in order, and keys of members lead to them.

use std::fmt;

use crate::engine::{Engine, Place};
use crate::id::{AnyId, DEAD, EntityTypeId, NONE, RawId, Side, Slot};

/// The first broken invariant that [`Graph::verify`](crate::Graph::verify)
/// found: a bug in this library, or in the `Hash`, `Eq` or `Ord` of a key.
///
/// ```
/// # use backref::example::Library;
/// use backref::{Broken, Graph};
///
/// # let Library { graph, .. } = Library::new()?;
/// fn checked(graph: Graph) -> Result<Graph, Broken> {
///     graph.verify()?;
///     Ok(graph)
/// }
/// assert!(checked(graph).is_ok());
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Broken {
    message: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Broken {}

pub(crate) type Verdict = Result<(), Broken>;

impl Engine {
    /// Checks everything, and names the first thing broken.
    pub(crate) fn verify(&self) -> Verdict {
        for def in self.registry.entity_defs() {
            self.verify_identity(def.id)?;
            for place in self.ends_of(def.id) {
                self.verify_generations(def.id, place)?;
                self.verify_live(def.id, place)?;
            }
        }
        for number in 0..self.relations.len() {
            self.verify_links(number)?;
            self.verify_data(number)?;
        }
        for ends in &self.arranged {
            ends.iter()
                .try_for_each(|&place| self.verify_arrangement(place))?;
        }
        self.verify_containment()
    }

    /// I5.
    fn verify_identity(&self, entity: EntityTypeId) -> Verdict {
        let broken = |what: String| Broken {
            message: format!("{}: {what}", self.entity_name(entity)),
        };
        self.entities[entity.index()].check().map_err(broken)
    }

    /// The end knows exactly the live entities under their generations.
    fn verify_generations(&self, entity: EntityTypeId, place: Place) -> Verdict {
        let all = &self.entities[entity.index()];
        for slot in 1..self.owners(place) {
            let known = self.relation(place).generation(place.side, slot);
            let lives = all.id_at(slot).map_or(DEAD, RawId::generation);
            if known != Some(lives) {
                return self.broken(place, slot, "the end has another generation");
            }
            let linked = self.relation(place).count(place.side, slot) > 0;
            if lives == DEAD && linked {
                return self.broken(place, slot, "a deleted entity has links (I2)");
            }
        }
        let unknown = |slot: &Slot| *slot >= self.owners(place);
        match self.slots(entity).find(unknown) {
            Some(slot) => self.broken(place, slot, "the end does not know the entity"),
            None => Ok(()),
        }
    }

    /// I2, and `required`, `min` and `max`; the first two hold at the end of a
    /// transaction only.
    fn verify_live(&self, entity: EntityTypeId, place: Place) -> Verdict {
        let target = &self.entities[self.end(place).target.index()];
        let limits = self.limits(place);
        for slot in self.slots(entity) {
            if self
                .linked(place, slot)
                .any(|other| target.id_at(other).is_none())
            {
                return self.broken(place, slot, "it is linked to nobody alive (I2)");
            }
            let count = self.total_at(place, slot);
            let rivals = self.groups.rivals(place).iter();
            if self.count_at(place, slot) > 0
                && rivals.clone().any(|&at| self.count_at(at, slot) > 0)
            {
                return self.broken(
                    place,
                    slot,
                    "it is linked at an end that excludes this one too (I3)",
                );
            }
            if count < limits.least && !self.is_in_call() {
                return self.broken(place, slot, "it has fewer links than it needs");
            }
            if count > limits.most {
                return self.broken(place, slot, "it has more links than it may");
            }
        }
        Ok(())
    }

    /// I1, I3 and I4.
    fn verify_links(&self, relation: usize) -> Verdict {
        self.relations[relation]
            .check()
            .or_else(|(side, slot, what)| self.broken(Place { relation, side }, slot, what))
    }

    /// Nobody is inside itself.
    fn verify_containment(&self) -> Verdict {
        let Some((entity, slot)) = self.find_nested() else {
            return Ok(());
        };
        let who = self.describe(self.id_at(entity, slot));
        Err(Broken {
            message: format!("{who} is inside itself"),
        })
    }

    /// Each link has data, and there is no more of it.
    fn verify_data(&self, relation: usize) -> Verdict {
        let Some(column) = &self.data[relation] else {
            return Ok(());
        };
        let place = Place {
            relation,
            side: Side::Left,
        };
        let symmetric = self.rules[relation].symmetric;
        let mut links = 0;
        for (owner, member, link) in self.all_links(place) {
            if column.get(link).is_none() {
                return self.broken(place, owner, "one of its links has no data");
            }
            // A symmetric link is seen from both its ends.
            links += usize::from(!symmetric || owner <= member);
        }
        if column.len() == links {
            return Ok(());
        }
        self.broken(place, NONE, "there is data of no link")
    }

    fn owners(&self, place: Place) -> Slot {
        self.relation(place).owners(place.side)
    }

    pub(crate) fn broken(&self, place: Place, slot: Slot, what: &str) -> Verdict {
        let owner = self.end(place).owner;
        let who = if slot == 0 {
            self.entity_name(owner).to_owned()
        } else {
            let generation = self.entities[owner.index()].last_generation(slot);
            self.describe(AnyId::new(owner, RawId::new(slot, generation)))
        };
        Err(Broken {
            message: format!("{} of {who}: {what}", self.end_name(place)),
        })
    }
}
