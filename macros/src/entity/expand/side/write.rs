//! The methods that write an end.

use proc_macro2::TokenStream;
use quote::quote;

use super::Side;
use crate::entity::expand::names::{docs, order, quiet, row_mut, setter};

impl Side<'_> {
    pub(in crate::entity::expand) fn write(&self) -> TokenStream {
        if self.is_many {
            return self.row_writer();
        }
        let set = self.setter();
        let data = self.data_setters();
        quote!(#set #data)
    }

    fn row_writer(&self) -> TokenStream {
        let Self {
            krate,
            owner,
            target,
            vis,
            ..
        } = self;
        let told = format!(
            "`{}`: the row of {}s, to be changed.",
            self.full(),
            self.link()
        );
        let docs = docs(&told, &self.docs);
        let (name, handle) = (row_mut(self.name), self.handle());
        let order = order(krate, self.options);
        let (returns, call) = match self.data {
            None => (
                quote!(#krate::typed::MembersMut<'_, #owner, #target, #order>),
                quote!(many(<#owner>::#handle)),
            ),
            Some(data) => {
                let data_handle = self.data_handle();
                (
                    quote!(#krate::typed::MembersMutWith<'_, #owner, #target, #order, #data>),
                    quote!(many_with(<#owner>::#handle, <#owner>::#data_handle)),
                )
            }
        };
        quote! {
            #docs
            #[inline]
            #vis fn #name(&mut self) -> #returns {
                self.0.#call
            }
        }
    }

    fn setter(&self) -> TokenStream {
        let Self {
            krate,
            owner,
            target,
            vis,
            ..
        } = self;
        let (link, full) = (self.link(), self.full());
        let (told, takes) = if self.is_required_one() {
            (
                format!("Sets `{full}` to another {link}; `false` if it was that one."),
                quote!(#krate::Id<#target>),
            )
        } else {
            (
                format!("Sets `{full}` to a {link} or to `None`; `false` if it was so."),
                quote!(impl #krate::typed::IntoTarget<#target>),
            )
        };
        let docs = docs(&told, &self.docs);
        let (name, argument, handle) = (setter(self.name), quiet(self.name), self.handle());
        quote! {
            #docs
            ///
            /// # Errors
            /// A dead id, or a rule that the link would break; then nothing has changed.
            #[inline]
            #vis fn #name(&mut self, #argument: #takes) -> #krate::Result<bool> {
                self.0.set(<#owner>::#handle, #argument)
            }
        }
    }
}
