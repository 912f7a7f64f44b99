use backref::{Id, entity, graph};

#[entity]
struct Book {
    title: String,
}

graph! { struct Library { books: Book } }

fn rename(library: &mut Library, book: Id<Book>) {
    library.at(book).title = "Eden".into();
    library.edit(book).title = "Eden".into();
}

fn main() {}
