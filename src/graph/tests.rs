//! Tests of the record and of the costs, which need to look inside.

mod capacity;
mod ids;
mod rewind;
mod steps;
mod subgraph;

use crate::graph::Graph;
use crate::id::{AnyId, EndId, EntityTypeId};
use crate::identity::Key;
use crate::schema::{DeleteRule, EndInfo, EntityInfo, Order, Registry, Schema};

/// A small generator of numbers: xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits fit") % n
    }
}

/// A payload with a key, a second key that may be missing, and a value that
/// is not unique.
#[derive(Clone, Debug, PartialEq)]
struct Thing {
    key: u32,
    alias: Option<u32>,
    size: u8,
}

/// One relationship of each kind, between two types or within one.
fn every_kind() -> Registry {
    let mut schema = Schema::builder();
    for name in ["A", "B"] {
        schema
            .entity::<Thing>(name)
            .key(Key::field(|thing: &Thing| &thing.key))
            .unique("alias", Key::optional(|thing: &Thing| thing.alias.as_ref()))
            .index("size", Key::field(|thing: &Thing| &thing.size))
            .ordered_index("by_size", Key::field(|thing: &Thing| &thing.size))
            .cloneable()
            .comparable();
    }
    schema
        .relationship("A.parent")
        .to_one("A")
        .backref("children");
    schema.relationship("A.b").to_one("B").backref("many_a");
    schema
        .relationship("A.loose_b")
        .to_one("B")
        .backref("loose_a")
        .inverse(|end| end.order(Order::None));
    schema
        .relationship("A.next")
        .to_one("A")
        .backref_one("previous");
    schema.relationship("A.spouse").to_one("A").symmetric();
    schema.relationship("A.tags").to_many("B").backref("tagged");
    schema
        .relationship("B.loose")
        .to_many("A")
        .backref("loosely")
        .order(Order::None);
    schema.relationship("A.friends").to_many("A").symmetric();
    schema
        .relationship("B.owned")
        .to_many("B")
        .one_way()
        .delete_rule(DeleteRule::Cascade);
    schema.build().expect("the schema is sound")
}

fn entity_types(graph: &Graph) -> Vec<EntityTypeId> {
    graph.registry().entities().map(EntityInfo::id).collect()
}

/// An entity of a type, if there are any.
fn any_of(graph: &Graph, random: &mut Random, entity: EntityTypeId) -> Option<AnyId> {
    let ids: Vec<AnyId> = graph.untyped().ids(entity).collect();
    (!ids.is_empty()).then(|| ids[random.below(ids.len())])
}

/// A declared end, its owner and somebody who can stand there.
fn any_link(graph: &Graph, random: &mut Random) -> Option<(EndId, AnyId, AnyId)> {
    let ends: Vec<EndId> = graph.registry().ends().map(EndInfo::id).collect();
    let end = graph.registry().end(ends[random.below(ends.len())])?;
    let owner = any_of(graph, random, end.owner().id())?;
    let item = any_of(graph, random, end.target().id())?;
    Some((end.id(), owner, item))
}
