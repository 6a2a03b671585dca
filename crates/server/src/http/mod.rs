//! HTTP around every handler: intake, limits, idempotency, extractors and errors.

pub mod extract;
pub mod idempotency;
pub mod intake;
pub mod limits;
pub mod same_site;
pub mod viewer;
