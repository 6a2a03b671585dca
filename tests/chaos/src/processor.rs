//! The payment processor of a run, in a process of its own: Till's sandbox, or the fake Stripe.

use std::{path::Path, time::Instant};

use clap::ValueEnum;
use serde::Serialize;
use till_ports::processor::{AttemptKind, Outcome, sandbox::AttemptRecord};

use crate::{
    Args, Failure,
    net::{self, GaveUp, Net},
    node::{Node, Recipe},
    record::{Charge, Record},
    stripe::Stripe,
};

/// Processor that takes the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Till's own, which knows test cards only
    Sandbox,
    /// A fake that speaks Stripe's API
    Stripe,
}

/// Faults of the processor: shares are percentages.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Failures {
    pub slow: u8,
    pub by_ms: u64,
    pub errors: u8,
    pub silent: u8,
}

impl Failures {
    pub fn slow(slow: u8, by_ms: u64) -> Self {
        Self {
            slow,
            by_ms,
            ..Self::default()
        }
    }

    pub fn errors(errors: u8) -> Self {
        Self {
            errors,
            ..Self::default()
        }
    }

    pub fn silent(silent: u8) -> Self {
        Self {
            silent,
            ..Self::default()
        }
    }
}

/// Connection to the processor of a run.
#[derive(Debug, Clone)]
pub enum Processor {
    /// At this address.
    Sandbox(String),
    Stripe(Stripe),
}

/// A card, and how often it is chosen among the others.
pub type Card = (&'static str, u32);

/// The card that pays, at either.
pub const PAYS: &str = "pm_card_visa";
/// The card that is kept by a trial, and declined whenever it is charged, at either.
pub const DECLINED_LATER: &str = "pm_card_chargeCustomerFail";
/// The card that is typed into the sandbox's form.
pub const TYPED: &str = "typed";

const SANDBOX_CARDS: &[Card] = &[
    (PAYS, 40),
    ("pm_card_chargeDeclined", 10),
    ("pm_card_threeDSecure2Required", 15),
    ("pm_card_settlesLater", 5),
    ("pm_card_failsLater", 3),
    (TYPED, 27),
];

/// Starts the processor that the arguments ask for; `nodes` are the addresses of Till's nodes, which it tells.
pub async fn start(
    args: &Args,
    folder: &Path,
    nodes: &[String],
) -> Result<(Node, Processor), Failure> {
    match args.processor {
        Kind::Sandbox => {
            let data = folder.join("sandbox").display().to_string();
            let node = Node::start(Recipe {
                program: args.till.clone(),
                arguments: vec!["sandbox".into(), "--data-dir".into(), data],
                environment: Vec::new(),
                listen: "127.0.0.1:0".to_owned(),
                log: args.logs.join("chaos-sandbox.log"),
                limited: false,
            });
            let node = node.await?;
            let url = node.url.clone();
            Ok((node, Processor::Sandbox(url)))
        }
        Kind::Stripe => {
            let (node, stripe) = Stripe::start(args, folder, nodes).await?;
            Ok((node, Processor::Stripe(stripe)))
        }
    }
}

impl Processor {
    /// Till's arguments and environment that make it sell through this one.
    pub fn settings(&self) -> (Vec<String>, Vec<(&'static str, String)>) {
        match self {
            Self::Sandbox(url) => (vec!["--sandbox-url".into(), url.clone()], Vec::new()),
            Self::Stripe(stripe) => (
                vec!["--processor".into(), "stripe".into()],
                stripe.environment(),
            ),
        }
    }

    pub fn cards(&self) -> &'static [Card] {
        match self {
            Self::Sandbox(_) => SANDBOX_CARDS,
            Self::Stripe(_) => crate::stripe::CARDS,
        }
    }

    /// The cardholder's answer to their bank.
    pub async fn answer_bank(
        &self,
        net: &Net,
        secret: &str,
        approve: bool,
        until: Instant,
    ) -> Result<(), GaveUp> {
        match self {
            Self::Sandbox(_) => {
                let decision = match approve {
                    true => "decision=approve",
                    false => "decision=refuse",
                };
                let path = format!("/sandbox/3ds/{secret}");
                net.submit(&path, decision, until).await.map(drop)
            }
            Self::Stripe(stripe) => stripe.answer_bank(secret, approve, until).await,
        }
    }

    /// From now on requests fail so.
    pub async fn fail(&self, failures: Failures) -> Result<(), Failure> {
        match self {
            Self::Sandbox(url) => {
                let answer = net::client()?
                    .put(format!("{url}/failures"))
                    .header("content-type", "application/json")
                    .body(serde_json::to_string(&failures)?)
                    .send()
                    .await?;
                answer.error_for_status()?;
                Ok(())
            }
            Self::Stripe(stripe) => stripe.fail(failures).await,
        }
    }

    /// Lets the time pass in which what is pending there settles; the sandbox goes by Till's clock, which waits for it.
    pub async fn pass_time(&self) -> Result<(), Failure> {
        match self {
            Self::Sandbox(_) => Ok(()),
            Self::Stripe(stripe) => stripe.pass_time().await,
        }
    }

    /// Writes down what the processor knows.
    pub async fn read(&self, record: &mut Record) -> Result<(), Failure> {
        match self {
            Self::Sandbox(url) => read_sandbox(url, record).await,
            Self::Stripe(stripe) => stripe.read(record).await,
        }
    }
}

async fn read_sandbox(url: &str, record: &mut Record) -> Result<(), Failure> {
    let attempts = net::client()?.get(format!("{url}/attempts")).send();
    let attempts: Vec<AttemptRecord> = serde_json::from_slice(&attempts.await?.bytes().await?)?;
    for attempt in attempts {
        match (attempt.kind, attempt.outcome) {
            (AttemptKind::Charge { amount, .. }, Some(Outcome::Succeeded { .. })) => {
                record.charges.push(Charge {
                    attempt: attempt.attempt_id,
                    amount: amount.minor,
                    refunded: attempt.refunded,
                });
            }
            (_, Some(Outcome::Processing | Outcome::RequiresAction { .. })) => {
                record.undecided.push(attempt.attempt_id);
            }
            _ => {}
        }
    }
    Ok(())
}
