//! `BookMut<'g>`: an entity to be changed.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Field, Type};

use super::bound;
use super::names::{docs, quiet, setter};
use super::one_of::OneOf;
use super::side::Side;
use crate::entity::ast::{Entity, plain};

pub(super) fn expand(entity: &Entity) -> TokenStream {
    let (krate, vis, name) = (&entity.krate, &entity.payload.vis, entity.name());
    let reference_mut = format_ident!("{}Mut", plain(name));
    let about = format!(
        "A [`{name}`] in its graph, to be changed: a setter for each field and each to-one end, \
         a row for each to-many end."
    );
    let always = always(entity);
    let fields = (0..).zip(&entity.payload.fields);
    let fields = fields.map(|(number, field)| set_field(entity, number, field));
    let ends = entity.numbered().map(|(at, end)| {
        if end.is_one_of() {
            OneOf::new(entity, end).write()
        } else {
            Side::declared(entity, at, end).write()
        }
    });
    let about_reading = [
        " The payload, to be read; it panics if the entity does not live. It is",
        " written by the setters and `update`.",
    ];
    let traits = bound::traits(entity, "Mut", &about_reading);
    quote! {
        #[doc = #about]
        #vis struct #reference_mut<'g>(pub(crate) #krate::typed::Mut<'g, #name>);

        impl<'g> #reference_mut<'g> {
            #always
            #(#fields)*
            #(#ends)*
        }

        #traits
    }
}

/// The methods that every entity has.
fn always(entity: &Entity) -> TokenStream {
    let (krate, name) = (&entity.krate, entity.name());
    let reference = format_ident!("{}Ref", plain(name));
    quote! {
        /// The id.
        #[must_use]
        #[inline]
        pub fn id(&self) -> #krate::Id<#name> {
            self.0.id()
        }

        /// The entity, to be read.
        ///
        /// # Panics
        /// When what it returns is used, if the entity does not live.
        #[must_use]
        #[inline]
        pub fn read(&self) -> #reference<'_> {
            self.0.read()
        }

        /// Changes the payload: `change` works on a clone, which is written once.
        ///
        /// # Errors
        /// A key that another entity has, or a check; then nothing has changed.
        pub fn update<R>(
            &mut self,
            change: impl ::core::ops::FnOnce(&mut #name) -> R,
        ) -> #krate::Result<R>
        where
            for<'backref> #name: ::core::clone::Clone,
        {
            self.0.update(change)
        }

        /// Changes the payload, unless `change` fails: then nothing has changed.
        ///
        /// # Errors
        /// As `update`, and whatever `change` returns.
        pub fn try_update<R, E: ::core::convert::From<#krate::Error>>(
            &mut self,
            change: impl ::core::ops::FnOnce(&mut #name) -> ::core::result::Result<R, E>,
        ) -> ::core::result::Result<R, E>
        where
            for<'backref> #name: ::core::clone::Clone,
        {
            self.0.try_update(change)
        }

        /// Puts another payload in the place of this one, which is returned; links stay.
        ///
        /// # Errors
        /// A key that another entity has, or a check; then nothing has changed.
        pub fn replace(&mut self, payload: #name) -> #krate::Result<#name> {
            self.0.replace(payload)
        }

        /// Deletes the entity and all that its delete rules take along.
        ///
        /// # Errors
        /// A delete rule that denies, a survivor that would lack a required link,
        /// or a check; then nothing has changed.
        pub fn delete(self) -> #krate::Result<#krate::Deleted<#name>> {
            self.0.delete()
        }
    }
}

fn set_field(entity: &Entity, number: u16, field: &Field) -> Option<TokenStream> {
    let (krate, owner) = (&entity.krate, entity.name());
    let name = field.ident.as_ref()?;
    let (vis, ty) = (&field.vis, &field.ty);
    let setter = setter(name);
    let sentence = format!(
        "Sets `{}`; the payload is cloned and written once.",
        plain(name)
    );
    let docs = docs(&sentence, &[]);
    let name = quiet(name);
    let (takes, value) = if is_made_into(ty) {
        (
            quote!(impl ::core::convert::Into<#ty>),
            quote!(let #name = #name.into();),
        )
    } else {
        (quote!(#ty), TokenStream::new())
    };
    // A name that no field has.
    let it = Ident::new("it", Span::mixed_site());
    Some(quote! {
        #docs
        ///
        /// # Errors
        /// A key that another entity has, or a check; then nothing has changed.
        #vis fn #setter(&mut self, #name: #takes) -> #krate::Result<()>
        where
            for<'backref> #owner: ::core::clone::Clone,
        {
            #value
            self.0.update_field(#number, |#it| #it.#name = #name)
        }
    })
}

/// Types that people have something else at hand for, as a `&str`.
fn is_made_into(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| {
        let owned = ["String", "PathBuf", "OsString", "Box", "Rc", "Arc", "Cow"];
        owned.iter().any(|name| last.ident == name)
    })
}
