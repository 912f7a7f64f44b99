//! Children of parents: what each contender does, and what it is asked to do.

pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod verify;

mod backref;
mod bevy;
mod by_hand;
mod flecs;
mod floors;
mod hashmap;
mod indextree;
mod petgraph;
#[cfg(test)]
mod planted;
mod rc;
mod sqlite;

use crate::contender::Contender;
use crate::memory::Heap;

use plan::Plan;

/// A child and the parent it has, had, or shall have.
pub(crate) type Link<C> = (<C as OneToMany>::Child, <C as OneToMany>::Parent);

/// What a contender calls the entities, by their numbers.
pub(crate) struct Ids<C: OneToMany> {
    pub(crate) parents: Vec<C::Parent>,
    pub(crate) children: Vec<C::Child>,
}

impl<C: OneToMany> Ids<C> {
    /// With room, so that a contender that is timed or weighed needs none.
    fn with_room(plan: &Plan) -> Self {
        Self {
            parents: Vec::with_capacity(plan.shape.parents as usize),
            children: Vec::with_capacity(plan.homes.len()),
        }
    }

    fn links(&self, links: impl IntoIterator<Item = (u32, u32)>) -> Vec<Link<C>> {
        let link = |(child, parent): (u32, u32)| {
            (
                self.children[child as usize].clone(),
                self.parents[parent as usize].clone(),
            )
        };
        links.into_iter().map(link).collect()
    }

    fn parents(&self, numbers: &[u32]) -> Vec<C::Parent> {
        let parent = |&number: &u32| self.parents[number as usize].clone();
        numbers.iter().map(parent).collect()
    }

    fn children(&self, numbers: &[u32]) -> Vec<C::Child> {
        let child = |&number: &u32| self.children[number as usize].clone();
        numbers.iter().map(child).collect()
    }
}

/// Parents and children, kept by one contender. The payload of each is its
/// number, in eight bytes.
///
/// Ids are checked: an operation on an entity that is gone must not touch
/// another one.
pub(crate) trait OneToMany: Sized {
    type Parent: Clone;
    type Child: Clone;

    /// The same, but its children are deleted with their parent.
    type Cascading: OneToMany;

    const HEAP: Heap = Heap::Rust;

    /// Whether it is timed when it reads; not if it would do as another
    /// contender does.
    const READS: bool = true;

    fn empty() -> Self;

    /// Inserts parents one by one, numbered from 0.
    fn insert_parents(&mut self, count: u32, ids: &mut Vec<Self::Parent>);

    /// Inserts children without a parent one by one, numbered from 0.
    fn insert_children(&mut self, count: u32, ids: &mut Vec<Self::Child>);

    /// All of it on the fastest way that is public.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self;

    /// Gives each child its parent, which is not the one it has.
    fn set_parents(&mut self, links: &[Link<Self>]);

    /// Takes each child's parent, which is the one it has, and gives it back.
    fn detach_attach(&mut self, links: &[Link<Self>]);

    /// The same from the parent's side, by the child's id.
    fn remove_append(&mut self, links: &[Link<Self>]);

    /// The payloads of the children of these, as [`plan::fold`] makes one number
    /// of the sums of rows.
    fn iterate(&mut self, parents: &[Self::Parent]) -> u64;

    /// The sum of the payloads of the parents of these.
    fn read_parents(&mut self, children: &[Self::Child]) -> u64;

    /// Deletes parents one by one.
    fn delete(&mut self, parents: &[Self::Parent]);

    /// The payloads of a parent's children, in order if there is one.
    fn members(&mut self, parent: &Self::Parent) -> Vec<u64>;

    /// The payload of a child's parent.
    fn parent(&mut self, child: &Self::Child) -> Option<u64>;

    /// How many of these still exist.
    fn count_live(&mut self, children: &[Self::Child]) -> usize;
}

/// All that can be asked for parents and children.
pub(crate) const CONTENDERS: &[Contender<Plan>] = &[
    floors::F2,
    floors::F3,
    floors::GATHER,
    floors::READ,
    Contender::one_to_many::<backref::Ordered>("backref"),
    Contender::one_to_many::<backref::Unordered>("backref-set"),
    Contender::one_to_many::<backref::Linked>("backref-linked"),
    Contender::one_to_many::<backref::InTransaction>("backref-tx"),
    Contender::one_to_many::<by_hand::Removing>("slotmap-remove"),
    Contender::one_to_many::<by_hand::Swapping>("slotmap-swap"),
    Contender::one_to_many::<hashmap::Sets>("hashmap-foldhash"),
    Contender::one_to_many::<rc::Shared>("rc-refcell"),
    Contender::one_to_many::<indextree::Tree>("indextree"),
    Contender::one_to_many::<petgraph::Edges>("petgraph"),
    Contender::one_to_many::<bevy::InVec>("bevy-vec"),
    Contender::one_to_many::<bevy::InHashSet>("bevy-hashset"),
    Contender::one_to_many::<flecs::Pairs>("flecs"),
    Contender::one_to_many::<sqlite::Tables>("sqlite"),
];

impl Contender<Plan> {
    const fn one_to_many<C: OneToMany>(name: &'static str) -> Self {
        Self {
            name,
            verify: verify::verify::<C>,
            run: run::run::<C>,
        }
    }
}
