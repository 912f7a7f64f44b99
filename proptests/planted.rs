//! Each mistake that can be planted in the engine is noticed by the random runs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use backref::internals::planted::{Bug, plant};

use crate::coverage::Tally;
use crate::machine::face::ByNumber;
use crate::machine::transact::Manner;
use crate::machine::{Pace, drive};
use crate::run::{Dice, Verdict};
use crate::schema::{Bounds, Shape};

/// So many runs may go by without a bug being noticed.
const MOST_RUNS: usize = 600;

/// Takes a bug out again, whatever happens.
struct Planted;

impl Planted {
    fn new(bug: Bug) -> Self {
        plant(Some(bug));
        Self
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        plant(None);
    }
}

fn run(seed: u64, bounds: Bounds, steps: usize, pace: Pace) -> Verdict {
    let mut dice = Dice::new(seed);
    let kinds = dice.next();
    let relations: Vec<u64> = (0..bounds.relations).map(|_| dice.next()).collect();
    let codes: Vec<u64> = (0..steps).map(|_| dice.next()).collect();
    let shape = Shape::decode(bounds, kinds, &relations);
    drive::<ByNumber>(&shape, &codes, pace, &mut Tally::default())
}

/// Small graphs with many schemas, and now and then one with long rows.
fn run_number(number: usize, manner: Manner) -> Verdict {
    let seed = number as u64;
    if number % 10 == 9 {
        let bounds = Bounds {
            kinds: 1,
            relations: 2,
        };
        let pace = Pace {
            size: 120,
            whole_every: 25,
            manner,
        };
        return run(seed, bounds, 1500, pace);
    }
    let bounds = Bounds {
        kinds: 3,
        relations: 4,
    };
    let pace = Pace {
        size: 16,
        whole_every: 1,
        manner,
    };
    run(seed, bounds, 150, pace)
}

/// After how many runs the bug was noticed, and how: by a difference or a panic.
fn noticed(bug: Bug, manner: Manner) -> Option<(usize, String)> {
    let _planted = Planted::new(bug);
    (0..MOST_RUNS).find_map(|number| {
        let outcome = catch_unwind(AssertUnwindSafe(|| run_number(number, manner)));
        match outcome {
            Ok(Ok(())) => None,
            Ok(Err(reason)) => Some((number, reason)),
            Err(_) => Some((number, "a panic".to_owned())),
        }
    })
}

#[test]
fn without_a_bug_these_runs_notice_nothing() {
    for manner in [Manner::Plain, Manner::Calm] {
        for number in 0..40 {
            assert_eq!(run_number(number, manner), Ok(()), "run {number}");
        }
    }
}

#[test]
fn every_planted_bug_is_noticed() {
    let mut missed = Vec::new();
    let plain = Bug::ALL.map(|bug| (bug, Manner::Plain));
    let of_transactions = Bug::OF_TRANSACTIONS.map(|bug| (bug, Manner::Calm));
    for (bug, manner) in plain.into_iter().chain(of_transactions) {
        match noticed(bug, manner) {
            Some((number, how)) => println!("{bug:?} after {number} runs: {how:.120}"),
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
