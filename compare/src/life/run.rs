//! A contender's turn, and what it must come to.

use std::collections::BTreeMap;

use super::plan::Plan;
use super::{Life, Task};
use crate::contender::{Order, Wrong, expect};
use crate::measure::Turn;
use crate::shape::Shape;
use crate::workload::Workload;

/// The tasks by key.
struct Model(BTreeMap<u64, Task>);

impl Model {
    fn new(plan: &Plan) -> Self {
        Self(plan.tasks.iter().map(|&task| (task.key, task)).collect())
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        for (task, person) in moves {
            if let Some(task) = self.0.get_mut(task) {
                task.person = *person;
            }
        }
    }

    /// Payloads are made of keys.
    fn read(&self) -> u64 {
        let sums = self.0.values().map(|task| {
            let sum = task.key.wrapping_add(task.person);
            sum.wrapping_add(task.milestone)
        });
        sums.fold(0, u64::wrapping_add)
    }

    /// For everybody with tasks how many.
    fn tasks_of_people(&self) -> BTreeMap<u64, usize> {
        let mut counts = BTreeMap::new();
        for task in self.0.values() {
            *counts.entry(task.person).or_default() += 1;
        }
        counts
    }
}

pub(super) fn run<C: Life>(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let count = plan.tasks.len();
    let kind = (C::HEAP, Workload::LifeBuild);
    let mut graph = turn.weigh(kind, plan.shape.links(), |turn| {
        turn.time(Workload::LifeBuild, count, || {
            C::build(&plan.owners, &plan.tasks)
        })
    });
    let mut model = Model::new(plan);
    let sum = turn.time(Workload::LifeRead, count, || graph.read(&plan.owners));
    expect(Workload::LifeRead, sum, model.read())?;
    let moves = turn.part(Workload::LifeReassign, &plan.moves);
    turn.time(Workload::LifeReassign, moves.len(), || {
        graph.reassign(moves);
    });
    model.reassign(moves);
    expect(
        Workload::LifeReassign,
        graph.read(&plan.owners),
        model.read(),
    )?;
    people(&mut graph, plan, &model)?;
    let doomed = turn.part(Workload::LifeDelete, &plan.doomed);
    turn.time(Workload::LifeDelete, doomed.len(), || graph.delete(doomed));
    for task in doomed {
        model.0.remove(task);
    }
    expect(Workload::LifeDelete, graph.read(&plan.owners), model.read())?;
    people(&mut graph, plan, &model)
}

/// The other end of a relationship that is written from the task's end only.
fn people<C: Life>(graph: &mut C, plan: &Plan, model: &Model) -> Result<(), Wrong> {
    let counts = model.tasks_of_people();
    for &person in &plan.owners {
        let count = counts.get(&person).copied().unwrap_or_default();
        expect("a person's tasks", graph.tasks_of(person), count)?;
    }
    Ok(())
}

/// The whole is small, so each run compares all of it. Order is looked at where
/// links alone are.
pub(super) fn verify<C: Life>() -> Result<Option<Order>, Wrong> {
    let plan = Plan::new(Shape::new(50, 40), 2_000);
    run::<C>(
        &plan,
        &mut Turn::timed(&crate::measure::Prefixes::default()),
    )?;
    Ok(None)
}
