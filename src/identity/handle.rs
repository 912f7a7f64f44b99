//! Handles that name a key or an index of an entity type to the graph.

use std::fmt;
use std::marker::PhantomData;

use crate::id::EntityTypeId;

/// A handle: the entity type and the number of the index within it.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T, K> {
            entity: EntityTypeId,
            index: u16,
            registry: u16,
            of: PhantomData<fn(T) -> K>,
        }

        impl<T, K> $name<T, K> {
            pub(crate) const fn new(entity: EntityTypeId, index: u16, registry: u16) -> Self {
                Self {
                    entity,
                    index,
                    registry,
                    of: PhantomData,
                }
            }

            #[inline]
            pub(crate) fn entity(self) -> EntityTypeId {
                self.entity
            }

            /// The stamp of the registry that gave it out.
            #[inline]
            pub(crate) fn registry(self) -> u16 {
                self.registry
            }

            #[inline]
            pub(crate) fn index(self) -> usize {
                usize::from(self.index)
            }
        }

        impl<T, K> Clone for $name<T, K> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T, K> Copy for $name<T, K> {}

        impl<T, K> fmt::Debug for $name<T, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}.index{}", self.entity, self.index)
            }
        }
    };
}

handle! {
    /// A key of type `K` that no two entities of `T` share.
    ///
    /// Copy, six bytes, found once by [`Registry::key`](crate::Registry::key)
    /// or [`Registry::unique`](crate::Registry::unique), used by
    /// [`Graph::find`](crate::Graph::find).
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author {
    ///     name: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author").key(Key::field(|a: &Author| &a.name));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let name = registry.key::<Author, String>("Author")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let ursula = graph.insert(author, Author { name: "Ursula".to_owned() })?;
    /// assert_eq!(graph.find(name, "Ursula"), Some(ursula));
    /// assert_eq!(graph.find(name, "Stanisław"), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    UniqueKey
}

handle! {
    /// A field of type `K` by which entities of `T` are found all at once.
    ///
    /// Copy, six bytes, found once by [`Registry::index`](crate::Registry::index),
    /// used by [`Graph::find_all`](crate::Graph::find_all). For ranges there is
    /// [`OrderedIndex`].
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author {
    ///     country: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .index("country", Key::field(|a: &Author| &a.country));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let country = registry.index::<Author, String>("Author.country")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let stanislaw = graph.insert(author, Author { country: "Poland".to_owned() })?;
    /// let olga = graph.insert(author, Author { country: "Poland".to_owned() })?;
    /// assert!(graph.find_all(country, "Poland").eq([stanislaw, olga]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    HashIndex
}

handle! {
    /// A field of type `K` by which entities of `T` stand in order.
    ///
    /// Copy, six bytes, found once by
    /// [`Registry::ordered_index`](crate::Registry::ordered_index), used by
    /// [`Graph::range`](crate::Graph::range). Where only equal values are asked
    /// for, [`HashIndex`] is faster.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author {
    ///     born: i32,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .ordered_index("born", Key::field(|a: &Author| &a.born));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let born = registry.ordered_index::<Author, i32>("Author.born")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let ursula = graph.insert(author, Author { born: 1929 })?;
    /// let stanislaw = graph.insert(author, Author { born: 1921 })?;
    /// graph.insert(author, Author { born: 1962 })?;
    /// assert!(graph.range(born, 1900..1930).eq([stanislaw, ursula]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    OrderedIndex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_takes_six_bytes_whatever_its_parameters() {
        assert_eq!(size_of::<UniqueKey<String, [u64; 9]>>(), 6);
    }

    #[test]
    fn a_handle_shows_its_entity_type_and_its_number() {
        struct Opaque;

        let handle = HashIndex::<u8, Opaque>::new(EntityTypeId(2), 1, 7);
        assert_eq!(format!("{handle:?}"), "entity2.index1");
        assert_eq!((handle.entity(), handle.index()), (EntityTypeId(2), 1));
    }
}
