//! Change sets: the net effect of what was done, as a value.
//!
//! Entities are named by a [`Uid`] that no other ever has, so that a change set
//! fits another graph with the same state, wherever that keeps its entities.

pub(crate) mod compose;
pub(crate) mod order;
#[cfg(feature = "serde")]
mod serial;
pub(crate) mod uid;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::change::FieldNumber;
use crate::change_set::uid::Uid;
use crate::entities::AnyPayload;
use crate::id::{EndId, EntityType, EntityTypeId};
use crate::schema::Registry;

/// A payload, or the data of a link, as it was at some time.
pub(crate) type Value = Arc<AnyPayload>;

/// The net effect of what was done between two marks: which entities came,
/// went, or have another payload; which links were made and cut; whose rows are
/// in another order.
///
/// What was done and taken back is not in it: a payload set back, a link made
/// and cut, an entity inserted and deleted, a member moved back. (Payloads that
/// are not comparable count as changed.)
///
/// It can be [inverted](Self::invert), put [before another](Self::then), and
/// [applied](crate::Graph::apply) to a graph that is in the state that it began
/// in. Its size follows the changes and not the graph.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// let lem = graph.insert(author, Author::new("Lem"))?;
/// let mut replica = graph.try_clone()?;
///
/// let mark = graph.mark()?;
/// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let changes = graph.changes_since(&mark)?;
/// assert_eq!((changes.inserted().len(), changes.linked().len()), (1, 1));
///
/// replica.apply(&changes)?;
/// assert_eq!(replica.len(book), 1);
/// replica.apply(&changes.invert())?;
/// assert_eq!(replica.len(book), 0);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct ChangeSet {
    pub(crate) registry: Registry,
    pub(crate) entities: Vec<EntityChange>,
    /// Those that were made in the order in which they were made.
    pub(crate) links: Vec<LinkChange>,
    pub(crate) rows: Vec<RowChange>,
}

/// An entity that came, went or has another payload: part of a [`ChangeSet`].
///
/// ```
/// # use backref::example::{Author, Library};
/// # let Library { mut graph, author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("L"))?;
/// let mark = graph.mark()?;
/// graph.update(author, lem, |author| author.name.push_str("em"))?;
/// let changes = graph.changes_since(&mark)?;
/// let change = changes.updated().next().expect("there is one");
/// assert_eq!(change.before(author).map(|author| author.name.as_str()), Some("L"));
/// assert_eq!(change.after(author).map(|author| author.name.as_str()), Some("Lem"));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct EntityChange {
    pub(crate) uid: Uid,
    pub(crate) entity: EntityTypeId,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) fields: Vec<FieldNumber>,
}

impl EntityChange {
    /// Which entity. Computes in O(1).
    #[must_use]
    pub fn uid(&self) -> Uid {
        self.uid
    }

    /// Its type. Computes in O(1).
    #[must_use]
    pub fn entity(&self) -> EntityTypeId {
        self.entity
    }

    /// The payload before; `None` if it was inserted, or is of another type.
    /// Computes in O(1).
    #[must_use]
    pub fn before<T: 'static>(&self, entity: EntityType<T>) -> Option<&T> {
        self.of(entity, self.before.as_ref())
    }

    /// The payload after; `None` if it was deleted, or is of another type.
    /// Computes in O(1).
    #[must_use]
    pub fn after<T: 'static>(&self, entity: EntityType<T>) -> Option<&T> {
        self.of(entity, self.after.as_ref())
    }

    /// The payload before, whatever its type. Computes in O(1).
    #[must_use]
    pub fn any_before(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.before.as_deref()
    }

    /// The payload after, whatever its type. Computes in O(1).
    #[must_use]
    pub fn any_after(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.after.as_deref()
    }

    fn of<'a, T: 'static>(&self, entity: EntityType<T>, value: Option<&'a Value>) -> Option<&'a T> {
        let is_its = entity.untyped() == self.entity;
        is_its.then(|| value?.downcast_ref())?
    }

    fn is_insert(&self) -> bool {
        self.before.is_none()
    }

    fn is_delete(&self) -> bool {
        self.after.is_none()
    }
}

impl fmt::Debug for EntityChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (&self.before, &self.after) {
            (None, _) => "inserted",
            (Some(_), None) => "deleted",
            (Some(_), Some(_)) => "updated",
        };
        write!(f, "{what} {:?}", self.uid)
    }
}

/// A link that was made or cut, or has other data: part of a [`ChangeSet`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// let mark = graph.mark()?;
/// graph.row_mut(author_books, lem)?.push(eden)?;
/// let changes = graph.changes_since(&mark)?;
/// let link = changes.linked().next().expect("there is one");
/// let eden = graph.uid(book.any(eden)).expect("all have one while a mark lives");
/// assert_eq!(link.at(book_author.untyped()).map(|[owner, _]| owner), Some(eden));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct LinkChange {
    pub(crate) ends: [EndId; 2],
    /// The entities at either.
    pub(crate) uids: [Uid; 2],
    pub(crate) kind: LinkKind,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LinkKind {
    Made,
    Cut,
    OtherData,
}

impl LinkChange {
    /// The two ends of the relationship, as they are declared: the one with the
    /// relationship first.
    #[must_use]
    pub fn ends(&self) -> [EndId; 2] {
        self.ends
    }

    /// The entities that are linked, as seen from an end: its owner, and who is
    /// linked there. `None` at an end of another relationship.
    ///
    /// Computes in O(1).
    #[must_use]
    pub fn at(&self, end: EndId) -> Option<[Uid; 2]> {
        let [left, right] = self.uids;
        match end {
            _ if end == self.ends[0] => Some([left, right]),
            _ if end == self.ends[1] => Some([right, left]),
            _ => None,
        }
    }

    /// The data of the link before; `None` if it was made, or its links have no
    /// data of the type.
    #[must_use]
    pub fn data_before<D: 'static>(&self) -> Option<&D> {
        self.before.as_ref()?.downcast_ref()
    }

    /// The data of the link after; `None` if it was cut, or its links have no
    /// data of the type.
    #[must_use]
    pub fn data_after<D: 'static>(&self) -> Option<&D> {
        self.after.as_ref()?.downcast_ref()
    }

    pub(crate) fn relation(&self) -> usize {
        self.ends[0].relationship()
    }
}

impl fmt::Debug for LinkChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([left, right], kind) = (self.uids, self.kind);
        write!(f, "{kind:?} {left:?} {right:?} at {:?}", self.ends[0])
    }
}

/// A row whose members are in another order, others among them or not: part of a
/// [`ChangeSet`].
///
/// Members that are in neither list stand as they did to each other.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// let mut row = graph.row_mut(author_books, lem)?;
/// row.extend([eden, solaris])?;
/// let mark = graph.mark()?;
/// graph.row_mut(author_books, lem)?.move_to(solaris, 0)?;
/// let changes = graph.changes_since(&mark)?;
/// let row = changes.reordered().next().expect("there is one");
/// assert_eq!(row.end(), author_books.untyped());
/// assert_eq!((row.left().len(), row.entered().len()), (1, 1));   // one has moved
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct RowChange {
    pub(crate) end: EndId,
    pub(crate) owner: Uid,
    pub(crate) left: Vec<(Uid, Option<Uid>)>,
    pub(crate) entered: Vec<(Uid, Option<Uid>)>,
}

impl RowChange {
    /// The end that the row belongs to.
    #[must_use]
    pub fn end(&self) -> EndId {
        self.end
    }

    /// The owner of the row.
    #[must_use]
    pub fn owner(&self) -> Uid {
        self.owner
    }

    /// The members that left their places, each with the one directly before it
    /// in the old row, or `None` for the first.
    pub fn left(&self) -> impl ExactSizeIterator<Item = (Uid, Option<Uid>)> + '_ {
        self.left.iter().copied()
    }

    /// The members that came to their places, each with the one directly before
    /// it in the new row, or `None` for the first. Nobody comes before the one
    /// that it stands behind.
    pub fn entered(&self) -> impl ExactSizeIterator<Item = (Uid, Option<Uid>)> + '_ {
        self.entered.iter().copied()
    }
}

impl fmt::Debug for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowChange")
            .field("end", &self.end)
            .field("owner", &self.owner)
            .field("left", &self.left)
            .field("entered", &self.entered)
            .finish()
    }
}

impl ChangeSet {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry,
            entities: Vec::new(),
            links: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Whether nothing is otherwise. Computes in O(1).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entities, links and rows are otherwise. Computes in O(1).
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len() + self.links.len() + self.rows.len()
    }

    /// The entities that came, in the order of the inserts.
    pub fn inserted(&self) -> Changes<'_, EntityChange> {
        Changes::of(&self.entities, EntityChange::is_insert)
    }

    /// The entities that have another payload.
    pub fn updated(&self) -> Changes<'_, EntityChange> {
        Changes::of(&self.entities, |it| !it.is_insert() && !it.is_delete())
    }

    /// The entities that went.
    pub fn deleted(&self) -> Changes<'_, EntityChange> {
        Changes::of(&self.entities, EntityChange::is_delete)
    }

    /// The links that were made, in the order in which they were.
    pub fn linked(&self) -> Changes<'_, LinkChange> {
        Changes::of(&self.links, |change| change.kind == LinkKind::Made)
    }

    /// The links that were cut.
    pub fn unlinked(&self) -> Changes<'_, LinkChange> {
        Changes::of(&self.links, |change| change.kind == LinkKind::Cut)
    }

    /// The links that have other data.
    pub fn data_changed(&self) -> Changes<'_, LinkChange> {
        Changes::of(&self.links, |change| change.kind == LinkKind::OtherData)
    }

    /// The rows, of ends that have an order, in which somebody stands elsewhere,
    /// came or went.
    pub fn reordered(&self) -> Changes<'_, RowChange> {
        Changes::of(&self.rows, |_| true)
    }

    /// The names of the fields that were set of an entity, where each write was
    /// one of a named field; none where its payload was changed as a whole.
    #[must_use]
    pub fn fields(&self, change: &EntityChange) -> Vec<&'static str> {
        let def = self.registry.entity_def(change.entity);
        let names = def.map_or(&[][..], |def| def.factory.fields());
        let fields = change.fields.iter();
        let fields = fields.filter_map(|field| names.get(usize::from(field.0)));
        fields.copied().collect()
    }
}

impl fmt::Debug for ChangeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeSet")
            .field("entities", &self.entities)
            .field("links", &self.links)
            .field("rows", &self.rows)
            .finish()
    }
}

/// Some of the changes of a [`ChangeSet`].
#[derive(Debug)]
pub struct Changes<'a, C> {
    all: std::slice::Iter<'a, C>,
    wanted: fn(&C) -> bool,
    left: usize,
}

impl<'a, C> Changes<'a, C> {
    fn of(all: &'a [C], wanted: fn(&C) -> bool) -> Self {
        Self {
            left: all.iter().filter(|change| wanted(change)).count(),
            all: all.iter(),
            wanted,
        }
    }
}

impl<'a, C> Iterator for Changes<'a, C> {
    type Item = &'a C;

    fn next(&mut self) -> Option<&'a C> {
        let found = self.all.by_ref().find(|change| (self.wanted)(change));
        self.left -= usize::from(found.is_some());
        found
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<C> DoubleEndedIterator for Changes<'_, C> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let wanted = self.wanted;
        let found = self.all.by_ref().rfind(|change| wanted(change));
        self.left -= usize::from(found.is_some());
        found
    }
}

impl<C> ExactSizeIterator for Changes<'_, C> {}

impl<C> std::iter::FusedIterator for Changes<'_, C> {}
