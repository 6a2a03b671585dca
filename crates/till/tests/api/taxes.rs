//! The tax that is due, through a session's whole life.

use serde_json::{Value, json};
use till_testkit::{Till, both, buyer, id_in};

use crate::pairs;

const FRENCH: &str = "FR61954506077";

/// Switches tax on with these registrations.
async fn collecting(t: &Till, registrations: Value) {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let settings = json!({"enabled": true, "registrations": registrations});
    t.patch(&path, json!({"tax_settings": settings})).await.ok();
}

/// A one-time product of this amount, with its tax behavior.
async fn product(t: &Till, amount: i64, behavior: &str) -> Value {
    t.priced(json!([{"amount_type": "fixed", "price_amount": amount, "tax_behavior": behavior}]))
        .await
}

/// A session for somebody there.
async fn from(t: &Till, product: &Value, address: Value) -> Value {
    t.checkout_with(product, json!({"customer_billing_address": address}))
        .await
}

/// Net, tax, total and behavior.
fn sums(checkout: &Value) -> Value {
    json!([
        checkout["net_amount"],
        checkout["tax_amount"],
        checkout["total_amount"],
        checkout["tax_behavior"]
    ])
}

/// A confirmation by somebody there.
fn buyer_in(address: Value) -> Value {
    let mut body = buyer("grace@example.com", "pm_card_visa");
    body["customer_billing_address"] = address;
    body
}

fn york() -> Value {
    json!({"country": "US", "state": "US-NY", "line1": "1 Main St", "city": "New York", "postal_code": "10001"})
}

both! {
    async fn tax_is_off_until_it_is_switched_on(t: &mut Till) {
        let shown = t.get(&format!("/v1/organizations/{}", t.organization.id)).await.ok();
        assert_eq!(shown["tax_settings"], json!({"enabled": false, "registrations": []}));
        let checkout = from(t, &product(t, 1000, "inclusive").await, json!({"country": "DE"})).await;
        assert_eq!(sums(&checkout), json!([1000, 0, 1000, "inclusive"]));
        collecting(t, json!([{"country": "DE"}])).await;
        let again = t.change(&checkout, json!({"customer_name": "Grace"})).await.ok();
        assert_eq!(sums(&again), json!([840, 160, 1000, "inclusive"]));
    }

    async fn registrations_are_kept_and_judged_each_at_its_place(t: &mut Till) {
        let path = format!("/v1/organizations/{}", t.organization.id);
        collecting(t, json!([{"country": "de"}, {"country": "US", "state": "ny", "rate": "8.8750"}])).await;
        let kept = json!({"enabled": true, "registrations": [
            {"country": "DE", "state": null, "rate": null, "name": null, "eu_sales": "oss"},
            {"country": "US", "state": "US-NY", "rate": "8.875", "name": null, "eu_sales": null},
        ]});
        assert_eq!(t.get(&path).await.ok()["tax_settings"], kept);
        let wrong = json!({"tax_settings": {"enabled": "maybe", "registrations": [
            {"country": "XX"}, {"country": "US"}, {"country": "CA", "state": "NY"}, {"country": "DE", "rate": "120"},
        ]}});
        let mut found = t.patch(&path, wrong).await.unreadable();
        found.sort();
        let at = |place: &str| format!("body.tax_settings.registrations.{place}");
        assert_eq!(found, [
            ("bool_parsing".into(), "body.tax_settings.enabled".into()), ("enum".into(), at("0.country")),
            ("missing".into(), at("1.state")), ("value_error".into(), at("2.state")), ("value_error".into(), at("3.rate")),
        ]);
        let alone = t.patch(&path, json!({"tax_settings": {"enabled": false}})).await;
        assert_eq!(alone.unreadable(), pairs(&[("missing", "body.tax_settings.registrations")]), "nothing is forgotten by the way");
        let unknown = json!({"tax_settings": {"enabled": true, "registrations": [{"country": "DE"}, {"country": "BR"}]}});
        assert_eq!(t.patch(&path, unknown).await.invalid(), [("missing".into(), at("1.rate"))]);
        assert_eq!(t.get(&path).await.ok()["tax_settings"], kept);
    }

    async fn an_exclusive_tax_is_added(t: &mut Till) {
        collecting(t, json!([{"country": "AU"}])).await;
        let checkout = from(t, &product(t, 1000, "exclusive").await, json!({"country": "AU"})).await;
        assert_eq!(sums(&checkout), json!([1000, 100, 1100, "exclusive"]));
    }

    async fn an_inclusive_tax_is_taken_out(t: &mut Till) {
        collecting(t, json!([{"country": "AU", "rate": "11.1111"}])).await;
        let checkout = from(t, &product(t, 1000, "inclusive").await, json!({"country": "AU"})).await;
        assert_eq!(sums(&checkout), json!([900, 100, 1000, "inclusive"]));
    }

    async fn by_location_the_united_states_add_and_europe_contains(t: &mut Till) {
        collecting(t, json!([{"country": "FR"}, {"country": "US", "state": "NY", "rate": 10}])).await;
        let product = product(t, 1200, "location").await;
        let french = from(t, &product, json!({"country": "FR"})).await;
        assert_eq!(sums(&french), json!([1000, 200, 1200, "inclusive"]));
        let american = from(t, &product, york()).await;
        assert_eq!(sums(&american), json!([1200, 120, 1320, "exclusive"]));
    }

    async fn an_address_that_does_not_do_leaves_the_tax_unknown_until_confirm(t: &mut Till) {
        collecting(t, json!([{"country": "US", "state": "NY", "rate": "8.875"}])).await;
        let checkout = from(t, &product(t, 10_000, "exclusive").await, json!({"country": "US"})).await;
        assert_eq!(sums(&checkout), json!([10_000, null, 10_000, null]));
        assert_eq!(checkout["customer_billing_address"]["country"], "US");
        let bare = json!({"country": "US", "state": "NY"});
        let patched = t.client_change(&checkout, json!({"customer_billing_address": bare})).await.ok();
        assert_eq!(patched["tax_amount"], json!(null));
        let refused = t.confirm(&checkout, buyer_in(bare)).await.invalid();
        assert!(refused.contains(&("value_error".into(), "body.customer_billing_address".into())), "{refused:?}");
        let whole = json!({"customer_billing_address": york()});
        let patched = t.client_change(&checkout, whole).await.ok();
        assert_eq!(sums(&patched), json!([10_000, 888, 10_888, "exclusive"]));
        t.confirm(&checkout, buyer_in(york())).await.ok();
        t.catch_up().await;
        assert_eq!(t.payments(&checkout).await[0]["amount"], 10_888);
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["net_amount"], &order["tax_amount"], &order["total_amount"]),
            (&json!(10_000), &json!(888), &json!(10_888)));
        let row = t.app.store.order(t.organization.id, id_in(order, "id")).await.unwrap().unwrap();
        assert_eq!(row.tax_behavior.unwrap().as_str(), "exclusive");
        let lines = row.tax_breakdown.unwrap().0;
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].label(), lines[0].amount), ("Sales tax 8.875%".to_owned(), 888));
        assert_eq!(lines[0].state.as_deref(), Some("US-NY"));
    }

    async fn a_tax_id_needs_a_country_and_must_be_valid_there(t: &mut Till) {
        let product = product(t, 1000, "inclusive").await;
        let opened = |more: Value| {
            let mut body = json!({"products": [product["id"]]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            t.post("/v1/checkouts/", body)
        };
        let homeless = opened(json!({"customer_tax_id": "123"})).await.invalid();
        assert_eq!(homeless, pairs(&[("missing", "body.customer_billing_address")]));
        let france = json!({"country": "FR"});
        let wrong = opened(json!({"customer_tax_id": "123", "customer_billing_address": france})).await.invalid();
        assert_eq!(wrong, pairs(&[("value_error", "body.customer_tax_id")]));
        let right = opened(json!({"customer_tax_id": FRENCH, "customer_billing_address": france})).await.created();
        assert_eq!(right["customer_tax_id"], FRENCH);
        let row = t.session(&right).await.checkout;
        assert_eq!(row.buyer.customer_tax_id_format.as_deref(), Some("eu_vat"));
    }

    async fn consumers_in_the_eu_pay_their_countrys_rate_and_businesses_account_for_it_themselves(t: &mut Till) {
        collecting(t, json!([{"country": "DE"}])).await;
        let product = product(t, 12_000, "inclusive").await;
        let german = from(t, &product, json!({"country": "DE"})).await;
        assert_eq!(sums(&german), json!([10_084, 1916, 12_000, "inclusive"]));
        let french = from(t, &product, json!({"country": "FR"})).await;
        assert_eq!(sums(&french), json!([10_000, 2000, 12_000, "inclusive"]));
        let business = t.change(&french, json!({"is_business_customer": true, "customer_tax_id": FRENCH})).await.ok();
        assert_eq!(sums(&business), json!([12_000, 0, 12_000, "inclusive"]));
        let lines = t.session(&business).await.checkout.terms.tax_breakdown.unwrap().0;
        assert_eq!(lines[0].taxability_reason.as_str(), "reverse_charge");
        let consumer = t.change(&business, json!({"is_business_customer": false})).await.ok();
        assert_eq!(sums(&consumer), json!([10_000, 2000, 12_000, "inclusive"]));
    }

    async fn a_tax_id_takes_the_tax_away_for_businesses_only(t: &mut Till) {
        collecting(t, json!([{"country": "DE"}])).await;
        let product = product(t, 12_000, "inclusive").await;
        let (taxed, reversed) = (json!([10_000, 2000, 12_000, "inclusive"]), json!([12_000, 0, 12_000, "inclusive"]));
        let france = json!({"country": "FR"});
        for flag in [json!({}), json!({"is_business_customer": false})] {
            let mut opening = json!({"customer_billing_address": france, "customer_tax_id": FRENCH});
            opening.as_object_mut().unwrap().extend(flag.as_object().unwrap().clone());
            let opened = t.checkout_with(&product, opening).await;
            assert_eq!(sums(&opened), taxed, "at creation, {flag}");
        }
        let checkout = from(t, &product, france.clone()).await;
        let patched = t.client_change(&checkout, json!({"customer_tax_id": FRENCH})).await.ok();
        assert_eq!((&patched["customer_tax_id"], sums(&patched)), (&json!(FRENCH), taxed.clone()), "by the buyer");
        let patched = t.change(&checkout, json!({"customer_tax_id": FRENCH})).await.ok();
        assert_eq!(sums(&patched), taxed, "by the merchant");
        let business = t.change(&checkout, json!({"is_business_customer": true})).await.ok();
        assert_eq!(sums(&business), reversed);
        let mut body = buyer_in(france.clone());
        body["customer_tax_id"] = json!(FRENCH);
        let late = from(t, &product, france).await;
        t.confirm(&late, body).await.ok();
        t.catch_up().await;
        let order = &t.orders(&late).await[0];
        assert_eq!((&order["net_amount"], &order["tax_amount"]), (&json!(10_000), &json!(2000)), "at confirmation");
    }

    async fn a_discount_comes_off_before_the_tax(t: &mut Till) {
        collecting(t, json!([{"country": "AU"}])).await;
        let less = t.percent_off(2500, json!({})).await;
        for (behavior, expected) in [
            ("exclusive", json!([750, 75, 825, "exclusive"])), ("inclusive", json!([682, 68, 750, "inclusive"])),
        ] {
            let product = product(t, 1000, behavior).await;
            let body = json!({"discount_id": less["id"], "customer_billing_address": {"country": "AU"}});
            let checkout = t.checkout_with(&product, body).await;
            assert_eq!(checkout["discount_amount"], 250);
            assert_eq!(sums(&checkout), expected);
        }
    }

    async fn nothing_is_due_of_nothing(t: &mut Till) {
        collecting(t, json!([{"country": "AU"}])).await;
        let everything = t.percent_off(10_000, json!({})).await;
        let body = json!({"discount_id": everything["id"], "customer_billing_address": {"country": "AU"}});
        let checkout = t.checkout_with(&product(t, 1000, "exclusive").await, body).await;
        assert_eq!((&checkout["tax_amount"], &checkout["total_amount"]), (&json!(0), &json!(0)));
        assert_eq!(checkout["is_payment_form_required"], false);
    }

    async fn the_dashboard_itemises_taxes(t: &mut Till) {
        collecting(t, json!([{"country": "CA"}, {"country": "CA", "state": "QC", "rate": "9.975"}])).await;
        let quebec = json!({"country": "CA", "state": "QC"});
        let checkout = from(t, &product(t, 10_000, "exclusive").await, quebec.clone()).await;
        let owner = t.dashboard().await;
        let page = owner.get(&format!("/dashboard/ada/checkouts/{}", id_in(&checkout, "id"))).await.text();
        assert!(page.contains("GST 5%") && page.contains("QST 9.975%"), "{page}");
        t.confirm(&checkout, buyer_in(quebec)).await.ok();
        t.catch_up().await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!(order["tax_amount"], 1498);
        let page = owner.get(&format!("/dashboard/ada/orders/{}", id_in(order, "id"))).await.text();
        assert!(page.contains("QST 9.975%") && page.contains("$9.98"), "{page}");
    }
}
