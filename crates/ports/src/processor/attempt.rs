//! An attempt: what is asked for and how it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use till_wire::money::Money;
use uuid::Uuid;

/// One try at taking or keeping a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Ours, and the idempotency key.
    pub id: Uuid,
    /// The purpose.
    pub kind: AttemptKind,
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// The buyer's address for the processor's records.
    pub email: Option<String>,
    /// The buyer's name for the processor's records.
    pub name: Option<String>,
    /// One line for the processor's dashboard.
    pub description: String,
    /// The text that follows the merchant's name on the card statement.
    pub statement_suffix: Option<String>,
    /// Kept at the processor beside the attempt.
    pub metadata: BTreeMap<String, String>,
    /// Asks the card network for 3-D Secure where the card knows it; does not insist.
    pub require_3ds: bool,
    /// Absolute URL to which the buyer returns after acting elsewhere.
    pub return_url: String,
}

/// The card that pays, or is to be kept.
///
/// As JSON its fields stand beside those of what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// A method that was kept before.
    Saved {
        /// Its customer: [`Prepared::customer`] of the attempt that kept it.
        customer: String,
        /// [`Method::reference`] of that attempt.
        method: String,
        /// True where the buyer is there and can approve the payment. Without them (a renewal) a
        /// charge that must be approved fails.
        present: bool,
    },
    /// The token that the buyer's card fields became in this visit.
    Token {
        /// A token of this processor; serves one attempt.
        confirmation_token: String,
        /// [`Prepared::customer`] of an earlier attempt; `None` for a buyer whom the processor does
        /// not know yet. One whom it does not know any more is made anew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<String>,
    },
}

/// A token of this visit, from a buyer whom the processor does not know yet.
pub fn card_token(confirmation_token: impl Into<String>) -> Source {
    Source::Token {
        confirmation_token: confirmation_token.into(),
        customer: None,
    }
}

/// The kind of an attempt: to take money, or to keep a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AttemptKind {
    /// Takes money.
    Charge {
        /// The amount; more than zero.
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
    /// The processor's name for the buyer: the one that the source names, or a new one.
    pub customer: String,
    /// Lets the buyer's browser act on this one attempt. A credential: never logged.
    pub client_secret: String,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("reference", &self.reference)
            .field("customer", &self.customer)
            .finish_non_exhaustive()
    }
}

/// The state of an attempt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Final: the money is taken, or the card kept.
    Succeeded {
        /// The card that paid.
        method: Method,
        /// The amount that was taken, to be compared with the one asked for; `None` where the card was only kept.
        amount: Option<Money>,
    },
    /// The buyer must do something first, as a rule approve in their bank's page.
    RequiresAction {
        /// The credential of [`Prepared::client_secret`].
        client_secret: String,
        /// The page on which to do it, if it is one: absolute, or relative to Till's own address.
        action_url: Option<String>,
    },
    /// Accepted; success or failure comes later, by notice or by [`Processor::retrieve`](super::Processor::retrieve).
    Processing,
    /// Final: declined or given up. Nothing was taken, and nothing can be.
    Failed {
        /// A code such as `insufficient_funds`.
        decline_reason: String,
        /// Words for the buyer: what happened and what to do.
        decline_message: String,
        /// The card that would have paid, where the processor says.
        method: Option<Method>,
        /// The processor's own id of the request that failed, by which the merchant finds it in the processor's log;
        /// not for the buyer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
}

impl Outcome {
    /// The outcome as an answer to the request of this id, which is kept where it failed.
    pub fn of_request(mut self, id: Option<&str>) -> Self {
        if let Outcome::Failed { request_id, .. } = &mut self {
            *request_id = id.map(str::to_owned);
        }
        self
    }
}

/// Without the client secret, so that an outcome can be logged.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Succeeded { method, amount } => f
                .debug_struct("Succeeded")
                .field("method", method)
                .field("amount", amount)
                .finish(),
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

/// A card that pays.
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

/// The details of a card that are known before it is charged.
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
    /// As [`Method::fingerprint`]; `None` where it is known after the charge only.
    pub fingerprint: Option<String>,
    /// The name typed beside the card.
    pub billing_name: Option<String>,
    /// True where the token was made to keep the card; an attempt that wants otherwise is refused.
    /// `None`: it serves either.
    pub saves_card: Option<bool>,
}
