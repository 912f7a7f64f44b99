//! From checked relationships to ends with numbers.

use crate::id::{EndId, EntityTypeId, Side};

use super::check::{Relationship, Right, SoundEnd};
use super::declaration::{EndOptions, Pairing};
use super::registry::{End, Ends};
use super::{Cardinality, DeleteRule, Order};

/// The ends of all relationships, which are numbered as they stand.
pub(super) fn resolve(stamp: u32, relationships: &[Relationship<'_>]) -> Ends {
    let mut sides = Vec::with_capacity(relationships.len() * 2);
    let mut places = Vec::with_capacity(sides.capacity());
    for (number, relationship) in (0..=u16::MAX).zip(relationships) {
        let id = EndId::new(stamp, number, Side::Left);
        let (near, far) = both(id, relationship);
        places.push((Place::declared(relationship.left.at), id));
        places.extend(far.as_ref().map(|(place, far)| (*place, far.id)));
        sides.extend([Some(near), far.map(|(_, far)| far)]);
    }
    places.sort_unstable();
    Ends {
        sides,
        in_order: places.into_iter().map(|(_, id)| id).collect(),
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
            let far = end(id, (*name).to_owned(), types, *cardinality, *options);
            Some((Place::made(left.at), far))
        }
        Right::Hidden => {
            near.one_way = true;
            let name = format!("~{}", left.declared.name);
            let mut far = end(id, name, types, Cardinality::Many, hidden_options(left));
            far.hidden = true;
            Some((Place::hidden(left.at), far))
        }
        Right::Same => {
            near.symmetric = true;
            near.inverse = near.id;
            None
        }
    };
    if let Some((_, far)) = &mut far {
        near.acyclic |= far.acyclic;
        far.acyclic = near.acyclic;
    }
    (near, far)
}

fn declared(id: EndId, said: &SoundEnd<'_>) -> End {
    let types = [said.owner, said.target];
    let options = said.declared.options;
    end(id, said.name.to_owned(), types, said.cardinality, options)
}

fn end(
    id: EndId,
    name: String,
    [owner, target]: [EntityTypeId; 2],
    cardinality: Cardinality,
    options: EndOptions,
) -> End {
    End {
        id,
        name: name.into(),
        owner,
        target,
        cardinality,
        inverse: id.opposite(),
        hidden: false,
        delete_rule: options.delete_rule.unwrap_or_default(),
        required: options.required,
        order: options.order.unwrap_or_default(),
        acyclic: options.acyclic,
        one_way: false,
        symmetric: false,
    }
}

/// What the back of a one-way end does: what deleting the target does to the
/// owner. A required end is not nullified.
fn hidden_options(left: &SoundEnd<'_>) -> EndOptions {
    let said = match left.pairing {
        Pairing::OneWay(rule) => *rule,
        Pairing::BackPopulates(_) | Pairing::Backref(..) | Pairing::Symmetric => None,
    };
    let rule = match (said, left.declared.options.required) {
        (Some(rule), _) => rule,
        (None, true) => DeleteRule::Deny,
        (None, false) => DeleteRule::Nullify,
    };
    EndOptions::default().delete_rule(rule).order(Order::None)
}
