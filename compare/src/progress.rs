//! One line for each step, where the tables do not go.

use std::fmt::Arguments;
use std::io::Write as _;
use std::time::Instant;

/// When the program began, as far as it tells.
static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// Says what is done now, and how long the program has run.
pub(crate) fn tell(what: Arguments<'_>) {
    let seconds = START.elapsed().as_secs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    say(format_args!("[{minutes:>3}:{seconds:02}] {what}"));
}

/// Says something as it is.
pub(crate) fn say(what: Arguments<'_>) {
    // It cannot be told, if this fails.
    drop(writeln!(std::io::stderr(), "{what}"));
}
