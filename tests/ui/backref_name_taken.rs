use backref::{entity, graph};

#[entity]
struct Book {
    #[relationship(backref = books)]
    tags: ToMany<Tag>,
}

#[entity]
struct Tag {
    #[relationship(backref = best_of)]
    books: ToMany<Book>,
}

graph! { struct Library { books: Book, tags: Tag } }

fn main() {}
