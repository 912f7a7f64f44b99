//! One model with every kind of relationship, edited by the methods that the
//! macros make of it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::any;

use crate::machine::transact::{Habits, Manner};
use crate::machine::{Machine, Pace, codes};
use crate::run::{self, Verdict};
use crate::schema::reflects;

use face::ByMethod;
use met::Met;
use office::Office;
use shape::office_shape;

mod creation;
mod ends;
mod face;
mod kinds;
mod met;
mod office;
#[cfg(feature = "internals")]
mod planted;
mod shape;

/// As many edits as it may take to meet the rarest of what is to be met.
const MOST_EDITS: usize = 200_000;

fn edit_an_office(codes: &[u64], pace: Pace, met: &mut Met) -> Verdict {
    let machine = Machine::<ByMethod>::new(office_shape(), pace.size);
    let mut machine = machine.map_err(|error| error.to_string())?;
    machine.habits = Habits::of(codes, pace);
    let outcome = machine.run(codes, pace.whole_every);
    run::count_edits(machine.tally.edits);
    met.add(machine.face.met(), &machine.tally);
    outcome
}

fn watch_closely(name: &str, cases: u32, met: &RefCell<Met>) {
    let runs = (codes(220), any::<u8>());
    run::check(name, cases, &runs, |(codes, size)| {
        let pace = Pace {
            size: 4 + usize::from(size) % 44,
            whole_every: 1,
            manner: Manner::Various,
        };
        edit_an_office(&codes, pace, &mut met.borrow_mut())
    });
}

#[test]
fn the_shape_of_the_office_is_what_its_registry_tells() {
    assert_eq!(reflects(&office_shape(), Office::registry()), Ok(()));
}

#[test]
fn an_office_edited_by_its_methods_agrees_with_the_model_at_every_end() {
    let met = RefCell::<Met>::default();
    watch_closely("edits by method", 96, &met);
    for round in 0.. {
        if met.borrow().missing().is_empty() || met.borrow().edits() > MOST_EDITS {
            break;
        }
        watch_closely(&format!("by method, {round}"), 16, &met);
    }
    let met = met.into_inner();
    if std::env::var_os("PRINT_COVERAGE").is_some() {
        println!("{}", met.table());
    }
    assert_eq!(met.missing(), BTreeSet::new(), "never met");
    assert!(met.tally.unforeseen().is_empty(), "said to be impossible");
}

#[test]
fn offices_of_hundreds_agree_with_the_model_by_method() {
    let met = RefCell::<Met>::default();
    let runs = (codes(4000), any::<u16>());
    run::check("large offices by method", 4, &runs, |(codes, size)| {
        let pace = Pace {
            size: 100 + usize::from(size) % 900,
            whole_every: 400,
            manner: Manner::Various,
        };
        edit_an_office(&codes, pace, &mut met.borrow_mut())
    });
    println!(
        "large offices by method: {:?}",
        met.into_inner().tally.reach
    );
}
