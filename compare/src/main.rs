//! Measures backref beside what one would use instead. README.md says how.

mod cli;
mod contender;
mod leave;
mod life;
mod machine;
mod many_to_many;
mod measure;
mod memory;
mod names;
mod one_to_many;
mod progress;
mod random;
mod report;
mod results;
mod rounds;
mod shape;
mod statements;
mod workload;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use cli::{Asked, Options};
use report::{charts, csv, markdown};
use results::Results;
use rounds::{Effort, Field};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match cli::parse(arguments) {
        Err(problem) => {
            progress::say(format_args!("{problem}"));
            ExitCode::from(2)
        }
        Ok(Asked::Help) => print(&cli::help()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
        Ok(Asked::Measure(options)) => match measure(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                progress::say(format_args!("{problem}"));
                ExitCode::FAILURE
            }
        },
    }
}

fn measure(options: &Options) -> Result<(), Box<dyn Error>> {
    // Before all the measuring, so that a wrong path shows at once.
    let mut results = Results::default();
    write_csv(options, &results)?;
    if let Some(directory) = &options.svg {
        fs::create_dir_all(directory).map_err(|error| at(directory, &error))?;
    }
    let effort = Effort::new(options.quick);
    progress::tell(format_args!("comparing every contender with a model"));
    let field = Field::verified(&options.only)?;
    print(&markdown::head(&command(), &options.shapes, effort))?;
    for &shape in &options.shapes {
        field.measure(shape, effort, &mut results)?;
        print(&markdown::shape(&results, shape))?;
        write_csv(options, &results)?;
    }
    if let Some(directory) = &options.svg {
        for shape in charts::shapes_besides(&options.shapes) {
            field.measure_one_to_many(shape, effort, &mut results)?;
        }
        charts::write(&results, directory).map_err(|error| at(directory, &*error))?;
    }
    progress::tell(format_args!("done"));
    Ok(())
}

/// All that is measured so far.
fn write_csv(options: &Options, results: &Results) -> Result<(), String> {
    let Some(file) = &options.csv else {
        return Ok(());
    };
    let text = csv::csv(results, &options.shapes);
    fs::write(file, text).map_err(|error| at(file, &error))
}

/// What went wrong with a file or directory.
fn at(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}

/// As it was called, but for the path of the program.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = "cargo run --release --manifest-path compare/Cargo.toml";
    if arguments.is_empty() {
        return command.to_owned();
    }
    format!("{command} -- {}", arguments.join(" "))
}

fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
