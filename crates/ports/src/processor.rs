//! What Till asks of whoever moves the money.
//!
//! # Charging is a journal
//! An attempt is a row of ours with three states, each committed before the next step begins:
//!
//! 1. *intended*: the attempt exists with its id; nobody else knows. Its id is the idempotency
//!    key of everything below.
//! 2. *asked*: [`Processor::prepare`] has answered and its reference is kept. Nothing has moved
//!    yet: preparing never takes money.
//! 3. *settled*: an [`Outcome`] that is final is known, from the return of
//!    [`Processor::confirm`], from the processor's notice, or from [`Processor::retrieve`];
//!    whichever witness comes second changes nothing.
//!
//! Every call may be made again with the same ids and then does nothing new. A timeout or a
//! broken connection is [`ProcessorError::Unsure`]: it says nothing about the money, is never
//! shown as a decline, and leaves the attempt open until the processor itself says how it ended.
//! A decline is not an error: it is [`Outcome::Failed`].
//!
//! All amounts are minor units of their currency. No implementation may hold a card number.

pub mod sandbox;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::money::Money;
use uuid::Uuid;

/// A future that can be kept behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A payment processor. Held as `Arc<dyn Processor>`; `now` is the caller's clock.
pub trait Processor: Send + Sync {
    /// Announces an attempt; nothing moves. The same attempt again gives the same answer; the
    /// same id with another amount, purpose or token is [`ProcessorError::Refused`].
    fn prepare(
        &self,
        attempt: Attempt,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Prepared, ProcessorError>>;

    /// Charges the card, or keeps it, as prepared. `reference` is the one [`Processor::prepare`]
    /// gave. Confirming again tells how the first time is going, never charges twice.
    fn confirm<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Outcome, ProcessorError>>;

    /// How an attempt stands. `None`: the processor never saw it, or was never asked to confirm
    /// it, so nothing has moved. While a confirmation may still be on its way, `None` can become
    /// something else: only [`Processor::abandon`] makes sure that it does not.
    fn retrieve(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>>;

    /// Ends an attempt that was prepared and never confirmed: from the answer on, a confirmation that is still
    /// on its way moves nothing and is [`ProcessorError::Refused`]. An attempt that was confirmed before is left
    /// alone, and the answer is how it stands; `None`: nothing has moved, and nothing will.
    fn abandon(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>>;

    /// Gives money of a succeeded charge back. The refund's id is its idempotency key; all
    /// refunds of a charge together never exceed it ([`ProcessorError::Refused`]).
    fn refund(
        &self,
        request: RefundRequest,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<RefundOutcome, ProcessorError>>;

    /// The card behind a confirmation token, before anything is charged.
    /// `None` for a token that is unknown or has expired.
    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<CardPreview>, ProcessorError>>;

    /// What the buyer's browser needs to talk to the processor; not a secret.
    fn publishable_key(&self) -> &str;
}

/// One try at taking or keeping a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Ours, and the idempotency key.
    pub id: Uuid,
    /// What for.
    pub kind: AttemptKind,
    /// What the buyer's card fields became: a token of this processor.
    pub confirmation_token: String,
    /// The buyer's address for the processor's records.
    pub email: Option<String>,
    /// The buyer's name for the processor's records.
    pub name: Option<String>,
    /// One line for the processor's dashboard.
    pub description: String,
    /// What follows the merchant's name on the card statement.
    pub statement_suffix: Option<String>,
    /// Kept at the processor beside the attempt.
    pub metadata: BTreeMap<String, String>,
    /// Asks the card network for 3-D Secure where the card knows it; does not insist.
    pub require_3ds: bool,
    /// Absolute URL to which the buyer returns after acting elsewhere.
    pub return_url: String,
}

/// What an attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AttemptKind {
    /// Takes money.
    Charge {
        /// How much; more than zero.
        amount: Money,
        /// Keeps the card for later charges.
        save_card: bool,
    },
    /// Keeps the card, takes nothing.
    Setup,
}

/// The processor knows of the attempt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The processor's name for the attempt; to be kept before confirming.
    pub reference: String,
    /// Lets the buyer's browser act on this one attempt. A credential: never logged.
    pub client_secret: String,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

/// How an attempt stands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Final: the money is taken, or the card kept.
    Succeeded {
        /// What paid.
        method: Method,
    },
    /// The buyer must do something first, as a rule approve in their bank's page.
    RequiresAction {
        /// The credential of [`Prepared::client_secret`].
        client_secret: String,
        /// Where to do it, if it is a page: absolute, or relative to Till's own address.
        action_url: Option<String>,
    },
    /// Accepted; success or failure comes later, by notice or by [`Processor::retrieve`].
    Processing,
    /// Final: declined. Nothing was taken.
    Failed {
        /// A code such as `insufficient_funds`.
        decline_reason: String,
        /// Words for the buyer: what happened and what to do.
        decline_message: String,
        /// What would have paid, where the processor says.
        method: Option<Method>,
    },
}

/// Without the client secret, so that an outcome can be logged.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Succeeded { method } => {
                f.debug_struct("Succeeded").field("method", method).finish()
            }
            Outcome::RequiresAction { .. } => {
                f.debug_struct("RequiresAction").finish_non_exhaustive()
            }
            Outcome::Processing => f.write_str("Processing"),
            Outcome::Failed { decline_reason, .. } => f
                .debug_struct("Failed")
                .field("decline_reason", decline_reason)
                .finish_non_exhaustive(),
        }
    }
}

/// What pays: a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// The processor's name for it; charged again later under this name if it was kept.
    pub reference: String,
    /// `visa`, `mastercard`, `amex`, `discover`, `diners`, `jcb` or `unionpay`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// The same for the same number, and nothing else can be read from it.
    pub fingerprint: String,
    /// `apple_pay`, `google_pay`, …; `None` for a card typed in.
    pub wallet: Option<String>,
}

/// What is known of a card before it is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPreview {
    /// As [`Method::brand`].
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// As [`Method::fingerprint`].
    pub fingerprint: String,
    /// The name typed beside the card.
    pub billing_name: Option<String>,
}

/// Money to give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// The attempt that took the money.
    pub payment_attempt_id: Uuid,
    /// Ours, and the idempotency key.
    pub refund_id: Uuid,
    /// How much, in the currency of the charge; more than zero.
    pub amount: Money,
}

/// How a refund stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefundOutcome {
    /// Final: given back.
    Succeeded {
        /// The processor's name for the refund.
        reference: String,
    },
    /// Accepted; asking again with the same refund id tells how it ended.
    Processing,
    /// Final: could not be given back.
    Failed {
        /// A code such as `expired_or_canceled_card`.
        reason: String,
    },
}

/// Why there is no answer about the money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessorError {
    /// A timeout or a broken connection: whether anything moved is not known. Never a decline.
    #[error("the payment processor gave no clear answer: {0}")]
    Unsure(String),
    /// The request itself is wrong (an unknown token, an amount of zero). Certain: this request
    /// moved nothing, though an earlier one with the same id may have.
    #[error("the payment processor refused the request: {0}")]
    Refused(String),
}
