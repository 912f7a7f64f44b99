//! The `editor` example: all that its session prints.

#[path = "../examples/editor.rs"]
#[expect(dead_code, reason = "`main` prints what is compared here")]
mod editor;

#[test]
fn an_editor_says_what_it_draws_and_what_is_saved() {
    let printed = editor::session().expect("nothing fails that should not");
    assert_eq!(printed, include_str!("editor.txt"));
}
