//! A charge that the buyer contests at their bank.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::money::Money;

/// A dispute as it stands at the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The processor's name for it.
    pub reference: String,
    /// [`super::Prepared::reference`] of the attempt that took the money.
    pub charge: String,
    /// The amount that is contested.
    pub amount: Money,
    /// A code such as `fraudulent` or `product_not_received`.
    pub reason: String,
    /// The status.
    pub status: DisputeStatus,
    /// Time at which the buyer's bank opened it.
    pub opened_at: Timestamp,
    /// Until when evidence is taken; `None` where none is.
    pub respond_by: Option<Timestamp>,
}

/// The status of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// The bank asks before it takes the money back.
    EarlyWarning,
    /// The money is withheld; evidence can be sent.
    NeedsResponse,
    /// The bank decides on the evidence.
    UnderReview,
    /// Final: the money is the merchant's again.
    Won,
    /// Final: the money is the buyer's.
    Lost,
    /// Final: ended before it began, by a refund.
    Prevented,
    /// Final: the bank asked, and nobody took the money back.
    InquiryClosed,
    /// A state that this version does not know: it changes nothing.
    Unknown,
}
