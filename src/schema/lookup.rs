//! Handles by name, with their types checked once.

mod keyed;

use std::any::{TypeId, type_name};

use crate::entities::EntitySpec;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{EntityType, EntityTypeId, ToMany, ToOne, ToOneOf};
use crate::identity::{
    HashIndex, Hashed, Index, KeyShape, OrderedIndex, OrderedShape, Sorted, Unique, UniqueKey,
};

use crate::link_data::handle::LinkData;

use super::declaration::KeyDef;
use super::names::{advice, split};
use super::registry::{End, EntityDef, Registry};
use super::{Cardinality, KeyKind};

impl Registry {
    /// The handle of an entity type.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such type,
    /// [`WrongType`](ErrorKind::WrongType) if its payload is no `T`, or if
    /// another entity type has the same payload: typed ids of the two would
    /// mix. Give each a newtype, or use the untyped face of the graph.
    ///
    /// ```
    /// use backref::{ErrorKind, Schema};
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<&str>("Tag");
    /// let registry = schema.build()?;
    ///
    /// let tag = registry.entity_type::<&str>("Tag")?;
    /// assert_eq!(registry.entity(tag.untyped()).map(|tag| tag.name()), Some("Tag"));
    ///
    /// let error = registry.entity_type::<u8>("Tag").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::WrongType);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn entity_type<T: Send + Sync + 'static>(&self, name: &str) -> Result<EntityType<T>> {
        let def = self.named(name)?;
        self.check_payload::<T>(def)?;
        Ok(EntityType::new(def.id, self.short_stamp()))
    }

    /// The handle of a to-one end, from entities of `S` to entities of `T`. Of
    /// an end of several types, that of the end towards this one.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such end,
    /// [`WrongType`](ErrorKind::WrongType) if it is to-many, or if `S` or `T`
    /// is not what [`entity_type`](Self::entity_type) takes.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// struct Author;
    /// struct Book;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book");
    /// schema.relationship("Book.author").to_one("Author").backref("books");
    /// let registry = schema.build()?;
    ///
    /// let author = registry.to_one::<Book, Author>("Book.author")?;
    /// let error = registry.to_one::<Author, Book>("Author.books").unwrap_err();
    /// assert_eq!(error.to_string(), "Author.books is to-many: ask for it with to_many");
    /// # let _ = author;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_one<S, T>(&self, name: &str) -> Result<ToOne<S, T>>
    where
        S: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let end = self.end_between::<S, T>(name, Cardinality::One)?;
        Ok(ToOne::new(end.id))
    }

    /// The handle of a to-one end from entities of `S` to entities of several
    /// types, or of one.
    ///
    /// The handle of the end towards one of them is what
    /// [`to_one`](Self::to_one) gives for the same name.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such end,
    /// [`WrongType`](ErrorKind::WrongType) if it is to-many, or if `S` is not
    /// what [`entity_type`](Self::entity_type) takes.
    ///
    /// ```
    /// use backref::{Schema, ToOneOf};
    ///
    /// struct Post;
    /// struct Photo;
    /// struct Comment;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Post>("Post");
    /// schema.entity::<Photo>("Photo");
    /// schema.entity::<Comment>("Comment");
    /// schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments");
    /// let registry = schema.build()?;
    ///
    /// let on: ToOneOf<Comment> = registry.to_one_of("Comment.on")?;
    /// let on_photo = registry.to_one::<Comment, Photo>("Comment.on")?;
    /// # let _ = (on, on_photo);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_one_of<S: Send + Sync + 'static>(&self, name: &str) -> Result<ToOneOf<S>> {
        let end = self.end_named(name)?;
        let checked = self.check_owner::<S>(end, Cardinality::One);
        checked.map_err(|error| error.at(end.id))?;
        Ok(ToOneOf::new(end.id))
    }

    /// The handle of a to-many end, from entities of `S` to entities of `T`.
    ///
    /// # Errors
    ///
    /// As [`to_one`](Self::to_one), the other way round.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// struct Book;
    /// struct Tag;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Book>("Book");
    /// schema.entity::<Tag>("Tag");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// let registry = schema.build()?;
    ///
    /// let tags = registry.to_many::<Book, Tag>("Book.tags")?;
    /// let error = registry.to_many::<Book, Tag>("Book.tag").unwrap_err();
    /// assert_eq!(error.to_string(), "Book has no end tag: did you mean tags?");
    /// # let _ = tags;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_many<S, T>(&self, name: &str) -> Result<ToMany<S, T>>
    where
        S: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let end = self.end_between::<S, T>(name, Cardinality::Many)?;
        Ok(ToMany::new(end.id))
    }

    /// The handle of the data of links from entities of `S` to entities of `T`,
    /// by the name of the end that leads from `S` to `T`, of either cardinality;
    /// of an end of several types, the one to `T`.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such end,
    /// [`NotDeclared`](ErrorKind::NotDeclared) if its links have no data,
    /// [`WrongType`](ErrorKind::WrongType) if the data is no `D`, or if `S` or
    /// `T` is not what [`entity_type`](Self::entity_type) takes.
    ///
    /// ```
    /// use backref::{ErrorKind, Schema};
    ///
    /// struct Book;
    /// struct Tag;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Book>("Book");
    /// schema.entity::<Tag>("Tag");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u8>();
    /// let registry = schema.build()?;
    ///
    /// let weight = registry.link_data::<Tag, Book, u8>("Tag.books")?;
    /// let error = registry.link_data::<Tag, Book, u32>("Tag.books").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::WrongType);
    /// # let _ = weight;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link_data<S, T, D>(&self, name: &str) -> Result<LinkData<S, T, D>>
    where
        S: Send + Sync + 'static,
        T: Send + Sync + 'static,
        D: Send + Sync + 'static,
    {
        let end = self.towards::<T>(self.end_named(name)?);
        let checked = self
            .check_side::<S>(end.owner, &format!("{name} starts"))
            .and_then(|()| self.check_side::<T>(end.target, &format!("{name} points")))
            .and_then(|()| self.check_data::<D>(end));
        checked
            .map(|()| LinkData::new(end.id))
            .map_err(|error| error.at(end.id))
    }

    /// The primary key of an entity type.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such type, or it
    /// has no primary key, [`WrongType`](ErrorKind::WrongType) if the payload
    /// is no `T` or the key no `K`.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Book {
    ///     isbn: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Book>("Book").key(Key::field(|book: &Book| &book.isbn));
    /// let registry = schema.build()?;
    /// let isbn = registry.key::<Book, String>("Book")?;
    /// # let _ = isbn;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn key<T, K>(&self, entity: &str) -> Result<UniqueKey<T, K>>
    where
        T: Send + Sync + 'static,
        K: KeyShape,
    {
        let def = self.named(entity)?;
        let Some(KeyKind::Primary) = def.keys.first().map(|key| key.kind) else {
            let message = format!("{entity} has no primary key: declare one with key(..)");
            return Err(Error::new(ErrorKind::UnknownName, message));
        };
        let index = self.typed::<T, Unique<T, K>>(def, 0, type_name::<K>())?;
        Ok(UniqueKey::new(def.id, index, self.short_stamp()))
    }

    /// A unique key by its name, `Type.name`. The primary key has the name
    /// `key`.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such key,
    /// [`WrongType`](ErrorKind::WrongType) if it is an index and not unique,
    /// the payload is no `T` or the key no `K`.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     email: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .unique("email", Key::field(|author: &Author| &author.email));
    /// let registry = schema.build()?;
    /// let email = registry.unique::<Author, String>("Author.email")?;
    /// # let _ = email;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn unique<T, K>(&self, name: &str) -> Result<UniqueKey<T, K>>
    where
        T: Send + Sync + 'static,
        K: KeyShape,
    {
        let (def, at) = self.key_named(name, Verb::Unique)?;
        let index = self.typed::<T, Unique<T, K>>(def, at, type_name::<K>())?;
        Ok(UniqueKey::new(def.id, index, self.short_stamp()))
    }

    /// An index by its name, `Type.name`.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such index,
    /// [`WrongType`](ErrorKind::WrongType) if it is a key or ordered, the
    /// payload is no `T` or the value no `K`.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     country: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .index("country", Key::field(|author: &Author| &author.country));
    /// let registry = schema.build()?;
    ///
    /// let country = registry.index::<Author, String>("Author.country")?;
    /// let error = registry.unique::<Author, String>("Author.country").unwrap_err();
    /// assert_eq!(error.to_string(), "Author.country is an index: ask for it with index");
    /// # let _ = country;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn index<T, K>(&self, name: &str) -> Result<HashIndex<T, K>>
    where
        T: Send + Sync + 'static,
        K: KeyShape,
    {
        let (def, at) = self.key_named(name, Verb::Index)?;
        let index = self.typed::<T, Hashed<T, K>>(def, at, type_name::<K>())?;
        Ok(HashIndex::new(def.id, index, self.short_stamp()))
    }

    /// An ordered index by its name, `Type.name`.
    ///
    /// # Errors
    ///
    /// [`UnknownName`](ErrorKind::UnknownName) if there is no such index,
    /// [`WrongType`](ErrorKind::WrongType) if it is a key or not ordered, the
    /// payload is no `T` or the value no `K`.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     born: u16,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .ordered_index("born", Key::field(|author: &Author| &author.born));
    /// let registry = schema.build()?;
    /// let born = registry.ordered_index::<Author, u16>("Author.born")?;
    /// # let _ = born;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ordered_index<T, K>(&self, name: &str) -> Result<OrderedIndex<T, K>>
    where
        T: Send + Sync + 'static,
        K: OrderedShape,
    {
        let (def, at) = self.key_named(name, Verb::OrderedIndex)?;
        let index = self.typed::<T, Sorted<T, K>>(def, at, type_name::<K>())?;
        Ok(OrderedIndex::new(def.id, index, self.short_stamp()))
    }

    fn named(&self, name: &str) -> Result<&EntityDef> {
        self.find_entity_def(name).ok_or_else(|| {
            let known = self.entity_defs().iter().map(|def| &*def.name);
            let advice = advice(name, known);
            unknown(format!("there is no entity type {name}: {advice}"))
        })
    }

    fn check_payload<T: 'static>(&self, def: &EntityDef) -> Result<()> {
        let (name, declared) = (&def.name, def.type_name);
        if def.type_id != TypeId::of::<T>() {
            let asked = type_name::<T>();
            return Err(wrong(format!(
                "the payload of {name} is {declared} and not {asked}: ask with the declared type"
            )));
        }
        match def.twin.and_then(|twin| self.entity_def(twin)) {
            None => Ok(()),
            Some(twin) => Err(wrong(format!(
                "{name} and {} have the same payload, {declared}, so their typed ids would mix: \
                 give each a newtype, or use the untyped face of the graph",
                twin.name
            ))),
        }
    }

    fn end_between<S: 'static, T: 'static>(&self, name: &str, asked: Cardinality) -> Result<&End> {
        let end = self.towards::<T>(self.end_named(name)?);
        let checked = self.check_end::<S, T>(end, asked);
        checked.map(|()| end).map_err(|error| error.at(end.id))
    }

    /// Of an end of several types the one to entities of `T`, if there is one.
    fn towards<'a, T: 'static>(&'a self, end: &'a End) -> &'a End {
        let is_to = |end: &&End| {
            let target = self.entity_def(end.target);
            target.is_some_and(|def| def.type_id == TypeId::of::<T>())
        };
        let variants = end.variants.iter().filter_map(|id| self.end_at(*id));
        variants.into_iter().find(is_to).unwrap_or(end)
    }

    fn end_named(&self, name: &str) -> Result<&End> {
        let (owner, end) = split(name).ok_or_else(|| malformed(name))?;
        let owner = self.named(owner)?;
        self.find_end_def(owner.id, end).ok_or_else(|| {
            let known = owner.ends.iter().filter_map(|id| self.end_at(*id));
            let known = known.filter(|end| end.is_shown()).map(|end| &*end.name);
            let (owner, advice) = (&owner.name, advice(end, known));
            unknown(format!("{owner} has no end {end}: {advice}"))
        })
    }

    fn check_end<S: 'static, T: 'static>(&self, end: &End, asked: Cardinality) -> Result<()> {
        self.check_owner::<S>(end, asked)?;
        self.check_side::<T>(end.target, &format!("{} points", self.full_name(end)))
    }

    fn check_owner<S: 'static>(&self, end: &End, asked: Cardinality) -> Result<()> {
        let (name, cardinality) = (self.full_name(end), end.cardinality);
        if cardinality != asked {
            let verb = match cardinality {
                Cardinality::One => "to_one",
                Cardinality::Many => "to_many",
            };
            return Err(wrong(format!(
                "{name} is {cardinality}: ask for it with {verb}"
            )));
        }
        self.check_side::<S>(end.owner, &format!("{name} starts"))
    }

    fn check_side<T: 'static>(&self, entity: EntityTypeId, side: &str) -> Result<()> {
        let def = self.entity_def(entity).expect("an end has both its types");
        self.check_payload::<T>(def)
            .map_err(|error| wrong(format!("{side} at {}: {error}", def.name)))
    }

    fn check_data<D: 'static>(&self, end: &End) -> Result<()> {
        let name = self.full_name(end);
        let Some(data) = &end.data else {
            let message = format!("links of {name} have no data: add data::<..>() to it");
            return Err(Error::new(ErrorKind::NotDeclared, message));
        };
        if data.type_id == TypeId::of::<D>() {
            return Ok(());
        }
        let (declared, asked) = (data.type_name, type_name::<D>());
        Err(wrong(format!(
            "links of {name} have data of type {declared} and not {asked}: \
             ask with the declared type"
        )))
    }

    /// The entity type and the place of the key among its keys.
    fn key_named(&self, name: &str, verb: Verb) -> Result<(&EntityDef, usize)> {
        let (owner, key) = split(name).ok_or_else(|| malformed(name))?;
        let def = self.named(owner)?;
        let Some(at) = def.keys.iter().position(|known| &*known.name == key) else {
            let known = def.keys.iter().map(|known| &*known.name);
            let advice = advice(key, known);
            return Err(unknown(format!(
                "{owner} has no key or index {key}: {advice}"
            )));
        };
        let found = Verb::of(def.keys[at].kind);
        if found == verb {
            return Ok((def, at));
        }
        let (what, verb) = (found.what(), found.name());
        Err(wrong(format!("{name} is {what}: ask for it with {verb}")))
    }

    /// The number of the index, once it is known to be an `I`.
    fn typed<T, I>(&self, def: &EntityDef, at: usize, asked: &str) -> Result<u16>
    where
        T: Send + Sync + 'static,
        I: Index<T> + 'static,
    {
        self.check_payload::<T>(def)?;
        let spec = def.factory.as_any().downcast_ref::<EntitySpec<T>>();
        let index = spec.and_then(|spec| spec.indexes.get(at));
        if index.is_some_and(|index| index.as_any().is::<I>()) {
            return Ok(u16::try_from(at).expect("a type has no more keys than numbers for them"));
        }
        let KeyDef {
            name, type_name, ..
        } = &def.keys[at];
        Err(wrong(format!(
            "{}.{name} is by {type_name} and not by {asked}: ask with the declared type",
            def.name
        )))
    }
}

/// The call that a key or index is asked for with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Unique,
    Index,
    OrderedIndex,
}

impl Verb {
    fn of(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Primary | KeyKind::Unique => Self::Unique,
            KeyKind::Hashed => Self::Index,
            KeyKind::Ordered => Self::OrderedIndex,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Index => "index",
            Self::OrderedIndex => "ordered_index",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Unique => "a unique key",
            Self::Index => "an index",
            Self::OrderedIndex => "an ordered index",
        }
    }
}

fn malformed(name: &str) -> Error {
    unknown(format!(
        "{name:?} is no name here: write \"Type.name\", with one dot"
    ))
}

fn unknown(message: String) -> Error {
    Error::new(ErrorKind::UnknownName, message)
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::WrongType, message)
}

#[cfg(test)]
mod tests;
