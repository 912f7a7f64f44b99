//! All entities of a type, one after the other.

use std::fmt;
use std::iter::FusedIterator;

use crate::arena;
use crate::id::Id;

/// The entities of a type with their payloads, in slot order; made by
/// [`Graph::iter`](crate::Graph::iter).
///
/// ```
/// # use backref::example::{Library, Tag};
/// # let Library { mut graph, tag, .. } = Library::new()?;
/// # let sf = graph.insert(tag, Tag::new("sf"))?;
/// # let classic = graph.insert(tag, Tag::new("classic"))?;
/// let mut tags = graph.iter(tag);
/// assert_eq!((tags.len(), tags.next()), (2, Some((sf, &Tag::new("sf")))));
/// assert_eq!(tags.next_back().map(|(id, _)| id), Some(classic));
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Entities<'g, T> {
    all: Option<arena::Iter<'g, T>>,
}

impl<'g, T> Entities<'g, T> {
    pub(crate) fn new(all: Option<arena::Iter<'g, T>>) -> Self {
        Self { all }
    }
}

impl<'g, T> Iterator for Entities<'g, T> {
    type Item = (Id<T>, &'g T);

    fn next(&mut self) -> Option<Self::Item> {
        let (id, payload) = self.all.as_mut()?.next()?;
        Some((Id::new(id), payload))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.all.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<T> DoubleEndedIterator for Entities<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (id, payload) = self.all.as_mut()?.next_back()?;
        Some((Id::new(id), payload))
    }
}

impl<T> ExactSizeIterator for Entities<'_, T> {}

impl<T> FusedIterator for Entities<'_, T> {}

impl<T> Clone for Entities<'_, T> {
    fn clone(&self) -> Self {
        Self {
            all: self.all.clone(),
        }
    }
}

impl<T> fmt::Debug for Entities<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entities")
            .field("left", &self.len())
            .finish()
    }
}
