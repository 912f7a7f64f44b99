use backref::{entity, graph};

struct Plain {}

#[entity]
struct Book {
    #[relationship(backref = books)]
    plain: ToOne<Plain>,
}

graph! { struct Library { books: Book, plains: Plain } }

fn main() {}
