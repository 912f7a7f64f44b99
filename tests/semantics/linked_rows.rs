//! Linked rows behave as contiguous ones do: the same story told of both.

use backref::{DeleteRule, ErrorKind, Graph, Id, Order, Registry, Schema, Storage, ToMany, ToOne};

type Item = u32;

const BOTH: [Storage; 2] = [Storage::Rows, Storage::Linked];

struct Shop {
    graph: Graph,
    ids: Vec<Id<Item>>,
    parent: ToOne<Item, Item>,
    children: ToMany<Item, Item>,
}

fn registry(storage: Storage, order: Order) -> Registry {
    let mut schema = Schema::builder();
    schema.entity::<Item>("Item").cloneable().comparable();
    schema
        .relationship("Item.parent")
        .to_one("Item")
        .backref("children")
        .acyclic()
        .inverse(|end| {
            end.storage(storage)
                .order(order)
                .delete_rule(DeleteRule::Cascade)
        });
    schema.build().expect("the schema is sound")
}

fn shop(storage: Storage) -> Shop {
    let registry = registry(storage, Order::Insertion);
    let item = registry.entity_type("Item").expect("it is declared");
    let (parent, children) = (
        registry.to_one("Item.parent"),
        registry.to_many("Item.children"),
    );
    let mut graph = Graph::new(registry);
    let insert = |number| graph.insert(item, number).expect("there is room");
    Shop {
        ids: (0..8).map(insert).collect(),
        parent: parent.expect("it is declared"),
        children: children.expect("it is declared"),
        graph,
    }
}

impl Shop {
    fn row(&self, owner: usize) -> Vec<u32> {
        let row = self.graph.row(self.children, self.ids[owner]);
        let forth: Vec<u32> = row.entries().map(|(_, item)| *item).collect();
        let mut back: Vec<u32> = row.entries().rev().map(|(_, item)| *item).collect();
        back.reverse();
        assert_eq!(forth, back, "the row from its end");
        forth
    }

    fn edit<R>(
        &mut self,
        owner: usize,
        verb: impl FnOnce(backref::RowMut<'_, Item, Item>, &[Id<Item>]) -> backref::Result<R>,
    ) -> backref::Result<R> {
        let row = self.graph.row_mut(self.children, self.ids[owner])?;
        let done = verb(row, &self.ids);
        self.graph.verify().expect("both ends agree");
        done
    }
}

/// Cases 1 to 8.
#[test]
fn children_of_a_linked_row_come_and_go_in_order() {
    for storage in BOTH {
        let mut shop = shop(storage);
        for child in 2..6 {
            assert!(shop.edit(0, |mut row, ids| row.push(ids[child])).unwrap());
        }
        assert!(!shop.edit(0, |mut row, ids| row.push(ids[3])).unwrap());
        assert_eq!(shop.row(0), [2, 3, 4, 5], "{storage:?}");
        assert!(shop.edit(0, |mut row, ids| row.remove(ids[3])).unwrap());
        assert!(!shop.edit(0, |mut row, ids| row.remove(ids[3])).unwrap());
        assert!(
            shop.graph
                .set(shop.parent, shop.ids[2], shop.ids[1])
                .unwrap()
        );
        assert!(shop.graph.set(shop.parent, shop.ids[5], None).unwrap());
        assert_eq!(
            (shop.row(0), shop.row(1)),
            (vec![4], vec![2]),
            "{storage:?}"
        );
        assert!(
            shop.edit(0, |mut row, ids| row.insert_at(0, ids[2]))
                .unwrap()
        );
        assert!(
            !shop
                .edit(0, |mut row, ids| row.insert_at(1, ids[2]))
                .unwrap()
        );
        assert_eq!(
            (shop.row(0), shop.row(1)),
            (vec![4, 2], vec![]),
            "{storage:?}"
        );
    }
}

/// Cases 9 to 16.
#[test]
fn a_linked_row_is_put_in_any_order() {
    for storage in BOTH {
        let mut shop = shop(storage);
        shop.edit(0, |mut row, ids| row.extend(ids[2..7].iter().copied()))
            .unwrap();
        let moved = [
            (0, 4, [3, 4, 5, 6, 2]),
            (4, 0, [2, 3, 4, 5, 6]),
            (1, 3, [2, 4, 5, 3, 6]),
            (3, 1, [2, 3, 4, 5, 6]),
        ];
        for (from, to, expected) in moved {
            let changed = shop.edit(0, |mut row, _| {
                let member = row.as_row().get(from).expect("there are five");
                row.move_to(member, to)
            });
            assert!(changed.unwrap());
            assert_eq!(shop.row(0), expected, "{storage:?}");
        }
        for (a, b, expected) in [(0, 4, [6, 3, 4, 5, 2]), (2, 1, [6, 4, 3, 5, 2])] {
            assert!(shop.edit(0, |mut row, _| row.swap(a, b)).unwrap());
            assert_eq!(shop.row(0), expected, "{storage:?}");
        }
        assert!(shop.edit(0, |mut row, _| row.reverse()).unwrap());
        assert_eq!(shop.row(0), [2, 5, 3, 4, 6], "{storage:?}");
        assert!(
            shop.edit(0, |mut row, _| row.sort_by_key(|item| *item))
                .unwrap()
        );
        assert_eq!(shop.row(0), [2, 3, 4, 5, 6], "{storage:?}");
        let order = [7, 6, 3];
        shop.edit(0, |mut row, ids| row.replace(order.map(|at| ids[at])))
            .unwrap();
        assert_eq!(shop.row(0), [7, 6, 3], "{storage:?}");
        assert_eq!(
            shop.edit(1, |mut row, ids| row.take_all_from(ids[0]))
                .unwrap(),
            3
        );
        assert_eq!(
            (shop.row(0), shop.row(1)),
            (vec![], vec![7, 6, 3]),
            "{storage:?}"
        );
        assert_eq!(shop.edit(1, |mut row, _| row.clear()).unwrap(), 3);
        assert!(shop.row(1).is_empty());
    }
}

/// Case 18a.
#[test]
fn a_linked_row_is_read_by_position() {
    for storage in BOTH {
        let mut shop = shop(storage);
        shop.edit(0, |mut row, ids| row.extend(ids[1..7].iter().copied()))
            .unwrap();
        shop.edit(0, |mut row, _| row.remove_at(2)).unwrap();
        let row = shop.graph.row(shop.children, shop.ids[0]);
        let expected = [1, 2, 4, 5, 6].map(|at: usize| shop.ids[at]);
        for (at, &member) in expected.iter().enumerate() {
            assert_eq!(
                (row.get(at), row.position(member)),
                (Some(member), Some(at))
            );
        }
        assert_eq!((row.get(5), row.position(shop.ids[3])), (None, None));
        assert_eq!(
            (row.first(), row.last()),
            (Some(shop.ids[1]), Some(shop.ids[6]))
        );
        let mut both_ways = row.iter();
        assert_eq!(
            (both_ways.next(), both_ways.next_back()),
            (Some(expected[0]), Some(expected[4]))
        );
        assert_eq!((both_ways.len(), both_ways.clone().count()), (3, 3));
        assert!(both_ways.eq(expected[1..4].iter().copied()));
    }
}

/// Cases 29, 46 and 52.
#[test]
fn linked_rows_keep_to_the_rules() {
    for storage in BOTH {
        let mut shop = shop(storage);
        for child in 1..4 {
            shop.edit(child - 1, |mut row, ids| row.push(ids[child]))
                .unwrap();
        }
        let cycle = shop.edit(3, |mut row, ids| row.push(ids[0])).unwrap_err();
        assert_eq!(cycle.kind(), ErrorKind::Cycle, "{storage:?}");
        let cycle = shop.graph.set(shop.parent, shop.ids[0], shop.ids[0]);
        assert_eq!(cycle.unwrap_err().kind(), ErrorKind::Cycle, "{storage:?}");
        let item = shop.graph.registry().entity_type::<Item>("Item").unwrap();
        let gone = shop.graph.delete(item, shop.ids[1]).unwrap();
        assert_eq!(gone.others.len(), 2, "{storage:?}");
        assert!(shop.row(0).is_empty());
        let dead = shop.graph.set(shop.parent, shop.ids[4], shop.ids[1]);
        assert_eq!(dead.unwrap_err().kind(), ErrorKind::NotLive, "{storage:?}");
        shop.graph.verify().unwrap();
    }
}

/// Case 66.
#[test]
fn a_linked_row_without_order_takes_no_positions() {
    let registry = registry(Storage::Linked, Order::None);
    let (item, children) = (
        registry.entity_type::<Item>("Item").unwrap(),
        registry.to_many::<Item, Item>("Item.children").unwrap(),
    );
    let mut graph = Graph::new(registry);
    let [a, b] = [0, 1].map(|number| graph.insert(item, number).unwrap());
    let mut row = graph.row_mut(children, a).unwrap();
    assert!(row.push(b).unwrap());
    assert_eq!(row.move_to(b, 0).unwrap_err().kind(), ErrorKind::Unordered);
}

/// Case 43b.
#[test]
fn a_clone_of_linked_rows_is_equal_until_their_order_differs() {
    let mut shop = shop(Storage::Linked);
    shop.edit(0, |mut row, ids| row.extend(ids[1..4].iter().copied()))
        .unwrap();
    let mut copy = shop.graph.try_clone().unwrap();
    assert!(copy.try_eq(&shop.graph).unwrap());
    copy.row_mut(shop.children, shop.ids[0])
        .unwrap()
        .swap(0, 1)
        .unwrap();
    assert!(!copy.try_eq(&shop.graph).unwrap());
}
