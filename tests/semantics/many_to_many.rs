//! Many-to-many: one record for each link, a row on either side.

use crate::model::{idle, insert, library, row};

/// Case 24.
#[test]
fn a_link_added_on_either_side_is_last_on_both() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    assert!(graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap());
    assert!(graph.row_mut(l.tag_books, sf).unwrap().push(lathe).unwrap());
    assert!(
        graph
            .row_mut(l.tag_books, classic)
            .unwrap()
            .push(eden)
            .unwrap()
    );
    assert_eq!(row(&graph, l.book_tags, eden), ["sf", "classic"]);
    assert_eq!(row(&graph, l.tag_books, sf), ["Eden", "Lathe"]);
    assert_eq!(row(&graph, l.book_tags, lathe), ["sf"]);
}

/// Case 24.
#[test]
fn a_link_added_on_both_sides_is_one_link() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    assert!(graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap());
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.tag_books, sf)?
        .push(eden)));
    assert_eq!(row(&graph, l.book_tags, eden), ["sf"]);
    assert_eq!(row(&graph, l.tag_books, sf), ["Eden"]);
}

/// Case 25.
#[test]
fn a_link_removed_on_either_side_is_gone_from_both_and_the_others_keep_their_order() {
    let (mut graph, l) = library();
    let books = insert(&mut graph, l.book, ["Eden", "Lathe", "Solaris"]);
    let tags = insert(&mut graph, l.tag, ["sf", "classic", "polish"]);
    for book in books {
        graph
            .row_mut(l.book_tags, book)
            .unwrap()
            .extend(tags)
            .unwrap();
    }
    assert!(
        graph
            .row_mut(l.book_tags, books[1])
            .unwrap()
            .remove(tags[0])
            .unwrap()
    );
    assert!(
        graph
            .row_mut(l.tag_books, tags[1])
            .unwrap()
            .remove(books[0])
            .unwrap()
    );
    assert_eq!(row(&graph, l.tag_books, tags[0]), ["Eden", "Solaris"]);
    assert_eq!(row(&graph, l.book_tags, books[1]), ["classic", "polish"]);
    assert_eq!(row(&graph, l.book_tags, books[0]), ["sf", "polish"]);
    assert_eq!(row(&graph, l.tag_books, tags[1]), ["Lathe", "Solaris"]);
    assert!(!idle(&mut graph, |graph| graph
        .row_mut(l.tag_books, tags[1])?
        .remove(books[0])));
}

/// Case 25.
#[test]
fn the_orders_of_the_two_sides_are_independent() {
    let (mut graph, l) = library();
    let books = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let tags = insert(&mut graph, l.tag, ["sf", "classic"]);
    for book in books {
        graph
            .row_mut(l.book_tags, book)
            .unwrap()
            .extend(tags)
            .unwrap();
    }
    assert!(
        graph
            .row_mut(l.book_tags, books[0])
            .unwrap()
            .reverse()
            .unwrap()
    );
    assert!(
        graph
            .row_mut(l.tag_books, tags[0])
            .unwrap()
            .move_to(books[1], 0)
            .unwrap()
    );
    assert_eq!(row(&graph, l.book_tags, books[0]), ["classic", "sf"]);
    assert_eq!(row(&graph, l.book_tags, books[1]), ["sf", "classic"]);
    assert_eq!(row(&graph, l.tag_books, tags[0]), ["Lathe", "Eden"]);
    assert_eq!(row(&graph, l.tag_books, tags[1]), ["Eden", "Lathe"]);
}

/// Case 25, by position.
#[test]
fn a_link_inserted_at_a_position_is_last_on_the_far_side() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph.row_mut(l.book_tags, eden).unwrap().push(sf).unwrap();
    graph
        .row_mut(l.book_tags, lathe)
        .unwrap()
        .push(classic)
        .unwrap();
    assert!(
        graph
            .row_mut(l.book_tags, eden)
            .unwrap()
            .insert_at(0, classic)
            .unwrap()
    );
    assert_eq!(row(&graph, l.book_tags, eden), ["classic", "sf"]);
    assert_eq!(row(&graph, l.tag_books, classic), ["Lathe", "Eden"]);
}

/// Case 26.
#[test]
fn newcomers_of_a_replace_are_last_at_their_far_ends_and_kept_ones_stay() {
    let (mut graph, l) = library();
    let [eden, other] = insert(&mut graph, l.book, ["Eden", "other"]);
    let [kept, leaver, newcomer] = insert(&mut graph, l.tag, ["kept", "leaver", "newcomer"]);
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .extend([leaver, kept])
        .unwrap();
    graph
        .row_mut(l.book_tags, other)
        .unwrap()
        .extend([kept, leaver, newcomer])
        .unwrap();
    assert!(
        graph
            .row_mut(l.book_tags, eden)
            .unwrap()
            .replace([newcomer, kept, newcomer])
            .unwrap()
    );
    assert_eq!(row(&graph, l.book_tags, eden), ["newcomer", "kept"]);
    assert_eq!(row(&graph, l.tag_books, kept), ["Eden", "other"]);
    assert_eq!(row(&graph, l.tag_books, leaver), ["other"]);
    assert_eq!(row(&graph, l.tag_books, newcomer), ["other", "Eden"]);
}

/// Case 26, clearing and taking over.
#[test]
fn a_row_taken_over_leaves_the_other_owner_without_links() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [sf, classic, polish] = insert(&mut graph, l.tag, ["sf", "classic", "polish"]);
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .extend([classic])
        .unwrap();
    graph
        .row_mut(l.book_tags, lathe)
        .unwrap()
        .extend([sf, classic, polish])
        .unwrap();
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .take_all_from(lathe)
        .unwrap();
    assert_eq!(row(&graph, l.book_tags, eden), ["classic", "sf", "polish"]);
    assert_eq!(row(&graph, l.book_tags, lathe), [""; 0]);
    assert_eq!(row(&graph, l.tag_books, classic), ["Eden"]);
    assert_eq!(
        graph.row_mut(l.book_tags, eden).unwrap().clear().unwrap(),
        3
    );
    assert_eq!(row(&graph, l.tag_books, classic), [""; 0]);
}

/// Case 28.
#[test]
fn membership_is_known_from_both_sides_of_big_rows() {
    let (mut graph, l) = library();
    let books: Vec<_> = (0..100)
        .map(|_| insert(&mut graph, l.book, ["book"])[0])
        .collect();
    let tags: Vec<_> = (0..100)
        .map(|_| insert(&mut graph, l.tag, ["tag"])[0])
        .collect();
    let linked = |book: usize, tag: usize| (book * tag) % 3 != 1;
    for (i, &book) in books.iter().enumerate() {
        let some = tags
            .iter()
            .enumerate()
            .filter(|(j, _)| linked(i, *j))
            .map(|(_, &tag)| tag);
        graph
            .row_mut(l.book_tags, book)
            .unwrap()
            .extend(some)
            .unwrap();
    }
    for (i, &book) in books.iter().enumerate() {
        for (j, &tag) in tags.iter().enumerate() {
            assert_eq!(graph.row(l.book_tags, book).contains(tag), linked(i, j));
            assert_eq!(graph.row(l.tag_books, tag).contains(book), linked(i, j));
        }
    }
}
