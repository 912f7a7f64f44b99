//! The registry: entity types and ends in their final form, by number.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::entities::EntityFactory;
use crate::id::{EndId, EntityTypeId, REGISTRY_STAMPS, Side};
use crate::identity::Arrangement;
use crate::link_data::DataDef;

use super::asked::{AnyCheck, EndCheck};
use super::declaration::{EntityDeclaration, KeyDef};
use super::{Cardinality, DeleteRule, Order, Storage};

/// A schema in which nothing is wrong: all entity types and ends, with their
/// handles.
///
/// Made by [`SchemaBuilder::build`](crate::SchemaBuilder::build). A clone is
/// the same registry: graphs over clones take each other's handles.
///
/// ```
/// use backref::Schema;
///
/// struct Author;
/// struct Book;
///
/// let mut schema = Schema::builder();
/// schema.entity::<Author>("Author");
/// schema.entity::<Book>("Book");
/// schema.relationship("Book.author").to_one("Author").backref("books");
/// let registry = schema.build()?;
///
/// let author = registry.to_one::<Book, Author>("Book.author")?;
/// let books = registry.to_many::<Author, Book>("Author.books")?;
/// assert_ne!(author.untyped(), books.untyped());
///
/// let names: Vec<String> = registry.ends().map(|end| end.full_name()).collect();
/// assert_eq!(names, ["Book.author", "Author.books"]);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    stamp: u32,
    entities: Vec<EntityDef>,
    /// By relationship and side.
    ends: Vec<Option<End>>,
    /// Sorted by name.
    entities_by_name: Vec<EntityTypeId>,
    /// Sorted by owner, then by name; without the hidden ones.
    ends_by_name: Vec<EndId>,
}

/// An entity type.
pub(crate) struct EntityDef {
    pub(crate) id: EntityTypeId,
    pub(crate) name: Box<str>,
    pub(crate) type_id: TypeId,
    pub(crate) type_name: &'static str,
    /// Another entity type with the same payload.
    pub(crate) twin: Option<EntityTypeId>,
    /// In step with the indexes that the factory makes.
    pub(crate) keys: Vec<KeyDef>,
    pub(crate) checks: Vec<AnyCheck>,
    /// All ends it owns in the order of declaration; the hidden ones last.
    pub(crate) ends: Vec<EndId>,
    pub(crate) factory: Box<dyn EntityFactory>,
}

/// One end of a relationship.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) id: EndId,
    /// Without its type: `author`.
    pub(crate) name: Box<str>,
    pub(crate) owner: EntityTypeId,
    pub(crate) target: EntityTypeId,
    pub(crate) cardinality: Cardinality,
    /// The end itself when it is symmetric, a hidden one when it is one-way.
    pub(crate) inverse: EndId,
    /// The back of a one-way end: it is stored and never shown.
    pub(crate) hidden: bool,
    pub(crate) delete_rule: DeleteRule,
    pub(crate) required: bool,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
    pub(crate) order: Order,
    pub(crate) storage: Storage,
    /// Whoever has lost its last link here goes too.
    pub(crate) orphans: bool,
    /// Whoever is linked here is a part of the owner.
    pub(crate) contained: bool,
    /// Of an end of several types: the ends towards each of them, this one
    /// among them. The first stands for all.
    pub(crate) variants: Box<[EndId]>,
    /// What arranges the rows of a sorted or keyed end.
    pub(crate) arrangement: Option<Arrangement>,
    /// What may refuse links here.
    pub(crate) checks: Vec<EndCheck>,
    /// The same on both ends.
    pub(crate) acyclic: bool,
    pub(crate) one_way: bool,
    pub(crate) symmetric: bool,
    /// The data of the links, the same on both ends.
    pub(crate) data: Option<DataDef>,
}

impl End {
    /// Whether it is shown: not the back of a one-way end, and of an end of
    /// several types the first.
    pub(crate) fn is_shown(&self) -> bool {
        !self.hidden && self.variants.first().is_none_or(|first| *first == self.id)
    }
}

/// All ends of a registry to be.
pub(super) struct Ends {
    /// By relationship and side; a symmetric one has no right side.
    pub(super) sides: Vec<Option<End>>,
    /// As each type is to list its own.
    pub(super) in_order: Vec<EndId>,
}

impl Registry {
    pub(super) fn next_stamp() -> u32 {
        static BUILT: AtomicU32 = AtomicU32::new(0);
        stamp_after(BUILT.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn new(stamp: u32, declared: Vec<EntityDeclaration>, ends: Ends) -> Self {
        let mut inner = Inner {
            stamp,
            entities: define(declared),
            ends: ends.sides,
            entities_by_name: Vec::new(),
            ends_by_name: Vec::new(),
        };
        inner.own(ends.in_order);
        inner.sort_names();
        Self(Arc::new(inner))
    }

    /// The number in all [`EndId`]s of this registry.
    pub(crate) fn stamp(&self) -> u32 {
        self.0.stamp
    }

    /// The stamp, as handles have it that are not ends.
    pub(crate) fn short_stamp(&self) -> u16 {
        u16::try_from(self.stamp()).expect("stamps have 15 bits")
    }

    pub(crate) fn entity_defs(&self) -> &[EntityDef] {
        &self.0.entities
    }

    pub(crate) fn entity_def(&self, entity: EntityTypeId) -> Option<&EntityDef> {
        self.0.entities.get(entity.index())
    }

    /// How many relationships there are; they are numbered from 0.
    pub(crate) fn relationships(&self) -> usize {
        self.0.ends.len() / 2
    }

    /// The end of that number; `None` if it is another registry's.
    #[inline]
    pub(crate) fn end_at(&self, end: EndId) -> Option<&End> {
        (end.registry() == self.0.stamp)
            .then(|| self.end_on(end.relationship(), end.side()))
            .flatten()
    }

    /// The left end of a relationship.
    pub(crate) fn relationship(&self, number: usize) -> Option<&End> {
        self.end_on(number, Side::Left)
    }

    /// An end of a relationship; a symmetric one has no right end.
    #[inline]
    pub(crate) fn end_on(&self, relationship: usize, side: Side) -> Option<&End> {
        self.0.ends.get(relationship * 2 + side.index())?.as_ref()
    }

    /// All ends, hidden ones too, by number.
    pub(crate) fn end_defs(&self) -> impl Iterator<Item = &End> {
        self.0.ends.iter().flatten()
    }

    pub(crate) fn find_entity_def(&self, name: &str) -> Option<&EntityDef> {
        let names = &self.0.entities_by_name;
        let at = names.binary_search_by(|id| self.0.entity_name(*id).cmp(name));
        self.entity_def(names[at.ok()?])
    }

    /// Computes in O(log *n*). Hidden ends are not found.
    pub(crate) fn find_end_def(&self, owner: EntityTypeId, name: &str) -> Option<&End> {
        let names = &self.0.ends_by_name;
        let at = names.binary_search_by(|id| self.0.end_name(*id).cmp(&Some((owner, name))));
        self.0.end(names[at.ok()?])
    }

    /// `Book.author`; the hidden back of `Book.cover` is `Image.~Book.cover`.
    pub(crate) fn full_name(&self, end: &End) -> String {
        format!("{}.{}", self.0.entity_name(end.owner), end.name)
    }
}

impl Inner {
    #[inline]
    fn end(&self, end: EndId) -> Option<&End> {
        let side = end.relationship() * 2 + end.side().index();
        self.ends.get(side)?.as_ref()
    }

    fn entity_name(&self, entity: EntityTypeId) -> &str {
        &self.entities[entity.index()].name
    }

    fn end_name(&self, end: EndId) -> Option<(EntityTypeId, &str)> {
        self.end(end).map(|end| (end.owner, &*end.name))
    }

    /// Gives each type its ends.
    fn own(&mut self, in_order: Vec<EndId>) {
        for id in in_order {
            let end = self.end(id).expect("an end has a place in the order");
            let (owner, is_shown) = (end.owner, end.is_shown());
            self.entities[owner.index()].ends.push(id);
            if is_shown {
                self.ends_by_name.push(id);
            }
        }
    }

    fn sort_names(&mut self) {
        let mut entities: Vec<EntityTypeId> = self.entities.iter().map(|def| def.id).collect();
        entities.sort_unstable_by_key(|id| self.entity_name(*id));
        let mut ends = std::mem::take(&mut self.ends_by_name);
        ends.sort_unstable_by_key(|id| self.end_name(*id));
        self.entities_by_name = entities;
        self.ends_by_name = ends;
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entities, relationships) = (self.0.entities.len(), self.relationships());
        write!(
            f,
            "Registry({entities} entity types, {relationships} relationships)"
        )
    }
}

/// Stamps count from 1 through the lower half, and come round again.
fn stamp_after(built: u32) -> u32 {
    built % (REGISTRY_STAMPS / 2 - 1) + 1
}

/// Numbers the entity types.
fn define(declared: Vec<EntityDeclaration>) -> Vec<EntityDef> {
    let mut payloads = BTreeMap::new();
    let mut defs: Vec<EntityDef> = Vec::with_capacity(declared.len());
    for (number, entity) in (0..=u16::MAX).zip(declared) {
        let id = EntityTypeId(number);
        let twin = *payloads.entry(entity.type_id).or_insert(id);
        if twin != id {
            defs[twin.index()].twin = Some(id);
        }
        defs.push(EntityDef {
            id,
            name: entity.name,
            type_id: entity.type_id,
            type_name: entity.type_name,
            twin: (twin != id).then_some(twin),
            keys: entity.keys,
            checks: entity.checks,
            ends: Vec::new(),
            factory: entity.factory,
        });
    }
    defs
}

#[cfg(test)]
mod tests;
