//! Attempts that decline, repeat, die, wait for the buyer or settle late.

use till_core::kernel::records::PaymentState;
use till_ports::processor::{RefundOutcome, RefundRequest};
use till_wire::money::Money;

use super::*;

fn paid_by_card() -> Outcome {
    Outcome::Succeeded {
        method: Method {
            reference: "pm_x".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 1,
            exp_year: 2030,
            fingerprint: "f".into(),
            wallet: None,
        },
        amount: None,
    }
}

fn declined() -> Outcome {
    Outcome::Failed {
        decline_reason: "generic_decline".into(),
        decline_message: "No.".into(),
        method: None,
        request_id: None,
    }
}

both! {
    async fn a_decline_keeps_nothing_and_the_next_card_pays(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.webhook_events().await;
        for (card, reason) in [("pm_card_visa_chargeDeclined", "generic_decline"), ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_chargeCustomerFail", "generic_decline")] {
            let refused = t.confirm(&checkout, buyer("typo@example.com", card)).await.refused(400, "PaymentError");
            assert!(refused["detail"].is_string());
            let open = t.reload(&checkout).await;
            assert_eq!((&open["status"], &open["customer_email"], &open["customer_id"]), (&json!("open"), &json!(null), &json!(null)));
            let payment = &t.items("/v1/payments/").await[0];
            assert_eq!((&payment["status"], &payment["decline_reason"]), (&json!("failed"), &json!(reason)));
            t.advance(Duration::from_millis(1));
        }
        assert!(t.items("/v1/customers/").await.is_empty());
        assert!(told(t).await.is_empty());
        assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 4));
        t.webhook_events().await;
    }

    async fn an_unknown_token_is_refused_and_nothing_moves(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        for token in ["ctoken_nope", "pm_card_nope", "💥", &"x".repeat(5000)] {
            let answer = t.confirm(&checkout, buyer(ADA, token)).await;
            assert!((400..500).contains(&answer.status.as_u16()), "{token}: {}", answer.text());
            assert_eq!(t.reload(&checkout).await["status"], "open");
        }
        assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
    }

    async fn a_session_is_confirmed_once(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(403, "NotOpenCheckout");
        t.catch_up().await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(403, "NotOpenCheckout");
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
    }

    async fn confirming_many_times_at_once_charges_once(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let one = || t.confirm(&checkout, buyer(ADA, VISA));
        let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
        let mut statuses: Vec<_> = [a, b, c, d].iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "{statuses:?}");
        assert!(statuses[1..].iter().all(|status| matches!(status, 403 | 409)), "{statuses:?}");
        t.catch_up().await;
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
    }

    async fn nothing_changes_while_an_attempt_is_in_flight(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Intended).await;
        t.change(&checkout, json!({"metadata": {"k": 1}})).await.refused(409, "CheckoutLocked");
        t.client_change(&checkout, json!({"customer_name": "Eve"})).await.refused(409, "CheckoutLocked");
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutLocked");
        t.client_get(&checkout).await.ok();
        t.catch_up().await;
        t.change(&checkout, json!({"metadata": {"k": 1}})).await.ok();
    }

    async fn an_attempt_that_never_began_is_given_up_after_some_seconds(t: &mut Till) {
        for step in [CrashPoint::Intended, CrashPoint::Asked] {
            let checkout = t.checkout_for(&t.product().await).await;
            t.crash(&checkout, buyer(ADA, VISA), step).await;
            t.drain().await;
            t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutLocked");
            t.catch_up().await;
            t.catch_up().await;
            let open = t.reload(&checkout).await;
            assert_eq!((&open["status"], &open["customer_email"]), (&json!("open"), &json!(null)), "{step:?}");
            assert_eq!(t.attempt(&checkout).await.decline_reason.as_deref(), Some("abandoned"));
            assert!(t.orders(&checkout).await.is_empty());
            assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
            assert_eq!(t.orders(&checkout).await.len(), 1);
        }
    }

    async fn an_attempt_is_given_up_at_the_processor_before_it_is_given_up_here(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Asked).await;
        t.catch_up().await;
        // The confirmation that was on its way arrives now.
        let reference = t.attempt(&checkout).await.reference.unwrap();
        let late = t.app.processor.confirm(&charge_of(&attempt, VISA), &reference, t.app.context().now).await;
        assert!(matches!(late, Err(ProcessorError::Refused(_))), "{late:?}");
        assert_eq!(t.attempt(&checkout).await.decline_reason.as_deref(), Some("abandoned"));
        assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn a_charge_that_nobody_heard_of_is_fulfilled_once(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"external_customer_id": "u1"})).await;
        t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        t.webhook_events().await;
        for _ in 0..3 {
            t.catch_up().await;
        }
        let done = t.reload(&checkout).await;
        assert_eq!((&done["status"], &done["customer_email"]), (&json!("succeeded"), &json!(ADA)));
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
        assert_eq!(t.get("/v1/customers/external/u1").await.ok()["email"], ADA);
        let all = t.webhook_events().await;
        assert_eq!(types(&all).iter().filter(|kind| **kind == "order.paid").count(), 1);
    }

    async fn attempts_left_behind_are_looked_at_when_the_server_starts(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        jobs::start(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn witnesses_and_drains_may_repeat_themselves(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.monthly().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        let now = t.app.context().now;
        let reference = t.attempt(&checkout).await.reference;
        let outcome = t.app.processor.retrieve(attempt.id, reference.as_deref(), now).await.unwrap().unwrap();
        let one = || payments::record_outcome(&t.app, attempt.id, &outcome);
        let (a, b, c) = tokio::join!(one(), one(), one());
        assert!([a, b, c].iter().all(|recorded| recorded.as_ref().unwrap().state == PaymentState::Succeeded));
        assert_eq!(t.all_rows().await["customer_sessions"].len(), 1, "one of them opened the portal");
        let (x, y) = tokio::join!(jobs::run_due(&t.app), jobs::run_due(&t.app));
        x.unwrap();
        y.unwrap();
        for _ in 0..3 {
            t.catch_up().await;
            one().await.unwrap();
        }
        assert_eq!((t.orders(&checkout).await.len(), t.items("/v1/subscriptions/").await.len()), (1, 1));
        let all = t.webhook_events().await;
        for kind in ["order.paid", "subscription.created", "customer.created"] {
            assert_eq!(types(&all).iter().filter(|k| **k == kind).count(), 1, "{kind}");
        }
    }

    async fn a_notice_that_comes_before_the_answer_is_believed(t: &mut Till) {
        for step in [CrashPoint::Intended, CrashPoint::Asked] {
            let email = format!("{step:?}@example.com");
            let paid = t.checkout_for(&t.product().await).await;
            let attempt = t.crash(&paid, buyer(&email, VISA), step).await;
            payments::record_outcome(&t.app, attempt.id, &paid_by_card()).await.unwrap();
            t.catch_up().await;
            assert_eq!(t.reload(&paid).await["status"], "succeeded", "{step:?}");
            assert_eq!((t.orders(&paid).await.len(), t.payments(&paid).await.len()), (1, 1));

            let refused = t.checkout_for(&t.product().await).await;
            let attempt = t.crash(&refused, buyer(&email, VISA), step).await;
            payments::record_outcome(&t.app, attempt.id, &declined()).await.unwrap();
            t.catch_up().await;
            assert_eq!(t.reload(&refused).await["status"], "open", "{step:?}");
            assert_eq!(t.buy(&refused, &email).await["status"], "succeeded");
            assert_eq!(t.orders(&refused).await.len(), 1);
        }
    }

    async fn a_failure_notice_after_success_changes_nothing(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let done = t.buy(&checkout, ADA).await;
        let attempt = t.attempt(&checkout).await.id;
        payments::record_outcome(&t.app, attempt, &declined()).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&checkout).await, done);
        assert_eq!(t.payments(&checkout).await[0]["status"], "succeeded");
        let over = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&over, buyer(ADA, VISA), CrashPoint::Asked).await;
        t.catch_up().await;
        t.catch_up().await;
        t.advance(Duration::from_secs(25 * 3600));
        t.drain().await;
        let expired = t.reload(&over).await;
        assert_eq!(expired["status"], "expired");
        payments::record_outcome(&t.app, lost.id, &declined()).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&over).await, expired);
    }

    async fn money_that_arrives_too_late_is_marked_as_owed_back(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Asked).await;
        t.catch_up().await;
        t.catch_up().await;
        t.buy(&checkout, ADA).await;
        payments::record_outcome(&t.app, lost.id, &paid_by_card()).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
        let late = t.app.store.attempt(lost.id).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refund_due"));
    }

    async fn a_charge_that_nothing_can_be_bought_with_is_refunded_once(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        payments::record_outcome(&t.app, lost.id, &declined()).await.unwrap();
        t.buy(&checkout, ADA).await;
        let charged = t.app.processor.retrieve(lost.id, lost.reference.as_deref(), t.app.context().now);
        let charged = charged.await.unwrap().unwrap();
        for _ in 0..2 {
            payments::record_outcome(&t.app, lost.id, &charged).await.unwrap();
        }
        t.catch_up().await;
        let late = t.app.store.attempt(lost.id).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refunded"));
        assert_eq!(t.orders(&checkout).await.len(), 1);
        let again = RefundRequest {
            charge: late.reference.unwrap(),
            refund_id: t.app.context().id(),
            amount: Money::new(late.amount, late.currency),
        };
        let again = t.app.processor.refund(&again, t.app.context().now).await.unwrap();
        assert_eq!(again, RefundOutcome::AlreadyRefunded, "all of it was given back, and no more");
    }

    async fn a_charge_of_another_amount_buys_nothing_until_somebody_has_looked_at_it(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        let told = t.app.processor.retrieve(attempt.id, attempt.reference.as_deref(), t.app.context().now);
        let Some(Outcome::Succeeded { method, amount: Some(amount) }) = told.await.unwrap() else { panic!("nothing was charged") };
        assert_eq!(amount.minor, 3000);
        for other in [Money::new(2999, amount.currency), Money::new(3000, "eur".parse().unwrap())] {
            let wrong = Outcome::Succeeded { method: method.clone(), amount: Some(other) };
            payments::record_outcome(&t.app, attempt.id, &wrong).await.unwrap();
            t.drain().await;
            let held = &t.payments(&checkout).await[0];
            assert_eq!((&held["status"], &held["decline_reason"]), (&json!("succeeded"), &json!("amount_mismatch")));
            assert!(t.orders(&checkout).await.is_empty());
            t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutLocked");
        }
        let right = Outcome::Succeeded { method, amount: Some(amount) };
        payments::record_outcome(&t.app, attempt.id, &right).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
        assert_eq!(t.payments(&checkout).await[0]["decline_reason"], json!(null));
        t.see_through().await;
    }

    async fn three_d_secure_approved_pays_and_refused_reopens(t: &mut Till) {
        let product = t.product().await;
        for decision in ["approve", "refuse"] {
            let email = format!("{decision}@example.com");
            let checkout = t.checkout_for(&product).await;
            let confirmed = t.confirm(&checkout, buyer(&email, "pm_card_authenticationRequired")).await.ok();
            assert_eq!(confirmed["payment_processor_metadata"]["intent_status"], "requires_action");
            assert!(confirmed["payment_processor_metadata"]["intent_client_secret"].is_string());
            assert_eq!((&confirmed["customer_session_token"], &confirmed["customer_id"]), (&json!(""), &json!(null)));
            assert!(t.items(&format!("/v1/customers/?email={email}")).await.is_empty());
            t.drain().await;
            assert_eq!(t.reload(&checkout).await["status"], "confirmed");
            let page = bank(t, &checkout).await;
            assert!(t.page(&page).await.text().contains("Is this you?"));
            for _ in 0..2 {
                let answer = t.form(&page, &[("decision", decision)], &[]).await;
                assert_eq!(answer.status, 303);
                assert!(answer.header("location").ends_with("/confirmation"));
            }
            t.catch_up().await;
            let ended = t.reload(&checkout).await;
            if decision == "approve" {
                assert_eq!(ended["status"], "succeeded");
                assert_eq!(t.orders(&checkout).await.len(), 1);
                assert_eq!(t.form(&page, &[("decision", "refuse")], &[]).await.status, 303);
                assert_eq!(t.reload(&checkout).await["status"], "succeeded");
            } else {
                assert_eq!(ended["status"], "open");
                let metadata = &ended["payment_processor_metadata"];
                assert!(metadata.get("intent_status").is_none() && metadata.get("intent_client_secret").is_none());
                assert_eq!(ended["customer_id"], json!(null));
                assert!(t.items(&format!("/v1/customers/?email={email}")).await.is_empty());
                let words = t.page(&format!("/checkout/{}/confirmation", checkout["client_secret"].as_str().unwrap())).await.text();
                assert!(words.contains("The payment did not go through"));
                assert_eq!(t.payments(&checkout).await[0]["decline_reason"], "authentication_required");
                t.confirm(&checkout, buyer(&email, VISA)).await.ok();
                t.catch_up().await;
                assert_eq!(t.orders(&checkout).await.len(), 1);
            }
        }
        assert_eq!(t.page("/sandbox/3ds/pi_sandbox_x_secret_y").await.status, 404);
        t.see_through().await;
    }

    async fn three_d_secure_that_nobody_answers_fails_in_the_end(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_authenticationRequired")).await.ok();
        t.advance(Duration::from_secs(30 * 60));
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "confirmed");
        t.advance(Duration::from_secs(31 * 60));
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "open");
        t.catch_up().await;
    }

    async fn a_payment_that_settles_later_is_fulfilled_then(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.webhook_events().await;
        let confirmed = t.confirm(&checkout, buyer(ADA, "pm_card_settlesLater")).await.ok();
        assert_eq!(confirmed["payment_processor_metadata"]["intent_status"], "processing");
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "confirmed");
        assert_eq!(t.payments(&checkout).await[0]["status"], "pending");
        assert!(t.orders(&checkout).await.is_empty());
        t.advance(Duration::from_secs(4));
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await.len(), 1);
        assert_eq!(types(&told(t).await), ["checkout.updated", "member.created", "customer.created", "order.created", "order.updated", "order.paid", "checkout.updated"]);
    }

    async fn a_payment_that_fails_later_reopens_the_session(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_failsLater")).await.ok();
        t.drain().await;
        t.webhook_events().await;
        t.advance(Duration::from_secs(4));
        let events = told(t).await;
        assert_eq!(types(&events), ["checkout.updated"]);
        assert_eq!(events[0]["data"]["status"], "open");
        let open = t.reload(&checkout).await;
        assert_eq!(events[0]["data"], open);
        assert!(open["payment_processor_metadata"].get("intent_status").is_none());
        assert_eq!(open["customer_id"], json!(null), "nobody has bought anything");
        assert_eq!(t.payments(&checkout).await[0]["status"], "failed");
        let again = t.confirm(&checkout, buyer("other@example.com", VISA)).await.ok();
        assert_eq!(again["customer_email"], "other@example.com");
        assert!(!again["customer_session_token"].as_str().unwrap().is_empty());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
        t.webhook_events().await;
    }
}
