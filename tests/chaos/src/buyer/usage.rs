//! Programs of subscribers that tell what is used, all the time: under names of their own, again where an answer was lost,
//! and now and then again although there was one.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Buyer, PATIENCE, World};
use crate::{
    change::Move,
    net::{Call, GaveUp},
    record::Sent,
    time,
};

/// Between one request and the next, in milliseconds.
const BETWEEN: std::ops::Range<u64> = 20..120;
/// Times that a subscription is moved into the past, at most.
const MOVES: i64 = 3;

/// Tells what subscribers use, until the shop closes.
pub async fn measure(world: World, number: usize, seed: u64) {
    let own = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut chance = StdRng::seed_from_u64(seed ^ 0x0005_A6E5 ^ own);
    for turn in 0_u64.. {
        if world.closing.load(Ordering::Relaxed) {
            return;
        }
        sleep(Duration::from_millis(chance.random_range(BETWEEN))).await;
        let found = {
            let seen = world.seen.lock().expect("no holder panics");
            match seen.measured.len() {
                0 => None,
                number => seen.measured.get(chance.random_range(0..number)).copied(),
            }
        };
        if let Some((customer, _)) = found {
            let who = json!({"customer_id": customer});
            let name = format!("use-{number}-{turn}");
            let end = world.tell(&who, &name, false, &mut chance).await;
            let end = if end.is_ok() { "told" } else { "gave up" };
            world.count(format!("uses: {end}"));
        }
    }
}

impl World {
    /// Tells some uses of a customer.
    async fn tell(
        &self,
        who: &Value,
        name: &str,
        is_early: bool,
        chance: &mut StdRng,
    ) -> Result<(), GaveUp> {
        let number = chance.random_range(1..5);
        let mut sent = Vec::new();
        let mut events = Vec::new();
        for n in 0..number {
            let one = Sent {
                name: format!("{name}-{n}"),
                is_call: chance.random_bool(0.6),
                units: chance.random_range(1..8),
                is_early,
                is_acknowledged: false,
            };
            let mut event = json!({"name": if one.is_call { "call" } else { "work" },
                "external_id": one.name, "metadata": {"units": one.units, "mark": one.name}});
            if let (Some(event), Some(who)) = (event.as_object_mut(), who.as_object()) {
                event.extend(who.clone());
            }
            events.push(event);
            sent.push(one);
        }
        {
            let mut seen = self.seen.lock().expect("no holder panics");
            seen.sent.extend(sent);
        }
        // Some programs are unsure, and say it twice.
        if chance.random_bool(0.2) {
            let again = events.clone();
            events.extend(again);
        }
        let call = Call {
            method: Method::POST,
            path: "/v1/events/ingest",
            body: Some(json!({"events": events})),
            key: None,
            signed: true,
        };
        let until = Instant::now() + PATIENCE;
        let times = if chance.random_bool(0.1) { 2 } else { 1 };
        for _ in 0..times {
            let answer = self.net.ask(call.clone(), until).await?;
            if !answer.is_ok() {
                self.count(format!("uses: {} {}", answer.status, answer.error()));
                return Ok(());
            }
        }
        let mut seen = self.seen.lock().expect("no holder panics");
        let mine = format!("{name}-");
        let own = seen.sent.iter_mut().rev();
        let own = own.filter(|one| one.name.starts_with(&mine)).take(number);
        own.for_each(|one| one.is_acknowledged = true);
        Ok(())
    }
}

impl Buyer<'_> {
    /// Half of them use it before they have bought it, under a name by which nobody is known yet.
    pub(super) async fn use_before(&mut self) -> Result<(), GaveUp> {
        if self.chance.random_bool(0.5) {
            return Ok(());
        }
        let who = json!({"external_customer_id": self.wish});
        let name = format!("before-{}", self.wish);
        self.world.tell(&who, &name, true, &mut self.chance).await
    }

    /// Uses what was bought, while weeks pass.
    pub(super) async fn use_it(&mut self, session: &Value) -> Result<(), GaveUp> {
        let order = self.order(session).await?;
        let read = |key: &str| order[key].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let (Some(customer), Some(subscription)) = (read("customer_id"), read("subscription_id"))
        else {
            return Ok(());
        };
        {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.measured.push((customer, subscription));
        }
        let who = json!({"customer_id": customer});
        for turn in 0..=self.chance.random_range(0..MOVES) {
            let name = format!("own-{}-{turn}", self.wish);
            self.world
                .tell(&who, &name, false, &mut self.chance)
                .await?;
            let days = 7 * self.chance.random_range(1..4);
            let by = self.about(days);
            let moved = time::back(&self.world.store, subscription, by).await;
            if let Some((from, to)) = moved {
                let mut seen = self.world.seen.lock().expect("no holder panics");
                seen.moved.push(Move {
                    subscription,
                    from,
                    to,
                });
            }
        }
        Ok(())
    }
}
