//! Each mistake that can be planted in the engine is noticed by the edits by
//! method too.

use std::panic::{AssertUnwindSafe, catch_unwind};

use backref::internals::planted::{Bug, plant};

use super::edit_an_office;
use super::met::Met;
use crate::machine::Pace;
use crate::machine::transact::Manner;
use crate::run::{Dice, Verdict};

/// So many runs may go by without a bug being noticed.
const MOST_RUNS: u64 = 200;

/// Small offices, and now and then one with rows that are long at both ends.
fn run_number(number: u64, manner: Manner) -> Verdict {
    let mut dice = Dice::new(number);
    let (steps, size, whole_every) = match number % 10 {
        9 => (5000, 800, 250),
        _ => (200, 16, 1),
    };
    let codes: Vec<u64> = (0..steps).map(|_| dice.next()).collect();
    let pace = Pace {
        size,
        whole_every,
        manner,
    };
    edit_an_office(&codes, pace, &mut Met::default())
}

/// After how many runs the bug was noticed: by a difference or a panic.
fn noticed(bug: Bug) -> Option<u64> {
    let manner = if Bug::OF_TRANSACTIONS.contains(&bug) {
        Manner::Calm
    } else {
        Manner::Plain
    };
    plant(Some(bug));
    let found = (0..MOST_RUNS).find(|&number| {
        let outcome = catch_unwind(AssertUnwindSafe(|| run_number(number, manner)));
        outcome.map_or(true, |verdict| verdict.is_err())
    });
    plant(None);
    found
}

/// Those that an office can show: the others are in options that it has not.
const OF_AN_OFFICE: [Bug; 22] = [
    Bug::OldRowKeepsTheChild,
    Bug::LinkingAgainMoves,
    Bug::CompactingTellsNobody,
    Bug::FillingTellsNobody,
    Bug::DeadIdsStayGood,
    Bug::DisplacedKeepsItsMate,
    Bug::ReplaceKeepsTheOrder,
    Bug::InsertIsOneOff,
    Bug::CascadeStopsEarly,
    Bug::DenyIsIgnored,
    Bug::RequiredIsIgnored,
    Bug::CyclesAreSeenFromOneEnd,
    Bug::KeysOutliveTheirEntity,
    Bug::PairsOutliveTheirLink,
    Bug::UnlinkIsOneSided,
    Bug::ClearLeavesOne,
    Bug::DataOutlivesItsLink,
    Bug::LinkingAgainTakesTheData,
    Bug::SiblingIsNotTold,
    Bug::SortedRowsGoStale,
    Bug::EqualsAreOvertaken,
    Bug::LeaversAreStoodBehind,
];

#[test]
fn planted_bugs_are_noticed_by_method() {
    let mut missed = Vec::new();
    for bug in OF_AN_OFFICE.into_iter().chain(Bug::OF_TRANSACTIONS) {
        match noticed(bug) {
            Some(number) => println!("{bug:?} after {number} runs"),
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
