//! A delete plan is what the model foresees, and what the delete then does.

use std::collections::BTreeSet;

use backref::{AnyId, BlockReason, DeletePlan, DeleteRule, EndId, ErrorKind, Result};

use super::Machine;
use super::face::{Answer, Face};
use super::step::Step;
use super::verdict::{Expected, live};
use crate::model::Node;
use crate::model::deletion::Blocker;
use crate::run::Verdict;

impl<F: Face> Machine<F> {
    /// The plan of a delete, before it is done.
    pub(super) fn ask_for_plan(&self, step: &Step) -> Option<Result<DeletePlan>> {
        let Step::Delete { roots } = step else {
            return None;
        };
        Some(
            self.face
                .graph()
                .plan_delete(roots.iter().map(|root| root.id)),
        )
    }

    /// Holds a plan against the model; to be called before the delete.
    pub(super) fn foresee_plan(&self, step: &Step, plan: Option<&Result<DeletePlan>>) -> Verdict {
        let (Step::Delete { roots }, Some(plan)) = (step, plan) else {
            return Ok(());
        };
        let faults = self.mistakes(step);
        match plan {
            Err(error) if faults.contains(&error.kind()) => Ok(()),
            Ok(plan) if faults.is_empty() => {
                let roots: Vec<Node> = roots.iter().map(live).collect();
                let doomed = self.model.doomed(&roots);
                self.compare_doomed(&roots, &doomed, plan)?;
                self.compare_blockers(&doomed, plan)?;
                self.compare_paths(&roots, plan)
            }
            Err(_) | Ok(_) => Err(format!("the plan is {plan:?}, expected {faults:?}")),
        }
    }

    /// What was planned is what was done.
    pub(super) fn compare_plan(
        &self,
        plan: Option<&Result<DeletePlan>>,
        expected: &Expected,
    ) -> Verdict {
        let Some(Ok(plan)) = plan else {
            return Ok(());
        };
        let kept = match expected {
            Expected::Answer(Answer::Gone { entities, links }) => {
                plan.is_allowed()
                    && plan.links() == *links
                    && plan.entities().len() == entities.len()
            }
            Expected::Answer(_) | Expected::Fresh => false,
            // A plan asks no checks.
            Expected::Fails(faults) => {
                let is_refused = faults.kinds.contains(&ErrorKind::Refused);
                plan.is_allowed() == is_refused
            }
        };
        let differs = || format!("{plan:?} was planned, {expected:?} was done");
        kept.then_some(()).ok_or_else(differs)
    }

    fn compare_doomed(
        &self,
        roots: &[Node],
        doomed: &BTreeSet<Node>,
        plan: &DeletePlan,
    ) -> Verdict {
        let expected: BTreeSet<AnyId> = doomed.iter().map(|&node| self.ids[node]).collect();
        let planned: BTreeSet<AnyId> = plan.entities().iter().map(|it| it.id).collect();
        let mut seen = BTreeSet::new();
        let own: Vec<AnyId> = roots.iter().map(|&node| self.ids[node]).collect();
        let own: Vec<AnyId> = own.into_iter().filter(|&id| seen.insert(id)).collect();
        let first = plan.entities().iter().map(|it| it.id).take(own.len());
        if planned == expected
            && plan.entities().len() == expected.len()
            && first.eq(own)
            && plan.links() == self.model.links_of(doomed)
        {
            return Ok(());
        }
        let links = self.model.links_of(doomed);
        Err(format!(
            "{plan:?} is planned, expected {expected:?} and {links} links"
        ))
    }

    fn compare_blockers(&self, doomed: &BTreeSet<Node>, plan: &DeletePlan) -> Verdict {
        let expected = self.model.blockers(doomed);
        let planned = plan.blockers().iter().map(|it| {
            let kind = match it.reason {
                BlockReason::Denies => {
                    return (ErrorKind::Denied, it.entity, it.end, it.blocked_by);
                }
                BlockReason::TooFew => ErrorKind::TooFew,
                BlockReason::Required | _ => ErrorKind::Required,
            };
            (kind, it.blocked_by, it.end, it.entity)
        });
        let planned: Vec<_> = planned.collect();
        let is = |blocker: &Blocker, told: &(ErrorKind, AnyId, EndId, AnyId)| {
            let &(kind, entity, end, other) = blocker;
            let same_end = self.end_ids[end].is_none_or(|id| id == told.2);
            // Several links to the doomed may be the last ones of a survivor.
            let same_other = kind != ErrorKind::Denied || self.ids[other] == told.3;
            (kind, self.ids[entity]) == (told.0, told.1) && same_end && same_other
        };
        let all_told = expected
            .iter()
            .all(|it| planned.iter().any(|told| is(it, told)));
        let all_true = planned
            .iter()
            .all(|told| expected.iter().any(|it| is(it, told)));
        if all_told && all_true && plan.is_allowed() == expected.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{planned:?} are told to block, expected {expected:?}"
        ))
    }

    /// Each of the doomed is reached from a root along links that cascade.
    fn compare_paths(&self, roots: &[Node], plan: &DeletePlan) -> Verdict {
        let is_root = |id: &AnyId| roots.iter().any(|&root| self.ids[root] == *id);
        for doomed in plan.entities() {
            let path = plan.path(doomed.id);
            let by = path.len().checked_sub(2).map(|at| path[at]);
            let sound = path.first().is_some_and(is_root)
                && path.last() == Some(&doomed.id)
                && by == doomed.through.map(|(by, _)| by)
                && doomed
                    .through
                    .is_none_or(|(by, end)| self.takes_along(by, end, doomed.id));
            if !sound {
                return Err(format!("{path:?} does not lead to {doomed:?}"));
            }
        }
        Ok(())
    }

    fn takes_along(&self, by: AnyId, end: EndId, id: AnyId) -> bool {
        let Some(end) = self.end_ids.iter().position(|it| *it == Some(end)) else {
            // The hidden back of a one-way end has no number of its own here.
            return self.shape.ends.iter().any(|it| it.hidden);
        };
        let rule = self.shape.ends[end].rule;
        let cascades = matches!(rule, DeleteRule::Cascade | DeleteRule::CascadeUp)
            || self.shape.ends[end].orphans;
        let node = |id: AnyId| self.ids.iter().position(|it| *it == id);
        let (Some(by), Some(member)) = (node(by), node(id)) else {
            return false;
        };
        cascades && self.model.row(end, by).contains(&member)
    }
}
