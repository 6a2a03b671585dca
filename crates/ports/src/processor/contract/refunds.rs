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
    let told = peer.processor().refund(request, at(1)).await;
    assert!(is_refused(told.clone()), "{request:?}: {told:?}");
    true
}

pub(crate) async fn refunds_never_exceed_the_charge(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    for (id, minor) in [
        (11, 1_001),
        (12, 0),
        (13, -5),
        (14, i64::MAX),
        (15, i64::MIN),
    ] {
        assert!(is_not_given(peer, &refund(&charge, id, minor)).await);
    }
    succeeds(peer, &refund(&charge, 1, 600)).await;
    for (id, minor) in [(16, 401), (17, i64::MAX)] {
        assert!(is_not_given(peer, &refund(&charge, id, minor)).await);
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

/// The refunds of a charge: ours by their ids, each with how it stands.
async fn refunds(peer: &dyn Peer, charge: &Prepared, seconds: i64) -> Vec<(u128, i64, String)> {
    let listed = peer.processor().refunds_of(&charge.reference, at(seconds));
    let listed = listed.await.unwrap();
    assert!(listed.is_sorted_by_key(|refund| refund.made_at));
    let told = listed.into_iter().map(|refund| {
        let state = match &refund.outcome {
            RefundOutcome::Succeeded { reference } => {
                assert_eq!(*reference, refund.reference);
                "succeeded"
            }
            RefundOutcome::Processing => "processing",
            RefundOutcome::Failed { .. } => "failed",
            other => panic!("{other:?}"),
        };
        let id = refund.refund_id.expect("made by us").as_u128();
        assert_eq!(refund.amount.currency, Currency::USD);
        (id, refund.amount.minor, state.to_owned())
    });
    told.collect()
}

pub(crate) async fn refunds_of_a_charge_are_told_as_they_stand(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    assert_eq!(refunds(peer, &charge, 0).await, []);
    succeeds(peer, &refund(&charge, 7, 600)).await;
    let later = refund(&charge, 3, 400);
    let later = peer.processor().refund(&later, at(2)).await;
    assert!(matches!(later, Ok(RefundOutcome::Succeeded { .. })));
    let told = refunds(peer, &charge, 60).await;
    let expected = [(7, 600, "succeeded"), (3, 400, "succeeded")];
    let expected = expected.map(|(id, minor, state)| (id, minor, state.to_owned()));
    assert_eq!(told, expected);
}

pub(crate) async fn a_refund_that_ends_later_is_told_again(peer: &dyn Peer) {
    for (id, known, first, last, start) in [
        (1, Card::RefundsLater, "processing", "succeeded", 0),
        (2, Card::RefundFails, "succeeded", "failed", 100),
    ] {
        let (charge, _) = paid(peer, &charge(id, card(peer, known).await)).await;
        let request = refund(&charge, id + 10, 600);
        let made = peer
            .processor()
            .refund(&request, at(start + 1))
            .await
            .unwrap();
        assert_eq!(made == RefundOutcome::Processing, first == "processing");
        let state = async |seconds| refunds(peer, &charge, seconds).await.remove(0).2;
        assert_eq!(state(start + 1).await, first);
        assert_eq!(state(start + 60).await, last);
        let again = peer
            .processor()
            .refund(&request, at(start + 60))
            .await
            .unwrap();
        let failed = matches!(again, RefundOutcome::Failed { .. });
        assert_eq!(failed, last == "failed", "asking again tells the same");
        let notices = notices::listed(peer.processor(), at(start), at(start + 60)).await;
        let of = |notice: &&Notice| matches!(&notice.subject, NoticeSubject::Refund { refund_id, .. } if *refund_id == Some(request.refund_id));
        assert!(notices.iter().filter(of).count() >= 2);
    }
}

pub(crate) async fn a_refund_that_failed_leaves_the_money_to_be_given_back_again(peer: &dyn Peer) {
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::RefundFails).await)).await;
    succeeds(peer, &refund(&charge, 1, 1_000)).await;
    let early = peer
        .processor()
        .refund(&refund(&charge, 2, 1_000), at(1))
        .await;
    assert_eq!(early, Ok(RefundOutcome::AlreadyRefunded));
    let again = peer
        .processor()
        .refund(&refund(&charge, 3, 1_000), at(60))
        .await;
    assert!(matches!(again, Ok(RefundOutcome::Succeeded { .. })));
}

pub(crate) async fn a_charge_without_refunds_has_none(peer: &dyn Peer) {
    let processor = peer.processor();
    let (kept, _) = paid(peer, &setup(1, card(peer, Card::Pays).await)).await;
    for charge in ["", "pi_unknown", &kept.reference] {
        assert_eq!(processor.refunds_of(charge, at(1)).await, Ok(vec![]));
    }
}
