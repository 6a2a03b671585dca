//! Refunds: money that is given back.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{disputes::RefundDispute, metadata::Metadata, money::Currency};

mod requests;

pub use requests::RefundCreate;

crate::words! {
    /// Status of a refund.
    pub enum RefundStatus {
        /// The payment processor is at it.
        Pending = "pending",
        /// The money was given back.
        Succeeded = "succeeded",
        /// The money could not be given back; also after it seemed to be.
        Failed = "failed",
        /// The refund was taken back before it was done.
        Canceled = "canceled",
    }
}

crate::words! {
    /// Reason for a refund.
    pub enum RefundReason {
        /// The customer paid twice.
        Duplicate = "duplicate",
        /// The cardholder did not buy.
        Fraudulent = "fraudulent",
        /// The customer asked for it.
        CustomerRequest = "customer_request",
        /// The purchase did not work.
        ServiceDisruption = "service_disruption",
        /// A guarantee was kept.
        SatisfactionGuarantee = "satisfaction_guarantee",
        /// The money was given back before the cardholder disputed the payment; never given by you.
        DisputePrevention = "dispute_prevention",
        /// Anything else; also of a refund that was made at the payment processor.
        Other = "other",
    }
}

/// Credit note of a refund, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundCreditNote {
    /// Address of the PDF file, which works for ten minutes: whoever has it can fetch the file.
    pub url: String,
}

/// Refund: money of an order that is given back. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Refund {
    /// ID of the refund.
    pub id: Uuid,
    /// Time at which the refund was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the refund, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Your own key-value data on the refund: up to 50 keys.
    pub metadata: Metadata,
    /// Status of the refund.
    pub status: RefundStatus,
    /// Reason for the refund.
    pub reason: RefundReason,
    /// Amount given back, without tax, in minor units.
    pub amount: i64,
    /// Tax given back with the amount, in minor units.
    pub tax_amount: i64,
    /// Currency of the refund: that of its order.
    pub currency: Currency,
    /// ID of the organization that the refund belongs to.
    pub organization_id: Uuid,
    /// ID of the order whose money is given back.
    pub order_id: Uuid,
    /// ID of the subscription that the order belongs to; null for a one-time purchase.
    pub subscription_id: Option<Uuid>,
    /// ID of the customer who gets the money back.
    pub customer_id: Uuid,
    /// True if the benefits of the order are taken back with the money.
    pub revoke_benefits: bool,
    /// Dispute that the refund prevented; null if there was none.
    pub dispute: Option<RefundDispute>,
}
