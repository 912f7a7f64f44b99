//! Checks: functions that a struct and its relationships name.

use backref::typed::Entity as _;
use backref::{ErrorKind, PlannedLinks, PlannedPayload, entity, graph};

mod rules {
    use super::{Author, Book, Comment, PlannedLinks, PlannedPayload};

    pub(super) fn has_title(change: &PlannedPayload<'_, Book>) -> Result<(), &'static str> {
        match change.after() {
            Some(book) if book.title.is_empty() => Err("a title is needed"),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn at_most_three(change: &PlannedLinks<'_, Author, Book>) -> Result<(), String> {
        match change.len_after() {
            0..=3 => Ok(()),
            more => Err(format!(
                "{more} books are too many for {}",
                change.owner_payload().name
            )),
        }
    }

    pub(super) fn on_a_book_that_lasts(
        change: &PlannedLinks<'_, Comment, Book>,
    ) -> Result<(), &'static str> {
        let mut added = change
            .added()
            .iter()
            .filter_map(|&book| change.member(book));
        match added.any(|book| book.draft) {
            true => Err("drafts take no comments"),
            false => Ok(()),
        }
    }
}

/// Some reason that is no string.
enum Why {
    Commented(usize),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Commented(comments) = self;
        write!(f, "there are {comments} comments on it")
    }
}

/// Reads the links of the book, as they are before the write.
fn keeps_what_was_commented_on(change: &PlannedPayload<'_, Book>) -> Result<(), Why> {
    let comments = change.graph().row(Book::COMMENTS, change.id()).len();
    let was_draft = change.before().is_some_and(|book| book.draft);
    let is_draft = change.after().is_some_and(|book| book.draft);
    match is_draft && !was_draft && comments > 0 {
        true => Err(Why::Commented(comments)),
        false => Ok(()),
    }
}

fn no_author_of_drafts(change: &PlannedLinks<'_, Book, Author>) -> Result<(), &'static str> {
    let graph = change.graph();
    let known = graph.get(Book::TYPE, change.owner()).is_some();
    assert_eq!(
        known,
        graph.one(Book::AUTHOR, change.owner()).is_some() || known
    );
    match change.owner_payload().draft && !change.added().is_empty() {
        true => Err("drafts have no author"),
        false => Ok(()),
    }
}

fn no_comment_on_authors(change: &PlannedLinks<'_, Comment, Author>) -> Result<(), String> {
    match change.added() {
        [] => Ok(()),
        _ => Err(format!("{} is about a book", change.owner_payload().text)),
    }
}

fn two_tags(change: &PlannedLinks<'_, Tag, Book>) -> Result<(), &'static str> {
    if change.len_after() > 2 {
        Err("two books to a tag")
    } else {
        Ok(())
    }
}

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Author {
    name: &'static str,
    #[relationship(back_populates = author, check = rules::at_most_three)]
    books: ToMany<Book>,
}

#[entity(key = title)]
#[check(rules::has_title)]
#[check(keeps_what_was_commented_on)]
#[derive(Debug, Clone, PartialEq)]
struct Book {
    title: &'static str,
    draft: bool,
    #[relationship(back_populates = books, check = no_author_of_drafts)]
    author: ToOne<Author>,
    #[relationship(backref = many(books, check = two_tags))]
    tags: ToMany<Tag>,
}

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Tag {}

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Comment {
    text: &'static str,
    #[relationship(
        backref = comments,
        check = rules::on_a_book_that_lasts,
        check = no_comment_on_authors
    )]
    on: ToOne<(Book, Author)>,
}

graph! { struct Library { authors: Author, books: Book, tags: Tag, comments: Comment } }

fn book(title: &'static str) -> Book {
    let draft = false;
    Book { title, draft }
}

/// What a call is refused with; it has changed nothing.
#[track_caller]
fn refused<R: std::fmt::Debug>(
    lib: &mut Library,
    call: impl FnOnce(&mut Library) -> backref::Result<R>,
) -> String {
    let before = lib.try_clone().expect("all is cloneable");
    let error = call(lib).expect_err("it is to be refused");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(lib.try_eq(&before).expect("all is comparable"));
    lib.verify().expect("it is sound");
    error.to_string()
}

#[test]
fn a_check_of_a_struct_sees_each_payload_that_is_written() -> backref::Result<()> {
    let mut lib = Library::new();
    let told = "a new Book is refused by a check of Book: a title is needed";
    assert_eq!(refused(&mut lib, |lib| lib.insert(book(""))), told);
    let eden = lib.insert(book("Eden"))?;
    let told = "Book#1v1 is refused by a check of Book: a title is needed";
    assert_eq!(refused(&mut lib, |lib| lib.edit(eden).set_title("")), told);
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(eden).replace(book(""))),
        told
    );
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(eden).update(|it| it.title = "")),
        told
    );
    lib.edit(eden).set_title("Solaris")?;
    Ok(())
}

#[test]
fn a_check_reads_the_links_that_an_entity_has() -> backref::Result<()> {
    let mut lib = Library::new();
    let eden = lib.insert(book("Eden"))?;
    lib.insert(Comment { text: "good" }.with_on(eden))?;
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(eden).set_draft(true)),
        "Book#1v1 is refused by a check of Book: there are 1 comments on it"
    );
    Ok(())
}

#[test]
fn a_check_of_a_relationship_is_asked_from_either_end() -> backref::Result<()> {
    let mut lib = Library::new();
    let lem = lib.insert(Author { name: "Lem" })?;
    let books = ["a", "b", "c"].map(|title| lib.insert(book(title).with_author(lem)));
    let [a, _, _] = books;
    let told = "the links of Author#1v1 at Author.books are refused by a check: \
                4 books are too many for Lem";
    assert_eq!(
        refused(&mut lib, |lib| lib.insert(book("d").with_author(lem))),
        told
    );
    let d = lib.insert(book("d"))?;
    assert_eq!(refused(&mut lib, |lib| lib.edit(d).set_author(lem)), told);
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(lem).books_mut().push(d)),
        told
    );
    lib.edit(lem).books_mut().replace([d, a?])?;
    assert_eq!(lib.at(lem).books().len(), 2);
    Ok(())
}

#[test]
fn a_check_sees_the_payload_of_a_book_that_comes_with_its_author() -> backref::Result<()> {
    let mut lib = Library::new();
    let lem = lib.insert(Author { name: "Lem" })?;
    let draft = || Book {
        title: "Eden",
        draft: true,
    };
    let told =
        "the links of a new Book at Book.author are refused by a check: drafts have no author";
    assert_eq!(
        refused(&mut lib, |lib| lib.insert(draft().with_author(lem))),
        told
    );
    refused(&mut lib, |lib| {
        lib.insert(draft().with_author(Author { name: "Wells" }))
    });
    lib.insert(book("Solaris").with_author(Author { name: "Wells" }))?;
    Ok(())
}

#[test]
fn a_check_may_stand_at_an_end_that_is_made() -> backref::Result<()> {
    let mut lib = Library::new();
    let tag = lib.insert(Tag {})?;
    for title in ["a", "b"] {
        lib.insert(book(title).with_tags([tag]))?;
    }
    assert_eq!(
        refused(&mut lib, |lib| lib.insert(book("c").with_tags([tag]))),
        "the links of Tag#1v1 at Tag.books are refused by a check: two books to a tag"
    );
    Ok(())
}

#[test]
fn an_end_of_several_types_names_a_check_for_each() -> backref::Result<()> {
    let mut lib = Library::new();
    let lem = lib.insert(Author { name: "Lem" })?;
    let draft = lib.insert(Book {
        title: "Eden",
        draft: true,
    })?;
    let solaris = lib.insert(book("Solaris"))?;
    let good = lib.insert(Comment { text: "good" }.with_on(solaris))?;
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(good).set_on(draft)),
        "the links of Comment#1v1 at Comment.on are refused by a check: drafts take no comments"
    );
    assert_eq!(
        refused(&mut lib, |lib| lib.edit(good).set_on(lem)),
        "the links of Comment#1v1 at Comment.on are refused by a check: good is about a book"
    );
    Ok(())
}
