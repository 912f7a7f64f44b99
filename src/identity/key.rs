//! Keys: what of a payload is the key, and what finds it.

use std::any::Any;
use std::any::type_name;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

/// How to read a key of type `K` from a payload `T`.
///
/// Declared with the entity type and called whenever a payload comes in, so
/// that the identity map is always true. The key of a stored payload must not
/// change behind the graph's back, through a mutex or the like: it would be
/// found under its old value or not at all.
///
/// ```
/// use backref::{Key, Schema};
///
/// struct Author {
///     name: String,
///     email: Option<String>,
///     country: String,
///     born: i32,
/// }
///
/// let mut schema = Schema::builder();
/// schema
///     .entity::<Author>("Author")
///     .key(Key::field(|a: &Author| &a.name))
///     .unique("email", Key::optional(|a: &Author| a.email.as_ref()))
///     .index("country", Key::field(|a: &Author| &a.country))
///     .ordered_index("born", Key::field(|a: &Author| &a.born));
/// schema.build()?;
/// # Ok::<(), backref::Error>(())
/// ```
pub struct Key<T, K: KeyShape> {
    read: Arc<Read<T, K>>,
}

type Read<T, K> = dyn for<'a> Fn(&'a T) -> Option<<K as KeyShape>::View<'a>> + Send + Sync;

impl<T, K: Hash + Eq + 'static> Key<T, K> {
    /// The key is a field, or anything else that the payload has.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Tag {
    ///     label: String,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Tag>("Tag").key(Key::field(|t: &Tag| &t.label));
    /// let registry = schema.build()?;
    /// let tag = registry.entity_type::<Tag>("Tag")?;
    /// let label = registry.key::<Tag, String>("Tag")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let sf = graph.insert(tag, Tag { label: "sf".to_owned() })?;
    /// assert_eq!(graph.find(label, "sf"), Some(sf));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn field<F>(read: F) -> Self
    where
        F: for<'a> Fn(&'a T) -> &'a K + Send + Sync + 'static,
    {
        Self {
            read: Arc::new(move |payload| Some(read(payload))),
        }
    }

    /// The key is a field that may be missing: where it is `None`, the entity
    /// is not in the index, so any number of entities may be without.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema};
    ///
    /// struct Author {
    ///     email: Option<String>,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Author>("Author")
    ///     .unique("email", Key::optional(|a: &Author| a.email.as_ref()));
    /// let registry = schema.build()?;
    /// let author = registry.entity_type::<Author>("Author")?;
    /// let email = registry.unique::<Author, String>("Author.email")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// graph.insert(author, Author { email: None })?;
    /// graph.insert(author, Author { email: None })?;
    /// let ursula = graph.insert(author, Author { email: Some("u@le".to_owned()) })?;
    /// assert_eq!(graph.find(email, "u@le"), Some(ursula));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn optional<F>(read: F) -> Self
    where
        F: for<'a> Fn(&'a T) -> Option<&'a K> + Send + Sync + 'static,
    {
        Self {
            read: Arc::new(read),
        }
    }
}

impl<T, A, B> Key<T, Pair<A, B>>
where
    A: Hash + Eq + 'static,
    B: Hash + Eq + 'static,
{
    /// The key is two fields together.
    ///
    /// ```
    /// use backref::{Graph, Key, Pair, Schema};
    ///
    /// struct Shelf {
    ///     room: String,
    ///     number: u32,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema
    ///     .entity::<Shelf>("Shelf")
    ///     .key(Key::pair(|s: &Shelf| &s.room, |s: &Shelf| &s.number));
    /// let registry = schema.build()?;
    /// let shelf = registry.entity_type::<Shelf>("Shelf")?;
    /// let place = registry.key::<Shelf, Pair<String, u32>>("Shelf")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let third = graph.insert(shelf, Shelf { room: "hall".to_owned(), number: 3 })?;
    /// assert_eq!(graph.find(place, ("hall", &3)), Some(third));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn pair<F, G>(first: F, second: G) -> Self
    where
        F: for<'a> Fn(&'a T) -> &'a A + Send + Sync + 'static,
        G: for<'a> Fn(&'a T) -> &'a B + Send + Sync + 'static,
    {
        Self {
            read: Arc::new(move |payload| Some((first(payload), second(payload)))),
        }
    }
}

impl<T, A, B, C> Key<T, Triple<A, B, C>>
where
    A: Hash + Eq + 'static,
    B: Hash + Eq + 'static,
    C: Hash + Eq + 'static,
{
    /// The key is three fields together.
    ///
    /// ```
    /// use backref::{Graph, Key, Schema, Triple};
    ///
    /// struct Day {
    ///     year: i32,
    ///     month: u8,
    ///     day: u8,
    /// }
    ///
    /// let mut schema = Schema::builder();
    /// schema.entity::<Day>("Day").key(Key::triple(
    ///     |d: &Day| &d.year,
    ///     |d: &Day| &d.month,
    ///     |d: &Day| &d.day,
    /// ));
    /// let registry = schema.build()?;
    /// let day = registry.entity_type::<Day>("Day")?;
    /// let date = registry.key::<Day, Triple<i32, u8, u8>>("Day")?;
    ///
    /// let mut graph = Graph::new(registry);
    /// let moon = graph.insert(day, Day { year: 1969, month: 7, day: 20 })?;
    /// assert_eq!(graph.find(date, (&1969, &7, &20)), Some(moon));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn triple<F, G, H>(first: F, second: G, third: H) -> Self
    where
        F: for<'a> Fn(&'a T) -> &'a A + Send + Sync + 'static,
        G: for<'a> Fn(&'a T) -> &'a B + Send + Sync + 'static,
        H: for<'a> Fn(&'a T) -> &'a C + Send + Sync + 'static,
    {
        Self {
            read: Arc::new(move |payload| Some((first(payload), second(payload), third(payload)))),
        }
    }
}

impl<T, K: KeyShape> Key<T, K> {
    /// The key of a payload. Runs the user's accessor.
    #[inline]
    pub(super) fn read<'a>(&self, payload: &'a T) -> Option<K::View<'a>> {
        (self.read)(payload)
    }
}

impl<T, K: KeyShape> Clone for Key<T, K> {
    fn clone(&self) -> Self {
        Self {
            read: Arc::clone(&self.read),
        }
    }
}

impl<T, K: KeyShape> fmt::Debug for Key<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key<{}, {}>", type_name::<T>(), type_name::<K>())
    }
}

/// A key of two parts, as [`Key::pair`] reads it.
///
/// It names the key in types; there are no values of it. To look one up, give
/// a tuple of two references, see [`Lookup`].
///
/// ```
/// use backref::{Key, Pair};
///
/// struct Shelf {
///     room: String,
///     number: u32,
/// }
///
/// let place: Key<Shelf, Pair<String, u32>> =
///     Key::pair(|s: &Shelf| &s.room, |s: &Shelf| &s.number);
/// ```
pub struct Pair<A, B> {
    parts: PhantomData<fn() -> (A, B)>,
}

/// A key of three parts, as [`Key::triple`] reads it.
///
/// It names the key in types; there are no values of it. To look one up, give
/// a tuple of three references, see [`Lookup`].
///
/// ```
/// use backref::{Key, Triple};
///
/// type Day = (i32, u8, u8);
///
/// let date: Key<Day, Triple<i32, u8, u8>> =
///     Key::triple(|d: &Day| &d.0, |d: &Day| &d.1, |d: &Day| &d.2);
/// ```
pub struct Triple<A, B, C> {
    parts: PhantomData<Pair<A, Pair<B, C>>>,
}

impl<A, B> fmt::Debug for Pair<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.parts)
    }
}

impl<A, B, C> fmt::Debug for Triple<A, B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.parts)
    }
}

/// What can be a key: every `Hash + Eq` type, [`Pair`] and [`Triple`].
///
/// ```
/// use backref::{KeyShape, Pair};
///
/// fn can_be_a_key<K: KeyShape>() {}
///
/// can_be_a_key::<String>();
/// can_be_a_key::<Pair<String, u32>>();
/// ```
pub trait KeyShape: 'static {
    /// The key as it is seen in a payload.
    type View<'a>: Copy + Hash + Eq;

    /// The key that a caller without types holds: a `K`, or a tuple for the
    /// keys of several parts.
    #[doc(hidden)]
    fn view(key: &dyn Any) -> Option<Self::View<'_>>;
}

impl<K: Hash + Eq + 'static> KeyShape for K {
    type View<'a> = &'a K;

    fn view(key: &dyn Any) -> Option<&K> {
        key.downcast_ref()
    }
}

impl<A, B> KeyShape for Pair<A, B>
where
    A: Hash + Eq + 'static,
    B: Hash + Eq + 'static,
{
    type View<'a> = (&'a A, &'a B);

    fn view(key: &dyn Any) -> Option<(&A, &B)> {
        key.downcast_ref::<(A, B)>().map(|(a, b)| (a, b))
    }
}

impl<A, B, C> KeyShape for Triple<A, B, C>
where
    A: Hash + Eq + 'static,
    B: Hash + Eq + 'static,
    C: Hash + Eq + 'static,
{
    type View<'a> = (&'a A, &'a B, &'a C);

    fn view(key: &dyn Any) -> Option<(&A, &B, &C)> {
        key.downcast_ref::<(A, B, C)>().map(|(a, b, c)| (a, b, c))
    }
}

/// What can be the key of an ordered index: every `Hash + Ord` type, and
/// [`Pair`] and [`Triple`] of such, which order by their first part first.
///
/// ```
/// use backref::{OrderedShape, Pair};
///
/// fn can_be_ordered<K: OrderedShape>() {}
///
/// can_be_ordered::<i32>();
/// can_be_ordered::<Pair<String, u32>>();
/// ```
pub trait OrderedShape: KeyShape {
    #[doc(hidden)]
    fn compare<'a>(one: Self::View<'a>, other: Self::View<'a>) -> Ordering;
}

impl<K: Hash + Ord + 'static> OrderedShape for K {
    fn compare<'a>(one: &'a K, other: &'a K) -> Ordering {
        one.cmp(other)
    }
}

impl<A, B> OrderedShape for Pair<A, B>
where
    A: Hash + Ord + 'static,
    B: Hash + Ord + 'static,
{
    fn compare<'a>(one: Self::View<'a>, other: Self::View<'a>) -> Ordering {
        one.cmp(&other)
    }
}

impl<A, B, C> OrderedShape for Triple<A, B, C>
where
    A: Hash + Ord + 'static,
    B: Hash + Ord + 'static,
    C: Hash + Ord + 'static,
{
    fn compare<'a>(one: Self::View<'a>, other: Self::View<'a>) -> Ordering {
        one.cmp(&other)
    }
}

/// What finds a key of type `K`: a reference to a `K` or to what it borrows
/// as; for [`Pair`] and [`Triple`] a tuple of such references.
///
/// ```
/// use backref::{KeyShape, Lookup, Pair};
///
/// fn finds<K: KeyShape>(_: impl Lookup<K>) {}
///
/// finds::<u32>(&3);
/// finds::<String>("Ursula");
/// finds::<Pair<String, u32>>(("hall", &3));
/// ```
#[diagnostic::on_unimplemented(
    message = "a key of type `{K}` is not found by a `{Self}`",
    note = "give a reference to the key or to what it borrows as, for a `Pair` a tuple of two"
)]
pub trait Lookup<K: KeyShape>: Copy + Hash {
    #[doc(hidden)]
    fn is(lookup: Self, key: K::View<'_>) -> bool;
}

impl<K, Q> Lookup<K> for &Q
where
    K: Hash + Eq + Borrow<Q> + 'static,
    Q: Hash + Eq + ?Sized,
{
    fn is(lookup: Self, key: &K) -> bool {
        lookup == key.borrow()
    }
}

impl<A, B, P, Q> Lookup<Pair<A, B>> for (&P, &Q)
where
    A: Hash + Eq + Borrow<P> + 'static,
    B: Hash + Eq + Borrow<Q> + 'static,
    P: Hash + Eq + ?Sized,
    Q: Hash + Eq + ?Sized,
{
    fn is(lookup: Self, (a, b): (&A, &B)) -> bool {
        lookup == (a.borrow(), b.borrow())
    }
}

impl<A, B, C, P, Q, R> Lookup<Triple<A, B, C>> for (&P, &Q, &R)
where
    A: Hash + Eq + Borrow<P> + 'static,
    B: Hash + Eq + Borrow<Q> + 'static,
    C: Hash + Eq + Borrow<R> + 'static,
    P: Hash + Eq + ?Sized,
    Q: Hash + Eq + ?Sized,
    R: Hash + Eq + ?Sized,
{
    fn is(lookup: Self, (a, b, c): (&A, &B, &C)) -> bool {
        lookup == (a.borrow(), b.borrow(), c.borrow())
    }
}

/// What limits a range of keys of type `K`: a `K` or what it borrows as; for
/// [`Pair`] and [`Triple`] a tuple of references to such.
///
/// ```
/// use backref::{KeyShape, Limit, Pair};
///
/// fn limits<K: KeyShape>(_: &(impl Limit<K> + ?Sized)) {}
///
/// limits::<i32>(&1929);
/// limits::<String>("Ursula");
/// limits::<Pair<String, u32>>(&("hall", &3));
/// ```
#[diagnostic::on_unimplemented(
    message = "a range of keys of type `{K}` is not limited by a `{Self}`",
    note = "give a range of keys or of what they borrow as, for a `Pair` of tuples of two references"
)]
pub trait Limit<K: KeyShape> {
    /// On which side of the limit the key is.
    #[doc(hidden)]
    fn side(limit: &Self, key: K::View<'_>) -> Ordering;
}

impl<K, Q> Limit<K> for Q
where
    K: Hash + Eq + Borrow<Q> + 'static,
    Q: Ord + ?Sized,
{
    fn side(limit: &Self, key: &K) -> Ordering {
        key.borrow().cmp(limit)
    }
}

impl<A, B, P, Q> Limit<Pair<A, B>> for (&P, &Q)
where
    A: Hash + Eq + Borrow<P> + 'static,
    B: Hash + Eq + Borrow<Q> + 'static,
    P: Ord + ?Sized,
    Q: Ord + ?Sized,
{
    fn side(limit: &Self, (a, b): (&A, &B)) -> Ordering {
        (a.borrow(), b.borrow()).cmp(limit)
    }
}

impl<A, B, C, P, Q, R> Limit<Triple<A, B, C>> for (&P, &Q, &R)
where
    A: Hash + Eq + Borrow<P> + 'static,
    B: Hash + Eq + Borrow<Q> + 'static,
    C: Hash + Eq + Borrow<R> + 'static,
    P: Ord + ?Sized,
    Q: Ord + ?Sized,
    R: Ord + ?Sized,
{
    fn side(limit: &Self, (a, b, c): (&A, &B, &C)) -> Ordering {
        (a.borrow(), b.borrow(), c.borrow()).cmp(limit)
    }
}
