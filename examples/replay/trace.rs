//! The format of a trace: what a line says.

use std::collections::BTreeMap;
use std::fmt;

use backref::Cardinality;
use serde_json::{Map, Value};

/// What is wrong with a line, in words.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// The first line: the schema.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    pub(crate) entities: Vec<&'a str>,
    pub(crate) relationships: Vec<[End<'a>; 2]>,
}

/// An end as the schema declares it, `Book.author` for example.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub(crate) full_name: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) name: &'a str,
    pub(crate) cardinality: Cardinality,
}

impl<'a> Header<'a> {
    pub(crate) fn read(line: &'a Value) -> Result<Self> {
        if line.get("trace") != Some(&Value::from(1)) {
            return Err("not the first line of a trace of version 1".to_owned());
        }
        let relationships = list(line, "relationships")?.iter().map(relationship);
        Ok(Self {
            entities: texts(line, "entities")?,
            relationships: relationships.collect::<Result<_>>()?,
        })
    }
}

fn relationship(declared: &Value) -> Result<[End<'_>; 2]> {
    Ok([
        End::read(declared, "end", "cardinality")?,
        End::read(declared, "inverse", "inverse_cardinality")?,
    ])
}

impl<'a> End<'a> {
    fn read(relationship: &'a Value, name: &str, cardinality: &str) -> Result<Self> {
        let full_name = text(relationship, name)?;
        let (owner, name) = full_name
            .split_once('.')
            .ok_or_else(|| format!("`{full_name}` is no name of an end"))?;
        let cardinality = match text(relationship, cardinality)? {
            "one" => Cardinality::One,
            "many" => Cardinality::Many,
            other => return Err(format!("`{other}` is no cardinality")),
        };
        Ok(Self {
            full_name,
            owner,
            name,
            cardinality,
        })
    }
}

/// Any other line. Entities are named by their labels.
#[derive(Debug)]
pub(crate) enum Line<'a> {
    Edit(Edit<'a>),
    State(State<'a>),
    Mark(Mark),
}

/// Where a transaction begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Begin,
    Commit,
    Rollback,
}

/// Something to do to the graph.
#[derive(Debug)]
pub(crate) enum Edit<'a> {
    Insert {
        entity: &'a str,
        id: &'a str,
    },
    Delete {
        id: &'a str,
    },
    Write {
        id: &'a str,
        end: &'a str,
        verb: Verb<'a>,
    },
}

/// What is done to the end of an entity.
#[derive(Debug)]
pub(crate) enum Verb<'a> {
    Set { to: Option<&'a str> },
    Add { item: &'a str },
    InsertAt { index: usize, item: &'a str },
    Remove { item: &'a str },
    Move { index: usize, item: &'a str },
    Replace { items: Vec<&'a str> },
    Clear,
}

/// What must hold: the labels that live, by entity type, and what every end
/// holds that is not empty, by end and label.
#[derive(Debug)]
pub(crate) struct State<'a> {
    pub(crate) live: BTreeMap<&'a str, Vec<&'a str>>,
    pub(crate) ends: BTreeMap<&'a str, BTreeMap<&'a str, Held<'a>>>,
}

/// What an end of an entity holds: a label, or the labels of a row in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Held<'a> {
    One(&'a str),
    Many(Vec<&'a str>),
}

impl<'a> Line<'a> {
    pub(crate) fn read(line: &'a Value) -> Result<Self> {
        match text(line, "op")? {
            "state" => State::read(line).map(Self::State),
            "begin" => Ok(Self::Mark(Mark::Begin)),
            "commit" => Ok(Self::Mark(Mark::Commit)),
            "rollback" => Ok(Self::Mark(Mark::Rollback)),
            op => Edit::read(op, line).map(Self::Edit),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
        })
    }
}

impl<'a> Edit<'a> {
    fn read(op: &str, line: &'a Value) -> Result<Self> {
        Ok(match op {
            "insert" => Self::Insert {
                entity: text(line, "entity")?,
                id: text(line, "id")?,
            },
            "delete" => Self::Delete {
                id: text(line, "id")?,
            },
            _ => Self::Write {
                verb: Verb::read(op, line)?,
                id: text(line, "id")?,
                end: text(line, "end")?,
            },
        })
    }
}

impl<'a> Verb<'a> {
    fn read(op: &str, line: &'a Value) -> Result<Self> {
        let item = || text(line, "item");
        Ok(match op {
            "set" => Self::Set {
                to: text_or_null(line, "to")?,
            },
            "add" => Self::Add { item: item()? },
            "insert_at" => Self::InsertAt {
                index: index(line)?,
                item: item()?,
            },
            "remove" => Self::Remove { item: item()? },
            "move" => Self::Move {
                index: index(line)?,
                item: item()?,
            },
            "replace" => Self::Replace {
                items: texts(line, "items")?,
            },
            "clear" => Self::Clear,
            _ => return Err(format!("there is no op `{op}`")),
        })
    }
}

impl Verb<'_> {
    /// The kind of end that the verb is for.
    pub(crate) fn cardinality(&self) -> Cardinality {
        match self {
            Self::Set { .. } => Cardinality::One,
            Self::Add { .. }
            | Self::InsertAt { .. }
            | Self::Remove { .. }
            | Self::Move { .. }
            | Self::Replace { .. }
            | Self::Clear => Cardinality::Many,
        }
    }
}

impl<'a> State<'a> {
    fn read(line: &'a Value) -> Result<Self> {
        let mut live = BTreeMap::new();
        let entities = member(line, "live")?;
        for entity in object(line, "live")?.keys() {
            live.insert(entity.as_str(), texts(entities, entity)?);
        }
        let mut ends = BTreeMap::new();
        let all = member(line, "ends")?;
        for end in object(line, "ends")?.keys() {
            ends.insert(end.as_str(), all_held(object(all, end)?)?);
        }
        Ok(Self { live, ends })
    }
}

/// What ends hold, those that hold nothing left out.
fn all_held(ends: &Map<String, Value>) -> Result<BTreeMap<&str, Held<'_>>> {
    let mut all = BTreeMap::new();
    for (label, held) in ends {
        let held = Held::read(held).map_err(|what| format!("`{label}`: {what}"))?;
        if held != Held::Many(Vec::new()) {
            all.insert(label.as_str(), held);
        }
    }
    Ok(all)
}

impl<'a> Held<'a> {
    fn read(held: &'a Value) -> Result<Self> {
        match held.as_str() {
            Some(label) => Ok(Self::One(label)),
            None => all_texts(held).map(Self::Many),
        }
    }
}

fn member<'a>(line: &'a Value, key: &str) -> Result<&'a Value> {
    line.get(key).ok_or_else(|| format!("no `{key}`"))
}

fn text<'a>(line: &'a Value, key: &str) -> Result<&'a str> {
    let member = member(line, key)?;
    member.as_str().ok_or_else(|| format!("`{key}` is no text"))
}

fn text_or_null<'a>(line: &'a Value, key: &str) -> Result<Option<&'a str>> {
    if member(line, key)?.is_null() {
        return Ok(None);
    }
    text(line, key).map(Some)
}

fn index(line: &Value) -> Result<usize> {
    let index = member(line, "index")?.as_u64();
    index
        .and_then(|index| usize::try_from(index).ok())
        .ok_or_else(|| "`index` is no position".to_owned())
}

fn list<'a>(line: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    let member = member(line, key)?;
    member
        .as_array()
        .ok_or_else(|| format!("`{key}` is no list"))
}

fn object<'a>(line: &'a Value, key: &str) -> Result<&'a Map<String, Value>> {
    let member = member(line, key)?;
    member
        .as_object()
        .ok_or_else(|| format!("`{key}` is no object"))
}

fn texts<'a>(line: &'a Value, key: &str) -> Result<Vec<&'a str>> {
    all_texts(member(line, key)?).map_err(|what| format!("`{key}`: {what}"))
}

fn all_texts(labels: &Value) -> Result<Vec<&str>> {
    let labels = labels.as_array().ok_or("not a list of labels")?;
    let texts = labels.iter().map(Value::as_str);
    texts
        .collect::<Option<_>>()
        .ok_or_else(|| "not a list of labels".to_owned())
}
