//! The handle of a to-many end whose members are found by a key.

use std::fmt;
use std::marker::PhantomData;

use crate::id::{EndId, ToMany};

/// A to-many end, from entities of `S` to entities of `T`, whose members are
/// found by a key of type `K`.
///
/// Copy, four bytes, found once by [`Registry::keyed`](crate::Registry::keyed),
/// used by [`Graph::member_by_key`](crate::Graph::member_by_key). The rows of
/// the end are read and changed by [`to_many`](Self::to_many).
///
/// ```
/// use backref::{Graph, Key, KeyedEnd, Schema};
///
/// struct Shelf;
/// struct Book { isbn: String }
///
/// let mut schema = Schema::builder();
/// schema.entity::<Shelf>("Shelf");
/// schema.entity::<Book>("Book");
/// schema
///     .relationship("Shelf.books")
///     .to_many("Book")
///     .backref("shelves")
///     .keyed_by(Key::field(|book: &Book| &book.isbn));
/// let registry = schema.build()?;
/// let shelf = registry.entity_type::<Shelf>("Shelf")?;
/// let book = registry.entity_type::<Book>("Book")?;
/// let books: KeyedEnd<Shelf, Book, String> = registry.keyed("Shelf.books")?;
///
/// let mut graph = Graph::new(registry);
/// let hall = graph.insert(shelf, Shelf)?;
/// let eden = graph.insert(book, Book { isbn: "3".to_owned() })?;
/// graph.row_mut(books.to_many(), hall)?.push(eden)?;
/// assert_eq!(graph.member_by_key(books, hall, "3"), Some(eden));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct KeyedEnd<S, T, K> {
    end: ToMany<S, T>,
    key: PhantomData<fn() -> K>,
}

impl<S, T, K> KeyedEnd<S, T, K> {
    pub(crate) const fn new(end: EndId) -> Self {
        Self {
            end: ToMany::new(end),
            key: PhantomData,
        }
    }

    /// The end, for its rows. Computes in O(1).
    #[must_use]
    #[inline]
    pub fn to_many(self) -> ToMany<S, T> {
        self.end
    }

    /// The number of the end, for the untyped face. Computes in O(1).
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EndId {
        self.end.untyped()
    }
}

impl<S, T, K> Clone for KeyedEnd<S, T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T, K> Copy for KeyedEnd<S, T, K> {}

impl<S, T, K> fmt::Debug for KeyedEnd<S, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.end.fmt(f)
    }
}
