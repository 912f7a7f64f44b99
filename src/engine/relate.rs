//! Links: what one more means for the others, whether it may be, writing it.

use smallvec::SmallVec;

use crate::engine::arrange::Arrival;
use crate::engine::check::Births;
use crate::engine::row::LiveRow;
use crate::engine::{Engine, Place};
use crate::entities::AnyPayload;
use crate::error::Result;
use crate::id::{AnyId, EndId, NONE, RawId, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::links::many_to_many::in_order;
use crate::links::store::Store;
use crate::schema::Cardinality;

/// A link that is to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cut {
    pub(crate) relation: usize,
    pub(crate) left: Slot,
    pub(crate) right: Slot,
}

/// Links of one owner at one end that are to be made, and links of anybody
/// that are to be cut before.
#[derive(Clone, Debug)]
pub(crate) struct LinkPlan {
    pub(crate) place: Place,
    pub(crate) owner: Slot,
    /// Of this relationship, or of those at which the new link leaves no other.
    pub(crate) cut: SmallVec<[Cut; 2]>,
    /// The new members, in order.
    pub(crate) make: SmallVec<[Slot; 2]>,
    /// Where rows are sorted or keyed: the new members again, in the order in
    /// which to write them, and where they come in.
    pub(crate) arrivals: Vec<Arrival>,
}

impl LinkPlan {
    pub(crate) fn new(place: Place, owner: Slot) -> Self {
        Self {
            place,
            owner,
            cut: SmallVec::new(),
            make: SmallVec::new(),
            arrivals: Vec::new(),
        }
    }

    /// The new members in the order in which to write their links, and where
    /// they come in.
    pub(crate) fn writes(&self) -> impl Iterator<Item = Arrival> + '_ {
        let is_plain = self.arrivals.is_empty();
        let plain = self.make.iter().filter(move |_| is_plain);
        let plain = plain.map(|&member| Arrival {
            member,
            spots: [NONE; 2],
        });
        plain.chain(self.arrivals.iter().copied())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cut.is_empty() && self.make.is_empty()
    }

    /// Cuts the link of two entities, the first of them at `place`.
    pub(crate) fn cut(&mut self, place: Place, owner: Slot, member: Slot) {
        let (left, right) = in_order(place.side, owner, member);
        let relation = place.relation;
        self.cut.push(Cut {
            relation,
            left,
            right,
        });
    }
}

impl Engine {
    /// Sets a to-one end; `false` if it was so already.
    #[inline]
    pub(crate) fn set(&mut self, place: Place, id: RawId, target: Option<RawId>) -> Result<bool> {
        if let Some(target) = target
            && let Some(done) = self.reassign(place, id, target)
        {
            return Ok(done);
        }
        self.set_carefully(place, id, target)
    }

    /// The common case of [`set`](Self::set): a child gets another parent, no
    /// rules, no room to be made. `None` where it is another case.
    #[inline]
    fn reassign(&mut self, place: Place, id: RawId, target: RawId) -> Option<bool> {
        if !self.rules[place.relation].are_none() {
            return None;
        }
        match self.relations[place.relation].plain_mut() {
            Store::ManyToOne(store) if store.child_side() == place.side => {
                store.reassign(id, target, &mut self.sink)
            }
            Store::Linked(store) if store.child_side() == place.side => {
                store.reassign(id, target, &mut self.sink)
            }
            Store::ManyToOne(_) | Store::Linked(_) => None,
            Store::OneToOne(_) | Store::ManyToMany(_) => None,
        }
    }

    /// The common case of setting to none.
    fn detach(&mut self, place: Place, id: RawId) -> Option<bool> {
        if !self.rules[place.relation].are_none() {
            return None;
        }
        match self.relations[place.relation].plain_mut() {
            Store::ManyToOne(store) if store.child_side() == place.side => {
                store.detach(id, &mut self.sink)
            }
            Store::ManyToOne(_) | Store::Linked(_) => None,
            Store::OneToOne(_) | Store::ManyToMany(_) => None,
        }
    }

    /// Adds to a row, where no rules have to be asked; `None` where it is
    /// another case.
    #[inline]
    pub(crate) fn push_freely(&mut self, row: LiveRow, item: RawId) -> Option<bool> {
        let LiveRow { place, owner } = row;
        if !self.rules[place.relation].are_none() || planted::is(Bug::DisplacedKeepsItsMate) {
            return None;
        }
        let sink = &mut self.sink;
        match self.relations[place.relation].plain_mut() {
            Store::ManyToOne(store) if store.child_side() != place.side => {
                let generation = store.rows.generation(owner)?;
                store.reassign(item, RawId::new(owner, generation), sink)
            }
            Store::ManyToMany(store) => store.add(place.side, owner, item, sink),
            Store::ManyToOne(_) | Store::Linked(_) | Store::OneToOne(_) => None,
        }
    }

    /// Takes out of a row, where no rules have to be asked; `None` where it is
    /// another case.
    #[inline]
    pub(crate) fn remove_freely(&mut self, row: LiveRow, item: RawId) -> Option<bool> {
        let LiveRow { place, owner } = row;
        if !self.rules[place.relation].are_none() {
            return None;
        }
        let sink = &mut self.sink;
        match self.relations[place.relation].plain_mut() {
            Store::ManyToOne(store) if store.child_side() != place.side => {
                store.detach_from(owner, item, sink)
            }
            Store::ManyToMany(store) => store.remove(place.side, owner, item, sink),
            Store::ManyToOne(_) | Store::Linked(_) | Store::OneToOne(_) => None,
        }
    }

    #[inline(never)]
    fn set_carefully(&mut self, place: Place, id: RawId, target: Option<RawId>) -> Result<bool> {
        if target.is_none()
            && let Some(done) = self.detach(place, id)
        {
            return Ok(done);
        }
        let owner = self.owner(place, id)?;
        match target {
            Some(target) => {
                let target = self.member(place, target)?;
                self.relate(place, owner, target)
            }
            None => {
                let old = self.relation(place).one(place.side, owner);
                if old == NONE {
                    return Ok(false);
                }
                self.unrelate(place, owner, old)
            }
        }
    }

    /// Links two entities at an end of the first, as setting or adding does; a
    /// new link has the data that was given.
    pub(crate) fn relate_ids(
        &mut self,
        end: EndId,
        [id, target]: [AnyId; 2],
        data: Option<Box<AnyPayload>>,
    ) -> Result<()> {
        let place = self.towards(self.place(end)?, target)?;
        if let Some(data) = data {
            return self
                .link_boxed(place, [id.raw(), target.raw()], data)
                .map(drop);
        }
        let owner = self.owner(place, id.raw())?;
        let member = self.member(place, target.raw())?;
        self.relate(place, owner, member).map(drop)
    }

    /// Refuses a verb of to-many ends on a to-one end and the reverse.
    pub(crate) fn expect_cardinality(&self, place: Place, wanted: Cardinality) -> Result<()> {
        if self.end(place).cardinality == wanted {
            Ok(())
        } else {
            Err(self.wrong_cardinality(place))
        }
    }

    /// Links two live entities, last in both rows; whoever is displaced at a
    /// to-one end is cut. `false` if they are linked already.
    pub(crate) fn relate(&mut self, place: Place, owner: Slot, member: Slot) -> Result<bool> {
        let relation = &mut self.relations[place.relation];
        if relation.contains(place.side, owner, member) && !planted::is(Bug::LinkingAgainMoves) {
            return Ok(false);
        }
        if self.rules[place.relation].are_none() && !planted::is(Bug::DisplacedKeepsItsMate) {
            let (left, right) = in_order(place.side, owner, member);
            let room = relation.plain_mut().assign(left, right, &mut self.sink);
            return match room {
                Ok(()) => Ok(true),
                Err(_) => Err(self.full_row(place)),
            };
        }
        let linked = self.relate_all(place, owner, &[member])?;
        self.drop_cut_data(place.relation);
        Ok(linked)
    }

    /// Links an owner to entities that are not linked to it yet. The data of
    /// links that are cut for it is left for the caller to drop.
    #[inline(never)]
    pub(crate) fn relate_all(
        &mut self,
        place: Place,
        owner: Slot,
        members: &[Slot],
    ) -> Result<bool> {
        let mut plan = self.plan_links(place, owner, members);
        self.carry_out(&mut plan)
    }

    /// Plans links of an owner to entities that are not linked to it yet.
    pub(crate) fn plan_links(&self, place: Place, owner: Slot, members: &[Slot]) -> LinkPlan {
        let mut plan = LinkPlan::new(place, owner);
        for &member in members {
            self.plan_link(&mut plan, member);
        }
        plan
    }

    /// Cuts the link of two live entities; `false` if there is none.
    pub(crate) fn unrelate(&mut self, place: Place, owner: Slot, member: Slot) -> Result<bool> {
        let rules = self.rules[place.relation];
        if rules.cuts_freely && !rules.data && !rules.checked {
            let (left, right) = in_order(place.side, owner, member);
            return Ok(self.relations[place.relation].unlink(left, right, &mut self.sink));
        }
        let mut plan = LinkPlan::new(place, owner);
        if self.relation(place).contains(place.side, owner, member) {
            plan.cut(place, owner, member);
        }
        let linked = self.carry_out(&mut plan)?;
        self.drop_cut_data(place.relation);
        Ok(linked)
    }

    /// Adds a link to a plan, and what it displaces at to-one ends.
    pub(crate) fn plan_link(&self, plan: &mut LinkPlan, member: Slot) {
        let (place, owner) = (plan.place, plan.owner);
        let inverse = self.inverse(place);
        for (place, slot) in [(place, owner), (inverse, member)] {
            if planted::is(Bug::DisplacedKeepsItsMate) && slot == member {
                continue;
            }
            let rivals = self.groups.rivals(place);
            let rivals = if planted::is(Bug::RivalsStay) {
                &[]
            } else {
                rivals
            };
            for &place in [place].iter().chain(rivals) {
                let old = self.one_at(place, slot);
                if old != NONE {
                    plan.cut(place, slot, old);
                }
            }
        }
        plan.make.push(member);
    }

    /// The link of a to-one end; an entity that is still to be inserted has none.
    pub(crate) fn one_at(&self, place: Place, slot: Slot) -> Slot {
        let relation = self.relation(place);
        if relation.generation(place.side, slot).is_none() {
            return NONE;
        }
        relation.one(place.side, slot)
    }

    /// Judges a plan and writes it; `false` if there is nothing in it. The data
    /// of links that are cut is left for the caller to drop.
    pub(crate) fn carry_out(&mut self, plan: &mut LinkPlan) -> Result<bool> {
        self.carry_out_with(plan, |_| ())
    }

    /// [`carry_out`](Self::carry_out), where data for the new links was given:
    /// `give` has it ready, when nothing that can fail but the user's `Default`
    /// is left to do.
    pub(crate) fn carry_out_with(
        &mut self,
        plan: &mut LinkPlan,
        give: impl FnOnce(&mut Self),
    ) -> Result<bool> {
        if plan.is_empty() {
            return Ok(false);
        }
        if self.may_orphan(plan) {
            return self.as_one_call(|engine| engine.carry_out_with(plan, give));
        }
        self.expect_owner_lives(plan)?;
        self.judge(plan)?;
        self.plan_arrivals(std::slice::from_mut(plan), None)?;
        if !planted::is(Bug::ChecksComeTooLate) {
            self.ask_about_links(std::slice::from_ref(plan), Births::None)?;
        }
        self.make_room(plan)?;
        give(self);
        self.fill_data(plan);
        self.write_cuts(plan);
        self.write_makes(plan);
        self.tidy(plan);
        if planted::is(Bug::ChecksComeTooLate) {
            self.ask_about_links(std::slice::from_ref(plan), Births::None)?;
        }
        Ok(true)
    }

    /// Whether a plan keeps to the rules of its relationship.
    pub(crate) fn judge(&self, plan: &LinkPlan) -> Result<()> {
        let rules = self.rules[plan.place.relation];
        if rules.acyclic && !plan.make.is_empty() {
            self.check_acyclic(plan.place, plan.owner, &plan.make)?;
        }
        self.check_nesting(plan)?;
        if rules.limited {
            self.check_limits(std::slice::from_ref(plan), None)?;
        }
        Ok(())
    }

    /// Makes room in all rows that a plan writes to.
    pub(crate) fn make_room(&mut self, plan: &LinkPlan) -> Result<()> {
        self.make_room_at_the_owner(plan)?;
        self.make_room_at_the_others(plan)
    }

    /// Makes room in the row of a plan's owner.
    #[inline]
    pub(crate) fn make_room_at_the_owner(&mut self, plan: &LinkPlan) -> Result<()> {
        let place = plan.place;
        let relation = &mut self.relations[place.relation];
        let room = relation.make_room(place.side, plan.owner, plan.make.len(), &mut self.sink);
        room.map_err(|_| self.full_row(place))
    }

    /// Makes room in the rows of those whom a plan links to its owner.
    pub(crate) fn make_room_at_the_others(&mut self, plan: &LinkPlan) -> Result<()> {
        let side = self.inverse(plan.place).side;
        let relation = &mut self.relations[plan.place.relation];
        let mut members = plan.make.iter();
        let room =
            members.try_for_each(|&member| relation.make_room(side, member, 1, &mut self.sink));
        room.map_err(|_| self.full_row(plan.place))
    }

    /// Writes the first half of a plan that was judged and has room.
    pub(crate) fn write_cuts(&mut self, plan: &LinkPlan) {
        for &cut in &plan.cut {
            self.cut(cut);
        }
    }

    /// Cuts the link of two entities, its data first.
    #[inline]
    fn cut(&mut self, cut: Cut) {
        let Cut {
            relation,
            left,
            right,
        } = cut;
        self.note_cut(cut);
        if self.rules[relation].data {
            self.take_data(relation, left, right);
        }
        self.relations[relation].cut(left, right, &mut self.sink);
    }

    /// Cuts a link by itself, and gives back what its rows have no use for.
    pub(crate) fn cut_and_tidy(&mut self, cut: Cut) {
        self.cut(cut);
        let relation = &mut self.relations[cut.relation];
        relation.tidy(Side::Left, cut.left, &mut self.sink);
        relation.tidy(Side::Right, cut.right, &mut self.sink);
    }

    /// Writes the second half.
    pub(crate) fn write_makes(&mut self, plan: &LinkPlan) {
        let relation = plan.place.relation;
        for Arrival { member, spots } in plan.writes() {
            let (left, right) = in_order(plan.place.side, plan.owner, member);
            self.relations[relation].link([left, right], spots, &mut self.sink);
            self.put_data(relation, left, right);
        }
    }

    /// Gives back what the rows that a plan has cut links of have no use for,
    /// when all is written.
    pub(crate) fn tidy(&mut self, plan: &LinkPlan) {
        for cut in &plan.cut {
            let relation = &mut self.relations[cut.relation];
            relation.tidy(Side::Left, cut.left, &mut self.sink);
            relation.tidy(Side::Right, cut.right, &mut self.sink);
        }
    }
}
