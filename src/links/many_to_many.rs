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
/// A cell has a member and the number of its link; the link knows the cells
/// it stands in. So an unlink from either side searches nothing but the link
/// itself: a short row is looked through, two long ones share a table.
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
    /// By link: its cell in the rows of both ends. Link 0 is nobody's and may
    /// be scribbled on; a free link names the next one.
    positions: Vec<[u32; 2]>,
    free: u32,
}

/// The [`Keeper`] of the rows on one side.
struct EdgeKeeper<'a> {
    column: &'a mut Vec<u32>,
    positions: &'a mut [[u32; 2]],
    /// The side; `None` where the relationship is symmetric.
    side: Option<Side>,
}

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
    fn place(&mut self, owner: Slot, member: Slot, link: u32, at: u32) {
        let link = if member == NONE { 0 } else { link };
        self.column[at as usize] = link;
        self.positions[link as usize][half(self.side, owner, member)] = at;
    }

    fn place_all(&mut self, owner: Slot, members: &[Slot], from: u32, to: u32) {
        let (from, start) = (from as usize, to as usize);
        self.column.copy_within(from..from + members.len(), start);
        let links = &self.column[start..start + members.len()];
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
        if self.free != 0 {
            let link = self.free;
            self.free = self.positions[link as usize][0];
            return link;
        }
        let link = u32::try_from(self.positions.len());
        column::reserve(&mut self.positions, 1);
        self.positions.push([0, 0]);
        link.expect("there are fewer links than cells, and cells have 32-bit numbers")
    }

    fn give_back(&mut self, link: u32) {
        self.positions[link as usize] = [self.free, 0];
        self.free = link;
    }
}

impl ManyToMany {
    pub(crate) fn new(relationship: u16, symmetric: bool, leaving: [Leaving; 2]) -> Self {
        Self {
            relationship,
            symmetric,
            rows: leaving.map(Rows::tight),
            edges: Edges {
                symmetric,
                columns: [vec![0], vec![0]],
                positions: vec![[0, 0]],
                free: 0,
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

    /// The link of two entities: O(1), within the 160 cells of a short row.
    pub(crate) fn find(&self, left: Slot, right: Slot) -> Option<u32> {
        if self.rows(Side::Left).capacity(left) <= BIG {
            return self.look_through(Side::Left, left, right);
        }
        if self.rows(Side::Right).capacity(right) <= BIG {
            return self.look_through(Side::Right, right, left);
        }
        let [left, right] = self.key(left, right);
        let rows = self.rows(Side::Left);
        self.pairs.find([left, right], |link| {
            rows.holds(left, self.edges.positions[link as usize][0], right)
        })
    }

    /// The link of two entities, by looking through the row of one.
    #[inline]
    fn look_through(&self, side: Side, owner: Slot, member: Slot) -> Option<u32> {
        let at = self.rows(side).scan(owner, member)?;
        Some(self.edges.columns[self.stored(side).index()][at as usize])
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
        let side = self.stored(side);
        let at = self.edges.positions[link as usize][self.half(side, owner, member)];
        Some(self.rows(side).offset(owner, at))
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
        match (before > BIG, after > BIG) {
            (false, true) => self.enter(row),
            (true, false) => self.leave(row),
            (false, false) | (true, true) => {}
        }
        result
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
        let Some(link) = self.find(left, right) else {
            return Some(false);
        };
        let [left_is_roomy, right_is_roomy] = self.cut(left, right, link, sink);
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
        for (side, owner, member) in self.two_rows(left, right) {
            let at = self.rows[side.index()].append(owner, member);
            self.edges.keeper(side).place(owner, member, link, at);
        }
        self.enter_link(left, right, link);
        sink.push(|| Change::Linked(self.link_at(left, right, link)));
    }

    /// Cuts the link of two entities, whose rows keep their blocks; which of
    /// those are too large now.
    pub(crate) fn cut(&mut self, left: Slot, right: Slot, link: u32, sink: &mut Sink) -> [bool; 2] {
        sink.push(|| Change::Unlinked(self.link_at(left, right, link)));
        self.leave_link(left, right, link);
        let mut untidy = [false, false];
        for ((side, owner, member), untidy) in self.two_rows(left, right).zip(&mut untidy) {
            let at = self.edges.positions[link as usize][self.half(side, owner, member)];
            let rows = &mut self.rows[side.index()];
            *untidy = rows.vacate(owner, at, &mut self.edges.keeper(side));
            if planted::is(Bug::UnlinkIsOneSided) {
                return [false, false];
            }
        }
        self.edges.give_back(link);
        untidy
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
            let untidy = self.cut(left, right, link, sink);
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
            columns, positions, ..
        } = &self.edges;
        let rows: usize = self.rows.iter().map(Rows::bytes).sum();
        let columns: usize = columns.iter().map(column::bytes).sum();
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

    /// The rows that a link stands in, and as what: two, or one for a
    /// symmetric link of an entity to itself.
    fn two_rows(
        &self,
        left: Slot,
        right: Slot,
    ) -> impl Iterator<Item = (Side, Slot, Slot)> + use<> {
        let rows = if self.symmetric && left == right {
            1
        } else {
            2
        };
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
        let at = both(left, right).map(|(side, owner, member)| {
            let side = self.stored(side);
            let at = self.edges.positions[link as usize][self.half(side, owner, member)];
            self.rows(side).offset(owner, at)
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
    /// the other.
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

    /// Checks one row; how many of its links the table of pairs must have,
    /// each counted in one of its two rows.
    fn check_row(&self, side: Side, owner: Slot) -> Result<usize, &'static str> {
        self.rows(side).check(owner)?;
        let mut in_table = 0;
        for (at, member) in self.rows(side).entries(owner) {
            let link = self.edges.columns[side.index()][at as usize];
            if self.edges.positions[link as usize][self.half(side, owner, member)] != at {
                return Err("a link does not stand where it says (I1)");
            }
            let far = self.stored(side.other());
            let back = self.edges.positions[link as usize][self.half(far, member, owner)];
            if member >= self.rows(far).owners() || !self.rows(far).holds(member, back, owner) {
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
