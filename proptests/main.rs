//! Random schemas and random edits, held against a model that fits one page.
//!
//! `PROPTEST_CASES` scales all of it, `PROPTEST_RNG_SEED` gives other cases
//! than the usual ones, and `PRINT_COVERAGE=1` prints the table of what was
//! met: `cargo test --release --test proptests -- --nocapture`.

mod coverage;
mod edits;
mod keys;
mod laws;
mod machine;
mod model;
mod panics;
#[cfg(feature = "internals")]
mod planted;
mod query;
mod rich;
mod run;
mod schema;
