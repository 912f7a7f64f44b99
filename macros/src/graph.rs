//! `graph!`: the entity types of a graph, and the graph itself.

mod ast;
mod expand;

use proc_macro2::TokenStream;

use crate::problems::Problems;

pub(crate) fn graph(input: TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let graph = problems.take(syn::parse2::<ast::Graph>(input));
    let Some(graph) = graph else {
        return problems.into_tokens();
    };
    graph.check(&mut problems);
    let mut tokens = problems.into_tokens();
    tokens.extend(expand::expand(&graph));
    tokens
}
