//! What is compared with a family that has no option: one with an option, or
//! the same one in other circumstances.

use std::sync::RwLock;

use backref::{Id, Mark, Subscription};

use crate::family::{
    Family, Move, Populated, acyclic, checked_links, checked_payloads, contained, data, in_turn,
    keyed, limited, linked, orphans, plain, required, set, sorted, tree,
};
use crate::workload::Shape;

/// A graph of parents and children whose links are changed and read.
pub(crate) trait Contender {
    /// Moves so many children, each to a parent that it does not have.
    fn reassign(&mut self, count: usize);

    /// The payloads of the children of so many parents, each in its turn; the sum
    /// tells whose children they are.
    fn iterate(&mut self, rows: usize) -> u64;

    /// What the links take.
    fn link_bytes(&self) -> usize;
}

/// A contender by name.
pub(crate) struct Named {
    /// As in the names of operations.
    pub(crate) name: &'static str,
    /// As in the table.
    pub(crate) title: &'static str,
    /// A graph of a shape, and so many moves drawn for it.
    pub(crate) make: fn(Shape, usize) -> Box<dyn Contender>,
}

/// All of them, the one without an option first.
pub(crate) const ALL: [Named; 19] = [
    named(
        "ordered",
        "none: rows in the order of adding",
        bare::<plain::Household>,
    ),
    named("set", "`order = none`", bare::<set::Household>),
    named("linked", "`storage = linked`", bare::<linked::Household>),
    named(
        "sorted",
        "`order = sorted_by(…)`",
        bare::<sorted::Household>,
    ),
    named("keyed", "`order = keyed_by(…)`", bare::<keyed::Household>),
    named("data", "`data = u32`", bare::<data::Household>),
    named("contained", "`contained`", bare::<contained::Household>),
    named(
        "required",
        "`required` at the child",
        bare::<required::Household>,
    ),
    named("limited", "`max` of the row", bare::<limited::Household>),
    named("orphans", "`orphans = delete`", bare::<orphans::Household>),
    named(
        "checked-links",
        "`check` at the row",
        bare::<checked_links::Household>,
    ),
    named(
        "checked-payloads",
        "`#[check]` of the child",
        bare::<checked_payloads::Household>,
    ),
    named(
        "tree",
        "none, parents and children of one type",
        bare::<tree::Tree>,
    ),
    named(
        "acyclic",
        "the same with `acyclic`, leaves moved",
        bare::<acyclic::Tree>,
    ),
    named("transaction", "none, in a transaction", in_transaction),
    named(
        "history",
        "none, with a history of 1,000 steps",
        with_history,
    ),
    named("mark", "none, with a mark", with_mark),
    named(
        "observer",
        "none, with an observer that does nothing",
        with_observer,
    ),
    named("lock", "none, in an `RwLock`", in_lock),
];

const fn named(
    name: &'static str,
    title: &'static str,
    make: fn(Shape, usize) -> Box<dyn Contender>,
) -> Named {
    Named { name, title, make }
}

/// How far a list is used; from its start again when it is at its end.
#[derive(Default)]
pub(crate) struct Next(usize);

impl Next {
    pub(crate) fn take<'m, T>(&mut self, list: &'m [T], count: usize) -> &'m [T] {
        if self.0 + count > list.len() {
            self.0 = 0;
        }
        let start = self.0;
        self.0 += count;
        &list[start..self.0]
    }
}

/// A family and nothing else.
struct Bare<F: Family> {
    all: Populated<F>,
    next_move: Next,
    next_row: Next,
}

impl<F: Family> Bare<F> {
    fn new(shape: Shape, moves: usize) -> Self {
        Self {
            all: Populated::new(shape, moves),
            next_move: Next::default(),
            next_row: Next::default(),
        }
    }
}

pub(crate) fn bare<F: Family + 'static>(shape: Shape, moves: usize) -> Box<dyn Contender> {
    Box::new(Bare::<F>::new(shape, moves))
}

impl<F: Family> Contender for Bare<F> {
    fn reassign(&mut self, count: usize) {
        let moves = self.next_move.take(&self.all.moves, count);
        Populated::reassign(&mut self.all.family, moves);
    }

    fn iterate(&mut self, rows: usize) -> u64 {
        let parents = self.next_row.take(&self.all.parents, rows);
        Populated::iterate(&self.all.family, parents)
    }

    fn link_bytes(&self) -> usize {
        self.all.family.graph().link_bytes()
    }
}

/// While somebody needs the record.
struct Recorded {
    bare: Bare<plain::Household>,
    in_transaction: bool,
    _mark: Option<Mark>,
    _subscription: Option<Subscription>,
}

impl Recorded {
    fn new(shape: Shape, moves: usize) -> Self {
        Self {
            bare: Bare::new(shape, moves),
            in_transaction: false,
            _mark: None,
            _subscription: None,
        }
    }
}

fn in_transaction(shape: Shape, moves: usize) -> Box<dyn Contender> {
    let mut recorded = Recorded::new(shape, moves);
    recorded.in_transaction = true;
    Box::new(recorded)
}

fn with_history(shape: Shape, moves: usize) -> Box<dyn Contender> {
    let mut recorded = Recorded::new(shape, moves);
    let family = &mut recorded.bare.all.family;
    family.keep_history(1_000).expect("no transaction is open");
    Box::new(recorded)
}

fn with_mark(shape: Shape, moves: usize) -> Box<dyn Contender> {
    let mut recorded = Recorded::new(shape, moves);
    let family = &mut recorded.bare.all.family;
    recorded._mark = Some(family.mark().expect("no transaction is open"));
    Box::new(recorded)
}

fn with_observer(shape: Shape, moves: usize) -> Box<dyn Contender> {
    let mut recorded = Recorded::new(shape, moves);
    let family = &mut recorded.bare.all.family;
    recorded._subscription = Some(family.observe(|_, _| {}));
    Box::new(recorded)
}

impl Contender for Recorded {
    fn reassign(&mut self, count: usize) {
        if !self.in_transaction {
            return self.bare.reassign(count);
        }
        let all = &mut self.bare.all;
        let moves = self.bare.next_move.take(&all.moves, count);
        let whole = all.family.transaction(|family| {
            Populated::reassign(family, moves);
            Ok(())
        });
        whole.expect("nothing is judged");
    }

    fn iterate(&mut self, rows: usize) -> u64 {
        self.bare.iterate(rows)
    }

    fn link_bytes(&self) -> usize {
        self.bare.link_bytes()
    }
}

/// A family that threads could share.
struct Locked {
    family: RwLock<plain::Household>,
    parents: Vec<Id<plain::Parent>>,
    moves: Vec<Move<plain::Household>>,
    next_move: Next,
    next_row: Next,
}

fn in_lock(shape: Shape, moves: usize) -> Box<dyn Contender> {
    let all = Populated::new(shape, moves);
    Box::new(Locked {
        family: RwLock::new(all.family),
        parents: all.parents,
        moves: all.moves,
        next_move: Next::default(),
        next_row: Next::default(),
    })
}

impl Contender for Locked {
    fn reassign(&mut self, count: usize) {
        // As whoever shares it would have to.
        let family = &self.family;
        for &(child, parent) in self.next_move.take(&self.moves, count) {
            let mut family = family.write().expect("nobody panics");
            family.reassign(child, parent);
        }
    }

    fn iterate(&mut self, rows: usize) -> u64 {
        let sum_of = |&parent| {
            let family = self.family.read().expect("nobody panics");
            family.sum_of_children(parent)
        };
        let parents = self.next_row.take(&self.parents, rows);
        parents.iter().map(sum_of).fold(0, in_turn)
    }

    fn link_bytes(&self) -> usize {
        self.family
            .read()
            .expect("nobody panics")
            .graph()
            .link_bytes()
    }
}
