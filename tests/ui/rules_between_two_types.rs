use backref::{entity, graph};

#[entity]
struct Author {
    #[relationship(back_populates = author, delete_rule = cascade_up)]
    books: ToMany<Book>,
    #[relationship(symmetric)]
    friends: ToMany<Book>,
    #[relationship(backref = owners, acyclic)]
    things: ToMany<Book>,
}

#[entity]
struct Book {
    #[relationship(back_populates = books, delete_rule = cascade)]
    author: ToOne<Author>,
    #[relationship(back_populates = next)]
    next: ToOne<Book>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
