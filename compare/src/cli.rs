//! What is asked on the command line.

use std::fmt::Write as _;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::names;
use crate::shape::{SHAPES, Shape};

/// What to measure, and where to put it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) shapes: Vec<Shape>,
    /// All, if nobody is named.
    pub(crate) only: Vec<String>,
    pub(crate) quick: bool,
    pub(crate) csv: Option<PathBuf>,
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Help,
    Measure(Options),
}

/// What is said of how to ask.
pub(crate) fn help() -> String {
    let mut help = String::from(
        "Measures backref beside what one would use instead, and prints Markdown tables.

cargo run --release --manifest-path compare/Cargo.toml -- [OPTIONS]

  --shape PxC,…    P parents with C children each
  --only NAME,…    contenders
  --quick          fewer rounds and operations: five minutes on two quiet cores
  --csv FILE       all numbers, with medians
  --svg DIR        charts, and charts.csv with their numbers; measures some more shapes for them
  --help           this text

",
    );
    let known = SHAPES.map(|shape| shape.to_string()).join(", ");
    writeln!(
        help,
        "Shapes, if none is named: {known}; with --quick, all but the last."
    )
    .expect("a string takes all");
    writeln!(help, "Contenders: {}.", names::all().join(", ")).expect("a string takes all");
    help
}

/// Reads the arguments; the error says what would be right.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = impl Into<std::ffi::OsString>>,
) -> Result<Asked, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut shapes, mut only) = (Vec::new(), Vec::new());
    let (mut quick, mut csv, mut svg) = (false, None, None);
    while let Some(argument) = parser.next().map_err(|error| said(&error))? {
        match argument {
            Long("shape") => list(&mut parser, &mut shapes, str::parse)?,
            Long("only") => list(&mut parser, &mut only, contender)?,
            Long("quick") => quick = true,
            Long("csv") => csv = Some(path(&mut parser)?),
            Long("svg") => svg = Some(path(&mut parser)?),
            Long("help") | Short('h') => return Ok(Asked::Help),
            other @ (Long(_) | Short(_) | Value(_)) => return Err(said(&other.unexpected())),
        }
    }
    if shapes.is_empty() {
        let count = if quick {
            SHAPES.len() - 1
        } else {
            SHAPES.len()
        };
        shapes.extend_from_slice(&SHAPES[..count]);
    }
    Ok(Asked::Measure(Options {
        shapes,
        only,
        quick,
        csv,
        svg,
    }))
}

fn said(error: &lexopt::Error) -> String {
    format!("{error}; `--help` tells what there is")
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    parser
        .value()
        .map(PathBuf::from)
        .map_err(|error| said(&error))
}

/// The items of a list with commas, each once.
fn list<T: PartialEq>(
    parser: &mut lexopt::Parser,
    items: &mut Vec<T>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<(), String> {
    let text = parser
        .value()
        .and_then(ValueExt::string)
        .map_err(|error| said(&error))?;
    for item in text.split(',') {
        let item = read(item.trim())?;
        if !items.contains(&item) {
            items.push(item);
        }
    }
    Ok(())
}

fn contender(name: &str) -> Result<String, String> {
    if let Some(reason) = names::absent(name) {
        return Err(format!("`{name}` is not here: {reason}"));
    }
    let names = names::all();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let known = names.join(", ");
    Err(format!("`{name}` is no contender; there are {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Result<Options, String> {
        match parse(arguments)? {
            Asked::Help => Err("help".to_owned()),
            Asked::Measure(options) => Ok(options),
        }
    }

    #[test]
    fn nothing_asked_is_all_shapes_and_contenders() {
        let all = options(&[]).unwrap();
        assert_eq!(all.shapes, SHAPES);
        assert!(all.only.is_empty() && !all.quick && all.csv.is_none());
        assert_eq!(options(&["--quick"]).unwrap().shapes, SHAPES[..3]);
    }

    #[test]
    fn lists_have_commas_and_come_together() {
        let arguments = [
            "--shape",
            "1000x100,100x7",
            "--shape=100x7",
            "--only",
            "backref, flecs",
        ];
        let some = options(&arguments).unwrap();
        assert_eq!(some.shapes, [Shape::new(1_000, 100), Shape::new(100, 7)]);
        assert_eq!(some.only, ["backref", "flecs"]);
    }

    #[test]
    fn files_are_taken_as_they_are() {
        let some = options(&["--csv", "a b.csv", "--svg=charts"]).unwrap();
        assert_eq!(some.csv, Some(PathBuf::from("a b.csv")));
        assert_eq!(some.svg, Some(PathBuf::from("charts")));
    }

    #[test]
    fn a_wrong_argument_is_told_what_would_be_right() {
        let error = options(&["--only", "bevvy"]).unwrap_err();
        assert!(
            error.contains("bevvy") && error.contains("bevy-vec"),
            "{error}"
        );
        let error = options(&["--shape", "big"]).unwrap_err();
        assert!(error.contains("1000x100"), "{error}");
        let error = options(&["--fast"]).unwrap_err();
        assert!(
            error.contains("--fast") && error.contains("--help"),
            "{error}"
        );
        assert!(options(&["--csv"]).unwrap_err().contains("--csv"));
        assert!(options(&["stray"]).unwrap_err().contains("stray"));
        let error = options(&["--only", "moogle"]).unwrap_err();
        assert!(error.contains("stable"), "{error}");
    }

    #[test]
    fn help_names_everybody() {
        assert_eq!(parse(["-h"]), Ok(Asked::Help));
        let help = help();
        assert!(names::all().iter().all(|name| help.contains(name)));
    }
}
