//! The row of a to-many end, to be changed.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use crate::engine::row::LiveRow;
use crate::error::Result;
use crate::graph::Graph;
use crate::graph::row::Row;
use crate::graph::row_mut::RowMut;
use crate::id::{Id, ToMany};
use crate::typed::{Entity, Positional, Ref, RefOf};

/// The members of an entity at a to-many end, to be changed; `O` says whose
/// the order is.
///
/// What `lib.edit(author).books_mut()` returns. Each verb is that of
/// [`RowMut`]: true at the other end at once, all or nothing. Those that set
/// positions exist where the order is yours ([`Positional`]). If the author was
/// deleted, each returns [`NotLive`](crate::ErrorKind::NotLive).
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
/// # let solaris = lib.insert(Book::new("4", "Solaris", 1961))?;
/// let mut author = lib.edit(lem);
/// let mut books = author.books_mut();
/// books.push(eden)?;
/// books.insert_at(0, solaris)?;
/// assert!(lib.at(lem).books().ids().eq([solaris, eden]));
/// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a row changes only by its verbs"]
pub struct MembersMut<'g, S, T, O> {
    pub(super) graph: &'g mut Graph,
    end: ToMany<S, T>,
    pub(super) owner: Id<S>,
    /// None if the owner was dead.
    row: Option<LiveRow>,
    order: PhantomData<fn() -> O>,
}

impl<'g, S, T, O> MembersMut<'g, S, T, O> {
    #[inline]
    pub(crate) fn new(graph: &'g mut Graph, end: ToMany<S, T>, owner: Id<S>) -> Self {
        Self {
            row: graph.live_row(end, owner),
            graph,
            end,
            owner,
            order: PhantomData,
        }
    }

    #[inline]
    fn row(&mut self) -> Result<RowMut<'_, S, T>> {
        match self.row {
            Some(row) => Ok(RowMut::new(self.graph, self.end, row)),
            None => self.graph.row_mut(self.end, self.owner),
        }
    }

    /// The row by ids, to be read; empty if the owner does not live. Computes in
    /// O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let mut author = lib.edit(lem);
    /// let mut books = author.books_mut();
    /// books.push(eden)?;
    /// assert!(books.as_row().iter().eq([eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_row(&self) -> Row<'_, S, T> {
        self.graph.row(self.end, self.owner)
    }

    /// The number of members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961))?;
    /// let mut author = lib.edit(lem);
    /// let mut books = author.books_mut();
    /// books.extend([eden, solaris])?;
    /// assert_eq!(books.len(), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_row().len()
    }

    /// Whether there are no members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let mut author = lib.edit(lem);
    /// let mut books = author.books_mut();
    /// assert!(books.is_empty());
    /// books.push(eden)?;
    /// assert!(!books.is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_row().is_empty()
    }

    /// Adds an entity; `false` if it is a member already, which keeps its position:
    /// [`RowMut::push`].
    ///
    /// At the other end: its to-one end is set to the owner, and it leaves the row
    /// it was in; at a to-many end the owner is last.
    ///
    /// Computes as [`RowMut::push`]: in O(1), amortised.
    ///
    /// # Errors
    /// As [`RowMut::push`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let [lem, ghost] = [lib.insert(Author::new("Lem"))?, lib.insert(Author::new("Ghost"))?];
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(ghost))?;
    /// assert!(lib.edit(lem).books_mut().push(eden)?);
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// assert!(lib.at(ghost).books().is_empty());              // it left that row
    /// assert!(!lib.edit(lem).books_mut().push(eden)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn push(&mut self, item: Id<T>) -> Result<bool> {
        self.row()?.push(item)
    }

    /// Takes an entity out; `false` if it is no member: [`RowMut::remove`].
    ///
    /// At the other end: a to-one end is none, a row shrinks and keeps its order.
    ///
    /// Computes as [`RowMut::remove`]: in O(1), amortised.
    ///
    /// # Errors
    /// As [`RowMut::remove`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// assert!(lib.edit(lem).books_mut().remove(eden)?);
    /// assert_eq!(lib.at(eden).author(), None);
    /// assert!(!lib.edit(lem).books_mut().remove(eden)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn remove(&mut self, item: Id<T>) -> Result<bool> {
        self.row()?.remove(item)
    }

    /// Takes all members out; how many there were: [`RowMut::clear`].
    ///
    /// At the other end: as [`remove`](Self::remove), for each.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// As [`RowMut::clear`].
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let [sf, classic] = [lib.insert(Tag::new("sf"))?, lib.insert(Tag::new("classic"))?];
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_tags([sf, classic]))?;
    /// assert_eq!(lib.edit(eden).tags_mut().clear()?, 2);
    /// assert!(lib.at(eden).tags().is_empty());
    /// assert!(lib.at(sf).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn clear(&mut self) -> Result<usize> {
        self.row()?.clear()
    }

    /// Makes the row exactly these members, later doubles dropped; whether
    /// anything changed: [`RowMut::replace`].
    ///
    /// At the other end: leavers lose their link, newcomers gain one as by
    /// [`push`](Self::push); who stays is not touched.
    ///
    /// Computes in O(members before and after).
    ///
    /// # Errors
    /// As [`RowMut::replace`].
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let [sf, old] = [lib.insert(Tag::new("sf"))?, lib.insert(Tag::new("old"))?];
    /// # let classic = lib.insert(Tag::new("classic"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_tags([sf, old]))?;
    /// assert!(lib.edit(eden).tags_mut().replace([classic, sf])?);
    /// assert!(lib.at(eden).tags().ids().eq([classic, sf]));
    /// assert!(lib.at(old).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace(&mut self, items: impl IntoIterator<Item = Id<T>>) -> Result<bool> {
        self.row()?.replace(items)
    }

    /// Adds those that are no members yet, in order; how many:
    /// [`RowMut::extend`].
    ///
    /// At the other end: as [`push`](Self::push), for each.
    ///
    /// Computes as [`RowMut::extend`]: in O(items), amortised.
    ///
    /// # Errors
    /// As [`RowMut::extend`]; then none of them was added.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961))?;
    /// assert_eq!(lib.edit(lem).books_mut().extend([eden, solaris, eden])?, 2);
    /// assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    /// assert_eq!(lib.at(solaris).author(), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn extend(&mut self, items: impl IntoIterator<Item = Id<T>>) -> Result<usize> {
        self.row()?.extend(items)
    }

    /// Makes room for so many members more, which nobody sees:
    /// [`RowMut::reserve`].
    ///
    /// Computes as [`RowMut::reserve`].
    ///
    /// # Errors
    /// As [`RowMut::reserve`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// let mut author = lib.edit(lem);
    /// let mut books = author.books_mut();
    /// books.reserve(1000)?;
    /// assert!(books.is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reserve(&mut self, additional: usize) -> Result<()> {
        self.row()?.reserve(additional)
    }

    /// Takes over all members of another entity's row, in order; how many were not
    /// members yet: [`RowMut::take_all_from`]. The other row is empty afterwards.
    ///
    /// At the other end: a to-one end is set to the new owner; at a to-many end the
    /// old owner goes, and the new one is last.
    ///
    /// Computes in O(length of the other row).
    ///
    /// # Errors
    /// As [`RowMut::take_all_from`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let [lem, ghost] = [lib.insert(Author::new("Lem"))?, lib.insert(Author::new("Ghost"))?];
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(ghost))?;
    /// assert_eq!(lib.edit(lem).books_mut().take_all_from(ghost)?, 1);
    /// assert!(lib.at(ghost).books().is_empty());
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn take_all_from(&mut self, other: Id<S>) -> Result<usize> {
        self.row()?.take_all_from(other)
    }

    /// Puts an entity at a position; `false` if it was a member, which moves
    /// there: [`RowMut::insert_at`].
    ///
    /// At the other end: as [`push`](Self::push).
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// As [`RowMut::insert_at`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert!(lib.edit(lem).books_mut().insert_at(0, eden)?);
    /// assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_at(&mut self, index: usize, item: Id<T>) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?.insert_at(index, item)
    }

    /// Moves a member to a position; `false` if it stands there:
    /// [`RowMut::move_to`]. The other end is not touched.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// As [`RowMut::move_to`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert!(lib.edit(lem).books_mut().move_to(solaris, 0)?);
    /// assert!(lib.at(lem).books().ids().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn move_to(&mut self, item: Id<T>, index: usize) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?.move_to(item, index)
    }

    /// Exchanges the members at two positions; `false` if they are the same:
    /// [`RowMut::swap`]. The other end is not touched.
    ///
    /// Computes in O(1) on a row without holes, in O(length) otherwise.
    ///
    /// # Errors
    /// As [`RowMut::swap`].
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let [sf, classic] = [lib.insert(Tag::new("sf"))?, lib.insert(Tag::new("classic"))?];
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_tags([sf, classic]))?;
    /// assert!(lib.edit(eden).tags_mut().swap(0, 1)?);
    /// assert!(lib.at(eden).tags().ids().eq([classic, sf]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn swap(&mut self, a: usize, b: usize) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?.swap(a, b)
    }

    /// Turns the order round; whether that changed it: [`RowMut::reverse`]. The
    /// other end is not touched.
    ///
    /// Computes in O(length of the row).
    ///
    /// # Errors
    /// As [`RowMut::reverse`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert!(lib.edit(lem).books_mut().reverse()?);
    /// assert!(lib.at(lem).books().ids().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn reverse(&mut self) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?.reverse()
    }
}

impl<S, T: Entity, O> MembersMut<'_, S, T, O> {
    /// Takes the member at a position out, and returns it: [`RowMut::remove_at`].
    ///
    /// At the other end: as [`remove`](Self::remove).
    ///
    /// Computes in O(1) on a row without holes, in O(position) otherwise.
    ///
    /// # Errors
    /// As [`RowMut::remove_at`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// assert_eq!(lib.edit(lem).books_mut().remove_at(0)?, eden);
    /// assert!(lib.at(lem).books().ids().eq([solaris]));
    /// assert_eq!(lib.at(eden).author(), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn remove_at(&mut self, index: usize) -> Result<Id<T>>
    where
        O: Positional,
    {
        self.row()?.remove_at(index)
    }

    /// Sorts the row by a comparison of its members, equal ones in the order they
    /// were; whether that changed it: [`RowMut::sort_by`]. The other end is not
    /// touched.
    ///
    /// Computes in O(n log n). If `compare` panics, nothing has changed.
    ///
    /// # Errors
    /// As [`RowMut::sort_by`].
    ///
    /// # Panics
    /// May panic if `compare` is no total order, as [`slice::sort_by`] does.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// lib.edit(lem).books_mut().sort_by(|a, b| a.year.cmp(&b.year))?;
    /// assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sort_by(
        &mut self,
        mut compare: impl FnMut(RefOf<'_, T>, RefOf<'_, T>) -> Ordering,
    ) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?
            .sort_by(|graph, a, b| compare(Ref::at(graph, a).into(), Ref::at(graph, b).into()))
    }

    /// Sorts the row by a value of each member's payload, as
    /// [`sort_by`](Self::sort_by) does: [`RowMut::sort_by_key`]. The other end is
    /// not touched.
    ///
    /// Computes in O(n log n). If `key` panics, nothing has changed.
    ///
    /// # Errors
    /// As [`RowMut::sort_by_key`].
    ///
    /// # Panics
    /// May panic if `K` has no total order, as [`slice::sort_by_key`] does.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// assert!(lib.edit(lem).books_mut().sort_by_key(|book| book.year)?);
    /// assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sort_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) -> Result<bool>
    where
        O: Positional,
    {
        self.row()?.sort_by_key(key)
    }
}

impl<S, T, O> fmt::Debug for MembersMut<'_, S, T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_row().fmt(f)
    }
}
