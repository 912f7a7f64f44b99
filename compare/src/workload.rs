//! What is measured, by the names it has in the tables.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Workload {
    Build,
    BulkBuild,
    Reassign,
    DetachAttach,
    RemoveAppend,
    IterateFresh,
    IterateChurned,
    ToOne,
    Nullify,
    Cascade,
    MnAdd,
    MnRemove,
    MnContains,
    MnIterate,
    LifeBuild,
    LifeReassign,
    LifeRead,
    LifeDelete,
}

impl Workload {
    pub(crate) const ONE_TO_MANY: [Self; 10] = [
        Self::Build,
        Self::BulkBuild,
        Self::Reassign,
        Self::DetachAttach,
        Self::RemoveAppend,
        Self::IterateFresh,
        Self::IterateChurned,
        Self::ToOne,
        Self::Nullify,
        Self::Cascade,
    ];
    pub(crate) const MANY_TO_MANY: [Self; 4] = [
        Self::MnAdd,
        Self::MnRemove,
        Self::MnContains,
        Self::MnIterate,
    ];
    pub(crate) const LIFE: [Self; 4] = [
        Self::LifeBuild,
        Self::LifeReassign,
        Self::LifeRead,
        Self::LifeDelete,
    ];

    /// The one after which memory is weighed, if links are what it is for.
    pub(crate) fn weighed_after(self) -> Self {
        if Self::MANY_TO_MANY.contains(&self) {
            Self::MnAdd
        } else if Self::LIFE.contains(&self) {
            Self::LifeBuild
        } else if self == Self::BulkBuild {
            Self::BulkBuild
        } else {
            Self::Build
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::BulkBuild => "bulk-build",
            Self::Reassign => "reassign",
            Self::DetachAttach => "detach-attach",
            Self::RemoveAppend => "remove-append",
            Self::IterateFresh => "iterate-fresh",
            Self::IterateChurned => "iterate-churned",
            Self::ToOne => "to-one",
            Self::Nullify => "nullify",
            Self::Cascade => "cascade",
            Self::MnAdd => "mn-add",
            Self::MnRemove => "mn-remove",
            Self::MnContains => "mn-contains",
            Self::MnIterate => "mn-iterate",
            Self::LifeBuild => "life-build",
            Self::LifeReassign => "life-reassign",
            Self::LifeRead => "life-read",
            Self::LifeDelete => "life-delete",
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
