use backref::{PlannedLinks, PlannedPayload, entity, graph};

fn of_a_book(_: &PlannedPayload<'_, Book>) -> Result<(), String> {
    Ok(())
}

fn of_its_author(_: &PlannedLinks<'_, Book, Author>) -> Result<(), String> {
    Ok(())
}

fn of_nothing() {}

#[entity]
#[check]
#[check = of_a_book]
#[check("of_a_book")]
#[check()]
struct Author {
    #[relationship(back_populates = author, check)]
    books: ToMany<Book>,
    #[relationship(one_way, check = "of_its_books")]
    papers: ToMany<Book>,
    #[relationship(one_way, check(of_its_author))]
    letters: ToMany<Book>,
}

#[entity]
#[check(of_a_book)]
struct Book {
    #[relationship(back_populates = books, check = of_its_author)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn main() {
    of_nothing();
}
