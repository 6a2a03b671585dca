//! A database for one test: a copy of a migrated template, as a file in a temporary folder or on a PostgreSQL server.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use till_store::{Options, Store};
use tokio_postgres::Client;

use crate::shared_files::SharedFile;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own on the server that `TILL_TEST_POSTGRES` names.
    Postgres,
}

pub(crate) struct TestDatabase {
    url: String,
    cleanup: Cleanup,
}

enum Cleanup {
    Folder(tempfile::TempDir),
    Postgres { admin: Client, name: String },
}

/// One test run's databases on a server that other runs may use too.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// As files: block by block, as is usual since PostgreSQL 15, a copy takes twice as long.
const COPIED: &str = " strategy file_copy";

/// Whoever makes the template keeps the others waiting under this number.
const TEMPLATE_LOCK: i64 = 7_411_263_551;

impl TestDatabase {
    pub(crate) async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("till.db");
                copy_sqlite_template(&file).await;
                Self {
                    url: sqlite(&file),
                    cleanup: Cleanup::Folder(folder),
                }
            }
            Engine::Postgres => Self::postgres().await,
        }
    }

    async fn postgres() -> Self {
        let server = std::env::var("TILL_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!(
                "this test needs PostgreSQL: run scripts/test, or set TILL_TEST_POSTGRES to a server (15 or \
                 newer) where databases may be created, such as postgres://till@127.0.0.1:5432/postgres"
            )
        });
        let admin = connect(&server).await;
        let template = template(&server, &admin).await;
        // A run that was killed may have left databases of a process with the same number.
        let name = format!(
            "till_test_{}_{}_{:08x}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed),
            rand::random::<u32>()
        );
        execute(
            &admin,
            &format!("create database {name} template {template}{COPIED}"),
        )
        .await;
        Self {
            url: on(&server, &name),
            cleanup: Cleanup::Postgres { admin, name },
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn remove(self) {
        match self.cleanup {
            Cleanup::Folder(folder) => folder.close().unwrap(),
            Cleanup::Postgres { admin, name } => {
                execute(
                    &admin,
                    &format!("drop database if exists {name} with (force)"),
                )
                .await;
            }
        }
    }
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Copies a migrated file, made once for each state of the migrations.
async fn copy_sqlite_template(to: &Path) {
    let template = SharedFile::named(&format!("template-{:016x}.db", migrations()));
    if template.path().is_none() {
        let folder = template.draft_folder();
        let draft = folder.path().join("till.db");
        let store = Store::open(&sqlite(&draft), Options::default())
            .await
            .unwrap();
        store.close().await;
        template.publish(&draft);
    }
    std::fs::copy(template.path().unwrap(), to).unwrap();
}

/// The same on a PostgreSQL server.
async fn template(server: &str, admin: &Client) -> String {
    let name = format!("till_template_{:016x}", migrations());
    execute(admin, &format!("select pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let known = admin
        .query_opt("select 1 from pg_database where datname = $1", &[&name])
        .await
        .unwrap();
    if known.is_none() {
        // Renamed when it is complete: a half-made one must never be copied.
        let half = format!("{name}_half");
        execute(
            admin,
            &format!("drop database if exists {half} with (force)"),
        )
        .await;
        execute(admin, &format!("create database {half}")).await;
        let store = Store::open(&on(server, &half), Options::default())
            .await
            .unwrap();
        store.close().await;
        execute(
            admin,
            &format!(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{half}'"
            ),
        )
        .await;
        execute(admin, &format!("alter database {half} rename to {name}")).await;
    }
    execute(
        admin,
        &format!("select pg_advisory_unlock({TEMPLATE_LOCK})"),
    )
    .await;
    name
}

fn migrations() -> u64 {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

fn on(server: &str, database: &str) -> String {
    let (address, _) = server
        .rsplit_once('/')
        .expect("TILL_TEST_POSTGRES names a database");
    format!("{address}/{database}")
}

async fn connect(server: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
        .await
        .expect("the server of TILL_TEST_POSTGRES answers");
    tokio::spawn(connection);
    client
}

async fn execute(admin: &Client, sql: &str) {
    admin
        .batch_execute(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}
