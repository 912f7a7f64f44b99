//! Lists of operations on parents and children, drawn from fixed seeds, and
//! what each of them must come to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::random::Random;
use crate::shape::Shape;

/// What is done to a graph of a shape, by the numbers of the entities.
pub(crate) struct Plan {
    pub(crate) shape: Shape,
    /// For each child its first parent; each parent has as many children, and
    /// they are spread at random.
    pub(crate) homes: Vec<u32>,
    /// The same by parent, for those who can make use of that.
    pub(crate) rows: Rows,
    /// Random children, each with a random parent that it does not have then.
    pub(crate) moves: Vec<(u32, u32)>,
    /// Random children, for what is done to them.
    pub(crate) detached: Vec<u32>,
    pub(crate) removed: Vec<u32>,
    pub(crate) read: Vec<u32>,
    /// Half of the parents in random order, which are deleted.
    pub(crate) doomed: Vec<u32>,
    /// The other half.
    pub(crate) survivors: Vec<u32>,
    after: RefCell<BTreeMap<usize, Rc<Vec<u32>>>>,
}

/// The children of each parent, in the order of their numbers.
pub(crate) struct Rows {
    starts: Vec<usize>,
    members: Vec<u32>,
}

impl Rows {
    pub(super) fn new(parents: u32, homes: &[u32]) -> Self {
        let mut members: Vec<u32> = (0..homes.len() as u32).collect();
        members.sort_by_key(|&child| homes[child as usize]);
        let mut starts = vec![0; parents as usize + 1];
        for &home in homes {
            starts[home as usize + 1] += 1;
        }
        for parent in 0..parents as usize {
            starts[parent + 1] += starts[parent];
        }
        Self { starts, members }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let row = |ends: &[usize]| ends[0]..ends[1];
        self.starts
            .windows(2)
            .map(move |ends| &self.members[row(ends)])
    }
}

/// Makes one number of the sums of rows, such that a member in another row
/// makes another number of it.
#[inline]
pub(crate) fn fold(rows: impl Iterator<Item = u64>) -> u64 {
    rows.fold(0, |total, row| total.wrapping_mul(31).wrapping_add(row))
}

impl Plan {
    /// With as many operations as there are links, but no more than this.
    pub(crate) fn new(shape: Shape, most: u32) -> Self {
        let links = shape.links();
        let operations = links.min(most);
        let mut homes: Vec<u32> = (0..links).map(|child| child / shape.each).collect();
        Random::new(1).shuffle(&mut homes);
        let picks = |seed| {
            let mut random = Random::new(seed);
            (0..operations).map(|_| random.below(links)).collect()
        };
        let mut parents: Vec<u32> = (0..shape.parents).collect();
        Random::new(6).shuffle(&mut parents);
        let mut survivors = parents.split_off(parents.len() / 2);
        survivors.sort_unstable();
        Self {
            shape,
            rows: Rows::new(shape.parents, &homes),
            moves: moves(shape, &homes, operations),
            homes,
            detached: picks(3),
            removed: picks(4),
            read: picks(5),
            doomed: parents,
            survivors,
            after: RefCell::default(),
        }
    }

    /// Each child with its first parent.
    pub(crate) fn links(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..).zip(self.homes.iter().copied())
    }

    /// The parents of the children after so many moves.
    pub(crate) fn after(&self, moves: usize) -> Rc<Vec<u32>> {
        let moved = || {
            let mut parents = self.homes.clone();
            for &(child, to) in &self.moves[..moves] {
                parents[child as usize] = to;
            }
            Rc::new(parents)
        };
        Rc::clone(self.after.borrow_mut().entry(moves).or_insert_with(moved))
    }

    /// What iteration over these comes to, if those are the children's parents.
    pub(crate) fn folded(&self, owners: &[u32], over: impl Iterator<Item = u32>) -> u64 {
        let mut sums = vec![0_u64; self.shape.parents as usize];
        for (child, &owner) in (0..).zip(owners) {
            sums[owner as usize] += child;
        }
        fold(over.map(|parent| sums[parent as usize]))
    }

    /// How many children those who are deleted have.
    pub(crate) fn cut(&self, owners: &[u32]) -> usize {
        let mut counts = vec![0; self.shape.parents as usize];
        for &owner in owners {
            counts[owner as usize] += 1;
        }
        self.doomed.iter().map(|&at| counts[at as usize]).sum()
    }
}

fn moves(shape: Shape, homes: &[u32], count: u32) -> Vec<(u32, u32)> {
    let mut random = Random::new(2);
    let mut parents = homes.to_vec();
    let mut draw = || {
        let child = random.below(shape.links());
        let parent = random.other_than(parents[child as usize], shape.parents);
        parents[child as usize] = parent;
        (child, parent)
    };
    (0..count).map(|_| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_moves_each_child_elsewhere_and_deletes_half() {
        let plan = Plan::new(Shape::new(10, 8), 1_000);
        assert_eq!(plan.moves.len(), 80);
        for at in 0..plan.moves.len() {
            let (child, to) = plan.moves[at];
            assert_ne!(plan.after(at)[child as usize], to);
            assert_eq!(plan.after(at + 1)[child as usize], to);
        }
        assert_eq!((plan.doomed.len(), plan.survivors.len()), (5, 5));
        assert_eq!(plan.cut(&plan.homes), 40);
    }

    #[test]
    fn rows_have_the_children_of_each_parent() {
        let plan = Plan::new(Shape::new(5, 4), 10);
        for (parent, row) in (0..).zip(plan.rows.iter()) {
            assert_eq!(row.len(), 4);
            assert!(
                row.iter()
                    .all(|&child| plan.homes[child as usize] == parent)
            );
            assert!(row.is_sorted());
        }
        assert_eq!(plan.rows.iter().count(), 5);
    }

    #[test]
    fn a_child_in_another_row_makes_another_number() {
        let plan = Plan::new(Shape::new(5, 4), 10);
        let folded = |moves| plan.folded(&plan.after(moves), 0..5);
        let (child, _) = plan.moves[0];
        // Child 0 adds nothing to any row.
        assert_eq!(child == 0, folded(0) == folded(1));
    }
}
