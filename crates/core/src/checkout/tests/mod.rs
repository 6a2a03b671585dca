//! The rules of a session's life, one test per rule; `S-..` are the scenarios of the specification.

mod confirming;
mod identity;
mod lives;
mod opening;
mod paying;
mod selling;
mod terms;
mod updating;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as JsonValue, json};
use till_wire::{
    checkouts::{CheckoutCreate, CheckoutUpdate, Writer},
    events::EventType,
    input::Context,
    money::Currency,
    organizations::{OrganizationStatus, Settings, TaxBehaviorOption},
    products::Visibility,
    values::Interval,
    webhooks::WebhookFormat,
};
use uuid::Uuid;

use super::{
    CheckoutContext, Session,
    confirm::{Confirmed, KnownBuyer, confirm},
    open::open,
    outcome::{RecordedOutcome, record_outcome},
    update::{self, Known},
};
use crate::checkout::open::{Loaded, Origin};
use crate::{
    catalog::products::ProductWithPrices,
    customers,
    kernel::{
        changes::{Changes, Write},
        context::DecisionContext,
        events::Subscribers,
        jobs::JobKind,
        records::{
            Customer, Organization, Payment, PriceKind, Product, ProductPrice, WebhookEndpoint,
        },
        refusal::Refusal,
        tokens::SecretKey,
        urls::PublicUrls,
        values::{Json, Value},
        writes::{JobWrite, NamedWrite},
    },
    payments::{
        outcome::Outcome,
        samples::{failed, succeeded},
    },
    tax::NoTaxes,
};

/// Noon of 2026-01-31, plus minutes.
pub(crate) fn at(minutes: i64) -> DecisionContext {
    let start: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    let mut seed = [3; 32];
    seed[..8].copy_from_slice(&minutes.to_le_bytes());
    DecisionContext::new(start + SignedDuration::from_mins(minutes), seed)
}

pub(crate) fn id(n: u128) -> Uuid {
    uuid::Builder::from_random_bytes(n.to_be_bytes()).into_uuid()
}

fn euro() -> Currency {
    "eur".parse().unwrap()
}

pub(crate) fn organization() -> Organization {
    Organization {
        id: id(1),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        name: "Ada's Shop".into(),
        slug: "ada-s-shop".into(),
        email: None,
        website: None,
        avatar_url: None,
        country: None,
        status: OrganizationStatus::Active,
        default_currency: Currency::USD,
        default_tax_behavior: TaxBehaviorOption::Location,
        settings: Json(Settings::default()),
        details_submitted_at: None,
        clock_offset_seconds: 0,
        clock_target_at: None,
    }
}

fn product(n: u128, interval: Option<Interval>) -> Product {
    Product {
        id: id(n),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        name: format!("Product {n}"),
        description: None,
        visibility: Visibility::Public,
        recurring_interval: interval,
        recurring_interval_count: interval.map(|_| 1),
        is_archived: false,
        metadata: Json::default(),
        trial_interval: None,
        trial_interval_count: None,
        meter_interval: None,
        meter_interval_count: None,
        benefit_ids: Json::default(),
        media_ids: Json::default(),
        custom_fields: Json::default(),
    }
}

fn fixed(product_id: Uuid, n: u128, currency: Currency, amount: i64) -> ProductPrice {
    ProductPrice {
        id: id(n),
        created_at: at(0).now,
        modified_at: None,
        organization_id: id(1),
        product_id,
        position: n as i64,
        currency,
        amount_type: PriceKind::Fixed,
        price_amount: Some(amount),
        minimum_amount: None,
        maximum_amount: None,
        preset_amount: None,
        tax_behavior: None,
        is_archived: false,
        seat_tiers: None,
        meter_id: None,
        unit_amount: None,
        cap_amount: None,
        checkout_id: None,
    }
}

pub(crate) fn monthly(amount: i64) -> ProductWithPrices {
    let product = product(100, Some(Interval::Month));
    let price = fixed(product.id, 101, Currency::USD, amount);
    ProductWithPrices::new(product, vec![price])
}

fn one_time(amount: i64) -> ProductWithPrices {
    let product = product(200, None);
    let price = fixed(product.id, 201, Currency::USD, amount);
    ProductWithPrices::new(product, vec![price])
}

fn custom(minimum: i64, maximum: Option<i64>, preset: Option<i64>) -> ProductWithPrices {
    let product = product(300, None);
    let price = ProductPrice {
        amount_type: PriceKind::Custom,
        price_amount: None,
        minimum_amount: Some(minimum),
        maximum_amount: maximum,
        preset_amount: preset,
        ..fixed(product.id, 301, Currency::USD, 0)
    };
    ProductWithPrices::new(product, vec![price])
}

/// The product with a second price of the same amount in euros.
fn in_euros(mut offered: ProductWithPrices) -> ProductWithPrices {
    let (product_id, amount) = (offered.product.id, offered.prices[0].price_amount);
    let price = fixed(product_id, 900, euro(), amount.unwrap_or(0));
    offered.prices.push(price);
    offered
}

/// The product with its price archived and another one in its place.
fn repriced(mut offered: ProductWithPrices, amount: i64) -> ProductWithPrices {
    offered.prices[0].is_archived = true;
    let product_id = offered.product.id;
    offered
        .prices
        .push(fixed(product_id, 901, Currency::USD, amount));
    offered
}

pub(crate) fn customer(n: u128, email: &str, external_id: Option<&str>) -> Customer {
    Customer {
        id: id(n),
        ..customers::blank(id(1), email, external_id.map(Into::into), &at(0))
    }
}

/// One endpoint that hears everything.
pub(crate) fn subscribers() -> Subscribers {
    Subscribers {
        organization_id: id(1),
        endpoints: vec![WebhookEndpoint {
            id: id(2),
            created_at: at(0).now,
            modified_at: None,
            version: 1,
            organization_id: id(1),
            url: "https://shop.example/hook".into(),
            name: None,
            format: WebhookFormat::Raw,
            secret: "whsec_x".into(),
            events: Json(EventType::ALL.to_vec()),
            enabled: true,
            deleted_at: None,
        }],
    }
}

fn urls() -> PublicUrls {
    PublicUrls {
        public_url: "https://till.example".into(),
        publishable_key: "pk_test".into(),
    }
}

fn loaded(offered: Vec<ProductWithPrices>) -> Loaded {
    Loaded {
        organization: organization(),
        offered,
        customer: None,
        subscription: None,
        subscription_prices: Vec::new(),
        ip_country: None,
        discount: None,
        meters: Vec::new(),
        subscribers: subscribers(),
    }
}

fn create(body: JsonValue) -> CheckoutCreate {
    let mut cx = Context::new("body");
    let read = CheckoutCreate::read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    read.unwrap()
}

/// Opens a session of these products with more of a body.
fn try_open(loaded: Loaded, extra: JsonValue) -> Result<Session, Refusal> {
    let ids: Vec<_> = loaded.offered.iter().map(|o| o.product.id).collect();
    let mut body = json!({ "products": ids });
    body.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    opened(create(body), loaded).map(|(session, _)| session)
}

fn session(offered: Vec<ProductWithPrices>, extra: JsonValue) -> Session {
    try_open(loaded(offered), extra).unwrap()
}

fn input(writer: Writer, body: &JsonValue) -> CheckoutUpdate {
    let mut cx = Context::new("body");
    let read = cx.object(body, |f| CheckoutUpdate::read(writer, f));
    assert_eq!(cx.problems, [], "{body}");
    read.unwrap()
}

fn try_update(session: &Session, body: JsonValue) -> Result<Session, Refusal> {
    changed(session, &input(Writer::Merchant, &body), &Known::default())
}

/// Opens a session where no tax is collected.
fn opened(input: CheckoutCreate, loaded: Loaded) -> Result<(Session, Changes), Refusal> {
    open(input, loaded, Origin::default(), &urls(), &NoTaxes, &at(0))
}

/// The session with a change.
fn changed(session: &Session, input: &CheckoutUpdate, known: &Known) -> Result<Session, Refusal> {
    let (subscribers, urls, key) = (subscribers(), urls(), SecretKey::new(*b"key"));
    let context = CheckoutContext {
        subscribers: &subscribers,
        urls: &urls,
        key: &key,
        taxes: &NoTaxes,
        ctx: &at(1),
    };
    update::update(session, input, Writer::Client, known, context).map(|(new, _)| new)
}

fn updated(session: &Session, body: JsonValue) -> Session {
    try_update(session, body).unwrap()
}

fn try_confirm(
    session: &Session,
    body: JsonValue,
    buyer: &KnownBuyer,
) -> Result<Confirmed, Refusal> {
    let (subscribers, urls, key) = (subscribers(), urls(), SecretKey::new(*b"key"));
    let context = CheckoutContext {
        subscribers: &subscribers,
        urls: &urls,
        key: &key,
        taxes: &NoTaxes,
        ctx: &at(2),
    };
    let input = input(Writer::Client, &body);
    confirm(session, &input, &Known::default(), buyer, context)
}

/// Values of a buyer who gives all that a simple session asks for.
fn complete() -> JsonValue {
    json!({
        "customer_email": "ada@example.com",
        "customer_billing_address": {"country": "FR"},
        "confirmation_token_id": "pm_card_visa",
    })
}

/// The session with an attempt in flight, and the attempt.
fn attempted(session: &Session, body: JsonValue, buyer: &KnownBuyer) -> (Session, Payment) {
    match try_confirm(session, body, buyer).unwrap() {
        Confirmed::Charge { payment, .. } => {
            let mut row = session.checkout.clone();
            row.attempt_id = Some(payment.id);
            row.version += 1;
            (session.with(row), *payment)
        }
        Confirmed::Free(_) => panic!("nothing was due"),
    }
}

fn try_record(
    session: &Session,
    payment: &Payment,
    outcome: &Outcome,
    buyer: &KnownBuyer,
) -> RecordedOutcome {
    let (subscribers, urls, key) = (subscribers(), urls(), SecretKey::new(*b"key"));
    let context = CheckoutContext {
        subscribers: &subscribers,
        urls: &urls,
        key: &key,
        taxes: &NoTaxes,
        ctx: &at(3),
    };
    record_outcome(session, payment, outcome, buyer, context).unwrap()
}

/// The events that changes tell, in the order of their sequence numbers, which is that of delivery.
fn events(changes: &Changes) -> Vec<String> {
    let mut found: Vec<(i64, String)> = changes
        .writes
        .iter()
        .filter_map(|write| match write {
            Write::Insert {
                table: "webhook_events",
                columns,
                values,
                ..
            } => {
                let value = |name| &values[columns.iter().position(|c| *c == name).unwrap()];
                match (value("sequence"), value("kind")) {
                    (Value::Int(sequence), Value::Text(kind)) => Some((*sequence, kind.clone())),
                    other => panic!("{other:?}"),
                }
            }
            _ => None,
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, kind)| kind).collect()
}

/// True where a job of the kind is asked for.
fn asks_for(changes: &Changes, job: JobKind<Uuid>) -> bool {
    changes.writes.iter().any(|write| {
        matches!(write, Write::Named(NamedWrite::Job(JobWrite::Request(asked))) if asked.kind == job.name())
    })
}

/// Kinds and places of a refusal's problems.
fn places(refusal: Refusal) -> Vec<String> {
    match refusal {
        Refusal::Invalid(problems) => problems
            .iter()
            .map(|p| {
                let steps: Vec<String> = p.loc[1..]
                    .iter()
                    .map(|s| serde_json::to_value(s).unwrap())
                    .map(|v| v.as_str().map_or(v.to_string(), str::to_owned))
                    .collect();
                format!("{} {}", p.kind, steps.join("."))
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// The text of a column of the row that changes insert into a table.
fn inserted(changes: &Changes, wanted: &str, column: &str) -> Value {
    let found = changes.writes.iter().find_map(|w| match w {
        Write::Insert {
            table,
            columns,
            values,
            ..
        } if *table == wanted => {
            Some(values[columns.iter().position(|c| *c == column).unwrap()].clone())
        }
        _ => None,
    });
    found.unwrap()
}
