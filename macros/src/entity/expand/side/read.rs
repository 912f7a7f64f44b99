//! The methods that read an end.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Side;
use crate::entity::ast::plain;
use crate::entity::expand::names::{docs, quiet};

impl Side<'_> {
    pub(in crate::entity::expand) fn read(&self) -> TokenStream {
        let read = self.reader();
        let key = self.key_reader();
        let data = self.data_reader();
        quote!(#read #key #data)
    }

    fn reader(&self) -> TokenStream {
        let Self {
            krate,
            owner,
            target,
            vis,
            ..
        } = self;
        let what = if self.is_many {
            format!("the row of {}s", self.link())
        } else {
            format!("the {} there", self.link())
        };
        let docs = docs(&format!("`{}`: {what}.", self.full()), &self.docs);
        let (name, handle) = (quiet(self.name), self.handle());
        let (returns, call) = match self.data {
            Some(data) if self.is_many => {
                let data_handle = self.data_handle();
                (
                    quote!(#krate::typed::MembersWith<'g, #owner, #target, #data>),
                    quote!(many_with(<#owner>::#handle, <#owner>::#data_handle)),
                )
            }
            _ if self.is_many => (
                quote!(#krate::typed::Members<'g, #owner, #target>),
                quote!(many(<#owner>::#handle)),
            ),
            _ if self.is_required_one() => (
                quote!(#krate::typed::RefOf<'g, #target>),
                quote!(required(<#owner>::#handle)),
            ),
            _ => {
                let reference = quote!(#krate::typed::RefOf<'g, #target>);
                (
                    quote!(::core::option::Option<#reference>),
                    quote!(one(<#owner>::#handle)),
                )
            }
        };
        quote! {
            #docs
            #[must_use]
            #[inline(always)]
            #vis fn #name(self) -> #returns {
                self.0.#call
            }
        }
    }

    /// `books_by_isbn`, of a row that is keyed.
    fn key_reader(&self) -> Option<TokenStream> {
        let fields = self.key_fields()?;
        let Self {
            krate,
            owner,
            target,
            vis,
            ..
        } = self;
        let names: Vec<String> = fields.iter().map(plain).collect();
        let name = format_ident!(
            "{}_by_{}",
            plain(self.name),
            names.join("_and_"),
            span = self.name.span()
        );
        let name = quiet(&name);
        let (key, handle) = (self.key_type(fields), self.key_handle(fields));
        let told = format!(
            "The member of `{}` with this `{}`. Computes in O(1).",
            self.full(),
            names.join("`, `")
        );
        let docs = docs(&told, &[]);
        Some(quote! {
            #docs
            #[must_use]
            #vis fn #name(
                self,
                key: impl #krate::Lookup<#key>,
            ) -> ::core::option::Option<#krate::typed::RefOf<'g, #target>> {
                self.0.member_by_key(<#owner>::#handle, key)
            }
        })
    }
}
