//! The test cards: their numbers, their names as tokens, and what they do.

use serde::{Deserialize, Serialize};

/// The behaviour of a test card when it is charged or kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Behaviour {
    /// Pays, and can be kept.
    Pays,
    /// Is declined at once, also when it should only be kept.
    Declines(Decline),
    /// Asks for 3-D Secure, then does as the buyer decides; saved, it asks again for each payment.
    Authenticates,
    /// Asks for 3-D Secure, then does as the buyer decides; saved, it pays without asking.
    AuthenticatesOnce,
    /// Can be kept, but every charge is declined.
    KeptButDeclines,
    /// Ends well some seconds later.
    SettlesLater,
    /// Ends badly some seconds later.
    FailsLater,
    /// Pays; the buyer contests the charge some seconds later.
    Disputes(DisputeReason),
    /// Pays; the bank warns some seconds later that the buyer is about to contest the charge.
    Warns,
    /// Pays; a refund is done some seconds after it was asked for.
    RefundsLater,
    /// Pays; a refund is done at once, and comes back some seconds later.
    RefundFails,
}

/// Reason why a buyer contests a charge, and how it ends if nobody concedes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DisputeReason {
    /// Is lost.
    Fraudulent,
    /// Is won.
    ProductNotReceived,
}

impl DisputeReason {
    /// The code that merchants see.
    pub(super) fn code(self) -> &'static str {
        match self {
            DisputeReason::Fraudulent => "fraudulent",
            DisputeReason::ProductNotReceived => "product_not_received",
        }
    }
}

/// Reason why a card is declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decline {
    Generic,
    InsufficientFunds,
    LostCard,
    StolenCard,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
    AuthenticationRequired,
}

impl Decline {
    /// The code that merchants see.
    pub(super) fn code(self) -> &'static str {
        match self {
            Decline::Generic => "generic_decline",
            Decline::InsufficientFunds => "insufficient_funds",
            Decline::LostCard => "lost_card",
            Decline::StolenCard => "stolen_card",
            Decline::ExpiredCard => "expired_card",
            Decline::IncorrectCvc => "incorrect_cvc",
            Decline::ProcessingError => "processing_error",
            Decline::AuthenticationRequired => "authentication_required",
        }
    }
}

/// One card of the table.
pub(super) struct TestCard {
    pub(super) number: &'static str,
    pub(super) brand: &'static str,
    /// As `confirmation_token`, besides tokens made from the number.
    pub(super) names: &'static [&'static str],
    pub(super) behaviour: Behaviour,
}

const fn card(
    number: &'static str,
    brand: &'static str,
    names: &'static [&'static str],
    behaviour: Behaviour,
) -> TestCard {
    TestCard {
        number,
        brand,
        names,
        behaviour,
    }
}

use Behaviour::{
    Authenticates, AuthenticatesOnce, Declines, Disputes, FailsLater, KeptButDeclines, Pays,
    RefundFails, RefundsLater, SettlesLater, Warns,
};

#[rustfmt::skip]
pub(super) static CARDS: &[TestCard] = &[
    card("4242424242424242", "visa", &["pm_card_visa"], Pays),
    card("4000056655665556", "visa", &["pm_card_visa_debit"], Pays),
    card("5555555555554444", "mastercard", &["pm_card_mastercard"], Pays),
    card("2223003122003222", "mastercard", &[], Pays),
    card("5200828282828210", "mastercard", &["pm_card_mastercard_debit"], Pays),
    card("5105105105105100", "mastercard", &["pm_card_mastercard_prepaid"], Pays),
    card("378282246310005", "amex", &["pm_card_amex"], Pays),
    card("371449635398431", "amex", &[], Pays),
    card("6011111111111117", "discover", &["pm_card_discover"], Pays),
    card("6011000990139424", "discover", &[], Pays),
    card("3056930009020004", "diners", &["pm_card_diners"], Pays),
    card("36227206271667", "diners", &[], Pays),
    card("3566002020360505", "jcb", &["pm_card_jcb"], Pays),
    card("6200000000000005", "unionpay", &["pm_card_unionpay"], Pays),
    card("4000000000000002", "visa",
        &["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
        Declines(Decline::Generic)),
    card("4000000000009995", "visa",
        &["pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"],
        Declines(Decline::InsufficientFunds)),
    card("4000000000009987", "visa",
        &["pm_card_visa_chargeDeclinedLostCard", "pm_card_chargeDeclinedLostCard"],
        Declines(Decline::LostCard)),
    card("4000000000009979", "visa",
        &["pm_card_visa_chargeDeclinedStolenCard", "pm_card_chargeDeclinedStolenCard"],
        Declines(Decline::StolenCard)),
    card("4000000000000069", "visa",
        &["pm_card_visa_chargeDeclinedExpiredCard", "pm_card_chargeDeclinedExpiredCard"],
        Declines(Decline::ExpiredCard)),
    card("4000000000000127", "visa",
        &["pm_card_visa_chargeDeclinedIncorrectCvc", "pm_card_chargeDeclinedIncorrectCvc"],
        Declines(Decline::IncorrectCvc)),
    card("4000000000000119", "visa",
        &["pm_card_visa_chargeDeclinedProcessingError", "pm_card_chargeDeclinedProcessingError"],
        Declines(Decline::ProcessingError)),
    card("4000002500003155", "visa", &["pm_card_authenticationRequiredOnSetup"], AuthenticatesOnce),
    card("4000002760003184", "visa", &["pm_card_authenticationRequired"], Authenticates),
    card("4000000000003220", "visa", &["pm_card_threeDSecure2Required"], Authenticates),
    card("4000000000000341", "visa",
        &["pm_card_chargeCustomerFail", "pm_card_visa_chargeCustomerFail"],
        KeptButDeclines),
    card("4000000000000259", "visa", &["pm_card_createDispute"], Disputes(DisputeReason::Fraudulent)),
    card("4000000000002685", "visa",
        &["pm_card_createDisputeProductNotReceived"],
        Disputes(DisputeReason::ProductNotReceived)),
    card("4000000000007726", "visa", &["pm_card_pendingRefund"], RefundsLater),
    card("4000000000005126", "visa", &["pm_card_refundFail"], RefundFails),
    card("4000000000003022", "visa", &["pm_card_disputePrevented"], Warns),
    card("4000000000003006", "visa", &["pm_card_settlesLater"], SettlesLater),
    card("4000000000003014", "visa", &["pm_card_failsLater"], FailsLater),
];

/// The card that a well-known token name stands for.
pub(super) fn named(token: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.names.contains(&token))
}
