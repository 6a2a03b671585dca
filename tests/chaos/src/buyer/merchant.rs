//! The merchant, who gives some buyers their money back: through the API, in Stripe's dashboard, or both at once.

use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};

use super::Buyer;
use crate::{
    net::{Answer, Call, GaveUp},
    processor::Processor,
    record::Acknowledgement,
};

/// An order that money is given back of.
struct Sold {
    order: Value,
    /// Sum that was paid, minor units.
    net: i64,
    /// Stripe's name for the payment.
    intent: Option<String>,
    /// True where the order itself gives benefits, which a refund can take back.
    gives: bool,
}

impl Buyer<'_> {
    /// Of one purchase in three some money is given back.
    pub(super) async fn reconsider(&mut self, session: &Value) -> Result<(), GaveUp> {
        let die = self.chance.random_range(0..18);
        if die >= 6 {
            return Ok(());
        }
        let Some(sold) = self.sold(session).await? else {
            return Ok(());
        };
        let part = self.chance.random_range(1..=sold.net);
        let (first, second) = (self.given_back(&sold), self.given_back(&sold));
        match die {
            0 => self.give_back(&sold, sold.net, first).await,
            1 => {
                self.give_back(&sold, part, first).await?;
                self.give_back(&sold, (sold.net - part).max(1), second)
                    .await
            }
            // Together more than there is, or just all of it.
            2 | 3 => {
                let rest = if die == 2 { sold.net } else { sold.net - part };
                let (one, other) = tokio::join!(
                    self.give_back(&sold, part, first),
                    self.give_back(&sold, rest.max(1), second)
                );
                one.and(other)
            }
            4 => {
                self.give_back_by_hand(&sold, part).await;
                Ok(())
            }
            _ => {
                let (one, ()) = tokio::join!(
                    self.give_back(&sold, part, first),
                    self.give_back_by_hand(&sold, sold.net - part / 2)
                );
                one
            }
        }
    }

    /// A key of a refund's own, and whether it takes back what was given.
    fn given_back(&mut self, sold: &Sold) -> (String, bool) {
        let takes_back = sold.gives && self.chance.random_bool(0.4);
        (self.key(), takes_back)
    }

    /// The order of the session.
    pub(super) async fn order(&self, session: &Value) -> Result<Value, GaveUp> {
        let id = session["id"].as_str().unwrap_or_default();
        let path = format!("/v1/orders/?checkout_id={id}");
        let call = Call {
            method: Method::GET,
            path: &path,
            body: None,
            key: None,
            signed: true,
        };
        let mut found = self.world.net.ask(call, self.until).await?.body;
        let order = found.pointer_mut("/items/0").map(Value::take);
        Ok(order.unwrap_or_default())
    }

    /// The order of the session, if it cost anything.
    async fn sold(&self, session: &Value) -> Result<Option<Sold>, GaveUp> {
        let order = self.order(session).await?;
        let net = order["net_amount"].as_i64().unwrap_or(0);
        let secret = session["payment_processor_metadata"]["intent_client_secret"].as_str();
        let intent = secret.and_then(|secret| secret.split_once("_secret_"));
        Ok((net > 0).then(|| Sold {
            order: order["id"].clone(),
            gives: self.world.shop.measures && order["subscription_id"].is_null(),
            net,
            intent: intent.map(|(intent, _)| intent.to_owned()),
        }))
    }

    async fn give_back(
        &self,
        sold: &Sold,
        amount: i64,
        (key, takes_back): (String, bool),
    ) -> Result<(), GaveUp> {
        let body = json!({"order_id": sold.order, "reason": "customer_request", "amount": amount,
            "revoke_benefits": takes_back});
        let answer: Answer = self.send("/v1/refunds/", body, key, true).await?;
        let status = answer.text("status").unwrap_or_default();
        if answer.is_ok()
            && let Some(id) = answer.text("id").and_then(|id| id.parse().ok())
        {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.acknowledged.insert(match status.as_str() {
                "succeeded" => Acknowledgement::Refunded(id),
                _ => Acknowledgement::Refunding(id),
            });
        }
        let end = format!("refunds: {} {status}{}", answer.status, answer.error());
        self.world.count(end);
        Ok(())
    }

    async fn give_back_by_hand(&self, sold: &Sold, amount: i64) {
        let (Processor::Stripe(stripe), Some(intent)) = (&self.world.processor, &sold.intent)
        else {
            return;
        };
        let end = match stripe.refund_by_hand(intent, amount).await {
            true => "refunds: made at Stripe",
            false => "refunds: not made at Stripe",
        };
        self.world.count(end.to_owned());
    }
}
