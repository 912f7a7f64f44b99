//! What has been done at each end, and what is still to be met.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use backref::Error;

use super::shape::office_shape;
use crate::coverage::Tally;
use crate::machine::face::Answer;
use crate::machine::step::Step;
use crate::model::End;

/// How often each verb changed something, at each end and at any, and how often
/// each error was met.
#[derive(Default)]
pub(super) struct Met {
    counts: BTreeMap<String, usize>,
    pub(super) tally: Tally,
}

impl Met {
    pub(super) fn note(&mut self, step: &Step, outcome: &Result<Answer, Error>) {
        let (what, at) = match (step, outcome) {
            (_, Err(error)) => (format!("{:?}", error.kind()), None),
            (_, Ok(Answer::Flag(false) | Answer::Count(0))) => return,
            (Step::Edit { at, .. }, Ok(_)) => (format!("{:?}", step.verb()), Some(at.end)),
            (_, Ok(_)) => (format!("{:?}", step.verb()), None),
        };
        if let Some(end) = at {
            *self.counts.entry(format!("e{end:02} {what}")).or_default() += 1;
        }
        *self.counts.entry(what).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self, tally: &Tally) {
        self.tally.add(tally);
        for (what, count) in &other.counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
    }

    pub(super) fn edits(&self) -> usize {
        self.tally.edits
    }

    /// Each method that changes an end, each verb of a row, each error, and each
    /// end of a transaction: an office has neither owners nor least counts.
    pub(super) fn missing(&self) -> BTreeSet<String> {
        let mut missing = expected();
        missing.retain(|what| !self.counts.contains_key(what));
        let endings = self.tally.missing_endings();
        let foreign = ["CommittedWithOrphans", "DeniedAtTheEnd", "TooFewAtTheEnd"];
        missing.extend(endings.filter(|ending| !foreign.contains(&ending.as_str())));
        missing
    }

    pub(super) fn table(&self) -> String {
        let mut table = String::new();
        for (what, count) in &self.counts {
            writeln!(table, "{count:>9} {what}").expect("a string takes it");
        }
        table
    }
}

fn expected() -> BTreeSet<String> {
    let shape = office_shape();
    let at_ends = shape.open_ends().flat_map(|number| {
        let end = &shape.ends[number];
        let verbs = verbs(end, &shape.ends[end.inverse]).iter();
        verbs.map(move |verb| format!("e{number:02} {verb}"))
    });
    let anywhere = ANYWHERE.map(str::to_owned).into_iter();
    at_ends.chain(anywhere).collect()
}

/// Where it is met says nothing of the generated methods.
const ANYWHERE: [&str; 21] = [
    "Insert",
    "ReplaceItem",
    "Delete",
    "Clone",
    "InsertAt",
    "RemoveAt",
    "MoveTo",
    "Swap",
    "Replace",
    "Clear",
    "Extend",
    "TakeAllFrom",
    "Reverse",
    "Sort",
    "NotLive",
    "DuplicateKey",
    "NoMember",
    "PositionOutOfRange",
    "Required",
    "Denied",
    "Cycle",
];

/// What shows that an end can be written: nobody gives up the last link at a
/// required one.
fn verbs(end: &End, inverse: &End) -> &'static [&'static str] {
    match (end.many, end.required) {
        (true, _) if inverse.required && !inverse.many => &["Push"],
        (true, _) => &["Push", "Remove"],
        (false, true) => &["Set"],
        (false, false) => &["Set", "Unset"],
    }
}
