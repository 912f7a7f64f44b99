//! Entity types, their names and their keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::id::EntityTypeId;

use crate::schema::KeyKind;
use crate::schema::declaration::EntityDeclaration;
use crate::schema::names::{advice, is_plain};

/// The numbers of indexes are `u16`.
const MOST_KEYS: usize = 1 << 16;

/// The entity types by name; the first of two with one name.
pub(super) struct Types<'a> {
    declared: &'a [EntityDeclaration],
    by_name: BTreeMap<&'a str, EntityTypeId>,
}

impl<'a> Types<'a> {
    pub(super) fn check(declared: &'a [EntityDeclaration], problems: &mut Vec<String>) -> Self {
        let mut by_name = BTreeMap::new();
        for (number, entity) in (0..=u16::MAX).zip(declared) {
            check_name(entity, problems);
            check_keys(entity, problems);
            match by_name.entry(&*entity.name) {
                Entry::Vacant(entry) => {
                    entry.insert(EntityTypeId(number));
                }
                Entry::Occupied(_) => problems.push(format!(
                    "{} is declared twice: keep one entity::<..>({:?}) and chain all its keys to it",
                    entity.name, entity.name
                )),
            }
        }
        Self { declared, by_name }
    }

    pub(super) fn find(&self, name: &str) -> Option<EntityTypeId> {
        self.by_name.get(name).copied()
    }

    pub(super) fn declared(&self, entity: EntityTypeId) -> &'a EntityDeclaration {
        &self.declared[entity.index()]
    }

    pub(super) fn name(&self, entity: EntityTypeId) -> &'a str {
        &self.declared[entity.index()].name
    }

    /// What to write instead of a name that no type has.
    pub(super) fn advice(&self, wrong: &str) -> String {
        advice(wrong, self.declared.iter().map(|entity| &*entity.name))
    }
}

fn check_name(entity: &EntityDeclaration, problems: &mut Vec<String>) {
    if !is_plain(&entity.name) {
        problems.push(format!(
            "{:?}, with the payload {}, is no name for an entity type: \
             it must not be empty nor have a dot, for ends are written Type.end",
            entity.name, entity.type_name
        ));
    }
}

fn check_keys(entity: &EntityDeclaration, problems: &mut Vec<String>) {
    if entity.keys.len() > MOST_KEYS {
        let (name, count) = (&entity.name, entity.keys.len());
        problems.push(format!(
            "{name} has {count} keys and {MOST_KEYS} is the most: leave some out"
        ));
    }
    let mut kinds = BTreeMap::new();
    for key in &entity.keys {
        if !is_plain(&key.name) {
            problems.push(format!(
                "{:?} is no name for an index of {}: it must not be empty nor have a dot",
                key.name, entity.name
            ));
        } else if let Some(first) = kinds.insert(&*key.name, key.kind) {
            problems.push(taken(entity, &key.name, [first, key.kind]));
        }
    }
}

/// Two keys of one name. The primary key stands first.
fn taken(entity: &EntityDeclaration, key: &str, kinds: [KeyKind; 2]) -> String {
    let entity = &entity.name;
    match kinds {
        [KeyKind::Primary, KeyKind::Primary] => format!(
            "{entity} has two primary keys: keep one key(..) and make the other a unique(\"..\", ..)"
        ),
        [
            KeyKind::Primary,
            KeyKind::Unique | KeyKind::Hashed | KeyKind::Ordered,
        ] => format!("{entity}.{key} has the name of the primary key: give the index another name"),
        [KeyKind::Unique | KeyKind::Hashed | KeyKind::Ordered, _] => {
            format!("{entity}.{key} is declared as an index twice: give each a name of its own")
        }
    }
}
