//! Edits that were made to objects of other systems lead to the same states here.

#[path = "../examples/replay/replay.rs"]
mod replay;
#[path = "../examples/replay/state.rs"]
mod state;
#[path = "../examples/replay/trace.rs"]
mod trace;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::replay::{Stop, Totals, Why, replay};
use crate::state::Difference;

const SCHEMA: &str = r#"{"trace":1,"entities":["Author","Book","Tag"],"relationships":[{"end":"Book.author","cardinality":"one","inverse":"Author.books","inverse_cardinality":"many"},{"end":"Book.tags","cardinality":"many","inverse":"Tag.books","inverse_cardinality":"many"}]}"#;

const ENTITIES: &str = r#"{"op":"insert","entity":"Author","id":"au1"}
{"op":"insert","entity":"Book","id":"bo1"}
{"op":"insert","entity":"Book","id":"bo2"}
{"op":"insert","entity":"Tag","id":"ta1"}"#;

/// Replays the lines behind the schema and the entities, which take five lines.
fn follow(lines: &str) -> Result<Totals, Stop> {
    replay(format!("{SCHEMA}\n{ENTITIES}\n{lines}").as_bytes())
}

/// Checks that the trace cannot be followed at this line, and what it is told.
fn refused(outcome: Result<Totals, Stop>, line: usize, told: &str) {
    let stop = outcome.expect_err("the trace cannot be followed");
    assert!(matches!(stop.why, Why::Error(_)), "{stop}");
    let message = stop.to_string();
    assert_eq!(stop.line, line, "{message}");
    assert!(message.contains(told), "no {told:?} in {message:?}");
}

fn differs(lines: &str, place: &str, expected: &str, found: &str) {
    let stop = follow(lines).expect_err("a difference is planted");
    let Why::Difference(difference) = stop.why else {
        panic!("{stop}");
    };
    let [place, expected, found] = [place, expected, found].map(str::to_owned);
    assert_eq!(
        difference,
        Difference {
            place,
            expected,
            found
        }
    );
}

/// Takes something out of a list or an object.
fn take_one(value: &mut Value) {
    if let Some(list) = value.as_array_mut() {
        list.pop();
    } else if let Some(object) = value.as_object_mut() {
        let first = object.keys().next().cloned();
        first.and_then(|key| object.remove(&key));
    }
}

fn trace(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    fs::read(root.join("tests/conformance").join(name)).expect("the trace is there")
}

/// Checks that a trace is followed to its end, and that it is the one meant.
fn conforms(name: &str, edits: usize, states: usize) {
    match replay(&trace(name)) {
        Ok(totals) => assert_eq!(totals, Totals { edits, states }),
        Err(stop) => panic!("{name}:{stop}"),
    }
}

#[test]
fn sqlalchemy_comes_to_the_same_states() {
    conforms("sqlalchemy_11.jsonl", 1632, 29);
    conforms("sqlalchemy_12.jsonl", 1627, 26);
}

#[test]
fn eclipse_emf_comes_to_the_same_states() {
    conforms("emfplain_11.jsonl", 1656, 21);
    conforms("emfplain_12.jsonl", 1647, 21);
    conforms("emf_11.jsonl", 1694, 31);
    conforms("emf_12.jsonl", 1705, 28);
}

#[test]
fn a_label_missing_anywhere_in_a_state_is_noticed() {
    let trace = String::from_utf8(trace("emfplain_11.jsonl")).unwrap();
    let (before, state) = trace.trim_end().rsplit_once('\n').unwrap();
    let state: Value = serde_json::from_str(state).unwrap();
    let line = trace.lines().count();
    for part in ["live", "ends"] {
        for name in state[part].as_object().unwrap().keys() {
            let mut planted = state.clone();
            take_one(&mut planted[part][name]);
            let stop = replay(format!("{before}\n{planted}\n").as_bytes()).unwrap_err();
            assert_eq!(stop.line, line);
            assert!(matches!(stop.why, Why::Difference(_)), "{name}: {stop}");
        }
    }
}

#[test]
fn a_difference_tells_the_place_and_both_sides() {
    let edits = r#"{"op":"set","id":"bo1","end":"author","to":"au1"}
{"op":"add","id":"au1","end":"books","item":"bo2"}
"#;
    let live = r#""live":{"Author":["au1"],"Book":["bo1","bo2"],"Tag":["ta1"]}"#;
    let check = |live: &str, ends: &str, place, expected, found| {
        let state = format!(r#"{edits}{{"op":"state",{live},"ends":{ends}}}"#);
        differs(&state, place, expected, found);
    };
    check(
        live,
        r#"{"Book.author":{"bo1":"au1"}}"#,
        "Book.author of bo2",
        "nothing",
        "au1",
    );
    let authors = r#""Book.author":{"bo1":"au1","bo2":"au1"}"#;
    let ends = format!(r#"{{{authors},"Author.books":{{"au1":["bo2","bo1"]}}}}"#);
    check(
        live,
        &ends,
        "Author.books of au1",
        "[bo2, bo1]",
        "[bo1, bo2]",
    );
    let ends = format!(
        r#"{{{authors},"Author.books":{{"au1":["bo1","bo2"]}},"Book.tags":{{"bo9":["ta1"]}}}}"#
    );
    check(live, &ends, "Book.tags of bo9", "[ta1]", "nothing");
    let live = r#""live":{"Author":["au1"],"Book":["bo1"],"Tag":["ta1"]}"#;
    check(live, "{}", "live Book", "[bo1]", "[bo1, bo2]");
}

#[test]
fn ends_that_hold_nothing_may_be_left_out_or_empty() {
    let live = r#""live":{"Author":["au1"],"Book":["bo1","bo2"],"Tag":["ta1"]}"#;
    for ends in ["{}", r#"{"Book.author":{},"Author.books":{"au1":[]}}"#] {
        let totals = follow(&format!(r#"{{"op":"state",{live},"ends":{ends}}}"#)).unwrap();
        assert_eq!(
            totals,
            Totals {
                edits: 4,
                states: 1
            }
        );
    }
}

#[test]
fn a_label_is_free_again_after_a_delete() {
    let lines = r#"{"op":"delete","id":"bo1"}
{"op":"insert","entity":"Tag","id":"bo1"}"#;
    assert_eq!(
        follow(lines).unwrap(),
        Totals {
            edits: 6,
            states: 0
        }
    );
}

#[test]
fn a_malformed_first_line_is_refused() {
    let check = |header: &str, told| refused(replay(header.as_bytes()), 1, told);
    check("", "not JSON");
    check("{", "not JSON");
    check("[]", "not the first line");
    check(
        r#"{"trace":2,"entities":[],"relationships":[]}"#,
        "not the first line",
    );
    check(r#"{"trace":1,"relationships":[]}"#, "no `entities`");
    check(
        r#"{"trace":1,"entities":[1],"relationships":[]}"#,
        "`entities`",
    );
    check(
        r#"{"trace":1,"entities":[],"relationships":7}"#,
        "`relationships` is no list",
    );
    check(
        &SCHEMA.replace("Book.author", "Bookauthor"),
        "no name of an end",
    );
    check(
        &SCHEMA.replace("\"one\"", "\"two\""),
        "`two` is no cardinality",
    );
    check(&SCHEMA.replace("Tag.books", "Label.books"), "Label");
    check(&SCHEMA.replace("Book.tags", "Book.author"), "Book.author");
    check(&SCHEMA.replace("\"Tag\"", "\"Book\""), "Book");
}

#[test]
fn a_malformed_line_is_refused() {
    let check = |line: &str, told| refused(follow(line), 6, told);
    check("\n", "not JSON");
    check("{\"op\":\"add\"", "not JSON");
    check("7", "no `op`");
    check(r#"{"op":null}"#, "`op` is no text");
    check(r#"{"op":"link"}"#, "there is no op `link`");
    check(r#"{"op":"insert","entity":"Book"}"#, "no `id`");
    check(r#"{"op":"set","id":"bo1","end":"author"}"#, "no `to`");
    check(
        r#"{"op":"set","id":"bo1","end":"author","to":7}"#,
        "`to` is no text",
    );
    check(
        r#"{"op":"replace","id":"bo1","end":"tags","items":"ta1"}"#,
        "`items`",
    );
    check(
        r#"{"op":"insert_at","id":"bo1","end":"tags","index":-1,"item":"ta1"}"#,
        "`index`",
    );
    check(r#"{"op":"state","live":{}}"#, "no `ends`");
    check(
        r#"{"op":"state","live":[],"ends":{}}"#,
        "`live` is no object",
    );
    check(
        r#"{"op":"state","live":{},"ends":{"Book.author":[]}}"#,
        "`Book.author` is no object",
    );
    check(
        r#"{"op":"state","live":{},"ends":{"Book.author":{"bo1":7}}}"#,
        "`bo1`",
    );
    check(&"[".repeat(100_000), "not JSON");
}

#[test]
fn a_line_that_names_what_there_is_not_is_refused() {
    let check = |line: &str, told| refused(follow(line), 6, told);
    check(
        r#"{"op":"insert","entity":"Shelf","id":"sh1"}"#,
        "no entity type `Shelf`",
    );
    check(
        r#"{"op":"insert","entity":"Book","id":"bo1"}"#,
        "a `bo1` already",
    );
    check(r#"{"op":"delete","id":"bo9"}"#, "no live `bo9`");
    check(
        r#"{"op":"add","id":"au1","end":"books","item":"bo9"}"#,
        "no live `bo9`",
    );
    check(
        r#"{"op":"add","id":"au1","end":"novels","item":"bo1"}"#,
        "no end `novels`",
    );
    check(
        r#"{"op":"state","live":{"Shelf":[]},"ends":{}}"#,
        "no entity type `Shelf`",
    );
    check(
        r#"{"op":"state","live":{},"ends":{"Book.shelf":{}}}"#,
        "no end `Book.shelf`",
    );
}

#[test]
fn a_deleted_label_is_refused() {
    let lines = r#"{"op":"delete","id":"bo1"}
{"op":"add","id":"au1","end":"books","item":"bo1"}"#;
    refused(follow(lines), 7, "no live `bo1`");
}

#[test]
fn an_edit_that_the_graph_cannot_do_is_refused() {
    let check = |line: &str, told| refused(follow(line), 6, told);
    check(
        r#"{"op":"add","id":"bo1","end":"author","item":"au1"}"#,
        "Book.author",
    );
    check(
        r#"{"op":"set","id":"au1","end":"books","to":"bo1"}"#,
        "Author.books",
    );
    check(
        r#"{"op":"set","id":"bo1","end":"author","to":"ta1"}"#,
        "Book.author",
    );
    check(
        r#"{"op":"insert_at","id":"au1","end":"books","index":1,"item":"bo1"}"#,
        "Author.books",
    );
    check(
        r#"{"op":"replace","id":"au1","end":"books","items":["bo1","ta1"]}"#,
        "Author.books",
    );
}

const BEGIN: &str = r#"{"op":"begin"}"#;
const COMMIT: &str = r#"{"op":"commit"}"#;
const ROLLBACK: &str = r#"{"op":"rollback"}"#;

#[test]
fn what_is_rolled_back_is_as_before_and_its_labels_are_free() {
    let live = r#""live":{"Author":["au1"],"Book":["bo1","bo2"],"Tag":["ta1"]}"#;
    let linked = r#""ends":{"Book.author":{"bo1":"au1"},"Author.books":{"au1":["bo1"]}}"#;
    let lines = format!(
        r#"{{"op":"set","id":"bo1","end":"author","to":"au1"}}
{BEGIN}
{{"op":"delete","id":"bo1"}}
{{"op":"insert","entity":"Tag","id":"bo1"}}
{{"op":"insert","entity":"Book","id":"bo3"}}
{ROLLBACK}
{{"op":"state",{live},{linked}}}
{{"op":"insert","entity":"Book","id":"bo3"}}"#
    );
    let totals = Totals {
        edits: 9,
        states: 1,
    };
    assert_eq!(follow(&lines).unwrap(), totals);
}

#[test]
fn transactions_nest() {
    let live = |books: &str| {
        format!(
            r#"{{"op":"state","live":{{"Author":["au1"],"Book":[{books}],"Tag":["ta1"]}},"ends":{{}}}}"#
        )
    };
    let (outer, both) = (
        live(r#""bo1","bo2","bo3""#),
        live(r#""bo1","bo2","bo3","bo4""#),
    );
    let before = live(r#""bo1","bo2""#);
    let insert = |label| format!(r#"{{"op":"insert","entity":"Book","id":"{label}"}}"#);
    let (bo3, bo4) = (insert("bo3"), insert("bo4"));
    let rolled_back = [BEGIN, &bo3, BEGIN, &bo4, ROLLBACK, &outer, COMMIT, &outer];
    follow(&rolled_back.join("\n")).expect("the outer one stands");
    let committed = [BEGIN, &bo3, BEGIN, &bo4, COMMIT, &both, ROLLBACK, &before];
    follow(&committed.join("\n")).expect("the inner one goes with the outer");
}

#[test]
fn a_difference_inside_a_transaction_is_told() {
    let live = r#""live":{"Author":["au1"],"Book":["bo1","bo2"],"Tag":["ta1"]}"#;
    let lines = format!(
        r#"{BEGIN}
{{"op":"set","id":"bo1","end":"author","to":"au1"}}
{{"op":"state",{live},"ends":{{}}}}
{COMMIT}"#
    );
    differs(&lines, "Book.author of bo1", "nothing", "au1");
}

#[test]
fn transactions_that_do_not_nest_are_refused_by_their_line() {
    let check = |lines: &[&str], line, told| refused(follow(&lines.join("\n")), line, told);
    check(&[COMMIT], 6, "`commit`: no transaction is open");
    check(&[ROLLBACK], 6, "`rollback`: no transaction is open");
    check(&[BEGIN, COMMIT, COMMIT], 8, "no transaction is open");
    check(&[BEGIN, ROLLBACK, BEGIN], 8, "the transaction has no end");
    check(&[BEGIN, BEGIN, COMMIT], 6, "the transaction has no end");
    check(&[BEGIN, "7"], 7, "no `op`");
    check(&[BEGIN; 64], 69, "the transaction has no end");
    check(&[BEGIN; 100_000], 70, "more than 64 transactions are open");
}
