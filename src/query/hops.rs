//! One step onward: who is linked to an entity at the ends that are followed.

use std::fmt;

use smallvec::SmallVec;

use crate::engine::{Engine, Place};
use crate::id::{AnyId, EndId, EntityTypeId, NONE, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::members::Members;

/// The ends that are followed, in the order in which they are, of a graph that
/// is only read.
#[derive(Clone)]
pub(crate) struct Hops<'g> {
    engine: &'g Engine,
    ends: SmallVec<[(EndId, Place); 4]>,
}

impl<'g> Hops<'g> {
    /// Over those of the ends that the graph has.
    pub(crate) fn new(engine: &'g Engine, ends: impl IntoIterator<Item = EndId>) -> Self {
        let placed = |end| Some((end, engine.known_place(end).ok()?));
        Self {
            engine,
            ends: ends.into_iter().filter_map(placed).collect(),
        }
    }

    /// Over those of the ends that the graph has; of an end of several types,
    /// over the links to all of them.
    pub(crate) fn to_any(engine: &'g Engine, ends: impl IntoIterator<Item = EndId>) -> Self {
        let placed = |end| Some((end, engine.known_place(end).ok()?));
        let all = ends.into_iter().filter_map(placed);
        let all = all.flat_map(|(end, place)| {
            let places = engine.kin(place);
            places.map(move |place| (end, place))
        });
        Self {
            engine,
            ends: all.collect(),
        }
    }

    /// The same links from the other side; they keep the names of the ends
    /// that these hops follow.
    #[cfg(feature = "petgraph")]
    pub(crate) fn reversed(&self) -> Self {
        let ends = self.ends.iter();
        Self {
            engine: self.engine,
            ends: ends
                .map(|&(end, place)| (end, self.engine.inverse(place)))
                .collect(),
        }
    }

    pub(crate) fn engine(&self) -> &'g Engine {
        self.engine
    }

    #[cfg(feature = "petgraph")]
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.ends.iter().map(|&(_, place)| place)
    }

    /// The type of the entities that the first end belongs to: of all, where
    /// the ends are within one type.
    pub(crate) fn first_type(&self) -> Option<EntityTypeId> {
        let &(_, place) = self.ends.first()?;
        Some(self.engine.owner_type(place))
    }

    fn linked(&self, place: Place, slot: Slot) -> Linked<'g> {
        let relation = self.engine.relation(place);
        Linked {
            one: relation.one(place.side, slot),
            members: relation.members(place.side, slot),
        }
    }
}

impl fmt::Debug for Hops<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = self.ends.iter();
        f.debug_list().entries(ends.map(|(end, _)| end)).finish()
    }
}

/// The members of one entity at one end of either cardinality.
#[derive(Clone, Debug, Default)]
struct Linked<'g> {
    one: Slot,
    members: Members<'g>,
}

impl Iterator for Linked<'_> {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        if self.one != NONE {
            return Some(std::mem::replace(&mut self.one, NONE));
        }
        self.members.next()
    }
}

/// How far the links of one live entity have been followed: end by end, each
/// in the order of its row.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'g> {
    pub(crate) from: AnyId,
    /// How many of the ends have been begun.
    begun: usize,
    linked: Linked<'g>,
}

impl<'g> Cursor<'g> {
    pub(crate) fn new(from: AnyId) -> Self {
        Self {
            from,
            begun: 0,
            linked: Linked::default(),
        }
    }

    /// The next link: its end and who is there. The hops are always the same.
    pub(crate) fn next(&mut self, hops: &Hops<'g>) -> Option<(EndId, AnyId)> {
        loop {
            if let Some(slot) = self.linked.next() {
                steps::take(1);
                let (end, place) = hops.ends[self.begun - 1];
                return Some((end, hops.engine.member_id(place, slot)));
            }
            if planted::is(Bug::WalksFollowTheFirstEndOnly) && self.begun == 1 {
                return None;
            }
            let &(_, place) = hops.ends.get(self.begun)?;
            self.begun += 1;
            if hops.engine.owner_type(place) == self.from.entity() {
                self.linked = hops.linked(place, self.from.slot());
            }
        }
    }
}
