//! The one error: what went wrong, about whom, and what to do.

use std::fmt;

use crate::id::{AnyId, EndId};

/// The result of everything that can fail here.
///
/// ```
/// use backref::{Registry, Result, Schema};
///
/// fn tags() -> Result<Registry> {
///     let mut schema = Schema::builder();
///     schema.entity::<String>("Tag");
///     schema.build()
/// }
/// assert!(tags()?.find_entity("Tag").is_some());
/// # Ok::<(), backref::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong and what to do about it, in one word of memory.
///
/// A call that returns one has changed nothing. The message names the entity
/// and the end concerned; [`kind`](Self::kind) is for programs.
///
/// ```
/// use backref::{ErrorKind, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<u8>("Book");
/// schema.relationship("Book.author").to_one("Author").one_way();
/// let error = schema.build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Schema);
/// assert_eq!(error.problems().len(), 1);
/// ```
#[derive(Clone)]
pub struct Error(Box<Report>);

const _: () = assert!(size_of::<Result<(), Error>>() == size_of::<usize>());

/// The kinds of [`Error`], total: each error has exactly one.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use backref::ErrorKind;
///
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.delete(author, lem)?;
/// match graph.set(book_author, eden, lem) {
///     Err(error) if error.kind() == ErrorKind::NotLive => println!("nobody: {error}"),
///     other => assert!(other?),
/// }
/// assert_eq!(graph.one(book_author, eden), None);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The declarations contradict themselves; [`Error::problems`] has them all.
    Schema,
    /// The registry knows no entity type, end or key of that name.
    UnknownName,
    /// A handle, an id or a payload is of another type than the call needs.
    WrongType,
    /// The end belongs to another registry.
    ForeignEnd,
    /// The entity was deleted, or the id is of another graph.
    NotLive,
    /// Another entity of the type has the key, or another member of a row that
    /// finds its members by it.
    DuplicateKey,
    /// The position is beyond the row.
    PositionOutOfRange,
    /// The entity is no member of the row.
    NoMember,
    /// The verb sets an order, and that of the end is not its user's to set: it
    /// has none, or is sorted.
    Unordered,
    /// Somebody would be left without a link that is required.
    Required,
    /// Somebody would be left with fewer links than the `min` of an end.
    TooFew,
    /// Somebody would have more links than the `max` of an end.
    TooMany,
    /// A delete rule forbids the delete.
    Denied,
    /// A check that was declared in the schema refuses the change.
    Refused,
    /// The link would close a cycle where the relationship is acyclic.
    Cycle,
    /// There is no more room for entities or links of the kind.
    Capacity,
    /// The entity type was not declared with what the call needs.
    NotDeclared,
    /// The call cannot be made inside a transaction: undo and redo, and what
    /// starts and ends a history.
    InTransaction,
    /// A change set meets a graph in another state than the one it began in, or
    /// of another schema; a mark is of another graph.
    Mismatch,
}

#[derive(Clone)]
struct Report {
    kind: ErrorKind,
    message: String,
    end: Option<EndId>,
    entities: Vec<AnyId>,
    problems: Vec<String>,
}

impl Error {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, message: String) -> Self {
        Self(Box::new(Report {
            kind,
            message,
            end: None,
            entities: Vec::new(),
            problems: Vec::new(),
        }))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn schema(problems: Vec<String>) -> Self {
        let message = match problems.as_slice() {
            [one] => one.clone(),
            many => format!(
                "{} problems in the schema:\n  {}",
                many.len(),
                many.join("\n  ")
            ),
        };
        let mut error = Self::new(ErrorKind::Schema, message);
        error.0.problems = problems;
        error
    }

    #[cold]
    pub(crate) fn at(mut self, end: EndId) -> Self {
        self.0.end = Some(end);
        self
    }

    #[cold]
    pub(crate) fn about(mut self, entities: impl IntoIterator<Item = AnyId>) -> Self {
        self.0.entities.extend(entities);
        self
    }

    /// Says more at the end of the message.
    #[cold]
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.0.message.push_str(more);
        self
    }

    /// What kind of error it is.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let error = graph.row_mut(author_books, lem)?.insert_at(1, eden).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
    /// assert_eq!(graph.one(book_author, eden), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The end concerned, if there is one.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let error = graph.row_mut(author_books, lem)?.insert_at(1, eden).unwrap_err();
    /// assert_eq!(error.end(), Some(author_books.untyped()));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn end(&self) -> Option<EndId> {
        self.0.end
    }

    /// The entities concerned: the one that has the key, those that deny the
    /// delete, those that would be left with too few links or have too many.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// let error = graph.insert(author, Author::new("Lem")).unwrap_err();
    /// assert_eq!(error.entities(), [author.any(lem)]);        // who has the name
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn entities(&self) -> &[AnyId] {
        &self.0.entities
    }

    /// All that is wrong with the schema, each with its fix; empty for other
    /// kinds of error.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<String>("Book");
    /// schema.relationship("Book.author").to_one("Author").one_way();
    /// schema.relationship("Tag.books").to_many("Book").one_way();
    /// let error = schema.build().unwrap_err();
    /// assert_eq!(error.problems().len(), 2);
    /// ```
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.0.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.message)
    }
}

impl std::error::Error for Error {}
