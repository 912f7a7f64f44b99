//! Entities with keys, as a user declares them.

use backref::{entity, graph};

use super::{Life, Payload, Task as Given, payload};

#[entity(key = key)]
#[derive(Clone)]
pub(crate) struct Project {
    key: u64,
    data: Payload,
    #[relationship(back_populates = project)]
    tasks: ToMany<Task>,
}

#[entity(key = key)]
#[derive(Clone)]
pub(crate) struct Person {
    key: u64,
    data: Payload,
    #[relationship(back_populates = person)]
    tasks: ToMany<Task>,
}

#[entity(key = key)]
#[derive(Clone)]
pub(crate) struct Milestone {
    key: u64,
    data: Payload,
    #[relationship(back_populates = milestone)]
    tasks: ToMany<Task>,
}

#[entity(key = key)]
#[derive(Clone)]
pub(crate) struct Task {
    key: u64,
    data: Payload,
    #[relationship(back_populates = tasks)]
    project: ToOne<Project>,
    #[relationship(back_populates = tasks)]
    person: ToOne<Person>,
    #[relationship(back_populates = tasks)]
    milestone: ToOne<Milestone>,
}

graph! {
    pub(crate) struct Work {
        projects: Project, people: Person, milestones: Milestone, tasks: Task
    }
}

impl Work {
    fn add_owner(&mut self, key: u64) -> backref::Result<()> {
        let data = payload(key);
        self.insert(Project { key, data })?;
        self.insert(Person { key, data })?;
        self.insert(Milestone { key, data })?;
        Ok(())
    }

    fn add_task(&mut self, given: &Given) -> backref::Result<()> {
        let (key, data) = (given.key, payload(given.key));
        let project = self.find::<Project>(&given.project).expect("it is there");
        let person = self.find::<Person>(&given.person).expect("it is there");
        let milestone = self
            .find::<Milestone>(&given.milestone)
            .expect("it is there");
        let task = Task { key, data }
            .with_project(project.id())
            .with_person(person.id())
            .with_milestone(milestone.id());
        self.insert(task)?;
        Ok(())
    }
}

impl Life for Work {
    fn build(owners: &[u64], tasks: &[Given]) -> Self {
        let mut work = Self::new();
        for &owner in owners {
            work.add_owner(owner).expect("there is room");
        }
        for task in tasks {
            work.add_task(task).expect("there is room");
        }
        work
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        for (task, person) in moves {
            let task = self.find::<Task>(task).map(TaskRef::id);
            let person = self.find::<Person>(person).map(PersonRef::id);
            if let (Some(task), Some(person)) = (task, person) {
                self.edit(task).set_person(person).expect("both are live");
            }
        }
    }

    fn read(&mut self, projects: &[u64]) -> u64 {
        let mut total = 0_u64;
        for project in projects.iter().filter_map(|key| self.find::<Project>(key)) {
            for task in project.tasks() {
                let person = task.person().map_or(0, |person| person.data[0]);
                let milestone = task.milestone().map_or(0, |milestone| milestone.data[0]);
                let sum = task.data[0].wrapping_add(person).wrapping_add(milestone);
                total = total.wrapping_add(sum);
            }
        }
        total
    }

    fn delete(&mut self, tasks: &[u64]) {
        for task in tasks {
            if let Some(task) = self.find::<Task>(task).map(TaskRef::id) {
                self.edit(task).delete().expect("it is live");
            }
        }
    }

    fn tasks_of(&mut self, person: u64) -> usize {
        let person = self.find::<Person>(&person);
        person.map_or(0, |person| person.tasks().len())
    }
}
