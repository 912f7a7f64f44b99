//! The public face: a graph, typed by handles or untyped.

pub(crate) mod bulk;
pub(crate) mod changes;
pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod entities;
pub(crate) mod history;
pub(crate) mod keyed;
pub(crate) mod link_data;
pub(crate) mod observe;
pub(crate) mod payloads;
pub(crate) mod row;
pub(crate) mod row_mut;
pub(crate) mod shrink;
pub(crate) mod subgraph;
pub(crate) mod transaction;
pub(crate) mod untyped;
pub(crate) mod untyped_mut;
pub(crate) mod walker;

#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::engine::Engine;
use crate::engine::delete::plan::{DeletePlan, Deletion};
use crate::engine::one_call::HasEngine;
use crate::engine::row::LiveRow;
use crate::engine::verify::Broken;
use crate::entities::Entities as Stored;
use crate::error::Result;
use crate::graph::create::Create;
use crate::graph::observe::Observers;
use crate::graph::row::Row;
use crate::graph::row_mut::RowMut;
use crate::graph::untyped::Untyped;
use crate::graph::untyped_mut::UntypedMut;
use crate::graph::walker::Walker;
use crate::id::{AnyId, EndId, EntityType, EntityTypeId, Id, ToMany, ToOne, ToOneOf};
use crate::links::Relation;
use crate::schema::Registry;

/// Entities and their relationships, both ends of which are always true.
///
/// A graph is made over a [`Registry`] and spoken to with the handles that the
/// registry gives out. Every call is all or nothing: an `Err` has changed
/// nothing, and after each call, failed ones included, both ends of every link
/// agree.
///
/// ```
/// use backref::{Graph, Schema};
///
/// struct Author(&'static str);
/// struct Book(&'static str);
///
/// let mut schema = Schema::builder();
/// schema.entity::<Author>("Author");
/// schema.entity::<Book>("Book");
/// schema.relationship("Book.author").to_one("Author").backref("books");
/// let registry = schema.build()?;
///
/// let author = registry.entity_type::<Author>("Author")?;
/// let book = registry.entity_type::<Book>("Book")?;
/// let book_author = registry.to_one::<Book, Author>("Book.author")?;
/// let author_books = registry.to_many::<Author, Book>("Author.books")?;
///
/// let mut graph = Graph::new(registry);
/// let ursula = graph.insert(author, Author("Ursula"))?;
/// let lathe = graph.insert(book, Book("Lathe"))?;
/// let eden = graph.insert(book, Book("Eden"))?;
///
/// graph.set(book_author, eden, ursula)?;                 // assign one end …
/// graph.row_mut(author_books, ursula)?.push(lathe)?;     // … or append at the other
/// assert!(graph.row(author_books, ursula).iter().eq([eden, lathe]));
/// assert_eq!(graph.one(book_author, lathe), Some(ursula));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Graph {
    pub(crate) engine: Engine,
    pub(crate) observers: Observers,
}

impl Graph {
    /// An empty graph over a schema.
    ///
    /// Computes in O(size of the schema).
    ///
    /// ```
    /// use backref::{Graph, Schema};
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<String>("Tag");
    /// let registry = schema.build()?;
    /// let tag = registry.entity_type::<String>("Tag")?;
    /// assert_eq!(Graph::new(registry).len(tag), 0);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self {
            engine: Engine::new(registry),
            observers: Observers::default(),
        }
    }

    /// The schema of the graph, which gives out the handles. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// use backref::ToOne;
    ///
    /// # let Library { graph, author, book_author, .. } = Library::new()?;
    /// let end: ToOne<Book, Author> = graph.registry().to_one("Book.author")?;
    /// assert_eq!(end.untyped(), book_author.untyped());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.engine.registry
    }

    /// A builder that inserts an entity together with its links, as one call.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library, Tag};
    /// # let Library { mut graph, author, book, tag, book_author, book_tags, tag_books, .. } = Library::new()?;
    /// let ursula = graph.insert(author, Author::new("Ursula"))?;
    /// let sf = graph.insert(tag, Tag::new("sf"))?;
    /// let eden = graph
    ///     .create(book, Book::new("3", "Eden", 1959))
    ///     .link(book_author, ursula)
    ///     .links(book_tags, [sf])
    ///     .insert()?;
    /// assert!(graph.row(tag_books, sf).contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn create<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payload: T,
    ) -> Create<'_, T> {
        Create::new(self, entity, payload)
    }

    /// The entity at a to-one end; `None` if there is no link or `id` is dead.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// let ursula = graph.insert(author, Author::new("Ursula"))?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// assert_eq!(graph.one(book_author, eden), None);
    /// graph.set(book_author, eden, ursula)?;
    /// assert_eq!(graph.one(book_author, eden), Some(ursula));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn one<S, T: Send + Sync + 'static>(&self, end: ToOne<S, T>, id: Id<S>) -> Option<Id<T>> {
        self.target(end, id).map(|(id, _)| id)
    }

    /// The entity at a to-one end with its payload; `None` if there is no link
    /// or `id` is dead.
    ///
    /// Computes in O(1): it touches the record of the link and the payload.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// let ursula = graph.insert(author, Author::new("Ursula"))?;
    /// let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, ursula).insert()?;
    /// let name = graph.target(book_author, eden).map(|(_, author)| author.name.as_str());
    /// assert_eq!(name, Some("Ursula"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    pub fn target<S, T: Send + Sync + 'static>(
        &self,
        end: ToOne<S, T>,
        id: Id<S>,
    ) -> Option<(Id<T>, &T)> {
        let place = self.engine.find_place(end.untyped())?;
        let slot = self.engine.relation(place).follow(place.side, id.raw());
        let all = self.engine.all::<T>(self.engine.target_type(place))?;
        let (id, payload) = all.arena().entry(slot)?;
        Some((Id::new(id), payload))
    }

    /// Sets a to-one end to an entity, or to none; `false` if it was so.
    ///
    /// At the other end: the entity leaves the row of its old target and is
    /// last in that of the new one. A one-to-one end frees the target's old
    /// partner.
    ///
    /// Computes in O(1), amortised over the holes it leaves in rows; in
    /// O(depth) where the relationship is acyclic and the entity has links of
    /// its own there.
    ///
    /// # Errors
    /// - [`NotLive`](crate::ErrorKind::NotLive): one of the two was deleted, or
    ///   is of another graph.
    /// - [`Required`](crate::ErrorKind::Required),
    ///   [`TooFew`](crate::ErrorKind::TooFew): somebody would be left with fewer
    ///   links than an end needs.
    /// - [`Refused`](crate::ErrorKind::Refused): a check of either end says no.
    /// - [`TooMany`](crate::ErrorKind::TooMany): the target would have more than
    ///   its end may.
    /// - [`DuplicateKey`](crate::ErrorKind::DuplicateKey): the row of the target
    ///   is keyed, and another member has the key.
    /// - [`Cycle`](crate::ErrorKind::Cycle): the relationship is acyclic, or the
    ///   entity would be inside itself.
    /// - [`Denied`](crate::ErrorKind::Denied): it leaves an orphan that may not
    ///   be deleted.
    /// - [`ForeignEnd`](crate::ErrorKind::ForeignEnd),
    ///   [`Capacity`](crate::ErrorKind::Capacity).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// let ursula = graph.insert(author, Author::new("Ursula"))?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// assert!(graph.set(book_author, eden, ursula)?);
    /// assert!(!graph.set(book_author, eden, ursula)?);
    /// graph.set(book_author, eden, lem)?;
    /// assert!(graph.row(author_books, ursula).is_empty());
    /// graph.set(book_author, eden, None)?;
    /// assert!(graph.row(author_books, lem).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn set<S, T>(
        &mut self,
        end: ToOne<S, T>,
        id: Id<S>,
        target: impl Into<Option<Id<T>>>,
    ) -> Result<bool> {
        let place = self.engine.place(end.untyped())?;
        let target = target.into().map(Id::raw);
        self.write(|engine| engine.set(place, id.raw(), target))
    }

    /// The entity at a to-one end of several types; `None` if there is no link
    /// or `id` is dead.
    ///
    /// Computes in O(types of the end).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<u8>("Post");
    /// # schema.entity::<u16>("Photo");
    /// # schema.entity::<&str>("Comment");
    /// schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments");
    /// # let registry = schema.build()?;
    /// # let photo = registry.entity_type::<u16>("Photo")?;
    /// # let comment = registry.entity_type::<&str>("Comment")?;
    /// let on = registry.to_one_of::<&str>("Comment.on")?;
    /// let photo_comments = registry.to_many::<u16, &str>("Photo.comments")?;
    /// # let mut graph = Graph::new(registry);
    /// # let sea = graph.insert(photo, 7)?;
    /// # let nice = graph.insert(comment, "nice")?;
    /// graph.row_mut(photo_comments, sea)?.push(nice)?;
    /// assert_eq!(graph.one_of(on, nice), Some(photo.any(sea)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn one_of<S>(&self, end: ToOneOf<S>, id: Id<S>) -> Option<AnyId> {
        let place = self.engine.find_place(end.untyped())?;
        let is_live = self.engine.is_live_at(place, id.raw());
        is_live.then(|| self.engine.one_of(place, id.slot()))?
    }

    /// Sets a to-one end of several types to an entity of one of them, or to
    /// none; `false` if it was so.
    ///
    /// At the other end: as [`set`](Self::set). The entity leaves whomever it
    /// was linked to, of whatever type that was.
    ///
    /// Computes in O(types of the end), and as [`set`](Self::set).
    ///
    /// # Errors
    /// As [`set`](Self::set), and [`WrongType`](crate::ErrorKind::WrongType) if
    /// the target is of none of the types.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<u8>("Post");
    /// # schema.entity::<u16>("Photo");
    /// # schema.entity::<&str>("Comment");
    /// # schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments");
    /// # let registry = schema.build()?;
    /// # let post = registry.entity_type::<u8>("Post")?;
    /// # let photo = registry.entity_type::<u16>("Photo")?;
    /// # let comment = registry.entity_type::<&str>("Comment")?;
    /// # let on = registry.to_one_of::<&str>("Comment.on")?;
    /// # let post_comments = registry.to_many::<u8, &str>("Post.comments")?;
    /// # let mut graph = Graph::new(registry);
    /// # let hello = graph.insert(post, 1)?;
    /// # let sea = graph.insert(photo, 7)?;
    /// # let nice = graph.insert(comment, "nice")?;
    /// graph.set_one_of(on, nice, post.any(hello))?;
    /// graph.set_one_of(on, nice, photo.any(sea))?;
    /// assert!(graph.row(post_comments, hello).is_empty());
    /// graph.set_one_of(on, nice, None)?;
    /// assert_eq!(graph.one_of(on, nice), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_one_of<S>(
        &mut self,
        end: ToOneOf<S>,
        id: Id<S>,
        target: impl Into<Option<AnyId>>,
    ) -> Result<bool> {
        let place = self.engine.place(end.untyped())?;
        let target = target.into();
        self.write(|engine| engine.set_one_of(place, id.raw(), target))
    }

    /// The container of an entity, and the end of it where the entity stands;
    /// `None` if it has none, or is dead.
    ///
    /// Computes in O(ends at which its type is contained).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<u8>("Page");
    /// # schema.entity::<&str>("Shape");
    /// schema.relationship("Page.shapes").to_many("Shape").one_way().contained();
    /// # let registry = schema.build()?;
    /// # let page = registry.entity_type::<u8>("Page")?;
    /// # let shape = registry.entity_type::<&str>("Shape")?;
    /// # let shapes = registry.to_many::<u8, &str>("Page.shapes")?;
    /// # let mut graph = Graph::new(registry);
    /// # let first = graph.insert(page, 1)?;
    /// # let circle = graph.insert(shape, "circle")?;
    /// graph.row_mut(shapes, first)?.push(circle)?;
    /// let container = graph.container(shape.any(circle));
    /// assert_eq!(container, Some((page.any(first), shapes.untyped())));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn container(&self, id: AnyId) -> Option<(AnyId, EndId)> {
        if !self.engine.is_live(id) {
            return None;
        }
        let (container, place) = self.engine.container(id)?;
        Some((container, self.engine.end(place).id))
    }

    /// The row of an entity at a to-many end; empty if `id` is dead.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// let solaris = graph.create(book, Book::new("4", "Solaris", 1961)).link(book_author, lem).insert()?;
    /// let row = graph.row(author_books, lem);
    /// assert_eq!((row.len(), row.first(), row.get(1)), (2, Some(eden), Some(solaris)));
    /// for (_, book) in row.entries() {
    ///     println!("{}", book.title);
    /// }
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    pub fn row<S, T>(&self, end: ToMany<S, T>, id: Id<S>) -> Row<'_, S, T> {
        Row::find(&self.engine, end, id)
    }

    /// The row of a live entity.
    #[inline]
    pub(crate) fn live_row<S, T>(&self, end: ToMany<S, T>, id: Id<S>) -> Option<LiveRow> {
        let place = self.engine.find_place(end.untyped())?;
        let is_live = self.engine.is_live_at(place, id.raw());
        is_live.then(|| LiveRow {
            place,
            owner: id.slot(),
        })
    }

    /// The row of an entity at a to-many end, to be changed.
    ///
    /// Computes in O(1).
    ///
    /// # Errors
    /// - [`NotLive`](crate::ErrorKind::NotLive): the entity was deleted, or is
    ///   of another graph.
    /// - [`ForeignEnd`](crate::ErrorKind::ForeignEnd).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.row_mut(author_books, lem)?.push(eden)?;
    /// assert_eq!(graph.one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn row_mut<S, T>(&mut self, end: ToMany<S, T>, id: Id<S>) -> Result<RowMut<'_, S, T>> {
        self.engine.recover();
        let place = self.engine.place(end.untyped())?;
        let row = self.engine.live_row(place, id.raw())?;
        Ok(RowMut::new(self, end, row))
    }

    /// How many bytes the links take: what the graph has besides the payloads
    /// and the indexes over them.
    ///
    /// Counted is what has been allocated, room that is not in use included:
    /// the record and the data of each link, the rows of both ends and what
    /// keeps them sorted or keyed, and for each entity the
    /// few bytes that every end of its type has for it, linked or not.
    ///
    /// Computes in O(relationships).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let books = (0..1000).map(|n| graph.insert(book, Book::new(&n.to_string(), "", 1959)));
    /// let books = books.collect::<Result<Vec<_>, _>>()?;
    /// let before = graph.link_bytes();
    /// graph.row_mut(author_books, lem)?.extend(books)?;
    /// assert!(graph.link_bytes() - before < 10_000); // the rest of each link was there before
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn link_bytes(&self) -> usize {
        let links: usize = self.engine.relations.iter().map(Relation::bytes).sum();
        let data = self.engine.data.iter().flatten();
        links + data.map(|column| column.bytes()).sum::<usize>()
    }

    /// A walk over the row of an entity that holds no borrow, so that the
    /// graph may be changed between its steps.
    ///
    /// It ends after the members that were there when it started. One that is
    /// removed before its turn is skipped, one added meanwhile is not met, one
    /// moved is met at most once.
    ///
    /// Computes in O(length of the row), and takes as much space.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let ghost = graph.insert(author, Author::new("Ghost"))?;
    /// # for isbn in ["1", "2", "3"] {
    /// #     graph.create(book, Book::new(isbn, "", 1959)).link(book_author, lem).insert()?;
    /// # }
    /// let mut walker = graph.walk(author_books, lem);
    /// while let Some(book) = walker.next(&graph) {
    ///     graph.set(book_author, book, ghost)?;
    /// }
    /// assert_eq!(graph.row(author_books, ghost).len(), 3);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn walk<S, T: Send + Sync + 'static>(&self, end: ToMany<S, T>, id: Id<S>) -> Walker<S, T> {
        Walker::new(end, id, self.row(end, id).iter())
    }

    /// Deletes an entity and all that its delete rules take along; who and what
    /// went.
    ///
    /// At the other ends: to-one ends become none, rows shrink and keep their
    /// order. Payloads are dropped after all is written.
    ///
    /// Computes in O(links of what is deleted), without recursion.
    ///
    /// # Errors
    /// - [`Denied`](crate::ErrorKind::Denied): a delete rule says no;
    ///   [`Error::entities`](crate::Error::entities) has all that block it.
    /// - [`Required`](crate::ErrorKind::Required),
    ///   [`TooFew`](crate::ErrorKind::TooFew): a survivor would be left with
    ///   fewer links than an end of it needs.
    /// - [`Refused`](crate::ErrorKind::Refused): a check says no, of somebody who would go or
    ///   of an end of a survivor.
    /// - [`NotLive`](crate::ErrorKind::NotLive),
    ///   [`WrongType`](crate::ErrorKind::WrongType).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// let gone = graph.delete(author, lem)?;                  // Author.books cascades
    /// assert_eq!(gone.payload.name, "Lem");
    /// assert_eq!(gone.others, [book.any(eden)]);
    /// assert!(!graph.contains(book, eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
    ) -> Result<Deleted<T>> {
        if self.all(entity).is_none() {
            return Err(self.engine.foreign_type(entity.untyped()));
        }
        self.engine.recover();
        let any = entity.any(id);
        let copy = if self.engine.is_live(any) {
            self.copy_for_caller(entity, id)?
        } else {
            None
        };
        let deletion = self.write(|engine| engine.delete(&[any]))?;
        let payload = copy.unwrap_or_else(|| self.engine.deleted(any));
        self.engine.dispose(&deletion);
        Ok(Deleted {
            payload,
            others: deletion.entities[1..].to_vec(),
            links: deletion.links,
        })
    }

    /// Deletes several entities of any types, and all that go with them, as
    /// one plan: what one of them denies is no obstacle if it goes too.
    ///
    /// Computes in O(links of what is deleted), without recursion.
    ///
    /// # Errors
    /// As [`delete`](Self::delete).
    ///
    /// ```
    /// # use backref::example::{Author, Library, Tag};
    /// # let Library { mut graph, author, tag, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let sf = graph.insert(tag, Tag::new("sf"))?;
    /// let gone = graph.delete_all([author.any(lem), tag.any(sf)])?;
    /// assert_eq!(gone.entities.len(), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete_all(&mut self, ids: impl IntoIterator<Item = AnyId>) -> Result<Deletion> {
        let ids: Vec<AnyId> = ids.into_iter().collect();
        let deletion = self.write(|engine| engine.delete(&ids))?;
        self.engine.dispose(&deletion);
        Ok(deletion)
    }

    /// What deleting these entities would do: who would go and by which path,
    /// how many links, and what stands in the way.
    ///
    /// Computes in O(links of what would be deleted).
    ///
    /// # Errors
    /// [`NotLive`](crate::ErrorKind::NotLive). A delete that is not allowed is
    /// no error here: the plan says so. It asks no checks.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// let plan = graph.plan_delete([author.any(lem)])?;
    /// assert!(plan.is_allowed());
    /// assert_eq!(plan.path(book.any(eden)), [author.any(lem), book.any(eden)]);
    /// assert!(graph.contains(author, lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn plan_delete(&self, ids: impl IntoIterator<Item = AnyId>) -> Result<DeletePlan> {
        let ids: Vec<AnyId> = ids.into_iter().collect();
        self.engine.plan_delete(&ids)
    }

    /// Checks every invariant over the whole graph, and names the first thing
    /// broken: both ends of all links, positions, generations, keys, indexes,
    /// required ends. Inside a transaction, `required` and `min` are not looked
    /// at: they hold at its end.
    ///
    /// Never fails but for a bug here, or in the `Hash`, `Eq` or `Ord` of a
    /// key. Computes in O(entities + links), times a logarithm for long rows.
    ///
    /// # Errors
    /// The first broken invariant.
    ///
    /// ```
    /// # use backref::example::Library;
    /// # let Library { graph, .. } = Library::new()?;
    /// assert!(graph.verify().is_ok());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn verify(&self) -> Result<(), Broken> {
        self.engine.verify()
    }

    /// A copy whose entities have the ids of the original's, if all entity
    /// types were declared cloneable.
    ///
    /// Computes in O(entities + links).
    ///
    /// # Errors
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared), naming the type.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let copy = graph.try_clone()?;
    /// assert_eq!(copy.get(author, lem), graph.get(author, lem));
    /// assert!(copy.try_eq(&graph)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn try_clone(&self) -> Result<Self> {
        let engine = self.engine.try_clone()?;
        Ok(Self {
            engine,
            observers: Observers::default(),
        })
    }

    /// Whether two graphs over one registry hold the same: entities under the
    /// same ids (the stamps of the graphs aside), payloads, links, and the
    /// order of ordered rows. Needs all entity types to be declared comparable.
    ///
    /// Computes in O(entities + links).
    ///
    /// # Errors
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared), naming the type.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mut copy = graph.try_clone()?;
    /// assert!(copy.try_eq(&graph)?);
    /// copy.set(book_author, eden, lem)?;
    /// assert!(!copy.try_eq(&graph)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn try_eq(&self, other: &Self) -> Result<bool> {
        self.engine.try_eq(&other.engine)
    }

    /// An id as messages show it: `Book#3v1`, its type, slot and generation.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.describe(author.any(lem)), "Author#1v1");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn describe(&self, id: AnyId) -> String {
        self.engine.describe(id)
    }

    /// The graph by entity and end numbers, for tools that learn the types at
    /// run time. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let linked = graph.untyped().links(author_books.untyped(), author.any(lem));
    /// assert!(linked.eq([book.any(eden)]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn untyped(&self) -> Untyped<'_> {
        Untyped::new(&self.engine)
    }

    /// The graph by entity and end numbers, to be changed. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books.untyped(), author.any(lem), book.any(eden))?;
    /// assert_eq!(graph.one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn untyped_mut(&mut self) -> UntypedMut<'_> {
        self.engine.recover();
        UntypedMut::new(self)
    }

    /// The number of an entity type, if its handle is of this registry.
    pub(crate) fn known<T>(&self, entity: EntityType<T>) -> Result<EntityTypeId> {
        if self.gave_out(entity.registry()) {
            Ok(entity.untyped())
        } else {
            Err(self.engine.foreign_type(entity.untyped()))
        }
    }

    /// Whether a handle of a key or an index is of this registry.
    pub(crate) fn gave_out(&self, registry: u16) -> bool {
        u32::from(registry) == self.registry().stamp()
    }

    #[inline]
    pub(crate) fn all<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
    ) -> Option<&Stored<T>> {
        let ours = self.gave_out(entity.registry());
        ours.then(|| self.engine.all(entity.untyped()))?
    }
}

impl HasEngine for Graph {
    fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

/// A panic in a user's code leaves whole calls behind, and nothing in between.
impl UnwindSafe for Graph {}

/// As [`UnwindSafe`].
impl RefUnwindSafe for Graph {}

impl AsRef<Self> for Graph {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for Graph {
    /// How many entities there are of each type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_map();
        for (def, entities) in self
            .registry()
            .entity_defs()
            .iter()
            .zip(&self.engine.entities)
        {
            all.entry(&def.name, &entities.len());
        }
        all.finish()
    }
}

/// What [`Graph::delete`] took out.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let gone = graph.delete(author, lem)?;                  // Author.books cascades
/// assert_eq!(gone.payload, Author::new("Lem"));
/// assert_eq!((gone.others, gone.links), (vec![book.any(eden)], 1));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted<T> {
    /// The payload of the entity itself.
    pub payload: T,
    /// Who went with it, in the order of the plan.
    pub others: Vec<AnyId>,
    /// How many links were cut.
    pub links: usize,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Graph>();
};
