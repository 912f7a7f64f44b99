//! Many children at once.

use crate::change::Sink;
use crate::id::{NONE, RawId, Side, Slot};
use crate::links::bulk::{Influx, in_batches, live_before};
use crate::links::column;
use crate::links::many_to_many::in_order;
use crate::links::many_to_one::ManyToOne;
use crate::links::rows::PoolFull;

impl ManyToOne {
    /// See [`Store::live_pairs`](crate::links::store::Store::live_pairs).
    pub(crate) fn live_pairs(&self, side: Side, pairs: &[[RawId; 2]]) -> usize {
        let is_child_first = side == self.child_side;
        live_before(pairs, |&[owner, member]| {
            let (child, parent) = if is_child_first {
                (owner, member)
            } else {
                (member, owner)
            };
            let record = self.children.0.get(child.slot() as usize);
            let is_live = record.is_some_and(|it| it.generation == child.generation());
            is_live & (self.rows.generation(parent.slot()) == Some(parent.generation()))
        })
    }

    /// Makes room for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        if side == self.child_side {
            column::reserve(&mut self.children.0, additional);
        } else {
            self.rows.reserve_owners(additional);
        }
    }

    /// See [`Store::bulk`](crate::links::store::Store::bulk).
    pub(crate) fn bulk(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> Result<usize, PoolFull> {
        let side = self.child_side;
        let parents = pairs
            .iter()
            .map(|&[left, right]| in_order(side, left, right).1);
        let influx = Influx::count(parents, self.rows.owners());
        self.make_room_for(&influx, sink)?;
        let mut linked = 0;
        let write = |store: &mut Self, [left, right]: [Slot; 2]| {
            let (child, parent) = in_order(side, left, right);
            linked += usize::from(store.take_over(child, parent, sink));
        };
        in_batches(self, pairs, Self::touch, write);
        for (parent, _) in influx.rows() {
            if self.rows.is_roomy(parent) {
                self.tidy(parent, sink);
            }
        }
        Ok(linked)
    }

    fn make_room_for(&mut self, influx: &Influx, sink: &mut Sink) -> Result<(), PoolFull> {
        self.rows.lay_out(influx, &mut self.children)?;
        for (parent, count) in influx.rows() {
            if self.rows.is_swamped(parent, count) {
                self.make_room(parent, count as usize, sink)?;
            }
        }
        Ok(())
    }

    /// Links a child to a parent, and cuts it from another one; `false` if it is
    /// the parent's already.
    #[inline]
    fn take_over(&mut self, child: Slot, parent: Slot, sink: &mut Sink) -> bool {
        let old = self.parent(child);
        if old == parent {
            return false;
        }
        let room = self.make_room(parent, 1, sink);
        room.expect("the pool has room for sure, seen before the first write");
        if old != NONE {
            self.unlink(child, sink);
        }
        self.link(child, parent, sink);
        true
    }

    /// Reads what moving these children is about to need.
    fn touch(&self, pairs: &[[Slot; 2]]) -> u32 {
        let each = || {
            let pairs = pairs.iter();
            pairs.map(|&[left, right]| in_order(self.child_side, left, right))
        };
        let mut read = 0;
        for (child, parent) in each() {
            read ^= self.children.0[child as usize].at ^ self.rows.touch(parent);
        }
        for (child, parent) in each() {
            let record = self.children.0[child as usize];
            read ^= self.rows.touch(record.parent) ^ self.rows.touch_end(parent);
            read ^= self.rows.touch_cell(record.at);
        }
        read
    }
}
