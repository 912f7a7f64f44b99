use backref::{entity, graph};

#[entity]
struct Author {
    #[relationship(backref = one(author), order = sorted_by(yeer))]
    books: ToMany<Book>,
    #[relationship(backref = fans, max = 3, storage = linked)]
    idol: ToOne<Author>,
    #[relationship(backref = one(keeper), orphans = keep)]
    things: ToMany<Book>,
    #[relationship(backref = many(both), min = few)]
    all: ToMany<(Book, Author)>,
}

#[entity]
struct Book {
    year: u16,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
