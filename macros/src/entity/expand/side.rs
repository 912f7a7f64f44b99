//! One end as the generators see it, declared or made: what it is called,
//! where it leads, and the methods that come of it.

mod data;
mod handle;
mod read;
mod with;
mod write;

pub(super) use with::With;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Type, TypePath, Visibility, parse_quote};

use super::names::{beside, full, last, only_one, written};
use crate::entity::ast::{End, Entity, plain};
use crate::entity::attr::{EndOptions, MadeEnd, Order, Pairing};

/// An end of one type, declared or made.
pub(super) struct Side<'a> {
    pub(super) krate: &'a TokenStream,
    /// The type that has it, as it can be named here.
    pub(super) owner: TypePath,
    pub(super) name: &'a Ident,
    pub(super) vis: &'a Visibility,
    /// The type it leads to.
    pub(super) target: TypePath,
    pub(super) is_many: bool,
    pub(super) options: &'a EndOptions,
    pub(super) data: Option<&'a Type>,
    /// What the user wrote of it, or who makes it.
    pub(super) docs: Vec<Attribute>,
    /// The number of the end, or of the one that makes it.
    pub(super) at: usize,
    pub(super) is_made: bool,
}

impl<'a> Side<'a> {
    /// A declared end that leads to one type.
    pub(super) fn declared(entity: &'a Entity, at: usize, end: &'a End) -> Self {
        Self {
            krate: &entity.krate,
            owner: path_of(entity.name()),
            name: &end.name,
            vis: &end.vis,
            target: end.target().clone(),
            is_many: end.is_many(),
            options: &end.options.end,
            data: end.options.data.as_ref(),
            docs: end.docs.clone(),
            at,
            is_made: false,
        }
    }

    /// The ends that a declared one makes by `backref`: one on each type that
    /// it leads to.
    pub(super) fn made(
        entity: &'a Entity,
        first: usize,
        end: &'a End,
    ) -> impl Iterator<Item = Self> {
        let made = match &end.options.pairing {
            Pairing::Backref(made) => Some(&**made),
            Pairing::BackPopulates(_) | Pairing::OneWay(_) | Pairing::Symmetric(_) => None,
        };
        let owners = (first..).zip(&end.targets);
        let sides =
            made.map(|made| owners.map(|(at, owner)| Self::on(entity, end, made, (at, owner))));
        sides.into_iter().flatten()
    }

    fn on(entity: &'a Entity, end: &'a End, made: &'a MadeEnd, at: (usize, &TypePath)) -> Self {
        let maker = format!("Made by the `backref` of `{}`.", full(entity, end));
        Self {
            krate: &entity.krate,
            owner: at.1.clone(),
            name: &made.name,
            vis: &end.vis,
            target: path_of(entity.name()),
            is_many: made.is_many,
            options: &made.options,
            data: end.options.data.as_ref(),
            docs: vec![parse_quote!(#[doc = #maker])],
            at: at.0,
            is_made: true,
        }
    }

    pub(super) fn is_required_one(&self) -> bool {
        !self.is_many && self.options.required.is_some()
    }

    /// "`Book.author`".
    pub(super) fn full(&self) -> String {
        format!("{}.{}", written(&self.owner), plain(self.name))
    }

    /// A link to the documentation of the type it leads to.
    fn link(&self) -> String {
        let target = written(&self.target);
        format!("[`{target}`]({target})")
    }

    /// The fields that its rows are keyed by.
    fn key_fields(&self) -> Option<&[Ident]> {
        match &self.options.order {
            Some((Order::KeyedBy(fields), _)) => Some(fields),
            Some((
                Order::Insertion | Order::None | Order::SortedBy(_) | Order::ComparedBy(_),
                _,
            ))
            | None => None,
        }
    }

    /// All of a made end: methods on the handles of a type that stands
    /// elsewhere.
    pub(super) fn on_its_owner(&self) -> TokenStream {
        let only_one = only_one(&last(&self.owner), self.name);
        let owner = &self.owner;
        let (reference, reference_mut) = (beside(owner, "_Ref"), beside(owner, "_Mut"));
        let (handles, read, write) = (self.handles(), self.read(), self.write());
        let new = beside(owner, "New_");
        // Its parameters are the other struct's; the default says "nothing set yet".
        let with = self.with(&new.to_token_stream(), &TokenStream::new());
        quote! {
            #only_one
            impl #owner { #handles }
            impl<'g> #reference<'g> { #read }
            impl #reference_mut<'_> { #write }
            #with
        }
    }
}

/// A type by its name alone.
fn path_of(name: &Ident) -> TypePath {
    TypePath {
        attrs: Vec::new(),
        qself: None,
        path: name.clone().into(),
    }
}
