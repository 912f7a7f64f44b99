//! Rows of one end: contiguous blocks of members in one pool.

mod bulk;
mod pool;
mod shrink;

use std::cell::Cell;
use std::ops::{Range, RangeInclusive};

use crate::change::{Change, RowOf, Sink};
use crate::id::{NONE, RawId, Slot};
use crate::internals::planted::{self, Bug};
use crate::internals::steps;
use crate::links::blocks::{self, CLASSES};
use crate::links::column;
use crate::links::members::Members;

/// The rows of all entities at one to-many end.
///
/// ```text
///   headers, by owner            cells, one pool for all rows
///  ┌────────────────────────┐   ┌───┬───────────────────┬──────────┬────
///  │ start len live cap gen │──▶│ 0 │ a  b  ·  d  _  _  │ e  f  …  │
///  └────────────────────────┘   └───┴───────────────────┴──────────┴────
///                                      └─ len 4 ─┘ cap 6   · hole, _ room
/// ```
///
/// A member of an ordered row that leaves makes a hole, but for the last, with
/// whom the holes before it go: a row ends with a member. Holes are closed when
/// a row is full. A row without an order fills the hole with its last member.
/// Either way nothing is searched: whoever is linked knows the cell it stands
/// in, and a [`Keeper`] tells it when that changes.
///
/// Cells of a block beyond `len` are 0. Cell 0 belongs to nobody, so that 0
/// can mean "none" and holes can be handled without a branch.
///
/// A block is a little larger than its row. One that is two or three times too
/// large ([`Thrift`]) is given back; free blocks are used again, and where too many of them
/// lie idle the pool is closed up ([`pool`]).
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    headers: Vec<Header>,
    cells: Vec<Slot>,
    /// The first free block of each class; a free block's first cell names the
    /// next.
    free: [u32; CLASSES],
    /// How many cells the free blocks have.
    idle: usize,
    leaving: Leaving,
    thrift: Thrift,
    limit: usize,
}

/// What a member leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// A hole: the others keep their order.
    Hole,
    /// Its place to the last member.
    Swap,
}

/// The row of one owner.
///
/// The generation is the owner's, copied here so that a check of its id
/// touches no other line.
#[derive(Clone, Copy, Debug, Default)]
struct Header {
    start: u32,
    /// Cells in use, holes included.
    len: u32,
    live: u32,
    cap: u32,
    generation: u32,
}

impl Header {
    /// Whether the block is so many times too large. A few cells are kept for
    /// whoever comes next.
    #[inline]
    fn is_roomy(&self, times: u32) -> bool {
        // Compared without a division, which would take longer than the rest.
        (u64::from(self.live) + 3) * u64::from(times) <= u64::from(self.cap)
    }
}

/// How many cells are compared at once.
const CHUNK: usize = 8;

/// Who knows where each member stands.
pub(crate) trait Keeper {
    /// What besides the member stands in a cell: the number of the link.
    fn link_at(&self, at: u32) -> u32;

    /// Whether it knows where the members of a row stand that has so many cells.
    /// Of another row it may be told, too, and need not be.
    fn knows(&self, cap: u32) -> bool;

    /// What stands at `from` besides a member stands at `to`, too.
    fn carry(&mut self, from: u32, to: u32);

    /// What stands in these cells besides members stands from `to` on.
    fn carry_all(&mut self, from: Range<u32>, to: u32);

    /// `member` of the row of `owner` stands at `at` now; `NONE` leaves it
    /// empty and must be harmless.
    fn place(&mut self, owner: Slot, member: Slot, link: u32, at: u32);

    /// Members, and holes, that stood from `from` on, stand from `to` on now.
    fn place_all(&mut self, owner: Slot, members: &[Slot], from: u32, to: u32);

    /// Nobody stands at `at` now.
    fn empty(&mut self, at: u32);

    /// Nobody stands in these cells now.
    fn empty_all(&mut self, cells: Range<u32>);

    /// The pool has this many cells now.
    fn resize(&mut self, cells: usize);

    /// No room is needed for more cells than this.
    fn shrink_to(&mut self, cells: usize);
}

/// The length of a row without the holes at its end. Each is passed once.
fn trimmed(cells: &[Slot], row: Header) -> u32 {
    let block = &cells[row.start as usize..(row.start + row.len) as usize];
    let holes = block.iter().rev().take_while(|&&cell| cell == NONE).count();
    steps::take(holes);
    row.len - u32::try_from(holes).expect("a row has 32-bit offsets")
}

/// The pool is full: 32-bit positions reach no further.
#[derive(Debug)]
pub(crate) struct PoolFull;

/// How much is left empty so that writes are fast; in eighths, but for the last.
#[derive(Clone, Copy, Debug)]
struct Thrift {
    /// A full row without holes gets room for so many of its members more …
    growth: usize,
    /// … and one whose holes are closed for so many.
    spare: usize,
    /// The pool grows freely to so many cells for the members there are.
    cells: usize,
    /// A block that is so many times too large is given back.
    roomy: u32,
}

impl Thrift {
    const LOOSE: Self = Self {
        growth: 6,
        spare: 8,
        cells: 18,
        roomy: 3,
    };
    const WITH_LINKS: Self = Self {
        growth: 5,
        spare: 4,
        cells: 14,
        roomy: 3,
    };
    const TIGHT: Self = Self {
        growth: 3,
        spare: 2,
        cells: 12,
        roomy: 2,
    };
}

/// Whether the cells that a relocation passes over stay or close up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holes {
    Kept,
    Closed,
}

impl Rows {
    pub(crate) fn new(leaving: Leaving) -> Self {
        Self {
            headers: vec![Header::default()],
            cells: vec![NONE],
            free: [0; CLASSES],
            idle: 0,
            leaving,
            thrift: Thrift::LOOSE,
            limit: u32::MAX as usize,
        }
    }

    /// Rows whose cells have the number of a link beside the member.
    pub(crate) fn with_links(leaving: Leaving) -> Self {
        Self {
            thrift: Thrift::WITH_LINKS,
            ..Self::new(leaving)
        }
    }

    /// Gives rows less room from now on, since there are more bytes to each cell:
    /// links know theirs.
    pub(crate) fn tighten(&mut self) {
        self.thrift = Thrift::TIGHT;
    }

    /// Gives rows the room again that they had [at first](Self::with_links).
    pub(crate) fn loosen(&mut self) {
        self.thrift = Thrift::WITH_LINKS;
    }

    #[cfg(test)]
    pub(crate) fn cells(&self) -> usize {
        self.cells.len()
    }

    #[cfg(test)]
    pub(crate) fn set_limit(&mut self, cells: usize) {
        self.limit = cells;
    }

    /// Gives the owner a row, empty, or its row another generation.
    #[inline]
    pub(crate) fn set_generation(&mut self, owner: Slot, generation: u32) {
        column::entry(&mut self.headers, owner).generation = generation;
    }

    #[inline]
    pub(crate) fn generation(&self, owner: Slot) -> Option<u32> {
        self.headers.get(owner as usize).map(|row| row.generation)
    }

    pub(crate) fn owners(&self) -> Slot {
        Slot::try_from(self.headers.len()).expect("slots are 32 bits")
    }

    /// The number of members.
    #[inline]
    pub(crate) fn live(&self, owner: Slot) -> usize {
        self.headers[owner as usize].live as usize
    }

    /// Whether the block of a row is so much too large that it is given back.
    #[inline]
    pub(crate) fn is_roomy(&self, owner: Slot) -> bool {
        self.headers[owner as usize].is_roomy(self.thrift.roomy)
    }

    pub(crate) fn capacity(&self, owner: Slot) -> u32 {
        self.headers[owner as usize].cap
    }

    #[inline]
    pub(crate) fn members(&self, owner: Slot) -> Members<'_> {
        self.members_of(self.headers[owner as usize])
    }

    /// The members of the row of a live entity; `None` for a dead id.
    #[inline]
    pub(crate) fn row(&self, owner: RawId) -> Option<Members<'_>> {
        let row = self.headers.get(owner.slot() as usize)?;
        (row.generation == owner.generation()).then(|| self.members_of(*row))
    }

    #[inline]
    fn members_of(&self, row: Header) -> Members<'_> {
        let start = row.start as usize;
        let cells = &self.cells[start..start + row.len as usize];
        Members::new(cells, row.live as usize)
    }

    /// The cells of a row, holes included, and where in the pool they are.
    pub(crate) fn span(&self, owner: Slot) -> (&[Slot], Range<usize>) {
        let row = self.headers[owner as usize];
        let at = row.start as usize..(row.start + row.len) as usize;
        (&self.cells[at.clone()], at)
    }

    /// The members and the cells they stand in.
    pub(crate) fn entries(&self, owner: Slot) -> impl Iterator<Item = (u32, Slot)> + '_ {
        let row = self.headers[owner as usize];
        let cells = &self.cells[row.start as usize..(row.start + row.len) as usize];
        (row.start..)
            .zip(cells.iter().copied())
            .filter(|&(_, cell)| cell != NONE)
    }

    /// The offset in the row of a cell.
    #[inline]
    pub(crate) fn offset(&self, owner: Slot, at: u32) -> u32 {
        at - self.headers[owner as usize].start
    }

    /// The cell at an offset in the row.
    #[inline]
    pub(crate) fn cell(&self, owner: Slot, offset: u32) -> u32 {
        self.headers[owner as usize].start + offset
    }

    /// Whether `member` stands at `at`, and that within the row of `owner`.
    pub(crate) fn holds(&self, owner: Slot, at: u32, member: Slot) -> bool {
        let row = self.headers[owner as usize];
        (row.start..row.start + row.len).contains(&at) && self.cells[at as usize] == member
    }

    #[inline]
    pub(crate) fn member_at(&self, at: u32) -> Slot {
        self.cells[at as usize]
    }

    /// Where in the row `member` stands, by looking through it all.
    ///
    /// Computes in O(capacity); for short rows only.
    #[inline]
    pub(crate) fn scan(&self, owner: Slot, member: Slot) -> Option<u32> {
        let row = self.headers[owner as usize];
        let cells = &self.cells[row.start as usize..];
        let len = row.len as usize;
        steps::take(len);
        // Whole chunks are compared at once, the last with what stands behind the
        // row; only the one that hits is searched.
        let (chunks, behind) = cells.as_chunks::<CHUNK>();
        let (whole, rest) = match chunks.get(..len.div_ceil(CHUNK)) {
            Some(chunks) => (chunks, &[][..]),
            None => (chunks, behind),
        };
        let is_in = |chunk: &&[Slot; CHUNK]| {
            chunk
                .iter()
                .fold(false, |hit, &cell| hit | (cell == member))
        };
        let first = whole.iter().position(|chunk| is_in(&chunk));
        let (from, chunk) = match first {
            Some(chunk) => (chunk * CHUNK, &whole[chunk][..]),
            None => (whole.len() * CHUNK, rest),
        };
        let offset = from + chunk.iter().position(|&cell| cell == member)?;
        let at = row.start + u32::try_from(offset).ok()?;
        (offset < len).then_some(at)
    }

    /// Puts `member` last. There must be room.
    #[inline(always)]
    pub(crate) fn append(&mut self, owner: Slot, member: Slot) -> u32 {
        let row = &mut self.headers[owner as usize];
        debug_assert!(row.len < row.cap, "the caller has made room");
        let at = row.start + row.len;
        row.len += 1;
        row.live += 1;
        self.cells[at as usize] = member;
        steps::take(1);
        at
    }

    /// Takes back an [`append`](Self::append), which was the last write here.
    pub(crate) fn take_last(&mut self, owner: Slot, keeper: &mut (impl Keeper + ?Sized)) {
        let row = &mut self.headers[owner as usize];
        row.len -= 1;
        row.live -= 1;
        let at = row.start + row.len;
        self.cells[at as usize] = NONE;
        keeper.empty(at);
    }

    /// Takes the member out that stands at `at`; whether the block is much
    /// too large now, and should be [tidied](Self::tidy).
    #[inline(always)]
    pub(crate) fn vacate(
        &mut self,
        owner: Slot,
        at: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> bool {
        let row = &mut self.headers[owner as usize];
        let last = row.start + row.len - 1;
        row.live -= 1;
        steps::take(1);
        match self.leaving {
            Leaving::Hole => {
                self.cells[at as usize] = NONE;
                keeper.empty(at);
                if at == last {
                    row.len = trimmed(&self.cells, *row);
                }
            }
            Leaving::Swap => {
                row.len -= 1;
                // Who stood last itself may stand in another row already.
                let is_last = at == last;
                let mover = if is_last {
                    NONE
                } else {
                    self.cells[last as usize]
                };
                self.cells[at as usize] = mover;
                if keeper.knows(row.cap) && !planted::is(Bug::FillingTellsNobody) {
                    keeper.place(owner, mover, keeper.link_at(last), at);
                } else {
                    keeper.carry(last, at);
                }
                self.cells[last as usize] = NONE;
                keeper.empty(last);
            }
        }
        row.is_roomy(self.thrift.roomy)
    }

    /// Takes back a [`vacate`](Self::vacate) at an offset: the cell, for the
    /// member to stand in again.
    pub(crate) fn refill(
        &mut self,
        owner: Slot,
        offset: u32,
        member: Slot,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> u32 {
        let row = &mut self.headers[owner as usize];
        let at = row.start + offset;
        row.live += 1;
        match self.leaving {
            Leaving::Hole => row.len = row.len.max(offset + 1),
            Leaving::Swap => {
                let last = row.start + row.len;
                row.len += 1;
                let mover = self.cells[at as usize];
                let link = keeper.link_at(at);
                self.cells[last as usize] = mover;
                keeper.place(owner, mover, link, last);
            }
        }
        self.cells[at as usize] = member;
        at
    }

    /// Whether a row belongs to a live id and has room for one more.
    #[inline]
    pub(crate) fn takes_one_more(&self, owner: Slot, generation: u32) -> bool {
        let row = self.headers.get(owner as usize);
        row.is_some_and(|row| row.generation == generation && row.len < row.cap)
    }

    /// Whether [`append`](Self::append) needs room to be made first.
    #[inline]
    pub(crate) fn is_full(&self, owner: Slot) -> bool {
        let row = &self.headers[owner as usize];
        row.len == row.cap
    }

    /// Makes room for `additional` more members at the end of a row: closes
    /// its holes, and moves it to another block if its own is not of the size
    /// that its members need.
    #[cold]
    #[inline(never)]
    pub(crate) fn make_room(
        &mut self,
        row_of: RowOf,
        additional: usize,
        keeper: &mut (impl Keeper + ?Sized),
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        let row = self.headers[row_of.owner as usize];
        if additional <= (row.cap - row.len) as usize {
            return Ok(());
        }
        // A first filling takes what it needs; a row that grows gets room in
        // proportion to its members, and so does one whose holes close.
        let live = row.live as usize;
        let spare = if row.live == row.len {
            self.thrift.growth
        } else {
            self.thrift.spare
        };
        let wanted = live + additional;
        let cells = wanted.max(live + (live * spare).div_ceil(8));
        let done = self.settle(row_of, wanted..=cells, keeper, sink);
        if done.is_err() && wanted <= row.cap as usize {
            self.compact(row_of, keeper, sink);
            return Ok(());
        }
        done
    }

    /// Gives back what an emptied or shrunken row has no use for.
    #[cold]
    #[inline(never)]
    pub(crate) fn tidy(
        &mut self,
        row_of: RowOf,
        keeper: &mut (impl Keeper + ?Sized),
        sink: &mut Sink,
    ) {
        let row = self.headers[row_of.owner as usize];
        if row.live == 0 {
            self.release(row_of.owner);
        } else if row.is_roomy(self.thrift.roomy) {
            let live = row.live as usize;
            let room = self.settle(row_of, live..=live + live / 4, keeper, sink);
            // Where the pool is full, the row stays where it is.
            drop(room);
        }
        self.give_back_idle(keeper);
    }

    /// Closes the holes of a row, in a block that has the first of two numbers
    /// of cells and about the second: in its own, if that will do.
    fn settle(
        &mut self,
        row_of: RowOf,
        cells: RangeInclusive<usize>,
        keeper: &mut (impl Keeper + ?Sized),
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        let size = blocks::holding(*cells.end()).ok_or(PoolFull)?.size;
        let cap = self.headers[row_of.owner as usize].cap;
        let fits = cap as usize >= *cells.start();
        if fits && cap >= size - size / 4 && cap <= size + size / 4 {
            self.compact(row_of, keeper, sink);
            return Ok(());
        }
        if self.is_last(row_of.owner) {
            self.make_room_behind(size.saturating_sub(cap) as usize, keeper)?;
            self.compact(row_of, keeper, sink);
            self.resize_last(row_of.owner, size, keeper);
            return Ok(());
        }
        let block = self.take_block(size, keeper)?;
        self.record_holes(row_of, sink);
        self.relocate(row_of.owner, block, Holes::Closed, keeper);
        Ok(())
    }

    /// Whether the pool has room for a new row of so many members.
    pub(crate) fn expect_room(&self, members: usize) -> Result<(), PoolFull> {
        let block = blocks::holding(members).ok_or(PoolFull)?;
        if self.cells.len() + block.size as usize <= self.limit {
            Ok(())
        } else {
            Err(PoolFull)
        }
    }

    /// Makes room for a [`refill`](Self::refill) at an offset, and leaves holes
    /// as they are.
    pub(crate) fn reach(
        &mut self,
        owner: Slot,
        offset: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> Result<(), PoolFull> {
        let row = self.headers[owner as usize];
        // Where there are no holes, a member that comes back needs a cell more.
        let last = match self.leaving {
            Leaving::Hole => offset,
            Leaving::Swap => row.len,
        };
        if last < row.cap {
            return Ok(());
        }
        let cells = (last as usize + 1).max(row.cap as usize + row.cap as usize / 2);
        let size = blocks::holding(cells).ok_or(PoolFull)?.size;
        if self.is_last(owner) {
            self.make_room_behind((size - row.cap) as usize, keeper)?;
            self.resize_last(owner, size, keeper);
        } else {
            let block = self.take_block(size, keeper)?;
            self.relocate(owner, block, Holes::Kept, keeper);
        }
        Ok(())
    }

    /// Closes the holes of a row; offsets are positions afterwards.
    #[inline(never)]
    pub(crate) fn compact(
        &mut self,
        row_of: RowOf,
        keeper: &mut (impl Keeper + ?Sized),
        sink: &mut Sink,
    ) {
        let owner = row_of.owner;
        let row = self.headers[owner as usize];
        if row.live == row.len {
            return;
        }
        self.record_holes(row_of, sink);
        steps::take(row.len as usize);
        self.headers[owner as usize].len = row.live;
        self.carry_all(owner, row.start..row.start + row.len, Holes::Closed, keeper);
    }

    /// Tells the sink which holes are about to be closed, if there are any.
    fn record_holes(&self, row_of: RowOf, sink: &mut Sink) {
        let row = self.headers[row_of.owner as usize];
        if row.live < row.len && sink.is_listening() {
            let holes = (0..row.len).filter(|i| self.cells[(row.start + i) as usize] == NONE);
            sink.push_with(holes, |words| Change::Compacted { row: row_of, words });
        }
    }

    /// Opens the holes that [`compact`](Self::compact) closed, given in order.
    pub(crate) fn open(&mut self, owner: Slot, holes: &[u32], keeper: &mut (impl Keeper + ?Sized)) {
        let row = &mut self.headers[owner as usize];
        row.len = row.live + u32::try_from(holes.len()).expect("a row has 32-bit offsets");
        let row = *row;
        let mut holes = holes.iter().rev().peekable();
        let mut from = row.live;
        for offset in (0..row.len).rev() {
            let at = row.start + offset;
            if holes.next_if(|&&hole| hole == offset).is_some() {
                self.cells[at as usize] = NONE;
                keeper.empty(at);
            } else {
                from -= 1;
                let member = self.cells[(row.start + from) as usize];
                let link = keeper.link_at(row.start + from);
                self.cells[at as usize] = member;
                keeper.place(owner, member, link, at);
            }
        }
    }

    /// Moves the member at offset `from` to offset `to`, the ones between
    /// shift by one. The row has no holes.
    pub(crate) fn shift(
        &mut self,
        owner: Slot,
        from: u32,
        to: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let start = self.headers[owner as usize].start;
        steps::take(from.abs_diff(to) as usize + 1);
        let member = self.cells[(start + from) as usize];
        let link = keeper.link_at(start + from);
        if from < to {
            for offset in from..to {
                self.carry(owner, start + offset + 1, start + offset, keeper);
            }
        } else {
            for offset in (to..from).rev() {
                self.carry(owner, start + offset, start + offset + 1, keeper);
            }
        }
        self.cells[(start + to) as usize] = member;
        keeper.place(owner, member, link, start + to);
    }

    /// Exchanges the members at two offsets.
    pub(crate) fn swap(
        &mut self,
        owner: Slot,
        a: u32,
        b: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let (a, b) = (self.cell(owner, a), self.cell(owner, b));
        let (member, link) = (self.cells[a as usize], keeper.link_at(a));
        self.carry(owner, b, a, keeper);
        self.cells[b as usize] = member;
        keeper.place(owner, member, link, b);
        steps::take(2);
    }

    /// Puts the member at old offset `order[i]` at offset `i`, for all `i`.
    /// The row has no holes.
    pub(crate) fn permute(
        &mut self,
        owner: Slot,
        order: &[u32],
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let start = self.headers[owner as usize].start;
        steps::take(order.len());
        let old: Vec<(Slot, u32)> = order
            .iter()
            .map(|offset| start + offset)
            .map(|at| (self.cells[at as usize], keeper.link_at(at)))
            .collect();
        for (at, (member, link)) in (start..).zip(old) {
            self.cells[at as usize] = member;
            keeper.place(owner, member, link, at);
        }
    }

    /// Empties a row whose members know of it already, and gives its block back.
    pub(crate) fn drain(&mut self, owner: Slot) {
        self.headers[owner as usize].live = 0;
        self.release(owner);
    }

    /// Gives the block of an empty row back to the pool.
    pub(crate) fn release(&mut self, owner: Slot) {
        let row = &mut self.headers[owner as usize];
        debug_assert_eq!(row.live, 0, "only an empty row is released");
        let (start, cap, len) = (row.start, row.cap, row.len);
        (row.start, row.len, row.cap) = (0, 0, 0);
        self.cells[start as usize..(start + len) as usize].fill(NONE);
        self.give_back(start, cap);
    }

    fn carry(&mut self, owner: Slot, from: u32, to: u32, keeper: &mut (impl Keeper + ?Sized)) {
        let member = self.cells[from as usize];
        self.cells[to as usize] = member;
        keeper.place(owner, member, keeper.link_at(from), to);
    }

    /// Moves a row to a block that was taken, and gives its own back.
    fn relocate(
        &mut self,
        owner: Slot,
        block: Range<u32>,
        holes: Holes,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let old = self.headers[owner as usize];
        steps::take(old.len as usize);
        let row = &mut self.headers[owner as usize];
        (row.start, row.cap) = (block.start, block.end - block.start);
        if holes == Holes::Closed {
            row.len = row.live;
        }
        self.carry_all(owner, old.start..old.start + old.len, holes, keeper);
        self.give_back(old.start, old.cap);
    }

    /// Carries the cells `from` to the start of the row of `owner`: from within
    /// or behind its block, or from a block that it does not overlap.
    fn carry_all(
        &mut self,
        owner: Slot,
        from: Range<u32>,
        holes: Holes,
        keeper: &mut (impl Keeper + ?Sized),
    ) {
        let start = self.headers[owner as usize].start;
        let to = match holes {
            Holes::Kept => self.carry_block(owner, from.clone(), start, keeper),
            Holes::Closed => self.carry_members(owner, from.clone(), start, keeper),
        };
        let left = if start <= from.start {
            from.start.max(to)
        } else {
            from.start
        };
        if left < from.end {
            self.cells[left as usize..from.end as usize].fill(NONE);
            keeper.empty_all(left..from.end);
        }
    }

    fn carry_block(
        &mut self,
        owner: Slot,
        from: Range<u32>,
        to: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> u32 {
        let end = to + (from.end - from.start);
        let cells = from.start as usize..from.end as usize;
        self.cells.copy_within(cells, to as usize);
        if keeper.knows(self.headers[owner as usize].cap) {
            let members = &self.cells[to as usize..end as usize];
            keeper.place_all(owner, members, from.start, to);
        } else {
            keeper.carry_all(from, to);
        }
        end
    }

    /// Without a branch for holes, which nobody could foretell.
    fn carry_members(
        &mut self,
        owner: Slot,
        from: Range<u32>,
        mut to: u32,
        keeper: &mut (impl Keeper + ?Sized),
    ) -> u32 {
        let cells = Cell::from_mut(&mut self.cells[..]).as_slice_of_cells();
        let block = &cells[from.start as usize..from.end as usize];
        let members = (from.start..).zip(block.iter().map(Cell::get));
        let knows = keeper.knows(self.headers[owner as usize].cap);
        for (at, member) in members {
            cells[to as usize].set(member);
            if !knows {
                keeper.carry(at, to);
            } else if !planted::is(Bug::CompactingTellsNobody) {
                keeper.place(owner, member, keeper.link_at(at), to);
            }
            to += u32::from(member != NONE);
        }
        to
    }

    /// The first thing wrong with the row of `owner`, positions aside.
    pub(crate) fn check(&self, owner: Slot) -> Result<(), &'static str> {
        let row = self.headers[owner as usize];
        if row.len > row.cap || row.live > row.len {
            return Err("its header does not add up");
        }
        let block = &self.cells[row.start as usize..(row.start + row.cap) as usize];
        let (used, room) = block.split_at(row.len as usize);
        if used.iter().filter(|&&cell| cell != NONE).count() != row.live as usize {
            return Err("it counts other members than it has");
        }
        if used.last() == Some(&NONE) {
            return Err("it ends with a hole");
        }
        if self.leaving == Leaving::Swap && row.live != row.len {
            return Err("it has holes though it keeps no order");
        }
        if room.iter().any(|&cell| cell != NONE) && row.cap != 0 {
            return Err("there are members beyond its end");
        }
        Ok(())
    }
}
