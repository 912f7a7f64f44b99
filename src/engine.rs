//! The one writer: everything that changes a graph goes through here.
//!
//! Each call plans first: it checks ids and rules, runs the user's code and
//! makes room, and may fail. Then it writes, which cannot fail and calls
//! nobody. What is written goes to the sink, one change for each write.

pub(crate) mod acyclic;
pub(crate) mod apply;
pub(crate) mod arrange;
pub(crate) mod bulk;
pub(crate) mod check;
pub(crate) mod containment;
pub(crate) mod copy;
pub(crate) mod deferred;
pub(crate) mod delete;
pub(crate) mod explain;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod limits;
pub(crate) mod link_data;
pub(crate) mod marks;
pub(crate) mod net;
pub(crate) mod newcomer;
pub(crate) mod one_call;
pub(crate) mod one_of;
pub(crate) mod orphans;
pub(crate) mod payload;
pub(crate) mod relate;
pub(crate) mod rewind;
pub(crate) mod row;
pub(crate) mod shrink;
pub(crate) mod verify;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::change::{Point, Sink};
use crate::change_set::uid::Uids;
use crate::engine::deferred::Deferred;
use crate::engine::delete::consequences::Consequences;
use crate::engine::groups::Groups;
use crate::engine::history::{History, Joining};
use crate::engine::limits::Limits;
use crate::engine::marks::Marked;
use crate::engine::one_call::Presence;
use crate::entities::{AnyEntities, AnyPayload, Entities};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EndId, EntityTypeId, RawId, Side, Slot};
use crate::identity::Arrangement;
use crate::link_data::AnyColumn;
use crate::links::Relation;
use crate::links::arranged::{Arranged, Rule};
use crate::links::keyed::Keyed;
use crate::links::linked::Linked;
use crate::links::many_to_many::ManyToMany;
use crate::links::many_to_one::ManyToOne;
use crate::links::one_to_one::OneToOne;
use crate::links::rows::Leaving;
use crate::links::sorted::Sorted;
use crate::links::store::Store;
use crate::schema::{Cardinality, End, Order, Registry, Storage};

/// Entities, links and who listens.
pub(crate) struct Engine {
    pub(crate) registry: Registry,
    /// The registry's, for the check of a handle.
    stamp: u32,
    pub(crate) relations: Vec<Relation>,
    /// By relationship: the data of its links.
    pub(crate) data: Vec<Option<Box<dyn AnyColumn>>>,
    rules: Vec<Rules>,
    types: Vec<TypeRules>,
    groups: Arc<Groups>,
    /// By entity type: the ends with sorted or keyed rows that it is in.
    arranged: Vec<Vec<Place>>,
    pub(crate) entities: Vec<Box<dyn AnyEntities>>,
    pub(crate) sink: Sink,
    /// Whom to judge later, while somebody wants that.
    pub(crate) deferred: Option<Box<Deferred>>,
    /// Where the call of several parts began that is under way.
    began: Point,
    pub(crate) presence: Presence,
    pub(crate) history: Option<Box<History>>,
    pub(crate) marks: Vec<Marked>,
    /// The payloads of a delete that nobody can take back, until all is written.
    pub(crate) spent: Vec<Box<AnyPayload>>,
    /// The names of entities in change sets, once somebody needs them.
    pub(crate) uids: Option<Box<Uids>>,
    /// Whether somebody wants to hear of commits.
    pub(crate) is_observed: bool,
    /// Whether a change set is being applied, which no check is asked about.
    is_applying: bool,
    /// What the next step of the history is called …
    pub(crate) label: Option<Arc<str>>,
    /// … and whether it becomes part of the last.
    pub(crate) joining: Joining,
}

/// What links of a relationship must keep to.
#[derive(Clone, Copy, Debug)]
struct Rules {
    /// Any link may be made and cut, nothing else goes with it, and no place
    /// needs to be planned for it: the others have nothing to say.
    free: bool,
    /// By side: so it is, and the owner there has one link, the other end many. A
    /// newcomer's link displaces nobody then.
    joins_freely: [bool; 2],
    /// Any link may be cut.
    cuts_freely: bool,
    /// Whether links may be refused for what they do to others.
    judged: bool,
    /// By side: how many links its owner must and may have there.
    limits: [Limits; 2],
    /// Whether some end has limits, here or where a link made here cuts others.
    limited: bool,
    /// Whether a call here may leave an orphan behind.
    orphans: bool,
    acyclic: bool,
    /// Whether links have data, which is written with them: here, or where a
    /// link made here cuts others.
    data: bool,
    /// By side: whether checks are asked about the links there.
    asked: [bool; 2],
    /// Whether they are at some end, here or where a link made here cuts others.
    checked: bool,
    /// Rows of an end are sorted or keyed.
    arranged: bool,
    symmetric: bool,
    /// By side: the type of the entities there.
    owners: [EntityTypeId; 2],
}

impl Rules {
    /// Whether any link may be made and cut, and nothing else goes with it.
    #[inline]
    fn are_none(self) -> bool {
        self.free
    }
}

/// What entities of a type must keep to.
#[derive(Clone, Debug)]
pub(crate) struct TypeRules {
    /// All ends of the type, those behind one-way ends included.
    ends: Box<[Place]>,
    /// Whether links at one of them are judged.
    judged: bool,
    /// Whether checks are asked about its payloads.
    asked: bool,
    /// What a delete of one of them means at its ends.
    on_delete: Consequences,
}

/// An end, found: the store of its relationship and the side it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) relation: usize,
    pub(crate) side: Side,
}

impl Place {
    /// Where an end is of which the registry is known to be right.
    #[inline]
    pub(crate) fn of(end: EndId) -> Self {
        Self {
            relation: end.relationship(),
            side: end.side(),
        }
    }
}

/// Each graph adds its own stamp to the generations of its slots. The first
/// has 0; the factor is odd, so that no two of four billion are the same.
fn next_stamp() -> u32 {
    static GRAPHS: AtomicU32 = AtomicU32::new(0);
    const FACTOR: u32 = 0x9e37_79b1;
    GRAPHS.fetch_add(1, Ordering::Relaxed).wrapping_mul(FACTOR)
}

impl Engine {
    pub(crate) fn new(registry: Registry) -> Self {
        let stamp = next_stamp();
        let entities: Vec<Box<dyn AnyEntities>> = registry
            .entity_defs()
            .iter()
            .map(|def| def.factory.make(stamp))
            .collect();
        let left_ends: Vec<&End> = (0..registry.relationships())
            .map(|number| {
                registry
                    .relationship(number)
                    .expect("relationships are numbered densely")
            })
            .collect();
        let relations = left_ends
            .iter()
            .map(|left| relation(&registry, left))
            .collect();
        let groups = Groups::of(&registry);
        let data = left_ends
            .iter()
            .map(|left| Some(left.data.as_ref()?.make()));
        let data = data.collect();
        let rules: Vec<Rules> = left_ends
            .iter()
            .map(|left| rules(&registry, &groups, left))
            .collect();
        let arranged = arranged_ends(&registry);
        let types = type_rules(&registry, &rules);
        Self {
            stamp: registry.stamp(),
            relations,
            data,
            rules,
            types,
            groups: Arc::new(groups),
            arranged,
            entities,
            sink: Sink::default(),
            deferred: None,
            began: Point::default(),
            presence: Presence::default(),
            history: None,
            marks: Vec::new(),
            spent: Vec::new(),
            uids: None,
            is_observed: false,
            is_applying: false,
            label: None,
            joining: Joining::default(),
            registry,
        }
    }

    /// The store and the side of an end.
    ///
    /// An end that is its own inverse is always on the left.
    #[inline]
    pub(crate) fn place(&self, end: EndId) -> Result<Place> {
        match self.find_place(end) {
            Some(place) => Ok(place),
            None => Err(self.foreign_end(end)),
        }
    }

    /// [`place`](Self::place) for those who only read.
    #[inline]
    pub(crate) fn find_place(&self, end: EndId) -> Option<Place> {
        let is_ours = end.registry() == self.stamp && end.relationship() < self.relations.len();
        is_ours.then(|| Place::of(end))
    }

    /// The place of an end that a user may not have: the right one of a
    /// symmetric relationship, or the back of a one-way end.
    pub(crate) fn known_place(&self, end: EndId) -> Result<Place> {
        let place = self.place(end)?;
        match self.registry.end_at(end) {
            Some(end) if !end.hidden => Ok(place),
            _ => Err(self.foreign_end(end)),
        }
    }

    /// What is declared of an end.
    pub(crate) fn end(&self, place: Place) -> &End {
        let end = self.registry.end_on(place.relation, place.side);
        end.expect("a place is made of an end of the registry")
    }

    /// The type of the entities that an end belongs to.
    #[inline]
    pub(crate) fn owner_type(&self, place: Place) -> EntityTypeId {
        self.rules[place.relation].owners[place.side.index()]
    }

    /// The type of the entities that an end leads to.
    #[inline]
    pub(crate) fn target_type(&self, place: Place) -> EntityTypeId {
        self.rules[place.relation].owners[place.side.other().index()]
    }

    /// The place of the inverse end.
    #[inline]
    pub(crate) fn inverse(&self, place: Place) -> Place {
        if self.rules[place.relation].symmetric {
            return place;
        }
        Place {
            side: place.side.other(),
            ..place
        }
    }

    /// All ends of a type, those behind one-way ends included.
    #[inline]
    pub(crate) fn ends_of(&self, entity: EntityTypeId) -> impl Iterator<Item = Place> + '_ {
        let rules = self.types.get(entity.index());
        rules
            .into_iter()
            .flat_map(|rules| rules.ends.iter().copied())
    }

    #[inline]
    pub(crate) fn relation(&self, place: Place) -> &Relation {
        &self.relations[place.relation]
    }

    /// Whether an id is live at an end, by the copy of the generation there.
    #[inline(always)]
    pub(crate) fn is_live_at(&self, place: Place, id: RawId) -> bool {
        self.relations[place.relation].is_live(place.side, id)
    }

    /// Whether an id is live.
    pub(crate) fn is_live(&self, id: AnyId) -> bool {
        self.entities
            .get(id.entity().index())
            .is_some_and(|all| all.is_live(id.raw()))
    }

    /// The slot of a live owner at an end, or the error that says it is not.
    #[inline]
    pub(crate) fn owner(&self, place: Place, id: RawId) -> Result<Slot> {
        if self.is_live_at(place, id) {
            Ok(id.slot())
        } else {
            Err(self.not_live(AnyId::new(self.end(place).owner, id)))
        }
    }

    /// The slot of a live member at an end: an owner of the inverse.
    #[inline]
    pub(crate) fn member(&self, place: Place, id: RawId) -> Result<Slot> {
        self.owner(self.inverse(place), id)
    }

    /// The id of the live entity in a slot of a type.
    pub(crate) fn id_at(&self, entity: EntityTypeId, slot: Slot) -> AnyId {
        let all = &self.entities[entity.index()];
        let last = || RawId::new(slot, all.last_generation(slot));
        AnyId::new(entity, all.id_at(slot).unwrap_or_else(last))
    }

    /// The id of an entity that is linked at a place, by the generation there.
    pub(crate) fn member_id(&self, place: Place, member: Slot) -> AnyId {
        let inverse = self.inverse(place);
        let generation = self.relation(inverse).generation(inverse.side, member);
        let generation = generation.expect("whoever is linked is known at the inverse end (I2)");
        AnyId::new(self.target_type(place), RawId::new(member, generation))
    }

    /// The entities of a type whose payload is a `T`.
    #[inline]
    pub(crate) fn all<T: Send + Sync + 'static>(
        &self,
        entity: EntityTypeId,
    ) -> Option<&Entities<T>> {
        let all: &dyn Any = &**self.entities.get(entity.index())?;
        all.downcast_ref()
    }

    #[inline]
    pub(crate) fn all_mut<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityTypeId,
    ) -> Option<&mut Entities<T>> {
        let all: &mut dyn Any = &mut **self.entities.get_mut(entity.index())?;
        all.downcast_mut()
    }

    /// Tells all ends of a type which generation the entity in a slot has.
    #[inline]
    fn set_generation(&mut self, entity: EntityTypeId, id: RawId) {
        let Self {
            types, relations, ..
        } = self;
        for place in types[entity.index()].ends.iter() {
            let relation = &mut relations[place.relation];
            relation.set_generation(place.side, id.slot(), id.generation());
        }
    }

    /// A copy with the same ids, where all types are cloneable.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        for (all, def) in self.entities.iter().zip(self.registry.entity_defs()) {
            if !all.can_clone() {
                return Err(self.not_cloneable(def.id));
            }
        }
        let data = self.clone_data()?;
        let entities = self
            .entities
            .iter()
            .map(|all| all.boxed_clone())
            .collect::<Option<_>>();
        Ok(Self {
            registry: self.registry.clone(),
            stamp: self.stamp,
            relations: self.relations.clone(),
            data,
            rules: self.rules.clone(),
            types: self.types.clone(),
            groups: Arc::clone(&self.groups),
            arranged: self.arranged.clone(),
            entities: entities.expect("all types are cloneable, seen above"),
            sink: Sink::default(),
            deferred: None,
            began: Point::default(),
            presence: Presence::default(),
            history: None,
            marks: Vec::new(),
            spent: Vec::new(),
            uids: self.uids.clone(),
            is_observed: false,
            is_applying: false,
            label: None,
            joining: Joining::default(),
        })
    }

    /// Whether two graphs over one registry hold the same entities and links.
    pub(crate) fn try_eq(&self, other: &Self) -> Result<bool> {
        if self.stamp != other.stamp {
            return Ok(false);
        }
        for (number, def) in self.registry.entity_defs().iter().enumerate() {
            match self.entities[number].eq(&*other.entities[number]) {
                Some(true) => {}
                Some(false) => return Ok(false),
                None => {
                    let message = format!(
                        "{} is not declared comparable: add .comparable() to its declaration",
                        def.name
                    );
                    return Err(Error::new(ErrorKind::NotDeclared, message));
                }
            }
        }
        let same_links = self.registry.entity_defs().iter().all(|def| {
            self.ends_of(def.id)
                .all(|place| self.same_links(other, def.id, place))
        });
        Ok(same_links && self.same_data(other)?)
    }

    fn same_links(&self, other: &Self, entity: EntityTypeId, place: Place) -> bool {
        let (mine, theirs) = (self.relation(place), other.relation(place));
        let ordered = self.end(place).order != Order::None;
        self.slots(entity).all(|slot| {
            let one = mine.one(place.side, slot) == theirs.one(place.side, slot);
            let (a, b) = (
                mine.members(place.side, slot),
                theirs.members(place.side, slot),
            );
            one && a.len() == b.len()
                && if ordered {
                    a.eq(b)
                } else {
                    let sorted = |members: crate::links::members::Members<'_>| {
                        let mut members: Vec<Slot> = members.collect();
                        members.sort_unstable();
                        members
                    };
                    sorted(a) == sorted(b)
                }
        })
    }

    /// The slots of all live entities of a type, rising.
    pub(crate) fn slots(&self, entity: EntityTypeId) -> impl Iterator<Item = Slot> + '_ {
        self.ids(entity).map(RawId::slot)
    }

    /// The ids of all live entities of a type, in slot order.
    pub(crate) fn ids(&self, entity: EntityTypeId) -> impl Iterator<Item = RawId> + '_ {
        let all = self.entities.get(entity.index());
        let len = all.map_or(0, |all| all.len());
        let slots = (1..=Slot::MAX).map_while(move |slot| all.map(|all| all.id_at(slot)));
        slots.flatten().take(len)
    }
}

/// The store that a relationship needs, told by its left end, and the
/// arrangement of its rows.
fn relation(registry: &Registry, left: &End) -> Relation {
    let right = registry
        .end_at(left.inverse)
        .expect("an end has an inverse");
    let is_arranged = left.arrangement.is_some() || right.arrangement.is_some();
    // Where the far ends are to-one, an entity stands in one row.
    let arranged = || {
        let sides = [(left, right), (right, left)]
            .map(|(end, inverse)| rule(end, inverse.cardinality == Cardinality::Many));
        Arranged::new(relation_number(left), left.symmetric, sides)
    };
    Relation::new(store(left, right), is_arranged.then(arranged))
}

fn relation_number(left: &End) -> u16 {
    u16::try_from(left.id.relationship()).expect("relationships have 16 bits")
}

fn store(left: &End, right: &End) -> Store {
    let number = relation_number(left);
    let leaving = |end: &End| match end.order {
        Order::Insertion | Order::Keyed => Leaving::Hole,
        Order::None | Order::Sorted => Leaving::Swap,
    };
    match (left.cardinality, right.cardinality) {
        (Cardinality::One, Cardinality::One) => {
            Store::OneToOne(OneToOne::new(number, left.symmetric))
        }
        (Cardinality::One, Cardinality::Many) if right.storage == Storage::Linked => {
            Store::Linked(Linked::new(number, Side::Left))
        }
        (Cardinality::Many, Cardinality::One) if left.storage == Storage::Linked => {
            Store::Linked(Linked::new(number, Side::Right))
        }
        (Cardinality::One, Cardinality::Many) => {
            Store::ManyToOne(ManyToOne::new(number, Side::Left, leaving(right)))
        }
        (Cardinality::Many, Cardinality::One) => {
            Store::ManyToOne(ManyToOne::new(number, Side::Right, leaving(left)))
        }
        (Cardinality::Many, Cardinality::Many) => {
            let leaving = [leaving(left), leaving(right)];
            Store::ManyToMany(ManyToMany::new(number, left.symmetric, leaving))
        }
    }
}

/// How the rows of an end are arranged; whether an entity may be in several.
fn rule(end: &End, shared: bool) -> Rule {
    match &end.arrangement {
        None => Rule::Plain,
        Some(Arrangement::Sorted(_)) => Rule::Sorted(Sorted::new(shared)),
        Some(Arrangement::Keyed(_)) => Rule::Keyed(Keyed::default()),
    }
}

/// By entity type: the ends with sorted or keyed rows that it is in.
fn arranged_ends(registry: &Registry) -> Vec<Vec<Place>> {
    let mut arranged = vec![Vec::new(); registry.entity_defs().len()];
    for end in registry.end_defs().filter(|end| end.arrangement.is_some()) {
        arranged[end.target.index()].push(Place {
            relation: end.id.relationship(),
            side: end.id.side(),
        });
    }
    arranged
}

fn rules(registry: &Registry, groups: &Groups, left: &End) -> Rules {
    let right = registry
        .end_at(left.inverse)
        .expect("an end has an inverse");
    let ends = [left, right];
    let rivals = ends.map(|end| groups.rivals(Place::of(end.id)));
    // A link made here may cut one at a rival, which others own or need.
    let concerned = rivals.concat().into_iter();
    let concerned = concerned.filter_map(|place| registry.relationship(place.relation));
    let inverses = |end: &End| registry.end_at(end.inverse);
    let mut all: Vec<&End> = concerned
        .flat_map(|end| [Some(end), inverses(end)])
        .flatten()
        .collect();
    all.extend(ends);
    let limits = ends.map(Limits::of);
    let owns = ends.iter().any(|end| end.orphans);
    let limited = all.iter().any(|end| !Limits::of(end).are_none());
    let orphans = all.iter().any(|end| end.orphans);
    let alone = rivals.iter().all(|rivals| rivals.is_empty());
    let judged = limited || left.acyclic || groups.nests(left.id.relationship());
    let data = all.iter().any(|end| end.data.is_some());
    let arranged = ends.iter().any(|end| end.arrangement.is_some());
    let checked = all.iter().any(|end| !end.checks.is_empty());
    let free = !(judged || orphans || data || arranged || checked) && alone;
    let joins_freely = |end: &End, inverse: &End| {
        free && (end.cardinality, inverse.cardinality) == (Cardinality::One, Cardinality::Many)
    };
    Rules {
        free,
        joins_freely: [joins_freely(left, right), joins_freely(right, left)],
        judged,
        cuts_freely: !owns && !limits.iter().any(|limits| limits.need_links()),
        limits,
        limited,
        orphans,
        acyclic: left.acyclic,
        data,
        asked: ends.map(|end| !end.checks.is_empty()),
        checked,
        arranged,
        symmetric: left.symmetric,
        owners: [left.owner, right.owner],
    }
}

fn type_rules(registry: &Registry, links: &[Rules]) -> Vec<TypeRules> {
    let rules = registry.entity_defs().iter().map(|def| {
        let judged = def.ends.iter().any(|end| links[end.relationship()].judged);
        let asked = !def.checks.is_empty();
        TypeRules {
            ends: def.ends.iter().copied().map(Place::of).collect(),
            judged,
            asked,
            on_delete: Consequences::of(registry, def),
        }
    });
    let mut rules: Vec<TypeRules> = rules.collect();
    for def in registry.entity_defs() {
        rules[def.id.index()].on_delete.is_plain =
            Consequences::is_plain_from(registry, &rules, def.id);
    }
    rules
}
