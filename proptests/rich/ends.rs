//! Each end of the office by the methods that were made for it.

use backref::typed::{Entity, InsertionOrder, Members, MembersMut, RefOf, SortedOrder, Unordered};
use backref::{AnyId, Id, Result};

use super::kinds::{Piece, edit};
use super::office::{Office, Person, Task, Team};
use crate::machine::face::Answer;
use crate::machine::step::Edit;

/// An end whose payload types are known within.
pub(super) trait End {
    /// `None` where no method says it.
    fn edit(&self, office: &mut Office, id: AnyId, step: &Edit) -> Option<Result<Answer>>;

    /// The data of the link to a member; `None` where there is none.
    fn datum(&self, office: &Office, id: AnyId, other: AnyId) -> Option<u32>;

    /// The members of a live entity.
    fn read(&self, office: &Office, id: AnyId) -> Option<Vec<AnyId>>;

    /// Whether all ways of reading give these members.
    fn reads(&self, office: &Office, id: AnyId, members: &[AnyId]) -> bool;
}

type ReadOne<S, T> = for<'g> fn(&'g Office, Id<S>) -> Option<<T as Entity>::Ref<'g>>;

type SetOne<S, T> =
    for<'m, 'g> fn(&'m mut <S as Entity>::Mut<'g>, Option<Id<T>>) -> Option<Result<bool>>;

type ReadMany<S, T> = for<'g> fn(&'g Office, Id<S>) -> Members<'g, S, T>;

type RowOf<S, T, O> = for<'m, 'g> fn(&'m mut <S as Entity>::Mut<'g>) -> MembersMut<'m, S, T, O>;

type Give<S, T, R> = for<'m, 'g> fn(&'m mut <S as Entity>::Mut<'g>, Id<T>, u32) -> Result<R>;

/// The methods for the data of links.
struct Data<S: Piece, T: Piece> {
    get: for<'g> fn(&'g Office, Id<S>, Id<T>) -> Option<u32>,
    link: Give<S, T, Option<u32>>,
    set: Give<S, T, u32>,
}

struct One<S: Piece, T: Piece> {
    read: ReadOne<S, T>,
    set: SetOne<S, T>,
    data: Option<Data<S, T>>,
}

struct Many<S: Piece, T: Piece, O> {
    read: ReadMany<S, T>,
    row: RowOf<S, T, O>,
    data: Option<Data<S, T>>,
}

/// An end by its two methods; a required one cannot be set to `None`.
macro_rules! end {
    ($S:ty, $read:ident, $set:ident: ToOne<$T:ty>) => {
        end!($S, $read, $set: ToOne<$T>, None)
    };
    ($S:ty, $read:ident, $set:ident: ToOne<$T:ty>, $data:expr) => {
        Some(Box::new(One::<$S, $T> {
            read: |office, id| office.at(id).$read(),
            set: |entity, to| {
                Some(match to {
                    Some(to) => entity.$set(to),
                    None => entity.$set(None),
                })
            },
            data: $data,
        }))
    };
    ($S:ty, $read:ident, $set:ident: required ToOne<$T:ty>, $end:ident) => {
        Some(Box::new(One::<$S, $T> {
            read: |office, id| {
                let end = <$S>::$end.untyped();
                let linked = office.graph().untyped().one(end, id.into());
                linked.map(|_| office.at(id).$read())
            },
            set: |entity, to| Some(entity.$set(to?)),
            data: None,
        }))
    };
    ($S:ty, $read:ident, $row:ident: ToMany<$T:ty>, $Order:ty, data) => {
        Some(Box::new(Many::<$S, $T, $Order> {
            read: |office, id| office.at(id).$read().members(),
            row: |entity| entity.$row().into_members(),
            data: Some(Data {
                get: |office, id, other| office.at(id).$read().data(other).copied(),
                link: |entity, other, datum| entity.$row().push_with(other, datum),
                set: |entity, other, datum| {
                    if datum.is_multiple_of(2) {
                        return entity.$row().set_data(other, datum);
                    }
                    let change = |old: &mut u32| std::mem::replace(old, datum);
                    entity.$row().update_data(other, change)
                },
            }),
        }))
    };
    ($S:ty, $read:ident, $row:ident: ToMany<$T:ty>) => {
        end!($S, $read, $row: $T, InsertionOrder)
    };
    ($S:ty, $read:ident, $row:ident: ToMany<$T:ty>, order = none) => {
        end!($S, $read, $row: $T, Unordered)
    };
    ($S:ty, $read:ident, $row:ident: $T:ty, $Order:ty) => {
        Some(Box::new(Many::<$S, $T, $Order> {
            read: |office, id| office.at(id).$read(),
            row: |entity| entity.$row(),
            data: None,
        }))
    };
}

/// By number; `None` for the hidden ones.
pub(super) fn ends() -> Vec<Option<Box<dyn End>>> {
    vec![
        end!(Person, e0, set_e0: ToOne<Team>),
        end!(Team, e1, e1_mut: ToMany<Person>),
        end!(Person, e2, set_e2: ToOne<Team>),
        end!(Team, e3, e3_mut: ToMany<Person>, order = none),
        end!(Team, e4, e4_mut: ToMany<Task>),
        end!(Task, e5, set_e5: ToOne<Team>),
        end!(Task, e6, set_e6: required ToOne<Person>, E6),
        end!(Person, e7, e7_mut: ToMany<Task>),
        end!(Task, e8, set_e8: required ToOne<Team>, E8),
        end!(Team, e9, e9_mut: ToMany<Task>, order = none),
        end!(Person, e10, set_e10: ToOne<Task>),
        end!(Task, e11, set_e11: ToOne<Person>),
        end!(Person, e12, set_e12: ToOne<Person>),
        end!(Person, e13, set_e13: ToOne<Person>),
        end!(Person, e14, set_e14: ToOne<Person>),
        end!(Person, e15, e15_mut: ToMany<Person>),
        end!(Team, e16, e16_mut: ToMany<Team>, order = none),
        end!(Person, e17, set_e17: ToOne<Person>),
        end!(Person, e18, e18_mut: ToMany<Person>),
        end!(Person, e19, e19_mut: ToMany<Person>, InsertionOrder, data),
        end!(Person, e20, e20_mut: ToMany<Person>, Unordered, data),
        end!(Team, e21, e21_mut: ToMany<Task>),
        end!(Task, e22, e22_mut: ToMany<Team>, order = none),
        end!(Task, e23, e23_mut: ToMany<Person>, order = none),
        end!(Person, e24, e24_mut: ToMany<Task>),
        end!(Task, e25, e25_mut: ToMany<Task>, order = none),
        end!(Task, e26, e26_mut: ToMany<Task>, order = none),
        end!(Person, e27, e27_mut: ToMany<Team>),
        end!(Team, e28, e28_mut: Person, SortedOrder),
        end!(Person, e29, e29_mut: ToMany<Person>),
        None,
        end!(Task, e31, set_e31: ToOne<Task>),
        None,
        end!(Task, e33, set_e33: ToOne<Team>),
        None,
        end!(Team, e35, set_e35: ToOne<Person>),
        None,
        end!(Task, e37, e37_mut: ToMany<Person>, order = none),
        None,
        end!(Task, e39, set_e39: required ToOne<Team>, E39),
        None,
        end!(Team, e41, e41_mut: ToMany<Person>),
        end!(Person, e42, set_e42: required ToOne<Team>, E42),
        end!(Task, e43, set_e43: ToOne<Task>),
        end!(Task, e44, set_e44: ToOne<Person>, Some(GIVEN_OUT)),
        end!(Person, e45, e45_mut: ToMany<Task>, SortedOrder, data),
    ]
}

/// The data of `e44`, a to-one end.
const GIVEN_OUT: Data<Task, Person> = Data {
    get: |office, id, other| {
        let task = office.at(id);
        let datum = task.e44_data().copied();
        datum.filter(|_| task.e44().is_some_and(|person| person.id() == other))
    },
    link: |task, other, datum| task.set_e44_with(other, datum),
    set: |task, _, datum| {
        if datum.is_multiple_of(2) {
            return task.set_e44_data(datum);
        }
        task.update_e44_data(|old| std::mem::replace(old, datum))
    },
};

impl<S: Piece, T: Piece> Data<S, T> {
    fn datum(&self, office: &Office, id: AnyId, other: AnyId) -> Option<u32> {
        let id = S::TYPE.id(id).filter(|&id| office.contains(id))?;
        (self.get)(office, id, T::TYPE.id(other)?)
    }

    /// `None` where no method takes data like this.
    fn edit(&self, mut entity: S::Mut<'_>, step: &Edit) -> Option<Result<Answer>> {
        let other = T::TYPE.id(step.items().first()?.id)?;
        let datum = step.datum().filter(|datum| !datum.wrong)?.value;
        if let Edit::Link(..) = step {
            let back = (self.link)(&mut entity, other, datum);
            return Some(back.map(Answer::Datum));
        }
        let old = (self.set)(&mut entity, other, datum);
        Some(old.map(|old| Answer::Datum(Some(old))))
    }
}

impl<S: Piece, T: Piece> One<S, T> {
    /// A to-one end has data of the link it has, whoever is at its far end.
    fn is_of_another(&self, office: &Office, id: AnyId, step: &Edit) -> bool {
        let Edit::SetData(other, _) = step else {
            return false;
        };
        let there = self.read(office, id);
        there.is_none_or(|there| there != [other.id])
    }
}

impl<S: Piece, T: Piece> End for One<S, T> {
    fn datum(&self, office: &Office, id: AnyId, other: AnyId) -> Option<u32> {
        self.data.as_ref()?.datum(office, id, other)
    }

    fn edit(&self, office: &mut Office, id: AnyId, step: &Edit) -> Option<Result<Answer>> {
        if step.datum().is_some() {
            let data = self.data.as_ref()?;
            if self.is_of_another(office, id, step) {
                return None;
            }
            return match edit(office, S::TYPE.id(id)?) {
                Ok(entity) => data.edit(entity, step),
                Err(error) => Some(Err(error)),
            };
        }
        let Edit::Set(to) = step else { return None };
        let to = match to {
            Some(to) => Some(T::TYPE.id(to.id)?),
            None => None,
        };
        let mut entity = match edit(office, S::TYPE.id(id)?) {
            Ok(entity) => entity,
            Err(error) => return Some(Err(error)),
        };
        let changed = (self.set)(&mut entity, to)?;
        Some(changed.map(Answer::Flag))
    }

    fn read(&self, office: &Office, id: AnyId) -> Option<Vec<AnyId>> {
        let id = S::TYPE.id(id).filter(|&id| office.contains(id))?;
        let target = (self.read)(office, id).map(T::id_of);
        Some(target.map(AnyId::from).into_iter().collect())
    }

    fn reads(&self, office: &Office, id: AnyId, members: &[AnyId]) -> bool {
        let live = S::TYPE.id(id).filter(|&id| office.contains(id));
        let target = live.and_then(|id| (self.read)(office, id));
        let same_payload = |target| {
            let item = T::payload_of(target).item();
            item == office[T::id_of(target)].item()
        };
        target.map(|it| T::id_of(it).into()) == members.first().copied()
            && target.is_none_or(same_payload)
            && members.len() < 2
    }
}

impl<S: Piece, T: Piece, O: Order> End for Many<S, T, O> {
    fn datum(&self, office: &Office, id: AnyId, other: AnyId) -> Option<u32> {
        self.data.as_ref()?.datum(office, id, other)
    }

    fn edit(&self, office: &mut Office, id: AnyId, step: &Edit) -> Option<Result<Answer>> {
        let items = step.items().iter().map(|it| T::TYPE.id(it.id));
        let items: Vec<Id<T>> = items.collect::<Option<_>>()?;
        let mut entity = match edit(office, S::TYPE.id(id)?) {
            Ok(entity) => entity,
            Err(error) => return Some(Err(error)),
        };
        if step.datum().is_some() {
            return self.data.as_ref()?.edit(entity, step);
        }
        let mut row = (self.row)(&mut entity);
        Some(match step {
            Edit::Set(_) | Edit::Link(..) | Edit::SetData(..) => return None,
            Edit::Push(_) => row.push(items[0]).map(Answer::Flag),
            Edit::Remove(_) => row.remove(items[0]).map(Answer::Flag),
            Edit::Replace(_) => row.replace(items).map(Answer::Flag),
            Edit::Clear => row.clear().map(Answer::Count),
            Edit::Extend(_) => row.extend(items).map(Answer::Count),
            Edit::TakeAllFrom(other) => {
                let other = S::TYPE.id(other.id)?;
                row.take_all_from(other).map(Answer::Count)
            }
            Edit::InsertAt(..) | Edit::RemoveAt(_) | Edit::MoveTo(..) | Edit::Swap(..) => {
                return O::edit(&mut row, step, items.first().copied());
            }
            Edit::Reverse | Edit::Sort => return O::edit(&mut row, step, None),
        })
    }

    fn read(&self, office: &Office, id: AnyId) -> Option<Vec<AnyId>> {
        let id = S::TYPE.id(id).filter(|&id| office.contains(id))?;
        let row = (self.read)(office, id);
        Some(row.ids().map(AnyId::from).collect())
    }

    fn reads(&self, office: &Office, id: AnyId, members: &[AnyId]) -> bool {
        let Some(id) = S::TYPE.id(id).filter(|&id| office.contains(id)) else {
            return members.is_empty();
        };
        let members = members.iter().map(|&id| T::TYPE.id(id));
        let members = members.collect::<Option<Vec<_>>>();
        members.is_some_and(|members| {
            let row = (self.read)(office, id);
            by_loop(row, &members) && by_position(row, &members) && by_walk(office, row, &members)
        })
    }
}

/// Handles in order, forwards and backwards, with their payloads.
fn by_loop<S: Piece, T: Piece>(row: Members<'_, S, T>, members: &[Id<T>]) -> bool {
    let mut looped = Vec::new();
    for member in row {
        looped.push(T::id_of(member));
    }
    let mut folded = Vec::new();
    (&row).into_iter().for_each(|it| folded.push(T::id_of(it)));
    let entries = row.as_row().entries();
    let payloads = row.iter().map(T::payload_of);
    looped == members
        && folded == members
        && row.ids().eq(members.iter().copied())
        && row.ids().rev().eq(members.iter().rev().copied())
        && row
            .iter()
            .rev()
            .map(T::id_of)
            .eq(members.iter().rev().copied())
        && row.iter().len() == members.len()
        && payloads.map(T::item).eq(entries.map(|(_, it)| it.item()))
}

fn by_position<S: Piece, T: Piece>(row: Members<'_, S, T>, members: &[Id<T>]) -> bool {
    let stands = |(at, &it): (usize, &Id<T>)| {
        row.get(at).map(T::id_of) == Some(it) && row.position(it) == Some(at) && row.contains(it)
    };
    members.iter().enumerate().all(stands)
        && row.len() == members.len()
        && row.is_empty() == members.is_empty()
        && row.get(members.len()).is_none()
        && row.first().map(T::id_of) == members.first().copied()
        && row.last().map(T::id_of) == members.last().copied()
}

fn by_walk<S: Piece, T: Piece>(office: &Office, row: Members<'_, S, T>, members: &[Id<T>]) -> bool {
    let mut walker = row.walk();
    members.iter().all(|&it| walker.next(office) == Some(it)) && walker.next(office).is_none()
}

/// What can be said of positions, which the compiler knows by the order.
pub(super) trait Order: Sized {
    fn edit<S: Piece, T: Piece>(
        _row: &mut MembersMut<'_, S, T, Self>,
        _step: &Edit,
        _item: Option<Id<T>>,
    ) -> Option<Result<Answer>> {
        None
    }
}

impl Order for InsertionOrder {
    fn edit<S: Piece, T: Piece>(
        row: &mut MembersMut<'_, S, T, Self>,
        step: &Edit,
        item: Option<Id<T>>,
    ) -> Option<Result<Answer>> {
        Some(match step {
            Edit::InsertAt(index, _) => row.insert_at(*index, item?).map(Answer::Flag),
            Edit::MoveTo(_, index) => row.move_to(item?, *index).map(Answer::Flag),
            Edit::RemoveAt(index) => row.remove_at(*index).map(|id| Answer::Id(id.into())),
            Edit::Swap(a, b) => row.swap(*a, *b).map(Answer::Flag),
            Edit::Reverse => row.reverse().map(Answer::Flag),
            Edit::Sort if row.len().is_multiple_of(2) => {
                row.sort_by_key(|it| it.item().rank).map(Answer::Flag)
            }
            Edit::Sort => {
                let rank = |it: RefOf<'_, T>| T::payload_of(it).item().rank;
                row.sort_by(|a, b| rank(a).cmp(&rank(b))).map(Answer::Flag)
            }
            Edit::Set(_) | Edit::Push(_) | Edit::Remove(_) | Edit::Replace(_) => return None,
            Edit::Clear | Edit::Extend(_) | Edit::TakeAllFrom(_) => return None,
            Edit::Link(..) | Edit::SetData(..) => return None,
        })
    }
}

impl Order for Unordered {}

impl Order for SortedOrder {}
