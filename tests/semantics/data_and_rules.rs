//! Data on links whose ends have owners, containers, limits, several types or an
//! order, and on those of copies; where copies come into rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use backref::{EntityType, ErrorKind, Graph, Id, Key, LinkData, Schema, Storage, ToMany, ToOne};

/// Data that tells when it is dropped.
#[derive(Default)]
struct Counted(u32, Option<Arc<AtomicUsize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(drops) = &self.1 {
            drops.fetch_add(1, Ordering::Relaxed);
        }
    }
}

struct Folder;
struct Page;

/// A page is in a folder or under another page, and somebody owns it.
struct Desk {
    graph: Graph,
    folder: EntityType<Folder>,
    page: EntityType<Page>,
    place: LinkData<Page, Folder, Counted>,
    under: LinkData<Page, Page, Counted>,
    owns: LinkData<Folder, Page, Counted>,
    owned: ToMany<Folder, Page>,
    upper: ToOne<Page, Page>,
    drops: Arc<AtomicUsize>,
}

impl Desk {
    fn new() -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Folder>("Folder");
        schema.entity::<Page>("Page");
        let pages = schema.relationship("Folder.pages").to_many("Page");
        pages.backref_one("place").contained().data::<Counted>();
        let lower = schema.relationship("Page.lower").to_many("Page");
        lower.backref_one("upper").contained().data::<Counted>();
        let owned = schema.relationship("Folder.owned").to_many("Page");
        let owned = owned.backref("owners").delete_orphans().max(2);
        owned.data::<Counted>();
        let registry = schema.build().expect("the schema is sound");
        Self {
            folder: registry.entity_type("Folder").expect("it is declared"),
            page: registry.entity_type("Page").expect("it is declared"),
            place: registry.link_data("Page.place").expect("it is declared"),
            under: registry.link_data("Page.upper").expect("it is declared"),
            owns: registry.link_data("Folder.owned").expect("it is declared"),
            owned: registry.to_many("Folder.owned").expect("it is declared"),
            upper: registry.to_one("Page.upper").expect("it is declared"),
            graph: Graph::new(registry),
            drops: Arc::default(),
        }
    }

    fn page(&mut self) -> Id<Page> {
        self.graph.insert(self.page, Page).expect("it has no key")
    }

    fn folder(&mut self) -> Id<Folder> {
        let inserted = self.graph.insert(self.folder, Folder);
        inserted.expect("it has no key")
    }

    fn data(&self, number: u32) -> Counted {
        Counted(number, Some(Arc::clone(&self.drops)))
    }

    fn drops(&self) -> usize {
        self.drops.load(Ordering::Relaxed)
    }
}

#[test]
fn a_link_that_another_relationship_displaces_takes_its_data_along() {
    let mut l = Desk::new();
    let (folder, upper, page) = (l.folder(), l.page(), l.page());
    let linked = l.graph.link(l.place, page, folder, l.data(7));
    assert!(linked.expect("both are live").is_none());
    let linked = l.graph.link(l.under, page, upper, l.data(8));
    assert!(linked.expect("both are live").is_none());
    assert_eq!(l.drops(), 1, "the first went with its link");
    assert!(l.graph.link_data(l.place, page, folder).is_none());
    let datum = l.graph.link_data(l.under, page, upper);
    assert_eq!(datum.map(|datum| datum.0), Some(8));
    l.graph.verify().expect("it holds");
    let new = l.graph.create(l.page, Page);
    let new = new.link_with(l.under, upper, Counted(1, None)).link_with(
        l.place,
        folder,
        Counted(2, None),
    );
    let new = new.insert().expect("the last container counts");
    assert_eq!(l.graph.one(l.upper, new), None);
    let datum = l.graph.link_data(l.place, new, folder);
    assert_eq!(datum.map(|datum| datum.0), Some(2));
    l.graph.verify().expect("it holds");
}

#[test]
fn the_data_of_an_orphan_is_dropped_when_the_orphan_is_gone() {
    let mut l = Desk::new();
    let (folder, page, upper) = (l.folder(), l.page(), l.page());
    for linked in [
        l.graph.link(l.owns, folder, page, l.data(1)),
        l.graph.link(l.under, page, upper, l.data(2)),
    ] {
        assert!(linked.expect("both are live").is_none());
    }
    let row = l.graph.row_mut(l.owned, folder);
    let removed = row.and_then(|mut row| row.remove(page));
    assert!(removed.expect("it may go"));
    assert!(!l.graph.contains(l.page, page));
    assert_eq!(l.drops(), 2, "both of its links had data");
    l.graph.verify().expect("it holds");
}

#[test]
fn a_refused_link_gives_up_the_data_it_came_with_and_no_other() {
    let mut l = Desk::new();
    let folder = l.folder();
    for number in 0..2 {
        let page = l.page();
        let linked = l.graph.link(l.owns, folder, page, l.data(number));
        assert!(linked.expect("there is room").is_none());
    }
    let third = l.page();
    let refused = l.graph.link(l.owns, folder, third, l.data(2));
    assert_eq!(
        refused.err().map(|error| error.kind()),
        Some(ErrorKind::TooMany)
    );
    assert_eq!(l.drops(), 1);
    l.graph.verify().expect("it holds");
    let row = l.graph.row(l.owned, folder);
    let along: Vec<u32> = row.entries_with(l.owns).map(|it| it.2.0).collect();
    assert_eq!(along, [0, 1]);
}

#[test]
fn what_a_failed_call_of_several_parts_gave_comes_back() {
    let mut l = Desk::new();
    let (folder, page) = (l.folder(), l.page());
    let linked = l.graph.link(l.owns, folder, page, l.data(1));
    assert!(linked.expect("both are live").is_none());
    let others = [l.page(), l.page(), l.page()];
    let row = l.graph.row_mut(l.owned, folder);
    let replaced = row.and_then(|mut row| row.replace(others));
    assert_eq!(
        replaced.err().map(|error| error.kind()),
        Some(ErrorKind::TooMany)
    );
    let datum = l.graph.link_data(l.owns, folder, page);
    assert_eq!(datum.map(|datum| datum.0), Some(1));
    assert_eq!(l.drops(), 0);
    l.graph.verify().expect("it holds");
}

/// An end of several types with data on all of its links.
#[test]
fn data_is_had_towards_each_type_of_an_end_of_several() {
    let mut schema = Schema::builder();
    schema.entity::<u8>("Post");
    schema.entity::<u16>("Photo");
    schema.entity::<&str>("Comment");
    let on = schema
        .relationship("Comment.on")
        .to_one_of(["Post", "Photo"]);
    on.backref("comments").data::<u32>();
    let registry = schema.build().expect("the schema is sound");
    let post = registry.entity_type::<u8>("Post").expect("it is declared");
    let photo = registry
        .entity_type::<u16>("Photo")
        .expect("it is declared");
    let comment = registry
        .entity_type::<&str>("Comment")
        .expect("it is declared");
    let on_post = registry
        .link_data::<&str, u8, u32>("Comment.on")
        .expect("it leads there");
    let on_photo = registry
        .link_data::<&str, u16, u32>("Comment.on")
        .expect("it leads there");
    let on = registry
        .find_end("Comment.on")
        .expect("it is declared")
        .id();
    let mut graph = Graph::new(registry);
    let (post, photo_id) = (graph.insert(post, 1), graph.insert(photo, 2));
    let (post, photo_id) = (post.expect("no key"), photo_id.expect("no key"));
    let nice = graph
        .create(comment, "nice")
        .link_with(on_photo, photo_id, 5)
        .insert();
    let nice = nice.expect("both are live");
    assert_eq!(graph.link_data(on_photo, nice, photo_id), Some(&5));
    let untyped = graph
        .untyped()
        .link_data(on, comment.any(nice), photo.any(photo_id));
    assert_eq!(untyped.and_then(|it| it.downcast_ref()), Some(&5_u32));
    let linked = graph.link(on_post, nice, post, 6);
    assert_eq!(linked.expect("both are live"), None);
    assert_eq!(graph.link_data(on_photo, nice, photo_id), None);
    assert_eq!(graph.link_data(on_post, nice, post), Some(&6));
    graph.verify().expect("it holds");
}

#[test]
fn copies_have_the_data_of_their_originals_if_it_is_cloneable() {
    for cloneable in [true, false] {
        let mut schema = Schema::builder();
        schema.entity::<u8>("Node").cloneable();
        let next = schema
            .relationship("Node.next")
            .to_many("Node")
            .backref("before");
        let next = next.data::<u32>();
        let next = if cloneable {
            next.cloneable_data::<u32>()
        } else {
            next
        };
        let _ = next;
        let registry = schema.build().expect("the schema is sound");
        let node = registry.entity_type::<u8>("Node").expect("it is declared");
        let data = registry
            .link_data::<u8, u8, u32>("Node.next")
            .expect("it has data");
        let mut graph = Graph::new(registry);
        let ids = [1, 2, 3].map(|n| graph.insert(node, n).expect("it has no key"));
        for (to, datum) in [(ids[1], 5), (ids[2], 6)] {
            let linked = graph.link(data, ids[0], to, datum);
            assert_eq!(linked.expect("both are live"), None);
        }
        let copied = graph
            .copy([node.any(ids[0]), node.any(ids[1])], [])
            .insert();
        graph.verify().expect("it holds");
        if cloneable {
            let copied = copied.expect("nothing is in the way");
            let [one, two] = [ids[0], ids[1]].map(|id| copied.of(node, id).expect("it is copied"));
            assert_eq!(graph.link_data(data, one, two), Some(&5));
            assert_eq!(graph.link_data(data, one, ids[2]), Some(&6));
        } else {
            let error = copied.expect_err("its links could not be copied");
            assert_eq!(error.kind(), ErrorKind::NotDeclared);
            assert!(error.to_string().contains("cloneable_data"), "{error}");
            assert_eq!(graph.len(node), 3);
        }
    }
}

/// Shelves, sorted by year at one end, and books that each shelf finds by name.
struct Shelves {
    graph: Graph,
    book: EntityType<Volume>,
    shelf: EntityType<Folder>,
    by_year: ToMany<Folder, Volume>,
    by_name: ToMany<Folder, Volume>,
    weight: LinkData<Folder, Volume, u32>,
}

#[derive(Clone, Debug)]
struct Volume {
    name: &'static str,
    year: u16,
}

fn shelves() -> Shelves {
    let mut schema = Schema::builder();
    schema.entity::<Folder>("Shelf");
    schema.entity::<Volume>("Book").cloneable();
    let by_year = schema.relationship("Shelf.by_year").to_many("Book");
    let by_year = by_year.sorted_by(Key::field(|book: &Volume| &book.year));
    let by_year = by_year.backref("of").data::<u32>();
    let _ = by_year.cloneable_data::<u32>();
    let by_name = schema.relationship("Shelf.by_name").to_many("Book");
    let by_name = by_name.keyed_by(Key::field(|book: &Volume| &book.name));
    let _ = by_name.backref("named");
    let registry = schema.build().expect("the schema is sound");
    Shelves {
        book: registry.entity_type("Book").expect("it is declared"),
        shelf: registry.entity_type("Shelf").expect("it is declared"),
        by_year: registry.to_many("Shelf.by_year").expect("it is declared"),
        by_name: registry.to_many("Shelf.by_name").expect("it is declared"),
        weight: registry.link_data("Shelf.by_year").expect("it has data"),
        graph: Graph::new(registry),
    }
}

#[test]
fn data_is_read_along_a_sorted_row_in_its_order() {
    let mut l = shelves();
    let shelf = l.graph.insert(l.shelf, Folder).expect("it has no key");
    for (year, weight) in [(1971, 3), (1959, 1), (1961, 2)] {
        let book = Volume { name: "b", year };
        let book = l.graph.insert(l.book, book).expect("it has no key");
        let linked = l.graph.link(l.weight, shelf, book, weight);
        assert_eq!(linked.expect("both are live"), None);
    }
    let row = l.graph.row(l.by_year, shelf);
    let along: Vec<(u16, u32)> = row
        .entries_with(l.weight)
        .map(|(_, book, weight)| (book.year, *weight))
        .collect();
    assert_eq!(along, [(1959, 1), (1961, 2), (1971, 3)]);
    l.graph.verify().expect("it holds");
}

#[test]
fn data_that_a_newcomer_is_linked_with_goes_to_the_links_it_was_given_for() {
    let mut l = shelves();
    let books = [1971, 1959, 1961].map(|year| {
        let book = Volume { name: "b", year };
        l.graph.insert(l.book, book).expect("it has no key")
    });
    let mut new = l.graph.create(l.shelf, Folder);
    for (book, weight) in books.into_iter().zip([3, 1, 2]) {
        new = new.link_with(l.weight, book, weight);
    }
    let shelf = new.insert().expect("all are live");
    for (book, weight) in books.into_iter().zip([3, 1, 2]) {
        assert_eq!(l.graph.link_data(l.weight, shelf, book), Some(&weight));
    }
    l.graph.verify().expect("it holds");
}

#[test]
fn copies_come_into_sorted_rows_where_their_payloads_belong() {
    let mut l = shelves();
    let shelf = l.graph.insert(l.shelf, Folder).expect("it has no key");
    let books = [1959, 1961, 1971].map(|year| {
        let book = Volume { name: "b", year };
        let book = l.graph.insert(l.book, book).expect("it has no key");
        let pushed = l
            .graph
            .row_mut(l.by_year, shelf)
            .and_then(|mut row| row.push(book));
        assert!(pushed.expect("both are live"));
        book
    });
    let roots = [l.book.any(books[0]), l.book.any(books[1])];
    let copy = l.graph.copy(roots, []);
    let copied = copy.change(l.book, |book| book.year = 1980 - (book.year - 1959));
    copied.insert().expect("nothing is in the way");
    let row = l.graph.row(l.by_year, shelf);
    let years: Vec<u16> = row.entries().map(|(_, book)| book.year).collect();
    assert_eq!(years, [1959, 1961, 1971, 1978, 1980]);
    l.graph.verify().expect("it holds");
}

#[test]
fn a_copy_whose_key_is_taken_in_a_row_that_is_not_copied_is_refused() {
    let mut l = shelves();
    let shelf = l.graph.insert(l.shelf, Folder).expect("it has no key");
    let book = Volume {
        name: "Eden",
        year: 1959,
    };
    let eden = l.graph.insert(l.book, book).expect("it has no key");
    let pushed = l
        .graph
        .row_mut(l.by_name, shelf)
        .and_then(|mut row| row.push(eden));
    assert!(pushed.expect("both are live"));
    let copied = l.graph.copy([l.book.any(eden)], []).insert();
    let error = copied.expect_err("the shelf has an Eden");
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(
        error.entities(),
        [l.book.any(eden), l.shelf.any(shelf)],
        "{error}"
    );
    assert_eq!(
        (l.graph.len(l.book), l.graph.row(l.by_name, shelf).len()),
        (1, 1)
    );
    let copy = l.graph.copy([l.book.any(eden)], []);
    let copied = copy.change(l.book, |book| book.name = "Solaris").insert();
    copied.expect("nobody is called so");
    assert_eq!(l.graph.row(l.by_name, shelf).len(), 2);
    l.graph.verify().expect("it holds");
}

#[test]
fn rows_that_are_sorted_or_keyed_are_not_linked() {
    let mut schema = Schema::builder();
    schema.entity::<Volume>("Book");
    let sequels = schema.relationship("Book.sequels").to_many("Book");
    let sequels = sequels.backref_one("of").storage(Storage::Linked);
    let _ = sequels.sorted_by(Key::field(|book: &Volume| &book.year));
    let error = schema.build().expect_err("that is contradictory");
    assert_eq!(
        error.problems(),
        [
            "Book.sequels has Storage::Linked and Order::Sorted: leave out storage(..), \
             for members are found in a sorted or keyed row by what stands beside it"
        ]
    );
}
