//! The typed face: each end by its own handle, over payload types of their own.

use std::any::Any;

use backref::{
    AnyId, Create, EntityType, Graph, Id, KeyedEnd, LinkData, Registry, Result, ToMany, ToOne,
    ToOneOf,
};

use super::face::{Answer, Face};
use super::step::{Edit, NewLink, Pick, Step};
use crate::model::Item;
use crate::run::Verdict;
use crate::schema::{Shape, Thing, kind_name};

/// Everything by `Id<T>` and handles, over at most three entity types.
pub(crate) struct ByHandle {
    graph: Graph,
    kinds: Vec<Box<dyn Kind>>,
    /// `None` for hidden ends.
    ends: Vec<Option<Box<dyn End>>>,
}

/// As many entity types as there are payload types here.
pub(crate) const KINDS: usize = 3;

/// An entity type whose payload type is known within.
trait Kind {
    fn insert(
        &self,
        graph: &mut Graph,
        item: Item,
        links: &[(&dyn End, AnyId, Option<u32>)],
    ) -> Option<Result<Answer>>;

    fn replace(&self, graph: &mut Graph, id: AnyId, item: Item) -> Option<Result<Answer>>;

    fn delete(&self, graph: &mut Graph, id: AnyId) -> Option<Result<Answer>>;

    fn item(&self, graph: &Graph, id: AnyId) -> Option<Item>;
}

/// An end whose payload types are known within.
trait End {
    fn edit(&self, graph: &mut Graph, id: AnyId, edit: &Edit) -> Option<Result<Answer>>;

    fn read(&self, graph: &Graph, id: AnyId, into: &mut Vec<AnyId>);

    fn datum(&self, graph: &Graph, id: AnyId, other: AnyId) -> Option<u32>;

    fn reads(&self, graph: &Graph, id: AnyId, members: &[AnyId]) -> bool;

    fn as_any(&self) -> &dyn Any;
}

/// An end of entities with a known payload type.
trait EndOn<const A: usize> {
    fn link<'g>(
        &self,
        new: Create<'g, Thing<A>>,
        to: AnyId,
        datum: Option<u32>,
    ) -> Option<Create<'g, Thing<A>>>;
}

struct Between<const A: usize, const B: usize> {
    handle: Handle<A, B>,
    data: Option<LinkData<Thing<A>, Thing<B>, u32>>,
    keyed: Option<KeyedEnd<Thing<A>, Thing<B>, u32>>,
    owner: EntityType<Thing<A>>,
    target: EntityType<Thing<B>>,
}

#[derive(Clone, Copy)]
enum Handle<const A: usize, const B: usize> {
    /// With the handle of the end towards all of its types.
    One(ToOne<Thing<A>, Thing<B>>, ToOneOf<Thing<A>>),
    Many(ToMany<Thing<A>, Thing<B>>),
}

fn kind_of(registry: &Registry, kind: usize) -> Result<Box<dyn Kind>> {
    let name = kind_name(kind);
    Ok(match kind {
        0 => Box::new(registry.entity_type::<Thing<0>>(&name)?),
        1 => Box::new(registry.entity_type::<Thing<1>>(&name)?),
        _ => Box::new(registry.entity_type::<Thing<2>>(&name)?),
    })
}

fn end_of(shape: &Shape, registry: &Registry, end: usize) -> Result<Box<dyn End>> {
    match shape.ends[end].owner {
        0 => end_from::<0>(shape, registry, end),
        1 => end_from::<1>(shape, registry, end),
        _ => end_from::<2>(shape, registry, end),
    }
}

fn end_from<const A: usize>(
    shape: &Shape,
    registry: &Registry,
    end: usize,
) -> Result<Box<dyn End>> {
    Ok(match shape.ends[end].target {
        0 => Box::new(Between::<A, 0>::new(shape, registry, end)?),
        1 => Box::new(Between::<A, 1>::new(shape, registry, end)?),
        _ => Box::new(Between::<A, 2>::new(shape, registry, end)?),
    })
}

fn end_on<const A: usize>(end: &dyn End) -> Option<&dyn EndOn<A>> {
    let any = end.as_any();
    if let Some(end) = any.downcast_ref::<Between<A, 0>>() {
        return Some(end);
    }
    if let Some(end) = any.downcast_ref::<Between<A, 1>>() {
        return Some(end);
    }
    any.downcast_ref::<Between<A, 2>>()
        .map(|end| end as &dyn EndOn<A>)
}

impl<const N: usize> Kind for EntityType<Thing<N>> {
    fn insert(
        &self,
        graph: &mut Graph,
        item: Item,
        links: &[(&dyn End, AnyId, Option<u32>)],
    ) -> Option<Result<Answer>> {
        if links.is_empty() {
            let id = graph.insert(*self, Thing(item));
            return Some(id.map(|id| Answer::Id(self.any(id))));
        }
        let mut new = graph.create(*self, Thing(item));
        for (end, to, datum) in links {
            new = end_on::<N>(*end)?.link(new, *to, *datum)?;
        }
        Some(new.insert().map(|id| Answer::Id(self.any(id))))
    }

    fn replace(&self, graph: &mut Graph, id: AnyId, item: Item) -> Option<Result<Answer>> {
        let old = graph.replace(*self, self.id(id)?, Thing(item));
        Some(old.map(|old| Answer::Old(old.0)))
    }

    fn delete(&self, graph: &mut Graph, id: AnyId) -> Option<Result<Answer>> {
        let item = self.item(graph, id);
        let deleted = graph.delete(*self, self.id(id)?);
        Some(deleted.map(|deleted| {
            if Some(deleted.payload.0) != item {
                return Answer::Old(deleted.payload.0);
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

    fn item(&self, graph: &Graph, id: AnyId) -> Option<Item> {
        graph.get(*self, self.id(id)?).map(|thing| thing.0)
    }
}

impl<const A: usize, const B: usize> Between<A, B> {
    fn new(shape: &Shape, registry: &Registry, end: usize) -> Result<Self> {
        let (name, end) = (shape.full_name(end), &shape.ends[end]);
        Ok(Self {
            handle: if end.many {
                Handle::Many(registry.to_many(&name)?)
            } else {
                Handle::One(registry.to_one(&name)?, registry.to_one_of(&name)?)
            },
            data: end.data.then(|| registry.link_data(&name)).transpose()?,
            keyed: end.keyed.then(|| registry.keyed(&name)).transpose()?,
            owner: registry.entity_type(&kind_name(end.owner))?,
            target: registry.entity_type(&kind_name(end.target))?,
        })
    }

    /// The entities that an edit names, with their types; `None` if one is of another.
    fn typed(&self, items: &[Pick]) -> Option<Vec<Id<Thing<B>>>> {
        items.iter().map(|it| self.target.id(it.id)).collect()
    }

    fn set_data(
        &self,
        graph: &mut Graph,
        id: Id<Thing<A>>,
        item: &Pick,
        datum: u32,
    ) -> Option<Result<Answer>> {
        let (data, item) = (self.data?, self.target.id(item.id)?);
        let old = if datum.is_multiple_of(2) {
            graph.set_link_data(data, id, item, datum)
        } else {
            graph.update_link_data(data, id, item, |it| std::mem::replace(it, datum))
        };
        Some(old.map(|old| Answer::Datum(Some(old))))
    }

    /// Whether a row read together with its data is as read one by one.
    fn reads_data(&self, graph: &Graph, end: ToMany<Thing<A>, Thing<B>>, id: Id<Thing<A>>) -> bool {
        let Some(data) = self.data else { return true };
        let row = graph.row(end, id);
        let together = row.entries_with(data);
        let one_by_one = row.entries().filter_map(|(member, thing)| {
            Some((member, thing, graph.link_data(data, id, member)?))
        });
        let one_by_one: Vec<_> = one_by_one.collect();
        together.len() == row.len()
            && together.clone().eq(one_by_one.iter().copied())
            && together.rev().eq(one_by_one.into_iter().rev())
    }

    fn edit_row(
        &self,
        graph: &mut Graph,
        (end, id): (ToMany<Thing<A>, Thing<B>>, Id<Thing<A>>),
        edit: &Edit,
    ) -> Option<Result<Answer>> {
        let items = self.typed(edit.items())?;
        let mut row = match graph.row_mut(end, id) {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        Some(match edit {
            Edit::Set(_) => return None,
            Edit::Push(_) => row.push(items[0]).map(Answer::Flag),
            Edit::InsertAt(index, _) => row.insert_at(*index, items[0]).map(Answer::Flag),
            Edit::Remove(_) => row.remove(items[0]).map(Answer::Flag),
            Edit::RemoveAt(index) => {
                let removed = row.remove_at(*index);
                removed.map(|id| Answer::Id(self.target.any(id)))
            }
            Edit::MoveTo(_, index) => row.move_to(items[0], *index).map(Answer::Flag),
            Edit::Swap(a, b) => row.swap(*a, *b).map(Answer::Flag),
            Edit::Replace(_) => row.replace(items).map(Answer::Flag),
            Edit::Clear => row.clear().map(Answer::Count),
            Edit::Extend(_) => row.extend(items).map(Answer::Count),
            Edit::TakeAllFrom(other) => {
                let other = self.owner.id(other.id)?;
                row.take_all_from(other).map(Answer::Count)
            }
            Edit::Reverse => row.reverse().map(Answer::Flag),
            Edit::Sort if row.len() % 2 == 0 => {
                row.sort_by_key(|thing| thing.0.rank).map(Answer::Flag)
            }
            Edit::Sort => {
                let target = self.target;
                let rank = |graph: &Graph, id| graph.get(target, id).map(|thing| thing.0.rank);
                let sorted = row.sort_by(|graph, a, b| rank(graph, a).cmp(&rank(graph, b)));
                sorted.map(Answer::Flag)
            }
            Edit::Link(_, datum) => row.push_with(items[0], datum.value).map(Answer::Datum),
            Edit::SetData(..) => return None,
        })
    }
}

impl<const A: usize, const B: usize> EndOn<A> for Between<A, B> {
    fn link<'g>(
        &self,
        new: Create<'g, Thing<A>>,
        to: AnyId,
        datum: Option<u32>,
    ) -> Option<Create<'g, Thing<A>>> {
        let to = self.target.id(to)?;
        if let Some(datum) = datum {
            return Some(new.link_with(self.data?, to, datum));
        }
        Some(match self.handle {
            Handle::One(_, whole) if to.to_bits() % 2 == 0 => {
                new.link_one_of(whole, self.target.any(to))
            }
            Handle::One(end, _) => new.link(end, to),
            Handle::Many(end) => new.link(end, to),
        })
    }
}

impl<const A: usize, const B: usize> End for Between<A, B> {
    fn edit(&self, graph: &mut Graph, id: AnyId, edit: &Edit) -> Option<Result<Answer>> {
        let id = self.owner.id(id)?;
        match (self.handle, edit) {
            (_, Edit::SetData(item, datum)) => self.set_data(graph, id, item, datum.value),
            (handle, Edit::Link(item, datum))
                if matches!(handle, Handle::One(..)) || datum.value % 2 == 0 =>
            {
                let item = self.target.id(item.id)?;
                let back = graph.link(self.data?, id, item, datum.value);
                Some(back.map(Answer::Datum))
            }
            (Handle::One(end, whole), Edit::Set(to)) => {
                let to = match to {
                    Some(to) => Some(self.target.id(to.id)?),
                    None => None,
                };
                if let Some(to) = to.filter(|to| to.to_bits() % 2 == 0) {
                    let set = graph.set_one_of(whole, id, self.target.any(to));
                    return Some(set.map(Answer::Flag));
                }
                Some(graph.set(end, id, to).map(Answer::Flag))
            }
            (Handle::One(..), _) => None,
            (Handle::Many(end), edit) => self.edit_row(graph, (end, id), edit),
        }
    }

    fn read(&self, graph: &Graph, id: AnyId, into: &mut Vec<AnyId>) {
        let Some(id) = self.owner.id(id) else { return };
        match self.handle {
            Handle::One(end, _) => into.extend(graph.one(end, id).map(|id| self.target.any(id))),
            Handle::Many(end) => {
                into.extend(graph.row(end, id).iter().map(|id| self.target.any(id)));
            }
        }
    }

    fn datum(&self, graph: &Graph, id: AnyId, other: AnyId) -> Option<u32> {
        let (id, other) = (self.owner.id(id)?, self.target.id(other)?);
        graph.link_data(self.data?, id, other).copied()
    }

    fn reads(&self, graph: &Graph, id: AnyId, members: &[AnyId]) -> bool {
        let Some(id) = self.owner.id(id) else {
            return false;
        };
        let typed = members.iter().map(|&id| self.target.id(id)).collect();
        let Some(members): Option<Vec<_>> = typed else {
            return false;
        };
        let untyped = match self.handle {
            Handle::One(end, _) => end.untyped(),
            Handle::Many(end) => end.untyped(),
        };
        let as_numbers = graph.untyped().links(untyped, self.owner.any(id));
        let as_numbers = as_numbers.filter(|it| it.entity() == self.target.untyped());
        if !as_numbers.eq(members.iter().map(|&id| self.target.any(id))) {
            return false;
        }
        match self.handle {
            Handle::One(end, whole) => {
                let target = graph.target(end, id).map(|(id, _)| id);
                let of_any = graph.one_of(whole, id).and_then(|it| self.target.id(it));
                graph.one(end, id) == members.first().copied()
                    && target == graph.one(end, id)
                    && target == of_any
            }
            Handle::Many(end) => {
                let row = graph.row(end, id);
                let by_position = |(at, &it): (usize, &Id<_>)| {
                    row.get(at) == Some(it) && row.position(it) == Some(at) && row.contains(it)
                };
                let by_key = |&it: &Id<Thing<B>>| {
                    let key = graph.get(self.target, it).and_then(|it| it.0.row_key());
                    let found = self.keyed.zip(key);
                    found.is_none_or(|(end, key)| graph.member_by_key(end, id, key) == Some(it))
                };
                members.iter().enumerate().all(by_position)
                    && members.iter().all(by_key)
                    && row.len() == members.len()
                    && row.is_empty() == members.is_empty()
                    && row.get(members.len()).is_none()
                    && row.first() == members.first().copied()
                    && row.last() == members.last().copied()
                    && row.iter().rev().eq(members.iter().rev().copied())
                    && row.iter().len() == members.len()
                    && row.into_iter().eq(members.iter().copied())
                    && row.entries().map(|(id, _)| id).eq(members.iter().copied())
                    && self.reads_data(graph, end, id)
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Face for ByHandle {
    type Whole = Graph;

    fn whole(&mut self) -> &mut Graph {
        &mut self.graph
    }

    fn over(shape: &Shape) -> Result<Self> {
        let registry = shape.build_apart()?;
        let kinds = (0..shape.kinds()).map(|kind| kind_of(&registry, kind));
        let ends = (0..shape.ends.len()).map(|end| {
            let open = !shape.ends[end].hidden;
            open.then(|| end_of(shape, &registry, end)).transpose()
        });
        Ok(Self {
            kinds: kinds.collect::<Result<_>>()?,
            ends: ends.collect::<Result<_>>()?,
            graph: Graph::new(registry),
        })
    }

    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn into_graph(self) -> Graph {
        self.graph
    }

    fn is_untyped(&self) -> bool {
        false
    }

    fn call(&mut self, step: &Step) -> Option<Result<Answer>> {
        match step {
            Step::Insert {
                kind, item, links, ..
            } => self.insert(*kind, *item, links),
            Step::ReplaceItem { of, item, .. } => {
                self.kinds[of.kind].replace(&mut self.graph, of.id, *item)
            }
            Step::Edit { at, owner, edit } => {
                let end = self.ends[at.end].as_deref()?;
                end.edit(&mut self.graph, owner.id, edit)
            }
            Step::Delete { roots } => self.delete(roots),
            Step::Clone => Some(self.graph.try_clone().map(|graph| {
                self.graph = graph;
                Answer::Nothing
            })),
        }
    }

    fn item(&self, kind: usize, id: AnyId) -> Option<Item> {
        self.kinds[kind].item(&self.graph, id)
    }

    fn read(&self, end: usize, id: AnyId, into: &mut Vec<AnyId>) {
        if let Some(end) = &self.ends[end] {
            end.read(&self.graph, id, into);
        }
    }

    fn datum(&self, end: usize, id: AnyId, other: AnyId) -> Option<u32> {
        self.ends[end].as_ref()?.datum(&self.graph, id, other)
    }

    fn reads(&self, end: usize, id: AnyId, members: &[AnyId]) -> Verdict {
        match &self.ends[end] {
            Some(handle) if !handle.reads(&self.graph, id, members) => {
                Err(format!("end {end} of {id:?} does not read {members:?}"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl ByHandle {
    fn insert(&mut self, kind: usize, item: Item, links: &[NewLink]) -> Option<Result<Answer>> {
        let ends = &self.ends;
        let links: Option<Vec<_>> = links
            .iter()
            .map(|(at, to, datum)| Some((ends[at.end].as_deref()?, to.id, *datum)))
            .collect();
        self.kinds[kind].insert(&mut self.graph, item, &links?)
    }

    fn delete(&mut self, roots: &[Pick]) -> Option<Result<Answer>> {
        if let [root] = roots {
            return self.kinds[root.kind].delete(&mut self.graph, root.id);
        }
        let deletion = self.graph.delete_all(roots.iter().map(|root| root.id));
        Some(deletion.map(|deletion| {
            let mut entities = deletion.entities;
            entities.sort_unstable();
            Answer::Gone {
                entities,
                links: deletion.links,
            }
        }))
    }
}
