//! The history: undo, redo, and what a step is.

use backref::{EntityType, ErrorKind, Graph, Id, Key, Schema};

use crate::model::{Author, Book, Library, Named, assert_sound, insert, library, one, row};

/// A library that keeps a history, with Lem and three books of his in it.
fn shelf() -> (Graph, Library, Id<Author>, [Id<Book>; 3]) {
    let (mut graph, l) = library();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let books = insert(&mut graph, l.book, ["Eden", "Solaris", "Fiasco"]);
    graph
        .row_mut(l.author_books, lem)
        .expect("it can be done")
        .extend(books)
        .expect("it can be done");
    graph.keep_history(100).expect("it can be done");
    (graph, l, lem, books)
}

/// Undoes a call and does it again: the state is as before, and as after.
#[track_caller]
fn back_and_forth<R>(graph: &mut Graph, call: impl FnOnce(&mut Graph) -> backref::Result<R>) -> R {
    let before = graph.try_clone().expect("it can be done");
    let result = call(graph).expect("it can be done");
    let after = graph.try_clone().expect("it can be done");
    for _ in 0..2 {
        assert!(graph.undo().expect("it can be done"));
        assert_sound(graph);
        assert!(graph.try_eq(&before).expect("it can be done"), "undone");
        assert!(graph.redo().expect("it can be done"));
        assert_sound(graph);
        assert!(graph.try_eq(&after).expect("it can be done"), "done again");
    }
    result
}

/// Case 56.
#[test]
fn a_delete_that_is_undone_brings_back_ids_links_and_positions() {
    let (mut graph, l, lem, books) = shelf();
    back_and_forth(&mut graph, |graph| graph.delete(l.book, books[1]));
    graph.undo().unwrap();
    assert_eq!(
        row(&graph, l.author_books, lem),
        ["Eden", "Solaris", "Fiasco"]
    );
    assert_eq!(one(&graph, l.book_author, books[1]), Some("Lem"));
    assert_eq!(graph.get(l.book, books[1]), Some(&Named("Solaris")));
}

/// Case 56.
#[test]
fn each_verb_is_undone_with_the_order_of_the_row() {
    let (mut graph, l, lem, [eden, solaris, fiasco]) = shelf();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    back_and_forth(&mut graph, |graph| graph.set(l.book_author, eden, ursula));
    back_and_forth(&mut graph, |graph| {
        graph.row_mut(l.author_books, lem)?.insert_at(0, eden)
    });
    back_and_forth(&mut graph, |graph| {
        graph.row_mut(l.author_books, lem)?.reverse()
    });
    back_and_forth(&mut graph, |graph| {
        graph
            .row_mut(l.author_books, lem)?
            .replace([solaris, fiasco])
    });
    back_and_forth(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.take_all_from(lem)
    });
    back_and_forth(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.clear()
    });
    back_and_forth(&mut graph, |graph| {
        graph.replace(l.book, eden, Named("Éden"))
    });
    while graph.undo().unwrap() {}
    assert_eq!(
        row(&graph, l.author_books, lem),
        ["Eden", "Solaris", "Fiasco"]
    );
}

/// Case 56.
#[test]
fn an_insert_that_is_undone_is_dead_and_lives_under_its_id_again() {
    let (mut graph, l, ..) = shelf();
    let new = back_and_forth(&mut graph, |graph| graph.insert(l.book, Named("Memoirs")));
    graph.undo().unwrap();
    assert!(!graph.contains(l.book, new));
    let error = graph.delete(l.book, new).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert!(graph.redo().unwrap(), "an error is no change");
    assert!(graph.contains(l.book, new));
}

/// Case 56.
#[test]
fn a_transaction_is_one_step_with_its_name() {
    let (mut graph, l, lem, books) = shelf();
    back_and_forth(&mut graph, |graph| {
        graph.transaction(|graph| {
            graph.name_step("Clear the shelf");
            for book in books {
                graph.transaction(|graph| graph.delete(l.book, book))?;
            }
            graph.delete(l.author, lem)
        })
    });
    assert!(graph.undo_steps().eq([Some("Clear the shelf")]));
    graph.undo().unwrap();
    assert_eq!(
        (graph.undo_label(), graph.redo_label()),
        (None, Some("Clear the shelf"))
    );
    assert!(!graph.undo().unwrap(), "there is no other");
}

/// Case 56.
#[test]
fn what_changes_nothing_is_no_step_and_leaves_what_was_undone() {
    let (mut graph, l, lem, [eden, ..]) = shelf();
    graph.delete(l.book, eden).unwrap();
    graph.undo().unwrap();
    assert!(!graph.set(l.book_author, eden, lem).unwrap());
    graph.transaction(|_| Ok(())).unwrap();
    graph
        .transaction(|graph| graph.delete(l.author, lem).and(graph.delete(l.author, lem)))
        .unwrap_err();
    assert!(graph.plan_delete([l.author.any(lem)]).unwrap().is_allowed());
    assert_eq!((graph.undo_steps().len(), graph.redo_steps().len()), (0, 1));
    assert!(graph.redo().unwrap());
    assert!(!graph.contains(l.book, eden));
    assert_sound(&graph);
}

/// Case 57.
#[test]
fn a_change_after_an_undo_drops_what_could_have_been_done_again() {
    let (mut graph, l, lem, [eden, solaris, _]) = shelf();
    graph.delete(l.book, eden).unwrap();
    let [new] = insert(&mut graph, l.book, ["Memoirs"]);
    graph.undo().unwrap();
    graph.undo().unwrap();
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .remove(solaris)
        .unwrap();
    assert!(!graph.redo().unwrap());
    assert_eq!((graph.undo_steps().len(), graph.redo_steps().len()), (1, 0));
    let [other] = insert(&mut graph, l.book, ["Golem"]);
    assert!(
        other != new && !graph.contains(l.book, new),
        "an id is not given out twice"
    );
    assert_sound(&graph);
}

/// Case 56.
#[test]
fn steps_beyond_the_depth_are_forgotten() {
    let (mut graph, l) = library();
    graph.keep_history(3).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        graph.name_step(name);
        insert(&mut graph, l.book, [name]);
    }
    assert!(graph.undo_steps().eq([Some("e"), Some("d"), Some("c")]));
    graph.keep_history(2).unwrap();
    assert!(graph.undo_steps().eq([Some("e"), Some("d")]));
    while graph.undo().unwrap() {}
    assert_eq!(graph.len(l.book), 3);
    graph.keep_history(0).unwrap();
    assert_eq!(
        (graph.redo().unwrap(), graph.undo().unwrap()),
        (false, false)
    );
    let next = insert(&mut graph, l.book, ["f", "g"]);
    let mut slots = next.map(|id| graph.describe(l.book.any(id)));
    slots.sort_unstable();
    assert_eq!(slots, ["Book#4v2", "Book#5v2"], "no slot is lost");
}

/// Case 56.
#[test]
fn a_step_joins_the_last_one_of_its_name_and_no_other() {
    let (mut graph, l, _, [eden, ..]) = shelf();
    let type_letter = |graph: &mut Graph, name, label: &str| {
        graph.join_step(label);
        graph.replace(l.book, eden, Named(name)).unwrap();
    };
    type_letter(&mut graph, "E", "Typing");
    type_letter(&mut graph, "Ed", "Typing");
    type_letter(&mut graph, "Edo", "Other typing");
    graph.undo().unwrap();
    type_letter(&mut graph, "Ede", "Typing");
    assert!(
        graph.undo_steps().eq([Some("Typing"), Some("Typing")]),
        "after an undo it is its own"
    );
    graph.undo().unwrap();
    assert_eq!(graph.get(l.book, eden), Some(&Named("Ed")));
    graph.undo().unwrap();
    assert_eq!(graph.get(l.book, eden), Some(&Named("Eden")));
}

/// Case 56.
#[test]
fn a_savepoint_that_fails_takes_its_name_back_and_whether_it_joins() {
    let (mut graph, l, ..) = shelf();
    graph.name_step("Add");
    insert(&mut graph, l.book, ["Memoirs"]);
    graph
        .transaction(|graph| {
            graph.name_step("Add");
            let failed = graph.transaction(|graph| {
                graph.join_step("Something else");
                let [tag] = insert(graph, l.tag, ["sf"]);
                graph.delete(l.tag, tag)?;
                graph.delete(l.tag, tag)
            });
            assert!(failed.is_err());
            graph.insert(l.book, Named("Golem"))
        })
        .unwrap();
    assert!(graph.undo_steps().eq([Some("Add"), Some("Add")]));
}

/// Cases 54 and 56.
#[test]
fn the_history_is_not_gone_through_inside_a_transaction() {
    let (mut graph, l, _, [eden, ..]) = shelf();
    graph.delete(l.book, eden).unwrap();
    graph
        .transaction(|graph| {
            let refused = [
                graph.undo().unwrap_err(),
                graph.redo().unwrap_err(),
                graph.keep_history(1).unwrap_err(),
            ];
            assert!(
                refused
                    .iter()
                    .all(|error| error.kind() == ErrorKind::InTransaction)
            );
            Ok(())
        })
        .unwrap();
    assert!(graph.undo().unwrap());
}

/// Case 56: keys and indexes too.
#[test]
fn a_key_leads_to_whom_it_led() {
    let mut schema = Schema::builder();
    let entity = schema.entity::<u32>("Number").cloneable().comparable();
    entity.key(Key::field(|number: &u32| number));
    let mut graph = Graph::new(schema.build().unwrap());
    let number: EntityType<u32> = graph.registry().entity_type("Number").unwrap();
    let key = graph.registry().key::<u32, u32>("Number").unwrap();
    graph.keep_history(10).unwrap();
    let [one, two] = [1, 2].map(|it| graph.insert(number, it).unwrap());
    back_and_forth(&mut graph, |graph| {
        graph.swap_keys(number, one, two, std::mem::swap)
    });
    back_and_forth(&mut graph, |graph| graph.delete(number, one));
    back_and_forth(&mut graph, |graph| graph.insert(number, 2));
    graph.undo().unwrap();
    graph.undo().unwrap();
    assert_eq!(
        (graph.find(key, &2), graph.find(key, &1)),
        (Some(one), Some(two))
    );
    graph.undo().unwrap();
    assert_eq!(
        (graph.find(key, &1), graph.find(key, &2)),
        (Some(one), Some(two))
    );
}

/// Case 56.
#[test]
fn undoing_all_and_doing_all_again_changes_nothing() {
    let (mut graph, l, lem, books) = shelf();
    let before = graph.try_clone().unwrap();
    for round in 0..50 {
        let book = books[round % 3];
        match round % 4 {
            0 => drop(graph.row_mut(l.author_books, lem).unwrap().push(book)),
            1 => drop(
                graph
                    .row_mut(l.author_books, lem)
                    .unwrap()
                    .insert_at(0, book),
            ),
            2 => drop(graph.set(l.book_author, book, None)),
            _ => drop(insert(&mut graph, l.tag, ["sf"])),
        }
    }
    let (after, steps) = (graph.try_clone().unwrap(), graph.undo_steps().len());
    while graph.undo().unwrap() {}
    assert!(graph.try_eq(&before).unwrap());
    assert_eq!(graph.redo_steps().len(), steps);
    while graph.redo().unwrap() {}
    assert!(graph.try_eq(&after).unwrap());
    assert_sound(&graph);
}

/// Case 56: what is handed out is a clone, so the type must have one.
#[test]
fn a_payload_that_the_history_keeps_is_not_handed_out() {
    struct Plain;
    let mut schema = Schema::builder();
    schema.entity::<Plain>("Plain");
    let mut graph = Graph::new(schema.build().unwrap());
    let plain: EntityType<Plain> = graph.registry().entity_type("Plain").unwrap();
    let id = graph.insert(plain, Plain).unwrap();
    graph.keep_history(1).unwrap();
    let kinds = [
        graph
            .replace(plain, id, Plain)
            .map(drop)
            .unwrap_err()
            .kind(),
        graph.delete(plain, id).map(drop).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NotDeclared; 2]);
    graph.delete_all([plain.any(id)]).unwrap();
    assert!(graph.undo().unwrap() && graph.contains(plain, id));
}
