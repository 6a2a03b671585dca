//! From confirming to what success does.

use std::time::Duration;

use serde_json::{Value, json};
use till_ports::processor::{Method, Outcome, ProcessorError};
use till_server::{
    jobs::{self, upkeep},
    payments,
};
use till_testkit::{Answer, CrashPoint, Till, both, buyer, charge_of, id_in};
use till_wire::organizations::OrganizationStatus;

use crate::pairs;

mod attempts;
mod buyer;
mod identity;
mod orders;
mod setups;
mod unreachable;

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

/// Events that are told once everything is done, oldest first. When a customer's state is told of depends on the
/// clock only, so it is left out.
async fn told(t: &Till) -> Vec<Value> {
    t.advance(Duration::from_millis(1));
    t.catch_up().await;
    t.catch_up().await;
    let mut events = t.webhook_events().await;
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
    async fn an_empty_confirmation_lacks_all_that_is_required(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        at_fields(&t.confirm(&checkout, json!({})).await, &[("missing", "body.customer_email"), ("missing", "body.customer_billing_address"),
            ("missing", "body.customer_billing_address.country"), ("missing", "body.confirmation_token_id")]);
        assert_eq!(t.reload(&checkout).await, checkout);
        let nothing_sent = t.anonymous().send(axum::http::Method::POST,
            &format!("/v1/checkouts/client/{}/confirm", checkout["client_secret"].as_str().unwrap()), None).await;
        assert!((400..500).contains(&nothing_sent.status.as_u16()));
    }

    async fn canada_needs_a_state_and_the_united_states_an_address(t: &mut Till) {
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

    async fn upi_and_businesses_need_the_full_address(t: &mut Till) {
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

    async fn a_one_time_purchase_goes_the_whole_way(t: &mut Till) {
        let product = t.product().await;
        let endpoint = t.listen().await;
        let body = json!({"metadata": {"campaign": "x"}, "customer_metadata": {"plan": "pro"}, "external_customer_id": "u1"});
        let checkout = t.checkout_with(&product, body).await;
        assert_eq!(types(&t.webhook_events().await), ["checkout.created"]);
        let mut body = buyer(ADA, VISA);
        body["customer_name"] = json!("Ada L.");
        let confirmed = t.confirm(&checkout, body).await.ok();
        assert_eq!(confirmed["status"], "confirmed");
        assert!(confirmed["customer_session_token"].as_str().unwrap().starts_with("polar_mst_"));
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
        // The last one tells of the invoice, which went with the confirmation.
        assert_eq!(all, ["checkout.updated", "member.created", "customer.created", "order.created", "order.updated", "order.paid", "checkout.updated", "order.updated"]);
        assert_eq!((&events[0]["data"]["status"], &events[6]["data"]["status"]), (&json!("confirmed"), &json!("succeeded")));
        assert_eq!(events[0]["data"]["external_customer_id"], "u1");
        assert_eq!(events[1]["data"]["customer_id"], customer["id"]);
        assert_eq!(events[2]["data"], customer);
        let mut paid = order.clone();
        (paid["is_invoice_generated"], paid["modified_at"]) = (json!(false), json!(null));
        assert_eq!(events[5]["data"], paid);
        assert_eq!(events[6]["data"], done);
        assert_eq!(&events[7]["data"], order);
        assert_eq!(endpoint.organization_id, t.organization.id);
    }

    async fn a_subscription_is_told_before_its_order(t: &mut Till) {
        let plan = t.monthly().await;
        t.listen().await;
        let checkout = t.checkout_with(&plan, json!({"external_customer_id": "u2", "metadata": {"k": 1}})).await;
        t.webhook_events().await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        let events = told(t).await;
        let all = types(&events);
        assert_eq!(all, ["checkout.updated", "member.created", "customer.created", "subscription.created", "subscription.active", "subscription.updated",
            "order.created", "order.updated", "order.paid", "checkout.updated"]);
        for event in events.iter().filter(|event| event["type"] != "member.created") {
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
        for event in t.webhook_events().await {
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

    async fn what_is_free_needs_an_email_only(t: &mut Till) {
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

    async fn who_cannot_take_payments_still_gives_away(t: &mut Till) {
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

    async fn an_order_is_in_the_sessions_currency(t: &mut Till) {
        let prices = json!([{"amount_type": "fixed", "price_amount": 1000}, {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}]);
        let checkout = t.checkout_with(&t.priced(prices).await, json!({"currency": "eur"})).await;
        t.buy(&checkout, ADA).await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["currency"], &order["total_amount"]), (&json!("eur"), &json!(900)));
        assert_eq!(order["items"].as_array().unwrap().len(), 1);
        assert_eq!(t.payments(&checkout).await[0]["currency"], "eur");
    }

    async fn a_price_archived_before_confirming_is_refused_and_after_it_fulfilled(t: &mut Till) {
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

    async fn a_free_subscription_is_upgraded_in_place(t: &mut Till) {
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

    async fn a_confirmation_may_switch_the_product(t: &mut Till) {
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

    async fn what_was_charged_has_a_receipt_numbered_per_customer_and_what_was_free_has_none(t: &mut Till) {
        let (book, gift) = (t.product().await, t.product_named("Gift", 0).await);
        let mut found = Vec::new();
        for (product, email) in [(&gift, ADA), (&book, ADA), (&gift, ADA), (&book, ADA), (&book, "bob@example.com")] {
            let checkout = t.checkout_for(product).await;
            t.buy(&checkout, email).await;
            let order = t.orders(&checkout).await.remove(0);
            let letters = order["invoice_number"].as_str().unwrap().rsplit('-').nth(1).unwrap().to_owned();
            let receipt = order["receipt_number"].as_str().map(str::to_owned);
            found.push(receipt.map(|number| number.replace(&letters, "X")));
        }
        let told: Vec<_> = found.iter().map(Option::as_deref).collect();
        assert_eq!(told, [None, Some("RCPT-X-0001"), None, Some("RCPT-X-0002"), Some("RCPT-X-0001")]);
    }

    async fn events_of_an_order_tell_its_receipt(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.listen().await;
        t.buy(&checkout, ADA).await;
        let orders: Vec<_> = t.webhook_events().await.into_iter().filter(|e| e["type"].as_str().unwrap().starts_with("order.")).collect();
        assert_eq!(orders.len(), 3);
        assert!(orders.iter().all(|event| event["data"]["receipt_number"].as_str().unwrap().starts_with("RCPT-")));
    }

    async fn charged_orders_of_an_older_version_get_their_receipts_in_their_order(t: &mut Till) {
        let (ada, bob) = (t.customer(ADA).await, t.customer("bob@example.com").await);
        let product = t.product().await;
        let mut orders = Vec::new();
        for customer in [&ada, &bob, &ada] {
            let sale = t.sold_with(customer, &product, |sale| sale.order.receipt_number = None).await;
            orders.push(sale.order.id);
        }
        t.sold_with(&ada, &product, |sale| {
            sale.order.receipt_number = None;
            (sale.order.subtotal_amount, sale.order.net_amount, sale.payment.amount) = (0, 0, 0);
        }).await;
        assert_eq!(upkeep::run_due(&t.app).await.unwrap(), 3);
        let mut numbers = Vec::new();
        for order in orders {
            let shown = t.get(&format!("/v1/orders/{order}")).await.ok();
            assert!(shown["modified_at"].is_null());
            numbers.push(shown["receipt_number"].as_str().unwrap().rsplit_once('-').unwrap().1.to_owned());
        }
        assert_eq!(numbers, ["0001", "0001", "0002"]);
        assert_eq!(upkeep::run_due(&t.app).await.unwrap(), 0, "once");
    }
}
