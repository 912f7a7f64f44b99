//! What each operation takes in instructions, held to what is recorded, and what
//! each option costs.
//!
//! `cargo run --release -p backref-budget -- COMMAND`, where that is
//! - `check`: fails if an operation takes more than is recorded in
//!   `recorded.txt`, by more than a tenth;
//! - `record`: writes `recorded.txt`;
//! - `report`: instructions, cache lines and mispredicted branches of each
//!   operation, as a table in Markdown;
//! - `options`: the price of each option, as a table in Markdown; with `--counts`
//!   without the times;
//! - `run NAME LINKS`: one operation, in a graph of so many links, for valgrind to
//!   look at.
//!
//! All but the last need valgrind. A graph and its list of operations are made
//! beforehand and are not counted; nothing is drawn that is not drawn from a
//! fixed seed, so that the same program counts the same again.

mod callgrind;
mod contender;
#[expect(dead_code, reason = "not all that is generated is called")]
mod family;
mod operations;
mod options;
mod recorded;
mod workload;

use std::error::Error;
use std::io::Write;
use std::process::{Command, ExitCode};
use std::{env, fs, io, process};

use crate::callgrind::{Simulated, count_all};
use crate::operations::{LINKS, Operation};
use crate::recorded::{Recorded, Verdict};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/recorded.txt");

/// Links of a graph of which next to nothing is in the first cache.
const MANY_LINKS: usize = 40_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["check"] => check(),
        ["record"] => record(),
        ["report"] => report(),
        ["options"] => options(true),
        ["options", "--counts"] => options(false),
        ["run", name, links] => run(name, links),
        _ => Err("say check, record, report, options or run; main.rs tells what they are".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If nobody hears it there is nobody to tell.
            let _told = writeln!(io::stderr(), "budget: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Done {
    let text = fs::read_to_string(RECORDED)?;
    let recorded = Recorded::read(&text).map_err(|wrong| format!("{RECORDED}: {wrong}"))?;
    let here = toolchain()?;
    if recorded.toolchain != here {
        return say(&format!(
            "SKIPPED the instruction budget: recorded with {}, and this is {here}\n",
            recorded.toolchain
        ));
    }
    let compared = recorded.compare(&found()?);
    say(&compared.to_string())?;
    let less = compared.names(|verdict| verdict == Verdict::Under);
    if !less.is_empty() {
        let less = less.join(", ");
        say(&format!(
            "less than recorded, bring the record down: {less}\n"
        ))?;
    }
    let failed = compared.names(Verdict::is_failure);
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join(", ");
    let told = "not within what is recorded; find the cause, or, if it is worth its price, \
                record what it takes now by `BUDGET=record cargo test --test budget`";
    Err(format!("{failed}: {told}").into())
}

fn record() -> Done {
    let recorded = Recorded {
        toolchain: toolchain()?,
        operations: found()?,
    };
    let old = fs::read_to_string(RECORDED).unwrap_or_default();
    if let Ok(old) = Recorded::read(&old) {
        say(&old.compare(&recorded.operations).to_string())?;
    }
    fs::write(RECORDED, recorded.to_string())?;
    say(&format!("written to {RECORDED}\n"))
}

/// The instructions of each operation, by name.
fn found() -> Done<Vec<(String, f64)>> {
    let all = operations::all();
    let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
    let counts = count_all(&names, LINKS, Simulated::Instructions)?;
    let names = all.iter().map(|it| it.name.clone());
    Ok(names.zip(counts.iter().map(|it| it.instructions)).collect())
}

fn report() -> Done {
    let all = operations::all();
    let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
    let counts = count_all(&names, MANY_LINKS, Simulated::Everything)?;
    say(
        "| operation | instructions | lines missed | branches mispredicted |\n|---|---|---|---|\n",
    )?;
    for (name, it) in names.iter().zip(counts) {
        let (instructions, missed, wrong) = (it.instructions, it.missed_lines, it.mispredicted);
        say(&format!(
            "| {name} | {instructions:.1} | {missed:.2} | {wrong:.2} |\n"
        ))?;
    }
    Ok(())
}

fn options(with_times: bool) -> Done {
    say(&options::table(with_times)?)
}

fn run(name: &str, links: &str) -> Done {
    let all = operations::all();
    let operation = all.iter().find(|it| it.name == name);
    let operation: &Operation = operation.ok_or_else(|| format!("no operation {name:?}"))?;
    callgrind::repeat(&mut *operation.prepare(links.parse()?));
    // The graph is not taken down: nobody waits for it.
    process::exit(0)
}

/// The release of the compiler, and the target.
fn toolchain() -> Done<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("-vV").output()?;
    let told = String::from_utf8(told.stdout)?;
    let line = |head: &str| told.lines().find_map(|line| line.strip_prefix(head));
    let parts = line("release: ").zip(line("host: "));
    let (release, host) = parts.ok_or("rustc does not tell its release")?;
    Ok(format!("rustc {release}, {host}"))
}

fn say(text: &str) -> Done {
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
