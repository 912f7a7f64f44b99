//! Rows whose links have data, to be read and to be changed.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::error::Result;
use crate::graph::Graph;
use crate::graph::row::with_data::RowData;
use crate::id::Id;
use crate::link_data::handle::LinkData;
use crate::typed::{Entity, Members, MembersMut, Ref, RefOf};

/// The members of an entity at a to-many end whose links have data: [`Members`],
/// and the data of each link. Looping over it gives pairs.
///
/// What `lib.at(book).tags()` returns where `tags` says `data = Weight`.
///
/// ```
/// # use backref::example::weighted::{Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag { label: "sf" })?;
/// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
/// for (tag, weight) in lib.at(eden).tags() {
///     assert_eq!((tag.label, *weight), ("sf", 9));
/// }
/// assert!(lib.at(eden).tags().contains(sf));                // and all of `Members`
/// # Ok::<(), backref::Error>(())
/// ```
pub struct MembersWith<'g, S, T, D> {
    members: Members<'g, S, T>,
    data: LinkData<S, T, D>,
}

impl<'g, S: Entity, T: Entity, D: Send + Sync + 'static> MembersWith<'g, S, T, D> {
    #[inline]
    pub(crate) fn new(members: Members<'g, S, T>, data: LinkData<S, T, D>) -> Self {
        Self { members, data }
    }

    /// The members without the data. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// let labels: Vec<_> = lib.at(eden).tags().members().iter().map(|tag| tag.label).collect();
    /// assert_eq!(labels, ["sf"]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn members(&self) -> Members<'g, S, T> {
        self.members
    }

    /// The data of the link to a member. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// assert_eq!(lib.at(eden).tags().data(sf), Some(&9));
    /// assert_eq!(lib.at(sf).books().data(eden), Some(&9));      // from the other end too
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn data(&self, member: Id<T>) -> Option<&'g D> {
        let Members { graph, owner, .. } = self.members;
        graph.link_data(self.data, owner, member)
    }

    /// The members as handles, each with the data of its link, in order. O(1)
    /// for each.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// let weights = lib.at(eden).tags().iter().map(|(_, weight)| u32::from(*weight));
    /// assert_eq!(weights.sum::<u32>(), 9);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn iter(&self) -> MembersWithIter<'g, T, D> {
        MembersWithIter {
            graph: self.members.graph,
            entries: self.members.as_row().entries_with(self.data),
        }
    }
}

impl<'g, S, T, D> Deref for MembersWith<'g, S, T, D> {
    type Target = Members<'g, S, T>;

    fn deref(&self) -> &Members<'g, S, T> {
        &self.members
    }
}

impl<S, T, D> Clone for MembersWith<'_, S, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T, D> Copy for MembersWith<'_, S, T, D> {}

impl<S: Entity, T: Entity, D> fmt::Debug for MembersWith<'_, S, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.members.fmt(f)
    }
}

impl<'g, S: Entity, T: Entity, D: Send + Sync + 'static> IntoIterator for MembersWith<'g, S, T, D> {
    type Item = (RefOf<'g, T>, &'g D);
    type IntoIter = MembersWithIter<'g, T, D>;

    fn into_iter(self) -> MembersWithIter<'g, T, D> {
        self.iter()
    }
}

impl<'g, S: Entity, T: Entity, D: Send + Sync + 'static> IntoIterator
    for &MembersWith<'g, S, T, D>
{
    type Item = (RefOf<'g, T>, &'g D);
    type IntoIter = MembersWithIter<'g, T, D>;

    fn into_iter(self) -> MembersWithIter<'g, T, D> {
        self.iter()
    }
}

/// The members of a row as handles, each with the data of its link.
///
/// ```
/// # use backref::example::weighted::{Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag { label: "sf" })?;
/// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
/// let mut tags = lib.at(eden).tags().iter();
/// assert_eq!(tags.len(), 1);
/// assert_eq!(tags.next_back().map(|(tag, weight)| (tag.id(), *weight)), Some((sf, 9)));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct MembersWithIter<'g, T, D> {
    graph: &'g Graph,
    entries: RowData<'g, T, D>,
}

impl<'g, T: Entity, D: Send + Sync + 'static> Iterator for MembersWithIter<'g, T, D> {
    type Item = (RefOf<'g, T>, &'g D);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (id, payload, data) = self.entries.next()?;
        Some((Ref::new(self.graph, id, payload).into(), data))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<T: Entity, D: Send + Sync + 'static> DoubleEndedIterator for MembersWithIter<'_, T, D> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let (id, payload, data) = self.entries.next_back()?;
        Some((Ref::new(self.graph, id, payload).into(), data))
    }
}

impl<T: Entity, D: Send + Sync + 'static> ExactSizeIterator for MembersWithIter<'_, T, D> {}

impl<T: Entity, D: Send + Sync + 'static> std::iter::FusedIterator for MembersWithIter<'_, T, D> {}

impl<T, D> fmt::Debug for MembersWithIter<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MembersWithIter").finish_non_exhaustive()
    }
}

/// The members of an entity at a to-many end whose links have data, to be
/// changed: [`MembersMut`], with verbs that give data. The plain verbs give a new
/// link the `Default`.
///
/// ```
/// # use backref::example::weighted::{Book, Library, Tag};
/// # let mut lib = Library::new();
/// # let sf = lib.insert(Tag { label: "sf" })?;
/// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
/// let classic = lib.insert(Tag { label: "classic" })?;
/// lib.edit(eden).tags_mut().push_with(classic, 2)?;
/// lib.edit(eden).tags_mut().remove(sf)?;                   // and all of `MembersMut`
/// assert_eq!(lib.at(classic).books().data(eden), Some(&2));
/// # Ok::<(), backref::Error>(())
/// ```
#[must_use = "a row changes only by its verbs"]
pub struct MembersMutWith<'g, S, T, O, D> {
    members: MembersMut<'g, S, T, O>,
    data: LinkData<S, T, D>,
}

impl<'g, S, T, O, D> MembersMutWith<'g, S, T, O, D> {
    #[inline]
    pub(crate) fn new(members: MembersMut<'g, S, T, O>, data: LinkData<S, T, D>) -> Self {
        Self { members, data }
    }
}

impl<'g, S, T, O, D> MembersMutWith<'g, S, T, O, D> {
    /// The row without what it knows of data. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// let mut book = lib.edit(eden);
    /// let mut tags = book.tags_mut().into_members();
    /// assert_eq!(tags.clear()?, 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn into_members(self) -> MembersMut<'g, S, T, O> {
        self.members
    }
}

impl<S, T, O, D: Send + Sync + 'static> MembersMutWith<'_, S, T, O, D> {
    /// Adds a member with the data of the link; one that is there already stays
    /// as it is, and the data comes back. See [`Graph::link`].
    ///
    /// # Errors
    /// As [`Graph::link`].
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// let back = lib.edit(eden).tags_mut().push_with(sf, 1)?;
    /// assert_eq!(back, Some(1));                               // it is there, with its 9
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn push_with(&mut self, item: Id<T>, data: D) -> Result<Option<D>> {
        let MembersMut { graph, owner, .. } = &mut self.members;
        graph.link(self.data, *owner, item, data)
    }

    /// Gives the link to a member other data; the old comes back. See
    /// [`Graph::set_link_data`].
    ///
    /// # Errors
    /// As [`Graph::set_link_data`]: it is no member.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// assert_eq!(lib.edit(sf).books_mut().set_data(eden, 10)?, 9); // from either end
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_data(&mut self, item: Id<T>, data: D) -> Result<D> {
        let MembersMut { graph, owner, .. } = &mut self.members;
        graph.set_link_data(self.data, *owner, item, data)
    }

    /// Changes the data of the link to a member, on a clone that is written
    /// once. See [`Graph::update_link_data`].
    ///
    /// # Errors
    /// As [`Graph::update_link_data`]: it is no member.
    ///
    /// ```
    /// # use backref::example::weighted::{Book, Library, Tag};
    /// # let mut lib = Library::new();
    /// # let sf = lib.insert(Tag { label: "sf" })?;
    /// # let eden = lib.insert(Book { title: "Eden" }.with_tags_data([(sf, 9)]))?;
    /// lib.edit(eden).tags_mut().update_data(sf, |weight| *weight += 1)?;
    /// assert_eq!(lib.at(eden).tags().data(sf), Some(&10));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update_data<R>(&mut self, item: Id<T>, change: impl FnOnce(&mut D) -> R) -> Result<R>
    where
        D: Clone,
    {
        let MembersMut { graph, owner, .. } = &mut self.members;
        graph.update_link_data(self.data, *owner, item, change)
    }
}

impl<'g, S, T, O, D> Deref for MembersMutWith<'g, S, T, O, D> {
    type Target = MembersMut<'g, S, T, O>;

    fn deref(&self) -> &MembersMut<'g, S, T, O> {
        &self.members
    }
}

impl<S, T, O, D> DerefMut for MembersMutWith<'_, S, T, O, D> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.members
    }
}

impl<S, T, O, D> fmt::Debug for MembersMutWith<'_, S, T, O, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.members.fmt(f)
    }
}
