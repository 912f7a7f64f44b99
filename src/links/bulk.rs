//! Many links at once: counted first, so that each row is given its room once.

use std::hint::black_box;

use crate::change::Sink;
use crate::id::{NONE, RawId, Side, Slot};
use crate::links::linked::Linked;
use crate::links::many_to_many::in_order;
use crate::links::one_to_one::OneToOne;
use crate::links::rows::PoolFull;
use crate::links::store::Store;

/// How many pairs are looked at before the first of them is written, so that
/// their cache misses overlap.
const BATCH: usize = 16;

/// How many members may come to each row of one side, in the order of the
/// owners.
///
/// Counted by owner where there are many pairs, sorted where there are few, so
/// that a few pairs cost nothing for a large graph.
#[derive(Debug)]
pub(crate) struct Influx {
    counts: Vec<u32>,
    few: Vec<(Slot, u32)>,
}

impl Influx {
    /// Counts who gets how many; the owners are below a slot.
    pub(crate) fn count(owners: impl ExactSizeIterator<Item = Slot>, below: Slot) -> Self {
        let (mut counts, mut few) = (Vec::new(), Vec::new());
        if owners.len() >= below as usize / 8 {
            counts.resize(below as usize, 0);
            owners.for_each(|owner| counts[owner as usize] += 1);
        } else {
            let mut owners: Vec<Slot> = owners.collect();
            owners.sort_unstable();
            let rows = owners.chunk_by(|one, other| one == other);
            few.extend(rows.map(|row| (row[0], narrow(row.len()))));
        }
        Self { counts, few }
    }

    /// The rows that get members, in the order of their owners, and how many.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Slot, u32)> + '_ {
        let counts = (0..).zip(&self.counts).filter(|&(_, &count)| count > 0);
        let counts = counts.map(|(owner, &count)| (owner, count));
        counts.chain(self.few.iter().copied())
    }
}

impl Store {
    /// Makes room at a side for so many entities more.
    pub(crate) fn reserve_owners(&mut self, side: Side, additional: usize) {
        match self {
            Self::ManyToOne(store) => store.reserve_owners(side, additional),
            Self::Linked(store) => store.reserve_owners(side, additional),
            Self::OneToOne(store) => store.reserve_owners(side, additional),
            Self::ManyToMany(store) => store.reserve_owners(side, additional),
        }
    }

    /// How many of these pairs, an owner at a side and another, are live before
    /// the first that is not.
    pub(crate) fn live_pairs(&self, side: Side, pairs: &[[RawId; 2]]) -> usize {
        match self {
            Self::ManyToOne(store) => store.live_pairs(side, pairs),
            Self::Linked(_) | Self::OneToOne(_) | Self::ManyToMany(_) => {
                live_before(pairs, |&[owner, member]| {
                    self.is_live(side, owner) && self.is_live(side.other(), member)
                })
            }
        }
    }

    /// Whether the pools have room for so many links more, whatever room each
    /// of the rows takes for them.
    pub(crate) fn takes_for_sure(&self, links: usize) -> bool {
        let sides = [Side::Left, Side::Right];
        let mut rows = sides.iter().filter_map(|&side| self.rows(side));
        rows.all(|rows| rows.takes_for_sure(links))
    }

    /// Links pairs of entities, left and right, in order, each as
    /// [`assign`](Self::assign) does if they are not linked; how many were not.
    ///
    /// There is [room for sure](Self::takes_for_sure), so if this fails, it has
    /// written nothing.
    pub(crate) fn bulk(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> Result<usize, PoolFull> {
        match self {
            Self::ManyToOne(store) => store.bulk(pairs, sink),
            Self::Linked(store) => Ok(store.bulk(pairs, sink)),
            Self::OneToOne(store) => Ok(store.bulk(pairs, sink)),
            Self::ManyToMany(store) => store.bulk(pairs, sink),
        }
    }
}

impl Linked {
    /// See [`Store::bulk`]: there is no room to make.
    fn bulk(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> usize {
        let mut linked = 0;
        for &[left, right] in pairs {
            let (child, parent) = in_order(self.child_side(), left, right);
            let old = self.parent(child);
            if old == parent {
                continue;
            }
            if old != NONE {
                self.unlink(child, sink);
            }
            self.link(child, parent, sink);
            linked += 1;
        }
        linked
    }
}

impl OneToOne {
    /// See [`Store::bulk`]: there is no room to make.
    fn bulk(&mut self, pairs: &[[Slot; 2]], sink: &mut Sink) -> usize {
        let mut linked = 0;
        for &[left, right] in pairs {
            if self.mate(Side::Left, left) == right {
                continue;
            }
            for (side, slot) in [(Side::Left, left), (Side::Right, right)] {
                let mate = self.mate(side, slot);
                if mate != NONE {
                    let (left, right) = in_order(side, slot, mate);
                    self.unlink(left, right, sink);
                }
            }
            self.link(left, right, sink);
            linked += 1;
        }
        linked
    }
}

/// How many pairs come before the first that is not live.
///
/// All are looked at, so that nothing waits for what the first one says.
pub(crate) fn live_before(pairs: &[[RawId; 2]], is_live: impl Fn(&[RawId; 2]) -> bool) -> usize {
    if pairs.iter().fold(true, |all, pair| all & is_live(pair)) {
        return pairs.len();
    }
    let live = pairs.iter().take_while(|pair| is_live(pair));
    live.count()
}

/// Goes through pairs in batches: `touch` reads what `write` is about to need of
/// each, and what it has read goes nowhere.
///
/// A write waits for what it reads, and the next one behind it; reads alone wait
/// together. So out of cache a batch waits once or twice, and not sixteen times.
pub(crate) fn in_batches<S>(
    store: &mut S,
    pairs: &[[Slot; 2]],
    touch: impl Fn(&S, &[[Slot; 2]]) -> u32,
    mut write: impl FnMut(&mut S, [Slot; 2]),
) {
    for batch in pairs.chunks(BATCH) {
        black_box(touch(store, batch));
        batch.iter().for_each(|&pair| write(store, pair));
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_in_the_order_of_their_owners() {
        let owners = [7, 2, 7, 7, 3];
        let expected = [(2, 1), (3, 1), (7, 3)];
        for below in [8, 1000] {
            let influx = Influx::count(owners.into_iter(), below);
            assert!(influx.rows().eq(expected), "of {below}");
        }
        assert!(Influx::count([].into_iter(), 0).rows().next().is_none());
    }
}
