//! What the macros say to the schema: every option, read back.

use backref::{Cardinality, DeleteRule, EndInfo, KeyKind, Order, entity, graph};

#[entity(key = (shelf, place), unique(titled = (title, year)), index(by_year = year), ordered_index(by_page = (pages, year)))]
#[derive(Clone, PartialEq)]
struct Book {
    shelf: u32,
    place: u32,
    title: String,
    year: u16,
    pages: u32,
    #[unique]
    isbn: Option<String>,
    #[relationship(back_populates = books, required, delete_rule = cascade_up)]
    author: ToOne<Author>,
    #[relationship(backref = many(books, order = none, delete_rule = deny), order = none)]
    tags: ToMany<Tag>,
    #[relationship(backref = one(cover_of, required))]
    cover: ToOne<Image>,
    #[relationship(one_way)]
    see_also: ToMany<Book>,
    #[relationship(one_way = cascade)]
    printed_from: ToOne<Image>,
    #[relationship(symmetric)]
    like: ToMany<Book>,
    #[relationship(symmetric)]
    twin: ToOne<Book>,
    #[relationship(back_populates = after, acyclic)]
    before: ToMany<Book>,
    #[relationship(back_populates = before)]
    after: ToMany<Book>,
}

#[entity(name = "Writer", key = name)]
struct Author {
    name: String,
    #[relationship(back_populates = author, delete_rule = cascade, order = insertion)]
    books: ToMany<Book>,
}

#[entity]
struct Tag {
    #[index]
    label: String,
    #[index(ordered)]
    weight: u8,
}

#[entity]
struct Image {}

graph! { struct Library { authors: Author, books: Book, tags: Tag, images: Image } }

fn end(name: &str) -> EndInfo<'static> {
    Library::registry()
        .find_end(name)
        .unwrap_or_else(|| panic!("there is no {name}"))
}

#[test]
fn ends_have_their_cardinalities_and_inverses() {
    let told = |name| {
        let end = end(name);
        (end.cardinality(), end.inverse().map(EndInfo::full_name))
    };
    let inverse = |name: &str| Some(name.to_owned());
    assert_eq!(
        told("Book.author"),
        (Cardinality::One, inverse("Writer.books"))
    );
    assert_eq!(
        told("Writer.books"),
        (Cardinality::Many, inverse("Book.author"))
    );
    assert_eq!(told("Tag.books"), (Cardinality::Many, inverse("Book.tags")));
    assert_eq!(
        told("Image.cover_of"),
        (Cardinality::One, inverse("Book.cover"))
    );
    assert_eq!(told("Book.see_also"), (Cardinality::Many, None));
    assert_eq!(told("Book.like"), (Cardinality::Many, inverse("Book.like")));
    assert_eq!(
        told("Book.after"),
        (Cardinality::Many, inverse("Book.before"))
    );
}

#[test]
fn options_reach_the_end_they_are_for() {
    assert_eq!(end("Book.author").delete_rule(), DeleteRule::CascadeUp);
    assert_eq!(end("Writer.books").delete_rule(), DeleteRule::Cascade);
    assert_eq!(end("Tag.books").delete_rule(), DeleteRule::Deny);
    assert!(end("Book.author").is_required());
    assert!(end("Image.cover_of").is_required());
    assert!(!end("Book.cover").is_required());
    assert!(end("Book.before").is_acyclic());
    assert!(end("Book.after").is_acyclic());
    assert_eq!(end("Book.tags").order(), Order::None);
    assert_eq!(end("Tag.books").order(), Order::None);
    assert_eq!(end("Writer.books").order(), Order::Insertion);
    assert!(end("Book.see_also").is_one_way());
    assert!(end("Book.twin").is_symmetric());
}

#[test]
fn handles_are_those_of_the_registry() -> backref::Result<()> {
    let registry = Library::registry();
    assert_eq!(
        Book::AUTHOR.untyped(),
        registry.to_one::<Book, Author>("Book.author")?.untyped()
    );
    assert_eq!(
        Author::BOOKS.untyped(),
        registry.to_many::<Author, Book>("Writer.books")?.untyped()
    );
    assert_eq!(
        Tag::BOOKS.untyped(),
        registry.to_many::<Tag, Book>("Tag.books")?.untyped()
    );
    assert_eq!(
        Image::COVER_OF.untyped(),
        registry.to_one::<Image, Book>("Image.cover_of")?.untyped()
    );
    assert_eq!(
        Book::LIKE.untyped(),
        registry.to_many::<Book, Book>("Book.like")?.untyped()
    );
    assert_eq!(
        Book::AFTER.untyped(),
        registry.to_many::<Book, Book>("Book.after")?.untyped()
    );
    Ok(())
}

#[test]
fn keys_are_declared_in_order() {
    let book = Library::registry()
        .find_entity("Book")
        .expect("it is declared");
    let keys: Vec<_> = book
        .keys()
        .map(|key| (key.name().to_owned(), key.kind()))
        .collect();
    let expected = [
        ("key", KeyKind::Primary),
        ("titled", KeyKind::Unique),
        ("by_year", KeyKind::Hashed),
        ("by_page", KeyKind::Ordered),
        ("isbn", KeyKind::Unique),
    ];
    assert_eq!(keys, expected.map(|(name, kind)| (name.to_owned(), kind)));
}

#[test]
fn a_typed_schema_draws_itself() {
    let drawing = Library::registry().to_mermaid();
    assert!(drawing.starts_with("erDiagram"), "{drawing}");
    assert!(drawing.contains("Writer"), "{drawing}");
}
