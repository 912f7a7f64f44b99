//! What a link takes, both sides together, over the entities themselves.
//!
//! `cargo test --release --test memory -- --nocapture` prints the figures for
//! a hundred thousand links, and `BACKREF_SCALE=10` before it those for a
//! million. Counted is what has been allocated (`Graph::link_bytes`), so
//! room that is not in use is in them. With the feature `internals` shorter rows
//! are in the table of pairs, and the figures are not those of the library.
#![cfg(not(feature = "internals"))]

use backref::{
    EndOptions, EntityType, Graph, Id, Key, Order, RowMut, Schema, Storage, ToMany, ToOne,
};

/// Most bytes that a link may take from ten links an entity on.
const ONE_TO_MANY: f64 = 24.0;
const MANY_TO_MANY: f64 = 40.0;

/// How many links the graphs have.
fn links() -> usize {
    let factor = std::env::var("BACKREF_SCALE").map_or(1, |factor| {
        factor.parse().expect("BACKREF_SCALE is a whole number")
    });
    100_000 * factor
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits fit") % bound
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}

/// How a graph came to be as it is.
#[derive(Clone, Copy, Debug)]
enum Made {
    /// Each row filled by one call.
    InBulk,
    /// Link by link, in random order, so that all rows grow together.
    OneByOne,
    /// And then four times as many links cut and others made.
    Churned,
}

const ALL: [Made; 3] = [Made::InBulk, Made::OneByOne, Made::Churned];

struct Hub;
struct Leaf(u32);

/// What rows and links are.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Ordered,
    Unordered,
    Linked,
    Sorted,
    Keyed,
    /// Ordered, with a `u32` for each link.
    WithData,
}

impl Kind {
    /// Says so of an end whose members are leaves.
    fn of_leaves(self, end: EndOptions) -> EndOptions {
        match self {
            Self::Ordered | Self::WithData => end,
            Self::Unordered => end.order(Order::None),
            Self::Linked => end.storage(Storage::Linked),
            Self::Sorted => end.sorted_by(Key::field(|leaf: &Leaf| &leaf.0)),
            Self::Keyed => end.keyed_by(Key::field(|leaf: &Leaf| &leaf.0)),
        }
    }
}

/// Hubs and leaves, related in one way.
struct Wheel<E> {
    graph: Graph,
    hubs: Vec<Id<Hub>>,
    leaves: Vec<Id<Leaf>>,
    spokes: ToMany<Hub, Leaf>,
    inverse: E,
    random: Random,
}

impl<E> Wheel<E> {
    fn populate(graph: Graph, counts: [usize; 2], spokes: ToMany<Hub, Leaf>, inverse: E) -> Self {
        let types = graph.registry();
        let hub: EntityType<Hub> = types.entity_type("Hub").expect("declared");
        let leaf: EntityType<Leaf> = types.entity_type("Leaf").expect("declared");
        let mut all = Self {
            graph,
            hubs: Vec::new(),
            leaves: Vec::new(),
            spokes,
            inverse,
            random: Random(3),
        };
        let mut insert = |_| all.graph.insert(hub, Hub).expect("there is room");
        all.hubs = (0..counts[0]).map(&mut insert).collect();
        let mut insert = |number| all.graph.insert(leaf, Leaf(number)).expect("there is room");
        all.leaves = (0..).take(counts[1]).map(&mut insert).collect();
        all
    }

    fn fill(&mut self, made: Made, links: &mut [(usize, usize)]) {
        if matches!(made, Made::InBulk) {
            for row in links.chunk_by(|a, b| a.0 == b.0) {
                let leaves: Vec<_> = row.iter().map(|&(_, leaf)| self.leaves[leaf]).collect();
                self.row(row[0].0).extend(leaves).expect("all are live");
            }
        } else {
            self.random.shuffle(links);
            for &mut (hub, leaf) in links {
                let leaf = self.leaves[leaf];
                self.row(hub).push(leaf).expect("both are live");
            }
        }
    }

    fn row(&mut self, hub: usize) -> RowMut<'_, Hub, Leaf> {
        let row = self.graph.row_mut(self.spokes, self.hubs[hub]);
        row.expect("it is live")
    }

    fn bytes_a_link(&self, links: usize) -> f64 {
        self.graph.verify().expect("both ends agree");
        self.graph.link_bytes() as f64 / links as f64
    }
}

/// Parents with so many children each.
fn one_to_many(kind: Kind, each: usize, made: Made) -> f64 {
    let mut schema = Schema::builder();
    schema.entity::<Hub>("Hub");
    schema.entity::<Leaf>("Leaf");
    let leaf = schema
        .relationship("Leaf.hub")
        .to_one("Hub")
        .backref("leaves");
    let leaf = leaf.inverse(|leaves| kind.of_leaves(leaves));
    if matches!(kind, Kind::WithData) {
        leaf.data::<u32>();
    }
    let registry = schema.build().expect("the schema is sound");
    let hub: ToOne<Leaf, Hub> = registry.to_one("Leaf.hub").expect("declared");
    let leaves = registry.to_many("Hub.leaves").expect("declared");
    let counts = [links() / each, links() / each * each];
    let links = counts[1];
    let mut all = Wheel::populate(Graph::new(registry), counts, leaves, hub);
    let mut pairs: Vec<(usize, usize)> = (0..links).map(|leaf| (leaf / each, leaf)).collect();
    all.fill(made, &mut pairs);
    if matches!(made, Made::Churned) {
        for _ in 0..4 * links {
            let leaf = all.leaves[all.random.below(links)];
            let hub = all.hubs[all.random.below(counts[0])];
            all.graph
                .set(all.inverse, leaf, hub)
                .expect("both are live");
        }
    }
    all.bytes_a_link(links)
}

/// As many of one as of the other, each linked to so many at random: just so
/// many on one side, and on the average on the other.
fn many_to_many(kind: Kind, each: usize, made: Made) -> f64 {
    let mut schema = Schema::builder();
    schema.entity::<Hub>("Hub");
    schema.entity::<Leaf>("Leaf");
    let leaves = schema
        .relationship("Hub.leaves")
        .to_many("Leaf")
        .backref("hubs");
    let leaves = match kind {
        Kind::Sorted => leaves.sorted_by(Key::field(|leaf: &Leaf| &leaf.0)),
        Kind::Keyed => leaves.keyed_by(Key::field(|leaf: &Leaf| &leaf.0)),
        Kind::Unordered => leaves
            .order(Order::None)
            .inverse(|hubs| hubs.order(Order::None)),
        Kind::Ordered | Kind::Linked | Kind::WithData => leaves,
    };
    if matches!(kind, Kind::WithData) {
        leaves.data::<u32>();
    }
    let registry = schema.build().expect("the schema is sound");
    let leaves = registry.to_many("Hub.leaves").expect("declared");
    let count = links() / each;
    let mut all = Wheel::populate(Graph::new(registry), [count; 2], leaves, ());
    let mut pairs = Vec::new();
    for hub in 0..count {
        let mut row: Vec<usize> = Vec::new();
        while row.len() < each {
            let leaf = all.random.below(count);
            if !row.contains(&leaf) {
                row.push(leaf);
            }
        }
        pairs.extend(row.into_iter().map(|leaf| (hub, leaf)));
    }
    all.fill(made, &mut pairs);
    if matches!(made, Made::Churned) {
        for _ in 0..4 * pairs.len() {
            let at = all.random.below(pairs.len());
            let (hub, leaf) = pairs[at];
            let leaf = all.leaves[leaf];
            all.row(hub).remove(leaf).expect("both are live");
            while {
                pairs[at] = (all.random.below(count), all.random.below(count));
                let leaf = all.leaves[pairs[at].1];
                !all.row(pairs[at].0).push(leaf).expect("both are live")
            } {}
        }
    }
    all.bytes_a_link(pairs.len())
}

#[expect(clippy::print_stdout, reason = "the figures that the README quotes")]
fn check(name: &str, kind: Kind, most: f64, bytes: impl Fn(Kind, usize, Made) -> f64) {
    for each in [10, 13, 32, 100] {
        let all = ALL.map(|made| bytes(kind, each, made));
        let figures = ALL.iter().zip(all);
        let figures: Vec<String> = figures
            .map(|(made, bytes)| format!("{made:?} {bytes:.1}"))
            .collect();
        let figures = figures.join(", ");
        println!("{name}, {each} links an entity, {kind:?}: {figures}");
        assert!(
            all.iter().all(|&bytes| bytes <= most),
            "{name}, {each} links an entity, {kind:?}: {figures}; at most {most} is allowed"
        );
    }
}

#[test]
fn a_link_takes_few_bytes_where_it_is_one_to_many() {
    for kind in [Kind::Ordered, Kind::Unordered] {
        check("one-to-many", kind, ONE_TO_MANY, one_to_many);
    }
}

#[test]
fn a_link_takes_few_bytes_where_it_is_many_to_many() {
    for kind in [Kind::Ordered, Kind::Unordered] {
        check("many-to-many", kind, MANY_TO_MANY, many_to_many);
    }
}

#[test]
fn rows_of_other_kinds_take_what_they_need_more() {
    check("one-to-many", Kind::Linked, 20.0, one_to_many);
    for (kind, more) in [
        (Kind::Sorted, 14.0),
        (Kind::Keyed, 34.0),
        (Kind::WithData, 16.0),
    ] {
        check("one-to-many", kind, ONE_TO_MANY + more, one_to_many);
        check("many-to-many", kind, MANY_TO_MANY + more, many_to_many);
    }
}
