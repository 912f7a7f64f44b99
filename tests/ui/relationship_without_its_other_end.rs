use backref::{entity, graph};

#[entity]
struct Author {
    books: ToMany<Book>,
    #[relationship(delete_rule = cascade)]
    papers: ToMany<Book>,
    #[relationship(backref = author)]
    letters: Vec<Book>,
}

#[entity]
struct Book {}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
