//! The words that buyers see when a card is declined.

/// The words for a reason: what happened and what to do. Lost and stolen cards, and suspected fraud, read like any
/// other decline: whoever holds such a card must not learn why it fails.
pub(super) fn decline_message(reason: &str) -> &'static str {
    match reason {
        "insufficient_funds" | "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => {
            "This card has insufficient funds. Try another card."
        }
        "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => {
            "This card has expired. Try another card."
        }
        "incorrect_cvc" | "invalid_cvc" => {
            "The security code is wrong. Check the code on your card and try again."
        }
        "incorrect_number" | "invalid_number" | "invalid_account" => {
            "The card number is wrong. Check the number on your card and try again."
        }
        "card_not_supported" | "currency_not_supported" => {
            "This card cannot be used for this payment. Try another card."
        }
        "processing_error" | "issuer_not_available" | "try_again_later" | "reenter_transaction" => {
            "Something went wrong while your card was processed. Try again in a moment."
        }
        "authentication_required" => {
            "Your bank did not approve the payment. Try again, or use another card."
        }
        _ => "Your bank declined this card. Try another card, or ask your bank.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_card_reads_like_any_other() {
        for reason in [
            "lost_card",
            "stolen_card",
            "fraudulent",
            "merchant_blacklist",
            "",
        ] {
            assert_eq!(
                decline_message(reason),
                decline_message("generic_decline"),
                "{reason}"
            );
        }
    }
}
