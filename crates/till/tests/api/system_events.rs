//! Till's own events: what it did, in the stream of events, each thing once.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::{
    changes::Changes,
    records::{JournalEntry, PaymentState},
};
use till_store::Query;
use till_testkit::{Till, both, id_in};
use till_wire::{events::EventType, usage::SystemEventName};

use crate::{
    benefit_grants::{grace, include},
    metered_kit::{meter, sum, uses},
    subscriptions_kit::{
        DECLINED_LATER, VISA, bought, change, next_period, orders, path, plan, switch,
    },
};

/// Till's events, oldest first.
async fn events(t: &Till) -> Vec<Value> {
    t.items("/v1/events/?source=system&sorting=timestamp&limit=100")
        .await
}

/// Names and metadata of Till's events, oldest first.
async fn told(t: &Till) -> Vec<(String, Value)> {
    let events = events(t).await;
    let one = |event: &Value| {
        (
            event["name"].as_str().unwrap().to_owned(),
            event["metadata"].clone(),
        )
    };
    events.iter().map(one).collect()
}

/// Names of Till's events behind the first `seen`.
async fn names_since(t: &Till, seen: usize) -> Vec<String> {
    let told = told(t).await;
    told.into_iter().skip(seen).map(|(name, _)| name).collect()
}

async fn benefit(t: &Till, body: Value) -> Value {
    t.post("/v1/benefits/", body).await.created()
}

/// The row of a subscription as most events say it.
fn plain(subscription: &Value) -> Value {
    json!({"subscription_id": subscription["id"], "product_id": subscription["product_id"], "amount": 1000,
        "currency": "usd", "recurring_interval": "month", "recurring_interval_count": 1})
}

fn with(mut one: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    one.as_object_mut().unwrap().extend(more);
    one
}

fn paid(order: &Value, subscription: &Value) -> Value {
    json!({"order_id": order["id"], "product_id": order["product_id"], "billing_type": "recurring",
        "amount": order["total_amount"], "currency": "usd", "net_amount": order["net_amount"],
        "tax_amount": order["tax_amount"], "applied_balance_amount": 0, "discount_amount": 0, "platform_fee": 0,
        "subscription_id": subscription["id"], "recurring_interval": "month", "recurring_interval_count": 1})
}

/// Runs what makes Till's events, by so many workers at once.
async fn follow(t: &Till, workers: usize) {
    let runs = (0..workers).map(|_| Box::pin(till_server::jobs::system_events::run_due(&t.app)));
    for run in futures_util::future::join_all(runs).await {
        run.unwrap();
    }
}

both! {
    async fn what_becomes_of_a_subscription_is_told_once_each_in_its_order(t: &mut Till) {
        let t = &*t;
        let meter = meter(t, sum()).await;
        let credits = benefit(t, json!({"type": "meter_credit", "description": "Credits",
            "properties": {"meter_id": meter["id"], "units": 100, "rollover": true}})).await;
        let note = benefit(t, json!({"type": "custom", "description": "Note", "properties": {"note": null}})).await;
        let product = plan(t, "Pro", 1000, json!({})).await;
        include(t, &product, &[&credits, &note]).await;
        let bought = bought(t, &product, VISA, json!({})).await;
        let customer = bought["customer"].clone();
        uses(t, &bought, 30).await;
        let grants = t.items("/v1/benefit-grants/").await;
        let grant = |benefit: &Value| {
            let own = grants.iter().find(|grant| grant["benefit_id"] == benefit["id"]).unwrap();
            json!({"benefit_id": benefit["id"], "benefit_grant_id": own["id"], "benefit_type": benefit["type"]})
        };
        let order = orders(t, &bought).await.remove(0);
        let who = json!({"customer_id": customer["id"], "customer_email": "ada@example.com", "customer_name": null,
            "customer_external_id": null});
        let credited = |units: i64| ("meter.credited".to_owned(), json!({"meter_id": meter["id"], "units": units, "rollover": true}));
        let named = |name: &str, metadata: Value| (name.to_owned(), metadata);
        let mut expected = vec![
            named("checkout.created", json!({"checkout_id": bought["checkout_id"], "checkout_status": "open", "product_id": product["id"]})),
            named("customer.created", who.clone()),
            named("subscription.created", with(plain(&bought), json!({"started_at": bought["started_at"]}))),
            named("order.paid", paid(&order, &bought)),
            named("benefit.granted", grant(&credits)), credited(100),
            named("benefit.granted", grant(&note)),
        ];
        assert_eq!(told(t).await, expected);

        next_period(t, &bought).await;
        let renewal = orders(t, &bought).await.remove(0);
        expected.extend([
            named("subscription.cycled", plain(&bought)),
            named("meter.reset", json!({"meter_id": meter["id"]})), credited(70),
            named("order.paid", paid(&renewal, &bought)),
            named("benefit.cycled", grant(&credits)), credited(100),
            named("benefit.cycled", grant(&note)),
        ]);
        assert_eq!(told(t).await, expected);

        for (amount, all) in [(300, 300), (200, 500)] {
            let refund = json!({"order_id": renewal["id"], "reason": "other", "amount": amount});
            t.post("/v1/refunds/", refund).await.created();
            expected.push(named("order.refunded", json!({"order_id": renewal["id"], "refunded_amount": all, "currency": "usd"})));
        }
        t.drain().await;
        assert_eq!(told(t).await, expected);

        let reason = json!({"cancel_at_period_end": true, "customer_cancellation_reason": "unused", "customer_cancellation_comment": "Bye"});
        let canceled = change(t, &bought, reason).await.ok();
        t.drain().await;
        expected.push(named("subscription.canceled", with(plain(&bought), json!({"canceled_at": canceled["canceled_at"],
            "ends_at": canceled["ends_at"], "cancel_at_period_end": true, "customer_cancellation_reason": "unused",
            "customer_cancellation_comment": "Bye"}))));
        change(t, &bought, json!({"cancel_at_period_end": false})).await.ok();
        t.drain().await;
        expected.push(named("subscription.uncanceled", plain(&bought)));
        assert_eq!(told(t).await, expected);

        let seen = expected.len();
        let revoked = t.delete(&path(&bought)).await.ok();
        t.catch_up().await;
        let last = told(t).await.split_off(seen);
        assert_eq!(last[0].0, "subscription.canceled");
        assert_eq!(last[0].1["canceled_at"], revoked["canceled_at"]);
        assert_eq!(last[1], named("subscription.revoked", plain(&bought)));
        let mut rest = last[2..].to_vec();
        rest.sort_by_key(|(name, metadata)| (name.clone(), metadata["benefit_type"].to_string()));
        assert_eq!(rest, [named("benefit.revoked", grant(&note)), named("benefit.revoked", grant(&credits)), credited(-100)]);

        // Each is found by its ID, and by what it is about.
        let all = events(t).await;
        for event in &all {
            assert_eq!(t.get(&format!("/v1/events/{}", event["id"].as_str().unwrap())).await.ok(), *event);
            assert!(event["name"].as_str().unwrap().parse::<SystemEventName>().is_ok(), "{event}");
        }
        let found = |query: String| async move { t.items(&format!("/v1/events/?limit=100&source=system&{query}")).await.len() };
        assert_eq!(found("name=order.paid&name=order.refunded".into()).await, 4);
        assert_eq!(found(format!("customer_id={}", id_in(&customer, "id"))).await, all.len());
        assert_eq!(found(format!("metadata[order_id]={}", id_in(&renewal, "id"))).await, 3);
        assert_eq!((&all[3]["label"], &all[3]["source"], &all[3]["customer"]["id"]), (&json!("Order Paid"), &json!("system"), &customer["id"]));
        let eve = t.with_token(&t.stranger().await.1);
        eve.get(&format!("/v1/events/{}", id_in(&all[0], "id"))).await.not_found();
        t.see_through().await;
    }

    async fn workers_at_once_tell_of_each_thing_once(t: &mut Till) {
        let product = plan(t, "Pro", 1000, json!({})).await;
        for _ in 0..3 {
            let subscription = bought(t, &product, VISA, json!({})).await;
            t.delete(&path(&subscription)).await.ok();
        }
        t.drain().await;
        let before = events(t).await;
        let types = t.items("/v1/event-types/?source=system&sorting=name").await;
        // Told anew from the same journal, they are the same.
        let mut changes = Changes::new();
        for table in ["delete from system_events", "delete from system_event_types", "delete from journal_positions"] {
            changes.any(table, vec![]);
        }
        t.app.store.commit(changes).await.unwrap();
        follow(t, 4).await;
        follow(t, 1).await;
        assert_eq!(events(t).await, before);
        assert_eq!(t.items("/v1/event-types/?source=system&sorting=name").await, types);
        // A position that was lost tells nothing twice.
        let mut changes = Changes::new();
        changes.any("delete from journal_positions", vec![]);
        t.app.store.commit(changes).await.unwrap();
        follow(t, 2).await;
        assert_eq!(events(t).await, before);
        assert_eq!(t.items("/v1/event-types/?source=system&sorting=name").await, types);
    }

    async fn an_entry_that_arrives_late_is_told_of(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        t.drain().await;
        let entry = |seconds: i64| {
            let ctx = t.app.context();
            JournalEntry { id: ctx.id(), sequence: ctx.sequence() - seconds * 1_000_000_000, created_at: ctx.now,
                organization_id: t.organization.id, kind: EventType::CustomerUpdated, subject_id: id_in(&ada, "id"), facts: None }
        };
        let late = async |entry: JournalEntry| {
            let mut changes = Changes::new();
            changes.insert(&entry);
            t.app.store.commit(changes).await.unwrap();
        };
        t.advance(Duration::from_secs(30));
        late(entry(0)).await;
        t.drain().await;
        assert_eq!(names_since(t, 0).await, ["customer.created", "customer.updated"]);
        late(entry(2)).await;
        t.drain().await;
        assert_eq!(names_since(t, 2).await, ["customer.updated"], "by a moment");
        late(entry(20)).await;
        t.drain().await;
        assert_eq!(names_since(t, 0).await.len(), 3);
        t.advance(Duration::from_secs(601));
        t.drain().await;
        assert_eq!(names_since(t, 0).await.len(), 4, "by much");
        t.see_through().await;
    }

    async fn what_changed_is_told_with_it(t: &mut Till) {
        let body = json!({"email": "ada@example.com", "name": "Ada", "external_id": "ada"});
        let ada = t.post("/v1/customers/", body).await.created();
        let at = format!("/v1/customers/{}", id_in(&ada, "id"));
        t.patch(&at, json!({"name": "Ada L.", "metadata": {"vip": true}, "locale": "fr"})).await.ok();
        t.drain().await;
        let mut all = told(t).await;
        let (name, metadata) = all.pop().unwrap();
        assert_eq!(name, "customer.updated");
        assert_eq!(metadata, json!({"customer_id": ada["id"], "customer_email": "ada@example.com", "customer_name": "Ada L.",
            "customer_external_id": "ada", "updated_fields": {"name": "Ada L.", "metadata": {"vip": true}}}));
        assert_eq!(t.items("/v1/events/?external_customer_id=ada&name=customer.updated").await.len(), 1);
        t.delete(&at).await.gone();
        t.drain().await;
        let (name, metadata) = told(t).await.pop().unwrap();
        assert_eq!((name.as_str(), &metadata["customer_external_id"]), ("customer.deleted", &json!("ada")));

        let (basic, pro) = (plan(t, "Basic", 1000, json!({})).await, plan(t, "Pro", 2000, json!({})).await);
        let subscription = bought(t, &basic, VISA, json!({})).await;
        let seen = told(t).await.len();
        switch(t, &subscription, &pro, "prorate").await.ok();
        t.drain().await;
        let product = json!({"subscription_id": subscription["id"], "old_product_id": basic["id"], "new_product_id": pro["id"]});
        assert_eq!(told(t).await.split_off(seen), [("subscription.product_updated".to_owned(), product.clone())]);
        // What waits for the next period is told of when it takes effect.
        let seen = seen + 1;
        switch(t, &subscription, &basic, "next_period").await.ok();
        t.drain().await;
        assert_eq!(told(t).await.len(), seen);
        next_period(t, &subscription).await;
        let all = told(t).await.split_off(seen);
        let changed: Vec<_> = all.iter().filter(|(name, _)| name == "subscription.product_updated").collect();
        assert_eq!(changed.len(), 1, "{all:?}");
        assert_eq!((&changed[0].1["old_product_id"], &changed[0].1["new_product_id"]), (&pro["id"], &basic["id"]));
        t.see_through().await;
    }

    async fn a_renewal_that_is_not_paid_and_is_paid_later_is_told_of(t: &mut Till) {
        grace(t, 21).await;
        let product = plan(t, "Basic", 1000, json!({})).await;
        let free = t.percent_off(10_000, json!({"duration": "once"})).await;
        let subscription = bought(t, &product, DECLINED_LATER, json!({"discount_id": free["id"]})).await;
        let seen = told(t).await.len();
        next_period(t, &subscription).await;
        assert_eq!(names_since(t, seen).await, ["subscription.cycled", "subscription.past_due"]);
        let customer = json!({"id": subscription["customer_id"]});
        assert_eq!(t.keep_card(&customer, VISA).await, PaymentState::Succeeded);
        t.drain().await;
        let all = names_since(t, seen + 2).await;
        let own: Vec<&str> = all.iter().map(String::as_str).filter(|name| !name.starts_with("customer.")).collect();
        assert_eq!(own, ["subscription.reactivated", "order.paid"]);
        t.see_through().await;
    }

    async fn lists_have_both_kinds_in_one_order_and_meters_count_none_of_tills(t: &mut Till) {
        let t = &*t;
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "ada"})).await.created();
        t.drain().await;
        for n in 0..3 {
            t.advance(Duration::from_secs(5));
            let event = |name: &str| json!({"name": name, "external_customer_id": "ada", "metadata": {"n": n, "locale": "en"}});
            t.post("/v1/events/ingest", json!({"events": [event("call"), event("customer.updated")]})).await.ok();
            t.advance(Duration::from_secs(5));
            let at = format!("/v1/customers/{}", id_in(&ada, "id"));
            t.patch(&at, json!({"name": format!("Ada {n}")})).await.ok();
            t.drain().await;
        }
        let of = |query: String| async move { t.get(&format!("/v1/events/?{query}")).await.ok() };
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        let all = of("limit=100".into()).await;
        assert_eq!(all["pagination"]["total_count"], 10);
        let ids: Vec<String> = all["items"].as_array().unwrap().iter().map(id).collect();
        let mut turned = all["items"].as_array().unwrap().clone();
        turned.sort_by_key(|event| (event["timestamp"].as_str().unwrap().to_owned(), id(event)));
        turned.reverse();
        assert_eq!(ids, turned.iter().map(id).collect::<Vec<_>>());
        for (query, wanted) in [
            (String::new(), ids.clone()), ("&query=e".into(), ids.clone()), ("&external_customer_id=ada".into(), ids.clone()),
            (format!("&customer_id={}", id_in(&ada, "id")), ids.clone()),
            ("&name=call&name=customer.updated".into(), ids[..9].to_vec()),
        ] {
            for limit in [1, 4] {
                let mut found = Vec::new();
                for page in 1..=(wanted.len().div_ceil(limit)) {
                    let page = of(format!("limit={limit}&page={page}{query}")).await;
                    assert_eq!(page["pagination"]["total_count"], wanted.len(), "{query}");
                    found.extend(page["items"].as_array().unwrap().iter().map(id));
                }
                assert_eq!(found, wanted, "{query}");
            }
        }
        let encoded = "filter=%7B%22conjunction%22:%22and%22,%22clauses%22:%5B%7B%22property%22:%22source%22,%22operator%22:%22eq%22,%22value%22:%22system%22%7D%5D%7D";
        assert_eq!(of(encoded.into()).await["pagination"]["total_count"], 4);

        // Names: those of usage, and Till's, wherever a page begins.
        let mut found = Vec::new();
        for page in 1..=4 {
            found.extend(t.items(&format!("/v1/events/names?sorting=name&limit=1&page={page}")).await);
        }
        let named: Vec<Value> = found.iter().map(|one| json!([one["name"], one["source"], one["occurrences"]])).collect();
        let mut expected = vec![json!(["call", "user", 3]), json!(["customer.created", "system", 1]),
            json!(["customer.updated", "system", 3]), json!(["customer.updated", "user", 3])];
        let mut sorted = named.clone();
        sorted.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        assert_eq!(sorted, expected);
        assert!(named.iter().map(|one| one[0].as_str().unwrap()).is_sorted(), "{named:?}");
        let types = t.items("/v1/event-types/?source=system&query=UPDATED").await;
        assert_eq!((types.len(), &types[0]["id"], &types[0]["created_at"], &types[0]["label"]),
            (1, &json!(null), &json!(null), &json!("Customer Updated")));
        let hers = t.items("/v1/event-types/?external_customer_id=ada&source=system&sorting=occurrences").await;
        assert_eq!(hers.iter().map(|one| one["occurrences"].clone()).collect::<Vec<_>>(), [json!(1), json!(3)]);

        let filter = json!({"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "customer.updated"}]});
        let meter = t.post("/v1/meters/", json!({"name": "Updates", "filter": filter, "aggregation": {"func": "count"}})).await.created();
        t.catch_up().await;
        let counts = t.items(&format!("/v1/customer-meters/?meter_id={}", id_in(&meter, "id"))).await;
        assert_eq!(counts[0]["consumed_units"], 3.0);
        assert_eq!(of(format!("meter_id={}", id_in(&meter, "id"))).await["pagination"]["total_count"], 3);
        let batches: i64 = t.app.store.scalar(Query::raw("select count(*) from usage_batches", vec![])).await.unwrap();
        assert_eq!(batches, 3, "one for each request");
    }

    async fn a_customers_data_has_what_till_told_of_them(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        t.drain().await;
        let at = format!("/v1/customers/{}", id_in(&ada, "id"));
        t.delete(&format!("{at}?anonymize=true")).await.gone();
        t.catch_up().await;
        for (name, metadata) in told(t).await {
            assert!(!metadata.to_string().contains("ada@example.com"), "{name}: {metadata}");
        }
        assert_eq!(names_since(t, 0).await, ["customer.created", "customer.deleted"]);
        t.see_through().await;
    }
}
