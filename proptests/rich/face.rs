//! The typed face: each end by its own methods.

use backref::{AnyId, Error, Graph, Result};

use super::ends::{End, ends};
use super::kinds::{self, Link, kind};
use super::met::Met;
use super::office::Office;
use crate::machine::face::{Answer, Face, Whole};
use crate::machine::step::{NewLink, Pick, Step};
use crate::model::Item;
use crate::run::Verdict;
use crate::schema::Shape;

/// An office, its ends by number, and what has been done to it.
pub(crate) struct ByMethod {
    office: Office,
    ends: Vec<Option<Box<dyn End>>>,
    met: Met,
}

impl ByMethod {
    pub(super) fn met(&self) -> &Met {
        &self.met
    }

    fn take(&mut self, step: &Step) -> Option<Result<Answer>> {
        let office = &mut self.office;
        match step {
            Step::Insert {
                kind: number,
                item,
                links,
                ..
            } => kind(*number).insert(office, *item, &gathered(links)),
            Step::ReplaceItem { of, item, .. } => kind(of.kind).replace(office, of.id, *item),
            Step::Edit { at, owner, edit } => {
                let end = self.ends[at.end].as_ref()?;
                end.edit(office, owner.id, edit)
            }
            Step::Delete { roots } => match roots.as_slice() {
                [root] => kind(root.kind).delete(office, root.id),
                roots => Some(delete_all(office, roots)),
            },
            Step::Clone => Some(office.try_clone().map(|clone| {
                self.office = clone;
                Answer::Nothing
            })),
        }
    }
}

impl Whole for Office {
    fn empty_one(&self) -> Self {
        Self::new()
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

impl Face for ByMethod {
    type Whole = Office;

    fn whole(&mut self) -> &mut Office {
        &mut self.office
    }

    /// There is one shape: that of the office.
    fn over(_: &Shape) -> Result<Self> {
        Ok(Self {
            office: Office::new(),
            ends: ends(),
            met: Met::default(),
        })
    }

    fn graph(&self) -> &Graph {
        self.office.graph()
    }

    fn into_graph(self) -> Graph {
        let clone = self.office.graph().try_clone();
        clone.expect("all payloads are `Clone`")
    }

    fn is_untyped(&self) -> bool {
        false
    }

    fn call(&mut self, step: &Step) -> Option<Result<Answer>> {
        let outcome = self.take(step)?;
        self.met.note(step, &outcome);
        Some(outcome)
    }

    fn item(&self, kind: usize, id: AnyId) -> Option<Item> {
        kinds::kind(kind).item(&self.office, id)
    }

    fn datum(&self, end: usize, id: AnyId, other: AnyId) -> Option<u32> {
        self.ends[end].as_ref()?.datum(&self.office, id, other)
    }

    fn read(&self, end: usize, id: AnyId, into: &mut Vec<AnyId>) {
        let end = self.ends[end].as_ref();
        into.extend(
            end.and_then(|end| end.read(&self.office, id))
                .into_iter()
                .flatten(),
        );
    }

    fn reads(&self, end: usize, id: AnyId, members: &[AnyId]) -> Verdict {
        match &self.ends[end] {
            Some(by) if !by.reads(&self.office, id, members) => {
                Err(format!("e{end} of {id:?} does not read {members:?}"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The links of a new entity, those at one end together.
fn gathered(links: &[NewLink]) -> Vec<Link> {
    let mut gathered = Vec::<Link>::new();
    for (at, to, datum) in links {
        let to = (to.id, *datum);
        match gathered.last_mut() {
            Some((end, all)) if *end == at.end => all.push(to),
            Some(_) | None => gathered.push((at.end, vec![to])),
        }
    }
    gathered
}

fn delete_all(office: &mut Office, roots: &[Pick]) -> Result<Answer> {
    let deletion = office.delete_all(roots.iter().map(|root| root.id))?;
    let mut entities = deletion.entities;
    entities.sort_unstable();
    Ok(Answer::Gone {
        entities,
        links: deletion.links,
    })
}
