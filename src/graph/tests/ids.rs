//! Ids and handles that do not belong here are seen, whatever they look like.

use super::{Thing, every_kind};
use crate::error::ErrorKind;
use crate::graph::Graph;
use crate::id::{AnyId, Id};
use crate::identity::{Key, UniqueKey};
use crate::schema::Schema;

fn thing(key: u32) -> Box<Thing> {
    Box::new(Thing {
        key,
        alias: None,
        size: 0,
    })
}

#[test]
fn an_id_of_a_clone_that_has_gone_on_is_dead_here() {
    let mut graph = Graph::new(every_kind());
    let [a, b] = ["A", "B"].map(|name| graph.registry().find_entity(name).expect("declared").id());
    let end = graph.registry().find_end("A.b").expect("declared").id();
    let owner = graph
        .untyped_mut()
        .insert(a, thing(1), &[])
        .expect("the key is free");
    let old = graph
        .untyped_mut()
        .insert(b, thing(1), &[])
        .expect("the key is free");
    let mut clone = graph.try_clone().expect("both types are cloneable");
    graph
        .untyped_mut()
        .delete(&[old])
        .expect("nobody denies it");
    clone
        .untyped_mut()
        .delete(&[old])
        .expect("nobody denies it");
    let next = clone
        .untyped_mut()
        .insert(b, thing(2), &[])
        .expect("the key is free");
    let error = graph
        .untyped_mut()
        .set(end, owner, Some(next))
        .expect_err("it lives elsewhere");
    assert_eq!(error.kind(), ErrorKind::NotLive);
    graph.verify().expect("nothing has changed");
}

#[test]
fn an_id_that_is_still_to_be_given_out_is_dead() {
    let mut schema = Schema::builder();
    schema.entity::<u8>("A");
    schema
        .relationship("A.next")
        .to_one("A")
        .backref_one("previous");
    let registry = schema.build().expect("the schema is sound");
    let a = registry.entity_type::<u8>("A").expect("declared");
    let next = registry.to_one::<u8, u8>("A.next").expect("declared");
    let mut graph = Graph::new(registry);
    let first = graph.insert(a, 1).expect("there is room");
    let gone = graph.insert(a, 2).expect("there is room");
    graph.delete(a, gone).expect("nobody denies it");
    let forged = Id::from_bits(gone.to_bits() + (1 << 32)).expect("it has a slot");
    let error = graph
        .set(next, first, forged)
        .expect_err("nobody has that id yet");
    assert_eq!(error.kind(), ErrorKind::NotLive);
    let born = graph.insert(a, 3).expect("there is room");
    assert_eq!(graph.one(next, born), None);
    assert_eq!(AnyId::new(a.untyped(), born.raw()).slot(), gone.slot());
}

#[test]
fn handles_of_another_registry_are_refused() {
    let registry = |keys: &[&str]| {
        let mut schema = Schema::builder();
        keys.iter()
            .fold(schema.entity::<Thing>("A"), |entity, &key| {
                entity.unique(key, Key::field(|thing: &Thing| &thing.key))
            });
        schema.build().expect("the schema is sound")
    };
    let (ours, theirs) = (registry(&["one", "two"]), registry(&["two"]));
    let type_of_theirs = theirs.entity_type::<Thing>("A").expect("declared");
    let key_of_theirs: UniqueKey<Thing, u32> = theirs.unique("A.two").expect("declared");
    let a = ours.entity_type::<Thing>("A").expect("declared");
    let mut graph = Graph::new(ours);
    graph.insert(a, *thing(7)).expect("the key is free");
    assert_eq!(graph.find(key_of_theirs, &7), None);
    let error = graph
        .insert(type_of_theirs, *thing(8))
        .expect_err("it is another registry's");
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert_eq!(graph.len(type_of_theirs), 0);
}
