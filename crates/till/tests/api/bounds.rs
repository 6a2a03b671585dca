//! Everything that a sender chooses has a bound: bodies, forms, queries, addresses. What exceeds one is refused, at little
//! cost, with a small answer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, header},
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

use crate::{
    foreign::World,
    security_dashboard::{filled, of_shops},
};

/// Bytes of an answer to what exceeds a bound, at most; the longest are forms that are shown again, and lists.
const SMALL: usize = 256 * 1024;

/// Method, path with the world's ids, and whether it takes a body, of each operation; public or not.
fn operations(t: &Till, world: &World, public: bool) -> Vec<(Method, String, bool)> {
    let mut found = Vec::new();
    for (template, item) in t.document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let of_portal = operation["security"][0]["customer_session"].is_array();
            if operation["security"].is_array() != public && !of_portal {
                let method = method.to_uppercase().parse().unwrap();
                let takes = operation["requestBody"].is_object();
                found.push((method, world.path(template), takes));
            }
        }
    }
    found
}

/// A list's path and its query parameters, each with whether it takes several values.
fn lists(t: &Till) -> Vec<(String, Vec<(String, bool)>)> {
    let mut found = Vec::new();
    for (template, item) in t.document()["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        let in_query = parameters.filter(|parameter| parameter["in"] == "query");
        let several = |schema: &Value| schema.to_string().contains("\"array\"");
        let named: Vec<_> = in_query
            .map(|p| {
                (
                    p["name"].as_str().unwrap().to_owned(),
                    several(&p["schema"]),
                )
            })
            .collect();
        if named.iter().any(|(name, _)| name == "page") {
            found.push((template.clone(), named));
        }
    }
    assert!(found.len() > 12, "the walk found {} lists", found.len());
    found
}

/// A body of which it is noted whether anybody looked at it.
fn watched(bytes: &'static [u8]) -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let looked = read.clone();
    let body = stream::once(async move {
        looked.store(true, Ordering::Relaxed);
        Ok::<_, std::io::Error>(Bytes::from_static(bytes))
    });
    (Body::from_stream(body.boxed()), read)
}

fn sending(path: &str, token: Option<&str>, length: usize) -> axum::http::request::Builder {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, length);
    match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    }
}

#[track_caller]
fn small(said: &str, answer: &Answer) {
    let length = answer.body.len();
    assert!(answer.status.as_u16() < 500, "{said}: {}", answer.status);
    assert!(
        length < SMALL,
        "{said}: {} of {length} bytes",
        answer.status
    );
}

both! {
    async fn a_form_that_exceeds_a_bound_is_refused_by_every_page(t: &mut Till) {
        let world = World::new(t).await;
        let ada = t.dashboard().await;
        let numbered = |count: usize, name: &dyn Fn(usize) -> String| (0..count).map(|n| name(n) + "=&").collect::<String>();
        let hostile = [
            ".".repeat(5_000), numbered(1_000, &|n| format!("prices.{n}.k")), numbered(5_000, &|n| format!("f{n}")),
            "n".repeat(100_000), "&".repeat(200_000), "a.18446744073709551615.k=1".to_owned(),
        ];
        let mut refused = 0;
        let mut pages = of_shops(t);
        pages.extend(["/account".to_owned(), "/account/password".to_owned(), "/sign-in".to_owned()]);
        // What ends something comes last.
        pages.sort_by_key(|path| ["/delete", "/remove", "/revoke", "/archive"].iter().any(|end| path.ends_with(end)));
        for route in pages {
            let path = if route.starts_with("/dashboard") { filled(&route, "ada", &world) } else { route.clone() };
            for form in &hostile {
                let request = Request::post(&path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header("sec-fetch-site", "same-origin").header(header::COOKIE, ada.cookies());
                let answer = t.raw(request.body(Body::from(form.clone())).unwrap()).await;
                small(&format!("POST {path} {}", &form[..20]), &answer);
                refused += usize::from(answer.text().contains("The form has more") || answer.text().contains("of the form has"));
            }
        }
        assert!(refused > 100, "{refused} forms were refused");
        let checkout = t.checkout_for(&t.product().await).await;
        // Its answers' names are the merchant's to choose, so it knows no rows.
        for form in [0, 2, 3, 4].map(|n| &hostile[n]) {
            let path = format!("/checkout/{}", checkout["client_secret"].as_str().unwrap());
            let request = Request::post(&path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = t.raw(request.body(Body::from(form.clone())).unwrap()).await;
            small(&path, &answer);
            assert_eq!(answer.status, 422, "{}", &form[..20]);
        }
        t.see_through().await;
    }

    async fn a_form_within_the_bounds_is_answered_in_proportion(t: &mut Till) {
        let ada = t.dashboard().await;
        let names: Vec<_> = (0..250).map(|n| format!("prices.{n}.amount_type")).collect();
        let mut sent: Vec<_> = names.iter().map(|name| (name.as_str(), "fixed")).collect();
        sent.push(("name", "Many"));
        let answer = ada.post("/dashboard/ada/products/new", &sent).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.len() < 4_000_000, "{}", answer.body.len());
    }

    async fn without_a_valid_token_a_body_has_64_kib_and_with_one_10_mib(t: &mut Till) {
        let world = World::new(t).await;
        let long = format!("[{}0]", "0,".repeat(40_000));
        for public in [true, false] {
            let all = operations(t, &world, public).into_iter();
            for (method, path, _) in all.filter(|(method, ..)| [Method::POST, Method::PATCH].contains(method)) {
                let tokens: &[_] = if public { &[(None, 413)] } else { &[(None, 413), (Some("polar_oat_unknown"), 401)] };
                for (token, status) in tokens {
                    let (body, read) = watched(b"{}");
                    let request = sending(&path, *token, long.len()).method(method.clone());
                    let answer = t.raw(request.body(body).unwrap()).await;
                    small(&path, &answer);
                    assert_eq!(answer.status.as_u16(), *status, "{method} {path}: {}", answer.text());
                    assert!(!read.load(Ordering::Relaxed), "{method} {path} read the body");
                }
            }
        }
        for path in ["/v1/checkouts/client/nope/opened", "/v1/checkouts/client/nope/confirm"] {
            let answer = t.anonymous().send(Method::POST, path, Some(long.clone())).await;
            assert!(answer.refused(413, "RequestBodyTooLarge")["detail"].as_str().unwrap().contains("64 KiB"));
        }
        // With a token it is read and judged, but nothing of that length comes back.
        let answer = t.send(Method::POST, "/v1/customers/", Some(long)).await;
        answer.unreadable();
        small("a list", &answer);
        let words = "x".repeat(3_000_000);
        let answer = t.post("/v1/customers/", json!({"email": words, "name": {"a": words}, "metadata": {words.clone(): {}}})).await;
        answer.unreadable();
        small("three long texts", &answer);
        let many = format!("[{}0]", "0,".repeat(100_000));
        t.send(Method::POST, "/v1/customers/", Some(many)).await.refused(413, "RequestBodyTooLarge");
        let wrong: Vec<_> = (0..2_000).map(|n| json!({"n": n})).collect();
        let answer = t.post("/v1/products/", json!({"name": "Many", "prices": wrong})).await;
        assert!(answer.unreadable().len() <= 100);
        small("two thousand wrong prices", &answer);
        t.see_through().await;
    }

    async fn a_confirmation_with_all_that_it_may_hold_fits(t: &mut Till) {
        let answers: serde_json::Map<_, _> = (0..20).map(|n| (format!("field-{n}"), json!("é".repeat(1_000)))).collect();
        let body = json!({"customer_email": "ada@example.com", "custom_field_data": answers});
        let answer = t.anonymous().post("/v1/checkouts/client/nope/confirm", body).await;
        answer.not_found();
    }

    async fn what_is_refused_by_a_budget_is_neither_looked_up_nor_read(t: &mut Till) {
        let product = t.product().await;
        let limited = t.limited(20);
        // The budget is counted by the machine's clock: one comes back every three seconds.
        let statuses = async |till: &Till, path: &str, token: Option<&str>, address: &str| {
            let mut statuses: Vec<u16> = Vec::new();
            while statuses.len() < 60 && statuses.last() != Some(&429) {
                let (body, read) = watched(b"{}");
                let request = sending(path, token, 2).header("x-client-ip", address).body(body).unwrap();
                let answer = till.raw(request).await;
                if answer.status == 429 {
                    assert!(answer.body.is_empty() && answer.header("retry-after").parse::<u64>().unwrap() > 0);
                    assert!(!read.load(Ordering::Relaxed), "{path} read the body");
                }
                statuses.push(answer.status.as_u16());
            }
            statuses
        };
        for (path, token, address, status) in [
            ("/v1/checkouts/client/nope/opened", None, "203.0.113.1", 404),
            ("/v1/customers/", None, "203.0.113.2", 401),
            ("/v1/customers/", Some(""), "203.0.113.3", 401),
            ("/v1/customers/", Some("polar_oat_unknown"), "203.0.113.4", 401),
            ("/v1/customers/", Some("polar_cst_unknown"), "203.0.113.5", 401),
            ("/v1/nothing", None, "203.0.113.6", 404),
        ] {
            let mut told = statuses(&limited, path, token, address).await;
            assert_eq!(told.pop(), Some(429), "{path} {token:?}");
            assert!(told.len() >= 20 && told.iter().all(|told| *told == status), "{path} {token:?}: {told:?}");
        }
        let nothing_is_looked_up = async || loop {
            let before = t.app.store.gauges().reads.get();
            let request = sending("/v1/customers/", Some("polar_oat_other"), 2).header("x-client-ip", "203.0.113.4");
            if limited.raw(request.body(Body::from("{}")).unwrap()).await.status == 429 {
                return t.app.store.gauges().reads.get() == before;
            }
        };
        assert!(nothing_is_looked_up().await);
        // A network of IPv6 is counted as one.
        let mut last = 0;
        for n in 0..60 {
            let from = format!("2001:db8::{n:x}");
            last = limited.anonymous().get_with("/v1/products/", &[("x-client-ip", &from)]).await.status.as_u16();
            if last == 429 {
                break;
            }
        }
        assert_eq!(last, 429);
        // An organization's own requests are counted for it alone, wherever they come from.
        let fresh = t.limited(20);
        let path = format!("/v1/products/{}", product["id"].as_str().unwrap());
        fresh.get_with(&path, &[("x-client-ip", "203.0.113.7")]).await.ok();
        let tried = statuses(&fresh, "/v1/customers/", Some("polar_oat_unknown"), "203.0.113.7").await;
        assert_eq!(tried.last(), Some(&429));
        for _ in 0..19 {
            fresh.get_with(&path, &[("x-client-ip", "203.0.113.7")]).await.ok();
        }
        let told = statuses(&fresh, "/v1/checkouts/client/nope/opened", None, "203.0.113.7").await;
        assert!(told.len() > 20, "nor does it pay for anybody else there");
    }

    async fn every_list_bounds_its_query(t: &mut Till) {
        let many = |pair: &str, count: usize| vec![pair; count].join("&");
        let customer = t.customer("viewer@example.com").await;
        let viewer = t.viewer_of(&customer).await;
        // Teams have lists of members.
        let path = format!("/v1/customers/{}", customer["id"].as_str().unwrap());
        t.patch(&path, json!({"type": "team"})).await.ok();
        for (template, parameters) in lists(t) {
            let path = template.replace("{id}", "1dbfc517-0bbf-4301-9ba8-555ca42b9737");
            let caller = if template.starts_with("/v1/customer-portal/") { &viewer } else { &*t };
            let told = async |query: &str| {
                let answer = caller.get(&format!("{path}?{query}")).await;
                small(&format!("{path}?{}", &query[..query.len().min(40)]), &answer);
                (answer.status.as_u16(), answer.json())
            };
            let refused = async |query: &str, place: Value| {
                let (status, body) = told(query).await;
                let places: Vec<_> = body["detail"].as_array().unwrap().iter().map(|p| p["loc"].clone()).collect();
                assert_eq!(status, 422, "{path}?{query}");
                assert!(places.contains(&place) && places.len() <= 100, "{path}: {places:?}");
            };
            refused(&many("x=1", 2_000), json!(["query"])).await;
            let keys: String = (0..1_000).map(|n| format!("metadata[k{n}]=v&")).collect();
            refused(&keys, json!(["query", "metadata"])).await;
            refused(&many("metadata[k]=v", 101), json!(["query", "metadata"])).await;
            for (name, several) in &parameters {
                match (name.as_str(), several) {
                    ("sorting", _) => refused(&many("sorting=created_at", 900), json!(["query", "sorting"])).await,
                    (_, true) => {
                        let value = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
                        refused(&many(&format!("{name}={value}"), 101), json!(["query", name])).await;
                        let (status, body) = told(&many(&format!("{name}={value}"), 100)).await;
                        assert!(status < 500, "{path} {name}: {body}");
                    }
                    ("query", _) => refused(&format!("query={}", "é".repeat(2_049)), json!(["query", "query"])).await,
                    _ => {}
                }
            }
            // As much as may be asked for at once.
            let ids: Vec<_> = parameters.iter().filter(|(name, several)| *several && name.ends_with("id"))
                .map(|(name, _)| many(&format!("{name}=1dbfc517-0bbf-4301-9ba8-555ca42b9737"), 100)).collect();
            let metadata: String = (0..10).map(|n| many(&format!("metadata[k{n}]=v"), 10) + "&").collect();
            let (status, body) = told(&format!("{metadata}&{}", ids.join("&"))).await;
            // 404 where it is a list of something that is not there.
            assert!([200, 404, 422].contains(&status), "{path}: {body}");
        }
    }

    async fn the_document_tells_the_bounds_of_a_lists_query(t: &mut Till) {
        let mut told = 0;
        for (template, _) in lists(t) {
            for parameter in t.document()["paths"][&template]["get"]["parameters"].as_array().unwrap() {
                let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
                let bound = match name {
                    "metadata" => &schema["maxProperties"],
                    "query" | "email" | "slug" => &schema["maxLength"],
                    _ if schema["items"].is_object() => &schema["maxItems"],
                    _ => continue,
                };
                assert!(bound.is_number(), "{template} {name}: {schema}");
                told += 1;
            }
        }
        assert!(told > 40, "{told}");
    }

    async fn a_body_that_is_not_declared_as_json_is_no_object(t: &mut Till) {
        let world = World::new(t).await;
        let send = async |method: &Method, path: &str, kind: Option<&str>, body: &str| {
            let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_LENGTH, body.len())
                .header(header::AUTHORIZATION, format!("Bearer {}", t.token));
            if let Some(kind) = kind {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            t.raw(request.body(Body::from(body.to_owned())).unwrap()).await
        };
        for public in [true, false] {
            for (method, path, takes_body) in operations(t, &world, public) {
                if !takes_body {
                    continue;
                }
                for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("text/json")] {
                    let told = send(&method, &path, kind, "{}").await.unreadable();
                    assert!(told[0].0 == "model_attributes_type" && told[0].1.starts_with("body"), "{method} {path} {kind:?}: {told:?}");
                }
            }
        }
        let body = r#"{"email": "ada@example.com"}"#;
        send(&Method::POST, "/v1/customers/", Some("application/vnd.api+json"), body).await.created();
        let secret = format!("/v1/webhooks/endpoints/{}/secret", world.id("webhooks/endpoints"));
        assert_eq!(send(&Method::PATCH, &secret, None, "").await.status, 200, "no body needs no type");
        let nobody = Request::post("/v1/customers/").header(header::CONTENT_LENGTH, 2).body(Body::from("x=")).unwrap();
        t.raw(nobody).await.refused(401, "Unauthorized");
        t.see_through().await;
    }

    async fn unknown_addresses_and_methods_carry_the_apis_headers(t: &mut Till) {
        for (method, path, status) in [
            (Method::GET, "/v1/nothing", 404), (Method::GET, "/v1/nothing/at/all/", 404), (Method::GET, "/v1/", 404),
            (Method::POST, "/v1/nothing", 404), (Method::GET, "/api/v1/nothing", 404),
            (Method::DELETE, "/v1/products/", 405), (Method::GET, "/v1/files/uploaded/x/y", 404),
        ] {
            for origin in ["", "https://shop.example"] {
                let mut request = Request::builder().method(&method).uri(path).header("polar-version", "2026-10");
                if !origin.is_empty() {
                    request = request.header(header::ORIGIN, origin);
                }
                let answer = t.raw(request.body(Body::empty()).unwrap()).await;
                let words = if status == 404 { "Not Found" } else { "Method Not Allowed" };
                assert_eq!(answer.expect(status), json!({"detail": words}), "{method} {path}");
                assert_eq!(answer.header("polar-version"), "2026-10", "{method} {path}");
                assert_eq!(answer.header("cache-control"), "private, no-store", "{method} {path}");
                assert_eq!(answer.header("access-control-allow-origin"), if origin.is_empty() { "" } else { "*" });
            }
        }
        let preflight = Request::options("/v1/nothing").header("origin", "https://shop.example")
            .header("access-control-request-method", "POST").body(Body::empty()).unwrap();
        assert_eq!(t.raw(preflight).await.status, 200);
        // A person who mistypes gets a page.
        let page = t.get_with("/v1/nothing", &[("accept", "text/html")]).await;
        assert!(page.header("content-type").starts_with("text/html"));
    }

    async fn slashes_within_an_external_id_reach_no_other_customer(t: &mut Till) {
        for id in ["a/b", "ada", "a//b", "/ada"] {
            let email = format!("c{}@example.com", id.bytes().map(|b| format!("{b:x}")).collect::<String>());
            t.post("/v1/customers/", json!({"email": email, "external_id": id})).await.created();
        }
        for id in ["a/b", "ada", "a//b", "/ada"] {
            let found = t.get(&format!("/v1/customers/external/{id}")).await.ok();
            assert_eq!(found["external_id"], id);
            let state = t.get(&format!("//v1//customers/external/{id}/state")).await.ok();
            assert_eq!(state["external_id"], id);
        }
        for id in ["a///b", "//ada", "ada/", "ada//"] {
            t.get(&format!("/v1/customers/external/{id}")).await.not_found();
        }
    }
}
