//! Debian's package index as a graph: who needs whom, and who maintains what.
//!
//! ```text
//! cargo run --release --example debian -- [FILE] [--rdepends NAME]... [--cycles] [--drop NAME]
//! ```
//!
//! Reads a `Packages` file, by default the excerpt in `examples/data`, and
//! prints counts, the packages most needed and the busiest maintainers.
//! `--rdepends` lists who needs a package, `--cycles` the packages that need
//! each other in a circle. `--drop` says what would be lost without a package:
//! it deletes it with all that need it, alternatives counted as needs, in a
//! transaction that it takes back. At the end stand the seconds it took to parse
//! the text and to link the graph, and the size of the text in bytes.
//!
//! The parts: `control` parses, `archive` declares the model and fills the
//! graph, `report` reads it, `cycles` has `petgraph` read it, `dropping` tries
//! what is taken back.

mod archive;
mod control;
mod cycles;
mod dropping;
mod options;
mod report;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use crate::archive::Archive;
use crate::options::Options;

const EXCERPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/Packages");

/// Nothing is printed before all has gone well.
fn main() -> ExitCode {
    let printed = Options::parse(env::args_os().skip(1))
        .map_err(Box::from)
        .and_then(|options| run(&options))
        .and_then(|out| Ok(io::stdout().write_all(out.as_bytes())?));
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<String, Box<dyn Error>> {
    let file = options.file.as_deref().unwrap_or(Path::new(EXCERPT));
    let input = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    say(&format!("read {}", file.display()));

    let start = Instant::now();
    let stanzas = control::stanzas(&input)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|malformed| format!("{}:{malformed}", file.display()))?;
    let parsing = start.elapsed();
    say(&format!("parsed {} stanzas", stanzas.len()));

    let start = Instant::now();
    let mut archive = Archive::of(stanzas)?;
    let linking = start.elapsed();
    say("linked them");

    let mut out = String::new();
    report::counts(&archive, &mut out)?;
    report::rankings(&archive, &mut out)?;
    for name in &options.rdepends {
        report::required_by(&archive, name, &mut out)?;
    }
    if options.cycles {
        cycles::all(&archive, &mut out)?;
    }
    if let Some(name) = &options.drop {
        dropping::package(&mut archive, name, &mut out)?;
    }
    writeln!(out, "time parse {:.3}", parsing.as_secs_f64())?;
    writeln!(out, "time link {:.3}", linking.as_secs_f64())?;
    writeln!(out, "bytes {}", input.len())?;
    Ok(out)
}

/// Progress and complaints go to standard error; that nobody reads them is no
/// reason to stop.
fn say(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}
