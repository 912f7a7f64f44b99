//! Two declarations held against each other while the program is compiled.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::TypePath;

use super::names::{full, written};
use crate::entity::ast::{End, Entity, plain};
use crate::entity::attr::Pairing;
use crate::entity::check::{CASCADES_UP, DOES_NOT_CASCADE_UP};

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let judged = entity.numbered().flat_map(|(first, end)| {
        let variants = (first..).zip(&end.targets);
        variants.map(move |(at, target)| judge(entity, end, at, target))
    });
    quote!(#(#judged)*)
}

fn judge(entity: &Entity, end: &End, at: usize, target: &TypePath) -> TokenStream {
    let (krate, owner) = (&entity.krate, entity.name());
    let arms = mistakes(entity, end, target).map(|(mistake, span, message)| {
        let say = quote_spanned!(span=> ::core::panic!(#message));
        quote!(#krate::typed::Mistake::#mistake => #say,)
    });
    quote! {
        const _: () = match #krate::typed::judge::<#owner, #target>(#at) {
            #krate::typed::Mistake::None => {}
            #(#arms)*
        };
    }
}

/// A mistake, its place, and what to write instead.
type Told = (TokenStream, Span, String);

fn mistakes(entity: &Entity, end: &End, target: &TypePath) -> impl Iterator<Item = Told> {
    let pairing = match &end.options.pairing {
        Pairing::BackPopulates(inverse) => inverse.span(),
        Pairing::Symmetric(span) => *span,
        Pairing::Backref(_) | Pairing::OneWay(_) => end.name.span(),
    };
    let rule = end
        .options
        .end
        .delete_rule
        .map_or(pairing, |rule| rule.span);
    let acyclic = end.options.end.acyclic.unwrap_or(pairing);
    let full = full(entity, end);
    let between_types = [
        (
            quote!(AcyclicBetweenTypes),
            acyclic,
            format!("`{full}` leads to another type, where no cycle can be: leave out `acyclic`"),
        ),
        (
            quote!(SymmetricBetweenTypes),
            pairing,
            format!(
                "`{full}` leads to another type and cannot be its own other end: \
                 write `back_populates = …` or `backref = …`"
            ),
        ),
        (quote!(CascadesUp), rule, CASCADES_UP.to_owned()),
        (
            quote!(DoesNotCascadeUp),
            rule,
            DOES_NOT_CASCADE_UP.to_owned(),
        ),
    ];
    unmatched(entity, end, target)
        .into_iter()
        .chain(between_types)
}

/// What can be wrong with the other end of a `back_populates`; nothing is with
/// one that was made.
fn unmatched(entity: &Entity, end: &End, target: &TypePath) -> [Told; 4] {
    let (owner, target) = (entity.name(), written(target));
    let (full, name) = (full(entity, end), plain(&end.name));
    let inverse = match &end.options.pairing {
        Pairing::BackPopulates(inverse) => inverse,
        Pairing::Backref(_) | Pairing::OneWay(_) | Pairing::Symmetric(_) => &end.name,
    };
    let (at, back) = (inverse.span(), plain(inverse));
    let kind = if end.is_many() { "ToOne" } else { "ToMany" };
    let missing = format!(
        "`{target}` has no end `{back}`: add `#[relationship(back_populates = {name})] \
         {back}: {kind}<{owner}>` to it, or write `backref = {back}` here, which makes it"
    );
    let not_named_back = format!(
        "`{target}.{back}` does not name `{full}` back: \
         let it say `back_populates = {name}`, or name another end here"
    );
    let other_target = format!(
        "`{target}.{back}` leads to another type than `{owner}`: \
         let it be a `ToOne<{owner}>` or a `ToMany<{owner}>`, or name another end here"
    );
    let itself = format!("`{full}` names itself: write `symmetric`");
    [
        (quote!(Missing), at, missing),
        (quote!(NotNamedBack), at, not_named_back),
        (quote!(OtherTarget), at, other_target),
        (quote!(Itself), at, itself),
    ]
}
