//! One-to-one: a mate for each entity on either side.

use crate::change::{Change, LinkAt, Sink};
use crate::id::{NONE, Side, Slot};
use crate::internals::steps;
use crate::links::column;

/// A relationship whose two ends are to-one. A symmetric one has one column
/// for both sides.
#[derive(Clone, Debug)]
pub(crate) struct OneToOne {
    relationship: u16,
    symmetric: bool,
    columns: [Vec<Mate>; 2],
}

/// Who an entity is linked to. Eight bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Mate {
    mate: Slot,
    /// The entity's own, copied here for the check of its id.
    generation: u32,
}

impl OneToOne {
    pub(crate) fn new(relationship: u16, symmetric: bool) -> Self {
        Self {
            relationship,
            symmetric,
            columns: [vec![Mate::default()], vec![Mate::default()]],
        }
    }

    #[inline]
    fn column(&self, side: Side) -> &[Mate] {
        &self.columns[if self.symmetric { 0 } else { side.index() }]
    }

    #[inline]
    fn column_mut(&mut self, side: Side) -> &mut Vec<Mate> {
        &mut self.columns[if self.symmetric { 0 } else { side.index() }]
    }

    #[inline]
    pub(crate) fn generation(&self, side: Side, slot: Slot) -> Option<u32> {
        self.column(side)
            .get(slot as usize)
            .map(|mate| mate.generation)
    }

    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        column::entry(self.column_mut(side), slot).generation = generation;
    }

    /// Makes room for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        column::reserve(self.column_mut(side), additional);
    }

    pub(crate) fn owners(&self, side: Side) -> Slot {
        Slot::try_from(self.column(side).len()).expect("slots are 32 bits")
    }

    #[inline]
    pub(crate) fn mate(&self, side: Side, slot: Slot) -> Slot {
        self.column(side)[slot as usize].mate
    }

    /// The number of a link: the slot on the left, or the lower one where there
    /// is neither left nor right.
    pub(crate) fn number(&self, side: Side, owner: Slot, member: Slot) -> u32 {
        match side {
            _ if self.symmetric => owner.min(member),
            Side::Left => owner,
            Side::Right => member,
        }
    }

    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, owners: [usize; 2]) {
        for (column, owners) in self.columns.iter_mut().zip(owners) {
            column::fit(column, owners);
        }
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(column::bytes).sum()
    }

    /// Links two entities that have no mates.
    #[inline]
    pub(crate) fn link(&mut self, left: Slot, right: Slot, sink: &mut Sink) {
        self.join(left, right);
        sink.push(|| Change::Linked(self.link_at(left, right)));
    }

    /// Cuts an entity from its mate.
    #[inline]
    pub(crate) fn unlink(&mut self, left: Slot, right: Slot, sink: &mut Sink) {
        self.part(left, right);
        sink.push(|| Change::Unlinked(self.link_at(left, right)));
    }

    /// Takes back an [`unlink`](Self::unlink).
    pub(crate) fn join(&mut self, left: Slot, right: Slot) {
        self.column_mut(Side::Left)[left as usize].mate = right;
        self.column_mut(Side::Right)[right as usize].mate = left;
        steps::take(2);
    }

    /// Takes back a [`link`](Self::link).
    pub(crate) fn part(&mut self, left: Slot, right: Slot) {
        self.column_mut(Side::Left)[left as usize].mate = NONE;
        self.column_mut(Side::Right)[right as usize].mate = NONE;
        steps::take(2);
    }

    fn link_at(&self, left: Slot, right: Slot) -> LinkAt {
        LinkAt {
            relationship: self.relationship,
            slots: [left, right],
            at: [0, 0],
        }
    }

    /// The first entity whose mate does not know it: who, and how.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        for side in [Side::Left, Side::Right] {
            for (slot, mate) in (0..).zip(self.column(side)) {
                let other = self.column(side.other()).get(mate.mate as usize);
                if mate.mate != NONE && other.is_none_or(|other| other.mate != slot) {
                    return Err((side, slot, "its mate is not linked back (I1)"));
                }
            }
        }
        Ok(())
    }
}
