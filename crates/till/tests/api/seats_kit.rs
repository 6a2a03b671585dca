//! Seats in tests: bought, given, invited to and claimed.

use serde_json::{Value, json};
use till_core::kernel::records::{Mail as Letter, MailKind};
use till_store::Query;
use till_testkit::{Answer, Till};

use crate::subscriptions_kit::{VISA, bought, by_seat, told};

pub const SEATS: &str = "/v1/customer-seats";
pub const OWN: &str = "/v1/customer-portal/seats";
pub const CLAIM: &str = "/v1/customer-seats/claim";
/// A session that sends its buyer elsewhere, who gets no seat by themselves.
pub const THANKS: &str = "https://shop.example/thanks";

pub fn id(one: &Value) -> &str {
    one["id"].as_str().unwrap()
}

/// Lets customers have several subscriptions, and keep what came with them for so many days unpaid.
pub async fn grace(t: &Till, days: i64) {
    let settings = json!({"subscription_settings": {"allow_multiple_subscriptions": true, "proration_behavior": "prorate",
        "benefit_revocation_grace_period": days, "prevent_trial_abuse": false, "allow_customer_updates": true}});
    let own = format!("/v1/organizations/{}", t.organization.id);
    t.patch(&own, settings).await.ok();
}

/// A subscription to that many seats, of which nobody has one.
pub async fn free_seats(t: &Till, seats: i64) -> Value {
    grace(t, 0).await;
    let product = by_seat(t).await;
    let subscription = bought(
        t,
        &product,
        VISA,
        json!({"seats": seats, "success_url": THANKS}),
    )
    .await;
    told(t).await;
    subscription
}

/// The price of a seat, for 1 seat up to so many.
pub fn seat_price(cents: i64, most: i64) -> Value {
    let tier = json!({"min_seats": 1, "max_seats": most, "price_per_seat": cents});
    json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": [tier]}}])
}

/// The addresses of those who have a seat.
pub async fn holders(t: &Till, subscription: &Value) -> Vec<String> {
    let seats = list(t, subscription).await;
    let rows = seats["seats"].as_array().unwrap().iter();
    let mut emails: Vec<_> = rows
        .filter_map(|one| one["email"].as_str().map(str::to_owned))
        .collect();
    emails.sort_unstable();
    emails
}

pub async fn list(t: &Till, subscription: &Value) -> Value {
    let path = format!("{SEATS}?subscription_id={}", id(subscription));
    t.get(&path).await.ok()
}

pub async fn give(t: &Till, subscription: &Value, more: Value) -> Answer {
    let mut body = json!({"subscription_id": subscription["id"]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post(SEATS, body).await
}

pub async fn invite(t: &Till, subscription: &Value, email: &str) -> Value {
    give(t, subscription, json!({"email": email})).await.ok()
}

/// The tokens of the invitations that were sent, the oldest first: to whom, and which.
pub async fn invitations(t: &Till) -> Vec<(String, String)> {
    t.drain().await;
    let query = Query::select::<Letter>("order by created_at, id", vec![]);
    let letters: Vec<Letter> = t.app.store.all(query).await.unwrap();
    let sent = letters
        .into_iter()
        .filter(|one| one.kind == MailKind::SeatInvitation);
    sent.map(|one| {
        let (_, url) = one.content.0.button.expect("a link");
        let token = url.split_once("token=").expect("a token").1.to_owned();
        (one.recipient, token)
    })
    .collect()
}

pub async fn token(t: &Till, email: &str) -> String {
    let sent = invitations(t).await;
    let own = sent.into_iter().rfind(|(to, _)| to == email);
    own.expect("an invitation").1
}

pub async fn claim(t: &Till, token: &str) -> Answer {
    let body = json!({"invitation_token": token});
    t.anonymous().post(CLAIM, body).await
}

pub async fn info(t: &Till, token: &str) -> Answer {
    t.anonymous().get(&format!("{CLAIM}/{token}")).await
}

pub async fn revoke(t: &Till, seat: &Value) -> Answer {
    t.delete(&format!("{SEATS}/{}", id(seat))).await
}

pub async fn resend(t: &Till, seat: &Value) -> Answer {
    t.post(&format!("{SEATS}/{}/resend", id(seat)), json!({}))
        .await
}

/// Events of seats and of subscriptions, in order.
pub async fn events(t: &Till) -> Vec<String> {
    let all = t.webhook_events().await;
    let types = all.iter().map(|event| event["type"].as_str().unwrap());
    types
        .filter(|one| one.starts_with("customer_seat.") || one.starts_with("subscription."))
        .map(str::to_owned)
        .collect()
}

pub async fn member_named(t: &Till, customer: &Value, email: &str) -> Option<Value> {
    let customer = customer["id"]
        .as_str()
        .unwrap_or_else(|| customer.as_str().unwrap());
    let all = t
        .items(&format!("/v1/members/?customer_id={customer}&limit=100"))
        .await;
    all.into_iter().find(|one| one["email"] == email)
}

/// Events of seats and of grants, in order.
pub async fn of_seats_and_grants(t: &Till) -> Vec<String> {
    let kinds = told(t).await.into_iter();
    kinds
        .filter(|kind| kind.starts_with("customer_seat.") || kind.starts_with("benefit_grant."))
        .collect()
}
