//! What can be reached, and the shortest way there.

use std::fmt;
use std::iter::FusedIterator;

use hashbrown::{HashMap, HashSet};

use crate::id::AnyId;
use crate::query::EntityId;
use crate::query::hops::Hops;
use crate::query::walk::{BreadthFirst, Visit};

/// Everybody that can be reached from some entities, those included; made by
/// [`Graph::reachable`](crate::Graph::reachable) and
/// [`Untyped::reachable`](crate::Untyped::reachable).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// # let (lem, eden) = (author.any(lem), book.any(eden));
/// let reached = graph.untyped().reachable(&[author_books.untyped()], [lem]);
/// assert!(reached.contains(eden));
/// assert!(reached.iter().eq([lem, eden]));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct Reached<I> {
    /// The nearest first.
    order: Vec<I>,
    members: HashSet<I>,
}

impl<I: EntityId> Reached<I> {
    pub(crate) fn by(walk: BreadthFirst<'_, I>) -> Self {
        let order: Vec<I> = walk.ids().collect();
        Self {
            members: order.iter().copied().collect(),
            order,
        }
    }

    /// Whether an entity is among them. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let ursula = author.any(graph.insert(author, Author::new("Ursula"))?);
    /// let reached = graph.untyped().reachable(&[author_books.untyped()], [lem]);
    /// assert!(reached.contains(lem) && !reached.contains(ursula));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, id: I) -> bool {
        self.members.contains(&id)
    }

    /// How many they are. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let reached = graph.untyped().reachable(&[author_books.untyped()], [lem]);
    /// assert_eq!(reached.len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none: no start was live. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// graph.delete_all([lem])?;
    /// assert!(graph.untyped().reachable(&[author_books.untyped()], [lem]).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// All of them, the nearest first, in the order of
    /// [`Graph::breadth_first`](crate::Graph::breadth_first).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, author_books, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let reached = graph.untyped().reachable(&[author_books.untyped()], [lem]);
    /// assert_eq!(reached.iter().collect::<Vec<_>>(), [lem]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + FusedIterator + '_ {
        self.order.iter().copied()
    }
}

impl<I: fmt::Debug> fmt::Debug for Reached<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.order).finish()
    }
}

/// The shortest path, both ends of it included.
pub(crate) fn path<I: EntityId>(hops: Hops<'_>, from: AnyId, to: AnyId) -> Option<Vec<Visit<I>>> {
    let mut walk: BreadthFirst<'_, AnyId> = BreadthFirst::new(hops, [from]);
    let mut visits: HashMap<AnyId, Visit<AnyId>> = HashMap::new();
    while let Some(visit) = walk.next_visit() {
        visits.insert(visit.id, visit);
        if visit.id == to {
            return Some(back_from(to, &visits));
        }
    }
    None
}

/// From an entity back to the start, turned round.
fn back_from<I: EntityId>(to: AnyId, visits: &HashMap<AnyId, Visit<AnyId>>) -> Vec<Visit<I>> {
    let mut path = Vec::new();
    let mut at = visits.get(&to);
    while let Some(&visit) = at {
        path.push(visit.named());
        at = visit.through.and_then(|(from, _)| visits.get(&from));
    }
    path.reverse();
    path
}
