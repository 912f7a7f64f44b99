//! Which link joins two entities, for those that have many.

use hashbrown::HashTable;

use crate::id::Slot;
use crate::internals::steps;
use crate::links::shrink;

/// Links by the pair of slots they join, four bytes and a tag each.
///
/// Only the number of the link is kept; the slots are read from the rows it
/// stands in. Slots are given out by the graph and not by a user, so the hash
/// needs no seed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    links: HashTable<u32>,
}

impl Pairs {
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    pub(crate) fn with_room_for(links: usize) -> Self {
        Self {
            links: HashTable::with_capacity(links),
        }
    }

    /// Whether most of it is empty.
    pub(crate) fn is_sparse(&self) -> bool {
        shrink::is_sparse(self.links.len(), self.links.capacity())
    }

    /// Makes it smaller.
    pub(crate) fn shrink(&mut self, slots_of: impl Fn(u32) -> [Slot; 2]) {
        let len = self.links.len();
        steps::take(len);
        let rehash = |&link: &u32| hash(slots_of(link));
        self.links.shrink_to(shrink::room_for(len), rehash);
    }

    /// How many bytes it takes, empty room included.
    pub(crate) fn bytes(&self) -> usize {
        self.links.allocation_size()
    }

    /// The link of a pair; `joins` tells whether it is a certain one.
    #[inline]
    pub(crate) fn find(&self, pair: [Slot; 2], joins: impl Fn(u32) -> bool) -> Option<u32> {
        steps::take(1);
        self.links.find(hash(pair), |&link| joins(link)).copied()
    }

    /// Adds a link that is not in yet.
    pub(crate) fn insert(
        &mut self,
        pair: [Slot; 2],
        link: u32,
        slots_of: impl Fn(u32) -> [Slot; 2],
    ) {
        steps::take(1);
        let rehash = |&link: &u32| hash(slots_of(link));
        if self.links.len() == self.links.capacity() {
            self.make_room(rehash);
        }
        self.links.insert_unique(hash(pair), link, rehash);
    }

    /// A larger table, or one as large if this one is full of links that have
    /// been taken out.
    #[cold]
    fn make_room(&mut self, rehash: impl Fn(&u32) -> u64) {
        let len = self.links.len();
        steps::take(len);
        let mut fresh = HashTable::with_capacity(len + len / 4 + 1);
        for link in self.links.drain() {
            fresh.insert_unique(rehash(&link), link, &rehash);
        }
        self.links = fresh;
    }

    /// Takes a link out.
    pub(crate) fn remove(&mut self, pair: [Slot; 2], link: u32) {
        steps::take(1);
        if let Ok(entry) = self.links.find_entry(hash(pair), |&other| other == link) {
            entry.remove();
        }
    }
}

/// Both halves of the product of the pair with an odd constant, folded.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
fn hash([left, right]: [Slot; 2]) -> u64 {
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;
    let pair = u64::from(left) << 32 | u64::from(right);
    let product = u128::from(pair ^ 0x243f_6a88_85a3_08d3) * FACTOR;
    (product >> 64) as u64 ^ product as u64
}
