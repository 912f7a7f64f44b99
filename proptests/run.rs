//! How the properties are run: how many cases, from which seed, and what was counted.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

/// What a test hands back when the graph and its model disagree.
pub(crate) type Verdict = Result<(), String>;

/// The seed of a run that names none, so that a plain run can be repeated.
const SEED: u64 = 0x00ba_c4ef;

/// What `PROPTEST_CASES` is when nobody sets it.
const USUAL_CASES: u32 = 256;

static EDITS: AtomicU64 = AtomicU64::new(0);

/// Adds to the edits of this process.
pub(crate) fn count_edits(edits: usize) {
    EDITS.fetch_add(edits as u64, Ordering::Relaxed);
}

/// How many cases a property gets that has `usual` of them in a plain run.
fn cases(usual: u32) -> u32 {
    let asked = u64::from(Config::default().cases);
    let cases = (asked * u64::from(usual)).div_ceil(u64::from(USUAL_CASES));
    u32::try_from(cases).unwrap_or(u32::MAX)
}

/// A runner of `PROPTEST_CASES` cases, scaled. Each property has a seed of its
/// own, made of its name and of `PROPTEST_RNG_SEED`.
fn runner(name: &str, usual: u32) -> TestRunner {
    let config = Config::default();
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => SEED,
    };
    let mix = |seed, byte| Dice::new(seed ^ u64::from(byte)).next();
    TestRunner::new(Config {
        cases: cases(usual),
        failure_persistence: None,
        max_shrink_iters: 4096,
        rng_seed: RngSeed::Fixed(name.bytes().fold(seed, mix)),
        ..config
    })
}

/// Runs a property and panics with the smallest case found that breaks it.
#[expect(
    clippy::print_stdout,
    reason = "the count of edits is what a long run is for"
)]
pub(crate) fn check<S>(name: &str, usual: u32, strategy: &S, law: impl Fn(S::Value) -> Verdict)
where
    S: Strategy,
    S::Value: Debug,
{
    let outcome = runner(name, usual).run(strategy, |case| law(case).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => println!(
            "{name}: {} edits in this process",
            EDITS.load(Ordering::Relaxed)
        ),
        Err(TestError::Fail(reason, case)) => panic!("{name}: {reason}\nby the case {case:?}"),
        Err(TestError::Abort(reason)) => panic!("{name}: given up: {reason}"),
    }
}

/// Numbers out of a seed, the same everywhere: splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Below `sides`, which must not be 0.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % sides as u64).expect("is below a usize")
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.roll(choice.len())]
    }
}
