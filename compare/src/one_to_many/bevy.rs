//! A world with a relationship of bevy's own, used at once and not by commands,
//! and read by queries that are made once.

use bevy_ecs::entity::EntityHashSet;
use bevy_ecs::prelude::{Component, Entity, QueryState, World};
use bevy_ecs::relationship::{Relationship, RelationshipTarget};

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

#[derive(Component)]
struct Payload(u64);

/// The two ends of a relationship, with its collection and what becomes of the
/// children of those who go.
macro_rules! relationship {
    ($of:ident, $children:ident($collection:ty) $(, $linked:ident)?) => {
        #[derive(Component)]
        #[relationship(relationship_target = $children)]
        pub(crate) struct $of(Entity);

        #[derive(Component)]
        #[relationship_target(relationship = $of $(, $linked)?)]
        pub(crate) struct $children($collection);
    };
}

relationship!(InVecOf, VecOfChildren(Vec<Entity>));
relationship!(CascadingInVecOf, CascadingVec(Vec<Entity>), linked_spawn);
relationship!(InSetOf, SetOfChildren(EntityHashSet));
relationship!(CascadingInSetOf, CascadingSet(EntityHashSet), linked_spawn);

/// A world, one relationship in it, and another that is the same but cascades.
pub(crate) struct Related<R: Relationship, C> {
    world: World,
    payloads: QueryState<&'static Payload>,
    rows: QueryState<&'static R::RelationshipTarget>,
    parents: QueryState<&'static R>,
    cascading: std::marker::PhantomData<C>,
}

pub(crate) type InVec = Related<InVecOf, CascadingInVecOf>;
pub(crate) type InHashSet = Related<InSetOf, CascadingInSetOf>;

impl<R, C> OneToMany for Related<R, C>
where
    R: Relationship,
    C: Relationship,
{
    type Parent = Entity;
    type Child = Entity;
    type Cascading = Related<C, C>;

    fn empty() -> Self {
        let mut world = World::new();
        Self {
            payloads: world.query(),
            rows: world.query(),
            parents: world.query(),
            world,
            cascading: std::marker::PhantomData,
        }
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<Entity>) {
        let payloads = (0..u64::from(count)).map(Payload);
        ids.extend(payloads.map(|payload| self.world.spawn(payload).id()));
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<Entity>) {
        self.insert_parents(count, ids);
    }

    /// Batches of entities, the children's with their relationship.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut graph = Self::empty();
        let parents = (0..u64::from(plan.shape.parents)).map(Payload);
        ids.parents.extend(graph.world.spawn_batch(parents));
        let child =
            |(payload, &home): (u64, &u32)| (Payload(payload), R::from(ids.parents[home as usize]));
        let children: Vec<_> = (0..).zip(&plan.homes).map(child).collect();
        ids.children.extend(graph.world.spawn_batch(children));
        graph
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.world.entity_mut(child).insert(R::from(parent));
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.world.entity_mut(child).remove::<R>();
            self.world.entity_mut(child).insert(R::from(parent));
        }
    }

    fn remove_append(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            let mut parent = self.world.entity_mut(parent);
            parent.remove_related::<R>(&[child]);
            parent.add_related::<R>(&[child]);
        }
    }

    fn iterate(&mut self, parents: &[Entity]) -> u64 {
        let payloads = self.payloads.query(&self.world);
        let rows = self.rows.query(&self.world);
        // Who has no children has no component of them either.
        fold(parents.iter().map(|&parent| {
            let row = rows.get(parent).map(RelationshipTarget::iter);
            row.map_or(0, |row| {
                payloads
                    .iter_many(row)
                    .flatten()
                    .map(|payload| payload.0)
                    .sum()
            })
        }))
    }

    fn read_parents(&mut self, children: &[Entity]) -> u64 {
        let payloads = self.payloads.query(&self.world);
        let parents = self.parents.query(&self.world);
        let parent = |&child: &Entity| payloads.get(parents.get(child).ok()?.get()).ok();
        children
            .iter()
            .filter_map(parent)
            .map(|payload| payload.0)
            .sum()
    }

    fn delete(&mut self, parents: &[Entity]) {
        for &parent in parents {
            self.world.despawn(parent);
        }
    }

    fn members(&mut self, &parent: &Entity) -> Vec<u64> {
        let payloads = self.payloads.query(&self.world);
        let rows = self.rows.query(&self.world);
        let row = rows
            .get(parent)
            .into_iter()
            .flat_map(RelationshipTarget::iter);
        payloads
            .iter_many(row)
            .flatten()
            .map(|payload| payload.0)
            .collect()
    }

    fn parent(&mut self, &child: &Entity) -> Option<u64> {
        let parent = self.world.get::<R>(child)?.get();
        Some(self.world.get::<Payload>(parent)?.0)
    }

    fn count_live(&mut self, children: &[Entity]) -> usize {
        let live = |&&child: &&Entity| self.world.get_entity(child).is_ok();
        children.iter().filter(live).count()
    }
}
