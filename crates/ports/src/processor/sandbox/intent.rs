//! Records of the sandbox: cards, tokens and attempts, and the states of an attempt.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_core::payments::declines;
use till_wire::money::Money;
use uuid::Uuid;

use super::cards::{Behaviour, Decline};
use super::records::Document;
use crate::processor::decline_message::decline_message;
use crate::processor::{AttemptKind, CardPreview, Method, Outcome, Source};

/// The duration of an asynchronous payment.
pub(super) const SETTLES_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// The time that a buyer has for 3-D Secure.
pub(super) const CHALLENGE_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// A test card without its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Card {
    pub(super) brand: String,
    pub(super) last4: String,
    pub(super) exp_month: u8,
    pub(super) exp_year: u16,
    pub(super) fingerprint: String,
    pub(super) billing_name: Option<String>,
    pub(super) behaviour: Behaviour,
}

impl Card {
    pub(super) fn preview(self) -> CardPreview {
        CardPreview {
            brand: self.brand,
            last4: self.last4,
            exp_month: self.exp_month,
            exp_year: self.exp_year,
            fingerprint: Some(self.fingerprint),
            billing_name: self.billing_name,
            saves_card: None,
        }
    }
}

/// A card that was typed in, waiting for the one attempt that uses it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) card: Card,
    pub(super) expires_at: Timestamp,
    pub(super) used_by: Option<Uuid>,
}

impl Document for Token {}

/// An attempt as the sandbox knows it. How it stands is never stored: it follows from the card,
/// the decisions below, and the time.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) attempt_id: Uuid,
    pub(super) kind: AttemptKind,
    #[serde(flatten)]
    pub(super) source: Source,
    pub(super) client_secret: String,
    pub(super) card: Card,
    pub(super) description: String,
    pub(super) return_url: String,
    /// The card holder's name, as given.
    #[serde(default)]
    pub(super) name: Option<String>,
    /// The metadata of the merchant.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) confirmed_at: Option<Timestamp>,
    /// Given up before it was confirmed or while the buyer was waited for, and so never to be paid.
    #[serde(default)]
    pub(super) abandoned: bool,
    /// The buyer's answer to 3-D Secure, once given.
    pub(super) approved: Option<bool>,
    /// Time at which the buyer answered, or was not waited for any more.
    #[serde(default)]
    pub(super) decided_at: Option<Timestamp>,
    /// Given back, by refund id.
    pub(super) refunds: BTreeMap<Uuid, Refund>,
    /// Time at which the merchant conceded the dispute.
    #[serde(default)]
    pub(super) conceded_at: Option<Timestamp>,
    /// True where the card that it kept was forgotten.
    #[serde(default)]
    pub(super) forgotten: bool,
}

/// Money that was given back.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Refund {
    /// In minor units of the charge's currency.
    pub(super) amount: i64,
    pub(super) at: Timestamp,
}

impl Document for Intent {
    fn last_event(&self) -> Option<Timestamp> {
        self.moments().into_iter().map(|notice| notice.at).max()
    }
}

impl Intent {
    /// `None` until confirmed.
    pub(super) fn outcome(&self, now: Timestamp) -> Option<Outcome> {
        let waited = now.duration_since(self.confirmed_at?);
        Some(match self.card.behaviour {
            _ if self.asks_buyer() => match self.approved {
                Some(true) => self.succeeded(),
                None if self.abandoned => self.given_up(),
                None if self.buyer_is_there() && waited < CHALLENGE_LASTS => {
                    Outcome::RequiresAction {
                        client_secret: self.client_secret.clone(),
                        action_url: Some(format!("/sandbox/3ds/{}", self.client_secret)),
                    }
                }
                Some(false) | None => self.failed(Decline::AuthenticationRequired),
            },
            Behaviour::Pays
            | Behaviour::Disputes(_)
            | Behaviour::Warns
            | Behaviour::RefundsLater
            | Behaviour::RefundFails
            | Behaviour::Authenticates
            | Behaviour::AuthenticatesOnce => self.succeeded(),
            Behaviour::Declines(decline) => self.failed(decline),
            Behaviour::KeptButDeclines => match self.kind {
                AttemptKind::Setup => self.succeeded(),
                AttemptKind::Charge { .. } => self.failed(Decline::Generic),
            },
            Behaviour::SettlesLater | Behaviour::FailsLater if waited < SETTLES_AFTER => {
                Outcome::Processing
            }
            Behaviour::SettlesLater => self.succeeded(),
            Behaviour::FailsLater => self.failed(Decline::Generic),
        })
    }

    /// True where 3-D Secure is asked for.
    pub(super) fn asks_buyer(&self) -> bool {
        match self.card.behaviour {
            Behaviour::Authenticates => true,
            Behaviour::AuthenticatesOnce => matches!(self.source, Source::Token { .. }),
            _ => false,
        }
    }

    pub(super) fn buyer_is_there(&self) -> bool {
        !matches!(self.source, Source::Saved { present: false, .. })
    }

    pub(super) fn has_succeeded(&self, now: Timestamp) -> bool {
        matches!(self.outcome(now), Some(Outcome::Succeeded { .. }))
    }

    /// The amount that it took or will take; `None` where the card is only kept.
    pub(super) fn amount(&self) -> Option<Money> {
        match self.kind {
            AttemptKind::Charge { amount, .. } => Some(amount),
            AttemptKind::Setup => None,
        }
    }

    /// True where its card can be charged again, by that customer.
    pub(super) fn keeps_for(&self, customer: &str, now: Timestamp) -> bool {
        let keeps = match self.kind {
            AttemptKind::Charge { save_card, .. } => save_card,
            AttemptKind::Setup => true,
        };
        keeps && !self.forgotten && self.customer() == customer && self.has_succeeded(now)
    }

    /// The sandbox's name of the attempt.
    pub(super) fn reference(&self) -> String {
        let prefix = match self.kind {
            AttemptKind::Charge { .. } => "pi",
            AttemptKind::Setup => "seti",
        };
        format!("{prefix}_sandbox_{}", self.attempt_id.simple())
    }

    /// The sandbox's name of the buyer: the one that was given, where it is such a name, or made of this attempt.
    pub(super) fn customer(&self) -> String {
        match &self.source {
            Source::Saved { customer, .. } => customer.clone(),
            Source::Token { customer, .. } => customer
                .clone()
                .filter(|name| attempt_of(name).is_some())
                .unwrap_or_else(|| format!("cus_sandbox_{}", self.attempt_id.simple())),
        }
    }

    fn succeeded(&self) -> Outcome {
        Outcome::Succeeded {
            method: self.method(),
            amount: self.amount(),
        }
    }

    fn failed(&self, decline: Decline) -> Outcome {
        Outcome::Failed {
            decline_reason: decline.code().to_owned(),
            decline_message: decline_message(decline.code()).to_owned(),
            method: Some(self.method()),
            request_id: None,
        }
    }

    fn given_up(&self) -> Outcome {
        Outcome::Failed {
            decline_reason: declines::ABANDONED.to_owned(),
            decline_message: "The payment was not approved in time. Nothing was charged."
                .to_owned(),
            method: Some(self.method()),
            request_id: None,
        }
    }

    pub(super) fn method(&self) -> Method {
        Method {
            reference: match &self.source {
                Source::Saved { method, .. } => method.clone(),
                // Named after the attempt, under which the card is found again.
                Source::Token { .. } => format!("pm_sandbox_{}", self.attempt_id.simple()),
            },
            brand: self.card.brand.clone(),
            last4: self.card.last4.clone(),
            exp_month: self.card.exp_month,
            exp_year: self.card.exp_year,
            fingerprint: self.card.fingerprint.clone(),
            wallet: None,
        }
    }
}

/// One attempt as the sandbox tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Ours.
    pub attempt_id: Uuid,
    /// The purpose and the amount.
    pub kind: AttemptKind,
    /// The outcome; `None` until confirmed.
    pub outcome: Option<Outcome>,
    /// Given back so far, in minor units.
    pub refunded: i64,
}

impl AttemptRecord {
    /// Reads the document that a [`super::SandboxStore`] keeps of an attempt; `None` for one that is none.
    pub fn read(document: &str, now: Timestamp) -> Option<AttemptRecord> {
        let intent: Intent = serde_json::from_str(document).ok()?;
        Some(AttemptRecord {
            attempt_id: intent.attempt_id,
            kind: intent.kind,
            outcome: intent.outcome(now),
            refunded: i64::try_from(intent.refunded(now)).unwrap_or(i64::MAX),
        })
    }
}

/// The attempt that a name of the sandbox is made of: `pi_sandbox_…`, `pm_sandbox_…`, `dp_sandbox_…` and so on.
pub(super) fn attempt_of(reference: &str) -> Option<Uuid> {
    let (_, id) = reference.split_once("_sandbox_")?;
    Uuid::try_parse(id).ok()
}
