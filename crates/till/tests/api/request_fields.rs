//! Bounds and nulls of every request: a walk over the served document.
//!
//! For each field of each body, the smallest body that has it is made from the schema, and then that field alone is
//! set to its bound, just beyond it, or to null.

mod walk;

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};
use till_testkit::{Till, both};

use walk::{ID, Place, Walk, bodies, bounds, length, resolved, sample, unbounded, whole};

/// Kinds of problems that tell of a bound.
const BOUNDS: [&str; 10] = [
    "string_too_long",
    "string_too_short",
    "too_long",
    "too_short",
    "url_too_long",
    "less_than_equal",
    "less_than",
    "greater_than_equal",
    "greater_than",
    "decimal_whole_digits",
];

/// Kinds of problems that tell of a wrong type.
const TYPES: [&str; 15] = [
    "string_type",
    "int_type",
    "float_type",
    "bool_type",
    "uuid_type",
    "dict_type",
    "list_type",
    "datetime_type",
    "decimal_type",
    "url_type",
    "model_type",
    "model_attributes_type",
    "enum",
    "literal_error",
    "ip_any_address",
];

/// An address of an operation; a buyer's has a session of its own.
async fn address(t: &Till, template: &str, product: &Value) -> String {
    let id = if template.contains("/organizations/") {
        t.organization.id.to_string()
    } else {
        ID.to_owned()
    };
    let path = template
        .replace("{id}", &id)
        .replace("{external_id}", "nobody")
        .replace("{member_id}", ID)
        .replace("{member_external_id}", "nobody");
    if !path.contains("{client_secret}") {
        return path;
    }
    let session = t
        .post("/v1/checkouts/", json!({"products": [product["id"]]}))
        .await
        .created();
    path.replace(
        "{client_secret}",
        session["client_secret"].as_str().unwrap(),
    )
}

/// Caller of an operation: those of the portal are called by a customer, all others by their merchant.
fn caller<'a>(t: &'a Till, viewer: &'a Till, template: &str) -> &'a Till {
    match template.starts_with("/v1/customer-portal/") {
        true => viewer,
        false => t,
    }
}

/// The kinds of problems that an answer tells at a place.
fn kinds(answer: &till_testkit::Answer, place: &Place) -> BTreeSet<String> {
    let told = |status: u16| status == 422 && answer.json()["error"] == "RequestValidationError";
    if !told(answer.status.as_u16()) {
        return BTreeSet::new();
    }
    let spelled = |step: &Value| {
        step.as_str()
            .map_or_else(|| step.to_string(), str::to_owned)
    };
    let answer = answer.json();
    let problems = answer["detail"].as_array().unwrap().iter();
    let here = problems.filter(|problem| {
        let loc: Vec<String> = problem["loc"]
            .as_array()
            .unwrap()
            .iter()
            .map(spelled)
            .collect();
        let mut steps = loc.iter();
        let leads_here = place.pointer[1..]
            .split('/')
            .all(|step| steps.any(|one| one == step));
        // Behind the place only the name of a shape may follow.
        place.chooses
            || (leads_here && steps.all(|name| name.starts_with(|c: char| c.is_ascii_uppercase())))
    });
    here.map(|problem| spelled(&problem["type"])).collect()
}

both! {
    async fn everything_that_a_request_may_carry_has_a_bound_that_the_document_shows(t: &mut Till) {
        let document = t.document();
        let mut found = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                for content in operation.pointer("/requestBody/content").and_then(Value::as_object).into_iter().flatten() {
                    unbounded(document, &content.1["schema"], &format!("{method} {path} body"), &mut HashSet::new(), &mut found);
                }
                for sent in operation["parameters"].as_array().into_iter().flatten() {
                    let at = format!("{method} {path} {}", sent["name"]);
                    unbounded(document, &sent["schema"], &at, &mut HashSet::new(), &mut found);
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    async fn what_is_beyond_a_bound_of_the_document_is_refused_at_its_place_and_the_bound_itself_is_not(t: &mut Till) {
        let product = t.monthly().await;
        let viewer = t.viewer_of(&t.customer("viewer@example.com").await).await;
        let (mut checked, mut wrong) = (0, Vec::new());
        for (method, template, schema) in bodies(t.document()) {
            for place in &Walk::fields(t.document(), schema) {
                for (at, beyond) in place.shapes.iter().flat_map(|shape| bounds(t.document(), shape)) {
                    let at_kinds = {
                        let path = address(t, &template, &product).await;
                        kinds(&caller(t, &viewer, &template).send(method.clone(), &path, Some(place.with(at))).await, place)
                    };
                    let path = address(t, &template, &product).await;
                    let answer = caller(t, &viewer, &template).send(method.clone(), &path, Some(place.with(beyond))).await;
                    let kinds = kinds(&answer, place);
                    let words = format!("{method} {template} {}: {kinds:?}, at the bound {at_kinds:?}", place.pointer);
                    let bound = |kinds: &BTreeSet<String>| kinds.iter().any(|kind| BOUNDS.contains(&kind.as_str()));
                    // What no format takes is refused by it, whether it is too long or not.
                    let refused = bound(&kinds) || (!kinds.is_empty() && !at_kinds.is_empty());
                    if !refused || bound(&at_kinds) {
                        wrong.push(words);
                    }
                    checked += 1;
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(checked > 500, "{checked}");
        t.may_leave_work();
        t.see_through().await;
    }

    async fn null_is_taken_where_the_document_says_so_and_refused_at_its_place_elsewhere(t: &mut Till) {
        let product = t.monthly().await;
        let viewer = t.viewer_of(&t.customer("viewer@example.com").await).await;
        let (mut checked, mut wrong) = (0, Vec::new());
        for (method, template, schema) in bodies(t.document()) {
            for place in &Walk::fields(t.document(), schema) {
                let path = address(t, &template, &product).await;
                let answer = caller(t, &viewer, &template).send(method.clone(), &path, Some(place.with(Value::Null))).await;
                let kinds = kinds(&answer, place);
                let words = format!("{method} {template} {}: {kinds:?} {}", place.pointer, answer.text());
                let mistyped = kinds.iter().any(|kind| TYPES.contains(&kind.as_str()));
                let misread = match place.takes_null {
                    true => mistyped,
                    false => kinds.is_empty() && !place.chooses,
                };
                if misread {
                    wrong.push(words);
                }
                checked += 1;
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(checked > 300, "{checked}");
        t.may_leave_work();
        t.see_through().await;
    }

    async fn what_the_published_schema_does_not_bound_is_taken_at_any_length_that_people_use(t: &mut Till) {
        let long = "x".repeat(2_000);
        let address = json!({"country": "FR", "line1": long, "line2": long, "city": long, "postal_code": long, "state": long});
        let body = json!({"email": "ada@example.com", "billing_address": address, "external_id": "x".repeat(512)});
        let customer = t.post("/v1/customers/", body).await.created();
        assert_eq!(customer["billing_address"], address);
        let product = t.monthly().await;
        let body = json!({"products": [product["id"]], "customer_billing_name": long});
        assert_eq!(t.post("/v1/checkouts/", body).await.created()["customer_billing_name"], long);
        let name = t.patch(&format!("/v1/organizations/{}", t.organization.id), json!({"name": long})).await.ok();
        assert_eq!(name["name"], long);
        let endpoint = json!({"url": "https://hooks.example/", "format": "raw", "events": [], "secret": long, "name": long});
        assert_eq!(t.post("/v1/webhooks/endpoints", endpoint).await.created()["secret"], long);
        let discount = json!({"name": long, "type": "percentage", "basis_points": 100, "duration": "once"});
        assert_eq!(t.post("/v1/discounts/", discount).await.created()["name"], long);
    }

    async fn hosts_that_may_embed_stay_small_enough_for_a_header(t: &mut Till) {
        let path = format!("/v1/organizations/{}", t.organization.id);
        let host = |n: usize, length: usize| format!("{n:03}{}.example", "a".repeat(length - 11));
        let hosts = |n: usize, length| Value::from_iter((0..n).map(|n| host(n, length)));
        t.patch(&path, json!({"embed_hosts": hosts(100, 40)})).await.ok();
        for many in [hosts(101, 20), hosts(100, 41), hosts(50_000, 20)] {
            let wrong = t.patch(&path, json!({"embed_hosts": many})).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[("too_long", "body.embed_hosts")]));
        }
    }

    async fn query_strings_and_paths_are_refused_beyond_the_bounds_of_the_document(t: &mut Till) {
        let document = t.document();
        let viewer = t.viewer_of(&t.customer("viewer@example.com").await).await;
        for (path, item) in document["paths"].as_object().unwrap() {
            let Some(operation) = item.get("get").filter(|_| !path.ends_with("/redirect")) else { continue };
            for sent in operation["parameters"].as_array().into_iter().flatten() {
                let name = sent["name"].as_str().unwrap();
                let schema = resolved(document, &sent["schema"]);
                let long = || length(&schema["maxLength"]).map(|most| "a".repeat(most + 1));
                if sent["in"] == "path" {
                    let Some(long) = long() else { continue };
                    let path = path.replace(&format!("{{{name}}}"), &long);
                    let path = path.replace("{external_id}", "nobody").replace("{member_external_id}", "nobody");
                    let answer = t.get(&path).await;
                    let refused = if ["client_secret", "slug"].contains(&name) { 404 } else { 422 };
                    assert_eq!(answer.status, refused, "{path} {name}");
                    continue;
                }
                let value = |schema| match sample(document, schema) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                let query = if let Some(most) = length(&schema["maxItems"]) {
                    vec![format!("{name}={}", value(&schema["items"])); most + 1].join("&")
                } else if let Some(long) = long() {
                    format!("{name}={long}")
                } else if let Some(most) = whole(&schema["maximum"]) {
                    format!("{name}={}", most + 1)
                } else {
                    continue;
                };
                let answer = caller(t, &viewer, path).get(&format!("{}?{query}", path.replace("{id}", ID))).await;
                let wrong = answer.unreadable();
                let place = format!("query.{name}");
                assert!(wrong.iter().any(|(_, at)| at.starts_with(&place)), "{path} {name}: {wrong:?}");
            }
        }
    }
}
