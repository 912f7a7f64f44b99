//! Orphans: whoever has lost its last owner goes too.

use backref::{
    DeleteRule, EndOptions, EntityType, ErrorKind, Graph, Registry, Result, Schema, SchemaBuilder,
    ToMany, ToOne,
};

use crate::model::{Author, Book, Chapter, assert_sound, declare, insert, refused, row};

/// Authors own books, books own chapters.
#[derive(Clone, Copy)]
struct Estate {
    author: EntityType<Author>,
    book: EntityType<Book>,
    chapter: EntityType<Chapter>,
    books: ToMany<Author, Book>,
    author_of: ToOne<Book, Author>,
    chapters: ToMany<Book, Chapter>,
}

fn estate_with(more: impl FnOnce(&mut SchemaBuilder)) -> (Graph, Estate) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'C'>(&mut schema, "Chapter");
    let books = schema.relationship("Author.books").to_many("Book");
    books.backref_one("author").delete_orphans();
    let chapters = schema.relationship("Book.chapters").to_many("Chapter");
    chapters.backref_one("book").delete_orphans();
    more(&mut schema);
    let registry = schema.build().expect("the schema is sound");
    let estate = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), estate)
}

fn estate() -> (Graph, Estate) {
    estate_with(|_| {})
}

fn handles(registry: &Registry) -> Result<Estate> {
    Ok(Estate {
        author: registry.entity_type("Author")?,
        book: registry.entity_type("Book")?,
        chapter: registry.entity_type("Chapter")?,
        books: registry.to_many("Author.books")?,
        author_of: registry.to_one("Book.author")?,
        chapters: registry.to_many("Book.chapters")?,
    })
}

/// Case 50.
#[test]
fn a_removed_child_goes_and_what_it_owns_goes_with_it() {
    let (mut graph, l) = estate();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [eden, solaris] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    let [one, two] = insert(&mut graph, l.chapter, ["one", "two"]);
    graph
        .row_mut(l.books, lem)
        .unwrap()
        .extend([eden, solaris])
        .unwrap();
    graph
        .row_mut(l.chapters, eden)
        .unwrap()
        .extend([one, two])
        .unwrap();
    assert!(graph.row_mut(l.books, lem).unwrap().remove(eden).unwrap());
    assert!(!graph.contains(l.book, eden) && !graph.contains(l.chapter, one));
    assert_eq!(graph.len(l.chapter), 0);
    assert_eq!(row(&graph, l.books, lem), ["Solaris"]);
    assert!(graph.set(l.author_of, solaris, None).unwrap());
    assert_eq!(graph.len(l.book), 0);
    assert_sound(&graph);
}

/// Case 50.
#[test]
fn a_child_never_given_an_owner_is_no_orphan() {
    let (mut graph, l) = estate();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    assert!(!graph.set(l.author_of, eden, None).unwrap());
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    assert_eq!(graph.row_mut(l.books, lem).unwrap().clear().unwrap(), 0);
    assert!(!graph.row_mut(l.books, lem).unwrap().remove(eden).unwrap());
    graph.delete(l.author, lem).unwrap();
    assert!(graph.contains(l.book, eden));
}

/// Case 50.
#[test]
fn to_get_another_owner_in_the_same_call_saves() {
    let (mut graph, l) = estate();
    let [lem, ursula] = insert(&mut graph, l.author, ["Lem", "Ursula"]);
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    graph
        .row_mut(l.books, lem)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    graph.set(l.author_of, eden, ursula).unwrap();
    graph
        .row_mut(l.books, ursula)
        .unwrap()
        .insert_at(0, lathe)
        .unwrap();
    assert_eq!(row(&graph, l.books, ursula), ["Lathe", "Eden"]);
    graph
        .row_mut(l.books, lem)
        .unwrap()
        .take_all_from(ursula)
        .unwrap();
    assert_eq!(row(&graph, l.books, lem), ["Lathe", "Eden"]);
    assert_eq!(graph.len(l.book), 2);
}

/// Cases 9, 10 and 50.
#[test]
fn clear_and_replace_leave_orphans_too() {
    let (mut graph, l) = estate();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [a, b, c] = insert(&mut graph, l.book, ["a", "b", "c"]);
    graph.row_mut(l.books, lem).unwrap().extend([a, b]).unwrap();
    graph
        .row_mut(l.books, lem)
        .unwrap()
        .replace([c, b])
        .unwrap();
    assert!(!graph.contains(l.book, a));
    assert_eq!(row(&graph, l.books, lem), ["c", "b"]);
    assert_eq!(graph.row_mut(l.books, lem).unwrap().clear().unwrap(), 2);
    assert_eq!(graph.len(l.book), 0);
}

/// Case 50.
#[test]
fn a_displaced_mate_is_an_orphan() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    let best = schema.relationship("Author.best").to_one("Book");
    best.backref_one("best_of").delete_orphans();
    let registry = schema.build().unwrap();
    let author: EntityType<Author> = registry.entity_type("Author").unwrap();
    let book: EntityType<Book> = registry.entity_type("Book").unwrap();
    let best: ToOne<Author, Book> = registry.to_one("Author.best").unwrap();
    let mut graph = Graph::new(registry);
    let [lem, ursula] = insert(&mut graph, author, ["Lem", "Ursula"]);
    let [eden, solaris, lathe] = insert(&mut graph, book, ["Eden", "Solaris", "Lathe"]);
    graph.set(best, lem, eden).unwrap();
    graph.set(best, ursula, lathe).unwrap();
    graph.set(best, lem, solaris).unwrap();
    assert!(!graph.contains(book, eden));
    graph.set(best, lem, lathe).unwrap();
    assert!(!graph.contains(book, solaris) && graph.contains(book, lathe));
    assert_eq!(graph.one(best, ursula), None);
}

/// Cases 47 and 50.
#[test]
fn the_delete_of_an_owner_takes_its_orphans_along_and_reports_them() {
    let (mut graph, l) = estate();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [one] = insert(&mut graph, l.chapter, ["one"]);
    graph.row_mut(l.books, lem).unwrap().push(eden).unwrap();
    graph.row_mut(l.chapters, eden).unwrap().push(one).unwrap();
    let plan = graph.plan_delete([l.author.any(lem)]).unwrap();
    let path = [l.author.any(lem), l.book.any(eden), l.chapter.any(one)];
    assert_eq!(plan.path(l.chapter.any(one)), path);
    let gone = graph.delete(l.author, lem).unwrap();
    assert_eq!(gone.others, [l.book.any(eden), l.chapter.any(one)]);
    assert_eq!(gone.links, 2);
}

/// Case 50.
#[test]
fn one_owner_at_any_of_several_ends_is_enough() {
    let (mut graph, l) = estate_with(|schema| {
        let edited = schema.relationship("Author.edited").to_many("Book");
        edited.backref("editors").delete_orphans();
    });
    let edited: ToMany<Author, Book> = graph.registry().to_many("Author.edited").unwrap();
    let [lem, ursula] = insert(&mut graph, l.author, ["Lem", "Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.row_mut(l.books, lem).unwrap().push(eden).unwrap();
    graph.row_mut(edited, lem).unwrap().push(eden).unwrap();
    graph.row_mut(edited, ursula).unwrap().push(eden).unwrap();
    graph.set(l.author_of, eden, None).unwrap();
    graph.delete(l.author, lem).unwrap();
    assert!(graph.contains(l.book, eden), "Ursula edits it");
    graph.row_mut(edited, ursula).unwrap().remove(eden).unwrap();
    assert!(!graph.contains(l.book, eden));
}

/// Case 50.
#[test]
fn an_orphan_that_may_not_be_deleted_makes_the_call_an_error() {
    let (mut graph, l) = estate_with(|schema| {
        let sequels = schema.relationship("Book.sequels").to_many("Book");
        sequels.backref_one("first").delete_rule(DeleteRule::Deny);
    });
    let sequels: ToMany<Book, Book> = graph.registry().to_many("Book.sequels").unwrap();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [eden, again] = insert(&mut graph, l.book, ["Eden", "Eden again"]);
    graph.row_mut(l.books, lem).unwrap().push(eden).unwrap();
    graph.row_mut(sequels, eden).unwrap().push(again).unwrap();
    let error = refused(&mut graph, |graph| graph.set(l.author_of, eden, None));
    assert_eq!(
        (error.kind(), error.entities()),
        (ErrorKind::Denied, &[l.book.any(again)][..])
    );
    assert_eq!(
        error.to_string(),
        "Book#1v1 is linked to Book#2v1 and Book.sequels denies deletion: \
         the call would leave Book#1v1 without an owner"
    );
    let error = refused(&mut graph, |graph| graph.row_mut(l.books, lem)?.clear());
    assert_eq!(error.kind(), ErrorKind::Denied);
    let error = refused(&mut graph, |graph| graph.delete(l.author, lem));
    assert_eq!(error.kind(), ErrorKind::Denied);
}

/// Case 49.
#[test]
fn where_an_end_is_required_and_its_owner_deletes_orphans_the_orphan_goes() {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Book");
    declare::<'C'>(&mut schema, "Chapter");
    let book = schema
        .relationship("Chapter.book")
        .to_one("Book")
        .required();
    book.backref("chapters").inverse(EndOptions::delete_orphans);
    let registry = schema.build().unwrap();
    let book: EntityType<Book> = registry.entity_type("Book").unwrap();
    let chapter: EntityType<Chapter> = registry.entity_type("Chapter").unwrap();
    let chapter_book: ToOne<Chapter, Book> = registry.to_one("Chapter.book").unwrap();
    let mut graph = Graph::new(registry);
    let [eden] = insert(&mut graph, book, ["Eden"]);
    let new = |graph: &mut Graph, name| {
        let new = graph.create(chapter, crate::model::Named(name));
        new.link(chapter_book, eden).insert().unwrap()
    };
    let (one, two) = (new(&mut graph, "one"), new(&mut graph, "two"));
    assert!(graph.set(chapter_book, one, None).unwrap());
    assert!(!graph.contains(chapter, one));
    let gone = graph.delete(book, eden).unwrap();
    assert_eq!(gone.others, [chapter.any(two)]);
}

/// Cases 46 and 50.
#[test]
fn a_chain_of_a_hundred_thousand_orphans_goes_without_recursion() {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Book");
    let next = schema.relationship("Book.next").to_one("Book");
    next.backref_one("previous").delete_orphans();
    let registry = schema.build().unwrap();
    let book: EntityType<Book> = registry.entity_type("Book").unwrap();
    let next: ToOne<Book, Book> = registry.to_one("Book.next").unwrap();
    let mut graph = Graph::new(registry);
    let [first, mut last] = insert(&mut graph, book, ["first", "second"]);
    graph.set(next, first, last).unwrap();
    for _ in 0..100_000 {
        let [new] = insert(&mut graph, book, ["next"]);
        graph.set(next, last, new).unwrap();
        last = new;
    }
    graph.set(next, first, None).unwrap();
    assert_eq!(graph.len(book), 1);
}

/// Case 50.
#[test]
fn a_row_whose_owner_went_as_an_orphan_takes_nobody() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    let books = schema.relationship("Author.books").to_many("Book");
    let books = books.backref_one("author").delete_orphans();
    books.inverse(|author| author.delete_rule(DeleteRule::CascadeUp));
    let patron = schema.relationship("Book.patron").to_one("Author");
    patron.backref("kept").delete_rule(DeleteRule::CascadeUp);
    let registry = schema.build().unwrap();
    let author: EntityType<Author> = registry.entity_type("Author").unwrap();
    let book: EntityType<Book> = registry.entity_type("Book").unwrap();
    let books: ToMany<Author, Book> = registry.to_many("Author.books").unwrap();
    let patron: ToOne<Book, Author> = registry.to_one("Book.patron").unwrap();
    let mut graph = Graph::new(registry);
    let [lem] = insert(&mut graph, author, ["Lem"]);
    let [eden, solaris] = insert(&mut graph, book, ["Eden", "Solaris"]);
    graph.row_mut(books, lem).unwrap().push(eden).unwrap();
    graph.set(patron, eden, lem).unwrap();
    let mut row = graph.row_mut(books, lem).unwrap();
    assert!(row.remove(eden).unwrap(), "and its patron goes with it");
    assert_eq!(row.len(), 0);
    assert_eq!(row.push(solaris).unwrap_err().kind(), ErrorKind::NotLive);
    assert_eq!(
        row.replace([solaris]).unwrap_err().kind(),
        ErrorKind::NotLive
    );
    assert!(!graph.contains(author, lem));
    assert_sound(&graph);
}
