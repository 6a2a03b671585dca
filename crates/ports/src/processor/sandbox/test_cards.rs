//! What only a sandbox can be asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::money::Money;
use uuid::Uuid;

use super::{CardInput, Sandbox, TokenizeError};
use crate::processor::{BoxFuture, Outcome, ProcessorError};

/// What only a sandbox has: card fields of our own, and a bank of our own to ask.
pub trait TestCards: Send + Sync {
    /// As [`Sandbox::tokenize`].
    fn tokenize(
        &self,
        input: CardInput,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<String, TokenizeError>>;

    /// As [`Sandbox::authenticate`].
    fn authenticate<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<(Uuid, Outcome)>, ProcessorError>>;

    /// As [`Sandbox::challenge`].
    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Challenge>, ProcessorError>>;
}

/// What the 3-D Secure page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Ours.
    pub attempt_id: Uuid,
    /// What would be taken; `None` when the card is only kept.
    pub amount: Option<Money>,
    /// As given with the attempt.
    pub description: String,
    /// Where the buyer goes afterwards, as given with the attempt.
    pub return_url: String,
    /// How far it is.
    pub state: ChallengeState,
}

/// How far a 3-D Secure challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// The buyer can still decide.
    Waiting,
    /// Approved; final.
    Approved,
    /// Refused; final.
    Refused,
    /// Never answered; final.
    Expired,
}

impl TestCards for Sandbox {
    fn tokenize(
        &self,
        input: CardInput,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<String, TokenizeError>> {
        Box::pin(Sandbox::tokenize(self, input, now))
    }

    fn authenticate<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<(Uuid, Outcome)>, ProcessorError>> {
        Box::pin(Sandbox::authenticate(self, client_secret, approve, now))
    }

    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Challenge>, ProcessorError>> {
        Box::pin(Sandbox::challenge(self, client_secret, now))
    }
}
