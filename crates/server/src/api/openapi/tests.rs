//! The document's words and examples.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use till_wire::{
    benefits::{BenefitCreate, BenefitUpdate},
    checkout_links::{CheckoutLinkCreate, CheckoutLinkUpdate},
    checkouts::{CheckoutCreate, CheckoutUpdate, Writer},
    clocks::ClockMove,
    custom_fields::{CustomFieldCreate, CustomFieldUpdate},
    customers::{CustomerCreate, CustomerSessionCreate, CustomerUpdate},
    discounts::{DiscountCreate, DiscountUpdate},
    files::{FileCreate, FilePatch, FileUploadCompleted},
    grants::CustomerBenefitGrantUpdate,
    input::{Context, Problem},
    license_keys::{
        LicenseKeyActivate, LicenseKeyDeactivate, LicenseKeyUpdate, LicenseKeyValidate,
    },
    members::{MemberCreate, MemberUpdate, PortalMemberCreate, PortalMemberUpdate},
    meters::{MeterCreate, MeterUpdate},
    orders::{OrderCreate, OrderFinalize, OrderUpdate},
    organizations::OrganizationUpdate,
    portal::{
        CustomerOrderConfirmPayment, CustomerPaymentMethodConfirm, CustomerPaymentMethodCreate,
        CustomerPortalCustomerUpdate, CustomerSubscriptionRevoke, CustomerSubscriptionUpdate,
    },
    portal_sign_in::{
        CustomerEmailUpdateRequest, CustomerEmailUpdateVerifyRequest,
        CustomerSessionCodeAuthenticateRequest, CustomerSessionCodeRequest,
    },
    products::{ProductBenefitsUpdate, ProductCreate, ProductUpdate},
    refunds::RefundCreate,
    seats::{CustomerSeatAssign, SeatAssign, SeatClaim},
    subscriptions::{SubscriptionCreate, SubscriptionUpdate},
    usage::{EventTypeUpdate, EventsIngest},
    webhooks::{EndpointCreate, EndpointUpdate},
};

use super::document;
use crate::api::{checkouts, sandbox};

/// Openings that say nothing.
const OPENINGS: [&str; 11] = [
    "Successful Response",
    "Validation Error",
    "A page.",
    "Free data",
    "It is ",
    "Its ",
    "Minor units",
    "Null.",
    "Such as ",
    "The id",
    "The object",
];

/// Phrases that mean something only to those who wrote them.
const PHRASES: [&str; 2] = ["docs/", "TODO"];

/// The fault of a description, if it has one.
fn wrong(words: &Value) -> Option<String> {
    let words = words.as_str().unwrap_or_default().trim();
    let count = words.split_whitespace().count();
    let is_empty = OPENINGS.iter().any(|opening| words.starts_with(opening))
        || PHRASES.iter().any(|phrase| words.contains(phrase))
        // A word alone repeats the name of the field.
        || count < 2
        || count < 4 && ["A ", "An ", "The "].iter().any(|article| words.starts_with(article));
    is_empty.then(|| format!("says nothing: {words:?}"))
}

/// Judges every description of a document.
#[derive(Default)]
struct Walk {
    problems: Vec<String>,
    judged: usize,
}

impl Walk {
    fn judge(&mut self, place: &str, words: &Value) {
        self.judged += 1;
        if let Some(wrong) = wrong(words) {
            self.problems.push(format!("{place}: {wrong}"));
        }
    }

    /// The properties of a schema, and of all that stands in it; what it refers to is judged where that stands.
    fn schema(&mut self, place: &str, schema: &Value) {
        if !schema.is_object() {
            return;
        }
        for (name, property) in entries(&schema["properties"]) {
            let place = format!("{place}.{name}");
            self.judge(&place, &property["description"]);
            self.schema(&place, property);
        }
        for key in ["items", "additionalProperties"] {
            self.schema(&format!("{place}/{key}"), &schema[key]);
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            for (i, part) in schema[key].as_array().into_iter().flatten().enumerate() {
                self.schema(&format!("{place}/{key}{i}"), part);
            }
        }
    }

    fn operation(&mut self, place: &str, operation: &Value) {
        self.judge(&format!("{place} summary"), &operation["summary"]);
        self.judge(place, &operation["description"]);
        if operation["summary"]
            .as_str()
            .is_some_and(|summary| summary.ends_with('.'))
        {
            self.problems.push(format!(
                "{place}: a summary is a title, without a full stop"
            ));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let place = format!("{place} ?{}", parameter["name"]);
            self.judge(&place, &parameter["description"]);
            self.schema(&place, &parameter["schema"]);
        }
        let body = &operation["requestBody"];
        if !body.is_null() {
            self.judge(&format!("{place} body"), &body["description"]);
            self.contents(&format!("{place} body"), body);
        }
        for (status, answer) in entries(&operation["responses"]) {
            let place = format!("{place} {status}");
            self.judge(&place, &answer["description"]);
            self.contents(&place, answer);
        }
    }

    fn contents(&mut self, place: &str, holder: &Value) {
        for (_, content) in entries(&holder["content"]) {
            self.schema(place, &content["schema"]);
        }
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    entries(&document["paths"]).flat_map(|(path, item)| {
        entries(item).map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn everything_in_the_document_has_words_of_its_own() {
    let document = serde_json::to_value(document()).unwrap();
    let mut walk = Walk::default();
    walk.judge("info", &document["info"]["description"]);
    let schemes = entries(&document["components"]["securitySchemes"]);
    for (name, scheme) in schemes {
        walk.judge(name, &scheme["description"]);
    }
    for (name, schema) in entries(&document["components"]["schemas"]) {
        walk.judge(name, &schema["description"]);
        walk.schema(name, schema);
    }
    let tags = document["tags"].as_array().unwrap();
    for tag in tags {
        walk.judge(tag["name"].as_str().unwrap(), &tag["description"]);
    }
    for (place, operation) in operations(&document) {
        walk.operation(&place, operation);
        let tag = &operation["tags"][0];
        if !tags.iter().any(|known| known["name"] == *tag) {
            walk.problems
                .push(format!("{place}: nothing says what the tag {tag} is"));
        }
    }
    assert!(walk.judged > 2000, "{}", walk.judged);
    assert!(walk.problems.is_empty(), "{}", walk.problems.join("\n"));
}

#[test]
fn fillers_are_told() {
    for bad in [
        "",
        " ",
        "Name",
        "Its organization.",
        "The order.",
        "See docs/behaviour/api.md.",
    ] {
        assert!(wrong(&Value::from(bad)).is_some(), "{bad:?}");
    }
    assert_eq!(wrong(&Value::from("Name of the product.")), None);
    assert!(wrong(&Value::Null).is_some());
}

/// Reads a body as its operation does; `None` where no operation of this id takes one.
fn read(id: &str, body: &Value) -> Option<Result<(), Vec<Problem>>> {
    let mut context = Context::new("body");
    let cx = &mut context;
    let read = match id {
        "benefits:create" => BenefitCreate::read(body, cx).is_some(),
        "benefits:update" => BenefitUpdate::read(body, cx).is_some(),
        "checkout-links:create" => CheckoutLinkCreate::read(body, cx).is_some(),
        "checkout-links:update" => CheckoutLinkUpdate::read(body, cx).is_some(),
        "checkouts:client_confirm" | "checkouts:client_update" => {
            let read = cx.object(body, |f| CheckoutUpdate::read(Writer::Client, f));
            read.is_some()
        }
        "checkouts:client_opened" => cx.object(body, checkouts::visitor).is_some(),
        "checkouts:create" => CheckoutCreate::read(body, cx).is_some(),
        "checkouts:update" => {
            let read = cx.object(body, |f| CheckoutUpdate::read(Writer::Merchant, f));
            read.is_some()
        }
        "custom-fields:create" => CustomFieldCreate::read(body, cx).is_some(),
        "custom-fields:update" => CustomFieldUpdate::read(body, cx).is_some(),
        "customer-sessions:create" => CustomerSessionCreate::read(body, cx).is_some(),
        "customer_portal:benefit-grants:update" => {
            CustomerBenefitGrantUpdate::read(body, cx).is_some()
        }
        "customer_portal:customers:add_payment_method" => {
            CustomerPaymentMethodCreate::read(body, cx).is_some()
        }
        "customer_portal:customers:confirm_payment_method" => {
            CustomerPaymentMethodConfirm::read(body, cx).is_some()
        }
        "customer_portal:customer-session:authenticate" => {
            CustomerSessionCodeAuthenticateRequest::read(body, cx).is_some()
        }
        "customer_portal:customer-session:request" => {
            CustomerSessionCodeRequest::read(body, cx).is_some()
        }
        "customer_portal:customers:request_email_update" => {
            CustomerEmailUpdateRequest::read(body, cx).is_some()
        }
        "customer_portal:customers:verify_email_update" => {
            CustomerEmailUpdateVerifyRequest::read(body, cx).is_some()
        }
        "customer_portal:customers:update" => {
            CustomerPortalCustomerUpdate::read(body, cx).is_some()
        }
        "customer_portal:orders:confirm_retry_payment" => {
            CustomerOrderConfirmPayment::read(body, cx).is_some()
        }
        "customer_portal:orders:update" => OrderUpdate::read(body, cx).is_some(),
        "customer_portal:subscriptions:change_preview" | "customer_portal:subscriptions:update" => {
            CustomerSubscriptionUpdate::read(body, cx, Timestamp::UNIX_EPOCH).is_some()
        }
        "customer_portal:subscriptions:revoke" => {
            CustomerSubscriptionRevoke::read(body, cx).is_some()
        }
        "customers:create" => CustomerCreate::read(body, cx).is_some(),
        "customers:update" | "customers:update_external" => {
            CustomerUpdate::read(body, cx).is_some()
        }
        "customers:members:create" | "customers:members:create_external" => {
            MemberCreate::read(body, cx).is_some()
        }
        "customers:members:update" | "customers:members:update_external" => {
            MemberUpdate::read(body, cx).is_some()
        }
        "customer_portal:members:add_member" => PortalMemberCreate::read(body, cx).is_some(),
        "customer-seats:assign_seat" => SeatAssign::read(body, cx).is_some(),
        "customer-seats:claim_seat" => SeatClaim::read(body, cx).is_some(),
        "customer_portal:seats:assign_seat" => CustomerSeatAssign::read(body, cx).is_some(),
        "customer_portal:members:update_member" => PortalMemberUpdate::read(body, cx).is_some(),
        "discounts:create" => DiscountCreate::read(body, cx).is_some(),
        "discounts:update" => DiscountUpdate::read(body, cx).is_some(),
        "event-types:update" => EventTypeUpdate::read(body, cx).is_some(),
        "events:ingest" => EventsIngest::read(body, cx).is_some(),
        "files:create" => FileCreate::read(body, cx).is_some(),
        "files:update" => FilePatch::read(body, cx).is_some(),
        "files:uploaded" => FileUploadCompleted::read(body, cx).is_some(),
        "license_keys:update" => LicenseKeyUpdate::read(body, cx).is_some(),
        "license_keys:validate" | "customer_portal:license_keys:validate" => {
            LicenseKeyValidate::read(body, cx).is_some()
        }
        "license_keys:activate" | "customer_portal:license_keys:activate" => {
            LicenseKeyActivate::read(body, cx).is_some()
        }
        "license_keys:deactivate" | "customer_portal:license_keys:deactivate" => {
            LicenseKeyDeactivate::read(body, cx).is_some()
        }
        "meters:create" => MeterCreate::read(body, cx).is_some(),
        "meters:update" => MeterUpdate::read(body, cx).is_some(),
        "orders:create" => OrderCreate::read(body, cx).is_some(),
        "orders:finalize" => OrderFinalize::read(body, cx).is_some(),
        "orders:update" => OrderUpdate::read(body, cx).is_some(),
        "organizations:update" => OrganizationUpdate::read(body, cx).is_some(),
        "products:create" => ProductCreate::read(body, cx).is_some(),
        "products:update" => ProductUpdate::read(body, cx).is_some(),
        "products:update_benefits" => ProductBenefitsUpdate::read(body, cx).is_some(),
        "refunds:create" => RefundCreate::read(body, cx).is_some(),
        "sandbox:create_confirmation_token" => cx.object(body, sandbox::card).is_some(),
        "subscriptions:create" => SubscriptionCreate::read(body, cx).is_some(),
        "subscriptions:change_preview" | "subscriptions:update" => {
            SubscriptionUpdate::read(body, cx, Timestamp::UNIX_EPOCH).is_some()
        }
        "sandbox:move_clock" => ClockMove::read(body, cx).is_some(),
        "webhooks:create_webhook_endpoint" => EndpointCreate::read(body, cx).is_some(),
        "webhooks:update_webhook_endpoint" => EndpointUpdate::read(body, cx).is_some(),
        _ => return None,
    };
    Some(match read && context.problems.is_empty() {
        true => Ok(()),
        false => Err(context.problems),
    })
}

/// The first difference between a value and its schema in the document.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let whole = json!({"allOf": [schema], "components": document["components"]});
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    validator.validate(value).map_err(|error| error.to_string())
}

#[test]
fn every_body_has_an_example_that_its_operation_takes() {
    let document = serde_json::to_value(document()).unwrap();
    let mut tried = 0;
    for (place, operation) in operations(&document) {
        let content = &operation["requestBody"]["content"]["application/json"];
        if content.is_null() {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let example = &content["example"];
        assert!(example.is_object(), "{place} has no example");
        let known: Vec<&String> = entries(example).map(|(key, _)| key).collect();
        let read = read(id, example).unwrap_or_else(|| panic!("{id}: which reader?"));
        assert_eq!(read, Ok(()), "{place} refuses its example");
        assert_eq!(
            fits(&document, &content["schema"], example),
            Ok(()),
            "{place}"
        );
        let told = names(&document, &content["schema"]);
        assert!(
            known.iter().all(|key| told.contains(*key)),
            "{place}: {known:?}"
        );
        // The reference puts it between single quotes.
        assert!(!example.to_string().contains('\''), "{place}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

/// The names of all properties that a body of this schema may have.
fn names(document: &Value, schema: &Value) -> BTreeSet<String> {
    let referred = schema["$ref"]
        .as_str()
        .and_then(|place| document.pointer(&place[1..]));
    let schema = referred.unwrap_or(schema);
    let shapes = schema["oneOf"].as_array().into_iter().flatten();
    let own = entries(&schema["properties"]).map(|(name, _)| name.clone());
    own.chain(shapes.flat_map(|shape| names(document, shape)))
        .collect()
}

#[test]
fn every_answer_has_an_example_that_fits_it() {
    let document = serde_json::to_value(document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (name, schema) in entries(schemas) {
        for example in schema["examples"].as_array().into_iter().flatten() {
            assert_eq!(fits(&document, schema, example), Ok(()), "{name}");
        }
    }
    for (place, operation) in operations(&document) {
        for (status, answer) in entries(&operation["responses"]) {
            let schema = &answer["content"]["application/json"]["schema"]["$ref"];
            let Some(name) = schema.as_str().and_then(|named| named.rsplit('/').next()) else {
                continue;
            };
            let name = name.strip_prefix("Page_").unwrap_or(name);
            assert!(
                schemas[name]["examples"][0].is_object(),
                "{place} {status}: {name}"
            );
        }
    }
}

#[test]
fn every_parameter_of_a_path_has_an_example() {
    let document = serde_json::to_value(document()).unwrap();
    for (place, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "path" {
                let example = &parameter["example"];
                assert!(example.is_string(), "{place} {}", parameter["name"]);
                assert_eq!(
                    fits(&document, &parameter["schema"], example),
                    Ok(()),
                    "{place}"
                );
            }
        }
    }
}
