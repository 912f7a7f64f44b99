//! Entities that are not in a graph yet, with the links they shall have.

mod tree;

use std::fmt;

use crate::error::Result;
use crate::graph::Graph;
use crate::graph::create::EndOf;
use crate::id::{AnyId, EndId, Id, ToOneOf};
use crate::link_data::handle::LinkData;
use crate::typed::Entity;

use tree::{Data, LiveLinks, Tree};

/// A required end that has been given a link, in the type of a new entity.
///
/// ```
/// # use backref::{entity, graph};
/// # use backref::typed::{Set, Unset};
/// # #[entity]
/// # struct Author {}
/// #[entity]
/// struct Book {
///     #[relationship(backref = books, required)]
///     author: ToOne<Author>,
/// }
/// # graph! { struct Library { authors: Author, books: Book } }
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author {})?;
/// let eden: NewBook<(Unset,)> = Book {}.into();
/// let eden: NewBook<(Set,)> = eden.with_author(lem);      // now it is `Insertable`
/// lib.insert(eden)?;
/// # assert_eq!(lib.at(lem).books().len(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Set {}

/// A required end that is still to be given a link: without it the entity is
/// not [`Insertable`].
///
/// ```compile_fail,E0277
/// # use backref::{entity, graph};
/// # #[entity]
/// # struct Author {}
/// #[entity]
/// struct Book {
///     #[relationship(backref = books, required)]
///     author: ToOne<Author>,
/// }
/// # graph! { struct Library { authors: Author, books: Book } }
/// # let mut lib = Library::new();
/// let eden: NewBook = Book {}.into();                     // `NewBook<(Unset,)>`
/// lib.insert(eden)?;
/// # Ok::<(), backref::Error>(())
/// ```
///
/// With it, it is: see [`Set`].
#[derive(Clone, Copy, Debug)]
pub enum Unset {}

/// A payload and the links it shall have, to live entities or to further new
/// ones: a whole tree, inserted as one call.
///
/// `#[entity]` wraps it in a type of its own with a `with_` method for each
/// end, as `NewBook` for `Book`.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag::new("sf"))?;
/// let eden = Book::new("3", "Eden", 1959).with_tags([sf]);    // a `NewBook`
/// let lem = lib.insert(Author::new("Lem").with_books([eden]))?;
/// assert_eq!(lib.at(lem).books().len(), 1);
/// assert_eq!(lib.at(sf).books().len(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "nothing is in a graph before it is inserted"]
pub struct New<T> {
    payload: T,
    /// To entities that live.
    links: LiveLinks,
    /// To entities as new as this one, all of them; in most cases none.
    others: Option<Box<Tree>>,
}

impl<T> New<T> {
    /// A payload without links. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Library, Tag};
    /// use backref::Graph;
    /// use backref::typed::{Entity, New};
    ///
    /// # let mut graph = Graph::new(Library::registry().clone());
    /// let sf = New::of(Tag::new("sf")).insert_into(&mut graph)?;
    /// assert!(graph.contains(Tag::TYPE, sf));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn of(payload: T) -> Self {
        Self {
            payload,
            links: LiveLinks::default(),
            others: None,
        }
    }
}

impl<T: Entity> New<T> {
    /// Gives it a link, last at its end; at a to-one end, the last one said
    /// counts.
    ///
    /// At the other end, once it is inserted: as by [`Graph::set`] or
    /// [`RowMut::push`](crate::RowMut::push).
    ///
    /// Computes in O(1), amortised; in O(log n), amortised, where the target is a
    /// new entity itself and brings n others.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let lem = lib.insert(Author::new("Lem"))?;
    /// # let ghost = lib.insert(Author::new("Ghost"))?;
    /// let eden = Book::new("3", "Eden", 1959).with_author(ghost); // `link(Book::AUTHOR, ghost)`
    /// let eden = lib.insert(eden.with_author(lem))?;
    /// assert!(lib.at(lem).books().contains(eden));
    /// assert!(lib.at(ghost).books().is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn link<U: Entity>(mut self, end: impl EndOf<T, U>, target: impl IntoLinked<U>) -> Self {
        self.add(end.number(), target.into_linked(), None);
        self
    }

    /// Gives it several links, in order. At the other end: as
    /// [`link`](Self::link).
    ///
    /// Computes as so many [`link`](Self::link)s.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// # let mut lib = Library::new();
    /// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
    /// # let solaris = lib.insert(Book::new("4", "Solaris", 1961))?;
    /// let lem = Author::new("Lem").with_books([eden, solaris]);
    /// let lem = lib.insert(lem)?;
    /// assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    /// assert_eq!(lib.at(eden).author(), Some(lib.at(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn links<U: Entity>(
        mut self,
        end: impl EndOf<T, U>,
        targets: impl IntoIterator<Item = impl IntoLinked<U>>,
    ) -> Self {
        let end = end.number();
        for target in targets {
            self.add(end, target.into_linked(), None);
        }
        self
    }

    /// Gives it a link with data. Computes as [`link`](Self::link).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = Book { title: "Eden" }.with_genre_data(sf, 7);    // calls this
    /// let eden = lib.insert(eden)?;
    /// assert_eq!(lib.at(eden).genre_data(), Some(&7));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link_with<U: Entity, D: Send + Sync + 'static>(
        mut self,
        end: LinkData<T, U, D>,
        target: impl IntoLinked<U>,
        data: D,
    ) -> Self {
        self.add(end.untyped(), target.into_linked(), Some(Box::new(data)));
        self
    }

    /// Gives it several links with data, in order. Computes as so many
    /// [`link`](Self::link)s.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// let eden = Book { title: "Eden" }.with_tags_data([(sf, 9)]); // calls this
    /// let eden = lib.insert(eden)?;
    /// assert_eq!(lib.at(eden).tags().data(sf), Some(&9));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn links_with<U: Entity, D: Send + Sync + 'static>(
        mut self,
        end: LinkData<T, U, D>,
        targets: impl IntoIterator<Item = (impl IntoLinked<U>, D)>,
    ) -> Self {
        for (target, data) in targets {
            self.add(end.untyped(), target.into_linked(), Some(Box::new(data)));
        }
        self
    }

    /// Gives it a link at an end of several types; the last one said counts.
    ///
    /// At the other end, once it is inserted: as by [`Graph::set_one_of`].
    ///
    /// Computes in O(1), amortised.
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
    /// # let sea = blog.insert(Photo {})?;
    /// let nice = blog.insert(Comment {}.with_on(sea))?;
    /// assert!(blog.at(sea).comments().contains(nice));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link_one_of(mut self, end: ToOneOf<T>, target: Option<AnyId>) -> Self {
        if let Some(to) = target {
            self.add_live(end.untyped(), to, None);
        }
        self
    }

    #[inline]
    fn add_live(&mut self, end: EndId, to: AnyId, data: Data) {
        match &mut self.others {
            None => self.links.add(end, to, data),
            Some(tree) => tree.link(end, to, data),
        }
    }

    #[inline]
    fn add<U: Entity>(&mut self, end: EndId, target: Linked<U>, data: Data) {
        match target {
            Linked::Live(id) => self.add_live(end, id.into(), data),
            Linked::New(new) => self.add_new(end, new, data),
        }
    }

    fn add_new<U: Entity>(&mut self, end: EndId, new: New<U>, data: Data) {
        let links = std::mem::take(&mut self.links);
        let tree = self
            .others
            .get_or_insert_with(|| Box::new(Tree::new(links)));
        let New {
            payload,
            links,
            others,
        } = new;
        tree.grow((end, data), (U::TYPE.untyped(), payload), (links, others));
    }

    /// Puts it into a graph with its links and all that hangs on them; the id
    /// of the entity itself. All or nothing.
    ///
    /// Entities are made in the order in which they are met from the root,
    /// depth first; then links, each entity's in the order they were given.
    ///
    /// At the other ends: as by [`Graph::set`] and
    /// [`RowMut::push`](crate::RowMut::push), for each link.
    ///
    /// Computes in O(entities + links).
    ///
    /// # Errors
    /// As [`Graph::insert`] and [`Graph::set`], for any of the entities and
    /// links; then nothing has changed.
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::Graph;
    /// use backref::typed::New;
    ///
    /// # let mut graph = Graph::new(Library::registry().clone());
    /// let lem = New::of(Author::new("Lem"));
    /// let eden = New::of(Book::new("3", "Eden", 1959)).link(Book::AUTHOR, lem);
    /// let eden = eden.insert_into(&mut graph)?;               // as `lib.insert(…)` does
    /// let lem = graph.one(Book::AUTHOR, eden);
    /// assert!(lem.is_some_and(|lem| graph.row(Author::BOOKS, lem).contains(eden)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert_into(self, graph: &mut Graph) -> Result<Id<T>> {
        let entity = graph.known(T::TYPE)?;
        let Self {
            payload,
            links: LiveLinks { links, data },
            others,
        } = self;
        let id = graph.write(|engine| match others {
            None => engine.insert(entity, payload, &links, data),
            Some(tree) => tree.insert(engine, entity, payload),
        })?;
        Ok(Id::new(id))
    }
}

impl<T> fmt::Debug for New<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("New").finish_non_exhaustive()
    }
}

/// What can be put into a graph: an entity whose required to-one ends have
/// been given links.
///
/// A payload is, if its type requires none; otherwise what its `with_` methods
/// make of it.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// use backref::Id;
/// use backref::typed::{Entity, Insertable};
///
/// # let mut lib = Library::new();
/// fn add<N: Insertable>(lib: &mut Library, new: N) -> backref::Result<Id<N::Entity>>
/// where
///     N::Entity: Entity<Graph = Library>,
/// {
///     lib.insert(new)
/// }
///
/// let lem = add(&mut lib, Author::new("Lem"))?;
/// let eden = add(&mut lib, Book::new("3", "Eden", 1959).with_author(lem))?;
/// # assert!(lib.at(lem).books().contains(eden));
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be inserted like this",
    label = "no entity with all that it requires",
    note = "insert a payload, or what `.with_<end>(…)` makes of it; \
            a required end has to be given its link with `.with_<end>(…)` first"
)]
pub trait Insertable: Sized {
    /// The entity type.
    type Entity;

    /// The payload with its links. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Book, Library};
    /// use backref::Graph;
    /// use backref::typed::Insertable;
    ///
    /// # let mut graph = Graph::new(Library::registry().clone());
    /// let eden = Book::new("3", "Eden", 1959).with_author(Author::new("Lem"));
    /// let eden = eden.into_new().insert_into(&mut graph)?;
    /// assert!(graph.one(Book::AUTHOR, eden).is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    fn into_new(self) -> New<Self::Entity>;

    /// Inserts it; what `insert` of a typed graph calls.
    #[doc(hidden)]
    #[inline]
    fn put_into(self, graph: &mut Graph) -> Result<Id<Self::Entity>>
    where
        Self::Entity: Entity,
    {
        self.into_new().insert_into(graph)
    }
}

/// What a new entity can be linked to: an [`Id`], a payload, or a new entity
/// with links of its own.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag::new("sf"))?;
/// let lem = Author::new("Lem");                           // a payload
/// let eden = Book::new("3", "Eden", 1959).with_tags([sf]).with_author(lem);
/// let classic = lib.insert(Tag::new("classic").with_books([eden]))?; // one with links
/// assert_eq!(lib.at(classic).books().len(), 1);
/// assert_eq!(lib.authors().len(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "the end leads to `{T}`, and `{Self}` is neither an id of one nor a new one",
    label = "no `{T}`",
    note = "give an `Id<{T}>`, a payload of the type, or one with `.with_<end>(…)`"
)]
pub trait IntoLinked<T>: Sized {
    /// A live or a new one. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Library};
    /// use backref::typed::{IntoLinked, Linked};
    ///
    /// # let mut lib = Library::new();
    /// let lem = lib.insert(Author::new("Lem"))?;
    /// assert!(matches!(lem.into_linked(), Linked::Live(id) if id == lem));
    /// assert!(matches!(Author::new("Ursula").into_linked(), Linked::New(_)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    fn into_linked(self) -> Linked<T>;
}

impl<T> IntoLinked<T> for Id<T> {
    #[inline]
    fn into_linked(self) -> Linked<T> {
        Linked::Live(self)
    }
}

impl<T> IntoLinked<T> for New<T> {
    fn into_linked(self) -> Linked<T> {
        Linked::New(self)
    }
}

/// What a new entity is linked to.
///
/// ```
/// # use backref::example::typed::{Author, Library};
/// use backref::typed::{IntoLinked, Linked};
///
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// fn is_new<T>(target: impl IntoLinked<T>) -> bool {
///     matches!(target.into_linked(), Linked::New(_))
/// }
///
/// assert!(is_new(Author::new("Ursula")));
/// assert!(!is_new(lem));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Debug)]
pub enum Linked<T> {
    /// An entity that lives.
    Live(Id<T>),
    /// One that comes with it.
    New(New<T>),
}

/// What a to-one end can be set to: an [`Id`], or `None`.
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
/// lib.edit(eden).set_author(lem)?;
/// assert!(lib.at(lem).books().contains(eden));
/// lib.edit(eden).set_author(None)?;
/// assert!(lib.at(lem).books().is_empty());
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "the end leads to `{T}`, and `{Self}` is no id of one",
    label = "not an `Id<{T}>`",
    note = "give an `Id<{T}>`, or `None` to take the link away"
)]
pub trait IntoTarget<T>: Sized {
    /// The id, or none. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::typed::{Author, Library};
    /// use backref::Id;
    /// use backref::typed::IntoTarget;
    ///
    /// # let mut lib = Library::new();
    /// let lem = lib.insert(Author::new("Lem"))?;
    /// assert_eq!(lem.into_target(), Some(lem));
    /// assert_eq!(None::<Id<Author>>.into_target(), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    fn into_target(self) -> Option<Id<T>>;
}

impl<T> IntoTarget<T> for Id<T> {
    #[inline]
    fn into_target(self) -> Option<Id<T>> {
        Some(self)
    }
}

impl<T> IntoTarget<T> for Option<Id<T>> {
    #[inline]
    fn into_target(self) -> Option<Id<T>> {
        self
    }
}

/// What a to-one end of several types can be set to: an [`Id`] of one of them,
/// or `None`. `E` is the enum that the end is read as.
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
/// # let hello = blog.insert(Post {})?;
/// # let nice = blog.insert(Comment {})?;
/// blog.edit(nice).set_on(hello)?;
/// assert_eq!(blog.at(nice).on(), Some(CommentOn::Post(blog.at(hello))));
/// blog.edit(nice).set_on(None)?;
/// assert!(blog.at(hello).comments().is_empty());
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no id of a type that this end leads to",
    label = "not one of its types",
    note = "the end leads to the types of `{E}`; give an id of one of them, or `None`"
)]
pub trait IntoOneOf<E>: Sized {
    /// The id with its type, or none. Computes in O(1).
    ///
    /// ```
    /// # use backref::{entity, graph};
    /// # use backref::typed::IntoOneOf;
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
    /// # let hello = blog.insert(Post {})?;
    /// let target = IntoOneOf::<CommentOn<'_>>::into_one_of(hello);
    /// assert_eq!(target, Some(hello.into()));
    /// # Ok::<(), backref::Error>(())
    /// ```
    fn into_one_of(self) -> Option<AnyId>;
}

impl<E> IntoOneOf<E> for Option<AnyId> {
    fn into_one_of(self) -> Option<AnyId> {
        self
    }
}
