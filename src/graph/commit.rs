//! A commit, as its observers are told of it.

use std::any::Any;
use std::fmt;

use crate::change::Removal;
use crate::engine::net::ordered::Ordered;
use crate::engine::net::{Net, NetEntity, NetLink, Standing};
use crate::engine::{Engine, Place};
use crate::entities::Stack;
use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityType, EntityTypeId, Id, NONE, Side, Slot};
use crate::schema::{Cardinality, Order};

/// How a net effect is told.
pub(crate) struct Telling<'a> {
    /// Where the older payloads lie.
    pub(crate) stack: Stack,
    /// The one cause of all of it, if there is one.
    pub(crate) whole: Option<Cause>,
    pub(crate) label: Option<&'a str>,
}

/// What an observer wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    All,
    Entities(EntityTypeId),
    Links(EndId),
}

/// Why something is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Somebody asked for it: a link was set, added, removed; a payload written;
    /// an entity inserted or deleted.
    Set,
    /// A link was cut to make place for another one at a to-one end.
    Displaced,
    /// A link was cut because the entity at its other end went.
    Nullified,
    /// An entity went with another, by a delete rule.
    Cascaded,
    /// An entity went because it had lost its last owner.
    Orphaned,
    /// A step of the history was taken back.
    Undone,
    /// A step of the history was done again.
    Redone,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set => "set",
            Self::Displaced => "displaced",
            Self::Nullified => "nullified",
            Self::Cascaded => "cascaded",
            Self::Orphaned => "orphaned",
            Self::Undone => "undone",
            Self::Redone => "redone",
        })
    }
}

/// Something that is otherwise after a [`Commit`].
///
/// They come in this order: links that were cut, entities that went, came, and
/// have other payloads, links that were made, links with other data, members
/// that moved. Within a kind they come in the order of the writes, at an undo
/// from the last to the first. A link may so come before that of the member that
/// it stands behind: to follow the order of a row, read it, or take the
/// [`entered`](crate::RowChange::entered) of a change set.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'c> {
    /// A link was cut.
    Unlinked(LinkEvent<'c>),
    /// An entity went.
    Deleted(EntityEvent<'c>),
    /// An entity came.
    Inserted(EntityEvent<'c>),
    /// An entity has another payload.
    Updated(EntityEvent<'c>),
    /// A link was made.
    Linked(LinkEvent<'c>),
    /// A link has other data.
    DataChanged(LinkEvent<'c>),
    /// A member of a row stands elsewhere among the others.
    Moved(MoveEvent),
}

/// An entity that came, went or has another payload.
#[derive(Clone)]
pub struct EntityEvent<'c> {
    id: AnyId,
    before: Option<&'c (dyn Any + Send + Sync)>,
    fields: Vec<&'static str>,
    cause: Cause,
}

impl<'c> EntityEvent<'c> {
    /// Which entity: dead if it went.
    #[must_use]
    pub fn id(&self) -> AnyId {
        self.id
    }

    /// The payload before; `None` if it came, or is no `T`.
    #[must_use]
    pub fn before<T: 'static>(&self) -> Option<&'c T> {
        self.before?.downcast_ref()
    }

    /// The names of the fields that were set, if each write was one of a named
    /// field; none if the payload was written as a whole.
    #[must_use]
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

impl fmt::Debug for EntityEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityEvent")
            .field("id", &self.id)
            .field("fields", &self.fields)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// A link that was made or cut, or has other data, as seen from one of its ends.
#[derive(Clone)]
pub struct LinkEvent<'c> {
    ends: [EndId; 2],
    ids: [AnyId; 2],
    /// By end: behind whom the one at the other end stands, or stood, in an
    /// ordered row.
    behind: [Option<Option<AnyId>>; 2],
    before: Option<&'c (dyn Any + Send + Sync)>,
    cause: Cause,
}

impl<'c> LinkEvent<'c> {
    /// The end that it is seen from: the one that is observed, or else the one
    /// that the relationship was declared at.
    #[must_use]
    pub fn end(&self) -> EndId {
        self.ends[0]
    }

    /// The other end.
    #[must_use]
    pub fn inverse(&self) -> EndId {
        self.ends[1]
    }

    /// The entity whose end it is; dead if it went.
    #[must_use]
    pub fn owner(&self) -> AnyId {
        self.ids[0]
    }

    /// The entity that is, or was, linked there; dead if it went.
    #[must_use]
    pub fn member(&self) -> AnyId {
        self.ids[1]
    }

    /// Behind whom the member stands in the row of the owner, or stood if the
    /// link was cut: `Some(None)` for the first. `None` where there is no
    /// order.
    #[must_use]
    pub fn behind(&self) -> Option<Option<AnyId>> {
        self.behind[0]
    }

    /// The data of the link before; `None` if it was made, or its links have no
    /// data that is a `D`.
    #[must_use]
    pub fn data_before<D: 'static>(&self) -> Option<&'c D> {
        self.before?.downcast_ref()
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// The same link, seen from its other end.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.ends.reverse();
        self.ids.reverse();
        self.behind.reverse();
        self
    }

    /// As seen from an end, if it is one of its.
    fn seen_from(&self, end: EndId) -> Option<Self> {
        if self.ends[0] == end {
            Some(self.clone())
        } else {
            (self.ends[1] == end).then(|| self.clone().reversed())
        }
    }
}

impl fmt::Debug for LinkEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkEvent")
            .field("end", &self.ends[0])
            .field("owner", &self.ids[0])
            .field("member", &self.ids[1])
            .field("behind", &self.behind[0])
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// A member of a row that stands elsewhere among the others.
#[derive(Clone, Copy, Debug)]
pub struct MoveEvent {
    end: EndId,
    owner: AnyId,
    member: AnyId,
    was_behind: Option<AnyId>,
    behind: Option<AnyId>,
    cause: Cause,
}

impl MoveEvent {
    /// The end that the row belongs to.
    #[must_use]
    pub fn end(&self) -> EndId {
        self.end
    }

    /// The owner of the row.
    #[must_use]
    pub fn owner(&self) -> AnyId {
        self.owner
    }

    /// Who has moved.
    #[must_use]
    pub fn member(&self) -> AnyId {
        self.member
    }

    /// The one directly before it in the old row; `None` if it was the first.
    #[must_use]
    pub fn was_behind(&self) -> Option<AnyId> {
        self.was_behind
    }

    /// The one directly before it now; `None` if it is the first.
    #[must_use]
    pub fn behind(&self) -> Option<AnyId> {
        self.behind
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

/// A commit, as an observer is told of it: the graph after it, and what is
/// otherwise than before.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// graph.observe(move |commit, _| {
///     for (id, before) in commit.updated(author) {
///         let after = commit.graph().get(author, id).map(|author| &author.name);
///         println!("{} is {after:?} now", before.name);
///     }
///     for link in commit.unlinked(book_author) {
///         println!("{:?} has no author: {}", link.owner(), link.cause());
///     }
/// }).forever();
/// graph.update(author, lem, |lem| lem.name.push('!'))?;
/// graph.delete(author, lem)?;
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Debug)]
pub struct Commit<'c> {
    graph: &'c Graph,
    /// Those that the observer wants to hear of.
    events: Vec<Event<'c>>,
    is_undo: bool,
    is_redo: bool,
    label: Option<&'c str>,
}

impl<'c> Commit<'c> {
    pub(crate) fn new(
        graph: &'c Graph,
        all: &[Event<'c>],
        wants: Wants,
        telling: &Telling<'c>,
    ) -> Self {
        let seen = all.iter().filter_map(|event| event.wanted_by(wants));
        Self {
            graph,
            events: seen.collect(),
            is_undo: telling.whole == Some(Cause::Undone),
            is_redo: telling.whole == Some(Cause::Redone),
            label: telling.label,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The graph after the commit.
    #[must_use]
    pub fn graph(&self) -> &'c Graph {
        self.graph
    }

    /// Whether a step of the history was taken back.
    #[must_use]
    pub fn is_undo(&self) -> bool {
        self.is_undo
    }

    /// Whether a step of the history was done again.
    #[must_use]
    pub fn is_redo(&self) -> bool {
        self.is_redo
    }

    /// The name of the step, if it has one: see [`Graph::name_step`].
    #[must_use]
    pub fn label(&self) -> Option<&'c str> {
        self.label
    }

    /// What is otherwise, of that which the observer wants to hear: in the order
    /// of [`Event`], and within a kind in that of the writes.
    pub fn events(&self) -> impl ExactSizeIterator<Item = &Event<'c>> {
        self.events.iter()
    }

    /// The entities of a type that came, with their payloads.
    pub fn inserted<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
    ) -> impl Iterator<Item = (Id<T>, &'c T)> {
        let came = self.events.iter().filter_map(move |event| {
            let Event::Inserted(event) = event else {
                return None;
            };
            entity.id(event.id)
        });
        came.filter_map(move |id| Some((id, self.graph.get(entity, id)?)))
    }

    /// The entities of a type that have another payload, with the one before.
    pub fn updated<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
    ) -> impl Iterator<Item = (Id<T>, &'c T)> {
        self.events.iter().filter_map(move |event| {
            let Event::Updated(event) = event else {
                return None;
            };
            Some((entity.id(event.id)?, event.before()?))
        })
    }

    /// The entities of a type that went, with their payloads.
    pub fn deleted<T: Send + Sync + 'static>(
        &self,
        entity: EntityType<T>,
    ) -> impl Iterator<Item = (Id<T>, &'c T)> {
        self.events.iter().filter_map(move |event| {
            let Event::Deleted(event) = event else {
                return None;
            };
            Some((entity.id(event.id)?, event.before()?))
        })
    }

    /// The links that were made at an end, as seen from there.
    pub fn linked(&self, end: impl Into<EndId>) -> impl Iterator<Item = LinkEvent<'c>> {
        let end = end.into();
        self.events.iter().filter_map(move |event| {
            let Event::Linked(link) = event else {
                return None;
            };
            link.seen_from(end)
        })
    }

    /// The links that were cut at an end, as seen from there.
    pub fn unlinked(&self, end: impl Into<EndId>) -> impl Iterator<Item = LinkEvent<'c>> {
        let end = end.into();
        self.events.iter().filter_map(move |event| {
            let Event::Unlinked(link) = event else {
                return None;
            };
            link.seen_from(end)
        })
    }

    /// The members that moved in rows of an end.
    pub fn moved(&self, end: impl Into<EndId>) -> impl Iterator<Item = MoveEvent> {
        let end = end.into();
        self.events.iter().filter_map(move |event| {
            let Event::Moved(event) = event else {
                return None;
            };
            (event.end == end).then_some(*event)
        })
    }

    /// An event in words: `linked Book#1v1 at Book.author to Author#1v1 (set)`.
    #[must_use]
    pub fn describe(&self, event: &Event<'_>) -> String {
        let name = |id: AnyId| self.graph.describe(id);
        let end = |end: EndId| self.graph.engine.end_name(Place::of(end));
        let link = |verb: &str, link: &LinkEvent<'_>, to: &str| {
            let (owner, member) = (name(link.owner()), name(link.member()));
            let (at, why) = (end(link.end()), link.cause);
            format!("{verb} {owner} at {at} {to} {member} ({why})")
        };
        match event {
            Event::Unlinked(event) => link("unlinked", event, "from"),
            Event::Linked(event) => link("linked", event, "to"),
            Event::DataChanged(event) => link("changed the data of", event, "and"),
            Event::Deleted(event) => format!("deleted {} ({})", name(event.id), event.cause),
            Event::Inserted(event) => format!("inserted {} ({})", name(event.id), event.cause),
            Event::Updated(event) => {
                let fields = match &event.fields[..] {
                    [] => String::new(),
                    fields => format!(" in {}", fields.join(", ")),
                };
                format!("updated {}{fields} ({})", name(event.id), event.cause)
            }
            Event::Moved(event) => {
                let (owner, member) = (name(event.owner), name(event.member));
                let to = match event.behind {
                    Some(behind) => format!("behind {}", name(behind)),
                    None => "to the front".to_owned(),
                };
                let (at, why) = (end(event.end), event.cause);
                format!("moved {member} in {at} of {owner} {to} ({why})")
            }
        }
    }
}

impl<'c> Event<'c> {
    /// The event as somebody sees it who wants to hear of some only.
    fn wanted_by(&self, wants: Wants) -> Option<Self> {
        match (wants, self) {
            (Wants::All, event) => Some(event.clone()),
            (
                Wants::Entities(entity),
                Self::Deleted(event) | Self::Inserted(event) | Self::Updated(event),
            ) => (event.id.entity() == entity).then(|| self.clone()),
            (Wants::Links(end), Self::Unlinked(link)) => link.seen_from(end).map(Self::Unlinked),
            (Wants::Links(end), Self::Linked(link)) => link.seen_from(end).map(Self::Linked),
            (Wants::Links(end), Self::DataChanged(link)) => {
                link.seen_from(end).map(Self::DataChanged)
            }
            (Wants::Links(end), Self::Moved(event)) => {
                (event.end == end).then_some(Self::Moved(*event))
            }
            (Wants::Entities(_) | Wants::Links(_), _) => None,
        }
    }

    /// All events of a net effect.
    pub(crate) fn all(engine: &'c Engine, net: &Net, telling: &Telling<'_>) -> Vec<Self> {
        let teller = Teller::new(engine, net, telling);
        let mut events = Vec::new();
        let entity = |it| teller.entity(it);
        let unlinked = net.unlinked.iter();
        events.extend(unlinked.map(|it| Self::Unlinked(teller.link(it, teller.why_cut(it)))));
        events.extend(
            net.deleted
                .iter()
                .map(|it| Self::Deleted(teller.deleted(it))),
        );
        events.extend(net.inserted.iter().map(entity).map(Self::Inserted));
        events.extend(
            net.updated
                .iter()
                .map(|it| Self::Updated(teller.updated(it))),
        );
        let linked = net.linked.iter();
        events.extend(linked.map(|it| Self::Linked(teller.link(it, Cause::Set))));
        let data = net.data.iter();
        events.extend(data.map(|it| Self::DataChanged(teller.link(it, Cause::Set))));
        events.extend(teller.moves().map(Self::Moved));
        events
    }
}

type Row = (Place, Slot);

/// Puts a net effect into words.
struct Teller<'c, 'n> {
    engine: &'c Engine,
    net: &'n Net,
    stack: Stack,
    whole: Option<Cause>,
    gone: Ordered<(EntityTypeId, Slot), ()>,
    /// To-one ends that have a new link.
    taken: Ordered<Row, ()>,
    /// Where members stand that came into rows, and where those stood who left.
    standing: Ordered<(Row, Slot), Slot>,
    stood: Ordered<(Row, Slot), Slot>,
}

impl<'c, 'n> Teller<'c, 'n> {
    fn new(engine: &'c Engine, net: &'n Net, telling: &Telling<'_>) -> Self {
        let mut teller = Self {
            engine,
            net,
            stack: telling.stack,
            whole: telling.whole,
            gone: net
                .deleted
                .iter()
                .map(|it| ((it.entity, it.slot), ()))
                .collect(),
            taken: Ordered::default(),
            standing: Ordered::default(),
            stood: Ordered::default(),
        };
        for it in &net.linked {
            for (place, owner, _) in teller.sides(it) {
                if engine.end(place).cardinality == Cardinality::One {
                    teller.taken.insert((place, owner), ());
                }
            }
        }
        for row in &net.rows {
            let of =
                |standing: &Standing| (((row.place, row.owner), standing.member), standing.behind);
            for (key, behind) in row.entered.iter().map(of) {
                teller.standing.insert(key, behind);
            }
            for (key, behind) in row.left.iter().map(of) {
                teller.stood.insert(key, behind);
            }
        }
        teller
    }

    /// A link from either of its sides: the end, its owner, the other.
    fn sides(&self, it: &NetLink) -> [(Place, Slot, Slot); 2] {
        let left = Place {
            relation: it.relation,
            side: Side::Left,
        };
        let [one, other] = it.slots;
        [(left, one, other), (self.engine.inverse(left), other, one)]
    }

    fn entity(&self, it: &NetEntity) -> EntityEvent<'c> {
        EntityEvent {
            id: self.engine.id_at(it.entity, it.slot),
            before: None,
            fields: Vec::new(),
            cause: self.whole.unwrap_or(Cause::Set),
        }
    }

    fn with_before(&self, it: &NetEntity) -> EntityEvent<'c> {
        let all = &self.engine.entities[it.entity.index()];
        let image = it.images.on(self.stack);
        EntityEvent {
            before: image.and_then(|n| all.image(self.stack, n)),
            ..self.entity(it)
        }
    }

    fn deleted(&self, it: &NetEntity) -> EntityEvent<'c> {
        let why = match it.why {
            Removal::Deleted => Cause::Set,
            Removal::Cascaded => Cause::Cascaded,
            Removal::Orphaned => Cause::Orphaned,
        };
        EntityEvent {
            cause: self.whole.unwrap_or(why),
            ..self.with_before(it)
        }
    }

    fn updated(&self, it: &NetEntity) -> EntityEvent<'c> {
        let def = self.engine.registry.entity_def(it.entity);
        let names = def.map_or(&[][..], |def| def.factory.fields());
        let fields = it.fields.iter();
        let fields = fields.filter_map(|field| names.get(usize::from(field.0)));
        EntityEvent {
            fields: fields.copied().collect(),
            ..self.with_before(it)
        }
    }

    fn why_cut(&self, it: &NetLink) -> Cause {
        let sides = self.sides(it);
        let is_gone = |&(place, owner, _): &(Place, Slot, Slot)| {
            self.gone.contains((self.engine.owner_type(place), owner))
        };
        let is_taken =
            |&(place, owner, _): &(Place, Slot, Slot)| self.taken.contains((place, owner));
        if sides.iter().any(is_gone) {
            Cause::Nullified
        } else if sides.iter().any(is_taken) {
            Cause::Displaced
        } else {
            Cause::Set
        }
    }

    fn link(&self, it: &NetLink, cause: Cause) -> LinkEvent<'c> {
        let sides = self.sides(it);
        let image = it.images.on(self.stack);
        let column = self.engine.data[it.relation].as_ref();
        let before = column.zip(image);
        LinkEvent {
            ends: sides.map(|(place, _, _)| self.engine.end(place).id),
            ids: sides
                .map(|(place, owner, _)| self.engine.id_at(self.engine.owner_type(place), owner)),
            behind: sides.map(|side| self.behind(side)),
            before: before.and_then(|(column, n)| column.image(self.stack, n)),
            cause: self.whole.unwrap_or(cause),
        }
    }

    /// Behind whom a member stands in a row, or stood if it is no longer there.
    fn behind(&self, (place, owner, member): (Place, Slot, Slot)) -> Option<Option<AnyId>> {
        let end = self.engine.end(place);
        if end.cardinality == Cardinality::One || end.order == Order::None {
            return None;
        }
        let key = ((place, owner), member);
        let behind = self.standing.get(key).or_else(|| self.stood.get(key));
        Some(self.member(place, *behind?))
    }

    fn member(&self, place: Place, slot: Slot) -> Option<AnyId> {
        let target = self.engine.target_type(place);
        (slot != NONE).then(|| self.engine.id_at(target, slot))
    }

    /// Members that left their places in a row and came to others in it.
    fn moves(&self) -> impl Iterator<Item = MoveEvent> + '_ {
        self.net.rows.iter().flat_map(move |row| {
            let (place, owner) = (row.place, row.owner);
            row.entered.iter().filter_map(move |it| {
                let was_behind = *self.stood.get(((place, owner), it.member))?;
                // In a sorted row, some are told of who have not moved.
                (was_behind != it.behind).then_some(())?;
                Some(MoveEvent {
                    end: self.engine.end(place).id,
                    owner: self.engine.id_at(self.engine.owner_type(place), owner),
                    member: self.member(place, it.member)?,
                    was_behind: self.member(place, was_behind),
                    behind: self.member(place, it.behind),
                    cause: self.whole.unwrap_or(Cause::Set),
                })
            })
        })
    }
}
