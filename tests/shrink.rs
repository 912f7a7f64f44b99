//! Memory that is given back: by `shrink_to_fit`, and by rows themselves.
//!
//! Counted is what the graph says of its links, and what the allocator says of
//! all of it.
#![cfg(not(feature = "internals"))]

use allocation_counter::measure;
use backref::{EndOptions, EntityType, Graph, Id, Key, Order, Schema, Storage, ToMany};

#[derive(Clone)]
struct Hub;

#[derive(Clone)]
struct Leaf {
    number: u32,
    shared: u32,
}

/// What rows and links are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ordered,
    Unordered,
    Linked,
    Sorted,
    Keyed,
    WithData,
    ManyToMany,
    ManyWithData,
    ManySorted,
}

const KINDS: [Kind; 9] = [
    Kind::Ordered,
    Kind::Unordered,
    Kind::Linked,
    Kind::Sorted,
    Kind::Keyed,
    Kind::WithData,
    Kind::ManyToMany,
    Kind::ManyWithData,
    Kind::ManySorted,
];

impl Kind {
    fn is_many_to_many(self) -> bool {
        matches!(
            self,
            Self::ManyToMany | Self::ManyWithData | Self::ManySorted
        )
    }

    fn has_data(self) -> bool {
        matches!(self, Self::WithData | Self::ManyWithData)
    }

    fn of_leaves(self, end: EndOptions) -> EndOptions {
        match self {
            Self::Ordered | Self::WithData | Self::ManyToMany | Self::ManyWithData => end,
            Self::Unordered => end.order(Order::None),
            Self::Linked => end.storage(Storage::Linked),
            Self::Sorted | Self::ManySorted => {
                end.sorted_by(Key::field(|leaf: &Leaf| &leaf.number))
            }
            Self::Keyed => end.keyed_by(Key::field(|leaf: &Leaf| &leaf.number)),
        }
    }

    fn graph(self) -> Wheel {
        let mut schema = Schema::builder();
        schema.entity::<Hub>("Hub").cloneable();
        schema
            .entity::<Leaf>("Leaf")
            .key(Key::field(|leaf: &Leaf| &leaf.number))
            .index("shared", Key::field(|leaf: &Leaf| &leaf.shared))
            .ordered_index("order", Key::field(|leaf: &Leaf| &leaf.shared))
            .cloneable();
        let end = schema.relationship("Leaf.hubs");
        let end = if self.is_many_to_many() {
            end.to_many("Hub").backref("leaves")
        } else {
            end.to_one("Hub").backref("leaves")
        };
        let end = end.inverse(|leaves| self.of_leaves(leaves));
        if self.has_data() {
            end.data::<u32>();
        }
        let registry = schema.build().expect("the schema is sound");
        Wheel {
            hub: registry.entity_type("Hub").expect("declared"),
            leaf: registry.entity_type("Leaf").expect("declared"),
            leaves: registry.to_many("Hub.leaves").expect("declared"),
            graph: Graph::new(registry),
            hubs: Vec::new(),
            all: Vec::new(),
        }
    }
}

/// Hubs and leaves.
struct Wheel {
    graph: Graph,
    hub: EntityType<Hub>,
    leaf: EntityType<Leaf>,
    leaves: ToMany<Hub, Leaf>,
    hubs: Vec<Id<Hub>>,
    all: Vec<Id<Leaf>>,
}

/// How many leaves a group of twenty hubs shares.
const GROUP: usize = 200;
const HUBS: usize = 20;

impl Wheel {
    /// Groups that have no links to each other, one after the other, as seen by
    /// the first that `stays`.
    fn fill(&mut self, kind: Kind, groups: usize, stays: impl Fn(usize) -> bool) {
        for leaf in (0..groups * GROUP).filter(|&leaf| stays(leaf)) {
            let number = u32::try_from(leaf).expect("it is small");
            let leaf = Leaf {
                number,
                shared: number / 3,
            };
            let made = self.graph.insert(self.leaf, leaf);
            self.all.push(made.expect("there is room"));
        }
        self.hubs = (0..groups * HUBS)
            .map(|_| self.graph.insert(self.hub, Hub).expect("there is room"))
            .collect();
        let leaves = (0..groups * GROUP).filter(|&leaf| stays(leaf));
        let each = if kind.is_many_to_many() { 3 } else { 1 };
        // Round by round, so that all rows grow together.
        for (at, leaf) in leaves.enumerate() {
            for round in 0..each {
                let hub = leaf / GROUP * HUBS + (leaf * 7 + round * 3) % HUBS;
                let row = self.graph.row_mut(self.leaves, self.hubs[hub]);
                let pushed = row.expect("it is live").push(self.all[at]);
                pushed.expect("it is live");
            }
        }
    }

    fn delete_leaves(&mut self, stays: impl Fn(usize) -> bool) {
        let all = std::mem::take(&mut self.all);
        for (at, leaf) in all.into_iter().enumerate() {
            if stays(at) {
                self.all.push(leaf);
            } else {
                self.graph.delete(self.leaf, leaf).expect("it is live");
            }
        }
    }

    fn delete_hubs(&mut self, from: usize) {
        for hub in self.hubs.drain(from..) {
            self.graph.delete(self.hub, hub).expect("it is live");
        }
    }
}

/// What a wheel takes: its links, and all of it.
#[derive(Clone, Copy, Debug)]
struct Taken {
    links: usize,
    allocated: i64,
}

fn taken(made: impl FnOnce() -> Wheel) -> Taken {
    let mut wheel = None;
    let info = measure(|| wheel = Some(made()));
    let wheel = wheel.expect("it was made");
    wheel.graph.verify().expect("both ends agree");
    Taken {
        links: wheel.graph.link_bytes(),
        allocated: info.bytes_current,
    }
}

/// One that never had more than it has.
fn fresh(kind: Kind, groups: usize, stays: impl Fn(usize) -> bool) -> Taken {
    taken(|| {
        let mut wheel = kind.graph();
        wheel.fill(kind, groups, stays);
        wheel.graph.shrink_to_fit();
        wheel.all.shrink_to_fit();
        wheel
    })
}

#[test]
fn after_most_of_the_end_was_deleted_a_graph_is_as_small_as_a_fresh_one() {
    for kind in KINDS {
        let fresh = fresh(kind, 1, |_| true);
        let shrunk = taken(|| {
            let mut wheel = kind.graph();
            wheel.fill(kind, 100, |_| true);
            wheel.delete_leaves(|leaf| leaf < GROUP);
            wheel.delete_hubs(HUBS);
            wheel.graph.shrink_to_fit();
            wheel.hubs.shrink_to_fit();
            wheel.all.shrink_to_fit();
            wheel
        });
        assert!(
            shrunk.links * 10 <= fresh.links * 11
                && shrunk.allocated * 10 <= fresh.allocated * 11 + 10_240,
            "{kind:?}: {shrunk:?}, and fresh {fresh:?}"
        );
    }
}

#[test]
fn after_most_was_deleted_here_and_there_only_what_is_kept_by_slot_stays() {
    for kind in KINDS {
        let (groups, stays) = (100, |leaf: usize| leaf.is_multiple_of(10));
        let fresh = fresh(kind, groups, stays);
        let shrunk = taken(|| {
            let mut wheel = kind.graph();
            wheel.fill(kind, groups, |_| true);
            wheel.delete_leaves(stays);
            wheel.graph.shrink_to_fit();
            wheel.all.shrink_to_fit();
            wheel
        });
        let gone = groups * GROUP / 10 * 9;
        // The record of a child or the header of a row, and what else there is
        // by member: the hash of its key, or the data of its link.
        let more = gone * (if kind.is_many_to_many() { 20 } else { 16 } + 8);
        assert!(
            shrunk.links * 10 <= fresh.links * 11 + more * 10,
            "{kind:?}: {shrunk:?}, and fresh {fresh:?}"
        );
        // And the slot of a payload, and of it in three indexes.
        let all = i64::try_from(more + gone * (16 + 3 * 4)).expect("it is small");
        assert!(
            shrunk.allocated * 10 <= fresh.allocated * 11 + all * 10,
            "{kind:?}: {shrunk:?}, and fresh {fresh:?}"
        );
    }
}

#[test]
fn rows_that_were_huge_give_their_memory_back_by_themselves() {
    for kind in KINDS {
        let mut wheel = kind.graph();
        wheel.fill(kind, 1, |_| false);
        let leaves = (0..50_000).map(|number| Leaf { number, shared: 0 });
        let all = wheel.graph.insert_all(wheel.leaf, leaves);
        let all = all.expect("there is room");
        let row = wheel.hubs[0];
        let without = wheel.graph.link_bytes();
        let pushed = wheel.graph.row_mut(wheel.leaves, row);
        let pushed = pushed.expect("it is live").extend(all.iter().copied());
        assert_eq!(pushed.expect("all are live"), all.len());
        let full = wheel.graph.link_bytes();
        for &leaf in &all[100..] {
            let mut row = wheel.graph.row_mut(wheel.leaves, row).expect("it is live");
            assert!(row.remove(leaf).expect("it is live"), "{kind:?}");
        }
        let now = wheel.graph.link_bytes();
        wheel.graph.verify().expect("both ends agree");
        if kind == Kind::Linked {
            assert_eq!(now, full, "a linked row takes nothing");
            continue;
        }
        // What there is by member or by link stays as it is, with its room.
        let by_slot = match kind {
            Kind::Linked | Kind::Ordered | Kind::Unordered => 0,
            Kind::Sorted | Kind::Keyed => 4,
            Kind::WithData => 8,
            // The leaves have rows of their own, which keep their four cells.
            Kind::ManyToMany | Kind::ManySorted => 8 + 32,
            Kind::ManyWithData => 16 + 32,
        };
        let least = without + all.len() * by_slot * 5 / 4;
        assert!(
            now <= least + 20_000,
            "{kind:?}: {now} of {full}, and {least} is by slot"
        );
        wheel.graph.shrink_to_fit();
        wheel.graph.verify().expect("both ends agree");
    }
}

#[test]
fn the_table_of_pairs_of_large_rows_gives_its_memory_back() {
    let kind = Kind::ManyToMany;
    let mut wheel = kind.graph();
    let leaves = (0..400).map(|number| Leaf { number, shared: 0 });
    let all = wheel.graph.insert_all(wheel.leaf, leaves);
    let all = all.expect("there is room");
    let hubs = wheel.graph.insert_all(wheel.hub, (0..400).map(|_| Hub));
    let hubs = hubs.expect("there is room");
    let empty = wheel.graph.link_bytes();
    let pairs = hubs
        .iter()
        .flat_map(|&hub| all.iter().map(move |&leaf| (hub, leaf)));
    let linked = wheel.graph.bulk(wheel.leaves, pairs).expect("all are live");
    assert_eq!(linked, 160_000);
    let full = wheel.graph.link_bytes();
    for &hub in &hubs[1..] {
        let row = wheel.graph.row_mut(wheel.leaves, hub);
        row.expect("it is live").clear().expect("nobody needs it");
    }
    // The records of links stay, eight bytes each, until all is shrunk.
    let now = wheel.graph.link_bytes() - empty;
    assert!(now < 160_000 * 9 + 20_000, "{now} of {full}");
    wheel.graph.verify().expect("both ends agree");
    wheel.graph.shrink_to_fit();
    let shrunk = wheel.graph.link_bytes() - empty;
    assert!(shrunk < 400 * 60, "{shrunk} of {full}");
    wheel.graph.verify().expect("both ends agree");
}
