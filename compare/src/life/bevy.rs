//! A world with three relationships, and a resource that has the keys.

use bevy_ecs::prelude::{Component, Entity, QueryState, Resource, World};
use bevy_ecs::relationship::{Relationship, RelationshipTarget};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{Life, Payload, Task as Given, payload};

#[derive(Component)]
struct Data(Payload);

macro_rules! relationship {
    ($of:ident, $tasks:ident) => {
        #[derive(Component)]
        #[relationship(relationship_target = $tasks)]
        struct $of(Entity);

        #[derive(Component)]
        #[relationship_target(relationship = $of)]
        struct $tasks(Vec<Entity>);
    };
}

relationship!(OfProject, ProjectTasks);
relationship!(OfPerson, PersonTasks);
relationship!(OfMilestone, MilestoneTasks);

type ByKey = HashMap<u64, Entity, RandomState>;

#[derive(Resource, Default)]
struct Keys {
    projects: ByKey,
    people: ByKey,
    milestones: ByKey,
    tasks: ByKey,
}

type OfTask = (&'static Data, &'static OfPerson, &'static OfMilestone);

pub(crate) struct Work {
    world: World,
    rows: QueryState<&'static ProjectTasks>,
    tasks: QueryState<OfTask>,
    data: QueryState<&'static Data>,
}

impl Life for Work {
    fn build(owners: &[u64], tasks: &[Given]) -> Self {
        let mut world = World::new();
        let mut keys = Keys::default();
        for &owner in owners {
            let mut spawn = || world.spawn(Data(payload(owner))).id();
            keys.projects.insert(owner, spawn());
            keys.people.insert(owner, spawn());
            keys.milestones.insert(owner, spawn());
        }
        for task in tasks {
            let bundle = (
                Data(payload(task.key)),
                OfProject(keys.projects[&task.project]),
                OfPerson(keys.people[&task.person]),
                OfMilestone(keys.milestones[&task.milestone]),
            );
            keys.tasks.insert(task.key, world.spawn(bundle).id());
        }
        world.insert_resource(keys);
        Self {
            rows: world.query(),
            tasks: world.query(),
            data: world.query(),
            world,
        }
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        for (task, person) in moves {
            let keys = self.world.resource::<Keys>();
            if let (Some(&task), Some(&person)) = (keys.tasks.get(task), keys.people.get(person)) {
                self.world.entity_mut(task).insert(OfPerson(person));
            }
        }
    }

    fn read(&mut self, projects: &[u64]) -> u64 {
        let mut total = 0_u64;
        let keys = self.world.resource::<Keys>();
        let rows = self.rows.query(&self.world);
        let tasks = self.tasks.query(&self.world);
        let data = self.data.query(&self.world);
        let datum = |of| data.get(of).map_or(0, |data| data.0[0]);
        let projects = projects.iter().filter_map(|key| keys.projects.get(key));
        for row in projects.filter_map(|&project| rows.get(project).ok()) {
            for (task, person, milestone) in tasks.iter_many(row.iter()).flatten() {
                let sum = task.0[0].wrapping_add(datum(person.get()));
                total = total.wrapping_add(sum.wrapping_add(datum(milestone.get())));
            }
        }
        total
    }

    fn delete(&mut self, tasks: &[u64]) {
        for key in tasks {
            let mut keys = self.world.resource_mut::<Keys>();
            if let Some(task) = keys.tasks.remove(key) {
                self.world.despawn(task);
            }
        }
    }

    fn tasks_of(&mut self, person: u64) -> usize {
        let person = self.world.resource::<Keys>().people[&person];
        let row = self.world.get::<PersonTasks>(person);
        row.map_or(0, RelationshipTarget::len)
    }
}
