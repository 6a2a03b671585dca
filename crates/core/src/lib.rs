//! What is: records, decisions, events and refusals. No async, no HTTP, no SQL engine, no clock.

pub mod at;
pub mod change;
pub mod checkout;
pub mod customers;
pub mod event;
pub mod history;
pub mod javascript;
pub mod jobs;
pub mod orders;
pub mod organizations;
pub mod payments;
pub mod people;
pub mod period;
pub mod products;
pub mod records;
pub mod refusal;
pub mod rows;
pub mod sign_in;
pub mod site;
pub mod subscriptions;
pub mod tax_id;
pub mod team;
pub mod tokens;
pub mod webhooks;
