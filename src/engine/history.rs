//! Who needs the record beyond the call under way: the history of undo and redo,
//! marks, observers.
//!
//! ```text
//!   the record   │ step │ step  │ step │ call under way
//!                ▲      undo ◀──────── ▲
//!                │                     │ what was undone, to be done again
//!                └ before the first step and the first mark: let go of
//! ```

use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::change::{Change, Log, Point};
use crate::engine::Engine;
use crate::entities::AnyPayload;
use crate::internals::planted::{self, Bug};

/// What is nobody's any more, to be dropped when all is written: `Drop` is the
/// user's.
#[derive(Default)]
pub(crate) struct Spent {
    payloads: Vec<Box<AnyPayload>>,
    undone: Vec<Box<dyn Any>>,
}

impl Spent {
    fn and(mut self, other: Self) -> Self {
        self.payloads.extend(other.payloads);
        self.undone.extend(other.undone);
        self
    }
}

/// The steps that can be undone, and those that can be done again.
#[derive(Debug, Default)]
pub(crate) struct History {
    depth: usize,
    done: VecDeque<Step>,
    undone: Vec<Step>,
    /// The changes of the steps that were undone; the next to be done again is
    /// the last.
    log: Log,
}

/// A commit, or several that are one to the user.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Where in the record it begins.
    from: Point,
    /// When it was undone, where in the record of those it begins.
    undone_from: Point,
    label: Option<Arc<str>>,
}

/// What a commit becomes part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Joining {
    #[default]
    ItsOwnStep,
    /// The last step, if that has the same label and is the last that was done.
    TheLastStep,
}

impl Step {
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    pub(crate) fn shared_label(&self) -> Option<Arc<str>> {
        self.label.clone()
    }

    /// Where in the record it begins.
    pub(crate) fn from(&self) -> Point {
        self.from
    }
}

impl Engine {
    /// Whether the record is needed beyond the call under way.
    pub(crate) fn is_watched(&self) -> bool {
        self.history.is_some() || !self.marks.is_empty() || self.is_observed
    }

    /// Keeps the last `depth` steps from now on; with 0, none.
    pub(crate) fn keep_history(&mut self, depth: usize) -> Spent {
        if depth == 0 {
            let spent = self.forget_undone();
            self.history = None;
            let more = self.trim();
            self.stop_unless_watched();
            return spent.and(more);
        }
        self.sink.listen();
        self.history.get_or_insert_default().depth = depth;
        self.trim()
    }

    /// The steps that can be undone, the last to be done last.
    pub(crate) fn steps_done(&self) -> impl DoubleEndedIterator<Item = &Step> + ExactSizeIterator {
        let none = const { &VecDeque::new() };
        let history = self.history.as_ref();
        history.map_or(none, |history| &history.done).iter()
    }

    /// The steps that can be done again, the last to be undone last.
    pub(crate) fn steps_undone(
        &self,
    ) -> impl DoubleEndedIterator<Item = &Step> + ExactSizeIterator {
        let history = self.history.as_ref();
        history.map_or(&[][..], |history| &history.undone).iter()
    }

    /// What the next step is called, and whether it joins the last one.
    pub(crate) fn name_step(&mut self, label: Arc<str>, joining: bool) {
        self.label = Some(label);
        self.joining = if joining {
            Joining::TheLastStep
        } else {
            Joining::ItsOwnStep
        };
    }

    /// Forgets what the next step was to be called.
    pub(crate) fn forget_label(&mut self) {
        self.label = None;
        self.joining = Joining::default();
    }

    /// Whether anything was done after a point that somebody can see.
    pub(crate) fn has_visible_since(&self, point: Point) -> bool {
        let log = self.sink.log();
        log.is_some_and(|log| log.since(point).any(Change::is_visible))
    }

    /// Makes a step of all that was recorded after a point.
    pub(crate) fn record_step(&mut self, from: Point) {
        let label = self.label.take();
        let joining = std::mem::take(&mut self.joining);
        let Some(history) = &mut self.history else {
            return;
        };
        let joins = joining == Joining::TheLastStep
            && label.is_some()
            && history.done.back().is_some_and(|last| last.label == label);
        if !joins {
            history.done.push_back(Step {
                from,
                undone_from: Point::default(),
                label,
            });
        }
    }

    /// Takes the last step back; `None` if there is none.
    pub(crate) fn undo_step(&mut self) -> Option<Point> {
        let from = self.steps_done().next_back()?.from;
        self.lead_marks_back_to(from);
        let mut history = self.history.take()?;
        let mut step = history.done.pop_back();
        if let Some(step) = &mut step {
            step.undone_from = history.log.end();
            self.undo_to(step.from, &mut history.log);
        }
        history.undone.extend(step);
        self.history = Some(history);
        Some(from)
    }

    /// Does the step again that was undone last; `None` if there is none.
    pub(crate) fn redo_step(&mut self) -> Option<Point> {
        let mut history = self.history.take()?;
        let step = history.undone.pop();
        if let Some(step) = &step {
            self.redo_to(step.undone_from, &mut history.log);
        }
        let from = step.as_ref().map(|step| step.from);
        history.done.extend(step);
        self.history = Some(history);
        from
    }

    /// Lets go of what was undone: it can no longer be done again.
    pub(crate) fn forget_undone(&mut self) -> Spent {
        let Some(history) = &mut self.history else {
            return Spent::default();
        };
        if history.undone.is_empty() || planted::is(Bug::RedoSurvivesAChange) {
            return Spent::default();
        }
        // A step after an undo is its own.
        self.joining = Joining::default();
        history.undone.clear();
        history.log = Log::default();
        let payloads = self.entities.iter_mut().map(|all| all.forget_undone());
        let data = self.data.iter_mut().flatten();
        let data = data.map(|column| column.forget_undone());
        Spent {
            undone: payloads.chain(data).collect(),
            ..Spent::default()
        }
    }

    /// Lets go of the steps beyond the depth of the history, and of what was
    /// recorded before all that is kept.
    pub(crate) fn trim(&mut self) -> Spent {
        let mut needed = self.sink.now();
        if let Some(history) = &mut self.history {
            while history.done.len() > history.depth && !planted::is(Bug::HistoryHasNoDepth) {
                history.done.pop_front();
            }
            needed = history.done.front().map_or(needed, |step| step.from);
        }
        let needed = self.first_mark().map_or(needed, |mark| mark.min(needed));
        Spent {
            payloads: self.forget_before(needed),
            ..Spent::default()
        }
    }
}
