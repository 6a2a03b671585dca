//! Buyers who come back, and cards that are kept.

use super::attempts::asking;
use super::*;

/// Keeps a card; whose it is, and what it is called.
async fn kept(peer: &dyn Peer, id: u128, known: Card) -> (String, String) {
    let attempt = setup(id, card(peer, known).await);
    let prepared = match pay(peer, &attempt).await.unwrap() {
        (prepared, Outcome::RequiresAction { client_secret, .. }) => {
            peer.decide(&client_secret, true, at(0)).await;
            prepared
        }
        (prepared, _) => prepared,
    };
    let reference = Some(prepared.reference.as_str());
    let outcome = peer
        .processor()
        .retrieve(attempt.id, reference, at(0))
        .await
        .unwrap();
    match outcome {
        Some(Outcome::Succeeded { method, .. }) => (prepared.customer, method.reference),
        other => panic!("{other:?}"),
    }
}

fn saved((customer, method): &(String, String), present: bool) -> Source {
    Source::Saved {
        customer: customer.clone(),
        method: method.clone(),
        present,
    }
}

pub(crate) async fn a_buyer_keeps_their_name(peer: &dyn Peer) {
    let first = charge(1, card(peer, Card::Pays).await);
    let (prepared, _) = paid(peer, &first).await;
    let again = |customer: &str, confirmation_token: String| Source::Token {
        confirmation_token,
        customer: Some(customer.to_owned()),
    };
    let token = peer.token(Card::Pays, at(0)).await;
    let (second, _) = paid(peer, &charge(2, again(&prepared.customer, token))).await;
    assert_eq!(second.customer, prepared.customer);
    let token = peer.token(Card::Pays, at(0)).await;
    let (other, _) = paid(peer, &charge(3, card_token(token))).await;
    assert_ne!(other.customer, prepared.customer);
    let token = peer.token(Card::Pays, at(0)).await;
    let (unknown, _) = paid(peer, &charge(4, again("cus_unknown", token))).await;
    assert_ne!(
        unknown.customer, "cus_unknown",
        "a buyer whom it has forgotten is made anew"
    );
    assert_ne!(unknown.customer, prepared.customer);
}

pub(crate) async fn a_kept_card_is_charged_again_without_its_buyer(peer: &dyn Peer) {
    for (id, known) in [(1, Card::Pays), (11, Card::AuthenticatesOnce)] {
        let kept = kept(peer, id, known).await;
        for again in 1..3 {
            let (prepared, method) = paid(peer, &charge(id + again, saved(&kept, false))).await;
            assert_eq!((prepared.customer, method.reference), kept);
        }
    }
    let first = saving_charge(21, card(peer, Card::Pays).await);
    let (prepared, method) = paid(peer, &first).await;
    let kept = (prepared.customer, method.reference);
    paid(peer, &charge(22, saved(&kept, false))).await;
}

pub(crate) async fn a_card_that_was_not_kept_is_not_charged_again(peer: &dyn Peer) {
    let first = charge(1, card(peer, Card::Pays).await);
    let (prepared, method) = paid(peer, &first).await;
    let not_kept = (prepared.customer, method.reference);
    assert!(is_refused(
        pay(peer, &charge(2, saved(&not_kept, false))).await
    ));
    let declined = saving_charge(3, card(peer, Card::Declined).await);
    let (prepared, outcome) = pay(peer, &declined).await.unwrap();
    let Outcome::Failed {
        method: Some(method),
        ..
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    let not_kept = (prepared.customer, method.reference);
    let again = pay(peer, &charge(4, saved(&not_kept, false))).await;
    assert!(
        !matches!(again, Ok((_, Outcome::Succeeded { .. }))),
        "{again:?}"
    );
}

pub(crate) async fn a_kept_card_is_its_customers(peer: &dyn Peer) {
    let (customer, method) = kept(peer, 1, Card::Pays).await;
    let (other, _) = kept(peer, 2, Card::Pays).await;
    for wrong in [(other, method), (customer, "pm_unknown".to_owned())] {
        assert!(is_refused(pay(peer, &charge(3, saved(&wrong, true))).await));
    }
}

pub(crate) async fn a_kept_card_that_declines_can_be_told_from_one_that_must_be_approved(
    peer: &dyn Peer,
) {
    for (id, known, reason) in [
        (1, Card::DeclinedLater, "generic_decline"),
        (11, Card::Authenticates, "authentication_required"),
    ] {
        let kept = kept(peer, id, known).await;
        let renewal = charge(id + 1, saved(&kept, false));
        let (prepared, outcome) = pay(peer, &renewal).await.unwrap();
        assert_eq!(told(&outcome), reason);
        let later = state(peer, id + 1, &prepared.reference, at(60)).await;
        assert_eq!(later.as_deref(), Some(reason), "it is not waited for");
    }
}

pub(crate) async fn a_kept_card_that_must_be_approved_is_approved_by_a_buyer_who_is_there(
    peer: &dyn Peer,
) {
    let kept = kept(peer, 1, Card::Authenticates).await;
    let (prepared, secret) = asking(peer, &charge(2, saved(&kept, true))).await;
    peer.decide(&secret, true, at(5)).await;
    let later = state(peer, 2, &prepared.reference, at(6)).await;
    assert_eq!(later.as_deref(), Some("succeeded"));
}

pub(crate) async fn a_forgotten_card_is_not_charged_again(peer: &dyn Peer) {
    let kept = kept(peer, 1, Card::Pays).await;
    paid(peer, &charge(2, saved(&kept, false))).await;
    for method in [&kept.1, &kept.1, "pm_unknown"] {
        assert_eq!(peer.processor().forget(method, at(1)).await, Ok(()));
    }
    for (id, present) in [(3, false), (4, true)] {
        assert!(is_refused(
            pay(peer, &charge(id, saved(&kept, present))).await
        ));
    }
}

pub(crate) async fn a_kept_card_is_shown_until_it_is_forgotten(peer: &dyn Peer) {
    let processor = peer.processor();
    let (_, kept) = kept(peer, 1, Card::Pays).await;
    let shown = processor.method(&kept, at(1)).await.unwrap().unwrap();
    assert_eq!((&shown.reference, shown.last4.as_str()), (&kept, "4242"));
    let (_, paid) = paid(peer, &charge(2, card(peer, Card::Pays).await)).await;
    for not_kept in ["", "pm_unknown", &paid.reference] {
        assert_eq!(processor.method(not_kept, at(1)).await, Ok(None));
    }
    processor.forget(&kept, at(2)).await.unwrap();
    assert_eq!(processor.method(&kept, at(3)).await, Ok(None));
}
