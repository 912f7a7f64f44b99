//! A live entity, to be changed.

use std::fmt;

use crate::change::FieldNumber;
use crate::error::{Error, Result};
use crate::graph::{Deleted, Graph};
use crate::id::{AnyId, Id, ToMany, ToOne, ToOneOf};
use crate::link_data::handle::LinkData;
use crate::typed::{Entity, IntoTarget, MembersMut, MembersMutWith, Ref, RefOf};

/// An entity in its graph, to be changed.
///
/// `#[entity]` wraps it in a type of its own with a method for each end and
/// each field, as `BookMut` for `Book`. There is no `&mut` to the payload: keys,
/// links and whoever listens see every write.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # let eden = lib.insert(Book::new("3", "Eden", 1958))?;
/// let mut book = lib.edit(eden);                          // a `BookMut`
/// book.set_year(1959)?;
/// book.set_author(lem)?;
/// assert_eq!(book.year, 1959);
/// assert!(lib.at(lem).books().contains(eden));
/// # Ok::<(), backref::Error>(())
/// ```
///
/// In generic code it takes the handles of ends:
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// use backref::typed::{Entity, Mut};
/// use backref::{Graph, Id, Result, ToOne};
///
/// fn give_up<S: Entity, T>(graph: &mut Graph, id: Id<S>, end: ToOne<S, T>) -> Result<bool> {
///     Mut::at(graph, id).set(end, None)
/// }
///
/// # let mut graph = Graph::new(Library::registry().clone());
/// # let eden = graph.insert(Book::TYPE, Book::new("3", "Eden", 1959))?;
/// assert!(!give_up(&mut graph, eden, Book::AUTHOR)?);     // it had none
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Mut<'g, T> {
    graph: &'g mut Graph,
    id: Id<T>,
}

impl<'g, T: Entity> Mut<'g, T> {
    /// The entity with an id, to be changed. Computes in O(1).
    ///
    /// # Errors
    /// [`NotLive`](crate::ErrorKind::NotLive): it was deleted, or is of another
    /// graph.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// use backref::ErrorKind;
    ///
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1958))?;
    /// lib.try_edit(eden)?.set_year(1959)?;
    /// lib.delete(eden)?;
    /// let error = lib.try_edit(eden).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotLive);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn get(graph: &'g mut Graph, id: Id<T>) -> Result<Self> {
        if graph.contains(T::TYPE, id) {
            Ok(Self { graph, id })
        } else {
            Err(graph.engine.not_live(id.into()))
        }
    }

    /// The entity with an id, to be changed. Nothing is looked up before the
    /// handle is used: each write says
    /// [`NotLive`](crate::ErrorKind::NotLive) if the entity was deleted or is of
    /// another graph. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::ErrorKind;
    ///
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// assert!(lib.edit(eden).set_author(lem)?);
    /// lib.delete(eden)?;
    /// let error = lib.edit(eden).set_author(None).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotLive);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn at(graph: &'g mut Graph, id: Id<T>) -> Self {
        Self { graph, id }
    }

    /// The id. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let book = lib.edit(eden);
    /// assert_eq!(book.id(), eden);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn id(&self) -> Id<T> {
        self.id
    }

    /// The entity, to be read. Computes in O(1).
    ///
    /// # Panics
    /// When what it returns is used, if the entity does not live.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let mut book = lib.edit(eden);
    /// book.set_author(lem)?;
    /// let author = book.read().author();                      // between two writes
    /// assert_eq!(author.map(|author| author.id()), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn read(&self) -> RefOf<'_, T> {
        Ref::at(self.graph, self.id).into()
    }

    /// The payload, to be read. Computes in O(1).
    ///
    /// # Panics
    /// If the entity does not live.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1958))?;
    /// let mut book = lib.edit(eden);
    /// let next = book.year + 1;                               // `BookMut` dereferences to it
    /// book.set_year(next)?;
    /// assert_eq!(lib[eden].year, 1959);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn payload(&self) -> &T {
        Ref::at(self.graph, self.id).payload()
    }

    /// Sets a to-one end to an entity, or to none; `false` if it was so:
    /// [`Graph::set`].
    ///
    /// At the other end: the entity leaves the row of its old target and is last in
    /// that of the new one. A one-to-one end frees the target's old partner.
    ///
    /// Computes as [`Graph::set`]: in O(1), amortised; in O(depth) where the
    /// relationship is acyclic.
    ///
    /// # Errors
    /// As [`Graph::set`].
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let ursula = lib.insert(Author::new("Ursula"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(ursula))?;
    /// assert!(lib.edit(eden).set_author(lem)?);
    /// assert!(lib.at(ursula).books().is_empty());
    /// assert!(lib.at(lem).books().ids().eq([eden]));
    /// assert!(!lib.edit(eden).set_author(lem)?);              // it was so
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn set<U>(&mut self, end: ToOne<T, U>, target: impl IntoTarget<U>) -> Result<bool> {
        self.graph.set(end, self.id, target.into_target())
    }

    /// Sets a to-one end of several types to an entity of one of them, or to none;
    /// `false` if it was so: [`Graph::set_one_of`].
    ///
    /// At the other end: the entity leaves whomever it was linked to, of whatever
    /// type, and is last in the row of its new target.
    ///
    /// Computes in O(types of the end), and as [`set`](Self::set).
    ///
    /// # Errors
    /// As [`Graph::set_one_of`].
    ///
    /// ```
    /// # use backref::{entity, graph};
    /// # #[entity]
    /// # struct Post {}
    /// # #[entity]
    /// # struct Photo {}
    /// #[entity]
    /// struct Comment {
    ///     #[relationship(backref = comments)]
    ///     on: ToOne<(Post, Photo)>,
    /// }
    /// # graph! { struct Blog { posts: Post, photos: Photo, comments: Comment } }
    /// # let mut blog = Blog::new();
    /// # let (hello, sea) = (blog.insert(Post {})?, blog.insert(Photo {})?);
    /// # let nice = blog.insert(Comment {}.with_on(hello))?;
    /// assert!(blog.edit(nice).set_on(sea)?);
    /// assert!(blog.at(hello).comments().is_empty());
    /// assert!(blog.at(sea).comments().contains(nice));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_one_of(&mut self, end: ToOneOf<T>, target: Option<AnyId>) -> Result<bool> {
        self.graph.set_one_of(end, self.id, target)
    }

    /// Sets a to-one end with the data of the link; gives the data back if it
    /// was so already. See [`Graph::link`].
    ///
    /// # Errors
    /// As [`Graph::link`].
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" })?;
    /// assert_eq!(lib.edit(eden).set_genre_with(sf, 7)?, None);
    /// assert_eq!(lib.edit(eden).set_genre_with(sf, 1)?, Some(1)); // it was so, and has its 7
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_with<U, D: Send + Sync + 'static>(
        &mut self,
        data_of: LinkData<T, U, D>,
        target: Id<U>,
        data: D,
    ) -> Result<Option<D>> {
        self.graph.link(data_of, self.id, target, data)
    }

    /// Gives the link at a to-one end other data; the old comes back. See
    /// [`Graph::set_link_data`].
    ///
    /// # Errors
    /// As [`Graph::set_link_data`]: there is no link.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = lib.insert(Book { title: "Eden" }.with_genre_data(sf, 7))?;
    /// assert_eq!(lib.edit(eden).set_genre_data(8)?, 7);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_data<U: Entity, D: Send + Sync + 'static>(
        &mut self,
        end: ToOne<T, U>,
        data_of: LinkData<T, U, D>,
        data: D,
    ) -> Result<D> {
        let target = self.linked(end)?;
        self.graph.set_link_data(data_of, self.id, target, data)
    }

    /// Changes the data of the link at a to-one end, on a clone that is written
    /// once. See [`Graph::update_link_data`].
    ///
    /// # Errors
    /// As [`Graph::update_link_data`]: there is no link.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = lib.insert(Book { title: "Eden" }.with_genre_data(sf, 7))?;
    /// lib.edit(eden).update_genre_data(|weight| *weight += 1)?;
    /// assert_eq!(lib.at(eden).genre_data(), Some(&8));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update_data<U: Entity, D: Send + Sync + 'static, R>(
        &mut self,
        end: ToOne<T, U>,
        data_of: LinkData<T, U, D>,
        change: impl FnOnce(&mut D) -> R,
    ) -> Result<R> {
        let target = self.linked(end)?;
        self.graph
            .update_link_data(data_of, self.id, target, change)
    }

    fn linked<U: Entity>(&self, end: ToOne<T, U>) -> Result<Id<U>> {
        let found = self.graph.one(end, self.id);
        found.ok_or_else(|| self.graph.engine.no_link(end.untyped(), self.id.into()))
    }

    /// The row of a to-many end whose links have data, to be changed. Computes
    /// in O(1).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" })?;
    /// lib.edit(eden).tags_mut().push_with(sf, 9)?;             // `tags_mut` calls this
    /// assert_eq!(lib.at(sf).books().data(eden), Some(&9));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn many_with<U, O, D>(
        &mut self,
        end: ToMany<T, U>,
        data: LinkData<T, U, D>,
    ) -> MembersMutWith<'_, T, U, O, D> {
        MembersMutWith::new(self.many(end), data)
    }

    /// The row of a to-many end, to be changed. Computes in O(1).
    ///
    /// `O` says whose the order of the row is. A generated method has the right one;
    /// where it is not that of the end, verbs that the row does not allow are
    /// refused when they are called.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let mut author = lib.edit(lem);
    /// author.books_mut().push(eden)?;                         // `many(Author::BOOKS)`
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn many<U, O>(&mut self, end: ToMany<T, U>) -> MembersMut<'_, T, U, O> {
        MembersMut::new(self.graph, end, self.id)
    }

    /// Changes the payload: `change` works on a clone, which is then written
    /// once: [`Graph::update`]. Links stay at either end, keys are re-indexed.
    ///
    /// Computes in O(1), amortised, plus one clone; in O(log n) more for each
    /// ordered index.
    ///
    /// # Errors
    /// As [`Graph::update`]: a key that another entity has; then nothing has
    /// changed.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "?", 0))?;
    /// lib.edit(eden).update(|book| {
    ///     book.title = "Eden".into();
    ///     book.year = 1959;
    /// })?;
    /// assert!(lib.range(Book::YEAR, 1959..).any(|book| book.id() == eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update<R>(&mut self, change: impl FnOnce(&mut T) -> R) -> Result<R> {
        self.graph.update(T::TYPE, self.id, change)
    }

    /// Changes one field, by its number in the declaration, which is told of by
    /// itself.
    #[doc(hidden)]
    pub fn update_field(&mut self, number: u16, change: impl FnOnce(&mut T)) -> Result<()> {
        let field = FieldNumber(number);
        let change = |payload: &mut T| {
            change(payload);
            Ok(())
        };
        self.graph.update_one(T::TYPE, self.id, field, change)
    }

    /// Changes the payload as [`update`](Self::update) does, unless `change`
    /// fails: then nothing has changed. See [`Graph::try_update`].
    ///
    /// Computes as [`update`](Self::update).
    ///
    /// # Errors
    /// As [`update`](Self::update), and whatever `change` returns.
    ///
    /// ```
    /// # use backref::example::typed::{Book, Library};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// let result = lib.edit(eden).try_update(|book| {
    ///     book.year = "MCMLIX".parse()?;
    ///     Ok::<(), Box<dyn std::error::Error>>(())
    /// });
    /// assert!(result.is_err());
    /// assert_eq!(lib[eden].year, 1959);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn try_update<R, E: From<Error>>(
        &mut self,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        self.graph.try_update(T::TYPE, self.id, change)
    }

    /// Puts another payload in the place of this one, which is returned:
    /// [`Graph::replace`]. Links stay at either end, keys are re-indexed.
    ///
    /// Computes in O(1), amortised; in O(log n) more for each ordered index.
    ///
    /// # Errors
    /// As [`Graph::replace`]: a key that another entity has; then nothing has
    /// changed.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let eden = lib.insert(Book::new("3", "?", 0).with_author(lem))?;
    /// let old = lib.edit(eden).replace(Book::new("3", "Eden", 1959))?;
    /// assert_eq!(old.title, "?");
    /// assert!(lib.at(lem).books().contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace(&mut self, payload: T) -> Result<T> {
        self.graph.replace(T::TYPE, self.id, payload)
    }

    /// Deletes the entity and all that its delete rules take along:
    /// [`Graph::delete`].
    ///
    /// At the other ends: to-one ends become none, rows shrink and keep their order.
    ///
    /// Computes in O(links of what is deleted), without recursion.
    ///
    /// # Errors
    /// As [`Graph::delete`]: a delete rule that denies, or a survivor that
    /// would lack a required link; then nothing has changed.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let sf = lib.insert(Tag::new("sf"))?;
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem).with_tags([sf]))?;
    /// let gone = lib.edit(lem).delete()?;                     // Author.books cascades
    /// assert_eq!(gone.payload.name, "Lem");
    /// assert_eq!(gone.others, [eden.into()]);
    /// assert!(lib.at(sf).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete(self) -> Result<Deleted<T>> {
        self.graph.delete(T::TYPE, self.id)
    }
}

impl<T: Entity> fmt::Debug for Mut<'_, T> {
    /// Type, slot and generation, as in `Book#3v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.graph.describe(self.id.into()))
    }
}
