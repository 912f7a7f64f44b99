//! Iterators of handles.

use std::fmt;
use std::iter::FusedIterator;

use crate::graph::Graph;
use crate::graph::entities::Entities;
use crate::graph::row::RowEntries;
use crate::id::Id;
use crate::typed::{Entity, Ref, RefOf};

/// The members of a row as handles; made by
/// [`Members::iter`](crate::typed::Members::iter).
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// use backref::typed::MemberIter;
///
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
/// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
/// let mut books: MemberIter<'_, Book> = lib.at(lem).books().iter();
/// assert_eq!((books.len(), books.next_back()), (2, Some(lib.at(solaris))));
/// assert_eq!((books.next(), books.next()), (Some(lib.at(eden)), None));
/// # Ok::<(), backref::Error>(())
/// ```
pub type MemberIter<'g, T> = Refs<'g, RowEntries<'g, T>>;

/// All entities of a type as handles, in slot order, which is the order of
/// inserting while nothing is deleted.
///
/// What `lib.books()` returns, and `lib.all::<Book>()`.
///
/// ```
/// # use backref::example::typed::{Library, Tag};
/// use backref::typed::All;
///
/// # let mut lib = Library::new();
/// for label in ["sf", "classic"] {
///     lib.insert(Tag::new(label))?;
/// }
/// let tags: All<'_, Tag> = lib.tags();
/// let labels: Vec<&str> = tags.map(|tag| tag.into_inner().label.as_str()).collect();
/// assert_eq!(labels, ["sf", "classic"]);
/// # Ok::<(), backref::Error>(())
/// ```
pub type All<'g, T> = Refs<'g, Entities<'g, T>>;

/// Entities as handles, from an iterator of ids with payloads. Computes in O(1)
/// for each.
///
/// You meet it as [`MemberIter`] and as [`All`].
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
/// # lib.insert(Book::new("4", "Solaris", 1961))?;
/// let alone = lib.books().filter(|book| book.author().is_none());
/// assert_eq!(alone.count(), 1);
/// let of_lem = lib.at(lem).books().iter();
/// assert!(of_lem.clone().all(|book| book.year < 1960));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct Refs<'g, I> {
    graph: &'g Graph,
    entries: I,
}

impl<'g, I> Refs<'g, I> {
    #[inline]
    pub(crate) fn new(graph: &'g Graph, entries: I) -> Self {
        Self { graph, entries }
    }
}

impl<'g, T: Entity> All<'g, T> {
    /// All entities of a type; [`Graph::iter`] as handles. Computes in O(1), and
    /// O(1) for each and for each slot that a delete left free.
    ///
    /// ```
    /// # use backref::example::typed::{Library, Tag};
    /// use backref::Graph;
    /// use backref::typed::{All, Entity};
    ///
    /// # let mut lib = Library::new();
    /// # lib.insert(Tag::new("sf"))?;
    /// fn count<T: Entity>(graph: &Graph) -> usize {
    ///     All::<T>::of(graph).count()
    /// }
    ///
    /// assert_eq!(count::<Tag>(lib.graph()), lib.tags().count());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn of(graph: &'g Graph) -> Self {
        Self::new(graph, graph.iter(T::TYPE))
    }
}

impl<'g, T, I> Iterator for Refs<'g, I>
where
    T: Entity,
    I: Iterator<Item = (Id<T>, &'g T)>,
{
    type Item = RefOf<'g, T>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (id, payload) = self.entries.next()?;
        Some(Ref::new(self.graph, id, payload).into())
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
        let Self { graph, entries } = self;
        entries.fold(init, |all, (id, payload)| {
            f(all, Ref::new(graph, id, payload).into())
        })
    }
}

impl<'g, T, I> DoubleEndedIterator for Refs<'g, I>
where
    T: Entity,
    I: DoubleEndedIterator<Item = (Id<T>, &'g T)>,
{
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let (id, payload) = self.entries.next_back()?;
        Some(Ref::new(self.graph, id, payload).into())
    }
}

impl<'g, T, I> ExactSizeIterator for Refs<'g, I>
where
    T: Entity,
    I: ExactSizeIterator<Item = (Id<T>, &'g T)>,
{
}

impl<'g, T, I> FusedIterator for Refs<'g, I>
where
    T: Entity,
    I: FusedIterator<Item = (Id<T>, &'g T)>,
{
}

impl<'g, T, I> fmt::Debug for Refs<'g, I>
where
    T: Entity,
    I: Iterator<Item = (Id<T>, &'g T)> + Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refs = self.entries.clone();
        let refs = refs.map(|(id, payload)| Ref::new(self.graph, id, payload));
        f.debug_list().entries(refs).finish()
    }
}

/// The entities that [`Graph::find_all`] or [`Graph::range`] found, as handles.
/// Computes in O(1) for each.
///
/// ```
/// # use backref::example::typed::{Book, Library};
/// # let mut lib = Library::new();
/// # lib.insert(Book::new("4", "Solaris", 1961))?;
/// # lib.insert(Book::new("3", "Eden", 1959))?;
/// let fifties = lib.range(Book::YEAR, 1950..1960);
/// let titles: Vec<&str> = fifties.map(|book| book.into_inner().title.as_str()).collect();
/// assert_eq!(titles, ["Eden"]);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FoundRefs<'g, I> {
    graph: &'g Graph,
    ids: I,
}

impl<'g, I> FoundRefs<'g, I> {
    /// Handles of the entities with these ids, which live. Computes in O(1).
    ///
    /// # Panics
    /// When a handle is used, if its entity does not live: see [`Ref::at`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::typed::FoundRefs;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let gone = lib.at(lem).plan_delete()?;
    /// let books = gone.entities().iter().filter_map(|doomed| doomed.id.of::<Book>());
    /// let mut books = FoundRefs::new(lib.graph(), books);
    /// assert_eq!(books.next(), Some(lib.at(eden)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn new(graph: &'g Graph, ids: I) -> Self {
        Self { graph, ids }
    }
}

impl<'g, T, I> Iterator for FoundRefs<'g, I>
where
    T: Entity,
    I: Iterator<Item = Id<T>>,
{
    type Item = RefOf<'g, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let id = self.ids.next()?;
        Some(Ref::at(self.graph, id).into())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ids.size_hint()
    }
}

impl<T, I> DoubleEndedIterator for FoundRefs<'_, I>
where
    T: Entity,
    I: DoubleEndedIterator<Item = Id<T>>,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        let id = self.ids.next_back()?;
        Some(Ref::at(self.graph, id).into())
    }
}

impl<T, I> ExactSizeIterator for FoundRefs<'_, I>
where
    T: Entity,
    I: ExactSizeIterator<Item = Id<T>>,
{
}

impl<T, I> FusedIterator for FoundRefs<'_, I>
where
    T: Entity,
    I: FusedIterator<Item = Id<T>>,
{
}
