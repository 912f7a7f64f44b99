//! Steps back: what a log says was done, undone in the opposite order.
//!
//! Calls no code of the user's but `Drop`, after all is written, and searches
//! nothing: each step costs what it cost to do.

use crate::change::{Change, Log, Mark, RowOf, Sink};
use crate::engine::Engine;
use crate::entities::AnyPayload;
use crate::id::{DEAD, EntityTypeId, RawId, Slot};
use crate::links::Relation;
use crate::links::arrangement::Arrangement;

impl Engine {
    /// Takes back all that is in the log, and stops listening.
    #[cfg_attr(
        not(any(test, feature = "internals")),
        expect(dead_code, reason = "the tests of the record call it")
    )]
    pub(crate) fn rewind(&mut self) {
        let spent = self.rewind_to(Mark::default());
        drop(self.sink.take());
        drop(spent);
    }

    /// Takes back all that was recorded after a mark, and goes on listening;
    /// the payloads that are nobody's now, for the caller to drop.
    pub(crate) fn rewind_to(&mut self, mark: Mark) -> Vec<Box<AnyPayload>> {
        let mut spent = Vec::new();
        let Some(mut log) = self.sink.take() else {
            return spent;
        };
        while let Some(change) = log.pop_after(mark) {
            self.undo(change, &mut log, &mut spent);
        }
        self.sink.put_back(log);
        spent
    }

    fn undo(&mut self, change: Change, log: &mut Log, spent: &mut Vec<Box<AnyPayload>>) {
        match change {
            Change::Inserted { entity, slot } => spent.push(self.undo_insert(entity, slot)),
            Change::Removed { entity, slot } => {
                let id = self.entities[entity.index()].undo_remove(slot);
                self.set_generation(entity, id);
            }
            Change::Replaced { entity, slot } => {
                spent.push(self.entities[entity.index()].undo_replace(slot));
            }
            Change::Linked(link) => spent.extend(self.undo_link(link)),
            Change::Unlinked(link) => self.undo_unlink(link),
            Change::DataReplaced {
                relationship,
                slots,
            } => spent.push(self.undo_replace_data(relationship, slots)),
            Change::Moved { row, from, to } => {
                let back = Arrangement::Shift { from: to, to: from };
                self.relation_of(row).arrange(row, back);
            }
            Change::Swapped { row, a, b } => {
                self.relation_of(row)
                    .arrange(row, Arrangement::Swap { a, b });
            }
            Change::Permuted { row, words } => {
                let back = inverse(&pop_words(log, words));
                self.relation_of(row)
                    .arrange(row, Arrangement::Permute(&back));
            }
            Change::Entered { row, member } => {
                let (relation, sink) = self.with_sink(row);
                relation.take(row, member, sink);
            }
            Change::Left { row, member, after } => {
                let (relation, sink) = self.with_sink(row);
                relation.enter(row, member, after, sink);
            }
            Change::Rekeyed { row, member, old } => {
                let (relation, sink) = self.with_sink(row);
                relation.rekey(row.side, member, old, sink);
            }
            Change::Compacted { row, words } => {
                let holes = pop_words(log, words);
                let room = self.relation_of(row).open(row, &holes);
                room.expect("there was room for the holes when they were closed");
            }
        }
    }

    fn undo_insert(&mut self, entity: EntityTypeId, slot: Slot) -> Box<AnyPayload> {
        let payload = self.entities[entity.index()].undo_insert(slot);
        self.set_generation(entity, RawId::new(slot, DEAD));
        payload
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

fn pop_words(log: &mut Log, words: u32) -> Vec<u32> {
    let at = log.words.len() - words as usize;
    log.words.split_off(at)
}

/// The permutation that undoes one.
fn inverse(order: &[u32]) -> Vec<u32> {
    let mut back = vec![0; order.len()];
    for (new, &old) in (0..).zip(order) {
        back[old as usize] = new;
    }
    back
}
