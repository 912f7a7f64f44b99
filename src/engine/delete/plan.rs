//! What a delete would do, and what it did.

use std::collections::VecDeque;

use crate::id::{AnyId, EndId};

/// What a delete would do: who goes, through whom, and who forbids it.
///
/// Made by [`Graph::plan_delete`](crate::Graph::plan_delete); nothing is
/// deleted by it.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let plan = graph.plan_delete([author.any(lem)])?;       // Author.books cascades
/// assert!(plan.is_allowed());
/// assert_eq!((plan.entities().len(), plan.links()), (2, 1));
/// assert_eq!(plan.path(book.any(eden)), [author.any(lem), book.any(eden)]);
/// assert!(graph.contains(book, eden));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a plan deletes nothing"]
#[derive(Clone, Debug)]
pub struct DeletePlan {
    pub(crate) doomed: Vec<Doomed>,
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) links: usize,
}

/// An entity that a delete takes with it.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let plan = graph.plan_delete([author.any(lem)])?;       // Author.books cascades
/// let last = plan.entities()[1];
/// assert_eq!(last.id, book.any(eden));
/// assert_eq!(last.through, Some((author.any(lem), author_books.untyped())));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Doomed {
    /// Who goes.
    pub id: AnyId,
    /// Who takes it along, and the end that says so: by its delete rule, or
    /// because the last owner there goes; `None` for those the delete was
    /// called on.
    pub through: Option<(AnyId, EndId)>,
}

/// Why a delete is not allowed: one link that stands in its way.
///
/// ```
/// # use backref::example::{Author, Book};
/// use backref::{DeleteRule, Graph, Schema};
///
/// # let mut schema = Schema::builder();
/// # schema.entity::<Author>("Author");
/// # schema.entity::<Book>("Book");
/// schema
///     .relationship("Author.books")
///     .to_many("Book")
///     .backref_one("author")
///     .delete_rule(DeleteRule::Deny);
/// # let registry = schema.build()?;
/// # let author = registry.entity_type::<Author>("Author")?;
/// # let book = registry.entity_type::<Book>("Book")?;
/// # let author_books = registry.to_many::<Author, Book>("Author.books")?;
/// # let mut graph = Graph::new(registry);
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # graph.row_mut(author_books, lem)?.push(eden)?;
/// let plan = graph.plan_delete([author.any(lem)])?;
/// let blocker = plan.blockers()[0];
/// assert_eq!((blocker.entity, blocker.blocked_by), (author.any(lem), book.any(eden)));
/// assert_eq!(blocker.end, author_books.untyped());
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blocker {
    /// The entity that would be deleted.
    pub entity: AnyId,
    /// The entity that stays, and blocks it.
    pub blocked_by: AnyId,
    /// The end that says so: one of `entity` that denies, or one of
    /// `blocked_by` that needs its links.
    pub end: EndId,
    /// Which of the two.
    pub reason: BlockReason,
}

/// What makes a link block a delete.
///
/// ```
/// # use backref::example::{Author, Book};
/// use backref::{BlockReason, Graph, Schema};
///
/// # let mut schema = Schema::builder();
/// # schema.entity::<Author>("Author");
/// # schema.entity::<Book>("Book");
/// schema
///     .relationship("Book.author")
///     .to_one("Author")
///     .backref("books")
///     .required();
/// # let registry = schema.build()?;
/// # let author = registry.entity_type::<Author>("Author")?;
/// # let book = registry.entity_type::<Book>("Book")?;
/// # let book_author = registry.to_one::<Book, Author>("Book.author")?;
/// # let mut graph = Graph::new(registry);
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let plan = graph.plan_delete([author.any(lem)])?;
/// let reasons: Vec<BlockReason> = plan.blockers().iter().map(|b| b.reason).collect();
/// assert_eq!(reasons, [BlockReason::Required]);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockReason {
    /// The delete rule of the end is [`DeleteRule::Deny`](crate::DeleteRule::Deny).
    Denies,
    /// The end is required, and its owner would have no link left there.
    Required,
    /// The end has a [`min`](crate::EndBuilder::min), and its owner would have
    /// fewer links left there.
    TooFew,
}

impl DeletePlan {
    /// Everybody who would go: first those the delete was called on, then
    /// those they take along, nearest first. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;       // Author.books cascades
    /// let who: Vec<_> = plan.entities().iter().map(|doomed| doomed.id).collect();
    /// assert_eq!(who, [author.any(lem), book.any(eden)]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn entities(&self) -> &[Doomed] {
        &self.doomed
    }

    /// How many links would be cut. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;       // Author.books cascades
    /// assert_eq!(plan.links(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn links(&self) -> usize {
        self.links
    }

    /// What stands in the way; a delete goes through only if nothing does.
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book};
    /// use backref::{DeleteRule, Graph, Schema};
    ///
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<Author>("Author");
    /// # schema.entity::<Book>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .delete_rule(DeleteRule::Deny);
    /// # let registry = schema.build()?;
    /// # let author = registry.entity_type::<Author>("Author")?;
    /// # let book = registry.entity_type::<Book>("Book")?;
    /// # let author_books = registry.to_many::<Author, Book>("Author.books")?;
    /// # let mut graph = Graph::new(registry);
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # graph.row_mut(author_books, lem)?.push(eden)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;
    /// assert_eq!(plan.blockers().len(), 1);
    /// assert_eq!(graph.describe(plan.blockers()[0].blocked_by), "Book#1v1");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn blockers(&self) -> &[Blocker] {
        &self.blockers
    }

    /// Whether the delete would go through. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book};
    /// use backref::{DeleteRule, Graph, Schema};
    ///
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<Author>("Author");
    /// # schema.entity::<Book>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .delete_rule(DeleteRule::Deny);
    /// # let registry = schema.build()?;
    /// # let author = registry.entity_type::<Author>("Author")?;
    /// # let book = registry.entity_type::<Book>("Book")?;
    /// # let author_books = registry.to_many::<Author, Book>("Author.books")?;
    /// # let mut graph = Graph::new(registry);
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # graph.row_mut(author_books, lem)?.push(eden)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;
    /// assert!(!plan.is_allowed());
    /// let plan = graph.plan_delete([author.any(lem), book.any(eden)])?; // both at once
    /// assert!(plan.is_allowed());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.blockers.is_empty()
    }

    /// How the delete comes to an entity: from one that it was called on,
    /// along those who take each other along, to the entity itself. Empty if
    /// the entity would stay.
    ///
    /// Computes in O(size of the plan).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;       // Author.books cascades
    /// assert_eq!(plan.path(book.any(eden)), [author.any(lem), book.any(eden)]);
    /// graph.set(book_author, eden, None)?;
    /// let plan = graph.plan_delete([author.any(lem)])?;
    /// assert!(plan.path(book.any(eden)).is_empty());          // the book would stay
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self, id: AnyId) -> Vec<AnyId> {
        let mut path = VecDeque::new();
        let mut wanted = Some(id);
        // Whoever takes an entity along stands before it in the plan.
        for doomed in self.doomed.iter().rev() {
            if Some(doomed.id) == wanted {
                path.push_front(doomed.id);
                wanted = doomed.through.map(|(by, _)| by);
            }
        }
        path.into()
    }
}

/// What a delete did.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let gone = graph.delete_all([author.any(lem)])?;        // Author.books cascades
/// assert_eq!(gone.entities, [author.any(lem), book.any(eden)]);
/// assert_eq!(gone.links, 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// Everybody who went, in the order of the plan.
    pub entities: Vec<AnyId>,
    /// How many links were cut.
    pub links: usize,
}
