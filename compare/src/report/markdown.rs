//! Tables that are read as they are, or on a page.

use std::fmt::Write as _;

use crate::machine;
use crate::names;
use crate::results::{Cell, Results};
use crate::rounds::Effort;
use crate::shape::Shape;
use crate::workload::Workload;

/// Whose times the ratios are multiples of.
const OURS: &str = "backref";

/// Where and how it was measured.
pub(crate) fn head(command: &str, shapes: &[Shape], effort: Effort) -> String {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let rounds: Vec<String> = shapes
        .iter()
        .map(|&shape| format!("{} at {shape}", effort.rounds(shape)))
        .collect();
    format!(
        "# Comparison

{date}, {}.
{}.

`{command}`

Nanoseconds for an operation, or for a link or member where all of them are
gone through: thread CPU time, the minimum over rounds ({}).
Contenders take turns within a round. Differences under 10 % mean nothing; only
ratios within one run mean anything. README.md of compare/ says what each
workload is, and how each contender is driven.
",
        machine::hardware(),
        machine::software(),
        rounds.join(", "),
    )
}

/// The tables of a shape.
pub(crate) fn shape(results: &Results, shape: Shape) -> String {
    let links = grouped(u64::from(shape.links()));
    let mut text = format!("\n## {shape}: {links} links\n");
    for (title, workloads) in [
        ("One-to-many", &Workload::ONE_TO_MANY[..]),
        ("Many-to-many", &Workload::MANY_TO_MANY[..]),
        ("Nearer to life", &Workload::LIFE[..]),
    ] {
        let table = Table {
            results,
            shape,
            workloads,
        };
        table.write(title, &mut text);
    }
    text
}

/// The cells of some workloads.
struct Table<'r> {
    results: &'r Results,
    shape: Shape,
    workloads: &'r [Workload],
}

impl Table<'_> {
    fn write(&self, title: &str, text: &mut String) {
        let rows: Vec<&str> = names::all()
            .into_iter()
            .filter(|name| self.cells(name).any(|cell| cell.is_some()))
            .collect();
        if rows.is_empty() {
            return;
        }
        let put = |text: &mut String, rows: &[&str], of: &dyn Fn(&Self, &str) -> String| {
            self.head(text);
            for name in rows {
                text.push_str(&of(self, name));
            }
        };
        _ = write!(text, "\n### {title}\n\n");
        put(text, &rows, &|table, name| table.row(name, Cell::min));
        text.push_str("\n<details><summary>Medians over the rounds</summary>\n\n");
        put(text, &rows, &|table, name| table.row(name, Cell::median));
        text.push_str("\n</details>\n");
        if rows.contains(&OURS) && rows.len() > 1 {
            _ = write!(text, "\nAs multiples of `{OURS}`:\n\n");
            let others: Vec<&str> = rows.into_iter().filter(|&name| name != OURS).collect();
            put(text, &others, &Self::ratios);
        }
    }

    fn cells(&self, name: &str) -> impl Iterator<Item = Option<&Cell>> {
        let cell = |&workload| self.results.get(self.shape, workload, name);
        self.workloads.iter().map(cell)
    }

    fn head(&self, text: &mut String) {
        text.push_str("| contender | ordered |");
        for workload in self.workloads {
            _ = write!(text, " {workload} |");
        }
        text.push_str(" bytes/link |\n|---|---|");
        text.push_str(&"--:|".repeat(self.workloads.len() + 1));
        text.push('\n');
    }

    fn row(&self, name: &str, of: impl Fn(&Cell) -> f64) -> String {
        let times = self.cells(name).map(|cell| cell.map(&of));
        let bytes = self.results.bytes(self.shape, self.workloads[0], name);
        self.line(name, times.chain([bytes]), "")
    }

    fn ratios(&self, name: &str) -> String {
        let ratio =
            |(theirs, ours): (Option<&Cell>, Option<&Cell>)| Some(theirs?.min() / ours?.min());
        let times = self.cells(name).zip(self.cells(OURS)).map(ratio);
        let bytes = |name| self.results.bytes(self.shape, self.workloads[0], name);
        let bytes = bytes(name)
            .zip(bytes(OURS))
            .map(|(theirs, ours)| theirs / ours);
        self.line(name, times.chain([bytes]), "x")
    }

    fn line(&self, name: &str, values: impl Iterator<Item = Option<f64>>, unit: &str) -> String {
        let mut text = format!("| {name} | {} |", self.ordered(name));
        for value in values {
            let value = value.map_or_else(String::new, |value| format!("{}{unit}", short(value)));
            _ = write!(text, " {value} |");
        }
        text.push('\n');
        text
    }

    fn ordered(&self, name: &str) -> String {
        let order = self.cells(name).flatten().find_map(|cell| cell.ordered);
        order.map_or_else(String::new, |order| order.to_string())
    }
}

/// Three digits or more.
pub(crate) fn short(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    match value {
        0.0..9.995 => format!("{value:.2}"),
        0.0..99.95 => format!("{value:.1}"),
        _ => grouped(value.round() as u64),
    }
}

/// With a comma after every third digit.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Order;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0.00"),
            (1.234, "1.23"),
            (9.996, "10.0"),
            (56.78, "56.8"),
            (99.96, "100"),
            (1_234.4, "1,234"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn a_table_has_times_and_multiples_of_ours() {
        let small = Shape::new(1_000, 100);
        let mut results = Results::default();
        results.add((small, Workload::Reassign, OURS), Some(Order::Yes), 10.0);
        results.add((small, Workload::Reassign, "flecs"), Some(Order::No), 800.0);
        results.add((small, Workload::Reassign, "flecs"), Some(Order::No), 820.0);
        let text = shape(&results, small);
        assert!(text.contains("1000x100: 100,000 links"), "{text}");
        assert!(text.contains("| flecs | no |  |  | 800 |"), "{text}");
        assert!(text.contains("| flecs | no |  |  | 810 |"), "{text}");
        assert!(text.contains("| flecs | no |  |  | 80.0x |"), "{text}");
        assert!(!text.contains("Many-to-many"), "{text}");
    }
}
