//! Change sets: marks, what was done since, and doing it elsewhere.

use std::any::Any;
use std::sync::Arc;

use crate::change_set::ChangeSet;
use crate::change_set::uid::Uid;
use crate::engine::marks::Token;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::id::{AnyId, EntityType, Id};

/// A moment of a graph, from which on it keeps what is done: made by
/// [`Graph::mark`]. Dropped, it is kept no longer.
///
/// ```
/// # use backref::example::{Author, Library};
/// # let Library { mut graph, author, .. } = Library::new()?;
/// let saved = graph.mark()?;
/// assert!(graph.changes_since(&saved)?.is_empty());
/// graph.insert(author, Author::new("Lem"))?;
/// assert!(!graph.changes_since(&saved)?.is_empty());      // something to save
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Debug)]
pub struct Mark(Arc<Token>);

impl Graph {
    /// Marks this moment, to ask [what was done since](Self::changes_since) as
    /// long as the mark lives. Undo and redo may go past it.
    ///
    /// While there are marks, each write costs its record (24 bytes).
    ///
    /// Computes in O(1); the first one names all entities ([`Uid`]), in
    /// O(entities).
    ///
    /// # Errors
    /// [`InTransaction`](crate::ErrorKind::InTransaction): not inside one.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// let mark = graph.mark()?;
    /// graph.update(author, lem, |author| author.name.push('!'))?;
    /// graph.update(author, lem, |author| author.name.pop())?;
    /// assert!(graph.changes_since(&mark)?.is_empty());    // set and set back
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn mark(&mut self) -> Result<Mark> {
        self.expect_no_transaction("mark")?;
        Ok(Mark(self.engine.mark()))
    }

    /// The net effect of what was done since a mark.
    ///
    /// Computes in O(changes), however large the graph is; O(length) for rows in
    /// which positions were set. Payloads are cloned, and compared where they
    /// can be.
    ///
    /// # Errors
    /// - [`Mismatch`](crate::ErrorKind::Mismatch): the mark is of another graph.
    /// - [`NotDeclared`](crate::ErrorKind::NotDeclared): a payload, or the data
    ///   of a link, is not cloneable.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let mark = graph.mark()?;
    /// graph.set(book_author, eden, lem)?;
    /// assert_eq!(graph.changes_since(&mark)?.linked().len(), 1);
    /// graph.set(book_author, eden, None)?;
    /// assert!(graph.changes_since(&mark)?.is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn changes_since(&self, mark: &Mark) -> Result<ChangeSet> {
        let changes = self.engine.changes_since(&mark.0);
        changes.unwrap_or_else(|| {
            let message = "the mark is of another graph: it is good for the one that made it";
            Err(Error::new(ErrorKind::Mismatch, message.to_owned()))
        })
    }

    /// The net effect of what was done between two marks.
    ///
    /// Computes in O(changes since the first).
    ///
    /// # Errors
    /// As [`changes_since`](Self::changes_since).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let first = graph.mark()?;
    /// graph.insert(author, Author::new("Lem"))?;
    /// let second = graph.mark()?;
    /// graph.insert(author, Author::new("Tove"))?;
    /// assert_eq!(graph.changes_between(&first, &second)?.inserted().len(), 1);
    /// assert_eq!(graph.changes_since(&first)?.inserted().len(), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn changes_between(&self, from: &Mark, to: &Mark) -> Result<ChangeSet> {
        let (all, later) = (self.changes_since(from)?, self.changes_since(to)?);
        Ok(all.then(&later.invert()))
    }

    /// What [`undo`](Self::undo) would do; nothing if there is no step.
    ///
    /// Computes in O(what the step did); the first time, it names all entities,
    /// in O(entities).
    ///
    /// # Errors
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared): a payload, or the data of
    /// a link, is not cloneable. [`InTransaction`](crate::ErrorKind::InTransaction).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.plan_undo()?.deleted().len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn plan_undo(&mut self) -> Result<ChangeSet> {
        self.expect_no_transaction("plan_undo")?;
        self.engine.changes_of_undo()
    }

    /// Does what a change set says, all or nothing, as one transaction: this
    /// graph is then as the one that it was made of is. Entities are found by
    /// their names ([`Uid`]), so their slots may differ.
    ///
    /// It fits a graph that is in the state in which the change set begins: a
    /// clone of the other, or one that had the change sets before it applied.
    /// Orders of rows come out as they are there. Limits, acyclic ends and keys
    /// are judged as everywhere; checks are not asked again, and orphans are those
    /// that the change set says.
    ///
    /// Computes in O(changes), and in O(length) for rows whose members did not
    /// just come in last.
    ///
    /// # Errors
    /// [`Mismatch`](crate::ErrorKind::Mismatch): the graph is in another state;
    /// and what the judging finds. Then nothing has changed.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let mut replica = graph.try_clone()?;
    /// let mark = graph.mark()?;
    /// graph.insert(author, Author::new("Lem"))?;
    /// let changes = graph.changes_since(&mark)?;
    /// replica.apply(&changes)?;
    /// let again = replica.apply(&changes).unwrap_err();
    /// assert_eq!(again.kind(), ErrorKind::Mismatch);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn apply(&mut self, changes: &ChangeSet) -> Result<()> {
        self.transaction(|graph| graph.engine.apply(changes))
    }

    /// The name of an entity in change sets; `None` if it is dead, or nobody has
    /// needed names yet. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.uid(author.any(lem)), None);
    /// let mark = graph.mark()?;
    /// assert!(graph.uid(author.any(lem)).is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn uid(&self, id: AnyId) -> Option<Uid> {
        let uids = self
            .engine
            .uids
            .as_ref()
            .filter(|_| self.engine.is_live(id));
        uids?.of(id)
    }

    /// The live entity of a name. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// let mark = graph.mark()?;
    /// let uid = graph.uid(author.any(lem)).expect("it was named");
    /// assert_eq!(graph.by_uid(uid), Some(author.any(lem)));
    /// graph.delete(author, lem)?;
    /// assert_eq!(graph.by_uid(uid), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn by_uid(&self, uid: Uid) -> Option<AnyId> {
        let id = self.engine.uids.as_ref()?.find(uid);
        id.filter(|&id| self.engine.is_live(id))
    }

    /// [`update`](Self::update) of one field, which is told of by its name:
    /// [`ChangeSet::fields`](crate::ChangeSet::fields).
    ///
    /// Computes in O(1) for each key, plus one clone of the payload.
    ///
    /// # Errors
    /// As [`update`](Self::update), and
    /// [`UnknownName`](crate::ErrorKind::UnknownName) if the field was not
    /// declared with [`EntityBuilder::fields`](crate::EntityBuilder::fields).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// #[derive(Clone)]
    /// struct Tag { label: String, color: u32 }
    ///
    /// # let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").cloneable().fields(&["label", "color"]);
    /// # let registry = schema.build()?;
    /// # let tag = registry.entity_type::<Tag>("Tag")?;
    /// # let mut graph = Graph::new(registry);
    /// let sf = graph.insert(tag, Tag { label: "sf".into(), color: 1 })?;
    /// let mark = graph.mark()?;
    /// graph.update_field(tag, sf, "color", |tag| tag.color = 2)?;
    /// let changes = graph.changes_since(&mark)?;
    /// let change = changes.updated().next().expect("there is one");
    /// assert_eq!(changes.fields(change), ["color"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update_field<T: Send + Sync + 'static, R>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        field: &str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R> {
        let entity_type = self.known(entity)?;
        let field = self.engine.field_number(entity_type, field)?;
        self.update_one(entity, id, field, |payload| Ok(change(payload)))
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Mark>();
    shared::<ChangeSet>();
    shared::<Box<dyn Any + Send + Sync>>();
};
