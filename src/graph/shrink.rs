//! Memory given back.

use crate::graph::Graph;

impl Graph {
    /// Gives back the memory that is not in use: room for entities, in indexes
    /// and rows, and what links and entities have left that are gone.
    ///
    /// Rows give back what is much too large by themselves, when members leave;
    /// so does the pool of all rows of an end, when three quarters of it are
    /// idle. This call does the rest, after many deletes or when a graph is
    /// complete: each row has the block that its members need, which is at most
    /// a quarter larger (four cells at least), and everything else no room at
    /// all. The next insert or link makes room again, and may move a column for
    /// it.
    ///
    /// Ids stay, and so does the slot of each entity: what is kept by slot, the
    /// payloads and the record that each end has of an entity, stays as long as
    /// the highest live slot says. Free slots behind it are dropped, so later
    /// entities may get other slots than they would have got.
    ///
    /// In a transaction, or with a history, a mark or an observer, slots of
    /// entities that may come back are kept, and so are the holes of rows, which
    /// the record counts; all else is given back then too.
    ///
    /// Computes in O(slots + links). Indexes, payloads and rows are moved to
    /// where they are smaller, so it takes the room of the largest once more.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// let books = graph.insert_all(book, (0..1000).map(|n| Book::new(&n.to_string(), "", 1959)))?;
    /// graph.row_mut(author_books, lem)?.extend(books.iter().copied())?;
    /// let before = graph.link_bytes();
    /// graph.delete_all(books[10..].iter().map(|&id| book.any(id)))?;
    /// graph.shrink_to_fit();
    /// assert!(graph.link_bytes() < before / 40);
    /// assert!(graph.row(author_books, lem).iter().eq(books[..10].iter().copied()));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn shrink_to_fit(&mut self) {
        self.engine.recover();
        self.engine.shrink_to_fit();
    }
}
