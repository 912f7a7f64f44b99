//! How much code the macros emit, held against what was recorded.
//!
//! Lines as a formatter writes them, without documentation and blank lines.
//! Users compile all of it in each build, so it grows only on purpose.

use proc_macro2::TokenStream;

use crate::entity::entity;
use crate::graph::graph;

/// What each thing that a user writes adds. To record new numbers on purpose,
/// put what the failing test says in the place of what is here, and say why in
/// the commit.
const RECORDED: [(&str, i64); 14] = [
    ("an entity with nothing", 187),
    ("a payload field", 16),
    ("a key", 6),
    ("a unique field", 2),
    ("an indexed field", 2),
    ("a to-one end", 85),
    ("a to-many end", 99),
    ("a required to-one end", 122),
    ("a symmetric end", 99),
    ("a one-way end", 85),
    ("a to-many end made by a backref", 51),
    ("a to-one end made by a backref", 37),
    ("a graph of one type", 364),
    ("a type in a graph", 11),
];

fn measured() -> [i64; RECORDED.len()] {
    let to_one = each("#[relationship(back_populates = b_N)] a_N: ToOne<Other>");
    let to_many = each("#[relationship(back_populates = b_N)] a_N: ToMany<Other>");
    [
        of_entity("", ""),
        each("a_N: u32"),
        of_entity("key = a", "a: u32") - of_entity("", "a: u32"),
        each("#[unique] a_N: u32") - each("a_N: u32"),
        each("#[index] a_N: u32") - each("a_N: u32"),
        to_one,
        to_many,
        each("#[relationship(back_populates = b_N, required)] a_N: ToOne<Other>"),
        each("#[relationship(symmetric)] a_N: ToMany<Thing>"),
        each("#[relationship(one_way)] a_N: ToOne<Other>"),
        each("#[relationship(backref = b_N)] a_N: ToOne<Other>") - to_one,
        each("#[relationship(backref = one(b_N))] a_N: ToMany<Other>") - to_many,
        of_graph(1),
        (of_graph(11) - of_graph(1)) / 10,
    ]
}

#[test]
fn no_more_code_is_emitted_than_was_recorded() {
    let now = RECORDED.iter().zip(measured());
    let differs =
        |&(&(_, recorded), now): &(&(&str, i64), i64)| (now - recorded).abs() * 10 > recorded;
    let off: Vec<_> = now.clone().filter(differs).collect();
    let table = now.map(|((what, _), now)| format!("    (\"{what}\", {now}),\n"));
    assert!(
        off.is_empty(),
        "more than a tenth off what was recorded in macros/src/expansion.rs: {off:?}.\n\
         If that is meant, record it there:\n{}",
        table.collect::<String>()
    );
}

#[test]
fn nothing_grows_faster_than_what_is_written() {
    for field in [
        "a_N: u32",
        "#[relationship(back_populates = b_N)] a_N: ToOne<Other>",
        "#[relationship(backref = b_N)] a_N: ToMany<Other>",
    ] {
        assert_eq!(each(field), among_a_hundred(field), "{field}");
    }
}

/// What a field adds: an eleventh of eleven, so that what comes with the first
/// is left out.
fn each(field: &str) -> i64 {
    (of_fields(field, 11) - of_fields(field, 1)) / 10
}

fn among_a_hundred(field: &str) -> i64 {
    (of_fields(field, 100) - of_fields(field, 90)) / 10
}

fn of_fields(field: &str, count: usize) -> i64 {
    let fields = (0..count).map(|number| field.replace("_N", &format!("_{number}")));
    of_entity("", &fields.collect::<Vec<_>>().join(", "))
}

fn of_entity(options: &str, fields: &str) -> i64 {
    lines(entity(
        tokens(options),
        &tokens(&format!("pub struct Thing {{ {fields} }}")),
    ))
}

fn of_graph(types: usize) -> i64 {
    let types = (0..types).map(|number| format!("list_{number}: Type{number}"));
    let types = types.collect::<Vec<_>>().join(", ");
    lines(graph(tokens(&format!(
        "[::backref] pub struct Model {{ {types} }}"
    ))))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("it is Rust")
}

fn lines(emitted: TokenStream) -> i64 {
    let file = syn::parse2(emitted).expect("the macros emit items");
    let text = prettyplease::unparse(&file);
    assert!(!text.contains("compile_error"), "{text}");
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let count = text.lines().map(str::trim).filter(is_code).count();
    i64::try_from(count).expect("it is short")
}
