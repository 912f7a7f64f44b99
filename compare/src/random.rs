//! Numbers as good as random, the same in every run.

/// `SplitMix64`.
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

    /// Below the bound, which is not 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // The upper half of a product with a number below 2^32 is below it.
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// Below the bound, which is 2 or more, and not the number given.
    pub(crate) fn other_than(&mut self, taken: u32, bound: u32) -> u32 {
        (taken + 1 + self.below(bound - 1)) % bound
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end as u32 + 1) as usize);
        }
    }
}
