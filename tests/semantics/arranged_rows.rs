//! Rows that are sorted, and rows that find their members by key.
#![expect(
    clippy::panic_in_result_fn,
    reason = "a test asserts, and lets the errors through that nobody expects"
)]

use std::cmp::Ordering;

use backref::{
    EntityType, ErrorKind, Graph, Id, Key, KeyedEnd, Order, Result, RowMut, Schema, ToMany, ToOne,
    UniqueKey,
};

use crate::model::{assert_sound, idle, refused};

/// A key, a field to sort by, and one that may be missing.
#[derive(Clone, Debug, PartialEq)]
struct Book {
    name: &'static str,
    year: i32,
    shelfmark: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
struct Shelf(&'static str);

/// A shelf's books are sorted by year, a reader's are found by shelfmark; a
/// book's readers are sorted by name, and its peers by year and name.
#[derive(Clone, Copy)]
struct Library {
    shelf: EntityType<Shelf>,
    reader: EntityType<Reader>,
    book: EntityType<Book>,
    name: UniqueKey<Book, &'static str>,
    book_shelf: ToOne<Book, Shelf>,
    shelf_books: ToMany<Shelf, Book>,
    reader_books: ToMany<Reader, Book>,
    by_shelfmark: KeyedEnd<Reader, Book, u32>,
    book_readers: ToMany<Book, Reader>,
    peers: ToMany<Book, Book>,
}

#[derive(Clone, Debug, PartialEq)]
struct Reader(&'static str);

fn library() -> (Graph, Library) {
    let mut schema = Schema::builder();
    schema.entity::<Shelf>("Shelf").cloneable().comparable();
    schema.entity::<Reader>("Reader").cloneable().comparable();
    schema
        .entity::<Book>("Book")
        .key(Key::field(|book: &Book| &book.name))
        .cloneable()
        .comparable();
    schema
        .relationship("Book.shelf")
        .to_one("Shelf")
        .backref("books")
        .inverse(|books| books.sorted_by(Key::field(|book: &Book| &book.year)));
    schema
        .relationship("Reader.books")
        .to_many("Book")
        .keyed_by(Key::optional(|book: &Book| book.shelfmark.as_ref()))
        .backref("readers")
        .inverse(|readers| readers.sorted_by(Key::field(|reader: &Reader| &reader.0)));
    schema
        .relationship("Book.peers")
        .to_many("Book")
        .symmetric()
        .sorted_by(Key::pair(|book: &Book| &book.year, |book| &book.name));
    let registry = schema.build().expect("the schema is sound");
    let library = Library {
        shelf: registry.entity_type("Shelf").expect("declared"),
        reader: registry.entity_type("Reader").expect("declared"),
        book: registry.entity_type("Book").expect("declared"),
        name: registry.key("Book").expect("declared"),
        book_shelf: registry.to_one("Book.shelf").expect("declared"),
        shelf_books: registry.to_many("Shelf.books").expect("declared"),
        reader_books: registry.to_many("Reader.books").expect("declared"),
        by_shelfmark: registry.keyed("Reader.books").expect("declared"),
        book_readers: registry.to_many("Book.readers").expect("declared"),
        peers: registry.to_many("Book.peers").expect("declared"),
    };
    (Graph::new(registry), library)
}

fn book(name: &'static str, year: i32) -> Book {
    Book {
        name,
        year,
        shelfmark: None,
    }
}

fn marked(name: &'static str, mark: u32) -> Book {
    Book {
        shelfmark: Some(mark),
        ..book(name, 0)
    }
}

impl Library {
    fn books<const N: usize>(
        self,
        graph: &mut Graph,
        books: [(&'static str, i32); N],
    ) -> [Id<Book>; N] {
        books.map(|(name, year)| graph.insert(self.book, book(name, year)).expect("is free"))
    }

    fn marked<const N: usize>(
        self,
        graph: &mut Graph,
        books: [(&'static str, u32); N],
    ) -> [Id<Book>; N] {
        books.map(|(name, mark)| {
            graph
                .insert(self.book, marked(name, mark))
                .expect("is free")
        })
    }

    fn shelf(self, graph: &mut Graph) -> Id<Shelf> {
        graph
            .insert(self.shelf, Shelf("shelf"))
            .expect("there is room")
    }

    fn reader(self, graph: &mut Graph, name: &'static str) -> Id<Reader> {
        graph
            .insert(self.reader, Reader(name))
            .expect("there is room")
    }
}

/// The names of the books in a row. All ways of reading it must agree, and the
/// whole graph must be sound.
#[track_caller]
fn names<S>(graph: &Graph, end: ToMany<S, Book>, owner: Id<S>) -> Vec<&'static str> {
    assert_sound(graph);
    let row = graph.row(end, owner);
    for (position, id) in row.iter().enumerate() {
        assert_eq!(row.get(position), Some(id));
        assert_eq!(row.position(id), Some(position));
    }
    let mut backwards: Vec<_> = row.iter().rev().collect();
    backwards.reverse();
    assert!(row.iter().eq(backwards));
    row.entries().map(|(_, book)| book.name).collect()
}

/// Case 66.
#[test]
fn a_sorted_row_is_in_key_order_whichever_way_its_members_come() -> Result<()> {
    let (mut graph, l) = library();
    let (hall, attic) = (l.shelf(&mut graph), l.shelf(&mut graph));
    let books = [("a", 3), ("b", 1), ("c", 2), ("d", 5), ("e", 4), ("f", 0)];
    let [a, b, c, d, e, f] = l.books(&mut graph, books);
    graph.row_mut(l.shelf_books, hall)?.push(a)?;
    graph.set(l.book_shelf, b, hall)?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "a"]);
    graph.row_mut(l.shelf_books, hall)?.extend([d, c, a])?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "c", "a", "d"]);
    let g = graph.create(l.book, book("g", 2)).link(l.book_shelf, hall);
    let g = g.insert()?;
    assert_eq!(
        names(&graph, l.shelf_books, hall),
        ["b", "c", "g", "a", "d"]
    );
    graph.row_mut(l.shelf_books, hall)?.replace([d, f, e, b])?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["f", "b", "e", "d"]);
    graph.row_mut(l.shelf_books, attic)?.extend([g, a, c])?;
    graph.row_mut(l.shelf_books, attic)?.take_all_from(hall)?;
    let all = ["f", "b", "g", "c", "a", "e", "d"];
    assert_eq!(names(&graph, l.shelf_books, attic), all);
    let cellar = graph.create(l.shelf, Shelf("cellar"));
    let cellar = cellar.links(l.shelf_books, [d, b, e]).insert()?;
    assert_eq!(names(&graph, l.shelf_books, cellar), ["b", "e", "d"]);
    assert_eq!(names(&graph, l.shelf_books, attic), ["f", "g", "c", "a"]);
    Ok(())
}

/// Case 66.
#[test]
fn equal_members_of_a_sorted_row_keep_the_order_of_adding() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let books = [("a", 1), ("b", 1), ("c", 0), ("d", 1), ("e", 2)];
    let [a, b, c, d, e] = l.books(&mut graph, books);
    graph.row_mut(l.shelf_books, hall)?.extend([e, d, b])?;
    graph.row_mut(l.shelf_books, hall)?.push(a)?;
    graph.row_mut(l.shelf_books, hall)?.push(c)?;
    assert_eq!(
        names(&graph, l.shelf_books, hall),
        ["c", "d", "b", "a", "e"]
    );
    let added = graph.row_mut(l.shelf_books, hall)?.push(d)?;
    assert!(!added, "a member that is added again stays");
    assert_eq!(
        names(&graph, l.shelf_books, hall),
        ["c", "d", "b", "a", "e"]
    );
    Ok(())
}

/// Case 66.
#[test]
fn a_member_whose_key_changes_is_re_placed_whichever_way_it_changes() -> Result<()> {
    let (mut graph, l) = library();
    let (hall, anna) = (l.shelf(&mut graph), l.reader(&mut graph, "Anna"));
    let [a, b, c] = l.books(&mut graph, [("a", 1), ("b", 2), ("c", 3)]);
    graph.row_mut(l.shelf_books, hall)?.extend([a, b, c])?;
    graph.row_mut(l.peers, b)?.extend([a, b, c])?;
    graph.row_mut(l.peers, c)?.push(a)?;

    graph.update(l.book, a, |book| book.year = 4)?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "c", "a"]);
    assert_eq!(names(&graph, l.peers, b), ["b", "c", "a"], "in every row");
    assert_eq!(names(&graph, l.peers, c), ["b", "a"], "in every row");
    graph.replace(l.book, b, book("b", 5))?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["c", "a", "b"]);
    graph.upsert(l.book, book("c", 6))?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["a", "b", "c"]);
    graph.swap_keys(l.book, a, c, |a, c| {
        std::mem::swap(&mut a.year, &mut c.year);
    })?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["c", "b", "a"]);
    let payload = Box::new(book("b", 1));
    graph
        .untyped_mut()
        .replace_payload(l.book.any(b), payload)?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "c", "a"]);
    assert_eq!(names(&graph, l.peers, b), ["b", "c", "a"]);

    graph.row_mut(l.book_readers, a)?.push(anna)?;
    let zoe = l.reader(&mut graph, "Zoe");
    graph.row_mut(l.book_readers, a)?.push(zoe)?;
    graph.replace(l.reader, anna, Reader("Zuzanna"))?;
    assert!(graph.row(l.book_readers, a).iter().eq([zoe, anna]));
    assert_sound(&graph);
    Ok(())
}

/// Case 66.
#[test]
fn a_re_placed_member_goes_last_among_its_equals() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let [a, b, c] = l.books(&mut graph, [("a", 1), ("b", 2), ("c", 2)]);
    graph.row_mut(l.shelf_books, hall)?.extend([a, b, c])?;
    graph.update(l.book, a, |book| book.year = 2)?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "c", "a"]);
    graph.update(l.book, b, |book| book.year = 7)?;
    graph.update(l.book, b, |book| book.year = 2)?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["c", "a", "b"]);
    graph.swap_keys(l.book, c, a, |c, a| (c.year, a.year) = (3, 3))?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["b", "c", "a"]);
    Ok(())
}

/// Case 66.
#[test]
fn a_change_that_leaves_the_key_as_it_is_moves_nobody() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let [a, b] = l.books(&mut graph, [("a", 1), ("b", 1)]);
    graph.row_mut(l.shelf_books, hall)?.extend([a, b])?;
    graph.update(l.book, a, |book| book.shelfmark = Some(3))?;
    assert_eq!(names(&graph, l.shelf_books, hall), ["a", "b"]);
    Ok(())
}

/// Case 66: the order kind is that of the end.
#[test]
fn each_end_of_a_many_to_many_has_an_order_of_its_own() -> Result<()> {
    let (mut graph, l) = library();
    let [zoe, anna] = ["Zoe", "Anna"].map(|name| l.reader(&mut graph, name));
    let [a, b] = l.marked(&mut graph, [("b", 2), ("a", 1)]);
    graph.row_mut(l.reader_books, zoe)?.extend([a, b])?;
    graph.row_mut(l.reader_books, anna)?.extend([b, a])?;
    assert_eq!(names(&graph, l.reader_books, zoe), ["b", "a"], "of adding");
    assert_eq!(names(&graph, l.reader_books, anna), ["a", "b"], "of adding");
    assert!(
        graph.row(l.book_readers, a).iter().eq([anna, zoe]),
        "by name"
    );
    assert!(
        graph.row(l.book_readers, b).iter().eq([anna, zoe]),
        "by name"
    );
    let info = |name| graph.registry().find_end(name).expect("declared");
    assert_eq!(info("Reader.books").order(), Order::Keyed);
    assert_eq!(info("Book.readers").order(), Order::Sorted);
    Ok(())
}

/// Case 66.
#[test]
fn verbs_that_set_a_position_are_refused_on_a_sorted_row() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let [a, b, c] = l.books(&mut graph, [("a", 1), ("b", 2), ("c", 3)]);
    graph.row_mut(l.shelf_books, hall)?.extend([a, b])?;
    let mut unordered = |verb: &mut dyn FnMut(&mut RowMut<'_, Shelf, Book>) -> Result<bool>| {
        let error = refused(&mut graph, |graph| {
            verb(&mut graph.row_mut(l.shelf_books, hall)?)
        });
        assert_eq!(error.kind(), ErrorKind::Unordered);
        assert_eq!(error.end(), Some(l.shelf_books.untyped()));
        assert!(
            error.to_string().contains("Shelf.books is sorted"),
            "{error}"
        );
    };
    unordered(&mut |row| row.insert_at(0, c));
    unordered(&mut |row| row.move_to(a, 1));
    unordered(&mut |row| row.swap(0, 1));
    unordered(&mut |row| row.reverse());
    unordered(&mut |row| row.sort_by_key(|book| book.name));
    let taken = graph.row_mut(l.shelf_books, hall)?.remove_at(0)?;
    assert_eq!(
        taken, a,
        "to read a position and take who stands there is fine"
    );
    Ok(())
}

/// Cases 66 and 67.
#[test]
fn a_long_sorted_row_is_read_by_position_and_from_both_sides() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let names: Vec<&'static str> = (0..2000)
        .map(|n| &*Box::leak(format!("{n}").into_boxed_str()))
        .collect();
    let mut ids = Vec::new();
    for (name, year) in names.iter().zip((0..2000).map(|n| n * 7919 % 2000)) {
        ids.push(graph.insert(l.book, book(name, year))?);
    }
    graph
        .row_mut(l.shelf_books, hall)?
        .extend(ids.iter().copied())?;
    let row = graph.row(l.shelf_books, hall);
    let years = |graph: &Graph| -> Vec<i32> {
        let row = graph.row(l.shelf_books, hall);
        row.entries().map(|(_, book)| book.year).collect()
    };
    assert_eq!(years(&graph), (0..2000).collect::<Vec<_>>());
    for position in [0, 1, 255, 256, 257, 1000, 1999] {
        let id = row.get(position).expect("there are so many");
        assert_eq!(row.position(id), Some(position));
    }
    let mut both = row.iter();
    let (mut front, mut back) = (Vec::new(), Vec::new());
    while let Some(first) = both.next() {
        front.push(first);
        back.extend(both.next_back());
        assert_eq!(both.len(), 2000 - front.len() - back.len());
    }
    back.reverse();
    assert!(row.iter().eq(front.into_iter().chain(back)));
    assert!(row.iter().rev().nth(1999) == row.first() && row.get(2000).is_none());
    for &id in ids.iter().step_by(3) {
        graph.update(l.book, id, |book| book.year = 2000 - book.year)?;
    }
    assert_sound(&graph);
    assert!(years(&graph).is_sorted());
    for &id in &ids[..1900] {
        graph.delete(l.book, id)?;
    }
    assert_sound(&graph);
    assert_eq!(graph.row(l.shelf_books, hall).len(), 100);
    Ok(())
}

/// Case 67: a member that moves is met at most once.
#[test]
fn a_walker_meets_those_it_started_with_while_they_are_re_placed() -> Result<()> {
    let (mut graph, l) = library();
    let hall = l.shelf(&mut graph);
    let [a, b, c] = l.books(&mut graph, [("a", 1), ("b", 2), ("c", 3)]);
    graph.row_mut(l.shelf_books, hall)?.extend([a, b, c])?;
    let mut walker = graph.walk(l.shelf_books, hall);
    let mut met = Vec::new();
    while let Some(id) = walker.next(&graph) {
        met.push(id);
        graph.update(l.book, id, |book| book.year += 10)?;
        if id == b {
            graph.set(l.book_shelf, c, None)?;
        }
    }
    assert_eq!(met, [a, b]);
    Ok(())
}

/// Case 66: wrong answers at worst.
#[test]
fn a_comparison_that_contradicts_itself_breaks_no_pair() -> Result<()> {
    let mut schema = Schema::builder();
    schema.entity::<f64>("Number").cloneable();
    let by_value = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Greater);
    schema
        .relationship("Number.whole")
        .to_one("Number")
        .backref("parts")
        .inverse(|parts| parts.sorted_by_comparison(by_value));
    let registry = schema.build()?;
    let number = registry.entity_type::<f64>("Number")?;
    let whole = registry.to_one::<f64, f64>("Number.whole")?;
    let parts = registry.to_many::<f64, f64>("Number.parts")?;
    let mut graph = Graph::new(registry);
    let root = graph.insert(number, 0.0)?;
    let value = |n: u32| {
        if n.is_multiple_of(3) {
            f64::NAN
        } else {
            f64::from(n * 7 % 11)
        }
    };
    let mut ids = Vec::new();
    for n in 0..1000 {
        ids.push(graph.insert(number, value(n))?);
    }
    graph.row_mut(parts, root)?.extend(ids.iter().copied())?;
    for (n, &id) in (0..).zip(&ids) {
        graph.update(number, id, |it| *it = value(n * 5 + 1))?;
        if n % 4 == 0 {
            graph.set(whole, id, None)?;
        }
    }
    let mut members: Vec<_> = graph.row(parts, root).iter().collect();
    members.sort_unstable();
    let linked = ids.iter().filter(|&&id| graph.one(whole, id) == Some(root));
    assert!(linked.eq(&members));
    graph.row_mut(parts, root)?.clear()?;
    graph
        .verify()
        .expect("nothing is left to contradict itself");
    Ok(())
}

/// Case 66.
#[test]
fn a_member_is_found_by_its_key_while_it_is_in_the_row() -> Result<()> {
    let (mut graph, l) = library();
    let (anna, zoe) = (l.reader(&mut graph, "Anna"), l.reader(&mut graph, "Zoe"));
    let [a, b] = l.marked(&mut graph, [("a", 1), ("b", 2)]);
    let find = |graph: &Graph, owner, mark: u32| {
        assert_sound(graph);
        graph.member_by_key(l.by_shelfmark, owner, &mark)
    };
    graph.row_mut(l.reader_books, anna)?.extend([a, b])?;
    graph.row_mut(l.book_readers, b)?.push(zoe)?;
    assert_eq!(find(&graph, anna, 1), Some(a));
    assert_eq!(find(&graph, anna, 2), Some(b));
    assert_eq!(
        (find(&graph, zoe, 1), find(&graph, zoe, 2)),
        (None, Some(b))
    );
    assert_eq!(find(&graph, anna, 3), None);
    graph.row_mut(l.reader_books, anna)?.remove(a)?;
    assert_eq!(find(&graph, anna, 1), None);
    graph.row_mut(l.book_readers, b)?.clear()?;
    assert_eq!((find(&graph, anna, 2), find(&graph, zoe, 2)), (None, None));
    graph.row_mut(l.reader_books, anna)?.push(b)?;
    graph.delete(l.book, b)?;
    assert_eq!(find(&graph, anna, 2), None);
    let [c] = l.marked(&mut graph, [("c", 2)]);
    assert_eq!(find(&graph, anna, 2), None, "the slot may be the old one");
    graph.row_mut(l.reader_books, anna)?.push(c)?;
    graph.delete(l.reader, anna)?;
    assert_eq!(
        find(&graph, anna, 2),
        None,
        "nobody has the members of the dead"
    );
    let end = l.by_shelfmark.untyped();
    graph.row_mut(l.by_shelfmark.to_many(), zoe)?.push(c)?;
    let found = graph
        .untyped()
        .member_by_key(end, l.reader.any(zoe), &2_u32);
    assert_eq!(found, Some(l.book.any(c)));
    assert_eq!(
        graph.untyped().member_by_key(end, l.reader.any(zoe), &2_u8),
        None
    );
    Ok(())
}

/// Case 66. Elsewhere such dictionaries go stale.
#[test]
fn a_member_is_re_keyed_whichever_way_its_key_changes() -> Result<()> {
    let (mut graph, l) = library();
    let (anna, zoe) = (l.reader(&mut graph, "Anna"), l.reader(&mut graph, "Zoe"));
    let [a, b] = l.marked(&mut graph, [("a", 1), ("b", 2)]);
    for reader in [anna, zoe] {
        graph.row_mut(l.reader_books, reader)?.extend([a, b])?;
    }
    let found = |graph: &Graph| {
        assert_sound(graph);
        let marks = (0..9).map(|mark: u32| {
            let [one, other] = [anna, zoe].map(|it| graph.member_by_key(l.by_shelfmark, it, &mark));
            assert_eq!(one, other, "in every row");
            one
        });
        marks
            .enumerate()
            .filter_map(|(mark, id)| Some((mark, id?)))
            .collect::<Vec<_>>()
    };
    graph.update(l.book, a, |book| book.shelfmark = Some(3))?;
    assert_eq!(found(&graph), [(2, b), (3, a)]);
    graph.replace(l.book, b, marked("b", 4))?;
    assert_eq!(found(&graph), [(3, a), (4, b)]);
    graph.upsert(l.book, marked("a", 5))?;
    assert_eq!(found(&graph), [(4, b), (5, a)]);
    graph.swap_keys(l.book, a, b, |a, b| {
        std::mem::swap(&mut a.shelfmark, &mut b.shelfmark);
    })?;
    assert_eq!(found(&graph), [(4, a), (5, b)]);
    graph
        .untyped_mut()
        .replace_payload(l.book.any(a), Box::new(marked("a", 6)))?;
    assert_eq!(found(&graph), [(5, b), (6, a)]);
    graph.update(l.book, a, |book| book.shelfmark = None)?;
    assert_eq!(found(&graph), [(5, b)]);
    graph.update(l.book, a, |book| book.shelfmark = Some(1))?;
    assert_eq!(found(&graph), [(1, a), (5, b)]);
    Ok(())
}

/// Anna has the books `a` and `c`, Zoe `b` and `d`; `a` and `b` have the same
/// shelfmark.
struct Clash {
    graph: Graph,
    l: Library,
    anna: Id<Reader>,
    zoe: Id<Reader>,
    books: [Id<Book>; 4],
}

impl Clash {
    fn new() -> Result<Self> {
        let (mut graph, l) = library();
        let (anna, zoe) = (l.reader(&mut graph, "Anna"), l.reader(&mut graph, "Zoe"));
        let books = [("a", 1), ("b", 1), ("c", 2), ("d", 3)];
        let books = l.marked(&mut graph, books);
        let [a, b, c, d] = books;
        graph.row_mut(l.reader_books, anna)?.extend([a, c])?;
        graph.row_mut(l.reader_books, zoe)?.extend([b, d])?;
        Ok(Self {
            graph,
            l,
            anna,
            zoe,
            books,
        })
    }

    /// The error names the owner, the end and who has the key.
    #[track_caller]
    fn taken<R: std::fmt::Debug>(&mut self, call: impl FnOnce(&mut Graph) -> Result<R>) {
        let error = refused(&mut self.graph, call);
        let (holder, owner) = (self.l.book.any(self.books[0]), self.l.reader.any(self.anna));
        assert_eq!(error.kind(), ErrorKind::DuplicateKey);
        assert_eq!(error.end(), Some(self.l.reader_books.untyped()));
        assert_eq!(error.entities(), [holder, owner]);
        let [holder, owner] = [holder, owner].map(|id| self.graph.describe(id));
        let told = format!("{holder} has that key in Reader.books of {owner} already");
        assert!(error.to_string().starts_with(&told), "{error}");
    }
}

/// Case 66.
#[test]
fn a_second_member_with_the_same_key_is_refused_from_whichever_side_it_comes() -> Result<()> {
    let mut clash = Clash::new()?;
    let (l, anna, zoe, [a, b, _, d]) = (clash.l, clash.anna, clash.zoe, clash.books);
    let row = |graph: &mut Graph,
               verb: fn(&mut RowMut<'_, Reader, Book>, Id<Book>) -> Result<()>| {
        verb(&mut graph.row_mut(l.reader_books, anna)?, b)
    };
    clash.taken(|graph| row(graph, |row, b| row.push(b).map(drop)));
    clash.taken(|graph| row(graph, |row, b| row.insert_at(0, b).map(drop)));
    clash.taken(|graph| graph.row_mut(l.reader_books, anna)?.extend([d, b]));
    clash.taken(|graph| graph.row_mut(l.reader_books, anna)?.replace([a, b]));
    clash.taken(|graph| graph.row_mut(l.reader_books, anna)?.take_all_from(zoe));
    clash.taken(|graph| graph.row_mut(l.book_readers, b)?.push(anna));
    clash.taken(|graph| graph.row_mut(l.book_readers, b)?.replace([anna]));
    clash.taken(|graph| {
        let new = graph.create(l.book, marked("new", 1));
        new.link(l.book_readers, anna).insert()
    });
    let error = refused(&mut clash.graph, |graph| {
        let new = graph.create(l.reader, Reader("New"));
        new.links(l.reader_books, [a, b]).insert()
    });
    let holder = [l.book.any(a)];
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), holder);
    assert!(
        error.to_string().contains("Reader.books of a new Reader"),
        "{error}"
    );
    Ok(())
}

/// Case 66.
#[test]
fn a_member_may_not_take_the_key_of_another_member() -> Result<()> {
    let mut clash = Clash::new()?;
    let (l, [_, _, c, _]) = (clash.l, clash.books);
    clash.taken(|graph| graph.update(l.book, c, |book| book.shelfmark = Some(1)));
    clash.taken(|graph| graph.replace(l.book, c, marked("c", 1)));
    clash.taken(|graph| graph.upsert(l.book, marked("c", 1)));
    clash.taken(|graph| {
        let payload = Box::new(marked("c", 1));
        graph.untyped_mut().replace_payload(l.book.any(c), payload)
    });
    Ok(())
}

/// Case 66: wrong answers at worst.
#[test]
fn a_key_that_is_not_even_its_own_equal_breaks_no_pair() -> Result<()> {
    #[derive(Clone)]
    struct Odd(u32);
    impl std::hash::Hash for Odd {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            (self.0 % 3).hash(state);
        }
    }
    impl PartialEq for Odd {
        fn eq(&self, other: &Self) -> bool {
            self.0 != other.0
        }
    }
    impl Eq for Odd {}
    let mut schema = Schema::builder();
    schema.entity::<Odd>("Odd").cloneable();
    schema
        .relationship("Odd.whole")
        .to_one("Odd")
        .backref("parts")
        .inverse(|parts| parts.keyed_by(Key::field(|odd: &Odd| odd)));
    let registry = schema.build()?;
    let odd = registry.entity_type::<Odd>("Odd")?;
    let whole = registry.to_one::<Odd, Odd>("Odd.whole")?;
    let parts = registry.to_many::<Odd, Odd>("Odd.parts")?;
    let mut graph = Graph::new(registry);
    let root = graph.insert(odd, Odd(0))?;
    for n in 0..200 {
        let id = graph.insert(odd, Odd(n % 7))?;
        let linked = graph.set(whole, id, root).is_ok();
        assert_eq!(graph.row(parts, root).contains(id), linked);
        drop(graph.update(odd, id, |it| it.0 += n % 5));
        assert_eq!(graph.one(whole, id).is_some(), linked);
        if n.is_multiple_of(3) {
            graph.set(whole, id, None)?;
        }
    }
    graph.row_mut(parts, root)?.clear()?;
    graph.verify().expect("nobody is left to be found");
    Ok(())
}

/// Case 66, at a to-one end.
#[test]
fn setting_a_to_one_end_may_clash_in_the_row_of_the_target() -> Result<()> {
    let mut schema = Schema::builder();
    schema.entity::<u32>("Number").cloneable().comparable();
    schema
        .relationship("Number.whole")
        .to_one("Number")
        .backref("parts")
        .inverse(|parts| parts.keyed_by(Key::field(|number: &u32| number)));
    let registry = schema.build()?;
    let number = registry.entity_type::<u32>("Number")?;
    let whole = registry.to_one::<u32, u32>("Number.whole")?;
    let parts = registry.keyed::<u32, u32, u32>("Number.parts")?;
    let mut graph = Graph::new(registry);
    let [root, other, seven, again] =
        [0, 0, 7, 7].map(|it| graph.insert(number, it).expect("there is room"));
    graph.set(whole, seven, root)?;
    graph.set(whole, again, other)?;
    let error = refused(&mut graph, |graph| graph.set(whole, again, root));
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    graph.set(whole, seven, None)?;
    graph.set(whole, again, root)?;
    assert_eq!(graph.member_by_key(parts, root, &7), Some(again));
    assert_sound(&graph);
    Ok(())
}

/// Case 66: keys are judged on the state after the call.
#[test]
fn members_of_one_call_may_hand_a_key_on() -> Result<()> {
    let (mut graph, l) = library();
    let anna = l.reader(&mut graph, "Anna");
    let [a, b, c] = l.marked(&mut graph, [("a", 1), ("b", 1), ("c", 2)]);
    graph.row_mut(l.reader_books, anna)?.extend([a, c])?;
    graph.row_mut(l.reader_books, anna)?.replace([b, c])?;
    assert_eq!(names(&graph, l.reader_books, anna), ["b", "c"]);
    assert_eq!(graph.member_by_key(l.by_shelfmark, anna, &1), Some(b));
    graph.swap_keys(l.book, b, c, |b, c| {
        std::mem::swap(&mut b.shelfmark, &mut c.shelfmark);
    })?;
    assert_eq!(graph.member_by_key(l.by_shelfmark, anna, &1), Some(c));
    assert_eq!(graph.member_by_key(l.by_shelfmark, anna, &2), Some(b));
    let error = refused(&mut graph, |graph| {
        graph.swap_keys(l.book, b, c, |b, c| {
            (b.shelfmark, c.shelfmark) = (Some(9), Some(9));
        })
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    Ok(())
}

/// Case 66.
#[test]
fn members_without_a_key_never_clash_and_are_not_found() -> Result<()> {
    let (mut graph, l) = library();
    let anna = l.reader(&mut graph, "Anna");
    let [a, b] = l.books(&mut graph, [("a", 1), ("b", 1)]);
    graph.row_mut(l.reader_books, anna)?.extend([a, b])?;
    assert_eq!(names(&graph, l.reader_books, anna), ["a", "b"]);
    assert!((0..99).all(|mark: u32| graph.member_by_key(l.by_shelfmark, anna, &mark).is_none()));
    graph.row_mut(l.reader_books, anna)?.remove(a)?;
    graph.update(l.book, b, |book| book.shelfmark = Some(3))?;
    assert_eq!(graph.member_by_key(l.by_shelfmark, anna, &3), Some(b));
    Ok(())
}

/// Case 66.
#[test]
fn a_keyed_row_keeps_the_order_of_adding_and_takes_positions() -> Result<()> {
    let (mut graph, l) = library();
    let anna = l.reader(&mut graph, "Anna");
    let [a, b, c] = l.marked(&mut graph, [("a", 3), ("b", 2), ("c", 1)]);
    graph.row_mut(l.reader_books, anna)?.extend([a, b])?;
    graph.row_mut(l.reader_books, anna)?.insert_at(0, c)?;
    assert_eq!(names(&graph, l.reader_books, anna), ["c", "a", "b"]);
    graph.row_mut(l.reader_books, anna)?.move_to(c, 2)?;
    graph.row_mut(l.reader_books, anna)?.swap(0, 1)?;
    assert_eq!(names(&graph, l.reader_books, anna), ["b", "a", "c"]);
    graph.update(l.book, b, |book| book.shelfmark = Some(9))?;
    assert_eq!(names(&graph, l.reader_books, anna), ["b", "a", "c"]);
    idle(&mut graph, |graph| {
        graph.row_mut(l.reader_books, anna)?.replace([b, a, c])
    });
    assert_eq!(graph.member_by_key(l.by_shelfmark, anna, &9), Some(b));
    assert_eq!(graph.find(l.name, "b"), Some(b));
    Ok(())
}
