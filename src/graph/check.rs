//! Checks: what may refuse a change before it is written, and what it is asked.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::engine::Engine;
use crate::engine::check::{LinksAsked, LinksCheck, PayloadAsked, PayloadCheck};
use crate::entities::AnyPayload;
use crate::error::Result;
use crate::graph::row::Row;
use crate::graph::untyped::Untyped;
use crate::id::{EntityType, Id, ToMany, ToOne};
use crate::schema::asked::EndCheck;
use crate::schema::{EndBuilder, EndOptions, EntityBuilder, Registry};

/// A payload that is about to be written: what a
/// [check of an entity type](crate::EntityBuilder::check) is asked.
///
/// It has the payload as it is and as it is going to be, and the graph as it is
/// before the write.
///
/// ```
/// use backref::{ErrorKind, Graph, PlannedPayload, Schema};
///
/// #[derive(Clone, Debug)]
/// struct Account { balance: i64, closed: bool }
///
/// fn stays_closed(change: &PlannedPayload<'_, Account>) -> Result<(), &'static str> {
///     match (change.before(), change.after()) {
///         (Some(before), Some(after)) if before.closed && !after.closed => {
///             Err("a closed account is not opened again")
///         }
///         (Some(before), None) if before.balance != 0 => Err("there is money in it"),
///         _ => Ok(()),
///     }
/// }
///
/// let mut schema = Schema::builder();
/// schema.entity::<Account>("Account").cloneable().check(stays_closed);
/// let registry = schema.build()?;
/// let account = registry.entity_type::<Account>("Account")?;
///
/// let mut graph = Graph::new(registry);
/// let savings = graph.insert(account, Account { balance: 3, closed: false })?;
/// let error = graph.delete(account, savings).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Refused);
/// assert_eq!(
///     error.to_string(),
///     "deleting Account#1v1 is refused by a check of Account: there is money in it",
/// );
/// graph.update(account, savings, |it| (it.balance, it.closed) = (0, true))?;
/// assert!(graph.update(account, savings, |it| it.closed = false).is_err());
/// assert!(graph.get(account, savings).is_some_and(|it| it.closed));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct PlannedPayload<'a, T> {
    graph: GraphRef<'a>,
    id: Id<T>,
    before: Option<&'a T>,
    after: Option<&'a T>,
}

impl<'a, T> PlannedPayload<'a, T> {
    /// The entity; one that is being inserted has the id that it is going to
    /// have, which is not live yet.
    #[must_use]
    pub fn id(&self) -> Id<T> {
        self.id
    }

    /// The payload as it is; `None` if the entity is being inserted.
    #[must_use]
    pub fn before(&self) -> Option<&'a T> {
        self.before
    }

    /// The payload as it is going to be; `None` if the entity is being deleted.
    #[must_use]
    pub fn after(&self) -> Option<&'a T> {
        self.after
    }

    /// Whether the entity is being inserted, a copy among others.
    #[must_use]
    pub fn is_insert(&self) -> bool {
        self.before.is_none()
    }

    /// Whether the entity gets another payload.
    #[must_use]
    pub fn is_update(&self) -> bool {
        self.before.is_some() && self.after.is_some()
    }

    /// Whether the entity is being deleted, whoever it was that was to go.
    #[must_use]
    pub fn is_delete(&self) -> bool {
        self.after.is_none()
    }

    /// The graph as it is before the write.
    #[must_use]
    pub fn graph(&self) -> GraphRef<'a> {
        self.graph
    }
}

impl<T> fmt::Debug for PlannedPayload<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedPayload")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Links of one owner at one end that are about to be made and cut: what a
/// [check of an end](crate::EndBuilder::check) is asked.
///
/// It has all that one call does to the links of this owner there, whichever end
/// the call began at, and the graph as it is before the write.
///
/// ```
/// use backref::{ErrorKind, Graph, PlannedLinks, Schema};
///
/// struct Lift;
/// struct Person { weight: u32 }
///
/// fn carries(change: &PlannedLinks<'_, Lift, Person>) -> Result<(), String> {
///     let inside = change.members_after().filter_map(|id| change.member(id));
///     match inside.map(|person| person.weight).sum() {
///         0..=300 => Ok(()),
///         weight => Err(format!("{weight} kg are too much")),
///     }
/// }
///
/// let mut schema = Schema::builder();
/// schema.entity::<Lift>("Lift");
/// schema.entity::<Person>("Person");
/// schema.relationship("Lift.people").to_many("Person").backref_one("lift").check(carries);
/// let registry = schema.build()?;
/// # let (lift, person) = (registry.entity_type("Lift")?, registry.entity_type("Person")?);
/// let people = registry.to_many::<Lift, Person>("Lift.people")?;
/// let person_lift = registry.to_one::<Person, Lift>("Person.lift")?;
///
/// let mut graph = Graph::new(registry);
/// let small = graph.insert(lift, Lift)?;
/// let [ann, bob, carl, dan] = [70, 80, 90, 100].map(|weight| Person { weight });
/// # let [ann, bob, carl, dan] = [ann, bob, carl, dan].map(|it| graph.insert(person, it).unwrap());
/// graph.row_mut(people, small)?.extend([ann, bob, carl])?;
/// let error = graph.set(person_lift, dan, small).unwrap_err();    // from the other end
/// assert_eq!(error.kind(), ErrorKind::Refused);
/// assert_eq!(
///     error.to_string(),
///     "the links of Lift#1v1 at Lift.people are refused by a check: 340 kg are too much",
/// );
/// graph.row_mut(people, small)?.replace([bob, carl, dan])?;       // seen as a whole
/// # Ok::<(), backref::Error>(())
/// ```
pub struct PlannedLinks<'a, S, T> {
    asked: &'a LinksAsked<'a>,
    added: &'a [Id<T>],
    removed: &'a [Id<T>],
    owner: PhantomData<fn(&S)>,
}

impl<'a, S: 'static, T: 'static> PlannedLinks<'a, S, T> {
    /// The owner of the end; one that is being inserted has the id that it is
    /// going to have, which is not live yet.
    #[must_use]
    pub fn owner(&self) -> Id<S> {
        Id::new(self.asked.owner)
    }

    /// The payload of the owner, the one it is inserted with if it is new.
    ///
    /// Computes in O(1).
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "the owner is live or being inserted, and of the type that was declared"
    )]
    pub fn owner_payload(&self) -> &'a S {
        let payload = self.asked.owner_payload().map(known);
        payload.expect("an owner is live, or comes with a payload")
    }

    /// Who gets a link that was not there, in the order of the call. Nobody is
    /// both here and among the removed.
    #[must_use]
    pub fn added(&self) -> &'a [Id<T>] {
        self.added
    }

    /// Who loses the link that is there: given up, displaced, or about to be
    /// deleted.
    #[must_use]
    pub fn removed(&self) -> &'a [Id<T>] {
        self.removed
    }

    /// The payload of a member, or of one that is added: the one that it is
    /// inserted with if it is new. `None` if the id is not live.
    ///
    /// Computes in O(1).
    #[must_use]
    pub fn member(&self, id: Id<T>) -> Option<&'a T> {
        self.asked.member_payload(id.raw()).map(known)
    }

    /// How many links the owner has here now. Computes in O(1).
    #[must_use]
    pub fn len_before(&self) -> usize {
        self.asked.len_before()
    }

    /// How many links the owner is going to have here. Computes in O(1).
    #[must_use]
    pub fn len_after(&self) -> usize {
        self.len_before() + self.added.len() - self.removed.len()
    }

    /// Who is going to be linked here: those that stay, in the order in which
    /// they stand, and those that are added.
    ///
    /// Computes in O(*m* + *r* log *r*) for *m* members and *r* that are removed.
    pub fn members_after(&self) -> impl Iterator<Item = Id<T>> + use<'a, S, T> {
        let LinksAsked {
            engine,
            place,
            owner,
            ..
        } = *self.asked;
        let mut removed: SmallVec<[Id<T>; 4]> = self.removed.into();
        removed.sort_unstable();
        let before = self.len_before() > 0;
        let now = before.then(|| engine.linked(place, owner.slot()));
        let now = now.into_iter().flatten();
        now.map(move |member| Id::new(engine.member_id(place, member).raw()))
            .filter(move |id| removed.binary_search(id).is_err())
            .chain(self.added.iter().copied())
    }

    /// The graph as it is before the write.
    #[must_use]
    pub fn graph(&self) -> GraphRef<'a> {
        GraphRef {
            engine: self.asked.engine,
        }
    }
}

impl<S, T> fmt::Debug for PlannedLinks<'_, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedLinks")
            .field("added", &self.added)
            .field("removed", &self.removed)
            .finish_non_exhaustive()
    }
}

/// A graph as a check reads it, before the write that it is asked about.
///
/// Its calls are those of [`Graph`](crate::Graph) of the same names, at the same
/// costs. Who is being inserted is not in it.
///
/// ```
/// use backref::{Graph, PlannedPayload, Schema, ToMany};
///
/// #[derive(Clone)]
/// struct Team { open: bool }
/// struct Player;
///
/// let mut schema = Schema::builder();
/// let team = schema.entity::<Team>("Team").cloneable();
/// team.check(|change: &PlannedPayload<'_, Team>| {
///     let (graph, closes) = (change.graph(), change.after().is_some_and(|it| !it.open));
///     let players = graph.registry().to_many("Team.players").expect("it is declared");
///     let players: ToMany<Team, Player> = players;
///     match graph.row(players, change.id()).len() {
///         0 => Ok(()),
///         left if closes => Err(format!("{left} still play in it")),
///         _ => Ok(()),
///     }
/// });
/// schema.entity::<Player>("Player");
/// schema.relationship("Team.players").to_many("Player").backref_one("team");
/// let registry = schema.build()?;
/// # let (team, player) = (registry.entity_type("Team")?, registry.entity_type("Player")?);
/// # let player_team = registry.to_one::<Player, Team>("Player.team")?;
///
/// let mut graph = Graph::new(registry);
/// let reds = graph.insert(team, Team { open: true })?;
/// graph.create(player, Player).link(player_team, reds).insert()?;
/// let error = graph.update(team, reds, |it| it.open = false).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Team#1v1 is refused by a check of Team: 1 still play in it",
/// );
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct GraphRef<'a> {
    engine: &'a Engine,
}

impl<'a> GraphRef<'a> {
    /// The schema, whose handles a check looks up that was declared before they
    /// were made: see [`Registry::to_many`] and its like, O(log *n*) each.
    #[must_use]
    pub fn registry(self) -> &'a Registry {
        &self.engine.registry
    }

    /// The payload of a live entity. See [`Graph::get`](crate::Graph::get).
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(self, entity: EntityType<T>, id: Id<T>) -> Option<&'a T> {
        let is_ours = self.engine.registry.short_stamp() == entity.registry();
        let all = is_ours.then(|| self.engine.all::<T>(entity.untyped()))?;
        all?.arena().get(id.raw())
    }

    /// The entity at a to-one end. See [`Graph::one`](crate::Graph::one).
    #[must_use]
    pub fn one<S, T>(self, end: ToOne<S, T>, id: Id<S>) -> Option<Id<T>> {
        let place = self.engine.find_place(end.untyped())?;
        let slot = self.engine.relation(place).follow(place.side, id.raw());
        let all = &self.engine.entities[self.engine.target_type(place).index()];
        all.id_at(slot).map(Id::new)
    }

    /// The members at a to-many end. See [`Graph::row`](crate::Graph::row).
    #[must_use]
    pub fn row<S, T>(self, end: ToMany<S, T>, id: Id<S>) -> Row<'a, S, T> {
        Row::find(self.engine, end, id)
    }

    /// The graph, read by numbers. See [`Graph::untyped`](crate::Graph::untyped).
    #[must_use]
    pub fn untyped(self) -> Untyped<'a> {
        Untyped::new(self.engine)
    }
}

impl fmt::Debug for GraphRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphRef").finish_non_exhaustive()
    }
}

impl<T: Send + Sync + 'static> EntityBuilder<'_, T> {
    /// A check of the payloads: it sees each before it is written, and what is
    /// wrong with it is the reason for an error.
    ///
    /// It is asked when an entity is inserted or copied, gets another payload
    /// or is deleted, by a cascade or as an orphan as well. A call asks for all
    /// entities that it concerns, after every other rule has been kept to and
    /// before the first write: if it is refused, or the check panics, nothing has
    /// changed. Several checks are asked in the order in which they were
    /// declared, and the first reason counts. Taking back a call asks nobody, and
    /// neither does [`plan_delete`](crate::Graph::plan_delete).
    ///
    /// Costs the type a call of the check for each payload, and other types
    /// nothing.
    ///
    /// ```
    /// use backref::{ErrorKind, Graph, PlannedPayload, Schema};
    ///
    /// struct Book { title: String }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Book>("Book").check(|change: &PlannedPayload<'_, Book>| {
    ///     match change.after().is_some_and(|book| book.title.is_empty()) {
    ///         true => Err("a title is needed"),
    ///         false => Ok(()),
    ///     }
    /// });
    /// let registry = schema.build()?;
    /// let book = registry.entity_type::<Book>("Book")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let error = graph.insert(book, Book { title: String::new() }).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Refused);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "a new Book is refused by a check of Book: a title is needed",
    /// );
    /// assert_eq!(graph.len(book), 0);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[expect(
        clippy::return_self_not_must_use,
        reason = "each call writes at once, and a chain may end anywhere"
    )]
    pub fn check<R, F>(self, check: F) -> Self
    where
        R: fmt::Display,
        F: Fn(&PlannedPayload<'_, T>) -> Result<(), R> + Send + Sync + 'static,
    {
        let ask = move |asked: &PayloadAsked<'_>| {
            let change = PlannedPayload {
                graph: GraphRef {
                    engine: asked.engine,
                },
                id: Id::new(asked.id),
                before: asked.before.map(known),
                after: asked.after.map(known),
            };
            check(&change).map_err(|why| why.to_string())
        };
        self.checked(Arc::new(PayloadCheck(Box::new(ask))))
    }
}

impl EndBuilder<'_> {
    /// A check of the links at this end: it sees what a call is going to do to
    /// the links of an owner, and what is wrong with it is the reason for an error.
    ///
    /// It is asked whichever end the call begins at, once for each owner with all
    /// of its links that are made and cut, displaced ones and those of newcomers
    /// too; and, of an owner that stays, when somebody linked to it is deleted. Not
    /// of an owner that goes, nor where links only move within a row. A new tree of
    /// entities is made entity by entity, and then link by link.
    ///
    /// A call asks after every other rule has been kept to and before the first
    /// write: if it is refused, or the check panics, nothing has changed. Several
    /// checks are asked in the order in which they were declared, and the first
    /// reason counts. Taking back a call asks nobody, and neither does
    /// [`plan_delete`](crate::Graph::plan_delete).
    ///
    /// `S` is the payload of the owner and `T` that of its members; they are
    /// compared with the schema when it is built. At an end of several types, a
    /// check is asked about the links to its `T`: declare one for each.
    ///
    /// Costs the relationship O(links concerned) for each call and a call of the
    /// check for each owner, and other relationships nothing.
    ///
    /// ```
    /// use backref::{Graph, PlannedLinks, Schema};
    ///
    /// struct Author;
    /// struct Book { draft: bool }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .check(|change: &PlannedLinks<'_, Author, Book>| {
    ///         let mut added = change.added().iter().filter_map(|&book| change.member(book));
    ///         match added.any(|book| book.draft) {
    ///             true => Err("drafts have no author yet"),
    ///             false => Ok(()),
    ///         }
    ///     });
    /// let registry = schema.build()?;
    /// # let (author, book) = (registry.entity_type("Author")?, registry.entity_type("Book")?);
    /// let book_author = registry.to_one::<Book, Author>("Book.author")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let lem = graph.insert(author, Author)?;
    /// graph.create(book, Book { draft: false }).link(book_author, lem).insert()?;
    /// let draft = graph.create(book, Book { draft: true }).link(book_author, lem);
    /// assert_eq!(
    ///     draft.insert().unwrap_err().to_string(),
    ///     "the links of Author#1v1 at Author.books are refused by a check: \
    ///      drafts have no author yet",
    /// );
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[expect(
        clippy::return_self_not_must_use,
        reason = "each call writes at once, and a chain may end anywhere"
    )]
    pub fn check<S, T, R, F>(self, check: F) -> Self
    where
        S: 'static,
        T: 'static,
        R: fmt::Display,
        F: Fn(&PlannedLinks<'_, S, T>) -> Result<(), R> + Send + Sync + 'static,
    {
        self.checked(end_check(check))
    }
}

impl EndOptions {
    /// A check of the links at this end.
    /// See [`EndBuilder::check`](crate::EndBuilder::check).
    pub fn check<S, T, R, F>(self, check: F) -> Self
    where
        S: 'static,
        T: 'static,
        R: fmt::Display,
        F: Fn(&PlannedLinks<'_, S, T>) -> Result<(), R> + Send + Sync + 'static,
    {
        self.checked(end_check(check))
    }
}

fn end_check<S, T, R, F>(check: F) -> EndCheck
where
    S: 'static,
    T: 'static,
    R: fmt::Display,
    F: Fn(&PlannedLinks<'_, S, T>) -> Result<(), R> + Send + Sync + 'static,
{
    let ask = move |asked: &LinksAsked<'_>| {
        let ids = [asked.added, asked.removed];
        let [added, removed] = ids.map(|ids| {
            ids.iter()
                .map(|&id| Id::new(id))
                .collect::<SmallVec<[Id<T>; 4]>>()
        });
        let change = PlannedLinks {
            asked,
            added: &added,
            removed: &removed,
            owner: PhantomData,
        };
        check(&change).map_err(|why| why.to_string())
    };
    EndCheck::new::<S, T>(Arc::new(LinksCheck(Box::new(ask))))
}

/// The schema has seen to it that payloads are of the type that a check reads.
fn known<T: 'static>(payload: &AnyPayload) -> &T {
    let payload: &dyn Any = payload;
    let known = payload.downcast_ref();
    known.expect("the schema has compared the types")
}
