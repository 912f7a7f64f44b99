//! Each mistake with the words it is reported in.

use std::cmp::Ordering;

use crate::error::ErrorKind;
use crate::identity::Key;
use crate::schema::{
    DeleteRule, EndInfo, EndOptions, Order, Registry, Schema, SchemaBuilder, Storage,
};

struct Author;
struct Book;

/// Declares, on top of the types `Author` and `Book`, and expects the problems.
#[track_caller]
fn check(declare: impl FnOnce(&mut SchemaBuilder), expected: &[&str]) {
    assert_eq!(problems(declare), expected);
}

fn problems(declare: impl FnOnce(&mut SchemaBuilder)) -> Vec<String> {
    let mut schema = Schema::builder();
    schema.entity::<Author>("Author");
    schema.entity::<Book>("Book");
    declare(&mut schema);
    let problems = match schema.build() {
        Ok(_) => Vec::new(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Schema);
            error.problems().to_vec()
        }
    };
    let full_stop = problems.iter().find(|problem| problem.ends_with('.'));
    assert_eq!(full_stop, None);
    problems
}

#[test]
fn an_empty_schema_is_fine() {
    let registry = Schema::builder().build().expect("nothing is wrong");
    assert_eq!(registry.entities().len(), 0);
    assert_eq!(registry.ends().count(), 0);
}

fn year() -> Key<Book, u16> {
    Key::field(|_: &Book| &1959)
}

#[test]
fn an_order_by_what_members_have_is_fine_at_both_ends() {
    check(
        |schema| {
            schema
                .relationship("Author.books")
                .to_many("Book")
                .sorted_by(year())
                .backref("authors")
                .inverse(|authors| authors.sorted_by_comparison(|_: &Author, _| Ordering::Equal));
            schema
                .relationship("Author.liked")
                .to_many("Book")
                .keyed_by(year())
                .one_way();
        },
        &[],
    );
}

#[test]
fn an_order_reads_the_payload_of_the_members() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books")
                .inverse(|books| books.keyed_by(Key::field(|_: &Author| &1_u8)));
            schema
                .relationship("Book.readers")
                .to_many("Author")
                .sorted_by(year())
                .one_way();
        },
        &[
            "Author.books, which Book.author makes by backref, has keyed_by(..) that reads a \
             backref::schema::check::tests::Author, but its members are Book, whose payload is \
             backref::schema::check::tests::Book: let it read a &backref::schema::check::tests::Book",
            "Book.readers has sorted_by(..) that reads a backref::schema::check::tests::Book, \
             but its members are Author, whose payload is backref::schema::check::tests::Author: \
             let it read a &backref::schema::check::tests::Author",
        ],
    );
}

#[test]
fn a_to_one_end_is_neither_sorted_nor_keyed() {
    check(
        |schema| {
            schema
                .relationship("Author.diary")
                .to_one("Book")
                .sorted_by(year())
                .backref_one("writer")
                .inverse(|writer| writer.keyed_by(Key::field(|_: &Author| &1_u8)));
        },
        &[
            "Author.diary is to-one and has Order::Sorted: \
             leave out sorted_by(..), one link has none",
            "Book.writer, which Author.diary makes by backref, is to-one and has Order::Keyed: \
             leave out keyed_by(..), one link has none",
        ],
    );
}

#[test]
fn an_end_has_one_order() {
    check(
        |schema| {
            schema
                .relationship("Author.books")
                .to_many("Book")
                .sorted_by(year())
                .keyed_by(year())
                .order(Order::None)
                .backref("authors");
        },
        &[
            "Author.books says sorted_by(..) and keyed_by(..) and order(..): \
           keep one of them, for a row has one order",
        ],
    );
}

#[test]
fn an_order_that_needs_a_key_is_said_with_it() {
    check(
        |schema| {
            let books = schema.relationship("Author.books").to_many("Book");
            books.order(Order::Sorted).backref("authors");
            let liked = schema.relationship("Author.liked").to_many("Book");
            liked.order(Order::Keyed).one_way();
        },
        &[
            "Author.books has Order::Sorted and no key: write sorted_by(..) instead of order(..)",
            "Author.liked has Order::Keyed and no key: write keyed_by(..) instead of order(..)",
        ],
    );
}

#[test]
fn all_kinds_of_relationships_are_fine() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .back_populates("books")
                .required();
            schema
                .relationship("Author.books")
                .to_many("Book")
                .back_populates("author")
                .delete_rule(DeleteRule::Cascade)
                .order(Order::None);
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .backref("edited");
            schema
                .relationship("Author.diary")
                .to_one("Book")
                .backref_one("diarist");
            schema
                .relationship("Book.readers")
                .to_many("Author")
                .backref("read");
            schema
                .relationship("Author.friends")
                .to_many("Author")
                .symmetric()
                .required();
            schema
                .relationship("Author.spouse")
                .to_one("Author")
                .symmetric();
            schema
                .relationship("Book.cover")
                .to_one("Book")
                .one_way()
                .required();
            schema
                .relationship("Book.cites")
                .to_many("Book")
                .one_way_on_delete(DeleteRule::Deny)
                .acyclic();
            schema
                .relationship("Book.sequel")
                .to_one("Book")
                .backref_one("prequel")
                .acyclic();
            schema
                .relationship("Author.mentor")
                .to_one("Author")
                .backref("pupils")
                .acyclic();
        },
        &[],
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let found = problems(|schema| {
        schema.entity::<Book>("Book");
        schema.relationship("Author");
        schema
            .relationship("Autor.books")
            .to_many("Buch")
            .back_populates("author");
        schema
            .relationship("Book.author")
            .to_one("Author")
            .back_populates("books");
    });
    let beginnings = [
        "Book is declared twice",
        "\"Author\" is no name of an end",
        "Author has no target",
        "Author says nothing of its inverse",
        "Autor.books is an end of Autor, which is no entity type",
        "Autor.books points at Buch, which is no entity type",
        "Book.author names Author.books, which is no end",
    ];
    assert_eq!(found.len(), beginnings.len(), "{found:#?}");
    for (problem, beginning) in found.iter().zip(beginnings) {
        assert!(problem.starts_with(beginning), "{problem}");
    }
}

#[test]
fn an_entity_type_needs_a_plain_name() {
    check(
        |schema| {
            schema.entity::<u8>("");
            schema.entity::<u16>("a.b");
        },
        &[
            "\"\", with the payload u8, is no name for an entity type: \
             it must not be empty nor have a dot, for ends are written Type.end",
            "\"a.b\", with the payload u16, is no name for an entity type: \
             it must not be empty nor have a dot, for ends are written Type.end",
        ],
    );
}

#[test]
fn an_entity_type_is_declared_once() {
    check(
        |schema| {
            schema.entity::<u8>("Book");
        },
        &["Book is declared twice: keep one entity::<..>(\"Book\") and chain all its keys to it"],
    );
}

#[test]
fn keys_have_names_of_their_own() {
    let name = || Key::field(|author: &String| author);
    check(
        |schema| {
            schema
                .entity::<String>("Tag")
                .unique("label", name())
                .key(name())
                .key(name())
                .index("label", name())
                .ordered_index("key", name())
                .index("", name())
                .index("a.b", name());
        },
        &[
            "Tag has two primary keys: keep one key(..) and make the other a unique(\"..\", ..)",
            "Tag.label is declared as an index twice: give each a name of its own",
            "Tag.key has the name of the primary key: give the index another name",
            "\"\" is no name for an index of Tag: it must not be empty nor have a dot",
            "\"a.b\" is no name for an index of Tag: it must not be empty nor have a dot",
        ],
    );
}

#[test]
fn a_key_may_be_called_key_where_there_is_no_primary_one() {
    check(
        |schema| {
            schema
                .entity::<String>("Tag")
                .unique("key", Key::field(|label: &String| label));
        },
        &[],
    );
}

#[test]
fn an_end_is_named_by_type_and_end() {
    for name in ["Book", "Book.", ".author", "Book.author.name", ""] {
        check(
            |schema| {
                schema.relationship(name).to_one("Author").one_way();
            },
            &[&format!(
                "{name:?} is no name of an end: write relationship(\"Type.end\"), with one dot"
            )],
        );
    }
}

#[test]
fn both_types_of_an_end_are_declared() {
    check(
        |schema| {
            schema.relationship("Bok.author").to_one("Author").one_way();
            schema
                .relationship("Book.author")
                .to_one("Publisher")
                .backref("books");
        },
        &[
            "Bok.author is an end of Bok, which is no entity type: did you mean Book?",
            "Book.author points at Publisher, which is no entity type: there are Author, Book",
        ],
    );
}

#[test]
fn an_end_is_declared_once() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books");
            schema
                .relationship("Book.author")
                .to_many("Author")
                .one_way();
        },
        &["Book.author is declared twice: keep one relationship(\"Book.author\")"],
    );
}

#[test]
fn an_end_has_one_target_and_one_inverse() {
    check(
        |schema| {
            schema.relationship("Book.author");
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .to_many("Author")
                .backref("edited")
                .backref_one("edited")
                .symmetric();
        },
        &[
            "Book.author has no target: add to_one(\"Type\") or to_many(\"Type\")",
            "Book.author says nothing of its inverse: \
             add back_populates(\"end\"), backref(\"end\"), symmetric() or one_way()",
            "Book.editor has several targets: keep one of its to_one(..) and to_many(..), \
             or write to_one_of([..])",
            "Book.editor says backref(..) and backref_one(..) and symmetric(): \
             keep one of them, for an end has one inverse",
        ],
    );
}

#[test]
fn back_populates_names_an_end_that_is_there() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .back_populates("books");
            schema
                .relationship("Author.prizes")
                .to_many("Book")
                .back_populates("Book.winner");
        },
        &[
            "Book.author names Author.books, which is no end (there is prizes): \
             add relationship(\"Author.books\").to_many(\"Book\").back_populates(\"author\")",
            "Author.prizes says back_populates(\"Book.winner\"): \
             write the name of the end alone, without type and dot",
        ],
    );
}

#[test]
fn back_populates_is_mutual() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .back_populates("books");
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .back_populates("books");
            schema
                .relationship("Author.books")
                .to_many("Book")
                .back_populates("author");
        },
        &[
            "Book.editor names Author.books, which does not name it back: \
           let Author.books say back_populates(\"editor\")",
        ],
    );
}

#[test]
fn back_populates_needs_fitting_types() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .back_populates("books");
            schema
                .relationship("Author.books")
                .to_many("Author")
                .back_populates("author");
        },
        &[
            "Book.author names Author.books, which points at Author and not at Book: \
             let Author.books point at Book, or name another end",
            "Author.books names Author.author, which is no end (there is books): \
             add relationship(\"Author.author\").to_one(\"Author\").back_populates(\"books\")",
        ],
    );
}

#[test]
fn an_end_that_is_its_own_inverse_is_symmetric() {
    check(
        |schema| {
            schema
                .relationship("Author.friends")
                .to_many("Author")
                .back_populates("friends");
            schema
                .relationship("Author.peers")
                .to_many("Author")
                .backref("peers");
        },
        &[
            "Author.peers is to make itself by backref: write symmetric() instead",
            "Author.friends names itself as its inverse: write symmetric() instead",
        ],
    );
}

#[test]
fn a_backref_takes_a_free_name() {
    check(
        |schema| {
            schema
                .relationship("Author.books")
                .to_many("Book")
                .one_way();
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books");
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .backref("edited");
            schema
                .relationship("Book.reviser")
                .to_one("Author")
                .backref("edited");
            schema
                .relationship("Book.printer")
                .to_one("Author")
                .backref("Author.printed");
            schema
                .relationship("Book.seller")
                .to_one("Author")
                .backref("");
        },
        &[
            "Book.author makes Author.books by backref, but that is declared too: \
             let both say back_populates, or leave out Author.books",
            "Book.reviser makes Author.edited by backref, and so does Book.editor: \
             give one of them another name",
            "Book.printer has the backref \"Author.printed\", which is no name: \
             write the name of the end alone, without type and dot",
            "Book.seller has the backref \"\", which is no name: \
             write the name of the end alone, without type and dot",
        ],
    );
}

#[test]
fn back_populates_does_not_name_what_a_backref_makes() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books");
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .back_populates("books");
        },
        &[
            "Book.editor names Author.books, which Book.author makes by backref: \
           name another end, or declare Author.books and let both say back_populates",
        ],
    );
}

#[test]
fn a_symmetric_end_points_at_its_own_type() {
    check(
        |schema| {
            schema
                .relationship("Book.readers")
                .to_many("Author")
                .symmetric();
        },
        &["Book.readers is symmetric but points at Author: \
           let it point at Book, or replace symmetric() by back_populates or backref"],
    );
}

#[test]
fn acyclic_is_for_two_ends_of_one_type() {
    check(
        |schema| {
            schema
                .relationship("Author.friends")
                .to_many("Author")
                .symmetric()
                .acyclic();
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books")
                .acyclic();
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .backref("edited")
                .inverse(EndOptions::acyclic);
        },
        &[
            "Author.friends is symmetric and acyclic, but a symmetric link is a cycle by itself: \
             leave out one of the two",
            "Book.author is acyclic, but its two ends are of different types, \
             where no cycle can be: leave out acyclic()",
            "Book.editor is acyclic, but its two ends are of different types, \
             where no cycle can be: leave out acyclic()",
        ],
    );
}

#[test]
fn cascading_up_is_spelled_out() {
    let problem = |end: &str| {
        format!(
            "{end} has DeleteRule::Cascade, but others may be linked to the same target, \
             which would go with the first of them: write DeleteRule::CascadeUp if that is meant, \
             or let the inverse have the DeleteRule::Cascade"
        )
    };
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .back_populates("books")
                .delete_rule(DeleteRule::Cascade);
            schema
                .relationship("Author.books")
                .to_many("Book")
                .back_populates("author");
            schema
                .relationship("Author.edited")
                .to_many("Book")
                .backref_one("editor")
                .inverse(|editor| editor.delete_rule(DeleteRule::Cascade));
            schema
                .relationship("Book.cover")
                .to_one("Book")
                .one_way()
                .delete_rule(DeleteRule::Cascade);
        },
        &[
            &problem("Book.author"),
            &problem("Book.editor, which Author.edited makes by backref,"),
            &problem("Book.cover"),
        ],
    );
}

#[test]
fn cascading_up_goes_from_one_of_many() {
    let problem = |end: &str| {
        format!(
            "{end} has DeleteRule::CascadeUp, which is for a to-one end whose inverse is to-many: \
             write DeleteRule::Cascade"
        )
    };
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books")
                .delete_rule(DeleteRule::CascadeUp)
                .inverse(|books| books.delete_rule(DeleteRule::CascadeUp));
            schema
                .relationship("Author.spouse")
                .to_one("Author")
                .symmetric()
                .delete_rule(DeleteRule::CascadeUp);
            schema
                .relationship("Book.readers")
                .to_many("Author")
                .backref("read")
                .delete_rule(DeleteRule::CascadeUp);
        },
        &[
            &problem("Author.books, which Book.author makes by backref,"),
            &problem("Author.spouse"),
            &problem("Book.readers"),
        ],
    );
}

#[test]
fn an_order_is_for_a_to_many_end() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .backref("books")
                .order(Order::None);
            schema
                .relationship("Author.edited")
                .to_many("Book")
                .backref_one("editor")
                .inverse(|editor| editor.order(Order::Insertion));
        },
        &[
            "Book.author is to-one and has Order::None: leave out order(..), one link has none",
            "Book.editor, which Author.edited makes by backref, is to-one and has Order::Insertion: \
             leave out order(..), one link has none",
        ],
    );
}

#[test]
fn inverse_is_for_the_end_that_a_backref_makes() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .one_way()
                .inverse(EndOptions::required);
        },
        &[
            "Book.author has inverse(..), which is for the end that a backref makes: \
           give the options to the end they are for, or let Book.author say backref",
        ],
    );
}

#[test]
fn one_way_on_delete_fits_the_end() {
    check(
        |schema| {
            schema
                .relationship("Book.author")
                .to_one("Author")
                .one_way_on_delete(DeleteRule::Nullify)
                .required();
            schema
                .relationship("Book.editor")
                .to_one("Author")
                .one_way_on_delete(DeleteRule::CascadeUp);
        },
        &[
            "Book.author is required and has one_way_on_delete(DeleteRule::Nullify), \
             which would leave its owner without a link: \
             write DeleteRule::Deny or DeleteRule::Cascade, or leave out required()",
            "Book.editor has one_way_on_delete(DeleteRule::CascadeUp): write DeleteRule::Cascade",
        ],
    );
}

#[test]
fn numbers_run_out_with_an_error() {
    let relationships = |count: u32| {
        problems(|schema| {
            for i in 0..count {
                schema
                    .relationship(&format!("Book.end{i}"))
                    .to_one("Author")
                    .one_way();
            }
        })
    };
    assert_eq!(relationships(1 << 16), [] as [&str; 0]);
    assert_eq!(
        relationships((1 << 16) + 1),
        ["the schema has 65537 relationships and 65536 is the most: \
          split it into several schemas"],
    );

    let types = |count: u32| {
        let mut schema = Schema::builder();
        for i in 0..count {
            schema.entity::<u32>(&format!("Type{i}"));
        }
        schema.build()
    };
    assert!(types(u32::from(u16::MAX)).is_ok());
    let error = types(1 << 16).expect_err("there is one too many");
    assert_eq!(
        error.to_string(),
        "the schema has 65536 entity types and 65535 is the most: split it into several schemas"
    );
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let count = u64::try_from(from.len()).expect("it is small");
        from[usize::try_from(self.roll(count)).expect("it is small")]
    }
}

#[test]
fn whatever_is_declared_gives_a_sound_registry_or_problems() {
    let mut sound = 0;
    for seed in 0..20_000 {
        let mut dice = Dice(seed);
        let mut schema = Schema::builder();
        schema.entity::<u8>("A").key(Key::field(|a: &u8| a));
        schema.entity::<u16>("B");
        for _ in 0..=dice.roll(4) {
            declare_anything(&mut schema, &mut dice);
        }
        match schema.build() {
            Ok(registry) => {
                assert_sound(&registry);
                sound += 1;
            }
            Err(error) => assert!(!error.problems().is_empty()),
        }
    }
    assert!(sound > 1_000, "only {sound} schemas are sound");
}

fn declare_anything(schema: &mut SchemaBuilder, dice: &mut Dice) {
    const ENDS: &[&str] = &["a", "b", "c", "d", "e"];
    const TYPES: &[&str] = &["A", "A", "A", "A", "B", "B", "B", "B", "C", ""];
    let name = format!("{}.{}", dice.pick(TYPES), dice.pick(ENDS));
    let mut end = schema.relationship(&name);
    end = match dice.roll(12) {
        0..6 => end.to_one(dice.pick(TYPES)),
        6..11 => end.to_many(dice.pick(TYPES)),
        _ => end,
    };
    end = match dice.roll(9) {
        0 | 1 => end.back_populates(dice.pick(ENDS)),
        2 | 3 => end.backref(dice.pick(ENDS)).inverse(EndOptions::required),
        4 => end.backref_one(dice.pick(ENDS)),
        5 => end.symmetric(),
        6 => end.one_way(),
        7 => end.one_way_on_delete(DeleteRule::Cascade),
        _ => end,
    };
    match dice.roll(9) {
        0 => end.acyclic(),
        1 => end.required(),
        2 => end.order(Order::None),
        3 => end.delete_rule(DeleteRule::Cascade),
        4 => end.delete_rule(DeleteRule::CascadeUp),
        _ => end,
    };
}

/// The inverse of the inverse is the end, and every end is found by its name,
/// by its number and with its type.
fn assert_sound(registry: &Registry) {
    for end in registry.end_defs() {
        let inverse = registry
            .end_at(end.inverse)
            .expect("every end has an inverse");
        assert_eq!(inverse.inverse, end.id);
        assert_eq!((inverse.owner, inverse.target), (end.target, end.owner));
        assert_eq!(inverse.acyclic, end.acyclic);
        assert_eq!(end.symmetric, inverse.id == end.id);
        assert_eq!(end.one_way, inverse.hidden);
        assert!(end.id.relationship() < registry.relationships());
        let owner = registry
            .entity_def(end.owner)
            .expect("every end has an owner");
        assert_eq!(owner.ends.iter().filter(|id| **id == end.id).count(), 1);
        let found = registry.find_end(&registry.full_name(end)).map(EndInfo::id);
        assert_eq!(found, (!end.hidden).then_some(end.id));
    }
}

#[test]
fn limits_are_for_rows_and_can_be_kept_to() {
    check(
        |schema| {
            let author = schema.relationship("Book.author").to_one("Author");
            author.backref("books").min(1).max(4);
            let signed = schema.relationship("Author.signed").to_many("Book");
            signed
                .backref("signers")
                .max(0)
                .inverse(|signers| signers.min(3).max(2));
            let read = schema.relationship("Author.read").to_many("Book");
            read.one_way_on_delete(DeleteRule::Nullify).min(2);
            let owned = schema.relationship("Author.owned").to_many("Book");
            owned.one_way().required().min(2).max(2);
        },
        &[
            "Book.author is to-one and has min(1): leave it out, one link is the most there is, \
             and write required() if one is also the least",
            "Book.author is to-one and has max(4): leave it out, one link is the most there is, \
             and write required() if one is also the least",
            "Author.signed has max(0), so that nothing could ever be linked: \
             write a max of 1 or more, or leave out the end",
            "Book.signers, which Author.signed makes by backref, has min(3) and max(2), \
             which no row can keep to: let the min be no more than the max",
            "Author.read has min(2) and has one_way_on_delete(DeleteRule::Nullify), \
             which would leave its owner without a link: \
             write DeleteRule::Deny or DeleteRule::Cascade, or leave out min(2)",
        ],
    );
}

#[test]
fn nobody_owns_whom_an_end_is_symmetric_with() {
    check(
        |schema| {
            let friends = schema.relationship("Author.friends").to_many("Author");
            friends.symmetric().delete_orphans().contained();
        },
        &[
            "Author.friends is symmetric and has delete_orphans(), \
             but neither of two friends owns the other: leave out one of the two",
            "Author.friends is symmetric and has contained(), \
             but neither of two friends owns the other: leave out one of the two",
            "Author.friends is contained, but its inverse is to-many, and a part has one container: \
             let the inverse be to-one, or leave out contained()",
        ],
    );
}

#[test]
fn a_part_has_one_container_and_goes_with_it() {
    check(
        |schema| {
            let shared = schema.relationship("Author.shared").to_many("Book");
            shared.backref("sharers").contained();
            let kept = schema.relationship("Author.kept").to_many("Book");
            kept.backref_one("keeper")
                .contained()
                .delete_rule(DeleteRule::Deny);
            let both = schema.relationship("Author.best").to_one("Book");
            both.backref_one("best_of")
                .contained()
                .inverse(EndOptions::contained);
            let fine = schema.relationship("Author.drafts").to_many("Book");
            fine.one_way().contained().delete_rule(DeleteRule::Cascade);
        },
        &[
            "Author.shared is contained, but its inverse is to-many, and a part has one container: \
             let the inverse be to-one, or leave out contained()",
            "Author.kept is contained and has DeleteRule::Deny, but parts go with their container: \
             leave out delete_rule(..), or contained()",
            "Author.best is contained, and so is its inverse, \
             but only one of two can be a part of the other: leave out one contained()",
        ],
    );
}

#[test]
fn an_end_of_several_types_names_each_once_and_all_name_it_back() {
    check(
        |schema| {
            schema.relationship("Book.about").to_one_of([]).one_way();
            let on = schema
                .relationship("Book.on")
                .to_one_of(["Author", "Bock", "Author"]);
            on.backref("books");
            let of = schema.relationship("Book.of").to_one_of(["Author", "Book"]);
            of.back_populates("parts").acyclic();
            let parts = schema.relationship("Author.parts").to_many("Book");
            parts.back_populates("of").acyclic();
        },
        &[
            "Book.about is to one of no types: name them in to_one_of([..])",
            "Book.on points at Bock, which is no entity type: did you mean Book?",
            "Book.on names Author twice among its types: leave out one of the two",
            "Book.of is acyclic, but its two ends are of different types, \
             where no cycle can be: leave out acyclic()",
            "Book.of names Book.parts, which is no end (there are about, of, on): \
             add relationship(\"Book.parts\").to_many(\"Book\").back_populates(\"of\")",
            "Author.parts is acyclic, but its two ends are of different types, \
             where no cycle can be: leave out acyclic()",
        ],
    );
}

#[test]
fn data_of_links_is_of_one_type_and_has_a_default() {
    check(
        |schema| {
            let end = schema.relationship("Book.author").to_one("Author");
            end.back_populates("books").data::<u8>();
            let end = schema.relationship("Author.books").to_many("Book");
            end.back_populates("author").data::<u16>();
            let end = schema.relationship("Book.editor").to_one("Author");
            end.backref("edited").data::<u8>().data::<u16>();
            let end = schema.relationship("Book.sequel").to_one("Book");
            end.backref_one("prequel").comparable_data::<u32>();
        },
        &[
            "Book.editor has data of types u8 and u16: keep one of them, for a link has one data",
            "Book.sequel says what can be done with data of type u32, but has none: \
             add data::<u32>()",
            "Book.author has data of type u8 and Author.books, its inverse, of type u16: \
             a link has one data, say it at one end or the same at both",
        ],
    );
}

#[test]
fn data_of_links_may_be_said_at_both_ends_and_in_any_order() {
    check(
        |schema| {
            let end = schema.relationship("Book.author").to_one("Author");
            end.back_populates("books")
                .cloneable_data::<u8>()
                .data::<u8>();
            let end = schema.relationship("Author.books").to_many("Book");
            end.back_populates("author")
                .data::<u8>()
                .comparable_data::<u8>();
        },
        &[],
    );
}

#[test]
fn linked_rows_are_for_the_to_many_end_of_a_one_to_many() {
    check(
        |schema| {
            let end = schema.relationship("Book.author").to_one("Author");
            end.backref("books").storage(Storage::Rows);
            let end = schema.relationship("Book.editors").to_many("Author");
            end.backref("edited").storage(Storage::Linked);
            let end = schema.relationship("Author.readers").to_many("Author");
            end.symmetric().storage(Storage::Linked);
            let end = schema.relationship("Author.diary").to_one("Book");
            end.backref("diarists")
                .inverse(|end| end.storage(Storage::Linked));
        },
        &[
            "Book.author is to-one and has Storage::Rows: leave out storage(..), \
             or say it at the to-many end of the relationship",
            "Book.editors has Storage::Linked and its inverse is to-many: leave out \
             storage(..), for a member that has many owners cannot be linked to one next",
            "Author.readers has Storage::Linked and its inverse is to-many: leave out \
             storage(..), for a member that has many owners cannot be linked to one next",
        ],
    );
}
