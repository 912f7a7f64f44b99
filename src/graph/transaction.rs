//! Calls and transactions: what is done as a whole, and who is told of it.

use std::sync::Arc;

use crate::change::Point;
use crate::engine::Engine;
use crate::engine::one_call::{Done, HasEngine, as_one_call};
use crate::entities::Stack;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::commit::Telling;
use crate::graph::observe::Heard;

/// A graph, or what wraps one.
pub(crate) trait HasGraph {
    fn graph(&mut self) -> &mut Graph;
}

impl HasGraph for Graph {
    fn graph(&mut self) -> &mut Graph {
        self
    }
}

/// Runs `parts` as one transaction of the graph of `holder`.
pub(crate) fn transaction<H: HasGraph, R, E: From<Error>>(
    holder: &mut H,
    parts: impl FnOnce(&mut H) -> Result<R, E>,
) -> Result<R, E> {
    struct Holder<'h, H>(&'h mut H);
    impl<H: HasGraph> HasEngine for Holder<'_, H> {
        fn engine(&mut self) -> &mut Engine {
            &mut self.0.graph().engine
        }
    }
    holder.graph().engine.recover();
    let mut inside = Holder(holder);
    let done = as_one_call(&mut inside, |inside| parts(inside.0));
    if done.is_err() {
        let engine = &mut holder.graph().engine;
        if !engine.is_in_call() {
            engine.forget_label();
        }
    }
    let Done { result, outermost } = done?;
    if let Some(from) = outermost {
        holder.graph().commit(from);
    }
    Ok(result)
}

/// A call under way while somebody listens, outside of a transaction. Dropped
/// before it is done, it takes back what the planning has tidied.
struct Call<'g> {
    engine: &'g mut Engine,
    from: Point,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        drop(self.engine.rewind_to(self.from));
    }
}

impl Graph {
    /// Runs several calls as one transaction: with `Ok` all of them stand, with
    /// `Err` none was made.
    ///
    /// What was done is taken back in full: ids, keys, payloads, data, and the
    /// order of every row. Ids that were given out inside are dead then, and
    /// who was deleted inside lives under the old id. If `parts` panics, all is
    /// taken back, and the panic goes on.
    ///
    /// `required`, `min` and orphans are judged at the end, on what it all came
    /// to: so two entities that need each other can be made in one transaction,
    /// and an entity may be without an owner for a while. `max`, keys,
    /// `acyclic` and `Deny` are judged at each call.
    ///
    /// Transactions nest: one inside another is a savepoint. It can fail by
    /// itself, and what it did is taken back with the outer one.
    ///
    /// Computes in O(what the calls do); taking them back costs what they did.
    ///
    /// # Errors
    /// Whatever `parts` returns; [`Required`](crate::ErrorKind::Required),
    /// [`TooFew`](crate::ErrorKind::TooFew) and
    /// [`Denied`](crate::ErrorKind::Denied) if somebody is left short, or an
    /// orphan may not be deleted, at the end of the outermost.
    ///
    /// # Panics
    /// If `parts` puts another graph in the place of this one, as
    /// [`std::mem::swap`] does. Neither is harmed: the other stays where it was
    /// put, and this one goes back to where it was before with its next call
    /// that writes.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let ursula = graph.insert(author, Author::new("Ursula"))?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, ursula).insert()?;
    /// let failed = graph.transaction(|graph| {
    ///     graph.set(book_author, eden, lem)?;
    ///     graph.insert(book, Book::new("3", "The same key", 1959))
    /// });
    /// assert!(failed.is_err());
    /// assert_eq!(graph.one(book_author, eden), Some(ursula));
    ///
    /// let solaris = graph.transaction(|graph| {
    ///     graph.set(book_author, eden, lem)?;
    ///     graph.create(book, Book::new("4", "Solaris", 1961)).link(book_author, lem).insert()
    /// })?;
    /// assert!(graph.row(author_books, lem).iter().eq([eden, solaris]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn transaction<R>(&mut self, parts: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        transaction(self, parts)
    }

    /// [`transaction`](Self::transaction) for an error of your own.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// #[derive(Debug)]
    /// enum ImportError {
    ///     Graph(backref::Error),
    ///     NoName,
    /// }
    ///
    /// impl From<backref::Error> for ImportError {
    ///     fn from(error: backref::Error) -> Self {
    ///         Self::Graph(error)
    ///     }
    /// }
    ///
    /// let failed = graph.try_transaction(|graph| {
    ///     graph.insert(author, Author::new("Lem"))?;
    ///     Err::<(), _>(ImportError::NoName)
    /// });
    /// assert!(matches!(failed, Err(ImportError::NoName)));
    /// assert_eq!(graph.len(author), 0);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn try_transaction<R, E: From<Error>>(
        &mut self,
        parts: impl FnOnce(&mut Self) -> Result<R, E>,
    ) -> Result<R, E> {
        transaction(self, parts)
    }

    /// Runs a call of the engine: as a part of the transaction under way, or as
    /// a commit of its own.
    #[inline]
    pub(crate) fn write<R>(&mut self, call: impl FnOnce(&mut Engine) -> Result<R>) -> Result<R> {
        if self.engine.sink.is_listening() && !self.engine.is_in_sound_call() {
            self.write_listened_to(call)
        } else {
            call(&mut self.engine)
        }
    }

    #[cold]
    #[inline(never)]
    fn write_listened_to<R>(&mut self, call: impl FnOnce(&mut Engine) -> Result<R>) -> Result<R> {
        self.engine.recover();
        if !self.engine.sink.is_listening() {
            return call(&mut self.engine);
        }
        let from = self.engine.sink.now();
        let mut under_way = Call {
            engine: &mut self.engine,
            from,
        };
        let result = call(under_way.engine);
        if result.is_err() {
            under_way.engine.forget_label();
        }
        let result = result?;
        // What it has done stays.
        under_way.from = under_way.engine.sink.now();
        drop(under_way);
        self.commit(from);
        Ok(result)
    }

    /// Makes a commit of what was recorded after a point, if anything was: a
    /// step of the history, and something to tell of.
    fn commit(&mut self, from: Point) {
        self.drop_observers();
        let engine = &mut self.engine;
        engine.drop_marks();
        if !engine.is_watched() {
            engine.forget_label();
            return engine.stop_unless_watched();
        }
        if !engine.has_visible_since(from) {
            engine.forget_label();
            return drop(engine.rewind_to(from));
        }
        let undone = engine.forget_undone();
        let label = engine.label.clone();
        engine.record_step(from);
        let heard = self.tell_of_commit(from, label.as_deref());
        let past = self.engine.trim();
        drop((undone, past));
        if let Some(heard) = heard {
            self.after_telling(heard);
        }
    }

    fn tell_of_commit(&mut self, from: Point, label: Option<&str>) -> Option<Heard> {
        if !self.has_observers() {
            return None;
        }
        let net = self.engine.net_since(from);
        let telling = Telling {
            stack: Stack::Before,
            whole: None,
            label,
        };
        Some(self.tell(&net, &telling))
    }

    /// Names the step of the [history](Self::keep_history) that the transaction
    /// under way, or else the next call, becomes. The name is for people: "Move
    /// chapter". If that fails, the name is forgotten.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.transaction(|graph| {
    ///     graph.name_step("Add Lem");
    ///     graph.insert(author, Author::new("Lem"))
    /// })?;
    /// assert_eq!(graph.undo_label(), Some("Add Lem"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn name_step(&mut self, label: impl Into<Arc<str>>) {
        self.engine.name_step(label.into(), false);
    }

    /// Like [`name_step`](Self::name_step), and the step becomes part of the
    /// last one if that has the same name: typing, letter by letter, is undone
    /// as a word. After an undo it is a step of its own.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("L"))?;
    /// graph.keep_history(100)?;
    /// for letter in ["e", "m"] {
    ///     graph.join_step("Typing");
    ///     graph.update(author, lem, |author| author.name.push_str(letter))?;
    /// }
    /// graph.undo()?;
    /// assert_eq!(graph.get(author, lem).map(|lem| lem.name.as_str()), Some("L"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn join_step(&mut self, label: impl Into<Arc<str>>) {
        self.engine.name_step(label.into(), true);
    }
}
