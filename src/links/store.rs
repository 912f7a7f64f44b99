//! The store of one relationship: who is linked to whom, in which order.

use crate::change::{Change, LinkAt, RowOf, Sink};
use crate::id::{DEAD, NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::arrangement::Arrangement;
use crate::links::linked::Linked;
use crate::links::many_to_many::{ManyToMany, in_order};
use crate::links::many_to_one::ManyToOne;
use crate::links::members::Members;
use crate::links::numbered::Numbered;
use crate::links::one_to_one::OneToOne;
use crate::links::rows::{Keeper, PoolFull, Rows};

/// The store of one relationship, by the cardinalities of its ends.
///
/// Each call begins with a look at which one it is, so that is a byte of its
/// own and not told from what the fields do not hold.
#[derive(Clone, Debug)]
#[repr(u8)]
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and a box is one more line to touch"
)]
pub(crate) enum Store {
    ManyToOne(ManyToOne),
    Linked(Linked),
    OneToOne(OneToOne),
    ManyToMany(ManyToMany),
}

impl Store {
    /// The generation that the entity in a slot of a side shows, if it has one.
    #[inline]
    pub(crate) fn generation(&self, side: Side, slot: Slot) -> Option<u32> {
        match self {
            Self::ManyToOne(store) => store.generation(side, slot),
            Self::Linked(store) => store.generation(side, slot),
            Self::OneToOne(store) => store.generation(side, slot),
            Self::ManyToMany(store) => store.generation(side, slot),
        }
    }

    /// One more than the highest slot that is known at a side.
    pub(crate) fn owners(&self, side: Side) -> Slot {
        match self {
            Self::ManyToOne(store) => store.owners(side),
            Self::Linked(store) => store.owners(side),
            Self::OneToOne(store) => store.owners(side),
            Self::ManyToMany(store) => store.rows(side).owners(),
        }
    }

    #[inline]
    pub(crate) fn is_live(&self, side: Side, id: RawId) -> bool {
        self.generation(side, id.slot()) == Some(id.generation())
    }

    /// Makes the entity in a slot known under a generation, without links, or
    /// its id dead under another one.
    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        match self {
            Self::ManyToOne(store) => store.set_generation(side, slot, generation),
            Self::Linked(store) => store.set_generation(side, slot, generation),
            Self::OneToOne(store) => store.set_generation(side, slot, generation),
            Self::ManyToMany(store) => store.set_generation(side, slot, generation),
        }
    }

    /// The only entity linked to `slot` at a to-one side; `NONE` where there
    /// is none, or the side is to-many.
    #[inline]
    pub(crate) fn one(&self, side: Side, slot: Slot) -> Slot {
        match self {
            Self::ManyToOne(store) if side == store.child_side() => store.parent(slot),
            Self::Linked(store) if side == store.child_side() => store.parent(slot),
            Self::OneToOne(store) => store.mate(side, slot),
            Self::ManyToOne(_) | Self::Linked(_) | Self::ManyToMany(_) => NONE,
        }
    }

    /// The only entity linked to a live one at a to-one side; `NONE` also for
    /// a dead id.
    #[inline]
    pub(crate) fn follow(&self, side: Side, id: RawId) -> Slot {
        match self {
            Self::ManyToOne(store) if side == store.child_side() => store.follow(id),
            Self::ManyToOne(_) | Self::Linked(_) | Self::OneToOne(_) | Self::ManyToMany(_) => {
                self.follow_another_way(side, id)
            }
        }
    }

    /// Apart, so that following the usual kind of link is short enough to be
    /// made part of its callers.
    #[inline(never)]
    fn follow_another_way(&self, side: Side, id: RawId) -> Slot {
        if self.is_live(side, id) {
            self.one(side, id.slot())
        } else {
            NONE
        }
    }

    /// Whether a side is to-many.
    pub(crate) fn is_many(&self, side: Side) -> bool {
        match self {
            Self::OneToOne(_) => false,
            Self::ManyToMany(_) => true,
            Self::ManyToOne(_) | Self::Linked(_) => self.leads_to_children(side),
        }
    }

    /// Whether a side is the to-many one of a one-to-many.
    pub(crate) fn leads_to_children(&self, side: Side) -> bool {
        match self {
            Self::ManyToOne(store) => side != store.child_side(),
            Self::Linked(store) => side != store.child_side(),
            Self::OneToOne(_) | Self::ManyToMany(_) => false,
        }
    }

    /// The rows of a to-many side, where they are contiguous.
    #[inline]
    pub(crate) fn rows(&self, side: Side) -> Option<&Rows> {
        match self {
            Self::ManyToOne(store) if side != store.child_side() => Some(&store.rows),
            Self::ManyToMany(store) => Some(store.rows(side)),
            Self::ManyToOne(_) | Self::Linked(_) | Self::OneToOne(_) => None,
        }
    }

    /// The members of a row; none at a to-one side.
    #[inline]
    pub(crate) fn members(&self, side: Side, slot: Slot) -> Members<'_> {
        match self.rows(side) {
            Some(rows) => rows.members(slot),
            None => self.members_in_a_chain(side, slot),
        }
    }

    #[inline(never)]
    fn members_in_a_chain(&self, side: Side, slot: Slot) -> Members<'_> {
        match self {
            Self::Linked(store) if side != store.child_side() => store.members(slot),
            Self::ManyToOne(_) | Self::Linked(_) => Members::default(),
            Self::OneToOne(_) | Self::ManyToMany(_) => Members::default(),
        }
    }

    /// As [`one`](Self::one), for a slot that may not be known yet.
    pub(crate) fn known_one(&self, side: Side, slot: Slot) -> Slot {
        match self.generation(side, slot) {
            Some(_) => self.one(side, slot),
            None => NONE,
        }
    }

    /// As [`members`](Self::members), for a slot that may not be known yet.
    pub(crate) fn known_members(&self, side: Side, slot: Slot) -> Members<'_> {
        match self.generation(side, slot) {
            Some(_) => self.members(side, slot),
            None => Members::default(),
        }
    }

    /// How many links `slot` has at `side`.
    pub(crate) fn count(&self, side: Side, slot: Slot) -> usize {
        match (self.rows(side), self) {
            (Some(rows), _) => rows.live(slot),
            (None, Self::Linked(store)) if side != store.child_side() => store.len(slot),
            (None, _) => usize::from(self.one(side, slot) != NONE),
        }
    }

    /// Whether two entities are linked: O(1).
    #[inline]
    pub(crate) fn contains(&self, side: Side, owner: Slot, member: Slot) -> bool {
        match self {
            Self::ManyToOne(store) if side == store.child_side() => store.parent(owner) == member,
            Self::ManyToOne(store) => store.parent(member) == owner,
            Self::Linked(store) if side == store.child_side() => store.parent(owner) == member,
            Self::Linked(store) => store.parent(member) == owner,
            Self::OneToOne(store) => store.mate(side, owner) == member,
            Self::ManyToMany(store) => {
                let (left, right) = in_order(side, owner, member);
                store.find(left, right).is_some()
            }
        }
    }

    /// The number of the link of two entities, which it has as long as it
    /// lasts; `None` if they are not linked.
    pub(crate) fn number(&self, side: Side, owner: Slot, member: Slot) -> Option<u32> {
        match self {
            Self::ManyToOne(_) | Self::Linked(_) => {
                let linked = self.contains(side, owner, member);
                let down = self.leads_to_children(side);
                linked.then_some(if down { member } else { owner })
            }
            Self::OneToOne(store) => {
                let linked = store.mate(side, owner) == member;
                linked.then(|| store.number(side, owner, member))
            }
            Self::ManyToMany(store) => {
                let (left, right) = in_order(side, owner, member);
                store.find(left, right)
            }
        }
    }

    /// The members of a row with the numbers of their links; none at a to-one
    /// side.
    pub(crate) fn numbered(&self, side: Side, owner: Slot) -> Numbered<'_> {
        match self {
            Self::ManyToOne(_) | Self::Linked(_) => Numbered::ByMember(self.members(side, owner)),
            Self::OneToOne(_) => Numbered::default(),
            Self::ManyToMany(store) => store.numbered(side, owner),
        }
    }

    /// Where in the row of `owner` a member of it stands: its offset; in a
    /// linked row its position, in O(position).
    pub(crate) fn offset(&self, side: Side, owner: Slot, member: Slot) -> Option<u32> {
        match self {
            Self::ManyToOne(store) => (store.parent(member) == owner).then(|| store.offset(member)),
            Self::Linked(store) => (store.parent(member) == owner).then(|| store.position(member)),
            Self::OneToOne(_) => None,
            Self::ManyToMany(store) => store.offset(side, owner, member),
        }
    }

    /// Makes room for links in the row of `owner`, before the first is written.
    pub(crate) fn make_room(
        &mut self,
        side: Side,
        owner: Slot,
        additional: usize,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        match self {
            Self::ManyToOne(store) if side != store.child_side() => {
                store.make_room(owner, additional, sink)
            }
            Self::ManyToMany(store) => store.make_room(side, owner, additional, sink),
            Self::ManyToOne(_) | Self::Linked(_) | Self::OneToOne(_) => Ok(()),
        }
    }

    /// Whether a new row at a side could take so many members.
    pub(crate) fn expect_room(&self, side: Side, members: usize) -> Result<(), PoolFull> {
        self.rows(side)
            .map_or(Ok(()), |rows| rows.expect_room(members))
    }

    /// Links two entities that are not linked, whose to-one ends are free and
    /// whose rows have room: last in both rows.
    #[inline]
    pub(crate) fn link(&mut self, left: Slot, right: Slot, sink: &mut Sink) {
        match self {
            Self::ManyToOne(store) => match store.child_side() {
                Side::Left => store.link(left, right, sink),
                Side::Right => store.link(right, left, sink),
            },
            Self::Linked(store) => match store.child_side() {
                Side::Left => store.link(left, right, sink),
                Side::Right => store.link(right, left, sink),
            },
            Self::OneToOne(store) => store.link(left, right, sink),
            Self::ManyToMany(store) => store.link(left, right, sink),
        }
    }

    /// Links two entities that are not linked, and cuts whoever is in the way
    /// at to-one ends; makes room first.
    pub(crate) fn assign(
        &mut self,
        left: Slot,
        right: Slot,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        self.make_room(Side::Left, left, 1, sink)?;
        self.make_room(Side::Right, right, 1, sink)?;
        for (side, slot) in [(Side::Left, left), (Side::Right, right)] {
            if self.one(side, slot) != NONE {
                self.clear(side, slot, sink);
            }
        }
        self.link(left, right, sink);
        Ok(())
    }

    /// Cuts the link of two entities; `false` if there is none.
    pub(crate) fn unlink(&mut self, left: Slot, right: Slot, sink: &mut Sink) -> bool {
        let linked = self.cut(left, right, sink);
        if linked {
            self.tidy(Side::Left, left, sink);
            self.tidy(Side::Right, right, sink);
        }
        linked
    }

    /// [`unlink`](Self::unlink) that leaves the rows the room they have, for
    /// links that are to be made: whoever makes them [tidies](Self::tidy).
    pub(crate) fn cut(&mut self, left: Slot, right: Slot, sink: &mut Sink) -> bool {
        match self {
            Self::ManyToOne(store) => {
                let (child, parent) = in_order(store.child_side(), left, right);
                let linked = store.parent(child) == parent;
                if linked {
                    store.cut(child, sink);
                }
                linked
            }
            Self::Linked(store) => {
                let (child, parent) = in_order(store.child_side(), left, right);
                let linked = store.parent(child) == parent;
                if linked {
                    store.unlink(child, sink);
                }
                linked
            }
            Self::OneToOne(store) => {
                let linked = store.mate(Side::Left, left) == right;
                if linked {
                    store.unlink(left, right, sink);
                }
                linked
            }
            Self::ManyToMany(store) => {
                let found = store.search(left, right);
                if let Some(found) = found {
                    store.cut(left, right, found, sink);
                }
                found.is_some()
            }
        }
    }

    /// Gives back what the row of an entity, if it has one there, has no use
    /// for.
    #[inline]
    pub(crate) fn tidy(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        if self.rows(side).is_some_and(|rows| rows.is_roomy(owner)) {
            match self {
                Self::ManyToOne(store) => store.tidy(owner, sink),
                Self::Linked(_) | Self::OneToOne(_) => {}
                Self::ManyToMany(store) => store.tidy(side, owner, sink),
            }
        }
    }

    /// Cuts all links that an entity has at a side, from the last to the first;
    /// how many there were.
    pub(crate) fn clear(&mut self, side: Side, owner: Slot, sink: &mut Sink) -> usize {
        let links = self.count(side, owner);
        if links == 0 {
            self.tidy(side, owner, sink);
            return 0;
        }
        match self {
            Self::ManyToOne(store) if side == store.child_side() => store.unlink(owner, sink),
            Self::ManyToOne(store) => store.clear(owner, sink),
            Self::Linked(store) if side == store.child_side() => store.unlink(owner, sink),
            Self::Linked(store) => store.clear(owner, sink),
            Self::OneToOne(store) => {
                let (left, right) = in_order(side, owner, store.mate(side, owner));
                store.unlink(left, right, sink);
            }
            Self::ManyToMany(store) => store.clear(side, owner, sink),
        }
        links
    }

    /// [`clear`](Self::clear) for an entity that is deleted while nobody listens;
    /// its id is dead here.
    #[inline]
    pub(crate) fn bury(&mut self, side: Side, owner: Slot) -> usize {
        match self {
            Self::ManyToOne(store) if !planted::is(Bug::DeadIdsStayGood) => store.bury(side, owner),
            Self::ManyToOne(_) | Self::Linked(_) | Self::OneToOne(_) | Self::ManyToMany(_) => {
                let links = self.clear(side, owner, &mut Sink::default());
                if !planted::is(Bug::DeadIdsStayGood) {
                    self.set_generation(side, owner, DEAD);
                }
                links
            }
        }
    }

    /// Closes the holes of a row, so that offsets are positions.
    pub(crate) fn compact(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        match self {
            Self::ManyToOne(store) if side != store.child_side() => store.compact(owner, sink),
            Self::ManyToMany(store) => store.compact(side, owner, sink),
            Self::ManyToOne(_) | Self::Linked(_) | Self::OneToOne(_) => {}
        }
    }

    /// Moves the member at one position of a row to another.
    pub(crate) fn shift(&mut self, row: RowOf, from: u32, to: u32, sink: &mut Sink) {
        self.compact(row.side, row.owner, sink);
        self.arrange(row, Arrangement::Shift { from, to });
        sink.push(|| Change::Moved { row, from, to });
    }

    /// Exchanges the members at two positions of a row.
    pub(crate) fn swap(&mut self, row: RowOf, a: u32, b: u32, sink: &mut Sink) {
        self.compact(row.side, row.owner, sink);
        self.arrange(row, Arrangement::Swap { a, b });
        sink.push(|| Change::Swapped { row, a, b });
    }

    /// Puts the member at old position `order[i]` at position `i`, for all `i`.
    pub(crate) fn permute(&mut self, row: RowOf, order: &[u32], sink: &mut Sink) {
        self.compact(row.side, row.owner, sink);
        self.arrange(row, Arrangement::Permute(order));
        sink.push_with(order.iter().copied(), |words| Change::Permuted {
            row,
            words,
        });
    }

    /// Puts the members of a row without holes in another order.
    pub(crate) fn arrange(&mut self, row: RowOf, how: Arrangement<'_>) {
        if let Self::Linked(store) = self {
            return store.arrange(row.owner, how);
        }
        self.rearrange(row.side, |rows, keeper| how.of_row(rows, row.owner, keeper));
    }

    /// Runs `write` on contiguous rows and on who knows the positions in them.
    fn rearrange(&mut self, side: Side, write: impl FnOnce(&mut Rows, &mut dyn Keeper)) {
        match self {
            Self::ManyToOne(store) => store.rearrange(write),
            Self::Linked(_) | Self::OneToOne(_) => {}
            Self::ManyToMany(store) => store.rearrange(side, write),
        }
    }

    /// Opens the holes again that a row was compacted of. Its block may be
    /// smaller than it was then.
    pub(crate) fn open(&mut self, row: RowOf, holes: &[u32]) -> Result<(), PoolFull> {
        match self {
            Self::ManyToOne(store) => store.reach(row.owner, holes),
            Self::Linked(_) | Self::OneToOne(_) => Ok(()),
            Self::ManyToMany(store) => store.reach(row, holes),
        }?;
        self.rearrange(row.side, |rows, keeper| rows.open(row.owner, holes, keeper));
        Ok(())
    }

    /// Takes back a link that was the last write to its rows.
    pub(crate) fn undo_link(&mut self, link: LinkAt) {
        let [left, right] = link.slots;
        match self {
            Self::ManyToOne(store) => store.undo_link(link),
            Self::Linked(store) => store.undo_link(link),
            Self::OneToOne(store) => store.part(left, right),
            Self::ManyToMany(store) => store.undo_link(link),
        }
    }

    /// Takes back an unlink that was the last write to its rows.
    pub(crate) fn undo_unlink(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        let [left, right] = link.slots;
        match self {
            Self::ManyToOne(store) => store.undo_unlink(link),
            Self::Linked(store) => {
                store.undo_unlink(link);
                Ok(())
            }
            Self::OneToOne(store) => {
                store.join(left, right);
                Ok(())
            }
            Self::ManyToMany(store) => store.undo_unlink(link),
        }
    }

    /// The cells of a row, holes included; none where there are no cells.
    pub(crate) fn span(&self, side: Side, owner: Slot) -> &[Slot] {
        self.rows(side).map_or(&[], |rows| rows.span(owner).0)
    }

    /// The members before and behind one in a chain, and of `NONE`, the last and
    /// the first.
    pub(crate) fn neighbours(&self, side: Side, owner: Slot, member: Slot) -> [Slot; 2] {
        match self {
            Self::Linked(store) if side != store.child_side() => store.neighbours(owner, member),
            Self::Linked(_) | Self::ManyToOne(_) | Self::OneToOne(_) | Self::ManyToMany(_) => {
                [NONE; 2]
            }
        }
    }

    /// Makes a link again that was taken back: the rows are as they were before
    /// it was made.
    pub(crate) fn redo_link(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        match self {
            Self::ManyToOne(store) => store.reach_link(link)?,
            Self::Linked(_) | Self::OneToOne(_) => {}
            Self::ManyToMany(store) => store.reach_link(link)?,
        }
        let [left, right] = link.slots;
        self.link(left, right, &mut Sink::default());
        Ok(())
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::ManyToOne(store) => store.bytes(),
            Self::Linked(store) => store.bytes(),
            Self::OneToOne(store) => store.bytes(),
            Self::ManyToMany(store) => store.bytes(),
        }
    }

    /// How many cells its pools have.
    #[cfg(test)]
    pub(crate) fn cells(&self) -> usize {
        let sides = [Side::Left, Side::Right];
        sides
            .iter()
            .filter_map(|&side| self.rows(side))
            .map(Rows::cells)
            .sum()
    }

    /// Lowers the number of cells that its rows may have together.
    #[cfg(test)]
    pub(crate) fn set_limit(&mut self, cells: usize) {
        match self {
            Self::ManyToOne(store) => store.rows.set_limit(cells),
            Self::Linked(_) | Self::OneToOne(_) => {}
            Self::ManyToMany(store) => store.set_limit(cells),
        }
    }

    /// The first entity whose links do not agree from both sides.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        match self {
            Self::ManyToOne(store) => store.check(),
            Self::Linked(store) => store.check(),
            Self::OneToOne(store) => store.check(),
            Self::ManyToMany(store) => store.check(),
        }
    }
}
