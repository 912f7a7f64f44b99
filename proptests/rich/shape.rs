//! The same model for the machine, written a second time by hand.

use backref::DeleteRule::{self, Cascade, CascadeUp, Deny, Nullify};

use crate::model::End;
use crate::schema::{Form, Relation, Shape};

pub(super) const TEAM: usize = 0;
pub(super) const PERSON: usize = 1;
pub(super) const TASK: usize = 2;

/// All ends of the office, by number.
pub(super) fn office_shape() -> Shape {
    use Form::{BackPopulates, Backref};
    let mut all = Shape::of_types(vec![true, true, false]);
    let (one, many, set) = (End::one, End::many, End::set);
    all.pair(
        BackPopulates,
        one(PERSON, TEAM),
        many(TEAM, PERSON).linked(),
    ); // 0, 1
    all.pair(
        Backref,
        one(PERSON, TEAM).with(CascadeUp),
        set(TEAM, PERSON),
    ); // 2, 3
    all.pair(Backref, many(TEAM, TASK).with(Cascade), one(TASK, TEAM)); // 4, 5
    let owner = one(TASK, PERSON).required();
    all.pair(Backref, owner, many(PERSON, TASK).with(Cascade)); // 6, 7
    let payer = one(TASK, TEAM).required();
    all.pair(BackPopulates, payer, set(TEAM, TASK).with(Deny)); // 8, 9
    let current = one(PERSON, TASK).with(Deny);
    all.pair(BackPopulates, current, one(TASK, PERSON).with(Cascade)); // 10, 11
    all.pair(Backref, one(PERSON, PERSON), one(PERSON, PERSON).with(Deny)); // 12, 13
    all.symmetric(one(PERSON, PERSON)); // 14
    all.symmetric(many(PERSON, PERSON)); // 15
    all.symmetric(set(TEAM, TEAM).with(Deny)); // 16
    let reports = many(PERSON, PERSON).acyclic().with(Cascade);
    all.pair(BackPopulates, one(PERSON, PERSON).acyclic(), reports); // 17, 18
    let follows = many(PERSON, PERSON).data();
    all.pair(BackPopulates, follows, set(PERSON, PERSON).data()); // 19, 20
    all.pair(Backref, many(TEAM, TASK), set(TASK, TEAM)); // 21, 22
    all.pair(
        BackPopulates,
        set(TASK, PERSON),
        many(PERSON, TASK).with(Deny),
    ); // 23, 24
    let blocked = set(TASK, TASK).acyclic().with(Cascade);
    all.pair(Backref, set(TASK, TASK).acyclic(), blocked); // 25, 26
    all.pair(
        Backref,
        many(PERSON, TEAM).required(),
        many(TEAM, PERSON).sorted(),
    ); // 27, 28
    all.one_way(many(PERSON, PERSON), Nullify); // 29, 30
    all.one_way(one(TASK, TASK), Nullify); // 31, 32
    all.one_way(one(TASK, TEAM), Cascade); // 33, 34
    all.one_way(one(TEAM, PERSON), Deny); // 35, 36
    all.one_way(set(TASK, PERSON), Cascade); // 37, 38
    all.one_way(one(TASK, TEAM).required(), Deny); // 39, 40
    all.pair(Backref, many(TEAM, PERSON), one(PERSON, TEAM).required()); // 41, 42
    all.symmetric(one(TASK, TASK).with(Cascade)); // 43
    all.pair(
        BackPopulates,
        one(TASK, PERSON).with(Deny).data(),
        many(PERSON, TASK).data().sorted(),
    ); // 44, 45
    all
}

impl End {
    fn one(owner: usize, target: usize) -> Self {
        Self {
            owner,
            target,
            inverse: usize::MAX,
            many: false,
            ordered: false,
            required: false,
            min: 0,
            max: usize::MAX,
            acyclic: false,
            hidden: false,
            orphans: false,
            contained: false,
            family: None,
            checked: false,
            data: false,
            linked: false,
            sorted: false,
            keyed: false,
            rule: Nullify,
        }
    }

    /// A row without an order.
    fn set(owner: usize, target: usize) -> Self {
        let many = true;
        Self {
            many,
            ..Self::one(owner, target)
        }
    }

    fn many(owner: usize, target: usize) -> Self {
        let ordered = true;
        Self {
            ordered,
            ..Self::set(owner, target)
        }
    }

    fn with(self, rule: DeleteRule) -> Self {
        Self { rule, ..self }
    }

    fn required(self) -> Self {
        let required = true;
        Self { required, ..self }
    }

    fn data(self) -> Self {
        let data = true;
        Self { data, ..self }
    }

    /// By the rank of the members.
    fn sorted(self) -> Self {
        let sorted = true;
        Self { sorted, ..self }
    }

    fn linked(self) -> Self {
        let linked = true;
        Self { linked, ..self }
    }

    fn acyclic(self) -> Self {
        let acyclic = true;
        Self { acyclic, ..self }
    }
}

impl Shape {
    /// Types with or without a key, and no ends yet.
    fn of_types(keyed: Vec<bool>) -> Self {
        Self {
            checked: vec![false; keyed.len()],
            keyed,
            ends: Vec::new(),
            relations: Vec::new(),
            apart: false,
        }
    }

    fn pair(&mut self, form: Form, left: End, right: End) {
        let end = self.ends.len();
        self.relations.push(Relation { form, end });
        let inverses = [end + 1, end].into_iter();
        let ends = [left, right].into_iter().zip(inverses);
        let ends = ends.map(|(end, inverse)| End { inverse, ..end });
        self.ends.extend(ends);
    }

    fn symmetric(&mut self, mut end: End) {
        end.inverse = self.ends.len();
        let form = Form::Symmetric;
        self.relations.push(Relation {
            form,
            end: end.inverse,
        });
        self.ends.push(end);
    }

    /// `rule` is what a delete of the target does to the owner.
    fn one_way(&mut self, end: End, rule: DeleteRule) {
        let hidden = true;
        let back = End::set(end.target, end.owner).with(rule);
        self.pair(Form::OneWay, end, End { hidden, ..back });
    }
}
