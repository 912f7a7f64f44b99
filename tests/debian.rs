//! The `debian` example: its parser on everything that can be odd about a
//! control file, and what it reports about small archives.

#[path = "../examples/debian/archive.rs"]
mod archive;
#[path = "../examples/debian/control.rs"]
mod control;
#[path = "../examples/debian/cycles.rs"]
mod cycles;
#[path = "../examples/debian/dropping.rs"]
mod dropping;
#[path = "../examples/debian/options.rs"]
mod options;
#[path = "../examples/debian/report.rs"]
mod report;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::archive::{Archive, Package};
use crate::control::{Malformed, Stanza};
use crate::options::Options;

const EXCERPT: &[u8] = include_bytes!("../examples/data/Packages");

fn parse(input: &[u8]) -> Result<Vec<Stanza<'_>>, Malformed> {
    control::stanzas(input)?.collect()
}

/// The one stanza of this input.
fn only(input: &str) -> Stanza<'_> {
    let mut stanzas = parse(input.as_bytes()).expect("well formed");
    assert_eq!(stanzas.len(), 1, "{stanzas:?}");
    stanzas.remove(0)
}

fn fails(input: &[u8], line: usize, what: &'static str) {
    assert_eq!(parse(input), Err(Malformed { line, what }));
}

fn archive(input: &str) -> Archive {
    let archive =
        Archive::of(parse(input.as_bytes()).expect("well formed")).expect("there is room");
    archive.verify().expect("the graph is whole");
    archive
}

fn report(archive: &Archive) -> String {
    let mut out = String::new();
    report::counts(archive, &mut out).expect("a string takes all");
    report::rankings(archive, &mut out).expect("a string takes all");
    out
}

fn required_by(archive: &Archive, name: &str) -> String {
    let mut out = String::new();
    report::required_by(archive, name, &mut out).expect("a string takes all");
    out
}

/// Checks that each of these lines is printed of this archive.
fn reports(archive: &Archive, lines: &[&str]) {
    let out = report(archive);
    for line in lines {
        assert!(out.lines().any(|it| it == *line), "no {line:?} in\n{out}");
    }
}

mod the_parser {
    use super::{fails, only, parse};

    #[test]
    fn reads_the_fields_of_a_stanza() {
        let stanza = only(
            "Package: perl\nSource: perl (5.36)\nMaintainer: Niko <ntyni@debian.org>\n\
             Section: interpreters\nPre-Depends: dpkg\nDepends: libc6\nTag: role::program, x11::*\n",
        );
        assert_eq!(stanza.package, "perl");
        assert_eq!(stanza.source, "perl");
        assert_eq!(stanza.maintainer.unwrap(), "Niko <ntyni@debian.org>");
        assert_eq!(stanza.section.unwrap(), "interpreters");
        assert_eq!(stanza.depends, ["dpkg", "libc6"]);
        assert_eq!(stanza.tags, ["role::program", "x11::*"]);
    }

    #[test]
    fn takes_a_missing_or_empty_field_for_missing() {
        for input in [
            "Package: a\n",
            "Package: a\nSource:\nMaintainer: \nSection:\t\nDepends:\nTag: ,\n",
        ] {
            let stanza = only(input);
            assert_eq!(stanza.source, "a");
            assert_eq!((stanza.maintainer, stanza.section), (None, None));
            assert!(stanza.depends.is_empty() && stanza.tags.is_empty());
        }
    }

    #[test]
    fn takes_the_name_of_the_package_where_the_source_has_only_a_version() {
        assert_eq!(only("Package: a\nSource: (1.2)\n").source, "a");
    }

    #[test]
    fn knows_a_field_in_any_case() {
        let stanza = only("PACKAGE: A\nmaintainer: M\npre-DEPENDS: b\n");
        assert_eq!(stanza.package, "A");
        assert_eq!(stanza.maintainer.unwrap(), "M");
        assert_eq!(stanza.depends, ["b"]);
    }

    #[test]
    fn keeps_the_last_field_of_a_name() {
        assert_eq!(only("Package: a\nDepends: b\ndepends: c\n").depends, ["c"]);
    }

    #[test]
    fn ends_a_stanza_at_an_empty_line_and_at_one_of_blanks() {
        let stanzas = parse(b"\n \nPackage: a\n\nPackage: b\n \t\n\n\nPackage: c").unwrap();
        let names: Vec<_> = stanzas.iter().map(|stanza| &stanza.package).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn finds_no_stanza_in_nothing() {
        for input in ["", "\n", " \r\n\t\r\n", "  "] {
            assert_eq!(parse(input.as_bytes()), Ok(Vec::new()));
        }
    }

    #[test]
    fn reads_carriage_returns_as_part_of_the_line_end() {
        let unix = "Package: a\nDepends: b,\n c\nTag: x,\n y\n\nPackage: d\nMaintainer: M\n";
        let windows = unix.replace('\n', "\r\n");
        assert_eq!(parse(windows.as_bytes()), parse(unix.as_bytes()));
    }

    #[test]
    fn joins_the_lines_of_a_folded_text() {
        let stanza = only("Package: a\nMaintainer:\n Niko\n\t<n@d.o>\n");
        assert_eq!(stanza.maintainer.unwrap(), "Niko <n@d.o>");
    }

    #[test]
    fn reads_lists_over_several_lines() {
        let stanza = only("Package: a\nTag: x,\n y, z,\n u\nDepends: b\n (>= 1),\n c |\n d\n");
        assert_eq!(stanza.tags, ["x", "y", "z", "u"]);
        assert_eq!(stanza.depends, ["b", "c", "d"]);
    }

    #[test]
    fn takes_the_bare_names_out_of_a_dependency_field() {
        let check = |field: &str, names: &[&str]| {
            assert_eq!(
                only(&format!("Package: a\nDepends: {field}")).depends,
                names,
                "{field}"
            );
        };
        check("b (>= 1:2.0~rc1)", &["b"]);
        check("b(>=1)|c:any(<<2)", &["b", "c"]);
        check("b [amd64 !i386] <!nocheck> <cross>, c", &["b", "c"]);
        check("b (<< 2), b (>> 1), a", &["b", "b", "a"]);
        check("b:any, c : native", &["b", "c"]);
        check("b (x, y | z), c", &["b", "c"]);
        check(", ,b,, | c |", &["b", "c"]);
        check("(>= 1), :any", &[]);
        check("lib++-1.2a", &["lib++-1.2a"]);
    }

    #[test]
    fn needs_no_line_end_at_the_end() {
        assert_eq!(only("Package: a\nTag: x,\n y").tags, ["x", "y"]);
    }

    #[test]
    fn lets_pass_what_it_does_not_need() {
        let stanza = only("Package: a\nDescription: short\n long: text\n .\n (more\nX-Foo:bar");
        assert_eq!(stanza.package, "a");
    }

    #[test]
    fn names_the_line_without_a_colon() {
        fails(b"Package: a\n\nPackage b\n", 3, "a line without a colon");
        fails(b"Package: a\r\n\r\n\r\nfoo", 4, "a line without a colon");
    }

    #[test]
    fn names_the_continuation_line_before_any_field() {
        let what = "a continuation line before any field";
        fails(b" x\nPackage: a\n", 1, what);
        fails(b"Package: a\nTag: x,\n \n y\n", 4, what);
    }

    #[test]
    fn names_the_stanza_without_a_package_by_its_first_line() {
        let what = "a stanza without `Package`";
        fails(b"Package: a\n\n\nSource: b\nTag: x\n", 4, what);
        fails(b"Package: \nSource: b\n", 1, what);
    }

    #[test]
    fn names_the_line_that_is_not_utf_8() {
        let what = "bytes that are not UTF-8";
        fails(b"\xff", 1, what);
        fails(b"Package: a\nDescription: caf\xe9\n", 2, what);
        fails(b"Package: a\n\nPackage: b\xc3", 3, what);
    }

    #[test]
    fn names_the_field_with_an_open_bracket() {
        let what = "a field with a bracket that is never closed";
        fails(b"Package: a\nDepends: b (>= 1, c\n", 2, what);
        fails(b"Package: a\nPre-Depends: b [x)\nDepends: c\n", 2, what);
    }

    #[test]
    fn names_the_line_without_a_field_name() {
        fails(
            b"Package: a\n: b\n",
            2,
            "a line without a name before its colon",
        );
    }
}

mod the_report {
    use super::{Archive, EXCERPT, archive, parse, report, reports, required_by};

    #[test]
    fn counts_what_packages_with_a_stanza_use() {
        let out = report(&archive(
            "Package: a\nMaintainer: M\nSection: s\nDepends: b | c\nTag: x, y\n\n\
             Package: b\nSource: a (1)\nMaintainer: M\nDepends: c\nTag: x\n",
        ));
        assert_eq!(
            out,
            "packages 2\nplaceholders 1\nmaintainers 1\nsources 1\nsections 1\ntags 2\n\
             depends links 3\ntag links 3\n\
             required_by 2 c\nrequired_by 1 b\nrequired_by 0 a\nmaintains 2 M\n"
        );
    }

    #[test]
    fn counts_a_link_once_whatever_its_field_repeats() {
        let input = "Package: a\nPre-Depends: b\nDepends: b (>= 1), b (<< 2), b\nTag: x, x\n";
        reports(
            &archive(input),
            &["depends links 1", "tag links 1", "required_by 1 b"],
        );
    }

    #[test]
    fn lets_a_package_depend_on_itself() {
        let input = "Package: a\nDepends: a, b\n";
        reports(
            &archive(input),
            &["placeholders 1", "depends links 2", "required_by 1 a"],
        );
        assert_eq!(required_by(&archive(input), "a"), "rdepends a:\n  a\n");
    }

    #[test]
    fn fills_a_placeholder_in() {
        let input = "Package: a\nDepends: b\n\nPackage: b\n";
        reports(
            &archive(input),
            &["packages 2", "placeholders 0", "required_by 1 b"],
        );
    }

    #[test]
    fn lets_a_second_stanza_replace_the_first() {
        let first = "Package: a\nSource: s\nMaintainer: M\nSection: t\nDepends: b, c\nTag: x\n";
        let others = "Package: d\nDepends: a\n";
        let second = "Package: a\nMaintainer: N\nDepends: c, e\nTag: y, z\n";
        let both = report(&archive(&format!("{first}\n{others}\n{second}")));
        let alone = report(&archive(&format!("{others}\n{second}")));
        assert_eq!(both, alone);
    }

    #[test]
    fn ranks_ten_by_count_and_then_by_the_bytes_of_the_name() {
        let names = "b Z a \u{e9} zz c d e f g h".split(' ');
        let stanza = |name| format!("Package: {name}\nMaintainer: {name}\nDepends: zz\n\n");
        let out = report(&archive(&names.map(stanza).collect::<String>()));
        let ranked = |what| {
            let lines = out.lines().filter_map(|line| line.strip_prefix(what));
            lines.collect::<Vec<_>>().join(",")
        };
        assert_eq!(
            ranked("required_by "),
            "11 zz,0 Z,0 a,0 b,0 c,0 d,0 e,0 f,0 g,0 h"
        );
        assert_eq!(
            ranked("maintains "),
            "1 Z,1 a,1 b,1 c,1 d,1 e,1 f,1 g,1 h,1 zz"
        );
    }

    #[test]
    fn lists_who_needs_a_package_sorted_by_bytes() {
        let archive = archive(
            "Package: b\nDepends: x\n\nPackage: Z\nDepends: y | x:any\n\nPackage: a\nPre-Depends: x\n",
        );
        assert_eq!(required_by(&archive, "x"), "rdepends x:\n  Z\n  a\n  b\n");
        assert_eq!(required_by(&archive, "b"), "rdepends b:\n");
        assert_eq!(required_by(&archive, "unknown"), "rdepends unknown:\n");
    }

    #[test]
    fn of_the_excerpt_is_what_an_independent_count_says() {
        let archive = Archive::of(parse(EXCERPT).unwrap()).unwrap();
        archive.verify().unwrap();
        reports(
            &archive,
            &[
                "packages 399",
                "placeholders 32",
                "maintainers 128",
                "sources 239",
                "sections 24",
                "tags 165",
                "depends links 1415",
                "tag links 1059",
                "required_by 313 libc6",
                "required_by 16 gcc-12-base",
                "maintains 53 Debian X Strike Force <debian-x@lists.debian.org>",
                "maintains 7 Laszlo Boszormenyi (GCS) <gcs@debian.org>",
            ],
        );
    }
}

/// Who depends on whom, out of the stanzas and without a graph, and which
/// packages are on circles, by trying from each where one gets to.
mod the_cycles {
    use std::collections::{BTreeMap, BTreeSet};

    use backref::{Graph, Id};
    use petgraph::algo::{kosaraju_scc, tarjan_scc, toposort};

    use super::archive::Package;
    use super::{Archive, EXCERPT, archive, cycles, parse};

    type Needs = BTreeMap<String, BTreeSet<String>>;

    fn needs(input: &[u8]) -> Needs {
        let mut needs = Needs::new();
        for stanza in parse(input).expect("well formed") {
            let depends: BTreeSet<String> = stanza
                .depends
                .iter()
                .map(|name| (*name).to_owned())
                .collect();
            for name in &depends {
                needs.entry(name.clone()).or_default();
            }
            needs.insert(stanza.package.into_owned(), depends);
        }
        needs
    }

    /// All that a package needs, and all that those need.
    fn needed(needs: &Needs, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&String> = needs[name].iter().collect();
        while let Some(name) = open.pop() {
            if found.insert(name.clone()) {
                open.extend(&needs[name]);
            }
        }
        found
    }

    /// The sets of packages that need each other; one that no other needs back
    /// is a set of its own.
    fn components(needs: &Needs) -> BTreeSet<BTreeSet<String>> {
        let all: BTreeMap<&str, BTreeSet<String>> = needs
            .keys()
            .map(|name| (name.as_str(), needed(needs, name)))
            .collect();
        let component = |(name, needed): (&&str, &BTreeSet<String>)| {
            let mutual = needed.iter().filter(|it| all[it.as_str()].contains(*name));
            mutual.cloned().chain([(*name).to_owned()]).collect()
        };
        all.iter().map(component).collect()
    }

    fn print(archive: &Archive) -> String {
        let mut out = String::new();
        cycles::all(archive, &mut out).expect("a string takes all");
        out
    }

    fn name(archive: &Archive, id: Id<Package>) -> String {
        archive[id].name.clone()
    }

    #[test]
    fn are_printed_largest_first_and_then_by_the_first_name() {
        let depends = [
            ("z", "y"),
            ("y", "z"),
            ("B", "a"),
            ("a", "B"),
            ("k", "m | l"),
            ("l", "k, z"),
            ("m", "l"),
            ("alone", "alone, k"),
        ];
        let stanza = |(name, depends)| format!("Package: {name}\nDepends: {depends}\n\n");
        let input: String = depends.into_iter().map(stanza).collect();
        assert_eq!(
            print(&archive(&input)),
            "cycle 1:\n  k\n  l\n  m\ncycle 2:\n  B\n  a\ncycle 3:\n  y\n  z\n"
        );
        assert_eq!(print(&archive("Package: a\nDepends: b\n")), "");
    }

    #[test]
    fn of_the_excerpt_are_what_trying_every_way_finds() {
        let archive = Archive::of(parse(EXCERPT).unwrap()).unwrap();
        let mut expected: Vec<Vec<String>> = components(&needs(EXCERPT))
            .into_iter()
            .filter(|component| component.len() > 1)
            .map(|component| component.into_iter().collect())
            .collect();
        assert!(!expected.is_empty(), "the excerpt has a cycle");
        expected.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a[0].cmp(&b[0])));
        let mut lines = String::new();
        for (at, names) in expected.iter().enumerate() {
            lines += &format!("cycle {}:\n  {}\n", at + 1, names.join("\n  "));
        }
        assert_eq!(print(&archive), lines);
    }

    #[test]
    fn are_the_components_that_petgraph_finds_in_the_dependencies() {
        let archive = Archive::of(parse(EXCERPT).unwrap()).unwrap();
        let view = archive.graph().view(Package::DEPENDS);
        let expected = components(&needs(EXCERPT));
        for found in [tarjan_scc(&view), kosaraju_scc(&view)] {
            let count = found.len();
            let named = |ids: Vec<_>| ids.into_iter().map(|id| name(&archive, id)).collect();
            let found: BTreeSet<BTreeSet<String>> = found.into_iter().map(named).collect();
            assert_eq!((&found, count), (&expected, expected.len()));
        }
    }

    #[test]
    fn are_what_keeps_the_dependencies_from_a_topological_order() {
        let mut archive = Archive::of(parse(EXCERPT).unwrap()).unwrap();
        let mut needs = needs(EXCERPT);
        let on_a_cycle = |needs: &Needs, name: &str| needed(needs, name).contains(name);
        let sort = |graph: &Graph| toposort(&graph.view(Package::DEPENDS), None);

        let cycle = sort(archive.graph()).expect_err("the excerpt has a cycle");
        assert!(on_a_cycle(&needs, &name(&archive, cycle.node_id())));

        let on_cycles: Vec<String> = needs
            .keys()
            .filter(|it| on_a_cycle(&needs, it))
            .cloned()
            .collect();
        for name in &on_cycles {
            let package = archive.find::<Package>(name.as_str()).unwrap().id();
            archive.edit(package).depends_mut().clear().unwrap();
            needs.insert(name.clone(), BTreeSet::new());
        }
        let order = sort(archive.graph()).expect("no cycle is left");
        let order: Vec<String> = order.into_iter().map(|id| name(&archive, id)).collect();
        let rank: BTreeMap<&str, usize> = order.iter().map(String::as_str).zip(0..).collect();
        assert_eq!(rank.len(), needs.len());
        for (name, depends) in &needs {
            for other in depends.iter().filter(|it| needs.contains_key(*it)) {
                assert!(
                    rank[name.as_str()] < rank[other.as_str()],
                    "{name} needs {other}"
                );
            }
        }
    }
}

mod a_drop {
    use super::{Archive, EXCERPT, Package, archive, dropping, parse, report};

    /// What is printed; the archive is the same afterwards.
    fn print(archive: &mut Archive, name: &str) -> String {
        let before = archive.try_clone().expect("all are cloneable");
        let mut out = String::new();
        dropping::package(archive, name, &mut out).expect("it is there");
        let is_as_before = archive.try_eq(&before).expect("all are comparable");
        assert!(is_as_before, "{out}");
        archive.verify().expect("both ends agree");
        out
    }

    #[test]
    fn takes_all_that_need_the_package_and_gives_them_back() {
        let mut archive = archive(
            "Package: a\nMaintainer: M\nDepends: a, b\n\nPackage: c\nDepends: a\n\n\
             Package: d\nDepends: x | c\n\nPackage: e\n",
        );
        let counted = report(&archive);
        assert_eq!(
            print(&mut archive, "a"),
            "drop a:\n  loses 3 Package: a, c, d\n  loses 9 links\ntaken back: 6 packages\n"
        );
        assert_eq!(report(&archive), counted);
        assert_eq!(
            print(&mut archive, "e"),
            "drop e:\n  loses 1 Package: e\n  loses 1 links\ntaken back: 6 packages\n"
        );
    }

    #[test]
    fn of_an_unknown_package_is_an_error() {
        let mut archive = archive("Package: a\n");
        let refused = dropping::package(&mut archive, "b", &mut String::new()).unwrap_err();
        assert_eq!(refused.to_string(), "there is no package b to drop");
    }

    #[test]
    fn of_the_excerpt_loses_what_trying_every_way_finds() {
        let mut archive = Archive::of(parse(EXCERPT).unwrap()).unwrap();
        for name in ["libc6", "perl", "dpkg"] {
            let package = archive.find::<Package>(name).unwrap().id();
            let lost = archive.graph().reachable(Package::REQUIRED_BY, [package]);
            let count = lost.len();
            let all = archive.packages().len();
            let out = print(&mut archive, name);
            assert!(
                out.starts_with(&format!("drop {name}:\n  loses {count} Package: {name}")),
                "{out}"
            );
            assert!(
                out.ends_with(&format!("taken back: {all} packages\n")),
                "{out}"
            );
        }
    }
}

mod the_command_line {
    use super::{Options, OsString, PathBuf};

    fn parse(args: &str) -> Result<Options, String> {
        Options::parse(args.split_whitespace().map(OsString::from))
    }

    #[test]
    fn may_be_empty() {
        assert_eq!(parse(""), Ok(Options::default()));
    }

    #[test]
    fn takes_options_on_both_sides_of_the_file() {
        let options = parse("--rdepends libc6 Packages --drop perl --rdepends perl").unwrap();
        assert_eq!(options.file, Some(PathBuf::from("Packages")));
        assert_eq!(options.rdepends, ["libc6", "perl"]);
        assert_eq!(options.drop.unwrap(), "perl");
    }

    #[test]
    fn asks_for_cycles_with_a_flag() {
        assert!(parse("--cycles Packages").unwrap().cycles);
        assert!(!parse("Packages --rdepends cycles").unwrap().cycles);
    }

    #[test]
    fn is_refused_with_the_usage_where_it_makes_no_sense() {
        for args in [
            "--rdepends",
            "a --drop",
            "--drop a --drop b",
            "a b",
            "--undo",
            "-h",
        ] {
            let refused = parse(args).unwrap_err();
            assert!(refused.ends_with(crate::options::USAGE), "{refused}");
        }
    }
}
