//! The base of API tests: a whole Till in the test's own process, on a database of its own, with a
//! clock that only the test moves. Every JSON answer is held against the server's own document.
//!
//! ```ignore
//! till_testkit::both! {
//!     async fn products_start_unarchived(t: &mut Till) {
//!         let product = t.product().await;
//!         assert_eq!(product["is_archived"], false);
//!     }
//! }
//! ```
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answer;
mod browser;
mod clock;
mod contract;
mod database;
mod fixtures;
mod mailbox;
mod outbox;
mod pages;
mod processor;
mod purchases;
mod receiver;
mod session;
mod shared_files;
mod stripe;
mod table_dump;
mod terms;

use std::{future::Future, pin::Pin};

pub use answer::Answer;
pub use browser::Browser;
pub use clock::TestClock;
pub use contract::is_schema;
pub use database::Engine;
pub use fixtures::{Sale, id_in};
pub use mailbox::Mailbox;
pub use pages::Events;
pub use processor::{Alter, Altered};
pub use purchases::{CrashPoint, buyer, charge_of};
pub use receiver::{ReceivedDelivery, Receiver};
pub use session::Till;

pub use till_fake_stripe::{FakeStripe, Troubles};

/// Runs each test once on SQLite (`sqlite::name`) and once on PostgreSQL (`postgres::name`).
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($t:ident: &mut Till) $body:block)+) => {
        $(async fn $name($t: &mut $crate::Till) $body)+
        mod sqlite {
            $($(#[$meta])* #[test]
            fn $name() {
                $crate::run($crate::Engine::Sqlite, |t| Box::pin(super::$name(t)));
            })+
        }
        mod postgres {
            $($(#[$meta])* #[test]
            fn $name() {
                $crate::run($crate::Engine::Postgres, |t| Box::pin(super::$name(t)));
            })+
        }
    };
}

/// A test on a Till. A pointer, so that what runs it is compiled once and not for each of a thousand tests.
pub type Test = for<'a> fn(&'a mut Till) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Runs one test on a fresh Till, then looks whether work was left undone; the database is removed
/// however the test ends.
pub fn run(engine: Engine, test: Test) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // Unoptimised, the futures of long tests are large.
        .thread_stack_size(4 << 20)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(run_on_fresh_till(engine, test));
}

async fn run_on_fresh_till(engine: Engine, test: Test) {
    let database = database::TestDatabase::new(engine).await;
    let till = Till::start(database.url()).await;
    let store = till.app.store.clone();
    let ended = tokio::spawn(async move {
        let mut till = till;
        test(&mut till).await;
        till.finish().await;
    })
    .await;
    store.close().await;
    database.remove().await;
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure.into_panic());
    }
}
