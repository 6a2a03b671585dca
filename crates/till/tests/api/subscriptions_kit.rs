//! Subscriptions that tests change, and what they look at.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use till_ports::processor::{Answer as Told, Attempt, Outcome, Processor, ProcessorError};
use till_testkit::{Alter, Altered, Answer, Till, buyer};
use uuid::Uuid;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const VISA: &str = "pm_card_visa";
/// Kept by a first purchase that costs nothing, and declined whenever it is charged.
pub(crate) const DECLINED_LATER: &str = "pm_card_chargeCustomerFail";
pub(crate) const DAY: u64 = 24 * 3600;

/// A product of so many cents a month, with these fields besides.
pub(crate) async fn plan(t: &Till, name: &str, amount: i64, more: Value) -> Value {
    let mut body = json!({"name": name, "recurring_interval": "month",
        "prices": [{"amount_type": "fixed", "price_amount": amount}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/products/", body).await.created()
}

/// A product of 10.00 a seat and month, for 2 to 20 seats.
pub(crate) async fn by_seat(t: &Till) -> Value {
    let tier = json!({"min_seats": 2, "max_seats": 20, "price_per_seat": 1000});
    let price = json!({"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}});
    plan(t, "Team", 0, json!({"prices": [price]})).await
}

/// The subscription that is bought with a session of these fields, and this card.
pub(crate) async fn bought(t: &Till, product: &Value, card: &str, more: Value) -> Value {
    let checkout = t.checkout_with(product, more).await;
    t.confirm(&checkout, buyer(ADA, card)).await.ok();
    t.drain().await;
    let id = checkout["id"].as_str().unwrap();
    let all = t.items("/v1/subscriptions/").await;
    let own = all.into_iter().find(|one| one["checkout_id"] == id);
    own.expect("a subscription")
}

/// A subscription to a plan of 10.00, a day after its first period of 30 days began; nobody was told of that.
pub(crate) async fn a_day_in(t: &Till) -> Value {
    let product = plan(t, "Basic", 1000, json!({})).await;
    let subscription = bought(t, &product, VISA, json!({})).await;
    t.advance(Duration::from_secs(DAY));
    told(t).await;
    subscription
}

/// The same with a card that will be declined: its first period was free.
pub(crate) async fn about_to_be_declined(t: &Till) -> Value {
    let product = plan(t, "Basic", 1000, json!({})).await;
    let free = discount(t, json!({"basis_points": 10_000, "duration": "once"})).await;
    let more = json!({"discount_id": free["id"]});
    let subscription = bought(t, &product, DECLINED_LATER, more).await;
    t.advance(Duration::from_secs(DAY));
    told(t).await;
    subscription
}

pub(crate) async fn discount(t: &Till, more: Value) -> Value {
    let mut body = json!({"name": "Launch", "type": "percentage", "basis_points": 2000, "duration": "forever"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    if body["type"] == "fixed" {
        body.as_object_mut().unwrap().remove("basis_points");
    }
    t.post("/v1/discounts/", body).await.created()
}

pub(crate) fn path(subscription: &Value) -> String {
    format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())
}

pub(crate) async fn shown(t: &Till, subscription: &Value) -> Value {
    t.get(&path(subscription)).await.ok()
}

pub(crate) async fn change(t: &Till, subscription: &Value, body: Value) -> Answer {
    t.patch(&path(subscription), body).await
}

/// Changes the product, billed so.
pub(crate) async fn switch(
    t: &Till,
    subscription: &Value,
    product: &Value,
    behavior: &str,
) -> Answer {
    let body = json!({"product_id": product["id"], "proration_behavior": behavior});
    change(t, subscription, body).await
}

/// The orders of the subscription, the newest first.
pub(crate) async fn orders(t: &Till, subscription: &Value) -> Vec<Value> {
    let id = subscription["id"].as_str().unwrap();
    t.items(&format!("/v1/orders/?subscription_id={id}&limit=100"))
        .await
}

/// The amounts of an order's lines, in order of size.
pub(crate) fn lines(order: &Value) -> Vec<i64> {
    let items = order["items"].as_array().unwrap().iter();
    let mut amounts: Vec<i64> = items.map(|item| item["amount"].as_i64().unwrap()).collect();
    amounts.sort_unstable();
    amounts
}

pub(crate) fn moment(value: &Value) -> Timestamp {
    value.as_str().expect("a moment").parse().unwrap()
}

/// A day from now, as a body has it.
pub(crate) fn in_days(t: &Till, days: i64) -> Value {
    json!(t.app.clock.now() + jiff::SignedDuration::from_hours(24 * days))
}

/// Lets time pass until this moment, and does what is due then.
pub(crate) async fn until(t: &Till, moment: Timestamp) {
    let left = moment.duration_since(t.app.clock.now());
    t.advance(Duration::try_from(left).unwrap_or_default());
    t.drain().await;
}

/// Lets time pass until the current period ends, and does what is due then.
pub(crate) async fn next_period(t: &Till, subscription: &Value) -> Value {
    let end = moment(&shown(t, subscription).await["current_period_end"]);
    until(t, end).await;
    shown(t, subscription).await
}

/// Events that an endpoint was told since it was last looked at, but for the customer's state.
pub(crate) async fn told(t: &Till) -> Vec<String> {
    let events = t.webhook_event_types().await;
    let kept = events
        .into_iter()
        .filter(|kind| kind != "customer.state_changed");
    kept.collect()
}

/// Behaviour of the processor at attempts to charge a change; everything else is as ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charging {
    /// It charges, and cannot be heard, then or later.
    Unheard,
    /// It hears nothing, and nobody knows.
    Unreached,
    /// It asks for the buyer, who is away.
    Asks,
    /// The bank declines.
    Declines,
}

struct ForChanges {
    processor: Arc<dyn Processor>,
    charging: Charging,
}

impl Alter for ForChanges {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.processor
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Told<'a, Outcome> {
        Box::pin(async move {
            match self.charging {
                Charging::Unheard => {
                    self.processor.confirm(attempt, reference, now).await?;
                    Err(lost())
                }
                Charging::Unreached => Err(lost()),
                Charging::Declines => Ok(Outcome::Failed {
                    decline_reason: "insufficient_funds".into(),
                    decline_message: "Not enough money.".into(),
                    method: None,
                    request_id: None,
                }),
                Charging::Asks => Ok(asks()),
            }
        })
    }

    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Told<'a, Option<Outcome>> {
        match self.charging {
            Charging::Unheard => Box::pin(std::future::ready(Err(lost()))),
            Charging::Asks => Box::pin(std::future::ready(Ok(Some(asks())))),
            _ => self.processor.retrieve(attempt_id, reference, now),
        }
    }
}

fn asks() -> Outcome {
    Outcome::RequiresAction {
        client_secret: "secret".into(),
        action_url: None,
    }
}

fn lost() -> ProcessorError {
    ProcessorError::Unsure("the connection was lost".into())
}

/// The same server with a processor that charges changes so.
pub(crate) fn charging(t: &Till, charging: Charging) -> Till {
    t.another(|app| {
        app.processor = Arc::new(Altered(ForChanges {
            processor: app.processor.clone(),
            charging,
        }));
    })
}
