//! A live entity, to be read.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::engine::delete::plan::DeletePlan;
use crate::error::Result;
use crate::graph::Graph;
use crate::id::{Id, ToMany, ToOne};
use crate::identity::{KeyShape, KeyedEnd, Lookup};
use crate::link_data::handle::LinkData;
use crate::typed::{Entity, Members, MembersWith, RefOf};

/// An entity in its graph, to be read: 24 bytes, `Copy`.
///
/// `#[entity]` wraps it in a type of its own with a method for each end, as
/// `BookRef` for `Book`. Two are equal if they name the same entity; payloads
/// are not compared.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// use backref::typed::Ref;
///
/// # let mut lib = Library::new();
/// let lem = lib.insert(Author::new("Lem"))?;
/// let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
/// let book = lib.at(eden);                                // a `BookRef`
/// assert_eq!(book.author(), Some(lib.at(lem)));
/// let book: Ref<'_, Book> = book.into();                  // the same by handles of ends
/// assert_eq!(book.one(Book::AUTHOR), Some(lib.at(lem)));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Ref<'g, T> {
    graph: &'g Graph,
    id: Id<T>,
    /// Read with the id, or not yet.
    payload: Option<&'g T>,
}

impl<'g, T: Entity> Ref<'g, T> {
    #[inline]
    pub(crate) fn new(graph: &'g Graph, id: Id<T>, payload: &'g T) -> Self {
        Self {
            graph,
            id,
            payload: Some(payload),
        }
    }

    /// The entity with an id, if it lives. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::typed::Ref;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// assert_eq!(lib.get(eden).map(|book| book.year), Some(1959));
    /// lib.delete(lem)?;                                       // Author.books cascades
    /// assert_eq!(lib.get(eden), None);
    /// assert_eq!(Ref::get(lib.graph(), eden), None);          // what it calls
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn get(graph: &'g Graph, id: Id<T>) -> Option<Self> {
        let payload = graph.get(T::TYPE, id)?;
        Some(Self::new(graph, id, payload))
    }

    /// The entity with an id, which has to live. Nothing is looked up before the
    /// handle is used: following an end costs no look at the payload. Computes in
    /// O(1).
    ///
    /// # Panics
    /// When it is used, if the entity was deleted or is of another graph.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// use backref::typed::Ref;
    ///
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// assert_eq!(lib.at(eden).title, "Eden");
    /// assert_eq!(Ref::at(lib.graph(), eden).payload().title, "Eden"); // what it calls
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn at(graph: &'g Graph, id: Id<T>) -> Self {
        Self {
            graph,
            id,
            payload: None,
        }
    }

    /// The id, which outlives the borrow. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let eden = lib.find::<Book>("3").map(|book| book.id());
    /// if let Some(eden) = eden {
    ///     lib.edit(eden).set_author(None)?;                   // no handle is held any more
    /// }
    /// assert!(lib.at(lem).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn id(self) -> Id<T> {
        self.id
    }

    /// The payload, for as long as the graph is borrowed. Computes in O(1).
    ///
    /// # Panics
    /// If the entity does not live: see [`at`](Self::at).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// fn writer(lib: &Library, book: backref::Id<Book>) -> Option<&str> {
    ///     let author = lib.at(book).author()?.into_inner();   // calls it
    ///     Some(&author.name)
    /// }
    ///
    /// assert_eq!(writer(&lib, eden), Some("Lem"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn payload(self) -> &'g T {
        match self.payload.or_else(|| self.graph.get(T::TYPE, self.id)) {
            Some(payload) => payload,
            None => self.dead(),
        }
    }

    #[cold]
    #[track_caller]
    fn dead(self) -> ! {
        panic!("{}", self.graph.engine.not_live(self.id.into()))
    }

    /// The entity at a to-one end; [`Graph::target`] as a handle. Computes in
    /// O(1).
    ///
    /// # Panics
    /// If the entity does not live: see [`at`](Self::at).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::typed::Ref;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// assert_eq!(lib.at(eden).author(), None);
    /// lib.edit(lem).books_mut().push(eden)?;                  // the other end
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// assert_eq!(Ref::at(lib.graph(), eden).one(Book::AUTHOR), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    #[track_caller]
    pub fn one<U: Entity>(self, end: ToOne<T, U>) -> Option<RefOf<'g, U>> {
        match self.graph.target(end, self.id) {
            Some((id, payload)) => Some(Ref::new(self.graph, id, payload).into()),
            None => self.without_link(),
        }
    }

    /// What there is where nothing was found.
    #[cold]
    #[track_caller]
    fn without_link<R>(self) -> Option<R> {
        if self.graph.contains(T::TYPE, self.id) {
            None
        } else {
            self.dead()
        }
    }

    /// The entity at a required to-one end. Computes in O(1).
    ///
    /// # Panics
    /// If there is none, which can be only while a call that makes several
    /// entities is under way; or if the entity does not live: see
    /// [`at`](Self::at).
    ///
    /// ```
    /// # use backref::{entity, graph};
    /// # #[entity]
    /// # struct Author { name: String }
    /// #[entity]
    /// struct Book {
    ///     #[relationship(backref = books, required)]
    ///     author: ToOne<Author>,
    /// }
    /// # graph! { struct Library { authors: Author, books: Book } }
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author { name: "Lem".into() })?;
    /// let eden = lib.insert(Book {}.with_author(lem))?;
    /// assert_eq!(lib.at(eden).author().name, "Lem");          // no `Option`
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn required<U: Entity>(self, end: ToOne<T, U>) -> RefOf<'g, U> {
        self.expect_link(self.one(end))
    }

    /// What was found at a required end. Computes in O(1).
    ///
    /// For an end of several types, which is read by one look for each of them.
    ///
    /// # Panics
    /// As [`required`](Self::required).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::typed::Ref;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let book = Ref::at(lib.graph(), eden);
    /// let author = book.expect_link(book.one(Book::AUTHOR));
    /// assert_eq!(author.name, "Lem");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    #[track_caller]
    pub fn expect_link<R>(self, found: Option<R>) -> R {
        match found {
            Some(found) => found,
            None => panic!(
                "{} has no link yet at an end where one is required",
                self.graph.describe(self.id.into())
            ),
        }
    }

    /// The row of a to-many end; [`Graph::row`] as handles. Computes in O(1).
    ///
    /// # Panics
    /// If the entity does not live: see [`at`](Self::at).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::typed::Ref;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// assert!(lib.at(lem).books().ids().eq([eden]));
    /// let author = Ref::at(lib.graph(), lem);
    /// assert!(author.many(Author::BOOKS).contains(eden));     // what it calls
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline(always)]
    #[track_caller]
    pub fn many<U: Entity>(self, end: ToMany<T, U>) -> Members<'g, T, U> {
        let row = self.graph.row(end, self.id);
        if row.is_dead() {
            self.dead()
        }
        Members::new(self.graph, row, end, self.id)
    }

    /// The row of a to-many end whose links have data. Computes in O(1).
    ///
    /// # Panics
    /// If the entity does not live: see [`at`](Self::at).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// let told = lib.at(eden).tags().iter().map(|(tag, weight)| (tag.label, *weight));
    /// assert_eq!(told.collect::<Vec<_>>(), [("sf", 9)]);      // `tags` calls this
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn many_with<U: Entity, D: Send + Sync + 'static>(
        self,
        end: ToMany<T, U>,
        data: LinkData<T, U, D>,
    ) -> MembersWith<'g, T, U, D> {
        MembersWith::new(self.many(end), data)
    }

    /// The data of the link at a to-one end. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = lib.insert(Book { title: "Eden" }.with_genre_data(sf, 7))?;
    /// assert_eq!(lib.at(eden).genre_data(), Some(&7));        // `genre_data` calls this
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn data<U: Entity, D: Send + Sync + 'static>(
        self,
        end: ToOne<T, U>,
        data: LinkData<T, U, D>,
    ) -> Option<&'g D> {
        let target = self.graph.one(end, self.id)?;
        self.graph.link_data(data, self.id, target)
    }

    /// The member of a keyed row that has a key. Computes in O(1).
    ///
    /// ```
    /// use backref::{entity, graph};
    ///
    /// #[entity]
    /// struct Author {
    ///     #[relationship(backref = one(author), order = keyed_by(isbn))]
    ///     books: ToMany<Book>,
    /// }
    /// #[entity]
    /// struct Book { isbn: String }
    /// graph! { struct Library { authors: Author, books: Book } }
    ///
    /// # let mut lib = Library::new();
    /// let lem = lib.insert(Author {}.with_books([Book { isbn: "3".into() }]))?;
    /// let eden = lib.at(lem).books_by_isbn("3");              // calls this
    /// assert_eq!(eden.map(|book| book.isbn.as_str().len()), Some(1));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn member_by_key<U: Entity, K: KeyShape>(
        self,
        end: KeyedEnd<T, U, K>,
        key: impl Lookup<K>,
    ) -> Option<RefOf<'g, U>> {
        let id = self.graph.member_by_key(end, self.id, key)?;
        Some(Ref::at(self.graph, id).into())
    }

    /// What deleting it would do, at whatever end: [`Graph::plan_delete`].
    /// Computes in O(links of what would be deleted).
    ///
    /// # Errors
    /// [`NotLive`](crate::ErrorKind::NotLive).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
    /// let plan = lib.at(lem).plan_delete()?;
    /// assert!(plan.is_allowed());
    /// assert_eq!(plan.path(eden.into()), [lem.into(), eden.into()]); // the book would go too
    /// assert!(lib.contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn plan_delete(self) -> Result<DeletePlan> {
        self.graph.plan_delete([self.id.into()])
    }
}

impl<T> Clone for Ref<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ref<'_, T> {}

impl<T> PartialEq for Ref<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.graph, other.graph)
    }
}

impl<T> Eq for Ref<'_, T> {}

impl<T> Hash for Ref<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<T: Entity> fmt::Debug for Ref<'_, T> {
    /// Type, slot and generation, as in `Book#3v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.graph.describe(self.id.into()))
    }
}
