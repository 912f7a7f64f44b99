//! A value for each slot.

use crate::id::Slot;

/// The entry of a slot in a column, which grows to hold it.
///
/// Slots are dense, so a new one is nearly always the next.
#[inline]
pub(crate) fn entry<T: Copy + Default>(column: &mut Vec<T>, slot: Slot) -> &mut T {
    let index = slot as usize;
    if index == column.len() {
        column.push(T::default());
    } else if index > column.len() {
        column.resize(index + 1, T::default());
    }
    &mut column[index]
}

/// Makes room for more entries, a quarter at a time: a pool is the larger part
/// of a graph, and half of it empty is too much.
#[inline]
pub(crate) fn reserve<T>(column: &mut Vec<T>, additional: usize) {
    if column.capacity() - column.len() < additional {
        column.reserve_exact(additional.max(column.len() / 4));
    }
}
