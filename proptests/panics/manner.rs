//! Whether a call is made by itself, in a transaction, or while a history is kept.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use backref::{Error, Graph};

use super::{Call, REWINDING, Workshop};

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Alone,
    InHistory,
    /// What was undone goes with the call.
    AfterUndo,
    /// A step that is beyond the depth of the history goes with the call.
    BeyondTheDepth,
    InTransaction,
    InTransactionInHistory,
    /// In a transaction that fails when the call is done.
    RolledBack,
    RolledBackInHistory,
    /// At a savepoint that fails, in a transaction that does not.
    AtSavepoint,
}

/// How a transaction was left.
enum Left {
    OnPurpose,
    Refused(Error),
}

impl From<Error> for Left {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// All is taken back for as long as it lives.
struct Rewinding;

impl Drop for Rewinding {
    fn drop(&mut self) {
        REWINDING.set(false);
    }
}

impl Manner {
    /// Whether a history is kept from the start of the call.
    pub(super) fn has_history(self) -> bool {
        match self {
            Self::InHistory | Self::AfterUndo => true,
            Self::InTransactionInHistory | Self::RolledBackInHistory => true,
            Self::Alone | Self::BeyondTheDepth => false,
            Self::InTransaction | Self::RolledBack | Self::AtSavepoint => false,
        }
    }

    pub(super) fn run(self, workshop: &mut Workshop, call: Call) {
        match self {
            Self::Alone | Self::InHistory => call(workshop),
            Self::AfterUndo | Self::BeyondTheDepth => call(workshop),
            Self::InTransaction | Self::InTransactionInHistory => {
                in_transaction(workshop, true, call);
            }
            Self::RolledBack | Self::RolledBackInHistory => in_transaction(workshop, false, call),
            Self::AtSavepoint => in_transaction(workshop, true, |workshop| {
                in_transaction(workshop, false, call);
            }),
        }
    }
}

/// Makes a call in a transaction of the workshop's graph, which stands in its
/// place again while the call is made.
fn in_transaction(workshop: &mut Workshop, commits: bool, call: impl Fn(&mut Workshop)) {
    let empty = Graph::new(workshop.graph.registry().clone());
    let mut graph = mem::replace(&mut workshop.graph, empty);
    let _rewinding = Rewinding;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        graph.try_transaction(|inside| {
            mem::swap(inside, &mut workshop.graph);
            let done = catch_unwind(AssertUnwindSafe(|| call(workshop)));
            mem::swap(inside, &mut workshop.graph);
            match done {
                Ok(()) if commits => Ok(()),
                Ok(()) => {
                    REWINDING.set(true);
                    Err(Left::OnPurpose)
                }
                Err(panic) => {
                    REWINDING.set(true);
                    resume_unwind(panic)
                }
            }
        })
    }));
    workshop.graph = graph;
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(Left::OnPurpose)) => assert!(!commits, "it was to be kept"),
        Ok(Err(Left::Refused(error))) => panic!("nothing is to be judged: {error}"),
        Err(panic) => resume_unwind(panic),
    }
}
