//! What was measured, as a table, and a bar while it is.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How many operations go by before the bar moves.
const STRIDE: u64 = 1 << 16;

/// One stage, as it came out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) operations: usize,
    /// By the clock on the wall.
    time: Duration,
    /// That it had a processor for, where the system tells.
    worked: Option<Duration>,
    /// Memory of the process at the end of it, where the system tells.
    resident: Option<u64>,
    links: usize,
}

impl Stage {
    /// For one operation; of the time that it had a processor for, so that what
    /// else the machine does is left out.
    pub(crate) fn nanoseconds(&self) -> f64 {
        let time = self.worked.unwrap_or(self.time);
        time.as_secs_f64() * 1e9 / self.operations as f64
    }
}

/// All stages.
#[derive(Debug, Default)]
pub(crate) struct Report {
    stages: Vec<Stage>,
}

/// The bar of a stage that is under way, on the standard error.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    done: u64,
}

impl Bar {
    /// One operation more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(STRIDE) {
            self.bar.set_position(self.done);
        }
    }
}

impl Report {
    pub(crate) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Runs a stage of so many operations on the graph and notes what it took;
    /// `link_bytes` tells what the links take.
    pub(crate) fn stage<G, R, E>(
        &mut self,
        (name, operations): (&'static str, usize),
        (graph, link_bytes): (&mut G, fn(&G) -> usize),
        work: impl FnOnce(&mut G, &mut Bar) -> Result<R, E>,
    ) -> Result<R, E> {
        let style = ProgressStyle::with_template("{msg:>16} {wide_bar} {percent:>3} %");
        let bar = ProgressBar::new(operations as u64).with_message(name);
        let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
        let mut bar = Bar { bar, done: 0 };
        let (before, start) = (processor_time(), Instant::now());
        let result = work(graph, &mut bar);
        let (time, after) = (start.elapsed(), processor_time());
        let worked = before.zip(after);
        bar.bar.finish_and_clear();
        self.stages.push(Stage {
            name,
            operations,
            time,
            worked: worked.map(|(before, after)| after.saturating_sub(before)),
            resident: memory("VmRSS:"),
            links: link_bytes(graph),
        });
        result
    }
}

/// For how long this thread had a processor. The system adds it up when the
/// thread gives the processor away.
fn processor_time() -> Option<Duration> {
    std::thread::sleep(Duration::from_millis(1));
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = times.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// A line of what the system says of the process, in bytes.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|it| it.strip_prefix(line))?;
    let kilobytes: u64 = value.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "?".to_owned(), |bytes| (bytes >> 20).to_string())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| {:<16} | {:>11} | {:>8} | {:>9} | {:>12} | {:>9} |",
            "stage", "operations", "seconds", "ns each", "resident MiB", "links MiB"
        )?;
        writeln!(
            f,
            "|{:-<18}|{:->12}:|{:->9}:|{:->10}:|{:->13}:|{:->10}:|",
            "", "", "", "", "", ""
        )?;
        for stage in &self.stages {
            writeln!(
                f,
                "| {:<16} | {:>11} | {:>8.2} | {:>9.1} | {:>12} | {:>9} |",
                stage.name,
                stage.operations,
                stage.time.as_secs_f64(),
                stage.nanoseconds(),
                mebibytes(stage.resident),
                stage.links >> 20,
            )?;
        }
        write!(f, "peak: {} MiB", mebibytes(memory("VmHWM:")))
    }
}
