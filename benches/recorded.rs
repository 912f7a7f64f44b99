//! What the record costs, and what is made of it.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};

use backref::{Graph, Id, Schema, ToOne};

use crate::workload::{BATCH, Batches, Shape, fastest, timed};

const SHAPES: [Shape; 2] = [Shape::new(1_000, 100), Shape::new(100_000, 10)];
/// As other systems are told of: a few long rows.
const LONG: Shape = Shape::new(10, 10_000);
const MOVES: usize = 2_000;
const FEW: usize = 10;

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// Eight bytes of payload each.
#[derive(Clone)]
struct Parent {
    _number: u64,
}

#[derive(Clone)]
struct Child {
    _number: u64,
}

type Move = (Id<Child>, Id<Parent>);

/// A graph of parents and children, and what to do with it.
struct World {
    graph: Graph,
    end: ToOne<Child, Parent>,
    moves: Batches<Move>,
}

impl World {
    fn new(shape: Shape) -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Parent>("Parent").cloneable();
        schema.entity::<Child>("Child").cloneable();
        let end = schema.relationship("Child.parent");
        end.to_one("Parent").backref("children");
        let registry = schema.build().expect("the schema is sound");
        let parent = registry.entity_type("Parent").expect("declared");
        let child = registry.entity_type("Child").expect("declared");
        let end = registry.to_one("Child.parent").expect("declared");
        let mut graph = Graph::new(registry);
        let parents = (0..shape.owners as u64).map(|_number| Parent { _number });
        let parents = parents.map(|it| graph.insert(parent, it).expect("there is room"));
        let parents: Vec<Id<Parent>> = parents.collect();
        let children = (0..shape.links() as u64).map(|_number| Child { _number });
        let children = children.map(|it| graph.insert(child, it).expect("there is room"));
        let children: Vec<Id<Child>> = children.collect();
        for (&child, at) in children.iter().zip(shape.parents()) {
            graph.set(end, child, parents[at]).expect("both are live");
        }
        let moves = shape.moves().into_iter();
        let moves = moves.map(|(child, parent)| (children[child], parents[parent]));
        Self {
            moves: Batches::new(moves),
            graph,
            end,
        }
    }

    fn reassign(graph: &mut Graph, end: ToOne<Child, Parent>, moves: &[Move]) {
        for &(child, parent) in moves {
            graph.set(end, child, parent).expect("both are live");
        }
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    for shape in SHAPES {
        let mut group = criterion.benchmark_group(format!("{shape}/recorded"));
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(BATCH as u64));
        let mut world = World::new(shape);
        bench_reassign(&mut group, &mut world);
        if shape.links() == 1_000_000 {
            bench_few_changes(&mut group, &mut world);
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group(format!("{LONG}/recorded"));
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(MOVES as u64));
    bench_undo(&mut group, &mut World::new(LONG));
    group.finish();
}

fn bench_reassign(group: &mut Group<'_>, world: &mut World) {
    let end = world.end;
    let step = |world: &mut World| {
        let (graph, moves) = (&mut world.graph, world.moves.batch());
        timed(|| World::reassign(graph, end, moves))
    };
    group.bench_function("reassign", |bencher| {
        bencher.iter_custom(|steps| fastest(steps, || step(world)));
    });
    group.bench_function("reassign, with a history", |bencher| {
        world.graph.keep_history(1_000).expect("none is open");
        bencher.iter_custom(|steps| fastest(steps, || step(world)));
        world.graph.keep_history(0).expect("none is open");
    });
    group.bench_function("reassign, with a mark", |bencher| {
        let mark = world.graph.mark().expect("none is open");
        bencher.iter_custom(|steps| fastest(steps, || step(world)));
        drop(mark);
    });
    group.bench_function("reassign, with an observer", |bencher| {
        let subscription = world.graph.observe(|_, _| {});
        bencher.iter_custom(|steps| fastest(steps, || step(world)));
        drop(subscription);
    });
    // Its first write finds that nobody listens any more.
    step(world);
    group.bench_function("reassign, in a transaction", |bencher| {
        let mut step = || {
            let (graph, moves) = (&mut world.graph, world.moves.batch());
            let whole = graph.transaction(|graph| Ok(timed(|| World::reassign(graph, end, moves))));
            whole.expect("nothing is judged")
        };
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
}

fn bench_undo(group: &mut Group<'_>, world: &mut World) {
    let end = world.end;
    let moves = world.moves.batch()[..MOVES].to_vec();
    let graph = &mut world.graph;
    let mut roll_back = || {
        let mut done = None;
        let failed: Result<(), Box<dyn std::error::Error>> = graph.try_transaction(|graph| {
            World::reassign(graph, end, &moves);
            done = Some(std::time::Instant::now());
            Err("on purpose".into())
        });
        assert!(failed.is_err());
        done.map_or_else(Default::default, |done| done.elapsed())
    };
    group.bench_function("rollback of 2,000 reassigns", |bencher| {
        bencher.iter_custom(|steps| fastest(steps, &mut roll_back));
    });
    graph.keep_history(10).expect("none is open");
    let whole = graph.transaction(|graph| {
        World::reassign(graph, end, &moves);
        Ok(())
    });
    whole.expect("nothing is judged");
    group.bench_function("undo of 2,000 reassigns", |bencher| {
        let mut step = || {
            let took = timed(|| graph.undo());
            graph.redo().expect("none is open");
            took
        };
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
    group.bench_function("redo of 2,000 reassigns", |bencher| {
        let mut step = || {
            graph.undo().expect("none is open");
            timed(|| graph.redo())
        };
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
}

fn bench_few_changes(group: &mut Group<'_>, world: &mut World) {
    let mark = world.graph.mark().expect("none is open");
    let moves = world.moves.batch()[..FEW].to_vec();
    World::reassign(&mut world.graph, world.end, &moves);
    group.throughput(Throughput::Elements(1));
    group.bench_function("the change set of ten reassigns", |bencher| {
        bencher.iter(|| world.graph.changes_since(&mark).expect("all are cloneable"));
    });
}
