//! What the checks of random schemas refuse, and when they are asked.

use std::collections::BTreeSet;

use backref::ErrorKind;

use super::{Faults, Item, Model, Node};

/// Rows of three are refused when they come about, and so are links to some
/// members and cuts of others. So it matters what is seen together.
pub(crate) fn refuses_links(after: usize, added: &[Item], removed: &[Item]) -> bool {
    let is_unwanted = |item: &Item| item.key % 8 == 5;
    let is_kept = |item: &Item| item.key % 8 == 6;
    after == 3 || added.iter().any(is_unwanted) || removed.iter().any(is_kept)
}

/// Some payloads are refused, some are kept, and no rank goes from 1 to 2.
pub(crate) fn refuses_payload(before: Option<Item>, after: Option<Item>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => (before.rank, after.rank) == (1, 2),
        (None, Some(after)) => after.key % 8 == 3,
        (Some(before), None) => before.key % 8 == 4,
        (None, None) => false,
    }
}

impl Model {
    /// Whether a check refuses a payload of a type.
    pub(crate) fn refuses(&self, kind: usize, before: Option<Item>, after: Option<Item>) -> bool {
        self.checked[kind] && refuses_payload(before, after)
    }

    /// Whose links the last edit has changed in a way that a check refuses.
    pub(super) fn refused(&self) -> Faults {
        let rows = self.before.iter();
        let refused = rows.filter(|((node, end), before)| {
            let now = self.row(*end, *node);
            self.refuses_row(*end, before, now)
        });
        faults(refused.map(|((node, _), _)| *node))
    }

    /// Who is refused to go, and whose links to those who go are kept.
    pub(crate) fn refused_to_go(&self, doomed: &BTreeSet<Node>) -> Faults {
        let kept = doomed.iter().copied().filter(|&node| {
            let entity = self.get(node);
            entity.is_some_and(|it| self.refuses(it.kind, Some(it.item), None))
        });
        let mut kept: Vec<Node> = kept.collect();
        for (end, node) in self.rows_of(doomed) {
            let inverse = self.ends[end].inverse;
            for &other in self.row(end, node).iter().filter(|it| !doomed.contains(it)) {
                let before = self.row(inverse, other);
                let left = before.iter().filter(|it| !doomed.contains(it));
                let left: Vec<Node> = left.copied().collect();
                if self.refuses_row(inverse, before, &left) {
                    kept.push(other);
                }
            }
        }
        faults(kept.into_iter())
    }

    fn refuses_row(&self, end: usize, before: &[Node], now: &[Node]) -> bool {
        let beyond = |some: &[Node], others: &[Node]| -> Vec<Item> {
            let only = some.iter().filter(|it| !others.contains(it));
            only.filter_map(|&it| Some(self.get(it)?.item)).collect()
        };
        let (added, removed) = (beyond(now, before), beyond(before, now));
        let changes = !(added.is_empty() && removed.is_empty());
        self.ends[end].checked && changes && refuses_links(now.len(), &added, &removed)
    }
}

fn faults(nodes: impl Iterator<Item = Node>) -> Faults {
    let named: Vec<Node> = nodes.collect();
    Faults {
        kinds: named.iter().map(|_| ErrorKind::Refused).collect(),
        named,
    }
}
