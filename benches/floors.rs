//! The least that a reassign, a to-one read and an iteration can cost.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};

use crate::workload::{BATCH, Batches, Shape, fastest, timed};

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// What any link has to know of its child.
#[derive(Clone, Copy)]
struct Child {
    parent: u32,
    generation: u32,
}

const GENERATION: u32 = 1;

/// Children and the counters of their parents.
struct Counted {
    children: Vec<Child>,
    counts: Vec<u32>,
}

impl Counted {
    fn new(shape: Shape) -> Self {
        let parents = shape.parents();
        let child = |&parent| Child {
            parent: index(parent),
            generation: GENERATION,
        };
        Self {
            children: parents.iter().map(child).collect(),
            counts: vec![index(shape.each); shape.owners],
        }
    }

    #[inline]
    fn parent(&self, child: u32) -> Option<u32> {
        let child = self.children.get(child as usize)?;
        (child.generation == GENERATION).then_some(child.parent)
    }

    /// F2: the child's record, with a check of its generation, and the counters
    /// of both parents. The old parent comes out.
    #[inline]
    fn reassign(&mut self, child: u32, to: u32) -> Option<u32> {
        let child = self.children.get_mut(child as usize)?;
        if child.generation != GENERATION {
            return None;
        }
        let from = std::mem::replace(&mut child.parent, to);
        self.counts[from as usize] = self.counts[from as usize].wrapping_sub(1);
        self.counts[to as usize] = self.counts[to as usize].wrapping_add(1);
        Some(from)
    }
}

/// F3: F2, and a store into the rows of both parents. Rows have twice the room
/// they need, and nothing is kept of where a member stands.
struct Stored {
    counted: Counted,
    rows: Vec<u32>,
    room: u32,
}

impl Stored {
    fn new(shape: Shape) -> Self {
        Self {
            counted: Counted::new(shape),
            rows: vec![0; 2 * shape.links()],
            room: index(2 * shape.each),
        }
    }

    #[inline]
    fn reassign(&mut self, child: u32, to: u32) -> Option<u32> {
        let from = self.counted.reassign(child, to)?;
        for (parent, member) in [(from, 0), (to, child)] {
            let count = self.counted.counts[parent as usize];
            let at = parent * self.room + count % self.room;
            self.rows[at as usize] = member;
        }
        Some(from)
    }
}

pub(crate) fn index(number: usize) -> u32 {
    u32::try_from(number).expect("the shapes are small")
}

pub(crate) fn bench(criterion: &mut Criterion, shape: Shape) {
    let mut group = criterion.benchmark_group(format!("{shape}/floor"));
    group.throughput(Throughput::Elements(BATCH as u64));

    let (mut ops, mut counted) = (moves(shape), Counted::new(shape));
    group.bench_function("F2", |bencher| {
        let mut reassign = |&(child, to): &(u32, u32)| counted.reassign(child, to);
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let batch = ops.batch();
                timed(|| batch.iter().filter_map(&mut reassign).fold(0, sum))
            })
        });
    });

    let (mut ops, mut stored) = (moves(shape), Stored::new(shape));
    group.bench_function("F3", |bencher| {
        let mut reassign = |&(child, to): &(u32, u32)| stored.reassign(child, to);
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let batch = ops.batch();
                timed(|| batch.iter().filter_map(&mut reassign).fold(0, sum))
            })
        });
    });

    let mut ops = Batches::new(shape.children().into_iter().map(index));
    let payloads: Vec<u64> = (0..shape.owners as u64).collect();
    group.bench_function("to-one", |bencher| {
        let parent = |&child: &u32| counted.parent(child);
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let parents = ops.batch().iter().filter_map(parent);
                timed(|| {
                    parents
                        .map(|at| payloads[at as usize])
                        .fold(0, u64::wrapping_add)
                })
            })
        });
    });

    let (rows, payloads) = gathered(shape);
    bench_gather(&mut group, &rows, &payloads);
    group.finish();
}

/// The payloads of the members of all rows, which stand one after the other.
pub(crate) fn bench_gather(group: &mut Group<'_>, rows: &[u32], payloads: &[u64]) {
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("gather", |bencher| {
        let gather = || {
            rows.iter()
                .map(|&at| payloads[at as usize])
                .fold(0, u64::wrapping_add)
        };
        bencher.iter_custom(|steps| fastest(steps, || timed(gather)));
    });
}

fn moves(shape: Shape) -> Batches<(u32, u32)> {
    Batches::new(
        shape
            .moves()
            .into_iter()
            .map(|(child, to)| (index(child), index(to))),
    )
}

fn sum(total: u32, number: u32) -> u32 {
    total.wrapping_add(number)
}

/// The children of every parent one after the other, and what is read of them.
fn gathered(shape: Shape) -> (Vec<u32>, Vec<u64>) {
    let parents = shape.parents();
    let mut rows: Vec<u32> = (0..index(parents.len())).collect();
    rows.sort_by_key(|&child| parents[child as usize]);
    (rows, (0..parents.len() as u64).collect())
}
