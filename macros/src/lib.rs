//! The macros of backref: `#[entity]` and the inside of `graph!`.
//!
//! What they emit is data and one-line calls of documented functions of
//! `backref::typed`; behaviour is there and not here.
//!
//! ```text
//!   tokens ─ast─▶ what was said ─check─▶ and what is wrong with it ─expand─▶ tokens
//! ```

mod entity;
#[cfg(test)]
mod expansion;
mod graph;
mod problems;

use proc_macro::TokenStream;

/// Declares an entity type; documented where `backref` exports it.
#[proc_macro_attribute]
pub fn entity(options: TokenStream, item: TokenStream) -> TokenStream {
    entity::entity(options.into(), &item.into()).into()
}

/// Declares a typed graph; documented where `backref` exports it.
#[proc_macro]
pub fn graph(input: TokenStream) -> TokenStream {
    graph::graph(input.into()).into()
}
