//! How ends find their inverses: one-way ends, `backref`, `back_populates`.

use backref::{
    Cardinality, DeleteRule, EndInfo, EntityType, ErrorKind, Graph, Registry, Schema,
    SchemaBuilder, ToOne,
};

use crate::model::{Book, Image, Named, declare, insert, library, one, refused, row};

/// Case 33.
#[test]
fn deleting_the_target_of_a_one_way_end_clears_it() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [cover, sketch] = insert(&mut graph, l.image, ["cover", "sketch"]);
    graph.set(l.book_cover, eden, cover).unwrap();
    graph.set(l.book_cover, lathe, cover).unwrap();
    graph
        .row_mut(l.book_pictures, eden)
        .unwrap()
        .extend([sketch, cover])
        .unwrap();
    let deleted = graph.delete(l.image, cover).unwrap();
    assert_eq!(deleted.links, 3);
    assert!(deleted.others.is_empty());
    assert_eq!(one(&graph, l.book_cover, eden), None);
    assert_eq!(one(&graph, l.book_cover, lathe), None);
    assert_eq!(row(&graph, l.book_pictures, eden), ["sketch"]);
}

/// Case 33.
#[test]
fn two_owners_may_share_the_target_of_a_one_way_end() {
    let (mut graph, l) = library();
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [cover] = insert(&mut graph, l.image, ["cover"]);
    graph.set(l.book_cover, eden, cover).unwrap();
    graph.set(l.book_cover, lathe, cover).unwrap();
    graph
        .row_mut(l.book_pictures, eden)
        .unwrap()
        .push(cover)
        .unwrap();
    graph
        .row_mut(l.book_pictures, lathe)
        .unwrap()
        .push(cover)
        .unwrap();
    assert_eq!(one(&graph, l.book_cover, eden), Some("cover"));
    assert_eq!(row(&graph, l.book_pictures, lathe), ["cover"]);
    assert_eq!(
        graph
            .registry()
            .find_end("Book.cover")
            .unwrap()
            .inverse()
            .map(EndInfo::id),
        None
    );
    assert!(
        graph
            .registry()
            .find_end("Book.cover")
            .unwrap()
            .is_one_way()
    );
}

/// Case 33: what the owner suffers is declared with the end.
#[test]
fn the_owner_goes_with_its_target_where_the_one_way_end_cascades() {
    let (mut graph, l) = covers(|schema| {
        let end = schema.relationship("Book.cover").to_one("Image");
        end.one_way_on_delete(DeleteRule::Cascade);
    });
    let [eden, lathe] = insert(&mut graph, l.book, ["Eden", "Lathe"]);
    let [picture] = insert(&mut graph, l.image, ["picture"]);
    graph.set(l.book_cover, eden, picture).unwrap();
    assert_eq!(
        graph.delete(l.image, picture).unwrap().others,
        [l.book.any(eden)]
    );
    assert!(!graph.contains(l.book, eden));
    assert!(graph.contains(l.book, lathe));
}

/// Case 33: what the owner suffers is declared with the end.
#[test]
fn the_target_stays_where_the_one_way_end_denies() {
    let (mut graph, l) = covers(|schema| {
        let end = schema.relationship("Book.cover").to_one("Image");
        end.one_way_on_delete(DeleteRule::Deny);
    });
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [picture] = insert(&mut graph, l.image, ["picture"]);
    graph.set(l.book_cover, eden, picture).unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.image, picture));
    assert_eq!(error.kind(), ErrorKind::Denied);
    graph.set(l.book_cover, eden, None).unwrap();
    graph.delete(l.image, picture).unwrap();
}

/// Case 33: a required one denies.
#[test]
fn the_target_stays_where_the_one_way_end_is_required() {
    let (mut graph, l) = covers(|schema| {
        schema
            .relationship("Book.cover")
            .to_one("Image")
            .one_way()
            .required();
    });
    let [picture] = insert(&mut graph, l.image, ["picture"]);
    let eden = graph
        .create(l.book, Named("Eden"))
        .link(l.book_cover, picture)
        .insert()
        .unwrap();
    let error = refused(&mut graph, |graph| graph.delete(l.image, picture));
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(error.entities(), [l.book.any(eden)]);
    graph.delete(l.book, eden).unwrap();
    graph.delete(l.image, picture).unwrap();
}

/// Case 34.
#[test]
fn backref_makes_the_same_as_two_ends_that_name_each_other() {
    let by_backref = registry(|schema| {
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .backref("books");
        schema
            .relationship("Author.profile")
            .to_one("Profile")
            .backref_one("author");
    });
    let by_name = registry(|schema| {
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .back_populates("books");
        schema
            .relationship("Author.profile")
            .to_one("Profile")
            .back_populates("author");
        schema
            .relationship("Tag.books")
            .to_many("Book")
            .back_populates("tags");
        schema
            .relationship("Profile.author")
            .to_one("Author")
            .back_populates("profile");
    });
    for name in ["Book.tags", "Tag.books", "Author.profile", "Profile.author"] {
        assert_eq!(facts(&by_backref, name), facts(&by_name, name));
    }
}

/// Case 34: options for the end that `backref` makes.
#[test]
fn the_end_that_backref_makes_has_options_of_its_own() {
    let registry = registry(|schema| {
        let end = schema
            .relationship("Book.author")
            .to_one("Author")
            .backref("books");
        end.inverse(|books| books.delete_rule(DeleteRule::Cascade));
    });
    let books = registry.find_end("Author.books").unwrap();
    assert_eq!(books.cardinality(), Cardinality::Many);
    assert_eq!(books.delete_rule(), DeleteRule::Cascade);
    assert_eq!(
        registry.find_end("Book.author").unwrap().delete_rule(),
        DeleteRule::Nullify
    );
}

/// Case 34.
#[test]
fn a_name_that_the_other_type_already_has_is_not_taken_by_backref() {
    let problems = problems(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .backref("books");
        schema
            .relationship("Book.editor")
            .to_one("Author")
            .backref("books");
    });
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("Author.books"), "{problems:#?}");
}

/// Case 35.
#[test]
fn ends_that_do_not_name_each_other_are_a_problem() {
    let problems = problems(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Author.books")
            .to_many("Book")
            .back_populates("editor");
        schema
            .relationship("Book.editor")
            .to_one("Author")
            .back_populates("books");
    });
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("Book.author")),
        "{problems:#?}"
    );
}

/// Case 35.
#[test]
fn an_end_whose_inverse_is_not_declared_is_a_problem() {
    let problems = problems(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
    });
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("Book.author"), "{problems:#?}");
    assert!(problems[0].contains("Author.books"), "{problems:#?}");
}

/// Case 35.
#[test]
fn ends_whose_types_do_not_fit_are_a_problem() {
    let problems = problems(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Author.books")
            .to_many("Tag")
            .back_populates("author");
    });
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("Author.books")),
        "{problems:#?}"
    );
}

/// Case 35: every problem is listed.
#[test]
fn every_pair_that_does_not_fit_is_listed() {
    let problems = problems(|schema| {
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
        schema
            .relationship("Book.tags")
            .to_many("Tag")
            .back_populates("books");
        schema
            .relationship("Author.profile")
            .to_one("Profile")
            .back_populates("author");
    });
    assert_eq!(problems.len(), 3, "{problems:#?}");
}

fn registry(relationships: impl FnOnce(&mut SchemaBuilder)) -> Registry {
    schema(relationships).build().expect("the schema is sound")
}

fn problems(relationships: impl FnOnce(&mut SchemaBuilder)) -> Vec<String> {
    let error = schema(relationships)
        .build()
        .expect_err("the schema is broken");
    assert_eq!(error.kind(), ErrorKind::Schema);
    error.problems().to_vec()
}

fn schema(relationships: impl FnOnce(&mut SchemaBuilder)) -> SchemaBuilder {
    let mut schema = Schema::builder();
    declare::<'A'>(&mut schema, "Author");
    declare::<'R'>(&mut schema, "Profile");
    declare::<'B'>(&mut schema, "Book");
    declare::<'T'>(&mut schema, "Tag");
    declare::<'I'>(&mut schema, "Image");
    relationships(&mut schema);
    schema
}

/// Books with covers, and an empty graph for them.
#[derive(Clone, Copy)]
struct Covers {
    book: EntityType<Book>,
    image: EntityType<Image>,
    book_cover: ToOne<Book, Image>,
}

fn covers(relationships: impl FnOnce(&mut SchemaBuilder)) -> (Graph, Covers) {
    let registry = registry(relationships);
    let covers = Covers {
        book: registry.entity_type("Book").expect("declared"),
        image: registry.entity_type("Image").expect("declared"),
        book_cover: registry.to_one("Book.cover").expect("declared"),
    };
    (Graph::new(registry), covers)
}

/// What reflection tells of an end, ids left out.
fn facts(registry: &Registry, name: &str) -> String {
    let end = registry.find_end(name).expect("declared");
    let inverse = end.inverse().map(|inverse| inverse.full_name().to_owned());
    format!(
        "{} -> {} {:?} {inverse:?} {:?} {:?} {} {} {}",
        end.full_name(),
        end.target().name(),
        end.cardinality(),
        end.delete_rule(),
        end.order(),
        end.is_required(),
        end.is_one_way(),
        end.is_symmetric(),
    )
}
