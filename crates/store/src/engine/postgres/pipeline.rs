//! Changes in one pipeline: all statements leave before the first answer is awaited.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::ClientWrapper;
use futures_util::future::{MaybeDone, maybe_done};
use till_core::kernel::{changes::CommitConflict, values::Value};
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::cells::{Param, check};
use super::plan::{Planned, plan, plan_group};
use super::{failed, prepare};
use crate::batch::Step;
use crate::error::{CommitError, Stale};
use crate::retry::retry_on_conflict;
use crate::sql;

/// The answer to a statement: the number of rows it touched.
type Answer = Result<u64, tokio_postgres::Error>;
type SentStatement<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Reason why a pipeline wrote nothing.
struct Failure {
    error: CommitError,
    /// The server broke the transaction off because of another's: nothing that it relies on was judged.
    broken: bool,
}

impl<E: Into<CommitError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            broken: false,
        }
    }
}

impl Stale for Failure {
    fn is_stale(&self) -> bool {
        self.broken
    }
}

/// Sends the changes, and the same again, after a random pause, where the server broke the transaction off:
/// what they rely on is named in them, so nothing needs to be decided anew.
pub(super) async fn commit(client: &ClientWrapper, steps: &[Step]) -> Result<(), CommitError> {
    // where the steps lie in memory differs between rivals
    let seed = steps.as_ptr().addr() as u64;
    retry_on_conflict(seed, || once(client, plan(steps)))
        .await
        .map_err(|failure| failure.error)
}

/// Commits several changes in one transaction; where any of them is refused, each half in one of its own, and so on, so that
/// few transactions find the one that is.
pub(super) async fn commit_all(
    client: &ClientWrapper,
    members: &[&[Step]],
) -> Vec<Result<(), CommitError>> {
    let mut answers = Vec::with_capacity(members.len());
    let mut parts = vec![members];
    while let Some(part) = parts.pop() {
        match part {
            [] => {}
            [alone] => answers.push(commit(client, alone).await),
            _ if once(client, plan_group(part)).await.is_ok() => {
                answers.resize_with(answers.len() + part.len(), || Ok(()));
            }
            _ => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
        }
    }
    answers
}

async fn once(client: &ClientWrapper, planned: Vec<Planned<'_>>) -> Result<(), Failure> {
    let mut statements = Vec::with_capacity(planned.len());
    for one in &planned {
        let mut statement = prepare(client, &one.sql).await?;
        if let Some((table, columns)) = one.updates {
            let types = statement.params().iter().map(Type::name);
            let sql = sql::update_rows(table, columns, types, one.rows);
            statement = prepare(client, &sql).await?;
        }
        check(&statement, &one.sql, &one.binds)?;
        statements.push(statement);
    }
    let is_whole = |one: &Planned<'_>| one.unless_one.is_none() || (!one.several && one.rows == 1);
    let alone = planned.len() == 1 && is_whole(&planned[0]);
    let counted = planned.iter().any(|one| one.unless_one.is_some());
    let mut sent: Vec<MaybeDone<SentStatement<'_>>> = Vec::with_capacity(planned.len() + 2);
    if !alone {
        sent.push(control(client, "begin"));
    }
    for (one, statement) in planned.iter().zip(&statements) {
        let binds = one.binds.as_slice();
        sent.push(maybe_done(Box::pin(execute(client, statement, binds))));
    }
    if !alone && !counted {
        // a failed statement turns this into a rollback on the server
        sent.push(control(client, "commit"));
    }
    let answers = in_order(sent).await;
    let outcome = judge(&planned, answers, usize::from(!alone));
    if alone || !counted {
        return outcome;
    }
    let end = if outcome.is_ok() {
        "commit"
    } else {
        "rollback"
    };
    let ended = client.batch_execute(end).await;
    outcome?;
    ended.map_err(|e| refused(end, &e))
}

async fn execute(client: &ClientWrapper, statement: &Statement, binds: &[&Value]) -> Answer {
    let params = binds.iter().map(|value| Param(value));
    client.execute_raw(statement, params).await
}

fn control<'a>(client: &'a ClientWrapper, sql: &'static str) -> MaybeDone<SentStatement<'a>> {
    maybe_done(Box::pin(async move {
        client.batch_execute(sql).await.map(|()| 0)
    }))
}

/// Sends all in order (the driver sends at the first poll), then waits for all.
async fn in_order(mut sent: Vec<MaybeDone<SentStatement<'_>>>) -> Vec<Answer> {
    std::future::poll_fn(|cx| {
        let mut all = Poll::Ready(());
        for one in &mut sent {
            if Pin::new(one).poll(cx).is_pending() {
                all = Poll::Pending;
            }
        }
        all
    })
    .await;
    sent.into_iter()
        .filter_map(|mut one| Pin::new(&mut one).take_output())
        .collect()
}

/// The first statement, in order, that failed or missed its expectation speaks for all:
/// those behind it only say that the transaction is aborted.
fn judge(planned: &[Planned<'_>], answers: Vec<Answer>, before: usize) -> Result<(), Failure> {
    for (i, answer) in answers.into_iter().enumerate() {
        let one = i.checked_sub(before).and_then(|i| planned.get(i));
        let sql = one.map_or("begin or commit", |one| &one.sql);
        let touched = answer.map_err(|e| refused(sql, &e))?;
        if let Some(one) = one
            && let Some(unless) = one.unless_one
            && touched != one.rows as u64
        {
            return Err(unless.clone().into());
        }
    }
    Ok(())
}

/// The failure that an error means for the decision.
fn refused(sql: &str, e: &tokio_postgres::Error) -> Failure {
    if let Some(db) = e.as_db_error() {
        if *db.code() == SqlState::UNIQUE_VIOLATION {
            return CommitConflict::Taken(db.constraint().unwrap_or_default().to_owned()).into();
        }
        let rivals = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        if rivals.contains(db.code()) {
            return Failure {
                error: CommitConflict::Stale.into(),
                broken: true,
            };
        }
    }
    failed(sql, e).into()
}
