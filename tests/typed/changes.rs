//! Transactions, history, change sets and observers of a typed graph.

use std::fmt;
use std::sync::{Arc, Mutex};

use backref::typed::Entity;
use backref::{EntityChange, ErrorKind, Event, Id, Uid, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Author {
    name: String,
    born: Option<u16>,
    #[relationship(back_populates = author, delete_rule = cascade)]
    books: ToMany<Book>,
}

#[entity(key = title)]
#[derive(Debug, Clone, PartialEq)]
struct Book {
    title: String,
    #[index(ordered)]
    year: u16,
    #[relationship(back_populates = books)]
    author: ToOne<Author>,
    #[relationship(backref = about)]
    topic: ToOne<(Author, Topic)>,
}

#[entity(key = word)]
#[derive(Debug, Clone, PartialEq)]
struct Topic {
    word: String,
}

graph! { struct Library { authors: Author, books: Book, topics: Topic } }

fn author(name: &str) -> Author {
    Author {
        name: name.into(),
        born: None,
    }
}

fn book(title: &str, year: u16) -> Book {
    Book {
        title: title.into(),
        year,
    }
}

fn library() -> backref::Result<(Library, Id<Author>, Id<Book>)> {
    let mut lib = Library::new();
    let lem = lib.insert(author("Lem"))?;
    let eden = lib.insert(book("Eden", 1959).with_author(lem))?;
    Ok((lib, lem, eden))
}

/// What an observer was told: of each commit, its events.
type Heard = Arc<Mutex<Vec<Vec<String>>>>;

fn take(heard: &Heard) -> Vec<Vec<String>> {
    std::mem::take(&mut heard.lock().expect("nobody panicked"))
}

#[test]
fn a_transaction_stands_as_a_whole_or_leaves_no_trace() -> backref::Result<()> {
    let (mut lib, lem, eden) = library()?;
    let tove = lib.transaction(|lib| {
        let tove = lib.insert(author("Tove"))?;
        lib.edit(eden).set_author(tove)?;
        Ok(tove)
    })?;
    assert_eq!(lib.at(eden).author().map(AuthorRef::id), Some(tove));

    let before = lib.try_clone()?;
    let refused = lib.transaction(|lib| {
        lib.delete(tove)?;
        lib.insert(author("Lem")).map(drop)
    });
    assert_eq!(
        refused.map_err(|error| error.kind()),
        Err(ErrorKind::DuplicateKey)
    );
    assert!(lib.try_eq(&before)?);
    assert!(lib.contains(lem) && lib.contains(eden));
    lib.verify().expect("both ends agree");
    Ok(())
}

/// An error of one's own.
#[derive(Debug)]
enum Failure {
    NoYear(std::num::ParseIntError),
    Refused(backref::Error),
}

impl From<backref::Error> for Failure {
    fn from(error: backref::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Self::NoYear(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoYear(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

fn read(lib: &mut Library, lines: &[(&str, &str)]) -> Result<Vec<Id<Book>>, Failure> {
    lib.try_transaction(|lib| {
        let mut books = Vec::new();
        for (title, year) in lines {
            books.push(lib.insert(book(title, year.parse()?))?);
        }
        Ok(books)
    })
}

#[test]
fn try_transaction_has_an_error_of_its_own() -> backref::Result<()> {
    let (mut lib, ..) = library()?;
    let before = lib.try_clone()?;
    let failed = read(&mut lib, &[("Solaris", "1961"), ("Fiasco", "soon")]);
    assert!(matches!(failed, Err(Failure::NoYear(_))), "{failed:?}");
    let failed = read(&mut lib, &[("Solaris", "1961"), ("Eden", "1959")]);
    assert!(matches!(failed, Err(Failure::Refused(_))), "{failed:?}");
    assert!(lib.try_eq(&before)?);
    let books = read(&mut lib, &[("Solaris", "1961"), ("Fiasco", "1986")]);
    assert_eq!(books.map(|books| books.len()).ok(), Some(2));
    assert_eq!(lib.books().len(), 3);
    Ok(())
}

#[test]
fn steps_are_named_joined_undone_and_redone() -> backref::Result<()> {
    let (mut lib, lem, eden) = library()?;
    assert!(!lib.undo()?, "nothing is kept yet");
    lib.keep_history(10)?;
    for letter in ["!", "?"] {
        lib.join_step("Type");
        let title = format!("{}{letter}", lib[eden].title);
        lib.edit(eden).set_title(title)?;
    }
    lib.name_step("Delete");
    lib.delete(lem)?;
    let labels: Vec<_> = lib.graph().undo_steps().collect();
    assert_eq!(labels, [Some("Delete"), Some("Type")]);
    assert_eq!(lib.plan_undo()?.inserted().len(), 2);

    assert!(lib.undo()?);
    assert_eq!(lib.at(eden).author().map(AuthorRef::id), Some(lem));
    assert_eq!(lib.graph().redo_label(), Some("Delete"));
    assert!(lib.undo()?);
    assert_eq!(lib[eden].title, "Eden");
    assert!(!lib.undo()?);
    assert!(lib.redo()? && lib.redo()?);
    assert!(!lib.redo()?);
    assert!(!lib.contains(eden));
    let inside = lib.transaction(|lib| lib.undo().map(drop));
    assert_eq!(
        inside.map_err(|error| error.kind()),
        Err(ErrorKind::InTransaction)
    );
    Ok(())
}

#[test]
fn the_name_of_a_step_that_fails_is_forgotten() -> backref::Result<()> {
    let (mut lib, _, eden) = library()?;
    lib.keep_history(10)?;
    lib.name_step("Insert");
    assert!(lib.insert(author("Lem")).is_err());
    lib.edit(eden).set_year(1960)?;
    assert_eq!(lib.graph().undo_label(), None);
    lib.name_step("Insert two");
    let failed = lib.transaction(|lib| {
        lib.insert(author("Tove"))?;
        lib.insert(author("Lem"))
    });
    assert!(failed.is_err());
    lib.edit(eden).set_year(1961)?;
    assert_eq!(lib.graph().undo_label(), None);
    Ok(())
}

#[test]
fn changes_since_a_mark_are_applied_to_a_clone() -> backref::Result<()> {
    let (mut lib, lem, eden) = library()?;
    let mark = lib.mark()?;
    let mut replica = lib.try_clone()?;
    assert!(lib.changes_since(&mark)?.is_empty());
    let topic = lib.insert(Topic {
        word: "Mars".into(),
    })?;
    lib.edit(eden).set_topic(topic)?;
    lib.edit(lem).set_born(Some(1921))?;
    let changes = lib.changes_since(&mark)?;
    let born = |change: Option<&Author>| change.and_then(|author| author.born);
    for change in changes.updated() {
        assert_eq!(born(change.before(Author::TYPE)), None);
        assert_eq!(born(change.after(Author::TYPE)), Some(1921));
        assert_eq!(changes.fields(change), ["born"]);
    }
    assert_eq!(changes.updated().len(), 1);
    replica.apply(&changes)?;
    assert!(replica.try_eq(&lib)?);
    let again = replica.apply(&changes).map_err(|error| error.kind());
    assert_eq!(again, Err(ErrorKind::Mismatch));
    assert!(replica.try_eq(&lib)?);
    replica.apply(&changes.invert())?;
    assert_eq!(replica.topics().len(), 0);
    let uid: Option<Uid> = lib.graph().uid(topic.into());
    assert_eq!(changes.inserted().next().map(EntityChange::uid), uid);
    Ok(())
}

#[test]
fn an_observer_hears_of_the_whole_graph_a_type_or_an_end() -> backref::Result<()> {
    let (mut lib, lem, eden) = library()?;
    let heard: [Heard; 4] = Default::default();
    let [all, books, shelf, topics] = heard.each_ref().map(|heard| {
        let heard = Arc::clone(heard);
        move |commit: &backref::Commit<'_>, _: &mut backref::Queue| {
            let told = commit
                .events()
                .map(|event| commit.describe(event))
                .collect();
            heard.lock().expect("nobody panicked").push(told);
        }
    });
    let listening = [
        lib.observe(all),
        lib.observe_type::<Book>(books),
        lib.observe_end(Author::BOOKS, shelf),
        lib.observe_end(Book::TOPIC, topics),
    ];
    lib.transaction(|lib| {
        lib.edit(eden).set_year(1958)?;
        lib.edit(eden).set_topic(lem)?;
        lib.edit(eden).set_author(None)
    })?;
    let [all, books, shelf, topics] = heard.each_ref().map(take);
    let linked = "linked Book#1v1 at Book.topic to Author#1v1 (set)";
    assert_eq!(
        all,
        [[
            "unlinked Author#1v1 at Author.books from Book#1v1 (set)",
            "updated Book#1v1 in year (set)",
            linked,
        ]]
    );
    assert_eq!(books, [["updated Book#1v1 in year (set)"]]);
    assert_eq!(
        shelf,
        [["unlinked Author#1v1 at Author.books from Book#1v1 (set)"]]
    );
    assert_eq!(topics, [[linked]]);
    drop(listening);
    lib.delete(eden)?;
    assert!(heard.each_ref().map(take).iter().all(Vec::is_empty));
    Ok(())
}

#[test]
fn a_setter_tells_which_field_it_has_set() -> backref::Result<()> {
    let (mut lib, lem, eden) = library()?;
    let fields = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&fields);
    let listening = lib.observe(move |commit, _| {
        for event in commit.events() {
            if let Event::Updated(updated) = event {
                let mut told = told.lock().expect("nobody panicked");
                told.push(updated.fields().to_vec());
            }
        }
    });
    lib.edit(eden).set_year(1960)?;
    lib.edit(eden).set_title("EDEN")?;
    lib.transaction(|lib| {
        lib.edit(eden).set_title("Eden")?;
        lib.edit(eden).set_year(1959)
    })?;
    lib.edit(lem).set_born(Some(1921))?;
    lib.edit(lem).set_born(Some(1921))?; // as it is
    lib.edit(eden).update(|book| book.year += 1)?;
    let told = std::mem::take(&mut *fields.lock().expect("nobody panicked"));
    assert_eq!(
        told,
        [
            vec!["year"],
            vec!["title"],
            vec!["title", "year"],
            vec!["born"],
            vec![],
        ]
    );
    drop(listening);
    Ok(())
}

#[test]
fn queued_work_edits_by_handles() -> backref::Result<()> {
    let (mut lib, _, eden) = library()?;
    let listening = lib.observe_type::<Author>(move |commit, queue| {
        for (id, _) in commit.inserted(Author::TYPE) {
            queue.push(move |graph| {
                let done = graph.edit(id).books_mut().push(eden);
                done.expect("both are live");
            });
        }
    });
    let tove = lib.insert(author("Tove"))?;
    assert_eq!(lib.at(eden).author().map(AuthorRef::id), Some(tove));
    drop(listening);
    Ok(())
}
