//! Links between two kinds of entities, each with as many of the other: what
//! each contender does, and what it is asked to do.

pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod verify;

mod backref;
mod by_hand;
mod flecs;
mod floor;
mod hashmap;
mod petgraph;
mod rc;
mod sqlite;

use crate::contender::Contender;
use crate::memory::Heap;

use plan::Plan;

/// A left entity and a right one.
pub(crate) type Pair<C> = (<C as ManyToMany>::Left, <C as ManyToMany>::Right);

/// What a contender calls the entities, by their numbers.
pub(crate) struct Ids<C: ManyToMany> {
    pub(crate) lefts: Vec<C::Left>,
    pub(crate) rights: Vec<C::Right>,
}

impl<C: ManyToMany> Ids<C> {
    /// With room, so that a contender that is weighed needs none.
    fn with_room(plan: &Plan) -> Self {
        Self {
            lefts: Vec::with_capacity(plan.shape.parents as usize),
            rights: Vec::with_capacity(plan.shape.parents as usize),
        }
    }

    fn pairs(&self, pairs: &[(u32, u32)]) -> Vec<Pair<C>> {
        let pair = |&(left, right): &(u32, u32)| {
            (
                self.lefts[left as usize].clone(),
                self.rights[right as usize].clone(),
            )
        };
        pairs.iter().map(pair).collect()
    }
}

/// Lefts and rights, kept by one contender. The payload of each is its number,
/// in eight bytes. Ids are checked, and no pair is linked twice.
pub(crate) trait ManyToMany: Sized {
    type Left: Clone;
    type Right: Clone;

    const HEAP: Heap = Heap::Rust;

    /// Whether it is timed when it reads; not if it would do as another
    /// contender does.
    const READS: bool = true;

    /// With more than these it takes no part: they would not fit into memory.
    const MOST_LINKS: u32 = u32::MAX;

    fn empty() -> Self;

    /// Inserts as many of each, numbered from 0.
    fn insert(&mut self, count: u32, ids: &mut Ids<Self>);

    /// Links pairs that are not linked, without being told that they are not.
    fn add(&mut self, pairs: &[Pair<Self>]);

    /// Takes away the links of pairs that are linked.
    fn remove(&mut self, pairs: &[Pair<Self>]);

    /// How many of these are linked.
    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize;

    /// The payloads of the rights of these lefts, as
    /// [`fold`](crate::one_to_many::plan::fold) makes one number of the sums of rows.
    fn iterate(&mut self, lefts: &[Self::Left]) -> u64;

    /// The payloads of the rights of a left, in order if there is one.
    fn rights(&mut self, left: &Self::Left) -> Vec<u64>;

    /// The payloads of the lefts of a right, in order if there is one.
    fn lefts(&mut self, right: &Self::Right) -> Vec<u64>;
}

/// All that can be asked for links between lefts and rights.
pub(crate) const CONTENDERS: &[Contender<Plan>] = &[
    floor::GATHER,
    Contender::many_to_many::<backref::Ordered>("backref"),
    Contender::many_to_many::<backref::Unordered>("backref-set"),
    Contender::many_to_many::<backref::InTransaction>("backref-tx"),
    Contender::many_to_many::<by_hand::Removing>("slotmap-remove"),
    Contender::many_to_many::<by_hand::Swapping>("slotmap-swap"),
    Contender::many_to_many::<hashmap::Sets>("hashmap-foldhash"),
    Contender::many_to_many::<rc::Shared>("rc-refcell"),
    Contender::many_to_many::<petgraph::Edges>("petgraph"),
    Contender::many_to_many::<flecs::Pairs>("flecs"),
    Contender::many_to_many::<sqlite::Tables>("sqlite"),
];

impl Contender<Plan> {
    const fn many_to_many<C: ManyToMany>(name: &'static str) -> Self {
        Self {
            name,
            verify: verify::verify::<C>,
            run: run::run::<C>,
        }
    }
}
