//! An in-memory object graph in which the same key is always the same entity,
//! both ends of every relationship are always true, and a change costs a few
//! cache lines.
//!
//! It is for programs that would otherwise keep two `Vec<Id>`s in step by
//! hand: editors, document and domain models, compilers, simulations, tools.
//! What SQLAlchemy users know as `relationship`, `back_populates`, `backref`
//! and the identity map is here for Rust, without a database, without `unsafe`
//! and without `Rc<RefCell>`: a link is a few bytes at either end, assigning one
//! end is O(1) however long the rows are, and no call leaves the ends apart.
//!
//! # Both ends
//!
//! ```
//! use backref::{entity, graph};
//!
//! #[entity(key = name)]
//! #[derive(Debug, Clone)]
//! pub struct Author {
//!     pub name: String,
//!     /// In shelf order.
//!     #[relationship(back_populates = author, delete_rule = cascade)]
//!     pub books: ToMany<Book>,
//! }
//!
//! #[entity(key = title)]
//! #[derive(Debug, Clone)]
//! pub struct Book {
//!     pub title: String,
//!     #[relationship(back_populates = books)]
//!     pub author: ToOne<Author>,
//! }
//!
//! graph! { pub struct Library { authors: Author, books: Book } }
//!
//! let mut lib = Library::new();
//! let ursula = lib.insert(Author { name: "Ursula".into() })?;   // Id<Author>: Copy, 8 bytes
//! let lathe = lib.insert(Book { title: "The Lathe of Heaven".into() }.with_author(ursula))?;
//! let eden = lib.insert(Book { title: "Eden".into() })?;
//!
//! lib.edit(eden).set_author(ursula)?;                            // assign one end …
//! assert!(lib.at(ursula).books().ids().eq([lathe, eden]));       // … the other is true
//! lib.edit(eden).set_author(None)?;
//! lib.edit(ursula).books_mut().push(eden)?;                      // append to the other …
//! assert_eq!(lib.at(eden).author().map(|a| a.id()), Some(ursula)); // … this one follows
//!
//! let gone = lib.edit(ursula).delete()?;                         // her books go with her
//! assert_eq!((gone.others.len(), lib.count::<Book>()), (2, 0));
//! # Ok::<(), backref::Error>(())
//! ```
//!
//! Begin with [`#[entity]`](macro@entity) and [`graph!`]: they have all options
//! and all methods. What they make is a thin shell over [`Graph`], which does
//! the same by handles for schemas that are made at run time ([`Schema`]), in
//! tools, importers and tests; [`Graph::untyped`] does it by numbers.
//!
//! # The words
//!
//! | word | means |
//! |---|---|
//! | entity, [`Id`] | a payload of your own type, and the eight bytes that name it for ever |
//! | `BookRef`, `BookMut` | handles of a live entity, to read and to change: [`typed`] |
//! | entity type, [`EntityType`] | its Rust type under a name of the [`Schema`] |
//! | end, [`ToOne`], [`ToMany`], [`ToOneOf`] | one side of a relationship; the other is its inverse |
//! | row, [`Row`], [`RowMut`] | the members of one entity at a to-many end, in order |
//! | key, [`Key`], [`UniqueKey`] | what finds an entity: primary, secondary, of several parts |
//! | walk, [`BreadthFirst`], [`DepthFirst`] | from entities along ends that are chosen, each entity once |
//! | check, [`PlannedPayload`], [`PlannedLinks`] | a function of yours that sees a change before it is written, and may refuse it |
//! | delete rule, [`DeleteRule`] | what deleting the owner of an end does to those linked there |
//! | commit, [`Commit`] | a transaction, or a call outside of one, that has changed something |
//! | change set, [`ChangeSet`] | the net effect of commits, as a value that fits another graph |
//!
//! # What always holds
//!
//! After every call, failed ones and panics in your closures included:
//!
//! - *b* is in *a*'s row exactly when *a* is at *b*'s inverse end;
//! - nothing dangles: no link, key or index names an entity that is gone;
//! - a to-one end holds at most one link, and a pair is linked at most once;
//! - keys and entities are one-to-one;
//! - the same calls give the same ids and orders; no hash order shows;
//! - a call that returned `Err` changed nothing.
//!
//! [`Graph::verify`] checks it all, and names the first thing broken.
//!
//! # What it costs
//!
//! *n* is the length of a row, *m* the entities of a type. Amortised where
//! rows grow or holes are closed.
//!
//! | | to-one end | to-many end, ordered | to-many end, [`Order::None`] |
//! |---|---|---|---|
//! | [`set`](Graph::set), [`push`](RowMut::push), [`remove`](RowMut::remove) | O(1) | O(1) | O(1) |
//! | [`contains`](Row::contains) | O(1) | O(1) | O(1) |
//! | read the next member | | O(1), one look at the payload | O(1) |
//! | [`get`](Row::get), [`position`](Row::position) | | O(1), O(n) while there are holes | O(1) |
//! | [`insert_at`](RowMut::insert_at), [`move_to`](RowMut::move_to) | | O(n) | |
//! | [`sort_by`](RowMut::sort_by) | | O(n log n) | |
//! | the same in a sorted row ([`Order::Sorted`]) | | O(log n), without `insert_at`, `move_to`, `sort_by` | |
//! | [`member_by_key`](Graph::member_by_key) ([`Order::Keyed`]) | | O(1) | |
//! | [`replace`](RowMut::replace), [`extend`](RowMut::extend), [`clear`](RowMut::clear) | | O(members concerned) | the same |
//! | [`bulk`](Graph::bulk), [`insert_all`](Graph::insert_all): many at once | O(1) for each | the same | the same |
//! | [`insert`](Graph::insert), [`find`](Graph::find) by key | O(1) | | |
//! | [`range`](Graph::range) in an ordered index | O(log m + found) | | |
//! | [`delete`](Graph::delete), [`plan_delete`](Graph::plan_delete) | O(links of what goes) | | |
//!
//! Wider questions are walks over chosen ends: [`breadth_first`](Graph::breadth_first),
//! [`depth_first`](Graph::depth_first), [`ancestors`](Graph::ancestors),
//! [`descendants`](Graph::descendants), [`path`](Graph::path) and
//! [`reachable`](Graph::reachable), in O(entities met + their links there);
//! [`copy`](Graph::copy) is O(entities copied + their links). The feature
//! `petgraph` lets the algorithms of that crate read chosen ends in place.
//!
//! Acyclic relationships add O(depth) to a link between entities that have links
//! on their far sides, and O(what is reachable) where both ends are to-many.
//!
//! A one-to-many link takes 12 bytes at the child, 4 in the row and 20 for each
//! row; a many-to-many link 8 bytes at either end and 8 of its own. Rows that
//! grow one by one have up to as much room again; [`extend`](RowMut::extend)
//! gives an empty row what it needs, and at most a quarter more, and so does
//! [`bulk`](Graph::bulk) many. [`shrink_to_fit`](Graph::shrink_to_fit) gives
//! back what is not in use.
//!
//! Limits, orphans, containment, checks and ends of several types cost the
//! relationships that say so, and no others: O(members concerned) for each call, and O(depth)
//! for a link that might put somebody inside itself.
//! What each option comes to in instructions, time and bytes, and when to take it,
//! stands in `OPTIONS.md` beside the README.
//!
//! # Several calls as one, and what is made of the record
//!
//! | | |
//! |---|---|
//! | [`transaction`](Graph::transaction) | all or nothing, order of rows and ids included; they nest |
//! | [`keep_history`](Graph::keep_history), [`undo`](Graph::undo), [`redo`](Graph::redo) | each transaction, and each call outside of one, is a step |
//! | [`mark`](Graph::mark), [`changes_since`](Graph::changes_since) | the net effect as a [`ChangeSet`], to [`apply`](Graph::apply), invert, compose, send |
//! | [`observe`](Graph::observe) | told once of each [`Commit`], with old and new and why |
//! | checks ([`EntityBuilder::check`], [`EndBuilder::check`]) | asked before the write, may refuse |
//!
//! While nobody needs the record, none is kept, and a write pays one test for
//! it. Taking back costs what the doing did; a change set and the telling of a
//! commit cost O(changes). In a transaction, or with a history, a mark or an
//! observer, calls that return a payload out of the graph
//! ([`replace`](Graph::replace), [`delete`](Graph::delete)) return a clone, as
//! the record keeps the payload; types that are not cloneable have
//! [`delete_all`](Graph::delete_all).
//!
//! # Choosing a delete rule
//!
//! | the owner goes, and those linked at the end … | say |
//! |---|---|
//! | stay, and lose the link | [`DeleteRule::Nullify`], the default |
//! | go with it: parts of a whole | [`DeleteRule::Cascade`] |
//! | go with it, up from one of many | [`DeleteRule::CascadeUp`] |
//! | forbid it | [`DeleteRule::Deny`] |
//!
//! | and what is linked at an end … | say |
//! |---|---|
//! | goes when its last owner does, or gives it up | [`delete_orphans`](EndBuilder::delete_orphans) |
//! | is a part: one container, goes with it | [`contained`](EndBuilder::contained) |
//!
//! # Limits
//!
//! One writer at a time, as the borrow checker has it; a graph is `Send` and
//! `Sync`, and so must payloads be. 2³² − 2 entities of a type, 2³² links of a
//! relationship, 2¹⁶ relationships; beyond is an error. Nothing is kept on disk.
#![forbid(unsafe_code)]

mod id;

mod error;

mod arena;
mod change;

mod identity;

mod entities;

mod link_data;

mod schema;

mod change_set;

mod links;

mod engine;

mod query;

mod graph;

pub mod typed;

// The macros write the library's name, here too.
extern crate self as backref;

#[doc(hidden)]
pub mod example;
#[doc(hidden)]
pub mod internals;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

#[cfg(feature = "macros")]
mod macros;

#[cfg(feature = "macros")]
pub use crate::macros::entity;
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use backref_macros::graph as __graph;

pub use crate::change_set::order::StoreOrder;
pub use crate::change_set::uid::Uid;
pub use crate::change_set::{ChangeSet, Changes, EntityChange, LinkChange, RowChange};
pub use crate::engine::delete::plan::{BlockReason, Blocker, DeletePlan, Deletion, Doomed};
pub use crate::engine::verify::Broken;
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::graph::changes::Mark;
pub use crate::graph::check::{GraphRef, PlannedLinks, PlannedPayload};
pub use crate::graph::commit::{Cause, Commit, EntityEvent, Event, LinkEvent, MoveEvent};
pub use crate::graph::copy::{Copied, CopyBuilder};
pub use crate::graph::create::{Create, EndOf};
pub use crate::graph::entities::Entities;
pub use crate::graph::observe::{Queue, Subscription};
pub use crate::graph::payloads::Found;
pub use crate::graph::row::with_data::RowData;
pub use crate::graph::row::{Row, RowEntries, RowIter};
pub use crate::graph::row_mut::RowMut;
pub use crate::graph::subgraph::EndsWithin;
pub use crate::graph::untyped::{AnyRow, AnyRowIter, Untyped};
pub use crate::graph::untyped_mut::UntypedMut;
pub use crate::graph::walker::Walker;
pub use crate::graph::{Deleted, Graph};
pub use crate::id::{AnyId, EndId, EntityType, EntityTypeId, Id, ToMany, ToOne, ToOneOf};
pub use crate::identity::{
    HashIndex, Key, KeyRange, KeyShape, KeyedEnd, Limit, Lookup, Matches, OrderedIndex,
    OrderedShape, Pair, Triple, UniqueKey,
};
pub use crate::link_data::handle::LinkData;
pub use crate::query::EntityId;
pub use crate::query::reach::Reached;
#[cfg(feature = "petgraph")]
pub use crate::query::view::{
    View, ViewEdge, ViewEdges, ViewLinks, ViewMap, ViewNeighbors, ViewNodes,
};
pub use crate::query::walk::{BreadthFirst, DepthFirst, Visit};
pub use crate::schema::{
    Cardinality, DeleteRule, EndBuilder, EndInfo, EndOptions, EntityBuilder, EntityInfo, KeyInfo,
    KeyKind, Order, Registry, Schema, SchemaBuilder, Storage,
};
