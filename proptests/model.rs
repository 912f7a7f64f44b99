//! What a graph should be: rows are plain vectors, and everything is judged by looking.

use std::collections::{BTreeMap, BTreeSet};

use backref::{DeleteRule, ErrorKind};

pub(crate) mod checks;
pub(crate) mod deletion;
mod transaction;

/// An entity: its place in the list of all that ever were.
pub(crate) type Node = usize;

/// A link of an entity that is about to be: end, target, data if it is given any.
pub(crate) type NewLink = (usize, Node, Option<u32>);

/// One end of a relationship: `inverse` is where the same links are seen from
/// the other side, hidden for a one-way end, itself for a symmetric one.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) owner: usize,
    pub(crate) target: usize,
    pub(crate) inverse: usize,
    pub(crate) many: bool,
    /// The order means something.
    pub(crate) ordered: bool,
    /// How rows are stored, which makes no difference here.
    pub(crate) linked: bool,
    /// By the rank of the members.
    pub(crate) sorted: bool,
    /// No two members have the same row key.
    pub(crate) keyed: bool,
    pub(crate) required: bool,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) acyclic: bool,
    pub(crate) hidden: bool,
    pub(crate) orphans: bool,
    pub(crate) contained: bool,
    /// Of an end of several types: the first of the ends that it is.
    pub(crate) family: Option<usize>,
    /// Whether its links are checked.
    pub(crate) checked: bool,
    /// Whether links have data; the same at the inverse.
    pub(crate) data: bool,
    pub(crate) rule: DeleteRule,
}

impl End {
    pub(crate) fn least(&self) -> usize {
        self.min.max(usize::from(self.required))
    }

    /// What it is called to have fewer.
    pub(crate) fn shortage(&self) -> ErrorKind {
        if self.required && self.min <= 1 {
            ErrorKind::Required
        } else {
            ErrorKind::TooFew
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) key: u32,
    pub(crate) rank: u32,
}

impl End {
    /// Whether its rows may be linked, against those of its inverse.
    pub(crate) fn can_be_linked(&self, inverse: &Self) -> bool {
        let arranged = self.sorted || self.keyed;
        self.many && !inverse.many && !self.hidden && !arranged
    }

    /// The order is the user's to set.
    pub(crate) fn is_settable(&self) -> bool {
        self.ordered && !self.sorted
    }
}

impl Item {
    /// The key that a keyed row finds it by.
    pub(crate) fn row_key(&self) -> Option<&u32> {
        Some(&self.key).filter(|key| *key % 4 != 0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entity {
    pub(crate) kind: usize,
    pub(crate) item: Item,
    /// A row for each end of the schema.
    rows: Vec<Vec<Node>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) ends: Vec<End>,
    /// The types whose payloads are checked.
    pub(crate) checked: Vec<bool>,
    /// `None` for the dead.
    entities: Vec<Option<Entity>>,
    /// The data of links, each as seen from one of its two ends.
    data: BTreeMap<(usize, Node, Node), u32>,
    /// The rows that the last call touched, as they were.
    before: BTreeMap<(Node, usize), Vec<Node>>,
    /// The data that the last call touched, as it was, the oldest first.
    data_before: Vec<((usize, Node, Node), Option<u32>)>,
    /// Inside a transaction: who has lost a link to an owner since it began.
    losers: Option<BTreeSet<Node>>,
}

impl Model {
    pub(crate) fn new(ends: Vec<End>, checked: Vec<bool>) -> Self {
        Self {
            ends,
            checked,
            entities: Vec::new(),
            data: BTreeMap::new(),
            before: BTreeMap::new(),
            data_before: Vec::new(),
            losers: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    pub(crate) fn get(&self, node: Node) -> Option<&Entity> {
        self.entities[node].as_ref()
    }

    pub(crate) fn row(&self, end: usize, node: Node) -> &[Node] {
        self.get(node).map_or(&[], |entity| &entity.rows[end])
    }

    pub(crate) fn holder(&self, kind: usize, key: u32) -> Option<Node> {
        (0..self.len()).find(|&node| {
            self.get(node)
                .is_some_and(|it| it.kind == kind && it.item.key == key)
        })
    }

    pub(crate) fn touched(&self) -> impl Iterator<Item = (Node, usize)> {
        self.before.keys().copied()
    }

    /// Does the edit, looks at what came of it, and takes it back if that is not allowed.
    pub(crate) fn attempt<R>(&mut self, edit: impl FnOnce(&mut Self) -> R) -> Result<R, Faults> {
        self.before.clear();
        self.data_before.clear();
        let born = self.len();
        let result = edit(self);
        let faults = self.settle();
        if faults.is_empty() {
            self.note_losers();
            return Ok(result);
        }
        for ((node, end), row) in &self.before {
            let entity = self.entities[*node].as_mut().expect("was touched");
            entity.rows[*end].clone_from(row);
        }
        while let Some((link, datum)) = self.data_before.pop() {
            self.give(link, datum);
            self.data_before.pop();
        }
        self.entities.truncate(born);
        self.before.retain(|&(node, _), _| node < born);
        Err(faults)
    }

    /// What was right before can only be wrong where something was touched.
    /// Orphans go when the call is over, before anybody is missed.
    fn settle(&mut self) -> Faults {
        let mut faults = self.faults(Self::closes_a_cycle);
        let crowded = self.faults(Self::is_crowded);
        faults.add(crowded);
        let mut twice = self.faults(Self::has_a_key_twice);
        let rows = self.touched().filter(|_| !twice.is_empty());
        let members: Vec<Node> = rows
            .flat_map(|(node, end)| self.row(end, node).to_vec())
            .collect();
        twice.named.extend(members);
        let mut refused = self.refused();
        if !faults.is_empty() || self.is_in_transaction() {
            faults.add(twice);
            faults.add(refused);
            return faults;
        }
        let doomed = self.doomed(&self.orphans());
        let mut denied = self.denied(&doomed);
        refused.add(self.refused_to_go(&doomed));
        if !denied.is_empty() {
            denied.add(twice);
            denied.add(refused);
            return denied;
        }
        let gone = |it: &Node| doomed.contains(it);
        let left = |row: &[Node]| row.iter().filter(|it| !gone(it)).count();
        let links = self.rows_of(&doomed);
        let mut short = self.faults(|model, end, node| {
            let count: usize = model.kin(end).map(|end| left(model.row(end, node))).sum();
            (!gone(&node) && count < model.ends[end].least()).then(|| model.ends[end].shortage())
        });
        for (end, node) in links {
            for &other in self.row(end, node).iter().filter(|it| !gone(it)) {
                let inverse = self.ends[end].inverse;
                if left(self.row(inverse, other)) < self.ends[inverse].least() {
                    short.kinds.push(self.ends[inverse].shortage());
                    short.named.push(other);
                }
            }
        }
        short.add(twice);
        short.add(refused);
        if short.is_empty() {
            self.bury(&doomed);
        }
        short
    }

    fn faults(&self, judge: impl Fn(&Self, usize, Node) -> Option<ErrorKind>) -> Faults {
        let mut faults = Faults::default();
        for (node, end) in self.touched() {
            if let Some(kind) = judge(self, end, node) {
                faults.kinds.push(kind);
                faults.named.push(node);
            }
        }
        faults
    }

    fn is_crowded(&self, end: usize, node: Node) -> Option<ErrorKind> {
        (self.row(end, node).len() > self.ends[end].max).then_some(ErrorKind::TooMany)
    }

    fn closes_a_cycle(&self, end: usize, node: Node) -> Option<ErrorKind> {
        let is = &self.ends[end];
        let in_itself = is.acyclic && self.reaches_itself(&[end], node)
            || (is.contained || self.ends[is.inverse].contained)
                && self.reaches_itself(&self.containing(), node);
        in_itself.then_some(ErrorKind::Cycle)
    }

    /// Those who have just lost a link to an owner and have no owner at all.
    fn orphans(&self) -> Vec<Node> {
        let lost = self.just_lost();
        lost.filter(|&node| self.owners(node).is_empty()).collect()
    }

    /// Those who have just lost a link to an owner.
    fn just_lost(&self) -> impl Iterator<Item = Node> {
        let lost = self.before.iter().filter(|((node, end), row)| {
            let now = self.row(*end, *node);
            self.is_owned(*end) && row.iter().any(|owner| !now.contains(owner))
        });
        lost.map(|((node, _), _)| *node)
    }

    fn is_owned(&self, end: usize) -> bool {
        self.ends[self.ends[end].inverse].orphans
    }

    fn owners(&self, node: Node) -> Vec<Node> {
        let owned = (0..self.ends.len()).filter(|&end| self.is_owned(end));
        owned.flat_map(|end| self.row(end, node).to_vec()).collect()
    }

    fn containing(&self) -> Vec<usize> {
        let ends = 0..self.ends.len();
        ends.filter(|&end| self.ends[end].contained).collect()
    }

    /// The ends that are one end of several types; the end itself if it is of one.
    pub(crate) fn kin(&self, end: usize) -> impl Iterator<Item = usize> + use<'_> {
        let family = self.ends[end].family;
        let same =
            move |&it: &usize| it == end || family.is_some() && self.ends[it].family == family;
        (0..self.ends.len()).filter(same)
    }

    /// Whether a link at one end leaves none at the other.
    pub(crate) fn excludes(&self, one: usize, other: usize) -> bool {
        let is_part = |end: usize| self.ends[self.ends[end].inverse].contained;
        let same_owner = self.ends[one].owner == self.ends[other].owner;
        let both_parts = same_owner && is_part(one) && is_part(other);
        one != other && (both_parts || self.kin(one).any(|end| end == other))
    }

    fn reaches_itself(&self, along: &[usize], node: Node) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![node];
        while let Some(at) = next.pop() {
            for &to in along.iter().flat_map(|&end| self.row(end, at)) {
                if seen.insert(to) {
                    next.push(to);
                }
            }
        }
        seen.contains(&node)
    }

    fn has_a_key_twice(&self, end: usize, node: Node) -> Option<ErrorKind> {
        let mut seen = BTreeSet::new();
        let members = self.row(end, node).iter();
        let mut keys = members.filter_map(|&it| self.get(it)?.item.row_key());
        let twice = self.ends[end].keyed && keys.any(|key| !seen.insert(key));
        twice.then_some(ErrorKind::DuplicateKey)
    }

    /// Puts a member into a row: last, in a sorted one last among its equals.
    fn enter(&mut self, end: usize, a: Node, b: Node) {
        let rank = |node| self.get(node).map(|it| it.item.rank);
        let row = self.row(end, a).iter();
        let at = row.filter(|&&it| !self.ends[end].sorted || rank(it) <= rank(b));
        let at = at.count();
        self.row_mut(end, a).insert(at, b);
    }

    fn row_mut(&mut self, end: usize, node: Node) -> &mut Vec<Node> {
        let row = &mut self.entities[node].as_mut().expect("is live").rows[end];
        self.before
            .entry((node, end))
            .or_insert_with(|| row.clone());
        row
    }

    /// A link as its data knows it.
    fn link_of(&self, end: usize, a: Node, b: Node) -> (usize, Node, Node) {
        (end, a, b).min((self.ends[end].inverse, b, a))
    }

    /// The data of a link; `None` if there is no link, or none with data.
    pub(crate) fn datum(&self, end: usize, a: Node, b: Node) -> Option<u32> {
        self.data.get(&self.link_of(end, a, b)).copied()
    }

    fn give(&mut self, link: (usize, Node, Node), datum: Option<u32>) {
        let old = match datum {
            Some(datum) => self.data.insert(link, datum),
            None => self.data.remove(&link),
        };
        self.data_before.push((link, old));
    }

    /// Gives a link other data, and hands back the old.
    pub(crate) fn set_datum(&mut self, end: usize, a: Node, b: Node, datum: u32) -> Option<u32> {
        let old = self.datum(end, a, b);
        self.give(self.link_of(end, a, b), Some(datum));
        old
    }

    /// Links two with data; what is linked keeps what it has.
    pub(crate) fn link_with(&mut self, end: usize, a: Node, b: Node, datum: u32) -> Option<u32> {
        if !self.link(end, a, b) {
            return Some(datum);
        }
        self.set_datum(end, a, b, datum);
        None
    }

    fn unlink(&mut self, end: usize, a: Node, b: Node) {
        let inverse = self.ends[end].inverse;
        self.give(self.link_of(end, a, b), None);
        self.row_mut(end, a).retain(|&it| it != b);
        self.row_mut(inverse, b).retain(|&it| it != a);
    }

    /// Links two, last in both rows; a to-one end gives up what it held.
    pub(crate) fn link(&mut self, end: usize, a: Node, b: Node) -> bool {
        if self.row(end, a).contains(&b) {
            return false;
        }
        for (end, node) in [(end, a), (self.ends[end].inverse, b)] {
            if !self.ends[end].many {
                self.clear(end, node);
            }
            for other in (0..self.ends.len())
                .filter(|&it| self.excludes(end, it))
                .collect::<Vec<_>>()
            {
                self.clear(other, node);
            }
        }
        self.enter(end, a, b);
        if (self.ends[end].inverse, b) != (end, a) {
            self.enter(self.ends[end].inverse, b, a);
        }
        let datum = self.ends[end].data.then_some(0);
        self.give(self.link_of(end, a, b), datum);
        true
    }

    pub(crate) fn set(&mut self, end: usize, a: Node, to: Option<Node>) -> bool {
        match to {
            Some(b) => self.link(end, a, b),
            None => self.clear(end, a) > 0,
        }
    }

    pub(crate) fn insert(&mut self, kind: usize, item: Item, links: &[NewLink]) -> Node {
        let node = self.len();
        let rows = vec![Vec::new(); self.ends.len()];
        self.entities.push(Some(Entity { kind, item, rows }));
        for end in 0..self.ends.len() {
            if self.ends[end].owner == kind {
                self.row_mut(end, node);
            }
        }
        for &(end, target, datum) in links {
            match datum {
                Some(datum) => drop(self.link_with(end, node, target, datum)),
                None => drop(self.link(end, node, target)),
            }
        }
        node
    }

    pub(crate) fn replace_item(&mut self, node: Node, item: Item) -> Item {
        let entity = self.entities[node].as_mut().expect("is live");
        let old = std::mem::replace(&mut entity.item, item);
        for end in 0..self.ends.len() {
            let inverse = self.ends[end].inverse;
            for owner in self.row(inverse, node).to_vec() {
                self.row_mut(end, owner);
                if self.ends[end].sorted && old.rank != item.rank {
                    self.row_mut(end, owner).retain(|&it| it != node);
                    self.enter(end, owner, node);
                }
            }
        }
        old
    }

    /// Takes back the item of an attempt that failed.
    pub(crate) fn restore_item(&mut self, node: Node, item: Item) {
        self.entities[node].as_mut().expect("is live").item = item;
    }

    pub(crate) fn insert_at(&mut self, end: usize, a: Node, index: usize, b: Node) -> bool {
        let new = self.link(end, a, b);
        self.move_to(end, a, b, index);
        new
    }

    pub(crate) fn move_to(&mut self, end: usize, a: Node, b: Node, index: usize) -> bool {
        let mut order = self.row(end, a).to_vec();
        order.retain(|&it| it != b);
        order.insert(index, b);
        self.reorder(end, a, order)
    }

    /// The same members in another order.
    pub(crate) fn reorder(&mut self, end: usize, a: Node, order: Vec<Node>) -> bool {
        let changed = self.row(end, a) != order;
        *self.row_mut(end, a) = order;
        changed
    }

    pub(crate) fn remove(&mut self, end: usize, a: Node, b: Node) -> bool {
        let member = self.row(end, a).contains(&b);
        self.unlink(end, a, b);
        member
    }

    pub(crate) fn clear(&mut self, end: usize, a: Node) -> usize {
        let members = self.row(end, a).to_vec();
        members.iter().for_each(|&b| self.unlink(end, a, b));
        members.len()
    }

    pub(crate) fn extend(&mut self, end: usize, a: Node, items: &[Node]) -> usize {
        items.iter().filter(|&&b| self.link(end, a, b)).count()
    }

    pub(crate) fn replace(&mut self, end: usize, a: Node, items: &[Node]) -> bool {
        let before = self.row(end, a).to_vec();
        let mut order = Vec::new();
        for &item in items {
            if !order.contains(&item) {
                order.push(item);
            }
        }
        let leavers = before.iter().filter(|it| !order.contains(it));
        leavers.for_each(|&b| self.unlink(end, a, b));
        let newcomers = self.extend(end, a, &order);
        let shrunk = before.len() + newcomers != order.len();
        let moved = !self.ends[end].sorted && self.reorder(end, a, order);
        let moved = moved && self.ends[end].ordered;
        newcomers > 0 || shrunk || moved
    }

    pub(crate) fn take_all_from(&mut self, end: usize, a: Node, other: Node) -> usize {
        if a == other {
            return 0;
        }
        let members = self.row(end, other).to_vec();
        // A symmetric link to `a` itself may be given up and taken at once.
        let stays = self.ends[end].inverse == end && members.contains(&other);
        for &b in members.iter().filter(|&&b| !(stays && b == a)) {
            self.unlink(end, other, b);
        }
        self.extend(end, a, &members)
    }
}

/// Why a call must fail. Where there are several reasons, any may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) kinds: Vec<ErrorKind>,
    /// Whom an error may name: who would be left without a required link, who
    /// has the key already, who blocks the delete.
    pub(crate) named: Vec<Node>,
}

impl Faults {
    fn add(&mut self, others: Self) {
        self.kinds.extend(others.kinds);
        self.named.extend(others.named);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}
