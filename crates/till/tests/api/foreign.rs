//! One of everything in one organization, for tests in which somebody else comes for it.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use till_core::kernel::records::Mail;
use till_server::payments::notices::poll;
use till_store::Query;
use till_testkit::{Answer, Till, buyer, id_in};

/// It stands in every name, address and code of the organization, and nowhere else.
pub const MARK: &str = "zanzibar";

/// The rows of the test's organization.
pub struct World {
    ids: BTreeMap<&'static str, String>,
    file: Value,
    parts: Value,
}

fn text(resource: &Value, key: &str) -> String {
    resource[key].as_str().unwrap().to_owned()
}

/// A text file of five bytes that is going to be uploaded.
fn announced() -> Value {
    let part = json!({"number": 1, "chunk_start": 0, "chunk_end": 5});
    json!({"service": "downloadable", "name": "zanzibar.txt", "mime_type": "text/plain", "size": 5, "upload": {"parts": [part]}})
}

/// The order and the dispute of a purchase that its buyer contests.
async fn disputed(t: &Till, product: &Value) -> (String, String) {
    let body = json!({"products": [product["id"]], "customer_email": "three@zanzibar.example"});
    let checkout = t.checkout(body).await;
    let paying = buyer("three@zanzibar.example", "pm_card_createDispute");
    t.confirm(&checkout, paying).await.ok();
    t.catch_up().await;
    poll(&t.app).await.unwrap();
    t.drain().await;
    let dispute = t.items("/v1/disputes/").await.remove(0);
    (text(&dispute, "order_id"), text(&dispute, "id"))
}

/// Has an order's invoice made.
async fn invoiced(t: &Till, order: &Value) {
    let path = format!("/v1/orders/{}", text(order, "id"));
    let bill = json!({"billing_name": "Zanzibar", "billing_address": {"country": "FR"}});
    t.patch(&path, bill).await.ok();
    let asked = t.post(&format!("{path}/invoice"), json!({})).await;
    assert_eq!(asked.status.as_u16(), 202, "{}", asked.text());
    t.catch_up().await;
}

/// A subscription of which seats are free, a seat to which somebody is invited, and the invitation's token.
async fn seated(t: &Till) -> [String; 3] {
    let tier = json!({"min_seats": 1, "max_seats": null, "price_per_seat": 1000});
    let body = json!({"name": "Zanzibar seats", "recurring_interval": "month",
        "prices": [{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]});
    let product = t.post("/v1/products/", body).await.created();
    let body =
        json!({"products": [product["id"]], "customer_email": "six@zanzibar.example", "seats": 4});
    let checkout = t.checkout(body).await;
    t.buy(&checkout, "six@zanzibar.example").await;
    let order = t.orders(&checkout).await.remove(0);
    let subscription = text(&order, "subscription_id");
    let body = json!({"subscription_id": subscription, "email": "seven@zanzibar.example"});
    let seat = id_in(&t.post("/v1/customer-seats", body).await.ok(), "id");
    let store = &t.app.store;
    let row = store.customer_seat(t.organization.id, seat).await;
    let row = row.unwrap().unwrap();
    let members = store.members_of_seats(std::slice::from_ref(&row)).await;
    let member = members.unwrap().remove(0);
    let token = till_core::seats::invite::token(&row, &member, &t.app.key);
    [subscription, seat.to_string(), token.unwrap()]
}

impl World {
    /// Makes it, through the API.
    pub async fn new(t: &Till) -> Self {
        let make = async |path: &str, body: Value| t.post(path, body).await.created();
        let endpoint = make(
            "/v1/webhooks/endpoints",
            json!({"url": "http://127.0.0.1:9/zanzibar", "format": "raw",
            "name": "Zanzibar", "events": ["product.created", "order.paid"]}),
        )
        .await;
        let benefit = make(
            "/v1/benefits/",
            json!({"type": "custom", "description": "Help from Zanzibar",
            "visibility": "public", "properties": {"note": null}}),
        )
        .await;
        let meter = make(
            "/v1/meters/",
            json!({"name": "Zanzibar calls", "filter": {"conjunction": "and", "clauses": []},
            "aggregation": {"func": "count"}}),
        )
        .await;
        let field = make(
            "/v1/custom-fields/",
            json!({"type": "text", "slug": "zanzibar", "name": "Zanzibar?",
            "properties": {}}),
        )
        .await;
        let product = make(
            "/v1/products/",
            json!({"name": "Zanzibar monthly", "recurring_interval": "month",
            "prices": [{"amount_type": "fixed", "price_amount": 1000}],
            "attached_custom_fields": [{"custom_field_id": field["id"], "required": false}]}),
        )
        .await;
        let free = make(
            "/v1/products/",
            json!({"name": "Zanzibar free", "recurring_interval": "month",
            "prices": [{"amount_type": "free"}]}),
        )
        .await;
        let id = |thing: &Value| text(thing, "id");
        let keys = make(
            "/v1/benefits/",
            json!({"type": "license_keys", "description": "Zanzibar keys",
            "properties": {"prefix": MARK, "activations": {"limit": 100, "enable_customer_admin": true}}}),
        )
        .await;
        let own = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&own, json!({"name": "Zanzibar Trading"}))
            .await
            .ok();
        t.post(
            &format!("/v1/products/{}/benefits", id(&product)),
            json!({"benefits": [benefit["id"], keys["id"]]}),
        )
        .await
        .ok();
        let discount = make(
            "/v1/discounts/",
            json!({"type": "percentage", "name": "Zanzibar launch", "code": "ZANZIBAR",
            "duration": "once", "basis_points": 1000, "products": [product["id"]]}),
        )
        .await;
        let link = make(
            "/v1/checkout-links/",
            json!({"payment_processor": "stripe", "label": "Zanzibar",
            "products": [product["id"]]}),
        )
        .await;
        let customer = make(
            "/v1/customers/",
            json!({"email": "one@zanzibar.example", "external_id": "zanzibar-1"}),
        )
        .await;
        make(
            "/v1/customers/",
            json!({"email": "two@zanzibar.example", "external_id": "zanzibar-2"}),
        )
        .await;
        let team = make(
            "/v1/customers/",
            json!({"type": "team", "email": "team@zanzibar.example", "external_id": "zanzibar-team"}),
        )
        .await;
        let members = format!("/v1/customers/{}/members", id(&team));
        let member = make(&members, json!({"email": "four@zanzibar.example"})).await;
        let known = json!({"email": "five@zanzibar.example", "external_id": "zanzibar-member"});
        make(&members, known).await;
        make(
            "/v1/customer-sessions/",
            json!({"customer_id": customer["id"]}),
        )
        .await;
        let (whole, file) = (
            make("/v1/files/", announced()).await,
            make("/v1/files/", announced()).await,
        );
        let mut completing = Vec::new();
        for made in [&whole, &file] {
            let url = made["upload"]["parts"][0]["url"].as_str().unwrap();
            let request = Request::builder()
                .method(Method::PUT)
                .uri(url.strip_prefix("https://till.test").unwrap());
            let sent = t.raw(request.body(Body::from("hello")).unwrap()).await;
            let part = json!({"number": 1, "checksum_etag": sent.header("etag")});
            completing.push(json!({"id": made["upload"]["id"], "path": made["upload"]["path"], "parts": [part]}));
        }
        let parts = completing.pop().unwrap();
        t.post(
            &format!("/v1/files/{}/uploaded", id(&whole)),
            completing.remove(0),
        )
        .await
        .ok();
        let open = t
            .checkout(json!({"products": [product["id"]], "customer_name": "Zanzibar"}))
            .await;
        let bought = t
            .checkout(json!({"products": [product["id"]], "customer_id": customer["id"]}))
            .await;
        t.buy(&bought, "one@zanzibar.example").await;
        let disputed = disputed(t, &product).await;
        let order = t.orders(&bought).await.remove(0);
        Box::pin(invoiced(t, &order)).await;
        t.featured(|features| features.off_session_charges_enabled = true)
            .await;
        let book = make(
            "/v1/products/",
            json!({"name": "Zanzibar book", "prices": [{"amount_type": "fixed", "price_amount": 1000}]}),
        )
        .await;
        let body = json!({"customer_id": customer["id"], "product_id": book["id"]});
        let draft = id(&make("/v1/orders/", body).await);
        let body = json!({"order_id": order["id"], "reason": "other", "amount": 1});
        let refund = id(&make("/v1/refunds/", body).await);
        let [seats_sold, seat, invited] = Box::pin(seated(t)).await;
        let first = async |path: &str| t.items(path).await.remove(0);
        let delivery = first("/v1/webhooks/deliveries").await;
        let token = till_core::kernel::tokens::create(
            t.organization.id,
            "Zanzibar".to_owned(),
            vec![],
            None,
            &t.app.key,
            &t.app.context(),
        );
        t.app.store.commit(token.2).await.unwrap();
        let people = t.app.store.team(t.organization.id).await.unwrap().unwrap();
        let inviting = &people.people[0].1;
        let (invitation, changes) = till_core::people::team::invite(
            &people,
            inviting,
            "invited@zanzibar.example",
            till_core::kernel::records::Role::Member,
            &t.app.context(),
        )
        .unwrap();
        t.app.store.commit(changes).await.unwrap();
        let to_customers = "where customer_id is not null order by created_at, id limit 1";
        let letter: Option<Mail> = t
            .app
            .store
            .one(Query::select::<Mail>(to_customers, vec![]))
            .await
            .unwrap();
        let used = json!({"events": [{"name": "zanzibar", "customer_id": customer["id"], "external_id": "zanzibar"}]});
        t.post("/v1/events/ingest", used).await.ok();
        t.catch_up().await;
        let key = t.items("/v1/license-keys/").await.remove(0);
        let mut activations = Vec::new();
        for _ in 0..2 {
            let body = json!({"key": key["key"], "organization_id": t.organization.id, "label": "Zanzibar"});
            let made = t.post("/v1/license-keys/activate", body).await.ok();
            activations.push(id(&made));
        }
        let ids = BTreeMap::from([
            ("license-keys", id(&key)),
            ("license key", text(&key, "key")),
            ("activations", activations.remove(0)),
            ("public activations", activations.remove(0)),
            (
                "events",
                id(&t.items("/v1/events/?source=user").await.remove(0)),
            ),
            (
                "event-types",
                id(&t.items("/v1/event-types/?source=user").await.remove(0)),
            ),
            (
                "customer-meters",
                id(&t.items("/v1/customer-meters/").await.remove(0)),
            ),
            ("organizations", t.organization.id.to_string()),
            ("benefits", id(&benefit)),
            ("meters", id(&meter)),
            ("custom-fields", id(&field)),
            ("products", id(&product)),
            ("free products", id(&free)),
            ("discounts", id(&discount)),
            ("checkout-links", id(&link)),
            ("customers", id(&customer)),
            ("teams", id(&team)),
            ("members", id(&member)),
            ("external members", "zanzibar-member".to_owned()),
            ("external customers", "zanzibar-2".to_owned()),
            ("seats sold", seats_sold),
            ("seats", seat),
            ("invitations to seats", invited),
            ("files", id(&whole)),
            ("checkouts", id(&open)),
            ("bought", id(&bought)),
            ("orders", id(&order)),
            ("payments", id(&t.payments(&bought).await.remove(0))),
            ("subscriptions", text(&order, "subscription_id")),
            ("drafts", draft),
            ("books", id(&book)),
            ("disputed order", disputed.0),
            ("disputes", disputed.1),
            ("mails", letter.unwrap().id.to_string()),
            ("refunds", refund),
            ("webhooks/endpoints", id(&endpoint)),
            ("webhooks/events", id(&delivery["webhook_event"])),
            ("webhooks/deliveries", id(&delivery)),
            ("tokens", token.0.id.to_string()),
            ("team", people.people[0].0.id.to_string()),
            ("invitations", invitation.id.to_string()),
            ("client secret", text(&open, "client_secret")),
            ("link secret", text(&link, "client_secret")),
        ]);
        Self { ids, file, parts }
    }

    /// The id of one of its things.
    #[track_caller]
    pub fn id(&self, kind: &str) -> &str {
        let known = self.ids.get(kind);
        known.unwrap_or_else(|| {
            panic!("there is none of {kind} in this world yet: make one in `World::new`")
        })
    }

    /// An operation's path with this organization's ids in it.
    #[track_caller]
    pub fn path(&self, template: &str) -> String {
        if template == "/v1/files/{id}/uploaded" {
            return format!("/v1/files/{}/uploaded", self.file["id"].as_str().unwrap());
        }
        if template == "/v1/customer-portal/organizations/{slug}" {
            return template.replace("{slug}", "ada");
        }
        if template == "/v1/meters/{id}/quantities" {
            let path = template.replace("{id}", self.id("meters"));
            return format!(
                "{path}?start_timestamp=2026-11-21T00:00:00Z&end_timestamp=2026-11-22T00:00:00Z&interval=day"
            );
        }
        if template == "/v1/orders/{id}/finalize" {
            return template.replace("{id}", self.id("drafts"));
        }
        if template == "/v1/license-keys/{id}/activations/{activation_id}" {
            return template
                .replace("{id}", self.id("license-keys"))
                .replace("{activation_id}", self.id("activations"));
        }
        let mut parts = template["/v1/".len()..].split("/{");
        let kind = parts.next().unwrap();
        let Some((name, rest)) = parts.next().and_then(|rest| rest.split_once('}')) else {
            return template.to_owned();
        };
        if template.starts_with("/v1/customers/") && template.contains("/members") {
            let (team, members) = (self.id("teams"), ["members", "external members"]);
            return template
                .replace("{id}", team)
                .replace("{external_id}", "zanzibar-team")
                .replace("{member_id}", self.id(members[0]))
                .replace("{member_external_id}", self.id(members[1]));
        }
        let kind = match (kind, name) {
            ("customers/external", "external_id") => "external customers",
            ("checkouts/client", "client_secret") => "client secret",
            ("checkout-links", "client_secret") => "link secret",
            ("customer-seats", "seat_id") => "seats",
            ("customer-seats/claim", "invitation_token") => "invitations to seats",
            (kind, "id") => kind,
            _ => panic!("{template}: say which id of this world stands for {{{name}}}"),
        };
        template.replace(
            &format!("{{{name}}}{rest}"),
            &format!("{}{rest}", self.id(kind)),
        )
    }

    /// A body with which the operation succeeds.
    #[track_caller]
    pub fn body(&self, operation: &str) -> Value {
        let id = |kind: &str| self.id(kind);
        match operation {
            "benefits:create" | "benefits:update" => {
                json!({"type": "custom", "description": "Other", "properties": {"note": null}})
            }
            "checkout-links:create" => {
                json!({"payment_processor": "stripe", "products": [id("products")]})
            }
            "checkout-links:update" => json!({"label": "Other"}),
            "checkouts:create" => json!({"products": [id("products")]}),
            "checkouts:update" | "checkouts:client_update" => json!({"customer_name": "Other"}),
            "checkouts:client_confirm" => json!({"customer_email": "other@example.com",
                "customer_billing_address": {"country": "FR"}, "confirmation_token_id": "pm_card_visa"}),
            "checkouts:client_opened" => json!({}),
            "custom-fields:create" => {
                json!({"type": "text", "slug": "other", "name": "Other", "properties": {}})
            }
            "custom-fields:update" => json!({"type": "text", "name": "Other"}),
            "customer-seats:assign_seat" => {
                json!({"subscription_id": id("seats sold"), "email": "other@example.com"})
            }
            "customer-seats:claim_seat" => {
                json!({"invitation_token": id("invitations to seats")})
            }
            "customer-sessions:create" => json!({"customer_id": id("customers")}),
            "customers:create" => json!({"email": "other@example.com"}),
            "customers:update"
            | "customers:update_external"
            | "organizations:update"
            | "products:update"
            | "meters:update"
            | "webhooks:update_webhook_endpoint" => json!({"name": "Other"}),
            "customers:members:create" | "customers:members:create_external" => {
                json!({"email": "other@example.com"})
            }
            "customers:members:update" | "customers:members:update_external" => {
                json!({"name": "Other"})
            }
            "discounts:create" => json!({"type": "percentage", "name": "Other", "duration": "once",
                "basis_points": 1000, "products": [id("products")]}),
            "discounts:update" => json!({"name": "Other"}),
            "event-types:update" => json!({"label": "Other"}),
            "events:ingest" => {
                json!({"events": [{"name": "other", "customer_id": id("customers")}]})
            }
            "files:create" => announced(),
            "files:update" => json!({"name": "other.txt"}),
            "files:uploaded" => self.parts.clone(),
            "license_keys:update" => json!({"usage": 1}),
            "license_keys:validate"
            | "customer_portal:license_keys:validate"
            | "license_keys:activate"
            | "customer_portal:license_keys:activate"
            | "license_keys:deactivate"
            | "customer_portal:license_keys:deactivate" => {
                let mut body =
                    json!({"key": id("license key"), "organization_id": id("organizations")});
                let more = match operation {
                    "license_keys:deactivate" => ("activation_id", id("activations")),
                    "customer_portal:license_keys:deactivate" => {
                        ("activation_id", id("public activations"))
                    }
                    _ => ("label", "Other"),
                };
                body[more.0] = json!(more.1);
                body
            }
            "meters:create" => {
                json!({"name": "Other", "filter": {"conjunction": "and", "clauses": []},
                "aggregation": {"func": "count"}})
            }
            "products:create" => {
                json!({"name": "Other", "prices": [{"amount_type": "fixed", "price_amount": 1000}],
                "attached_custom_fields": [{"custom_field_id": id("custom-fields"), "required": false}]})
            }
            "orders:create" => {
                json!({"customer_id": id("customers"), "product_id": id("books")})
            }
            "orders:finalize" => json!({}),
            "orders:update" => json!({"billing_name": "Other"}),
            "products:update_benefits" => json!({"benefits": [id("benefits")]}),
            "refunds:create" => {
                json!({"order_id": id("orders"), "reason": "other", "amount": 1})
            }
            "subscriptions:create" => {
                json!({"product_id": id("free products"), "customer_id": id("customers")})
            }
            "subscriptions:update" => json!({"metadata": {"other": true}}),
            "subscriptions:change_preview" => json!({"cancel_at_period_end": true}),
            "sandbox:move_clock" => json!({"advance": {"hours": 1}}),
            "sandbox:create_confirmation_token" => {
                json!({"number": "4242424242424242", "exp_month": 12,
                "exp_year": 2030, "cvc": "123"})
            }
            "webhooks:create_webhook_endpoint" => {
                json!({"url": "http://127.0.0.1:9/other", "format": "raw", "events": []})
            }
            _ => panic!("{operation}: say in `World::body` with which body it succeeds"),
        }
    }

    /// Which of the organization's ids a query parameter asks for.
    #[track_caller]
    pub fn asked(&self, resource: &str, parameter: &str) -> &str {
        self.id(match parameter {
            "organization_id" => "organizations",
            "id" | "ids" | "exclude_id" => resource,
            "product_id" => "products",
            "customer_id" => "customers",
            "external_customer_id" => "external customers",
            "discount_id" => "discounts",
            "checkout_id" => "bought",
            "subscription_id" => "subscriptions",
            "order_id" => "orders",
            "benefit_id" => "benefits",
            "member_id" => "members",
            "endpoint_id" => "webhooks/endpoints",
            "meter_id" => "meters",
            "parent_id" => "events",
            _ => panic!("{resource}: say in `World::asked` which id of this world the parameter {parameter} asks for"),
        })
    }

    /// Panics where an answer tells anything of this world that the request did not say itself.
    #[track_caller]
    pub fn untold(&self, request: &str, answer: &Answer) {
        let (request, text) = (request.to_lowercase(), answer.text().to_lowercase());
        let told = answer
            .headers
            .values()
            .filter_map(|value| value.to_str().ok());
        let heads: String = told.collect::<Vec<_>>().join("\n").to_lowercase();
        for secret in self.ids.values().map(|id| id.to_lowercase()) {
            if !request.contains(&secret) {
                assert!(
                    !text.contains(&secret) && !heads.contains(&secret),
                    "{request} tells {secret}: {text}"
                );
            }
        }
        for mark in [MARK, "ada@example.com"] {
            assert!(
                request.contains(mark) || !text.contains(mark),
                "{request} tells of {mark}: {text}"
            );
        }
    }
}

/// Panics with what differs between two looks at all that is kept.
#[track_caller]
pub fn unchanged(
    what: &str,
    before: &BTreeMap<String, Vec<String>>,
    after: &BTreeMap<String, Vec<String>>,
) {
    for (table, rows) in after {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) =
            (before[table].iter().collect(), rows.iter().collect());
        let (gone, came): (Vec<_>, Vec<_>) = (
            old.difference(&new).collect(),
            new.difference(&old).collect(),
        );
        assert!(
            gone.is_empty() && came.is_empty(),
            "{what} changed {table}:\n- {gone:#?}\n+ {came:#?}"
        );
        assert_eq!(before[table].len(), rows.len(), "{what} changed {table}");
    }
}
