use super::*;

#[tokio::test]
async fn named_cards_do_what_they_are_known_for() {
    let cases = [
        ("pm_card_visa", "succeeded", "succeeded"),
        ("pm_card_visa_debit", "succeeded", "succeeded"),
        ("pm_card_mastercard", "succeeded", "succeeded"),
        ("pm_card_amex", "succeeded", "succeeded"),
        ("pm_card_discover", "succeeded", "succeeded"),
        ("pm_card_diners", "succeeded", "succeeded"),
        ("pm_card_jcb", "succeeded", "succeeded"),
        ("pm_card_unionpay", "succeeded", "succeeded"),
        (
            "pm_card_visa_chargeDeclined",
            "generic_decline",
            "generic_decline",
        ),
        (
            "pm_card_chargeDeclined",
            "generic_decline",
            "generic_decline",
        ),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "insufficient_funds",
            "insufficient_funds",
        ),
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "insufficient_funds",
            "insufficient_funds",
        ),
        ("pm_card_chargeDeclinedLostCard", "lost_card", "lost_card"),
        (
            "pm_card_chargeDeclinedStolenCard",
            "stolen_card",
            "stolen_card",
        ),
        (
            "pm_card_chargeDeclinedExpiredCard",
            "expired_card",
            "expired_card",
        ),
        (
            "pm_card_chargeDeclinedIncorrectCvc",
            "incorrect_cvc",
            "incorrect_cvc",
        ),
        (
            "pm_card_chargeDeclinedProcessingError",
            "processing_error",
            "processing_error",
        ),
        (
            "pm_card_authenticationRequired",
            "requires_action",
            "requires_action",
        ),
        (
            "pm_card_threeDSecure2Required",
            "requires_action",
            "requires_action",
        ),
        ("pm_card_chargeCustomerFail", "generic_decline", "succeeded"),
        (
            "pm_card_authenticationRequiredOnSetup",
            "requires_action",
            "requires_action",
        ),
        ("pm_card_createDispute", "succeeded", "succeeded"),
        (
            "pm_card_createDisputeProductNotReceived",
            "succeeded",
            "succeeded",
        ),
        ("pm_card_settlesLater", "processing", "processing"),
        ("pm_card_failsLater", "processing", "processing"),
    ];
    let fixture = fixture();
    for (id, (token, charged, kept)) in (0..).step_by(2).zip(cases) {
        assert_eq!(
            told(&fixture.pay(charge(id, token)).await),
            charged,
            "charge {token}"
        );
        assert_eq!(
            told(&fixture.pay(setup(id + 1, token)).await),
            kept,
            "setup {token}"
        );
    }
}

#[tokio::test]
async fn typed_cards_do_what_they_are_known_for() {
    let cases = [
        ("4242 4242 4242 4242", "succeeded"),
        ("378282246310005", "succeeded"),
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000009987", "lost_card"),
        ("4000000000009979", "stolen_card"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
        ("4000002500003155", "requires_action"),
        ("4000000000003220", "requires_action"),
        ("4000000000000341", "generic_decline"),
        ("4000000000003006", "processing"),
        ("4000000000003014", "processing"),
    ];
    let fixture = fixture();
    for (id, (number, outcome)) in (0..).zip(cases) {
        let token = fixture
            .sandbox
            .tokenize(typed(number), at(0))
            .await
            .unwrap();
        assert!(token.starts_with("ctoken_sandbox_"), "{token}");
        assert_eq!(
            told(&fixture.pay(charge(id, &token)).await),
            outcome,
            "{number}"
        );
    }
}

#[tokio::test]
async fn asynchronous_payments_end_three_seconds_after_confirmation() {
    let fixture = fixture();
    for (id, token, end) in [
        (1, "pm_card_settlesLater", "succeeded"),
        (2, "pm_card_failsLater", "generic_decline"),
    ] {
        fixture.pay(charge(id, token)).await;
        assert_eq!(fixture.state(id, at(2)).await, "processing");
        assert_eq!(fixture.state(id, at(3)).await, end);
    }
}
