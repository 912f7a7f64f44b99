//! A trace replayed: its edits done to a graph, its states compared with it.
//!
//! Schema and edits come as data, so this speaks to the untyped face of the
//! graph. The payload of an entity is its label.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Enumerate;
use std::slice::Split;

use backref::{AnyId, Cardinality, EndId, Error, Graph, Registry, Schema, SchemaBuilder};
use serde_json::Value;

use crate::state::{self, Difference};
use crate::trace::{Edit, End, Header, Line, Mark, State, Verb};

/// What a trace that was replayed to its end consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) edits: usize,
    pub(crate) states: usize,
}

/// Why a replay ended early, and at which line, counted from 1.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) line: usize,
    pub(crate) why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    /// The trace cannot be followed: it is malformed, or the graph refuses.
    Error(String),
    /// The graph is in another state than the trace says.
    Difference(Difference),
    /// The graph contradicts itself.
    Broken(String),
}

/// So many transactions may be open at a time: each is a closure inside another.
const MOST_OPEN: usize = 64;

/// Replays a trace to its end or to the first thing wrong.
pub(crate) fn replay(input: &[u8]) -> Result<Totals, Stop> {
    let input = input.strip_suffix(b"\n").unwrap_or(input);
    let is_end: fn(&u8) -> bool = |&byte| byte == b'\n';
    let mut lines = input.split(is_end).enumerate();
    let (_, header) = lines.next().unwrap_or_default();
    let mut graph = graph(header).map_err(|why| Stop { line: 1, why })?;
    let mut replay = Replay {
        lines,
        open: Vec::new(),
        labels: Labels::default(),
        totals: Totals::default(),
    };
    replay.follow_all(&mut graph)?;
    Ok(replay.totals)
}

fn graph(header: &[u8]) -> Result<Graph, Why> {
    let header = parse(header)?;
    Ok(Graph::new(registry(&Header::read(&header)?)?))
}

type Lines<'a> = Split<'a, u8, fn(&u8) -> bool>;

/// What goes along with the graph while a trace is replayed.
struct Replay<'a> {
    lines: Enumerate<Lines<'a>>,
    /// The lines at which the open transactions began.
    open: Vec<usize>,
    labels: Labels,
    totals: Totals,
}

/// How a transaction of the trace ended, if not by a commit that was done.
enum Ended {
    RolledBack,
    Refused(Error),
    Stopped(Stop),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl Replay<'_> {
    /// Follows the lines to the end of the transaction that is open, or to the
    /// end of the trace if none is; the line of that end, and what it says.
    fn follow_all(&mut self, graph: &mut Graph) -> Result<(usize, Mark), Stop> {
        while let Some((line, json)) = self.lines.next() {
            let line = line + 1;
            let mark = self.follow(graph, json);
            match mark.map_err(|why| Stop { line, why })? {
                None => {}
                Some(Mark::Begin) => self.transaction(graph, line)?,
                Some(mark) if self.open.is_empty() => {
                    let why = Why::Error(format!("`{mark}`: no transaction is open"));
                    return Err(Stop { line, why });
                }
                Some(mark) => return Ok((line, mark)),
            }
        }
        match self.open.last() {
            None => Ok((0, Mark::Commit)),
            Some(&line) => {
                let why = Why::Error("the transaction has no end".to_owned());
                Err(Stop { line, why })
            }
        }
    }

    /// Follows a transaction that begins at this line, to behind its end.
    fn transaction(&mut self, graph: &mut Graph, line: usize) -> Result<(), Stop> {
        if self.open.len() == MOST_OPEN {
            let why = Why::Error(format!("more than {MOST_OPEN} transactions are open"));
            return Err(Stop { line, why });
        }
        self.open.push(line);
        let known = self.labels.now();
        let mut end = line;
        let ended = graph.try_transaction(|graph| {
            let (line, mark) = self.follow_all(graph).map_err(Ended::Stopped)?;
            end = line;
            match mark {
                Mark::Rollback => Err(Ended::RolledBack),
                Mark::Begin | Mark::Commit => Ok(()),
            }
        });
        self.open.pop();
        match ended {
            Ok(()) => Ok(()),
            Err(Ended::RolledBack) => {
                self.labels.go_back_to(known);
                Ok(())
            }
            Err(Ended::Stopped(stop)) => Err(stop),
            Err(Ended::Refused(error)) => Err(Stop {
                line: end,
                why: error.into(),
            }),
        }
    }

    /// Does what a line says, or hands back the mark that it is.
    fn follow(&mut self, graph: &mut Graph, line: &[u8]) -> Result<Option<Mark>, Why> {
        let line = parse(line)?;
        match Line::read(&line)? {
            Line::Edit(edit) => {
                self.labels.edit(graph, &edit)?;
                self.totals.edits += 1;
            }
            Line::State(state) => {
                check(graph, &state)?;
                self.totals.states += 1;
            }
            Line::Mark(mark) => return Ok(Some(mark)),
        }
        Ok(None)
    }
}

fn check(graph: &Graph, state: &State<'_>) -> Result<(), Why> {
    let verified = graph.verify();
    verified.map_err(|broken| Why::Broken(broken.to_string()))?;
    state::check_names(state, graph.registry())?;
    let difference = state::difference(state, graph);
    difference.map_or(Ok(()), |it| Err(Why::Difference(it)))
}

/// The live entities by the labels that the trace gave them.
#[derive(Default)]
struct Labels {
    ids: BTreeMap<String, AnyId>,
    /// Labels that were given or freed, with what they meant before.
    before: Vec<(String, Option<AnyId>)>,
}

impl Labels {
    fn id(&self, label: &str) -> Result<AnyId, Why> {
        let id = self.ids.get(label).copied();
        id.ok_or_else(|| Why::Error(format!("there is no live `{label}`")))
    }

    fn now(&self) -> usize {
        self.before.len()
    }

    /// Forgets what labels came to mean since.
    fn go_back_to(&mut self, known: usize) {
        for (label, id) in self.before.drain(known..).rev() {
            match id {
                Some(id) => self.ids.insert(label, id),
                None => self.ids.remove(&label),
            };
        }
    }

    fn edit(&mut self, graph: &mut Graph, edit: &Edit<'_>) -> Result<(), Why> {
        match edit {
            Edit::Insert { entity, id } => self.insert(graph, entity, id),
            Edit::Delete { id } => self.delete(graph, id),
            Edit::Write { id, end, verb } => self.write(graph, (id, end), verb),
        }
    }

    fn insert(&mut self, graph: &mut Graph, entity: &str, label: &str) -> Result<(), Why> {
        if self.id(label).is_ok() {
            return Err(Why::Error(format!("there is a `{label}` already")));
        }
        let declared = graph.registry().find_entity(entity);
        let declared = declared.ok_or_else(|| format!("there is no entity type `{entity}`"))?;
        let entity = declared.id();
        let payload = Box::new(label.to_owned());
        let id = graph.untyped_mut().insert(entity, payload, &[])?;
        self.ids.insert(label.to_owned(), id);
        self.before.push((label.to_owned(), None));
        Ok(())
    }

    /// No delete rule is declared, so nobody else goes with it.
    fn delete(&mut self, graph: &mut Graph, label: &str) -> Result<(), Why> {
        let id = self.id(label)?;
        graph.untyped_mut().delete(&[id])?;
        self.ids.remove(label);
        self.before.push((label.to_owned(), Some(id)));
        Ok(())
    }

    fn write(
        &self,
        graph: &mut Graph,
        (label, end): (&str, &str),
        verb: &Verb<'_>,
    ) -> Result<(), Why> {
        let id = self.id(label)?;
        let end = end_for(verb, graph.registry(), id, end)?;
        let mut graph = graph.untyped_mut();
        match verb {
            Verb::Set { to } => {
                let to = to.map(|label| self.id(label)).transpose()?;
                graph.set(end, id, to)?;
            }
            Verb::Add { item } => {
                graph.push(end, id, self.id(item)?)?;
            }
            Verb::InsertAt { index, item } => {
                graph.insert_at(end, id, *index, self.id(item)?)?;
            }
            Verb::Remove { item } => {
                graph.remove(end, id, self.id(item)?)?;
            }
            Verb::Move { index, item } => {
                graph.move_to(end, id, self.id(item)?, *index)?;
            }
            Verb::Replace { items } => {
                let items = items.iter().map(|label| self.id(label));
                graph.replace(end, id, &items.collect::<Result<Vec<_>, _>>()?)?;
            }
            Verb::Clear => {
                graph.clear(end, id)?;
            }
        }
        Ok(())
    }
}

fn parse(line: &[u8]) -> Result<Value, Why> {
    serde_json::from_slice(line)
        .map_err(|error| Why::Error(format!("not JSON, from column {} on", error.column())))
}

fn registry(header: &Header<'_>) -> Result<Registry, Why> {
    let mut schema = Schema::builder();
    for entity in &header.entities {
        schema.entity::<String>(entity);
    }
    for [end, inverse] in &header.relationships {
        declare(&mut schema, *end, *inverse);
        declare(&mut schema, *inverse, *end);
    }
    Ok(schema.build()?)
}

fn declare(schema: &mut SchemaBuilder, end: End<'_>, inverse: End<'_>) {
    let declared = schema.relationship(end.full_name);
    let declared = match end.cardinality {
        Cardinality::One => declared.to_one(inverse.owner),
        Cardinality::Many => declared.to_many(inverse.owner),
    };
    declared.back_populates(inverse.name);
}

/// The end of that name on the type of this entity, if the verb is for ends of
/// its cardinality.
fn end_for(verb: &Verb<'_>, registry: &Registry, id: AnyId, name: &str) -> Result<EndId, Why> {
    let mut ends = registry
        .ends()
        .filter(|end| end.owner().id() == id.entity());
    let end = ends.find(|end| end.name() == name);
    let end = end.ok_or_else(|| Why::Error(format!("the entity has no end `{name}`")))?;
    if end.cardinality() == verb.cardinality() {
        return Ok(end.id());
    }
    let full_name = end.full_name();
    Err(Why::Error(format!(
        "the verb is not for an end like {full_name}"
    )))
}

impl From<String> for Why {
    fn from(what: String) -> Self {
        Self::Error(what)
    }
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self::Error(error.to_string())
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        match &self.why {
            Why::Error(what) => f.write_str(what),
            Why::Difference(difference) => difference.fmt(f),
            Why::Broken(what) => write!(f, "the graph is broken: {what}"),
        }
    }
}
