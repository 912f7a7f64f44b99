//! Who has which key: indexes over the entities of one type.
//!
//! An index is planned, then written. [`Index::plan`] runs the user's code,
//! which may panic, and writes nothing; [`Index::put`] and [`Index::take`] run
//! no code of the user and cannot fail. They get by without because an index
//! remembers by slot where each entity is, and keeps the hashes.
//!
//! ```text
//!   Unique   key ──hash──▶ slot
//!   Hashed   key ──hash──▶ group ──▶ slots in slot order
//!   Sorted   chunks of slots in the order of (key, slot)
//! ```
//!
//! The keys themselves stay in the payloads and nowhere else.

mod arrangement;
mod batch;
mod column;
mod handle;
mod hash;
mod hashed;
mod key;
mod keyed_end;
mod sequence;
mod sorted;
#[cfg(test)]
mod tests;
mod unique;

use std::any::Any;

use smallvec::SmallVec;

use crate::arena::Arena;
use crate::id::{Id, Slot};

pub(crate) use crate::identity::arrangement::{
    Arrangement, Keying, MemberKey, NO_KEY, PayloadType, Sorting, merge_sort,
};
pub use crate::identity::handle::{HashIndex, OrderedIndex, UniqueKey};
pub(crate) use crate::identity::hashed::Hashed;
pub use crate::identity::hashed::Matches;
pub use crate::identity::key::{Key, KeyShape, Limit, Lookup, OrderedShape, Pair, Triple};
pub use crate::identity::keyed_end::KeyedEnd;
pub use crate::identity::sorted::KeyRange;
pub(crate) use crate::identity::sorted::Sorted;
pub(crate) use crate::identity::unique::Unique;

/// One index over the entities of a type, whatever the type of its key.
pub(crate) trait Index<T>: Send + Sync {
    fn name(&self) -> &str;

    fn key_type_name(&self) -> &'static str;

    fn as_any(&self) -> &dyn Any;

    /// An empty index that reads the same key.
    fn fresh(&self) -> Box<dyn Index<T>>;

    /// The index with all that is in it.
    fn boxed_clone(&self) -> Box<dyn Index<T>>;

    /// Where the entities of the batch belong, once all of them have the
    /// payloads given here, in the order in which to [`put`](Self::put) them.
    ///
    /// A slot of the batch is live, in which case it is taken out before the
    /// first put, or nobody lives there: the next one, or `NONE` for a payload
    /// that is judged only. So two entities may exchange their keys. A slot is
    /// in the batch once.
    ///
    /// Runs the user's code. Of several clashes, the first in the order of the
    /// batch is reported.
    fn plan(&self, arena: &Arena<T>, batch: &[(Slot, &T)]) -> Result<Plan, Taken>;

    /// Where a newcomer belongs: what a [`plan`](Self::plan) says that has nobody
    /// else in it. Or who has its key.
    fn place(&self, arena: &Arena<T>, newcomer: (Slot, &T)) -> Result<Place, Slot> {
        let plan = self.plan(arena, &[newcomer]);
        let plan = plan.map_err(|taken| taken.holder)?;
        Ok(plan.first().map_or(Place::Out, |&(_, place)| place))
    }

    /// Puts an entity that is not in the index where a plan says, or where
    /// [`take`](Self::take) found it.
    fn put(&mut self, slot: Slot, place: Place);

    /// Takes an entity out and says how to put it back when everything since
    /// has been undone.
    ///
    /// A batch can also be undone one entity at a time, from the last that was
    /// taken to the first: take it from its new place, put it back in its old.
    fn take(&mut self, slot: Slot) -> Place;

    /// The entity of a unique index that has the key, which is a `K`, or a
    /// tuple for a key of several parts. None if it is of another type.
    fn find_any(&self, arena: &Arena<T>, key: &dyn Any) -> Option<Slot>;

    /// Proves that every live entity is found under its key, and nothing else
    /// is in the index (I5). Runs the user's code.
    fn verify(&self, arena: &Arena<T>) -> Result<(), String>;

    /// Makes room for `additional` more entities.
    fn reserve(&mut self, additional: usize);

    /// Gives back what is not in use.
    fn shrink_to_fit(&mut self);
}

/// Where entities belong, in the order in which to put them.
pub(crate) type Plan = SmallVec<[(Slot, Place); 2]>;

/// Where an entity is in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: it has no key.
    Out,
    /// Of a unique index: under this hash.
    Hash(u32),
    /// Of a hashed index: in a group of its own, under this hash.
    Alone(u32),
    /// Of a hashed index: in the group that this entity is in.
    With(Slot),
    /// Of a sorted index: directly before this entity; `NONE`: at the end.
    Before(Slot),
}

/// A key that a unique index can not give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Whose new payload has the key.
    pub(crate) slot: Slot,
    /// Who has it already, or gets it by the same batch.
    pub(crate) holder: Slot,
}

/// The id of an entity that an index holds.
fn id_in<T>(arena: &Arena<T>, slot: Slot) -> Id<T> {
    let (id, _) = arena.entry(slot).expect("what is in an index is live (I5)");
    Id::new(id)
}
