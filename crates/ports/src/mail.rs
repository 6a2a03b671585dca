//! The port to e-mail.

mod smtp;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

use jiff::Timestamp;

use crate::processor::BoxFuture;

pub use self::smtp::{Security, SettingsError, Smtp, SmtpSettings};
pub use self::text::{Address, Line, MessageId, NotAnAddress};

/// The most bytes of a message's texts together.
pub const LARGEST: usize = 256 * 1024;

/// The most bytes of a file that goes with a message.
pub const LARGEST_ATTACHMENT: usize = 2 * 1024 * 1024;

/// A file that goes with a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: Line,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// An e-mail to one address. No part of its head can begin another line of it: the types see to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The name that it comes from; the address is the transport's.
    pub from: Line,
    /// The address for answers; none: the sender's.
    pub reply_to: Option<Address>,
    /// The address.
    pub to: Address,
    /// The subject.
    pub subject: Line,
    /// The words as plain text, lines of at most 78 characters where no address is longer.
    pub text: String,
    /// The words as HTML.
    pub html: Option<String>,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
    /// The name of the message: the same each time that it is sent.
    pub id: MessageId,
    /// Time at which it was written.
    pub date: Timestamp,
}

/// Reason why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The same message may be sent again later.
    #[error("the mail was not accepted: {0}")]
    Later(String),
    /// The server will never take this message.
    #[error("the mail was refused: {0}")]
    Refused(String),
}

/// Carries e-mail. Held as `Arc<dyn Mail>`.
pub trait Mail: Send + Sync {
    /// True where messages reach the addresses that they are for.
    fn delivers(&self) -> bool {
        true
    }

    /// Hands a message over; done when it was taken, not when it is read.
    ///
    /// # Errors
    /// [`MailError`]: whether it may be sent again.
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>>;
}

/// Writes mail to the log instead of sending it, where there is nobody who carries it.
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
        let Message {
            to, subject, text, ..
        } = message;
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
