//! The least that a reassign, an iteration and a to-one read can cost.

use super::plan::{Plan, Rows, fold};
use crate::contender::{Contender, Order, Wrong, expect};
use crate::measure::Turn;
use crate::shape::Shape;
use crate::workload::Workload;

pub(super) const F2: Contender<Plan> = Contender {
    name: "floor-f2",
    verify: || verified(|plan, turn| reassign(&mut Counted::new(plan), plan, turn)),
    run: |plan, turn| reassign(&mut Counted::new(plan), plan, turn),
};

pub(super) const F3: Contender<Plan> = Contender {
    name: "floor-f3",
    verify: || verified(|plan, turn| reassign(&mut Stored::new(plan), plan, turn)),
    run: |plan, turn| reassign(&mut Stored::new(plan), plan, turn),
};

pub(super) const GATHER: Contender<Plan> = Contender {
    name: "floor-gather",
    verify: || verified(gather),
    run: gather,
};

pub(super) const READ: Contender<Plan> = Contender {
    name: "floor-read",
    verify: || verified(read),
    run: read,
};

/// A floor compares with the model in each run; it has no order to keep.
fn verified(
    run: impl FnOnce(&Plan, &mut Turn) -> Result<(), Wrong>,
) -> Result<Option<Order>, Wrong> {
    run(&Plan::new(Shape::new(50, 40), 2_000), &mut Turn::probe())?;
    Ok(None)
}

/// What any link has to know of its child.
#[derive(Clone, Copy)]
struct Child {
    parent: u32,
    generation: u32,
}

const GENERATION: u32 = 1;

/// Children and the counters of their parents.
struct Counted {
    children: Vec<Child>,
    counts: Vec<u32>,
}

trait Floor {
    fn counted(&self) -> &Counted;
    fn reassign(&mut self, child: u32, to: u32) -> Option<()>;
}

impl Counted {
    fn new(plan: &Plan) -> Self {
        let child = |&parent| Child {
            parent,
            generation: GENERATION,
        };
        Self {
            children: plan.homes.iter().map(child).collect(),
            counts: vec![plan.shape.each; plan.shape.parents as usize],
        }
    }

    #[inline]
    fn parent(&self, child: u32) -> Option<u32> {
        let child = self.children.get(child as usize)?;
        (child.generation == GENERATION).then_some(child.parent)
    }

    /// The child's record, with a check of its generation, and the counters of
    /// both parents. The old parent comes out.
    #[inline]
    fn count(&mut self, child: u32, to: u32) -> Option<u32> {
        let child = self.children.get_mut(child as usize)?;
        if child.generation != GENERATION {
            return None;
        }
        let from = std::mem::replace(&mut child.parent, to);
        self.counts[from as usize] = self.counts[from as usize].wrapping_sub(1);
        self.counts[to as usize] = self.counts[to as usize].wrapping_add(1);
        Some(from)
    }
}

impl Floor for Counted {
    fn counted(&self) -> &Counted {
        self
    }

    #[inline]
    fn reassign(&mut self, child: u32, to: u32) -> Option<()> {
        self.count(child, to).map(drop)
    }
}

/// That, and a store into the rows of both parents. Rows have twice the room
/// they need, and nothing is kept of where a member stands.
struct Stored {
    counted: Counted,
    rows: Vec<u32>,
    room: u32,
}

impl Stored {
    fn new(plan: &Plan) -> Self {
        let room = 2 * plan.shape.each;
        Self {
            counted: Counted::new(plan),
            rows: vec![0; plan.shape.parents as usize * room as usize],
            room,
        }
    }
}

impl Floor for Stored {
    fn counted(&self) -> &Counted {
        &self.counted
    }

    #[inline]
    fn reassign(&mut self, child: u32, to: u32) -> Option<()> {
        let from = self.counted.count(child, to)?;
        for (parent, member) in [(from, 0), (to, child)] {
            let count = self.counted.counts[parent as usize];
            let at = parent * self.room + count % self.room;
            self.rows[at as usize] = member;
        }
        Some(())
    }
}

fn reassign<F: Floor>(floor: &mut F, plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let moves = turn.part(Workload::Reassign, &plan.moves);
    let made = turn.time(Workload::Reassign, moves.len(), || {
        let made = moves
            .iter()
            .filter_map(|&(child, to)| floor.reassign(child, to));
        made.count()
    });
    expect(Workload::Reassign, made, moves.len())?;
    let owners = plan.after(moves.len());
    let mut counts = vec![0_u32; plan.shape.parents as usize];
    for (child, &owner) in (0..).zip(owners.iter()) {
        expect(
            "a parent",
            floor.counted().parent(child).unwrap_or(u32::MAX),
            owner,
        )?;
        counts[owner as usize] += 1;
    }
    for (&found, model) in floor.counted().counts.iter().zip(counts) {
        expect("a count", found, model)?;
    }
    Ok(())
}

/// The payloads of the members of rows that stand one after the other.
fn gather(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let payloads: Vec<u64> = (0..plan.homes.len() as u64).collect();
    gathered(
        plan,
        &plan.rows,
        (Workload::IterateFresh, turn),
        &payloads,
        &plan.homes,
    )?;
    let owners = plan.after(plan.moves.len());
    let rows = Rows::new(plan.shape.parents, &owners);
    gathered(
        plan,
        &rows,
        (Workload::IterateChurned, turn),
        &payloads,
        &owners,
    )
}

fn gathered(
    plan: &Plan,
    rows: &Rows,
    (workload, turn): (Workload, &mut Turn),
    payloads: &[u64],
    owners: &[u32],
) -> Result<(), Wrong> {
    let sum = turn.read(workload, payloads.len(), || {
        fold(
            rows.iter()
                .map(|row| row.iter().map(|&at| payloads[at as usize]).sum()),
        )
    });
    expect(workload, sum, plan.folded(owners, 0..plan.shape.parents))
}

/// From the child's record to the payload of its parent.
fn read(plan: &Plan, turn: &mut Turn) -> Result<(), Wrong> {
    let counted = Counted::new(plan);
    let payloads: Vec<u64> = (0..u64::from(plan.shape.parents)).collect();
    let children = turn.part(Workload::ToOne, &plan.read);
    let sum: u64 = turn.read(Workload::ToOne, children.len(), || {
        let parents = children.iter().filter_map(|&child| counted.parent(child));
        parents.map(|parent| payloads[parent as usize]).sum()
    });
    let parents = children.iter().map(|&child| plan.homes[child as usize]);
    expect(Workload::ToOne, sum, parents.map(u64::from).sum())
}
