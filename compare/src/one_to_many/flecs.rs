//! A world with an exclusive relationship.

use flecs_ecs::core::Entity;
use flecs_ecs::prelude::*;

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};
use crate::memory::Heap;

#[derive(Component, Clone, Copy)]
struct Payload {
    number: u64,
}

/// The relationship of a child to its parent.
#[derive(Component)]
struct ParentOf;

pub(crate) struct Exclusive<const CASCADE: bool> {
    /// Of the children of a parent, which is set before it runs. Dropped before
    /// the world is.
    rows: Query<()>,
    parent: i32,
    world: World,
}

pub(crate) type Pairs = Exclusive<false>;

impl<const CASCADE: bool> Exclusive<CASCADE> {
    fn insert(&mut self, count: u32, ids: &mut Vec<Entity>) {
        let payloads = (0..u64::from(count)).map(|number| Payload { number });
        ids.extend(payloads.map(|payload| self.world.entity().set(payload).id()));
    }

    fn payload(&self, entity: Entity) -> u64 {
        let entity = self.world.entity_from_id(entity);
        entity.get::<&Payload>(|payload| payload.number)
    }
}

impl<const CASCADE: bool> OneToMany for Exclusive<CASCADE> {
    type Parent = Entity;
    type Child = Entity;
    type Cascading = Exclusive<true>;

    const HEAP: Heap = Heap::C;

    fn empty() -> Self {
        let world = World::new();
        let parent_of = world.component::<ParentOf>();
        parent_of.add(flecs::Exclusive);
        if CASCADE {
            parent_of.add((flecs::OnDeleteTarget, flecs::Delete));
        }
        let mut rows = world.query::<()>();
        let rows = rows.with((ParentOf, "$parent")).with(&Payload::id());
        let rows = rows.build();
        let parent = rows.find_var("parent").expect("it is in the query");
        Self {
            rows,
            parent,
            world,
        }
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<Entity>) {
        self.insert(count, ids);
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<Entity>) {
        self.insert(count, ids);
    }

    /// The children of a parent at once.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut graph = Self::empty();
        graph.insert(plan.shape.parents, &mut ids.parents);
        ids.children.resize(plan.homes.len(), Entity::null());
        for (&parent, row) in ids.parents.iter().zip(plan.rows.iter()) {
            let payload = |&child: &u32| Payload {
                number: u64::from(child),
            };
            let payloads: Vec<Payload> = row.iter().map(payload).collect();
            let mut children = graph.world.entity_bulk(row.len() as u32);
            let children = children.set(&payloads).add_id((ParentOf, parent)).build();
            for (&number, child) in row.iter().zip(children) {
                ids.children[number as usize] = child;
            }
        }
        graph
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            self.world.entity_from_id(child).add((ParentOf, parent));
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            let child = self.world.entity_from_id(child);
            child.remove((ParentOf, flecs::Wildcard));
            child.add((ParentOf, parent));
        }
    }

    /// A parent has no call to let go of a child: the child has.
    fn remove_append(&mut self, links: &[Link<Self>]) {
        for &(child, parent) in links {
            let child = self.world.entity_from_id(child);
            child.remove((ParentOf, parent));
            child.add((ParentOf, parent));
        }
    }

    fn iterate(&mut self, parents: &[Entity]) -> u64 {
        fold(parents.iter().map(|&parent| {
            let mut sum = 0;
            self.rows.set_var(self.parent, parent).run(|mut table| {
                while table.next() {
                    let payloads = table.field::<Payload>(1);
                    sum += table.iter().map(|at| payloads[at].number).sum::<u64>();
                }
            });
            sum
        }))
    }

    fn read_parents(&mut self, children: &[Entity]) -> u64 {
        let payload = |&child: &Entity| {
            let child = self.world.entity_from_id(child);
            let parent = child.target(ParentOf, 0)?;
            Some(parent.get::<&Payload>(|payload| payload.number))
        };
        children.iter().filter_map(payload).sum()
    }

    fn delete(&mut self, parents: &[Entity]) {
        for &parent in parents {
            self.world.entity_from_id(parent).destruct();
        }
    }

    fn members(&mut self, &parent: &Entity) -> Vec<u64> {
        let mut row = Vec::new();
        let parent = self.world.entity_from_id(parent);
        parent.each_child_of(ParentOf, |child| row.push(self.payload(child.id())));
        row
    }

    fn parent(&mut self, &child: &Entity) -> Option<u64> {
        let child = self.world.entity_from_id(child);
        let parent = child.target(ParentOf, 0)?;
        Some(self.payload(parent.id()))
    }

    fn count_live(&mut self, children: &[Entity]) -> usize {
        children
            .iter()
            .filter(|&&child| self.world.is_alive(child))
            .count()
    }
}
