//! Drafts: orders that a merchant makes, and charges to a saved card.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use jiff::Timestamp;
use serde_json::{Value, json};
use till_core::{
    kernel::records::{Customer, PaymentState},
    orders::drafts::{self, Finalized},
};
use till_ports::processor::{
    Answer as Answered, Attempt, Outcome, Prepared, Processor, ProcessorError, Source,
};
use till_testkit::{Alter, Altered, Answer, CrashPoint, Till, both, charge_of, id_in};
use till_wire::organizations::OrganizationStatus;

const VISA: &str = "pm_card_visa";
/// Kept, and declined whenever it is charged.
const DECLINES: &str = "pm_card_chargeCustomerFail";

/// A customer with these cards, in a shop where drafts are turned on.
async fn customer(t: &Till, cards: &[&str]) -> Value {
    t.featured(|features| features.off_session_charges_enabled = true)
        .await;
    let ada = t.customer("ada@example.com").await;
    for card in cards {
        assert_eq!(
            t.keep_card(&ada, card).await,
            PaymentState::Succeeded,
            "{card}"
        );
        t.advance(std::time::Duration::from_secs(1));
    }
    ada
}

async fn create(t: &Till, customer: &Value, product: &Value, more: Value) -> Answer {
    let mut body = json!({"customer_id": customer["id"], "product_id": product["id"]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/orders/", body).await
}

/// A draft for 30.00 USD.
async fn draft(t: &Till, customer: &Value) -> Value {
    create(t, customer, &t.product().await, json!({}))
        .await
        .created()
}

async fn finalize(t: &Till, order: &Value, body: Value) -> Answer {
    t.post(&format!("/v1/orders/{}/finalize", id_in(order, "id")), body)
        .await
}

async fn reload(t: &Till, order: &Value) -> Value {
    t.get(&format!("/v1/orders/{}", id_in(order, "id")))
        .await
        .ok()
}

async fn payments(t: &Till, order: &Value) -> Vec<Value> {
    t.items(&format!("/v1/payments/?order_id={}", id_in(order, "id")))
        .await
}

/// The counter in an order's number.
fn number(order: &Value) -> &str {
    order["invoice_number"]
        .as_str()
        .unwrap()
        .rsplit('-')
        .next()
        .unwrap()
}

/// Writes down the attempt to charge a draft, and leaves it as it is when the server dies at this step.
async fn crash(t: &Till, order: &Value, step: CrashPoint) {
    let (store, own) = (&t.app.store, t.organization.id);
    let (organization, rows) = till_server::payments::order_rows(&t.app, id_in(order, "id"))
        .await
        .unwrap();
    let customer: &Customer = &rows.customer;
    let method = store
        .payment_method(own, customer.default_payment_method_id.unwrap())
        .await
        .unwrap()
        .unwrap();
    let subscribers = store.subscribers(own).await.unwrap();
    let claimed = drafts::finalize(
        &rows,
        &organization,
        Some(&method),
        &subscribers,
        &t.app.context(),
    );
    let Ok(Finalized::Charge { payment, changes }) = claimed else {
        panic!("{claimed:?}")
    };
    store.commit(changes).await.unwrap();
    let source = Source::Saved {
        customer: method.customer_reference.unwrap(),
        method: method.reference,
        present: false,
    };
    let attempt = Attempt {
        source,
        ..charge_of(&payment, "")
    };
    t.charge_until(step, *payment, attempt).await;
}

/// Fails, or does not answer, at a step.
struct Silent {
    processor: Arc<dyn Processor>,
    prepares: bool,
}

impl Alter for Silent {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.processor
    }
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answered<'a, Prepared> {
        match self.prepares {
            true => self.processor.prepare(attempt, now),
            false => Box::pin(async { Err(ProcessorError::Unsure("no answer".into())) }),
        }
    }
    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answered<'a, Outcome> {
        Box::pin(async move {
            self.processor.confirm(attempt, reference, now).await?;
            Err(ProcessorError::Unsure("the answer was lost".into()))
        })
    }
}

both! {
    async fn a_draft_has_one_line_and_no_number(t: &mut Till) {
        let ada = customer(t, &[]).await;
        t.patch(&format!("/v1/customers/{}", id_in(&ada, "id")), json!({"name": "Ada", "billing_address": {"country": "FR"}})).await.ok();
        let product = t.product().await;
        t.listen().await;
        let made = create(t, &ada, &product, json!({"metadata": {"k": 1}})).await.created();
        for (key, value) in [("status", json!("draft")), ("paid", json!(false)), ("invoice_number", json!(null)),
            ("receipt_number", json!(null)), ("billing_reason", json!("purchase")), ("subtotal_amount", json!(3000)),
            ("total_amount", json!(3000)), ("due_amount", json!(3000)), ("currency", json!("usd")), ("billing_name", json!("Ada")),
            ("customer_id", ada["id"].clone()), ("product_id", product["id"].clone()), ("description", json!("Book")),
            ("metadata", json!({"k": 1})), ("subscription_id", json!(null)), ("checkout_id", json!(null))] {
            assert_eq!(made[key], value, "{key}");
        }
        assert_eq!(made["billing_address"]["country"], "FR");
        assert_eq!(made["items"].as_array().unwrap().len(), 1);
        assert_eq!((&made["items"][0]["label"], &made["items"][0]["product_price_id"]), (&json!("Book"), &product["prices"][0]["id"]));
        assert_eq!(reload(t, &made).await, made);
        assert_eq!(t.items("/v1/orders/?status=draft").await, vec![made.clone()]);
        let told = t.webhook_events().await;
        assert_eq!((told.len(), &told[0]["type"], &told[0]["data"]), (1, &json!("order.created"), &made));
        let own = json!({"amount": 1250, "description": " 5,000 tokens ", "currency": "usd"});
        let made = create(t, &ada, &product, own).await.created();
        assert_eq!((&made["total_amount"], &made["description"]), (&json!(1250), &json!("Book")));
        assert_eq!((&made["items"][0]["label"], &made["items"][0]["amount"]), (&json!("5,000 tokens"), &json!(1250)));
        let file = t.get("/v1/orders/export?columns=status&columns=invoice_number").await.text();
        assert_eq!(file, "Status,Invoice number\r\ndraft,\r\ndraft,\r\n");
        let blank = create(t, &ada, &product, json!({"description": " "})).await.created();
        assert_eq!(blank["items"][0]["label"], "Book");
        assert_eq!(t.webhook_event_types().await, ["order.created", "order.created"]);
    }

    async fn drafts_are_made_only_where_they_are_turned_on(t: &mut Till) {
        let (ada, plan) = (t.customer("ada@example.com").await, t.monthly().await);
        create(t, &ada, &plan, json!({})).await.refused(403, "OffSessionChargesNotEnabled");
        let own = format!("/v1/organizations/{}", t.organization.id);
        let on = t.patch(&own, json!({"feature_settings": {"off_session_charges_enabled": true}})).await.ok();
        assert_eq!(on["feature_settings"]["off_session_charges_enabled"], true);
        let refused = create(t, &ada, &plan, json!({})).await.invalid();
        assert_eq!(refused, crate::pairs(&[("value_error", "body.product_id")]));
        let named = create(t, &ada, &plan, json!({"organization_id": t.organization.id})).await.invalid();
        assert_eq!(named, crate::pairs(&[("organization_token", "body.organization_id")]));
    }

    async fn what_cannot_be_charged_is_refused_at_its_field(t: &mut Till) {
        let ada = customer(t, &[]).await;
        let tiers = json!([{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]);
        let seats = t.priced(json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}])).await;
        let other = json!({"id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"});
        for product in [t.monthly().await, t.pay_what_you_want().await, seats, other.clone()] {
            let refused = create(t, &ada, &product, json!({"amount": 1000})).await.invalid();
            assert_eq!(refused, crate::pairs(&[("value_error", "body.product_id")]), "{product}");
        }
        let book = t.product().await;
        for (more, problem) in [
            (json!({"currency": "eur"}), ("value_error", "body.currency")),
            (json!({"amount": 49}), ("greater_than_equal", "body.amount")),
            (json!({"amount": 100_000_000}), ("less_than_equal", "body.amount")),
        ] {
            assert_eq!(create(t, &ada, &book, more.clone()).await.invalid(), crate::pairs(&[problem]), "{more}");
        }
        let all = create(t, &other, &other, json!({"amount": 1})).await.invalid();
        assert_eq!(all, crate::pairs(&[("value_error", "body.product_id"), ("value_error", "body.customer_id"), ("greater_than_equal", "body.amount")]));
        let unread = create(t, &ada, &book, json!({"amount": -1, "description": "x".repeat(501), "currency": "xxx"})).await.unreadable();
        let places: Vec<_> = unread.iter().map(|(_, place)| place.as_str()).collect();
        assert_eq!(places, ["body.currency", "body.amount", "body.description"]);
        assert!(t.items("/v1/orders/").await.is_empty());
        let least = create(t, &ada, &book, json!({"amount": 50})).await.created();
        assert_eq!(least["total_amount"], 50);
    }

    async fn the_tax_of_a_draft_is_that_of_its_customers_address(t: &mut Till) {
        let ada = customer(t, &[]).await;
        let path = format!("/v1/organizations/{}", t.organization.id);
        let settings = json!({"enabled": true, "registrations": [{"country": "DE"}]});
        t.patch(&path, json!({"tax_settings": settings})).await.ok();
        let book = t.priced(json!([{"amount_type": "fixed", "price_amount": 1000, "tax_behavior": "exclusive"}])).await;
        let unknown = create(t, &ada, &book, json!({})).await.invalid();
        assert_eq!(unknown, crate::pairs(&[("value_error", "body.customer_id")]));
        t.patch(&format!("/v1/customers/{}", id_in(&ada, "id")), json!({"billing_address": {"country": "DE"}})).await.ok();
        let taxed = create(t, &ada, &book, json!({})).await.created();
        assert_eq!((&taxed["net_amount"], &taxed["tax_amount"], &taxed["total_amount"]), (&json!(1000), &json!(190), &json!(1190)));
        let free = create(t, &ada, &book, json!({"amount": 0})).await.created();
        assert_eq!((&free["tax_amount"], &free["total_amount"]), (&json!(0), &json!(0)));
    }

    async fn answers_on_a_draft_are_judged_but_none_is_required(t: &mut Till) {
        let ada = customer(t, &[]).await;
        let product = t.product().await;
        let size = t.field("number", "size", json!({})).await;
        t.asks(&product, &[(&size, true)]).await;
        let none = create(t, &ada, &product, json!({})).await.created();
        assert_eq!(none["custom_field_data"], json!({}));
        let some = create(t, &ada, &product, json!({"custom_field_data": {"size": 3, "other": "x"}})).await.created();
        assert_eq!(some["custom_field_data"], json!({"size": 3}));
        let wrong = create(t, &ada, &product, json!({"custom_field_data": {"size": "x"}})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("int_parsing", "body.custom_field_data.size")]));
    }

    async fn finalizing_charges_the_saved_card_and_numbers_the_order(t: &mut Till) {
        let ada = customer(t, &[VISA]).await;
        let draft = draft(t, &ada).await;
        t.listen().await;
        let paid = finalize(t, &draft, json!({})).await.ok();
        assert_eq!((&paid["status"], &paid["paid"]), (&json!("paid"), &json!(true)));
        assert_eq!(number(&paid), "0001");
        assert!(paid["receipt_number"].is_string());
        assert_eq!(reload(t, &draft).await, paid);
        let told = t.webhook_events().await;
        let types: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["order.updated", "order.paid"]);
        assert!(told.iter().all(|event| event["data"] == paid));
        let payments = payments(t, &draft).await;
        assert_eq!(payments.len(), 1);
        for (key, value) in [("status", json!("succeeded")), ("amount", json!(3000)), ("trigger", json!(null)), ("checkout_id", json!(null))] {
            assert_eq!(payments[0][key], value, "{key}");
        }
        finalize(t, &draft, json!({})).await.refused(412, "OrderNotDraft");
        t.post("/v1/orders/1dbfc517-0bbf-4301-9ba8-555ca42b9737/finalize", json!({})).await.not_found();
        t.send(axum::http::Method::POST, &format!("/v1/orders/{}/finalize", id_in(&draft, "id")), Some(String::new())).await
            .refused(412, "OrderNotDraft");
    }

    async fn the_method_that_is_named_pays_else_the_default_else_the_newest(t: &mut Till) {
        let ada = customer(t, &[VISA, "pm_card_mastercard", "pm_card_amex"]).await;
        let methods = t.items(&format!("/v1/customers/{}/payment-methods", id_in(&ada, "id"))).await;
        let brands = |orders: &Value| orders[0]["method_metadata"]["brand"].clone();
        let named = json!({"payment_method_id": methods[1]["id"]});
        for (body, brand) in [(named, "mastercard"), (json!({}), "visa"), (json!({"payment_method_id": null}), "visa")] {
            let one = draft(t, &ada).await;
            finalize(t, &one, body).await.ok();
            assert_eq!(brands(&json!(payments(t, &one).await)), brand);
        }
        let found = t.app.store.customer(t.organization.id, id_in(&ada, "id")).await.unwrap().unwrap();
        let mut changes = till_core::kernel::changes::Changes::new();
        let undecided = Customer { default_payment_method_id: None, ..found.clone() };
        changes.update(&found, &undecided);
        t.app.store.commit(changes).await.unwrap();
        let one = draft(t, &ada).await;
        finalize(t, &one, json!({})).await.ok();
        assert_eq!(brands(&json!(payments(t, &one).await)), "amex");
    }

    async fn a_card_that_is_declined_leaves_the_draft_as_it_was_and_no_gap_in_the_numbers(t: &mut Till) {
        let ada = customer(t, &[DECLINES, VISA]).await;
        let visa = t.items(&format!("/v1/customers/{}/payment-methods", id_in(&ada, "id"))).await[0]["id"].clone();
        let (first, second) = (draft(t, &ada).await, draft(t, &ada).await);
        t.listen().await;
        for _ in 0..2 {
            let refused = finalize(t, &first, json!({})).await.refused(402, "PaymentFailed");
            assert!(refused["detail"].as_str().unwrap().starts_with("card_error"), "{refused}");
            assert_eq!(reload(t, &first).await, first);
        }
        assert!(t.webhook_events().await.is_empty(), "nothing is told");
        assert!(payments(t, &first).await.iter().all(|payment| payment["status"] == "failed"));
        let pay = json!({"payment_method_id": visa});
        assert_eq!(number(&finalize(t, &second, pay.clone()).await.ok()), "0001");
        assert_eq!(number(&finalize(t, &first, pay).await.ok()), "0002");
        assert_eq!(payments(t, &first).await.len(), 3);
        assert_eq!(t.webhook_event_types().await, ["order.updated", "order.paid", "order.updated", "order.paid"]);
    }

    async fn a_bank_that_wants_its_holder_leaves_the_draft_as_it_was(t: &mut Till) {
        let ada = customer(t, &["pm_card_authenticationRequired"]).await;
        let draft = draft(t, &ada).await;
        finalize(t, &draft, json!({})).await.refused(402, "PaymentActionRequired");
        assert_eq!(reload(t, &draft).await, draft);
    }

    async fn finalizing_is_judged_in_this_order(t: &mut Till) {
        let ada = customer(t, &[]).await;
        let eve = t.customer("eve@example.com").await;
        t.keep_card(&eve, VISA).await;
        let foreign = t.items(&format!("/v1/customers/{}/payment-methods", id_in(&eve, "id"))).await[0]["id"].clone();
        let sale = t.sold(&ada, &t.product().await).await;
        let draft = draft(t, &ada).await;
        for body in [json!({}), json!({"payment_method_id": foreign}), json!({"payment_method_id": sale.order.id})] {
            let refused = finalize(t, &draft, body).await.refused(402, "PaymentFailed");
            assert!(refused["detail"].as_str().unwrap().starts_with("missing_payment_method"), "{refused}");
        }
        t.organization_is(OrganizationStatus::Denied).await;
        finalize(t, &draft, json!({})).await.refused(403, "OrganizationNotReadyForPayments");
        t.featured(|features| features.off_session_charges_enabled = false).await;
        finalize(t, &draft, json!({})).await.refused(403, "OffSessionChargesNotEnabled");
        let paid = json!({"id": sale.order.id});
        finalize(t, &paid, json!({})).await.refused(412, "OrderNotDraft");
        let wrong = finalize(t, &paid, json!({"payment_method_id": 1})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("uuid_type", "body.payment_method_id")]));
        assert_eq!(reload(t, &draft).await, draft);
    }

    async fn a_draft_of_nothing_is_paid_without_a_card(t: &mut Till) {
        let ada = customer(t, &[]).await;
        let product = t.product().await;
        let draft = create(t, &ada, &product, json!({"amount": 0})).await.created();
        t.listen().await;
        let paid = finalize(t, &draft, json!({})).await.ok();
        assert_eq!((&paid["status"], number(&paid), &paid["receipt_number"]), (&json!("paid"), "0001", &json!(null)));
        assert_eq!(t.webhook_event_types().await, ["order.updated", "order.paid"]);
        assert!(payments(t, &draft).await.is_empty());
    }

    async fn of_two_who_finalize_at_once_one_charges(t: &mut Till) {
        let ada = customer(t, &[VISA]).await;
        for _ in 0..5 {
            let draft = draft(t, &ada).await;
            let (a, b) = tokio::join!(finalize(t, &draft, json!({})), finalize(t, &draft, json!({})));
            let mut statuses = [a.status.as_u16(), b.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "{} {}", a.text(), b.text());
            assert_eq!(payments(t, &draft).await.len(), 1);
        }
    }

    async fn a_draft_whose_charge_was_interrupted_is_paid_or_a_draft_again(t: &mut Till) {
        let ada = customer(t, &[VISA]).await;
        let mut numbers = Vec::new();
        for (step, status) in [(CrashPoint::Intended, "draft"), (CrashPoint::Asked, "draft"), (CrashPoint::Charged, "paid")] {
            let draft = draft(t, &ada).await;
            crash(t, &draft, step).await;
            finalize(t, &draft, json!({})).await.refused(412, "OrderNotDraft");
            assert_eq!(reload(t, &draft).await["invoice_number"], json!(null));
            t.catch_up().await;
            let now = reload(t, &draft).await;
            assert_eq!(now["status"], status, "{step:?}");
            match status {
                "paid" => numbers.push(number(&now).to_owned()),
                _ => assert_eq!(now, draft),
            }
        }
        assert_eq!(numbers, ["0001"]);
    }

    async fn a_processor_that_is_not_reached_charges_nothing(t: &mut Till) {
        let ada = customer(t, &[VISA]).await;
        let draft = draft(t, &ada).await;
        let silent = t.another(|app| app.processor = Arc::new(Altered(Silent { processor: app.processor.clone(), prepares: false })));
        finalize(&silent, &draft, json!({})).await.refused(402, "PaymentFailed");
        assert_eq!(reload(t, &draft).await, draft);
        finalize(t, &draft, json!({})).await.ok();
    }

    async fn a_charge_whose_answer_is_lost_is_neither_paid_nor_failed_until_it_is_known(t: &mut Till) {
        let ada = customer(t, &[VISA]).await;
        let draft = draft(t, &ada).await;
        let silent = t.another(|app| app.processor = Arc::new(Altered(Silent { processor: app.processor.clone(), prepares: true })));
        finalize(&silent, &draft, json!({})).await.refused(409, "PaymentAlreadyInProgress");
        finalize(t, &draft, json!({})).await.refused(412, "OrderNotDraft");
        t.catch_up().await;
        let paid = reload(t, &draft).await;
        assert_eq!((&paid["status"], number(&paid)), (&json!("paid"), "0001"));
        assert_eq!(payments(t, &draft).await.len(), 1);
    }

    async fn finalizing_again_with_its_key_charges_once_and_answers_the_same(t: &mut Till) {
        let ada = customer(t, &[VISA, DECLINES]).await;
        let methods = t.items(&format!("/v1/customers/{}/payment-methods", id_in(&ada, "id"))).await;
        for (method, status) in [(&methods[1], 200), (&methods[0], 402)] {
            let draft = draft(t, &ada).await;
            let body = json!({"payment_method_id": method["id"]}).to_string();
            let send = async || {
                let request = Request::post(format!("/v1/orders/{}/finalize", id_in(&draft, "id")))
                    .header("authorization", format!("Bearer {}", t.token))
                    .header("content-type", "application/json")
                    .header("content-length", body.len())
                    .header("idempotency-key", format!("key {status}").replace(' ', "-"));
                t.raw(request.body(Body::from(body.clone())).unwrap()).await
            };
            let (first, again) = (send().await, send().await);
            assert_eq!((first.status.as_u16(), again.status), (status, first.status), "{}", first.text());
            assert_eq!(first.json(), again.json());
            assert_eq!(payments(t, &draft).await.len(), 1);
        }
    }
}
