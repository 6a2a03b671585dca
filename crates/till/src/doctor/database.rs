//! The checks of the database and its clock, and of what it keeps for a person to look at.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::writes::KeyedTable;
use till_server::app::Clock;
use till_store::{Options, Store};

use super::{Findings, PATIENCE};
use crate::{clock::SystemClock, config::DatabaseSettings, files};

/// Clocks may differ by this much before leases and signatures suffer.
const NEAR: SignedDuration = SignedDuration::from_secs(2);
const FAR: SignedDuration = SignedDuration::from_secs(30);
/// A larger file is not read from end to end.
const READABLE: u64 = 4 << 30;

/// Checks whether the database answers, is whole and fits this program; and its clock.
pub async fn database(settings: &DatabaseSettings, found: &mut Findings) {
    let Some(url) = found.setting("database", files::database_url(settings)) else {
        return;
    };
    let file = till_store::sqlite_file(&url).map_err(Into::into);
    let Some(file) = found.setting("database", file) else {
        return;
    };
    if let Some(file) = &file
        && !file.exists()
    {
        return found.warn(
            "database",
            format!("there is none at {} yet", file.display()),
            "`till init` makes it; else correct --data-dir or --database-url",
        );
    }
    let options = Options {
        migrate: false,
        connections: 1,
        patience: PATIENCE,
        ..Options::default()
    };
    let store = match Store::open(&url, options).await {
        Ok(store) => store,
        Err(error) => {
            return found.fail(
                "database",
                error.to_string(),
                "start it, and check the address, the password and the permissions",
            );
        }
    };
    level(&store, found).await;
    shared_keys(&store, found).await;
    given_up(&store, found).await;
    clock(&store, file.as_deref(), found).await;
    if file.is_some() {
        whole(&store, found).await;
    }
    store.close().await;
}

async fn level(store: &Store, found: &mut Findings) {
    match store.unapplied().await {
        Ok(missing) if missing.is_empty() => {
            found.ok("database", format!("{}, up to date", store.kind()));
        }
        Ok(missing) => found.warn(
            "database",
            format!("{}, {} migrations behind", store.kind(), missing.len()),
            "`till migrate` applies them, and so does the next start",
        ),
        Err(_) => found.warn(
            "database",
            format!("{}, empty", store.kind()),
            "`till init` fills it",
        ),
    }
}

/// Rows of an older version whose keys have become the same: one of them is not found by its own any more.
async fn shared_keys(store: &Store, found: &mut Findings) {
    for (keyed, words, advice) in [
        (
            KeyedTable::Customers,
            "customers have the e-mail address of another one, written otherwise",
            "see the log of the last start for their ids; change or delete one of each two",
        ),
        (
            KeyedTable::Discounts,
            "discounts have the code of another one, written otherwise",
            "see the log of the last start for their ids; give one of each two another code",
        ),
        (
            KeyedTable::People,
            "people sign in with the e-mail address of another one, written otherwise",
            "see the log of the last start for their ids; remove one of each two from the team",
        ),
    ] {
        // A database that is behind is told of as such.
        if let Ok(count @ 1..) = store.shared_keys(keyed).await {
            found.warn("keys", format!("{count} {words}"), advice);
        }
    }
}

/// Jobs that are told one by one.
const TOLD: usize = 5;

/// Work that was given up waits for a person.
async fn given_up(store: &Store, found: &mut Findings) {
    // Where migrations are missing that is said already.
    let Ok(jobs) = store.buried_jobs(1_000).await else {
        return;
    };
    if jobs.is_empty() {
        return found.ok("jobs", "no work was given up");
    }
    for job in jobs.iter().take(TOLD) {
        let reason = job.buried.as_deref().unwrap_or_default();
        found.warn(
            "jobs",
            format!(
                "{} ({}) was given up: {reason}",
                job.kind,
                job.key.trim_start_matches(&format!("{}:", job.kind))
            ),
            format!(
                "mend the reason, then `till jobs retry {}`; `till jobs drop` forgets it",
                job.id
            ),
        );
    }
    if jobs.len() > TOLD {
        found.warn(
            "jobs",
            format!("{} jobs were given up in all", jobs.len()),
            "`till jobs list` shows them, `till jobs retry all` does them again",
        );
    }
}

async fn clock(store: &Store, file: Option<&Path>, found: &mut Findings) {
    let now = SystemClock.now();
    let applied = store.last_migrated_at().await;
    let mut past: Vec<Timestamp> = Vec::new();
    past.extend(applied.ok().flatten());
    let written = file.and_then(|file| std::fs::metadata(file).ok()?.modified().ok());
    past.extend(written.and_then(|time| Timestamp::try_from(time).ok()));
    if past.iter().any(|moment| moment.duration_since(now) > FAR) {
        return found.fail(
            "clock",
            format!("this machine says {now}, but the database was written later than that"),
            "set the clock, and keep it right with NTP",
        );
    }
    let theirs = match store.clock().await {
        Ok(Some(theirs)) => theirs,
        Ok(None) => return found.ok("clock", format!("{now:.0}, not before the last change")),
        Err(error) => return found.fail("clock", error.to_string(), "see the database"),
    };
    let apart = theirs.duration_since(now).abs();
    let message = format!("{:.1} s from the database's", apart.as_secs_f64());
    let advice = "keep both machines' clocks right with NTP";
    match apart {
        apart if apart <= NEAR => found.ok("clock", message),
        apart if apart <= FAR => found.warn("clock", message, advice),
        _ => found.fail("clock", message, advice),
    }
}

async fn whole(store: &Store, found: &mut Findings) {
    match store.journal().await {
        Ok(Some(mode)) if mode == "wal" => {}
        Ok(mode) => found.warn(
            "database",
            format!("its journal is {}, not wal", mode.unwrap_or_default()),
            "the disk may not allow it: use a local one, not a network share",
        ),
        Err(error) => found.fail("database", error.to_string(), "see the disk"),
    }
    match store.size().await {
        Ok(size) if size.data > READABLE => {
            return found.ok(
                "integrity",
                "too large to be read here: the next `till backup` checks its copy",
            );
        }
        Ok(_) => {}
        Err(error) => return found.fail("integrity", error.to_string(), "see the disk"),
    }
    match store.integrity().await {
        Ok(Some(words)) if words == "ok" => found.ok("integrity", "the database is whole"),
        Ok(words) => found.fail(
            "integrity",
            words.unwrap_or_default(),
            "stop the server and restore the last backup: `till restore`",
        ),
        Err(error) => found.fail(
            "integrity",
            error.to_string(),
            "stop the server and restore the last backup: `till restore`",
        ),
    }
}
