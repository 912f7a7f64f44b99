//! The methods that give a new entity its links at an end.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Visibility};

use super::Side;
use crate::entity::expand::names::{docs, quiet, with};

/// One method: its name, what it takes, and the call it makes.
pub(in crate::entity::expand) struct With {
    pub(in crate::entity::expand) docs: TokenStream,
    pub(in crate::entity::expand) name: Ident,
    pub(in crate::entity::expand) takes: Vec<(Ident, TokenStream)>,
    pub(in crate::entity::expand) call: TokenStream,
}

impl Side<'_> {
    /// All its methods on new entities and payloads of its owner.
    pub(in crate::entity::expand) fn with(
        &self,
        new: &TokenStream,
        unset: &TokenStream,
    ) -> TokenStream {
        let owner = &self.owner;
        let methods = self
            .withs()
            .map(|with| with.methods(&quote!(#owner), new, unset, self.vis));
        quote!(#(#methods)*)
    }

    /// `with_books`, and where links have data, `with_books_data`.
    pub(in crate::entity::expand) fn withs(&self) -> impl Iterator<Item = With> {
        std::iter::once(self.with_links()).chain(self.with_links_and_data())
    }

    fn with_links(&self) -> With {
        let Self {
            krate,
            owner,
            target,
            ..
        } = self;
        let (link, full, handle) = (self.link(), self.full(), self.handle());
        let (argument, linked) = (
            quiet(self.name),
            quote!(impl #krate::typed::IntoLinked<#target>),
        );
        let (told, takes, verb) = if self.is_many {
            (
                format!(
                    "With these {link}s at `{full}`, in order and behind those given before: \
                     ids, payloads, or new ones with links."
                ),
                quote!(impl ::core::iter::IntoIterator<Item = #linked>),
                quote!(links),
            )
        } else {
            (
                format!("With this {link} at `{full}`: an id, a payload, or a new one with links."),
                linked,
                quote!(link),
            )
        };
        With {
            docs: docs(&told, &self.docs),
            name: with(self.name),
            call: quote!(#verb(<#owner>::#handle, #argument)),
            takes: vec![(argument, takes)],
        }
    }
}

impl With {
    /// The method on a new entity, and on a payload, which becomes one.
    pub(in crate::entity::expand) fn methods(
        &self,
        owner: &TokenStream,
        new: &TokenStream,
        unset: &TokenStream,
        vis: &Visibility,
    ) -> TokenStream {
        let Self {
            docs, name, call, ..
        } = self;
        let (takes, arguments) = (self.parameters(), self.arguments());
        quote! {
            impl<State> #new<State> {
                #docs
                #[inline]
                #vis fn #name(self, #takes) -> Self {
                    Self { new: self.new.#call, state: self.state }
                }
            }

            impl #owner {
                #docs
                #[inline]
                #vis fn #name(self, #takes) -> #new #unset {
                    #new::from(self).#name(#arguments)
                }
            }
        }
    }

    pub(in crate::entity::expand) fn parameters(&self) -> TokenStream {
        let parameters = self.takes.iter().map(|(name, ty)| quote!(#name: #ty));
        quote!(#(#parameters),*)
    }

    pub(in crate::entity::expand) fn arguments(&self) -> TokenStream {
        let arguments = self.takes.iter().map(|(name, _)| name);
        quote!(#(#arguments),*)
    }
}
