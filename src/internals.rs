//! Counters and planted bugs for this crate's own tests; no part of the API.

/// How many cells, records and probes the engine has touched.
pub mod steps {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Runs `work` and returns how many steps the engine took in it.
    pub fn of<R>(work: impl FnOnce() -> R) -> (R, u64) {
        let before = STEPS.get();
        let result = work();
        (result, STEPS.get() - before)
    }

    #[cfg(any(test, feature = "internals"))]
    pub(crate) fn take(steps: usize) {
        STEPS.set(STEPS.get() + steps as u64);
    }

    #[cfg(not(any(test, feature = "internals")))]
    #[inline(always)]
    pub(crate) fn take(_steps: usize) {}
}

/// Mistakes to make on purpose, so that tests can show that they would be
/// noticed.
pub mod planted {
    /// A mistake that somebody could make in the engine.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Bug {
        /// A child that gets another parent stays in the old one's row.
        OldRowKeepsTheChild,
        /// Linking what is linked moves it to the end.
        LinkingAgainMoves,
        /// Closing the holes of a row does not tell the members.
        CompactingTellsNobody,
        /// The member that fills a gap is not told.
        FillingTellsNobody,
        /// A deleted id stays good at the ends of relationships.
        DeadIdsStayGood,
        /// The old partner of a one-to-one target is not freed.
        DisplacedKeepsItsMate,
        /// A replaced row keeps its old order.
        ReplaceKeepsTheOrder,
        /// A new member stands one too far to the front.
        InsertIsOneOff,
        /// Cascades end after one step.
        CascadeStopsEarly,
        /// Nobody who stays can deny a delete.
        DenyIsIgnored,
        /// A required end may lose its link by displacement.
        RequiredIsIgnored,
        /// Any row takes any number of members.
        MaxIsIgnored,
        /// Of the links that an end needs, only the last is missed.
        MinIsOne,
        /// Whoever loses its last owner lives on.
        OrphansStay,
        /// Whoever loses an owner at one end goes, though it has one at another.
        OrphansOfOneEnd,
        /// A new container or target of another type leaves the old one its link.
        RivalsStay,
        /// Who would be inside itself is seen from the container's end only.
        NestingIsSeenFromOneEnd,
        /// Cycles are seen from the to-one end only.
        CyclesAreSeenFromOneEnd,
        /// The keys of the deleted stay taken.
        KeysOutliveTheirEntity,
        /// A link that is cut stays in the table of pairs.
        PairsOutliveTheirLink,
        /// A many-to-many link is cut on one side only.
        UnlinkIsOneSided,
        /// Of a row that is cleared, the last member stays.
        ClearLeavesOne,
        /// Walks follow the first of their ends and no other.
        WalksFollowTheFirstEndOnly,
        /// Copies are linked to the originals they were linked to.
        CopiesAreLinkedToOriginals,
        /// The rows of copies stand as they were filled.
        CopiesKeepNoOrder,
        /// The sibling after a child that leaves a linked row is not told.
        SiblingIsNotTold,
        /// The data of a link that is cut stays where it was.
        DataOutlivesItsLink,
        /// Linking what is linked gives the link other data.
        LinkingAgainTakesTheData,
        /// The key of a member stays in the row that it has left.
        KeysOutliveTheirLink,
        /// A member whose key changes stays under the old one in keyed rows.
        RowsKeepTheOldKey,
        /// A member whose key changes stays where it stands in sorted rows.
        SortedRowsGoStale,
        /// A newcomer of a sorted row stands first among its equals.
        EqualsAreOvertaken,
        /// A member that leaves is what a newcomer of the same call stands behind.
        LeaversAreStoodBehind,
        /// Two members of one call may have the same key.
        NewcomersShareAKey,
        /// A check is asked at the end where a call begins, and not at the other.
        ChecksSeeOneEnd,
        /// Nobody asks about the links that a new one displaces.
        ChecksMissTheDisplaced,
        /// A check is asked about each link of a batch by itself.
        ChecksSeeOneByOne,
        /// A check is asked when the links are written.
        ChecksComeTooLate,
        /// A rollback leaves the first of the changes as it is.
        RollbackForgetsTheFirst,
        /// The slots of those who were deleted in a transaction are lost.
        DetachedSlotsLeak,
        /// An id that is dead is given out once more.
        IdsAreGivenAgain,
        /// What is taken back at a savepoint is the whole transaction.
        SavepointsTakeAllBack,
        /// `required`, `min` and orphans are judged at savepoints.
        SavepointsAreJudged,
        /// A savepoint that fails forgets who was to be judged before it.
        SavepointsForgetWhomToJudge,
        /// What was undone can be done again after another change.
        RedoSurvivesAChange,
        /// Steps are kept beyond the depth of the history.
        HistoryHasNoDepth,
    }

    impl Bug {
        /// Those that the walks and copies of `proptests/query.rs` must notice.
        pub const OF_SUBGRAPHS: [Self; 3] = [
            Self::WalksFollowTheFirstEndOnly,
            Self::CopiesAreLinkedToOriginals,
            Self::CopiesKeepNoOrder,
        ];

        /// Those that random edits in transactions, with a history, must notice.
        pub const OF_TRANSACTIONS: [Self; 8] = [
            Self::RollbackForgetsTheFirst,
            Self::DetachedSlotsLeak,
            Self::IdsAreGivenAgain,
            Self::SavepointsTakeAllBack,
            Self::SavepointsAreJudged,
            Self::SavepointsForgetWhomToJudge,
            Self::RedoSurvivesAChange,
            Self::HistoryHasNoDepth,
        ];

        /// Those that random edits must notice.
        pub const ALL: [Self; 35] = [
            Self::OldRowKeepsTheChild,
            Self::LinkingAgainMoves,
            Self::CompactingTellsNobody,
            Self::FillingTellsNobody,
            Self::DeadIdsStayGood,
            Self::DisplacedKeepsItsMate,
            Self::ReplaceKeepsTheOrder,
            Self::InsertIsOneOff,
            Self::CascadeStopsEarly,
            Self::DenyIsIgnored,
            Self::RequiredIsIgnored,
            Self::MaxIsIgnored,
            Self::MinIsOne,
            Self::OrphansStay,
            Self::OrphansOfOneEnd,
            Self::RivalsStay,
            Self::NestingIsSeenFromOneEnd,
            Self::CyclesAreSeenFromOneEnd,
            Self::KeysOutliveTheirEntity,
            Self::PairsOutliveTheirLink,
            Self::UnlinkIsOneSided,
            Self::ClearLeavesOne,
            Self::SiblingIsNotTold,
            Self::DataOutlivesItsLink,
            Self::LinkingAgainTakesTheData,
            Self::KeysOutliveTheirLink,
            Self::RowsKeepTheOldKey,
            Self::SortedRowsGoStale,
            Self::EqualsAreOvertaken,
            Self::LeaversAreStoodBehind,
            Self::NewcomersShareAKey,
            Self::ChecksSeeOneEnd,
            Self::ChecksMissTheDisplaced,
            Self::ChecksSeeOneByOne,
            Self::ChecksComeTooLate,
        ];
    }

    #[cfg(feature = "internals")]
    thread_local! {
        static BUG: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
    }

    /// Makes this thread's graphs make a mistake from now on, or none.
    #[cfg(feature = "internals")]
    pub fn plant(bug: Option<Bug>) {
        BUG.set(bug);
    }

    #[cfg(feature = "internals")]
    pub(crate) fn is(bug: Bug) -> bool {
        BUG.get() == Some(bug)
    }

    #[cfg(not(feature = "internals"))]
    #[inline(always)]
    pub(crate) const fn is(_bug: Bug) -> bool {
        false
    }
}
