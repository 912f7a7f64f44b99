//! Change sets: the net effect since a mark, done elsewhere and backwards.

use backref::{
    ChangeSet, EntityChange, EntityType, ErrorKind, Graph, Id, Key, LinkData, Order, Schema,
    Storage, ToMany, ToOne, Uid,
};

use crate::model::{Book, Library, Named, Person, assert_sound, declare, insert, library, refused};

/// What was done since, which leads a clone there and back, and is what the
/// clone did.
#[track_caller]
fn changes(graph: &mut Graph, edit: impl FnOnce(&mut Graph) -> backref::Result<()>) -> ChangeSet {
    let mark = graph.mark().expect("no transaction is open");
    let before = graph.try_clone().expect("all are cloneable");
    edit(graph).expect("it is allowed");
    assert_sound(graph);
    let changes = graph.changes_since(&mark).expect("all are cloneable");
    let mut replica = before.try_clone().expect("all are cloneable");
    replica.apply(&changes).expect("it fits");
    assert_same(&replica, graph);
    replica.apply(&changes.invert()).expect("it fits");
    assert_same(&replica, &before);
    assert!(changes.then(&changes.invert()).is_empty());
    changes
}

/// All entities by their names, with payload and links; ids may differ.
fn told(graph: &Graph) -> Vec<(Uid, String)> {
    let mut told = Vec::new();
    for entity in graph.registry().entities() {
        for id in graph.untyped().ids(entity.id()) {
            let uid = |id| graph.uid(id).expect("all are named while there is a mark");
            let payload = graph.untyped().payload(id).expect("it lives");
            let payload = (
                payload.downcast_ref::<Card>(),
                payload.downcast_ref::<Named<'A'>>().map(|it| it.0),
                payload.downcast_ref::<Book>().map(|it| it.0),
            );
            let mut text = format!("{payload:?}");
            let ends = graph.registry().ends();
            for end in ends.filter(|end| end.owner().id() == entity.id()) {
                let links = graph.untyped().links(end.id(), id);
                let mut links: Vec<Uid> = links.map(uid).collect();
                if end.order() == Order::None {
                    links.sort_unstable();
                }
                text += &format!(" {}: {links:?}", end.name());
            }
            told.push((uid(id), text));
        }
    }
    told.sort_unstable();
    told
}

#[track_caller]
fn assert_same(one: &Graph, other: &Graph) {
    assert_sound(one);
    assert_eq!(told(one), told(other));
}

/// Shows that something is no change in the end.
#[track_caller]
fn no_change(graph: &mut Graph, edit: impl FnOnce(&mut Graph) -> backref::Result<()>) {
    let mark = graph.mark().expect("no transaction is open");
    edit(graph).expect("it is allowed");
    let changes = graph.changes_since(&mark).expect("all are cloneable");
    assert!(changes.is_empty(), "{changes:?}");
    assert_eq!(changes.len(), 0);
}

/// An author of three books, and one of none.
fn shelves() -> (Graph, Library, [Id<Named<'A'>>; 2], [Id<Book>; 3]) {
    let (mut graph, l) = library();
    let authors = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["one", "two", "three"]);
    let mut row = graph
        .row_mut(l.author_books, authors[0])
        .expect("it is live");
    row.extend(books).expect("all are live");
    (graph, l, authors, books)
}

/// Case 59: one-to-many, and payloads and entities.
#[test]
fn what_is_set_back_is_no_change() {
    let (mut graph, l, [ursula, lem], [one, two, three]) = shelves();
    no_change(&mut graph, |graph| {
        graph.update(l.book, one, |one| one.0 = "eins")?;
        graph.update(l.book, one, |one| one.0 = "one")
    });
    no_change(&mut graph, |graph| {
        let five = graph.insert(l.book, Named("five"))?;
        graph.set(l.book_author, five, lem)?;
        graph.delete(l.book, five).map(drop)
    });
    no_change(&mut graph, |graph| {
        graph.set(l.book_author, three, lem)?;
        graph.set(l.book_author, three, ursula).map(drop)
    });
    no_change(&mut graph, |graph| {
        let mut row = graph.row_mut(l.author_books, ursula)?;
        row.move_to(three, 0)?;
        row.swap(1, 2)?;
        row.reverse()?;
        row.replace([one, two, three]).map(drop)
    });
    no_change(&mut graph, |graph| {
        graph.row_mut(l.author_books, lem)?.take_all_from(ursula)?;
        graph.row_mut(l.author_books, ursula)?.take_all_from(lem)?;
        Ok(())
    });
    no_change(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.remove(two)?;
        graph.row_mut(l.author_books, ursula)?.insert_at(1, two)?;
        Ok(())
    });
}

/// Case 59: one-to-one, many-to-many, symmetric.
#[test]
fn links_that_are_cut_and_made_again_are_no_change() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    no_change(&mut graph, |graph| {
        graph.set(l.author_profile, a1, b2)?;
        graph.set(l.profile_author, b2, a2)?;
        graph.set(l.profile_author, b1, a1).map(drop)
    });
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    no_change(&mut graph, |graph| {
        graph.row_mut(l.tag_books, classic)?.push(eden)?;
        graph.row_mut(l.book_tags, eden)?.remove(classic)?;
        graph.row_mut(l.tag_books, sf)?.clear()?;
        graph.row_mut(l.book_tags, eden)?.push(sf).map(drop)
    });
    let [ann, bob, cid] = insert(&mut graph, l.person, ["Ann", "Bob", "Cid"]);
    graph
        .row_mut(l.person_friends, ann)
        .unwrap()
        .push(bob)
        .unwrap();
    graph.set(l.person_spouse, ann, bob).unwrap();
    no_change(&mut graph, |graph| {
        graph.row_mut(l.person_friends, bob)?.remove(ann)?;
        graph.row_mut(l.person_friends, ann)?.push(bob)?;
        graph.row_mut(l.person_friends, cid)?.push(cid)?;
        graph.row_mut(l.person_friends, cid)?.clear()?;
        graph.set(l.person_spouse, cid, ann)?;
        graph.set(l.person_spouse, bob, ann).map(drop)
    });
}

/// A payload with what rows are sorted and keyed by.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    rank: u32,
    name: &'static str,
}

struct Boxes {
    card: EntityType<Card>,
    here: [Id<Named<'O'>>; 2],
    cards: [Id<Card>; 4],
    rows: [ToMany<Named<'O'>, Card>; 4],
    weight: LinkData<Named<'O'>, Card, u32>,
}

/// Boxes with a sorted, a keyed, a linked and an unordered row of cards; links of
/// the keyed one have data.
fn boxes() -> (Graph, Boxes) {
    let mut schema = Schema::builder();
    declare::<'O'>(&mut schema, "Box");
    schema.entity::<Card>("Card").cloneable().comparable();
    let by_rank = Key::field(|card: &Card| &card.rank);
    let sorted = schema.relationship("Box.sorted").to_many("Card");
    sorted.backref_one("sorted_in").sorted_by(by_rank);
    let keyed = schema.relationship("Box.keyed").data::<u32>();
    let keyed = keyed.cloneable_data::<u32>().comparable_data::<u32>();
    let by_name = Key::field(|card: &Card| &card.name);
    keyed.to_many("Card").backref("keyed_in").keyed_by(by_name);
    let linked = schema.relationship("Box.linked").to_many("Card");
    linked.backref_one("linked_in").storage(Storage::Linked);
    let loose = schema.relationship("Box.loose").to_many("Card");
    loose.backref("loose_in").order(Order::None);
    let registry = schema.build().expect("the schema is sound");
    let mut graph = Graph::new(registry.clone());
    let entity = registry.entity_type("Box").expect("declared");
    let card = registry.entity_type("Card").expect("declared");
    let here = insert(&mut graph, entity, ["here", "there"]);
    let cards = [(1, "a"), (2, "b"), (2, "c"), (3, "d")];
    let cards = cards.map(|(rank, name)| {
        let new = graph.insert(card, Card { rank, name });
        new.expect("there is room")
    });
    let rows = ["sorted", "keyed", "linked", "loose"];
    let rows = rows.map(|end| registry.to_many(&format!("Box.{end}")).expect("declared"));
    for row in rows {
        let mut row = graph.row_mut(row, here[0]).expect("it is live");
        row.extend(cards).expect("all are live");
    }
    let weight = registry.link_data("Box.keyed").expect("declared");
    let boxes = Boxes {
        card,
        here,
        cards,
        rows,
        weight,
    };
    (graph, boxes)
}

/// Case 59: ordered, sorted, keyed, linked and unordered rows, and data.
#[test]
fn no_kind_of_row_tells_of_what_was_taken_back() {
    let (mut graph, b) = boxes();
    let ([here, there], [first, second, third, last]) = (b.here, b.cards);
    for row in b.rows {
        no_change(&mut graph, |graph| {
            graph.row_mut(row, here)?.remove(last)?;
            graph.row_mut(row, there)?.push(last)?;
            graph.row_mut(row, there)?.clear()?;
            graph.row_mut(row, here)?.push(last).map(drop)
        });
    }
    for row in [b.rows[1], b.rows[2]] {
        no_change(&mut graph, |graph| {
            graph.row_mut(row, here)?.move_to(first, 3)?;
            graph.row_mut(row, here)?.insert_at(0, first).map(drop)
        });
    }
    no_change(&mut graph, |graph| {
        graph.update(b.card, last, |card| (card.rank, card.name) = (0, "z"))?;
        graph.update(b.card, last, |card| (card.rank, card.name) = (3, "d"))
    });
    no_change(&mut graph, |graph| {
        graph.set_link_data(b.weight, here, first, 7)?;
        graph.set_link_data(b.weight, here, first, 0).map(drop)
    });
    // Of two equals in a sorted row, the one that was away is the last.
    let sorted = b.rows[0];
    let tie = changes(&mut graph, |graph| {
        graph.row_mut(sorted, here)?.remove(second)?;
        graph.row_mut(sorted, here)?.push(second).map(drop)
    });
    assert_eq!((tie.reordered().len(), tie.linked().len()), (1, 0));
    assert!(
        graph
            .row(sorted, here)
            .iter()
            .eq([first, third, second, last])
    );
}

/// Cases 59 and 61: every kind of row, changed, applied, inverted.
#[test]
fn rows_of_every_kind_are_changed_elsewhere_as_here() {
    let (mut graph, b) = boxes();
    let ([here, there], [first, second, third, last]) = (b.here, b.cards);
    for row in b.rows {
        let moved = changes(&mut graph, |graph| {
            graph.row_mut(row, there)?.extend([third, first])?;
            graph.row_mut(row, here)?.remove(second).map(drop)
        });
        assert_eq!(moved.linked().len(), 2);
    }
    changes(&mut graph, |graph| {
        graph.row_mut(b.rows[1], here)?.reverse()?;
        graph.row_mut(b.rows[2], here)?.insert_at(0, second)?;
        graph.update(b.card, third, |card| card.rank = 0)?;
        graph.update(b.card, first, |card| card.name = "e")?;
        graph.delete(b.card, last).map(drop)
    });
    let data = changes(&mut graph, |graph| {
        graph.set_link_data(b.weight, there, third, 9).map(drop)
    });
    let datum = data.data_changed().next().expect("there is one");
    assert_eq!(datum.data_before::<u32>(), Some(&0));
    assert_eq!(datum.data_after::<u32>(), Some(&9));
}

/// Case 59.
#[test]
fn a_change_has_the_payload_before_and_after() {
    let (mut graph, l, [ursula, _], [one, two, _]) = shelves();
    let changed = changes(&mut graph, |graph| {
        graph.update(l.book, one, |one| one.0 = "eins")?;
        graph.update(l.book, one, |one| one.0 = "uno")?;
        graph.delete(l.book, two)?;
        let five = graph.insert(l.book, Named("five"))?;
        graph.set(l.book_author, five, ursula).map(drop)
    });
    let both = |change: &EntityChange| {
        let [before, after] = [change.before(l.book), change.after(l.book)];
        (before.map(|it| it.0), after.map(|it| it.0))
    };
    assert!(changed.updated().map(both).eq([(Some("one"), Some("uno"))]));
    assert!(changed.deleted().map(both).eq([(Some("two"), None)]));
    assert!(changed.inserted().map(both).eq([(None, Some("five"))]));
    let updated = changed.updated().next().unwrap();
    assert_eq!(updated.entity(), l.book.untyped());
    assert!(updated.before(l.tag).is_none(), "it is no tag");
    assert_eq!(
        updated.any_after().unwrap().downcast_ref(),
        Some(&Named::<'B'>("uno"))
    );
    assert_eq!((changed.linked().len(), changed.unlinked().len()), (1, 1));
    let [five, at] = changed
        .linked()
        .next()
        .unwrap()
        .at(l.book_author.untyped())
        .unwrap();
    assert_eq!(graph.by_uid(at), Some(l.author.any(ursula)));
    assert_eq!(changed.inserted().next().unwrap().uid(), five);
    assert_eq!(
        changed.linked().next().unwrap().at(l.book_tags.untyped()),
        None
    );
    assert_eq!(
        changed.inserted().next_back().map(EntityChange::uid),
        Some(five)
    );
}

/// Case 59: fields.
#[test]
fn fields_are_told_where_every_write_was_one_of_a_field() {
    let mut schema = Schema::builder();
    let card = schema.entity::<Card>("Card");
    card.cloneable().comparable().fields(&["rank", "name"]);
    let registry = schema.build().unwrap();
    let card = registry.entity_type::<Card>("Card").unwrap();
    let mut graph = Graph::new(registry);
    let new = |name| Card { rank: 1, name };
    let [both, one, whole] = ["a", "b", "c"].map(|name| graph.insert(card, new(name)).unwrap());
    let changed = changes(&mut graph, |graph| {
        graph.update_field(card, both, "name", |card| card.name = "A")?;
        graph.update_field(card, both, "rank", |card| card.rank = 2)?;
        graph.update_field(card, both, "name", |card| card.name = "AA")?;
        graph.update_field(card, one, "rank", |card| card.rank = 2)?;
        graph.update_field(card, whole, "rank", |card| card.rank = 2)?;
        graph.update(card, whole, |card| card.name = "C")
    });
    let fields: Vec<_> = changed.updated().map(|it| changed.fields(it)).collect();
    assert_eq!(fields, [vec!["rank", "name"], vec!["rank"], vec![]]);
    let error = refused(&mut graph, |graph| {
        graph.update_field(card, one, "colour", |card| card.rank = 9)
    });
    assert_eq!(error.kind(), ErrorKind::UnknownName);
}

/// Case 61, where the slots differ.
#[test]
fn a_change_set_fits_a_graph_that_keeps_its_entities_elsewhere() {
    let (mut graph, l, [ursula, lem], [one, ..]) = shelves();
    let mark = graph.mark().unwrap();
    let mut replica = graph.try_clone().unwrap();
    for book in insert(&mut replica, l.book, ["taken", "slots"]) {
        replica.delete(l.book, book).unwrap();
    }
    let taken_back: backref::Result<()> = replica.transaction(|replica| {
        insert(replica, l.author, ["nobody"]);
        replica.delete(l.author, lem)?;
        replica.set(l.book_author, one, lem).map(drop)
    });
    assert_eq!(taken_back.unwrap_err().kind(), ErrorKind::NotLive);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    let changes = graph.changes_since(&mark).unwrap();
    replica.apply(&changes).unwrap();
    assert_sound(&replica);
    let uid = graph.uid(l.book.any(eden)).unwrap();
    let there = l.book.id(replica.by_uid(uid).unwrap()).unwrap();
    assert_ne!(there, eden, "it has another slot");
    assert!(replica.row(l.author_books, ursula).last() == Some(there));
    assert_eq!(replica.get(l.book, there), Some(&Named("Eden")));

    // And what is done to it afterwards finds it there.
    let mark = graph.mark().unwrap();
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .push(eden)
        .unwrap();
    graph.update(l.book, eden, |eden| eden.0 = "EDEN").unwrap();
    let changes = graph.changes_since(&mark).unwrap();
    replica.apply(&changes).unwrap();
    assert_eq!(replica.one(l.book_author, there), Some(lem));
    replica.apply(&changes.invert()).unwrap();
    assert_eq!(replica.one(l.book_author, there), Some(ursula));
    assert_eq!(replica.get(l.book, there), Some(&Named("Eden")));
    assert_sound(&replica);
}

/// Case 61.
#[test]
fn a_change_set_that_does_not_fit_changes_nothing() {
    let (graph, l, [ursula, lem], [one, two, _]) = shelves();
    let mut before = graph.try_clone().unwrap();
    let change = |edit: &dyn Fn(&mut Graph)| {
        let mut other = graph.try_clone().unwrap();
        let mark = other.mark().unwrap();
        edit(&mut other);
        other.changes_since(&mark).unwrap()
    };
    let inserted = change(&|graph| {
        insert(graph, l.book, ["Eden"]);
    });
    let deleted = change(&|graph| drop(graph.delete(l.book, one).unwrap()));
    let updated = change(&|graph| graph.update(l.book, one, |one| one.0 = "eins").unwrap());
    let moved = change(&|graph| {
        graph.set(l.book_author, one, lem).unwrap();
    });
    let reordered = change(&|graph| {
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .reverse()
            .unwrap();
    });
    let misfits = |graph: &mut Graph, changes: &ChangeSet| {
        let error = refused(graph, |graph| graph.apply(changes));
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    };
    for twice in [&inserted, &deleted, &moved] {
        let mut graph = before.try_clone().unwrap();
        graph.apply(twice).unwrap();
        misfits(&mut graph, twice);
        misfits(&mut before, &twice.invert());
    }
    // The book is gone, or others stand in the row.
    before.delete(l.book, one).unwrap();
    misfits(&mut before, &updated);
    misfits(&mut before, &moved);
    before.delete(l.book, two).unwrap();
    misfits(&mut before, &reordered);
    let (mut strangers, _) = boxes();
    let error = refused(&mut strangers, |graph| graph.apply(&inserted));
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

/// Case 61: one after another.
#[test]
fn change_sets_come_to_what_they_did_together() {
    let (mut graph, l, [ursula, lem], [one, two, three]) = shelves();
    let first = graph.mark().unwrap();
    let start = graph.try_clone().unwrap();
    graph.set(l.book_author, one, lem).unwrap();
    graph.update(l.book, two, |two| two.0 = "zwei").unwrap();
    let [five] = insert(&mut graph, l.book, ["five"]);
    let second = graph.mark().unwrap();
    graph.set(l.book_author, one, ursula).unwrap();
    graph.update(l.book, two, |two| two.0 = "two").unwrap();
    graph.delete(l.book, five).unwrap();
    graph.delete(l.book, three).unwrap();

    let [all, later] = [&first, &second].map(|mark| graph.changes_since(mark).unwrap());
    let earlier = graph.changes_between(&first, &second).unwrap();
    let told = |all: &ChangeSet| {
        let entities = [
            all.inserted().len(),
            all.updated().len(),
            all.deleted().len(),
        ];
        (entities, [all.linked().len(), all.unlinked().len()])
    };
    assert_eq!(told(&earlier), ([1, 1, 0], [1, 1]));
    assert_eq!(told(&later), ([0, 1, 2], [1, 2]));
    assert_eq!(told(&all), ([0, 0, 1], [0, 1]));
    assert_eq!(told(&earlier.then(&later)), told(&all));
    for way in [&all, &earlier.then(&later)] {
        let mut replica = start.try_clone().unwrap();
        replica.apply(way).unwrap();
        assert_same(&replica, &graph);
    }
    let mut replica = start.try_clone().unwrap();
    replica.apply(&earlier).unwrap();
    replica.apply(&later).unwrap();
    assert_same(&replica, &graph);
}

/// Cases 56 and 59.
#[test]
fn marks_survive_undo_and_redo() {
    let (mut graph, l, [_, lem], [one, two, _]) = shelves();
    graph.keep_history(10).unwrap();
    graph.set(l.book_author, one, lem).unwrap();
    let mark = graph.mark().unwrap();
    graph.set(l.book_author, two, lem).unwrap();
    graph.undo().unwrap();
    assert!(graph.changes_since(&mark).unwrap().is_empty());
    graph.undo().unwrap();
    let back = graph.changes_since(&mark).unwrap();
    assert_eq!((back.linked().len(), back.unlinked().len()), (1, 1));
    graph.redo().unwrap();
    assert!(graph.changes_since(&mark).unwrap().is_empty());
    graph.redo().unwrap();
    assert_eq!(graph.changes_since(&mark).unwrap().linked().len(), 1);
    graph.undo().unwrap();
    graph.undo().unwrap();
    // Another way from there.
    graph.delete(l.book, one).unwrap();
    let other = graph.changes_since(&mark).unwrap();
    assert_eq!((other.deleted().len(), other.unlinked().len()), (1, 1));
}

/// Case 59: names.
#[test]
fn the_name_of_an_entity_is_never_given_to_another() {
    let (mut graph, l) = library();
    let mark = graph.mark().unwrap();
    let mut seen: Vec<Uid> = Vec::new();
    for _ in 0..50 {
        let [tag] = insert(&mut graph, l.tag, ["sf"]);
        seen.push(graph.uid(l.tag.any(tag)).unwrap());
        graph.delete(l.tag, tag).unwrap();
        let taken_back = graph.try_transaction(|graph| {
            let [tag] = insert(graph, l.tag, ["sf"]);
            seen.push(graph.uid(l.tag.any(tag)).unwrap());
            Err::<(), Option<backref::Error>>(None)
        });
        assert!(taken_back.is_err());
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    assert!(seen.iter().all(|&uid| graph.by_uid(uid).is_none()));
    assert!(graph.changes_since(&mark).unwrap().is_empty());
}

impl From<backref::Error> for Given {
    fn from(error: backref::Error) -> Self {
        Self(error.kind())
    }
}

/// An error of one's own.
#[derive(Debug)]
struct Given(ErrorKind);

/// Case 59.
#[test]
fn marks_are_for_their_graph_and_outside_of_transactions() {
    let (mut graph, l) = library();
    let mut other = graph.try_clone().unwrap();
    let mark = other.mark().unwrap();
    let foreign = graph.changes_since(&mark).unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::Mismatch);
    let inside = graph.try_transaction(|graph| {
        insert(graph, l.tag, ["sf"]);
        graph.mark().map(drop)?;
        Ok::<(), Given>(())
    });
    assert_eq!(inside.unwrap_err().0, ErrorKind::InTransaction);
    assert_eq!(graph.len(l.tag), 0);
}

/// Case 59.
#[test]
fn a_payload_that_is_not_cloneable_is_an_error() {
    struct Secret;
    let mut schema = Schema::builder();
    schema.entity::<Secret>("Secret");
    let registry = schema.build().unwrap();
    let secret = registry.entity_type::<Secret>("Secret").unwrap();
    let mut graph = Graph::new(registry);
    let mark = graph.mark().unwrap();
    assert!(graph.changes_since(&mark).unwrap().is_empty());
    graph.insert(secret, Secret).unwrap();
    let error = graph.changes_since(&mark).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotDeclared);
    assert!(error.to_string().contains("Secret"), "{error}");
}

/// Cases 37 and 61: the order of a store.
#[test]
fn a_store_takes_parents_first_and_gives_up_children_first() {
    let (mut graph, l) = library();
    let mark = graph.mark().unwrap();
    let [a, b, c] = insert(&mut graph, l.folder, ["a", "b", "c"]);
    graph.set(l.folder_parent, a, b).unwrap();
    graph.set(l.folder_parent, b, c).unwrap();
    let made = graph.changes_since(&mark).unwrap();
    let names = |changes: &[&EntityChange]| -> Vec<&str> {
        let payload = |it: &&EntityChange| match (it.after(l.folder), it.before(l.folder)) {
            (Some(folder), _) | (None, Some(folder)) => folder.0,
            (None, None) => "",
        };
        changes.iter().map(payload).collect()
    };
    let order = made.store_order();
    assert_eq!(names(&order.inserts), ["c", "b", "a"]);
    assert!(order.cycles.is_empty() && order.second_step.is_empty());
    let back = made.invert();
    let order = back.store_order();
    assert_eq!(names(&order.deletes), ["a", "b", "c"]);
    assert!(order.inserts.is_empty() && order.first_step.is_empty());
}

/// Case 61: the order of a store, in a circle.
#[test]
fn a_circle_is_reported_with_the_links_that_close_it() {
    let (mut graph, l) = library();
    let mark = graph.mark().unwrap();
    let [a, b, c, d] = insert(&mut graph, l.person, ["a", "b", "c", "d"]);
    let next: ToOne<Person, Person> = l.person_next;
    for (one, other) in [(a, b), (b, c), (c, a), (d, d)] {
        graph.set(next, one, other).unwrap();
    }
    let made = graph.changes_since(&mark).unwrap();
    let uid = |id| graph.uid(l.person.any(id)).unwrap();
    let order = made.store_order();
    assert_eq!(order.inserts.len(), 4);
    assert_eq!(order.cycles.len(), 2);
    assert!(order.cycles.contains(&[a, b, c].map(uid).to_vec()));
    assert!(order.cycles.contains(&vec![uid(d)]));
    assert_eq!(order.second_step.len(), 4);
    let back = made.invert();
    let order = back.store_order();
    assert_eq!((order.first_step.len(), order.deletes.len()), (4, 4));
    assert_eq!(order.cycles.len(), 2);
}
