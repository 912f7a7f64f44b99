//! What a delete takes along, who stands in its way, and the delete itself.

use std::collections::BTreeSet;

use backref::{DeleteRule, ErrorKind};

use super::{Faults, Model, Node};

/// The kind of error, whom it is about, the end, and who is on the other side.
pub(crate) type Blocker = (ErrorKind, Node, usize, Node);

impl Model {
    /// Whom a delete of these takes along, to the fixed point; inside a
    /// transaction orphans wait for its end.
    pub(crate) fn doomed(&self, roots: &[Node]) -> BTreeSet<Node> {
        let mut doomed: BTreeSet<Node> = roots.iter().copied().collect();
        loop {
            let mut reached = doomed.clone();
            for (end, node) in self.rows_of(&doomed) {
                if matches!(
                    self.ends[end].rule,
                    DeleteRule::Cascade | DeleteRule::CascadeUp
                ) {
                    reached.extend(self.row(end, node));
                }
                if self.ends[end].orphans && !self.is_in_transaction() {
                    let owned = self.row(end, node).iter();
                    let lost_all =
                        |it: &&Node| self.owners(**it).iter().all(|it| doomed.contains(it));
                    reached.extend(owned.filter(lost_all));
                }
            }
            if reached.len() == doomed.len() {
                return doomed;
            }
            doomed = reached;
        }
    }

    pub(super) fn rows_of(&self, nodes: &BTreeSet<Node>) -> Vec<(usize, Node)> {
        let ends = 0..self.ends.len();
        nodes
            .iter()
            .flat_map(|&node| ends.clone().map(move |end| (end, node)))
            .collect()
    }

    /// Who stands in the way: a doomed one with the end that denies, and the
    /// survivor linked there; or, where nothing is denied, a survivor with the
    /// required end that would be empty, and the doomed one that it held there.
    pub(crate) fn blockers(&self, doomed: &BTreeSet<Node>) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        for (end, node) in self.rows_of(doomed) {
            let inverse = self.ends[end].inverse;
            for &survivor in self.row(end, node).iter().filter(|it| !doomed.contains(it)) {
                let left = self.row(inverse, survivor).iter();
                let left = left.filter(|it| !doomed.contains(it)).count();
                if self.ends[end].rule == DeleteRule::Deny {
                    blockers.push((ErrorKind::Denied, node, end, survivor));
                } else if left < self.ends[inverse].least() && !self.is_in_transaction() {
                    blockers.push((self.ends[inverse].shortage(), survivor, inverse, node));
                }
            }
        }
        blockers
    }

    /// What stands in the way of orphans who have to go.
    pub(super) fn denied(&self, doomed: &BTreeSet<Node>) -> Faults {
        let blockers = self.blockers(doomed).into_iter();
        let denied = blockers.filter(|&(kind, ..)| kind == ErrorKind::Denied);
        let (kinds, named) = denied.map(|(kind, .., survivor)| (kind, survivor)).unzip();
        Faults { kinds, named }
    }

    /// How many links end at one of these: a pair counts once at either end.
    pub(crate) fn links_of(&self, nodes: &BTreeSet<Node>) -> usize {
        let mut links = BTreeSet::new();
        for (end, a) in self.rows_of(nodes) {
            let inverse = self.ends[end].inverse;
            let seen_from_both = |&b: &Node| (end, a, b).min((inverse, b, a));
            links.extend(self.row(end, a).iter().map(seen_from_both));
        }
        links.len()
    }

    /// Deletes them and counts the links that went, each once.
    pub(crate) fn delete(&mut self, doomed: &BTreeSet<Node>) -> usize {
        self.before.clear();
        self.data_before.clear();
        let links = self.bury(doomed);
        self.note_losers();
        links
    }

    /// Takes them out and counts the links that went, each once.
    pub(super) fn bury(&mut self, doomed: &BTreeSet<Node>) -> usize {
        let mut links = 0;
        for (end, node) in self.rows_of(doomed) {
            links += self.clear(end, node);
        }
        for &node in doomed {
            self.entities[node] = None;
        }
        self.before.retain(|(node, _), _| !doomed.contains(node));
        links
    }
}
