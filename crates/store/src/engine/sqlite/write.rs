//! The writing thread: takes what is queued, applies each in a savepoint, commits all with one fsync.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, Statement};
use till_core::kernel::values::Value;
use tokio::sync::oneshot;

use super::cells::{bind, bind_in_order, failed};
use super::{checkpoint, constraint};
use crate::batch::Step;
use crate::error::{CommitError, Result, StoreError};
use crate::gauges::Gauges;
use crate::yielding::is_yielding;

/// Members of one group at most.
const GROUP: usize = 64;
/// Members that yield in one group at most: others wait for the group that is being written, and for their own.
const YIELDING: usize = 4;
/// Rows that those write, beyond the member with which there are so many.
const YIELDING_ROWS: usize = 128;

/// Work that shares a group's transaction.
trait Member: Send {
    /// Applies its writes; says whether they stay.
    fn apply(&mut self, db: &Connection) -> bool;
    /// Tells the caller, given how the group ended.
    fn answer(self: Box<Self>, group: Result<()>);
}

struct Task<T, E, W, A> {
    work: Option<W>,
    result: Option<Result<T, E>>,
    after: A,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, W, A> Member for Task<T, E, W, A>
where
    T: Send,
    E: From<StoreError> + Send,
    W: FnOnce(&Connection) -> Result<T, E> + Send,
    A: FnOnce() + Send,
{
    fn apply(&mut self, db: &Connection) -> bool {
        self.result = self.work.take().map(|work| work(db));
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, group: Result<()>) {
        let Self {
            result,
            after,
            caller,
            ..
        } = *self;
        let result = match (group, result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Panic.into()),
            (Err(e), _) => Err(e.into()),
        };
        if result.is_ok() {
            // Whatever comes of telling others, the commit stands.
            let _ = catch_unwind(AssertUnwindSafe(after));
        }
        // the caller may have gone
        let _ = caller.send(result);
    }
}

/// Work that manages its own transaction; says whether it panicked.
type Alone = Box<dyn FnOnce(&mut Connection) -> bool + Send>;

enum Work {
    Member(Box<dyn Member>),
    /// A member that yields to the others, and about how many rows it writes.
    Yielding(Box<dyn Member>, usize),
    Alone(Alone),
    Close(oneshot::Sender<()>),
}

/// The way to the writing thread. The thread ends with the last sender, or when closed.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Sender<Work>,
}

impl Writer {
    /// `folding` ends before `db` is closed.
    pub(super) fn start(db: Connection, folding: JoinHandle<()>, gauges: Gauges) -> Result<Self> {
        let (queue, work) = channel();
        std::thread::Builder::new()
            .name("till-writer".to_owned())
            .spawn(move || run(db, folding, &work, &gauges))
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { queue })
    }

    /// Runs `work`, which writes about so many rows, within the next group; `after` once it is durable.
    pub(super) async fn write<T, E>(
        &self,
        rows: usize,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        after: impl FnOnce() + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (caller, answered) = oneshot::channel();
        let member = Box::new(Task {
            work: Some(work),
            result: None,
            after,
            caller,
        });
        let work = match is_yielding() {
            true => Work::Yielding(member, rows),
            false => Work::Member(member),
        };
        self.queue.send(work).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` outside any group.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let alone: Alone = Box::new(move |db| {
            let done = catch_unwind(AssertUnwindSafe(|| work(db)));
            let panicked = done.is_err();
            let _ = answer.send(done.unwrap_or(Err(StoreError::Panic)));
            panicked
        });
        self.queue
            .send(Work::Alone(alone))
            .map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Ends the thread after what is queued.
    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.queue.send(Work::Close(answer)).is_ok() {
            let _ = answered.await;
        }
    }
}

fn run(mut db: Connection, folding: JoinHandle<()>, queue: &Receiver<Work>, gauges: &Gauges) {
    let mut waiting = Waiting::default();
    let closing = loop {
        let run_tasks = AssertUnwindSafe(|| run_tasks(&mut db, queue, &mut waiting, gauges));
        match catch_unwind(run_tasks) {
            Ok(closing) => break closing,
            // What was in the works is refused, as its callers see by nobody answering; the thread goes on.
            Err(_) => end_transaction(&db, gauges),
        }
    };
    // Whoever closes last folds the log back into the database file; two at once each leave it to the other.
    checkpoint::end(&mut db, folding);
    if let Err((_, e)) = db.close() {
        tracing::warn!(error = %e, "the database could not be closed cleanly");
    }
    if let Some(answer) = closing {
        let _ = answer.send(());
    }
}

/// After a panic: nothing half done stays.
fn end_transaction(db: &Connection, gauges: &Gauges) {
    gauges.panics.inc();
    tracing::error!("the writer thread panicked and continues");
    if !db.is_autocommit() {
        let _ = step(db, "rollback");
    }
}

/// Work that was taken from the queue and is not begun.
#[derive(Default)]
struct Waiting {
    members: VecDeque<Box<dyn Member>>,
    yielding: VecDeque<(Box<dyn Member>, usize)>,
    /// True where the last group had members that yield.
    has_yielded: bool,
    /// Belongs in no group; what came before it is done first, and nothing is taken after it.
    other: Option<Work>,
}

impl Waiting {
    fn has_members(&self) -> bool {
        !self.members.is_empty() || !self.yielding.is_empty()
    }

    /// Takes what is queued.
    fn take(&mut self, queue: &Receiver<Work>) {
        while self.other.is_none()
            && self.members.len() < GROUP
            && let Ok(work) = queue.try_recv()
        {
            self.add(work);
        }
    }

    fn add(&mut self, work: Work) {
        match work {
            Work::Member(member) => self.members.push_back(member),
            Work::Yielding(member, rows) => self.yielding.push_back((member, rows)),
            work => self.other = Some(work),
        }
    }
}

/// Members of a group that yield.
#[derive(Default)]
struct Yielding {
    members: usize,
    rows: usize,
}

impl Yielding {
    fn is_full(&self) -> bool {
        self.members >= YIELDING || self.rows >= YIELDING_ROWS
    }

    fn add(&mut self, member: Box<dyn Member>, rows: usize) -> Box<dyn Member> {
        self.members += 1;
        self.rows += rows;
        member
    }
}

/// Does what is queued until it is told to close, by whom, or nobody is left to ask.
fn run_tasks(
    db: &mut Connection,
    queue: &Receiver<Work>,
    waiting: &mut Waiting,
    gauges: &Gauges,
) -> Option<oneshot::Sender<()>> {
    loop {
        if waiting.has_members() {
            group(db, queue, waiting, gauges);
            continue;
        }
        match waiting.other.take() {
            None => waiting.add(queue.recv().ok()?),
            Some(Work::Alone(work)) => {
                if work(db) {
                    end_transaction(db, gauges);
                }
            }
            Some(Work::Close(answer)) => return Some(answer),
            Some(member) => waiting.add(member),
        }
    }
}

/// Commits what waits and what is queued meanwhile: all that does not yield, and some of the rest. What does not yield
/// waits for the rest in one group of two at most: the one that is being written, or its own.
fn group(db: &Connection, queue: &Receiver<Work>, waiting: &mut Waiting, gauges: &Gauges) {
    let timed = gauges.seconds.start_timer();
    let (mut members, mut yielding) = (Vec::new(), Yielding::default());
    let mut ended = step(db, "begin immediate");
    while members.len() < GROUP {
        waiting.take(queue);
        let next = waiting.members.pop_front();
        let has_others = members.len() > yielding.members;
        let is_full = yielding.is_full() || has_others && waiting.has_yielded;
        let next = next.or_else(|| match is_full {
            true => None,
            false => {
                (waiting.yielding.pop_front()).map(|(member, rows)| yielding.add(member, rows))
            }
        });
        let Some(mut member) = next else {
            break;
        };
        ended = ended.and_then(|()| savepoint(db, member.as_mut(), gauges));
        members.push(member);
    }
    waiting.has_yielded = yielding.members > 0;
    let ended = ended.and_then(|()| step(db, "commit"));
    timed.observe_duration();
    gauges.batch.observe(members.len() as f64);
    if let Err(e) = &ended {
        tracing::error!(error = %e, members = members.len(), "a group of commits failed");
        if !db.is_autocommit() {
            // SQLite rolls back by itself where it must; this is for the other failures
            let _ = step(db, "rollback");
        }
    }
    for member in members {
        member.answer(ended.clone());
    }
}

/// Applies one member so that its refusal leaves its neighbours alone.
fn savepoint(db: &Connection, member: &mut dyn Member, gauges: &Gauges) -> Result<()> {
    step(db, "savepoint member")?;
    // Whoever panics is refused like any other member.
    let keep = catch_unwind(AssertUnwindSafe(|| member.apply(db))).unwrap_or_else(|_| {
        gauges.panics.inc();
        false
    });
    if db.is_autocommit() {
        // a full disk or a failing one: SQLite gave the whole transaction up
        let problem = "the database rolled the transaction back: the disk is full or failing";
        return Err(StoreError::Unavailable(problem.to_owned()));
    }
    if !keep {
        step(db, "rollback to member")?;
    }
    step(db, "release member")
}

fn step(db: &Connection, sql: &'static str) -> Result<()> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(|e| failed(sql, &e))
}

/// Applies all steps; the first that does not hold refuses the whole.
pub(super) fn apply(db: &Connection, steps: &[Step]) -> Result<(), CommitError> {
    for step in steps {
        let touched = match &step.sql {
            // Statements that are made for one row have their parameters in order.
            Cow::Owned(sql) => execute_in_order(db, sql, &step.binds)?,
            Cow::Borrowed(sql) => execute(db, sql, &step.binds)?,
        };
        if let Some(conflict) = step.unless_one.as_ref().filter(|_| touched != 1) {
            return Err(conflict.clone().into());
        }
    }
    Ok(())
}

/// Runs a statement and says how many rows it touched, or read where it only reads.
fn execute(db: &Connection, sql: &str, binds: &[Value]) -> Result<u64, CommitError> {
    let mut statement = db.prepare_cached(sql).map_err(|e| failed(sql, &e))?;
    bind(&mut statement, sql, binds)?;
    rows_touched(db, sql, &mut statement)
}

/// [`execute`] for a statement whose parameters are `$1`, `$2` and so on, in this order.
fn execute_in_order(db: &Connection, sql: &str, binds: &[Value]) -> Result<u64, CommitError> {
    let mut statement = db.prepare_cached(sql).map_err(|e| failed(sql, &e))?;
    bind_in_order(&mut statement, sql, binds)?;
    rows_touched(db, sql, &mut statement)
}

fn rows_touched(
    db: &Connection,
    sql: &str,
    statement: &mut Statement<'_>,
) -> Result<u64, CommitError> {
    let reads = statement.readonly();
    let mut rows = statement.raw_query();
    let mut seen = 0;
    loop {
        match rows.next() {
            Ok(Some(_)) => seen += 1,
            Ok(None) => break,
            Err(e) => return Err(constraint::refused(db, sql, &e)),
        }
    }
    Ok(if reads { seen } else { db.changes() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use till_core::kernel::changes::Changes;

    use super::super::Sqlite;
    use super::*;
    use crate::Options;

    #[tokio::test]
    async fn work_that_panics_is_refused_and_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.db");
        let db = Sqlite::open(path, &Options::default(), &[]).await.unwrap();
        let seven = |db: &Connection| Ok(db.query_row("select 7", [], |row| row.get(0)).unwrap());
        for _ in 0..2 {
            let bad = db
                .writer
                .write::<(), StoreError>(1, |_| panic!("on purpose"), || ());
            let good = db.writer.write::<i64, StoreError>(1, seven, || ());
            let told = db
                .writer
                .write::<i64, StoreError>(1, seven, || panic!("afterwards"));
            let alone = db.writer.alone::<()>(|_| panic!("all alone"));
            let (bad, good, told, alone) = tokio::join!(bad, good, told, alone);
            assert!(matches!(bad, Err(StoreError::Panic)), "{bad:?}");
            assert_eq!((good.unwrap(), told.unwrap()), (7, 7));
            assert!(matches!(alone, Err(StoreError::Panic)), "{alone:?}");
        }
        let mut changes = Changes::new();
        changes.any("delete from jobs", vec![]);
        db.commit(changes).await.unwrap();
        db.close().await;
        assert_eq!(db.gauges.panics.get(), 4);
    }

    #[tokio::test]
    async fn work_that_yields_holds_up_others_by_a_few() {
        use std::sync::{Arc, Mutex};

        use futures_util::future::join_all;

        use crate::yielding::yielding;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.db");
        let db = Sqlite::open(path, &Options::default(), &[]).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let member = |n: usize| {
            let order = Arc::clone(&order);
            let note = move |_: &Connection| {
                order.lock().unwrap().push(n);
                Ok::<(), StoreError>(())
            };
            db.writer.write(1, note, || ())
        };
        // The writer is busy until everything is queued.
        let (go_on, waits) = channel::<()>();
        let busy = db.writer.alone(move |_| {
            waits.recv().unwrap();
            Ok(())
        });
        let many = yielding(join_all((0..20).map(member)));
        let (first, second) = (member(100), member(101));
        let queued = async {
            go_on.send(()).unwrap();
        };
        let ((), done, ..) =
            tokio::join!(async { busy.await.unwrap() }, many, first, second, queued);
        assert!(done.iter().all(Result::is_ok));
        let order = order.lock().unwrap().clone();
        assert_eq!(order[..2], [100, 101]);
        assert_eq!(order[2..], (0..20).collect::<Vec<_>>());
        // Two that do not yield and four others, then four by four.
        assert_eq!(db.gauges.batch.get_sample_count(), 5);
        db.close().await;
    }

    /// A member that writes nothing, and tells when its group has ended.
    struct Noted(Sender<()>);

    impl Member for Noted {
        fn apply(&mut self, _: &Connection) -> bool {
            true
        }

        fn answer(self: Box<Self>, group: Result<()>) {
            group.unwrap();
            let _ = self.0.send(());
        }
    }

    #[test]
    fn many_rows_make_small_groups_and_none_beside_others_twice_in_turn() {
        let db = Connection::open_in_memory().unwrap();
        let (gauges, (_keep, queue)) = (Gauges::new(), channel());
        let (noted, done) = channel();
        let mut waiting = Waiting::default();
        let member = || Box::new(Noted(noted.clone()));
        for rows in [YIELDING_ROWS - 1, 2, 1, 3 * YIELDING_ROWS, 1, 1, 1, 1, 1] {
            waiting.add(Work::Yielding(member(), rows));
        }
        let mut sizes = Vec::new();
        for others in [0, 1, 1, 0, 2, 0] {
            for _ in 0..others {
                waiting.add(Work::Member(member()));
            }
            group(&db, &queue, &mut waiting, &gauges);
            sizes.push(done.try_iter().count());
        }
        // Two that are many rows; one without any that yield; one with two; four; two alone; the last.
        assert_eq!(sizes, [2, 1, 3, 4, 2, 1]);
        assert!(!waiting.has_members());
    }
}
