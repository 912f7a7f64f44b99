//! One-to-many links that are changed.

use super::{MOST, SETTLED, Simple, Work};
use crate::contender::Next;
use crate::family::{Family, Move, Populated, data, plain};
use crate::workload::Shape;

pub(super) const ALL: [Simple; 5] = [
    ("detach-and-attach", detach_and_attach),
    ("extend", extend),
    ("push", push),
    ("remove-and-push", remove_and_push),
    ("set-link-data", set_link_data),
];

const EACH: usize = 10;

/// A family, and random children of it with the parents that they have.
struct AtHome<F: Family> {
    family: F,
    homes: Vec<Move<F>>,
    next: Next,
}

impl<F: Family> AtHome<F> {
    fn new(links: usize) -> Self {
        let shape = Shape::of_links(links, EACH);
        let all = Populated::<F>::new(shape, 0);
        let parents = shape.parents();
        let home = |child: usize| (all.children[child], all.parents[parents[child]]);
        Self {
            homes: shape.children(MOST).into_iter().map(home).collect(),
            family: all.family,
            next: Next::default(),
        }
    }
}

fn detach_and_attach(links: usize) -> Work {
    let mut all = AtHome::<plain::Household>::new(links);
    Box::new(move |count| {
        for &(child, parent) in all.next.take(&all.homes, count) {
            let mut child = all.family.edit(child);
            child.set_parent(None).expect("it is live");
            child.set_parent(parent).expect("both are live");
        }
    })
}

fn remove_and_push(links: usize) -> Work {
    let mut all = AtHome::<plain::Household>::new(links);
    Box::new(move |count| {
        for &(child, parent) in all.next.take(&all.homes, count) {
            let mut parent = all.family.edit(parent);
            let mut row = parent.children_mut();
            row.remove(child).expect("it is live");
            row.push(child).expect("it is live");
        }
    })
}

/// From the row's side, and the child leaves the row that it was in.
fn push(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let mut all = Populated::<plain::Household>::new(shape, SETTLED * links + MOST);
    let mut next = Next::default();
    Populated::reassign(&mut all.family, next.take(&all.moves, SETTLED * links));
    Box::new(move |count| {
        for &(child, parent) in next.take(&all.moves, count) {
            let mut parent = all.family.edit(parent);
            parent.children_mut().push(child).expect("both are live");
        }
    })
}

/// Ten children that have no parent, to an empty row; for each link.
fn extend(_links: usize) -> Work {
    let mut family = plain::Household::new();
    let parents = (0..(MOST / EACH) as u64).map(|number| family.insert_parent(number));
    let parents: Vec<_> = parents.collect();
    let child = |number| family.insert(plain::Child { number });
    let children = (0..MOST as u64).map(child);
    let children: Vec<_> = children.collect::<Result<_, _>>().expect("there is room");
    let rows = parents.iter().copied().zip(children.chunks(EACH));
    let rows: Vec<_> = rows.map(|(parent, row)| (parent, row.to_vec())).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        for (parent, row) in next.take(&rows, count / EACH) {
            let mut parent = family.edit(*parent);
            parent
                .children_mut()
                .extend(row.iter().copied())
                .expect("all are live");
        }
    })
}

fn set_link_data(links: usize) -> Work {
    let mut all = AtHome::<data::Household>::new(links);
    let mut number = 0;
    Box::new(move |count| {
        for &(child, parent) in all.next.take(&all.homes, count) {
            number += 1;
            let mut parent = all.family.edit(parent);
            let mut row = parent.children_mut();
            row.set_data(child, number).expect("they are linked");
        }
    })
}
