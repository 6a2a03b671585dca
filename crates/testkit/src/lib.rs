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

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, thread};

use futures_util::FutureExt as _;

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
        $(fn $name($t: &mut $crate::Till) -> $crate::Running<'_> {
            Box::pin(async move $body)
        })+
        mod sqlite {
            $($(#[$meta])* #[test]
            fn $name() {
                $crate::run($crate::Engine::Sqlite, super::$name);
            })+
        }
        mod postgres {
            $($(#[$meta])* #[test]
            fn $name() {
                $crate::run($crate::Engine::Postgres, super::$name);
            })+
        }
    };
}

/// A test that runs. It stays on its thread: that everything in it is `Send` would be proved at each of a thousand tests,
/// which takes the compiler longer than all else about them.
pub type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A test on a Till. A pointer, so that what runs it is compiled once and not for each of a thousand tests.
pub type Test = for<'a> fn(&'a mut Till) -> Running<'a>;

/// Unoptimised, the futures of long tests are large.
const STACK: usize = 4 << 20;

/// Runs one test on a fresh Till, then looks whether work was left undone; the database is removed
/// however the test ends.
pub fn run(engine: Engine, test: Test) {
    let on_thread = move || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(run_on_fresh_till(engine, test));
    };
    let name = thread::current().name().unwrap_or("test").to_owned();
    let thread = thread::Builder::new().name(name).stack_size(STACK);
    let ended = thread.spawn(on_thread).expect("a thread").join();
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure);
    }
}

async fn run_on_fresh_till(engine: Engine, test: Test) {
    let database = database::TestDatabase::new(engine).await;
    let till = Till::start(database.url()).await;
    let store = till.app.store.clone();
    let whole = async move {
        let mut till = till;
        test(&mut till).await;
        till.finish().await;
    };
    let ended = AssertUnwindSafe(whole).catch_unwind().await;
    store.close().await;
    database.remove().await;
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure);
    }
}
