//! Which charts there are, and what they show.

use std::error::Error;
use std::fs;
use std::path::Path;

use super::csv;
use super::plot::{Dots, Line, Lines, Panel, dots};
use crate::names;
use crate::results::{Cell, Results};
use crate::shape::Shape;
use crate::workload::Workload;

/// As many links in rows of ten, of a hundred, of a thousand and of ten
/// thousand.
const BY_ROW_LENGTH: [Shape; 4] = [
    Shape::new(10_000, 10),
    Shape::new(1_000, 100),
    Shape::new(100, 1_000),
    Shape::new(10, 10_000),
];

/// Rows of ten in ever larger graphs; the last only if it is measured anyhow.
const BY_GRAPH_SIZE: [Shape; 4] = [
    Shape::new(1_000, 10),
    Shape::new(10_000, 10),
    Shape::new(100_000, 10),
    Shape::new(1_000_000, 10),
];

/// The shapes that charts need besides those that are measured.
pub(crate) fn shapes_besides(measured: &[Shape]) -> Vec<Shape> {
    let needed = BY_ROW_LENGTH
        .into_iter()
        .chain(BY_GRAPH_SIZE.into_iter().take(3));
    let mut besides: Vec<Shape> = needed.filter(|shape| !measured.contains(shape)).collect();
    besides.sort_unstable();
    besides.dedup();
    besides
}

/// Writes all charts into a directory, which is there, and their numbers beside them.
pub(crate) fn write(results: &Results, directory: &Path) -> Result<(), Box<dyn Error>> {
    let by_row_length = Lines {
        title: "Moving a random child to a random other parent, 100,000 links",
        below: "children of each parent",
        ticks: BY_ROW_LENGTH.map(|shape| tick(shape.each)).to_vec(),
        lines: reassign(results, &BY_ROW_LENGTH, |shape| shape.each),
    };
    by_row_length.draw(&directory.join("reassign-by-row-length.svg"))?;
    let measured = |shape: &&Shape| {
        results
            .get(**shape, Workload::Reassign, "backref")
            .is_some()
    };
    let shapes: Vec<Shape> = BY_GRAPH_SIZE.iter().filter(measured).copied().collect();
    let shapes = if shapes.is_empty() {
        BY_GRAPH_SIZE[..3].to_vec()
    } else {
        shapes
    };
    let by_graph_size = Lines {
        title: "Moving a random child to a random other parent, 10 children each",
        below: "links in the graph",
        ticks: shapes.iter().map(|shape| tick(shape.links())).collect(),
        lines: reassign(results, &shapes, Shape::links),
    };
    by_graph_size.draw(&directory.join("reassign-by-graph-size.svg"))?;
    reads(results, directory)?;
    let mut shapes = [&BY_ROW_LENGTH[..], &BY_GRAPH_SIZE[..]].concat();
    shapes.sort_unstable();
    shapes.dedup();
    fs::write(directory.join("charts.csv"), csv::csv(results, &shapes))?;
    Ok(())
}

/// A place on an axis, and what stands under it.
fn tick(number: u32) -> (f64, String) {
    let label = match number {
        1_000_000.. => format!("{}M", number / 1_000_000),
        10_000.. => format!("{}k", number / 1_000),
        1_000.. => format!("{},000", number / 1_000),
        _ => number.to_string(),
    };
    (f64::from(number), label)
}

fn reassign(results: &Results, shapes: &[Shape], place: impl Fn(Shape) -> u32) -> Vec<Line> {
    let line = |name| {
        let point = |&shape: &Shape| {
            let cell = results.get(shape, Workload::Reassign, name)?;
            Some((f64::from(place(shape)), cell.min()))
        };
        let points: Vec<_> = shapes.iter().filter_map(point).collect();
        (!points.is_empty()).then_some(Line { name, points })
    };
    names::all().into_iter().filter_map(line).collect()
}

/// Going through rows, and from a child to its parent.
fn reads(results: &Results, directory: &Path) -> Result<(), Box<dyn Error>> {
    const KINDS: [Workload; 3] = [
        Workload::IterateFresh,
        Workload::IterateChurned,
        Workload::ToOne,
    ];
    let names: Vec<&str> = names::all();
    let panel = |(shape, title): (Shape, &str)| {
        let row = |name| {
            let cell = |&kind| results.get(shape, kind, name).map(Cell::min);
            let values: Vec<Option<f64>> = KINDS.iter().map(cell).collect();
            let any = values.iter().any(Option::is_some);
            any.then_some(Dots { name, values })
        };
        let rows: Vec<Dots> = names.iter().copied().filter_map(row).collect();
        let title = title.to_owned();
        (!rows.is_empty()).then_some(Panel { title, rows })
    };
    let panels: Vec<Panel> = [
        (Shape::new(1_000, 100), "1,000 parents x 100"),
        (Shape::new(100_000, 10), "100,000 parents x 10"),
    ]
    .into_iter()
    .filter_map(panel)
    .collect();
    let kinds = [
        "a member of a fresh row, with its payload",
        "of a row after many writes",
        "a child's parent, with its payload",
    ];
    dots(
        &directory.join("reads.svg"),
        "Reading rows, and from a child to its parent",
        &kinds,
        &panels,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Order;

    /// Made-up times, different for each contender.
    fn results() -> Results {
        let mut results = Results::default();
        let shapes = [&BY_ROW_LENGTH[..], &BY_GRAPH_SIZE[..3]].concat();
        for shape in shapes {
            for (at, name) in (1..).zip(names::all()) {
                let links = f64::from(shape.links()).log10();
                let row = if at % 3 == 0 {
                    f64::from(shape.each)
                } else {
                    10.0
                };
                let nanoseconds = f64::from(at * at) * links.powi(3) * row / 1e3;
                for workload in [Workload::Reassign, Workload::IterateFresh, Workload::ToOne] {
                    results.add((shape, workload, name), Some(Order::No), nanoseconds);
                }
            }
        }
        results
    }

    #[test]
    fn every_chart_names_every_contender_on_white_paper() {
        let directory = std::env::temp_dir().join("backref-compare-charts");
        fs::create_dir_all(&directory).unwrap();
        write(&results(), &directory).unwrap();
        for chart in ["reassign-by-row-length", "reassign-by-graph-size", "reads"] {
            let svg = fs::read_to_string(directory.join(format!("{chart}.svg"))).unwrap();
            let background = svg.lines().find(|line| line.starts_with("<rect"));
            assert!(background.unwrap().contains("#FFFFFF"), "{chart}");
            for name in names::all() {
                assert!(svg.contains(&format!("\n{name}\n")), "{chart}: {name}");
            }
        }
        let csv = fs::read_to_string(directory.join("charts.csv")).unwrap();
        assert!(csv.starts_with(csv::HEADER));
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn shapes_that_are_measured_anyhow_are_not_measured_again() {
        let besides = shapes_besides(&crate::shape::SHAPES);
        assert_eq!(
            besides,
            [
                Shape::new(100, 1_000),
                Shape::new(1_000, 10),
                Shape::new(10_000, 10)
            ]
        );
        assert_eq!(shapes_besides(&[]).len(), 6);
    }
}
