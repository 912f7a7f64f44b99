//! The typed face: what `#[entity]` and `graph!` make.

#![expect(
    clippy::panic_in_result_fn,
    reason = "a test asserts, and passes errors on"
)]

mod changes;
mod checks;
mod data;
mod deletes;
mod hygiene;
mod keys;
mod links;
mod modules;
mod new;
mod order;
mod rules;
mod schema;
mod subgraph;
mod transactions;
