//! Seats and what they were bought with: how many there are, and when they end.

use std::time::Duration;

use serde_json::json;
use till_testkit::{both, buyer};

use crate::{
    seats_kit::{
        SEATS, THANKS, claim, events, free_seats, give, grace, holders, id, info, invitations,
        invite, list, resend, seat_price, token,
    },
    subscriptions_kit::{
        ADA, DAY, DECLINED_LATER, VISA, bought, by_seat, change, discount, next_period, path, plan,
        shown, switch,
    },
};

both! {
    async fn fewer_seats_than_are_used_are_refused(t: &mut Till) {
        let subscription = free_seats(t, 6).await;
        for n in 0..3 {
            invite(t, &subscription, &format!("p{n}@example.com")).await;
        }
        let refused = change(t, &subscription, json!({"seats": 2, "proration_behavior": "prorate"})).await;
        refused.refused(400, "SeatsAlreadyAssigned");
        let waits = json!({"seats": 3, "proration_behavior": "next_period"});
        change(t, &subscription, waits).await.ok();
        // The reduction counts already: nobody is given a seat that is taken away with the next period.
        assert_eq!(list(t, &subscription).await["available_seats"], 0);
        give(t, &subscription, json!({"email": "p3@example.com"})).await.refused(400, "SeatNotAvailable");
        t.see_through().await;
    }

    async fn the_buyer_has_the_first_seat_also_beside_a_fixed_price(t: &mut Till) {
        let tier = json!({"min_seats": 1, "max_seats": null, "price_per_seat": 1000});
        let prices = json!([{"amount_type": "fixed", "price_amount": 500}, {"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]);
        let product = plan(t, "Both", 0, json!({"prices": prices})).await;
        t.listen().await;
        let subscription = bought(t, &product, VISA, json!({"seats": 3})).await;
        let seats = list(t, &subscription).await;
        assert_eq!((&seats["available_seats"], &seats["seats"][0]["email"], &seats["seats"][0]["status"]), (&json!(2), &json!(ADA), &json!("claimed")));
        assert_eq!(seats["seats"][0]["member"]["role"], "owner");
        assert_eq!(invitations(t).await, []);
        let told = t.webhook_events().await;
        let kinds: Vec<_> = told.iter().map(|one| one["type"].as_str().unwrap()).collect();
        let at = |kind: &str| kinds.iter().position(|one| *one == kind).unwrap();
        assert!(at("order.paid") < at("customer_seat.claimed"), "{kinds:?}");
        t.see_through().await;
    }

    async fn seats_that_were_bought_once_belong_to_the_order(t: &mut Till) {
        let tiers = json!([{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]);
        let product = t.priced(json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}])).await;
        let checkout = t.checkout_with(&product, json!({"seats": 2})).await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        let body = json!({"order_id": order["id"], "email": "grace@example.com"});
        let seat = t.post(SEATS, body.clone()).await.ok();
        assert_eq!((&seat["order_id"], &seat["subscription_id"]), (&order["id"], &json!(null)));
        claim(t, &token(t, "grace@example.com").await).await.ok();
        t.post(SEATS, body).await.refused(400, "SeatNotAvailable");
        let seats = t.get(&format!("{SEATS}?order_id={}", id(&order))).await.ok();
        assert_eq!((&seats["total_seats"], &seats["available_seats"]), (&json!(2), &json!(0)));
        t.see_through().await;
    }

    async fn an_invitation_to_a_seat_that_was_refunded_is_of_no_use(t: &mut Till) {
        let product = t.priced(seat_price(1000, 9)).await;
        let checkout = t.checkout_with(&product, json!({"seats": 3, "success_url": THANKS})).await;
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        let seats = format!("{SEATS}?order_id={}", id(&order));
        let seat = t.post(SEATS, json!({"order_id": order["id"], "email": "grace@example.com"})).await.ok();
        let other = t.post(SEATS, json!({"order_id": order["id"], "email": "eve@example.com"})).await.ok();
        let (link, others) = (token(t, "grace@example.com").await, token(t, "eve@example.com").await);
        // A part that is given back leaves them as they are.
        let refund = |amount: i64| json!({"order_id": order["id"], "reason": "other", "amount": amount});
        t.post("/v1/refunds/", refund(1000)).await.created();
        t.drain().await;
        assert_eq!(t.get(&seats).await.ok()["available_seats"], 1);
        claim(t, &others).await.ok();
        t.post("/v1/refunds/", refund(2000)).await.created();
        t.drain().await;
        let left = t.get(&seats).await.ok();
        assert_eq!(json!([left["total_seats"], left["available_seats"], left["seats"][0]["status"]]), json!([3, 0, "pending"]));
        claim(t, &link).await.refused(400, "InvalidInvitationToken");
        assert_eq!(info(t, &link).await.status, 404);
        resend(t, &seat).await.refused(400, "SeatNotAvailable");
        resend(t, &other).await.refused(400, "SeatNotPending");
        t.post(SEATS, json!({"order_id": order["id"], "email": "bob@example.com"})).await.refused(400, "SeatNotAvailable");
        assert_eq!(t.get(&seats).await.ok()["seats"][0]["status"], "pending");
        t.see_through().await;
    }

    async fn whoever_bought_a_seat_and_was_refunded_gets_the_first_one_again(t: &mut Till) {
        let product = t.priced(seat_price(1000, 9)).await;
        for (refunded, first) in [(false, json!(ADA)), (true, json!(null)), (false, json!(ADA))] {
            let checkout = t.checkout_with(&product, json!({"seats": 2})).await;
            t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
            t.drain().await;
            let order = t.orders(&checkout).await.remove(0);
            let seats = t.get(&format!("{SEATS}?order_id={}", id(&order))).await.ok();
            assert_eq!(seats["seats"][0]["email"], first);
            if refunded {
                for order in t.items("/v1/orders/").await {
                    let refund = json!({"order_id": order["id"], "reason": "other", "amount": 2000});
                    t.post("/v1/refunds/", refund).await.created();
                }
                t.drain().await;
            }
        }
        t.see_through().await;
    }

    async fn an_upgrade_at_the_checkout_leaves_no_more_holders_than_seats(t: &mut Till) {
        grace(t, 0).await;
        let free = plan(t, "Free team", 0, json!({"prices": seat_price(0, 9)})).await;
        let small = plan(t, "Small team", 0, json!({"prices": seat_price(1000, 9)})).await;
        let alone = plan(t, "Alone", 1000, json!({})).await;
        let (a, b) = ("a@example.com", "b@example.com");
        t.listen().await;
        // What is bought then, whether the buyer has a seat before, and who has one afterwards.
        for (product, more, with_buyer, left, revoked) in [
            (&small, json!({"seats": 2}), true, vec![a, ADA], 1),
            (&small, json!({"seats": 2}), false, vec![a, b], 0),
            (&small, json!({"seats": 3}), false, vec![a, ADA, b], 0),
            (&small, json!({"seats": 1}), false, vec![a], 1),
            (&alone, json!({}), true, vec![], 3),
        ] {
            let checkout = t.checkout_with(&free, json!({"seats": 4, "success_url": THANKS})).await;
            t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
            t.drain().await;
            let order = t.orders(&checkout).await.remove(0);
            let old = json!({"id": order["subscription_id"]});
            for email in [a, b] {
                give(t, &old, json!({"email": email, "immediate_claim": true})).await.ok();
            }
            if with_buyer {
                give(t, &old, json!({"email": ADA, "immediate_claim": true})).await.ok();
            }
            t.drain().await;
            t.webhook_events().await;
            let mut wanted = more.clone();
            wanted["subscription_id"] = old["id"].clone();
            let upgrade = t.checkout_with(product, wanted).await;
            t.confirm(&upgrade, buyer(ADA, VISA)).await.ok();
            t.drain().await;
            assert_eq!(holders(t, &old).await, left, "{more}");
            assert_eq!(list(t, &old).await["available_seats"], 0, "{more}");
            let told = events(t).await;
            assert_eq!(told.iter().filter(|one| *one == "customer_seat.revoked").count(), revoked, "{told:?}");
            t.delete(&path(&old)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn a_change_of_product_that_waited_leaves_no_more_holders_than_seats(t: &mut Till) {
        for (card, left) in [(VISA, vec![ADA, "p0@example.com"]), (DECLINED_LATER, vec![])] {
            grace(t, 0).await;
            let free = discount(t, json!({"basis_points": 10_000, "duration": "once"})).await;
            let more = json!({"discount_id": free["id"], "seats": 4, "success_url": THANKS});
            let product = by_seat(t).await;
            let subscription = bought(t, &product, card, more).await;
            for email in ["p0@example.com", "p1@example.com", ADA] {
                give(t, &subscription, json!({"email": email, "immediate_claim": true})).await.ok();
            }
            let next = plan(t, "Next", 0, json!({"prices": seat_price(1000, 9)})).await;
            switch(t, &subscription, &next, "next_period").await.ok();
            // Meanwhile fewer seats are sold.
            t.patch(&format!("/v1/products/{}", id(&next)), json!({"prices": seat_price(1000, 2)})).await.ok();
            let after = next_period(t, &subscription).await;
            assert_eq!((&after["product_id"], &after["seats"]), (&next["id"], &json!(2)));
            // Those that are left are taken back with the payment that fails, each once.
            assert_eq!(holders(t, &subscription).await, left, "{card}");
            t.delete(&path(&subscription)).await.ok();
            t.drain().await;
        }
        t.see_through().await;
    }

    async fn seats_end_before_the_subscription_that_is_revoked(t: &mut Till) {
        let subscription = free_seats(t, 3).await;
        invite(t, &subscription, "one@example.com").await;
        let token = token(t, "one@example.com").await;
        give(t, &subscription, json!({"email": "two@example.com", "immediate_claim": true})).await.ok();
        t.listen().await;
        t.delete(&path(&subscription)).await.ok();
        assert_eq!(events(t).await, ["customer_seat.revoked", "customer_seat.revoked",
            "subscription.updated", "subscription.canceled", "subscription.revoked"]);
        claim(t, &token).await.refused(400, "InvalidInvitationToken");
        let seats = list(t, &subscription).await;
        assert!(seats["seats"].as_array().unwrap().iter().all(|one| one["status"] == "revoked"), "{seats}");
        t.see_through().await;
    }

    async fn seats_end_with_a_pause_and_with_the_period(t: &mut Till) {
        let paused = free_seats(t, 2).await;
        give(t, &paused, json!({"email": "one@example.com", "immediate_claim": true})).await.ok();
        change(t, &paused, json!({"pause_at_period_end": true})).await.ok();
        t.listen().await;
        t.advance(Duration::from_secs(31 * DAY));
        t.drain().await;
        assert_eq!(shown(t, &paused).await["status"], "paused");
        assert_eq!(events(t).await, ["subscription.updated", "subscription.paused", "customer_seat.revoked"]);
        change(t, &paused, json!({"resume": true})).await.ok();
        t.drain().await;
        assert_eq!(list(t, &paused).await["available_seats"], 2, "nothing brings them back");
        let product = by_seat(t).await;
        let ending = bought(t, &product, VISA, json!({"seats": 2, "success_url": THANKS})).await;
        give(t, &ending, json!({"email": "one@example.com", "immediate_claim": true})).await.ok();
        change(t, &ending, json!({"cancel_at_period_end": true})).await.ok();
        t.webhook_events().await;
        t.advance(Duration::from_secs(31 * DAY));
        t.drain().await;
        let own: Vec<String> = events(t).await;
        let ended = own.iter().position(|one| one == "subscription.revoked").unwrap();
        assert_eq!(own[ended - 3..=ended], ["customer_seat.revoked", "subscription.updated", "subscription.canceled", "subscription.revoked"], "{own:?}");
        t.see_through().await;
    }

    async fn seats_end_after_the_payment_that_failed_unless_there_is_grace(t: &mut Till) {
        for (days, kept) in [(0, false), (7, true)] {
            grace(t, days).await;
            let product = by_seat(t).await;
            let free = discount(t, json!({"basis_points": 10_000, "duration": "once"})).await;
            let more = json!({"discount_id": free["id"], "seats": 2, "success_url": THANKS});
            let subscription = bought(t, &product, DECLINED_LATER, more).await;
            give(t, &subscription, json!({"email": "one@example.com", "immediate_claim": true})).await.ok();
            if days == 0 {
                t.listen().await;
            }
            t.drain().await;
            t.webhook_events().await;
            t.advance(Duration::from_secs(31 * DAY));
            t.drain().await;
            assert_eq!(shown(t, &subscription).await["status"], "past_due");
            let told = events(t).await;
            match kept {
                true => {
                    assert!(!told.iter().any(|one| one == "customer_seat.revoked"), "{told:?}");
                    // The third failure comes after the time that they had.
                    t.advance(Duration::from_secs(8 * DAY));
                    t.drain().await;
                    assert_eq!(shown(t, &subscription).await["status"], "past_due");
                }
                false => {
                    let late = told.iter().rposition(|one| one == "subscription.past_due").unwrap();
                    assert_eq!(told[late + 1..], ["customer_seat.revoked"], "{told:?}");
                }
            }
            assert_eq!(list(t, &subscription).await["available_seats"], 2);
            t.delete(&path(&subscription)).await.ok();
        }
        t.see_through().await;
    }
}
