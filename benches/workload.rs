//! Shapes, and lists of operations drawn from fixed seeds.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many operations a measured step has.
pub(crate) const BATCH: usize = 1 << 13;

/// How many operations a list has before it starts again.
pub(crate) const LIST: usize = 1 << 20;

/// How the rows of an end are ordered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ordered,
    Unordered,
    /// By the payloads.
    Sorted,
    /// By the payloads.
    Keyed,
    /// In the order of adding, and each link with data.
    WithData,
    /// In the order of adding, from record to record.
    Linked,
}

/// All of them, by name.
pub(crate) const KINDS: [(&str, Kind); 6] = [
    ("ordered", Kind::Ordered),
    ("unordered", Kind::Unordered),
    ("sorted", Kind::Sorted),
    ("keyed", Kind::Keyed),
    ("with data", Kind::WithData),
    ("linked", Kind::Linked),
];

/// So many entities, each with so many links.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) owners: usize,
    pub(crate) each: usize,
}

impl Shape {
    pub(crate) const fn new(owners: usize, each: usize) -> Self {
        Self { owners, each }
    }

    pub(crate) const fn links(self) -> usize {
        self.owners * self.each
    }

    /// For every child its parent: each parent has as many children, and they
    /// are spread at random.
    pub(crate) fn parents(self) -> Vec<usize> {
        let mut parents: Vec<usize> = (0..self.links()).map(|child| child / self.each).collect();
        Random::new(1).shuffle(&mut parents);
        parents
    }

    /// Random children and random parents that are not theirs at the time.
    pub(crate) fn moves(self) -> Vec<(usize, usize)> {
        let mut random = Random::new(2);
        let mut parents = self.parents();
        let mut draw = || {
            let child = random.below(self.links());
            let parent = random.other_than(parents[child], self.owners);
            parents[child] = parent;
            (child, parent)
        };
        (0..LIST).map(|_| draw()).collect()
    }

    /// Random children.
    pub(crate) fn children(self) -> Vec<usize> {
        let mut random = Random::new(3);
        (0..LIST).map(|_| random.below(self.links())).collect()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.owners, self.each)
    }
}

/// Posts and tags, linked by one contender or another.
pub(crate) trait Links {
    /// A post and a tag, as the contender calls them.
    type Pair: Copy;

    fn pair(&self, post: usize, tag: usize) -> Self::Pair;
    fn add(&mut self, pairs: &[Self::Pair]);
    fn remove(&mut self, pairs: &[Self::Pair]);
    fn count_present(&self, pairs: &[Self::Pair]) -> usize;

    /// The payloads of the tags of all posts.
    fn iterate(&self) -> u64;
}

/// A list of operations that is gone through in batches, again and again.
pub(crate) struct Batches<T> {
    list: Vec<T>,
    next: usize,
}

impl<T> Batches<T> {
    pub(crate) fn new(list: impl IntoIterator<Item = T>) -> Self {
        let list: Vec<T> = list.into_iter().collect();
        assert!(list.len() >= BATCH, "a list has one batch at least");
        Self { list, next: 0 }
    }

    pub(crate) fn batch(&mut self) -> &[T] {
        if self.next + BATCH > self.list.len() {
            self.next = 0;
        }
        let start = self.next;
        self.next += BATCH;
        &self.list[start..self.next]
    }
}

/// How long a piece of work takes; what it returns is dropped afterwards.
pub(crate) fn timed<R>(work: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let took = start.elapsed();
    drop(result);
    took
}

/// Takes so many steps and counts each as the fastest of them, so that what
/// other programs do on the machine shows as little as it can.
pub(crate) fn fastest(steps: u64, mut step: impl FnMut() -> Duration) -> Duration {
    let fastest = (0..steps).map(|_| step()).min().unwrap_or_default();
    fastest * u32::try_from(steps).expect("no run has so many steps")
}

/// Numbers as good as random: `SplitMix64`.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a bound has at most 64 bits");
        usize::try_from(self.next() % bound).expect("it is below a usize")
    }

    pub(crate) fn other_than(&mut self, taken: usize, bound: usize) -> usize {
        (taken + 1 + self.below(bound - 1)) % bound
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}
