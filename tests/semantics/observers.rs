//! Observers: each commit is told once, with what is otherwise after it.
//!
//! Where a change can begin at either end, it is done from both, on clones: the
//! same is told.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use backref::{
    Commit, DeleteRule, Error, ErrorKind, Event, Graph, Id, Result, Schema, Subscription, ToMany,
    ToOne,
};

use crate::model::{Author, Book, Library, Named, assert_sound, declare, insert, library, row};

/// What an observer was told: of each commit, its events.
#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<Vec<String>>>>);

impl Heard {
    fn note(&self, commit: &Commit<'_>) {
        let events = commit.events().map(|event| commit.describe(event));
        self.push(events.collect());
    }

    fn push(&self, events: Vec<String>) {
        self.0.lock().expect("nobody panicked").push(events);
    }

    fn take(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked"))
    }
}

fn listen(graph: &mut Graph) -> (Heard, Subscription) {
    let heard = Heard::default();
    let log = heard.clone();
    let subscription = graph.observe(move |commit, _| log.note(commit));
    (heard, subscription)
}

/// What is told of something that is one commit at most.
#[track_caller]
fn told<R: Debug>(graph: &mut Graph, call: impl FnOnce(&mut Graph) -> Result<R>) -> Vec<String> {
    let (heard, _subscription) = listen(graph);
    call(graph).expect("it is allowed");
    assert_sound(graph);
    let mut commits = heard.take();
    assert!(commits.len() <= 1, "{commits:?}");
    commits.pop().unwrap_or_default()
}

type Way<'a> = &'a dyn Fn(&mut Graph) -> Result<()>;

/// What is told of a change that can be made in several ways, each on a clone.
#[track_caller]
fn told_of_each(graph: &Graph, ways: &[Way<'_>]) -> Vec<String> {
    let mut all = ways.iter().map(|way| {
        let mut graph = graph.try_clone().expect("all are cloneable");
        told(&mut graph, way)
    });
    let first = all.next().expect("there are ways");
    all.for_each(|other| assert_eq!(other, first));
    first
}

/// Authors 1 and 2; the first has books 1 to 3, and book 4 has no author.
fn shelves() -> (Graph, Library, [Id<Author>; 2], [Id<Book>; 4]) {
    let (mut graph, l) = library();
    let authors = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["one", "two", "three", "four"]);
    books_mut(&mut graph, l, authors[0])
        .extend(books[..3].iter().copied())
        .expect("all are live");
    (graph, l, authors, books)
}

fn books_mut(
    graph: &mut Graph,
    l: Library,
    author: Id<Author>,
) -> backref::RowMut<'_, Author, Book> {
    graph.row_mut(l.author_books, author).expect("it is live")
}

/// Cases 1 and 62.
#[test]
fn a_new_link_is_told_once_whichever_end_it_was_made_at() {
    let (graph, l, [ursula, _], [.., four]) = shelves();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set(l.book_author, four, ursula).map(drop),
            &|graph| books_mut(graph, l, ursula).push(four).map(drop),
            &|graph| books_mut(graph, l, ursula).insert_at(3, four).map(drop),
            &|graph| books_mut(graph, l, ursula).extend([four]).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        ["linked Book#4v1 at Book.author to Author#1v1 (set)"]
    );
}

/// Cases 2, 4 and 62.
#[test]
fn a_child_that_moves_is_cut_displaced_and_linked() {
    let (graph, l, [_, lem], [one, ..]) = shelves();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set(l.book_author, one, lem).map(drop),
            &|graph| books_mut(graph, l, lem).push(one).map(drop),
            &|graph| books_mut(graph, l, lem).replace([one]).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        [
            "unlinked Book#1v1 at Book.author from Author#1v1 (displaced)",
            "linked Book#1v1 at Book.author to Author#2v1 (set)",
        ]
    );
}

/// Cases 3 and 8.
#[test]
fn a_cut_link_is_told_once_whichever_end_it_was_cut_at() {
    let (graph, l, [ursula, _], [_, two, ..]) = shelves();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set(l.book_author, two, None).map(drop),
            &|graph| books_mut(graph, l, ursula).remove(two).map(drop),
            &|graph| books_mut(graph, l, ursula).remove_at(1).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        ["unlinked Book#2v1 at Book.author from Author#1v1 (set)"]
    );
}

/// Cases 5, 8, 11, 12 and 13.
#[test]
fn nothing_is_told_of_a_call_that_changes_nothing() {
    let (mut graph, l, [ursula, lem], books @ [one, two, three, four]) = shelves();
    let ways: [Way<'_>; 10] = [
        &|graph| books_mut(graph, l, ursula).push(one).map(drop),
        &|graph| books_mut(graph, l, ursula).extend([two, one]).map(drop),
        &|graph| books_mut(graph, l, ursula).remove(four).map(drop),
        &|graph| {
            books_mut(graph, l, ursula)
                .replace([one, two, three])
                .map(drop)
        },
        &|graph| graph.set(l.book_author, one, ursula).map(drop),
        &|graph| graph.set(l.book_author, four, None).map(drop),
        &|graph| books_mut(graph, l, ursula).move_to(two, 1).map(drop),
        &|graph| books_mut(graph, l, ursula).swap(1, 1).map(drop),
        &|graph| books_mut(graph, l, lem).clear().map(drop),
        &|graph| graph.update(l.book, one, |one| one.0 = "one"),
    ];
    for way in ways {
        assert_eq!(told(&mut graph, way), [""; 0]);
    }
    assert_eq!(row(&graph, l.author_books, ursula).len(), books.len() - 1);
}

/// Cases 9 and 65.
#[test]
fn clearing_a_row_is_one_telling() {
    let (mut graph, l, [ursula, _], _) = shelves();
    assert_eq!(
        told(&mut graph, |graph| books_mut(graph, l, ursula).clear()),
        [
            "unlinked Book#3v1 at Book.author from Author#1v1 (set)",
            "unlinked Book#2v1 at Book.author from Author#1v1 (set)",
            "unlinked Book#1v1 at Book.author from Author#1v1 (set)",
        ]
    );
}

/// Cases 10 and 65.
#[test]
fn a_replaced_row_tells_of_who_came_and_went_and_not_of_who_stayed() {
    let (mut graph, l, [ursula, lem], [one, two, three, four]) = shelves();
    graph.set(l.book_author, four, lem).unwrap();
    assert_eq!(
        told(&mut graph, |graph| books_mut(graph, l, ursula)
            .replace([one, four, three])),
        [
            "unlinked Book#2v1 at Book.author from Author#1v1 (set)",
            "unlinked Book#4v1 at Book.author from Author#2v1 (displaced)",
            "linked Book#4v1 at Book.author to Author#1v1 (set)",
        ]
    );
    assert_eq!(
        told(&mut graph, |graph| books_mut(graph, l, ursula)
            .replace([two, three, one])),
        [
            "unlinked Book#4v1 at Book.author from Author#1v1 (set)",
            "linked Book#2v1 at Book.author to Author#1v1 (set)",
            "moved Book#3v1 in Author.books of Author#1v1 behind Book#2v1 (set)",
        ]
    );
}

/// Case 13.
#[test]
fn a_move_within_a_row_is_one_event() {
    let (mut graph, l, [ursula, _], [_, two, three, _]) = shelves();
    assert_eq!(
        told(&mut graph, |graph| books_mut(graph, l, ursula)
            .move_to(three, 0)),
        ["moved Book#3v1 in Author.books of Author#1v1 to the front (set)"]
    );
    assert_eq!(
        told(&mut graph, |graph| books_mut(graph, l, ursula)
            .insert_at(2, three)),
        ["moved Book#3v1 in Author.books of Author#1v1 behind Book#2v1 (set)"]
    );
    assert_eq!(
        told(&mut graph, |graph| graph.transaction(|graph| {
            books_mut(graph, l, ursula).move_to(two, 0)?;
            books_mut(graph, l, ursula).move_to(two, 1)
        })),
        [""; 0],
        "moved and moved back"
    );
}

/// Case 14.
#[test]
fn an_order_is_told_as_moves_and_nobody_is_cut() {
    let (graph, l, [ursula, _], _) = shelves();
    assert_eq!(
        told_of_each(
            &graph,
            &[&|graph| books_mut(graph, l, ursula).swap(0, 1).map(drop)]
        ),
        ["moved Book#2v1 in Author.books of Author#1v1 to the front (set)"]
    );
    let told_of = told_of_each(
        &graph,
        &[&|graph| books_mut(graph, l, ursula).reverse().map(drop)],
    );
    assert_eq!(
        told_of,
        [
            "moved Book#3v1 in Author.books of Author#1v1 to the front (set)",
            "moved Book#2v1 in Author.books of Author#1v1 behind Book#3v1 (set)",
        ]
    );
    let mut graph = graph;
    let told_of = told(&mut graph, |graph| {
        books_mut(graph, l, ursula).sort_by_key(|book| std::cmp::Reverse(book.0.len()))
    });
    assert_eq!(
        told_of,
        ["moved Book#3v1 in Author.books of Author#1v1 to the front (set)"]
    );
}

/// Case 15.
#[test]
fn a_member_removed_and_added_back_in_a_transaction_has_moved_at_most() {
    let (graph, l, [ursula, _], [one, _, three, _]) = shelves();
    let again = |graph: &mut Graph, book| {
        graph.transaction(|graph| {
            graph.set(l.book_author, book, None)?;
            books_mut(graph, l, ursula).push(book).map(drop)
        })
    };
    assert_eq!(
        told_of_each(&graph, &[&|graph| again(graph, one)]),
        ["moved Book#1v1 in Author.books of Author#1v1 behind Book#3v1 (set)"]
    );
    assert_eq!(
        told_of_each(&graph, &[&|graph| again(graph, three)]),
        [""; 0],
        "it is last again"
    );
}

/// Cases 20 and 62.
#[test]
fn both_displaced_partners_are_told_of() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set(l.author_profile, a1, b2).map(drop),
            &|graph| graph.set(l.profile_author, b2, a1).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        [
            "unlinked Author#1v1 at Author.profile from Profile#1v1 (displaced)",
            "unlinked Author#2v1 at Author.profile from Profile#2v1 (displaced)",
            "linked Author#1v1 at Author.profile to Profile#2v1 (set)",
        ]
    );
}

/// Cases 21 and 62.
#[test]
fn a_chain_that_is_shortened_tells_of_the_one_in_between() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    graph.set(l.person_next, a, b).unwrap();
    graph.set(l.person_next, b, c).unwrap();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set(l.person_next, a, c).map(drop),
            &|graph| graph.set(l.person_previous, c, a).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        [
            "unlinked Person#1v1 at Person.next from Person#2v1 (displaced)",
            "unlinked Person#2v1 at Person.next from Person#3v1 (displaced)",
            "linked Person#1v1 at Person.next to Person#3v1 (set)",
        ]
    );
}

/// Cases 24, 31 and 62.
#[test]
fn links_of_many_and_of_friends_are_told_once() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    let [ann, bob] = insert(&mut graph, l.person, ["Ann", "Bob"]);
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.row_mut(l.book_tags, eden)?.push(sf).map(drop),
            &|graph| graph.row_mut(l.tag_books, sf)?.push(eden).map(drop),
        ],
    );
    assert_eq!(told_of, ["linked Book#1v1 at Book.tags to Tag#1v1 (set)"]);
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.row_mut(l.person_friends, ann)?.push(bob).map(drop),
            &|graph| graph.row_mut(l.person_friends, bob)?.push(ann).map(drop),
        ],
    );
    assert_eq!(
        told_of,
        ["linked Person#1v1 at Person.friends to Person#2v1 (set)"]
    );
    assert_eq!(
        told_of_each(
            &graph,
            &[&|graph| graph.row_mut(l.person_friends, ann)?.push(ann).map(drop)]
        ),
        ["linked Person#1v1 at Person.friends to Person#1v1 (set)"]
    );
}

/// Authors have books, which go with them; a book has chapters, which go with
/// their last book, and a cover, which stays.
struct Estate {
    lem: Id<Author>,
    eden: Id<Book>,
    author: backref::EntityType<Author>,
    books: ToMany<Author, Book>,
    chapters: ToMany<Book, Named<'C'>>,
    cover: ToOne<Book, Named<'I'>>,
}

fn estate() -> (Graph, Estate) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'C'>(&mut schema, "Chapter");
    declare::<'I'>(&mut schema, "Image");
    let books = schema.relationship("Author.books").to_many("Book");
    books.backref_one("author").delete_rule(DeleteRule::Cascade);
    let chapters = schema.relationship("Book.chapters").to_many("Chapter");
    chapters.backref_one("book").delete_orphans();
    schema.relationship("Book.cover").to_one("Image").one_way();
    let registry = schema.build().expect("the schema is sound");
    let mut graph = Graph::new(registry.clone());
    let author = registry.entity_type::<Author>("Author").expect("declared");
    let book = registry.entity_type::<Book>("Book").expect("declared");
    let chapter = registry.entity_type("Chapter").expect("declared");
    let image = registry.entity_type("Image").expect("declared");
    let [lem] = insert(&mut graph, author, ["Lem"]);
    let [eden] = insert(&mut graph, book, ["Eden"]);
    let chapters = insert::<'C', 2>(&mut graph, chapter, ["one", "two"]);
    let [cover] = insert::<'I', 1>(&mut graph, image, ["cover"]);
    let estate = Estate {
        lem,
        eden,
        author,
        books: registry.to_many("Author.books").expect("declared"),
        chapters: registry.to_many("Book.chapters").expect("declared"),
        cover: registry.to_one("Book.cover").expect("declared"),
    };
    let filled = graph.transaction(|graph| {
        graph.row_mut(estate.books, lem)?.push(eden)?;
        graph.row_mut(estate.chapters, eden)?.extend(chapters)?;
        graph.set(estate.cover, eden, cover)
    });
    filled.expect("all are live");
    (graph, estate)
}

const ALL_GOES: [&str; 8] = [
    "unlinked Author#1v1 at Author.books from Book#1v1 (nullified)",
    "unlinked Book#1v1 at Book.chapters from Chapter#2v1 (nullified)",
    "unlinked Book#1v1 at Book.chapters from Chapter#1v1 (nullified)",
    "unlinked Book#1v1 at Book.cover from Image#1v1 (nullified)",
    "deleted Author#1v1 (set)",
    "deleted Book#1v1 (cascaded)",
    "deleted Chapter#1v1 (orphaned)",
    "deleted Chapter#2v1 (orphaned)",
];

/// Cases 46, 50 and 62.
#[test]
fn who_goes_is_told_of_with_why_it_goes() {
    let (mut graph, l) = estate();
    assert_eq!(
        told(&mut graph, |graph| graph.delete(l.author, l.lem)),
        ALL_GOES
    );

    let (mut graph, l) = estate();
    assert_eq!(
        told(&mut graph, |graph| graph
            .row_mut(l.chapters, l.eden)?
            .remove_at(0)),
        [
            "unlinked Book#1v1 at Book.chapters from Chapter#1v1 (nullified)",
            "deleted Chapter#1v1 (orphaned)",
        ]
    );
}

/// Cases 56 and 62.
#[test]
fn undo_and_redo_are_told_as_what_they_change() {
    let (mut graph, l) = estate();
    graph.keep_history(10).unwrap();
    graph.name_step("End");
    graph.delete(l.author, l.lem).unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&said);
    graph
        .observe(move |commit, _| {
            let is = (commit.is_undo(), commit.is_redo());
            let label = commit.label().map(str::to_owned);
            log.lock().expect("nobody panicked").push((is, label));
        })
        .forever();
    assert_eq!(
        told(&mut graph, Graph::undo),
        [
            "inserted Chapter#2v1 (undone)",
            "inserted Chapter#1v1 (undone)",
            "inserted Book#1v1 (undone)",
            "inserted Author#1v1 (undone)",
            "linked Book#1v1 at Book.cover to Image#1v1 (undone)",
            "linked Book#1v1 at Book.chapters to Chapter#1v1 (undone)",
            "linked Book#1v1 at Book.chapters to Chapter#2v1 (undone)",
            "linked Author#1v1 at Author.books to Book#1v1 (undone)",
        ]
    );
    let redone = ["nullified", "set", "cascaded", "orphaned"];
    let redone = ALL_GOES.map(|event| {
        redone.iter().fold(event.to_owned(), |event, cause| {
            event.replace(&format!("({cause})"), "(redone)")
        })
    });
    assert_eq!(told(&mut graph, Graph::redo), redone);
    assert_eq!(
        *said.lock().unwrap(),
        [
            ((true, false), Some("End".to_owned())),
            ((false, true), Some("End".to_owned())),
        ]
    );
    graph.undo().unwrap();
    assert_eq!(told(&mut graph, Graph::undo), [""; 0], "there is no step");
}

/// Cases 8 of the invariants, 37 and 62.
#[test]
fn nothing_is_told_of_what_fails_or_is_taken_back() {
    let (mut graph, l, [ursula, _], [one, ..]) = shelves();
    let (heard, _subscription) = listen(&mut graph);
    let given_up = graph.try_transaction(|graph| {
        graph.set(l.book_author, one, None).map_err(Some)?;
        insert(graph, l.tag, ["sf"]);
        Err::<(), Option<Error>>(None)
    });
    assert!(given_up.unwrap_err().is_none());
    let refused = books_mut(&mut graph, l, ursula).insert_at(9, one);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::PositionOutOfRange);
    let in_need = graph.insert(l.chapter, Named("one"));
    assert_eq!(in_need.unwrap_err().kind(), ErrorKind::Required);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        graph.transaction(|graph| {
            graph.set(l.book_author, one, None)?;
            panic!("in the middle of it");
            #[expect(unreachable_code, reason = "it says what the closure returns")]
            Ok(())
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(heard.take(), [[""; 0]; 0]);
}

/// Cases 55 and 62.
#[test]
fn transactions_within_transactions_are_told_once() {
    let (mut graph, l, [_, lem], [one, two, ..]) = shelves();
    let (heard, _subscription) = listen(&mut graph);
    let done = graph.transaction(|graph| {
        graph.transaction(|graph| graph.set(l.book_author, one, lem))?;
        let failed: Result<()> = graph.transaction(|graph| {
            graph.set(l.book_author, two, lem)?;
            graph.row_mut(l.author_books, lem)?.remove_at(9).map(drop)
        });
        assert!(failed.is_err());
        assert_eq!(heard.take(), [[""; 0]; 0], "nothing before all is written");
        graph.update(l.book, two, |two| two.0 = "zwei")
    });
    done.unwrap();
    assert_eq!(
        heard.take(),
        [[
            "unlinked Book#1v1 at Book.author from Author#1v1 (displaced)",
            "updated Book#2v1 (set)",
            "linked Book#1v1 at Book.author to Author#2v1 (set)",
        ]]
    );
}

/// Case 59, as it is told.
#[test]
fn what_was_done_and_taken_back_in_a_transaction_is_not_told() {
    let (mut graph, l, [_, lem], [one, _, three, _]) = shelves();
    let told = told(&mut graph, |graph| {
        graph.transaction(|graph| {
            let [sf] = insert(graph, l.tag, ["sf"]);
            graph.row_mut(l.tag_books, sf)?.push(one)?;
            graph.delete(l.tag, sf)?;
            graph.update(l.book, one, |one| one.0 = "eins")?;
            graph.update(l.book, one, |one| one.0 = "one")?;
            graph.set(l.book_author, three, lem)?;
            graph.set(l.book_author, three, None)
        })
    });
    assert_eq!(
        told,
        ["unlinked Book#3v1 at Book.author from Author#1v1 (set)"]
    );
}

/// Case 62.
#[test]
fn observers_of_a_type_or_an_end_hear_of_that_alone() {
    let (mut graph, l, [ursula, lem], [one, ..]) = shelves();
    let [of_type, of_books, of_author] = [(); 3].map(|()| Heard::default());
    let log = of_type.clone();
    let by_type = graph.observe_type(l.book, move |commit, _| log.note(commit));
    let log = of_books.clone();
    let by_books = graph.observe_end(l.author_books.untyped(), move |commit, _| log.note(commit));
    let log = of_author.clone();
    let by_author = graph.observe_end(l.book_author.untyped(), move |commit, _| log.note(commit));

    graph.set(l.book_author, one, lem).unwrap();
    insert(&mut graph, l.tag, ["sf"]);
    books_mut(&mut graph, l, ursula).reverse().unwrap();
    graph.delete(l.book, one).unwrap();
    assert_eq!(of_type.take(), [["deleted Book#1v1 (set)"]]);
    let moved = vec!["moved Book#3v1 in Author.books of Author#1v1 to the front (set)"];
    assert_eq!(
        of_books.take(),
        [
            vec![
                "unlinked Author#1v1 at Author.books from Book#1v1 (displaced)",
                "linked Author#2v1 at Author.books to Book#1v1 (set)",
            ],
            moved,
            vec!["unlinked Author#2v1 at Author.books from Book#1v1 (nullified)"],
        ],
        "seen from the end that is observed"
    );
    assert_eq!(
        of_author.take(),
        [
            vec![
                "unlinked Book#1v1 at Book.author from Author#1v1 (displaced)",
                "linked Book#1v1 at Book.author to Author#2v1 (set)",
            ],
            vec!["unlinked Book#1v1 at Book.author from Author#2v1 (nullified)"],
        ]
    );
    drop((by_type, by_books, by_author));
}

/// Case 62.
#[test]
fn a_dropped_subscription_hears_nothing_and_one_that_is_for_ever_all() {
    let (mut graph, l) = library();
    let (first, subscription) = listen(&mut graph);
    let (second, for_ever) = listen(&mut graph);
    for_ever.forever();
    insert(&mut graph, l.tag, ["sf"]);
    drop(subscription);
    insert(&mut graph, l.tag, ["classic"]);
    assert_eq!(first.take(), [["inserted Tag#1v1 (set)"]]);
    assert_eq!(
        second.take(),
        [["inserted Tag#1v1 (set)"], ["inserted Tag#2v1 (set)"]]
    );
    let clone = graph.try_clone().unwrap();
    drop(clone);
    let mut clone = graph.try_clone().unwrap();
    insert(&mut clone, l.tag, ["polish"]);
    assert_eq!(second.take(), [[""; 0]; 0], "a clone has no observers");
}

/// Case 62: payloads before and after.
#[test]
fn an_event_has_the_payload_before_and_the_graph_the_one_after() {
    let (mut graph, l, _, [one, two, ..]) = shelves();
    let said = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&said);
    graph
        .observe(move |commit, _| {
            let mut log = log.lock().expect("nobody panicked");
            for (id, before) in commit.updated(l.book) {
                let after = commit.graph().get(l.book, id).map(|book| book.0);
                log.push((before.0, after));
            }
            for (id, before) in commit.deleted(l.book) {
                log.push((before.0, commit.graph().get(l.book, id).map(|book| book.0)));
            }
            for (_, new) in commit.inserted(l.book) {
                log.push(("", Some(new.0)));
            }
        })
        .forever();
    graph.keep_history(9).unwrap();
    let done = graph.transaction(|graph| {
        graph.update(l.book, one, |one| one.0 = "eins")?;
        graph.update(l.book, one, |one| one.0 = "uno")?;
        graph.insert(l.book, Named("five"))?;
        graph.delete(l.book, two)
    });
    done.unwrap();
    graph.undo().unwrap();
    graph.redo().unwrap();
    assert_eq!(
        *said.lock().unwrap(),
        [
            ("one", Some("uno")),
            ("two", None),
            ("", Some("five")),
            ("uno", Some("one")),
            ("five", None),
            ("", Some("two")),
            ("one", Some("uno")),
            ("two", None),
            ("", Some("five")),
        ]
    );
}

/// Case 62: positions.
#[test]
fn an_event_says_behind_whom_a_member_stands_or_stood() {
    type Behind = (String, Option<Option<String>>, Option<Option<String>>);
    let (mut graph, l, [ursula, lem], [one, two, _, four]) = shelves();
    let said = Arc::new(Mutex::new(Vec::<Behind>::new()));
    let log = Arc::clone(&said);
    graph
        .observe(move |commit, _| {
            let name = |id| commit.graph().describe(id);
            for event in commit.events() {
                let (Event::Linked(link) | Event::Unlinked(link)) = event else {
                    continue;
                };
                let behind = |link: &backref::LinkEvent<'_>| link.behind().map(|it| it.map(name));
                let both = [link.clone(), link.clone().reversed()];
                let [here, there] = both.map(|link| behind(&link));
                let told = (commit.describe(event), here, there);
                log.lock().expect("nobody panicked").push(told);
            }
        })
        .forever();
    let take = || {
        let told = std::mem::take(&mut *said.lock().unwrap());
        let told = told.into_iter();
        told.map(|(_, here, there)| (here, there))
            .collect::<Vec<_>>()
    };
    let at = |name: &str| Some(Some(name.to_owned()));
    books_mut(&mut graph, l, ursula).insert_at(1, four).unwrap();
    assert_eq!(take(), [(None, at("Book#1v1"))]);
    graph.set(l.book_author, two, None).unwrap();
    assert_eq!(take(), [(None, at("Book#4v1"))]);
    graph.set(l.book_author, one, lem).unwrap();
    assert_eq!(take(), [(None, Some(None)), (None, Some(None))]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph
        .row_mut(l.book_tags, one)
        .unwrap()
        .extend([sf, classic])
        .unwrap();
    assert_eq!(
        take(),
        [(Some(None), Some(None)), (at("Tag#1v1"), Some(None))]
    );
}

/// Case 62: the data of links.
#[test]
fn other_data_of_a_link_is_told_from_either_end() {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Tag");
    let tags = schema.relationship("Book.tags").data::<u32>();
    let tags = tags.cloneable_data::<u32>().comparable_data::<u32>();
    tags.to_many("Tag").backref("books");
    let registry = schema.build().unwrap();
    let mut graph = Graph::new(registry.clone());
    let book = registry.entity_type::<Book>("Book").unwrap();
    let tag = registry.entity_type::<Named<'T'>>("Tag").unwrap();
    let weight = registry
        .link_data::<Book, Named<'T'>, u32>("Book.tags")
        .unwrap();
    let back = registry
        .link_data::<Named<'T'>, Book, u32>("Tag.books")
        .unwrap();
    let [eden] = insert(&mut graph, book, ["Eden"]);
    let [sf] = insert(&mut graph, tag, ["sf"]);
    graph.link(weight, eden, sf, 1).unwrap();
    let told_of = told_of_each(
        &graph,
        &[
            &|graph| graph.set_link_data(weight, eden, sf, 2).map(drop),
            &|graph| graph.update_link_data(back, sf, eden, |datum| *datum += 1),
        ],
    );
    assert_eq!(
        told_of,
        ["changed the data of Book#1v1 at Book.tags and Tag#1v1 (set)"]
    );
    assert_eq!(
        told_of_each(
            &graph,
            &[&|graph| graph.set_link_data(weight, eden, sf, 1).map(drop)]
        ),
        [""; 0]
    );
    let before = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&before);
    graph
        .observe(move |commit, _| {
            for event in commit.events() {
                let (Event::DataChanged(link) | Event::Unlinked(link)) = event else {
                    continue;
                };
                let datum = link.data_before::<u32>().copied().expect("it has data");
                seen.fetch_add(datum as usize, Ordering::Relaxed);
            }
        })
        .forever();
    graph.set_link_data(weight, eden, sf, 10).unwrap();
    assert_eq!(before.load(Ordering::Relaxed), 1);
    graph.delete(tag, sf).unwrap();
    assert_eq!(before.load(Ordering::Relaxed), 11);
}

/// Case 63.
#[test]
fn an_observer_that_panics_harms_neither_the_graph_nor_the_others() {
    let (mut graph, l) = library();
    let (first, _first) = listen(&mut graph);
    let panicking = graph.observe(|_, queue| {
        queue.push(|_| ());
        panic!("an observer")
    });
    let (last, _last) = listen(&mut graph);
    let panicked = catch_unwind(AssertUnwindSafe(|| graph.insert(l.tag, Named("sf"))));
    let panicked = panicked.expect_err("the panic goes on");
    assert_eq!(panicked.downcast_ref(), Some(&"an observer"));
    assert_sound(&graph);
    assert_eq!(graph.len(l.tag), 1, "the commit stands");
    assert_eq!(first.take(), [["inserted Tag#1v1 (set)"]]);
    assert_eq!(last.take(), [["inserted Tag#1v1 (set)"]]);
    drop(panicking);
    insert(&mut graph, l.tag, ["classic"]);
    assert_eq!(last.take(), [["inserted Tag#2v1 (set)"]]);
}

/// Case 63.
#[test]
fn queued_work_runs_when_all_have_heard_and_is_told_in_its_turn() {
    let (mut graph, l) = library();
    graph
        .observe_type(l.author, move |commit, queue| {
            for (author, _) in commit.inserted(l.author) {
                queue.push(move |graph| {
                    let profile = graph.create(l.profile, Named("new"));
                    let made = profile.link(l.profile_author, author).insert();
                    made.map(drop).expect("the author is live");
                });
                queue.push(move |graph| {
                    let named = graph.update(l.author, author, |author| author.0 = "known");
                    named.expect("the author is live");
                });
            }
        })
        .forever();
    let (heard, _subscription) = listen(&mut graph);
    insert(&mut graph, l.author, ["Lem"]);
    assert_eq!(
        heard.take(),
        [
            vec!["inserted Author#1v1 (set)"],
            vec![
                "inserted Profile#1v1 (set)",
                "linked Author#1v1 at Author.profile to Profile#1v1 (set)",
            ],
            vec!["updated Author#1v1 (set)"],
        ]
    );
}

/// Case 63.
#[test]
fn work_that_queues_work_does_not_touch_the_stack() {
    const MANY: usize = 100_000;
    let (mut graph, l) = library();
    graph
        .observe_type(l.tag, move |commit, queue| {
            if commit.graph().len(l.tag) < MANY {
                queue.push(move |graph| {
                    insert(graph, l.tag, ["next"]);
                });
            }
        })
        .forever();
    insert(&mut graph, l.tag, ["first"]);
    assert_eq!(graph.len(l.tag), MANY);
}

/// Case 63.
#[test]
fn work_that_panics_drops_the_rest_and_the_graph_goes_on() {
    let (mut graph, l) = library();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let subscription = graph.observe_type(l.author, move |_, queue| {
        queue.push(|_| panic!("some work"));
        let counted = Arc::clone(&counted);
        queue.push(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
    });
    let panicked = catch_unwind(AssertUnwindSafe(|| graph.insert(l.author, Named("Lem"))));
    assert!(panicked.is_err());
    assert_eq!((graph.len(l.author), calls.load(Ordering::Relaxed)), (1, 0));
    assert_sound(&graph);
    drop(subscription);

    let counted = Arc::clone(&calls);
    graph
        .observe(move |_, queue| {
            let counted = Arc::clone(&counted);
            queue.push(move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
            });
        })
        .forever();
    insert(&mut graph, l.author, ["Tove"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1, "what was dropped is gone");
}

/// Case 63: work after a panic of an observer.
#[test]
fn work_of_the_others_is_done_before_a_panic_goes_on() {
    let (mut graph, l) = library();
    let is_first = move |graph: &Graph| graph.len(l.tag) == 1;
    let quiet = graph.observe(move |commit, queue| {
        if is_first(commit.graph()) {
            queue.push(move |graph| {
                insert(graph, l.tag, ["second"]);
            });
        }
    });
    let loud = graph.observe(move |commit, _| assert!(!is_first(commit.graph()), "an observer"));
    let panicked = catch_unwind(AssertUnwindSafe(|| graph.insert(l.tag, Named("first"))));
    assert!(panicked.is_err());
    assert_eq!(graph.len(l.tag), 2);
    drop((quiet, loud));
}
