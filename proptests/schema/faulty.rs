//! Declarations that contradict themselves or each other.

use backref::{DeleteRule, EndBuilder, Key, Order, SchemaBuilder};

use super::{Shape, Thing, kind_name};
use crate::run::Dice;

/// Adds a fault for each code, and returns the names that must be told of.
pub(super) fn add_faults(schema: &mut SchemaBuilder, shape: &Shape, codes: &[u64]) -> Vec<String> {
    codes
        .iter()
        .enumerate()
        .map(|(at, &code)| {
            let mut dice = Dice::new(code);
            let owner = kind_name(dice.roll(shape.kinds()));
            let fault = dice.of(&FAULTS);
            fault(schema, &owner, &format!("x{at}"))
        })
        .collect()
}

/// Declares something faulty on the type `owner`, at an end of that name, and
/// returns what a problem must mention.
type Fault = fn(&mut SchemaBuilder, &str, &str) -> String;

const FAULTS: [Fault; 20] = [
    unknown_target,
    unknown_owner,
    no_inverse,
    inverse_missing,
    inverse_names_another,
    inverse_of_another_type,
    inverse_twice,
    backref_taken,
    symmetric_across_types,
    symmetric_and_acyclic,
    acyclic_across_types,
    cascade_up_the_tree,
    entity_twice,
    end_twice,
    two_orders,
    sorted_to_one,
    keyed_by_another_type,
    no_dot_in_the_name,
    key_twice,
    no_target,
];

fn unknown_target(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema.relationship(&name).to_one("Nobody").one_way();
    name
}

fn unknown_owner(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("Nobody.{end}");
    schema.relationship(&name).to_one(owner).one_way();
    name
}

fn no_inverse(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema.relationship(&name).to_many(owner);
    name
}

fn no_target(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema.relationship(&name).one_way();
    name
}

fn inverse_missing(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema
        .relationship(&name)
        .to_many(owner)
        .back_populates("nowhere");
    name
}

fn inverse_names_another(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = |part: &str| format!("{owner}.{end}{part}");
    let (b, c) = (format!("{end}b"), format!("{end}c"));
    schema
        .relationship(&name("a"))
        .to_one(owner)
        .back_populates(&b);
    schema
        .relationship(&name("b"))
        .to_many(owner)
        .back_populates(&c);
    schema
        .relationship(&name("c"))
        .to_one(owner)
        .back_populates(&b);
    name("a")
}

fn inverse_of_another_type(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let other = another_type(schema, end);
    let (a, b) = (format!("{owner}.{end}a"), format!("{other}.{end}b"));
    schema
        .relationship(&a)
        .to_one(&other)
        .back_populates(&format!("{end}b"));
    schema
        .relationship(&b)
        .to_many(&other)
        .back_populates(&format!("{end}a"));
    format!("{end}b")
}

fn inverse_twice(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema
        .relationship(&name)
        .to_many(owner)
        .symmetric()
        .one_way();
    name
}

fn backref_taken(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let taken = format!("{end}taken");
    schema
        .relationship(&format!("{owner}.{taken}"))
        .to_one(owner)
        .one_way();
    schema
        .relationship(&format!("{owner}.{end}"))
        .to_one(owner)
        .backref(&taken);
    format!("{owner}.{taken}")
}

fn symmetric_across_types(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let (other, name) = (another_type(schema, end), format!("{owner}.{end}"));
    schema.relationship(&name).to_many(&other).symmetric();
    name
}

fn symmetric_and_acyclic(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema
        .relationship(&name)
        .to_many(owner)
        .symmetric()
        .acyclic();
    name
}

fn acyclic_across_types(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let (other, name) = (another_type(schema, end), format!("{owner}.{end}"));
    schema
        .relationship(&name)
        .to_many(&other)
        .one_way()
        .acyclic();
    name
}

fn cascade_up_the_tree(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    let builder = schema.relationship(&name).to_one(owner);
    builder
        .backref(&format!("{end}s"))
        .delete_rule(DeleteRule::Cascade);
    name
}

fn entity_twice(schema: &mut SchemaBuilder, owner: &str, _end: &str) -> String {
    schema.entity::<Thing<0>>(owner);
    owner.to_owned()
}

fn end_twice(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    schema.relationship(&name).to_one(owner).one_way();
    schema.relationship(&name).to_many(owner).symmetric();
    name
}

fn two_orders(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    let rank = Key::field(|thing: &Thing<0>| &thing.0.rank);
    let end = schema.relationship(&name).to_many(owner).one_way();
    end.sorted_by(rank.clone()).keyed_by(rank);
    name
}

fn sorted_to_one(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let name = format!("{owner}.{end}");
    let rank = Key::field(|thing: &Thing<0>| &thing.0.rank);
    let end = schema.relationship(&name).to_one(owner).one_way();
    end.sorted_by(rank);
    name
}

fn keyed_by_another_type(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    let (other, name) = (another_type(schema, end), format!("{owner}.{end}"));
    let rank = Key::field(|thing: &Thing<1>| &thing.0.rank);
    let end = schema.relationship(&name).to_many(&other).one_way();
    end.keyed_by(rank);
    name
}

fn no_dot_in_the_name(schema: &mut SchemaBuilder, owner: &str, end: &str) -> String {
    schema.relationship(end).to_one(owner).one_way();
    end.to_owned()
}

fn key_twice(schema: &mut SchemaBuilder, _owner: &str, end: &str) -> String {
    let name = format!("K{end}");
    let key = || Key::field(|thing: &Thing<1>| &thing.0.key);
    schema.entity::<Thing<1>>(&name).key(key()).key(key());
    name
}

fn another_type(schema: &mut SchemaBuilder, end: &str) -> String {
    let name = format!("Other{end}");
    schema.entity::<Thing<2>>(&name);
    name
}

/// Any declaration at all, with names from a small pool.
pub(super) fn declare_at_random(schema: &mut SchemaBuilder, dice: &mut Dice) {
    if dice.once_in(3) {
        let entity = schema.entity::<Thing<0>>(dice.of(&NAMES)).cloneable();
        let key = || Key::field(|thing: &Thing<0>| &thing.0.key);
        match dice.roll(5) {
            0 => entity.key(key()),
            1 => entity.unique(dice.of(&NAMES), key()),
            2 => entity.index(dice.of(&NAMES), key()),
            3 => entity.ordered_index(dice.of(&NAMES), key()),
            _ => entity,
        };
        return;
    }
    let name = format!(
        "{}{}{}",
        dice.of(&NAMES),
        dice.of(&[".", ".", ".", "", ".."]),
        dice.of(&NAMES)
    );
    let mut end = schema.relationship(&name);
    for _ in 0..dice.roll(6) {
        end = option_at_random(end, dice);
    }
}

const NAMES: [&str; 7] = ["A", "B", "C", "a", "b", "", "\u{e9}\"\n"];

const RULES: [DeleteRule; 4] = [
    DeleteRule::Nullify,
    DeleteRule::Cascade,
    DeleteRule::CascadeUp,
    DeleteRule::Deny,
];

fn option_at_random<'s>(end: EndBuilder<'s>, dice: &mut Dice) -> EndBuilder<'s> {
    match dice.roll(15) {
        0 | 1 => end.to_one(dice.of(&NAMES)),
        2 | 3 => end.to_many(dice.of(&NAMES)),
        4 => end.back_populates(dice.of(&NAMES)),
        5 => end.backref(dice.of(&NAMES)),
        6 => end.backref_one(dice.of(&NAMES)),
        7 => end.symmetric(),
        8 => end.one_way(),
        9 => end.one_way_on_delete(dice.of(&RULES)),
        10 => end.delete_rule(dice.of(&RULES)),
        11 if dice.once_in(2) => end.required(),
        11 => end.acyclic(),
        12 => end.sorted_by(Key::field(|thing: &Thing<0>| &thing.0.rank)),
        13 => end.keyed_by(Key::field(|thing: &Thing<1>| &thing.0.key)),
        _ if dice.once_in(2) => end.order(Order::None),
        _ => end.inverse(|back| back.required().order(Order::None)),
    }
}
