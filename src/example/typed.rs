//! The same model, declared by the macros.

use crate::{entity, graph};

/// Who writes.
#[entity(key = name)]
#[derive(Clone, Debug, PartialEq)]
pub struct Author {
    pub name: String,
    #[unique]
    pub email: Option<String>,
    /// In shelf order.
    #[relationship(back_populates = author, delete_rule = cascade)]
    pub books: ToMany<Book>,
}

/// What is written.
#[entity(key = isbn)]
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    pub isbn: String,
    pub title: String,
    #[index(ordered)]
    pub year: u16,
    #[relationship(back_populates = books)]
    pub author: ToOne<Author>,
    #[relationship(backref = many(books, order = none))]
    pub tags: ToMany<Tag>,
}

/// What it is about.
#[entity(key = label)]
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    pub label: String,
}

graph! {
    /// A graph of them.
    pub struct Library { authors: Author, books: Book, tags: Tag }
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
