//! Sorted and keyed rows: wide ones, rewound, and what they cost in steps and
//! in bytes.

use super::Random;
use crate::graph::Graph;
use crate::id::{EntityType, Id, ToMany, ToOne};
use crate::identity::{Key, KeyedEnd};
use crate::internals::steps;
use crate::schema::{EndOptions, Schema};

#[derive(Clone, Debug, PartialEq)]
struct Shelf;

#[derive(Clone, Debug, PartialEq)]
struct Book {
    year: u32,
    isbn: u32,
}

struct Library {
    graph: Graph,
    shelf: EntityType<Shelf>,
    book: EntityType<Book>,
    on: ToOne<Book, Shelf>,
    books: ToMany<Shelf, Book>,
    likes: ToMany<Shelf, Book>,
    by_isbn: Option<KeyedEnd<Shelf, Book, u32>>,
}

fn sorted(end: EndOptions) -> EndOptions {
    end.sorted_by(Key::field(|book: &Book| &book.year))
}

fn keyed(end: EndOptions) -> EndOptions {
    end.keyed_by(Key::field(|book: &Book| &book.isbn))
}

fn library(order: fn(EndOptions) -> EndOptions) -> Library {
    let mut schema = Schema::builder();
    let shelf = schema.entity::<Shelf>("Shelf");
    shelf.cloneable().comparable();
    schema.entity::<Book>("Book").cloneable().comparable();
    schema
        .relationship("Book.on")
        .to_one("Shelf")
        .backref("books")
        .inverse(order);
    schema
        .relationship("Book.liked")
        .to_many("Shelf")
        .backref("likes")
        .inverse(order);
    let registry = schema.build().expect("the schema is sound");
    Library {
        shelf: registry.entity_type("Shelf").expect("it is declared"),
        book: registry.entity_type("Book").expect("it is declared"),
        on: registry.to_one("Book.on").expect("it is declared"),
        books: registry.to_many("Shelf.books").expect("it is declared"),
        likes: registry.to_many("Shelf.likes").expect("it is declared"),
        by_isbn: registry.keyed("Shelf.books").ok(),
        graph: Graph::new(registry),
    }
}

impl Library {
    fn shelf(&mut self) -> Id<Shelf> {
        self.graph.insert(self.shelf, Shelf).expect("there is room")
    }

    fn books(&mut self, count: u32) -> Vec<Id<Book>> {
        let book = |isbn: u32| Book {
            year: isbn.wrapping_mul(0x9e37_79b1) >> 16,
            isbn,
        };
        (0..count)
            .map(|isbn| {
                self.graph
                    .insert(self.book, book(isbn))
                    .expect("there is room")
            })
            .collect()
    }

    fn fill(&mut self, shelf: Id<Shelf>, books: &[Id<Book>]) {
        for end in [self.books, self.likes] {
            let mut row = self.graph.row_mut(end, shelf).expect("it is live");
            row.extend(books.iter().copied()).expect("there is room");
        }
    }

    /// Does something at random to books and the two rows of shelves.
    fn edit(&mut self, shelves: &[Id<Shelf>], books: &[Id<Book>], random: &mut Random) {
        let (shelf, other) = (random.below(shelves.len()), random.below(shelves.len()));
        let (shelf, other) = (shelves[shelf], shelves[other]);
        let book = books[random.below(books.len())];
        let end = [self.books, self.likes][random.below(2)];
        let some: Vec<Id<Book>> = books
            .iter()
            .copied()
            .filter(|_| random.below(9) > 0)
            .collect();
        let roll = random.below(60);
        if (50..).contains(&roll) {
            let year = u32::try_from(random.below(40)).expect("it is small");
            let changed = self.graph.update(self.book, book, |book| book.year = year);
            return drop(changed);
        }
        let mut row = self.graph.row_mut(end, shelf).expect("it is live");
        let done = match roll {
            0 => row.clear().map(|_| true),
            1..4 => row.extend(some).map(|_| true),
            4 => row.replace(some),
            5 => row.take_all_from(other).map(|_| true),
            6..25 => row.remove(book),
            _ => row.push(book),
        };
        drop(done);
    }
}

#[test]
fn wide_rows_come_back_as_they_were() {
    for (seed, order) in (1..).zip([sorted, sorted, sorted, keyed]) {
        let mut random = Random(seed);
        let mut library = library(order);
        let shelves = [library.shelf(), library.shelf(), library.shelf()];
        let books = library.books(700);
        library.fill(shelves[0], &books);
        for _ in 0..random.below(200) {
            library.edit(&shelves, &books, &mut random);
        }
        let before = library.graph.try_clone().expect("all are cloneable");
        let kept = library.graph.keep_history(usize::MAX);
        kept.expect("no transaction is open");
        for _ in 0..200 {
            library.edit(&shelves, &books, &mut random);
        }
        library.graph.verify().expect("it holds");
        let after = library.graph.try_clone().expect("all are cloneable");
        while library.graph.undo().expect("no transaction is open") {}
        library.graph.verify().expect("it holds");
        let same = library.graph.try_eq(&before).expect("all are comparable");
        assert!(same, "seed {seed}: another state came back");
        while library.graph.redo().expect("no transaction is open") {}
        library.graph.verify().expect("it holds");
        let same = library.graph.try_eq(&after).expect("all are comparable");
        assert!(same, "seed {seed}: another state was done again");
    }
}

const WIDE: u32 = 100_000;

/// The most and the mean of steps of an operation on each of some entities.
fn most_and_mean<T>(items: &[T], mut operation: impl FnMut(&T)) -> (u64, u64) {
    let steps = items.iter().map(|item| steps::of(|| operation(item)).1);
    let steps: Vec<u64> = steps.collect();
    let most = steps.iter().copied().max().unwrap_or(0);
    (most, steps.iter().sum::<u64>() / items.len() as u64)
}

#[test]
fn in_a_sorted_row_of_a_hundred_thousand_a_member_is_re_placed_in_a_few_steps() {
    let mut library = library(sorted);
    let shelf = library.shelf();
    let books = library.books(WIDE);
    library.fill(shelf, &books);
    let (most, mean) = most_and_mean(&books[..2000], |&book| {
        let year = library.graph.get(library.book, book).expect("it is live");
        let year = year.year.wrapping_mul(7) % 65_536;
        let changed = library
            .graph
            .update(library.book, book, |it| it.year = year);
        changed.expect("nobody refuses it");
    });
    library.graph.verify().expect("it holds");
    // In two rows: each a search, two looks through a chunk, and two moves in it.
    assert!(mean < 3000, "{mean} steps");
    assert!(most < 8000, "{most} steps, where chunks split");
}

#[test]
fn in_a_sorted_row_of_a_hundred_thousand_adding_and_cutting_take_a_few_steps() {
    let mut library = library(sorted);
    let shelf = library.shelf();
    let books = library.books(WIDE);
    library.fill(shelf, &books);
    let (most, mean) = most_and_mean(&books[..2000], |&book| {
        library
            .graph
            .set(library.on, book, None)
            .expect("it may be none");
    });
    assert!(
        mean < 700 && most < 3000,
        "{mean} and at most {most} steps to cut"
    );
    let (most, mean) = most_and_mean(&books[..2000], |&book| {
        library
            .graph
            .set(library.on, book, shelf)
            .expect("it is live");
    });
    assert!(
        mean < 700 && most < 3000,
        "{mean} and at most {most} steps to add"
    );
    let row = library.graph.row(library.books, shelf);
    let (most, _) = most_and_mean(&books[..2000], |&book| {
        let position = row.position(book).expect("it is a member");
        assert_eq!(row.get(position), Some(book));
    });
    assert!(most < 400, "{most} steps to find a position and back");
}

#[test]
fn in_a_keyed_row_of_a_hundred_thousand_look_up_and_re_keying_take_a_few_steps() {
    let mut library = library(keyed);
    let shelf = library.shelf();
    let books = library.books(WIDE);
    library.fill(shelf, &books);
    let by_isbn = library.by_isbn.expect("it is keyed");
    let (most, _) = most_and_mean(&books[..2000], |&book| {
        let isbn = library
            .graph
            .get(library.book, book)
            .expect("it is live")
            .isbn;
        let found = library.graph.member_by_key(by_isbn, shelf, &isbn);
        assert_eq!(found, Some(book));
    });
    assert!(most < 12, "{most} steps to find a member");
    let (most, _) = most_and_mean(&books[..2000], |&book| {
        let changed = library
            .graph
            .update(library.book, book, |it| it.isbn += WIDE);
        changed.expect("the key is free");
    });
    assert!(
        most < 40,
        "{most} steps to give a member another key in two rows"
    );
    library.graph.verify().expect("it holds");
}

/// The bytes of an arrangement for each link, beside what the store of the
/// links takes: of the one-to-many rows and of the many-to-many ones.
fn bytes_per_link(order: fn(EndOptions) -> EndOptions, rows: usize, members: u32) -> [f64; 2] {
    let mut library = library(order);
    let books = library.books(members * u32::try_from(rows).expect("it is small"));
    for books in books.chunks(members as usize) {
        let shelf = library.shelf();
        library.fill(shelf, books);
    }
    let bytes = |relation: usize| {
        let store = library.graph.engine.relations[relation].arranged();
        store.expect("its rows are arranged").bytes() as f64
    };
    [0, 1].map(|relation| bytes(relation) / books.len() as f64)
}

#[test]
fn an_arrangement_takes_a_few_bytes_for_each_link() {
    for (name, order, rows, members, most) in [
        (
            "sorted, short rows",
            sorted as fn(_) -> _,
            5000,
            20,
            [9.0, 9.0],
        ),
        ("sorted, long rows", sorted, 10, 10_000, [16.0, 28.0]),
        ("keyed, short rows", keyed, 5000, 20, [20.0, 20.0]),
        ("keyed, long rows", keyed, 10, 10_000, [20.0, 20.0]),
    ] {
        let bytes = bytes_per_link(order, rows, members);
        println!("{name}: {bytes:.1?} bytes a link, one-to-many and many-to-many");
        assert!(
            bytes[0] < most[0] && bytes[1] < most[1],
            "{name}: {bytes:?}"
        );
    }
}
