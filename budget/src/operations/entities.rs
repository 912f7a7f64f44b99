//! Entities that come, are found, are changed and go.

use std::hint::black_box;

use backref::{entity, graph};

use super::{MOST, Simple, Work};
use crate::contender::Next;
use crate::family::{Family, Populated, cascade, checked_payloads, keyed, plain, sorted};
use crate::workload::Shape;

pub(super) const ALL: [Simple; 14] = [
    ("delete-cascade", delete::<Cascaded>),
    ("delete-nullify", delete::<Nullified>),
    ("delete-unlinked", delete_unlinked),
    ("find-by-key", find),
    ("get", get),
    ("insert", insert),
    ("insert-keyed", insert_keyed),
    ("insert-linked", insert_linked),
    ("insert-tree-of-11", insert_tree),
    ("set-field", set_field::<plain::Household>),
    (
        "set-field-checked",
        set_field::<checked_payloads::Household>,
    ),
    ("set-field-of-keyed-row", set_field::<keyed::Household>),
    ("set-field-of-sorted-row", set_field::<sorted::Household>),
    ("set-key", set_key),
];

/// How many links an owner has, where it goes.
const EACH: usize = 10;

#[entity(key = name)]
#[derive(Clone)]
struct Word {
    name: String,
}

graph! { struct Dictionary { words: Word } }

fn word(number: usize) -> Word {
    let name = format!("word {number}");
    Word { name }
}

/// Words, and ids of them.
fn dictionary(words: usize) -> (Dictionary, Vec<backref::Id<Word>>) {
    let mut all = Dictionary::new();
    let insert = |number| all.insert(word(number)).expect("the key is free");
    let ids = (0..words).map(insert).collect();
    (all, ids)
}

fn insert(_links: usize) -> Work {
    let mut family = plain::Household::new();
    Box::new(move |count| {
        for number in 0..count as u64 {
            black_box(family.insert_parent(number));
        }
    })
}

fn insert_keyed(_links: usize) -> Work {
    let (mut all, _) = dictionary(0);
    let new: Vec<Word> = (0..MOST).map(word).collect();
    let mut new = new.into_iter();
    Box::new(move |count| {
        for word in new.by_ref().take(count) {
            black_box(all.insert(word).expect("the key is free"));
        }
    })
}

fn insert_linked(links: usize) -> Work {
    let mut all = Populated::<plain::Household>::new(Shape::of_links(links, EACH), MOST);
    let mut next = Next::default();
    Box::new(move |count| {
        for &(_, parent) in next.take(&all.moves, count) {
            let child = plain::Child { number: 0 }.with_parent(parent);
            black_box(all.family.insert(child).expect("the parent is live"));
        }
    })
}

/// A parent with ten children in one call; as many calls as make so many
/// entities.
fn insert_tree(_links: usize) -> Work {
    let mut family = plain::Household::new();
    Box::new(move |count| {
        for number in 0..(count / (EACH + 1)) as u64 {
            let children = (0..EACH as u64).map(|number| plain::Child { number });
            let parent = plain::Parent { number }.with_children(children);
            black_box(family.insert(parent).expect("there is room"));
        }
    })
}

fn find(links: usize) -> Work {
    let (all, _) = dictionary(links);
    let asked = Shape::of_links(links, EACH).children(MOST);
    let asked: Vec<String> = asked.into_iter().map(|at| word(at).name).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        for name in next.take(&asked, count) {
            black_box(all.find::<Word>(name.as_str()).expect("it is there").id());
        }
    })
}

fn get(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let all = Populated::<plain::Household>::new(shape, 0);
    let asked = shape.children(MOST).into_iter();
    let asked: Vec<_> = asked.map(|at| all.children[at]).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        let asked = next.take(&asked, count).iter();
        let numbers = asked.map(|&child| all.family.at(child).number);
        black_box(numbers.fold(0, u64::wrapping_add));
    })
}

fn set_field<F: Family + 'static>(links: usize) -> Work {
    let shape = Shape::of_links(links, EACH);
    let mut all = Populated::<F>::new(shape, 0);
    let asked = shape.children(MOST).into_iter();
    let asked: Vec<_> = asked.map(|at| all.children[at]).collect();
    let (mut next, mut number) = (Next::default(), links as u64);
    Box::new(move |count| {
        for &child in next.take(&asked, count) {
            number += 1;
            all.family.set_number(child, number);
        }
    })
}

fn set_key(links: usize) -> Work {
    let (mut all, ids) = dictionary(links);
    let asked = Shape::of_links(links, EACH).children(MOST).into_iter();
    let names = (links..).map(|number| word(number).name);
    let asked: Vec<_> = asked.map(|at| ids[at]).zip(names).collect();
    let mut asked = asked.into_iter();
    Box::new(move |count| {
        for (id, name) in asked.by_ref().take(count) {
            all.edit(id).set_name(name).expect("the key is free");
        }
    })
}

fn delete_unlinked(_links: usize) -> Work {
    let mut family = plain::Household::new();
    let ids = (0..MOST as u64).map(|number| family.insert_parent(number));
    let ids: Vec<_> = ids.collect();
    let mut next = Next::default();
    Box::new(move |count| {
        for &id in next.take(&ids, count) {
            family.edit(id).delete().expect("nothing forbids it");
        }
    })
}

/// A family whose parents can be deleted.
trait Deleting: Family + 'static {
    fn delete(&mut self, parent: backref::Id<Self::Parent>);
}

type Cascaded = cascade::Household;
type Nullified = plain::Household;

impl Deleting for Cascaded {
    fn delete(&mut self, parent: backref::Id<Self::Parent>) {
        self.edit(parent).delete().expect("nothing forbids it");
    }
}

impl Deleting for Nullified {
    fn delete(&mut self, parent: backref::Id<Self::Parent>) {
        self.edit(parent).delete().expect("nothing forbids it");
    }
}

/// As many parents go as have so many links.
fn delete<F: Deleting>(links: usize) -> Work {
    let mut all = Populated::<F>::new(Shape::of_links(links.max(MOST), EACH), 0);
    let mut next = Next::default();
    Box::new(move |count| {
        for &parent in next.take(&all.parents, count / EACH) {
            all.family.delete(parent);
        }
    })
}
