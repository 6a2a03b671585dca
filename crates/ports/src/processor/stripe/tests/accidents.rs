//! Accidents that others have had with Stripe: what happens here in the same place.

use std::time::Duration;

use till_fake_stripe::Troubles;
use till_wire::money::Money;

use super::*;
use crate::processor::contract::{charge, saving_charge, told, usd};
use crate::processor::{AttemptKind, Source, card_token};

impl Account {
    fn fake(&self) -> &FakeStripe {
        self.fake.as_ref().expect("a fake")
    }

    /// A charge of ten dollars by one of Stripe's test cards.
    fn charge(&self, id: u128, method: &str) -> Attempt {
        charge(id, card_token(self.fake().token(method, false)))
    }

    async fn prepared(&self, attempt: &Attempt) -> Prepared {
        self.stripe.prepare(attempt, at(0)).await.expect("prepared")
    }

    async fn confirmed(
        &self,
        attempt: &Attempt,
        reference: &str,
    ) -> Result<Outcome, ProcessorError> {
        self.stripe.confirm(attempt, reference, at(0)).await
    }

    async fn outcome(&self, attempt: &Attempt, reference: &str) -> Option<Outcome> {
        let asked = self.stripe.retrieve(attempt.id, Some(reference), at(0));
        asked.await.expect("an answer")
    }

    fn status(&self, reference: &str) -> String {
        let intent = self.fake().object(reference).expect("an intent");
        intent["status"].as_str().expect("a status").to_owned()
    }

    fn trouble(&self, path: &str, trouble: Troubles) {
        let paths = vec![path.to_owned()];
        self.fake().troubles(Troubles {
            paths,
            method: Some("POST".to_owned()),
            ..trouble
        });
    }

    fn count(&self, kind: &str) -> usize {
        self.fake().books()[kind].as_array().map_or(0, Vec::len)
    }
}

#[tokio::test]
async fn a_shop_that_wants_3d_secure_asks_for_it() {
    let account = fake().await;
    for (require_3ds, wanted) in [(true, "requires_action"), (false, "succeeded")] {
        let attempt = Attempt {
            require_3ds,
            ..account.charge(u128::from(require_3ds) + 1, "pm_card_threeDSecureOptional")
        };
        let prepared = account.prepared(&attempt).await;
        let outcome = account.confirmed(&attempt, &prepared.reference).await;
        assert_eq!(told(&outcome.unwrap()), wanted);
    }
}

#[tokio::test]
async fn a_declined_intent_is_cancelled_before_it_is_called_failed() {
    let account = fake().await;
    let attempt = account.charge(1, "pm_card_chargeDeclined");
    let prepared = account.prepared(&attempt).await;
    let outcome = account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    assert_eq!(told(&outcome), "generic_decline");
    assert_eq!(account.status(&prepared.reference), "canceled");
}

#[tokio::test]
async fn while_a_declined_intent_cannot_be_cancelled_its_outcome_is_unsure() {
    let account = fake().await;
    let attempt = account.charge(1, "pm_card_chargeDeclined");
    let prepared = account.prepared(&attempt).await;
    let cancel = format!("/v1/payment_intents/{}/cancel", prepared.reference);
    account.trouble(
        &cancel,
        Troubles {
            conflict: 100,
            times: Some(1),
            ..Troubles::default()
        },
    );
    let unsure = account.confirmed(&attempt, &prepared.reference).await;
    assert!(
        matches!(unsure, Err(ProcessorError::Unsure(_))),
        "{unsure:?}"
    );
    // Whoever asks next cancels it first.
    let outcome = account
        .outcome(&attempt, &prepared.reference)
        .await
        .unwrap();
    assert_eq!(told(&outcome), "generic_decline");
    assert_eq!(account.status(&prepared.reference), "canceled");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_unsure_and_the_intent_is_only_read() {
    for trouble in [
        Troubles {
            reset_after: 100,
            ..Troubles::default()
        },
        Troubles {
            error_after: 100,
            ..Troubles::default()
        },
    ] {
        let account = fake().await;
        let attempt = account.charge(1, "pm_card_visa");
        let prepared = account.prepared(&attempt).await;
        account.trouble(
            &format!("/v1/payment_intents/{}/confirm", prepared.reference),
            trouble,
        );
        let unsure = account.confirmed(&attempt, &prepared.reference).await;
        assert!(
            matches!(unsure, Err(ProcessorError::Unsure(_))),
            "{unsure:?}"
        );
        let outcome = account
            .outcome(&attempt, &prepared.reference)
            .await
            .unwrap();
        assert_eq!(told(&outcome), "succeeded");
        assert_eq!(account.count("charges"), 1);
    }
}

#[tokio::test]
async fn a_conflict_a_rate_limit_and_a_fault_of_stripes_are_unsure() {
    for trouble in [
        Troubles {
            conflict: 100,
            ..Troubles::default()
        },
        Troubles {
            rate_limit: 100,
            ..Troubles::default()
        },
        Troubles {
            error_before: 100,
            ..Troubles::default()
        },
    ] {
        let account = fake().await;
        let attempt = account.charge(1, "pm_card_visa");
        let prepared = account.prepared(&attempt).await;
        account.trouble("/v1/payment_intents", trouble);
        let unsure = account.confirmed(&attempt, &prepared.reference).await;
        assert!(
            matches!(unsure, Err(ProcessorError::Unsure(_))),
            "{unsure:?}"
        );
        assert_eq!(account.count("charges"), 0);
    }
}

#[tokio::test]
async fn an_idempotency_error_is_unsure_and_not_a_failure() {
    let account = fake().await;
    let first = account.charge(1, "pm_card_visa");
    let prepared = account.prepared(&first).await;
    account
        .confirmed(&first, &prepared.reference)
        .await
        .unwrap();
    // The same attempt with another token: the key says nothing about what it did.
    let again = Attempt {
        source: card_token(account.fake().token("pm_card_visa", false)),
        ..first.clone()
    };
    let unsure = account.confirmed(&again, &prepared.reference).await;
    assert!(
        matches!(unsure, Err(ProcessorError::Unsure(_))),
        "{unsure:?}"
    );
    assert_eq!(
        told(&account.outcome(&first, &prepared.reference).await.unwrap()),
        "succeeded"
    );
}

#[tokio::test]
async fn an_old_confirmation_sent_again_after_a_day_charges_nothing() {
    let account = fake().await;
    let attempt = account.charge(1, "pm_card_visa");
    let prepared = account.prepared(&attempt).await;
    account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    // Stripe forgets the key by then.
    account.fake().advance(Duration::from_secs(25 * 3600));
    let outcome = account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    assert_eq!(told(&outcome), "succeeded");
    assert_eq!(account.count("charges"), 1);
}

#[tokio::test]
async fn an_attempt_that_was_given_up_cannot_be_paid_by_whoever_holds_its_secret() {
    let account = fake().await;
    for method in ["pm_card_visa", "pm_card_authenticationRequired"] {
        let attempt = account.charge(1 + method.len() as u128, method);
        let prepared = account.prepared(&attempt).await;
        if method != "pm_card_visa" {
            account
                .confirmed(&attempt, &prepared.reference)
                .await
                .unwrap();
        }
        account
            .stripe
            .abandon(attempt.id, Some(&prepared.reference), at(0))
            .await
            .unwrap();
        assert_eq!(account.status(&prepared.reference), "canceled");
        assert!(!account.fake().try_decide_3ds(&prepared.client_secret, true));
    }
    assert_eq!(account.count("charges"), 0);
}

#[tokio::test]
async fn the_amount_that_was_taken_is_told_in_the_currencys_minor_units() {
    for (code, minor) in [
        ("usd", 1_999),
        ("jpy", 2_000),
        ("isk", 250_000),
        ("ugx", 500_000),
        ("huf", 50_000),
        ("twd", 5_000),
    ] {
        let account = fake().await;
        let amount = Money::new(minor, code.parse().unwrap());
        let kind = AttemptKind::Charge {
            amount,
            save_card: false,
        };
        let attempt = Attempt {
            kind,
            ..account.charge(1, "pm_card_visa")
        };
        let prepared = account.prepared(&attempt).await;
        let Outcome::Succeeded { amount: taken, .. } = account
            .confirmed(&attempt, &prepared.reference)
            .await
            .unwrap()
        else {
            panic!("{code}")
        };
        assert_eq!(taken, Some(amount), "{code}");
    }
}

#[tokio::test]
async fn a_statement_descriptor_never_stops_a_payment() {
    for text in [
        "<*'\">",
        "日本語",
        "2024",
        "a-name-that-is-much-longer-than-a-card-statement",
        "",
    ] {
        let account = fake().await;
        let attempt = Attempt {
            statement_suffix: Some(text.to_owned()),
            ..account.charge(1, "pm_card_visa")
        };
        let prepared = account.prepared(&attempt).await;
        let outcome = account
            .confirmed(&attempt, &prepared.reference)
            .await
            .unwrap();
        assert_eq!(told(&outcome), "succeeded", "{text}");
    }
}

#[tokio::test]
async fn an_expired_token_is_no_card() {
    let account = fake().await;
    let token = account.fake().token("pm_card_visa", false);
    assert!(account.stripe.card(&token, at(0)).await.unwrap().is_some());
    let later = at(13 * 3600);
    assert_eq!(account.stripe.card(&token, later).await, Ok(None));
}

#[tokio::test]
async fn a_token_that_saves_another_way_than_the_attempt_is_refused_and_nothing_is_charged() {
    let account = fake().await;
    let keeps = account.fake().token("pm_card_visa", true);
    let preview = account.stripe.card(&keeps, at(0)).await.unwrap().unwrap();
    assert_eq!(preview.saves_card, Some(true));
    let plain = account.fake().token("pm_card_visa", false);
    let preview = account.stripe.card(&plain, at(0)).await.unwrap().unwrap();
    assert_eq!(preview.saves_card, Some(false));
    let attempt = saving_charge(1, card_token(plain));
    let prepared = account.prepared(&attempt).await;
    let refused = account.confirmed(&attempt, &prepared.reference).await;
    assert!(
        matches!(refused, Err(ProcessorError::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(account.status(&prepared.reference), "canceled");
}

#[tokio::test]
async fn a_wrong_key_is_no_problem_of_the_card() {
    let account = fake().await;
    let fake = account.fake();
    let keys = [
        ("sk_test_wrong".to_owned(), "401"),
        (fake.restricted_key(&["rak_customer_write"]), "403"),
    ];
    for (secret_key, status) in keys {
        let addresses = (Some(fake.api_url()), Some(fake.script_url()));
        let settings = Settings::new(
            &secret_key,
            fake.publishable_key(),
            &[],
            "http://localhost",
            addresses,
        );
        let stripe = Stripe::new(settings.unwrap()).unwrap();
        let attempt = account.charge(1, "pm_card_visa");
        let told = stripe.prepare(&attempt, at(0)).await.unwrap_err();
        assert!(
            matches!(&told, ProcessorError::Unavailable(cause) if cause.to_string().starts_with(status)),
            "{told}"
        );
        assert!(!told.to_string().contains(&secret_key), "{told}");
        let checks = stripe.checks(at(0)).await;
        assert!(
            checks
                .iter()
                .any(|check| check.status == crate::processor::CheckStatus::Fail)
        );
        let told = format!("{checks:?}");
        assert!(!told.contains(&secret_key), "{told}");
    }
}

#[tokio::test]
async fn the_doctor_names_each_permission_that_is_missing() {
    let account = fake().await;
    let fake = account.fake();
    let key = fake.restricted_key(&[
        "rak_payment_intent_write",
        "rak_customer_write",
        "rak_accounts_kyc_basic_read",
    ]);
    let addresses = (Some(fake.api_url()), Some(fake.script_url()));
    let settings = Settings::new(
        &key,
        fake.publishable_key(),
        &[],
        "http://localhost",
        addresses,
    );
    let checks = Stripe::new(settings.unwrap()).unwrap().checks(at(0)).await;
    let told = |name: &str| {
        let lacks = format!("the key lacks the permission {name}");
        checks.iter().any(|check| check.message.starts_with(&lacks))
    };
    for missing in [
        "SetupIntents",
        "Refunds",
        "PaymentMethods",
        "Disputes",
        "Confirmation tokens",
        "Events",
    ] {
        assert!(told(missing), "{missing}: {checks:?}");
    }
    for there in ["Customers", "PaymentIntents"] {
        assert!(!told(there), "{there}: {checks:?}");
    }
    assert_eq!(account.count("payment_intents"), 0);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_found_and_not_sent_again() {
    let account = fake().await;
    let attempt = account.charge(1, "pm_card_visa");
    let prepared = account.prepared(&attempt).await;
    account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    let request = RefundRequest {
        charge: prepared.reference.clone(),
        refund_id: Uuid::from_u128(9),
        amount: usd(400),
    };
    account.trouble(
        "/v1/refunds",
        Troubles {
            reset_after: 100,
            ..Troubles::default()
        },
    );
    let unsure = account.stripe.refund(&request, at(0)).await;
    assert!(
        matches!(unsure, Err(ProcessorError::Unsure(_))),
        "{unsure:?}"
    );
    account.fake().troubles(Troubles::default());
    // Even when the key is forgotten.
    account.fake().advance(Duration::from_secs(25 * 3600));
    let found = account.stripe.refund(&request, at(0)).await;
    assert!(
        matches!(found, Ok(RefundOutcome::Succeeded { .. })),
        "{found:?}"
    );
    assert_eq!(account.count("refunds"), 1);
}

#[tokio::test]
async fn a_refund_is_asked_for_under_another_key_once_stripe_repeats_its_error() {
    for done in [false, true] {
        let account = fake().await;
        let attempt = account.charge(1, "pm_card_visa");
        let prepared = account.prepared(&attempt).await;
        account
            .confirmed(&attempt, &prepared.reference)
            .await
            .unwrap();
        let request = RefundRequest {
            charge: prepared.reference.clone(),
            refund_id: Uuid::from_u128(9),
            amount: usd(400),
        };
        let (error_before, error_after) = if done { (0, 100) } else { (100, 0) };
        let broken = Troubles {
            error_before,
            error_after,
            ..Troubles::default()
        };
        account.trouble("/v1/refunds", broken);
        // The second time under another key, unless it is found.
        for _ in 0..2 {
            let told = account.stripe.refund(&request, at(0)).await;
            let is_found = matches!(told, Ok(RefundOutcome::Succeeded { .. }));
            let is_unsure = matches!(told, Err(ProcessorError::Unsure(_)));
            assert!(is_unsure || (done && is_found), "{told:?}");
        }
        account.fake().troubles(Troubles::default());
        let told = account.stripe.refund(&request, at(0)).await;
        assert!(
            matches!(told, Ok(RefundOutcome::Succeeded { .. })),
            "{told:?}"
        );
        assert_eq!(account.count("refunds"), 1);
    }
}

#[tokio::test]
async fn a_refund_made_at_stripe_is_told_with_the_others() {
    let account = fake().await;
    let attempt = account.charge(1, "pm_card_visa");
    let prepared = account.prepared(&attempt).await;
    account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    let reference = account.fake().refund(&prepared.reference, Some(300));
    let told = account
        .stripe
        .refunds_of(&prepared.reference, at(0))
        .await
        .unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|r| (r.reference.as_str(), r.refund_id, r.amount))
        .collect();
    assert_eq!(told, [(reference.as_str(), None, usd(300))]);
}

#[tokio::test]
async fn a_card_that_the_bank_replaced_is_read_anew() {
    let account = fake().await;
    let attempt = saving_charge(1, card_token(account.fake().token("pm_card_visa", true)));
    let prepared = account.prepared(&attempt).await;
    let Outcome::Succeeded { method, .. } = account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap()
    else {
        panic!("it pays")
    };
    account.fake().update_card(&method.reference, 7, 2041);
    let now = account
        .stripe
        .method(&method.reference, at(0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((now.exp_month, now.exp_year), (7, 2041));
}

#[tokio::test]
async fn a_renewal_that_needs_its_buyer_has_failed_for_that_reason() {
    let account = fake().await;
    let attempt = saving_charge(
        1,
        card_token(account.fake().token("pm_card_authenticationRequired", true)),
    );
    let prepared = account.prepared(&attempt).await;
    let waiting = account
        .confirmed(&attempt, &prepared.reference)
        .await
        .unwrap();
    assert_eq!(told(&waiting), "requires_action");
    account.fake().decide_3ds(&prepared.client_secret, true);
    let Some(Outcome::Succeeded { method, .. }) =
        account.outcome(&attempt, &prepared.reference).await
    else {
        panic!("it was approved")
    };
    let source = Source::Saved {
        customer: prepared.customer,
        method: method.reference,
        present: false,
    };
    let renewal = charge(2, source);
    let prepared = account.prepared(&renewal).await;
    let outcome = account
        .confirmed(&renewal, &prepared.reference)
        .await
        .unwrap();
    assert_eq!(told(&outcome), "authentication_required");
    assert_eq!(account.status(&prepared.reference), "canceled");
}

#[tokio::test]
async fn more_events_than_are_read_at_once_are_told_by_parts_the_oldest_first() {
    let account = fake().await;
    let second_of = |n: u32| i64::from(n.min(60) / 3 + n / 100 * 30);
    for n in 0..230 {
        account.now(at(second_of(n)));
        let attempt = account.charge(n.into(), "pm_card_visa");
        let prepared = account.stripe.prepare(&attempt, at(0)).await.unwrap();
        account
            .confirmed(&attempt, &prepared.reference)
            .await
            .unwrap();
    }
    let end = at(200);
    let (mut since, mut told, mut parts) = (at(0), Vec::new(), 0);
    while since < end {
        let list = account
            .stripe
            .notices_in_pages(since, end, 1)
            .await
            .unwrap();
        assert!(list.until > since && list.notices.is_sorted_by_key(|notice| notice.at));
        assert!(
            list.notices
                .iter()
                .all(|notice| (since..=list.until).contains(&notice.at))
        );
        told.extend(list.notices.into_iter().map(|notice| notice.id));
        (since, parts) = (list.until, parts + 1);
    }
    let whole = account.stripe.events_since(at(0), end).await.unwrap();
    assert_eq!((whole.notices.len(), whole.until), (230, end));
    let whole: Vec<_> = whole.notices.into_iter().map(|notice| notice.id).collect();
    assert_eq!(told, whole);
    assert!(parts > 2, "{parts}");
}
