//! All contenders, verified and then measured in turn.

use std::time::Duration;

use crate::contender::{Contender, Order, Wrong};
use crate::measure::Turn;
use crate::progress;
use crate::results::Results;
use crate::shape::Shape;
use crate::{life, many_to_many, one_to_many};

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    quick: bool,
}

impl Effort {
    pub(crate) const fn new(quick: bool) -> Self {
        Self { quick }
    }

    /// How many rounds a shape gets.
    pub(crate) const fn rounds(self, shape: Shape) -> usize {
        match (self.quick, shape.links()) {
            (true, 0..=200_000) => 3,
            (true, _) => 2,
            (false, 0..=200_000) => 9,
            (false, 200_001..=2_000_000) => 5,
            (false, _) => 2,
        }
    }

    /// No list of operations is longer.
    const fn operations(self) -> u32 {
        if self.quick { 1 << 18 } else { 1 << 20 }
    }

    /// Whose turn takes longer is given one round only.
    const fn patience(self) -> Duration {
        if self.quick {
            Duration::from_secs(5)
        } else {
            Duration::MAX
        }
    }

    /// No list of operations takes longer, or less of it is done.
    const fn step(self) -> Duration {
        Duration::from_millis(if self.quick { 150 } else { 1_000 })
    }
}

/// Who takes part.
pub(crate) struct Field {
    one_to_many: Vec<Verified<one_to_many::plan::Plan>>,
    many_to_many: Vec<Verified<many_to_many::plan::Plan>>,
    life: Vec<Verified<life::plan::Plan>>,
}

/// A contender, and the order of its rows.
struct Verified<P: 'static> {
    contender: &'static Contender<P>,
    ordered: Option<Order>,
}

impl Field {
    /// Those who are named, or all, after each has been compared with a model.
    pub(crate) fn verified(only: &[String]) -> Result<Self, Wrong> {
        Ok(Self {
            one_to_many: verified(one_to_many::CONTENDERS, only)?,
            many_to_many: verified(many_to_many::CONTENDERS, only)?,
            life: verified(life::CONTENDERS, only)?,
        })
    }

    /// Everything that suits a shape.
    pub(crate) fn measure(
        &self,
        shape: Shape,
        effort: Effort,
        results: &mut Results,
    ) -> Result<(), Wrong> {
        self.measure_one_to_many(shape, effort, results)?;
        if shape.suits_many_to_many() {
            let plan = many_to_many::plan::Plan::new(shape, effort.operations());
            let rounds = Rounds {
                shape,
                effort,
                kind: "many-to-many",
            };
            rounds.measure(&self.many_to_many, &plan, results)?;
        }
        if shape.links() <= life::MOST_TASKS {
            let plan = life::plan::Plan::new(shape, effort.operations());
            let rounds = Rounds {
                shape,
                effort,
                kind: "nearer to life",
            };
            rounds.measure(&self.life, &plan, results)?;
        }
        Ok(())
    }

    /// What charts need of a shape.
    pub(crate) fn measure_one_to_many(
        &self,
        shape: Shape,
        effort: Effort,
        results: &mut Results,
    ) -> Result<(), Wrong> {
        let plan = one_to_many::plan::Plan::new(shape, effort.operations());
        let rounds = Rounds {
            shape,
            effort,
            kind: "one-to-many",
        };
        rounds.measure(&self.one_to_many, &plan, results)
    }
}

fn verified<P>(
    contenders: &'static [Contender<P>],
    only: &[String],
) -> Result<Vec<Verified<P>>, Wrong> {
    let named = |one: &&Contender<P>| only.is_empty() || only.iter().any(|name| name == one.name);
    let verify = |contender: &'static Contender<P>| {
        let verified = (contender.verify)();
        let ordered = verified.map_err(|wrong| about(contender.name, "verification", &wrong))?;
        Ok(Verified { contender, ordered })
    };
    contenders.iter().filter(named).map(verify).collect()
}

fn about(name: &str, what: &str, wrong: &Wrong) -> Wrong {
    Wrong(format!("{name}, {what}: {wrong}"))
}

/// The rounds of one kind of plan.
struct Rounds {
    shape: Shape,
    effort: Effort,
    kind: &'static str,
}

impl Rounds {
    /// A probe of each, then rounds in which each has its turn, the other way
    /// about each time.
    fn measure<P>(
        &self,
        field: &[Verified<P>],
        plan: &P,
        results: &mut Results,
    ) -> Result<(), Wrong> {
        let (mut turns, mut bytes) = (Vec::new(), Vec::new());
        for one in field {
            self.tell("probe", one.contender.name);
            let mut turn = Turn::probe();
            self.run(one, plan, &mut turn)?;
            let rounds = if turn.age() > self.effort.patience() {
                1
            } else {
                self.effort.rounds(self.shape)
            };
            turns.push((one, turn.prefixes_within(self.effort.step()), rounds));
            let weighed = turn.bytes().iter();
            bytes.extend(weighed.map(|(&workload, &bytes)| (one.contender.name, workload, bytes)));
        }
        let rounds = self.effort.rounds(self.shape);
        for round in 0..rounds {
            let mut turns: Vec<_> = turns.iter().filter(|turn| round < turn.2).collect();
            if round % 2 == 1 {
                turns.reverse();
            }
            for (one, prefixes, _) in turns {
                self.tell(
                    &format!("round {} of {rounds}", round + 1),
                    one.contender.name,
                );
                let mut turn = Turn::timed(prefixes);
                self.run(one, plan, &mut turn)?;
                for (workload, nanoseconds) in turn.nanoseconds() {
                    let key = (self.shape, workload, one.contender.name);
                    results.add(key, one.ordered, nanoseconds);
                }
            }
        }
        for (name, workload, bytes) in bytes {
            results.weigh((self.shape, workload, name), bytes);
        }
        Ok(())
    }

    fn run<P>(&self, one: &Verified<P>, plan: &P, turn: &mut Turn) -> Result<(), Wrong> {
        let done = (one.contender.run)(plan, turn);
        done.map_err(|wrong| about(one.contender.name, &self.shape.to_string(), &wrong))
    }

    fn tell(&self, what: &str, who: &str) {
        progress::tell(format_args!("{}, {}, {what}: {who}", self.shape, self.kind));
    }
}
