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
async fn preparing_moves_nothing_and_is_idempotent() {
    let fixture = fixture();
    let token = fixture
        .sandbox
        .tokenize(typed("4242424242424242"), at(0))
        .await
        .unwrap();
    let first = fixture
        .sandbox
        .prepare(charge(1, &token), at(0))
        .await
        .unwrap();
    // Long after the token's time: the attempt has it already.
    let second = fixture
        .sandbox
        .prepare(charge(1, &token), at(9_000))
        .await
        .unwrap();
    assert_eq!(first, second);
    assert_eq!(
        fixture.sandbox.retrieve(Uuid::from_u128(1), at(0)).await,
        Ok(None)
    );
    assert!(!format!("{first:?}").contains(&first.client_secret));
}

#[tokio::test]
async fn one_attempt_id_is_one_request() {
    let fixture = fixture();
    fixture
        .sandbox
        .prepare(charge(1, "pm_card_visa"), at(0))
        .await
        .unwrap();
    let other_amount = Attempt {
        kind: AttemptKind::Charge {
            amount: usd(999),
            save_card: false,
        },
        ..charge(1, "pm_card_visa")
    };
    for other in [
        other_amount,
        setup(1, "pm_card_visa"),
        charge(1, "pm_card_amex"),
    ] {
        assert!(is_refused(fixture.sandbox.prepare(other, at(0)).await));
    }
}

#[tokio::test]
async fn confirming_twice_gives_the_first_outcome() {
    let fixture = fixture();
    let first = fixture.pay(charge(1, "pm_card_visa")).await;
    assert_eq!(fixture.pay(charge(1, "pm_card_visa")).await, first);
    let id = Uuid::from_u128(1);
    assert_eq!(fixture.sandbox.retrieve(id, at(9)).await, Ok(Some(first)));
}

#[tokio::test]
async fn confirming_needs_the_reference_of_the_attempt() {
    let fixture = fixture();
    let id = Uuid::from_u128(1);
    assert!(is_refused(
        fixture.sandbox.confirm(id, "pi_sandbox_x", at(0)).await
    ));
    let prepared = fixture
        .sandbox
        .prepare(charge(1, "pm_card_visa"), at(0))
        .await
        .unwrap();
    assert!(is_refused(
        fixture.sandbox.confirm(id, "pi_sandbox_x", at(0)).await
    ));
    let other = Uuid::from_u128(2);
    assert!(is_refused(
        fixture
            .sandbox
            .confirm(other, &prepared.reference, at(0))
            .await
    ));
    assert_eq!(fixture.sandbox.retrieve(id, at(0)).await, Ok(None));
    assert_eq!(fixture.sandbox.retrieve(other, at(0)).await, Ok(None));
}

#[tokio::test]
async fn amounts_are_more_than_zero() {
    let fixture = fixture();
    for minor in [0, -1, i64::MIN] {
        let attempt = Attempt {
            kind: AttemptKind::Charge {
                amount: usd(minor),
                save_card: false,
            },
            ..charge(1, "pm_card_visa")
        };
        assert!(is_refused(fixture.sandbox.prepare(attempt, at(0)).await));
    }
    assert!(fixture.memory.dump().is_empty());
}

#[tokio::test]
async fn asynchronous_payments_end_three_seconds_after_confirmation() {
    let fixture = fixture();
    for (id, token, end) in [
        (1, "pm_card_settlesLater", "succeeded"),
        (2, "pm_card_failsLater", "generic_decline"),
    ] {
        fixture.pay(charge(id, token)).await;
        let id = Uuid::from_u128(id);
        let later = async |at| fixture.sandbox.retrieve(id, at).await.unwrap().unwrap();
        assert_eq!(told(&later(at(2)).await), "processing");
        assert_eq!(told(&later(at(3)).await), end);
    }
}

#[test]
fn the_sandbox_is_a_processor_behind_a_pointer() {
    let processor: Arc<dyn Processor> = Arc::new(fixture().sandbox);
    assert_eq!(processor.publishable_key(), "pk_sandbox");
}
