//! Which call comes next: sound ones mostly, wrong ones too.

use super::Machine;
use super::face::Face;
use super::step::{At, Datum, Edit, NewLink, Pick, Step};
use crate::model::{Item, Node};
use crate::run::Dice;

impl<F: Face> Machine<F> {
    /// Throws the next step for the state at hand.
    pub(crate) fn throw(&self, dice: &mut Dice) -> Step {
        let live = self.live.iter().map(Vec::len).sum::<usize>();
        let inserts = match live {
            few if few * 2 < self.size => 2,
            enough if enough < self.size => 7,
            _ => 60,
        };
        if dice.once_in(inserts) {
            return self.throw_insert(dice);
        }
        let deletes = match live {
            _ if self.is_large() => 100,
            few if few * 3 < self.size => 60,
            _ => 14,
        };
        if dice.once_in(deletes) {
            return self.throw_delete(dice);
        }
        if dice.once_in(20) {
            return self.throw_replacement(dice);
        }
        if dice.once_in(self.size * 8) {
            return Step::Clone;
        }
        self.throw_edit(dice)
            .unwrap_or_else(|| self.throw_insert(dice))
    }

    /// Whether to throw what a careful caller would not pass.
    fn mistakes_once(&self, dice: &mut Dice) -> bool {
        dice.once_in(if self.is_large() { 60 } else { 10 })
    }

    /// Large graphs are given long rows; in small ones all sorts of mistakes
    /// are made.
    pub(super) fn is_large(&self) -> bool {
        self.size >= 32
    }

    fn throw_insert(&self, dice: &mut Dice) -> Step {
        let kind = dice.roll(self.shape.kinds());
        let mut links = Vec::new();
        for end in self.shape.open_ends_of(kind) {
            let is = &self.model.ends[end];
            let needed = is.least() > 0 && !dice.once_in(12);
            if !needed && !dice.once_in(4) {
                continue;
            }
            let most = if is.many { 3 } else { 1 };
            for _ in 0..=dice.roll(most) + is.min {
                links.extend(self.throw_link(end, dice));
            }
        }
        if self.face.is_untyped() && self.mistakes_once(dice) {
            let end = dice.roll(self.shape.ends.len());
            links.extend(self.throw_link(end, dice));
        }
        Step::Insert {
            kind,
            item: self.throw_payload(dice),
            links,
            wrong_payload: self.face.is_untyped() && self.mistakes_once(dice),
        }
    }

    fn throw_link(&self, end: usize, dice: &mut Dice) -> Option<NewLink> {
        let target = self.throw_target(end, dice)?;
        let wrongly = self.face.is_untyped() && self.mistakes_once(dice);
        let data = self.model.ends[end].data ^ wrongly && dice.once_in(2);
        let datum = data.then(|| self.throw_datum(dice).value);
        Some((self.at(end, dice), target, datum))
    }

    fn throw_datum(&self, dice: &mut Dice) -> Datum {
        Datum {
            value: u32::try_from(dice.roll(1000)).expect("data is small"),
            wrong: self.face.is_untyped() && self.mistakes_once(dice),
        }
    }

    fn throw_payload(&self, dice: &mut Dice) -> Item {
        Item {
            key: u32::try_from(dice.roll(self.size * 2)).expect("sizes are small"),
            rank: u32::try_from(dice.roll(5)).expect("ranks are small"),
        }
    }

    fn throw_replacement(&self, dice: &mut Dice) -> Step {
        let kind = dice.roll(self.shape.kinds());
        match self.pick(kind, dice) {
            Some(of) => Step::ReplaceItem {
                of,
                item: self.throw_payload(dice),
                wrong_payload: self.face.is_untyped() && self.mistakes_once(dice),
            },
            None => self.throw_insert(dice),
        }
    }

    fn throw_delete(&self, dice: &mut Dice) -> Step {
        let roots = if dice.once_in(2) { 1 } else { dice.roll(4) };
        let throw_root = |_| {
            let kind = dice.roll(self.shape.kinds());
            if self.mistakes_once(dice) {
                return self.pick_wrongly(kind, dice);
            }
            let live = &self.live[kind];
            (!live.is_empty()).then(|| self.pick_of(dice.of(live)))
        };
        Step::Delete {
            roots: (0..roots).filter_map(throw_root).collect(),
        }
    }

    fn throw_edit(&self, dice: &mut Dice) -> Option<Step> {
        let open: Vec<usize> = self.shape.open_ends().collect();
        let end = dice.of(&open);
        let owner = self.pick(self.model.ends[end].owner, dice)?;
        let as_many =
            self.model.ends[end].many ^ (self.face.is_untyped() && self.mistakes_once(dice));
        let row = owner.node.map_or(&[][..], |node| self.model.row(end, node));
        let with_data = self.model.ends[end].data && dice.once_in(3);
        let edit = if with_data || self.face.is_untyped() && dice.once_in(40) {
            let (changes, datum) = (dice.once_in(2), self.throw_datum(dice));
            let member_once_in = if changes && !dice.once_in(4) { 1 } else { 5 };
            let item = self.throw_member(end, row, member_once_in, dice)?;
            if changes {
                Edit::SetData(item, datum)
            } else {
                Edit::Link(item, datum)
            }
        } else if as_many {
            self.throw_row_edit(end, row, dice)?
        } else if dice.once_in(4) {
            Edit::Set(None)
        } else {
            Edit::Set(Some(self.throw_member(end, row, 8, dice)?))
        };
        let at = self.at(end, dice);
        Some(Step::Edit { at, owner, edit })
    }

    fn throw_row_edit(&self, end: usize, row: &[Node], dice: &mut Dice) -> Option<Edit> {
        let index = |dice: &mut Dice| dice.roll(row.len() + 1 + dice.clone().roll(2));
        // Else no row would ever get long.
        let whole = dice.once_in(1 + row.len() / if self.is_large() { 1 } else { 3 });
        Some(match dice.roll(if whole { 30 } else { 18 }) {
            0..4 => Edit::Push(self.throw_member(end, row, 8, dice)?),
            4..7 => Edit::InsertAt(index(dice), self.throw_member(end, row, 3, dice)?),
            7..10 => Edit::Remove(self.throw_member(end, row, 2, dice)?),
            10 | 11 => Edit::RemoveAt(index(dice)),
            12 | 13 => Edit::MoveTo(self.throw_member(end, row, 2, dice)?, index(dice)),
            14 | 15 => Edit::Swap(index(dice), index(dice)),
            16 | 17 => Edit::Extend(self.throw_members(end, row, dice)),
            18..21 => Edit::Replace(self.throw_row(end, row, dice)),
            21 | 22 => Edit::Clear,
            23..26 => Edit::TakeAllFrom(self.pick(self.model.ends[end].owner, dice)?),
            26 | 27 => Edit::Reverse,
            _ => Edit::Sort,
        })
    }

    fn throw_members(&self, end: usize, row: &[Node], dice: &mut Dice) -> Vec<Pick> {
        let items = 0..dice.roll(if self.is_large() { 40 } else { 5 });
        items
            .filter_map(|_| self.throw_member(end, row, 4, dice))
            .collect()
    }

    /// The new members of a row: much of what is there, and some more.
    fn throw_row(&self, end: usize, row: &[Node], dice: &mut Dice) -> Vec<Pick> {
        let mut items: Vec<Pick> = row.iter().map(|&node| self.pick_of(node)).collect();
        match dice.roll(8) {
            0 => return items,
            1 => return Vec::new(),
            _ => {}
        }
        let drop_one_in = 2 + dice.roll(6);
        items.retain(|_| !dice.once_in(drop_one_in));
        for _ in 0..dice.roll(5) {
            items.extend(self.throw_member(end, row, 8, dice));
        }
        for _ in 0..dice.roll(4).min(items.len()) {
            let (a, b) = (dice.roll(items.len()), dice.roll(items.len()));
            items.swap(a, b);
        }
        items
    }

    /// A member of the row once in so many times, else any target of the end.
    fn throw_member(
        &self,
        end: usize,
        row: &[Node],
        member: usize,
        dice: &mut Dice,
    ) -> Option<Pick> {
        if !row.is_empty() && dice.once_in(member) {
            return Some(self.pick_of(dice.of(row)));
        }
        self.throw_target(end, dice)
    }

    fn throw_target(&self, end: usize, dice: &mut Dice) -> Option<Pick> {
        self.pick(self.model.ends[end].target, dice)
    }

    pub(crate) fn pick_of(&self, node: Node) -> Pick {
        Pick {
            id: self.ids[node],
            kind: self.kinds[node],
            node: Some(node),
        }
    }

    /// An entity of the type, live as a rule; half of the time one of the
    /// oldest, so that some have very many links.
    fn pick(&self, kind: usize, dice: &mut Dice) -> Option<Pick> {
        if self.mistakes_once(dice) {
            return self.pick_wrongly(kind, dice);
        }
        let live = &self.live[kind];
        match live.len() {
            0 => None,
            few if few < 20 => Some(self.pick_of(dice.of(live))),
            _ if dice.once_in(2) => Some(self.pick_of(dice.of(&live[..4]))),
            _ => Some(self.pick_of(dice.of(live))),
        }
    }

    fn pick_wrongly(&self, kind: usize, dice: &mut Dice) -> Option<Pick> {
        match dice.roll(3) {
            0 => Some(Pick {
                id: self.foreign.ids[kind],
                kind,
                node: None,
            }),
            1 if self.face.is_untyped() && !self.ids.is_empty() => {
                Some(self.pick_of(dice.roll(self.ids.len())))
            }
            _ => {
                let dead = &self.dead[kind];
                (!dead.is_empty()).then(|| self.pick_of(dice.of(dead)))
            }
        }
    }

    fn at(&self, end: usize, dice: &mut Dice) -> At {
        let foreign = self.face.is_untyped() && self.mistakes_once(dice);
        let ends = if foreign {
            &self.foreign.ends
        } else {
            &self.end_ids
        };
        let id = ends[end].unwrap_or_else(|| self.foreign.any_end());
        At {
            end,
            id,
            foreign: foreign || ends[end].is_none(),
        }
    }
}
