//! What the sandbox keeps of a card, a token and an attempt, and how an attempt stands.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cards::{Behaviour, Decline};
use crate::processor::{AttemptKind, CardPreview, Method, Outcome};

/// How long an asynchronous payment takes.
pub(super) const SETTLES_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// How long a buyer may take over 3-D Secure.
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
            fingerprint: self.fingerprint,
            billing_name: self.billing_name,
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

/// An attempt as the sandbox knows it. How it stands is never stored: it follows from the card,
/// the two decisions below, and the time.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) attempt_id: Uuid,
    pub(super) kind: AttemptKind,
    pub(super) confirmation_token: String,
    pub(super) client_secret: String,
    pub(super) card: Card,
    pub(super) description: String,
    pub(super) return_url: String,
    /// Whose card it is said to be.
    #[serde(default)]
    pub(super) name: Option<String>,
    /// What the merchant keeps beside it.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) confirmed_at: Option<Timestamp>,
    /// Given up before it was confirmed, and so never to be confirmed.
    #[serde(default)]
    pub(super) abandoned: bool,
    /// The buyer's answer to 3-D Secure, once given.
    pub(super) approved: Option<bool>,
    /// Given back, in minor units, by refund id.
    pub(super) refunds: BTreeMap<Uuid, i64>,
}

impl Intent {
    /// `None` until confirmed.
    pub(super) fn outcome(&self, now: Timestamp) -> Option<Outcome> {
        let waited = now.duration_since(self.confirmed_at?);
        Some(match self.card.behaviour {
            Behaviour::Pays => self.succeeded(),
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
            Behaviour::Authenticates => match self.approved {
                Some(true) => self.succeeded(),
                Some(false) => self.failed(Decline::AuthenticationRequired),
                None if waited < CHALLENGE_LASTS => Outcome::RequiresAction {
                    client_secret: self.client_secret.clone(),
                    action_url: Some(format!("/sandbox/3ds/{}", self.client_secret)),
                },
                None => self.failed(Decline::AuthenticationRequired),
            },
        })
    }

    /// Given back so far, in minor units.
    pub(super) fn refunded(&self) -> i128 {
        self.refunds
            .values()
            .map(|amount| i128::from(*amount))
            .sum()
    }

    fn succeeded(&self) -> Outcome {
        Outcome::Succeeded {
            method: self.method(),
        }
    }

    fn failed(&self, decline: Decline) -> Outcome {
        Outcome::Failed {
            decline_reason: decline.code().to_owned(),
            decline_message: decline.words().to_owned(),
            method: Some(self.method()),
        }
    }

    fn method(&self) -> Method {
        Method {
            // Named after the attempt, under which the card is found again.
            reference: format!("pm_sandbox_{}", self.attempt_id.simple()),
            brand: self.card.brand.clone(),
            last4: self.card.last4.clone(),
            exp_month: self.card.exp_month,
            exp_year: self.card.exp_year,
            fingerprint: self.card.fingerprint.clone(),
            wallet: None,
        }
    }
}

/// One attempt in the sandbox's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Ours.
    pub attempt_id: Uuid,
    /// What for, and how much.
    pub kind: AttemptKind,
    /// How it stands; `None` until confirmed.
    pub outcome: Option<Outcome>,
    /// Given back so far, in minor units.
    pub refunded: i64,
}

impl Entry {
    /// Reads the document that a [`super::SandboxStore`] keeps of an attempt; `None` for one that is none.
    pub fn read(document: &str, now: Timestamp) -> Option<Entry> {
        let intent: Intent = serde_json::from_str(document).ok()?;
        Some(Entry {
            attempt_id: intent.attempt_id,
            kind: intent.kind,
            outcome: intent.outcome(now),
            refunded: i64::try_from(intent.refunded()).unwrap_or(i64::MAX),
        })
    }
}

/// The sandbox's name of an attempt.
pub(super) fn reference(kind: AttemptKind, attempt_id: Uuid) -> String {
    let prefix = match kind {
        AttemptKind::Charge { .. } => "pi",
        AttemptKind::Setup => "seti",
    };
    format!("{prefix}_sandbox_{}", attempt_id.simple())
}

/// The attempt that a client secret claims to be of; the secret itself is still to be compared.
pub(super) fn attempt_of(client_secret: &str) -> Option<Uuid> {
    let (reference, _) = client_secret.split_once("_secret_")?;
    let (_, id) = reference.split_once("_sandbox_")?;
    Uuid::try_parse(id).ok()
}
