//! Keys and indexes, held against a list that is searched from end to end.

use std::hash::{Hash, Hasher};
use std::ops::Bound;

use backref::{
    EntityType, Error, ErrorKind, Graph, HashIndex, Id, Key, OrderedIndex, Result, Schema,
    UniqueKey,
};

use crate::machine::codes;
use crate::run::{self, Dice, Verdict};

mod composite;

/// A name; a hostile one has the same hash as all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<const HOSTILE: bool>(u32);

impl<const HOSTILE: bool> Hash for Name<HOSTILE> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !HOSTILE {
            self.0.hash(state);
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Person<const HOSTILE: bool> {
    name: Name<HOSTILE>,
    email: Option<String>,
    country: Name<HOSTILE>,
    born: i32,
}

type Of<const HOSTILE: bool> = Id<Person<HOSTILE>>;

/// The graph, its handles, and the list.
struct Register<const H: bool> {
    graph: Graph,
    person: EntityType<Person<H>>,
    name: UniqueKey<Person<H>, Name<H>>,
    email: UniqueKey<Person<H>, String>,
    country: HashIndex<Person<H>, Name<H>>,
    born: OrderedIndex<Person<H>, i32>,
    list: Vec<(Of<H>, Person<H>)>,
    /// An id that names nobody.
    dead: Option<Of<H>>,
}

/// What came of a call, on both sides.
type Told<const H: bool> = Result<(Option<Of<H>>, Option<Person<H>>), ErrorKind>;

const NAMES: u32 = 9;
const EMAILS: [Option<&str>; 6] = [None, None, Some("a@b"), Some("b@c"), Some("c@d"), Some("")];
const COUNTRIES: u32 = 3;
const YEARS: i32 = 5;

impl<const H: bool> Register<H> {
    fn new() -> Result<Self> {
        let mut schema = Schema::builder();
        schema
            .entity::<Person<H>>("Person")
            .key(Key::field(|it: &Person<H>| &it.name))
            .unique("email", Key::optional(|it: &Person<H>| it.email.as_ref()))
            .index("country", Key::field(|it: &Person<H>| &it.country))
            .ordered_index("born", Key::field(|it: &Person<H>| &it.born))
            .cloneable()
            .comparable();
        let registry = schema.build()?;
        Ok(Self {
            person: registry.entity_type("Person")?,
            name: registry.key("Person")?,
            email: registry.unique("Person.email")?,
            country: registry.index("Person.country")?,
            born: registry.ordered_index("Person.born")?,
            graph: Graph::new(registry),
            list: Vec::new(),
            dead: None,
        })
    }

    fn throw_person(dice: &mut Dice) -> Person<H> {
        let small = |sides: u32, dice: &mut Dice| {
            u32::try_from(dice.roll(sides as usize)).expect("is small")
        };
        Person {
            name: Name(small(NAMES, dice)),
            email: dice.of(&EMAILS).map(str::to_owned),
            country: Name(small(COUNTRIES, dice)),
            born: i32::try_from(dice.roll(YEARS as usize)).expect("is small"),
        }
    }

    /// A live id mostly, or the last one that died.
    fn throw_id(&self, dice: &mut Dice) -> Option<Of<H>> {
        if self.list.is_empty() || dice.once_in(16) {
            return self.dead;
        }
        Some(self.list[dice.roll(self.list.len())].0)
    }

    fn position(&self, id: Of<H>) -> Result<usize, ErrorKind> {
        let position = self.list.iter().position(|(it, _)| *it == id);
        position.ok_or(ErrorKind::NotLive)
    }

    fn named(&self, name: &Name<H>) -> Option<usize> {
        self.list.iter().position(|(_, it)| it.name == *name)
    }

    fn is_free(&self, wanted: &Person<H>, but: &[usize]) -> Result<(), ErrorKind> {
        let clashes = |(at, (_, it)): (usize, &(Of<H>, Person<H>))| {
            let email = wanted.email.is_some() && wanted.email == it.email;
            !but.contains(&at) && (it.name == wanted.name || email)
        };
        if self.list.iter().enumerate().any(clashes) {
            return Err(ErrorKind::DuplicateKey);
        }
        Ok(())
    }

    fn rewrite(&mut self, id: Of<H>, person: Person<H>) -> Told<H> {
        let at = self.position(id)?;
        self.is_free(&person, &[at])?;
        let old = std::mem::replace(&mut self.list[at].1, person);
        Ok((Some(id), Some(old)))
    }

    /// A step on both sides, which must be told the same.
    fn step(&mut self, dice: &mut Dice) -> Verdict {
        let person = Self::throw_person(dice);
        let id = self.throw_id(dice);
        match (dice.roll(12), id) {
            (0..2, _) => self.insert(person),
            (2, _) => self.get_or_insert(person),
            (3 | 4, _) => self.upsert(person),
            (5 | 6, Some(id)) => self.replace(id, person),
            (7 | 8, Some(id)) => self.update(id, person, dice),
            (9, Some(id)) => match self.throw_id(dice) {
                Some(other) => self.swap(id, other, dice),
                None => Ok(()),
            },
            (10 | 11, Some(id)) => self.delete(id),
            (_, _) => self.insert(person),
        }
    }

    fn insert(&mut self, person: Person<H>) -> Verdict {
        let outcome = self.graph.insert(self.person, person.clone());
        let expected = self.is_free(&person, &[]);
        compare(
            &expected,
            &outcome.as_ref().map(|_| ()).map_err(Error::kind),
        )?;
        self.list.extend(outcome.ok().map(|id| (id, person)));
        Ok(())
    }

    fn get_or_insert(&mut self, person: Person<H>) -> Verdict {
        let Some(at) = self.named(&person.name) else {
            let outcome = self.graph.get_or_insert(self.person, person.clone());
            let expected = self.is_free(&person, &[]).map(|()| true);
            compare(
                &expected,
                &outcome.as_ref().map(|it| it.1).map_err(Error::kind),
            )?;
            self.list.extend(outcome.ok().map(|(id, _)| (id, person)));
            return Ok(());
        };
        let outcome = self.graph.get_or_insert(self.person, person);
        compare(
            &Ok((self.list[at].0, false)),
            &outcome.map_err(|error| error.kind()),
        )
    }

    fn upsert(&mut self, person: Person<H>) -> Verdict {
        let outcome = self.graph.upsert(self.person, person.clone());
        let outcome = outcome.map_err(|error| error.kind());
        if let Some(at) = self.named(&person.name) {
            let expected = self.rewrite(self.list[at].0, person);
            return compare(&expected, &outcome.map(|(id, old)| (Some(id), old)));
        }
        let expected = self.is_free(&person, &[]).map(|()| None);
        compare(&expected, &outcome.clone().map(|(_, old)| old))?;
        self.list.extend(outcome.ok().map(|(id, _)| (id, person)));
        Ok(())
    }

    fn replace(&mut self, id: Of<H>, person: Person<H>) -> Verdict {
        let outcome = self.graph.replace(self.person, id, person.clone());
        let expected = self.rewrite(id, person).map(|(_, old)| old);
        compare(&expected, &outcome.map(Some).map_err(|error| error.kind()))
    }

    fn update(&mut self, id: Of<H>, wanted: Person<H>, dice: &mut Dice) -> Verdict {
        if dice.once_in(5) {
            let given_up = self.graph.try_update(self.person, id, |person| {
                *person = wanted;
                Err::<(), GivenUp>(GivenUp(None))
            });
            let expected = self.position(id).map_or_else(Some, |_| None);
            return compare(&expected, &given_up.err().and_then(|GivenUp(kind)| kind));
        }
        let name_only = dice.once_in(2);
        let change = |person: &mut Person<H>| {
            if name_only {
                person.name = wanted.name.clone();
            } else {
                *person = wanted.clone();
            }
        };
        let outcome = self.graph.update(self.person, id, change);
        let expected = self.position(id).and_then(|at| {
            let mut person = self.list[at].1.clone();
            change(&mut person);
            self.rewrite(id, person).map(|_| ())
        });
        compare(&expected, &outcome.map_err(|error| error.kind()))
    }

    /// Exchanges names, or names and emails, and now and then less than that.
    fn swap(&mut self, a: Of<H>, b: Of<H>, dice: &mut Dice) -> Verdict {
        let how = dice.roll(4);
        let exchange = |a: &mut Person<H>, b: &mut Person<H>| match how {
            0 => std::mem::swap(&mut a.name, &mut b.name),
            1 => std::mem::swap(a, b),
            2 => a.name = b.name.clone(),
            _ => std::mem::swap(&mut a.email, &mut b.email),
        };
        let outcome = self.graph.swap_keys(self.person, a, b, exchange);
        let expected = self.foresee_swap(a, b, exchange);
        compare(&expected, &outcome.map_err(|error| error.kind()))
    }

    fn foresee_swap(
        &mut self,
        a: Of<H>,
        b: Of<H>,
        exchange: impl Fn(&mut Person<H>, &mut Person<H>),
    ) -> Result<(), ErrorKind> {
        let (at, other) = (self.position(a)?, self.position(b)?);
        if a == b {
            return Err(ErrorKind::WrongType);
        }
        let (mut first, mut second) = (self.list[at].1.clone(), self.list[other].1.clone());
        exchange(&mut first, &mut second);
        self.is_free(&first, &[at, other])?;
        self.is_free(&second, &[at, other])?;
        let same_email = first.email.is_some() && first.email == second.email;
        if first.name == second.name || same_email {
            return Err(ErrorKind::DuplicateKey);
        }
        self.list[at].1 = first;
        self.list[other].1 = second;
        Ok(())
    }

    fn delete(&mut self, id: Of<H>) -> Verdict {
        let outcome = self.graph.delete(self.person, id);
        let expected = self.position(id).map(|at| self.list.remove(at).1);
        self.dead = Some(id).filter(|_| expected.is_ok()).or(self.dead);
        compare(
            &expected,
            &outcome
                .map(|gone| gone.payload)
                .map_err(|error| error.kind()),
        )
    }

    /// Everything that can be asked, of both.
    fn compare_all(&mut self, dice: &mut Dice) -> Verdict {
        self.list.sort_unstable_by_key(|(id, _)| *id);
        let all = self
            .graph
            .iter(self.person)
            .map(|(id, it)| (id, it.clone()));
        compare(&self.list, &all.collect())?;
        let backwards = self.graph.iter(self.person).rev().map(|(id, _)| id);
        compare(
            &true,
            &backwards.eq(self.list.iter().rev().map(|(id, _)| *id)),
        )?;
        compare(&self.list.len(), &self.graph.iter(self.person).len())?;
        for name in (0..NAMES).map(Name) {
            let holder = self.named(&name).map(|at| self.list[at].0);
            compare(&holder, &self.graph.find(self.name, &name))?;
        }
        for email in EMAILS.into_iter().flatten() {
            let has = |(_, it): &&(Of<H>, Person<H>)| it.email.as_deref() == Some(email);
            let holder = self.list.iter().find(has).map(|(id, _)| *id);
            compare(&holder, &self.graph.find(self.email, email))?;
        }
        for country in (0..COUNTRIES).map(Name) {
            let there = self.list.iter().filter(|(_, it)| it.country == country);
            let there: Vec<Of<H>> = there.map(|(id, _)| *id).collect();
            compare(
                &there,
                &self.graph.find_all(self.country, &country).collect(),
            )?;
        }
        self.compare_range(dice)?;
        self.graph.verify().map_err(|broken| broken.to_string())
    }

    fn compare_range(&self, dice: &mut Dice) -> Verdict {
        let bound = |dice: &mut Dice| {
            let year = i32::try_from(dice.roll(YEARS as usize)).expect("is small");
            dice.of(&[
                Bound::Included(year),
                Bound::Excluded(year),
                Bound::Unbounded,
            ])
        };
        let range = (bound(dice), bound(dice));
        let inside = |year: i32| {
            let above = match range.0 {
                Bound::Included(low) => low <= year,
                Bound::Excluded(low) => low < year,
                Bound::Unbounded => true,
            };
            above
                && match range.1 {
                    Bound::Included(high) => year <= high,
                    Bound::Excluded(high) => year < high,
                    Bound::Unbounded => true,
                }
        };
        let mut born = self.list.clone();
        born.retain(|(_, it)| inside(it.born));
        born.sort_by_key(|(id, it)| (it.born, *id));
        let mut expected: Vec<Of<H>> = born.into_iter().map(|(id, _)| id).collect();
        compare(&expected, &self.graph.range(self.born, range).collect())?;
        expected.reverse();
        compare(
            &expected,
            &self.graph.range(self.born, range).rev().collect(),
        )
    }
}

/// The closure of an update wants no change after all.
#[derive(Debug)]
struct GivenUp(Option<ErrorKind>);

impl From<Error> for GivenUp {
    fn from(error: Error) -> Self {
        Self(Some(error.kind()))
    }
}

fn compare<T: PartialEq + std::fmt::Debug>(expected: &T, found: &T) -> Verdict {
    if expected == found {
        return Ok(());
    }
    Err(format!("{found:?}, expected {expected:?}"))
}

fn run_register<const H: bool>(codes: &[u64]) -> Verdict {
    let mut register = Register::<H>::new().map_err(|error| error.to_string())?;
    for (at, &code) in codes.iter().enumerate() {
        let mut dice = Dice::new(code);
        let step = register.step(&mut dice);
        step.and_then(|()| register.compare_all(&mut dice))
            .map_err(|reason| format!("step {at}: {reason}"))?;
    }
    run::count_edits(codes.len());
    Ok(())
}

#[test]
fn keys_and_indexes_agree_with_a_list() {
    run::check("keys", 96, &codes(250), |codes| {
        run_register::<false>(&codes)
    });
}

#[test]
fn keys_that_all_have_one_hash_agree_with_a_list() {
    run::check("hostile keys", 32, &codes(250), |codes| {
        run_register::<true>(&codes)
    });
}
