//! Copies of parts of a graph.

use std::any::Any;
use std::fmt;
use std::iter::FusedIterator;

use hashbrown::HashMap;

use crate::engine::Engine;
use crate::entities::AnyPayload;
use crate::error::Result;
use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityType, Id};
use crate::query::hops::Hops;
use crate::query::walk::BreadthFirst;

impl Graph {
    /// A builder that copies some entities with everything below them: all
    /// that can be reached from the roots over the ends that are given.
    ///
    /// Each end of a copy has what the original's has, in the same order, with
    /// these replacements:
    ///
    /// | the original is linked … | the copy is linked … |
    /// |---|---|
    /// | to somebody who is copied too, at whatever end | to that one's copy |
    /// | to somebody else, whose end is to-many: many-to-one, many-to-many, symmetric rows | to the same, last in the row there |
    /// | to somebody else, whose end is to-one: one-to-one, the members of a row of one-to-many | not at all: that one is taken |
    /// | by a one-way end of its own to somebody else | to the same |
    /// | to by a one-way end of somebody else | not at all: that row is its owner's |
    ///
    /// Where several copies come into a row of somebody else, they come in the
    /// order in which the originals are met breadth first. So nobody loses a
    /// link, nothing is displaced, and no cycle is closed.
    ///
    /// The ends that delete rules go along are a good choice for a whole with
    /// its parts: those in
    /// [`registry().ends()`](crate::Registry::ends) whose
    /// [`delete_rule`](crate::EndInfo::delete_rule) is
    /// [`Cascade`](crate::DeleteRule::Cascade).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// use backref::DeleteRule;
    ///
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// let parts = graph.registry().ends().filter(|end| end.delete_rule() == DeleteRule::Cascade);
    /// let parts: Vec<_> = parts.map(|end| end.id()).collect();
    /// let copied = graph
    ///     .copy([author.any(lem)], parts)
    ///     .change(author, |author| author.name.insert_str(0, "Pseudo-"))
    ///     .change(book, |book| book.isbn.push_str("-2"))
    ///     .insert()?;
    /// let other = copied.of(author, lem).and_then(|lem| graph.get(author, lem));
    /// assert_eq!(other.map(|author| author.name.as_str()), Some("Pseudo-Lem"));
    /// let other = copied.of(book, eden).and_then(|eden| graph.one(book_author, eden));
    /// assert_eq!(other, copied.of(author, lem));
    /// assert!(graph.row(author_books, lem).iter().eq([eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn copy(
        &mut self,
        roots: impl IntoIterator<Item = AnyId>,
        ends: impl IntoIterator<Item = EndId>,
    ) -> CopyBuilder<'_> {
        self.engine.recover();
        CopyBuilder {
            graph: self,
            roots: roots.into_iter().collect(),
            ends: ends.into_iter().collect(),
            changes: Vec::new(),
        }
    }
}

/// A part of a graph about to be copied; made by [`Graph::copy`].
///
/// Nothing happens before [`insert`](Self::insert).
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let copied = graph
///     .copy([book.any(eden)], [])                            // the book alone
///     .change(book, |book| book.isbn.push_str("-2"))
///     .insert()?;
/// assert!(graph.row(author_books, lem).iter().eq([Some(eden), copied.of(book, eden)].into_iter().flatten()));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "nothing is copied before `insert`"]
pub struct CopyBuilder<'g> {
    graph: &'g mut Graph,
    roots: Vec<AnyId>,
    ends: Vec<EndId>,
    changes: Vec<Result<Change<'g>>>,
}

/// What is to be done to each payload before it is inserted.
type Change<'g> = Box<dyn FnMut(AnyId, &mut AnyPayload) + 'g>;

impl<'g> CopyBuilder<'g> {
    /// Has every payload of a type changed before it is inserted: it is a clone
    /// of the original's, whose keys are taken.
    ///
    /// Several changes are made in the order in which they were given.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// let copied = graph
    ///     .copy([tag.any(sf)], [])
    ///     .change(tag, |tag| tag.label.push('2'))
    ///     .insert()?;
    /// let label = copied.of(tag, sf).and_then(|sf| graph.get(tag, sf)).map(|tag| &*tag.label);
    /// assert_eq!(label, Some("sf2"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn change<T: Send + Sync + 'static>(
        mut self,
        entity: EntityType<T>,
        mut change: impl FnMut(&mut T) + 'g,
    ) -> Self {
        let change = self.graph.known(entity).map(|entity| {
            let change: Change<'g> = Box::new(move |original, payload| {
                if original.entity() == entity
                    && let Some(payload) = (payload as &mut dyn Any).downcast_mut()
                {
                    change(payload);
                }
            });
            change
        });
        self.changes.push(change);
        self
    }

    /// Has every payload of any type changed before it is inserted; the id is
    /// that of the original.
    ///
    /// Several changes are made in the order in which they were given.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// graph
    ///     .copy([tag.any(sf)], [])
    ///     .change_any(|original, payload| {
    ///         if let Some(tag) = payload.downcast_mut::<Tag>() {
    ///             tag.label = format!("copy of {original:?}");
    ///         }
    ///     })
    ///     .insert()?;
    /// assert_eq!(graph.len(tag), 2);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn change_any(
        mut self,
        change: impl FnMut(AnyId, &mut (dyn Any + Send + Sync)) + 'g,
    ) -> Self {
        self.changes.push(Ok(Box::new(change)));
        self
    }

    /// Inserts the copies with their links; the far ends are true at once.
    ///
    /// Rules are judged on the state after all of it, so an end that is
    /// required is no obstacle where both sides of its link are copied. All
    /// clones are made and changed, and all keys looked up, before the first
    /// write: a panic in there leaves the graph as it was.
    ///
    /// Computes in O(entities copied + their links), amortised; in
    /// O(log n) more a copy for each ordered index.
    ///
    /// # Errors
    /// - [`NotLive`](crate::ErrorKind::NotLive): a root is dead.
    /// - [`NotDeclared`](crate::ErrorKind::NotDeclared): a type that is copied
    ///   was not declared cloneable.
    /// - [`DuplicateKey`](crate::ErrorKind::DuplicateKey): a copy has a key of
    ///   another entity or of another copy.
    /// - [`Required`](crate::ErrorKind::Required): a copy would be left without
    ///   a link that is required, because its partner is taken.
    /// - [`Refused`](crate::ErrorKind::Refused) by a check.
    /// - [`ForeignEnd`](crate::ErrorKind::ForeignEnd),
    ///   [`WrongType`](crate::ErrorKind::WrongType): an end or a type is of
    ///   another registry.
    /// - [`Capacity`](crate::ErrorKind::Capacity).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let error = graph.copy([lem], []).insert().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    /// assert_eq!(graph.len(author), 1);                       // all or nothing
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn insert(self) -> Result<Copied> {
        let engine = &self.graph.engine;
        let mut changes = self.changes.into_iter().collect::<Result<Vec<_>>>()?;
        let originals = whole(engine, self.roots, &self.ends)?;
        let mut payloads = engine.payload_clones(&originals)?;
        for (&original, payload) in originals.iter().zip(&mut payloads) {
            changes
                .iter_mut()
                .for_each(|change| change(original, &mut **payload));
        }
        let copies = self
            .graph
            .write(|engine| engine.copy(&originals, payloads))?;
        Ok(Copied::new(originals.into_iter().zip(copies).collect()))
    }
}

/// Some live entities and everybody below them.
fn whole(engine: &Engine, roots: Vec<AnyId>, ends: &[EndId]) -> Result<Vec<AnyId>> {
    for &end in ends {
        engine.known_place(end)?;
    }
    if let Some(&dead) = roots.iter().find(|&&root| !engine.is_live(root)) {
        return Err(engine.not_live(dead));
    }
    let hops = Hops::to_any(engine, ends.iter().copied());
    Ok(BreadthFirst::new(hops, roots).ids().collect())
}

impl fmt::Debug for CopyBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyBuilder")
            .field("roots", &self.roots)
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}

/// What [`CopyBuilder::insert`] has copied: originals and their copies.
///
/// ```
/// # use backref::example::{Library, Tag};
/// # let Library { mut graph, tag, .. } = Library::new()?;
/// # let sf = graph.insert(tag, Tag::new("sf"))?;
/// let copied = graph.copy([tag.any(sf)], []).change(tag, |tag| tag.label.push('2')).insert()?;
/// for (original, copy) in copied.iter() {
///     println!("{} is a copy of {}", graph.describe(copy), graph.describe(original));
/// }
/// assert_eq!(copied.len(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct Copied {
    pairs: Vec<(AnyId, AnyId)>,
    copies: HashMap<AnyId, AnyId>,
}

impl Copied {
    fn new(pairs: Vec<(AnyId, AnyId)>) -> Self {
        Self {
            copies: pairs.iter().copied().collect(),
            pairs,
        }
    }

    /// The copy of an entity; `None` if it was not copied. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let sf = graph.insert(tag, Tag::new("sf"))?;
    /// let copied = graph.copy([tag.any(sf)], []).change(tag, |tag| tag.label.push('2')).insert()?;
    /// let copy = copied.of(tag, sf);
    /// assert!(copy.is_some_and(|copy| graph.contains(tag, copy)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn of<T>(&self, entity: EntityType<T>, original: Id<T>) -> Option<Id<T>> {
        entity.id(self.of_any(entity.any(original))?)
    }

    /// The copy of an entity of any type. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let sf = tag.any(graph.insert(tag, Tag::new("sf"))?);
    /// let copied = graph.copy([sf], []).change(tag, |tag| tag.label.push('2')).insert()?;
    /// assert!(copied.of_any(sf).is_some_and(|copy| graph.untyped().is_live(copy)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn of_any(&self, original: AnyId) -> Option<AnyId> {
        self.copies.get(&original).copied()
    }

    /// How many entities were copied. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// # let sf = tag.any(graph.insert(tag, Tag::new("sf"))?);
    /// let copied = graph.copy([sf, sf], []).change(tag, |tag| tag.label.push('2')).insert()?;
    /// assert_eq!(copied.len(), 1);                            // each once
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether nobody was copied: there was no root. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::Library;
    /// # let Library { mut graph, .. } = Library::new()?;
    /// assert!(graph.copy([], []).insert()?.is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Every original with its copy, in the order in which they were met
    /// breadth first.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// # let sf = tag.any(graph.insert(tag, Tag::new("sf"))?);
    /// let copied = graph.copy([sf], []).change(tag, |tag| tag.label.push('2')).insert()?;
    /// assert!(copied.iter().map(|(original, _)| original).eq([sf]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = (AnyId, AnyId)> + ExactSizeIterator + FusedIterator + '_
    {
        self.pairs.iter().copied()
    }
}

impl fmt::Debug for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.pairs.iter().map(|(original, copy)| (original, copy));
        f.debug_map().entries(pairs).finish()
    }
}
