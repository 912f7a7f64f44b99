//! Names of entities that outlive their slots.

use std::fmt;
use std::num::NonZeroU64;

use hashbrown::HashMap;

use crate::id::AnyId;

/// The name of an entity in [change sets](crate::ChangeSet): no other entity of
/// the graph ever has it, and where a change set is applied to another graph,
/// its entities have the same there.
///
/// ```
/// # use backref::example::{Author, Library};
/// # let Library { mut graph, author, .. } = Library::new()?;
/// # let lem = graph.insert(author, Author::new("Lem"))?;
/// let mark = graph.mark()?;                               // names all there are
/// let uid = graph.uid(author.any(lem)).expect("it was named");
/// assert_eq!(graph.by_uid(uid), Some(author.any(lem)));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(NonZeroU64);

impl Uid {
    /// The name as a number, for a store. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// use backref::Uid;
    ///
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let mark = graph.mark()?;
    /// let uid = graph.uid(author.any(lem)).expect("it was named");
    /// assert_eq!(Uid::new(uid.get()), Some(uid));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The name that is a number; 0 is none. Computes in O(1).
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "uid {}", self.0)
    }
}

/// The names of the entities of a graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uids {
    by_id: HashMap<AnyId, Uid>,
    by_uid: HashMap<Uid, AnyId>,
    last: u64,
    /// What the next that is named is called.
    coming: Option<Uid>,
}

impl Uids {
    pub(crate) fn of(&self, id: AnyId) -> Option<Uid> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn find(&self, uid: Uid) -> Option<AnyId> {
        self.by_uid.get(&uid).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// What the next that is named is called, if nobody is called so.
    pub(crate) fn expect(&mut self, uid: Uid) {
        self.coming = Some(uid);
    }

    /// Nobody was named as expected.
    pub(crate) fn expect_nothing(&mut self) {
        self.coming = None;
    }

    /// Names an entity that has no name yet.
    pub(crate) fn name(&mut self, id: AnyId) {
        let coming = self.coming.take();
        if self.by_id.contains_key(&id) {
            return;
        }
        let next = || NonZeroU64::MIN.saturating_add(self.last);
        let uid = coming.unwrap_or_else(|| Uid(next()));
        self.last = self.last.max(uid.get());
        self.by_id.insert(id, uid);
        self.by_uid.insert(uid, id);
    }

    /// Gives back the room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.by_id.shrink_to_fit();
        self.by_uid.shrink_to_fit();
    }

    /// Forgets the names of those who can no longer live.
    pub(crate) fn retain(&mut self, may_live: impl Fn(AnyId) -> bool) {
        self.by_id.retain(|&id, _| may_live(id));
        self.by_uid.retain(|_, id| may_live(*id));
    }
}
