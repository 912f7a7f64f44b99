//! What the engine does, case by case: one named test for each fact.
//!
//! The number in a test's doc comment is that of the case. Cases in which
//! other systems break a promise stand in `others_get_wrong.rs` besides.

mod arranged_rows;
mod bad_input;
mod bulk;
mod change_sets;
mod checks;
mod containment;
mod data_and_rules;
mod delete;
mod history;
mod identity;
mod limits;
mod link_data;
mod linked_rows;
mod many_to_many;
mod model;
mod observers;
mod one_to_many;
mod one_to_one;
mod one_way_and_backref;
mod orphans;
mod rows;
mod self_and_symmetric;
mod several_types;
mod subgraph;
mod transactions;
