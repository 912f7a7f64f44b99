//! The operations that are counted, by name.

mod entities;
mod links;
mod reads;
mod records;
mod tags;

use std::hint::black_box;

use crate::callgrind::REPETITIONS;
use crate::contender::{self, Contender, bare};
use crate::family::by_handle::ByHandle;
use crate::family::{linked, plain, set};
use crate::workload::Shape;

/// How many links a graph has where instructions are counted.
pub(crate) const LINKS: usize = 10_000;

/// How often an operation is repeated, all in all.
const MOST: usize = 2 * REPETITIONS;

/// How often each link has been changed, on the average, where rows have settled:
/// have the room that they need, and as many holes as is usual.
const SETTLED: usize = 3;

/// Repeats an operation so many times.
pub(crate) type Work = Box<dyn FnMut(usize)>;

/// An operation by name.
pub(crate) struct Operation {
    pub(crate) name: String,
    make: Make,
}

/// An operation by name, and what makes its work in a graph of so many links.
type Simple = (&'static str, fn(usize) -> Work);

/// What makes the work of an operation.
enum Make {
    /// A graph of so many links, made ready.
    Of(fn(usize) -> Work),
    /// A contender of a shape, with so many moves, of which links are changed.
    Reassign(fn(Shape, usize) -> Box<dyn Contender>, usize),
    /// The same, of which rows are read.
    Iterate(fn(Shape, usize) -> Box<dyn Contender>, usize),
}

impl Operation {
    fn new(name: impl Into<String>, make: Make) -> Self {
        let name = name.into();
        Self { name, make }
    }

    /// Makes ready, in a graph of so many links, what the operation needs.
    pub(crate) fn prepare(&self, links: usize) -> Work {
        match self.make {
            Make::Of(make) => make(links),
            Make::Reassign(make, each) => {
                let mut contender = make(Shape::of_links(links, each), SETTLED * links + MOST);
                contender.reassign(SETTLED * links);
                Box::new(move |count| contender.reassign(count))
            }
            Make::Iterate(make, each) => {
                let mut contender = make(Shape::of_links(links, each), SETTLED * links);
                contender.reassign(SETTLED * links);
                Box::new(move |count| {
                    // A pass at most, so that each row is read as often.
                    for rows in parts(count / each, links / each) {
                        black_box(contender.iterate(rows));
                    }
                })
            }
        }
    }
}

/// A whole in parts that are at most as large as that.
fn parts(whole: usize, most: usize) -> impl Iterator<Item = usize> {
    (0..whole)
        .step_by(most)
        .map(move |done| most.min(whole - done))
}

/// Contenders whose rows are read in another way than that of the first.
const READ_OTHERWISE: [&str; 7] = [
    "ordered", "set", "linked", "sorted", "keyed", "data", "lock",
];

/// All operations, sorted by name.
pub(crate) fn all() -> Vec<Operation> {
    let simple = [
        entities::ALL.as_slice(),
        &links::ALL,
        &reads::ALL,
        &records::ALL,
        &tags::ALL,
    ];
    let simple = simple.into_iter().flatten();
    let mut all: Vec<Operation> = simple
        .map(|&(name, make)| Operation::new(name, Make::Of(make)))
        .collect();
    all.extend(of_contenders());
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn of_contenders() -> Vec<Operation> {
    let mut all = vec![
        Operation::new("reassign-by-handles", Make::Reassign(bare::<ByHandle>, 10)),
        Operation::new("iterate-by-handles", Make::Iterate(bare::<ByHandle>, 10)),
        Operation::new(
            "reassign-ordered-100",
            Make::Reassign(bare::<plain::Household>, 100),
        ),
        Operation::new(
            "reassign-set-100",
            Make::Reassign(bare::<set::Household>, 100),
        ),
        Operation::new(
            "reassign-linked-100",
            Make::Reassign(bare::<linked::Household>, 100),
        ),
        Operation::new(
            "iterate-ordered-100",
            Make::Iterate(bare::<plain::Household>, 100),
        ),
    ];
    for contender in &contender::ALL {
        let make = Make::Reassign(contender.make, 10);
        all.push(Operation::new(reassign_of(contender.name), make));
        if READ_OTHERWISE.contains(&contender.name) {
            let make = Make::Iterate(contender.make, 10);
            all.push(Operation::new(iterate_of(contender.name), make));
        }
    }
    all
}

/// The operation that moves a child of a contender.
pub(crate) fn reassign_of(contender: &str) -> String {
    format!("reassign-{contender}")
}

/// The operation that reads a member of a contender; that of the first for those
/// whose rows are read in the same way.
pub(crate) fn iterate_of(contender: &str) -> String {
    let read = READ_OTHERWISE.iter().find(|&&name| name == contender);
    format!("iterate-{}", read.unwrap_or(&"ordered"))
}
