//! What is said: request and response types. No async, no HTTP, no SQL.

pub mod address;
pub mod checkouts;
pub mod country;
pub mod customers;
pub mod error;
pub mod events;
pub mod input;
pub mod metadata;
pub mod money;
pub mod orders;
pub mod organizations;
pub mod page;
pub mod payments;
pub mod products;
mod schema;
pub mod scope;
pub mod subscriptions;
pub mod tokens;
pub mod values;
pub mod webhooks;
pub mod words;

pub use utoipa;
