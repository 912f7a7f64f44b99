//! Mistakes that can be seen in one struct. Those between two are judged while
//! the program is compiled, by what `expand::judge` emits.

use proc_macro2::Span;
use syn::Ident;

use crate::problems::{Problems, list};

use super::ast::{Cardinality, End, Entity, plain};
use super::attr::{DeleteRule, EndOptions, MadeEnd, Pairing};

/// Methods that every handle has.
const RESERVED: [&str; 8] = [
    "id",
    "into_inner",
    "read",
    "update",
    "try_update",
    "replace",
    "delete",
    "plan_delete",
];

/// Adds what is wrong, and leaves out ends whose names nothing can be made of.
pub(super) fn check(entity: &mut Entity, problems: &mut Problems) {
    check_keys(entity, problems);
    for end in &entity.ends {
        check_end(end, problems);
    }
    entity.ends.retain(|end| {
        let made = match &end.options.pairing {
            Pairing::Backref(made) => Some(&made.name),
            Pairing::BackPopulates(_) | Pairing::OneWay(_) | Pairing::Symmetric(_) => None,
        };
        let mut names = std::iter::once(&end.name).chain(made);
        names.all(|name| check_name(name, problems))
    });
}

fn check_keys(entity: &Entity, problems: &mut Problems) {
    let indexes = entity.options.indexes.iter().map(|index| &index.fields);
    let keys = entity.options.key.iter().map(|key| &key.fields);
    for fields in keys.chain(indexes) {
        if let Some(fourth) = fields.get(3) {
            problems.at(fourth.span(), "a key has three parts at the most");
        }
        for field in fields {
            if entity.field(field).is_none() {
                problems.at(field.span(), unknown_field(entity, field));
            }
        }
    }
    let names = entity.options.indexes.iter().map(|index| &index.name);
    for (at, name) in names.clone().enumerate() {
        if names.clone().take(at).any(|other| other == name) {
            let message =
                format!("two keys or indexes are named `{name}`: name one of them otherwise");
            problems.at(name.span(), message);
        }
    }
}

fn unknown_field(entity: &Entity, field: &Ident) -> String {
    let owner = entity.name();
    if entity.ends.iter().any(|end| end.name == *field) {
        return format!("`{field}` is a relationship: a key is made of fields of the payload");
    }
    let fields: Vec<String> = entity
        .payload
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref().map(plain))
        .collect();
    let known = list(fields.iter().map(String::as_str));
    format!("`{owner}` has no field `{field}`: its fields are {known}")
}

fn check_name(name: &Ident, problems: &mut Problems) -> bool {
    let is_free = !RESERVED.contains(&plain(name).as_str());
    if !is_free {
        let message = format!("every handle has a method `{name}`: give the end another name");
        problems.at(name.span(), message);
    }
    is_free
}

fn check_end(end: &End, problems: &mut Problems) {
    if let Some(data) = end.options.data.as_ref().filter(|_| end.is_one_of()) {
        let message = "links at an end of several types have no data: put it into an entity \
                       between, or declare an end for each type";
        problems.add(syn::Error::new_spanned(data, message));
    }
    check_options(end.cardinality, &end.options.end, problems);
    match &end.options.pairing {
        Pairing::Backref(made) => check_made(end, made, problems),
        Pairing::OneWay(rule) => {
            if let Some(rule) = rule {
                check_one_way(
                    rule.rule,
                    end.options.end.required.is_some(),
                    rule.span,
                    problems,
                );
            }
        }
        Pairing::Symmetric(_) => {
            if let Some(span) = end.options.end.acyclic {
                let message =
                    "a symmetric link is a cycle by itself: leave out `acyclic` or `symmetric`";
                problems.at(span, message);
            }
        }
        Pairing::BackPopulates(_) => {}
    }
}

fn check_options(cardinality: Cardinality, options: &EndOptions, problems: &mut Problems) {
    if cardinality == Cardinality::Many {
        return;
    }
    if let Some((_, span)) = options.order {
        problems.at(span, "a to-one end has no order: leave it out");
    }
    if let Some(span) = options.linked {
        problems.at(
            span,
            "a to-one end is stored in one way only: leave out `storage`",
        );
    }
    for limit in options.min.iter().chain(&options.max) {
        let message = "a to-one end has one link at the most: write `required`, or leave it out";
        problems.at(limit.span(), message);
    }
}

fn check_made(end: &End, made: &MadeEnd, problems: &mut Problems) {
    let cardinality = if made.is_many {
        Cardinality::Many
    } else {
        Cardinality::One
    };
    check_options(cardinality, &made.options, problems);
    let Some(rule) = made.options.delete_rule else {
        return;
    };
    let is_shared = !made.is_many && end.is_many();
    match (rule.rule, is_shared) {
        (DeleteRule::Cascade, true) => problems.at(rule.span, CASCADES_UP),
        (DeleteRule::CascadeUp, false) => problems.at(rule.span, DOES_NOT_CASCADE_UP),
        (DeleteRule::Cascade, false)
        | (DeleteRule::CascadeUp, true)
        | (DeleteRule::Nullify | DeleteRule::Deny, _) => {}
    }
}

fn check_one_way(rule: DeleteRule, is_required: bool, span: Span, problems: &mut Problems) {
    match rule {
        DeleteRule::CascadeUp => problems.at(span, "write `one_way = cascade`"),
        DeleteRule::Nullify if is_required => {
            let message = "the end is required, and nullifying it would leave its owner without a \
                           link: write `one_way = deny` or `one_way = cascade`";
            problems.at(span, message);
        }
        DeleteRule::Nullify | DeleteRule::Cascade | DeleteRule::Deny => {}
    }
}

/// What is wrong with a plain cascade from one of many to what they share.
pub(super) const CASCADES_UP: &str = "others may be linked to the same entity, which would go with the first of them: \
     write `cascade_up` if that is meant, or let the other end have `delete_rule = cascade`";

/// What is wrong with cascading up where nobody shares.
pub(super) const DOES_NOT_CASCADE_UP: &str =
    "`cascade_up` is for a to-one end whose other end is to-many: write `cascade`";
