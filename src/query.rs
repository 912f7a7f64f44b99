//! Questions about parts of a graph that are wider than one row: reading only.

pub(crate) mod hops;
pub(crate) mod reach;
#[cfg(feature = "petgraph")]
pub(crate) mod view;
pub(crate) mod walk;

use std::fmt;
use std::hash::Hash;

use crate::id::{AnyId, EntityTypeId, Id};

/// What walks and views name entities by: [`AnyId`] over ends of any types,
/// [`Id`] over ends within one.
///
/// ```
/// use backref::{EntityId, Visit};
///
/// fn deepest<I: EntityId>(visits: impl Iterator<Item = Visit<I>>) -> Option<I> {
///     visits.max_by_key(|visit| visit.depth).map(|visit| visit.id)
/// }
/// # use backref::example::{Author, Library};
/// # let Library { mut graph, author, author_books, .. } = Library::new()?;
/// let lem = author.any(graph.insert(author, Author::new("Lem"))?);
/// let walk = graph.untyped().depth_first(&[author_books.untyped()], [lem]);
/// assert_eq!(deepest(walk), Some(lem));
/// # Ok::<(), backref::Error>(())
/// ```
pub trait EntityId: Copy + Eq + Ord + Hash + fmt::Debug + sealed::Sealed {
    /// The same id by another name; it is of the right type.
    #[doc(hidden)]
    fn of(any: AnyId) -> Self;

    /// The id with the number of its type, which is known to be `entity` where
    /// the id does not say it.
    #[doc(hidden)]
    fn any(self, entity: EntityTypeId) -> AnyId;
}

impl EntityId for AnyId {
    fn of(any: AnyId) -> Self {
        any
    }

    fn any(self, _: EntityTypeId) -> AnyId {
        self
    }
}

impl<T> EntityId for Id<T> {
    fn of(any: AnyId) -> Self {
        Self::new(any.raw())
    }

    fn any(self, entity: EntityTypeId) -> AnyId {
        AnyId::new(entity, self.raw())
    }
}

/// Nobody else may say what an id is.
mod sealed {
    use crate::id::{AnyId, Id};

    #[expect(unnameable_types, reason = "that is what seals the trait")]
    pub trait Sealed {}

    impl Sealed for AnyId {}

    impl<T> Sealed for Id<T> {}
}
