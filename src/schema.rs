//! Schemas: declarations, the checks on them, and what comes of them, the
//! registry.

pub(crate) mod asked;
mod builder;
mod check;
mod declaration;
mod diagram;
mod info;
mod lookup;
mod names;
mod registry;
mod resolve;

use std::fmt;

pub use builder::{EndBuilder, EntityBuilder, SchemaBuilder};
pub use declaration::EndOptions;
pub use info::{EndInfo, EntityInfo, KeyInfo};
pub use registry::Registry;

pub(crate) use registry::{End, EntityDef};

/// Where a schema begins: [`Schema::builder`].
///
/// ```
/// use backref::{DeleteRule, Schema};
///
/// struct Author;
/// struct Book;
///
/// let mut schema = Schema::builder();
/// schema.entity::<Author>("Author");
/// schema.entity::<Book>("Book");
/// schema.relationship("Book.author").to_one("Author").back_populates("books");
/// schema
///     .relationship("Author.books")
///     .to_many("Book")
///     .back_populates("author")
///     .delete_rule(DeleteRule::Cascade);
/// let registry = schema.build()?;
///
/// let author = registry.to_one::<Book, Author>("Book.author")?;
/// let books = registry.to_many::<Author, Book>("Author.books")?;
/// # let _ = (author, books);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Schema;

impl Schema {
    /// An empty schema, to declare entity types and relationships in.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<String>("Tag");
    /// assert_eq!(schema.build()?.entities().len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder::default()
    }
}

/// How many links an entity may have at an end.
///
/// ```
/// use backref::{Cardinality, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Node");
/// schema.relationship("Node.parent").to_one("Node").backref("children");
/// let registry = schema.build()?;
///
/// let children = registry.find_end("Node.children").expect("backref makes it");
/// assert_eq!(children.cardinality(), Cardinality::Many);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// At most one: an end declared with [`to_one`](EndBuilder::to_one).
    One,
    /// Any number: an end declared with [`to_many`](EndBuilder::to_many).
    Many,
}

impl fmt::Display for Cardinality {
    /// `to-one` or `to-many`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "to-one",
            Self::Many => "to-many",
        })
    }
}

/// What happens to the entities linked at an end when the *owner of the end*
/// is deleted.
///
/// Said at the end it starts from: `Author.books` with `Cascade` deletes the
/// books of a deleted author. (SQL and Django write it at the other end.)
///
/// ```
/// use backref::{DeleteRule, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Author");
/// schema.entity::<&str>("Book");
/// schema
///     .relationship("Author.books")
///     .to_many("Book")
///     .backref_one("author")
///     .delete_rule(DeleteRule::Cascade);
/// let registry = schema.build()?;
///
/// let books = registry.find_end("Author.books").expect("it is declared");
/// assert_eq!(books.delete_rule(), DeleteRule::Cascade);
/// assert_eq!(DeleteRule::default(), DeleteRule::Nullify);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeleteRule {
    /// They stay, without the link.
    #[default]
    Nullify,
    /// They are deleted too, by their own rules in turn.
    Cascade,
    /// `Cascade` from a to-one end whose inverse is to-many: deleting one book
    /// deletes the author, whose other books stay behind. It is seldom meant,
    /// so it has a name of its own.
    CascadeUp,
    /// The owner cannot be deleted while there are any.
    Deny,
}

/// The order of the links at a to-many end.
///
/// ```
/// use backref::{Order, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Book");
/// schema.entity::<&str>("Tag");
/// schema
///     .relationship("Book.tags")
///     .to_many("Tag")
///     .backref("books")
///     .inverse(|books| books.order(Order::None));
/// let registry = schema.build()?;
///
/// let books = registry.find_end("Tag.books").expect("backref makes it");
/// assert_eq!(books.order(), Order::None);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The order of adding, changed by nothing but the verbs that set it.
    #[default]
    Insertion,
    /// By a key of the members, always: [`EndBuilder::sorted_by`]. Verbs that
    /// set a position are refused.
    Sorted,
    /// As `Insertion`, and each member is found by a key of its own:
    /// [`EndBuilder::keyed_by`].
    Keyed,
    /// No order: the cheapest. It is the same in each run of the program, and
    /// not promised otherwise; verbs that take a position are refused.
    None,
}

/// How the rows of a one-to-many relationship are stored.
///
/// The behaviour is the same, and so are the verbs; the costs are not.
///
/// | | [`Rows`](Self::Rows) | [`Linked`](Self::Linked) |
/// |---|---|---|
/// | read the next member | the next cell | a look at the record of the member |
/// | append, take out, reassign | O(1) amortised: rows grow, holes are closed | O(1) always: the siblings beside it |
/// | [`get`](crate::Row::get), [`position`](crate::Row::position) | O(1), O(n) while there are holes | O(n) |
/// | memory: a child, a row | 12 bytes and its cell, 20 | 16 bytes, 16 |
///
/// Choose `Linked` for rows that are written often and seldom read. In
/// prototypes of both over a million links, giving a child another parent took
/// half the time when linked (36 ns against 75), and reading a member seven
/// times as long (78 ns against 11): one member read for two reassignments
/// already makes `Rows` the better choice. Counted in instructions, the two as
/// they are here take 168 and 207 for a reassignment, 18 and 16 to read a
/// member: what a linked row costs to read is not work but waiting for memory.
///
/// ```
/// use backref::{Schema, Storage};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Queue");
/// schema.entity::<u32>("Job");
/// schema
///     .relationship("Job.queue")
///     .to_one("Queue")
///     .backref("jobs")
///     .inverse(|jobs| jobs.storage(Storage::Linked));
/// let registry = schema.build()?;
///
/// let jobs = registry.find_end("Queue.jobs").expect("backref makes it");
/// assert_eq!(jobs.storage(), Storage::Linked);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Storage {
    /// Contiguous blocks: the fastest to read.
    #[default]
    Rows,
    /// Chains through the records of the members: the fastest to write. For a
    /// to-many end whose inverse is to-one.
    Linked,
}

/// What a key or an index of an entity type does.
///
/// ```
/// use backref::{Key, KeyKind, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<String>("Tag").key(Key::field(|label: &String| label));
/// let registry = schema.build()?;
///
/// let tag = registry.find_entity("Tag").expect("it is declared");
/// assert!(tag.keys().all(|key| key.kind() == KeyKind::Primary));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// The natural key: [`EntityBuilder::key`].
    Primary,
    /// A secondary unique key: [`EntityBuilder::unique`].
    Unique,
    /// Not unique, by equality: [`EntityBuilder::index`].
    Hashed,
    /// Not unique, by order: [`EntityBuilder::ordered_index`].
    Ordered,
}
