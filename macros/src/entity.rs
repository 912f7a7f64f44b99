//! `#[entity]`: the struct becomes the payload, its relationships handles.

mod ast;
mod attr;
mod check;
mod expand;
mod said;

use proc_macro2::TokenStream;

use crate::problems::Problems;

/// Reads as much as makes sense, and expands that: one mistake is one error,
/// and not one more for each use of what it would have made.
pub(crate) fn entity(options: TokenStream, item: &TokenStream) -> TokenStream {
    let Ok(item) = syn::parse2(item.clone()) else {
        return not_a_struct(item);
    };
    let mut problems = Problems::default();
    let mut entity = ast::Entity::read(options, item, &mut problems);
    check::check(&mut entity, &mut problems);
    let mut tokens = problems.into_tokens();
    tokens.extend(expand::expand(&entity));
    tokens
}

fn not_a_struct(item: &TokenStream) -> TokenStream {
    let message = "`#[entity]` stands on a struct with named fields";
    let mut tokens = syn::Error::new_spanned(item, message).into_compile_error();
    tokens.extend(item.clone());
    tokens
}
