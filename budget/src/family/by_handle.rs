//! The family without an option, by handles that were found at run time.

use backref::{EntityType, Graph, Id, ToMany, ToOne};

use super::Family;
use super::plain::{Child, Household, Parent};

pub(crate) struct ByHandle {
    graph: Graph,
    parent: EntityType<Parent>,
    child: EntityType<Child>,
    child_parent: ToOne<Child, Parent>,
    parent_children: ToMany<Parent, Child>,
}

impl Family for ByHandle {
    type Parent = Parent;
    type Child = Child;

    fn empty() -> Self {
        let registry = Household::registry();
        Self {
            graph: Graph::new(registry.clone()),
            parent: registry.entity_type("Parent").expect("declared"),
            child: registry.entity_type("Child").expect("declared"),
            child_parent: registry.to_one("Child.parent").expect("declared"),
            parent_children: registry.to_many("Parent.children").expect("declared"),
        }
    }

    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn insert_parent(&mut self, number: u64) -> Id<Parent> {
        let inserted = self.graph.insert(self.parent, Parent { number });
        inserted.expect("there is room")
    }

    fn insert_child(&mut self, number: u64, parent: Id<Parent>) -> Id<Child> {
        let inserted = self.graph.insert(self.child, Child { number });
        let child = inserted.expect("there is room");
        self.reassign(child, parent);
        child
    }

    #[inline]
    fn reassign(&mut self, child: Id<Child>, parent: Id<Parent>) {
        let set = self.graph.set(self.child_parent, child, parent);
        set.expect("both are live");
    }

    #[inline]
    fn set_number(&mut self, child: Id<Child>, number: u64) {
        let set = self.graph.replace(self.child, child, Child { number });
        set.expect("it is live");
    }

    #[inline]
    fn sum_of_children(&self, parent: Id<Parent>) -> u64 {
        let row = self.graph.row(self.parent_children, parent);
        let numbers = row.entries().map(|(_, child)| child.number);
        numbers.fold(0, u64::wrapping_add)
    }
}
