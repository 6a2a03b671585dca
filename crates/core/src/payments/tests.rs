mod disputes;
mod refunds_of_orders;

use jiff::{SignedDuration, Timestamp};
use till_wire::money::{Currency, Money};
use uuid::Uuid;

use super::{
    attempt::{self, NewAttempt, RECONCILE_AFTER, ask_again},
    outcome::{self, Outcome, is_refund_due},
    refunds,
    samples::succeeded,
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{Payment, PaymentKind, PaymentState, ProcessorName, Purpose},
};

fn at(n: u8) -> DecisionContext {
    DecisionContext::new(Timestamp::UNIX_EPOCH, [n; 32])
}

fn charged(amount: i64) -> Payment {
    let new = NewAttempt {
        organization_id: Uuid::nil(),
        purpose: Purpose::Checkout,
        subject_id: Uuid::nil(),
        amount: Some(amount),
        currency: Currency::USD,
        customer_id: None,
        customer_email: None,
        method_id: None,
        processor: ProcessorName::Sandbox,
        customer_reference: None,
        trigger: None,
    };
    Payment {
        state: PaymentState::Succeeded,
        ..attempt::intend(new, &at(1))
    }
}

#[test]
fn pauses_grow_with_the_wait_and_end_at_an_hour() {
    let since = Timestamp::UNIX_EPOCH;
    let pause = |seconds: i64| {
        let now = since + SignedDuration::from_secs(seconds);
        ask_again(since, RECONCILE_AFTER, now)
            .duration_since(now)
            .as_secs()
    };
    assert_eq!(
        [0, 15, 60, 600, 100_000].map(pause),
        [15, 15, 30, 300, 3600]
    );
    let mut now = since;
    let mut asked = 0;
    while now < since + SignedDuration::from_hours(24) {
        now = ask_again(since, RECONCILE_AFTER, now);
        asked += 1;
    }
    assert!((30..60).contains(&asked), "{asked} times in a day");
}

#[test]
fn another_amount_than_was_asked_for_is_held() {
    let asked = |kind| Payment {
        state: PaymentState::Asked,
        kind,
        ..charged(1000)
    };
    let taken = |minor, currency| match succeeded() {
        Outcome::Succeeded {
            card,
            method_reference,
            card_fingerprint,
            ..
        } => Outcome::Succeeded {
            card,
            method_reference,
            card_fingerprint,
            charged: Some(Money::new(minor, currency)),
        },
        other => other,
    };
    let eur = "eur".parse().unwrap();
    for (minor, currency, held) in [
        (1000, Currency::USD, false),
        (999, Currency::USD, true),
        (1001, Currency::USD, true),
        (1000, eur, true),
    ] {
        let payment = asked(PaymentKind::Charge);
        let noted = outcome::record_outcome(&payment, &taken(minor, currency), &at(2)).unwrap();
        assert_eq!(outcome::is_held(&noted), held, "{minor} {currency}");
        assert_eq!(noted.state, PaymentState::Succeeded);
        let again = outcome::record_outcome(&noted, &taken(minor, currency), &at(3));
        assert!(again.is_none(), "a second witness changes nothing");
        let right = outcome::record_outcome(&noted, &taken(1000, Currency::USD), &at(3));
        assert_eq!(right.is_some(), held, "the right amount lets it go");
        let mut given = noted.clone();
        refunds::give_back(&mut given, &mut Changes::new(), &at(3));
        assert_eq!(is_refund_due(&given), !held);
    }
    let setup = asked(PaymentKind::Setup);
    let noted = outcome::record_outcome(&setup, &taken(1, Currency::USD), &at(2)).unwrap();
    assert!(
        outcome::is_held(&noted),
        "a card that is only kept costs nothing"
    );
}
