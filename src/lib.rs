//! An in-memory object graph.
#![forbid(unsafe_code)]

mod id;

mod error;

mod arena;
mod change;

mod identity;

mod entities;

mod schema;

mod links;

mod engine;

mod graph;

#[doc(hidden)]
pub mod example;
#[doc(hidden)]
pub mod internals;

pub use crate::engine::delete::plan::{BlockReason, Blocker, DeletePlan, Deletion, Doomed};
pub use crate::engine::verify::Broken;
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::graph::create::{Create, EndOf};
pub use crate::graph::entities::Entities;
pub use crate::graph::payloads::Found;
pub use crate::graph::row::{Row, RowEntries, RowIter};
pub use crate::graph::row_mut::RowMut;
pub use crate::graph::untyped::{AnyRow, AnyRowIter, Untyped};
pub use crate::graph::untyped_mut::UntypedMut;
pub use crate::graph::walker::Walker;
pub use crate::graph::{Deleted, Graph};
pub use crate::id::{AnyId, EndId, EntityType, EntityTypeId, Id, ToMany, ToOne};
pub use crate::identity::{
    HashIndex, Key, KeyRange, KeyShape, Limit, Lookup, Matches, OrderedIndex, OrderedShape, Pair,
    Triple, UniqueKey,
};
pub use crate::schema::{
    Cardinality, DeleteRule, EndBuilder, EndInfo, EndOptions, EntityBuilder, EntityInfo, KeyInfo,
    KeyKind, Order, Registry, Schema, SchemaBuilder,
};
