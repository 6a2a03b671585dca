//! Seats that come with a change: of a subscription that had none to a product that is sold by the seat.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::changes::Changes;
use till_testkit::{Answer, Till, both};

use crate::{
    metered_kit::{meter, sum, uses, yearly},
    portal_kit::{PORTAL, signed_in},
    seats_kit::{THANKS, give, grace, holders, id, invitations, invite, list, revoke, seat_price},
    subscriptions_kit::{
        ADA, Charging, DAY, DECLINED_LATER, VISA, a_day_in, bought, by_seat, change, charging,
        discount, lines, next_period, orders, path, plan, shown, switch, told,
    },
};

/// The subscription's customer is a team, and its owner has the one seat of the two that there are.
async fn is_seated(t: &Till, subscription: &Value) {
    assert_eq!(kind(t, subscription).await, "team");
    let seats = list(t, subscription).await;
    let rows = seats["seats"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{seats}");
    assert_eq!(
        json!([
            rows[0]["status"],
            rows[0]["email"],
            rows[0]["member"]["role"]
        ]),
        json!(["claimed", ADA, "owner"])
    );
    assert_eq!(
        json!([seats["total_seats"], seats["available_seats"]]),
        json!([2, 1])
    );
    assert_eq!(invitations(t).await, []);
}

/// Nobody has a seat, and the customer is what they were.
async fn is_not_seated(t: &Till, subscription: &Value) {
    assert_eq!(kind(t, subscription).await, "individual");
    assert_eq!(shown(t, subscription).await["seats"], json!(null));
    let seats = list(t, subscription).await;
    assert_eq!(seats["seats"], json!([]), "{seats}");
}

async fn kind(t: &Till, subscription: &Value) -> Value {
    let customer = subscription["customer_id"].as_str().unwrap();
    let customer = t.get(&format!("/v1/customers/{customer}")).await.ok();
    customer["type"].clone()
}

/// Lets the organization change subscriptions so where nobody says how.
async fn by_default(t: &Till, behavior: &str) {
    let settings = json!({"subscription_settings": {"allow_multiple_subscriptions": true, "proration_behavior": behavior,
        "benefit_revocation_grace_period": 0, "prevent_trial_abuse": false, "allow_customer_updates": true},
        "customer_portal_settings": {"usage": {"show": false}, "subscription": {"update_seats": true, "update_plan": true, "pause": true}}});
    let own = format!("/v1/organizations/{}", t.organization.id);
    t.patch(&own, settings).await.ok();
}

#[track_caller]
fn cannot_wait(answer: &Answer) {
    let wanted = crate::pairs(&[("value_error", "body.proration_behavior")]);
    assert_eq!(answer.invalid(), wanted);
}

both! {
    async fn a_change_to_seats_gives_the_buyer_the_first_one(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (team, old, new) = (by_seat(t).await, t.benefit("Old", "public").await, t.benefit("New", "public").await);
        for (product, note) in [(&subscription["product"], &old), (&team, &new)] {
            let benefits = format!("/v1/products/{}/benefits", id(product));
            t.post(&benefits, json!({"benefits": [note["id"]]})).await.ok();
        }
        t.drain().await;
        let live = "/v1/benefit-grants/?is_granted=true";
        assert_eq!(t.items(live).await[0]["benefit_id"], old["id"]);
        t.listen().await;
        let changed = switch(t, &subscription, &team, "prorate").await.ok();
        assert_eq!(json!([changed["seats"], changed["customer"]["type"]]), json!([2, "team"]));
        assert_eq!(told(t).await, ["customer.updated", "subscription.updated", "customer_seat.claimed", "benefit_grant.revoked", "benefit_grant.created"]);
        is_seated(t, &subscription).await;
        t.drain().await;
        let granted = t.items(live).await;
        assert_eq!(granted.len(), 1, "{granted:?}");
        let seat = list(t, &subscription).await["seats"][0].clone();
        assert_eq!(json!([granted[0]["benefit_id"], granted[0]["member_id"]]), json!([new["id"], seat["member_id"]]));
        // The team gives the other seat, and no more.
        invite(t, &subscription, "grace@example.com").await;
        give(t, &subscription, json!({"email": "eve@example.com"})).await.refused(400, "SeatNotAvailable");
        give(t, &subscription, json!({"email": ADA})).await.refused(400, "SeatNotAvailable");
        change(t, &subscription, json!({"product_id": subscription["product_id"]})).await.invalid();
        t.see_through().await;
    }

    async fn a_change_that_is_charged_at_once_gives_the_seat_with_its_order(t: &mut Till) {
        grace(t, 0).await;
        t.featured(|features| features.reset_proration_behavior_enabled = true).await;
        t.listen().await;
        let (basic, team) = (plan(t, "Basic", 1000, json!({})).await, by_seat(t).await);
        for behavior in ["invoice", "reset"] {
            let subscription = bought(t, &basic, VISA, json!({"customer_email": ADA})).await;
            t.advance(Duration::from_secs(DAY));
            told(t).await;
            let changed = switch(t, &subscription, &team, behavior).await.ok();
            assert_eq!(json!([changed["seats"], changed["customer"]["type"]]), json!([2, "team"]));
            let mut events = told(t).await;
            assert_eq!(events.pop().as_deref(), Some("customer_seat.claimed"));
            if behavior == "invoice" {
                assert_eq!(events.remove(0), "customer.updated");
            }
            assert_eq!(events, ["order.created", "subscription.updated", "order.updated", "order.paid"], "{behavior}");
            is_seated(t, &subscription).await;
        }
        t.see_through().await;
    }

    async fn a_change_that_is_declined_leaves_no_seat_and_no_team(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        let before = shown(t, &subscription).await;
        t.listen().await;
        for way in [Charging::Declines, Charging::Asks] {
            let other = charging(t, way);
            switch(&other, &subscription, &team, "invoice").await.refused(402, "PaymentFailed");
            is_not_seated(t, &subscription).await;
            assert_eq!(shown(t, &subscription).await, before);
        }
        assert_eq!(told(t).await, Vec::<String>::new());
        assert_eq!(t.items("/v1/orders/").await.len(), 1);
        t.see_through().await;
    }

    async fn the_seat_comes_with_the_processors_late_answer(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        t.listen().await;
        for (way, is_made) in [(Charging::Unreached, false), (Charging::Unheard, true)] {
            let other = charging(t, way);
            switch(&other, &subscription, &team, "invoice").await.refused(409, "SubscriptionLocked");
            is_not_seated(t, &subscription).await;
            give(t, &subscription, json!({"email": "grace@example.com"})).await.refused(409, "SubscriptionLocked");
            t.catch_up().await;
            let events = told(t).await;
            assert_eq!(events.iter().any(|one| one == "customer_seat.claimed"), is_made, "{events:?}");
            match is_made {
                true => is_seated(t, &subscription).await,
                false => is_not_seated(t, &subscription).await,
            }
        }
        t.see_through().await;
    }

    async fn in_a_trial_the_seat_is_there_at_once(t: &mut Till) {
        grace(t, 0).await;
        let tried = json!({"trial_interval": "day", "trial_interval_count": 14});
        let basic = plan(t, "Basic", 1000, tried.clone()).await;
        let mut longer = tried;
        longer["trial_interval_count"] = json!(20);
        let tier = json!({"min_seats": 2, "max_seats": 9, "price_per_seat": 1000});
        longer["prices"] = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]);
        let (longer, team) = (plan(t, "Tried team", 0, longer).await, by_seat(t).await);
        t.listen().await;
        for (product, card, status) in [
            (&longer, VISA, "trialing"),
            (&team, VISA, "active"),
            // The seat is taken back with the first payment, which fails.
            (&team, DECLINED_LATER, "past_due"),
        ] {
            let subscription = bought(t, &basic, card, json!({})).await;
            t.advance(Duration::from_secs(DAY));
            t.drain().await;
            told(t).await;
            switch(t, &subscription, product, "prorate").await.ok();
            let events = told(t).await;
            t.drain().await;
            assert_eq!(shown(t, &subscription).await["status"], status);
            let at = |kind: &str| events.iter().position(|one| one == kind);
            assert!(at("subscription.updated") < at("customer_seat.claimed"), "{events:?}");
            match status {
                "past_due" => {
                    assert_eq!(list(t, &subscription).await["available_seats"], 2);
                    assert!(at("customer_seat.claimed") < at("customer_seat.revoked"), "{events:?}");
                }
                _ => is_seated(t, &subscription).await,
            }
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn without_a_card_a_change_that_ends_the_trial_leaves_a_team_without_a_seat(t: &mut Till) {
        let tried = json!({"trial_interval": "day", "trial_interval_count": 14});
        let (basic, team) = (plan(t, "Basic", 1000, tried).await, by_seat(t).await);
        let subscription = bought(t, &basic, VISA, json!({})).await;
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        let viewer = t.viewer_of(&json!({"id": subscription["customer_id"]})).await;
        let methods = "/v1/customer-portal/customers/me/payment-methods";
        let card = viewer.items(methods).await.remove(0);
        viewer.delete(&format!("{methods}/{}", id(&card))).await.gone();
        change(t, &subscription, json!({"cancel_at_period_end": false})).await.ok();
        t.listen().await;
        let changed = switch(t, &subscription, &team, "prorate").await.ok();
        assert_eq!(json!([changed["status"], changed["seats"], changed["customer"]["type"]]), json!(["past_due", 2, "team"]));
        let events = told(t).await;
        assert!(!events.iter().any(|one| one.starts_with("customer_seat.")), "{events:?}");
        assert_eq!(list(t, &subscription).await["available_seats"], 2);
        t.see_through().await;
    }

    async fn a_change_while_paused_gives_the_seat_for_when_it_goes_on(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        change(t, &subscription, json!({"pause_at_period_end": true})).await.ok();
        next_period(t, &subscription).await;
        assert_eq!(shown(t, &subscription).await["status"], "paused");
        cannot_wait(&switch(t, &subscription, &team, "next_period").await);
        switch(t, &subscription, &team, "prorate").await.ok();
        is_seated(t, &subscription).await;
        change(t, &subscription, json!({"resume": true})).await.ok();
        t.drain().await;
        is_seated(t, &subscription).await;
        t.see_through().await;
    }

    async fn a_change_to_seats_cannot_wait(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        let preview = async |behavior: &str| {
            let body = json!({"product_id": team["id"], "proration_behavior": behavior});
            t.post(&format!("{}/change-preview", path(&subscription)), body).await
        };
        cannot_wait(&switch(t, &subscription, &team, "next_period").await);
        cannot_wait(&preview("next_period").await);
        preview("prorate").await.ok();
        by_default(t, "next_period").await;
        let to_team = json!({"product_id": team["id"]});
        cannot_wait(&change(t, &subscription, to_team.clone()).await);
        let viewer = t.viewer_of(&json!({"id": subscription["customer_id"]})).await;
        let own = format!("/v1/customer-portal/subscriptions/{}", id(&subscription));
        cannot_wait(&viewer.patch(&own, to_team.clone()).await);
        cannot_wait(&viewer.post(&format!("{own}/change-preview"), to_team.clone()).await);
        is_not_seated(t, &subscription).await;
        // The pages say so, where it is chosen.
        let portal = format!("{PORTAL}/subscriptions/{}/plan", id(&subscription));
        let browser = signed_in(t, &subscription["customer"]).await;
        let page = browser.get(&format!("{portal}?product_id={}", id(&team))).await;
        page.says(422, "This plan is sold by the seat, and you cannot change to it yourself. Contact the shop.");
        page.says(422, "product_id-error");
        let owner = t.dashboard().await;
        let form = format!("/dashboard/ada/subscriptions/{}/plan", id(&subscription));
        for behavior in ["", "next_period"] {
            let page = owner.post(&form, &[("product_id", id(&team)), ("proration_behavior", behavior)]).await;
            page.says(422, "A change to a product that is sold by the seat cannot wait for the next period");
            page.says(422, "proration_behavior-error");
        }
        // A customer may where it is made at once.
        by_default(t, "prorate").await;
        viewer.patch(&own, to_team).await.ok();
        is_seated(t, &subscription).await;
        t.see_through().await;
    }

    async fn usage_that_is_settled_with_the_change_and_the_seat_are_one_commit(t: &mut Till) {
        grace(t, 0).await;
        let (meter, team) = (meter(t, sum()).await, by_seat(t).await);
        let tier = json!({"min_seats": 2, "max_seats": 9, "price_per_seat": 9000});
        let prices = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]);
        let yearly_team = plan(t, "Yearly team", 0, json!({"recurring_interval": "year", "prices": prices})).await;
        let from = yearly(t, &meter, json!({})).await;
        for (product, behavior) in [(&yearly_team, "prorate"), (&yearly_team, "invoice"), (&team, "prorate")] {
            let subscription = bought(t, &from, VISA, json!({})).await;
            uses(t, &subscription, 250).await;
            t.advance(Duration::from_secs(DAY));
            switch(t, &subscription, product, behavior).await.ok();
            t.drain().await;
            is_seated(t, &subscription).await;
            let billed = orders(t, &subscription).await;
            assert!(billed.iter().any(|order| lines(order) == [250]), "{behavior}");
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn whoever_owns_the_team_when_it_is_changed_has_the_seat(t: &mut Till) {
        grace(t, 0).await;
        let (basic, team) = (plan(t, "Basic", 1000, json!({})).await, by_seat(t).await);
        let subscription = bought(t, &basic, VISA, json!({})).await;
        let customer = format!("/v1/customers/{}", subscription["customer_id"].as_str().unwrap());
        t.patch(&customer, json!({"type": "team"})).await.ok();
        let members = format!("{customer}/members");
        let next = t.post(&members, json!({"email": "grace@example.com"})).await.created();
        let transfer = format!("{members}/{}", id(&next));
        let (changed, transferred) = tokio::join!(
            switch(t, &subscription, &team, "prorate"),
            t.patch(&transfer, json!({"role": "owner"})),
        );
        for answer in [&changed, &transferred] {
            assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text());
        }
        if changed.status != 200 {
            switch(t, &subscription, &team, "prorate").await.ok();
        }
        assert_eq!(holders(t, &subscription).await.len(), 1);
        // Now that she owns the team, another subscription's first seat is hers.
        t.patch(&transfer, json!({"role": "owner"})).await.ok();
        let other = bought(t, &basic, VISA, json!({"customer_id": subscription["customer_id"]})).await;
        switch(t, &other, &team, "invoice").await.ok();
        assert_eq!(holders(t, &other).await, ["grace@example.com"]);
        t.see_through().await;
    }

    async fn whoever_has_seats_gets_none_anew(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (team, other) = (by_seat(t).await, plan(t, "Other", 0, json!({"prices": seat_price(1500, 9)})).await);
        switch(t, &subscription, &team, "prorate").await.ok();
        t.listen().await;
        switch(t, &subscription, &other, "prorate").await.ok();
        assert_eq!(told(t).await, ["subscription.updated"]);
        is_seated(t, &subscription).await;
        let seat = list(t, &subscription).await["seats"][0].clone();
        revoke(t, &seat).await.ok();
        switch(t, &subscription, &team, "invoice").await.ok();
        assert_eq!(holders(t, &subscription).await, Vec::<String>::new(), "the merchant has taken it back");
        assert_eq!(kind(t, &subscription).await, "team");
        t.see_through().await;
    }

    async fn a_team_is_told_of_no_more_than_its_seat(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        let customer = format!("/v1/customers/{}", subscription["customer_id"].as_str().unwrap());
        t.patch(&customer, json!({"type": "team"})).await.ok();
        t.listen().await;
        switch(t, &subscription, &team, "prorate").await.ok();
        assert_eq!(told(t).await, ["subscription.updated", "customer_seat.claimed"]);
        is_seated(t, &subscription).await;
        t.see_through().await;
    }

    async fn a_customer_of_an_older_version_gets_an_owner_with_the_seat(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let team = by_seat(t).await;
        let mut changes = Changes::new();
        changes.any("delete from customer_members", vec![]);
        t.app.store.commit(changes).await.unwrap();
        t.listen().await;
        switch(t, &subscription, &team, "invoice").await.ok();
        let events = told(t).await;
        assert_eq!(events[events.len() - 2..], ["member.created", "customer_seat.claimed"], "{events:?}");
        is_seated(t, &subscription).await;
        t.see_through().await;
    }

    async fn a_product_that_became_one_by_the_seat_while_its_change_waited_gives_the_seat(t: &mut Till) {
        grace(t, 0).await;
        t.listen().await;
        for (card, status) in [(VISA, "active"), (DECLINED_LATER, "past_due")] {
            let free = discount(t, json!({"basis_points": 10_000, "duration": "once"})).await;
            let (basic, next) = (plan(t, "Basic", 1000, json!({})).await, plan(t, "Next", 2000, json!({})).await);
            let subscription = bought(t, &basic, card, json!({"discount_id": free["id"], "success_url": THANKS})).await;
            switch(t, &subscription, &next, "next_period").await.ok();
            let tier = json!({"min_seats": 2, "max_seats": 9, "price_per_seat": 1000});
            let prices = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]);
            t.patch(&format!("/v1/products/{}", id(&next)), json!({"prices": prices})).await.ok();
            told(t).await;
            let after = next_period(t, &subscription).await;
            assert_eq!(json!([after["product_id"], after["seats"], after["status"]]), json!([next["id"], 2, status]));
            let events = told(t).await;
            let at = |kind: &str| events.iter().position(|one| one == kind);
            assert!(at("subscription.updated").is_some() && at("subscription.updated") < at("customer_seat.claimed"), "{events:?}");
            match status {
                "active" => {
                    assert!(at("customer.updated").is_some() && at("customer.updated") < at("subscription.cycled"), "{events:?}");
                    is_seated(t, &subscription).await;
                }
                _ => {
                    assert!(at("customer_seat.claimed") < at("customer_seat.revoked"), "{events:?}");
                    assert_eq!(holders(t, &subscription).await, Vec::<String>::new());
                }
            }
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn a_subscription_that_the_merchant_makes_has_its_first_seat(t: &mut Till) {
        let tier = json!({"min_seats": 2, "max_seats": 9, "price_per_seat": 0});
        let prices = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]);
        let product = plan(t, "Free team", 0, json!({"prices": prices})).await;
        let customer = t.customer(ADA).await;
        t.listen().await;
        let body = json!({"product_id": product["id"], "customer_id": customer["id"]});
        let made = t.post("/v1/subscriptions/", body.clone()).await.created();
        assert_eq!(json!([made["seats"], made["customer"]["type"]]), json!([2, "team"]));
        assert_eq!(told(t).await, ["customer.updated", "subscription.created", "subscription.active", "subscription.updated", "customer_seat.claimed"]);
        is_seated(t, &made).await;
        // Another subscription has seats of its own.
        let other = t.post("/v1/subscriptions/", body).await.created();
        assert_eq!(told(t).await, ["subscription.created", "subscription.active", "subscription.updated", "customer_seat.claimed"]);
        is_seated(t, &other).await;
        t.see_through().await;
    }

    async fn of_two_changes_at_once_one_gives_the_seat(t: &mut Till) {
        for behavior in ["prorate", "invoice"] {
            grace(t, 0).await;
            let basic = plan(t, "Basic", 1000, json!({})).await;
            let subscription = bought(t, &basic, VISA, json!({})).await;
            let (team, other) = (by_seat(t).await, by_seat(t).await);
            let customer = format!("/v1/customers/{}", subscription["customer_id"].as_str().unwrap());
            let (one, second, third, named) = tokio::join!(
                switch(t, &subscription, &team, behavior),
                switch(t, &subscription, &other, behavior),
                switch(t, &subscription, &team, "prorate"),
                t.patch(&customer, json!({"name": "Ada Lovelace"})),
            );
            for answer in [&one, &second, &third, &named] {
                assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text());
            }
            t.drain().await;
            t.catch_up().await;
            assert_eq!(holders(t, &subscription).await, [ADA]);
            assert_eq!(kind(t, &subscription).await, "team");
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn a_change_and_an_assignment_at_once_use_no_more_seats_than_there_are(t: &mut Till) {
        grace(t, 0).await;
        let (basic, team) = (plan(t, "Basic", 1000, json!({})).await, plan(t, "Small", 0, json!({"prices": seat_price(1500, 1)})).await);
        for behavior in ["prorate", "invoice", "prorate"] {
            let subscription = bought(t, &basic, VISA, json!({})).await;
            let at_once = json!({"email": "grace@example.com", "immediate_claim": true});
            let (changed, one, other) = tokio::join!(
                switch(t, &subscription, &team, behavior),
                give(t, &subscription, at_once.clone()),
                give(t, &subscription, at_once),
            );
            assert!([200, 409].contains(&changed.status.as_u16()), "{}", changed.text());
            for answer in [&one, &other] {
                assert!([400, 409].contains(&answer.status.as_u16()), "{}", answer.text());
            }
            if changed.status != 200 {
                switch(t, &subscription, &team, behavior).await.ok();
            }
            assert_eq!(holders(t, &subscription).await, [ADA]);
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }
}
