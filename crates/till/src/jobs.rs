//! `till jobs`: work that was given up.

use serde::Serialize;
use till_core::kernel::jobs::Job;
use till_server::app::Clock;
use till_store::Store;
use uuid::Uuid;

use crate::{
    clock::SystemClock,
    config::Jobs,
    open,
    stop::{Stop, say},
};

/// Jobs that are listed at once.
const LISTED: i64 = 1_000;

#[derive(Serialize)]
struct FailedJob<'a> {
    id: Uuid,
    kind: &'a str,
    key: &'a str,
    reason: &'a str,
    attempts: i64,
    created_at: String,
}

impl<'a> FailedJob<'a> {
    fn of(job: &'a Job) -> Self {
        Self {
            id: job.id,
            kind: &job.kind,
            key: &job.key,
            reason: job.buried.as_deref().unwrap_or_default(),
            attempts: job.attempts,
            created_at: job.created_at.to_string(),
        }
    }
}

/// Lists, revives or forgets.
pub async fn run(command: &Jobs) -> Result<(), Stop> {
    let (Jobs::List { database, .. } | Jobs::Retry { database, .. } | Jobs::Drop { database, .. }) =
        command;
    let store = open::database(database, false).await?;
    let done = match command {
        Jobs::List { json, .. } => list(&store, *json).await,
        Jobs::Retry { which, .. } => retry(&store, which).await,
        Jobs::Drop { id, .. } => match store.drop_job(*id).await? {
            true => {
                say(format!("Deleted the job {id}."));
                Ok(())
            }
            false => Err(unknown(&id.to_string())),
        },
    };
    store.close().await;
    done
}

async fn list(store: &Store, json: bool) -> Result<(), Stop> {
    let jobs = store.buried_jobs(LISTED).await?;
    let buried: Vec<_> = jobs.iter().map(FailedJob::of).collect();
    if json {
        say(serde_json::to_string_pretty(&buried).map_err(Stop::failed)?);
        return Ok(());
    }
    if buried.is_empty() {
        say("There are no failed jobs.");
    }
    for one in buried {
        say(format!(
            "{}  {}  {} attempts since {}\n      {}\n      {}",
            one.id, one.kind, one.attempts, one.created_at, one.key, one.reason
        ));
    }
    Ok(())
}

async fn retry(store: &Store, which: &str) -> Result<(), Stop> {
    let now = SystemClock.now();
    if which != "all" {
        let id = Uuid::try_parse(which).map_err(|_| unknown(which))?;
        return match store.revive_job(id, now).await? {
            true => {
                say(format!(
                    "The job {id} will be retried by the next free worker."
                ));
                Ok(())
            }
            false => Err(unknown(which)),
        };
    }
    // Once each: those whose reason is still there are soon given up again.
    let jobs = store.buried_jobs(LISTED).await?;
    let mut count = 0_usize;
    for job in &jobs {
        count += usize::from(store.revive_job(job.id, now).await?);
    }
    say(match count {
        1 => "One job will be retried by the next free worker.".to_owned(),
        count => format!("{count} jobs will be retried by the next free workers."),
    });
    Ok(())
}

fn unknown(which: &str) -> Stop {
    Stop::failed(format!(
        "there is no failed job with the ID {which}: `till jobs list` shows the IDs."
    ))
}
