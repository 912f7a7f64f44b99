//! What a delete would do, and what it did.

use std::collections::VecDeque;

use crate::id::{AnyId, EndId};

/// What a delete would do: who goes, through whom, and who forbids it.
///
/// Made by [`Graph::plan_delete`](crate::Graph::plan_delete); nothing is
/// deleted by it.
#[derive(Clone, Debug)]
pub struct DeletePlan {
    pub(crate) doomed: Vec<Doomed>,
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) links: usize,
}

/// An entity that a delete takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Doomed {
    /// Who goes.
    pub id: AnyId,
    /// Who takes it along, and the end whose delete rule says so; `None` for
    /// those the delete was called on.
    pub through: Option<(AnyId, EndId)>,
}

/// Why a delete is not allowed: one link that stands in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blocker {
    /// The entity that would be deleted.
    pub entity: AnyId,
    /// The entity that stays, and blocks it.
    pub blocked_by: AnyId,
    /// The end that says so: one of `entity` that denies, or one of
    /// `blocked_by` that is required.
    pub end: EndId,
    /// Which of the two.
    pub reason: BlockReason,
}

/// What makes a link block a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockReason {
    /// The delete rule of the end is [`DeleteRule::Deny`].
    Denies,
    /// The end is required, and its owner would have no link left there.
    Required,
}

impl DeletePlan {
    /// Everybody who would go: first those the delete was called on, then
    /// those they take along, nearest first.
    #[must_use]
    pub fn entities(&self) -> &[Doomed] {
        &self.doomed
    }

    /// How many links would be cut.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links
    }

    /// What stands in the way; a delete goes through only if nothing does.
    #[must_use]
    pub fn blockers(&self) -> &[Blocker] {
        &self.blockers
    }

    /// Whether the delete would go through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.blockers.is_empty()
    }

    /// How the delete comes to an entity: from one that it was called on,
    /// along those who take each other along, to the entity itself. Empty if
    /// the entity would stay.
    ///
    /// Computes in O(size of the plan).
    #[must_use]
    pub fn path(&self, id: AnyId) -> Vec<AnyId> {
        let mut path = VecDeque::new();
        let mut wanted = Some(id);
        // Whoever takes an entity along stands before it in the plan.
        for doomed in self.doomed.iter().rev() {
            if Some(doomed.id) == wanted {
                path.push_front(doomed.id);
                wanted = doomed.through.map(|(by, _)| by);
            }
        }
        path.into()
    }
}

/// What a delete did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// Everybody who went, in the order of the plan.
    pub entities: Vec<AnyId>,
    /// How many links were cut.
    pub links: usize,
}
