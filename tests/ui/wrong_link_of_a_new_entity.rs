use backref::{Id, entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    #[relationship(backref = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn insert(library: &mut Library, book: Id<Book>) -> backref::Result<()> {
    library.insert(Book {}.with_author(book))?;
    library.insert(Author {}.with_books([Author {}]))?;
    Ok(())
}

fn main() {}
