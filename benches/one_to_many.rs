//! Parents and children.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};

use backref::{
    DeleteRule, EndOptions, EntityType, Graph, Id, Key, Order, Registry, Schema, Storage, ToMany,
    ToOne,
};

use crate::workload::{BATCH, Batches, KINDS, Kind, Shape, fastest, timed};

pub(crate) const SHAPES: [Shape; 2] = [Shape::new(1_000, 100), Shape::new(100_000, 10)];

type Group<'c> = BenchmarkGroup<'c, WallTime>;

struct Parent(u64);
struct Child(u64);

/// The handles of a schema with parents and children.
#[derive(Clone)]
struct Family {
    registry: Registry,
    parent: EntityType<Parent>,
    child: EntityType<Child>,
    child_parent: ToOne<Child, Parent>,
    parent_children: ToMany<Parent, Child>,
}

/// A graph, and its ids by number.
struct Populated {
    graph: Graph,
    parents: Vec<Id<Parent>>,
    children: Vec<Id<Child>>,
}

impl Family {
    fn new(kind: Kind, rule: DeleteRule) -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Parent>("Parent");
        schema.entity::<Child>("Child");
        let parent = schema
            .relationship("Child.parent")
            .to_one("Parent")
            .backref("children");
        let parent = parent.inverse(|children| ordered(children, kind).delete_rule(rule));
        if kind == Kind::WithData {
            parent.data::<u32>();
        }
        let registry = schema.build().expect("the schema is sound");
        Self {
            parent: registry.entity_type("Parent").expect("declared"),
            child: registry.entity_type("Child").expect("declared"),
            child_parent: registry.to_one("Child.parent").expect("declared"),
            parent_children: registry.to_many("Parent.children").expect("declared"),
            registry,
        }
    }

    fn entities(&self, shape: Shape) -> Populated {
        let mut graph = Graph::new(self.registry.clone());
        let parent = |number| {
            graph
                .insert(self.parent, Parent(number))
                .expect("there is room")
        };
        let parents = (0..shape.owners as u64).map(parent).collect();
        let child = |number| {
            graph
                .insert(self.child, Child(number))
                .expect("there is room")
        };
        let children = (0..shape.links() as u64).map(child).collect();
        Populated {
            graph,
            parents,
            children,
        }
    }

    /// The children are given their parents one by one.
    fn build(&self, shape: Shape, parents: &[usize]) -> Populated {
        let mut all = self.entities(shape);
        for (&child, &parent) in all.children.iter().zip(parents) {
            all.graph
                .set(self.child_parent, child, all.parents[parent])
                .expect("both are live");
        }
        all
    }

    /// The parents are given all of their children at once.
    fn build_in_bulk(&self, shape: Shape, rows: &[Vec<usize>]) -> Populated {
        let mut all = self.entities(shape);
        for (&parent, row) in all.parents.iter().zip(rows) {
            let members = row.iter().map(|&child| all.children[child]);
            let row = all.graph.row_mut(self.parent_children, parent);
            row.and_then(|mut row| row.extend(members))
                .expect("all are live");
        }
        all
    }

    /// The payloads of every row, in order.
    fn iterate(&self, all: &Populated) -> u64 {
        let rows = all
            .parents
            .iter()
            .map(|&parent| all.graph.row(self.parent_children, parent));
        rows.map(|row| {
            row.entries()
                .map(|(_, child)| child.0)
                .fold(0, u64::wrapping_add)
        })
        .fold(0, u64::wrapping_add)
    }

    /// The payloads of the parents of these.
    fn read_parents(&self, graph: &Graph, children: &[Id<Child>]) -> u64 {
        let parents = children
            .iter()
            .filter_map(|&child| graph.target(self.child_parent, child));
        parents
            .map(|(_, parent)| parent.0)
            .fold(0, u64::wrapping_add)
    }

    fn delete_parents(&self, mut all: Populated) -> Graph {
        for parent in all.parents {
            all.graph.delete(self.parent, parent).expect("it is live");
        }
        all.graph
    }
}

fn ordered(children: EndOptions, kind: Kind) -> EndOptions {
    let number = Key::field(|child: &Child| &child.0);
    match kind {
        Kind::Linked => children.storage(Storage::Linked),
        Kind::Ordered | Kind::WithData => children.order(Order::Insertion),
        Kind::Unordered => children.order(Order::None),
        Kind::Sorted => children.sorted_by(number),
        Kind::Keyed => children.keyed_by(number),
    }
}

pub(crate) fn bench(criterion: &mut Criterion, shape: Shape) {
    for (name, kind) in KINDS {
        let mut group = criterion.benchmark_group(format!("{shape}/{name}"));
        group.throughput(Throughput::Elements(shape.links() as u64));
        group.sampling_mode(SamplingMode::Flat);
        bench_builds(&mut group, shape, kind);
        bench_deletes(&mut group, shape, kind);
        bench_links(&mut group, shape, kind);
        group.finish();
    }
}

fn bench_builds(group: &mut Group<'_>, shape: Shape, kind: Kind) {
    let family = Family::new(kind, DeleteRule::Nullify);
    let parents = shape.parents();
    group.bench_function("build", |bencher| {
        bencher.iter_custom(|steps| fastest(steps, || timed(|| family.build(shape, &parents))));
    });
    let rows = rows(shape, &parents);
    group.bench_function("bulk build", |bencher| {
        bencher
            .iter_custom(|steps| fastest(steps, || timed(|| family.build_in_bulk(shape, &rows))));
    });
}

fn bench_deletes(group: &mut Group<'_>, shape: Shape, kind: Kind) {
    let parents = shape.parents();
    for (name, rule) in [
        ("nullify", DeleteRule::Nullify),
        ("cascade", DeleteRule::Cascade),
    ] {
        let family = Family::new(kind, rule);
        group.bench_function(name, |bencher| {
            let step = || {
                let all = family.build(shape, &parents);
                timed(|| family.delete_parents(all))
            };
            bencher.iter_custom(|steps| fastest(steps, step));
        });
    }
}

/// Reads and writes of one graph: it is fresh at first and churned in the end.
fn bench_links(group: &mut Group<'_>, shape: Shape, kind: Kind) {
    let family = Family::new(kind, DeleteRule::Nullify);
    let mut all = family.build(shape, &shape.parents());
    bench_iterate(group, "iterate fresh", &family, &all);
    group.throughput(Throughput::Elements(BATCH as u64));
    bench_to_one(group, &family, &all, shape);
    bench_reassign(group, &family, &mut all, shape);
    bench_returns(group, &family, &mut all, shape);
    bench_rewrite(group, &family, &mut all, shape);
    group.throughput(Throughput::Elements(shape.links() as u64));
    bench_iterate(group, "iterate churned", &family, &all);
}

fn bench_iterate(group: &mut Group<'_>, name: &str, family: &Family, all: &Populated) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|steps| fastest(steps, || timed(|| family.iterate(all))));
    });
}

fn bench_to_one(group: &mut Group<'_>, family: &Family, all: &Populated, shape: Shape) {
    let mut ops = Batches::new(
        shape
            .children()
            .into_iter()
            .map(|child| all.children[child]),
    );
    group.bench_function("to-one", |bencher| {
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let batch = ops.batch();
                timed(|| family.read_parents(&all.graph, batch))
            })
        });
    });
}

fn bench_reassign(group: &mut Group<'_>, family: &Family, all: &mut Populated, shape: Shape) {
    let moves = Batches::new(moves(all, shape));
    bench_writes(group, "reassign", moves, |child, parent| {
        all.graph
            .set(family.child_parent, child, parent)
            .expect("both are live");
    });
}

/// Another payload each: in sorted rows another place, in keyed ones another key.
fn bench_rewrite(group: &mut Group<'_>, family: &Family, all: &mut Populated, shape: Shape) {
    const OTHER: u64 = 1 << 40;
    let children = shape.children().into_iter();
    let mut ops = Batches::new(children.map(|child| all.children[child]));
    let mut rewrite = |child| {
        let number = all
            .graph
            .get(family.child, child)
            .map_or(0, |child| child.0);
        let payload = Child(number ^ OTHER);
        all.graph
            .replace(family.child, child, payload)
            .expect("the key is free");
    };
    let mut step = || {
        let batch = ops.batch().iter();
        timed(|| batch.for_each(|&child| rewrite(child)))
    };
    group.bench_function("rewrite", |bencher| {
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
}

fn moves(all: &Populated, shape: Shape) -> Vec<(Id<Child>, Id<Parent>)> {
    let moves = shape.moves().into_iter();
    moves
        .map(|(child, parent)| (all.children[child], all.parents[parent]))
        .collect()
}

/// Two writes each, after which the child is where it was.
fn bench_returns(group: &mut Group<'_>, family: &Family, all: &mut Populated, shape: Shape) {
    let parent_of = |child| {
        all.graph
            .one(family.child_parent, child)
            .expect("it has a parent")
    };
    let children = shape
        .children()
        .into_iter()
        .map(|child| all.children[child]);
    let ops: Vec<_> = children.map(|child| (child, parent_of(child))).collect();
    bench_writes(
        group,
        "detach+attach",
        Batches::new(ops.iter().copied()),
        |child, parent| {
            all.graph
                .set(family.child_parent, child, None)
                .expect("it is live");
            all.graph
                .set(family.child_parent, child, parent)
                .expect("both are live");
        },
    );
    bench_writes(
        group,
        "remove+append",
        Batches::new(ops),
        |child, parent| {
            let mut row = all
                .graph
                .row_mut(family.parent_children, parent)
                .expect("it is live");
            row.remove(child).expect("both are live");
            row.push(child).expect("both are live");
        },
    );
}

fn bench_writes(
    group: &mut Group<'_>,
    name: &str,
    mut ops: Batches<(Id<Child>, Id<Parent>)>,
    mut write: impl FnMut(Id<Child>, Id<Parent>),
) {
    let mut step = || {
        let batch = ops.batch().iter();
        timed(|| batch.for_each(|&(child, parent)| write(child, parent)))
    };
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|steps| fastest(steps, &mut step));
    });
}

/// The children of every parent.
fn rows(shape: Shape, parents: &[usize]) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::with_capacity(shape.each); shape.owners];
    for (child, &parent) in parents.iter().enumerate() {
        rows[parent].push(child);
    }
    rows
}
