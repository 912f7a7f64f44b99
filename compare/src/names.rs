//! Who takes part, by name and in the order of the tables.

use crate::{life, many_to_many, one_to_many};

/// The names of all contenders, each once.
pub(crate) fn all() -> Vec<&'static str> {
    let mut names: Vec<&str> = one_to_many::CONTENDERS.iter().map(|one| one.name).collect();
    let others = many_to_many::CONTENDERS.iter().map(|one| one.name);
    for name in others.chain(life::CONTENDERS.iter().map(|one| one.name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Why somebody who might be looked for does not take part.
pub(crate) fn absent(name: &str) -> Option<&'static str> {
    (name == "moogle").then_some(
        "moogle 0.4.4 asks for nightly features as they were in 2021 \
         (`#![feature(type_alias_impl_trait)]`), and builds with no stable compiler",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::{Contender, Order};

    const ORDERED: [&str; 6] = [
        "backref",
        "backref-linked",
        "backref-tx",
        "slotmap-remove",
        "rc-refcell",
        "indextree",
    ];

    /// Every contender comes to what the model has, in the order it is known
    /// for.
    fn verify<P>(contenders: &[Contender<P>], order: impl Fn(&str) -> Option<Order>) {
        for one in contenders {
            assert_eq!((one.verify)(), Ok(order(one.name)), "{}", one.name);
        }
    }

    fn order(name: &str) -> Option<Order> {
        Some(match name {
            _ if name.starts_with("floor") => return None,
            "petgraph" => Order::Reversed,
            "bevy-vec" => Order::Yes,
            _ if ORDERED.contains(&name) => Order::Yes,
            _ => Order::No,
        })
    }

    #[test]
    fn all_children_and_parents_are_as_in_the_model() {
        verify(one_to_many::CONTENDERS, order);
    }

    #[test]
    fn all_pairs_are_as_in_the_model() {
        verify(many_to_many::CONTENDERS, order);
    }

    #[test]
    fn all_tasks_are_as_in_the_model() {
        verify(life::CONTENDERS, |_| None);
    }
}
