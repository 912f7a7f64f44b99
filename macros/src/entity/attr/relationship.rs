//! The options of `#[relationship(…)]`: which the other end is, and the data
//! of links.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, Meta, Type};

use super::end::{EndOptions, Rule};
use super::once;
use crate::entity::said::{Said, Value};
use crate::problems::Problems;

/// What `#[relationship(…)]` says.
pub(in crate::entity) struct RelationshipOptions {
    pub(in crate::entity) pairing: Pairing,
    pub(in crate::entity) end: EndOptions,
    /// What each link has for data.
    pub(in crate::entity) data: Option<Type>,
}

/// What an end says of the other one.
pub(in crate::entity) enum Pairing {
    BackPopulates(Ident),
    Backref(Box<MadeEnd>),
    OneWay(Option<Rule>),
    Symmetric(Span),
}

/// The end that a `backref` makes.
pub(in crate::entity) struct MadeEnd {
    pub(in crate::entity) name: Ident,
    pub(in crate::entity) is_many: bool,
    pub(in crate::entity) options: EndOptions,
}

/// What is said of a relationship besides its ends.
const PAIRINGS: [&str; 5] = ["back_populates", "backref", "one_way", "symmetric", "data"];

impl RelationshipOptions {
    pub(in crate::entity) fn read(attribute: &Attribute, problems: &mut Problems) -> Option<Self> {
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        let list = problems.take(Said::list(tokens))?;
        let mut pairing: Option<(Pairing, Ident)> = None;
        let mut end = EndOptions::default();
        let mut data = None;
        let mut is_misunderstood = false;
        for said in list {
            if said.name == "data" {
                let ty = said.tokens().and_then(syn::parse2);
                problems.take(ty.and_then(|ty| once(&mut data, ty, &said)));
                continue;
            }
            if !PAIRINGS.contains(&said.name.to_string().as_str()) {
                let heard = problems.take(end.hear(&said, &PAIRINGS));
                is_misunderstood |= heard.is_none();
                continue;
            }
            let new = Pairing::read(&said, problems);
            let new = problems.take(new);
            match (&pairing, new) {
                (None, Some(new)) => pairing = Some((new, said.name)),
                (Some((_, first)), Some(_)) => problems.add(second(first, &said.name)),
                (_, None) => return None,
            }
        }
        match pairing {
            Some((pairing, _)) => Some(Self { pairing, end, data }),
            None if is_misunderstood => None,
            None => {
                let message = "say which the other end is: `back_populates = …` for one that is \
                               declared there, `backref = …` to make one, `one_way` or `symmetric`";
                problems.add(syn::Error::new_spanned(attribute, message));
                None
            }
        }
    }
}

fn second(first: &Ident, second: &Ident) -> syn::Error {
    let message = if first == second {
        format!("`{second}` is said twice")
    } else {
        format!("`{first}` and `{second}`: an end has one inverse, keep one of the two")
    };
    syn::Error::new(second.span(), message)
}

impl Pairing {
    fn read(said: &Said, problems: &mut Problems) -> syn::Result<Self> {
        match said.name.to_string().as_str() {
            "back_populates" => said.ident().map(Self::BackPopulates),
            "backref" => MadeEnd::read(said, problems).map(|end| Self::Backref(Box::new(end))),
            "one_way" => match said.value {
                Value::Nothing => Ok(Self::OneWay(None)),
                Value::Is(_) | Value::Group(_) => {
                    Rule::read(said).map(|rule| Self::OneWay(Some(rule)))
                }
            },
            _ => said.flag().map(Self::Symmetric),
        }
    }
}

impl MadeEnd {
    /// `books`, or `one(book, …)` and `many(books, …)` with options.
    fn read(said: &Said, problems: &mut Problems) -> syn::Result<Self> {
        let call = said.call()?;
        let inside = match call.value {
            Value::Nothing => {
                return Ok(Self {
                    name: call.name,
                    is_many: true,
                    options: EndOptions::default(),
                });
            }
            Value::Group(inside) => inside,
            Value::Is(_) => return Err(call.wrong("is not understood here")),
        };
        let is_many = match call.name.to_string().as_str() {
            "one" => false,
            "many" => true,
            _ => {
                let message = "a `backref` is a name, `one(name, …)` or `many(name, …)`";
                return Err(syn::Error::new(call.name.span(), message));
            }
        };
        let mut list = Said::list(inside)?.into_iter();
        let Some(name) = list.next() else {
            return Err(call_wants_name(&call.name));
        };
        name.flag()?;
        let mut options = EndOptions::default();
        for said in list {
            problems.take(options.hear(&said, &[]));
        }
        Ok(Self {
            name: name.name,
            is_many,
            options,
        })
    }
}

fn call_wants_name(call: &Ident) -> syn::Error {
    syn::Error::new(
        call.span(),
        format!("`{call}(…)` begins with the name of the end it makes"),
    )
}
