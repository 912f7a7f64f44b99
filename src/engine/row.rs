//! The verbs on a row: each is a plan of links, and an order.

use hashbrown::HashMap;

use crate::change::RowOf;
use crate::engine::check::Births;
use crate::engine::link_data::take_all;
use crate::engine::relate::LinkPlan;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{RawId, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::many_to_many::in_order;
use crate::schema::Order;

/// A row whose owner is live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveRow {
    pub(crate) place: Place,
    pub(crate) owner: Slot,
}

impl Engine {
    pub(crate) fn live_row(&self, place: Place, owner: RawId) -> Result<LiveRow> {
        let owner = self.owner(place, owner)?;
        Ok(LiveRow { place, owner })
    }

    pub(crate) fn row_len(&self, row: LiveRow) -> usize {
        self.relation(row.place).count(row.place.side, row.owner)
    }

    #[inline]
    pub(crate) fn push(&mut self, row: LiveRow, item: RawId) -> Result<bool> {
        match self.push_freely(row, item) {
            Some(done) => Ok(done),
            None => self.push_carefully(row, item),
        }
    }

    #[inline(never)]
    fn push_carefully(&mut self, row: LiveRow, item: RawId) -> Result<bool> {
        let member = self.member(row.place, item)?;
        self.relate(row.place, row.owner, member)
    }

    #[inline]
    pub(crate) fn remove(&mut self, row: LiveRow, item: RawId) -> Result<bool> {
        match self.remove_freely(row, item) {
            Some(done) => Ok(done),
            None => self.remove_carefully(row, item),
        }
    }

    #[inline(never)]
    fn remove_carefully(&mut self, row: LiveRow, item: RawId) -> Result<bool> {
        let member = self.member(row.place, item)?;
        self.unrelate(row.place, row.owner, member)
    }

    /// Puts an entity at a position, by moving it if it is a member already;
    /// whether it is a newcomer.
    pub(crate) fn insert_at(&mut self, row: LiveRow, index: usize, item: RawId) -> Result<bool> {
        if self.is_to_adopt(row.place) {
            return self.as_one_call(|engine| engine.insert_at(row, index, item));
        }
        let member = self.member(row.place, item)?;
        self.expect_order(row)?;
        let len = self.row_len(row);
        let is_member = self.contains(row, member);
        if index > len || is_member && index == len {
            return Err(self.beyond(row.place, row.owner, index, len));
        }
        if is_member {
            self.move_member(row, member, index);
            return Ok(false);
        }
        self.relate_all(row.place, row.owner, &[member])?;
        let index = index.saturating_sub(usize::from(planted::is(Bug::InsertIsOneOff)));
        self.move_member(row, member, index);
        self.drop_cut_data(row.place.relation);
        Ok(true)
    }

    /// Moves a member to a position; `false` if it stands there.
    pub(crate) fn move_to(&mut self, row: LiveRow, item: RawId, index: usize) -> Result<bool> {
        let member = self.member(row.place, item)?;
        self.expect_order(row)?;
        if !self.contains(row, member) {
            return Err(self.no_member(row.place, row.owner, item));
        }
        self.expect_position(row, index)?;
        Ok(self.move_member(row, member, index))
    }

    /// Exchanges two positions; `false` if they are the same.
    pub(crate) fn swap(&mut self, row: LiveRow, a: usize, b: usize) -> Result<bool> {
        self.expect_order(row)?;
        self.expect_position(row, a)?;
        self.expect_position(row, b)?;
        if a == b {
            return Ok(false);
        }
        let Self {
            relations, sink, ..
        } = self;
        relations[row.place.relation].swap(row_of(row), narrow(a), narrow(b), sink);
        Ok(true)
    }

    /// Puts the member at old position `order[i]` at position `i`; `false` if
    /// all stay. `order` is a permutation of the positions.
    pub(crate) fn permute(&mut self, row: LiveRow, order: &[u32]) -> Result<bool> {
        self.expect_order(row)?;
        debug_assert_eq!(order.len(), self.row_len(row));
        if (0..).zip(order).all(|(i, &old)| i == old) {
            return Ok(false);
        }
        let Self {
            relations, sink, ..
        } = self;
        relations[row.place.relation].permute(row_of(row), order, sink);
        Ok(true)
    }

    /// Turns the order of a row round; whether that changed it.
    pub(crate) fn reverse(&mut self, row: LiveRow) -> Result<bool> {
        let order: Vec<u32> = (0..narrow(self.row_len(row))).rev().collect();
        self.permute(row, &order)
    }

    /// The id of the member at a position of an ordered row.
    pub(crate) fn member_at(&self, row: LiveRow, index: usize) -> Result<RawId> {
        if self.end(row.place).order == Order::None {
            return Err(self.unordered(row.place));
        }
        self.expect_position(row, index)?;
        let slot = self
            .members(row)
            .at(index)
            .expect("the position was seen above");
        Ok(self.id_at(self.target_type(row.place), slot).raw())
    }

    /// Makes the row hold exactly these, in this order, later doubles dropped;
    /// whether anything changed.
    pub(crate) fn replace(&mut self, row: LiveRow, items: &[RawId]) -> Result<bool> {
        if self.is_to_adopt(row.place) {
            return self.as_one_call(|engine| engine.replace(row, items));
        }
        let wanted = self.distinct(row, items)?;
        let positions: HashMap<Slot, u32> = wanted.iter().copied().zip(0..).collect();
        let mut plan = LinkPlan::new(row.place, row.owner);
        for member in self.members(row) {
            if !positions.contains_key(&member) {
                plan.cut(row.place, row.owner, member);
            }
        }
        for &member in &wanted {
            if !self.contains(row, member) {
                self.plan_link(&mut plan, member);
            }
        }
        let changed = self.carry_out(&mut plan)?;
        let moved = self.arrange(row, &positions)?;
        self.drop_cut_data(row.place.relation);
        Ok(moved | changed)
    }

    /// Puts the members of a row whose order is its user's at these positions;
    /// whether that moved any.
    fn arrange(&mut self, row: LiveRow, positions: &HashMap<Slot, u32>) -> Result<bool> {
        if !self.is_ordered(row) || planted::is(Bug::ReplaceKeepsTheOrder) {
            return Ok(false);
        }
        let mut order = vec![0; positions.len()];
        for (old, member) in (0..).zip(self.members(row)) {
            order[positions[&member] as usize] = old;
        }
        self.permute(row, &order)
    }

    /// Cuts all links of the row; how many there were.
    pub(crate) fn clear(&mut self, row: LiveRow) -> Result<usize> {
        let LiveRow { place, owner } = row;
        if self.is_to_adopt(place) {
            return self.as_one_call(|engine| engine.clear(row));
        }
        let rules = self.rules[place.relation];
        if !rules.cuts_freely || rules.checked {
            let mut plan = LinkPlan::new(place, owner);
            self.members(row)
                .for_each(|member| plan.cut(place, owner, member));
            self.judge(&plan)?;
            self.ask_about_links(std::slice::from_ref(&plan), Births::None)?;
            self.note_cuts(place, owner);
        }
        if let Some(column) = &mut self.data[place.relation] {
            let relation = &self.relations[place.relation];
            take_all(relation, &mut **column, place.side, owner);
        }
        let Self {
            relations, sink, ..
        } = self;
        let links = relations[place.relation].clear(place.side, owner, sink);
        self.drop_cut_data(place.relation);
        Ok(links)
    }

    /// Adds entities at the end, in order; how many were not members yet.
    pub(crate) fn extend(&mut self, row: LiveRow, items: &[RawId]) -> Result<usize> {
        if self.rules[row.place.relation].are_none() {
            return self.extend_freely(row, items);
        }
        let mut newcomers = self.distinct(row, items)?;
        newcomers.retain(|&member| !self.contains(row, member));
        self.relate_all(row.place, row.owner, &newcomers)?;
        self.drop_cut_data(row.place.relation);
        Ok(newcomers.len())
    }

    /// [`extend`](Self::extend) where no rule has to be asked: once there is
    /// room for all, they are linked one by one.
    fn extend_freely(&mut self, row: LiveRow, items: &[RawId]) -> Result<usize> {
        let LiveRow { place, owner } = row;
        let mut members = Vec::with_capacity(items.len());
        for &item in items {
            members.push(self.member(place, item)?);
        }
        let plan = LinkPlan {
            make: members.into(),
            ..LinkPlan::new(place, owner)
        };
        self.make_room(&plan)?;
        let relation = self.relations[place.relation].plain_mut();
        let before = relation.count(place.side, owner);
        for &member in &plan.make {
            if !relation.contains(place.side, owner, member) {
                let (left, right) = in_order(place.side, owner, member);
                let room = relation.assign(left, right, &mut self.sink);
                room.expect("room was made for all of them above");
            }
        }
        Ok(relation.count(place.side, owner) - before)
    }

    /// Takes over all members of another entity's row, in order; how many were
    /// not members yet.
    pub(crate) fn take_all_from(&mut self, row: LiveRow, other: RawId) -> Result<usize> {
        let other = self.live_row(row.place, other)?;
        if other.owner == row.owner {
            return Ok(0);
        }
        // Where the end is its own inverse and the other is linked to itself,
        // the link of the two is one that is taken over: it stays.
        let symmetric = self.rules[row.place.relation].symmetric;
        let stays = symmetric && self.contains(other, other.owner);
        let mut plan = LinkPlan::new(row.place, row.owner);
        for member in self.members(other) {
            if !(stays && member == row.owner) {
                plan.cut(row.place, other.owner, member);
            }
            if !self.contains(row, member) {
                plan.make.push(member);
            }
        }
        let newcomers = plan.make.len();
        self.carry_out(&mut plan)?;
        self.drop_cut_data(row.place.relation);
        Ok(newcomers)
    }

    pub(crate) fn members(&self, row: LiveRow) -> crate::links::members::Members<'_> {
        self.relation(row.place).members(row.place.side, row.owner)
    }

    fn contains(&self, row: LiveRow, member: Slot) -> bool {
        self.relation(row.place)
            .contains(row.place.side, row.owner, member)
    }

    /// The slots of live items, later doubles dropped.
    fn distinct(&self, row: LiveRow, items: &[RawId]) -> Result<Vec<Slot>> {
        let mut seen: HashMap<Slot, ()> = HashMap::with_capacity(items.len());
        let mut slots = Vec::with_capacity(items.len());
        for &item in items {
            let member = self.member(row.place, item)?;
            if seen.insert(member, ()).is_none() {
                slots.push(member);
            }
        }
        Ok(slots)
    }

    /// Whether the order of the row is its user's to set.
    fn is_ordered(&self, row: LiveRow) -> bool {
        match self.end(row.place).order {
            Order::Insertion | Order::Keyed => true,
            Order::None | Order::Sorted => false,
        }
    }

    fn expect_order(&self, row: LiveRow) -> Result<()> {
        if self.is_ordered(row) {
            Ok(())
        } else {
            Err(self.unordered(row.place))
        }
    }

    fn expect_position(&self, row: LiveRow, index: usize) -> Result<()> {
        let len = self.row_len(row);
        if index < len {
            Ok(())
        } else {
            Err(self.beyond(row.place, row.owner, index, len))
        }
    }

    /// Moves a member to a position that exists; `false` if it stands there.
    fn move_member(&mut self, row: LiveRow, member: Slot, index: usize) -> bool {
        let LiveRow { place, owner } = row;
        let Self {
            relations, sink, ..
        } = self;
        let relation = &mut relations[place.relation];
        relation.compact(place.side, owner, sink);
        let offset = relation.offset(place.side, owner, member);
        let from = offset.expect("a member stands in its row (I1)");
        let to = narrow(index);
        if from != to {
            relation.shift(row_of(row), from, to, sink);
        }
        from != to
    }
}

pub(crate) fn row_of(row: LiveRow) -> RowOf {
    RowOf {
        relationship: u16::try_from(row.place.relation).expect("relationships have 16 bits"),
        side: row.place.side,
        owner: row.owner,
    }
}

/// A position in a row that has it.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).expect("a row has 32-bit positions")
}
