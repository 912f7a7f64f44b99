//! All that was measured.

use std::collections::BTreeMap;

use crate::contender::Order;
use crate::shape::Shape;
use crate::workload::Workload;

/// One workload of one contender at one shape.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) ordered: Option<Order>,
    /// Nanoseconds for an operation, one for each round.
    nanoseconds: Vec<f64>,
    /// What a link takes with its share of the entities, where it was weighed.
    pub(crate) bytes: Option<f64>,
}

impl Cell {
    pub(crate) fn min(&self) -> f64 {
        self.nanoseconds
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min)
    }

    /// The middle one, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.nanoseconds.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
        match (sorted.get(low), sorted.get(high)) {
            (Some(low), Some(high)) => f64::midpoint(*low, *high),
            _ => f64::NAN,
        }
    }
}

/// Where a cell stands.
pub(crate) type Key = (Shape, Workload, &'static str);

/// Cells by shape, workload and contender.
#[derive(Default)]
pub(crate) struct Results {
    cells: BTreeMap<(Shape, Workload), BTreeMap<&'static str, Cell>>,
}

impl Results {
    /// What a round took.
    pub(crate) fn add(&mut self, key: Key, ordered: Option<Order>, nanoseconds: f64) {
        let (shape, workload, contender) = key;
        let cells = self.cells.entry((shape, workload)).or_default();
        let cell = cells.entry(contender).or_insert(Cell {
            ordered,
            nanoseconds: Vec::new(),
            bytes: None,
        });
        cell.nanoseconds.push(nanoseconds);
    }

    /// What was weighed, of a workload that was measured.
    pub(crate) fn weigh(&mut self, (shape, workload, contender): Key, bytes: f64) {
        let cells = self.cells.entry((shape, workload)).or_default();
        if let Some(cell) = cells.get_mut(contender) {
            cell.bytes = Some(bytes);
        }
    }

    pub(crate) fn get(&self, shape: Shape, workload: Workload, contender: &str) -> Option<&Cell> {
        let cells = self.cells.get(&(shape, workload))?;
        cells.get(contender)
    }

    /// What a link takes after the building that goes before this workload.
    pub(crate) fn bytes(&self, shape: Shape, workload: Workload, contender: &str) -> Option<f64> {
        self.get(shape, workload.weighed_after(), contender)?.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let shape = Shape::new(10, 10);
        let key = (shape, Workload::Reassign, "backref");
        let mut results = Results::default();
        for (round, median) in [(5.0, 5.0), (1.0, 3.0), (2.0, 2.0), (9.0, 3.5)] {
            results.add(key, Some(Order::Yes), round);
            let cell = results.get(shape, Workload::Reassign, "backref").unwrap();
            assert!((cell.median() - median).abs() < 1e-9);
        }
        let cell = results.get(shape, Workload::Reassign, "backref").unwrap();
        assert!((cell.min() - 1.0).abs() < 1e-9);
        assert!(results.get(shape, Workload::Build, "backref").is_none());
    }
}
