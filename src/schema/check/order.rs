//! The order of the rows of an end, and what arranges them.

use crate::schema::declaration::{EntityDeclaration, OrderSaid};
use crate::schema::{Cardinality, Order};

/// What is wrong with the order of an end, first thing first. `members` is the
/// type of those in its rows, where it can be told.
pub(super) fn check(
    end: &str,
    orders: &[OrderSaid],
    cardinality: Option<Cardinality>,
    members: Option<&EntityDeclaration>,
) -> Option<String> {
    let [said] = orders else {
        return several(end, orders);
    };
    if cardinality == Some(Cardinality::One) {
        let (order, call) = (said.order, call(said));
        return Some(format!(
            "{end} is to-one and has Order::{order:?}: leave out {call}, one link has none"
        ));
    }
    let Some(arrangement) = &said.arrangement else {
        return bare(end, said.order);
    };
    let (read, members) = (arrangement.payload_type(), members?);
    (read.id != members.type_id).then(|| {
        let (call, name, payload) = (call(said), &members.name, members.type_name);
        format!(
            "{end} has {call} that reads a {}, but its members are {name}, \
             whose payload is {payload}: let it read a &{payload}",
            read.name
        )
    })
}

fn several(end: &str, orders: &[OrderSaid]) -> Option<String> {
    let calls: Vec<&str> = orders.iter().map(call).collect();
    (!calls.is_empty()).then(|| {
        let calls = calls.join(" and ");
        format!("{end} says {calls}: keep one of them, for a row has one order")
    })
}

/// An order that needs a key and has none.
fn bare(end: &str, order: Order) -> Option<String> {
    let call = match order {
        Order::Insertion | Order::None => return None,
        Order::Sorted => "sorted_by(..)",
        Order::Keyed => "keyed_by(..)",
    };
    Some(format!(
        "{end} has Order::{order:?} and no key: write {call} instead of order(..)"
    ))
}

fn call(said: &OrderSaid) -> &'static str {
    match (&said.arrangement, said.order) {
        (None, _) | (_, Order::Insertion | Order::None) => "order(..)",
        (Some(_), Order::Sorted) => "sorted_by(..)",
        (Some(_), Order::Keyed) => "keyed_by(..)",
    }
}
