//! The generated methods beside the calls by handle: the same entities, links
//! and lists of operations.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};

use crate::workload::{BATCH, Batches, Shape, fastest, timed};

use faces::{ByHandle, ByMethod, Drawn, Face};

pub(crate) mod faces;

pub(crate) const SHAPES: [Shape; 2] = [Shape::new(1_000, 100), Shape::new(100_000, 10)];

type Group<'c> = BenchmarkGroup<'c, WallTime>;

pub(crate) fn bench(criterion: &mut Criterion, shape: Shape) {
    bench_face::<ByHandle>(criterion, shape, "handles");
    bench_face::<ByMethod>(criterion, shape, "typed");
}

fn bench_face<F: Face>(criterion: &mut Criterion, shape: Shape, name: &str) {
    let mut group = criterion.benchmark_group(format!("{shape}/{name}"));
    let (mut face, drawn) = Drawn::new::<F>(shape);
    group.throughput(Throughput::Elements(shape.links() as u64));
    bench_step(&mut group, "insert", || {
        let mut empty = F::empty();
        timed(|| empty.insert_children(shape.links()))
    });
    bench_step(&mut group, "iterate fresh", || timed(|| face.iterate()));
    group.throughput(Throughput::Elements(BATCH as u64));
    let mut children = Batches::new(drawn.children.iter().copied());
    bench_step(&mut group, "to-one", || {
        let batch = children.batch();
        timed(|| face.read_parents(batch))
    });
    bench_links(&mut group, &mut face, &drawn);
    group.finish();
}

/// Reads and writes of many-to-many links, then writes of a child's parent.
fn bench_links<F: Face>(group: &mut Group<'_>, face: &mut F, drawn: &Drawn) {
    let mut pairs = Batches::new(drawn.pairs.iter().copied());
    bench_step(group, "contains", || {
        let batch = pairs.batch();
        timed(|| face.count_tagged(batch))
    });
    let mut absent = Batches::new(drawn.absent.iter().copied());
    bench_step(group, "add", || {
        let batch = absent.batch();
        let took = timed(|| face.tag(batch));
        face.untag(batch);
        took
    });
    let mut homes = Batches::new(drawn.homes.iter().copied());
    bench_step(group, "remove+append", || {
        let batch = homes.batch();
        timed(|| face.return_home(batch))
    });
    let mut moves = Batches::new(drawn.moves.iter().copied());
    bench_step(group, "reassign", || {
        let batch = moves.batch();
        timed(|| face.reassign(batch))
    });
}

fn bench_step(group: &mut Group<'_>, name: &str, mut step: impl FnMut() -> std::time::Duration) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
}
