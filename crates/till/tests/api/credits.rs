//! Credits of meters: given with what was bought, used before anything is billed, and over with their period.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::{
    changes::Changes,
    grants::GrantScope,
    records::{BenefitGrant, PaymentState},
    values::Json,
};
use till_server::jobs;
use till_testkit::{Till, both, buyer};

use crate::{
    benefit_grants::{grace, include},
    metered_kit::{meter, sum, uses},
    seats_kit::{give, list, revoke},
    subscriptions_kit::{
        ADA, DAY, DECLINED_LATER, VISA, bought, change, moment, next_period, orders, plan, switch,
        until,
    },
};

/// A benefit of so many credits.
async fn credits(t: &Till, meter: &Value, units: i64, rollover: bool) -> Value {
    let body = json!({"type": "meter_credit", "description": "Credits",
        "properties": {"meter_id": meter["id"], "units": units, "rollover": rollover}});
    t.post("/v1/benefits/", body).await.created()
}

/// A plan of 10.00 a month that includes these benefits, and these prices besides.
async fn including(t: &Till, benefits: &[&Value], prices: Value) -> Value {
    let mut all = vec![json!({"amount_type": "fixed", "price_amount": 1000})];
    all.extend(prices.as_array().unwrap().iter().cloned());
    let product = plan(t, "Pro", 0, json!({"prices": all})).await;
    include(t, &product, benefits).await;
    product
}

fn metered(meter: &Value, unit_amount: &str, cap: Value) -> Value {
    json!([{"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": unit_amount, "cap_amount": cap}])
}

/// Figures that a customer has of the meter: consumed, credited, balance.
async fn has(t: &Till, meter: &Value) -> Value {
    let path = format!(
        "/v1/customer-meters/?meter_id={}",
        meter["id"].as_str().unwrap()
    );
    match t.items(&path).await.as_slice() {
        [] => json!(null),
        [one] => json!([one["consumed_units"], one["credited_units"], one["balance"]]),
        more => panic!("one customer has {} counts", more.len()),
    }
}

/// The lines of the newest order for usage: label and amount.
async fn billed(t: &Till, subscription: &Value) -> Vec<(String, i64)> {
    let order = orders(t, subscription).await.remove(0);
    let items = order["items"].as_array().unwrap().iter();
    let usage = items.filter(|item| item["label"].as_str().unwrap().starts_with("Tokens"));
    usage
        .map(|item| {
            (
                item["label"].as_str().unwrap().to_owned(),
                item["amount"].as_i64().unwrap(),
            )
        })
        .collect()
}

both! {
    async fn credits_that_roll_over_add_up_and_others_are_over_with_their_period(t: &mut Till) {
        for (rollover, renewed) in [(true, 170), (false, 100)] {
            let meter = meter(t, sum()).await;
            let product = including(t, &[&credits(t, &meter, 100, rollover).await], json!([])).await;
            let subscription = bought(t, &product, VISA, json!({})).await;
            assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
            uses(t, &subscription, 30).await;
            assert_eq!(has(t, &meter).await, json!([30.0, 100, 70.0]));
            let next = next_period(t, &subscription).await;
            assert_eq!(has(t, &meter).await, json!([0.0, renewed, f64::from(renewed)]));
            // More than there is: nothing is left to move on, and nothing is owed.
            uses(t, &subscription, 500).await;
            next_period(t, &next).await;
            assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
            let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
            t.delete(&path).await.ok();
            t.drain().await;
            assert_eq!(has(t, &meter).await, json!([0.0, 0, 0.0]));
        }
        t.see_through().await;
    }

    async fn credits_are_taken_off_usage_before_it_is_billed(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let credits = credits(t, &meter, 1000, false).await;
        let product = including(t, &[&credits], metered(&meter, "0.2", json!(500))).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 4000).await;
        let own = t.get(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
        let shown = &own["meters"][0];
        assert_eq!(json!([shown["consumed_units"], shown["credited_units"], shown["amount"]]), json!([4000.0, 1000, 500]));
        let next = next_period(t, &subscription).await;
        assert_eq!(billed(t, &subscription).await, [("Tokens: 3000 × 0.002 USD (capped at $5.00)".to_owned(), 500)]);
        assert_eq!(has(t, &meter).await, json!([0.0, 1000, 1000.0]));
        uses(t, &subscription, 999).await;
        next_period(t, &next).await;
        assert_eq!(billed(t, &subscription).await, [("Tokens: 0 × 0.002 USD".to_owned(), 0)]);
    }

    async fn usage_after_the_end_of_a_period_is_set_against_the_credits_of_the_next(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let credits = credits(t, &meter, 100, true).await;
        let product = including(t, &[&credits], metered(&meter, "10", json!(null))).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 30).await;
        let left = moment(&subscription["current_period_end"]).duration_since(t.app.clock.now());
        t.advance(Duration::try_from(left).unwrap() + Duration::from_secs(3_600));
        // The renewal is late, and this is counted before it.
        let event = json!({"name": "llm", "customer_id": subscription["customer_id"], "metadata": {"n": 5}});
        t.post("/v1/events/ingest", json!({"events": [event]})).await.ok();
        till_server::jobs::usage::run_due(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(billed(t, &subscription).await, [("Tokens: 0 × 0.1 USD".to_owned(), 0)]);
        assert_eq!(has(t, &meter).await, json!([5.0, 170, 165.0]));
    }

    async fn credits_wait_for_the_payment_of_their_renewal(t: &mut Till) {
        grace(t, 21).await;
        let meter = meter(t, sum()).await;
        let product = including(t, &[&credits(t, &meter, 100, false).await], json!([])).await;
        let free = t.percent_off(10_000, json!({"duration": "once"})).await;
        let subscription = bought(t, &product, DECLINED_LATER, json!({"discount_id": free["id"]})).await;
        next_period(t, &subscription).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 0, 0.0]), "unpaid");
        uses(t, &subscription, 7).await;
        let customer = json!({"id": subscription["customer_id"]});
        assert_eq!(t.keep_card(&customer, VISA).await, PaymentState::Succeeded);
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([7.0, 100, 93.0]));
    }

    async fn a_pause_takes_credits_and_its_end_gives_them_with_a_new_count(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = including(t, &[&credits(t, &meter, 100, true).await], json!([])).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 30).await;
        let resumes = moment(&subscription["current_period_end"]) + jiff::SignedDuration::from_hours(240);
        change(t, &subscription, json!({"pause_at_period_end": true, "resumes_at": resumes})).await.ok();
        next_period(t, &subscription).await;
        assert_eq!(has(t, &meter).await, json!([30.0, 0, -30.0]));
        until(t, resumes).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
    }

    async fn a_change_of_plan_takes_the_credits_of_the_one_and_gives_those_of_the_other(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let small = including(t, &[&credits(t, &meter, 100, false).await], json!([])).await;
        let large = including(t, &[&credits(t, &meter, 500, false).await], json!([])).await;
        let subscription = bought(t, &small, VISA, json!({})).await;
        uses(t, &subscription, 90).await;
        switch(t, &subscription, &large, "prorate").await.ok();
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([90.0, 500, 410.0]), "what was used stays used");
        // To and fro gives nothing anew.
        switch(t, &subscription, &small, "prorate").await.ok();
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([90.0, 100, 10.0]));
    }

    async fn changing_back_and_forth_between_plans_with_the_price_brings_no_credits(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let price = metered(&meter, "1", json!(null));
        let small = including(t, &[&credits(t, &meter, 100, false).await], price.clone()).await;
        let large = including(t, &[&credits(t, &meter, 500, true).await], price).await;
        let subscription = bought(t, &small, VISA, json!({})).await;
        uses(t, &subscription, 90).await;
        for (product, credited) in [(&large, 500), (&small, 100), (&large, 500), (&small, 100)] {
            switch(t, &subscription, product, "prorate").await.ok();
            t.drain().await;
            assert_eq!(has(t, &meter).await, json!([90.0, credited, f64::from(credited - 90)]));
        }
        uses(t, &subscription, 30).await;
        next_period(t, &subscription).await;
        assert_eq!(billed(t, &subscription).await, [("Tokens: 20 \u{d7} 0.01 USD".to_owned(), 20)]);
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]), "a new period gives them in full");
    }

    async fn another_holder_of_a_seat_brings_no_credits(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let tier = json!({"min_seats": 1, "max_seats": null, "price_per_seat": 1000});
        let seats = json!({"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}});
        let prices = json!([seats, metered(&meter, "1", json!(null))[0]]);
        let product = plan(t, "Team", 0, json!({"prices": prices})).await;
        include(t, &product, &[&credits(t, &meter, 100, false).await]).await;
        let subscription = bought(t, &product, VISA, json!({"seats": 2})).await;
        uses(t, &subscription, 100).await;
        for _ in 0..3 {
            let seat = list(t, &subscription).await["seats"][0].clone();
            revoke(t, &seat).await.ok();
            t.drain().await;
            assert_eq!(has(t, &meter).await, json!([100.0, 100, 0.0]), "what is used stays covered");
            give(t, &subscription, json!({"email": "grace@example.com", "immediate_claim": true})).await.ok();
            t.drain().await;
            assert_eq!(has(t, &meter).await, json!([100.0, 100, 0.0]));
        }
        // The second seat is another one.
        give(t, &subscription, json!({"email": "joan@example.com", "immediate_claim": true})).await.ok();
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([100.0, 200, 100.0]));
        next_period(t, &subscription).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 200, 200.0]));
    }

    async fn several_subscriptions_that_bill_usage_of_one_meter_spend_its_credits_once(t: &mut Till) {
        grace(t, 0).await;
        let meter = meter(t, sum()).await;
        let price = metered(&meter, "1", json!(null));
        let plain = including(t, &[], json!([])).await;
        let paying = including(t, &[], price).await;
        let pack = t.post("/v1/products/", json!({"name": "Pack", "prices": [{"amount_type": "fixed", "price_amount": 500}]})).await.created();
        include(t, &pack, &[&credits(t, &meter, 100, true).await]).await;
        let older = bought(t, &plain, VISA, json!({})).await;
        t.advance(Duration::from_secs(DAY));
        let younger = bought(t, &paying, VISA, json!({})).await;
        let checkout = t.checkout_for(&pack).await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.drain().await;
        // Billed to the one that pays for it, and from the change on to the older one.
        uses(t, &younger, 80).await;
        switch(t, &older, &paying, "prorate").await.ok();
        t.drain().await;
        uses(t, &older, 50).await;
        assert_eq!(has(t, &meter).await, json!([130.0, 100, -30.0]));
        next_period(t, &older).await;
        assert_eq!(billed(t, &older).await, [("Tokens: 0 \u{d7} 0.01 USD".to_owned(), 0)]);
        assert_eq!(has(t, &meter).await, json!([0.0, 50, 50.0]));
        uses(t, &older, 10).await;
        next_period(t, &younger).await;
        assert_eq!(billed(t, &younger).await, [("Tokens: 30 \u{d7} 0.01 USD".to_owned(), 30)]);
        assert_eq!(has(t, &meter).await, json!([10.0, 0, -10.0]), "the younger one has used them up");
        next_period(t, &older).await;
        assert_eq!(billed(t, &older).await, [("Tokens: 10 \u{d7} 0.01 USD".to_owned(), 10)]);
        t.see_through().await;
    }

    async fn what_is_bought_once_is_credited_once_and_a_refund_takes_it_back(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let pack = t.post("/v1/products/", json!({"name": "Pack", "prices": [{"amount_type": "fixed", "price_amount": 500}]})).await.created();
        include(t, &pack, &[&credits(t, &meter, 1000, false).await]).await;
        let mut orders = Vec::new();
        for _ in 0..2 {
            let checkout = t.checkout_for(&pack).await;
            t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
            t.drain().await;
            orders.push(t.orders(&checkout).await.remove(0));
        }
        assert_eq!(has(t, &meter).await, json!([0.0, 2000, 2000.0]));
        uses(t, &orders[0], 1500).await;
        let refund = json!({"order_id": orders[1]["id"], "reason": "customer_request", "amount": 500, "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([1500.0, 1000, -500.0]));
        let grants = t.items("/v1/benefit-grants/?is_granted=true").await;
        let given = &grants[0]["properties"];
        assert_eq!((&given["last_credited_meter_id"], &given["last_credited_units"]), (&meter["id"], &json!(1000)));
        assert!(given["last_credited_at"].is_string());
        t.advance(Duration::from_secs(400 * DAY));
        t.drain().await;
        assert_eq!(has(t, &meter).await, json!([1500.0, 1000, -500.0]), "they do not end");
    }

    async fn an_edited_benefit_credits_otherwise_from_the_next_renewal_on_and_another_meter_at_once(t: &mut Till) {
        let (one, two) = (meter(t, sum()).await, meter(t, sum()).await);
        let benefit = credits(t, &one, 100, false).await;
        let subscription = bought(t, &including(t, &[&benefit], json!([])).await, VISA, json!({})).await;
        let path = format!("/v1/benefits/{}", benefit["id"].as_str().unwrap());
        let edited = |meter: &Value, units: i64| json!({"type": "meter_credit", "properties": {"meter_id": meter["id"], "units": units, "rollover": false}});
        t.patch(&path, edited(&one, 300)).await.ok();
        t.drain().await;
        assert_eq!(has(t, &one).await, json!([0.0, 100, 100.0]));
        let next = next_period(t, &subscription).await;
        assert_eq!(has(t, &one).await, json!([0.0, 300, 300.0]));
        t.patch(&path, edited(&two, 300)).await.ok();
        t.drain().await;
        assert_eq!((has(t, &one).await, has(t, &two).await), (json!([0.0, 0, 0.0]), json!([0.0, 300, 300.0])));
        next_period(t, &next).await;
        assert_eq!(has(t, &two).await, json!([0.0, 300, 300.0]));
    }

    async fn of_two_subscriptions_the_one_that_pays_for_the_meter_begins_its_count(t: &mut Till) {
        // Which allows several subscriptions, too.
        grace(t, 0).await;
        let meter = meter(t, sum()).await;
        let benefit = credits(t, &meter, 100, false).await;
        let product = including(t, &[&benefit], metered(&meter, "10", json!(null))).await;
        let first = bought(t, &product, VISA, json!({})).await;
        t.advance(Duration::from_secs(10 * DAY));
        let extra = including(t, &[&benefit], json!([])).await;
        let second = bought(t, &extra, VISA, json!({"customer_id": first["customer_id"]})).await;
        uses(t, &first, 150).await;
        assert_eq!(has(t, &meter).await, json!([150.0, 200, 50.0]));
        next_period(t, &first).await;
        assert_eq!(billed(t, &first).await, [("Tokens: 0 × 0.1 USD".to_owned(), 0)]);
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]), "those of both are over, and one was renewed");
        uses(t, &first, 30).await;
        next_period(t, &second).await;
        assert_eq!(has(t, &meter).await, json!([30.0, 200, 170.0]), "the other only adds");
    }

    async fn use_from_before_the_first_credits_is_not_set_against_them(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let customer = t.customer(ADA).await;
        uses(t, &json!({"customer_id": customer["id"]}), 40).await;
        assert_eq!(has(t, &meter).await, json!([40.0, 0, -40.0]));
        t.advance(Duration::from_secs(60));
        let product = including(t, &[&credits(t, &meter, 100, false).await], json!([])).await;
        bought(t, &product, VISA, json!({"customer_id": customer["id"]})).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
    }

    async fn credits_that_are_first_given_as_a_period_begins_are_given_once(t: &mut Till) {
        grace(t, 0).await;
        for is_renewal_first in [true, false] {
            for after in 0.. {
                let meter = meter(t, sum()).await;
                let product = including(t, &[], json!([])).await;
                let subscription = bought(t, &product, VISA, json!({})).await;
                let left = moment(&subscription["current_period_end"]).duration_since(t.app.clock.now());
                t.advance(Duration::try_from(left).unwrap());
                include(t, &product, &[&credits(t, &meter, 100, false).await]).await;
                let (app, clock) = (t.app.clone(), t.clock.clone());
                t.clock.interrupt(after, move || async move {
                    clock.advance(Duration::from_secs(1));
                    match is_renewal_first {
                        true => jobs::run_grants(&app).await.unwrap(),
                        false => jobs::subscriptions::run_due(&app).await.unwrap(),
                    };
                    clock.advance(Duration::from_secs(1));
                });
                match is_renewal_first {
                    true => jobs::subscriptions::run_due(&t.app).await.unwrap(),
                    false => jobs::run_grants(&t.app).await.unwrap(),
                };
                let is_over = !t.clock.has_interrupted();
                // Decisions of one moment are in no order.
                t.advance(Duration::from_secs(1));
                t.catch_up().await;
                assert_eq!(orders(t, &subscription).await.len(), 2);
                assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]), "{is_renewal_first} {after}");
                t.delete(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
                t.drain().await;
                if is_over {
                    break;
                }
            }
        }
        t.see_through().await;
    }

    async fn a_pause_leaves_what_is_used_covered(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let credits = credits(t, &meter, 100, false).await;
        let product = including(t, &[&credits], metered(&meter, "10", json!(null))).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 80).await;
        let resumes = moment(&subscription["current_period_end"]) + jiff::SignedDuration::from_hours(240);
        change(t, &subscription, json!({"pause_at_period_end": true, "resumes_at": resumes})).await.ok();
        next_period(t, &subscription).await;
        assert_eq!(has(t, &meter).await, json!([80.0, 80, 0.0]));
        until(t, resumes).await;
        assert_eq!(billed(t, &subscription).await, [("Tokens: 0 × 0.1 USD".to_owned(), 0)]);
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
    }

    async fn a_flag_that_was_edited_does_not_keep_credits_from_being_taken_back(t: &mut Till) {
        for rollover in [true, false] {
            let meter = meter(t, sum()).await;
            let benefit = credits(t, &meter, 100, rollover).await;
            let subscription = bought(t, &including(t, &[&benefit], json!([])).await, VISA, json!({})).await;
            let edited = json!({"type": "meter_credit", "properties": {"meter_id": meter["id"], "units": 100, "rollover": !rollover}});
            t.patch(&format!("/v1/benefits/{}", benefit["id"].as_str().unwrap()), edited).await.ok();
            t.delete(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
            t.drain().await;
            assert_eq!(has(t, &meter).await, json!([0.0, 0, 0.0]));
        }
        t.see_through().await;
    }

    async fn renewals_that_come_late_together_give_what_does_not_roll_over_once(t: &mut Till) {
        for (rollover, left) in [(true, 400), (false, 100)] {
            let meter = meter(t, sum()).await;
            let product = including(t, &[&credits(t, &meter, 100, rollover).await], json!([])).await;
            let subscription = bought(t, &product, VISA, json!({})).await;
            t.advance(Duration::from_secs(95 * DAY));
            for _ in 0..3 {
                till_server::jobs::subscriptions::run_due(&t.app).await.unwrap();
            }
            t.drain().await;
            assert_eq!(has(t, &meter).await[1], json!(left));
            t.delete(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn a_paused_subscription_does_not_keep_the_count_of_another_from_beginning_anew(t: &mut Till) {
        grace(t, 0).await;
        let meter = meter(t, sum()).await;
        let benefit = credits(t, &meter, 100, false).await;
        let first = bought(t, &including(t, &[&benefit], json!([])).await, VISA, json!({})).await;
        change(t, &first, json!({"pause_at_period_end": true})).await.ok();
        t.advance(Duration::from_secs(DAY));
        let product = including(t, &[&benefit], json!([])).await;
        let second = bought(t, &product, VISA, json!({"customer_id": first["customer_id"]})).await;
        next_period(t, &first).await;
        let second = next_period(t, &second).await;
        uses(t, &second, 70).await;
        next_period(t, &second).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
    }

    async fn what_a_trial_uses_does_not_roll_over(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = including(t, &[&credits(t, &meter, 100, true).await], metered(&meter, "10", json!(null))).await;
        let trial = json!({"trial_interval": "day", "trial_interval_count": 7});
        t.patch(&format!("/v1/products/{}", product["id"].as_str().unwrap()), trial).await.ok();
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 80).await;
        next_period(t, &subscription).await;
        assert_eq!(has(t, &meter).await, json!([0.0, 120, 120.0]));
    }

    async fn a_grant_that_an_older_node_took_back_is_not_credited_again(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = including(t, &[&credits(t, &meter, 100, false).await], json!([])).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        // It knows no credits: the grant is over, and nothing else.
        let scope = GrantScope::Subscription(subscription["id"].as_str().unwrap().parse().unwrap());
        let grant = t.app.store.grants_of(scope).await.unwrap().remove(0);
        let taken = BenefitGrant { granted_at: None, properties: Json(json!({})), ..grant.clone() };
        let mut changes = Changes::new();
        changes.update(&grant, &taken).sync_grants(&t.app.context(), scope);
        t.app.store.commit(changes).await.unwrap();
        t.drain().await;
        assert_eq!(t.items("/v1/benefit-grants/?is_granted=true").await.len(), 1);
        assert_eq!(has(t, &meter).await, json!([0.0, 100, 100.0]));
    }
}
