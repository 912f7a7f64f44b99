//! Keys and indexes: how they are read off a payload, and their handles.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, Ident, PathArguments, Type};

use super::names::{constant, docs, quiet};
use crate::entity::ast::{Entity, plain};
use crate::entity::attr::IndexKind;

/// A key as it is said to the schema, and what it is made of.
struct Key {
    read: TokenStream,
    shape: TokenStream,
}

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let keyed = keyed(entity);
    let primary = primary_handle(entity);
    let handles = indexes(entity).map(|(at, name, kind, key)| handle(entity, at, name, kind, &key));
    let owner = entity.name();
    quote! {
        #keyed
        impl #owner {
            #primary
            #(#handles)*
        }
    }
}

/// The calls that say the keys to the schema, in the order of their numbers.
pub(super) fn declare(entity: &Entity) -> TokenStream {
    let primary = primary(entity).map(|key| {
        let read = key.read;
        quote!(.key(#read))
    });
    let others = indexes(entity).map(|(_, name, kind, key)| {
        let (name, read) = (plain(name), key.read);
        let verb = match kind {
            IndexKind::Unique => quote!(unique),
            IndexKind::Hashed => quote!(index),
            IndexKind::Ordered => quote!(ordered_index),
        };
        quote!(.#verb(#name, #read))
    });
    quote!(#primary #(#others)*)
}

fn primary(entity: &Entity) -> Option<Key> {
    key(entity, &entity.options.key.as_ref()?.fields)
}

/// The secondary keys and indexes that make sense, with their numbers.
fn indexes(entity: &Entity) -> impl Iterator<Item = (u16, &Ident, IndexKind, Key)> {
    let first = u16::from(primary(entity).is_some());
    let sound = entity.options.indexes.iter().filter_map(|index| {
        let key = key(entity, &index.fields)?;
        Some((&index.name, index.kind, key))
    });
    (first..)
        .zip(sound)
        .map(|(at, (name, kind, key))| (at, name, kind, key))
}

fn keyed(entity: &Entity) -> Option<TokenStream> {
    let (krate, name) = (&entity.krate, entity.name());
    let shape = primary(entity)?.shape;
    Some(quote! {
        impl #krate::typed::Keyed for #name {
            type Key = #shape;
            const KEY: #krate::UniqueKey<#name, #shape> = #krate::typed::unique_key(0);
        }
    })
}

/// The primary key under the name of its field.
fn primary_handle(entity: &Entity) -> Option<TokenStream> {
    let [field] = entity.options.key.as_ref()?.fields.as_slice() else {
        return None;
    };
    let is_secondary = entity
        .options
        .indexes
        .iter()
        .any(|index| index.name == *field);
    let key = primary(entity).filter(|_| !is_secondary)?;
    Some(handle(entity, 0, field, IndexKind::Unique, &key))
}

fn handle(entity: &Entity, at: u16, name: &Ident, kind: IndexKind, key: &Key) -> TokenStream {
    let (krate, owner, shape) = (&entity.krate, entity.name(), &key.shape);
    let vis = entity
        .field(name)
        .map_or(&entity.payload.vis, |field| &field.vis);
    let (ty, make, what) = match kind {
        IndexKind::Unique => (quote!(UniqueKey), quote!(unique_key), "unique key"),
        IndexKind::Hashed => (quote!(HashIndex), quote!(hash_index), "index"),
        IndexKind::Ordered => (quote!(OrderedIndex), quote!(ordered_index), "ordered index"),
    };
    let docs = docs(&format!("The {what} `{}` of `{owner}`.", plain(name)), &[]);
    let constant = constant(name);
    quote! {
        #docs
        #vis const #constant: #krate::#ty<#owner, #shape> = #krate::typed::#make(#at);
    }
}

/// The key made of some fields, if they exist.
fn key(entity: &Entity, fields: &[Ident]) -> Option<Key> {
    let (krate, owner) = (&entity.krate, entity.name());
    let types = fields
        .iter()
        .map(|name| entity.field(name).map(|field| &field.ty))
        .collect::<Option<Vec<&Type>>>()?;
    let fields: Vec<Ident> = fields.iter().map(quiet).collect();
    let of = |field: &Ident| quote!(|payload: &#owner| &payload.#field);
    let (make, shape, parts) = match types.as_slice() {
        [one] => match optional(one) {
            Some(inner) => {
                let field = &fields[0];
                let read = quote!(|payload: &#owner| payload.#field.as_ref());
                return Some(Key {
                    read: quote!(#krate::Key::optional(#read)),
                    shape: quote!(#inner),
                });
            }
            None => (quote!(field), quote!(#one), vec![of(&fields[0])]),
        },
        [a, b] => (
            quote!(pair),
            quote!(#krate::Pair<#a, #b>),
            vec![of(&fields[0]), of(&fields[1])],
        ),
        [a, b, c] => (
            quote!(triple),
            quote!(#krate::Triple<#a, #b, #c>),
            vec![of(&fields[0]), of(&fields[1]), of(&fields[2])],
        ),
        _ => return None,
    };
    Some(Key {
        read: quote!(#krate::Key::#make(#(#parts),*)),
        shape,
    })
}

/// What is in an `Option<…>`: such a key may be missing.
pub(super) fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
        return None;
    };
    (last.ident == "Option").then_some(inner)
}
