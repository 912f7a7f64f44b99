//! Relationships within one type: trees, directed pairs, symmetric ends.

use backref::{ErrorKind, Schema};

use crate::model::{Named, declare, idle, insert, library, one, refused, row};

/// Case 29.
#[test]
fn a_tree_in_one_type_behaves_as_parent_and_children_of_two() {
    let (mut graph, l) = library();
    let [root, other, a, b] = insert(&mut graph, l.folder, ["root", "other", "a", "b"]);
    graph.set(l.folder_parent, a, root).unwrap();
    graph
        .row_mut(l.folder_children, root)
        .unwrap()
        .push(b)
        .unwrap();
    assert_eq!(row(&graph, l.folder_children, root), ["a", "b"]);
    assert!(
        graph
            .row_mut(l.folder_children, other)
            .unwrap()
            .push(a)
            .unwrap()
    );
    assert_eq!(row(&graph, l.folder_children, root), ["b"]);
    assert_eq!(one(&graph, l.folder_parent, a), Some("other"));
    assert!(!idle(&mut graph, |graph| graph.set(
        l.folder_parent,
        a,
        other
    )));
    assert_eq!(
        graph
            .row_mut(l.folder_children, other)
            .unwrap()
            .clear()
            .unwrap(),
        1
    );
    assert_eq!(one(&graph, l.folder_parent, a), None);
}

/// Case 29.
#[test]
fn a_cycle_is_refused_from_the_child_and_from_the_parent() {
    let (mut graph, l) = library();
    let [root, middle, leaf] = insert(&mut graph, l.folder, ["root", "middle", "leaf"]);
    graph.set(l.folder_parent, middle, root).unwrap();
    graph.set(l.folder_parent, leaf, middle).unwrap();
    for (child, parent) in [(root, leaf), (root, root), (middle, leaf)] {
        let error = refused(&mut graph, |graph| {
            graph.set(l.folder_parent, child, parent)
        });
        assert_eq!(error.kind(), ErrorKind::Cycle);
        let error = refused(&mut graph, |graph| {
            graph.row_mut(l.folder_children, parent)?.push(child)
        });
        assert_eq!(error.kind(), ErrorKind::Cycle);
        let error = refused(&mut graph, |graph| {
            graph
                .row_mut(l.folder_children, parent)?
                .insert_at(0, child)
        });
        assert_eq!(error.kind(), ErrorKind::Cycle);
        let error = refused(&mut graph, |graph| {
            graph.row_mut(l.folder_children, parent)?.replace([child])
        });
        assert_eq!(error.kind(), ErrorKind::Cycle);
    }
}

/// Case 29, where the relationship is not acyclic.
#[test]
fn a_cycle_is_allowed_where_nothing_forbids_it() {
    let (mut graph, l) = library();
    let [a, b] = insert(&mut graph, l.topic, ["a", "b"]);
    graph.set(l.topic_parent, a, b).unwrap();
    graph.row_mut(l.topic_children, a).unwrap().push(b).unwrap();
    assert_eq!(one(&graph, l.topic_parent, b), Some("a"));
    graph.set(l.topic_parent, a, a).unwrap();
    assert_eq!(row(&graph, l.topic_children, a), ["b", "a"]);
    assert_eq!(row(&graph, l.topic_children, b), [""; 0]);
}

/// Case 29, on a many-to-many relationship.
#[test]
fn a_cycle_of_tasks_is_refused_from_both_ends() {
    let (mut graph, l) = library();
    let [house, walls, roof, nails] =
        insert(&mut graph, l.task, ["house", "walls", "roof", "nails"]);
    graph
        .row_mut(l.task_needs, house)
        .unwrap()
        .extend([walls, roof])
        .unwrap();
    graph
        .row_mut(l.task_needed_by, nails)
        .unwrap()
        .extend([walls, roof])
        .unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.task_needs, nails)?.push(house)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.task_needed_by, house)?.push(nails)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.task_needs, roof)?.push(roof)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert_eq!(row(&graph, l.task_needed_by, nails), ["walls", "roof"]);
}

/// Case 29: a batch is judged as a whole.
#[test]
fn a_batch_with_one_link_that_closes_a_cycle_is_refused() {
    let (mut graph, l) = library();
    let [root, a, b] = insert(&mut graph, l.folder, ["root", "a", "b"]);
    graph.set(l.folder_parent, a, root).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.folder_children, a)?.extend([b, root])
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.folder_children, a)?.take_all_from(root)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let error = refused(&mut graph, |graph| {
        let links = graph
            .create(l.folder, Named("new"))
            .link(l.folder_parent, a);
        links.link(l.folder_children, root).insert()
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
}

/// Case 29.
#[test]
fn acyclic_needs_two_ends_of_one_type_and_no_symmetry() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .backref("books")
        .acyclic();
    schema
        .relationship("Author.friends")
        .to_many("Author")
        .symmetric()
        .acyclic();
    let error = schema.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert_eq!(error.problems().len(), 2, "{error}");
    assert!(error.problems()[0].contains("Book.author"), "{error}");
    assert!(error.problems()[1].contains("Author.friends"), "{error}");
}

/// Case 30.
#[test]
fn the_two_ends_of_a_directed_relationship_are_different_rows() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    graph
        .row_mut(l.person_follows, ada)
        .unwrap()
        .push(bob)
        .unwrap();
    assert_eq!(row(&graph, l.person_follows, ada), ["Bob"]);
    assert_eq!(row(&graph, l.person_followers, ada), [""; 0]);
    assert_eq!(row(&graph, l.person_followers, bob), ["Ada"]);
    assert_eq!(row(&graph, l.person_follows, bob), [""; 0]);
}

/// Case 30.
#[test]
fn whoever_follows_themselves_stands_in_both_rows() {
    let (mut graph, l) = library();
    let [ada] = insert(&mut graph, l.person, ["Ada"]);
    graph
        .row_mut(l.person_follows, ada)
        .unwrap()
        .push(ada)
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.person_followers, ada)?
        .push(ada)));
    assert_eq!(row(&graph, l.person_follows, ada), ["Ada"]);
    assert_eq!(row(&graph, l.person_followers, ada), ["Ada"]);
    assert!(
        graph
            .row_mut(l.person_followers, ada)
            .unwrap()
            .remove(ada)
            .unwrap()
    );
    assert_eq!(row(&graph, l.person_follows, ada), [""; 0]);
}

/// Case 31.
#[test]
fn friendship_holds_both_ways_and_is_one_link() {
    let (mut graph, l) = library();
    let [ada, bob, eve] = insert(&mut graph, l.person, ["Ada", "Bob", "Eve"]);
    assert!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .push(bob)
            .unwrap()
    );
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.person_friends, bob)?
        .push(ada)));
    graph
        .row_mut(l.person_friends, eve)
        .unwrap()
        .extend([ada, bob])
        .unwrap();
    assert_eq!(row(&graph, l.person_friends, ada), ["Bob", "Eve"]);
    assert_eq!(row(&graph, l.person_friends, bob), ["Ada", "Eve"]);
    assert!(
        graph
            .row_mut(l.person_friends, bob)
            .unwrap()
            .remove(ada)
            .unwrap()
    );
    assert_eq!(row(&graph, l.person_friends, ada), ["Eve"]);
    assert_eq!(row(&graph, l.person_friends, bob), ["Eve"]);
}

/// Case 31.
#[test]
fn a_friend_of_oneself_counts_once() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    assert!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .push(ada)
            .unwrap()
    );
    graph
        .row_mut(l.person_friends, ada)
        .unwrap()
        .push(bob)
        .unwrap();
    assert_eq!(row(&graph, l.person_friends, ada), ["Ada", "Bob"]);
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.person_friends, ada)?
        .push(ada)));
    assert!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .remove(ada)
            .unwrap()
    );
    assert_eq!(row(&graph, l.person_friends, ada), ["Bob"]);
}

/// Case 31, with whole rows.
#[test]
fn a_row_of_friends_is_replaced_and_put_in_order_on_one_side_only() {
    let (mut graph, l) = library();
    let [ada, bob, eve] = insert(&mut graph, l.person, ["Ada", "Bob", "Eve"]);
    graph
        .row_mut(l.person_friends, bob)
        .unwrap()
        .push(eve)
        .unwrap();
    assert!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .replace([eve, ada, bob])
            .unwrap()
    );
    assert_eq!(row(&graph, l.person_friends, ada), ["Eve", "Ada", "Bob"]);
    assert_eq!(row(&graph, l.person_friends, bob), ["Eve", "Ada"]);
    assert!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .reverse()
            .unwrap()
    );
    assert_eq!(row(&graph, l.person_friends, ada), ["Bob", "Ada", "Eve"]);
    assert_eq!(row(&graph, l.person_friends, eve), ["Bob", "Ada"]);
    assert_eq!(
        graph
            .row_mut(l.person_friends, ada)
            .unwrap()
            .clear()
            .unwrap(),
        3
    );
    assert_eq!(row(&graph, l.person_friends, eve), ["Bob"]);
}

/// Case 32.
#[test]
fn a_new_spouse_leaves_the_old_one_free() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    assert!(graph.set(l.person_spouse, a, b).unwrap());
    assert_eq!(one(&graph, l.person_spouse, b), Some("a"));
    assert!(graph.set(l.person_spouse, c, a).unwrap());
    assert_eq!(one(&graph, l.person_spouse, a), Some("c"));
    assert_eq!(one(&graph, l.person_spouse, b), None);
    assert!(!idle(&mut graph, |graph| graph.set(l.person_spouse, a, c)));
}

/// Case 32.
#[test]
fn two_couples_that_exchange_one_leave_two_alone() {
    let (mut graph, l) = library();
    let [a, b, c, d] = insert(&mut graph, l.person, ["a", "b", "c", "d"]);
    graph.set(l.person_spouse, a, b).unwrap();
    graph.set(l.person_spouse, c, d).unwrap();
    assert!(graph.set(l.person_spouse, a, c).unwrap());
    let spouses = [a, b, c, d].map(|person| one(&graph, l.person_spouse, person));
    assert_eq!(spouses, [Some("c"), None, Some("a"), None]);
}

/// Case 32.
#[test]
fn a_spouse_of_oneself_counts_once() {
    let (mut graph, l) = library();
    let [a, b] = insert(&mut graph, l.person, ["a", "b"]);
    graph.set(l.person_spouse, a, b).unwrap();
    assert!(graph.set(l.person_spouse, a, a).unwrap());
    assert_eq!(one(&graph, l.person_spouse, a), Some("a"));
    assert_eq!(one(&graph, l.person_spouse, b), None);
    assert!(graph.set(l.person_spouse, a, None).unwrap());
    assert_eq!(one(&graph, l.person_spouse, a), None);
    assert_eq!(graph.delete(l.person, a).unwrap().payload, Named("a"));
}
