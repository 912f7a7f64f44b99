use backref::{entity, graph};

#[entity(key = name, key = name)]
struct Author {
    name: String,
    #[relationship(backref = one(author), required, required)]
    books: ToMany<Book>,
    #[relationship(backref = one(writer), delete_rule = deny, delete_rule = cascade)]
    papers: ToMany<Book>,
}

#[entity]
struct Book {}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
