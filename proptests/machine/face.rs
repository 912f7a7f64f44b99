//! The two faces of a graph that a run can drive, and what they answer.

use std::any::Any;

use backref::{AnyId, EndId, EntityTypeId, Error, Graph, Registry, Result, Untyped};

use super::step::{At, Datum, Edit, NewLink, Pick, Step};
use crate::model::Item;
use crate::run::Verdict;
use crate::schema::{Shape, Thing, kind_name};

/// What a call that succeeds hands back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Nothing,
    Flag(bool),
    Count(usize),
    Id(AnyId),
    Old(Item),
    /// Data that came back.
    Datum(Option<u32>),
    /// The entities sorted.
    Gone {
        entities: Vec<AnyId>,
        links: usize,
    },
}

/// A graph, or the typed one around it: what transactions are run on.
pub(crate) trait Whole: Sized {
    /// One of the same schema, with nothing in it.
    fn empty_one(&self) -> Self;

    fn transact<E: From<Error>>(
        &mut self,
        parts: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E>;

    fn keep_history(&mut self, depth: usize) -> Result<()>;

    fn name_step(&mut self, label: &str);

    fn undo(&mut self) -> Result<bool>;

    fn redo(&mut self) -> Result<bool>;
}

impl Whole for Graph {
    fn empty_one(&self) -> Self {
        Self::new(self.registry().clone())
    }

    fn transact<E: From<Error>>(
        &mut self,
        parts: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.try_transaction(parts)
    }

    fn keep_history(&mut self, depth: usize) -> Result<()> {
        self.keep_history(depth)
    }

    fn name_step(&mut self, label: &str) {
        self.name_step(label);
    }

    fn undo(&mut self) -> Result<bool> {
        self.undo()
    }

    fn redo(&mut self) -> Result<bool> {
        self.redo()
    }
}

/// A graph under one of its faces.
pub(crate) trait Face: Sized {
    type Whole: Whole;

    fn over(shape: &Shape) -> Result<Self>;

    fn whole(&mut self) -> &mut Self::Whole;

    fn graph(&self) -> &Graph;

    fn into_graph(self) -> Graph;

    /// Whether ids of a wrong type and ends of another registry can be passed.
    fn is_untyped(&self) -> bool;

    /// Takes the step; `None` where this face cannot say it.
    fn call(&mut self, step: &Step) -> Option<Result<Answer>>;

    fn item(&self, kind: usize, id: AnyId) -> Option<Item>;

    /// Appends what is linked at an end, in the order of the row.
    fn read(&self, end: usize, id: AnyId, into: &mut Vec<AnyId>);

    /// The data of the link of two entities.
    fn datum(&self, end: usize, id: AnyId, other: AnyId) -> Option<u32>;

    /// Whether all ways of reading a row give the members that are passed.
    fn reads(&self, end: usize, id: AnyId, members: &[AnyId]) -> Verdict;
}

/// Everything by `AnyId` and `EndId`, over one payload type for all.
#[derive(Debug)]
pub(crate) struct ByNumber {
    graph: Graph,
    many: Vec<bool>,
    /// By end: the type that it leads to, one of several perhaps.
    targets: Vec<EntityTypeId>,
    keyed: Vec<bool>,
    ends: Vec<Option<EndId>>,
    kinds: Vec<EntityTypeId>,
}

/// The numbers of the ends in a registry; the hidden ones have none.
pub(crate) fn end_ids(shape: &Shape, registry: &Registry) -> Vec<Option<EndId>> {
    (0..shape.ends.len())
        .map(|end| Some(shape.info(registry, end)?.id()))
        .collect()
}

pub(crate) fn kind_ids(shape: &Shape, registry: &Registry) -> Vec<EntityTypeId> {
    let id = |kind| {
        registry
            .find_entity(&kind_name(kind))
            .expect("is declared")
            .id()
    };
    (0..shape.kinds()).map(id).collect()
}

fn item_of(graph: Untyped<'_>, id: AnyId) -> Option<Item> {
    graph
        .payload(id)?
        .downcast_ref::<Thing<0>>()
        .map(|thing| thing.0)
}

type Payload = Box<dyn Any + Send + Sync>;

fn payload(item: Item, wrong: bool) -> Payload {
    if wrong {
        Box::new("no thing")
    } else {
        Box::new(Thing::<0>(item))
    }
}

fn boxed(datum: Datum) -> Payload {
    if datum.wrong {
        Box::new("no datum")
    } else {
        Box::new(datum.value)
    }
}

fn unboxed(datum: &Payload) -> Option<u32> {
    datum.downcast_ref().copied()
}

impl Face for ByNumber {
    type Whole = Graph;

    fn whole(&mut self) -> &mut Graph {
        &mut self.graph
    }

    fn over(shape: &Shape) -> Result<Self> {
        let registry = shape.build_alike()?;
        let kinds = kind_ids(shape, &registry);
        Ok(Self {
            targets: shape.ends.iter().map(|end| kinds[end.target]).collect(),
            many: shape.ends.iter().map(|end| end.many).collect(),
            keyed: shape.ends.iter().map(|end| end.keyed).collect(),
            ends: end_ids(shape, &registry),
            kinds,
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
        true
    }

    fn call(&mut self, step: &Step) -> Option<Result<Answer>> {
        Some(match step {
            Step::Insert {
                kind,
                item,
                links,
                wrong_payload,
            } => self.insert(*kind, payload(*item, *wrong_payload), links),
            Step::ReplaceItem {
                of,
                item,
                wrong_payload,
            } => self.replace_item(of, payload(*item, *wrong_payload)),
            Step::Edit { at, owner, edit } => return self.edit(at, owner.id, edit),
            Step::Delete { roots } => self.delete(roots),
            Step::Clone => self.graph.try_clone().map(|graph| {
                self.graph = graph;
                Answer::Nothing
            }),
        })
    }

    fn item(&self, _kind: usize, id: AnyId) -> Option<Item> {
        item_of(self.graph.untyped(), id)
    }

    fn read(&self, end: usize, id: AnyId, into: &mut Vec<AnyId>) {
        let (untyped, many) = (self.graph.untyped(), self.many[end]);
        let target = self.targets[end];
        let end = self.ends[end].expect("hidden ends are not read");
        if many {
            into.extend(untyped.row(end, id).iter());
        } else {
            into.extend(untyped.one(end, id).filter(|it| it.entity() == target));
        }
    }

    fn datum(&self, end: usize, id: AnyId, other: AnyId) -> Option<u32> {
        let end = self.ends[end].expect("hidden ends are not read");
        let datum = self.graph.untyped().link_data(end, id, other)?;
        datum.downcast_ref().copied()
    }

    fn reads(&self, end: usize, id: AnyId, members: &[AnyId]) -> Verdict {
        let (untyped, many, keyed) = (self.graph.untyped(), self.many[end], self.keyed[end]);
        let target = self.targets[end];
        let end = self.ends[end].expect("hidden ends are not read");
        let by_key = members.iter().all(|&member| {
            let item = item_of(untyped, member);
            let key = item.as_ref().and_then(|item| item.row_key());
            key.is_none_or(|key| untyped.member_by_key(end, id, key) == Some(member))
        });
        let absent = untyped.member_by_key(end, id, &u32::MAX);
        if keyed && !(by_key && absent.is_none()) {
            return Err(format!("{members:?} are not found by key at {end:?}"));
        }
        let row = untyped.row(end, id);
        let either = untyped.links(end, id).filter(|it| it.entity() == target);
        let either: Vec<AnyId> = either.collect();
        let by_position = members.iter().enumerate().all(|(at, &member)| {
            row.get(at) == Some(member) && row.position(member) == Some(at) && row.contains(member)
        });
        let by_position = by_position
            && row.get(members.len()).is_none()
            && row.len() == members.len()
            && row.is_empty() == members.is_empty()
            && row.iter().len() == members.len()
            && row.iter().rev().eq(members.iter().rev().copied());
        if either == members && (by_position || !many) {
            return Ok(());
        }
        Err(format!(
            "{end:?} of {id:?} reads {either:?} or {row:?}, not {members:?}"
        ))
    }
}

impl ByNumber {
    fn insert(&mut self, kind: usize, payload: Payload, links: &[NewLink]) -> Result<Answer> {
        let mut graph = self.graph.untyped_mut();
        if links.iter().any(|(.., datum)| datum.is_some()) {
            let boxed = |datum: u32| Box::new(datum) as Payload;
            let links = links
                .iter()
                .map(|(at, to, datum)| (at.id, to.id, datum.map(boxed)));
            let id = graph.insert_with(self.kinds[kind], payload, links.collect());
            return id.map(Answer::Id);
        }
        let links: Vec<_> = links.iter().map(|(at, to, _)| (at.id, to.id)).collect();
        graph
            .insert(self.kinds[kind], payload, &links)
            .map(Answer::Id)
    }

    fn replace_item(&mut self, of: &Pick, payload: Payload) -> Result<Answer> {
        let old = self.graph.untyped_mut().replace_payload(of.id, payload)?;
        let old: Box<dyn Any> = old;
        let old = old.downcast::<Thing<0>>().expect("all payloads are things");
        Ok(Answer::Old(old.0))
    }

    fn edit(&mut self, at: &At, id: AnyId, edit: &Edit) -> Option<Result<Answer>> {
        let (end, mut graph) = (at.id, self.graph.untyped_mut());
        let all = |items: &[Pick]| items.iter().map(|it| it.id).collect::<Vec<_>>();
        Some(match edit {
            Edit::Set(to) => graph.set(end, id, to.map(|it| it.id)).map(Answer::Flag),
            Edit::Push(item) => graph.push(end, id, item.id).map(Answer::Flag),
            Edit::InsertAt(index, item) => {
                graph.insert_at(end, id, *index, item.id).map(Answer::Flag)
            }
            Edit::Remove(item) => graph.remove(end, id, item.id).map(Answer::Flag),
            Edit::RemoveAt(_) => return None,
            Edit::MoveTo(item, index) => graph.move_to(end, id, item.id, *index).map(Answer::Flag),
            Edit::Swap(a, b) => graph.swap(end, id, *a, *b).map(Answer::Flag),
            Edit::Replace(items) => graph.replace(end, id, &all(items)).map(Answer::Flag),
            Edit::Clear => graph.clear(end, id).map(Answer::Count),
            Edit::Extend(items) => graph.extend(end, id, &all(items)).map(Answer::Count),
            Edit::TakeAllFrom(other) => graph.take_all_from(end, id, other.id).map(Answer::Count),
            Edit::Reverse => graph.reverse(end, id).map(Answer::Flag),
            Edit::Sort => {
                let sorted = graph.sort_by(end, id, |graph, a, b| {
                    let rank = |id| item_of(graph, id).map(|item| item.rank);
                    rank(a).cmp(&rank(b))
                });
                sorted.map(Answer::Flag)
            }
            Edit::Link(item, datum) => {
                let back = graph.link(end, id, item.id, boxed(*datum));
                back.map(|back| Answer::Datum(back.as_ref().and_then(unboxed)))
            }
            Edit::SetData(item, datum) => {
                let old = graph.set_link_data(end, id, item.id, boxed(*datum));
                old.map(|old| Answer::Datum(unboxed(&old)))
            }
        })
    }

    fn delete(&mut self, roots: &[Pick]) -> Result<Answer> {
        let roots: Vec<AnyId> = roots.iter().map(|it| it.id).collect();
        let deletion = self.graph.untyped_mut().delete(&roots)?;
        let mut entities = deletion.entities;
        entities.sort_unstable();
        Ok(Answer::Gone {
            entities,
            links: deletion.links,
        })
    }
}
