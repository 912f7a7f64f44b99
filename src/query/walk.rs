//! Walks over chosen ends, in breadth and in depth.

use std::collections::VecDeque;
use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use hashbrown::HashSet;

use crate::id::{AnyId, EndId, EntityTypeId, Slot};
use crate::query::EntityId;
use crate::query::hops::{Cursor, Hops};

/// An entity met on a walk, and how.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// # let (lem, eden) = (author.any(lem), book.any(eden));
/// let end = author_books.untyped();
/// let visits: Vec<_> = graph.untyped().breadth_first(&[end], [lem]).collect();
/// assert_eq!((visits[0].id, visits[0].depth, visits[0].through), (lem, 0, None));
/// assert_eq!((visits[1].id, visits[1].depth), (eden, 1));
/// assert_eq!(visits[1].through, Some((lem, end)));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Visit<I> {
    /// Who.
    pub id: I,
    /// How many links from a start: 0 for a start itself. Breadth first, that
    /// is the smallest number there is.
    pub depth: usize,
    /// The link it was reached by: the entity it came from, and its end. None
    /// for a start.
    pub through: Option<(I, EndId)>,
}

impl Visit<AnyId> {
    fn start(id: AnyId) -> Self {
        Self {
            id,
            depth: 0,
            through: None,
        }
    }

    pub(crate) fn named<I: EntityId>(self) -> Visit<I> {
        Visit {
            id: I::of(self.id),
            depth: self.depth,
            through: self.through.map(|(from, end)| (I::of(from), end)),
        }
    }
}

/// Whom a walk has met.
#[derive(Clone, Debug, Default)]
struct Met(HashSet<(EntityTypeId, Slot)>);

impl Met {
    /// Whether it was not met before.
    fn insert(&mut self, id: AnyId) -> bool {
        self.0.insert((id.entity(), id.slot()))
    }
}

/// A walk that meets the nearest first.
///
/// Made by [`Graph::breadth_first`](crate::Graph::breadth_first),
/// [`Graph::ancestors`](crate::Graph::ancestors) and their namesakes of
/// [`Untyped`](crate::Untyped).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// # let solaris = graph.create(book, Book::new("4", "Solaris", 1961)).link(book_author, lem).insert()?;
/// # let (lem, eden, solaris) = (author.any(lem), book.any(eden), book.any(solaris));
/// let walk = graph.untyped().breadth_first(&[author_books.untyped()], [lem]);
/// assert!(walk.ids().eq([lem, eden, solaris]));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a walk goes no further than it is asked"]
#[derive(Clone)]
pub struct BreadthFirst<'g, I = AnyId> {
    hops: Hops<'g>,
    met: Met,
    /// Those that were found and not visited yet.
    found: VecDeque<Visit<AnyId>>,
    /// The last visited, whose links are still to be followed.
    last: Option<Visit<AnyId>>,
    named: PhantomData<fn() -> I>,
}

impl<'g, I: EntityId> BreadthFirst<'g, I> {
    pub(crate) fn new(hops: Hops<'g>, starts: impl IntoIterator<Item = AnyId>) -> Self {
        let mut met = Met::default();
        let mut found = VecDeque::new();
        for start in starts {
            if hops.engine().is_live(start) && met.insert(start) {
                found.push_back(Visit::start(start));
            }
        }
        Self {
            hops,
            met,
            found,
            last: None,
            named: PhantomData,
        }
    }

    /// Has the links of the entity that was returned last not followed: nobody
    /// is met through it. Who can be reached by another way is met all the
    /// same. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library, Tag};
    /// # let Library { mut graph, author, book, tag, book_author, author_books, book_tags, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// # let eden = Book::new("3", "Eden", 1959);
    /// # let eden = graph.create(book, eden).link(book_author, lem).link(book_tags, sf).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// let ends = [author_books.untyped(), book_tags.untyped()];
    /// let mut walk = graph.untyped().breadth_first(&ends, [lem]);
    /// while let Some(visit) = walk.next() {
    ///     if visit.id == eden {
    ///         walk.skip_below();                              // its tag is not met
    ///     }
    ///     assert!(visit.depth < 2);
    /// }
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn skip_below(&mut self) {
        self.last = None;
    }

    /// The ids alone.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let walk = graph.untyped().breadth_first(&[author_books.untyped()], [lem]);
    /// assert!(walk.ids().eq([lem]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ids(self) -> impl FusedIterator<Item = I> + use<'g, I> {
        self.map(|visit| visit.id)
    }

    /// Finds who is linked to the entity visited last.
    fn follow(&mut self, last: Visit<AnyId>) {
        let mut cursor = Cursor::new(last.id);
        while let Some((end, id)) = cursor.next(&self.hops) {
            if self.met.insert(id) {
                self.found.push_back(Visit {
                    id,
                    depth: last.depth + 1,
                    through: Some((last.id, end)),
                });
            }
        }
    }

    pub(crate) fn next_visit(&mut self) -> Option<Visit<AnyId>> {
        if let Some(last) = self.last.take() {
            self.follow(last);
        }
        self.last = self.found.pop_front();
        self.last
    }
}

impl<I: EntityId> Iterator for BreadthFirst<'_, I> {
    type Item = Visit<I>;

    fn next(&mut self) -> Option<Visit<I>> {
        self.next_visit().map(Visit::named)
    }
}

impl<I: EntityId> FusedIterator for BreadthFirst<'_, I> {}

impl<I> fmt::Debug for BreadthFirst<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreadthFirst")
            .field("ends", &self.hops)
            .field("met", &self.met.0.len())
            .finish_non_exhaustive()
    }
}

/// A walk that goes on from whom it met last, as far as it can.
///
/// Made by [`Graph::depth_first`](crate::Graph::depth_first),
/// [`Graph::descendants`](crate::Graph::descendants) and their namesakes of
/// [`Untyped`](crate::Untyped).
///
/// ```
/// # use backref::example::{Author, Book, Library, Tag};
/// # let Library { mut graph, author, book, tag, book_author, author_books, book_tags, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let sf = graph.insert(tag, Tag::new("sf"))?;
/// # let eden = Book::new("3", "Eden", 1959);
/// # let eden = graph.create(book, eden).link(book_author, lem).link(book_tags, sf).insert()?;
/// # let solaris = graph.create(book, Book::new("4", "Solaris", 1961)).link(book_author, lem).insert()?;
/// # let (lem, eden, solaris, sf) = (author.any(lem), book.any(eden), book.any(solaris), tag.any(sf));
/// let ends = [author_books.untyped(), book_tags.untyped()];
/// let walk = graph.untyped().depth_first(&ends, [lem]);
/// assert!(walk.ids().eq([lem, eden, sf, solaris]));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a walk goes no further than it is asked"]
#[derive(Clone)]
pub struct DepthFirst<'g, I = AnyId> {
    hops: Hops<'g>,
    met: Met,
    starts: std::vec::IntoIter<AnyId>,
    /// From a start down to the parent of the entity visited last.
    path: Vec<Cursor<'g>>,
    /// The last visited, whose links are still to be followed.
    last: Option<AnyId>,
    named: PhantomData<fn() -> I>,
}

impl<'g, I: EntityId> DepthFirst<'g, I> {
    pub(crate) fn new(hops: Hops<'g>, starts: impl IntoIterator<Item = AnyId>) -> Self {
        let starts: Vec<AnyId> = starts.into_iter().collect();
        Self {
            hops,
            met: Met::default(),
            starts: starts.into_iter(),
            path: Vec::new(),
            last: None,
            named: PhantomData,
        }
    }

    /// Has the links of the entity that was returned last not followed: nobody
    /// is met through it. Who can be reached by another way is met all the
    /// same. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// let mut walk = graph.untyped().depth_first(&[author_books.untyped()], [author.any(lem)]);
    /// assert!(walk.next().is_some());
    /// walk.skip_below();
    /// assert!(walk.next().is_none());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn skip_below(&mut self) {
        self.last = None;
    }

    /// The ids alone.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let walk = graph.untyped().depth_first(&[author_books.untyped()], [lem]);
    /// assert!(walk.ids().eq([lem]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ids(self) -> impl FusedIterator<Item = I> + use<'g, I> {
        self.map(|visit| visit.id)
    }

    fn next_start(&mut self) -> Option<Visit<AnyId>> {
        let Self {
            hops, met, starts, ..
        } = self;
        let start = starts.find(|&start| hops.engine().is_live(start) && met.insert(start))?;
        Some(Visit::start(start))
    }

    /// The next that is linked to somebody on the path and was not met.
    fn next_onward(&mut self) -> Option<Visit<AnyId>> {
        while let Some(cursor) = self.path.last_mut() {
            while let Some((end, id)) = cursor.next(&self.hops) {
                if self.met.insert(id) {
                    return Some(Visit {
                        id,
                        through: Some((cursor.from, end)),
                        depth: self.path.len(),
                    });
                }
            }
            self.path.pop();
        }
        None
    }

    fn next_visit(&mut self) -> Option<Visit<AnyId>> {
        self.path.extend(self.last.take().map(Cursor::new));
        let visit = self.next_onward().or_else(|| self.next_start())?;
        self.last = Some(visit.id);
        Some(visit)
    }
}

impl<I: EntityId> Iterator for DepthFirst<'_, I> {
    type Item = Visit<I>;

    fn next(&mut self) -> Option<Visit<I>> {
        self.next_visit().map(Visit::named)
    }
}

impl<I: EntityId> FusedIterator for DepthFirst<'_, I> {}

impl<I> fmt::Debug for DepthFirst<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DepthFirst")
            .field("ends", &self.hops)
            .field("met", &self.met.0.len())
            .field("depth", &self.path.len())
            .finish_non_exhaustive()
    }
}
