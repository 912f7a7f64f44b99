use backref::{entity, graph};

#[entity]
struct Book {
    #[relationship(backref = books)]
    tags: ToMany<Tag>,
}

#[entity]
struct Tag {}

graph! { struct Library { books: Book } }

fn main() {}
