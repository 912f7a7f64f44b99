//! An end that leads to one of several types: an enum of handles, and the
//! methods that take and give it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::{constant, docs, full, joined, last, quiet, setter, with};
use super::side::With;
use crate::entity::ast::{End, Entity, plain};

/// An end of several types.
pub(super) struct OneOf<'a> {
    entity: &'a Entity,
    end: &'a End,
}

impl<'a> OneOf<'a> {
    pub(super) fn all(entity: &'a Entity) -> impl Iterator<Item = Self> {
        let ends = entity.ends.iter().filter(|end| end.is_one_of());
        ends.map(move |end| Self { entity, end })
    }

    pub(super) fn new(entity: &'a Entity, end: &'a End) -> Self {
        Self { entity, end }
    }

    /// `CommentOn` for `Comment.on`.
    fn name(&self) -> Ident {
        let words = plain(&self.end.name);
        let words = words.split('_').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        });
        let name: String = words.collect();
        format_ident!(
            "{}{name}",
            self.entity.name(),
            span = quiet(&self.end.name).span()
        )
    }

    /// The enum, and what can be made into one.
    pub(super) fn declaration(&self) -> TokenStream {
        let Self { entity, end } = self;
        let (krate, vis, name) = (&entity.krate, &end.vis, self.name());
        let full = full(entity, end);
        let about = format!("Whom `{full}` leads to: an entity of one of several types.");
        let targets = &end.targets;
        let variants: Vec<Ident> = targets.iter().map(last).collect();
        let told: Vec<String> = variants
            .iter()
            .map(|variant| format!("A [`{variant}`]."))
            .collect();
        quote! {
            #[doc = #about]
            #[derive(
                ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug,
                ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash,
            )]
            #vis enum #name<'g> {
                #(
                    #[doc = #told]
                    #variants(#krate::typed::RefOf<'g, #targets>),
                )*
            }

            impl #name<'_> {
                /// The id, with its type.
                #[must_use]
                pub fn id(self) -> #krate::AnyId {
                    match self {
                        #(Self::#variants(entity) => entity.id().into(),)*
                    }
                }
            }

            #(
                #[automatically_derived]
                impl #krate::typed::IntoOneOf<#name<'static>> for #krate::Id<#targets> {
                    fn into_one_of(self) -> ::core::option::Option<#krate::AnyId> {
                        ::core::option::Option::Some(self.into())
                    }
                }
            )*
        }
    }

    pub(super) fn read(&self) -> TokenStream {
        let Self { entity, end } = self;
        let (owner, vis, name) = (entity.name(), &end.vis, quiet(&end.name));
        let one_of = self.name();
        let docs = docs(
            &format!("`{}`: whom it leads to.", full(entity, end)),
            &end.docs,
        );
        let tries = end.targets.iter().map(|target| {
            let (variant, handle) = (last(target), joined(&constant(&end.name), &last(target)));
            quote! {
                if let ::core::option::Option::Some(entity) = self.0.one(<#owner>::#handle) {
                    return ::core::option::Option::Some(#one_of::#variant(entity));
                }
            }
        });
        let found = quote! {
            #(#tries)*
            ::core::option::Option::None
        };
        if !end.is_required_one() {
            return quote! {
                #docs
                #[must_use]
                #vis fn #name(self) -> ::core::option::Option<#one_of<'g>> {
                    #found
                }
            };
        }
        quote! {
            #docs
            #[must_use]
            #vis fn #name(self) -> #one_of<'g> {
                let found = || { #found };
                self.0.expect_link(found())
            }
        }
    }

    pub(super) fn write(&self) -> TokenStream {
        let Self { entity, end } = self;
        let (krate, owner, vis) = (&entity.krate, entity.name(), &end.vis);
        let (setter, argument, handle) = (setter(&end.name), quiet(&end.name), constant(&end.name));
        let one_of = self.name();
        let told = format!(
            "Sets `{}` to an entity of one of its types or to `None`; `false` if it was so.",
            full(entity, end)
        );
        let docs = docs(&told, &end.docs);
        quote! {
            #docs
            ///
            /// # Errors
            /// A dead id, or a rule that the link would break; then nothing has changed.
            #vis fn #setter(
                &mut self,
                #argument: impl #krate::typed::IntoOneOf<#one_of<'static>>,
            ) -> #krate::Result<bool> {
                self.0.set_one_of(<#owner>::#handle, #argument.into_one_of())
            }
        }
    }

    pub(super) fn with(&self) -> With {
        let Self { entity, end } = self;
        let (krate, owner, one_of) = (&entity.krate, entity.name(), self.name());
        let (argument, handle) = (quiet(&end.name), constant(&end.name));
        let told = format!(
            "With an entity of one of its types at `{}`, by its id.",
            full(entity, end)
        );
        With {
            docs: docs(&told, &end.docs),
            name: with(&end.name),
            call: quote!(link_one_of(<#owner>::#handle, #argument.into_one_of())),
            takes: vec![(
                argument,
                quote!(impl #krate::typed::IntoOneOf<#one_of<'static>>),
            )],
        }
    }
}
