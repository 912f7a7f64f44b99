//! Whose the order of a row is, told to the compiler.

/// The row keeps the order in which members were added, and its order is
/// yours to change: the default. See [`Order::Insertion`](crate::Order::Insertion).
///
/// ```
/// # use backref::example::typed::{Author, Book, Library};
/// use backref::typed::{InsertionOrder, MembersMut};
/// use backref::{Id, Result};
///
/// # let mut lib = Library::new();
/// # let lem = lib.insert(Author::new("Lem"))?;
/// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_author(lem))?;
/// # let solaris = lib.insert(Book::new("4", "Solaris", 1961).with_author(lem))?;
/// type Books<'g> = MembersMut<'g, Author, Book, InsertionOrder>;
///
/// fn put_first(mut books: Books<'_>, book: Id<Book>) -> Result<bool> {
///     books.move_to(book, 0)
/// }
///
/// put_first(lib.edit(lem).books_mut(), solaris)?;
/// assert!(lib.at(lem).books().ids().eq([solaris, eden]));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum InsertionOrder {}

/// The row promises no order: `order = none`. See
/// [`Order::None`](crate::Order::None).
///
/// ```
/// # use backref::example::typed::{Book, Library, Tag};
/// use backref::typed::{MembersMut, Unordered};
///
/// # let mut lib = Library::new();
/// # let eden = lib.insert(Book::new("3", "Eden", 1959))?;
/// # let sf = lib.insert(Tag::new("sf"))?;
/// let mut tag = lib.edit(sf);
/// let mut books: MembersMut<'_, Tag, Book, Unordered> = tag.books_mut();
/// books.push(eden)?;
/// assert_eq!(books.len(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
///
/// Verbs that set positions are not there:
///
/// ```compile_fail,E0277
/// # use backref::example::typed::{Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag::new("sf"))?;
/// lib.edit(sf).books_mut().reverse()?;                    // has no positions of its own
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Unordered {}

/// The row is always in the order of a key of its members: `order =
/// sorted_by(field)`.
///
/// ```
/// use backref::{entity, graph};
///
/// #[entity]
/// struct Author {
///     #[relationship(backref = one(author), order = sorted_by(year))]
///     books: ToMany<Book>,
/// }
/// #[entity]
/// #[derive(Clone)]
/// struct Book { year: u16 }
/// graph! { struct Library { authors: Author, books: Book } }
///
/// # let mut lib = Library::new();
/// let lem = lib.insert(Author {}.with_books([Book { year: 1961 }, Book { year: 1959 }]))?;
/// let first = lib.at(lem).books().first().map(|book| (book.id(), book.year));
/// let Some((eden, 1959)) = first else { panic!("it is sorted") };
/// lib.edit(eden).set_year(1971)?;                         // it goes to its place
/// assert_eq!(lib.at(lem).books().last().map(|book| book.id()), Some(eden));
/// # Ok::<(), backref::Error>(())
/// ```
///
/// Verbs that set positions are not there:
///
/// ```compile_fail,E0277
/// # use backref::typed::{MembersMut, SortedOrder};
/// # use backref::Result;
/// fn turn<S, T>(mut row: MembersMut<'_, S, T, SortedOrder>) -> Result<bool> {
///     row.reverse()                                       // has no positions of its own
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum SortedOrder {}

/// The row keeps the order of adding, and each member has a key: `order =
/// keyed_by(field)`. Positions are yours to set.
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
/// struct Book { isbn: u64 }
/// graph! { struct Library { authors: Author, books: Book } }
///
/// # let mut lib = Library::new();
/// let lem = lib.insert(Author {}.with_books([Book { isbn: 3 }, Book { isbn: 4 }]))?;
/// let four = lib.at(lem).books_by_isbn(&4).map(|book| book.id());
/// let Some(four) = four else { panic!("it is there") };
/// lib.edit(lem).books_mut().move_to(four, 0)?;
/// assert_eq!(lib.at(lem).books().first().map(|book| book.isbn), Some(4));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum KeyedOrder {}

/// Rows whose order is yours to set by position: those of
/// [`InsertionOrder`] and of [`KeyedOrder`].
///
/// ```
/// # use backref::example::typed::{Book, Library, Tag};
/// use backref::typed::{MembersMut, Positional};
///
/// # let mut lib = Library::new();
/// # let [sf, classic] = [lib.insert(Tag::new("sf"))?, lib.insert(Tag::new("classic"))?];
/// # let eden = lib.insert(Book::new("3", "Eden", 1959).with_tags([sf, classic]))?;
/// fn turn<S, T, O: Positional>(mut row: MembersMut<'_, S, T, O>) -> backref::Result<bool> {
///     row.reverse()
/// }
///
/// assert!(turn(lib.edit(eden).tags_mut())?);
/// assert!(lib.at(eden).tags().ids().eq([classic, sf]));
/// # Ok::<(), backref::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this row has no positions of its own",
    label = "its order is not yours to set",
    note = "take `order = …` off the relationship field to keep members in the order of adding, \
            or use `push`, which puts a member where the row wants it"
)]
pub trait Positional: sealed::Sealed {}

impl Positional for InsertionOrder {}

impl Positional for KeyedOrder {}

mod sealed {
    use super::{InsertionOrder, KeyedOrder, SortedOrder, Unordered};

    #[expect(unnameable_types, reason = "that is what seals the trait")]
    pub trait Sealed {}

    impl Sealed for InsertionOrder {}

    impl Sealed for Unordered {}

    impl Sealed for SortedOrder {}

    impl Sealed for KeyedOrder {}
}
