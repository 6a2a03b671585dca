//! The buyer who contests a payment at their bank; what the merchant and the bank do about it.

use std::time::{Duration, Instant};

use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Buyer, GLANCE};
use crate::{
    net::{Call, GaveUp},
    processor::Processor,
    record::Acknowledgement,
    stripe::{DISPUTED, INQUIRED, Stripe},
};

/// Time for which the merchant looks for a dispute at Till; one whose notice was lost is found a minute later.
const LOOKS: Duration = Duration::from_secs(3);

impl Buyer<'_> {
    /// Course of a payment with a card whose holder disputes it: the merchant concedes, the bank decides, both at
    /// once, or nobody does anything yet.
    pub(super) async fn contest(&mut self, session: &Value) -> Result<(), GaveUp> {
        let Processor::Stripe(stripe) = &self.world.processor else {
            return Ok(());
        };
        let secret = session["payment_processor_metadata"]["intent_client_secret"].as_str();
        let intent = secret.and_then(|secret| Some(secret.split_once("_secret_")?.0.to_owned()));
        let Some(intent) = intent.filter(|_| [DISPUTED, INQUIRED].contains(&self.card)) else {
            return Ok(());
        };
        let Some(dispute) = stripe.dispute_of(&intent).await else {
            return Ok(());
        };
        if self.card == INQUIRED && self.chance.random_bool(0.6) {
            self.decided(stripe, &dispute, "needs_response").await;
        }
        if self.card == INQUIRED && self.chance.random_bool(0.3) {
            self.decided(stripe, &dispute, "warning_closed").await;
        }
        let status = ["won", "lost", "under_review"][self.chance.random_range(0..3)];
        match self.chance.random_range(0..4) {
            0 => self.concede(session).await,
            1 => {
                self.decided(stripe, &dispute, status).await;
                Ok(())
            }
            2 => {
                let (conceded, ()) = tokio::join!(
                    self.concede(session),
                    self.decided(stripe, &dispute, status)
                );
                conceded
            }
            _ => Ok(()),
        }
    }

    async fn decided(&self, stripe: &Stripe, dispute: &str, status: &str) {
        let end = match stripe.decide(dispute, status).await {
            true => format!("disputes: {status} at the bank"),
            false => "disputes: not decided at the bank".to_owned(),
        };
        self.world.count(end);
    }

    /// The merchant concedes the session's dispute, once Till knows it.
    async fn concede(&self, session: &Value) -> Result<(), GaveUp> {
        let Some(id) = self.known_dispute(session).await? else {
            self.world.count("disputes: not known in time".to_owned());
            return Ok(());
        };
        let path = format!("/v1/disputes/{id}/accept");
        let key = format!("chaos-{}-concede", self.wish);
        let answer = self.send(&path, json!({}), key, true).await?;
        if answer.is_ok() {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.acknowledged.insert(Acknowledgement::Conceded(id));
        }
        let end = format!("disputes: conceded, {} {}", answer.status, answer.error());
        self.world.count(end);
        Ok(())
    }

    async fn known_dispute(&self, session: &Value) -> Result<Option<Uuid>, GaveUp> {
        let until = Instant::now() + LOOKS;
        let order = self.order(session).await?;
        let Some(order) = order["id"].as_str() else {
            return Ok(None);
        };
        let path = format!("/v1/disputes/?order_id={order}");
        while Instant::now() < until {
            let call = Call {
                method: Method::GET,
                path: &path,
                body: None,
                key: None,
                signed: true,
            };
            let found = self.world.net.ask(call, self.until).await?.body;
            if let Some(id) = found.pointer("/items/0/id").and_then(Value::as_str) {
                return Ok(id.parse().ok());
            }
            sleep(GLANCE).await;
        }
        Ok(None)
    }
}
