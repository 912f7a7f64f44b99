use backref::{Id, entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    title: String,
    #[relationship(backref = books)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn insert(library: &mut Library, author: Id<Author>) -> backref::Result<()> {
    library.insert(Book { title: "Eden".into(), author })?;
    Ok(())
}

fn main() {}
