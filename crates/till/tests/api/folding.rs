//! Texts that mean the same to a person are the same text: as keys, and to whoever searches, on both databases.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, values::Value as Cell};
use till_server::jobs::{folding, upkeep};
use till_store::Query;
use till_testkit::{Till, both, buyer, id_in};
use url::form_urlencoded::byte_serialize;

const UNICODE: &str = "Ada@bücher.example";
const DNS: &str = "ada@xn--bcher-kva.example";

/// A text, what finds it, and what does not.
type Sample = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const SAMPLES: &[Sample] = &[
    (
        "Éric",
        &[
            "éric",
            "ÉRIC",
            "e\u{301}ric",
            "ｅ\u{301}ric",
            "É\u{200b}r\u{200e}ic",
            "ÉR",
            "Éric",
        ],
        &["eric", "éricc", "é%"],
    ),
    (
        "Großmann",
        &[
            "grossmann",
            "GROSSMANN",
            "GROẞMANN",
            "großmann",
            "ＧＲＯＳＳ",
        ],
        &["grosmann"],
    ),
    ("ΣΊΣΥΦΟΣ", &["σίσυφος", "σίσυφοσ", "Σίσυφος"], &["σισυφος"]),
    (
        "İzmir",
        &["izmir", "IZMIR", "i\u{307}zmir", "İZM"],
        &["ızmir"],
    ),
    ("Ｔｏｋｙｏ", &["tokyo", "ＴＯＫＹＯ", "TOK"], &["kyoto"]),
    ("e\u{301}te\u{301}", &["été", "ÉTÉ"], &["ete"]),
];

/// The lists that are searched by a text.
const LISTS: &[&str] = &[
    "/v1/benefits/",
    "/v1/checkouts/",
    "/v1/custom-fields/",
    "/v1/customers/",
    "/v1/discounts/",
    "/v1/event-types/",
    "/v1/events/",
    "/v1/events/names",
    "/v1/meters/",
    "/v1/orders/",
    "/v1/payments/",
    "/v1/products/",
    "/v1/subscriptions/",
];

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

async fn found(t: &Till, path: &str, key: &str, text: &str) -> usize {
    let path = format!("{path}?limit=100&{key}={}", encoded(text));
    t.get(&path).await.listed("id").len()
}

/// One of everything that is listed, named by the text.
async fn named(t: &Till, i: usize, text: &str) {
    let product = t.product_named(text, 1_000).await;
    t.percent_off(1_000, json!({"name": text})).await;
    t.meter(text).await;
    let used = json!({"events": [{"name": text, "external_customer_id": "u"}]});
    t.post("/v1/events/ingest", used).await.ok();
    t.benefit(text, "public").await;
    let field =
        json!({"type": "text", "slug": format!("field-{i}"), "name": text, "properties": {}});
    t.post("/v1/custom-fields/", field).await.created();
    let email = format!("{text}@example.com");
    let body = json!({"email": format!("buyer-{i}@example.com"), "name": text});
    let customer = t.post("/v1/customers/", body).await.created();
    t.sold_with(&customer, &t.monthly().await, |sale| {
        sale.checkout.buyer.customer_email = Some(email.clone());
        sale.payment.customer_email = Some(email);
    })
    .await;
    assert_eq!(product["name"], text);
}

/// As an older version left them: keys in lower case, and nothing folded.
async fn grown_old(t: &Till) {
    let mut changes = Changes::new();
    for sql in [
        "update products set name_folded = null",
        "update discounts set name_folded = null, code_folded = null",
        "update meters set name_folded = null",
        "update benefits set description_folded = null",
        "update custom_fields set name_folded = null",
        "update customers set email_folded = null, name_folded = null, billing_name_folded = null, external_id_folded = null",
        "update checkouts set customer_email_folded = null",
        "update payments set customer_email_folded = null",
        "update users set email_key = null",
    ] {
        changes.any(sql, vec![]);
    }
    t.app.store.commit(changes).await.unwrap();
}

async fn searches(t: &Till, when: &str) {
    for path in LISTS {
        for (text, finding, others) in SAMPLES {
            for query in *finding {
                assert_eq!(
                    found(t, path, "query", query).await,
                    1,
                    "{when}: {path} {text} {query}"
                );
            }
            for query in *others {
                assert_eq!(
                    found(t, path, "query", query).await,
                    0,
                    "{when}: {path} {text} {query}"
                );
            }
        }
    }
}

async fn set_key(t: &Till, sql: &'static str, key: &str, id: &Value) {
    let id = id.as_str().unwrap().parse().unwrap();
    let mut changes = Changes::new();
    changes.any(sql, vec![Cell::Text(key.into()), Cell::Uuid(id)]);
    t.app.store.commit(changes).await.unwrap();
}

async fn key_of(t: &Till, customer: &Value) -> String {
    let id = id_in(customer, "id");
    let found = t.app.store.customer(t.organization.id, id).await.unwrap();
    found.unwrap().email_key
}

async fn one_trial_each(t: &Till) -> Value {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let mut all = t.get(&path).await.ok()["subscription_settings"].clone();
    all["prevent_trial_abuse"] = true.into();
    all["allow_multiple_subscriptions"] = true.into();
    t.patch(&path, json!({"subscription_settings": all}))
        .await
        .ok();
    let price = json!({"amount_type": "fixed", "price_amount": 1000});
    let body = json!({"name": "Trial", "recurring_interval": "month", "prices": [price],
        "trial_interval": "week", "trial_interval_count": 2});
    t.post("/v1/products/", body).await.created()
}

both! {
    async fn every_list_with_a_query_is_searched_here(t: &mut Till) {
        let mut searched = BTreeSet::new();
        for (path, operations) in t.document()["paths"].as_object().unwrap() {
            let parameters = operations["get"]["parameters"].as_array();
            if parameters.into_iter().flatten().any(|p| p["name"] == "query" && p["in"] == "query") {
                searched.insert(path.as_str());
            }
        }
        // Those of the portal search products as these lists do.
        searched.retain(|path| !path.starts_with("/v1/customer-portal/"));
        // Searched by ids and codes only.
        assert!(searched.remove("/v1/webhooks/deliveries"));
        assert_eq!(searched, LISTS.iter().copied().collect());
    }

    async fn every_list_finds_a_text_however_it_is_written(t: &mut Till) {
        for (i, (text, ..)) in SAMPLES.iter().enumerate() {
            named(t, i, text).await;
        }
        searches(t, "as written").await;
        for email in ["éric@example.com", "E\u{301}RIC@EXAMPLE.COM", "ｅ\u{301}ric@example.com"] {
            assert_eq!(found(t, "/v1/payments/", "customer_email", email).await, 1, "{email}");
        }
        assert_eq!(found(t, "/v1/payments/", "customer_email", "eric@example.com").await, 0);
        // What an older version wrote is folded by upkeep, once.
        grown_old(t).await;
        assert!(upkeep::run_due(&t.app).await.unwrap() > 0);
        searches(t, "folded again").await;
        assert_eq!(upkeep::run_due(&t.app).await.unwrap(), 0);
    }

    async fn a_customer_is_one_however_the_address_is_written(t: &mut Till) {
        let ada = t.customer(UNICODE).await;
        assert_eq!(ada["email"], UNICODE, "shown as it was written");
        for same in ["ada@bu\u{308}cher.example", "ada@bücher。example", "a\u{200b}da@bücher.example", "\u{200e}ada@bücher.example "] {
            assert_eq!(found(t, "/v1/customers/", "email", same).await, 1, "{same}");
        }
        for same in [DNS, "ADA@BÜCHER.EXAMPLE", "ａda@bücher.example"] {
            let again = t.post("/v1/customers/", json!({"email": same})).await;
            assert_eq!(again.invalid(), crate::pairs(&[("value_error", "body.email")]), "{same}");
            assert_eq!(found(t, "/v1/customers/", "email", same).await, 1, "{same}");
            assert_eq!(found(t, "/v1/customers/", "query", same).await, 1, "{same}");
        }
        for part in ["bücher", "BÜCHER.example", "xn--bcher", "da@b"] {
            assert_eq!(found(t, "/v1/customers/", "query", part).await, 1, "{part}");
        }
        assert_eq!(found(t, "/v1/customers/", "email", "ada@bucher.example").await, 0);
        let checkout = t.checkout_for(&t.product().await).await;
        let sold = t.buy(&checkout, DNS).await;
        assert_eq!(sold["customer_id"], ada["id"]);
        for same in [UNICODE, DNS] {
            assert_eq!(found(t, "/v1/payments/", "customer_email", same).await, 1, "{same}");
            assert_eq!(found(t, "/v1/payments/", "query", same).await, 1, "{same}");
            assert_eq!(found(t, "/v1/checkouts/", "query", same).await, 1, "{same}");
            assert_eq!(found(t, "/v1/orders/", "query", same).await, 1, "{same}");
        }
    }

    async fn a_person_has_one_trial_however_the_address_is_written(t: &mut Till) {
        let product = one_trial_each(t).await;
        let (first, plus) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        t.confirm(&first, buyer("ada@bücher.example", "pm_card_visa")).await.ok();
        t.confirm(&plus, buyer("+eve@example.com", "pm_card_discover")).await.ok();
        // One while the first is being worked on, by its claim; one afterwards.
        for same in ["Ada+2@xn--bcher-kva.example", "+Eve@example.com"] {
            let again = t.checkout_for(&product).await;
            t.confirm(&again, buyer(same, "pm_card_mastercard")).await.refused(403, "TrialAlreadyRedeemed");
        }
        t.catch_up().await;
        for same in ["ada+3@BÜCHER.example", "+EVE@example.com"] {
            let again = t.checkout_for(&product).await;
            t.confirm(&again, buyer(same, "pm_card_mastercard")).await.refused(403, "TrialAlreadyRedeemed");
        }
        let other = t.checkout_for(&product).await;
        t.confirm(&other, buyer("+bob@example.com", "pm_card_amex")).await.ok();
        t.catch_up().await;
    }

    async fn a_discount_is_used_once_by_a_person_however_the_address_is_written(t: &mut Till) {
        t.percent_off(1_000, json!({"code": "ONCE", "max_redemptions_per_customer": 1})).await;
        let product = t.product().await;
        for (email, card, fits) in [
            (UNICODE, "pm_card_visa", true),
            (DNS, "pm_card_mastercard", false),
            ("+ada@example.com", "pm_card_amex", true),
            ("+Ada@example.com", "pm_card_discover", false),
        ] {
            let checkout = t.checkout_for(&product).await;
            t.client_change(&checkout, json!({"discount_code": "once"})).await.ok();
            let paid = t.confirm(&checkout, buyer(email, card)).await;
            assert_eq!(paid.status.is_success(), fits, "{email}: {}", paid.text());
            t.catch_up().await;
        }
    }

    async fn a_person_has_one_subscription_however_the_address_is_written(t: &mut Till) {
        let path = format!("/v1/organizations/{}", t.organization.id);
        let mut all = t.get(&path).await.ok()["subscription_settings"].clone();
        all["allow_multiple_subscriptions"] = false.into();
        t.patch(&path, json!({"subscription_settings": all})).await.ok();
        let plan = t.monthly().await;
        t.buy(&t.checkout_for(&plan).await, UNICODE).await;
        let again = t.checkout_for(&plan).await;
        t.client_change(&again, json!({"customer_email": DNS})).await.refused(403, "AlreadyActiveSubscriptionError");
    }

    async fn a_code_is_found_however_it_was_copied(t: &mut Till) {
        let save = t.percent_off(1_000, json!({"name": "Save", "code": "SAVE10"})).await;
        let summer = t.percent_off(1_000, json!({"name": "Summer", "code": "ÉTÉ"})).await;
        let turkish = t.percent_off(1_000, json!({"name": "Turkish", "code": "İNDİRİM"})).await;
        let product = t.product().await;
        for (typed, discount) in [
            ("save10", &save),
            (" Save 10 ", &save),
            ("ＳＡＶＥ　１０", &save),
            ("\u{202a}SAVE10\u{202c}", &save),
            ("SA\u{200b}VE\u{2060}10\u{feff}", &save),
            ("été", &summer),
            ("E\u{301}TE\u{301}", &summer),
            ("indirim", &turkish),
            ("INDIRIM", &turkish),
            ("i\u{307}ndirim", &turkish),
        ] {
            let checkout = t.checkout_for(&product).await;
            let changed = t.client_change(&checkout, json!({"discount_code": typed})).await.ok();
            assert_eq!(changed["discount_id"], discount["id"], "{typed:?}");
        }
        for wrong in ["SAVE-10", "SAVE1", "ete"] {
            let checkout = t.checkout_for(&product).await;
            assert_eq!(t.client_change(&checkout, json!({"discount_code": wrong})).await.status, 422, "{wrong}");
        }
        let body = json!({"type": "percentage", "name": "Again", "duration": "once", "basis_points": 1, "code": "ｓａｖｅ１０"});
        assert_eq!(t.post("/v1/discounts/", body).await.status, 422, "the code is taken");
    }

    async fn keys_of_an_older_version_are_folded_before_anything_is_served(t: &mut Till) {
        let old = "update customers set email_key = $1 where id = $2";
        let ada = t.customer(UNICODE).await;
        set_key(t, old, "ada@bücher.example", &ada["id"]).await;
        let discount = t.percent_off(1_000, json!({"code": "ÉTÉ"})).await;
        set_key(t, "update discounts set code_key = $1 where id = $2", "été", &discount["id"]).await;
        assert_eq!(found(t, "/v1/customers/", "email", DNS).await, 0);
        assert_eq!(folding::keys(&t.app).await.unwrap(), 2);
        assert_eq!(found(t, "/v1/customers/", "email", DNS).await, 1);
        let checkout = t.checkout_for(&t.product().await).await;
        t.client_change(&checkout, json!({"discount_code": "été"})).await.ok();
        assert_eq!(folding::keys(&t.app).await.unwrap(), 0);
    }

    async fn of_two_old_customers_with_one_address_the_older_is_found_by_it_and_both_are_kept(t: &mut Till) {
        let old = "update customers set email_key = $1 where id = $2";
        let addresses = ["jörg@bücher.example", "jo\u{308}rg@xn--bcher-kva.example", "ｊörg@bücher.example"];
        let mut made = Vec::new();
        for (i, email) in addresses.into_iter().enumerate() {
            let customer = t.customer(&format!("{i}@example.com")).await;
            let mut changes = Changes::new();
            changes.any("update customers set email = $1 where id = $2", vec![email.into(), id_in(&customer, "id").into()]);
            t.app.store.commit(changes).await.unwrap();
            set_key(t, old, email, &customer["id"]).await;
            made.push(customer);
            t.advance(std::time::Duration::from_secs(1));
        }
        assert_eq!(folding::keys(&t.app).await.unwrap(), 1);
        assert_eq!(key_of(t, &made[0]).await, "j\\u{f6}rg@xn--bcher-kva.example");
        assert_eq!(folding::keys(&t.app).await.unwrap(), 0, "the others go on with what they have");
        assert_eq!(t.app.store.shared_keys(till_core::kernel::writes::KeyedTable::Customers).await.unwrap(), 2);
        for customer in &made {
            t.get(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.ok();
        }
        let path = format!("/v1/customers/{}", made[2]["id"].as_str().unwrap());
        t.patch(&path, json!({"email": addresses[2], "name": "Jörg"})).await.ok();
        t.patch(&path, json!({"email": "other@bücher.example"})).await.ok();
        assert_eq!(t.app.store.shared_keys(till_core::kernel::writes::KeyedTable::Customers).await.unwrap(), 1);
    }

    async fn somebody_signs_in_however_the_address_is_written_and_mail_goes_to_the_address_that_is_kept(t: &mut Till) {
        const PASSWORD: &str = "correct horse battery";
        t.person("grace@bücher.example", Some(PASSWORD)).await;
        for typed in ["grace@bücher.example", "GRACE@xn--bcher-kva.example", "ｇrace@BÜCHER.example"] {
            let done = t.browser().post("/sign-in", &[("email", typed), ("password", PASSWORD)]).await;
            assert_eq!(done.status, 303, "{typed}");
            t.browser().post("/sign-in/link", &[("email", typed)]).await;
            t.drain().await;
            assert_eq!(t.mailbox.link().0, "grace@bücher.example", "{typed}");
        }
        let wrong = t.browser().post("/sign-in", &[("email", "grace@bucher.example"), ("password", PASSWORD)]).await;
        assert_eq!(wrong.status, 422);
        // As an older version kept them: found by what was typed then, and folded at the next start.
        grown_old(t).await;
        assert_eq!(folding::keys(&t.app).await.unwrap(), 1);
        let done = t.browser().post("/sign-in", &[("email", "grace@xn--bcher-kva.example"), ("password", PASSWORD)]).await;
        assert_eq!(done.status, 303);
    }

    async fn a_blanked_session_keeps_no_folded_address(t: &mut Till) {
        let session = t.checkout_with(&t.product().await, json!({"customer_email": UNICODE})).await;
        t.advance(std::time::Duration::from_secs(60 * 24 * 3600));
        t.drain().await;
        upkeep::run_due(&t.app).await.unwrap();
        assert_eq!(t.reload(&session).await["customer_email"], Value::Null);
        let sql = "select count(*) from checkouts where customer_email_folded is not null";
        let kept: i64 = t.app.store.scalar(Query::raw(sql, vec![])).await.unwrap();
        assert_eq!(kept, 0);
    }
}
