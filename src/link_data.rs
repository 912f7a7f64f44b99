//! The data of links: a column for each relationship whose links have data.

pub(crate) mod handle;

use std::any::{Any, TypeId, type_name};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

#[cfg(feature = "serde")]
use crate::entities::serial::Serial;
use crate::entities::{AnyPayload, Stack};
use crate::internals::planted::{self, Bug};

/// What is declared of the data of a relationship's links.
pub(crate) struct DataSpec<D> {
    #[cfg(feature = "serde")]
    serial: Option<Serial>,
    default: Option<fn() -> D>,
    clone: Option<fn(&D) -> D>,
    eq: Option<fn(&D, &D) -> bool>,
}

/// The declaration of data, without its type.
pub(crate) trait AnySpec: Send + Sync {
    fn make(&self) -> Box<dyn AnyColumn>;
    /// Whether there is data for links that are made without.
    fn has_default(&self) -> bool;
    /// How values are written and read, if that was declared.
    #[cfg(feature = "serde")]
    fn serial(&self) -> Option<&Serial>;
    /// Whether two values are equal; `None` where the type was not declared
    /// comparable, or one is of another type.
    fn is_same(&self, one: &AnyPayload, other: &AnyPayload) -> Option<bool>;
    /// A copy of a value; `None` where the type was not declared cloneable, or
    /// the value is of another type.
    fn copy(&self, datum: &AnyPayload) -> Option<Box<AnyPayload>>;
    /// What this one and another of the same type say together.
    fn merged(&self, other: &dyn AnySpec) -> Option<Arc<dyn AnySpec>>;
    fn as_any(&self) -> &dyn Any;
}

/// The data of a relationship's links: which type, and what it can do.
#[derive(Clone)]
pub(crate) struct DataDef {
    pub(crate) type_id: TypeId,
    pub(crate) type_name: &'static str,
    spec: Arc<dyn AnySpec>,
}

impl DataDef {
    fn new<D: Send + Sync + 'static>(spec: DataSpec<D>) -> Self {
        Self {
            type_id: TypeId::of::<D>(),
            type_name: type_name::<D>(),
            spec: Arc::new(spec),
        }
    }

    /// Each link has a `D`, at first `D::default()`.
    pub(crate) fn data<D: Default + Send + Sync + 'static>() -> Self {
        Self::new(DataSpec {
            default: Some(D::default),
            ..DataSpec::<D>::NOTHING
        })
    }

    /// A `D` can be cloned.
    pub(crate) fn cloneable<D: Clone + Send + Sync + 'static>() -> Self {
        Self::new(DataSpec {
            clone: Some(D::clone),
            ..DataSpec::<D>::NOTHING
        })
    }

    /// Two `D` can be compared.
    pub(crate) fn comparable<D: PartialEq + Send + Sync + 'static>() -> Self {
        Self::new(DataSpec {
            eq: Some(D::eq),
            ..DataSpec::<D>::NOTHING
        })
    }

    pub(crate) fn make(&self) -> Box<dyn AnyColumn> {
        self.spec.make()
    }

    /// A `D` can be written and read.
    #[cfg(feature = "serde")]
    pub(crate) fn serializable<D>() -> Self
    where
        D: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    {
        Self::new(DataSpec {
            serial: Some(Serial::of::<D>()),
            ..DataSpec::<D>::NOTHING
        })
    }

    /// See [`AnySpec::serial`].
    #[cfg(feature = "serde")]
    pub(crate) fn serial(&self) -> Option<&Serial> {
        self.spec.serial()
    }

    /// See [`AnySpec::is_same`].
    pub(crate) fn is_same(&self, one: &AnyPayload, other: &AnyPayload) -> Option<bool> {
        self.spec.is_same(one, other)
    }

    /// See [`AnySpec::copy`].
    pub(crate) fn copy(&self, datum: &AnyPayload) -> Option<Box<AnyPayload>> {
        self.spec.copy(datum)
    }

    pub(crate) fn has_default(&self) -> bool {
        self.spec.has_default()
    }

    /// What two declarations say together; `None` if they are of two types.
    pub(crate) fn merged(&self, other: &Self) -> Option<Self> {
        let spec = self.spec.merged(&*other.spec)?;
        Some(Self { spec, ..*self })
    }
}

impl fmt::Debug for DataDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name)
    }
}

impl<D> DataSpec<D> {
    const NOTHING: Self = Self {
        #[cfg(feature = "serde")]
        serial: None,
        default: None,
        clone: None,
        eq: None,
    };
}

impl<D> Clone for DataSpec<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for DataSpec<D> {}

impl<D: Send + Sync + 'static> AnySpec for DataSpec<D> {
    fn make(&self) -> Box<dyn AnyColumn> {
        Box::new(Column::new(*self))
    }

    fn has_default(&self) -> bool {
        self.default.is_some()
    }

    #[cfg(feature = "serde")]
    fn serial(&self) -> Option<&Serial> {
        self.serial.as_ref()
    }

    fn is_same(&self, one: &AnyPayload, other: &AnyPayload) -> Option<bool> {
        Some(self.eq?(one.downcast_ref()?, other.downcast_ref()?))
    }

    fn copy(&self, datum: &AnyPayload) -> Option<Box<AnyPayload>> {
        Some(Box::new(self.clone?(datum.downcast_ref()?)))
    }

    fn merged(&self, other: &dyn AnySpec) -> Option<Arc<dyn AnySpec>> {
        let other = other.as_any().downcast_ref::<Self>()?;
        Some(Arc::new(Self {
            #[cfg(feature = "serde")]
            serial: self.serial.or(other.serial),
            default: self.default.or(other.default),
            clone: self.clone.or(other.clone),
            eq: self.eq.or(other.eq),
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The data of all links of one relationship, by the number of the link.
///
/// ```text
///   coming ─put▶ data, by link ─take▶ before ─put back▶ data …
///                                            └ dropped, when all is written
/// ```
///
/// What is the user's code, making data and dropping it, is done to `coming`
/// before the first write and to `before` after the last.
pub(crate) struct Column<D> {
    spec: DataSpec<D>,
    data: Vec<Option<D>>,
    /// Data of the links that the next writes make, in their order; empty
    /// between calls.
    coming: VecDeque<D>,
    /// Data of links that were cut, and data that was replaced.
    before: VecDeque<D>,
    /// Data of links that were taken back, and data that was put back.
    undone: Vec<D>,
}

impl<D: Send + Sync + 'static> Column<D> {
    fn new(spec: DataSpec<D>) -> Self {
        Self {
            spec,
            data: Vec::new(),
            coming: VecDeque::new(),
            before: VecDeque::new(),
            undone: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn datum(&self, link: u32) -> Option<&D> {
        self.data.get(link as usize)?.as_ref()
    }

    /// A copy of the data of a link, where the type was declared cloneable.
    pub(crate) fn copy(&self, link: u32) -> Option<D> {
        let clone = self.spec.clone?;
        self.datum(link).map(clone)
    }

    /// Has ready the data of the next link.
    pub(crate) fn expect(&mut self, datum: D) {
        self.coming.push_back(datum);
    }

    /// Gives a link other data; the old goes on the side stack.
    pub(crate) fn replace(&mut self, link: u32, datum: D) {
        let old = self.place(link).replace(datum);
        self.before.push_back(old.expect("each link has data"));
    }

    /// Takes the last data off the side stack: for a caller who is owed it.
    pub(crate) fn pop_before(&mut self) -> Option<D> {
        self.before.pop_back()
    }

    fn place(&mut self, link: u32) -> &mut Option<D> {
        let link = link as usize;
        let (len, capacity) = (self.data.len(), self.data.capacity());
        if link >= len {
            if link >= capacity {
                // A quarter at a time, as the pools of the links grow.
                self.data.reserve_exact((link + 1 - len).max(len / 4));
            }
            self.data.resize_with(link + 1, || None);
        }
        &mut self.data[link]
    }

    fn taken(&mut self, link: u32) -> D {
        let datum = self.data.get_mut(link as usize).and_then(Option::take);
        datum.expect("each link has data")
    }

    fn default(&self) -> D {
        let default = self.spec.default;
        default.expect("a schema with data without a default is refused")()
    }
}

/// A column, for those who know the number of its relationship only.
pub(crate) trait AnyColumn: Any + Send + Sync {
    /// How many links have data.
    fn len(&self) -> usize;
    /// How many bytes it takes, empty room included, beside what the data has
    /// elsewhere.
    fn bytes(&self) -> usize;
    fn get(&self, link: u32) -> Option<&AnyPayload>;
    /// Whether a value is of the type of the data.
    fn takes(&self, datum: &AnyPayload) -> bool;
    /// Has ready data for so many links: what was given, and for the rest what
    /// `Default` makes. If that panics, nothing has changed.
    fn fill(&mut self, links: usize);
    /// Data for links in order, given or made by `Default`, for
    /// [`accept`](Self::accept). What is given is of the right type.
    fn fresh(&self, given: Vec<Option<Box<AnyPayload>>>) -> Box<dyn Any>;
    /// Has ready what [`fresh`](Self::fresh) made.
    fn accept(&mut self, fresh: Box<dyn Any>);
    /// Gives a new link the data that is next.
    fn put(&mut self, link: u32);
    /// Takes the data of a link that is cut to the side stack.
    fn take(&mut self, link: u32);
    /// Takes back a [`put`](Self::put); the data is dropped by the caller.
    fn undo_put(&mut self, link: u32) -> Box<AnyPayload>;
    /// Takes back the last [`take`](Self::take).
    fn undo_take(&mut self, link: u32);
    /// Takes back the last replacement; the newer data is dropped by the caller.
    fn undo_replace(&mut self, link: u32) -> Box<AnyPayload>;
    /// Lets go of the first data on the side stack, for the caller to drop.
    fn forget_first(&mut self) -> Box<AnyPayload>;
    /// Takes back a [`put`](Self::put), for now.
    fn detach_put(&mut self, link: u32);
    /// Takes back the last replacement, for now.
    fn detach_replace(&mut self, link: u32);
    /// Does again what was [taken back](Self::detach_put) last.
    fn redo_put(&mut self, link: u32);
    /// Does again what was [taken back](Self::detach_replace) last.
    fn redo_replace(&mut self, link: u32);
    /// Lets go of what was taken back for now; to be dropped by the caller.
    fn forget_undone(&mut self) -> Box<dyn Any>;
    /// The data that is the `n`th last on the side stack, or on that of what was
    /// taken back.
    fn image(&self, stack: Stack, n: usize) -> Option<&AnyPayload>;
    /// Whether a link has data that is equal to some of the type; `None` where
    /// the type was not declared comparable.
    fn is_same(&self, link: u32, datum: &AnyPayload) -> Option<bool>;
    /// Links have other numbers now: the old and the new one of each, in rising
    /// order, the new ones being nobody's before. Then gives back what is not in
    /// use.
    fn shrink_to_fit(&mut self, renumbered: &[(u32, u32)]);
    /// Drops what is on the side stack, when all else is done.
    fn drop_before(&mut self);
    /// Hands over what is on the side stack, to be dropped when all else is
    /// done; `None` if there is nothing.
    fn dispose(&mut self) -> Option<Box<dyn Any>>;
    /// Has ready the data of the next link, of the right type.
    fn expect_boxed(&mut self, datum: Box<AnyPayload>);
    /// Gives a link other data, of the right type.
    fn replace_boxed(&mut self, link: u32, datum: Box<AnyPayload>);
    /// Takes the last data off the side stack: for a caller who is owed it.
    fn pop_boxed(&mut self) -> Option<Box<AnyPayload>>;
    /// A copy of the data of a link, where the type was declared cloneable.
    fn copy_boxed(&self, link: u32) -> Option<Box<AnyPayload>>;
    /// Copies of the data of links, for [`accept`](Self::accept), where the type
    /// was declared cloneable.
    fn copies(&self, links: &[u32]) -> Option<Box<dyn Any>>;
    fn can_clone(&self) -> bool;
    fn can_compare(&self) -> bool;
    fn boxed_clone(&self) -> Option<Box<dyn AnyColumn>>;
    /// Whether a link here and one there have the same data; `None` where the
    /// type was not declared comparable.
    fn same(&self, link: u32, other: &dyn AnyColumn, theirs: u32) -> Option<bool>;
}

impl<D: Send + Sync + 'static> AnyColumn for Column<D> {
    fn len(&self) -> usize {
        self.data.iter().flatten().count()
    }

    fn bytes(&self) -> usize {
        self.data.capacity() * size_of::<Option<D>>()
    }

    fn get(&self, link: u32) -> Option<&AnyPayload> {
        self.datum(link).map(|datum| datum as &AnyPayload)
    }

    fn takes(&self, datum: &AnyPayload) -> bool {
        datum.is::<D>()
    }

    fn fill(&mut self, links: usize) {
        let missing = links.saturating_sub(self.coming.len());
        if missing == 1 {
            let datum = self.default();
            return self.coming.push_back(datum);
        }
        let made: Vec<D> = (0..missing).map(|_| self.default()).collect();
        self.coming.extend(made);
    }

    fn fresh(&self, given: Vec<Option<Box<AnyPayload>>>) -> Box<dyn Any> {
        let fresh = given
            .into_iter()
            .map(|given| given.map_or_else(|| self.default(), unboxed));
        Box::new(fresh.collect::<Vec<D>>())
    }

    fn accept(&mut self, fresh: Box<dyn Any>) {
        let fresh = fresh.downcast::<Vec<D>>();
        self.coming.extend(*fresh.expect("this column has made it"));
    }

    fn put(&mut self, link: u32) {
        let datum = self.coming.pop_front();
        let datum = datum.expect("the planning has made data for each new link");
        *self.place(link) = Some(datum);
    }

    fn take(&mut self, link: u32) {
        if planted::is(Bug::DataOutlivesItsLink) {
            return;
        }
        let datum = self.taken(link);
        self.before.push_back(datum);
    }

    fn undo_put(&mut self, link: u32) -> Box<AnyPayload> {
        Box::new(self.taken(link))
    }

    fn undo_take(&mut self, link: u32) {
        let datum = self.before.pop_back();
        *self.place(link) = Some(datum.expect("the data of a cut link is on the side stack"));
    }

    fn undo_replace(&mut self, link: u32) -> Box<AnyPayload> {
        let newer = self.taken(link);
        self.undo_take(link);
        Box::new(newer)
    }

    fn forget_first(&mut self) -> Box<AnyPayload> {
        let datum = self.before.pop_front();
        Box::new(datum.expect("the change has put data on the side stack"))
    }

    fn shrink_to_fit(&mut self, renumbered: &[(u32, u32)]) {
        for &(old, new) in renumbered {
            let datum = self.taken(old);
            *self.place(new) = Some(datum);
        }
        let used = self.data.iter().rposition(Option::is_some);
        self.data.truncate(used.map_or(0, |last| last + 1));
        self.data.shrink_to_fit();
        self.coming.shrink_to_fit();
        self.before.shrink_to_fit();
        self.undone.shrink_to_fit();
    }

    fn detach_put(&mut self, link: u32) {
        let datum = self.taken(link);
        self.undone.push(datum);
    }

    fn detach_replace(&mut self, link: u32) {
        let newer = self.taken(link);
        self.undo_take(link);
        self.undone.push(newer);
    }

    fn redo_put(&mut self, link: u32) {
        let datum = self.undone.pop();
        *self.place(link) = Some(datum.expect("the data was taken back"));
    }

    fn redo_replace(&mut self, link: u32) {
        let newer = self.undone.pop().expect("the data was taken back");
        self.replace(link, newer);
    }

    fn forget_undone(&mut self) -> Box<dyn Any> {
        Box::new(std::mem::take(&mut self.undone))
    }

    fn image(&self, stack: Stack, n: usize) -> Option<&AnyPayload> {
        let datum = match stack {
            Stack::Before => self.before.get(self.before.len().checked_sub(n + 1)?),
            Stack::Undone => self.undone.get(self.undone.len().checked_sub(n + 1)?),
        };
        datum.map(|datum| datum as &AnyPayload)
    }

    fn is_same(&self, link: u32, datum: &AnyPayload) -> Option<bool> {
        let eq = self.spec.eq?;
        Some(eq(self.datum(link)?, datum.downcast_ref::<D>()?))
    }

    fn drop_before(&mut self) {
        match self.before.len() {
            0 => {}
            // One by one, the stack keeps its memory.
            1 => drop(self.before.pop_back()),
            _ => drop(std::mem::take(&mut self.before)),
        }
    }

    fn dispose(&mut self) -> Option<Box<dyn Any>> {
        if self.before.is_empty() {
            return None;
        }
        Some(Box::new(std::mem::take(&mut self.before)))
    }

    fn expect_boxed(&mut self, datum: Box<AnyPayload>) {
        self.expect(unboxed(datum));
    }

    fn replace_boxed(&mut self, link: u32, datum: Box<AnyPayload>) {
        self.replace(link, unboxed(datum));
    }

    fn pop_boxed(&mut self) -> Option<Box<AnyPayload>> {
        Some(Box::new(self.pop_before()?))
    }

    fn copy_boxed(&self, link: u32) -> Option<Box<AnyPayload>> {
        Some(Box::new(self.copy(link)?))
    }

    fn copies(&self, links: &[u32]) -> Option<Box<dyn Any>> {
        let copies: Option<Vec<D>> = links.iter().map(|&link| self.copy(link)).collect();
        Some(Box::new(copies?))
    }

    fn can_clone(&self) -> bool {
        self.spec.clone.is_some()
    }

    fn can_compare(&self) -> bool {
        self.spec.eq.is_some()
    }

    fn boxed_clone(&self) -> Option<Box<dyn AnyColumn>> {
        let clone = self.spec.clone?;
        let data = self.data.iter().map(|datum| datum.as_ref().map(clone));
        Some(Box::new(Self {
            data: data.collect(),
            ..Self::new(self.spec)
        }))
    }

    fn same(&self, link: u32, other: &dyn AnyColumn, theirs: u32) -> Option<bool> {
        let eq = self.spec.eq?;
        let other = (other as &dyn Any).downcast_ref::<Self>();
        let theirs = other.and_then(|other| other.datum(theirs));
        Some(match (self.datum(link), theirs) {
            (Some(mine), Some(theirs)) => eq(mine, theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        })
    }
}

/// Whoever hands over boxed data has seen that it is a `D`.
fn unboxed<D: 'static>(datum: Box<AnyPayload>) -> D {
    let datum = datum.downcast::<D>().map(|datum| *datum);
    datum.unwrap_or_else(|_| unreachable!("data is judged before it is taken"))
}

impl<D> fmt::Debug for Column<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column() -> Column<u8> {
        let def = DataSpec::<u8> {
            default: Some(u8::default),
            ..DataSpec::NOTHING
        };
        Column::new(def)
    }

    #[test]
    fn what_is_given_is_filled_up_with_defaults() {
        let mut column = column();
        column.expect(7);
        column.fill(3);
        for link in [4, 2, 9] {
            column.put(link);
        }
        assert_eq!(
            [4, 2, 9].map(|link| column.datum(link)),
            [Some(&7), Some(&0), Some(&0)]
        );
        assert_eq!((column.len(), column.datum(3)), (3, None));
    }

    #[test]
    fn each_step_can_be_taken_back() {
        let mut column = column();
        column.expect(1);
        column.put(5);
        column.replace(5, 2);
        column.take(5);
        assert_eq!(column.datum(5), None);
        column.undo_take(5);
        assert_eq!(column.datum(5), Some(&2));
        assert_eq!(column.undo_replace(5).downcast_ref(), Some(&2_u8));
        assert_eq!(column.datum(5), Some(&1));
        assert_eq!(column.undo_put(5).downcast_ref(), Some(&1_u8));
        assert_eq!((column.len(), column.before.len()), (0, 0));
    }

    #[test]
    fn declarations_of_one_type_are_taken_together() {
        let merged = DataDef::data::<u8>().merged(&DataDef::comparable::<u8>());
        let merged = merged.expect("both are of u8");
        assert!(merged.has_default() && merged.make().can_compare() && !merged.make().can_clone());
        assert!(merged.merged(&DataDef::data::<u16>()).is_none());
    }
}
