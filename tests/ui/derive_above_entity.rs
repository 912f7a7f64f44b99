use backref::{entity, graph};

#[derive(Debug, Clone)]
#[entity]
struct Author {
    name: String,
    #[relationship(backref = author)]
    books: ToMany<Book>,
}

#[entity]
struct Book {}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
