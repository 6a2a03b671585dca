//! The buyer's network address, and what a session takes from it. The tests' atlas knows
//! three networks: 1.x is China, 2.x France, 3.x Cuba.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::pairs;

const FRANCE: &str = "2.2.2.2";

async fn in_two_currencies(t: &Till) -> Value {
    let eur = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
    t.priced(json!([{"amount_type": "fixed", "price_amount": 1000}, eur]))
        .await
}

fn from(address: &str) -> Value {
    json!({"customer_ip_address": address})
}

both! {
    async fn without_an_address_the_currency_is_the_organizations(t: &mut Till) {
        let product = in_two_currencies(t).await;
        assert_eq!(t.checkout_for(&product).await["currency"], "usd");
    }

    async fn a_buyer_in_france_pays_in_euro_where_there_is_a_price(t: &mut Till) {
        let product = in_two_currencies(t).await;
        let checkout = t.checkout_with(&product, from(FRANCE)).await;
        assert_eq!((&checkout["currency"], &checkout["amount"]), (&json!("eur"), &json!(900)));
        let dollars_only = t.checkout_with(&t.product().await, from(FRANCE)).await;
        assert_eq!(dollars_only["currency"], "usd");
    }

    async fn a_confirmation_takes_no_country_from_the_address(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.change(&checkout, from(FRANCE)).await.ok();
        let body = json!({"customer_email": "ada@example.com", "confirmation_token_id": "pm_card_visa"});
        let refused = t.confirm(&checkout, body).await.invalid();
        assert!(refused.contains(&("missing".into(), "body.customer_billing_address".into())), "{refused:?}");
        let patched = t.client_change(&checkout, json!({})).await.ok();
        assert_eq!(patched["customer_billing_address"]["country"], "FR", "a change does");
    }

    async fn a_country_without_a_price_falls_back_and_an_explicit_currency_does_not(t: &mut Till) {
        let product = in_two_currencies(t).await;
        assert_eq!(t.checkout_with(&product, from("1.2.4.8")).await["currency"], "usd");
        let mut body = from(FRANCE);
        body["currency"] = json!("usd");
        assert_eq!(t.checkout_with(&product, body.clone()).await["currency"], "usd");
        body["currency"] = json!("sek");
        body["products"] = json!([product["id"]]);
        let refused = t.post("/v1/checkouts/", body).await.invalid();
        assert_eq!(refused, pairs(&[("value_error", "body.products.0")]));
    }

    async fn an_unknown_address_becomes_the_country_of_the_network(t: &mut Till) {
        let product = t.product().await;
        let country = |checkout: &Value| checkout["customer_billing_address"]["country"].clone();
        let french = t.checkout_with(&product, from(FRANCE)).await;
        assert_eq!(country(&french), "FR");
        assert_eq!(french["require_billing_address"], false);
        let mut named = from(FRANCE);
        named["customer_billing_address"] = json!({"country": "DE"});
        assert_eq!(country(&t.checkout_with(&product, named).await), "DE");
        for nowhere in ["3.3.3.3", "10.0.0.1", "2001:db8::1"] {
            let checkout = t.checkout_with(&product, from(nowhere)).await;
            assert_eq!(checkout["customer_billing_address"], json!(null), "{nowhere}");
        }
    }

    async fn a_change_fills_an_empty_address_from_the_network_known_before_it(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let told = t.change(&checkout, from(FRANCE)).await.ok();
        assert_eq!(told["customer_billing_address"], json!(null), "not from the address of the same change");
        let next = t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        assert_eq!(next["customer_billing_address"]["country"], "FR");
        let moved = t.change(&checkout, from("1.2.4.8")).await.ok();
        assert_eq!(moved["customer_billing_address"]["country"], "FR", "an address that is there stays");
    }
}
