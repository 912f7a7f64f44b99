//! Parents and children, declared once with each option.

pub(crate) mod by_handle;

use backref::{Graph, Id};

use crate::workload::Shape;

/// A graph of parents and children, with one option or another.
pub(crate) trait Family: Sized {
    type Parent;
    type Child;

    fn empty() -> Self;
    fn graph(&self) -> &Graph;
    fn insert_parent(&mut self, number: u64) -> Id<Self::Parent>;
    fn insert_child(&mut self, number: u64, parent: Id<Self::Parent>) -> Id<Self::Child>;
    fn reassign(&mut self, child: Id<Self::Child>, parent: Id<Self::Parent>);
    fn set_number(&mut self, child: Id<Self::Child>, number: u64);

    /// The payloads of the children, and the data of the links if they have any.
    fn sum_of_children(&self, parent: Id<Self::Parent>) -> u64;
}

/// A child, and the parent that it is to have.
pub(crate) type Move<F> = (Id<<F as Family>::Child>, Id<<F as Family>::Parent>);

/// A family, its ids by number, and what is to be done with it.
pub(crate) struct Populated<F: Family> {
    pub(crate) family: F,
    pub(crate) parents: Vec<Id<F::Parent>>,
    pub(crate) children: Vec<Id<F::Child>>,
    pub(crate) moves: Vec<Move<F>>,
}

impl<F: Family> Populated<F> {
    /// Its children come one by one, in random order, so that all rows grow
    /// together.
    pub(crate) fn new(shape: Shape, moves: usize) -> Self {
        let mut family = F::empty();
        let parents = (0..shape.owners as u64).map(|number| family.insert_parent(number));
        let parents: Vec<_> = parents.collect();
        let of = shape.parents().into_iter();
        let children = of.zip(0..);
        let children = children.map(|(at, number)| family.insert_child(number, parents[at]));
        let children: Vec<_> = children.collect();
        let moves = shape.moves(moves).into_iter();
        Self {
            moves: moves.map(|(at, to)| (children[at], parents[to])).collect(),
            family,
            parents,
            children,
        }
    }

    #[inline(never)]
    pub(crate) fn reassign(family: &mut F, moves: &[Move<F>]) {
        for &(child, parent) in moves {
            family.reassign(child, parent);
        }
    }

    #[inline(never)]
    pub(crate) fn iterate(family: &F, parents: &[Id<F::Parent>]) -> u64 {
        let sums = parents.iter();
        sums.map(|&parent| family.sum_of_children(parent))
            .fold(0, in_turn)
    }
}

/// A sum that depends on which row has which child.
pub(crate) fn in_turn(total: u64, of_row: u64) -> u64 {
    total.rotate_left(1).wrapping_add(of_row)
}

/// A module with a family: what stands before its child, the options of both
/// ends, what is read of a member, and how a child comes to its first parent if
/// not by two calls.
macro_rules! family {
    (
        $(#[$about:meta])*
        $module:ident,
        child: [$(#[$child:meta])*],
        parent: [$($parent:tt)*],
        children: [$($children:tt)*],
        $member:pat => $read:expr
    ) => {
        family! {
            $(#[$about])* $module,
            child: [$(#[$child])*], parent: [$($parent)*], children: [$($children)*],
            $member => $read;
            (family, number, parent) => {
                let child = family.insert(Child { number }).expect("there is room");
                family.reassign(child, parent);
                child
            }
        }
    };
    (
        $(#[$about:meta])*
        $module:ident,
        child: [$(#[$child:meta])*],
        parent: [$($parent:tt)*],
        children: [$($children:tt)*],
        $member:pat => $read:expr;
        ($family:ident, $number:ident, $of:ident) => $insert:block
    ) => {
        $(#[$about])*
        pub(crate) mod $module {
            use backref::{Graph, Id, entity, graph};

            use super::Family;

            #[entity]
            #[derive(Clone)]
            pub(crate) struct Parent {
                pub(crate) number: u64,
                #[relationship(back_populates = parent $($children)*)]
                pub(crate) children: ToMany<Child>,
            }

            #[entity]
            $(#[$child])*
            #[derive(Clone)]
            pub(crate) struct Child {
                pub(crate) number: u64,
                #[relationship(back_populates = children $($parent)*)]
                pub(crate) parent: ToOne<Parent>,
            }

            graph! { pub(crate) struct Household { parents: Parent, children: Child } }

            impl Family for Household {
                type Parent = Parent;
                type Child = Child;

                fn empty() -> Self {
                    Self::new()
                }

                fn graph(&self) -> &Graph {
                    Self::graph(self)
                }

                fn insert_parent(&mut self, number: u64) -> Id<Parent> {
                    self.insert(Parent { number }).expect("there is room")
                }

                fn insert_child(&mut self, $number: u64, $of: Id<Parent>) -> Id<Child> {
                    let $family = self;
                    $insert
                }

                #[inline]
                fn reassign(&mut self, child: Id<Child>, parent: Id<Parent>) {
                    self.edit(child).set_parent(parent).expect("both are live");
                }

                #[inline]
                fn set_number(&mut self, child: Id<Child>, number: u64) {
                    self.edit(child).set_number(number).expect("it is live");
                }

                #[inline]
                fn sum_of_children(&self, parent: Id<Parent>) -> u64 {
                    let mut total = 0_u64;
                    for $member in self.at(parent).children() {
                        total = total.wrapping_add($read);
                    }
                    total
                }
            }
        }
    };
}

family! {
    /// No option.
    plain, child: [], parent: [], children: [], child => child.number
}
family! {
    /// The row is in no order.
    set, child: [], parent: [], children: [, order = none], child => child.number
}
family! {
    /// The row is a chain through the children.
    linked, child: [], parent: [], children: [, storage = linked], child => child.number
}
family! {
    /// The row is in the order of a field.
    sorted, child: [], parent: [], children: [, order = sorted_by(number)], child => child.number
}
family! {
    /// Members are found by a field.
    keyed, child: [], parent: [], children: [, order = keyed_by(number)], child => child.number
}
family! {
    /// Each link has data.
    data, child: [], parent: [, data = u32], children: [, data = u32],
    (child, data) => child.number + u64::from(*data)
}
family! {
    /// Nobody is without a parent.
    required, child: [], parent: [, required], children: [], child => child.number;
    (family, number, parent) => {
        let child = Child { number }.with_parent(parent);
        family.insert(child).expect("the parent is live")
    }
}
family! {
    /// Rows are not longer than that.
    limited, child: [], parent: [], children: [, max = 1000000], child => child.number
}
family! {
    /// Who loses the last parent is deleted.
    orphans, child: [], parent: [], children: [, orphans = delete], child => child.number
}
family! {
    /// Children are parts of their parents.
    contained, child: [], parent: [], children: [, contained], child => child.number
}
family! {
    /// A check sees the links that are made and cut.
    checked_links, child: [], parent: [], children: [, check = super::few], child => child.number
}
family! {
    /// A check sees the payloads that are written.
    checked_payloads, child: [#[check(super::small)]], parent: [], children: [],
    child => child.number
}
family! {
    /// They are deleted with their parents.
    cascade, child: [], parent: [], children: [, delete_rule = cascade], child => child.number
}

fn few(
    links: &backref::PlannedLinks<'_, checked_links::Parent, checked_links::Child>,
) -> Result<(), &'static str> {
    if links.len_after() > 1_000_000 {
        Err("too many")
    } else {
        Ok(())
    }
}

fn small(
    payload: &backref::PlannedPayload<'_, checked_payloads::Child>,
) -> Result<(), &'static str> {
    match payload.after() {
        Some(child) if child.number == u64::MAX => Err("too large"),
        _ => Ok(()),
    }
}

/// A module with parents and children of one type, and the options of the end
/// that leads to the parent.
macro_rules! tree {
    ($(#[$about:meta])* $module:ident, parent: [$($parent:tt)*]) => {
        $(#[$about])*
        pub(crate) mod $module {
    use backref::{Graph, Id, entity, graph};

    use super::Family;

    #[entity]
    #[derive(Clone)]
    pub(crate) struct Node {
        pub(crate) number: u64,
        #[relationship(back_populates = children $($parent)*)]
        pub(crate) parent: ToOne<Node>,
        #[relationship(back_populates = parent)]
        pub(crate) children: ToMany<Node>,
    }

    graph! { pub(crate) struct Tree { nodes: Node } }

    impl Family for Tree {
        type Parent = Node;
        type Child = Node;

        fn empty() -> Self {
            Self::new()
        }

        fn graph(&self) -> &Graph {
            Self::graph(self)
        }

        fn insert_parent(&mut self, number: u64) -> Id<Node> {
            self.insert(Node { number }).expect("there is room")
        }

        fn insert_child(&mut self, number: u64, parent: Id<Node>) -> Id<Node> {
            let child = self.insert(Node { number }).expect("there is room");
            self.reassign(child, parent);
            child
        }

        #[inline]
        fn reassign(&mut self, child: Id<Node>, parent: Id<Node>) {
            self.edit(child).set_parent(parent).expect("both are live");
        }

        #[inline]
        fn set_number(&mut self, child: Id<Node>, number: u64) {
            self.edit(child).set_number(number).expect("it is live");
        }

        #[inline]
        fn sum_of_children(&self, parent: Id<Node>) -> u64 {
            let mut total = 0_u64;
            for child in self.at(parent).children() {
                total = total.wrapping_add(child.number);
            }
            total
        }
    }
}
    };
}

tree! {
    /// No option.
    tree, parent: []
}
tree! {
    /// Nobody is above themselves.
    acyclic, parent: [, acyclic]
}
