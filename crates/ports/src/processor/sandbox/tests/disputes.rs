//! End of a dispute by itself.

use super::*;
use crate::processor::{DisputeStatus, NoticeSubject, RefundOutcome};

const WEEK: i64 = 7 * 24 * 3_600;

fn dispute_of(id: u128) -> String {
    format!("dp_sandbox_{}", Uuid::from_u128(id).simple())
}

#[tokio::test]
async fn a_dispute_left_alone_is_decided_after_a_week() {
    let fixture = fixture();
    for (id, token, reason, end) in [
        (
            1,
            "pm_card_createDispute",
            "fraudulent",
            DisputeStatus::Lost,
        ),
        (
            2,
            "pm_card_createDisputeProductNotReceived",
            "product_not_received",
            DisputeStatus::Won,
        ),
    ] {
        fixture.pay(charge(id, token)).await;
        let reference = dispute_of(id);
        let find = async |now| fixture.sandbox.dispute(&reference, now).await.unwrap();
        assert_eq!(find(at(2)).await, None);
        let opened = find(at(3)).await.unwrap();
        assert_eq!((opened.reason.as_str(), opened.opened_at), (reason, at(3)));
        assert_eq!(
            find(at(WEEK + 2)).await.unwrap().status,
            DisputeStatus::NeedsResponse
        );
        assert_eq!(find(at(WEEK + 3)).await.unwrap().status, end);
        let notices = fixture
            .sandbox
            .events_since(at(3), at(WEEK + 3))
            .await
            .unwrap()
            .notices;
        let of = |subject: &NoticeSubject| matches!(subject, NoticeSubject::Dispute { reference: of, .. } if *of == reference);
        let moments: Vec<_> = notices
            .iter()
            .filter(|notice| of(&notice.subject))
            .map(|notice| notice.at)
            .collect();
        assert_eq!(moments, [at(3), at(WEEK + 3)]);
    }
}

#[tokio::test]
async fn a_dispute_that_was_won_cannot_be_conceded_and_its_charge_can_be_given_back() {
    let fixture = fixture();
    fixture
        .pay(charge(1, "pm_card_createDisputeProductNotReceived"))
        .await;
    let (reference, later) = (dispute_of(1), at(WEEK + 3));
    assert!(is_refused(
        fixture.sandbox.accept_dispute(&reference, later).await
    ));
    let request = RefundRequest {
        charge: format!("pi_sandbox_{}", Uuid::from_u128(1).simple()),
        refund_id: Uuid::from_u128(2),
        amount: usd(1_000),
    };
    let before = fixture.sandbox.refund(&request, at(WEEK)).await;
    assert_eq!(before, Ok(RefundOutcome::Disputed));
    let given = fixture.sandbox.refund(&request, later).await;
    assert!(matches!(given, Ok(RefundOutcome::Succeeded { .. })));
}

#[tokio::test]
async fn a_card_that_is_only_kept_is_not_disputed() {
    let fixture = fixture();
    fixture.pay(setup(1, "pm_card_createDispute")).await;
    assert_eq!(
        fixture.sandbox.dispute(&dispute_of(1), at(60)).await,
        Ok(None)
    );
}

#[tokio::test]
async fn a_warning_comes_to_nothing_by_a_refund_or_an_hour_later() {
    let fixture = fixture();
    let (hour, token) = (3_600, "pm_card_disputePrevented");
    for (id, refunded, prevented) in [(1, 1_000, 60), (2, 999, hour + 3)] {
        fixture.pay(charge(id, token)).await;
        let request = RefundRequest {
            charge: format!("pi_sandbox_{}", Uuid::from_u128(id).simple()),
            refund_id: Uuid::from_u128(id + 10),
            amount: usd(refunded),
        };
        let given = fixture.sandbox.refund(&request, at(60)).await;
        assert!(matches!(given, Ok(RefundOutcome::Succeeded { .. })));
        let status = async |now| {
            let found = fixture.sandbox.dispute(&dispute_of(id), now).await;
            found.unwrap().map(|dispute| dispute.status)
        };
        assert_eq!(status(at(2)).await, None);
        assert_eq!(status(at(59)).await, Some(DisputeStatus::EarlyWarning));
        assert_eq!(
            status(at(prevented - 1)).await,
            Some(DisputeStatus::EarlyWarning)
        );
        assert_eq!(status(at(prevented)).await, Some(DisputeStatus::Prevented));
        assert!(is_refused(
            fixture
                .sandbox
                .accept_dispute(&dispute_of(id), at(59))
                .await
        ));
    }
}
