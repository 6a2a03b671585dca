//! Reasons of declines, in a merchant's words: what the buyer is told is about their own bank.

use crate::dashboard::parts::sentence;

/// The reason of a declined payment, by the code that the processor or Till has for it.
pub fn words(code: &str) -> String {
    let known = match code {
        "generic_decline" | "card_declined" | "do_not_honor" => {
            "The bank declined the card without giving a reason"
        }
        "insufficient_funds" => "The card has insufficient funds",
        "lost_card" => "The card was reported lost",
        "stolen_card" => "The card was reported stolen",
        "expired_card" => "The card has expired",
        "incorrect_cvc" | "invalid_cvc" => "The security code is wrong",
        "incorrect_number" | "invalid_number" => "The card number is wrong",
        "processing_error" => "The bank could not process the payment",
        "authentication_required" => "The bank wants the customer to approve the payment",
        "processor_unreachable" => "The payment processor could not be reached",
        "abandoned" => "The payment was not completed",
        "amount_too_large" => "The amount is more than the payment processor takes in one charge",
        "invalid_request" => "The payment processor refused the request",
        other => return sentence(other),
    };
    known.to_owned()
}
