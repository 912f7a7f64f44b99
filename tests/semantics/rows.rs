//! Rows of either order, and reading them.

use std::collections::BTreeSet;

use backref::{EntityType, ErrorKind, Graph, Id, Order, Result, RowMut, Schema, ToMany, ToOne};

use crate::model::{Author, Book, Tag, assert_sound, declare, insert, library, one, refused, row};

/// Rows without an order: an author's books and a tag's books.
#[derive(Clone, Copy)]
struct Unordered {
    author: EntityType<Author>,
    book: EntityType<Book>,
    tag: EntityType<Tag>,
    author_books: ToMany<Author, Book>,
    book_author: ToOne<Book, Author>,
    book_tags: ToMany<Book, Tag>,
    tag_books: ToMany<Tag, Book>,
}

fn unordered() -> (Graph, Unordered) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Tag");
    schema
        .relationship("Author.books")
        .to_many("Book")
        .backref_one("author")
        .order(Order::None);
    let tags = schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref("books");
    tags.inverse(|books| books.order(Order::None));
    let registry = schema.build().expect("the schema is sound");
    let unordered = Unordered {
        author: registry.entity_type("Author").expect("declared"),
        book: registry.entity_type("Book").expect("declared"),
        tag: registry.entity_type("Tag").expect("declared"),
        author_books: registry.to_many("Author.books").expect("declared"),
        book_author: registry.to_one("Book.author").expect("declared"),
        book_tags: registry.to_many("Book.tags").expect("declared"),
        tag_books: registry.to_many("Tag.books").expect("declared"),
    };
    (Graph::new(registry), unordered)
}

fn set(names: &[&'static str]) -> BTreeSet<&'static str> {
    let set: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(set.len(), names.len(), "a double in {names:?}");
    set
}

/// Case 66.
#[test]
fn an_ordered_row_keeps_the_order_of_adding() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e"]);
    for book in [books[3], books[0], books[4], books[1]] {
        graph.set(l.book_author, book, ursula).unwrap();
    }
    graph.delete(l.book, books[0]).unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .push(books[2])
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["d", "e", "b", "c"]);
}

/// Case 66.
#[test]
fn a_row_without_order_holds_the_same_members() {
    let (mut graph, l) = unordered();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(graph.set(l.book_author, books[1], lem).unwrap());
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .remove(books[0])
            .unwrap()
    );
    assert!(
        !graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(books[2])
            .unwrap()
    );
    graph.delete(l.book, books[4]).unwrap();
    assert_eq!(
        set(&row(&graph, l.author_books, ursula)),
        BTreeSet::from(["c", "d"])
    );
    assert_eq!(one(&graph, l.book_author, books[0]), None);
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .take_all_from(ursula)
        .unwrap();
    assert_eq!(
        set(&row(&graph, l.author_books, lem)),
        BTreeSet::from(["b", "c", "d"])
    );
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .replace([books[0], books[3], books[0]])
        .unwrap();
    assert_eq!(
        set(&row(&graph, l.author_books, lem)),
        BTreeSet::from(["a", "d"])
    );
    assert_eq!(
        graph.row_mut(l.author_books, lem).unwrap().clear().unwrap(),
        2
    );
}

/// Case 66, on one side of a many-to-many.
#[test]
fn one_side_may_have_an_order_where_the_other_has_none() {
    let (mut graph, l) = unordered();
    let books = insert(&mut graph, l.book, ["a", "b", "c"]);
    let tags = insert(&mut graph, l.tag, ["x", "y", "z"]);
    for book in books {
        graph
            .row_mut(l.book_tags, book)
            .unwrap()
            .extend(tags)
            .unwrap();
    }
    graph
        .row_mut(l.book_tags, books[0])
        .unwrap()
        .remove(tags[0])
        .unwrap();
    graph
        .row_mut(l.tag_books, tags[0])
        .unwrap()
        .push(books[0])
        .unwrap();
    assert_eq!(row(&graph, l.book_tags, books[0]), ["y", "z", "x"]);
    assert_eq!(row(&graph, l.book_tags, books[1]), ["x", "y", "z"]);
    assert_eq!(
        set(&row(&graph, l.tag_books, tags[0])),
        BTreeSet::from(["a", "b", "c"])
    );
}

/// A write to a row of books, with one of them.
type Verb = fn(&mut RowMut<'_, Author, Book>, Id<Book>) -> Result<bool>;

/// Case 66.
#[test]
fn verbs_of_position_are_refused_where_there_is_no_order() {
    let (mut graph, l) = unordered();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [a, b, c] = insert(&mut graph, l.book, ["a", "b", "c"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([a, b])
        .unwrap();
    let verbs: [Verb; 6] = [
        |row, book| row.insert_at(0, book),
        |row, book| row.move_to(book, 0),
        |row, _| row.swap(0, 1),
        |row, _| row.reverse(),
        |row, _| row.sort_by_key(|book| book.0),
        |row, _| row.sort_by(|_, a, b| a.cmp(&b)),
    ];
    for verb in verbs {
        for book in [a, c] {
            let error = refused(&mut graph, |graph| {
                verb(&mut graph.row_mut(l.author_books, ursula)?, book)
            });
            assert_eq!(error.kind(), ErrorKind::Unordered);
            assert_eq!(error.end(), Some(l.author_books.untyped()));
        }
    }
}

/// Case 66: no order, but always the same one.
#[test]
fn the_same_calls_give_the_same_rows() {
    let once = || {
        let (mut graph, l) = unordered();
        let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
        let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e"]);
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .extend(books)
            .unwrap();
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .remove(books[1])
            .unwrap();
        graph.delete(l.book, books[0]).unwrap();
        row(&graph, l.author_books, ursula)
    };
    assert_eq!(once(), once());
}

/// Case 67.
#[test]
fn a_row_is_read_by_position_and_from_both_sides() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let of_ursula = graph.row(l.author_books, ursula);
    assert_eq!(
        (of_ursula.get(0), of_ursula.get(3), of_ursula.get(4)),
        (Some(books[0]), Some(books[3]), None)
    );
    let mut ids = of_ursula.iter();
    assert_eq!(ids.len(), 4);
    assert_eq!(ids.next(), Some(books[0]));
    assert_eq!(ids.next_back(), Some(books[3]));
    assert_eq!(ids.len(), 2);
    assert!(ids.clone().eq([books[1], books[2]]));
    assert!(ids.rev().eq([books[2], books[1]]));
    assert!(of_ursula.into_iter().eq(books));
}

/// Case 67, with holes in the row.
#[test]
fn iteration_is_exact_where_members_have_left() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e", "f"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    for gone in [0, 2, 5] {
        graph.set(l.book_author, books[gone], None).unwrap();
    }
    let mut ids = graph.row(l.author_books, ursula).iter();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids.next_back(), Some(books[4]));
    assert_eq!(ids.next(), Some(books[1]));
    assert_eq!((ids.len(), ids.size_hint()), (1, (1, Some(1))));
    assert_eq!(ids.next(), Some(books[3]));
    assert_eq!(
        (ids.next(), ids.next_back(), ids.next()),
        (None, None, None)
    );
}

/// Case 67.
#[test]
fn the_row_of_the_dead_is_empty() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    graph.delete(l.author, ursula).unwrap();
    assert!(graph.row(l.author_books, ursula).is_empty());
    assert!(!graph.row(l.author_books, ursula).contains(eden));
    let error = graph
        .row_mut(l.author_books, ursula)
        .map(|row| row.len())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLive);
}

/// Case 67.
#[test]
fn a_walk_visits_the_members_that_were_there_when_it_began() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c"]);
    let [late] = insert(&mut graph, l.book, ["late"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut walker = graph.walk(l.author_books, ursula);
    let mut visited = Vec::new();
    while let Some(book) = walker.next(&graph) {
        visited.push(book);
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(late)
            .unwrap();
    }
    assert_eq!(visited, books);
    assert_eq!(walker.next(&graph), None);
}

/// Case 67.
#[test]
fn a_walk_passes_over_whoever_has_left_before_their_turn() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut walker = graph.walk(l.author_books, ursula);
    assert_eq!(walker.next(&graph), Some(books[0]));
    graph.set(l.book_author, books[1], lem).unwrap();
    graph.delete(l.book, books[2]).unwrap();
    graph.set(l.book_author, books[0], None).unwrap();
    assert_eq!(walker.next(&graph), Some(books[3]));
    assert_eq!(walker.next(&graph), None);
}

/// Case 67.
#[test]
fn a_walk_meets_whoever_is_moved_at_most_once() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut walker = graph.walk(l.author_books, ursula);
    let mut visited = Vec::new();
    while let Some(book) = walker.next(&graph) {
        assert!(!visited.contains(&book), "{book:?} was met twice");
        visited.push(book);
        let last = graph.row(l.author_books, ursula).len() - 1;
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .move_to(book, last)
            .unwrap();
    }
    assert!(visited.iter().all(|book| books.contains(book)));
    assert_sound(&graph);
}

/// Case 67: moving every member while walking loses none.
#[test]
fn a_walk_takes_every_member_over_to_another_row() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut walker = graph.walk(l.author_books, ursula);
    while let Some(book) = walker.next(&graph) {
        graph.set(l.book_author, book, lem).unwrap();
    }
    assert_eq!(row(&graph, l.author_books, lem), ["a", "b", "c", "d", "e"]);
    assert_eq!(row(&graph, l.author_books, ursula), [""; 0]);
}
