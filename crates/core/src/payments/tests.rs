use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use till_wire::money::{Currency, Money};
use uuid::Uuid;

use super::{
    attempt::{self, NewAttempt, RECONCILE_AFTER, ask_again},
    outcome::{self, Outcome, REFUND_DUE, is_refund_due},
    refunds::{self, REFUNDED, RefundOutcome, asked, record_outcome, refund, refundable},
    samples::succeeded,
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{
        Payment, PaymentKind, PaymentState, ProcessorName, Purpose, Refund, RefundReason,
        RefundState,
    },
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

fn given() -> RefundOutcome {
    RefundOutcome::Succeeded {
        reference: "re_1".into(),
    }
}

fn failed() -> RefundOutcome {
    RefundOutcome::Failed {
        reason: "expired_or_canceled_card".into(),
    }
}

#[test]
fn only_money_that_was_taken_is_given_back() {
    for state in PaymentState::ALL {
        let payment = Payment {
            state: *state,
            ..charged(1000)
        };
        let is_taken = *state == PaymentState::Succeeded;
        assert_eq!(refundable(&payment, &[]), if is_taken { 1000 } else { 0 });
    }
    let card = Payment {
        kind: PaymentKind::Setup,
        ..charged(1000)
    };
    assert_eq!(refundable(&card, &[]), 0);
    let reason = RefundReason::CustomerRequest;
    assert!(refund(&charged(1000), &[], 0, reason, &at(2)).is_none());
    assert!(refund(&charged(1000), &[], 1001, reason, &at(2)).is_none());
}

#[test]
fn money_that_is_owed_back_is_marked_until_it_is_given_back() {
    let mut payment = charged(1000);
    let mut changes = Changes::new();
    refunds::give_back(&mut payment, &mut changes, &at(2));
    assert_eq!(payment.decline_reason.as_deref(), Some(REFUND_DUE));
    assert!(is_refund_due(&payment) && !changes.is_empty());
    let (owed, _) = refund(&charged(1000), &[], 1000, RefundReason::Other, &at(2)).unwrap();
    let (asked, first) = asked(&owed, &at(3));
    assert_eq!(asked.state, RefundState::Asked);
    assert!(!first.is_empty());
    let (_, again) = refunds::asked(&asked, &at(4));
    assert!(
        again.is_empty(),
        "asked once, however often the processor is"
    );
    let (lost, changes) = record_outcome(&asked, &payment, &failed(), &at(4)).unwrap();
    assert_eq!((lost.state, changes.writes.len()), (RefundState::Failed, 1));
    let (done, changes) = record_outcome(&asked, &payment, &given(), &at(4)).unwrap();
    assert_eq!(done.reference.as_deref(), Some("re_1"));
    assert_eq!(changes.writes.len(), 2, "the payment says so");
    let text = format!("{:?}", changes.writes[1]);
    assert!(
        text.contains(REFUNDED) && !text.contains(REFUND_DUE),
        "{text}"
    );
    assert!(record_outcome(&done, &payment, &failed(), &at(5)).is_none());
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

proptest! {
    /// Whoever refunds how much, and whoever hears what of it in which order: no more goes back than was taken, and
    /// each refund ends once.
    #[test]
    fn refunds_together_never_exceed_the_charge(
        steps in proptest::collection::vec((0usize..5, 0usize..6, 1i64..800), 0..40),
    ) {
        let payment = charged(1000);
        let mut rows: Vec<Refund> = Vec::new();
        let mut books = std::collections::BTreeMap::new();
        for (what, which, amount) in steps {
            if what == 0 {
                let left = refundable(&payment, &rows);
                let made = refund(&payment, &rows, amount, RefundReason::Other, &at(rows.len() as u8));
                prop_assert_eq!(made.is_some(), amount <= left);
                rows.extend(made.map(|(row, _)| row));
                continue;
            }
            let Some(row) = rows.get(which).cloned() else { continue };
            let outcome = match what {
                1 => {
                    rows[which] = asked(&row, &at(50)).0;
                    continue;
                }
                2 => given(),
                3 => failed(),
                _ => RefundOutcome::Processing,
            };
            // The processor gives nothing back of which nobody has asked, and says the same of it for ever.
            if row.state == RefundState::Intended {
                continue;
            }
            if let Some((new, _)) = record_outcome(&row, &payment, &outcome, &at(51)) {
                prop_assert!(!row.state.is_settled());
                if new.state == RefundState::Succeeded {
                    prop_assert!(books.insert(new.id, new.amount).is_none());
                }
                rows[which] = new;
            } else {
                prop_assert!(row.state.is_settled() || outcome == RefundOutcome::Processing);
            }
        }
        let given: i64 = books.values().sum();
        prop_assert!(given <= 1000);
        prop_assert!(given + refundable(&payment, &rows) <= 1000);
    }
}
