//! checkout.md 4.3–4.7 and 5: from confirming to what success does.

use std::time::Duration;

use serde_json::{Value, json};
use till_ports::processor::{Method, Outcome, ProcessorError};
use till_server::{pay, work};
use till_testkit::{Answer, Step, Till, both, buyer, id_in};
use till_wire::organizations::OrganizationStatus;

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

fn at_fields(answer: &Answer, expected: &[(&str, &str)]) {
    let mut found = answer.invalid();
    found.sort();
    let mut expected = pairs(expected);
    expected.sort();
    assert_eq!(found, expected, "{}", answer.text());
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter().map(|e| e["type"].as_str().unwrap()).collect()
}

/// What is told once everything is done, oldest first. When a customer's state is told of depends on the
/// clock only, so it is left out.
async fn told(t: &Till) -> Vec<Value> {
    t.advance(Duration::from_millis(1));
    t.catch_up().await;
    t.catch_up().await;
    let mut events = t.told().await;
    events.retain(|event| event["type"] != "customer.state_changed");
    events
}

async fn archive(t: &Till, product: &Value) {
    let path = format!("/v1/products/{}", id_in(product, "id"));
    t.patch(&path, json!({"is_archived": true})).await.ok();
}

async fn free(t: &Till) -> Value {
    t.priced(json!([{"amount_type": "free"}])).await
}

/// The path of the sandbox bank's page for the session's attempt.
async fn bank(t: &Till, checkout: &Value) -> String {
    t.attempt(checkout).await.action_url.unwrap()
}

both! {
    async fn an_empty_confirmation_lacks_all_that_is_required_cf_9_s_125(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        at_fields(&t.confirm(&checkout, json!({})).await, &[("missing", "body.customer_email"), ("missing", "body.customer_billing_address"),
            ("missing", "body.customer_billing_address.country"), ("missing", "body.confirmation_token_id")]);
        assert_eq!(t.reload(&checkout).await, checkout);
        let nothing_sent = t.anonymous().send(axum::http::Method::POST,
            &format!("/v1/checkouts/client/{}/confirm", checkout["client_secret"].as_str().unwrap()), None).await;
        assert!((400..500).contains(&nothing_sent.status.as_u16()));
    }

    async fn canada_needs_a_state_and_the_united_states_an_address_s_127(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let mut body = buyer(ADA, VISA);
        body["customer_billing_address"] = json!({"country": "CA"});
        at_fields(&t.confirm(&checkout, body.clone()).await, &[("missing", "body.customer_billing_address.state")]);
        body["customer_billing_address"] = json!({"country": "US"});
        at_fields(&t.confirm(&checkout, body.clone()).await, &[("missing", "body.customer_billing_address.state"), ("missing", "body.customer_billing_address.line1"),
            ("missing", "body.customer_billing_address.city"), ("missing", "body.customer_billing_address.postal_code")]);
        body["customer_billing_address"] = json!({"country": "US", "state": "NY", "line1": "1 Main St", "city": "New York", "postal_code": "10001"});
        let confirmed = t.confirm(&checkout, body).await.ok();
        assert_eq!(confirmed["customer_billing_address"]["state"], "US-NY");
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["billing_address"]["state"], "US-NY");
    }

    async fn upi_and_businesses_need_the_full_address_cf_10_s_128_s_140(t: &mut Till) {
        let product = t.product().await;
        let full = [("value_error", "body.customer_billing_address"), ("missing", "body.customer_billing_address.line1"),
            ("missing", "body.customer_billing_address.city"), ("missing", "body.customer_billing_address.postal_code")];
        let mut body = buyer(ADA, VISA);
        body["payment_method_type"] = json!("upi");
        body["customer_billing_address"] = json!({"country": "IN"});
        at_fields(&t.confirm(&t.checkout_for(&product).await, body).await, &full);
        let mut body = buyer(ADA, VISA);
        body["is_business_customer"] = json!(true);
        let expected: Vec<_> = full.into_iter().chain([("missing", "body.customer_billing_name")]).collect();
        at_fields(&t.confirm(&t.checkout_for(&product).await, body).await, &expected);
    }

    async fn a_one_time_purchase_goes_the_whole_way_s_155_5_2_5_5(t: &mut Till) {
        let product = t.product().await;
        let endpoint = t.listen().await;
        let body = json!({"metadata": {"campaign": "x"}, "customer_metadata": {"plan": "pro"}, "external_customer_id": "u1"});
        let checkout = t.checkout_with(&product, body).await;
        assert_eq!(types(&t.told().await), ["checkout.created"]);
        let mut body = buyer(ADA, VISA);
        body["customer_name"] = json!("Ada L.");
        let confirmed = t.confirm(&checkout, body).await.ok();
        assert_eq!(confirmed["status"], "confirmed");
        assert!(confirmed["customer_session_token"].as_str().unwrap().starts_with("polar_cst_"));
        let metadata = &confirmed["payment_processor_metadata"];
        assert_eq!(metadata["intent_status"], "succeeded");
        assert!(metadata["intent_client_secret"].is_string() && metadata["customer_id"].is_string());
        assert!(confirmed.get("metadata").is_none() && confirmed["organization"]["slug"] == "ada");
        let events = told(t).await;
        let done = t.reload(&checkout).await;
        assert_eq!(done["status"], "succeeded");
        assert_eq!(done["payment_processor_metadata"]["intent_status"], "succeeded");
        let order = &t.orders(&checkout).await[0];
        for (key, value) in [("status", json!("paid")), ("billing_reason", json!("purchase")), ("subtotal_amount", json!(3000)),
            ("discount_amount", json!(0)), ("net_amount", json!(3000)), ("tax_amount", json!(0)), ("total_amount", json!(3000)),
            ("currency", json!("usd")), ("billing_name", json!("Ada L.")), ("metadata", json!({"campaign": "x"})),
            ("subscription_id", json!(null)), ("checkout_id", checkout["id"].clone()), ("product_id", product["id"].clone())] {
            assert_eq!(order[key], value, "{key}");
        }
        assert_eq!(order["items"].as_array().unwrap().len(), 1);
        assert_eq!((&order["items"][0]["label"], &order["items"][0]["amount"]), (&json!("Book"), &json!(3000)));
        assert_eq!(order["billing_address"]["country"], "FR");
        let customer = t.get("/v1/customers/external/u1").await.ok();
        assert_eq!((&customer["email"], &customer["name"], &customer["metadata"]), (&json!(ADA), &json!("Ada L."), &json!({"plan": "pro"})));
        assert_eq!((&customer["email_verified"], &done["customer_id"]), (&json!(false), &customer["id"]));
        let payment = &t.payments(&checkout).await[0];
        assert_eq!((&payment["status"], &payment["amount"], &payment["order_id"]), (&json!("succeeded"), &json!(3000), &order["id"]));
        assert_eq!(payment["method_metadata"]["last4"], "4242");
        let all = types(&events);
        assert_eq!(all, ["checkout.updated", "customer.created", "order.created", "order.updated", "order.paid", "checkout.updated"]);
        assert_eq!((&events[0]["data"]["status"], &events[5]["data"]["status"]), (&json!("confirmed"), &json!("succeeded")));
        assert_eq!(events[0]["data"]["external_customer_id"], "u1");
        assert_eq!(events[1]["data"], customer);
        assert_eq!(&events[4]["data"], order);
        assert_eq!(events[5]["data"], done);
        assert_eq!(endpoint.organization_id, t.organization.id);
    }

    async fn a_subscription_is_told_before_its_order_5_3_5_5(t: &mut Till) {
        let plan = t.monthly().await;
        t.listen().await;
        let checkout = t.checkout_with(&plan, json!({"external_customer_id": "u2", "metadata": {"k": 1}})).await;
        t.told().await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        let events = told(t).await;
        let all = types(&events);
        assert_eq!(all, ["checkout.updated", "customer.created", "subscription.created", "subscription.active", "subscription.updated",
            "order.created", "order.updated", "order.paid", "checkout.updated"]);
        for event in &events {
            let (kind, data) = (event["type"].as_str().unwrap(), &event["data"]);
            let external = match kind {
                "checkout.updated" => &data["external_customer_id"],
                kind if kind.starts_with("customer.") => &data["external_id"],
                _ => &data["customer"]["external_id"],
            };
            assert_eq!(external, "u2", "{kind}");
        }
        let subscription = &t.items("/v1/subscriptions/").await[0];
        for (key, value) in [("status", json!("active")), ("amount", json!(1000)), ("currency", json!("usd")), ("recurring_interval", json!("month")),
            ("metadata", json!({"k": 1})), ("checkout_id", checkout["id"].clone()), ("cancel_at_period_end", json!(false))] {
            assert_eq!(subscription[key], value, "{key}");
        }
        assert_eq!(subscription["started_at"], subscription["current_period_start"]);
        assert!(subscription["current_period_end"].as_str().unwrap().starts_with("2026-12-22"));
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["billing_reason"], &order["subscription_id"]), (&json!("subscription_create"), &subscription["id"]));
        let mut body = buyer(ADA, VISA);
        body["customer_email"] = json!("ADA@example.com");
        let again = t.checkout_for(&plan).await;
        t.confirm(&again, body).await.refused(403, "AlreadyActiveSubscriptionError");
        told(t).await;
    }

    async fn the_old_name_of_the_external_id_arrives_as_well(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_external_id": "old-1"})).await;
        t.buy(&checkout, ADA).await;
        assert_eq!(t.orders(&checkout).await[0]["customer"]["external_id"], "old-1");
        for event in t.told().await {
            let kind = event["type"].as_str().unwrap();
            if kind.starts_with("order.") {
                assert_eq!(event["data"]["customer"]["external_id"], "old-1", "{kind}");
            } else if kind.starts_with("customer.") {
                assert_eq!(event["data"]["external_id"], "old-1", "{kind}");
            } else if kind.starts_with("checkout.") {
                assert_eq!(event["data"]["external_customer_id"], "old-1", "{kind}");
            }
        }
    }

    async fn what_is_free_needs_an_email_only_cf_17(t: &mut Till) {
        let checkout = t.checkout_for(&free(t).await).await;
        at_fields(&t.confirm(&checkout, json!({})).await, &[("missing", "body.customer_email")]);
        let confirmed = t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
        assert_eq!(confirmed["payment_processor_metadata"].get("intent_client_secret"), None);
        t.catch_up().await;
        let done = t.reload(&checkout).await;
        assert_eq!((&done["status"], &done["payment_processor_metadata"]["intent_status"]), (&json!("succeeded"), &json!("succeeded")));
        let orders = t.orders(&checkout).await;
        assert_eq!((orders.len(), &orders[0]["total_amount"], &orders[0]["status"]), (1, &json!(0), &json!("paid")));
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn a_chosen_amount_of_nothing_is_free_and_another_is_charged(t: &mut Till) {
        let price = json!({"amount_type": "custom", "minimum_amount": 0, "preset_amount": 700});
        let product = t.priced(json!([price])).await;
        let nothing = t.checkout_for(&product).await;
        t.confirm(&nothing, json!({"customer_email": ADA, "amount": 0})).await.ok();
        let some = t.checkout_for(&product).await;
        let mut body = buyer("bob@example.com", VISA);
        body["amount"] = json!(1234);
        t.confirm(&some, body).await.ok();
        t.catch_up().await;
        assert_eq!(t.orders(&nothing).await[0]["total_amount"], 0);
        let order = &t.orders(&some).await[0];
        assert_eq!((&order["total_amount"], &order["items"][0]["amount"]), (&json!(1234), &json!(1234)));
        assert_eq!(t.payments(&some).await[0]["amount"], 1234);
    }

    async fn a_decline_keeps_nothing_and_the_next_card_pays_4_3(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.told().await;
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
        t.told().await;
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

    async fn a_session_is_confirmed_once_s_152(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(403, "NotOpenCheckout");
        t.catch_up().await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(403, "NotOpenCheckout");
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
    }

    async fn confirming_many_times_at_once_charges_once_4_11(t: &mut Till) {
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

    async fn nothing_changes_while_an_attempt_is_in_flight_s_124(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, VISA), Step::Intended).await;
        t.change(&checkout, json!({"metadata": {"k": 1}})).await.refused(409, "CheckoutLocked");
        t.client_change(&checkout, json!({"customer_name": "Eve"})).await.refused(409, "CheckoutLocked");
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutLocked");
        t.client_get(&checkout).await.ok();
        t.catch_up().await;
        t.change(&checkout, json!({"metadata": {"k": 1}})).await.ok();
    }

    async fn an_attempt_that_never_began_is_given_up_after_some_seconds_rule_6(t: &mut Till) {
        for step in [Step::Intended, Step::Asked] {
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

    async fn an_attempt_is_given_up_at_the_processor_before_it_is_given_up_here_rule_6(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), Step::Asked).await;
        t.catch_up().await;
        // The confirmation that was on its way arrives now.
        let reference = t.attempt(&checkout).await.reference.unwrap();
        let late = t.app.processor.confirm(attempt.id, &reference, t.app.at().now).await;
        assert!(matches!(late, Err(ProcessorError::Refused(_))), "{late:?}");
        assert_eq!(t.attempt(&checkout).await.decline_reason.as_deref(), Some("abandoned"));
        assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn a_charge_that_nobody_heard_of_is_fulfilled_once_rule_6(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"external_customer_id": "u1"})).await;
        t.crash(&checkout, buyer(ADA, VISA), Step::Charged).await;
        t.told().await;
        for _ in 0..3 {
            t.catch_up().await;
        }
        let done = t.reload(&checkout).await;
        assert_eq!((&done["status"], &done["customer_email"]), (&json!("succeeded"), &json!(ADA)));
        assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 1));
        assert_eq!(t.get("/v1/customers/external/u1").await.ok()["email"], ADA);
        let all = t.told().await;
        assert_eq!(types(&all).iter().filter(|kind| **kind == "order.paid").count(), 1);
    }

    async fn attempts_left_behind_are_looked_at_when_the_server_starts(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, VISA), Step::Charged).await;
        work::start(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn witnesses_and_drains_may_repeat_themselves_4_11(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.monthly().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), Step::Charged).await;
        let now = t.app.at().now;
        let outcome = t.app.processor.retrieve(attempt.id, now).await.unwrap().unwrap();
        let one = || pay::settle(&t.app, attempt.id, &outcome);
        let (a, b, c) = tokio::join!(one(), one(), one());
        assert_eq!([a, b, c].into_iter().filter(|r| r.as_ref().unwrap().token.is_some()).count(), 1);
        let (x, y) = tokio::join!(work::run_due(&t.app), work::run_due(&t.app));
        x.unwrap();
        y.unwrap();
        for _ in 0..3 {
            t.catch_up().await;
            one().await.unwrap();
        }
        assert_eq!((t.orders(&checkout).await.len(), t.items("/v1/subscriptions/").await.len()), (1, 1));
        let all = t.told().await;
        for kind in ["order.paid", "subscription.created", "customer.created"] {
            assert_eq!(types(&all).iter().filter(|k| **k == kind).count(), 1, "{kind}");
        }
    }

    async fn a_failure_notice_after_success_changes_nothing_4_7_s_157(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let done = t.buy(&checkout, ADA).await;
        let failed = Outcome::Failed { decline_reason: "generic_decline".into(), decline_message: "No.".into(), method: None };
        let attempt = t.attempt(&checkout).await.id;
        pay::settle(&t.app, attempt, &failed).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&checkout).await, done);
        assert_eq!(t.payments(&checkout).await[0]["status"], "succeeded");
        let over = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&over, buyer(ADA, VISA), Step::Asked).await;
        t.catch_up().await;
        t.catch_up().await;
        t.advance(Duration::from_secs(25 * 3600));
        t.drain().await;
        let expired = t.reload(&over).await;
        assert_eq!(expired["status"], "expired");
        pay::settle(&t.app, lost.id, &failed).await.unwrap();
        t.drain().await;
        assert_eq!(t.reload(&over).await, expired);
    }

    async fn money_that_arrives_too_late_is_marked_as_owed_back(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&checkout, buyer(ADA, VISA), Step::Asked).await;
        t.catch_up().await;
        t.catch_up().await;
        t.buy(&checkout, ADA).await;
        let method = Method { reference: "pm_x".into(), brand: "visa".into(), last4: "4242".into(), exp_month: 1, exp_year: 2030, fingerprint: "f".into(), wallet: None };
        pay::settle(&t.app, lost.id, &Outcome::Succeeded { method }).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
        let late = t.app.store.attempt(lost.id).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refund_due"));
    }

    async fn three_d_secure_approved_pays_and_refused_reopens_4_3(t: &mut Till) {
        t.may_leave_work();
        let product = t.product().await;
        for decision in ["approve", "refuse"] {
            let email = format!("{decision}@example.com");
            let checkout = t.checkout_for(&product).await;
            let confirmed = t.confirm(&checkout, buyer(&email, "pm_card_authenticationRequired")).await.ok();
            assert_eq!(confirmed["payment_processor_metadata"]["intent_status"], "requires_action");
            assert!(confirmed["payment_processor_metadata"]["intent_client_secret"].is_string());
            assert_eq!(t.items(&format!("/v1/customers/?email={email}")).await.len(), 1, "S-154");
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
                assert!(ended["customer_id"].is_string());
                let words = t.page(&format!("/checkout/{}/confirmation", checkout["client_secret"].as_str().unwrap())).await.text();
                assert!(words.contains("The payment did not go through"));
                assert_eq!(t.payments(&checkout).await[0]["decline_reason"], "authentication_required");
                t.confirm(&checkout, buyer(&email, VISA)).await.ok();
                t.catch_up().await;
                assert_eq!(t.orders(&checkout).await.len(), 1);
            }
        }
        assert_eq!(t.page("/sandbox/3ds/pi_sandbox_x_secret_y").await.status, 404);
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

    async fn a_payment_that_settles_later_is_fulfilled_then_4_6(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.told().await;
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
        assert_eq!(types(&told(t).await), ["checkout.updated", "customer.created", "order.created", "order.updated", "order.paid", "checkout.updated"]);
    }

    async fn a_payment_that_fails_later_reopens_the_session_4_7(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_failsLater")).await.ok();
        t.drain().await;
        t.told().await;
        t.advance(Duration::from_secs(4));
        let events = told(t).await;
        assert_eq!(types(&events), ["checkout.updated"]);
        assert_eq!(events[0]["data"]["status"], "open");
        let open = t.reload(&checkout).await;
        assert_eq!(events[0]["data"], open);
        assert!(open["payment_processor_metadata"].get("intent_status").is_none());
        assert!(open["customer_id"].is_string(), "the linked customer is kept");
        assert_eq!(t.payments(&checkout).await[0]["status"], "failed");
        let again = t.confirm(&checkout, buyer("other@example.com", VISA)).await.ok();
        assert_eq!(again["customer_email"], ADA);
        assert!(!again["customer_session_token"].as_str().unwrap().is_empty());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await.len(), 1);
        t.told().await;
    }

    async fn a_known_email_is_that_customer_without_a_portal_token_cf_20_s_142(t: &mut Till) {
        let known = t.post("/v1/customers/", json!({"email": ADA, "metadata": {"a": 1, "b": 1}})).await.created();
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_metadata": {"b": 2, "c": 3}})).await;
        t.told().await;
        let confirmed = t.confirm(&checkout, buyer("ADA@example.com", VISA)).await.ok();
        assert_eq!(confirmed["customer_session_token"], "");
        assert_eq!(confirmed["customer_id"], known["id"]);
        let events = told(t).await;
        assert_eq!(types(&events)[..2], ["checkout.updated", "customer.updated"]);
        let customer = t.get(&format!("/v1/customers/{}", id_in(&known, "id"))).await.ok();
        assert_eq!(customer["metadata"], json!({"a": 1, "b": 2, "c": 3}));
        assert_eq!(customer["email"], ADA);
    }

    async fn an_email_match_gets_no_token_on_a_second_try_either_q_11(t: &mut Till) {
        t.customer(ADA).await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_failsLater")).await.ok();
        t.advance(Duration::from_secs(4));
        t.drain().await;
        assert_eq!(t.confirm(&checkout, buyer(ADA, VISA)).await.ok()["customer_session_token"], "");
        t.catch_up().await;
    }

    async fn a_customers_own_name_is_kept_5_1_s_143(t: &mut Till) {
        let product = t.product().await;
        let named = t.post("/v1/customers/", json!({"email": ADA, "name": "ACME"})).await.created();
        let nameless = t.customer("bob@example.com").await;
        for (customer, name) in [(&named, "ACME"), (&nameless, "John")] {
            let checkout = t.checkout_with(&product, json!({"customer_id": customer["id"]})).await;
            let mut body = buyer("eve@example.com", VISA);
            body["customer_name"] = json!("John");
            let confirmed = t.confirm(&checkout, body).await.ok();
            assert!(confirmed["customer_session_token"].as_str().unwrap().starts_with("polar_cst_"));
            let after = t.get(&format!("/v1/customers/{}", id_in(customer, "id"))).await.ok();
            assert_eq!((&after["name"], &after["email"]), (&json!(name), &customer["email"]));
            assert_eq!(t.told_processor(&checkout).await["name"], "John");
        }
        t.catch_up().await;
    }

    async fn an_email_match_leaves_the_external_id_alone_s_145(t: &mut Till) {
        let product = t.product().await;
        let plain = t.customer(ADA).await;
        let checkout = t.checkout_with(&product, json!({"external_customer_id": "u1"})).await;
        t.buy(&checkout, ADA).await;
        assert_eq!(t.get(&format!("/v1/customers/{}", id_in(&plain, "id"))).await.ok()["external_id"], json!(null));
        t.get("/v1/customers/external/u1").await.not_found();
        assert_eq!(t.orders(&checkout).await[0]["customer"]["id"], plain["id"]);
    }

    async fn an_external_id_of_another_email_is_refused_before_money_moves_s_146(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"external_customer_id": "u1"})).await;
        t.post("/v1/customers/", json!({"email": "owner@example.com", "external_id": "u1"})).await.created();
        let refused = t.confirm(&checkout, buyer(ADA, VISA)).await.refused(422, "CheckoutCustomerExternalIdMismatch");
        assert!(refused["detail"].is_string());
        assert!(t.payments(&checkout).await.is_empty());
        assert_eq!(t.reload(&checkout).await["status"], "open");
        assert_eq!(t.buy(&checkout, "owner@example.com").await["status"], "succeeded");
    }

    async fn a_linked_customer_that_was_deleted_is_a_conflict_5_1(t: &mut Till) {
        let ada = t.customer(ADA).await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await;
        t.delete(&format!("/v1/customers/{}", id_in(&ada, "id"))).await.gone();
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutCustomerDeleted");
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn the_name_on_the_card_fills_in_cf_8_s_131(t: &mut Till) {
        let product = t.product().await;
        let card = |name: Value| json!({"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 34, "cvc": "123", "name": name});
        for (name, sent, kept) in [(json!("Grace"), None, json!("Grace")), (json!("Grace"), Some(json!("Ada")), json!("Ada")),
            (json!("Grace"), Some(json!(null)), json!("Grace")), (json!(null), None, json!(null))] {
            let token = t.anonymous().post("/v1/sandbox/confirmation-tokens", card(name)).await.created();
            let mut body = buyer(ADA, token["id"].as_str().unwrap());
            if let Some(sent) = sent {
                body["customer_name"] = sent;
            }
            let checkout = t.checkout_for(&product).await;
            assert_eq!(t.confirm(&checkout, body.clone()).await.ok()["customer_name"], kept);
            let other = t.checkout_for(&product).await;
            t.confirm(&other, body).await.refused(400, "PaymentError");
            t.catch_up().await;
        }
        t.catch_up().await;
    }

    async fn the_sandbox_takes_test_cards_only(t: &mut Till) {
        let card = |number: &str, month: i64, year: i64, cvc: &str| json!({"number": number, "exp_month": month, "exp_year": year, "cvc": cvc});
        for (body, field) in [
            (card("4111111111111111", 12, 34, "123"), "body.number"), (card("4242424242424241", 12, 34, "123"), "body.number"),
            (card("4242424242424242", 1, 2020, "123"), "body.exp_year"), (card("4242424242424242", 12, 34, "12"), "body.cvc"),
        ] {
            let answer = t.anonymous().post("/v1/sandbox/confirmation-tokens", body).await;
            assert_eq!(answer.unreadable(), pairs(&[("value_error", field)]));
            assert!(!answer.text().contains("4111111111111111"));
        }
    }

    async fn who_cannot_take_payments_still_gives_away_cf_7_s_148(t: &mut Till) {
        let (book, plan, free) = (t.product().await, t.monthly().await, free(t).await);
        let (once, forever) = (t.percent_off(10_000, json!({"duration": "once"})).await, t.percent_off(10_000, json!({"duration": "forever"})).await);
        let off = |discount: &Value| json!({"discount_id": discount["id"]});
        let paid = [t.checkout_for(&book).await, t.checkout_for(&plan).await, t.checkout_with(&plan, off(&once)).await];
        let given = [t.checkout_for(&free).await, t.checkout_with(&book, off(&once)).await, t.checkout_with(&plan, off(&forever)).await];
        t.organization_is(OrganizationStatus::Denied).await;
        for checkout in &paid {
            t.confirm(checkout, buyer(ADA, VISA)).await.refused(403, "PaymentNotReady");
        }
        for checkout in &given {
            t.confirm(checkout, json!({"customer_email": ADA})).await.ok();
            t.catch_up().await;
        }
        for checkout in &given {
            assert_eq!(t.session(checkout).await.checkout.status.to_string(), "succeeded");
        }
    }

    async fn an_order_is_in_the_sessions_currency_s_166(t: &mut Till) {
        let prices = json!([{"amount_type": "fixed", "price_amount": 1000}, {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}]);
        let checkout = t.checkout_with(&t.priced(prices).await, json!({"currency": "eur"})).await;
        t.buy(&checkout, ADA).await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["currency"], &order["total_amount"]), (&json!("eur"), &json!(900)));
        assert_eq!(order["items"].as_array().unwrap().len(), 1);
        assert_eq!(t.payments(&checkout).await[0]["currency"], "eur");
    }

    async fn a_price_archived_before_confirming_is_refused_and_after_it_fulfilled_cf_6_s_167(t: &mut Till) {
        let product = t.product().await;
        let path = format!("/v1/products/{}", id_in(&product, "id"));
        let (early, late) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        t.confirm(&late, buyer("bob@example.com", "pm_card_settlesLater")).await.ok();
        t.patch(&path, json!({"prices": [{"amount_type": "fixed", "price_amount": 9900}]})).await.ok();
        at_fields(&t.confirm(&early, buyer(ADA, VISA)).await, &[("value_error", "body.product_price_id")]);
        t.advance(Duration::from_secs(4));
        t.catch_up().await;
        let order = &t.orders(&late).await[0];
        assert_eq!((&order["status"], &order["total_amount"]), (&json!("paid"), &json!(3000)));
        assert_eq!(order["items"][0]["amount"], 3000);
        archive(t, &product).await;
    }

    async fn a_free_subscription_is_upgraded_in_place_s_161(t: &mut Till) {
        let body = json!({"name": "Free", "recurring_interval": "month", "prices": [{"amount_type": "free"}]});
        let (plan, none) = (t.monthly().await, t.post("/v1/products/", body).await.created());
        let first = t.checkout_with(&none, json!({"metadata": {"utm": "a", "plan": "free"}})).await;
        t.confirm(&first, json!({"customer_email": ADA})).await.ok();
        t.catch_up().await;
        let old = t.items("/v1/subscriptions/").await.remove(0);
        t.advance(Duration::from_secs(10 * 24 * 3600));
        let upgrade = t.checkout_with(&plan, json!({"subscription_id": old["id"], "metadata": {"plan": "paid"}})).await;
        t.listen().await;
        t.confirm(&upgrade, buyer(ADA, VISA)).await.ok();
        let events = told(t).await;
        let all = types(&events);
        assert_eq!(all, ["checkout.updated", "customer.updated", "subscription.updated", "order.created", "order.updated", "order.paid", "checkout.updated"]);
        let subscriptions = t.items("/v1/subscriptions/").await;
        assert_eq!(subscriptions.len(), 1);
        let new = &subscriptions[0];
        assert_eq!((&new["id"], &new["started_at"]), (&old["id"], &old["started_at"]));
        assert_ne!(new["current_period_start"], old["current_period_start"]);
        assert_eq!((&new["amount"], &new["product_id"]), (&json!(1000), &plan["id"]));
        assert_eq!(new["metadata"], json!({"utm": "a", "plan": "paid"}));
        assert_eq!(t.orders(&upgrade).await[0]["billing_reason"], "subscription_update");
        t.catch_up().await;
    }

    async fn billing_details_reach_customer_and_order_5_1_5_7(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let body = json!({"customer_email": ADA, "customer_name": "Ada", "is_business_customer": true, "customer_billing_name": "ACME SARL",
            "customer_tax_id": "FR61954506077", "confirmation_token_id": VISA,
            "customer_billing_address": {"country": "fr", "line1": " 1 rue X ", "city": "Paris", "postal_code": "75001", "line2": " "}});
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!(order["billing_name"], "ACME SARL");
        assert_eq!((&order["billing_address"]["line1"], &order["billing_address"]["country"]), (&json!("1 rue X"), &json!("FR")));
        let customer = &t.items("/v1/customers/").await[0];
        assert_eq!((&customer["billing_name"], &customer["name"]), (&json!("ACME SARL"), &json!("ACME SARL")));
        assert_eq!(customer["tax_id"], json!(["FR61954506077", "eu_vat"]));
        assert_eq!(customer["billing_address"]["city"], "Paris");
    }

    async fn a_confirmation_may_switch_the_product_cf_2(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let checkout = t.checkout(json!({"products": [plan["id"], book["id"]]})).await;
        let mut body = buyer(ADA, VISA);
        body["product_id"] = book["id"].clone();
        body["metadata"] = json!({"hacked": true});
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["total_amount"], &order["billing_reason"], &order["metadata"]), (&json!(3000), &json!("purchase"), &json!({})));
    }

    async fn invoices_are_numbered_per_customer(t: &mut Till) {
        let product = t.product().await;
        let mut numbers = Vec::new();
        for email in [ADA, ADA, "bob@example.com"] {
            let checkout = t.checkout_for(&product).await;
            t.buy(&checkout, email).await;
            numbers.push(t.orders(&checkout).await[0]["invoice_number"].as_str().unwrap().to_owned());
        }
        assert!(numbers[0].ends_with("-0001") && numbers[1].ends_with("-0002") && numbers[2].ends_with("-0001"), "{numbers:?}");
        assert_ne!(numbers[0], numbers[2]);
    }
}
