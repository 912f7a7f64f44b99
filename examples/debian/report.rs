//! What is printed about an archive.

use std::cmp::Reverse;
use std::fmt::{Result, Write};

use backref::AnyId;

use crate::archive::{Archive, Package, PackageRef};

/// How many there are of everything that a package with a stanza uses.
pub(crate) fn counts(archive: &Archive, out: &mut String) -> Result {
    let packages = archive.in_use().filter(|it| it.has_stanza).count();
    let placeholders = archive.in_use().count() - packages;
    let maintainers = archive.maintainers().filter(|it| !it.packages().is_empty());
    let sources = archive.sources().filter(|it| !it.packages().is_empty());
    let sections = archive.sections().filter(|it| !it.packages().is_empty());
    let tags = archive.tags().filter(|it| !it.packages().is_empty());
    let depends = archive.packages().map(|it| it.depends().len());
    let tagged = archive.packages().map(|it| it.tags().len());

    writeln!(out, "packages {packages}")?;
    writeln!(out, "placeholders {placeholders}")?;
    writeln!(out, "maintainers {}", maintainers.count())?;
    writeln!(out, "sources {}", sources.count())?;
    writeln!(out, "sections {}", sections.count())?;
    writeln!(out, "tags {}", tags.count())?;
    writeln!(out, "depends links {}", depends.sum::<usize>())?;
    writeln!(out, "tag links {}", tagged.sum::<usize>())
}

/// The ten packages that most others require, then the ten maintainers that
/// have most packages.
pub(crate) fn rankings(archive: &Archive, out: &mut String) -> Result {
    let required = archive.in_use();
    let required = required.map(|it| (it.required_by().len(), it.into_inner().name.as_str()));
    let maintains = archive.maintainers();
    let maintains = maintains.map(|it| (it.packages().len(), it.into_inner().text.as_str()));

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
    let needed = archive.find::<Package>(name);
    let users = needed.into_iter().flat_map(PackageRef::required_by);
    let mut names: Vec<&str> = users.map(|it| it.into_inner().name.as_str()).collect();
    names.sort_unstable();

    writeln!(out, "rdepends {name}:")?;
    for name in names {
        writeln!(out, "  {name}")?;
    }
    Ok(())
}

/// How many of each type are among these, and the first names; they are looked
/// up in an archive in which they live.
pub(crate) fn lost(archive: &Archive, ids: &[AnyId], out: &mut String) -> Result {
    for entity in Archive::registry().entities() {
        let of_the_type = ids.iter().filter(|id| id.entity() == entity.id());
        let of_the_type: Vec<AnyId> = of_the_type.copied().collect();
        if of_the_type.is_empty() {
            continue;
        }
        let (first, more) = of_the_type.split_at(of_the_type.len().min(3));
        let names: Vec<String> = first.iter().map(|&id| title(archive, id)).collect();
        let (count, names) = (of_the_type.len(), names.join(", "));
        write!(out, "  loses {count} {}: {names}", entity.name())?;
        match more.len() {
            0 => writeln!(out)?,
            more => writeln!(out, " and {more} more")?,
        }
    }
    Ok(())
}

/// The highest count first; of equal ones the smaller name, byte by byte.
fn ten_highest<'a>(counted: impl Iterator<Item = (usize, &'a str)>) -> Vec<(usize, &'a str)> {
    let mut counted: Vec<_> = counted.collect();
    counted.sort_unstable_by_key(|&(count, name)| (Reverse(count), name));
    counted.truncate(10);
    counted
}

/// An entity for people: a package by its name, others by their ids.
fn title(archive: &Archive, id: AnyId) -> String {
    let package = id.of::<Package>().and_then(|id| archive.get(id));
    package.map_or_else(|| archive.describe(id), |package| package.name.clone())
}
