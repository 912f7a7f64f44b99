//! What is recorded of each operation, and what is found beside it.

use std::fmt;

/// How much more, or less, than recorded is worth a word.
const TOLERATED: f64 = 0.10;

/// The instructions of each operation, as some toolchain had them.
#[derive(Debug, PartialEq)]
pub(crate) struct Recorded {
    /// The release of the compiler, and the target.
    pub(crate) toolchain: String,
    pub(crate) operations: Vec<(String, f64)>,
}

const TOOLCHAIN: &str = "# toolchain: ";

impl Recorded {
    /// Reads what [`Display`](fmt::Display) writes.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let toolchain = lines.find_map(|line| line.strip_prefix(TOOLCHAIN));
        let toolchain = toolchain.ok_or_else(|| format!("no line begins with {TOOLCHAIN:?}"))?;
        let operations = text.lines().filter(|line| !line.starts_with('#'));
        let operation = |line: &str| {
            let parts = line.split_once(' ');
            let parts =
                parts.and_then(|(name, count)| Some((name.to_owned(), count.parse().ok()?)));
            parts.ok_or_else(|| format!("not a name and a number: {line:?}"))
        };
        Ok(Self {
            toolchain: toolchain.to_owned(),
            operations: operations.map(operation).collect::<Result<_, _>>()?,
        })
    }

    /// Holds what is found against what is recorded.
    pub(crate) fn compare(&self, found: &[(String, f64)]) -> Comparison {
        let count = |list: &[(String, f64)], name: &str| {
            let entry = list.iter().find(|(other, _)| other == name);
            entry.map(|&(_, count)| count)
        };
        let mut names: Vec<&String> = self.operations.iter().map(|(name, _)| name).collect();
        names.extend(found.iter().map(|(name, _)| name));
        names.sort_unstable();
        names.dedup();
        let line = |name: &String| Line {
            name: name.clone(),
            recorded: count(&self.operations, name),
            found: count(found, name),
        };
        Comparison(names.into_iter().map(line).collect())
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Instructions of each operation, on the average.")?;
        writeln!(f, "# Written by: BUDGET=record cargo test --test budget")?;
        writeln!(f, "{TOOLCHAIN}{}", self.toolchain)?;
        let mut operations = self.operations.iter();
        operations.try_for_each(|(name, count)| writeln!(f, "{name} {count:.1}"))
    }
}

/// Each operation with what is recorded and what is found.
pub(crate) struct Comparison(Vec<Line>);

struct Line {
    name: String,
    recorded: Option<f64>,
    found: Option<f64>,
}

/// How an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    AsRecorded,
    /// More than is tolerated.
    Over,
    /// So much less that the record should be brought down.
    Under,
    NotRecorded,
    /// It is recorded, and there is none of that name.
    Gone,
}

impl Line {
    fn verdict(&self) -> Verdict {
        let (Some(recorded), Some(found)) = (self.recorded, self.found) else {
            return match self.found {
                Some(_) => Verdict::NotRecorded,
                None => Verdict::Gone,
            };
        };
        if found > recorded * (1.0 + TOLERATED) {
            Verdict::Over
        } else if found < recorded * (1.0 - TOLERATED) {
            Verdict::Under
        } else {
            Verdict::AsRecorded
        }
    }
}

impl Verdict {
    pub(crate) fn is_failure(self) -> bool {
        match self {
            Self::AsRecorded | Self::Under => false,
            Self::Over | Self::NotRecorded | Self::Gone => true,
        }
    }

    fn remark(self) -> &'static str {
        match self {
            Self::AsRecorded => "",
            Self::Over => "  MORE THAN RECORDED",
            Self::Under => "  less: bring the record down",
            Self::NotRecorded => "  NOT RECORDED",
            Self::Gone => "  NO SUCH OPERATION",
        }
    }
}

impl Comparison {
    /// The operations with which it is so.
    pub(crate) fn names(&self, is_so: impl Fn(Verdict) -> bool) -> Vec<&str> {
        let lines = self.0.iter().filter(|line| is_so(line.verdict()));
        lines.map(|line| line.name.as_str()).collect()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["operation", "recorded", "found", "ratio"];
        writeln!(
            f,
            "{:<28}{:>10}{:>10}{:>8}",
            head[0], head[1], head[2], head[3]
        )?;
        let shown = |count: Option<f64>| count.map_or("-".into(), |count| format!("{count:.1}"));
        for line in &self.0 {
            let (recorded, found) = (shown(line.recorded), shown(line.found));
            let ratio = line
                .found
                .zip(line.recorded)
                .map(|(found, recorded)| found / recorded);
            let ratio = ratio.map_or("-".into(), |ratio| format!("{ratio:.2}"));
            let remark = line.verdict().remark();
            writeln!(
                f,
                "{:<28}{recorded:>10}{found:>10}{ratio:>8}{remark}",
                line.name
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Recorded, Verdict};

    fn counts(all: &[(&str, f64)]) -> Vec<(String, f64)> {
        all.iter()
            .map(|&(name, count)| (name.to_owned(), count))
            .collect()
    }

    fn recorded(all: &[(&str, f64)]) -> Recorded {
        Recorded {
            toolchain: "rustc 1.0.0, somewhere".into(),
            operations: counts(all),
        }
    }

    fn verdict(recorded_as: f64, found: f64) -> Verdict {
        let compared = recorded(&[("set", recorded_as)]).compare(&counts(&[("set", found)]));
        compared.0[0].verdict()
    }

    #[test]
    fn more_than_a_tenth_over_the_record_fails() {
        assert_eq!(verdict(100.0, 110.0), Verdict::AsRecorded);
        assert_eq!(verdict(100.0, 110.1), Verdict::Over);
        assert_eq!(verdict(7.0, 7.8), Verdict::Over);
        assert!(Verdict::Over.is_failure());
    }

    #[test]
    fn more_than_a_tenth_under_it_is_told() {
        assert_eq!(verdict(100.0, 90.0), Verdict::AsRecorded);
        assert_eq!(verdict(100.0, 89.9), Verdict::Under);
        assert!(!Verdict::Under.is_failure());
    }

    #[test]
    fn operations_of_one_side_only_fail() {
        let compared = recorded(&[("get", 30.0), ("set", 100.0)])
            .compare(&counts(&[("put", 100.0), ("set", 90.1)]));
        assert_eq!(compared.names(|it| it == Verdict::Gone), ["get"]);
        assert_eq!(compared.names(|it| it == Verdict::NotRecorded), ["put"]);
        assert_eq!(compared.names(Verdict::is_failure), ["get", "put"]);
    }

    #[test]
    fn each_operation_is_shown_with_its_ratio() {
        let compared = recorded(&[("get", 40.0), ("set", 100.0)])
            .compare(&counts(&[("get", 40.0), ("set", 125.0)]));
        let shown = compared.to_string();
        let lines: Vec<Vec<&str>> = shown
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines[1], ["get", "40.0", "40.0", "1.00"]);
        assert_eq!(lines[2][..4], ["set", "100.0", "125.0", "1.25"]);
        assert_eq!(lines[2][4..].join(" "), "MORE THAN RECORDED");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let all = recorded(&[("get", 34.5), ("set", 250.0)]);
        assert_eq!(Recorded::read(&all.to_string()), Ok(all));
    }

    #[test]
    fn a_file_that_is_none_is_told() {
        assert!(Recorded::read("get 34.5\n").is_err());
        let wrong = Recorded::read("# toolchain: x\nget fast\n");
        assert_eq!(wrong, Err("not a name and a number: \"get fast\"".into()));
    }
}
