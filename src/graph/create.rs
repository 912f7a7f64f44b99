//! Creating an entity together with its links.

use std::fmt;

use smallvec::SmallVec;

use crate::engine::Engine;
use crate::engine::link_data::Given;
use crate::engine::newcomer::LinkTo;
use crate::error::Result;
use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityType, Id, RawId, ToMany, ToOne, ToOneOf};
use crate::link_data::handle::LinkData;

/// An entity about to be inserted with its links; made by [`Graph::create`].
///
/// Nothing happens before [`insert`](Self::insert).
///
/// ```
/// # use backref::example::{Author, Book, Library, Tag};
/// # let Library { mut graph, author, book, tag, book_author, book_tags, tag_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let sf = graph.insert(tag, Tag::new("sf"))?;
/// let eden = Book::new("3", "Eden", 1959);
/// let create = graph.create(book, eden).link(book_author, lem).link(book_tags, sf);
/// let eden = create.insert()?;
/// assert_eq!(graph.one(book_author, eden), Some(lem));
/// assert!(graph.row(tag_books, sf).contains(eden));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "nothing is inserted before `insert`"]
pub struct Create<'g, T> {
    graph: &'g mut Graph,
    entity: EntityType<T>,
    payload: T,
    links: SmallVec<[(EndId, To); 4]>,
    data: Given,
}

/// Whom an end is to be linked to: somebody of its type, or of one of several.
#[derive(Clone, Copy)]
enum To {
    Known(RawId),
    Any(AnyId),
}

/// An end of entities of `S` that leads to entities of `T`, of either
/// cardinality: [`ToOne`] or [`ToMany`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// let eden = Book::new("3", "Eden", 1959);
/// let eden = graph.create(book, eden).link(book_author, lem).insert()?;
/// let ursula = Author::new("Ursula");
/// let ursula = graph.create(author, ursula).link(author_books, eden).insert()?;
/// assert_eq!(graph.one(book_author, eden), Some(ursula));
/// # Ok::<(), backref::Error>(())
/// ```
pub trait EndOf<S, T>: sealed::Sealed {
    /// The number of the end.
    #[doc(hidden)]
    fn number(self) -> EndId;
}

impl<S, T> EndOf<S, T> for ToOne<S, T> {
    fn number(self) -> EndId {
        self.untyped()
    }
}

impl<S, T> EndOf<S, T> for ToMany<S, T> {
    fn number(self) -> EndId {
        self.untyped()
    }
}

/// Nobody else may say what an end is.
mod sealed {
    use crate::id::{ToMany, ToOne};

    #[expect(unnameable_types, reason = "that is what seals the trait")]
    pub trait Sealed {}

    impl<S, T> Sealed for ToOne<S, T> {}

    impl<S, T> Sealed for ToMany<S, T> {}
}

impl<'g, T: Send + Sync + 'static> Create<'g, T> {
    pub(crate) fn new(graph: &'g mut Graph, entity: EntityType<T>, payload: T) -> Self {
        Self {
            graph,
            entity,
            payload,
            links: SmallVec::new(),
            data: Given::new(),
        }
    }

    /// Links the new entity to another at one of its ends. At a to-one end the
    /// last link counts. Computes in O(1), amortised.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = Book::new("3", "Eden", 1959);
    /// let eden = graph.create(book, eden).link(book_author, lem).insert()?;
    /// assert!(graph.row(author_books, lem).contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link<U>(mut self, end: impl EndOf<T, U>, target: Id<U>) -> Self {
        self.links.push((end.number(), To::Known(target.raw())));
        self
    }

    /// Links the new entity at an end of several types; the last link there
    /// counts. Computes in O(1), amortised.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<u8>("Post");
    /// # schema.entity::<u16>("Photo");
    /// # schema.entity::<&str>("Comment");
    /// # schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments");
    /// # let registry = schema.build()?;
    /// # let photo = registry.entity_type::<u16>("Photo")?;
    /// # let comment = registry.entity_type::<&str>("Comment")?;
    /// # let on = registry.to_one_of::<&str>("Comment.on")?;
    /// # let mut graph = Graph::new(registry);
    /// # let sea = graph.insert(photo, 7)?;
    /// let nice = graph.create(comment, "nice").link_one_of(on, photo.any(sea)).insert()?;
    /// assert_eq!(graph.one_of(on, nice), Some(photo.any(sea)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link_one_of(mut self, end: ToOneOf<T>, target: AnyId) -> Self {
        self.links.push((end.untyped(), To::Any(target)));
        self
    }

    /// Links the new entity to several others at one of its ends, in order.
    /// Computes in O(links), amortised.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let lem = Author::new("Lem");
    /// let lem = graph.create(author, lem).links(author_books, [eden, solaris]).insert()?;
    /// assert!(graph.row(author_books, lem).iter().eq([eden, solaris]));
    /// assert_eq!(graph.one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn links<U>(
        mut self,
        end: impl EndOf<T, U>,
        targets: impl IntoIterator<Item = Id<U>>,
    ) -> Self {
        let end = end.number();
        self.links.extend(
            targets
                .into_iter()
                .map(|target| (end, To::Known(target.raw()))),
        );
        self
    }

    /// Links the new entity to another at one of its ends, and gives the link
    /// data. Of several links to one target the first counts, at a to-one end
    /// the last. Computes in O(1), amortised.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<String>("Tag");
    /// # schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u8>();
    /// # let registry = schema.build()?;
    /// # let (book, tag) = (registry.entity_type("Book")?, registry.entity_type("Tag")?);
    /// # let weight = registry.link_data::<&str, String, u8>("Book.tags")?;
    /// # let mut graph = Graph::new(registry);
    /// let sf = graph.insert(tag, "sf".to_owned())?;
    /// let eden = graph.create(book, "Eden").link_with(weight, sf, 7).insert()?;
    /// assert_eq!(graph.link_data(weight, eden, sf), Some(&7));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link_with<U, D: Send + Sync + 'static>(
        mut self,
        end: LinkData<T, U, D>,
        target: Id<U>,
        data: D,
    ) -> Self {
        self.data.push((self.links.len(), Box::new(data)));
        self.links.push((end.untyped(), To::Known(target.raw())));
        self
    }

    /// Inserts the entity with all its links; the far ends are true at once.
    ///
    /// Computes in O(links), amortised.
    ///
    /// # Errors
    /// - [`DuplicateKey`](crate::ErrorKind::DuplicateKey): another entity of
    ///   the type has one of its keys, or two members of a keyed row have one.
    /// - [`NotLive`](crate::ErrorKind::NotLive): a target is dead.
    /// - [`Required`](crate::ErrorKind::Required),
    ///   [`TooFew`](crate::ErrorKind::TooFew): an end of the new entity got too
    ///   few links, or somebody else would be left with too few.
    /// - [`TooMany`](crate::ErrorKind::TooMany),
    ///   [`Cycle`](crate::ErrorKind::Cycle),
    ///   [`Denied`](crate::ErrorKind::Denied) of an orphan,
    ///   [`Refused`](crate::ErrorKind::Refused) by a check,
    ///   [`ForeignEnd`](crate::ErrorKind::ForeignEnd),
    ///   [`Capacity`](crate::ErrorKind::Capacity).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// graph.delete(author, lem)?;
    /// let eden = Book::new("3", "Eden", 1959);
    /// let error = graph.create(book, eden).link(book_author, lem).insert().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotLive);
    /// assert_eq!(graph.len(book), 0);                         // all or nothing
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert(self) -> Result<Id<T>> {
        let entity = self.graph.known(self.entity)?;
        let engine = &self.graph.engine;
        let to = |&(end, target): &(EndId, To)| {
            let target = match target {
                To::Known(target) => AnyId::new(engine.target_type(engine.place(end)?), target),
                To::Any(target) => target,
            };
            Ok(LinkTo::new(end, target))
        };
        let links = self.links.iter().map(to);
        let links = links.collect::<Result<SmallVec<[_; 4]>>>()?;
        let (payload, data) = (self.payload, self.data);
        let insert = |engine: &mut Engine| engine.insert(entity, payload, &links, data);
        let id = self.graph.write(insert)?;
        Ok(Id::new(id))
    }
}

impl<T> fmt::Debug for Create<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Create")
            .field("entity", &self.entity)
            .field("links", &self.links.len())
            .finish_non_exhaustive()
    }
}
