use backref::{entity, graph};

#[entity]
struct Author {
    #[relationship(back_populates = authors)]
    books: ToMany<Tag>,
}

#[entity]
struct Book {
    #[relationship(back_populates = books)]
    author: ToOne<Author>,
}

#[entity]
struct Tag {
    #[relationship(back_populates = books)]
    authors: ToMany<Author>,
}

graph! { struct Library { authors: Author, books: Book, tags: Tag } }

fn main() {}
