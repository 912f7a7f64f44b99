//! What a transaction comes to: who is an orphan, and who is short, at its end.

use super::{Entity, Faults, Model, Node};

impl Model {
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.losers.is_some()
    }

    /// From now on orphans and shortages wait for the end.
    pub(crate) fn begin(&mut self) {
        self.losers.get_or_insert_default();
    }

    /// Judges a transaction at its end; how many orphans have gone.
    pub(crate) fn commit(&mut self) -> Result<usize, Faults> {
        let losers = self.losers.take().unwrap_or_default();
        let is_orphan = |&node: &Node| self.get(node).is_some() && self.owners(node).is_empty();
        let orphans: Vec<Node> = losers.into_iter().filter(is_orphan).collect();
        let doomed = self.doomed(&orphans);
        let mut refused = self.denied(&doomed);
        if refused.is_empty() {
            refused = self.refused_to_go(&doomed);
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        self.delete(&doomed);
        let short = self.short();
        if short.is_empty() {
            Ok(doomed.len())
        } else {
            Err(short)
        }
    }

    /// Everybody who has too few links somewhere.
    fn short(&self) -> Faults {
        let mut short = Faults::default();
        for (end, node) in self.rows_of(&(0..self.len()).collect()) {
            let is = &self.ends[end];
            let owns = self.get(node).is_some_and(|it| it.kind == is.owner);
            let count: usize = self.kin(end).map(|end| self.row(end, node).len()).sum();
            if owns && count < is.least() {
                short.kinds.push(is.shortage());
                short.named.push(node);
            }
        }
        short
    }

    pub(super) fn note_losers(&mut self) {
        let lost: Vec<Node> = match self.losers {
            Some(_) => self.just_lost().collect(),
            None => return,
        };
        self.losers.get_or_insert_default().extend(lost);
    }

    /// The dead that were numbered since, so that no number is given twice.
    pub(crate) fn pad(&mut self, len: usize) {
        self.entities.resize(len.max(self.len()), None);
        self.before.clear();
        self.data_before.clear();
    }

    /// Whether entities, links and the orders that mean something are the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let nodes = 0..self.len().max(other.len());
        self.data == other.data && nodes.into_iter().all(|it| self.seen(it) == other.seen(it))
    }

    /// An entity with its rows, those without order sorted.
    fn seen(&self, node: Node) -> Option<Entity> {
        let mut entity = self.entities.get(node)?.clone()?;
        for (row, end) in entity.rows.iter_mut().zip(&self.ends) {
            if !end.ordered {
                row.sort_unstable();
            }
        }
        Some(entity)
    }
}
