//! What is printed about an archive.

use std::cmp::Reverse;
use std::fmt::{Result, Write};

use backref::{AnyId, DeletePlan, EntityType, Id, ToMany};

use crate::archive::{Archive, Maintainer, Package};

/// How many there are of everything that a package with a stanza uses.
pub(crate) fn counts(archive: &Archive, out: &mut String) -> Result {
    let Archive { graph, model } = archive;
    let packages = in_use(archive)
        .filter(|(_, package)| package.has_stanza)
        .count();
    let placeholders = in_use(archive).count() - packages;
    let maintainers = linked(archive, model.maintainer, model.maintainer_packages);
    let sources = linked(archive, model.source, model.source_packages);
    let sections = linked(archive, model.section, model.section_packages);
    let tags = linked(archive, model.tag, model.tag_packages);
    let depends = graph
        .iter(model.package)
        .map(|(id, _)| graph.row(model.package_depends, id).len());
    let tagged = graph
        .iter(model.package)
        .map(|(id, _)| graph.row(model.package_tags, id).len());

    writeln!(out, "packages {packages}")?;
    writeln!(out, "placeholders {placeholders}")?;
    writeln!(out, "maintainers {maintainers}")?;
    writeln!(out, "sources {sources}")?;
    writeln!(out, "sections {sections}")?;
    writeln!(out, "tags {tags}")?;
    writeln!(out, "depends links {}", depends.sum::<usize>())?;
    writeln!(out, "tag links {}", tagged.sum::<usize>())
}

/// The ten packages that most others require, then the ten maintainers that
/// have most packages.
pub(crate) fn rankings(archive: &Archive, out: &mut String) -> Result {
    let Archive { graph, model } = archive;
    let required = in_use(archive).map(|(id, package)| {
        let count = graph.row(model.package_required_by, id).len();
        (count, package.name.as_str())
    });
    let maintains = graph.iter(model.maintainer).map(|(id, Maintainer(text))| {
        let count = graph.row(model.maintainer_packages, id).len();
        (count, text.as_str())
    });

    for (count, name) in ten_highest(required) {
        writeln!(out, "required_by {count} {name}")?;
    }
    for (count, maintainer) in ten_highest(maintains.filter(|(count, _)| *count > 0)) {
        writeln!(out, "maintains {count} {maintainer}")?;
    }
    Ok(())
}

/// The packages that need the one of this name.
pub(crate) fn required_by(archive: &Archive, name: &str, out: &mut String) -> Result {
    let Archive { graph, model } = archive;
    let needed = archive.find(name);
    let rows = needed.map(|id| graph.row(model.package_required_by, id).entries());
    let mut names: Vec<_> = rows
        .into_iter()
        .flatten()
        .map(|(_, package)| &package.name)
        .collect();
    names.sort_unstable();

    writeln!(out, "rdepends {name}:")?;
    for name in names {
        writeln!(out, "  {name}")?;
    }
    Ok(())
}

/// What a delete would do.
pub(crate) fn plan(archive: &Archive, plan: &DeletePlan, out: &mut String) -> Result {
    for doomed in plan.entities() {
        writeln!(out, "  deletes {}", title(archive, doomed.id))?;
    }
    writeln!(out, "  clears {} links", plan.links())
}

/// The packages but for placeholders that nobody mentions any more, because a
/// second stanza has replaced the one that did.
fn in_use(archive: &Archive) -> impl Iterator<Item = (Id<Package>, &Package)> {
    let Archive { graph, model } = archive;
    graph.iter(model.package).filter(|(id, package)| {
        package.has_stanza || !graph.row(model.package_required_by, *id).is_empty()
    })
}

/// How many entities of a type have a package at this end.
fn linked<T: Send + Sync + 'static>(
    archive: &Archive,
    entity: EntityType<T>,
    packages: ToMany<T, Package>,
) -> usize {
    let graph = &archive.graph;
    let ids = graph.iter(entity).map(|(id, _)| id);
    ids.filter(|id| !graph.row(packages, *id).is_empty())
        .count()
}

/// The highest count first; of equal ones the smaller name, byte by byte.
fn ten_highest<'a>(counted: impl Iterator<Item = (usize, &'a str)>) -> Vec<(usize, &'a str)> {
    let mut counted: Vec<_> = counted.collect();
    counted.sort_unstable_by_key(|&(count, name)| (Reverse(count), name));
    counted.truncate(10);
    counted
}

/// An entity for people: a package by its name, and by its id as everything is.
fn title(archive: &Archive, id: AnyId) -> String {
    let Archive { graph, model } = archive;
    let package = model
        .package
        .id(id)
        .and_then(|id| graph.get(model.package, id));
    let name = package.map_or("", |package| &package.name);
    format!("{} {name}", graph.describe(id))
}
