//! Walks, paths and views over a graph, typed and untyped.

use crate::engine::Engine;
use crate::graph::Graph;
use crate::graph::create::EndOf;
use crate::graph::untyped::Untyped;
use crate::id::{AnyId, EndId, Id};
use crate::query::hops::Hops;
use crate::query::reach::{self, Reached};
#[cfg(feature = "petgraph")]
use crate::query::view::View;
use crate::query::walk::{BreadthFirst, DepthFirst, Visit};

/// Ends that start and lead to entities of one type: a [`ToOne`](crate::ToOne)
/// or a [`ToMany`](crate::ToMany), an array of one of them, or a pair of both.
///
/// ```
/// # use backref::{Graph, Schema, ToMany, ToOne};
/// # struct Folder;
/// # let mut schema = Schema::builder();
/// # schema.entity::<Folder>("Folder");
/// # schema.relationship("Folder.parent").to_one("Folder").backref("children");
/// # schema.relationship("Folder.linked").to_many("Folder").symmetric();
/// # let registry = schema.build()?;
/// # let folder = registry.entity_type::<Folder>("Folder")?;
/// # let parent: ToOne<Folder, Folder> = registry.to_one("Folder.parent")?;
/// # let children: ToMany<Folder, Folder> = registry.to_many("Folder.children")?;
/// # let linked: ToMany<Folder, Folder> = registry.to_many("Folder.linked")?;
/// # let mut graph = Graph::new(registry);
/// # let root = graph.insert(folder, Folder)?;
/// assert_eq!(graph.breadth_first(parent, [root]).count(), 1);
/// assert_eq!(graph.breadth_first([children, linked], [root]).count(), 1);
/// assert_eq!(graph.breadth_first((parent, children), [root]).count(), 1);
/// # Ok::<(), backref::Error>(())
/// ```
pub trait EndsWithin<T>: sealed::Sealed<T> {
    /// Their numbers, in the order in which they are followed.
    #[doc(hidden)]
    fn numbers(self) -> Vec<EndId>;
}

impl<T, E: EndOf<T, T>> EndsWithin<T> for E {
    fn numbers(self) -> Vec<EndId> {
        vec![self.number()]
    }
}

impl<T, E: EndOf<T, T>, const N: usize> EndsWithin<T> for [E; N] {
    fn numbers(self) -> Vec<EndId> {
        self.into_iter().map(EndOf::number).collect()
    }
}

impl<T, A: EndsWithin<T>, B: EndsWithin<T>> EndsWithin<T> for (A, B) {
    fn numbers(self) -> Vec<EndId> {
        let mut numbers = self.0.numbers();
        numbers.extend(self.1.numbers());
        numbers
    }
}

/// Nobody else may say which ends stay within a type.
mod sealed {
    use crate::graph::create::EndOf;

    #[expect(unnameable_types, reason = "that is what seals the trait")]
    pub trait Sealed<T> {}

    impl<T, E: EndOf<T, T>> Sealed<T> for E {}

    impl<T, E: EndOf<T, T>, const N: usize> Sealed<T> for [E; N] {}

    impl<T, A: Sealed<T>, B: Sealed<T>> Sealed<T> for (A, B) {}
}

/// Ends within a type, and the starts of a walk under the number of the type.
fn within<'g, T>(
    engine: &'g Engine,
    ends: impl EndsWithin<T>,
    starts: impl IntoIterator<Item = Id<T>>,
) -> (Hops<'g>, impl Iterator<Item = AnyId>) {
    let hops = Hops::new(engine, ends.numbers());
    let entity = hops.first_type();
    let starts = starts
        .into_iter()
        .filter_map(move |id| Some(AnyId::new(entity?, id.raw())));
    (hops, starts)
}

impl Graph {
    /// A walk from one or several entities over ends within their type, the
    /// nearest first.
    ///
    /// The starts come first, in their order; then all that are one link away
    /// from a start, then all that are two, and so on. Of equal distance, those
    /// come first that hang on whoever came first, end by end as the ends are
    /// given, each in the order of its row. Everybody is met once, whatever
    /// cycles there are. A dead id and an end of another registry lead to
    /// nobody.
    ///
    /// Computes in O(entities met + their links at these ends), without
    /// recursion, and goes no further than it is asked; it takes space for
    /// those met.
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Folder");
    /// # schema.relationship("Folder.parent").to_one("Folder").backref("children");
    /// # let registry = schema.build()?;
    /// # let folder = registry.entity_type::<&str>("Folder")?;
    /// # let children: ToMany<&str, &str> = registry.to_many("Folder.children")?;
    /// # let mut graph = Graph::new(registry);
    /// let [root, a, b, c] = ["/", "a", "b", "c"].map(|name| graph.insert(folder, name));
    /// # let (root, a, b, c) = (root?, a?, b?, c?);
    /// graph.row_mut(children, root)?.extend([a, b])?;
    /// graph.row_mut(children, a)?.push(c)?;
    /// let walk = graph.breadth_first(children, [root]);
    /// assert!(walk.map(|it| (it.id, it.depth)).eq([(root, 0), (a, 1), (b, 1), (c, 2)]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn breadth_first<T>(
        &self,
        ends: impl EndsWithin<T>,
        starts: impl IntoIterator<Item = Id<T>>,
    ) -> BreadthFirst<'_, Id<T>> {
        let (hops, starts) = within(&self.engine, ends, starts);
        BreadthFirst::new(hops, starts)
    }

    /// A walk from one or several entities over ends within their type that
    /// goes on from whom it met last, as far as it can.
    ///
    /// The order is the pre-order of recursion: an entity, then for each end as
    /// the ends are given, for each member in the order of the row who was not
    /// met yet, that member with all that follows from it. The starts are taken
    /// in their order. Everybody is met once, whatever cycles there are. A dead
    /// id and an end of another registry lead to nobody.
    ///
    /// Computes in O(entities met + their links at these ends), without
    /// recursion, and goes no further than it is asked; it takes space for
    /// those met.
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Folder");
    /// # schema.relationship("Folder.parent").to_one("Folder").backref("children");
    /// # let registry = schema.build()?;
    /// # let folder = registry.entity_type::<&str>("Folder")?;
    /// # let children: ToMany<&str, &str> = registry.to_many("Folder.children")?;
    /// # let mut graph = Graph::new(registry);
    /// let [root, a, b, c] = ["/", "a", "b", "c"].map(|name| graph.insert(folder, name));
    /// # let (root, a, b, c) = (root?, a?, b?, c?);
    /// graph.row_mut(children, root)?.extend([a, b])?;
    /// graph.row_mut(children, a)?.push(c)?;
    /// let walk = graph.depth_first(children, [root]);
    /// assert!(walk.map(|it| (it.id, it.depth)).eq([(root, 0), (a, 1), (c, 2), (b, 1)]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn depth_first<T>(
        &self,
        ends: impl EndsWithin<T>,
        starts: impl IntoIterator<Item = Id<T>>,
    ) -> DepthFirst<'_, Id<T>> {
        let (hops, starts) = within(&self.engine, ends, starts);
        DepthFirst::new(hops, starts)
    }

    /// Everybody above an entity, the nearest first and itself left out: a walk
    /// as [`breadth_first`](Self::breadth_first) over the ends that lead up.
    ///
    /// Computes in O(ancestors + their links at these ends).
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToOne};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Folder");
    /// # schema.relationship("Folder.parent").to_one("Folder").backref("children");
    /// # let registry = schema.build()?;
    /// # let folder = registry.entity_type::<&str>("Folder")?;
    /// # let parent: ToOne<&str, &str> = registry.to_one("Folder.parent")?;
    /// # let mut graph = Graph::new(registry);
    /// let root = graph.insert(folder, "/")?;
    /// let usr = graph.create(folder, "usr").link(parent, root).insert()?;
    /// let bin = graph.create(folder, "bin").link(parent, usr).insert()?;
    /// assert!(graph.ancestors(parent, bin).ids().eq([usr, root]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ancestors<T>(&self, ends: impl EndsWithin<T>, id: Id<T>) -> BreadthFirst<'_, Id<T>> {
        let mut walk = self.breadth_first(ends, [id]);
        walk.next();
        walk
    }

    /// Everybody below an entity, itself left out: a walk as
    /// [`depth_first`](Self::depth_first) over the ends that lead down, which
    /// is the order in which a tree is written out.
    ///
    /// Computes in O(descendants + their links at these ends).
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany, ToOne};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Folder");
    /// # schema.relationship("Folder.parent").to_one("Folder").backref("children");
    /// # let registry = schema.build()?;
    /// # let folder = registry.entity_type::<&str>("Folder")?;
    /// # let parent: ToOne<&str, &str> = registry.to_one("Folder.parent")?;
    /// # let children: ToMany<&str, &str> = registry.to_many("Folder.children")?;
    /// # let mut graph = Graph::new(registry);
    /// let root = graph.insert(folder, "/")?;
    /// let usr = graph.create(folder, "usr").link(parent, root).insert()?;
    /// let etc = graph.create(folder, "etc").link(parent, root).insert()?;
    /// let bin = graph.create(folder, "bin").link(parent, usr).insert()?;
    /// assert!(graph.descendants(children, root).ids().eq([usr, bin, etc]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn descendants<T>(&self, ends: impl EndsWithin<T>, id: Id<T>) -> DepthFirst<'_, Id<T>> {
        let mut walk = self.depth_first(ends, [id]);
        walk.next();
        walk
    }

    /// A shortest path from one entity to another over ends within their type,
    /// both included; `None` where there is none or one of them is dead.
    ///
    /// Shortest by the number of links. Of several such paths it is the one
    /// that [`breadth_first`](Self::breadth_first) takes. From an entity to
    /// itself it is that entity alone.
    ///
    /// Computes in O(entities that are no further from the start, and their
    /// links at these ends).
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("City");
    /// # schema.relationship("City.roads").to_many("City").symmetric();
    /// # let registry = schema.build()?;
    /// # let city = registry.entity_type::<&str>("City")?;
    /// # let roads: ToMany<&str, &str> = registry.to_many("City.roads")?;
    /// # let mut graph = Graph::new(registry);
    /// let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| graph.insert(city, name));
    /// # let (a, b, c, d) = (a?, b?, c?, d?);
    /// graph.row_mut(roads, b)?.extend([a, c])?;
    /// let path = graph.path(roads, a, c).unwrap_or_default();
    /// assert!(path.iter().map(|visit| visit.id).eq([a, b, c]));
    /// assert_eq!(graph.path(roads, a, d), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn path<T>(
        &self,
        ends: impl EndsWithin<T>,
        from: Id<T>,
        to: Id<T>,
    ) -> Option<Vec<Visit<Id<T>>>> {
        let (hops, mut both) = within(&self.engine, ends, [from, to]);
        reach::path(hops, both.next()?, both.next()?)
    }

    /// Everybody that can be reached from some entities over ends within their
    /// type, those included.
    ///
    /// Computes in O(entities reached + their links at these ends).
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany};
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Package");
    /// # schema.relationship("Package.depends").to_many("Package").backref("needed_by");
    /// # let registry = schema.build()?;
    /// # let package = registry.entity_type::<&str>("Package")?;
    /// # let depends: ToMany<&str, &str> = registry.to_many("Package.depends")?;
    /// # let mut graph = Graph::new(registry);
    /// let libc = graph.insert(package, "libc")?;
    /// let perl = graph.create(package, "perl").link(depends, libc).insert()?;
    /// assert!(graph.reachable(depends, [perl]).contains(libc));
    /// assert!(!graph.reachable(depends, [libc]).contains(perl));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn reachable<T>(
        &self,
        ends: impl EndsWithin<T>,
        starts: impl IntoIterator<Item = Id<T>>,
    ) -> Reached<Id<T>> {
        Reached::by(self.breadth_first(ends, starts))
    }

    /// The entities of a type and their links at ends within it, as the
    /// algorithms of `petgraph` see a directed graph. Computes in O(ends).
    ///
    /// Needs the feature `petgraph`.
    ///
    /// ```
    /// # use backref::{Graph, Schema, ToMany};
    /// use petgraph::algo::{tarjan_scc, toposort};
    ///
    /// # let mut schema = Schema::builder();
    /// # schema.entity::<&str>("Package");
    /// # schema.relationship("Package.depends").to_many("Package").backref("needed_by");
    /// # let registry = schema.build()?;
    /// # let package = registry.entity_type::<&str>("Package")?;
    /// # let depends: ToMany<&str, &str> = registry.to_many("Package.depends")?;
    /// # let mut graph = Graph::new(registry);
    /// let libc = graph.insert(package, "libc")?;
    /// let perl = graph.create(package, "perl").link(depends, libc).insert()?;
    /// assert_eq!(toposort(&graph.view(depends), None), Ok(vec![perl, libc]));
    /// graph.row_mut(depends, libc)?.push(perl)?;
    /// assert_eq!(tarjan_scc(&graph.view(depends)).len(), 1);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[cfg(feature = "petgraph")]
    #[must_use]
    pub fn view<T>(&self, ends: impl EndsWithin<T>) -> View<'_, Id<T>> {
        View::new(Hops::new(&self.engine, ends.numbers()))
    }
}

impl<'g> Untyped<'g> {
    /// A walk from one or several entities over ends of any types, the nearest
    /// first.
    ///
    /// Order and costs are those of [`Graph::breadth_first`]; of the ends,
    /// those are followed that the entity at hand has.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library, Tag};
    /// # let Library { mut graph, author, book, tag, book_author, author_books, book_tags, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// # let eden = Book::new("3", "Eden", 1959);
    /// # let eden = graph.create(book, eden).link(book_author, lem).link(book_tags, sf).insert()?;
    /// # let solaris = graph.create(book, Book::new("4", "Solaris", 1961)).link(book_author, lem).insert()?;
    /// # let (lem, eden, solaris, sf) = (author.any(lem), book.any(eden), book.any(solaris), tag.any(sf));
    /// let ends = [author_books.untyped(), book_tags.untyped()];
    /// let walk = graph.untyped().breadth_first(&ends, [lem]);
    /// assert!(walk.ids().eq([lem, eden, solaris, sf]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn breadth_first(
        self,
        ends: &[EndId],
        starts: impl IntoIterator<Item = AnyId>,
    ) -> BreadthFirst<'g> {
        BreadthFirst::new(self.hops(ends), starts)
    }

    /// A walk from one or several entities over ends of any types that goes on
    /// from whom it met last, as far as it can.
    ///
    /// Order and costs are those of [`Graph::depth_first`]; of the ends, those
    /// are followed that the entity at hand has.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// let ends = [author_books.untyped(), book_author.untyped()];
    /// assert!(graph.untyped().depth_first(&ends, [eden]).ids().eq([eden, lem]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn depth_first(
        self,
        ends: &[EndId],
        starts: impl IntoIterator<Item = AnyId>,
    ) -> DepthFirst<'g> {
        DepthFirst::new(self.hops(ends), starts)
    }

    /// Everybody above an entity, the nearest first and itself left out, as
    /// [`Graph::ancestors`] over ends of any types.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// assert!(graph.untyped().ancestors(&[book_author.untyped()], eden).ids().eq([lem]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn ancestors(self, ends: &[EndId], id: AnyId) -> BreadthFirst<'g> {
        let mut walk = self.breadth_first(ends, [id]);
        walk.next();
        walk
    }

    /// Everybody below an entity, itself left out, as [`Graph::descendants`]
    /// over ends of any types.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// assert!(graph.untyped().descendants(&[author_books.untyped()], lem).ids().eq([eden]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn descendants(self, ends: &[EndId], id: AnyId) -> DepthFirst<'g> {
        let mut walk = self.depth_first(ends, [id]);
        walk.next();
        walk
    }

    /// A shortest path from one entity to another over ends of any types, as
    /// [`Graph::path`].
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// let (up, down) = (book_author.untyped(), author_books.untyped());
    /// let path = graph.untyped().path(&[up], eden, lem).unwrap_or_default();
    /// assert_eq!(path.last().and_then(|visit| visit.through), Some((eden, up)));
    /// assert_eq!(graph.untyped().path(&[down], eden, lem), None);
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn path(self, ends: &[EndId], from: AnyId, to: AnyId) -> Option<Vec<Visit<AnyId>>> {
        reach::path(self.hops(ends), from, to)
    }

    /// Everybody that can be reached from some entities over ends of any types,
    /// those included, as [`Graph::reachable`].
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// # let (lem, eden) = (author.any(lem), book.any(eden));
    /// assert!(graph.untyped().reachable(&[author_books.untyped()], [lem]).contains(eden));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn reachable(
        self,
        ends: &[EndId],
        starts: impl IntoIterator<Item = AnyId>,
    ) -> Reached<AnyId> {
        Reached::by(self.breadth_first(ends, starts))
    }

    /// The entities at either side of some ends, and their links there, as the
    /// algorithms of `petgraph` see a directed graph. Computes in O(ends).
    ///
    /// Needs the feature `petgraph`.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library, Tag};
    /// use petgraph::algo::has_path_connecting;
    ///
    /// # let Library { mut graph, author, book, tag, book_author, author_books, book_tags, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let sf = graph.insert(tag, Tag::new("sf"))?;
    /// # let eden = Book::new("3", "Eden", 1959);
    /// # let eden = graph.create(book, eden).link(book_author, lem).link(book_tags, sf).insert()?;
    /// let view = graph.untyped().view(&[author_books.untyped(), book_tags.untyped()]);
    /// assert!(has_path_connecting(&view, author.any(lem), tag.any(sf), None));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[cfg(feature = "petgraph")]
    #[must_use]
    pub fn view(self, ends: &[EndId]) -> View<'g> {
        View::new(self.hops(ends))
    }

    fn hops(self, ends: &[EndId]) -> Hops<'g> {
        Hops::to_any(self.engine, ends.iter().copied())
    }
}
