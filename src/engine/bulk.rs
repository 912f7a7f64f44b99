//! Many links, and many entities, by one call.

use crate::change::Change;
use crate::engine::link_data::Given;
use crate::engine::row::LiveRow;
use crate::engine::{Engine, Place};
use crate::entities::Clash;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, RawId, Slot};
use crate::links::bulk::live_before;
use crate::links::many_to_many::in_order;

/// How many pairs are looked at together, so that their cache misses overlap.
const LOOKED_AT: usize = 64;

/// Pairs of owners and members, found; and why there are no more of them.
#[derive(Default)]
struct Pairs {
    /// As the store has them: left and right.
    found: Vec<[Slot; 2]>,
    failed: Option<Error>,
}

impl Engine {
    /// Links pairs of entities at an end of the first, in order, as setting or
    /// adding does, all or nothing; how many were not linked.
    pub(crate) fn bulk(
        &mut self,
        place: Place,
        pairs: impl Iterator<Item = [RawId; 2]>,
    ) -> Result<usize> {
        let pairs = self.find_pairs(place, pairs);
        self.link_pairs(place, pairs)
    }

    /// Finds the pairs up to the first with somebody who is not live.
    fn find_pairs(&self, place: Place, mut pairs: impl Iterator<Item = [RawId; 2]>) -> Pairs {
        let relation = self.relation(place);
        // Where nobody ever went, an id tells by itself whether it is live.
        let age_of = |entity: EntityTypeId| self.entities[entity.index()].one_age();
        let ages = age_of(self.owner_type(place)).zip(age_of(self.target_type(place)));
        let mut all = Pairs::default();
        all.found.reserve(pairs.size_hint().0);
        let mut some = Vec::with_capacity(LOOKED_AT);
        loop {
            some.clear();
            some.extend(pairs.by_ref().take(LOOKED_AT));
            let live = match ages {
                Some((owners, members)) => live_before(&some, |&[owner, member]| {
                    owners.has(owner) & members.has(member)
                }),
                None => relation.live_pairs(place.side, &some),
            };
            let slots = some[..live].iter().map(|&[owner, member]| {
                let (left, right) = in_order(place.side, owner.slot(), member.slot());
                [left, right]
            });
            all.found.extend(slots);
            if let Some(&[owner, member]) = some.get(live) {
                let found = self.owner(place, owner).and(self.member(place, member));
                all.failed = found.err();
                return all;
            }
            if some.len() < LOOKED_AT {
                return all;
            }
        }
    }

    fn link_pairs(&mut self, place: Place, pairs: Pairs) -> Result<usize> {
        let is_free = self.rules[place.relation].are_none();
        if is_free && self.relation(place).takes_for_sure(pairs.found.len()) {
            if let Some(error) = pairs.failed {
                return Err(error);
            }
            let Self {
                relations, sink, ..
            } = self;
            let store = relations[place.relation].plain_mut();
            let linked = store.bulk(&pairs.found, sink);
            return linked.map_err(|_| self.full_row(place));
        }
        self.as_one_call(|engine| engine.relate_pairs(place, pairs))
    }

    /// Links pairs one by one.
    fn relate_pairs(&mut self, place: Place, pairs: Pairs) -> Result<usize> {
        let mut linked = 0;
        for [left, right] in pairs.found {
            let (owner, member) = in_order(place.side, left, right);
            linked += usize::from(self.relate(place, owner, member)?);
        }
        pairs.failed.map_or(Ok(linked), Err)
    }

    /// [`bulk`](Self::bulk) for ids whose types are not known yet; the end may
    /// be one of several types.
    pub(crate) fn bulk_by_number(
        &mut self,
        place: Place,
        pairs: &[(AnyId, AnyId)],
    ) -> Result<usize> {
        if self.groups.variants(place).is_empty() {
            let wrong = pairs.iter().position(|&pair| !self.is_typed(place, pair));
            let typed = &pairs[..wrong.unwrap_or(pairs.len())];
            let typed = typed.iter().map(|(id, other)| [id.raw(), other.raw()]);
            let mut found = self.find_pairs(place, typed);
            if let (Some(wrong), None) = (wrong, &found.failed) {
                found.failed = Some(self.wrongly_typed(place, pairs[wrong]));
            }
            return self.link_pairs(place, found);
        }
        self.as_one_call(|engine| {
            let mut linked = 0;
            for &(owner, target) in pairs {
                engine.expect_owner_type(place, owner)?;
                linked += usize::from(engine.set_one_of(place, owner.raw(), Some(target))?);
            }
            Ok(linked)
        })
    }

    /// Whether two entities are of the types that an end relates.
    fn is_typed(&self, place: Place, (id, other): (AnyId, AnyId)) -> bool {
        self.owner_type(place) == id.entity() && self.target_type(place) == other.entity()
    }

    #[cold]
    fn wrongly_typed(&self, place: Place, (id, other): (AnyId, AnyId)) -> Error {
        let owner = self.expect_owner_type(place, id);
        owner
            .err()
            .unwrap_or_else(|| self.wrong_entity(place, other))
    }

    fn expect_owner_type(&self, place: Place, id: AnyId) -> Result<()> {
        if self.owner_type(place) == id.entity() {
            Ok(())
        } else {
            Err(self.not_an_owner(place, id.entity()))
        }
    }

    /// Makes room for so many members more in a row.
    pub(crate) fn reserve_row(&mut self, row: LiveRow, additional: usize) -> Result<()> {
        let LiveRow { place, owner } = row;
        let Self {
            relations, sink, ..
        } = self;
        let room = relations[place.relation].make_room(place.side, owner, additional, sink);
        room.map_err(|_| self.full_row(place))
    }

    /// Makes room for so many entities of a type more, at their ends.
    pub(crate) fn reserve_at_ends(&mut self, entity: EntityTypeId, additional: usize) {
        let places: Vec<Place> = self.ends_of(entity).collect();
        for place in places {
            self.relations[place.relation].reserve_owners(place.side, additional);
        }
    }

    /// Inserts entities without links, all or nothing, in order.
    pub(crate) fn insert_all<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
        payloads: Vec<T>,
    ) -> Result<Vec<RawId>> {
        let all = self
            .all::<T>(entity)
            .ok_or_else(|| self.wrong_payload(entity))?;
        if !self.comes_freely(entity) {
            return self.as_one_call(|engine| {
                let insert = |payload| engine.insert(entity, payload, &[], Given::new());
                payloads.into_iter().map(insert).collect()
            });
        }
        let slots = all.arena().next_slots(payloads.len());
        let slots = slots.ok_or_else(|| self.full(self.entity_name(entity)))?;
        let batch: Vec<(Slot, &T)> = slots.into_iter().zip(&payloads).collect();
        let placements = all.plan(&batch);
        let placements = placements.map_err(|clash| self.clash_among(entity, &clash))?;
        drop(batch);
        self.reserve_at_ends(entity, payloads.len());
        let all = self.all_mut::<T>(entity).expect("its type was seen above");
        all.reserve(payloads.len());
        let ids = all.insert_all(payloads.into_iter(), &placements);
        self.set_generations(entity, &ids);
        for &id in &ids {
            self.sink.push(|| Change::Inserted {
                entity,
                slot: id.slot(),
            });
            self.name_inserted(AnyId::new(entity, id));
        }
        Ok(ids)
    }

    /// Tells the ends of a type of newcomers, one after the other.
    fn set_generations(&mut self, entity: EntityTypeId, ids: &[RawId]) {
        let places: Vec<Place> = self.ends_of(entity).collect();
        for place in places {
            let relation = &mut self.relations[place.relation];
            for id in ids {
                relation.set_generation(place.side, id.slot(), id.generation());
            }
        }
    }

    /// Somebody has the key of a newcomer, who may be another newcomer.
    #[cold]
    fn clash_among(&self, entity: EntityTypeId, clash: &Clash) -> Error {
        let all = &self.entities[entity.index()];
        if all.id_at(clash.holder).is_some() {
            return self.clash(entity, clash);
        }
        let message = format!(
            "two of the new {}s have the same {}",
            self.entity_name(entity),
            all.index_name(clash.index),
        );
        Error::new(ErrorKind::DuplicateKey, message)
    }
}
