//! Buyers who give a seat to somebody else, and who activate the license key that they have bought in more places than they
//! may.

use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Buyer, GLANCE};
use crate::net::{Answer, Call, GaveUp};

/// Looks for a license key, which follows the purchase within seconds.
const LOOKS: usize = 8;

impl Buyer<'_> {
    /// Half of those who have bought seats give one away, and some take it back.
    pub(super) async fn seat(&mut self, session: &Value) -> Result<(), GaveUp> {
        if self.product != self.world.shop.team || self.chance.random_bool(0.5) {
            return Ok(());
        }
        let order = self.order(session).await?;
        let body = json!({"subscription_id": order["subscription_id"],
            "email": format!("owner+seat{}@example.com", self.wish), "immediate_claim": true});
        let given = self.post("/v1/customer-seats", body, true).await?;
        self.world
            .count(format!("seats: {} {}", given.status, given.error()));
        let Some(id) = given.text("id").filter(|_| self.chance.random_bool(0.3)) else {
            return Ok(());
        };
        let path = format!("/v1/customer-seats/{id}");
        let taken = self.read(Method::DELETE, &path).await?;
        self.world.count(format!(
            "seats: taken back, {} {}",
            taken.status,
            taken.error()
        ));
        Ok(())
    }

    /// A third of those who have bought a license key activate it in three places at once.
    pub(super) async fn activate(&mut self, session: &Value) -> Result<(), GaveUp> {
        let shop = &self.world.shop;
        let has_key = shop.measures && [shop.book, shop.metered].contains(&self.product);
        if !has_key || self.chance.random_bool(0.66) {
            return Ok(());
        }
        let order = self.order(session).await?;
        let Some(customer) = order["customer_id"].as_str() else {
            return Ok(());
        };
        let path = format!("/v1/license-keys/?customer_id={customer}&limit=1");
        for _ in 0..LOOKS {
            let found = self.read(Method::GET, &path).await?.body;
            let key = found.pointer("/items/0").cloned().unwrap_or_default();
            if key["status"] == "granted" {
                return self.activate_key(&key).await;
            }
            sleep(GLANCE).await;
        }
        self.world.count("activations: no key in time".to_owned());
        Ok(())
    }

    async fn activate_key(&mut self, key: &Value) -> Result<(), GaveUp> {
        let read = |id: &Value| id.as_str()?.parse::<Uuid>().ok();
        let id = read(&key["id"]);
        {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.activating.extend(id);
        }
        let keys = [self.key(), self.key(), self.key()];
        let [one, two, three] = keys.map(|own| {
            let body =
                json!({"key": key["key"], "organization_id": key["organization_id"], "label": own});
            self.send("/v1/license-keys/activate", body, own, true)
        });
        let (one, two, three) = tokio::join!(one, two, three);
        for answer in [one?, two?, three?] {
            self.world
                .count(format!("activations: {} {}", answer.status, answer.error()));
            if answer.is_ok()
                && let (Some(key), Some(activation)) = (id, read(&answer.body["id"]))
            {
                let mut seen = self.world.seen.lock().expect("no holder panics");
                seen.activated.push((key, activation));
            }
        }
        Ok(())
    }

    async fn read(&self, method: Method, path: &str) -> Result<Answer, GaveUp> {
        let call = Call {
            method,
            path,
            body: None,
            key: None,
            signed: true,
        };
        self.world.net.ask(call, self.until).await
    }
}
