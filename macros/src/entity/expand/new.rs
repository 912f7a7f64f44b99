//! `NewBook`: an entity that is not in a graph yet, with its links.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use super::one_of::OneOf;
use super::side::{Side, With};
use crate::entity::ast::{End, Entity, plain};

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let (krate, vis, name) = (&entity.krate, &entity.payload.vis, entity.name());
    let new = format_ident!("New{}", plain(name));
    let unset = state(entity, |_| quote!(#krate::typed::Unset));
    let about = format!(
        "A [`{name}`] that is not in a graph yet, with the links it shall have; \
         made by its `with_` methods. The parameter keeps account of the required ends."
    );
    let ends = entity.numbered();
    let ends = ends.map(|(at, end)| end_methods(entity, at, end));
    let conversions = conversions(entity);
    quote! {
        #[doc = #about]
        #[must_use = "nothing is in a graph before it is inserted"]
        #vis struct #new<State = #unset> {
            pub(crate) new: #krate::typed::New<#name>,
            pub(crate) state: ::core::marker::PhantomData<fn() -> State>,
        }

        #(#ends)*
        #conversions
    }
}

/// The type that keeps account of the required ends: one part for each.
fn state(entity: &Entity, part: impl Fn(usize) -> TokenStream) -> TokenStream {
    let parts = (0..entity.required_ones().count()).map(part);
    quote!((#(#parts,)*))
}

fn end_methods(entity: &Entity, at: usize, end: &End) -> TokenStream {
    let required = entity
        .required_ones()
        .position(|other| other.name == end.name);
    let withs: Vec<With> = if end.is_one_of() {
        vec![OneOf::new(entity, end).with()]
    } else {
        Side::declared(entity, at, end).withs().collect()
    };
    let methods = withs.iter().map(|with| match required {
        Some(part) => Progress { entity, end, part }.method(with),
        None => optional(entity, end, with),
    });
    quote!(#(#methods)*)
}

/// A method for an end that need not be given.
fn optional(entity: &Entity, end: &End, with: &With) -> TokenStream {
    let (owner, vis, krate) = (entity.name(), &end.vis, &entity.krate);
    let new = format_ident!("New{}", plain(owner));
    let unset = state(entity, |_| quote!(#krate::typed::Unset));
    with.methods(&quote!(#owner), &quote!(#new), &quote!(<#unset>), vis)
}

/// A required end, and which part of the state keeps account of it.
struct Progress<'a> {
    entity: &'a Entity,
    end: &'a End,
    part: usize,
}

impl Progress<'_> {
    /// A method after which the end counts as set.
    fn method(&self, with: &With) -> TokenStream {
        let Self { entity, end, part } = self;
        let (owner, vis, krate) = (entity.name(), &end.vis, &entity.krate);
        let new = format_ident!("New{}", plain(owner));
        let name_of = |part: usize| format_ident!("S{part}");
        let params = (0..entity.required_ones().count()).map(name_of);
        let with_set = |other: &dyn Fn(usize) -> TokenStream| {
            state(entity, |at| {
                if at == *part {
                    quote!(#krate::typed::Set)
                } else {
                    other(at)
                }
            })
        };
        let before = state(entity, |at| name_of(at).into_token_stream());
        let kept = with_set(&|at| name_of(at).into_token_stream());
        let first = with_set(&|_| quote!(#krate::typed::Unset));
        let With {
            docs, name, call, ..
        } = with;
        let (takes, arguments) = (with.parameters(), with.arguments());
        quote! {
            impl<#(#params),*> #new<#before> {
                #docs
                #[inline]
                #vis fn #name(self, #takes) -> #new<#kept> {
                    #new { new: self.new.#call, state: ::core::marker::PhantomData }
                }
            }

            impl #owner {
                #docs
                #[inline]
                #vis fn #name(self, #takes) -> #new<#first> {
                    #new::from(self).#name(#arguments)
                }
            }
        }
    }
}

fn conversions(entity: &Entity) -> TokenStream {
    let (krate, name) = (&entity.krate, entity.name());
    let new = format_ident!("New{}", plain(name));
    let unset = state(entity, |_| quote!(#krate::typed::Unset));
    let set = state(entity, |_| quote!(#krate::typed::Set));
    let bare = entity.required_ones().next().is_none().then(|| {
        quote! {
            #[automatically_derived]
            impl #krate::typed::Insertable for #name {
                type Entity = #name;

                fn into_new(self) -> #krate::typed::New<#name> {
                    #krate::typed::New::of(self)
                }

                #[inline]
                fn put_into(self, graph: &mut #krate::Graph) -> #krate::Result<#krate::Id<#name>> {
                    graph.insert(<#name as #krate::typed::Entity>::TYPE, self)
                }
            }
        }
    });
    quote! {
        #bare

        #[automatically_derived]
        impl #krate::typed::Insertable for #new<#set> {
            type Entity = #name;

            #[inline]
            fn into_new(self) -> #krate::typed::New<#name> {
                self.new
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<#name> for #new<#unset> {
            #[inline]
            fn from(payload: #name) -> Self {
                Self {
                    new: #krate::typed::New::of(payload),
                    state: ::core::marker::PhantomData,
                }
            }
        }

        #[automatically_derived]
        impl #krate::typed::IntoLinked<#name> for #name {
            fn into_linked(self) -> #krate::typed::Linked<#name> {
                #krate::typed::Linked::New(#krate::typed::New::of(self))
            }
        }

        #[automatically_derived]
        impl<State> #krate::typed::IntoLinked<#name> for #new<State> {
            fn into_linked(self) -> #krate::typed::Linked<#name> {
                #krate::typed::Linked::New(self.new)
            }
        }

        #[automatically_derived]
        impl<State> ::core::fmt::Debug for #new<State> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.new, f)
            }
        }
    }
}
