//! Transactions and the history of a typed graph.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use backref::{Error, ErrorKind, Result, entity, graph};

#[entity(key = name)]
#[derive(Clone, Debug, PartialEq)]
struct Author {
    name: String,
}

#[entity(key = title)]
#[derive(Clone, Debug, PartialEq)]
struct Book {
    title: String,
    #[relationship(backref = books, required)]
    author: ToOne<Author>,
}

graph! { struct Library { authors: Author, books: Book } }

fn author(name: &str) -> Author {
    let name = name.to_owned();
    Author { name }
}

fn book(title: &str) -> Book {
    let title = title.to_owned();
    Book { title }
}

#[test]
fn a_transaction_of_a_typed_graph_is_all_or_nothing() -> Result<()> {
    let mut lib = Library::new();
    let [lem, ursula] = [lib.insert(author("Lem"))?, lib.insert(author("Ursula"))?];
    let eden = lib.insert(book("Eden").with_author(lem))?;
    let before = lib.try_clone()?;
    let failed = lib.transaction(|lib| {
        lib.edit(eden).set_author(ursula)?;
        lib.insert(book("Solaris").with_author(lem))?;
        lib.insert(book("Eden").with_author(lem))
    });
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::DuplicateKey);
    assert!(lib.try_eq(&before)?);
    lib.transaction(|lib| {
        lib.delete(lem).map(drop)?;
        lib.edit(eden).set_author(ursula)
    })?;
    assert_eq!(lib.at(eden).author().name, "Ursula");
    assert!(!lib.contains(lem));
    lib.verify().map_err(|broken| panic!("{broken}"))
}

#[test]
fn a_typed_transaction_fails_with_an_error_of_the_users() -> Result<()> {
    #[derive(Debug, PartialEq)]
    enum Mine {
        Graph(ErrorKind),
        Other,
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Self {
            Self::Graph(error.kind())
        }
    }
    let mut lib = Library::new();
    let failed = lib.try_transaction(|lib| {
        lib.insert(author("Lem"))?;
        Err::<(), _>(Mine::Other)
    });
    assert_eq!(failed, Err(Mine::Other));
    let failed = lib.try_transaction(|lib| {
        let lem = lib.insert(author("Lem"))?;
        lib.insert(book("Eden").with_author(lem))?;
        lib.delete(lem)?;
        Ok::<(), Mine>(())
    });
    assert_eq!(failed, Err(Mine::Graph(ErrorKind::Required)));
    assert_eq!(lib.all::<Author>().count() + lib.all::<Book>().count(), 0);
    Ok(())
}

#[test]
fn a_typed_graph_swapped_away_inside_its_transaction_panics_and_harms_neither() -> Result<()> {
    let [mut one, mut two] = [Library::new(), Library::new()];
    one.insert(author("Lem"))?;
    two.insert(author("Tove"))?;
    let (before, other) = (one.try_clone()?, two.try_clone()?);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        one.transaction(|one| {
            one.insert(author("Ursula"))?;
            mem::swap(one, &mut two);
            Ok(())
        })
    }));
    let panic = panicked.expect_err("it is another graph");
    let message = panic.downcast_ref::<&str>().copied().unwrap_or_default();
    assert!(message.contains("exchanged for another one"), "{message}");
    assert!(one.try_eq(&other)?);
    two.keep_history(0)?;
    assert!(two.try_eq(&before)?);
    for lib in [&mut one, &mut two] {
        lib.insert(author("Stefan"))?;
        assert!(lib.verify().is_ok());
    }
    Ok(())
}

#[test]
fn a_typed_graph_goes_back_and_forth_in_its_history() -> Result<()> {
    let mut lib = Library::new();
    lib.keep_history(10)?;
    let lem = lib.insert(author("L"))?;
    for name in ["Le", "Lem"] {
        lib.join_step("Typing");
        lib.edit(lem).set_name(name.to_owned())?;
    }
    lib.name_step("Add a book");
    let eden = lib.insert(book("Eden").with_author(lem))?;
    assert!(
        lib.graph()
            .undo_steps()
            .eq([Some("Add a book"), Some("Typing"), None])
    );
    assert!(lib.undo()? && !lib.contains(eden));
    assert!(lib.undo()?);
    assert_eq!(lib.at(lem).name, "L");
    assert!(lib.redo()? && lib.redo()? && !lib.redo()?);
    assert_eq!(lib.at(eden).author().name, "Lem");
    Ok(())
}
