//! The constants of an end: its handle, and those of its data and its key.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::Side;
use crate::entity::ast::plain;
use crate::entity::attr::field_number;
use crate::entity::expand::names::{constant, docs};

impl Side<'_> {
    /// The name of its handle.
    pub(super) fn handle(&self) -> Ident {
        constant(self.name)
    }

    /// The name of the handle of its data.
    pub(super) fn data_handle(&self) -> Ident {
        format_ident!("{}_DATA", self.handle())
    }

    /// The name of the handle of its key.
    pub(super) fn key_handle(&self, fields: &[Ident]) -> Ident {
        let fields: Vec<String> = fields
            .iter()
            .map(|field| plain(field).to_uppercase())
            .collect();
        format_ident!("{}_BY_{}", self.handle(), fields.join("_AND_"))
    }

    pub(in crate::entity::expand) fn handles(&self) -> TokenStream {
        let end = Handle {
            name: self.handle(),
            of: "",
            kind: if self.is_many { "ToMany" } else { "ToOne" },
            make: if self.is_many { "to_many" } else { "to_one" },
            third: None,
        };
        let data = self.data.map(|data| Handle {
            name: self.data_handle(),
            of: "the data of ",
            kind: "LinkData",
            make: "link_data",
            third: Some(quote!(#data)),
        });
        let key = self.key_fields().map(|fields| Handle {
            name: self.key_handle(fields),
            of: "the key of ",
            kind: "KeyedEnd",
            make: "keyed_end",
            third: Some(self.key_type(fields)),
        });
        let handles = std::iter::once(end).chain(data).chain(key);
        let handles = handles.map(|handle| handle.constant(self));
        quote!(#(#handles)*)
    }

    /// What the rows are keyed by, as the type of a key.
    pub(super) fn key_type(&self, fields: &[Ident]) -> TokenStream {
        let (krate, target) = (self.krate, &self.target);
        let numbers: Vec<u64> = fields.iter().map(field_number).collect();
        match numbers.as_slice() {
            [one] => quote!(<#target as #krate::typed::Field<#one>>::Key),
            several => {
                let shape = if several.len() == 2 {
                    quote!(Pair)
                } else {
                    quote!(Triple)
                };
                quote!(#krate::#shape<#(<#target as #krate::typed::Field<#several>>::Type),*>)
            }
        }
    }
}

/// A constant that names an end, its data or its key to the graph.
struct Handle {
    name: Ident,
    of: &'static str,
    /// Its type, and the function that makes it of the end's number.
    kind: &'static str,
    make: &'static str,
    /// The third parameter of its type.
    third: Option<TokenStream>,
}

impl Handle {
    fn constant(&self, side: &Side<'_>) -> TokenStream {
        let Side {
            krate,
            owner,
            target,
            vis,
            at,
            ..
        } = side;
        let docs = docs(&format!("The handle of {}`{}`.", self.of, side.full()), &[]);
        let (name, kind) = (&self.name, format_ident!("{}", self.kind));
        let made = if side.is_made { "made_" } else { "" };
        let make = format_ident!("{made}{}", self.make);
        let third = self.third.iter();
        let third = quote!(#(, #third)*);
        quote! {
            #docs
            #vis const #name: #krate::#kind<#owner, #target #third> =
                #krate::typed::#make::<#owner, #target #third>(#at);
        }
    }
}
