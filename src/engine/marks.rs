//! Marks: points in the record that somebody may still ask about, and change
//! sets.

use std::sync::{Arc, Weak};

use crate::change::Point;
use crate::change_set::uid::{Uid, Uids};
use crate::change_set::{ChangeSet, EntityChange, LinkChange, LinkKind, RowChange, Value};
use crate::engine::history::Step;
use crate::engine::net::{Net, NetEntity, NetLink, NetRow, Standing};
use crate::engine::{Engine, Place};
use crate::entities::{AnyPayload, Stack};
use crate::error::Result;
use crate::id::{AnyId, EntityTypeId, NONE, Side, Slot};

/// Whom a mark belongs to.
#[derive(Debug)]
pub(crate) struct Token;

/// A mark that somebody holds.
#[derive(Debug)]
pub(crate) struct Marked {
    holder: Weak<Token>,
    point: Point,
    /// What led from the mark to the point, if they are no longer one: what is
    /// between them was undone.
    way: Option<Result<ChangeSet>>,
}

impl Engine {
    /// The first point that somebody may still ask about.
    pub(crate) fn first_mark(&self) -> Option<Point> {
        self.marks.iter().map(|mark| mark.point).min()
    }

    /// Marks where the record is now, for as long as what it returns lives.
    pub(crate) fn mark(&mut self) -> Arc<Token> {
        self.name_all();
        self.sink.listen();
        let token = Arc::new(Token);
        self.marks.push(Marked {
            holder: Arc::downgrade(&token),
            point: self.sink.now(),
            way: None,
        });
        token
    }

    /// Lets go of marks that nobody holds any more.
    pub(crate) fn drop_marks(&mut self) {
        self.marks.retain(|mark| mark.holder.strong_count() > 0);
    }

    /// The net effect of what was done since a mark; `None` if it is a mark of
    /// another graph.
    pub(crate) fn changes_since(&self, token: &Arc<Token>) -> Option<Result<ChangeSet>> {
        let is_it = |mark: &&Marked| std::ptr::eq(mark.holder.as_ptr(), Arc::as_ptr(token));
        let mark = self.marks.iter().find(is_it)?;
        let since = self.changes_after(mark.point);
        Some(match &mark.way {
            None => since,
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(way)) => since.map(|since| way.then(&since)),
        })
    }

    fn changes_after(&self, point: Point) -> Result<ChangeSet> {
        self.change_set(&self.net_since(point))
    }

    /// What undoing the last step would do; nothing if there is none.
    pub(crate) fn changes_of_undo(&mut self) -> Result<ChangeSet> {
        self.name_all();
        let Some(from) = self.steps_done().next_back().map(Step::from) else {
            return Ok(ChangeSet::new(self.registry.clone()));
        };
        Ok(self.changes_of_a_step(from)?.invert())
    }

    /// The net effect of what was done after a point that may be older than the
    /// names.
    fn changes_of_a_step(&mut self, from: Point) -> Result<ChangeSet> {
        let net = self.net_since(from);
        for it in &net.deleted {
            self.name_inserted(self.id_at(it.entity, it.slot));
        }
        self.change_set(&net)
    }

    /// Sees to it that marks behind a point know their way to it, which is about
    /// to be gone back to.
    pub(crate) fn lead_marks_back_to(&mut self, point: Point) {
        if self.marks.iter().all(|mark| mark.point <= point) {
            return;
        }
        let back = self.changes_of_a_step(point).map(|all| all.invert());
        let mut marks = std::mem::take(&mut self.marks);
        for mark in marks.iter_mut().filter(|mark| mark.point > point) {
            let forth = self.changes_after(mark.point);
            let way = match (mark.way.take(), forth, &back) {
                (Some(Err(error)), _, _) | (_, Err(error), _) => Err(error),
                (_, _, Err(error)) => Err(error.clone()),
                (None, Ok(forth), Ok(back)) => Ok(forth.then(back)),
                (Some(Ok(way)), Ok(forth), Ok(back)) => Ok(way.then(&forth).then(back)),
            };
            mark.way = Some(way);
            mark.point = point;
        }
        self.marks = marks;
    }

    /// Names all live entities, by type and slot, if entities have no names yet.
    /// From then on each gets its own when it is inserted.
    pub(crate) fn name_all(&mut self) {
        if self.uids.is_some() {
            return self.forget_names();
        }
        let mut uids = Uids::default();
        for def in self.registry.entity_defs() {
            for id in self.ids(def.id) {
                uids.name(AnyId::new(def.id, id));
            }
        }
        self.uids = Some(Box::new(uids));
    }

    /// Forgets the names of those who can no longer live, where they are most.
    fn forget_names(&mut self) {
        let live: usize = self.entities.iter().map(|all| all.len()).sum();
        let Some(mut uids) = self.uids.take_if(|uids| uids.len() > 2 * live + 16) else {
            return;
        };
        uids.retain(|id| self.may_live(id));
        self.uids = Some(uids);
    }

    /// Whether an entity lives, or may be brought back.
    fn may_live(&self, id: AnyId) -> bool {
        self.is_live(id) || self.entities[id.entity().index()].is_detached(id.raw())
    }

    /// Names an entity that was inserted, if entities have names.
    #[inline]
    pub(crate) fn name_inserted(&mut self, id: AnyId) {
        if let Some(uids) = &mut self.uids {
            uids.name(id);
        }
    }

    fn uid_at(&self, entity: EntityTypeId, slot: Slot) -> Uid {
        let id = self.id_at(entity, slot);
        let uid = self.uids.as_ref().and_then(|uids| uids.of(id));
        uid.expect("all entities are named while there are marks or a history is looked at")
    }

    /// A net effect as a value.
    fn change_set(&self, net: &Net) -> Result<ChangeSet> {
        let mut changes = ChangeSet::new(self.registry.clone());
        for it in &net.inserted {
            let after = self.payload_now(it)?;
            changes
                .entities
                .push(self.entity_change(it, [None, Some(after)]));
        }
        for it in &net.updated {
            let values = [self.payload_before(it)?, self.payload_now(it)?];
            changes
                .entities
                .push(self.entity_change(it, values.map(Some)));
        }
        for it in &net.deleted {
            let before = self.payload_before(it)?;
            changes
                .entities
                .push(self.entity_change(it, [Some(before), None]));
        }
        for it in &net.unlinked {
            let before = self.data_before(it)?;
            changes
                .links
                .push(self.link_change(it, LinkKind::Cut, [before, None]));
        }
        for it in &net.linked {
            let after = self.data_now(it)?;
            changes
                .links
                .push(self.link_change(it, LinkKind::Made, [None, after]));
        }
        for it in &net.data {
            let values = [self.data_before(it)?, self.data_now(it)?];
            changes
                .links
                .push(self.link_change(it, LinkKind::OtherData, values));
        }
        changes.rows = net.rows.iter().map(|row| self.row_change(row)).collect();
        Ok(changes)
    }

    fn entity_change(&self, it: &NetEntity, [before, after]: [Option<Value>; 2]) -> EntityChange {
        EntityChange {
            uid: self.uid_at(it.entity, it.slot),
            entity: it.entity,
            before,
            after,
            fields: it.fields.clone(),
        }
    }

    fn payload_now(&self, it: &NetEntity) -> Result<Value> {
        let copy = self.entities[it.entity.index()].copy_boxed(it.slot);
        copy.map(Value::from)
            .ok_or_else(|| self.not_cloneable(it.entity))
    }

    fn payload_before(&self, it: &NetEntity) -> Result<Value> {
        let image = it.images.on(Stack::Before);
        let image = image.and_then(|n| self.entities[it.entity.index()].image(Stack::Before, n));
        let copy =
            |payload: &AnyPayload| self.registry.entity_def(it.entity)?.factory.copy(payload);
        let copy = image.and_then(copy);
        copy.map(Value::from)
            .ok_or_else(|| self.not_cloneable(it.entity))
    }

    fn link_change(
        &self,
        it: &NetLink,
        kind: LinkKind,
        [before, after]: [Option<Value>; 2],
    ) -> LinkChange {
        let [left, right] = it.slots;
        let sides = [Side::Left, Side::Right].map(|side| {
            let relation = it.relation;
            Place { relation, side }
        });
        let symmetric = self.rules[it.relation].symmetric;
        let ends = sides.map(|place| self.end(if symmetric { sides[0] } else { place }).id);
        LinkChange {
            ends,
            uids: [
                self.uid_at(self.owner_type(sides[0]), left),
                self.uid_at(self.target_type(sides[0]), right),
            ],
            kind,
            before,
            after,
        }
    }

    fn data_now(&self, it: &NetLink) -> Result<Option<Value>> {
        let Some(column) = &self.data[it.relation] else {
            return Ok(None);
        };
        let [left, right] = it.slots;
        let number = self.relations[it.relation].number(Side::Left, left, right);
        let copy = number.and_then(|number| column.copy_boxed(number));
        self.expect_copy(it, copy)
    }

    fn data_before(&self, it: &NetLink) -> Result<Option<Value>> {
        let Some(column) = &self.data[it.relation] else {
            return Ok(None);
        };
        let image = it.images.on(Stack::Before);
        let image = image.and_then(|n| column.image(Stack::Before, n));
        let spec = self.registry.relationship(it.relation);
        let spec = spec.and_then(|end| end.data.as_ref());
        let copy = image.zip(spec).and_then(|(datum, spec)| spec.copy(datum));
        self.expect_copy(it, copy)
    }

    fn expect_copy(&self, it: &NetLink, copy: Option<Box<AnyPayload>>) -> Result<Option<Value>> {
        let place = Place {
            relation: it.relation,
            side: Side::Left,
        };
        let copy = copy.map(Value::from);
        copy.map(Some).ok_or_else(|| self.data_not_cloneable(place))
    }

    fn row_change(&self, row: &NetRow) -> RowChange {
        let target = self.target_type(row.place);
        let uid = |slot: Slot| self.uid_at(target, slot);
        let named = |standing: &[Standing]| {
            let all = standing.iter();
            let all = all.map(|it| (uid(it.member), (it.behind != NONE).then(|| uid(it.behind))));
            all.collect()
        };
        RowChange {
            end: self.end(row.place).id,
            owner: self.uid_at(self.owner_type(row.place), row.owner),
            left: named(&row.left),
            entered: named(&row.entered),
        }
    }
}
