//! Customers.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::both;
use till_wire::subscriptions::SubscriptionStatus;

fn path(customer: &Value) -> String {
    format!("/v1/customers/{}", customer["id"].as_str().unwrap())
}

both! {
    async fn a_customer_is_made_and_told_of(t: &mut Till) {
        t.listen().await;
        let customer = t.post("/v1/customers/", json!({
            "email": "Ada.L@Example.COM", "external_id": " u1 ", "name": "Ada", "locale": "fr_FR", "foo": 1,
            "billing_address": {"country": "us", "state": "ny", "line1": " 1 Main ", "city": ""},
            "metadata": {"plan": "pro"},
        })).await.created();
        assert_eq!(customer["email"], "Ada.L@example.com");
        assert_eq!(customer["external_id"], "u1");
        assert_eq!(customer["type"], "individual");
        assert_eq!(customer["billing_name"], "Ada");
        assert_eq!(customer["locale"], "fr-FR");
        assert_eq!(customer["billing_address"]["country"], "US");
        assert_eq!(customer["billing_address"]["state"], "US-NY");
        assert_eq!(customer["billing_address"]["line1"], "1 Main");
        assert_eq!(customer["billing_address"]["city"], json!(null));
        assert!(customer["avatar_url"].as_str().unwrap().starts_with("https://www.gravatar.com/avatar/"));
        assert_eq!(t.get(&path(&customer)).await.ok(), customer);
        t.advance(Duration::from_secs(2));
        t.drain().await;
        let told = t.webhook_events().await;
        let types: Vec<_> = told.iter().map(|e| &e["type"]).collect();
        assert_eq!(types, ["member.created", "customer.created", "customer.state_changed"]);
        assert_eq!((&told[0]["data"]["role"], &told[0]["data"]["email"]), (&json!("owner"), &customer["email"]));
        assert_eq!(told[1]["data"], customer);
        assert_eq!(told[2]["data"]["active_subscriptions"], json!([]));
        assert_eq!(told[2]["data"]["external_id"], "u1");
    }

    async fn a_burst_of_changes_tells_the_state_once(t: &mut Till) {
        t.listen().await;
        let customer = t.customer("ada@example.com").await;
        t.patch(&path(&customer), json!({"name": "Ada"})).await.ok();
        t.patch(&path(&customer), json!({"name": "Ada L"})).await.ok();
        assert_eq!(t.webhook_event_types().await,
            ["member.created", "customer.created", "customer.updated", "customer.updated", "customer.state_changed"]);
    }

    async fn the_state_of_a_customer_that_is_gone_meanwhile_is_not_told_again(t: &mut Till) {
        t.listen().await;
        let customer = t.customer("ada@example.com").await;
        t.delete(&path(&customer)).await.gone();
        let told = ["member.created", "customer.created", "member.deleted", "customer.deleted", "customer.state_changed"];
        assert_eq!(t.webhook_event_types().await, told);
    }

    async fn taken_values_are_told_together(t: &mut Till) {
        t.post("/v1/customers/", json!({"email": "c@example.com", "external_id": "u1"})).await.created();
        let again = json!({"email": "C@Example.com", "external_id": "u1"});
        let wrong = t.post("/v1/customers/", again).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.email"), ("value_error", "body.external_id")]));
        t.post("/v1/customers/", json!({"email": "d@example.com", "external_id": "U1"})).await.created();
        let (_, token) = t.stranger().await;
        t.with_token(&token).post("/v1/customers/", json!({"email": "c@example.com", "external_id": "u1"})).await.created();
    }

    async fn fields_that_do_not_read_have_the_type_in_their_place(t: &mut Till) {
        let wrong = t.post("/v1/customers/", json!({
            "email": "nope", "name": "x".repeat(257), "locale": "xx", "billing_address": {"country": "KP"},
            "metadata": {"a": null, "b": "", "c": {}}, "external_id": 5,
        })).await.unreadable();
        let mut places: Vec<_> = wrong.iter().map(|(_, place)| place.as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, [
            "body.individual.billing_address.country", "body.individual.email", "body.individual.external_id",
            "body.individual.locale", "body.individual.metadata.a", "body.individual.metadata.b",
            "body.individual.metadata.c", "body.individual.name",
        ]);
        let wrong = t.post("/v1/customers/", json!({})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("missing", "body.individual.email")]));
        let wrong = t.post("/v1/customers/", json!({"type": "robot"})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("union_tag_invalid", "body")]));
        let own = json!({"email": "a@example.com", "organization_id": t.organization.id});
        let wrong = t.post("/v1/customers/", own).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("organization_token", "body.organization_id")]));
    }

    async fn a_tax_id_needs_a_country_and_must_be_valid_there(t: &mut Till) {
        let with = |address: Value, tax_id: &str| {
            json!({"email": "a@example.com", "tax_id": tax_id, "billing_address": address})
        };
        let wrong = t.post("/v1/customers/", with(json!(null), "FR61954506077")).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("missing", "body.billing_address")]));
        let wrong = t.post("/v1/customers/", with(json!({"country": "FR"}), "FR00000000000")).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("invalid", "body.tax_id")]));
        let made = t.post("/v1/customers/", with(json!({"country": "FR"}), "FR61954506077")).await.created();
        assert_eq!(made["tax_id"], json!(["FR61954506077", "eu_vat"]));
        let moved = t.patch(&path(&made), json!({"billing_address": {"country": "US"}})).await.invalid();
        assert_eq!(moved, crate::pairs(&[("invalid", "body.tax_id")]));
        let cleared = t.patch(&path(&made), json!({"tax_id": null})).await.ok();
        assert_eq!(cleared["tax_id"], json!(null));
    }

    async fn null_and_missing_differ(t: &mut Till) {
        let made = json!({"email": "a@example.com", "name": "Ada", "locale": "en", "metadata": {"a": 1, "b": 2}});
        let customer = t.post("/v1/customers/", made).await.created();
        let same = t.patch(&path(&customer), json!({"email": null, "type": null, "external_id": null})).await.ok();
        assert_eq!((&same["email"], &same["name"]), (&customer["email"], &customer["name"]));
        assert_eq!(same["modified_at"], customer["modified_at"], "nothing was changed");
        let cleared = t.patch(&path(&customer), json!({"name": null, "locale": null})).await.ok();
        assert_eq!((&cleared["name"], &cleared["locale"]), (&json!(null), &json!(null)));
        let replaced = t.patch(&path(&customer), json!({"metadata": {"a": 3}})).await.ok(); // J.35
        assert_eq!(replaced["metadata"], json!({"a": 3}));
        let wrong = t.patch(&path(&customer), json!({"billing_address": null})).await.unreadable();
        assert_eq!(wrong[0].1, "body.billing_address");
    }

    async fn an_external_id_is_set_once(t: &mut Till) {
        t.post("/v1/customers/", json!({"email": "b@example.com", "external_id": "taken"})).await.created();
        let customer = t.customer("a@example.com").await;
        let set = async |id: Value| t.patch(&path(&customer), json!({"external_id": id})).await;
        assert_eq!(set(json!("taken")).await.invalid()[0].1, "body.external_id");
        assert_eq!(set(json!("u1")).await.ok()["external_id"], "u1");
        set(json!("u1")).await.ok();
        for other in [json!("u2"), json!(null), json!(" ")] {
            assert_eq!(set(other).await.invalid(), crate::pairs(&[("value_error", "body.external_id")]));
        }
    }

    async fn an_email_changes_unless_it_is_taken_or_the_same_in_another_case(t: &mut Till) {
        t.customer("b@example.com").await;
        let customer = t.customer("a@example.com").await;
        let set = async |email: &str| t.patch(&path(&customer), json!({"email": email})).await;
        assert_eq!(set("B@example.com").await.invalid(), crate::pairs(&[("value_error", "body.email")]));
        assert_eq!(set("A@example.com").await.ok()["email"], "a@example.com");
        assert_eq!(set("new@example.com").await.ok()["email"], "new@example.com");
        t.customer("a@example.com").await;
    }

    async fn a_customer_is_reached_by_the_merchants_id_whatever_it_holds(t: &mut Till) {
        for (n, (id, sent)) in [("u1", "u1"), ("a b/c?d", "a%20b%2Fc%3Fd"), ("x/y", "x/y"), ("é%", "%C3%A9%25")].iter().enumerate() {
            let made = json!({"email": format!("c{n}@example.com"), "external_id": id});
            let customer = t.post("/v1/customers/", made).await.created();
            let external = format!("/v1/customers/external/{sent}");
            assert_eq!(t.get(&external).await.ok(), customer, "{id}");
            assert_eq!(t.get(&format!("{external}/state")).await.ok()["id"], customer["id"]);
            let change = json!({"name": "N", "external_id": "other", "type": "team"});
            let changed = t.patch(&external, change).await.ok();
            assert_eq!((&changed["name"], &changed["external_id"]), (&json!("N"), &json!(id)));
            t.delete(&external).await.gone();
            t.get(&external).await.not_found();
            t.get(&format!("{external}/state")).await.not_found();
            t.patch(&external, json!({})).await.not_found();
            t.delete(&external).await.not_found();
        }
    }

    async fn a_deleted_customer_is_gone_at_once_and_its_keys_are_free(t: &mut Till) {
        let made = json!({"email": "a@example.com", "external_id": "u1", "name": "Ada"});
        let customer = t.post("/v1/customers/", made.clone()).await.created();
        let product = t.monthly().await;
        let sale = t.sold(&customer, &product).await;
        t.listen().await;
        t.delete(&path(&customer)).await.gone();
        for gone in [t.get(&path(&customer)).await, t.delete(&path(&customer)).await,
            t.patch(&path(&customer), json!({})).await, t.get(&format!("{}/state", path(&customer))).await] {
            gone.not_found();
        }
        assert!(t.get("/v1/customers/").await.listed("id").is_empty());
        let subscription = t.get(&format!("/v1/subscriptions/{}", sale.subscription.unwrap().id)).await.ok();
        assert_eq!(subscription["status"], "canceled");
        assert!(subscription["ended_at"].is_string());
        let order = t.get(&format!("/v1/orders/{}", sale.order.id)).await.ok();
        assert_eq!(order["customer"]["external_id"], "u1");
        assert_eq!(order["customer"]["name"], "Ada");
        let told = t.webhook_events().await;
        let deleted = told.iter().find(|e| e["type"] == "customer.deleted").unwrap();
        assert!(deleted["data"]["deleted_at"].is_string());
        t.post("/v1/customers/", made).await.created();
        t.see_through().await;
    }

    async fn anonymizing_replaces_personal_data(t: &mut Till) {
        let made = json!({"email": "ada@example.com", "name": "Ada", "billing_address": {"country": "FR", "city": "Lyon"}});
        let customer = t.post("/v1/customers/", made).await.created();
        let sale = t.sold(&customer, &t.product().await).await;
        let wrong = t.delete(&format!("{}?anonymize=perhaps", path(&customer))).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("bool_parsing", "query.anonymize")]));
        t.delete(&format!("{}?anonymize=true", path(&customer))).await.gone();
        let shown = &t.get(&format!("/v1/orders/{}", sale.order.id)).await.ok()["customer"];
        assert!(!shown.to_string().to_lowercase().contains("ada@"));
        assert_ne!(shown["name"], "Ada");
        assert_eq!(shown["billing_address"], json!(null));
        t.catch_up().await;
    }

    async fn the_state_holds_active_and_trialing_subscriptions_only(t: &mut Till) {
        let (customer, product) = (t.customer("a@example.com").await, t.monthly().await);
        let active = t.sold(&customer, &product).await.subscription.unwrap();
        for status in [SubscriptionStatus::PastDue, SubscriptionStatus::Canceled, SubscriptionStatus::Paused] {
            t.sold_with(&customer, &product, |sale| sale.subscription.as_mut().unwrap().status = status).await;
        }
        let state = t.get(&format!("{}/state", path(&customer))).await.ok();
        assert_eq!(state["email"], "a@example.com");
        let held = state["active_subscriptions"].as_array().unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!(held[0]["id"], active.id.to_string());
        assert_eq!(held[0]["product_id"], product["id"]);
        assert_eq!((&state["granted_benefits"], &state["active_meters"]), (&json!([]), &json!([])));
    }

    async fn the_list_filters_and_sorts(t: &mut Till) {
        let made = [("Zed@example.com", "beta", "Ext-1"), ("amy@other.com", "Alpha", "ext_2"), ("bob@example.com", "", "3")];
        for (email, name, external_id) in made {
            let body = json!({"email": email, "name": name, "external_id": external_id});
            t.post("/v1/customers/", body).await.created();
        }
        let listed = async |query: &str| t.get(&format!("/v1/customers/?{query}")).await.listed("external_id");
        for (query, found) in [
            ("", vec!["3", "ext_2", "Ext-1"]),
            ("email=ZED%40example.com", vec!["Ext-1"]),
            ("email=zed", vec![]),
            ("query=EXAMPLE", vec!["3", "Ext-1"]),
            ("query=alph", vec!["ext_2"]),
            ("query=EXT", vec!["ext_2", "Ext-1"]),
            ("query=ext_", vec!["ext_2"]),
            ("query=xt", vec![]),
            ("sorting=created_at", vec!["Ext-1", "ext_2", "3"]),
            ("sorting=email", vec!["ext_2", "3", "Ext-1"]),
            ("sorting=name", vec!["ext_2", "Ext-1", "3"]),
            ("sorting=-name", vec!["3", "Ext-1", "ext_2"]),
        ] {
            assert_eq!(listed(query).await, found, "{query}");
        }
    }

    async fn active_customers_hold_a_billable_subscription(t: &mut Till) {
        let product = t.monthly().await;
        let (late, gone) = (t.customer("late@example.com").await, t.customer("gone@example.com").await);
        t.customer("new@example.com").await;
        t.sold_with(&late, &product, |sale| sale.subscription.as_mut().unwrap().status = SubscriptionStatus::PastDue).await;
        t.sold_with(&gone, &product, |sale| sale.subscription.as_mut().unwrap().status = SubscriptionStatus::Canceled).await;
        assert_eq!(t.get("/v1/customers/?active=true").await.listed("email"), ["late@example.com"]);
        assert_eq!(t.get("/v1/customers/?active=false").await.listed("email"), ["new@example.com", "gone@example.com"]);
    }

    async fn the_export_is_a_table(t: &mut Till) {
        let made = json!({"email": "a@example.com", "external_id": "u,1", "name": "Ada \"L\"",
            "billing_address": {"country": "FR", "line1": "1 rue", "postal_code": "69000", "city": "Lyon"}, "metadata": {"k": 1}});
        let customer = t.post("/v1/customers/", made).await.created();
        t.customer("b@example.com").await;
        let answer = t.get(&format!("/v1/customers/export?organization_id={}", t.organization.id)).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/csv"));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"polar-customers.csv\"");
        let text = answer.text();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], "ID,External ID,Created At,Email,Name,Tax ID,Billing Address Line 1,Billing Address Line 2,\
            Billing Address City,Billing Address State,Billing Address Zip,Billing Address Country,Metadata");
        assert_eq!(lines.len(), 4);
        assert!(lines[1].contains("b@example.com"));
        let created = customer["created_at"].as_str().unwrap().replace('Z', "+00:00");
        assert_eq!(lines[2], format!("{},\"u,1\",{created},a@example.com,\"Ada \"\"L\"\"\",,1 rue,,Lyon,,69000,FR,\"{{\"\"k\"\":1}}\"",
            customer["id"].as_str().unwrap()));
        let formulas = json!({"email": "=cmd@example.com", "external_id": "@SUM(A1)", "name": "-2+3", "billing_address":
            {"country": "FR", "line1": "+1", "line2": "=1", "city": "＝1", "postal_code": "=2"}});
        t.post("/v1/customers/", formulas).await.created();
        let text = t.get("/v1/customers/export").await.text();
        let line = text.split("\r\n").nth(1).unwrap();
        for guarded in ["'=cmd@example.com", "'@SUM(A1)", "'-2+3", "'+1", "'=1", "'＝1", "'=2"] {
            assert!(line.split(',').any(|cell| cell == guarded), "{guarded} in {line}");
        }
        let other = t.get("/v1/customers/export?organization_id=1dbfc517-0bbf-4301-9ba8-555ca42b9737").await;
        assert_eq!(other.text().split("\r\n").count(), 2);
    }
}
