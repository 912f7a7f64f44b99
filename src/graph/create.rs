//! Creating an entity together with its links.

use std::fmt;

use smallvec::SmallVec;

use crate::error::Result;
use crate::graph::Graph;
use crate::id::{EndId, EntityType, Id, RawId, ToMany, ToOne};

/// An entity about to be inserted with its links; made by [`Graph::create`].
///
/// Nothing happens before [`insert`](Self::insert).
#[must_use = "nothing is inserted before `insert`"]
pub struct Create<'g, T> {
    graph: &'g mut Graph,
    entity: EntityType<T>,
    payload: T,
    links: SmallVec<[(EndId, RawId); 4]>,
}

/// An end of entities of `S` that leads to entities of `T`, of either
/// cardinality: [`ToOne`] or [`ToMany`].
pub trait EndOf<S, T> {
    /// The number of the end.
    #[doc(hidden)]
    fn number(self) -> EndId;
}

impl<S, T> EndOf<S, T> for ToOne<S, T> {
    fn number(self) -> EndId {
        self.untyped()
    }
}

impl<S, T> EndOf<S, T> for ToMany<S, T> {
    fn number(self) -> EndId {
        self.untyped()
    }
}

impl<'g, T: Send + Sync + 'static> Create<'g, T> {
    pub(crate) fn new(graph: &'g mut Graph, entity: EntityType<T>, payload: T) -> Self {
        Self {
            graph,
            entity,
            payload,
            links: SmallVec::new(),
        }
    }

    /// Links the new entity to another at one of its ends. At a to-one end the
    /// last link counts.
    pub fn link<U>(mut self, end: impl EndOf<T, U>, target: Id<U>) -> Self {
        self.links.push((end.number(), target.raw()));
        self
    }

    /// Links the new entity to several others at one of its ends, in order.
    pub fn links<U>(
        mut self,
        end: impl EndOf<T, U>,
        targets: impl IntoIterator<Item = Id<U>>,
    ) -> Self {
        let end = end.number();
        self.links
            .extend(targets.into_iter().map(|target| (end, target.raw())));
        self
    }

    /// Inserts the entity with all its links; the far ends are true at once.
    ///
    /// Computes in O(links), amortised.
    ///
    /// # Errors
    /// - [`DuplicateKey`](crate::ErrorKind::DuplicateKey): another entity of
    ///   the type has one of its keys.
    /// - [`NotLive`](crate::ErrorKind::NotLive): a target is dead.
    /// - [`Required`](crate::ErrorKind::Required): an end of the new entity
    ///   that is required got no link, or somebody else would be left without.
    /// - [`Cycle`](crate::ErrorKind::Cycle),
    ///   [`ForeignEnd`](crate::ErrorKind::ForeignEnd),
    ///   [`Capacity`](crate::ErrorKind::Capacity).
    pub fn insert(self) -> Result<Id<T>> {
        let engine = &mut self.graph.engine;
        let links = self
            .links
            .iter()
            .map(|&(end, target)| Ok((engine.place(end)?, target)));
        let links = links.collect::<Result<SmallVec<[_; 4]>>>()?;
        engine
            .insert(self.entity.untyped(), self.payload, &links)
            .map(Id::new)
    }
}

impl<T> fmt::Debug for Create<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Create")
            .field("entity", &self.entity)
            .field("links", &self.links.len())
            .finish_non_exhaustive()
    }
}
