//! A value for each slot.

use crate::id::Slot;

/// The entry of a slot in a column, which grows to hold it.
///
/// Slots are dense, so a new one is nearly always the next.
#[inline]
pub(crate) fn entry<T: Copy + Default>(column: &mut Vec<T>, slot: Slot) -> &mut T {
    let index = slot as usize;
    if index == column.len() && index < column.capacity() {
        column.push(T::default());
    } else if index >= column.len() {
        lengthen(column, index + 1);
    }
    &mut column[index]
}

#[cold]
#[inline(never)]
fn lengthen<T: Copy + Default>(column: &mut Vec<T>, len: usize) {
    resize(column, len, T::default());
}

/// Makes room for more entries: as many again as long as they are few, then a
/// sixteenth at a time, for a column is the larger part of a graph, and half of
/// it empty is too much. Each entry of a long one is copied at most sixteen
/// times, and mapped rather than copied where the system can.
#[inline]
pub(crate) fn reserve<T>(column: &mut Vec<T>, additional: usize) {
    if column.capacity() - column.len() < additional {
        grow(column, additional);
    }
}

#[cold]
fn grow<T>(column: &mut Vec<T>, additional: usize) {
    const LEAST: usize = 16;
    const FEW: usize = 1 << 10;
    let room = if column.len() < FEW {
        column.len()
    } else {
        column.len() / 16
    };
    column.reserve_exact(additional.max(room).max(LEAST));
}

/// Makes a column so long, filled up with a value where it was shorter.
pub(crate) fn resize<T: Copy>(column: &mut Vec<T>, len: usize, value: T) {
    reserve(column, len.saturating_sub(column.len()));
    column.resize(len, value);
}

/// Keeps the entries of so many slots and no room besides.
pub(crate) fn fit<T>(column: &mut Vec<T>, slots: usize) {
    column.truncate(slots);
    column.shrink_to_fit();
}

/// How many bytes a column takes, empty room included.
pub(crate) fn bytes<T>(column: &Vec<T>) -> usize {
    column.capacity() * size_of::<T>()
}
