//! Many-to-many: a row on either side, and one record for each link.

mod bulk;
mod shrink;

use std::ops::Range;

use crate::change::{Change, LinkAt, RowOf, Sink};
use crate::id::{NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::column;
use crate::links::numbered::Numbered;
use crate::links::pairs::Pairs;
use crate::links::rows::{Keeper, Leaving, PoolFull, Rows};

/// A relationship whose two ends are to-many. A symmetric one has one set of
/// rows for both sides.
///
/// ```text
///   left rows: members     a's │ x  y │        links │ 1  2 │
///   right rows: members    x's │ a    │        links │ 1    │
///   positions, by link     1 ▶ [cell in a's row, cell in x's row]
/// ```
///
/// A cell has a member and the number of its link. A short row is looked through
/// for a member. Of a longer one each link knows the cell that it stands in, so
/// that only the link is searched for, and two long rows have a table for that.
#[derive(Clone, Debug)]
pub(crate) struct ManyToMany {
    relationship: u16,
    symmetric: bool,
    rows: [Rows; 2],
    edges: Edges,
    pairs: Pairs,
}

/// What stands in the cells besides members, and where each link stands.
#[derive(Clone, Debug)]
struct Edges {
    symmetric: bool,
    /// By side and cell: the number of the link.
    columns: [Vec<u32>; 2],
    /// By link: its cell in the rows of both ends, where those are not
    /// [`SHORT`]. Link 0 is nobody's and may be scribbled on; a free link names
    /// the next one. Empty as long as all rows have been short.
    positions: Vec<[u32; 2]>,
    /// The highest number that a link has, or had.
    last: u32,
    /// The first of the free links, where there are positions.
    first_free: u32,
    /// The free links, where there are none.
    free: Vec<u32>,
}

/// A link that was searched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    link: u32,
    /// The cells in the rows of both ends, as far as they were seen; or 0.
    cells: [u32; 2],
}

impl Found {
    /// A link that was seen in one row.
    #[inline]
    fn at(link: u32, side: Side, at: u32) -> Self {
        let mut cells = [0; 2];
        cells[side.index()] = at;
        Self { link, cells }
    }
}

/// The [`Keeper`] of the rows on one side.
struct EdgeKeeper<'a> {
    column: &'a mut Vec<u32>,
    positions: &'a mut [[u32; 2]],
    /// The side; `None` where the relationship is symmetric.
    side: Option<Side>,
}

/// Links do not know where they stand in a row with a block of so many cells or
/// fewer: it is looked through sooner than they are told, each on a line of its
/// own, whenever such a row moves.
const SHORT: u32 = if cfg!(any(test, feature = "internals")) {
    8
} else {
    64
};

/// A row with a larger block than this is in the table of pairs, with all its
/// members whose rows are as large. A shorter one is looked through.
///
/// Tests with random edits have smaller rows and are to meet the table, too.
const BIG: u32 = if cfg!(any(test, feature = "internals")) {
    32
} else {
    160
};

/// Which half of a link's positions is that of `owner`'s row. The ends of a
/// symmetric link are told apart by their slots.
#[inline]
fn half(side: Option<Side>, owner: Slot, member: Slot) -> usize {
    side.map_or(usize::from(owner > member), Side::index)
}

impl Keeper for EdgeKeeper<'_> {
    #[inline]
    fn link_at(&self, at: u32) -> u32 {
        self.column[at as usize]
    }

    #[inline]
    fn knows(&self, cap: u32) -> bool {
        cap > SHORT
    }

    #[inline]
    fn carry(&mut self, from: u32, to: u32) {
        self.column[to as usize] = self.column[from as usize];
    }

    fn carry_all(&mut self, from: Range<u32>, to: u32) {
        let from = from.start as usize..from.end as usize;
        self.column.copy_within(from, to as usize);
    }

    #[inline]
    fn place(&mut self, owner: Slot, member: Slot, link: u32, at: u32) {
        let link = if member == NONE { 0 } else { link };
        self.column[at as usize] = link;
        if let Some(cells) = self.positions.get_mut(link as usize) {
            cells[half(self.side, owner, member)] = at;
        }
    }

    fn place_all(&mut self, owner: Slot, members: &[Slot], from: u32, to: u32) {
        let len = u32::try_from(members.len()).expect("a row has 32-bit offsets");
        self.carry_all(from..from + len, to);
        let links = &self.column[to as usize..(to + len) as usize];
        if self.positions.is_empty() {
            return;
        }
        if let Some(side) = self.side {
            for (&link, at) in links.iter().zip(to..) {
                self.positions[link as usize][side.index()] = at;
            }
            return;
        }
        for ((&member, &link), at) in members.iter().zip(links).zip(to..) {
            self.positions[link as usize][half(None, owner, member)] = at;
        }
    }

    #[inline]
    fn empty(&mut self, at: u32) {
        self.column[at as usize] = 0;
    }

    fn empty_all(&mut self, cells: Range<u32>) {
        self.column[cells.start as usize..cells.end as usize].fill(0);
    }

    fn resize(&mut self, cells: usize) {
        column::resize(self.column, cells, 0);
    }

    fn shrink_to(&mut self, cells: usize) {
        self.column.shrink_to(cells);
    }
}

impl Edges {
    fn keeper(&mut self, side: Side) -> EdgeKeeper<'_> {
        EdgeKeeper {
            column: &mut self.columns[side.index()],
            positions: &mut self.positions,
            side: (!self.symmetric).then_some(side),
        }
    }

    fn take(&mut self) -> u32 {
        if let Some(link) = self.take_free() {
            return link;
        }
        self.last = self
            .last
            .checked_add(1)
            .expect("there are fewer links than cells, and cells have 32-bit numbers");
        if !self.positions.is_empty() {
            column::reserve(&mut self.positions, 1);
            self.positions.push([0, 0]);
        }
        self.last
    }

    fn take_free(&mut self) -> Option<u32> {
        if self.positions.is_empty() {
            return self.free.pop();
        }
        let link = self.first_free;
        (link != 0).then(|| {
            self.first_free = self.positions[link as usize][0];
            link
        })
    }

    fn give_back(&mut self, link: u32) {
        match self.positions.get_mut(link as usize) {
            Some(cells) => *cells = [std::mem::replace(&mut self.first_free, link), 0],
            None => self.free.push(link),
        }
    }

    /// Has room for the positions of all links.
    fn know_positions(&mut self) {
        column::resize(&mut self.positions, self.last as usize + 1, [0, 0]);
        for link in std::mem::take(&mut self.free) {
            self.give_back(link);
        }
    }
}

impl ManyToMany {
    pub(crate) fn new(relationship: u16, symmetric: bool, leaving: [Leaving; 2]) -> Self {
        Self {
            relationship,
            symmetric,
            rows: leaving.map(Rows::with_links),
            edges: Edges {
                symmetric,
                columns: [vec![0], vec![0]],
                positions: Vec::new(),
                last: 0,
                first_free: 0,
                free: Vec::new(),
            },
            pairs: Pairs::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn set_limit(&mut self, cells: usize) {
        self.rows.iter_mut().for_each(|rows| rows.set_limit(cells));
    }

    /// The side whose rows hold those of `side`.
    #[inline]
    fn stored(&self, side: Side) -> Side {
        if self.symmetric { Side::Left } else { side }
    }

    #[inline]
    pub(crate) fn rows(&self, side: Side) -> &Rows {
        &self.rows[self.stored(side).index()]
    }

    #[inline]
    pub(crate) fn generation(&self, side: Side, slot: Slot) -> Option<u32> {
        self.rows(side).generation(slot)
    }

    #[inline]
    pub(crate) fn set_generation(&mut self, side: Side, slot: Slot, generation: u32) {
        let side = self.stored(side);
        self.rows[side.index()].set_generation(slot, generation);
    }

    /// The number of the link of two entities: O(1), within the 160 cells of a
    /// short row.
    #[inline]
    pub(crate) fn find(&self, left: Slot, right: Slot) -> Option<u32> {
        self.search(left, right).map(|found| found.link)
    }

    /// The link of two entities, and where it was seen.
    pub(crate) fn search(&self, left: Slot, right: Slot) -> Option<Found> {
        if self.rows(Side::Left).capacity(left) <= BIG {
            return self.look_through(Side::Left, left, right);
        }
        if self.rows(Side::Right).capacity(right) <= BIG {
            return self.look_through(Side::Right, right, left);
        }
        let [left, right] = self.key(left, right);
        let rows = self.rows(Side::Left);
        let link = self.pairs.find([left, right], |link| {
            rows.holds(left, self.edges.positions[link as usize][0], right)
        })?;
        Some(Found {
            link,
            cells: [0; 2],
        })
    }

    /// The link of two entities, by looking through the row of one.
    #[inline]
    fn look_through(&self, side: Side, owner: Slot, member: Slot) -> Option<Found> {
        let at = self.rows(side).scan(owner, member)?;
        let link = self.edges.columns[self.stored(side).index()][at as usize];
        Some(Found::at(link, side, at))
    }

    /// The members of a row with the numbers of their links.
    pub(crate) fn numbered(&self, side: Side, owner: Slot) -> Numbered<'_> {
        let rows = self.rows(side);
        let (cells, at) = rows.span(owner);
        let numbers = &self.edges.columns[self.stored(side).index()][at];
        Numbered::by_cell(cells, numbers, rows.live(owner))
    }

    /// The offset in the row of `owner` at `side` of the member `member`.
    pub(crate) fn offset(&self, side: Side, owner: Slot, member: Slot) -> Option<u32> {
        let (left, right) = in_order(side, owner, member);
        let link = self.find(left, right)?;
        let at = self.cell_of(link, (side, owner, member));
        Some(self.rows(side).offset(owner, at))
    }

    /// The cell in which a link stands in the row of `owner`.
    #[inline]
    fn cell_of(&self, link: u32, (side, owner, member): (Side, Slot, Slot)) -> u32 {
        let rows = self.rows(side);
        if rows.capacity(owner) > SHORT {
            let side = self.stored(side);
            return self.edges.positions[link as usize][self.half(side, owner, member)];
        }
        let at = rows.scan(owner, member);
        at.expect("a link stands in the rows of both ends (I1)")
    }

    /// Makes room for links, before the first of them is written.
    #[inline]
    pub(crate) fn make_room(
        &mut self,
        side: Side,
        owner: Slot,
        additional: usize,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        if additional == 1 && !self.rows(side).is_full(owner) {
            return Ok(());
        }
        let row = self.row_of(side, owner);
        self.settling(row, |rows, keeper| {
            rows.make_room(row, additional, keeper, sink)
        })
    }

    /// Runs `settle`, which may give the row another block, and enters its
    /// links in the table of pairs if it is large now, or takes them out.
    fn settling<R>(
        &mut self,
        row: RowOf,
        settle: impl FnOnce(&mut Rows, &mut EdgeKeeper<'_>) -> R,
    ) -> R {
        let before = self.rows(row.side).capacity(row.owner);
        let rows = &mut self.rows[row.side.index()];
        let result = settle(rows, &mut self.edges.keeper(row.side));
        let after = self.rows(row.side).capacity(row.owner);
        if before <= SHORT && after > SHORT {
            self.tell(row);
        }
        match (before > BIG, after > BIG) {
            (false, true) => self.enter(row),
            (true, false) => self.leave(row),
            (false, false) | (true, true) => {}
        }
        result
    }

    /// Tells the links of a row that is no longer short where they stand.
    fn tell(&mut self, row: RowOf) {
        self.know_positions();
        let mut keeper = self.edges.keeper(row.side);
        for (at, member) in self.rows[row.side.index()].entries(row.owner) {
            let link = keeper.link_at(at);
            keeper.place(row.owner, member, link, at);
        }
    }

    /// Sees to it that links can be told where they stand.
    fn know_positions(&mut self) {
        if self.edges.positions.is_empty() {
            self.edges.know_positions();
            self.rows.iter_mut().for_each(Rows::tighten);
        }
    }

    /// Enters the links of a row that has grown large in the table of pairs.
    fn enter(&mut self, row: RowOf) {
        let mut pairs = std::mem::take(&mut self.pairs);
        for (at, member) in self.rows(row.side).entries(row.owner) {
            if self.rows(row.side.other()).capacity(member) > BIG {
                let (left, right) = in_order(row.side, row.owner, member);
                let link = self.edges.columns[row.side.index()][at as usize];
                pairs.insert(self.key(left, right), link, |link| self.slots_of(link));
            }
        }
        self.pairs = pairs;
    }

    /// Takes the links of a row that is no longer large out of the table.
    fn leave(&mut self, row: RowOf) {
        let mut pairs = std::mem::take(&mut self.pairs);
        for (at, member) in self.rows(row.side).entries(row.owner) {
            let is_itself = self.symmetric && member == row.owner;
            if is_itself || self.rows(row.side.other()).capacity(member) > BIG {
                let (left, right) = in_order(row.side, row.owner, member);
                let link = self.edges.columns[row.side.index()][at as usize];
                pairs.remove(self.key(left, right), link);
            }
        }
        self.pairs = pairs;
        self.tidy_pairs();
    }

    /// The left and the right of an owner and a member; `None` if that is dead.
    #[inline]
    fn pair(&self, side: Side, owner: Slot, member: RawId) -> Option<(Slot, Slot)> {
        let generation = self.generation(side.other(), member.slot());
        let is_live = generation == Some(member.generation());
        is_live.then(|| in_order(side, owner, member.slot()))
    }

    /// Links an owner to somebody, if they are not linked; `None` where there is
    /// more to it: a dead id, a pool that is full.
    pub(crate) fn add(
        &mut self,
        side: Side,
        owner: Slot,
        member: RawId,
        sink: &mut Sink,
    ) -> Option<bool> {
        let (left, right) = self.pair(side, owner, member)?;
        if self.find(left, right).is_some() && !planted::is(Bug::LinkingAgainMoves) {
            return Some(false);
        }
        self.make_room(Side::Left, left, 1, sink).ok()?;
        self.make_room(Side::Right, right, 1, sink).ok()?;
        self.link(left, right, sink);
        Some(true)
    }

    /// Cuts the link of an owner to somebody, if there is one; `None` for a dead
    /// id.
    pub(crate) fn remove(
        &mut self,
        side: Side,
        owner: Slot,
        member: RawId,
        sink: &mut Sink,
    ) -> Option<bool> {
        let (left, right) = self.pair(side, owner, member)?;
        let Some(found) = self.search(left, right) else {
            return Some(false);
        };
        let [left_is_roomy, right_is_roomy] = self.cut(left, right, found, sink);
        if left_is_roomy {
            self.tidy(Side::Left, left, sink);
        }
        if right_is_roomy {
            self.tidy(Side::Right, right, sink);
        }
        Some(true)
    }

    /// Links two entities that are not linked and whose rows have room.
    pub(crate) fn link(&mut self, left: Slot, right: Slot, sink: &mut Sink) {
        let link = self.edges.take();
        let [first, second] = both(left, right);
        self.add_to(first, link);
        if self.are_two_rows(left, right) {
            self.add_to(second, link);
        }
        self.enter_link(left, right, link);
        sink.push(|| Change::Linked(self.link_at(left, right, link)));
    }

    /// Puts a link last in one row.
    #[inline]
    fn add_to(&mut self, (side, owner, member): (Side, Slot, Slot), link: u32) {
        let side = self.stored(side);
        let rows = &mut self.rows[side.index()];
        let at = rows.append(owner, member);
        if rows.capacity(owner) > SHORT {
            self.edges.keeper(side).place(owner, member, link, at);
        } else {
            self.edges.columns[side.index()][at as usize] = link;
        }
    }

    /// Cuts the link of two entities, whose rows keep their blocks; which of
    /// those are too large now.
    pub(crate) fn cut(
        &mut self,
        left: Slot,
        right: Slot,
        Found { link, cells }: Found,
        sink: &mut Sink,
    ) -> [bool; 2] {
        sink.push(|| Change::Unlinked(self.link_at(left, right, link)));
        self.leave_link(left, right, link);
        let [first, second] = both(left, right);
        let mut untidy = [self.cut_from(first, link, cells[0]), false];
        if self.are_two_rows(left, right) && !planted::is(Bug::UnlinkIsOneSided) {
            untidy[1] = self.cut_from(second, link, cells[1]);
        }
        self.edges.give_back(link);
        untidy
    }

    /// Takes a link out of one row, where it stands in the cell `seen`, if that
    /// is not 0; whether its block is too large now.
    #[inline]
    fn cut_from(&mut self, row: (Side, Slot, Slot), link: u32, seen: u32) -> bool {
        let at = if seen == 0 {
            self.cell_of(link, row)
        } else {
            seen
        };
        let (side, owner, _) = row;
        let side = self.stored(side);
        let rows = &mut self.rows[side.index()];
        rows.vacate(owner, at, &mut self.edges.keeper(side))
    }

    /// Gives back what a row has no use for.
    pub(crate) fn tidy(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        let row = self.row_of(side, owner);
        self.settling(row, |rows, keeper| rows.tidy(row, keeper, sink));
    }

    /// Cuts all links of an entity and gives the block of its row back.
    pub(crate) fn clear(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        let side = self.stored(side);
        // Without holes and from the last to the first, each step is O(1).
        self.compact(side, owner, sink);
        while let Some(member) = self.rows(side).members(owner).next_back() {
            let row = self.rows(side);
            let last = u32::try_from(row.live(owner) - 1).expect("a row has 32-bit offsets");
            let at = row.cell(owner, last);
            let link = self.edges.columns[side.index()][at as usize];
            let (left, right) = in_order(side, owner, member);
            let untidy = self.cut(left, right, Found::at(link, side, at), sink);
            if untidy[side.other().index()] {
                self.tidy(side.other(), member, sink);
            }
        }
        let rows = &mut self.rows[side.index()];
        rows.release(owner);
        rows.give_back_idle(&mut self.edges.keeper(side));
        self.tidy_pairs();
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        let Edges {
            columns,
            positions,
            free,
            ..
        } = &self.edges;
        let rows: usize = self.rows.iter().map(Rows::bytes).sum();
        let columns: usize = columns.iter().chain([free]).map(column::bytes).sum();
        rows + columns + column::bytes(positions) + self.pairs.bytes()
    }

    pub(crate) fn compact(&mut self, side: Side, owner: Slot, sink: &mut Sink) {
        let row = self.row_of(side, owner);
        self.rows[row.side.index()].compact(row, &mut self.edges.keeper(row.side), sink);
    }

    /// Runs `write` on the rows of a side and on who knows the positions in them.
    pub(crate) fn rearrange(&mut self, side: Side, write: impl FnOnce(&mut Rows, &mut dyn Keeper)) {
        let side = self.stored(side);
        write(&mut self.rows[side.index()], &mut self.edges.keeper(side));
    }

    /// Takes back a [`link`](Self::link).
    pub(crate) fn undo_link(&mut self, at: LinkAt) {
        let [left, right] = at.slots;
        let [(side, owner, member), ..] = both(left, right);
        let cell = self.rows(side).cell(owner, at.at[0]);
        let link = self.edges.columns[side.index()][cell as usize];
        debug_assert_eq!(self.rows(side).member_at(cell), member);
        self.leave_link(left, right, link);
        for (side, owner, _) in self.two_rows(left, right) {
            self.rows[side.index()].take_last(owner, &mut self.edges.keeper(side));
        }
        self.edges.give_back(link);
    }

    /// Makes the block of a row large enough for its holes to be opened.
    pub(crate) fn reach(&mut self, row: RowOf, holes: &[u32]) -> Result<(), PoolFull> {
        let last = self.rows(row.side).live(row.owner) + holes.len() - 1;
        let last = u32::try_from(last).map_err(|_| PoolFull)?;
        self.settling(row, |rows, keeper| rows.reach(row.owner, last, keeper))
    }

    /// Makes room for a link to come back, or to be made again, where it stood.
    pub(crate) fn reach_link(&mut self, link: LinkAt) -> Result<(), PoolFull> {
        let [left, right] = link.slots;
        for ((side, owner, _), offset) in self.two_rows(left, right).zip(link.at) {
            let row = self.row_of(side, owner);
            self.settling(row, |rows, keeper| rows.reach(owner, offset, keeper))?;
        }
        Ok(())
    }

    /// Takes back an [`unlink`](Self::unlink).
    pub(crate) fn undo_unlink(&mut self, at: LinkAt) -> Result<(), PoolFull> {
        let [left, right] = at.slots;
        let offsets = [at.at[0], at.at[1]];
        self.reach_link(at)?;
        let link = self.edges.take();
        for ((side, owner, member), offset) in self.two_rows(left, right).zip(offsets) {
            let mut keeper = self.edges.keeper(side);
            let cell = self.rows[side.index()].refill(owner, offset, member, &mut keeper);
            keeper.place(owner, member, link, cell);
        }
        self.enter_link(left, right, link);
        Ok(())
    }

    /// Whether a link stands in two rows; a symmetric one of an entity to itself
    /// stands in one.
    #[inline]
    fn are_two_rows(&self, left: Slot, right: Slot) -> bool {
        !(self.symmetric && left == right)
    }

    /// The rows that a link stands in, and as what.
    fn two_rows(
        &self,
        left: Slot,
        right: Slot,
    ) -> impl Iterator<Item = (Side, Slot, Slot)> + use<> {
        let rows = 1 + usize::from(self.are_two_rows(left, right));
        let symmetric = self.symmetric;
        both(left, right)
            .into_iter()
            .take(rows)
            .map(move |(side, owner, member)| {
                (if symmetric { Side::Left } else { side }, owner, member)
            })
    }

    fn row_of(&self, side: Side, owner: Slot) -> RowOf {
        RowOf {
            relationship: self.relationship,
            side: self.stored(side),
            owner,
        }
    }

    #[inline]
    fn half(&self, side: Side, owner: Slot, member: Slot) -> usize {
        half((!self.symmetric).then_some(side), owner, member)
    }

    fn link_at(&self, left: Slot, right: Slot, link: u32) -> LinkAt {
        let at = both(left, right).map(|row| {
            let (side, owner, _) = row;
            self.rows(side).offset(owner, self.cell_of(link, row))
        });
        LinkAt {
            relationship: self.relationship,
            slots: [left, right],
            at,
        }
    }

    /// A pair as the table of pairs has it: a symmetric one by rising slots.
    #[inline]
    fn key(&self, left: Slot, right: Slot) -> [Slot; 2] {
        if self.symmetric && left > right {
            [right, left]
        } else {
            [left, right]
        }
    }

    /// The slots that a link joins, as in its key: each stands in the row of
    /// the other. Both are in the table of pairs.
    #[inline]
    fn slots_of(&self, link: u32) -> [Slot; 2] {
        let [left_at, right_at] = self.edges.positions[link as usize];
        let right = self.rows(Side::Left).member_at(left_at);
        if self.symmetric && right_at == 0 {
            return [right, right];
        }
        [self.rows(Side::Right).member_at(right_at), right]
    }

    fn are_big(&self, left: Slot, right: Slot) -> bool {
        self.rows(Side::Left).capacity(left) > BIG && self.rows(Side::Right).capacity(right) > BIG
    }

    fn enter_link(&mut self, left: Slot, right: Slot, link: u32) {
        if self.are_big(left, right) {
            let mut pairs = std::mem::take(&mut self.pairs);
            pairs.insert(self.key(left, right), link, |link| self.slots_of(link));
            self.pairs = pairs;
        }
    }

    fn leave_link(&mut self, left: Slot, right: Slot, link: u32) {
        if self.are_big(left, right) && !planted::is(Bug::PairsOutliveTheirLink) {
            self.pairs.remove(self.key(left, right), link);
        }
    }

    /// The first row whose links do not stand where they say: who, and how.
    pub(crate) fn check(&self) -> Result<(), (Side, Slot, &'static str)> {
        let sides: &[Side] = if self.symmetric {
            &[Side::Left]
        } else {
            &[Side::Left, Side::Right]
        };
        let mut in_table = 0;
        for &side in sides {
            self.rows(side)
                .check_pool()
                .map_err(|what| (side, NONE, what))?;
            for owner in 1..self.rows(side).owners() {
                let big = self
                    .check_row(side, owner)
                    .map_err(|what| (side, owner, what))?;
                in_table += big;
            }
        }
        if in_table != self.pairs.len() {
            return Err((Side::Left, NONE, "the table of pairs holds other links"));
        }
        Ok(())
    }

    /// Whether a link is in the row of `owner`, in the cell that it should be in.
    fn stands_in(&self, link: u32, (side, owner, member): (Side, Slot, Slot)) -> bool {
        let rows = self.rows(side);
        let at = if rows.capacity(owner) > SHORT {
            let at = self.edges.positions[link as usize][self.half(side, owner, member)];
            rows.holds(owner, at, member).then_some(at)
        } else {
            rows.scan(owner, member)
        };
        at.is_some_and(|at| self.edges.columns[self.stored(side).index()][at as usize] == link)
    }

    /// Checks one row; how many of its links the table of pairs must have,
    /// each counted in one of its two rows.
    fn check_row(&self, side: Side, owner: Slot) -> Result<usize, &'static str> {
        self.rows(side).check(owner)?;
        let mut in_table = 0;
        for (at, member) in self.rows(side).entries(owner) {
            let link = self.edges.columns[side.index()][at as usize];
            if self.cell_of(link, (side, owner, member)) != at {
                return Err("a link does not stand where it says (I1)");
            }
            let far = self.stored(side.other());
            if member >= self.rows(far).owners() || !self.stands_in(link, (far, member, owner)) {
                return Err("a member's row does not hold it (I1)");
            }
            let (left, right) = in_order(side, owner, member);
            if self.are_big(left, right) {
                let found = self
                    .pairs
                    .find(self.key(left, right), |other| other == link);
                if found != Some(link) {
                    return Err("the table of pairs lacks one of its links");
                }
                let counted = if self.symmetric {
                    owner <= member
                } else {
                    side == Side::Left
                };
                in_table += usize::from(counted);
            }
        }
        let mut members: Vec<Slot> = self.rows(side).members(owner).collect();
        members.sort_unstable();
        if members.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("a member stands in it twice (I4)");
        }
        Ok(in_table)
    }
}

/// Both ends of a link: the side, whose row, and which member it holds.
fn both(left: Slot, right: Slot) -> [(Side, Slot, Slot); 2] {
    [(Side::Left, left, right), (Side::Right, right, left)]
}

/// The left and the right of an owner and its member.
#[inline]
pub(crate) fn in_order(side: Side, owner: Slot, member: Slot) -> (Slot, Slot) {
    match side {
        Side::Left => (owner, member),
        Side::Right => (member, owner),
    }
}
