//! Questions that only a sandbox answers.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CardInput, Challenge, Sandbox, SignedNotice, TokenizeError};
use crate::processor::{Answer, BoxFuture, Notice, Outcome};

/// The parts that only a sandbox has: card fields of our own, and a bank of our own to ask.
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
    ) -> Answer<'a, Option<(Uuid, Outcome)>>;

    /// As [`Sandbox::challenge`].
    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<Challenge>>;

    /// As [`Sandbox::sign`].
    fn sign<'a>(&'a self, notice: &'a Notice, now: Timestamp) -> Answer<'a, SignedNotice>;
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
    ) -> Answer<'a, Option<(Uuid, Outcome)>> {
        Box::pin(Sandbox::authenticate(self, client_secret, approve, now))
    }

    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<Challenge>> {
        Box::pin(Sandbox::challenge(self, client_secret, now))
    }

    fn sign<'a>(&'a self, notice: &'a Notice, now: Timestamp) -> Answer<'a, SignedNotice> {
        Box::pin(std::future::ready(Sandbox::sign(self, notice, now)))
    }
}
