//! The builders: chains of calls that write declarations down.

use std::any::type_name;
use std::cmp::Ordering;
use std::fmt;

#[cfg(feature = "serde")]
use crate::entities::serial::Serial;
use crate::entities::{EntityFactory, EntitySpec};
use crate::error::{Error, Result};
use crate::identity::{Hashed, Index, Key, KeyShape, OrderedShape, Sorted, Unique};
use crate::link_data::DataDef;

use super::asked::{AnyCheck, EndCheck};
use super::declaration::{EndDeclaration, EndOptions, EntityDeclaration, KeyDef, Pairing};
use super::{Cardinality, DeleteRule, KeyKind, Order, Registry, Storage, check, resolve};

/// The name of the primary key among the keys of its type.
const PRIMARY: &str = "key";

/// A schema being declared: from [`Schema::builder`](crate::Schema::builder).
///
/// Types and ends may be declared in any order, and name each other before
/// they are declared; [`build`](Self::build) looks at the whole.
#[derive(Default)]
pub struct SchemaBuilder {
    entities: Vec<EntityDeclaration>,
    ends: Vec<EndDeclaration>,
}

impl SchemaBuilder {
    /// Declares an entity type: its name, and the type of its payload.
    ///
    /// Several entity types may have one payload type; they are then reached
    /// by the untyped face of the graph, for typed ids would mix.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     name: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author").key(Key::field(|author: &Author| &author.name));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// # let _ = author;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn entity<T: Send + Sync + 'static>(&mut self, name: &str) -> EntityBuilder<'_, T> {
        let declared = pushed(&mut self.entities, EntityDeclaration::new::<T>(name));
        EntityBuilder {
            keys: &mut declared.keys,
            checks: &mut declared.checks,
            spec: spec_of(&mut *declared.factory),
        }
    }

    /// Declares one end of a relationship, named `Type.end`.
    ///
    /// It needs a target, [`to_one`](EndBuilder::to_one),
    /// [`to_one_of`](EndBuilder::to_one_of) or [`to_many`](EndBuilder::to_many),
    /// and a word on its inverse:
    ///
    /// | | the inverse |
    /// |---|---|
    /// | [`back_populates`](EndBuilder::back_populates) | is declared too, and names this end |
    /// | [`backref`](EndBuilder::backref), [`backref_one`](EndBuilder::backref_one) | is made here, to-many or to-one |
    /// | [`symmetric`](EndBuilder::symmetric) | is the end itself |
    /// | [`one_way`](EndBuilder::one_way), [`one_way_on_delete`](EndBuilder::one_way_on_delete) | has no name |
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<&str>("Book");
    /// schema.entity::<&str>("Tag");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// let registry = schema.build()?;
    /// assert!(registry.find_end("Tag.books").is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn relationship(&mut self, end: &str) -> EndBuilder<'_> {
        EndBuilder {
            declared: pushed(&mut self.ends, EndDeclaration::new(end)),
        }
    }

    /// Checks the declarations and makes the registry of them.
    ///
    /// Computes in O(*n* log *n*) for *n* declarations.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) with all that is wrong,
    /// each named and with its fix: [`Error::problems`].
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<&str>("Author");
    /// schema.relationship("Author.books").to_many("Bock").back_populates("author");
    /// let error = schema.build().expect_err("there is no Bock");
    /// assert_eq!(
    ///     error.problems(),
    ///     ["Author.books points at Bock, which is no entity type: there is Author"],
    /// );
    /// ```
    pub fn build(self) -> Result<Registry> {
        self.build_under(Registry::next_stamp())
    }

    /// [`build`](Self::build) with a stamp that is known already.
    pub(crate) fn build_under(self, stamp: u32) -> Result<Registry> {
        let relationships = check::check(&self.entities, &self.ends).map_err(Error::schema)?;
        let ends = resolve::resolve(stamp, &relationships, &self.entities);
        Ok(Registry::new(stamp, self.entities, ends))
    }
}

fn pushed<D>(list: &mut Vec<D>, declaration: D) -> &mut D {
    list.push(declaration);
    list.last_mut().expect("it was just pushed")
}

fn spec_of<T: Send + Sync + 'static>(factory: &mut dyn EntityFactory) -> &mut EntitySpec<T> {
    let spec = factory.as_any_mut().downcast_mut();
    spec.expect("the spec was made for this payload type")
}

impl fmt::Debug for SchemaBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entities, ends) = (self.entities.len(), self.ends.len());
        write!(f, "SchemaBuilder({entities} entity types, {ends} ends)")
    }
}

/// An entity type being declared: from [`SchemaBuilder::entity`].
///
/// Each call writes at once; the chain may end anywhere.
pub struct EntityBuilder<'a, T> {
    keys: &'a mut Vec<KeyDef>,
    checks: &'a mut Vec<AnyCheck>,
    spec: &'a mut EntitySpec<T>,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "each call writes at once, and a chain may end anywhere"
)]
impl<T: Send + Sync + 'static> EntityBuilder<'_, T> {
    /// The natural key: no two entities of the type have the same, and it is
    /// what `get_or_insert` and `upsert` go by. At most one.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Book {
    ///     isbn: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Book>("Book").key(Key::field(|book: &Book| &book.isbn));
    /// let registry = schema.build()?;
    /// let isbn = registry.key::<Book, String>("Book")?;
    /// # let _ = isbn;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn key<K: KeyShape>(self, key: Key<T, K>) -> Self {
        self.spec.has_key = true;
        let index = Box::new(Unique::new(PRIMARY.to_owned(), key));
        self.put(0, KeyKind::Primary, index)
    }

    /// A secondary unique key. An entity whose key is `None` is not in it.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     email: Option<String>,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .unique("email", Key::optional(|author: &Author| author.email.as_ref()));
    /// let registry = schema.build()?;
    /// let email = registry.unique::<Author, String>("Author.email")?;
    /// # let _ = email;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn unique<K: KeyShape>(self, name: &str, key: Key<T, K>) -> Self {
        let index = Box::new(Unique::new(name.to_owned(), key));
        self.add(KeyKind::Unique, index)
    }

    /// An index that finds all entities with a value.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     country: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .index("country", Key::field(|author: &Author| &author.country));
    /// let registry = schema.build()?;
    /// let country = registry.index::<Author, String>("Author.country")?;
    /// # let _ = country;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn index<K: KeyShape>(self, name: &str, key: Key<T, K>) -> Self {
        let index = Box::new(Hashed::new(name.to_owned(), key));
        self.add(KeyKind::Hashed, index)
    }

    /// An index that finds all entities with a value in a range.
    ///
    /// ```
    /// use backref::{Key, Schema};
    ///
    /// struct Author {
    ///     born: u16,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .ordered_index("born", Key::field(|author: &Author| &author.born));
    /// let registry = schema.build()?;
    /// let born = registry.ordered_index::<Author, u16>("Author.born")?;
    /// # let _ = born;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ordered_index<K: OrderedShape>(self, name: &str, key: Key<T, K>) -> Self {
        let index = Box::new(Sorted::new(name.to_owned(), key));
        self.add(KeyKind::Ordered, index)
    }

    /// The names of fields that are told of by themselves when they alone are
    /// changed, by [`update_field`](crate::Graph::update_field).
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// struct Tag { label: String, color: u32 }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").fields(&["label", "color"]);
    /// ```
    pub fn fields(self, names: &'static [&'static str]) -> Self {
        self.spec.fields = names;
        self
    }

    /// Payloads can be cloned, which `update`, `swap_keys` and cloning a graph
    /// need.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// #[derive(Clone)]
    /// struct Tag;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").cloneable();
    /// ```
    pub fn cloneable(self) -> Self
    where
        T: Clone,
    {
        self.spec.clone = Some(T::clone);
        self
    }

    /// Payloads can be written and read, which
    /// [change sets on the wire](crate::ChangeSet::deserialize) need. Feature
    /// `serde`.
    ///
    /// ```
    /// use backref::Schema;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Tag;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").serializable();
    /// ```
    #[cfg(feature = "serde")]
    pub fn serializable(self) -> Self
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        self.spec.serial = Some(Serial::of::<T>());
        self
    }

    /// Payloads can be compared, which comparing graphs needs.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// #[derive(PartialEq)]
    /// struct Tag;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").comparable();
    /// ```
    pub fn comparable(self) -> Self
    where
        T: PartialEq,
    {
        self.spec.eq = Some(T::eq);
        self
    }

    pub(crate) fn checked(self, check: AnyCheck) -> Self {
        self.checks.push(check);
        self
    }

    fn add(self, kind: KeyKind, index: Box<dyn Index<T>>) -> Self {
        let last = self.keys.len();
        self.put(last, kind, index)
    }

    /// Keys and indexes stay in step.
    fn put(self, at: usize, kind: KeyKind, index: Box<dyn Index<T>>) -> Self {
        self.keys.insert(at, KeyDef::new(kind, &*index));
        self.spec.indexes.insert(at, index);
        self
    }
}

impl<T> fmt::Debug for EntityBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityBuilder<{}>", type_name::<T>())
    }
}

/// An end of a relationship being declared: from [`SchemaBuilder::relationship`].
///
/// Each call writes at once; the chain may end anywhere.
pub struct EndBuilder<'a> {
    declared: &'a mut EndDeclaration,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "each call writes at once, and a chain may end anywhere"
)]
impl EndBuilder<'_> {
    /// At most one link, to an entity of the type named.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.author").to_one("Author").backref("books");
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_one(self, entity: &str) -> Self {
        self.target(Cardinality::One, vec![entity.to_owned()])
    }

    /// At most one link, to an entity of one of the types named.
    ///
    /// It is one end to whoever reads, sets or requires it; to each of the
    /// types leads a relationship of its own, of which at most one is linked.
    /// What is said of the inverse is said for each type: `backref("comments")`
    /// makes that end on every one of them, `back_populates("comments")` has
    /// each declare it. The typed handle of the whole end is
    /// [`ToOneOf`](crate::ToOneOf); that of the end towards one type, a
    /// [`ToOne`](crate::ToOne).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Post");
    /// # schema.entity::<&str>("Photo");
    /// # schema.entity::<&str>("Comment");
    /// schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments").required();
    /// let registry = schema.build()?;
    /// assert!(registry.find_end("Post.comments").is_some());
    /// assert!(registry.find_end("Photo.comments").is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_one_of<'n>(self, entities: impl IntoIterator<Item = &'n str>) -> Self {
        let entities = entities.into_iter().map(str::to_owned).collect();
        self.target(Cardinality::One, entities)
    }

    /// Any number of links, to entities of the type named.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn to_many(self, entity: &str) -> Self {
        self.target(Cardinality::Many, vec![entity.to_owned()])
    }

    /// The inverse is the end of the target type with this name; it is
    /// declared as well, and names this end in turn.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.author").to_one("Author").back_populates("books");
    /// schema.relationship("Author.books").to_many("Book").back_populates("author");
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn back_populates(self, end: &str) -> Self {
        self.pairing(Pairing::BackPopulates(end.to_owned()))
    }

    /// Makes the inverse: a to-many end of the target type with this name.
    /// Its options are said with [`inverse`](Self::inverse).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// let registry = schema.build()?;
    /// assert!(registry.find_end("Tag.books").is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn backref(self, end: &str) -> Self {
        self.pairing(Pairing::Backref(Cardinality::Many, end.to_owned()))
    }

    /// Makes the inverse: a to-one end of the target type with this name.
    /// Its options are said with [`inverse`](Self::inverse).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Profile");
    /// schema.relationship("Author.profile").to_one("Profile").backref_one("author");
    /// let registry = schema.build()?;
    /// assert!(registry.find_end("Profile.author").is_some());
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn backref_one(self, end: &str) -> Self {
        self.pairing(Pairing::Backref(Cardinality::One, end.to_owned()))
    }

    /// The end is its own inverse: whoever is linked here has the owner at the
    /// same end. Its target is its own type.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.friends").to_many("Person").symmetric();
    /// schema.relationship("Person.spouse").to_one("Person").symmetric();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn symmetric(self) -> Self {
        self.pairing(Pairing::Symmetric)
    }

    /// There is no end on the other side. Deleting the target takes the link
    /// away all the same; of a [`required`](Self::required) end, it is refused.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Image");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.cover").to_one("Image").one_way();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn one_way(self) -> Self {
        self.pairing(Pairing::OneWay(None))
    }

    /// As [`one_way`](Self::one_way), and says what the owner suffers when the
    /// target is deleted: it loses the link (`Nullify`), is deleted too
    /// (`Cascade`), or stands in the way (`Deny`).
    ///
    /// ```
    /// # use backref::{DeleteRule, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Image");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.cover").to_one("Image").one_way_on_delete(DeleteRule::Deny);
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn one_way_on_delete(self, rule: DeleteRule) -> Self {
        self.pairing(Pairing::OneWay(Some(rule)))
    }

    /// What happens to the entities linked here when the owner of the end is
    /// deleted.
    ///
    /// ```
    /// # use backref::{DeleteRule, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .delete_rule(DeleteRule::Cascade);
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete_rule(self, rule: DeleteRule) -> Self {
        self.options(|options| options.delete_rule(rule))
    }

    /// The owner has at least one link here at the end of every call.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.author").to_one("Author").backref("books").required();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn required(self) -> Self {
        self.options(EndOptions::required)
    }

    /// The owner of a to-many end has at least so many links here at the end of
    /// every call.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Team");
    /// # schema.entity::<&str>("Player");
    /// schema.relationship("Team.players").to_many("Player").backref_one("team").min(2).max(11);
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn min(self, links: usize) -> Self {
        self.options(|options| options.min(links))
    }

    /// The owner of a to-many end never has more links here than so many.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.parents").to_many("Person").backref("children").max(2).acyclic();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn max(self, links: usize) -> Self {
        self.options(|options| options.max(links))
    }

    /// No link may close a cycle: no entity is its own ancestor. Said at
    /// either end, it holds for both, and both ends are of one type.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Folder");
    /// schema.relationship("Folder.parent").to_one("Folder").backref("children").acyclic();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn acyclic(self) -> Self {
        self.options(EndOptions::acyclic)
    }

    /// An entity that was linked here and has lost its last owner goes too, and
    /// all that its delete rules say, whether it was removed, displaced or its
    /// owner deleted. Where several ends that lead to a type say so, one owner
    /// at any of them keeps it. One that never had an owner is no orphan, and
    /// one that gets another in the same call stays.
    ///
    /// If an orphan may not be deleted, the call is an error.
    ///
    /// ```
    /// use backref::{Graph, Schema};
    ///
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Order");
    /// # schema.entity::<u32>("Item");
    /// schema.relationship("Order.items").to_many("Item").backref_one("order").delete_orphans();
    /// # let registry = schema.build()?;
    /// # let order = registry.entity_type::<&str>("Order")?;
    /// # let item = registry.entity_type::<u32>("Item")?;
    /// # let items = registry.to_many::<&str, u32>("Order.items")?;
    /// # let mut graph = Graph::new(registry);
    /// # let first = graph.insert(order, "first")?;
    /// # let pens = graph.insert(item, 3)?;
    /// graph.row_mut(items, first)?.push(pens)?;
    /// graph.row_mut(items, first)?.remove(pens)?;
    /// assert!(!graph.contains(item, pens));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn delete_orphans(self) -> Self {
        self.options(EndOptions::delete_orphans)
    }

    /// The entities linked here are parts of the owner: each has at most one
    /// container, over all ends that say so and lead to its type.
    ///
    /// To link a part to another container's end moves it there, out of the end
    /// it stood in, which may be of another relationship. Nobody is inside
    /// itself, over all such ends together. Parts go with their container: the
    /// delete rule is [`DeleteRule::Cascade`].
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Page");
    /// # schema.entity::<&str>("Group");
    /// # schema.entity::<&str>("Shape");
    /// schema.relationship("Page.shapes").to_many("Shape").backref_one("page").contained();
    /// schema.relationship("Group.shapes").to_many("Shape").backref_one("group").contained();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn contained(self) -> Self {
        self.options(EndOptions::contained)
    }

    /// The order of the links at a to-many end: of adding, unless it is said.
    /// It is said once, here or with [`sorted_by`](Self::sorted_by),
    /// [`sorted_by_comparison`](Self::sorted_by_comparison) or
    /// [`keyed_by`](Self::keyed_by), which say by what.
    ///
    /// ```
    /// # use backref::{Order, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # schema.entity::<&str>("Book");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books").order(Order::None);
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn order(self, order: Order) -> Self {
        self.options(|options| options.order(order))
    }

    /// How the rows of a to-many end are stored whose inverse is to-one.
    /// [`Storage`] says what to choose when.
    ///
    /// ```
    /// # use backref::{Schema, Storage};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Queue");
    /// # schema.entity::<u32>("Job");
    /// schema
    ///     .relationship("Queue.jobs")
    ///     .to_many("Job")
    ///     .backref_one("queue")
    ///     .storage(Storage::Linked);
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn storage(self, storage: Storage) -> Self {
        self.options(|options| options.storage(storage))
    }

    /// Each link has data of its own, a `D`; one that is made without is given
    /// `D::default()`. Said at either end, it holds for both.
    ///
    /// The data is that of the link: given with [`Graph::link`](crate::Graph::link)
    /// and its like, read and changed from either end, kept while the link
    /// lasts, and gone with it.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Band");
    /// # schema.entity::<u32>("Musician");
    /// schema
    ///     .relationship("Band.members")
    ///     .to_many("Musician")
    ///     .backref("bands")
    ///     .data::<String>();
    /// let registry = schema.build()?;
    /// let plays = registry.link_data::<&str, u32, String>("Band.members")?;
    /// # let (band, musician) = (registry.entity_type("Band")?, registry.entity_type("Musician")?);
    /// # let mut graph = Graph::new(registry);
    /// # let (can, holger) = (graph.insert(band, "Can")?, graph.insert(musician, 1938)?);
    /// graph.link(plays, can, holger, "bass".to_owned())?;
    /// assert_eq!(graph.link_data(plays, can, holger).map(String::as_str), Some("bass"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn data<D: Default + Send + Sync + 'static>(self) -> Self {
        self.declared.say_of_data(DataDef::data::<D>());
        self
    }

    /// The [`data`](Self::data) of the links can be cloned, which
    /// [`update_link_data`](crate::Graph::update_link_data) and cloning a
    /// graph need.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<u8>("Tag");
    /// let tags = schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// tags.data::<u32>().cloneable_data::<u32>();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn cloneable_data<D: Clone + Send + Sync + 'static>(self) -> Self {
        self.declared.say_of_data(DataDef::cloneable::<D>());
        self
    }

    /// The [`data`](Self::data) of the links can be written and read, which
    /// [change sets on the wire](crate::ChangeSet::deserialize) need. Feature
    /// `serde`.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<u8>("Tag");
    /// let tags = schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// tags.data::<u32>().serializable_data::<u32>();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    pub fn serializable_data<D>(self) -> Self
    where
        D: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    {
        self.declared.say_of_data(DataDef::serializable::<D>());
        self
    }

    /// The [`data`](Self::data) of the links can be compared, which comparing
    /// graphs needs.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<u8>("Tag");
    /// let tags = schema.relationship("Book.tags").to_many("Tag").backref("books");
    /// tags.data::<u32>().comparable_data::<u32>();
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn comparable_data<D: PartialEq + Send + Sync + 'static>(self) -> Self {
        self.declared.say_of_data(DataDef::comparable::<D>());
        self
    }

    /// The links are sorted by a key of the members, always: a member whose key
    /// changes, whichever way, is re-placed in every row it stands in.
    ///
    /// Equal members keep the order of adding, and one that is re-placed goes
    /// last among its equals. A member without a key ([`Key::optional`]) comes
    /// first. Verbs that set a position are refused. Finding a place takes
    /// O(log *n*) comparisons.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// #[derive(Clone)]
    /// struct Book { year: u16 }
    /// struct Author;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book").cloneable();
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .sorted_by(Key::field(|book: &Book| &book.year));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let book = registry.entity_type::<Book>("Book")?;
    /// let books = registry.to_many::<Author, Book>("Author.books")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let lem = graph.insert(author, Author)?;
    /// let solaris = graph.insert(book, Book { year: 1961 })?;
    /// let eden = graph.insert(book, Book { year: 1959 })?;
    /// graph.row_mut(books, lem)?.extend([solaris, eden])?;
    /// assert!(graph.row(books, lem).iter().eq([eden, solaris]));
    /// graph.update(book, eden, |eden| eden.year = 1971)?;
    /// assert!(graph.row(books, lem).iter().eq([solaris, eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sorted_by<T: 'static, K: OrderedShape>(self, key: Key<T, K>) -> Self {
        self.options(|options| options.sorted_by(key))
    }

    /// As [`sorted_by`](Self::sorted_by), by a comparison of two members.
    ///
    /// One that contradicts itself gives some order, and nothing worse.
    ///
    /// ```
    /// use backref::Schema;
    ///
    /// struct Book { price: f64 }
    /// struct Author;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .sorted_by_comparison(|a: &Book, b: &Book| b.price.total_cmp(&a.price));
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn sorted_by_comparison<T, F>(self, compare: F) -> Self
    where
        T: 'static,
        F: Fn(&T, &T) -> Ordering + Send + Sync + 'static,
    {
        self.options(|options| options.sorted_by_comparison(compare))
    }

    /// The members of a row are found by a key of theirs, which no two of them
    /// share: [`Graph::member_by_key`](crate::Graph::member_by_key).
    ///
    /// The key is followed when the member changes, whichever way; a second
    /// member with the same key is refused with
    /// [`DuplicateKey`](crate::ErrorKind::DuplicateKey), from whichever side it
    /// comes. Members whose key is `None` are not found by it. The order is
    /// that of adding.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Book { isbn: u64 }
    /// struct Author;
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Author>("Author");
    /// schema.entity::<Book>("Book");
    /// schema
    ///     .relationship("Author.books")
    ///     .to_many("Book")
    ///     .backref_one("author")
    ///     .keyed_by(Key::field(|book: &Book| &book.isbn));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let book = registry.entity_type::<Book>("Book")?;
    /// let books = registry.to_many::<Author, Book>("Author.books")?;
    /// let by_isbn = registry.keyed::<Author, Book, u64>("Author.books")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let lem = graph.insert(author, Author)?;
    /// let eden = graph.insert(book, Book { isbn: 3 })?;
    /// graph.row_mut(books, lem)?.push(eden)?;
    /// assert_eq!(graph.member_by_key(by_isbn, lem, &3), Some(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn keyed_by<T: 'static, K: KeyShape>(self, key: Key<T, K>) -> Self {
        self.options(|options| options.keyed_by(key))
    }

    /// The options of the end that [`backref`](Self::backref) or
    /// [`backref_one`](Self::backref_one) makes.
    ///
    /// ```
    /// # use backref::{DeleteRule, Order, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// schema
    ///     .relationship("Book.author")
    ///     .to_one("Author")
    ///     .backref("books")
    ///     .inverse(|books| books.delete_rule(DeleteRule::Cascade).order(Order::None));
    /// # schema.build()?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn inverse(self, options: impl FnOnce(EndOptions) -> EndOptions) -> Self {
        let said = self.declared.inverse.take().unwrap_or_default();
        self.declared.inverse = Some(options(said));
        self
    }

    pub(crate) fn checked(self, check: EndCheck) -> Self {
        self.options(|options| options.checked(check))
    }

    fn target(self, cardinality: Cardinality, entities: Vec<String>) -> Self {
        self.declared.targets.push((cardinality, entities));
        self
    }

    fn pairing(self, pairing: Pairing) -> Self {
        self.declared.pairings.push(pairing);
        self
    }

    fn options(self, change: impl FnOnce(EndOptions) -> EndOptions) -> Self {
        self.declared.options = change(std::mem::take(&mut self.declared.options));
        self
    }
}

impl fmt::Debug for EndBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndBuilder({})", self.declared.name)
    }
}
