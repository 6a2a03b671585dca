//! Money that is given back.

use super::*;

pub(super) fn refund(charge: &Prepared, refund_id: u128, minor: i64) -> RefundRequest {
    RefundRequest {
        charge: charge.reference.clone(),
        refund_id: Uuid::from_u128(refund_id),
        amount: usd(minor),
    }
}

async fn succeeds(peer: &dyn Peer, request: &RefundRequest) -> String {
    match peer.processor().refund(request, at(1)).await {
        Ok(RefundOutcome::Succeeded { reference }) => reference,
        other => panic!("{other:?}"),
    }
}

async fn is_not_given(peer: &dyn Peer, request: &RefundRequest) -> bool {
    is_refused(peer.processor().refund(request, at(1)).await)
}

pub(crate) async fn refunds_never_exceed_the_charge(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    for minor in [1_001, 0, -5, i64::MAX, i64::MIN] {
        assert!(is_not_given(peer, &refund(&charge, 1, minor)).await);
    }
    succeeds(peer, &refund(&charge, 1, 600)).await;
    for minor in [401, i64::MAX] {
        assert!(is_not_given(peer, &refund(&charge, 2, minor)).await);
    }
    succeeds(peer, &refund(&charge, 2, 400)).await;
}

pub(crate) async fn a_refund_id_refunds_once(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    let first = succeeds(peer, &refund(&charge, 1, 600)).await;
    assert_eq!(succeeds(peer, &refund(&charge, 1, 600)).await, first);
    assert!(is_not_given(peer, &refund(&charge, 1, 100)).await);
    let second = succeeds(peer, &refund(&charge, 2, 400)).await;
    assert_ne!(second, first);
    assert_eq!(succeeds(peer, &refund(&charge, 1, 600)).await, first);
}

pub(crate) async fn only_money_that_was_taken_is_given_back(peer: &dyn Peer) {
    let unknown = RefundRequest {
        charge: "pi_unknown".to_owned(),
        refund_id: Uuid::from_u128(1),
        amount: usd(1),
    };
    assert!(is_not_given(peer, &unknown).await);
    let attempt = charge(1, card(peer, Card::FailsLater).await);
    let prepared = peer.processor().prepare(&attempt, at(0)).await.unwrap();
    assert!(is_not_given(peer, &refund(&prepared, 1, 1)).await);
    pay(peer, &attempt).await.unwrap();
    for seconds in [1, 60] {
        let asked = refund(&prepared, 1, 1);
        let told = peer.processor().refund(&asked, at(seconds)).await;
        assert!(is_refused(told));
    }
    let (kept, _) = paid(peer, &setup(2, card(peer, Card::Pays).await)).await;
    assert!(is_not_given(peer, &refund(&kept, 1, 1)).await);
}

pub(crate) async fn a_refund_is_in_the_currency_of_its_charge(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    let euros = RefundRequest {
        amount: Money::new(1, "eur".parse().unwrap()),
        ..refund(&charge, 1, 1)
    };
    assert!(is_not_given(peer, &euros).await);
}

pub(crate) async fn a_charge_given_back_and_a_charge_disputed_are_told_apart(peer: &dyn Peer) {
    let processor = peer.processor();
    let (whole, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    succeeds(peer, &refund(&whole, 1, 1_000)).await;
    let again = processor.refund(&refund(&whole, 2, 1), at(60)).await;
    assert_eq!(again, Ok(RefundOutcome::AlreadyRefunded));
    let (disputed, _) = paid(peer, &charge(2, card(peer, Card::Disputed).await)).await;
    let told = processor.refund(&refund(&disputed, 3, 1), at(60)).await;
    assert_eq!(told, Ok(RefundOutcome::Disputed));
}
