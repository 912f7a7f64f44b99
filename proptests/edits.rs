//! The random runs: small graphs looked at whole after each step, large ones
//! where they were touched.

use std::cell::RefCell;

use proptest::prelude::any;
use proptest::strategy::Strategy;

use crate::coverage::Tally;
use crate::machine::face::{ByNumber, Face, Whole};
use crate::machine::transact::{Habits, Manner};
use crate::machine::{ByHandle, KINDS, Machine, Pace, codes, drive};
use crate::run::{self, Verdict};
use crate::schema::{Bounds, Shape, checked_shapes};

/// As many edits as it may take to meet the rarest cell of the table.
const MOST_EDITS: usize = 1_500_000;

const SMALL: Bounds = Bounds {
    kinds: 5,
    relations: 6,
};

const TYPED: Bounds = Bounds {
    kinds: KINDS,
    relations: 6,
};

/// Some schema, steps, and about how many entities there shall be.
fn runs(bounds: Bounds, steps: usize) -> impl Strategy<Value = (Shape, Vec<u64>, usize)> {
    let size = any::<u8>().prop_map(|size| 4 + usize::from(size) % 44);
    (checked_shapes(bounds), codes(steps), size)
}

fn watch_closely<F: Face>(name: &str, cases: u32, bounds: Bounds, tally: &RefCell<Tally>) {
    run::check(name, cases, &runs(bounds, 220), |(shape, codes, size)| {
        let pace = Pace {
            size,
            whole_every: 1,
            manner: Manner::Various,
        };
        drive::<F>(&shape, &codes, pace, &mut tally.borrow_mut())
    });
}

#[expect(
    clippy::print_stdout,
    reason = "how large the graphs got is worth knowing"
)]
fn on_large_graphs<F: Face>(name: &str) {
    let bounds = Bounds {
        kinds: 2,
        relations: 3,
    };
    let tally = RefCell::<Tally>::default();
    let runs = (checked_shapes(bounds), codes(6000), any::<u16>());
    run::check(name, 6, &runs, |(shape, codes, size)| -> Verdict {
        let pace = Pace {
            size: 200 + usize::from(size) % 3000,
            whole_every: 500,
            manner: Manner::Various,
        };
        drive::<F>(&shape, &codes, pace, &mut tally.borrow_mut())
    });
    println!("{name}: {:?}", tally.into_inner().reach);
}

#[test]
fn small_graphs_agree_with_the_model_and_every_cell_of_the_table_is_met() {
    let tally = RefCell::default();
    watch_closely::<ByNumber>("edits by number", 160, SMALL, &tally);
    watch_closely::<ByHandle>("edits by handle", 96, TYPED, &tally);
    for round in 0.. {
        if tally.borrow().missing().is_empty() || tally.borrow().edits > MOST_EDITS {
            break;
        }
        watch_closely::<ByNumber>(&format!("by number, {round}"), 16, SMALL, &tally);
        watch_closely::<ByHandle>(&format!("by handle, {round}"), 16, TYPED, &tally);
    }
    let tally = tally.into_inner();
    if std::env::var_os("PRINT_COVERAGE").is_some() {
        println!("{}", tally.table());
    }
    let (missing, unforeseen) = (tally.missing(), tally.unforeseen());
    assert!(missing.is_empty(), "never met: {missing:#?}");
    assert!(
        unforeseen.is_empty(),
        "met and said to be impossible: {unforeseen:#?}"
    );
}

/// Makes the same calls with and without a history, and compares what they came
/// to: answers, errors, and all that there is in the end.
fn compare_with_a_history<F: Face>(name: &str) {
    let runs = (runs(TYPED, 220), 1..4_usize);
    run::check(name, 24, &runs, |((shape, codes, size), depth)| {
        let told = |error: backref::Error| error.to_string();
        let [mut without, mut with] = [
            Machine::<F>::new(shape.clone(), size).map_err(told)?,
            Machine::<F>::new(shape, size).map_err(told)?,
        ];
        with.face.whole().keep_history(depth).map_err(told)?;
        with.habits = Habits::watched();
        without.run(&codes, 1)?;
        with.run(&codes, 1)?;
        run::count_edits(with.tally.edits);
        let same = without.tally.is_same(&with.tally) && without.model.is_same(&with.model);
        same.then_some(())
            .ok_or_else(|| "a history makes a difference".to_owned())
    });
}

#[test]
fn with_a_history_calls_come_to_the_same() {
    compare_with_a_history::<ByNumber>("with a history, by number");
    compare_with_a_history::<ByHandle>("with a history, by handle");
}

#[test]
fn graphs_of_thousands_agree_with_the_model_by_number() {
    on_large_graphs::<ByNumber>("large graphs by number");
}

#[test]
fn graphs_of_thousands_agree_with_the_model_by_handle() {
    on_large_graphs::<ByHandle>("large graphs by handle");
}
