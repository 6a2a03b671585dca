//! The parts of every decision: rows, changes, the moment and the ids, events, jobs and refusals.

pub mod budgets;
pub mod changes;
pub mod context;
pub mod events;
pub mod facts;
pub mod folding;
pub mod grants;
pub mod hex;
pub mod idempotency;
pub mod job_request;
pub mod jobs;
pub mod letters;
pub mod password;
pub mod period;
pub mod records;
pub mod refusal;
pub mod report_period;
pub mod retention;
pub mod rows;
pub mod tokens;
pub mod urls;
pub mod values;
pub mod writes;
