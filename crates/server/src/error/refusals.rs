//! Refusals of the decisions, as callers meet them.

use axum::http::StatusCode;
use till_core::{kernel::refusal::Refusal, organizations::clock::Unmoved};

use super::ApiError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        match refusal {
            Refusal::NotFound => Self::not_found(),
            Refusal::Invalid(problems) => Self::invalid("PolarRequestValidationError", problems),
            Refusal::NotOpenCheckout => Self::named(
                S::FORBIDDEN,
                "NotOpenCheckout",
                "This checkout is no longer open.",
            ),
            Refusal::ExpiredCheckout => Self::named(
                S::GONE,
                "ExpiredCheckoutError",
                "This checkout has expired.",
            ),
            Refusal::CheckoutLocked => Self::named(
                S::CONFLICT,
                "CheckoutLocked",
                "This checkout is being changed or paid right now. Try again in a moment.",
            ),
            Refusal::AlreadyActiveSubscription => Self::named(
                S::FORBIDDEN,
                "AlreadyActiveSubscriptionError",
                "This customer already has an active subscription.",
            ),
            Refusal::PaymentNotReady => Self::named(
                S::FORBIDDEN,
                "PaymentNotReady",
                "This organization cannot take payments at the moment.",
            ),
            Refusal::Payment(words) => Self::named(S::BAD_REQUEST, "PaymentError", words),
            Refusal::CheckoutCustomerDeleted => Self::named(
                S::CONFLICT,
                "CheckoutCustomerDeleted",
                "The customer of this checkout has been deleted. Create a new checkout.",
            ),
            Refusal::ExternalIdMismatch => Self::named(
                S::UNPROCESSABLE_ENTITY,
                "CheckoutCustomerExternalIdMismatch",
                "This external customer ID belongs to a customer with a different e-mail address.",
            ),
            Refusal::TrialAlreadyRedeemed => Self::named(
                S::FORBIDDEN,
                "TrialAlreadyRedeemed",
                "You have already had a trial. You can continue without one.",
            ),
            Refusal::DiscountRedemptionLimitReached => Self::named(
                S::FORBIDDEN,
                "DiscountRedemptionLimitReached",
                "You have used this discount as often as allowed. Remove it to continue.",
            ),
            Refusal::InvalidQuantity => Self::named(
                S::BAD_REQUEST,
                "InvalidQuantityError",
                "There is no price for this quantity.",
            ),
            Refusal::EmbedHostNotAllowed(words) => {
                Self::named(S::FORBIDDEN, "EmbedHostNotAllowed", words)
            }
            Refusal::RefundedAlready => Self::named(
                S::FORBIDDEN,
                "RefundedAlready",
                "All of this order's money is given back already, or on its way.",
            ),
            Refusal::RevokeSubscriptionBenefitsProhibited => Self::named(
                S::BAD_REQUEST,
                "RevokeSubscriptionBenefitsProhibited",
                "The benefits of a subscription cannot be revoked with a refund. Revoke the subscription instead.",
            ),
            Refusal::RefundUnknownPayment => Self::named(
                S::NOT_FOUND,
                "RefundUnknownPayment",
                "This order was not paid by a payment that could be refunded.",
            ),
            Refusal::RefundPaymentTransactionNotFound => Self::named(
                S::NOT_FOUND,
                "RefundPaymentTransactionNotFound",
                "The payment processor does not know the payment of this order.",
            ),
            Refusal::RefundDisputedPayment => Self::named(
                S::FORBIDDEN,
                "RefundDisputedPayment",
                "The payment of this order is disputed, so it cannot be refunded.",
            ),
            Refusal::DisputeNotOpen => Self::named(
                S::CONFLICT,
                "DisputeNotOpenError",
                "This dispute does not wait for an answer.",
            ),
            Refusal::OrderNotDraft => Self::named(
                S::PRECONDITION_FAILED,
                "OrderNotDraft",
                "This order is not a draft.",
            ),
            Refusal::OffSessionChargesNotEnabled => Self::named(
                S::FORBIDDEN,
                "OffSessionChargesNotEnabled",
                "This organization has not turned on charges of saved payment methods: `off_session_charges_enabled`.",
            ),
            Refusal::OrganizationNotReadyForPayments => Self::named(
                S::FORBIDDEN,
                "OrganizationNotReadyForPayments",
                "This organization cannot take payments at the moment.",
            ),
            Refusal::PaymentFailed(words) => {
                Self::named(S::PAYMENT_REQUIRED, "PaymentFailed", words)
            }
            Refusal::PaymentActionRequired => Self::named(
                S::PAYMENT_REQUIRED,
                "PaymentActionRequired",
                "The customer's bank wants the customer to approve this payment. Nothing was charged.",
            ),
            Refusal::OrderNotDue => Self::named(
                S::CONFLICT,
                "OrderNotDue",
                "This order does not wait for a payment.",
            ),
            Refusal::ManualRetryLimitExceeded => Self::named(
                S::TOO_MANY_REQUESTS,
                "ManualRetryLimitExceeded",
                "The customer has tried to pay this order as often as they may.",
            ),
            Refusal::OrderNotEligibleForInvoice => Self::named(
                S::CONFLICT,
                "OrderNotEligibleForInvoice",
                "A draft and a void order have no invoice.",
            ),
            Refusal::MissingInvoiceBillingDetails => Self::named(
                S::UNPROCESSABLE_ENTITY,
                "MissingInvoiceBillingDetails",
                "The order's billing name and billing address must be set before its invoice can be made.",
            ),
            Refusal::InvoiceDoesNotExist => Self::named(
                S::NOT_FOUND,
                "InvoiceDoesNotExist",
                "The invoice of this order has not been made yet.",
            ),
            Refusal::ReceiptNotAllocated => Self::named(
                S::NOT_FOUND,
                "ReceiptNotAllocated",
                "This order has no receipt, because nothing was charged.",
            ),
            Refusal::CreditNoteDoesNotExist => Self::named(
                S::NOT_FOUND,
                "CreditNoteDoesNotExist",
                "This refund has no credit note, because nothing was given back.",
            ),
            Refusal::PaymentAlreadyInProgress => Self::named(
                S::CONFLICT,
                "PaymentAlreadyInProgress",
                "This order is being charged, and the outcome is not known yet.",
            ),
            Refusal::Subscription(refusal) => refusal.into(),
            Refusal::Seat(refusal) => refusal.into(),
            Refusal::LicenseKey(refusal) => refusal.into(),
            Refusal::Portal(refusal) => refusal.into(),
            Refusal::ClockAdvancing => {
                Self::named(S::CONFLICT, "ClockAdvancing", Unmoved::Advancing.words())
            }
            Refusal::NotPermitted(words) => Self::not_permitted(words),
        }
    }
}
