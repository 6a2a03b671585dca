//! Money that is given back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::money::Money;
use uuid::Uuid;

/// Money to give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// [`super::Prepared::reference`] of the attempt that took the money.
    pub charge: String,
    /// Ours, and the idempotency key.
    pub refund_id: Uuid,
    /// The amount, in the currency of the charge; more than zero.
    pub amount: Money,
}

/// The state of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RefundOutcome {
    /// Final: given back.
    Succeeded {
        /// The processor's name for the refund.
        reference: String,
    },
    /// Accepted; asking again with the same refund id tells how it ended.
    Processing,
    /// Final: the buyer's bank has the money back already, or will have unless the dispute is won.
    Disputed,
    /// Final: nothing is left of the charge; somebody else gave it back.
    AlreadyRefunded,
    /// Final: could not be given back.
    Failed {
        /// A code such as `expired_or_canceled_card`.
        reason: String,
    },
    /// Final: taken back before it was done; the buyer has nothing of it.
    Canceled,
}

/// A refund as it stands at the processor, whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessorRefund {
    /// The processor's name for it.
    pub reference: String,
    /// Ours; `None` for one that was made at the processor.
    pub refund_id: Option<Uuid>,
    /// The amount, in the currency of the charge.
    pub amount: Money,
    /// Its state: never [`RefundOutcome::Disputed`] or [`RefundOutcome::AlreadyRefunded`], which are why there is no
    /// refund.
    pub outcome: RefundOutcome,
    /// Time at which it was made.
    pub made_at: Timestamp,
}
