//! Walking a row while it changes.

use std::fmt;

use crate::graph::Graph;
use crate::graph::row::RowIter;
use crate::id::{Id, ToMany};

/// A walk over a row that holds no borrow of the graph; made by
/// [`Graph::walk`](crate::Graph::walk).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
/// let mut walker = graph.walk(author_books, lem);
/// while let Some(next) = walker.next(&graph) {
///     graph.delete(book, next)?;
/// }
/// assert_eq!(graph.len(book), 0);
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Walker<S, T> {
    end: ToMany<S, T>,
    owner: Id<S>,
    members: std::vec::IntoIter<Id<T>>,
}

impl<S, T> Walker<S, T> {
    pub(crate) fn new(end: ToMany<S, T>, owner: Id<S>, members: RowIter<'_, T>) -> Self {
        let members: Vec<Id<T>> = members.collect();
        Self {
            end,
            owner,
            members: members.into_iter(),
        }
    }

    /// The next of the members that were there at the start and still are.
    ///
    /// Computes in O(1), amortised over those that went.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// graph.row_mut(author_books, lem)?.extend([eden, solaris])?;
    /// let mut walker = graph.walk(author_books, lem);
    /// graph.set(book_author, eden, None)?;                    // skipped: gone before its turn
    /// assert_eq!(walker.next(&graph), Some(solaris));
    /// assert_eq!(walker.next(&graph), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn next(&mut self, graph: &impl AsRef<Graph>) -> Option<Id<T>> {
        let row = graph.as_ref().row(self.end, self.owner);
        self.members.find(|&member| row.contains(member))
    }
}

impl<S, T> Clone for Walker<S, T> {
    fn clone(&self) -> Self {
        Self {
            members: self.members.clone(),
            ..*self
        }
    }
}

impl<S, T> fmt::Debug for Walker<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walker")
            .field("owner", &self.owner)
            .field("left", &self.members.len())
            .finish_non_exhaustive()
    }
}
