//! Creation, keys, indexes, ids, copies of whole graphs.

use std::sync::Arc;

use backref::{
    EntityType, Error, ErrorKind, Graph, HashIndex, Id, Key, OrderedIndex, Pair, Registry, Result,
    Schema, ToMany, ToOne, UniqueKey,
};

use crate::model::{self, assert_sound, idle, refused};

#[derive(Clone, Debug, PartialEq)]
struct Author {
    name: String,
    email: Option<String>,
    country: String,
    born: i32,
}

#[derive(Clone, Debug, PartialEq)]
struct Shelf {
    room: String,
    number: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Book {
    title: &'static str,
    placeholder: bool,
}

/// Keyed authors, shelves with a composite key, and books that need an author.
#[derive(Clone, Copy)]
struct Keyed {
    author: EntityType<Author>,
    shelf: EntityType<Shelf>,
    book: EntityType<Book>,
    by_name: UniqueKey<Author, String>,
    by_email: UniqueKey<Author, String>,
    by_country: HashIndex<Author, String>,
    by_birth: OrderedIndex<Author, i32>,
    by_place: UniqueKey<Shelf, Pair<String, u32>>,
    by_title: UniqueKey<Book, &'static str>,
    author_books: ToMany<Author, Book>,
    /// Required.
    book_author: ToOne<Book, Author>,
    book_shelves: ToMany<Book, Shelf>,
    shelf_books: ToMany<Shelf, Book>,
}

fn keyed() -> (Graph, Keyed) {
    let mut schema = Schema::builder();
    schema
        .entity::<Author>("Author")
        .key(Key::field(|author: &Author| &author.name))
        .unique(
            "email",
            Key::optional(|author: &Author| author.email.as_ref()),
        )
        .index("country", Key::field(|author: &Author| &author.country))
        .ordered_index("born", Key::field(|author: &Author| &author.born))
        .cloneable()
        .comparable();
    schema
        .entity::<Shelf>("Shelf")
        .key(Key::pair(
            |shelf: &Shelf| &shelf.room,
            |shelf: &Shelf| &shelf.number,
        ))
        .cloneable()
        .comparable();
    schema
        .entity::<Book>("Book")
        .key(Key::field(|book: &Book| &book.title))
        .cloneable()
        .comparable();
    schema
        .relationship("Book.author")
        .to_one("Author")
        .backref("books")
        .required();
    schema
        .relationship("Book.shelves")
        .to_many("Shelf")
        .backref("books");
    let registry = schema.build().expect("the schema is sound");
    let keyed = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), keyed)
}

fn handles(registry: &Registry) -> Result<Keyed> {
    Ok(Keyed {
        author: registry.entity_type("Author")?,
        shelf: registry.entity_type("Shelf")?,
        book: registry.entity_type("Book")?,
        by_name: registry.key("Author")?,
        by_email: registry.unique("Author.email")?,
        by_country: registry.index("Author.country")?,
        by_birth: registry.ordered_index("Author.born")?,
        by_place: registry.key("Shelf")?,
        by_title: registry.key("Book")?,
        author_books: registry.to_many("Author.books")?,
        book_author: registry.to_one("Book.author")?,
        book_shelves: registry.to_many("Book.shelves")?,
        shelf_books: registry.to_many("Shelf.books")?,
    })
}

fn author(name: &str) -> Author {
    Author {
        name: name.to_owned(),
        email: None,
        country: "nowhere".to_owned(),
        born: 0,
    }
}

fn author_of(name: &str, country: &str, born: i32) -> Author {
    Author {
        country: country.to_owned(),
        born,
        ..author(name)
    }
}

fn reachable_at(name: &str, email: &str) -> Author {
    Author {
        email: Some(email.to_owned()),
        ..author(name)
    }
}

fn book(title: &'static str) -> Book {
    Book {
        title,
        placeholder: false,
    }
}

fn shelf(room: &str, number: u32) -> Shelf {
    Shelf {
        room: room.to_owned(),
        number,
    }
}

fn names(graph: &Graph, l: Keyed, ids: impl Iterator<Item = Id<Author>>) -> Vec<&str> {
    ids.map(|id| {
        graph
            .get(l.author, id)
            .expect("an index names the living")
            .name
            .as_str()
    })
    .collect()
}

/// Case 36.
#[test]
fn an_entity_is_live_as_soon_as_it_is_inserted() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    assert!(graph.contains(l.author, ursula));
    assert_eq!(graph.get(l.author, ursula), Some(&author("Ursula")));
    assert_eq!(graph.len(l.author), 1);
    assert!(graph.iter(l.author).map(|(id, _)| id).eq([ursula]));
}

/// Case 36.
#[test]
fn an_entity_is_created_together_with_its_links() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let shelves =
        [shelf("hall", 1), shelf("hall", 2)].map(|shelf| graph.insert(l.shelf, shelf).unwrap());
    let eden = graph
        .create(l.book, book("Eden"))
        .link(l.book_author, ursula)
        .links(l.book_shelves, shelves)
        .insert()
        .unwrap();
    assert_eq!(graph.one(l.book_author, eden), Some(ursula));
    assert!(graph.row(l.author_books, ursula).iter().eq([eden]));
    assert!(graph.row(l.book_shelves, eden).iter().eq(shelves));
    assert!(graph.row(l.shelf_books, shelves[1]).iter().eq([eden]));
    assert_sound(&graph);
}

/// Case 36.
#[test]
fn a_creation_that_fails_leaves_neither_the_entity_nor_a_link() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let gone = graph.insert(l.shelf, shelf("hall", 1)).unwrap();
    graph.delete(l.shelf, gone).unwrap();
    let error = refused(&mut graph, |graph| {
        graph
            .create(l.book, book("Eden"))
            .link(l.book_author, ursula)
            .link(l.book_shelves, gone)
            .insert()
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert_eq!(graph.find(l.by_title, "Eden"), None);
    graph
        .create(l.book, book("Eden"))
        .link(l.book_author, ursula)
        .insert()
        .unwrap();
    let error = refused(&mut graph, |graph| {
        graph
            .create(l.book, book("Eden"))
            .link(l.book_author, ursula)
            .insert()
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
}

/// Case 36, links that take a member from another owner.
#[test]
fn a_creation_moves_the_children_it_is_given() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let eden = graph
        .create(l.book, book("Eden"))
        .link(l.book_author, ursula)
        .insert()
        .unwrap();
    let lem = graph
        .create(l.author, author("Lem"))
        .link(l.author_books, eden)
        .insert()
        .unwrap();
    assert_eq!(graph.one(l.book_author, eden), Some(lem));
    assert!(graph.row(l.author_books, ursula).is_empty());
    assert_sound(&graph);
}

/// Case 37.
#[test]
fn an_entity_is_not_inserted_without_a_link_that_it_needs() {
    let (mut graph, l) = keyed();
    let error = refused(&mut graph, |graph| graph.insert(l.book, book("Eden")));
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.end(), Some(l.book_author.untyped()));
    assert!(error.to_string().contains("Book.author"), "{error}");
    let error = refused(&mut graph, |graph| {
        graph.create(l.book, book("Eden")).insert()
    });
    assert_eq!(error.kind(), ErrorKind::Required);
}

/// Case 37, on an end to many.
#[test]
fn a_required_row_never_becomes_empty() {
    let mut schema = Schema::builder();
    model::declare::<'B'>(&mut schema, "Book");
    model::declare::<'T'>(&mut schema, "Tag");
    schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref("books")
        .required();
    let registry = schema.build().unwrap();
    let (book, tag) = (
        registry.entity_type("Book").unwrap(),
        registry.entity_type("Tag").unwrap(),
    );
    let tags: ToMany<model::Book, model::Tag> = registry.to_many("Book.tags").unwrap();
    let mut graph = Graph::new(registry);
    let [sf, classic] = model::insert(&mut graph, tag, ["sf", "classic"]);
    let eden = graph
        .create(book, model::Named("Eden"))
        .links(tags, [sf, classic])
        .insert()
        .unwrap();
    graph.row_mut(tags, eden).unwrap().remove(sf).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(tags, eden)?.remove(classic)
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    let error = refused(&mut graph, |graph| graph.row_mut(tags, eden)?.replace([]));
    assert_eq!(error.kind(), ErrorKind::Required);
    let error = refused(&mut graph, |graph| graph.delete(tag, classic));
    assert_eq!(error.entities(), [book.any(eden)]);
    assert!(graph.row_mut(tags, eden).unwrap().replace([sf]).unwrap());
    graph.delete(tag, classic).unwrap();
}

/// Case 38.
#[test]
fn a_taken_key_is_refused_and_the_error_names_who_has_it() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let error = refused(&mut graph, |graph| graph.insert(l.author, author("Ursula")));
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), [l.author.any(ursula)]);
    assert!(
        error
            .to_string()
            .contains(&graph.describe(l.author.any(ursula))),
        "{error}"
    );
}

/// Case 38.
#[test]
fn get_or_insert_finds_the_one_that_is_there() {
    let (mut graph, l) = keyed();
    let (ursula, inserted) = graph
        .get_or_insert(l.author, author_of("Ursula", "USA", 1929))
        .unwrap();
    assert!(inserted);
    let found = idle(&mut graph, |graph| {
        graph.get_or_insert(l.author, author("Ursula"))
    });
    assert_eq!(found, (ursula, false));
    assert_eq!(graph.get(l.author, ursula).unwrap().born, 1929);
}

/// Case 38.
#[test]
fn upsert_inserts_or_replaces_the_payload_and_the_links_stay() {
    let (mut graph, l) = keyed();
    let (ursula, old) = graph.upsert(l.author, author("Ursula")).unwrap();
    assert_eq!(old, None);
    let eden = graph
        .create(l.book, book("Eden"))
        .link(l.book_author, ursula)
        .insert()
        .unwrap();
    let (same, old) = graph
        .upsert(l.author, author_of("Ursula", "USA", 1929))
        .unwrap();
    assert_eq!((same, old), (ursula, Some(author("Ursula"))));
    assert_eq!(graph.get(l.author, ursula).unwrap().country, "USA");
    assert!(graph.row(l.author_books, ursula).iter().eq([eden]));
    assert!(graph.find_all(l.by_country, "USA").eq([ursula]));
    assert_sound(&graph);
}

/// Case 38: a clash with a secondary key of a third.
#[test]
fn upsert_does_not_take_a_secondary_key_from_a_third() {
    let (mut graph, l) = keyed();
    graph.insert(l.author, author("Ursula")).unwrap();
    let lem = graph
        .insert(l.author, reachable_at("Lem", "s@lem"))
        .unwrap();
    for name in ["Ursula", "Somebody new"] {
        let error = refused(&mut graph, |graph| {
            graph.upsert(l.author, reachable_at(name, "s@lem"))
        });
        assert_eq!(error.kind(), ErrorKind::DuplicateKey);
        assert_eq!(error.entities(), [l.author.any(lem)]);
    }
}

/// Case 39.
#[test]
fn a_key_finds_the_same_id_for_as_long_as_the_entity_lives() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    for name in ["Lem", "Borges", "Calvino"] {
        graph.insert(l.author, author(name)).unwrap();
        assert_eq!(graph.find(l.by_name, "Ursula"), Some(ursula));
    }
    assert_eq!(graph.find(l.by_name, "Nobody"), None);
}

/// Case 39.
#[test]
fn a_key_is_free_after_the_delete_and_the_id_is_never_used_again() {
    let (mut graph, l) = keyed();
    let mut earlier = Vec::new();
    for _ in 0..10 {
        let ursula = graph.insert(l.author, author("Ursula")).unwrap();
        assert!(!earlier.contains(&ursula));
        assert!(earlier.iter().all(|&id| graph.get(l.author, id).is_none()));
        earlier.push(ursula);
        graph.delete(l.author, ursula).unwrap();
        assert_eq!(graph.find(l.by_name, "Ursula"), None);
    }
}

/// Case 40.
#[test]
fn a_key_that_changes_is_indexed_at_once() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let old = graph
        .replace(l.author, ursula, author("Ursula K. Le Guin"))
        .unwrap();
    assert_eq!(old, author("Ursula"));
    assert_eq!(graph.find(l.by_name, "Ursula"), None);
    assert_eq!(graph.find(l.by_name, "Ursula K. Le Guin"), Some(ursula));
    let length = graph.update(l.author, ursula, |author| {
        "Le Guin".clone_into(&mut author.name);
        author.name.len()
    });
    assert_eq!(length.unwrap(), 7);
    assert_eq!(graph.find(l.by_name, "Le Guin"), Some(ursula));
    assert_sound(&graph);
}

/// Case 40.
#[test]
fn a_key_that_is_taken_is_not_taken_over() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let lem = graph.insert(l.author, author("Lem")).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.replace(l.author, lem, author("Ursula"))
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), [l.author.any(ursula)]);
    let rename = |author: &mut Author| "Ursula".clone_into(&mut author.name);
    let error = refused(&mut graph, |graph| graph.update(l.author, lem, rename));
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
}

/// Case 40: a closure that fails leaves no trace.
#[test]
fn an_update_whose_closure_fails_leaves_no_trace() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let before = graph.try_clone().unwrap();
    let outcome: std::result::Result<(), Refusal> = graph.try_update(l.author, ursula, |author| {
        author.name.clear();
        Err(Refusal::Mine)
    });
    assert!(matches!(outcome, Err(Refusal::Mine)));
    assert!(graph.try_eq(&before).unwrap());
}

/// Case 40: a closure that panics leaves no trace.
#[test]
fn an_update_whose_closure_panics_leaves_no_trace() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let before = graph.try_clone().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        graph.update(l.author, ursula, |author| {
            author.name.clear();
            panic!("in the middle of an update")
        })
    }));
    assert!(panicked.is_err());
    assert_sound(&graph);
    assert!(graph.try_eq(&before).unwrap());
}

/// A payload that no key and no row goes by is written where it stands, and the
/// old one belongs to the caller; in a transaction it is kept until the end.
#[test]
fn a_payload_without_keys_is_replaced_and_the_old_one_dropped_once() {
    let mut schema = Schema::builder();
    schema.entity::<Arc<&str>>("Note").cloneable();
    let registry = schema.build().unwrap();
    let note = registry.entity_type::<Arc<&str>>("Note").unwrap();
    let mut graph = Graph::new(registry);
    let [draft, fair] = ["draft", "fair copy"].map(Arc::new);
    let held = || [&draft, &fair].map(Arc::strong_count);
    let id = graph.insert(note, Arc::clone(&draft)).unwrap();
    assert_eq!(held(), [2, 1]);
    let old = graph.replace(note, id, Arc::clone(&fair)).unwrap();
    assert!(Arc::ptr_eq(&old, &draft));
    drop(old);
    assert_eq!(held(), [1, 2]);
    let written = graph.update(note, id, |it| *it = Arc::clone(&draft));
    assert_eq!((written.unwrap(), held()), ((), [2, 1]));
    let taken_back: std::result::Result<(), Refusal> = graph.try_transaction(|graph| {
        graph.update(note, id, |it| *it = Arc::clone(&fair))?;
        let old = graph.replace(note, id, Arc::clone(&draft))?;
        assert!(Arc::ptr_eq(&old, &fair));
        Err(Refusal::Mine)
    });
    assert!(matches!(taken_back, Err(Refusal::Mine)));
    assert!(Arc::ptr_eq(graph.get(note, id).unwrap(), &draft));
    assert_eq!(held(), [2, 1]);
    graph.delete(note, id).unwrap();
    assert_eq!(held(), [1, 1]);
    let dead = graph.replace(note, id, fair.clone()).unwrap_err();
    assert_eq!((dead.kind(), held()), (ErrorKind::NotLive, [1, 1]));
    assert_sound(&graph);
}

/// An error of a user's own.
#[derive(Debug)]
enum Refusal {
    Mine,
    Graphs(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Graphs(error)
    }
}

/// Case 40: the graph's own error comes out as the user's.
#[test]
fn an_update_of_the_dead_is_the_users_kind_of_error() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    graph.delete(l.author, ursula).unwrap();
    let outcome: std::result::Result<(), Refusal> = graph.try_update(l.author, ursula, |_| Ok(()));
    match outcome {
        Err(Refusal::Graphs(error)) => assert_eq!(error.kind(), ErrorKind::NotLive),
        Err(Refusal::Mine) | Ok(()) => panic!("{outcome:?}"),
    }
}

/// Case 40.
#[test]
fn two_entities_exchange_their_keys() {
    let (mut graph, l) = keyed();
    let ursula = graph
        .insert(l.author, reachable_at("Ursula", "u@le"))
        .unwrap();
    let lem = graph
        .insert(l.author, reachable_at("Lem", "s@lem"))
        .unwrap();
    graph
        .swap_keys(l.author, ursula, lem, |a, b| {
            std::mem::swap(&mut a.name, &mut b.name);
        })
        .unwrap();
    assert_eq!(graph.find(l.by_name, "Lem"), Some(ursula));
    assert_eq!(graph.find(l.by_name, "Ursula"), Some(lem));
    assert_eq!(graph.find(l.by_email, "u@le"), Some(ursula));
    assert_sound(&graph);
}

/// Case 40: keys are judged on the final state of both.
#[test]
fn an_exchange_of_keys_that_clashes_changes_neither() {
    let (mut graph, l) = keyed();
    let [ursula, lem, third] =
        ["Ursula", "Lem", "Borges"].map(|name| graph.insert(l.author, author(name)).unwrap());
    let error = refused(&mut graph, |graph| {
        graph.swap_keys(l.author, ursula, lem, |a, b| {
            std::mem::swap(&mut a.name, &mut b.name);
            "Borges".clone_into(&mut b.name);
        })
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), [l.author.any(third)]);
    let error = refused(&mut graph, |graph| {
        graph.swap_keys(l.author, ursula, lem, |a, b| b.name.clone_from(&a.name))
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
}

/// Case 41.
#[test]
fn a_secondary_key_finds_who_has_it_and_is_unique() {
    let (mut graph, l) = keyed();
    let ursula = graph
        .insert(l.author, reachable_at("Ursula", "u@le"))
        .unwrap();
    assert_eq!(graph.find(l.by_email, "u@le"), Some(ursula));
    let error = refused(&mut graph, |graph| {
        graph.insert(l.author, reachable_at("Lem", "u@le"))
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    graph
        .replace(l.author, ursula, reachable_at("Ursula", "ursula@le"))
        .unwrap();
    assert_eq!(graph.find(l.by_email, "u@le"), None);
    assert_eq!(graph.find(l.by_email, "ursula@le"), Some(ursula));
}

/// Case 41.
#[test]
fn a_key_of_none_is_not_indexed_and_many_may_have_it() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    graph.insert(l.author, author("Lem")).unwrap();
    graph
        .replace(l.author, ursula, reachable_at("Ursula", "u@le"))
        .unwrap();
    assert_eq!(graph.find(l.by_email, "u@le"), Some(ursula));
    graph.replace(l.author, ursula, author("Ursula")).unwrap();
    assert_eq!(graph.find(l.by_email, "u@le"), None);
    assert_sound(&graph);
}

/// Case 41.
#[test]
fn a_composite_key_is_unique_as_a_whole() {
    let (mut graph, l) = keyed();
    let first = graph.insert(l.shelf, shelf("hall", 1)).unwrap();
    let second = graph.insert(l.shelf, shelf("hall", 2)).unwrap();
    let third = graph.insert(l.shelf, shelf("attic", 1)).unwrap();
    assert_eq!(graph.find(l.by_place, ("hall", &1)), Some(first));
    assert_eq!(graph.find(l.by_place, ("hall", &2)), Some(second));
    assert_eq!(graph.find(l.by_place, ("attic", &1)), Some(third));
    assert_eq!(graph.find(l.by_place, ("attic", &2)), None);
    let error = refused(&mut graph, |graph| graph.insert(l.shelf, shelf("hall", 2)));
    assert_eq!(error.entities(), [l.shelf.any(second)]);
}

/// Case 43.
#[test]
fn links_are_built_before_their_targets_are_read() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let (attic, _) = graph.get_or_insert(l.shelf, shelf("attic", 1)).unwrap();
    let placeholder = Book {
        placeholder: true,
        ..book("Eden")
    };
    let eden = graph
        .create(l.book, placeholder)
        .link(l.book_author, ursula)
        .link(l.book_shelves, attic);
    let eden = eden.insert().unwrap();
    let (filled, old) = graph.upsert(l.book, book("Eden")).unwrap();
    assert_eq!(filled, eden);
    assert!(old.unwrap().placeholder);
    assert!(!graph.get(l.book, eden).unwrap().placeholder);
    assert!(graph.row(l.shelf_books, attic).iter().eq([eden]));
    assert_eq!(
        graph.get_or_insert(l.shelf, shelf("attic", 1)).unwrap(),
        (attic, false)
    );
}

/// Case 43a.
#[test]
fn all_with_one_value_of_an_index_are_found_in_slot_order() {
    let (mut graph, l) = keyed();
    let [ursula, lem, octavia] = [("Ursula", "USA"), ("Lem", "Poland"), ("Octavia", "USA")]
        .map(|(name, country)| graph.insert(l.author, author_of(name, country, 0)).unwrap());
    assert_eq!(
        names(&graph, l, graph.find_all(l.by_country, "USA")),
        ["Ursula", "Octavia"]
    );
    graph
        .replace(l.author, ursula, author_of("Ursula", "Poland", 0))
        .unwrap();
    assert_eq!(
        names(&graph, l, graph.find_all(l.by_country, "Poland")),
        ["Ursula", "Lem"]
    );
    graph.delete(l.author, lem).unwrap();
    assert!(graph.find_all(l.by_country, "Poland").eq([ursula]));
    assert!(graph.find_all(l.by_country, "USA").eq([octavia]));
    assert_eq!(graph.find_all(l.by_country, "France").count(), 0);
    assert_sound(&graph);
}

/// Case 43a.
#[test]
fn a_range_of_an_ordered_index_comes_in_key_order_from_both_sides() {
    let (mut graph, l) = keyed();
    let born = [
        ("Lem", 1921),
        ("Ursula", 1929),
        ("Borges", 1899),
        ("Calvino", 1923),
        ("Dick", 1928),
        ("Same", 1921),
    ];
    for (name, year) in born {
        graph.insert(l.author, author_of(name, "", year)).unwrap();
    }
    assert_eq!(
        names(&graph, l, graph.range(l.by_birth, 1900..1929)),
        ["Lem", "Same", "Calvino", "Dick"]
    );
    assert_eq!(
        names(&graph, l, graph.range(l.by_birth, 1923..=1929).rev()),
        ["Ursula", "Dick", "Calvino"]
    );
    let lem = graph.find(l.by_name, "Lem").unwrap();
    graph
        .replace(l.author, lem, author_of("Lem", "", 2000))
        .unwrap();
    assert_eq!(
        names(&graph, l, graph.range(l.by_birth, 1925..)),
        ["Dick", "Ursula", "Lem"]
    );
    assert_eq!(graph.range(l.by_birth, ..=i32::MAX).count(), 6);
    assert_sound(&graph);
}

/// Case 43b.
#[test]
fn the_ids_of_a_graph_are_ids_of_its_clone_and_the_two_live_apart() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let eden = graph
        .create(l.book, book("Eden"))
        .link(l.book_author, ursula)
        .insert()
        .unwrap();
    let mut copy = graph.try_clone().unwrap();
    assert!(copy.try_eq(&graph).unwrap());
    assert!(copy.row(l.author_books, ursula).iter().eq([eden]));
    copy.delete(l.book, eden).unwrap();
    assert!(!copy.try_eq(&graph).unwrap());
    assert!(graph.contains(l.book, eden));
    assert_sound(&copy);
    assert_sound(&graph);
}

/// Case 43b.
#[test]
fn graphs_are_equal_when_payloads_links_and_orders_are() {
    let (mut graph, l) = keyed();
    let ursula = graph.insert(l.author, author("Ursula")).unwrap();
    let books = ["Eden", "Lathe"].map(|title| {
        graph
            .create(l.book, book(title))
            .link(l.book_author, ursula)
            .insert()
            .unwrap()
    });
    let mut copy = graph.try_clone().unwrap();
    copy.row_mut(l.author_books, ursula)
        .unwrap()
        .swap(0, 1)
        .unwrap();
    assert!(!copy.try_eq(&graph).unwrap());
    copy.row_mut(l.author_books, ursula)
        .unwrap()
        .swap(0, 1)
        .unwrap();
    assert!(copy.try_eq(&graph).unwrap());
    copy.replace(l.author, ursula, author("Le Guin")).unwrap();
    assert!(!copy.try_eq(&graph).unwrap());
    copy.replace(l.author, ursula, author("Ursula")).unwrap();
    assert!(copy.try_eq(&graph).unwrap());
    copy.delete(l.book, books[1]).unwrap();
    assert!(!copy.try_eq(&graph).unwrap());
}

/// Case 43b, where a type was not declared to be cloneable or comparable.
#[test]
fn a_graph_with_a_type_that_cannot_be_cloned_or_compared_says_so() {
    struct Opaque;
    let mut schema = Schema::builder();
    schema.entity::<Opaque>("Opaque");
    let graph = Graph::new(schema.build().unwrap());
    assert_eq!(
        graph.try_clone().unwrap_err().kind(),
        ErrorKind::NotDeclared
    );
    let error = graph.try_eq(&graph).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotDeclared);
    assert!(error.to_string().contains("Opaque"), "{error}");
}
