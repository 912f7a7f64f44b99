//! Errors in the user's words: which entity, which end, what to do.

use crate::change::FieldNumber;
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EndId, EntityTypeId, RawId, Slot};
use crate::schema::{Cardinality, Order};

/// As many entities as a message names; the error has them all.
const NAMED: usize = 5;

impl Engine {
    /// `Book#3v1`: type, slot and generation.
    pub(crate) fn describe(&self, id: AnyId) -> String {
        let name = self.entity_name(id.entity());
        let age = self.age(id);
        format!("{name}#{}v{age}", id.slot())
    }

    pub(crate) fn entity_name(&self, entity: EntityTypeId) -> &str {
        self.registry
            .entity_def(entity)
            .map_or("?", |def| &def.name)
    }

    pub(crate) fn end_name(&self, place: Place) -> String {
        let end = self.end(place);
        format!("{}.{}", self.entity_name(end.owner), end.name)
    }

    /// The generation of an id without the stamp of this graph.
    fn age(&self, id: AnyId) -> u32 {
        let stamp = self
            .entities
            .get(id.entity().index())
            .map_or(0, |all| all.stamp());
        id.raw().generation().wrapping_sub(stamp)
    }

    /// Names a few entities, and counts the rest.
    pub(crate) fn describe_all(&self, ids: &[AnyId]) -> String {
        let mut names: Vec<String> = ids
            .iter()
            .take(NAMED)
            .map(|&id| self.describe(id))
            .collect();
        if ids.len() > NAMED {
            names.push(format!("{} more", ids.len() - NAMED));
        }
        names.join(", ")
    }

    #[cold]
    pub(crate) fn foreign_end(&self, end: EndId) -> Error {
        let message =
            format!("{end:?} is not of this graph's registry: look ends up in graph.registry()");
        Error::new(ErrorKind::ForeignEnd, message).at(end)
    }

    /// The number of a field by its name.
    pub(crate) fn field_number(&self, entity: EntityTypeId, field: &str) -> Result<FieldNumber> {
        let def = self.registry.entity_def(entity);
        let names = def.map_or(&[][..], |def| def.factory.fields());
        let at = names.iter().position(|name| *name == field);
        let number = at.and_then(|at| u16::try_from(at).ok()).map(FieldNumber);
        number.ok_or_else(|| {
            let name = self.entity_name(entity);
            let message =
                format!("{name} has no field {field:?}: name it in .fields(..) of its declaration");
            Error::new(ErrorKind::UnknownName, message)
        })
    }

    #[cold]
    pub(crate) fn in_transaction(&self, what: &str) -> Error {
        let message = format!("{what} inside a transaction: call it when the transaction is over");
        Error::new(ErrorKind::InTransaction, message)
    }

    #[cold]
    pub(crate) fn not_live(&self, id: AnyId) -> Error {
        let Some(all) = self.entities.get(id.entity().index()) else {
            let message = format!("{id:?} is of a type that this graph does not have");
            return Error::new(ErrorKind::WrongType, message);
        };
        let last = all.last_generation(id.slot()).wrapping_sub(all.stamp());
        let message = if (1..=last).contains(&self.age(id)) {
            format!("{} was deleted", self.describe(id))
        } else {
            let name = self.entity_name(id.entity());
            format!(
                "{name}#{:?} is not of this graph: ids are good for the graph that gave them out and its clones",
                id.raw()
            )
        };
        Error::new(ErrorKind::NotLive, message).about([id])
    }

    #[cold]
    pub(crate) fn wrong_entity(&self, place: Place, item: AnyId) -> Error {
        let message = format!(
            "{} takes {}, and {} is something else",
            self.end_name(place),
            self.target_names(place),
            self.describe(item),
        );
        Error::new(ErrorKind::WrongType, message)
            .at(self.end(place).id)
            .about([item])
    }

    #[cold]
    pub(crate) fn not_an_owner(&self, place: Place, entity: EntityTypeId) -> Error {
        let message = format!(
            "{} is an end of {}, not of {}",
            self.end_name(place),
            self.entity_name(self.owner_type(place)),
            self.entity_name(entity),
        );
        Error::new(ErrorKind::WrongType, message).at(self.end(place).id)
    }

    #[cold]
    pub(crate) fn foreign_type(&self, entity: EntityTypeId) -> Error {
        let message = format!(
            "{entity:?} is not of this graph's registry: look types up in graph.registry()"
        );
        Error::new(ErrorKind::WrongType, message)
    }

    #[cold]
    pub(crate) fn wrong_payload(&self, entity: EntityTypeId) -> Error {
        let message = match self.registry.entity_def(entity) {
            Some(def) => format!("{} holds payloads of type {}", def.name, def.type_name),
            None => format!("{entity:?} is no entity type of this graph"),
        };
        Error::new(ErrorKind::WrongType, message)
    }

    #[cold]
    pub(crate) fn not_cloneable(&self, entity: EntityTypeId) -> Error {
        let message = format!(
            "{} is not declared cloneable: add .cloneable() to its declaration",
            self.entity_name(entity)
        );
        Error::new(ErrorKind::NotDeclared, message)
    }

    #[cold]
    pub(crate) fn wrong_cardinality(&self, place: Place) -> Error {
        let name = self.end_name(place);
        let message = match self.end(place).cardinality {
            Cardinality::One => format!("{name} is to-one: set it"),
            Cardinality::Many => format!("{name} is to-many: use its row"),
        };
        Error::new(ErrorKind::WrongType, message).at(self.end(place).id)
    }

    #[cold]
    pub(crate) fn unordered(&self, place: Place) -> Error {
        let name = self.end_name(place);
        let message = match self.end(place).order {
            Order::Sorted => format!(
                "{name} is sorted by its members, so positions cannot be set: \
                 change what they are sorted by, or declare it with Order::Insertion"
            ),
            Order::Insertion | Order::Keyed | Order::None => format!(
                "{name} keeps no order, so positions cannot be set: \
                 declare it with Order::Insertion"
            ),
        };
        Error::new(ErrorKind::Unordered, message).at(self.end(place).id)
    }

    #[cold]
    pub(crate) fn beyond(&self, place: Place, owner: Slot, position: usize, len: usize) -> Error {
        let owner = self.id_at(self.end(place).owner, owner);
        let message = format!(
            "position {position} is beyond {} of {}, which has {len} members",
            self.end_name(place),
            self.describe(owner),
        );
        Error::new(ErrorKind::PositionOutOfRange, message)
            .at(self.end(place).id)
            .about([owner])
    }

    #[cold]
    pub(crate) fn no_link(&self, end: EndId, owner: AnyId) -> Error {
        let name = self
            .place(end)
            .map_or_else(|_| format!("{end:?}"), |place| self.end_name(place));
        let message = format!("{} has no link at {name}", self.describe(owner));
        Error::new(ErrorKind::NoMember, message)
            .at(end)
            .about([owner])
    }

    #[cold]
    pub(crate) fn no_member(&self, place: Place, owner: Slot, item: RawId) -> Error {
        let end = self.end(place);
        let (owner, item) = (self.id_at(end.owner, owner), AnyId::new(end.target, item));
        let message = format!(
            "{} is no member of {} of {}",
            self.describe(item),
            self.end_name(place),
            self.describe(owner)
        );
        Error::new(ErrorKind::NoMember, message)
            .at(end.id)
            .about([item])
    }

    #[cold]
    pub(crate) fn cycle(&self, place: Place, owner: Slot, member: Slot) -> Error {
        let end = self.end(place);
        let (owner, member) = (self.id_at(end.owner, owner), self.id_at(end.target, member));
        let message = format!(
            "{} in {} of {} would close a cycle, and the relationship is acyclic",
            self.describe(member),
            self.end_name(place),
            self.describe(owner),
        );
        Error::new(ErrorKind::Cycle, message)
            .at(end.id)
            .about([owner, member])
    }

    #[cold]
    pub(crate) fn taken(&self, entity: EntityTypeId, index: usize, holder: Slot) -> Error {
        let holder = self.id_at(entity, holder);
        let all = &self.entities[entity.index()];
        let message = format!(
            "{} has that {} already",
            self.describe(holder),
            all.index_name(index)
        );
        Error::new(ErrorKind::DuplicateKey, message).about([holder])
    }

    #[cold]
    pub(crate) fn key_in_row_taken(&self, place: Place, owner: Slot, holder: Slot) -> Error {
        let end = self.end(place);
        // Of a newcomer there is no id to name yet.
        let live = |entity: EntityTypeId, slot| {
            let id = self.entities[entity.index()].id_at(slot)?;
            Some(AnyId::new(entity, id))
        };
        let told = |entity, id: Option<AnyId>| match id {
            Some(id) => self.describe(id),
            None => format!("a new {}", self.entity_name(entity)),
        };
        let (holder, owner) = (live(end.target, holder), live(end.owner, owner));
        let message = format!(
            "{} has that key in {} of {} already: give one of the two another key",
            told(end.target, holder),
            self.end_name(place),
            told(end.owner, owner),
        );
        Error::new(ErrorKind::DuplicateKey, message)
            .at(end.id)
            .about(holder.into_iter().chain(owner))
    }

    #[cold]
    pub(crate) fn full(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Capacity,
            format!("{what} is full: 32-bit numbers reach no further"),
        )
    }

    #[cold]
    pub(crate) fn full_row(&self, place: Place) -> Error {
        self.full(&self.end_name(place)).at(self.end(place).id)
    }
}
