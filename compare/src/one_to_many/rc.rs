//! Children shared by reference count, parents known weakly: the form that
//! Rust's own book gives to trees.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

pub(crate) struct Parent {
    payload: u64,
    children: RefCell<Vec<Rc<Child>>>,
}

pub(crate) struct Child {
    payload: u64,
    parent: RefCell<Weak<Parent>>,
}

/// Nothing but the handles, which the program has, keeps entities alive.
pub(crate) struct Handles<const CASCADE: bool>;

pub(crate) type Shared = Handles<false>;

fn set_parent(child: &Rc<Child>, to: Option<&Rc<Parent>>) {
    let to_weak = to.map(Rc::downgrade).unwrap_or_default();
    let from = child.parent.replace(to_weak).upgrade();
    if let Some(from) = from {
        take(&from, child);
    }
    if let Some(to) = to {
        to.children.borrow_mut().push(Rc::clone(child));
    }
}

fn take(parent: &Parent, child: &Rc<Child>) -> bool {
    let mut row = parent.children.borrow_mut();
    let at = row.iter().position(|member| Rc::ptr_eq(member, child));
    if let Some(at) = at {
        row.remove(at);
    }
    at.is_some()
}

fn new_parent(number: u32, room: usize) -> Rc<Parent> {
    Rc::new(Parent {
        payload: u64::from(number),
        children: RefCell::new(Vec::with_capacity(room)),
    })
}

impl<const CASCADE: bool> OneToMany for Handles<CASCADE> {
    type Parent = Rc<Parent>;
    type Child = Rc<Child>;
    type Cascading = Handles<true>;

    fn empty() -> Self {
        Self
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<Rc<Parent>>) {
        ids.extend((0..count).map(|number| new_parent(number, 0)));
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<Rc<Child>>) {
        let child = |payload| {
            let parent = RefCell::new(Weak::new());
            Rc::new(Child { payload, parent })
        };
        ids.extend((0..u64::from(count)).map(child));
    }

    /// The rows have the room they need from the first.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let parents = (0..).zip(plan.rows.iter());
        ids.parents
            .extend(parents.map(|(number, row)| new_parent(number, row.len())));
        for (payload, &home) in (0..).zip(&plan.homes) {
            let parent = &ids.parents[home as usize];
            let weak = RefCell::new(Rc::downgrade(parent));
            let child = Rc::new(Child {
                payload,
                parent: weak,
            });
            parent.children.borrow_mut().push(Rc::clone(&child));
            ids.children.push(child);
        }
        Self
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for (child, parent) in links {
            set_parent(child, Some(parent));
        }
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for (child, parent) in links {
            set_parent(child, None);
            set_parent(child, Some(parent));
        }
    }

    fn remove_append(&mut self, links: &[Link<Self>]) {
        for (child, parent) in links {
            if take(parent, child) {
                child.parent.replace(Weak::new());
            }
            set_parent(child, Some(parent));
        }
    }

    fn iterate(&mut self, parents: &[Rc<Parent>]) -> u64 {
        fold(parents.iter().map(|parent| {
            let row = parent.children.borrow();
            row.iter().map(|child| child.payload).sum()
        }))
    }

    fn read_parents(&mut self, children: &[Rc<Child>]) -> u64 {
        let parents = children
            .iter()
            .filter_map(|child| child.parent.borrow().upgrade());
        parents.map(|parent| parent.payload).sum()
    }

    /// A parent is gone with the last handle, so its row is emptied and its
    /// children know nothing of it. Where they go with it, letting go of them is
    /// all there is to do: the measuring program has handles of them too, so
    /// that nothing is freed.
    fn delete(&mut self, parents: &[Rc<Parent>]) {
        for parent in parents {
            for child in parent.children.take() {
                child.parent.replace(Weak::new());
            }
        }
    }

    fn members(&mut self, parent: &Rc<Parent>) -> Vec<u64> {
        let row = parent.children.borrow();
        row.iter().map(|child| child.payload).collect()
    }

    fn parent(&mut self, child: &Rc<Child>) -> Option<u64> {
        child.parent.borrow().upgrade().map(|parent| parent.payload)
    }

    /// Where children go with their parent, those that nobody has but the
    /// measuring program are gone.
    fn count_live(&mut self, children: &[Rc<Child>]) -> usize {
        let live = |child: &&Rc<Child>| !CASCADE || Rc::strong_count(child) > 1;
        children.iter().filter(live).count()
    }
}
