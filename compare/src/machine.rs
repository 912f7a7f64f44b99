//! What the numbers were measured on and with.

use std::fs;
use std::thread::available_parallelism;

use crate::memory;

/// The crates whose versions matter, as Cargo.lock has them.
const CRATES: [&str; 9] = [
    "backref",
    "bevy_ecs",
    "flecs_ecs",
    "foldhash",
    "hashbrown",
    "indextree",
    "petgraph",
    "rusqlite",
    "slotmap",
];

/// The processor, its cores and the memory.
pub(crate) fn hardware() -> String {
    let processor = field("/proc/cpuinfo", "model name");
    let processor = processor.unwrap_or_else(|| "an unknown processor".to_owned());
    let cores = available_parallelism().map_or(0, usize::from);
    let memory = field("/proc/meminfo", "MemTotal");
    let memory = memory.and_then(|memory| memory.strip_suffix(" kB")?.parse::<u64>().ok());
    let memory = memory.map_or_else(
        || "unknown memory".to_owned(),
        |kilobytes| format!("{:.1} GiB", kilobytes as f64 / 1_048_576.0),
    );
    format!("{processor}, {cores} cores, {memory}")
}

/// The compiler and the crates.
pub(crate) fn software() -> String {
    let lock = include_str!("../Cargo.lock");
    let mut versions = vec![env!("COMPARE_RUSTC").to_owned()];
    versions.extend(CRATES.iter().filter_map(|name| {
        let version = version(lock, name)?;
        Some(format!("{name} {version}"))
    }));
    versions.push(format!("SQLite {}", rusqlite::version()));
    if !memory::HAS_C_HEAP {
        versions.push("no count of the C heap".to_owned());
    }
    versions.join(", ")
}

/// The newest of that name, if there are several.
fn version<'l>(lock: &'l str, name: &str) -> Option<&'l str> {
    let head = format!("name = \"{name}\"");
    let packages = lock.split("[[package]]");
    let of_that_name = packages.filter(|package| package.lines().any(|line| line == head));
    let line = |package: &'l str| {
        package
            .lines()
            .find_map(|line| line.strip_prefix("version = "))
    };
    of_that_name
        .filter_map(line)
        .last()
        .map(|version| version.trim_matches('"'))
}

/// The first line of that name in a file of names and values.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let (_, value) = line.split_once(':')?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_has_a_version() {
        let software = software();
        for name in CRATES {
            assert!(software.contains(&format!("{name} ")), "{software}");
        }
        assert!(software.contains("rustc"), "{software}");
    }
}
