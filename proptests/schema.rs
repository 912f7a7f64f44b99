//! Random schemas, sound and faulty, and how they are declared to the library.

use std::collections::BTreeSet;

use backref::{
    Cardinality, DeleteRule, EndBuilder, EndInfo, ErrorKind, Id, Key, Order, PlannedLinks,
    PlannedPayload, Registry, Result, Schema, SchemaBuilder, Storage,
};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::Strategy;

use crate::model::checks::{refuses_links, refuses_payload};
use crate::model::{End, Item};
use crate::run::{self, Dice, Verdict};

mod faulty;

/// The payload of the N-th entity type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thing<const N: usize>(pub(crate) Item);

/// How a relationship is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    BackPopulates,
    Backref,
    OneWay,
    Symmetric,
}

#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) form: Form,
    /// Its inverse is the next one, save for a symmetric relationship.
    pub(crate) end: usize,
}

/// A schema as the tests see it: entity types are numbers, and so are ends.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Whether the type has a primary key.
    pub(crate) keyed: Vec<bool>,
    /// Whether its payloads are checked.
    pub(crate) checked: Vec<bool>,
    pub(crate) ends: Vec<End>,
    pub(crate) relations: Vec<Relation>,
    /// Each entity type has a payload type of its own.
    pub(crate) apart: bool,
}

/// The bounds of random schemas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) kinds: usize,
    pub(crate) relations: usize,
}

/// Random schemas in which nothing is checked.
pub(crate) fn shapes(bounds: Bounds) -> impl Strategy<Value = Shape> {
    checked_shapes(bounds).prop_map(Shape::without_checks)
}

/// Codes of a schema: the first gives its types, each other a relationship.
pub(crate) fn checked_shapes(bounds: Bounds) -> impl Strategy<Value = Shape> {
    (any::<u64>(), vec(any::<u64>(), 1..=bounds.relations))
        .prop_map(move |(kinds, relations)| Shape::decode(bounds, kinds, &relations))
}

/// The order of an end whose members are `Thing<N>`s: by their rank, said in one
/// of two ways, or with a key.
macro_rules! arranged {
    ($options:expr, $end:expr, $n:literal) => {
        if $end.keyed {
            $options.keyed_by(Key::optional(|it: &Thing<$n>| it.0.row_key()))
        } else if $end.inverse.is_multiple_of(3) {
            let rank = |it: &Thing<$n>| it.0.rank;
            $options.sorted_by_comparison(move |a: &Thing<$n>, b| rank(a).cmp(&rank(b)))
        } else {
            $options.sorted_by(Key::field(|it: &Thing<$n>| &it.0.rank))
        }
    };
}

/// What a check of a payload says.
fn payload<const N: usize>(change: &PlannedPayload<'_, Thing<N>>) -> Result<(), &'static str> {
    let (before, after) = (change.before(), change.after());
    match refuses_payload(before.map(|it| it.0), after.map(|it| it.0)) {
        true => Err("by the check of a payload"),
        false => Ok(()),
    }
}

/// What a check of links says.
fn links<const S: usize, const T: usize>(
    change: &PlannedLinks<'_, Thing<S>, Thing<T>>,
) -> Result<(), &'static str> {
    let items = |ids: &[Id<Thing<T>>]| -> Option<Vec<Item>> {
        ids.iter().map(|&id| Some(change.member(id)?.0)).collect()
    };
    let (Some(added), Some(removed)) = (items(change.added()), items(change.removed())) else {
        return Err("somebody is not there");
    };
    if change.members_after().count() != change.len_after() {
        return Err("the members are miscounted");
    }
    match refuses_links(change.len_after(), &added, &removed) {
        true => Err("by the check of links"),
        false => Ok(()),
    }
}

/// The check of links between the payloads of two numbers.
macro_rules! checked {
    ($options:expr, $pair:expr) => {
        match $pair {
            (0, 0) => $options.check(links::<0, 0>),
            (0, 1) => $options.check(links::<0, 1>),
            (0, _) => $options.check(links::<0, 2>),
            (1, 0) => $options.check(links::<1, 0>),
            (1, 1) => $options.check(links::<1, 1>),
            (1, _) => $options.check(links::<1, 2>),
            (_, 0) => $options.check(links::<2, 0>),
            (_, 1) => $options.check(links::<2, 1>),
            (_, _) => $options.check(links::<2, 2>),
        }
    };
}

/// The options of an end, given to its builder or to those of an inverse, which
/// lead between payloads of these pairs of numbers.
macro_rules! with_options {
    ($options:expr, $shape:expr, $end:expr, $pairs:expr) => {{
        let mut options = $options.delete_rule($end.rule);
        options = match ($end.many, $shape.payload_of($end.target)) {
            (false, _) => options,
            (true, _) if !$end.ordered => options.order(Order::None),
            (true, _) if $end.is_settable() && !$end.keyed => options,
            (true, 0) => arranged!(options, $end, 0),
            (true, 1) => arranged!(options, $end, 1),
            (true, _) => arranged!(options, $end, 2),
        };
        if $end.linked {
            options = options.storage(Storage::Linked);
        }
        if $end.required {
            options = options.required();
        }
        if $end.min > 0 {
            options = options.min($end.min);
        }
        if $end.max < usize::MAX {
            options = options.max($end.max);
        }
        if $end.orphans {
            options = options.delete_orphans();
        }
        if $end.contained {
            options = options.contained();
        }
        if $shape.says_acyclic($end) {
            options = options.acyclic();
        }
        for pair in $pairs.into_iter().filter(|_| $end.checked) {
            options = checked!(options, pair);
        }
        options
    }};
}

impl Shape {
    pub(crate) fn decode(bounds: Bounds, kinds: u64, relations: &[u64]) -> Self {
        let mut dice = Dice::new(kinds);
        let kinds = 1 + dice.roll(bounds.kinds);
        let mut shape = Self {
            keyed: (0..kinds).map(|_| dice.once_in(3)).collect(),
            checked: (0..kinds).map(|_| dice.once_in(2)).collect(),
            ends: Vec::new(),
            relations: Vec::new(),
            apart: false,
        };
        for &code in relations {
            shape.add(&mut Dice::new(code));
        }
        // What is refused hides what would have come of it: most have no checks.
        match dice.once_in(4) {
            true => shape,
            false => shape.without_checks(),
        }
    }

    fn add(&mut self, dice: &mut Dice) {
        let form = dice.of(&[
            Form::BackPopulates,
            Form::BackPopulates,
            Form::Backref,
            Form::Backref,
            Form::OneWay,
            Form::Symmetric,
        ]);
        let owner = dice.roll(self.keyed.len());
        let target = match form {
            Form::Symmetric => owner,
            Form::BackPopulates | Form::Backref | Form::OneWay if dice.once_in(3) => owner,
            Form::BackPopulates | Form::Backref | Form::OneWay => dice.roll(self.keyed.len()),
        };
        let end = self.ends.len();
        self.relations.push(Relation { form, end });
        let acyclic = owner == target && form != Form::Symmetric && dice.once_in(3);
        let back = (form != Form::Symmetric).then(|| end + 1);
        let mut left = random_end(dice, (owner, target), back.unwrap_or(end));
        left.acyclic = acyclic;
        left.data = dice.once_in(3);
        if form == Form::Symmetric {
            left.rule = random_rule(dice, left.many, left.many);
            left.checked = dice.once_in(2);
            return self.ends.push(left);
        }
        let mut right = random_end(dice, (target, owner), end);
        right.acyclic = acyclic;
        right.data = left.data;
        if form == Form::OneWay {
            right = End {
                many: true,
                hidden: true,
                ..plain(&right)
            };
        }
        set_rules(dice, &mut left, &mut right);
        left.linked = left.can_be_linked(&right) && dice.once_in(3);
        right.linked = right.can_be_linked(&left) && dice.once_in(3);
        left.checked = dice.once_in(3);
        right.checked = !right.hidden && dice.once_in(3);
        self.push_pair(dice, form, [left, right]);
    }

    /// Adds two ends of each other; now and then one of them is of several types.
    fn push_pair(&mut self, dice: &mut Dice, form: Form, [mut left, right]: [End; 2]) {
        let end = self.ends.len();
        let types = self.more_types(dice, &left);
        if types.len() > 1 {
            left.family = Some(end);
        }
        for (nth, &target) in types.iter().enumerate() {
            let number = end + 2 * nth;
            if nth > 0 {
                self.relations.push(Relation { form, end: number });
            }
            self.ends.push(End {
                target,
                inverse: number + 1,
                ..left.clone()
            });
            self.ends.push(End {
                owner: target,
                inverse: number,
                ..right.clone()
            });
        }
    }

    /// The types that an end leads to: now and then several.
    fn more_types(&self, dice: &mut Dice, end: &End) -> Vec<usize> {
        let mut types = vec![end.target];
        if !end.many && !end.acyclic && dice.once_in(3) {
            let others = (0..self.kinds()).filter(|&kind| kind != end.target);
            types.extend(others.take(1 + dice.roll(2)));
        }
        types
    }

    pub(crate) fn without_checks(mut self) -> Self {
        self.checked.fill(false);
        self.ends.iter_mut().for_each(|end| end.checked = false);
        self
    }

    pub(crate) fn kinds(&self) -> usize {
        self.keyed.len()
    }

    /// The ends that the user has declared, all but the hidden ones.
    pub(crate) fn open_ends(&self) -> impl Iterator<Item = usize> {
        (0..self.ends.len()).filter(|&end| !self.ends[end].hidden)
    }

    pub(crate) fn open_ends_of(&self, kind: usize) -> impl Iterator<Item = usize> {
        self.open_ends()
            .filter(move |&end| self.ends[end].owner == kind)
    }

    pub(crate) fn relation_of(&self, end: usize) -> &Relation {
        self.relations
            .iter()
            .find(|it| it.end == end || self.ends[it.end].inverse == end)
            .expect("each end belongs to a relationship")
    }

    /// The same relationships, the inverse ends declared in the other way.
    pub(crate) fn with_forms_swapped(&self) -> Self {
        let mut shape = self.clone();
        for relation in &mut shape.relations {
            relation.form = match relation.form {
                Form::BackPopulates => Form::Backref,
                Form::Backref => Form::BackPopulates,
                Form::OneWay => Form::OneWay,
                Form::Symmetric => Form::Symmetric,
            };
        }
        shape
    }

    /// All entity types with one and the same payload type.
    pub(crate) fn build_alike(&self) -> Result<Registry> {
        let mut schema = Schema::builder();
        for kind in 0..self.kinds() {
            self.declare_kind::<0>(&mut schema, kind);
        }
        self.declare_relations(&mut schema);
        schema.build()
    }

    /// Each entity type with its own payload type, for the typed face, which
    /// has three.
    pub(crate) fn build_apart(&self) -> Result<Registry> {
        let shape = Self {
            apart: true,
            ..self.clone()
        };
        shape.build_each()
    }

    /// Which of the payload types an entity type has.
    fn payload_of(&self, kind: usize) -> usize {
        if self.apart { kind.min(2) } else { 0 }
    }

    fn build_each(&self) -> Result<Registry> {
        let mut schema = Schema::builder();
        for kind in 0..self.kinds() {
            match kind {
                0 => self.declare_kind::<0>(&mut schema, kind),
                1 => self.declare_kind::<1>(&mut schema, kind),
                _ => self.declare_kind::<2>(&mut schema, kind),
            }
        }
        self.declare_relations(&mut schema);
        schema.build()
    }

    fn declare_kind<const N: usize>(&self, schema: &mut SchemaBuilder, kind: usize) {
        let mut entity = schema
            .entity::<Thing<N>>(&kind_name(kind))
            .cloneable()
            .comparable();
        if self.checked[kind] {
            entity = entity.check(payload::<N>);
        }
        if self.keyed[kind] {
            entity.key(Key::field(|thing: &Thing<N>| &thing.0.key));
        }
    }

    fn declare_relations(&self, schema: &mut SchemaBuilder) {
        for relation in &self.relations {
            let left = &self.ends[relation.end];
            let (right, back) = (&self.ends[left.inverse], self.end_name(left.inverse));
            if left.family.is_some_and(|first| first != relation.end) {
                if relation.form == Form::BackPopulates {
                    let end = self.declare_end(schema, left.inverse);
                    end.back_populates(&self.end_name(relation.end));
                }
                continue;
            }
            let end = self.declare_end(schema, relation.end);
            match relation.form {
                Form::Symmetric => {
                    end.symmetric();
                }
                Form::OneWay => self.declare_one_way(end, relation.end),
                Form::Backref => {
                    let end = if right.many {
                        end.backref(&back)
                    } else {
                        end.backref_one(&back)
                    };
                    let pairs = self.pairs(relation.end).into_iter().map(|(a, b)| (b, a));
                    end.inverse(|back| with_options!(back, self, right, pairs));
                }
                Form::BackPopulates => {
                    end.back_populates(&back);
                    let end = self.declare_end(schema, left.inverse);
                    end.back_populates(&self.end_name(relation.end));
                }
            }
        }
    }

    /// The rule on delete is left out here and there where it is the usual one.
    fn declare_one_way(&self, end: EndBuilder<'_>, number: usize) {
        let left = &self.ends[number];
        let rule = self.ends[left.inverse].rule;
        let usual = if left.least() > 0 {
            DeleteRule::Deny
        } else {
            DeleteRule::Nullify
        };
        if rule == usual && number.is_multiple_of(4) {
            end.one_way();
        } else {
            end.one_way_on_delete(rule);
        }
    }

    fn declare_end<'s>(&self, schema: &'s mut SchemaBuilder, number: usize) -> EndBuilder<'s> {
        let end = &self.ends[number];
        let target = kind_name(end.target);
        let builder = schema.relationship(&self.full_name(number));
        let builder = if end.many {
            builder.to_many(&target)
        } else if let Some(first) = end.family {
            let family = self.ends.iter().filter(|it| it.family == Some(first));
            let types: Vec<String> = family.map(|it| kind_name(it.target)).collect();
            builder.to_one_of(types.iter().map(String::as_str))
        } else {
            builder.to_one(&target)
        };
        let builder = with_options!(builder, self, end, self.pairs(number));
        if self.says_data(number) {
            return builder
                .data::<u32>()
                .cloneable_data::<u32>()
                .comparable_data::<u32>();
        }
        builder
    }

    /// The numbers of the payloads that an end leads from and to; each pair once.
    fn pairs(&self, number: usize) -> BTreeSet<(usize, usize)> {
        let pair = |end: &End| (self.payload_of(end.owner), self.payload_of(end.target));
        let end = &self.ends[number];
        let family = |it: &&End| end.family.is_some() && it.family == end.family;
        let kin = self.ends.iter().filter(family);
        kin.chain([end]).map(pair).collect()
    }

    /// Data is said at one end or at both, and holds for both.
    fn says_data(&self, number: usize) -> bool {
        let end = &self.ends[number];
        let alone = self.relation_of(number).form != Form::BackPopulates;
        let left = number.min(end.inverse);
        let at = self.ends[left].family.unwrap_or(left) % 3;
        end.data && (alone || at == 0 || (at == 1) == (number == left))
    }

    /// Acyclic is said at one end, at either, and holds for both.
    fn says_acyclic(&self, end: &End) -> bool {
        let inverse = &self.ends[end.inverse];
        end.acyclic && (inverse.hidden || end.many >= inverse.many)
    }

    pub(crate) fn full_name(&self, end: usize) -> String {
        format!("{}.{}", kind_name(self.ends[end].owner), self.end_name(end))
    }

    /// The ends that are one end of several types have one name, and so have
    /// their inverses.
    fn end_name(&self, end: usize) -> String {
        let inverse = self.ends[end].inverse;
        let first = self.ends[inverse]
            .family
            .map(|first| self.ends[first].inverse);
        format!("e{}", self.ends[end].family.or(first).unwrap_or(end))
    }

    /// The end as its registry has it; of several types, towards its own.
    pub(crate) fn info<'r>(&self, registry: &'r Registry, end: usize) -> Option<EndInfo<'r>> {
        let mut variants = registry.find_end(&self.full_name(end))?.variants();
        variants.find(|it| it.target().name() == kind_name(self.ends[end].target))
    }
}

/// Required ends point to types declared earlier, mostly: in a circle of
/// required ends nobody can be the first.
fn random_end(dice: &mut Dice, (owner, target): (usize, usize), inverse: usize) -> End {
    let many = dice.once_in(2);
    let order = dice.roll(9);
    let rarely = if target < owner { 2 } else { 40 };
    let min = match many && dice.once_in(rarely * 2) {
        true => 1 + dice.roll(2),
        false => 0,
    };
    End {
        owner,
        target,
        inverse,
        many,
        ordered: many && order > 1,
        sorted: many && (2..4).contains(&order),
        keyed: many && order == 4,
        linked: false,
        required: dice.once_in(rarely),
        min,
        max: match many && dice.once_in(5) {
            true => min.max(1) + dice.roll(3),
            false => usize::MAX,
        },
        acyclic: false,
        hidden: false,
        orphans: false,
        contained: false,
        family: None,
        checked: false,
        data: false,
        rule: DeleteRule::Nullify,
    }
}

/// An end of which nothing is said.
fn plain(end: &End) -> End {
    End {
        many: false,
        ordered: false,
        sorted: false,
        keyed: false,
        required: false,
        min: 0,
        max: usize::MAX,
        ..end.clone()
    }
}

/// What a delete does at both ends, and whom they own.
fn set_rules(dice: &mut Dice, left: &mut End, right: &mut End) {
    own(dice, left, right);
    left.rule = random_rule(dice, left.many, right.many);
    right.rule = random_rule(dice, right.many, left.many);
    if right.hidden {
        right.rule = random_rule_on_delete(dice, left.least() > 0);
    }
    for container in [left, right].into_iter().filter(|end| end.contained) {
        container.rule = DeleteRule::Cascade;
    }
}

/// Makes one of two an owner of the other, or its container, now and then.
fn own(dice: &mut Dice, left: &mut End, right: &mut End) {
    left.orphans = dice.once_in(6);
    right.orphans = !right.hidden && dice.once_in(6);
    if !dice.once_in(4) {
        return;
    }
    let (container, part) = if right.hidden || dice.once_in(2) {
        (left, right)
    } else {
        (right, left)
    };
    container.contained = true;
    if part.many {
        *part = plain(part);
    }
}

fn random_rule(dice: &mut Dice, many: bool, inverse_many: bool) -> DeleteRule {
    let cascade = if !many && inverse_many {
        DeleteRule::CascadeUp
    } else {
        DeleteRule::Cascade
    };
    dice.of(&[
        DeleteRule::Nullify,
        DeleteRule::Nullify,
        DeleteRule::Nullify,
        cascade,
        DeleteRule::Deny,
    ])
}

/// What the owner of a one-way end suffers; a required one is not nullified.
fn random_rule_on_delete(dice: &mut Dice, required: bool) -> DeleteRule {
    let mildest = if required {
        DeleteRule::Deny
    } else {
        DeleteRule::Nullify
    };
    dice.of(&[mildest, mildest, DeleteRule::Cascade, DeleteRule::Deny])
}

pub(crate) fn kind_name(kind: usize) -> String {
    format!("T{kind}")
}

/// What the registry tells of itself is what was declared.
pub(crate) fn reflects(shape: &Shape, registry: &Registry) -> Verdict {
    let names: Vec<String> = registry.entities().map(|it| it.name().to_owned()).collect();
    let declared: Vec<String> = (0..shape.kinds()).map(kind_name).collect();
    if names != declared {
        return Err(format!("entity types {names:?}, declared {declared:?}"));
    }
    let is_first = |end: &usize| shape.ends[*end].family.is_none_or(|first| first == *end);
    let declared = shape.open_ends().filter(is_first).count();
    if registry.ends().count() != declared {
        return Err(format!("{declared} ends declared"));
    }
    for end in shape.open_ends() {
        reflects_end(shape, registry, end)
            .ok_or_else(|| format!("{} is not as declared", shape.full_name(end)))?;
    }
    Ok(())
}

fn reflects_end(shape: &Shape, registry: &Registry, end: usize) -> Option<()> {
    let (name, declared) = (shape.full_name(end), &shape.ends[end]);
    let info = shape.info(registry, end)?;
    let inverse = (!shape.ends[declared.inverse].hidden).then(|| shape.full_name(declared.inverse));
    let as_declared = info.full_name() == name
        && info.name() == shape.end_name(end)
        && info.owner().name() == kind_name(declared.owner)
        && info.target().name() == kind_name(declared.target)
        && (info.cardinality() == Cardinality::Many) == declared.many
        && info.inverse().map(|it| it.full_name().to_owned()) == inverse
        && info.delete_rule() == declared.rule
        && (!declared.many || info.order() == order_of(declared))
        && (info.storage() == Storage::Linked) == declared.linked
        && info.is_required() == declared.required
        && info.min().unwrap_or(0) == declared.min
        && info.max().unwrap_or(usize::MAX) == declared.max
        && info.deletes_orphans() == declared.orphans
        && info.is_contained() == declared.contained
        && info.is_checked() == declared.checked
        && info.is_one_of() == declared.family.is_some()
        && info.is_acyclic() == declared.acyclic
        && info.is_one_way() == shape.ends[declared.inverse].hidden
        && info.is_symmetric() == (declared.inverse == end)
        && info.data_type_name() == declared.data.then_some("u32")
        && registry.end(info.id())?.full_name() == name
        && registry.to_mermaid().contains(&shape.end_name(end))
        && registry.to_graphviz().contains(&shape.end_name(end));
    as_declared.then_some(())
}

fn order_of(end: &End) -> Order {
    match (end.ordered, end.sorted, end.keyed) {
        (false, ..) => Order::None,
        (true, true, _) => Order::Sorted,
        (true, false, true) => Order::Keyed,
        (true, false, false) => Order::Insertion,
    }
}

/// Handles are given out for what is there, under the right types, where no
/// other entity type has the same payload type.
fn gives_handles(shape: &Shape, registry: &Registry) -> Verdict {
    let alone = shape.kinds() == 1;
    for kind in 0..shape.kinds() {
        let wrong = registry.entity_type::<Thing<1>>(&kind_name(kind));
        if registry.entity_type::<Thing<0>>(&kind_name(kind)).is_ok() != alone || wrong.is_ok() {
            return Err(format!("handles of {}: {wrong:?}", kind_name(kind)));
        }
    }
    for end in shape.open_ends() {
        let (name, many) = (shape.full_name(end), shape.ends[end].many);
        let one_handle = registry.to_one::<Thing<0>, Thing<0>>(&name);
        let many_handle = registry.to_many::<Thing<0>, Thing<0>>(&name);
        let wrong = registry.to_many::<Thing<0>, Thing<1>>(&name);
        let given = (one_handle.is_ok(), many_handle.is_ok(), wrong.is_ok());
        if given != (alone && !many, alone && many, false) {
            return Err(format!("handles of {name}: {given:?}"));
        }
        let data = registry.link_data::<Thing<0>, Thing<0>, u32>(&name);
        let wrong = registry.link_data::<Thing<0>, Thing<0>, u8>(&name);
        if data.is_ok() != (alone && shape.ends[end].data) || wrong.is_ok() {
            return Err(format!("data of {name}: {data:?}, {wrong:?}"));
        }
    }
    Ok(())
}

#[test]
fn a_sound_schema_is_built_and_reflected_as_declared() {
    let bounds = Bounds {
        kinds: 5,
        relations: 8,
    };
    run::check("sound schemas", 128, &checked_shapes(bounds), |shape| {
        for registry in [
            shape.build_alike(),
            shape.with_forms_swapped().build_alike(),
        ] {
            let registry = registry.map_err(|error| error.to_string())?;
            reflects(&shape, &registry)?;
            gives_handles(&shape, &registry)?;
        }
        Ok(())
    });
}

#[test]
fn a_faulty_schema_is_refused_with_its_problems() {
    let bounds = Bounds {
        kinds: 3,
        relations: 4,
    };
    let cases = (shapes(bounds), vec(any::<u64>(), 1..4));
    run::check("faulty schemas", 256, &cases, |(shape, faults)| {
        let mut schema = Schema::builder();
        for kind in 0..shape.kinds() {
            shape.declare_kind::<0>(&mut schema, kind);
        }
        shape.declare_relations(&mut schema);
        let culprits = faulty::add_faults(&mut schema, &shape, &faults);
        let Err(error) = schema.build() else {
            return Err(format!("was built in spite of {culprits:?}"));
        };
        if error.kind() != ErrorKind::Schema || error.problems().is_empty() {
            return Err(format!("{error:?} has no problems"));
        }
        let untold = culprits
            .iter()
            .find(|name| !error.problems().iter().any(|told| told.contains(*name)));
        untold.map_or(Ok(()), |name| Err(format!("nothing of {name} in {error}")))
    });
}

#[test]
fn declarations_at_random_are_built_or_refused() {
    run::check(
        "declarations at random",
        512,
        &vec(any::<u64>(), 0..12),
        |codes| {
            let mut schema = Schema::builder();
            for code in codes {
                faulty::declare_at_random(&mut schema, &mut Dice::new(code));
            }
            match schema.build() {
                Ok(registry) => {
                    let drawn = registry.to_mermaid().len() + registry.to_graphviz().len();
                    (drawn > 0)
                        .then_some(())
                        .ok_or_else(|| "nothing drawn".to_owned())
                }
                Err(error) if error.problems().is_empty() => {
                    Err(format!("no problems in {error:?}"))
                }
                Err(_) => Ok(()),
            }
        },
    );
}
