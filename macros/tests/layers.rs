//! The layers of the macros: a module imports from below itself only.
//!
//! Reads `macros/src/` and names the file, the line and what it imports.

use std::fs;
use std::path::Path;

/// From the lowest to the highest: what is said, what it says, what is wrong
/// with it, and what is made of it. Modules of one layer do not know each
/// other; a module belongs to the longest path of its own that stands here.
const LAYERS: &[&[&str]] = &[
    &["problems"],
    &["entity::said"],
    &["entity::attr"],
    &["entity::ast", "graph::ast"],
    &["entity::check"],
    &["entity::expand::bound", "entity::expand::names"],
    &["entity::expand::keys", "entity::expand::side"],
    &["entity::expand::one_of"],
    &[
        "entity::expand::declaration",
        "entity::expand::judge",
        "entity::expand::new",
        "entity::expand::reference",
        "entity::expand::reference_mut",
    ],
    &["entity::expand", "graph::expand"],
    &["entity", "graph"],
    &["expansion"],
];

#[test]
fn modules_of_the_macros_import_from_below_themselves_only() {
    let mut broken = Vec::new();
    for_each_file(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        "",
        &mut |module, text| {
            broken.extend(check(module, text));
        },
    );
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn an_import_from_above_is_named_with_its_line() {
    let text = "//! Names.\n\nuse super::side::Side;\nuse crate::entity::ast::End;\n";
    assert_eq!(
        check("entity::expand::names", text),
        ["entity::expand::names:3: imports `entity::expand::side::Side`, which is not below it"]
    );
}

#[test]
fn the_two_macros_do_not_know_each_other() {
    let text = "//! A graph.\nfn f(x: &crate::entity::ast::End) {}\n";
    assert_eq!(
        check("graph::expand", text),
        ["graph::expand:2: imports `entity::ast::End`, which is of the other macro"]
    );
}

#[test]
fn a_module_without_a_layer_is_named() {
    assert_eq!(
        check("utils", "//! This and that.\n"),
        ["utils:1: has no layer: give it one in macros/tests/layers.rs"]
    );
}

/// The root declares the modules and is above all of them.
fn check(module: &str, text: &str) -> Vec<String> {
    if module == "lib" {
        return Vec::new();
    }
    let Some(layer) = layer_of(module) else {
        return vec![format!(
            "{module}:1: has no layer: give it one in macros/tests/layers.rs"
        )];
    };
    let lines = text.lines().zip(1..);
    let imports = lines.flat_map(|(line, number)| {
        let code = line.split("//").next().unwrap_or_default();
        let imports = imports(module, code).into_iter();
        imports.map(move |path| (path, number))
    });
    let broken = imports.filter_map(|(path, number)| {
        let why = wrong_with(module, layer, &path)?;
        Some(format!(
            "{module}:{number}: imports `{path}`, which is {why}"
        ))
    });
    broken.collect()
}

/// What is wrong with importing a path, if anything.
fn wrong_with(module: &str, layer: usize, path: &str) -> Option<&'static str> {
    let first = |path: &str| path.split("::").next().map(str::to_owned);
    let pair = [first(module), first(path)].map(Option::unwrap_or_default);
    let macros = ["entity", "graph"];
    if pair[0] != pair[1] && pair.iter().all(|it| macros.contains(&it.as_str())) {
        return Some("of the other macro");
    }
    let other = layer_of(path);
    let is_below = other.is_some_and(|other| other < layer);
    let is_own = owner_of(path).is_some() && owner_of(path) == owner_of(module);
    (!is_below && !is_own).then_some("not below it")
}

/// The layer of the longest beginning of a path that has one.
fn layer_of(path: &str) -> Option<usize> {
    let owner = owner_of(path)?;
    LAYERS.iter().position(|layer| layer.contains(&owner))
}

/// The longest beginning of a path that stands in a layer: the module whose
/// file or folder it is.
fn owner_of(path: &str) -> Option<&str> {
    let ends = path.match_indices("::").map(|(at, _)| at);
    let mut beginnings: Vec<usize> = ends.chain([path.len()]).collect();
    beginnings.reverse();
    let mut beginnings = beginnings.into_iter().map(|end| &path[..end]);
    beginnings.find(|path| LAYERS.iter().any(|layer| layer.contains(path)))
}

/// The paths in a line that begin with `crate::` or `super::`, from the root.
fn imports(module: &str, code: &str) -> Vec<String> {
    let above = module.rsplit_once("::").map_or("", |(above, _)| above);
    let paths = [("crate::", ""), ("super::", above)].map(|(prefix, from)| {
        // `pub(in crate::entity)` is no import.
        let starts = code.match_indices(prefix).map(|(at, _)| at);
        let starts = starts.filter(|&at| !code[..at].ends_with("(in "));
        let starts = starts.map(|at| at + prefix.len());
        starts.map(move |at| {
            let rest = &code[at..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
            let path = rest[..end.unwrap_or(rest.len())].trim_end_matches(':');
            if from.is_empty() {
                path.to_owned()
            } else {
                format!("{from}::{path}")
            }
        })
    });
    paths.into_iter().flatten().collect()
}

/// Calls `each` with the path and the text of each module below a folder.
fn for_each_file(folder: &Path, above: &str, each: &mut impl FnMut(&str, &str)) {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut entries: Vec<_> = entries
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        let module = match above {
            "" => name.into_owned(),
            above => format!("{above}::{name}"),
        };
        if path.is_dir() {
            for_each_file(&path, &module, each);
        } else {
            each(&module, &fs::read_to_string(&path).expect("it can be read"));
        }
    }
}
