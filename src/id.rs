//! Names of things: entities, entity types, ends of relationships.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU64;

/// The place of an entity in the columns of its type: dense, from 1, reused
/// after a delete. 0 stands for "no entity" wherever a slot is stored.
pub(crate) type Slot = u32;

/// No entity.
pub(crate) const NONE: Slot = 0;

/// The generation that no id shows: what the ends of relationships have for a
/// slot in which nobody lives.
pub(crate) const DEAD: u32 = 0;

/// An entity of type `T`, in eight bytes.
///
/// An id is handed out by an insert and names that one entity for ever: after
/// a delete it names nothing, whatever moves into the slot. `Option<Id<T>>` is
/// eight bytes too. Ids order by slot, then by generation.
///
/// The upper half is the generation of the slot plus a stamp of the graph, so
/// an id of another graph is recognised as such, except where the generations
/// of the two slots differ by exactly as much as the stamps do.
///
/// ```
/// use backref::Id;
///
/// struct Book;
/// assert_eq!(size_of::<Option<Id<Book>>>(), 8);
/// ```
pub struct Id<T> {
    raw: RawId,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(crate) fn new(raw: RawId) -> Self {
        Self {
            raw,
            of: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn raw(self) -> RawId {
        self.raw
    }

    #[inline]
    pub(crate) fn slot(self) -> Slot {
        self.raw.slot()
    }

    /// The id as a number, for logs, foreign tables and the like.
    ///
    /// It means something to the graph that gave it out, in this process.
    ///
    /// ```
    /// # use backref::{Graph, Id, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # let registry = schema.build()?;
    /// # let tag = registry.entity_type::<&str>("Tag")?;
    /// # let mut graph = Graph::new(registry);
    /// let id = graph.insert(tag, "sf")?;
    /// assert_eq!(Id::from_bits(id.to_bits()), Some(id));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn to_bits(self) -> u64 {
        self.raw.0.get()
    }

    /// The id that [`to_bits`](Self::to_bits) made this number of; `None` for
    /// a number that no id has.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// use backref::Id;
    ///
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(Id::from_bits(lem.to_bits()), Some(lem));
    /// assert_eq!(Id::<Author>::from_bits(0), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn from_bits(bits: u64) -> Option<Self> {
        RawId::from_bits(bits).map(Self::new)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.raw.cmp(&other.raw)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    /// Slot and generation, as in `3v1`. The generation carries the stamp of
    /// the graph; the graph's own messages take it off.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

/// An entity of any type: the number of the type and the id within it.
///
/// What the untyped face of the graph speaks in. Made from a typed id by
/// [`EntityType::any`], turned back by [`EntityType::id`].
///
/// ```
/// # use backref::{Graph, Schema};
/// # let mut schema = Schema::builder();
/// # schema.entity::<&str>("Tag");
/// # let registry = schema.build()?;
/// # let tag = registry.entity_type::<&str>("Tag")?;
/// # let mut graph = Graph::new(registry);
/// let id = graph.insert(tag, "sf")?;
/// let any = tag.any(id);
/// assert_eq!(any.entity(), tag.untyped());
/// assert_eq!(tag.id(any), Some(id));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyId {
    entity: EntityTypeId,
    raw: RawId,
}

impl AnyId {
    pub(crate) fn new(entity: EntityTypeId, raw: RawId) -> Self {
        Self { entity, raw }
    }

    /// The type of the entity.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(author.any(lem).entity(), author.untyped());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn entity(self) -> EntityTypeId {
        self.entity
    }

    #[inline]
    pub(crate) fn raw(self) -> RawId {
        self.raw
    }

    #[inline]
    pub(crate) fn slot(self) -> Slot {
        self.raw.slot()
    }
}

impl fmt::Debug for AnyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}#{:?}", self.entity, self.raw)
    }
}

/// An id without its type: generation in the upper half, slot in the lower.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RawId(NonZeroU64);

impl RawId {
    /// `slot` must not be 0, which is what makes the id non-zero.
    #[inline]
    pub(crate) fn new(slot: Slot, generation: u32) -> Self {
        debug_assert_ne!(slot, NONE);
        let bits = u64::from(generation) << 32 | u64::from(slot.max(1));
        Self(NonZeroU64::new(bits).expect("the slot is not 0"))
    }

    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        let id = Self(NonZeroU64::new(bits)?);
        (id.slot() != NONE && id.generation() != DEAD).then_some(id)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    pub(crate) fn slot(self) -> Slot {
        self.0.get() as u32
    }

    #[inline]
    pub(crate) fn generation(self) -> u32 {
        (self.0.get() >> 32) as u32
    }
}

impl PartialOrd for RawId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawId {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.slot(), self.generation()).cmp(&(other.slot(), other.generation()))
    }
}

impl fmt::Debug for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", self.slot(), self.generation())
    }
}

/// The number of an entity type in its registry: dense, from 0, in the order
/// of declaration.
///
/// ```
/// # use backref::example::{Author, Library};
/// # let Library { graph, author, book, .. } = Library::new()?;
/// let info = graph.registry().entity(author.untyped());
/// assert_eq!(info.map(|info| info.name()), Some("Author"));
/// assert!(author.untyped() < book.untyped());             // declared in this order
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityTypeId(pub(crate) u16);

impl EntityTypeId {
    #[inline]
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Debug for EntityTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entity{}", self.0)
    }
}

/// One end of a relationship, in four bytes.
///
/// ```text
///   31        17 16              1   0
///  ┌────────────┬─────────────────┬──────┐
///  │ registry   │ relationship    │ side │
///  └────────────┴─────────────────┴──────┘
/// ```
///
/// The inverse end is the other side of the same relationship. The stamp of
/// the registry keeps an end of one schema from being used with another;
/// 32,767 registries later the stamps come round again.
///
/// ```
/// # use backref::example::Library;
/// # let Library { graph, book_author, author_books, .. } = Library::new()?;
/// let info = graph.registry().end(book_author.untyped());
/// let inverse = info.and_then(|end| end.inverse());
/// assert_eq!(inverse.map(|end| end.id()), Some(author_books.untyped()));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndId(u32);

/// How many stamps there are for registries. The lower half is for those built
/// by hand, which count; the upper half for those of `graph!`, whose stamp is
/// known when the program is compiled.
pub(crate) const REGISTRY_STAMPS: u32 = 1 << 15;

impl EndId {
    pub(crate) const fn new(registry: u32, relationship: u16, side: Side) -> Self {
        debug_assert!(registry < REGISTRY_STAMPS);
        Self(registry << 17 | (relationship as u32) << 1 | side as u32)
    }

    #[inline]
    pub(crate) fn registry(self) -> u32 {
        self.0 >> 17
    }

    #[inline]
    pub(crate) fn relationship(self) -> usize {
        (self.0 >> 1 & 0xffff) as usize
    }

    #[inline]
    pub(crate) fn side(self) -> Side {
        if self.0 & 1 == 0 {
            Side::Left
        } else {
            Side::Right
        }
    }

    /// The end on the other side. A symmetric end is its own inverse, which
    /// only the registry knows.
    #[inline]
    pub(crate) const fn opposite(self) -> Self {
        Self(self.0 ^ 1)
    }
}

impl fmt::Debug for EndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "end{}{:?}", self.relationship(), self.side())
    }
}

/// The side of a relationship that an end is on: the first declared is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    Left = 0,
    Right = 1,
}

impl Side {
    #[inline]
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    #[inline]
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// An entity type whose payload is a `T`: a handle that names it to the graph.
///
/// Copy, found once by [`Registry::entity_type`](crate::Registry::entity_type).
///
/// ```
/// # use backref::example::{Author, Library};
/// use backref::EntityType;
///
/// # let Library { mut graph, author, .. } = Library::new()?;
/// let author: EntityType<Author> = graph.registry().entity_type("Author")?;
/// let lem = graph.insert(author, Author::new("Lem"))?;
/// assert!(graph.contains(author, lem));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct EntityType<T> {
    id: EntityTypeId,
    registry: u16,
    of: PhantomData<fn() -> T>,
}

impl<T> EntityType<T> {
    pub(crate) const fn new(id: EntityTypeId, registry: u16) -> Self {
        Self {
            id,
            registry,
            of: PhantomData,
        }
    }

    /// The stamp of the registry that gave it out.
    #[inline]
    pub(crate) fn registry(self) -> u16 {
        self.registry
    }

    /// The number of the type, for the untyped face.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.untyped().len(author.untyped()), graph.len(author));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EntityTypeId {
        self.id
    }

    /// A typed id as an untyped one.
    ///
    /// ```
    /// # use backref::example::{Author, Library, Tag};
    /// # let Library { mut graph, author, tag, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// let gone = graph.delete_all([author.any(lem), tag.any(sf)])?;
    /// assert_eq!(gone.entities, [author.any(lem), tag.any(sf)]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn any(self, id: Id<T>) -> AnyId {
        AnyId::new(self.id, id.raw())
    }

    /// An untyped id as a typed one; `None` if it is of another type.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, book, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(author.id(author.any(lem)), Some(lem));
    /// assert_eq!(book.id(author.any(lem)), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn id(self, any: AnyId) -> Option<Id<T>> {
        (any.entity() == self.id).then(|| Id::new(any.raw()))
    }
}

/// An end that holds at most one link, from entities of `S` to entities of `T`.
///
/// Copy, four bytes, found once by [`Registry::to_one`](crate::Registry::to_one).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use backref::ToOne;
///
/// # let Library { mut graph, author, book, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// let end: ToOne<Book, Author> = graph.registry().to_one("Book.author")?;
/// graph.set(end, eden, lem)?;
/// assert_eq!(graph.one(end, eden), Some(lem));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct ToOne<S, T> {
    end: EndId,
    of: PhantomData<fn(S) -> T>,
}

/// An end that holds any number of links, from entities of `S` to entities of `T`.
///
/// Copy, four bytes, found once by [`Registry::to_many`](crate::Registry::to_many).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use backref::ToMany;
///
/// # let Library { mut graph, author, book, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// let end: ToMany<Author, Book> = graph.registry().to_many("Author.books")?;
/// graph.row_mut(end, lem)?.push(eden)?;
/// assert!(graph.row(end, lem).iter().eq([eden]));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct ToMany<S, T> {
    end: EndId,
    of: PhantomData<fn(S) -> T>,
}

impl<S, T> ToOne<S, T> {
    pub(crate) const fn new(end: EndId) -> Self {
        Self {
            end,
            of: PhantomData,
        }
    }

    /// The number of the end, for the untyped face.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let linked = graph.untyped().one(book_author.untyped(), book.any(eden));
    /// assert_eq!(linked, Some(author.any(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EndId {
        self.end
    }
}

impl<S, T> ToMany<S, T> {
    pub(crate) const fn new(end: EndId) -> Self {
        Self {
            end,
            of: PhantomData,
        }
    }

    /// The number of the end, for the untyped face.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let row = graph.untyped().row(author_books.untyped(), author.any(lem));
    /// assert!(row.contains(book.any(eden)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EndId {
        self.end
    }
}

impl<S, T> From<ToOne<S, T>> for EndId {
    /// The end by number. Computes in O(1).
    fn from(end: ToOne<S, T>) -> Self {
        end.untyped()
    }
}

impl<S, T> From<ToMany<S, T>> for EndId {
    /// The end by number. Computes in O(1).
    fn from(end: ToMany<S, T>) -> Self {
        end.untyped()
    }
}

impl<S> From<ToOneOf<S>> for EndId {
    /// The end by number. Computes in O(1).
    fn from(end: ToOneOf<S>) -> Self {
        end.untyped()
    }
}

/// An end that holds at most one link, from entities of `S` to entities of one
/// of several types.
///
/// Copy, four bytes, found once by
/// [`Registry::to_one_of`](crate::Registry::to_one_of). Whom it holds is an
/// [`AnyId`], which an [`EntityType`] turns into an [`Id`] of its type.
///
/// ```
/// use backref::{Graph, Schema};
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
/// let post = registry.entity_type::<Post>("Post")?;
/// let photo = registry.entity_type::<Photo>("Photo")?;
/// let comment = registry.entity_type::<Comment>("Comment")?;
/// let on = registry.to_one_of::<Comment>("Comment.on")?;
/// let on_photo = registry.to_one::<Comment, Photo>("Comment.on")?;
///
/// let mut graph = Graph::new(registry);
/// let (hello, sea) = (graph.insert(post, Post)?, graph.insert(photo, Photo)?);
/// let nice = graph.insert(comment, Comment)?;
/// graph.set_one_of(on, nice, post.any(hello))?;
/// assert_eq!(graph.one_of(on, nice), Some(post.any(hello)));
/// graph.set(on_photo, nice, sea)?;                        // it leaves the post
/// assert_eq!(graph.one_of(on, nice), Some(photo.any(sea)));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct ToOneOf<S> {
    end: EndId,
    of: PhantomData<fn(S)>,
}

impl<S> ToOneOf<S> {
    pub(crate) const fn new(end: EndId) -> Self {
        Self {
            end,
            of: PhantomData,
        }
    }

    /// The number of the end, for the untyped face.
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// use backref::ToOneOf;
    ///
    /// # let Library { graph, book_author, .. } = Library::new()?;
    /// let end: ToOneOf<Book> = graph.registry().to_one_of("Book.author")?;
    /// assert_eq!(end.untyped(), book_author.untyped());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EndId {
        self.end
    }
}

/// `Clone`, `Copy` and `Debug` for handles, whatever their parameters are.
macro_rules! handle {
    ($name:ident<$($of:ident),*>, $field:ident) => {
        impl<$($of),*> Clone for $name<$($of),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($of),*> Copy for $name<$($of),*> {}

        impl<$($of),*> fmt::Debug for $name<$($of),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.$field.fmt(f)
            }
        }
    };
}

pub(crate) use handle;

handle!(EntityType<T>, id);
handle!(ToOne<S, T>, end);
handle!(ToMany<S, T>, end);
handle!(ToOneOf<S>, end);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_small() {
        assert_eq!(size_of::<Id<String>>(), 8);
        assert_eq!(size_of::<Option<Id<String>>>(), 8);
        assert_eq!(size_of::<AnyId>(), 16);
        assert_eq!(size_of::<ToOne<String, u8>>(), 4);
        assert_eq!(size_of::<EntityType<String>>(), 4);
    }

    #[test]
    fn an_end_keeps_its_three_parts() {
        let end = EndId::new(REGISTRY_STAMPS - 1, u16::MAX, Side::Right);
        assert_eq!(end.registry(), REGISTRY_STAMPS - 1);
        assert_eq!(end.relationship(), usize::from(u16::MAX));
        assert_eq!(end.side(), Side::Right);
        assert_eq!(end.opposite().side(), Side::Left);
        assert_eq!(end.opposite().relationship(), end.relationship());
    }

    #[test]
    fn no_id_is_made_of_a_number_without_a_slot() {
        assert!(Id::<u8>::from_bits(0).is_none());
        assert!(Id::<u8>::from_bits(7 << 32).is_none());
        assert!(Id::<u8>::from_bits(7).is_none());
        assert!(Id::<u8>::from_bits(7 << 32 | 1).is_some());
    }

    #[test]
    fn ids_order_by_slot_first() {
        assert!(RawId::new(1, 9) < RawId::new(2, 1));
        assert!(RawId::new(1, 1) < RawId::new(1, 2));
    }
}
