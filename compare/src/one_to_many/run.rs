//! A contender's turn: built, read, written, read again and cut down.

use super::plan::Plan;
use super::{Ids, OneToMany};
use crate::contender::{Wrong, expect};
use crate::measure::Turn;
use crate::workload::Workload;

/// A graph, and what it calls its entities.
struct Built<C: OneToMany> {
    graph: C,
    ids: Ids<C>,
}

pub(super) fn run<C: OneToMany>(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let mut built = one_by_one::<C>(plan, turn);
    read(&mut built, plan, turn)?;
    write(&mut built, plan, turn)?;
    drop(built);
    let mut built = bulk::<C>(plan, turn);
    let model = plan.folded(&plan.homes, 0..plan.shape.parents);
    let sum = built.graph.iterate(&built.ids.parents);
    expect(Workload::BulkBuild, sum, model)?;
    drop(built);
    cascade::<C::Cascading>(plan, turn)
}

/// Entities, then links. What a contender calls its entities is found while
/// the clock stands.
fn one_by_one<C: OneToMany>(plan: &Plan, turn: &mut Turn) -> Built<C> {
    let mut ids = Ids::<C>::with_room(plan);
    let links = plan.shape.links();
    let kind = (C::HEAP, Workload::Build);
    let graph = turn.weigh(kind, links, |turn| {
        let mut graph = turn.time(Workload::Build, 0, || {
            let mut graph = C::empty();
            graph.insert_parents(plan.shape.parents, &mut ids.parents);
            graph.insert_children(links, &mut ids.children);
            graph
        });
        let links = ids.links(plan.links());
        turn.time(Workload::Build, links.len(), || graph.set_parents(&links));
        graph
    });
    Built { graph, ids }
}

fn bulk<C: OneToMany>(plan: &Plan, turn: &mut Turn) -> Built<C> {
    let mut ids = Ids::with_room(plan);
    let kind = (C::HEAP, Workload::BulkBuild);
    let graph = turn.weigh(kind, plan.shape.links(), |turn| {
        turn.time(Workload::BulkBuild, plan.homes.len(), || {
            C::bulk(plan, &mut ids)
        })
    });
    Built { graph, ids }
}

fn read<C: OneToMany>(built: &mut Built<C>, plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let Built { graph, ids } = built;
    if C::READS {
        let sum = turn.read(Workload::IterateFresh, plan.homes.len(), || {
            graph.iterate(&ids.parents)
        });
        let model = plan.folded(&plan.homes, 0..plan.shape.parents);
        expect(Workload::IterateFresh, sum, model)?;
        let part = turn.part(Workload::ToOne, &plan.read);
        let children = ids.children(part);
        let sum = turn.read(Workload::ToOne, children.len(), || {
            graph.read_parents(&children)
        });
        let parents = part.iter().map(|&child| plan.homes[child as usize]);
        expect(Workload::ToOne, sum, parents.map(u64::from).sum())?;
    }
    Ok(())
}

fn write<C: OneToMany>(built: &mut Built<C>, plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let Built { graph, ids } = &mut *built;
    let part = turn.part(Workload::Reassign, &plan.moves);
    let owners = plan.after(part.len());
    let links = ids.links(part.iter().copied());
    turn.time(Workload::Reassign, links.len(), || {
        graph.set_parents(&links);
    });
    let owned = |&child: &u32| (child, owners[child as usize]);
    let part = turn.part(Workload::DetachAttach, &plan.detached);
    let links = ids.links(part.iter().map(owned));
    turn.time(Workload::DetachAttach, links.len(), || {
        graph.detach_attach(&links);
    });
    let part = turn.part(Workload::RemoveAppend, &plan.removed);
    let links = ids.links(part.iter().map(owned));
    turn.time(Workload::RemoveAppend, links.len(), || {
        graph.remove_append(&links);
    });
    let sum = if C::READS {
        turn.read(Workload::IterateChurned, owners.len(), || {
            graph.iterate(&ids.parents)
        })
    } else {
        graph.iterate(&ids.parents)
    };
    let model = plan.folded(&owners, 0..plan.shape.parents);
    expect(Workload::IterateChurned, sum, model)?;
    if C::READS {
        // Reading payloads over and over has driven the links out of the caches.
        let parents = owners.iter().map(|&owner| u64::from(owner)).sum();
        expect("all parents", graph.read_parents(&ids.children), parents)?;
    }
    delete(built, (plan, &owners), Workload::Nullify, turn)?;
    let left = built.graph.count_live(&built.ids.children);
    expect("what is left of the children", left, owners.len())
}

fn cascade<C: OneToMany>(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let mut ids = Ids::with_room(plan);
    let graph = C::bulk(plan, &mut ids);
    let mut built = Built { graph, ids };
    delete(&mut built, (plan, &plan.homes), Workload::Cascade, turn)?;
    let left = built.graph.count_live(&built.ids.children);
    let model = plan.homes.len() - plan.cut(&plan.homes);
    expect("what is left of the children", left, model)
}

/// Half of the parents, when the children have these owners.
fn delete<C: OneToMany>(
    built: &mut Built<C>,
    (plan, owners): (&Plan, &[u32]),
    workload: Workload,
    turn: &mut Turn,
) -> Result<(), Wrong> {
    let Built { graph, ids } = built;
    let doomed = ids.parents(&plan.doomed);
    turn.time(workload, plan.cut(owners), || graph.delete(&doomed));
    let survivors = ids.parents(&plan.survivors);
    let sum = graph.iterate(&survivors);
    let model = plan.folded(owners, plan.survivors.iter().copied());
    expect(workload, sum, model)
}
