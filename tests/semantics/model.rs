//! A small library with every kind of relationship, and how its state is read.

use std::fmt::Debug;

use backref::{
    EndOptions, EntityType, Error, Graph, Id, Result, Schema, SchemaBuilder, ToMany, ToOne,
};

/// A payload that is a name and nothing else; `KIND` tells the types apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named<const KIND: char>(pub(crate) &'static str);

pub(crate) type Author = Named<'A'>;
pub(crate) type Profile = Named<'R'>;
pub(crate) type Book = Named<'B'>;
pub(crate) type Chapter = Named<'C'>;
pub(crate) type Tag = Named<'T'>;
pub(crate) type Image = Named<'I'>;
pub(crate) type Person = Named<'P'>;
pub(crate) type Passport = Named<'S'>;
pub(crate) type Folder = Named<'F'>;
pub(crate) type Topic = Named<'O'>;
pub(crate) type Task = Named<'K'>;

/// The handles of the library: entity types, then ends as `type_end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Library {
    pub(crate) author: EntityType<Author>,
    pub(crate) profile: EntityType<Profile>,
    pub(crate) book: EntityType<Book>,
    pub(crate) chapter: EntityType<Chapter>,
    pub(crate) tag: EntityType<Tag>,
    pub(crate) image: EntityType<Image>,
    pub(crate) person: EntityType<Person>,
    pub(crate) passport: EntityType<Passport>,
    pub(crate) folder: EntityType<Folder>,
    pub(crate) topic: EntityType<Topic>,
    pub(crate) task: EntityType<Task>,

    pub(crate) author_books: ToMany<Author, Book>,
    pub(crate) book_author: ToOne<Book, Author>,
    /// Required: a chapter has a book.
    pub(crate) chapter_book: ToOne<Chapter, Book>,
    pub(crate) book_chapters: ToMany<Book, Chapter>,

    pub(crate) author_profile: ToOne<Author, Profile>,
    pub(crate) profile_author: ToOne<Profile, Author>,
    pub(crate) person_passport: ToOne<Person, Passport>,
    /// Required: a passport has a person.
    pub(crate) passport_person: ToOne<Passport, Person>,
    pub(crate) person_next: ToOne<Person, Person>,
    pub(crate) person_previous: ToOne<Person, Person>,

    pub(crate) book_tags: ToMany<Book, Tag>,
    pub(crate) tag_books: ToMany<Tag, Book>,

    /// Acyclic, as a tree is.
    pub(crate) folder_parent: ToOne<Folder, Folder>,
    pub(crate) folder_children: ToMany<Folder, Folder>,
    /// Not acyclic.
    pub(crate) topic_parent: ToOne<Topic, Topic>,
    pub(crate) topic_children: ToMany<Topic, Topic>,
    /// Acyclic many-to-many.
    pub(crate) task_needs: ToMany<Task, Task>,
    pub(crate) task_needed_by: ToMany<Task, Task>,
    pub(crate) person_follows: ToMany<Person, Person>,
    pub(crate) person_followers: ToMany<Person, Person>,
    pub(crate) person_friends: ToMany<Person, Person>,
    pub(crate) person_spouse: ToOne<Person, Person>,

    /// One-way.
    pub(crate) book_cover: ToOne<Book, Image>,
    /// One-way.
    pub(crate) book_pictures: ToMany<Book, Image>,
}

/// An empty library.
pub(crate) fn library() -> (Graph, Library) {
    let mut schema = Schema::builder();
    declare_entities(&mut schema);
    declare_pairs(&mut schema);
    declare_within_one_type(&mut schema);
    let registry = schema.build().expect("the library is sound");
    let library = handles(&registry).expect("the library has these ends");
    (Graph::new(registry), library)
}

fn declare_entities(schema: &mut SchemaBuilder) {
    declare::<'A'>(schema, "Author");
    declare::<'R'>(schema, "Profile");
    declare::<'B'>(schema, "Book");
    declare::<'C'>(schema, "Chapter");
    declare::<'T'>(schema, "Tag");
    declare::<'I'>(schema, "Image");
    declare::<'P'>(schema, "Person");
    declare::<'S'>(schema, "Passport");
    declare::<'F'>(schema, "Folder");
    declare::<'O'>(schema, "Topic");
    declare::<'K'>(schema, "Task");
}

/// Declares an entity type that can be cloned and compared.
pub(crate) fn declare<const KIND: char>(schema: &mut SchemaBuilder, name: &str) {
    schema.entity::<Named<KIND>>(name).cloneable().comparable();
}

fn declare_pairs(schema: &mut SchemaBuilder) {
    schema
        .relationship("Book.author")
        .to_one("Author")
        .back_populates("books");
    schema
        .relationship("Author.books")
        .to_many("Book")
        .back_populates("author");
    schema
        .relationship("Chapter.book")
        .to_one("Book")
        .backref("chapters")
        .required();
    schema
        .relationship("Author.profile")
        .to_one("Profile")
        .backref_one("author");
    schema
        .relationship("Person.passport")
        .to_one("Passport")
        .backref_one("person")
        .inverse(EndOptions::required);
    schema
        .relationship("Book.tags")
        .to_many("Tag")
        .backref("books");
    schema.relationship("Book.cover").to_one("Image").one_way();
    schema
        .relationship("Book.pictures")
        .to_many("Image")
        .one_way();
}

fn declare_within_one_type(schema: &mut SchemaBuilder) {
    schema
        .relationship("Person.next")
        .to_one("Person")
        .backref_one("previous");
    schema
        .relationship("Folder.parent")
        .to_one("Folder")
        .backref("children")
        .acyclic();
    schema
        .relationship("Topic.parent")
        .to_one("Topic")
        .backref("children");
    schema
        .relationship("Task.needs")
        .to_many("Task")
        .backref("needed_by")
        .acyclic();
    schema
        .relationship("Person.follows")
        .to_many("Person")
        .backref("followers");
    schema
        .relationship("Person.friends")
        .to_many("Person")
        .symmetric();
    schema
        .relationship("Person.spouse")
        .to_one("Person")
        .symmetric();
}

fn handles(registry: &backref::Registry) -> Result<Library> {
    Ok(Library {
        author: registry.entity_type("Author")?,
        profile: registry.entity_type("Profile")?,
        book: registry.entity_type("Book")?,
        chapter: registry.entity_type("Chapter")?,
        tag: registry.entity_type("Tag")?,
        image: registry.entity_type("Image")?,
        person: registry.entity_type("Person")?,
        passport: registry.entity_type("Passport")?,
        folder: registry.entity_type("Folder")?,
        topic: registry.entity_type("Topic")?,
        task: registry.entity_type("Task")?,
        author_books: registry.to_many("Author.books")?,
        book_author: registry.to_one("Book.author")?,
        chapter_book: registry.to_one("Chapter.book")?,
        book_chapters: registry.to_many("Book.chapters")?,
        author_profile: registry.to_one("Author.profile")?,
        profile_author: registry.to_one("Profile.author")?,
        person_passport: registry.to_one("Person.passport")?,
        passport_person: registry.to_one("Passport.person")?,
        person_next: registry.to_one("Person.next")?,
        person_previous: registry.to_one("Person.previous")?,
        book_tags: registry.to_many("Book.tags")?,
        tag_books: registry.to_many("Tag.books")?,
        folder_parent: registry.to_one("Folder.parent")?,
        folder_children: registry.to_many("Folder.children")?,
        topic_parent: registry.to_one("Topic.parent")?,
        topic_children: registry.to_many("Topic.children")?,
        task_needs: registry.to_many("Task.needs")?,
        task_needed_by: registry.to_many("Task.needed_by")?,
        person_follows: registry.to_many("Person.follows")?,
        person_followers: registry.to_many("Person.followers")?,
        person_friends: registry.to_many("Person.friends")?,
        person_spouse: registry.to_one("Person.spouse")?,
        book_cover: registry.to_one("Book.cover")?,
        book_pictures: registry.to_many("Book.pictures")?,
    })
}

/// New entities with these names.
pub(crate) fn insert<const KIND: char, const N: usize>(
    graph: &mut Graph,
    entity: EntityType<Named<KIND>>,
    names: [&'static str; N],
) -> [Id<Named<KIND>>; N] {
    names.map(|name| graph.insert(entity, Named(name)).expect("there is room"))
}

/// The names in a row, in order. All ways of reading the row must agree, and
/// the whole graph must be sound.
#[track_caller]
pub(crate) fn row<S: Payload, const KIND: char>(
    graph: &Graph,
    end: ToMany<S, Named<KIND>>,
    owner: Id<S>,
) -> Vec<&'static str> {
    assert_sound(graph);
    let row = graph.row(end, owner);
    let ids: Vec<_> = row.iter().collect();
    let mut backwards: Vec<_> = row.iter().rev().collect();
    backwards.reverse();
    assert_eq!(ids, backwards);
    assert_eq!((row.len(), row.is_empty()), (ids.len(), ids.is_empty()));
    assert_eq!(
        (row.first(), row.last()),
        (ids.first().copied(), ids.last().copied())
    );
    assert_eq!(row.get(ids.len()), None);
    for (position, &id) in ids.iter().enumerate() {
        assert_eq!(row.get(position), Some(id));
        assert_eq!(row.position(id), Some(position));
        assert!(row.contains(id));
    }
    row.entries().map(|(_, member)| member.0).collect()
}

/// The name at a to-one end. The whole graph must be sound.
#[track_caller]
pub(crate) fn one<S: Payload, const KIND: char>(
    graph: &Graph,
    end: ToOne<S, Named<KIND>>,
    owner: Id<S>,
) -> Option<&'static str> {
    assert_sound(graph);
    let target = graph.target(end, owner);
    assert_eq!(target.map(|(id, _)| id), graph.one(end, owner));
    target.map(|(_, payload)| payload.0)
}

/// Makes a call that must fail, and shows that it changed nothing.
#[track_caller]
pub(crate) fn refused<R: Debug>(
    graph: &mut Graph,
    call: impl FnOnce(&mut Graph) -> Result<R>,
) -> Error {
    let before = graph.try_clone().expect("every type is cloneable");
    let error = call(graph).expect_err("the call must be refused");
    assert_sound(graph);
    assert!(
        graph.try_eq(&before).expect("every type is comparable"),
        "changed, though: {error}"
    );
    error
}

/// Makes a call that must succeed, and shows that it changed nothing.
#[track_caller]
pub(crate) fn idle<R: Debug>(graph: &mut Graph, call: impl FnOnce(&mut Graph) -> Result<R>) -> R {
    let before = graph.try_clone().expect("every type is cloneable");
    let result = call(graph).expect("the call must succeed");
    assert_sound(graph);
    assert!(
        graph.try_eq(&before).expect("every type is comparable"),
        "changed: {result:?}"
    );
    result
}

/// Proves the invariants over the whole graph.
#[track_caller]
pub(crate) fn assert_sound(graph: &Graph) {
    if let Err(broken) = graph.verify() {
        panic!("{broken}");
    }
}

/// What a payload has to be.
pub(crate) trait Payload: Send + Sync + 'static {}

impl<T: Send + Sync + 'static> Payload for T {}
