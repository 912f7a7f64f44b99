use backref::{Id, entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    #[relationship(backref = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn set(library: &mut Library, book: Id<Book>) -> backref::Result<()> {
    library.edit(book).set_author(book)?;
    Ok(())
}

fn main() {}
