//! Entities by id and by key: inserting, reading, rewriting payloads.

use std::iter::FusedIterator;
use std::ops::RangeBounds;

use crate::change::FieldNumber;
use crate::entities::Entities as Stored;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::graph::entities::Entities;
use crate::id::{AnyId, EntityType, EntityTypeId, Id, Slot};
use crate::identity::{
    HashIndex, Hashed, KeyRange, KeyShape, Limit, Lookup, Matches, OrderedIndex, OrderedShape,
    Sorted, Unique, UniqueKey,
};

impl Graph {
    /// Inserts an entity; it is live at once, without links.
    ///
    /// Computes in O(1), amortised; in O(log n) more for each ordered index.
    ///
    /// # Errors
    /// - [`DuplicateKey`](crate::ErrorKind::DuplicateKey): another entity of
    ///   the type has one of its keys; [`Error::entities`] names it.
    /// - [`Required`](crate::ErrorKind::Required),
    ///   [`TooFew`](crate::ErrorKind::TooFew): an end of the type needs links,
    ///   so it must be inserted with them: see [`create`](Self::create).
    /// - [`Refused`](crate::ErrorKind::Refused) by a check.
    /// - [`WrongType`](crate::ErrorKind::WrongType),
    ///   [`Capacity`](crate::ErrorKind::Capacity).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// use backref::ErrorKind;
    ///
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let error = graph.insert(author, Author::new("Lem")).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    /// assert_eq!(error.entities(), [author.any(lem)]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[inline]
    pub fn insert<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payload: T,
    ) -> Result<Id<T>> {
        let entity = self.known(entity)?;
        let id = self.write(|engine| engine.insert_alone(entity, payload))?;
        Ok(Id::new(id))
    }

    /// The entity that has the primary key of `payload`, or a new one with it;
    /// whether it is new.
    ///
    /// With a payload that only has a key this lets links be built before
    /// their targets are read: [`upsert`](Self::upsert) fills it in later.
    ///
    /// Computes in O(1), amortised.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), and
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared) if the type has no
    /// primary key. A clash with a secondary key of another entity is
    /// [`DuplicateKey`](crate::ErrorKind::DuplicateKey).
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let (sf, is_new) = graph.get_or_insert(tag, Tag::new("sf"))?;
    /// assert!(is_new);
    /// assert_eq!(graph.get_or_insert(tag, Tag::new("sf"))?, (sf, false));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn get_or_insert<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payload: T,
    ) -> Result<(Id<T>, bool)> {
        self.engine.recover();
        match self.holder_of_key(entity, &payload)? {
            Some(holder) => Ok((holder, false)),
            None => self.insert(entity, payload).map(|id| (id, true)),
        }
    }

    /// Inserts an entity, or gives the one that has its primary key the new
    /// payload and returns the old one; its links stay.
    ///
    /// Computes in O(1), amortised.
    ///
    /// # Errors
    /// As [`get_or_insert`](Self::get_or_insert).
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// # let Library { mut graph, book, .. } = Library::new()?;
    /// let (eden, old) = graph.upsert(book, Book::new("3", "?", 0))?;
    /// assert_eq!(old, None);
    /// let (same, old) = graph.upsert(book, Book::new("3", "Eden", 1959))?;
    /// assert_eq!((same, old), (eden, Some(Book::new("3", "?", 0))));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn upsert<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payload: T,
    ) -> Result<(Id<T>, Option<T>)> {
        self.engine.recover();
        match self.holder_of_key(entity, &payload)? {
            Some(holder) => {
                let old = self.replace(entity, holder, payload)?;
                Ok((holder, Some(old)))
            }
            None => self.insert(entity, payload).map(|id| (id, None)),
        }
    }

    /// The payload of an entity; `None` if it is dead.
    ///
    /// Computes in O(1). There is no `&mut` to a payload in place, so that no
    /// write goes past the keys: see [`update`](Self::update).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.get(author, lem).map(|author| author.name.as_str()), Some("Lem"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn get<T: Send + Sync + 'static>(&self, entity: EntityType<T>, id: Id<T>) -> Option<&T> {
        self.all(entity)?.arena().get(id.raw())
    }

    /// Whether an entity is live. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert!(graph.contains(author, lem));
    /// graph.delete(author, lem)?;
    /// assert!(!graph.contains(author, lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn contains<T: Send + Sync + 'static>(&self, entity: EntityType<T>, id: Id<T>) -> bool {
        self.get(entity, id).is_some()
    }

    /// The number of entities of a type. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// graph.set(book_author, eden, lem)?;
    /// assert_eq!(graph.len(book), 1);
    /// graph.delete(author, lem)?;                             // Author.books cascades
    /// assert_eq!(graph.len(book), 0);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len<T: Send + Sync + 'static>(&self, entity: EntityType<T>) -> usize {
        self.all(entity).map_or(0, |all| all.arena().len())
    }

    /// Makes room for more entities of a type, here, in the indexes and at the
    /// ends, so that inserting them moves nothing.
    ///
    /// Computes in O(entities of the type) if there is not the room yet.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let labels = ["sf", "classic", "novel"];
    /// graph.reserve(tag, labels.len());
    /// for label in labels {
    ///     graph.insert(tag, Tag::new(label))?;
    /// }
    /// assert_eq!(graph.len(tag), 3);
    /// # Ok::<(), backref::Error>(())
    /// ```
    ///
    /// # Panics
    /// If that is more than memory can hold, as [`Vec::reserve`] does.
    pub fn reserve<T: Send + Sync + 'static>(&mut self, entity: EntityType<T>, additional: usize) {
        if let Ok(entity) = self.known(entity)
            && let Some(all) = self.engine.all_mut::<T>(entity)
        {
            all.reserve(additional);
            self.engine.reserve_at_ends(entity, additional);
        }
    }

    /// All entities of a type with their payloads, in slot order, which is the
    /// order of inserting while nothing is deleted.
    ///
    /// Computes in O(1) for each, and for each slot that a delete left free.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// for label in ["sf", "classic"] {
    ///     graph.insert(tag, Tag::new(label))?;
    /// }
    /// let labels: Vec<&str> = graph.iter(tag).map(|(_, tag)| tag.label.as_str()).collect();
    /// assert_eq!(labels, ["sf", "classic"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn iter<T: Send + Sync + 'static>(&self, entity: EntityType<T>) -> Entities<'_, T> {
        Entities::new(self.all(entity).map(|all| all.arena().iter()))
    }

    /// Gives an entity another payload and returns the old one; its links stay,
    /// its keys are re-indexed, in sorted and keyed rows too.
    ///
    /// Computes in O(1), amortised; in O(log n) more for each ordered index and
    /// for each sorted row whose key has changed, in O(1) for each keyed one.
    ///
    /// # Errors
    /// [`DuplicateKey`](crate::ErrorKind::DuplicateKey) if another entity, or
    /// another member of a keyed row, has one of the new keys,
    /// [`Refused`](crate::ErrorKind::Refused) by a check, [`NotLive`](crate::ErrorKind::NotLive),
    /// [`WrongType`](crate::ErrorKind::WrongType).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, by_name, .. } = Library::new()?;
    /// let id = graph.insert(author, Author::new("Ursula"))?;
    /// let old = graph.replace(author, id, Author::new("Ursula K. Le Guin"))?;
    /// assert_eq!(old.name, "Ursula");
    /// assert_eq!(graph.find(by_name, "Ursula K. Le Guin"), Some(id));
    /// assert_eq!(graph.find(by_name, "Ursula"), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn replace<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        payload: T,
    ) -> Result<T> {
        self.engine.recover();
        self.live(entity, id)?;
        let copy = self.copy_for_caller(entity, id)?;
        let old = self.write_payload(entity, id, payload, FieldNumber::ALL)?;
        Ok(old
            .or(copy)
            .unwrap_or_else(|| self.engine.replaced(entity.untyped())))
    }

    /// Changes a payload: `change` works on a clone, which is then written once.
    /// If it panics or takes a key that another entity has, nothing has changed.
    ///
    /// Computes as [`replace`](Self::replace), plus one clone. The type must be
    /// declared cloneable.
    ///
    /// # Errors
    /// As [`replace`](Self::replace), and
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared).
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// # let Library { mut graph, book, by_year, .. } = Library::new()?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1958))?;
    /// graph.update(book, eden, |book| book.year += 1)?;
    /// assert!(graph.range(by_year, 1959..1960).eq([eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update<T: Send + Sync + 'static, R>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R> {
        self.try_update(entity, id, |payload| Ok(change(payload)))
    }

    /// Changes a payload as [`update`](Self::update) does, unless `change`
    /// fails: then nothing has changed.
    ///
    /// Computes as [`update`](Self::update).
    ///
    /// # Errors
    /// As [`update`](Self::update), and whatever `change` returns.
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// # let Library { mut graph, book, .. } = Library::new()?;
    /// let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let result = graph.try_update(book, eden, |book| {
    ///     book.year = "MCMLIX".parse()?;
    ///     Ok::<(), Box<dyn std::error::Error>>(())
    /// });
    /// assert!(result.is_err());
    /// assert_eq!(graph.get(book, eden).map(|book| book.year), Some(1959));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn try_update<T: Send + Sync + 'static, R, E: From<Error>>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        self.update_one(entity, id, FieldNumber::ALL, change)
    }

    /// Changes a clone of a payload, and then writes it; told is that so much of
    /// it was changed.
    pub(crate) fn update_one<T: Send + Sync + 'static, R, E: From<Error>>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        field: FieldNumber,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        self.engine.recover();
        let mut payload = self.copy_of(entity, id)?;
        let result = change(&mut payload)?;
        match self.write_payload(entity, id, payload, field)? {
            Some(old) => drop(old),
            None => self.engine.dispose_type(entity.untyped()),
        }
        Ok(result)
    }

    /// Writes the payload of a live entity; the one before it, unless that went to
    /// the side stack.
    #[inline]
    fn write_payload<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        id: Id<T>,
        payload: T,
        field: FieldNumber,
    ) -> Result<Option<T>> {
        let (number, slot) = (entity.untyped(), id.slot());
        match self.engine.replace_freely(number, slot, payload) {
            Ok(old) => Ok(Some(old)),
            Err(payload) => {
                self.write_payloads(entity, vec![(slot, payload)], field)?;
                Ok(None)
            }
        }
    }

    fn write_payloads<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        batch: Vec<(Slot, T)>,
        field: FieldNumber,
    ) -> Result<()> {
        self.write(|engine| engine.replace_payloads(entity.untyped(), batch, field))
    }

    /// Changes two payloads at once, keys judged on the state after both: so
    /// that two entities can exchange keys.
    ///
    /// Computes as two [`update`](Self::update)s.
    ///
    /// # Errors
    /// As [`update`](Self::update); [`WrongType`](crate::ErrorKind::WrongType)
    /// if both are the same entity.
    ///
    /// ```
    /// # use backref::example::{Library, Tag};
    /// use std::mem::swap;
    ///
    /// # let Library { mut graph, tag, .. } = Library::new()?;
    /// let a = graph.insert(tag, Tag::new("a"))?;
    /// let b = graph.insert(tag, Tag::new("b"))?;
    /// graph.swap_keys(tag, a, b, |a, b| swap(&mut a.label, &mut b.label))?;
    /// assert_eq!(graph.get(tag, a), Some(&Tag::new("b")));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn swap_keys<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        a: Id<T>,
        b: Id<T>,
        exchange: impl FnOnce(&mut T, &mut T),
    ) -> Result<()> {
        self.engine.recover();
        let (mut first, mut second) = (self.copy_of(entity, a)?, self.copy_of(entity, b)?);
        if a == b {
            let message = format!(
                "{} has one payload only: swap_keys takes two entities",
                self.describe(entity.any(a))
            );
            return Err(Error::new(ErrorKind::WrongType, message).about([entity.any(a)]));
        }
        exchange(&mut first, &mut second);
        let batch = vec![(a.slot(), first), (b.slot(), second)];
        self.write_payloads(entity, batch, FieldNumber::ALL)?;
        self.engine.dispose_type(entity.untyped());
        Ok(())
    }

    /// The entity that has a unique key.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, by_name, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.find(by_name, "Lem"), Some(lem));
    /// assert_eq!(graph.find(by_name, "Ursula"), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find<T: Send + Sync + 'static, K: KeyShape>(
        &self,
        key: UniqueKey<T, K>,
        value: impl Lookup<K>,
    ) -> Option<Id<T>> {
        if !self.gave_out(key.registry()) {
            return None;
        }
        let all = self.engine.all::<T>(key.entity())?;
        let index = all.index(key.index())?.downcast_ref::<Unique<T, K>>()?;
        let slot = index.find(all.arena(), value)?;
        Self::id_in(all, slot)
    }

    /// All entities with a value in a hashed index, in slot order.
    ///
    /// Computes in O(1), and O(1) for each that is found.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author {
    ///     name: &'static str,
    ///     country: String,
    /// }
    ///
    /// # let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .index("country", Key::field(|author: &Author| &author.country));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let by_country = registry.index::<Author, String>("Author.country")?;
    ///
    /// # let mut graph = Graph::new(registry);
    /// for (name, country) in [("Lem", "Poland"), ("Ursula", "USA"), ("Olga", "Poland")] {
    ///     graph.insert(author, Author { name, country: country.to_owned() })?;
    /// }
    /// let found = graph.find_all(by_country, "Poland");
    /// let names: Vec<&str> = found.filter_map(|id| Some(graph.get(author, id)?.name)).collect();
    /// assert_eq!(names, ["Lem", "Olga"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find_all<T: Send + Sync + 'static, K: KeyShape>(
        &self,
        index: HashIndex<T, K>,
        value: impl Lookup<K>,
    ) -> Found<Matches<'_, T>> {
        let all = self
            .engine
            .all::<T>(index.entity())
            .filter(|_| self.gave_out(index.registry()));
        let stored = all.and_then(|all| all.index(index.index())?.downcast_ref::<Hashed<T, K>>());
        Found(
            stored
                .zip(all)
                .map(|(index, all)| index.find_all(all.arena(), value)),
        )
    }

    /// All entities with a value in a range, in the order of an ordered index;
    /// those with equal values in slot order.
    ///
    /// Computes in O(log n), and O(1) for each that is found. A range that ends
    /// before it starts is empty.
    ///
    /// A range without a type, as `..`, needs it spelled out, as for
    /// [`BTreeMap::range`](std::collections::BTreeMap::range):
    /// `range::<_, _, u16>(index, ..)`.
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// # let Library { mut graph, book, by_year, .. } = Library::new()?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
    /// assert!(graph.range(by_year, 1950..1960).eq([eden]));
    /// assert!(graph.range(by_year, 1959..).eq([eden, solaris]));
    /// assert!(graph.range::<_, _, u16>(by_year, ..).rev().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn range<T, K, L>(
        &self,
        index: OrderedIndex<T, K>,
        range: impl RangeBounds<L>,
    ) -> Found<KeyRange<'_, T>>
    where
        T: Send + Sync + 'static,
        K: OrderedShape,
        L: Limit<K> + ?Sized,
    {
        let all = self
            .engine
            .all::<T>(index.entity())
            .filter(|_| self.gave_out(index.registry()));
        let stored = all.and_then(|all| all.index(index.index())?.downcast_ref::<Sorted<T, K>>());
        let bounds = (range.start_bound(), range.end_bound());
        Found(
            stored
                .zip(all)
                .map(|(index, all)| index.range(all.arena(), bounds)),
        )
    }

    fn id_in<T: Send + Sync + 'static>(all: &Stored<T>, slot: Slot) -> Option<Id<T>> {
        all.arena().entry(slot).map(|(id, _)| Id::new(id))
    }

    fn live<T: Send + Sync + 'static>(&self, entity: EntityType<T>, id: Id<T>) -> Result<&T> {
        let all = self.all(entity);
        let all = all.ok_or_else(|| self.engine.foreign_type(entity.untyped()))?;
        let dead = || self.engine.not_live(AnyId::new(entity.untyped(), id.raw()));
        all.arena().get(id.raw()).ok_or_else(dead)
    }

    fn copy_of<T: Send + Sync + 'static>(&self, entity: EntityType<T>, id: Id<T>) -> Result<T> {
        let payload = self.live(entity, id)?;
        let copy = self.all(entity).and_then(|all| all.copy(payload));
        copy.ok_or_else(|| self.engine.not_cloneable(entity.untyped()))
    }

    /// A copy of a payload for the caller of a delete or a replace, while the
    /// original is kept to be brought back.
    pub(crate) fn copy_for_caller<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
        id: Id<T>,
    ) -> Result<Option<T>> {
        if self.engine.sink.is_listening() {
            return self.copy_of(entity, id).map(Some);
        }
        Ok(None)
    }

    fn holder_of_key<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
        payload: &T,
    ) -> Result<Option<Id<T>>> {
        let all = self.all(entity);
        let all = all.ok_or_else(|| self.engine.foreign_type(entity.untyped()))?;
        if all.key().is_none() {
            return Err(self.no_key(entity.untyped()));
        }
        Ok(all
            .holder_of_key(payload)
            .and_then(|slot| Self::id_in(all, slot)))
    }

    #[cold]
    fn no_key(&self, entity: EntityTypeId) -> Error {
        let message = format!(
            "{} has no key: add .key(..) to its declaration",
            self.engine.entity_name(entity)
        );
        Error::new(ErrorKind::NotDeclared, message)
    }
}

/// What a look-up in an index found: nothing, if the handle is of an index that
/// the graph does not have.
///
/// ```
/// # use backref::example::{Book, Library};
/// # let Library { mut graph, book, by_year, .. } = Library::new()?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// # let solaris = graph.insert(book, Book::new("4", "Solaris", 1961))?;
/// let mut found = graph.range(by_year, 1900..2000);
/// assert_eq!(found.next(), Some(eden));
/// assert_eq!(found.next_back(), Some(solaris));
/// assert_eq!(found.next(), None);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Found<I>(Option<I>);

impl<I: Iterator> Iterator for Found<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Found<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        self.0.as_mut()?.next_back()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Found<I> {}

impl<I: FusedIterator> FusedIterator for Found<I> {}
