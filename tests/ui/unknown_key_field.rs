use backref::{entity, graph};

#[entity(key = nam)]
struct Author {
    name: String,
    email: String,
}

#[entity(key = author, unique(place = (shelf, row)))]
struct Book {
    shelf: u32,
    #[relationship(backref = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
