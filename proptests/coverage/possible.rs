//! Which cells of the table can be met at all, and which only by chance.

use super::{Facet, Outcome, Verb};

/// Steps that concern a whole entity and not one end of it.
const WHOLE: [Verb; 3] = [Verb::Insert, Verb::ReplaceItem, Verb::Delete];

/// Steps that pass data of a link, to ends of either cardinality.
const DATA: [Verb; 2] = [Verb::Link, Verb::SetData];

/// Whether a cell is met sooner or later.
pub(super) fn can_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    if is_of_several_ends(facet) {
        return MET_OVER_SEVERAL.iter().any(|(facets, verbs, outcomes)| {
            facets.contains(&facet) && verbs.contains(&verb) && outcomes.contains(&outcome)
        });
    }
    if WHOLE.contains(&verb) {
        return whole_can_occur(facet, verb, outcome);
    }
    if verb == Verb::Clone || is_of_kind(facet) {
        return false;
    }
    if DATA.contains(&verb) {
        return data_can_occur(facet, verb, outcome);
    }
    if [Verb::Set, Verb::Unset].contains(&verb) {
        return has_one(facet) && one_can_occur(facet, verb, outcome);
    }
    // Only the typed face removes by position, and it takes no wrong types.
    let sayable =
        verb != Verb::RemoveAt || ![Outcome::WrongType, Outcome::ForeignEnd].contains(&outcome);
    sayable && has_many(facet) && row_can_occur(facet, verb, outcome)
}

/// Whether a cell may be met by chance: what a whole entity goes through is
/// counted for the facets of all its ends, and a verb may be tried on an end
/// of the wrong cardinality.
pub(super) fn may_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    use Outcome::{
        Changed, Cycle, Denied, DuplicateKey, ForeignEnd, NotDeclared, NotLive, Refused, Required,
        TooFew, TooMany, WrongType,
    };
    let wrong = [WrongType, ForeignEnd, NotLive];
    // An orphan that may not go, and whom its going leaves short; the rows at
    // either end may be keyed, or checked.
    let of_links = [
        Required,
        TooFew,
        TooMany,
        Cycle,
        Denied,
        DuplicateKey,
        Refused,
    ];
    if DATA.contains(&verb) {
        let by_chance = verb == Verb::Link && of_links.contains(&outcome);
        return (by_chance || is_of_several_ends(facet)) && !is_of_kind(facet);
    }
    let outcomes: &[&[Outcome]] = match verb {
        Verb::Insert => &[&wrong, &of_links, &[Changed, DuplicateKey, NotDeclared]],
        Verb::ReplaceItem => &[&[Changed, WrongType, NotLive, DuplicateKey, Refused]],
        Verb::Delete => &[&[Changed, NotLive, Required, TooFew, Denied, Refused]],
        Verb::Clone | Verb::Link | Verb::SetData => &[],
        Verb::Set | Verb::Unset | Verb::Push | Verb::InsertAt | Verb::Remove | Verb::RemoveAt => {
            &[&wrong, &of_links]
        }
        Verb::Replace | Verb::Clear | Verb::Extend | Verb::TakeAllFrom => &[&wrong, &of_links],
        Verb::MoveTo | Verb::Swap | Verb::Reverse | Verb::Sort => &[&wrong],
    };
    // Whoever would be left short may go as an orphan, and an end of several
    // types may be unset towards another one.
    let empties = [Verb::Unset, Verb::Clear, Verb::TakeAllFrom].contains(&verb);
    if facet == Facet::Required && empties && [Changed, Outcome::Same].contains(&outcome) {
        return true;
    }
    if is_of_several_ends(facet) && !WHOLE.contains(&verb) && verb != Verb::Clone {
        return true;
    }
    (WHOLE.contains(&verb) || !is_of_kind(facet))
        && outcomes.iter().any(|outcomes| outcomes.contains(&outcome))
}

/// Whether a cell is met sooner or later inside of transactions. Whether
/// somebody is short, or an orphan may not go, is seen at their end; the rest
/// of what is left out here does not depend on them.
pub(super) fn can_occur_inside(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    let by_the_state = match outcome {
        Outcome::Changed | Outcome::Same => {
            ![Verb::Swap, Verb::Reverse, Verb::Sort, Verb::MoveTo].contains(&verb)
        }
        Outcome::DuplicateKey => WHOLE.contains(&verb),
        Outcome::TooMany | Outcome::Cycle => verb != Verb::TakeAllFrom,
        Outcome::Denied => verb == Verb::Delete,
        Outcome::Required | Outcome::TooFew | Outcome::WrongType | Outcome::ForeignEnd => false,
        Outcome::NotLive | Outcome::NoMember | Outcome::PositionOutOfRange => false,
        Outcome::Unordered | Outcome::NotDeclared | Outcome::Refused => false,
    };
    by_the_state && verb != Verb::Clone && can_occur(facet, verb, outcome)
}

/// Whether a cell may be met inside of transactions. What is an error outside
/// of them, because somebody would be short, is done.
pub(super) fn may_occur_inside(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    let done = [Outcome::Changed, Outcome::Same].contains(&outcome);
    let known = can_occur(facet, verb, outcome) || may_occur(facet, verb, outcome);
    !waits_for_the_end(verb, outcome) && verb != Verb::Clone && (done || known)
}

fn waits_for_the_end(verb: Verb, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Required | Outcome::TooFew => true,
        Outcome::Denied => verb != Verb::Delete,
        Outcome::Changed | Outcome::Same | Outcome::WrongType | Outcome::ForeignEnd => false,
        Outcome::NotLive | Outcome::DuplicateKey | Outcome::NoMember => false,
        Outcome::PositionOutOfRange | Outcome::Unordered | Outcome::TooMany => false,
        Outcome::Cycle | Outcome::NotDeclared | Outcome::Refused => false,
    }
}

/// What is to be met of limits, owners, containers, checks and ends of several types.
/// An end has them beside anything else, so what else there is by chance.
const MET_OVER_SEVERAL: &[(&[Facet], &[Verb], &[Outcome])] = {
    use Facet::{
        Checked, Container, InverseChecked, InverseMax, InverseMin, InverseOneOf, Max, Min, OneOf,
        Owned, Owner, Part,
    };
    use Outcome::{Changed, Cycle, Denied, Refused, Same, TooFew, TooMany};
    use Verb::{
        Clear, Delete, Extend, Insert, InsertAt, Push, Remove, RemoveAt, Replace, Set, TakeAllFrom,
        Unset,
    };
    const ADD: &[Verb] = &[Push, InsertAt, Extend, Replace];
    const TAKE: &[Verb] = &[Remove, RemoveAt, Clear, Replace];
    &[
        (&[Max], ADD, &[Changed, TooMany]),
        (&[Max], &[Insert, TakeAllFrom], &[Changed, TooMany]),
        (&[InverseMax], &[Insert, Set, Push], &[Changed, TooMany]),
        (&[InverseMax], &[InsertAt, Extend, Replace], &[TooMany]),
        (&[Min], TAKE, &[TooFew]),
        (&[Min], &[Insert, Push, Replace], &[Changed]),
        (&[Min], &[Insert], &[TooFew]),
        (&[InverseMin], &[Unset, Set, Remove, Delete], &[TooFew]),
        (&[InverseMin], &[Insert, Set, Push], &[Changed]),
        (&[Owner], TAKE, &[Changed, Denied]),
        (&[Owner], &[Delete, Push, TakeAllFrom], &[Changed]),
        (&[Owned], &[Set, Unset], &[Changed, Denied]),
        (&[Owned], &[Remove, Clear, Replace], &[Changed]),
        (&[Container], ADD, &[Changed, Cycle]),
        (&[Container], &[Insert, TakeAllFrom], &[Changed, Cycle]),
        (&[Container], &[Delete], &[Changed]),
        (&[Part], &[Set], &[Changed, Same, Cycle]),
        (&[Part], &[Unset, Insert, Delete], &[Changed]),
        (&[Checked, InverseChecked], ADD, &[Changed, Refused]),
        (&[Checked, InverseChecked], TAKE, &[Changed, Refused]),
        (
            &[Checked, InverseChecked],
            &[Set, Unset, TakeAllFrom],
            &[Changed, Refused],
        ),
        (
            &[Checked, InverseChecked],
            &[Insert, Delete],
            &[Changed, Refused],
        ),
        (&[OneOf], &[Set, Unset], &[Changed, Same]),
        (&[OneOf], &[Insert, Delete], &[Changed]),
        (&[InverseOneOf], ADD, &[Changed]),
        (&[InverseOneOf], TAKE, &[Changed]),
        (&[InverseOneOf], &[Set, Unset, Insert, Delete], &[Changed]),
    ]
};

/// Facets of what is judged over several ends, or by how many links there are.
fn is_of_several_ends(facet: Facet) -> bool {
    facet as u32 >= Facet::Max as u32 && facet as u32 <= Facet::InverseOneOf as u32
}

/// Facets that are counted for whole entities only.
fn is_of_kind(facet: Facet) -> bool {
    facet as u32 >= Facet::Keyed as u32
}

fn has_one(facet: Facet) -> bool {
    use Facet::{
        Insertion, KeyedRow, Linked, ManyToMany, OneToMany, OneWayMany, Sorted, SymmetricMany,
        Unordered,
    };
    let to_many = [OneToMany, ManyToMany, SymmetricMany, OneWayMany];
    let of_rows = [Insertion, Unordered, Sorted, KeyedRow, Linked];
    !to_many.contains(&facet) && !of_rows.contains(&facet)
}

fn has_many(facet: Facet) -> bool {
    use Facet::{ManyToOne, OneToOne, OneWayOne, SymmetricOne};
    ![ManyToOne, OneToOne, OneWayOne, SymmetricOne].contains(&facet)
}

/// Whether entities can be live whose end of that facet, or its inverse, is
/// required. Where all are of one type, nobody could have been the first.
fn can_need(facet: Facet) -> bool {
    use Facet::{Acyclic, SelfReferential, SymmetricMany, SymmetricOne};
    ![SelfReferential, Acyclic, SymmetricMany, SymmetricOne].contains(&facet)
}

fn can_cycle(facet: Facet) -> bool {
    use Facet::{InverseRequired, Required, SymmetricMany, SymmetricOne};
    ![SymmetricMany, SymmetricOne, Required, InverseRequired].contains(&facet)
}

/// Whether adding can take the last member of another row that needs one.
fn can_rob(facet: Facet) -> bool {
    use Facet::{InverseRequired, ManyToMany, OneWayMany};
    ![InverseRequired, ManyToMany, OneWayMany].contains(&facet)
}

fn whole_can_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    let denies = [Facet::Deny, Facet::OnDeleteDeny].contains(&facet);
    match outcome {
        Outcome::Changed | Outcome::NotLive => true,
        Outcome::WrongType => verb != Verb::Delete,
        Outcome::ForeignEnd => verb == Verb::Insert,
        Outcome::DuplicateKey => facet == Facet::Keyed && verb != Verb::Delete,
        Outcome::Required => {
            let needs = [
                (Verb::Insert, Facet::Required),
                (Verb::Delete, Facet::InverseRequired),
            ];
            needs.contains(&(verb, facet))
        }
        Outcome::Cycle => facet == Facet::Acyclic && verb == Verb::Insert,
        Outcome::Denied => denies && verb == Verb::Delete,
        Outcome::Refused => facet == Facet::CheckedKind,
        Outcome::NotDeclared => verb == Verb::Insert,
        Outcome::Same | Outcome::NoMember | Outcome::TooFew | Outcome::TooMany => false,
        Outcome::PositionOutOfRange | Outcome::Unordered => false,
    }
}

/// Links that may close a cycle or rob somebody are tried with and without
/// data; with it, the few cells are named where that is sure to happen.
fn data_can_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Changed | Outcome::WrongType | Outcome::ForeignEnd | Outcome::NotLive => true,
        Outcome::Same => verb == Verb::Link,
        Outcome::NoMember => verb == Verb::SetData,
        Outcome::NotDeclared => facet != Facet::Data,
        Outcome::Required => verb == Verb::Link && facet == Facet::Data,
        Outcome::Cycle => verb == Verb::Link && [Facet::Data, Facet::Acyclic].contains(&facet),
        Outcome::DuplicateKey | Outcome::Denied | Outcome::Refused => false,
        Outcome::TooFew | Outcome::TooMany => false,
        Outcome::PositionOutOfRange | Outcome::Unordered => false,
    }
}

fn one_can_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    let unset_required = facet == Facet::Required && verb == Verb::Unset;
    match outcome {
        Outcome::Changed | Outcome::Same => !unset_required,
        Outcome::WrongType | Outcome::ForeignEnd | Outcome::NotLive => true,
        // The target that is given up may need its link.
        Outcome::Required => can_need(facet) && (verb == Verb::Unset || facet != Facet::OneWayOne),
        Outcome::Cycle => verb == Verb::Set && can_cycle(facet),
        Outcome::DuplicateKey | Outcome::PositionOutOfRange | Outcome::NotDeclared => false,
        Outcome::NoMember | Outcome::Unordered => false,
        Outcome::Denied | Outcome::Refused | Outcome::TooFew | Outcome::TooMany => false,
    }
}

fn row_can_occur(facet: Facet, verb: Verb, outcome: Outcome) -> bool {
    use Verb::{Clear, Extend, InsertAt, MoveTo, Push, RemoveAt, Replace, Reverse, Sort, Swap};
    let by_position = [InsertAt, RemoveAt, MoveTo, Swap, Reverse, Sort].contains(&verb);
    let refused = by_position && facet == Facet::Unordered
        || by_position && facet == Facet::Sorted && verb != RemoveAt;
    let never_empty = facet == Facet::Required;
    let empties = never_empty && [Clear, Verb::TakeAllFrom].contains(&verb);
    match outcome {
        Outcome::Changed => !refused && !empties,
        Outcome::Same => !refused && verb != RemoveAt && !(never_empty && verb == Clear),
        Outcome::WrongType | Outcome::ForeignEnd | Outcome::NotLive => true,
        Outcome::PositionOutOfRange => {
            !refused && [InsertAt, RemoveAt, MoveTo, Swap].contains(&verb)
        }
        Outcome::NoMember => verb == MoveTo && !refused,
        Outcome::Unordered => {
            let never = [Facet::Insertion, Facet::KeyedRow].contains(&facet);
            by_position && !never && (facet, verb) != (Facet::Sorted, RemoveAt)
        }
        Outcome::Required => !refused && can_need(facet) && row_can_starve(facet, verb),
        Outcome::Cycle => {
            let links = [Push, InsertAt, Replace, Extend, Verb::TakeAllFrom].contains(&verb);
            links && !refused && can_cycle(facet)
        }
        Outcome::DuplicateKey => {
            let links = [Push, InsertAt, Replace, Extend, Verb::TakeAllFrom].contains(&verb);
            links && facet == Facet::KeyedRow
        }
        Outcome::Denied | Outcome::Refused | Outcome::NotDeclared => false,
        Outcome::TooFew | Outcome::TooMany => false,
    }
}

/// Whether a verb can leave somebody without a link that is required.
fn row_can_starve(facet: Facet, verb: Verb) -> bool {
    use Verb::{Clear, Extend, InsertAt, Push, Remove, RemoveAt, Replace};
    let takes = [Remove, RemoveAt, Clear, Replace].contains(&verb);
    let adds = [Push, InsertAt, Extend].contains(&verb);
    takes || adds && can_rob(facet) || verb == Verb::TakeAllFrom && facet != Facet::InverseRequired
}
