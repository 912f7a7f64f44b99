//! Reading a row together with the data of its links.

use std::fmt;
use std::iter::FusedIterator;

use crate::arena::Arena;
use crate::entities::Entities;
use crate::graph::row::Row;
use crate::id::{Id, Slot};
use crate::link_data::Column;
use crate::link_data::handle::LinkData;
use crate::links::numbered::Numbered;

impl<'g, S, T: Send + Sync + 'static> Row<'g, S, T> {
    /// The members in order, each with its payload and the data of the link.
    /// The handle is of this relationship; one of another finds nothing.
    ///
    /// Computes in O(1) for each.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Band");
    /// # schema.entity::<String>("Musician");
    /// # schema.relationship("Band.members").to_many("Musician").backref("bands").data::<&str>();
    /// # let registry = schema.build()?;
    /// # let (band, musician) = (registry.entity_type("Band")?, registry.entity_type("Musician")?);
    /// # let members = registry.to_many::<&str, String>("Band.members")?;
    /// # let plays = registry.link_data::<&str, String, &str>("Band.members")?;
    /// # let mut graph = Graph::new(registry);
    /// # let can = graph.insert(band, "Can")?;
    /// # for (name, part) in [("Holger", "bass"), ("Jaki", "drums")] {
    /// #     let id = graph.insert(musician, name.to_owned())?;
    /// #     graph.link(plays, can, id, part)?;
    /// # }
    /// for (_, name, plays) in graph.row(members, can).entries_with(plays) {
    ///     println!("{name}: {plays}");
    /// }
    /// let parts = graph.row(members, can).entries_with(plays).map(|(_, _, plays)| *plays);
    /// assert!(parts.eq(["bass", "drums"]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn entries_with<D: Send + Sync + 'static>(
        &self,
        data: LinkData<S, T, D>,
    ) -> RowData<'g, T, D> {
        self.with_data(data).unwrap_or_else(|| RowData {
            members: Numbered::default(),
            found: None,
        })
    }

    fn with_data<D: Send + Sync + 'static>(
        &self,
        data: LinkData<S, T, D>,
    ) -> Option<RowData<'g, T, D>> {
        let place = self.place?;
        let other = self.engine.find_place(data.untyped())?;
        if other.relation != place.relation {
            return None;
        }
        let column = self.engine.column(place).ok()?;
        let all = self.engine.all::<T>(self.engine.target_type(place))?;
        Some(RowData {
            members: self.engine.relation(place).numbered(place.side, self.owner),
            found: Some((Entities::arena(all), column)),
        })
    }
}

/// The members of a [`Row`] with their payloads and the data of their links;
/// made by [`Row::entries_with`].
///
/// ```
/// # use backref::{Graph, Schema};
/// # let mut schema = Schema::builder();
/// # schema.entity::<&str>("Book");
/// # schema.entity::<String>("Tag");
/// # schema.relationship("Book.tags").to_many("Tag").backref("books").data::<u8>();
/// # let registry = schema.build()?;
/// # let (book, tag) = (registry.entity_type("Book")?, registry.entity_type("Tag")?);
/// # let tags = registry.to_many::<&str, String>("Book.tags")?;
/// # let weight = registry.link_data::<&str, String, u8>("Book.tags")?;
/// # let mut graph = Graph::new(registry);
/// # let (eden, sf) = (graph.insert(book, "Eden")?, graph.insert(tag, "sf".to_owned())?);
/// graph.link(weight, eden, sf, 7)?;
/// let mut entries = graph.row(tags, eden).entries_with(weight);
/// assert_eq!(entries.len(), 1);
/// assert_eq!(entries.next_back(), Some((sf, &"sf".to_owned(), &7)));
/// assert_eq!(entries.next(), None);
/// # Ok::<(), backref::Error>(())
/// ```
pub struct RowData<'g, T, D> {
    members: Numbered<'g>,
    found: Option<(&'g Arena<T>, &'g Column<D>)>,
}

impl<'g, T, D: Send + Sync + 'static> RowData<'g, T, D> {
    #[inline]
    fn entry(&self, (slot, link): (Slot, u32)) -> Option<(Id<T>, &'g T, &'g D)> {
        let (arena, column) = self.found?;
        let (id, payload) = arena.entry(slot)?;
        Some((Id::new(id), payload, column.datum(link)?))
    }
}

impl<'g, T, D: Send + Sync + 'static> Iterator for RowData<'g, T, D> {
    type Item = (Id<T>, &'g T, &'g D);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let member = self.members.next()?;
        self.entry(member)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members.size_hint()
    }
}

impl<T, D: Send + Sync + 'static> DoubleEndedIterator for RowData<'_, T, D> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let member = self.members.next_back()?;
        self.entry(member)
    }
}

impl<T, D: Send + Sync + 'static> ExactSizeIterator for RowData<'_, T, D> {}

impl<T, D: Send + Sync + 'static> FusedIterator for RowData<'_, T, D> {}

impl<T, D> Clone for RowData<'_, T, D> {
    fn clone(&self) -> Self {
        Self {
            members: self.members.clone(),
            found: self.found,
        }
    }
}

impl<T, D> fmt::Debug for RowData<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowData")
            .field("left", &self.members.len())
            .finish()
    }
}
