//! Time that passes for a buyer's subscription, so that it is renewed in this run.

use jiff::SignedDuration;
use rand::RngExt;
use serde_json::Value;

use super::Buyer;
use crate::{change::Move, net::GaveUp, time};

const DAY: i64 = 24;
/// A day, in microseconds.
const ABOUT: std::ops::Range<i64> = 1..86_400_000_000;

impl Buyer<'_> {
    /// Most subscriptions that are renewed weekly, and most trials, are moved into the past as soon as they are there.
    pub(super) async fn travel(&mut self, session: &Value) -> Result<(), GaveUp> {
        let shop = &self.world.shop;
        let days = match self.product {
            weekly if [shop.weekly, shop.team].contains(&weekly) => {
                7 * self.chance.random_range(3..9)
            }
            trial if trial == shop.trial => 14 + self.chance.random_range(5..100),
            _ => return Ok(()),
        };
        if self.chance.random_bool(0.1) {
            return Ok(());
        }
        let order = self.order(session).await?;
        let id = order["subscription_id"].as_str().map(str::parse);
        let Some(Ok(id)) = id else {
            return Ok(());
        };
        let by = self.about(days);
        if let Some((from, to)) = time::back(&self.world.store, id, by).await {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.moved.push(Move {
                subscription: id,
                from,
                to,
            });
        }
        Ok(())
    }

    /// So many days and a part of one, so that no period ever ends where another one did.
    pub(super) fn about(&mut self, days: i64) -> SignedDuration {
        let part = SignedDuration::from_micros(self.chance.random_range(ABOUT));
        SignedDuration::from_hours(DAY * days) + part
    }
}
