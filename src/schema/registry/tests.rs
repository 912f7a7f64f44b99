//! Numbers, places and what each end is made into.

use super::stamp_after;
use crate::id::{EndId, EntityTypeId, REGISTRY_STAMPS, Side};
use crate::schema::{Cardinality, DeleteRule, End, Order, Registry, Schema, SchemaBuilder};

fn build(declare: impl FnOnce(&mut SchemaBuilder)) -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<u8>("Author");
    schema.entity::<u16>("Book");
    declare(&mut schema);
    schema.build().expect("nothing is wrong")
}

fn end<'a>(registry: &'a Registry, name: &str) -> &'a End {
    let end = registry.find_end(name).expect("the end is declared");
    registry.end_at(end.id()).expect("it is of this registry")
}

#[test]
fn relationships_are_numbered_as_first_declared() {
    let registry = build(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Author.friends")
            .to_many("Author")
            .symmetric();
        schema
            .relationship("Author.books")
            .to_many("Book")
            .back_populates("author");
        schema.relationship("Book.cover").to_one("Book").one_way();
        schema
            .relationship("Book.editor")
            .to_one("Author")
            .backref("edited");
    });
    let at = |name| {
        let id = end(&registry, name).id;
        (id.relationship(), id.side())
    };
    assert_eq!(registry.relationships(), 4);
    assert_eq!(at("Book.author"), (0, Side::Left));
    assert_eq!(at("Author.books"), (0, Side::Right));
    assert_eq!(at("Author.friends"), (1, Side::Left));
    assert_eq!(at("Book.cover"), (2, Side::Left));
    assert_eq!(at("Book.editor"), (3, Side::Left));
    assert_eq!(at("Author.edited"), (3, Side::Right));
}

#[test]
fn a_type_lists_its_ends_as_declared_and_hidden_ones_last() {
    let registry = build(|schema| {
        schema.relationship("Book.cover").to_one("Book").one_way();
        schema
            .relationship("Book.part_of")
            .to_one("Book")
            .backref("parts");
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Author.favourite")
            .to_one("Book")
            .one_way();
        schema
            .relationship("Author.edited")
            .to_many("Book")
            .backref_one("editor");
        schema
            .relationship("Author.books")
            .to_many("Book")
            .back_populates("author");
    });
    let ends = |entity| {
        let def = registry
            .entity_def(EntityTypeId(entity))
            .expect("it is declared");
        let ends = def
            .ends
            .iter()
            .map(|id| registry.end_at(*id).expect("it is of this registry"));
        ends.map(|end| &*end.name).collect::<Vec<_>>()
    };
    assert_eq!(ends(0), ["favourite", "edited", "books"]);
    assert_eq!(
        ends(1),
        [
            "cover",
            "part_of",
            "parts",
            "author",
            "editor",
            "~Book.cover",
            "~Author.favourite"
        ],
    );
}

#[test]
fn the_back_of_a_one_way_end_is_stored_and_not_shown() {
    let registry = build(|schema| {
        schema.relationship("Book.cover").to_one("Author").one_way();
    });
    let cover = end(&registry, "Book.cover");
    let back = registry.end_at(cover.inverse).expect("it is stored");
    assert!(cover.one_way && back.hidden && !cover.hidden && !back.one_way);
    assert_eq!(&*back.name, "~Book.cover");
    assert_eq!((back.owner, back.target), (cover.target, cover.owner));
    assert_eq!(back.cardinality, Cardinality::Many);
    assert_eq!(back.order, Order::None);
    assert!(registry.end(back.id).is_none());
    assert!(registry.find_end("Author.~Book.cover").is_none());
    assert_eq!(registry.ends().count(), 1);
}

#[test]
fn the_back_of_a_one_way_end_has_the_rule_for_its_owner() {
    let registry = build(|schema| {
        schema.relationship("Book.a").to_one("Author").one_way();
        schema
            .relationship("Book.b")
            .to_one("Author")
            .one_way()
            .required();
        schema
            .relationship("Book.c")
            .to_one("Author")
            .one_way_on_delete(DeleteRule::Cascade);
        schema
            .relationship("Book.d")
            .to_one("Author")
            .required()
            .one_way_on_delete(DeleteRule::Cascade)
            .delete_rule(DeleteRule::CascadeUp);
    });
    let rules = |name| {
        let end = end(&registry, name);
        let back = registry.end_at(end.inverse).expect("it is stored");
        (end.delete_rule, back.delete_rule)
    };
    assert_eq!(rules("Book.a"), (DeleteRule::Nullify, DeleteRule::Nullify));
    assert_eq!(rules("Book.b"), (DeleteRule::Nullify, DeleteRule::Deny));
    assert_eq!(rules("Book.c"), (DeleteRule::Nullify, DeleteRule::Cascade));
    assert_eq!(
        rules("Book.d"),
        (DeleteRule::CascadeUp, DeleteRule::Cascade)
    );
}

#[test]
fn a_symmetric_end_is_its_own_inverse_and_has_no_right_side() {
    let registry = build(|schema| {
        schema
            .relationship("Author.friends")
            .to_many("Author")
            .symmetric();
    });
    let friends = end(&registry, "Author.friends");
    assert_eq!(friends.inverse, friends.id);
    assert!(friends.symmetric);
    assert!(registry.end_at(friends.id.opposite()).is_none());
    assert_eq!(registry.relationships(), 1);
}

#[test]
fn options_stay_with_their_end_and_acyclic_is_of_both() {
    let registry = build(|schema| {
        schema
            .relationship("Book.part_of")
            .to_one("Book")
            .backref("parts")
            .required()
            .inverse(|parts| {
                parts
                    .acyclic()
                    .order(Order::None)
                    .delete_rule(DeleteRule::Cascade)
            });
    });
    let (one, many) = (end(&registry, "Book.part_of"), end(&registry, "Book.parts"));
    assert!(one.acyclic && many.acyclic);
    assert!(one.required && !many.required);
    assert_eq!((one.order, many.order), (Order::Insertion, Order::None));
    assert_eq!(
        (one.delete_rule, many.delete_rule),
        (DeleteRule::Nullify, DeleteRule::Cascade)
    );
}

#[test]
fn an_end_of_another_registry_is_foreign() {
    let declare = |schema: &mut SchemaBuilder| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .backref("books");
    };
    let (mine, other) = (build(declare), build(declare));
    let id = end(&other, "Book.author").id;
    assert_ne!(mine.stamp(), other.stamp());
    assert!(mine.end_at(id).is_none());
    let clone = mine.clone();
    assert!(clone.end_at(end(&mine, "Book.author").id).is_some());
}

#[test]
fn an_end_beyond_the_last_is_none() {
    let registry = build(|_| {});
    for relationship in [0, u16::MAX] {
        for side in [Side::Left, Side::Right] {
            assert!(
                registry
                    .end_at(EndId::new(registry.stamp(), relationship, side))
                    .is_none()
            );
        }
    }
    assert!(registry.entity_def(EntityTypeId(2)).is_none());
}

#[test]
fn stamps_stay_in_the_lower_half_and_leave_out_zero() {
    const HALF: u32 = REGISTRY_STAMPS / 2;
    assert_eq!(stamp_after(0), 1);
    assert_eq!(stamp_after(HALF - 2), HALF - 1);
    assert_eq!(stamp_after(HALF - 1), 1);
}

#[test]
fn debug_is_short() {
    let registry = build(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .backref("books");
    });
    assert_eq!(
        format!("{registry:?}"),
        "Registry(2 entity types, 1 relationships)"
    );
    let end = registry.find_end("Book.author").expect("it is declared");
    assert_eq!(
        format!("{end:?} -> {:?}", end.target()),
        "Book.author -> Author"
    );
}
