//! One-to-many: a row of children, and the one parent of each.

use backref::ErrorKind;

use crate::model::{Named, idle, insert, library, one, refused, row};

/// Case 1.
#[test]
fn a_child_that_gets_a_parent_is_last_in_its_row() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [lathe, eden] = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    assert!(graph.set(l.book_author, lathe, ursula).unwrap());
    assert!(graph.set(l.book_author, eden, Some(ursula)).unwrap());
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Eden"]);
    assert_eq!(one(&graph, l.book_author, eden), Some("Ursula"));
}

/// Case 2.
#[test]
fn a_child_that_gets_another_parent_leaves_the_old_row_and_is_last_in_the_new() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [lathe, eden, solaris] = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([lathe, eden])
        .unwrap();
    graph.set(l.book_author, solaris, lem).unwrap();
    assert!(graph.set(l.book_author, lathe, lem).unwrap());
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
    assert_eq!(row(&graph, l.author_books, lem), ["Solaris", "Lathe"]);
    assert_eq!(one(&graph, l.book_author, lathe), Some("Lem"));
}

/// Case 3.
#[test]
fn a_child_whose_parent_is_set_to_none_leaves_the_row() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [lathe, eden] = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([lathe, eden])
        .unwrap();
    assert!(graph.set(l.book_author, lathe, None).unwrap());
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
    assert_eq!(one(&graph, l.book_author, lathe), None);
    assert!(!idle(&mut graph, |graph| graph.set(
        l.book_author,
        lathe,
        None
    )));
}

/// Case 4.
#[test]
fn a_child_of_another_parent_that_is_added_to_a_row_moves_there() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [lathe, eden] = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([lathe, eden])
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, lem)
            .unwrap()
            .push(lathe)
            .unwrap()
    );
    assert_eq!(row(&graph, l.author_books, ursula), ["Eden"]);
    assert_eq!(row(&graph, l.author_books, lem), ["Lathe"]);
    assert_eq!(one(&graph, l.book_author, lathe), Some("Lem"));
}

/// Case 5.
#[test]
fn a_member_that_is_added_again_keeps_its_position_and_the_call_says_false() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [lathe, eden] = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([lathe, eden])
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .push(lathe)));
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Eden"]);
    assert_eq!(
        idle(&mut graph, |graph| graph
            .row_mut(l.author_books, ursula)?
            .extend([eden, lathe])),
        0
    );
}

/// Case 6.
#[test]
fn a_member_that_is_inserted_at_a_position_moves_to_it() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let mut row_mut = graph.row_mut(l.author_books, ursula).unwrap();
    assert!(!row_mut.insert_at(2, books[0]).unwrap());
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Eden", "Solaris", "Lathe"]
    );
    let mut row_mut = graph.row_mut(l.author_books, ursula).unwrap();
    assert!(!row_mut.insert_at(0, books[0]).unwrap());
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Lathe", "Eden", "Solaris"]
    );
}

/// Case 6.
#[test]
fn a_member_is_not_inserted_beyond_its_row() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    let error = refused(&mut graph, |graph| {
        graph
            .row_mut(l.author_books, ursula)?
            .insert_at(2, books[0])
    });
    assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
    assert_eq!(error.end(), Some(l.author_books.untyped()));
}

/// Case 7.
#[test]
fn a_newcomer_is_inserted_at_any_position_up_to_the_length() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [first, second, third, fourth] =
        insert(&mut graph, l.book, ["first", "second", "third", "fourth"]);
    graph.set(l.book_author, third, lem).unwrap();
    for (index, book) in [(0, third), (0, first), (1, second), (3, fourth)] {
        assert!(
            graph
                .row_mut(l.author_books, ursula)
                .unwrap()
                .insert_at(index, book)
                .unwrap()
        );
    }
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["first", "second", "third", "fourth"]
    );
    assert_eq!(row(&graph, l.author_books, lem), [""; 0]);
}

/// Case 7.
#[test]
fn a_newcomer_is_not_inserted_beyond_the_length() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [lathe, solaris] = insert(&mut graph, l.book, ["Lathe", "Solaris"]);
    graph.set(l.book_author, lathe, ursula).unwrap();
    graph.set(l.book_author, solaris, lem).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.insert_at(2, solaris)
    });
    assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
}

/// Case 8.
#[test]
fn a_member_that_is_removed_has_no_parent() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .remove(books[1])
            .unwrap()
    );
    assert_eq!(one(&graph, l.book_author, books[1]), None);
    assert_eq!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .remove_at(1)
            .unwrap(),
        books[2]
    );
    assert_eq!(one(&graph, l.book_author, books[2]), None);
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe"]);
}

/// Case 8.
#[test]
fn removing_what_is_no_member_changes_nothing_and_says_false() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [eden, solaris] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    graph.set(l.book_author, solaris, lem).unwrap();
    for stranger in [eden, solaris] {
        assert!(!idle(&mut graph, |graph| graph
            .row_mut(l.author_books, ursula)?
            .remove(stranger)));
    }
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.remove_at(0)
    });
    assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
}

/// Case 8, where the member needs its parent.
#[test]
fn a_member_that_needs_its_parent_is_not_removed() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let chapter = graph
        .create(l.chapter, Named("one"))
        .link(l.chapter_book, eden)
        .insert()
        .unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.book_chapters, eden)?.remove(chapter)
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [l.chapter.any(chapter)]);
    let error = refused(&mut graph, |graph| graph.set(l.chapter_book, chapter, None));
    assert_eq!(error.kind(), ErrorKind::Required);
}

/// Case 9.
#[test]
fn clearing_a_row_frees_every_member() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([books[0], books[1]])
        .unwrap();
    graph.set(l.book_author, books[2], lem).unwrap();
    assert_eq!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .clear()
            .unwrap(),
        2
    );
    assert_eq!(row(&graph, l.author_books, ursula), [""; 0]);
    assert_eq!(
        books.map(|book| one(&graph, l.book_author, book)),
        [None, None, Some("Lem")]
    );
    assert_eq!(
        idle(&mut graph, |graph| graph
            .row_mut(l.author_books, ursula)?
            .clear()),
        0
    );
}

/// Case 9, where the members need their parent.
#[test]
fn a_row_of_members_that_need_it_is_not_cleared() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let chapters = ["one", "two"].map(|name| {
        let chapter = graph
            .create(l.chapter, Named(name))
            .link(l.chapter_book, eden);
        chapter.insert().unwrap()
    });
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.book_chapters, eden)?.clear()
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities()[0], l.chapter.any(chapters[0]));
}

/// Case 10.
#[test]
fn a_replaced_row_is_the_given_order_with_later_doubles_dropped() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [leaver, kept, moved, newcomer] =
        insert(&mut graph, l.book, ["leaver", "kept", "moved", "newcomer"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend([leaver, kept])
        .unwrap();
    graph.set(l.book_author, moved, lem).unwrap();
    let mut row_mut = graph.row_mut(l.author_books, ursula).unwrap();
    assert!(
        row_mut
            .replace([newcomer, kept, newcomer, moved, kept])
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["newcomer", "kept", "moved"]
    );
    assert_eq!(row(&graph, l.author_books, lem), [""; 0]);
    assert_eq!(one(&graph, l.book_author, leaver), None);
    assert_eq!(one(&graph, l.book_author, moved), Some("Ursula"));
}

/// Case 10.
#[test]
fn members_kept_by_a_replace_stay_where_they_are_in_their_other_rows() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf, classic, polish] = insert(&mut graph, l.tag, ["sf", "classic", "polish"]);
    let [other] = insert(&mut graph, l.book, ["other"]);
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .extend([sf, classic])
        .unwrap();
    graph.row_mut(l.tag_books, sf).unwrap().push(other).unwrap();
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .replace([polish, sf])
        .unwrap();
    assert_eq!(row(&graph, l.tag_books, sf), ["Eden", "other"]);
}

/// Case 10, where a leaver needs its parent.
#[test]
fn a_replace_that_frees_a_member_in_need_changes_nothing() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [one, two] = [("one", eden), ("two", lathe)].map(|(name, book)| {
        let chapter = graph
            .create(l.chapter, Named(name))
            .link(l.chapter_book, book);
        chapter.insert().unwrap()
    });
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.book_chapters, eden)?.replace([two])
    });
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [l.chapter.any(one)]);
}

/// Case 10, with an id that names nothing.
#[test]
fn a_replace_with_a_dead_id_changes_nothing() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [lathe, eden, dead] = insert(&mut graph, l.book, ["Lathe", "Eden", "dead"]);
    graph.set(l.book_author, lathe, ursula).unwrap();
    graph.delete(l.book, dead).unwrap();
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.replace([eden, dead])
    });
    assert_eq!(error.kind(), ErrorKind::NotLive);
}

/// Case 11.
#[test]
fn a_row_replaced_with_itself_is_not_changed() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .replace(books)));
}

/// Case 12.
#[test]
fn a_child_that_gets_its_own_parent_again_keeps_its_position() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph.set(
        l.book_author,
        books[0],
        ursula
    )));
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Eden"]);
}

/// Case 13.
#[test]
fn a_move_within_a_row_changes_its_order_only() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .move_to(books[2], 0)
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Solaris", "Lathe", "Eden"]
    );
    assert_eq!(
        books.map(|book| one(&graph, l.book_author, book)),
        [Some("Ursula"); 3]
    );
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .move_to(books[2], 1)
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Lathe", "Solaris", "Eden"]
    );
}

/// Case 13.
#[test]
fn a_move_to_its_own_position_changes_nothing() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .move_to(books[1], 1)));
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.move_to(books[1], 2)
    });
    assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
}

/// Case 14.
#[test]
fn two_positions_are_swapped() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .swap(0, 2)
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Solaris", "Eden", "Lathe"]
    );
    assert_eq!(
        books.map(|book| one(&graph, l.book_author, book)),
        [Some("Ursula"); 3]
    );
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .swap(1, 1)));
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.author_books, ursula)?.swap(0, 3)
    });
    assert_eq!(error.kind(), ErrorKind::PositionOutOfRange);
}

/// Case 14.
#[test]
fn a_row_is_sorted_and_equal_members_keep_their_order() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["ccc", "bb", "aa", "d"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .sort_by_key(|book| book.0.len())
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["d", "bb", "aa", "ccc"]
    );
    let mut row_mut = graph.row_mut(l.author_books, ursula).unwrap();
    assert!(
        row_mut
            .sort_by(|graph, a, b| graph
                .get(l.book, a)
                .unwrap()
                .0
                .cmp(graph.get(l.book, b).unwrap().0))
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["aa", "bb", "ccc", "d"]
    );
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .sort_by_key(|book| book.0)));
    assert_eq!(
        books.map(|book| one(&graph, l.book_author, book)),
        [Some("Ursula"); 4]
    );
}

/// Case 14.
#[test]
fn a_row_is_reversed() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .reverse()
            .unwrap()
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Solaris", "Eden", "Lathe"]
    );
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .replace([books[0]])
        .unwrap();
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.author_books, ursula)?
        .reverse()));
}

/// Case 15.
#[test]
fn a_member_that_is_removed_and_added_back_is_last() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["Lathe", "Eden", "Solaris"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .remove(books[0])
        .unwrap();
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .push(books[0])
        .unwrap();
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["Eden", "Solaris", "Lathe"]
    );
}

/// Case 16.
#[test]
fn all_members_of_another_row_are_taken_over_in_order() {
    let (mut graph, l) = library();
    let [ursula, lem] = insert(&mut graph, l.author, ["Ursula", "Lem"]);
    let [own, a, b, c, d] = insert(&mut graph, l.book, ["own", "a", "b", "c", "d"]);
    graph.set(l.book_author, own, ursula).unwrap();
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .extend([a, b, c, d])
        .unwrap();
    assert_eq!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .take_all_from(lem)
            .unwrap(),
        4
    );
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["own", "a", "b", "c", "d"]
    );
    assert_eq!(row(&graph, l.author_books, lem), [""; 0]);
    assert_eq!(
        idle(&mut graph, |graph| graph
            .row_mut(l.author_books, ursula)?
            .take_all_from(ursula)),
        0
    );
}

/// Case 17.
#[test]
fn both_ends_may_be_set_in_any_order_while_building() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [lathe, eden] = insert(&mut graph, l.book, ["Lathe", "Eden"]);
    assert!(graph.set(l.book_author, lathe, ursula).unwrap());
    assert!(
        !graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(lathe)
            .unwrap()
    );
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .push(eden)
            .unwrap()
    );
    assert!(!graph.set(l.book_author, eden, ursula).unwrap());
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Eden"]);
}

/// Case 18.
#[test]
fn of_two_equal_payloads_the_one_that_is_named_is_removed() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let twins = insert(&mut graph, l.book, ["twin", "twin"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(twins)
        .unwrap();
    assert!(
        graph
            .row_mut(l.author_books, ursula)
            .unwrap()
            .remove(twins[1])
            .unwrap()
    );
    assert!(graph.row(l.author_books, ursula).iter().eq([twins[0]]));
    assert_eq!(one(&graph, l.book_author, twins[0]), Some("Ursula"));
    assert_eq!(one(&graph, l.book_author, twins[1]), None);
}

/// Case 18a.
#[test]
fn positions_count_members_and_not_the_holes_they_left() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let books = insert(&mut graph, l.book, ["a", "b", "c", "d", "e", "f", "g", "h"]);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .extend(books)
        .unwrap();
    for gone in [0, 3, 4] {
        graph.set(l.book_author, books[gone], None).unwrap();
    }
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["b", "c", "f", "g", "h"]
    );
    assert_eq!(graph.row(l.author_books, ursula).get(2), Some(books[5]));
    assert_eq!(
        graph.row(l.author_books, ursula).position(books[5]),
        Some(2)
    );
    assert_eq!(graph.row(l.author_books, ursula).position(books[3]), None);
    graph
        .row_mut(l.author_books, ursula)
        .unwrap()
        .insert_at(2, books[3])
        .unwrap();
    assert_eq!(
        row(&graph, l.author_books, ursula),
        ["b", "c", "d", "f", "g", "h"]
    );
}
