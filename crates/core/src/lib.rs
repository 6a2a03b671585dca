//! The core: records, decisions, events and refusals. No async, no HTTP, no SQL engine, no clock.

pub mod benefits;
pub mod catalog;
pub mod checkout;
pub mod checkout_links;
pub mod customers;
pub mod discounts;
pub mod documents;
pub mod kernel;
pub mod license_keys;
pub mod mail;
pub mod orders;
pub mod organizations;
pub mod payments;
pub mod people;
pub mod portal;
pub mod seats;
pub mod subscriptions;
pub mod tax;
pub mod terms;
pub mod usage;
pub mod webhooks;
