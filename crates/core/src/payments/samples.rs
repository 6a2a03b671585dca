//! Outcomes that tests of every purpose record.

use till_wire::payments::CardMetadata;

use super::outcome::Outcome;

pub(crate) fn succeeded() -> Outcome {
    Outcome::Succeeded {
        card: CardMetadata {
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 12,
            exp_year: 2030,
            wallet: None,
        },
        method_reference: "pm_1".into(),
        card_fingerprint: "print_1".into(),
        charged: None,
    }
}

pub(crate) fn failed() -> Outcome {
    Outcome::Failed {
        reason: "card_declined".into(),
        message: "No.".into(),
        card: None,
        card_fingerprint: None,
        request_id: None,
    }
}
