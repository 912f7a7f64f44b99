//! How a member leaves a row kept by hand, once it is found.

pub(crate) trait Leave {
    fn leave<K>(row: &mut Vec<K>, at: usize);

    /// Looks for the member, and tells whether it was there.
    fn take<K: PartialEq>(row: &mut Vec<K>, member: &K) -> bool {
        let at = row.iter().position(|other| other == member);
        if let Some(at) = at {
            Self::leave(row, at);
        }
        at.is_some()
    }
}

/// Those behind it move up.
pub(crate) struct Remove;

impl Leave for Remove {
    fn leave<K>(row: &mut Vec<K>, at: usize) {
        row.remove(at);
    }
}

/// The last takes its place.
pub(crate) struct SwapRemove;

impl Leave for SwapRemove {
    fn leave<K>(row: &mut Vec<K>, at: usize) {
        row.swap_remove(at);
    }
}
