//! Payloads: giving live entities other ones, and taking old ones off the side
//! stack.

use smallvec::SmallVec;

use crate::change::{Change, FieldNumber};
use crate::engine::Engine;
use crate::engine::arrange::Rearrangement;
use crate::entities::{AnyPayload, Clash, Entities, Placements};
use crate::error::{Error, Result};
use crate::id::{AnyId, EntityTypeId, Slot};

impl Engine {
    /// Gives a live entity a new payload where nobody is to be told or asked: no
    /// index, no row and no check goes by it, and nobody listens. The old payload;
    /// in all other cases the new one again.
    #[inline]
    pub(crate) fn replace_freely<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        slot: Slot,
        payload: T,
    ) -> Result<T, T> {
        if self.sink.is_listening() || self.is_arranged(entity) || self.is_asked_of(entity) {
            return Err(payload);
        }
        match self.all_mut::<T>(entity) {
            Some(all) => all.replace_unindexed(slot, payload),
            None => Err(payload),
        }
    }

    /// Gives live entities new payloads, all or nothing; keys are judged on
    /// the state after all of them.
    pub(crate) fn replace_payloads<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        batch: Vec<(Slot, T)>,
        field: FieldNumber,
    ) -> Result<()> {
        let all = self
            .all::<T>(entity)
            .ok_or_else(|| self.wrong_payload(entity))?;
        let placements = {
            let planned: SmallVec<[(Slot, &T); 2]> = batch
                .iter()
                .map(|(slot, payload)| (*slot, payload))
                .collect();
            all.plan(&planned)
                .map_err(|clash| self.clash(entity, &clash))?
        };
        let rearrangement = self.plan_rearrangements(entity, &batch)?;
        let asked = batch
            .iter()
            .map(|(slot, payload)| (*slot, payload as &AnyPayload));
        self.ask_about_payloads(entity, asked)?;
        let slots: SmallVec<[Slot; 2]> = batch.iter().map(|&(slot, _)| slot).collect();
        let all = self.all_mut::<T>(entity).expect("its type was seen above");
        all.replace(batch, &placements);
        for slot in slots {
            self.sink.push(|| Change::Replaced {
                entity,
                slot,
                field,
            });
        }
        self.carry_out_rearrangement(&rearrangement);
        Ok(())
    }

    /// What a batch does to the rows that its entities stand in.
    fn plan_rearrangements<T: Send + Sync + 'static>(
        &self,
        entity: EntityTypeId,
        batch: &[(Slot, T)],
    ) -> Result<Rearrangement> {
        if !self.is_arranged(entity) {
            return Ok(Rearrangement::default());
        }
        let mut erased: SmallVec<[(Slot, &AnyPayload); 2]> = SmallVec::new();
        for (slot, payload) in batch {
            erased.push((*slot, payload));
        }
        self.plan_rearrangement(entity, &erased)
    }

    /// Gives a live entity a new payload whose type is not known here.
    pub(crate) fn replace_boxed(
        &mut self,
        id: AnyId,
        payload: Box<AnyPayload>,
    ) -> Result<Box<AnyPayload>> {
        let (entity, slot) = (id.entity(), id.slot());
        if !self.is_live(id) {
            return Err(self.not_live(id));
        }
        let placements = self.plan_boxed(entity, slot, &*payload)?;
        let rearrangement = self.plan_rearrangement(entity, &[(slot, &*payload)])?;
        self.ask_about_payloads(entity, [(slot, &*payload)])?;
        let copy = if self.sink.is_listening() {
            let copy = self.entities[entity.index()].copy_boxed(slot);
            Some(copy.ok_or_else(|| self.not_cloneable(entity))?)
        } else {
            None
        };
        self.entities[entity.index()].replace_boxed(slot, payload, &placements);
        self.sink.push(|| Change::Replaced {
            entity,
            slot,
            field: FieldNumber::ALL,
        });
        self.carry_out_rearrangement(&rearrangement);
        Ok(copy.unwrap_or_else(|| self.entities[entity.index()].pop_boxed()))
    }

    /// Takes the payload off the side stack that the last replace put there.
    pub(crate) fn replaced<T: Send + Sync + 'static>(&mut self, entity: EntityTypeId) -> T {
        let old = self.all_mut::<T>(entity).and_then(Entities::pop_before);
        old.expect("the old payload is on the side stack")
    }

    /// Takes the payload off the side stack that a delete put there.
    pub(crate) fn deleted<T: Send + Sync + 'static>(&mut self, id: AnyId) -> T {
        let all = self.all_mut::<T>(id.entity());
        let payload = all.and_then(|all| all.take_before(id.slot()));
        payload.expect("a deleted payload is on the side stack")
    }

    pub(super) fn plan_boxed(
        &self,
        entity: EntityTypeId,
        slot: Slot,
        payload: &AnyPayload,
    ) -> Result<Placements> {
        let all = self.entities.get(entity.index());
        let planned = all.and_then(|all| all.plan_boxed(slot, payload));
        planned
            .ok_or_else(|| self.wrong_payload(entity))?
            .map_err(|clash| self.clash(entity, &clash))
    }

    pub(crate) fn clash(&self, entity: EntityTypeId, clash: &Clash) -> Error {
        self.taken(entity, clash.index, clash.holder)
    }
}
