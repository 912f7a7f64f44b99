//! Data on links, and linked rows.

use backref::{EndInfo, ErrorKind, Storage, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Author {
    name: &'static str,
    #[relationship(backref = many(fans, order = none), data = Liking)]
    favourites: ToMany<Book>,
    #[relationship(back_populates = agent, storage = linked)]
    clients: ToMany<Author>,
    #[relationship(back_populates = clients, data = Contract)]
    agent: ToOne<Author>,
    #[relationship(symmetric, data = u32)]
    friends: ToMany<Author>,
}

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Book {
    title: &'static str,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Liking {
    stars: u8,
}

#[derive(Debug, Default, PartialEq)]
struct Contract {
    percent: u8,
}

graph! { struct Library { authors: Author, books: Book } }

fn book(title: &'static str) -> Book {
    Book { title }
}

fn kind<T>(result: backref::Result<T>) -> Option<ErrorKind> {
    result.map_err(|error| error.kind()).err()
}

#[test]
fn data_of_links_is_given_read_and_changed_from_either_end() -> backref::Result<()> {
    let mut lib = Library::new();
    let eden = lib.insert(book("Eden"))?;
    let solaris = lib.insert(book("Solaris"))?;
    let ann = lib.insert(
        Author { name: "Ann" }
            .with_favourites_data([(eden, Liking { stars: 5 })])
            .with_favourites([solaris]),
    )?;
    let stars = |lib: &Library| {
        let stars: Vec<u8> = lib
            .at(ann)
            .favourites()
            .iter()
            .map(|(_, liking)| liking.stars)
            .collect();
        stars
    };
    assert_eq!(stars(&lib), [5, 0]);
    assert_eq!(lib.at(eden).fans().data(ann), Some(&Liking { stars: 5 }));
    for (fan, liking) in lib.at(eden).fans() {
        assert_eq!((fan.name, liking.stars), ("Ann", 5));
    }

    let again = lib
        .edit(ann)
        .favourites_mut()
        .push_with(eden, Liking { stars: 1 })?;
    assert_eq!(
        again,
        Some(Liking { stars: 1 }),
        "the link is there and keeps its data"
    );
    let old = lib
        .edit(eden)
        .fans_mut()
        .set_data(ann, Liking { stars: 4 })?;
    assert_eq!(old.stars, 5);
    lib.edit(ann)
        .favourites_mut()
        .update_data(solaris, |liking| liking.stars += 3)?;
    assert_eq!(stars(&lib), [4, 3]);
    assert_eq!(lib.at(ann).favourites().members().len(), 2);

    lib.edit(ann).favourites_mut().remove(eden)?;
    assert_eq!(lib.at(ann).favourites().data(eden), None);
    let refused = lib
        .edit(ann)
        .favourites_mut()
        .set_data(eden, Liking { stars: 2 });
    assert_eq!(kind(refused), Some(ErrorKind::NoMember));
    lib.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn data_at_a_to_one_end_goes_by_the_link() -> backref::Result<()> {
    let mut lib = Library::new();
    let agent = lib.insert(Author { name: "Agent" })?;
    let ann =
        lib.insert(Author { name: "Ann" }.with_agent_data(agent, Contract { percent: 10 }))?;
    assert_eq!(lib.at(ann).agent_data(), Some(&Contract { percent: 10 }));
    assert!(lib.at(agent).clients().ids().eq([ann]));
    assert_eq!(
        lib.edit(ann)
            .set_agent_data(Contract { percent: 12 })?
            .percent,
        10
    );
    let again = lib
        .edit(ann)
        .set_agent_with(agent, Contract { percent: 1 })?;
    assert_eq!(again, Some(Contract { percent: 1 }));
    assert_eq!(lib.at(ann).agent_data().map(|it| it.percent), Some(12));
    lib.edit(ann).set_agent(None)?;
    assert_eq!(lib.at(ann).agent_data(), None);
    assert!(lib.edit(ann).set_agent_data(Contract::default()).is_err());
    Ok(())
}

#[test]
fn a_symmetric_link_has_one_data_for_both() -> backref::Result<()> {
    let mut lib = Library::new();
    let ann = lib.insert(Author { name: "Ann" })?;
    let bob = lib.insert(Author { name: "Bob" }.with_friends_data([(ann, 1987)]))?;
    assert_eq!(lib.at(ann).friends().data(bob), Some(&1987));
    lib.edit(ann).friends_mut().set_data(bob, 1988)?;
    assert_eq!(lib.at(bob).friends().data(ann), Some(&1988));
    Ok(())
}

#[test]
fn a_tree_of_new_entities_brings_the_data_of_its_links() -> backref::Result<()> {
    let mut lib = Library::new();
    let ann = lib.insert(Author { name: "Ann" }.with_favourites_data([
        (book("Eden"), Liking { stars: 5 }),
        (book("Solaris"), Liking { stars: 4 }),
    ]))?;
    let told: Vec<_> = lib
        .at(ann)
        .favourites()
        .iter()
        .map(|(b, l)| (b.title, l.stars))
        .collect();
    assert_eq!(told, [("Eden", 5), ("Solaris", 4)]);
    Ok(())
}

#[test]
fn linked_rows_have_the_same_verbs() -> backref::Result<()> {
    let mut lib = Library::new();
    let agent = lib.insert(Author { name: "Agent" })?;
    let [a, b] = [
        lib.insert(Author { name: "a" })?,
        lib.insert(Author { name: "b" })?,
    ];
    lib.edit(agent).clients_mut().extend([a, b])?;
    lib.edit(agent).clients_mut().move_to(b, 0)?;
    assert!(lib.at(agent).clients().ids().eq([b, a]));
    let clients = Library::registry().find_end("Author.clients");
    assert_eq!(clients.map(EndInfo::storage), Some(Storage::Linked));
    Ok(())
}
