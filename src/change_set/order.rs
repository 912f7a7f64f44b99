//! The order in which a store can take a change set.

use hashbrown::HashMap;

use crate::change_set::uid::Uid;
use crate::change_set::{ChangeSet, EntityChange, LinkChange, LinkKind};
use crate::id::Side;
use crate::schema::Cardinality;

/// The order in which a store with references can take a [`ChangeSet`]: inserts
/// with those first to whom others refer, deletes with them last.
///
/// Whoever has a to-one end refers to who is linked there; of a one-to-one link
/// it is the end that the relationship was declared at. Entities that refer to
/// each other in a circle are inserted without some of their references, which
/// are set in a second step; before they are deleted, those are cleared.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// let mark = graph.mark()?;
/// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// let lem = graph.insert(author, Author::new("Lem"))?;
/// graph.set(book_author, eden, lem)?;
/// let changes = graph.changes_since(&mark)?;
/// let order = changes.store_order();
/// let first = &order.inserts[0];
/// assert_eq!(first.after(author).map(|author| author.name.as_str()), Some("Lem"));
/// assert!(order.cycles.is_empty());
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StoreOrder<'a> {
    /// Entities that came, nobody before those whom it refers to, but for the
    /// links of the second step.
    pub inserts: Vec<&'a EntityChange>,
    /// Links that were made and are to be set when all are inserted: they are
    /// within a cycle.
    pub second_step: Vec<&'a LinkChange>,
    /// Links that were cut and are to be cleared before anybody is deleted: they
    /// are within a cycle.
    pub first_step: Vec<&'a LinkChange>,
    /// Entities that went, nobody before those who refer to it, but for the
    /// links of the first step.
    pub deletes: Vec<&'a EntityChange>,
    /// Those who refer to each other in a circle, of the inserts and then of the
    /// deletes; each in rising order.
    pub cycles: Vec<Vec<Uid>>,
}

impl ChangeSet {
    /// The order in which a store can take the change set.
    ///
    /// Computes in O(changes), without recursion.
    #[must_use]
    pub fn store_order(&self) -> StoreOrder<'_> {
        let inserted: Vec<&EntityChange> = self.inserted().collect();
        let deleted: Vec<&EntityChange> = self.deleted().collect();
        let inserts = self.sorted(&inserted, LinkKind::Made);
        let mut deletes = self.sorted(&deleted, LinkKind::Cut);
        deletes.order.reverse();
        let mut cycles = inserts.cycles;
        cycles.append(&mut deletes.cycles);
        StoreOrder {
            inserts: inserts.order,
            second_step: inserts.within,
            first_step: deletes.within,
            deletes: deletes.order,
            cycles,
        }
    }

    /// Entities with those first to whom others refer by links of a kind.
    fn sorted<'a>(&'a self, entities: &[&'a EntityChange], kind: LinkKind) -> Sorted<'a> {
        let numbers: HashMap<Uid, usize> = entities.iter().map(|it| it.uid).zip(0..).collect();
        let links = self.links.iter().filter(|link| link.kind == kind);
        let references = links.filter_map(|link| {
            let [who, whom] = self.reference(link)?;
            Some((*numbers.get(&who)?, *numbers.get(&whom)?, link))
        });
        let references: Vec<(usize, usize, &LinkChange)> = references.collect();
        let mut to: Vec<Vec<usize>> = vec![Vec::new(); entities.len()];
        for &(who, whom, _) in &references {
            to[who].push(whom);
        }
        let components = components(&to);
        let within = |&&(who, whom, _): &&(usize, usize, &LinkChange)| {
            components.of[who] == components.of[whom]
        };
        let mut cycles: Vec<Vec<Uid>> = vec![Vec::new(); components.count];
        for &(who, _, _) in references.iter().filter(within) {
            cycles[components.of[who]].push(entities[who].uid);
        }
        for cycle in &mut cycles {
            cycle.sort_unstable();
            cycle.dedup();
        }
        cycles.retain(|cycle| !cycle.is_empty());
        Sorted {
            order: components.order.iter().map(|&at| entities[at]).collect(),
            within: references.iter().filter(within).map(|it| it.2).collect(),
            cycles,
        }
    }

    /// Who refers to whom by a link, if it is one of a to-one end.
    fn reference(&self, link: &LinkChange) -> Option<[Uid; 2]> {
        let is_one = |side| {
            let end = self.registry.end_on(link.relation(), side);
            end.is_some_and(|end| end.cardinality == Cardinality::One)
        };
        let [left, right] = link.uids;
        if is_one(Side::Left) {
            Some([left, right])
        } else {
            is_one(Side::Right).then_some([right, left])
        }
    }
}

struct Sorted<'a> {
    order: Vec<&'a EntityChange>,
    within: Vec<&'a LinkChange>,
    cycles: Vec<Vec<Uid>>,
}

/// Strongly connected components.
struct Components {
    /// By node.
    of: Vec<usize>,
    count: usize,
    /// The nodes, each after those outside its component that it leads to.
    order: Vec<usize>,
}

/// Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972),
/// with a stack of its own instead of recursion. O(nodes + edges).
fn components(to: &[Vec<usize>]) -> Components {
    const UNSEEN: usize = usize::MAX;
    let mut found = Components {
        of: vec![UNSEEN; to.len()],
        count: 0,
        order: Vec::with_capacity(to.len()),
    };
    let mut index = vec![UNSEEN; to.len()];
    let mut low = vec![0; to.len()];
    let (mut open, mut path, mut next) = (Vec::new(), Vec::new(), 0);
    for start in 0..to.len() {
        if index[start] == UNSEEN {
            path.push((start, 0));
        }
        while let Some((node, edge)) = path.pop() {
            if edge == 0 && index[node] == UNSEEN {
                (index[node], low[node]) = (next, next);
                next += 1;
                open.push(node);
            }
            if let Some(&target) = to[node].get(edge) {
                path.push((node, edge + 1));
                if index[target] == UNSEEN {
                    path.push((target, 0));
                } else if found.of[target] == UNSEEN {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == index[node] {
                let at = open.iter().rposition(|&it| it == node).unwrap_or(0);
                for member in open.drain(at..) {
                    found.of[member] = found.count;
                    found.order.push(member);
                }
                found.count += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_led_to_comes_first() {
        let found = components(&[vec![1], vec![2], vec![], vec![0, 4], vec![3]]);
        assert_eq!(found.order, [2, 1, 0, 3, 4]);
        assert_eq!((found.count, found.of[3] == found.of[4]), (4, true));
    }

    #[test]
    fn a_chain_of_a_million_does_not_touch_the_stack() {
        let chain: Vec<Vec<usize>> = (1..=1_000_000).map(|next| vec![next % 1_000_000]).collect();
        let found = components(&chain);
        assert_eq!((found.count, found.order.len()), (1, 1_000_000));
    }
}
