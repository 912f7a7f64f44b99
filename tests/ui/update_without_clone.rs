use backref::{Id, entity, graph};

#[entity]
struct Book {
    title: String,
}

graph! { struct Library { books: Book } }

fn rename(library: &mut Library, book: Id<Book>) -> backref::Result<()> {
    library.edit(book).set_title("Eden")?;
    library.edit(book).update(|book| book.title.clear())
}

fn main() {}
