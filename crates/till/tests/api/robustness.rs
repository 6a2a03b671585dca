//! Whatever is sent, the answer is a 4xx in the API's shape (the test session refuses every 500).

use axum::http::Method;
use serde_json::{Value, json};
use till_testkit::{Till, both};

/// Every operation with a body, with an id that is not there.
const BODIES: [(&str, &str); 10] = [
    ("POST", "/v1/webhooks/endpoints"),
    ("PATCH", "/v1/webhooks/endpoints/{id}"),
    ("POST", "/v1/products/"),
    ("POST", "/v1/customers/"),
    ("POST", "/v1/customer-sessions/"),
    ("PATCH", "/v1/products/{id}"),
    ("PATCH", "/v1/customers/{id}"),
    ("PATCH", "/v1/customers/external/nobody"),
    ("PATCH", "/v1/organizations/{own}"),
    ("PATCH", "/v1/organizations/{id}"),
];

fn operations(t: &Till) -> impl Iterator<Item = (Method, String)> + use<> {
    let own = t.organization.id.to_string();
    BODIES.into_iter().map(move |(method, path)| {
        let path = path
            .replace("{id}", "1dbfc517-0bbf-4301-9ba8-555ca42b9737")
            .replace("{own}", &own);
        (method.parse().unwrap(), path)
    })
}

fn wrong(body: &str, method: &Method, path: &str, status: u16, answer: &Value) {
    assert!(
        (400..500).contains(&status),
        "{method} {path} {body}: {status} {answer}"
    );
    assert!(
        answer["error"].is_string() && !answer["detail"].is_null(),
        "{method} {path} {body}: {answer}"
    );
}

both! {
    async fn bytes_that_are_no_object_are_refused(t: &mut Till) {
        let deep = "[".repeat(100_000);
        let nested = format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120));
        for (method, path) in operations(t) {
            for body in ["", "{", "nul", "[]", "5", "\"x\"", "null", "true", "[{}]", "\u{1}", "{\"a\":1e999}", &deep] {
                let answer = t.send(method.clone(), &path, Some(body.to_owned())).await;
                wrong(&body[..body.len().min(40)], &method, &path, answer.status.as_u16(), &answer.json());
            }
            let answer = t.send(method.clone(), &path, Some(nested.clone())).await;
            assert!(answer.status.as_u16() < 500);
        }
    }

    async fn every_field_of_a_wrong_type_is_told_at_its_place(t: &mut Till) {
        let junk = [json!({"a": [1]}), json!([[]]), json!(1e300), json!(-1), json!(0.5), json!("\u{fffd}"), json!("a\u{0}b"), json!(true)];
        for (method, path) in operations(t) {
            let known = t.document()["paths"].clone();
            let template = path.replace("1dbfc517-0bbf-4301-9ba8-555ca42b9737", "{id}")
                .replace(&t.organization.id.to_string(), "{id}").replace("nobody", "{external_id}");
            let operation = &known[&template][method.as_str().to_lowercase()];
            let name = operation.pointer("/requestBody/content/application~1json/schema/$ref").unwrap();
            let schema = t.document().pointer(&name.as_str().unwrap()[1..]).unwrap();
            let mut keys: Vec<String> = schema["properties"].as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default();
            for shape in schema["oneOf"].as_array().into_iter().flatten() {
                keys.extend(shape["properties"].as_object().unwrap().keys().cloned());
            }
            assert!(!keys.is_empty(), "{template}");
            for value in &junk {
                for key in &keys {
                    let mut body = json!({"name": "Name", "email": "junk@example.com"});
                    body[key] = value.clone();
                    let answer = t.send(method.clone(), &path, Some(body.to_string())).await;
                    assert!(answer.status.as_u16() < 500, "{method} {path} {body}: {}", answer.text());
                    let whole: serde_json::Map<_, _> = keys.iter().map(|key| (key.clone(), value.clone())).collect();
                    let answer = t.send(method.clone(), &path, Some(Value::from(whole).to_string())).await;
                    assert!(answer.status.as_u16() < 500, "{method} {path} {value}: {}", answer.text());
                }
            }
        }
    }

    async fn a_nul_is_refused_wherever_it_stands(t: &mut Till) {
        for body in [
            json!({"email": "a\u{0}@example.com"}), json!({"email": "a@example.com", "name": "a\u{0}"}),
            json!({"email": "a@example.com", "metadata": {"k\u{0}": 1}}), json!({"email": "a@example.com", "metadata": {"k": "\u{0}"}}),
            json!({"email": "a@example.com", "unknown": {"x": ["\u{0}"]}}), json!({"email": "a@example.com", "\u{0}": 1}),
        ] {
            assert!(!t.post("/v1/customers/", body.clone()).await.unreadable().is_empty(), "{body}");
        }
        for query in ["query=%00", "email=a%00", "metadata[%00]=1", "metadata[a]=%00", "x=%00", "sorting=%00"] {
            assert!(!t.get(&format!("/v1/customers/?{query}")).await.unreadable().is_empty(), "{query}");
        }
        t.get("/v1/customers/external/%00").await.not_found();
        assert!(t.get("/v1/customers/").await.listed("id").is_empty());
    }

    async fn strange_query_strings_and_paths_are_refused_or_ignored(t: &mut Till) {
        let long = "x".repeat(20_000);
        for list in ["organizations", "products", "customers", "orders", "payments", "subscriptions"] {
            for query in ["%", "%ff%fe", "=", "&&&", "a[b[c]]=1", "metadata[]=1", "metadata[\"]=\"", "metadata['\\]=1",
                "limit=99999999999999999999", "page=4294967295", "page=4294967296", "sorting=", "sorting=-",
                "query='", "query=%25_!%5C", "slug='", "email='", &format!("query={long}")] {
                let answer = t.get(&format!("/v1/{list}/?{query}").replace('"', "%22").replace('\\', "%5C")).await;
                assert!(answer.status.as_u16() < 500, "{list}?{query}: {}", answer.text());
            }
            for id in ["%ff", "%2e%2e", "x%2Fy", "' or 1=1 --"] {
                let answer = t.get(&format!("/v1/{list}/{}", id.replace(' ', "%20").replace('\'', "%27"))).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{list}/{id}: {}", answer.text());
            }
        }
        let answer = t.get("/v1/customers/external/%ff").await;
        assert!((400..500).contains(&answer.status.as_u16()));
    }

    async fn numbers_at_their_limits_are_kept_or_refused(t: &mut Till) {
        for amount in [json!(i64::MAX), json!(9_223_372_036_854_775_808_u64), json!(1e18), json!("1e9"), json!(99_999_999.5)] {
            let price = json!({"amount_type": "fixed", "price_amount": amount});
            let body = json!({"name": "Thing", "prices": [price]});
            assert!(!t.post("/v1/products/", body).await.unreadable().is_empty(), "{amount}");
        }
        let body = json!({"email": "a@example.com", "metadata": {"big": 1e15, "small": -1.5, "int": i64::MAX}});
        let customer = t.post("/v1/customers/", body).await.created();
        assert_eq!(customer["metadata"]["int"], i64::MAX);
    }
}
