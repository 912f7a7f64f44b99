//! A world with a relationship that does not split tables by its targets, which
//! is what flecs has for entities with many of them.

use flecs_ecs::core::Entity;
use flecs_ecs::prelude::*;

use super::{Ids, ManyToMany, Pair};
use crate::memory::Heap;
use crate::one_to_many::plan::fold;

#[derive(Component, Clone, Copy)]
struct Payload {
    number: u64,
}

/// The relationship of a left to a right.
#[derive(Component)]
struct LinkedTo;

pub(crate) struct Pairs {
    world: World,
}

impl Pairs {
    fn payload(&self, entity: Entity) -> u64 {
        let entity = self.world.entity_from_id(entity);
        entity.get::<&Payload>(|payload| payload.number)
    }

    /// One by one: `each_target` does not find those of such a relationship.
    fn targets(&self, left: Entity) -> impl Iterator<Item = EntityView<'_>> {
        let left = self.world.entity_from_id(left);
        (0..).map_while(move |at| left.target(LinkedTo, at))
    }
}

impl ManyToMany for Pairs {
    type Left = Entity;
    type Right = Entity;

    const HEAP: Heap = Heap::C;
    const MOST_LINKS: u32 = 2_000_000;

    fn empty() -> Self {
        let world = World::new();
        world.component::<LinkedTo>().add(flecs::DontFragment);
        Self { world }
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        for number in 0..u64::from(count) {
            ids.lefts
                .push(self.world.entity().set(Payload { number }).id());
            ids.rights
                .push(self.world.entity().set(Payload { number }).id());
        }
    }

    fn add(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            self.world.entity_from_id(left).add((LinkedTo, right));
        }
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        for &(left, right) in pairs {
            self.world.entity_from_id(left).remove((LinkedTo, right));
        }
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        let linked =
            |&&(left, right): &&Pair<Self>| self.world.entity_from_id(left).has((LinkedTo, right));
        pairs.iter().filter(linked).count()
    }

    fn iterate(&mut self, lefts: &[Entity]) -> u64 {
        fold(lefts.iter().map(|&left| {
            let rights = self.targets(left);
            rights
                .map(|right| right.get::<&Payload>(|payload| payload.number))
                .sum()
        }))
    }

    fn rights(&mut self, &left: &Entity) -> Vec<u64> {
        let rights = self.targets(left);
        rights.map(|right| self.payload(right.id())).collect()
    }

    fn lefts(&mut self, &right: &Entity) -> Vec<u64> {
        let mut row = Vec::new();
        let right = self.world.entity_from_id(right);
        right.each_child_of(LinkedTo, |left| row.push(self.payload(left.id())));
        row
    }
}
