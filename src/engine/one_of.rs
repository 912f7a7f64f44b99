//! Ends of several types: one end to the reader, a relationship for each type.

use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{AnyId, EntityTypeId, NONE, RawId, Slot};

impl Engine {
    /// The end that leads to a type: of an end of several types the one to it.
    #[inline]
    pub(crate) fn towards(&self, place: Place, item: AnyId) -> Result<Place> {
        if self.target_type(place) == item.entity() {
            return Ok(place);
        }
        self.towards_another(place, item)
    }

    fn towards_another(&self, place: Place, item: AnyId) -> Result<Place> {
        let variants = self.groups.variants(place).iter();
        let mut fitting = variants.filter(|&&place| self.target_type(place) == item.entity());
        let found = fitting.next().copied();
        found.ok_or_else(|| self.wrong_entity(place, item))
    }

    /// Who is linked at a to-one end, of several types or of one.
    pub(crate) fn one_of(&self, place: Place, slot: Slot) -> Option<AnyId> {
        let found = self.linked_at(place, slot)?;
        let other = self.relation(found).one(found.side, slot);
        Some(self.id_at(self.target_type(found), other))
    }

    /// Which of the ends of one end has a link.
    fn linked_at(&self, place: Place, slot: Slot) -> Option<Place> {
        let has_link = |place: &Place| self.relation(*place).one(place.side, slot) != NONE;
        let variants = self.groups.variants(place).iter().copied();
        std::iter::once(place).chain(variants).find(has_link)
    }

    /// Sets a to-one end to an entity of one of its types, or to none; `false`
    /// if it was so.
    pub(crate) fn set_one_of(
        &mut self,
        place: Place,
        id: RawId,
        target: Option<AnyId>,
    ) -> Result<bool> {
        match target {
            Some(target) => {
                let place = self.towards(place, target)?;
                self.set(place, id, Some(target.raw()))
            }
            None => {
                let slot = self.owner(place, id)?;
                let place = self.linked_at(place, slot).unwrap_or(place);
                self.set(place, id, None)
            }
        }
    }

    /// The end at which links of an end are counted: the first of several.
    pub(crate) fn counted_at(&self, place: Place) -> Place {
        self.groups
            .variants(place)
            .first()
            .copied()
            .unwrap_or(place)
    }

    /// The ends that are one end of several types; the end itself if it is of one.
    pub(crate) fn kin(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let variants = self.groups.variants(place);
        let alone = variants.is_empty().then_some(place);
        alone.into_iter().chain(variants.iter().copied())
    }

    /// How many links an entity has at an end, of several types or of one.
    pub(crate) fn total_at(&self, place: Place, slot: Slot) -> usize {
        match self.groups.variants(place) {
            [] => self.count_at(place, slot),
            variants => variants
                .iter()
                .map(|&place| self.count_at(place, slot))
                .sum(),
        }
    }

    /// The names of the types that an end leads to.
    pub(crate) fn target_names(&self, place: Place) -> String {
        let variants = self.groups.variants(place).iter().copied();
        let types = variants.map(|place| self.target_type(place));
        let mut types: Vec<EntityTypeId> = types.collect();
        if types.is_empty() {
            types.push(self.target_type(place));
        }
        let names: Vec<&str> = types
            .iter()
            .map(|&entity| self.entity_name(entity))
            .collect();
        names.join(" or ")
    }
}
