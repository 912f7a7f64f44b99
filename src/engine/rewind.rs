//! Steps back, and forth again: what a log says was done, undone in the opposite
//! order, and done once more in the first.
//!
//! Calls no code of the user's but `Drop`, after all is written, and searches
//! nothing: each step costs what it cost to do.

use crate::change::{Change, LinkAt, Log, Point, RowOf, Sink};
use crate::engine::Engine;
use crate::entities::AnyPayload;
use crate::id::{AnyId, DEAD, EntityTypeId, RawId, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::Relation;
use crate::links::arrangement::Arrangement;

/// What becomes of payloads and data that a step back leaves to nobody.
enum Fate {
    /// The caller drops them.
    Spent(Vec<Box<AnyPayload>>),
    /// They wait on the other side stack, for the step to be taken again.
    Undone,
}

impl Engine {
    /// Takes back all that was recorded after a point, and goes on listening;
    /// the payloads that are nobody's now, for the caller to drop.
    pub(crate) fn rewind_to(&mut self, point: Point) -> Vec<Box<AnyPayload>> {
        let Some(mut log) = self.sink.take() else {
            return Vec::new();
        };
        let mut fate = Fate::Spent(Vec::new());
        while let Some(change) = log.pop_after(point) {
            let words = log.pop_words(change);
            if planted::is(Bug::RollbackForgetsTheFirst) && log.end() == point {
                continue;
            }
            self.undo(change, &words, &mut fate);
        }
        self.sink.put_back(log);
        match fate {
            Fate::Spent(spent) => spent,
            Fate::Undone => Vec::new(),
        }
    }

    /// Takes back all that was recorded after a point; `undone` gets it, from the
    /// last to the first.
    pub(crate) fn undo_to(&mut self, point: Point, undone: &mut Log) {
        let Some(mut log) = self.sink.take() else {
            return;
        };
        while let Some(change) = log.pop_after(point) {
            let words = log.pop_words(change);
            self.undo(change, &words, &mut Fate::Undone);
            undone.push_with(change, &words);
        }
        self.sink.put_back(log);
    }

    /// Does again what was undone after a point of that record.
    pub(crate) fn redo_to(&mut self, point: Point, undone: &mut Log) {
        let Some(mut log) = self.sink.take() else {
            return;
        };
        while let Some(change) = undone.pop_after(point) {
            let words = undone.pop_words(change);
            self.redo(change, &words);
            log.push_with(change, &words);
        }
        self.sink.put_back(log);
    }

    fn undo(&mut self, change: Change, words: &[u32], fate: &mut Fate) {
        for part in change.parts().rev() {
            self.undo_part(part, words, fate);
        }
    }

    fn redo(&mut self, change: Change, words: &[u32]) {
        for part in change.parts() {
            self.redo_part(part, words);
        }
    }

    fn undo_part(&mut self, change: Change, words: &[u32], fate: &mut Fate) {
        match change {
            Change::Inserted { entity, slot } => self.undo_insert(entity, slot, fate),
            Change::Removed { entity, slot, .. } => {
                let id = self.entities[entity.index()].undo_remove(slot);
                self.revive(entity, id);
            }
            Change::Replaced { entity, slot, .. } => {
                let all = &mut self.entities[entity.index()];
                match fate {
                    Fate::Spent(spent) => spent.push(all.undo_replace(slot)),
                    Fate::Undone => all.detach_replace(slot),
                }
            }
            Change::Linked(link) => match fate {
                Fate::Spent(spent) => spent.extend(self.undo_link(link)),
                Fate::Undone => self.detach_link(link),
            },
            Change::Unlinked(link) => self.undo_unlink(link),
            Change::Reassigned { .. } => unreachable!("it is undone in its parts"),
            Change::DataReplaced {
                relationship,
                slots,
            } => match fate {
                Fate::Spent(spent) => spent.push(self.undo_replace_data(relationship, slots)),
                Fate::Undone => self.detach_replaced_data(relationship, slots),
            },
            Change::Moved { row, from, to } => {
                let back = Arrangement::Shift { from: to, to: from };
                self.relation_of(row).arrange(row, back);
            }
            Change::Swapped { row, a, b } => {
                self.relation_of(row)
                    .arrange(row, Arrangement::Swap { a, b });
            }
            Change::Permuted { row, .. } => {
                let back = inverse(words);
                self.relation_of(row)
                    .arrange(row, Arrangement::Permute(&back));
            }
            Change::Entered { row, member, .. } => {
                let (relation, sink) = self.with_sink(row);
                relation.take(row, member, sink);
            }
            Change::Left { row, member, after } => {
                let (relation, sink) = self.with_sink(row);
                relation.enter(row, member, after, sink);
            }
            Change::Rekeyed {
                row, member, old, ..
            } => {
                let (relation, sink) = self.with_sink(row);
                relation.rekey(row.side, member, old, sink);
            }
            Change::Compacted { row, .. } => {
                let room = self.relation_of(row).open(row, words);
                room.expect("there was room for the holes when they were closed");
            }
        }
    }

    fn redo_part(&mut self, change: Change, words: &[u32]) {
        match change {
            Change::Inserted { entity, slot } => {
                let id = self.entities[entity.index()].redo_insert(slot);
                self.revive(entity, id);
            }
            Change::Removed { entity, slot, .. } => {
                self.set_generation(entity, RawId::new(slot, DEAD));
                self.entities[entity.index()].remove(slot);
            }
            Change::Replaced { entity, slot, .. } => {
                self.entities[entity.index()].redo_replace(slot);
            }
            Change::Linked(link) => self.redo_link(link),
            Change::Unlinked(link) => self.redo_unlink(link),
            Change::Reassigned { .. } => unreachable!("it is done again in its parts"),
            Change::DataReplaced {
                relationship,
                slots,
            } => self.redo_replace_data(relationship, slots),
            Change::Moved { row, from, to } => {
                self.relation_of(row)
                    .arrange(row, Arrangement::Shift { from, to });
            }
            Change::Swapped { row, a, b } => {
                self.relation_of(row)
                    .arrange(row, Arrangement::Swap { a, b });
            }
            Change::Permuted { row, .. } => {
                self.relation_of(row)
                    .arrange(row, Arrangement::Permute(words));
            }
            Change::Entered { row, member, after } => {
                let (relation, sink) = self.with_sink(row);
                relation.enter(row, member, after, sink);
            }
            Change::Left { row, member, .. } => {
                let (relation, sink) = self.with_sink(row);
                relation.take(row, member, sink);
            }
            Change::Rekeyed {
                row, member, new, ..
            } => {
                let (relation, sink) = self.with_sink(row);
                relation.rekey(row.side, member, new, sink);
            }
            Change::Compacted { row, .. } => {
                let (relation, sink) = self.with_sink(row);
                relation.compact(row.side, row.owner, sink);
            }
        }
    }

    fn undo_insert(&mut self, entity: EntityTypeId, slot: Slot, fate: &mut Fate) {
        let all = &mut self.entities[entity.index()];
        match fate {
            Fate::Spent(spent) => spent.push(all.undo_insert(slot)),
            Fate::Undone => all.detach_insert(slot),
        }
        self.set_generation(entity, RawId::new(slot, DEAD));
    }

    /// Makes an entity known at its ends that lives again. It may be older than
    /// the names.
    fn revive(&mut self, entity: EntityTypeId, id: RawId) {
        self.set_generation(entity, id);
        self.name_inserted(AnyId::new(entity, id));
    }

    fn redo_link(&mut self, link: LinkAt) {
        let relation = usize::from(link.relationship);
        let room = self.relations[relation].redo_link(link);
        room.expect("there was room for the link when it was made");
        self.redo_put_data(relation, link.slots);
    }

    /// Lets go of all that was recorded before a point, and cannot be taken back
    /// from then on; the payloads that are nobody's now, for the caller to drop.
    ///
    /// Computes in O(changes let go of).
    pub(crate) fn forget_before(&mut self, point: Point) -> Vec<Box<AnyPayload>> {
        let mut spent = Vec::new();
        let Some(mut log) = self.sink.take() else {
            return spent;
        };
        while let Some(change) = log.forget_before(point) {
            match change {
                Change::Removed { entity, .. } | Change::Replaced { entity, .. } => {
                    spent.push(self.entities[entity.index()].forget_first());
                }
                Change::Unlinked(LinkAt { relationship, .. })
                | Change::DataReplaced { relationship, .. } => {
                    let column = &mut self.data[usize::from(relationship)];
                    spent.extend(column.as_mut().map(|column| column.forget_first()));
                }
                // Where links have data, they are made and cut one by one.
                Change::Inserted { .. } | Change::Linked(_) | Change::Reassigned { .. } => {}
                Change::Moved { .. } | Change::Swapped { .. } | Change::Permuted { .. } => {}
                Change::Entered { .. } | Change::Left { .. } | Change::Rekeyed { .. } => {}
                Change::Compacted { .. } => {}
            }
        }
        self.sink.put_back(log);
        spent
    }

    /// The relationship of a row, and the sink, to which nobody listens now.
    fn with_sink(&mut self, row: RowOf) -> (&mut Relation, &mut Sink) {
        let relation = &mut self.relations[usize::from(row.relationship)];
        (relation, &mut self.sink)
    }

    fn relation_of(&mut self, row: RowOf) -> &mut Relation {
        &mut self.relations[usize::from(row.relationship)]
    }
}

/// The permutation that undoes one.
fn inverse(order: &[u32]) -> Vec<u32> {
    let mut back = vec![0; order.len()];
    for (new, &old) in (0..).zip(order) {
        back[old as usize] = new;
    }
    back
}
