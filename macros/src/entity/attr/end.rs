//! The options of one end, declared or made.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, LitInt, Path};

use super::once;
use crate::entity::said::{Said, Value, names};
use crate::problems::list;

/// What is said of one end; each with the place where it is said.
#[derive(Default)]
pub(in crate::entity) struct EndOptions {
    pub(in crate::entity) delete_rule: Option<Rule>,
    pub(in crate::entity) required: Option<Span>,
    pub(in crate::entity) min: Option<LitInt>,
    pub(in crate::entity) max: Option<LitInt>,
    pub(in crate::entity) acyclic: Option<Span>,
    pub(in crate::entity) contained: Option<Span>,
    pub(in crate::entity) delete_orphans: Option<Span>,
    pub(in crate::entity) order: Option<(Order, Span)>,
    pub(in crate::entity) linked: Option<Span>,
    /// Functions, in the order in which they are said.
    pub(in crate::entity) checks: Vec<Path>,
}

/// A delete rule and the place where it is said.
#[derive(Clone, Copy)]
pub(in crate::entity) struct Rule {
    pub(in crate::entity) rule: DeleteRule,
    pub(in crate::entity) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::entity) enum DeleteRule {
    Nullify,
    Cascade,
    CascadeUp,
    Deny,
}

/// Whose the order of a row is.
pub(in crate::entity) enum Order {
    Insertion,
    None,
    /// By fields of the members.
    SortedBy(Vec<Ident>),
    /// By a function that compares two members.
    ComparedBy(Path),
    /// That of adding, with a key to each member.
    KeyedBy(Vec<Ident>),
}

const OPTIONS: [&str; 10] = [
    "delete_rule",
    "required",
    "min",
    "max",
    "acyclic",
    "contained",
    "orphans",
    "order",
    "storage",
    "check",
];

impl EndOptions {
    /// Hears one thing said; `others` are what could be said here besides.
    pub(super) fn hear(&mut self, said: &Said, others: &[&str]) -> syn::Result<()> {
        match said.name.to_string().as_str() {
            "delete_rule" => once(&mut self.delete_rule, Rule::read(said)?, said),
            "required" => once(&mut self.required, said.flag()?, said),
            "min" => once(&mut self.min, syn::parse2(said.tokens()?)?, said),
            "max" => once(&mut self.max, syn::parse2(said.tokens()?)?, said),
            "acyclic" => once(&mut self.acyclic, said.flag()?, said),
            "contained" => once(&mut self.contained, said.flag()?, said),
            "orphans" => {
                one_of(said, &["delete"])?;
                once(&mut self.delete_orphans, said.span(), said)
            }
            "order" => once(&mut self.order, (Order::read(said)?, said.span()), said),
            "storage" => match one_of(said, &["linked", "rows"])? {
                0 => once(&mut self.linked, said.span(), said),
                _ => Ok(()),
            },
            "check" => {
                self.checks.push(function(said.tokens()?)?);
                Ok(())
            }
            _ => {
                let known = list(others.iter().chain(&OPTIONS).copied());
                Err(said.wrong(&format!(
                    "is no option of a relationship; there are {known}"
                )))
            }
        }
    }

    /// The calls that say these options to the schema, of an end that leads from
    /// a type to a type; one of several is left to be told by the checks.
    pub(in crate::entity) fn calls(
        &self,
        krate: &TokenStream,
        [owner, target]: [&dyn ToTokens; 2],
    ) -> TokenStream {
        let rule = self.delete_rule.map(|said| {
            let rule = said.rule.tokens(krate);
            quote!(.delete_rule(#rule))
        });
        let required = self.required.map(|_| quote!(.required()));
        let min = self.min.iter().map(|links| quote!(.min(#links)));
        let max = self.max.iter().map(|links| quote!(.max(#links)));
        let acyclic = self.acyclic.map(|_| quote!(.acyclic()));
        let contained = self.contained.map(|_| quote!(.contained()));
        let orphans = self.delete_orphans.map(|_| quote!(.delete_orphans()));
        let order = self
            .order
            .as_ref()
            .map(|(order, _)| order.call(krate, &target));
        let storage = self
            .linked
            .map(|_| quote!(.storage(#krate::Storage::Linked)));
        let checks = self.checks.iter();
        // At the place of the path, where the compiler says what is wrong with it.
        let checks = checks
            .map(|check| quote_spanned!(check.span()=> .check::<#owner, #target, _, _>(#check)));
        quote! {
            #rule #required #(#min)* #(#max)* #acyclic #contained #orphans #order #storage #(#checks)*
        }
    }
}

impl Rule {
    pub(super) fn read(said: &Said) -> syn::Result<Self> {
        const RULES: [DeleteRule; 4] = [
            DeleteRule::Nullify,
            DeleteRule::Cascade,
            DeleteRule::CascadeUp,
            DeleteRule::Deny,
        ];
        let rule = RULES[one_of(said, &["nullify", "cascade", "cascade_up", "deny"])?];
        let span = said.ident()?.span();
        Ok(Self { rule, span })
    }
}

impl DeleteRule {
    pub(in crate::entity) fn tokens(self, krate: &TokenStream) -> TokenStream {
        match self {
            Self::Nullify => quote!(#krate::DeleteRule::Nullify),
            Self::Cascade => quote!(#krate::DeleteRule::Cascade),
            Self::CascadeUp => quote!(#krate::DeleteRule::CascadeUp),
            Self::Deny => quote!(#krate::DeleteRule::Deny),
        }
    }
}

impl Order {
    /// `insertion`, `none`, or with what the members are arranged by.
    fn read(said: &Said) -> syn::Result<Self> {
        let call = said.call()?;
        let name = call.name.to_string();
        match (name.as_str(), call.value) {
            ("insertion", Value::Nothing) => Ok(Self::Insertion),
            ("none", Value::Nothing) => Ok(Self::None),
            ("sorted_by", Value::Group(inside)) => Ok(Self::SortedBy(names(grouped(&inside))?)),
            ("keyed_by", Value::Group(inside)) => Ok(Self::KeyedBy(names(grouped(&inside))?)),
            ("compared_by", Value::Group(inside)) => Ok(Self::ComparedBy(syn::parse2(inside)?)),
            _ => {
                let message = format!(
                    "`order = {name}` is not understood like this; there is `insertion`, `none`, \
                     `sorted_by(field)`, `compared_by(path::to::function)` and `keyed_by(field)`"
                );
                Err(syn::Error::new(call.name.span(), message))
            }
        }
    }

    fn call(&self, krate: &TokenStream, target: &impl ToTokens) -> TokenStream {
        match self {
            Self::Insertion => quote!(.order(#krate::Order::Insertion)),
            Self::None => quote!(.order(#krate::Order::None)),
            Self::SortedBy(fields) => {
                let key = member_key(krate, target, fields);
                quote!(.sorted_by(#key))
            }
            Self::ComparedBy(function) => quote!(.sorted_by_comparison(#function)),
            Self::KeyedBy(fields) => match fields.as_slice() {
                [field] => {
                    let field = field_number(field);
                    let key = quote!(<#target as #krate::typed::Field<#field>>::key);
                    quote!(.keyed_by(#krate::Key::optional(#key)))
                }
                _ => {
                    let key = member_key(krate, target, fields);
                    quote!(.keyed_by(#key))
                }
            },
        }
    }
}

/// The path of a function that checks something.
pub(super) fn function(tokens: TokenStream) -> syn::Result<Path> {
    let wrong = |error: syn::Error| {
        let message = "a check is the path of a function, as in `check = path::to::function`";
        syn::Error::new(error.span(), message)
    };
    syn::parse2(tokens).map_err(wrong)
}

/// A key that is made of fields of a member.
fn member_key(krate: &TokenStream, target: &impl ToTokens, fields: &[Ident]) -> TokenStream {
    let parts = fields
        .iter()
        .map(|field| quote!(|member: &#target| &member.#field));
    let make = match fields.len() {
        1 => quote!(field),
        2 => quote!(pair),
        _ => quote!(triple),
    };
    quote!(#krate::Key::#make(#(#parts),*))
}

/// What stands for the name of a field where a type has to say it.
pub(in crate::entity) fn field_number(field: &Ident) -> u64 {
    // FNV-1a, 64 bits.
    let name = field.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Several names as `names` reads them.
fn grouped(inside: &TokenStream) -> TokenStream {
    quote!((#inside))
}

/// Which of some words stands behind the `=`.
fn one_of(said: &Said, words: &[&str]) -> syn::Result<usize> {
    let word = said.ident()?;
    let found = words.iter().position(|known| word == known);
    found.ok_or_else(|| {
        let known = list(words.iter().copied());
        let message = format!(
            "`{} = {word}` is not understood; there is {known}",
            said.name
        );
        syn::Error::new(word.span(), message)
    })
}
