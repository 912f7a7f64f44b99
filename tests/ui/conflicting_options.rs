use backref::{entity, graph};

#[entity]
struct Author {
    #[relationship(backref = author, back_populates = author)]
    books: ToMany<Book>,
    #[relationship(symmetric, acyclic)]
    friends: ToMany<Author>,
    #[relationship(backref = fans, order = none)]
    idol: ToOne<Author>,
    #[relationship(one_way = nullify, required)]
    home: ToOne<Book>,
}

#[entity]
struct Book {}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
