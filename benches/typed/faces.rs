//! The workloads, written twice: by handles and by generated methods.

use backref::{EntityType, Graph, Id, ToMany, ToOne, entity, graph};

use crate::workload::{LIST, Random, Shape};

/// How many tags a parent has.
const TAGS: usize = 10;

#[entity]
pub(crate) struct Parent {
    number: u64,
    #[relationship(back_populates = parent)]
    children: ToMany<Child>,
    #[relationship(backref = parents)]
    tags: ToMany<Tag>,
}

#[entity]
pub(crate) struct Child {
    number: u64,
    #[relationship(back_populates = children)]
    parent: ToOne<Parent>,
}

#[entity]
pub(crate) struct Tag {
    number: u64,
}

graph! {
    pub(crate) struct Family { parents: Parent, children: Child, tags: Tag }
}

type Home = (Id<Child>, Id<Parent>);
type Pair = (Id<Parent>, Id<Tag>);

/// A graph under one of its faces.
pub(crate) trait Face: Sized {
    fn empty() -> Self;
    fn insert_parents(&mut self, count: usize) -> Vec<Id<Parent>>;
    fn insert_children(&mut self, count: usize) -> Vec<Id<Child>>;
    fn insert_tags(&mut self, count: usize) -> Vec<Id<Tag>>;

    /// The payloads of the children of all parents.
    fn iterate(&self) -> u64;

    /// The payloads of the parents of these.
    fn read_parents(&self, children: &[Id<Child>]) -> u64;

    fn reassign(&mut self, moves: &[Home]);

    /// Takes each child out of its parent's row and appends it there again.
    fn return_home(&mut self, homes: &[Home]);

    fn count_tagged(&self, pairs: &[Pair]) -> usize;
    fn tag(&mut self, pairs: &[Pair]);
    fn untag(&mut self, pairs: &[Pair]);
}

/// Lists of operations on a graph.
pub(crate) struct Drawn {
    pub(crate) children: Vec<Id<Child>>,
    pub(crate) moves: Vec<Home>,
    /// Each child with the parent that it has at first.
    pub(crate) homes: Vec<Home>,
    /// Half of them linked.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) absent: Vec<Pair>,
}

impl Drawn {
    /// A graph of a shape, and what is to be done with it.
    pub(crate) fn new<F: Face>(shape: Shape) -> (F, Self) {
        let mut face = F::empty();
        let parents = face.insert_parents(shape.owners);
        let children = face.insert_children(shape.links());
        let tags = face.insert_tags(shape.owners);
        let homes = children.iter().zip(shape.parents());
        let at_home: Vec<Home> = homes.map(|(&child, at)| (child, parents[at])).collect();
        face.reassign(&at_home);
        let present = |at: usize| (parents[at / TAGS], tags[tag_of(at, shape.owners)]);
        let linked: Vec<Pair> = (0..shape.owners * TAGS).map(present).collect();
        face.tag(&linked);
        let mut random = Random::new(7);
        let mut absent = || {
            let parent = random.below(shape.owners);
            let other = (parent + TAGS + random.below(shape.owners - TAGS)) % shape.owners;
            (parents[parent], tags[other])
        };
        let absent: Vec<Pair> = (0..LIST).map(|_| absent()).collect();
        let mut random = Random::new(8);
        let mut either = |at: usize| match at % 2 {
            0 => linked[random.below(linked.len())],
            _ => absent[at],
        };
        let drawn = Self {
            pairs: (0..LIST).map(&mut either).collect(),
            absent,
            homes: shape.children().into_iter().map(|at| at_home[at]).collect(),
            children: shape
                .children()
                .into_iter()
                .map(|at| children[at])
                .collect(),
            moves: shape
                .moves()
                .into_iter()
                .map(|(child, to)| (children[child], parents[to]))
                .collect(),
        };
        (face, drawn)
    }
}

/// A parent has the tags of its own number and of those that follow.
fn tag_of(link: usize, owners: usize) -> usize {
    (link / TAGS + link % TAGS) % owners
}

/// Handles as [`Registry`](backref::Registry) gives them out, found once.
pub(crate) struct ByHandle {
    graph: Graph,
    parents: Vec<Id<Parent>>,
    parent: EntityType<Parent>,
    child: EntityType<Child>,
    tag: EntityType<Tag>,
    child_parent: ToOne<Child, Parent>,
    parent_children: ToMany<Parent, Child>,
    parent_tags: ToMany<Parent, Tag>,
}

impl Face for ByHandle {
    fn empty() -> Self {
        let registry = Family::registry();
        Self {
            graph: Graph::new(registry.clone()),
            parents: Vec::new(),
            parent: registry.entity_type("Parent").expect("declared"),
            child: registry.entity_type("Child").expect("declared"),
            tag: registry.entity_type("Tag").expect("declared"),
            child_parent: registry.to_one("Child.parent").expect("declared"),
            parent_children: registry.to_many("Parent.children").expect("declared"),
            parent_tags: registry.to_many("Parent.tags").expect("declared"),
        }
    }

    fn insert_parents(&mut self, count: usize) -> Vec<Id<Parent>> {
        let parent = |number| {
            let inserted = self.graph.insert(self.parent, Parent { number });
            inserted.expect("there is room")
        };
        self.parents = (0..count as u64).map(parent).collect();
        self.parents.clone()
    }

    #[inline(never)]
    fn insert_children(&mut self, count: usize) -> Vec<Id<Child>> {
        let child = |number| {
            let inserted = self.graph.insert(self.child, Child { number });
            inserted.expect("there is room")
        };
        (0..count as u64).map(child).collect()
    }

    fn insert_tags(&mut self, count: usize) -> Vec<Id<Tag>> {
        let tag = |number| {
            let inserted = self.graph.insert(self.tag, Tag { number });
            inserted.expect("there is room")
        };
        (0..count as u64).map(tag).collect()
    }

    #[inline(never)]
    fn iterate(&self) -> u64 {
        let mut total = 0_u64;
        for &parent in &self.parents {
            for (_, child) in self.graph.row(self.parent_children, parent).entries() {
                total = total.wrapping_add(child.number);
            }
        }
        total
    }

    #[inline(never)]
    fn read_parents(&self, children: &[Id<Child>]) -> u64 {
        let parents = children
            .iter()
            .filter_map(|&child| self.graph.target(self.child_parent, child));
        parents
            .map(|(_, parent)| parent.number)
            .fold(0, u64::wrapping_add)
    }

    #[inline(never)]
    fn reassign(&mut self, moves: &[Home]) {
        for &(child, parent) in moves {
            self.graph
                .set(self.child_parent, child, parent)
                .expect("both are live");
        }
    }

    #[inline(never)]
    fn return_home(&mut self, homes: &[Home]) {
        for &(child, parent) in homes {
            let row = self.graph.row_mut(self.parent_children, parent);
            let mut row = row.expect("it is live");
            row.remove(child).expect("it is live");
            row.push(child).expect("it is live");
        }
    }

    #[inline(never)]
    fn count_tagged(&self, pairs: &[Pair]) -> usize {
        let tagged =
            |&&(parent, tag): &&Pair| self.graph.row(self.parent_tags, parent).contains(tag);
        pairs.iter().filter(tagged).count()
    }

    #[inline(never)]
    fn tag(&mut self, pairs: &[Pair]) {
        for &(parent, tag) in pairs {
            let row = self.graph.row_mut(self.parent_tags, parent);
            row.expect("it is live").push(tag).expect("it is live");
        }
    }

    fn untag(&mut self, pairs: &[Pair]) {
        for &(parent, tag) in pairs {
            let row = self.graph.row_mut(self.parent_tags, parent);
            row.expect("it is live").remove(tag).expect("it is live");
        }
    }
}

/// The methods that `#[entity]` and `graph!` make.
pub(crate) struct ByMethod {
    family: Family,
    parents: Vec<Id<Parent>>,
}

impl Face for ByMethod {
    fn empty() -> Self {
        Self {
            family: Family::new(),
            parents: Vec::new(),
        }
    }

    fn insert_parents(&mut self, count: usize) -> Vec<Id<Parent>> {
        let parent = |number| {
            let inserted = self.family.insert(Parent { number });
            inserted.expect("there is room")
        };
        self.parents = (0..count as u64).map(parent).collect();
        self.parents.clone()
    }

    #[inline(never)]
    fn insert_children(&mut self, count: usize) -> Vec<Id<Child>> {
        let child = |number| {
            let inserted = self.family.insert(Child { number });
            inserted.expect("there is room")
        };
        (0..count as u64).map(child).collect()
    }

    fn insert_tags(&mut self, count: usize) -> Vec<Id<Tag>> {
        let tag = |number| {
            let inserted = self.family.insert(Tag { number });
            inserted.expect("there is room")
        };
        (0..count as u64).map(tag).collect()
    }

    #[inline(never)]
    fn iterate(&self) -> u64 {
        let mut total = 0_u64;
        for &parent in &self.parents {
            for child in self.family.at(parent).children() {
                total = total.wrapping_add(child.number);
            }
        }
        total
    }

    #[inline(never)]
    fn read_parents(&self, children: &[Id<Child>]) -> u64 {
        let parents = children
            .iter()
            .filter_map(|&child| self.family.at(child).parent());
        parents
            .map(|parent| parent.number)
            .fold(0, u64::wrapping_add)
    }

    #[inline(never)]
    fn reassign(&mut self, moves: &[Home]) {
        for &(child, parent) in moves {
            let mut child = self.family.edit(child);
            child.set_parent(parent).expect("both are live");
        }
    }

    #[inline(never)]
    fn return_home(&mut self, homes: &[Home]) {
        for &(child, parent) in homes {
            let mut parent = self.family.edit(parent);
            let mut row = parent.children_mut();
            row.remove(child).expect("it is live");
            row.push(child).expect("it is live");
        }
    }

    #[inline(never)]
    fn count_tagged(&self, pairs: &[Pair]) -> usize {
        let tagged = |&&(parent, tag): &&Pair| self.family.at(parent).tags().contains(tag);
        pairs.iter().filter(tagged).count()
    }

    #[inline(never)]
    fn tag(&mut self, pairs: &[Pair]) {
        for &(parent, tag) in pairs {
            let mut parent = self.family.edit(parent);
            parent.tags_mut().push(tag).expect("it is live");
        }
    }

    fn untag(&mut self, pairs: &[Pair]) {
        for &(parent, tag) in pairs {
            let mut parent = self.family.edit(parent);
            parent.tags_mut().remove(tag).expect("it is live");
        }
    }
}
