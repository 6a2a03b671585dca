//! Every operation of the customer portal, called by those who may not: without a token, with one that is none any more,
//! with the merchant's, and by other customers with this one's ids.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use till_server::http::viewer::viewer_of;
use till_testkit::{Answer, Till, both, buyer};
use till_wire::members::MemberRole;

use crate::foreign::unchanged;

/// It stands in everything of the customer whose portal it is, and nowhere else.
const MARK: &str = "zanzibar";

/// Operations that make something of the caller's own, whoever calls.
const OWN: [&str; 1] = ["customer_portal:customers:add_payment_method"];

/// Operations for all members of a customer, whatever their role.
const FOR_MEMBERS: [&str; 10] = [
    "customer_portal:benefit-grants:list",
    "customer_portal:customer-session:get_authenticated_user",
    "customer_portal:customer-session:introspect",
    "customer_portal:customer_meters:get",
    "customer_portal:customer_meters:list",
    "customer_portal:customers:get",
    "customer_portal:downloadables:list",
    "customer_portal:license_keys:list",
    "customer_portal:subscriptions:get",
    "customer_portal:subscriptions:list",
];

/// An operation, with this customer's ids.
struct Operation {
    method: Method,
    path: String,
    id: String,
    body: Option<Value>,
}

/// Things that a customer has.
struct World {
    order: String,
    subscription: String,
    card: String,
    setup: String,
    grant: String,
    key: String,
    member: String,
    meter: String,
    /// Order of seats that was paid once, and one of them.
    seats: [String; 2],
    customer: Value,
}

impl World {
    async fn new(t: &Till) -> Self {
        let plan = t.monthly().await;
        let benefit = t.benefit("Help from Zanzibar", "public").await;
        let including = format!("/v1/products/{}/benefits", plan["id"].as_str().unwrap());
        let keys = json!({"type": "license_keys", "description": "Zanzibar keys", "properties": {"prefix": MARK}});
        let keys = t.post("/v1/benefits/", keys).await.created();
        t.post(&including, json!({"benefits": [benefit["id"], keys["id"]]}))
            .await
            .ok();
        let checkout = t.checkout_for(&plan).await;
        let mut paying = buyer("one@zanzibar.example", "pm_card_visa");
        paying["customer_name"] = json!("Zanzibar");
        t.confirm(&checkout, paying).await.ok();
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        let customer = order["customer"].clone();
        t.keep_card(&customer, "pm_card_mastercard").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let own = format!("/v1/customers/{}", text(&customer["id"]));
        t.patch(&own, json!({"type": "team"})).await.ok();
        let member = json!({"email": "two@zanzibar.example"});
        let member = t.post(&format!("{own}/members"), member).await.created();
        let tiers = json!([{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]);
        let by_seat = json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}]);
        let body = json!({"customer_id": customer["id"], "seats": 3});
        let checkout = t.checkout_with(&t.priced(by_seat).await, body).await;
        t.buy(&checkout, "one@zanzibar.example").await;
        let sold = text(&t.orders(&checkout).await.remove(0)["id"]);
        let body = json!({"order_id": sold, "email": "three@zanzibar.example"});
        let seat = t.post("/v1/customer-seats", body).await.ok();
        t.drain().await;
        let viewer = t.viewer_of(&customer).await;
        let cards = viewer
            .items("/v1/customer-portal/customers/me/payment-methods")
            .await;
        let setup = till_store::Query::select::<till_core::kernel::records::Payment>(
            "where purpose = 'setup'",
            vec![],
        );
        let setup: till_core::kernel::records::Payment =
            t.app.store.one(setup).await.unwrap().unwrap();
        t.meter("Calls").await;
        let used = json!({"events": [{"name": "call", "customer_id": customer["id"]}]});
        t.post("/v1/events/ingest", used).await.ok();
        t.drain().await;
        let meter = t.items("/v1/customer-meters/").await.remove(0);
        let granted = format!("/v1/benefit-grants/?benefit_id={}", text(&benefit["id"]));
        Self {
            meter: text(&meter["id"]),
            order: text(&order["id"]),
            subscription: text(&order["subscription_id"]),
            card: text(&cards[0]["id"]),
            setup: setup.reference.unwrap(),
            grant: text(&t.items(&granted).await[0]["id"]),
            key: text(&t.items("/v1/license-keys/").await[0]["id"]),
            member: text(&member["id"]),
            seats: [sold, text(&seat["id"])],
            customer,
        }
    }

    fn path(&self, template: &str) -> String {
        let id = match template.split("/{").next().unwrap() {
            "/v1/customer-portal/orders" => &self.order,
            "/v1/customer-portal/subscriptions" => &self.subscription,
            "/v1/customer-portal/benefit-grants" => &self.grant,
            "/v1/customer-portal/customers/me/payment-methods" => &self.card,
            "/v1/customer-portal/license-keys" => &self.key,
            "/v1/customer-portal/members" => &self.member,
            "/v1/customer-portal/meters" => &self.meter,
            "/v1/customer-portal/seats" if template.contains('{') => {
                return template.replace("{seat_id}", &self.seats[1]);
            }
            "/v1/customer-portal/seats" => return format!("{template}?order_id={}", self.seats[0]),
            _ if template.contains('{') => {
                panic!("{template}: say which id of this world it takes")
            }
            _ => return template.to_owned(),
        };
        template.replace("{id}", id)
    }

    fn body(&self, operation: &str) -> Value {
        match operation.strip_prefix("customer_portal:").unwrap() {
            "benefit-grants:update" => json!({"benefit_type": "custom"}),
            "customers:update" => json!({"default_payment_method_id": self.card}),
            "customers:add_payment_method" => {
                json!({"confirmation_token_id": "pm_card_visa", "set_default": false,
                "return_url": "https://shop.example/"})
            }
            "customers:confirm_payment_method" => {
                json!({"setup_intent_id": self.setup, "set_default": true})
            }
            "customers:request_email_update" => json!({"email": "other@example.com"}),
            "members:add_member" => json!({"email": "other@example.com"}),
            "members:update_member" => json!({"name": "Other"}),
            "orders:update" => json!({"billing_name": "Other"}),
            "orders:confirm_retry_payment" => json!({"payment_method_id": self.card}),
            "subscriptions:update" | "subscriptions:change_preview" => {
                json!({"cancel_at_period_end": true})
            }
            "seats:assign_seat" => {
                json!({"order_id": self.seats[0], "email": "other@example.com"})
            }
            "subscriptions:revoke" => json!({}),
            _ => panic!("{operation}: say in `World::body` with which body it succeeds"),
        }
    }

    fn operations(&self, t: &Till) -> Vec<Operation> {
        let mut found = Vec::new();
        for (template, item) in t.document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation["security"][0]["customer_session"].is_null() {
                    continue;
                }
                let id = operation["operationId"].as_str().unwrap();
                found.push(Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    path: self.path(template),
                    id: id.to_owned(),
                    body: operation["requestBody"].is_object().then(|| self.body(id)),
                });
            }
        }
        assert!(
            found.len() > 20,
            "the walk found {} operations",
            found.len()
        );
        found
    }
}

impl Operation {
    async fn call(&self, t: &Till) -> Answer {
        let sends = [Method::POST, Method::PATCH].contains(&self.method);
        let body = self.body.as_ref().map(ToString::to_string);
        t.send(
            self.method.clone(),
            &self.path,
            body.or(sends.then(String::new)),
        )
        .await
    }

    #[track_caller]
    fn untold(&self, world: &World, answer: &Answer) {
        let text = answer.text().to_lowercase();
        for secret in [
            MARK,
            &world.order,
            &world.subscription,
            &world.card,
            &world.grant,
        ] {
            let said = format!("{} {:?}", self.path, self.body);
            assert!(
                said.contains(secret) || !text.contains(secret),
                "{} tells {secret}: {text}",
                self.path
            );
        }
    }
}

both! {
    async fn without_a_token_of_the_portal_no_operation_tells_or_changes_anything(t: &mut Till) {
        let world = World::new(t).await;
        let expired = t.viewer_of(&world.customer).await;
        t.advance(Duration::from_secs(3_601));
        let deleted = t.customer("deleted@example.com").await;
        let gone = t.viewer_of(&deleted).await;
        t.delete(&format!("/v1/customers/{}", deleted["id"].as_str().unwrap())).await.gone();
        t.see_through().await;
        let before = t.all_rows().await;
        let unknown = t.with_token("polar_cst_ofnobody");
        for operation in world.operations(t) {
            for (caller, error) in [(&t.anonymous(), "Unauthorized"), (&*t, "Unauthorized"), (&unknown, "invalid_token"),
                (&expired, "invalid_token"), (&gone, "invalid_token")] {
                let answer = operation.call(caller).await;
                answer.refused(401, error);
                operation.untold(&world, &answer);
            }
        }
        unchanged("calling without a token", &before, &t.all_rows().await);
    }

    async fn other_customers_find_nothing_and_change_nothing(t: &mut Till) {
        let world = World::new(t).await;
        let eve = t.viewer_of(&t.customer("eve@example.com").await).await;
        let (shop, token) = t.stranger().await;
        let mut other = t.with_token(&token);
        other.organization = shop;
        let mallory = other.viewer_of(&other.customer("mallory@example.com").await).await;
        let before = t.all_rows().await;
        for operation in world.operations(t).iter().filter(|one| !OWN.contains(&one.id.as_str())) {
            for caller in [&eve, &mallory] {
                let answer = operation.call(caller).await;
                operation.untold(&world, &answer);
                let (status, text) = (answer.status.as_u16(), answer.text());
                match operation.method {
                    // Individuals have no members to manage.
                    _ if operation.id.starts_with("customer_portal:members:") => drop(answer.refused(403, "NotPermitted")),
                    _ if operation.path.contains(&world.order) || operation.path.contains(&world.subscription)
                        || operation.path.contains(&world.card) || operation.path.contains(&world.grant)
                        || operation.path.contains(&world.meter) || operation.path.contains(&world.key)
                        || world.seats.iter().any(|id| operation.path.contains(id)) => answer.not_found(),
                    Method::GET if answer.json()["items"].is_array() => {
                        assert_eq!(answer.ok()["items"], json!([]), "{}: {text}", operation.path);
                    }
                    Method::GET => assert_eq!(status, 200, "{}: {text}", operation.path),
                    _ => assert!([403, 422].contains(&status), "{}: {status} {text}", operation.path),
                }
            }
        }
        unchanged("other customers", &before, &t.all_rows().await);
    }

    async fn a_member_without_a_billing_role_sees_and_changes_nothing_that_is_paid(t: &mut Till) {
        let world = World::new(t).await;
        let session = json!({"customer_id": world.customer["id"], "member_id": world.member});
        let session = t.post("/v1/customer-sessions/", session).await.created();
        let member = t.with_token(session["token"].as_str().unwrap());
        let before = t.all_rows().await;
        for operation in world.operations(t) {
            let answer = operation.call(&member).await;
            match FOR_MEMBERS.contains(&operation.id.as_str()) {
                true => {
                    let seen = answer.ok().to_string();
                    for paid in [&world.order, &world.setup] {
                        assert!(!seen.contains(paid), "{} tells {paid}: {seen}", operation.id);
                    }
                }
                // It is the customer's, not theirs.
                false if operation.path.contains(&world.grant) || operation.path.contains(&world.key) => answer.not_found(),
                false => drop(answer.refused(403, "NotPermitted")),
            }
        }
        unchanged("a member", &before, &t.all_rows().await);
    }

    async fn the_same_calls_succeed_for_whom_it_is(t: &mut Till) {
        let world = World::new(t).await;
        let viewer = t.viewer_of(&world.customer).await;
        let invoice = format!("/v1/orders/{}", world.order);
        t.patch(&invoice, json!({"billing_name": "Zanzibar", "billing_address": {"country": "FR"}})).await.ok();
        let mut all = world.operations(t);
        // What is read comes first, but for what has to be made; what ends something comes last.
        all.sort_by_key(|one| (one.method == Method::DELETE, one.id.ends_with(":invoice"), one.method != Method::GET));
        for operation in all {
            let answer = operation.call(&viewer).await;
            t.catch_up().await;
            let refused = match operation.id.as_str() {
                // Those of individuals only, where it is switched on: `portal_email.rs`.
                "customer_portal:customers:request_email_update" => Some((403, "NotPermitted")),
                "customer_portal:orders:confirm_retry_payment" => Some((422, "OrderNotEligibleForRetry")),
                "customer_portal:subscriptions:revoke" => Some((409, "CannotRevokeSubscription")),
                // The change before has cancelled it.
                "customer_portal:subscriptions:change_preview" | "customer_portal:subscriptions:cancel" => {
                    Some((403, "AlreadyCanceledSubscription"))
                }
                _ => None,
            };
            match refused {
                Some((status, error)) if answer.status.as_u16() == status => drop(answer.refused(status, error)),
                _ => assert!(answer.status.is_success(), "{} {}: {} {}", operation.method, operation.path, answer.status, answer.text()),
            }
        }
        t.see_through().await;
    }

    async fn a_card_of_another_customer_pays_nothing(t: &mut Till) {
        let world = World::new(t).await;
        let eve = t.customer("eve@example.com").await;
        let viewer = t.viewer_of(&eve).await;
        let sale = t.sold_with(&eve, &t.monthly().await, |sale| {
            sale.order.status = till_wire::orders::OrderStatus::Pending;
            sale.order.receipt_number = None;
            sale.payment.state = till_core::kernel::records::PaymentState::Failed;
        }).await;
        let before = t.all_rows().await;
        let path = format!("/v1/customer-portal/orders/{}/confirm-payment", sale.order.id);
        let told = viewer.post(&path, json!({"payment_method_id": world.card})).await.invalid();
        assert_eq!(told, crate::pairs(&[("value_error", "body.payment_method_id")]));
        let told = viewer.patch("/v1/customer-portal/customers/me", json!({"default_payment_method_id": world.card})).await.invalid();
        assert_eq!(told, crate::pairs(&[("invalid", "body.default_payment_method_id")]));
        unchanged("another's card", &before, &t.all_rows().await);
    }

    async fn only_billing_roles_see_and_change_what_is_paid(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let token = t.viewer_of(&ada).await.token;
        let mut viewer = viewer_of(&t.app, &token).await.unwrap().unwrap();
        assert_eq!(viewer.role, MemberRole::Owner);
        for (role, may) in [(MemberRole::Owner, true), (MemberRole::BillingManager, true), (MemberRole::Member, false)] {
            viewer.role = role;
            assert_eq!(viewer.billing().is_ok(), may, "{role}");
        }
        assert!(viewer_of(&t.app, "polar_cst_ofnobody").await.unwrap().is_none());
    }
}
