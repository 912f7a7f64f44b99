//! The instruction budget: no core operation takes more instructions than are
//! recorded in `budget/recorded.txt`, by more than a tenth.
//!
//! Instructions are counted, and not time, so the answer is the same on a busy
//! machine. The program that is counted is `budget/`, built as a release is;
//! `BUDGET=record` writes down what it finds, and `BUDGET=report` prints cache
//! lines and mispredicted branches as well. With the feature `internals` the
//! library counts steps, and its instructions are not those of a release.
#![cfg(not(feature = "internals"))]

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn no_operation_takes_more_instructions_than_are_recorded() {
    if let Some(why) = cannot_be_counted() {
        // Not by a macro: what those print of a test that passes is not shown.
        let told = writeln!(io::stderr(), "SKIPPED the instruction budget: {why}");
        return told.expect("somebody reads it");
    }
    let what = env::var("BUDGET").unwrap_or_else(|_| "check".to_owned());
    let done = Command::new(build()).arg(&what).status();
    let done = done.expect("the program starts");
    assert!(done.success(), "budget {what}: see above");
}

/// Why there is nothing to compare with here, if so.
fn cannot_be_counted() -> Option<&'static str> {
    let recorded_for = cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    ));
    if !recorded_for {
        return Some("it is recorded for x86_64-unknown-linux-gnu");
    }
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--version").stdout(Stdio::null());
    let is_there = valgrind.status().is_ok_and(|version| version.success());
    (!is_there).then_some("valgrind is not installed")
}

/// Builds the program as a release is built, whatever flags the tests are built
/// with.
fn build() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("budget");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "backref-budget",
    ]);
    cargo.arg("--target-dir").arg(&folder);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(flags);
    }
    let built = cargo.status().expect("cargo starts");
    assert!(
        built.success(),
        "the program that is counted does not build"
    );
    folder.join("release/backref-budget")
}
