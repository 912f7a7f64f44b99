//! The model that the examples in these docs share.

#[cfg(feature = "macros")]
pub mod typed;
#[cfg(feature = "macros")]
pub mod weighted;

use crate::{
    DeleteRule, EntityType, Graph, Key, OrderedIndex, Result, Schema, ToMany, ToOne, UniqueKey,
};

/// Who writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Author {
    pub name: String,
    pub email: Option<String>,
}

/// What is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    pub isbn: String,
    pub title: String,
    pub year: u16,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    pub label: String,
}

/// A graph of them, and the handles of its schema.
#[derive(Debug)]
pub struct Library {
    pub graph: Graph,
    pub author: EntityType<Author>,
    pub book: EntityType<Book>,
    pub tag: EntityType<Tag>,
    pub book_author: ToOne<Book, Author>,
    pub author_books: ToMany<Author, Book>,
    pub book_tags: ToMany<Book, Tag>,
    pub tag_books: ToMany<Tag, Book>,
    pub by_name: UniqueKey<Author, String>,
    pub by_email: UniqueKey<Author, String>,
    pub by_isbn: UniqueKey<Book, String>,
    pub by_year: OrderedIndex<Book, u16>,
}

impl Library {
    pub fn new() -> Result<Self> {
        let mut schema = Schema::builder();
        schema
            .entity::<Author>("Author")
            .key(Key::field(|author: &Author| &author.name))
            .unique(
                "email",
                Key::optional(|author: &Author| author.email.as_ref()),
            )
            .cloneable()
            .comparable();
        schema
            .entity::<Book>("Book")
            .key(Key::field(|book: &Book| &book.isbn))
            .ordered_index("year", Key::field(|book: &Book| &book.year))
            .cloneable()
            .comparable();
        schema
            .entity::<Tag>("Tag")
            .key(Key::field(|tag: &Tag| &tag.label))
            .cloneable()
            .comparable();
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Author.books")
            .to_many("Book")
            .back_populates("author")
            .delete_rule(DeleteRule::Cascade);
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .backref("books");
        let registry = schema.build()?;
        Ok(Self {
            author: registry.entity_type("Author")?,
            book: registry.entity_type("Book")?,
            tag: registry.entity_type("Tag")?,
            book_author: registry.to_one("Book.author")?,
            author_books: registry.to_many("Author.books")?,
            book_tags: registry.to_many("Book.tags")?,
            tag_books: registry.to_many("Tag.books")?,
            by_name: registry.key("Author")?,
            by_email: registry.unique("Author.email")?,
            by_isbn: registry.key("Book")?,
            by_year: registry.ordered_index("Book.year")?,
            graph: Graph::new(registry),
        })
    }
}

impl Author {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: None,
        }
    }
}

impl Book {
    pub fn new(isbn: &str, title: &str, year: u16) -> Self {
        Self {
            isbn: isbn.to_owned(),
            title: title.to_owned(),
            year,
        }
    }
}

impl Tag {
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
        }
    }
}
