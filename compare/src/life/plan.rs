//! Lists of operations on tasks, drawn from fixed seeds.

use super::Task;
use crate::random::Random;
use crate::shape::Shape;

pub(crate) struct Plan {
    pub(crate) shape: Shape,
    /// The keys of projects, of people and of milestones.
    pub(crate) owners: Vec<u64>,
    pub(crate) tasks: Vec<Task>,
    /// The keys of random tasks and people.
    pub(crate) moves: Vec<(u64, u64)>,
    /// The keys of half of the tasks, in random order.
    pub(crate) doomed: Vec<u64>,
}

/// A key that says nothing of when its entity was made.
const fn key(number: u32) -> u64 {
    (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1
}

impl Plan {
    /// With as many moves as there are tasks, but no more than this.
    pub(crate) fn new(shape: Shape, most: u32) -> Self {
        let count = shape.links();
        let owners: Vec<u64> = (0..shape.parents).map(key).collect();
        let mut random = Random::new(21);
        let mut owner = || owners[random.below(shape.parents) as usize];
        let mut task = |number| Task {
            key: key(number),
            project: owner(),
            person: owner(),
            milestone: owner(),
        };
        let tasks: Vec<Task> = (0..count).map(&mut task).collect();
        let mut random = Random::new(22);
        let mut pick = || {
            let task = tasks[random.below(count) as usize].key;
            (task, owners[random.below(shape.parents) as usize])
        };
        let moves = (0..count.min(most)).map(|_| pick()).collect();
        let mut doomed: Vec<u64> = tasks.iter().map(|task| task.key).collect();
        Random::new(23).shuffle(&mut doomed);
        doomed.truncate(count as usize / 2);
        Self {
            shape,
            owners,
            tasks,
            moves,
            doomed,
        }
    }
}
