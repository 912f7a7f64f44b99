//! Mistakes of a user, and what the compiler says of each.
//!
//! `TRYBUILD=overwrite cargo test --test compile_fail` writes the messages
//! anew; read each before you commit it.

/// The compiler whose words are written down. Another says it otherwise.
const RUSTC: &str = "rustc 1.95.";

#[test]
fn each_mistake_is_told_with_what_to_write() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = std::process::Command::new(rustc).arg("--version").output();
    let version = version.expect("cargo runs rustc, and so can we").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(RUSTC) {
        println!("SKIPPED: the messages are those of {RUSTC}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
