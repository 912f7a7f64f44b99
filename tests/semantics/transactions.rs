//! Transactions: all or nothing, judged at the end, one inside another.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use backref::{
    AnyId, DeleteRule, EndOptions, EntityType, Error, ErrorKind, Graph, Id, Key, Registry, Result,
    Schema, ToMany, ToOne,
};

use crate::model::{
    Author, Book, Chapter, Image, Library, Named, Profile, Tag, assert_sound, declare, idle,
    insert, library, one, refused, row,
};

/// Authors own books, books own chapters and deny their delete while they are
/// lent; an image and a profile need each other; two to three tags a chapter.
#[derive(Clone, Copy)]
struct Estate {
    author: EntityType<Author>,
    book: EntityType<Book>,
    chapter: EntityType<Chapter>,
    tag: EntityType<Tag>,
    image: EntityType<Image>,
    profile: EntityType<Profile>,
    books: ToMany<Author, Book>,
    author_of: ToOne<Book, Author>,
    chapters: ToMany<Book, Chapter>,
    loans: ToMany<Book, Tag>,
    image_profile: ToOne<Image, Profile>,
    profile_image: ToOne<Profile, Image>,
}

fn estate() -> (Graph, Estate) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'C'>(&mut schema, "Chapter");
    declare::<'T'>(&mut schema, "Tag");
    declare::<'I'>(&mut schema, "Image");
    declare::<'R'>(&mut schema, "Profile");
    let books = schema.relationship("Author.books").to_many("Book");
    books.backref_one("author").delete_orphans();
    let chapters = schema.relationship("Book.chapters").to_many("Chapter");
    chapters.backref_one("book").delete_orphans();
    let loans = schema.relationship("Book.loans").to_many("Tag");
    loans.backref_one("book").delete_rule(DeleteRule::Deny);
    let image = schema.relationship("Image.profile").to_one("Profile");
    image
        .backref_one("image")
        .required()
        .inverse(EndOptions::required);
    let registry = schema.build().expect("the schema is sound");
    let estate = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), estate)
}

fn handles(registry: &Registry) -> Result<Estate> {
    Ok(Estate {
        author: registry.entity_type("Author")?,
        book: registry.entity_type("Book")?,
        chapter: registry.entity_type("Chapter")?,
        tag: registry.entity_type("Tag")?,
        image: registry.entity_type("Image")?,
        profile: registry.entity_type("Profile")?,
        books: registry.to_many("Author.books")?,
        author_of: registry.to_one("Book.author")?,
        chapters: registry.to_many("Book.chapters")?,
        loans: registry.to_many("Book.loans")?,
        image_profile: registry.to_one("Image.profile")?,
        profile_image: registry.to_one("Profile.image")?,
    })
}

/// Why the transactions of these tests fail: an entity of another graph.
fn given_up(graph: &Graph, l: Library) -> Error {
    let mut other = Graph::new(graph.registry().clone());
    let [foreign] = insert(&mut other, l.tag, ["foreign"]);
    let refused = graph.plan_delete([l.tag.any(foreign)]);
    refused.expect_err("it is of another graph")
}

type Shelf = (Graph, Library, [Id<Author>; 2], [Id<Book>; 3], Id<Tag>);

/// Lem with three books, the second of them tagged, and Ursula with none.
fn shelf() -> Shelf {
    let (mut graph, l) = library();
    let authors = insert(&mut graph, l.author, ["Lem", "Ursula"]);
    let books = insert(&mut graph, l.book, ["Eden", "Solaris", "Fiasco"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    let mut row = graph
        .row_mut(l.author_books, authors[0])
        .expect("it is live");
    row.extend(books).expect("it is live");
    graph
        .row_mut(l.book_tags, books[1])
        .expect("it is live")
        .push(sf)
        .expect("it is live");
    (graph, l, authors, books, sf)
}

/// Changes of every kind.
fn change_all(graph: &mut Graph, l: Library, books: [Id<Book>; 3]) -> Result<Id<Book>> {
    let [lem, ursula] = [0, 1].map(|at| graph.iter(l.author).nth(at).expect("both live").0);
    graph.set(l.book_author, books[0], ursula)?;
    graph.row_mut(l.author_books, lem)?.reverse()?;
    graph.replace(l.book, books[2], Named("Return"))?;
    graph.delete(l.book, books[1])?;
    let new = graph.insert(l.book, Named("Memoirs"))?;
    graph.row_mut(l.author_books, lem)?.insert_at(0, new)?;
    Ok(new)
}

/// Case 54.
#[test]
fn with_an_error_nothing_was_done() {
    let (mut graph, l, [lem, _], books, sf) = shelf();
    let mut new = None;
    let error = refused(&mut graph, |graph| {
        graph.transaction(|graph| {
            new = Some(change_all(graph, l, books)?);
            Err::<(), _>(given_up(graph, l))
        })
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert_eq!(
        row(&graph, l.author_books, lem),
        ["Eden", "Solaris", "Fiasco"]
    );
    assert_eq!(row(&graph, l.tag_books, sf), ["Solaris"]);
    assert!(graph.contains(l.book, books[1]), "under its old id");
    assert!(!graph.contains(l.book, new.expect("it was inserted")));
}

/// Case 54.
#[test]
fn with_a_panic_nothing_was_done_and_the_panic_goes_on() {
    let (mut graph, l, _, books, _) = shelf();
    let before = graph.try_clone().unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        graph.transaction(|graph| -> Result<()> {
            change_all(graph, l, books)?;
            std::panic::resume_unwind(Box::new("mine"));
        })
    }));
    let panic = panicked.expect_err("it goes on");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"mine"));
    assert!(graph.try_eq(&before).unwrap());
    assert_sound(&graph);
    graph
        .transaction(|graph| change_all(graph, l, books))
        .unwrap();
    assert_sound(&graph);
}

/// Case 54.
#[test]
fn an_id_that_was_given_out_inside_is_dead_for_ever() {
    let (mut graph, l) = library();
    let mut inside = None;
    let failed = graph.transaction(|graph| {
        inside = Some(graph.insert(l.book, Named("Eden"))?);
        Err::<(), _>(given_up(graph, l))
    });
    assert!(failed.is_err());
    let dead = inside.expect("it was inserted");
    let [next] = insert(&mut graph, l.book, ["Solaris"]);
    assert_ne!(next, dead);
    assert!(!graph.contains(l.book, dead) && graph.get(l.book, dead).is_none());
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let error = refused(&mut graph, |graph| graph.set(l.book_author, dead, lem));
    assert_eq!(error.kind(), ErrorKind::NotLive);
}

/// Case 54: an error type of the user's.
#[test]
fn a_transaction_fails_with_the_error_of_its_closure() {
    #[derive(Debug)]
    enum Mine {
        Graph(Error),
        Other(u8),
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Self {
            Self::Graph(error)
        }
    }
    let (mut graph, l) = library();
    let [dead] = insert(&mut graph, l.book, ["Eden"]);
    graph.delete(l.book, dead).unwrap();
    let other = graph.try_transaction(|graph| {
        graph.insert(l.book, Named("Solaris"))?;
        Err::<(), _>(Mine::Other(7))
    });
    assert!(matches!(other, Err(Mine::Other(7))));
    let not_live = graph.try_transaction(|graph| {
        graph.delete(l.book, dead)?;
        Ok::<(), Mine>(())
    });
    assert!(matches!(not_live, Err(Mine::Graph(error)) if error.kind() == ErrorKind::NotLive));
    assert_eq!(graph.len(l.book), 0);
}

/// What a transaction that exchanges graphs panics with.
fn message_of(panicked: std::thread::Result<Result<()>>) -> String {
    let panic = panicked.expect_err("the graph is another one");
    let message = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    message
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .expect("panics carry text")
}

/// Case 54.
#[test]
fn a_graph_swapped_away_inside_its_transaction_panics_and_harms_neither() {
    let (mut graph, l, _, books, _) = shelf();
    let mut other = Graph::new(graph.registry().clone());
    insert(&mut other, l.author, ["Tove"]);
    let (before, other_before) = (graph.try_clone().unwrap(), other.try_clone().unwrap());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        graph.transaction(|graph| {
            change_all(graph, l, books)?;
            mem::swap(graph, &mut other);
            Ok(())
        })
    }));
    let message = message_of(panicked);
    assert!(message.contains("exchanged for another one"), "{message}");
    assert!(
        graph.try_eq(&other_before).unwrap(),
        "it is where it was put"
    );
    // Its next call takes back what was done.
    other.keep_history(0).expect("no transaction is open");
    assert!(other.try_eq(&before).unwrap());
    for graph in [&mut graph, &mut other] {
        let [lem] = insert(graph, l.author, ["Lem"]);
        graph
            .transaction(|graph| graph.delete(l.author, lem))
            .unwrap();
        assert_sound(graph);
    }
}

/// Case 54.
#[test]
fn a_graph_swapped_away_inside_a_transaction_that_fails_panics_as_well() {
    let (mut graph, l, _, books, _) = shelf();
    let mut other = Graph::new(graph.registry().clone());
    let before = graph.try_clone().unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        graph.transaction(|graph| {
            change_all(graph, l, books)?;
            mem::swap(graph, &mut other);
            graph.delete(l.book, books[0]).map(drop)
        })
    }));
    let message = message_of(panicked);
    assert!(message.contains("exchanged for another one"), "{message}");
    other.keep_history(0).expect("no transaction is open");
    assert!(other.try_eq(&before).unwrap());
}

/// Case 54: whatever is called first, an id of that transaction is dead.
#[test]
fn in_a_graph_swapped_away_what_was_inserted_is_dead_to_any_call() {
    type Call = fn(&mut Graph, Library, Id<Book>) -> Result<()>;
    let calls: [Call; 8] = [
        |graph, l, id| graph.replace(l.book, id, Named("Golem")).map(drop),
        |graph, l, id| graph.update(l.book, id, |it| it.0 = "Golem"),
        |graph, l, id| graph.delete(l.book, id).map(drop),
        |graph, l, id| graph.set(l.book_author, id, None).map(drop),
        |graph, l, id| graph.row_mut(l.book_tags, id)?.clear().map(drop),
        |graph, l, id| graph.delete_all([l.book.any(id)]).map(drop),
        |graph, l, id| graph.copy([l.book.any(id)], []).insert().map(drop),
        |graph, l, id| {
            let payload = Box::new(Named::<'B'>("Golem"));
            let mut graph = graph.untyped_mut();
            graph.replace_payload(l.book.any(id), payload).map(drop)
        },
    ];
    for call in calls {
        let (mut graph, l, ..) = shelf();
        let (before, mut inside) = (graph.try_clone().unwrap(), None);
        let mut other = Graph::new(graph.registry().clone());
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            graph.transaction(|graph| {
                inside = Some(graph.insert(l.book, Named("Memoirs"))?);
                mem::swap(graph, &mut other);
                Ok(())
            })
        }));
        assert!(panicked.is_err());
        let dead = inside.expect("it was inserted");
        let error = call(&mut other, l, dead).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLive);
        assert!(other.try_eq(&before).unwrap());
        assert_sound(&other);
    }
}

/// Case 54.
#[test]
fn another_graph_in_the_place_of_the_one_panics_and_works() {
    let (mut graph, l, _, books, _) = shelf();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        graph.transaction(|graph| {
            change_all(graph, l, books)?;
            *graph = Graph::new(graph.registry().clone());
            Ok(())
        })
    }));
    let message = message_of(panicked);
    assert!(message.contains("exchanged for another one"), "{message}");
    assert_eq!(graph.len(l.book), 0);
    insert(&mut graph, l.book, ["Eden"]);
    assert_sound(&graph);
}

/// Case 54.
#[test]
fn two_graphs_exchanged_inside_the_transactions_of_both_are_harmed_in_nothing() {
    let (mut one, l, _, books, _) = shelf();
    let mut two = Graph::new(one.registry().clone());
    insert(&mut two, l.book, ["Moomin", "Comet"]);
    let both = [one.try_clone().unwrap(), two.try_clone().unwrap()];
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        one.transaction(|one| {
            change_all(one, l, books)?;
            two.transaction(|two| {
                insert(two, l.author, ["Tove"]);
                mem::swap(one, two);
                Ok(())
            })
        })
    }));
    let message = message_of(panicked);
    assert!(message.contains("exchanged for another one"), "{message}");
    for (graph, before) in [(&mut one, &both[1]), (&mut two, &both[0])] {
        graph.keep_history(0).expect("no transaction is open");
        assert!(graph.try_eq(before).unwrap());
        insert(graph, l.author, ["Lem"]);
        assert_sound(graph);
    }
}

/// Case 54.
#[test]
fn a_graph_that_is_back_in_time_has_not_been_away() {
    let (mut graph, l, _, books, _) = shelf();
    let mut other = Graph::new(graph.registry().clone());
    graph
        .transaction(|graph| {
            mem::swap(graph, &mut other);
            change_all(&mut other, l, books)?;
            mem::swap(graph, &mut other);
            Ok(())
        })
        .unwrap();
    assert_eq!(graph.len(l.book), 3);
    assert_sound(&graph);
}

/// Case 55.
#[test]
fn a_savepoint_that_fails_leaves_the_outer_work() {
    let (mut graph, l, [lem, ursula], books, _) = shelf();
    graph
        .transaction(|graph| {
            graph.set(l.book_author, books[0], ursula)?;
            let inner = graph.transaction(|graph| {
                graph.set(l.book_author, books[1], ursula)?;
                graph.delete(l.book, books[0])?;
                Err::<(), _>(given_up(graph, l))
            });
            assert!(inner.is_err());
            assert_eq!(row(graph, l.author_books, lem), ["Solaris", "Fiasco"]);
            Ok(())
        })
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
    assert_eq!(row(&graph, l.author_books, lem), ["Solaris", "Fiasco"]);
}

/// Case 55.
#[test]
fn a_savepoint_goes_with_the_outer_transaction() {
    let (mut graph, l, _, books, _) = shelf();
    refused(&mut graph, |graph| {
        graph.transaction(|graph| {
            graph.transaction(|graph| change_all(graph, l, books))?;
            Err::<(), _>(given_up(graph, l))
        })
    });
}

/// Case 55.
#[test]
fn a_panic_at_a_savepoint_can_be_caught_inside() {
    let (mut graph, l, [_, ursula], books, _) = shelf();
    graph
        .transaction(|graph| {
            graph.set(l.book_author, books[0], ursula)?;
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                graph.transaction(|graph| -> Result<()> {
                    graph.delete(l.author, ursula)?;
                    std::panic::resume_unwind(Box::new("mine"));
                })
            }));
            assert!(panicked.is_err());
            Ok(())
        })
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
}

/// Case 37.
#[test]
fn two_that_need_each_other_are_made_in_one_transaction() {
    let (mut graph, l) = estate();
    let alone = refused(&mut graph, |graph| graph.insert(l.image, Named("cover")));
    assert_eq!(alone.kind(), ErrorKind::Required);
    let (image, profile) = graph
        .transaction(|graph| {
            let image = graph.transaction(|graph| graph.insert(l.image, Named("cover")))?;
            graph.verify().expect("it is too early to miss anybody");
            let profile = graph.create(l.profile, Named("front"));
            Ok((image, profile.link(l.profile_image, image).insert()?))
        })
        .unwrap();
    assert_eq!(one(&graph, l.image_profile, image), Some("front"));
    assert_eq!(one(&graph, l.profile_image, profile), Some("cover"));
}

/// Case 37.
#[test]
fn who_lacks_a_link_at_the_end_is_named() {
    let (mut graph, l) = estate();
    let error = refused(&mut graph, |graph| {
        graph.transaction(|graph| graph.insert(l.image, Named("cover")))
    });
    assert_eq!(
        (error.kind(), error.end()),
        (ErrorKind::Required, Some(l.image_profile.untyped()))
    );
    assert_eq!(
        error.entities(),
        [] as [AnyId; 0],
        "the new one is dead by now"
    );
}

/// Cases 22 and 37.
#[test]
fn partners_that_are_required_are_exchanged_in_one_transaction() {
    let (mut graph, l) = library();
    let people = insert(&mut graph, l.person, ["Ann", "Bob"]);
    let passports = people.map(|person| {
        let new = graph.create(l.passport, Named("passport"));
        new.link(l.passport_person, person).insert().unwrap()
    });
    let error = refused(&mut graph, |graph| {
        graph.set(l.person_passport, people[0], passports[1])
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    graph
        .transaction(|graph| {
            graph.set(l.person_passport, people[0], passports[1])?;
            graph.set(l.person_passport, people[1], passports[0])
        })
        .unwrap();
    assert_eq!(graph.one(l.person_passport, people[0]), Some(passports[1]));
    assert_eq!(graph.one(l.passport_person, passports[0]), Some(people[1]));
    assert_sound(&graph);
}

/// Case 20: rolled back, all four have whom they had.
#[test]
fn displaced_partners_come_back() {
    let (mut graph, l) = library();
    let authors = insert(&mut graph, l.author, ["Lem", "Ursula"]);
    let profiles = insert(&mut graph, l.profile, ["L", "U"]);
    for at in [0, 1] {
        graph
            .set(l.author_profile, authors[at], profiles[at])
            .unwrap();
    }
    refused(&mut graph, |graph| {
        graph.transaction(|graph| {
            assert!(graph.set(l.author_profile, authors[0], profiles[1])?);
            assert_eq!(one(graph, l.profile_author, profiles[0]), None);
            assert_eq!(one(graph, l.author_profile, authors[1]), None);
            Err::<(), _>(given_up(graph, l))
        })
    });
    assert_eq!(one(&graph, l.author_profile, authors[1]), Some("U"));
}

/// Case 15.
#[test]
fn removed_and_added_back_is_a_member_as_before_and_stands_last() {
    let (mut graph, l, [lem, _], [eden, ..], _) = shelf();
    graph
        .transaction(|graph| {
            let mut row = graph.row_mut(l.author_books, lem)?;
            assert!(row.remove(eden)?);
            row.push(eden)
        })
        .unwrap();
    assert_eq!(
        row(&graph, l.author_books, lem),
        ["Solaris", "Fiasco", "Eden"]
    );
    assert_eq!(one(&graph, l.book_author, eden), Some("Lem"));
}

/// Cases 5, 8, 11, 12, 13.
#[test]
fn calls_inside_answer_as_they_do_outside() {
    let (mut graph, l, [lem, ursula], [eden, solaris, fiasco], _) = shelf();
    idle(&mut graph, |graph| {
        graph.transaction(|graph| {
            assert!(!graph.set(l.book_author, eden, lem)?);
            assert_eq!(graph.row_mut(l.author_books, ursula)?.clear()?, 0);
            let mut row = graph.row_mut(l.author_books, lem)?;
            assert!(!row.push(eden)?);
            assert!(!row.replace([eden, solaris, fiasco])?);
            assert!(!row.move_to(eden, 0)?);
            assert!(!graph.row_mut(l.author_books, ursula)?.remove(eden)?);
            Ok(())
        })
    });
}

/// Cases 9, 10 and 14: the order of a row comes back.
#[test]
fn the_order_of_a_row_comes_back_whatever_was_done_to_it() {
    let (mut graph, l, [lem, ursula], [eden, solaris, fiasco], _) = shelf();
    refused(&mut graph, |graph| {
        graph.transaction(|graph| {
            let mut row = graph.row_mut(l.author_books, lem)?;
            row.swap(0, 2)?;
            row.replace([solaris, eden])?;
            row.reverse()?;
            row.clear()?;
            row.insert_at(0, fiasco)?;
            graph.row_mut(l.author_books, ursula)?.take_all_from(lem)?;
            Err::<(), _>(given_up(graph, l))
        })
    });
    assert_eq!(
        row(&graph, l.author_books, lem),
        ["Eden", "Solaris", "Fiasco"]
    );
}

/// Lem with Eden and Solaris, Ursula with none; Eden has two chapters.
fn owners(graph: &mut Graph, l: Estate) -> ([Id<Author>; 2], [Id<Book>; 2]) {
    let authors = insert(graph, l.author, ["Lem", "Ursula"]);
    let books = insert(graph, l.book, ["Eden", "Solaris"]);
    let chapters = insert(graph, l.chapter, ["one", "two"]);
    graph
        .row_mut(l.books, authors[0])
        .expect("it is live")
        .extend(books)
        .expect("it is live");
    graph
        .row_mut(l.chapters, books[0])
        .expect("it is live")
        .extend(chapters)
        .expect("it is live");
    (authors, books)
}

/// Case 50.
#[test]
fn another_owner_inside_the_transaction_saves_an_orphan() {
    let (mut graph, l) = estate();
    let ([lem, ursula], [eden, _]) = owners(&mut graph, l);
    graph
        .transaction(|graph| {
            graph.row_mut(l.books, lem)?.remove(eden)?;
            assert!(graph.contains(l.book, eden), "it is no orphan yet");
            graph.row_mut(l.books, ursula)?.push(eden)
        })
        .unwrap();
    assert_eq!(row(&graph, l.books, ursula), ["Eden"]);
    assert_eq!(row(&graph, l.chapters, eden), ["one", "two"]);
}

/// Case 50.
#[test]
fn orphans_go_at_the_end_and_theirs_with_them() {
    let (mut graph, l) = estate();
    let ([lem, _], [eden, solaris]) = owners(&mut graph, l);
    graph
        .transaction(|graph| {
            graph.transaction(|graph| graph.set(l.author_of, eden, None))?;
            assert_eq!(graph.len(l.book), 2, "a savepoint does not judge");
            Ok(())
        })
        .unwrap();
    assert_eq!((graph.len(l.book), graph.len(l.chapter)), (1, 0));
    graph
        .transaction(|graph| graph.delete(l.author, lem))
        .unwrap();
    assert!(!graph.contains(l.book, solaris));
    assert_sound(&graph);
}

/// Case 50.
#[test]
fn who_had_an_owner_inside_the_transaction_is_an_orphan_and_who_had_none_is_not() {
    let (mut graph, l) = estate();
    let ([_, ursula], _) = owners(&mut graph, l);
    let [had, never] = graph
        .transaction(|graph| {
            let books = insert(graph, l.book, ["had", "never"]);
            graph.set(l.author_of, books[0], ursula)?;
            graph.set(l.author_of, books[0], None)?;
            Ok(books)
        })
        .unwrap();
    assert!(!graph.contains(l.book, had) && graph.contains(l.book, never));
}

/// Case 50.
#[test]
fn who_lost_its_owner_at_a_savepoint_that_failed_is_no_orphan() {
    let (mut graph, l) = estate();
    let ([_, ursula], [eden, solaris]) = owners(&mut graph, l);
    graph
        .transaction(|graph| {
            let failed = graph.transaction(|graph| {
                graph.set(l.author_of, eden, None)?;
                graph.delete(l.author, ursula)?;
                graph.delete(l.author, ursula)
            });
            assert_eq!(failed.unwrap_err().kind(), ErrorKind::NotLive);
            graph.set(l.author_of, solaris, ursula)
        })
        .unwrap();
    assert_eq!(one(&graph, l.author_of, eden), Some("Lem"));
}

/// Case 50.
#[test]
fn an_orphan_that_may_not_go_makes_the_commit_an_error() {
    let (mut graph, l) = estate();
    let ([lem, _], [eden, _]) = owners(&mut graph, l);
    let [loan] = insert(&mut graph, l.tag, ["lent"]);
    graph.row_mut(l.loans, eden).unwrap().push(loan).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.transaction(|graph| graph.row_mut(l.books, lem)?.remove(eden))
    });
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(error.entities(), [l.tag.any(loan)]);
    graph
        .transaction(|graph| {
            graph.row_mut(l.books, lem)?.remove(eden)?;
            graph.row_mut(l.loans, eden)?.clear()
        })
        .unwrap();
    assert!(!graph.contains(l.book, eden));
}

/// Cases 37 and 47.
#[test]
fn a_denied_delete_fails_at_the_call_and_not_at_the_end() {
    let (mut graph, l) = estate();
    let ([lem, _], [eden, _]) = owners(&mut graph, l);
    let [loan] = insert(&mut graph, l.tag, ["lent"]);
    graph.row_mut(l.loans, eden).unwrap().push(loan).unwrap();
    graph
        .transaction(|graph| {
            graph.replace(l.author, lem, Named("Stanisław"))?;
            let denied = graph.delete(l.book, eden).unwrap_err();
            assert_eq!(denied.kind(), ErrorKind::Denied);
            Ok(())
        })
        .unwrap();
    assert_eq!(one(&graph, l.author_of, eden), Some("Stanisław"));
}

/// Case 37.
#[test]
fn most_counts_keys_and_cycles_are_judged_at_each_call() {
    let mut schema = Schema::builder();
    let folder = schema.entity::<u32>("Folder").cloneable().comparable();
    folder.key(Key::field(|number: &u32| number));
    let parent = schema.relationship("Folder.parent").to_one("Folder");
    parent
        .backref("children")
        .acyclic()
        .inverse(|children| children.max(1));
    let mut graph = Graph::new(schema.build().unwrap());
    let folder: EntityType<u32> = graph.registry().entity_type("Folder").unwrap();
    let parent: ToOne<u32, u32> = graph.registry().to_one("Folder.parent").unwrap();
    let [a, b, c] = [1, 2, 3].map(|number| graph.insert(folder, number).unwrap());
    graph
        .transaction(|graph| {
            graph.set(parent, b, a)?;
            let kinds = [
                graph.set(parent, c, a).unwrap_err().kind(),
                graph.set(parent, a, b).unwrap_err().kind(),
                graph.insert(folder, 3).unwrap_err().kind(),
            ];
            use ErrorKind::{Cycle, DuplicateKey, TooMany};
            assert_eq!(kinds, [TooMany, Cycle, DuplicateKey]);
            Ok(())
        })
        .unwrap();
    assert_eq!(graph.one(parent, b), Some(a));
    assert_sound(&graph);
}

/// Cases 37 and 49.
#[test]
fn a_survivor_may_be_without_its_required_link_until_the_end() {
    let (mut graph, l) = library();
    let [old, new] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    let chapter = graph.create(l.chapter, Named("one"));
    let chapter = chapter.link(l.chapter_book, old).insert().unwrap();
    let error = refused(&mut graph, |graph| {
        graph.transaction(|graph| graph.delete(l.book, old).map(drop))
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [l.chapter.any(chapter)]);
    graph
        .transaction(|graph| {
            assert!(graph.plan_delete([l.book.any(old)])?.is_allowed());
            graph.delete(l.book, old)?;
            graph.set(l.chapter_book, chapter, new)
        })
        .unwrap();
    assert_eq!(one(&graph, l.chapter_book, chapter), Some("Solaris"));
}

/// Cases 45 and 46.
#[test]
fn what_a_delete_has_cut_stands_where_it_stood() {
    let (mut graph, l) = estate();
    let ([lem, _], [eden, _]) = owners(&mut graph, l);
    refused(&mut graph, |graph| {
        graph.transaction(|graph| {
            graph.delete(l.book, eden)?;
            graph.delete(l.author, lem)?;
            graph.delete(l.author, lem)
        })
    });
    assert_eq!(row(&graph, l.books, lem), ["Eden", "Solaris"]);
    assert_eq!(row(&graph, l.chapters, eden), ["one", "two"]);
}

/// Case 43b: nobody can bring anybody back into a clone.
#[test]
fn a_clone_has_the_slots_of_those_whom_the_history_of_the_original_keeps() {
    let (mut graph, l) = library();
    graph.keep_history(10).unwrap();
    let books = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    graph.delete(l.book, books[0]).unwrap();
    let mut clone = graph.try_clone().unwrap();
    let [new] = insert(&mut clone, l.book, ["Fiasco"]);
    let dead = clone.describe(l.book.any(books[0]));
    assert_eq!(
        (dead.as_str(), clone.describe(l.book.any(new))),
        ("Book#1v1", "Book#1v2".to_owned())
    );
    assert!(graph.undo().unwrap());
    assert!(graph.contains(l.book, books[0]) && !clone.contains(l.book, books[0]));
    assert_sound(&clone);
}
