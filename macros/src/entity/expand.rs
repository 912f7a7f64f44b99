//! From what was said to the code that says it: data, and one-line calls.

mod bound;
mod declaration;
mod judge;
mod keys;
mod names;
mod new;
mod one_of;
mod reference;
mod reference_mut;
mod side;

use proc_macro2::TokenStream;
use quote::quote;

use super::ast::Entity;
use one_of::OneOf;
use side::Side;

pub(super) fn expand(entity: &Entity) -> TokenStream {
    if !entity.payload.generics.params.is_empty() {
        return TokenStream::new();
    }
    let payload = &entity.payload;
    let parts = [
        declaration::expand(entity),
        keys::expand(entity),
        reference::expand(entity),
        reference_mut::expand(entity),
        new::expand(entity),
        judge::expand(entity),
    ];
    let one_of = OneOf::all(entity).map(|end| end.declaration());
    let made = entity
        .numbered()
        .flat_map(|(at, end)| Side::made(entity, at, end));
    let made = made.map(|side| side.on_its_owner());
    quote! {
        #payload
        #(#parts)*
        #(#one_of)*
        #(#made)*
    }
}
