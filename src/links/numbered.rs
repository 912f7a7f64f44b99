//! The members of a row with the numbers of their links.

use std::iter::{FusedIterator, Zip};
use std::slice;

use crate::id::{NONE, Side, Slot};
use crate::links::many_to_many::{ManyToMany, in_order};
use crate::links::members::Members;

/// The slots in a row, each with the number of its link, in order and from
/// both sides.
#[derive(Clone, Debug)]
pub(crate) enum Numbered<'g> {
    /// A link has the number of the member.
    ByMember(Members<'g>),
    /// The number of a link stands beside its cell.
    ByCell {
        cells: Zip<slice::Iter<'g, Slot>, slice::Iter<'g, u32>>,
        left: usize,
    },
    /// The number of a link is found: the row has an order of its own.
    Found {
        links: &'g ManyToMany,
        side: Side,
        owner: Slot,
        members: Members<'g>,
    },
}

impl Default for Numbered<'_> {
    fn default() -> Self {
        Self::ByMember(Members::default())
    }
}

impl<'g> Numbered<'g> {
    pub(crate) fn by_cell(cells: &'g [Slot], numbers: &'g [u32], left: usize) -> Self {
        let cells = cells.iter().zip(numbers);
        Self::ByCell { cells, left }
    }

    pub(crate) fn found(
        links: &'g ManyToMany,
        (side, owner): (Side, Slot),
        members: Members<'g>,
    ) -> Self {
        Self::Found {
            links,
            side,
            owner,
            members,
        }
    }
}

/// A member with the number of its link.
fn find(links: &ManyToMany, side: Side, owner: Slot, member: Slot) -> Option<(Slot, u32)> {
    let (left, right) = in_order(side, owner, member);
    let link = links.find(left, right);
    Some((member, link.expect("who stands in a row is linked (I1)")))
}

impl Iterator for Numbered<'_> {
    type Item = (Slot, u32);

    #[inline]
    fn next(&mut self) -> Option<(Slot, u32)> {
        match self {
            Self::ByMember(members) => members.next().map(|slot| (slot, slot)),
            Self::ByCell { cells, left } => {
                let (&slot, &link) = cells.find(|&(&slot, _)| slot != NONE)?;
                *left -= 1;
                Some((slot, link))
            }
            Self::Found {
                links,
                side,
                owner,
                members,
            } => find(links, *side, *owner, members.next()?),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::ByMember(members) => members.size_hint(),
            Self::ByCell { left, .. } => (*left, Some(*left)),
            Self::Found { members, .. } => members.size_hint(),
        }
    }
}

impl DoubleEndedIterator for Numbered<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<(Slot, u32)> {
        match self {
            Self::ByMember(members) => members.next_back().map(|slot| (slot, slot)),
            Self::ByCell { cells, left } => {
                let (&slot, &link) = cells.rfind(|&(&slot, _)| slot != NONE)?;
                *left -= 1;
                Some((slot, link))
            }
            Self::Found {
                links,
                side,
                owner,
                members,
            } => find(links, *side, *owner, members.next_back()?),
        }
    }
}

impl ExactSizeIterator for Numbered<'_> {}

impl FusedIterator for Numbered<'_> {}
