//! `BookRef<'g>`: an entity to be read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::bound;
use super::one_of::OneOf;
use super::side::Side;
use crate::entity::ast::{Entity, plain};

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let (krate, vis, name) = (&entity.krate, &entity.payload.vis, entity.name());
    let reference = format_ident!("{}Ref", plain(name));
    let methods = methods(entity);
    let about = format!(
        "A [`{name}`] in its graph, to be read: `Copy`, dereferences to the payload, \
         and has a method for each of its ends."
    );
    let traits = traits(entity);
    quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #vis struct #reference<'g>(pub(crate) #krate::typed::Ref<'g, #name>);

        impl<'g> #reference<'g> {
            /// The id, which outlives the borrow.
            #[must_use]
            #[inline]
            pub fn id(self) -> #krate::Id<#name> {
                self.0.id()
            }

            /// The payload, for as long as the graph is borrowed.
            #[must_use]
            #[inline]
            pub fn into_inner(self) -> &'g #name {
                self.0.payload()
            }

            /// What deleting it would do: who would go with it, and who forbids it.
            ///
            /// # Errors
            /// The entity was deleted, or is of another graph.
            pub fn plan_delete(self) -> #krate::Result<#krate::DeletePlan> {
                self.0.plan_delete()
            }

            #(#methods)*
        }

        #traits
    }
}

fn traits(entity: &Entity) -> TokenStream {
    let (krate, name) = (&entity.krate, entity.name());
    let reference = format_ident!("{}Ref", plain(name));
    let alike = bound::traits(entity, "Ref", &[]);
    quote! {
        #alike

        #[automatically_derived]
        impl<'g> ::core::convert::From<#reference<'g>> for #krate::typed::Ref<'g, #name> {
            #[inline]
            fn from(entity: #reference<'g>) -> Self {
                entity.0
            }
        }

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #reference<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        #[automatically_derived]
        impl ::core::cmp::Eq for #reference<'_> {}

        #[automatically_derived]
        impl ::core::hash::Hash for #reference<'_> {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash(&self.0, state);
            }
        }
    }
}

fn methods(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.numbered().map(|(at, end)| {
        if end.is_one_of() {
            OneOf::new(entity, end).read()
        } else {
            Side::declared(entity, at, end).read()
        }
    })
}
