use backref::{entity, graph};

#[entity]
struct Book {}

graph! { struct Library { books: Book } }

graph! { struct Shop { books: Book } }

fn main() {}
