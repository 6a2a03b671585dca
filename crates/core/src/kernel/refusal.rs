//! Reason why a decision says no. The server alone knows how each is told.

mod license_keys;
mod portal;
mod seats;
mod subscriptions;

use till_wire::{input::Problem, loc};
use uuid::Uuid;

pub use license_keys::LicenseKeyRefusal;
pub use portal::PortalRefusal;
pub use seats::SeatRefusal;
pub use subscriptions::SubscriptionRefusal;

/// A decision's no.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// It is not there, or belongs to somebody else.
    NotFound,
    /// Fields break rules that need data to judge (`PolarRequestValidationError`).
    Invalid(Vec<Problem>),
    /// The session is no longer open.
    NotOpenCheckout,
    /// The session's time is over.
    ExpiredCheckout,
    /// An attempt to pay is in flight.
    CheckoutLocked,
    /// The buyer holds a subscription already.
    AlreadyActiveSubscription,
    /// The organization cannot take money now.
    PaymentNotReady,
    /// The buyer has had a trial of this organization before.
    TrialAlreadyRedeemed,
    /// The buyer has used the discount as often as one customer may.
    DiscountRedemptionLimitReached,
    /// A quantity that no tier is made for.
    InvalidQuantity,
    /// The site may not embed the organization's checkout.
    EmbedHostNotAllowed(String),
    /// The processor said no; its words.
    Payment(String),
    /// The linked customer was deleted.
    CheckoutCustomerDeleted,
    /// The external id belongs to a customer with another e-mail.
    ExternalIdMismatch,
    /// Everything that the order was paid with is given back, or on its way.
    RefundedAlready,
    /// The benefits of a subscription cannot be taken back with a refund.
    RevokeSubscriptionBenefitsProhibited,
    /// The order was not paid with anything that could be given back.
    RefundUnknownPayment,
    /// The processor has no name for what the order was paid with.
    RefundPaymentTransactionNotFound,
    /// The buyer contests the payment: their bank gives the money back, or nobody does.
    RefundDisputedPayment,
    /// The dispute does not wait for an answer.
    DisputeNotOpen,
    /// The order is no draft, or is being charged.
    OrderNotDraft,
    /// The merchant has not turned on drafts that are charged to saved cards.
    OffSessionChargesNotEnabled,
    /// The organization cannot take money now; told to the merchant.
    OrganizationNotReadyForPayments,
    /// A saved card was not charged; why.
    PaymentFailed(String),
    /// The bank wants its holder's approval for a charge of a saved card, and they are away.
    PaymentActionRequired,
    /// The order does not wait for a payment.
    OrderNotDue,
    /// The customer has tried to pay the order as often as they may.
    ManualRetryLimitExceeded,
    /// The order has no invoice: it is a draft, or void.
    OrderNotEligibleForInvoice,
    /// The order lacks the name or the address of who is billed.
    MissingInvoiceBillingDetails,
    /// The invoice was not made yet.
    InvoiceDoesNotExist,
    /// Nothing was charged for the order.
    ReceiptNotAllocated,
    /// The refund has given nothing back.
    CreditNoteDoesNotExist,
    /// It is not known yet how a charge ends.
    PaymentAlreadyInProgress,
    /// A subscription is not changed; why.
    Subscription(SubscriptionRefusal),
    /// A seat is not given or claimed; why.
    Seat(SeatRefusal),
    /// A license key cannot be used, for this reason.
    LicenseKey(LicenseKeyRefusal),
    /// Something is not done in the customer portal; why.
    Portal(PortalRefusal),
    /// The organization's test clock is being moved.
    ClockAdvancing,
    /// Not allowed; why.
    NotPermitted(String),
}

impl Refusal {
    /// One broken field.
    pub fn field(problem: Problem) -> Self {
        Refusal::Invalid(vec![problem])
    }
}

/// `Ok` when nothing was collected, else all of it at once.
pub fn collected(problems: Vec<Problem>) -> Result<(), Refusal> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(problems))
    }
}

/// An organization's token already says which organization (docs/behaviour: api/organization).
pub fn no_organization_id(id: Option<Uuid>, problems: &mut Vec<Problem>) {
    if let Some(id) = id {
        problems.push(Problem::new(
            "organization_token",
            loc!["body", "organization_id"],
            "Setting organization_id is disallowed when using an organization token",
            id.to_string(),
        ));
    }
}
