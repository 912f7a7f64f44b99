use backref::{entity, graph};

#[entity]
struct Author {
    #[relationship(back_populates = editor)]
    books: ToMany<Book>,
}

#[entity]
struct Book {
    #[relationship(back_populates = books)]
    author: ToOne<Author>,
    #[relationship(back_populates = books)]
    editor: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
