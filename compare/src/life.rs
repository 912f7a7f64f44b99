//! Nearer to life: tasks of projects, with a person who does them and a
//! milestone they are due for. All are found by a natural key, and have
//! payloads of 64 bytes besides.

pub(crate) mod plan;
pub(crate) mod run;

mod backref;
mod bevy;
mod by_hand;
mod sqlite;

use crate::contender::Contender;
use crate::memory::Heap;

use plan::Plan;

/// What everything has besides its key.
pub(crate) type Payload = [u64; 8];

/// With more tasks than this, some contenders need more memory than most
/// machines have.
pub(crate) const MOST_TASKS: u32 = 2_000_000;

/// That of the entity with a key.
pub(crate) const fn payload(key: u64) -> Payload {
    [key; 8]
}

/// A task, as it comes from outside: keys only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) key: u64,
    pub(crate) project: u64,
    pub(crate) person: u64,
    pub(crate) milestone: u64,
}

/// Projects, people, milestones and tasks, kept by one contender. Everything is
/// named by its key, also by who asks.
pub(crate) trait Life: Sized {
    const HEAP: Heap = Heap::Rust;

    /// As many projects, people and milestones, with the keys of the plan, and
    /// the tasks with their links.
    fn build(owners: &[u64], tasks: &[Task]) -> Self;

    /// Gives each task, by its key, to a person, by theirs.
    fn reassign(&mut self, moves: &[(u64, u64)]);

    /// Of each project's tasks the payloads, and those of their people and
    /// milestones.
    fn read(&mut self, projects: &[u64]) -> u64;

    /// Deletes tasks by their keys.
    fn delete(&mut self, tasks: &[u64]);

    /// How many tasks a person has.
    fn tasks_of(&mut self, person: u64) -> usize;
}

/// All that can be asked.
pub(crate) const CONTENDERS: &[Contender<Plan>] = &[
    Contender::life::<backref::Work>("backref"),
    Contender::life::<by_hand::Removing>("slotmap-remove"),
    Contender::life::<by_hand::Swapping>("slotmap-swap"),
    Contender::life::<by_hand::Hashing>("hashmap-foldhash"),
    Contender::life::<bevy::Work>("bevy-vec"),
    Contender::life::<sqlite::Work>("sqlite"),
];

impl Contender<Plan> {
    const fn life<C: Life>(name: &'static str) -> Self {
        Self {
            name,
            verify: run::verify::<C>,
            run: run::run::<C>,
        }
    }
}
