//! The calls of a run, with the ids and ends that they name.

use backref::{AnyId, EndId};

use crate::coverage::Verb;
use crate::model::{Item, Node};

/// An id as an argument. Which entity it is of, if it is of this graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick {
    pub(crate) id: AnyId,
    pub(crate) kind: usize,
    pub(crate) node: Option<Node>,
}

/// An end as an argument, perhaps by its number in another registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) end: usize,
    pub(crate) id: EndId,
    pub(crate) foreign: bool,
}

/// A link of a new entity, and the data that it is given.
pub(crate) type NewLink = (At, Pick, Option<u32>);

/// Data as an argument, perhaps of a wrong type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datum {
    pub(crate) value: u32,
    pub(crate) wrong: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Insert {
        kind: usize,
        item: Item,
        links: Vec<NewLink>,
        wrong_payload: bool,
    },
    ReplaceItem {
        of: Pick,
        item: Item,
        wrong_payload: bool,
    },
    Edit {
        at: At,
        owner: Pick,
        edit: Edit,
    },
    Delete {
        roots: Vec<Pick>,
    },
    /// Goes on with a clone of the graph.
    Clone,
}

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Set(Option<Pick>),
    Push(Pick),
    InsertAt(usize, Pick),
    Remove(Pick),
    RemoveAt(usize),
    MoveTo(Pick, usize),
    Swap(usize, usize),
    Replace(Vec<Pick>),
    Clear,
    Extend(Vec<Pick>),
    TakeAllFrom(Pick),
    Reverse,
    Sort,
    Link(Pick, Datum),
    SetData(Pick, Datum),
}

impl Edit {
    /// The entities at the far end that it names.
    pub(crate) fn items(&self) -> &[Pick] {
        match self {
            Self::Set(item) => item.as_slice(),
            Self::Push(item) | Self::InsertAt(_, item) => std::slice::from_ref(item),
            Self::Remove(item) | Self::MoveTo(item, _) => std::slice::from_ref(item),
            Self::Link(item, _) | Self::SetData(item, _) => std::slice::from_ref(item),
            Self::Replace(items) | Self::Extend(items) => items,
            Self::RemoveAt(_) | Self::Swap(..) | Self::Clear => &[],
            Self::TakeAllFrom(_) | Self::Reverse | Self::Sort => &[],
        }
    }

    pub(crate) fn is_by_position(&self) -> bool {
        match self {
            Self::InsertAt(..) | Self::RemoveAt(_) | Self::MoveTo(..) => true,
            Self::Swap(..) | Self::Reverse | Self::Sort => true,
            Self::Set(_) | Self::Push(_) | Self::Remove(_) | Self::Replace(_) => false,
            Self::Clear | Self::Extend(_) | Self::TakeAllFrom(_) => false,
            Self::Link(..) | Self::SetData(..) => false,
        }
    }

    /// The data that it passes: to an end of either cardinality.
    pub(crate) fn datum(&self) -> Option<Datum> {
        match self {
            Self::Link(_, datum) | Self::SetData(_, datum) => Some(*datum),
            Self::Set(_) | Self::Push(_) | Self::InsertAt(..) | Self::Remove(_) => None,
            Self::RemoveAt(_) | Self::MoveTo(..) | Self::Swap(..) | Self::Replace(_) => None,
            Self::Clear | Self::Extend(_) | Self::TakeAllFrom(_) => None,
            Self::Reverse | Self::Sort => None,
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Set(Some(_)) => Verb::Set,
            Self::Set(None) => Verb::Unset,
            Self::Push(_) => Verb::Push,
            Self::InsertAt(..) => Verb::InsertAt,
            Self::Remove(_) => Verb::Remove,
            Self::RemoveAt(_) => Verb::RemoveAt,
            Self::MoveTo(..) => Verb::MoveTo,
            Self::Swap(..) => Verb::Swap,
            Self::Replace(_) => Verb::Replace,
            Self::Clear => Verb::Clear,
            Self::Extend(_) => Verb::Extend,
            Self::TakeAllFrom(_) => Verb::TakeAllFrom,
            Self::Reverse => Verb::Reverse,
            Self::Sort => Verb::Sort,
            Self::Link(..) => Verb::Link,
            Self::SetData(..) => Verb::SetData,
        }
    }
}

impl Step {
    pub(crate) fn verb(&self) -> Verb {
        match self {
            Self::Insert { .. } => Verb::Insert,
            Self::ReplaceItem { .. } => Verb::ReplaceItem,
            Self::Edit { edit, .. } => edit.verb(),
            Self::Delete { .. } => Verb::Delete,
            Self::Clone => Verb::Clone,
        }
    }
}
