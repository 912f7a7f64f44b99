//! One-to-many: a record for each child, a row for each parent.

mod bulk;
mod shrink;

use std::ops::Range;

use crate::change::{Change, LinkAt, RowOf, Sink};
use crate::id::{DEAD, NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::column;
use crate::links::rows::{Keeper, Leaving, PoolFull, Rows};

/// A relationship with a to-one end (the child's) and a to-many end (the
/// parent's).
///
/// A child's record names its parent and the cell of the parent's row that it
/// stands in, so that either side finds the other without a search. Twelve
/// bytes a child, a cell of four in the row, twenty a parent.
#[derive(Clone, Debug)]
pub(crate) struct ManyToOne {
    relationship: u16,
    /// The side of the to-one end.
    child_side: Side,
    children: Children,
    pub(crate) rows: Rows,
}

/// The child's end of a link.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    parent: Slot,
    /// The cell in the parent's row; meaningless without a parent.
    at: u32,
    /// The child's, copied here as in a row's header.
    generation: u32,
}

/// The records by child. Record 0 is nobody's and may be scribbled on.
#[derive(Clone, Debug)]
struct Children(Vec<Record>);

impl Keeper for Children {
    #[inline]
    fn link_at(&self, _at: u32) -> u32 {
        0
    }

    #[inline]
    fn knows(&self, _cap: u32) -> bool {
        true
    }

    #[inline]
    fn carry(&mut self, _from: u32, _to: u32) {}

    #[inline]
    fn carry_all(&mut self, _from: Range<u32>, _to: u32) {}

    #[inline]
    fn place(&mut self, _owner: Slot, member: Slot, _link: u32, at: u32) {
        self.0[member as usize].at = at;
    }

    fn place_all(&mut self, _owner: Slot, members: &[Slot], _from: u32, to: u32) {
        for (&member, at) in members.iter().zip(to..) {
            self.0[member as usize].at = at;
        }
    }

    #[inline]
    fn empty(&mut self, _at: u32) {}

    #[inline]
    fn empty_all(&mut self, _cells: Range<u32>) {}

    #[inline]
    fn resize(&mut self, _cells: usize) {}

    #[inline]
    fn shrink_to(&mut self, _cells: usize) {}
}

impl ManyToOne {
    pub(crate) fn new(relationship: u16, child_side: Side, leaving: Leaving) -> Self {
        Self {
            relationship,
            child_side,
            children: Children(vec![Record::default()]),
            rows: Rows::new(leaving),
        }
    }

    #[inline]
    pub(crate) fn child_side(&self) -> Side {
        self.child_side
    }

    #[inline]
    pub(crate) fn generation(&self, side: Side, slot: Slot) -> Option<u32> {
        if side == self.child_side {
            self.children
                .0
                .get(slot as usize)
                .map(|child| child.generation)
        } else {
            self.rows.generation(slot)
        }
    }

    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        if side != self.child_side {
            return self.rows.set_generation(slot, generation);
        }
        column::entry(&mut self.children.0, slot).generation = generation;
    }

    pub(crate) fn owners(&self, side: Side) -> Slot {
        if side == self.child_side {
            Slot::try_from(self.children.0.len()).expect("slots are 32 bits")
        } else {
            self.rows.owners()
        }
    }

    #[inline]
    pub(crate) fn parent(&self, child: Slot) -> Slot {
        self.children.0[child as usize].parent
    }

    /// The parent of a live child; `NONE` for a dead one.
    #[inline]
    pub(crate) fn follow(&self, child: RawId) -> Slot {
        match self.children.0.get(child.slot() as usize) {
            Some(record) if record.generation == child.generation() => record.parent,
            _ => NONE,
        }
    }

    /// The offset of a child in its parent's row.
    pub(crate) fn offset(&self, child: Slot) -> u32 {
        let record = self.children.0[child as usize];
        self.rows.offset(record.parent, record.at)
    }

    /// Makes room for links, before the first of them is written.
    #[inline]
    pub(crate) fn make_room(
        &mut self,
        parent: Slot,
        additional: usize,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        if additional == 1 && !self.rows.is_full(parent) {
            return Ok(());
        }
        let row = self.row_of(parent);
        self.rows
            .make_room(row, additional, &mut self.children, sink)
    }

    /// Links a child to another parent in one go, where that needs nothing but
    /// a look at both and room; `None` where there is more to it: a dead id,
    /// a pool that is full.
    #[inline(always)]
    pub(crate) fn reassign(&mut self, child: RawId, to: RawId, sink: &mut Sink) -> Option<bool> {
        let old = *self.children.0.get(child.slot() as usize)?;
        let is_plain = old.generation == child.generation()
            && self.rows.takes_one_more(to.slot(), to.generation());
        if !is_plain {
            return self.reassign_otherwise(child, to, sink);
        }
        if old.parent == to.slot() && !planted::is(Bug::LinkingAgainMoves) {
            return Some(false);
        }
        self.move_over(child.slot(), old, to.slot(), sink);
        Some(true)
    }

    /// Takes a child with this record out of its row, if it stands in one, and
    /// puts it last in another, which has room.
    #[inline(always)]
    fn move_over(&mut self, child: Slot, old: Record, to: Slot, sink: &mut Sink) {
        let at = self.rows.append(to, child);
        self.children.0[child as usize] = Record {
            parent: to,
            at,
            ..old
        };
        if sink.is_listening() {
            self.tell_of_move(child, old, sink);
        }
        if old.parent != NONE && self.vacate(old.parent, old.at) {
            self.tidy(old.parent, sink);
        }
    }

    /// Records that a child has left a row, if it stood in one, for the one that
    /// it stands in. What it has left has not closed up yet.
    #[inline(never)]
    fn tell_of_move(&self, child: Slot, old: Record, sink: &mut Sink) {
        let new = self.children.0[child as usize];
        sink.push(|| {
            if old.parent == NONE {
                return Change::Linked(self.link_at(child, new.parent, new.at));
            }
            Change::Reassigned {
                relationship: self.relationship,
                child_side: self.child_side,
                child,
                parents: [old.parent, new.parent],
                at: [old, new].map(|record| self.rows.offset(record.parent, record.at)),
            }
        });
    }

    /// [`reassign`](Self::reassign) to a parent whose row is full, or of a dead
    /// id.
    #[inline(never)]
    fn reassign_otherwise(&mut self, child: RawId, to: RawId, sink: &mut Sink) -> Option<bool> {
        let record = self.children.0[child.slot() as usize];
        if record.generation != child.generation()
            || self.rows.generation(to.slot()) != Some(to.generation())
        {
            return None;
        }
        if record.parent == to.slot() && !planted::is(Bug::LinkingAgainMoves) {
            return Some(false);
        }
        self.make_room(to.slot(), 1, sink).ok()?;
        // Making room may have moved the row that it stands in.
        let old = self.children.0[child.slot() as usize];
        self.move_over(child.slot(), old, to.slot(), sink);
        Some(true)
    }

    /// Cuts a child from its parent, if it has one; `None` for a dead id.
    #[inline(never)]
    pub(crate) fn detach(&mut self, child: RawId, sink: &mut Sink) -> Option<bool> {
        let parent = self.children.0.get(child.slot() as usize)?.parent;
        if parent == NONE && self.is_live_child(child) {
            return Some(false);
        }
        self.detach_from(parent, child, sink)
    }

    /// Cuts a child from a parent, if it is its own; `None` for a dead id.
    #[inline]
    pub(crate) fn detach_from(
        &mut self,
        parent: Slot,
        child: RawId,
        sink: &mut Sink,
    ) -> Option<bool> {
        if !self.is_live_child(child) {
            return None;
        }
        let is_its_own = self.parent(child.slot()) == parent;
        if is_its_own {
            self.unlink(child.slot(), sink);
        }
        Some(is_its_own)
    }

    #[inline]
    fn is_live_child(&self, child: RawId) -> bool {
        let record = self.children.0.get(child.slot() as usize);
        record.is_some_and(|record| record.generation == child.generation())
    }

    /// Links a child without a parent to one whose row has room.
    #[inline]
    pub(crate) fn link(&mut self, child: Slot, parent: Slot, sink: &mut Sink) {
        let at = self.rows.append(parent, child);
        let record = &mut self.children.0[child as usize];
        debug_assert_eq!(record.parent, NONE, "the caller has cut the old link");
        record.parent = parent;
        record.at = at;
        sink.push(|| Change::Linked(self.link_at(child, parent, at)));
    }

    /// Cuts a child from its parent.
    #[inline]
    pub(crate) fn unlink(&mut self, child: Slot, sink: &mut Sink) {
        let parent = self.parent(child);
        if self.cut(child, sink) {
            self.tidy(parent, sink);
        }
    }

    /// Cuts a child from its parent, whose row keeps its block; whether that
    /// is too large now.
    #[inline]
    pub(crate) fn cut(&mut self, child: Slot, sink: &mut Sink) -> bool {
        let record = &mut self.children.0[child as usize];
        let (parent, at) = (record.parent, record.at);
        debug_assert_ne!(parent, NONE, "the caller has seen a link");
        record.parent = NONE;
        steps::take(1);
        sink.push(|| Change::Unlinked(self.link_at(child, parent, at)));
        self.vacate(parent, at)
    }

    /// Takes a member out of a row; whether its block is too large now.
    #[inline]
    fn vacate(&mut self, parent: Slot, at: u32) -> bool {
        !planted::is(Bug::OldRowKeepsTheChild) && self.rows.vacate(parent, at, &mut self.children)
    }

    /// Gives back what the row of a parent has no use for.
    pub(crate) fn tidy(&mut self, parent: Slot, sink: &mut Sink) {
        let row = self.row_of(parent);
        self.rows.tidy(row, &mut self.children, sink);
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes() + column::bytes(&self.children.0)
    }

    /// Cuts all children of a parent and gives the block of its row back.
    pub(crate) fn clear(&mut self, parent: Slot, sink: &mut Sink) {
        if !sink.is_listening() && !planted::is(Bug::ClearLeavesOne) {
            return self.clear_unheard(parent);
        }
        // Without holes and from the last to the first, each step is O(1).
        self.compact(parent, sink);
        let stay = usize::from(planted::is(Bug::ClearLeavesOne));
        while let Some(child) = self.rows.members(parent).skip(stay).next_back() {
            let record = &mut self.children.0[child as usize];
            record.parent = NONE;
            let at = record.at;
            steps::take(1);
            sink.push(|| Change::Unlinked(self.link_at(child, parent, at)));
            self.rows.vacate(parent, at, &mut self.children);
        }
        if !planted::is(Bug::ClearLeavesOne) {
            self.rows.release(parent);
            self.rows.give_back_idle(&mut self.children);
        }
    }

    /// Cuts all links of an entity that is deleted while nobody listens, and
    /// makes its id dead; how many there were.
    #[inline]
    pub(crate) fn bury(&mut self, side: Side, slot: Slot) -> usize {
        let mut unheard = Sink::default();
        if side != self.child_side {
            self.rows.set_generation(slot, DEAD);
            let links = self.rows.live(slot);
            self.clear(slot, &mut unheard);
            return links;
        }
        let record = &mut self.children.0[slot as usize];
        record.generation = DEAD;
        if record.parent == NONE {
            return 0;
        }
        self.unlink(slot, &mut unheard);
        1
    }

    /// [`clear`](Self::clear) while nobody listens.
    fn clear_unheard(&mut self, parent: Slot) {
        let (cells, _) = self.rows.span(parent);
        steps::take(cells.len());
        for &child in cells {
            self.children.0[child as usize].parent = NONE;
        }
        self.rows.drain(parent);
    }

    pub(crate) fn compact(&mut self, parent: Slot, sink: &mut Sink) {
        let row = self.row_of(parent);
        self.rows.compact(row, &mut self.children, sink);
    }

    /// Runs `write` on the rows and on who knows the positions in them.
    pub(crate) fn rearrange(&mut self, write: impl FnOnce(&mut Rows, &mut dyn Keeper)) {
        write(&mut self.rows, &mut self.children);
    }

    fn row_of(&self, owner: Slot) -> RowOf {
        RowOf {
            relationship: self.relationship,
            side: self.child_side.other(),
            owner,
        }
    }

    #[inline]
    fn link_at(&self, child: Slot, parent: Slot, at: u32) -> LinkAt {
        let offset = self.rows.offset(parent, at);
        LinkAt::of_child(self.relationship, self.child_side, child, (parent, offset))
    }

    /// Takes back a [`link`](Self::link).
    pub(crate) fn undo_link(&mut self, link: LinkAt) {
        let (child, parent) = self.ends(link);
        self.children.0[child as usize].parent = NONE;
        self.rows.take_last(parent, &mut self.children);
    }

    /// Makes the block of a row large enough for its holes to be opened.
    pub(crate) fn reach(&mut self, parent: Slot, holes: &[u32]) -> Result<(), PoolFull> {
        let last = self.rows.live(parent) + holes.len() - 1;
        let last = u32::try_from(last).map_err(|_| PoolFull)?;
        self.rows.reach(parent, last, &mut self.children)
    }

    /// Takes back an [`unlink`](Self::unlink).
    pub(crate) fn undo_unlink(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        let (child, parent) = self.ends(link);
        let offset = link.at[self.child_side.other().index()];
        self.reach_link(link)?;
        let at = self.rows.refill(parent, offset, child, &mut self.children);
        let record = &mut self.children.0[child as usize];
        (record.parent, record.at) = (parent, at);
        Ok(())
    }

    /// Makes room for a link to come back, or to be made again, where it stood.
    pub(crate) fn reach_link(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        let (_, parent) = self.ends(link);
        let offset = link.at[self.child_side.other().index()];
        self.rows.reach(parent, offset, &mut self.children)
    }

    fn ends(&self, link: LinkAt) -> (Slot, Slot) {
        let side = self.child_side;
        (link.slots[side.index()], link.slots[side.other().index()])
    }

    /// The first child or row whose two sides disagree: who, and how.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        let parent_side = self.child_side.other();
        let children = Slot::try_from(self.children.0.len()).expect("slots are 32 bits");
        for child in 1..children {
            let Record { parent, at, .. } = self.children.0[child as usize];
            let stands = parent == NONE
                || (parent < self.rows.owners() && self.rows.holds(parent, at, child));
            if !stands {
                return Err((
                    self.child_side,
                    child,
                    "its parent's row does not hold it (I1)",
                ));
            }
        }
        self.rows
            .check_pool()
            .map_err(|what| (parent_side, NONE, what))?;
        for parent in 1..self.rows.owners() {
            self.rows
                .check(parent)
                .map_err(|what| (parent_side, parent, what))?;
            let theirs = |child: Slot| {
                self.children
                    .0
                    .get(child as usize)
                    .is_some_and(|record| record.parent == parent)
            };
            if !self.rows.members(parent).all(theirs) {
                return Err((parent_side, parent, "its row holds another's child (I1)"));
            }
        }
        Ok(())
    }
}
