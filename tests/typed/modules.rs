//! A model over several modules: each type names the others by paths.

use backref::graph;

/// People.
mod people {
    use backref::entity;

    #[entity(key = name)]
    #[derive(Debug)]
    pub(crate) struct Author {
        pub(crate) name: &'static str,
        #[relationship(back_populates = author)]
        pub(crate) books: ToMany<super::things::Book>,
    }
}

/// Things, and what is said of them.
mod things {
    use super::people::Author;
    use backref::entity;

    #[entity]
    pub(crate) struct Book {
        #[relationship(back_populates = books)]
        pub(crate) author: ToOne<Author>,
        #[relationship(backref = books)]
        pub(crate) tags: ToMany<labels::Tag>,
    }

    pub(crate) mod labels {
        use backref::entity;

        #[entity(key = label)]
        pub(crate) struct Tag {
            pub(crate) label: &'static str,
        }
    }
}

graph! {
    pub(crate) struct Library {
        authors: people::Author,
        books: things::Book,
        tags: things::labels::Tag,
    }
}

#[test]
fn a_model_may_be_split_over_modules() -> backref::Result<()> {
    let mut library = Library::new();
    let lem = library.insert(people::Author { name: "Lem" })?;
    let sf = library.insert(things::labels::Tag { label: "sf" })?;
    let book = library.insert(things::Book {}.with_author(lem).with_tags([sf]))?;
    assert!(library.at(lem).books().ids().eq([book]));
    assert!(library.at(sf).books().ids().eq([book]));
    let author = library.at(book).author().map(|author| author.name);
    assert_eq!(author, Some("Lem"));
    Ok(())
}

#[test]
fn two_graphs_do_not_take_each_others_handles() {
    use backref::{ErrorKind, entity};

    #[entity]
    struct Page {
        #[relationship(backref = pages)]
        site: ToOne<Site>,
    }

    #[entity]
    struct Site {}

    graph! { struct Web { pages: Page, sites: Site } }

    let web = Web::new();
    let library = Library::new();
    let foreign = library.graph().row(
        Site::PAGES,
        backref::Id::from_bits(1 << 32 | 1).expect("it has a slot"),
    );
    assert!(foreign.is_empty());
    assert_eq!(web.graph().registry().entities().len(), 2);
    let mut other = backref::Graph::new(Library::registry().clone());
    let refused = other.insert(<Page as backref::typed::Entity>::TYPE, Page {});
    assert_eq!(
        refused.map_err(|error| error.kind()),
        Err(ErrorKind::WrongType)
    );
}
