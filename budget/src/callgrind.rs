//! Counting what an operation executes, by running this program in valgrind.

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, io, thread};

/// How often an operation is repeated before it is counted, and then while it is.
pub(crate) const REPETITIONS: usize = 10_000;

/// What to simulate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Simulated {
    Instructions,
    /// And caches, of a size that does not depend on the machine, and branch
    /// prediction.
    Everything,
}

/// What one operation takes, on the average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) instructions: f64,
    /// Lines that the first cache of data did not have.
    pub(crate) missed_lines: f64,
    pub(crate) mispredicted: f64,
}

/// Events by name, of a whole run.
struct Events(Vec<(String, u64)>);

/// Counts all of these, in graphs of so many links; as many at a time as there
/// are processors.
pub(crate) fn count_all(
    names: &[&str],
    links: usize,
    simulated: Simulated,
) -> io::Result<Vec<Counts>> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![Counts::default(); names.len()]);
    let work = || -> io::Result<()> {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            let counts = count(name, links, simulated)?;
            let at = names.iter().position(|other| other == name);
            if let (Some(at), Ok(mut found)) = (at, found.lock()) {
                found[at] = counts;
            }
        }
        Ok(())
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let all: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        all.into_iter().try_for_each(|worker| {
            let done = worker.join();
            done.unwrap_or_else(|_| Err(io::Error::other("a worker panicked")))
        })
    })?;
    found.into_inner().map_err(io::Error::other)
}

/// One run, of which only the repetitions themselves are counted.
fn count(name: &str, links: usize, simulated: Simulated) -> io::Result<Counts> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(format!("--toggle-collect=*{COUNTED}*"));
    if simulated == Simulated::Everything {
        valgrind.args(["--cache-sim=yes", "--branch-sim=yes"]);
        valgrind.args(["--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64"]);
    }
    // The environment lies on the stack, and what it takes there shifts the rest.
    valgrind.env_clear();
    valgrind.envs(env::var_os("PATH").map(|path| ("PATH", path)));
    valgrind.arg(env::current_exe()?);
    valgrind.args(["run", name, &links.to_string()]);
    let output = valgrind.stdin(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let events = Events::read(&told).filter(|_| output.status.success());
    // None at all would be: the function was not found.
    let events = events.filter(|events| events.sum(&["Ir"]) > 0);
    let events = events.ok_or_else(|| io::Error::other(format!("valgrind on {name}: {told}")))?;
    let each = |names| events.sum(names) as f64 / REPETITIONS as f64;
    Ok(Counts {
        instructions: each(&["Ir"]),
        missed_lines: each(&["D1mr", "D1mw"]),
        mispredicted: each(&["Bcm", "Bim"]),
    })
}

/// Repeats an operation, first to come into the state that is usual, and then to
/// be counted.
pub(crate) fn repeat(work: &mut dyn FnMut(usize)) {
    work(REPETITIONS);
    counted_by_callgrind(work);
}

/// Found by its name.
const COUNTED: &str = "counted_by_callgrind";

#[inline(never)]
fn counted_by_callgrind(work: &mut dyn FnMut(usize)) {
    work(black_box(REPETITIONS));
}

impl Events {
    /// Reads the two lines of the summary: the names of the events, and how many
    /// there were.
    fn read(told: &str) -> Option<Self> {
        let line = |head: &str| {
            let mut lines = told.lines().filter_map(|line| line.split_once(head));
            lines
                .next()
                .map(|(_, rest)| rest.trim_start_matches([' ', ':']))
        };
        let names = line("Events    ")?.split_whitespace();
        let counts = line("Collected ")?.split_whitespace();
        let all = names.zip(counts);
        let all = all.map(|(name, count)| Some((name.to_owned(), count.parse().ok()?)));
        all.collect::<Option<Vec<_>>>().map(Self)
    }

    /// How many of these events there were; none of one that was not simulated.
    fn sum(&self, names: &[&str]) -> u64 {
        let these = |(name, _): &&(String, u64)| names.contains(&name.as_str());
        self.0.iter().filter(these).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    #[test]
    fn the_summary_of_a_run_is_read() {
        let told = "==7== Callgrind, a call-graph generating cache profiler\n\
                    ==7== \n\
                    ==7== Events    : Ir Dr D1mr Bcm\n\
                    ==7== Collected : 1200 340 5 67\n\
                    ==7== \n";
        let events = Events::read(told).expect("it has a summary");
        assert_eq!(
            [events.sum(&["Ir"]), events.sum(&["D1mr", "Bcm"])],
            [1200, 72]
        );
        assert_eq!(events.sum(&["Bim"]), 0);
    }

    #[test]
    fn a_run_without_a_summary_is_none() {
        assert!(Events::read("valgrind: no such file\n").is_none());
        assert!(Events::read("==7== Events    : Ir\n==7== Collected : many\n").is_none());
    }
}
