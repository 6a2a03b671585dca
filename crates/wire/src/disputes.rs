//! Disputes: payments that buyers contest at their banks.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{customers::Customer, money::Currency};

crate::words! {
    /// Status of a dispute.
    pub enum DisputeStatus {
        /// The dispute ended before it began: the money was given back in time.
        Prevented = "prevented",
        /// The bank warns that the buyer is about to contest the payment.
        EarlyWarning = "early_warning",
        /// The money is withheld until the dispute is decided; evidence can be sent.
        NeedsResponse = "needs_response",
        /// The bank decides on the evidence.
        UnderReview = "under_review",
        /// The money is the buyer's.
        Lost = "lost",
        /// The money is yours again.
        Won = "won",
    }
}

/// Dispute: a payment that a buyer contests at their bank. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dispute {
    /// The dispute without its customer.
    #[serde(flatten)]
    pub base: RefundDispute,
    /// Customer who paid.
    pub customer: Customer,
    /// ID of the support case of the dispute; always null, because Till has no such cases.
    pub case_id: Option<Uuid>,
}

/// Dispute as a refund shows it: what the refund prevented. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefundDispute {
    /// ID of the dispute.
    pub id: Uuid,
    /// Time at which Till first heard of the dispute, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the dispute, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Status of the dispute.
    pub status: DisputeStatus,
    /// True if the dispute is decided: won or lost.
    pub resolved: bool,
    /// True if the dispute is over: prevented, won or lost.
    pub closed: bool,
    /// Amount contested, without tax, in minor units.
    pub amount: i64,
    /// Tax contested with the amount, in minor units.
    pub tax_amount: i64,
    /// Currency of the dispute.
    pub currency: Currency,
    /// Reason that the bank gives, such as `fraudulent`; null if it gives none.
    pub reason: Option<String>,
    /// Time until which evidence is taken, in UTC; null if none is.
    pub evidence_due_by: Option<Timestamp>,
    /// True if that time is over.
    pub past_due: bool,
    /// ID of the order that was paid.
    pub order_id: Uuid,
    /// ID of the payment that is contested.
    pub payment_id: Uuid,
}
