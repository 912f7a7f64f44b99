use backref::{Id, entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    #[relationship(backref = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn push(library: &mut Library, author: Id<Author>) -> backref::Result<()> {
    library.edit(author).books_mut().push(author)?;
    Ok(())
}

fn main() {}
