//! Random edits on a graph and on its model, which must agree after each.

use std::collections::BTreeSet;
use std::fmt;

use backref::{AnyId, EndId, EntityTypeId, ErrorKind, Graph, Key, Result, Schema};
use proptest::collection::vec;
use proptest::strategy::Strategy;

use crate::coverage::{Facets, Outcome, Reach, Tally, Verb};
use crate::model::{Faults, Model, Node};
use crate::run::{self, Verdict};
use crate::schema::{Shape, kind_name};

use face::{Answer, Face, end_ids, kind_ids};
use step::{Pick, Step};
use transact::{Habits, Manner, Past};
pub(crate) use typed::{ByHandle, KINDS};
use verdict::Expected;

pub(crate) mod face;
mod plan;
pub(crate) mod step;
mod throw;
pub(crate) mod transact;
mod typed;
mod verdict;

/// A graph, the model of it, and which id is which node.
pub(crate) struct Machine<F> {
    pub(crate) shape: Shape,
    pub(crate) model: Model,
    pub(crate) face: F,
    pub(crate) ids: Vec<AnyId>,
    kinds: Vec<usize>,
    kind_ids: Vec<EntityTypeId>,
    end_ids: Vec<Option<EndId>>,
    pub(crate) live: Vec<Vec<Node>>,
    dead: Vec<Vec<Node>>,
    issued: BTreeSet<AnyId>,
    foreign: Foreign,
    facets: Vec<Facets>,
    kind_facets: Vec<Facets>,
    /// About how many entities there shall be.
    size: usize,
    dump: Vec<AnyId>,
    pub(crate) habits: Habits,
    /// How many transactions are open.
    open: usize,
    past: Past,
    roofs: Vec<Roof>,
    pub(crate) tally: Tally,
}

/// How many slots of an entity type are taken, and were at most.
#[derive(Clone, Copy, Debug, Default)]
struct Roof {
    taken: usize,
    most: usize,
}

/// Ids and ends that are not of the graph.
struct Foreign {
    ids: Vec<AnyId>,
    ends: Vec<Option<EndId>>,
    spare: EndId,
}

impl Foreign {
    fn new(shape: &Shape) -> Result<Self> {
        let ends = end_ids(shape, &shape.build_alike()?);
        let mut schema = Schema::builder();
        for kind in 0..shape.kinds() {
            let entity = schema.entity::<u32>(&kind_name(kind));
            entity.key(Key::field(|number: &u32| number));
        }
        schema.relationship("T0.other").to_one("T0").one_way();
        let registry = schema.build()?;
        let spare = registry.find_end("T0.other").expect("is declared").id();
        let kinds = kind_ids(shape, &registry);
        let mut graph = Graph::new(registry);
        let mut insert = |kind| graph.untyped_mut().insert(kind, Box::new(1_u32), &[]);
        Ok(Self {
            ids: kinds.into_iter().map(&mut insert).collect::<Result<_>>()?,
            ends,
            spare,
        })
    }

    fn any_end(&self) -> EndId {
        self.spare
    }
}

/// How a run is checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// About how many entities there are.
    pub(crate) size: usize,
    /// Everything is compared after so many steps, what was touched after each.
    pub(crate) whole_every: usize,
    pub(crate) manner: Manner,
}

impl<F: Face> Machine<F> {
    pub(crate) fn new(shape: Shape, size: usize) -> Result<Self> {
        let face = F::over(&shape)?;
        let registry = face.graph().registry();
        let kinds = shape.kinds();
        Ok(Self {
            model: Model::new(shape.ends.clone(), shape.checked.clone()),
            ids: Vec::new(),
            kinds: Vec::new(),
            kind_ids: kind_ids(&shape, registry),
            end_ids: end_ids(&shape, registry),
            live: vec![Vec::new(); kinds],
            dead: vec![Vec::new(); kinds],
            issued: BTreeSet::new(),
            foreign: Foreign::new(&shape)?,
            facets: (0..shape.ends.len())
                .map(|end| Facets::of_end(&shape, end))
                .collect(),
            kind_facets: (0..kinds)
                .map(|kind| Facets::of_kind(&shape, kind))
                .collect(),
            size,
            dump: Vec::new(),
            habits: Habits::default(),
            open: 0,
            past: Past::default(),
            roofs: vec![Roof::default(); kinds],
            tally: Tally::default(),
            face,
            shape,
        })
    }

    /// Takes a step on both sides and compares.
    pub(crate) fn take(&mut self, step: &Step, whole: bool) -> Verdict {
        let plan = self.ask_for_plan(step);
        self.foresee_plan(step, plan.as_ref())?;
        let original = self.original_of(step)?;
        let Some(outcome) = self.face.call(step) else {
            return Ok(());
        };
        let outcome_kind = outcome
            .as_ref()
            .map_or_else(|error| Some(error.kind()), |_| None);
        let expected = self.foresee(step);
        self.compare_outcomes(step, &expected, outcome)?;
        self.compare_plan(plan.as_ref(), &expected)?;
        self.count(step, &expected, outcome_kind);
        self.settle(step, &expected);
        if let Some(original) = original {
            self.compare_clone(&original)?;
        }
        self.compare_touched(step)?;
        if whole {
            return self.compare_all(outcome_kind.is_some());
        }
        self.dump.clear();
        Ok(())
    }

    fn original_of(&self, step: &Step) -> Result<Option<Graph>, String> {
        if !matches!(step, Step::Clone) {
            return Ok(None);
        }
        let clone = self.face.graph().try_clone();
        clone.map(Some).map_err(|error| error.to_string())
    }

    fn compare_clone(&self, original: &Graph) -> Verdict {
        match self.face.graph().try_eq(original) {
            Ok(true) => Ok(()),
            Ok(false) => Err("the clone of a clone differs".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn compare_outcomes(
        &mut self,
        step: &Step,
        expected: &Expected,
        outcome: Result<Answer>,
    ) -> Verdict {
        match (expected, outcome) {
            (Expected::Fresh, Ok(Answer::Id(id))) => self.welcome(step, id),
            (Expected::Answer(expected), Ok(answer)) if *expected == answer => Ok(()),
            (Expected::Fails(faults), Err(error)) if faults.kinds.contains(&error.kind()) => {
                let is_about_the_new = matches!(step, Step::Insert { .. })
                    && (error.entities().is_empty() || faults.named.contains(&self.ids.len()));
                self.compare_named(is_about_the_new, faults, &error)
            }
            (_, outcome) => Err(format!("{outcome:?}, expected {expected:?}")),
        }
    }

    /// An error names somebody, and only such as it is about.
    fn compare_named(
        &self,
        is_about_the_new: bool,
        faults: &Faults,
        error: &backref::Error,
    ) -> Verdict {
        let named = error.entities();
        let names = [
            ErrorKind::DuplicateKey,
            ErrorKind::Denied,
            ErrorKind::Required,
            ErrorKind::TooFew,
            ErrorKind::TooMany,
            ErrorKind::Refused,
        ];
        if !names.contains(&error.kind()) {
            return Ok(());
        }
        let expected = faults.named.iter();
        let expected = expected.filter_map(|&node| self.ids.get(node).copied());
        let expected: BTreeSet<AnyId> = expected.collect();
        let known = |id: &&AnyId| self.issued.contains(*id);
        let told: BTreeSet<AnyId> = named.iter().filter(known).copied().collect();
        let told_of_somebody = !told.is_empty() || is_about_the_new;
        // Checks name others than those that deny, and only one of the two is told.
        let is_whole = !faults.kinds.contains(&ErrorKind::Refused);
        let whole = error.kind() != ErrorKind::Denied || !is_whole || told == expected;
        if told_of_somebody && told.is_subset(&expected) && whole {
            return Ok(());
        }
        Err(format!("{error:?} names {named:?}, expected {expected:?}"))
    }

    fn welcome(&mut self, step: &Step, id: AnyId) -> Verdict {
        let Step::Insert { kind, .. } = step else {
            return Err("an id from a step that is no insert".to_owned());
        };
        self.fits_under_the_roof(*kind, id)?;
        let right_kind = id.entity() == self.kind_ids[*kind];
        // A newcomer may go at once, owned by nobody but an orphan.
        let is_live = self.model.get(self.ids.len()).is_some();
        let found_live = self.face.graph().untyped().is_live(id);
        if !right_kind || found_live != is_live || !self.issued.insert(id) {
            return Err(format!("{id:?} is not a new live id of type {kind}"));
        }
        let all = if is_live {
            &mut self.live
        } else {
            &mut self.dead
        };
        all[*kind].push(self.ids.len());
        self.ids.push(id);
        self.kinds.push(*kind);
        Ok(())
    }

    /// A new slot is taken only where no old one is free. While a transaction is
    /// open nobody's is, and a history keeps some.
    fn fits_under_the_roof(&mut self, kind: usize, id: AnyId) -> Verdict {
        let (live, open, roof) = (self.live[kind].len(), self.open > 0, &mut self.roofs[kind]);
        roof.taken = if open { roof.taken + 1 } else { live + 1 };
        roof.most = roof.most.max(roof.taken);
        let described = self.face.graph().describe(id);
        let slot = described.split(['#', 'v']).nth(1);
        let slot = slot.and_then(|slot| slot.parse::<usize>().ok());
        if self.habits.keep_slots() || slot.is_some_and(|slot| slot <= roof.most) {
            return Ok(());
        }
        Err(format!("{id:?} is not in one of {} slots", roof.most))
    }

    fn measure(&mut self, node: Node) {
        for end in self.shape.open_ends() {
            let (row, inverse) = (self.model.row(end, node), self.shape.ends[end].inverse);
            let far = row.iter().map(|&it| self.model.row(inverse, it).len());
            self.tally.reach.add(Reach {
                entities: self.live.iter().map(Vec::len).sum(),
                row: row.len(),
                both_rows: far.max().unwrap_or(0).min(row.len()),
            });
        }
    }

    pub(crate) fn kind_of(&self, node: Node) -> usize {
        self.kinds[node]
    }

    /// Moves the deleted from the living to the dead.
    fn settle(&mut self, step: &Step, expected: &Expected) {
        let may_orphan = self.shape.ends.iter().any(|end| end.orphans);
        let is_delete = matches!((step, expected), (Step::Delete { .. }, Expected::Answer(_)));
        if !is_delete && !may_orphan {
            return;
        }
        for (live, dead) in self.live.iter_mut().zip(&mut self.dead) {
            dead.extend(live.extract_if(.., |&mut node| self.model.get(node).is_none()));
        }
    }

    fn count(&mut self, step: &Step, expected: &Expected, outcome: Option<ErrorKind>) {
        let outcome = match (expected, outcome) {
            (_, Some(kind)) => Outcome::of(kind),
            (Expected::Answer(Answer::Flag(false) | Answer::Count(0)), None) => Some(Outcome::Same),
            (Expected::Answer(Answer::Datum(Some(_))), None) if step.verb() == Verb::Link => {
                Some(Outcome::Same)
            }
            (_, None) => Some(Outcome::Changed),
        };
        let facets = match step {
            Step::Insert { kind, .. } => self.kind_facets[*kind],
            Step::ReplaceItem { of, .. } => self.kind_facets[of.kind],
            Step::Edit { at, .. } => self.facets[at.end],
            Step::Delete { roots } => roots
                .iter()
                .map(|root| self.kind_facets[root.kind])
                .fold(Facets::default(), Facets::and),
            Step::Clone => Facets::default(),
        };
        if let Some(outcome) = outcome {
            self.tally
                .count(facets, step.verb(), outcome, self.open > 0);
        }
    }

    /// Compares the rows that the step touched or named.
    fn compare_touched(&self, step: &Step) -> Verdict {
        for (node, end) in self.model.touched() {
            self.compare_row(node, end)?;
        }
        let named: &[Pick] = match step {
            Step::Edit { edit, .. } => edit.items(),
            Step::ReplaceItem { of, .. } => std::slice::from_ref(of),
            Step::Delete { roots } => roots,
            Step::Insert { .. } | Step::Clone => &[],
        };
        for node in named.iter().filter_map(|pick| pick.node) {
            self.compare_entity(node)?;
        }
        match step {
            Step::Edit { at, owner, .. } => match owner.node {
                Some(node) if owner.kind == self.model.ends[at.end].owner => {
                    self.compare_row(node, at.end)
                }
                Some(_) | None => Ok(()),
            },
            Step::Insert { .. } => self
                .ids
                .len()
                .checked_sub(1)
                .map_or(Ok(()), |last| self.compare_entity(last)),
            Step::ReplaceItem { .. } | Step::Delete { .. } | Step::Clone => Ok(()),
        }
    }

    fn compare_entity(&self, node: Node) -> Verdict {
        let (id, graph) = (self.ids[node], self.face.graph());
        let item = self.model.get(node).map(|it| it.item);
        let live = graph.untyped().is_live(id);
        if self.face.item(self.kinds[node], id) != item || live != item.is_some() {
            return Err(format!("{} is not {item:?}", graph.describe(id)));
        }
        let Some(item) = item.filter(|_| self.shape.keyed[self.kinds[node]]) else {
            return Ok(());
        };
        let found = graph.untyped().find(id.entity(), &item.key);
        if found == Some(id) {
            return Ok(());
        }
        Err(format!("{found:?} has the key of {}", graph.describe(id)))
    }

    fn compare_row(&self, node: Node, end: usize) -> Verdict {
        if self.shape.ends[end].hidden {
            return Ok(());
        }
        let members = self.read_row(node, end)?;
        self.face.reads(end, self.ids[node], &members)
    }

    /// The row as it is, if the model agrees.
    fn read_row(&self, node: Node, end: usize) -> Result<Vec<AnyId>, String> {
        let mut found = Vec::new();
        self.face.read(end, self.ids[node], &mut found);
        let expected = self.model.row(end, node).iter().map(|&node| self.ids[node]);
        let agree = if self.shape.ends[end].ordered {
            expected.clone().eq(found.iter().copied())
        } else {
            let mut sets = [expected.clone().collect::<Vec<_>>(), found.clone()];
            sets.iter_mut().for_each(|set| set.sort_unstable());
            sets[0] == sets[1]
        };
        if agree {
            self.compare_data(node, end)?;
            return Ok(found);
        }
        let expected: Vec<AnyId> = expected.collect();
        let name = self.shape.full_name(end);
        let owner = self.face.graph().describe(self.ids[node]);
        Err(format!(
            "{name} of {owner} is {found:?}, expected {expected:?}"
        ))
    }

    fn compare_data(&self, node: Node, end: usize) -> Verdict {
        for &member in self.model.row(end, node) {
            let expected = self.model.datum(end, node, member);
            let found = self.face.datum(end, self.ids[node], self.ids[member]);
            if found != expected {
                let name = self.shape.full_name(end);
                let link = [node, member].map(|it| self.face.graph().describe(self.ids[it]));
                return Err(format!(
                    "{name} of {link:?} has {found:?}, expected {expected:?}"
                ));
            }
        }
        Ok(())
    }

    /// Compares everything; after an error also with what was there before.
    pub(crate) fn compare_all(&mut self, failed: bool) -> Verdict {
        self.face
            .graph()
            .verify()
            .map_err(|broken| format!("verify: {broken}"))?;
        let before = std::mem::take(&mut self.dump);
        for kind in 0..self.shape.kinds() {
            self.compare_kind(kind)?;
        }
        if failed && self.dump != before && !before.is_empty() {
            return Err("an error has changed the order of a row without order".to_owned());
        }
        Ok(())
    }

    fn compare_kind(&mut self, kind: usize) -> Verdict {
        let untyped = self.face.graph().untyped();
        let found: Vec<AnyId> = untyped.ids(self.kind_ids[kind]).collect();
        let mut expected: Vec<AnyId> = self.live[kind].iter().map(|&node| self.ids[node]).collect();
        expected.sort_unstable();
        if found != expected || untyped.len(self.kind_ids[kind]) != found.len() {
            return Err(format!(
                "{found:?} are live, expected {expected:?} in slot order"
            ));
        }
        for at in 0..self.live[kind].len() {
            self.measure(self.live[kind][at]);
            let node = self.live[kind][at];
            self.compare_entity(node)?;
            for end in 0..self.shape.ends.len() {
                if self.shape.ends[end].owner == kind && !self.shape.ends[end].hidden {
                    let row = self.read_row(node, end)?;
                    self.dump.extend(row);
                }
            }
        }
        Ok(())
    }
}

impl<F> fmt::Debug for Machine<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Machine of {} entities", self.ids.len())
    }
}

/// Codes of steps: each is a seed that is read in the state it meets.
pub(crate) fn codes(most: usize) -> impl Strategy<Value = Vec<u64>> {
    vec(proptest::num::u64::ANY.no_shrink(), 1..=most)
}

/// Runs a machine of its own and adds to the tally.
pub(crate) fn drive<F: Face>(
    shape: &Shape,
    codes: &[u64],
    pace: Pace,
    tally: &mut Tally,
) -> Verdict {
    let mut machine = Machine::<F>::new(shape.clone(), pace.size).map_err(|e| e.to_string())?;
    machine.habits = Habits::of(codes, pace);
    let outcome = machine.run(codes, pace.whole_every);
    run::count_edits(machine.tally.edits);
    tally.add(&machine.tally);
    outcome
}
