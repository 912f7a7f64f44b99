//! Transactions, savepoints, and the history: a flat script run by closures.

use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use backref::{AnyId, Error, ErrorKind, Graph};

use super::face::{Face, Whole};
use super::step::Step;
use super::{Machine, Pace};
use crate::coverage::Ending;
use crate::model::Model;
use crate::run::{Dice, Verdict};

/// So many transactions are open at most.
const MOST_OPEN: usize = 4;

/// What runs do besides single calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Nothing.
    Plain,
    /// Some have transactions, some keep a history.
    Various,
    /// The same, and no transaction ends by a panic: where a mistake is planted,
    /// a second one while the first is under way would end the process.
    #[cfg_attr(
        not(feature = "internals"),
        expect(dead_code, reason = "mistakes are planted with that feature only")
    )]
    Calm,
}

/// What one run does besides single calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habits {
    transactions: bool,
    panics: bool,
    /// How many steps of a history are kept; with 0, none.
    history: usize,
    /// A history is kept that the run does not look at.
    is_watched: bool,
}

impl Habits {
    /// Habits for a run, by its first code.
    pub(crate) fn of(codes: &[u64], pace: Pace) -> Self {
        if pace.manner == Manner::Plain {
            return Self::default();
        }
        let is_large = pace.whole_every > 1;
        let mut dice = Dice::new(codes.first().map_or(0, |code| !code));
        let depth = match dice.roll(4) {
            0 | 1 if is_large => 1 + dice.roll(2),
            0 => 1,
            1 => 4,
            _ if is_large => 3,
            _ => usize::MAX,
        };
        Self {
            transactions: dice.once_in(2),
            panics: pace.manner == Manner::Various,
            history: if dice.once_in(2) { depth } else { 0 },
            is_watched: false,
        }
    }

    /// Single calls, while a history is kept that nobody looks at.
    pub(crate) fn watched() -> Self {
        Self {
            is_watched: true,
            ..Self::default()
        }
    }

    /// Whether slots of the deleted may be kept longer than to the end of a
    /// transaction.
    pub(super) fn keep_slots(self) -> bool {
        self.history > 0 || self.is_watched
    }
}

/// Codes, and how far they have been read.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    pub(crate) codes: &'a [u64],
    pub(crate) at: usize,
    pub(crate) whole_every: usize,
}

/// What a script says between the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Begin,
    End(End),
    Undo(usize),
    Redo(usize),
}

/// How a transaction is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Rollback,
    Panic,
}

/// Why a transaction was left without a commit.
#[derive(Debug)]
enum Left {
    OnPurpose,
    /// The graph and the model disagree inside.
    Found,
    Refused(Error),
}

impl From<Error> for Left {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// What the panics of scripts carry.
struct OnPurpose;

/// A state to come back to.
#[derive(Debug)]
struct Moment {
    model: Model,
    dump: Vec<AnyId>,
}

/// What a transaction that fails must lead back to.
struct Before {
    moment: Moment,
    graph: Graph,
    /// How many entities there have been.
    born: usize,
}

/// The states that undo and redo must lead to.
#[derive(Debug, Default)]
pub(super) struct Past {
    done: VecDeque<Moment>,
    undone: Vec<Moment>,
    /// How many steps have got a name.
    named: usize,
}

impl<F: Face> Machine<F> {
    /// Takes a step for each code, and looks after each; then goes back to the
    /// start of the history, if there is one, and forth again.
    pub(crate) fn run(&mut self, codes: &[u64], whole_every: usize) -> Verdict {
        if self.habits.history > 0 {
            self.keep_history()?;
        }
        let mut script = Script {
            codes,
            at: 0,
            whole_every,
        };
        self.block(&mut script)?;
        if self.habits.history == 0 {
            return Ok(());
        }
        self.undo(usize::MAX)?;
        self.tally.end(Ending::UndoneToTheStart);
        self.redo(usize::MAX)
    }

    fn keep_history(&mut self) -> Verdict {
        self.past = Past::default();
        let depth = self.habits.history;
        let kept = self.face.whole().keep_history(depth);
        kept.map_err(|error| error.to_string())
    }

    /// Follows the script to the end of the transaction that is open, or to its
    /// own.
    fn block(&mut self, script: &mut Script<'_>) -> Result<End, String> {
        while let Some(&code) = script.codes.get(script.at) {
            let at = script.at;
            script.at += 1;
            let mut dice = Dice::new(code);
            match self.throw_mark(&mut dice) {
                None => {
                    let step = self.throw(&mut dice);
                    let last = script.at == script.codes.len();
                    let whole = script.at.is_multiple_of(script.whole_every) || last;
                    self.take_recorded(&step, whole)
                        .map_err(|reason| format!("step {at}, {step:?}: {reason}"))?;
                }
                Some(Mark::Begin) => self
                    .transaction(script)
                    .map_err(|reason| format!("begun at {at}: {reason}"))?,
                Some(Mark::End(end)) => return Ok(end),
                Some(Mark::Undo(steps)) => self
                    .undo(steps)
                    .map_err(|reason| format!("step {at}, undo: {reason}"))?,
                Some(Mark::Redo(steps)) => self
                    .redo(steps)
                    .map_err(|reason| format!("step {at}, redo: {reason}"))?,
            }
        }
        Ok(End::Commit)
    }

    fn throw_mark(&self, dice: &mut Dice) -> Option<Mark> {
        let Habits {
            transactions,
            panics,
            history,
            ..
        } = self.habits;
        let rarely = if self.is_large() { 8 } else { 1 };
        if transactions && self.open > 0 && dice.once_in(8) {
            return Some(Mark::End(match dice.roll(8) {
                0..4 => End::Commit,
                7 if panics => End::Panic,
                _ => End::Rollback,
            }));
        }
        // Savepoints are three times as frequent.
        let begin = if self.open > 0 { 8 } else { 24 * rarely };
        if transactions && self.open < MOST_OPEN && dice.once_in(begin) {
            return Some(Mark::Begin);
        }
        if history == 0 || !dice.once_in(if self.open > 0 { 40 } else { 8 * rarely }) {
            return None;
        }
        let steps = if dice.once_in(4) { 1 + dice.roll(8) } else { 1 };
        Some(if dice.once_in(2) {
            Mark::Undo(steps)
        } else {
            Mark::Redo(steps)
        })
    }

    /// Takes a step, which is one of the history if it is no part of a
    /// transaction.
    fn take_recorded(&mut self, step: &Step, whole: bool) -> Verdict {
        let is_clone = matches!(step, Step::Clone);
        if self.open > 0 && is_clone {
            // Another graph in its place would end the transaction.
            return Ok(());
        }
        if self.open > 0 || self.habits.history == 0 {
            return self.take(step, whole);
        }
        let before = self.moment();
        let label = self.name_step();
        self.take(step, whole)?;
        if is_clone {
            let graph = self.face.graph();
            if graph.undo_steps().len() + graph.redo_steps().len() > 0 {
                return Err("a clone has a history".to_owned());
            }
            return self.keep_history();
        }
        self.record(before, &label)
    }

    fn moment(&self) -> Moment {
        Moment {
            model: self.model.clone(),
            dump: self.dump.clone(),
        }
    }

    fn name_step(&mut self) -> String {
        self.past.named += 1;
        let label = format!("step {}", self.past.named);
        self.face.whole().name_step(&label);
        label
    }

    /// Holds the history against what was done, whose step has that name.
    fn record(&mut self, before: Moment, label: &str) -> Verdict {
        let is_new = self.face.graph().undo_label() == Some(label);
        if is_new {
            self.past.done.push_back(before);
            if !mem::take(&mut self.past.undone).is_empty() {
                self.tally.end(Ending::BranchDropped);
            }
            while self.past.done.len() > self.habits.history {
                self.past.done.pop_front();
            }
        } else if !self.model.is_same(&before.model) {
            return Err("what was done is no step of the history".to_owned());
        }
        self.compare_steps()
    }

    fn compare_steps(&self) -> Verdict {
        let graph = self.face.graph();
        let found = (graph.undo_steps().len(), graph.redo_steps().len());
        let expected = (self.past.done.len(), self.past.undone.len());
        if found == expected {
            return Ok(());
        }
        Err(format!("the history has {found:?} steps, not {expected:?}"))
    }

    fn undo(&mut self, steps: usize) -> Verdict {
        if self.open > 0 {
            let refused = self.face.whole().undo();
            return expect_refusal(refused);
        }
        for _ in 0..steps {
            let undone = self.face.whole().undo();
            let undone = undone.map_err(|error| error.to_string())?;
            let before = self.past.done.pop_back();
            if undone != before.is_some() {
                return Err(format!("undo says {undone}"));
            }
            let Some(before) = before else { return Ok(()) };
            let after = self.go_to(before)?;
            self.past.undone.push(after);
            self.tally.end(Ending::Undone);
            self.compare_steps()?;
        }
        Ok(())
    }

    fn redo(&mut self, steps: usize) -> Verdict {
        if self.open > 0 {
            let refused = self.face.whole().redo();
            return expect_refusal(refused);
        }
        for _ in 0..steps {
            let redone = self.face.whole().redo();
            let redone = redone.map_err(|error| error.to_string())?;
            let after = self.past.undone.pop();
            if redone != after.is_some() {
                return Err(format!("redo says {redone}"));
            }
            let Some(after) = after else { return Ok(()) };
            let before = self.go_to(after)?;
            self.past.done.push_back(before);
            self.tally.end(Ending::Redone);
            self.compare_steps()?;
        }
        Ok(())
    }

    /// Takes a state that the graph must be in now; the one that it was in.
    fn go_to(&mut self, there: Moment) -> Result<Moment, String> {
        let left = Moment {
            model: mem::replace(&mut self.model, there.model),
            dump: mem::replace(&mut self.dump, there.dump),
        };
        self.model.pad(self.ids.len());
        self.count_the_living();
        self.compare_all(true)?;
        Ok(left)
    }

    /// Who lives and who is dead, as the model says.
    fn count_the_living(&mut self) {
        for all in self.live.iter_mut().chain(&mut self.dead) {
            all.clear();
        }
        for (node, &kind) in self.kinds.iter().enumerate() {
            let all = match self.model.get(node) {
                Some(_) => &mut self.live,
                None => &mut self.dead,
            };
            all[kind].push(node);
        }
    }

    /// Runs the script as a transaction, to behind its end.
    fn transaction(&mut self, script: &mut Script<'_>) -> Verdict {
        let original = self.face.graph().try_clone();
        let before = Before {
            moment: self.moment(),
            graph: original.map_err(|error| error.to_string())?,
            born: self.ids.len(),
        };
        let label = (self.open == 0).then(|| self.name_step());
        if self.open == 0 {
            for (roof, live) in self.roofs.iter_mut().zip(&self.live) {
                roof.taken = live.len();
            }
        }
        self.model.begin();
        self.open += 1;
        let mut ended = Ok(End::Rollback);
        let left = self.inside(|machine| {
            ended = machine.block(script);
            ended.as_ref().ok().copied()
        });
        self.open -= 1;
        match (ended?, left?, label) {
            (End::Commit, left, Some(label)) => self.settle_commit(before, left, &label),
            (End::Commit, None, None) => {
                self.tally.end(Ending::SavepointKept);
                self.compare_all(false)
            }
            (end @ (End::Rollback | End::Panic), Some(Left::OnPurpose), label) => {
                self.tally.end(match (end == End::Panic, label) {
                    (true, Some(_)) => Ending::Panicked,
                    (true, None) => Ending::SavepointPanicked,
                    (false, Some(_)) => Ending::RolledBack,
                    (false, None) => Ending::SavepointRolledBack,
                });
                self.go_back(before)
            }
            (end, left, _) => Err(format!("{end:?} has come to {left:?}")),
        }
    }

    /// Runs a part of the script inside a transaction of the graph, which goes
    /// to where it is looked for meanwhile; how the transaction was left.
    fn inside(
        &mut self,
        parts: impl FnOnce(&mut Self) -> Option<End>,
    ) -> Result<Option<Left>, String> {
        let empty = self.face.whole().empty_one();
        let mut whole = mem::replace(self.face.whole(), empty);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            whole.transact(|inside| {
                mem::swap(inside, self.face.whole());
                let end = catch_unwind(AssertUnwindSafe(|| parts(self)));
                mem::swap(inside, self.face.whole());
                match end {
                    Ok(Some(End::Commit)) => Ok(()),
                    Ok(Some(End::Rollback)) => Err(Left::OnPurpose),
                    Ok(Some(End::Panic)) => resume_unwind(Box::new(OnPurpose)),
                    Ok(None) | Err(_) => Err(Left::Found),
                }
            })
        }));
        *self.face.whole() = whole;
        match outcome {
            Ok(left) => Ok(left.err()),
            Err(panic) if panic.is::<OnPurpose>() => Ok(Some(Left::OnPurpose)),
            Err(_) => Err("a panic at the end of a transaction".to_owned()),
        }
    }

    /// Judges the outermost transaction as the model does.
    fn settle_commit(&mut self, before: Before, left: Option<Left>, label: &str) -> Verdict {
        match (self.model.commit(), left) {
            (Ok(orphans), None) => {
                self.tally.end(match orphans {
                    0 => Ending::Committed,
                    _ => Ending::CommittedWithOrphans,
                });
                self.count_the_living();
                self.compare_all(false)?;
                match self.habits.history {
                    0 => Ok(()),
                    _ => self.record(before.moment, label),
                }
            }
            (Err(faults), Some(Left::Refused(error))) if faults.kinds.contains(&error.kind()) => {
                let mut named = faults.named.iter();
                let is_about_the_new = named.any(|&node| node >= before.born);
                self.compare_named(is_about_the_new, &faults, &error)?;
                let ending = [
                    (ErrorKind::Denied, Ending::DeniedAtTheEnd),
                    (ErrorKind::TooFew, Ending::TooFewAtTheEnd),
                    (ErrorKind::Required, Ending::RequiredAtTheEnd),
                ]
                .into_iter()
                .find(|&(kind, _)| kind == error.kind());
                ending
                    .iter()
                    .for_each(|&(_, ending)| self.tally.end(ending));
                self.go_back(before)
            }
            (foreseen, left) => Err(format!("a commit came to {left:?}, expected {foreseen:?}")),
        }
    }

    /// Holds the graph against how it was before a transaction.
    fn go_back(&mut self, before: Before) -> Verdict {
        self.go_to(before.moment)?;
        if self.habits.history > 0 {
            self.compare_steps()?;
        }
        match self.face.graph().try_eq(&before.graph) {
            Ok(true) => Ok(()),
            Ok(false) => Err("what was rolled back is not as it was".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn expect_refusal(refused: backref::Result<bool>) -> Verdict {
    match refused {
        Err(error) if error.kind() == ErrorKind::InTransaction => Ok(()),
        other => Err(format!("{other:?} inside a transaction")),
    }
}
