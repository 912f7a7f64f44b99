//! Links between two sets of entities, each linked to as many of the other.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};

use backref::{EntityType, Graph, Id, Key, Order, Registry, Schema, ToMany};

use crate::by_hand::Sets;
use crate::floors::{bench_gather, index};
use crate::workload::{BATCH, Batches, KINDS, Kind, LIST, Links, Random, Shape, fastest, timed};

pub(crate) const SHAPES: [Shape; 3] = [
    Shape::new(10_000, 10),
    Shape::new(100_000, 10),
    Shape::new(10_000, 100),
];

type Group<'c> = BenchmarkGroup<'c, WallTime>;

struct Post(u64);
struct Tag(u64);

/// A graph, its handles, and its ids by number.
struct Tagged {
    graph: Graph,
    posts: Vec<Id<Post>>,
    tags: Vec<Id<Tag>>,
    post_tags: ToMany<Post, Tag>,
}

/// The handles of a schema with posts and tags.
struct Tagging {
    registry: Registry,
    post: EntityType<Post>,
    tag: EntityType<Tag>,
    post_tags: ToMany<Post, Tag>,
}

impl Tagging {
    fn new(kind: Kind) -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Post>("Post");
        schema.entity::<Tag>("Tag");
        let tags = schema
            .relationship("Post.tags")
            .to_many("Tag")
            .backref("posts");
        let tag = Key::field(|tag: &Tag| &tag.0);
        let tags = match kind {
            Kind::Ordered | Kind::WithData | Kind::Linked => tags.order(Order::Insertion),
            Kind::Unordered => tags.order(Order::None),
            Kind::Sorted => tags.sorted_by(tag),
            Kind::Keyed => tags.keyed_by(tag),
        };
        let post = Key::field(|post: &Post| &post.0);
        let tags = tags.inverse(|posts| match kind {
            Kind::Ordered | Kind::WithData | Kind::Linked => posts.order(Order::Insertion),
            Kind::Unordered => posts.order(Order::None),
            Kind::Sorted => posts.sorted_by(post),
            Kind::Keyed => posts.keyed_by(post),
        });
        if kind == Kind::WithData {
            tags.data::<u32>();
        }
        let registry = schema.build().expect("the schema is sound");
        Self {
            post: registry.entity_type("Post").expect("declared"),
            tag: registry.entity_type("Tag").expect("declared"),
            post_tags: registry.to_many("Post.tags").expect("declared"),
            registry,
        }
    }

    /// The posts are given all of their tags at once.
    fn build(&self, shape: Shape, rows: &[Vec<usize>]) -> Tagged {
        let mut graph = Graph::new(self.registry.clone());
        let post = |number| {
            graph
                .insert(self.post, Post(number))
                .expect("there is room")
        };
        let posts: Vec<_> = (0..shape.owners as u64).map(post).collect();
        let tag = |number| graph.insert(self.tag, Tag(number)).expect("there is room");
        let tags: Vec<_> = (0..shape.owners as u64).map(tag).collect();
        for (&post, row) in posts.iter().zip(rows) {
            let members = row.iter().map(|&tag| tags[tag]);
            let row = graph.row_mut(self.post_tags, post);
            row.and_then(|mut row| row.extend(members))
                .expect("all are live");
        }
        Tagged {
            graph,
            posts,
            tags,
            post_tags: self.post_tags,
        }
    }
}

impl Links for Tagged {
    type Pair = (Id<Post>, Id<Tag>);

    fn pair(&self, post: usize, tag: usize) -> Self::Pair {
        (self.posts[post], self.tags[tag])
    }

    fn add(&mut self, pairs: &[Self::Pair]) {
        for &(post, tag) in pairs {
            let row = self.graph.row_mut(self.post_tags, post);
            row.and_then(|mut row| row.push(tag))
                .expect("both are live");
        }
    }

    fn remove(&mut self, pairs: &[Self::Pair]) {
        for &(post, tag) in pairs {
            let row = self.graph.row_mut(self.post_tags, post);
            row.and_then(|mut row| row.remove(tag))
                .expect("both are live");
        }
    }

    fn count_present(&self, pairs: &[Self::Pair]) -> usize {
        let present =
            |&&(post, tag): &&Self::Pair| self.graph.row(self.post_tags, post).contains(tag);
        pairs.iter().filter(present).count()
    }

    fn iterate(&self) -> u64 {
        let rows = self
            .posts
            .iter()
            .map(|&post| self.graph.row(self.post_tags, post));
        rows.map(|row| {
            row.entries()
                .map(|(_, tag)| tag.0)
                .fold(0, u64::wrapping_add)
        })
        .fold(0, u64::wrapping_add)
    }
}

pub(crate) fn bench(criterion: &mut Criterion, shape: Shape) {
    let rows = rows(shape);
    let mut group = criterion.benchmark_group(format!("m:n {shape}/floor"));
    let members: Vec<u32> = rows.iter().flatten().map(|&tag| index(tag)).collect();
    bench_gather(
        &mut group,
        &members,
        &(0..shape.owners as u64).collect::<Vec<_>>(),
    );
    group.finish();

    let mut group = criterion.benchmark_group(format!("m:n {shape}/by hand"));
    bench_links(&mut group, &mut Sets::build(&rows), &rows);
    group.finish();

    let of_rows = KINDS.iter().filter(|(_, kind)| *kind != Kind::Linked);
    for &(name, kind) in of_rows {
        let tagging = Tagging::new(kind);
        let mut group = criterion.benchmark_group(format!("m:n {shape}/{name}"));
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(shape.links() as u64));
        group.bench_function("bulk build", |bencher| {
            bencher.iter_custom(|steps| fastest(steps, || timed(|| tagging.build(shape, &rows))));
        });
        bench_links(&mut group, &mut tagging.build(shape, &rows), &rows);
        group.finish();
    }
}

/// Reads and writes of one graph: it is fresh at first and churned in the end.
fn bench_links<L: Links>(group: &mut Group<'_>, links: &mut L, rows: &[Vec<usize>]) {
    let count: usize = rows.iter().map(Vec::len).sum();
    group.throughput(Throughput::Elements(count as u64));
    bench_iterate(group, "iterate fresh", links);
    group.throughput(Throughput::Elements(BATCH as u64));
    bench_contains(group, links, rows);
    bench_writes(group, links, rows);
    group.throughput(Throughput::Elements(count as u64));
    bench_iterate(group, "iterate churned", links);
}

fn bench_iterate<L: Links>(group: &mut Group<'_>, name: &str, links: &L) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|steps| fastest(steps, || timed(|| links.iterate())));
    });
}

fn bench_contains<L: Links>(group: &mut Group<'_>, links: &L, rows: &[Vec<usize>]) {
    let (present, absent) = (present(rows), absent(rows));
    let mixed = present
        .into_iter()
        .zip(absent)
        .flat_map(|(hit, miss)| [hit, miss]);
    let mut ops = Batches::new(mixed.map(|(post, tag)| links.pair(post, tag)));
    group.bench_function("contains", |bencher| {
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let pairs = ops.batch();
                timed(|| links.count_present(pairs))
            })
        });
    });
}

/// Whatever a step adds or removes is put back before the next.
fn bench_writes<L: Links>(group: &mut Group<'_>, links: &mut L, rows: &[Vec<usize>]) {
    let pair = |(post, tag)| links.pair(post, tag);
    let mut present = Batches::new(present(rows).into_iter().map(pair));
    let mut absent = Batches::new(absent(rows).into_iter().map(pair));
    group.bench_function("add", |bencher| {
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let pairs = absent.batch();
                let took = timed(|| links.add(pairs));
                links.remove(pairs);
                took
            })
        });
    });
    group.bench_function("remove", |bencher| {
        bencher.iter_custom(|steps| {
            fastest(steps, || {
                let pairs = present.batch();
                let took = timed(|| links.remove(pairs));
                links.add(pairs);
                took
            })
        });
    });
}

/// For every post its tags: random ones, each once.
fn rows(shape: Shape) -> Vec<Vec<usize>> {
    let mut random = Random::new(4);
    let mut row = || {
        let mut row = Vec::with_capacity(shape.each);
        while row.len() < shape.each {
            let tag = random.below(shape.owners);
            if !row.contains(&tag) {
                row.push(tag);
            }
        }
        row
    };
    (0..shape.owners).map(|_| row()).collect()
}

/// Pairs that are linked, each once, in random order.
fn present(rows: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let row = |(post, row): (usize, &Vec<usize>)| {
        row.iter().map(move |&tag| (post, tag)).collect::<Vec<_>>()
    };
    let mut pairs: Vec<_> = rows.iter().enumerate().flat_map(row).collect();
    Random::new(5).shuffle(&mut pairs);
    pairs.truncate(LIST);
    pairs
}

/// Random pairs that are not linked; few of them come twice.
fn absent(rows: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let mut random = Random::new(6);
    let mut draw = || (random.below(rows.len()), random.below(rows.len()));
    std::iter::repeat_with(&mut draw)
        .filter(|&(post, tag)| !rows[post].contains(&tag))
        .take(LIST)
        .collect()
}
