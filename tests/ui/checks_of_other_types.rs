use backref::{PlannedLinks, PlannedPayload, entity, graph};

fn of_a_book(_: &PlannedPayload<'_, Book>) -> Result<(), String> {
    Ok(())
}

fn of_its_author(_: &PlannedLinks<'_, Book, Author>) -> Result<(), String> {
    Ok(())
}

#[entity]
#[check(of_a_book)]
struct Author {
    #[relationship(back_populates = author, check = of_its_author)]
    books: ToMany<Book>,
}

#[entity]
struct Book {
    #[relationship(back_populates = books, check = of_its_author)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {}
