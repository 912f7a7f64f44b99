//! The names of what is generated, and its documentation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, TypePath};

use crate::entity::ast::{End, Entity, plain};
use crate::entity::attr::{EndOptions, Order};

/// A name of the user's at its place, but the macro's for the lints: they
/// judge what users write, not what is made of it.
pub(super) fn quiet(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    ident
}

/// A name made of a user's, at its place.
pub(super) fn made_of(pattern: &str, ident: &Ident) -> Ident {
    let name = pattern.replace('_', &plain(ident));
    Ident::new(&name, ident.span().resolved_at(Span::call_site()))
}

/// The constant of a field or an end: `AUTHOR` for `author`.
pub(super) fn constant(ident: &Ident) -> Ident {
    let name = plain(ident).to_uppercase();
    Ident::new(&name, ident.span().resolved_at(Span::call_site()))
}

/// `set_author` for `author`.
pub(super) fn setter(ident: &Ident) -> Ident {
    let span = ident.span().resolved_at(Span::call_site());
    format_ident!("set_{}", plain(ident), span = span)
}

/// `with_author` for `author`.
pub(super) fn with(ident: &Ident) -> Ident {
    let span = ident.span().resolved_at(Span::call_site());
    format_ident!("with_{}", plain(ident), span = span)
}

/// `books_mut` for `books`.
pub(super) fn row_mut(ident: &Ident) -> Ident {
    let span = ident.span().resolved_at(Span::call_site());
    format_ident!("{}_mut", plain(ident), span = span)
}

/// `path::TagRef` for `path::Tag`, with the pattern `_Ref`.
pub(super) fn beside(path: &TypePath, pattern: &str) -> TypePath {
    let mut path = path.clone();
    if let Some(last) = path.path.segments.last_mut() {
        last.ident = made_of(pattern, &last.ident);
    }
    path
}

/// A path as it was written.
pub(super) fn written(path: &TypePath) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// The type that says whose the order of a row is.
pub(super) fn order(krate: &TokenStream, options: &EndOptions) -> TokenStream {
    let order = options.order.as_ref().map(|(order, _)| order);
    match order {
        None | Some(Order::Insertion) => quote!(#krate::typed::InsertionOrder),
        Some(Order::None) => quote!(#krate::typed::Unordered),
        Some(Order::SortedBy(_) | Order::ComparedBy(_)) => quote!(#krate::typed::SortedOrder),
        Some(Order::KeyedBy(_)) => quote!(#krate::typed::KeyedOrder),
    }
}

/// A name and one more behind it: `ON_POST` of `ON` and `Post`.
pub(super) fn joined(first: &Ident, second: &Ident) -> Ident {
    let name = format!("{first}_{}", plain(second).to_uppercase());
    Ident::new(&name, first.span())
}

/// The last part of a path: the name of a type.
pub(super) fn last(path: &TypePath) -> Ident {
    let last = path.path.segments.last();
    last.expect("a path has a part").ident.clone()
}

/// The documentation of a method: a sentence, and what the user wrote.
pub(super) fn docs(sentence: &str, theirs: &[Attribute]) -> TokenStream {
    let more = (!theirs.is_empty()).then(|| quote!(#[doc = ""]));
    quote! {
        #[doc = #sentence]
        #more
        #(#theirs)*
    }
}

/// "`Book.author`".
pub(super) fn full(entity: &Entity, end: &End) -> String {
    format!("{}.{}", entity.name(), plain(&end.name))
}

/// An item whose only use is that two of it are one too many: two ends of one
/// name would be so in a dozen methods, this says it once and before them.
pub(super) fn only_one(owner: &Ident, end: &Ident) -> TokenStream {
    let (owner, end_name) = (plain(owner), plain(end));
    let name = format!(
        "the_end_{end_name}_of_{owner}_is_there_already__name_one_otherwise_or_let_both_say_back_populates"
    );
    let span = end.span().resolved_at(Span::call_site());
    let name = Ident::new(&name, span);
    quote_spanned! {span=>
        #[doc(hidden)]
        enum #name {}
    }
}
