//! One-to-many, linked: each child's record names the siblings beside it.

use crate::change::{Change, LinkAt, Sink};
use crate::id::{NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::arrangement::Arrangement;
use crate::links::column;
use crate::links::members::Members;

/// A relationship with a to-one end (the child's) and a to-many end (the
/// parent's), whose rows are chains.
///
/// ```text
///   heads, by parent              children, by child
///  ┌────────────────────────┐   ┌──────────────────────────────┐
///  │ first last len gen     │──▶│ parent previous next gen     │──▶ …
///  └────────────────────────┘   └──────────────────────────────┘
/// ```
///
/// Whatever is done to a child writes its record, the records beside it and
/// the head, and nothing else: no room to make, no holes to close. In return a
/// row is read from record to record, and positions are counted. Sixteen bytes
/// a child, sixteen a parent.
#[derive(Clone, Debug)]
pub(crate) struct Linked {
    relationship: u16,
    /// The side of the to-one end.
    child_side: Side,
    /// Record 0 is nobody's: its neighbours may be scribbled on, so that the
    /// ends of a chain are no special case.
    children: Vec<Child>,
    heads: Vec<Head>,
}

/// The child's end of a link.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Child {
    parent: Slot,
    /// The sibling before; `NONE` for the first.
    pub(crate) previous: Slot,
    /// The sibling after; `NONE` for the last.
    pub(crate) next: Slot,
    /// The child's own, copied here for the check of its id.
    generation: u32,
}

/// The row of one parent.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    first: Slot,
    last: Slot,
    len: u32,
    /// The parent's own, copied here for the check of its id.
    generation: u32,
}

impl Linked {
    pub(crate) fn new(relationship: u16, child_side: Side) -> Self {
        Self {
            relationship,
            child_side,
            children: vec![Child::default()],
            heads: vec![Head::default()],
        }
    }

    #[inline]
    pub(crate) fn child_side(&self) -> Side {
        self.child_side
    }

    #[inline]
    pub(crate) fn generation(&self, side: Side, slot: Slot) -> Option<u32> {
        if side == self.child_side {
            let child = self.children.get(slot as usize)?;
            Some(child.generation)
        } else {
            self.heads.get(slot as usize).map(|head| head.generation)
        }
    }

    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        if side == self.child_side {
            column::entry(&mut self.children, slot).generation = generation;
        } else {
            column::entry(&mut self.heads, slot).generation = generation;
        }
    }

    /// Makes room for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        if side == self.child_side {
            column::reserve(&mut self.children, additional);
        } else {
            column::reserve(&mut self.heads, additional);
        }
    }

    pub(crate) fn owners(&self, side: Side) -> Slot {
        let owners = if side == self.child_side {
            self.children.len()
        } else {
            self.heads.len()
        };
        Slot::try_from(owners).expect("slots are 32 bits")
    }

    #[inline]
    pub(crate) fn parent(&self, child: Slot) -> Slot {
        self.children[child as usize].parent
    }

    /// The number of children.
    #[inline]
    pub(crate) fn len(&self, parent: Slot) -> usize {
        self.heads[parent as usize].len as usize
    }

    #[inline]
    pub(crate) fn members(&self, parent: Slot) -> Members<'_> {
        let head = self.heads[parent as usize];
        Members::linked(&self.children, head.first, head.last, head.len as usize)
    }

    /// How many siblings stand before a child. Computes in O(position).
    pub(crate) fn position(&self, child: Slot) -> u32 {
        let mut position = 0;
        let mut at = self.children[child as usize].previous;
        while at != NONE {
            at = self.children[at as usize].previous;
            position += 1;
        }
        steps::take(position as usize + 1);
        position
    }

    /// Links a child to another parent in one go; `None` for a dead id.
    #[inline]
    pub(crate) fn reassign(&mut self, child: RawId, to: RawId, sink: &mut Sink) -> Option<bool> {
        let record = *self.children.get(child.slot() as usize)?;
        let head = self.heads.get(to.slot() as usize)?;
        if record.generation != child.generation() || head.generation != to.generation() {
            return None;
        }
        if record.parent == to.slot() && !planted::is(Bug::LinkingAgainMoves) {
            return Some(false);
        }
        if sink.is_listening() {
            self.move_over_and_tell(child.slot(), to.slot(), sink);
        } else {
            self.move_over(child.slot(), to.slot());
        }
        Some(true)
    }

    /// Takes a child out of its row, if it stands in one, and puts it last in
    /// another.
    #[inline(never)]
    fn move_over(&mut self, child: Slot, to: Slot) {
        let record = self.children[child as usize];
        if record.parent != NONE {
            self.close_behind(record);
        }
        self.append(child, to);
    }

    /// [`move_over`](Self::move_over) while somebody listens.
    #[inline(never)]
    fn move_over_and_tell(&mut self, child: Slot, to: Slot, sink: &mut Sink) {
        let old = self.children[child as usize];
        if old.parent == NONE {
            return self.link(child, to, sink);
        }
        self.move_over(child, to);
        let new = self.children[child as usize];
        sink.push(|| Change::Reassigned {
            relationship: self.relationship,
            child_side: self.child_side,
            child,
            parents: [old.parent, new.parent],
            at: [old.previous, new.previous],
        });
    }

    /// Links a child without a parent.
    #[inline]
    pub(crate) fn link(&mut self, child: Slot, parent: Slot, sink: &mut Sink) {
        debug_assert_eq!(self.parent(child), NONE, "the caller has cut the old link");
        self.append(child, parent);
        sink.push(|| Change::Linked(self.link_at(child)));
    }

    /// Cuts a child from its parent.
    #[inline]
    pub(crate) fn unlink(&mut self, child: Slot, sink: &mut Sink) {
        debug_assert_ne!(self.parent(child), NONE, "the caller has seen a link");
        sink.push(|| Change::Unlinked(self.link_at(child)));
        if planted::is(Bug::OldRowKeepsTheChild) {
            self.children[child as usize].parent = NONE;
            return;
        }
        self.take_out(child);
    }

    /// Cuts all children of a parent, from the last to the first.
    pub(crate) fn clear(&mut self, parent: Slot, sink: &mut Sink) {
        let stay = u32::from(planted::is(Bug::ClearLeavesOne));
        if !sink.is_listening() && stay == 0 {
            return self.clear_unheard(parent);
        }
        while self.heads[parent as usize].len > stay {
            self.unlink(self.heads[parent as usize].last, sink);
        }
    }

    /// [`clear`](Self::clear) while nobody listens.
    fn clear_unheard(&mut self, parent: Slot) {
        let head = &mut self.heads[parent as usize];
        let mut child = head.first;
        (head.first, head.last, head.len) = (NONE, NONE, 0);
        while child != NONE {
            let record = &mut self.children[child as usize];
            record.parent = NONE;
            child = record.next;
            steps::take(1);
        }
    }

    /// Puts the members of a row in another order.
    pub(crate) fn arrange(&mut self, parent: Slot, how: Arrangement<'_>) {
        match how {
            Arrangement::Shift { from, to } => self.shift(parent, from, to),
            Arrangement::Swap { a, b } => {
                let (a, b) = (a.min(b), a.max(b));
                self.shift(parent, b, a);
                self.shift(parent, a + 1, b);
            }
            Arrangement::Permute(order) => self.permute(parent, order),
        }
    }

    fn shift(&mut self, parent: Slot, from: u32, to: u32) {
        if from == to {
            return;
        }
        let child = self.at(parent, from);
        self.take_out(child);
        let previous = match to {
            0 => NONE,
            to => self.at(parent, to - 1),
        };
        self.insert_after(previous, child, parent);
    }

    fn permute(&mut self, parent: Slot, order: &[u32]) {
        let old: Vec<Slot> = self.members(parent).collect();
        steps::take(old.len());
        let mut previous = NONE;
        for &place in order {
            let child = old[place as usize];
            self.children[previous as usize].next = child;
            self.children[child as usize].previous = previous;
            previous = child;
        }
        self.children[previous as usize].next = NONE;
        let head = &mut self.heads[parent as usize];
        head.first = order.first().map_or(NONE, |&first| old[first as usize]);
        head.last = previous;
    }

    /// The child at a position that exists.
    fn at(&self, parent: Slot, position: u32) -> Slot {
        steps::take(position as usize + 1);
        let child = self.members(parent).at(position as usize);
        child.expect("the caller has seen the position")
    }

    /// Takes a child out of its row.
    #[inline]
    fn take_out(&mut self, child: Slot) {
        let record = &mut self.children[child as usize];
        let gone = *record;
        record.parent = NONE;
        self.close_behind(gone);
    }

    /// Closes the row of a child that leaves it.
    #[inline]
    fn close_behind(&mut self, gone: Child) {
        let Child {
            parent,
            previous,
            next,
            ..
        } = gone;
        self.children[previous as usize].next = next;
        if !planted::is(Bug::SiblingIsNotTold) {
            self.children[next as usize].previous = previous;
        }
        let head = &mut self.heads[parent as usize];
        head.first = if previous == NONE { next } else { head.first };
        head.last = if next == NONE { previous } else { head.last };
        head.len -= 1;
        steps::take(3);
    }

    /// Puts a child without a parent last in a row.
    #[inline]
    fn append(&mut self, child: Slot, parent: Slot) {
        let head = &mut self.heads[parent as usize];
        let last = head.last;
        head.first = if last == NONE { child } else { head.first };
        head.last = child;
        head.len += 1;
        self.children[last as usize].next = child;
        let record = &mut self.children[child as usize];
        record.parent = parent;
        record.previous = last;
        record.next = NONE;
        steps::take(2);
    }

    /// Puts a child without a parent after a sibling, or first.
    fn insert_after(&mut self, previous: Slot, child: Slot, parent: Slot) {
        let head = &mut self.heads[parent as usize];
        let next = if previous == NONE {
            head.first
        } else {
            self.children[previous as usize].next
        };
        head.first = if previous == NONE { child } else { head.first };
        head.last = if next == NONE { child } else { head.last };
        head.len += 1;
        self.children[previous as usize].next = child;
        self.children[next as usize].previous = child;
        let record = &mut self.children[child as usize];
        record.parent = parent;
        record.previous = previous;
        record.next = next;
        steps::take(3);
    }

    /// A link, and behind whom it stands.
    /// The siblings before and behind a child; of `NONE`, the last and the first.
    pub(crate) fn neighbours(&self, parent: Slot, child: Slot) -> [Slot; 2] {
        if child == NONE {
            let head = self.heads[parent as usize];
            return [head.last, head.first];
        }
        let record = self.children[child as usize];
        [record.previous, record.next]
    }

    fn link_at(&self, child: Slot) -> LinkAt {
        let Child {
            parent, previous, ..
        } = self.children[child as usize];
        LinkAt::of_child(
            self.relationship,
            self.child_side,
            child,
            (parent, previous),
        )
    }

    /// Takes back a [`link`](Self::link).
    pub(crate) fn undo_link(&mut self, link: LinkAt) {
        self.take_out(link.slots[self.child_side.index()]);
    }

    /// Takes back an [`unlink`](Self::unlink).
    pub(crate) fn undo_unlink(&mut self, link: LinkAt) {
        let (side, up) = (self.child_side, self.child_side.other());
        let (child, parent) = (link.slots[side.index()], link.slots[up.index()]);
        self.insert_after(link.at[up.index()], child, parent);
    }

    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, owners: [usize; 2]) {
        column::fit(&mut self.children, owners[self.child_side.index()]);
        column::fit(&mut self.heads, owners[self.child_side.other().index()]);
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        column::bytes(&self.children) + column::bytes(&self.heads)
    }

    /// The first child or row whose records disagree: who, and how.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        let mut linked = 0;
        for (parent, head) in (0..).zip(&self.heads) {
            self.check_row(parent, head)
                .map_err(|what| (self.child_side.other(), parent, what))?;
            linked += head.len as usize;
        }
        // Each row holds as many children as it counts, all of them its own.
        let outside = |child: &&Child| child.parent != NONE;
        if self.children.iter().filter(outside).count() == linked {
            return Ok(());
        }
        let what = "a parent's row does not hold its child (I1)";
        Err((self.child_side, NONE, what))
    }

    fn check_row(&self, parent: Slot, head: &Head) -> Result<(), &'static str> {
        let (mut previous, mut at) = (NONE, head.first);
        for _ in 0..head.len {
            match self.children.get(at as usize) {
                Some(child) if at != NONE && child.parent == parent => {
                    if child.previous != previous {
                        return Err("a child does not know the one before it");
                    }
                    (previous, at) = (at, child.next);
                }
                _ => return Err("its row holds another's child (I1)"),
            }
        }
        if at != NONE || head.last != previous {
            return Err("its row has another end than it says");
        }
        Ok(())
    }
}
