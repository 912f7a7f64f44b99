//! Undo and redo.

use crate::engine::history::Step;
use crate::entities::Stack;
use crate::error::Result;
use crate::graph::Graph;
use crate::graph::commit::{Cause, Telling};

impl Graph {
    /// Keeps a history of so many steps from now on, to [`undo`](Self::undo) and
    /// [`redo`](Self::redo): each transaction is a step, and each call outside of
    /// one. With 0, none is kept, and the history there is is forgotten.
    ///
    /// While a history is kept, each write costs its record (24 bytes), and
    /// payloads that were replaced or deleted live until their step is beyond
    /// the depth. Calls that return a payload from the graph return a clone.
    ///
    /// Computes in O(1), and in O(steps forgotten).
    ///
    /// # Errors
    /// [`InTransaction`](crate::ErrorKind::InTransaction): not inside one.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(2)?;
    /// for name in ["Ursula", "Lem", "Tove"] {
    ///     graph.insert(author, Author::new(name))?;
    /// }
    /// while graph.undo()? {}
    /// assert_eq!(graph.len(author), 1);                   // the first is beyond the depth
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn keep_history(&mut self, depth: usize) -> Result<()> {
        self.expect_no_transaction("keep_history")?;
        drop(self.engine.keep_history(depth));
        Ok(())
    }

    /// Takes back the last step of the history; `false` if there is none.
    ///
    /// The graph is then as it was before the step, ids and the order of every
    /// row included: whoever was deleted lives again under the old id.
    ///
    /// Computes in O(what the step did). Calls no code of yours but `Drop`.
    ///
    /// # Errors
    /// [`InTransaction`](crate::ErrorKind::InTransaction): not inside one.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.create(book, Book::new("3", "Eden", 1959)).link(book_author, lem).insert()?;
    /// graph.keep_history(100)?;
    /// graph.delete(author, lem)?;
    /// assert!(graph.undo()?);
    /// assert!(graph.row(author_books, lem).iter().eq([eden]));
    /// assert!(!graph.undo()?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn undo(&mut self) -> Result<bool> {
        self.expect_no_transaction("undo")?;
        let Some(step) = self.engine.steps_done().next_back() else {
            return Ok(false);
        };
        let (from, label) = (step.from(), step.shared_label());
        // What there is to tell is read off before it is gone.
        let net = self.has_observers().then(|| self.engine.net_since(from));
        self.engine.undo_step();
        if let Some(net) = net {
            let telling = Telling {
                stack: Stack::Undone,
                whole: Some(Cause::Undone),
                label: label.as_deref(),
            };
            self.tell_of_a_step(&net.inverse(), &telling);
        }
        Ok(true)
    }

    /// Does the step again that was undone last; `false` if there is none. A
    /// change after an undo drops what could have been done again.
    ///
    /// The graph is then as it was after the step, ids included.
    ///
    /// Computes in O(what the step did). Calls no code of yours but `Drop`.
    ///
    /// # Errors
    /// [`InTransaction`](crate::ErrorKind::InTransaction): not inside one.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// let lem = graph.insert(author, Author::new("Lem"))?;
    /// graph.undo()?;
    /// assert!(!graph.contains(author, lem));
    /// assert!(graph.redo()?);
    /// assert!(graph.contains(author, lem));               // the same id
    /// assert!(!graph.redo()?);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn redo(&mut self) -> Result<bool> {
        self.expect_no_transaction("redo")?;
        let label = self.engine.steps_undone().next_back();
        let label = label.and_then(Step::shared_label);
        let Some(from) = self.engine.redo_step() else {
            return Ok(false);
        };
        if self.has_observers() {
            let net = self.engine.net_since(from);
            let telling = Telling {
                stack: Stack::Before,
                whole: Some(Cause::Redone),
                label: label.as_deref(),
            };
            self.tell_of_a_step(&net, &telling);
        }
        Ok(true)
    }

    /// The names of the steps that can be undone, the next to be undone first;
    /// `None` for one without a name. Computes in O(1), and O(1) for each.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.name_step("Add Lem");
    /// graph.insert(author, Author::new("Lem"))?;
    /// graph.insert(author, Author::new("Tove"))?;
    /// assert!(graph.undo_steps().eq([None, Some("Add Lem")]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn undo_steps(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.engine.steps_done().rev().map(Step::label)
    }

    /// The names of the steps that can be done again, the next first; `None` for
    /// one without a name. Computes in O(1), and O(1) for each.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.name_step("Add Lem");
    /// graph.insert(author, Author::new("Lem"))?;
    /// graph.undo()?;
    /// assert!(graph.redo_steps().eq([Some("Add Lem")]));
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn redo_steps(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.engine.steps_undone().rev().map(Step::label)
    }

    /// The name of the step that [`undo`](Self::undo) would take back, if there
    /// is one and it has a name. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.name_step("Add Lem");
    /// graph.insert(author, Author::new("Lem"))?;
    /// assert_eq!(graph.undo_label(), Some("Add Lem"));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.undo_steps().next().flatten()
    }

    /// The name of the step that [`redo`](Self::redo) would do again, if there is
    /// one and it has a name. Computes in O(1).
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.keep_history(100)?;
    /// graph.name_step("Add Lem");
    /// graph.insert(author, Author::new("Lem"))?;
    /// graph.undo()?;
    /// assert_eq!((graph.undo_label(), graph.redo_label()), (None, Some("Add Lem")));
    /// # Ok::<(), backref::Error>(())
    /// ```
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.redo_steps().next().flatten()
    }

    /// Refuses what cannot be done inside a transaction.
    pub(crate) fn expect_no_transaction(&mut self, what: &str) -> Result<()> {
        self.engine.recover();
        if self.engine.is_in_call() {
            return Err(self.engine.in_transaction(what));
        }
        Ok(())
    }
}
