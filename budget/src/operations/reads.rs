//! One-to-many links that are read.

use std::hint::black_box;

use super::{MOST, Simple, Work, parts};
use crate::contender::Next;
use crate::family::{Populated, data, plain};
use crate::workload::Shape;

pub(super) const ALL: [Simple; 5] = [
    ("contains", contains),
    ("iterate-fresh-10", iterate_fresh::<10>),
    ("iterate-fresh-100", iterate_fresh::<100>),
    ("link-data", link_data),
    ("to-one", to_one),
];

const EACH: usize = 10;

/// Rows that were filled by one call each, and not written since.
fn iterate_fresh<const EACH: usize>(links: usize) -> Work {
    let mut family = plain::Household::new();
    let child = |number| plain::Child { number };
    let mut parent = |number| {
        let first = number * EACH as u64;
        let children = (first..first + EACH as u64).map(child);
        let parent = plain::Parent { number }.with_children(children);
        family.insert(parent).expect("there is room")
    };
    let parents: Vec<_> = (0..(links / EACH) as u64).map(&mut parent).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        for rows in parts(count / EACH, links / EACH) {
            let parents = next.take(&parents, rows);
            black_box(Populated::iterate(&family, parents));
        }
    })
}

/// The payload of the parent of a random child.
fn to_one(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let all = Populated::<plain::Household>::new(shape, 0);
    let asked = shape.children(MOST).into_iter();
    let asked: Vec<_> = asked.map(|at| all.children[at]).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        let asked = next.take(&asked, count).iter();
        let parents = asked.filter_map(|&child| all.family.at(child).parent());
        black_box(parents.fold(0, |total: u64, parent| total.wrapping_add(parent.number)));
    })
}

/// Hits one time in ten or less.
fn contains(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let all = Populated::<plain::Household>::new(shape, MOST);
    let mut next = Next::default();
    Box::new(move |count| {
        let asked = next.take(&all.moves, count).iter();
        let hits = asked.filter(|(child, parent)| {
            let parent = all.family.at(*parent);
            parent.children().contains(*child)
        });
        black_box(hits.count());
    })
}

/// The data of the link of a random child.
fn link_data(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let all = Populated::<data::Household>::new(shape, 0);
    let asked = shape.children(MOST).into_iter();
    let asked: Vec<_> = asked.map(|at| all.children[at]).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        let asked = next.take(&asked, count).iter();
        let data = asked.filter_map(|&child| all.family.at(child).parent_data());
        black_box(data.fold(0, |total: u32, data| total.wrapping_add(*data)));
    })
}
