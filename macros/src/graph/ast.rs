//! What stands in `graph!`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Ident, Token, Type, Visibility, bracketed};

use crate::problems::Problems;

/// A graph and its entity types.
pub(super) struct Graph {
    /// How to write the library's name here.
    pub(super) krate: TokenStream,
    pub(super) attributes: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) name: Ident,
    pub(super) lists: Vec<List>,
}

/// All entities of a type, under a name.
pub(super) struct List {
    pub(super) docs: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) entity: Type,
}

impl Parse for Graph {
    /// `[the library] pub struct Library { authors: Author, … }`
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let attributes = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let inside;
        syn::braced!(inside in input);
        let fields =
            Punctuated::<Field, Token![,]>::parse_terminated_with(&inside, Field::parse_named)?;
        let lists = fields
            .into_iter()
            .map(List::of)
            .collect::<syn::Result<_>>()?;
        Ok(Self {
            krate,
            attributes,
            vis,
            name,
            lists,
        })
    }
}

impl List {
    fn of(field: Field) -> syn::Result<Self> {
        if !matches!(field.vis, Visibility::Inherited) {
            let message = "the method is as public as the graph: leave this out";
            return Err(syn::Error::new_spanned(&field.vis, message));
        }
        let Some(name) = field.ident else {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "a name is wanted: `books: Book`",
            ));
        };
        Ok(Self {
            docs: field.attrs,
            name,
            entity: field.ty,
        })
    }
}

impl List {
    /// Whether every graph has a method of that name.
    pub(super) fn has_a_reserved_name(&self) -> bool {
        RESERVED.contains(&self.name.to_string().as_str())
    }
}

/// Methods that every graph has.
const RESERVED: [&str; 31] = [
    "new",
    "registry",
    "graph",
    "insert",
    "insert_all",
    "bulk",
    "get_or_insert",
    "upsert",
    "get",
    "at",
    "edit",
    "try_edit",
    "contains",
    "find",
    "find_by",
    "find_all",
    "range",
    "all",
    "count",
    "reserve",
    "shrink_to_fit",
    "swap_keys",
    "container",
    "copy",
    "delete",
    "delete_all",
    "plan_delete",
    "describe",
    "verify",
    "try_clone",
    "try_eq",
];

impl Graph {
    /// Adds what is wrong with the list.
    pub(super) fn check(&self, problems: &mut Problems) {
        for (at, list) in self.lists.iter().enumerate() {
            let written = |list: &List| list.entity.to_token_stream().to_string();
            let earlier = &self.lists[..at];
            if earlier.iter().any(|other| written(other) == written(list)) {
                let message = format!("`{}` is listed twice: keep one", written(list));
                problems.add(syn::Error::new_spanned(&list.entity, message));
            }
            if list.has_a_reserved_name() {
                let message = format!(
                    "every graph has a method `{}`: take another name",
                    list.name
                );
                problems.at(list.name.span(), message);
            }
        }
    }

    /// Those listed first under their type: one that is listed twice is
    /// complained about once.
    pub(super) fn entities(&self) -> impl Iterator<Item = &List> {
        let written = |list: &List| list.entity.to_token_stream().to_string();
        let is_first = move |(at, list): &(usize, &List)| {
            let mut earlier = self.lists[..*at].iter();
            !earlier.any(|other| written(other) == written(list))
        };
        self.lists
            .iter()
            .enumerate()
            .filter(is_first)
            .map(|(_, list)| list)
    }
}
