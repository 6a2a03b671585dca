//! What Till asks of whoever carries its e-mail.

use crate::processor::BoxFuture;

/// A plain text e-mail to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The words, lines of at most 78 characters where no address is longer.
    pub text: String,
}

/// The mail was not taken; the same one may be sent again later.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the mail was not taken: {0}")]
pub struct MailError(pub String);

/// Carries e-mail. Held as `Arc<dyn Mail>`.
pub trait Mail: Send + Sync {
    /// Hands a message over; done when it was taken, not when it is read.
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>>;
}

/// Writes mail to the log, where the operator reads it: for development, and until mail is set up.
/// Its lines hold sign-in links, so whoever reads the log can sign in as anybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogMailbox;

impl Mail for LogMailbox {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        let Message { to, subject, text } = message;
        tracing::info!(target: "till::mail", "mail to {to}: {subject}\n{text}");
        Box::pin(std::future::ready(Ok(())))
    }
}
