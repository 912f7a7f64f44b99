//! What `BookRef` and `BookMut` have alike, each being an entity bound to its
//! graph.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::entity::ast::{Entity, plain};

/// The traits of `BookRef`, with `kind` `Ref`, or of `BookMut`, with `Mut`;
/// `about` documents how it dereferences.
pub(super) fn traits(entity: &Entity, kind: &str, about: &[&str]) -> TokenStream {
    let (krate, name) = (&entity.krate, entity.name());
    let (bound, kind) = (
        format_ident!("{}{kind}", plain(name)),
        format_ident!("{kind}"),
    );
    quote! {
        #[automatically_derived]
        impl<'g> ::core::convert::From<#krate::typed::#kind<'g, #name>> for #bound<'g> {
            #[inline]
            fn from(entity: #krate::typed::#kind<'g, #name>) -> Self {
                Self(entity)
            }
        }

        #(#[doc = #about])*
        #[automatically_derived]
        impl ::core::ops::Deref for #bound<'_> {
            type Target = #name;

            #[inline]
            #[track_caller]
            fn deref(&self) -> &#name {
                self.0.payload()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #bound<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    }
}
