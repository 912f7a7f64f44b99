//! Reading by numbers.

use std::any::Any;
use std::fmt;
use std::iter::FusedIterator;

use crate::engine::delete::plan::DeletePlan;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{AnyId, EndId, EntityTypeId, NONE, Slot};
use crate::links::members::Members;

/// A graph, read by entity and end numbers; made by
/// [`Graph::untyped`](crate::Graph::untyped).
///
/// For tools that learn the types at run time. The costs are those of the
/// typed verbs of the same names. An id or an end that does not fit is linked
/// to nobody.
#[derive(Clone, Copy)]
pub struct Untyped<'g> {
    engine: &'g Engine,
}

impl<'g> Untyped<'g> {
    pub(crate) fn new(engine: &'g Engine) -> Self {
        Self { engine }
    }

    /// Whether an entity is live. Computes in O(1).
    #[must_use]
    pub fn is_live(self, id: AnyId) -> bool {
        self.engine.is_live(id)
    }

    /// The number of entities of a type. Computes in O(1).
    #[must_use]
    pub fn len(self, entity: EntityTypeId) -> usize {
        self.engine
            .entities
            .get(entity.index())
            .map_or(0, |all| all.len())
    }

    /// All entities of a type, in slot order.
    pub fn ids(self, entity: EntityTypeId) -> impl Iterator<Item = AnyId> + 'g {
        self.engine
            .ids(entity)
            .map(move |id| AnyId::new(entity, id))
    }

    /// The payload of an entity, of the type that its entity type was declared
    /// with; `None` if it is dead.
    #[must_use]
    pub fn payload(self, id: AnyId) -> Option<&'g (dyn Any + Send + Sync)> {
        let all = self.engine.entities.get(id.entity().index())?;
        all.is_live(id.raw()).then(|| all.payload(id.slot()))?
    }

    /// The entity whose primary key is `key`, which must be a reference to a
    /// value of the key's own type.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let key = "Lem".to_owned();
    /// assert_eq!(graph.untyped().find(author.untyped(), &key), Some(author.any(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find(self, entity: EntityTypeId, key: &dyn Any) -> Option<AnyId> {
        let slot = self.engine.entities.get(entity.index())?.find(key)?;
        Some(self.engine.id_at(entity, slot))
    }

    /// The entity at a to-one end.
    #[must_use]
    pub fn one(self, end: EndId, id: AnyId) -> Option<AnyId> {
        let place = self.place(end, id)?;
        let slot = self.engine.relation(place).one(place.side, id.slot());
        (slot != NONE).then(|| self.engine.id_at(self.engine.target_type(place), slot))
    }

    /// The row at a to-many end; empty for a to-one end.
    #[must_use]
    pub fn row(self, end: EndId, id: AnyId) -> AnyRow<'g> {
        let place = self.place(end, id);
        let members = place.map(|place| self.engine.relation(place).members(place.side, id.slot()));
        AnyRow {
            engine: self.engine,
            place,
            owner: id.slot(),
            members: members.unwrap_or_default(),
        }
    }

    /// Who is linked at an end of either cardinality, in order.
    pub fn links(self, end: EndId, id: AnyId) -> impl Iterator<Item = AnyId> + 'g {
        self.one(end, id)
            .into_iter()
            .chain(self.row(end, id).iter())
    }

    /// What deleting these would do.
    ///
    /// # Errors
    /// [`NotLive`](crate::ErrorKind::NotLive).
    pub fn plan_delete(self, ids: &[AnyId]) -> Result<DeletePlan> {
        self.engine.plan_delete(ids)
    }

    /// The place of an end, if the entity is live and has that end.
    fn place(self, end: EndId, id: AnyId) -> Option<Place> {
        let place = self.engine.known_place(end).ok()?;
        let fits = self.engine.owner_type(place) == id.entity();
        (fits && self.engine.is_live_at(place, id.raw())).then_some(place)
    }
}

impl fmt::Debug for Untyped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Untyped").finish_non_exhaustive()
    }
}

/// The members of one entity at a to-many end; made by [`Untyped::row`].
#[derive(Clone, Copy)]
pub struct AnyRow<'g> {
    engine: &'g Engine,
    place: Option<Place>,
    owner: Slot,
    members: Members<'g>,
}

impl<'g> AnyRow<'g> {
    /// The number of members. Computes in O(1).
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members. Computes in O(1).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member at a position. Computes in O(1) on a row without holes, in
    /// O(position) otherwise.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<AnyId> {
        let slot = self.members.at(position)?;
        Some(
            self.engine
                .id_at(self.engine.target_type(self.place?), slot),
        )
    }

    /// Whether an entity is a member. Computes in O(1).
    #[must_use]
    pub fn contains(&self, item: AnyId) -> bool {
        self.place.is_some_and(|place| {
            let inverse = self.engine.inverse(place);
            item.entity() == self.engine.target_type(place)
                && self.engine.is_live_at(inverse, item.raw())
                && self
                    .engine
                    .relation(place)
                    .contains(place.side, self.owner, item.slot())
        })
    }

    /// The position of a member. Computes in O(1) on a row without holes, in
    /// O(position) otherwise.
    #[must_use]
    pub fn position(&self, item: AnyId) -> Option<usize> {
        if !self.contains(item) {
            return None;
        }
        let place = self.place?;
        let offset = self
            .engine
            .relation(place)
            .offset(place.side, self.owner, item.slot())?;
        Some(self.members.before(offset))
    }

    /// The members, in order.
    #[must_use]
    pub fn iter(&self) -> AnyRowIter<'g> {
        AnyRowIter {
            engine: self.engine,
            target: self.place.map(|place| self.engine.target_type(place)),
            members: self.members,
        }
    }
}

impl<'g> IntoIterator for AnyRow<'g> {
    type Item = AnyId;
    type IntoIter = AnyRowIter<'g>;

    fn into_iter(self) -> AnyRowIter<'g> {
        self.iter()
    }
}

impl<'g> IntoIterator for &AnyRow<'g> {
    type Item = AnyId;
    type IntoIter = AnyRowIter<'g>;

    fn into_iter(self) -> AnyRowIter<'g> {
        self.iter()
    }
}

impl fmt::Debug for AnyRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The ids in an [`AnyRow`]; made by [`AnyRow::iter`].
#[derive(Clone)]
pub struct AnyRowIter<'g> {
    engine: &'g Engine,
    target: Option<EntityTypeId>,
    members: Members<'g>,
}

impl AnyRowIter<'_> {
    fn id(&self, slot: Slot) -> Option<AnyId> {
        Some(self.engine.id_at(self.target?, slot))
    }
}

impl Iterator for AnyRowIter<'_> {
    type Item = AnyId;

    fn next(&mut self) -> Option<AnyId> {
        let slot = self.members.next()?;
        self.id(slot)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members.size_hint()
    }
}

impl DoubleEndedIterator for AnyRowIter<'_> {
    fn next_back(&mut self) -> Option<AnyId> {
        let slot = self.members.next_back()?;
        self.id(slot)
    }
}

impl ExactSizeIterator for AnyRowIter<'_> {}

impl FusedIterator for AnyRowIter<'_> {}

impl fmt::Debug for AnyRowIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
