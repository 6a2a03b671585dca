//! Visits of checkout links.

use serde_json::{Value, json};
use till_core::checkout_links::sign::sign;
use till_testkit::{Answer, Till, both};
use till_wire::organizations::OrganizationStatus;

use crate::{
    checkout_links::{archive, by_seat, link, path, with},
    pairs,
};

fn address(link: &Value, query: &str) -> String {
    let secret = link["client_secret"].as_str().unwrap();
    format!("/v1/checkout-links/{secret}/redirect?{query}")
}

async fn visiting(t: &Till, link: &Value, query: &str) -> Answer {
    t.anonymous().get(&address(link, query)).await
}

/// The session that a visit opens, and the query that its page is asked for with.
async fn visit(t: &Till, link: &Value, query: &str) -> (Value, String) {
    session_of(t, &visiting(t, link, query).await).await
}

async fn session_of(t: &Till, answer: &Answer) -> (Value, String) {
    assert_eq!(answer.status, 307, "{}", answer.text());
    let location = answer.header("location");
    let (page, query) = location.split_once('?').unwrap_or((location, ""));
    let secret = page.strip_prefix("https://till.test/checkout/").unwrap();
    assert!(secret.starts_with("polar_c_"), "{location}");
    let public = t.get(&format!("/v1/checkouts/client/{secret}")).await.ok();
    let own = format!("/v1/checkouts/{}", public["id"].as_str().unwrap());
    (t.get(&own).await.ok(), query.to_owned())
}

async fn settings(t: &Till, body: Value) {
    let own = format!("/v1/organizations/{}", t.organization.id);
    t.patch(&own, body).await.ok();
}

async fn discount(t: &Till, code: Option<&str>, more: Value) -> Value {
    let body = json!({"type": "percentage", "name": "Off", "duration": "once", "basis_points": 1000, "code": code});
    t.post("/v1/discounts/", with(body, more)).await.created()
}

/// The address with the signature that the link's secret makes.
fn signed(link: &Value, query: &str) -> String {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let sig = sign(link["signing_secret"].as_str().unwrap(), &pairs);
    format!("{query}&sig={sig}")
}

both! {
    async fn every_visit_opens_a_session_of_its_own(t: &mut Till) {
        t.listen().await;
        let (plan, book) = (t.monthly().await, t.product().await);
        t.webhook_events().await;
        let made = link(t, &[&plan, &book], json!({"metadata": {"from": "link"}, "success_url": "https://a.example/{CHECKOUT_ID}",
            "return_url": "https://a.example/", "require_billing_address": true, "allow_discount_codes": false,
            "trial_interval": "week", "trial_interval_count": 2})).await;
        let (one, query) = visit(t, &made, "").await;
        assert_eq!(query, "");
        for (key, value) in [("product_id", &plan["id"]), ("amount", &json!(1000)), ("metadata", &json!({"from": "link"})),
            ("return_url", &json!("https://a.example/")), ("require_billing_address", &json!(true)), ("allow_discount_codes", &json!(false)),
            ("trial_interval", &json!("week")), ("trial_interval_count", &json!(2)), ("customer_id", &Value::Null), ("status", &json!("open"))] {
            assert_eq!(&one[key], value, "{key}");
        }
        let filled = format!("https://a.example/{}", one["id"].as_str().unwrap());
        assert_eq!((&one["success_url"], &one["products"][1]["id"]), (&json!(filled), &book["id"]));
        assert_eq!(t.webhook_event_types().await, ["checkout.created"]);
        let (another, _) = visit(t, &made, "").await;
        assert_ne!(another["id"], one["id"]);
        // Bearer tokens do not matter where a secret is the credential.
        let stale = t.with_token("polar_oat_nobody").get(&address(&made, "")).await;
        assert_eq!(stale.status, 307);
        t.webhook_events().await;
    }

    async fn links_that_are_not_there_are_not_found(t: &mut Till) {
        let made = link(t, &[&t.product().await], json!({})).await;
        t.get("/v1/checkout-links/polar_cl_nobody/redirect").await.not_found();
        let head = t.send(axum::http::Method::HEAD, &address(&made, ""), None).await;
        assert_eq!(head.status, 405, "who only looks opens no session");
        t.organization_is(OrganizationStatus::Blocked).await;
        visiting(t, &made, "").await.not_found();
        t.organization_is(OrganizationStatus::Active).await;
        t.delete(&path(&made)).await.gone();
        visiting(t, &made, "").await.not_found();
        t.page(&address(&made, "")).await.says(404, "This link no longer works");
        t.page(&address(&made, "locale=de")).await.says(404, "Dieser Link funktioniert nicht mehr");
        assert!(t.items("/v1/checkouts/").await.is_empty());
    }

    async fn what_is_sold_no_more_is_left_out_and_the_rest_is_sold(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let made = link(t, &[&plan, &book], json!({})).await;
        archive(t, &plan).await;
        let (session, _) = visit(t, &made, "").await;
        assert_eq!((&session["product_id"], session["products"].as_array().unwrap().len()), (&book["id"], 1));
        let draft = format!("/v1/products/{}", book["id"].as_str().unwrap());
        t.patch(&draft, json!({"visibility": "draft"})).await.ok();
        let none = visiting(t, &made, "").await;
        assert_eq!(none.invalid(), pairs(&[("value_error", "body.products")]));
        t.page(&address(&made, "")).await.says(422, "not for sale");
        archive(t, &book).await;
        visiting(t, &made, "").await.not_found();
    }

    async fn a_product_is_chosen_where_the_link_sells_it(t: &mut Till) {
        let (plan, book, other) = (t.monthly().await, t.product().await, t.product().await);
        let made = link(t, &[&plan, &book], json!({})).await;
        let asked = |product: &Value| format!("product_id={}&a=1", product["id"].as_str().unwrap());
        let (session, query) = visit(t, &made, &asked(&book)).await;
        assert_eq!((&session["product_id"], query.as_str()), (&book["id"], "a=1"));
        assert_eq!(session["products"][0]["id"], plan["id"], "the order stays");
        assert_eq!(visit(t, &made, &asked(&other)).await.0["product_id"], plan["id"]);
        archive(t, &book).await;
        assert_eq!(visit(t, &made, &asked(&book)).await.0["product_id"], plan["id"]);
        for bad in ["x", ""] {
            let wrong = visiting(t, &made, &format!("product_id={bad}")).await.unreadable();
            assert_eq!(wrong, pairs(&[("uuid_parsing", "query.product_id")]));
        }
    }

    async fn an_amount_counts_where_it_may_be(t: &mut Till) {
        let custom = t.priced(json!([{"amount_type": "custom", "minimum_amount": 0, "preset_amount": 700}])).await;
        let made = link(t, &[&custom], json!({})).await;
        for (amount, taken) in [("0", 0), ("900.99", 900), ("5e3", 5000), ("25", 700), ("-5", 700), ("inf", 700), ("nan", 700), ("1e300", 700),
            ("x", 700), ("", 700), ("999999999999", 700)] {
            let (session, query) = visit(t, &made, &format!("amount={amount}")).await;
            assert_eq!((&session["amount"], query.as_str()), (&json!(taken), ""), "{amount}");
        }
        let fixed = link(t, &[&t.product().await], json!({})).await;
        assert_eq!(visit(t, &fixed, "amount=5").await.0["amount"], 3000);
    }

    async fn what_will_not_do_is_ignored_and_its_siblings_count(t: &mut Till) {
        settings(t, json!({"feature_settings": {"checkout_localization_enabled": false}})).await;
        let made = link(t, &[&t.product().await], json!({"metadata": {"utm_source": "own"}})).await;
        let sent = "discount_code=NOPE&customer_email=nobody&custom_field_data.unknown=1&customer_name=+Ada+&utm_source=ad&utm_medium=mail\
            &reference_id=r1&utm_term=&locale=de&theme=dark&embed=true";
        let (session, query) = visit(t, &made, sent).await;
        for (key, value) in [("discount_id", Value::Null), ("customer_email", Value::Null), ("customer_name", json!("Ada")), ("locale", json!("en")),
            ("metadata", json!({"utm_source": "own", "utm_medium": "mail", "reference_id": "r1"})), ("custom_field_data", json!({}))] {
            assert_eq!(session[key], value, "{key}");
        }
        assert_eq!(query, "custom_field_data.unknown=1&utm_source=ad&utm_medium=mail&reference_id=r1&utm_term=&theme=dark&embed=true");
        settings(t, json!({"feature_settings": {"checkout_localization_enabled": true}})).await;
        let (session, _) = visit(t, &made, "locale=de_AT&customer_email=ada@Example.com").await;
        assert_eq!((&session["locale"], &session["customer_email"]), (&json!("de-AT"), &json!("ada@example.com")));
        assert_eq!(visit(t, &made, "locale=nonsense").await.0["locale"], Value::Null);
    }

    async fn where_a_visit_comes_from_is_kept_in_full_and_a_name_that_is_too_long_is_told(t: &mut Till) {
        let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("k{n}"), n.into())).collect();
        let made = link(t, &[&t.product().await], json!({"metadata": many})).await;
        let long = "x".repeat(2000);
        let (session, _) = visit(t, &made, &format!("reference_id={long}&utm_source={long}")).await;
        assert_eq!((&session["metadata"]["reference_id"], &session["metadata"]["utm_source"]), (&json!(long), &json!(long)));
        let answer = t.anonymous().get(&address(&made, &format!("customer_name={}", "x".repeat(257)))).await;
        assert_eq!(answer.unreadable(), pairs(&[("string_too_long", "query.customer_name")]));
    }

    async fn answers_to_custom_fields_count_all_or_not_at_all(t: &mut Till) {
        let field = |kind: &str, slug: &str, properties: Value| json!({"type": kind, "slug": slug, "name": slug, "properties": properties});
        let note = t.post("/v1/custom-fields/", field("text", "note", json!({"max_length": 5}))).await.created();
        let age = t.post("/v1/custom-fields/", field("number", "age", json!({}))).await.created();
        let fields = json!([{"custom_field_id": note["id"], "required": true}, {"custom_field_id": age["id"], "required": false}]);
        let body = json!({"name": "Asked", "prices": [{"amount_type": "fixed", "price_amount": 1000}], "attached_custom_fields": fields});
        let made = link(t, &[&t.post("/v1/products/", body).await.created()], json!({})).await;
        let (session, query) = visit(t, &made, "custom_field_data.note=hi&custom_field_data.age=42&custom_field_data.x=1").await;
        assert_eq!((&session["custom_field_data"], query.as_str()), (&json!({"note": "hi", "age": 42}), "custom_field_data.x=1"));
        let (session, query) = visit(t, &made, "custom_field_data.note=hi&custom_field_data.age=old").await;
        assert_eq!((&session["custom_field_data"], query.as_str()), (&json!({}), "custom_field_data.note=hi&custom_field_data.age=old"));
        assert_eq!(visit(t, &made, "custom_field_data.age=42").await.0["custom_field_data"], json!({"age": 42}), "nothing is required yet");
    }

    async fn a_code_takes_the_place_of_the_links_discount_where_it_may_be_used(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let preset = discount(t, None, json!({})).await;
        discount(t, Some("Half"), json!({"basis_points": 5000})).await;
        discount(t, Some("PLAN"), json!({"products": [plan["id"]]})).await;
        discount(t, Some("OVER"), json!({"ends_at": "2026-11-23T00:00:00Z", "starts_at": "2026-11-22T13:00:00Z"})).await;
        let made = link(t, &[&book], json!({"discount_id": preset["id"], "allow_discount_codes": false})).await;
        assert_eq!((&made["discount_id"], &made["discount"]["basis_points"]), (&preset["id"], &json!(1000)));
        assert!(made["discount"].get("products").is_none());
        for (code, off) in [("", 300), ("half", 1500), ("PLAN", 300), ("OVER", 300), ("NOPE", 300)] {
            let (session, query) = visit(t, &made, &format!("discount_code={code}")).await;
            assert_eq!((&session["discount_amount"], query.as_str()), (&json!(off), ""), "{code}");
        }
        t.delete(&format!("/v1/discounts/{}", preset["id"].as_str().unwrap())).await.gone();
        assert_eq!(visit(t, &made, "").await.0["discount_id"], Value::Null);
        let free = link(t, &[&t.priced(json!([{"amount_type": "free"}])).await], json!({})).await;
        assert_eq!(visit(t, &free, "discount_code=half").await.0["discount_id"], Value::Null);
    }

    async fn a_links_discount_suits_every_product(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let only = discount(t, None, json!({"products": [plan["id"]]})).await;
        let body = |discount: &Value| json!({"discount_id": discount["id"]});
        let wrong = crate::checkout_links::linking(t, &[&plan, &book], body(&only)).await.invalid();
        assert_eq!(wrong, pairs(&[("value_error", "body.discount_id")]));
        let made = link(t, &[&plan], body(&only)).await;
        let nobody = json!({"discount_id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"});
        assert_eq!(t.patch(&path(&made), nobody).await.invalid(), pairs(&[("value_error", "body.discount_id")]));
        let both = json!({"products": [plan["id"], book["id"]], "discount_id": only["id"]});
        assert_eq!(t.patch(&path(&made), both).await.invalid(), pairs(&[("value_error", "body.discount_id")]));
        assert_eq!(t.patch(&path(&made), json!({"discount_id": null})).await.ok()["discount"], Value::Null);
    }

    async fn seats_are_locked_while_the_lock_suits(t: &mut Till) {
        let seats = by_seat(t, 1, Some(20)).await;
        let made = link(t, &[&seats], json!({"seats": 2})).await;
        let (session, _) = visit(t, &made, "").await;
        assert_eq!((&session["seats"], &session["min_seats"], &session["max_seats"], &session["amount"]), (&json!(2), &json!(2), &json!(2), &json!(2000)));
        let tiers = json!([{"min_seats": 3, "max_seats": null, "price_per_seat": 1000}]);
        let price = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}]);
        let product = format!("/v1/products/{}", seats["id"].as_str().unwrap());
        t.patch(&product, json!({"prices": price})).await.ok();
        let (session, _) = visit(t, &made, "").await;
        assert_eq!((&session["seats"], &session["min_seats"], &session["max_seats"]), (&json!(3), &Value::Null, &Value::Null));
    }

    async fn the_buyers_network_address_gives_country_and_currency(t: &mut Till) {
        let eur = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
        let product = t.priced(json!([{"amount_type": "fixed", "price_amount": 1000}, eur])).await;
        let made = link(t, &[&product], json!({})).await;
        let from = t.anonymous().get_with(&address(&made, ""), &[("x-client-ip", "2.2.2.2")]).await;
        let (session, _) = session_of(t, &from).await;
        for (key, value) in [("currency", json!("eur")), ("amount", json!(900)), ("customer_ip_address", json!("2.2.2.2"))] {
            assert_eq!(session[key], value, "{key}");
        }
        assert_eq!(session["customer_billing_address"]["country"], "FR");
        assert_eq!(visit(t, &made, "").await.0["currency"], "usd");
    }

    async fn only_the_shops_own_sites_embed_it(t: &mut Till) {
        let made = link(t, &[&t.product().await], json!({})).await;
        for nothing in ["*", "null", "", "example"] {
            let (session, query) = visit(t, &made, &format!("embed_origin={nothing}&embed=true")).await;
            assert_eq!((&session["embed_origin"], query.as_str()), (&Value::Null, "embed=true"), "{nothing}");
        }
        visiting(t, &made, "embed_origin=https://example.com").await.refused(403, "EmbedHostNotAllowed");
        settings(t, json!({"embed_hosts": ["example.com"]})).await;
        let (session, _) = visit(t, &made, "embed_origin=https://Example.com:443/shop").await;
        assert_eq!(session["embed_origin"], "https://example.com");
        let evil = visiting(t, &made, "embed_origin=https://evil.com").await.refused(403, "EmbedHostNotAllowed");
        assert!(evil["detail"].as_str().unwrap().contains("https://evil.com"), "{evil}");
        let page = t.page(&address(&made, "embed_origin=https://evil.com&embed=true")).await;
        page.says(403, "cannot be shown here");
    }

    async fn what_a_merchants_program_names_may_frame_it_and_what_a_visitor_names_while_it_is_listed(t: &mut Till) {
        let (shop, listed) = ("https://shop.example", "https://a.example.com");
        settings(t, json!({"embed_hosts": ["*.example.com"]})).await;
        let product = t.product().await;
        let made = link(t, &[&product], json!({"success_url": "https://shop.example/thanks"})).await;
        let named = async |origin: &str| t.checkout_with(&product, json!({"embed_origin": origin})).await;
        let own = named(shop).await;
        let visited = visit(t, &made, &format!("embed_origin={listed}&embed=true")).await.0;
        // Who may frame it, and who is told, while the visitor's page is listed and when it is not any more.
        let any = ("https://*.example.com", Value::Null);
        let cases = [
            (&own, [(shop, json!(shop)), (shop, json!(shop))]),
            (&visited, [(listed, json!(listed)), ("'none'", Value::Null)]),
            (&t.checkout_for(&product).await, [any.clone(), ("'none'", Value::Null)]),
            (&named("*").await, [any.clone(), ("'none'", Value::Null)]),
            (&visit(t, &made, "embed=true").await.0, [any, ("'none'", Value::Null)]),
        ];
        for then in [0, 1] {
            for (checkout, expected) in &cases {
                let (framed, told) = &expected[then];
                let path = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
                let page = t.page(&format!("{path}?embed=true")).await;
                let policy = page.header("content-security-policy");
                assert!(policy.contains(&format!("frame-ancestors {framed};")), "{then} {checkout} {policy}");
                let page = t.page(&path).await;
                assert!(page.header("content-security-policy").contains("frame-ancestors 'none';"), "only where it is asked for");
                let answer = t.anonymous().get(&format!("{path}/frame?embed=true")).await.ok();
                assert_eq!(&answer["origin"], told, "{then} {checkout}");
            }
            settings(t, json!({"embed_hosts": ["elsewhere.example"]})).await;
            settings(t, json!({"embed_hosts": []})).await;
        }
        // With nobody around who is told, the buyer is led on by the page itself.
        t.buy(&visited, "ada@example.com").await;
        let after = format!("/checkout/{}/confirmation?embed=true", visited["client_secret"].as_str().unwrap());
        let gone = t.page(&after).await;
        assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "https://shop.example/thanks"));
    }

    async fn who_the_customer_is_counts_only_when_signed(t: &mut Till) {
        let customer = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "user 1*"})).await.created();
        let made = link(t, &[&t.product().await], json!({})).await;
        let sent = "external_customer_id=user+1*&customer_metadata.plan=pro&theme=dark";
        let (plain, query) = visit(t, &made, sent).await;
        assert_eq!((&plain["external_customer_id"], &plain["customer_id"], &plain["customer_metadata"]), (&Value::Null, &Value::Null, &json!({})));
        assert_eq!(query, "theme=dark");
        let sure = signed(&made, sent);
        let (session, query) = visit(t, &made, &sure).await;
        assert_eq!((&session["customer_id"], &session["customer_email"]), (&customer["id"], &json!("ada@example.com")));
        assert_eq!((&session["customer_metadata"], query.as_str()), (&json!({"plan": "pro"}), "theme=dark"));
        let changed = sure.replace("pro", "max");
        assert_eq!(visit(t, &made, &changed).await.0["customer_metadata"], json!({}));
        let later = format!("{sure}&embed=true&amount=1");
        assert_eq!(visit(t, &made, &later).await.0["customer_id"], Value::Null, "what is added is not vouched for");
        let unknown = signed(&made, "external_customer_id=new");
        let (session, _) = visit(t, &made, &unknown).await;
        assert_eq!((&session["external_customer_id"], &session["customer_id"]), (&json!("new"), &Value::Null));
    }

    async fn a_link_can_refuse_visits_without_a_signature(t: &mut Till) {
        let made = link(t, &[&t.product().await], json!({"require_signature": true})).await;
        for query in ["", "sig=", "sig=00", "external_customer_id=a&sig=abc"] {
            visiting(t, &made, query).await.refused(403, "NotPermitted");
            t.page(&address(&made, query)).await.says(403, "This link is incomplete");
        }
        assert!(t.items("/v1/checkouts/").await.is_empty());
        for query in ["", "customer_email=ada%40example.com&embed=true&embed_origin=null"] {
            visit(t, &made, &signed(&made, query)).await;
        }
        let other = link(t, &[&t.product().await], json!({})).await;
        visiting(t, &made, &signed(&other, "a=1")).await.refused(403, "NotPermitted");
    }
}
