//! Change sets on the wire: entity types, ends and fields by name, payloads as
//! their types have it.
//!
//! ```text
//!   { entities: [ (uid, type, before, after, fields) … ],
//!     links:    [ (end, [left, right], kind, before, after) … ],
//!     rows:     [ (end, owner, left, entered) … ] }
//! ```
//!
//! A name comes before what depends on it, so any format will do.

use std::fmt;
use std::marker::PhantomData;

use hashbrown::HashMap;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};

use crate::change::FieldNumber;
use crate::change_set::uid::Uid;
use crate::change_set::{ChangeSet, EntityChange, LinkChange, LinkKind, RowChange, Value};
use crate::entities::AnyPayload;
use crate::entities::serial::Serial;
use crate::id::{EndId, Side};
use crate::schema::{End, Registry};

/// So many are made room for before they have come: what is declared to follow
/// may be a lie.
const FORESEEN: usize = 1 << 10;

const PARTS: &[&str] = &["entities", "links", "rows"];

impl Serialize for Uid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.get())
    }
}

impl<'de> de::Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| de::Error::custom("0 is no uid"))
    }
}

impl LinkKind {
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Made, "made"),
        (Self::Cut, "cut"),
        (Self::OtherData, "data"),
    ];
}

impl Serialize for ChangeSet {
    /// Needs types of payloads and of data that are declared
    /// [serializable](crate::EntityBuilder::serializable).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entities = self.entities.iter().map(|change| EntityOut(self, change));
        let links = self.links.iter().map(|change| LinkOut(self, change));
        let rows = self.rows.iter().map(|change| RowOut(self, change));
        let mut out = serializer.serialize_struct("ChangeSet", 3)?;
        out.serialize_field("entities", &List(entities))?;
        out.serialize_field("links", &List(links))?;
        out.serialize_field("rows", &List(rows))?;
        out.end()
    }
}

struct List<I>(I);

impl<I: ExactSizeIterator + Clone> Serialize for List<I>
where
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0.clone() {
            out.serialize_element(&item)?;
        }
        out.end()
    }
}

/// A payload or data that may be missing, as its type has it.
struct ValueOut<'a> {
    value: Option<&'a AnyPayload>,
    serial: Option<&'a Serial>,
    of: &'a str,
}

impl Serialize for ValueOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(value) = self.value else {
            return serializer.serialize_none();
        };
        let serial = self
            .serial
            .ok_or_else(|| ser::Error::custom(unserial(self.of)))?;
        let value = serial.written(value);
        serializer
            .serialize_some(value.ok_or_else(|| ser::Error::custom("a value of another type"))?)
    }
}

fn unserial(of: &str) -> String {
    format!(
        "values of {of} are not declared serializable: add .serializable() to an entity type, \
         .serializable_data::<..>() to an end"
    )
}

struct EntityOut<'a>(&'a ChangeSet, &'a EntityChange);

impl Serialize for EntityOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(changes, change) = self;
        let def = changes.registry.entity_def(change.entity);
        let def = def.ok_or_else(|| ser::Error::custom("a type of another schema"))?;
        let out_of = |value| ValueOut {
            value,
            serial: def.factory.serial(),
            of: &def.name,
        };
        let mut out = serializer.serialize_tuple(5)?;
        out.serialize_element(&change.uid)?;
        out.serialize_element(&*def.name)?;
        out.serialize_element(&out_of(change.before.as_deref()))?;
        out.serialize_element(&out_of(change.after.as_deref()))?;
        out.serialize_element(&changes.fields(change))?;
        out.end()
    }
}

struct LinkOut<'a>(&'a ChangeSet, &'a LinkChange);

impl Serialize for LinkOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(changes, change) = self;
        let name = changes.end_name(change.ends[0]);
        let end = changes.registry.end_at(change.ends[0]);
        let serial = end
            .and_then(|end| end.data.as_ref())
            .and_then(|data| data.serial());
        let out_of = |value| ValueOut {
            value,
            serial,
            of: &name,
        };
        let kind = LinkKind::NAMES
            .iter()
            .find(|(kind, _)| *kind == change.kind);
        let mut out = serializer.serialize_tuple(5)?;
        out.serialize_element(&name)?;
        out.serialize_element(&change.uids)?;
        out.serialize_element(kind.map_or("", |(_, name)| name))?;
        out.serialize_element(&out_of(change.before.as_deref()))?;
        out.serialize_element(&out_of(change.after.as_deref()))?;
        out.end()
    }
}

struct RowOut<'a>(&'a ChangeSet, &'a RowChange);

impl Serialize for RowOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(changes, change) = self;
        let mut out = serializer.serialize_tuple(4)?;
        out.serialize_element(&changes.end_name(change.end))?;
        out.serialize_element(&change.owner)?;
        out.serialize_element(&change.left)?;
        out.serialize_element(&change.entered)?;
        out.end()
    }
}

impl ChangeSet {
    fn end_name(&self, end: EndId) -> String {
        let end = self.registry.end_at(end);
        end.map_or_else(String::new, |end| name(&self.registry, end))
    }

    /// Reads a change set of a schema, from any format of serde. Feature
    /// `serde`.
    ///
    /// # Errors
    /// What the format finds, and names of entity types, ends and fields that
    /// the schema does not have. What only a graph can tell, as an entity that is
    /// not there, is found when it is [applied](crate::Graph::apply).
    ///
    /// ```
    /// # use backref::{ChangeSet, Graph, Schema};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct Tag { label: String }
    ///
    /// # let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").cloneable().serializable();
    /// # let registry = schema.build()?;
    /// # let tag = registry.entity_type::<Tag>("Tag")?;
    /// # let mut graph = Graph::new(registry);
    /// let mut replica = graph.try_clone()?;
    /// let mark = graph.mark()?;
    /// graph.insert(tag, Tag { label: "sf".into() })?;
    /// let json = serde_json::to_string(&graph.changes_since(&mark)?)?;
    /// assert_eq!(json, r#"{"entities":[[1,"Tag",null,{"label":"sf"},[]]],"links":[],"rows":[]}"#);
    ///
    /// let mut read = serde_json::Deserializer::from_str(&json);
    /// replica.apply(&ChangeSet::deserialize(replica.registry(), &mut read)?)?;
    /// assert_eq!(replica.len(tag), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn deserialize<'de, D: Deserializer<'de>>(
        registry: &Registry,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        let ends = registry.end_defs();
        let ends = ends.map(|end| (name(registry, end), end.id)).collect();
        let context = Context { registry, ends };
        deserializer.deserialize_struct("ChangeSet", PARTS, &context)
    }
}

/// `Book.author`; of an end of several types, the one towards a type is
/// `Comment.on:Post`.
fn name(registry: &Registry, end: &End) -> String {
    let name = registry.full_name(end);
    match registry.entity_def(end.target) {
        Some(target) if end.variants.len() > 1 => format!("{name}:{}", target.name),
        _ => name,
    }
}

/// What names mean.
struct Context<'r> {
    registry: &'r Registry,
    ends: HashMap<String, EndId>,
}

impl Context<'_> {
    fn end<E: de::Error>(&self, name: &str) -> Result<EndId, E> {
        let end = self.ends.get(name).copied();
        end.ok_or_else(|| de::Error::custom(format!("the schema has no end {name:?}")))
    }
}

impl<'de> Visitor<'de> for &Context<'_> {
    type Value = ChangeSet;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a change set")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ChangeSet, A::Error> {
        Ok(ChangeSet {
            registry: self.registry.clone(),
            entities: next(&mut seq, Listed::of(self))?,
            links: next(&mut seq, Listed::of(self))?,
            rows: next(&mut seq, Listed::of(self))?,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ChangeSet, A::Error> {
        let mut changes = ChangeSet::new(self.registry.clone());
        while let Some(part) = map.next_key::<String>()? {
            match &*part {
                "entities" => changes.entities = map.next_value_seed(Listed::of(self))?,
                "links" => changes.links = map.next_value_seed(Listed::of(self))?,
                "rows" => changes.rows = map.next_value_seed(Listed::of(self))?,
                other => return Err(de::Error::unknown_field(other, PARTS)),
            }
        }
        Ok(changes)
    }
}

/// A change, read element by element.
trait Part: Sized {
    const ELEMENTS: usize;

    fn read<'de, A: SeqAccess<'de>>(from: &Context<'_>, parts: &mut A) -> Result<Self, A::Error>;
}

/// The next element, which has to be there.
fn next<'de, A: SeqAccess<'de>, S: DeserializeSeed<'de>>(
    parts: &mut A,
    seed: S,
) -> Result<S::Value, A::Error> {
    let found = parts.next_element_seed(seed)?;
    found.ok_or_else(|| de::Error::custom("a change with too few elements"))
}

fn plain<'de, T: de::Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
    next(parts, PhantomData)
}

/// Several changes of a kind.
struct Listed<'c, 'r, P>(&'c Context<'r>, PhantomData<P>);

impl<'c, 'r, P> Listed<'c, 'r, P> {
    fn of(context: &'c Context<'r>) -> Self {
        Self(context, PhantomData)
    }
}

impl<'de, P: Part> DeserializeSeed<'de> for Listed<'_, '_, P> {
    type Value = Vec<P>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<P>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, P: Part> Visitor<'de> for Listed<'_, '_, P> {
    type Value = Vec<P>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of changes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<P>, A::Error> {
        let foreseen = seq.size_hint().unwrap_or(0).min(FORESEEN);
        let mut all = Vec::with_capacity(foreseen);
        while let Some(part) = seq.next_element_seed(One(self.0, PhantomData))? {
            all.push(part);
        }
        Ok(all)
    }
}

/// One change.
struct One<'c, 'r, P>(&'c Context<'r>, PhantomData<P>);

impl<'de, P: Part> DeserializeSeed<'de> for One<'_, '_, P> {
    type Value = P;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<P, D::Error> {
        deserializer.deserialize_tuple(P::ELEMENTS, self)
    }
}

impl<'de, P: Part> Visitor<'de> for One<'_, '_, P> {
    type Value = P;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a change of {} elements", P::ELEMENTS)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<P, A::Error> {
        P::read(self.0, &mut seq)
    }
}

/// A value that may be missing, as its type has it.
struct ValueIn<'a> {
    serial: Option<&'a Serial>,
    of: &'a str,
}

impl<'de> DeserializeSeed<'de> for ValueIn<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for ValueIn<'_> {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a value of {}, or none", self.of)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let serial = self
            .serial
            .ok_or_else(|| de::Error::custom(unserial(self.of)))?;
        let mut erased = <dyn erased_serde::Deserializer<'_>>::erase(deserializer);
        let value = serial.read(&mut erased).map_err(de::Error::custom)?;
        Ok(Some(Value::from(value)))
    }
}

impl Part for EntityChange {
    const ELEMENTS: usize = 5;

    fn read<'de, A: SeqAccess<'de>>(from: &Context<'_>, parts: &mut A) -> Result<Self, A::Error> {
        let uid = plain(parts)?;
        let name: String = plain(parts)?;
        let def = from.registry.find_entity_def(&name);
        let unknown = || de::Error::custom(format!("the schema has no entity type {name:?}"));
        let def = def.ok_or_else(unknown)?;
        let value = || ValueIn {
            serial: def.factory.serial(),
            of: &name,
        };
        let (before, after) = (next(parts, value())?, next(parts, value())?);
        if before.is_none() && after.is_none() {
            return Err(de::Error::custom("an entity without payloads"));
        }
        let fields: Vec<String> = plain(parts)?;
        let fields = fields.iter().map(|field| {
            let at = def.factory.fields().iter().position(|name| name == field);
            let at = at.and_then(|at| u16::try_from(at).ok());
            let unknown = || de::Error::custom(format!("{name} has no field {field:?}"));
            at.map(FieldNumber).ok_or_else(unknown)
        });
        Ok(Self {
            uid,
            entity: def.id,
            before,
            after,
            fields: fields.collect::<Result<_, A::Error>>()?,
        })
    }
}

impl Part for LinkChange {
    const ELEMENTS: usize = 5;

    fn read<'de, A: SeqAccess<'de>>(from: &Context<'_>, parts: &mut A) -> Result<Self, A::Error> {
        let name: String = plain(parts)?;
        let end = from.registry.end_at(from.end(&name)?);
        let end = end.filter(|end| end.id.side() == Side::Left);
        let right = || de::Error::custom(format!("{name:?} is not where links are told from"));
        let end = end.ok_or_else(right)?;
        let uids = plain(parts)?;
        let kind: String = plain(parts)?;
        let known = LinkKind::NAMES.iter().find(|(_, name)| *name == kind);
        let unknown = || de::Error::custom(format!("{kind:?} is no kind of change of a link"));
        let (kind, _) = *known.ok_or_else(unknown)?;
        let value = || ValueIn {
            serial: end.data.as_ref().and_then(|data| data.serial()),
            of: &name,
        };
        Ok(Self {
            ends: [end.id, end.inverse],
            uids,
            kind,
            before: next(parts, value())?,
            after: next(parts, value())?,
        })
    }
}

impl Part for RowChange {
    const ELEMENTS: usize = 4;

    fn read<'de, A: SeqAccess<'de>>(from: &Context<'_>, parts: &mut A) -> Result<Self, A::Error> {
        let name: String = plain(parts)?;
        Ok(Self {
            end: from.end(&name)?,
            owner: plain(parts)?,
            left: plain(parts)?,
            entered: plain(parts)?,
        })
    }
}
