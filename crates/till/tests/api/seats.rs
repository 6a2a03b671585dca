//! Sessions of seat-based, metered and ad-hoc prices.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::pairs;

fn seats_from(min: i64, max: Option<i64>, price: i64) -> Value {
    let tier = json!({"min_seats": min, "max_seats": max, "price_per_seat": price});
    json!({"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}})
}

async fn monthly(t: &Till, prices: Value) -> Value {
    let body = json!({"name": "Team plan", "recurring_interval": "month", "prices": prices});
    t.post("/v1/products/", body).await.created()
}

async fn opened(t: &Till, product: &Value, more: Value) -> till_testkit::Answer {
    let mut body = json!({"products": [product["id"]]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/checkouts/", body).await
}

both! {
    async fn seats_are_counted_and_default_to_the_least(t: &mut Till) {
        let plan = monthly(t, json!([seats_from(1, None, 1500)])).await;
        let six = opened(t, &plan, json!({"seats": 6})).await.created();
        assert_eq!((&six["seats"], &six["amount"]), (&json!(6), &json!(9000)));
        let one = opened(t, &plan, json!({})).await.created();
        assert_eq!((&one["seats"], &one["amount"]), (&json!(1), &json!(1500)));
        let five = opened(t, &plan, json!({"min_seats": 5})).await.created();
        assert_eq!((&five["seats"], &five["min_seats"], &five["max_seats"]), (&json!(5), &json!(5), &json!(null)));
    }

    async fn seats_stay_within_the_tiers(t: &mut Till) {
        let plan = monthly(t, json!([seats_from(1, Some(10), 1500)])).await;
        let many = opened(t, &plan, json!({"seats": 15})).await;
        assert_eq!(many.invalid(), pairs(&[("less_than_equal", "body.seats")]));
        opened(t, &plan, json!({"seats": 10})).await.created();
        for (more, kind) in [(json!({"seats": 0}), "greater_than_equal"), (json!({"seats": 10, "max_seats": 5}), "value_error"),
            (json!({"seats": 2, "min_seats": 5}), "value_error")] {
            let wrong = opened(t, &plan, more.clone()).await.unreadable();
            assert!(wrong.iter().any(|(found, _)| found == kind), "{more}: {wrong:?}");
        }
        let fixed = t.product().await;
        let wrong = opened(t, &fixed, json!({"seats": 2})).await;
        assert_eq!(wrong.invalid(), pairs(&[("value_error", "body.seats")]));
    }

    async fn tiers_add_up_by_volume_and_by_grade(t: &mut Till) {
        for (kind, amount) in [("graduated", 13_200), ("volume", 11_200)] {
            let tiers = json!([{"min_seats": 1, "max_seats": 10, "price_per_seat": 1000}, {"min_seats": 11, "price_per_seat": 800}]);
            let price = json!({"amount_type": "seat_based", "seat_tiers": {"seat_tier_type": kind, "tiers": tiers}});
            let plan = monthly(t, json!([price])).await;
            assert_eq!(opened(t, &plan, json!({"seats": 14})).await.created()["amount"], amount, "{kind}");
        }
    }

    async fn a_fixed_price_and_seats_are_summed(t: &mut Till) {
        let fixed = json!({"amount_type": "fixed", "price_amount": 99_900});
        let plan = monthly(t, json!([seats_from(1, None, 2000), fixed])).await;
        let session = opened(t, &plan, json!({"seats": 10})).await.created();
        assert_eq!(session["product_price"]["amount_type"], "fixed");
        assert_eq!(session["amount"], 99_900 + 20_000);
        assert_eq!(session["product"]["prices"].as_array().unwrap().len(), 2);
    }

    async fn switching_between_seats_and_fixed_prices(t: &mut Till) {
        let seats = monthly(t, json!([seats_from(3, None, 1000)])).await;
        let fixed = t.monthly().await;
        let session = t.checkout(json!({"products": [fixed["id"], seats["id"]]})).await;
        let seated = t.change(&session, json!({"product_id": seats["id"]})).await.ok();
        assert_eq!((&seated["seats"], &seated["amount"]), (&json!(3), &json!(3000)));
        let back = t.change(&session, json!({"product_id": fixed["id"]})).await.ok();
        assert_eq!((&back["seats"], &back["amount"]), (&json!(null), &json!(1000)));
    }

    async fn bounds_of_another_product_do_not_keep_a_buyer_from_switching(t: &mut Till) {
        let many = monthly(t, json!([seats_from(1, None, 1000)])).await;
        let few = monthly(t, json!([seats_from(2, Some(5), 1000)])).await;
        let body = json!({"products": [many["id"], few["id"]], "min_seats": 10, "max_seats": 20});
        let session = t.checkout(body).await;
        assert_eq!(session["seats"], 10);
        let switched = t.client_change(&session, json!({"product_id": few["id"]})).await.ok();
        assert_eq!((&switched["seats"], &switched["amount"]), (&json!(2), &json!(2000)));
        let wrong = t.client_change(&session, json!({"seats": 6})).await.invalid();
        assert_eq!(wrong, pairs(&[("less_than_equal", "body.seats")]));
        let back = t.client_change(&session, json!({"product_id": many["id"]})).await.ok();
        assert_eq!(back["seats"], 10);
    }

    async fn seats_of_an_archived_price_are_not_sold_at_the_new_one(t: &mut Till) {
        let new_prices = [json!([seats_from(1, None, 1500)]), json!([{"amount_type": "fixed", "price_amount": 100}])];
        for prices in new_prices {
            let plan = monthly(t, json!([seats_from(1, None, 1000)])).await;
            let session = opened(t, &plan, json!({"seats": 2})).await.created();
            t.patch(&format!("/v1/products/{}", plan["id"].as_str().unwrap()), json!({"prices": prices})).await.ok();
            let changed = t.client_change(&session, json!({"seats": 3})).await.ok();
            assert_eq!((&changed["seats"], &changed["amount"]), (&json!(3), &json!(3000)));
            let mut body = till_testkit::buyer("ada@example.com", "pm_card_visa");
            body["seats"] = json!(4);
            let refused = t.confirm(&session, body).await.invalid();
            assert_eq!(refused, pairs(&[("value_error", "body.product_price_id")]));
        }
    }

    async fn what_no_client_could_read_is_not_charged(t: &mut Till) {
        let plan = monthly(t, json!([{"amount_type": "fixed", "price_amount": 100}, seats_from(1, None, 999_999_999_999)])).await;
        opened(t, &plan, json!({"seats": 9_999})).await.refused(400, "InvalidQuantityError");
        opened(t, &plan, json!({"seats": 10})).await.created();
    }

    async fn metered_prices_cost_nothing_at_first(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let metered = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "0.1"});
        let plan = monthly(t, json!([metered])).await;
        let session = opened(t, &plan, json!({})).await.created();
        assert_eq!(session["amount"], 0);
        assert_eq!(session["product_price"]["amount_type"], "metered_unit");
        assert_eq!(session["product_price"]["meter"]["name"], "Calls");
        assert_eq!(session["is_payment_setup_required"], true);
        let custom = json!({"amount_type": "custom", "minimum_amount": 0, "preset_amount": 0});
        let plan = monthly(t, json!([custom, metered])).await;
        let session = opened(t, &plan, json!({})).await.created();
        assert_eq!((&session["amount"], &session["is_payment_setup_required"]), (&json!(0), &json!(true)));
    }

    async fn prices_of_the_session_alone(t: &mut Till) {
        let (a, b) = (t.product().await, t.product_named("Lamp", 4000).await);
        let own = |amount: i64| json!([{"amount_type": "fixed", "price_amount": amount}]);
        let (a_id, b_id) = (a["id"].as_str().unwrap(), b["id"].as_str().unwrap());
        let stray = opened(t, &a, json!({"prices": {b_id: own(100)}})).await;
        assert_eq!(stray.invalid(), pairs(&[("value_error", &format!("body.prices.{b_id}"))]));
        let body = json!({"products": [a_id, b_id], "prices": {a_id: own(100), b_id: own(200)}});
        let session = t.checkout(body).await;
        assert_eq!(session["amount"], 100);
        for (product, amount) in [(a_id, 100), (b_id, 200)] {
            let shown = &session["prices"][product][0];
            assert_eq!((&shown["source"], &shown["price_amount"]), (&json!("ad_hoc"), &json!(amount)));
        }
        assert_eq!(session["product"]["prices"][0]["price_amount"], 3000, "the catalog stays as it is");
        assert_eq!(t.get(&format!("/v1/products/{a_id}")).await.ok(), a);
        // The oldest price in use of the list's order is the catalog's.
        assert_eq!(t.get("/v1/products/?sorting=-price_amount").await.listed("name"), ["Lamp", "Book"]);
        let seats = json!({a_id: [seats_from(2, None, 500)]});
        let seated = opened(t, &a, json!({"prices": seats})).await.created();
        assert_eq!((&seated["seats"], &seated["amount"]), (&json!(2), &json!(1000)));
    }
}
