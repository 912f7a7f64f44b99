//! `#[entity]` and `graph!`, and what they mean.

/// Declares an entity type: the struct becomes the payload, its relationships
/// become methods of handles.
///
/// ```
/// use backref::{entity, graph};
///
/// #[entity(key = name)]
/// #[derive(Debug, Clone)]
/// pub struct Author {
///     pub name: String,
///     #[unique]
///     pub email: Option<String>,
///     /// In shelf order.
///     #[relationship(back_populates = author, delete_rule = cascade)]
///     pub books: ToMany<Book>,
/// }
///
/// #[entity(key = isbn)]
/// #[derive(Debug, Clone)]
/// pub struct Book {
///     pub isbn: String,
///     #[index(ordered)]
///     pub year: u16,
///     #[relationship(back_populates = books, required)]
///     pub author: ToOne<Author>,
/// }
///
/// graph! { pub struct Library { authors: Author, books: Book } }
///
/// let mut lib = Library::new();
/// let lem = lib.insert(Author { name: "Lem".into(), email: None })?;
/// let book = Book { isbn: "3".into(), year: 1959 };   // the literal has the payload only
/// let eden = lib.insert(book.with_author(lem))?;
/// assert_eq!(lib.at(eden).author().name, "Lem");      // required: no Option
/// lib.edit(eden).set_year(1960)?;
/// assert!(lib.range(Book::YEAR, 1960..).map(|book| book.id()).eq([eden]));
/// # Ok::<(), backref::Error>(())
/// ```
///
/// # What it makes
///
/// Of `struct Book`, beside it and as public as it:
///
/// | | |
/// |---|---|
/// | `Book` | the payload: the struct without its relationship fields |
/// | `BookRef<'g>` | a book in its graph, to be read: `Copy`, dereferences to `Book`, a method for each end |
/// | `BookMut<'g>` | a book to be changed: `set_title(…)`, `set_author(…)`, `tags_mut()`, `update`, `delete` |
/// | `NewBook` | a book with the links it shall have: `book.with_author(…).with_tags(…)` |
/// | `Book::AUTHOR`, `Book::ISBN`, … | the handles of ends, keys and indexes, for [`Graph`](crate::Graph) and for look-ups |
///
/// Methods are as visible as their fields and carry the fields' documentation.
/// `ToOne<…>` and `ToMany<…>` are syntax here and need no import; they take the
/// path of an entity type of the same graph, which may stand in another module
/// of the crate. Derives stand *below* `#[entity]`, so that they see the payload
/// alone.
///
/// # Options of the struct: `#[entity(…)]`
///
/// | option | meaning |
/// |---|---|
/// | `key = field`, `key = (a, b)`, `key = (a, b, c)` | the natural key: unique, found by `lib.find::<Book>(…)` |
/// | `unique(name = (a, b))` | a secondary unique key of several fields, `Book::NAME` |
/// | `index(name = (a, b))`, `ordered_index(name = …)` | an index; hashed for `find_all`, ordered for `range` |
/// | `name = "…"` | its name in the schema, if not the struct's |
/// | `crate = path` | what this library is called here, if not `backref` |
///
/// Below it, `#[check(path::to::function)]` names functions that see each payload
/// before it is written, and may refuse it with a reason: of the form
/// `fn(&PlannedPayload<'_, Book>) -> Result<(), impl Display>`.
///
/// On a field: `#[unique]`, `#[index]`, `#[index(ordered)]`. A key of a field
/// `Option<K>` is missing where that is `None`, and then not looked up.
///
/// # Options of a relationship: `#[relationship(…)]`
///
/// One of these says which the other end is:
///
/// | option | meaning |
/// |---|---|
/// | `back_populates = end` | the end of that name of the other type, which names this one back |
/// | `backref = end`, `backref = one(end)` | makes the other end, to-many or to-one: its methods are there as if declared |
/// | `backref = many(end, …)`, `one(end, …)` | the same, with options for the end it makes |
/// | `one_way`, `one_way = cascade` or `deny` | no other end; what the owner suffers when its target is deleted |
/// | `symmetric` | the end is its own other end, as with friends |
///
/// This holds for the relationship:
///
/// | option | meaning |
/// |---|---|
/// | `data = Type` | each link has a `Type` (with a `Default`): given when linking, read and changed from either end, gone with the link |
///
/// And these hold for this end:
///
/// | option | meaning |
/// |---|---|
/// | `delete_rule = nullify`, `cascade`, `cascade_up`, `deny` | what becomes of those linked here when *this* entity is deleted: [`DeleteRule`](crate::DeleteRule) |
/// | `required` | a link must be here; a to-one end is read without `Option`, and `NewBook` is not insertable without it |
/// | `min = n`, `max = n` | how many members the row must and may have |
/// | `orphans = delete` | an entity that loses its last owner, at an end that says this, goes too |
/// | `contained` | those linked here are parts: each has one container over all ends that say this, cycles are refused, and they are deleted with it |
/// | `acyclic` | no entity is its own ancestor, from whichever end it is tried |
/// | `order = insertion`, `none` | the row is in the order of adding, with verbs to change it, or in none: [`Order`](crate::Order) |
/// | `order = sorted_by(field)`, `sorted_by(a, b)`, `compared_by(path::to::function)` | the row is always sorted by fields of its members, or by a function that compares two |
/// | `order = keyed_by(field)` | in the order of adding, and each member found by its key: `author.books_by_isbn(…)`; a second one with a key is refused |
/// | `check = path::to::function` | a function that sees the links of an owner that a call makes and cuts, and may refuse them with a reason; it may stand several times |
/// | `storage = linked` | rows that are written often and seldom read: [`Storage`](crate::Storage) |
///
/// A check is the last that is asked before anything is written, from whichever
/// end or verb the change comes; what it refuses has changed nothing. See
/// [`PlannedPayload`](crate::PlannedPayload) and
/// [`PlannedLinks`](crate::PlannedLinks) for what it is asked.
///
/// ```
/// use backref::{PlannedLinks, PlannedPayload, entity, graph};
///
/// #[entity]
/// struct Author {
///     #[relationship(back_populates = author, check = at_most_two)]
///     books: ToMany<Book>,
/// }
/// #[entity]
/// #[check(has_title)]
/// #[derive(Clone)]
/// struct Book {
///     title: &'static str,
///     #[relationship(back_populates = books)]
///     author: ToOne<Author>,
/// }
/// graph! { struct Library { authors: Author, books: Book } }
///
/// fn has_title(change: &PlannedPayload<'_, Book>) -> Result<(), &'static str> {
///     match change.after() {
///         Some(book) if book.title.is_empty() => Err("a title is needed"),
///         _ => Ok(()),
///     }
/// }
/// fn at_most_two(change: &PlannedLinks<'_, Author, Book>) -> Result<(), String> {
///     match change.len_after() {
///         0..=2 => Ok(()),
///         more => Err(format!("{more} books are too many")),
///     }
/// }
///
/// # let mut lib = Library::new();
/// let lem = lib.insert(Author {}.with_books([Book { title: "Eden" }, Book { title: "Solaris" }]))?;
/// let third = lib.insert(Book { title: "Fiasco" })?;
/// let error = lib.edit(third).set_author(lem).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the links of Author#1v1 at Author.books are refused by a check: 3 books are too many",
/// );
/// assert!(lib.edit(third).set_title("").is_err());
/// assert_eq!(lib.at(third).title, "Fiasco");
/// # Ok::<(), backref::Error>(())
/// ```
///
/// Links with data have more methods at both ends, if both say so: looping over
/// a row gives pairs.
///
/// ```
/// # use backref::{entity, graph};
/// # #[entity]
/// # struct Tag { label: &'static str }
/// #[entity]
/// struct Book {
///     #[relationship(backref = books, data = u8)]     // how much it is about it
///     tags: ToMany<Tag>,
/// }
/// # graph! { struct Library { books: Book, tags: Tag } }
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag { label: "sf" })?;
/// # let classic = lib.insert(Tag { label: "classic" })?;
/// let eden = lib.insert(Book {}.with_tags_data([(sf, 9)]))?;
/// lib.edit(eden).tags_mut().push_with(classic, 2)?;
/// lib.edit(sf).books_mut().set_data(eden, 10)?;       // the same from the other end
/// let told: Vec<_> = lib.at(eden).tags().iter().map(|(tag, weight)| (tag.label, *weight)).collect();
/// assert_eq!(told, [("sf", 10), ("classic", 2)]);
/// # Ok::<(), backref::Error>(())
/// ```
///
/// A to-one end can lead to one of several types, `on: ToOne<(Post, Photo)>`: it
/// is set with an id of either, and read as an enum of handles, `CommentOn` for
/// `Comment::on`.
///
/// ```
/// # use backref::{entity, graph};
/// # #[entity]
/// # struct Post {}
/// # #[entity]
/// # struct Photo { width: u32 }
/// #[entity]
/// struct Comment {
///     #[relationship(backref = comments, required)]   // Post.comments and Photo.comments
///     on: ToOne<(Post, Photo)>,
/// }
/// # graph! { struct Blog { posts: Post, photos: Photo, comments: Comment } }
/// # let mut blog = Blog::new();
/// # let hello = blog.insert(Post {})?;
/// # let sea = blog.insert(Photo { width: 640 })?;
/// let comment = blog.insert(Comment {}.with_on(hello))?;
/// blog.edit(comment).set_on(sea)?;                    // it leaves the post
/// match blog.at(comment).on() {
///     CommentOn::Post(post) => panic!("not on {post:?} any more"),
///     CommentOn::Photo(photo) => assert_eq!(photo.width, 640),
/// }
/// assert!(blog.at(sea).comments().ids().eq([comment]));
/// # Ok::<(), backref::Error>(())
/// ```
///
/// `backref` on a field of type `path::Tag` adds methods to `path::TagRef`,
/// `path::TagMut` and `path::NewTag`, so those have to be nameable there: a
/// qualified path does it, and so does `use path::*`.
///
/// # What the borrow checker says
///
/// A handle borrows the graph, so it cannot be kept across an edit: keep the
/// id, which is `Copy`, and ask for the handle again. `lib.at(book)` is O(1).
///
/// ```compile_fail,E0502
/// # use backref::example::typed::{Book, Library};
/// # use backref::Id;
/// # fn rename(lib: &mut Library, eden: Id<Book>) -> backref::Result<()> {
/// let book = lib.at(eden);
/// lib.edit(eden).set_title("Eden")?;          // `book` still borrows `lib` …
/// println!("{}", book.title);                 // … for this
/// # Ok(())
/// # }
/// ```
///
/// A payload is not assigned to through a handle (there is no `DerefMut`), so
/// that keys, links and checks see every write: `lib.edit(eden).set_title(…)`
/// for a field, `update(|book| …)` for several. And a relationship is no field:
/// write `Book { … }.with_author(lem)`, not `Book { author: lem, … }`.
///
/// # What the compiler checks
///
/// That both ends name each other, that they lead to each other's types, that
/// names are free and rules make sense between two ends. A mistake is an error
/// at the word that says it, with what to write instead. What types cannot
/// tell, as two structs of one name, [`graph!`](crate::graph!) says when the
/// first graph is made.
pub use backref_macros::entity;

/// Declares a typed graph: a struct that owns the entities of some types and
/// all links between them.
///
/// ```
/// use backref::{entity, graph};
///
/// #[entity(key = label)]
/// #[derive(Clone)]
/// pub struct Tag {
///     pub label: String,
///     #[relationship(backref = below, acyclic)]
///     pub above: ToOne<Tag>,
/// }
///
/// graph! {
///     /// All our tags.
///     pub struct Tags { all_tags: Tag }
/// }
///
/// let mut tags = Tags::new();
/// let sf = tags.insert(Tag { label: "sf".into() })?;
/// let space = tags.insert(Tag { label: "space".into() }.with_above(sf))?;
/// assert_eq!(tags.all_tags().map(|tag| tag.id()).collect::<Vec<_>>(), [sf, space]);
/// assert_eq!(tags.find::<Tag>("space").map(|tag| tag.id()), Some(space));
/// assert!(tags.at(sf).below().ids().eq([space]));
/// tags.edit(space).set_label("space opera")?;
/// assert!(tags.find::<Tag>("space").is_none());
/// println!("{}", Tags::registry().to_mermaid());      // draws the schema
/// # Ok::<(), backref::Error>(())
/// ```
///
/// Each field is a name and an entity type ([`#[entity]`](macro@crate::entity)):
/// the name becomes a method that iterates over all entities of the type. A type
/// is in one graph, the types that its relationships lead to are in the same,
/// and graph and types are of one crate; the graph is as visible as they are at
/// the most. They may be in different modules.
///
/// # Its methods
///
/// | | |
/// |---|---|
/// | `insert(…)`, `get_or_insert`, `upsert` | a payload, or one with its links; all or nothing |
/// | `at(id)`, `get(id)`, `graph[id]` | a handle to read; a handle if the id lives; the payload |
/// | `edit(id)`, `try_edit(id)` | a handle to change |
/// | `find::<T>(key)`, `find_by(T::KEY, …)` | by the natural key, or a secondary one |
/// | `find_all(T::INDEX, …)`, `range(T::INDEX, …)` | by an index |
/// | `all::<T>()`, `count::<T>()` | all entities of a type |
/// | `delete(id)`, `delete_all(ids)`, `plan_delete(ids)` | with all that delete rules say |
/// | `swap_keys(a, b, …)` | exchanges what two entities have for keys |
/// | `copy(roots, ends)`, `container(id)` | parts of the graph |
/// | `transaction(…)`, `try_transaction(…)` | several calls as one: all or nothing; they nest |
/// | `keep_history(depth)`, `undo()`, `redo()`, `plan_undo()`, `name_step(…)`, `join_step(…)` | steps that can be taken back and done again |
/// | `mark()`, `changes_since(&mark)`, `changes_between(…)`, `apply(&changes)` | what was done since, as a value, to be done elsewhere |
/// | `observe(…)`, `observe_type::<T>(…)`, `observe_end(T::END, …)` | told once of each commit, with old and new |
/// | `verify()`, `try_clone()`, `try_eq(…)` | the whole graph |
/// | `graph()`, `registry()` | the graph by handles and numbers, with walks, paths and the view for `petgraph`: `lib.graph().breadth_first(Tag::BELOW, [sf])`; its schema |
///
/// Reading an entity by `at` or by indexing panics if the id is not live, and
/// says which; every other call returns `None` or an error.
#[macro_export]
macro_rules! graph {
    ($($graph:tt)*) => {
        $crate::__graph! { [$crate] $($graph)* }
    };
}
