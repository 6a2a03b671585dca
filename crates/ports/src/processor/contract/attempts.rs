//! Attempts with a card of this visit.

use super::*;

pub(crate) async fn preparing_moves_nothing_and_may_be_repeated(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    let first = peer.processor().prepare(&attempt, at(0)).await.unwrap();
    let second = peer.processor().prepare(&attempt, at(9_000)).await.unwrap();
    assert_eq!(first, second);
    assert!(!first.customer.is_empty());
    assert_eq!(state(peer, 1, &first.reference, at(0)).await, None);
    assert!(!format!("{first:?}").contains(&first.client_secret));
}

pub(crate) async fn an_attempt_is_one_request(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    let prepared = peer.processor().prepare(&attempt, at(0)).await.unwrap();
    let kind = AttemptKind::Charge {
        amount: usd(999),
        save_card: false,
    };
    for kind in [kind, AttemptKind::Setup] {
        let other = Attempt {
            kind,
            ..attempt.clone()
        };
        assert!(is_refused(peer.processor().prepare(&other, at(0)).await));
    }
    let other = Attempt {
        kind: AttemptKind::Setup,
        ..attempt
    };
    let confirmed = peer.processor().confirm(&other, &prepared.reference, at(0));
    assert!(is_refused(confirmed.await));
}

pub(crate) async fn a_confirmation_is_of_what_was_prepared(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    let prepared = peer.processor().prepare(&attempt, at(0)).await.unwrap();
    let kind = AttemptKind::Charge {
        amount: usd(999),
        save_card: false,
    };
    let other = Attempt { kind, ..attempt };
    let confirmed = peer.processor().confirm(&other, &prepared.reference, at(0));
    assert!(is_refused(confirmed.await));
}

pub(crate) async fn a_charge_tells_what_was_taken_and_with_what(peer: &dyn Peer) {
    let source = card(peer, Card::Pays).await;
    let (_, outcome) = pay(peer, &charge(1, source)).await.unwrap();
    let Outcome::Succeeded { method, amount } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(amount, Some(usd(1_000)));
    assert_eq!(method.last4.len(), 4);
    assert!((1..=12).contains(&method.exp_month) && method.exp_year > 2000);
    assert!(!method.fingerprint.is_empty());
}

pub(crate) async fn a_card_that_is_only_kept_costs_nothing(peer: &dyn Peer) {
    let source = card(peer, Card::Pays).await;
    let (_, outcome) = pay(peer, &setup(1, source)).await.unwrap();
    assert!(matches!(outcome, Outcome::Succeeded { amount: None, .. }));
}

pub(crate) async fn confirming_again_tells_how_it_went(peer: &dyn Peer) {
    for (id, known) in [(1, Card::Pays), (2, Card::Declined)] {
        let attempt = charge(id, card(peer, known).await);
        let (prepared, first) = pay(peer, &attempt).await.unwrap();
        let (same, again) = pay(peer, &attempt).await.unwrap();
        assert_eq!((same, again), (prepared.clone(), first.clone()));
        let reference = Some(prepared.reference.as_str());
        let later = peer.processor().retrieve(attempt.id, reference, at(9));
        assert_eq!(later.await, Ok(Some(first)));
    }
}

pub(crate) async fn confirming_needs_the_reference_of_the_attempt(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    let other = charge(2, card(peer, Card::Pays).await);
    let processor = peer.processor();
    let unknown = "pi_unknown";
    assert!(is_refused(
        processor.confirm(&attempt, unknown, at(0)).await
    ));
    let prepared = processor.prepare(&attempt, at(0)).await.unwrap();
    let others = processor.prepare(&other, at(0)).await.unwrap();
    for wrong in [unknown, &others.reference] {
        assert!(is_refused(processor.confirm(&attempt, wrong, at(0)).await));
    }
    assert_eq!(state(peer, 1, &prepared.reference, at(0)).await, None);
    assert_eq!(state(peer, 2, &others.reference, at(0)).await, None);
}

pub(crate) async fn without_a_reference_nothing_was_asked(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    peer.processor().prepare(&attempt, at(0)).await.unwrap();
    for id in [attempt.id, Uuid::from_u128(2)] {
        assert_eq!(peer.processor().retrieve(id, None, at(0)).await, Ok(None));
        assert_eq!(peer.processor().abandon(id, None, at(0)).await, Ok(None));
    }
}

pub(crate) async fn amounts_are_more_than_zero(peer: &dyn Peer) {
    for minor in [0, -1, i64::MIN] {
        assert!(is_amount_refused(peer, 1, minor).await, "{minor}");
    }
}

pub(crate) async fn amounts_are_at_most_what_is_charged_at_once(peer: &dyn Peer) {
    let most = usd(0).currency.max_charge();
    for (id, minor) in [(1, most), (2, most + 1), (3, i64::MAX)] {
        let is_refused = is_amount_refused(peer, id, minor).await;
        assert_eq!(is_refused, minor > most, "{minor}");
    }
}

/// True where a charge of so many cents is refused as it is announced.
async fn is_amount_refused(peer: &dyn Peer, id: u128, minor: i64) -> bool {
    let kind = AttemptKind::Charge {
        amount: usd(minor),
        save_card: false,
    };
    let source = card(peer, Card::Pays).await;
    let attempt = Attempt {
        kind,
        ..charge(id, source)
    };
    is_refused(peer.processor().prepare(&attempt, at(0)).await)
}

pub(crate) async fn a_decline_is_final(peer: &dyn Peer) {
    let source = card(peer, Card::Declined).await;
    let attempt = charge(1, source);
    let (prepared, outcome) = pay(peer, &attempt).await.unwrap();
    assert_eq!(told(&outcome), "generic_decline");
    let reference = Some(prepared.reference.as_str());
    let given_up = peer.processor().abandon(attempt.id, reference, at(1));
    assert_eq!(given_up.await, Ok(Some(outcome)));
    let later = state(peer, 1, &prepared.reference, at(99_999)).await;
    assert_eq!(later.as_deref(), Some("generic_decline"));
}

pub(crate) async fn an_unknown_token_is_refused_and_moves_nothing(peer: &dyn Peer) {
    let attempt = charge(1, card_token("no_such_token"));
    assert!(is_refused(pay(peer, &attempt).await));
    let previewed = peer.processor().card("no_such_token", at(0)).await;
    assert_eq!(previewed, Ok(None));
}

pub(crate) async fn a_token_serves_one_attempt(peer: &dyn Peer) {
    let source = card(peer, Card::Pays).await;
    paid(peer, &charge(1, source.clone())).await;
    assert!(is_refused(pay(peer, &charge(2, source)).await));
}

pub(crate) async fn a_card_is_known_before_it_is_charged(peer: &dyn Peer) {
    let token = peer.token(Card::Pays, at(0)).await;
    let preview = peer.processor().card(&token, at(0)).await.unwrap().unwrap();
    let (_, method) = paid(peer, &charge(1, card_token(token))).await;
    assert_eq!((preview.brand, preview.last4), (method.brand, method.last4));
    assert!(
        preview
            .fingerprint
            .is_none_or(|known| known == method.fingerprint)
    );
}

pub(crate) async fn some_payments_end_later(peer: &dyn Peer) {
    for (id, known, end) in [
        (1, Card::SettlesLater, "succeeded"),
        (2, Card::FailsLater, "generic_decline"),
    ] {
        let source = card(peer, known).await;
        let (prepared, outcome) = pay(peer, &charge(id, source)).await.unwrap();
        assert_eq!(told(&outcome), "processing");
        let later = state(peer, id, &prepared.reference, at(60)).await;
        assert_eq!(later.as_deref(), Some(end));
    }
}

/// An attempt that asks its buyer, and the secret to answer with.
pub(super) async fn asking(peer: &dyn Peer, attempt: &Attempt) -> (Prepared, String) {
    match pay(peer, attempt).await.unwrap() {
        (prepared, Outcome::RequiresAction { client_secret, .. }) => (prepared, client_secret),
        (_, other) => panic!("{other:?}"),
    }
}

pub(crate) async fn the_buyer_decides_once(peer: &dyn Peer) {
    for (id, approve, end) in [
        (1, true, "succeeded"),
        (2, false, "authentication_required"),
    ] {
        let source = card(peer, Card::Authenticates).await;
        let (prepared, secret) = asking(peer, &charge(id, source)).await;
        peer.decide(&secret, approve, at(5)).await;
        peer.decide(&secret, !approve, at(6)).await;
        let later = state(peer, id, &prepared.reference, at(99_999)).await;
        assert_eq!(later.as_deref(), Some(end));
    }
}

pub(crate) async fn an_attempt_given_up_cannot_be_confirmed(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Pays).await);
    let processor = peer.processor();
    let prepared = processor.prepare(&attempt, at(0)).await.unwrap();
    let reference = prepared.reference.as_str();
    for _ in 0..2 {
        let given_up = processor.abandon(attempt.id, Some(reference), at(1)).await;
        assert_eq!(given_up, Ok(None));
    }
    assert!(is_refused(
        processor.confirm(&attempt, reference, at(2)).await
    ));
    assert_eq!(state(peer, 1, reference, at(3)).await, None);
}

pub(crate) async fn an_attempt_given_up_while_its_buyer_is_asked_cannot_be_paid(peer: &dyn Peer) {
    let attempt = charge(1, card(peer, Card::Authenticates).await);
    let (prepared, secret) = asking(peer, &attempt).await;
    let reference = Some(prepared.reference.as_str());
    let given_up = peer
        .processor()
        .abandon(attempt.id, reference, at(5))
        .await
        .unwrap();
    assert!(
        matches!(given_up, Some(Outcome::Failed { .. })),
        "{given_up:?}"
    );
    peer.decide(&secret, true, at(6)).await;
    let later = peer
        .processor()
        .retrieve(attempt.id, reference, at(7))
        .await
        .unwrap();
    assert_eq!(later, given_up);
    let again = peer
        .processor()
        .abandon(attempt.id, reference, at(8))
        .await
        .unwrap();
    assert_eq!(again, given_up);
}

pub(crate) async fn an_attempt_that_is_further_cannot_be_given_up(peer: &dyn Peer) {
    for (id, known) in [(1, Card::Pays), (2, Card::SettlesLater)] {
        let attempt = charge(id, card(peer, known).await);
        let (prepared, outcome) = pay(peer, &attempt).await.unwrap();
        let reference = Some(prepared.reference.as_str());
        let left = peer.processor().abandon(attempt.id, reference, at(1)).await;
        assert_eq!(left, Ok(Some(outcome)));
        let later = state(peer, id, &prepared.reference, at(60)).await;
        assert_eq!(later.as_deref(), Some("succeeded"));
    }
}
