//! Notices, which a processor sends by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something happened at the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The processor's name for the event; the same however often it is sent.
    pub id: String,
    /// Time at which it happened.
    pub at: Timestamp,
    /// The thing to ask for.
    pub subject: NoticeSubject,
}

/// The notices of some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeList {
    /// Every notice from the moment that was asked for up to `until`, the oldest first.
    pub notices: Vec<Notice>,
    /// The moment up to which the list is whole: earlier than was asked for where there are more notices than are read
    /// at once. Those after it are asked for from there.
    pub until: Timestamp,
}

/// The subject of a notice. It does not say how the thing stands: that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NoticeSubject {
    /// An attempt: [`super::Processor::retrieve`].
    Attempt {
        /// Ours.
        attempt_id: Uuid,
        /// [`super::Prepared::reference`].
        reference: String,
    },
    /// A refund: [`super::Processor::refunds_of`] its charge.
    Refund {
        /// Ours; `None` for one that was made at the processor.
        refund_id: Option<Uuid>,
        /// The processor's name for the refund.
        reference: String,
        /// [`super::Prepared::reference`] of the attempt that took the money.
        charge: String,
    },
    /// A dispute: [`super::Processor::dispute`].
    Dispute {
        /// [`super::Dispute::reference`].
        reference: String,
        /// [`super::Prepared::reference`] of the attempt that took the money.
        charge: String,
    },
    /// A saved method whose card has changed, its expiry for example: [`super::Processor::method`].
    Method {
        /// [`super::Method::reference`].
        reference: String,
    },
}
