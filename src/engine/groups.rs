//! Ends that belong together: what is judged over several relationships.

use crate::engine::Place;
use crate::id::{EntityTypeId, Side};
use crate::schema::{End, Registry};

/// Which ends of a type stand for one thing, found once for a registry.
///
/// An entity has at most one link over all ends of an exclusive group: those
/// of an end of several types, and those at which it has its container.
#[derive(Debug)]
pub(crate) struct Groups {
    /// By relationship and side: the other ends of the exclusive groups of the
    /// end, at which a link made here cuts what there is.
    rivals: Vec<[Box<[Place]>; 2]>,
    /// By relationship and side: the ends of the group, where the end is of
    /// several types. The first stands for all.
    variants: Vec<[Box<[Place]>; 2]>,
    /// By entity type: its ends behind those that delete orphans.
    owned_at: Vec<Box<[Place]>>,
    /// By entity type: its ends behind those that contain.
    contained_at: Vec<Box<[Place]>>,
    /// By relationship: whether its containment can be part of a cycle.
    nests: Vec<bool>,
}

impl Groups {
    pub(crate) fn of(registry: &Registry) -> Self {
        let contained_at = behind(registry, |end| end.contained);
        let each = 0..registry.relationships();
        let variants: Vec<[Box<[Place]>; 2]> = each
            .clone()
            .map(|number| both(registry, number, variants))
            .collect();
        let rivals = |end: &End| {
            let containers = &contained_at[end.owner.index()];
            rivals(end, containers)
        };
        Self {
            rivals: each.map(|number| both(registry, number, rivals)).collect(),
            variants,
            owned_at: behind(registry, |end| end.orphans),
            nests: nests(registry),
            contained_at,
        }
    }

    /// Where an entity that gets a link at a place loses what it has.
    pub(crate) fn rivals(&self, place: Place) -> &[Place] {
        &self.rivals[place.relation][place.side.index()]
    }

    /// The ends of one end of several types; none for an end of one type.
    pub(crate) fn variants(&self, place: Place) -> &[Place] {
        &self.variants[place.relation][place.side.index()]
    }

    /// The ends of a type at which its entities have owners.
    pub(crate) fn owned_at(&self, entity: EntityTypeId) -> &[Place] {
        &self.owned_at[entity.index()]
    }

    /// The ends of a type at which its entities have their container.
    pub(crate) fn contained_at(&self, entity: EntityTypeId) -> &[Place] {
        &self.contained_at[entity.index()]
    }

    /// Whether links of a relationship may put an entity inside itself.
    pub(crate) fn nests(&self, relation: usize) -> bool {
        self.nests[relation]
    }
}

/// What is found for the two sides of a relationship; a symmetric one has one.
fn both(
    registry: &Registry,
    number: usize,
    find: impl Fn(&End) -> Box<[Place]>,
) -> [Box<[Place]>; 2] {
    let sides = [Side::Left, Side::Right];
    sides.map(|side| {
        registry
            .end_on(number, side)
            .map_or_else(Box::default, &find)
    })
}

fn variants(end: &End) -> Box<[Place]> {
    end.variants.iter().map(|&id| Place::of(id)).collect()
}

/// The other ends of an exclusive group, the end being in one or two.
fn rivals(end: &End, containers: &[Place]) -> Box<[Place]> {
    let own = Place::of(end.id);
    let mut rivals = variants(end).into_vec();
    if containers.contains(&own) {
        rivals.extend(containers);
    }
    rivals.retain(|place| *place != own);
    rivals.sort_unstable();
    rivals.dedup();
    rivals.into()
}

/// By entity type: its ends whose inverse is one of those wanted.
fn behind(registry: &Registry, wanted: fn(&End) -> bool) -> Vec<Box<[Place]>> {
    let mut places = vec![Vec::new(); registry.entity_defs().len()];
    for end in registry.end_defs().filter(|end| wanted(end)) {
        places[end.target.index()].push(Place::of(end.inverse));
    }
    places.into_iter().map(Vec::into_boxed_slice).collect()
}

/// By relationship: whether containment leads from its parts back to their
/// container, from type to type.
fn nests(registry: &Registry) -> Vec<bool> {
    let mut inside: Vec<Vec<EntityTypeId>> = vec![Vec::new(); registry.entity_defs().len()];
    let contained = registry.end_defs().filter(|end| end.contained);
    let contained: Vec<&End> = contained.collect();
    for end in &contained {
        inside[end.owner.index()].push(end.target);
    }
    let mut nests = vec![false; registry.relationships()];
    for end in contained {
        nests[end.id.relationship()] = leads_to(&inside, end.target, end.owner);
    }
    nests
}

/// Whether entities of one type may be around entities of another.
fn leads_to(inside: &[Vec<EntityTypeId>], from: EntityTypeId, to: EntityTypeId) -> bool {
    let mut seen = vec![false; inside.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at.index()], true) {
            open.extend(&inside[at.index()]);
        }
    }
    false
}
