//! Every operation of the served document, called by those who may not: without a token, with a token that
//! lacks the scope, and by another organization with this one's ids. An operation that is new, or newly takes
//! an id, fails here until [`World`](crate::foreign::World) knows what to call it with.

use axum::http::Method;
use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};
use till_wire::scope::Scope;

use crate::foreign::{World, unchanged};

/// Operations without a token, and why.
const PUBLIC: [(&str, &str); 17] = [
    (
        "checkout-links:redirect",
        "the link's own secret opens it: merchants publish it",
    ),
    ("checkouts:client_confirm", SECRET),
    ("checkouts:client_get", SECRET),
    ("checkouts:client_opened", SECRET),
    ("checkouts:client_stream", SECRET),
    ("checkouts:client_update", SECRET),
    (
        "customer-seats:claim_seat",
        "the invitation's token is the permission: only its address has it",
    ),
    (
        "customer-seats:get_claim_info",
        "the invitation's token is the permission: only its address has it",
    ),
    (
        "customer_portal:customer-session:authenticate",
        "the code is the permission: only its address has it",
    ),
    (
        "customer_portal:customer-session:request",
        "customers who are not signed in ask for a code; it goes to the address alone",
    ),
    (
        "customer_portal:customers:check_email_update",
        "the link's token is the permission: only the new address has it",
    ),
    (
        "customer_portal:customers:verify_email_update",
        "the link's token is the permission: only the new address has it",
    ),
    ("customer_portal:license_keys:activate", KEY),
    ("customer_portal:license_keys:deactivate", KEY),
    ("customer_portal:license_keys:validate", KEY),
    (
        "customer_portal:organizations:get",
        "the portal's page is there for everybody, with what everybody can buy",
    ),
    (
        "sandbox:create_confirmation_token",
        "the buyer's browser makes tokens of test cards; they belong to no organization",
    ),
];
const SECRET: &str =
    "the session's client secret is the permission: the buyer's address bar holds it";
const KEY: &str =
    "the license key is the permission: its holder's program has it, and it cannot be guessed";

/// Operations that make something of other things, which their bodies name.
const BORROWING: [&str; 9] = [
    "checkout-links:create",
    "checkouts:create",
    "customer-sessions:create",
    "discounts:create",
    "events:ingest",
    "orders:create",
    "products:create",
    "refunds:create",
    "subscriptions:create",
];

/// Operations about the caller's own organization, which name none.
const OWN: [&str; 4] = [
    "customer-sessions:create",
    "events:ingest",
    "sandbox:get_clock",
    "sandbox:move_clock",
];

/// Operations that name something of another's outside of their path: they find nothing.
const NAMING: [&str; 5] = [
    "customer-seats:assign_seat",
    LIST_SEATS,
    "license_keys:activate",
    "license_keys:deactivate",
    "license_keys:validate",
];
const LIST_SEATS: &str = "customer-seats:list_seats";

/// One operation of the document.
struct Operation {
    method: Method,
    template: &'static str,
    id: &'static str,
    secured: bool,
    /// Opened by a token of the customer portal, whose walk is in `portal_security.rs`.
    of_portal: bool,
    takes_body: bool,
    /// Query parameters that ask for ids.
    ids: Vec<&'static str>,
}

impl Operation {
    /// `products` of `/v1/products/{id}`, `webhooks/endpoints` of `/v1/webhooks/endpoints`.
    fn resource(&self) -> &'static str {
        let path = self.template.strip_prefix("/v1/").unwrap();
        path.split("/{").next().unwrap().trim_end_matches('/')
    }

    fn names_one(&self) -> bool {
        self.template.contains('{')
    }

    /// Sends it with this world's ids; `more` joins the body, or is the query.
    async fn call(&self, t: &Till, world: &World, more: Option<(&str, &str)>) -> (String, Answer) {
        let mut path = world.path(self.template);
        let mut body = self.takes_body.then(|| world.body(self.id));
        match (&mut body, more) {
            (Some(body), Some((key, value))) => body[key] = json!(value),
            (None, Some((key, value))) => {
                let sign = if path.contains('?') { '&' } else { '?' };
                path = format!("{path}{sign}{key}={value}");
            }
            (None, None) if self.id == LIST_SEATS => {
                path = format!("{path}?subscription_id={}", world.id("seats sold"));
            }
            (_, None) => {}
        }
        let sends = [Method::POST, Method::PATCH, Method::PUT].contains(&self.method);
        let body = body
            .map(|body| body.to_string())
            .or(sends.then(String::new));
        let said = format!(
            "{} {path} {}",
            self.method,
            body.as_deref().unwrap_or_default()
        );
        let answer = t.send(self.method.clone(), &path, body).await;
        (said, answer)
    }
}

fn operations(t: &Till) -> Vec<Operation> {
    let mut found = Vec::new();
    for (template, item) in t.document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let asks_for_ids = |parameter: &&Value| {
                let name = parameter["name"].as_str().unwrap();
                let is_id = name.ends_with("_id") || ["id", "ids"].contains(&name);
                parameter["in"] == "query" && is_id
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            found.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                template,
                id: operation["operationId"].as_str().unwrap(),
                secured: operation["security"][0]["access_token"].is_array(),
                of_portal: operation["security"][0]["customer_session"].is_array(),
                takes_body: operation["requestBody"].is_object(),
                ids: parameters
                    .filter(asks_for_ids)
                    .map(|p| p["name"].as_str().unwrap())
                    .collect(),
            });
        }
    }
    assert!(
        found.len() > 60,
        "the walk found {} operations",
        found.len()
    );
    found
}

fn secured(t: &Till) -> impl Iterator<Item = Operation> {
    operations(t)
        .into_iter()
        .filter(|operation| operation.secured)
}

both! {
    async fn only_the_listed_operations_are_public(t: &mut Till) {
        let public = |o: &Operation| !o.secured && !o.of_portal;
        let mut open: Vec<_> = operations(t).into_iter().filter(public).map(|o| o.id).collect();
        open.sort_unstable();
        assert_eq!(open, PUBLIC.map(|(id, _)| id));
    }

    async fn without_a_token_no_operation_tells_or_changes_anything(t: &mut Till) {
        let world = World::new(t).await;
        let before = t.all_rows().await;
        let (nobody, unknown) = (t.anonymous(), t.with_token("polar_oat_ofnobody"));
        for operation in secured(t) {
            let (said, answer) = operation.call(&nobody, &world, None).await;
            answer.refused(401, "Unauthorized");
            world.untold(&said, &answer);
            let (said, answer) = operation.call(&unknown, &world, None).await;
            answer.refused(401, "invalid_token");
            world.untold(&said, &answer);
        }
        unchanged("calling without a token", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn without_its_scope_no_operation_tells_or_changes_anything(t: &mut Till) {
        let world = World::new(t).await;
        let none = t.with_token(&t.token_of(&[]).await);
        let mut lacking = Vec::new();
        for operation in secured(t) {
            let (said, answer) = operation.call(&none, &world, None).await;
            answer.refused(403, "insufficient_scope");
            world.untold(&said, &answer);
            // What the challenge names is all that is missing, fits the resource, and reading is not writing.
            let challenge = answer.header("www-authenticate").to_owned();
            let named = challenge.split("scope=\"").nth(1).unwrap().split('"').next().unwrap();
            let named: Vec<&str> = named.split(' ').collect();
            let feature = match operation.resource().split('/').next().unwrap() {
                // Its clock is the organization's.
                "sandbox" => "organizations".to_owned(),
                "benefit-grants" => "benefits".to_owned(),
                "event-types" => "events".to_owned(),
                "customers" if operation.template.contains("/members") => "members".to_owned(),
                feature => feature.replace('-', "_"),
            };
            for scope in &named {
                let (of, verb) = scope.split_once(':').unwrap();
                assert_eq!(of, feature, "{said}");
                // Who may read an order may have its invoice made, as in the reference.
                let reads = operation.method == Method::GET || operation.id == "orders:generate_invoice";
                assert!(verb == "write" || reads, "{said} passes with {scope}");
            }
            let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|s| !named.contains(&s.as_str())).collect();
            assert!(others.len() < Scope::ALL.len(), "{said}");
            lacking.push((operation, t.with_token(&t.token_of(&others).await)));
        }
        let before = t.all_rows().await;
        for (operation, others) in &lacking {
            let (said, answer) = operation.call(others, &world, None).await;
            answer.refused(403, "insufficient_scope");
            world.untold(&said, &answer);
        }
        unchanged("calling without the scope", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn another_organization_finds_nothing_and_changes_nothing(t: &mut Till) {
        let world = World::new(t).await;
        let (shop, token) = t.stranger().await;
        let mut eve = t.with_token(&token);
        eve.organization = shop;
        eve.featured(|features| features.off_session_charges_enabled = true).await;
        let before = t.all_rows().await;
        for operation in secured(t) {
            let mut calls = Vec::new();
            let makes = operation.takes_body && !operation.names_one();
            if !makes || BORROWING.contains(&operation.id) {
                calls.push(operation.call(&eve, &world, None).await);
            }
            if operation.method == Method::GET && OWN.contains(&operation.id) {
                continue;
            }
            if makes && !OWN.contains(&operation.id) {
                let theirs = ("organization_id", world.id("organizations"));
                calls.push(operation.call(&eve, &world, Some(theirs)).await);
            }
            for parameter in &operation.ids {
                let asked = world.asked(operation.resource(), parameter);
                calls.push(operation.call(&eve, &world, Some((parameter, asked))).await);
            }
            for (said, answer) in calls {
                let status = answer.status.as_u16();
                world.untold(&said, &answer);
                let names_one = operation.names_one() || NAMING.contains(&operation.id);
                match (names_one, &operation.method) {
                    (true, _) => answer.not_found(),
                    (false, &Method::GET) if answer.header("content-type").starts_with("text/csv") => {
                        assert_eq!((status, answer.text().lines().count()), (200, 1), "{said}");
                    }
                    (false, &Method::GET) => {
                        let listed = answer.ok()["items"].as_array().unwrap().len();
                        let own = usize::from(operation.resource() == "organizations" && !said.contains('?'));
                        assert_eq!(listed, own, "{said}: {}", answer.text());
                    }
                    (false, _) => assert_eq!(status, 422, "{said}: {}", answer.text()),
                }
            }
        }
        unchanged("another organization", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn the_same_calls_succeed_for_who_owns_the_ids(t: &mut Till) {
        let world = World::new(t).await;
        // A code or link is nobody's but its address's: how those succeed is in `portal_sign_in.rs` and `portal_email.rs`.
        let of_letters = ["customer_portal:customer-session:", "customer_portal:customers:"];
        let is_walked = |o: &Operation| !o.of_portal && o.id != "checkouts:client_stream" && !of_letters.iter().any(|begin| o.id.starts_with(begin));
        let mut all: Vec<_> = operations(t).into_iter().filter(is_walked).collect();
        let last = |operation: &Operation| match operation.id {
            "checkouts:client_confirm" => 6,
            // Before its customer is deleted, which ends it.
            "subscriptions:revoke" => 3,
            // After the invitation was sent again.
            "customer-seats:claim_seat" => 3,
            _ => 2 * usize::from(operation.method == Method::POST) + 4 * usize::from(operation.method == Method::DELETE),
        };
        all.sort_by_key(last);
        for operation in all {
            let (said, answer) = operation.call(t, &world, None).await;
            let status = answer.status.as_u16();
            assert!((200..400).contains(&status), "{said}: {status} {}", answer.text());
            for parameter in &operation.ids {
                if *parameter == "exclude_id" || !operation.secured {
                    continue;
                }
                let asked = world.asked(operation.resource(), parameter);
                let (said, answer) = operation.call(t, &world, Some((parameter, asked))).await;
                assert_eq!(answer.status, 200, "{said}: {}", answer.text());
            }
        }
        t.see_through().await;
    }

    async fn a_wrong_client_secret_opens_nothing(t: &mut Till) {
        let world = World::new(t).await;
        let before = t.all_rows().await;
        let right = [world.id("client secret"), world.id("link secret")];
        for operation in operations(t).into_iter().filter(|o| !o.secured && o.template.contains("{client_secret}")) {
            // As long and as well-formed as the right one, another's, the row's id, a pattern, nothing to speak of.
            let almost = |secret: &str| format!("{}{}", &secret[..secret.len() - 1], if secret.ends_with('a') { 'b' } else { 'a' });
            let other = if operation.resource() == "checkout-links" { right[0] } else { right[1] };
            let own = if operation.resource() == "checkout-links" { right[1] } else { right[0] };
            let id = world.id(if operation.resource() == "checkout-links" { "checkout-links" } else { "checkouts" });
            for wrong in [&almost(own), other, id, "%25", "_", "polar_c_", &own.to_uppercase(), &own[..20]] {
                let path = world.path(operation.template).replace(own, wrong);
                let body = operation.takes_body.then(|| world.body(operation.id).to_string());
                let answer = t.send(operation.method.clone(), &path, body).await;
                answer.not_found();
                world.untold(&path, &answer);
            }
        }
        unchanged("a wrong client secret", &before, &t.all_rows().await);
        t.see_through().await;
    }
}
