//! The SQL of named writes, by feature.

mod clocks;
mod customers;
mod discounts;
mod downloads;
mod jobs;
mod kernel;
mod license_keys;
mod people;
mod retention;
mod subscriptions;
mod test_data;
mod usage;
mod webhooks;

use till_core::kernel::values::Value;
use till_core::kernel::writes::{NamedWrite, Statement};

pub(crate) use discounts::redemption_counts;

/// The statement of a named write.
pub(crate) fn statement(write: NamedWrite) -> Statement {
    match write {
        NamedWrite::AccessToken(write) => people::access_token(write),
        NamedWrite::Budget(write) => kernel::budget(write),
        NamedWrite::Clock(write) => clocks::clock(write),
        NamedWrite::Customer(write) => customers::customer(write),
        NamedWrite::CustomField(write) => customers::custom_field(write),
        NamedWrite::Discount(write) => discounts::discount(write),
        NamedWrite::Download(write) => downloads::download(write),
        NamedWrite::Folding(write) => kernel::folding(write),
        NamedWrite::Idempotency(write) => kernel::idempotency(write),
        NamedWrite::Job(write) => jobs::job(write),
        NamedWrite::LicenseKey(write) => license_keys::license_key(write),
        NamedWrite::People(write) => people::people(write),
        NamedWrite::Retention(write) => retention::retention(write),
        NamedWrite::Subscription(write) => subscriptions::subscription(write),
        NamedWrite::Team(write) => people::team(write),
        NamedWrite::Usage(write) => usage::usage(write),
        NamedWrite::Webhook(write) => webhooks::webhook(write),
        NamedWrite::Statement(statement) => statement,
    }
}

/// A statement that may touch any number of rows.
pub(crate) fn any(sql: &'static str, binds: Vec<Value>) -> Statement {
    Statement {
        sql,
        binds,
        refusal: None,
        wakes_workers: false,
    }
}

/// A statement that must touch exactly one row, else the commit is refused with this label.
pub(crate) fn exactly_one(
    refusal: &'static str,
    sql: &'static str,
    binds: Vec<Value>,
) -> Statement {
    Statement {
        refusal: Some(refusal),
        ..any(sql, binds)
    }
}

/// The statement, after which workers have something to do.
pub(crate) fn waking(statement: Statement) -> Statement {
    Statement {
        wakes_workers: true,
        ..statement
    }
}
