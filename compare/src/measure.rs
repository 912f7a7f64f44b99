//! The clock, and how much of a list of operations a contender is given.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::memory::{HAS_C_HEAP, Heap, held, uncounted};
use crate::workload::Workload;

/// The processor time of this thread: what others do on the machine does not
/// count, though it does push what is ours out of the caches.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("the clock starts at 0");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("below a second");
    Duration::new(seconds, nanoseconds)
}

/// For each workload the `k` of the prefix 1/2^k that a contender is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefixes {
    by_workload: BTreeMap<Workload, u32>,
    otherwise: u32,
}

impl Prefixes {
    /// So little of everything that the slowest is done soon.
    const PROBE: u32 = 6;

    fn of(&self, workload: Workload) -> u32 {
        *self.by_workload.get(&workload).unwrap_or(&self.otherwise)
    }

    /// Those of which each step takes no longer than this, by what a probe took.
    fn within(step: Duration, probed: &BTreeMap<Workload, Duration>) -> Self {
        let shorten = |(&workload, &took): (&Workload, &Duration)| {
            let whole = took * (1 << Self::PROBE);
            let k = (0..20).find(|&k| whole / (1 << k) <= step).unwrap_or(20);
            (workload, k)
        };
        Self {
            by_workload: probed.iter().map(shorten).collect(),
            otherwise: 0,
        }
    }
}

/// One contender's turn: what it took for what.
pub(crate) struct Turn {
    prefixes: Prefixes,
    /// Whether memory is what this turn is about, and time is not.
    probing: bool,
    begun: Duration,
    took: BTreeMap<Workload, Duration>,
    operations: BTreeMap<Workload, u64>,
    bytes: BTreeMap<Workload, f64>,
}

impl Turn {
    /// A short one, which counts memory and tells how slow the contender is.
    pub(crate) fn probe() -> Self {
        Self::new(
            Prefixes {
                by_workload: BTreeMap::new(),
                otherwise: Prefixes::PROBE,
            },
            true,
        )
    }

    /// One that is timed.
    pub(crate) fn timed(prefixes: &Prefixes) -> Self {
        Self::new(prefixes.clone(), false)
    }

    fn new(prefixes: Prefixes, probing: bool) -> Self {
        Self {
            prefixes,
            probing,
            begun: now(),
            took: BTreeMap::new(),
            operations: BTreeMap::new(),
            bytes: BTreeMap::new(),
        }
    }

    /// The part of a list that this contender is given, one operation at least.
    pub(crate) fn part<'l, T>(&self, workload: Workload, list: &'l [T]) -> &'l [T] {
        let count = (list.len() >> self.prefixes.of(workload)).max(1);
        &list[..count.min(list.len())]
    }

    /// Adds the time of some work to a workload, of which it is so many
    /// operations.
    pub(crate) fn time<R>(
        &mut self,
        workload: Workload,
        operations: usize,
        work: impl FnOnce() -> R,
    ) -> R {
        let timed = || {
            let start = now();
            let result = black_box(work());
            (result, now() - start)
        };
        let (result, took) = if self.probing {
            timed()
        } else {
            uncounted(timed)
        };
        *self.took.entry(workload).or_default() += took;
        *self.operations.entry(workload).or_default() += operations as u64;
        result
    }

    /// Adds the time of so many reads to a workload. What takes a short time is
    /// read again and again, so that a graph that fits in the caches is read from
    /// there.
    pub(crate) fn read<R>(
        &mut self,
        workload: Workload,
        reads: usize,
        mut read: impl FnMut() -> R,
    ) -> R {
        const LONG_ENOUGH: Duration = Duration::from_millis(10);
        loop {
            let result = self.time(workload, reads, &mut read);
            if self.probing || self.took[&workload] >= LONG_ENOUGH {
                return result;
            }
        }
    }

    /// Counts what the work leaves in memory, for each link, if this turn is
    /// about memory.
    pub(crate) fn weigh<R>(
        &mut self,
        (heap, workload): (Heap, Workload),
        links: u32,
        work: impl FnOnce(&mut Self) -> R,
    ) -> R {
        if !self.probing || (heap == Heap::C && !HAS_C_HEAP) {
            return work(self);
        }
        let (result, bytes) = held(heap, || work(self));
        self.bytes.insert(workload, bytes as f64 / f64::from(links));
        result
    }

    /// How long it has taken so far, with what is not timed.
    pub(crate) fn age(&self) -> Duration {
        now() - self.begun
    }

    /// What was weighed.
    pub(crate) fn bytes(&self) -> &BTreeMap<Workload, f64> {
        &self.bytes
    }

    /// Nanoseconds for an operation.
    pub(crate) fn nanoseconds(&self) -> impl Iterator<Item = (Workload, f64)> {
        self.took.iter().map(|(&workload, took)| {
            let operations = self.operations[&workload].max(1);
            (workload, took.as_nanos() as f64 / operations as f64)
        })
    }

    /// Prefixes with which no step takes longer than this.
    pub(crate) fn prefixes_within(&self, step: Duration) -> Prefixes {
        Prefixes::within(step, &self.took)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_contender_is_given_a_prefix_and_a_fast_one_all() {
        let probed = BTreeMap::from([
            (Workload::Reassign, Duration::from_millis(10)),
            (Workload::ToOne, Duration::from_micros(10)),
        ]);
        let prefixes = Prefixes::within(Duration::from_millis(100), &probed);
        let turn = Turn::timed(&prefixes);
        let list = vec![0; 1_000];
        // 64 * 10 ms / 2^3 = 80 ms.
        assert_eq!(turn.part(Workload::Reassign, &list).len(), 125);
        assert_eq!(turn.part(Workload::ToOne, &list).len(), 1_000);
        assert_eq!(turn.part(Workload::Nullify, &list).len(), 1_000);
    }

    #[test]
    fn there_is_always_an_operation() {
        assert_eq!(Turn::probe().part(Workload::Reassign, &[1, 2, 3]).len(), 1);
        assert!(Turn::probe().part(Workload::Reassign, &[0; 0]).is_empty());
    }

    #[test]
    fn what_is_read_fast_is_read_again_and_what_is_read_slowly_once() {
        let times = |length: Duration| {
            let mut turn = Turn::timed(&Prefixes::default());
            let read = || {
                let start = now();
                while now() - start < length {}
                7
            };
            assert_eq!(turn.read(Workload::MnIterate, 3, read), 7);
            turn.operations[&Workload::MnIterate] / 3
        };
        assert_eq!(times(Duration::from_millis(11)), 1);
        assert!(times(Duration::from_millis(1)) > 5);
    }

    #[test]
    fn time_adds_up_and_is_shared_among_the_operations() {
        let mut turn = Turn::timed(&Prefixes::default());
        let spin = || (0..1_000_000_u64).fold(0, |sum, at| black_box(sum + at));
        turn.time(Workload::Build, 0, spin);
        turn.time(Workload::Build, 10, spin);
        let (workload, nanoseconds) = turn.nanoseconds().next().expect("one was timed");
        assert_eq!(workload, Workload::Build);
        assert!(nanoseconds > 0.0);
        assert_eq!(turn.operations[&Workload::Build], 10);
    }
}
