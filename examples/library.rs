//! Authors, books and tags: both ends of every relationship, from both sides.
//!
//! `cargo run --example library`

#![expect(
    missing_docs,
    clippy::print_stdout,
    clippy::panic_in_result_fn,
    reason = "an example speaks to whoever reads and runs it"
)]

use backref::{entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone)]
pub struct Author {
    pub name: String,
    #[unique]
    pub email: String,
    /// In shelf order.
    #[relationship(back_populates = author, delete_rule = cascade)]
    pub books: ToMany<Book>,
}

#[entity(key = isbn)]
#[derive(Debug, Clone)]
pub struct Book {
    pub isbn: String,
    pub title: String,
    #[relationship(back_populates = books)]
    pub author: ToOne<Author>,
    #[relationship(backref = books)] // makes Tag.books
    pub tags: ToMany<Tag>,
}

#[entity(key = label)]
#[derive(Debug, Clone)]
pub struct Tag {
    pub label: String,
}

graph! {
    pub struct Library { authors: Author, books: Book, tags: Tag }
}

fn author(name: &str) -> Author {
    Author {
        name: name.into(),
        email: format!("{}@example.org", name.to_lowercase()),
    }
}

fn book(isbn: &str, title: &str) -> Book {
    Book {
        isbn: isbn.into(),
        title: title.into(),
    }
}

fn main() -> backref::Result<()> {
    let mut lib = Library::new();
    let ursula = lib.insert(author("Ursula"))?; // Id<Author>: Copy, 8 bytes
    let sf = lib.insert(Tag { label: "sf".into() })?;
    let classic = lib.insert(Tag {
        label: "classic".into(),
    })?;

    // With links to what is there …
    let lathe = lib.insert(
        book("1", "The Lathe of Heaven")
            .with_author(ursula)
            .with_tags([sf]),
    )?;
    // … or whole trees, as one call.
    let lem = lib.insert(author("Stanisław").with_books([
        book("2", "Solaris").with_tags([sf, classic]),
        book("3", "Eden").with_tags([sf]),
    ]))?;

    let eden = lib.find::<Book>("3").expect("it was just inserted").id();
    lib.edit(eden).set_author(ursula)?; // assign one end …
    assert!(lib.at(ursula).books().ids().eq([lathe, eden])); // … the other is true
    lib.edit(lem).books_mut().push(eden)?; // append: it leaves its old author
    assert_eq!(lib.at(eden).author().map(AuthorRef::id), Some(lem));

    for book in lib.at(sf).books() {
        println!(
            "{} by {}",
            book.title,
            book.author().map_or("?", |a| a.into_inner().name.as_str())
        );
    }

    lib.edit(ursula).set_name("Ursula K. Le Guin")?; // re-keys the identity map
    assert!(lib.find::<Author>("Ursula").is_none());
    let found = lib.find_by(Author::EMAIL, "ursula@example.org");
    println!(
        "{found:?} is {}",
        found.map_or("nobody", |author| author.into_inner().name.as_str())
    );

    let gone = lib.edit(lem).delete()?; // his books go with him
    println!(
        "{} books went with {}",
        gone.others.len(),
        gone.payload.name
    );
    assert_eq!(lib.books().count(), 1);
    lib.verify().expect("both ends agree, everywhere");
    Ok(())
}
