//! Writing by numbers.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;

use smallvec::SmallVec;

use crate::engine::delete::plan::Deletion;
use crate::engine::link_data::Given;
use crate::engine::row::LiveRow;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::graph::Graph;
use crate::graph::untyped::Untyped;
use crate::id::{AnyId, EndId, EntityTypeId, RawId};
use crate::schema::Cardinality;

/// An end, whom to link to there, and the data of the link if it is given any.
type LinkWith = (EndId, AnyId, Option<Box<dyn Any + Send + Sync>>);

/// A graph, changed by entity and end numbers; made by
/// [`Graph::untyped_mut`](crate::Graph::untyped_mut).
///
/// Every verb does what the typed one of its name does, at the same cost and
/// with the same errors. Besides them: an id of another entity type than the
/// end has, and a verb of the other cardinality, are
/// [`WrongType`](crate::ErrorKind::WrongType).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
/// let (author, book) = (author.untyped(), book.untyped());
/// let mut untyped = graph.untyped_mut();
/// let lem = untyped.insert(author, Box::new(Author::new("Lem")), &[])?;
/// let eden = Box::new(Book::new("3", "Eden", 1959));
/// let eden = untyped.insert(book, eden, &[(book_author, lem)])?;
/// assert!(untyped.read().row(author_books, lem).contains(eden));
/// untyped.remove(author_books, lem, eden)?;
/// assert_eq!(untyped.read().one(book_author, eden), None);
/// # Ok::<(), backref::Error>(())
/// ```
pub struct UntypedMut<'g> {
    pub(super) graph: &'g mut Graph,
}

impl<'g> UntypedMut<'g> {
    pub(crate) fn new(graph: &'g mut Graph) -> Self {
        Self { graph }
    }

    /// The graph, to be read. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let mut untyped = graph.untyped_mut();
    /// let sf = untyped.insert(tag.untyped(), Box::new(Tag::new("sf")), &[])?;
    /// assert!(untyped.read().is_live(sf));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn read(&self) -> Untyped<'_> {
        Untyped::new(&self.graph.engine)
    }

    /// Inserts an entity with its links, all or nothing. The payload is boxed in
    /// the type that the entity type was declared with.
    ///
    /// # Errors
    /// As [`Create::insert`](crate::Create::insert).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let eden = Box::new(Book::new("3", "Eden", 1959));
    /// let mut untyped = graph.untyped_mut();
    /// let eden = untyped.insert(book.untyped(), eden, &[(book_author, lem)])?;
    /// assert_eq!(untyped.read().row(author_books, lem).get(0), Some(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert(
        &mut self,
        entity: EntityTypeId,
        payload: Box<dyn Any + Send + Sync>,
        links: &[(EndId, AnyId)],
    ) -> Result<AnyId> {
        let mut placed: SmallVec<[(Place, RawId); 4]> = SmallVec::new();
        for &(end, target) in links {
            let place = self.graph.engine.known_place(end)?;
            self.expect_owner(place, entity)?;
            placed.push((self.graph.engine.towards(place, target)?, target.raw()));
        }
        let given = Given::new();
        let insert = |engine: &mut Engine| engine.insert_boxed(entity, payload, &placed, given);
        let id = self.graph.write(insert)?;
        Ok(AnyId::new(entity, id))
    }

    /// Inserts an entity with its links, some of which are given data, boxed in
    /// the type that was declared.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), and as [`link`](Self::link).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// # schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type::<&str>("Person")?.untyped();
    /// # let friends = registry.to_many::<&str, &str>("Person.friends")?.untyped();
    /// # let mut graph = Graph::new(registry);
    /// let mut untyped = graph.untyped_mut();
    /// let ann = untyped.insert(person, Box::new("Ann"), &[])?;
    /// let link = (friends, ann, Some(Box::new(1998_u16) as _));
    /// let bob = untyped.insert_with(person, Box::new("Bob"), vec![link])?;
    /// let since = untyped.read().link_data(friends, ann, bob);
    /// assert_eq!(since.and_then(|any| any.downcast_ref()), Some(&1998_u16));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_with(
        &mut self,
        entity: EntityTypeId,
        payload: Box<dyn Any + Send + Sync>,
        links: Vec<LinkWith>,
    ) -> Result<AnyId> {
        let mut placed: SmallVec<[(Place, RawId); 4]> = SmallVec::new();
        let mut given = Given::new();
        for (end, target, data) in links {
            let place = self.graph.engine.known_place(end)?;
            self.expect_owner(place, entity)?;
            given.extend(data.map(|data| (placed.len(), data)));
            placed.push((self.graph.engine.towards(place, target)?, target.raw()));
        }
        let insert = |engine: &mut Engine| engine.insert_boxed(entity, payload, &placed, given);
        let id = self.graph.write(insert)?;
        Ok(AnyId::new(entity, id))
    }

    /// Links two entities at an end of either cardinality and gives the link
    /// data, boxed in the type that was declared; it comes back if they are
    /// linked already.
    ///
    /// # Errors
    /// As [`Graph::link`](crate::Graph::link); besides, where links of the end
    /// have no data, [`NotDeclared`](crate::ErrorKind::NotDeclared), and for
    /// data of another type, [`WrongType`](crate::ErrorKind::WrongType).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// # schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// # let friends = registry.to_many::<&str, &str>("Person.friends")?.untyped();
    /// # let mut graph = Graph::new(registry);
    /// # let ann = person.any(graph.insert(person, "Ann")?);
    /// # let bob = person.any(graph.insert(person, "Bob")?);
    /// let mut untyped = graph.untyped_mut();
    /// assert!(untyped.link(friends, ann, bob, Box::new(1998_u16))?.is_none());
    /// assert!(untyped.link(friends, bob, ann, Box::new(1999_u16))?.is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link(
        &mut self,
        end: EndId,
        id: AnyId,
        other: AnyId,
        data: Box<dyn Any + Send + Sync>,
    ) -> Result<Option<Box<dyn Any + Send + Sync>>> {
        let place = self.graph.engine.known_place(end)?;
        self.expect_owner(place, id.entity())?;
        let place = self.graph.engine.towards(place, other)?;
        self.graph
            .write(|engine| engine.link_boxed(place, [id.raw(), other.raw()], data))
    }

    /// Gives the link of two entities other data, boxed in the type that was
    /// declared, and returns the old.
    ///
    /// # Errors
    /// As [`Graph::set_link_data`](crate::Graph::set_link_data), and as
    /// [`link`](Self::link).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// # schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// # let friends = registry.to_many::<&str, &str>("Person.friends")?.untyped();
    /// # let mut graph = Graph::new(registry);
    /// # let ann = person.any(graph.insert(person, "Ann")?);
    /// # let bob = person.any(graph.insert(person, "Bob")?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.link(friends, ann, bob, Box::new(1998_u16))?;
    /// let old = untyped.set_link_data(friends, bob, ann, Box::new(1997_u16))?;
    /// assert_eq!(old.downcast_ref(), Some(&1998_u16));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_link_data(
        &mut self,
        end: EndId,
        id: AnyId,
        other: AnyId,
        data: Box<dyn Any + Send + Sync>,
    ) -> Result<Box<dyn Any + Send + Sync>> {
        let place = self.graph.engine.known_place(end)?;
        self.expect_owner(place, id.entity())?;
        let place = self.graph.engine.towards(place, other)?;
        self.graph.engine.expect_data(place, &*data)?;
        let link = self.graph.engine.live_link(place, id.raw(), other.raw())?;
        self.graph
            .write(|engine| engine.replace_data_boxed(link, data))
    }

    /// Gives an entity another payload and returns the old one; its links stay.
    ///
    /// # Errors
    /// As [`Graph::replace`](crate::Graph::replace).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, by_name, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let stanislaw = Box::new(Author::new("Stanisław"));
    /// let old = graph.untyped_mut().replace_payload(lem, stanislaw)?;
    /// assert_eq!(old.downcast_ref(), Some(&Author::new("Lem")));
    /// assert_eq!(graph.find(by_name, "Stanisław"), author.id(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace_payload(
        &mut self,
        id: AnyId,
        payload: Box<dyn Any + Send + Sync>,
    ) -> Result<Box<dyn Any + Send + Sync>> {
        self.graph.write(|engine| engine.replace_boxed(id, payload))
    }

    /// Sets a to-one end.
    ///
    /// # Errors
    /// As [`Graph::set`](crate::Graph::set).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// assert!(untyped.set(book_author, eden, Some(lem))?);
    /// assert!(untyped.read().row(author_books, lem).contains(eden));
    /// assert!(untyped.set(book_author, eden, None)?);
    /// assert!(untyped.read().row(author_books, lem).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set(&mut self, end: EndId, id: AnyId, target: Option<AnyId>) -> Result<bool> {
        let place = self.end_of(end, id, Cardinality::One)?;
        self.graph
            .write(|engine| engine.set_one_of(place, id.raw(), target))
    }

    /// Adds an entity at the end of a row.
    ///
    /// # Errors
    /// As [`RowMut::push`](crate::RowMut::push).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// assert!(untyped.push(author_books, lem, eden)?);
    /// assert!(!untyped.push(author_books, lem, eden)?);
    /// assert_eq!(untyped.read().one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn push(&mut self, end: EndId, id: AnyId, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.graph.write(|engine| engine.push(row, item))
    }

    /// Puts an entity at a position of a row.
    ///
    /// # Errors
    /// As [`RowMut::insert_at`](crate::RowMut::insert_at).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, lem, solaris)?;
    /// assert!(untyped.insert_at(author_books, lem, 0, eden)?);
    /// assert!(untyped.read().row(author_books, lem).iter().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_at(&mut self, end: EndId, id: AnyId, index: usize, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.graph
            .write(|engine| engine.insert_at(row, index, item))
    }

    /// Takes an entity out of a row.
    ///
    /// # Errors
    /// As [`RowMut::remove`](crate::RowMut::remove).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, lem, eden)?;
    /// assert!(untyped.remove(author_books, lem, eden)?);
    /// assert_eq!(untyped.read().one(book_author, eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn remove(&mut self, end: EndId, id: AnyId, item: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.graph.write(|engine| engine.remove(row, item))
    }

    /// Moves a member of a row to a position.
    ///
    /// # Errors
    /// As [`RowMut::move_to`](crate::RowMut::move_to).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.extend(author_books, lem, &[eden, solaris])?;
    /// assert!(untyped.move_to(author_books, lem, solaris, 0)?);
    /// assert!(untyped.read().row(author_books, lem).iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn move_to(&mut self, end: EndId, id: AnyId, item: AnyId, index: usize) -> Result<bool> {
        let row = self.row(end, id)?;
        let item = self.item(row.place, item)?;
        self.graph.write(|engine| engine.move_to(row, item, index))
    }

    /// Exchanges two positions of a row.
    ///
    /// # Errors
    /// As [`RowMut::swap`](crate::RowMut::swap).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.extend(author_books, lem, &[eden, solaris])?;
    /// assert!(untyped.swap(author_books, lem, 0, 1)?);
    /// assert!(untyped.read().row(author_books, lem).iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn swap(&mut self, end: EndId, id: AnyId, a: usize, b: usize) -> Result<bool> {
        let row = self.row(end, id)?;
        self.graph.write(|engine| engine.swap(row, a, b))
    }

    /// Turns the order of a row round.
    ///
    /// # Errors
    /// As [`RowMut::reverse`](crate::RowMut::reverse).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.extend(author_books, lem, &[eden, solaris])?;
    /// assert!(untyped.reverse(author_books, lem)?);
    /// assert!(untyped.read().row(author_books, lem).iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reverse(&mut self, end: EndId, id: AnyId) -> Result<bool> {
        let row = self.row(end, id)?;
        self.graph.write(|engine| engine.reverse(row))
    }

    /// Sorts a row by a comparison of its members.
    ///
    /// # Errors
    /// As [`RowMut::sort_by`](crate::RowMut::sort_by).
    ///
    /// # Panics
    /// May panic if `compare` is no total order, as [`slice::sort_by`] does.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.extend(author_books, lem, &[eden, solaris])?;
    /// untyped.sort_by(author_books, lem, |graph, a, b| {
    ///     let year = |id| graph.payload(id)?.downcast_ref::<Book>().map(|book| book.year);
    ///     year(b).cmp(&year(a))
    /// })?;
    /// assert!(untyped.read().row(author_books, lem).iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sort_by(
        &mut self,
        end: EndId,
        id: AnyId,
        mut compare: impl FnMut(Untyped<'_>, AnyId, AnyId) -> Ordering,
    ) -> Result<bool> {
        let row = self.row(end, id)?;
        let read = self.read();
        let mut members: Vec<(AnyId, u32)> = read.row(end, id).iter().zip(0..).collect();
        members.sort_by(|&(a, _), &(b, _)| compare(read, a, b));
        let order: Vec<u32> = members.into_iter().map(|(_, old)| old).collect();
        self.graph.write(|engine| engine.permute(row, &order))
    }

    /// Makes a row hold exactly these, in this order.
    ///
    /// # Errors
    /// As [`RowMut::replace`](crate::RowMut::replace).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, lem, eden)?;
    /// assert!(untyped.replace(author_books, lem, &[solaris])?);
    /// assert!(untyped.read().row(author_books, lem).iter().eq([solaris]));
    /// assert_eq!(untyped.read().one(book_author, eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace(&mut self, end: EndId, id: AnyId, items: &[AnyId]) -> Result<bool> {
        let row = self.row(end, id)?;
        let items = self.items(row, items)?;
        self.graph.write(|engine| engine.replace(row, &items))
    }

    /// Takes all members out of a row.
    ///
    /// # Errors
    /// As [`RowMut::clear`](crate::RowMut::clear).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, lem, eden)?;
    /// assert_eq!(untyped.clear(author_books, lem)?, 1);
    /// assert_eq!(untyped.read().one(book_author, eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn clear(&mut self, end: EndId, id: AnyId) -> Result<usize> {
        let row = self.row(end, id)?;
        self.graph.write(|engine| engine.clear(row))
    }

    /// Adds entities at the end of a row.
    ///
    /// # Errors
    /// As [`RowMut::extend`](crate::RowMut::extend).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// assert_eq!(untyped.extend(author_books, lem, &[eden, solaris])?, 2);
    /// assert_eq!(untyped.read().one(book_author, solaris), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn extend(&mut self, end: EndId, id: AnyId, items: &[AnyId]) -> Result<usize> {
        let row = self.row(end, id)?;
        let items = self.items(row, items)?;
        self.graph.write(|engine| engine.extend(row, &items))
    }

    /// Takes over all members of another entity's row.
    ///
    /// # Errors
    /// As [`RowMut::take_all_from`](crate::RowMut::take_all_from).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let ghost = author.any(graph.insert(author, Author::new("Ghost"))?);
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, ghost, eden)?;
    /// assert_eq!(untyped.take_all_from(author_books, lem, ghost)?, 1);
    /// assert_eq!(untyped.read().one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn take_all_from(&mut self, end: EndId, id: AnyId, other: AnyId) -> Result<usize> {
        let row = self.row(end, id)?;
        self.expect_owner(row.place, other.entity())?;
        self.graph
            .write(|engine| engine.take_all_from(row, other.raw()))
    }

    /// Deletes entities and all that goes with them, as one plan.
    ///
    /// # Errors
    /// As [`Graph::delete`](crate::Graph::delete).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.push(author_books, lem, eden)?;
    /// let gone = untyped.delete(&[lem])?;                     // Author.books cascades
    /// assert_eq!(gone.entities, [lem, eden]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete(&mut self, ids: &[AnyId]) -> Result<Deletion> {
        let deletion = self.graph.write(|engine| engine.delete(ids))?;
        self.graph.engine.dispose(&deletion);
        Ok(deletion)
    }

    pub(super) fn row(&self, end: EndId, id: AnyId) -> Result<LiveRow> {
        let place = self.end_of(end, id, Cardinality::Many)?;
        self.graph.engine.live_row(place, id.raw())
    }

    /// The place of an end of the wanted cardinality on the type of an id.
    fn end_of(&self, end: EndId, id: AnyId, wanted: Cardinality) -> Result<Place> {
        let place = self.graph.engine.known_place(end)?;
        self.expect_owner(place, id.entity())?;
        self.graph.engine.expect_cardinality(place, wanted)?;
        Ok(place)
    }

    fn expect_owner(&self, place: Place, entity: EntityTypeId) -> Result<()> {
        if self.graph.engine.owner_type(place) == entity {
            Ok(())
        } else {
            Err(self.graph.engine.not_an_owner(place, entity))
        }
    }

    /// An item for the row at a place, of the right type.
    fn item(&self, place: Place, item: AnyId) -> Result<RawId> {
        if self.graph.engine.target_type(place) == item.entity() {
            Ok(item.raw())
        } else {
            Err(self.graph.engine.wrong_entity(place, item))
        }
    }

    fn items(&self, row: LiveRow, items: &[AnyId]) -> Result<Vec<RawId>> {
        items
            .iter()
            .map(|&item| self.item(row.place, item))
            .collect()
    }
}

impl fmt::Debug for UntypedMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedMut").finish_non_exhaustive()
    }
}
