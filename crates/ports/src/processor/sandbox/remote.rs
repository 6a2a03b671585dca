//! The sandbox in a process of its own: what is asked over HTTP, who answers, who asks.
//!
//! Every question is one POST to `/ask`, its body an [`Ask`], the answer's body a `Result` as serde writes it.
//! The interface is private: for this machine or a network of the operator's own, and only ever with test cards.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    CardError, CardInput, Challenge, PUBLISHABLE_KEY, Sandbox, SandboxStoreError, TestCards,
    TokenizeError,
};
use crate::outbound::{self, SendError};
use crate::processor::{
    Attempt, BoxFuture, CardPreview, Outcome, Prepared, Processor, ProcessorError, RefundOutcome,
    RefundRequest,
};

/// For connecting; a machine that is there answers sooner.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// For everything together. What takes longer may still happen: nobody knows.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// One question; `now` is the asker's clock.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "the arguments of the methods they are named after"
)]
pub enum Ask {
    /// [`Processor::prepare`]
    Prepare {
        attempt: Box<Attempt>,
        now: Timestamp,
    },
    /// [`Processor::confirm`]
    Confirm {
        attempt_id: Uuid,
        reference: String,
        now: Timestamp,
    },
    /// [`Processor::retrieve`]
    Retrieve { attempt_id: Uuid, now: Timestamp },
    /// [`Processor::abandon`]
    Abandon { attempt_id: Uuid, now: Timestamp },
    /// [`Processor::refund`]
    Refund {
        request: RefundRequest,
        now: Timestamp,
    },
    /// [`Processor::card`]
    Card {
        confirmation_token: String,
        now: Timestamp,
    },
    /// [`TestCards::tokenize`]
    Tokenize { input: CardInput, now: Timestamp },
    /// [`TestCards::authenticate`]
    Authenticate {
        client_secret: String,
        approve: bool,
        now: Timestamp,
    },
    /// [`TestCards::challenge`]
    Challenge {
        client_secret: String,
        now: Timestamp,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// [`ProcessorError::Unsure`]
    Unsure(String),
    /// [`ProcessorError::Refused`]
    Refused(String),
    /// [`TokenizeError::Card`]
    Card(Vec<CardError>),
}

impl From<ProcessorError> for Failure {
    fn from(error: ProcessorError) -> Self {
        match error {
            ProcessorError::Unsure(words) => Failure::Unsure(words),
            ProcessorError::Refused(words) => Failure::Refused(words),
        }
    }
}

impl From<TokenizeError> for Failure {
    fn from(error: TokenizeError) -> Self {
        match error {
            TokenizeError::Card(wrong) => Failure::Card(wrong),
            TokenizeError::SandboxStore(SandboxStoreError(words)) => Failure::Unsure(words),
        }
    }
}

impl From<Failure> for ProcessorError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unsure(words) => ProcessorError::Unsure(words),
            Failure::Refused(words) => ProcessorError::Refused(words),
            Failure::Card(_) => ProcessorError::Unsure("an answer to another question".to_owned()),
        }
    }
}

/// Answers one question, for whoever serves `/ask`.
pub async fn answer(sandbox: &Sandbox, ask: Ask) -> Result<serde_json::Value, Failure> {
    match ask {
        Ask::Prepare { attempt, now } => written(sandbox.prepare(*attempt, now).await?),
        Ask::Confirm {
            attempt_id,
            reference,
            now,
        } => written(sandbox.confirm(attempt_id, &reference, now).await?),
        Ask::Retrieve { attempt_id, now } => written(sandbox.retrieve(attempt_id, now).await?),
        Ask::Abandon { attempt_id, now } => written(sandbox.abandon(attempt_id, now).await?),
        Ask::Refund { request, now } => written(sandbox.refund(request, now).await?),
        Ask::Card {
            confirmation_token,
            now,
        } => written(sandbox.card(&confirmation_token, now).await?),
        Ask::Tokenize { input, now } => written(sandbox.tokenize(input, now).await?),
        Ask::Authenticate {
            client_secret,
            approve,
            now,
        } => written(sandbox.authenticate(&client_secret, approve, now).await?),
        Ask::Challenge { client_secret, now } => {
            written(sandbox.challenge(&client_secret, now).await?)
        }
    }
}

fn written(answer: impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(answer).map_err(|error| Failure::Unsure(error.to_string()))
}

/// A sandbox that another process serves.
pub struct RemoteSandbox {
    client: reqwest::Client,
    url: String,
}

impl RemoteSandbox {
    /// `url`: where the other process is reached, such as `http://127.0.0.1:8090`.
    pub fn new(url: &str) -> Result<RemoteSandbox, SendError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(outbound::tls()?)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .build()
            .map_err(outbound::told)?;
        Ok(RemoteSandbox {
            client,
            url: format!("{}/ask", url.trim_end_matches('/')),
        })
    }

    /// Whatever is not a clear answer says nothing about the money.
    async fn ask<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, Failure> {
        let unsure = |words: String| Failure::Unsure(words);
        let body = serde_json::to_vec(&ask).map_err(|error| unsure(error.to_string()))?;
        let request = self.client.post(&self.url).body(body);
        let sent = request.header("content-type", "application/json").send();
        let response = sent
            .await
            .map_err(|error| unsure(outbound::told(error.without_url()).0))?;
        let status = response.status();
        if status != reqwest::StatusCode::OK {
            return Err(unsure(format!("it answered with the status {status}")));
        }
        let read = response
            .bytes()
            .await
            .map_err(|error| unsure(outbound::told(error.without_url()).0))?;
        serde_json::from_slice(&read).map_err(|error| unsure(error.to_string()))?
    }

    async fn asked<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, ProcessorError> {
        Ok(self.ask(ask).await?)
    }
}

impl Processor for RemoteSandbox {
    fn prepare(
        &self,
        attempt: Attempt,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Prepared, ProcessorError>> {
        let attempt = Box::new(attempt);
        Box::pin(self.asked(Ask::Prepare { attempt, now }))
    }

    fn confirm<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Outcome, ProcessorError>> {
        let reference = reference.to_owned();
        Box::pin(self.asked(Ask::Confirm {
            attempt_id,
            reference,
            now,
        }))
    }

    fn retrieve(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        Box::pin(self.asked(Ask::Retrieve { attempt_id, now }))
    }

    fn abandon(
        &self,
        attempt_id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Outcome>, ProcessorError>> {
        Box::pin(self.asked(Ask::Abandon { attempt_id, now }))
    }

    fn refund(
        &self,
        request: RefundRequest,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<RefundOutcome, ProcessorError>> {
        Box::pin(self.asked(Ask::Refund { request, now }))
    }

    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<CardPreview>, ProcessorError>> {
        let confirmation_token = confirmation_token.to_owned();
        Box::pin(self.asked(Ask::Card {
            confirmation_token,
            now,
        }))
    }

    fn publishable_key(&self) -> &str {
        PUBLISHABLE_KEY
    }
}

impl TestCards for RemoteSandbox {
    fn tokenize(
        &self,
        input: CardInput,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<String, TokenizeError>> {
        Box::pin(async move {
            match self.ask(Ask::Tokenize { input, now }).await {
                Ok(token) => Ok(token),
                Err(Failure::Card(wrong)) => Err(TokenizeError::Card(wrong)),
                Err(Failure::Unsure(words) | Failure::Refused(words)) => {
                    Err(SandboxStoreError(words).into())
                }
            }
        })
    }

    fn authenticate<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<(Uuid, Outcome)>, ProcessorError>> {
        let client_secret = client_secret.to_owned();
        Box::pin(self.asked(Ask::Authenticate {
            client_secret,
            approve,
            now,
        }))
    }

    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Challenge>, ProcessorError>> {
        let client_secret = client_secret.to_owned();
        Box::pin(self.asked(Ask::Challenge { client_secret, now }))
    }
}
