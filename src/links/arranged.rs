//! Relationships with rows that are sorted, or whose members have keys.

use crate::change::{Change, LinkAt, RowOf, Sink};
use crate::id::{NONE, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::keyed::Keyed;
use crate::links::many_to_many::in_order;
use crate::links::members::Members;
use crate::links::rows::PoolFull;
use crate::links::sorted::Sorted;
use crate::links::store::Store;

/// How the rows of either end of a relationship are arranged, beside the store
/// of its links.
///
/// The store knows nothing of it. What comes in and goes, goes through both, so
/// a row that is sorted has two lists of its members: the store's, which says
/// who is linked, and the one that is read.
#[derive(Clone, Debug)]
pub(crate) struct Arranged {
    relationship: u16,
    symmetric: bool,
    /// By side; a symmetric relationship has all its rows on the left.
    sides: [Rule; 2],
}

/// How the rows of an end are arranged.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// As the store has them.
    Plain,
    Sorted(Sorted),
    Keyed(Keyed),
}

/// Where a link comes in: in the row of its left and of its right entity, the
/// member of a sorted row behind which it does, or the hash of the member's key
/// in a keyed one.
pub(crate) type Spots = [u32; 2];

impl Arranged {
    pub(crate) fn new(relationship: u16, symmetric: bool, sides: [Rule; 2]) -> Self {
        Self {
            relationship,
            symmetric,
            sides,
        }
    }

    fn stored(&self, side: Side) -> Side {
        if self.symmetric { Side::Left } else { side }
    }

    fn rule(&self, side: Side) -> &Rule {
        &self.sides[self.stored(side).index()]
    }

    pub(super) fn rule_mut(&mut self, side: Side) -> &mut Rule {
        &mut self.sides[self.stored(side).index()]
    }

    /// The order of the rows at a side, if they are sorted.
    pub(crate) fn sorted(&self, side: Side) -> Option<&Sorted> {
        match self.rule(side) {
            Rule::Sorted(sorted) => Some(sorted),
            Rule::Plain | Rule::Keyed(_) => None,
        }
    }

    /// The members by key of the rows at a side, if they are keyed.
    pub(crate) fn keyed(&self, side: Side) -> Option<&Keyed> {
        match self.rule(side) {
            Rule::Keyed(keyed) => Some(keyed),
            Rule::Plain | Rule::Sorted(_) => None,
        }
    }

    /// The members of a row, in order.
    #[cold]
    #[inline(never)]
    pub(crate) fn members<'g>(&'g self, links: &'g Store, side: Side, owner: Slot) -> Members<'g> {
        match self.rule(side) {
            Rule::Sorted(sorted) => sorted.members(owner),
            Rule::Plain | Rule::Keyed(_) => links.members(side, owner),
        }
    }

    /// Where in the row of `owner` a member of it stands.
    #[cold]
    pub(crate) fn offset(
        &self,
        links: &Store,
        side: Side,
        owner: Slot,
        member: Slot,
    ) -> Option<u32> {
        let Some(sorted) = self.sorted(side) else {
            return links.offset(side, owner, member);
        };
        if !links.contains(side, owner, member) {
            return None;
        }
        u32::try_from(sorted.position(owner, member)).ok()
    }

    /// Links two entities that are not linked, as [`Store::link`] does, at the
    /// spots that were planned for them.
    #[cold]
    #[inline(never)]
    pub(crate) fn link(
        &mut self,
        links: &mut Store,
        [left, right]: [Slot; 2],
        spots: Spots,
        sink: &mut Sink,
    ) {
        for (side, _, member, spot) in self.rows(left, right, spots) {
            if matches!(self.rule(side), Rule::Keyed(_)) {
                self.rekey(links, (side, member), spot, sink);
            }
        }
        links.link(left, right, sink);
        for (side, owner, member, spot) in self.rows(left, right, spots) {
            match self.rule_mut(side) {
                Rule::Plain => {}
                Rule::Sorted(_) => self.enter(self.row_of(side, owner), member, spot, sink),
                Rule::Keyed(keyed) => keyed.put(owner, member),
            }
        }
    }

    /// Cuts the link of two entities, whose rows keep their room; `false` if
    /// there is none.
    #[cold]
    #[inline(never)]
    pub(crate) fn cut(
        &mut self,
        links: &mut Store,
        [left, right]: [Slot; 2],
        sink: &mut Sink,
    ) -> bool {
        let linked = links.contains(Side::Left, left, right);
        if linked {
            self.leave(left, right, sink);
            links.cut(left, right, sink);
        }
        linked
    }

    /// Cuts all links that an entity has at a side; how many there were.
    #[cold]
    #[inline(never)]
    pub(crate) fn clear(
        &mut self,
        links: &mut Store,
        side: Side,
        owner: Slot,
        sink: &mut Sink,
    ) -> usize {
        let one = links.one(side, owner);
        let one = (one != NONE).then_some(one);
        let members: Vec<Slot> = one
            .into_iter()
            .chain(self.members(links, side, owner))
            .collect();
        // From the last to the first, which moves nobody.
        for &member in members.iter().rev() {
            let (left, right) = in_order(side, owner, member);
            self.leave(left, right, sink);
        }
        if let Rule::Sorted(sorted) = self.rule_mut(side) {
            sorted.release(owner);
        }
        links.clear(side, owner, sink)
    }

    /// Puts a member of a sorted row directly behind another one, or to the
    /// front; `false` if it stands there.
    pub(crate) fn re_place(
        &mut self,
        side: Side,
        [owner, member]: [Slot; 2],
        after: Slot,
        sink: &mut Sink,
    ) -> bool {
        let row = self.row_of(side, owner);
        let sorted = self.sorted(row.side).expect("the row is sorted");
        let moves = sorted.before(row.owner, member) != after;
        if moves {
            self.take(row, member, sink);
            self.enter(row, member, after, sink);
        }
        moves
    }

    /// Gives a member of keyed rows the hash of another key, in all of them;
    /// `false` if it is the same.
    pub(crate) fn rekey(
        &mut self,
        links: &Store,
        (side, member): (Side, Slot),
        key: u32,
        sink: &mut Sink,
    ) -> bool {
        let side = self.stored(side);
        let inverse = side.other();
        let Rule::Keyed(keyed) = &mut self.sides[side.index()] else {
            unreachable!("the rows are keyed")
        };
        let old = keyed.hash_of(member);
        if old == key {
            return false;
        }
        let one = links.known_one(inverse, member);
        let owners = || {
            let one = (one != NONE).then_some(one);
            one.into_iter().chain(links.known_members(inverse, member))
        };
        owners().for_each(|owner| keyed.take(owner, member));
        keyed.set_hash(member, key);
        owners().for_each(|owner| keyed.put(owner, member));
        let row = RowOf {
            relationship: self.relationship,
            side,
            owner: NONE,
        };
        sink.push(|| Change::Rekeyed {
            row,
            member,
            old,
            new: key,
        });
        true
    }

    /// Takes back a [`link`](Self::link), after its places.
    pub(crate) fn undo_link(&mut self, links: &mut Store, link: LinkAt) {
        self.unkey_link(link);
        links.undo_link(link);
    }

    fn unkey_link(&mut self, link: LinkAt) {
        let [left, right] = link.slots;
        for (side, owner, member, _) in self.rows(left, right, [NONE; 2]) {
            if let Rule::Keyed(keyed) = self.rule_mut(side) {
                keyed.take(owner, member);
            }
        }
    }

    fn key_link(&mut self, link: LinkAt) {
        let [left, right] = link.slots;
        for (side, owner, member, _) in self.rows(left, right, [NONE; 2]) {
            if let Rule::Keyed(keyed) = self.rule_mut(side) {
                keyed.put(owner, member);
            }
        }
    }

    /// Makes a link again that was taken back, before its places.
    pub(crate) fn redo_link(&mut self, links: &mut Store, link: LinkAt) -> Result<(), PoolFull> {
        links.redo_link(link)?;
        self.key_link(link);
        Ok(())
    }

    /// Cuts a link again, after its places.
    pub(crate) fn redo_unlink(&mut self, links: &mut Store, link: LinkAt) {
        self.unkey_link(link);
        let [left, right] = link.slots;
        links.cut(left, right, &mut Sink::default());
    }

    /// Takes back an [`unlink`](Self::unlink), before its places.
    pub(crate) fn undo_unlink(&mut self, links: &mut Store, link: LinkAt) -> Result<(), PoolFull> {
        links.undo_unlink(link)?;
        self.key_link(link);
        Ok(())
    }

    /// A member comes into a sorted row.
    pub(crate) fn enter(&mut self, row: RowOf, member: Slot, after: Slot, sink: &mut Sink) {
        if let Rule::Sorted(sorted) = self.rule_mut(row.side) {
            sorted.place(row.owner, member, after);
            sink.push(|| Change::Entered { row, member, after });
        }
    }

    /// A member leaves a sorted row.
    pub(crate) fn take(&mut self, row: RowOf, member: Slot, sink: &mut Sink) {
        if let Rule::Sorted(sorted) = self.rule_mut(row.side) {
            let after = sorted.take(row.owner, member);
            sink.push(|| Change::Left { row, member, after });
        }
    }

    /// Takes two entities that are linked out of each other's rows.
    fn leave(&mut self, left: Slot, right: Slot, sink: &mut Sink) {
        for (side, owner, member, _) in self.rows(left, right, [NONE; 2]) {
            match self.rule_mut(side) {
                Rule::Plain => {}
                Rule::Sorted(_) => self.take(self.row_of(side, owner), member, sink),
                Rule::Keyed(_) if planted::is(Bug::KeysOutliveTheirLink) => {}
                Rule::Keyed(keyed) => keyed.take(owner, member),
            }
        }
    }

    /// The rows that a link stands in, and as what: two, or one for a symmetric
    /// link of an entity to itself.
    fn rows(
        &self,
        left: Slot,
        right: Slot,
        [in_left, in_right]: Spots,
    ) -> impl Iterator<Item = (Side, Slot, Slot, u32)> + use<> {
        let once = self.symmetric && left == right;
        let right_side = self.stored(Side::Right);
        let rows = [
            (Side::Left, left, right, in_left),
            (right_side, right, left, in_right),
        ];
        rows.into_iter().take(if once { 1 } else { 2 })
    }

    fn row_of(&self, side: Side, owner: Slot) -> RowOf {
        RowOf {
            relationship: self.relationship,
            side: self.stored(side),
            owner,
        }
    }

    /// The first entity whose rows are not arranged as its links are: who, and
    /// how. Whether they are in order is for those to say who know the keys.
    pub(crate) fn check(&self, links: &Store) -> Result<(), (Side, Slot, &'static str)> {
        for side in [Side::Left, Side::Right] {
            if self.symmetric && side == Side::Right {
                continue;
            }
            let mut keys = 0;
            for owner in 1..links.owners(side) {
                let found = self.check_row(links, side, owner);
                keys += found.map_err(|what| (side, owner, what))?;
            }
            if self.keyed(side).is_some_and(|keyed| keyed.len() != keys) {
                return Err((side, NONE, "a key leads to somebody who is no member"));
            }
        }
        Ok(())
    }

    /// Checks one row; how many of its members have keys.
    fn check_row(&self, links: &Store, side: Side, owner: Slot) -> Result<usize, &'static str> {
        match self.rule(side) {
            Rule::Plain => Ok(0),
            Rule::Sorted(sorted) => {
                sorted.check(owner)?;
                let mut lists = [links.members(side, owner), sorted.members(owner)]
                    .map(Iterator::collect::<Vec<Slot>>);
                lists.iter_mut().for_each(|list| list.sort_unstable());
                if lists[0] == lists[1] {
                    Ok(0)
                } else {
                    Err("its order has other members than it")
                }
            }
            Rule::Keyed(keyed) => {
                let members = links.members(side, owner);
                let mut members = members.filter(|&member| keyed.hash_of(member) != 0);
                let count = members.clone().count();
                if members.all(|member| keyed.has(owner, member)) {
                    Ok(count)
                } else {
                    Err("a member is not found under its key")
                }
            }
        }
    }

    /// How many bytes the arrangement has set aside, besides the store's.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |rule: &Rule| match rule {
            Rule::Plain => 0,
            Rule::Sorted(sorted) => sorted.bytes(),
            Rule::Keyed(keyed) => keyed.bytes(),
        };
        self.sides.iter().map(bytes).sum()
    }
}
