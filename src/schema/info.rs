//! Reflection: what a registry tells of itself.

use std::fmt;

use crate::id::{EndId, EntityTypeId};

use super::declaration::KeyDef;
use super::names::split;
use super::registry::{End, EntityDef, Registry};
use super::{Cardinality, DeleteRule, KeyKind, Order, Storage};

impl Registry {
    /// The entity types, in the order of declaration.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// # let registry = schema.build()?;
    /// let names: Vec<&str> = registry.entities().map(|entity| entity.name()).collect();
    /// assert_eq!(names, ["Author", "Book"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn entities(&self) -> impl DoubleEndedIterator<Item = EntityInfo<'_>> + ExactSizeIterator {
        let info = |def| EntityInfo {
            registry: self,
            def,
        };
        self.entity_defs().iter().map(info)
    }

    /// The ends of all relationships: relationship by relationship, in each
    /// the one declared first.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// # schema.relationship("Book.author").to_one("Author").backref("books");
    /// # let registry = schema.build()?;
    /// let names: Vec<String> = registry.ends().map(|end| end.full_name()).collect();
    /// assert_eq!(names, ["Book.author", "Author.books"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ends(&self) -> impl Iterator<Item = EndInfo<'_>> {
        let shown = self.end_defs().filter(|end| end.is_shown());
        shown.map(|end| self.info(end))
    }

    /// The entity type of that number.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # let registry = schema.build()?;
    /// let tag = registry.entity_type::<&str>("Tag")?;
    /// let info = registry.entity(tag.untyped());
    /// assert_eq!(info.map(|entity| entity.name()), Some("Tag"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn entity(&self, entity: EntityTypeId) -> Option<EntityInfo<'_>> {
        self.entity_def(entity).map(|def| EntityInfo {
            registry: self,
            def,
        })
    }

    /// The entity type of that name. Computes in O(log *n*).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Tag");
    /// # let registry = schema.build()?;
    /// assert!(registry.find_entity("Tag").is_some());
    /// assert!(registry.find_entity("Label").is_none());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find_entity(&self, name: &str) -> Option<EntityInfo<'_>> {
        self.find_entity_def(name).map(|def| EntityInfo {
            registry: self,
            def,
        })
    }

    /// The end of that number; `None` if it is an end of another registry. The
    /// number of an end towards one of several types is that of the whole.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// # schema.relationship("Person.friends").to_many("Person").symmetric();
    /// # let registry = schema.build()?;
    /// let friends = registry.to_many::<&str, &str>("Person.friends")?;
    /// let info = registry.end(friends.untyped());
    /// assert_eq!(info.map(|end| end.name()), Some("friends"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn end(&self, end: EndId) -> Option<EndInfo<'_>> {
        self.end_at(end).and_then(|end| self.shown(end))
    }

    /// The end of that name, `Type.end`. Computes in O(log *n*).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Author");
    /// # schema.entity::<&str>("Book");
    /// # schema.relationship("Book.author").to_one("Author").backref("books");
    /// # let registry = schema.build()?;
    /// let author = registry.find_end("Book.author").expect("it is declared");
    /// assert_eq!(author.target().name(), "Author");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn find_end(&self, name: &str) -> Option<EndInfo<'_>> {
        let (owner, end) = split(name)?;
        let owner = self.find_entity_def(owner)?;
        let end = self.find_end_def(owner.id, end)?;
        self.shown(end)
    }

    /// The backs of one-way ends are not; of an end of several types, the first.
    fn shown<'a>(&'a self, end: &'a End) -> Option<EndInfo<'a>> {
        let first = end.variants.first().and_then(|first| self.end_at(*first));
        let end = first.unwrap_or(end);
        (!end.hidden).then(|| self.info(end))
    }

    pub(super) fn info<'a>(&'a self, end: &'a End) -> EndInfo<'a> {
        EndInfo {
            registry: self,
            end,
        }
    }
}

/// What a registry knows of an entity type.
///
/// From [`Registry::entities`], [`Registry::entity`] or
/// [`Registry::find_entity`].
///
/// ```
/// use backref::{Key, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<String>("Tag").key(Key::field(|label: &String| label));
/// schema.relationship("Tag.broader").to_one("Tag").backref("narrower");
/// let registry = schema.build()?;
///
/// let tag = registry.find_entity("Tag").expect("it is declared");
/// assert_eq!(tag.id(), registry.entity_type::<String>("Tag")?.untyped());
/// assert_eq!(tag.name(), "Tag");
/// assert_eq!((tag.keys().count(), tag.ends().count()), (1, 2));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct EntityInfo<'a> {
    registry: &'a Registry,
    def: &'a EntityDef,
}

impl<'a> EntityInfo<'a> {
    /// The number of the type, for the untyped face.
    #[must_use]
    pub fn id(self) -> EntityTypeId {
        self.def.id
    }

    /// The name it was declared with.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.def.name
    }

    /// The name of the type of the payload, as the compiler writes it.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<u32>("Number");
    /// # let registry = schema.build()?;
    /// let number = registry.find_entity("Number").expect("it is declared");
    /// assert_eq!(number.payload_type_name(), "u32");
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn payload_type_name(self) -> &'a str {
        self.def.type_name
    }

    /// The ends that the type owns, in the order of declaration; an end that a
    /// `backref` makes stands where the `backref` does.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Node");
    /// # schema.relationship("Node.parent").to_one("Node").backref("children");
    /// # let registry = schema.build()?;
    /// let node = registry.find_entity("Node").expect("it is declared");
    /// let ends: Vec<&str> = node.ends().map(|end| end.name()).collect();
    /// assert_eq!(ends, ["parent", "children"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ends(self) -> impl DoubleEndedIterator<Item = EndInfo<'a>> {
        let registry = self.registry;
        let ends = self.def.ends.iter().filter_map(|id| registry.end_at(*id));
        let shown = ends.filter(|end| end.is_shown());
        shown.map(|end| registry.info(end))
    }

    /// The keys and indexes of the type, the primary key first.
    ///
    /// ```
    /// # use backref::{Key, Schema};
    /// # struct Author { name: String, country: String }
    /// # let mut schema = Schema::builder();
    /// # schema
    /// #     .entity::<Author>("Author")
    /// #     .index("country", Key::field(|author: &Author| &author.country))
    /// #     .key(Key::field(|author: &Author| &author.name));
    /// # let registry = schema.build()?;
    /// let author = registry.find_entity("Author").expect("it is declared");
    /// let keys: Vec<&str> = author.keys().map(|key| key.name()).collect();
    /// assert_eq!(keys, ["key", "country"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn keys(self) -> impl DoubleEndedIterator<Item = KeyInfo<'a>> + ExactSizeIterator {
        self.def.keys.iter().map(|def| KeyInfo { def })
    }

    /// Whether [checks](crate::EntityBuilder::check) are asked about its payloads.
    ///
    /// ```
    /// # use backref::{PlannedPayload, Schema};
    /// # let mut schema = Schema::builder();
    /// let number = schema.entity::<u32>("Number");
    /// number.check(|change: &PlannedPayload<'_, u32>| match change.after() {
    ///     Some(0) => Err("zero is no number here"),
    ///     Some(_) | None => Ok(()),
    /// });
    /// let registry = schema.build()?;
    /// assert!(registry.find_entity("Number").is_some_and(|number| number.is_checked()));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn is_checked(self) -> bool {
        !self.def.checks.is_empty()
    }
}

impl fmt::Debug for EntityInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a registry knows of a key or an index: from [`EntityInfo::keys`].
///
/// ```
/// use backref::{Key, KeyKind, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<u32>("Number").ordered_index("value", Key::field(|number: &u32| number));
/// let registry = schema.build()?;
///
/// let number = registry.find_entity("Number").expect("it is declared");
/// for key in number.keys() {
///     assert_eq!((key.name(), key.kind(), key.type_name()), ("value", KeyKind::Ordered, "u32"));
/// }
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct KeyInfo<'a> {
    def: &'a KeyDef,
}

impl<'a> KeyInfo<'a> {
    /// The name it was declared with; that of the primary key is `key`.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.def.name
    }

    /// What it does.
    #[must_use]
    pub fn kind(self) -> KeyKind {
        self.def.kind
    }

    /// The name of the type of the key, as the compiler writes it.
    #[must_use]
    pub fn type_name(self) -> &'a str {
        self.def.type_name
    }
}

impl fmt::Debug for KeyInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name(), self.kind())
    }
}

/// What a registry knows of an end.
///
/// From [`Registry::ends`], [`Registry::end`], [`Registry::find_end`] or
/// [`EntityInfo::ends`].
///
/// ```
/// use backref::{Cardinality, DeleteRule, Order, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Folder");
/// schema
///     .relationship("Folder.children")
///     .to_many("Folder")
///     .backref_one("parent")
///     .delete_rule(DeleteRule::Cascade)
///     .acyclic();
/// let registry = schema.build()?;
///
/// let children = registry.find_end("Folder.children").expect("it is declared");
/// assert_eq!((children.name(), children.full_name().as_str()), ("children", "Folder.children"));
/// assert_eq!((children.owner().name(), children.target().name()), ("Folder", "Folder"));
/// assert_eq!(children.id(), registry.to_many::<&str, &str>("Folder.children")?.untyped());
/// assert_eq!(children.cardinality(), Cardinality::Many);
/// assert_eq!(children.delete_rule(), DeleteRule::Cascade);
/// assert_eq!(children.order(), Order::Insertion);
/// assert!(children.is_acyclic() && !children.is_required());
/// assert!(!children.is_one_way() && !children.is_symmetric());
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct EndInfo<'a> {
    registry: &'a Registry,
    end: &'a End,
}

impl<'a> EndInfo<'a> {
    /// The number of the end, for the untyped face.
    #[must_use]
    pub fn id(self) -> EndId {
        self.end.id
    }

    /// Its name within its type: `author`.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.end.name
    }

    /// Its name with that of its type: `Book.author`.
    #[must_use]
    pub fn full_name(self) -> String {
        self.registry.full_name(self.end)
    }

    /// The type that owns the end.
    #[must_use]
    pub fn owner(self) -> EntityInfo<'a> {
        self.side(self.end.owner)
    }

    /// The type that the end points at; the first of them if there are
    /// [several](Self::variants).
    #[must_use]
    pub fn target(self) -> EntityInfo<'a> {
        self.side(self.end.target)
    }

    /// Whether the end points at several types: it was declared with
    /// [`to_one_of`](crate::EndBuilder::to_one_of).
    #[must_use]
    pub fn is_one_of(self) -> bool {
        !self.end.variants.is_empty()
    }

    /// The end towards each of the types that it points at, in the order of
    /// declaration; the end itself if there is one type.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Post");
    /// # schema.entity::<&str>("Photo");
    /// # schema.entity::<&str>("Comment");
    /// schema.relationship("Comment.on").to_one_of(["Post", "Photo"]).backref("comments");
    /// let registry = schema.build()?;
    /// let on = registry.find_end("Comment.on").expect("it is declared");
    /// let types: Vec<&str> = on.variants().map(|end| end.target().name()).collect();
    /// assert_eq!(types, ["Post", "Photo"]);
    /// let inverses = on.variants().filter_map(|end| end.inverse());
    /// assert!(inverses.map(|end| end.full_name()).eq(["Post.comments", "Photo.comments"]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn variants(self) -> impl Iterator<Item = EndInfo<'a>> {
        let registry = self.registry;
        let variants = self
            .end
            .variants
            .iter()
            .filter_map(|id| registry.end_at(*id));
        let only = (!self.is_one_of()).then_some(self.end);
        only.into_iter()
            .chain(variants)
            .map(|end| registry.info(end))
    }

    /// Whether it is to-one or to-many.
    #[must_use]
    pub fn cardinality(self) -> Cardinality {
        self.end.cardinality
    }

    /// The end on the other side: none if this one is one-way, this one if it
    /// is symmetric. Of an end of several types, the one on the first of them:
    /// see [`variants`](Self::variants).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.mentor").to_one("Person").backref("students");
    /// schema.relationship("Person.friends").to_many("Person").symmetric();
    /// schema.relationship("Person.idol").to_one("Person").one_way();
    /// let registry = schema.build()?;
    ///
    /// let inverse = |name| {
    ///     let end = registry.find_end(name).expect("it is declared");
    ///     end.inverse().map(|inverse| inverse.name())
    /// };
    /// assert_eq!(inverse("Person.mentor"), Some("students"));
    /// assert_eq!(inverse("Person.friends"), Some("friends"));
    /// assert_eq!(inverse("Person.idol"), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn inverse(self) -> Option<EndInfo<'a>> {
        self.registry.end(self.end.inverse)
    }

    /// What happens to the entities linked here when the owner is deleted.
    #[must_use]
    pub fn delete_rule(self) -> DeleteRule {
        self.end.delete_rule
    }

    /// The order of the links; it says nothing of a to-one end.
    #[must_use]
    pub fn order(self) -> Order {
        self.end.order
    }

    /// How the rows are stored; it says nothing of a to-one end.
    #[must_use]
    pub fn storage(self) -> Storage {
        self.end.storage
    }

    /// The name of the type of the key that the rows are sorted or keyed by, as
    /// the compiler writes it; none in other orders, and where a comparison
    /// sorts them.
    ///
    /// ```
    /// # use backref::{Key, Order, Schema};
    /// # let mut schema = Schema::builder();
    /// schema.entity::<u32>("Number");
    /// schema
    ///     .relationship("Number.parts")
    ///     .to_many("Number")
    ///     .backref("wholes")
    ///     .sorted_by(Key::field(|number: &u32| number));
    /// let registry = schema.build()?;
    /// let parts = registry.find_end("Number.parts").expect("it is declared");
    /// assert_eq!((parts.order(), parts.order_key_type_name()), (Order::Sorted, Some("u32")));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn order_key_type_name(self) -> Option<&'a str> {
        self.end.arrangement.as_ref()?.key_type_name()
    }

    /// Whether the owner must have a link here.
    #[must_use]
    pub fn is_required(self) -> bool {
        self.end.required
    }

    /// How many links the owner must have here at least, where that was said
    /// with [`min`](crate::EndBuilder::min).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Team");
    /// # schema.entity::<&str>("Player");
    /// schema.relationship("Team.players").to_many("Player").backref_one("team").min(2).max(11);
    /// let registry = schema.build()?;
    /// let players = registry.find_end("Team.players").expect("it is declared");
    /// assert_eq!((players.min(), players.max()), (Some(2), Some(11)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn min(self) -> Option<usize> {
        self.end.min
    }

    /// How many links the owner may have here at most, where that was said
    /// with [`max`](crate::EndBuilder::max).
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.parents").to_many("Person").backref("children").max(2);
    /// let registry = schema.build()?;
    /// let parents = registry.find_end("Person.parents").expect("it is declared");
    /// assert_eq!((parents.min(), parents.max()), (None, Some(2)));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn max(self) -> Option<usize> {
        self.end.max
    }

    /// Whether links that close a cycle are refused, here as at the inverse.
    #[must_use]
    pub fn is_acyclic(self) -> bool {
        self.end.acyclic
    }

    /// Whether entities that lose their last owner here are deleted.
    #[must_use]
    pub fn deletes_orphans(self) -> bool {
        self.end.orphans
    }

    /// Whether those linked here are parts of the owner, and of nobody else.
    #[must_use]
    pub fn is_contained(self) -> bool {
        self.end.contained
    }

    /// Whether [checks](crate::EndBuilder::check) are asked about the links here; of
    /// an end of several types, about those to some of them.
    #[must_use]
    pub fn is_checked(self) -> bool {
        self.variants().any(|end| !end.end.checks.is_empty())
    }

    /// The name of the type of the data that each link has, as the compiler
    /// writes it; `None` where links have no data.
    ///
    /// ```
    /// # use backref::Schema;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Book");
    /// # schema.entity::<u8>("Tag");
    /// schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u32>();
    /// let registry = schema.build()?;
    /// let books = registry.find_end("Tag.books").expect("backref makes it");
    /// assert_eq!(books.data_type_name(), Some("u32"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn data_type_name(self) -> Option<&'a str> {
        self.end.data.as_ref().map(|data| data.type_name)
    }

    /// Whether there is no end on the other side.
    #[must_use]
    pub fn is_one_way(self) -> bool {
        self.end.one_way
    }

    /// Whether the end is its own inverse.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.end.symmetric
    }

    fn side(self, entity: EntityTypeId) -> EntityInfo<'a> {
        let info = self.registry.entity(entity);
        info.expect("an end has both its types")
    }
}

impl fmt::Debug for EndInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full_name())
    }
}
