//! The options of each end, against the two cardinalities and types.

use super::types::Types;
use super::{DeclaredEnd, order};
use crate::schema::declaration::{EndOptions, EntityDeclaration, OrderSaid, Pairing};
use crate::schema::{Cardinality, DeleteRule, Order, Storage};

/// Judges the options of an end, and of the end that it makes, if it makes
/// one. `far` is the cardinality of the inverse, where it can be told.
pub(super) fn check(
    end: &DeclaredEnd<'_>,
    far: Option<Cardinality>,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) {
    check_inverse(end, problems);
    check_one_way(end, problems);
    check_acyclic(end, problems);
    check_symmetric(end, problems);
    let near = Side {
        end: end.declared.name.clone(),
        options: &end.declared.options,
        cardinality: end.cardinality,
        far,
        members: end.target.map(|target| types.declared(target)),
    };
    near.check(problems);
    if let Some(Pairing::Backref(cardinality, made)) = end.pairing {
        let maker = &end.declared.name;
        let target = end.target_name;
        let unsaid = EndOptions::default();
        let made = Side {
            end: format!("{target}.{made}, which {maker} makes by backref,"),
            options: end.declared.inverse.as_ref().unwrap_or(&unsaid),
            cardinality: Some(*cardinality),
            far: end.cardinality,
            members: end.name.map(|(owner, _)| types.declared(owner)),
        };
        made.check(problems);
    }
}

/// One end, declared or made.
struct Side<'a> {
    end: String,
    options: &'a EndOptions,
    cardinality: Option<Cardinality>,
    far: Option<Cardinality>,
    members: Option<&'a EntityDeclaration>,
}

impl Side<'_> {
    fn check(&self, problems: &mut Vec<String>) {
        problems.extend(self.order());
        problems.extend(self.storage());
        problems.extend(self.delete_rule());
        problems.extend(self.containment());
        self.limits(problems);
    }

    /// A part has one container, and goes with it.
    fn containment(&self) -> Option<String> {
        let (end, options) = (&self.end, self.options);
        if !options.contained {
            return None;
        }
        if self.far == Some(Cardinality::Many) {
            return Some(format!(
                "{end} is contained, but its inverse is to-many, and a part has one container: \
                 let the inverse be to-one, or leave out contained()"
            ));
        }
        match options.delete_rule {
            None | Some(DeleteRule::Cascade) => None,
            Some(rule) => Some(format!(
                "{end} is contained and has DeleteRule::{rule:?}, but parts go with their container: \
                 leave out delete_rule(..), or contained()"
            )),
        }
    }

    /// How many links there must and may be can be kept to, and says something.
    fn limits(&self, problems: &mut Vec<String>) {
        let (end, &EndOptions { min, max, .. }) = (&self.end, self.options);
        if self.cardinality == Some(Cardinality::One) {
            let said = [
                min.map(|min| format!("min({min})")),
                max.map(|max| format!("max({max})")),
            ];
            for said in said.into_iter().flatten() {
                problems.push(format!(
                    "{end} is to-one and has {said}: leave it out, one link is the most there is, \
                     and write required() if one is also the least"
                ));
            }
            return;
        }
        if max == Some(0) {
            problems.push(format!(
                "{end} has max(0), so that nothing could ever be linked: \
                 write a max of 1 or more, or leave out the end"
            ));
        } else if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            problems.push(format!(
                "{end} has min({min}) and max({max}), which no row can keep to: \
                 let the min be no more than the max"
            ));
        }
    }

    fn order(&self) -> Option<String> {
        let orders = &self.options.orders;
        order::check(&self.end, orders, self.cardinality, self.members)
    }

    /// Chains go through the records of to-one ends.
    fn storage(&self) -> Option<String> {
        let end = &self.end;
        match (self.options.storage?, self.cardinality?, self.far) {
            (storage, Cardinality::One, _) => Some(format!(
                "{end} is to-one and has Storage::{storage:?}: \
                 leave out storage(..), or say it at the to-many end of the relationship"
            )),
            (Storage::Linked, Cardinality::Many, Some(Cardinality::Many)) => Some(format!(
                "{end} has Storage::Linked and its inverse is to-many: leave out storage(..), \
                 for a member that has many owners cannot be linked to one next"
            )),
            (Storage::Linked, Cardinality::Many, _) => self.linked_order(),
            (Storage::Rows, Cardinality::Many, _) => None,
        }
    }

    /// A chain has the order of adding, or one that its user sets.
    fn linked_order(&self) -> Option<String> {
        let arranged = |said: &&OrderSaid| matches!(said.order, Order::Sorted | Order::Keyed);
        let said = self.options.orders.iter().find(arranged)?;
        Some(format!(
            "{} has Storage::Linked and Order::{:?}: leave out storage(..), \
             for members are found in a sorted or keyed row by what stands beside it",
            self.end, said.order
        ))
    }

    /// Cascading from one of many to the one they share has a name of its own.
    fn delete_rule(&self) -> Option<String> {
        let end = &self.end;
        let up = (self.cardinality?, self.far?) == (Cardinality::One, Cardinality::Many);
        match (self.options.delete_rule?, up) {
            (DeleteRule::Cascade, true) => Some(format!(
                "{end} has DeleteRule::Cascade, but others may be linked to the same target, \
                 which would go with the first of them: \
                 write DeleteRule::CascadeUp if that is meant, \
                 or let the inverse have the DeleteRule::Cascade"
            )),
            (DeleteRule::CascadeUp, false) => Some(format!(
                "{end} has DeleteRule::CascadeUp, \
                 which is for a to-one end whose inverse is to-many: write DeleteRule::Cascade"
            )),
            (DeleteRule::Cascade, false)
            | (DeleteRule::CascadeUp, true)
            | (DeleteRule::Nullify | DeleteRule::Deny, _) => None,
        }
    }
}

fn check_inverse(end: &DeclaredEnd<'_>, problems: &mut Vec<String>) {
    let makes = match end.pairing {
        Some(Pairing::Backref(..)) | None => true,
        Some(Pairing::BackPopulates(_) | Pairing::OneWay(_) | Pairing::Symmetric) => false,
    };
    if end.declared.inverse.is_some() && !makes {
        problems.push(format!(
            "{} has inverse(..), which is for the end that a backref makes: \
             give the options to the end they are for, or let {} say backref",
            end.declared.name, end.declared.name
        ));
    }
}

fn check_one_way(end: &DeclaredEnd<'_>, problems: &mut Vec<String>) {
    let Some(Pairing::OneWay(Some(rule))) = end.pairing else {
        return;
    };
    let name = &end.declared.name;
    match rule {
        DeleteRule::CascadeUp => problems.push(format!(
            "{name} has one_way_on_delete(DeleteRule::CascadeUp): write DeleteRule::Cascade"
        )),
        DeleteRule::Nullify if end.declared.options.needs_links() => {
            let (is, said) = match end.declared.options.min.filter(|&min| min > 0) {
                Some(min) => (format!("has min({min})"), format!("min({min})")),
                None => ("is required".to_owned(), "required()".to_owned()),
            };
            problems.push(format!(
                "{name} {is} and has one_way_on_delete(DeleteRule::Nullify), \
                 which would leave its owner without a link: \
                 write DeleteRule::Deny or DeleteRule::Cascade, or leave out {said}"
            ));
        }
        DeleteRule::Nullify | DeleteRule::Cascade | DeleteRule::Deny => {}
    }
}

/// What a symmetric end cannot say, for want of an owner and an owned.
fn check_symmetric(end: &DeclaredEnd<'_>, problems: &mut Vec<String>) {
    let EndOptions {
        orphans, contained, ..
    } = end.declared.options;
    let said = [(orphans, "delete_orphans()"), (contained, "contained()")];
    for (_, said) in said.iter().filter(|(is_said, _)| *is_said) {
        if matches!(end.pairing, Some(Pairing::Symmetric)) {
            problems.push(format!(
                "{} is symmetric and has {said}, but neither of two friends owns the other: \
                 leave out one of the two",
                end.declared.name
            ));
        }
    }
}

fn check_acyclic(end: &DeclaredEnd<'_>, problems: &mut Vec<String>) {
    let inverse = end.declared.inverse.as_ref();
    if !end.declared.options.acyclic && !inverse.is_some_and(|inverse| inverse.acyclic) {
        return;
    }
    let name = &end.declared.name;
    if matches!(end.pairing, Some(Pairing::Symmetric)) {
        problems.push(format!(
            "{name} is symmetric and acyclic, but a symmetric link is a cycle by itself: \
             leave out one of the two"
        ));
    } else if let (Some((owner, _)), Some(target)) = (end.name, end.target)
        && owner != target
    {
        problems.push(format!(
            "{name} is acyclic, but its two ends are of different types, \
             where no cycle can be: leave out acyclic()"
        ));
    }
}
