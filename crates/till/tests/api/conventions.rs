//! Versions, credentials, transport, CORS, addresses, pages.

use std::{io, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request},
};
use futures_util::stream;
use serde_json::json;
use till_server::app::Clock as _;
use till_testkit::{Till, both};
use till_wire::scope::Scope;

use crate::foreign::World;

/// Operations that change what they are told, as the document has them: path and id.
fn patches(t: &Till) -> Vec<(String, String)> {
    let paths = t.document()["paths"].as_object().unwrap();
    let patches = paths.iter().filter_map(|(path, methods)| {
        let id = methods["patch"]["operationId"].as_str()?;
        // This one makes something new whatever it is sent.
        let makes = id == "webhooks:reset_webhook_endpoint_secret";
        // Those of the portal have tests of their own.
        let is_theirs = id.starts_with("customer_portal:");
        (!makes && !is_theirs).then(|| (path.clone(), id.to_owned()))
    });
    patches.collect()
}

both! {
    async fn a_patch_that_changes_nothing_leaves_modified_at_alone(t: &mut Till) {
        let world = World::new(t).await;
        let walked = patches(t);
        assert!(walked.len() >= 13, "{walked:?}");
        for (template, operation) in walked {
            let path = world.path(&template);
            let empty = match operation.as_str() {
                // What they are is named in every change.
                "benefits:update" => json!({"type": "custom"}),
                "custom-fields:update" => json!({"type": "text"}),
                // Its label is named in every change.
                "event-types:update" => json!({"label": "zanzibar"}),
                _ => json!({}),
            };
            t.advance(Duration::from_secs(1));
            let before = t.patch(&path, empty.clone()).await.ok();
            t.advance(Duration::from_secs(1));
            let after = t.patch(&path, empty).await.ok();
            assert_eq!(after["modified_at"], before["modified_at"], "{operation}: {after}");
            t.patch(&path, world.body(&operation)).await.ok();
            t.advance(Duration::from_secs(1));
            let before = t.patch(&path, world.body(&operation)).await.ok();
            t.advance(Duration::from_secs(1));
            let after = t.patch(&path, world.body(&operation)).await.ok();
            assert_eq!(after["modified_at"], before["modified_at"], "{operation}, the same again: {after}");
        }
        t.see_through().await;
    }

    async fn a_patch_that_changes_something_says_when(t: &mut Till) {
        let world = World::new(t).await;
        for (template, operation) in patches(t) {
            let path = world.path(&template);
            t.advance(Duration::from_secs(1));
            let now = t.clock.now();
            let body = match operation.as_str() {
                // The same session under its two names.
                "checkouts:client_update" => json!({"customer_name": "Of the buyer"}),
                _ => world.body(&operation),
            };
            let changed = t.patch(&path, body).await.ok();
            if operation == "files:update" {
                // The one resource that does not show when it was changed.
                assert_eq!(changed.get("modified_at"), None);
                continue;
            }
            let at = changed["modified_at"].as_str().map(|at| at.parse::<jiff::Timestamp>().unwrap());
            assert!(at.is_some_and(|at| at >= now), "{operation}: {changed}");
        }
        t.see_through().await;
    }

    async fn who_listens_hears_of_an_empty_change_of_a_customer_and_of_a_session(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.listen().await;
        t.patch(&format!("/v1/customers/{}", customer["id"].as_str().unwrap()), json!({})).await.ok();
        assert_eq!(t.webhook_event_types().await, ["customer.updated", "customer.state_changed"]);
        for _ in 0..3 {
            t.patch(&format!("/v1/customers/{}", customer["id"].as_str().unwrap()), json!({})).await.ok();
        }
        let burst = ["customer.updated", "customer.updated", "customer.updated", "customer.state_changed"];
        assert_eq!(t.webhook_event_types().await, burst, "a burst is told once");
        t.change(&checkout, json!({})).await.ok();
        assert_eq!(t.webhook_event_types().await, ["checkout.updated"]);
    }

    async fn the_version_is_echoed_and_an_unknown_one_is_not_found(t: &mut Till) {
        assert_eq!(t.get("/v1/customers/").await.header("polar-version"), "2026-04");
        for version in ["2026-04", "2026-10", "2027-01"] {
            let answer = t.get_with("/v1/customers/", &[("polar-version", version)]).await;
            answer.ok();
            assert_eq!(answer.header("polar-version"), version);
        }
        assert_eq!(t.get_with("/v1/customers/", &[("polar-version", "")]).await.header("polar-version"), "2026-04");
        for version in ["2031-01", "v1", "2026-4"] {
            let sent = [("polar-version", version), ("origin", "https://shop.example")];
            let answer = t.get_with("/v1/customers/", &sent).await;
            assert_eq!(answer.expect(404), json!({"detail": "Not Found"}));
            assert_eq!(answer.header("polar-version"), "");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }

    async fn without_a_token_everything_is_unauthorized(t: &mut Till) {
        let nobody = t.anonymous();
        for path in ["/v1/organizations/", "/v1/products/", "/v1/customers/", "/v1/orders/", "/v1/payments/",
            "/v1/subscriptions/", "/v1/customers/export"] {
            let answer = nobody.get(path).await;
            assert_eq!(answer.refused(401, "Unauthorized"), json!({"error": "Unauthorized", "detail": "Unauthorized"}));
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"polar\"");
            assert_eq!(answer.header("polar-version"), "2026-04");
        }
    }

    async fn a_bad_token_is_told_in_the_oauth_shape(t: &mut Till) {
        for token in ["polar_oat_doesnotexist", "x", ""] {
            let answer = t.with_token(token).get("/v1/customers/").await;
            let body = answer.refused(401, "invalid_token");
            assert!(body["error_description"].is_string());
            assert!(body.get("detail").is_none());
            assert!(answer.header("www-authenticate").starts_with("Bearer realm=\"polar\", error=\"invalid_token\""));
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("pragma"), "no-cache");
        }
        t.with_token("polar_cst_x").get("/v1/orders/").await.refused(401, "invalid_token");
    }

    async fn a_customers_session_counts_as_no_credential(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let session = t.post("/v1/customer-sessions/", json!({"customer_id": customer["id"]})).await.created();
        let buyer = t.with_token(session["token"].as_str().unwrap());
        buyer.get("/v1/orders/").await.refused(401, "Unauthorized");
    }

    async fn a_missing_scope_is_named_and_write_implies_read_except_for_orders(t: &mut Till) {
        let answer = t.with_token(&t.token_of(&[Scope::ProductsRead]).await).get("/v1/customers/").await;
        answer.refused(403, "insufficient_scope");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains("scope=\"customers:read customers:write\""), "{challenge}");
        t.with_token(&t.token_of(&[Scope::CustomersWrite]).await).get("/v1/customers/").await.ok();
        let orders = t.with_token(&t.token_of(&[Scope::OrdersWrite]).await);
        orders.get("/v1/orders/").await.refused(403, "insufficient_scope");
        let reader = t.with_token(&t.token_of(&[Scope::CustomersRead]).await);
        reader.post("/v1/customers/", json!({"email": "a@example.com"})).await.refused(403, "insufficient_scope");
    }

    async fn broken_json_is_told_before_the_missing_token(t: &mut Till) {
        let nobody = t.anonymous();
        let broken = nobody.send(Method::POST, "/v1/customers/", Some("{".into())).await;
        assert_eq!(broken.unreadable(), crate::pairs(&[("json_invalid", "body.1")]));
        nobody.post("/v1/customers/", json!({})).await.refused(401, "Unauthorized");
        let missing = t.send(Method::POST, "/v1/customers/", Some(String::new())).await;
        assert_eq!(missing.unreadable(), crate::pairs(&[("missing", "body")]));
    }

    async fn lengths_are_required_and_bounded(t: &mut Till) {
        let auth = format!("Bearer {}", t.token);
        let bare = || Request::post("/v1/customers/").header("authorization", &auth);
        t.raw(bare().body(Body::from("{}")).unwrap()).await.refused(411, "LengthRequired");
        let huge = bare().header("content-length", 10 * 1024 * 1024 + 1).body(Body::empty()).unwrap();
        t.raw(huge).await.refused(413, "RequestBodyTooLarge");
        let cut = Body::from_stream(stream::iter([Ok("{"), Err(io::Error::other("gone"))]));
        let cut = bare().header("content-length", 9).body(cut).unwrap();
        t.raw(cut).await.refused(408, "RequestTimeout");
    }

    async fn the_other_spelling_of_an_address_redirects_with_its_query(t: &mut Till) {
        for (sloppy, canonical) in [
            ("/v1/products?limit=3", "/v1/products/?limit=3"),
            ("/v1/customers/export/", "/v1/customers/export"),
        ] {
            let answer = t.get(sloppy).await;
            assert_eq!(answer.status, 307);
            assert_eq!(answer.header("location"), canonical);
        }
        assert_eq!(t.anonymous().get("/v1/products").await.status, 307);
        t.with_token("polar_oat_bad").get("/v1/products").await.refused(401, "invalid_token");
    }

    async fn older_addresses_are_served_with_a_notice(t: &mut Till) {
        let answer = t.get("/api/v1/products/").await;
        answer.ok();
        assert_ne!(answer.header("x-polar-deprecation-notice"), "");
    }

    async fn unknown_addresses_and_methods_answer_in_the_frameworks_shape(t: &mut Till) {
        assert_eq!(t.get("/v1/nothing/").await.expect(404), json!({"detail": "Not Found"}));
        assert_eq!(t.delete("/v1/products/").await.expect(405), json!({"detail": "Method Not Allowed"}));
    }

    async fn answers_are_private_and_any_origin_may_call(t: &mut Till) {
        let answer = t.get_with("/v1/products/", &[("origin", "https://shop.example")]).await;
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-expose-headers"), "Idempotency-Replayed, Polar-Version");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(t.get("/v1/products/").await.header("access-control-allow-origin"), "");
        let preflight = Request::options("/v1/products/")
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST");
        let answer = t.raw(preflight.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-max-age"), "600");
        assert!(answer.header("access-control-allow-headers").contains("Polar-Version"));
        assert!(answer.header("access-control-allow-methods").contains("PATCH"));
    }

    async fn the_organization_header_narrows_and_never_widens(t: &mut Till) {
        let own = t.organization.id.to_string();
        t.get_with("/v1/products/", &[("polar-organization", &own)]).await.ok();
        let (other, _) = t.stranger().await;
        t.get_with("/v1/products/", &[("polar-organization", &other.id.to_string())]).await.not_found();
    }

    async fn limits_are_clamped_to_100_and_pages_past_the_end_are_empty(t: &mut Till) {
        for n in 0..3 {
            t.customer(&format!("c{n}@example.com")).await;
        }
        let page = t.get("/v1/customers/?limit=500").await.ok();
        assert_eq!(page["pagination"], json!({"total_count": 3, "max_page": 1}));
        let page = t.get("/v1/customers/?limit=2&page=2").await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        assert_eq!(page["pagination"], json!({"total_count": 3, "max_page": 2}));
        let page = t.get("/v1/customers/?limit=2&page=9").await.ok();
        assert_eq!(page, json!({"items": [], "pagination": {"total_count": 3, "max_page": 2}}));
        let page = t.get("/v1/orders/").await.ok();
        assert_eq!(page["pagination"], json!({"total_count": 0, "max_page": 0}));
        for (query, place) in [("limit=0", "query.limit"), ("limit=-1", "query.limit"), ("limit=x", "query.limit"),
            ("page=0", "query.page"), ("page=1.5", "query.page")] {
            let wrong = t.get(&format!("/v1/customers/?{query}")).await.unreadable();
            assert_eq!(wrong[0].1, place, "{query}");
        }
    }

    async fn an_unknown_sort_key_is_told_by_its_position(t: &mut Till) {
        for list in ["customers", "products", "orders", "payments", "subscriptions", "organizations"] {
            let wrong = t.get(&format!("/v1/{list}/?sorting=created_at&sorting=foo")).await.unreadable();
            let place = if list == "subscriptions" { "query.sorting.0" } else { "query.sorting.1" };
            assert!(wrong.contains(&("enum".to_owned(), place.to_owned())), "{list}: {wrong:?}");
        }
    }

    async fn ids_of_another_version_do_not_read_and_unknown_ones_are_not_found(t: &mut Till) {
        for resource in ["organizations", "products", "customers", "orders", "payments", "subscriptions"] {
            let get = async |id: &str| t.get(&format!("/v1/{resource}/{id}")).await;
            let wrong = get("00000000-0000-1000-8000-000000000000").await.unreadable();
            assert_eq!(wrong, crate::pairs(&[("uuid_version", "path.id")]));
            assert_eq!(get("garbage").await.unreadable()[0].0, "uuid_parsing");
            get("1dbfc517-0bbf-4301-9ba8-555ca42b9737").await.not_found();
        }
    }

    async fn another_organizations_rows_are_not_there(t: &mut Till) {
        let (customer, product) = (t.customer("ada@example.com").await, t.monthly().await);
        let sale = t.sold(&customer, &product).await;
        let (_, token) = t.stranger().await;
        let eve = t.with_token(&token);
        let subscription = sale.subscription.as_ref().unwrap().id.to_string();
        for path in [
            format!("/v1/organizations/{}", t.organization.id),
            format!("/v1/products/{}", product["id"].as_str().unwrap()),
            format!("/v1/customers/{}", customer["id"].as_str().unwrap()),
            format!("/v1/customers/{}/state", customer["id"].as_str().unwrap()),
            format!("/v1/orders/{}", sale.order.id),
            format!("/v1/payments/{}", sale.payment.id),
            format!("/v1/subscriptions/{subscription}"),
        ] {
            t.get(&path).await.ok();
            eve.get(&path).await.not_found();
        }
        for path in ["products", "customers", "organizations"] {
            let id = match path { "products" => &product["id"], "customers" => &customer["id"], _ => &json!(t.organization.id) };
            eve.patch(&format!("/v1/{path}/{}", id.as_str().unwrap()), json!({})).await.not_found();
        }
        eve.delete(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.not_found();
        let own = t.organization.id;
        for list in ["products", "customers", "orders", "payments", "subscriptions"] {
            assert!(eve.get(&format!("/v1/{list}/")).await.listed("id").is_empty());
            assert!(eve.get(&format!("/v1/{list}/?organization_id={own}")).await.listed("id").is_empty());
            assert_eq!(t.get(&format!("/v1/{list}/?organization_id={own}")).await.listed("id").len(), 1);
        }
    }

    async fn metadata_filters_compare_text_and_join_keys_with_and(t: &mut Till) {
        for (email, metadata) in [
            ("a@example.com", json!({"plan": "pro", "n": 1})),
            ("b@example.com", json!({"plan": "free", "n": 1})),
            ("c@example.com", json!({"plan": "pro", "n": true})),
        ] {
            t.post("/v1/customers/", json!({"email": email, "metadata": metadata})).await.created();
        }
        for (query, found) in [
            ("metadata[plan]=pro", vec!["c@example.com", "a@example.com"]),
            ("metadata[plan]=pro&metadata[plan]=free", vec!["c@example.com", "b@example.com", "a@example.com"]),
            ("metadata[plan]=pro&metadata[n]=1", vec!["a@example.com"]),
            ("metadata[n]=true", vec!["c@example.com"]),
            ("metadata[unknown]=1", vec![]),
            ("unknown=1&metadata%5Bplan%5D=free", vec!["b@example.com"]),
        ] {
            assert_eq!(t.get(&format!("/v1/customers/?{query}")).await.listed("email"), found, "{query}");
        }
    }
}
