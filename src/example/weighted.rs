//! A model whose links have data.

use crate::{entity, graph};

/// What is written.
#[entity]
#[derive(Clone, Debug)]
pub struct Book {
    pub title: &'static str,
    /// What it is about, and how much.
    #[relationship(backref = books, data = u8)]
    pub tags: ToMany<Tag>,
    /// What it is, and how surely.
    #[relationship(backref = members, data = u8)]
    pub genre: ToOne<Tag>,
}

/// What it is about.
#[entity]
#[derive(Clone, Debug)]
pub struct Tag {
    pub label: &'static str,
}

graph! {
    /// A graph of them.
    pub struct Library { books: Book, tags: Tag }
}
