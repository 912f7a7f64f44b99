//! Look-ups by keys, and writes of keys.

use backref::{ErrorKind, entity, graph};

#[entity(key = (shelf, place), index(by_year = year))]
#[derive(Debug, Clone, PartialEq)]
struct Book {
    shelf: String,
    place: u32,
    year: u16,
    #[unique]
    isbn: Option<String>,
    #[index(ordered)]
    pages: u32,
}

#[entity(key = label)]
#[derive(Debug, Clone, PartialEq)]
struct Tag {
    label: String,
}

#[entity(key = name)]
struct NotClone {
    name: String,
}

graph! { struct Library { books: Book, tags: Tag, others: NotClone } }

fn book(place: u32, year: u16, pages: u32) -> Book {
    Book {
        shelf: "A".into(),
        place,
        year,
        isbn: None,
        pages,
    }
}

fn tag(label: &str) -> Tag {
    Tag {
        label: label.into(),
    }
}

#[test]
fn keys_are_looked_up_by_what_they_borrow_as() -> backref::Result<()> {
    let mut library = Library::new();
    let first = library.insert(book(1, 1959, 300))?;
    let second = library.insert(Book {
        isbn: Some("x".into()),
        ..book(2, 1961, 200)
    })?;
    assert_eq!(
        library.find::<Book>(("A", &1)).map(BookRef::id),
        Some(first)
    );
    assert_eq!(library.find::<Book>(("B", &1)), None);
    assert_eq!(
        library.find_by(Book::ISBN, "x").map(BookRef::id),
        Some(second)
    );
    assert!(
        library
            .find_all(Book::BY_YEAR, &1959)
            .map(BookRef::id)
            .eq([first])
    );
    assert!(
        library
            .range(Book::PAGES, 100..300)
            .map(BookRef::id)
            .eq([second])
    );
    assert!(
        library
            .range(Book::PAGES, 100..)
            .rev()
            .map(BookRef::id)
            .eq([first, second])
    );
    Ok(())
}

#[test]
fn setting_a_key_re_indexes_at_once() -> backref::Result<()> {
    let mut library = Library::new();
    let sf = library.insert(tag("sf"))?;
    library.edit(sf).set_label("science fiction")?;
    assert_eq!(library.find::<Tag>("sf"), None);
    assert_eq!(
        library.find::<Tag>("science fiction").map(TagRef::id),
        Some(sf)
    );
    Ok(())
}

#[test]
fn a_taken_key_is_refused_and_nothing_changes() -> backref::Result<()> {
    let mut library = Library::new();
    let sf = library.insert(tag("sf"))?;
    let classic = library.insert(tag("classic"))?;
    let refused = library
        .edit(classic)
        .set_label("sf")
        .map_err(|error| error.kind());
    assert_eq!(refused, Err(ErrorKind::DuplicateKey));
    assert_eq!(library[classic].label, "classic");
    assert!(library.insert(tag("sf")).is_err());
    assert_eq!(library.get_or_insert(tag("sf"))?, (sf, false));
    assert_eq!(library.upsert(tag("sf"))?, (sf, Some(tag("sf"))));
    library.swap_keys(sf, classic, |a, b| {
        std::mem::swap(&mut a.label, &mut b.label);
    })?;
    assert_eq!(library.find::<Tag>("sf").map(TagRef::id), Some(classic));
    Ok(())
}

#[test]
fn update_writes_once_or_not_at_all() -> backref::Result<()> {
    let mut library = Library::new();
    let id = library.insert(book(1, 1959, 300))?;
    let before = library
        .edit(id)
        .update(|book| std::mem::replace(&mut book.year, 1960))?;
    assert_eq!((before, library.at(id).year), (1959, 1960));
    let failed: Result<(), Box<dyn std::error::Error>> = library.edit(id).try_update(|book| {
        book.pages = "many".parse()?;
        Ok(())
    });
    assert!(failed.is_err());
    assert_eq!(library.at(id).pages, 300);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        library.edit(id).update(|book| {
            book.pages = 0;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(library.at(id).pages, 300);
    library.verify().expect("nothing is broken");
    Ok(())
}

#[test]
fn a_type_that_is_not_clone_is_replaced() -> backref::Result<()> {
    let mut library = Library::new();
    let id = library.insert(NotClone { name: "a".into() })?;
    let old = library.edit(id).replace(NotClone { name: "b".into() })?;
    assert_eq!(old.name, "a");
    assert!(library.find::<NotClone>("b").is_some());
    let refused = library.try_clone().map_err(|error| error.kind());
    assert_eq!(refused.err(), Some(ErrorKind::NotDeclared));
    Ok(())
}
