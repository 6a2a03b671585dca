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
pub const EVENTS: [&str; 19] = [
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
];

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
    /// Code and how many may use it.
    pub discounts: Vec<(String, i64)>,
    /// The endpoints in the order of their numbers.
    pub endpoints: Vec<Uuid>,
}

impl Shop {
    /// True for a product that is sold as a subscription.
    pub fn subscribes(&self, product: Uuid) -> bool {
        [self.monthly, self.weekly, self.trial, self.team].contains(&product)
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
    may_reset(net).await?;
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
            json!({"url": url, "format": "raw", "events": EVENTS}),
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
        discounts,
        endpoints,
    })
}

/// Turns on the proration behaviour that is not there by itself.
async fn may_reset(net: &Net) -> Result<(), Failure> {
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
    call.body = Some(json!({"feature_settings": {"reset_proration_behavior_enabled": true}}));
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
