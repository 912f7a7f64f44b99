//! A panic in the user's code leaves the graph as it was before the call or as
//! it is after it, and in order.

use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use backref::{
    AnyId, DeleteRule, EntityType, Graph, HashIndex, Id, Key, KeyedEnd, LinkData, OrderedIndex,
    PlannedLinks, PlannedPayload, Registry, Result, Schema, ToMany, ToOne, UniqueKey,
};

mod calls;
mod manner;

use manner::Manner;

thread_local! {
    /// How many calls of the user's code are left before one panics.
    static FUSE: Cell<Option<u32>> = const { Cell::new(None) };
    /// Whether all is being taken back: nobody but `Drop` may be called.
    static REWINDING: Cell<bool> = const { Cell::new(false) };
}

/// A call of the user's code that is not made while all is taken back.
fn tick_forwards() {
    assert!(!REWINDING.get(), "called while all is taken back");
    tick();
}

/// A call of the user's code.
fn tick() {
    if std::thread::panicking() {
        return;
    }
    match FUSE.get() {
        None => {}
        Some(0) => {
            FUSE.set(None);
            // Past the panic hook: hundreds of reports would hide a real one.
            resume_unwind(Box::new("the fuse is burnt"));
        }
        Some(left) => FUSE.set(Some(left - 1)),
    }
}

/// A key each of whose traits may panic.
#[derive(Debug)]
struct Armed(u32);

impl Hash for Armed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        tick_forwards();
        self.0.hash(state);
    }
}

impl PartialEq for Armed {
    fn eq(&self, other: &Self) -> bool {
        tick_forwards();
        self.0 == other.0
    }
}

impl Eq for Armed {}

impl PartialOrd for Armed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Armed {
    fn cmp(&self, other: &Self) -> Ordering {
        tick_forwards();
        self.0.cmp(&other.0)
    }
}

impl Clone for Armed {
    fn clone(&self) -> Self {
        tick_forwards();
        Self(self.0)
    }
}

impl Default for Armed {
    fn default() -> Self {
        tick_forwards();
        Self(0)
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        tick();
    }
}

/// A payload all of whose fields are armed.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    name: Armed,
    mail: Option<Armed>,
    group: Armed,
    rank: Armed,
}

fn part(number: u32) -> Part {
    Part {
        name: Armed(number),
        mail: (!number.is_multiple_of(3)).then_some(Armed(100 + number)),
        group: Armed(number % 2),
        rank: Armed(100 - number),
    }
}

/// A check that never refuses.
fn agree_to_payload(_: &PlannedPayload<'_, Part>) -> Result<(), &'static str> {
    tick();
    Ok(())
}

/// A check that never refuses.
fn agree_to_links(change: &PlannedLinks<'_, Part, Part>) -> Result<(), &'static str> {
    tick();
    match change.members_after().count() == change.len_after() {
        true => Ok(()),
        false => Err("the members are miscounted"),
    }
}

/// Parts with every kind of key, in rows of every order.
fn registry() -> Result<Registry> {
    let mut schema = Schema::builder();
    schema
        .entity::<Part>("Part")
        .key(Key::field(|it: &Part| {
            tick();
            &it.name
        }))
        .unique("mail", Key::optional(|it: &Part| it.mail.as_ref()))
        .index("group", Key::field(|it: &Part| &it.group))
        .ordered_index("rank", Key::field(|it: &Part| &it.rank))
        .cloneable()
        .comparable()
        .check(agree_to_payload);
    schema
        .relationship("Part.parent")
        .to_one("Part")
        .back_populates("children")
        .data::<Armed>()
        .cloneable_data::<Armed>()
        .comparable_data::<Armed>();
    let children = schema.relationship("Part.children").to_many("Part");
    children
        .back_populates("parent")
        .delete_rule(DeleteRule::Cascade)
        .check(agree_to_links);
    schema
        .relationship("Part.peers")
        .to_many("Part")
        .symmetric()
        .data::<Armed>()
        .cloneable_data::<Armed>()
        .comparable_data::<Armed>()
        .check(agree_to_links);
    schema
        .relationship("Part.ranked")
        .to_many("Part")
        .sorted_by(Key::field(|it: &Part| &it.rank))
        .backref("ranking")
        .check(agree_to_links)
        .inverse(|end| {
            let end = end.keyed_by(Key::optional(|it: &Part| it.mail.as_ref()));
            end.check(agree_to_links)
        });
    schema.build()
}

/// A graph of ten parts: a tree of eight, with a ring of peers, and two alone.
struct Workshop {
    graph: Graph,
    part: EntityType<Part>,
    name: UniqueKey<Part, Armed>,
    mail: UniqueKey<Part, Armed>,
    group: HashIndex<Part, Armed>,
    rank: OrderedIndex<Part, Armed>,
    parent: ToOne<Part, Part>,
    children: ToMany<Part, Part>,
    peers: ToMany<Part, Part>,
    of_child: LinkData<Part, Part, Armed>,
    of_peer: LinkData<Part, Part, Armed>,
    /// Sorted by rank.
    ranked: ToMany<Part, Part>,
    /// Keyed by mail: the inverse of `ranked`.
    ranking: ToMany<Part, Part>,
    by_mail: KeyedEnd<Part, Part, Armed>,
    ids: Vec<Id<Part>>,
}

impl Workshop {
    fn new() -> Result<Self> {
        let registry = registry()?;
        let mut workshop = Self {
            part: registry.entity_type("Part")?,
            name: registry.key("Part")?,
            mail: registry.unique("Part.mail")?,
            group: registry.index("Part.group")?,
            rank: registry.ordered_index("Part.rank")?,
            parent: registry.to_one("Part.parent")?,
            children: registry.to_many("Part.children")?,
            peers: registry.to_many("Part.peers")?,
            of_child: registry.link_data("Part.children")?,
            of_peer: registry.link_data("Part.peers")?,
            ranked: registry.to_many("Part.ranked")?,
            ranking: registry.to_many("Part.ranking")?,
            by_mail: registry.keyed("Part.ranking")?,
            graph: Graph::new(registry),
            ids: Vec::new(),
        };
        workshop.fill()?;
        Ok(workshop)
    }

    /// A workshop that keeps a history, if the manner says so.
    fn kept_in(manner: Manner) -> Result<Self> {
        let mut workshop = Self::new()?;
        if manner.has_history() {
            workshop.graph.keep_history(100)?;
        }
        if manner == Manner::AfterUndo {
            workshop.graph.insert(workshop.part, part(60))?;
            workshop.rewrite()?;
            workshop.graph.delete(workshop.part, workshop.ids[8])?;
            while workshop.graph.undo()? {}
        }
        if manner == Manner::BeyondTheDepth {
            workshop.graph.keep_history(1)?;
            workshop.rewrite()?;
        }
        Ok(workshop)
    }

    /// Gives a part the payload that it has, as a step of the history.
    fn rewrite(&mut self) -> Result<()> {
        let (part_type, of_child, ids) = (self.part, self.of_child, &self.ids);
        self.graph.transaction(|graph| {
            graph.set_link_data(of_child, ids[0], ids[1], Armed(0))?;
            graph.replace(part_type, ids[9], part(9)).map(drop)
        })
    }

    fn fill(&mut self) -> Result<()> {
        for number in 0..10 {
            self.ids.push(self.graph.insert(self.part, part(number))?);
        }
        for number in 1..8 {
            let parent = self.ids[(number - 1) / 3];
            self.graph.set(self.parent, self.ids[number], parent)?;
            let peer = self.ids[number - 1];
            self.graph
                .row_mut(self.peers, self.ids[number])?
                .push(peer)?;
            let rival = self.ids[(number * 3) % 10];
            self.graph
                .row_mut(self.ranked, self.ids[number])?
                .extend([peer, rival])?;
        }
        Ok(())
    }

    /// All that can be read, in words.
    fn dump(&self) -> Vec<String> {
        let parts = self.graph.iter(self.part).map(|(id, part)| {
            let ends = [(self.children, self.of_child), (self.peers, self.of_peer)];
            let rows = ends.map(|(end, data)| {
                let entries = self.graph.row(end, id).entries_with(data);
                let named = entries.map(|(id, _, data)| format!("{} {data:?}", self.name_of(id)));
                named.collect::<Vec<_>>()
            });
            let ends = [self.ranked, self.ranking];
            let arranged = ends.map(|end| self.names(self.graph.row(end, id)));
            let rows = (rows, arranged);
            let parent = self.graph.one(self.parent, id).map(|id| self.name_of(id));
            format!("{} {part:?}: {parent:?}, {rows:?}", self.name_of(id))
        });
        let by_key = (0..40).map(|number| {
            let (name, key) = (
                self.graph.find(self.name, &Armed(number)),
                Armed(100 + number),
            );
            let (mail, group) = (self.graph.find(self.mail, &key), Armed(number));
            let group = self.names(self.graph.find_all(self.group, &group));
            let owners = self.ids.iter();
            let found = owners.map(|&id| self.graph.member_by_key(self.by_mail, id, &key));
            let ranking = self.names(found.flatten());
            format!(
                "{number}: {ranking:?} {:?}",
                (name.map(|id| self.name_of(id)), mail.is_some(), group)
            )
        });
        let by_rank = self
            .names(self.graph.range(self.rank, ..Armed(u32::MAX)))
            .join(" ");
        parts.chain(by_key).chain([by_rank]).collect()
    }

    fn names(&self, ids: impl IntoIterator<Item = Id<Part>>) -> Vec<String> {
        ids.into_iter().map(|id| self.name_of(id)).collect()
    }

    fn name_of(&self, id: Id<Part>) -> String {
        self.graph.describe(self.any(id))
    }

    fn any(&self, id: Id<Part>) -> AnyId {
        self.part.any(id)
    }

    /// The graph still takes all sorts of calls; whether a transaction that
    /// fails does nothing.
    fn still_works(&mut self) -> Result<bool> {
        let root = self
            .ids
            .iter()
            .find(|id| self.graph.contains(self.part, **id));
        let root = *root.expect("no call here deletes all");
        let new = self
            .graph
            .create(self.part, part(90))
            .link(self.peers, root)
            .insert()?;
        self.graph.row_mut(self.children, root)?.push(new)?;
        self.graph.replace(self.part, new, part(91))?;
        self.graph.delete(self.part, new)?;
        let (parts, before) = (self.part, self.dump());
        let failed = self.graph.transaction(|graph| {
            graph.insert(parts, part(92))?;
            graph.insert(parts, part(92))
        });
        let refused = failed.is_err() && self.dump() == before;
        self.graph
            .transaction(|graph| graph.insert(parts, part(92)))?;
        Ok(refused)
    }

    /// Undoes all, and does it again; whether that led to the two states.
    fn goes_back_to(&mut self, before: &[String]) -> Result<bool> {
        let after = self.dump();
        while self.graph.undo()? {}
        let undone = self.dump() == before;
        while self.graph.redo()? {}
        Ok(undone && self.dump() == after)
    }
}

/// Calls on a workshop; the errors of some are not looked at.
type Call = fn(&mut Workshop);

/// Burns the fuse at each call of the user's code in turn; how many there are.
fn burn_at_each(name: &str, call: Call, manner: Manner) -> u32 {
    let name = &format!("{name}, {manner:?}");
    let fresh = || Workshop::kept_in(manner).expect("the workshop is sound");
    let before = fresh().dump();
    let mut done = fresh();
    manner.run(&mut done, call);
    let after = done.dump();
    for left in 0.. {
        let mut workshop = fresh();
        FUSE.set(Some(left));
        let outcome = catch_unwind(AssertUnwindSafe(|| manner.run(&mut workshop, call)));
        let unburnt = FUSE.replace(None).is_some();
        assert_eq!(
            outcome.is_ok(),
            unburnt,
            "{name}: a panic of its own at {left}"
        );
        workshop
            .graph
            .verify()
            .unwrap_or_else(|broken| panic!("{name}, at {left}: {broken}"));
        let now = workshop.dump();
        assert!(now == before || now == after, "{name}, at {left}: {now:#?}");
        let works = workshop.still_works();
        assert_eq!(works.ok(), Some(true), "{name}, at {left}: it works");
        workshop
            .graph
            .verify()
            .unwrap_or_else(|broken| panic!("{name}, later: {broken}"));
        if manner.has_history() {
            let goes_back = workshop.goes_back_to(&before);
            assert_eq!(
                goes_back.ok(),
                Some(true),
                "{name}, at {left}: it goes back"
            );
        }
        if unburnt {
            return left;
        }
    }
    0
}

#[expect(
    clippy::print_stdout,
    reason = "how often the user's code is called is worth knowing"
)]
fn burn_all_in(manner: Manner) {
    for (name, call) in calls::CALLS {
        let ticks = burn_at_each(name, call, manner);
        println!("{name}, {manner:?}: {ticks} calls of the user's code");
        // What was cut or replaced is dropped later while somebody listens.
        let calls = ticks > 0 || manner != Manner::Alone;
        assert!(calls, "{name} never calls the user's code");
    }
}

#[test]
fn a_panic_in_the_users_code_leaves_the_state_before_or_after() {
    burn_all_in(Manner::Alone);
}

#[test]
fn so_it_does_while_a_history_is_kept() {
    burn_all_in(Manner::InHistory);
}

#[test]
fn so_it_does_where_steps_of_a_history_are_forgotten() {
    burn_all_in(Manner::AfterUndo);
    burn_all_in(Manner::BeyondTheDepth);
}

#[test]
fn so_it_does_in_a_transaction() {
    burn_all_in(Manner::InTransaction);
    burn_all_in(Manner::InTransactionInHistory);
}

#[test]
fn so_it_does_in_a_transaction_that_is_rolled_back() {
    burn_all_in(Manner::RolledBack);
    burn_all_in(Manner::RolledBackInHistory);
}

#[test]
fn so_it_does_at_a_savepoint() {
    burn_all_in(Manner::AtSavepoint);
}

#[test]
fn undo_and_redo_call_nobody() {
    for (name, call) in calls::CALLS {
        let mut workshop = Workshop::kept_in(Manner::InHistory).expect("the workshop is sound");
        let before = workshop.dump();
        call(&mut workshop);
        let after = workshop.dump();
        let graph = &mut workshop.graph;
        FUSE.set(Some(0));
        while graph.undo().expect("no transaction is open") {}
        let undone = FUSE.get();
        while graph.redo().expect("no transaction is open") {}
        let redone = FUSE.replace(None);
        assert_eq!((undone, redone), (Some(0), Some(0)), "{name}");
        assert_eq!(workshop.dump(), after, "{name}");
        while workshop.graph.undo().expect("no transaction is open") {}
        assert_eq!(workshop.dump(), before, "{name}");
    }
}
