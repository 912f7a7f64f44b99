use backref::{entity, graph};

#[entity]
struct Book {}

graph! { struct Library { books: Book, novels: Book } }

fn main() {}
