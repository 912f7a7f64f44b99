//! One line for each cell.

use crate::names;
use crate::results::Results;
use crate::shape::Shape;
use crate::workload::Workload;

pub(crate) const HEADER: &str = "shape,workload,contender,ordered,ns_min,ns_median,bytes_per_link";

/// All cells of these shapes, in the order of the tables.
pub(crate) fn csv(results: &Results, shapes: &[Shape]) -> String {
    let mut lines = vec![HEADER.to_owned()];
    let workloads = Workload::ONE_TO_MANY
        .into_iter()
        .chain(Workload::MANY_TO_MANY)
        .chain(Workload::LIFE);
    for &shape in shapes {
        for workload in workloads.clone() {
            let line = |name| line(results, shape, workload, name);
            lines.extend(names::all().into_iter().filter_map(line));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn line(results: &Results, shape: Shape, workload: Workload, name: &str) -> Option<String> {
    let cell = results.get(shape, workload, name)?;
    let bytes = results.bytes(shape, workload, name);
    let bytes = bytes.map_or_else(String::new, |bytes| format!("{bytes:.1}"));
    let ordered = cell
        .ordered
        .map_or_else(String::new, |order| order.to_string());
    let (min, median) = (cell.min(), cell.median());
    Some(format!(
        "{shape},{workload},{name},{ordered},{min:.2},{median:.2},{bytes}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Order;

    #[test]
    fn a_cell_is_a_line_with_the_bytes_of_its_building() {
        let shape = Shape::new(1_000, 100);
        let mut results = Results::default();
        for (workload, nanoseconds) in [(Workload::Build, 20.0), (Workload::Reassign, 7.25)] {
            results.add((shape, workload, "backref"), Some(Order::Yes), nanoseconds);
        }
        results.weigh((shape, Workload::Build, "backref"), 31.04);
        let csv = csv(&results, &[shape]);
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], HEADER);
        assert_eq!(lines[1], "1000x100,build,backref,yes,20.00,20.00,31.0");
        assert_eq!(lines[2], "1000x100,reassign,backref,yes,7.25,7.25,31.0");
        assert_eq!(lines.len(), 3);
    }
}
