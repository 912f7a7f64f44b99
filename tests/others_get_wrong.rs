//! Edits after which other systems have two ends that disagree, or an order
//! or an identity lost, and what is true here.
//!
//! Each test names the system and what it does. SQLAlchemy is 2.1, EMF is
//! Eclipse EMF 2.29, pyecore is 0.15, bevy is `bevy_ecs` 0.20. What is said of
//! SQLAlchemy, EMF and pyecore was seen by running them, what is said of bevy
//! and EF Core was read in their sources. The numbers are those of the cases in `semantics`.

#[expect(
    dead_code,
    reason = "the library is shared with the tests case by case"
)]
#[path = "semantics/model.rs"]
mod model;

use backref::{ErrorKind, Graph, Key, Schema};

use model::{Named, Tag, declare, idle, insert, library, one, refused, row};

/// Case 2. pyecore leaves the child in its old parent's list.
#[test]
fn a_child_has_left_its_old_row_when_it_gets_another_parent() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.set(l.book_author, eden, ursula).unwrap();
    graph.set(l.book_author, eden, lem).unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), [""; 0]);
    assert_eq!(row(&graph, l.author_books, lem), ["Eden"]);
}

/// Case 4. pyecore, when the child is added to the new parent's list, leaves
/// it in the old one too.
#[test]
fn a_child_that_is_added_elsewhere_has_left_its_old_row() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .push(eden)
        .unwrap();
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .push(eden)
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), [""; 0]);
    assert_eq!(one(&graph, l.book_author, eden), Some("Lem"));
}

/// Case 5. SQLAlchemy keeps the child twice; after the next change of its
/// parent one of the two stays behind, and after a `pop` of one of them the
/// child has no parent and is still in the list.
#[test]
fn a_child_that_is_added_twice_is_in_the_row_once() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(eden)
            .unwrap()
    );
    assert!(
        !graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(eden)
            .unwrap()
    );
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
    graph.set(l.book_author, eden, lem).unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), [""; 0]);
}

/// Case 6. SQLAlchemy has the member twice afterwards; EMF throws.
#[test]
fn a_member_that_is_inserted_again_at_a_position_moves_there() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        !graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .insert_at(0, books[2])
            .unwrap()
    );
    assert_eq!(row(&graph, l.author_books, ursula), ["c", "a", "b"]);
}

/// Case 8. SQLAlchemy tells its listeners of the removal and then raises;
/// pyecore tells the opposite and then raises.
#[test]
fn removing_a_stranger_is_no_change_and_no_error() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.set(l.book_author, eden, lem).unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .remove(eden)));
}

/// Case 9. In pyecore `clear` left every member's opposite set (pyecore #138).
#[test]
fn the_members_of_a_cleared_row_have_no_parent() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .clear()
        .unwrap();
    assert_eq!(
        books.map(|book| one(&graph, l.book_author, book)),
        [None; 3]
    );
}

/// Case 10. SQLAlchemy keeps the doubles of the given list.
#[test]
fn a_row_is_replaced_by_a_list_with_doubles_and_has_none() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [a, b] = insert(&mut graph, l.book, ["a", "b"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .replace([a, a, b])
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["a", "b"]);
}

/// Case 10. EMF clears the list and adds everything again, so a member that
/// stays goes to the end of its own list at the far side.
#[test]
fn a_member_kept_by_a_replace_keeps_its_place_at_the_far_side() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph
        .row_mut(l.tag_books, sf)
        .unwrap()
        .extend([eden, lathe])
        .unwrap();
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .replace([classic, sf])
        .unwrap();
    assert_eq!(row(&graph, l.tag_books, sf), ["Eden", "Lathe"]);
}

/// Case 10. SQLAlchemy, when a list is assigned of which one element is no
/// good, has already dropped the old list: it is empty, and its members still
/// have the parent.
#[test]
fn a_replace_that_fails_half_way_has_changed_nothing() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [a, b, dead] = insert(&mut graph, l.book, ["a", "b", "dead"]);
    graph.set(l.book_author, a, ursula).unwrap();
    graph.delete(l.book, dead).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.replace([b, dead])
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert_eq!(row(&graph, l.author_books, ursula), ["a"]);
}

/// Case 12. bevy removes the child and appends it: it is last afterwards.
#[test]
fn a_child_that_gets_its_own_parent_again_stays_in_its_place() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [a, b] = insert(&mut graph, l.book, ["a", "b"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([a, b])
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph.set(
        l.book_author,
        a,
        ursula
    )));
}

/// Case 16. SQLAlchemy, with `a2.books[:] = a1.books`, moves every other book
/// and leaves the rest where it was.
#[test]
fn all_members_of_another_row_come_over() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d"]);
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .extend(books)
        .unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .take_all_from(lem)
        .unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["a", "b", "c", "d"]);
    assert_eq!(row(&graph, l.author_books, lem), [""; 0]);
}

/// Cases 16 and 67. SQLAlchemy and pyecore, when the children of a list are
/// given another parent in a loop over that list, skip every other one; EMF
/// throws.
#[test]
fn a_loop_over_a_row_that_empties_it_meets_every_member() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut walker = graph.walk(l.author_books, ursula);
    while let Some(book) = walker.next(&graph) {
        graph.set(l.book_author, book, lem).unwrap();
    }
    assert_eq!(row(&graph, l.author_books, lem), ["a", "b", "c", "d"]);
}

/// Case 18. SQLAlchemy, where two objects are equal by `__eq__`, takes the
/// first out of the list and frees the second.
#[test]
fn of_two_equal_members_the_right_one_goes() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let twins = insert(&mut graph, l.book, ["twin", "twin"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(twins)
        .unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .remove(twins[1])
        .unwrap();
    assert!(graph.row(l.author_books, ursula).iter().eq([twins[0]]));
    assert_eq!(
        twins.map(|twin| one(&graph, l.book_author, twin)),
        [Some("Ursula"), None]
    );
}

/// Case 20. SQLAlchemy leaves `a2.profile` at `b2`; pyecore leaves that and
/// `b1.author` at `a1` as well.
#[test]
fn both_displaced_by_a_one_to_one_link_are_free() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    graph.set(l.author_profile, a1, b2).unwrap();
    assert_eq!(
        [a1, a2].map(|author| one(&graph, l.author_profile, author)),
        [Some("b2"), None]
    );
    assert_eq!(
        [b1, b2].map(|profile| one(&graph, l.profile_author, profile)),
        [None, Some("a1")]
    );
}

/// Case 20, from the other end. SQLAlchemy leaves `b2.author` at `a2`.
#[test]
fn both_displaced_are_free_when_the_other_end_is_set() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    graph.set(l.profile_author, b1, a2).unwrap();
    assert_eq!(
        [a1, a2].map(|author| one(&graph, l.author_profile, author)),
        [None, Some("b1")]
    );
    assert_eq!(
        [b1, b2].map(|profile| one(&graph, l.profile_author, profile)),
        [Some("a2"), None]
    );
}

/// Case 21. SQLAlchemy leaves `b.next` at `c`, which has `a` before it.
#[test]
fn the_link_that_is_cut_out_of_a_chain_leads_nowhere() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    graph.set(l.person_next, a, b).unwrap();
    graph.set(l.person_next, b, c).unwrap();
    graph.set(l.person_next, a, c).unwrap();
    assert_eq!(
        [a, b, c].map(|person| one(&graph, l.person_next, person)),
        [Some("c"), None, None]
    );
    assert_eq!(
        [a, b, c].map(|person| one(&graph, l.person_previous, person)),
        [None, None, Some("a")]
    );
}

/// Case 24. SQLAlchemy, when both sides are told, has the link twice on both.
#[test]
fn a_link_told_to_both_sides_is_one() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    graph.row_mut(l.tag_books, sf).unwrap().push(eden).unwrap();
    assert_eq!(row(&graph, l.book_tags, eden), ["sf"]);
    assert_eq!(row(&graph, l.tag_books, sf), ["Eden"]);
}

/// Case 29. EMF refuses an ancestor as child when the child's end is set, and
/// takes it when it is added to the list of children; pyecore runs into the
/// limit of its stack with the list half written; bevy looks nowhere but at an
/// entity's link to itself.
#[test]
fn an_ancestor_is_refused_as_child_from_either_end() {
    let (mut graph, l) = library();
    let [root, leaf] = insert(&mut graph, l.folder, ["root", "leaf"]);
    graph.set(l.folder_parent, leaf, root).unwrap();
    let error = refused(&mut graph, |graph| graph.set(l.folder_parent, root, leaf));
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.folder_children, leaf)?.push(root)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.folder_children, root)?.push(root)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
}

/// Case 31. SQLAlchemy accepts an end that is its own inverse and tells the
/// friend nothing.
#[test]
fn a_friend_has_the_friend() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    graph
        .row_mut(l.person_friends, ada)
        .unwrap()
        .push(bob)
        .unwrap();
    assert_eq!(row(&graph, l.person_friends, bob), ["Ada"]);
}

/// Case 31. EMF enters a friend of oneself twice, and takes out both at once.
#[test]
fn a_friend_of_oneself_is_one_link() {
    let (mut graph, l) = library();
    let [ada] = insert(&mut graph, l.person, ["Ada"]);
    graph
        .row_mut(l.person_friends, ada)
        .unwrap()
        .push(ada)
        .unwrap();
    assert_eq!(row(&graph, l.person_friends, ada), ["Ada"]);
}

/// Case 32. SQLAlchemy refuses to configure an end to one that is its own
/// inverse.
#[test]
fn a_spouse_is_a_spouse_both_ways() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    graph.set(l.person_spouse, a, b).unwrap();
    graph.set(l.person_spouse, c, a).unwrap();
    assert_eq!(
        [a, b, c].map(|person| one(&graph, l.person_spouse, person)),
        [Some("c"), None, Some("a")]
    );
}

/// Case 33. EMF's `EcoreUtil.remove` leaves links to what was removed, and its
/// `delete` finds them by a walk over everything.
#[test]
fn nobody_is_left_with_a_link_to_what_was_deleted() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [cover] = insert(&mut graph, l.image, ["cover"]);
    graph.set(l.book_cover, eden, cover).unwrap();
    graph.delete(l.image, cover).unwrap();
    assert_eq!(one(&graph, l.book_cover, eden), None);
}

/// Case 35. SQLAlchemy takes a `back_populates` on one side only, and keeps
/// the two in step when that side is set and not when the other is.
#[test]
fn an_inverse_that_one_side_alone_declares_is_a_mistake() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .back_populates("books");
    schema
        .relationship("Author.books")
        .to_many("Book")
        .one_way();
    let error = schema.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert!(error.to_string().contains("Book.author"), "{error}");
    assert!(error.to_string().contains("Author.books"), "{error}");
}

/// Case 40. SQLAlchemy's identity map learns of a new key at the next flush.
#[test]
fn a_changed_key_is_found_at_once() {
    let mut schema = Schema::builder();
    schema
        .entity::<Tag>("Tag")
        .key(Key::field(|tag: &Tag| &tag.0))
        .cloneable()
        .comparable();
    let registry = schema.build().unwrap();
    let (tag, by_label) = (
        registry.entity_type::<Tag>("Tag").unwrap(),
        registry.key::<Tag, &str>("Tag").unwrap(),
    );
    let mut graph = Graph::new(registry);
    let [sf] = insert(&mut graph, tag, ["sf"]);
    graph
        .update(tag, sf, |tag| tag.0 = "science fiction")
        .unwrap();
    assert_eq!(graph.find(by_label, "sf"), None);
    assert_eq!(graph.find(by_label, "science fiction"), Some(sf));
}

/// Case 45. SQLAlchemy keeps a deleted child in its parent's list, and a
/// deleted parent at its children, until the objects are expired.
#[test]
fn what_was_deleted_is_gone_from_every_row_at_once() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [a, b] = insert(&mut graph, l.book, ["a", "b"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([a, b])
        .unwrap();
    graph.delete(l.book, a).unwrap();
    assert_eq!(row(&graph, l.author_books, ursula), ["b"]);
    graph.delete(l.author, ursula).unwrap();
    assert_eq!(one(&graph, l.book_author, b), None);
}

/// Case 49. EF Core deletes a dependent in silence when the link that it needs
/// is severed and its delete rule is cascade.
#[test]
fn nobody_is_deleted_for_the_want_of_a_required_link() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let chapter = graph
        .create(l.chapter, Named("one"))
        .link(l.chapter_book, eden)
        .insert()
        .unwrap();
    let error = refused(&mut graph, |graph| graph.set(l.chapter_book, chapter, None));
    assert_eq!(error.kind(), ErrorKind::Required);
    let error = refused(&mut graph, |graph| graph.delete(l.book, eden));
    assert_eq!(error.kind(), ErrorKind::Required);
}

/// Case 52. SQLAlchemy takes an object back that was deleted when it is added
/// to a list; bevy drops a link to a dead entity with a line in the log.
#[test]
fn a_link_to_the_dead_is_an_error() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.delete(l.book, eden).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.push(eden)
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
}

/// Case 66. A keyed dictionary of SQLAlchemy still has the member under its old
/// key, and under no other, when the key has changed.
#[test]
fn a_member_is_found_by_the_key_that_it_has_now() {
    let mut schema = Schema::builder();
    schema.entity::<u32>("Number").cloneable();
    schema
        .relationship("Number.whole")
        .to_one("Number")
        .backref("parts")
        .inverse(|parts| parts.keyed_by(Key::field(|number: &u32| number)));
    let registry = schema.build().unwrap();
    let number = registry.entity_type::<u32>("Number").unwrap();
    let whole = registry.to_one::<u32, u32>("Number.whole").unwrap();
    let parts = registry.keyed::<u32, u32, u32>("Number.parts").unwrap();
    let mut graph = Graph::new(registry);
    let [ten, three] = [10, 3].map(|it| graph.insert(number, it).unwrap());
    graph.set(whole, three, ten).unwrap();
    graph.update(number, three, |it| *it = 4).unwrap();
    assert_eq!(graph.member_by_key(parts, ten, &3), None);
    assert_eq!(graph.member_by_key(parts, ten, &4), Some(three));
}
