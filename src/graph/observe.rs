//! Observers: who wants to hear of commits, and what they are told.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Weak};

use crate::engine::net::Net;
use crate::graph::Graph;
use crate::graph::commit::{Commit, Event, Telling, Wants};
use crate::id::{EndId, EntityType};

type Told = dyn Fn(&Commit<'_>, &mut Queue) + Send + Sync;
type Work = Box<dyn FnOnce(&mut Graph) + Send + Sync>;

/// The observers of a graph, and the work that they have queued.
#[derive(Default)]
pub(crate) struct Observers {
    all: Vec<Observer>,
    work: VecDeque<Work>,
    /// Somebody sees to the work already.
    is_working: bool,
}

struct Observer {
    subscription: Weak<Subscribed>,
    wants: Wants,
    told: Arc<Told>,
}

#[derive(Debug)]
struct Subscribed;

/// An observer listens as long as this lives: dropped, it hears nothing more.
/// What [`Graph::observe`] and its siblings return.
///
/// ```
/// # use backref::example::{Author, Library};
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use std::sync::Arc;
///
/// # let Library { mut graph, author, .. } = Library::new()?;
/// let heard = Arc::new(AtomicUsize::new(0));
/// let counter = Arc::clone(&heard);
/// let subscription = graph.observe(move |_, _| {
///     counter.fetch_add(1, Ordering::Relaxed);
/// });
/// graph.insert(author, Author::new("Lem"))?;
/// drop(subscription);
/// graph.insert(author, Author::new("Tove"))?;
/// assert_eq!(heard.load(Ordering::Relaxed), 1);
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "an observer listens only as long as its subscription lives"]
pub struct Subscription(Arc<Subscribed>);

impl Subscription {
    /// Lets the observer listen as long as the graph lives.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// graph.observe(|commit, _| println!("{} events", commit.events().len())).forever();
    /// graph.insert(author, Author::new("Lem"))?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn forever(self) {
        // One allocation of no size, and as long as the observer itself.
        std::mem::forget(self.0);
    }
}

/// Work that observers leave for later: see [`Graph::observe`].
///
/// ```
/// # use backref::example::{Author, Library};
/// # let Library { mut graph, author, .. } = Library::new()?;
/// let greeted = graph.observe_type(author, move |commit, queue| {
///     let new = commit.inserted(author).filter(|(_, it)| !it.name.ends_with('!'));
///     for (id, _) in new {
///         queue.push(move |graph| {
///             let done = graph.update(author, id, |author| author.name.push('!'));
///             done.expect("it lives, and its key is free");
///         });
///     }
/// });
/// let lem = graph.insert(author, Author::new("Lem"))?;
/// assert_eq!(graph.get(author, lem).map(|lem| lem.name.as_str()), Some("Lem!"));
/// # Ok::<(), backref::Error>(())
/// ```
#[derive(Default)]
pub struct Queue(Vec<Work>);

impl Queue {
    /// Has `work` done when all observers have heard of the commit, each a call
    /// by itself, in the order in which it was queued.
    ///
    /// What it commits is told in its turn, and may queue more. If it panics,
    /// what is left in the queue is dropped.
    pub fn push(&mut self, work: impl FnOnce(&mut Graph) + Send + Sync + 'static) {
        self.0.push(Box::new(work));
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Queue({})", self.0.len())
    }
}

impl Graph {
    /// Has an observer hear of each commit: of each transaction, and each call
    /// outside of one, that changed something; of undo and redo too.
    ///
    /// It is told once for each, when all is written, with the [net
    /// effect](Commit): the same whichever end a change began at. It cannot
    /// change the graph that it is told of; what it has to do it
    /// [queues](Queue::push). Observers are told in the order in which they
    /// subscribed. If one panics, the commit stands, the others still hear of
    /// it, and then the panic goes on.
    ///
    /// Computes in O(1). While there are observers, a commit costs its record
    /// and O(changes) for the telling.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// use std::sync::{Arc, Mutex};
    ///
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let heard = Arc::new(Mutex::new(Vec::new()));
    /// let log = Arc::clone(&heard);
    /// let subscription = graph.observe(move |commit, _| {
    ///     let mut log = log.lock().expect("nobody panicked");
    ///     log.extend(commit.events().map(|event| commit.describe(event)));
    /// });
    /// graph.row_mut(author_books, lem)?.push(eden)?;
    /// graph.set(book_author, eden, None)?;
    /// assert_eq!(*heard.lock().expect("nobody panicked"), [
    ///     "linked Book#1v1 at Book.author to Author#1v1 (set)",
    ///     "unlinked Book#1v1 at Book.author from Author#1v1 (set)",
    /// ]);
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn observe(
        &mut self,
        observer: impl Fn(&Commit<'_>, &mut Queue) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe(Wants::All, Arc::new(observer))
    }

    /// Like [`observe`](Self::observe), for what happens to entities of a type:
    /// they come, go, and get other payloads. It is not told of other commits.
    ///
    /// ```
    /// # use backref::example::{Author, Library};
    /// # let Library { mut graph, author, .. } = Library::new()?;
    /// let subscription = graph.observe_type(author, move |commit, _| {
    ///     for (_, author) in commit.inserted(author) {
    ///         println!("{} is new", author.name);
    ///     }
    /// });
    /// graph.insert(author, Author::new("Lem"))?;
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn observe_type<T>(
        &mut self,
        entity: EntityType<T>,
        observer: impl Fn(&Commit<'_>, &mut Queue) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe(Wants::Entities(entity.untyped()), Arc::new(observer))
    }

    /// Like [`observe`](Self::observe), for the links at an end: made, cut,
    /// moved, with other data. It is not told of other commits.
    ///
    /// ```
    /// # use backref::example::{Author, Book, Library};
    /// # let Library { mut graph, author, book, book_author, author_books, .. } = Library::new()?;
    /// # let lem = graph.insert(author, Author::new("Lem"))?;
    /// # let eden = graph.insert(book, Book::new("3", "Eden", 1959))?;
    /// let subscription = graph.observe_end(author_books, move |commit, _| {
    ///     for link in commit.linked(author_books) {
    ///         println!("{:?} wrote {:?}", link.owner(), link.member());
    ///     }
    /// });
    /// graph.set(book_author, eden, lem)?;                 // from the other end
    /// # Ok::<(), backref::Error>(())
    /// ```
    pub fn observe_end(
        &mut self,
        end: impl Into<EndId>,
        observer: impl Fn(&Commit<'_>, &mut Queue) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe(Wants::Links(end.into()), Arc::new(observer))
    }

    fn subscribe(&mut self, wants: Wants, told: Arc<Told>) -> Subscription {
        let subscribed = Arc::new(Subscribed);
        self.observers.all.push(Observer {
            subscription: Arc::downgrade(&subscribed),
            wants,
            told,
        });
        self.engine.is_observed = true;
        self.engine.sink.listen();
        Subscription(subscribed)
    }

    /// Lets go of observers that nobody wants any more.
    pub(crate) fn drop_observers(&mut self) {
        let observers = &mut self.observers.all;
        observers.retain(|observer| observer.subscription.strong_count() > 0);
        self.engine.is_observed = !observers.is_empty();
    }

    /// Tells the observers of a net effect, whose older payloads lie on a side
    /// stack; what panicked, for the caller to go on with.
    pub(crate) fn tell(&mut self, net: &Net, telling: &Telling<'_>) -> Heard {
        let events = Event::all(&self.engine, net, telling);
        let mut queue = Queue::default();
        let mut panicked = None;
        for observer in &self.observers.all {
            if observer.subscription.strong_count() == 0 {
                continue;
            }
            let commit = Commit::new(self, &events, observer.wants, telling);
            if commit.is_empty() {
                continue;
            }
            let told = || (observer.told)(&commit, &mut queue);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(told)) {
                panicked.get_or_insert(panic);
            }
        }
        drop(events);
        self.observers.work.extend(queue.0);
        Heard { panicked }
    }

    /// Does what observers have queued, and goes on with a panic of theirs.
    pub(crate) fn after_telling(&mut self, heard: Heard) {
        if !self.observers.is_working && !self.observers.work.is_empty() {
            self.work();
        }
        if let Some(panic) = heard.panicked {
            resume_unwind(panic);
        }
    }

    fn work(&mut self) {
        /// Dropped in the middle, by a panic, it drops what is left to do.
        struct Working<'g>(&'g mut Graph);
        impl Drop for Working<'_> {
            fn drop(&mut self) {
                self.0.observers.is_working = false;
                let left = std::mem::take(&mut self.0.observers.work);
                drop(left);
            }
        }
        self.observers.is_working = true;
        let working = Working(self);
        while let Some(work) = working.0.observers.work.pop_front() {
            work(working.0);
        }
    }

    /// Whether anybody wants to hear of commits.
    pub(crate) fn has_observers(&self) -> bool {
        !self.observers.all.is_empty()
    }

    /// Tells of a step that was just taken back or done again.
    pub(crate) fn tell_of_a_step(&mut self, net: &Net, telling: &Telling<'_>) {
        let heard = self.tell(net, telling);
        self.after_telling(heard);
    }
}

/// That all observers have been told.
#[must_use]
pub(crate) struct Heard {
    panicked: Option<Box<dyn std::any::Any + Send>>,
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Observers({})", self.all.len())
    }
}
