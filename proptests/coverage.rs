//! What a run has met: a table of option x operation x outcome, outside of
//! transactions and inside, and what those came to.

use std::fmt::{self, Write};

use backref::{DeleteRule, ErrorKind};

use crate::schema::{Form, Shape};

use possible::{can_occur, can_occur_inside, may_occur, may_occur_inside};

mod possible;

/// An enum, and the list of all its variants.
macro_rules! listed {
    ($(#[$doc:meta])* $name:ident { $($variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($variant,)*
        }

        impl $name {
            const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
}

listed! {
    /// An option of an end, or of an entity type.
    Facet {
        OneToMany,
        ManyToOne,
        OneToOne,
        ManyToMany,
        SymmetricOne,
        SymmetricMany,
        OneWayOne,
        OneWayMany,
        SelfReferential,
        Insertion,
        Unordered,
        Linked,
        Sorted,
        KeyedRow,
        Required,
        InverseRequired,
        Acyclic,
        Data,
        BackPopulates,
        Backref,
        Max,
        Min,
        InverseMax,
        InverseMin,
        Owner,
        Owned,
        Container,
        Part,
        Checked,
        InverseChecked,
        OneOf,
        InverseOneOf,
        Keyed,
        CheckedKind,
        Nullify,
        Cascade,
        CascadeUp,
        Deny,
        OnDeleteNullify,
        OnDeleteCascade,
        OnDeleteDeny,
    }
}

listed! {
    /// What a step does.
    Verb {
        Insert,
        ReplaceItem,
        Set,
        Unset,
        Push,
        InsertAt,
        Remove,
        RemoveAt,
        MoveTo,
        Swap,
        Replace,
        Clear,
        Extend,
        TakeAllFrom,
        Reverse,
        Sort,
        Link,
        SetData,
        Delete,
        Clone,
    }
}

listed! {
    /// What comes of it: a change, none, or an error of a kind.
    Outcome {
        Changed,
        Same,
        WrongType,
        ForeignEnd,
        NotLive,
        DuplicateKey,
        NoMember,
        PositionOutOfRange,
        Unordered,
        Required,
        TooFew,
        TooMany,
        Denied,
        Refused,
        Cycle,
        NotDeclared,
    }
}

listed! {
    /// What comes of a transaction, and of the history.
    Ending {
        Committed,
        CommittedWithOrphans,
        RequiredAtTheEnd,
        TooFewAtTheEnd,
        DeniedAtTheEnd,
        RolledBack,
        Panicked,
        SavepointKept,
        SavepointRolledBack,
        SavepointPanicked,
        Undone,
        Redone,
        UndoneToTheStart,
        BranchDropped,
    }
}

impl Outcome {
    /// `None` for errors that no step provokes.
    pub(crate) fn of(kind: ErrorKind) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|outcome| format!("{outcome:?}") == format!("{kind:?}"))
    }
}

/// A set of facets, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets(u64);

impl Facets {
    fn with(self, facet: Facet, present: bool) -> Self {
        Self(self.0 | u64::from(present) << facet as u32)
    }

    fn has(self, facet: Facet) -> bool {
        self.0 >> facet as u32 & 1 == 1
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn of_end(shape: &Shape, end: usize) -> Self {
        let it = &shape.ends[end];
        let inverse = &shape.ends[it.inverse];
        let form = shape.relation_of(end).form;
        let two_way = matches!(form, Form::BackPopulates | Form::Backref);
        Self::default()
            .with(Facet::OneToMany, two_way && it.many && !inverse.many)
            .with(Facet::ManyToOne, two_way && !it.many && inverse.many)
            .with(Facet::OneToOne, two_way && !it.many && !inverse.many)
            .with(Facet::ManyToMany, two_way && it.many && inverse.many)
            .with(Facet::SymmetricOne, form == Form::Symmetric && !it.many)
            .with(Facet::SymmetricMany, form == Form::Symmetric && it.many)
            .with(Facet::OneWayOne, form == Form::OneWay && !it.many)
            .with(Facet::OneWayMany, form == Form::OneWay && it.many)
            .with(Facet::SelfReferential, it.owner == it.target)
            .with(Facet::Insertion, it.many && it.is_settable() && !it.keyed)
            .with(Facet::Unordered, it.many && !it.ordered)
            .with(Facet::Linked, it.linked)
            .with(Facet::Sorted, it.many && it.sorted)
            .with(Facet::KeyedRow, it.many && it.keyed)
            .with(Facet::Required, it.required)
            .with(
                Facet::InverseRequired,
                inverse.required && it.inverse != end,
            )
            .with(Facet::Acyclic, it.acyclic)
            .with(Facet::Data, it.data)
            .with(Facet::Max, it.max < usize::MAX)
            .with(Facet::Min, it.min > 0)
            .with(Facet::InverseMax, inverse.max < usize::MAX)
            .with(Facet::InverseMin, inverse.min > 0)
            .with(Facet::Owner, it.orphans)
            .with(Facet::Owned, inverse.orphans)
            .with(Facet::Container, it.contained)
            .with(Facet::Part, inverse.contained)
            .with(Facet::Checked, it.checked)
            .with(Facet::InverseChecked, inverse.checked)
            .with(Facet::OneOf, it.family.is_some())
            .with(Facet::InverseOneOf, inverse.family.is_some())
            .with(Facet::BackPopulates, form == Form::BackPopulates)
            .with(Facet::Backref, form == Form::Backref)
    }

    /// Those of all ends of an entity type, with what a delete does there.
    pub(crate) fn of_kind(shape: &Shape, kind: usize) -> Self {
        let ends = (0..shape.ends.len()).filter(|&end| shape.ends[end].owner == kind);
        let all = ends.fold(Self::default(), |all, end| {
            let rules = if shape.ends[end].hidden {
                Self::of_hidden_end(shape.ends[end].rule)
            } else {
                Self::of_end(shape, end).and(Self::of_rule(shape.ends[end].rule))
            };
            all.and(rules)
        });
        all.with(Facet::Keyed, shape.keyed[kind])
            .with(Facet::CheckedKind, shape.checked[kind])
    }

    fn of_rule(rule: DeleteRule) -> Self {
        Self::default()
            .with(Facet::Nullify, rule == DeleteRule::Nullify)
            .with(Facet::Cascade, rule == DeleteRule::Cascade)
            .with(Facet::CascadeUp, rule == DeleteRule::CascadeUp)
            .with(Facet::Deny, rule == DeleteRule::Deny)
    }

    fn of_hidden_end(rule: DeleteRule) -> Self {
        Self::default()
            .with(Facet::OnDeleteNullify, rule == DeleteRule::Nullify)
            .with(Facet::OnDeleteCascade, rule == DeleteRule::Cascade)
            .with(Facet::OnDeleteDeny, rule == DeleteRule::Deny)
    }
}

/// How often each cell of the table was met.
#[derive(Clone)]
pub(crate) struct Tally {
    counts: Vec<u64>,
    /// The same inside of transactions.
    inside: Vec<u64>,
    endings: Vec<u64>,
    pub(crate) edits: usize,
    pub(crate) reach: Reach,
}

/// How large the graphs got.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reach {
    pub(crate) entities: usize,
    pub(crate) row: usize,
    /// The shorter of two rows that share a link, where it was longest.
    pub(crate) both_rows: usize,
}

impl Reach {
    pub(crate) fn add(&mut self, other: Self) {
        self.entities = self.entities.max(other.entities);
        self.row = self.row.max(other.row);
        self.both_rows = self.both_rows.max(other.both_rows);
    }
}

impl Default for Tally {
    fn default() -> Self {
        let cells = Facet::ALL.len() * Verb::ALL.len() * Outcome::ALL.len();
        Self {
            counts: vec![0; cells],
            inside: vec![0; cells],
            endings: vec![0; Ending::ALL.len()],
            edits: 0,
            reach: Reach::default(),
        }
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tally of {} edits", self.edits)
    }
}

fn cell(facet: Facet, verb: Verb, outcome: Outcome) -> usize {
    (facet as usize * Verb::ALL.len() + verb as usize) * Outcome::ALL.len() + outcome as usize
}

impl Tally {
    /// Counts a call, made inside of a transaction or as a commit of its own.
    pub(crate) fn count(&mut self, facets: Facets, verb: Verb, outcome: Outcome, inside: bool) {
        self.edits += 1;
        let counts = if inside {
            &mut self.inside
        } else {
            &mut self.counts
        };
        for facet in Facet::ALL
            .iter()
            .copied()
            .filter(|&facet| facets.has(facet))
        {
            counts[cell(facet, verb, outcome)] += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.edits += other.edits;
        self.reach.add(other.reach);
        let of_cells = self.counts.iter_mut().chain(&mut self.inside);
        let more = other.counts.iter().chain(&other.inside);
        for (count, more) in of_cells.zip(more) {
            *count += more;
        }
        for (count, more) in self.endings.iter_mut().zip(&other.endings) {
            *count += more;
        }
    }

    /// Whether the same calls came to the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.edits == other.edits && self.counts == other.counts && self.inside == other.inside
    }

    pub(crate) fn end(&mut self, ending: Ending) {
        self.endings[ending as usize] += 1;
    }

    /// The cells that can occur and have not.
    pub(crate) fn missing(&self) -> Vec<String> {
        let outside = all_cells()
            .filter(|&(facet, verb, outcome)| {
                can_occur(facet, verb, outcome) && self.counts[cell(facet, verb, outcome)] == 0
            })
            .map(|(facet, verb, outcome)| format!("{facet:?} x {verb:?} x {outcome:?}"));
        let inside = all_cells()
            .filter(|&(facet, verb, outcome)| {
                can_occur_inside(facet, verb, outcome)
                    && self.inside[cell(facet, verb, outcome)] == 0
            })
            .map(|(facet, verb, outcome)| format!("inside: {facet:?} x {verb:?} x {outcome:?}"));
        outside
            .chain(inside)
            .chain(self.missing_endings())
            .collect()
    }

    /// What no transaction has come to.
    pub(crate) fn missing_endings(&self) -> impl Iterator<Item = String> {
        let endings = Ending::ALL.iter();
        let missing = endings.filter(|&&ending| self.endings[ending as usize] == 0);
        missing.map(|ending| format!("{ending:?}"))
    }

    /// The cells that were met and cannot be.
    pub(crate) fn unforeseen(&self) -> Vec<String> {
        let outside = all_cells()
            .filter(|&(facet, verb, outcome)| {
                let foreseen = can_occur(facet, verb, outcome) || may_occur(facet, verb, outcome);
                !foreseen && self.counts[cell(facet, verb, outcome)] > 0
            })
            .map(|(facet, verb, outcome)| format!("{facet:?} x {verb:?} x {outcome:?}"));
        let inside = all_cells()
            .filter(|&(facet, verb, outcome)| {
                !may_occur_inside(facet, verb, outcome)
                    && self.inside[cell(facet, verb, outcome)] > 0
            })
            .map(|(facet, verb, outcome)| format!("inside: {facet:?} x {verb:?} x {outcome:?}"));
        outside.chain(inside).collect()
    }

    /// A line for each option and operation, outside of transactions and inside;
    /// a dot where nothing was met.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("{:<28}", "");
        for outcome in Outcome::ALL {
            write!(table, " {:>11.11}", format!("{outcome:?}")).expect("a string takes it");
        }
        for (title, counts) in [("", &self.counts), ("\n\nin a transaction", &self.inside)] {
            table.push_str(title);
            for &facet in Facet::ALL {
                for &verb in Verb::ALL {
                    table.push_str(&Self::line(counts, facet, verb));
                }
            }
        }
        for (ending, count) in Ending::ALL.iter().zip(&self.endings) {
            write!(table, "\n{:<28} {count:>11}", format!("{ending:?}"))
                .expect("a string takes it");
        }
        table
    }

    fn line(counts: &[u64], facet: Facet, verb: Verb) -> String {
        let counts = Outcome::ALL
            .iter()
            .map(|&outcome| counts[cell(facet, verb, outcome)]);
        let counts: Vec<u64> = counts.collect();
        if counts.iter().all(|&count| count == 0) {
            return String::new();
        }
        let mut line = format!("\n{:<15} {:<12}", format!("{facet:?}"), format!("{verb:?}"));
        for count in counts {
            let count = if count == 0 {
                ".".to_owned()
            } else {
                count.to_string()
            };
            write!(line, " {count:>11}").expect("a string takes it");
        }
        line
    }
}

fn all_cells() -> impl Iterator<Item = (Facet, Verb, Outcome)> {
    Facet::ALL.iter().copied().flat_map(|facet| {
        Verb::ALL.iter().copied().flat_map(move |verb| {
            Outcome::ALL
                .iter()
                .copied()
                .map(move |outcome| (facet, verb, outcome))
        })
    })
}
