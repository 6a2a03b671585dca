//! The merchant, who changes subscriptions: plan, seats, cancellation, pause; and asks again where an answer was lost.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::RngExt;
use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;
use uuid::Uuid;

use super::{Buyer, GLANCE};
use crate::{
    change::{Answered, Behavior, Change, Move, State, Wanted},
    net::{Answer, Call, GaveUp},
    time,
};

/// Between one change and the next, in milliseconds.
const BETWEEN: std::ops::Range<u64> = 0..400;
const BEHAVIORS: [(Behavior, u32); 4] = [
    (Behavior::Invoice, 40),
    (Behavior::Prorate, 25),
    (Behavior::NextPeriod, 20),
    (Behavior::Reset, 15),
];

impl Buyer<'_> {
    /// Two of three subscriptions are changed, some of them several times.
    pub(super) async fn change(&mut self, session: &Value) -> Result<(), GaveUp> {
        if !self.world.shop.subscribes(self.product) || self.chance.random_bool(0.33) {
            return Ok(());
        }
        let order = self.order(session).await?;
        let id = order["subscription_id"].as_str().map(str::parse);
        let Some(Ok(id)) = id else {
            return Ok(());
        };
        for turn in 0..self.chance.random_range(1..5) {
            sleep(Duration::from_millis(self.chance.random_range(BETWEEN))).await;
            if turn > 0 && self.chance.random_bool(0.3) {
                self.pass(id).await;
            }
            let Some(before) = self.state(id).await? else {
                return Ok(());
            };
            if before.status == "canceled" {
                return Ok(());
            }
            let wanted = self.wish(&before);
            self.ask_for(id, before, wanted).await?;
        }
        Ok(())
    }

    /// A period passes in a moment.
    async fn pass(&mut self, id: Uuid) {
        let days = if self.chance.random_bool(0.5) { 7 } else { 31 };
        let by = self.about(days);
        let Some((from, to)) = time::back(&self.world.store, id, by).await else {
            return;
        };
        let mut seen = self.world.seen.lock().expect("no holder panics");
        seen.moved.push(Move {
            subscription: id,
            from,
            to,
        });
    }

    async fn state(&self, id: Uuid) -> Result<Option<State>, GaveUp> {
        let path = format!("/v1/subscriptions/{id}");
        let call = Call {
            method: Method::GET,
            path: &path,
            body: None,
            key: None,
            signed: true,
        };
        let answer = self.world.net.ask(call, self.until).await?;
        Ok(State::read(&answer.body))
    }

    /// Change that the merchant wants of a subscription; most often something that it can have.
    fn wish(&mut self, now: &State) -> Wanted {
        if now.status == "paused" && self.chance.random_bool(0.6) {
            return Wanted::Resume;
        }
        if now.plan.canceling && self.chance.random_bool(0.7) {
            return Wanted::Cancel(false);
        }
        if now.plan.pausing && self.chance.random_bool(0.4) {
            return Wanted::Pause(false);
        }
        match self.chance.random_range(0..20) {
            0 | 1 => Wanted::Cancel(true),
            2..5 => Wanted::Pause(true),
            5 => Wanted::Clear,
            6 => Wanted::Resume,
            _ => self.plan_or_seats(now),
        }
    }

    fn plan_or_seats(&mut self, now: &State) -> Wanted {
        let all: u32 = BEHAVIORS.iter().map(|(_, weight)| weight).sum();
        let mut die = self.chance.random_range(0..all);
        let mut behavior = Behavior::Invoice;
        for (one, weight) in BEHAVIORS {
            if die < weight {
                behavior = one;
                break;
            }
            die -= weight;
        }
        let plan = &now.plan;
        let Some(seats) = plan.seats else {
            let shop = &self.world.shop;
            let plans = [shop.weekly, shop.better, shop.monthly];
            return Wanted::Product(plans[self.chance.random_range(0..3)], behavior);
        };
        let waiting = plan.pending.and_then(|(_, seats)| seats);
        loop {
            let wanted = self.chance.random_range(2..=12);
            // The number that it has is no change.
            if wanted != seats && Some(wanted) != waiting {
                return Wanted::Seats(wanted, behavior);
            }
        }
    }

    /// Asks for a change until it is known what became of it, and sometimes once more.
    async fn ask_for(&mut self, id: Uuid, before: State, wanted: Wanted) -> Result<(), GaveUp> {
        let (path, key) = (format!("/v1/subscriptions/{id}"), self.key());
        let answer = self.until_known(&path, wanted, &key).await;
        let at = Timestamp::now();
        let answered = match &answer {
            Ok(answer) => read(answer),
            Err(GaveUp) => Answered::Unknown,
        };
        let mut repeated = None;
        let is_kept = matches!(answered, Answered::Made(_) | Answered::Declined);
        if let (Ok(first), true) = (&answer, is_kept && self.chance.random_bool(0.3))
            && let Ok(again) = self.until_known(&path, wanted, &key).await
        {
            repeated = Some((first.status, &first.body) == (again.status, &again.body));
        }
        let end = match (&answered, &answer) {
            (Answered::Refused(name), Ok(answer)) => format!("{} {name}", answer.status),
            (_, Ok(answer)) => answer.status.to_string(),
            (_, Err(GaveUp)) => "gave up".to_owned(),
        };
        self.world
            .count(format!("changes: {}, {end}", wanted.word()));
        {
            let mut seen = self.world.seen.lock().expect("no holder panics");
            seen.changes.push(Change {
                subscription: id,
                before,
                wanted,
                answered,
                at,
                repeated,
            });
        }
        answer.map(drop)
    }

    /// The answer to a change once it is final: while an earlier one is being charged, or its own outcome is not known, it
    /// is asked again with the same key.
    async fn until_known(&self, path: &str, wanted: Wanted, key: &str) -> Result<Answer, GaveUp> {
        let call = Call {
            method: Method::PATCH,
            path,
            body: Some(wanted.body()),
            key: Some(key.to_owned()),
            signed: true,
        };
        loop {
            let answer = self.world.net.ask(call.clone(), self.until).await?;
            let is_open = ["SubscriptionLocked", "Conflict"].contains(&answer.error());
            if answer.status != 409 || !is_open {
                return Ok(answer);
            }
            if Instant::now() >= self.until {
                return Err(GaveUp);
            }
            sleep(GLANCE).await;
        }
    }
}

fn read(answer: &Answer) -> Answered {
    match (answer.status, State::read(&answer.body)) {
        (200, Some(state)) => Answered::Made(state),
        (402, _) => Answered::Declined,
        _ => Answered::Refused(answer.error().to_owned()),
    }
}
