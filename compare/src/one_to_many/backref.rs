//! Entities as a user declares them, through the methods that are generated.

use backref::Id;

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};

/// A family with these options for the row of children, and what is done to it.
macro_rules! family {
    ($module:ident, ($($option:tt)*)) => {
        #[expect(dead_code, reason = "not all that is generated is called")]
        mod $module {
            use backref::{Id, entity, graph};

            use super::{Plan, fold};

            #[entity]
            #[derive(Clone)]
            pub(crate) struct Parent {
                pub(crate) number: u64,
                #[relationship(back_populates = parent $($option)*)]
                pub(crate) children: ToMany<Child>,
            }

            #[entity]
            #[derive(Clone)]
            pub(crate) struct Child {
                pub(crate) number: u64,
                #[relationship(back_populates = children)]
                pub(crate) parent: ToOne<Parent>,
            }

            graph! { pub(crate) struct Family { parents: Parent, children: Child } }

            type Link = (Id<Child>, Id<Parent>);

            pub(super) fn insert_parents(family: &mut Family, count: u32, ids: &mut Vec<Id<Parent>>) {
                for number in 0..u64::from(count) {
                    let parent = family.insert(Parent { number });
                    ids.push(parent.expect("there is room"));
                }
            }

            pub(super) fn insert_children(family: &mut Family, count: u32, ids: &mut Vec<Id<Child>>) {
                for number in 0..u64::from(count) {
                    let child = family.insert(Child { number });
                    ids.push(child.expect("there is room"));
                }
            }

            pub(super) fn insert_all(
                family: &mut Family,
                plan: &Plan,
                parents: &mut Vec<Id<Parent>>,
                children: &mut Vec<Id<Child>>,
            ) {
                let numbers = 0..u64::from(plan.shape.parents);
                let inserted = family.insert_all(numbers.map(|number| Parent { number }));
                *parents = inserted.expect("there is room");
                let numbers = 0..u64::from(plan.shape.links());
                let inserted = family.insert_all(numbers.map(|number| Child { number }));
                *children = inserted.expect("there is room");
            }

            /// The links of a plan, as one list of children with their parents.
            pub(super) fn load(
                family: &mut Family,
                plan: &Plan,
                parents: &[Id<Parent>],
                children: &[Id<Child>],
            ) {
                let rows = parents.iter().zip(plan.rows.iter());
                let pairs = rows.flat_map(|(&parent, row)| {
                    row.iter().map(move |&child| (children[child as usize], parent))
                });
                family.bulk(Child::PARENT, pairs).expect("all are live");
            }

            pub(super) fn set_parents(family: &mut Family, links: &[Link]) {
                for &(child, parent) in links {
                    let mut child = family.edit(child);
                    child.set_parent(parent).expect("both are live");
                }
            }

            pub(super) fn detach_attach(family: &mut Family, links: &[Link]) {
                for &(child, parent) in links {
                    let mut child = family.edit(child);
                    child.set_parent(None).expect("it is live");
                    child.set_parent(parent).expect("both are live");
                }
            }

            pub(super) fn remove_append(family: &mut Family, links: &[Link]) {
                for &(child, parent) in links {
                    let mut parent = family.edit(parent);
                    let mut row = parent.children_mut();
                    row.remove(child).expect("it is live");
                    row.push(child).expect("it is live");
                }
            }

            pub(super) fn delete(family: &mut Family, parents: &[Id<Parent>]) {
                for &parent in parents {
                    family.edit(parent).delete().expect("it is live");
                }
            }

            pub(super) fn iterate(family: &Family, parents: &[Id<Parent>]) -> u64 {
                fold(parents.iter().map(|&parent| {
                    let row = family.at(parent).children();
                    row.iter().map(|child| child.number).sum()
                }))
            }

            pub(super) fn read_parents(family: &Family, children: &[Id<Child>]) -> u64 {
                let parents = children.iter().filter_map(|&child| family.at(child).parent());
                parents.map(|parent| parent.number).sum()
            }

            pub(super) fn members(family: &Family, parent: Id<Parent>) -> Vec<u64> {
                let row = family.at(parent).children();
                row.iter().map(|child| child.number).collect()
            }

            pub(super) fn parent(family: &Family, child: Id<Child>) -> Option<u64> {
                family.at(child).parent().map(|parent| parent.number)
            }

            pub(super) fn count_live(family: &Family, children: &[Id<Child>]) -> usize {
                children.iter().filter(|&&child| family.contains(child)).count()
            }
        }
    };
}

/// A family as a contender; its writes are called as they are, or inside a
/// transaction for each list of operations.
macro_rules! contender {
    ($contender:ident, $module:ident, cascading: $cascading:ty, reads: $reads:literal, $write:ident) => {
        pub(crate) struct $contender($module::Family);

        impl OneToMany for $contender {
            type Parent = Id<$module::Parent>;
            type Child = Id<$module::Child>;
            type Cascading = $cascading;

            const READS: bool = $reads;

            fn empty() -> Self {
                Self($module::Family::new())
            }

            fn insert_parents(&mut self, count: u32, ids: &mut Vec<Self::Parent>) {
                $write!(self, |family| $module::insert_parents(family, count, ids));
            }

            fn insert_children(&mut self, count: u32, ids: &mut Vec<Self::Child>) {
                $write!(self, |family| $module::insert_children(family, count, ids));
            }

            fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
                let Ids { parents, children } = ids;
                let mut graph = Self::empty();
                $write!(graph, |family| {
                    $module::insert_all(family, plan, parents, children);
                    $module::load(family, plan, parents, children);
                });
                graph
            }

            fn set_parents(&mut self, links: &[Link<Self>]) {
                $write!(self, |family| $module::set_parents(family, links));
            }

            fn detach_attach(&mut self, links: &[Link<Self>]) {
                $write!(self, |family| $module::detach_attach(family, links));
            }

            fn remove_append(&mut self, links: &[Link<Self>]) {
                $write!(self, |family| $module::remove_append(family, links));
            }

            fn iterate(&mut self, parents: &[Self::Parent]) -> u64 {
                $module::iterate(&self.0, parents)
            }

            fn read_parents(&mut self, children: &[Self::Child]) -> u64 {
                $module::read_parents(&self.0, children)
            }

            fn delete(&mut self, parents: &[Self::Parent]) {
                $write!(self, |family| $module::delete(family, parents));
            }

            fn members(&mut self, parent: &Self::Parent) -> Vec<u64> {
                $module::members(&self.0, *parent)
            }

            fn parent(&mut self, child: &Self::Child) -> Option<u64> {
                $module::parent(&self.0, *child)
            }

            fn count_live(&mut self, children: &[Self::Child]) -> usize {
                $module::count_live(&self.0, children)
            }
        }
    };
}

/// Each call by itself.
macro_rules! alone {
    ($graph:ident, |$family:ident| $write:expr) => {{
        let $family = &mut $graph.0;
        $write;
    }};
}

/// All calls in one transaction, which is committed.
macro_rules! in_transaction {
    ($graph:ident, |$family:ident| $write:expr) => {{
        let done = $graph.0.transaction(|$family| {
            $write;
            Ok(())
        });
        done.expect("nothing is refused");
    }};
}

family!(ordered, ());
family!(cascading_ordered, (, delete_rule = cascade));
family!(unordered, (, order = none));
family!(cascading_unordered, (, order = none, delete_rule = cascade));
family!(linked, (, storage = linked));
family!(cascading_linked, (, storage = linked, delete_rule = cascade));

contender!(Ordered, ordered, cascading: CascadingOrdered, reads: true, alone);
contender!(CascadingOrdered, cascading_ordered, cascading: Self, reads: true, alone);
contender!(Unordered, unordered, cascading: CascadingUnordered, reads: true, alone);
contender!(CascadingUnordered, cascading_unordered, cascading: Self, reads: true, alone);
contender!(Linked, linked, cascading: CascadingLinked, reads: true, alone);
contender!(CascadingLinked, cascading_linked, cascading: Self, reads: true, alone);
contender!(InTransaction, ordered, cascading: CascadingInTransaction, reads: false, in_transaction);
contender!(CascadingInTransaction, cascading_ordered, cascading: Self, reads: false, in_transaction);
