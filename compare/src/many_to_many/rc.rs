//! Lefts that have their rights by reference count, and are known to them
//! weakly.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::{Ids, ManyToMany, Pair};
use crate::one_to_many::plan::fold;

pub(crate) struct Left {
    payload: u64,
    rights: RefCell<Vec<Rc<Right>>>,
}

pub(crate) struct Right {
    payload: u64,
    lefts: RefCell<Vec<Weak<Left>>>,
}

/// Nothing but the handles, which the program has, keeps entities alive.
pub(crate) struct Shared;

impl Left {
    fn place(&self, right: &Rc<Right>) -> Option<usize> {
        let rights = self.rights.borrow();
        rights.iter().position(|member| Rc::ptr_eq(member, right))
    }
}

impl Right {
    fn place(&self, left: &Rc<Left>) -> Option<usize> {
        let left = Rc::as_ptr(left);
        let lefts = self.lefts.borrow();
        lefts.iter().position(|member| member.as_ptr() == left)
    }
}

/// The shorter of the two rows is searched.
fn linked(left: &Rc<Left>, right: &Rc<Right>) -> bool {
    if left.rights.borrow().len() <= right.lefts.borrow().len() {
        left.place(right).is_some()
    } else {
        right.place(left).is_some()
    }
}

impl ManyToMany for Shared {
    type Left = Rc<Left>;
    type Right = Rc<Right>;

    fn empty() -> Self {
        Self
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        for payload in 0..u64::from(count) {
            let rights = RefCell::default();
            ids.lefts.push(Rc::new(Left { payload, rights }));
            let lefts = RefCell::default();
            ids.rights.push(Rc::new(Right { payload, lefts }));
        }
    }

    fn add(&mut self, pairs: &[Pair<Self>]) {
        for (left, right) in pairs {
            if !linked(left, right) {
                left.rights.borrow_mut().push(Rc::clone(right));
                right.lefts.borrow_mut().push(Rc::downgrade(left));
            }
        }
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        for (left, right) in pairs {
            if let (Some(at), Some(back)) = (left.place(right), right.place(left)) {
                left.rights.borrow_mut().remove(at);
                right.lefts.borrow_mut().remove(back);
            }
        }
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        pairs
            .iter()
            .filter(|(left, right)| linked(left, right))
            .count()
    }

    fn iterate(&mut self, lefts: &[Rc<Left>]) -> u64 {
        fold(lefts.iter().map(|left| {
            let row = left.rights.borrow();
            row.iter().map(|right| right.payload).sum()
        }))
    }

    fn rights(&mut self, left: &Rc<Left>) -> Vec<u64> {
        let row = left.rights.borrow();
        row.iter().map(|right| right.payload).collect()
    }

    fn lefts(&mut self, right: &Rc<Right>) -> Vec<u64> {
        let row = right.lefts.borrow();
        let lefts = row.iter().filter_map(Weak::upgrade);
        lefts.map(|left| left.payload).collect()
    }
}
