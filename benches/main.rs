//! What each operation costs through the typed handles, beside hand-written
//! floors.
//!
//! Dimensions:
//! - **shape**: parents x children each, in cache (1,000 x 100) and out of it
//!   (100,000 x 10); for many-to-many, entities on either side x links each.
//! - **kind**: rows that keep the order of adding, rows that do not, rows that
//!   are linked, and links with data (a `u32`).
//! - **operation**: build (insert the entities, then set every child's parent),
//!   bulk build (insert, then extend every row), iterate (sum the payloads of
//!   every row; fresh after the build, churned after the writes), to-one (read
//!   the parent's payload), reassign (a random child to a random other parent),
//!   detach+attach (set none, set back), remove+append (the same from the
//!   parent's side), nullify and cascade (delete every parent; a figure for
//!   each link). Many-to-many: add, remove, contains (half of them hit), build,
//!   iterate.
//! - **recorded**: reassign while nobody listens, in a transaction, with a
//!   history, with a mark, with an observer that does nothing; undo and redo of
//!   a transaction of 2,000 reassigns over 10 x 10,000, and its rollback; the
//!   change set of ten reassigns in a graph of a million links.
//! - **floor**: F2, the child's record and both parents' counters; F3, that and
//!   a store into both rows; gather, the payloads by index; to-one, from the
//!   child's record to the parent's payload.
//! - **by hand**: for many-to-many, what one would write without a graph: a map
//!   to sets on either side, with the hash of `hashbrown`.
//! - **face**: `typed`, the methods that `#[entity]` and `graph!` make, beside
//!   `handles`, on the same graph.
//!
//! Entities have no key and a payload of eight bytes. Every list of operations
//! is drawn beforehand from a fixed seed and resolved to ids; a measured step
//! is many thousands of them, and what is printed is the throughput of single
//! operations, in each sample that of its fastest step. Only ratios within one
//! run mean anything.

mod by_hand;
mod floors;
mod many_to_many;
mod one_to_many;
mod recorded;
mod typed;
mod workload;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(10)
        .nresamples(1_000)
        .configure_from_args();
    for shape in one_to_many::SHAPES {
        floors::bench(&mut criterion, shape);
        one_to_many::bench(&mut criterion, shape);
    }
    recorded::bench(&mut criterion);
    for shape in many_to_many::SHAPES {
        many_to_many::bench(&mut criterion, shape);
    }
    for shape in typed::SHAPES {
        typed::bench(&mut criterion, shape);
    }
    criterion.final_summary();
}
