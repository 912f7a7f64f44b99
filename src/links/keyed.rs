//! Members of rows by a key of theirs.

use hashbrown::HashTable;

use crate::id::Slot;
use crate::internals::steps;
use crate::links::column;
use crate::links::shrink;
use crate::links::sorted::hash;

/// Which member of a row has which key, for all rows of one end.
///
/// One table for the end, by owner and hash of the key: eight bytes and a tag
/// for each link, and four more for each member that remember the hash. So
/// nothing but a look-up runs the user's code: neither a rehash nor a member
/// that leaves, nor one that takes another key. The keys stand in the payloads
/// and nowhere else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keyed {
    /// The links of members that have a key.
    table: HashTable<Entry>,
    /// By member: the hash of its key, 0 for one that has none or was never
    /// linked. The same for all rows that it stands in.
    hashes: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    owner: Slot,
    member: Slot,
}

impl Keyed {
    /// The member of a row that has a key with this hash, and that `is` holds
    /// for. Computes in O(1), expected.
    pub(crate) fn find(
        &self,
        owner: Slot,
        key: u32,
        mut is: impl FnMut(Slot) -> bool,
    ) -> Option<Slot> {
        let found = self.table.find(hash(owner, key), |entry| {
            steps::take(1);
            entry.owner == owner && self.hash_of(entry.member) == key && is(entry.member)
        });
        Some(found?.member)
    }

    /// The hash of a member's key.
    pub(crate) fn hash_of(&self, member: Slot) -> u32 {
        self.hashes.get(member as usize).copied().unwrap_or(0)
    }

    /// Gives a member that stands in no row the hash of its key.
    pub(crate) fn set_hash(&mut self, member: Slot, key: u32) {
        *column::entry(&mut self.hashes, member) = key;
    }

    /// A member comes into a row, under the hash that it has.
    pub(crate) fn put(&mut self, owner: Slot, member: Slot) {
        steps::take(1);
        if self.hash_of(member) == 0 {
            return;
        }
        let Self { table, hashes } = self;
        let of = |entry: &Entry| hash(entry.owner, hashes[entry.member as usize]);
        let entry = Entry { owner, member };
        table.insert_unique(of(&entry), entry, of);
    }

    /// A member leaves a row. It has the hash still that it came with.
    pub(crate) fn take(&mut self, owner: Slot, member: Slot) {
        steps::take(1);
        let key = self.hash_of(member);
        let is = |entry: &Entry| (entry.owner, entry.member) == (owner, member);
        if let Ok(entry) = self.table.find_entry(hash(owner, key), is) {
            entry.remove();
        }
        let len = self.table.len();
        if shrink::is_sparse(len, self.table.capacity()) {
            self.shrink_table(shrink::room_for(len));
        }
    }

    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, members: usize) {
        column::fit(&mut self.hashes, members);
        self.shrink_table(0);
    }

    /// Makes the table as small as its entries and so much room allow.
    #[cold]
    fn shrink_table(&mut self, room: usize) {
        let Self { table, hashes } = self;
        table.shrink_to(room, |entry| {
            hash(entry.owner, hashes[entry.member as usize])
        });
    }

    /// Whether a member of a row is found under the hash that it has.
    pub(crate) fn has(&self, owner: Slot, member: Slot) -> bool {
        let key = self.hash_of(member);
        self.find(owner, key, |other| other == member).is_some()
    }

    /// How many links are in the table.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// How many bytes are set aside.
    pub(crate) fn bytes(&self) -> usize {
        self.table.allocation_size() + self.hashes.capacity() * 4
    }
}
