//! The model: three entity types with every kind of relationship there is.
//!
//! Types and ends have the names that the machine counts by: `e4` is the end
//! that [`office_shape`](super::shape::office_shape) has under number 4. The
//! numbers that are missing are the hidden backs of one-way ends.

use backref::{entity, graph};

/// No end of it is required: it is what an office begins with.
#[entity(name = "T0", key = key)]
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Team {
    pub(super) key: u32,
    pub(super) rank: u32,
    /// Members.
    #[relationship(back_populates = e0, storage = linked)]
    pub(super) e1: ToMany<Person>,
    /// Projects, which have one team each.
    #[relationship(backref = one(e5), delete_rule = cascade)]
    pub(super) e4: ToMany<Task>,
    /// What it pays for.
    #[relationship(back_populates = e8, order = none, delete_rule = deny)]
    pub(super) e9: ToMany<Task>,
    /// Allies.
    #[relationship(symmetric, order = none, delete_rule = deny)]
    pub(super) e16: ToMany<Team>,
    /// What it looks after.
    #[relationship(backref = many(e22, order = none))]
    pub(super) e21: ToMany<Task>,
    /// Lead.
    #[relationship(one_way = deny)]
    pub(super) e35: ToOne<Person>,
    /// Whom it employs.
    #[relationship(backref = one(e42, required))]
    pub(super) e41: ToMany<Person>,
}

#[entity(name = "T1", key = key)]
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    pub(super) key: u32,
    pub(super) rank: u32,
    /// Team.
    #[relationship(back_populates = e1)]
    pub(super) e0: ToOne<Team>,
    /// The team that is there for this person.
    #[relationship(backref = many(e3, order = none), delete_rule = cascade_up)]
    pub(super) e2: ToOne<Team>,
    /// Current task.
    #[relationship(back_populates = e11, delete_rule = deny)]
    pub(super) e10: ToOne<Task>,
    /// Mentor.
    #[relationship(backref = one(e13, delete_rule = deny))]
    pub(super) e12: ToOne<Person>,
    /// Spouse.
    #[relationship(symmetric)]
    pub(super) e14: ToOne<Person>,
    /// Friends.
    #[relationship(symmetric)]
    pub(super) e15: ToMany<Person>,
    /// Boss.
    #[relationship(back_populates = e18, acyclic)]
    pub(super) e17: ToOne<Person>,
    /// Reports.
    #[relationship(back_populates = e17, delete_rule = cascade)]
    pub(super) e18: ToMany<Person>,
    /// Whom this person follows.
    #[relationship(back_populates = e20, data = u32)]
    pub(super) e19: ToMany<Person>,
    /// Followers.
    #[relationship(back_populates = e19, order = none, data = u32)]
    pub(super) e20: ToMany<Person>,
    /// Tasks that this person is named in.
    #[relationship(back_populates = e23, delete_rule = deny)]
    pub(super) e24: ToMany<Task>,
    /// Teams that vouch for this person: one at least.
    #[relationship(backref = many(e28, order = sorted_by(rank)), required)]
    pub(super) e27: ToMany<Team>,
    /// Whom this person admires, unknown to them.
    #[relationship(one_way)]
    pub(super) e29: ToMany<Person>,
    /// Tasks that were given out.
    #[relationship(back_populates = e44, data = u32, order = sorted_by(rank))]
    pub(super) e45: ToMany<Task>,
}

/// Without a key.
#[entity(name = "T2")]
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    pub(super) key: u32,
    pub(super) rank: u32,
    /// Owner.
    #[relationship(backref = many(e7, delete_rule = cascade), required)]
    pub(super) e6: ToOne<Person>,
    /// Who pays.
    #[relationship(back_populates = e9, required)]
    pub(super) e8: ToOne<Team>,
    /// Who is at it.
    #[relationship(back_populates = e10, delete_rule = cascade)]
    pub(super) e11: ToOne<Person>,
    /// Who is named in it.
    #[relationship(back_populates = e24, order = none)]
    pub(super) e23: ToMany<Person>,
    /// What must be done before.
    #[relationship(backref = many(e26, order = none, delete_rule = cascade), order = none, acyclic)]
    pub(super) e25: ToMany<Task>,
    /// Template.
    #[relationship(one_way = nullify)]
    pub(super) e31: ToOne<Task>,
    /// Where it comes from.
    #[relationship(one_way = cascade)]
    pub(super) e33: ToOne<Team>,
    /// Watchers.
    #[relationship(one_way = cascade, order = none)]
    pub(super) e37: ToMany<Person>,
    /// Whose rules hold.
    #[relationship(one_way, required)]
    pub(super) e39: ToOne<Team>,
    /// Twin.
    #[relationship(symmetric, delete_rule = cascade)]
    pub(super) e43: ToOne<Task>,
    /// Who gave it out.
    #[relationship(back_populates = e45, delete_rule = deny, data = u32)]
    pub(super) e44: ToOne<Person>,
}

graph! {
    pub(crate) struct Office { teams: Team, people: Person, tasks: Task }
}
