//! Wire types of requests and responses. No async, no HTTP, no SQL.

pub mod address;
pub mod benefits;
pub mod checkout_links;
pub mod checkouts;
pub mod clocks;
pub mod country;
pub mod custom_fields;
pub mod customer_state;
pub mod customers;
pub mod discounts;
pub mod disputes;
pub mod error;
pub mod events;
pub mod files;
pub mod input;
pub mod limits;
pub mod metadata;
pub mod meters;
pub mod money;
pub mod orders;
pub mod organizations;
pub mod page;
pub mod payment_methods;
pub mod payments;
pub mod products;
pub mod refunds;
mod request;
pub mod scope;
pub mod subscriptions;
pub mod tax;
pub mod tokens;
pub mod values;
pub mod webhooks;
pub mod words;

pub use utoipa;
