//! One-to-one: both ends hold at most one link, and the displaced are freed.

use backref::ErrorKind;

use crate::model::{Named, idle, insert, library, one, refused};

/// Case 19.
#[test]
fn a_link_set_at_one_end_is_seen_at_the_other() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [profile] = insert(&mut graph, l.profile, ["profile"]);
    assert!(graph.set(l.author_profile, ursula, profile).unwrap());
    assert_eq!(one(&graph, l.profile_author, profile), Some("Ursula"));
    assert!(!idle(&mut graph, |graph| graph.set(
        l.profile_author,
        profile,
        ursula
    )));
    assert!(graph.set(l.profile_author, profile, None).unwrap());
    assert_eq!(one(&graph, l.author_profile, ursula), None);
    assert_eq!(one(&graph, l.profile_author, profile), None);
}

/// Case 20.
#[test]
fn a_link_to_anothers_partner_frees_both_old_partners() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    assert!(graph.set(l.author_profile, a1, b2).unwrap());
    assert_eq!(one(&graph, l.author_profile, a1), Some("b2"));
    assert_eq!(one(&graph, l.profile_author, b2), Some("a1"));
    assert_eq!(one(&graph, l.author_profile, a2), None);
    assert_eq!(one(&graph, l.profile_author, b1), None);
}

/// Case 20, from the other end.
#[test]
fn a_link_to_anothers_partner_frees_both_from_the_other_end_too() {
    let (mut graph, l) = library();
    let [a1, a2] = insert(&mut graph, l.author, ["a1", "a2"]);
    let [b1, b2] = insert(&mut graph, l.profile, ["b1", "b2"]);
    graph.set(l.author_profile, a1, b1).unwrap();
    graph.set(l.author_profile, a2, b2).unwrap();
    assert!(graph.set(l.profile_author, b2, a1).unwrap());
    assert_eq!(one(&graph, l.author_profile, a1), Some("b2"));
    assert_eq!(one(&graph, l.profile_author, b2), Some("a1"));
    assert_eq!(one(&graph, l.author_profile, a2), None);
    assert_eq!(one(&graph, l.profile_author, b1), None);
}

/// Case 21.
#[test]
fn the_middle_of_a_chain_that_is_skipped_is_free_at_both_ends() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    graph.set(l.person_next, a, b).unwrap();
    graph.set(l.person_next, b, c).unwrap();
    assert!(graph.set(l.person_next, a, c).unwrap());
    assert_eq!(one(&graph, l.person_next, a), Some("c"));
    assert_eq!(one(&graph, l.person_previous, c), Some("a"));
    assert_eq!(one(&graph, l.person_next, b), None);
    assert_eq!(one(&graph, l.person_previous, b), None);
}

/// Case 21, and a link of an entity to itself.
#[test]
fn an_entity_may_be_its_own_next_and_previous() {
    let (mut graph, l) = library();
    let [a, b] = insert(&mut graph, l.person, ["a", "b"]);
    graph.set(l.person_next, a, b).unwrap();
    assert!(graph.set(l.person_next, a, a).unwrap());
    assert_eq!(one(&graph, l.person_next, a), Some("a"));
    assert_eq!(one(&graph, l.person_previous, a), Some("a"));
    assert_eq!(one(&graph, l.person_previous, b), None);
    assert!(graph.set(l.person_previous, a, None).unwrap());
    assert_eq!(one(&graph, l.person_next, a), None);
}

/// Case 23.
#[test]
fn a_link_that_would_displace_a_required_one_is_refused() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    let [first, second] = [("P1", ada), ("P2", bob)].map(|(number, person)| {
        let passport = graph
            .create(l.passport, Named(number))
            .link(l.passport_person, person);
        passport.insert().unwrap()
    });
    let error = refused(&mut graph, |graph| graph.set(l.person_passport, bob, first));
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [l.passport.any(second)]);
    let error = refused(&mut graph, |graph| graph.set(l.passport_person, first, bob));
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [l.passport.any(second)]);
    let described = graph.describe(l.passport.any(second));
    assert!(error.to_string().contains(&described), "{error}");
    assert!(error.to_string().contains("Passport.person"), "{error}");
}

/// Case 23, where nobody is left without.
#[test]
fn a_required_link_moves_to_whoever_has_none() {
    let (mut graph, l) = library();
    let [ada, bob] = insert(&mut graph, l.person, ["Ada", "Bob"]);
    let passport = graph
        .create(l.passport, Named("P1"))
        .link(l.passport_person, ada)
        .insert()
        .unwrap();
    assert!(graph.set(l.person_passport, bob, passport).unwrap());
    assert_eq!(one(&graph, l.person_passport, ada), None);
    assert_eq!(one(&graph, l.passport_person, passport), Some("Bob"));
}
