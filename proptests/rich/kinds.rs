//! The entity types of the office, as one trait.

use std::marker::PhantomData;
use std::mem;

use backref::typed::Entity;
use backref::{AnyId, Deleted, Error, Id, Result};

use super::office::{Office, Person, Task, Team};
use super::shape::{PERSON, TASK, TEAM};
use crate::machine::face::Answer;
use crate::model::Item;

/// The targets that a new entity is given at an end, each with its data if it
/// is given any.
pub(super) type Link = (usize, Vec<(AnyId, Option<u32>)>);

/// What the three entity types have in common.
pub(super) trait Piece: Entity<Graph = Office> + Clone {
    fn of(item: Item) -> Self;

    fn item(&self) -> Item;

    fn id_of(handle: Self::Ref<'_>) -> Id<Self>;

    fn payload_of(handle: Self::Ref<'_>) -> &Self;

    /// Inserts it by its `with_` methods, if they can say these links.
    fn insert(office: &mut Office, item: Item, links: &[Link]) -> Option<Result<Id<Self>>>;

    /// Puts another item in the place of the one that is there, by the rank of
    /// the new one in one way or another.
    fn replace(handle: Self::Mut<'_>, item: Item) -> Result<Item>;

    /// Gives the one that has this key a new rank.
    fn upsert(office: &mut Office, item: Item) -> Option<Result<(Id<Self>, Option<Self>)>>;

    fn delete(handle: Self::Mut<'_>) -> Result<Deleted<Self>>;

    /// Whether a delete is allowed, as the handle tells it.
    fn may_go(handle: Self::Ref<'_>) -> bool;
}

macro_rules! piece {
    ($T:ident, $upsert:expr) => {
        impl Piece for $T {
            fn of(Item { key, rank }: Item) -> Self {
                Self { key, rank }
            }

            fn item(&self) -> Item {
                let Self { key, rank } = *self;
                Item { key, rank }
            }

            fn id_of(handle: Self::Ref<'_>) -> Id<Self> {
                handle.id()
            }

            fn payload_of(handle: Self::Ref<'_>) -> &Self {
                handle.into_inner()
            }

            fn insert(office: &mut Office, item: Item, links: &[Link]) -> Option<Result<Id<Self>>> {
                Self::of(item).put_into(office, links)
            }

            fn replace(mut handle: Self::Mut<'_>, item: Item) -> Result<Item> {
                let new = Self::of(item);
                let old = match item.rank {
                    0 => handle.replace(new)?,
                    1 => handle.update(|old| mem::replace(old, new))?,
                    2 => handle.try_update(|old| Ok::<_, Error>(mem::replace(old, new)))?,
                    _ => {
                        let old = handle.read().into_inner().clone();
                        handle.set_key(item.key)?;
                        handle.set_rank(item.rank)?;
                        old
                    }
                };
                assert_eq!((handle.key, handle.rank), (item.key, item.rank));
                Ok(old.item())
            }

            fn upsert(office: &mut Office, item: Item) -> Option<Result<(Id<Self>, Option<Self>)>> {
                let upsert: fn(&mut Office, Self) -> _ = $upsert;
                upsert(office, Self::of(item))
            }

            fn delete(handle: Self::Mut<'_>) -> Result<Deleted<Self>> {
                handle.delete()
            }

            fn may_go(handle: Self::Ref<'_>) -> bool {
                handle.plan_delete().is_ok_and(|plan| plan.is_allowed())
            }
        }
    };
}

piece!(Team, |office, team| Some(office.upsert(team)));
piece!(Person, |office, person| Some(office.upsert(person)));
piece!(Task, |_, _| None);

/// The handle of an entity, to be changed; asked for if it may be dead.
pub(super) fn edit<T: Piece>(office: &mut Office, id: Id<T>) -> Result<T::Mut<'_>> {
    if office.contains(id) {
        Ok(office.edit(id))
    } else {
        office.try_edit(id)
    }
}

/// An entity type that is known within.
pub(super) trait Kind {
    fn insert(&self, office: &mut Office, item: Item, links: &[Link]) -> Option<Result<Answer>>;

    fn replace(&self, office: &mut Office, id: AnyId, item: Item) -> Option<Result<Answer>>;

    fn delete(&self, office: &mut Office, id: AnyId) -> Option<Result<Answer>>;

    fn item(&self, office: &Office, id: AnyId) -> Option<Item>;
}

struct Of<T>(PhantomData<fn() -> T>);

/// The entity type of a number.
pub(super) fn kind(number: usize) -> &'static dyn Kind {
    match number {
        TEAM => &Of::<Team>(PhantomData),
        PERSON => &Of::<Person>(PhantomData),
        TASK => &Of::<Task>(PhantomData),
        other => panic!("there is no entity type {other}"),
    }
}

impl<T: Piece> Kind for Of<T> {
    fn insert(&self, office: &mut Office, item: Item, links: &[Link]) -> Option<Result<Answer>> {
        let id = T::insert(office, item, links)?;
        Some(id.map(|id| Answer::Id(id.into())))
    }

    fn replace(&self, office: &mut Office, id: AnyId, item: Item) -> Option<Result<Answer>> {
        let id = T::TYPE.id(id)?;
        let same_key = office.get(id).map(|it| T::payload_of(it).item().key) == Some(item.key);
        if same_key && let Some(outcome) = T::upsert(office, item) {
            return Some(outcome.map(|(found, old)| match old {
                Some(old) if found == id => Answer::Old(old.item()),
                Some(_) | None => Answer::Id(found.into()),
            }));
        }
        // Field by field it takes two calls, which are to be one step.
        let old = match item.rank {
            0..3 => edit(office, id).and_then(|it| T::replace(it, item)),
            _ => office.transaction(|office| T::replace(edit(office, id)?, item)),
        };
        Some(old.map(Answer::Old))
    }

    fn delete(&self, office: &mut Office, id: AnyId) -> Option<Result<Answer>> {
        let typed = T::TYPE.id(id)?;
        let item = self.item(office, id);
        let allowed = office.get(typed).is_some_and(T::may_go);
        let deleted = match item {
            Some(Item { rank: 0, .. }) => office.delete(typed),
            Some(_) | None => edit(office, typed).and_then(T::delete),
        };
        assert_eq!(deleted.is_ok(), allowed, "the plan is what is done");
        Some(deleted.map(|deleted| {
            if Some(deleted.payload.item()) != item {
                return Answer::Old(deleted.payload.item());
            }
            let mut entities = deleted.others;
            entities.push(id);
            entities.sort_unstable();
            Answer::Gone {
                entities,
                links: deleted.links,
            }
        }))
    }

    fn item(&self, office: &Office, id: AnyId) -> Option<Item> {
        let id = T::TYPE.id(id)?;
        let found = office.get(id).map(T::payload_of);
        assert_eq!(found.is_some(), office.contains(id));
        found.map(|payload| {
            assert!(std::ptr::eq(payload, T::payload_of(office.at(id))));
            assert!(std::ptr::eq(payload, &office[id]));
            payload.item()
        })
    }
}
