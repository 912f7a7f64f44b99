//! Every contender beside a model, after some thousand mixed operations.

use super::plan::{Plan, fold};
use super::{Ids, OneToMany};
use crate::contender::{Order, Wrong, expect};
use crate::random::Random;
use crate::shape::Shape;

/// Rows of some dozens of members, so that they grow, shrink and close up.
const SHAPE: Shape = Shape::new(50, 40);
const ROUNDS: usize = 8;
const OPERATIONS: usize = 500;

/// For each parent its children in the order of adding, or that it is gone.
struct Model {
    rows: Vec<Option<Vec<u32>>>,
    parents: Vec<Option<u32>>,
    live: Vec<bool>,
}

impl Model {
    fn new(plan: &Plan) -> Self {
        let mut model = Self {
            rows: vec![Some(Vec::new()); plan.shape.parents as usize],
            parents: vec![None; plan.homes.len()],
            live: vec![true; plan.homes.len()],
        };
        for (child, parent) in plan.links() {
            model.set(child, parent);
        }
        model
    }

    /// The child goes last in the row, even if it is there already.
    fn set(&mut self, child: u32, parent: u32) {
        let before = self.parents[child as usize].replace(parent);
        if let Some(row) = before.and_then(|before| self.rows[before as usize].as_mut()) {
            row.retain(|&member| member != child);
        }
        if let Some(row) = &mut self.rows[parent as usize] {
            row.push(child);
        }
    }

    fn delete(&mut self, parent: u32, cascading: bool) {
        for child in self.rows[parent as usize].take().into_iter().flatten() {
            self.parents[child as usize] = None;
            self.live[child as usize] = !cascading;
        }
    }

    fn live_rows(&self) -> impl Iterator<Item = (u32, &Vec<u32>)> {
        let rows = (0..).zip(&self.rows);
        rows.filter_map(|(parent, row)| row.as_ref().map(|row| (parent, row)))
    }
}

pub(super) fn verify<C: OneToMany>() -> Result<Option<Order>, Wrong> {
    let mut orders = verified::<C>(false)?;
    orders.extend(verified::<C::Cascading>(true)?);
    Ok(Some(Order::of_all(&orders)))
}

/// The orders of all rows at all times that were looked at.
fn verified<C: OneToMany>(cascading: bool) -> Result<Vec<Order>, Wrong> {
    let plan = Plan::new(SHAPE, 1);
    let mut orders = Vec::new();
    let mut ids = Ids::<C>::with_room(&plan);
    let mut graph = C::bulk(&plan, &mut ids);
    orders.extend(compare(&mut graph, &ids, &Model::new(&plan))?);
    let mut model = Model::new(&plan);
    let mut ids = Ids::<C>::with_room(&plan);
    let mut graph = C::empty();
    graph.insert_parents(SHAPE.parents, &mut ids.parents);
    graph.insert_children(SHAPE.links(), &mut ids.children);
    graph.set_parents(&ids.links(plan.links()));
    orders.extend(compare(&mut graph, &ids, &model)?);
    let mut random = Random::new(10);
    for _ in 0..ROUNDS {
        for _ in 0..OPERATIONS {
            change(&mut graph, &ids, &mut model, &mut random);
        }
        orders.extend(compare(&mut graph, &ids, &model)?);
    }
    graph.delete(&ids.parents(&plan.doomed));
    for &parent in &plan.doomed {
        model.delete(parent, cascading);
    }
    orders.extend(compare(&mut graph, &ids, &model)?);
    Ok(orders)
}

/// One operation of the three, on both.
fn change<C: OneToMany>(graph: &mut C, ids: &Ids<C>, model: &mut Model, random: &mut Random) {
    let child = random.below(SHAPE.links());
    let parent = model.parents[child as usize].expect("no parent is deleted yet");
    match random.below(3) {
        0 => {
            let other = random.other_than(parent, SHAPE.parents);
            graph.set_parents(&ids.links([(child, other)]));
            model.set(child, other);
        }
        1 => {
            graph.detach_attach(&ids.links([(child, parent)]));
            model.set(child, parent);
        }
        _ => {
            graph.remove_append(&ids.links([(child, parent)]));
            model.set(child, parent);
        }
    }
}

/// The same from either end; the orders of rows with more than one member.
fn compare<C: OneToMany>(graph: &mut C, ids: &Ids<C>, model: &Model) -> Result<Vec<Order>, Wrong> {
    let mut orders = Vec::new();
    let mut sums = Vec::new();
    let mut owners = Vec::new();
    for (parent, row) in model.live_rows() {
        let parent = &ids.parents[parent as usize];
        let row: Vec<u64> = row.iter().copied().map(u64::from).collect();
        let order = Order::of(&graph.members(parent), &row)?;
        if row.len() > 1 {
            orders.push(order);
        }
        sums.push(row.iter().sum());
        owners.push(parent.clone());
    }
    expect("iteration", graph.iterate(&owners), fold(sums.into_iter()))?;
    let (mut owned, mut targets) = (Vec::new(), 0);
    for (at, child) in ids
        .children
        .iter()
        .enumerate()
        .filter(|&(at, _)| model.live[at])
    {
        let parent = model.parents[at].map(u64::from);
        if graph.parent(child) != parent {
            return Err(Wrong(format!(
                "child {at} has the parent {:?} where the model has {parent:?}",
                graph.parent(child)
            )));
        }
        if let Some(parent) = parent {
            owned.push(child.clone());
            targets += parent;
        }
    }
    expect("to-one", graph.read_parents(&owned), targets)?;
    let live = model.live.iter().filter(|&&live| live).count();
    expect("live children", graph.count_live(&ids.children), live)?;
    Ok(orders)
}
