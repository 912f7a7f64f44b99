//! Checks: they see a change before it is written, and may refuse it. Case 64.

#![expect(
    clippy::panic_in_result_fn,
    reason = "a test asserts, and passes errors on"
)]

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use backref::{
    DeleteRule, EndInfo, EndOptions, EntityInfo, EntityType, Error, ErrorKind, Graph, Id, Key,
    LinkData, PlannedLinks, PlannedPayload, Registry, Result, Schema, ToMany, ToOne, ToOneOf,
};

use crate::model::{assert_sound, refused};

/// Entities of one payload type: a name, and a key that is like no other.
#[derive(Clone, Debug, PartialEq)]
struct Thing<const KIND: char> {
    name: &'static str,
    key: u32,
}

type Shelf = Thing<'S'>;
type Book = Thing<'B'>;
type Tag = Thing<'T'>;

/// What the checks do when they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Agree,
    Refuse,
    Panic,
}

thread_local! {
    static MOOD: Cell<Mood> = const { Cell::new(Mood::Agree) };
    /// What was asked, in order.
    static ASKED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn answer(asked: String) -> Result<(), &'static str> {
    ASKED.with_borrow_mut(|all| all.push(asked));
    match MOOD.get() {
        Mood::Agree => Ok(()),
        Mood::Refuse => Err("not today"),
        // Past the panic hook.
        Mood::Panic => resume_unwind(Box::new("a check panics")),
    }
}

/// Forgets what was asked before, and agrees.
fn begin() {
    MOOD.set(Mood::Agree);
    ASKED.take();
}

/// "Shelf.books of a: +x -y".
fn links<const S: char, const T: char>(
    end: &str,
    change: &PlannedLinks<'_, Thing<S>, Thing<T>>,
) -> Result<(), &'static str> {
    let name = |id: &Id<Thing<T>>| {
        change
            .member(*id)
            .expect("whoever is told of is there")
            .name
    };
    let mut told = format!("{end} of {}:", change.owner_payload().name);
    for id in change.added() {
        told += &format!(" +{}", name(id));
    }
    for id in change.removed() {
        told += &format!(" -{}", name(id));
    }
    let after: Vec<Id<Thing<T>>> = change.members_after().collect();
    assert_eq!(after.len(), change.len_after());
    assert!(change.added().iter().all(|id| after.contains(id)));
    assert!(change.removed().iter().all(|id| !after.contains(id)));
    answer(told)
}

/// "book x: old -> new".
fn payload<const K: char>(change: &PlannedPayload<'_, Thing<K>>) -> Result<(), &'static str> {
    let name = |thing: Option<&Thing<K>>| thing.map_or("", |it| it.name);
    let (before, after) = (name(change.before()), name(change.after()));
    assert_eq!(
        (change.is_insert(), change.is_delete()),
        (before.is_empty(), after.is_empty())
    );
    assert_eq!(change.is_update(), !before.is_empty() && !after.is_empty());
    answer(format!("{K}: {before} -> {after}"))
}

/// Every end and every type has a check.
struct Library {
    graph: Graph,
    shelf: EntityType<Shelf>,
    book: EntityType<Book>,
    tag: EntityType<Tag>,
    books: ToMany<Shelf, Book>,
    book_shelf: ToOne<Book, Shelf>,
    tags: ToMany<Book, Tag>,
    tag_books: ToMany<Tag, Book>,
    tagging: LinkData<Book, Tag, u32>,
    sequel: ToOne<Book, Book>,
    friends: ToMany<Shelf, Shelf>,
    parts: ToMany<Shelf, Tag>,
    a: Id<Shelf>,
    b: Id<Shelf>,
    x: Id<Book>,
    y: Id<Book>,
    z: Id<Book>,
    t: Id<Tag>,
    u: Id<Tag>,
}

fn thing<const KIND: char>(name: &'static str) -> Thing<KIND> {
    let key = name
        .bytes()
        .fold(0, |key, byte| key * 256 + u32::from(byte));
    Thing { name, key }
}

fn declare<const KIND: char>(schema: &mut backref::SchemaBuilder, name: &str) {
    schema
        .entity::<Thing<KIND>>(name)
        .key(Key::field(|it: &Thing<KIND>| &it.key))
        .cloneable()
        .comparable()
        .check(payload::<KIND>);
}

fn registry() -> Registry {
    let mut schema = Schema::builder();
    declare::<'S'>(&mut schema, "Shelf");
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Tag");
    schema
        .relationship("Shelf.books")
        .to_many("Book")
        .back_populates("shelf")
        .delete_rule(DeleteRule::Cascade)
        .check(|change| links::<'S', 'B'>("Shelf.books", change));
    schema
        .relationship("Book.shelf")
        .to_one("Shelf")
        .back_populates("books")
        .check(|change| links::<'B', 'S'>("Book.shelf", change));
    schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref("books")
        .data::<u32>()
        .cloneable_data::<u32>()
        .comparable_data::<u32>()
        .check(|change| links::<'B', 'T'>("Book.tags", change))
        .inverse(|end| end.check(|change| links::<'T', 'B'>("Tag.books", change)));
    schema
        .relationship("Book.sequel")
        .to_one("Book")
        .backref_one("prequel")
        .check(|change| links::<'B', 'B'>("Book.sequel", change));
    schema
        .relationship("Shelf.friends")
        .to_many("Shelf")
        .symmetric()
        .check(|change| links::<'S', 'S'>("Shelf.friends", change));
    schema
        .relationship("Shelf.parts")
        .to_many("Tag")
        .backref_one("whole")
        .delete_orphans()
        .check(|change| links::<'S', 'T'>("Shelf.parts", change));
    schema.build().expect("it is sound")
}

impl Library {
    /// Shelf a has x and y, shelf b has z; x is tagged t.
    fn new() -> Self {
        MOOD.set(Mood::Agree);
        Self::filled().expect("nothing is refused")
    }

    fn filled() -> Result<Self> {
        let registry = registry();
        let (shelf, book) = (
            registry.entity_type("Shelf")?,
            registry.entity_type("Book")?,
        );
        let tag = registry.entity_type("Tag")?;
        let books = registry.to_many("Shelf.books")?;
        let tags = registry.to_many("Book.tags")?;
        let (book_shelf, tag_books) = (
            registry.to_one("Book.shelf")?,
            registry.to_many("Tag.books")?,
        );
        let (tagging, sequel) = (
            registry.link_data("Book.tags")?,
            registry.to_one("Book.sequel")?,
        );
        let (friends, parts) = (
            registry.to_many("Shelf.friends")?,
            registry.to_many("Shelf.parts")?,
        );
        let mut graph = Graph::new(registry);
        let [a, b] = ["a", "b"].map(|name| graph.insert(shelf, thing(name)));
        let [x, y, z] = ["x", "y", "z"].map(|name| graph.insert(book, thing(name)));
        let [t, u] = ["t", "u"].map(|name| graph.insert(tag, thing(name)));
        let (a, b, x, y, z, t, u) = (a?, b?, x?, y?, z?, t?, u?);
        graph.row_mut(books, a)?.extend([x, y])?;
        graph.row_mut(books, b)?.push(z)?;
        graph.row_mut(tags, x)?.push(t)?;
        graph.row_mut(friends, a)?.extend([a, b])?;
        graph.row_mut(parts, a)?.push(t)?;
        ASKED.take();
        Ok(Self {
            graph,
            shelf,
            book,
            tag,
            books,
            book_shelf,
            tags,
            tag_books,
            tagging,
            sequel,
            friends,
            parts,
            a,
            b,
            x,
            y,
            z,
            t,
            u,
        })
    }

    /// What the checks are asked by a call that they agree to.
    fn asked<R>(&mut self, call: impl FnOnce(&mut Self) -> Result<R>) -> Vec<String> {
        ASKED.take();
        call(self).map(drop).expect("nothing is refused");
        assert_sound(&self.graph);
        ASKED.take()
    }
}

type Call = fn(&mut Library) -> Result<()>;

/// Every verb that changes something which a check is asked about.
const VERBS: [(&str, Call); 33] = [
    ("insert", |l| l.graph.insert(l.book, thing("new")).map(drop)),
    ("get_or_insert", |l| {
        l.graph.get_or_insert(l.book, thing("new")).map(drop)
    }),
    ("upsert, new", |l| {
        l.graph.upsert(l.book, thing("new")).map(drop)
    }),
    ("upsert, known", |l| {
        l.graph.upsert(l.book, thing("x")).map(drop)
    }),
    ("create with links", |l| {
        let create = l.graph.create(l.book, thing("new")).link(l.book_shelf, l.a);
        create.links(l.tags, [l.t, l.u]).insert().map(drop)
    }),
    ("create with data", |l| {
        let create = l.graph.create(l.book, thing("new"));
        create.link_with(l.tagging, l.u, 7).insert().map(drop)
    }),
    ("untyped insert", |l| {
        let (book, x) = (l.book.untyped(), l.book.any(l.x));
        let links = [(l.sequel.untyped(), x)];
        l.graph
            .untyped_mut()
            .insert(book, Box::new(thing::<'B'>("new")), &links)
            .map(drop)
    }),
    ("replace", |l| {
        l.graph.replace(l.book, l.x, thing("new")).map(drop)
    }),
    ("update", |l| {
        l.graph.update(l.book, l.x, |it| it.name = "new")
    }),
    ("try_update", |l| {
        l.graph.try_update(l.book, l.x, |it| {
            it.name = "new";
            Ok(())
        })
    }),
    ("swap_keys", |l| {
        l.graph.swap_keys(l.book, l.x, l.y, |x, y| {
            std::mem::swap(&mut x.key, &mut y.key);
        })
    }),
    ("untyped replace", |l| {
        let x = l.book.any(l.x);
        l.graph
            .untyped_mut()
            .replace_payload(x, Box::new(thing::<'B'>("new")))
            .map(drop)
    }),
    ("set", |l| l.graph.set(l.book_shelf, l.x, l.b).map(drop)),
    ("set to none", |l| {
        l.graph.set(l.book_shelf, l.x, None).map(drop)
    }),
    ("set one-to-one", |l| {
        l.graph.set(l.sequel, l.x, l.y).map(drop)
    }),
    ("push", |l| {
        l.graph.row_mut(l.books, l.b)?.push(l.x).map(drop)
    }),
    ("push many-to-many", |l| {
        l.graph.row_mut(l.tag_books, l.t)?.push(l.y).map(drop)
    }),
    ("push symmetric", |l| {
        l.graph.row_mut(l.friends, l.b)?.push(l.b).map(drop)
    }),
    ("remove", |l| {
        l.graph.row_mut(l.books, l.a)?.remove(l.x).map(drop)
    }),
    ("remove many-to-many", |l| {
        l.graph.row_mut(l.tags, l.x)?.remove(l.t).map(drop)
    }),
    ("remove symmetric", |l| {
        l.graph.row_mut(l.friends, l.a)?.remove(l.b).map(drop)
    }),
    ("insert_at", |l| {
        l.graph.row_mut(l.books, l.a)?.insert_at(0, l.z).map(drop)
    }),
    ("replace a row", |l| {
        l.graph.row_mut(l.books, l.a)?.replace([l.z, l.y]).map(drop)
    }),
    ("clear", |l| {
        l.graph.row_mut(l.books, l.a)?.clear().map(drop)
    }),
    ("clear symmetric", |l| {
        l.graph.row_mut(l.friends, l.a)?.clear().map(drop)
    }),
    ("extend", |l| {
        l.graph.row_mut(l.books, l.a)?.extend([l.y, l.z]).map(drop)
    }),
    ("take_all_from", |l| {
        l.graph.row_mut(l.books, l.b)?.take_all_from(l.a).map(drop)
    }),
    ("link", |l| l.graph.link(l.tagging, l.y, l.t, 7).map(drop)),
    ("untyped link", |l| {
        let (y, t) = (l.book.any(l.y), l.tag.any(l.t));
        l.graph
            .untyped_mut()
            .link(l.tags.untyped(), y, t, Box::new(7_u32))
            .map(drop)
    }),
    ("delete", |l| l.graph.delete(l.tag, l.t).map(drop)),
    ("delete with cascades", |l| {
        l.graph.delete(l.shelf, l.a).map(drop)
    }),
    ("delete_all", |l| {
        l.graph
            .delete_all([l.book.any(l.x), l.book.any(l.z)])
            .map(drop)
    }),
    ("remove the last owner", |l| {
        l.graph.row_mut(l.parts, l.a)?.remove(l.t).map(drop)
    }),
];

#[test]
fn a_check_that_refuses_keeps_any_verb_from_changing_anything() {
    for (verb, call) in VERBS {
        let mut library = Library::new();
        MOOD.set(Mood::Refuse);
        let before = library.graph.try_clone().expect("all is cloneable");
        let error = call(&mut library).expect_err(verb);
        assert_eq!(error.kind(), ErrorKind::Refused, "{verb}: {error}");
        assert!(error.to_string().contains("not today"), "{verb}: {error}");
        let live = |&id: &backref::AnyId| library.graph.untyped().is_live(id);
        assert!(error.entities().iter().all(live), "{verb}: {error}");
        assert_unchanged(&library.graph, &before, verb);
    }
}

#[test]
fn a_check_that_panics_keeps_any_verb_from_changing_anything() {
    for (verb, call) in VERBS {
        let mut library = Library::new();
        let before = library.graph.try_clone().expect("all is cloneable");
        MOOD.set(Mood::Panic);
        let outcome = catch_unwind(AssertUnwindSafe(|| call(&mut library)));
        assert!(outcome.is_err(), "{verb}");
        MOOD.set(Mood::Agree);
        assert_unchanged(&library.graph, &before, verb);
        // Nothing is left over that a later call would take for its own.
        let tagged = library.graph.link(library.tagging, library.z, library.u, 9);
        assert_eq!(tagged.expect("nothing is refused"), None, "{verb}");
        let data = library
            .graph
            .link_data(library.tagging, library.z, library.u);
        assert_eq!(data, Some(&9), "{verb}");
        library
            .graph
            .row_mut(library.tags, library.y)
            .and_then(|mut row| row.push(library.u))
            .expect("nothing is refused");
        let data = library
            .graph
            .link_data(library.tagging, library.y, library.u);
        assert_eq!(data, Some(&0), "{verb}");
        assert_sound(&library.graph);
    }
}

#[test]
fn a_check_that_agrees_is_in_no_verbs_way() {
    for (verb, call) in VERBS {
        let mut library = Library::new();
        let before = library.graph.try_clone().expect("all is cloneable");
        call(&mut library).expect(verb);
        assert!(!ASKED.take().is_empty(), "{verb} asks nobody");
        assert_sound(&library.graph);
        let same = library.graph.try_eq(&before).expect("all is comparable");
        assert_eq!(same, verb == "upsert, known", "{verb}");
    }
}

#[track_caller]
fn assert_unchanged(graph: &Graph, before: &Graph, verb: &str) {
    assert_sound(graph);
    assert!(
        graph.try_eq(before).expect("all is comparable"),
        "{verb} has changed the graph"
    );
}

#[test]
fn a_link_is_seen_from_both_of_its_ends_and_by_whom_it_displaces() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.set(l.book_shelf, l.x, l.b));
    assert_eq!(
        asked,
        [
            "Shelf.books of a: -x",
            "Shelf.books of b: +x",
            "Book.shelf of x: +b -a"
        ]
    );
    let asked = l.asked(|l| l.graph.row_mut(l.books, l.a)?.push(l.x));
    assert_eq!(
        asked,
        [
            "Shelf.books of a: +x",
            "Shelf.books of b: -x",
            "Book.shelf of x: +a -b"
        ]
    );
}

#[test]
fn an_old_partner_of_a_one_to_one_link_is_asked_for_too() {
    let mut l = Library::new();
    l.asked(|l| l.graph.set(l.sequel, l.x, l.y));
    let asked = l.asked(|l| l.graph.set(l.sequel, l.z, l.y));
    assert_eq!(asked, ["Book.sequel of x: -y", "Book.sequel of z: +y"]);
}

#[test]
fn replace_shows_the_whole_batch_at_once() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.row_mut(l.books, l.a)?.replace([l.z, l.y]));
    assert_eq!(
        asked,
        [
            "Shelf.books of a: +z -x",
            "Shelf.books of b: -z",
            "Book.shelf of x: -a",
            "Book.shelf of z: +a -b",
        ]
    );
}

#[test]
fn taking_over_a_row_is_one_question_to_each_owner() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.row_mut(l.books, l.b)?.take_all_from(l.a));
    assert_eq!(
        asked[..2],
        ["Shelf.books of a: -x -y", "Shelf.books of b: +x +y"]
    );
}

#[test]
fn a_link_of_a_symmetric_end_is_seen_by_both_and_one_to_itself_once() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.row_mut(l.friends, l.a)?.clear());
    assert_eq!(
        asked,
        ["Shelf.friends of a: -a -b", "Shelf.friends of b: -a"]
    );
    let asked = l.asked(|l| l.graph.row_mut(l.friends, l.b)?.extend([l.b, l.a]));
    assert_eq!(
        asked,
        ["Shelf.friends of a: +b", "Shelf.friends of b: +b +a"]
    );
}

#[test]
fn moving_within_a_row_asks_nobody() {
    let mut l = Library::new();
    let asked = l.asked(|l| {
        let mut row = l.graph.row_mut(l.books, l.a)?;
        row.move_to(l.y, 0)?;
        row.swap(0, 1)?;
        row.reverse()?;
        row.insert_at(0, l.x)?;
        row.replace([l.y, l.x])?;
        row.push(l.x)?;
        row.remove(l.z)
    });
    assert_eq!(asked, [""; 0]);
}

#[test]
fn a_check_sees_the_payload_and_the_links_of_a_newcomer() {
    let mut l = Library::new();
    let asked = l.asked(|l| {
        let create = l.graph.create(l.book, thing("new")).link(l.book_shelf, l.b);
        create.links(l.tags, [l.u, l.t]).insert()
    });
    assert_eq!(
        asked,
        [
            "B:  -> new",
            "Shelf.books of b: +new",
            "Book.shelf of new: +b",
            "Book.tags of new: +u +t",
            "Tag.books of t: +new",
            "Tag.books of u: +new",
        ]
    );
}

#[test]
fn the_id_of_a_newcomer_is_the_one_it_is_going_to_have() {
    thread_local! {
        static IDS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    }
    fn note(id: u64) -> Result<(), String> {
        IDS.with_borrow_mut(|ids| ids.push(id));
        Ok(())
    }
    let mut schema = Schema::builder();
    let book = schema.entity::<Book>("Book").cloneable().comparable();
    book.check(|change: &PlannedPayload<'_, Book>| note(change.id().to_bits()));
    let sequel = schema
        .relationship("Book.sequel")
        .to_one("Book")
        .backref_one("prequel");
    sequel.check(|change: &PlannedLinks<'_, Book, Book>| {
        change
            .removed()
            .iter()
            .chain(change.added())
            .try_for_each(|id| note(id.to_bits()))?;
        note(change.owner().to_bits())
    });
    let registry = schema.build().expect("it is sound");
    let book = registry.entity_type::<Book>("Book").expect("it is there");
    let sequel = registry
        .to_one::<Book, Book>("Book.sequel")
        .expect("it is there");
    let mut graph = Graph::new(registry);
    let mut expected = Vec::new();
    let first = graph.insert(book, thing("a")).expect("it is agreed to");
    let second = graph.create(book, thing("b")).link(sequel, first).insert();
    let second = second.expect("it is agreed to");
    expected.extend([first, second, first, second]);
    graph.delete(book, first).expect("it is agreed to");
    expected.extend([first, first, second]);
    // The slot is used for the second time.
    let third = graph.create(book, thing("c")).link(sequel, second).insert();
    let third = third.expect("it is agreed to");
    expected.extend([third, second, third]);
    let expected: Vec<u64> = expected.into_iter().map(Id::to_bits).collect();
    assert_eq!(IDS.take(), expected);
}

#[test]
fn several_payloads_of_a_call_are_all_asked_about_before_one_is_written() {
    let mut l = Library::new();
    let asked = l.asked(|l| {
        l.graph.swap_keys(l.book, l.x, l.y, |x, y| {
            std::mem::swap(&mut x.key, &mut y.key);
        })
    });
    assert_eq!(asked, ["B: x -> x", "B: y -> y"]);
}

#[test]
fn a_delete_asks_for_all_who_go_and_for_those_they_leave_behind() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.delete(l.shelf, l.a));
    assert_eq!(
        asked,
        [
            "S: a -> ",
            "B: x -> ",
            "B: y -> ",
            "T: t -> ",
            "Shelf.friends of b: -a",
        ],
        "not of the links of those who go"
    );
    let asked = l.asked(|l| l.graph.delete(l.book, l.z));
    assert_eq!(asked, ["B: z -> ", "Shelf.books of b: -z"]);
}

#[test]
fn a_plan_of_a_delete_asks_nobody() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.plan_delete([l.shelf.any(l.a)]));
    assert_eq!(asked, [""; 0]);
}

#[test]
fn an_orphan_that_may_not_go_keeps_its_owner() {
    let mut l = Library::new();
    let asked = l.asked(|l| l.graph.row_mut(l.parts, l.a)?.remove(l.t));
    assert_eq!(
        asked,
        ["Shelf.parts of a: -t", "T: t -> ", "Book.tags of x: -t"]
    );

    let mut schema = Schema::builder();
    schema.entity::<Shelf>("Shelf").cloneable().comparable();
    let tag = schema.entity::<Tag>("Tag").cloneable().comparable();
    tag.check(
        |change: &PlannedPayload<'_, Tag>| match change.is_delete() {
            true => Err("tags stay"),
            false => Ok(()),
        },
    );
    let parts = schema
        .relationship("Shelf.parts")
        .to_many("Tag")
        .backref_one("whole");
    parts.delete_orphans();
    let registry = schema.build().expect("it is sound");
    let shelf = registry.entity_type::<Shelf>("Shelf").expect("it is there");
    let tag = registry.entity_type::<Tag>("Tag").expect("it is there");
    let parts = registry
        .to_many::<Shelf, Tag>("Shelf.parts")
        .expect("it is there");
    let mut graph = Graph::new(registry);
    let a = graph.insert(shelf, thing("a")).expect("it is agreed to");
    let t = graph.insert(tag, thing("t")).expect("it is agreed to");
    graph
        .row_mut(parts, a)
        .and_then(|mut row| row.push(t))
        .expect("it is agreed to");
    let error = refused(&mut graph, |graph| graph.row_mut(parts, a)?.remove(t));
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(
        error.to_string(),
        "deleting Tag#1v1 is refused by a check of Tag: tags stay: \
         the call would leave Tag#1v1 without an owner"
    );
    refused(&mut graph, |graph| graph.row_mut(parts, a)?.clear());
    refused(&mut graph, |graph| graph.delete(shelf, a));
}

/// Folders and notes, which are copied with their tags.
fn notes(check: fn(&PlannedPayload<'_, Book>) -> Result<(), &'static str>) -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<Shelf>("Shelf").cloneable().comparable();
    schema
        .entity::<Book>("Book")
        .cloneable()
        .comparable()
        .check(check);
    schema.entity::<Tag>("Tag").cloneable().comparable();
    schema
        .relationship("Shelf.books")
        .to_many("Book")
        .backref_one("shelf")
        .check(|change| links::<'S', 'B'>("Shelf.books", change));
    schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref("books")
        .check(|change| links::<'B', 'T'>("Book.tags", change))
        .inverse(|end| end.check(|change| links::<'T', 'B'>("Tag.books", change)));
    schema.build().expect("it is sound")
}

#[test]
fn a_copy_asks_for_the_copies_and_for_those_they_are_linked_to() -> Result<()> {
    begin();
    let registry = notes(payload::<'B'>);
    let (shelf, book) = (
        registry.entity_type::<Shelf>("Shelf")?,
        registry.entity_type("Book")?,
    );
    let tag = registry.entity_type::<Tag>("Tag")?;
    let books = registry.to_many::<Shelf, Book>("Shelf.books")?;
    let tags = registry.to_many::<Book, Tag>("Book.tags")?;
    let mut graph = Graph::new(registry);
    let a = graph.insert(shelf, thing("a"))?;
    let t = graph.insert(tag, thing("t"))?;
    for name in ["x", "y"] {
        let x = graph.create(book, thing(name)).link(tags, t).insert()?;
        graph.row_mut(books, a)?.push(x)?;
    }
    ASKED.take();
    for mood in [Mood::Refuse, Mood::Panic] {
        let before = graph.try_clone()?;
        MOOD.set(mood);
        let copied = catch_unwind(AssertUnwindSafe(|| {
            graph
                .copy([shelf.any(a)], [books.untyped()])
                .insert()
                .map(drop)
        }));
        assert!(!matches!(copied, Ok(Ok(()))));
        MOOD.set(Mood::Agree);
        assert_unchanged(&graph, &before, "copy");
    }
    ASKED.take();
    graph.copy([shelf.any(a)], [books.untyped()]).insert()?;
    assert_eq!(
        ASKED.take(),
        [
            "B:  -> x",
            "B:  -> y",
            "Shelf.books of a: +x +y",
            "Book.tags of x: +t",
            "Book.tags of y: +t",
            "Tag.books of t: +x +y",
        ]
    );
    assert_sound(&graph);
    Ok(())
}

#[test]
fn the_first_of_several_checks_that_refuses_gives_the_reason() -> Result<()> {
    let mut schema = Schema::builder();
    let book = schema.entity::<Book>("Book").cloneable().comparable();
    let book = book.check(|_: &PlannedPayload<'_, Book>| Ok::<(), &str>(()));
    let book = book.check(|_: &PlannedPayload<'_, Book>| Err("first"));
    book.check(|_: &PlannedPayload<'_, Book>| Err("second"));
    let registry = schema.build()?;
    let book = registry.entity_type::<Book>("Book")?;
    let mut graph = Graph::new(registry);
    let error = refused(&mut graph, |graph| graph.insert(book, thing("x")));
    assert_eq!(
        error.to_string(),
        "a new Book is refused by a check of Book: first"
    );
    Ok(())
}

#[test]
fn a_check_is_asked_when_all_other_rules_are_kept_to() {
    let mut l = Library::new();
    MOOD.set(Mood::Refuse);
    let error: Error = refused(&mut l.graph, |graph| graph.insert(l.book, thing("x")));
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(ASKED.take(), [""; 0]);
}

#[test]
fn an_end_of_several_types_has_a_check_for_each_of_them() -> Result<()> {
    begin();
    let mut schema = Schema::builder();
    declare_plainly::<'S'>(&mut schema, "Shelf");
    declare_plainly::<'B'>(&mut schema, "Book");
    declare_plainly::<'T'>(&mut schema, "Tag");
    schema
        .relationship("Tag.on")
        .to_one_of(["Shelf", "Book"])
        .backref("tags")
        .inverse(|end: EndOptions| end.check(|change| links::<'B', 'T'>("Book.tags", change)))
        .check(|change| links::<'T', 'S'>("Tag.on a shelf", change))
        .check(|change| links::<'T', 'B'>("Tag.on a book", change));
    let registry = schema.build()?;
    let (shelf, book) = (
        registry.entity_type::<Shelf>("Shelf")?,
        registry.entity_type("Book")?,
    );
    let tag = registry.entity_type::<Tag>("Tag")?;
    let on: ToOneOf<Tag> = registry.to_one_of("Tag.on")?;
    let mut graph = Graph::new(registry);
    let (a, x): (_, Id<Book>) = (
        graph.insert(shelf, thing("a"))?,
        graph.insert(book, thing("x"))?,
    );
    let t = graph.insert(tag, thing("t"))?;
    graph.set_one_of(on, t, shelf.any(a))?;
    assert_eq!(ASKED.take(), ["Tag.on a shelf of t: +a"]);
    graph.set_one_of(on, t, book.any(x))?;
    let moved = [
        "Tag.on a shelf of t: -a",
        "Tag.on a book of t: +x",
        "Book.tags of x: +t",
    ];
    assert_eq!(ASKED.take(), moved);
    MOOD.set(Mood::Refuse);
    refused(&mut graph, |graph| graph.set_one_of(on, t, shelf.any(a)));
    refused(&mut graph, |graph| graph.set_one_of(on, t, None));
    Ok(())
}

fn declare_plainly<const KIND: char>(schema: &mut backref::SchemaBuilder, name: &str) {
    schema.entity::<Thing<KIND>>(name).cloneable().comparable();
}

#[test]
fn a_part_that_another_end_contains_is_asked_for_there() -> Result<()> {
    begin();
    let mut schema = Schema::builder();
    declare_plainly::<'S'>(&mut schema, "Shelf");
    declare_plainly::<'B'>(&mut schema, "Book");
    declare_plainly::<'T'>(&mut schema, "Tag");
    let parts = schema
        .relationship("Shelf.tags")
        .to_many("Tag")
        .backref_one("shelf");
    parts
        .contained()
        .check(|change| links::<'S', 'T'>("Shelf.tags", change));
    schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref_one("book")
        .contained();
    let registry = schema.build()?;
    let (shelf, book) = (
        registry.entity_type::<Shelf>("Shelf")?,
        registry.entity_type("Book")?,
    );
    let tag = registry.entity_type::<Tag>("Tag")?;
    let shelf_tags = registry.to_many::<Shelf, Tag>("Shelf.tags")?;
    let book_tags = registry.to_many::<Book, Tag>("Book.tags")?;
    let mut graph = Graph::new(registry);
    let (a, x) = (
        graph.insert(shelf, thing("a"))?,
        graph.insert(book, thing("x"))?,
    );
    let t = graph.insert(tag, thing("t"))?;
    graph.row_mut(shelf_tags, a)?.push(t)?;
    assert_eq!(ASKED.take(), ["Shelf.tags of a: +t"]);
    MOOD.set(Mood::Refuse);
    refused(&mut graph, |graph| graph.row_mut(book_tags, x)?.push(t));
    MOOD.set(Mood::Agree);
    ASKED.take();
    graph.row_mut(book_tags, x)?.push(t)?;
    assert_eq!(ASKED.take(), ["Shelf.tags of a: -t"]);
    Ok(())
}

#[test]
fn a_check_of_other_types_is_a_problem_of_the_schema() {
    let mut schema = Schema::builder();
    schema.entity::<u8>("Author");
    schema.entity::<u16>("Book");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .backref("books")
        .check(|_: &PlannedLinks<'_, u8, u16>| Ok::<(), &str>(()))
        .inverse(|end| end.check(|_: &PlannedLinks<'_, u8, u8>| Ok::<(), &str>(())));
    let error = schema.build().expect_err("they are the wrong way round");
    assert_eq!(
        error.problems(),
        [
            "Book.author has a check of links from a u8 to a u16, but it leads from a u16 to a u8: \
             let it take a &PlannedLinks<u16, u8>",
            "Author.books, which Book.author makes by backref, has a check of links from a u8 to a \
             u8, but it leads from a u8 to a u16: let it take a &PlannedLinks<u8, u16>",
        ]
    );
}

#[test]
fn the_registry_tells_what_is_checked() -> Result<()> {
    let registry = notes(|_| Ok(()));
    let checked = |name| registry.find_end(name).is_some_and(EndInfo::is_checked);
    assert!(checked("Shelf.books") && !checked("Book.shelf") && checked("Tag.books"));
    let checked = |name| {
        registry
            .find_entity(name)
            .is_some_and(EntityInfo::is_checked)
    };
    assert!(checked("Book") && !checked("Shelf"));
    Ok(())
}

#[test]
fn a_call_that_is_refused_inside_a_transaction_takes_back_itself_alone() -> Result<()> {
    let mut l = Library::new();
    l.graph.transaction(|graph| {
        graph.set(l.book_shelf, l.x, l.b)?;
        MOOD.set(Mood::Refuse);
        refused(graph, |graph| graph.row_mut(l.books, l.b)?.clear());
        refused(graph, |graph| graph.delete(l.shelf, l.a));
        MOOD.set(Mood::Agree);
        graph.set(l.book_shelf, l.y, l.b)
    })?;
    assert!(l.graph.row(l.books, l.b).iter().eq([l.z, l.x, l.y]));
    let asked = |graph: &mut Graph| -> Result<()> {
        graph.set(l.book_shelf, l.x, l.a)?;
        MOOD.set(Mood::Refuse);
        graph.set(l.book_shelf, l.y, l.a).map(drop)
    };
    refused(&mut l.graph, |graph| graph.transaction(asked));
    Ok(())
}

#[test]
fn undoing_and_doing_again_ask_nobody() -> Result<()> {
    let mut l = Library::new();
    l.graph.keep_history(5)?;
    l.graph.delete(l.shelf, l.a)?;
    l.graph.row_mut(l.tags, l.z)?.push(l.u)?;
    MOOD.set(Mood::Refuse);
    ASKED.take();
    while l.graph.undo()? {}
    while l.graph.redo()? {}
    assert_eq!(ASKED.take(), [""; 0]);
    assert_sound(&l.graph);
    Ok(())
}
