//! The checks of entity types and ends, as the schema keeps them: it knows the
//! types that they read, and not what they are asked.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use crate::identity::PayloadType;

/// A check, which the engine alone knows how to ask.
pub(crate) type AnyCheck = Arc<dyn Any + Send + Sync>;

/// A check of an end, with the payload types that it reads.
#[derive(Clone)]
pub(crate) struct EndCheck {
    pub(crate) owner: PayloadType,
    pub(crate) member: PayloadType,
    pub(crate) check: AnyCheck,
}

impl EndCheck {
    /// A check of an end that leads from an `S` to a `T`.
    pub(crate) fn new<S: 'static, T: 'static>(check: AnyCheck) -> Self {
        Self {
            owner: PayloadType::of::<S>(),
            member: PayloadType::of::<T>(),
            check,
        }
    }

    /// Whether it reads the payloads of an owner and of a member.
    pub(crate) fn fits(&self, owner: TypeId, member: TypeId) -> bool {
        (self.owner.id, self.member.id) == (owner, member)
    }
}

impl fmt::Debug for EndCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndCheck<{}, {}>", self.owner.name, self.member.name)
    }
}
