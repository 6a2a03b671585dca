//! Changes of plan, seats, discount, trial and billing date, and what they charge.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::{pairs, subscriptions_kit::*};

const UPDATED: [&str; 1] = ["subscription.updated"];
/// Events of a change that is charged at once.
const CHARGED: [&str; 4] = [
    "order.created",
    "subscription.updated",
    "order.updated",
    "order.paid",
];
const RENEWED: [&str; 5] = [
    "subscription.cycled",
    "subscription.updated",
    "order.created",
    "order.updated",
    "order.paid",
];

async fn may_reset(t: &Till) {
    t.featured(|features| features.reset_proration_behavior_enabled = true)
        .await;
}

/// A change of product that is charged at once, and its order.
async fn invoiced(t: &Till, discounted: Value, amount: i64) -> Value {
    let product = plan(t, "Basic", 1000, json!({})).await;
    let subscription = bought(t, &product, VISA, discounted).await;
    t.advance(std::time::Duration::from_secs(DAY));
    let dearer = plan(t, "Pro", amount, json!({})).await;
    switch(t, &subscription, &dearer, "invoice").await.ok();
    orders(t, &subscription).await.remove(0)
}

both! {
    async fn a_change_that_is_invoiced_is_charged_at_once_for_the_rest_of_the_period(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        told(t).await;
        let changed = switch(t, &subscription, &pro, "invoice").await.ok();
        assert_eq!((&changed["product_id"], &changed["amount"], &changed["status"]), (&pro["id"], &json!(2000), &json!("active")));
        for key in ["current_period_start", "current_period_end", "id", "started_at"] {
            assert_eq!(changed[key], subscription[key], "{key}");
        }
        assert_eq!(shown(t, &subscription).await, changed);
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!(lines(&order), [-967, 1933]);
        for (key, value) in [("billing_reason", json!("subscription_update")), ("status", json!("paid")), ("subtotal_amount", json!(966)),
            ("discount_amount", json!(0)), ("total_amount", json!(966)), ("due_amount", json!(966)), ("seats", json!(null)),
            ("product_id", pro["id"].clone())] {
            assert_eq!(order[key], value, "{key}");
        }
        assert!(order["invoice_number"].as_str().unwrap().ends_with("-0002"));
        assert!(order["receipt_number"].is_string());
        let items = order["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["proration"] == true && item["end_timestamp"] == subscription["current_period_end"]));
        let payment = t.items(&format!("/v1/payments/?order_id={}", order["id"].as_str().unwrap())).await.remove(0);
        assert_eq!((&payment["status"], &payment["amount"], &payment["trigger"]), (&json!("succeeded"), &json!(966), &json!("subscription_cycle")));
        assert_eq!(told(t).await, CHARGED);
        next_period(t, &subscription).await;
        assert_eq!(lines(&orders(t, &subscription).await[0]), [2000]);
        t.see_through().await;
    }

    async fn lines_of_a_change_are_net_of_the_discount_of_their_period(t: &mut Till) {
        let fixed = json!({"type": "fixed", "amount": 300, "currency": "usd"});
        let once = json!({"basis_points": 5000, "duration": "once"});
        for (more, wanted) in [(json!({"basis_points": 2500}), [-725, 1450]), (fixed, [-677, 1643]), (once, [-483, 967])] {
            let discount = discount(t, more).await;
            t.patch(&format!("/v1/organizations/{}", t.organization.id), json!({"subscription_settings": {
                "allow_multiple_subscriptions": true, "proration_behavior": "prorate", "benefit_revocation_grace_period": 0,
                "prevent_trial_abuse": false, "allow_customer_updates": true}})).await.ok();
            let order = invoiced(t, json!({"discount_id": discount["id"]}), 2000).await;
            assert_eq!((lines(&order).as_slice(), &order["discount_amount"]), (wanted.as_slice(), &json!(0)));
        }
    }

    async fn a_discount_that_comes_with_a_change_is_in_its_charge_alone(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (pro, discount) = (plan(t, "Pro", 2000, json!({})).await, discount(t, json!({})).await);
        let body = json!({"product_id": pro["id"], "proration_behavior": "invoice", "discount_id": discount["id"]});
        let changed = change(t, &subscription, body).await.ok();
        assert_eq!((&changed["discount_id"], &changed["amount"]), (&discount["id"], &json!(1600)));
        assert_eq!(lines(&orders(t, &subscription).await[0]), [-967, 1547]);
        let path = format!("/v1/discounts/{}", discount["id"].as_str().unwrap());
        assert_eq!(t.get(&path).await.ok()["redemptions_count"], 1);
    }

    async fn a_prorated_change_waits_for_the_next_order(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        told(t).await;
        let changed = switch(t, &subscription, &pro, "prorate").await.ok();
        assert_eq!(changed["product_id"], pro["id"]);
        assert_eq!(told(t).await, UPDATED);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        next_period(t, &subscription).await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["billing_reason"]), (vec![-967, 1933, 2000], &json!("subscription_cycle")));
        assert_eq!((&order["status"], &order["total_amount"]), (&json!("paid"), &json!(2966)));
        assert_eq!(told(t).await, RENEWED);
        next_period(t, &subscription).await;
        assert_eq!(lines(&orders(t, &subscription).await[0]), [2000], "each line is on one order");
        t.see_through().await;
    }

    async fn a_credit_that_is_left_over_pays_for_what_comes(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let less = plan(t, "Less", 500, json!({})).await;
        switch(t, &subscription, &less, "invoice").await.ok();
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!(lines(&order), [-967, 483]);
        for (key, value) in [("status", json!("paid")), ("total_amount", json!(-484)), ("due_amount", json!(0)),
            ("refundable_amount", json!(0)), ("receipt_number", json!(null))] {
            assert_eq!(order[key], value, "{key}");
        }
        assert!(order["invoice_number"].is_string());
        next_period(t, &subscription).await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((&order["total_amount"], &order["applied_balance_amount"], &order["status"]), (&json!(500), &json!(-484), &json!("paid")));
    }

    async fn the_product_that_it_has_is_a_change_like_any_other(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let basic = json!({"id": subscription["product_id"]});
        switch(t, &subscription, &basic, "invoice").await.ok();
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["total_amount"], &order["status"]), (vec![-967, 967], &json!(0), &json!("paid")));
        assert_eq!(told(t).await, ["order.created", "order.updated", "order.paid", "subscription.updated"]);
        t.see_through().await;
    }

    async fn a_declined_change_is_undone_whole(t: &mut Till) {
        t.listen().await;
        let subscription = about_to_be_declined(t).await;
        let (pro, discount) = (plan(t, "Pro", 2000, json!({})).await, discount(t, json!({})).await);
        told(t).await;
        let before = shown(t, &subscription).await;
        let body = json!({"product_id": pro["id"], "proration_behavior": "invoice", "discount_id": discount["id"]});
        change(t, &subscription, body.clone()).await.refused(402, "PaymentFailed");
        assert_eq!(shown(t, &subscription).await, before);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        assert!(told(t).await.is_empty());
        let path = format!("/v1/discounts/{}", discount["id"].as_str().unwrap());
        assert_eq!(t.get(&path).await.ok()["redemptions_count"], 0);
        let attempts = t.items("/v1/payments/?status=failed").await;
        assert_eq!((attempts.len(), &attempts[0]["order_id"]), (1, &json!(null)));
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        t.see_through().await;
    }

    async fn a_change_that_the_buyer_would_have_to_approve_is_declined(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let before = shown(t, &subscription).await;
        let away = charging(t, Charging::Asks);
        switch(&away, &subscription, &pro, "invoice").await.refused(402, "PaymentFailed");
        assert_eq!(shown(t, &subscription).await, before);
        switch(t, &subscription, &pro, "invoice").await.ok();
    }

    async fn a_charge_that_a_crash_left_waiting_for_its_absent_owner_is_given_up_soon(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let away = charging(t, Charging::Asks);
        next_period(&away, &subscription).await;
        let payments = async || {
            let order = orders(t, &subscription).await.remove(0);
            let path = format!("/v1/payments/?order_id={}&sorting=created_at", order["id"].as_str().unwrap());
            t.items(&path).await
        };
        assert_eq!(payments().await[0]["status"], "pending");
        away.catch_up().await;
        assert_eq!((&payments().await[0]["status"], &payments().await[0]["decline_reason"]), (&json!("failed"), &json!("abandoned")));
        t.catch_up().await;
        assert_eq!(orders(t, &subscription).await[0]["status"], "paid");
    }

    async fn without_a_card_nothing_is_changed_that_would_be_charged(t: &mut Till) {
        let free = plan(t, "Free", 0, json!({"prices": [{"amount_type": "free"}]})).await;
        let customer = t.customer(ADA).await;
        let body = json!({"product_id": free["id"], "customer_id": customer["id"]});
        let subscription = t.post("/v1/subscriptions/", body).await.created();
        let pro = plan(t, "Pro", 2000, json!({})).await;
        switch(t, &subscription, &pro, "invoice").await.refused(402, "PaymentFailed");
        assert_eq!(shown(t, &subscription).await["product_id"], free["id"]);
        assert!(t.items("/v1/payments/").await.is_empty());
    }

    async fn while_a_change_is_charged_every_other_one_is_refused(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (pro, less) = (plan(t, "Pro", 2000, json!({})).await, plan(t, "Less", 500, json!({})).await);
        let unheard = charging(t, Charging::Unheard);
        switch(&unheard, &subscription, &pro, "invoice").await.refused(409, "SubscriptionLocked");
        assert_eq!(shown(t, &subscription).await["product_id"], subscription["product_id"]);
        switch(t, &subscription, &less, "prorate").await.refused(409, "SubscriptionLocked");
        for body in [json!({}), json!({"cancel_at_period_end": true}), json!({"metadata": {"a": 1}}), json!({"pending_update": null})] {
            change(t, &subscription, body).await.refused(409, "SubscriptionLocked");
        }
        t.delete(&path(&subscription)).await.refused(409, "SubscriptionLocked");
        t.post(&format!("{}/change-preview", path(&subscription)), json!({})).await.refused(409, "SubscriptionLocked");
        // Nobody heard that it was charged; the reconciler asks.
        t.catch_up().await;
        assert_eq!(shown(t, &subscription).await["product_id"], pro["id"]);
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["status"]), (vec![-967, 1933], &json!("paid")));
        switch(t, &subscription, &less, "prorate").await.ok();
    }

    async fn a_change_that_never_reached_the_processor_is_given_up(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let before = shown(t, &subscription).await;
        let unreached = charging(t, Charging::Unreached);
        switch(&unreached, &subscription, &pro, "invoice").await.refused(409, "SubscriptionLocked");
        t.catch_up().await;
        assert_eq!(shown(t, &subscription).await, before);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        switch(t, &subscription, &pro, "invoice").await.ok();
    }

    async fn a_renewal_waits_for_a_change_that_is_being_charged(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 100_000, json!({})).await;
        let end = moment(&subscription["current_period_end"]);
        until(t, end - jiff::SignedDuration::from_hours(1)).await;
        let unheard = charging(t, Charging::Unheard);
        switch(&unheard, &subscription, &pro, "invoice").await.refused(409, "SubscriptionLocked");
        until(&unheard, end).await;
        assert_eq!(shown(t, &subscription).await["current_period_end"], subscription["current_period_end"]);
        // The reconciler asks again after half the time that it has waited.
        until(t, end + jiff::SignedDuration::from_hours(1)).await;
        t.catch_up().await;
        let renewed = shown(t, &subscription).await;
        assert_eq!((&renewed["product_id"], &renewed["current_period_start"]), (&pro["id"], &subscription["current_period_end"]));
        let orders = orders(t, &subscription).await;
        // The change and the renewal are made at the same moment, so either may stand first.
        let renewals = orders.iter().filter(|order| lines(order) == [100_000]).count();
        assert_eq!((orders.len(), renewals), (3, 1));
    }

    async fn two_changes_at_once_are_one_after_the_other_or_refused(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (pro, less) = (plan(t, "Pro", 2000, json!({})).await, plan(t, "Less", 500, json!({})).await);
        let (one, other, third) = tokio::join!(
            switch(t, &subscription, &pro, "invoice"),
            switch(t, &subscription, &less, "invoice"),
            change(t, &subscription, json!({"cancel_at_period_end": true})),
        );
        let made = [&one, &other].iter().filter(|answer| answer.status == 200).count();
        for answer in [&one, &other, &third] {
            assert!([200, 403, 409].contains(&answer.status.as_u16()), "{}", answer.text());
        }
        t.catch_up().await;
        let orders = orders(t, &subscription).await;
        assert_eq!(orders.len(), 1 + made);
        let charged: i64 = t.items("/v1/payments/?status=succeeded").await.iter().map(|p| p["amount"].as_i64().unwrap()).sum();
        let due: i64 = orders.iter().map(|order| order["due_amount"].as_i64().unwrap()).sum();
        assert_eq!(charged, due);
    }

    async fn another_interval_is_charged_at_once_and_begins_today(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let yearly = plan(t, "Yearly", 9000, json!({"recurring_interval": "year"})).await;
        let changed = switch(t, &subscription, &yearly, "prorate").await.ok();
        assert_eq!((&changed["recurring_interval"], &changed["amount"]), (&json!("year"), &json!(9000)));
        assert_eq!(changed["current_period_start"].as_str().unwrap()[..10], *"2026-11-23");
        assert_eq!(changed["current_period_end"].as_str().unwrap()[..10], *"2027-11-23");
        assert_eq!(lines(&orders(t, &subscription).await[0]), [-967, 9000]);
    }

    async fn a_reset_needs_its_feature_and_charges_a_whole_period(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let refused = switch(t, &subscription, &pro, "reset").await.invalid();
        assert_eq!(refused, pairs(&[("value_error", "body.proration_behavior")]));
        let path = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&path, json!({"feature_settings": {"reset_proration_behavior_enabled": true}})).await.ok();
        let changed = switch(t, &subscription, &pro, "reset").await.ok();
        assert_eq!(changed["current_period_start"].as_str().unwrap()[..10], *"2026-11-23");
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["items"][0]["proration"]), (vec![2000], &json!(true)));
    }

    async fn a_change_for_the_next_period_waits_until_then(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let (pro, less) = (plan(t, "Pro", 2000, json!({})).await, plan(t, "Less", 500, json!({})).await);
        told(t).await;
        let waiting = switch(t, &subscription, &pro, "next_period").await.ok();
        assert_eq!((&waiting["product_id"], &waiting["amount"]), (&subscription["product_id"], &json!(1000)));
        let update = &waiting["pending_update"];
        assert_eq!((&update["product_id"], &update["applies_at"], &update["seats"]), (&pro["id"], &subscription["current_period_end"], &json!(null)));
        assert_eq!(told(t).await, UPDATED);
        let replaced = switch(t, &subscription, &less, "next_period").await.ok()["pending_update"].clone();
        assert_eq!((&replaced["id"], &replaced["product_id"]), (&update["id"], &less["id"]));
        let renewed = next_period(t, &subscription).await;
        assert_eq!((&renewed["product_id"], &renewed["pending_update"]), (&less["id"], &json!(null)));
        assert_eq!(lines(&orders(t, &subscription).await[0]), [500]);
        t.see_through().await;
    }

    async fn a_change_that_waits_is_withdrawn_by_hand_or_by_another_one(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (pro, less) = (plan(t, "Pro", 2000, json!({})).await, plan(t, "Less", 500, json!({})).await);
        let nothing = change(t, &subscription, json!({"pending_update": null})).await.invalid();
        assert_eq!(nothing, pairs(&[("value_error", "body.pending_update")]));
        switch(t, &subscription, &pro, "next_period").await.ok();
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        let cleared = change(t, &subscription, json!({"pending_update": null})).await.ok();
        assert_eq!(cleared["pending_update"], json!(null));
        change(t, &subscription, json!({"cancel_at_period_end": false})).await.ok();
        switch(t, &subscription, &pro, "next_period").await.ok();
        let changed = switch(t, &subscription, &less, "prorate").await.ok();
        assert_eq!((&changed["pending_update"], &changed["product_id"]), (&json!(null), &less["id"]));
    }

    async fn a_product_that_cannot_be_changed_to_is_told_at_its_place(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (once, gift) = (t.product().await, t.pay_what_you_want().await);
        let archived = plan(t, "Old", 2000, json!({})).await;
        t.patch(&format!("/v1/products/{}", archived["id"].as_str().unwrap()), json!({"is_archived": true})).await.ok();
        let euros = json!({"prices": [{"amount_type": "fixed", "price_amount": 900, "price_currency": "usd"},
            {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}]});
        plan(t, "Euros", 900, euros).await;
        let nobody = json!({"id": "7d444840-9dc0-41d1-b245-5ffdce74fad2"});
        for wrong in [&once, &gift, &archived, &nobody] {
            let told = switch(t, &subscription, wrong, "prorate").await.invalid();
            assert_eq!(told, pairs(&[("value_error", "body.product_id")]));
        }
        let (_, token) = t.stranger().await;
        let theirs = plan(&t.with_token(&token), "Theirs", 2000, json!({})).await;
        switch(t, &subscription, &theirs, "prorate").await.invalid();
        t.with_token(&token).patch(&path(&subscription), json!({})).await.not_found();
        t.with_token(&token).delete(&path(&subscription)).await.not_found();
    }

    async fn an_empty_change_is_told_of(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let before = shown(t, &subscription).await;
        assert_eq!(change(t, &subscription, json!({})).await.ok(), before);
        assert_eq!(told(t).await, UPDATED);
        let noted = change(t, &subscription, json!({"metadata": {"team": "a"}})).await.ok();
        assert_eq!(noted["metadata"], json!({"team": "a"}));
        assert_eq!(told(t).await, UPDATED);
        t.see_through().await;
    }

    async fn a_body_of_no_shape_or_of_two_is_told_for_each_shape(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let told = change(t, &subscription, json!({"foo": 1})).await.unreadable();
        assert!(told.contains(&("extra_forbidden".into(), "body.SubscriptionUpdateBase.foo".into())), "{told:?}");
        assert!(told.contains(&("missing".into(), "body.SubscriptionUpdateSeats.seats".into())), "{told:?}");
        assert_eq!(told.iter().filter(|(kind, _)| kind == "extra_forbidden").count(), 9);
        let mixed = json!({"seats": 3, "product_id": subscription["product_id"]});
        change(t, &subscription, mixed).await.unreadable();
        let past = json!({"current_billing_period_end": "2020-01-01T00:00:00Z"});
        let told = change(t, &subscription, past).await.unreadable();
        assert!(told.contains(&("datetime_future".into(), "body.SubscriptionUpdateBillingPeriod.current_billing_period_end".into())));
    }

    async fn seats_are_billed_until_the_end_of_the_period(t: &mut Till) {
        t.listen().await;
        let team = by_seat(t).await;
        let subscription = bought(t, &team, VISA, json!({"seats": 4})).await;
        t.advance(std::time::Duration::from_secs(DAY));
        told(t).await;
        let seats = async |n: i64, behavior: &str| change(t, &subscription, json!({"seats": n, "proration_behavior": behavior})).await;
        let more = seats(6, "invoice").await.ok();
        assert_eq!((&more["seats"], &more["amount"]), (&json!(6), &json!(6000)));
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["seats"]), (vec![1933], &json!(null)));
        assert_eq!(told(t).await, CHARGED);
        seats(3, "prorate").await.ok();
        assert_eq!(told(t).await, UPDATED);
        let waiting = seats(5, "next_period").await.ok();
        assert_eq!((&waiting["seats"], &waiting["pending_update"]["seats"]), (&json!(3), &json!(5)));
        told(t).await;
        let same = seats(3, "prorate").await.ok();
        assert_eq!(same["pending_update"], json!(null));
        assert_eq!(told(t).await, UPDATED);
        assert_eq!(seats(3, "prorate").await.ok(), same);
        assert!(told(t).await.is_empty(), "nothing changed");
        seats(5, "next_period").await.ok();
        next_period(t, &subscription).await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!(lines(&order), [-2899, 5000]);
        assert_eq!(shown(t, &subscription).await["seats"], 5);
        t.see_through().await;
    }

    async fn seats_and_units_that_cannot_be_are_refused(t: &mut Till) {
        let team = by_seat(t).await;
        let subscription = bought(t, &team, VISA, json!({"seats": 4})).await;
        for few in [1, 0, -3] {
            change(t, &subscription, json!({"seats": few})).await.refused(400, "BelowMinimumSeats");
        }
        change(t, &subscription, json!({"seats": 21})).await.refused(400, "AboveMaximumSeats");
        change(t, &subscription, json!({"units": 3})).await.refused(400, "NotAUnitBasedSubscription");
        let basic = plan(t, "Basic", 1000, json!({})).await;
        switch(t, &subscription, &basic, "prorate").await.invalid();
        t.delete(&path(&subscription)).await.ok();
        change(t, &subscription, json!({"seats": 5})).await.refused(403, "AlreadyCanceledSubscription");
        let other = bought(t, &basic, VISA, json!({})).await;
        change(t, &other, json!({"seats": 5})).await.refused(400, "NotASeatBasedSubscription");
        let told = change(t, &other, json!({"product_id": team["id"], "proration_behavior": "next_period"})).await.invalid();
        assert_eq!(told, pairs(&[("value_error", "body.proration_behavior")]));
        let joined = change(t, &other, json!({"product_id": team["id"], "proration_behavior": "prorate"})).await.ok();
        assert_eq!(joined["seats"], 2);
    }

    async fn a_reset_of_seats_charges_all_of_them(t: &mut Till) {
        may_reset(t).await;
        let subscription = bought(t, &by_seat(t).await, VISA, json!({"seats": 4})).await;
        t.advance(std::time::Duration::from_secs(DAY));
        change(t, &subscription, json!({"seats": 6, "proration_behavior": "reset"})).await.ok();
        assert_eq!(lines(&orders(t, &subscription).await[0]), [6000]);
    }

    async fn a_discount_alone_is_for_the_next_period(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let launch = discount(t, json!({})).await;
        told(t).await;
        let discounted = change(t, &subscription, json!({"discount_id": launch["id"]})).await.ok();
        assert_eq!((&discounted["amount"], &discounted["discount"]["id"]), (&json!(800), &launch["id"]));
        assert_eq!(told(t).await, UPDATED);
        let again = change(t, &subscription, json!({"discount_id": launch["id"]})).await.invalid();
        assert_eq!(again, pairs(&[("value_error", "body.discount_id")]));
        assert_eq!(t.get(&format!("/v1/discounts/{}", launch["id"].as_str().unwrap())).await.ok()["redemptions_count"], 1);
        next_period(t, &subscription).await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((&order["subtotal_amount"], &order["discount_amount"]), (&json!(1000), &json!(200)));
        let bare = change(t, &subscription, json!({"discount_id": null})).await.ok();
        assert_eq!((&bare["amount"], &bare["discount"]), (&json!(1000), &json!(null)));
        let limited = discount(t, json!({"max_redemptions": 1})).await;
        change(t, &subscription, json!({"discount_id": limited["id"]})).await.ok();
        change(t, &subscription, json!({"discount_id": null})).await.ok();
        change(t, &subscription, json!({"discount_id": limited["id"]})).await.invalid();
        t.delete(&path(&subscription)).await.ok();
        change(t, &subscription, json!({"discount_id": launch["id"]})).await.ok();
        t.see_through().await;
    }

    async fn a_trial_ends_when_it_is_told_to(t: &mut Till) {
        t.listen().await;
        let product = plan(t, "Tried", 1000, json!({"trial_interval": "day", "trial_interval_count": 14})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        told(t).await;
        let at = in_days(t, 3);
        let moved = change(t, &subscription, json!({"trial_end": at})).await.ok();
        assert_eq!(moment(&moved["trial_end"]), moment(&moved["current_period_end"]));
        assert_eq!(told(t).await, UPDATED);
        let ended = change(t, &subscription, json!({"trial_end": "now"})).await.ok();
        assert_eq!(ended["status"], "active");
        assert_eq!(ended["current_period_start"], ended["trial_end"]);
        assert_eq!(told(t).await, RENEWED);
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((&order["status"], &order["total_amount"]), (&json!("paid"), &json!(1000)));
        for wrong in [json!("now"), in_days(t, 3)] {
            let told = change(t, &subscription, json!({"trial_end": wrong})).await.invalid();
            assert_eq!(told, pairs(&[("value_error", "body.trial_end")]));
        }
        let at = in_days(t, 60);
        let again = change(t, &subscription, json!({"trial_end": at})).await.ok();
        assert_eq!((&again["status"], &again["trial_start"]), (&json!("trialing"), &subscription["trial_start"]));
        t.see_through().await;
    }

    async fn a_change_in_a_trial_has_the_new_products_trial(t: &mut Till) {
        t.listen().await;
        let tried = plan(t, "Tried", 1000, json!({"trial_interval": "day", "trial_interval_count": 14})).await;
        let longer = plan(t, "Longer", 2000, json!({"trial_interval": "day", "trial_interval_count": 30})).await;
        let subscription = bought(t, &tried, VISA, json!({})).await;
        t.advance(std::time::Duration::from_secs(5 * DAY));
        told(t).await;
        let changed = switch(t, &subscription, &longer, "invoice").await.ok();
        let wanted = moment(&subscription["trial_start"]) + jiff::SignedDuration::from_hours(30 * 24);
        assert_eq!((moment(&changed["trial_end"]), &changed["status"]), (wanted, &json!("trialing")));
        assert_eq!(told(t).await, UPDATED);
        let pro = plan(t, "Pro", 3000, json!({})).await;
        told(t).await;
        let paid = switch(t, &subscription, &pro, "prorate").await.ok();
        assert_eq!((&paid["status"], &paid["product_id"]), (&json!("active"), &pro["id"]));
        assert_eq!(told(t).await, RENEWED);
        assert_eq!(lines(&orders(t, &subscription).await[0]), [3000]);
        t.see_through().await;
    }

    async fn the_billing_date_moves_without_a_charge(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let at = in_days(t, 3);
        let moved = change(t, &subscription, json!({"current_billing_period_end": at})).await.ok();
        assert_eq!(moved["current_period_start"], subscription["current_period_start"]);
        let renewed = next_period(t, &subscription).await;
        assert_eq!(renewed["current_period_start"], moved["current_period_end"]);
        assert_eq!(renewed["current_period_start"].as_str().unwrap()[..10], *"2026-11-26");
        assert_eq!(renewed["current_period_end"].as_str().unwrap()[..10], *"2026-12-26");
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        let later = json!({"current_billing_period_end": in_days(t, 3)});
        change(t, &subscription, later).await.refused(403, "AlreadyCanceledSubscription");
    }

    async fn a_past_due_subscription_takes_some_changes(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        next_period(t, &subscription).await;
        assert_eq!(shown(t, &subscription).await["status"], "past_due");
        let pro = plan(t, "Pro", 2000, json!({})).await;
        switch(t, &subscription, &pro, "prorate").await.ok();
        change(t, &subscription, json!({"trial_end": in_days(t, 60)})).await.refused(403, "InactiveSubscription");
        change(t, &subscription, json!({"current_billing_period_end": in_days(t, 60)})).await.refused(403, "InactiveSubscription");
        change(t, &subscription, json!({"pause_at_period_end": true})).await.refused(409, "CannotPauseSubscription");
    }

    async fn a_preview_says_what_the_change_then_does_and_writes_nothing(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let preview = async |body: Value| t.post(&format!("{}/change-preview", path(&subscription)), body).await;
        let rows = t.all_rows().await;
        let invoice = json!({"product_id": pro["id"], "proration_behavior": "invoice"});
        let shown = preview(invoice.clone()).await.ok();
        for (key, value) in [("base_amount", 0), ("proration_amount", 966), ("total_amount", 966), ("due_amount", 966)] {
            assert_eq!(shown[key], value, "{key}");
        }
        assert_eq!(shown["prorations"].as_array().unwrap().len(), 2);
        assert_eq!((&shown["next_charge"]["due_amount"], &shown["next_charge"]["at"]), (&json!(2000), &subscription["current_period_end"]));
        let waits = preview(json!({"product_id": pro["id"], "proration_behavior": "prorate"})).await.ok();
        assert_eq!((&waits["due_amount"], &waits["next_charge"]["due_amount"], &waits["next_charge"]["proration_amount"]), (&json!(0), &json!(2966), &json!(966)));
        let later = preview(json!({"product_id": pro["id"], "proration_behavior": "next_period"})).await.ok();
        assert_eq!((&later["applies_at"], &later["next_charge"]["due_amount"]), (&subscription["current_period_end"], &json!(2000)));
        let end = preview(json!({"cancel_at_period_end": true})).await.ok();
        assert_eq!((&end["due_amount"], &end["next_charge"]), (&json!(0), &json!(null)));
        let at = in_days(t, 60);
        let pause = preview(json!({"pause_at_period_end": true, "resumes_at": at})).await.ok();
        assert_eq!(moment(&pause["next_charge"]["at"]), moment(&at));
        preview(json!({"seats": 3})).await.refused(400, "NotASeatBasedSubscription");
        let charge = t.get(&format!("{}/charge-preview", path(&subscription))).await.ok();
        assert_eq!((&charge["base_amount"], &charge["due_amount"]), (&json!(1000), &json!(1000)));
        let cancel = t.get(&format!("{}/cancel-preview", path(&subscription))).await.ok();
        assert_eq!(cancel, json!({"stops_collection": false, "outstanding_amount": null}));
        assert_eq!(t.all_rows().await, rows);
        change(t, &subscription, invoice).await.ok();
        assert_eq!(orders(t, &subscription).await[0]["due_amount"], shown["due_amount"]);
    }
}
