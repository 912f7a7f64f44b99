//! A trace replayed: its edits done to a graph, its states compared with it.
//!
//! Schema and edits come as data, so this speaks to the untyped face of the
//! graph. The payload of an entity is its label.

use std::collections::BTreeMap;
use std::fmt;

use backref::{AnyId, Cardinality, EndId, Error, Graph, Registry, Schema, SchemaBuilder};
use serde_json::Value;

use crate::state::{self, Difference};
use crate::trace::{Edit, End, Header, Line, State, Verb};

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

/// Replays a trace to its end or to the first thing wrong.
pub(crate) fn replay(input: &[u8]) -> Result<Totals, Stop> {
    let input = input.strip_suffix(b"\n").unwrap_or(input);
    let mut lines = (1..).zip(input.split(|&byte| byte == b'\n'));
    let (line, header) = lines.next().unwrap_or((1, &[]));
    let mut replay = Replay::new(header).map_err(|why| Stop { line, why })?;
    let mut totals = Totals::default();
    for (line, json) in lines {
        let counted = match replay.follow(json).map_err(|why| Stop { line, why })? {
            Followed::Edit => &mut totals.edits,
            Followed::State => &mut totals.states,
        };
        *counted += 1;
    }
    Ok(totals)
}

struct Replay {
    graph: Graph,
    labels: Labels,
}

enum Followed {
    Edit,
    State,
}

impl Replay {
    fn new(header: &[u8]) -> Result<Self, Why> {
        let header = parse(header)?;
        let registry = registry(&Header::read(&header)?)?;
        Ok(Self {
            graph: Graph::new(registry),
            labels: Labels::default(),
        })
    }

    fn follow(&mut self, line: &[u8]) -> Result<Followed, Why> {
        let line = parse(line)?;
        match Line::read(&line)? {
            Line::Edit(edit) => {
                self.edit(&edit)?;
                Ok(Followed::Edit)
            }
            Line::State(state) => {
                self.check(&state)?;
                Ok(Followed::State)
            }
        }
    }

    fn check(&self, state: &State<'_>) -> Result<(), Why> {
        let verified = self.graph.verify();
        verified.map_err(|broken| Why::Broken(broken.to_string()))?;
        state::check_names(state, self.graph.registry())?;
        let difference = state::difference(state, &self.graph);
        difference.map_or(Ok(()), |it| Err(Why::Difference(it)))
    }

    fn edit(&mut self, edit: &Edit<'_>) -> Result<(), Why> {
        match edit {
            Edit::Insert { entity, id } => self.insert(entity, id),
            Edit::Delete { id } => self.delete(id),
            Edit::Write { id, end, verb } => self.write(id, end, verb),
        }
    }

    fn insert(&mut self, entity: &str, label: &str) -> Result<(), Why> {
        if self.labels.id(label).is_ok() {
            return Err(Why::Error(format!("there is a `{label}` already")));
        }
        let declared = self.graph.registry().find_entity(entity);
        let declared = declared.ok_or_else(|| format!("there is no entity type `{entity}`"))?;
        let entity = declared.id();
        let payload = Box::new(label.to_owned());
        let id = self.graph.untyped_mut().insert(entity, payload, &[])?;
        self.labels.0.insert(label.to_owned(), id);
        Ok(())
    }

    /// No delete rule is declared, so nobody else goes with it.
    fn delete(&mut self, label: &str) -> Result<(), Why> {
        let id = self.labels.id(label)?;
        self.graph.untyped_mut().delete(&[id])?;
        self.labels.0.remove(label);
        Ok(())
    }

    fn write(&mut self, label: &str, end: &str, verb: &Verb<'_>) -> Result<(), Why> {
        let id = self.labels.id(label)?;
        let end = end_for(verb, self.graph.registry(), id, end)?;
        let Self { graph, labels } = self;
        let mut graph = graph.untyped_mut();
        match verb {
            Verb::Set { to } => {
                let to = to.map(|label| labels.id(label)).transpose()?;
                graph.set(end, id, to)?;
            }
            Verb::Add { item } => {
                graph.push(end, id, labels.id(item)?)?;
            }
            Verb::InsertAt { index, item } => {
                graph.insert_at(end, id, *index, labels.id(item)?)?;
            }
            Verb::Remove { item } => {
                graph.remove(end, id, labels.id(item)?)?;
            }
            Verb::Move { index, item } => {
                graph.move_to(end, id, labels.id(item)?, *index)?;
            }
            Verb::Replace { items } => {
                let items = items.iter().map(|label| labels.id(label));
                graph.replace(end, id, &items.collect::<Result<Vec<_>, _>>()?)?;
            }
            Verb::Clear => {
                graph.clear(end, id)?;
            }
        }
        Ok(())
    }
}

/// The live entities by the labels that the trace gave them.
#[derive(Default)]
struct Labels(BTreeMap<String, AnyId>);

impl Labels {
    fn id(&self, label: &str) -> Result<AnyId, Why> {
        let id = self.0.get(label).copied();
        id.ok_or_else(|| Why::Error(format!("there is no live `{label}`")))
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
