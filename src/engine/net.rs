//! The net effect of what was recorded: what is otherwise now than it was, in
//! O(changes).
//!
//! Made and cut again is nothing, and so are a payload that was set back and a
//! member that was moved back. Whichever end a change began at, the net is the
//! same.

pub(crate) mod ordered;
mod rows;

use std::panic::{AssertUnwindSafe, catch_unwind};

use smallvec::SmallVec;

use crate::change::{Change, FieldNumber, LinkAt, Point, Removal};
use crate::engine::net::ordered::Ordered;
use crate::engine::net::rows::RowLogs;
use crate::engine::{Engine, Place};
use crate::entities::Stack;
use crate::id::{EntityTypeId, Side, Slot};
use crate::internals::steps;
use crate::schema::Order;

/// What is otherwise now.
#[derive(Debug, Default)]
pub(crate) struct Net {
    /// In the order of the inserts.
    pub(crate) inserted: Vec<NetEntity>,
    pub(crate) updated: Vec<NetEntity>,
    pub(crate) deleted: Vec<NetEntity>,
    pub(crate) unlinked: NetLinks,
    /// In the order in which they were made.
    pub(crate) linked: NetLinks,
    /// Links that have other data.
    pub(crate) data: NetLinks,
    pub(crate) rows: Vec<NetRow>,
}

/// An entity that came, went, or has another payload.
#[derive(Clone, Debug)]
pub(crate) struct NetEntity {
    pub(crate) entity: EntityTypeId,
    pub(crate) slot: Slot,
    /// Why it went, if it did.
    pub(crate) why: Removal,
    /// Which fields were set; none if the payload was replaced as a whole.
    pub(crate) fields: Vec<FieldNumber>,
    pub(crate) images: Images,
}

/// Mostly one or two.
pub(crate) type NetLinks = SmallVec<[NetLink; 2]>;

/// A link that was made or cut, or has other data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetLink {
    pub(crate) relation: usize,
    pub(crate) slots: [Slot; 2],
    pub(crate) images: Images,
}

/// A row in another order: members that left their places, and those that came
/// to others. Everybody else is where it was among the others.
#[derive(Clone, Debug)]
pub(crate) struct NetRow {
    pub(crate) place: Place,
    pub(crate) owner: Slot,
    /// Each with the one before it in the old row, or none.
    pub(crate) left: Standings,
    /// Each with the one before it in the new row, or none.
    pub(crate) entered: Standings,
}

/// Mostly one.
pub(crate) type Standings = SmallVec<[Standing; 2]>;

/// A member of a row, and the one directly before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) member: Slot,
    pub(crate) behind: Slot,
}

/// Where an older payload lies, counted from the end of either side stack: the
/// one before all of it, and, when all of it is undone, the one after.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Images {
    before: Option<usize>,
    undone: Option<usize>,
}

impl Images {
    pub(crate) fn on(self, stack: Stack) -> Option<usize> {
        match stack {
            Stack::Before => self.before,
            Stack::Undone => self.undone,
        }
    }
}

impl Net {
    /// What undoing it does, from the last to the first.
    pub(crate) fn inverse(mut self) -> Self {
        std::mem::swap(&mut self.inserted, &mut self.deleted);
        std::mem::swap(&mut self.linked, &mut self.unlinked);
        for entities in [&mut self.inserted, &mut self.updated, &mut self.deleted] {
            entities.reverse();
        }
        for links in [&mut self.linked, &mut self.data, &mut self.unlinked] {
            links.reverse();
        }
        for row in &mut self.rows {
            std::mem::swap(&mut row.left, &mut row.entered);
        }
        self
    }
}

/// What happened to an entity.
#[derive(Default)]
struct Fate {
    was_inserted: bool,
    removed: Option<Removal>,
    is_replaced: bool,
    /// A part of it was replaced that has no name.
    is_whole: bool,
    fields: Vec<FieldNumber>,
    images: Images,
}

/// What happened to a link.
struct LinkFate {
    was_there: bool,
    is_there: bool,
    has_other_data: bool,
    /// When it was last made.
    made: usize,
    images: Images,
}

/// Counts what goes on the side stacks.
struct Stacked<K> {
    before: Ordered<K, usize>,
    undone: Ordered<K, usize>,
}

impl<K> Default for Stacked<K> {
    fn default() -> Self {
        Self {
            before: Ordered::default(),
            undone: Ordered::default(),
        }
    }
}

impl<K: std::hash::Hash + Eq + Copy> Stacked<K> {
    fn next(of: &mut Ordered<K, usize>, key: K) -> usize {
        let count = of.or_insert_with(key, || 0);
        *count += 1;
        *count - 1
    }
}

impl Images {
    /// The oldest stays.
    fn put_aside<K: std::hash::Hash + Eq + Copy>(&mut self, stacked: &mut Stacked<K>, key: K) {
        let number = Stacked::next(&mut stacked.before, key);
        self.before.get_or_insert(number);
    }

    /// The newest counts.
    fn take_back<K: std::hash::Hash + Eq + Copy>(&mut self, stacked: &mut Stacked<K>, key: K) {
        self.undone = Some(Stacked::next(&mut stacked.undone, key));
    }

    /// From the end instead of from the start.
    fn count_back<K: std::hash::Hash + Eq + Copy>(&mut self, stacked: &Stacked<K>, key: K) {
        let total = stacked.before.get(key).copied().unwrap_or(0);
        self.before = self.before.map(|number| total - 1 - number);
    }
}

type Entity = (EntityTypeId, Slot);
type Link = (usize, [Slot; 2]);

/// The record, read from its start.
#[derive(Default)]
struct Reading {
    entities: Ordered<Entity, Fate>,
    payloads: Stacked<EntityTypeId>,
    links: Ordered<Link, LinkFate>,
    data: Stacked<usize>,
    rows: RowLogs,
}

impl Reading {
    fn entity(&mut self, entity: Entity) -> (&mut Fate, &mut Stacked<EntityTypeId>) {
        let fate = self.entities.or_insert_with(entity, Fate::default);
        (fate, &mut self.payloads)
    }

    /// What is known of a link, which was there before if it is met first as it
    /// is now.
    fn link(&mut self, link: Link, was_there: bool) -> (&mut LinkFate, &mut Stacked<usize>) {
        let fate = self.links.or_insert_with(link, || LinkFate {
            was_there,
            is_there: was_there,
            has_other_data: false,
            made: 0,
            images: Images::default(),
        });
        (fate, &mut self.data)
    }
}

impl Engine {
    /// The net effect of what was recorded after a point.
    ///
    /// Computes in O(changes), and in O(length) for rows that were sorted or in
    /// which somebody was moved.
    pub(crate) fn net_since(&self, point: Point) -> Net {
        let Some(log) = self.sink.log() else {
            return Net::default();
        };
        let words = log.words_since(point);
        let mut reading = Reading::default();
        let mut from = 0;
        for (at, change) in log.since(point).enumerate() {
            steps::take(1);
            let to = from + change.words();
            self.read(&mut reading, at, change, &words[from..to]);
            from = to;
        }
        let mut net = Net::default();
        self.net_entities(&mut reading, &mut net);
        self.net_links(&mut reading, &mut net);
        self.note_re_placed(&mut reading.rows, &net);
        net.rows = self.net_rows(&reading.rows);
        net
    }

    /// Notes the rows in which entities with other payloads are sorted: taking
    /// the payload back puts them last among their equals, wherever they were.
    fn note_re_placed(&self, rows: &mut RowLogs, net: &Net) {
        for it in &net.updated {
            let places = self.arranged[it.entity.index()].iter();
            for &place in places.filter(|&&place| self.end(place).order == Order::Sorted) {
                for owner in self.linked(self.inverse(place), it.slot) {
                    rows.re_placed((place, owner), it.slot);
                }
            }
        }
    }

    fn read(&self, reading: &mut Reading, at: usize, change: Change, words: &[u32]) {
        match change {
            Change::Inserted { entity, slot } => {
                let (fate, stacked) = reading.entity((entity, slot));
                fate.was_inserted = true;
                fate.images.take_back(stacked, entity);
            }
            Change::Removed { entity, slot, why } => {
                let (fate, stacked) = reading.entity((entity, slot));
                fate.removed = Some(why);
                fate.images.put_aside(stacked, entity);
            }
            Change::Replaced {
                entity,
                slot,
                field,
            } => {
                let (fate, stacked) = reading.entity((entity, slot));
                fate.is_replaced = true;
                fate.is_whole |= field == FieldNumber::ALL;
                fate.fields.push(field);
                fate.images.put_aside(stacked, entity);
                fate.images.take_back(stacked, entity);
            }
            Change::Linked(link) => self.read_link(reading, at, link, true),
            Change::Unlinked(link) => self.read_link(reading, at, link, false),
            Change::DataReplaced {
                relationship,
                slots,
            } => {
                let (relation, slots) = self.link_key(relationship, slots);
                let (fate, stacked) = reading.link((relation, slots), true);
                fate.has_other_data = true;
                fate.images.put_aside(stacked, relation);
                fate.images.take_back(stacked, relation);
            }
            Change::Reassigned { .. } => unreachable!("it is read in its parts"),
            Change::Moved { .. }
            | Change::Swapped { .. }
            | Change::Permuted { .. }
            | Change::Compacted { .. }
            | Change::Entered { .. }
            | Change::Left { .. }
            | Change::Rekeyed { .. } => reading.rows.arranged(change, words),
        }
    }

    fn read_link(&self, reading: &mut Reading, at: usize, link: LinkAt, is_made: bool) {
        let (relation, slots) = self.link_key(link.relationship, link.slots);
        let has_data = self.data[relation].is_some();
        let (fate, stacked) = reading.link((relation, slots), !is_made);
        fate.is_there = is_made;
        fate.has_other_data |= has_data && !is_made;
        if is_made {
            fate.made = at;
        }
        match (has_data, is_made) {
            (true, true) => fate.images.take_back(stacked, relation),
            (true, false) => fate.images.put_aside(stacked, relation),
            (false, _) => {}
        }
        self.read_rows(reading, link, is_made);
    }

    fn link_key(&self, relationship: u16, slots: [Slot; 2]) -> Link {
        let relation = usize::from(relationship);
        let [left, right] = slots;
        if self.rules[relation].symmetric && left > right {
            return (relation, [right, left]);
        }
        (relation, slots)
    }

    /// Notes a link in the logs of the rows that it stands in.
    fn read_rows(&self, reading: &mut Reading, link: LinkAt, is_made: bool) {
        let relation = usize::from(link.relationship);
        let symmetric = self.rules[relation].symmetric;
        let [left, right] = link.slots;
        let ends = [
            (Side::Left, left, right, link.at[0]),
            (Side::Right, right, left, link.at[1]),
        ];
        let once = symmetric && left == right;
        for (side, owner, member, at) in ends.into_iter().take(if once { 1 } else { 2 }) {
            let side = if symmetric { Side::Left } else { side };
            let place = Place { relation, side };
            if self.keeps_an_order_of_links(place) {
                reading.rows.linked((place, owner), (member, at), is_made);
            }
        }
    }

    fn net_entities(&self, reading: &mut Reading, net: &mut Net) {
        for ((entity, slot), fate) in reading.entities.iter_mut() {
            fate.images.count_back(&reading.payloads, entity);
            let mut fields = std::mem::take(&mut fate.fields);
            fields.sort_unstable();
            fields.dedup();
            let it = NetEntity {
                entity,
                slot,
                why: fate.removed.unwrap_or(Removal::Deleted),
                fields: if fate.is_whole { Vec::new() } else { fields },
                images: fate.images,
            };
            match (fate.was_inserted, fate.removed) {
                (true, Some(_)) => {}
                (true, None) => net.inserted.push(it),
                (false, Some(_)) => net.deleted.push(it),
                (false, None) => {
                    if fate.is_replaced && !self.is_set_back(&it) {
                        net.updated.push(it);
                    }
                }
            }
        }
    }

    /// Whether an entity has the payload again that it had. Where payloads
    /// cannot be compared, or the comparison panics, it has not.
    fn is_set_back(&self, it: &NetEntity) -> bool {
        let Some(before) = it.images.before else {
            return false;
        };
        let all = &self.entities[it.entity.index()];
        let same = catch_unwind(AssertUnwindSafe(|| {
            let before = all.image(Stack::Before, before)?;
            all.is_same(it.slot, before)
        }));
        same.ok().flatten().unwrap_or(false)
    }

    fn net_links(&self, reading: &mut Reading, net: &mut Net) {
        let mut made: SmallVec<[(usize, NetLink); 2]> = SmallVec::new();
        for ((relation, slots), fate) in reading.links.iter_mut() {
            fate.images.count_back(&reading.data, relation);
            let it = NetLink {
                relation,
                slots,
                images: fate.images,
            };
            match (fate.was_there, fate.is_there) {
                (false, false) => {}
                (true, false) => net.unlinked.push(it),
                (false, true) => made.push((fate.made, it)),
                (true, true) => {
                    if fate.has_other_data && !self.has_its_data_back(&it) {
                        net.data.push(it);
                    }
                }
            }
        }
        made.sort_unstable_by_key(|&(at, _)| at);
        net.linked = made.into_iter().map(|(_, it)| it).collect();
    }

    fn has_its_data_back(&self, it: &NetLink) -> bool {
        let Some(before) = it.images.before else {
            return false;
        };
        let same = catch_unwind(AssertUnwindSafe(|| {
            let column = self.data[it.relation].as_ref()?;
            let before = column.image(Stack::Before, before)?;
            let [left, right] = it.slots;
            let number = self.relations[it.relation].number(Side::Left, left, right)?;
            column.is_same(number, before)
        }));
        same.ok().flatten().unwrap_or(false)
    }
}
