//! A graph of many links, stage by stage: what each takes in time and memory.
//!
//! `cargo run --release --example scale -- [--links 100M] [--degree 10]
//! [--moves 2M] [--growth FILE.csv]`
//!
//! One-to-many, without keys: parents with ten children each, loaded in bulk.
//! The table says for each stage how long it took by the clock, how long one
//! operation of it had a processor, how much memory the process has then (where
//! the system tells), and how much of that are links. With `--growth` the stages
//! are run for 10,000 links, ten times as many and so on up to `--links`, and the
//! times written as `links,operation,ns`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example speaks to whoever reads and runs it"
)]

mod options;
mod report;
mod stages;

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::options::Options;
use crate::report::Report;

/// Where `--growth` begins.
const SMALLEST: usize = 10_000;

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let Some(file) = &options.growth else {
        let report = measure(options, options.links)?;
        println!("{report}");
        return Ok(());
    };
    let mut growth = String::from("links,operation,ns\n");
    let sizes = std::iter::successors(Some(SMALLEST), |links| links.checked_mul(10));
    for links in sizes.take_while(|&links| links <= options.links) {
        let report = measure(options, links)?;
        println!("{links} links\n{report}");
        for stage in report.stages() {
            let (name, ns) = (stage.name, stage.nanoseconds());
            writeln!(growth, "{links},{name},{ns:.1}").map_err(|error| error.to_string())?;
        }
    }
    std::fs::write(file, growth).map_err(|error| format!("{}: {error}", file.display()))
}

fn measure(options: &Options, links: usize) -> Result<Report, String> {
    let moves = options.moves.min(links * 4);
    stages::run(links, options.degree, moves).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_of_a_small_graph_is_run_and_holds() {
        let options = Options {
            links: 20_000,
            ..Options::default()
        };
        let report = measure(&options, options.links).expect("the graph is sound");
        assert!(report.stages().len() > 8);
        assert!(report.stages().iter().all(|stage| stage.operations > 0));
        assert!(report.to_string().contains("verify"));
    }
}
