//! A state as the trace says it against the state that a graph is in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use backref::{AnyId, Cardinality, EndInfo, EntityInfo, Graph, Registry};

use crate::trace::{Held, State};

/// The first difference between what a state says and what the graph holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// An end and a label, or an entity type of which others live.
    pub(crate) place: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            expected,
            found,
        } = self;
        write!(f, "{place}: expected {expected}, found {found}")
    }
}

/// Whether all that the state names is in the schema.
pub(crate) fn check_names(state: &State<'_>, registry: &Registry) -> Result<(), String> {
    for entity in state.live.keys() {
        let declared = registry.find_entity(entity);
        declared.ok_or_else(|| format!("there is no entity type `{entity}`"))?;
    }
    for end in state.ends.keys() {
        let declared = registry.find_end(end);
        declared.ok_or_else(|| format!("there is no end `{end}`"))?;
    }
    Ok(())
}

/// Compares in the order of the schema and, at each end, of the labels.
pub(crate) fn difference(state: &State<'_>, graph: &Graph) -> Option<Difference> {
    let registry = graph.registry();
    let live = registry
        .entities()
        .find_map(|entity| of_live(state, graph, entity));
    live.or_else(|| registry.ends().find_map(|end| of_end(state, graph, end)))
}

fn of_live(state: &State<'_>, graph: &Graph, entity: EntityInfo<'_>) -> Option<Difference> {
    let expected = state.live.get(entity.name()).cloned().unwrap_or_default();
    let mut found = labels(graph, graph.untyped().ids(entity.id()));
    found.sort_unstable();
    (expected != found).then(|| Difference {
        place: format!("live {}", entity.name()),
        expected: Held::Many(expected).to_string(),
        found: Held::Many(found).to_string(),
    })
}

fn of_end(state: &State<'_>, graph: &Graph, end: EndInfo<'_>) -> Option<Difference> {
    let name = end.full_name();
    let nothing = BTreeMap::new();
    let expected = state.ends.get(name.as_str()).unwrap_or(&nothing);
    let found = all_held(graph, end);
    let labels: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let differs = |label: &&&str| expected.get(**label) != found.get(**label);
    let label = labels.into_iter().find(differs)?;
    Some(Difference {
        place: format!("{name} of {label}"),
        expected: show(expected.get(label)),
        found: show(found.get(label)),
    })
}

/// What this end holds at each entity where it is not empty.
fn all_held<'a>(graph: &'a Graph, end: EndInfo<'_>) -> BTreeMap<&'a str, Held<'a>> {
    let owners = graph.untyped().ids(end.owner().id());
    let held = owners.map(|owner| (label(graph, owner), held(graph, end, owner)));
    held.filter_map(|(label, held)| Some((label, held?)))
        .collect()
}

fn held<'a>(graph: &'a Graph, end: EndInfo<'_>, owner: AnyId) -> Option<Held<'a>> {
    let links = labels(graph, graph.untyped().links(end.id(), owner));
    match end.cardinality() {
        Cardinality::One => links.first().copied().map(Held::One),
        Cardinality::Many => (!links.is_empty()).then_some(Held::Many(links)),
    }
}

fn labels(graph: &Graph, ids: impl Iterator<Item = AnyId>) -> Vec<&str> {
    ids.map(|id| label(graph, id)).collect()
}

fn label(graph: &Graph, id: AnyId) -> &str {
    let payload = graph.untyped().payload(id);
    let label = payload.and_then(|payload| payload.downcast_ref::<String>());
    label.expect("the payload of every live entity is its label")
}

fn show(held: Option<&Held<'_>>) -> String {
    held.map_or_else(|| "nothing".to_owned(), Held::to_string)
}

impl fmt::Display for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(label) => f.write_str(label),
            Self::Many(labels) => write!(f, "[{}]", labels.join(", ")),
        }
    }
}
