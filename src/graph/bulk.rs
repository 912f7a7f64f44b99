//! Many links, and many entities, by one call.

use crate::error::Result;
use crate::graph::Graph;
use crate::graph::create::EndOf;
use crate::graph::row_mut::RowMut;
use crate::graph::untyped_mut::UntypedMut;
use crate::id::{AnyId, EndId, EntityType, Id};

impl Graph {
    /// Inserts entities, in order and as one call; their ids. They have no
    /// links.
    ///
    /// Computes as [`insert`](Self::insert), for each; room is made once.
    ///
    /// # Errors
    /// As [`insert`](Self::insert); then none of them was inserted. If two of
    /// them have the same key, [`Error::entities`](crate::Error::entities) is
    /// empty: neither has an id.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let tags = graph.insert_all(tag, ["sf", "classic"].map(Tag::new))?;
    /// assert_eq!(graph.get(tag, tags[1]).map(|tag| tag.label.as_str()), Some("classic"));
    /// let error = graph.insert_all(tag, ["novel", "sf"].map(Tag::new)).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    /// assert_eq!(error.entities(), [tag.any(tags[0])]);
    /// assert_eq!(graph.len(tag), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_all<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payloads: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Id<T>>> {
        let entity = self.known(entity)?;
        let payloads: Vec<T> = payloads.into_iter().collect();
        let ids = self.write(|engine| engine.insert_all(entity, payloads))?;
        Ok(ids.into_iter().map(Id::new).collect())
    }

    /// Links many pairs at an end, in order: at a to-one end as
    /// [`set`](Self::set) does, at a to-many end as [`push`](RowMut::push); how
    /// many of these calls would have said `true`.
    ///
    /// It comes to exactly what a [transaction](Self::transaction) of these
    /// calls does, ids, order of rows and errors included. So of two pairs with
    /// one entity at a to-one end the last stands, a pair that is linked already
    /// keeps its places, and with a history the whole is one step.
    ///
    /// It is made for loading. Where the relationship has no rules, checks, data
    /// or arrangement, the pairs are counted first and each row is given the
    /// room it needs once, in the order of their owners; and the links are
    /// written in batches whose cache misses overlap. That pays best into rows
    /// that are empty. Elsewhere the calls are made one by one, as one call, and
    /// the record of them is kept until the end.
    ///
    /// Computes as [`set`](Self::set) or [`push`](RowMut::push), for each pair,
    /// and O(owners of the rows) where there are many pairs; it takes eight
    /// bytes a pair meanwhile.
    ///
    /// # Errors
    /// As [`set`](Self::set) or [`RowMut`] says, naming the entity concerned;
    /// then nothing was linked.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library, Tag};
    /// # let Library { mut graph, author, book, tag, book_author, book_tags, author_books, tag_books, .. } = Library::new()?;
    /// # let [ursula, lem] = [graph.insert(author, Author::new("Ursula"))?, graph.insert(author, Author::new("Lem"))?];
    /// # let lathe = graph.insert(book, Book::new("1", "Lathe", 1971))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// # let [sf, classic] = [graph.insert(tag, Tag::new("sf"))?, graph.insert(tag, Tag::new("classic"))?];
    /// graph.bulk(book_author, [(eden, lem), (lathe, ursula), (solaris, lem)])?;
    /// assert!(graph.row(author_books, lem).iter().eq([eden, solaris]));
    ///
    /// let pairs = [(eden, sf), (solaris, sf), (solaris, classic), (eden, sf)];
    /// assert_eq!(graph.bulk(book_tags, pairs)?, 3);
    /// assert!(graph.row(tag_books, sf).contains(solaris));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn bulk<S, T>(
        &mut self,
        end: impl EndOf<S, T>,
        pairs: impl IntoIterator<Item = (Id<S>, Id<T>)>,
    ) -> Result<usize> {
        let place = self.engine.place(end.number())?;
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|(id, other)| [id.raw(), other.raw()]);
        self.write(|engine| engine.bulk(place, pairs))
    }
}

impl<S, T> RowMut<'_, S, T> {
    /// Makes room for so many members more. Nobody can see it but by
    /// [`Graph::link_bytes`]; a row that loses members gives back what is much
    /// more than it needs.
    ///
    /// Computes in O(length of the row) if there is not the room yet. Linked rows
    /// need none.
    ///
    /// # Errors
    /// [`Capacity`](crate::ErrorKind::Capacity) if the rows of the end have no
    /// such room.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.reserve(1000)?;
    /// row.push(eden)?;
    /// assert_eq!(row.len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reserve(&mut self, additional: usize) -> Result<()> {
        let row = self.row;
        self.graph
            .write(|engine| engine.reserve_row(row, additional))
    }
}

impl UntypedMut<'_> {
    /// Links many pairs at an end, in order and as one call; how many were not
    /// linked. The end may be one of several types.
    ///
    /// # Errors
    /// As [`Graph::bulk`]; [`WrongType`](crate::ErrorKind::WrongType) for an
    /// entity of another type than the end has.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// let mut untyped = graph.untyped_mut();
    /// assert_eq!(untyped.bulk(book_author, &[(eden, lem), (solaris, lem)])?, 2);
    /// assert_eq!(untyped.read().row(author_books, lem).len(), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn bulk(&mut self, end: EndId, pairs: &[(AnyId, AnyId)]) -> Result<usize> {
        let place = self.graph.engine.known_place(end)?;
        self.graph
            .write(|engine| engine.bulk_by_number(place, pairs))
    }

    /// Makes room for so many members more in a row.
    ///
    /// # Errors
    /// As [`RowMut::reserve`](crate::RowMut::reserve).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let mut untyped = graph.untyped_mut();
    /// untyped.reserve(author_books, lem, 1000)?;
    /// assert!(untyped.read().row(author_books, lem).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reserve(&mut self, end: EndId, id: AnyId, additional: usize) -> Result<()> {
        let row = self.row(end, id)?;
        self.graph
            .write(|engine| engine.reserve_row(row, additional))
    }
}
