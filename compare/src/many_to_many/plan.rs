//! Lists of operations on pairs, drawn from fixed seeds.

use std::collections::BTreeSet;

use crate::random::Random;
use crate::shape::Shape;

/// A left and a right, by their numbers.
pub(crate) type Numbers = (u32, u32);

/// What is done to links of a shape.
pub(crate) struct Plan {
    pub(crate) shape: Shape,
    /// Those that are there first, each once, in random order.
    pub(crate) first: Vec<Numbers>,
    /// Some of them.
    pub(crate) removed: Vec<Numbers>,
    /// Others that are not there, each once.
    pub(crate) added: Vec<Numbers>,
    /// Half of them stay all the time, half are never there.
    pub(crate) asked: Vec<Numbers>,
}

impl Plan {
    /// With half as many of each operation as there are links, but no more than
    /// this.
    pub(crate) fn new(shape: Shape, most: u32) -> Self {
        let count = (shape.links() / 2).min(most) as usize;
        let mut first = first(shape);
        Random::new(11).shuffle(&mut first);
        let mut linked = first.clone();
        Random::new(12).shuffle(&mut linked);
        let mut absent = absent(shape, &first, count + count / 2);
        let never = absent.split_off(count);
        let stay = &linked[count..];
        let mut asked: Vec<Numbers> = stay.iter().copied().take(never.len()).collect();
        asked.extend(never);
        Random::new(13).shuffle(&mut asked);
        Self {
            shape,
            removed: linked[..count].to_vec(),
            added: absent,
            asked,
            first,
        }
    }

    /// How many of those asked for are there, of this part of the list.
    pub(crate) fn linked(&self, asked: &[Numbers]) -> usize {
        let first = sorted(&self.first);
        let linked = |pair: &&Numbers| first.binary_search(pair).is_ok();
        asked.iter().filter(linked).count()
    }

    /// For each left the sum of its rights, with these links more and less.
    pub(crate) fn sums(&self, more: &[Numbers], less: &[Numbers]) -> Vec<u64> {
        let mut sums = vec![0; self.shape.parents as usize];
        for &(left, right) in self.first.iter().chain(more) {
            sums[left as usize] += u64::from(right);
        }
        for &(left, right) in less {
            sums[left as usize] -= u64::from(right);
        }
        sums
    }
}

fn sorted(pairs: &[Numbers]) -> Vec<Numbers> {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    sorted
}

/// Each left with as many rights and each right with as many lefts, spread at
/// random: rights stand in a circle that is shuffled, and a left has those that
/// are at random distances, the same for all, from its own place in it.
fn first(shape: Shape) -> Vec<Numbers> {
    let count = shape.parents;
    let mut random = Random::new(14);
    let mut distances = BTreeSet::new();
    while distances.len() < shape.each as usize {
        distances.insert(random.below(count));
    }
    let mut circle: Vec<u32> = (0..count).collect();
    random.shuffle(&mut circle);
    let right = |left: u32, distance: u32| circle[((left + distance) % count) as usize];
    let of = |left| distances.iter().map(move |&distance| (left, distance));
    let pairs = (0..count).flat_map(of);
    pairs
        .map(|(left, distance)| (left, right(left, distance)))
        .collect()
}

/// Pairs that are not among the first, each once.
fn absent(shape: Shape, first: &[Numbers], count: usize) -> Vec<Numbers> {
    let first = sorted(first);
    let mut random = Random::new(15);
    let mut drawn: Vec<Numbers> = Vec::with_capacity(count);
    while drawn.len() < count {
        let missing = count - drawn.len();
        let draw = || (random.below(shape.parents), random.below(shape.parents));
        let more = std::iter::repeat_with(draw).take(missing);
        drawn.extend(more.filter(|pair| first.binary_search(pair).is_err()));
        drawn.sort_unstable();
        drawn.dedup();
    }
    random.shuffle(&mut drawn);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_adds_what_is_not_there_and_removes_what_is() {
        let plan = Plan::new(Shape::new(40, 10), 1_000);
        let first = sorted(&plan.first);
        let there = |pair: &Numbers| first.binary_search(pair).is_ok();
        assert_eq!(first.len(), 400);
        assert!(first.is_sorted_by(|a, b| a < b));
        assert!(plan.removed.iter().all(there));
        assert!(!plan.added.iter().any(there));
        let added = sorted(&plan.added);
        assert!(added.is_sorted_by(|a, b| a < b));
        assert_eq!(plan.linked(&plan.asked) * 2, plan.asked.len());
        assert!(plan.asked.iter().all(|pair| !plan.removed.contains(pair)));
        assert!(plan.asked.iter().all(|pair| !plan.added.contains(pair)));
    }

    #[test]
    fn everybody_has_as_many_links_on_either_side() {
        let plan = Plan::new(Shape::new(20, 5), 1_000);
        for at in 0..20 {
            let lefts = plan.first.iter().filter(|pair| pair.0 == at);
            let rights = plan.first.iter().filter(|pair| pair.1 == at);
            assert_eq!((lefts.count(), rights.count()), (5, 5));
        }
    }
}
