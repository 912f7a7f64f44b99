//! Reading a row.

pub(crate) mod with_data;

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::arena::Arena;
use crate::engine::{Engine, Place};
use crate::id::{Id, Slot, ToMany};
use crate::links::members::Members;

/// The members of one entity at a to-many end, in order; made by
/// [`Graph::row`](crate::Graph::row).
///
/// The order is that of adding, as changed by the verbs of
/// [`RowMut`](crate::RowMut), or that of a key of the members, where the end is
/// [sorted](crate::Order::Sorted); a row of an end with
/// [`Order::None`](crate::Order::None) has one that is the same for the same
/// calls, and means nothing.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
/// let row = graph.row(author_books, lem);
/// assert_eq!((row.len(), row.position(solaris)), (2, Some(1)));
/// for book in row {
///     assert_eq!(graph.one(book_author, book), Some(lem));
/// }
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Row<'g, S, T> {
    engine: &'g Engine,
    place: Option<Place>,
    owner: Slot,
    members: Members<'g>,
    of: PhantomData<fn(S) -> T>,
}

impl<'g, S, T> Row<'g, S, T> {
    /// Whether it is the row of nobody who lives.
    #[inline]
    pub(crate) fn is_dead(&self) -> bool {
        self.place.is_none()
    }

    /// The row of an entity at an end, which is that of nobody if the entity is
    /// dead or the end another graph's.
    #[inline(always)]
    pub(crate) fn find(engine: &'g Engine, end: ToMany<S, T>, owner: Id<S>) -> Self {
        let place = engine.find_place(end.untyped());
        let row = place.and_then(|place| engine.relation(place).row(place.side, owner.raw()));
        Self {
            engine,
            place: place.filter(|_| row.is_some()),
            owner: owner.slot(),
            members: row.unwrap_or_default(),
            of: PhantomData,
        }
    }

    /// The number of members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// assert_eq!(graph.row(author_books, lem).len(), 0);
    /// graph.set(book_author, eden, lem)?;
    /// assert_eq!(graph.row(author_books, lem).len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Book, Library, Tag};
    /// # let Library { mut graph, book, tag, book_tags, tag_books, .. } = Library::new()?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// assert!(graph.row(tag_books, sf).is_empty());
    /// graph.row_mut(book_tags, eden)?.push(sf)?;
    /// assert!(!graph.row(tag_books, sf).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an entity is a member; `false` for a dead one. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// assert!(graph.row(author_books, lem).contains(eden));
    /// graph.delete(book, eden)?;
    /// assert!(!graph.row(author_books, lem).contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn contains(&self, item: Id<T>) -> bool {
        self.place.is_some_and(|place| {
            let inverse = self.engine.inverse(place);
            self.engine.is_live_at(inverse, item.raw())
                && self
                    .engine
                    .relation(place)
                    .contains(place.side, self.owner, item.slot())
        })
    }

    /// The position of a member; `None` for anybody else, the dead included.
    ///
    /// Computes in O(1) on a row without holes, in O(position) otherwise; in
    /// O(log n) on a sorted row.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// assert_eq!(graph.row(author_books, lem).position(solaris), Some(1));
    /// graph.set(book_author, eden, None)?;
    /// assert_eq!(graph.row(author_books, lem).position(solaris), Some(0));
    /// assert_eq!(graph.row(author_books, lem).position(eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn position(&self, item: Id<T>) -> Option<usize> {
        if !self.contains(item) {
            return None;
        }
        let place = self.place?;
        let offset = self
            .engine
            .relation(place)
            .offset(place.side, self.owner, item.slot())?;
        Some(self.members.before(offset))
    }
}

impl<'g, S, T: Send + Sync + 'static> Row<'g, S, T> {
    /// The member at a position.
    ///
    /// Computes in O(1) on a row without holes, in O(position) otherwise.
    /// Holes are left by members that went, and closed by and by. In O(log n) on
    /// a sorted row.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// let row = graph.row(author_books, lem);
    /// assert_eq!((row.get(1), row.get(2)), (Some(solaris), None));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Id<T>> {
        let slot = self.members.at(position)?;
        self.iter().id(slot)
    }

    /// The first member. Computes in O(1) on a row without holes, in O(holes
    /// passed over) otherwise.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// assert_eq!(graph.row(author_books, lem).first(), Some(eden));
    /// graph.delete(book, eden)?;
    /// assert_eq!(graph.row(author_books, lem).first(), Some(solaris));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn first(&self) -> Option<Id<T>> {
        self.iter().next()
    }

    /// The last member. Computes in O(1) on a row without holes, in O(holes
    /// passed over) otherwise.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// assert_eq!(graph.row(author_books, lem).last(), Some(solaris));
    /// graph.row_mut(author_books, lem)?.push(eden)?; // a member already: it stays where it is
    /// assert_eq!(graph.row(author_books, lem).last(), Some(solaris));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<Id<T>> {
        self.iter().next_back()
    }

    /// The ids of the members, in order, from either end. Computes in O(1) for
    /// each.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// let row = graph.row(author_books, lem);
    /// assert!(row.iter().eq([eden, solaris]));
    /// assert!(row.iter().rev().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> RowIter<'g, T> {
        RowIter(self.entries())
    }

    /// The members in order, each with its payload.
    ///
    /// Reading one costs one look at its payload, and nothing else.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// let row = graph.row(author_books, lem);
    /// let titles: Vec<&str> = row.entries().map(|(_, book)| book.title.as_str()).collect();
    /// assert_eq!(titles, ["Eden", "Solaris"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn entries(&self) -> RowEntries<'g, T> {
        let arena = self.place.and_then(|place| {
            let all = self.engine.all::<T>(self.engine.target_type(place));
            all.map(crate::entities::Entities::arena)
        });
        RowEntries {
            members: self.members,
            arena,
        }
    }
}

impl<S, T> Clone for Row<'_, S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Row<'_, S, T> {}

impl<S, T> fmt::Debug for Row<'_, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place;
        let ids = self
            .members
            .filter_map(|slot| Some(self.engine.member_id(place?, slot).raw()));
        f.debug_list().entries(ids).finish()
    }
}

impl<'g, S, T: Send + Sync + 'static> IntoIterator for Row<'g, S, T> {
    type Item = Id<T>;
    type IntoIter = RowIter<'g, T>;

    fn into_iter(self) -> RowIter<'g, T> {
        self.iter()
    }
}

impl<'g, S, T: Send + Sync + 'static> IntoIterator for &Row<'g, S, T> {
    type Item = Id<T>;
    type IntoIter = RowIter<'g, T>;

    fn into_iter(self) -> RowIter<'g, T> {
        self.iter()
    }
}

/// The members of a [`Row`] with their payloads; made by [`Row::entries`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
/// let mut entries = graph.row(author_books, lem).entries();
/// assert_eq!(entries.len(), 2);
/// assert_eq!(entries.next(), Some((eden, &Book::new("3", "Eden", 1959))));
/// assert_eq!(entries.next_back().map(|(id, _)| id), Some(solaris));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct RowEntries<'g, T> {
    members: Members<'g>,
    arena: Option<&'g Arena<T>>,
}

/// The ids of the members of a [`Row`]; made by [`Row::iter`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
/// let mut books = graph.row(author_books, lem).iter();
/// assert_eq!((books.len(), books.next_back()), (2, Some(solaris)));
/// assert_eq!((books.next(), books.next()), (Some(eden), None));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct RowIter<'g, T>(RowEntries<'g, T>);

impl<'g, T> RowEntries<'g, T> {
    #[inline]
    fn entry(arena: Option<&'g Arena<T>>, slot: Slot) -> Option<(Id<T>, &'g T)> {
        let (id, payload) = arena?.entry(slot)?;
        Some((Id::new(id), payload))
    }
}

impl<T> RowIter<'_, T> {
    fn id(&self, slot: Slot) -> Option<Id<T>> {
        RowEntries::entry(self.0.arena, slot).map(|(id, _)| id)
    }
}

impl<'g, T> Iterator for RowEntries<'g, T> {
    type Item = (Id<T>, &'g T);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.members.next()?;
        Self::entry(self.arena, slot)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B {
        let Self { members, arena } = self;
        members
            .filter_map(|slot| Self::entry(arena, slot))
            .fold(init, f)
    }
}

impl<T> DoubleEndedIterator for RowEntries<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let slot = self.members.next_back()?;
        Self::entry(self.arena, slot)
    }
}

impl<T> ExactSizeIterator for RowEntries<'_, T> {}

impl<T> FusedIterator for RowEntries<'_, T> {}

impl<T> Iterator for RowIter<'_, T> {
    type Item = Id<T>;

    #[inline]
    fn next(&mut self) -> Option<Id<T>> {
        self.0.next().map(|(id, _)| id)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, Id<T>) -> B>(self, init: B, mut f: F) -> B {
        self.0.fold(init, |all, (id, _)| f(all, id))
    }
}

impl<T> DoubleEndedIterator for RowIter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Id<T>> {
        self.0.next_back().map(|(id, _)| id)
    }
}

impl<T> ExactSizeIterator for RowIter<'_, T> {}

impl<T> FusedIterator for RowIter<'_, T> {}

impl<T> Clone for RowEntries<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T> Clone for RowIter<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for RowEntries<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowEntries")
            .field("left", &self.len())
            .finish()
    }
}

impl<T> fmt::Debug for RowIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
