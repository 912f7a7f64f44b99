//! A graph as the algorithms of `petgraph` see one.

use std::cmp::Reverse;
use std::fmt;
use std::marker::PhantomData;

use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
    IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, NodeIndexable, VisitMap,
    Visitable,
};
use petgraph::{Directed, Direction};
use smallvec::SmallVec;

use crate::engine::Engine;
use crate::id::{AnyId, EndId, EntityTypeId, Slot};
use crate::query::EntityId;
use crate::query::hops::{Cursor, Hops};

/// Chosen ends of a graph as a directed graph of `petgraph`: an edge for each
/// link, from the owner of the end to the member.
///
/// Made by [`Graph::view`](crate::Graph::view) and
/// [`Untyped::view`](crate::Untyped::view); needs the feature `petgraph`.
///
/// Nothing is copied: the view borrows the graph, and all algorithms that read
/// through `petgraph::visit` run on `&view`. Its nodes are all entities of the
/// types at either side of the ends, in the order of the types and then of
/// slots; two links between the same entities at two of the ends are two edges,
/// and a link at a symmetric end is an edge either way. The weight of an edge is
/// its end; costs of other kinds come out of payloads, in the closure that the
/// algorithm takes.
///
/// | trait | method | computes in |
/// |---|---|---|
/// | `IntoNeighbors`, `IntoNeighborsDirected` | `neighbors`, `neighbors_directed` | O(1) a neighbour, O(ends) besides, either way |
/// | `IntoEdges`, `IntoEdgesDirected` | `edges`, `edges_directed` | the same |
/// | `IntoEdgeReferences` | `edge_references` | O(1) an edge, O(ends) a node |
/// | `IntoNodeIdentifiers` | `node_identifiers` | O(1) a node and a slot that a delete left free |
/// | `NodeCount` | `node_count` | O(types) |
/// | `NodeIndexable` | `node_bound`, `to_index`, `from_index` | O(types) |
/// | `Visitable` | `visit_map`, `reset_map` | O(slots / 64) |
///
/// Indices are made of slots, and deletes leave slots free, so they are not
/// compact: the few algorithms that ask for `NodeCompactIndexable` need a
/// `petgraph::Graph` of their own.
///
/// ```
/// # use backref::{Graph, Schema, ToMany};
/// use petgraph::algo::{astar, dijkstra};
///
/// # let mut schema = Schema::builder();
/// # schema.entity::<u32>("City");
/// # schema.relationship("City.roads").to_many("City").symmetric();
/// # let registry = schema.build()?;
/// # let city = registry.entity_type::<u32>("City")?;
/// # let roads: ToMany<u32, u32> = registry.to_many("City.roads")?;
/// # let mut graph = Graph::new(registry);
/// let (a, b, c) = (graph.insert(city, 1)?, graph.insert(city, 5)?, graph.insert(city, 7)?);
/// graph.row_mut(roads, b)?.extend([a, c])?;
/// let view = graph.view(roads);
/// let steps = dijkstra(&view, a, None, |_| 1);
/// assert_eq!(steps[&c], 2);
/// let toll = |id| graph.get(city, id).copied().unwrap_or_default();
/// use petgraph::visit::EdgeRef;
/// let way = astar(&view, a, |id| id == c, |road| toll(road.target()), |_| 0);
/// assert_eq!(way, Some((12, vec![a, b, c])));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct View<'g, I = AnyId> {
    forth: Hops<'g>,
    back: Hops<'g>,
    kinds: Kinds,
    named: PhantomData<fn() -> I>,
}

/// The types of the nodes, and where the indices of each begin.
#[derive(Clone, Debug, Default)]
struct Kinds {
    /// Type, and how many indices those before it have.
    all: SmallVec<[(EntityTypeId, usize); 2]>,
    bound: usize,
}

impl Kinds {
    fn of(hops: &Hops<'_>) -> Self {
        let engine = hops.engine();
        let mut slots: SmallVec<[(EntityTypeId, usize); 4]> = SmallVec::new();
        for place in hops.places() {
            for place in [place, engine.inverse(place)] {
                // An entity is known at all ends of its type from its insert on.
                let owners = engine.relation(place).owners(place.side) as usize;
                slots.push((engine.owner_type(place), owners));
            }
        }
        slots.sort_unstable_by_key(|&(entity, owners)| (entity, Reverse(owners)));
        slots.dedup_by_key(|&mut (entity, _)| entity);
        let mut kinds = Self::default();
        for (entity, owners) in slots {
            kinds.all.push((entity, kinds.bound));
            kinds.bound += owners;
        }
        kinds
    }

    fn first(&self) -> Option<EntityTypeId> {
        self.all.first().map(|&(entity, _)| entity)
    }

    /// The node under the number of its type.
    fn any<I: EntityId>(&self, node: I) -> Option<AnyId> {
        Some(node.any(self.first()?))
    }

    fn index<I: EntityId>(&self, node: I) -> Option<usize> {
        let any = self.any(node)?;
        let &(_, before) = self
            .all
            .iter()
            .find(|(entity, _)| *entity == any.entity())?;
        Some(before + any.slot() as usize)
    }

    fn at(&self, index: usize) -> Option<(EntityTypeId, Slot)> {
        let &(entity, before) = self.all.iter().rfind(|&&(_, before)| before <= index)?;
        Some((entity, Slot::try_from(index - before).ok()?))
    }
}

impl<'g, I: EntityId> View<'g, I> {
    pub(crate) fn new(hops: Hops<'g>) -> Self {
        Self {
            kinds: Kinds::of(&hops),
            back: hops.reversed(),
            forth: hops,
            named: PhantomData,
        }
    }

    fn engine(&self) -> &'g Engine {
        self.forth.engine()
    }

    fn links(&self, node: I, direction: Direction) -> ViewLinks<'_, I> {
        let live = self.kinds.any(node).filter(|&id| self.engine().is_live(id));
        ViewLinks {
            hops: match direction {
                Direction::Outgoing => &self.forth,
                Direction::Incoming => &self.back,
            },
            direction,
            cursor: live.map(Cursor::new),
            named: PhantomData,
        }
    }

    fn nodes(&self) -> ViewNodes<'_, I> {
        ViewNodes {
            engine: self.engine(),
            kinds: self.kinds.all.iter(),
            entity: None,
            next: 1,
            left: 0,
            named: PhantomData,
        }
    }
}

impl<I> fmt::Debug for View<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.forth).finish()
    }
}

/// An edge of a [`View`]: a link, seen from the end that the view follows.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use petgraph::visit::{EdgeRef, IntoEdges};
///
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// # let (lem, eden) = (author.any(lem), book.any(eden));
/// let end = author_books.untyped();
/// let view = graph.untyped().view(&[end]);
/// let edges: Vec<_> = (&view).edges(lem).collect();
/// assert_eq!((edges[0].source(), edges[0].target()), (lem, eden));
/// assert_eq!(*edges[0].weight(), end);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewEdge<I> {
    source: I,
    target: I,
    end: EndId,
}

impl<I: EntityId> EdgeRef for ViewEdge<I> {
    type NodeId = I;
    type EdgeId = Self;
    type Weight = EndId;

    fn source(&self) -> I {
        self.source
    }

    fn target(&self) -> I {
        self.target
    }

    fn weight(&self) -> &EndId {
        &self.end
    }

    fn id(&self) -> Self {
        *self
    }
}

/// The edges of one node of a [`View`], in either direction; what `edges` and
/// `edges_directed` of `petgraph::visit` return.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use petgraph::Direction::Incoming;
/// use petgraph::visit::IntoEdgesDirected;
///
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let view = graph.untyped().view(&[author_books.untyped()]);
/// assert_eq!((&view).edges_directed(book.any(eden), Incoming).count(), 1);
/// assert_eq!((&view).edges_directed(author.any(lem), Incoming).count(), 0);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ViewLinks<'a, I = AnyId> {
    hops: &'a Hops<'a>,
    direction: Direction,
    cursor: Option<Cursor<'a>>,
    named: PhantomData<fn() -> I>,
}

impl<I: EntityId> Iterator for ViewLinks<'_, I> {
    type Item = ViewEdge<I>;

    fn next(&mut self) -> Option<ViewEdge<I>> {
        let cursor = self.cursor.as_mut()?;
        let (end, far) = cursor.next(self.hops)?;
        let (near, far) = (I::of(cursor.from), I::of(far));
        let (source, target) = match self.direction {
            Direction::Outgoing => (near, far),
            Direction::Incoming => (far, near),
        };
        Some(ViewEdge {
            source,
            target,
            end,
        })
    }
}

/// The neighbours of one node of a [`View`]; what `neighbors` and
/// `neighbors_directed` of `petgraph::visit` return.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use petgraph::visit::IntoNeighbors;
///
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let view = graph.untyped().view(&[author_books.untyped()]);
/// assert!((&view).neighbors(author.any(lem)).eq([book.any(eden)]));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ViewNeighbors<'a, I = AnyId>(ViewLinks<'a, I>);

impl<I: EntityId> Iterator for ViewNeighbors<'_, I> {
    type Item = I;

    fn next(&mut self) -> Option<I> {
        let link = self.0.next()?;
        Some(match self.0.direction {
            Direction::Outgoing => link.target,
            Direction::Incoming => link.source,
        })
    }
}

/// The nodes of a [`View`]; what `node_identifiers` of `petgraph::visit`
/// returns.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use petgraph::visit::IntoNodeIdentifiers;
///
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let view = graph.untyped().view(&[author_books.untyped()]);
/// assert!((&view).node_identifiers().eq([author.any(lem), book.any(eden)]));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct ViewNodes<'a, I = AnyId> {
    engine: &'a Engine,
    kinds: std::slice::Iter<'a, (EntityTypeId, usize)>,
    entity: Option<EntityTypeId>,
    /// The slot to look at next, and how many entities of the type live there
    /// or further on.
    next: Slot,
    left: usize,
    named: PhantomData<fn() -> I>,
}

impl<I: EntityId> Iterator for ViewNodes<'_, I> {
    type Item = I;

    fn next(&mut self) -> Option<I> {
        while self.left == 0 {
            let &(entity, _) = self.kinds.next()?;
            self.left = self.engine.entities[entity.index()].len();
            (self.entity, self.next) = (Some(entity), 1);
        }
        let entity = self.entity?;
        let all = &self.engine.entities[entity.index()];
        loop {
            let id = all.id_at(self.next);
            self.next += 1;
            if let Some(id) = id {
                self.left -= 1;
                return Some(I::of(AnyId::new(entity, id)));
            }
        }
    }
}

impl<I> fmt::Debug for ViewNodes<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewNodes")
            .field("entity", &self.entity)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// All edges of a [`View`], node by node; what `edge_references` of
/// `petgraph::visit` returns.
///
/// ```
/// # use backref::example::{Author, Book, Library};
/// use petgraph::visit::IntoEdgeReferences;
///
/// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
/// let view = graph.untyped().view(&[author_books.untyped(), book_author.untyped()]);
/// assert_eq!((&view).edge_references().count(), 2);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ViewEdges<'a, I = AnyId> {
    view: &'a View<'a, I>,
    nodes: ViewNodes<'a, I>,
    links: Option<ViewLinks<'a, I>>,
}

impl<I: EntityId> Iterator for ViewEdges<'_, I> {
    type Item = ViewEdge<I>;

    fn next(&mut self) -> Option<ViewEdge<I>> {
        loop {
            if let Some(edge) = self.links.as_mut().and_then(Iterator::next) {
                return Some(edge);
            }
            let node = self.nodes.next()?;
            self.links = Some(self.view.links(node, Direction::Outgoing));
        }
    }
}

/// Which nodes of a [`View`] an algorithm has visited: a bit for each slot.
///
/// An id of a type that the view does not have is never new.
///
/// ```
/// # use backref::example::{Author, Library};
/// use petgraph::visit::{VisitMap, Visitable};
///
/// # let Library { mut graph, author, author_books, .. } = Library::new()?;
/// # let lem = author.any(graph.insert(author, Author::new("Lem"))?);
/// let view = graph.untyped().view(&[author_books.untyped()]);
/// let mut visited = view.visit_map();
/// assert!(visited.visit(lem) && !visited.visit(lem));
/// assert!(visited.is_visited(&lem));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone)]
pub struct ViewMap<I = AnyId> {
    kinds: Kinds,
    words: Vec<u64>,
    named: PhantomData<fn() -> I>,
}

impl<I: EntityId> ViewMap<I> {
    /// The word of a node, and its bit in it.
    fn bit(&self, node: I) -> Option<(usize, u64)> {
        let index = self.kinds.index(node)?;
        (index < self.kinds.bound).then_some((index / 64, 1 << (index % 64)))
    }
}

impl<I: EntityId> VisitMap<I> for ViewMap<I> {
    fn visit(&mut self, a: I) -> bool {
        let Some((word, bit)) = self.bit(a) else {
            return false;
        };
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    fn is_visited(&self, a: &I) -> bool {
        self.bit(*a)
            .is_some_and(|(word, bit)| self.words[word] & bit != 0)
    }

    fn unvisit(&mut self, node: I) -> bool {
        let was_visited = self.is_visited(&node);
        if let Some((word, bit)) = self.bit(node) {
            self.words[word] &= !bit;
        }
        was_visited
    }
}

impl<I> fmt::Debug for ViewMap<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let visited = self.words.iter().map(|word| word.count_ones());
        f.debug_struct("ViewMap")
            .field("visited", &visited.sum::<u32>())
            .finish_non_exhaustive()
    }
}

impl<I: EntityId> GraphBase for View<'_, I> {
    type NodeId = I;
    type EdgeId = ViewEdge<I>;
}

impl<I: EntityId> GraphProp for View<'_, I> {
    type EdgeType = Directed;
}

impl<I: EntityId> Data for View<'_, I> {
    type NodeWeight = ();
    type EdgeWeight = EndId;
}

impl<I: EntityId> NodeCount for View<'_, I> {
    fn node_count(&self) -> usize {
        let all = &self.engine().entities;
        let counts = self.kinds.all.iter();
        counts.map(|&(entity, _)| all[entity.index()].len()).sum()
    }
}

impl<I: EntityId> NodeIndexable for View<'_, I> {
    fn node_bound(&self) -> usize {
        self.kinds.bound
    }

    /// # Panics
    /// If the entity is of a type that the view does not have.
    fn to_index(&self, a: I) -> usize {
        let index = self.kinds.index(a);
        index.expect("a node of the view, whose type is at one of its ends")
    }

    /// # Panics
    /// If no node of the view has the index: nobody lives in the slot.
    fn from_index(&self, i: usize) -> I {
        let id = self.kinds.at(i).and_then(|(entity, slot)| {
            let id = self.engine().entities[entity.index()].id_at(slot)?;
            Some(I::of(AnyId::new(entity, id)))
        });
        id.expect("the index of a node that lives")
    }
}

impl<I: EntityId> Visitable for View<'_, I> {
    type Map = ViewMap<I>;

    fn visit_map(&self) -> ViewMap<I> {
        ViewMap {
            kinds: self.kinds.clone(),
            words: vec![0; self.kinds.bound.div_ceil(64)],
            named: PhantomData,
        }
    }

    fn reset_map(&self, map: &mut ViewMap<I>) {
        map.kinds.clone_from(&self.kinds);
        map.words.clear();
        map.words.resize(self.kinds.bound.div_ceil(64), 0);
    }
}

impl<'a, I: EntityId> IntoNeighbors for &'a View<'_, I> {
    type Neighbors = ViewNeighbors<'a, I>;

    fn neighbors(self, a: I) -> ViewNeighbors<'a, I> {
        ViewNeighbors(self.links(a, Direction::Outgoing))
    }
}

impl<'a, I: EntityId> IntoNeighborsDirected for &'a View<'_, I> {
    type NeighborsDirected = ViewNeighbors<'a, I>;

    fn neighbors_directed(self, n: I, d: Direction) -> ViewNeighbors<'a, I> {
        ViewNeighbors(self.links(n, d))
    }
}

impl<'a, I: EntityId> IntoEdges for &'a View<'_, I> {
    type Edges = ViewLinks<'a, I>;

    fn edges(self, a: I) -> ViewLinks<'a, I> {
        self.links(a, Direction::Outgoing)
    }
}

impl<'a, I: EntityId> IntoEdgesDirected for &'a View<'_, I> {
    type EdgesDirected = ViewLinks<'a, I>;

    fn edges_directed(self, a: I, dir: Direction) -> ViewLinks<'a, I> {
        self.links(a, dir)
    }
}

impl<'a, I: EntityId> IntoEdgeReferences for &'a View<'_, I> {
    type EdgeRef = ViewEdge<I>;
    type EdgeReferences = ViewEdges<'a, I>;

    fn edge_references(self) -> ViewEdges<'a, I> {
        ViewEdges {
            view: self,
            nodes: self.nodes(),
            links: None,
        }
    }
}

impl<'a, I: EntityId> IntoNodeIdentifiers for &'a View<'_, I> {
    type NodeIdentifiers = ViewNodes<'a, I>;

    fn node_identifiers(self) -> ViewNodes<'a, I> {
        self.nodes()
    }
}
