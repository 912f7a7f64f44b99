//! Handles of ends whose members are found by a key.

use std::any::type_name;

use crate::error::Result;
use crate::identity::{Arrangement, KeyShape, KeyedEnd, MemberKey};
use crate::schema::registry::{End, Registry};
use crate::schema::{Cardinality, Order};

use super::wrong;

impl Registry {
    /// The handle of a to-many end whose members are found by a key: one that
    /// was declared with [`keyed_by`](crate::EndBuilder::keyed_by).
    ///
    /// # Errors
    ///
    /// As [`to_many`](Self::to_many), and
    /// [`WrongType`](crate::ErrorKind::WrongType) if the end is not keyed, or by
    /// another type than `K`.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Shelf;
    /// struct Book { isbn: u64 }
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
    ///
    /// let books = registry.keyed::<Shelf, Book, u64>("Shelf.books")?;
    /// let error = registry.keyed::<Book, Shelf, u64>("Book.shelves").unwrap_err();
    /// assert_eq!(error.to_string(), "Book.shelves has no key: declare it with keyed_by(..)");
    /// # let _ = books;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn keyed<S, T, K>(&self, name: &str) -> Result<KeyedEnd<S, T, K>>
    where
        S: Send + Sync + 'static,
        T: Send + Sync + 'static,
        K: KeyShape,
    {
        let end = self.end_between::<S, T>(name, Cardinality::Many)?;
        let checked = self.check_member_key::<T, K>(end);
        checked.map_err(|error| error.at(end.id))?;
        Ok(KeyedEnd::new(end.id))
    }

    fn check_member_key<T: 'static, K: KeyShape>(&self, end: &End) -> Result<()> {
        let name = self.full_name(end);
        let (Order::Keyed, Some(Arrangement::Keyed(key))) = (end.order, &end.arrangement) else {
            return Err(wrong(format!(
                "{name} has no key: declare it with keyed_by(..)"
            )));
        };
        if key.as_any().is::<MemberKey<T, K>>() {
            return Ok(());
        }
        let (declared, asked) = (key.key_type_name(), type_name::<K>());
        Err(wrong(format!(
            "{name} is keyed by {declared} and not by {asked}: ask with the declared type"
        )))
    }
}
