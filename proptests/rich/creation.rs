//! Entities made together with their links, by the `with_` methods.

use backref::typed::Entity;
use backref::{AnyId, Id, Result};

use super::kinds::{Link, Piece};
use super::office::{NewPerson, NewTask, NewTeam, Office, Person, Task, Team};

/// A target, with its data if it is given any.
type To = (AnyId, Option<u32>);

fn ids<T: Piece>(to: &[To]) -> Option<Vec<Id<T>>> {
    to.iter()
        .map(|&(id, datum)| T::TYPE.id(id).filter(|_| datum.is_none()))
        .collect()
}

fn id<T: Piece>(to: &[To]) -> Option<Id<T>> {
    let &(id, datum) = to.last()?;
    T::TYPE.id(id).filter(|_| datum.is_none())
}

impl Team {
    pub(super) fn put_into(self, office: &mut Office, links: &[Link]) -> Option<Result<Id<Self>>> {
        if !links.is_empty() {
            let new = NewTeam::from(self);
            let mut links = links.iter();
            let new = links.try_fold(new, |new, (end, to)| new.with_end(*end, to));
            return Some(office.insert(new?));
        }
        if office.find::<Self>(&self.key).is_some() {
            return Some(office.insert(self));
        }
        Some(office.get_or_insert(self).map(|(id, is_new)| {
            assert!(is_new, "nobody has the key");
            id
        }))
    }
}

impl NewTeam {
    fn with_end(self, end: usize, to: &[To]) -> Option<Self> {
        Some(match end {
            1 => self.with_e1(ids(to)?),
            3 => self.with_e3(ids(to)?),
            4 => self.with_e4(ids(to)?),
            9 => self.with_e9(ids(to)?),
            16 => self.with_e16(ids(to)?),
            21 => self.with_e21(ids(to)?),
            28 => self.with_e28(ids(to)?),
            35 => self.with_e35(id::<Person>(to)?),
            41 => self.with_e41(ids(to)?),
            other => panic!("a team has no end {other}"),
        })
    }
}

impl Person {
    pub(super) fn put_into(self, office: &mut Office, links: &[Link]) -> Option<Result<Id<Self>>> {
        if links.is_empty() {
            return Some(office.insert(self));
        }
        let mut links = links.iter();
        let new = NewPerson::from(self);
        let new = links.try_fold(new, |new, (end, to)| new.with_end(*end, to));
        Some(office.insert(new?))
    }
}

impl NewPerson {
    fn with_end(self, end: usize, to: &[To]) -> Option<Self> {
        Some(match end {
            0 => self.with_e0(id::<Team>(to)?),
            2 => self.with_e2(id::<Team>(to)?),
            7 => self.with_e7(ids(to)?),
            10 => self.with_e10(id::<Task>(to)?),
            12 => self.with_e12(id::<Person>(to)?),
            13 => self.with_e13(id::<Person>(to)?),
            14 => self.with_e14(id::<Person>(to)?),
            15 => self.with_e15(ids(to)?),
            17 => self.with_e17(id::<Person>(to)?),
            18 => self.with_e18(ids(to)?),
            19 => to.iter().try_fold(self, |new, &(id, datum)| {
                let id = Person::TYPE.id(id)?;
                Some(match datum {
                    Some(datum) => new.with_e19_data([(id, datum)]),
                    None => new.with_e19([id]),
                })
            })?,
            20 => to.iter().try_fold(self, |new, &(id, datum)| {
                let id = Person::TYPE.id(id)?;
                Some(match datum {
                    Some(datum) => new.with_e20_data([(id, datum)]),
                    None => new.with_e20([id]),
                })
            })?,
            24 => self.with_e24(ids(to)?),
            27 => self.with_e27(ids(to)?),
            29 => self.with_e29(ids(to)?),
            42 => self.with_e42(id::<Team>(to)?),
            45 => to.iter().try_fold(self, |new, &(id, datum)| {
                let id = Task::TYPE.id(id)?;
                Some(match datum {
                    Some(datum) => new.with_e45_data([(id, datum)]),
                    None => new.with_e45([id]),
                })
            })?,
            other => panic!("a person has no end {other}"),
        })
    }
}

impl Task {
    /// The required ends come first, in an order that the rank says; without
    /// one of them the compiler lets nothing be inserted.
    pub(super) fn put_into(self, office: &mut Office, links: &[Link]) -> Option<Result<Id<Self>>> {
        let at = |number: usize| {
            let mut links = links.iter();
            links.find(|(end, _)| *end == number).map(|(_, to)| to)
        };
        let (owner, payer, rules) = (id(at(6)?)?, id(at(8)?)?, id::<Team>(at(39)?)?);
        let new = if self.rank.is_multiple_of(2) {
            self.with_e6(owner).with_e8(payer).with_e39(rules)
        } else {
            self.with_e39(rules).with_e6(owner).with_e8(payer)
        };
        let mut others = links.iter().filter(|(end, _)| ![6, 8, 39].contains(end));
        let new = others.try_fold(new, |new, (end, to)| new.with_end(*end, to));
        Some(office.insert(new?))
    }
}

impl<State> NewTask<State> {
    fn with_end(self, end: usize, to: &[To]) -> Option<Self> {
        Some(match end {
            5 => self.with_e5(id::<Team>(to)?),
            11 => self.with_e11(id::<Person>(to)?),
            22 => self.with_e22(ids(to)?),
            23 => self.with_e23(ids(to)?),
            25 => self.with_e25(ids(to)?),
            26 => self.with_e26(ids(to)?),
            31 => self.with_e31(id::<Task>(to)?),
            33 => self.with_e33(id::<Team>(to)?),
            37 => self.with_e37(ids(to)?),
            43 => self.with_e43(id::<Task>(to)?),
            44 => {
                let &(id, datum) = to.last()?;
                let id = Person::TYPE.id(id)?;
                match datum {
                    Some(datum) => self.with_e44_data(id, datum),
                    None => self.with_e44(id),
                }
            }
            other => panic!("a task has no such end {other}"),
        })
    }
}
