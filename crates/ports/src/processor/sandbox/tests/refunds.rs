use super::*;

pub(super) fn refund(refund_id: u128, minor: i64) -> RefundRequest {
    RefundRequest {
        payment_attempt_id: Uuid::from_u128(1),
        refund_id: Uuid::from_u128(refund_id),
        amount: usd(minor),
    }
}

#[tokio::test]
async fn refunds_never_exceed_the_charge() {
    let fixture = fixture();
    fixture.pay(charge(1, "pm_card_visa")).await;
    let give = async |id, minor| fixture.sandbox.refund(refund(id, minor), at(1)).await;
    assert!(is_refused(give(1, 1_001).await));
    assert!(is_refused(give(1, 0).await));
    assert!(is_refused(give(1, -5).await));
    assert!(give(1, 600).await.is_ok());
    assert!(is_refused(give(2, 401).await));
    assert!(is_refused(give(2, i64::MAX).await));
    assert!(give(2, 400).await.is_ok());
    assert!(is_refused(give(3, 1).await));
}

#[tokio::test]
async fn a_refund_id_refunds_once() {
    let fixture = fixture();
    fixture.pay(charge(1, "pm_card_visa")).await;
    let first = fixture.sandbox.refund(refund(1, 600), at(1)).await.unwrap();
    assert_eq!(
        fixture.sandbox.refund(refund(1, 600), at(2)).await.unwrap(),
        first
    );
    assert!(is_refused(
        fixture.sandbox.refund(refund(1, 100), at(2)).await
    ));
    assert!(fixture.sandbox.refund(refund(2, 400), at(2)).await.is_ok());
}

#[tokio::test]
async fn only_money_that_was_taken_is_given_back() {
    let fixture = fixture();
    assert!(is_refused(
        fixture.sandbox.refund(refund(1, 1), at(0)).await
    ));
    fixture
        .sandbox
        .prepare(charge(1, "pm_card_failsLater"), at(0))
        .await
        .unwrap();
    assert!(is_refused(
        fixture.sandbox.refund(refund(1, 1), at(0)).await
    ));
    fixture.pay(charge(1, "pm_card_failsLater")).await;
    for seconds in [1, 10] {
        assert!(is_refused(
            fixture.sandbox.refund(refund(1, 1), at(seconds)).await
        ));
    }
    fixture.pay(setup(2, "pm_card_visa")).await;
    let of_setup = RefundRequest {
        payment_attempt_id: Uuid::from_u128(2),
        ..refund(1, 1)
    };
    assert!(is_refused(fixture.sandbox.refund(of_setup, at(1)).await));
}

#[tokio::test]
async fn a_refund_is_in_the_currency_of_its_charge() {
    let fixture = fixture();
    fixture.pay(charge(1, "pm_card_visa")).await;
    let euros = RefundRequest {
        amount: Money::new(1, "eur".parse().unwrap()),
        ..refund(1, 1)
    };
    assert!(is_refused(fixture.sandbox.refund(euros, at(1)).await));
}
