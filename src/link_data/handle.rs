//! The handle of the data of a relationship's links.

use std::fmt;
use std::marker::PhantomData;

use crate::id::{EndId, handle};

/// The data of links from entities of `S` to entities of `T`: each has a `D`.
///
/// Copy, four bytes, found once by
/// [`Registry::link_data`](crate::Registry::link_data), under the name of
/// either end: the data is that of the link, and the same from both.
///
/// ```
/// use backref::{Graph, LinkData, Schema};
///
/// struct Book;
/// struct Tag;
///
/// let mut schema = Schema::builder();
/// schema.entity::<Book>("Book");
/// schema.entity::<Tag>("Tag");
/// schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u8>();
/// let registry = schema.build()?;
/// let (book, tag) = (registry.entity_type("Book")?, registry.entity_type("Tag")?);
/// let weight: LinkData<Book, Tag, u8> = registry.link_data("Book.tags")?;
/// let from_tag: LinkData<Tag, Book, u8> = registry.link_data("Tag.books")?;
///
/// let mut graph = Graph::new(registry);
/// let (eden, sf) = (graph.insert(book, Book)?, graph.insert(tag, Tag)?);
/// graph.link(weight, eden, sf, 7)?;
/// assert_eq!(graph.link_data(from_tag, sf, eden), Some(&7));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct LinkData<S, T, D> {
    end: EndId,
    of: PhantomData<fn(S) -> (T, D)>,
}

impl<S, T, D> LinkData<S, T, D> {
    pub(crate) const fn new(end: EndId) -> Self {
        Self {
            end,
            of: PhantomData,
        }
    }

    /// The number of the end that it was asked for with.
    ///
    /// ```
    /// # use backref::{LinkData, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.friends").to_many("Person").symmetric().data::<u32>();
    /// let registry = schema.build()?;
    /// let since: LinkData<&str, &str, u32> = registry.link_data("Person.friends")?;
    /// let friends = registry.to_many::<&str, &str>("Person.friends")?;
    /// assert_eq!(since.untyped(), friends.untyped());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn untyped(self) -> EndId {
        self.end
    }
}

handle!(LinkData<S, T, D>, end);
