//! The fake's own controls under `/_fake`: troubles, clock, books, and what happens without the merchant.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Body,
    http::{Method, Response, StatusCode},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    error::Refusal,
    fake::Fake,
    form, params,
    responses::typed,
    troubles::Troubles,
    work::{Call, RequestOrigin, Work, disputes, methods, refunds, three_ds},
};

/// The answer of a control.
pub fn answer(
    fake: &Arc<Fake>,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Response<Body> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
    let result = match (method.as_str(), parts.as_slice()) {
        ("GET", []) => Ok(about(fake)),
        ("GET", ["troubles"]) => Ok(json!(fake.state().troubles)),
        ("PUT", ["troubles"]) => set_troubles(fake, body),
        ("GET", ["books"]) => Ok(books(fake)),
        ("GET", ["exchanges"]) => Ok(exchanges(fake, query)),
        ("POST", ["clock"]) => clock(fake, body),
        ("POST", ["keys"]) => {
            read(body).map(|keys: Keys| json!({ "key": fake.restrict(keys.permissions) }))
        }
        ("POST", ["3ds"]) => decide_three_ds(fake, body),
        ("POST", ["disputes"]) => open_dispute(fake, body),
        ("POST", ["disputes", id]) => read(body).and_then(|to: Status| {
            fake.work_by_hand(|work| disputes::decide(work, id, &to.status))
        }),
        ("POST", ["refunds"]) => refund(fake, body),
        ("POST", ["payment_methods", id]) => update_method(fake, id, body),
        _ => Err(Refusal::invalid("There is no such control.").status(StatusCode::NOT_FOUND)),
    };
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => (refusal.status, refusal.body()),
    };
    typed(status, "application/json", format!("{body:#}\n"))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(error.to_string()))
}

fn about(fake: &Fake) -> Value {
    json!({
        "account": fake.account.id,
        "livemode": fake.account.live,
        "api_url": fake.account.api_url,
        "script_url": fake.account.script_url,
        "secret_key": fake.keys.secret,
        "publishable_key": fake.keys.publishable,
        "webhook_secret": fake.keys.webhook,
        "now": fake.clock.now(),
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Troubles>),
    One(Box<Troubles>),
}

fn set_troubles(fake: &Fake, body: &[u8]) -> Result<Value, Refusal> {
    let troubles = match read(body)? {
        OneOrMany::Many(troubles) => troubles,
        OneOrMany::One(troubles) => vec![*troubles],
    };
    let shown = json!(troubles);
    fake.set_troubles(troubles);
    Ok(shown)
}

/// Everything that moved money, and the sums by currency in minor units.
pub fn books(fake: &Fake) -> Value {
    let (shown, _) = fake.work(RequestOrigin::default(), |work| {
        let mut sums: BTreeMap<String, BTreeMap<&str, i64>> = BTreeMap::new();
        let mut add = |currency: &str, name: &'static str, amount: i64| {
            *sums
                .entry(currency.to_owned())
                .or_default()
                .entry(name)
                .or_default() += amount;
        };
        for charge in work.books.charges.all().iter().filter(|charge| charge.paid) {
            add(&charge.currency, "charged", charge.amount);
        }
        for refund in work
            .books
            .refunds
            .all()
            .iter()
            .filter(|refund| refund.status != "failed")
        {
            add(&refund.currency, "refunded", refund.amount);
        }
        for dispute in work
            .books
            .disputes
            .all()
            .iter()
            .filter(|dispute| dispute.status == "lost")
        {
            add(&dispute.currency, "lost_to_disputes", dispute.amount);
        }
        json!({
            "sums": sums,
            "payment_intents": views(work, work.books.intents.all().iter().map(|row| &row.id)),
            "setup_intents": views(work, work.books.setups.all().iter().map(|row| &row.id)),
            "charges": views(work, work.books.charges.all().iter().map(|row| &row.id)),
            "refunds": views(work, work.books.refunds.all().iter().map(|row| &row.id)),
            "disputes": views(work, work.books.disputes.all().iter().map(|row| &row.id)),
            "customers": work.books.customers.all().len(),
            "payment_methods": work.books.methods.all().len(),
            "events": work.books.events.all().len(),
        })
    });
    shown
}

fn views<'a>(work: &Work<'_>, ids: impl Iterator<Item = &'a String>) -> Vec<Value> {
    ids.filter_map(|id| work.view(id)).collect()
}

fn exchanges(fake: &Fake, query: &str) -> Value {
    let form = form::decode(query.as_bytes()).unwrap_or_default();
    let after = form
        .get("after")
        .and_then(Value::as_str)
        .and_then(|after| after.parse::<u64>().ok())
        .unwrap_or(0);
    let state = fake.state();
    let newer = |exchange: &&Value| {
        exchange["number"]
            .as_u64()
            .is_some_and(|number| number > after)
    };
    state.exchanges.iter().filter(newer).cloned().collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seconds {
    seconds: i64,
}

fn clock(fake: &Arc<Fake>, body: &[u8]) -> Result<Value, Refusal> {
    let moved: Seconds = read(body)?;
    fake.advance(moved.seconds);
    Ok(json!({ "now": fake.clock.now() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    permissions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    status: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThreeDs {
    client_secret: String,
    approve: bool,
}

fn decide_three_ds(fake: &Arc<Fake>, body: &[u8]) -> Result<Value, Refusal> {
    let decision: ThreeDs = read(body)?;
    let answered = fake
        .work_by_hand(|work| three_ds::answer(work, &decision.client_secret, decision.approve))?;
    Ok(json!({ "succeeded": answered.succeeded }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disputed {
    payment_intent: Option<String>,
    charge: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    inquiry: bool,
}

fn open_dispute(fake: &Arc<Fake>, body: &[u8]) -> Result<Value, Refusal> {
    let disputed: Disputed = read(body)?;
    fake.work_by_hand(|work| {
        let charge = match (&disputed.charge, &disputed.payment_intent) {
            (Some(charge), _) => charge.clone(),
            (None, intent) => charge_of(work, intent.as_deref().unwrap_or_default()),
        };
        disputes::open(
            work,
            &charge,
            disputed.reason.as_deref().unwrap_or("fraudulent"),
            disputed.inquiry,
        )
    })
}

/// The paid charge of an intent; empty if there is none.
pub fn charge_of(work: &Work<'_>, intent: &str) -> String {
    let charge = work
        .books
        .charges
        .last(|charge| charge.intent == intent && charge.paid);
    charge.map(|charge| charge.id.clone()).unwrap_or_default()
}

/// A refund that somebody makes in the dashboard: the API's, without a request.
fn refund(fake: &Arc<Fake>, body: &[u8]) -> Result<Value, Refusal> {
    let given: Map<String, Value> = read(body)?;
    let texts = given.into_iter().map(|(name, value)| match value {
        Value::Number(number) => (name, Value::from(number.to_string())),
        other => (name, other),
    });
    let params = params::read(refunds::CREATE, &texts.collect())?;
    fake.work_by_hand(|work| {
        refunds::create(
            work,
            &Call {
                params: &params,
                id: "",
                path: "/v1/refunds",
            },
        )
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCard {
    exp_month: i64,
    exp_year: i64,
    number: Option<String>,
}

fn update_method(fake: &Arc<Fake>, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let card: NewCard = read(body)?;
    fake.work_by_hand(|work| {
        methods::update_by_bank(work, id, card.exp_month, card.exp_year, card.number)
    })
}
