use backref::{entity, graph};

#[entity(keys = name)]
struct Author {
    name: String,
    #[relationship(back_populate = author)]
    books: ToMany<Book>,
    #[relationship(backref = author, delete_rule = vanish)]
    papers: ToMany<Book>,
    #[relationship(backref = writer, order = random)]
    letters: ToMany<Book>,
}

#[entity]
struct Book {}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
