//! `till backup` and `till restore`.

use std::path::PathBuf;

use till_server::app::Clock;
use till_store::{Copied, CopyError};

use crate::{
    clock::SystemClock,
    config::{Backup, DatabaseSettings, Restore},
    files,
    stop::{Stop, say},
};

/// The things that a copy of the database does not contain.
const REST: &str = "The copy does not contain the uploaded files or the secret key, without which no token, password or link works: back those up as well.";

/// Copies the database while it is used.
pub async fn backup(wanted: &Backup) -> Result<(), Stop> {
    let database = database(
        &wanted.database,
        "back it up with `pg_dump --format=custom --file=till.dump`, and pass the address in PG* variables or as a \
         service, so that the password is not among the arguments",
    )?;
    let (file, replace) = (wanted.file.clone(), wanted.replace);
    let copying =
        tokio::task::spawn_blocking(move || till_store::backup(&database, &file, replace));
    let copied = ended(copying.await)?;
    say(format!(
        "Backed up the database to {}: {}, integrity checked, newest migration {}.\n{REST}",
        wanted.file.display(),
        megabytes(copied.bytes),
        copied.level,
    ));
    Ok(())
}

/// Puts a copy in the place of the database, which nobody may use meanwhile.
pub async fn restore(wanted: &Restore) -> Result<(), Stop> {
    let database = database(
        &wanted.database,
        "stop every node, create an empty database and restore into it with `pg_restore --no-owner --exit-on-error \
         --dbname=... till.dump`",
    )?;
    if let Some(folder) = database.parent()
        && !folder.as_os_str().is_empty()
    {
        files::folder(folder)?;
    }
    let (file, replace, to) = (wanted.file.clone(), wanted.replace, database.clone());
    let stamp = SystemClock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let copying =
        tokio::task::spawn_blocking(move || till_store::restore(&file, &to, replace, &stamp));
    let copied = ended(copying.await)?;
    let behind = match copied.behind {
        0 => "up to date".to_owned(),
        1 => "one migration behind; the next start applies it".to_owned(),
        n => format!("{n} migrations behind; the next start applies them"),
    };
    say(format!(
        "Restored the backup {} to {}: {}, integrity checked, newest migration {}, {behind}.",
        wanted.file.display(),
        database.display(),
        megabytes(copied.bytes),
        copied.level,
    ));
    if let Some(former) = copied.former {
        say(format!(
            "The previous database was kept as {}: delete it when you no longer need it.",
            former.display()
        ));
    }
    Ok(())
}

/// The embedded database's file; `otherwise` is what to do on PostgreSQL.
fn database(settings: &DatabaseSettings, otherwise: &str) -> Result<PathBuf, Stop> {
    till_store::sqlite_file(&files::database_url(settings)?)?.ok_or_else(|| {
        Stop::settings(format!(
            "PostgreSQL has its own tools: {otherwise} (docs/operating.md)."
        ))
    })
}

fn ended(ended: Result<Result<Copied, CopyError>, tokio::task::JoinError>) -> Result<Copied, Stop> {
    let error = match ended {
        Ok(Ok(copied)) => return Ok(copied),
        Ok(Err(error)) => error,
        Err(error) => return Err(Stop::failed(error)),
    };
    let advice = match &error {
        CopyError::Exists(_) => "choose another name, or add --replace",
        CopyError::InUse(_) => {
            "stop the server and every other program that has it open, then try again"
        }
        CopyError::Missing(_) => "check the name, --data-dir and --database-url",
        CopyError::Damaged { .. } => "use another backup",
        CopyError::Unfit { .. } => "use a backup made by this version of Till or an older one",
        CopyError::Disk { .. } => "check the folder, its permissions and the free space",
    };
    Err(Stop::failed(format!(
        "{error}: {advice}. Nothing was changed."
    )))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
