//! What [`#[entity]`](macro@crate::entity) and [`graph!`](macro@crate::graph)
//! build on: entities as handles that read like objects.
//!
//! You meet these types as the results of generated methods, and in generic
//! code: `T: Entity` is any entity type, [`T::Ref`](Entity::Ref) its handle.
//! A generated method is one line that calls a function of this module, and
//! those call the [`Graph`] by its handles: there is nothing
//! here that they cannot do.
//!
//! ```
//! # use backref::example::typed::{Author, Book, Library};
//! use backref::Id;
//! use backref::typed::Entity;
//!
//! # let mut lib = Library::new();
//! fn in_words<T: Entity<Graph = Library>>(lib: &Library, id: Id<T>) -> String {
//!     format!("{:?}", lib.at(id))
//! }
//!
//! let lem = lib.insert(Author::new("Lem"))?;
//! # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
//! assert_eq!(in_words(&lib, lem), "Author#1v1");
//! # assert_eq!(in_words(&lib, eden), "Book#1v1");
//! # Ok::<(), backref::Error>(())
//! ```

mod declaration;
mod members;
mod members_mut;
mod members_with;
mod new;
mod order;
mod probe;
mod reference;
mod reference_mut;
mod refs;

use std::fmt;
use std::ops::Deref;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::transaction::HasGraph;
use crate::id::{AnyId, EndId, EntityType, EntityTypeId, Id};
use crate::identity::{KeyShape, UniqueKey};
use crate::schema::{Registry, SchemaBuilder};

pub use declaration::{EndDecl, EntityDecl, InverseDecl, Mistake};
pub use members::Members;
pub use members_mut::MembersMut;
pub use members_with::{MembersMutWith, MembersWith, MembersWithIter};
pub use new::{Insertable, IntoLinked, IntoOneOf, IntoTarget, Linked, New, Set, Unset};
pub use order::{InsertionOrder, KeyedOrder, Positional, SortedOrder, Unordered};
pub use reference::Ref;
pub use reference_mut::Mut;
pub use refs::{All, FoundRefs, MemberIter, Refs};

#[doc(hidden)]
pub use declaration::{
    build, hash_index, judge, keyed_end, link_data, made_keyed_end, made_link_data, made_to_many,
    made_to_one, number, ordered_index, stamp, to_many, to_one, to_one_of, unique_key,
};
#[doc(hidden)]
pub use probe::{
    Probe, ProbeClone, ProbeCloneData, ProbeEq, ProbeEqData, ProbeNoClone, ProbeNoCloneData,
    ProbeNoEq, ProbeNoEqData, ProbeNoSerial, ProbeNoSerialData, ProbeSerial, ProbeSerialData,
};

/// The handle of an entity of type `T`: what a generated method returns for a
/// field `ToOne<T>`.
///
/// For `Book` it is `BookRef<'g>`.
///
/// ```
/// # use backref::example::typed::{Library, Tag};
/// use backref::typed::{Entity, RefOf};
///
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag::new("sf"))?;
/// fn first<T: Entity<Graph = Library>>(lib: &Library) -> Option<RefOf<'_, T>> {
///     lib.all::<T>().next()
/// }
///
/// assert_eq!(first::<Tag>(&lib).map(|tag| tag.id()), Some(sf));
/// # Ok::<(), backref::Error>(())
/// ```
pub type RefOf<'g, T> = <T as Entity>::Ref<'g>;

/// A typed graph, made by [`graph!`](macro@crate::graph).
///
/// ```
/// use backref::typed::Model;
/// use backref::{entity, graph};
///
/// #[entity(key = label)]
/// struct Tag { label: String }
///
/// graph! { struct Tags { tags: Tag } }
///
/// assert_eq!(Tags::registry().entities().len(), 1);
/// ```
pub trait Model: AsRef<Graph> + Sized + 'static {
    /// What tells handles of this graph from those of others.
    #[doc(hidden)]
    const STAMP: u16;
    /// The declarations of its entity types, by number.
    #[doc(hidden)]
    const ENTITIES: &'static [&'static EntityDecl];
    /// The declared ends of all types, in the order of declaration.
    #[doc(hidden)]
    const ENDS: &'static [EndId];

    /// The schema: entity types, ends and rules, to be read and drawn.
    ///
    /// Computes in O(1), but for the first call, which builds it in O(size of the
    /// schema).
    ///
    /// # Panics
    /// At the first call, if the schema has a mistake that the compiler could not
    /// see, as two types of one name.
    ///
    /// ```
    /// # use backref::example::typed::Library;
    /// use backref::typed::Model;
    ///
    /// fn types<G: Model>() -> Vec<&'static str> {
    ///     G::registry().entities().map(|entity| entity.name()).collect()
    /// }
    ///
    /// assert_eq!(types::<Library>(), ["Author", "Book", "Tag"]);
    /// ```
    fn registry() -> &'static Registry;

    /// The graph itself, which nobody else may have: it could be exchanged for
    /// one of another schema.
    #[doc(hidden)]
    fn inside(&mut self, by: Within) -> &mut Graph;
}

/// What only this library can make.
#[doc(hidden)]
#[derive(Debug)]
pub struct Within(());

impl<G: Model> HasGraph for G {
    fn graph(&mut self) -> &mut Graph {
        self.inside(Within(()))
    }
}

/// Runs several calls as one transaction; what the methods of a typed graph of
/// that name do.
///
/// # Errors
/// As [`Graph::try_transaction`].
///
/// # Panics
/// As there.
#[doc(hidden)]
pub fn transaction<G: Model, R, E: From<Error>>(
    graph: &mut G,
    parts: impl FnOnce(&mut G) -> Result<R, E>,
) -> Result<R, E> {
    crate::graph::transaction::transaction(graph, parts)
}

/// A type that a [`graph!`](macro@crate::graph) lists.
///
/// ```
/// # use backref::example::typed::Book;
/// use backref::typed::{Listed, Model};
///
/// fn types_beside<T: Listed>() -> usize {
///     T::Graph::registry().entities().len()
/// }
///
/// assert_eq!(types_beside::<Book>(), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is in no graph",
    label = "not listed in a `graph!`",
    note = "list it: `graph! {{ pub struct MyGraph {{ …, all: {Self} }} }}`"
)]
pub trait Listed: Sized + Send + Sync + 'static {
    /// The graph that lists it.
    type Graph: Model;
    /// Its number among the entity types of the graph.
    #[doc(hidden)]
    const NUMBER: u16;
}

/// A type declared by [`#[entity]`](macro@crate::entity): the payload, with
/// handles to read and to change an entity in its graph.
///
/// ```
/// use backref::typed::Entity;
/// use backref::{entity, graph, Id};
///
/// #[entity(key = label)]
/// struct Tag { label: String }
///
/// graph! { struct Tags { tags: Tag } }
///
/// fn count<T: Entity<Graph = Tags>>(tags: &Tags) -> usize {
///     tags.all::<T>().len()
/// }
///
/// let mut tags = Tags::new();
/// tags.insert(Tag { label: "sf".into() })?;
/// assert_eq!(count::<Tag>(&tags), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entity",
    label = "not declared with `#[entity]`",
    note = "put `#[entity]` on the struct, above its derives, and list it in `graph!`"
)]
pub trait Entity: Listed {
    /// An entity, to be read: `BookRef<'g>` for `Book`. It dereferences to the
    /// payload.
    ///
    /// ```
    /// # use backref::example::typed::{Library, Tag};
    /// use backref::typed::Entity;
    ///
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag::new("sf"))?;
    /// fn same<T: Entity + PartialEq>(a: T::Ref<'_>, b: T::Ref<'_>) -> bool {
    ///     *a == *b                                            // the payloads
    /// }
    ///
    /// assert!(same::<Tag>(lib.at(sf), lib.at(sf)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    type Ref<'g>: Copy
        + Eq
        + fmt::Debug
        + Deref<Target = Self>
        + From<Ref<'g, Self>>
        + Into<Ref<'g, Self>>;
    /// An entity, to be changed: `BookMut<'g>` for `Book`.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// use backref::Id;
    /// use backref::typed::Entity;
    ///
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1958))?;
    /// fn edit<T: Entity<Graph = Library>>(lib: &mut Library, id: Id<T>) -> T::Mut<'_> {
    ///     lib.edit(id)
    /// }
    ///
    /// edit(&mut lib, eden).set_year(1959)?;
    /// assert_eq!(lib[eden].year, 1959);
    /// # Ok::<(), backref::Error>(())
    /// ```
    type Mut<'g>: From<Mut<'g, Self>>;
    /// What it says of itself.
    #[doc(hidden)]
    const DECLARATION: &'static EntityDecl;
    /// Its handle for the calls of [`Graph`].
    ///
    /// ```
    /// # use backref::example::typed::{Library, Tag};
    /// use backref::typed::Entity;
    ///
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag::new("sf"))?;
    /// assert_eq!(lib.graph().len(Tag::TYPE), 1);
    /// assert!(lib.graph().contains(Tag::TYPE, sf));
    /// # Ok::<(), backref::Error>(())
    /// ```
    const TYPE: EntityType<Self> =
        EntityType::new(EntityTypeId(Self::NUMBER), <Self::Graph as Model>::STAMP);

    /// Declares the type and its ends.
    #[doc(hidden)]
    fn declare(schema: &mut SchemaBuilder);
}

/// An entity type with a key: `#[entity(key = …)]`.
///
/// ```
/// # use backref::example::typed::{Book, Library};
/// use backref::Lookup;
/// use backref::typed::Keyed;
///
/// # let mut lib = Library::new();
/// # lib.insert(Book::new("3", "Eden", 1959))?;
/// fn has<T: Keyed<Graph = Library>>(lib: &Library, key: impl Lookup<T::Key>) -> bool {
///     lib.find::<T>(key).is_some()
/// }
///
/// assert!(has::<Book>(&lib, "3"));
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no key",
    label = "no key to look up",
    note = "say which field it is: `#[entity(key = …)]`"
)]
pub trait Keyed: Entity {
    /// What the key is made of.
    type Key: KeyShape;
    /// The handle of the key.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Library};
    /// use backref::typed::Keyed;
    ///
    /// # let mut lib = Library::new();
    /// let lem = lib.insert(Author::new("Lem"))?;
    /// assert_eq!(lib.graph().find(Author::KEY, "Lem"), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    const KEY: UniqueKey<Self, Self::Key>;
}

/// A field of a payload, for rows of other types that are keyed by it. The
/// number stands for its name.
///
/// `#[entity]` implements it for each field.
///
/// ```
/// # use backref::example::typed::Tag;
/// use backref::typed::Field;
///
/// fn read<const NAME: u64, T: Field<NAME>>(payload: &T) -> Option<&T::Key> {
///     payload.key()
/// }
///
/// let sf = Tag::new("sf");                                // has one field: `label`
/// assert_eq!(read(&sf).map(String::as_str), Some("sf"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no field of that name",
    label = "rows cannot be keyed by it",
    note = "name a field of `{Self}` in `keyed_by(…)`"
)]
pub trait Field<const NAME: u64> {
    /// Its type.
    type Type;
    /// Its type as a key: what is in it, where it is an `Option`.
    type Key;

    /// What is in the field; `None` where it is an `Option` without a value.
    /// Computes in O(1).
    ///
    /// ```
    /// use backref::typed::Field;
    /// use backref::{entity, graph};
    ///
    /// #[entity]
    /// struct Reader { card: Option<u32> }
    /// # graph! { struct Readers { readers: Reader } }
    ///
    /// assert_eq!(Reader { card: Some(7) }.key(), Some(&7));
    /// assert_eq!(Reader { card: None }.key(), None);
    /// ```
    fn key(&self) -> Option<&Self::Key>;
}

impl Graph {
    /// An entity of a type that is declared with
    /// [`#[entity]`](macro@crate::entity), to be read: for observers and what
    /// else has the graph itself. Computes in O(1).
    ///
    /// # Panics
    /// When the handle is used, if the entity was deleted or is of another
    /// graph.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// lib.observe_type::<Book>(|commit, _| {
    ///     for (id, _) in commit.inserted(Book::TYPE) {
    ///         let book = commit.graph().at(id);
    ///         println!("{} by {:?}", book.title, book.author().map(|author| author.id()));
    ///     }
    /// }).forever();
    /// # use backref::typed::Entity;
    /// lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn at<T: Entity>(&self, id: Id<T>) -> RefOf<'_, T> {
        Ref::at(self, id).into()
    }

    /// An entity of a type that is declared with
    /// [`#[entity]`](macro@crate::entity), to be changed: for work that observers
    /// queue. Computes in O(1).
    ///
    /// Each write is an error if the entity was deleted or is of another graph;
    /// reading through the handle panics then.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Library};
    /// # use backref::typed::Entity;
    /// # let mut lib = Library::new();
    /// lib.observe_type::<Author>(|commit, queue| {
    ///     for (id, author) in commit.inserted(Author::TYPE) {
    ///         let loud = author.name.to_uppercase();
    ///         queue.push(move |graph| drop(graph.edit(id).set_name(loud)));
    ///     }
    /// }).forever();
    /// let lem = lib.insert(Author::new("Lem"))?;
    /// assert_eq!(lib[lem].name, "LEM");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn edit<T: Entity>(&mut self, id: Id<T>) -> T::Mut<'_> {
        Mut::at(self, id).into()
    }
}

impl<T: Entity> From<Id<T>> for AnyId {
    /// The id with its type. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Library, Tag};
    /// # let mut lib = Library::new();
    /// let lem = lib.insert(Author::new("Lem"))?;
    /// let sf = lib.insert(Tag::new("sf"))?;
    /// let gone = lib.delete_all([lem.into(), sf.into()])?;    // ids of several types
    /// assert_eq!(gone.entities, [lem.into(), sf.into()]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    fn from(id: Id<T>) -> Self {
        T::TYPE.any(id)
    }
}

impl AnyId {
    /// The typed id, if it is one of this type; [`EntityType::id`] by the type
    /// alone. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let gone = lib.delete(lem)?;                            // Author.books cascades
    /// assert_eq!(gone.others[0].of::<Book>(), Some(eden));
    /// assert_eq!(gone.others[0].of::<Tag>(), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn of<T: Entity>(self) -> Option<Id<T>> {
        T::TYPE.id(self)
    }
}
