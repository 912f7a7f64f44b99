//! Deletes: rules, plans, what goes and what is freed.

use backref::{
    DeleteRule, EntityType, ErrorKind, Graph, Registry, Schema, SchemaBuilder, ToMany, ToOne,
};

use crate::model::{
    Author, Book, Named, Tag, assert_sound, declare, insert, library, one, refused, row,
};

/// Authors, their books and the books' tags, with rules to be chosen.
#[derive(Clone, Copy)]
struct Shop {
    author: EntityType<Author>,
    book: EntityType<Book>,
    tag: EntityType<Tag>,
    author_books: ToMany<Author, Book>,
    book_author: ToOne<Book, Author>,
    book_tags: ToMany<Book, Tag>,
    tag_books: ToMany<Tag, Book>,
}

/// What happens to the books of an author, and to the tags of a book.
fn shop(books: DeleteRule, tags: DeleteRule) -> (Graph, Shop) {
    shop_with(|schema| {
        schema
            .relationship("Author.books")
            .to_many("Book")
            .backref_one("author")
            .delete_rule(books);
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .backref("books")
            .delete_rule(tags);
    })
}

fn shop_with(relationships: impl FnOnce(&mut SchemaBuilder)) -> (Graph, Shop) {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Tag");
    relationships(&mut schema);
    let registry = schema.build().expect("the schema is sound");
    let shop = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), shop)
}

fn handles(registry: &Registry) -> backref::Result<Shop> {
    Ok(Shop {
        author: registry.entity_type("Author")?,
        book: registry.entity_type("Book")?,
        tag: registry.entity_type("Tag")?,
        author_books: registry.to_many("Author.books")?,
        book_author: registry.to_one("Book.author")?,
        book_tags: registry.to_many("Book.tags")?,
        tag_books: registry.to_many("Tag.books")?,
    })
}

/// Case 44.
#[test]
fn the_rule_stands_at_the_end_whose_owner_is_deleted() {
    let (graph, l) = shop(DeleteRule::Cascade, DeleteRule::Deny);
    let rule = |end| graph.registry().end(end).unwrap().delete_rule();
    assert_eq!(rule(l.author_books.untyped()), DeleteRule::Cascade);
    assert_eq!(rule(l.book_author.untyped()), DeleteRule::Nullify);
    assert_eq!(rule(l.book_tags.untyped()), DeleteRule::Deny);
    assert_eq!(rule(l.tag_books.untyped()), DeleteRule::Nullify);
}

/// Case 44.
#[test]
fn cascade_from_a_child_to_its_parent_must_be_spelled_cascade_up() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .backref("books")
        .delete_rule(DeleteRule::Cascade);
    let error = schema.build().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    assert!(error.to_string().contains("Book.author"), "{error}");
    assert!(error.to_string().contains("CascadeUp"), "{error}");
}

/// Case 44.
#[test]
fn with_cascade_up_the_last_book_takes_its_author_along() {
    let (mut graph, l) = shop_with(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .backref("books")
            .delete_rule(DeleteRule::CascadeUp);
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .backref("books");
    });
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    assert_eq!(
        graph.delete(l.book, eden).unwrap().others,
        [l.author.any(ursula)]
    );
    assert_eq!(one(&graph, l.book_author, lathe), None);
}

/// Case 45.
#[test]
fn nullify_frees_to_one_ends_and_shrinks_rows_in_order() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    graph
        .row_mut(l.tag_books, sf)
        .unwrap()
        .extend(books)
        .unwrap();
    let deleted = graph.delete(l.book, books[1]).unwrap();
    assert_eq!(
        (deleted.payload, deleted.others.len(), deleted.links),
        (Named("Eden"), 0, 2)
    );
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Solaris"]);
    assert_eq!(row(&graph, l.tag_books, sf), ["Lathe", "Solaris"]);
    let deleted = graph.delete(l.author, ursula).unwrap();
    assert_eq!(
        (deleted.payload, deleted.others.len(), deleted.links),
        (Named("Ursula"), 0, 2)
    );
    assert_eq!(one(&graph, l.book_author, books[0]), None);
    assert_eq!(one(&graph, l.book_author, books[2]), None);
}

/// Case 45, on every kind of end that meets itself.
#[test]
fn nullify_frees_friends_spouses_and_links_to_oneself() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    graph
        .row_mut(l.person_friends, ada)
        .unwrap()
        .extend([ada, bob])
        .unwrap();
    graph
        .row_mut(l.person_follows, ada)
        .unwrap()
        .extend([ada, bob])
        .unwrap();
    graph.set(l.person_spouse, ada, bob).unwrap();
    graph.set(l.person_next, ada, ada).unwrap();
    assert_eq!(graph.delete(l.person, ada).unwrap().links, 6);
    assert_eq!(row(&graph, l.person_friends, bob), [""; 0]);
    assert_eq!(row(&graph, l.person_followers, bob), [""; 0]);
    assert_eq!(one(&graph, l.person_spouse, bob), None);
}

/// Case 46.
#[test]
fn a_cascade_is_transitive_and_reports_what_went() {
    let (mut graph, l) = shop(DeleteRule::Cascade, DeleteRule::Cascade);
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden, lathe, solaris] = insert(&mut graph, l.book, ["Eden", "Lathe", "Solaris"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    graph.set(l.book_author, solaris, lem).unwrap();
    graph.row_mut(l.book_tags, lathe).unwrap().push(sf).unwrap();
    graph
        .row_mut(l.book_tags, solaris)
        .unwrap()
        .extend([sf, classic])
        .unwrap();
    let deleted = graph.delete(l.author, ursula).unwrap();
    assert_eq!(deleted.payload, Named("Ursula"));
    let mut others = deleted.others;
    others.sort();
    assert_eq!(others, [l.book.any(eden), l.book.any(lathe), l.tag.any(sf)]);
    assert_eq!(deleted.links, 4);
    assert_eq!(row(&graph, l.book_tags, solaris), ["classic"]);
    assert_eq!(
        (graph.len(l.author), graph.len(l.book), graph.len(l.tag)),
        (1, 1, 1)
    );
}

/// Case 46.
#[test]
fn a_cascade_over_a_cycle_deletes_each_entity_once() {
    let mut schema = Schema::builder();
    declare::<'T'>(&mut schema, "Node");
    schema
        .relationship("Node.next")
        .to_many("Node")
        .backref("back")
        .delete_rule(DeleteRule::Cascade);
    let registry = schema.build().unwrap();
    let node: EntityType<Tag> = registry.entity_type("Node").unwrap();
    let next: ToMany<Tag, Tag> = registry.to_many("Node.next").unwrap();
    let mut graph = Graph::new(registry);
    let ring = insert(&mut graph, node, ["a", "b", "c", "d"]);
    for (i, &one) in ring.iter().enumerate() {
        graph
            .row_mut(next, one)
            .unwrap()
            .extend([ring[(i + 1) % 4], ring[(i + 2) % 4], one])
            .unwrap();
    }
    let deleted = graph.delete(node, ring[2]).unwrap();
    let mut others = deleted.others;
    others.sort();
    assert_eq!(others, [ring[0], ring[1], ring[3]].map(|id| node.any(id)));
    assert_eq!(deleted.links, 12);
    assert_eq!(graph.len(node), 0);
    assert_sound(&graph);
}

/// Case 47.
#[test]
fn a_delete_that_is_denied_lists_who_blocks_it() {
    let (mut graph, l) = shop(DeleteRule::Deny, DeleteRule::Nullify);
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.author, ursula));
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(error.end(), Some(l.author_books.untyped()));
    assert!(
        error.entities().contains(&l.book.any(eden)),
        "{:?}",
        error.entities()
    );
    assert!(
        error.entities().contains(&l.book.any(lathe)),
        "{:?}",
        error.entities()
    );
    assert!(error.to_string().contains("Author.books"), "{error}");
    graph.delete(l.author, lem).unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .clear()
        .unwrap();
    graph.delete(l.author, ursula).unwrap();
}

/// Case 47.
#[test]
fn a_blocker_that_is_in_the_same_plan_blocks_nothing() {
    let (mut graph, l) = shop(DeleteRule::Deny, DeleteRule::Nullify);
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    let some = [l.author.any(ursula), l.book.any(eden)];
    let error = refused(&mut graph, |graph| graph.delete_all(some));
    assert_eq!(error.kind(), ErrorKind::Denied);
    let all = [l.author.any(ursula), l.book.any(eden), l.book.any(lathe)];
    let deletion = graph.delete_all(all).unwrap();
    let mut entities = deletion.entities;
    entities.sort();
    assert_eq!(entities, all);
    assert_eq!(deletion.links, 2);
    assert_sound(&graph);
}

/// Case 48.
#[test]
fn what_one_path_nullifies_and_another_cascades_is_deleted() {
    let (mut graph, l) = shop(DeleteRule::Cascade, DeleteRule::Nullify);
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    let deletion = graph
        .delete_all([l.tag.any(sf), l.author.any(ursula)])
        .unwrap();
    assert_eq!(deletion.entities.len(), 3);
    assert!(!graph.contains(l.book, eden));
    assert_sound(&graph);
}

/// Case 48.
#[test]
fn a_deny_anywhere_in_the_plan_changes_nothing_at_all() {
    let (mut graph, l) = shop(DeleteRule::Cascade, DeleteRule::Deny);
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    graph.row_mut(l.book_tags, lathe).unwrap().push(sf).unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.author, ursula));
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(error.end(), Some(l.book_tags.untyped()));
}

/// Case 49.
#[test]
fn a_survivor_that_needs_the_link_keeps_its_target_alive() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let chapter = graph
        .create(l.chapter, Named("one"))
        .link(l.chapter_book, eden)
        .insert()
        .unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.book, eden));
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.end(), Some(l.chapter_book.untyped()));
    assert_eq!(error.entities(), [l.chapter.any(chapter)]);
    graph
        .delete_all([l.book.any(eden), l.chapter.any(chapter)])
        .unwrap();
    assert_sound(&graph);
}

/// Case 51.
#[test]
fn a_plan_tells_who_would_go_and_by_which_path_and_changes_nothing() {
    let (mut graph, l) = shop(DeleteRule::Cascade, DeleteRule::Cascade);
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    let before = graph.try_clone().unwrap();
    let plan = graph.plan_delete([l.author.any(ursula)]).unwrap();
    assert!(plan.is_allowed());
    assert_eq!(plan.links(), 2);
    let through: Vec<_> = plan
        .entities()
        .iter()
        .map(|doomed| (doomed.id, doomed.through))
        .collect();
    assert_eq!(
        through,
        [
            (l.author.any(ursula), None),
            (
                l.book.any(eden),
                Some((l.author.any(ursula), l.author_books.untyped()))
            ),
            (
                l.tag.any(sf),
                Some((l.book.any(eden), l.book_tags.untyped()))
            ),
        ]
    );
    assert_eq!(
        plan.path(l.tag.any(sf)),
        [l.author.any(ursula), l.book.any(eden), l.tag.any(sf)]
    );
    drop(plan);
    assert!(graph.try_eq(&before).unwrap());
}

/// Case 51.
#[test]
fn a_plan_that_is_denied_lists_its_blockers() {
    let (mut graph, l) = shop(DeleteRule::Cascade, DeleteRule::Deny);
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    let plan = graph.plan_delete([l.author.any(ursula)]).unwrap();
    assert!(!plan.is_allowed());
    let blockers: Vec<_> = plan
        .blockers()
        .iter()
        .map(|b| (b.entity, b.end, b.blocked_by))
        .collect();
    assert_eq!(
        blockers,
        [(l.book.any(eden), l.book_tags.untyped(), l.tag.any(sf))]
    );
}

/// Case 52.
#[test]
fn a_second_delete_of_an_entity_is_an_error() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    graph.delete(l.book, eden).unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.book, eden));
    assert_eq!(error.kind(), ErrorKind::NotLive);
    let error = refused(&mut graph, |graph| {
        graph.delete_all([l.book.any(lathe), l.book.any(eden)])
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert_eq!(
        graph.plan_delete([l.book.any(eden)]).unwrap_err().kind(),
        ErrorKind::NotLive
    );
}

/// Case 52.
#[test]
fn an_entity_named_twice_in_one_plan_is_deleted_once() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let deletion = graph
        .delete_all([l.book.any(eden), l.book.any(eden)])
        .unwrap();
    assert_eq!(deletion.entities, [l.book.any(eden)]);
}

/// Case 52.
#[test]
fn no_link_is_made_to_a_deleted_entity() {
    let (mut graph, l) = library();
    let [ursula, gone] = insert(&mut graph, l.author, ["Ursula", "gone"]);
    let [eden, lost] = insert(&mut graph, l.book, ["Eden", "lost"]);
    graph.delete(l.author, gone).unwrap();
    graph.delete(l.book, lost).unwrap();
    let error = refused(&mut graph, |graph| graph.set(l.book_author, eden, gone));
    assert_eq!(error.kind(), ErrorKind::NotLive);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.push(lost)
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
    let error = refused(&mut graph, |graph| graph.set(l.book_author, lost, ursula));
    assert_eq!(error.kind(), ErrorKind::NotLive);
}

/// Case 53.
#[test]
fn a_delete_clears_the_links_of_what_goes_and_no_others() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books: Vec<_> = (0..100)
        .map(|_| insert(&mut graph, l.book, ["book"])[0])
        .collect();
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .extend(books.iter().copied())
        .unwrap();
    graph.set(l.book_author, books[7], ursula).unwrap();
    assert_eq!(graph.delete(l.author, ursula).unwrap().links, 1);
    assert_eq!(graph.delete(l.author, lem).unwrap().links, 99);
    assert_sound(&graph);
}

/// Case 53: the steps follow what is deleted, whatever the size of the graph.
#[cfg(feature = "internals")]
#[test]
fn the_cost_of_a_delete_does_not_grow_with_the_graph() {
    use backref::internals::steps;

    let steps = [10, 10_000].map(|others| {
        let (mut graph, l) = library();
        let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
        let books: Vec<_> = (0..others)
            .map(|_| insert(&mut graph, l.book, ["book"])[0])
            .collect();
        let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
        graph
            .row_mut(l.author_books, lem)
            .unwrap()
            .extend(books)
            .unwrap();
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .extend([eden, lathe])
            .unwrap();
        let (deleted, steps) = steps::of(|| graph.delete(l.author, ursula));
        assert_eq!(deleted.unwrap().links, 2);
        steps
    });
    assert_eq!(steps[0], steps[1]);
}
