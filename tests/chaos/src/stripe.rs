//! The fake Stripe in a run: started with books on disk, troubled, asked for its books; and the forger of its notices.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::Deserialize;
use serde_json::{Value, json};
use till_fake_stripe::{NoticeTroubles, Troubles, signature};
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    Args, Failure,
    net::{self, GaveUp},
    node::{Node, Recipe},
    processor::{Card, Failures, PAYS},
    record::{Charge, Intent, ProcessorDispute, ProcessorRefund, Record},
};

/// Stripe's test cards.
pub const CARDS: &[Card] = &[
    (PAYS, 38),
    ("pm_card_mastercard", 10),
    ("pm_card_pendingRefund", 6),
    (REFUND_FAILS, 6),
    (DISPUTED, 5),
    (INQUIRED, 3),
    ("pm_card_chargeDeclined", 8),
    ("pm_card_chargeDeclinedInsufficientFunds", 4),
    ("pm_card_chargeCustomerFail", 4),
    ("pm_card_authenticationRequired", 18),
    ("pm_card_authenticationRequiredOnSetup", 8),
    ("pm_card_threeDSecureRequiredChargeDeclined", 4),
];

/// The card whose refunds fail some seconds after they were made.
pub const REFUND_FAILS: &str = "pm_card_refundFail";
/// The cards whose holders dispute what they paid, at once, or ask their bank about it first.
pub const DISPUTED: &str = "pm_card_createDispute";
pub const INQUIRED: &str = "pm_card_createDisputeInquiry";

/// Requests of Till; the fake's helpers for tests are spared.
const ASKED: [&str; 8] = [
    "/v1/payment_intents",
    "/v1/setup_intents",
    "/v1/customers",
    "/v1/refunds",
    "/v1/events",
    "/v1/confirmation_tokens",
    "/v1/payment_methods",
    "/v1/disputes",
];
/// The time by which a notice is late where it is late.
pub const LATE: Duration = Duration::from_secs(60);
/// Longer than the fake leaves anything pending, in seconds.
const SETTLES_AFTER: i64 = 15;
/// Between one kind of trouble and the next, in milliseconds.
const SPELL: std::ops::Range<u64> = 800..3_000;
const BETWEEN_TRIES: Duration = Duration::from_millis(60);
/// For what must be answered, also where the fake has just been killed.
const PATIENCE: Duration = Duration::from_secs(30);
/// A forged notice's id begins so: no event of the fake's does.
const FORGED: &str = "evt_forged";

/// Address, keys and client of a running fake.
#[derive(Debug, Clone)]
pub struct Stripe {
    client: reqwest::Client,
    url: String,
    keys: Ready,
}

/// The line that it prints.
#[derive(Debug, Clone, Deserialize)]
struct Ready {
    api_url: String,
    script_url: String,
    secret_key: String,
    publishable_key: String,
    webhook_secret: String,
}

#[derive(Debug, Deserialize)]
struct Books {
    payment_intents: Vec<BookedIntent>,
    setup_intents: Vec<BookedIntent>,
    charges: Vec<BookedCharge>,
    refunds: Vec<BookedRefund>,
    disputes: Vec<BookedDispute>,
}

#[derive(Debug, Deserialize)]
struct BookedIntent {
    id: String,
    status: String,
    metadata: Metadata,
    #[serde(alias = "last_setup_error")]
    last_payment_error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct BookedCharge {
    id: String,
    amount: i64,
    amount_refunded: i64,
    paid: bool,
    payment_intent: String,
}

#[derive(Debug, Deserialize)]
struct BookedRefund {
    id: String,
    amount: i64,
    status: String,
    payment_intent: String,
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct BookedDispute {
    id: String,
    amount: i64,
    status: String,
    payment_intent: String,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    attempt_id: Option<Uuid>,
    refund_id: Option<Uuid>,
}

impl Stripe {
    /// Starts a fake whose notices go to every node, as to a merchant with one endpoint for each.
    pub async fn start(
        args: &Args,
        folder: &Path,
        nodes: &[String],
    ) -> Result<(Node, Self), Failure> {
        let program = args.fake_stripe.clone();
        let program = program.ok_or("--fake-stripe is needed")?;
        let script = net::free_address()?;
        let books = folder.join("stripe.jsonl").display().to_string();
        let mut arguments = vec!["--json".to_owned(), "--data".to_owned(), books];
        arguments.extend(["--listen-script".to_owned(), script]);
        for node in nodes {
            let url = format!("http://{node}/v1/integrations/stripe/webhook");
            arguments.extend(["--webhook".to_owned(), url]);
        }
        let node = Node::start(Recipe {
            program,
            arguments,
            environment: Vec::new(),
            listen: "127.0.0.1:0".to_owned(),
            log: args.logs.join("chaos-stripe.log"),
            limited: false,
        })
        .await?;
        let keys: Ready = serde_json::from_value(node.ready.clone())?;
        let stripe = Self {
            client: net::client()?,
            url: keys.api_url.clone(),
            keys,
        };
        Ok((node, stripe))
    }

    /// The environment in which Till sells through it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let keys = self.keys.clone();
        vec![
            ("TILL_STRIPE_SECRET_KEY", keys.secret_key),
            ("TILL_STRIPE_PUBLISHABLE_KEY", keys.publishable_key),
            ("TILL_STRIPE_WEBHOOK_SECRET", keys.webhook_secret),
            ("TILL_STRIPE_API_URL", keys.api_url),
            ("TILL_STRIPE_SCRIPT_URL", keys.script_url),
        ]
    }

    /// A token of a test card, as the page's script makes it.
    pub async fn token(&self, card: &str, saves: bool, until: Instant) -> Result<String, GaveUp> {
        let mut form = format!("payment_method={card}");
        if saves {
            form.push_str("&setup_future_usage=off_session");
        }
        loop {
            let asked = self
                .client
                .post(format!("{}/v1/test_helpers/confirmation_tokens", self.url))
                .bearer_auth(&self.keys.secret_key)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.clone());
            if let Some((200, made)) = answer(asked).await
                && let Some(id) = made["id"].as_str()
            {
                return Ok(id.to_owned());
            }
            pause(until).await?;
        }
    }

    pub async fn answer_bank(
        &self,
        secret: &str,
        approve: bool,
        until: Instant,
    ) -> Result<(), GaveUp> {
        let answer = json!({"client_secret": secret, "approve": approve});
        while self.control("3ds", &answer).await.is_none() {
            pause(until).await?;
        }
        Ok(())
    }

    /// A refund that the merchant makes in the dashboard; true if it is certain to have been made.
    pub async fn refund_by_hand(&self, intent: &str, amount: i64) -> bool {
        let refund = json!({"payment_intent": intent, "amount": amount});
        matches!(self.control("refunds", &refund).await, Some((200, _)))
    }

    /// The dispute about what an intent has charged.
    pub async fn dispute_of(&self, intent: &str) -> Option<String> {
        let books = self.books().await.ok()?;
        let of_intent = |dispute: &&BookedDispute| dispute.payment_intent == intent;
        let found = books.disputes.iter().find(of_intent);
        found.map(|dispute| dispute.id.clone())
    }

    /// The bank decides a dispute, or looks at it; true if it is certain to have done so.
    pub async fn decide(&self, dispute: &str, status: &str) -> bool {
        let decision = json!({"status": status});
        let path = format!("disputes/{dispute}");
        matches!(self.control(&path, &decision).await, Some((200, _)))
    }

    /// Lets the time pass in which what is pending settles, refunds that fail later among it: it is over when this ends.
    pub async fn pass_time(&self) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE;
        let seconds = json!({"seconds": SETTLES_AFTER});
        while self.control("clock", &seconds).await.is_none() {
            pause(until).await.map_err(|_| "the fake does not answer")?;
        }
        Ok(())
    }

    async fn control(&self, name: &str, body: &Value) -> Option<(u16, Value)> {
        let asked = self.client.post(format!("{}/_fake/{name}", self.url));
        answer(asked.body(body.to_string())).await
    }

    pub async fn fail(&self, failures: Failures) -> Result<(), Failure> {
        let half = failures.errors / 2;
        let troubles = Troubles {
            slow_ms: failures.by_ms,
            lost: failures.silent / 2,
            silent: failures.silent - failures.silent / 2,
            error_before: half,
            error_after: failures.errors - half,
            ..asked()
        };
        let until = Instant::now() + PATIENCE;
        while !self.trouble(std::slice::from_ref(&troubles)).await {
            pause(until).await.map_err(|_| "the fake does not answer")?;
        }
        Ok(())
    }

    async fn trouble(&self, troubles: &[Troubles]) -> bool {
        let asked = self.client.put(format!("{}/_fake/troubles", self.url));
        let body = json!(troubles).to_string();
        matches!(answer(asked.body(body)).await, Some((200, _)))
    }

    /// Troubles requests and notices, and forges some, until it is stopped.
    pub async fn disturb(self, nodes: Vec<String>, seed: u64, brief: bool) {
        let mut chance = StdRng::seed_from_u64(seed ^ 0x5717);
        for turn in 0_u64.. {
            let troubles = [by_hand(&mut chance, brief), requests(&mut chance, brief)];
            self.trouble(&troubles).await;
            let node = &nodes[chance.random_range(0..nodes.len())];
            self.forge(node, turn).await;
            sleep(Duration::from_millis(chance.random_range(SPELL))).await;
        }
    }

    /// Sends what looks like the newest event under another name: unsigned, signed by somebody else, or long ago.
    async fn forge(&self, node: &str, turn: u64) {
        let asked = self
            .client
            .get(format!("{}/v1/events?limit=1", self.url))
            .bearer_auth(&self.keys.secret_key);
        let Some((200, mut page)) = answer(asked).await else {
            return;
        };
        let Some(mut event) = page.pointer_mut("/data/0").map(Value::take) else {
            return;
        };
        event["id"] = json!(format!("{FORGED}{turn}"));
        let (body, now) = (event.to_string(), jiff::Timestamp::now().as_second());
        let signed = match turn % 3 {
            0 => signature("whsec_of_somebody_else", now, &body),
            1 => signature(&self.keys.webhook_secret, now - 3_600, &body),
            _ => String::new(),
        };
        let sent = self
            .client
            .post(format!("http://{node}/v1/integrations/stripe/webhook"))
            .header("stripe-signature", signed);
        answer(sent.body(body)).await;
    }

    /// Refunds and disputes as they stand.
    pub async fn told(&self) -> Result<(Vec<ProcessorRefund>, Vec<ProcessorDispute>), Failure> {
        let books = self.books().await?;
        let refunds = books.refunds.iter().map(refund).collect();
        Ok((refunds, books.disputes.iter().map(dispute).collect()))
    }

    async fn books(&self) -> Result<Books, Failure> {
        let read = self.client.get(format!("{}/_fake/books", self.url)).send();
        Ok(serde_json::from_slice(&read.await?.bytes().await?)?)
    }

    /// Writes down its books.
    pub async fn read(&self, record: &mut Record) -> Result<(), Failure> {
        let books = self.books().await?;
        for intent in books.payment_intents.iter().chain(&books.setup_intents) {
            let charges = books
                .charges
                .iter()
                .filter(|c| c.payment_intent == intent.id);
            let Some(attempt) = intent.metadata.attempt_id else {
                return Err(format!("{} has no attempt", intent.id).into());
            };
            if intent.status == "processing" {
                record.undecided.push(attempt);
            }
            record.intents.push(Intent {
                id: intent.id.clone(),
                attempt,
                status: intent.status.clone(),
                was_confirmed: intent.last_payment_error.is_some() || charges.count() > 0,
            });
        }
        for charge in books.charges.iter().filter(|charge| charge.paid) {
            let intent = record
                .intents
                .iter()
                .find(|i| i.id == charge.payment_intent);
            record.charges.push(Charge {
                attempt: intent
                    .ok_or_else(|| format!("{} has no intent", charge.id))?
                    .attempt,
                amount: charge.amount,
                refunded: charge.amount_refunded,
            });
        }
        record.processor_refunds = Some(books.refunds.iter().map(refund).collect());
        record.processor_disputes = books.disputes.iter().map(dispute).collect();
        record.processor_events = Some(self.events().await?);
        Ok(())
    }

    /// The names of all events.
    async fn events(&self) -> Result<std::collections::BTreeSet<String>, Failure> {
        let mut all = std::collections::BTreeSet::new();
        let mut after = String::new();
        loop {
            let asked = self
                .client
                .get(format!("{}/v1/events?limit=100{after}", self.url))
                .bearer_auth(&self.keys.secret_key);
            let (_, page) = answer(asked).await.ok_or("no events")?;
            let data = page["data"].as_array().ok_or("no list of events")?;
            let names = data.iter().filter_map(|event| event["id"].as_str());
            all.extend(names.map(str::to_owned));
            match data.last().and_then(|event| event["id"].as_str()) {
                Some(last) if page["has_more"] == true => after = format!("&starting_after={last}"),
                _ => return Ok(all),
            }
        }
    }
}

fn refund(refund: &BookedRefund) -> ProcessorRefund {
    ProcessorRefund {
        reference: refund.id.clone(),
        charge: refund.payment_intent.clone(),
        refund: refund.metadata.refund_id,
        amount: refund.amount,
        status: refund.status.clone(),
    }
}

/// A dispute with its status in Till's words.
fn dispute(dispute: &BookedDispute) -> ProcessorDispute {
    let status = match dispute.status.as_str() {
        "warning_needs_response" | "warning_under_review" => "early_warning",
        "warning_closed" => "prevented",
        other => other,
    };
    ProcessorDispute {
        reference: dispute.id.clone(),
        charge: dispute.payment_intent.clone(),
        amount: dispute.amount,
        status: status.to_owned(),
    }
}

async fn pause(until: Instant) -> Result<(), GaveUp> {
    if Instant::now() >= until {
        return Err(GaveUp);
    }
    sleep(BETWEEN_TRIES).await;
    Ok(())
}

/// A definite answer.
async fn answer(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await.ok()?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (status < 500).then_some((status, body))
}

/// Troubles of what Till asks.
fn asked() -> Troubles {
    Troubles {
        paths: ASKED.map(str::to_owned).to_vec(),
        ..Troubles::default()
    }
}

/// Troubles of the notices of what buyers and the merchant do at Stripe: no request is concerned.
fn by_hand(chance: &mut StdRng, brief: bool) -> Troubles {
    Troubles {
        paths: vec!["/_fake".to_owned()],
        notices: match brief {
            true => NoticeTroubles {
                lost: 0,
                late_ms: 0,
                ..notices(chance, brief)
            },
            false => notices(chance, brief),
        },
        ..Troubles::default()
    }
}

fn requests(chance: &mut StdRng, brief: bool) -> Troubles {
    let mut troubles = Troubles {
        notices: notices(chance, brief),
        ..asked()
    };
    match chance.random_range(0..9) {
        0 => troubles.slow_ms = 400,
        1 => (troubles.silent, troubles.lost) = (8, 4),
        2 => (troubles.reset_before, troubles.reset_after) = (10, 10),
        3 => (troubles.error_before, troubles.error_after) = (10, 10),
        4 => (troubles.conflict, troubles.rate_limit) = (10, 10),
        5 => troubles.processing = 30,
        // Longer than Till waits for an answer.
        6 if chance.random_bool(0.3) => troubles.slow_ms = 12_000,
        _ => {}
    }
    troubles
}

fn notices(chance: &mut StdRng, brief: bool) -> NoticeTroubles {
    let mut share = |of: u8| if chance.random_bool(0.5) { of } else { 0 };
    let (lost, doubled, forged) = (share(30), share(40), share(40));
    let late_ms = match chance.random_range(0..6) {
        0 => 1_500,
        1 if !brief => LATE.as_millis() as u64,
        _ => 0,
    };
    NoticeTroubles {
        lost,
        doubled,
        forged,
        late_ms,
        before: late_ms == 0 && chance.random_bool(0.3),
    }
}
