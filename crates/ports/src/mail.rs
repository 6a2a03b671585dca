//! The port to e-mail.

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
#[error("the mail was not accepted: {0}")]
pub struct MailError(pub String);

/// Carries e-mail. Held as `Arc<dyn Mail>`.
pub trait Mail: Send + Sync {
    /// True where messages reach the addresses that they are for.
    fn delivers(&self) -> bool {
        true
    }

    /// Hands a message over; done when it was taken, not when it is read.
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>>;
}

/// Writes mail to the log instead of sending it, until there is somebody who carries it.
#[derive(Debug, Clone, Copy)]
pub struct LogMailbox {
    /// True where the words are written too. They hold sign-in links, so whoever reads such a log can sign in as
    /// anybody: for development only.
    pub words: bool,
}

impl Mail for LogMailbox {
    fn delivers(&self) -> bool {
        false
    }

    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        let Message { to, subject, text } = message;
        match self.words {
            true => tracing::info!(target: "till::mail", "mail to {to}: {subject}\n{text}"),
            false => tracing::warn!(
                target: "till::mail",
                "mail to {to} was not sent, because this server sends no e-mail: {subject}. `till sign-in {to}` prints a sign-in link"
            ),
        }
        Box::pin(std::future::ready(Ok(())))
    }
}
