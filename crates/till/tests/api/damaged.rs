//! Rows that do not read are errors: nothing is sold at 0, in another currency or on other terms because of them.

use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, values::Value as Cell};
use till_server::payments;
use till_testkit::{CrashPoint, Till, both, buyer, id_in};

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

async fn run(t: &Till, sql: &'static str, binds: Vec<Cell>) {
    let mut changes = Changes::new();
    changes.any(sql, binds);
    t.app.store.commit(changes).await.unwrap();
}

/// Neither the product nor a session with it is read, so that nobody can pay.
async fn fails(t: &Till, product: &Value, checkout: &Value, words: &str) {
    let (store, own) = (&t.app.store, t.organization.id);
    let offered = store.offered(own, &[id_in(product, "id")]).await;
    assert!(offered.is_err(), "{words}");
    unreadable(t, checkout, words).await;
}

async fn unreadable(t: &Till, checkout: &Value, words: &str) {
    let secret = checkout["client_secret"].as_str().unwrap();
    let found = t.app.store.session_by_secret(secret).await;
    assert!(found.is_err(), "{words}");
}

both! {
    async fn a_price_that_cannot_be_worked_out_is_not_sold(t: &mut Till) {
        for (words, sql) in [
            ("an unknown kind", "update product_prices set amount_type = 'by_the_moon' where product_id = $1"),
            ("no amount", "update product_prices set price_amount = null where product_id = $1"),
            ("less than nothing", "update product_prices set price_amount = -1 where product_id = $1"),
            ("no tiers", "update product_prices set amount_type = 'seat_based' where product_id = $1"),
            ("no meter", "update product_prices set amount_type = 'metered_unit' where product_id = $1"),
            ("no least amount", "update product_prices set amount_type = 'custom' where product_id = $1"),
            ("an unknown currency", "update product_prices set currency = 'zzz' where product_id = $1"),
        ] {
            let product = t.product().await;
            let checkout = t.checkout_for(&product).await;
            run(t, sql, vec![id_in(&product, "id").into()]).await;
            fails(t, &product, &checkout, words).await;
        }
    }

    async fn a_discount_that_cannot_be_worked_out_is_not_nothing_off(t: &mut Till) {
        let product = t.product().await;
        let share = t.percent_off(5000, json!({})).await;
        let amount = t.amount_off(500, json!({})).await;
        for (discount, sql) in [
            (&share, "update discounts set basis_points = null where id = $1"),
            (&amount, "update discounts set amounts = null where id = $1"),
        ] {
            let body = json!({"discount_id": discount["id"]});
            let checkout = t.checkout_with(&product, body).await;
            run(t, sql, vec![id_in(discount, "id").into()]).await;
            unreadable(t, &checkout, sql).await;
            let read = t.app.store.discount(t.organization.id, id_in(discount, "id")).await;
            assert!(read.is_err(), "{sql}");
        }
    }

    async fn terms_that_do_not_read_keep_the_money_and_sell_nothing_until_they_are_mended(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let attempt = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        let kept = attempt.confirmation.0.to_string();
        let keep = "update payments set confirmation = $1 where id = $2";
        run(t, keep, vec![Cell::Json(r#"{"amount":1}"#.into()), attempt.id.into()]).await;
        t.catch_up().await;
        t.catch_up().await;
        let row = t.app.store.attempt(attempt.id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.decline_reason.as_deref()), ("succeeded", Some("terms_unreadable")));
        let session = t.session(&checkout).await.checkout;
        assert_eq!((session.status.as_str(), session.attempt_id), ("open", Some(attempt.id)));
        assert!(t.orders(&checkout).await.is_empty());
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutLocked");
        // Somebody has looked, and mended what was damaged.
        run(t, keep, vec![Cell::Json(kept), attempt.id.into()]).await;
        let outcome = t.app.processor.retrieve(attempt.id, attempt.reference.as_deref(), t.app.clock.now()).await.unwrap().unwrap();
        payments::record_outcome(&t.app, attempt.id, &outcome).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], checkout["total_amount"]);
        t.see_through().await;
    }

    async fn a_paid_session_that_does_not_add_up_is_left_to_somebody(t: &mut Till) {
        t.may_leave_work();
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_settlesLater")).await.ok();
        run(t, "update checkouts set amount = amount - 1 where id = $1", vec![id_in(&checkout, "id").into()]).await;
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "confirmed");
        assert!(t.orders(&checkout).await.is_empty());
        assert_eq!(t.payments(&checkout).await[0]["status"], "succeeded");
    }

    async fn a_card_is_known_again_although_nobody_looked_at_it_before_it_paid(t: &mut Till) {
        let trial = json!({"name": "Trial", "recurring_interval": "month", "trial_interval": "week", "trial_interval_count": 2,
            "prices": [{"amount_type": "fixed", "price_amount": 1000}]});
        let product = t.post("/v1/products/", trial).await.created();
        let first = t.checkout_for(&product).await;
        let mut named = buyer(ADA, VISA);
        named["customer_name"] = json!("Ada");
        t.confirm(&first, named).await.ok();
        t.catch_up().await;
        assert!(t.attempt(&first).await.card_fingerprint.is_some(), "as the processor told it");
        let path = format!("/v1/organizations/{}", t.organization.id);
        let mut settings = t.get(&path).await.ok()["subscription_settings"].clone();
        settings["prevent_trial_abuse"] = json!(true);
        t.patch(&path, json!({"subscription_settings": settings})).await.ok();
        let again = t.checkout_for(&product).await;
        t.confirm(&again, buyer("eve@example.com", VISA)).await.refused(403, "TrialAlreadyRedeemed");
    }
}
