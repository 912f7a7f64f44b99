//! Judging later: who is to be looked at when a call of several parts, or a
//! transaction, comes to its end.
//!
//! While somebody defers, calls only note whom they took a link from or
//! inserted; what was noted is judged on the state as it is then. Without it
//! nothing is noted and nothing is paid.

use hashbrown::HashSet;

use crate::engine::limits::Beyond;
use crate::engine::relate::Cut;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{DEAD, EntityTypeId, Side, Slot};

/// What is to be judged at the end.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    /// In the order of the writes.
    notes: Vec<Note>,
}

/// Somebody to look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note {
    place: Place,
    /// Slots of the deleted are not given out again while somebody listens, so
    /// a slot means the same entity to the end.
    slot: Slot,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// A link was taken from it at the place.
    Lost,
    /// The same, and it is no orphan for that.
    Spared,
    /// It is new, and owns the end at the place.
    Inserted,
}

impl Deferred {
    pub(crate) fn len(&self) -> usize {
        self.notes.len()
    }

    /// Has nobody be an orphan for what was noted after the first so many.
    pub(crate) fn spare(&mut self, notes: usize) {
        let noted = self.notes.iter_mut().skip(notes);
        let lost = noted.filter(|note| note.why == Why::Lost);
        lost.for_each(|note| note.why = Why::Spared);
    }

    /// Forgets what was noted after the first so many.
    pub(crate) fn truncate(&mut self, notes: usize) {
        self.notes.truncate(notes);
    }
}

impl Engine {
    /// Notes both ends of a link that is about to be cut.
    #[inline]
    pub(crate) fn note_cut(&mut self, cut: Cut) {
        let Cut {
            relation,
            left,
            right,
        } = cut;
        if self.deferred.is_some() && !self.rules[relation].cuts_freely {
            let side = Side::Left;
            for (place, slot) in self.both_ends(Place { relation, side }, left, right) {
                self.note(place, slot, Why::Lost);
            }
        }
    }

    /// Notes both ends of all links of an entity at a place, which are about
    /// to be cut.
    #[inline]
    pub(crate) fn note_cuts(&mut self, place: Place, slot: Slot) {
        if self.deferred.is_some() && !self.rules[place.relation].cuts_freely {
            let inverse = self.inverse(place);
            let members: Vec<Slot> = self.linked(place, slot).collect();
            if members.is_empty() {
                return;
            }
            self.note(place, slot, Why::Lost);
            for member in members {
                self.note(inverse, member, Why::Lost);
            }
        }
    }

    /// Notes an entity that was inserted, at those of its ends that need links.
    #[inline]
    pub(crate) fn note_inserted(&mut self, entity: EntityTypeId, slot: Slot) {
        if self.deferred.is_some() && self.types[entity.index()].judged {
            let needing: Vec<Place> = self
                .ends_of(entity)
                .filter(|&place| self.limits(place).need_links())
                .collect();
            for place in needing {
                self.note(place, slot, Why::Inserted);
            }
        }
    }

    fn note(&mut self, place: Place, slot: Slot, why: Why) {
        if let Some(deferred) = &mut self.deferred {
            deferred.notes.push(Note { place, slot, why });
        }
    }

    /// Judges all that was noted, on the state as it is: orphans go first, and
    /// those of them, then nobody who is left may have too few links.
    pub(crate) fn judge_deferred(&mut self) -> Result<()> {
        self.delete_orphans()?;
        self.judge_limits()
    }

    /// Those who have lost a link at one of the places and live, each once, in
    /// the order of the writes.
    pub(crate) fn losers(&self, at: impl Fn(Place) -> bool) -> Vec<(Place, Slot)> {
        let mut seen = HashSet::new();
        let notes = self.deferred.iter().flat_map(|deferred| &deferred.notes);
        let losers = notes.filter(|note| note.why == Why::Lost && at(note.place));
        losers
            .filter(|note| self.lives_at(note.place, note.slot))
            .filter(|note| seen.insert((self.owner_type(note.place), note.slot)))
            .map(|note| (note.place, note.slot))
            .collect()
    }

    fn judge_limits(&self) -> Result<()> {
        let notes = self.deferred.as_ref().map_or(&[][..], |it| &it.notes);
        let mut seen = HashSet::new();
        let mut short = Vec::new();
        for &Note { place, slot, .. } in notes {
            let place = self.counted_at(place);
            if seen.insert((place, slot)) && self.lives_at(place, slot) {
                let count = self.total_at(place, slot);
                if count < self.limits(place).least {
                    let is_new = false;
                    short.push(Beyond {
                        place,
                        slot,
                        count,
                        is_new,
                    });
                }
            }
        }
        if short.is_empty() {
            return Ok(());
        }
        self.mark_the_new(&mut short, notes);
        self.name_the_short(&short)
    }

    /// Sees which of those who are short were inserted since.
    fn mark_the_new(&self, short: &mut [Beyond], notes: &[Note]) {
        let inserted = notes.iter().filter(|note| note.why == Why::Inserted);
        let inserted = inserted.map(|note| (self.owner_type(note.place), note.slot));
        let inserted: HashSet<_> = inserted.collect();
        for beyond in short {
            beyond.is_new = inserted.contains(&(self.owner_type(beyond.place), beyond.slot));
        }
    }

    pub(crate) fn lives_at(&self, place: Place, slot: Slot) -> bool {
        let generation = self.relation(place).generation(place.side, slot);
        generation.is_some_and(|generation| generation != DEAD)
    }
}
