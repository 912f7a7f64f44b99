//! From checked relationships to ends with numbers.

use std::collections::BTreeMap;

use crate::id::{EndId, EntityTypeId, Side};
use crate::link_data::DataDef;

use super::check::{Relationship, Right, SoundEnd};
use super::declaration::{EndOptions, EntityDeclaration, Pairing};
use super::registry::{End, Ends};
use super::{Cardinality, DeleteRule, Order};

/// The ends of all relationships, which are numbered as they stand.
pub(super) fn resolve(
    stamp: u32,
    relationships: &[Relationship<'_>],
    entities: &[EntityDeclaration],
) -> Ends {
    let mut sides = Vec::with_capacity(relationships.len() * 2);
    let mut places = Vec::with_capacity(sides.capacity());
    let mut families = Families::default();
    for (number, relationship) in (0..=u16::MAX).zip(relationships) {
        let id = EndId::new(stamp, number, Side::Left);
        let (near, far) = both(id, relationship);
        families.add(&relationship.left, id);
        if let Right::Declared(right) = &relationship.right {
            families.add(right, id.opposite());
        }
        places.push((Place::declared(relationship.left.at), id));
        places.extend(far.as_ref().map(|(place, far)| (*place, far.id)));
        sides.extend([Some(near), far.map(|(_, far)| far)]);
    }
    places.sort_unstable();
    for end in sides.iter_mut().flatten() {
        end.variants = families.of(end.id);
        // At an end of several types each check is of the links to one of them.
        let [owner, target] = [end.owner, end.target].map(|it| entities[it.index()].type_id);
        end.checks.retain(|check| check.fits(owner, target));
    }
    Ends {
        sides,
        in_order: places.into_iter().map(|(_, id)| id).collect(),
    }
}

/// The ends of several types: their variants, each by its place in the list
/// of types, by the place of the declaration.
#[derive(Default)]
struct Families {
    by_declaration: BTreeMap<usize, BTreeMap<usize, EndId>>,
    declarations: BTreeMap<EndId, usize>,
}

impl Families {
    fn add(&mut self, end: &SoundEnd<'_>, id: EndId) {
        if let Some(variant) = end.variant {
            let family = self.by_declaration.entry(end.at).or_default();
            family.insert(variant, id);
            self.declarations.insert(id, end.at);
        }
    }

    /// All variants of the end that this is one of.
    fn of(&self, id: EndId) -> Box<[EndId]> {
        let family = self.declarations.get(&id);
        let family = family.and_then(|at| self.by_declaration.get(at));
        family.map_or_else(Box::default, |ids| ids.values().copied().collect())
    }
}

/// The place of an end among those of its type: as declared, one that is made
/// after its maker, hidden ones last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    hidden: bool,
    at: usize,
    made: bool,
}

impl Place {
    fn declared(at: usize) -> Self {
        Self {
            hidden: false,
            at,
            made: false,
        }
    }

    fn made(at: usize) -> Self {
        Self {
            made: true,
            ..Self::declared(at)
        }
    }

    fn hidden(at: usize) -> Self {
        Self {
            hidden: true,
            ..Self::made(at)
        }
    }
}

/// Both ends of a relationship; a symmetric one has one.
fn both(id: EndId, relationship: &Relationship<'_>) -> (End, Option<(Place, End)>) {
    let Relationship { left, right } = relationship;
    let mut near = declared(id, left);
    let id = id.opposite();
    let types = [left.target, left.owner];
    let mut far = match right {
        Right::Declared(right) => Some((Place::declared(right.at), declared(id, right))),
        Right::Made {
            name,
            cardinality,
            options,
        } => {
            let far = end(id, (*name).to_owned(), types, *cardinality, options);
            Some((Place::made(left.at), far))
        }
        Right::Hidden => {
            near.one_way = true;
            let name = format!("~{}", left.declared.name);
            // A part has one container, whether it can name it or not.
            let cardinality = match left.declared.options.contained {
                true => Cardinality::One,
                false => Cardinality::Many,
            };
            let mut far = end(id, name, types, cardinality, &hidden_options(left));
            far.hidden = true;
            Some((Place::hidden(left.at), far))
        }
        Right::Same => {
            near.symmetric = true;
            near.inverse = near.id;
            None
        }
    };
    near.data = data(relationship);
    if let Some((_, far)) = &mut far {
        near.acyclic |= far.acyclic;
        far.acyclic = near.acyclic;
        far.data.clone_from(&near.data);
    }
    (near, far)
}

/// The data of the links, as said at one end or at both.
fn data(relationship: &Relationship<'_>) -> Option<DataDef> {
    let near = relationship.left.declared.data.first();
    let far = match &relationship.right {
        Right::Declared(right) => right.declared.data.first(),
        Right::Made { .. } | Right::Hidden | Right::Same => None,
    };
    match (near, far) {
        (Some(near), Some(far)) => near.merged(far),
        (said, None) | (None, said) => said.cloned(),
    }
}

fn declared(id: EndId, said: &SoundEnd<'_>) -> End {
    let types = [said.owner, said.target];
    let options = &said.declared.options;
    end(id, said.name.to_owned(), types, said.cardinality, options)
}

fn end(
    id: EndId,
    name: String,
    [owner, target]: [EntityTypeId; 2],
    cardinality: Cardinality,
    options: &EndOptions,
) -> End {
    let said = options.orders.last();
    End {
        id,
        name: name.into(),
        owner,
        target,
        cardinality,
        inverse: id.opposite(),
        hidden: false,
        delete_rule: match options.contained {
            true => DeleteRule::Cascade,
            false => options.delete_rule.unwrap_or_default(),
        },
        required: options.required,
        min: options.min,
        max: options.max,
        orphans: options.orphans,
        contained: options.contained,
        variants: Box::default(),
        storage: options.storage.unwrap_or_default(),
        order: said.map(|said| said.order).unwrap_or_default(),
        arrangement: said.and_then(|said| said.arrangement.clone()),
        checks: options.checks.clone(),
        acyclic: options.acyclic,
        one_way: false,
        symmetric: false,
        data: None,
    }
}

/// What the back of a one-way end does: what deleting the target does to the
/// owner. An end that needs links is not nullified.
fn hidden_options(left: &SoundEnd<'_>) -> EndOptions {
    let said = match left.pairing {
        Pairing::OneWay(rule) => *rule,
        Pairing::BackPopulates(_) | Pairing::Backref(..) | Pairing::Symmetric => None,
    };
    let rule = match (said, left.declared.options.needs_links()) {
        (Some(rule), _) => rule,
        (None, true) => DeleteRule::Deny,
        (None, false) => DeleteRule::Nullify,
    };
    EndOptions::default().delete_rule(rule).order(Order::None)
}
