//! Diagrams of a schema: Mermaid and Graphviz.
//!
//! Names are whatever users like: each format gets them escaped.

use std::fmt::{self, Write};

use super::info::{EndInfo, EntityInfo, KeyInfo};
use super::{Cardinality, KeyKind, Registry};

impl Registry {
    /// The schema as a Mermaid `erDiagram`, the same text for the same schema.
    ///
    /// The mark beside a type tells how many of its entities one of the other
    /// type may and must have: an end that needs links shows as `|`, any other as
    /// `o`. `min` and `max` stand beside the name of the end, as in `2..11`.
    /// One-way ends are dashed.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// schema.entity::<&str>("Author");
    /// schema.entity::<&str>("Book");
    /// schema.relationship("Book.author").to_one("Author").backref("books").required();
    /// let registry = schema.build()?;
    ///
    /// assert_eq!(registry.to_mermaid(), r#"erDiagram
    ///     "Author"
    ///     "Book"
    ///     "Book" }o--|| "Author" : "author / books"
    /// "#);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        text(|out| mermaid(self, out))
    }

    /// The schema as a Graphviz `digraph`, the same text for the same schema.
    ///
    /// A node lists the keys and ends of its type; an edge stands for a
    /// relationship, with the marks of [`to_mermaid`](Self::to_mermaid).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// # schema.relationship("Book.author").to_one("Author").backref("books").required();
    /// # let registry = schema.build()?;
    /// let dot = registry.to_graphviz();
    /// assert!(dot.starts_with("digraph schema {"));
    /// assert!(dot.contains("e1 -> e0 [label=\"author / books\""));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn to_graphviz(&self) -> String {
        text(|out| graphviz(self, out))
    }
}

fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    write(&mut out).expect("a string can be written to");
    out
}

fn mermaid(registry: &Registry, out: &mut String) -> fmt::Result {
    writeln!(out, "erDiagram")?;
    for entity in registry.entities() {
        mermaid_entity(entity, out)?;
    }
    for Relationship { left, right } in relationships(registry) {
        let (owner, target) = (mermaid_name(left.owner()), mermaid_name(left.target()));
        let owner_mark = match Mark::back(left, right) {
            Mark::OptionalOne => "|o",
            Mark::One => "||",
            Mark::OptionalMany => "}o",
            Mark::Many => "}|",
        };
        let target_mark = match Mark::of(left) {
            Mark::OptionalOne => "o|",
            Mark::One => "||",
            Mark::OptionalMany => "o{",
            Mark::Many => "|{",
        };
        let line = if left.is_one_way() { ".." } else { "--" };
        let label = label(left, right, Format::Mermaid);
        writeln!(
            out,
            "    {owner} {owner_mark}{line}{target_mark} {target} : \"{label}\""
        )?;
    }
    Ok(())
}

fn mermaid_entity(entity: EntityInfo<'_>, out: &mut String) -> fmt::Result {
    let name = mermaid_name(entity);
    if entity.keys().len() == 0 {
        return writeln!(out, "    {name}");
    }
    writeln!(out, "    {name} {{")?;
    for key in entity.keys() {
        let kind = kind(key);
        let word = mermaid_word(key.name());
        write!(out, "        {kind} {word}")?;
        match key.kind() {
            KeyKind::Primary => write!(out, " PK")?,
            KeyKind::Unique => write!(out, " UK")?,
            KeyKind::Hashed | KeyKind::Ordered => {}
        }
        if word != key.name() {
            write!(out, " \"{}\"", escaped(key.name(), Format::Mermaid))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "    }}")
}

fn mermaid_name(entity: EntityInfo<'_>) -> String {
    format!("\"{}\"", escaped(entity.name(), Format::Mermaid))
}

/// The name of an attribute, which Mermaid has no quotes for: a word that is
/// none of its own. It folds case.
fn mermaid_word(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut word: String = name.chars().map(plain).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        word.insert(0, '_');
    }
    if ["pk", "fk", "uk"].contains(&word.to_ascii_lowercase().as_str()) {
        word.push('_');
    }
    word
}

fn graphviz(registry: &Registry, out: &mut String) -> fmt::Result {
    writeln!(out, "digraph schema {{")?;
    writeln!(out, "    graph [rankdir=LR];")?;
    writeln!(out, "    node [shape=record];")?;
    writeln!(out, "    edge [dir=both];")?;
    for entity in registry.entities() {
        graphviz_entity(entity, out)?;
    }
    for Relationship { left, right } in relationships(registry) {
        let (owner, target) = (left.owner().id().index(), left.target().id().index());
        let label = label(left, right, Format::Graphviz);
        let head = graphviz_mark(Mark::of(left));
        let tail = graphviz_mark(Mark::back(left, right));
        let style = if left.is_one_way() { "dashed" } else { "solid" };
        writeln!(
            out,
            "    e{owner} -> e{target} \
             [label=\"{label}\", arrowhead={head}, arrowtail={tail}, style={style}];"
        )?;
    }
    writeln!(out, "}}")
}

/// A record: the name, the keys, the ends.
fn graphviz_entity(entity: EntityInfo<'_>, out: &mut String) -> fmt::Result {
    let name = escaped(entity.name(), Format::Graphviz);
    write!(out, "    e{} [label=\"{{{name}|", entity.id().index())?;
    for key in entity.keys() {
        let (name, kind) = (escaped(key.name(), Format::Graphviz), kind(key));
        write!(out, "{name}: {kind}\\l")?;
    }
    write!(out, "|")?;
    for end in entity.ends() {
        let name = escaped(end.name(), Format::Graphviz);
        let targets = end.variants().map(|end| end.target().name());
        let targets: Vec<String> = targets
            .map(|name| escaped(name, Format::Graphviz))
            .collect();
        let target = targets.join(" or ");
        let number = match end.cardinality() {
            Cardinality::One => "one",
            Cardinality::Many => "many",
        };
        let options = options(end);
        write!(out, "{name}: {number} {target}{options}\\l")?;
    }
    writeln!(out, "}}\"];")
}

/// What is declared of an end besides its cardinality, in words.
fn options(end: EndInfo<'_>) -> String {
    let mut options = String::new();
    if end.is_required() {
        options.push_str(", required");
    }
    if let Some(limits) = limits(end) {
        options.push_str(", ");
        options.push_str(&limits);
    }
    if end.is_contained() {
        options.push_str(", contained");
    }
    if end.deletes_orphans() {
        options.push_str(", deletes orphans");
    }
    options
}

/// `2..11`, `2..` or `..11`: how many links there must and may be.
fn limits(end: EndInfo<'_>) -> Option<String> {
    let [min, max] = [end.min(), end.max()].map(|limit| limit.map(|limit| limit.to_string()));
    (min.is_some() || max.is_some())
        .then(|| format!("{}..{}", min.unwrap_or_default(), max.unwrap_or_default()))
}

/// The shape nearest the node comes first.
fn graphviz_mark(mark: Mark) -> &'static str {
    match mark {
        Mark::OptionalOne => "teeodot",
        Mark::One => "teetee",
        Mark::OptionalMany => "crowodot",
        Mark::Many => "crowtee",
    }
}

/// The end declared first and its inverse, itself if it is symmetric.
struct Relationship<'a> {
    left: EndInfo<'a>,
    right: Option<EndInfo<'a>>,
}

fn relationships(registry: &Registry) -> impl Iterator<Item = Relationship<'_>> {
    (0..registry.relationships()).filter_map(|number| {
        let left = registry.relationship(number)?;
        let inverse = registry.end_at(left.inverse).filter(|end| !end.hidden);
        Some(Relationship {
            left: registry.info(left),
            right: inverse.map(|right| registry.info(right)),
        })
    })
}

/// How many entities an end may and must have.
#[derive(Clone, Copy)]
enum Mark {
    OptionalOne,
    One,
    OptionalMany,
    Many,
}

impl Mark {
    fn of(end: EndInfo<'_>) -> Self {
        let needs_links = end.is_required() || end.min().is_some_and(|min| min > 0);
        match (end.cardinality(), needs_links) {
            (Cardinality::One, false) => Self::OptionalOne,
            (Cardinality::One, true) => Self::One,
            (Cardinality::Many, false) => Self::OptionalMany,
            (Cardinality::Many, true) => Self::Many,
        }
    }

    /// That of the inverse. The back of a one-way end is to-many, but a part
    /// has one container.
    fn back(left: EndInfo<'_>, right: Option<EndInfo<'_>>) -> Self {
        match right {
            Some(right) => Self::of(right),
            None if left.is_contained() => Self::OptionalOne,
            None => Self::OptionalMany,
        }
    }
}

/// The names of both ends, the left one first.
fn label(left: EndInfo<'_>, right: Option<EndInfo<'_>>, format: Format) -> String {
    let name = |end: EndInfo<'_>| {
        let limits = limits(end).map_or_else(String::new, |limits| format!(" {limits}"));
        format!("{}{limits}", escaped(end.name(), format))
    };
    let (left, right) = (name(left), right.filter(|right| right.id() != left.id()));
    match right {
        Some(right) => format!("{left} / {}", name(right)),
        None => left,
    }
}

fn kind(key: KeyInfo<'_>) -> &'static str {
    match key.kind() {
        KeyKind::Primary => "primary",
        KeyKind::Unique => "unique",
        KeyKind::Hashed => "index",
        KeyKind::Ordered => "ordered",
    }
}

/// How a format writes a character that could mean something to it.
#[derive(Clone, Copy)]
enum Format {
    Mermaid,
    Graphviz,
}

impl Format {
    /// By its number. A backslash means something to Graphviz even so, and is
    /// doubled.
    fn escape(self, c: char) -> String {
        let number = u32::from(c);
        match (self, c) {
            (Self::Mermaid, _) => format!("#{number};"),
            (Self::Graphviz, '\\') => "&#92;&#92;".to_owned(),
            (Self::Graphviz, _) => format!("&#{number};"),
        }
    }
}

/// The name with all that could mean something escaped.
///
/// A control character, whose number is not welcome in SVG, becomes its picture.
fn escaped(name: &str, format: Format) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\0'..='\x1f' => out.extend(char::from_u32(PICTURES + u32::from(c))),
            c if is_harmless(c) => out.push(c),
            c => out.push_str(&format.escape(c)),
        }
    }
    out
}

/// White space is not: a name could spell a statement of Mermaid's.
fn is_harmless(c: char) -> bool {
    let beyond_ascii = || !c.is_ascii() && !c.is_whitespace() && !c.is_control() && c != '\u{feff}';
    c.is_ascii_alphanumeric() || c == '_' || c == '-' || beyond_ascii()
}

/// Where the pictures of control characters begin: ␀, ␁, ␂ and so on.
const PICTURES: u32 = 0x2400;

#[cfg(test)]
mod tests;
