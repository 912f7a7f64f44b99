//! A number for each slot in use.

use crate::id::Slot;

/// Numbers by slot, four bytes each; `MISSING` stands for none.
#[derive(Clone, Default)]
pub(super) struct Column<const MISSING: u32> {
    numbers: Vec<u32>,
}

impl<const MISSING: u32> Column<MISSING> {
    pub(super) fn new() -> Self {
        Self {
            numbers: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn get(&self, slot: Slot) -> Option<u32> {
        let number = *self.numbers.get(slot as usize)?;
        (number != MISSING).then_some(number)
    }

    /// Computes in O(1), amortised over the growth of the column.
    #[inline]
    pub(super) fn set(&mut self, slot: Slot, number: u32) {
        let at = slot as usize;
        if at >= self.numbers.len() {
            self.numbers.resize(at + 1, MISSING);
        }
        self.numbers[at] = number;
    }

    /// Takes the number of a slot away and returns it.
    #[inline]
    pub(super) fn clear(&mut self, slot: Slot) -> Option<u32> {
        let number = self.get(slot)?;
        self.numbers[slot as usize] = MISSING;
        Some(number)
    }

    /// How many slots have a number. Computes in O(slots).
    pub(super) fn count(&self) -> usize {
        self.numbers.iter().filter(|&&n| n != MISSING).count()
    }

    /// Gives back what is not in use.
    pub(super) fn shrink_to_fit(&mut self) {
        let used = self.numbers.iter().rposition(|&number| number != MISSING);
        self.numbers.truncate(used.map_or(0, |last| last + 1));
        self.numbers.shrink_to_fit();
    }

    pub(super) fn reserve(&mut self, additional: usize) {
        self.numbers.reserve(additional);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_there_from_set_to_clear() {
        let mut column = Column::<0>::new();
        column.set(3, 7);
        assert_eq!(
            (column.get(2), column.get(3), column.get(4)),
            (None, Some(7), None)
        );
        assert_eq!(column.count(), 1);
        assert_eq!(
            (column.clear(3), column.clear(3), column.clear(9)),
            (Some(7), None, None)
        );
        assert_eq!(column.count(), 0);
    }
}
