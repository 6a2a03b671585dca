//! Usage that is settled because its subscription ends at once, or changes to another product.

use serde_json::{Value, json};
use till_core::kernel::changes::Changes;
use till_testkit::{Till, both};

use crate::{
    benefit_grants::include,
    metered_kit::{
        comes_in, declined_later, meter, new_card_pays, newest, next, sum, uses, yearly,
    },
    subscriptions_kit::{
        Charging, DAY, VISA, bought, change, charging, moment, orders, path, plan, shown, switch,
        told, until,
    },
};

/// Tokens that come to more than can be billed, at a cent or two.
const TOO_MUCH: i64 = 900_000_000_000_000;

/// Credits of a meter, so many with each part.
async fn credits(t: &Till, meter: &Value, units: i64, rollover: bool) -> Value {
    let body = json!({"type": "meter_credit", "description": "Credits",
        "properties": {"meter_id": meter["id"], "units": units, "rollover": rollover}});
    t.post("/v1/benefits/", body).await.created()
}

/// Units that the customer's meter shows: used, and credited.
async fn has(t: &Till) -> Value {
    let one = t.items("/v1/customer-meters/").await.remove(0);
    json!([one["consumed_units"], one["credited_units"]])
}

/// A subscription of [`yearly`], a day after 60 tokens were used, and the plan of [`dear`].
async fn used_for_a_day(t: &mut Till) -> (Value, Value) {
    let meter = meter(t, sum()).await;
    let from = yearly(t, &meter, json!({})).await;
    let to = dear(t, &meter).await;
    let subscription = bought(t, &from, VISA, json!({})).await;
    uses(t, &subscription, 60).await;
    t.advance(std::time::Duration::from_secs(DAY));
    (subscription, to)
}

/// A plan of 500.00 a year, with usage at two cents.
async fn dear(t: &mut Till, meter: &Value) -> Value {
    let prices = json!([{"amount_type": "fixed", "price_amount": 50_000},
        {"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "2"}]);
    yearly(t, meter, json!({"name": "Dear", "prices": prices})).await
}

/// Sets the sum of each quarter of an hour that was counted; what is no number fails whoever counts.
async fn buckets(t: &Till, total: &str) {
    let mut changes = Changes::new();
    changes.any(
        "update usage_buckets set total = $1",
        vec![total.to_owned().into()],
    );
    t.app.store.commit(changes).await.unwrap();
}

both! {
    async fn an_end_at_once_bills_what_was_used_once(t: &mut Till) {
        t.listen().await;
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        t.advance(std::time::Duration::from_secs(DAY));
        uses(t, &subscription, 250).await;
        told(t).await;
        // What came in is counted first.
        comes_in(t, &subscription, 7).await;
        let preview = t.post(&format!("{}/change-preview", path(&subscription)), json!({"revoke": true})).await.ok();
        assert_eq!(json!([preview["metered_amount"], preview["due_amount"], preview["next_charge"]]), json!([257, 257, null]));
        let ended = t.delete(&path(&subscription)).await.ok();
        assert_eq!(json!([ended["status"], ended["meters"][0]["consumed_units"]]), json!(["canceled", 0.0]));
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [257]]));
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!(order["items"][0]["start_timestamp"], subscription["current_meter_period_start"]);
        assert_eq!(order["items"][0]["end_timestamp"], order["created_at"]);
        let kinds = told(t).await;
        let paid = kinds.iter().filter(|kind| *kind == "order.paid");
        assert_eq!(paid.count(), 1, "{kinds:?}");
        t.delete(&path(&subscription)).await.refused(403, "AlreadyCanceledSubscription");
        uses(t, &subscription, 900).await;
        until(t, moment(&subscription["current_period_end"])).await;
        assert_eq!(orders(t, &subscription).await.len(), 2);
        t.see_through().await;
    }

    async fn without_usage_or_without_its_price_an_end_at_once_has_no_order(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let one = bought(t, &product, VISA, json!({})).await;
        let plain = yearly(t, &meter, json!({"prices": [{"amount_type": "fixed", "price_amount": 10_000}]})).await;
        t.delete(&path(&one)).await.ok();
        let two = bought(t, &plain, VISA, json!({})).await;
        uses(t, &two, 5).await;
        t.delete(&path(&two)).await.ok();
        t.drain().await;
        assert_eq!((orders(t, &one).await.len(), orders(t, &two).await.len()), (1, 1));
    }

    async fn a_settled_order_that_is_not_paid_waits_for_a_card_when_the_others_are_void(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = declined_later(t, &product).await;
        uses(t, &subscription, 300).await;
        next(t, &subscription).await;
        uses(t, &subscription, 500).await;
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        let all = orders(t, &subscription).await;
        let of = |order: &Value| json!([order["status"], order["total_amount"], order["next_payment_attempt_at"]]);
        assert_eq!(of(&all[0]), json!(["pending", 500, null]));
        assert_eq!(of(&all[1]), json!(["void", 300, null]));
        assert_eq!(shown(t, &subscription).await["status"], "canceled");
        new_card_pays(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [500]]));
        t.see_through().await;
    }

    async fn a_change_settles_what_was_used_and_gives_no_credits_again(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let credits = credits(t, &meter, 100, false).await;
        let (from, to) = (yearly(t, &meter, json!({})).await, yearly(t, &meter, json!({"name": "Max"})).await);
        include(t, &from, &[&credits]).await;
        include(t, &to, &[&credits]).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        uses(t, &subscription, 30).await;
        t.advance(std::time::Duration::from_secs(DAY));
        let changed = switch(t, &subscription, &to, "prorate").await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0]]));
        assert_eq!(orders(t, &subscription).await[0]["product_id"], from["id"]);
        assert_eq!(has(t).await, json!([0.0, 70]), "what is left goes on, and none are given for the change");
        assert_eq!(json!([changed["product_id"], changed["current_period_end"]]), json!([to["id"], subscription["current_period_end"]]));
        assert!(moment(&changed["current_meter_period_start"]) > moment(&subscription["current_meter_period_start"]));
        uses(t, &subscription, 90).await;
        switch(t, &subscription, &from, "prorate").await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [20]]));
        assert_eq!(has(t).await, json!([0.0, 0]));
        // Without usage there is nothing to settle.
        switch(t, &subscription, &to, "prorate").await.ok();
        t.drain().await;
        assert_eq!(orders(t, &subscription).await.len(), 3);
        uses(t, &subscription, 4).await;
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [4]]));
        assert_eq!(has(t).await, json!([0.0, 100]), "a part that is over gives them again");
        t.see_through().await;
    }

    async fn changes_between_products_with_credits_of_their_own_give_none_anew(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let (small, large) = (yearly(t, &meter, json!({})).await, yearly(t, &meter, json!({"name": "Max"})).await);
        include(t, &small, &[&credits(t, &meter, 100, false).await]).await;
        include(t, &large, &[&credits(t, &meter, 500, false).await]).await;
        let subscription = bought(t, &small, VISA, json!({})).await;
        uses(t, &subscription, 90).await;
        // Of 500, 90 are used; then all; and so are the 100, each time.
        for (product, used, left) in [(&large, 410, 410), (&small, 7, 0), (&large, 7, 0), (&small, 7, 0)] {
            t.advance(std::time::Duration::from_secs(DAY));
            switch(t, &subscription, product, "prorate").await.ok();
            t.drain().await;
            assert_eq!(has(t).await, json!([0.0, left]));
            uses(t, &subscription, used).await;
        }
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [7]]));
        assert_eq!(has(t).await, json!([0.0, 100]), "a part that is over gives them again");
        t.see_through().await;
    }

    async fn a_change_to_a_product_without_the_price_settles_it_too(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let from = yearly(t, &meter, json!({})).await;
        let to = plan(t, "Plain", 1000, json!({})).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        uses(t, &subscription, 40).await;
        let changed = switch(t, &subscription, &to, "prorate").await.ok();
        assert_eq!((&changed["current_meter_period_end"], &changed["meters"]), (&json!(null), &json!([])));
        t.drain().await;
        let mut reasons: Vec<Value> = orders(t, &subscription).await.iter().map(|order| json!([order["billing_reason"], order["net_amount"], order["applied_balance_amount"]])).collect();
        reasons.sort_by_key(|one| one[0].to_string());
        assert_eq!(reasons[1], json!(["subscription_meter_cycle", 40, -40]), "credit of the change pays for it: {reasons:?}");
    }

    async fn a_change_that_is_declined_settles_nothing(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let from = yearly(t, &meter, json!({})).await;
        let to = dear(t, &meter).await;
        let subscription = declined_later(t, &from).await;
        uses(t, &subscription, 60).await;
        t.advance(std::time::Duration::from_secs(DAY));
        switch(t, &subscription, &to, "invoice").await.refused(402, "PaymentFailed");
        t.drain().await;
        let still = shown(t, &subscription).await;
        assert_eq!(json!([still["product_id"], still["meters"][0]["consumed_units"]]), json!([from["id"], 60.0]));
        assert_eq!(still["current_meter_period_start"], subscription["current_meter_period_start"]);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "pending", [60]]));
    }

    async fn a_change_that_is_charged_settles_with_its_order_as_was_shown(t: &mut Till) {
        let (subscription, to) = used_for_a_day(t).await;
        let body = json!({"product_id": to["id"], "proration_behavior": "invoice"});
        let preview = t.post(&format!("{}/change-preview", path(&subscription)), body.clone()).await.ok();
        assert_eq!(preview["metered_amount"], 60);
        let changed = change(t, &subscription, body).await.ok();
        assert_eq!(changed["meters"][0]["consumed_units"], 0.0);
        t.drain().await;
        let all = orders(t, &subscription).await;
        let mut made: Vec<Value> = all.iter().map(|order| json!([order["billing_reason"], order["status"]])).collect();
        made.sort_by_key(Value::to_string);
        assert_eq!(json!(made[1..]), json!([["subscription_meter_cycle", "paid"], ["subscription_update", "paid"]]));
        let due: i64 = all[..2].iter().map(|order| order["total_amount"].as_i64().unwrap()).sum();
        assert_eq!(json!(due), preview["due_amount"]);
        uses(t, &changed, 5).await;
        next(t, &changed).await;
        assert_eq!(newest(t, &changed).await, json!(["subscription_meter_cycle", "paid", [10]]));
        t.see_through().await;
    }

    async fn what_comes_in_while_a_change_is_charged_is_settled_with_it(t: &mut Till) {
        let (subscription, to) = used_for_a_day(t).await;
        let unheard = charging(t, Charging::Unheard);
        switch(&unheard, &subscription, &to, "invoice").await.refused(409, "SubscriptionLocked");
        comes_in(t, &subscription, 5).await;
        t.catch_up().await;
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["product_id"], to["id"]);
        let settled: Vec<Value> = orders(t, &subscription).await.into_iter().filter(|order| order["billing_reason"] == "subscription_meter_cycle").collect();
        assert_eq!(settled.iter().map(|order| json!([order["status"], order["net_amount"]])).collect::<Vec<_>>(), [json!(["paid", 65])]);
        t.see_through().await;
    }

    async fn usage_that_is_too_much_to_bill_holds_up_no_end_and_no_paid_change(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let from = yearly(t, &meter, json!({})).await;
        let to = dear(t, &meter).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        let unheard = charging(t, Charging::Unheard);
        switch(&unheard, &subscription, &to, "invoice").await.refused(409, "SubscriptionLocked");
        comes_in(t, &subscription, TOO_MUCH).await;
        t.catch_up().await;
        assert_eq!(shown(t, &subscription).await["product_id"], to["id"]);
        comes_in(t, &subscription, TOO_MUCH).await;
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["status"], "canceled");
        let all = orders(t, &subscription).await;
        let settled: Vec<Value> = all.iter().filter(|order| order["billing_reason"] == "subscription_meter_cycle").map(|order| json!([order["status"], order["net_amount"], order["items"][0]["label"]])).collect();
        assert_eq!(settled, [
            json!(["paid", 0, format!("Tokens: {TOO_MUCH} × 0.02 USD (more than can be billed)")]),
            json!(["paid", 0, format!("Tokens: {TOO_MUCH} × 0.01 USD (more than can be billed)")]),
        ]);
        t.see_through().await;
    }

    async fn a_change_that_would_settle_too_much_usage_is_refused_and_changes_nothing(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let from = yearly(t, &meter, json!({})).await;
        let to = dear(t, &meter).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        comes_in(t, &subscription, TOO_MUCH).await;
        let (preview, words) = (format!("{}/change-preview", path(&subscription)), "The usage so far must come to at most $9,999,999,999.99");
        for behavior in ["prorate", "invoice", "next_period"] {
            let body = json!({"product_id": to["id"], "proration_behavior": behavior});
            if behavior == "next_period" {
                // It settles nothing.
                t.post(&preview, body).await.ok();
                continue;
            }
            for answer in [t.post(&preview, body.clone()).await, change(t, &subscription, body).await] {
                let problem = answer.refused(422, "PolarRequestValidationError")["detail"][0].clone();
                assert_eq!(problem["loc"], json!(["body", "product_id"]));
                assert!(problem["msg"].as_str().unwrap().starts_with(words), "{problem}");
            }
        }
        let owner = t.dashboard().await;
        let form = format!("/dashboard/ada/subscriptions/{}/plan", subscription["id"].as_str().unwrap());
        let fields = [("product_id", to["id"].as_str().unwrap()), ("proration_behavior", "prorate")];
        owner.post(&format!("{form}/preview"), &fields).await.says(200, words);
        owner.post(&form, &fields).await.says(422, words);
        t.drain().await;
        let still = shown(t, &subscription).await;
        assert_eq!(json!([still["product_id"], still["pending_update"], still["meters"][0]["consumed_units"], still["meters"][0]["amount"]]), json!([from["id"], null, TOO_MUCH as f64, 0]));
        assert_eq!(orders(t, &subscription).await.len(), 1);
        // The end of the period leaves it out, and then the change is made.
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0]]));
        comes_in(t, &subscription, 8).await;
        switch(t, &subscription, &to, "prorate").await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [8]]));
        // An end at once, and its preview, leave it out, too.
        comes_in(t, &subscription, TOO_MUCH).await;
        let ends = t.post(&preview, json!({"revoke": true})).await.ok();
        assert_eq!(json!([ends["metered_amount"], ends["due_amount"]]), json!([0, 0]));
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0]]));
        t.see_through().await;
    }

    async fn one_price_of_several_that_comes_to_too_much_refuses_the_change_and_leaves_the_others_their_bill(t: &mut Till) {
        let (first, other) = (meter(t, sum()).await, meter(t, json!({"func": "count"})).await);
        let metered = |meter: &Value| json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1"});
        let prices = json!([{"amount_type": "fixed", "price_amount": 10_000}, metered(&other), metered(&first)]);
        let from = yearly(t, &first, json!({"prices": prices})).await;
        let to = dear(t, &first).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        comes_in(t, &subscription, TOO_MUCH).await;
        comes_in(t, &subscription, 5).await;
        switch(t, &subscription, &to, "prorate").await.refused(422, "PolarRequestValidationError");
        assert_eq!(orders(t, &subscription).await.len(), 1);
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0, 2]]));
        t.see_through().await;
    }

    async fn usage_up_to_the_cap_of_its_price_is_never_too_much(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let prices = json!([{"amount_type": "fixed", "price_amount": 10_000},
            {"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1", "cap_amount": 700}]);
        let from = yearly(t, &meter, json!({"prices": prices})).await;
        let to = dear(t, &meter).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        comes_in(t, &subscription, TOO_MUCH).await;
        let body = json!({"product_id": to["id"], "proration_behavior": "prorate"});
        let preview = t.post(&format!("{}/change-preview", path(&subscription)), body.clone()).await.ok();
        assert_eq!(preview["metered_amount"], 700);
        change(t, &subscription, body).await.ok();
        t.drain().await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [700]]));
        assert_eq!(order["items"][0]["label"], format!("Tokens: {TOO_MUCH} × 0.01 USD (capped at $7.00)"));
        t.see_through().await;
    }

    async fn a_change_that_ends_a_trial_is_refused_for_too_much_usage_and_its_end_alone_is_not(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let from = yearly(t, &meter, json!({})).await;
        let to = dear(t, &meter).await;
        let subscription = bought(t, &from, VISA, json!({})).await;
        uses(t, &subscription, TOO_MUCH).await;
        // What was used before the trial is not free.
        let later = moment(&subscription["current_period_end"]) + jiff::SignedDuration::from_hours(48);
        let trial = change(t, &subscription, json!({"trial_end": later.to_string()})).await.ok();
        assert_eq!(trial["status"], "trialing");
        let body = json!({"product_id": to["id"], "proration_behavior": "prorate"});
        let preview = t.post(&format!("{}/change-preview", path(&subscription)), body.clone()).await;
        for answer in [preview, change(t, &subscription, body).await] {
            let problem = answer.refused(422, "PolarRequestValidationError")["detail"][0].clone();
            assert_eq!(problem["loc"], json!(["body", "product_id"]));
        }
        let still = shown(t, &subscription).await;
        assert_eq!(json!([still["status"], still["product_id"], still["trial_end"]]), json!(["trialing", from["id"], trial["trial_end"]]));
        let ended = change(t, &subscription, json!({"trial_end": "now"})).await.ok();
        assert_eq!(ended["status"], "active");
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_cycle", "paid", [0, 10_000]]));
        t.see_through().await;
    }

    async fn a_change_and_its_previews_wait_for_usage_that_cannot_be_counted_now(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let (from, to) = (yearly(t, &meter, json!({})).await, dear(t, &meter).await);
        let subscription = bought(t, &from, VISA, json!({})).await;
        let switches = json!({"update_seats": false, "update_plan": true, "pause": false});
        let settings = json!({"customer_portal_settings": {"usage": {"show": true}, "subscription": switches}});
        t.patch(&format!("/v1/organizations/{}", t.organization.id), settings).await.ok();
        let viewer = t.viewer_of(&json!({"id": subscription["customer_id"]})).await;
        uses(t, &subscription, 60).await;
        buckets(t, "?").await;
        comes_in(t, &subscription, 40).await;
        let (here, own) = (path(&subscription), format!("/v1/customer-portal/subscriptions/{}", subscription["id"].as_str().unwrap()));
        let body = json!({"product_id": to["id"]});
        for answer in [
            t.post(&format!("{here}/change-preview"), body.clone()).await,
            t.post(&format!("{here}/change-preview"), json!({"revoke": true})).await,
            viewer.post(&format!("{own}/change-preview"), body.clone()).await,
            change(t, &subscription, body.clone()).await,
            viewer.patch(&own, body.clone()).await,
            t.delete(&here).await,
        ] {
            answer.refused(409, "SubscriptionLocked");
        }
        // What settles nothing waits for nothing.
        t.post(&format!("{here}/change-preview"), json!({"cancel_at_period_end": true})).await.ok();
        buckets(t, "60").await;
        t.advance(std::time::Duration::from_secs(3_600));
        let viewer = t.viewer_of(&json!({"id": subscription["customer_id"]})).await;
        for preview in [
            t.post(&format!("{here}/change-preview"), body.clone()).await.ok(),
            viewer.post(&format!("{own}/change-preview"), body).await.ok(),
        ] {
            assert_eq!(preview["metered_amount"], 100);
        }
        t.see_through().await;
    }

    async fn previews_at_once_count_what_came_in_once(t: &mut Till) {
        let (subscription, to) = used_for_a_day(t).await;
        let here = format!("{}/change-preview", path(&subscription));
        for n in 0..20 {
            comes_in(t, &subscription, n).await;
        }
        let body = json!({"product_id": to["id"], "proration_behavior": "invoice"});
        let asked = (0..12).map(|_| Box::pin(t.post(&here, body.clone())));
        for preview in futures_util::future::join_all(asked).await {
            assert_eq!(preview.ok()["metered_amount"], 60 + 190);
        }
        t.drain().await;
        let shown = shown(t, &subscription).await;
        assert_eq!(shown["meters"][0]["consumed_units"], 250.0);
    }

    async fn the_preview_of_a_change_counts_what_came_in_first(t: &mut Till) {
        let (subscription, to) = used_for_a_day(t).await;
        let (here, id) = (path(&subscription), subscription["id"].as_str().unwrap());
        comes_in(t, &subscription, 40).await;
        let preview = t.post(&format!("{here}/change-preview"), json!({"product_id": to["id"], "proration_behavior": "invoice"})).await.ok();
        assert_eq!(preview["metered_amount"], 100);
        comes_in(t, &subscription, 3).await;
        let owner = t.dashboard().await;
        let fields = [("product_id", to["id"].as_str().unwrap()), ("proration_behavior", "invoice")];
        let page = owner.post(&format!("/dashboard/ada/subscriptions/{id}/plan/preview"), &fields).await;
        for words in ["Usage so far", "$1.03"] {
            page.says(200, words);
        }
        comes_in(t, &subscription, 7).await;
        let ends = t.post(&format!("{here}/change-preview"), json!({"revoke": true})).await.ok();
        assert_eq!(ends["metered_amount"], 110);
        let preview = t.post(&format!("{here}/change-preview"), json!({"product_id": to["id"], "proration_behavior": "invoice"})).await.ok();
        switch(t, &subscription, &to, "invoice").await.ok();
        t.drain().await;
        let made = orders(t, &subscription).await;
        let sum = |field: &str| made[..2].iter().map(|order| order[field].as_i64().unwrap()).sum::<i64>();
        assert_eq!(json!([sum("net_amount"), sum("total_amount")]), json!([preview["net_amount"], preview["due_amount"]]));
        assert_eq!(preview["metered_amount"], 110);
    }

    async fn a_paused_subscription_that_ends_at_once_bills_what_it_used_before(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        change(t, &subscription, json!({"pause_at_period_end": true})).await.ok();
        for _ in 0..3 {
            next(t, &subscription).await;
        }
        uses(t, &subscription, 11).await;
        assert_eq!(next(t, &subscription).await["status"], "paused");
        uses(t, &subscription, 900).await;
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [11]]));
    }

    async fn a_change_waits_for_a_part_that_is_over_and_an_end_at_once_bills_it(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let (from, to) = (yearly(t, &meter, json!({})).await, yearly(t, &meter, json!({})).await);
        let subscription = bought(t, &from, VISA, json!({})).await;
        uses(t, &subscription, 8).await;
        let left = moment(&subscription["current_meter_period_end"]).duration_since(t.app.clock.now());
        t.advance(std::time::Duration::try_from(left).unwrap() + std::time::Duration::from_secs(60));
        switch(t, &subscription, &to, "prorate").await.refused(409, "SubscriptionLocked");
        comes_in(t, &subscription, 2).await;
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [10]]));
        assert_eq!(orders(t, &subscription).await.len(), 2);
    }

    async fn of_two_ends_and_a_bill_at_once_one_has_the_usage(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 70).await;
        let left = moment(&subscription["current_meter_period_end"]).duration_since(t.app.clock.now());
        t.advance(std::time::Duration::try_from(left).unwrap());
        let other = t.node().await;
        let here = path(&subscription);
        let (one, two, ()) = tokio::join!(Box::pin(t.delete(&here)), Box::pin(t.delete(&here)), Box::pin(other.drain()));
        let ended = [one, two].into_iter().filter(|answer| answer.status == 200).count();
        assert_eq!(ended, 1);
        t.drain().await;
        let usage: Vec<Value> = orders(t, &subscription).await.into_iter().filter(|order| order["billing_reason"] == "subscription_meter_cycle").collect();
        let sum: i64 = usage.iter().map(|order| order["net_amount"].as_i64().unwrap()).sum();
        assert_eq!(sum, 70, "{usage:?}");
    }
}
