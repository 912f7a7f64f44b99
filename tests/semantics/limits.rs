//! Limits: how many links there must and may be, and who is told of whom.

use backref::{BlockReason, EntityType, ErrorKind, Graph, Id, Schema, ToMany, ToOne};

use crate::model::{Author, Book, declare, insert, refused, row};

/// A shelf for two to three books, each of which stands on one shelf.
#[derive(Clone, Copy)]
struct Shelves {
    author: EntityType<Author>,
    book: EntityType<Book>,
    books: ToMany<Author, Book>,
    author_of: ToOne<Book, Author>,
}

fn shelves() -> (Graph, Shelves) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    let books = schema.relationship("Author.books").to_many("Book");
    books.backref_one("author").min(2).max(3);
    let registry = schema.build().expect("the schema is sound");
    let shelves = Shelves {
        author: registry.entity_type("Author").expect("it is declared"),
        book: registry.entity_type("Book").expect("it is declared"),
        books: registry.to_many("Author.books").expect("it is declared"),
        author_of: registry.to_one("Book.author").expect("it is declared"),
    };
    (Graph::new(registry), shelves)
}

/// Two authors with two books each, and two books that are nobody's.
fn full(graph: &mut Graph, l: Shelves) -> ([Id<Author>; 2], [Id<Book>; 6]) {
    let books = insert(graph, l.book, ["a", "b", "c", "d", "e", "f"]);
    let mut author = |name, of: &[Id<Book>]| {
        let new = graph.create(l.author, crate::model::Named(name));
        let new = new.links(l.books, of.iter().copied()).insert();
        new.expect("they have enough")
    };
    let authors = [author("Lem", &books[..2]), author("Ursula", &books[2..4])];
    (authors, books)
}

/// Case 37.
#[test]
fn a_newcomer_needs_its_least_at_once() {
    let (mut graph, l) = shelves();
    let [a] = insert(&mut graph, l.book, ["a"]);
    let error = refused(&mut graph, |graph| {
        let lem = graph.create(l.author, crate::model::Named("Lem"));
        lem.link(l.books, a).insert()
    });
    assert_eq!(error.kind(), ErrorKind::TooFew);
    assert_eq!(error.end(), Some(l.books.untyped()));
    assert_eq!(
        error.to_string(),
        "a new Author would have 1 in Author.books, which needs at least 2: \
         insert it together with its links"
    );
}

/// Cases 8 and 37.
#[test]
fn whoever_would_be_left_short_by_a_removal_is_named_with_the_count() {
    let (mut graph, l) = shelves();
    let ([lem, _], [a, ..]) = full(&mut graph, l);
    let error = refused(&mut graph, |graph| graph.row_mut(l.books, lem)?.remove(a));
    assert_eq!(error.kind(), ErrorKind::TooFew);
    assert_eq!(error.entities(), [l.author.any(lem)]);
    assert_eq!(
        error.to_string(),
        "Author#1v1 would have 1 in Author.books, which needs at least 2"
    );
    let unset = refused(&mut graph, |graph| graph.set(l.author_of, a, None));
    assert_eq!(unset.kind(), ErrorKind::TooFew);
}

/// Cases 23 and 37.
#[test]
fn whoever_would_be_left_short_by_a_displacement_is_named() {
    let (mut graph, l) = shelves();
    let ([lem, ursula], [a, ..]) = full(&mut graph, l);
    let error = refused(&mut graph, |graph| graph.row_mut(l.books, ursula)?.push(a));
    assert_eq!(error.kind(), ErrorKind::TooFew);
    assert_eq!(error.entities(), [l.author.any(lem)]);
}

/// Cases 9, 10 and 37.
#[test]
fn clear_replace_and_take_all_from_keep_to_the_least() {
    let (mut graph, l) = shelves();
    let ([lem, ursula], [a, b, c, _, e, f]) = full(&mut graph, l);
    let cleared = refused(&mut graph, |graph| graph.row_mut(l.books, lem)?.clear());
    assert_eq!(cleared.kind(), ErrorKind::TooFew);
    let one = refused(&mut graph, |graph| {
        graph.row_mut(l.books, lem)?.replace([a])
    });
    assert_eq!(one.kind(), ErrorKind::TooFew);
    let robbed = refused(&mut graph, |graph| {
        graph.row_mut(l.books, lem)?.replace([a, b, c])
    });
    assert_eq!(robbed.entities(), [l.author.any(ursula)]);
    let emptied = refused(&mut graph, |graph| {
        graph.row_mut(l.books, lem)?.take_all_from(ursula)
    });
    assert_eq!(
        emptied.kind(),
        ErrorKind::TooMany,
        "the most is judged first"
    );
    assert!(
        graph
            .row_mut(l.books, lem)
            .unwrap()
            .replace([f, e])
            .unwrap()
    );
    assert_eq!(row(&graph, l.books, lem), ["f", "e"]);
}

/// Case 37.
#[test]
fn the_most_is_judged_at_the_call_and_from_both_ends() {
    let (mut graph, l) = shelves();
    let ([lem, _], [_, _, _, _, e, f]) = full(&mut graph, l);
    assert!(graph.row_mut(l.books, lem).unwrap().push(e).unwrap());
    let error = refused(&mut graph, |graph| graph.row_mut(l.books, lem)?.push(f));
    assert_eq!(error.kind(), ErrorKind::TooMany);
    assert_eq!(
        error.to_string(),
        "Author#1v1 would have 4 in Author.books, which takes at most 3"
    );
    let error = refused(&mut graph, |graph| graph.set(l.author_of, f, lem));
    assert_eq!(
        (error.kind(), error.entities()),
        (ErrorKind::TooMany, &[l.author.any(lem)][..])
    );
    assert!(
        !graph.row_mut(l.books, lem).unwrap().push(e).unwrap(),
        "it is a member"
    );
}

/// Cases 10 and 37.
#[test]
fn a_full_row_is_judged_by_what_a_replace_leads_to() {
    let (mut graph, l) = shelves();
    let ([lem, _], [a, b, _, _, e, f]) = full(&mut graph, l);
    graph.row_mut(l.books, lem).unwrap().push(e).unwrap();
    assert!(
        graph
            .row_mut(l.books, lem)
            .unwrap()
            .replace([f, b, a])
            .unwrap()
    );
    assert_eq!(row(&graph, l.books, lem), ["f", "b", "a"]);
}

/// Cases 37 and 49.
#[test]
fn a_delete_that_leaves_a_survivor_short_is_refused_and_planned_so() {
    let (mut graph, l) = shelves();
    let ([lem, _], [a, b, ..]) = full(&mut graph, l);
    let plan = graph.plan_delete([l.book.any(a)]).unwrap();
    let blocker = plan.blockers()[0];
    assert_eq!(blocker.reason, BlockReason::TooFew);
    assert_eq!(
        (blocker.blocked_by, blocker.end),
        (l.author.any(lem), l.books.untyped())
    );
    let error = refused(&mut graph, |graph| graph.delete(l.book, a));
    assert_eq!(error.kind(), ErrorKind::TooFew);
    assert_eq!(
        error.to_string(),
        "Author#1v1 would be left with 1 in Author.books, which needs at least 2, if Book#1v1 went"
    );
    let all = [l.book.any(a), l.author.any(lem), l.book.any(b)];
    assert_eq!(graph.delete_all(all).unwrap().entities.len(), 3);
}

/// Case 37.
#[test]
fn limits_hold_at_both_ends_of_a_many_to_many() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    let books = schema.relationship("Author.books").to_many("Book");
    books
        .backref("authors")
        .max(2)
        .inverse(|authors| authors.max(1));
    let registry = schema.build().unwrap();
    let author: EntityType<Author> = registry.entity_type("Author").unwrap();
    let book: EntityType<Book> = registry.entity_type("Book").unwrap();
    let books: ToMany<Author, Book> = registry.to_many("Author.books").unwrap();
    let mut graph = Graph::new(registry);
    let [lem, ursula] = insert(&mut graph, author, ["Lem", "Ursula"]);
    let [a, b, c] = insert(&mut graph, book, ["a", "b", "c"]);
    graph.row_mut(books, lem).unwrap().extend([a, b]).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(books, ursula)?.extend([c, a])
    });
    assert_eq!(
        error.entities(),
        [book.any(a)],
        "a max of one displaces nobody"
    );
    let error = refused(&mut graph, |graph| {
        graph.row_mut(books, lem)?.insert_at(0, c)
    });
    assert_eq!(error.entities(), [author.any(lem)]);
}
