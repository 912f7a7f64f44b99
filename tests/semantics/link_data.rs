//! Data on links: one for each link, the same from both ends.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use backref::{ErrorKind, Graph, Id, LinkData, Registry, Result, Schema, ToMany, ToOne};

type Person = &'static str;
type Data = LinkData<Person, Person, u32>;

/// One relationship of each cardinality, by the name of its first end.
const KINDS: [(&str, &str); 5] = [
    ("Person.boss", "Person.reports"),
    ("Person.next", "Person.previous"),
    ("Person.follows", "Person.followers"),
    ("Person.friends", "Person.friends"),
    ("Person.spouse", "Person.spouse"),
];

fn registry() -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<Person>("Person").cloneable().comparable();
    macro_rules! data {
        ($name:literal) => {
            schema
                .relationship($name)
                .data::<u32>()
                .cloneable_data::<u32>()
                .comparable_data::<u32>()
        };
    }
    data!("Person.boss").to_one("Person").backref("reports");
    data!("Person.next")
        .to_one("Person")
        .backref_one("previous");
    data!("Person.follows")
        .to_many("Person")
        .backref("followers");
    data!("Person.friends").to_many("Person").symmetric();
    data!("Person.spouse").to_one("Person").symmetric();
    data!("Person.likes").to_many("Person").one_way();
    data!("Person.idol").to_one("Person").one_way();
    schema
        .relationship("Person.plain")
        .to_many("Person")
        .one_way();
    schema.build().expect("the schema is sound")
}

fn people<const N: usize>() -> (Graph, [Id<Person>; N]) {
    let mut graph = Graph::new(registry());
    let person = graph
        .registry()
        .entity_type("Person")
        .expect("it is declared");
    let ids = std::array::from_fn(|_| graph.insert(person, "somebody").expect("nobody has a key"));
    (graph, ids)
}

fn data(graph: &Graph, end: &str) -> Data {
    graph.registry().link_data(end).expect("it is declared")
}

fn many(graph: &Graph, end: &str) -> ToMany<Person, Person> {
    graph.registry().to_many(end).expect("it is declared")
}

fn one(graph: &Graph, end: &str) -> ToOne<Person, Person> {
    graph.registry().to_one(end).expect("it is declared")
}

/// The data along a row, in its order.
fn along(graph: &Graph, end: &str, id: Id<Person>) -> Vec<u32> {
    let entries = graph
        .row(many(graph, end), id)
        .entries_with(data(graph, end));
    entries.map(|(_, _, datum)| *datum).collect()
}

/// Case 27.
#[test]
fn data_given_with_a_link_is_read_from_either_end() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let (there, back) = (data(&graph, end), data(&graph, inverse));
        assert_eq!(graph.link(there, ann, bob, 7).unwrap(), None, "{end}");
        assert_eq!(graph.link_data(there, ann, bob), Some(&7), "{end}");
        assert_eq!(graph.link_data(back, bob, ann), Some(&7), "{end}");
        graph.verify().unwrap();
    }
}

/// Case 27.
#[test]
fn a_link_can_be_given_data_from_the_inverse_end() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let (there, back) = (data(&graph, end), data(&graph, inverse));
        assert_eq!(graph.link(back, bob, ann, 7).unwrap(), None, "{end}");
        assert_eq!(graph.link_data(there, ann, bob), Some(&7), "{end}");
    }
}

/// Case 27.
#[test]
fn a_link_made_without_data_has_what_default_makes() {
    let (mut graph, [ann, bob, cid, dan]) = people();
    graph.set(one(&graph, "Person.boss"), ann, bob).unwrap();
    graph.set(one(&graph, "Person.spouse"), ann, bob).unwrap();
    let friends = many(&graph, "Person.friends");
    let mut row = graph.row_mut(friends, ann).unwrap();
    row.push(bob).unwrap();
    row.insert_at(0, cid).unwrap();
    row.extend([dan, ann]).unwrap();
    for end in ["Person.boss", "Person.spouse", "Person.friends"] {
        assert_eq!(graph.link_data(data(&graph, end), ann, bob), Some(&0));
    }
    assert_eq!(along(&graph, "Person.friends", ann), [0, 0, 0, 0]);
    graph.verify().unwrap();
}

/// Case 27.
#[test]
fn linking_again_keeps_the_data_and_gives_back_what_was_passed() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let (there, back) = (data(&graph, end), data(&graph, inverse));
        graph.link(there, ann, bob, 7).unwrap();
        assert_eq!(graph.link(there, ann, bob, 8).unwrap(), Some(8), "{end}");
        assert_eq!(graph.link(back, bob, ann, 9).unwrap(), Some(9), "{end}");
        assert_eq!(graph.link_data(there, ann, bob), Some(&7), "{end}");
    }
    let (mut graph, [ann, bob]) = people();
    let follows = many(&graph, "Person.follows");
    let mut row = graph.row_mut(follows, ann).unwrap();
    assert_eq!(row.push_with(bob, 7_u32).unwrap(), None);
    assert_eq!(row.push_with(bob, 8_u32).unwrap(), Some(8));
    assert!(!row.push(bob).unwrap());
    assert_eq!(along(&graph, "Person.follows", ann), [7]);
}

/// Case 27.
#[test]
fn data_is_kept_when_a_link_moves_within_a_row() {
    for end in ["Person.reports", "Person.follows", "Person.friends"] {
        let (mut graph, [ann, bob, cid, dan]) = people();
        let (row, with) = (many(&graph, end), data(&graph, end));
        for (member, datum) in [(bob, 1), (cid, 2), (dan, 3)] {
            graph.link(with, ann, member, datum).unwrap();
        }
        graph.row_mut(row, ann).unwrap().move_to(dan, 0).unwrap();
        assert_eq!(along(&graph, end, ann), [3, 1, 2], "{end}");
        graph.row_mut(row, ann).unwrap().insert_at(0, cid).unwrap();
        assert_eq!(along(&graph, end, ann), [2, 3, 1], "{end}");
        graph.row_mut(row, ann).unwrap().swap(0, 2).unwrap();
        assert_eq!(along(&graph, end, ann), [1, 3, 2], "{end}");
        graph.row_mut(row, ann).unwrap().reverse().unwrap();
        assert_eq!(along(&graph, end, ann), [2, 3, 1], "{end}");
        let mut changed = graph.row_mut(row, ann).unwrap();
        changed.sort_by(|_, a, b| a.cmp(&b)).unwrap();
        assert_eq!(along(&graph, end, ann), [1, 2, 3], "{end}");
    }
}

/// Case 27.
#[test]
fn a_replaced_row_keeps_the_data_of_who_stays() {
    for end in ["Person.reports", "Person.follows", "Person.friends"] {
        let (mut graph, [ann, bob, cid, dan]) = people();
        let (row, with) = (many(&graph, end), data(&graph, end));
        graph.link(with, ann, bob, 1).unwrap();
        graph.link(with, ann, cid, 2).unwrap();
        let mut changed = graph.row_mut(row, ann).unwrap();
        changed.replace([dan, cid]).unwrap();
        assert_eq!(along(&graph, end, ann), [0, 2], "{end}");
        graph.verify().unwrap();
    }
}

/// Case 27.
#[test]
fn data_is_gone_with_the_link() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob, cid]) = people();
        let (there, back) = (data(&graph, end), data(&graph, inverse));
        graph.link(there, ann, bob, 7).unwrap();
        let (untyped, person) = (
            there.untyped(),
            graph.registry().entity_type("Person").unwrap(),
        );
        let (a, b): (backref::AnyId, _) = (person.any(ann), person.any(bob));
        let mut writer = graph.untyped_mut();
        if writer.set(untyped, a, None).is_err() {
            writer.remove(untyped, a, b).unwrap();
        }
        assert_eq!(graph.link_data(there, ann, bob), None, "{end}");
        assert_eq!(graph.link_data(back, bob, ann), None, "{end}");
        graph.link(there, ann, cid, 8).unwrap();
        graph.delete(person, cid).unwrap();
        assert_eq!(graph.link_data(there, ann, cid), None, "{end}");
        graph.verify().unwrap();
    }
}

/// Case 27.
#[test]
fn a_link_that_is_made_anew_has_new_data() {
    let (mut graph, [ann, bob, cid]) = people();
    let (boss, reports) = (one(&graph, "Person.boss"), many(&graph, "Person.reports"));
    let with = data(&graph, "Person.boss");
    graph.link(with, ann, bob, 7).unwrap();
    graph.set(boss, ann, cid).unwrap();
    assert_eq!(graph.link_data(with, ann, cid), Some(&0), "another boss");
    graph.link(with, ann, bob, 7).unwrap();
    graph
        .row_mut(reports, cid)
        .unwrap()
        .take_all_from(bob)
        .unwrap();
    assert_eq!(graph.link_data(with, ann, cid), Some(&0), "taken over");
    graph.set_link_data(with, ann, cid, 7).unwrap();
    graph.row_mut(reports, cid).unwrap().clear().unwrap();
    graph.row_mut(reports, cid).unwrap().push(ann).unwrap();
    assert_eq!(graph.link_data(with, ann, cid), Some(&0), "cleared");
    graph.verify().unwrap();
}

/// Cases 20 and 27.
#[test]
fn the_data_of_a_displaced_link_goes_with_it() {
    for end in ["Person.next", "Person.spouse"] {
        let (mut graph, [ann, bob, cid, dan]) = people();
        let with = data(&graph, end);
        graph.link(with, ann, bob, 1).unwrap();
        graph.link(with, cid, dan, 2).unwrap();
        graph.link(with, ann, dan, 3).unwrap();
        assert_eq!(graph.link_data(with, ann, bob), None, "{end}");
        assert_eq!(graph.link_data(with, cid, dan), None, "{end}");
        assert_eq!(graph.link_data(with, ann, dan), Some(&3), "{end}");
        graph.verify().unwrap();
    }
}

/// Case 27.
#[test]
fn data_is_changed_from_either_end() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let (there, back) = (data(&graph, end), data(&graph, inverse));
        graph.link(there, ann, bob, 1).unwrap();
        assert_eq!(graph.set_link_data(back, bob, ann, 2).unwrap(), 1, "{end}");
        let doubled = graph.update_link_data(there, ann, bob, |datum| {
            *datum *= 2;
            *datum
        });
        assert_eq!(doubled.unwrap(), 4, "{end}");
        assert_eq!(graph.link_data(back, bob, ann), Some(&4), "{end}");
    }
}

/// Cases 27 and 40.
#[test]
fn an_update_that_panics_leaves_the_data_as_it_was() {
    let (mut graph, [ann, bob]) = people();
    let friends = data(&graph, "Person.friends");
    graph.link(friends, ann, bob, 1).unwrap();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        graph.update_link_data(friends, ann, bob, |datum| {
            *datum = 2;
            panic!("on purpose");
        })
    }));
    assert!(outcome.is_err());
    assert_eq!(graph.link_data(friends, ann, bob), Some(&1));
    graph.verify().unwrap();
}

/// Cases 27 and 31.
#[test]
fn a_symmetric_link_has_one_data_for_both_directions_and_to_itself() {
    for end in ["Person.friends", "Person.spouse"] {
        let (mut graph, [ann, bob]) = people();
        let with = data(&graph, end);
        graph.link(with, bob, ann, 7).unwrap();
        graph.set_link_data(with, ann, bob, 8).unwrap();
        assert_eq!(graph.link_data(with, bob, ann), Some(&8), "{end}");
        graph.link(with, ann, ann, 9).unwrap();
        assert_eq!(graph.link_data(with, ann, ann), Some(&9), "{end}");
        graph.verify().unwrap();
    }
}

/// Cases 27 and 30.
#[test]
fn the_two_links_of_a_pair_that_follow_each_other_have_data_each() {
    let (mut graph, [ann, bob]) = people();
    let follows = data(&graph, "Person.follows");
    graph.link(follows, ann, bob, 1).unwrap();
    graph.link(follows, bob, ann, 2).unwrap();
    graph.link(follows, ann, ann, 3).unwrap();
    assert_eq!(along(&graph, "Person.follows", ann), [1, 3]);
    assert_eq!(along(&graph, "Person.followers", ann), [2, 3]);
}

/// Cases 27 and 33.
#[test]
fn links_of_a_one_way_end_have_data() {
    let (mut graph, [ann, bob]) = people();
    let person = graph.registry().entity_type("Person").unwrap();
    for end in ["Person.likes", "Person.idol"] {
        let with = data(&graph, end);
        graph.link(with, ann, bob, 7).unwrap();
        assert_eq!(graph.link_data(with, ann, bob), Some(&7), "{end}");
    }
    graph.delete(person, bob).unwrap();
    assert!(along(&graph, "Person.likes", ann).is_empty());
    graph.verify().unwrap();
}

/// Cases 27 and 36.
#[test]
fn an_entity_is_created_with_its_links_and_their_data() {
    let (mut graph, [ann, bob]) = people();
    let person = graph.registry().entity_type("Person").unwrap();
    let (boss, follows) = (data(&graph, "Person.boss"), data(&graph, "Person.follows"));
    let row = many(&graph, "Person.follows");
    let new = graph
        .create(person, "new")
        .link_with(boss, ann, 1)
        .link_with(boss, bob, 2)
        .link_with(follows, ann, 3)
        .link_with(follows, ann, 4)
        .link(row, bob)
        .link_with(follows, bob, 5)
        .insert()
        .unwrap();
    assert_eq!(graph.link_data(boss, new, ann), None);
    assert_eq!(graph.link_data(boss, new, bob), Some(&2), "the last counts");
    assert_eq!(along(&graph, "Person.follows", new), [3, 0], "the first do");
    graph.verify().unwrap();
}

/// Case 27.
#[test]
fn a_row_is_read_with_its_data_from_both_sides() {
    let (mut graph, [ann, bob, cid, dan]) = people();
    let (follows, row) = (
        data(&graph, "Person.follows"),
        many(&graph, "Person.follows"),
    );
    for (member, datum) in [(bob, 1), (cid, 2), (dan, 3)] {
        graph.link(follows, ann, member, datum).unwrap();
    }
    graph.row_mut(row, ann).unwrap().remove(bob).unwrap();
    let mut entries = graph.row(row, ann).entries_with(follows);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries.next_back(), Some((dan, &"somebody", &3)));
    assert_eq!(entries.clone().next(), Some((cid, &"somebody", &2)));
    assert_eq!(entries.len(), 1);
    let friends = data(&graph, "Person.friends");
    assert_eq!(graph.row(row, ann).entries_with(friends).count(), 0);
}

/// Case 27.
#[test]
fn data_of_who_is_not_linked_is_none_to_read_and_an_error_to_change() {
    for (end, _) in KINDS {
        let (mut graph, [ann, bob, cid]) = people();
        let (with, person) = (
            data(&graph, end),
            graph.registry().entity_type("Person").unwrap(),
        );
        assert_eq!(graph.link_data(with, ann, bob), None, "{end}");
        let error = graph.set_link_data(with, ann, bob, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoMember, "{end}");
        let error = graph.update_link_data(with, ann, bob, |datum| *datum = 1);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NoMember, "{end}");
        graph.delete(person, cid).unwrap();
        for [a, b] in [[ann, cid], [cid, ann]] {
            assert_eq!(graph.link_data(with, a, b), None, "{end}");
            let errors = [
                graph.link(with, a, b, 1).map(drop),
                graph.set_link_data(with, a, b, 1).map(drop),
            ];
            for error in errors {
                assert_eq!(error.unwrap_err().kind(), ErrorKind::NotLive, "{end}");
            }
        }
        graph.verify().unwrap();
    }
}

/// Cases 27 and 68.
#[test]
fn asking_for_other_data_than_declared_is_an_error() {
    let (mut graph, [ann, bob]) = people();
    let kind = |error: Result<LinkData<Person, Person, u8>>| error.unwrap_err().kind();
    let registry = graph.registry().clone();
    assert_eq!(
        kind(registry.link_data("Person.boss")),
        ErrorKind::WrongType
    );
    assert_eq!(
        kind(registry.link_data("Person.plain")),
        ErrorKind::NotDeclared
    );
    assert_eq!(
        kind(registry.link_data("Person.nobody")),
        ErrorKind::UnknownName
    );
    let mut row = graph.row_mut(many(&graph, "Person.follows"), ann).unwrap();
    assert_eq!(
        row.push_with(bob, "seven").unwrap_err().kind(),
        ErrorKind::WrongType
    );
    assert!(row.is_empty());
    let mut row = graph.row_mut(many(&graph, "Person.plain"), ann).unwrap();
    assert_eq!(
        row.push_with(bob, 7_u32).unwrap_err().kind(),
        ErrorKind::NotDeclared
    );
    assert!(row.is_empty());
}

/// Case 42.
#[test]
fn a_handle_of_another_registry_is_refused() {
    let (mut graph, [ann, bob]) = people();
    let foreign: Data = registry().link_data("Person.friends").unwrap();
    assert_eq!(graph.link_data(foreign, ann, bob), None);
    let error = graph.link(foreign, ann, bob, 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignEnd);
}

/// Cases 27 and 43b.
#[test]
fn a_clone_has_the_data_and_graphs_with_other_data_differ() {
    for (end, _) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let with = data(&graph, end);
        graph.link(with, ann, bob, 1).unwrap();
        let mut copy = graph.try_clone().unwrap();
        assert_eq!(copy.link_data(with, ann, bob), Some(&1), "{end}");
        assert!(copy.try_eq(&graph).unwrap(), "{end}");
        copy.set_link_data(with, ann, bob, 2).unwrap();
        assert!(!copy.try_eq(&graph).unwrap(), "{end}");
        assert_eq!(graph.link_data(with, ann, bob), Some(&1), "{end}");
        copy.verify().unwrap();
    }
}

/// Cases 27 and 43b.
#[test]
fn what_data_was_not_declared_to_do_is_an_error_that_names_the_end() {
    let mut schema = Schema::builder();
    schema.entity::<Person>("Person").cloneable().comparable();
    schema
        .relationship("Person.friends")
        .to_many("Person")
        .symmetric()
        .data::<u32>();
    let mut graph = Graph::new(schema.build().unwrap());
    let person = graph.registry().entity_type("Person").unwrap();
    let [ann, bob] = ["Ann", "Bob"].map(|name| graph.insert(person, name).unwrap());
    let with = data(&graph, "Person.friends");
    graph.link(with, ann, bob, 1).unwrap();
    let errors = [
        graph.try_clone().map(drop),
        graph.try_eq(&graph).map(drop),
        graph.update_link_data(with, ann, bob, |datum| *datum = 2),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotDeclared);
        assert!(error.to_string().contains("Person.friends"), "{error}");
    }
    assert_eq!(graph.link_data(with, ann, bob), Some(&1));
}

/// Case 27.
#[test]
fn data_is_read_and_written_by_number() {
    for (end, inverse) in KINDS {
        let (mut graph, [ann, bob]) = people();
        let person = graph.registry().entity_type::<Person>("Person").unwrap();
        let (a, b) = (person.any(ann), person.any(bob));
        let [there, back] = [end, inverse].map(|end| data(&graph, end).untyped());
        let mut writer = graph.untyped_mut();
        assert!(writer.link(there, a, b, Box::new(1_u32)).unwrap().is_none());
        let again = writer.link(back, b, a, Box::new(2_u32)).unwrap();
        assert_eq!(again.unwrap().downcast_ref(), Some(&2_u32), "{end}");
        let old = writer.set_link_data(back, b, a, Box::new(3_u32)).unwrap();
        assert_eq!(old.downcast_ref(), Some(&1_u32), "{end}");
        let error = writer
            .set_link_data(there, a, b, Box::new("four"))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongType, "{end}");
        let now = graph.untyped().link_data(there, a, b).unwrap();
        assert_eq!(now.downcast_ref(), Some(&3_u32), "{end}");
    }
}

/// Case 27.
#[test]
fn data_is_dropped_once_when_its_link_is_gone() {
    let mut schema = Schema::builder();
    schema.entity::<Person>("Person");
    schema
        .relationship("Person.boss")
        .to_one("Person")
        .backref("reports")
        .data::<Arc<()>>();
    schema
        .relationship("Person.friends")
        .to_many("Person")
        .symmetric()
        .data::<Arc<()>>();
    let registry = schema.build().unwrap();
    for end in ["Person.boss", "Person.friends"] {
        let mut graph = Graph::new(registry.clone());
        let person = graph.registry().entity_type("Person").unwrap();
        let [ann, bob, cid] =
            ["Ann", "Bob", "Cid"].map(|name: Person| graph.insert(person, name).unwrap());
        let with = registry.link_data::<Person, Person, Arc<()>>(end).unwrap();
        let datum = Arc::new(());
        graph.link(with, ann, bob, datum.clone()).unwrap();
        graph.link(with, bob, cid, datum.clone()).unwrap();
        assert_eq!(Arc::strong_count(&datum), 3, "{end}");
        drop(graph.link(with, ann, bob, datum.clone()).unwrap());
        drop(graph.set_link_data(with, ann, bob, Arc::default()).unwrap());
        assert_eq!(Arc::strong_count(&datum), 2, "{end}");
        graph.delete(person, bob).unwrap();
        assert_eq!(Arc::strong_count(&datum), 1, "{end}");
        drop(graph.link(with, ann, bob, datum.clone()).unwrap_err());
        assert_eq!(Arc::strong_count(&datum), 1, "{end}");
        graph.link(with, ann, cid, datum.clone()).unwrap();
        drop(graph);
        assert_eq!(Arc::strong_count(&datum), 1, "{end}");
    }
}

thread_local! {
    static PANICS: Cell<bool> = const { Cell::new(false) };
}

/// The data of a link that is made after one whose place was not found, because
/// a comparison has panicked.
fn data_after_a_panic() -> Result<Option<u32>> {
    let mut schema = Schema::builder();
    schema.entity::<u8>("Number");
    schema
        .relationship("Number.parts")
        .to_many("Number")
        .backref("wholes")
        .data::<u32>()
        .sorted_by_comparison(|one: &u8, other: &u8| match PANICS.get() {
            true => resume_unwind(Box::new("a comparison panics")),
            false => one.cmp(other),
        });
    let registry = schema.build()?;
    let number = registry.entity_type::<u8>("Number")?;
    let parts = registry.link_data::<u8, u8, u32>("Number.parts")?;
    let mut graph = Graph::new(registry);
    let one = graph.insert(number, 1)?;
    let two = graph.insert(number, 2)?;
    graph.link(parts, two, one, 21)?;
    PANICS.set(true);
    let linked = catch_unwind(AssertUnwindSafe(|| graph.link(parts, two, two, 99)));
    PANICS.set(false);
    if linked.is_ok() || graph.verify().is_err() {
        return Ok(None);
    }
    graph.link(parts, two, two, 22)?;
    Ok(graph.link_data(parts, two, two).copied())
}

#[test]
fn data_given_to_a_link_whose_place_is_not_found_goes_to_no_other() {
    assert_eq!(data_after_a_panic().expect("there is room"), Some(22));
}
