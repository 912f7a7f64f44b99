//! Each end by itself: its name, its target, how it says to be paired.

use std::collections::BTreeSet;

use crate::id::EntityTypeId;

use super::{SoundEnd, Types};
use crate::schema::Cardinality;
use crate::schema::declaration::{EndDeclaration, Pairing};
use crate::schema::names::split;

/// An end as far as it is understood.
pub(super) struct DeclaredEnd<'a> {
    at: usize,
    pub(super) declared: &'a EndDeclaration,
    /// `None` where nobody can refer to it: it is malformed, of an unknown
    /// type or the second of its name.
    pub(super) name: Option<(EntityTypeId, &'a str)>,
    pub(super) cardinality: Option<Cardinality>,
    pub(super) target: Option<EntityTypeId>,
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
        let (cardinality, target) = target(declared, types, problems);
        DeclaredEnd {
            at,
            declared,
            name,
            cardinality,
            target,
            pairing: pairing(declared, problems),
        }
    };
    ends.iter().enumerate().map(&mut check).collect()
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

fn target(
    declared: &EndDeclaration,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> (Option<Cardinality>, Option<EntityTypeId>) {
    let end = &declared.name;
    match declared.targets.as_slice() {
        [(cardinality, target)] => {
            let found = types.find(target);
            if found.is_none() {
                let advice = types.advice(target);
                problems.push(format!(
                    "{end} points at {target}, which is no entity type: {advice}"
                ));
            }
            (Some(*cardinality), found)
        }
        [] => {
            problems.push(format!(
                "{end} has no target: add to_one(\"Type\") or to_many(\"Type\")"
            ));
            (None, None)
        }
        [_, _, ..] => {
            problems.push(format!(
                "{end} has several targets: keep one of its to_one(..) and to_many(..)"
            ));
            (None, None)
        }
    }
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
