//! The named reads of each feature. Every finder takes the organization, except those whose key is itself
//! the credential.

mod billing;
mod catalog;
mod checkout_links;
mod checkouts;
mod clocks;
mod custom_fields;
mod customer_value;
mod customers;
mod discounts;
mod downloads;
mod figures;
mod files;
mod folding;
mod grants;
mod idempotency;
mod journal;
mod license_keys;
mod mails;
mod members;
mod organizations;
mod people;
mod portal;
mod processors;
mod products;
mod recurring;
mod refunds;
mod reminders;
mod retention;
mod sales;
mod sandbox;
mod seats;
mod system_events;
mod timeline;
mod usage;
mod usage_charges;
mod usage_counts;
mod webhooks;

pub use customers::BuyerKeys;
#[cfg(test)]
pub(crate) use customers::typed_sessions;
pub use figures::{Figures, Progress, Sales};
pub use folding::UnfoldedRow;
pub use grants::FoundScope;
pub use mails::LetterRows;
pub use people::Visit;
pub use recurring::{Recurring, RecurringPart};
pub use timeline::{TimelineEntry, TimelineEvent};
#[cfg(test)]
pub(crate) use usage_counts::{uncounted, values_at, values_held};
pub use webhooks::{DeliveryFilter, FailingEndpoint};

use till_core::kernel::{changes::Record, values::Value};
use uuid::Uuid;

use crate::{Query, Result, Store, list::Dialect};

/// `$n, $n+1, …` for `count` values after `before` others.
fn marks(before: usize, count: usize) -> String {
    (before + 1..=before + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Each id once: a statement binds no more values than it needs.
fn distinct(ids: &[Uuid]) -> Vec<Uuid> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn ids(ids: &[Uuid]) -> impl Iterator<Item = Value> + '_ {
    ids.iter().map(|id| Value::Uuid(*id))
}

impl Store {
    /// The organization's row with this id, if it meets `more` (such as `and deleted_at is null`).
    async fn own<R: Record + Send + 'static>(
        &self,
        organization_id: Uuid,
        id: Uuid,
        more: &str,
    ) -> Result<Option<R>> {
        let rest = format!("where organization_id = $1 and id = $2 {more}");
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(id)];
        self.one(Query::select::<R>(&rest, binds).keyed()).await
    }

    /// The organization's rows that are wanted, each once; nothing wanted, nothing read.
    async fn owned<R: Record + Send + 'static>(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<R>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let query = owned::<R>(self.dialect(), organization_id, &distinct(wanted));
        self.all(query.keyed()).await
    }
}

/// The query for the organization's rows with these ids.
fn owned<R: Record>(dialect: Dialect, organization_id: Uuid, wanted: &[Uuid]) -> Query {
    let rest = format!(
        "where {} = $1 and id in ({})",
        checked(dialect, "organization_id"),
        marks(1, wanted.len())
    );
    let binds = [Value::Uuid(organization_id)]
        .into_iter()
        .chain(ids(wanted))
        .collect();
    Query::select::<R>(&rest, binds)
}

/// A column that rows are checked by, and not found by. SQLite, which plans without statistics, takes an index on the
/// organization for a better way than several ids, and walks over all of its rows, unless a sign keeps it from that.
fn checked(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("+{column}"),
        Dialect::Postgres => column.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use till_core::kernel::records::{Customer, Discount, Order, SystemEvent, UsageEvent};

    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn rows_of_an_organization_are_found_by_their_ids() {
        let (_folder, db) = database().await;
        let wanted: Vec<Uuid> = (0..100).map(Uuid::from_u128).collect();
        let (dialect, own) = (Dialect::Sqlite, Uuid::nil());
        for n in [1, 3, 100] {
            let some = &wanted[..n];
            for query in [
                owned::<Customer>(dialect, own, some),
                owned::<Discount>(dialect, own, some),
                owned::<Order>(dialect, own, some),
                owned::<SystemEvent>(dialect, own, some),
                owned::<UsageEvent>(dialect, own, some),
            ] {
                let plan = plan(&db, &query);
                assert!(plan.contains("(id=?)"), "{}\n{plan}", query.sql());
            }
        }
    }
}
