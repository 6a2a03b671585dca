//! Attempts to pay for a session: from the confirmation that makes one to what its outcome does to the session.

mod card;
mod confirm;
mod current;
mod known;
pub(super) mod paid;

pub use confirm::{Confirmation, confirm, judge, resume};
pub use current::{current, shown};
pub use known::{code_attempt, known, locked, session};
