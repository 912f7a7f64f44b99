//! A contender's turn: linked, read, written and read again.

use super::plan::Plan;
use super::{Ids, ManyToMany};
use crate::contender::{Wrong, expect};
use crate::measure::Turn;
use crate::one_to_many::plan::fold;
use crate::workload::Workload;

pub(super) fn run<C: ManyToMany>(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    if plan.shape.links() > C::MOST_LINKS {
        return Ok(());
    }
    let mut ids = Ids::with_room(plan);
    let kind = (C::HEAP, Workload::MnAdd);
    let mut graph = turn.weigh(kind, plan.shape.links(), |_| {
        let mut graph = C::empty();
        graph.insert(plan.shape.parents, &mut ids);
        graph.add(&ids.pairs(&plan.first));
        graph
    });
    if C::READS {
        read(&mut graph, plan, &ids, turn)?;
    }
    let added = turn.part(Workload::MnAdd, &plan.added);
    let pairs = ids.pairs(added);
    turn.time(Workload::MnAdd, pairs.len(), || graph.add(&pairs));
    let removed = turn.part(Workload::MnRemove, &plan.removed);
    let pairs = ids.pairs(removed);
    turn.time(Workload::MnRemove, pairs.len(), || graph.remove(&pairs));
    let sum = graph.iterate(&ids.lefts);
    let model = fold(plan.sums(added, removed).into_iter());
    expect("iteration after adding and removing", sum, model)
}

fn read<C: ManyToMany>(
    graph: &mut C,
    plan: &Plan,
    ids: &Ids<C>,
    turn: &mut Turn,
) -> Result<(), Wrong> {
    let sum = turn.read(Workload::MnIterate, plan.first.len(), || {
        graph.iterate(&ids.lefts)
    });
    let model = fold(plan.sums(&[], &[]).into_iter());
    expect(Workload::MnIterate, sum, model)?;
    let asked = turn.part(Workload::MnContains, &plan.asked);
    let pairs = ids.pairs(asked);
    let found = turn.read(Workload::MnContains, pairs.len(), || {
        graph.count_linked(&pairs)
    });
    expect(Workload::MnContains, found, plan.linked(asked))
}
