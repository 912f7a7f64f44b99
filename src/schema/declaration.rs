//! What was declared, as it was said: nothing is judged here.

use std::any::{TypeId, type_name};
use std::cmp::Ordering;

use crate::entities::{EntityFactory, EntitySpec};
use crate::identity::{Arrangement, Index, Key, KeyShape, OrderedShape};
use crate::link_data::DataDef;

use super::asked::{AnyCheck, EndCheck};
use super::{Cardinality, DeleteRule, KeyKind, Order, Storage};

/// An entity type as declared.
pub(super) struct EntityDeclaration {
    pub(super) name: Box<str>,
    pub(super) type_id: TypeId,
    pub(super) type_name: &'static str,
    /// In step with the indexes of the spec: the primary key first.
    pub(super) keys: Vec<KeyDef>,
    pub(super) checks: Vec<AnyCheck>,
    pub(super) factory: Box<dyn EntityFactory>,
}

impl EntityDeclaration {
    pub(super) fn new<T: Send + Sync + 'static>(name: &str) -> Self {
        Self {
            name: name.into(),
            type_id: TypeId::of::<T>(),
            type_name: type_name::<T>(),
            keys: Vec::new(),
            checks: Vec::new(),
            factory: Box::new(EntitySpec::<T>::new()),
        }
    }
}

/// A key or an index: what is known of it without the types.
pub(crate) struct KeyDef {
    pub(crate) name: Box<str>,
    pub(crate) kind: KeyKind,
    pub(crate) type_name: &'static str,
}

impl KeyDef {
    pub(super) fn new<T>(kind: KeyKind, index: &dyn Index<T>) -> Self {
        Self {
            name: index.name().into(),
            kind,
            type_name: index.key_type_name(),
        }
    }
}

/// An end as declared. What ought to be said once is kept as often as it was
/// said.
pub(super) struct EndDeclaration {
    /// `Type.end`.
    pub(super) name: String,
    /// Each with the types it names, of which there are several for an end of
    /// several types.
    pub(super) targets: Vec<(Cardinality, Vec<String>)>,
    pub(super) pairings: Vec<Pairing>,
    pub(super) options: EndOptions,
    pub(super) inverse: Option<EndOptions>,
    /// The data of the links, one declaration for each type that was said.
    pub(super) data: Vec<DataDef>,
}

impl EndDeclaration {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            targets: Vec::new(),
            pairings: Vec::new(),
            options: EndOptions::default(),
            inverse: None,
            data: Vec::new(),
        }
    }

    /// Adds to what is said of the data of the links.
    pub(super) fn say_of_data(&mut self, said: DataDef) {
        for known in &mut self.data {
            if let Some(merged) = known.merged(&said) {
                *known = merged;
                return;
            }
        }
        self.data.push(said);
    }
}

/// How an end comes by its inverse.
#[derive(Debug)]
pub(super) enum Pairing {
    BackPopulates(String),
    Backref(Cardinality, String),
    /// With the rule, if it was said.
    OneWay(Option<DeleteRule>),
    Symmetric,
}

/// The options of one end: what [`EndBuilder::inverse`] hands out for the end
/// that a `backref` makes.
///
/// ```
/// use backref::{DeleteRule, Schema};
///
/// let mut schema = Schema::builder();
/// schema.entity::<&str>("Author");
/// schema.entity::<&str>("Book");
/// schema
///     .relationship("Book.author")
///     .to_one("Author")
///     .backref("books")
///     .inverse(|books| books.delete_rule(DeleteRule::Cascade));
/// let registry = schema.build()?;
///
/// let books = registry.find_end("Author.books").expect("backref makes it");
/// assert_eq!(books.delete_rule(), DeleteRule::Cascade);
/// # Ok::<(), backref::Error>(())
/// ```
///
/// [`EndBuilder::inverse`]: crate::EndBuilder::inverse
#[derive(Clone, Debug, Default)]
#[must_use = "the options are what the closure returns"]
pub struct EndOptions {
    pub(super) delete_rule: Option<DeleteRule>,
    pub(super) required: bool,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) acyclic: bool,
    pub(super) orphans: bool,
    pub(super) contained: bool,
    pub(super) storage: Option<Storage>,
    /// As often as it was said.
    pub(super) orders: Vec<OrderSaid>,
    pub(super) checks: Vec<EndCheck>,
}

/// An order of rows, with what arranges them.
#[derive(Clone, Debug)]
pub(super) struct OrderSaid {
    pub(super) order: Order,
    pub(super) arrangement: Option<Arrangement>,
}

impl EndOptions {
    /// What happens to the entities linked here when the owner of the end is
    /// deleted. See [`EndBuilder::delete_rule`](crate::EndBuilder::delete_rule).
    pub fn delete_rule(mut self, rule: DeleteRule) -> Self {
        self.delete_rule = Some(rule);
        self
    }

    /// The owner must have a link here.
    /// See [`EndBuilder::required`](crate::EndBuilder::required).
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// How many links the owner must have here at least.
    /// See [`EndBuilder::min`](crate::EndBuilder::min).
    pub fn min(mut self, links: usize) -> Self {
        self.min = Some(links);
        self
    }

    /// How many links the owner may have here at most.
    /// See [`EndBuilder::max`](crate::EndBuilder::max).
    pub fn max(mut self, links: usize) -> Self {
        self.max = Some(links);
        self
    }

    /// Whether the owner must have links here.
    pub(super) fn needs_links(&self) -> bool {
        self.required || self.min.is_some_and(|min| min > 0)
    }

    /// Links must not close a cycle.
    /// See [`EndBuilder::acyclic`](crate::EndBuilder::acyclic).
    pub fn acyclic(mut self) -> Self {
        self.acyclic = true;
        self
    }

    /// Entities that lose the last link to an owner here are deleted.
    /// See [`EndBuilder::delete_orphans`](crate::EndBuilder::delete_orphans).
    pub fn delete_orphans(mut self) -> Self {
        self.orphans = true;
        self
    }

    /// Entities linked here are parts of the owner, and of nobody else.
    /// See [`EndBuilder::contained`](crate::EndBuilder::contained).
    pub fn contained(mut self) -> Self {
        self.contained = true;
        self
    }

    /// The order of the links. See [`EndBuilder::order`](crate::EndBuilder::order).
    pub fn order(self, order: Order) -> Self {
        self.say(order, None)
    }

    /// The links are sorted by a key of the members.
    /// See [`EndBuilder::sorted_by`](crate::EndBuilder::sorted_by).
    pub fn sorted_by<T: 'static, K: OrderedShape>(self, key: Key<T, K>) -> Self {
        self.say(Order::Sorted, Some(Arrangement::sorted(key)))
    }

    /// The links are sorted by a comparison of the members.
    /// See [`EndBuilder::sorted_by_comparison`](crate::EndBuilder::sorted_by_comparison).
    pub fn sorted_by_comparison<T, F>(self, compare: F) -> Self
    where
        T: 'static,
        F: Fn(&T, &T) -> Ordering + Send + Sync + 'static,
    {
        self.say(Order::Sorted, Some(Arrangement::compared(compare)))
    }

    /// The members are found by a key of theirs.
    /// See [`EndBuilder::keyed_by`](crate::EndBuilder::keyed_by).
    pub fn keyed_by<T: 'static, K: KeyShape>(self, key: Key<T, K>) -> Self {
        self.say(Order::Keyed, Some(Arrangement::keyed(key)))
    }

    fn say(mut self, order: Order, arrangement: Option<Arrangement>) -> Self {
        self.orders.push(OrderSaid { order, arrangement });
        self
    }

    pub(crate) fn checked(mut self, check: EndCheck) -> Self {
        self.checks.push(check);
        self
    }

    /// How the row is stored. See [`EndBuilder::storage`](crate::EndBuilder::storage).
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = Some(storage);
        self
    }
}
