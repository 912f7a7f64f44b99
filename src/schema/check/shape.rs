//! Each end by itself: its name, its target, how it says to be paired.

use std::collections::BTreeSet;

use crate::id::EntityTypeId;

use super::{SoundEnd, Types};
use crate::schema::Cardinality;
use crate::schema::declaration::{EndDeclaration, Pairing};
use crate::schema::names::split;

/// An end as far as it is understood; an end of several types is as many of
/// them, one after the other.
pub(super) struct DeclaredEnd<'a> {
    /// Its place among the declarations.
    pub(super) at: usize,
    pub(super) declared: &'a EndDeclaration,
    /// `None` where nobody can refer to it: it is malformed, of an unknown
    /// type or the second of its name.
    pub(super) name: Option<(EntityTypeId, &'a str)>,
    pub(super) cardinality: Option<Cardinality>,
    pub(super) target: Option<EntityTypeId>,
    /// The name of the target.
    pub(super) target_name: &'a str,
    /// Which of several types the target is.
    pub(super) variant: Option<usize>,
    pub(super) pairing: Option<&'a Pairing>,
}

impl<'a> DeclaredEnd<'a> {
    pub(super) fn sound(&self) -> Option<SoundEnd<'a>> {
        let (owner, name) = self.name?;
        Some(SoundEnd {
            at: self.at,
            declared: self.declared,
            pairing: self.pairing?,
            owner,
            name,
            cardinality: self.cardinality?,
            target: self.target?,
            variant: self.variant,
        })
    }
}

pub(super) fn check<'a>(
    ends: &'a [EndDeclaration],
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> Vec<DeclaredEnd<'a>> {
    let mut seen = BTreeSet::new();
    let mut check = |(at, declared): (usize, &'a EndDeclaration)| {
        let name = name(declared, types, problems).filter(|name| {
            let new = seen.insert(*name);
            if !new {
                let end = &declared.name;
                problems.push(format!(
                    "{end} is declared twice: keep one relationship({end:?})"
                ));
            }
            new
        });
        let (cardinality, targets) = targets(declared, types, problems);
        let pairing = pairing(declared, problems);
        let is_one_of = targets.len() > 1;
        let variants = targets.into_iter().enumerate();
        variants.map(move |(variant, (target_name, target))| DeclaredEnd {
            at,
            declared,
            name,
            cardinality,
            target,
            target_name,
            variant: is_one_of.then_some(variant),
            pairing,
        })
    };
    ends.iter().enumerate().flat_map(&mut check).collect()
}

fn name<'a>(
    declared: &'a EndDeclaration,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> Option<(EntityTypeId, &'a str)> {
    let Some((owner, end)) = split(&declared.name) else {
        problems.push(format!(
            "{:?} is no name of an end: write relationship(\"Type.end\"), with one dot",
            declared.name
        ));
        return None;
    };
    let found = types.find(owner);
    if found.is_none() {
        let advice = types.advice(owner);
        problems.push(format!(
            "{} is an end of {owner}, which is no entity type: {advice}",
            declared.name
        ));
    }
    Some((found?, end))
}

/// The types that an end leads to, by name and as far as they are found; one
/// of no name where none can be told.
fn targets<'a>(
    declared: &'a EndDeclaration,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> (Option<Cardinality>, Vec<(&'a str, Option<EntityTypeId>)>) {
    let end = &declared.name;
    let problem = match declared.targets.as_slice() {
        [(cardinality, names)] if !names.is_empty() => {
            let mut find = |name: &'a String| (&**name, target(end, name, types, problems));
            let found = names.iter().map(&mut find).collect();
            problems.extend(repeated(names).map(|name| {
                format!("{end} names {name} twice among its types: leave out one of the two")
            }));
            return (Some(*cardinality), found);
        }
        [_] => format!("{end} is to one of no types: name them in to_one_of([..])"),
        [] => format!("{end} has no target: add to_one(\"Type\") or to_many(\"Type\")"),
        [_, _, ..] => format!(
            "{end} has several targets: keep one of its to_one(..) and to_many(..), \
             or write to_one_of([..])"
        ),
    };
    problems.push(problem);
    (None, vec![("", None)])
}

fn target(
    end: &str,
    name: &str,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> Option<EntityTypeId> {
    let found = types.find(name);
    if found.is_none() {
        let advice = types.advice(name);
        problems.push(format!(
            "{end} points at {name}, which is no entity type: {advice}"
        ));
    }
    found
}

/// The names that stand in a list for the second time.
fn repeated(names: &[String]) -> impl Iterator<Item = &String> {
    let mut seen = BTreeSet::new();
    names.iter().filter(move |name| !seen.insert(*name))
}

fn pairing<'a>(declared: &'a EndDeclaration, problems: &mut Vec<String>) -> Option<&'a Pairing> {
    let end = &declared.name;
    match declared.pairings.as_slice() {
        [pairing] => Some(pairing),
        [] => {
            problems.push(format!(
                "{end} says nothing of its inverse: \
                 add back_populates(\"end\"), backref(\"end\"), symmetric() or one_way()"
            ));
            None
        }
        several => {
            let calls: Vec<&str> = several.iter().map(call).collect();
            let calls = calls.join(" and ");
            problems.push(format!(
                "{end} says {calls}: keep one of them, for an end has one inverse"
            ));
            None
        }
    }
}

fn call(pairing: &Pairing) -> &'static str {
    match pairing {
        Pairing::BackPopulates(_) => "back_populates(..)",
        Pairing::Backref(Cardinality::Many, _) => "backref(..)",
        Pairing::Backref(Cardinality::One, _) => "backref_one(..)",
        Pairing::OneWay(_) => "one_way()",
        Pairing::Symmetric => "symmetric()",
    }
}
