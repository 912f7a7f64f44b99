//! Writing by numbers.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;

use smallvec::SmallVec;

use crate::engine::delete::plan::Deletion;
use crate::engine::row::LiveRow;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::graph::untyped::Untyped;
use crate::id::{AnyId, EndId, EntityTypeId, RawId};
use crate::schema::Cardinality;

/// A graph, changed by entity and end numbers; made by
/// [`Graph::untyped_mut`](crate::Graph::untyped_mut).
///
/// Every verb does what the typed one of its name does, at the same cost and
/// with the same errors. Besides them: an id of another entity type than the
/// end has, and a verb of the other cardinality, are
/// [`WrongType`](crate::ErrorKind::WrongType).
pub struct UntypedMut<'g> {
    engine: &'g mut Engine,
}

impl<'g> UntypedMut<'g> {
    pub(crate) fn new(engine: &'g mut Engine) -> Self {
        Self { engine }
    }

    /// The graph, to be read.
    #[must_use]
    pub fn read(&self) -> Untyped<'_> {
        Untyped::new(self.engine)
    }

    /// Inserts an entity with its links, all or nothing.
    ///
    /// # Errors
    /// As [`Create::insert`](crate::Create::insert).
    pub fn insert(
        &mut self,
        entity: EntityTypeId,
        payload: Box<dyn Any + Send + Sync>,
        links: &[(EndId, AnyId)],
    ) -> Result<AnyId> {
        let mut placed: SmallVec<[(Place, RawId); 4]> = SmallVec::new();
        for &(end, target) in links {
            let place = self.engine.known_place(end)?;
            self.expect_owner(place, entity)?;
            placed.push((place, self.item(place, target)?));
        }
        let id = self.engine.insert_boxed(entity, payload, &placed)?;
        Ok(AnyId::new(entity, id))
    }

    /// Gives an entity another payload and returns the old one.
    ///
    /// # Errors
    /// As [`Graph::replace`](crate::Graph::replace).
    pub fn replace_payload(
        &mut self,
        id: AnyId,
        payload: Box<dyn Any + Send + Sync>,
    ) -> Result<Box<dyn Any + Send + Sync>> {
        self.engine.replace_boxed(id, payload)
    }

    /// Sets a to-one end.
    ///
    /// # Errors
    /// As [`Graph::set`](crate::Graph::set).
    pub fn set(&mut self, end: EndId, id: AnyId, target: Option<AnyId>) -> Result<bool> {
        let place = self.end_of(end, id, Cardinality::One)?;
        let target = target.map(|target| self.item(place, target)).transpose()?;
        self.engine.set(place, id.raw(), target)
    }

    /// Adds an entity at the end of a row.
    ///
    /// # Errors
    /// As [`RowMut::push`](crate::RowMut::push).
    pub fn push(&mut self, end: EndId, id: AnyId, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.engine.push(row, item)
    }

    /// Puts an entity at a position of a row.
    ///
    /// # Errors
    /// As [`RowMut::insert_at`](crate::RowMut::insert_at).
    pub fn insert_at(&mut self, end: EndId, id: AnyId, index: usize, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.engine.insert_at(row, index, item)
    }

    /// Takes an entity out of a row.
    ///
    /// # Errors
    /// As [`RowMut::remove`](crate::RowMut::remove).
    pub fn remove(&mut self, end: EndId, id: AnyId, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.engine.remove(row, item)
    }

    /// Moves a member of a row to a position.
    ///
    /// # Errors
    /// As [`RowMut::move_to`](crate::RowMut::move_to).
    pub fn move_to(&mut self, end: EndId, id: AnyId, item: AnyId, index: usize) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.engine.move_to(row, item, index)
    }

    /// Exchanges two positions of a row.
    ///
    /// # Errors
    /// As [`RowMut::swap`](crate::RowMut::swap).
    pub fn swap(&mut self, end: EndId, id: AnyId, a: usize, b: usize) -> Result<bool> {
        let row = self.row(end, id)?;
        self.engine.swap(row, a, b)
    }

    /// Turns the order of a row round.
    ///
    /// # Errors
    /// As [`RowMut::reverse`](crate::RowMut::reverse).
    pub fn reverse(&mut self, end: EndId, id: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        self.engine.reverse(row)
    }

    /// Sorts a row by a comparison of its members.
    ///
    /// # Errors
    /// As [`RowMut::sort_by`](crate::RowMut::sort_by).
    ///
    /// # Panics
    /// May panic if `compare` is no total order, as [`slice::sort_by`] does.
    pub fn sort_by(
        &mut self,
        end: EndId,
        id: AnyId,
        mut compare: impl FnMut(Untyped<'_>, AnyId, AnyId) -> Ordering,
    ) -> Result<bool> {
        let row = self.row(end, id)?;
        let read = self.read();
        let mut members: Vec<(AnyId, u32)> = read.row(end, id).iter().zip(0..).collect();
        members.sort_by(|&(a, _), &(b, _)| compare(read, a, b));
        let order: Vec<u32> = members.into_iter().map(|(_, old)| old).collect();
        self.engine.permute(row, &order)
    }

    /// Makes a row hold exactly these, in this order.
    ///
    /// # Errors
    /// As [`RowMut::replace`](crate::RowMut::replace).
    pub fn replace(&mut self, end: EndId, id: AnyId, items: &[AnyId]) -> Result<bool> {
        let row = self.row(end, id)?;
        let items = self.items(row, items)?;
        self.engine.replace(row, &items)
    }

    /// Takes all members out of a row.
    ///
    /// # Errors
    /// As [`RowMut::clear`](crate::RowMut::clear).
    pub fn clear(&mut self, end: EndId, id: AnyId) -> Result<usize> {
        let row = self.row(end, id)?;
        self.engine.clear(row)
    }

    /// Adds entities at the end of a row.
    ///
    /// # Errors
    /// As [`RowMut::extend`](crate::RowMut::extend).
    pub fn extend(&mut self, end: EndId, id: AnyId, items: &[AnyId]) -> Result<usize> {
        let row = self.row(end, id)?;
        let items = self.items(row, items)?;
        self.engine.extend(row, &items)
    }

    /// Takes over all members of another entity's row.
    ///
    /// # Errors
    /// As [`RowMut::take_all_from`](crate::RowMut::take_all_from).
    pub fn take_all_from(&mut self, end: EndId, id: AnyId, other: AnyId) -> Result<usize> {
        let row = self.row(end, id)?;
        self.expect_owner(row.place, other.entity())?;
        self.engine.take_all_from(row, other.raw())
    }

    /// Deletes entities and all that goes with them, as one plan.
    ///
    /// # Errors
    /// As [`Graph::delete`](crate::Graph::delete).
    pub fn delete(&mut self, ids: &[AnyId]) -> Result<Deletion> {
        let deletion = self.engine.delete(ids)?;
        self.engine.dispose(&deletion);
        Ok(deletion)
    }

    fn row(&self, end: EndId, id: AnyId) -> Result<LiveRow> {
        let place = self.end_of(end, id, Cardinality::Many)?;
        self.engine.live_row(place, id.raw())
    }

    /// The place of an end of the wanted cardinality on the type of an id.
    fn end_of(&self, end: EndId, id: AnyId, wanted: Cardinality) -> Result<Place> {
        let place = self.engine.known_place(end)?;
        self.expect_owner(place, id.entity())?;
        self.engine.expect_cardinality(place, wanted)?;
        Ok(place)
    }

    fn expect_owner(&self, place: Place, entity: EntityTypeId) -> Result<()> {
        if self.engine.owner_type(place) == entity {
            Ok(())
        } else {
            Err(self.engine.not_an_owner(place, entity))
        }
    }

    /// An item for the row at a place, of the right type.
    fn item(&self, place: Place, item: AnyId) -> Result<RawId> {
        if self.engine.target_type(place) == item.entity() {
            Ok(item.raw())
        } else {
            Err(self.engine.wrong_entity(place, item))
        }
    }

    fn items(&self, row: LiveRow, items: &[AnyId]) -> Result<Vec<RawId>> {
        items
            .iter()
            .map(|&item| self.item(row.place, item))
            .collect()
    }
}

impl fmt::Debug for UntypedMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedMut").finish_non_exhaustive()
    }
}
