//! Rows that are sorted or keyed by a field of their members.

use std::cmp::Ordering;

use backref::{ErrorKind, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Author {
    name: &'static str,
    /// By year, always.
    #[relationship(backref = one(author), order = sorted_by(year))]
    books: ToMany<Book>,
    /// Found by their titles.
    #[relationship(backref = many(fans, order = none), order = keyed_by(title))]
    favourites: ToMany<Book>,
    #[relationship(one_way, order = compared_by(longest_first))]
    on_the_shelf: ToMany<Book>,
    #[relationship(backref = one(translator), order = keyed_by(title, year))]
    translated: ToMany<Book>,
    #[relationship(backref = one(owner), order = keyed_by(isbn))]
    owned: ToMany<Book>,
}

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Book {
    title: &'static str,
    year: u16,
    isbn: Option<u64>,
    /// Its readers by name: the other end has an order of its own.
    #[relationship(backref = many(reads, order = sorted_by(year)), order = keyed_by(name))]
    readers: ToMany<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn longest_first(a: &Book, b: &Book) -> Ordering {
    b.title.len().cmp(&a.title.len())
}

fn book(title: &'static str, year: u16) -> Book {
    Book {
        title,
        year,
        isbn: None,
    }
}

fn kind<T>(result: backref::Result<T>) -> Option<ErrorKind> {
    result.map_err(|error| error.kind()).err()
}

#[test]
fn a_sorted_row_is_in_order_whichever_way_the_field_changes() -> backref::Result<()> {
    let mut lib = Library::new();
    let lem = lib.insert(Author { name: "Lem" })?;
    let solaris = lib.insert(book("Solaris", 1961).with_author(lem))?;
    let eden = lib.insert(book("Eden", 1959).with_author(lem))?;
    assert!(lib.at(lem).books().ids().eq([eden, solaris]));
    lib.edit(eden).set_year(1971)?;
    assert!(lib.at(lem).books().ids().eq([solaris, eden]));
    lib.edit(eden).update(|book| book.year = 1951)?;
    lib.edit(solaris).replace(book("Solaris", 1950))?;
    assert!(lib.at(lem).books().ids().eq([solaris, eden]));
    lib.edit(lem).on_the_shelf_mut().extend([eden, solaris])?;
    assert!(lib.at(lem).on_the_shelf().ids().eq([solaris, eden]));
    lib.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn members_of_a_keyed_row_are_found_by_their_key() -> backref::Result<()> {
    let mut lib = Library::new();
    let lem = lib.insert(Author { name: "Lem" })?;
    let eden = lib.insert(book("Eden", 1959))?;
    let solaris = lib.insert(book("Solaris", 1961))?;
    lib.edit(lem).favourites_mut().extend([eden, solaris])?;
    let found = lib.at(lem).favourites_by_title("Eden");
    assert_eq!(found.map(BookRef::id), Some(eden));
    lib.edit(eden).set_title("Eden, again")?;
    assert_eq!(lib.at(lem).favourites_by_title("Eden"), None);
    assert_eq!(
        kind(lib.edit(solaris).set_title("Eden, again")),
        Some(ErrorKind::DuplicateKey)
    );

    lib.edit(lem).translated_mut().push(solaris)?;
    let found = lib
        .at(lem)
        .translated_by_title_and_year((&"Solaris", &1961));
    assert_eq!(found.map(BookRef::id), Some(solaris));
    lib.edit(lem).owned_mut().extend([eden, solaris])?; // no isbn, no clash
    lib.edit(eden).update(|book| book.isbn = Some(3))?;
    assert_eq!(lib.at(lem).owned_by_isbn(&3).map(BookRef::id), Some(eden));
    lib.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn both_ends_of_a_many_to_many_have_orders_of_their_own() -> backref::Result<()> {
    let mut lib = Library::new();
    let [ann, bob] = [
        lib.insert(Author { name: "Ann" })?,
        lib.insert(Author { name: "Bob" })?,
    ];
    let solaris = lib.insert(book("Solaris", 1961).with_readers([ann, bob]))?;
    let eden = lib.insert(book("Eden", 1959).with_readers([bob]))?;
    assert!(lib.at(bob).reads().ids().eq([eden, solaris]));
    assert_eq!(
        lib.at(solaris).readers_by_name("Bob").map(AuthorRef::id),
        Some(bob)
    );
    lib.edit(solaris).set_year(1950)?;
    assert!(lib.at(bob).reads().ids().eq([solaris, eden]));
    lib.edit(bob).set_name("Rob")?;
    assert_eq!(lib.at(solaris).readers_by_name("Bob"), None);
    lib.verify().expect("both ends agree");
    Ok(())
}
