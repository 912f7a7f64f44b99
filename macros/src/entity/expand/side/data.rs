//! The methods for the data of links.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Side;
use super::with::With;
use crate::entity::ast::plain;
use crate::entity::expand::names::{docs, quiet, setter, with};

impl Side<'_> {
    /// `author_data`, of a to-one end; a row has its own way.
    pub(super) fn data_reader(&self) -> Option<TokenStream> {
        let data = self.data.filter(|_| !self.is_many)?;
        let Self { owner, vis, .. } = self;
        let name = quiet(&format_ident!(
            "{}_data",
            plain(self.name),
            span = self.name.span()
        ));
        let (handle, data_handle) = (self.handle(), self.data_handle());
        let docs = docs(&format!("The data of the link at `{}`.", self.full()), &[]);
        Some(quote! {
            #docs
            #[must_use]
            #vis fn #name(self) -> ::core::option::Option<&'g #data> {
                self.0.data(<#owner>::#handle, <#owner>::#data_handle)
            }
        })
    }

    /// `set_author_with`, `set_author_data` and `update_author_data`.
    pub(super) fn data_setters(&self) -> Option<TokenStream> {
        let data = self.data.filter(|_| !self.is_many)?;
        let Self {
            krate,
            owner,
            target,
            vis,
            ..
        } = self;
        let (handle, data_handle, full) = (self.handle(), self.data_handle(), self.full());
        let set = setter(self.name);
        let [set_with, set_data] = ["with", "data"].map(|word| format_ident!("{set}_{word}"));
        let update_data = format_ident!("update_{}_data", plain(self.name), span = set.span());
        let argument = quiet(self.name);
        let told = format!(
            "Sets `{full}` with the data of the link; gives the data back if it was so already."
        );
        let set_docs = docs(&told, &self.docs);
        let told = format!("Gives the link at `{full}` other data; the old comes back.");
        let data_docs = docs(&told, &[]);
        let told =
            format!("Changes the data of the link at `{full}`, on a clone that is written once.");
        let update_docs = docs(&told, &[]);
        Some(quote! {
            #set_docs
            ///
            /// # Errors
            /// A dead id, or a rule that the link would break; then nothing has changed.
            #vis fn #set_with(
                &mut self,
                #argument: #krate::Id<#target>,
                data: #data,
            ) -> #krate::Result<::core::option::Option<#data>> {
                self.0.set_with(<#owner>::#data_handle, #argument, data)
            }

            #data_docs
            ///
            /// # Errors
            /// There is no link.
            #vis fn #set_data(&mut self, data: #data) -> #krate::Result<#data> {
                self.0.set_data(<#owner>::#handle, <#owner>::#data_handle, data)
            }

            #update_docs
            ///
            /// # Errors
            /// There is no link.
            #vis fn #update_data<R>(
                &mut self,
                change: impl ::core::ops::FnOnce(&mut #data) -> R,
            ) -> #krate::Result<R>
            where
                for<'backref> #data: ::core::clone::Clone,
            {
                self.0.update_data(<#owner>::#handle, <#owner>::#data_handle, change)
            }
        })
    }

    /// `with_books_data`.
    pub(super) fn with_links_and_data(&self) -> Option<With> {
        let data = self.data?;
        let Self {
            krate,
            owner,
            target,
            ..
        } = self;
        let (full, link, data_handle) = (self.full(), self.link(), self.data_handle());
        let (argument, linked) = (
            quiet(self.name),
            quote!(impl #krate::typed::IntoLinked<#target>),
        );
        let name = format_ident!("{}_data", with(self.name));
        if self.is_many {
            let told = format!("With these {link}s at `{full}`, each with the data of its link.");
            return Some(With {
                docs: docs(&told, &self.docs),
                name,
                call: quote!(links_with(<#owner>::#data_handle, #argument)),
                takes: vec![(
                    argument,
                    quote!(impl ::core::iter::IntoIterator<Item = (#linked, #data)>),
                )],
            });
        }
        let told = format!("With this {link} at `{full}` and the data of the link.");
        Some(With {
            docs: docs(&told, &self.docs),
            name,
            call: quote!(link_with(<#owner>::#data_handle, #argument, data)),
            takes: vec![(argument, linked), (format_ident!("data"), quote!(#data))],
        })
    }
}
