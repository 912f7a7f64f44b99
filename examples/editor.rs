//! An outline editor: commands that can be undone, what a window has to redraw,
//! and whether there is something to save.
//!
//! `cargo run --example editor`

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::mpsc::{self, Receiver};

use backref::typed::Entity;
use backref::{AnyId, Commit, Id, Mark, Result, entity, graph};

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Item {
    text: String,
    /// What stands below it, in order. An item is below one other at most, never
    /// below itself, and goes with the one that it is below.
    #[relationship(backref = one(parent), contained)]
    items: ToMany<Item>,
    /// The items that its text refers to.
    #[relationship(backref = referred_to_by)]
    refers_to: ToMany<Item>,
    /// A tag that no item has any more goes too.
    #[relationship(backref = items, orphans = delete)]
    tags: ToMany<Tag>,
}

#[entity(key = label)]
#[derive(Debug, Clone, PartialEq)]
struct Tag {
    label: String,
}

graph! { struct Outline { items: Item, tags: Tag } }

/// A document that is being edited.
struct Editor {
    outline: Outline,
    root: Id<Item>,
    /// The item into which the last letter was typed.
    typing: Option<Id<Item>>,
    /// The moment that was saved last.
    saved: Mark,
    /// What the window has to redraw, commit by commit.
    redraws: Receiver<String>,
}

/// The commands: each is one transaction, so it is done as a whole or not at
/// all, and one step of the history.
impl Editor {
    fn new() -> Result<Self> {
        let mut outline = Outline::new();
        let root = outline.insert(item("Outline"))?;
        outline.keep_history(100)?; // from here on: the root is not undone
        let (redraw, redraws) = mpsc::channel();
        let window = outline.observe(move |commit, _| {
            redraw.send(to_redraw(commit)).ok(); // a window that is closed draws nothing
        });
        window.forever(); // if it were dropped, the observer would hear nothing more
        Ok(Self {
            saved: outline.mark()?,
            typing: None,
            outline,
            root,
            redraws,
        })
    }

    /// What a command does, under the name that a menu shows behind "Undo".
    fn command<R, E: From<backref::Error>>(
        &mut self,
        name: &str,
        parts: impl FnOnce(&mut Outline) -> Result<R, E>,
    ) -> Result<R, E> {
        self.typing = None;
        self.outline.try_transaction(|outline| {
            outline.name_step(name);
            parts(outline)
        })
    }

    fn insert(&mut self, below: Id<Item>, at: usize, text: &str) -> Result<Id<Item>> {
        self.command("insert", |outline| {
            let new = outline.insert(item(text))?;
            outline.edit(below).items_mut().insert_at(at, new)?;
            Ok(new)
        })
    }

    /// Letters that are typed into an item one after another are one step.
    fn type_letter(&mut self, into: Id<Item>, letter: char) -> Result<()> {
        if self.typing.replace(into) == Some(into) {
            self.outline.join_step("type"); // it joins the last, if that has the same name
        } else {
            self.outline.name_step("type");
        }
        let text = format!("{}{letter}", self.outline[into].text);
        self.outline.edit(into).set_text(text)
    }

    /// It leaves the row in which it is, as an item is below one other.
    fn move_to(&mut self, moved: Id<Item>, below: Id<Item>, at: usize) -> Result<bool> {
        self.command("move", |it| it.edit(below).items_mut().insert_at(at, moved))
    }

    fn refer(&mut self, from: Id<Item>, to: Id<Item>) -> Result<bool> {
        self.command("refer", |it| it.edit(from).refers_to_mut().push(to))
    }

    fn tag(&mut self, tagged: Id<Item>, label: &str) -> Result<bool> {
        self.command("tag", |outline| {
            let label = label.to_owned();
            let (tag, _) = outline.get_or_insert(Tag { label })?;
            outline.edit(tagged).tags_mut().push(tag)
        })
    }

    /// What is below it goes too, and links to what goes are cut.
    fn delete(&mut self, gone: Id<Item>) -> Result<()> {
        self.command("delete", |it| it.delete(gone).map(drop))
    }

    /// A line for each item, two spaces deeper than that of its parent. Whatever
    /// error comes out, nothing was pasted.
    fn paste(&mut self, below: Id<Item>, text: &str) -> Result<(), Box<dyn Error>> {
        self.command("paste", |outline| {
            let mut above = vec![below]; // by depth
            for line in text.lines() {
                let depth = (line.len() - line.trim_start().len()) / 2;
                let parent = above.get(depth).ok_or("a line is too deep")?;
                let new = outline.insert(item(line.trim()).with_parent(*parent))?;
                above.truncate(depth + 1);
                above.push(new);
            }
            Ok(())
        })
    }

    /// What was done and taken back is no change.
    fn is_saved(&self) -> Result<bool> {
        Ok(self.outline.changes_since(&self.saved)?.is_empty())
    }
}

fn item(text: &str) -> Item {
    let text = text.to_owned();
    Item { text }
}

/// What the window does after a commit. It hears of each once, with the net
/// effect: whatever an item went through in between, it is drawn once. Undo and
/// redo are told in the same way, so there is nothing to write for them.
fn to_redraw(commit: &Commit<'_>) -> String {
    let outline = commit.graph();
    let verb = match (commit.is_undo(), commit.is_redo()) {
        (true, _) => "undo ",
        (_, true) => "redo ",
        _ => "",
    };
    let mut lines = vec![format!("{verb}{}:", commit.label().unwrap_or("edit"))];
    let gone = commit.deleted(Item::TYPE); // as they were
    lines.extend(gone.map(|(_, item)| format!("  erase {}", item.text)));
    let new = commit.inserted(Item::TYPE);
    lines.extend(new.map(|(_, item)| format!("  draw {}", item.text)));
    let updated = commit.updated(Item::TYPE); // beside what they were
    lines.extend(updated.map(|(id, _)| format!("  draw {} again", outline.at(id).text)));
    // Who has other links at an end, and lives: it is all the same at which end
    // they were changed.
    for (end, what) in [
        (Item::ITEMS.untyped(), "arrange what is below"),
        (Item::REFERS_TO.untyped(), "draw the arrows of"),
        (Item::TAGS.untyped(), "draw the tags of"),
    ] {
        let links = commit.linked(end).chain(commit.unlinked(end));
        let moved = commit.moved(end).map(|moved| moved.owner());
        let owners = links.map(|link| link.owner()).chain(moved);
        let owners: BTreeSet<Id<Item>> = owners.filter_map(AnyId::of::<Item>).collect();
        let living = owners.iter().filter_map(|&id| outline.get(Item::TYPE, id));
        lines.extend(living.map(|item| format!("  {what} {}", item.text)));
    }
    lines.join("\n")
}

/// A session, as it is printed.
pub(crate) fn session() -> Result<String, Box<dyn Error>> {
    let (mut editor, mut out) = (Editor::new()?, String::new());
    let trip = editor.insert(editor.root, 0, "Trip")?;
    let train = editor.insert(trip, 0, "Train")?;
    let hotel = editor.insert(trip, 1, "Hotel")?;
    editor.tag(hotel, "booked")?;
    editor.refer(train, hotel)?;
    editor.saved = editor.outline.mark()?; // what was kept for the old mark is let go of
    show(&editor, &mut out, "A new outline, saved.")?;

    editor.type_letter(train, '-')?;
    editor.type_letter(train, '9')?;
    show(&editor, &mut out, "Two letters are typed …")?;
    editor.outline.undo()?;
    show(&editor, &mut out, "… and are one step.")?;
    editor.outline.redo()?;
    editor.move_to(hotel, trip, 0)?;
    show(&editor, &mut out, "Done again. The hotel comes first.")?;
    let refused = editor.move_to(trip, train, 0).err().ok_or("it is below")?;
    writeln!(out, "\n== Nothing is moved into itself.\n{refused}")?;
    editor.delete(trip)?;
    show(&editor, &mut out, "A subtree goes, with its tag …")?;
    editor.outline.undo()?;
    show(&editor, &mut out, "… and comes back, with all its links.")?;

    let before = editor.outline.try_clone()?;
    let failed = editor.paste(trip, "Lisbon\n  Alfama\n      Fado").err();
    let failed = failed.ok_or("it was pasted")?;
    let same = editor.outline.try_eq(&before)?;
    writeln!(out, "\n== No trace of what fails.\n{failed}; same: {same}")?;
    editor.paste(trip, "Lisbon\n  Alfama")?;
    show(&editor, &mut out, "What goes well is one step.")?;
    let steps: Vec<&str> = editor.outline.graph().undo_steps().flatten().collect();
    writeln!(out, "\n== What can be undone.\n{}", steps.join(", "))?;
    while !editor.is_saved()? && editor.outline.undo()? {}
    show(&editor, &mut out, "Back to what was saved.")?;
    Ok(out)
}

/// What the window has drawn since, its title, and all that it shows.
fn show(editor: &Editor, out: &mut String, what: &str) -> Result<(), Box<dyn Error>> {
    writeln!(out, "\n== {what}")?;
    for redraw in editor.redraws.try_iter() {
        writeln!(out, "{redraw}")?;
    }
    let title = if editor.is_saved()? { "" } else { " *" };
    writeln!(out, "[Outline{title}]")?;
    let outline = &editor.outline;
    for visit in outline.graph().depth_first(Item::ITEMS, [editor.root]) {
        let item = outline.at(visit.id);
        let arrows = item.refers_to().iter().map(|to| format!(" -> {}", to.text));
        let tags = item.tags().iter().map(|tag| format!(" #{}", tag.label));
        let marks: String = arrows.chain(tags).collect();
        let indent = "  ".repeat(visit.depth);
        writeln!(out, "| {indent}{}{marks}", item.text)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    Ok(io::stdout().write_all(session()?.as_bytes())?)
}
