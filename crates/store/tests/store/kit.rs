//! A fresh database per test, on either engine, and the records that the tests keep.

use std::sync::Arc;

use jiff::Timestamp;
use till_core::kernel::context::DecisionContext;
use till_core::kernel::values::Json;
use till_core::record;
use till_store::{Migration, Options, Query, Store};
use uuid::Uuid;

record! {
    "people", versioned;
    pub struct Person {
        id: Uuid,
        organization_id: Uuid,
        version: i64,
        name: String,
        email: Option<String>,
        born: Option<Timestamp>,
        active: bool,
        count: i64,
        maybe: Option<i64>,
        metadata: Json<serde_json::Value>,
        parent: Option<Uuid>,
    }
}

const PEOPLE: &str = "create table people (
    id uuid not null primary key, organization_id uuid not null, version bigint not null,
    name text not null, email text, born timestamptz, active boolean not null,
    count bigint not null, maybe bigint, metadata json not null,
    parent uuid references people (id),
    unique (organization_id, maybe));
create unique index people_name on people (organization_id, name);
create unique index people_email on people (organization_id, lower(email));";

/// A test's database.
#[derive(Clone)]
pub struct Db {
    pub store: Store,
    pub url: String,
    pub at: Arc<DecisionContext>,
    pub org: Uuid,
    keep: Arc<Keep>,
}

enum Keep {
    Folder { _folder: tempfile::TempDir },
    Postgres { base: String, name: String },
}

pub fn people() -> Vec<Migration> {
    vec![Migration::new("9001_people.sql", PEOPLE).unwrap()]
}

pub fn now() -> Timestamp {
    "2026-11-22T12:00:00.123456Z".parse().unwrap()
}

impl Db {
    pub async fn sqlite(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        Self::open(url, Keep::Folder { _folder: folder }, name).await
    }

    pub async fn postgres(name: &str) -> Self {
        let base = std::env::var("TILL_TEST_POSTGRES").expect(
            "set TILL_TEST_POSTGRES to a server where tests may create databases, \
             such as postgres://postgres@127.0.0.1:5432/postgres",
        );
        let name = format!("till_test_{}_{}", std::process::id(), name);
        admin(&base, &format!("create database {name}")).await;
        let (server, _) = base.rsplit_once('/').expect("the URL names a database");
        let url = format!("{server}/{name}");
        Self::open(
            url,
            Keep::Postgres {
                base,
                name: name.clone(),
            },
            &name,
        )
        .await
    }

    async fn open(url: String, keep: Keep, name: &str) -> Self {
        let store = Store::open_with(&url, Options::default(), &people())
            .await
            .unwrap();
        let mut seed = [7; 32];
        for (byte, letter) in seed.iter_mut().zip(name.bytes()) {
            *byte = letter;
        }
        let ctx = Arc::new(DecisionContext::new(now(), seed));
        Self {
            store,
            url,
            org: ctx.id(),
            at: ctx,
            keep: Arc::new(keep),
        }
    }

    /// Another node on the same database.
    pub async fn again(&self) -> Store {
        Store::open_with(&self.url, Options::default(), &people())
            .await
            .unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        matches!(*self.keep, Keep::Postgres { .. })
    }

    pub fn person(&self, name: &str) -> Person {
        Person {
            id: self.at.id(),
            organization_id: self.org,
            version: 1,
            name: name.to_owned(),
            email: None,
            born: None,
            active: true,
            count: 0,
            maybe: None,
            metadata: Json(serde_json::json!({})),
            parent: None,
        }
    }

    pub async fn get(&self, id: Uuid) -> Person {
        self.store
            .one(Query::by_id::<Person>(id))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn people(&self) -> i64 {
        let count = Query::raw("select count(*) from people", vec![]);
        self.store.scalar(count).await.unwrap()
    }

    /// Closes and drops it.
    pub async fn end(self) {
        self.store.close().await;
        if let Keep::Postgres { base, name } = &*self.keep {
            admin(
                base,
                &format!("drop database if exists {name} with (force)"),
            )
            .await;
        }
    }
}

async fn admin(base: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(base, tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
}

/// Each test runs on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($(async fn $name:ident($db:ident: Db) $body:block)+) => {
        $(async fn $name($db: $crate::kit::Db) $body)+
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let db = $crate::kit::Db::sqlite(stringify!($name)).await;
                let run = tokio::spawn(super::$name(db.clone())).await;
                db.end().await;
                run.unwrap();
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let name = &stringify!($name)[..stringify!($name).len().min(40)];
                let db = $crate::kit::Db::postgres(name).await;
                let run = tokio::spawn(super::$name(db.clone())).await;
                db.end().await;
                run.unwrap();
            })+
        }
    };
}
