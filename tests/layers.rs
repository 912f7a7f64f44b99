//! The layers of the library: a module imports from below itself only.
//!
//! Reads `src/` and names the file, the line and the rule that is broken.

use std::fmt;
use std::fs;
use std::path::Path;

/// From the lowest to the highest. Modules of one layer do not know each
/// other; a file `x/y.rs` belongs to the layer of `x`.
const LAYERS: &[&[&str]] = &[
    &["internals"],
    &["id"],
    &["error"],
    &["change", "arena"],
    &["identity"],
    &["entities"],
    &["link_data"],
    &["schema"],
    &["change_set"],
    &["links"],
    &["engine"],
    &["query"],
    &["graph"],
    &["typed"],
];

/// Stand above the layers: the first two declare the modules and export the
/// names, the third is written as a user's code is.
const ABOVE: [&str; 3] = ["lib", "macros", "example"];

#[test]
fn modules_import_from_below_themselves_only() {
    let broken = check(&source_files());
    assert!(broken.is_empty(), "{}", lines(&broken));
}

#[test]
fn each_layer_has_its_modules() {
    let files = source_files();
    let named: Vec<&str> = files.iter().map(|file| file.module.as_str()).collect();
    for module in LAYERS.iter().copied().flatten() {
        assert!(
            named.contains(module),
            "no file in src/ is of the module `{module}`"
        );
    }
}

#[test]
fn an_import_from_above_is_named_with_its_line() {
    let file = SourceFile::of(
        "links/rows.rs",
        "//! Rows.\n\nuse crate::id::Slot;\nuse crate::graph::Graph;\n",
    );
    assert_eq!(
        lines(&check(&[file])),
        "src/links/rows.rs:4: `links` is below `graph` and must not import from it"
    );
}

#[test]
fn an_inline_path_and_a_group_count_as_imports() {
    let file = SourceFile::of(
        "error.rs",
        "//! Errors.\nuse crate::{\n    id::{AnyId, EndId},\n    schema::Registry,\n};\nfn f(x: &crate::engine::Engine) {}\n",
    );
    assert_eq!(
        lines(&check(&[file])),
        "src/error.rs:4: `error` is below `schema` and must not import from it\n\
         src/error.rs:6: `error` is below `engine` and must not import from it"
    );
}

#[test]
fn neighbours_in_a_layer_do_not_know_each_other() {
    let file = SourceFile::of("arena.rs", "//! Slots.\nuse crate::change::Change;\n");
    assert_eq!(
        lines(&check(&[file])),
        "src/arena.rs:2: `arena` and `change` are of one layer and must not import from each other"
    );
}

#[test]
fn a_module_imports_from_its_own_files_and_from_below() {
    let file = SourceFile::of(
        "graph/rows.rs",
        "//! Rows.\nuse crate::engine::Engine;\nuse crate::graph::Graph;\nuse super::walk::Walker;\n",
    );
    assert_eq!(lines(&check(&[file])), "");
}

#[test]
fn a_path_in_a_comment_is_no_import() {
    let file = SourceFile::of(
        "id.rs",
        "//! Ids.\n/// See [`Graph`](crate::Graph).\nstruct Id; // crate::graph\n",
    );
    assert_eq!(lines(&check(&[file])), "");
}

#[test]
fn a_name_taken_from_the_crate_root_hides_its_layer() {
    let file = SourceFile::of(
        "schema.rs",
        "//! Schemas.\nuse crate::Error;\nuse super::super::Graph;\n",
    );
    assert_eq!(
        lines(&check(&[file])),
        "src/schema.rs:2: `crate::Error` hides its layer: import it from its module\n\
         src/schema.rs:3: `super::super` hides its layer: write `crate::` and the module"
    );
}

#[test]
fn a_file_without_a_first_line_or_a_layer_is_named() {
    let file = SourceFile::of("utils.rs", "use crate::id::Id;\n");
    assert_eq!(
        lines(&check(&[file])),
        "src/utils.rs:1: the first line is not a `//!` that says what the file is for\n\
         src/utils.rs:1: the module `utils` has no layer: give it one in tests/layers.rs"
    );
}

/// A file of the library and the module it belongs to.
struct SourceFile {
    path: String,
    module: String,
    text: String,
}

impl SourceFile {
    /// `path` is relative to `src/`.
    fn of(path: &str, text: &str) -> Self {
        let module = path.split('/').next().unwrap_or(path);
        Self {
            path: path.to_owned(),
            module: module.trim_end_matches(".rs").to_owned(),
            text: text.to_owned(),
        }
    }

    /// The text without what is a comment, its lines where they were.
    fn code(&self) -> String {
        let code = self
            .text
            .lines()
            .map(|line| line.split("//").next().unwrap_or(""));
        code.collect::<Vec<_>>().join("\n")
    }

    fn broken(&self, line: usize, rule: String) -> Broken {
        Broken {
            place: format!("src/{}:{line}", self.path),
            rule,
        }
    }
}

/// A place in the library and the rule that it breaks.
struct Broken {
    place: String,
    rule: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule)
    }
}

fn lines(broken: &[Broken]) -> String {
    let lines: Vec<String> = broken.iter().map(Broken::to_string).collect();
    lines.join("\n")
}

fn check(files: &[SourceFile]) -> Vec<Broken> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<Broken> {
    let mut broken = Vec::new();
    if !file.text.starts_with("//! ") {
        let rule = "the first line is not a `//!` that says what the file is for";
        broken.push(file.broken(1, rule.to_owned()));
    }
    if ABOVE.contains(&file.module.as_str()) {
        return broken;
    }
    let Some(layer) = layer_of(&file.module) else {
        let rule = format!(
            "the module `{}` has no layer: give it one in tests/layers.rs",
            file.module
        );
        broken.push(file.broken(1, rule));
        return broken;
    };
    let code = file.code();
    for (at, name) in names_after(&code, "crate::") {
        let rule = rule_broken_by(&file.module, layer, name);
        broken.extend(rule.map(|rule| file.broken(line_of(&code, at), rule)));
    }
    for (at, _) in code.match_indices("super::super") {
        let rule = "`super::super` hides its layer: write `crate::` and the module";
        broken.push(file.broken(line_of(&code, at), rule.to_owned()));
    }
    broken
}

fn rule_broken_by(module: &str, layer: usize, name: &str) -> Option<String> {
    let Some(other) = layer_of(name) else {
        return Some(format!(
            "`crate::{name}` hides its layer: import it from its module"
        ));
    };
    if name == module || other < layer {
        None
    } else if other == layer {
        Some(format!(
            "`{module}` and `{name}` are of one layer and must not import from each other"
        ))
    } else {
        Some(format!(
            "`{module}` is below `{name}` and must not import from it"
        ))
    }
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The names that stand behind `prefix` and where, those in braces one by one.
fn names_after<'c>(code: &'c str, prefix: &str) -> Vec<(usize, &'c str)> {
    let starts = code.match_indices(prefix).map(|(at, _)| at + prefix.len());
    let items = starts.flat_map(|at| {
        if code[at..].starts_with('{') {
            items_of_group(code, at + 1)
        } else {
            vec![at]
        }
    });
    items.map(|at| (at, name_at(code, at))).collect()
}

fn name_at(code: &str, at: usize) -> &str {
    let rest = &code[at..];
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    &rest[..end.unwrap_or(rest.len())]
}

/// Where the items of `a::{b, c}, d}` begin, up to the brace that closes it.
fn items_of_group(code: &str, from: usize) -> Vec<usize> {
    let mut items = Vec::new();
    let mut depth = 0_usize;
    let mut between = true;
    for (offset, c) in code[from..].char_indices() {
        match c {
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            '{' => depth += 1,
            ',' if depth == 0 => between = true,
            c if between && !c.is_whitespace() => {
                items.push(from + offset);
                between = false;
            }
            _ => {}
        }
    }
    items
}

fn source_files() -> Vec<SourceFile> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(&folder)
            .expect("the folder can be read")
            .map(|entry| entry.expect("the entry can be read").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(read(&src, &path));
            }
        }
    }
    files
}

fn read(src: &Path, path: &Path) -> SourceFile {
    let name = path.strip_prefix(src).expect("the file is in src/");
    let text = fs::read_to_string(path).expect("the file can be read");
    SourceFile::of(&name.to_string_lossy().replace('\\', "/"), &text)
}
