//! Members of rows by a key of theirs.

use crate::graph::Graph;
use crate::id::Id;
use crate::identity::{Arrangement, KeyShape, KeyedEnd, Lookup, MemberKey};

impl Graph {
    /// The member of an entity's row that has a key; `None` if there is none,
    /// or `owner` is dead.
    ///
    /// Computes in O(1), expected.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author;
    /// #[derive(Clone)]
    /// struct Book { isbn: String }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book").cloneable();
    /// schema
    ///     .relationship("Book.author")
    ///     .to_one("Author")
    ///     .backref("books")
    ///     .inverse(|books| books.keyed_by(Key::field(|book: &Book| &book.isbn)));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let book = registry.entity_type::<Book>("Book")?;
    /// let book_author = registry.to_one::<Book, Author>("Book.author")?;
    /// let by_isbn = registry.keyed::<Author, Book, String>("Author.books")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let lem = graph.insert(author, Author)?;
    /// let eden = graph.insert(book, Book { isbn: "3".to_owned() })?;
    /// graph.set(book_author, eden, lem)?;
    /// assert_eq!(graph.member_by_key(by_isbn, lem, "3"), Some(eden));
    /// graph.update(book, eden, |book| book.isbn = "4".to_owned())?;
    /// assert_eq!(graph.member_by_key(by_isbn, lem, "3"), None);
    /// assert_eq!(graph.member_by_key(by_isbn, lem, "4"), Some(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn member_by_key<S, T, K>(
        &self,
        end: KeyedEnd<S, T, K>,
        owner: Id<S>,
        key: impl Lookup<K>,
    ) -> Option<Id<T>>
    where
        T: Send + Sync + 'static,
        K: KeyShape,
    {
        let place = self.engine.find_place(end.untyped())?;
        let Some(Arrangement::Keyed(keying)) = &self.engine.end(place).arrangement else {
            return None;
        };
        let keying = keying.as_any().downcast_ref::<MemberKey<T, K>>()?;
        if !self.engine.is_live_at(place, owner.raw()) {
            return None;
        }
        let arena = self
            .engine
            .all::<T>(self.engine.target_type(place))?
            .arena();
        let keyed = self.engine.relation(place).arranged()?.keyed(place.side)?;
        let is = |member| {
            let payload = arena.payload(member);
            payload.is_some_and(|payload| keying.is(key, payload))
        };
        let member = keyed.find(owner.slot(), keying.hash_of(key), is)?;
        arena.entry(member).map(|(id, _)| Id::new(id))
    }
}
