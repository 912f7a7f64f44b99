//! Many links at once.

use crate::change::Sink;
use crate::id::{Side, Slot};
use crate::links::bulk::{Influx, in_batches};
use crate::links::column;
use crate::links::many_to_many::{ManyToMany, SHORT};
use crate::links::rows::{PoolFull, Rows};

impl ManyToMany {
    /// Makes room for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        let side = self.stored(side);
        self.rows[side.index()].reserve_owners(additional);
    }

    /// See [`Store::bulk`](crate::links::store::Store::bulk).
    pub(crate) fn bulk(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> Result<usize, PoolFull> {
        self.make_room_for(pairs, sink)?;
        let mut linked = 0;
        let write = |store: &mut Self, [left, right]: [Slot; 2]| {
            if store.find(left, right).is_none() {
                for (side, owner, _) in store.two_rows(left, right) {
                    let room = store.make_room(side, owner, 1, sink);
                    room.expect("the pool has room for sure, seen before the first write");
                }
                store.link(left, right, sink);
                linked += 1;
            }
        };
        in_batches(self, pairs, Self::touch, write);
        Ok(linked)
    }

    fn make_room_for(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> Result<(), PoolFull> {
        let owners = self.rows.each_ref().map(Rows::owners);
        if self.symmetric {
            // A link of an entity to itself is counted twice.
            let both = pairs.as_flattened().iter().copied();
            self.make_room_on(Side::Left, &Influx::count(both, owners[0]), sink)?;
        } else {
            let left = Influx::count(pairs.iter().map(|pair| pair[0]), owners[0]);
            self.make_room_on(Side::Left, &left, sink)?;
            drop(left);
            let right = Influx::count(pairs.iter().map(|pair| pair[1]), owners[1]);
            self.make_room_on(Side::Right, &right, sink)?;
        }
        if !self.edges.positions.is_empty() {
            column::reserve(&mut self.edges.positions, pairs.len());
        }
        Ok(())
    }

    fn make_room_on(
        &mut self,
        side: Side,
        influx: &Influx,
        sink: &mut Sink,
    ) -> Result<(), PoolFull> {
        let mut keeper = self.edges.keeper(side);
        // Rows without members have no pairs to be entered in the table.
        let rows = &mut self.rows[side.index()];
        rows.lay_out(influx, &mut keeper)?;
        if influx.rows().any(|(owner, _)| rows.capacity(owner) > SHORT) {
            self.know_positions();
        }
        for (owner, count) in influx.rows() {
            if self.rows(side).is_swamped(owner, count) {
                self.make_room(side, owner, count as usize, sink)?;
            }
        }
        Ok(())
    }

    /// Reads what making these links is about to need.
    fn touch(&self, pairs: &[[Slot; 2]]) -> u32 {
        let [lefts, rights] = [Side::Left, Side::Right].map(|side| self.rows(side));
        let mut read = 0;
        for &[left, right] in pairs {
            read ^= lefts.touch(left) ^ rights.touch(right);
        }
        for &[left, right] in pairs {
            read ^= lefts.touch_end(left) ^ rights.touch_end(right);
        }
        read
    }
}
