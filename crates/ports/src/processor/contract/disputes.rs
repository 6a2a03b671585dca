//! Charges that are contested.

use super::*;

pub(crate) async fn a_dispute_is_found_by_its_notice_and_conceded_once(peer: &dyn Peer) {
    let processor = peer.processor();
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Disputed).await)).await;
    let notices = notices::listed(processor, at(0), at(60)).await;
    let found = notices.into_iter().find_map(|notice| match notice.subject {
        NoticeSubject::Dispute { reference, charge } => Some((reference, charge)),
        _ => None,
    });
    let (reference, of) = found.expect("a notice");
    assert_eq!(of, charge.reference);
    let dispute = processor
        .dispute(&reference, at(60))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((&dispute.reference, &dispute.charge), (&reference, &of));
    assert_eq!(dispute.amount, usd(1_000));
    assert_eq!(dispute.status, DisputeStatus::NeedsResponse);
    assert!(dispute.respond_by > Some(at(60)));
    for seconds in [61, 62] {
        let lost = processor
            .accept_dispute(&reference, at(seconds))
            .await
            .unwrap();
        assert_eq!(lost.status, DisputeStatus::Lost);
        let known = processor.dispute(&reference, at(seconds)).await;
        assert_eq!(known, Ok(Some(lost)));
    }
}

pub(crate) async fn an_unknown_dispute_is_none(peer: &dyn Peer) {
    let processor = peer.processor();
    let (charge, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    for reference in ["", "dp_unknown", &charge.reference] {
        assert_eq!(processor.dispute(reference, at(60)).await, Ok(None));
        assert!(is_refused(
            processor.accept_dispute(reference, at(60)).await
        ));
    }
}
