//! Stripe's test cards: what each does, by its number and by the name of its payment method.

use crate::error::Refusal;

/// Cases in which a card asks its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Never, not even where a request asks for it: the card is not enrolled in 3-D Secure.
    Never,
    /// Where a request asks for it.
    WhenRequested,
    /// Until it was set up for later payments.
    UnlessSetUp,
    /// On every payment, even when it was set up.
    Always,
    /// On payments with its holder present; it counts as set up.
    OnSession,
}

/// Reason why a card is declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decline {
    /// `code` of the error.
    pub code: &'static str,
    /// `decline_code` of the error.
    pub decline_code: Option<&'static str>,
    /// Words that the buyer reads.
    pub message: &'static str,
    /// True where it is declined when it is only kept, too.
    pub when_kept: bool,
}

/// Course of a payment afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// Nothing.
    Nothing,
    /// It is disputed, for a reason.
    Disputed(&'static str),
    /// The bank asks about it.
    Inquired(&'static str),
    /// Its refunds are pending for a while.
    RefundPending,
    /// Its refunds fail after a while.
    RefundFails,
}

/// A test card.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Digits.
    pub number: &'static str,
    /// Names of its payment methods.
    pub names: &'static [&'static str],
    /// `visa`, `mastercard`, …
    pub brand: &'static str,
    /// Cases in which it asks its holder.
    pub authentication: Authentication,
    /// Reason why it is declined, if it is.
    pub decline: Option<Decline>,
    /// Course of its payments.
    pub afterwards: Afterwards,
}

const GOOD: Card = Card {
    number: "4242424242424242",
    names: &["pm_card_visa", "pm_card_us"],
    brand: "visa",
    authentication: Authentication::Never,
    decline: None,
    afterwards: Afterwards::Nothing,
};

const fn declined(number: &'static str, names: &'static [&'static str], decline: Decline) -> Card {
    Card {
        number,
        names,
        decline: Some(decline),
        ..GOOD
    }
}

const fn asking(
    number: &'static str,
    names: &'static [&'static str],
    authentication: Authentication,
) -> Card {
    Card {
        number,
        names,
        authentication,
        ..GOOD
    }
}

const fn later(
    number: &'static str,
    names: &'static [&'static str],
    afterwards: Afterwards,
) -> Card {
    Card {
        number,
        names,
        afterwards,
        ..GOOD
    }
}

const fn because(code: &'static str, decline_code: &'static str, message: &'static str) -> Decline {
    Decline {
        code,
        decline_code: Some(decline_code),
        message,
        when_kept: true,
    }
}

const DECLINED: &str = "Your card was declined.";
const GENERIC: Decline = because("card_declined", "generic_decline", DECLINED);
const INSUFFICIENT: Decline = because(
    "card_declined",
    "insufficient_funds",
    "Your card has insufficient funds.",
);

/// A card that no test card is: real ones are declined in test mode, and so is everything in the fake's live mode that
/// is not a test card.
const UNKNOWN: Card = declined(
    "",
    &[],
    because(
        "card_declined",
        "test_mode_live_card",
        "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test \
         cards, visit: https://stripe.com/docs/testing.",
    ),
);

/// The test cards.
pub const CARDS: &[Card] = &[
    GOOD,
    Card {
        number: "4000056655665556",
        names: &["pm_card_visa_debit"],
        ..GOOD
    },
    Card {
        number: "5555555555554444",
        names: &["pm_card_mastercard"],
        brand: "mastercard",
        ..GOOD
    },
    Card {
        number: "378282246310005",
        names: &["pm_card_amex"],
        brand: "amex",
        ..GOOD
    },
    declined(
        "4000000000000002",
        &["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
        GENERIC,
    ),
    declined(
        "4000000000009995",
        &[
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "pm_card_chargeDeclinedInsufficientFunds",
        ],
        INSUFFICIENT,
    ),
    declined(
        "4000000000009987",
        &[
            "pm_card_visa_chargeDeclinedLostCard",
            "pm_card_chargeDeclinedLostCard",
        ],
        because("card_declined", "lost_card", DECLINED),
    ),
    declined(
        "4000000000009979",
        &[
            "pm_card_visa_chargeDeclinedStolenCard",
            "pm_card_chargeDeclinedStolenCard",
        ],
        because("card_declined", "stolen_card", DECLINED),
    ),
    declined(
        "4000000000000069",
        &["pm_card_chargeDeclinedExpiredCard"],
        because("expired_card", "expired_card", "Your card has expired."),
    ),
    declined(
        "4000000000000127",
        &["pm_card_chargeDeclinedIncorrectCvc"],
        because(
            "incorrect_cvc",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
        ),
    ),
    declined(
        "4000000000000119",
        &["pm_card_chargeDeclinedProcessingError"],
        because(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    declined(
        "4000000000006975",
        &["pm_card_visa_chargeDeclinedVelocityLimitExceeded"],
        because(
            "card_declined",
            "card_velocity_exceeded",
            "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        ),
    ),
    declined(
        "4100000000000019",
        &["pm_card_radarBlock"],
        because("card_declined", "fraudulent", DECLINED),
    ),
    declined(
        "4000000000000341",
        &["pm_card_chargeCustomerFail"],
        Decline {
            when_kept: false,
            ..GENERIC
        },
    ),
    asking(
        "4000000000003055",
        &["pm_card_threeDSecureOptional"],
        Authentication::WhenRequested,
    ),
    asking(
        "4000002500003155",
        &["pm_card_authenticationRequiredOnSetup"],
        Authentication::UnlessSetUp,
    ),
    asking(
        "4000002760003184",
        &["pm_card_authenticationRequired"],
        Authentication::Always,
    ),
    asking(
        "4000003800000446",
        &["pm_card_authenticationRequiredSetupForOffSession"],
        Authentication::OnSession,
    ),
    Card {
        decline: Some(Decline {
            when_kept: false,
            ..INSUFFICIENT
        }),
        ..asking(
            "4000008260003178",
            &["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
            Authentication::UnlessSetUp,
        )
    },
    Card {
        decline: Some(GENERIC),
        ..asking(
            "4000008400001629",
            &["pm_card_threeDSecureRequiredChargeDeclined"],
            Authentication::Always,
        )
    },
    later(
        "4000000000000259",
        &["pm_card_createDispute"],
        Afterwards::Disputed("fraudulent"),
    ),
    later(
        "4000000000002685",
        &["pm_card_createDisputeProductNotReceived"],
        Afterwards::Disputed("product_not_received"),
    ),
    later(
        "4000000000001976",
        &["pm_card_createDisputeInquiry"],
        Afterwards::Inquired("fraudulent"),
    ),
    later(
        "4000000000007726",
        &["pm_card_pendingRefund"],
        Afterwards::RefundPending,
    ),
    later(
        "4000000000005126",
        &["pm_card_refundFail"],
        Afterwards::RefundFails,
    ),
];

/// The test card of a payment method's name.
pub fn named(name: &str) -> Option<&'static Card> {
    CARDS.iter().find(|card| card.names.contains(&name))
}

/// The card of a number.
pub fn numbered(number: &str) -> &'static Card {
    CARDS
        .iter()
        .find(|card| card.number == number)
        .unwrap_or(&UNKNOWN)
}

impl Decline {
    /// The error that it answers with.
    pub fn refusal(&self) -> Refusal {
        let refusal = Refusal::card(self.code, self.message);
        match self.decline_code {
            Some(code) => refusal.with("decline_code", code),
            None => refusal,
        }
    }
}

/// The refusal of what was typed into the card field.
///
/// # Errors
///
/// 402 for numbers that are none, and for moments that have passed.
pub fn typed(number: &str, month: i64, year: i64, now: i64) -> Result<(), Refusal> {
    if !(12..=19).contains(&number.len()) || !luhn(number) {
        return Err(
            Refusal::card("incorrect_number", "Your card number is incorrect.").param("number"),
        );
    }
    if !(1..=12).contains(&month) {
        return Err(Refusal::card(
            "invalid_expiry_month",
            "Your card's expiration month is invalid.",
        )
        .param("exp_month"));
    }
    let today = jiff::Timestamp::from_second(now).map(|now| now.to_zoned(jiff::tz::TimeZone::UTC));
    let today = today.map_or((1970, 1), |now| {
        (i64::from(now.year()), i64::from(now.month()))
    });
    if (year, month) < today || year > today.0 + 50 {
        return Err(Refusal::card(
            "invalid_expiry_year",
            "Your card's expiration year is invalid.",
        )
        .param("exp_year"));
    }
    Ok(())
}

/// True where the digits have the right last one.
fn luhn(number: &str) -> bool {
    let mut sum = 0;
    for (at, digit) in number.chars().rev().enumerate() {
        let Some(digit) = digit.to_digit(10) else {
            return false;
        };
        let doubled = if at % 2 == 1 { digit * 2 } else { digit };
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_can_be_typed_and_is_named_once() {
        let mut names = std::collections::HashSet::new();
        for card in CARDS {
            assert!(luhn(card.number), "{}", card.number);
            assert!(typed(card.number, 12, 2034, 1_700_000_000).is_ok());
            assert!(
                card.names.iter().all(|name| names.insert(name)),
                "{:?}",
                card.names
            );
        }
    }

    #[test]
    fn mistyped_and_expired_cards_are_refused() {
        let now = 1_700_000_000; // November 2023
        for (number, month, year, code) in [
            ("4242424242424241", 12, 2034, "incorrect_number"),
            ("42", 12, 2034, "incorrect_number"),
            ("4242424242424242", 13, 2034, "invalid_expiry_month"),
            ("4242424242424242", 10, 2023, "invalid_expiry_year"),
        ] {
            assert_eq!(
                typed(number, month, year, now).expect_err(number).more["code"],
                code
            );
        }
        assert!(typed("4242424242424242", 11, 2023, now).is_ok());
    }
}
