//! What change sets come to: one after another, and backwards.

use std::hash::Hash;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::change_set::uid::Uid;
use crate::change_set::{ChangeSet, EntityChange, LinkChange, LinkKind, RowChange, Value};
use crate::id::EndId;
use crate::schema::{Order, Registry};

impl ChangeSet {
    /// The change set that takes this one back. Computes in O(changes).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let before = graph.try_clone()?;
    /// let mark = graph.mark()?;
    /// graph.insert(author, Author::new("Lem"))?;
    /// let changes = graph.changes_since(&mark)?;
    /// graph.apply(&changes.invert())?;
    /// assert!(graph.try_eq(&before)?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn invert(&self) -> Self {
        let mut inverse = self.clone();
        inverse.entities.reverse();
        inverse.links.reverse();
        for change in &mut inverse.entities {
            std::mem::swap(&mut change.before, &mut change.after);
        }
        for change in &mut inverse.links {
            std::mem::swap(&mut change.before, &mut change.after);
            change.kind = match change.kind {
                LinkKind::Made => LinkKind::Cut,
                LinkKind::Cut => LinkKind::Made,
                LinkKind::OtherData => LinkKind::OtherData,
            };
        }
        for change in &mut inverse.rows {
            std::mem::swap(&mut change.left, &mut change.entered);
        }
        inverse
    }

    /// The net effect of this change set and then a later one, of the same
    /// graph. Computes in O(changes of both).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let mark = graph.mark()?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// let first = graph.changes_since(&mark)?;
    /// let mark = graph.mark()?;
    /// graph.delete(author, lem)?;
    /// let second = graph.changes_since(&mark)?;
    /// assert!(first.then(&second).is_empty());
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn then(&self, later: &Self) -> Self {
        let entities = self.entities_then(later);
        let updated = entities.iter();
        let updated = updated.filter(|change| !change.is_insert() && !change.is_delete());
        let updated: HashMap<Uid, ()> = updated.map(|change| (change.uid, ())).collect();
        let is_sorted = |end: EndId| {
            let end = self.registry.end_on(end.relationship(), end.side());
            end.is_some_and(|end| end.order == Order::Sorted)
        };
        // In a sorted row, another payload is a reason to tell of a place.
        let is_told = |end, member| is_sorted(end) && updated.contains_key(&member);
        Self {
            registry: self.registry.clone(),
            links: self.links_then(later),
            rows: rows_then(&self.rows, &later.rows, is_told),
            entities,
        }
    }

    fn entities_then(&self, later: &Self) -> Vec<EntityChange> {
        let all = self.entities.iter().chain(&later.entities);
        let mut merged: Merged<Uid, EntityChange> = Merged::default();
        for change in all {
            match merged.entry(change.uid) {
                Entry::Vacant(free) => drop(free.insert(change.clone())),
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    known.after.clone_from(&change.after);
                    // Two writes of fields are one of both, but for a payload
                    // that was changed as a whole.
                    let both_named = !known.fields.is_empty() && !change.fields.is_empty();
                    known.fields = if both_named {
                        let mut fields = [&known.fields[..], &change.fields].concat();
                        fields.sort_unstable();
                        fields.dedup();
                        fields
                    } else {
                        Vec::new()
                    };
                }
            }
        }
        merged.into_values(|change| match (&change.before, &change.after) {
            (None, None) => false,
            (Some(before), Some(after)) => !same_payloads(&self.registry, change, before, after),
            (None, Some(_)) | (Some(_), None) => true,
        })
    }

    fn links_then(&self, later: &Self) -> Vec<LinkChange> {
        let all = self.links.iter().chain(&later.links);
        let mut merged: Merged<(EndId, [Uid; 2]), LinkChange> = Merged::default();
        for change in all {
            let key = (change.ends[0], self.link_key(change));
            if change.kind == LinkKind::Made {
                // It is made now, after all that were made before.
                merged.move_to_the_end(&key);
            }
            match merged.entry(key) {
                Entry::Vacant(free) => drop(free.insert(change.clone())),
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    known.after.clone_from(&change.after);
                    let was_there = known.kind != LinkKind::Made;
                    let is_there = change.kind != LinkKind::Cut;
                    known.kind = match (was_there, is_there) {
                        (false, _) => LinkKind::Made,
                        (true, false) => LinkKind::Cut,
                        (true, true) => LinkKind::OtherData,
                    };
                    if !was_there && !is_there {
                        // Nothing came of it.
                        (known.kind, known.before, known.after) = (LinkKind::OtherData, None, None);
                    }
                }
            }
        }
        merged.into_values(
            |change| match (change.kind, &change.before, &change.after) {
                (LinkKind::OtherData, None, None) => false,
                (LinkKind::OtherData, Some(before), Some(after)) => {
                    !same_data(&self.registry, change, before, after)
                }
                (LinkKind::OtherData, _, _) | (LinkKind::Made | LinkKind::Cut, _, _) => true,
            },
        )
    }

    /// The entities of a link; of a symmetric one in rising order.
    fn link_key(&self, change: &LinkChange) -> [Uid; 2] {
        let [left, right] = change.uids;
        if change.ends[0] == change.ends[1] && left > right {
            [right, left]
        } else {
            [left, right]
        }
    }
}

/// Changes by what they are of, in the order in which they were met.
struct Merged<K, C> {
    by_key: HashMap<K, C>,
    order: Vec<K>,
}

impl<K, C> Default for Merged<K, C> {
    fn default() -> Self {
        Self {
            by_key: HashMap::new(),
            order: Vec::new(),
        }
    }
}

impl<K: Hash + Eq + Copy, C> Merged<K, C> {
    fn entry(&mut self, key: K) -> Entry<'_, K, C, hashbrown::DefaultHashBuilder> {
        let entry = self.by_key.entry(key);
        if matches!(entry, Entry::Vacant(_)) {
            self.order.push(key);
        }
        entry
    }

    /// The last place that a key has in the order is the one that counts.
    fn move_to_the_end(&mut self, key: &K) {
        if self.by_key.contains_key(key) {
            self.order.push(*key);
        }
    }

    /// Those that are wanted, in order.
    fn into_values(mut self, wanted: impl Fn(&C) -> bool) -> Vec<C> {
        let mut values: Vec<C> = Vec::with_capacity(self.by_key.len());
        for key in self.order.iter().rev() {
            values.extend(self.by_key.remove(key).filter(|change| wanted(change)));
        }
        values.reverse();
        values
    }
}

fn same_payloads(
    registry: &Registry,
    change: &EntityChange,
    before: &Value,
    after: &Value,
) -> bool {
    let def = registry.entity_def(change.entity);
    let same = def.and_then(|def| def.factory.is_same(&**before, &**after));
    same.unwrap_or(false)
}

fn same_data(registry: &Registry, change: &LinkChange, before: &Value, after: &Value) -> bool {
    let end = registry.relationship(change.relation());
    let data = end.and_then(|end| end.data.as_ref());
    let same = data.and_then(|data| data.is_same(&**before, &**after));
    same.unwrap_or(false)
}

type Standing = (Uid, Option<Uid>);

/// The rows after two change sets.
fn rows_then(
    first: &[RowChange],
    second: &[RowChange],
    is_told: impl Fn(EndId, Uid) -> bool,
) -> Vec<RowChange> {
    let mut later: HashMap<(EndId, Uid), &RowChange> = second
        .iter()
        .map(|row| ((row.end, row.owner), row))
        .collect();
    let mut rows: Vec<RowChange> = Vec::with_capacity(first.len());
    for row in first {
        match later.remove(&(row.end, row.owner)) {
            None => rows.push(row.clone()),
            Some(later) => rows.extend(row_then(row, later, |member| is_told(row.end, member))),
        }
    }
    let untouched = second.iter();
    let untouched = untouched.filter(|row| later.contains_key(&(row.end, row.owner)));
    rows.extend(untouched.cloned());
    rows
}

/// One row after two change sets: `None` if it is as it was.
///
/// ```text
///   old ──first──▶ middle ──second──▶ new
///   first.left     first.entered
///                  second.left        second.entered
/// ```
fn row_then(
    first: &RowChange,
    second: &RowChange,
    is_told: impl Fn(Uid) -> bool,
) -> Option<RowChange> {
    let entered_first = Places::of(&first.entered);
    let left_second = Places::of(&second.left);
    let [left_first, entered_second] = [&first.left, &second.entered].map(|it| Places::of(it));
    let left = first.left.iter().copied();
    let left = left.chain(second.left.iter().filter_map(|&(member, behind)| {
        // Of the old row only if the first has not brought it.
        let is_old = !entered_first.has(member);
        is_old.then(|| (member, left_first.last_behind(entered_first.past(behind))))
    }));
    let left = in_runs(&left.collect::<Vec<_>>());
    let entered = second.entered.iter().copied();
    let entered = entered.chain(first.entered.iter().filter_map(|&(member, behind)| {
        let stays = !left_second.has(member);
        stays.then(|| (member, entered_second.last_behind(left_second.past(behind))))
    }));
    let entered = in_runs(&entered.collect::<Vec<_>>());
    let (left, entered) = without_those_who_stayed(left, entered, is_told);
    (!left.is_empty() || !entered.is_empty()).then_some(RowChange {
        end: first.end,
        owner: first.owner,
        left,
        entered,
    })
}

/// Members of a row that are told by the ones before them.
struct Places {
    behind: HashMap<Uid, Option<Uid>>,
    next: HashMap<Option<Uid>, Uid>,
}

impl Places {
    fn of(standing: &[Standing]) -> Self {
        Self {
            behind: standing.iter().copied().collect(),
            next: standing
                .iter()
                .map(|&(member, behind)| (behind, member))
                .collect(),
        }
    }

    fn has(&self, member: Uid) -> bool {
        self.behind.contains_key(&member)
    }

    /// The nearest before a place who is none of these.
    fn past(&self, mut behind: Option<Uid>) -> Option<Uid> {
        while let Some(before) = behind.and_then(|member| self.behind.get(&member)) {
            behind = *before;
        }
        behind
    }

    /// The last of those who stand directly behind somebody.
    fn last_behind(&self, mut behind: Option<Uid>) -> Option<Uid> {
        while let Some(&next) = self.next.get(&behind) {
            behind = Some(next);
        }
        behind
    }
}

/// Nobody before the one whom it stands behind.
fn in_runs(standing: &[Standing]) -> Vec<Standing> {
    let mut next: HashMap<Option<Uid>, Standing> = standing.iter().map(|&it| (it.1, it)).collect();
    let members: HashMap<Uid, ()> = standing.iter().map(|&(member, _)| (member, ())).collect();
    let starts = standing.iter().map(|&(_, behind)| behind);
    let starts = starts.filter(|behind| behind.is_none_or(|it| !members.contains_key(&it)));
    let starts: Vec<Option<Uid>> = starts.collect();
    let mut ordered = Vec::with_capacity(standing.len());
    for mut behind in starts {
        while let Some(it) = next.remove(&behind) {
            ordered.push(it);
            behind = Some(it.0);
        }
    }
    ordered
}

/// Drops those who left their places and came back to them, but for some.
fn without_those_who_stayed(
    mut left: Vec<Standing>,
    mut entered: Vec<Standing>,
    is_told: impl Fn(Uid) -> bool,
) -> (Vec<Standing>, Vec<Standing>) {
    let mut moved: HashMap<Uid, Option<Uid>> = left.iter().copied().collect();
    let mut came: HashMap<Uid, ()> = entered.iter().map(|&(member, _)| (member, ())).collect();
    entered.retain(|&(member, behind)| {
        let anchor_stayed =
            behind.is_none_or(|it| !moved.contains_key(&it) && !came.contains_key(&it));
        let is_back = moved.get(&member) == Some(&behind);
        let stayed = anchor_stayed && is_back && !is_told(member);
        if stayed {
            moved.remove(&member);
            came.remove(&member);
        }
        !stayed
    });
    left.retain(|(member, _)| moved.contains_key(member));
    (left, entered)
}
