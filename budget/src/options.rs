//! The price of each option: a table in Markdown.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use crate::callgrind::{Simulated, count_all};
use crate::contender::{ALL, Contender};
use crate::operations::{LINKS, iterate_of, reassign_of};
use crate::workload::Shape;

/// In cache, and a million links.
const SHAPES: [Shape; 2] = [Shape::new(1_000, 100), Shape::new(100_000, 10)];

/// How many moves a round has.
const BATCH: usize = 1 << 13;

/// How often each contender has its turn; the fastest counts.
const ROUNDS: usize = 20;

/// What is found of one contender.
#[derive(Clone, Default)]
struct Price {
    /// Of one reassign, and of one member read.
    instructions: [f64; 2],
    /// The same, for each shape.
    nanoseconds: [Option<[f64; 2]>; SHAPES.len()],
    bytes_a_link: f64,
}

/// The table; times are in it if they are asked for.
pub(crate) fn table(with_times: bool) -> io::Result<String> {
    let mut prices = vec![Price::default(); ALL.len()];
    count(&mut prices)?;
    let [in_cache, million] = SHAPES;
    if with_times {
        measure(in_cache, &mut prices, |price| &mut price.nanoseconds[0]);
        measure(million, &mut prices, |price| &mut price.nanoseconds[1]);
    }
    weigh(million, &mut prices);
    Ok(markdown(&prices))
}

fn count(prices: &mut [Price]) -> io::Result<()> {
    let names = ALL
        .iter()
        .map(|it| [reassign_of(it.name), iterate_of(it.name)]);
    let names: Vec<[String; 2]> = names.collect();
    let mut asked: Vec<&str> = names.as_flattened().iter().map(String::as_str).collect();
    asked.sort_unstable();
    asked.dedup();
    let found = count_all(&asked, LINKS, Simulated::Instructions)?;
    let instructions = |name: &String| {
        let at = asked.iter().position(|other| other == name);
        at.map_or(0.0, |at| found[at].instructions)
    };
    for (price, names) in prices.iter_mut().zip(&names) {
        price.instructions = [instructions(&names[0]), instructions(&names[1])];
    }
    Ok(())
}

/// Has the contenders take turns, so that what else the machine does falls on
/// all of them.
fn measure(shape: Shape, prices: &mut [Price], of: impl Fn(&mut Price) -> &mut Option<[f64; 2]>) {
    let moves = shape.links().max(BATCH);
    let mut all: Vec<_> = ALL.iter().map(|it| (it.make)(shape, moves)).collect();
    for contender in &mut all {
        contender.reassign(shape.links());
    }
    let mut fastest = vec![[Duration::MAX; 2]; all.len()];
    let mut sums = vec![0; all.len()];
    for _ in 0..ROUNDS {
        for (at, contender) in all.iter_mut().enumerate() {
            let reassigned = timed(|| contender.reassign(BATCH)).0;
            let (read, sum) = timed(|| contender.iterate(shape.owners));
            fastest[at] = [fastest[at][0].min(reassigned), fastest[at][1].min(read)];
            sums[at] = sum;
        }
        let same = sums.iter().all(|&sum| sum == sums[0]);
        assert!(same, "all have done the same");
    }
    for (price, [reassigned, read]) in prices.iter_mut().zip(fastest) {
        let each = |took: Duration, count: usize| took.as_nanos() as f64 / count as f64;
        *of(price) = Some([each(reassigned, BATCH), each(read, shape.links())]);
    }
}

fn timed<R>(work: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

/// What the links take when they came one by one and as many were moved.
fn weigh(shape: Shape, prices: &mut [Price]) {
    for (price, named) in prices.iter_mut().zip(&ALL) {
        let mut contender: Box<dyn Contender> = (named.make)(shape, shape.links());
        contender.reassign(shape.links());
        price.bytes_a_link = contender.link_bytes() as f64 / shape.links() as f64;
    }
}

fn markdown(prices: &[Price]) -> String {
    let head = "| option | reassign: instructions | ns, 100,000 links | ns, a million links \
                | a member read: instructions | ns, 100,000 links | ns, a million links \
                | bytes a link |\n|---|---|---|---|---|---|---|---|\n";
    let mut table = String::from(head);
    for (price, named) in prices.iter().zip(&ALL) {
        let times = |which: usize| {
            let shown = |time: [f64; 2]| rounded(time[which]);
            let each = price
                .nanoseconds
                .map(|times| times.map_or("…".into(), shown));
            each.join(" | ")
        };
        let [reassign, read] = price.instructions.map(rounded);
        let (title, bytes) = (named.title, price.bytes_a_link);
        let (of_reassign, of_read) = (times(0), times(1));
        let line =
            format!("| {title} | {reassign} | {of_reassign} | {read} | {of_read} | {bytes:.1} |\n");
        table.push_str(&line);
    }
    table
}

/// One place behind the point where there is one before it, or none.
fn rounded(number: f64) -> String {
    if number < 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}
