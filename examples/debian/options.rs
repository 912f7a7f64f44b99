//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
usage: debian [FILE] [--rdepends NAME]... [--cycles] [--drop NAME]
  --rdepends NAME  who needs this package
  --cycles         which packages need each other in a circle
  --drop NAME      what would be lost with this package; nothing is";

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) file: Option<PathBuf>,
    pub(crate) rdepends: Vec<String>,
    pub(crate) cycles: bool,
    pub(crate) drop: Option<String>,
}

impl Options {
    /// Reads the arguments, the name of the program left out.
    pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--rdepends") => options.rdepends.push(name("--rdepends", args.next())?),
                Some("--cycles") => options.cycles = true,
                Some("--drop") => set(&mut options.drop, name("--drop", args.next())?, "--drop")?,
                Some(option) if option.starts_with('-') => {
                    return Err(misuse(&format!("there is no option {option}")));
                }
                Some(_) | None => set(&mut options.file, PathBuf::from(arg), "FILE")?,
            }
        }
        Ok(options)
    }
}

fn name(option: &str, value: Option<OsString>) -> Result<String, String> {
    let value = value.ok_or_else(|| misuse(&format!("{option} needs a name")))?;
    let value = value.into_string();
    value.map_err(|_| misuse(&format!("the name behind {option} is not UTF-8")))
}

fn set<T>(place: &mut Option<T>, value: T, what: &str) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(misuse(&format!("{what} is given twice"))),
    }
}

fn misuse(what: &str) -> String {
    format!("{what}\n{USAGE}")
}
