//! The checks on what was declared: all problems at once, each with its fix.

mod asked;
mod data;
mod options;
mod order;
mod pairing;
mod shape;
mod types;

use crate::id::EntityTypeId;

use super::Cardinality;
use super::declaration::{EndDeclaration, EndOptions, EntityDeclaration, Pairing};
use shape::DeclaredEnd;
use types::Types;

/// Type numbers are `u16`, and there are as many as a `u16` can count.
const MOST_TYPES: usize = u16::MAX as usize;

/// Relationship numbers are `u16`.
const MOST_RELATIONSHIPS: usize = 1 << 16;

/// A relationship in which nothing is wrong; its left end was declared first.
pub(super) struct Relationship<'a> {
    pub(super) left: SoundEnd<'a>,
    pub(super) right: Right<'a>,
}

/// The other end.
pub(super) enum Right<'a> {
    Declared(SoundEnd<'a>),
    Made {
        name: &'a str,
        cardinality: Cardinality,
        options: EndOptions,
    },
    /// Of a one-way end.
    Hidden,
    /// Of a symmetric end.
    Same,
}

/// An end of which everything is known.
#[derive(Clone, Copy)]
pub(super) struct SoundEnd<'a> {
    /// Its place among the declarations.
    pub(super) at: usize,
    pub(super) declared: &'a EndDeclaration,
    pub(super) pairing: &'a Pairing,
    pub(super) owner: EntityTypeId,
    pub(super) name: &'a str,
    pub(super) cardinality: Cardinality,
    pub(super) target: EntityTypeId,
    /// Which of the several types of its end the target is; `None` for an end
    /// of one type.
    pub(super) variant: Option<usize>,
}

/// The relationships, in the order of their first declarations, or the problems.
///
/// More types than there are numbers for are a problem that hides the others.
pub(super) fn check<'a>(
    entities: &'a [EntityDeclaration],
    ends: &'a [EndDeclaration],
) -> Result<Vec<Relationship<'a>>, Vec<String>> {
    if entities.len() > MOST_TYPES {
        return Err(vec![too_many(entities.len(), "entity types", MOST_TYPES)]);
    }
    let mut problems = Vec::new();
    let types = Types::check(entities, &mut problems);
    let ends = shape::check(ends, &types, &mut problems);
    let relationships = pairing::check(&ends, &types, &mut problems);
    data::check(&ends, &relationships, &mut problems);
    asked::check(&ends, &types, &mut problems);
    if relationships.len() > MOST_RELATIONSHIPS {
        let count = relationships.len();
        problems.push(too_many(count, "relationships", MOST_RELATIONSHIPS));
    }
    if problems.is_empty() {
        Ok(relationships)
    } else {
        Err(problems)
    }
}

fn too_many(count: usize, what: &str, most: usize) -> String {
    format!("the schema has {count} {what} and {most} is the most: split it into several schemas")
}

#[cfg(test)]
mod tests;
