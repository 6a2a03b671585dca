//! What is: records, decisions, events and refusals. No async, no HTTP, no SQL engine, no clock.

pub mod at;
pub mod change;
pub mod jobs;
pub mod rows;
