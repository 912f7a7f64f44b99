//! What the type says of itself: to the compiler, and to the schema.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, TypePath};

use super::names::{constant, docs, full, joined, last, only_one, quiet};
use super::side::Side;
use crate::entity::ast::{End, Entity, plain};
use crate::entity::attr::{DeleteRule, Pairing, field_number};

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let ends = entity.ends.iter();
    let only_one = ends.map(|end| only_one(entity.name(), &end.name));
    let handles = handles(entity);
    let implementation = implementation(entity);
    let fields = entity.payload.fields.iter();
    let fields = fields.map(|field| member_key(entity, field));
    quote! {
        #(#only_one)*
        #handles
        #implementation
        #(#fields)*
    }
}

/// A constant for each end; for one of several types, one for each of them too.
fn handles(entity: &Entity) -> TokenStream {
    let (krate, name) = (&entity.krate, entity.name());
    let constants = entity.numbered().map(|(at, end)| {
        let (vis, constant) = (&end.vis, constant(&end.name));
        let docs = docs(&format!("The handle of `{}`.", full(entity, end)), &[]);
        if end.is_one_of() {
            let towards = towards(entity, end, at);
            return quote! {
                #docs
                #vis const #constant: #krate::ToOneOf<#name> =
                    #krate::typed::to_one_of::<#name>(#at);
                #towards
            };
        }
        Side::declared(entity, at, end).handles()
    });
    quote! {
        impl #name {
            #(#constants)*
        }
    }
}

/// The handles of an end towards each of its types.
fn towards(entity: &Entity, end: &End, first: usize) -> TokenStream {
    let (krate, name, vis) = (&entity.krate, entity.name(), &end.vis);
    let handles = (first..).zip(&end.targets).map(|(at, target)| {
        let constant = joined(&constant(&end.name), &last(target));
        let told = format!(
            "The handle of `{}` towards `{}`.",
            full(entity, end),
            last(target)
        );
        let docs = docs(&told, &[]);
        quote! {
            #docs
            #vis const #constant: #krate::ToOne<#name, #target> =
                #krate::typed::to_one::<#name, #target>(#at);
        }
    });
    quote!(#(#handles)*)
}

fn implementation(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let name = quiet(entity.name());
    let schema_name = entity.schema_name();
    let reference = format_ident!("{}Ref", plain(entity.name()));
    let reference_mut = format_ident!("{}Mut", plain(entity.name()));
    let ends = entity.ends.iter();
    let ends = ends.flat_map(|end| {
        end.targets
            .iter()
            .map(|target| declared(krate, end, target))
    });
    let relationships = entity.ends.iter();
    let relationships = relationships.map(|end| relationship(entity, end));
    let keys = super::keys::declare(entity);
    let fields = entity.payload.fields.iter();
    let fields = fields.filter_map(|field| field.ident.as_ref().map(plain));
    let checks = &entity.options.checks;
    quote! {
        impl #krate::typed::Entity for #name {
            type Ref<'g> = #reference<'g>;
            type Mut<'g> = #reference_mut<'g>;
            const DECLARATION: &'static #krate::typed::EntityDecl = &#krate::typed::EntityDecl {
                name: #schema_name,
                ends: &[#(#ends),*],
            };

            fn declare(schema: &mut #krate::SchemaBuilder) {
                use #krate::typed::{
                    ProbeClone as _, ProbeEq as _, ProbeNoClone as _, ProbeNoEq as _,
                    ProbeNoSerial as _, ProbeSerial as _,
                };
                let probe = #krate::typed::Probe::<#name>::new();
                let entity = schema.entity::<#name>(#schema_name);
                let entity = (&probe).comparable((&probe).cloneable(entity));
                let entity = (&probe).serializable(entity);
                entity.fields(&[#(#fields),*]) #keys #(.check(#checks))*;
                #(#relationships)*
            }
        }
    }
}

/// The end as the compiler reads it.
fn declared(krate: &TokenStream, end: &End, target: &TypePath) -> TokenStream {
    let name = plain(&end.name);
    let is_many = end.is_many();
    let inverse = match &end.options.pairing {
        Pairing::BackPopulates(inverse) => {
            let inverse = plain(inverse);
            quote!(Populates(#inverse))
        }
        Pairing::Backref(made) => {
            let is_many = made.is_many;
            quote!(Made(#is_many))
        }
        Pairing::OneWay(_) => quote!(OneWay),
        Pairing::Symmetric(_) => quote!(Symmetric),
    };
    let has_rule = |rule| {
        end.options
            .end
            .delete_rule
            .is_some_and(|said| said.rule == rule)
    };
    let cascades = has_rule(DeleteRule::Cascade);
    let cascades_up = has_rule(DeleteRule::CascadeUp);
    let made_acyclic = match &end.options.pairing {
        Pairing::Backref(made) => made.options.acyclic,
        Pairing::BackPopulates(_) | Pairing::OneWay(_) | Pairing::Symmetric(_) => None,
    };
    let acyclic = end.options.end.acyclic.or(made_acyclic).is_some();
    quote! {
        #krate::typed::EndDecl {
            name: #name,
            target: <#target as #krate::typed::Listed>::NUMBER,
            is_many: #is_many,
            inverse: #krate::typed::InverseDecl::#inverse,
            cascades: #cascades,
            cascades_up: #cascades_up,
            acyclic: #acyclic,
        }
    }
}

/// The end as the schema hears it.
fn relationship(entity: &Entity, end: &End) -> TokenStream {
    let krate = &entity.krate;
    let name = format!("{}.{}", entity.schema_name(), plain(&end.name));
    let targets = &end.targets;
    let names = quote!(#(<#targets as #krate::typed::Entity>::DECLARATION.name),*);
    let leads = if end.is_one_of() {
        quote!(to_one_of([#names]))
    } else if end.is_many() {
        quote!(to_many(#names))
    } else {
        quote!(to_one(#names))
    };
    let pairing = pairing(krate, entity.name(), end);
    let options = end.options.end.calls(krate, [entity.name(), &target(end)]);
    let said = quote!(schema.relationship(#name).#leads #pairing #options);
    let data = end.options.data.as_ref().filter(|_| !end.is_one_of());
    match data {
        None => quote!(#said;),
        Some(data) => quote! {{
            use #krate::typed::{
                ProbeCloneData as _, ProbeEqData as _, ProbeNoCloneData as _, ProbeNoEqData as _,
                ProbeNoSerialData as _, ProbeSerialData as _,
            };
            let probe = #krate::typed::Probe::<#data>::new();
            let end = #said.data::<#data>();
            let end = (&probe).comparable_data((&probe).cloneable_data(end));
            (&probe).serializable_data(end);
        }},
    }
}

/// The type that an end leads to, left open where there are several.
fn target(end: &End) -> TokenStream {
    if end.is_one_of() {
        return quote!(_);
    }
    end.target().to_token_stream()
}

fn pairing(krate: &TokenStream, owner: &Ident, end: &End) -> TokenStream {
    match &end.options.pairing {
        Pairing::BackPopulates(inverse) => {
            let inverse = plain(inverse);
            quote!(.back_populates(#inverse))
        }
        Pairing::Backref(made) => {
            let name = plain(&made.name);
            let verb = if made.is_many {
                quote!(backref)
            } else {
                quote!(backref_one)
            };
            let options = made.options.calls(krate, [&target(end), owner]);
            if options.is_empty() {
                return quote!(.#verb(#name));
            }
            quote!(.#verb(#name).inverse(|end| end #options))
        }
        Pairing::OneWay(None) => quote!(.one_way()),
        Pairing::OneWay(Some(said)) => {
            let rule = said.rule.tokens(krate);
            quote!(.one_way_on_delete(#rule))
        }
        Pairing::Symmetric(_) => quote!(.symmetric()),
    }
}

/// What rows of other types that are keyed by this field ask for.
fn member_key(entity: &Entity, field: &syn::Field) -> Option<TokenStream> {
    let (krate, owner) = (&entity.krate, entity.name());
    let name = field.ident.as_ref()?;
    let (number, ty) = (field_number(name), &field.ty);
    let name = quiet(name);
    let (key, read) = match super::keys::optional(&field.ty) {
        Some(inner) => (inner, quote!(self.#name.as_ref())),
        None => (&field.ty, quote!(::core::option::Option::Some(&self.#name))),
    };
    Some(quote! {
        #[automatically_derived]
        impl #krate::typed::Field<#number> for #owner {
            type Type = #ty;
            type Key = #key;

            fn key(&self) -> ::core::option::Option<&#key> {
                #read
            }
        }
    })
}
