//! What would be lost if a package went: tried in a transaction that is taken
//! back.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write;

use backref::{AnyId, Deleted};

use crate::archive::{Archive, Package};
use crate::report;

/// How the transaction ends: never well, so that it is taken back.
enum End {
    Tried(Deleted<Package>),
    Failed(backref::Error),
}

impl From<backref::Error> for End {
    fn from(error: backref::Error) -> Self {
        Self::Failed(error)
    }
}

/// Deletes a package with all that need it, prints what is lost, takes it back,
/// and checks that all is as it was.
pub(crate) fn package(
    archive: &mut Archive,
    name: &str,
    out: &mut String,
) -> Result<(), Box<dyn Error>> {
    let package = archive.find::<Package>(name);
    let package = package.ok_or_else(|| format!("there is no package {name} to drop"))?;
    let package = package.id();
    let before = archive.try_clone()?;

    let tried: Result<Infallible, End> =
        archive.try_transaction(|archive| Err(End::Tried(archive.delete(package)?)));
    let deleted = match tried {
        Err(End::Tried(deleted)) => deleted,
        Err(End::Failed(error)) => return Err(error.into()),
    };

    writeln!(out, "drop {name}:")?;
    let lost: Vec<AnyId> = [package.into()].into_iter().chain(deleted.others).collect();
    report::lost(archive, &lost, out)?; // their ids are good again
    writeln!(out, "  loses {} links", deleted.links)?;

    archive.verify()?;
    if !archive.try_eq(&before)? {
        return Err("the archive is not as it was".into());
    }
    writeln!(out, "taken back: {} packages", archive.packages().len())?;
    Ok(())
}
