//! The named reads of each feature. Every finder takes the organization, except those whose key is itself
//! the credential.

mod checkouts;
mod customers;
mod organizations;
mod products;
mod sales;
mod webhooks;

pub use customers::BuyerKeys;
pub use webhooks::DeliveryFilter;

use till_core::change::Value;

/// `$n, $n+1, …` for `count` values after `before` others.
fn marks(before: usize, count: usize) -> String {
    (before + 1..=before + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn ids(ids: &[uuid::Uuid]) -> impl Iterator<Item = Value> + '_ {
    ids.iter().map(|id| Value::Uuid(*id))
}
