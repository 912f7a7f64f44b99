//! Generated code in hostile surroundings: strict lints, shadowed names, a
//! library under another name, bodies of functions.

/// Everything that a crate can be strict about, as far as it speaks of what
/// users write.
mod strict {
    #![deny(
        missing_docs,
        missing_debug_implementations,
        unreachable_pub,
        dead_code,
        unused,
        nonstandard_style,
        rust_2018_idioms,
        single_use_lifetimes,
        trivial_casts,
        trivial_numeric_casts,
        unused_lifetimes,
        unused_qualifications,
        unused_results,
        variant_size_differences,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::missing_inline_in_public_items,
        clippy::implicit_return,
        clippy::absolute_paths,
        clippy::pub_use,
        clippy::missing_trait_methods,
        clippy::question_mark_used,
        clippy::exhaustive_structs
    )]
    #![expect(clippy::redundant_pub_crate, reason = "this very module does so")]

    use backref::{entity, graph};

    /// Who.
    #[entity(key = name)]
    #[derive(Debug)]
    pub(crate) struct Who {
        /// Called.
        pub(crate) name: String,
        /// Of age.
        #[index(ordered)]
        pub(crate) age: u8,
        /// Works here.
        #[relationship(backref = many(staff, order = none), delete_rule = deny)]
        pub(crate) office: ToOne<Office>,
    }

    /// Where.
    #[entity]
    #[derive(Debug)]
    pub(crate) struct Office {
        /// Near.
        #[relationship(symmetric)]
        pub(crate) near: ToMany<Office>,
    }

    graph! {
        /// All of it.
        pub(crate) struct Firm { people: Who, offices: Office }
    }

    #[test]
    fn generated_code_is_silent_under_strict_lints() {
        let firm = Firm::new();
        assert!(firm.people().next().is_none(), "the firm is new");
    }
}

/// Names that the prelude has, taken by something else.
mod shadowed {
    #![expect(
        dead_code,
        reason = "these are in the way of nothing, which is the point"
    )]

    use ::backref::{entity, graph};

    struct Option;
    struct Result;
    struct Vec;
    struct String;
    struct Box;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Default;
    trait Clone {}
    trait Copy {}
    trait Into {}
    trait From {}
    trait FnOnce {}
    trait Iterator {}
    trait IntoIterator {}
    trait Deref {}
    trait Debug {}
    trait Sized {}
    mod core {}
    mod std {}
    mod backref {}

    #[entity(key = number)]
    #[derive(::std::clone::Clone)]
    struct Book {
        #[unique]
        number: i64,
        #[relationship(backref = books, required)]
        shelf: ToOne<Shelf>,
        #[relationship(symmetric)]
        twins: ToMany<Self>,
    }

    #[entity]
    struct Shelf {}

    graph! { struct Library { books: Book, shelves: Shelf } }

    #[test]
    fn generated_code_does_not_care_what_names_mean_here() -> ::backref::Result<()> {
        let mut library = Library::new();
        let shelf = library.insert(Shelf {})?;
        let book = library.insert(Book { number: 7 }.with_shelf(shelf))?;
        library.edit(book).set_number(8)?;
        library.edit(book).twins_mut().push(book)?;
        assert_eq!(library.at(book).shelf().id(), shelf);
        assert_eq!(
            library.find::<Book>(&8).map(BookRef::id),
            ::std::option::Option::Some(book)
        );
        ::std::result::Result::Ok(())
    }
}

/// The library under another name, as a renamed dependency has.
mod renamed {
    extern crate backref as related;

    mod backref {}

    use related::{entity, graph};

    #[entity(crate = related)]
    struct Book {
        #[relationship(backref = books)]
        shelf: ToOne<Shelf>,
    }

    #[entity(crate = related)]
    struct Shelf {}

    graph! { struct Library { books: Book, shelves: Shelf } }

    #[test]
    fn the_library_may_have_another_name() -> related::Result<()> {
        let mut library = Library::new();
        let shelf = library.insert(Shelf {}.with_books([Book {}, Book {}]))?;
        assert_eq!(library.at(shelf).books().len(), 2);
        Ok(())
    }
}

#[test]
fn a_model_may_stand_in_the_body_of_a_function() -> backref::Result<()> {
    use backref::{entity, graph};

    #[entity(key = label)]
    struct Tag {
        label: String,
        #[relationship(backref = below)]
        above: ToOne<Tag>,
    }

    graph! { struct Tags { tags: Tag } }

    let mut tags = Tags::new();
    let sf = tags.insert(Tag { label: "sf".into() })?;
    let space = tags.insert(
        Tag {
            label: "space".into(),
        }
        .with_above(sf),
    )?;
    assert!(tags.at(sf).below().ids().eq([space]));
    Ok(())
}

#[test]
fn raw_identifiers_and_odd_names_work() -> backref::Result<()> {
    use backref::{entity, graph};

    #[entity(key = r#type, name = "Kind of thing")]
    #[derive(Clone)]
    struct Kind {
        r#type: String,
        #[relationship(back_populates = r#match)]
        r#loop: ToOne<Kind>,
        #[relationship(back_populates = r#loop)]
        r#match: ToMany<Kind>,
    }

    graph! { struct Kinds { kinds: Kind } }

    let mut kinds = Kinds::new();
    let a = kinds.insert(Kind { r#type: "a".into() })?;
    let b = kinds.insert(Kind { r#type: "b".into() }.with_loop(a))?;
    kinds.edit(b).set_type("c")?;
    assert!(kinds.at(a).r#match().ids().eq([b]));
    assert_eq!(kinds.find_by(Kind::TYPE, "c").map(KindRef::id), Some(b));
    assert_eq!(kinds.describe(a), "Kind of thing#1v1");
    Ok(())
}

/// Fields with the names that generated code has for its own.
mod fields {
    use backref::{entity, graph};

    #[entity]
    #[derive(Clone)]
    pub(crate) struct Parcel {
        pub(crate) payload: u8,
        pub(crate) it: u8,
    }

    graph! { pub(crate) struct Parcels { parcels: Parcel } }
}

#[test]
fn a_field_may_have_the_name_of_what_generated_code_calls_its_own() {
    let mut parcels = fields::Parcels::new();
    let parcel = fields::Parcel { payload: 1, it: 2 };
    let id = parcels.insert(parcel).expect("there is room");
    let mut parcel = parcels.edit(id);
    parcel.set_payload(3).expect("it lives");
    parcel.set_it(4).expect("it lives");
    let parcel = &parcels[id];
    assert_eq!((parcel.payload, parcel.it), (3, 4));
}
