use backref::{entity, graph};

#[entity(key = isbn)]
struct Book {
    isbn: String,
}

#[entity]
struct Tag {}

graph! { struct Library { books: Book, tags: Tag } }

fn find(library: &Library) {
    library.find::<Tag>("sf");
    library.find::<Book>(&7);
}

fn main() {}
