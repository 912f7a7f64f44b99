//! Reassigns that are taken back and done again.

use backref::Error;

use super::{MOST, SETTLED, Simple, Work};
use crate::contender::Next;
use crate::family::{Populated, plain};
use crate::workload::Shape;

pub(super) const ALL: [Simple; 2] = [("roll-back", roll_back), ("undo-and-redo", undo_and_redo)];

const EACH: usize = 10;

type Household = Populated<plain::Household>;

/// A family whose rows have settled, and which of its moves come next.
fn settled(links: usize) -> (Household, Next) {
    let shape = Shape::of_links(links, EACH);
    let mut all = Household::new(shape, SETTLED * links + MOST);
    let mut next = Next::default();
    Household::reassign(&mut all.family, next.take(&all.moves, SETTLED * links));
    (all, next)
}

/// Reassigns in a transaction that fails.
fn roll_back(links: usize) -> Work {
    let (mut all, mut next) = settled(links);
    Box::new(move |count| {
        let moves = next.take(&all.moves, count);
        let failed: Result<(), Failed> = all.family.try_transaction(|family| {
            Household::reassign(family, moves);
            Err(Failed)
        });
        failed.expect_err("on purpose");
    })
}

#[derive(Debug)]
struct Failed;

impl From<Error> for Failed {
    fn from(_: Error) -> Self {
        Self
    }
}

/// Reassigns as one step, taken back and done again.
fn undo_and_redo(links: usize) -> Work {
    let (mut all, mut next) = settled(links);
    all.family.keep_history(1).expect("no transaction is open");
    Box::new(move |count| {
        let moves = next.take(&all.moves, count);
        let whole = all.family.transaction(|family| {
            Household::reassign(family, moves);
            Ok(())
        });
        whole.expect("nothing is judged");
        all.family.undo().expect("no transaction is open");
        all.family.redo().expect("no transaction is open");
    })
}
