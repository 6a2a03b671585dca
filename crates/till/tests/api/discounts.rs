//! Discounts.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use till_testkit::{Till, both, buyer};
use till_wire::scope::Scope;

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

fn path(discount: &Value) -> String {
    format!("/v1/discounts/{}", discount["id"].as_str().unwrap())
}

async fn count(t: &Till, discount: &Value) -> i64 {
    let now = t.get(&path(discount)).await.ok();
    now["redemptions_count"].as_i64().unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn share(more: Value) -> Value {
    let mut body =
        json!({"type": "percentage", "name": "Launch", "duration": "once", "basis_points": 1000});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

both! {
    async fn a_share_has_the_keys_of_a_share_only(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        let body = share(json!({"code": " Launch ", "products": [product["id"], product["id"]], "metadata": {"a": 1},
            "starts_at": "2020-01-01T00:00:00Z", "max_redemptions": "10"}));
        let made = t.post("/v1/discounts/", body).await.created();
        assert_eq!(keys(&made), ["basis_points", "code", "created_at", "duration", "ends_at", "id", "max_redemptions",
            "max_redemptions_per_customer", "metadata", "modified_at", "name", "organization_id", "products",
            "redemptions_count", "starts_at", "type"]);
        assert_eq!((&made["code"], &made["max_redemptions"]), (&json!("Launch"), &json!(10)));
        assert_eq!((&made["redemptions_count"], &made["modified_at"]), (&json!(0), &json!(null)));
        assert_eq!(made["products"].as_array().unwrap().len(), 1);
        assert_eq!(made["products"][0]["name"], "Book");
        assert_eq!(made["products"][0]["metadata"], json!({}));
        assert_eq!(made["products"][0]["prices"], json!(null), "the base of a product");
        assert_eq!(t.get(&path(&made)).await.ok(), made);
        let changed = t.patch(&path(&made), json!({"name": "Start", "products": []})).await.ok();
        assert_eq!((&changed["name"], &changed["products"]), (&json!("Start"), &json!([])));
        assert!(changed["modified_at"].is_string());
        t.delete(&path(&made)).await.gone();
        t.get(&path(&made)).await.not_found();
        t.delete(&path(&made)).await.not_found();
        t.patch(&path(&made), json!({"name": "x"})).await.not_found();
        let told: Vec<_> = t.webhook_events().await.into_iter().filter(|e| e["type"] != "product.created").collect();
        let types: Vec<_> = told.iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["discount.created", "discount.updated", "discount.deleted"]);
        assert_eq!((&told[0]["data"], &told[1]["data"]), (&made, &changed));
        assert_eq!(told[2]["data"]["id"], made["id"]);
    }

    async fn a_fixed_discount_has_an_amount_per_currency_and_shows_one_of_them(t: &mut Till) {
        let made = t.post("/v1/discounts/", json!({"type": "fixed", "name": "Gift", "duration": "repeating", "duration_in_months": 3,
            "amounts": {"eur": 400, "usd": 500}})).await.created();
        assert_eq!(keys(&made), ["amount", "amounts", "code", "created_at", "currency", "duration", "duration_in_months", "ends_at", "id",
            "max_redemptions", "max_redemptions_per_customer", "metadata", "modified_at", "name", "organization_id",
            "products", "redemptions_count", "starts_at", "type"]);
        assert_eq!(made["amounts"], json!({"eur": 400, "usd": 500}));
        assert_eq!((&made["amount"], &made["currency"]), (&json!(500), &json!("usd")), "the default currency's");
        let old = json!({"type": "fixed", "name": "Gift", "duration": "once", "amount": 700});
        let old = t.post("/v1/discounts/", old).await.created();
        assert_eq!(old["amounts"], json!({"usd": 700}), "usd where no currency is given");
        let foreign = json!({"type": "fixed", "name": "Gift", "duration": "once", "amount": 700, "currency": "jpy"});
        let foreign = t.post("/v1/discounts/", foreign).await.created();
        assert_eq!((&foreign["amount"], &foreign["currency"]), (&json!(700), &json!("jpy")), "else the first");
    }

    async fn what_does_not_read_is_told_below_its_kind(t: &mut Till) {
        let fixed = |more: Value| {
            let mut body = json!({"type": "fixed", "name": "Gift", "duration": "once"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (body, expected) in [
            (json!({"name": "x", "duration": "once", "basis_points": 1}), vec![("union_tag_not_found", "body")]),
            (json!({"type": "gold"}), vec![("union_tag_invalid", "body")]),
            (json!({"type": "percentage"}), vec![("missing", "body.percentage.name"), ("missing", "body.percentage.basis_points"),
                ("missing", "body.percentage.duration")]),
            (fixed(json!({"basis_points": 100})), vec![("missing", "body.fixed.amounts")]),
            (fixed(json!({"amounts": {}})), vec![("too_short", "body.fixed.amounts")]),
            (fixed(json!({"amounts": {"xxx": 1}})), vec![("enum", "body.fixed.amounts.xxx")]),
            (fixed(json!({"amounts": {"usd": 1_000_000_000_000_i64}})), vec![("less_than_equal", "body.fixed.amounts.usd")]),
            (fixed(json!({"amount": 1, "amounts": {"usd": 1}})), vec![("value_error", "body.fixed")]),
            (fixed(json!({"amount": -1})), vec![("greater_than_equal", "body.fixed.amount")]),
            (share(json!({"max_redemptions_per_customer": 0})), vec![("greater_than_equal", "body.percentage.max_redemptions_per_customer")]),
            (share(json!({"max_redemptions": 0})), vec![("greater_than_equal", "body.percentage.max_redemptions")]),
            (share(json!({"basis_points": 0})), vec![("greater_than_equal", "body.percentage.basis_points")]),
            (share(json!({"basis_points": 10_001})), vec![("less_than_equal", "body.percentage.basis_points")]),
            (share(json!({"name": ""})), vec![("string_too_short", "body.percentage.name")]),
            (share(json!({"code": "ab"})), vec![("string_too_short", "body.percentage.code")]),
            (share(json!({"code": "a".repeat(257)})), vec![("string_too_long", "body.percentage.code")]),
            (share(json!({"code": "no spaces"})), vec![("value_error", "body.percentage.code")]),
            (share(json!({"duration": "repeating"})), vec![("missing", "body.percentage.duration_in_months")]),
            (share(json!({"duration": "repeating", "duration_in_months": 1000})), vec![("less_than_equal", "body.percentage.duration_in_months")]),
            (share(json!({"duration_in_months": 2})), vec![("value_error", "body.percentage.duration_in_months")]),
            (share(json!({"starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"})), vec![("value_error", "body.percentage.ends_at")]),
        ] {
            let wrong = t.post("/v1/discounts/", body.clone()).await.unreadable();
            assert_eq!(wrong, pairs(&expected), "{body}");
        }
        let nobody = "1dbfc517-9a09-49ac-8f7a-3d4d2e3f4a5b";
        let wrong = t.post("/v1/discounts/", share(json!({"products": [nobody], "organization_id": t.organization.id}))).await;
        assert_eq!(wrong.invalid(), pairs(&[("organization_token", "body.organization_id"), ("value_error", "body.products.0")]));
        let blank = t.post("/v1/discounts/", share(json!({"code": "  ", "name": "Überall"}))).await.created();
        assert_eq!(blank["code"], json!(null));
        let letters = t.post("/v1/discounts/", share(json!({"code": "élan2026"}))).await.created();
        assert_eq!(letters["code"], "élan2026", "letters of any script");
    }

    async fn a_code_belongs_to_one_live_discount_in_any_case(t: &mut Till) {
        let first = t.percent_off(1000, json!({"code": "Launch"})).await;
        let taken = t.post("/v1/discounts/", share(json!({"code": "LAUNCH"}))).await.invalid();
        assert_eq!(taken, pairs(&[("value_error", "body.code")]));
        let second = t.percent_off(1000, json!({"code": "other"})).await;
        let taken = t.patch(&path(&second), json!({"code": "launch"})).await.invalid();
        assert_eq!(taken, pairs(&[("value_error", "body.code")]));
        assert_eq!(t.patch(&path(&first), json!({"code": "lAUNCH"})).await.ok()["code"], "lAUNCH", "one's own, recased");
        let (_, token) = t.stranger().await;
        t.with_token(&token).post("/v1/discounts/", share(json!({"code": "Launch"}))).await.created();
        t.delete(&path(&first)).await.gone();
        assert_eq!(t.patch(&path(&second), json!({"code": "launch"})).await.ok()["code"], "launch", "free again");
        assert_eq!(t.patch(&path(&second), json!({"code": null})).await.ok()["code"], json!(null));
        let both = [share(json!({"code": "twice"})), share(json!({"code": "TWICE"}))];
        let made = join_all(both.map(|body| t.post("/v1/discounts/", body))).await;
        let mut statuses: Vec<_> = made.iter().map(|a| a.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "also at the same moment");
    }

    async fn kind_and_duration_stay_and_amounts_may_change_until_the_first_use(t: &mut Till) {
        let gift = t.post("/v1/discounts/", json!({"type": "fixed", "name": "Gift", "duration": "repeating", "duration_in_months": 3,
            "amounts": {"usd": 500, "eur": 400}})).await.created();
        for (body, field) in [
            (json!({"type": "percentage"}), "type"),
            (json!({"duration": "once"}), "duration"),
            (json!({"duration": null}), "duration"),
            (json!({"duration_in_months": null}), "duration_in_months"),
            (json!({"currency": "jpy"}), "currency"),
            (json!({"starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"}), "ends_at"),
        ] {
            let wrong = t.patch(&path(&gift), body).await.invalid();
            assert_eq!(wrong, pairs(&[("value_error", &format!("body.{field}"))]));
        }
        let same = t.patch(&path(&gift), json!({"type": "fixed", "duration": "repeating", "currency": "usd", "basis_points": 5,
            "amounts": null, "name": null})).await.ok();
        assert_eq!((&same["amounts"], &same["duration_in_months"]), (&gift["amounts"], &json!(3)));
        let one = t.patch(&path(&gift), json!({"amount": 0})).await.ok();
        assert_eq!(one["amounts"], json!({"usd": 0, "eur": 400}), "the amount that is shown");
        let pair = t.patch(&path(&gift), json!({"amount": 300, "currency": "eur", "duration_in_months": 6})).await.ok();
        assert_eq!((&pair["amounts"], &pair["amount"]), (&json!({"eur": 300}), &json!(300)));
        assert_eq!(pair["duration_in_months"], 6);
        let many = t.patch(&path(&gift), json!({"amounts": {"usd": 500, "eur": 400}})).await.ok();
        assert_eq!(many["amounts"], gift["amounts"]);
        let wrong = t.patch(&path(&gift), json!({"amounts": {"usd": 1}, "amount": 2})).await.unreadable();
        assert_eq!(wrong, pairs(&[("value_error", "body")]));

        let checkout = t.checkout_with(&t.monthly().await, json!({"discount_id": gift["id"]})).await;
        t.buy(&checkout, ADA).await;
        assert_eq!(count(t, &gift).await, 1);
        for (body, field) in [
            (json!({"amounts": {"usd": 500}}), "amounts"),
            (json!({"amounts": null}), "amounts"),
            (json!({"amount": 400}), "amount"),
            (json!({"currency": "eur"}), "currency"),
            (json!({"duration_in_months": 4}), "duration_in_months"),
        ] {
            let wrong = t.patch(&path(&gift), body).await.invalid();
            assert_eq!(wrong, pairs(&[("value_error", &format!("body.{field}"))]));
        }
        let unchanged = json!({"amounts": gift["amounts"], "amount": 500, "currency": "usd", "duration_in_months": 6, "basis_points": 7,
            "max_redemptions": 1, "name": "Present"});
        assert_eq!(t.patch(&path(&gift), unchanged).await.ok()["name"], "Present");
        let share = t.percent_off(5000, json!({})).await;
        assert_eq!(t.patch(&path(&share), json!({"basis_points": 4000, "amount": 5})).await.ok()["basis_points"], 4000);
        t.buy(&t.checkout_with(&t.product().await, json!({"discount_id": share["id"]})).await, "bo@example.com").await;
        for value in [json!(5000), json!(null)] {
            let wrong = t.patch(&path(&share), json!({"basis_points": value})).await.invalid();
            assert_eq!(wrong, pairs(&[("value_error", "body.basis_points")]));
        }
        assert_eq!(t.patch(&path(&share), json!({"basis_points": 4000, "amounts": {"usd": 3}})).await.ok()["basis_points"], 4000);
    }

    async fn discounts_are_listed_filtered_and_sorted(t: &mut Till) {
        let names = [("Zebra", "AAA", 1), ("apple", "CCC", 3), ("Mango", "bbb", 2)];
        for (name, code, day) in names {
            t.percent_off(1000, json!({"name": name, "code": code, "ends_at": format!("2030-01-0{day}T00:00:00Z")})).await;
        }
        let gone = t.percent_off(1000, json!({"name": "gone"})).await;
        t.delete(&path(&gone)).await.gone();
        t.percent_off(1000, json!({"name": "plain"})).await;
        let listed = async |query: &str| t.get(&format!("/v1/discounts/?{query}")).await.listed("name");
        assert_eq!(listed("").await, ["plain", "Mango", "apple", "Zebra"]);
        assert_eq!(listed("sorting=name").await, ["apple", "Mango", "plain", "Zebra"]);
        assert_eq!(listed("sorting=code").await, ["Zebra", "Mango", "apple", "plain"]);
        assert_eq!(listed("sorting=-ends_at").await, ["plain", "apple", "Mango", "Zebra"]);
        assert_eq!(listed("sorting=redemptions_count&sorting=created_at").await[0], "Zebra");
        assert_eq!(listed("query=MANG").await, ["Mango"]);
        assert_eq!(listed("query=cc").await, ["apple"]);
        assert_eq!(listed("limit=1&page=2").await, ["Mango"]);
        let (stranger, token) = t.stranger().await;
        assert!(listed(&format!("organization_id={}", stranger.id)).await.is_empty());
        let wrong = t.get("/v1/discounts/?sorting=gold").await.unreadable();
        assert_eq!(wrong, pairs(&[("enum", "query.sorting.0")]));
        let theirs = t.with_token(&token);
        assert!(theirs.get("/v1/discounts/").await.listed("name").is_empty());
        let mine = &t.items("/v1/discounts/").await[0];
        theirs.get(&path(mine)).await.not_found();
        theirs.patch(&path(mine), json!({"name": "x"})).await.not_found();
        theirs.delete(&path(mine)).await.not_found();
        let reader = t.with_token(&t.token_of(&[Scope::DiscountsRead]).await);
        reader.get(&path(mine)).await.ok();
        reader.delete(&path(mine)).await.refused(403, "insufficient_scope");
        t.anonymous().get("/v1/discounts/").await.refused(401, "Unauthorized");
    }

    async fn unknown_and_unsuited_discounts_are_refused(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let refused = async |t: &Till, product: &Value, id: &Value| {
            let body = json!({"products": [product["id"]], "discount_id": id});
            t.post("/v1/checkouts/", body).await.invalid()
        };
        let wrong = pairs(&[("value_error", "body.discount_id")]);
        assert_eq!(refused(t, &book, &json!("1dbfc517-9a09-49ac-8f7a-3d4d2e3f4a5b")).await, wrong);
        let half = t.percent_off(5000, json!({})).await;
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        assert_eq!(refused(t, &free, &half["id"]).await, wrong);
        let other = t.percent_off(5000, json!({"products": [plan["id"]]})).await;
        assert_eq!(refused(t, &book, &other["id"]).await, wrong);
        let euros = json!({"type": "fixed", "name": "x", "duration": "once", "amounts": {"eur": 100}});
        let euros = t.post("/v1/discounts/", euros).await.created();
        assert_eq!(refused(t, &book, &euros["id"]).await, wrong);
        let now = t.app.context().now;
        let later = t.percent_off(5000, json!({"starts_at": (now + jiff::SignedDuration::from_hours(24)).to_string()})).await;
        assert_eq!(refused(t, &book, &later["id"]).await, wrong);
        let over = t.percent_off(5000, json!({"ends_at": (now - jiff::SignedDuration::from_hours(24)).to_string()})).await;
        assert_eq!(refused(t, &book, &over["id"]).await, wrong);
        let once = t.percent_off(10_000, json!({"max_redemptions": 1})).await;
        t.buy(&t.checkout_with(&book, json!({"discount_id": once["id"]})).await, ADA).await;
        assert_eq!(refused(t, &book, &once["id"]).await, wrong);
        t.delete(&path(&half)).await.gone();
        assert_eq!(refused(t, &book, &half["id"]).await, wrong);
    }

    async fn a_session_shows_its_discount_and_keeps_it_where_it_suits(t: &mut Till) {
        let (first, second) = (t.product().await, t.product_named("Pen", 500).await);
        let everything = t.percent_off(1000, json!({"code": "ALL10"})).await;
        let only = t.percent_off(1000, json!({"products": [first["id"]]})).await;
        let body = |discount: &Value| json!({"products": [first["id"], second["id"]], "discount_id": discount["id"]});
        let checkout = t.checkout(body(&everything)).await;
        assert_eq!(checkout["discount"], json!({"id": everything["id"], "name": "Launch", "code": "ALL10", "type": "percentage",
            "basis_points": 1000, "duration": "once"}));
        assert_eq!((&checkout["discount_amount"], &checkout["total_amount"]), (&json!(300), &json!(2700)));
        let kept = t.client_change(&checkout, json!({"product_id": second["id"]})).await.ok();
        assert_eq!((&kept["discount_id"], &kept["total_amount"]), (&everything["id"], &json!(450)));
        let checkout = t.checkout(body(&only)).await;
        let dropped = t.client_change(&checkout, json!({"product_id": second["id"]})).await.ok();
        assert_eq!((&dropped["discount_id"], &dropped["discount"], &dropped["total_amount"]), (&json!(null), &json!(null), &json!(500)));
    }

    async fn buyers_type_codes_in_any_case(t: &mut Till) {
        let book = t.product().await;
        t.percent_off(1000, json!({"code": "Launch"})).await;
        let checkout = t.checkout_for(&book).await;
        let wrong = pairs(&[("value_error", "body.discount_code")]);
        assert_eq!(t.client_change(&checkout, json!({"discount_code": "nothing"})).await.invalid(), wrong);
        let free = t.checkout_for(&t.priced(json!([{"amount_type": "free"}])).await).await;
        assert_eq!(t.client_change(&free, json!({"discount_code": "launch"})).await.invalid(), wrong);
        let taken = t.client_change(&checkout, json!({"discount_code": " lAUNCH "})).await.ok();
        assert_eq!(taken["discount_amount"], 300);
        let out = t.client_change(&checkout, json!({"discount_code": null})).await.ok();
        assert_eq!((&out["discount"], &out["discount_amount"]), (&json!(null), &json!(0)));
        let closed = t.checkout_with(&book, json!({"allow_discount_codes": false})).await;
        let ignored = t.client_change(&closed, json!({"discount_code": "launch"})).await.ok();
        assert_eq!(ignored["discount"], json!(null));
    }

    async fn all_of_a_one_time_price_off_needs_no_form(t: &mut Till) {
        t.percent_off(10_000, json!({"code": "gratis"})).await;
        let checkout = t.checkout_for(&t.product().await).await;
        let filled = json!({"is_business_customer": true, "customer_billing_name": "Ada Ltd", "customer_tax_id": "FR61954506077",
            "customer_billing_address": {"country": "FR", "line1": "1 rue", "city": "Paris", "postal_code": "75001"},
            "payment_method_type": "card"});
        t.client_change(&checkout, filled).await.ok();
        let free = t.client_change(&checkout, json!({"discount_code": "GRATIS"})).await.ok();
        assert_eq!((&free["is_payment_form_required"], &free["is_free_product_price"]), (&json!(false), &json!(false)));
        for key in ["customer_tax_id", "customer_billing_name", "payment_method_type"] {
            assert_eq!(free[key], json!(null), "{key}");
        }
        assert_eq!((&free["is_business_customer"], &free["total_amount"]), (&json!(false), &json!(0)));
    }

    async fn all_of_it_off_for_ever_asks_for_no_card(t: &mut Till) {
        let all = t.percent_off(10_000, json!({"duration": "forever"})).await;
        let checkout = t.checkout_with(&t.monthly().await, json!({"discount_id": all["id"]})).await;
        t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
        assert_eq!(count(t, &all).await, 1);
        t.catch_up().await;
        assert!(t.payments(&checkout).await.is_empty());
        let subscription = &t.items("/v1/subscriptions/").await[0];
        assert_eq!((&subscription["discount"]["id"], &subscription["amount"]), (&all["id"], &json!(0)));
        assert_eq!(subscription["discount"]["redemptions_count"], 1);
        assert_eq!(subscription["discount"]["products"], json!(null), "without its products");
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["discount_id"], &order["discount"]["basis_points"]), (&all["id"], &json!(10_000)));
        assert_eq!((&order["subtotal_amount"], &order["discount_amount"], &order["total_amount"]), (&json!(1000), &json!(1000), &json!(0)));
        let found = t.items(&format!("/v1/orders/?discount_id={}", all["id"].as_str().unwrap())).await;
        assert_eq!(found.len(), 1);
        let found = t.items(&format!("/v1/subscriptions/?discount_id={}&sorting=discount", all["id"].as_str().unwrap())).await;
        assert_eq!(found.len(), 1);
        let customer = subscription["customer_id"].as_str().unwrap();
        let state = t.get(&format!("/v1/customers/{customer}/state")).await.ok();
        assert_eq!(state["active_subscriptions"][0]["discount_id"], all["id"]);
    }

    async fn a_code_that_takes_all_off_takes_the_wanted_address_off_too(t: &mut Till) {
        t.percent_off(10_000, json!({"code": "gratis"})).await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.client_change(&checkout, json!({"payment_method_type": "upi"})).await.ok();
        let body = json!({"customer_email": ADA, "customer_billing_address": {"country": "IN"}, "discount_code": "gratis"});
        let confirmed = t.confirm(&checkout, body).await.ok();
        assert_eq!((&confirmed["status"], &confirmed["payment_method_type"]), (&json!("confirmed"), &json!(null)));
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 0);
    }

    async fn all_of_the_first_period_off_asks_for_a_card(t: &mut Till) {
        let first = t.percent_off(10_000, json!({})).await;
        let checkout = t.checkout_with(&t.monthly().await, json!({"discount_id": first["id"]})).await;
        assert_eq!((&checkout["is_payment_required"], &checkout["is_payment_setup_required"]), (&json!(false), &json!(true)));
        t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
        assert_eq!(t.attempt(&checkout).await.kind.as_str(), "setup");
        assert_eq!(count(t, &first).await, 1);
        t.catch_up().await;
        assert!(t.payments(&checkout).await.is_empty(), "a card set up is no payment");
    }

    async fn a_customer_uses_a_discount_as_often_as_one_may(t: &mut Till) {
        let book = t.product().await;
        let once = t.percent_off(5000, json!({"code": "once1", "max_redemptions_per_customer": 1})).await;
        t.buy(&t.checkout_with(&book, json!({"discount_id": once["id"]})).await, ADA).await;
        let again = t.checkout_for(&book).await;
        let body = json!({"discount_code": "once1", "customer_email": "ADA+again@example.com"});
        t.client_change(&again, body).await.refused(403, "DiscountRedemptionLimitReached");
        t.client_change(&again, json!({"discount_code": "once1"})).await.ok();
        t.confirm(&again, buyer(ADA, VISA)).await.refused(403, "DiscountRedemptionLimitReached");
        assert!(t.app.store.latest_attempt(till_testkit::id_in(&again, "id")).await.unwrap().is_none(), "before any intent");
        let card = t.confirm(&again, buyer("bo@example.com", VISA)).await;
        card.refused(403, "DiscountRedemptionLimitReached");
        t.confirm(&again, buyer("bo@example.com", "pm_card_mastercard")).await.ok();
        assert_eq!(count(t, &once).await, 2);
        t.catch_up().await;
    }

    async fn a_limit_by_customer_stops_the_buyer_and_not_the_merchant(t: &mut Till) {
        let book = t.product().await;
        let once = t.percent_off(5000, json!({"max_redemptions_per_customer": 1})).await;
        t.buy(&t.checkout_with(&book, json!({"discount_id": once["id"]})).await, ADA).await;
        let preset = json!({"discount_id": once["id"], "customer_email": ADA, "allow_discount_codes": false});
        let again = t.checkout_with(&book, preset).await;
        t.change(&again, json!({"metadata": {"k": 1}})).await.ok();
        t.client_change(&again, json!({"customer_name": "Ada"})).await.refused(403, "DiscountRedemptionLimitReached");
        // The buyer can go on without what is of no use any more, although codes are not asked for.
        let freed = t.client_change(&again, json!({"discount_code": null})).await.ok();
        assert_eq!((&freed["discount"], &freed["total_amount"]), (&json!(null), &json!(3000)));
        let kept = t.checkout_with(&book, json!({"discount_id": once["id"], "customer_email": "bo@example.com", "allow_discount_codes": false})).await;
        let still = t.client_change(&kept, json!({"discount_code": null})).await.ok();
        assert_eq!(still["discount"]["id"], once["id"], "a discount that is of use stays");
        t.catch_up().await;
    }

    async fn a_decline_gives_the_use_back(t: &mut Till) {
        let one = t.percent_off(5000, json!({"max_redemptions": 1, "max_redemptions_per_customer": 1})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": one["id"]})).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_visa_chargeDeclined")).await.refused(400, "PaymentError");
        assert_eq!(count(t, &one).await, 0);
        let bought = t.buy(&checkout, ADA).await;
        assert_eq!(bought["status"], "succeeded");
        assert_eq!(count(t, &one).await, 1);
    }

    async fn a_used_up_discount_stops_a_session_that_has_it_and_a_deleted_one_does_not(t: &mut Till) {
        let book = t.product().await;
        let one = t.percent_off(5000, json!({"max_redemptions": 1})).await;
        let sessions = [t.checkout_with(&book, json!({"discount_id": one["id"]})).await,
            t.checkout_with(&book, json!({"discount_id": one["id"]})).await];
        t.buy(&sessions[0], ADA).await;
        let late = t.confirm(&sessions[1], buyer("bo@example.com", VISA)).await.invalid();
        assert_eq!(late, pairs(&[("value_error", "body.discount_id")]));
        let uncapped = t.percent_off(5000, json!({})).await;
        let other = t.checkout_with(&book, json!({"discount_id": uncapped["id"]})).await;
        t.buy(&other, "dee@example.com").await;
        let gone = t.percent_off(5000, json!({})).await;
        let checkout = t.checkout_with(&book, json!({"discount_id": gone["id"]})).await;
        t.delete(&path(&gone)).await.gone();
        assert_eq!(t.buy(&checkout, "cy@example.com").await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await[0]["discount"]["id"], gone["id"]);
    }

    async fn twenty_buyers_at_once_use_a_discount_for_three_three_times(t: &mut Till) {
        let book = t.product().await;
        let three = t.percent_off(5000, json!({"max_redemptions": 3})).await;
        let mut sessions = Vec::new();
        for _ in 0..20 {
            sessions.push(t.checkout_with(&book, json!({"discount_id": three["id"]})).await);
        }
        let confirmed = sessions.iter().enumerate().map(|(i, checkout)| {
            let email = format!("buyer{i}@example.com");
            let t = &t;
            async move { t.confirm(checkout, buyer(&email, VISA)).await }
        });
        let answers = join_all(confirmed).await;
        let won = answers.iter().filter(|a| a.status == 200).count();
        assert_eq!(won, 3);
        for lost in answers.iter().filter(|a| a.status != 200) {
            assert_eq!(lost.invalid(), pairs(&[("value_error", "body.discount_id")]));
        }
        assert_eq!(count(t, &three).await, 3);
        t.advance(Duration::from_millis(1));
        t.catch_up().await;
        let orders = t.items("/v1/orders/?limit=100").await;
        assert_eq!(orders.iter().filter(|o| o["discount_id"] == three["id"]).count(), 3);
    }

    async fn one_buyer_many_times_at_once_uses_a_discount_once(t: &mut Till) {
        let book = t.product().await;
        let once = t.percent_off(5000, json!({"max_redemptions_per_customer": 1})).await;
        let mut sessions = Vec::new();
        for _ in 0..12 {
            sessions.push(t.checkout_with(&book, json!({"discount_id": once["id"]})).await);
        }
        let confirmed = sessions.iter().enumerate().map(|(i, checkout)| {
            let email = format!("ada+{i}@example.com");
            let t = &t;
            async move { t.confirm(checkout, buyer(&email, VISA)).await }
        });
        let answers = join_all(confirmed).await;
        assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
        for lost in answers.iter().filter(|a| a.status != 200) {
            lost.refused(403, "DiscountRedemptionLimitReached");
        }
        assert_eq!(count(t, &once).await, 1);
        t.catch_up().await;
    }
}
