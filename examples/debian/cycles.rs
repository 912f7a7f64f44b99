//! Packages that depend on each other in a circle.

use std::cmp::Reverse;
use std::fmt::{Result, Write};

use backref::Id;
use petgraph::algo::tarjan_scc;

use crate::archive::{Archive, Package};

/// The strongly connected components of more than one package, the largest
/// first, then by the bytes of the first name.
///
/// `petgraph` finds them: it reads the dependencies in place.
pub(crate) fn all(archive: &Archive, out: &mut String) -> Result {
    let name = |id: Id<Package>| archive[id].name.as_str();
    let components = tarjan_scc(&archive.graph().view(Package::DEPENDS)).into_iter();
    let cycles = components.filter(|component| component.len() > 1);
    let mut cycles: Vec<Vec<&str>> = cycles
        .map(|component| {
            let mut names: Vec<_> = component.into_iter().map(name).collect();
            names.sort_unstable();
            names
        })
        .collect();
    cycles.sort_unstable_by_key(|names| (Reverse(names.len()), names[0]));

    for (number, names) in (1..).zip(cycles) {
        writeln!(out, "cycle {number}:")?;
        for name in names {
            writeln!(out, "  {name}")?;
        }
    }
    Ok(())
}
