//! Notices of a processor, and what it tells of itself.

use std::collections::HashSet;

use super::*;

/// Everything that a processor tells of some time, which it may do by parts.
pub(crate) async fn listed(
    processor: &dyn Processor,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Notice> {
    let mut list = processor.events_since(since, until).await.unwrap();
    while list.until < until {
        let next = processor.events_since(list.until, until).await.unwrap();
        assert!(next.until > list.until);
        list.notices.extend(next.notices);
        list.until = next.until;
    }
    list.notices
}

pub(crate) async fn what_happens_is_told_in_order_and_by_the_same_name(peer: &dyn Peer) {
    let processor = peer.processor();
    let (paid, _) = paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    let later = charge(2, card(peer, Card::SettlesLater).await);
    let (later, _) = pay(peer, &later).await.unwrap();
    let unconfirmed = charge(3, card(peer, Card::Pays).await);
    processor.prepare(&unconfirmed, at(0)).await.unwrap();
    let request = refunds::refund(&paid, 4, 100);
    processor.refund(&request, at(30)).await.unwrap();

    let all = listed(processor, at(0), at(60)).await;
    assert!(all.is_sorted_by_key(|notice| notice.at));
    let ids: HashSet<_> = all.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    let tells = |reference: &str| {
        let of = |notice: &&Notice| matches!(&notice.subject, NoticeSubject::Attempt { reference: of, .. } if of == reference);
        all.iter().filter(of).count()
    };
    assert!(tells(&paid.reference) >= 1);
    assert!(tells(&later.reference) >= 1);
    let refund = NoticeSubject::Refund {
        refund_id: Some(request.refund_id),
        reference: match processor.refund(&request, at(60)).await {
            Ok(RefundOutcome::Succeeded { reference }) => reference,
            other => panic!("{other:?}"),
        },
        charge: paid.reference,
    };
    assert!(all.iter().any(|notice| notice.subject == refund));
    // What was asked for before the end is asked for again from there.
    let mut parts = listed(processor, at(0), at(20)).await;
    parts.extend(listed(processor, at(21), at(60)).await);
    assert_eq!(parts, all);
    assert_eq!(listed(processor, at(61), at(90)).await, []);
}

pub(crate) async fn a_notice_is_read_only_as_it_was_signed(peer: &dyn Peer) {
    let processor = peer.processor();
    paid(peer, &charge(1, card(peer, Card::Pays).await)).await;
    let notices = listed(processor, at(0), at(60)).await;
    let notice = notices.first().unwrap();
    let (headers, body) = peer.sent(notice, at(60)).await;
    let read = processor.notice(&headers, &body, at(61)).await;
    assert_eq!(read, Ok(Some(notice.clone())));

    let mut altered = body.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert!(is_refused(
        processor.notice(&headers, &altered, at(61)).await
    ));
    assert!(is_refused(
        processor.notice(&headers, b"\xff", at(61)).await
    ));
    assert!(is_refused(
        processor.notice(&HeaderMap::new(), &body, at(61)).await
    ));
    assert!(is_refused(processor.notice(&headers, &body, at(999)).await));
}

pub(crate) async fn an_operator_learns_how_it_is(peer: &dyn Peer) {
    let checks = peer.processor().checks(at(0)).await;
    assert!(!checks.is_empty());
    for check in checks {
        assert_ne!(check.status, CheckStatus::Fail, "{check:?}");
        assert!(!check.message.is_empty());
        assert_eq!(check.advice.is_empty(), check.status == CheckStatus::Ok);
    }
    assert!(peer.processor().test_mode());
    assert!(!peer.processor().publishable_key().is_empty());
}
