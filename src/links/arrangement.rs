//! Another order for the members of a row.

use crate::id::Slot;
use crate::links::rows::{Keeper, Rows};

/// How the members of a row change places, by their positions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrangement<'a> {
    /// One moves, and those between shift by one.
    Shift { from: u32, to: u32 },
    /// Two change places.
    Swap { a: u32, b: u32 },
    /// The one at old position `order[i]` comes to `i`, for all `i`.
    Permute(&'a [u32]),
}

impl Arrangement<'_> {
    /// Arranges a row without holes.
    pub(crate) fn of_row(self, rows: &mut Rows, owner: Slot, keeper: &mut dyn Keeper) {
        match self {
            Self::Shift { from, to } => rows.shift(owner, from, to, keeper),
            Self::Swap { a, b } => rows.swap(owner, a, b, keeper),
            Self::Permute(order) => rows.permute(owner, order, keeper),
        }
    }
}
