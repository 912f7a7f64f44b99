//! The options of `#[entity(…)]` and of payload fields.

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Ident, LitStr, Meta, Path, Token};

use super::once;
use crate::entity::said::{Said, Value, names};
use crate::problems::Problems;

/// What `#[entity(…)]` and the attributes of payload fields say.
#[derive(Default)]
pub(in crate::entity) struct EntityOptions {
    pub(in crate::entity) name: Option<LitStr>,
    pub(in crate::entity) krate: Option<Path>,
    pub(in crate::entity) key: Option<KeyOption>,
    /// Secondary keys and indexes, in the order they were said.
    pub(in crate::entity) indexes: Vec<IndexOption>,
    /// Functions, in the order in which they are said.
    pub(in crate::entity) checks: Vec<Path>,
}

/// The fields of a key.
pub(in crate::entity) struct KeyOption {
    pub(in crate::entity) fields: Vec<Ident>,
}

/// A secondary key or an index.
pub(in crate::entity) struct IndexOption {
    pub(in crate::entity) name: Ident,
    pub(in crate::entity) kind: IndexKind,
    pub(in crate::entity) fields: Vec<Ident>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::entity) enum IndexKind {
    Unique,
    Hashed,
    Ordered,
}

const ENTITY: &str = "`key = field`, `key = (field, field)`, `unique(name = (field, field))`, \
                      `index(name = …)`, `ordered_index(name = …)`, `name = \"…\"` and `crate = path`";

impl EntityOptions {
    pub(in crate::entity) fn read(tokens: TokenStream, problems: &mut Problems) -> Self {
        let mut options = Self::default();
        for said in problems.take(Said::list(tokens)).unwrap_or_default() {
            let result = options.hear(&said);
            problems.take(result);
        }
        options
    }

    fn hear(&mut self, said: &Said) -> syn::Result<()> {
        match said.name.to_string().as_str() {
            "key" => {
                let fields = names(said.tokens()?)?;
                let key = KeyOption { fields };
                once(&mut self.key, key, said)
            }
            "name" => once(&mut self.name, syn::parse2(said.tokens()?)?, said),
            "crate" => once(&mut self.krate, syn::parse2(said.tokens()?)?, said),
            "unique" => self.hear_indexes(said, IndexKind::Unique),
            "index" => self.hear_indexes(said, IndexKind::Hashed),
            "ordered_index" => self.hear_indexes(said, IndexKind::Ordered),
            _ => Err(said.wrong(&format!("is no option of an entity; there are {ENTITY}"))),
        }
    }

    fn hear_indexes(&mut self, said: &Said, kind: IndexKind) -> syn::Result<()> {
        let Value::Group(inside) = &said.value else {
            return Err(said.wrong("is written `…(name = (field, field))`, or on its one field"));
        };
        for index in Said::list(inside.clone())? {
            let fields = names(index.tokens()?)?;
            let name = index.name;
            self.indexes.push(IndexOption { name, kind, fields });
        }
        Ok(())
    }

    /// Takes `#[check(…)]` off the struct.
    pub(in crate::entity) fn read_checks(
        &mut self,
        attributes: &mut Vec<Attribute>,
        problems: &mut Problems,
    ) {
        let is_check = |attribute: &mut Attribute| attribute.path().is_ident("check");
        for attribute in attributes.extract_if(.., is_check) {
            let check = checks(&attribute);
            self.checks.extend(problems.take(check).unwrap_or_default());
        }
    }

    /// Takes `#[unique]` and `#[index]` off a payload field.
    pub(in crate::entity) fn read_field(&mut self, field: &mut Field, problems: &mut Problems) {
        let attributes = std::mem::take(&mut field.attrs);
        for attribute in attributes {
            match index_kind(&attribute) {
                None => field.attrs.push(attribute),
                Some(kind) => {
                    let kind = problems.take(kind);
                    let name = field.ident.clone();
                    self.indexes
                        .extend(kind.zip(name).map(|(kind, name)| IndexOption {
                            fields: vec![name.clone()],
                            name,
                            kind,
                        }));
                }
            }
        }
    }
}

/// The functions that a `#[check(…)]` names.
fn checks(attribute: &Attribute) -> syn::Result<Vec<Path>> {
    const MESSAGE: &str = "a check is written `#[check(path::to::function)]`";
    let Meta::List(list) = &attribute.meta else {
        return Err(syn::Error::new_spanned(attribute, MESSAGE));
    };
    let parser = Punctuated::<Path, Token![,]>::parse_terminated;
    match parser.parse2(list.tokens.clone()) {
        Ok(paths) if !paths.is_empty() => Ok(paths.into_iter().collect()),
        Ok(_) => Err(syn::Error::new_spanned(attribute, MESSAGE)),
        Err(error) => Err(syn::Error::new(error.span(), MESSAGE)),
    }
}

/// What `#[unique]`, `#[index]` or `#[index(ordered)]` on a field says.
fn index_kind(attribute: &Attribute) -> Option<syn::Result<IndexKind>> {
    let path = attribute.path();
    if path.is_ident("unique") {
        return Some(
            attribute
                .meta
                .require_path_only()
                .map(|_| IndexKind::Unique),
        );
    }
    if !path.is_ident("index") {
        return None;
    }
    Some(match &attribute.meta {
        Meta::Path(_) => Ok(IndexKind::Hashed),
        Meta::List(list) if list.tokens.to_string() == "ordered" => Ok(IndexKind::Ordered),
        Meta::List(_) | Meta::NameValue(_) => {
            let message = "an index on a field is `#[index]` or `#[index(ordered)]`";
            Err(syn::Error::new_spanned(attribute, message))
        }
    })
}
