use backref::{entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    #[relationship(back_populates = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
