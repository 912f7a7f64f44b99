//! The data of links: made before the first write, put and taken with the
//! links, dropped after the last.
//!
//! A relationship whose links have data has rules, in the sense of
//! [`Rules::are_none`](super::Rules), so that its links are made by plans only
//! and no short way has to know of data.

use std::any::Any;

use hashbrown::HashMap;

use crate::change::{Change, LinkAt};
use crate::engine::arrange::Arrival;
use crate::engine::relate::LinkPlan;
use crate::engine::row::LiveRow;
use crate::engine::{Engine, Place};
use crate::entities::AnyPayload;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::link_data::{AnyColumn, Column};
use crate::links::Relation;
use crate::links::many_to_many::in_order;
use crate::schema::Cardinality;

/// Data that was given for some of the links of a newcomer: which of them, in
/// rising order, and what.
pub(crate) type Given = Vec<(usize, Box<AnyPayload>)>;

/// Data for the new links of relationships, in the order of the links.
pub(crate) type Fresh = Vec<(usize, Box<dyn Any>)>;

/// A link of two live entities: its relationship and number, and the slots of
/// the entities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveLink {
    place: Place,
    owner: Slot,
    member: Slot,
    number: u32,
}

impl Engine {
    /// The link of two live entities.
    pub(crate) fn live_link(&self, place: Place, id: RawId, other: RawId) -> Result<LiveLink> {
        let (owner, member) = (self.owner(place, id)?, self.member(place, other)?);
        let number = self.relation(place).number(place.side, owner, member);
        let number = number.ok_or_else(|| self.not_linked(place, owner, other))?;
        Ok(LiveLink {
            place,
            owner,
            member,
            number,
        })
    }

    /// The number of the link of two entities; `None` if they are not linked
    /// or one of them is dead.
    pub(crate) fn link_number(&self, place: Place, id: RawId, other: RawId) -> Option<u32> {
        if !self.is_live_at(place, id) || !self.is_live_at(self.inverse(place), other) {
            return None;
        }
        self.relation(place)
            .number(place.side, id.slot(), other.slot())
    }

    /// The data of a relationship's links, where they have any.
    pub(crate) fn any_column(&self, place: Place) -> Result<&dyn AnyColumn> {
        let column = self.data[place.relation].as_deref();
        column.ok_or_else(|| self.no_data(place))
    }

    fn any_column_mut(&mut self, place: Place) -> &mut dyn AnyColumn {
        let column = self.data[place.relation].as_deref_mut();
        column.expect("the caller has seen that the links have data")
    }

    /// The data of a relationship's links as that of a type.
    pub(crate) fn column<D: Send + Sync + 'static>(&self, place: Place) -> Result<&Column<D>> {
        let column: &dyn Any = self.any_column(place)?;
        column.downcast_ref().ok_or_else(|| self.wrong_data(place))
    }

    pub(crate) fn column_mut<D: Send + Sync + 'static>(&mut self, place: Place) -> &mut Column<D> {
        let column: &mut dyn Any = self.any_column_mut(place);
        let column = column.downcast_mut();
        column.expect("the caller has seen the type of the data")
    }

    /// Refuses a value that is not of the type of the data.
    pub(crate) fn expect_data(&self, place: Place, datum: &AnyPayload) -> Result<()> {
        if self.any_column(place)?.takes(datum) {
            Ok(())
        } else {
            Err(self.wrong_data(place))
        }
    }

    /// Links two live entities and gives the link this data, which comes back
    /// if they are linked already.
    pub(crate) fn link<D: Send + Sync + 'static>(
        &mut self,
        place: Place,
        [id, other]: [RawId; 2],
        datum: D,
    ) -> Result<Option<D>> {
        let owner = self.owner(place, id)?;
        self.push_with(LiveRow { place, owner }, other, datum)
    }

    /// [`link`](Self::link) for an owner that is known to be live.
    pub(crate) fn push_with<D: Send + Sync + 'static>(
        &mut self,
        LiveRow { place, owner }: LiveRow,
        item: RawId,
        datum: D,
    ) -> Result<Option<D>> {
        let member = self.member(place, item)?;
        self.column::<D>(place)?;
        if let Some(link) = self.relation(place).number(place.side, owner, member) {
            if planted::is(Bug::LinkingAgainTakesTheData) {
                self.column_mut(place).replace(link, datum);
                return Ok(self.column_mut(place).pop_before());
            }
            return Ok(Some(datum));
        }
        let mut plan = self.plan_links(place, owner, &[member]);
        self.carry_out_with(&mut plan, |engine| engine.column_mut(place).expect(datum))?;
        self.drop_cut_data(place.relation);
        Ok(None)
    }

    /// [`link`](Self::link) for data whose type is not known here.
    pub(crate) fn link_boxed(
        &mut self,
        place: Place,
        [id, other]: [RawId; 2],
        datum: Box<AnyPayload>,
    ) -> Result<Option<Box<AnyPayload>>> {
        let (owner, member) = (self.owner(place, id)?, self.member(place, other)?);
        self.expect_data(place, &*datum)?;
        if let Some(link) = self.relation(place).number(place.side, owner, member) {
            if planted::is(Bug::LinkingAgainTakesTheData) {
                self.any_column_mut(place).replace_boxed(link, datum);
                return Ok(self.any_column_mut(place).pop_boxed());
            }
            return Ok(Some(datum));
        }
        let mut plan = self.plan_links(place, owner, &[member]);
        self.carry_out_with(&mut plan, |engine| {
            engine.any_column_mut(place).expect_boxed(datum);
        })?;
        self.drop_cut_data(place.relation);
        Ok(None)
    }

    /// Gives a link other data and hands back the old.
    pub(crate) fn replace_data<D: Send + Sync + 'static>(
        &mut self,
        link: LiveLink,
        datum: D,
    ) -> Result<D> {
        let column = self.column::<D>(link.place)?;
        let copy = if self.sink.is_listening() {
            let copy = column.copy(link.number);
            Some(copy.ok_or_else(|| self.data_not_cloneable(link.place))?)
        } else {
            None
        };
        self.column_mut(link.place).replace(link.number, datum);
        self.tell_replaced(link);
        let old = copy.or_else(|| self.column_mut(link.place).pop_before());
        Ok(old.expect("the old data is on the side stack"))
    }

    /// [`replace_data`](Self::replace_data) for data whose type is not known
    /// here, and was judged.
    pub(crate) fn replace_data_boxed(
        &mut self,
        link: LiveLink,
        datum: Box<AnyPayload>,
    ) -> Result<Box<AnyPayload>> {
        let copy = if self.sink.is_listening() {
            let copy = self.any_column(link.place)?.copy_boxed(link.number);
            Some(copy.ok_or_else(|| self.data_not_cloneable(link.place))?)
        } else {
            None
        };
        self.any_column_mut(link.place)
            .replace_boxed(link.number, datum);
        self.tell_replaced(link);
        let old = copy.or_else(|| self.any_column_mut(link.place).pop_boxed());
        Ok(old.expect("the old data is on the side stack"))
    }

    /// Changes a copy of the data of a link, and then writes it.
    pub(crate) fn update_data<D: Send + Sync + 'static, R>(
        &mut self,
        link: LiveLink,
        change: impl FnOnce(&mut D) -> R,
    ) -> Result<R> {
        let copy = self.column::<D>(link.place)?.copy(link.number);
        let mut datum = copy.ok_or_else(|| self.data_not_cloneable(link.place))?;
        let result = change(&mut datum);
        self.column_mut(link.place).replace(link.number, datum);
        self.tell_replaced(link);
        self.drop_cut_data(link.place.relation);
        Ok(result)
    }

    fn tell_replaced(&mut self, link: LiveLink) {
        let LiveLink { place, owner, .. } = link;
        let (left, right) = in_order(place.side, owner, link.member);
        self.sink.push(|| Change::DataReplaced {
            relationship: u16::try_from(place.relation).expect("relationships have 16 bits"),
            slots: [left, right],
        });
    }

    /// Has ready the data of the links that a plan makes; runs the user's
    /// `Default`.
    pub(crate) fn fill_data(&mut self, plan: &LinkPlan) {
        if let Some(column) = &mut self.data[plan.place.relation] {
            column.fill(plan.make.len());
        }
    }

    /// Gives a link that was just made the data that is next.
    pub(crate) fn put_data(&mut self, relation: usize, left: Slot, right: Slot) {
        if let Some(column) = &mut self.data[relation] {
            let link = self.relations[relation].number(Side::Left, left, right);
            column.put(link.expect("it was just made"));
        }
    }

    /// Takes the data of a link that is about to be cut, if there is one.
    pub(crate) fn take_data(&mut self, relation: usize, left: Slot, right: Slot) {
        if let Some(column) = &mut self.data[relation]
            && let Some(link) = self.relations[relation].number(Side::Left, left, right)
        {
            column.take(link);
        }
    }

    /// Drops the data of links that were cut by a call on a relationship, there
    /// or where its links leave no others, when all is written.
    #[inline]
    pub(crate) fn drop_cut_data(&mut self, relation: usize) {
        if self.rules[relation].data && !self.sink.is_listening() {
            self.drop_data_around(relation);
        }
    }

    fn drop_data_around(&mut self, relation: usize) {
        let Self { data, groups, .. } = self;
        let sides = [Side::Left, Side::Right].map(|side| Place { relation, side });
        let rivals = sides.iter().flat_map(|&place| groups.rivals(place));
        let around = std::iter::once(relation).chain(rivals.map(|rival| rival.relation));
        for relation in around {
            if let Some(column) = &mut data[relation] {
                column.drop_before();
            }
        }
    }

    /// The data of all links of all relationships that were cut, to be dropped.
    pub(crate) fn dispose_data(&mut self) -> Vec<Box<dyn Any>> {
        let columns = self.data.iter_mut().flatten();
        columns.filter_map(|column| column.dispose()).collect()
    }

    /// Refuses data of a wrong type, and data where there is none.
    pub(crate) fn expect_given(&self, links: &[(Place, RawId)], given: &Given) -> Result<()> {
        given
            .iter()
            .try_for_each(|(at, datum)| self.expect_data(links[*at].0, &**datum))
    }

    /// Data for the links of a newcomer: what was given and judged, and what
    /// the user's `Default` makes. Changes nothing.
    pub(crate) fn fresh_data(
        &self,
        plans: &[LinkPlan],
        links: &[(Place, RawId)],
        mut given: Given,
    ) -> Fresh {
        let chosen = self.chosen(links, &given);
        let mut fresh = Fresh::new();
        for plan in plans {
            let Some(column) = &self.data[plan.place.relation] else {
                continue;
            };
            let of_link = plan.writes().map(|Arrival { member, .. }| {
                let at = chosen.get(&self.target_of(plan.place, member))?;
                let at = given.binary_search_by_key(at, |&(at, _)| at).ok()?;
                // The others keep their places.
                Some(std::mem::replace(&mut given[at].1, Box::new(())))
            });
            let of_link = of_link.collect();
            fresh.push((plan.place.relation, column.fresh(of_link)));
        }
        fresh
    }

    /// Which link of a newcomer counts for each target, where data was given:
    /// the first, and at a to-one end the last.
    fn chosen(
        &self,
        links: &[(Place, RawId)],
        given: &Given,
    ) -> HashMap<(usize, Side, Slot), usize> {
        let mut chosen = HashMap::new();
        if given.is_empty() {
            return chosen;
        }
        for (at, &(place, target)) in links.iter().enumerate() {
            let target = self.target_of(place, target.slot());
            if target.2 == NONE {
                chosen.insert(target, at);
            } else {
                chosen.entry(target).or_insert(at);
            }
        }
        chosen
    }

    /// A target of a newcomer's link; at a to-one end it has only one.
    fn target_of(&self, place: Place, member: Slot) -> (usize, Side, Slot) {
        let slot = match self.end(place).cardinality {
            Cardinality::One => NONE,
            Cardinality::Many => member,
        };
        (place.relation, place.side, slot)
    }

    /// Has ready the data of a newcomer's links.
    pub(crate) fn accept_data(&mut self, fresh: Fresh) {
        for (relation, fresh) in fresh {
            let column = self.data[relation].as_mut();
            column.expect("it has made the data").accept(fresh);
        }
    }

    /// Takes back a link; hands over its data, to be dropped.
    pub(crate) fn undo_link(&mut self, link: LinkAt) -> Option<Box<AnyPayload>> {
        let relation = usize::from(link.relationship);
        let datum = match &mut self.data[relation] {
            Some(column) => {
                let number = number_of(&self.relations[relation], link.slots);
                Some(column.undo_put(number))
            }
            None => None,
        };
        self.relations[relation].undo_link(link);
        datum
    }

    /// Takes back an unlink, and gives the link its data again.
    pub(crate) fn undo_unlink(&mut self, link: LinkAt) {
        let relation = usize::from(link.relationship);
        let room = self.relations[relation].undo_unlink(link);
        room.expect("there was room for the link when it was made");
        if let Some(column) = &mut self.data[relation] {
            column.undo_take(number_of(&self.relations[relation], link.slots));
        }
    }

    /// Takes back a replacement of data; hands over the newer.
    pub(crate) fn undo_replace_data(
        &mut self,
        relationship: u16,
        slots: [Slot; 2],
    ) -> Box<AnyPayload> {
        let relation = usize::from(relationship);
        let number = number_of(&self.relations[relation], slots);
        let column = self.data[relation].as_mut();
        column.expect("its links have data").undo_replace(number)
    }

    /// Takes back a link for now; its data waits.
    pub(crate) fn detach_link(&mut self, link: LinkAt) {
        let relation = usize::from(link.relationship);
        if let Some(column) = &mut self.data[relation] {
            column.detach_put(number_of(&self.relations[relation], link.slots));
        }
        self.relations[relation].undo_link(link);
    }

    /// Takes back a replacement of data for now.
    pub(crate) fn detach_replaced_data(&mut self, relationship: u16, slots: [Slot; 2]) {
        let relation = usize::from(relationship);
        let number = number_of(&self.relations[relation], slots);
        let column = self.data[relation].as_mut();
        column.expect("its links have data").detach_replace(number);
    }

    /// Gives a link that was made again the data that it had.
    pub(crate) fn redo_put_data(&mut self, relation: usize, slots: [Slot; 2]) {
        if let Some(column) = &mut self.data[relation] {
            column.redo_put(number_of(&self.relations[relation], slots));
        }
    }

    /// Cuts a link again, its data first.
    pub(crate) fn redo_unlink(&mut self, link: LinkAt) {
        let relation = usize::from(link.relationship);
        let [left, right] = link.slots;
        self.take_data(relation, left, right);
        self.relations[relation].redo_unlink(link);
    }

    /// Replaces data again.
    pub(crate) fn redo_replace_data(&mut self, relationship: u16, slots: [Slot; 2]) {
        let relation = usize::from(relationship);
        let number = number_of(&self.relations[relation], slots);
        let column = self.data[relation].as_mut();
        column.expect("its links have data").redo_replace(number);
    }

    /// Whether the links of two graphs, which are the same, have the same data.
    pub(crate) fn same_data(&self, other: &Self) -> Result<bool> {
        for relation in 0..self.relations.len() {
            let place = left_of(relation);
            let (Some(mine), Some(theirs)) = (&self.data[relation], &other.data[relation]) else {
                continue;
            };
            if !mine.can_compare() {
                return Err(self.data_not_comparable(place));
            }
            let same = self.all_links(place).all(|(owner, member, link)| {
                let their_link = other.relation(place).number(place.side, owner, member);
                their_link
                    .is_some_and(|their_link| mine.same(link, &**theirs, their_link) == Some(true))
            });
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Copies of the data of all links.
    pub(crate) fn clone_data(&self) -> Result<Vec<Option<Box<dyn AnyColumn>>>> {
        for (relation, column) in self.data.iter().enumerate() {
            if column.as_ref().is_some_and(|column| !column.can_clone()) {
                return Err(self.data_not_cloneable(left_of(relation)));
            }
        }
        let copies = self.data.iter().map(|column| {
            let copy = column.as_ref()?.boxed_clone();
            Some(copy.expect("all data is cloneable, seen above"))
        });
        Ok(copies.collect())
    }

    /// All links as seen from a place: owner, member and number. A symmetric
    /// one is seen from both.
    pub(crate) fn all_links(&self, place: Place) -> impl Iterator<Item = (Slot, Slot, u32)> + '_ {
        let relation = self.relation(place);
        self.slots(self.owner_type(place)).flat_map(move |owner| {
            let one = relation.one(place.side, owner);
            let one = (one != NONE).then(|| {
                let link = relation.number(place.side, owner, one);
                (one, link.expect("who is linked has a link (I1)"))
            });
            let all = one.into_iter().chain(relation.numbered(place.side, owner));
            all.map(move |(member, link)| (owner, member, link))
        })
    }

    #[cold]
    fn no_data(&self, place: Place) -> Error {
        let message = format!(
            "links of {} have no data: add data::<..>() to its declaration",
            self.end_name(place)
        );
        Error::new(ErrorKind::NotDeclared, message).at(self.end(place).id)
    }

    #[cold]
    fn wrong_data(&self, place: Place) -> Error {
        let declared = self.end(place).data.as_ref();
        let message = format!(
            "links of {} have data of type {}",
            self.end_name(place),
            declared.map_or("?", |data| data.type_name)
        );
        Error::new(ErrorKind::WrongType, message).at(self.end(place).id)
    }

    #[cold]
    pub(crate) fn data_not_cloneable(&self, place: Place) -> Error {
        let message = format!(
            "the data of links of {} is not declared cloneable: add .cloneable_data::<..>()",
            self.end_name(place)
        );
        Error::new(ErrorKind::NotDeclared, message).at(self.end(place).id)
    }

    #[cold]
    fn data_not_comparable(&self, place: Place) -> Error {
        let message = format!(
            "the data of links of {} is not declared comparable: add .comparable_data::<..>()",
            self.end_name(place)
        );
        Error::new(ErrorKind::NotDeclared, message).at(self.end(place).id)
    }

    #[cold]
    fn not_linked(&self, place: Place, owner: Slot, other: RawId) -> Error {
        let end = self.end(place);
        let (owner, other) = (self.id_at(end.owner, owner), AnyId::new(end.target, other));
        let message = format!(
            "{} and {} are not linked at {}",
            self.describe(owner),
            self.describe(other),
            self.end_name(place)
        );
        Error::new(ErrorKind::NoMember, message)
            .at(end.id)
            .about([owner, other])
    }
}

/// Takes the data of all links of an entity at a side, in the order in which
/// [`Relation::clear`] cuts them.
pub(crate) fn take_all(relation: &Relation, column: &mut dyn AnyColumn, side: Side, owner: Slot) {
    let one = relation.one(side, owner);
    if one != NONE {
        let link = relation.number(side, owner, one);
        return column.take(link.expect("who is linked has a link (I1)"));
    }
    for (_, link) in relation.clearing(side, owner) {
        column.take(link);
    }
}

fn number_of(relation: &Relation, [left, right]: [Slot; 2]) -> u32 {
    let number = relation.number(Side::Left, left, right);
    number.expect("the record says that they are linked")
}

pub(crate) fn left_of(relation: usize) -> Place {
    Place {
        relation,
        side: Side::Left,
    }
}
