//! What `#[entity]` says of a type, read while the program is compiled: the
//! numbers of ends, and whether two declarations agree.
//!
//! The numbers are those that the schema gives when it is built; [`build`]
//! compares them.

use crate::id::{EndId, EntityTypeId, REGISTRY_STAMPS, Side, ToMany, ToOne, ToOneOf};
use crate::identity::{HashIndex, KeyShape, KeyedEnd, OrderedIndex, UniqueKey};
use crate::link_data::handle::LinkData;
use crate::schema::{EndInfo, Registry, Schema, SchemaBuilder};
use crate::typed::{Entity, Listed, Model};

/// What an entity type says of itself, while the program is compiled. The
/// schema has it as [`EntityInfo`](crate::EntityInfo).
///
/// ```
/// # use backref::example::typed::Book;
/// use backref::typed::{Entity, EntityDecl};
///
/// const BOOK: &EntityDecl = Book::DECLARATION;
/// assert_eq!(BOOK.name, "Book");
/// assert_eq!(BOOK.ends.len(), 2);                         // `author` and `tags`
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EntityDecl {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its ends, in the order of the fields; those that a `backref` makes are
    /// in nobody's list.
    pub ends: &'static [EndDecl],
}

/// What a relationship field says. The schema has it as
/// [`EndInfo`](crate::EndInfo), with the ends that a `backref` makes.
///
/// ```
/// # use backref::example::typed::Author;
/// use backref::typed::Entity;
///
/// let books = &Author::DECLARATION.ends[0];
/// assert_eq!(books.name, "books");
/// assert!(books.is_many && books.cascades);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EndDecl {
    /// The name of the field.
    pub name: &'static str,
    /// The number of the type it leads to.
    pub target: u16,
    /// Whether it is a `ToMany`.
    pub is_many: bool,
    /// What it says of the other end.
    pub inverse: InverseDecl,
    /// Whether it says `delete_rule = cascade`.
    pub cascades: bool,
    /// Whether it says `delete_rule = cascade_up`.
    pub cascades_up: bool,
    /// Whether it, or the end it makes, says `acyclic`.
    pub acyclic: bool,
}

/// What a relationship field says of the other end.
///
/// ```
/// # use backref::example::typed::Book;
/// use backref::typed::{Entity, InverseDecl};
///
/// let [author, tags] = Book::DECLARATION.ends else { panic!("it has two") };
/// assert!(matches!(author.inverse, InverseDecl::Populates("books")));
/// assert!(matches!(tags.inverse, InverseDecl::Made(true)));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum InverseDecl {
    /// `back_populates`: declared there, under this name.
    Populates(&'static str),
    /// `backref`: made by this one; whether it is a to-many end.
    Made(bool),
    /// `one_way`: there is none.
    OneWay,
    /// `symmetric`: it is its own.
    Symmetric,
}

/// What is wrong between an end and its inverse.
///
/// `#[entity]` asks for each end while the program is compiled, and makes an
/// error of what it hears.
///
/// ```
/// # use backref::example::typed::{Author, Book};
/// use backref::typed::{Mistake, judge};
///
/// const AUTHOR: Mistake = judge::<Book, Author>(0);       // the first end of a book
/// assert_eq!(AUTHOR, Mistake::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Nothing.
    None,
    /// The other type has no such end.
    Missing,
    /// The other end names another inverse, or none.
    NotNamedBack,
    /// The other end leads to another type.
    OtherTarget,
    /// The end names itself.
    Itself,
    /// It cascades from one of many to the one they share.
    CascadesUp,
    /// It says `cascade_up` where nobody shares.
    DoesNotCascadeUp,
    /// It says `acyclic` and leads to another type.
    AcyclicBetweenTypes,
    /// It says `symmetric` and leads to another type.
    SymmetricBetweenTypes,
}

/// The stamp of a graph of this name.
#[expect(clippy::cast_possible_truncation, reason = "stamps have 15 bits")]
pub const fn stamp(path: &str) -> u16 {
    const HALF: u32 = REGISTRY_STAMPS / 2;
    // FNV-1a, 32 bits, folded.
    let bytes = path.as_bytes();
    let mut hash: u32 = 0x811c_9dc5;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    let folded = (hash ^ (hash >> 15)) % HALF;
    (HALF | folded) as u16
}

/// The ids of all declared ends, in the order of declaration.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a graph has no more entity types than 16 bits count"
)]
pub const fn number<const N: usize>(stamp: u16, entities: &[&EntityDecl]) -> [EndId; N] {
    let mut ids = [EndId::new(stamp as u32, 0, Side::Left); N];
    let (mut at, mut relationships, mut entity) = (0, 0, 0);
    while entity < entities.len() {
        let ends = entities[entity].ends;
        let mut i = 0;
        while i < ends.len() {
            match partner(entities, entity as u16, &ends[i]) {
                Some(partner) if partner < at => ids[at] = ids[partner].opposite(),
                _ => {
                    ids[at] = EndId::new(stamp as u32, relationships, Side::Left);
                    relationships += 1;
                }
            }
            (at, i) = (at + 1, i + 1);
        }
        entity += 1;
    }
    ids
}

/// Where among all declared ends the inverse of one of `owner` is declared.
const fn partner(entities: &[&EntityDecl], owner: u16, end: &EndDecl) -> Option<usize> {
    let InverseDecl::Populates(name) = end.inverse else {
        return None;
    };
    if end.target as usize >= entities.len() {
        return None;
    }
    match find(entities[end.target as usize], name, owner) {
        Some(at) => Some(first_end(entities, end.target) + at),
        None => None,
    }
}

/// Where the ends of an entity type begin among all.
const fn first_end(entities: &[&EntityDecl], entity: u16) -> usize {
    let (mut first, mut before) = (0, 0);
    while before < entity as usize {
        first += entities[before].ends.len();
        before += 1;
    }
    first
}

/// Which end of a type has a name. One of several types has a place for each:
/// that which leads to `owner`, or else the first.
const fn find(entity: &EntityDecl, name: &str, owner: u16) -> Option<usize> {
    let (mut at, mut found) = (0, None);
    while at < entity.ends.len() {
        let end = &entity.ends[at];
        if same(end.name, name) && (found.is_none() || end.target == owner) {
            found = Some(at);
        }
        at += 1;
    }
    found
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len()
}

/// What is wrong between an end of `S` and its inverse at `T`.
pub const fn judge<S, T>(end: usize) -> Mistake
where
    S: Entity,
    T: Entity + Listed<Graph = S::Graph>,
{
    let near = &S::DECLARATION.ends[end];
    if S::NUMBER != T::NUMBER && near.acyclic {
        return Mistake::AcyclicBetweenTypes;
    }
    if S::NUMBER != T::NUMBER && matches!(near.inverse, InverseDecl::Symmetric) {
        return Mistake::SymmetricBetweenTypes;
    }
    let far_is_many = match near.inverse {
        InverseDecl::Made(is_many) => is_many,
        InverseDecl::OneWay => true,
        InverseDecl::Symmetric => near.is_many,
        InverseDecl::Populates(name) => match find(T::DECLARATION, name, S::NUMBER) {
            None => return Mistake::Missing,
            Some(at) if S::NUMBER == T::NUMBER && at == end => return Mistake::Itself,
            Some(at) => {
                let far = &T::DECLARATION.ends[at];
                if far.target != S::NUMBER {
                    return Mistake::OtherTarget;
                }
                if !matches!(far.inverse, InverseDecl::Populates(back) if same(back, near.name)) {
                    return Mistake::NotNamedBack;
                }
                far.is_many
            }
        },
    };
    let is_shared = !near.is_many && far_is_many;
    if near.cascades && is_shared {
        Mistake::CascadesUp
    } else if near.cascades_up && !is_shared {
        Mistake::DoesNotCascadeUp
    } else {
        Mistake::None
    }
}

const fn declared<S: Entity>(end: usize) -> EndId {
    let first = first_end(<S::Graph as Model>::ENTITIES, S::NUMBER);
    <S::Graph as Model>::ENDS[first + end]
}

/// The handle of a declared to-one end.
pub const fn to_one<S: Entity, T: Entity>(end: usize) -> ToOne<S, T> {
    ToOne::new(declared::<S>(end))
}

/// The handle of a declared to-one end of several types.
#[must_use]
pub const fn to_one_of<S: Entity>(end: usize) -> ToOneOf<S> {
    ToOneOf::new(declared::<S>(end))
}

/// The handle of a declared to-many end.
pub const fn to_many<S: Entity, T: Entity>(end: usize) -> ToMany<S, T> {
    ToMany::new(declared::<S>(end))
}

/// The handle of the to-one end that an end of `T` makes by `backref`.
pub const fn made_to_one<S: Entity, T: Entity>(end: usize) -> ToOne<S, T> {
    ToOne::new(declared::<T>(end).opposite())
}

/// The handle of the to-many end that an end of `T` makes by `backref`.
pub const fn made_to_many<S: Entity, T: Entity>(end: usize) -> ToMany<S, T> {
    ToMany::new(declared::<T>(end).opposite())
}

/// The handle of the data of a declared end.
pub const fn link_data<S: Entity, T: Entity, D>(end: usize) -> LinkData<S, T, D> {
    LinkData::new(declared::<S>(end))
}

/// The handle of the data of the end that one of `T` makes by `backref`.
pub const fn made_link_data<S: Entity, T: Entity, D>(end: usize) -> LinkData<S, T, D> {
    LinkData::new(declared::<T>(end).opposite())
}

/// The handle of the key of a declared end.
pub const fn keyed_end<S: Entity, T: Entity, K>(end: usize) -> KeyedEnd<S, T, K> {
    KeyedEnd::new(declared::<S>(end))
}

/// The handle of the key of the end that one of `T` makes by `backref`.
pub const fn made_keyed_end<S: Entity, T: Entity, K>(end: usize) -> KeyedEnd<S, T, K> {
    KeyedEnd::new(declared::<T>(end).opposite())
}

/// The handle of a unique key, by its number among the keys of its type.
pub const fn unique_key<T: Entity, K: KeyShape>(index: u16) -> UniqueKey<T, K> {
    UniqueKey::new(EntityTypeId(T::NUMBER), index, <T::Graph as Model>::STAMP)
}

/// The handle of a hashed index.
pub const fn hash_index<T: Entity, K: KeyShape>(index: u16) -> HashIndex<T, K> {
    HashIndex::new(EntityTypeId(T::NUMBER), index, <T::Graph as Model>::STAMP)
}

/// The handle of an ordered index.
pub const fn ordered_index<T: Entity, K: KeyShape>(index: u16) -> OrderedIndex<T, K> {
    OrderedIndex::new(EntityTypeId(T::NUMBER), index, <T::Graph as Model>::STAMP)
}

/// Builds the registry of a typed graph.
///
/// # Panics
/// If the schema has a mistake that no compiler has seen, with all of them.
pub fn build<G: Model>(declare: &[fn(&mut SchemaBuilder)]) -> Registry {
    let mut schema = Schema::builder();
    for declare in declare {
        declare(&mut schema);
    }
    let registry = match schema.build_under(u32::from(G::STAMP)) {
        Ok(registry) => registry,
        Err(error) => panic!("{error}"),
    };
    compare::<G>(&registry);
    registry
}

/// Whether the compiler has given ends the numbers that the schema gives them.
fn compare<G: Model>(registry: &Registry) {
    let mut numbered = G::ENDS.iter();
    for entity in G::ENTITIES {
        for end in entity.ends {
            let name = format!("{}.{}", entity.name, end.name);
            let target = EntityTypeId(end.target);
            let found = registry.find_end(&name);
            let found =
                found.and_then(|end| end.variants().find(|end| end.target().id() == target));
            let found = found.map(EndInfo::id);
            assert_eq!(found.as_ref(), numbered.next(), "{name} has another number");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn end(name: &'static str, target: u16, inverse: InverseDecl) -> EndDecl {
        EndDecl {
            name,
            target,
            is_many: true,
            inverse,
            cascades: false,
            cascades_up: false,
            acyclic: false,
        }
    }

    #[test]
    fn ends_are_numbered_as_the_schema_numbers_them() {
        const A: EntityDecl = EntityDecl {
            name: "A",
            ends: &[
                end("bs", 1, InverseDecl::Populates("a")),
                end("friends", 0, InverseDecl::Symmetric),
                end("parent", 0, InverseDecl::Populates("children")),
                end("children", 0, InverseDecl::Populates("parent")),
            ],
        };
        const B: EntityDecl = EntityDecl {
            name: "B",
            ends: &[
                end("tags", 0, InverseDecl::Made(true)),
                end("a", 0, InverseDecl::Populates("bs")),
            ],
        };
        let ids: [EndId; 6] = number(20_000, &[&A, &B]);
        let id = |relationship, side| EndId::new(20_000, relationship, side);
        assert_eq!(
            ids,
            [
                id(0, Side::Left),
                id(1, Side::Left),
                id(2, Side::Left),
                id(2, Side::Right),
                id(3, Side::Left),
                id(0, Side::Right),
            ]
        );
    }

    #[test]
    fn stamps_of_compiled_graphs_are_in_the_upper_half() {
        for path in ["", "app::Library", "app::Other", "a::b::c::Graph"] {
            let stamp = u32::from(stamp(path));
            assert!((REGISTRY_STAMPS / 2..REGISTRY_STAMPS).contains(&stamp));
        }
        assert_ne!(stamp("app::Library"), stamp("app::Other"));
    }
}
