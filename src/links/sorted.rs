//! The order of rows that are sorted: who stands behind whom.

mod shrink;

use hashbrown::HashTable;

use crate::id::{NONE, Slot};
use crate::internals::steps;
use crate::links::column;
use crate::links::members::Members;

/// How many members a chunk holds at most.
const FULL: usize = 256;

/// Two neighbours that hold no more than this together become one.
const SPARSE: usize = FULL / 2;

/// The members of the rows at one end, in an order that somebody else decides.
///
/// ```text
///   a short row       [d a c b]                one list, which is looked through
///   a long row        [d a] [c f b] [e]        chunks, by rank
///   numbers           3→rank 0  7→rank 1 …     by the number of a chunk: where it stands
///   homes             d→3  a→3  c→7 …          the chunk of each member of a long row
/// ```
///
/// Knows nothing of keys: it is told behind whom a member comes in, and asked
/// by a predicate for a position. A member that leaves is found without
/// comparing anything, by its home and a look through one chunk; so nothing
/// here runs a user's code.
///
/// No chunk is empty, and neighbours hold more than [`SPARSE`] members
/// together, so n members take O(n / FULL) chunks, whatever has gone.
#[derive(Clone, Debug)]
pub(crate) struct Sorted {
    rows: Vec<Row>,
    chunks: Numbers,
    homes: Homes,
}

/// The row of one owner.
#[derive(Clone, Debug)]
enum Row {
    /// At most [`FULL`] members.
    Short(Vec<Slot>),
    Long(Box<Long>),
}

/// A row in chunks.
#[derive(Clone, Debug)]
pub(crate) struct Long {
    chunks: Vec<Chunk>,
    /// Sums of the lengths of chunks, as a Fenwick tree has them.
    sums: Vec<usize>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Chunk {
    slots: Vec<Slot>,
    number: u32,
}

/// Where the chunk of a number stands.
#[derive(Clone, Copy, Debug, Default)]
struct Numbered {
    owner: Slot,
    rank: u32,
}

/// The numbers of chunks. Number 0 is nobody's.
#[derive(Clone, Debug)]
struct Numbers {
    places: Vec<Numbered>,
    free: Vec<u32>,
}

/// The chunk that each member of a long row is in, by its number.
#[derive(Clone, Debug)]
enum Homes {
    /// Where an entity stands in one row at most. Entries of others are stale.
    ByMember(Vec<u32>),
    /// By owner and member. Slots are given out by the graph and not by a user,
    /// so the hash needs no seed.
    ByPair(HashTable<Home>),
}

/// Whose row it is stands with the number.
#[derive(Clone, Copy, Debug)]
struct Home {
    member: Slot,
    number: u32,
}

impl Default for Row {
    fn default() -> Self {
        Self::Short(Vec::new())
    }
}

impl Sorted {
    /// Rows of an end; whether an entity may stand in several of them.
    pub(crate) fn new(shared: bool) -> Self {
        Self {
            rows: Vec::new(),
            chunks: Numbers {
                places: vec![Numbered::default()],
                free: Vec::new(),
            },
            homes: if shared {
                Homes::ByPair(HashTable::new())
            } else {
                Homes::ByMember(Vec::new())
            },
        }
    }

    /// The members in order.
    #[inline]
    pub(crate) fn members(&self, owner: Slot) -> Members<'_> {
        match self.rows.get(owner as usize) {
            Some(Row::Short(slots)) => Members::new(slots, slots.len()),
            Some(Row::Long(row)) => Members::of_long(row),
            None => Members::default(),
        }
    }

    /// The position of a member. Computes in O(log n), beside a look through
    /// one chunk.
    pub(crate) fn position(&self, owner: Slot, member: Slot) -> usize {
        match self.rows.get(owner as usize) {
            Some(Row::Short(slots)) => within(slots, member),
            Some(Row::Long(row)) => {
                let (rank, at) = self.find(row, owner, member);
                row.sum(rank) + at
            }
            None => unreachable!("the row has the member"),
        }
    }

    /// The first position whose member the predicate does not hold for, if it
    /// holds for those before it and for no other; else, some position.
    /// Computes in O(log n).
    pub(crate) fn partition_point(
        &self,
        owner: Slot,
        mut is_before: impl FnMut(Slot) -> bool,
    ) -> usize {
        match self.rows.get(owner as usize) {
            Some(Row::Short(slots)) => slots.partition_point(|&slot| is_before(slot)),
            Some(Row::Long(row)) => {
                let chunks = &row.chunks;
                let rank = chunks.partition_point(|chunk| is_before(chunk.slots[0]));
                let Some(rank) = rank.checked_sub(1) else {
                    return 0;
                };
                let slots = &chunks[rank].slots;
                row.sum(rank) + slots.partition_point(|&slot| is_before(slot))
            }
            None => 0,
        }
    }

    /// Puts a newcomer directly behind a member, or to the front behind `NONE`.
    ///
    /// Computes in O(FULL + log n), and O(chunks) when a chunk splits.
    pub(crate) fn place(&mut self, owner: Slot, member: Slot, after: Slot) {
        self.widen(owner);
        let (rank, at) = self.gap_behind(owner, after);
        match &mut self.rows[owner as usize] {
            Row::Short(slots) => {
                steps::take(slots.len() - at + 1);
                slots.insert(at, member);
            }
            Row::Long(_) => self.insert(owner, member, (rank, at)),
        }
    }

    /// Takes a member out, and says behind whom it stood.
    ///
    /// Computes in O(FULL + log n), and O(chunks) when chunks become one.
    pub(crate) fn take(&mut self, owner: Slot, member: Slot) -> Slot {
        let before = match &mut self.rows[owner as usize] {
            Row::Short(slots) => {
                let at = within(slots, member);
                steps::take(slots.len() - at);
                slots.remove(at);
                at.checked_sub(1).map_or(NONE, |before| slots[before])
            }
            Row::Long(_) => self.take_from_long(owner, member),
        };
        self.give_back(owner);
        before
    }

    /// Behind whom a member stands.
    pub(crate) fn before(&self, owner: Slot, member: Slot) -> Slot {
        let position = self.position(owner, member);
        let before = position.checked_sub(1);
        before
            .and_then(|before| self.members(owner).at(before))
            .unwrap_or(NONE)
    }

    /// The members before and behind one; of `NONE`, the last and the first.
    ///
    /// Computes in O(log n).
    pub(crate) fn neighbours(&self, owner: Slot, member: Slot) -> [Slot; 2] {
        let members = self.members(owner);
        let at = |at: Option<usize>| at.and_then(|at| members.at(at)).unwrap_or(NONE);
        if member == NONE {
            return [at(members.len().checked_sub(1)), at(Some(0))];
        }
        let position = self.position(owner, member);
        [at(position.checked_sub(1)), at(Some(position + 1))]
    }

    /// Gives the room of an empty row back.
    pub(crate) fn release(&mut self, owner: Slot) {
        if let Some(row) = self.rows.get_mut(owner as usize) {
            debug_assert!(matches!(row, Row::Short(slots) if slots.is_empty()));
            *row = Row::default();
        }
    }

    /// Makes a short row that is full a long one, of one chunk.
    fn widen(&mut self, owner: Slot) {
        if owner as usize >= self.rows.len() {
            column::reserve(&mut self.rows, owner as usize + 1);
            self.rows.resize_with(owner as usize + 1, Row::default);
        }
        let row = &mut self.rows[owner as usize];
        let Row::Short(slots) = row else { return };
        if slots.len() < FULL {
            return;
        }
        let slots = std::mem::take(slots);
        let number = self.chunks.take(owner, 0);
        self.homes.enter(owner, &slots, number, &self.chunks);
        let mut long = Long {
            len: slots.len(),
            chunks: vec![Chunk { slots, number }],
            sums: Vec::new(),
        };
        long.sum_up();
        *row = Row::Long(Box::new(long));
    }

    /// Makes a long row of one chunk a short one.
    fn narrow(&mut self, owner: Slot) {
        let row = &mut self.rows[owner as usize];
        let Row::Long(long) = row else { return };
        if long.chunks.len() > 1 {
            return;
        }
        let slots = long.chunks.pop().map_or_else(Vec::new, |chunk| {
            self.homes.leave(owner, &chunk.slots, &self.chunks);
            self.chunks.give_back(chunk.number);
            chunk.slots
        });
        *row = Row::Short(slots);
    }

    /// The rank and the place in the chunk for one that comes behind `after`.
    fn gap_behind(&self, owner: Slot, after: Slot) -> (usize, usize) {
        if after == NONE {
            return (0, 0);
        }
        match &self.rows[owner as usize] {
            Row::Short(slots) => (0, within(slots, after) + 1),
            Row::Long(row) => {
                let (rank, at) = self.find(row, owner, after);
                (rank, at + 1)
            }
        }
    }

    fn insert(&mut self, owner: Slot, member: Slot, (mut rank, mut at): (usize, usize)) {
        let Row::Long(row) = &mut self.rows[owner as usize] else {
            unreachable!("a short row has no chunks")
        };
        if row.chunks[rank].slots.len() == FULL {
            let last = rank + 1 == row.chunks.len() && at == FULL;
            // What is filled from the front to the end stays full.
            let keep = if last { FULL } else { FULL / 2 };
            let tail = row.chunks[rank].slots.split_off(keep);
            let number = self.chunks.take(owner, rank + 1);
            self.homes.enter(owner, &tail, number, &self.chunks);
            row.open(
                rank + 1,
                Chunk {
                    slots: tail,
                    number,
                },
            );
            if at >= keep {
                (rank, at) = (rank + 1, at - keep);
            }
            row.changed(rank, &mut self.chunks);
        }
        let chunk = &mut row.chunks[rank];
        steps::take(chunk.slots.len() - at + 1);
        chunk.slots.insert(at, member);
        let number = chunk.number;
        row.len += 1;
        row.add(rank, 1);
        self.homes.enter(owner, &[member], number, &self.chunks);
    }

    fn take_from_long(&mut self, owner: Slot, member: Slot) -> Slot {
        let Row::Long(row) = &self.rows[owner as usize] else {
            unreachable!("a short row has no chunks")
        };
        let (rank, at) = self.find(row, owner, member);
        self.homes.leave(owner, &[member], &self.chunks);
        let Row::Long(row) = &mut self.rows[owner as usize] else {
            unreachable!("a short row has no chunks")
        };
        let before = match (at.checked_sub(1), rank.checked_sub(1)) {
            (Some(at), _) => row.chunks[rank].slots[at],
            (None, Some(rank)) => *row.chunks[rank].slots.last().expect("no chunk is empty"),
            (None, None) => NONE,
        };
        steps::take(row.chunks[rank].slots.len() - at);
        row.chunks[rank].slots.remove(at);
        row.len -= 1;
        row.add(rank, -1);
        self.tidy(owner, rank);
        before
    }

    /// Restores what is said of chunks, after one has lost a member.
    fn tidy(&mut self, owner: Slot, rank: usize) {
        let Row::Long(row) = &mut self.rows[owner as usize] else {
            return;
        };
        let len = |at: usize| row.chunks.get(at).map_or(FULL, |chunk| chunk.slots.len());
        let merges = |at: usize| len(at) + len(at + 1) <= SPARSE;
        let is_empty = len(rank) == 0;
        let before = rank > 0 && (is_empty || merges(rank - 1));
        if !(before || is_empty || merges(rank)) {
            return;
        }
        let first = rank - usize::from(before);
        if first + 1 < row.chunks.len() {
            let tail = row.chunks.remove(first + 1);
            let into = &mut row.chunks[first];
            self.homes
                .enter(owner, &tail.slots, into.number, &self.chunks);
            into.slots.extend(tail.slots);
            self.chunks.give_back(tail.number);
        }
        row.changed(first, &mut self.chunks);
        self.narrow(owner);
    }

    /// The rank and the place in its chunk of a member of a long row.
    fn find(&self, row: &Long, owner: Slot, member: Slot) -> (usize, usize) {
        let number = self.homes.of(owner, member, &self.chunks);
        let rank = self.chunks.places[number as usize].rank as usize;
        (rank, within(&row.chunks[rank].slots, member))
    }

    /// The first thing wrong with the row of `owner`.
    pub(crate) fn check(&self, owner: Slot) -> Result<(), &'static str> {
        let Some(Row::Long(row)) = self.rows.get(owner as usize) else {
            return Ok(());
        };
        let lens = row.chunks.iter().map(|chunk| chunk.slots.len());
        if row.chunks.len() < 2 || lens.clone().sum::<usize>() != row.len {
            return Err("its chunks do not add up");
        }
        if lens.clone().any(|len| len == 0 || len > FULL) {
            return Err("a chunk of it is empty or too full");
        }
        if lens.clone().zip(lens.skip(1)).any(|(a, b)| a + b <= SPARSE) {
            return Err("two chunks of it are sparse");
        }
        let mut before = 0;
        for (rank, chunk) in row.chunks.iter().enumerate() {
            let Numbered {
                owner: of,
                rank: at,
            } = self.chunks.places[chunk.number as usize];
            if (of, at as usize) != (owner, rank) || row.sum(rank) != before {
                return Err("a chunk of it does not know its place");
            }
            let at_home = |&slot: &Slot| self.homes.of(owner, slot, &self.chunks) == chunk.number;
            if !chunk.slots.iter().all(at_home) {
                return Err("a member of it does not know its chunk");
            }
            before += chunk.slots.len();
        }
        Ok(())
    }

    /// How many bytes are set aside.
    pub(crate) fn bytes(&self) -> usize {
        let rows = self.rows.iter().map(|row| match row {
            Row::Short(slots) => slots.capacity() * 4,
            Row::Long(row) => {
                let chunks = row.chunks.iter().map(|chunk| chunk.slots.capacity() * 4);
                chunks.sum::<usize>() + row.chunks.capacity() * 32 + row.sums.capacity() * 8 + 56
            }
        });
        let homes = match &self.homes {
            Homes::ByMember(homes) => homes.capacity() * 4,
            Homes::ByPair(homes) => homes.allocation_size(),
        };
        rows.sum::<usize>() + self.rows.capacity() * 24 + homes + self.chunks.places.capacity() * 8
    }
}

/// Where in a list a member of it stands.
fn within(slots: &[Slot], member: Slot) -> usize {
    let at = slots.iter().position(|&slot| slot == member);
    let at = at.expect("the row has the member, and the chunk is its home");
    steps::take(at + 1);
    at
}

impl Long {
    /// How many members stand in the chunks before a rank.
    fn sum(&self, rank: usize) -> usize {
        let (mut sum, mut node) = (0, rank);
        while node > 0 {
            steps::take(1);
            sum += self.sums[node];
            node &= node - 1;
        }
        sum
    }

    /// The chunk at a rank has more or fewer members.
    fn add(&mut self, rank: usize, more: isize) {
        let mut node = rank + 1;
        while let Some(sum) = self.sums.get_mut(node) {
            steps::take(1);
            *sum = sum.wrapping_add_signed(more);
            node += node & node.wrapping_neg();
        }
    }

    fn sum_up(&mut self) {
        self.sums.clear();
        self.sums.push(0);
        let lens = self.chunks.iter().map(|chunk| chunk.slots.len());
        self.sums.extend(lens);
        for node in 1..self.sums.len() {
            let above = node + (node & node.wrapping_neg());
            if above < self.sums.len() {
                self.sums[above] += self.sums[node];
            }
        }
    }

    fn open(&mut self, rank: usize, chunk: Chunk) {
        self.chunks.insert(rank, chunk);
    }

    /// Chunks from a rank on stand elsewhere than before.
    fn changed(&mut self, from: usize, numbers: &mut Numbers) {
        for (rank, chunk) in (0..).zip(&self.chunks).skip(from) {
            steps::take(1);
            numbers.places[chunk.number as usize].rank = rank;
        }
        self.sum_up();
    }

    /// The member at a position. Computes in O(log n).
    pub(crate) fn at(&self, mut position: usize) -> Option<Slot> {
        let mut rank = 0;
        let mut step = self.sums.len().next_power_of_two();
        while step > 0 {
            steps::take(1);
            if let Some(&sum) = self.sums.get(rank + step)
                && sum <= position
            {
                (rank, position) = (rank + step, position - sum);
            }
            step /= 2;
        }
        self.chunk(rank).get(position).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// The members of the chunk at a rank; none beyond the last.
    pub(crate) fn chunk(&self, rank: usize) -> &[Slot] {
        self.chunks.get(rank).map_or(&[], |chunk| &chunk.slots)
    }
}

impl Numbers {
    fn take(&mut self, owner: Slot, rank: usize) -> u32 {
        let rank = u32::try_from(rank).expect("there are fewer chunks than slots");
        let number = self.free.pop().unwrap_or_else(|| {
            self.places.push(Numbered::default());
            u32::try_from(self.places.len() - 1).expect("there are fewer chunks than slots")
        });
        self.places[number as usize] = Numbered { owner, rank };
        number
    }

    fn give_back(&mut self, number: u32) {
        self.free.push(number);
    }

    fn owner(&self, number: u32) -> Slot {
        self.places[number as usize].owner
    }
}

impl Homes {
    fn of(&self, owner: Slot, member: Slot, numbers: &Numbers) -> u32 {
        steps::take(1);
        match self {
            Self::ByMember(homes) => homes[member as usize],
            Self::ByPair(homes) => {
                let is = |home: &Home| home.is(owner, member, numbers);
                let home = homes.find(hash(owner, member), is);
                home.expect("a member of a long row has a home").number
            }
        }
    }

    /// These members of a long row are in the chunk of that number now.
    fn enter(&mut self, owner: Slot, members: &[Slot], number: u32, numbers: &Numbers) {
        steps::take(members.len());
        for &member in members {
            match self {
                Self::ByMember(homes) => *column::entry(homes, member) = number,
                Self::ByPair(homes) => {
                    let is = |home: &Home| home.is(owner, member, numbers);
                    let rehash = |home: &Home| hash(numbers.owner(home.number), home.member);
                    let home = homes.entry(hash(owner, member), is, rehash);
                    home.insert(Home { member, number });
                }
            }
        }
    }

    /// These are members of a long row no longer.
    fn leave(&mut self, owner: Slot, members: &[Slot], numbers: &Numbers) {
        let Self::ByPair(homes) = self else { return };
        for &member in members {
            let is = |home: &Home| home.is(owner, member, numbers);
            if let Ok(home) = homes.find_entry(hash(owner, member), is) {
                home.remove();
            }
        }
    }
}

impl Home {
    fn is(&self, owner: Slot, member: Slot, numbers: &Numbers) -> bool {
        self.member == member && numbers.owner(self.number) == owner
    }
}

/// Both halves of the product of the pair with an odd constant, folded.
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
pub(super) fn hash(owner: u32, member: u32) -> u64 {
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;
    let pair = u64::from(owner) << 32 | u64::from(member);
    let product = u128::from(pair ^ 0x243f_6a88_85a3_08d3) * FACTOR;
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests;
