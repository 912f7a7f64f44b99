//! A slot map and an index of keys for each type, and rows of slot keys, or maps
//! by key and sets of keys.

use std::marker::PhantomData;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use slotmap::{SlotMap, new_key_type};

use super::{Life, Payload, Task as Given, payload};
use crate::leave::{Leave, Remove, SwapRemove};

new_key_type! {
    struct OwnerKey;
    struct TaskKey;
}

struct Owner {
    data: Payload,
    tasks: Vec<TaskKey>,
}

struct Task {
    key: u64,
    data: Payload,
    project: OwnerKey,
    person: OwnerKey,
    milestone: OwnerKey,
}

/// The projects, or the people, or the milestones.
#[derive(Default)]
struct Owners {
    by_key: HashMap<u64, OwnerKey, RandomState>,
    owners: SlotMap<OwnerKey, Owner>,
}

impl Owners {
    fn add(&mut self, key: u64) {
        let (data, tasks) = (payload(key), Vec::new());
        let owner = self.owners.insert(Owner { data, tasks });
        self.by_key.insert(key, owner);
    }

    fn datum(&self, owner: OwnerKey) -> u64 {
        self.owners.get(owner).map_or(0, |owner| owner.data[0])
    }

    fn push(&mut self, owner: OwnerKey, task: TaskKey) {
        if let Some(owner) = self.owners.get_mut(owner) {
            owner.tasks.push(task);
        }
    }

    fn take<L: Leave>(&mut self, owner: OwnerKey, task: TaskKey) {
        if let Some(owner) = self.owners.get_mut(owner) {
            L::take(&mut owner.tasks, &task);
        }
    }
}

#[derive(Default)]
pub(crate) struct ByHand<L> {
    projects: Owners,
    people: Owners,
    milestones: Owners,
    by_key: HashMap<u64, TaskKey, RandomState>,
    tasks: SlotMap<TaskKey, Task>,
    leave: PhantomData<L>,
}

pub(crate) type Removing = ByHand<Remove>;
pub(crate) type Swapping = ByHand<SwapRemove>;

impl<L: Leave> ByHand<L> {
    fn add_task(&mut self, given: &Given) {
        let task = self.tasks.insert(Task {
            key: given.key,
            data: payload(given.key),
            project: self.projects.by_key[&given.project],
            person: self.people.by_key[&given.person],
            milestone: self.milestones.by_key[&given.milestone],
        });
        self.by_key.insert(given.key, task);
        let Task {
            project,
            person,
            milestone,
            ..
        } = self.tasks[task];
        self.projects.push(project, task);
        self.people.push(person, task);
        self.milestones.push(milestone, task);
    }

    fn read_project(&self, project: &Owner) -> u64 {
        let tasks = project
            .tasks
            .iter()
            .filter_map(|&task| self.tasks.get(task));
        let sums = tasks.map(|task| {
            let person = self.people.datum(task.person);
            let milestone = self.milestones.datum(task.milestone);
            task.data[0].wrapping_add(person).wrapping_add(milestone)
        });
        sums.fold(0, u64::wrapping_add)
    }
}

impl<L: Leave> Life for ByHand<L> {
    fn build(owners: &[u64], tasks: &[Given]) -> Self {
        let mut work = Self {
            projects: Owners::default(),
            people: Owners::default(),
            milestones: Owners::default(),
            by_key: HashMap::default(),
            tasks: SlotMap::with_key(),
            leave: PhantomData,
        };
        for &owner in owners {
            work.projects.add(owner);
            work.people.add(owner);
            work.milestones.add(owner);
        }
        for task in tasks {
            work.add_task(task);
        }
        work
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        for (task, person) in moves {
            let (Some(&key), Some(&to)) = (self.by_key.get(task), self.people.by_key.get(person))
            else {
                continue;
            };
            if let Some(task) = self.tasks.get_mut(key) {
                let from = std::mem::replace(&mut task.person, to);
                self.people.take::<L>(from, key);
                self.people.push(to, key);
            }
        }
    }

    fn read(&mut self, projects: &[u64]) -> u64 {
        let projects = projects.iter().filter_map(|key| {
            let &project = self.projects.by_key.get(key)?;
            self.projects.owners.get(project)
        });
        let sums = projects.map(|project| self.read_project(project));
        sums.fold(0, u64::wrapping_add)
    }

    fn delete(&mut self, tasks: &[u64]) {
        for key in tasks {
            let Some(key) = self.by_key.remove(key) else {
                continue;
            };
            if let Some(task) = self.tasks.remove(key) {
                debug_assert_eq!(task.data, payload(task.key));
                self.projects.take::<L>(task.project, key);
                self.people.take::<L>(task.person, key);
                self.milestones.take::<L>(task.milestone, key);
            }
        }
    }

    fn tasks_of(&mut self, person: u64) -> usize {
        let person = self.people.by_key[&person];
        self.people.owners[person].tasks.len()
    }
}

struct HashedOwner {
    data: Payload,
    tasks: HashSet<u64, RandomState>,
}

type HashedOwners = HashMap<u64, HashedOwner, RandomState>;

struct HashedTask {
    data: Payload,
    project: u64,
    person: u64,
    milestone: u64,
}

/// The key is the id.
#[derive(Default)]
pub(crate) struct Hashing {
    projects: HashedOwners,
    people: HashedOwners,
    milestones: HashedOwners,
    tasks: HashMap<u64, HashedTask, RandomState>,
}

impl Hashing {
    fn owners(&mut self) -> [&mut HashedOwners; 3] {
        [&mut self.projects, &mut self.people, &mut self.milestones]
    }

    fn add_task(&mut self, given: &Given) {
        let &Given {
            key,
            project,
            person,
            milestone,
        } = given;
        for (owners, owner) in self.owners().into_iter().zip([project, person, milestone]) {
            if let Some(owner) = owners.get_mut(&owner) {
                owner.tasks.insert(key);
            }
        }
        let data = payload(key);
        let task = HashedTask {
            data,
            project,
            person,
            milestone,
        };
        self.tasks.insert(key, task);
    }

    fn read_task(&self, task: u64) -> u64 {
        let Some(task) = self.tasks.get(&task) else {
            return 0;
        };
        let person = self
            .people
            .get(&task.person)
            .map_or(0, |person| person.data[0]);
        let milestone = self.milestones.get(&task.milestone);
        let milestone = milestone.map_or(0, |milestone| milestone.data[0]);
        task.data[0].wrapping_add(person).wrapping_add(milestone)
    }
}

impl Life for Hashing {
    fn build(owners: &[u64], tasks: &[Given]) -> Self {
        let mut work = Self::default();
        for &key in owners {
            for owners in work.owners() {
                let (data, tasks) = (payload(key), HashSet::default());
                owners.insert(key, HashedOwner { data, tasks });
            }
        }
        for task in tasks {
            work.add_task(task);
        }
        work
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        for (task, to) in moves {
            let Some(record) = self.tasks.get_mut(task) else {
                continue;
            };
            if !self.people.contains_key(to) {
                continue;
            }
            let from = std::mem::replace(&mut record.person, *to);
            if let Some(from) = self.people.get_mut(&from) {
                from.tasks.remove(task);
            }
            if let Some(to) = self.people.get_mut(to) {
                to.tasks.insert(*task);
            }
        }
    }

    fn read(&mut self, projects: &[u64]) -> u64 {
        let mut total = 0_u64;
        for project in projects.iter().filter_map(|key| self.projects.get(key)) {
            for &task in &project.tasks {
                total = total.wrapping_add(self.read_task(task));
            }
        }
        total
    }

    fn delete(&mut self, tasks: &[u64]) {
        for key in tasks {
            let Some(task) = self.tasks.remove(key) else {
                continue;
            };
            let of = [task.project, task.person, task.milestone];
            for (owners, owner) in self.owners().into_iter().zip(of) {
                if let Some(owner) = owners.get_mut(&owner) {
                    owner.tasks.remove(key);
                }
            }
        }
    }

    fn tasks_of(&mut self, person: u64) -> usize {
        self.people[&person].tasks.len()
    }
}
