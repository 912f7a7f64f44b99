//! Whole diagrams, and names that would break them.

use crate::identity::Key;
use crate::schema::{DeleteRule, EndOptions, Order, Registry, Schema};

struct Author {
    name: String,
}

fn library() -> Registry {
    let name = || Key::field(|author: &Author| &author.name);
    let mut schema = Schema::builder();
    schema
        .entity::<Author>("Author")
        .key(name())
        .unique("email", name())
        .index("country", name())
        .ordered_index("born", name());
    schema.entity::<u8>("Book");
    schema.entity::<u16>("Image");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .back_populates("books")
        .required();
    schema
        .relationship("Author.books")
        .to_many("Book")
        .back_populates("author")
        .delete_rule(DeleteRule::Cascade)
        .order(Order::None);
    schema
        .relationship("Author.friends")
        .to_many("Author")
        .symmetric();
    schema.relationship("Book.cover").to_one("Image").one_way();
    schema
        .relationship("Book.sequel")
        .to_one("Book")
        .backref_one("prequel")
        .acyclic();
    schema
        .relationship("Book.readers")
        .to_many("Author")
        .backref("read")
        .inverse(EndOptions::required);
    schema.build().expect("nothing is wrong")
}

#[test]
fn mermaid_shows_keys_and_crows_feet() {
    let expected = r#"erDiagram
    "Author" {
        primary key PK
        unique email UK
        index country
        ordered born
    }
    "Book"
    "Image"
    "Book" }o--|| "Author" : "author / books"
    "Author" }o--o{ "Author" : "friends"
    "Book" }o..o| "Image" : "cover"
    "Book" |o--o| "Book" : "sequel / prequel"
    "Book" }|--o{ "Author" : "readers / read"
"#;
    assert_eq!(library().to_mermaid(), expected);
}

#[test]
fn graphviz_shows_keys_ends_and_crows_feet() {
    let expected = r#"digraph schema {
    graph [rankdir=LR];
    node [shape=record];
    edge [dir=both];
    e0 [label="{Author|key: primary\lemail: unique\lcountry: index\lborn: ordered\l|books: many Book\lfriends: many Author\lread: many Book, required\l}"];
    e1 [label="{Book||author: one Author, required\lcover: one Image\lsequel: one Book\lprequel: one Book\lreaders: many Author\l}"];
    e2 [label="{Image||}"];
    e1 -> e0 [label="author / books", arrowhead=teetee, arrowtail=crowodot, style=solid];
    e0 -> e0 [label="friends", arrowhead=crowodot, arrowtail=crowodot, style=solid];
    e1 -> e2 [label="cover", arrowhead=teeodot, arrowtail=crowodot, style=dashed];
    e1 -> e1 [label="sequel / prequel", arrowhead=teeodot, arrowtail=teeodot, style=solid];
    e1 -> e0 [label="readers / read", arrowhead=crowodot, arrowtail=crowtee, style=solid];
}
"#;
    assert_eq!(library().to_graphviz(), expected);
}

#[test]
fn an_empty_schema_has_an_empty_diagram() {
    let registry = Schema::builder().build().expect("nothing is wrong");
    assert_eq!(registry.to_mermaid(), "erDiagram\n");
    let lines = registry.to_graphviz().lines().count();
    assert_eq!(lines, 5);
}

/// Names that mean something to one of the two formats.
const ODD: &[&str] = &[
    "\"",
    "\\",
    "%%",
    "\n",
    "\0",
    "}{",
    "<b>",
    "|",
    "direction TB",
    "&amp;",
    "#35;",
    "a;b",
    "pk",
    "UK",
    "9",
    "one",
    "to",
    "title",
    "u",
    "style",
    "a\u{a0}b",
    "\u{2028}",
    "Straße",
    "作者",
    "\u{feff}",
    "🦀",
    "`",
    "~",
    "*",
    "[x]",
    "(x)",
    "a:b",
    "a,b",
    "'",
    "-->",
    "///",
];

fn odd() -> Registry {
    let mut schema = Schema::builder();
    for name in ODD {
        schema
            .entity::<String>(name)
            .unique(name, Key::field(|payload: &String| payload));
        schema
            .relationship(&format!("{name}.{name}"))
            .to_many(name)
            .symmetric();
    }
    schema.build().expect("any name will do")
}

/// What stands in the quotes of a line, every second one from the first.
fn quoted(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .collect()
}

#[test]
fn any_name_gives_a_mermaid_diagram() {
    let text = odd().to_mermaid();
    assert_eq!(text.lines().count(), 1 + ODD.len() * 4);
    assert!(
        text.lines().all(|line| line.matches('"').count() % 2 == 0),
        "{text}"
    );
    for name in quoted(&text) {
        let safe = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-#;".contains(c);
        assert!(!name.is_empty() && name.chars().all(safe), "{name}");
    }
    let attributes = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("unique "));
    for word in attributes.filter_map(|line| line.split(' ').next()) {
        let safe = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(
            word.chars().all(safe) && !["pk", "UK", "9"].contains(&word),
            "{word}"
        );
    }
    let mut names: Vec<&str> = quoted(&text);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ODD.len(), "names that differ stay different");
    assert!(text.contains("unique pk_ UK \"pk\""), "{text}");
    assert!(text.contains("\"direction#32;TB\" }o--o{"), "{text}");
}

#[test]
fn any_name_gives_a_graphviz_diagram() {
    let text = odd().to_graphviz();
    assert!(text.contains("{&#92;&#92;|"), "{text}");
    assert_eq!(text.lines().count(), 5 + ODD.len() * 2);
    for label in quoted(&text) {
        let safe = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-&#;".contains(c);
        let ours = |c: char| "{}|:, \\".contains(c);
        assert!(label.chars().all(|c| safe(c) || ours(c)), "{label}");
        assert!(
            label.matches('|').count() == 2 || !label.contains('{'),
            "{label}"
        );
        assert_eq!(
            label.matches('\\').count(),
            label.matches("\\l").count(),
            "{label}"
        );
    }
}

#[test]
fn diagrams_are_the_same_each_time() {
    assert_eq!(library().to_mermaid(), library().to_mermaid());
    assert_eq!(library().to_graphviz(), library().to_graphviz());
}
