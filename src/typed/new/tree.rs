//! New entities that are linked to each other, flat: no box within a box, so
//! that a chain of a million is built, inserted and dropped without recursion.

use smallvec::SmallVec;

use crate::engine::Engine;
use crate::engine::link_data::Given;
use crate::engine::newcomer::LinkTo;
use crate::entities::AnyPayload;
use crate::error::Result;
use crate::id::{AnyId, EndId, EntityTypeId, RawId};

/// The data that a link was given, if it was.
pub(super) type Data = Option<Box<AnyPayload>>;

/// The links of a new entity to those that live, and the data that some of them
/// were given.
#[derive(Default)]
pub(super) struct LiveLinks {
    pub(super) links: SmallVec<[LinkTo; 4]>,
    pub(super) data: Given,
}

impl LiveLinks {
    #[inline]
    pub(super) fn add(&mut self, end: EndId, to: AnyId, data: Data) {
        if let Some(data) = data {
            self.data.push((self.links.len(), data));
        }
        self.links.push(LinkTo::new(end, to));
    }

    fn into_links(self) -> Vec<Link> {
        let links = self.links.into_iter().map(|link| Link {
            end: link.end(),
            target: Target::Live(link.target()),
            data: None,
        });
        let mut links: Vec<Link> = links.collect();
        for (at, data) in self.data {
            links[at].data = Some(data);
        }
        links
    }
}

/// A root, whose payload is kept elsewhere, and all the new entities that hang
/// on it.
pub(super) struct Tree {
    nodes: Vec<Node>,
    root: usize,
}

struct Node {
    /// The type and the payload; none for the root.
    entity: Option<(EntityTypeId, Box<AnyPayload>)>,
    links: Vec<Link>,
}

struct Link {
    end: EndId,
    target: Target,
    data: Data,
}

#[derive(Clone, Copy)]
enum Target {
    Live(AnyId),
    New(usize),
}

impl Tree {
    /// A root with links to live entities.
    pub(super) fn new(links: LiveLinks) -> Self {
        Self {
            nodes: vec![Node {
                entity: None,
                links: links.into_links(),
            }],
            root: 0,
        }
    }

    /// Gives the root a link to a live entity.
    pub(super) fn link(&mut self, end: EndId, to: AnyId, data: Data) {
        self.nodes[self.root].links.push(Link {
            end,
            target: Target::Live(to),
            data,
        });
    }

    /// Gives the root a link to a new entity, with all that hangs on that one.
    pub(super) fn grow<T: Send + Sync + 'static>(
        &mut self,
        (end, data): (EndId, Data),
        (entity, payload): (EntityTypeId, T),
        (links, others): (LiveLinks, Option<Box<Self>>),
    ) {
        let mut other = others.map_or_else(|| Self::new(links), |tree| *tree);
        other.nodes[other.root].entity = Some((entity, Box::new(payload)));
        // The smaller goes into the larger: a chain built from its end moves
        // each node O(log n) times.
        let child = if other.nodes.len() > self.nodes.len() {
            std::mem::swap(self, &mut other);
            let root = self.absorb(other);
            std::mem::replace(&mut self.root, root)
        } else {
            self.absorb(other)
        };
        self.nodes[self.root].links.push(Link {
            end,
            target: Target::New(child),
            data,
        });
    }

    /// Takes another tree's nodes in; where its root is now.
    fn absorb(&mut self, other: Self) -> usize {
        let first = self.nodes.len();
        let moved = other.nodes.into_iter().map(|mut node| {
            for link in &mut node.links {
                if let Target::New(at) = &mut link.target {
                    *at += first;
                }
            }
            node
        });
        self.nodes.extend(moved);
        first + other.root
    }

    /// Inserts them all, and then their links, as one call; the root's id.
    pub(super) fn insert<T: Send + Sync + 'static>(
        mut self,
        engine: &mut Engine,
        entity: EntityTypeId,
        payload: T,
    ) -> Result<RawId> {
        let order = self.preorder();
        engine.as_one_call(|engine| {
            let mut ids: Vec<Option<AnyId>> = vec![None; self.nodes.len()];
            let root = engine.insert(entity, payload, &[], Vec::new())?;
            for &at in &order {
                let id = match self.nodes[at].entity.take() {
                    None => AnyId::new(entity, root),
                    Some((entity, payload)) => {
                        let id = engine.insert_boxed(entity, payload, &[], Vec::new())?;
                        AnyId::new(entity, id)
                    }
                };
                ids[at] = Some(id);
            }
            let id_of = |at: usize| ids[at].expect("all nodes hang on the root");
            for &at in &order {
                for link in std::mem::take(&mut self.nodes[at].links) {
                    let target = match link.target {
                        Target::Live(id) => id,
                        Target::New(at) => id_of(at),
                    };
                    engine.relate_ids(link.end, [id_of(at), target], link.data)?;
                }
            }
            Ok(root)
        })
    }

    /// The nodes in the order they are met from the root, depth first.
    fn preorder(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut next = vec![self.root];
        while let Some(at) = next.pop() {
            order.push(at);
            let links = self.nodes[at].links.iter().rev();
            next.extend(links.filter_map(|link| match link.target {
                Target::New(at) => Some(at),
                Target::Live(_) => None,
            }));
        }
        order
    }
}
