//! Shapes, and lists of operations drawn from fixed seeds.

/// So many owners, each with so many links.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) owners: usize,
    pub(crate) each: usize,
}

impl Shape {
    pub(crate) const fn new(owners: usize, each: usize) -> Self {
        Self { owners, each }
    }

    /// As many links as that, so many of them to an owner.
    pub(crate) const fn of_links(links: usize, each: usize) -> Self {
        Self::new(links / each, each)
    }

    pub(crate) const fn links(self) -> usize {
        self.owners * self.each
    }

    /// For every child its parent: each parent has as many children, and they
    /// are spread at random.
    pub(crate) fn parents(self) -> Vec<usize> {
        let mut parents: Vec<usize> = (0..self.links()).map(|child| child / self.each).collect();
        Random(1).shuffle(&mut parents);
        parents
    }

    /// So many random children, each with a random parent that is not its own
    /// at the time.
    pub(crate) fn moves(self, count: usize) -> Vec<(usize, usize)> {
        let mut random = Random(2);
        let mut parents = self.parents();
        let mut draw = || {
            let child = random.below(self.links());
            let parent = (parents[child] + 1 + random.below(self.owners - 1)) % self.owners;
            parents[child] = parent;
            (child, parent)
        };
        (0..count).map(|_| draw()).collect()
    }

    /// So many random children.
    pub(crate) fn children(self, count: usize) -> Vec<usize> {
        let mut random = Random(3);
        (0..count).map(|_| random.below(self.links())).collect()
    }

    /// For each owner so many others, all of them different.
    pub(crate) fn pairs(self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::with_capacity(self.links());
        let mut random = Random(4);
        for owner in 0..self.owners {
            let first = pairs.len();
            while pairs.len() < first + self.each {
                let pair = (owner, random.below(self.owners));
                if !pairs[first..].contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
        random.shuffle(&mut pairs);
        pairs
    }
}

/// Numbers as good as random: `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bound = u64::try_from(bound).expect("a bound has at most 64 bits");
        usize::try_from(mixed % bound).expect("it is below a usize")
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}
