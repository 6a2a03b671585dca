//! The offer on the hosted page, and its seats, as a browser without script uses them.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn says(page: &Answer, words: &str) {
    assert!(
        page.text().contains(words),
        "no {words:?} in:\n{}",
        page.text()
    );
}

async fn monthly(t: &Till, prices: Value) -> Value {
    let body = json!({"name": "Team plan", "recurring_interval": "month", "prices": prices});
    t.post("/v1/products/", body).await.created()
}

fn seats(kind: &str) -> Value {
    let tier = |min, max: Option<i64>, price| json!({"min_seats": min, "max_seats": max, "price_per_seat": price});
    let tiers = [tier(2, Some(10), 1500), tier(11, None, 1000)];
    json!({"amount_type": "seat_based", "seat_tiers": {"seat_tier_type": kind, "tiers": tiers}})
}

both! {
    async fn seats_are_counted_by_the_buttons_and_by_the_field(t: &mut Till) {
        let plan = monthly(t, json!([seats("volume")])).await;
        let checkout = t.checkout_with(&plan, json!({"max_seats": 12})).await;
        let page = t.page(&at(&checkout)).await;
        for words in ["name=\"seats\"", "min=\"2\" max=\"12\" value=\"2\"", "Between 2 and 12 seats", "$30",
            "2 to 10", "$15", "11 or more", "$10", "determines the price of every seat", "Team plan, 2 seats"] {
            says(&page, words);
        }
        says(&page, "name=\"intent\" value=\"fewer\" aria-label=\"One seat fewer\" aria-disabled=\"true\"");
        let sent = |intent: &'static str, number: &'static str| [("intent", intent), ("seats", number)];
        for (intent, typed, seats, amount) in [("more", "2", 3, 4500), ("fewer", "3", 2, 3000), ("fewer", "2", 2, 3000),
            ("update", "１1", 11, 11_000), ("update", "١٠", 10, 15_000), ("more", "12", 12, 12_000)] {
            let page = t.form(&at(&checkout), &sent(intent, typed), &[]).await;
            assert_eq!(page.status, 200);
            let now = t.reload(&checkout).await;
            assert_eq!((&now["seats"], &now["amount"]), (&json!(seats), &json!(amount)), "{intent} {typed}");
            says(&page, &format!("value=\"{seats}\""));
        }
        for wrong in ["13", "1", "", "1.5", "many", "1-2", "+2", "12x", "²"] {
            let page = t.form(&at(&checkout), &sent("update", wrong), &[]).await;
            says(&page, "id=\"seats-error\"");
            assert_eq!(t.reload(&checkout).await["seats"], 12, "{wrong}");
        }
    }

    async fn graduated_tiers_say_how_they_add_up(t: &mut Till) {
        let plan = monthly(t, json!([seats("graduated")])).await;
        let checkout = t.checkout_with(&plan, json!({"seats": 11})).await;
        let page = t.page(&at(&checkout)).await;
        says(&page, "The seats in each tier cost that tier’s price.");
        says(&page, "Team plan, 11 seats");
        says(&page, "$160.00");
    }

    async fn the_cards_say_what_a_product_costs_at_least(t: &mut Till) {
        let fixed = json!({"amount_type": "fixed", "price_amount": 1000});
        let meter = t.meter("API calls").await;
        let metered = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1.5"});
        let both = monthly(t, json!([fixed, seats("volume")])).await;
        let used = monthly(t, json!([fixed, metered])).await;
        let team = monthly(t, json!([seats("volume")])).await;
        let cards = |page: &Answer| -> Vec<String> {
            let text = page.text();
            let cards = text.split("data-part=\"price-").skip(1);
            cards.map(|card| card.split_once('>').unwrap().1.split("</label>").next().unwrap().to_owned()).collect()
        };
        let checkout = t.checkout(json!({"products": [both["id"], used["id"], team["id"]]})).await;
        let page = t.page(&at(&checkout)).await;
        let [first, second, third] = &cards(&page)[..] else { panic!("three cards") };
        assert!(first.contains("<b>From $40</b> <span>per month</span></span>"), "two seats are the least: {first}");
        assert!(second.contains("<b>$10</b> <span>per month</span> <span>plus usage</span>"), "{second}");
        assert!(third.contains("<b>$15 per seat</b>"), "{third}");
        t.percent_off(5000, json!({"code": "HALF"})).await;
        let page = t.form(&at(&checkout), &[("intent", "apply"), ("discount_code", "half")], &[]).await;
        let halved = &cards(&page)[0];
        assert!(halved.contains("From $40</s>") && halved.contains("<b>From $20</b>"), "{halved}");
    }

    async fn the_least_that_may_be_chosen_is_what_can_be_charged(t: &mut Till) {
        // Without a minimum it is 50 minor units in every currency, which is less than can be charged in rupees.
        let custom = |more: Value| {
            let mut price = json!({"amount_type": "custom", "price_currency": "inr"});
            price.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!([price])
        };
        let path = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&path, json!({"default_presentment_currency": "inr"})).await.ok();
        let (low, open) = (t.priced(custom(json!({}))).await, t.priced(custom(json!({"minimum_amount": 0}))).await);
        let checkout = t.checkout(json!({"products": [low["id"], open["id"]], "currency": "inr"})).await;
        let page = t.page(&at(&checkout)).await;
        assert!(!page.text().contains("From ₹0.50"));
        let least = page.text().split("At least ").nth(1).unwrap().split('<').next().unwrap().replace(".00", "");
        says(&page, &format!("From {least}"));
        says(&page, "You choose");
    }

    async fn per_seat_stands_where_the_language_puts_it(t: &mut Till) {
        let plan = monthly(t, json!([seats("volume")])).await;
        let other = t.product().await;
        let checkout = t.checkout(json!({"products": [plan["id"], other["id"]], "locale": "ja"})).await;
        says(&t.page(&at(&checkout)).await, "1シートあたり$15");
    }

    async fn a_product_without_seats_asks_for_none(t: &mut Till) {
        let page = t.page(&at(&t.checkout_for(&t.monthly().await).await)).await;
        assert!(!page.text().contains("name=\"seats\"") && !page.text().contains("custom_field_data"));
    }

    async fn metered_prices_are_explained(t: &mut Till) {
        let meter = t.meter("API calls").await;
        let metered = |more: Value| {
            let mut price = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1.5"});
            price.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            price
        };
        let alone = monthly(t, json!([metered(json!({"cap_amount": 5000}))])).await;
        let page = t.page(&at(&t.checkout_for(&alone).await)).await;
        for words in ["Billed by usage", "API calls", "$0.015 per unit", "at most $50.00 per billing period",
            "Your usage is billed per month until you cancel.", "card_number", "Subscribe"] {
            says(&page, words);
        }
        let both = monthly(t, json!([{"amount_type": "fixed", "price_amount": 900}, metered(json!({}))])).await;
        let page = t.page(&at(&t.checkout_for(&both).await)).await;
        for words in ["$9", "plus usage", "$0.015 per unit", "You pay $9.00 per month until you cancel. Your usage"] {
            says(&page, words);
        }
    }

    async fn the_page_lists_what_the_purchase_includes(t: &mut Till) {
        let product = t.product().await;
        let (seen, hidden) = (t.benefit("Priority <support>", "public").await, t.benefit("Internal", "private").await);
        let path = format!("/v1/products/{}/benefits", product["id"].as_str().unwrap());
        t.post(&path, json!({"benefits": [seen["id"], hidden["id"]]})).await.ok();
        let page = t.page(&at(&t.checkout_for(&product).await)).await;
        says(&page, "What you get");
        says(&page, "Priority &#60;support&#62;");
        assert!(!page.text().contains("Internal"));
    }

    async fn every_price_shows_before_and_after_a_discount(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let discount = t.percent_off(2000, json!({"products": [plan["id"], book["id"]]})).await;
        let body = json!({"products": [plan["id"], book["id"]], "discount_id": discount["id"]});
        let checkout = t.checkout(body).await;
        let text = t.page(&at(&checkout)).await.text();
        for (before, after) in [("$10", "$8"), ("$30", "$24")] {
            assert!(text.contains(&format!("</span>{before}</s>")), "{before} in {text}");
            assert!(text.contains(after), "{after}");
        }
        for words in ["Launch", "on the first payment", "Discount: Launch", "-$2.00", "Due today", "$8.00",
            "You pay $8.00 for the first month, then $10.00 per month until you cancel."] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
}
