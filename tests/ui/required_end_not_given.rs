use backref::{entity, graph};

#[entity]
struct Author {}

#[entity]
struct Book {
    #[relationship(backref = books, required)]
    author: ToOne<Author>,
    #[relationship(backref = translations)]
    translator: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn insert(library: &mut Library) -> backref::Result<()> {
    library.insert(Book {})?;
    library.insert(Book {}.with_translator(Author {}))?;
    Ok(())
}

fn main() {}
