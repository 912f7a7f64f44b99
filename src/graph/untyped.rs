//! Reading by numbers.

use std::any::Any;
use std::fmt;
use std::iter::FusedIterator;

use crate::engine::delete::plan::DeletePlan;
use crate::engine::{Engine, Place};
use crate::error::Result;
use crate::id::{AnyId, EndId, EntityTypeId, Slot};
use crate::identity::Arrangement;
use crate::links::members::Members;

/// A graph, read by entity and end numbers; made by
/// [`Graph::untyped`](crate::Graph::untyped).
///
/// For tools that learn the types at run time. The costs are those of the
/// typed verbs of the same names. An id or an end that does not fit is linked
/// to nobody.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
/// graph.set(book_author, eden, lem)?;
/// let (registry, eden) = (graph.registry(), book.any(eden));
/// let mut linked = Vec::new();
/// for end in registry.entity(eden.entity()).into_iter().flat_map(|book| book.ends()) {
///     linked.extend(graph.untyped().links(end.id(), eden).map(|other| (end.name(), other)));
/// }
/// assert_eq!(linked, [("author", author.any(lem))]);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Untyped<'g> {
    pub(super) engine: &'g Engine,
}

impl<'g> Untyped<'g> {
    pub(crate) fn new(engine: &'g Engine) -> Self {
        Self { engine }
    }

    /// Whether an entity is live. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// assert!(graph.untyped().is_live(lem));
    /// graph.delete_all([lem])?;
    /// assert!(!graph.untyped().is_live(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_live(self, id: AnyId) -> bool {
        self.engine.is_live(id)
    }

    /// The number of entities of a type. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, book, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// assert_eq!(graph.untyped().len(lem.entity()), 1);
    /// assert_eq!(graph.untyped().len(book.untyped()), 0);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(self, entity: EntityTypeId) -> usize {
        self.engine
            .entities
            .get(entity.index())
            .map_or(0, |all| all.len())
    }

    /// All entities of a type, in slot order. Computes in O(1) for each, and for
    /// each slot that a delete left free.
    ///
    /// ```
    /// # use backref::example::{Book, Library};
    /// # let Library { mut graph, book, .. } = Library::new()?;
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// assert!(graph.untyped().ids(book.untyped()).eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ids(self, entity: EntityTypeId) -> impl Iterator<Item = AnyId> + 'g {
        self.engine
            .ids(entity)
            .map(move |id| AnyId::new(entity, id))
    }

    /// The payload of an entity, of the type that its entity type was declared
    /// with; `None` if it is dead. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// let payload = graph.untyped().payload(lem);
    /// assert_eq!(payload.and_then(|any| any.downcast_ref()), Some(&Author::new("Lem")));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn payload(self, id: AnyId) -> Option<&'g (dyn Any + Send + Sync)> {
        let all = self.engine.entities.get(id.entity().index())?;
        all.is_live(id.raw()).then(|| all.payload(id.slot()))?
    }

    /// The entity whose primary key is `key`, which must be a reference to a
    /// value of the key's own type.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let key = "Lem".to_owned();
    /// assert_eq!(graph.untyped().find(author.untyped(), &key), Some(author.any(lem)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find(self, entity: EntityTypeId, key: &dyn Any) -> Option<AnyId> {
        let slot = self.engine.entities.get(entity.index())?.find(key)?;
        Some(self.engine.id_at(entity, slot))
    }

    /// The entity at a to-one end, of one type or of several; `None` for a
    /// to-many end. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().push(author_books, lem, eden)?;
    /// assert_eq!(graph.untyped().one(book_author, eden), Some(lem));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn one(self, end: EndId, id: AnyId) -> Option<AnyId> {
        let place = self.place(end, id)?;
        self.engine.one_of(place, id.slot())
    }

    /// The row at a to-many end; empty for a to-one end. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().set(book_author, eden, Some(lem))?;
    /// assert!(graph.untyped().row(author_books, lem).iter().eq([eden]));
    /// assert!(graph.untyped().row(book_author, eden).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn row(self, end: EndId, id: AnyId) -> AnyRow<'g> {
        let place = self.place(end, id);
        let members = place.map(|place| self.engine.relation(place).members(place.side, id.slot()));
        AnyRow {
            engine: self.engine,
            place,
            owner: id.slot(),
            members: members.unwrap_or_default(),
        }
    }

    /// Who is linked at an end of either cardinality, in order. Computes in O(1)
    /// for each.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().set(book_author, eden, Some(lem))?;
    /// assert!(graph.untyped().links(author_books, lem).eq([eden]));
    /// assert!(graph.untyped().links(book_author, eden).eq([lem]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn links(self, end: EndId, id: AnyId) -> impl Iterator<Item = AnyId> + 'g {
        self.one(end, id)
            .into_iter()
            .chain(self.row(end, id).iter())
    }

    /// The data of the link of two entities, of the type that was declared;
    /// `None` if they are not linked at that end, or its links have no data.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// # let friends = registry.to_many::<&str, &str>("Person.friends")?.untyped();
    /// # let mut graph = Graph::new(registry);
    /// # let ann = person.any(graph.insert(person, "Ann")?);
    /// # let bob = person.any(graph.insert(person, "Bob")?);
    /// graph.untyped_mut().link(friends, ann, bob, Box::new(1998_u16))?;
    /// let since = graph.untyped().link_data(friends, bob, ann);
    /// assert_eq!(since.and_then(|any| any.downcast_ref()), Some(&1998_u16));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn link_data(
        self,
        end: EndId,
        id: AnyId,
        other: AnyId,
    ) -> Option<&'g (dyn Any + Send + Sync)> {
        let place = self.place(end, id)?;
        let place = self.engine.towards(place, other).ok()?;
        let link = self.engine.link_number(place, id.raw(), other.raw())?;
        self.engine.any_column(place).ok()?.get(link)
    }

    /// What deleting these would do.
    ///
    /// Computes in O(links of what would be deleted).
    ///
    /// # Errors
    /// [`NotLive`](crate::ErrorKind::NotLive). A delete that is not allowed is
    /// no error here: the plan says so. It asks no checks.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().push(author_books, lem, eden)?;
    /// let plan = graph.untyped().plan_delete(&[lem])?;        // Author.books cascades
    /// assert_eq!(plan.path(eden), [lem, eden]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn plan_delete(self, ids: &[AnyId]) -> Result<DeletePlan> {
        self.engine.plan_delete(ids)
    }

    /// The member of an entity's row that has a key, which is a `K` of the type
    /// that the end is [keyed by](crate::EndBuilder::keyed_by), or a tuple for a
    /// key of several parts; `None` if nobody has it, or the end is not keyed.
    ///
    /// Computes in O(1), expected.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<u32>("Number");
    /// schema
    ///     .relationship("Number.parts")
    ///     .to_many("Number")
    ///     .backref("wholes")
    ///     .keyed_by(Key::field(|number: &u32| number));
    /// let registry = schema.build()?;
    /// let number = registry.find_entity("Number").expect("it is declared").id();
    /// let parts = registry.find_end("Number.parts").expect("it is declared").id();
    ///
    /// let mut graph = Graph::new(registry);
    /// let one = graph.untyped_mut().insert(number, Box::new(1_u32), &[])?;
    /// let two = graph.untyped_mut().insert(number, Box::new(2_u32), &[(parts, one)])?;
    /// assert_eq!(graph.untyped().member_by_key(parts, two, &1_u32), Some(one));
    /// assert_eq!(graph.untyped().member_by_key(parts, two, &2_u32), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn member_by_key(self, end: EndId, owner: AnyId, key: &dyn Any) -> Option<AnyId> {
        let place = self.place(end, owner)?;
        let Some(Arrangement::Keyed(keying)) = &self.engine.end(place).arrangement else {
            return None;
        };
        let (hash, target) = (keying.hash_any(key)?, self.engine.target_type(place));
        let keyed = self.engine.relation(place).arranged()?.keyed(place.side)?;
        let all = self.engine.entities.get(target.index())?;
        let is = |member| {
            let payload = all.payload(member);
            payload.is_some_and(|payload| keying.is_any(key, payload))
        };
        let member = keyed.find(owner.slot(), hash, is)?;
        Some(self.engine.id_at(target, member))
    }

    /// The place of an end, if the entity is live and has that end.
    fn place(self, end: EndId, id: AnyId) -> Option<Place> {
        let place = self.engine.known_place(end).ok()?;
        let fits = self.engine.owner_type(place) == id.entity();
        (fits && self.engine.is_live_at(place, id.raw())).then_some(place)
    }
}

impl fmt::Debug for Untyped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Untyped").finish_non_exhaustive()
    }
}

/// The members of one entity at a to-many end; made by [`Untyped::row`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let author_books = author_books.untyped();
/// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
/// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
/// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
/// graph.untyped_mut().extend(author_books, lem, &[eden, solaris])?;
/// let row = graph.untyped().row(author_books, lem);
/// assert_eq!((row.len(), row.get(0), row.position(solaris)), (2, Some(eden), Some(1)));
/// assert!(row.into_iter().eq([eden, solaris]));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct AnyRow<'g> {
    engine: &'g Engine,
    place: Option<Place>,
    owner: Slot,
    members: Members<'g>,
}

impl<'g> AnyRow<'g> {
    /// The number of members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// assert_eq!(graph.untyped().row(author_books, lem).len(), 0);
    /// graph.untyped_mut().set(book_author, eden, Some(lem))?;
    /// assert_eq!(graph.untyped().row(author_books, lem).len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().set(book_author, eden, Some(lem))?;
    /// assert!(!graph.untyped().row(author_books, lem).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member at a position. Computes in O(1) on a row without holes, in
    /// O(position) otherwise.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// graph.untyped_mut().extend(author_books, lem, &[eden, solaris])?;
    /// let row = graph.untyped().row(author_books, lem);
    /// assert_eq!((row.get(1), row.get(2)), (Some(solaris), None));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, position: usize) -> Option<AnyId> {
        let slot = self.members.at(position)?;
        Some(
            self.engine
                .id_at(self.engine.target_type(self.place?), slot),
        )
    }

    /// Whether an entity is a member. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let (book_author, author_books) = (book_author.untyped(), author_books.untyped());
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// graph.untyped_mut().set(book_author, eden, Some(lem))?;
    /// let row = graph.untyped().row(author_books, lem);
    /// assert!(row.contains(eden));
    /// assert!(!row.contains(lem));                            // of another type
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, item: AnyId) -> bool {
        self.place.is_some_and(|place| {
            let inverse = self.engine.inverse(place);
            item.entity() == self.engine.target_type(place)
                && self.engine.is_live_at(inverse, item.raw())
                && self
                    .engine
                    .relation(place)
                    .contains(place.side, self.owner, item.slot())
        })
    }

    /// The position of a member. Computes in O(1) on a row without holes, in
    /// O(position) otherwise.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// graph.untyped_mut().extend(author_books, lem, &[eden, solaris])?;
    /// let row = graph.untyped().row(author_books, lem);
    /// assert_eq!(row.position(solaris), Some(1));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn position(&self, item: AnyId) -> Option<usize> {
        if !self.contains(item) {
            return None;
        }
        let place = self.place?;
        let offset = self
            .engine
            .relation(place)
            .offset(place.side, self.owner, item.slot())?;
        Some(self.members.before(offset))
    }

    /// The members, in order. Computes in O(1) for each.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
    /// # let author_books = author_books.untyped();
    /// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
    /// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
    /// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
    /// graph.untyped_mut().extend(author_books, lem, &[eden, solaris])?;
    /// let row = graph.untyped().row(author_books, lem);
    /// assert!(row.iter().rev().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn iter(&self) -> AnyRowIter<'g> {
        AnyRowIter {
            engine: self.engine,
            target: self.place.map(|place| self.engine.target_type(place)),
            members: self.members,
        }
    }
}

impl<'g> IntoIterator for AnyRow<'g> {
    type Item = AnyId;
    type IntoIter = AnyRowIter<'g>;

    fn into_iter(self) -> AnyRowIter<'g> {
        self.iter()
    }
}

impl<'g> IntoIterator for &AnyRow<'g> {
    type Item = AnyId;
    type IntoIter = AnyRowIter<'g>;

    fn into_iter(self) -> AnyRowIter<'g> {
        self.iter()
    }
}

impl fmt::Debug for AnyRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The ids in an [`AnyRow`]; made by [`AnyRow::iter`].
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, author_books, .. } = Library::new()?;
/// # let author_books = author_books.untyped();
/// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
/// # let eden = book.any(graph.insert(book, Book::new("3", "Eden", 1959))?);
/// # let solaris = book.any(graph.insert(book, Book::new("4", "Solaris", 1961))?);
/// graph.untyped_mut().extend(author_books, lem, &[eden, solaris])?;
/// let mut books = graph.untyped().row(author_books, lem).iter();
/// assert_eq!((books.len(), books.next_back()), (2, Some(solaris)));
/// assert_eq!((books.next(), books.next()), (Some(eden), None));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct AnyRowIter<'g> {
    engine: &'g Engine,
    target: Option<EntityTypeId>,
    members: Members<'g>,
}

impl AnyRowIter<'_> {
    fn id(&self, slot: Slot) -> Option<AnyId> {
        Some(self.engine.id_at(self.target?, slot))
    }
}

impl Iterator for AnyRowIter<'_> {
    type Item = AnyId;

    fn next(&mut self) -> Option<AnyId> {
        let slot = self.members.next()?;
        self.id(slot)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members.size_hint()
    }
}

impl DoubleEndedIterator for AnyRowIter<'_> {
    fn next_back(&mut self) -> Option<AnyId> {
        let slot = self.members.next_back()?;
        self.id(slot)
    }
}

impl ExactSizeIterator for AnyRowIter<'_> {}

impl FusedIterator for AnyRowIter<'_> {}

impl fmt::Debug for AnyRowIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
