//! Every contender beside a model, after some thousand mixed operations.

use std::collections::BTreeSet;

use super::plan::{Numbers, Plan};
use super::{Ids, ManyToMany};
use crate::contender::{Order, Wrong, expect};
use crate::one_to_many::plan::fold;
use crate::random::Random;
use crate::shape::Shape;

const SHAPE: Shape = Shape::new(60, 15);
const ROUNDS: usize = 8;
const OPERATIONS: usize = 500;

/// For each left its rights and for each right its lefts, in the order of
/// adding.
struct Model {
    rights: Vec<Vec<u32>>,
    lefts: Vec<Vec<u32>>,
}

impl Model {
    fn new() -> Self {
        let empty = || vec![Vec::new(); SHAPE.parents as usize];
        Self {
            rights: empty(),
            lefts: empty(),
        }
    }

    fn linked(&self, (left, right): Numbers) -> bool {
        self.rights[left as usize].contains(&right)
    }

    fn add(&mut self, (left, right): Numbers) {
        self.rights[left as usize].push(right);
        self.lefts[right as usize].push(left);
    }

    fn remove(&mut self, (left, right): Numbers) {
        self.rights[left as usize].retain(|&member| member != right);
        self.lefts[right as usize].retain(|&member| member != left);
    }
}

pub(super) fn verify<C: ManyToMany>() -> Result<Option<Order>, Wrong> {
    let plan = Plan::new(SHAPE, 1);
    let mut ids = Ids::<C>::with_room(&plan);
    let mut graph = C::empty();
    graph.insert(SHAPE.parents, &mut ids);
    let mut model = Model::new();
    graph.add(&ids.pairs(&plan.first));
    for &pair in &plan.first {
        model.add(pair);
    }
    let mut orders = compare(&mut graph, &ids, &model)?;
    let mut random = Random::new(16);
    for _ in 0..ROUNDS {
        for _ in 0..OPERATIONS {
            let pair = (random.below(SHAPE.parents), random.below(SHAPE.parents));
            let named = ids.pairs(&[pair]);
            let linked = model.linked(pair);
            expect("contains", graph.count_linked(&named), usize::from(linked))?;
            match (linked, random.below(4)) {
                (true, _) => {
                    graph.remove(&named);
                    model.remove(pair);
                }
                // A few pairs at a time, so that as many come as go.
                (false, 0) => {
                    graph.add(&named);
                    model.add(pair);
                }
                (false, _) => {}
            }
        }
        orders.extend(compare(&mut graph, &ids, &model)?);
    }
    twice(&mut graph, &ids, &model)?;
    Ok(Some(Order::of_all(&orders)))
}

/// Links that are there are added again, which must change nothing.
fn twice<C: ManyToMany>(graph: &mut C, ids: &Ids<C>, model: &Model) -> Result<(), Wrong> {
    let of = |(left, rights): (u32, &Vec<u32>)| {
        let rights: BTreeSet<u32> = rights.iter().copied().collect();
        rights.into_iter().map(move |right| (left, right))
    };
    let pairs: Vec<Numbers> = (0..).zip(&model.rights).flat_map(of).collect();
    graph.add(&ids.pairs(&pairs));
    compare(graph, ids, model).map(drop)
}

/// The same from either side; the orders of rows with more than one member.
fn compare<C: ManyToMany>(graph: &mut C, ids: &Ids<C>, model: &Model) -> Result<Vec<Order>, Wrong> {
    let mut orders = Vec::new();
    let numbers = |row: &[u32]| -> Vec<u64> { row.iter().copied().map(u64::from).collect() };
    for (left, row) in ids.lefts.iter().zip(&model.rights) {
        let order = Order::of(&graph.rights(left), &numbers(row))?;
        if row.len() > 1 {
            orders.push(order);
        }
    }
    for (right, row) in ids.rights.iter().zip(&model.lefts) {
        let order = Order::of(&graph.lefts(right), &numbers(row))?;
        if row.len() > 1 {
            orders.push(order);
        }
    }
    let sums = model.rights.iter().map(|row| numbers(row).iter().sum());
    expect("iteration", graph.iterate(&ids.lefts), fold(sums))?;
    Ok(orders)
}
