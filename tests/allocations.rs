//! What is allocated while nobody needs the record: nothing.

use allocation_counter::measure;
use backref::{Graph, Id, Schema, ToMany, ToOne};

#[derive(Clone)]
struct Parent;
#[derive(Clone)]
struct Child;

struct Family {
    graph: Graph,
    of: ToOne<Child, Parent>,
    children: ToMany<Parent, Child>,
    parents: Vec<Id<Parent>>,
    all: Vec<Id<Child>>,
}

impl Family {
    /// Two parents, whose rows have room for all children.
    fn new() -> Self {
        let mut schema = Schema::builder();
        schema.entity::<Parent>("Parent").cloneable();
        schema.entity::<Child>("Child").cloneable();
        let of = schema.relationship("Child.of").to_one("Parent");
        of.backref("children");
        let registry = schema.build().expect("the schema is sound");
        let parent = registry.entity_type("Parent").expect("declared");
        let child = registry.entity_type("Child").expect("declared");
        let of = registry.to_one("Child.of").expect("declared");
        let children = registry.to_many("Parent.children").expect("declared");
        let mut graph = Graph::new(registry);
        let parents = [Parent, Parent].map(|it| graph.insert(parent, it).expect("there is room"));
        let all = (0..64).map(|_| graph.insert(child, Child).expect("there is room"));
        let mut family = Self {
            all: all.collect(),
            parents: parents.to_vec(),
            graph,
            of,
            children,
        };
        family.move_all();
        family.move_all();
        family
    }

    /// Every child to the one parent, and then to the other.
    fn move_all(&mut self) {
        for &parent in &self.parents {
            for &child in &self.all {
                self.graph.set(self.of, child, parent).expect("live");
            }
        }
    }

    /// How many allocations some writes make into rows that have room.
    fn allocations_of_writes(&mut self) -> u64 {
        let (of, children, parent) = (self.of, self.children, self.parents[0]);
        let (child, sibling) = (self.all[0], self.all[1]);
        self.graph.set(of, sibling, parent).expect("live");
        let graph = &mut self.graph;
        let mut write = || {
            for _ in 0..8 {
                graph.set(of, child, parent)?;
                graph.set(of, child, None)?;
                let mut row = graph.row_mut(children, parent)?;
                row.push(child)?;
                row.move_to(child, 0)?;
                row.remove(child)?;
            }
            Ok::<(), backref::Error>(())
        };
        write().expect("all are live");
        measure(|| write().expect("all are live")).count_total
    }
}

#[test]
fn nothing_is_allocated_for_the_record_while_nobody_needs_it() {
    let mut family = Family::new();
    assert_eq!(family.allocations_of_writes(), 0);

    family
        .graph
        .keep_history(4)
        .expect("no transaction is open");
    // Its steps take the place of those beyond its depth.
    assert_eq!(family.allocations_of_writes(), 0, "with a history");
    family
        .graph
        .keep_history(0)
        .expect("no transaction is open");
    assert_eq!(family.allocations_of_writes(), 0, "after a history");

    let subscription = family.graph.observe(|_, _| {});
    assert!(family.allocations_of_writes() > 0, "commits are told");
    drop(subscription);
    family.move_all();
    assert_eq!(family.allocations_of_writes(), 0, "after an observer");

    let mark = family.graph.mark().expect("no transaction is open");
    family.move_all();
    drop(mark);
    family.move_all();
    assert_eq!(family.allocations_of_writes(), 0, "after a mark");
}

#[test]
fn a_transaction_allocates_for_its_record_and_not_for_each_write() {
    let mut family = Family::new();
    let (of, all, parents) = (family.of, family.all.clone(), family.parents.clone());
    let graph = &mut family.graph;
    let mut whole = || {
        let done = graph.transaction(|graph| {
            for &parent in &parents {
                all.iter()
                    .try_for_each(|&child| graph.set(of, child, parent).map(drop))?;
            }
            Ok(())
        });
        done.expect("nothing is judged");
    };
    // The second finds the room that the first has left.
    whole();
    let allocations = measure(whole).count_total;
    assert!(allocations < 4, "{allocations} for 128 writes");
}
