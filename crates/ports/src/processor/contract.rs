//! Contract that holds for every processor, as tests that know the trait alone. `contract!` runs all of them for a
//! [`Peer`].

mod attempts;
mod disputes;
mod notices;
mod refunds;
mod saved;

use std::collections::BTreeMap;

use till_wire::money::{Currency, Money};

use super::*;

pub(super) use self::{attempts::*, disputes::*, notices::*, refunds::*, saved::*};

/// A processor under test, and what its buyers do.
pub(super) trait Peer: Send + Sync {
    fn processor(&self) -> &dyn Processor;

    /// A token of a card that does so.
    fn token(&self, card: Card, now: Timestamp) -> BoxFuture<'_, String>;

    /// The buyer answers what an attempt asks.
    fn decide<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, ()>;

    /// A notice as it is sent: headers and body.
    fn sent<'a>(
        &'a self,
        notice: &'a Notice,
        now: Timestamp,
    ) -> BoxFuture<'a, (HeaderMap, Vec<u8>)>;
}

/// The behaviour of a card.
#[derive(Clone, Copy, Debug)]
pub(super) enum Card {
    Pays,
    Declined,
    /// Can be kept; no charge succeeds.
    DeclinedLater,
    Authenticates,
    AuthenticatesOnce,
    SettlesLater,
    FailsLater,
    /// Pays, and is disputed within a minute.
    Disputed,
    /// Pays; a refund is done within a minute.
    RefundsLater,
    /// Pays; a refund succeeds, and fails within a minute.
    RefundFails,
}

/// A test of each rule for the peer that the expression makes.
macro_rules! contract {
    ($peer:expr) => {
        $crate::processor::contract::contract! { $peer;
            a_confirmation_is_of_what_was_prepared
            confirming_needs_the_reference_of_the_attempt
            some_payments_end_later
            an_attempt_that_is_further_cannot_be_given_up
            only_money_that_was_taken_is_given_back
            what_happens_is_told_in_order_and_by_the_same_name
        }
        $crate::processor::contract::contract! { all $peer }
    };
    // The rules that need no card of the sandbox's own, and no more than the attempt tells.
    (all $peer:expr) => {
        $crate::processor::contract::contract! { $peer;
            preparing_moves_nothing_and_may_be_repeated
            an_attempt_is_one_request
            a_charge_tells_what_was_taken_and_with_what
            a_card_that_is_only_kept_costs_nothing
            confirming_again_tells_how_it_went
            without_a_reference_nothing_was_asked
            amounts_are_more_than_zero
            amounts_are_at_most_what_is_charged_at_once
            a_decline_is_final
            an_unknown_token_is_refused_and_moves_nothing
            a_token_serves_one_attempt
            a_card_is_known_before_it_is_charged
            the_buyer_decides_once
            an_attempt_given_up_cannot_be_confirmed
            an_attempt_given_up_while_its_buyer_is_asked_cannot_be_paid
            a_buyer_keeps_their_name
            a_kept_card_is_charged_again_without_its_buyer
            a_card_that_was_not_kept_is_not_charged_again
            a_kept_card_is_its_customers
            a_kept_card_that_declines_can_be_told_from_one_that_must_be_approved
            a_kept_card_that_must_be_approved_is_approved_by_a_buyer_who_is_there
            a_forgotten_card_is_not_charged_again
            refunds_never_exceed_the_charge
            a_refund_id_refunds_once
            a_refund_is_in_the_currency_of_its_charge
            a_charge_given_back_and_a_charge_disputed_are_told_apart
            refunds_of_a_charge_are_told_as_they_stand
            a_refund_that_ends_later_is_told_again
            a_refund_that_failed_leaves_the_money_to_be_given_back_again
            a_charge_without_refunds_has_none
            a_kept_card_is_shown_until_it_is_forgotten
            a_dispute_is_found_by_its_notice_and_conceded_once
            an_unknown_dispute_is_none
            a_notice_is_read_only_as_it_was_signed
            an_operator_learns_how_it_is
        }
    };
    ($peer:expr; $($rule:ident)+) => {
        $(
            #[tokio::test]
            async fn $rule() {
                $crate::processor::contract::$rule(&$peer.await).await;
            }
        )+
    };
    // Rules that are tested only when somebody asks for it.
    (ignored $reason:literal, $peer:expr; $($rule:ident)+) => {
        $(
            #[tokio::test]
            #[ignore = $reason]
            async fn $rule() {
                $crate::processor::contract::$rule(&$peer.await).await;
            }
        )+
    };
}
pub(super) use contract;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

pub(super) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// A charge of ten dollars.
pub(super) fn charge(id: u128, source: Source) -> Attempt {
    Attempt {
        id: Uuid::from_u128(id),
        kind: AttemptKind::Charge {
            amount: usd(1_000),
            save_card: false,
        },
        source,
        email: Some("ada@example.com".to_owned()),
        name: None,
        description: "Acme — Pro".to_owned(),
        statement_suffix: Some("acme".to_owned()),
        metadata: BTreeMap::new(),
        require_3ds: true,
        return_url: "http://127.0.0.1/checkout/x/confirmation".to_owned(),
    }
}

/// The same, and the card is kept.
pub(super) fn saving_charge(id: u128, source: Source) -> Attempt {
    let kind = AttemptKind::Charge {
        amount: usd(1_000),
        save_card: true,
    };
    Attempt {
        kind,
        ..charge(id, source)
    }
}

/// The card is kept, and nothing taken.
pub(super) fn setup(id: u128, source: Source) -> Attempt {
    Attempt {
        kind: AttemptKind::Setup,
        ..charge(id, source)
    }
}

async fn card(peer: &dyn Peer, card: Card) -> Source {
    card_token(peer.token(card, at(0)).await)
}

/// Prepares and confirms. The outcome is without the request's id, which each request has of its own.
async fn pay(peer: &dyn Peer, attempt: &Attempt) -> Result<(Prepared, Outcome), ProcessorError> {
    let prepared = peer.processor().prepare(attempt, at(0)).await?;
    let confirmed = peer
        .processor()
        .confirm(attempt, &prepared.reference, at(0));
    Ok((prepared.clone(), confirmed.await?.of_request(None)))
}

/// An attempt whose card pays: what it is called, and what paid.
async fn paid(peer: &dyn Peer, attempt: &Attempt) -> (Prepared, Method) {
    match pay(peer, attempt).await.unwrap() {
        (prepared, Outcome::Succeeded { method, .. }) => (prepared, method),
        (_, other) => panic!("{other:?}"),
    }
}

/// `succeeded`, `requires_action`, `processing`, or the reason of the decline.
pub(super) fn told(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded",
        Outcome::RequiresAction { .. } => "requires_action",
        Outcome::Processing => "processing",
        Outcome::Failed { decline_reason, .. } => decline_reason,
    }
}

/// The state of an attempt; `None`: nothing has moved.
async fn state(peer: &dyn Peer, id: u128, reference: &str, now: Timestamp) -> Option<String> {
    let found = peer
        .processor()
        .retrieve(Uuid::from_u128(id), Some(reference), now);
    found
        .await
        .unwrap()
        .as_ref()
        .map(|outcome| told(outcome).to_owned())
}

pub(super) fn is_refused<T: std::fmt::Debug>(result: Result<T, ProcessorError>) -> bool {
    matches!(result, Err(ProcessorError::Refused(_)))
}
