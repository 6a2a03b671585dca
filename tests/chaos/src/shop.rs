//! The shop: what is sold, at what discount, and who is told.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Failure,
    net::{Call, Net},
    receiver::ENDPOINTS,
};

/// The events that every endpoint is told of.
pub const EVENTS: [&str; 23] = [
    "checkout.created",
    "checkout.updated",
    "customer.created",
    "customer.updated",
    "order.created",
    "order.paid",
    "order.refunded",
    "refund.created",
    "refund.updated",
    "subscription.created",
    "subscription.active",
    "subscription.updated",
    "subscription.cycled",
    "subscription.past_due",
    "subscription.canceled",
    "subscription.uncanceled",
    "subscription.paused",
    "subscription.resumed",
    "subscription.revoked",
    "benefit_grant.created",
    "benefit_grant.updated",
    "benefit_grant.cycled",
    "benefit_grant.revoked",
];

/// Units that a paid period of the metered subscription, and its start, are credited.
pub const CREDITED: i64 = 25;
/// Places in which a license key can be activated.
pub const ACTIVATIONS: i64 = 2;
/// Names of the meters.
pub const METERS: [&str; 2] = ["Calls", "Units"];

#[derive(Debug, Clone)]
pub struct Shop {
    pub book: Uuid,
    pub gift: Uuid,
    pub monthly: Uuid,
    pub weekly: Uuid,
    pub trial: Uuid,
    /// Dearer than the weekly one, as often.
    pub better: Uuid,
    /// Sold by the seat, weekly.
    pub team: Uuid,
    /// Sold weekly, with what is used: calls, and units of which some are credited.
    pub metered: Uuid,
    /// Sold for three weeks, with what is used, which is billed weekly.
    pub parts: Uuid,
    /// False where one of the nodes is of before there was that, and before there were benefits.
    pub measures: bool,
    /// A license key, a note, and credits of units.
    pub benefits: [Uuid; 3],
    /// Code and how many may use it.
    pub discounts: Vec<(String, i64)>,
    /// The endpoints in the order of their numbers.
    pub endpoints: Vec<Uuid>,
}

impl Shop {
    /// True for the product that is sold by use.
    pub fn is_measured(&self, product: Uuid) -> bool {
        self.measures && [self.metered, self.parts].contains(&product)
    }

    /// True for a product that is sold as a subscription.
    pub fn subscribes(&self, product: Uuid) -> bool {
        [self.monthly, self.weekly, self.trial, self.team].contains(&product)
            || self.is_measured(product)
    }
}

/// Makes all of it through the API.
pub async fn open(net: &Net, hooks: &str, buyers: usize) -> Result<Shop, Failure> {
    let fixed = |amount: i64| json!([{"amount_type": "fixed", "price_amount": amount}]);
    let book = make(
        net,
        "/v1/products/",
        json!({"name": "Book", "prices": fixed(3000)}),
    )
    .await?;
    let gift = make(
        net,
        "/v1/products/",
        json!({"name": "Sticker", "prices": [{"amount_type": "free"}]}),
    )
    .await?;
    let monthly = make(
        net,
        "/v1/products/",
        json!({"name": "Monthly", "recurring_interval": "month", "prices": fixed(1000)}),
    )
    .await?;
    let weekly = make(
        net,
        "/v1/products/",
        json!({"name": "Weekly", "recurring_interval": "week", "prices": fixed(500)}),
    )
    .await?;
    let trial = make(
        net,
        "/v1/products/",
        json!({"name": "Trial", "recurring_interval": "month", "prices": fixed(1000),
            "trial_interval": "week", "trial_interval_count": 2}),
    )
    .await?;
    let better = make(
        net,
        "/v1/products/",
        json!({"name": "Better", "recurring_interval": "week", "prices": fixed(900)}),
    )
    .await?;
    let tier = json!({"min_seats": 2, "max_seats": 20, "price_per_seat": 300});
    let team = make(
        net,
        "/v1/products/",
        json!({"name": "Team", "recurring_interval": "week",
            "prices": [{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}]}),
    )
    .await?;
    let measures = knows_meters(net).await?;
    let ([mut metered, mut parts], mut benefits) = ([book; 2], [Uuid::nil(); 3]);
    turn_on(net, measures).await?;
    if measures {
        ([metered, parts], benefits) = measured(net).await?;
        include(net, book, &benefits[..2]).await?;
        include(net, trial, &benefits[1..2]).await?;
        include(net, team, &benefits[1..2]).await?;
        include(net, metered, &benefits).await?;
    }
    let is_known = |kind: &&str| measures || !kind.starts_with("benefit_grant.");
    let events: Vec<&str> = EVENTS.into_iter().filter(is_known).collect();
    // Few enough that buyers race for the last.
    let limits = [(2 * buyers) as i64, (6 * buyers) as i64];
    let mut discounts = Vec::new();
    for (basis_points, limit) in [(10_000, limits[0]), (2_500, limits[1])] {
        let code = format!("CHAOS{basis_points}");
        make(
            net,
            "/v1/discounts/",
            json!({"type": "percentage", "name": code, "code": code, "duration": "once",
                "basis_points": basis_points, "max_redemptions": limit}),
        )
        .await?;
        discounts.push((code, limit));
    }
    let mut endpoints = Vec::new();
    for n in 0..ENDPOINTS {
        let url = format!("{hooks}/hook/{n}");
        let made = make(
            net,
            "/v1/webhooks/endpoints",
            json!({"url": url, "format": "raw", "events": events}),
        )
        .await?;
        endpoints.push(made);
    }
    Ok(Shop {
        book,
        gift,
        monthly,
        weekly,
        trial,
        better,
        team,
        metered,
        parts,
        measures,
        benefits,
        discounts,
        endpoints,
    })
}

/// True where all nodes know of meters; they are asked in turn.
async fn knows_meters(net: &Net) -> Result<bool, Failure> {
    for _ in 0..2 {
        let call = Call {
            method: Method::GET,
            path: "/v1/meters/?limit=1",
            body: None,
            key: None,
            signed: true,
        };
        let until = Instant::now() + Duration::from_secs(20);
        let answer = net.ask(call, until).await.map_err(|_| "no answer")?;
        if !answer.is_ok() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Products that are sold by use, and the benefits.
async fn measured(net: &Net) -> Result<([Uuid; 2], [Uuid; 3]), Failure> {
    let calls = json!({"conjunction": "and",
        "clauses": [{"property": "name", "operator": "eq", "value": "call"}]});
    let everything = json!({"conjunction": "and", "clauses": []});
    let sum = json!({"func": "sum", "property": "units"});
    let [first, second] = METERS;
    let calls = make(
        net,
        "/v1/meters/",
        json!({"name": first, "filter": calls, "aggregation": {"func": "count"}}),
    )
    .await?;
    let units = make(
        net,
        "/v1/meters/",
        json!({"name": second, "filter": everything, "aggregation": sum}),
    )
    .await?;
    let price = |meter: Uuid, amount: &str| json!({"amount_type": "metered_unit", "meter_id": meter, "unit_amount": amount});
    let prices = json!([{"amount_type": "fixed", "price_amount": 700}, price(calls, "12.5"),
        price(units, "3")]);
    let metered = make(
        net,
        "/v1/products/",
        json!({"name": "Metered", "recurring_interval": "week", "prices": prices}),
    )
    .await?;
    let parts = make(
        net,
        "/v1/products/",
        json!({"name": "In parts", "recurring_interval": "week", "recurring_interval_count": 3, "prices": prices,
            "meter_interval": "week", "meter_interval_count": 1}),
    )
    .await?;
    let benefit = |kind: &str, properties: Value| json!({"type": kind, "description": kind, "properties": properties});
    let all = [
        benefit(
            "license_keys",
            json!({"prefix": "CHAOS",
                "activations": {"limit": ACTIVATIONS, "enable_customer_admin": false}}),
        ),
        benefit("custom", json!({"note": "Thank you"})),
        benefit(
            "meter_credit",
            json!({"meter_id": units, "units": CREDITED, "rollover": true}),
        ),
    ];
    let mut made = [Uuid::nil(); 3];
    for (place, body) in made.iter_mut().zip(all) {
        *place = make(net, "/v1/benefits/", body).await?;
    }
    Ok(([metered, parts], made))
}

async fn include(net: &Net, product: Uuid, benefits: &[Uuid]) -> Result<(), Failure> {
    let path = format!("/v1/products/{product}/benefits");
    make(net, &path, json!({"benefits": benefits})).await?;
    Ok(())
}

/// Turns on what is not there by itself: a proration behaviour, and usage that is billed within a period.
async fn turn_on(net: &Net, measures: bool) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(20);
    let mut call = Call {
        method: Method::GET,
        path: "/v1/organizations/",
        body: None,
        key: None,
        signed: true,
    };
    let found = net
        .ask(call.clone(), until)
        .await
        .map_err(|_| "no answer")?;
    let id = found.body.pointer("/items/0/id").and_then(Value::as_str);
    let path = format!("/v1/organizations/{}", id.ok_or("no organization")?);
    (call.method, call.path) = (Method::PATCH, &path);
    let mut settings = json!({"reset_proration_behavior_enabled": true});
    if measures {
        settings["meter_cycling_enabled"] = json!(true);
    }
    call.body = Some(json!({"feature_settings": settings}));
    let changed = net.ask(call, until).await.map_err(|_| "no answer")?;
    match changed.is_ok() {
        true => Ok(()),
        false => Err(format!("{path}: {} {}", changed.status, changed.body).into()),
    }
}

async fn make(net: &Net, path: &str, body: Value) -> Result<Uuid, Failure> {
    let call = Call {
        method: Method::POST,
        path,
        body: Some(body),
        key: None,
        signed: true,
    };
    let until = Instant::now() + Duration::from_secs(20);
    let answer = net.ask(call, until).await.map_err(|_| "no answer")?;
    let id = answer.body["id"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| format!("{path}: {} {}", answer.status, answer.body).into())
}
