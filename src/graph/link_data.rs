//! The data of links: given when linking, read and changed from either end.

use crate::error::Result;
use crate::graph::Graph;
use crate::id::Id;
use crate::link_data::handle::LinkData;

impl Graph {
    /// Links two entities and gives the link this data; `None`. If they are
    /// linked already, nothing changes, and the data comes back.
    ///
    /// The link is last in the rows of both. At a to-one end it takes the
    /// place of the old link, as with [`set`](Self::set), whose data goes with
    /// it.
    ///
    /// Computes as [`set`](Self::set) and [`RowMut::push`](crate::RowMut::push).
    ///
    /// # Errors
    /// As those; then the data is dropped.
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # #[derive(Debug)] struct Author;
    /// # #[derive(Debug)] struct Book;
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<Author>("Author");
    /// # schema.entity::<Book>("Book");
    /// schema.relationship("Book.authors").to_many("Author").backref("books").data::<&str>();
    /// # let registry = schema.build()?;
    /// # let (author, book) = (registry.entity_type("Author")?, registry.entity_type("Book")?);
    /// let role = registry.link_data::<Book, Author, &str>("Book.authors")?;
    /// # let mut graph = Graph::new(registry);
    /// # let (ursula, eden) = (graph.insert(author, Author)?, graph.insert(book, Book)?);
    /// assert_eq!(graph.link(role, eden, ursula, "text")?, None);
    /// assert_eq!(graph.link(role, eden, ursula, "cover")?, Some("cover"));   // linked already
    /// assert_eq!(graph.link_data(role, eden, ursula), Some(&"text"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn link<S, T, D: Send + Sync + 'static>(
        &mut self,
        end: LinkData<S, T, D>,
        id: Id<S>,
        other: Id<T>,
        data: D,
    ) -> Result<Option<D>> {
        let place = self.engine.place(end.untyped())?;
        self.write(|engine| engine.link(place, [id.raw(), other.raw()], data))
    }

    /// The data of the link of two entities; `None` if they are not linked, or
    /// one of them is dead.
    ///
    /// Computes in O(1).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// # let friends = registry.to_many::<&str, &str>("Person.friends")?;
    /// let since = registry.link_data::<&str, &str, u16>("Person.friends")?;
    /// # let mut graph = Graph::new(registry);
    /// # let (ann, bob) = (graph.insert(person, "Ann")?, graph.insert(person, "Bob")?);
    /// assert_eq!(graph.link_data(since, ann, bob), None);
    /// graph.row_mut(friends, ann)?.push(bob)?;
    /// assert_eq!(graph.link_data(since, bob, ann), Some(&0));     // u16::default()
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn link_data<S, T, D: Send + Sync + 'static>(
        &self,
        end: LinkData<S, T, D>,
        id: Id<S>,
        other: Id<T>,
    ) -> Option<&D> {
        let place = self.engine.find_place(end.untyped())?;
        let link = self.engine.link_number(place, id.raw(), other.raw())?;
        self.engine.column(place).ok()?.datum(link)
    }

    /// Gives the link of two entities other data, and returns the old. It is
    /// the data of the link, and so the same at the other end.
    ///
    /// Computes in O(1).
    ///
    /// # Errors
    /// - [`NoMember`](crate::ErrorKind::NoMember): they are not linked.
    /// - [`NotLive`](crate::ErrorKind::NotLive),
    ///   [`ForeignEnd`](crate::ErrorKind::ForeignEnd).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// schema.relationship("Person.friends").to_many("Person").symmetric().data::<u16>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// let since = registry.link_data::<&str, &str, u16>("Person.friends")?;
    /// # let mut graph = Graph::new(registry);
    /// # let (ann, bob) = (graph.insert(person, "Ann")?, graph.insert(person, "Bob")?);
    /// graph.link(since, ann, bob, 1998)?;
    /// assert_eq!(graph.set_link_data(since, bob, ann, 1997)?, 1998);
    /// assert_eq!(graph.link_data(since, ann, bob), Some(&1997));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn set_link_data<S, T, D: Send + Sync + 'static>(
        &mut self,
        end: LinkData<S, T, D>,
        id: Id<S>,
        other: Id<T>,
        data: D,
    ) -> Result<D> {
        self.engine.recover();
        let place = self.engine.place(end.untyped())?;
        let link = self.engine.live_link(place, id.raw(), other.raw())?;
        self.write(|engine| engine.replace_data(link, data))
    }

    /// Changes the data of the link of two entities: `change` works on a
    /// clone, which is then written once. If it panics, nothing has changed.
    ///
    /// Computes in O(1), plus one clone. The data must be declared cloneable.
    ///
    /// # Errors
    /// As [`set_link_data`](Self::set_link_data), and
    /// [`NotDeclared`](crate::ErrorKind::NotDeclared).
    ///
    /// ```
    /// # use backref::{Graph, Schema};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Person");
    /// let friends = schema.relationship("Person.friends").to_many("Person").symmetric();
    /// friends.data::<Vec<u16>>().cloneable_data::<Vec<u16>>();
    /// # let registry = schema.build()?;
    /// # let person = registry.entity_type("Person")?;
    /// let met = registry.link_data::<&str, &str, Vec<u16>>("Person.friends")?;
    /// # let mut graph = Graph::new(registry);
    /// # let (ann, bob) = (graph.insert(person, "Ann")?, graph.insert(person, "Bob")?);
    /// graph.link(met, ann, bob, vec![1998])?;
    /// graph.update_link_data(met, bob, ann, |years| years.push(2003))?;
    /// assert_eq!(graph.link_data(met, ann, bob), Some(&vec![1998, 2003]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn update_link_data<S, T, D: Send + Sync + 'static, R>(
        &mut self,
        end: LinkData<S, T, D>,
        id: Id<S>,
        other: Id<T>,
        change: impl FnOnce(&mut D) -> R,
    ) -> Result<R> {
        self.engine.recover();
        let place = self.engine.place(end.untyped())?;
        let link = self.engine.live_link(place, id.raw(), other.raw())?;
        self.write(|engine| engine.update_data(link, change))
    }
}
