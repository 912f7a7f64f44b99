//! Packages that depend on each other in a circle.

use std::cmp::Reverse;
use std::fmt::{Result, Write};

use petgraph::algo::tarjan_scc;

use crate::archive::Archive;

/// The strongly connected components of more than one package, the largest
/// first, then by the bytes of the first name.
///
/// `petgraph` finds them: it reads the dependencies in place.
pub(crate) fn all(archive: &Archive, out: &mut String) -> Result {
    let Archive { graph, model } = archive;
    let name = |id| {
        graph
            .get(model.package, id)
            .map_or("", |package| &package.name)
    };
    let components = tarjan_scc(&graph.view(model.package_depends)).into_iter();
    let cycles = components.filter(|component| component.len() > 1);
    let mut cycles: Vec<Vec<&str>> = cycles
        .map(|component| {
            let mut names: Vec<&str> = component.into_iter().map(name).collect();
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
