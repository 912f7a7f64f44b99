//! Mistakes: in schemas, in ids, in types, and at the limits.

use backref::{DeleteRule, ErrorKind, Graph, Id, Key, Order, Result, Schema, ToOne};

use crate::model::{Author, Book, Library, Named, declare, insert, library, refused, row};

/// Case 42.
#[test]
fn an_id_of_the_dead_finds_nothing_and_writes_nothing() {
    let (mut graph, l) = library();
    let [ursula, gone] = insert(&mut graph, l.author, ["Ursula", "gone"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.delete(l.author, gone).unwrap();
    assert_unknown(&mut graph, l, gone);
    let [reuses_the_slot] = insert(&mut graph, l.author, ["new"]);
    assert_ne!(gone, reuses_the_slot);
    assert_unknown(&mut graph, l, gone);
    let error = refused(&mut graph, |graph| graph.set(l.book_author, eden, gone));
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert!(graph.contains(l.author, ursula));
}

/// Case 42.
#[test]
fn an_id_of_another_graph_finds_nothing_and_writes_nothing() {
    let (mut first, l) = library();
    let mut second = Graph::new(first.registry().clone());
    let [ursula] = insert(&mut first, l.author, ["Ursula"]);
    insert(&mut second, l.author, ["Lem", "Borges"]);
    let [eden] = insert(&mut second, l.book, ["Eden"]);
    assert_unknown(&mut second, l, ursula);
    let error = refused(&mut second, |graph| graph.set(l.book_author, eden, ursula));
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert!(error.to_string().contains("not of this graph"), "{error}");
    assert_eq!(first.get(l.author, ursula), Some(&Named("Ursula")));
}

/// Case 42: ids made of numbers.
#[test]
fn an_id_made_of_a_number_is_checked_as_every_other() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    assert_eq!(Id::from_bits(ursula.to_bits()), Some(ursula));
    assert_eq!(Id::<Author>::from_bits(0), None);
    for bits in [
        1,
        7,
        u64::from(u32::MAX),
        u64::MAX,
        ursula.to_bits() ^ 1 << 40,
    ] {
        if let Some(made_up) = Id::<Author>::from_bits(bits).filter(|&id| id != ursula) {
            assert_unknown(&mut graph, l, made_up);
        }
    }
}

/// A write to an author.
type Write = fn(&mut Graph, Library, Id<Author>) -> Result<bool>;

#[track_caller]
fn assert_unknown(graph: &mut Graph, l: Library, id: Id<Author>) {
    assert_eq!(graph.get(l.author, id), None);
    assert!(!graph.contains(l.author, id));
    assert_eq!(graph.one(l.author_profile, id), None);
    assert!(graph.target(l.author_profile, id).is_none());
    assert!(graph.row(l.author_books, id).is_empty());
    assert_eq!(graph.walk(l.author_books, id).next(graph), None);
    let writes: [Write; 6] = [
        |graph, l, id| graph.replace(l.author, id, Named("x")).map(|_| true),
        |graph, l, id| {
            graph
                .update(l.author, id, |author| author.0 = "x")
                .map(|()| true)
        },
        |graph, l, id| graph.set(l.author_profile, id, None),
        |graph, l, id| graph.row_mut(l.author_books, id)?.clear().map(|_| true),
        |graph, l, id| graph.delete(l.author, id).map(|_| true),
        |graph, l, id| {
            graph
                .create(l.book, Named("x"))
                .link(l.book_author, id)
                .insert()
                .map(|_| true)
        },
    ];
    for write in writes {
        let error = refused(graph, |graph| write(graph, l, id));
        assert_eq!(error.kind(), ErrorKind::NotLive);
    }
}

/// Case 42: the untyped face checks the types of ids and ends.
#[test]
fn an_id_of_another_type_is_refused_by_the_untyped_face() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let (author, book) = (l.author.any(ursula), l.book.any(eden));
    let books = l.author_books.untyped();
    let error = refused(&mut graph, |graph| {
        graph.untyped_mut().push(books, book, book)
    });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let error = refused(&mut graph, |graph| {
        graph.untyped_mut().push(books, author, author)
    });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let error = refused(&mut graph, |graph| {
        graph.untyped_mut().set(books, author, Some(book))
    });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let error = refused(&mut graph, |graph| {
        graph
            .untyped_mut()
            .insert(l.tag.untyped(), Box::new(7_u8), &[])
    });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert_eq!(graph.untyped().one(l.book_author.untyped(), author), None);
    assert_eq!(l.book.id(author), None);
}

/// Case 42: the same verbs, untyped.
#[test]
fn the_untyped_face_does_the_same_as_the_typed() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let author = l.author.any(ursula);
    let links = [(l.book_author.untyped(), author)];
    let mut untyped = graph.untyped_mut();
    let eden = untyped
        .insert(l.book.untyped(), Box::new(Named::<'B'>("Eden")), &links)
        .unwrap();
    let lathe = untyped
        .insert(l.book.untyped(), Box::new(Named::<'B'>("Lathe")), &[])
        .unwrap();
    assert!(
        untyped
            .push(l.author_books.untyped(), author, lathe)
            .unwrap()
    );
    assert!(
        !untyped
            .push(l.author_books.untyped(), author, eden)
            .unwrap()
    );
    assert!(
        untyped
            .move_to(l.author_books.untyped(), author, lathe, 0)
            .unwrap()
    );
    assert_eq!(row(&graph, l.author_books, ursula), ["Lathe", "Eden"]);
    assert_eq!(
        graph.untyped().one(l.book_author.untyped(), eden),
        Some(author)
    );
    let payload = graph
        .untyped()
        .payload(eden)
        .and_then(|payload| payload.downcast_ref::<Book>());
    assert_eq!(payload, Some(&Named("Eden")));
    assert_eq!(graph.untyped_mut().delete(&[author]).unwrap().links, 2);
    assert_eq!(graph.untyped().one(l.book_author.untyped(), eden), None);
}

/// Case 42: handles of another schema.
#[test]
fn an_end_of_another_registry_is_refused() {
    let (_, other) = library();
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.author, ["Ursula"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let error = refused(&mut graph, |graph| {
        graph.set(other.book_author, eden, ursula)
    });
    assert_eq!(error.kind(), ErrorKind::ForeignEnd);
    let error = refused(&mut graph, |graph| {
        graph.row_mut(other.author_books, ursula)?.push(eden)
    });
    assert_eq!(error.kind(), ErrorKind::ForeignEnd);
    let (author, book) = (l.author.any(ursula), l.book.any(eden));
    let error = refused(&mut graph, |graph| {
        graph
            .untyped_mut()
            .set(other.book_author.untyped(), book, Some(author))
    });
    assert_eq!(error.kind(), ErrorKind::ForeignEnd);
}

/// Case 68.
#[test]
fn a_name_that_is_not_declared_is_an_error() {
    let (graph, _) = library();
    let registry = graph.registry();
    let unknown = [
        registry.entity_type::<Author>("Autor").map(|_| ()),
        registry.to_one::<Book, Author>("Book.writer").map(|_| ()),
        registry.to_many::<Author, Book>("Autor.books").map(|_| ()),
        registry.key::<Author, &str>("Author").map(|_| ()),
        registry.index::<Author, &str>("Author.name").map(|_| ()),
    ];
    for outcome in unknown {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UnknownName);
    }
}

/// Case 68.
#[test]
fn a_handle_of_the_wrong_type_is_an_error() {
    let (graph, _) = library();
    let registry = graph.registry();
    let wrong = [
        registry.entity_type::<Book>("Author").map(|_| ()),
        registry.to_one::<Author, Author>("Book.author").map(|_| ()),
        registry.to_one::<Book, Book>("Book.author").map(|_| ()),
        registry.to_many::<Book, Author>("Book.author").map(|_| ()),
        registry.to_one::<Author, Book>("Author.books").map(|_| ()),
    ];
    for outcome in wrong {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::WrongType);
    }
}

/// Case 68: typed ids would mix.
#[test]
fn two_entity_types_with_one_payload_type_have_no_typed_handles() {
    let mut schema = Schema::builder();
    schema.entity::<Author>("Author");
    schema.entity::<Author>("Editor");
    let registry = schema.build().unwrap();
    let error = registry.entity_type::<Author>("Editor").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let editor = registry.find_entity("Editor").unwrap().id();
    let mut graph = Graph::new(registry);
    let id = graph
        .untyped_mut()
        .insert(editor, Box::new(Named::<'A'>("Judith")), &[])
        .unwrap();
    assert!(graph.untyped().is_live(id));
}

/// Case 68.
#[test]
fn every_mistake_in_a_schema_is_told_at_once_with_its_end() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Book");
    schema
        .relationship("Book.author")
        .to_one("Writer")
        .backref("books");
    schema
        .relationship("Book.editor")
        .to_one("Author")
        .delete_rule(DeleteRule::Cascade)
        .backref("edited");
    schema.relationship("Book.tags").to_many("Author");
    schema.relationship("Book").to_one("Author").one_way();
    schema
        .relationship("Author.friends")
        .to_many("Book")
        .symmetric();
    schema.relationship("Author.first").to_one("Book").one_way();
    schema
        .relationship("Author.first")
        .to_many("Book")
        .one_way();
    let error = schema.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    let problems = error.problems();
    for named in [
        "Book.author",
        "Writer",
        "Book.editor",
        "Book.tags",
        "Author.friends",
        "Author.first",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(named)),
            "{named} is not in {problems:#?}"
        );
    }
    assert!(problems.len() >= 7, "{problems:#?}");
    for problem in problems {
        assert!(error.to_string().contains(problem), "{error}");
    }
}

/// Case 68: keys.
#[test]
fn keys_that_contradict_each_other_are_told_with_the_rest() {
    let mut schema = Schema::builder();
    schema
        .entity::<Author>("Author")
        .key(Key::field(|author: &Author| &author.0))
        .key(Key::field(|author: &Author| &author.0))
        .unique("name", Key::field(|author: &Author| &author.0))
        .index("name", Key::field(|author: &Author| &author.0));
    let error = schema.build().unwrap_err();
    assert_eq!(error.problems().len(), 2, "{error}");
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| problem.contains("Author")),
        "{error}"
    );
}

/// Case 68: options that do not fit their end.
#[test]
fn an_order_on_an_end_to_one_is_a_mistake() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'B'>(&mut schema, "Book");
    schema
        .relationship("Book.author")
        .to_one("Author")
        .order(Order::None)
        .backref("books");
    let error = schema.build().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    assert!(error.problems()[0].contains("Book.author"), "{error}");
}

/// Case 70.
#[test]
fn more_relationships_than_there_are_numbers_is_an_error() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    for number in 0..=1 << 16 {
        schema
            .relationship(&format!("Author.end{number}"))
            .to_one("Author")
            .one_way();
    }
    let error = schema.build().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Schema | ErrorKind::Capacity),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("65536") || error.to_string().contains("65,536"),
        "{error}"
    );
}

/// Case 70.
#[test]
fn as_many_relationships_as_there_are_numbers_is_no_error() {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    for number in 0..1 << 16 {
        schema
            .relationship(&format!("Author.end{number}"))
            .to_one("Author")
            .one_way();
    }
    let registry = schema.build().unwrap();
    let last: ToOne<Author, Author> = registry.to_one("Author.end65535").unwrap();
    let first: ToOne<Author, Author> = registry.to_one("Author.end0").unwrap();
    assert_eq!(
        registry.end(last.untyped()).unwrap().full_name(),
        "Author.end65535"
    );
    assert_ne!(first.untyped(), last.untyped());
}
