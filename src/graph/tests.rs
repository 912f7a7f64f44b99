//! Tests of the record and of the costs, which need to look inside.

mod arranged;
mod bulk;
mod capacity;
mod changes;
mod ids;
mod link_data;
mod one_call;
mod rewind;
mod steps;
mod subgraph;

use crate::graph::Graph;
use crate::graph::check::PlannedLinks;
use crate::id::{AnyId, EndId, EntityTypeId};
use crate::identity::Key;
use crate::schema::{
    DeleteRule, EndBuilder, EndInfo, EntityInfo, Order, Registry, Schema, SchemaBuilder, Storage,
};

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
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Thing {
    key: u32,
    alias: Option<u32>,
    size: u8,
}

/// One relationship of each kind, between two types or within one.
fn every_kind() -> Registry {
    kinds(|end| end)
}

/// The same, with data on all links.
fn every_kind_with_data() -> Registry {
    kinds(with_data)
}

fn with_data(end: EndBuilder<'_>) -> EndBuilder<'_> {
    end.data::<u32>()
        .cloneable_data::<u32>()
        .comparable_data::<u32>()
        .serializable_data::<u32>()
}

fn kinds(with: impl Fn(EndBuilder<'_>) -> EndBuilder<'_>) -> Registry {
    let mut schema = Schema::builder();
    for name in ["A", "B"] {
        schema
            .entity::<Thing>(name)
            .key(Key::field(|thing: &Thing| &thing.key))
            .unique("alias", Key::optional(|thing: &Thing| thing.alias.as_ref()))
            .index("size", Key::field(|thing: &Thing| &thing.size))
            .ordered_index("by_size", Key::field(|thing: &Thing| &thing.size))
            .cloneable()
            .comparable()
            .serializable();
    }
    let mut end = |name, declare: fn(EndBuilder<'_>)| declare(with(schema.relationship(name)));
    end("A.parent", |end| {
        end.to_one("A").backref("children");
    });
    end("A.b", |end| {
        end.to_one("B").backref("many_a");
    });
    end("A.loose_b", |end| {
        let end = end.to_one("B").backref("loose_a");
        end.inverse(|end| end.order(Order::None));
    });
    end("A.queue", |end| {
        let end = end.to_one("B").backref("line");
        end.inverse(|end| end.storage(Storage::Linked));
    });
    end("A.down", |end| {
        let end = end.to_many("A").backref_one("up");
        end.storage(Storage::Linked);
    });
    end("A.next", |end| {
        end.to_one("A").backref_one("previous");
    });
    end("A.spouse", |end| {
        end.to_one("A").symmetric();
    });
    end("A.tags", |end| {
        end.to_many("B").backref("tagged");
    });
    end("B.loose", |end| {
        end.to_many("A").backref("loosely").order(Order::None);
    });
    end("A.friends", |end| {
        end.to_many("A").symmetric();
    });
    end("B.owned", |end| {
        let end = end.to_many("B").one_way();
        end.delete_rule(DeleteRule::Cascade);
    });
    declare_arranged(&mut schema, with);
    schema.build().expect("the schema is sound")
}

/// Limits, owners, containers and ends of several types, several to a type.
fn every_option() -> Registry {
    let mut schema = Schema::builder();
    for name in ["A", "B", "C"] {
        schema
            .entity::<Thing>(name)
            .key(Key::field(|thing: &Thing| &thing.key))
            .cloneable()
            .comparable()
            .serializable();
    }
    let parts = with_data(schema.relationship("A.parts").to_many("B"));
    parts.backref_one("a").contained().max(4);
    let inner = with_data(schema.relationship("B.inner").to_many("B"));
    inner.backref_one("outer").contained().delete_orphans();
    let loose = schema.relationship("B.loose").to_many("A").one_way();
    loose.contained().order(Order::None);
    let owned = with_data(schema.relationship("C.owned").to_many("A"));
    owned
        .backref("owners")
        .delete_orphans()
        .keyed_by(by_alias());
    let any = schema.relationship("C.any").to_one_of(["A", "B", "C"]);
    any.backref("from")
        .inverse(|from| from.max(3).sorted_by(by_size()));
    let watched = with_data(schema.relationship("C.watched").to_one_of(["A", "B"]));
    watched.backref_one("watcher").delete_orphans();
    let guards = schema.relationship("A.guards").to_many("C");
    guards.backref("guarded").delete_rule(DeleteRule::Deny);
    let few = schema.relationship("C.few").to_many("B");
    few.backref("fewer")
        .check(
            |change: &PlannedLinks<'_, Thing, Thing>| match change.len_after() {
                0..=2 => Ok(()),
                _ => Err("more than two"),
            },
        );
    schema.build().expect("the schema is sound")
}

/// Rows that are sorted or keyed, at one end or at both.
fn declare_arranged(schema: &mut SchemaBuilder, with: impl Fn(EndBuilder<'_>) -> EndBuilder<'_>) {
    let mut end = |name, declare: fn(EndBuilder<'_>)| declare(with(schema.relationship(name)));
    end("A.sorted_b", |end| {
        let end = end.to_one("B").backref("sorted_a");
        end.inverse(|end| end.sorted_by(by_size()));
    });
    end("A.keyed_b", |end| {
        let end = end.to_one("B").backref("keyed_a");
        end.inverse(|end| end.keyed_by(by_alias()));
    });
    end("A.ranked", |end| {
        let end = end.to_many("B").backref("ranking");
        end.sorted_by_comparison(|one: &Thing, other| other.size.cmp(&one.size))
            .inverse(|end| end.keyed_by(by_alias()));
    });
    end("A.peers", |end| {
        let key = Key::pair(|thing: &Thing| &thing.size, |thing| &thing.key);
        end.to_many("A").symmetric().sorted_by(key);
    });
    end("B.mates", |end| {
        end.to_many("B").symmetric().keyed_by(by_alias());
    });
    end("B.best", |end| {
        end.to_many("B").one_way().sorted_by(by_size());
    });
}

fn by_size() -> Key<Thing, u8> {
    Key::field(|thing: &Thing| &thing.size)
}

fn by_alias() -> Key<Thing, u32> {
    Key::optional(|thing: &Thing| thing.alias.as_ref())
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
    let types: Vec<EntityTypeId> = end.variants().map(|end| end.target().id()).collect();
    let target = types[random.below(types.len())];
    let item = any_of(graph, random, target)?;
    Some((end.id(), owner, item))
}
