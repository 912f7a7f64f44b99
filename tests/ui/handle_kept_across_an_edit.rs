use backref::{Id, entity, graph};

#[entity]
#[derive(Clone)]
struct Book {
    title: String,
}

graph! { struct Library { books: Book } }

fn rename(library: &mut Library, book: Id<Book>) -> backref::Result<()> {
    let old = library.at(book);
    library.edit(book).set_title("Eden")?;
    println!("{} has another title", old.title);
    Ok(())
}

fn main() {}
