//! Replays conformance traces: edits that were made to the objects of another
//! system, and the states that those were in.
//!
//! ```text
//! cargo run --release --example replay -- FILE...
//! ```
//!
//! Each trace gets a line. The first difference ends the program with exit
//! code 1, a trace that cannot be followed with 2.
//!
//! The parts: `trace` is the format, `replay` makes the edits, `state` compares.

mod replay;
mod state;
mod trace;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::replay::{Totals, Why};

const DIFFERENCE: u8 = 1;
const ERROR: u8 = 2;

fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.is_empty() {
        complain("usage: replay FILE...");
        return ExitCode::from(ERROR);
    }
    match files.iter().try_for_each(|file| run(file.as_ref())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => ExitCode::from(code),
    }
}

/// Replays a file and says how it went; the exit code where it went wrong.
fn run(file: &Path) -> Result<(), u8> {
    let name = file.display();
    let input = fs::read(file).map_err(|error| {
        complain(&format!("{name}: {error}"));
        ERROR
    })?;
    match replay::replay(&input) {
        Ok(Totals { edits, states }) => print(&format!(
            "{name}: {edits} edits, {states} states, 0 differences"
        )),
        Err(stop) => match stop.why {
            Why::Error(_) => {
                complain(&format!("{name}:{stop}"));
                Err(ERROR)
            }
            Why::Difference(_) | Why::Broken(_) => {
                print(&format!("{name}:{stop}"))?;
                Err(DIFFERENCE)
            }
        },
    }
}

fn print(line: &str) -> Result<(), u8> {
    writeln!(io::stdout(), "{line}").map_err(|_| ERROR)
}

/// That nobody reads a complaint is no reason to stop.
fn complain(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}
