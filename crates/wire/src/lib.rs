//! What is said: request and response types. No async, no HTTP, no SQL.

pub mod country;
pub mod money;
