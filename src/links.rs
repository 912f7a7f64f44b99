//! Which entity is linked to which: one store for each relationship.
//!
//! Knows slots, sides and generations; neither entity types nor payloads nor
//! rules. The engine decides what may be linked, this layer keeps both ends of
//! it true: each write here touches both or neither.

pub(crate) mod arranged;
pub(crate) mod arrangement;
pub(crate) mod blocks;
pub(crate) mod bulk;
pub(crate) mod column;
pub(crate) mod keyed;
pub(crate) mod linked;
pub(crate) mod many_to_many;
pub(crate) mod many_to_one;
pub(crate) mod members;
pub(crate) mod numbered;
pub(crate) mod one_to_one;
pub(crate) mod pairs;
pub(crate) mod rows;
pub(crate) mod shrink;
pub(crate) mod sorted;
pub(crate) mod store;

use std::ops::Deref;

use crate::change::{LinkAt, RowOf, Sink};
use crate::id::{RawId, Side, Slot};
use crate::links::arranged::{Arranged, Spots};
use crate::links::arrangement::Arrangement;
use crate::links::members::Members;
use crate::links::numbered::Numbered;
use crate::links::rows::PoolFull;
use crate::links::store::Store;

/// The links of one relationship: their store, and beside it how rows are
/// arranged that are sorted or keyed.
///
/// What is read is the store's, if it is not said otherwise here.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    store: Store,
    arranged: Option<Box<Arranged>>,
}

impl Deref for Relation {
    type Target = Store;

    #[inline(always)]
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Relation {
    pub(crate) fn new(store: Store, arranged: Option<Arranged>) -> Self {
        Self {
            store,
            arranged: arranged.map(Box::new),
        }
    }

    /// The arrangement of its rows, where there is one.
    pub(crate) fn arranged(&self) -> Option<&Arranged> {
        self.arranged.as_deref()
    }

    /// The store, for writes where no rows are arranged.
    #[inline]
    pub(crate) fn plain_mut(&mut self) -> &mut Store {
        debug_assert!(self.arranged.is_none(), "an arrangement is told of writes");
        &mut self.store
    }

    /// Makes the entity in a slot known under a generation, without links, or
    /// its id dead under another one.
    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        self.store.set_generation(side, slot, generation);
    }

    /// The members of a row, in its order; none at a to-one side.
    #[inline]
    pub(crate) fn members(&self, side: Side, slot: Slot) -> Members<'_> {
        match &self.arranged {
            None => self.store.members(side, slot),
            Some(arranged) => arranged.members(&self.store, side, slot),
        }
    }

    /// The members of the row of an entity, in its order, none at a to-one side;
    /// `None` for a dead id.
    #[inline(always)]
    pub(crate) fn row(&self, side: Side, owner: RawId) -> Option<Members<'_>> {
        match self.store.rows(side) {
            Some(rows) if self.arranged.is_none() => rows.row(owner),
            _ => self.row_of_another_kind(side, owner),
        }
    }

    /// Apart, so that finding the usual kind of row is short enough to be made
    /// part of its callers.
    #[inline(never)]
    fn row_of_another_kind(&self, side: Side, owner: RawId) -> Option<Members<'_>> {
        let is_live = self.is_live(side, owner);
        is_live.then(|| self.members(side, owner.slot()))
    }

    /// The members of a row with the numbers of their links, in its order;
    /// none at a to-one side.
    pub(crate) fn numbered(&self, side: Side, owner: Slot) -> Numbered<'_> {
        let sorted = self.arranged().and_then(|it| it.sorted(side));
        match (sorted, &self.store) {
            (None, store) => store.numbered(side, owner),
            (Some(sorted), Store::ManyToMany(links)) => {
                Numbered::found(links, (side, owner), sorted.members(owner))
            }
            (Some(sorted), _) => Numbered::ByMember(sorted.members(owner)),
        }
    }

    /// The links of a row in the order in which [`clear`](Self::clear) cuts
    /// them, with their numbers.
    pub(crate) fn clearing(&self, side: Side, owner: Slot) -> impl Iterator<Item = (Slot, u32)> {
        self.store.numbered(side, owner).rev()
    }

    /// Where in the row of `owner` a member of it stands: its offset; in a
    /// linked or sorted row its position.
    pub(crate) fn offset(&self, side: Side, owner: Slot, member: Slot) -> Option<u32> {
        match &self.arranged {
            None => self.store.offset(side, owner, member),
            Some(arranged) => arranged.offset(&self.store, side, owner, member),
        }
    }

    /// Makes room for links in the row of `owner`, before the first is written.
    #[inline]
    pub(crate) fn make_room(
        &mut self,
        side: Side,
        owner: Slot,
        additional: usize,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        self.store.make_room(side, owner, additional, sink)
    }

    /// Makes room at a side for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        self.store.reserve_owners(side, additional);
    }

    /// Links two entities that are not linked, whose to-one ends are free and
    /// whose rows have room: at the spots that were planned for them where rows
    /// are arranged, otherwise last.
    #[inline]
    pub(crate) fn link(&mut self, [left, right]: [Slot; 2], spots: Spots, sink: &mut Sink) {
        match &mut self.arranged {
            None => self.store.link(left, right, sink),
            Some(arranged) => arranged.link(&mut self.store, [left, right], spots, sink),
        }
    }

    /// Cuts the link of two entities; `false` if there is none.
    #[inline]
    pub(crate) fn unlink(&mut self, left: Slot, right: Slot, sink: &mut Sink) -> bool {
        match &mut self.arranged {
            None => self.store.unlink(left, right, sink),
            Some(arranged) => {
                let linked = arranged.cut(&mut self.store, [left, right], sink);
                self.store.tidy(Side::Left, left, sink);
                self.store.tidy(Side::Right, right, sink);
                linked
            }
        }
    }

    /// [`unlink`](Self::unlink) that leaves the rows the room they have, for
    /// links that are to be made: whoever makes them [tidies](Self::tidy).
    pub(crate) fn cut(&mut self, left: Slot, right: Slot, sink: &mut Sink) -> bool {
        match &mut self.arranged {
            None => self.store.cut(left, right, sink),
            Some(arranged) => arranged.cut(&mut self.store, [left, right], sink),
        }
    }

    /// Gives back what the row of an entity, if it has one there, has no use
    /// for.
    #[inline]
    pub(crate) fn tidy(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        self.store.tidy(side, owner, sink);
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        self.store.bytes() + self.arranged.as_ref().map_or(0, |it| it.bytes())
    }

    /// Cuts all links that an entity has at a side, from the last to the first
    /// as the store has them; how many there were.
    pub(crate) fn clear(&mut self, side: Side, owner: Slot, sink: &mut Sink) -> usize {
        match &mut self.arranged {
            None => self.store.clear(side, owner, sink),
            Some(arranged) => arranged.clear(&mut self.store, side, owner, sink),
        }
    }

    /// [`clear`](Self::clear) for an entity that is deleted while nobody listens;
    /// its id is dead here.
    #[inline]
    pub(crate) fn bury(&mut self, side: Side, owner: Slot) -> usize {
        match &mut self.arranged {
            None => self.store.bury(side, owner),
            Some(arranged) => {
                let links = arranged.clear(&mut self.store, side, owner, &mut Sink::default());
                self.store.bury(side, owner);
                links
            }
        }
    }

    /// Closes the holes of a row, so that offsets are positions.
    pub(crate) fn compact(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        self.store.compact(side, owner, sink);
    }

    /// Moves the member at one position of a row to another.
    pub(crate) fn shift(&mut self, row: RowOf, from: u32, to: u32, sink: &mut Sink) {
        self.store.shift(row, from, to, sink);
    }

    /// Exchanges the members at two positions of a row.
    pub(crate) fn swap(&mut self, row: RowOf, a: u32, b: u32, sink: &mut Sink) {
        self.store.swap(row, a, b, sink);
    }

    /// Puts the member at old position `order[i]` at position `i`, for all `i`.
    pub(crate) fn permute(&mut self, row: RowOf, order: &[u32], sink: &mut Sink) {
        self.store.permute(row, order, sink);
    }

    /// Puts the members of a row without holes in another order, and tells
    /// nobody.
    pub(crate) fn arrange(&mut self, row: RowOf, how: Arrangement<'_>) {
        self.store.arrange(row, how);
    }

    /// Opens the holes again that a row was compacted of. Its block may be
    /// smaller than it was then.
    pub(crate) fn open(&mut self, row: RowOf, holes: &[u32]) -> Result<(), PoolFull> {
        self.store.open(row, holes)
    }

    /// Puts a member of a sorted row directly behind another one, or to the
    /// front.
    pub(crate) fn re_place(&mut self, side: Side, link: [Slot; 2], after: Slot, sink: &mut Sink) {
        if let Some(arranged) = &mut self.arranged {
            arranged.re_place(side, link, after, sink);
        }
    }

    /// Gives a member of keyed rows the hash of another key, in all of them.
    pub(crate) fn rekey(&mut self, side: Side, member: Slot, key: u32, sink: &mut Sink) {
        if let Some(arranged) = &mut self.arranged {
            arranged.rekey(&self.store, (side, member), key, sink);
        }
    }

    /// A member comes into a sorted row.
    pub(crate) fn enter(&mut self, row: RowOf, member: Slot, after: Slot, sink: &mut Sink) {
        if let Some(arranged) = &mut self.arranged {
            arranged.enter(row, member, after, sink);
        }
    }

    /// A member leaves a sorted row.
    pub(crate) fn take(&mut self, row: RowOf, member: Slot, sink: &mut Sink) {
        if let Some(arranged) = &mut self.arranged {
            arranged.take(row, member, sink);
        }
    }

    /// Takes back a link that was the last write to its rows.
    pub(crate) fn undo_link(&mut self, link: LinkAt) {
        match &mut self.arranged {
            None => self.store.undo_link(link),
            Some(arranged) => arranged.undo_link(&mut self.store, link),
        }
    }

    /// The cells of a row, holes included; none where there are no cells.
    pub(crate) fn span(&self, side: Side, owner: Slot) -> &[Slot] {
        self.store.span(side, owner)
    }

    /// The members before and behind one in a linked or a sorted row, and of
    /// `NONE`, the last and the first.
    pub(crate) fn neighbours(&self, side: Side, owner: Slot, member: Slot) -> [Slot; 2] {
        let sorted = self.arranged.as_ref().and_then(|it| it.sorted(side));
        match sorted {
            Some(sorted) => sorted.neighbours(owner, member),
            None => self.store.neighbours(side, owner, member),
        }
    }

    /// Makes a link again that was taken back.
    pub(crate) fn redo_link(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        match &mut self.arranged {
            None => self.store.redo_link(link),
            Some(arranged) => arranged.redo_link(&mut self.store, link),
        }
    }

    /// Cuts a link again that was brought back; no row gives anything back.
    pub(crate) fn redo_unlink(&mut self, link: LinkAt) {
        let [left, right] = link.slots;
        match &mut self.arranged {
            None => drop(self.store.cut(left, right, &mut Sink::default())),
            Some(arranged) => arranged.redo_unlink(&mut self.store, link),
        }
    }

    /// Takes back an unlink that was the last write to its rows.
    pub(crate) fn undo_unlink(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        match &mut self.arranged {
            None => self.store.undo_unlink(link),
            Some(arranged) => arranged.undo_unlink(&mut self.store, link),
        }
    }

    /// Lowers the number of cells that its rows may have together.
    #[cfg(test)]
    pub(crate) fn set_limit(&mut self, cells: usize) {
        self.store.set_limit(cells);
    }

    /// The first entity whose links do not agree from both sides.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        self.store.check()?;
        match &self.arranged {
            None => Ok(()),
            Some(arranged) => arranged.check(&self.store),
        }
    }
}
