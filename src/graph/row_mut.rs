//! Changing a row.

use std::cmp::Ordering;
use std::fmt;

use crate::engine::row::LiveRow;
use crate::error::Result;
use crate::graph::Graph;
use crate::graph::row::Row;
use crate::id::{Id, RawId, ToMany};

/// The row of a live entity at a to-many end, to be changed; made by
/// [`Graph::row_mut`].
///
/// Whatever is done here is true at the other end at once. Each verb is all or
/// nothing. Besides the errors named at each verb:
/// [`NotLive`](crate::ErrorKind::NotLive) for a dead item,
/// [`Required`](crate::ErrorKind::Required) or
/// [`TooFew`](crate::ErrorKind::TooFew) where somebody would be left with too
/// few links, [`TooMany`](crate::ErrorKind::TooMany) where they have a `max`,
/// [`DuplicateKey`](crate::ErrorKind::DuplicateKey) where a row of either end
/// would have two members with one key, [`Cycle`](crate::ErrorKind::Cycle) where
/// the relationship is acyclic or contains,
/// [`Denied`](crate::ErrorKind::Denied) where an orphan may not go,
/// [`Refused`](crate::ErrorKind::Refused) by a check of either end,
/// [`Capacity`](crate::ErrorKind::Capacity).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// let mut row = graph.row_mut(author_books, lem)?;
/// row.push(eden)?;
/// row.insert_at(0, solaris)?;
/// assert!(row.as_row().iter().eq([solaris, eden]));
/// assert_eq!(graph.one(book_author, eden), Some(lem));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a row changes only by its verbs"]
pub struct RowMut<'g, S, T> {
    pub(super) graph: &'g mut Graph,
    end: ToMany<S, T>,
    pub(super) row: LiveRow,
}

impl<'g, S, T> RowMut<'g, S, T> {
    pub(crate) fn new(graph: &'g mut Graph, end: ToMany<S, T>, row: LiveRow) -> Self {
        Self { graph, end, row }
    }

    /// The number of members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([eden, solaris])?;
    /// assert_eq!(row.len(), 2);
    /// row.remove(eden)?;
    /// assert_eq!(row.len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.engine.row_len(self.row)
    }

    /// Whether there are no members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// assert!(row.is_empty());
    /// row.push(eden)?;
    /// assert!(!row.is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row, to be read. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.push(eden)?;
    /// for (_, book) in row.as_row().entries() {
    ///     assert_eq!(book.title, "Eden");
    /// }
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn as_row(&self) -> Row<'_, S, T> {
        let owner = self
            .graph
            .engine
            .id_at(self.graph.engine.owner_type(self.row.place), self.row.owner);
        self.graph.row(self.end, Id::new(owner.raw()))
    }

    /// Adds an entity at the end, or at its place in a sorted row; `false` if it
    /// is a member already, which keeps its position.
    ///
    /// At the other end: its to-one end is set to the owner, and it leaves the
    /// row it was in; at a to-many end the owner is last.
    ///
    /// Computes in O(1), amortised; in O(log n) for each row that is sorted.
    ///
    /// # Errors
    /// As [`RowMut`] says.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// assert!(graph.row_mut(author_books, lem)?.push(eden)?);
    /// assert!(!graph.row_mut(author_books, lem)?.push(eden)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn push(&mut self, item: Id<T>) -> Result<bool> {
        let row = self.row;
        self.graph.write(|engine| engine.push(row, item.raw()))
    }

    /// Adds an entity at the end and gives the link data; `None`. A member
    /// stays where it is and keeps the data of its link, and what was passed
    /// comes back.
    ///
    /// At the other end: as [`push`](Self::push); the data is the same there.
    ///
    /// Computes in O(1), amortised.
    ///
    /// # Errors
    /// As [`RowMut`] says; besides, where links of this end have no data,
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared), and where they have it
    /// of another type, [`WrongType`](crate::ErrorKind::WrongType). Then the
    /// data is dropped.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<String>("Tag");
    /// # schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u8>();
    /// # let registry = schema.build()?;
    /// # let (book, tag) = (registry.entity_type("Book")?, registry.entity_type("Tag")?);
    /// # let tags = registry.to_many::<&str, String>("Book.tags")?;
    /// # let weight = registry.link_data::<&str, String, u8>("Book.tags")?;
    /// # let mut graph = Graph::new(registry);
    /// # let (eden, sf) = (graph.insert(book, "Eden")?, graph.insert(tag, "sf".to_owned())?);
    /// assert_eq!(graph.row_mut(tags, eden)?.push_with(sf, 7_u8)?, None);
    /// assert_eq!(graph.row_mut(tags, eden)?.push_with(sf, 8_u8)?, Some(8));
    /// assert_eq!(graph.link_data(weight, eden, sf), Some(&7));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn push_with<D: Send + Sync + 'static>(
        &mut self,
        item: Id<T>,
        data: D,
    ) -> Result<Option<D>> {
        let row = self.row;
        self.graph
            .write(|engine| engine.push_with(row, item.raw(), data))
    }

    /// Puts an entity at a position: a newcomer at `0..=len`, a member, which
    /// moves, at `0..len`. Whether it is a newcomer.
    ///
    /// At the other end: as [`push`](Self::push).
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// [`PositionOutOfRange`](crate::ErrorKind::PositionOutOfRange),
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.push(solaris)?;
    /// row.insert_at(0, eden)?;
    /// assert!(row.as_row().iter().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_at(&mut self, index: usize, item: Id<T>) -> Result<bool> {
        let row = self.row;
        self.graph
            .write(|engine| engine.insert_at(row, index, item.raw()))
    }

    /// Takes an entity out; `false` if it is no member.
    ///
    /// At the other end: a to-one end is none, a row shrinks and keeps its
    /// order.
    ///
    /// Computes in O(1), amortised.
    ///
    /// # Errors
    /// As [`RowMut`] says.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// assert!(graph.row_mut(author_books, lem)?.remove(eden)?);
    /// assert_eq!(graph.one(book_author, eden), None);
    /// assert!(graph.row(author_books, lem).iter().eq([solaris]));
    /// assert!(!graph.row_mut(author_books, lem)?.remove(eden)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn remove(&mut self, item: Id<T>) -> Result<bool> {
        let row = self.row;
        self.graph.write(|engine| engine.remove(row, item.raw()))
    }

    /// Moves a member to a position, `0..len`; `false` if it stands there.
    /// The other end is not touched.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// [`NoMember`](crate::ErrorKind::NoMember),
    /// [`PositionOutOfRange`](crate::ErrorKind::PositionOutOfRange),
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([eden, solaris])?;
    /// assert!(row.move_to(solaris, 0)?);
    /// assert!(row.as_row().iter().eq([solaris, eden]));
    /// assert!(!row.move_to(solaris, 0)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn move_to(&mut self, item: Id<T>, index: usize) -> Result<bool> {
        let row = self.row;
        self.graph
            .write(|engine| engine.move_to(row, item.raw(), index))
    }

    /// Exchanges the members at two positions; `false` if they are the same.
    /// The other end is not touched.
    ///
    /// Computes in O(1) on a row without holes, in O(length) otherwise.
    ///
    /// # Errors
    /// [`PositionOutOfRange`](crate::ErrorKind::PositionOutOfRange),
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// ```
    /// # use backref::example::{Book, Library, Tag};
    /// # let Library { mut graph, book, tag, book_tags, .. } = Library::new()?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// # let classic = graph.insert(tag, Tag::new("classic"))?;
    /// let mut row = graph.row_mut(book_tags, eden)?;
    /// row.extend([sf, classic])?;
    /// assert!(row.swap(0, 1)?);
    /// assert!(row.as_row().iter().eq([classic, sf]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn swap(&mut self, a: usize, b: usize) -> Result<bool> {
        let row = self.row;
        self.graph.write(|engine| engine.swap(row, a, b))
    }

    /// Turns the order of the row round; whether that changed it. The other end
    /// is not touched.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([eden, solaris])?;
    /// assert!(row.reverse()?);
    /// assert!(row.as_row().iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reverse(&mut self) -> Result<bool> {
        let row = self.row;
        self.graph.write(|engine| engine.reverse(row))
    }

    /// Takes out all members; how many there were.
    ///
    /// At the other end: as [`remove`](Self::remove), for each.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// As [`RowMut`] says.
    ///
    /// ```
    /// # use backref::example::{Book, Library, Tag};
    /// # let Library { mut graph, book, tag, book_tags, tag_books, .. } = Library::new()?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// # let classic = graph.insert(tag, Tag::new("classic"))?;
    /// graph.row_mut(book_tags, eden)?.extend([sf, classic])?;
    /// assert_eq!(graph.row_mut(book_tags, eden)?.clear()?, 2);
    /// assert!(graph.row(book_tags, eden).is_empty());
    /// assert!(graph.row(tag_books, sf).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn clear(&mut self) -> Result<usize> {
        let row = self.row;
        self.graph.write(|engine| engine.clear(row))
    }

    /// Makes the row hold exactly these, in this order, later doubles dropped;
    /// whether anything changed.
    ///
    /// At the other end: leavers lose their link, newcomers gain one as by
    /// [`push`](Self::push), in the order given; who stays is not touched.
    ///
    /// Computes in O(members before and after).
    ///
    /// # Errors
    /// As [`RowMut`] says.
    ///
    /// ```
    /// # use backref::example::{Book, Library, Tag};
    /// # let Library { mut graph, book, tag, book_tags, tag_books, .. } = Library::new()?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let [sf, old, classic] = ["sf", "old", "classic"].map(Tag::new);
    /// let (sf, old) = (graph.insert(tag, sf)?, graph.insert(tag, old)?);
    /// let classic = graph.insert(tag, classic)?;
    /// let mut row = graph.row_mut(book_tags, eden)?;
    /// row.extend([sf, old])?;
    /// row.replace([classic, sf])?;
    /// assert!(row.as_row().iter().eq([classic, sf]));
    /// assert!(graph.row(tag_books, old).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace(&mut self, items: impl IntoIterator<Item = Id<T>>) -> Result<bool> {
        let row = self.row;
        self.graph.write(|engine| engine.replace(row, &raw(items)))
    }

    /// Adds entities at the end, in order; how many were not members yet.
    ///
    /// At the other end: as [`push`](Self::push), for each.
    ///
    /// Computes in O(items), amortised; room for all of them is made once.
    ///
    /// # Errors
    /// As [`RowMut`] says; then none of them was added.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// assert_eq!(row.extend([eden, solaris, eden])?, 2);
    /// assert!(row.as_row().iter().eq([eden, solaris]));
    /// assert_eq!(graph.one(book_author, solaris), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn extend(&mut self, items: impl IntoIterator<Item = Id<T>>) -> Result<usize> {
        let row = self.row;
        self.graph.write(|engine| engine.extend(row, &raw(items)))
    }

    /// Takes over all members of another entity's row, in order; how many were
    /// not members yet. The other row is empty afterwards.
    ///
    /// At the other end: a to-one end is set to the new owner; at a to-many end
    /// the old owner goes, and the new one is last. The links are new ones:
    /// their data, where they have any, is what `Default` makes.
    ///
    /// Computes in O(length of the other row).
    ///
    /// # Errors
    /// As [`RowMut`] says; [`NotLive`](crate::ErrorKind::NotLive) also if the
    /// other owner is dead.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let ghost = graph.insert(author, Author::new("Ghost"))?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, ghost)?.extend([eden, solaris])?;
    /// graph.row_mut(author_books, lem)?.take_all_from(ghost)?;
    /// assert!(graph.row(author_books, lem).iter().eq([eden, solaris]));
    /// assert!(graph.row(author_books, ghost).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn take_all_from(&mut self, other: Id<S>) -> Result<usize> {
        let row = self.row;
        self.graph
            .write(|engine| engine.take_all_from(row, other.raw()))
    }
}

impl<S, T: Send + Sync + 'static> RowMut<'_, S, T> {
    /// Takes out the member at a position, and returns it.
    ///
    /// At the other end: as [`remove`](Self::remove).
    ///
    /// Computes in O(1) on a row without holes, in O(position) otherwise.
    ///
    /// # Errors
    /// [`PositionOutOfRange`](crate::ErrorKind::PositionOutOfRange),
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([eden, solaris])?;
    /// assert_eq!(row.remove_at(0)?, eden);
    /// assert!(row.as_row().iter().eq([solaris]));
    /// assert_eq!(graph.one(book_author, eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn remove_at(&mut self, index: usize) -> Result<Id<T>> {
        let member = self.graph.engine.member_at(self.row, index)?;
        let row = self.row;
        self.graph.write(|engine| engine.remove(row, member))?;
        Ok(Id::new(member))
    }

    /// Sorts the row by a comparison of its members; whether that changed it.
    /// Equal members keep their order. The other end is not touched.
    ///
    /// Computes in O(n log n). If `compare` panics, nothing has changed.
    ///
    /// # Errors
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// # Panics
    /// May panic if `compare` is no total order, as [`slice::sort_by`] does.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([solaris, eden])?;
    /// row.sort_by(|graph, a, b| graph.get(book, a).map(|b| b.year).cmp(&graph.get(book, b).map(|b| b.year)))?;
    /// assert!(row.as_row().iter().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sort_by(
        &mut self,
        mut compare: impl FnMut(&Graph, Id<T>, Id<T>) -> Ordering,
    ) -> Result<bool> {
        let graph = &*self.graph;
        let mut members: Vec<(Id<T>, u32)> = self.as_row().iter().zip(0..).collect();
        members.sort_by(|&(a, _), &(b, _)| compare(graph, a, b));
        let order: Vec<u32> = members.into_iter().map(|(_, old)| old).collect();
        let row = self.row;
        self.graph.write(|engine| engine.permute(row, &order))
    }

    /// Sorts the row by a value of each member's payload, as
    /// [`sort_by`](Self::sort_by) does.
    ///
    /// # Errors
    /// [`Unordered`](crate::ErrorKind::Unordered).
    ///
    /// # Panics
    /// May panic if `K` has no total order, as [`slice::sort_by_key`] does.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// let mut row = graph.row_mut(author_books, lem)?;
    /// row.extend([solaris, eden])?;
    /// assert!(row.sort_by_key(|book| book.year)?);
    /// assert!(row.as_row().iter().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sort_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) -> Result<bool> {
        let mut members: Vec<(&T, u32)> = self
            .as_row_entries()
            .map(|(_, payload)| payload)
            .zip(0..)
            .collect();
        members.sort_by_key(|(payload, _)| key(payload));
        let order: Vec<u32> = members.into_iter().map(|(_, old)| old).collect();
        let row = self.row;
        self.graph.write(|engine| engine.permute(row, &order))
    }

    fn as_row_entries(&self) -> crate::graph::row::RowEntries<'_, T> {
        self.as_row().entries()
    }
}

fn raw<T>(items: impl IntoIterator<Item = Id<T>>) -> Vec<RawId> {
    items.into_iter().map(Id::raw).collect()
}

impl<S, T> fmt::Debug for RowMut<'_, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_row().fmt(f)
    }
}
