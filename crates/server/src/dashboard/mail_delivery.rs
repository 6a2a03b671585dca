//! Where the mail of this server goes, so that no page promises a letter that nobody gets.

use crate::app::App;

/// The end of a letter's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailDelivery {
    /// It reaches its address.
    Address,
    /// It is printed where Till runs, in development.
    Terminal,
    /// Nobody gets it.
    Nobody,
}

impl MailDelivery {
    /// Of this server.
    pub fn of(app: &App) -> Self {
        match (app.mail.delivers(), app.policy.dev) {
            (true, _) => Self::Address,
            (false, true) => Self::Terminal,
            (false, false) => Self::Nobody,
        }
    }
}
