//! The row of a to-many end, to be read as handles.

use std::fmt;

use crate::graph::Graph;
use crate::graph::row::{Row, RowIter};
use crate::graph::walker::Walker;
use crate::id::{Id, ToMany};
use crate::typed::{Entity, MemberIter, Ref, RefOf, Refs};

/// The members of an entity at a to-many end, in order: `Copy`, and an
/// iterator of handles when you loop over it.
///
/// What `lib.at(author).books()` returns; [`Row`] has the same by ids.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
/// # lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
/// let books = lib.at(lem).books();
/// assert_eq!(books.len(), 2);
/// for book in books {
///     assert_eq!(book.author(), Some(lib.at(lem)));
/// }
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Members<'g, S, T> {
    pub(super) graph: &'g Graph,
    row: Row<'g, S, T>,
    end: ToMany<S, T>,
    pub(super) owner: Id<S>,
}

impl<'g, S: Entity, T: Entity> Members<'g, S, T> {
    #[inline]
    pub(crate) fn new(
        graph: &'g Graph,
        row: Row<'g, S, T>,
        end: ToMany<S, T>,
        owner: Id<S>,
    ) -> Self {
        Self {
            graph,
            row,
            end,
            owner,
        }
    }

    /// The number of members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// assert_eq!(lib.at(lem).books().len(), 0);
    /// lib.edit(eden).set_author(lem)?;
    /// assert_eq!(lib.at(lem).books().len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Whether there are no members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// # let sf = lib.insert(Tag::new("sf"))?;
    /// assert!(lib.at(sf).books().is_empty());
    /// lib.edit(eden).tags_mut().push(sf)?;
    /// assert!(!lib.at(sf).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// Whether an entity is a member; `false` for a dead one. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// lib.edit(eden).set_author(lem)?;
    /// assert!(lib.at(lem).books().contains(eden));
    /// lib.delete(eden)?;
    /// assert!(!lib.at(lem).books().contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn contains(&self, item: Id<T>) -> bool {
        self.row.contains(item)
    }

    /// The position of a member; `None` for anybody else, the dead included.
    ///
    /// Computes as [`Row::position`]: in O(1) on a row without holes, in
    /// O(position) otherwise.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert_eq!(lib.at(lem).books().position(solaris), Some(1));
    /// lib.edit(eden).set_author(None)?;
    /// assert_eq!(lib.at(lem).books().position(solaris), Some(0));
    /// assert_eq!(lib.at(lem).books().position(eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn position(&self, item: Id<T>) -> Option<usize> {
        self.row.position(item)
    }

    /// The member at a position.
    ///
    /// Computes as [`Row::get`]: in O(1) on a row without holes, in O(position)
    /// otherwise.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// let books = lib.at(lem).books();
    /// assert_eq!(books.get(1).map(|book| book.year), Some(1961));
    /// assert_eq!(books.get(2), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, position: usize) -> Option<RefOf<'g, T>> {
        let id = self.row.get(position)?;
        Ref::get(self.graph, id).map(Into::into)
    }

    /// The first member. Computes in O(1) on a row without holes, in O(holes
    /// passed over) otherwise.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert_eq!(lib.at(lem).books().first(), Some(lib.at(eden)));
    /// lib.delete(eden)?;
    /// assert_eq!(lib.at(lem).books().first(), Some(lib.at(solaris)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn first(&self) -> Option<RefOf<'g, T>> {
        self.iter().next()
    }

    /// The last member. Computes in O(1) on a row without holes, in O(holes
    /// passed over) otherwise.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961))?;
    /// assert_eq!(lib.at(lem).books().last(), Some(lib.at(eden)));
    /// lib.edit(solaris).set_author(lem)?;
    /// assert_eq!(lib.at(lem).books().last(), Some(lib.at(solaris)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<RefOf<'g, T>> {
        self.iter().next_back()
    }

    /// The members' ids, in order, from either end. Computes in O(1) for each.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// let books = lib.at(lem).books();
    /// assert!(books.ids().eq([eden, solaris]));
    /// assert!(books.ids().rev().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn ids(&self) -> RowIter<'g, T> {
        self.row.iter()
    }

    /// The members as handles, in order, from either end. Computes in O(1) for
    /// each, which reads its payload.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// let books = lib.at(lem).books();
    /// let titles: Vec<&str> = books.iter().map(|book| book.into_inner().title.as_str()).collect();
    /// assert_eq!(titles, ["Eden", "Solaris"]);
    /// assert_eq!(books.iter().map(|book| book.year).max(), Some(1961));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> MemberIter<'g, T> {
        Refs::new(self.graph, self.row.entries())
    }

    /// A walk over the row that holds no borrow, so that the graph may be
    /// changed between its steps: [`Graph::walk`].
    ///
    /// Computes in O(length of the row), and takes as much space.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let [lem, ghost] = [lib.insert(Author::new("Lem"))?, lib.insert(Author::new("Ghost"))?];
    /// # for isbn in ["1", "2", "3"] {
    /// #     lib.insert(Book::new(isbn, "", 1959).with_author(lem))?;
    /// # }
    /// let mut walker = lib.at(lem).books().walk();
    /// while let Some(book) = walker.next(&lib) {
    ///     lib.edit(book).set_author(ghost)?;
    /// }
    /// assert_eq!(lib.at(ghost).books().len(), 3);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn walk(&self) -> Walker<S, T> {
        self.graph.walk(self.end, self.owner)
    }

    /// The row by ids. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::Row;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let row: Row<'_, Author, Book> = lib.at(lem).books().as_row();
    /// assert_eq!(row.first(), Some(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_row(&self) -> Row<'g, S, T> {
        self.row
    }
}

impl<S, T> Clone for Members<'_, S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Members<'_, S, T> {}

impl<S: Entity, T: Entity> fmt::Debug for Members<'_, S, T> {
    /// The members, as `Book#3v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

impl<'g, S: Entity, T: Entity> IntoIterator for Members<'g, S, T> {
    type Item = RefOf<'g, T>;
    type IntoIter = MemberIter<'g, T>;

    #[inline]
    fn into_iter(self) -> MemberIter<'g, T> {
        self.iter()
    }
}

impl<'g, S: Entity, T: Entity> IntoIterator for &Members<'g, S, T> {
    type Item = RefOf<'g, T>;
    type IntoIter = MemberIter<'g, T>;

    #[inline]
    fn into_iter(self) -> MemberIter<'g, T> {
        self.iter()
    }
}
