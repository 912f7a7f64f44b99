//! Ends and their inverses: who is whose, and whether both agree.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::id::EntityTypeId;

use super::{DeclaredEnd, Relationship, Right, SoundEnd, Types, options};
use crate::schema::Cardinality;
use crate::schema::declaration::Pairing;
use crate::schema::names::{advice, is_plain};

pub(super) fn check<'a>(
    ends: &[DeclaredEnd<'a>],
    types: &Types<'_>,
    problems: &mut Vec<String>,
) -> Vec<Relationship<'a>> {
    let names = Names::check(ends, types, problems);
    let mut relationships = Vec::new();
    for end in ends {
        check_options(end, names.far(end), types, problems);
        let Some(left) = end.sound() else { continue };
        match names.right(&left) {
            Ok(Some(right)) => {
                problems.extend(contained_twice(&left, &right));
                relationships.push(Relationship { left, right });
            }
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    relationships
}

/// What is wrong with all types of an end of several is told once.
fn check_options(
    end: &DeclaredEnd<'_>,
    far: Option<Cardinality>,
    types: &Types<'_>,
    problems: &mut Vec<String>,
) {
    let mut found = Vec::new();
    options::check(end, far, types, &mut found);
    if end.variant.is_some_and(|variant| variant > 0) {
        found.retain(|problem| !problems.contains(problem));
    }
    problems.extend(found);
}

/// Each of two entities cannot be a part of the other.
fn contained_twice(left: &SoundEnd<'_>, right: &Right<'_>) -> Option<String> {
    let other = match right {
        Right::Declared(right) => &right.declared.options,
        Right::Made { options, .. } => options,
        Right::Hidden | Right::Same => return None,
    };
    (left.declared.options.contained && other.contained).then(|| {
        format!(
            "{} is contained, and so is its inverse, but only one of two can be a part of the other: \
             leave out one contained()",
            left.declared.name
        )
    })
}

/// Who has a name.
#[derive(Clone, Copy)]
enum Holder {
    /// The end at this place, the first where it is of several types.
    Declared(usize),
    /// The end made by a `backref` of the end at this place.
    Made(usize),
}

/// All the names of ends, declared and made.
struct Names<'e, 'a> {
    ends: &'e [DeclaredEnd<'a>],
    types: &'e Types<'e>,
    holders: BTreeMap<(EntityTypeId, &'a str), Holder>,
}

impl<'e, 'a> Names<'e, 'a> {
    fn check(
        ends: &'e [DeclaredEnd<'a>],
        types: &'e Types<'_>,
        problems: &mut Vec<String>,
    ) -> Self {
        let is_first = |(_, end): &(usize, &DeclaredEnd<'_>)| end.variant.unwrap_or(0) == 0;
        let declared = ends.iter().enumerate().filter(is_first);
        let declared = declared.filter_map(|(at, end)| Some((end.name?, Holder::Declared(at))));
        let mut names = Self {
            ends,
            types,
            holders: declared.collect(),
        };
        for (at, end) in ends.iter().enumerate() {
            names.make(at, end, problems);
        }
        names
    }

    /// Enters the end that a `backref` makes, if it is one.
    fn make(&mut self, at: usize, end: &DeclaredEnd<'a>, problems: &mut Vec<String>) {
        let (Some(Pairing::Backref(_, made)), Some(target)) = (end.pairing, end.target) else {
            return;
        };
        if !is_plain(made) {
            let end = &end.declared.name;
            problems.push(format!(
                "{end} has the backref {made:?}, which is no name: \
                 write the name of the end alone, without type and dot"
            ));
            return;
        }
        match self.holders.entry((target, made)) {
            Entry::Vacant(entry) => {
                entry.insert(Holder::Made(at));
            }
            Entry::Occupied(entry) => {
                let holder = *entry.get();
                if let Holder::Made(by) = holder
                    && self.ends[by].at == self.ends[at].at
                {
                    // The type is named twice, which is told already.
                    return;
                }
                problems.push(self.taken(at, holder, target, made));
            }
        }
    }

    /// A `backref` to a name that somebody has.
    fn taken(&self, maker: usize, holder: Holder, target: EntityTypeId, made: &str) -> String {
        let end = &self.ends[maker].declared.name;
        let target = self.types.name(target);
        match holder {
            Holder::Declared(at) if self.ends[at].at == self.ends[maker].at => {
                format!("{end} is to make itself by backref: write symmetric() instead")
            }
            Holder::Declared(_) => format!(
                "{end} makes {target}.{made} by backref, but that is declared too: \
                 let both say back_populates, or leave out {target}.{made}"
            ),
            Holder::Made(at) => {
                let other = &self.ends[at].declared.name;
                format!(
                    "{end} makes {target}.{made} by backref, and so does {other}: \
                     give one of them another name"
                )
            }
        }
    }

    /// The cardinality of the inverse, where it can be told.
    fn far(&self, end: &DeclaredEnd<'_>) -> Option<Cardinality> {
        match end.pairing? {
            Pairing::BackPopulates(name) => {
                match self.holders.get(&(end.target?, name.as_str()))? {
                    Holder::Declared(at) => self.ends[*at].cardinality,
                    Holder::Made(_) => None,
                }
            }
            Pairing::Backref(cardinality, _) => Some(*cardinality),
            Pairing::OneWay(_) if end.declared.options.contained => Some(Cardinality::One),
            Pairing::OneWay(_) => Some(Cardinality::Many),
            Pairing::Symmetric => end.cardinality,
        }
    }

    /// The other end; `None` where the relationship is the other end's to
    /// make, or what keeps it from being made is reported there.
    fn right(&self, left: &SoundEnd<'a>) -> Result<Option<Right<'a>>, String> {
        match left.pairing {
            Pairing::BackPopulates(name) => self.partner(left, name),
            Pairing::Backref(cardinality, name) => Ok(Some(Right::Made {
                name,
                cardinality: *cardinality,
                options: left.declared.inverse.clone().unwrap_or_default(),
            })),
            Pairing::OneWay(_) => Ok(Some(Right::Hidden)),
            Pairing::Symmetric if left.owner == left.target => Ok(Some(Right::Same)),
            Pairing::Symmetric => {
                let (owner, target) = (self.types.name(left.owner), self.types.name(left.target));
                let end = &left.declared.name;
                Err(format!(
                    "{end} is symmetric but points at {target}: \
                     let it point at {owner}, or replace symmetric() by back_populates or backref"
                ))
            }
        }
    }

    /// The end that `back_populates` names.
    fn partner(&self, left: &SoundEnd<'a>, name: &str) -> Result<Option<Right<'a>>, String> {
        let end = &left.declared.name;
        let inverse = format!("{}.{name}", self.types.name(left.target));
        match self.holders.get(&(left.target, name)) {
            None => Err(self.missing(left, name)),
            Some(Holder::Made(at)) => {
                let maker = &self.ends[*at].declared.name;
                Err(format!(
                    "{end} names {inverse}, which {maker} makes by backref: \
                     name another end, or declare {inverse} and let both say back_populates"
                ))
            }
            Some(Holder::Declared(at)) if self.ends[*at].at == left.at => Err(format!(
                "{end} names itself as its inverse: write symmetric() instead"
            )),
            Some(Holder::Declared(at)) => self.mutual(left, self.towards(*at, left.owner)),
        }
    }

    /// Of the end at a place the one that leads to a type, if it is of several.
    fn towards(&self, at: usize, target: EntityTypeId) -> &DeclaredEnd<'a> {
        let first = &self.ends[at];
        let variants = self.ends[at..].iter().take_while(|end| end.at == first.at);
        let mut fitting = variants.filter(|end| end.target == Some(target));
        fitting.next().unwrap_or(first)
    }

    /// Both must name each other and point at each other's type.
    fn mutual(
        &self,
        left: &SoundEnd<'a>,
        right: &DeclaredEnd<'a>,
    ) -> Result<Option<Right<'a>>, String> {
        let (end, inverse) = (&left.declared.name, &right.declared.name);
        let (owner, name) = (self.types.name(left.owner), left.name);
        let Some(right) = right.sound() else {
            return Ok(None);
        };
        let mutual = matches!(right.pairing, Pairing::BackPopulates(back) if *back == *name);
        if right.target != left.owner {
            let target = self.types.name(right.target);
            return Err(format!(
                "{end} names {inverse}, which points at {target} and not at {owner}: \
                 let {inverse} point at {owner}, or name another end"
            ));
        }
        if !mutual {
            return Err(format!(
                "{end} names {inverse}, which does not name it back: \
                 let {inverse} say back_populates({name:?})"
            ));
        }
        Ok((left.at < right.at).then_some(Right::Declared(right)))
    }

    /// `back_populates` with a name that no end has.
    fn missing(&self, left: &SoundEnd<'_>, name: &str) -> String {
        let end = &left.declared.name;
        let (owner, target) = (self.types.name(left.owner), self.types.name(left.target));
        if !is_plain(name) {
            return format!(
                "{end} says back_populates({name:?}): \
                 write the name of the end alone, without type and dot"
            );
        }
        let first = (left.target, "");
        let known = self.holders.range(first..);
        let known = known.take_while(|((owner, _), _)| *owner == left.target);
        let advice = advice(name, known.map(|((_, name), _)| *name));
        let back = left.name;
        let call = match left.cardinality {
            Cardinality::One => "to_many",
            Cardinality::Many => "to_one",
        };
        format!(
            "{end} names {target}.{name}, which is no end ({advice}): \
             add relationship(\"{target}.{name}\").{call}(\"{owner}\").back_populates(\"{back}\")"
        )
    }
}
