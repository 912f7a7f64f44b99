//! What the model says of a step: the answer to expect, or why it must fail.

use backref::{AnyId, ErrorKind};

use super::Machine;
use super::face::{Answer, Face};
use super::step::{At, Edit, NewLink, Pick, Step};
use crate::model::deletion::Blocker;
use crate::model::{Faults, Item, Model, Node};

/// What a step must come to.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// An id that was never seen before.
    Fresh,
    Answer(Answer),
    Fails(Faults),
}

impl<F: Face> Machine<F> {
    /// Takes the step in the model.
    pub(crate) fn foresee(&mut self, step: &Step) -> Expected {
        let faults = self.mistakes(step);
        if !faults.is_empty() {
            return Expected::Fails(Faults {
                kinds: faults,
                named: self.holder(step).into_iter().collect(),
            });
        }
        let outcome = match step {
            Step::Insert {
                kind, item, links, ..
            } => self.foresee_insert(*kind, *item, links),
            Step::ReplaceItem { of, item, .. } => self.foresee_replacement(of, *item),
            Step::Edit { at, owner, edit } => self
                .foresee_edit(at.end, live(owner), edit)
                .map(Expected::Answer),
            Step::Delete { roots } => self.foresee_delete(roots).map(Expected::Answer),
            Step::Clone => Ok(Expected::Answer(Answer::Nothing)),
        };
        outcome.unwrap_or_else(Expected::Fails)
    }

    /// Who has the key that the step gives to another.
    fn holder(&self, step: &Step) -> Option<Node> {
        match step {
            Step::Insert { kind, item, .. } => self.model.holder(*kind, item.key),
            Step::ReplaceItem { of, item, .. } => self.model.holder(of.kind, item.key),
            Step::Edit { .. } | Step::Delete { .. } | Step::Clone => None,
        }
    }

    /// What is wrong with the arguments alone.
    pub(super) fn mistakes(&self, step: &Step) -> Vec<ErrorKind> {
        let mut faults = Vec::new();
        match step {
            Step::Insert {
                kind,
                item,
                links,
                wrong_payload,
            } => {
                faults.extend(wrong_payload.then_some(ErrorKind::WrongType));
                self.judge_key(*kind, item.key, None, &mut faults);
                for (at, target, datum) in links {
                    self.judge_data(at.end, datum.is_some(), &mut faults);
                    self.judge_end(at, *kind, &mut faults);
                    let end = self.towards(at.end, target);
                    self.judge_id(target, self.model.ends[end].target, &mut faults);
                }
            }
            Step::ReplaceItem {
                of,
                item,
                wrong_payload,
            } => {
                faults.extend(wrong_payload.then_some(ErrorKind::WrongType));
                self.judge_key(of.kind, item.key, of.node, &mut faults);
                self.judge_id(of, of.kind, &mut faults);
            }
            Step::Edit { at, owner, edit } => self.judge_edit(at, owner, edit, &mut faults),
            Step::Delete { roots } => {
                for root in roots {
                    self.judge_id(root, root.kind, &mut faults);
                }
            }
            Step::Clone => {}
        }
        faults
    }

    fn judge_edit(&self, at: &At, owner: &Pick, edit: &Edit, faults: &mut Vec<ErrorKind>) {
        let end = &self.model.ends[at.end];
        self.judge_end(at, end.owner, faults);
        self.judge_id(owner, end.owner, faults);
        for item in edit.items() {
            let end = self.towards(at.end, item);
            self.judge_id(item, self.model.ends[end].target, faults);
        }
        if let Edit::TakeAllFrom(other) = edit {
            self.judge_id(other, end.owner, faults);
        }
        self.judge_data(at.end, edit.datum().is_some(), faults);
        let wrong_cardinality = matches!(edit, Edit::Set(_)) == end.many && edit.datum().is_none();
        if wrong_cardinality || edit.datum().is_some_and(|datum| datum.wrong) {
            faults.push(ErrorKind::WrongType);
        }
        let takes = end.is_settable() || end.sorted && matches!(edit, Edit::RemoveAt(_));
        if edit.is_by_position() && end.many && !takes {
            faults.push(ErrorKind::Unordered);
        }
        if faults.is_empty() {
            let target = edit.items().first();
            let end = target.map_or(at.end, |target| self.towards(at.end, target));
            self.judge_position(self.model.row(end, live(owner)), edit, faults);
        }
    }

    /// By number an end of several types is one: the target says which it is.
    fn towards(&self, end: usize, target: &Pick) -> usize {
        let fits = |end: &usize| self.model.ends[*end].target == target.kind;
        let found = self.model.kin(end).find(fits);
        found.filter(|_| self.face.is_untyped()).unwrap_or(end)
    }

    /// The end at which a link is to be cut: by number the one that has it.
    fn linked(&self, end: usize, owner: Node) -> usize {
        let is_linked = |end: &usize| !self.model.row(*end, owner).is_empty();
        let found = self.model.kin(end).find(is_linked);
        found.filter(|_| self.face.is_untyped()).unwrap_or(end)
    }

    fn judge_key(&self, kind: usize, key: u32, of: Option<Node>, faults: &mut Vec<ErrorKind>) {
        let holder = self.model.holder(kind, key);
        if self.shape.keyed[kind] && holder.is_some() && holder != of {
            faults.push(ErrorKind::DuplicateKey);
        }
    }

    fn judge_end(&self, at: &At, owner: usize, faults: &mut Vec<ErrorKind>) {
        if at.foreign {
            faults.push(ErrorKind::ForeignEnd);
        }
        if self.model.ends[at.end].owner != owner {
            faults.push(ErrorKind::WrongType);
        }
    }

    fn judge_data(&self, end: usize, given: bool, faults: &mut Vec<ErrorKind>) {
        if given && !self.model.ends[end].data {
            faults.push(ErrorKind::NotDeclared);
        }
    }

    fn judge_id(&self, pick: &Pick, kind: usize, faults: &mut Vec<ErrorKind>) {
        if pick.kind != kind {
            faults.push(ErrorKind::WrongType);
        }
        if pick.node.is_none_or(|node| self.model.get(node).is_none()) {
            faults.push(ErrorKind::NotLive);
        }
    }

    fn judge_position(&self, row: &[Node], edit: &Edit, faults: &mut Vec<ErrorKind>) {
        let len = row.len();
        let beyond = match edit {
            Edit::InsertAt(index, item) if row.contains(&live(item)) => *index >= len,
            Edit::InsertAt(index, _) => *index > len,
            Edit::MoveTo(_, index) | Edit::RemoveAt(index) => *index >= len,
            Edit::Swap(a, b) => *a >= len || *b >= len,
            Edit::Set(_) | Edit::Push(_) | Edit::Remove(_) | Edit::Replace(_) => false,
            Edit::Clear | Edit::Extend(_) | Edit::TakeAllFrom(_) => false,
            Edit::Reverse | Edit::Sort | Edit::Link(..) | Edit::SetData(..) => false,
        };
        if beyond {
            faults.push(ErrorKind::PositionOutOfRange);
        }
        let (Edit::MoveTo(item, _) | Edit::SetData(item, _)) = edit else {
            return;
        };
        if !row.contains(&live(item)) {
            faults.push(ErrorKind::NoMember);
        }
    }

    fn foresee_insert(
        &mut self,
        kind: usize,
        item: Item,
        links: &[NewLink],
    ) -> Result<Expected, Faults> {
        let links = links
            .iter()
            .map(|(at, to, datum)| (self.towards(at.end, to), live(to), *datum));
        let links: Vec<(usize, Node, Option<u32>)> = links.collect();
        // Of several links at a to-one end the last one counts, and so it does
        // where one end excludes another.
        let counts = |&(at, &(end, ..)): &(usize, &(usize, Node, Option<u32>))| {
            let many = self.model.ends[end].many;
            let outdone = |&(later, ..): &(usize, Node, Option<u32>)| {
                !many && later == end || self.model.excludes(end, later)
            };
            !links[at + 1..].iter().any(outdone)
        };
        let links: Vec<_> = links
            .iter()
            .enumerate()
            .filter(counts)
            .map(|(_, link)| *link)
            .collect();
        let insert = |model: &mut Model| model.insert(kind, item, &links);
        if self.model.refuses(kind, None, Some(item)) {
            return Err(self.refused(insert, Vec::new()));
        }
        self.model.attempt(insert).map(|_| Expected::Fresh)
    }

    fn foresee_replacement(&mut self, of: &Pick, item: Item) -> Result<Expected, Faults> {
        let node = live(of);
        let before = self.model.get(node).map(|it| it.item);
        let replace = |model: &mut Model| model.replace_item(node, item);
        if self.model.refuses(of.kind, before, Some(item)) {
            return Err(self.refused(replace, vec![node]));
        }
        let replaced = self.model.attempt(replace);
        if let (Err(_), Some(before)) = (&replaced, before) {
            self.model.restore_item(node, before);
        }
        let old = replaced?;
        Ok(Expected::Answer(Answer::Old(old)))
    }

    /// Why an edit fails whose payload a check refuses: that, or what else is
    /// wrong with it.
    fn refused<R>(&self, edit: impl FnOnce(&mut Model) -> R, named: Vec<Node>) -> Faults {
        let others = self.model.clone().attempt(edit).err();
        let mut faults = others.unwrap_or_default();
        faults.kinds.push(ErrorKind::Refused);
        faults.named.extend(named);
        faults
    }

    fn foresee_edit(&mut self, end: usize, owner: Node, edit: &Edit) -> Result<Answer, Faults> {
        let order = |model: &Model, sort: bool| {
            let mut order = model.row(end, owner).to_vec();
            match sort {
                true => order.sort_by_key(|&node| model.get(node).map(|it| it.item.rank)),
                false => order.reverse(),
            }
            order
        };
        let ids = &self.ids;
        let end = match (edit, edit.items()) {
            (Edit::Set(_), []) => self.linked(end, owner),
            (_, [target, ..]) => self.towards(end, target),
            (_, []) => end,
        };
        self.model.attempt(|model| match edit {
            Edit::Set(to) => Answer::Flag(model.set(end, owner, to.as_ref().map(live))),
            Edit::Push(item) => Answer::Flag(model.link(end, owner, live(item))),
            Edit::InsertAt(index, item) => {
                Answer::Flag(model.insert_at(end, owner, *index, live(item)))
            }
            Edit::Remove(item) => Answer::Flag(model.remove(end, owner, live(item))),
            Edit::RemoveAt(index) => {
                let item = model.row(end, owner)[*index];
                model.remove(end, owner, item);
                Answer::Id(ids[item])
            }
            Edit::MoveTo(item, index) => {
                Answer::Flag(model.move_to(end, owner, live(item), *index))
            }
            Edit::Swap(a, b) => {
                let mut order = model.row(end, owner).to_vec();
                order.swap(*a, *b);
                Answer::Flag(model.reorder(end, owner, order))
            }
            Edit::Replace(items) => {
                let items: Vec<Node> = items.iter().map(live).collect();
                Answer::Flag(model.replace(end, owner, &items))
            }
            Edit::Clear => Answer::Count(model.clear(end, owner)),
            Edit::Extend(items) => {
                let items: Vec<Node> = items.iter().map(live).collect();
                Answer::Count(model.extend(end, owner, &items))
            }
            Edit::TakeAllFrom(other) => Answer::Count(model.take_all_from(end, owner, live(other))),
            Edit::Reverse => {
                let order = order(model, false);
                Answer::Flag(model.reorder(end, owner, order))
            }
            Edit::Sort => {
                let order = order(model, true);
                Answer::Flag(model.reorder(end, owner, order))
            }
            Edit::Link(item, datum) => {
                Answer::Datum(model.link_with(end, owner, live(item), datum.value))
            }
            Edit::SetData(item, datum) => {
                Answer::Datum(model.set_datum(end, owner, live(item), datum.value))
            }
        })
    }

    fn foresee_delete(&mut self, roots: &[Pick]) -> Result<Answer, Faults> {
        let roots: Vec<Node> = roots.iter().map(live).collect();
        let doomed = self.model.doomed(&roots);
        let blockers = self.model.blockers(&doomed);
        if !blockers.is_empty() {
            return Err(Faults {
                kinds: blockers.iter().map(|&(kind, ..)| kind).collect(),
                named: blockers.iter().map(who_stays).collect(),
            });
        }
        let refused = self.model.refused_to_go(&doomed);
        if !refused.is_empty() {
            return Err(refused);
        }
        let mut entities: Vec<AnyId> = doomed.iter().map(|&node| self.ids[node]).collect();
        entities.sort_unstable();
        let links = self.model.delete(&doomed);
        Ok(Answer::Gone { entities, links })
    }
}

fn who_stays(&(kind, entity, _, other): &Blocker) -> Node {
    if kind == ErrorKind::Denied {
        other
    } else {
        entity
    }
}

/// The node of an id that was found to be right.
pub(crate) fn live(pick: &Pick) -> Node {
    pick.node.expect("wrong ids were sorted out")
}
