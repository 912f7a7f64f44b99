use backref::{Id, entity, graph};

#[entity]
struct Book {
    #[relationship(backref = books, order = none)]
    tags: ToMany<Tag>,
}

#[entity]
struct Tag {}

graph! { struct Library { books: Book, tags: Tag } }

fn place(library: &mut Library, book: Id<Book>, tag: Id<Tag>) -> backref::Result<()> {
    library.edit(book).tags_mut().insert_at(0, tag)?;
    Ok(())
}

fn main() {}
