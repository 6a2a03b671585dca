//! Actions on each resource, for everybody who asks: load, decide, commit. The API and the pages stand side
//! by side above it; each function takes a caller whose type says what they may do, and answers what is true now.

pub mod benefits;
pub mod checkout_links;
pub mod checkouts;
pub mod clock;
pub mod custom_fields;
pub mod customer_meters;
pub mod customer_sessions;
pub mod customers;
pub mod discounts;
pub mod disputes;
pub mod documents;
pub mod downloads;
pub mod events;
pub mod export;
pub mod files;
pub mod grants;
pub mod license_keys;
pub mod meters;
pub mod orders;
pub mod organizations;
pub mod payments;
pub mod portal;
pub mod products;
pub mod refunds;
pub mod seats;
pub mod subscriptions;
pub mod webhooks;
