//! What a struct with `#[entity]` says.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Field, Fields, GenericArgument, Ident, ItemStruct, PathArguments, Type, TypePath,
    Visibility,
};

use crate::problems::Problems;

use super::attr::{EntityOptions, RelationshipOptions};

/// An entity type.
pub(super) struct Entity {
    /// The struct, without its relationships and without our attributes.
    pub(super) payload: ItemStruct,
    pub(super) options: EntityOptions,
    pub(super) ends: Vec<End>,
    /// How to write the library's name here.
    pub(super) krate: TokenStream,
}

/// A relationship field.
pub(super) struct End {
    pub(super) name: Ident,
    pub(super) vis: Visibility,
    /// Its documentation.
    pub(super) docs: Vec<Attribute>,
    /// The type it leads to, or the several.
    pub(super) targets: Vec<TypePath>,
    pub(super) cardinality: Cardinality,
    pub(super) options: RelationshipOptions,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cardinality {
    One,
    Many,
}

impl Entity {
    pub(super) fn read(
        options: TokenStream,
        mut item: ItemStruct,
        problems: &mut Problems,
    ) -> Self {
        let mut options = EntityOptions::read(options, problems);
        options.read_checks(&mut item.attrs, problems);
        let krate = options.krate.as_ref();
        let krate = krate.map_or_else(|| quote!(::backref), |path| quote!(#path));
        if !item.generics.params.is_empty() {
            let message = "an entity type has no parameters: \
                           the names of its handles and keys are fixed";
            problems.add(syn::Error::new_spanned(&item.generics, message));
        }
        let mut ends = Vec::new();
        if let Fields::Named(fields) = &mut item.fields {
            let all = std::mem::take(&mut fields.named);
            for mut field in all {
                match End::read(&mut field, &item.ident, problems) {
                    Reading::End(end) => ends.push(*end),
                    Reading::Faulty => {}
                    Reading::Payload => {
                        options.read_field(&mut field, problems);
                        fields.named.push(field);
                    }
                }
            }
        } else {
            let message = "an entity has named fields: `struct Name { … }`";
            problems.add(syn::Error::new_spanned(&item.ident, message));
        }
        Self {
            payload: item,
            options,
            ends,
            krate,
        }
    }

    pub(super) fn name(&self) -> &Ident {
        &self.payload.ident
    }

    /// The name in the schema.
    pub(super) fn schema_name(&self) -> String {
        let said = self.options.name.as_ref().map(syn::LitStr::value);
        said.unwrap_or_else(|| plain(self.name()))
    }

    pub(super) fn field(&self, name: &Ident) -> Option<&Field> {
        let mut fields = self.payload.fields.iter();
        fields.find(|field| field.ident.as_ref() == Some(name))
    }

    /// The ends with the number that the compiler gives each: one of several
    /// types has a number for each of them.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &End)> {
        self.ends.iter().scan(0, |next, end| {
            let first = *next;
            *next += end.targets.len();
            Some((first, end))
        })
    }

    /// The required to-one ends, which a new entity's type keeps account of.
    pub(super) fn required_ones(&self) -> impl Iterator<Item = &End> {
        self.ends.iter().filter(|end| end.is_required_one())
    }
}

enum Reading {
    Payload,
    End(Box<End>),
    /// A relationship, but not to be understood.
    Faulty,
}

impl End {
    fn read(field: &mut Field, owner: &Ident, problems: &mut Problems) -> Reading {
        let is_ours = |attribute: &Attribute| attribute.path().is_ident("relationship");
        let said = field.attrs.iter().position(is_ours);
        let kind = target(&field.ty);
        let (said, (cardinality, targets)) = match (said, kind) {
            (None, None) => return Reading::Payload,
            (None, Some(_)) => {
                let message = "say which the other end is: `#[relationship(back_populates = …)]`, \
                               `backref = …`, `one_way` or `symmetric`";
                problems.add(syn::Error::new_spanned(&field.ty, message));
                return Reading::Faulty;
            }
            (Some(_), None) => {
                let message = "a relationship is a `ToOne<Type>`, a `ToMany<Type>`, \
                               or a `ToOne<(Type, Type)>` for one of several types";
                problems.add(syn::Error::new_spanned(&field.ty, message));
                return Reading::Faulty;
            }
            (Some(at), Some(kind)) => (field.attrs.remove(at), kind),
        };
        if let Some(second) = field.attrs.iter().find(|attribute| is_ours(attribute)) {
            let message = "a second `#[relationship]`: write all options into the first";
            problems.add(syn::Error::new_spanned(second, message));
        }
        let Some(name) = field.ident.clone() else {
            return Reading::Faulty;
        };
        expect_docs_only(field, problems);
        let Some(options) = RelationshipOptions::read(&said, problems) else {
            return Reading::Faulty;
        };
        Reading::End(Box::new(Self {
            docs: field
                .attrs
                .iter()
                .filter(|a| a.path().is_ident("doc"))
                .cloned()
                .collect(),
            vis: field.vis.clone(),
            targets: targets
                .into_iter()
                .map(|target| own(target, owner))
                .collect(),
            name,
            cardinality,
            options,
        }))
    }

    pub(super) fn is_many(&self) -> bool {
        self.cardinality == Cardinality::Many
    }

    /// The type it leads to; of several, the first.
    pub(super) fn target(&self) -> &TypePath {
        &self.targets[0]
    }

    /// Whether it leads to one of several types.
    pub(super) fn is_one_of(&self) -> bool {
        self.targets.len() > 1
    }

    pub(super) fn is_required_one(&self) -> bool {
        !self.is_many() && self.options.end.required.is_some()
    }
}

/// Other attributes would end up on nothing.
fn expect_docs_only(field: &Field, problems: &mut Problems) {
    for attribute in &field.attrs {
        let path = attribute.path();
        if !path.is_ident("doc") && !path.is_ident("relationship") {
            let message = "a relationship is no field of the payload, \
                           so this attribute would be on nothing: take it off";
            problems.add(syn::Error::new_spanned(attribute, message));
        }
    }
}

/// The cardinality and the targets, if the type is a `ToOne` or a `ToMany`.
fn target(ty: &Type) -> Option<(Cardinality, Vec<TypePath>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let cardinality = match last.ident.to_string().as_str() {
        "ToOne" => Cardinality::One,
        "ToMany" => Cardinality::Many,
        _ => return None,
    };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    let (Some(GenericArgument::Type(target)), None) = (arguments.next(), arguments.next()) else {
        return None;
    };
    if let Type::Path(target) = target {
        return Some((cardinality, vec![target.clone()]));
    }
    let Type::Tuple(several) = target else {
        return None;
    };
    let targets = several.elems.iter().map(|target| {
        let Type::Path(target) = target else {
            return None;
        };
        Some(target.clone())
    });
    let targets: Vec<TypePath> = targets.collect::<Option<_>>()?;
    (targets.len() > 1 && cardinality == Cardinality::One).then_some((cardinality, targets))
}

/// `Self` is the struct, and stays so where it is written into other impls.
fn own(target: TypePath, owner: &Ident) -> TypePath {
    if target.path.is_ident("Self") {
        let mut owner = owner.clone();
        owner.set_span(target.path.segments[0].ident.span());
        return TypePath {
            attrs: Vec::new(),
            qself: None,
            path: owner.into(),
        };
    }
    target
}

/// An identifier without its `r#`.
pub(super) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}
