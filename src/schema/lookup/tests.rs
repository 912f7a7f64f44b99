//! What asking with the wrong name or type gives.

use crate::error::{ErrorKind, Result};
use crate::identity::Key;
use crate::schema::{EndInfo, Registry, Schema};

struct Author {
    name: String,
    born: u16,
}

struct Book;

fn library() -> Registry {
    let name = || Key::field(|author: &Author| &author.name);
    let mut schema = Schema::builder();
    schema
        .entity::<Author>("Author")
        .unique("email", name())
        .index("country", name())
        .ordered_index("born", Key::field(|author: &Author| &author.born))
        .key(name());
    schema.entity::<Book>("Book");
    schema.entity::<u8>("Tag");
    schema.entity::<u8>("Label");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .backref("books");
    schema.relationship("Book.tags").to_many("Tag").one_way();
    schema.build().expect("nothing is wrong")
}

#[track_caller]
fn check<H>(asked: Result<H>, kind: ErrorKind, message: &str) {
    let error = asked.err().expect("it is asked wrongly");
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), kind);
}

#[test]
fn handles_are_found_by_name_and_type() {
    let library = library();
    assert!(library.entity_type::<Author>("Author").is_ok());
    assert!(library.to_one::<Book, Author>("Book.author").is_ok());
    assert!(library.to_many::<Author, Book>("Author.books").is_ok());
    assert!(library.key::<Author, String>("Author").is_ok());
    assert!(library.unique::<Author, String>("Author.key").is_ok());
    assert!(library.unique::<Author, String>("Author.email").is_ok());
    assert!(library.index::<Author, String>("Author.country").is_ok());
    assert!(library.ordered_index::<Author, u16>("Author.born").is_ok());
}

#[test]
fn unknown_names_come_with_advice() {
    let library = library();
    let unknown = ErrorKind::UnknownName;
    check(
        library.entity_type::<Author>("author"),
        unknown,
        "there is no entity type author: did you mean Author?",
    );
    check(
        library.to_many::<Author, Book>("Author.works"),
        unknown,
        "Author has no end works: there is books",
    );
    check(
        library.to_many::<Author, Book>("Publisher.books"),
        unknown,
        "there is no entity type Publisher: there are Author, Book, Tag, Label",
    );
    check(
        library.to_many::<Author, Book>("books"),
        unknown,
        "\"books\" is no name here: write \"Type.name\", with one dot",
    );
    check(
        library.key::<Book, String>("Book"),
        unknown,
        "Book has no primary key: declare one with key(..)",
    );
    check(
        library.index::<Author, String>("Author.land"),
        unknown,
        "Author has no key or index land: there are key, email, country, born",
    );
}

#[test]
fn a_hidden_end_has_no_name() {
    check(
        library().to_many::<u8, Book>("Tag.~Book"),
        ErrorKind::UnknownName,
        "Tag has no end ~Book: there are none",
    );
}

#[test]
fn wrong_types_are_told_with_the_right_ones() {
    let library = library();
    let wrong = ErrorKind::WrongType;
    check(
        library.entity_type::<u32>("Tag"),
        wrong,
        "the payload of Tag is u8 and not u32: ask with the declared type",
    );
    check(
        library.to_one::<Book, u32>("Book.author"),
        wrong,
        &format!(
            "Book.author points at Author: the payload of Author is {} and not u32: \
             ask with the declared type",
            std::any::type_name::<Author>()
        ),
    );
    check(
        library.to_one::<Author, Book>("Author.books"),
        wrong,
        "Author.books is to-many: ask for it with to_many",
    );
    check(
        library.to_many::<Book, Author>("Book.author"),
        wrong,
        "Book.author is to-one: ask for it with to_one",
    );
    check(
        library.unique::<Author, String>("Author.born"),
        wrong,
        "Author.born is an ordered index: ask for it with ordered_index",
    );
    check(
        library.index::<Author, String>("Author.email"),
        wrong,
        "Author.email is a unique key: ask for it with unique",
    );
    check(
        library.ordered_index::<Author, u32>("Author.born"),
        wrong,
        "Author.born is by u16 and not by u32: ask with the declared type",
    );
    check(
        library.key::<u32, String>("Author"),
        wrong,
        &format!(
            "the payload of Author is {} and not u32: ask with the declared type",
            std::any::type_name::<Author>()
        ),
    );
}

#[test]
fn an_error_about_an_end_says_which() {
    let library = library();
    let end = library.find_end("Author.books").map(EndInfo::id);
    let error = library
        .to_one::<Author, Book>("Author.books")
        .expect_err("it is to-many");
    assert_eq!(error.end(), end);
}

#[test]
fn types_with_one_payload_have_no_typed_handles() {
    let library = library();
    let advice = "give each a newtype, or use the untyped face of the graph";
    check(
        library.entity_type::<u8>("Tag"),
        ErrorKind::WrongType,
        &format!("Tag and Label have the same payload, u8, so their typed ids would mix: {advice}"),
    );
    check(
        library.entity_type::<u8>("Label"),
        ErrorKind::WrongType,
        &format!("Label and Tag have the same payload, u8, so their typed ids would mix: {advice}"),
    );
    check(
        library.to_many::<Book, u8>("Book.tags"),
        ErrorKind::WrongType,
        &format!(
            "Book.tags points at Tag: \
             Tag and Label have the same payload, u8, so their typed ids would mix: {advice}"
        ),
    );
}

#[test]
fn a_keyed_end_is_asked_for_with_its_key() {
    let mut schema = Schema::builder();
    schema.entity::<Author>("Author");
    schema.entity::<Book>("Book");
    schema
        .relationship("Book.authors")
        .to_many("Author")
        .keyed_by(Key::field(|author: &Author| &author.born))
        .backref("books");
    let library = schema.build().expect("nothing is wrong");
    assert!(library.keyed::<Book, Author, u16>("Book.authors").is_ok());
    check(
        library.keyed::<Book, Author, u32>("Book.authors"),
        ErrorKind::WrongType,
        "Book.authors is keyed by u16 and not by u32: ask with the declared type",
    );
    check(
        library.keyed::<Author, Book, u16>("Author.books"),
        ErrorKind::WrongType,
        "Author.books has no key: declare it with keyed_by(..)",
    );
    check(
        library.keyed::<Book, Author, u16>("Book.author"),
        ErrorKind::UnknownName,
        "Book has no end author: did you mean authors?",
    );
}
