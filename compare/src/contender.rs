//! What the program knows of a contender.

use std::fmt;

use crate::measure::Turn;

/// One way of keeping both ends of a relationship, under the plans that tell
/// what is to be done.
pub(crate) struct Contender<P> {
    pub(crate) name: &'static str,
    /// Compares it with the model after some thousand mixed operations; tells
    /// the order of its rows, if that was looked at.
    pub(crate) verify: fn() -> Result<Option<Order>, Wrong>,
    /// Does what is planned.
    pub(crate) run: fn(&P, &mut Turn) -> Result<(), Wrong>,
}

/// In which order verification found the members of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// In that of adding.
    Yes,
    /// The last that was added comes first.
    Reversed,
    /// In another.
    No,
}

impl Order {
    /// That of a row, beside what the model has.
    pub(crate) fn of(found: &[u64], model: &[u64]) -> Result<Self, Wrong> {
        if found == model {
            return Ok(Self::Yes);
        }
        if found.iter().rev().eq(model) {
            return Ok(Self::Reversed);
        }
        let (mut found, mut model) = (found.to_vec(), model.to_vec());
        found.sort_unstable();
        model.sort_unstable();
        if found == model {
            return Ok(Self::No);
        }
        Err(Wrong(format!(
            "a row has {found:?} where the model has {model:?}"
        )))
    }

    /// That of all rows, by the orders of each with more than one member.
    pub(crate) fn of_all(orders: &[Self]) -> Self {
        let all = |order| orders.iter().all(|&one| one == order);
        if all(Self::Yes) {
            Self::Yes
        } else if all(Self::Reversed) {
            Self::Reversed
        } else {
            Self::No
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::Reversed => "reversed",
            Self::No => "no",
        })
    }
}

/// A contender has not done what it was asked to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

/// That a contender comes to the number that the model has.
pub(crate) fn expect<N: Copy + PartialEq + fmt::Display>(
    what: impl fmt::Display,
    found: N,
    model: N,
) -> Result<(), Wrong> {
    if found == model {
        return Ok(());
    }
    Err(Wrong(format!(
        "{what} comes to {found} where the model has {model}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_told_apart() {
        assert_eq!(Order::of(&[1, 2, 3], &[1, 2, 3]), Ok(Order::Yes));
        assert_eq!(Order::of(&[3, 2, 1], &[1, 2, 3]), Ok(Order::Reversed));
        assert_eq!(Order::of(&[2, 1, 3], &[1, 2, 3]), Ok(Order::No));
        assert!(Order::of(&[1, 2], &[1, 2, 3]).is_err());
        assert!(Order::of(&[1, 1, 2], &[1, 2, 2]).is_err());
    }

    #[test]
    fn rows_have_an_order_if_each_has_it() {
        assert_eq!(Order::of_all(&[Order::Yes, Order::Yes]), Order::Yes);
        assert_eq!(Order::of_all(&[Order::Reversed]), Order::Reversed);
        assert_eq!(Order::of_all(&[Order::Yes, Order::Reversed]), Order::No);
    }
}
