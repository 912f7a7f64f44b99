//! The least that an iteration can cost.

use super::plan::Plan;
use crate::contender::{Contender, Wrong, expect};
use crate::measure::Turn;
use crate::one_to_many::plan::fold;
use crate::shape::Shape;
use crate::workload::Workload;

pub(super) const GATHER: Contender<Plan> = Contender {
    name: "floor-gather",
    verify: || {
        gather(&Plan::new(Shape::new(60, 15), 100), &mut Turn::probe())?;
        Ok(None)
    },
    run: gather,
};

/// The payloads of the rights of all lefts, whose rows stand one after the
/// other.
fn gather(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let mut first = plan.first.clone();
    first.sort_by_key(|pair| pair.0);
    let rows: Vec<u32> = first.iter().map(|pair| pair.1).collect();
    let payloads: Vec<u64> = (0..u64::from(plan.shape.parents)).collect();
    let sum = turn.read(Workload::MnIterate, rows.len(), || {
        let rows = rows.chunks_exact(plan.shape.each as usize);
        fold(rows.map(|row| row.iter().map(|&at| payloads[at as usize]).sum()))
    });
    let model = fold(plan.sums(&[], &[]).into_iter());
    expect(Workload::MnIterate, sum, model)
}
