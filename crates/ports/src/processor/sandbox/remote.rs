//! The sandbox in a process of its own: what is asked over HTTP, who answers, who asks.
//!
//! Every request is one POST to `/requests`, its body a [`SandboxRequest`], the answer's body a `Result` as serde
//! writes it. The interface is private: for this machine or a network of the operator's own, and only ever with
//! test cards; both sides are of the same version.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use till_core::kernel::records::ProcessorName;
use uuid::Uuid;

use super::{
    CardError, CardInput, Challenge, PUBLISHABLE_KEY, SIGNATURE_HEADER, Sandbox, SandboxStoreError,
    SignedNotice, TestCards, TokenizeError, test_cards_only,
};
use crate::outbound::{self, SendError};
use crate::processor::{
    Answer, Attempt, BoxFuture, CardPreview, Check, CheckStatus, Dispute, Method, Notice,
    NoticeList, Outcome, Prepared, Processor, ProcessorError, ProcessorRefund, RefundOutcome,
    RefundRequest, Result,
};

/// For connecting; a machine that is there answers sooner.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// For everything together. What takes longer may still happen: nobody knows.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// One request; `now` is the caller's clock.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "the arguments of the methods they are named after"
)]
pub enum SandboxRequest {
    /// [`Processor::prepare`]
    Prepare {
        attempt: Box<Attempt>,
        now: Timestamp,
    },
    /// [`Processor::confirm`]
    Confirm {
        attempt: Box<Attempt>,
        reference: String,
        now: Timestamp,
    },
    /// [`Processor::retrieve`]
    Retrieve {
        attempt_id: Uuid,
        reference: Option<String>,
        now: Timestamp,
    },
    /// [`Processor::abandon`]
    Abandon {
        attempt_id: Uuid,
        reference: Option<String>,
        now: Timestamp,
    },
    /// [`Processor::refund`]
    Refund {
        request: RefundRequest,
        now: Timestamp,
    },
    /// [`Processor::refunds_of`]
    RefundsOf { charge: String, now: Timestamp },
    /// [`Processor::card`]
    Card {
        confirmation_token: String,
        now: Timestamp,
    },
    /// [`Processor::method`]
    Method { reference: String, now: Timestamp },
    /// [`Processor::forget`]
    Forget { method: String, now: Timestamp },
    /// [`Processor::dispute`]
    Dispute { reference: String, now: Timestamp },
    /// [`Processor::accept_dispute`]
    AcceptDispute { reference: String, now: Timestamp },
    /// [`Processor::notice`]; a body that is no text was sent by nobody.
    Notice {
        notice: SignedNotice,
        now: Timestamp,
    },
    /// [`Processor::events_since`]
    EventsSince { moment: Timestamp, now: Timestamp },
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
    /// [`TestCards::sign`]
    Sign { notice: Notice, now: Timestamp },
}

/// Reason why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxError {
    /// [`ProcessorError::Unsure`]
    Unsure(String),
    /// [`ProcessorError::Refused`]
    Refused(String),
    /// [`ProcessorError::Unavailable`]
    Unavailable(String),
    /// [`TokenizeError::Card`]
    Card(Vec<CardError>),
}

impl From<ProcessorError> for SandboxError {
    fn from(error: ProcessorError) -> Self {
        match error {
            ProcessorError::Unsure(cause) => SandboxError::Unsure(cause.to_string()),
            ProcessorError::Refused(cause) => SandboxError::Refused(cause.to_string()),
            ProcessorError::Unavailable(cause) => SandboxError::Unavailable(cause.to_string()),
        }
    }
}

impl From<TokenizeError> for SandboxError {
    fn from(error: TokenizeError) -> Self {
        match error {
            TokenizeError::Card(wrong) => SandboxError::Card(wrong),
            TokenizeError::Store(SandboxStoreError(words)) => SandboxError::Unsure(words),
        }
    }
}

impl From<SandboxError> for ProcessorError {
    fn from(failure: SandboxError) -> Self {
        match failure {
            SandboxError::Unsure(words) => ProcessorError::Unsure(words.into()),
            SandboxError::Refused(words) => ProcessorError::Refused(words.into()),
            SandboxError::Unavailable(words) => ProcessorError::Unavailable(words.into()),
            SandboxError::Card(_) => {
                ProcessorError::Unsure("the answer belongs to another request".into())
            }
        }
    }
}

/// Answers one request, for whoever serves `/requests`.
pub async fn handle(
    sandbox: &Sandbox,
    request: SandboxRequest,
) -> Result<serde_json::Value, SandboxError> {
    use SandboxRequest as R;
    match request {
        R::Prepare { attempt, now } => written(sandbox.prepare(&attempt, now).await?),
        R::Confirm {
            attempt,
            reference,
            now,
        } => written(sandbox.confirm(&attempt, &reference, now).await?),
        R::Retrieve {
            attempt_id,
            reference,
            now,
        } => written(
            sandbox
                .retrieve(attempt_id, reference.as_deref(), now)
                .await?,
        ),
        R::Abandon {
            attempt_id,
            reference,
            now,
        } => written(
            sandbox
                .abandon(attempt_id, reference.as_deref(), now)
                .await?,
        ),
        R::Refund { request, now } => written(sandbox.refund(&request, now).await?),
        R::RefundsOf { charge, now } => written(sandbox.refunds_of(&charge, now).await?),
        R::Card {
            confirmation_token,
            now,
        } => written(sandbox.card(&confirmation_token, now).await?),
        R::Method { reference, now } => written(sandbox.method(&reference, now).await?),
        R::Forget { method, now } => written(sandbox.forget(&method, now).await?),
        R::Dispute { reference, now } => written(sandbox.dispute(&reference, now).await?),
        R::AcceptDispute { reference, now } => {
            written(sandbox.accept_dispute(&reference, now).await?)
        }
        R::Notice { notice, now } => written(
            sandbox
                .notice(&notice.headers(), notice.body.as_bytes(), now)
                .await?,
        ),
        R::EventsSince { moment, now } => written(sandbox.events_since(moment, now).await?),
        R::Tokenize { input, now } => written(sandbox.tokenize(input, now).await?),
        R::Authenticate {
            client_secret,
            approve,
            now,
        } => written(sandbox.authenticate(&client_secret, approve, now).await?),
        R::Challenge { client_secret, now } => {
            written(sandbox.challenge(&client_secret, now).await?)
        }
        R::Sign { notice, now } => written(sandbox.sign(&notice, now)?),
    }
}

fn written(answer: impl Serialize) -> Result<serde_json::Value, SandboxError> {
    serde_json::to_value(answer).map_err(|error| SandboxError::Unsure(error.to_string()))
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
            .map_err(outbound::send_error)?;
        Ok(RemoteSandbox {
            client,
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Whatever is not a clear answer says nothing about the money.
    async fn send<T: DeserializeOwned>(&self, request: SandboxRequest) -> Result<T, SandboxError> {
        let unsure = |words: String| SandboxError::Unsure(words);
        let lost = |error: reqwest::Error| unsure(outbound::send_error(error.without_url()).0);
        let body = serde_json::to_vec(&request).map_err(|error| unsure(error.to_string()))?;
        let request = self
            .client
            .post(format!("{}/requests", self.url))
            .body(body);
        let sent = request.header("content-type", "application/json").send();
        let response = sent.await.map_err(lost)?;
        let status = response.status();
        if status.is_client_error() {
            let message =
                format!("the server there does not accept our requests (status {status})");
            return Err(SandboxError::Unavailable(message));
        }
        if status != reqwest::StatusCode::OK {
            return Err(unsure(format!("the sandbox answered with status {status}")));
        }
        let read = response.bytes().await.map_err(lost)?;
        serde_json::from_slice(&read).map_err(|error| unsure(error.to_string()))?
    }

    async fn ask<T: DeserializeOwned>(&self, request: SandboxRequest) -> Result<T> {
        Ok(self.send(request).await?)
    }
}

impl Processor for RemoteSandbox {
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        let attempt = Box::new(attempt.clone());
        Box::pin(self.ask(SandboxRequest::Prepare { attempt, now }))
    }

    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Outcome> {
        let (attempt, reference) = (Box::new(attempt.clone()), reference.to_owned());
        Box::pin(self.ask(SandboxRequest::Confirm {
            attempt,
            reference,
            now,
        }))
    }

    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        let reference = reference.map(str::to_owned);
        Box::pin(self.ask(SandboxRequest::Retrieve {
            attempt_id,
            reference,
            now,
        }))
    }

    fn abandon<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Answer<'a, Option<Outcome>> {
        let reference = reference.map(str::to_owned);
        Box::pin(self.ask(SandboxRequest::Abandon {
            attempt_id,
            reference,
            now,
        }))
    }

    fn refund<'a>(
        &'a self,
        request: &'a RefundRequest,
        now: Timestamp,
    ) -> Answer<'a, RefundOutcome> {
        let request = request.clone();
        Box::pin(self.ask(SandboxRequest::Refund { request, now }))
    }

    fn refunds_of<'a>(
        &'a self,
        charge: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Vec<ProcessorRefund>> {
        let charge = charge.to_owned();
        Box::pin(self.ask(SandboxRequest::RefundsOf { charge, now }))
    }

    fn card<'a>(
        &'a self,
        confirmation_token: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<CardPreview>> {
        let confirmation_token = confirmation_token.to_owned();
        Box::pin(self.ask(SandboxRequest::Card {
            confirmation_token,
            now,
        }))
    }

    fn method<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Method>> {
        let reference = reference.to_owned();
        Box::pin(self.ask(SandboxRequest::Method { reference, now }))
    }

    fn forget<'a>(&'a self, method: &'a str, now: Timestamp) -> Answer<'a, ()> {
        let method = method.to_owned();
        Box::pin(self.ask(SandboxRequest::Forget { method, now }))
    }

    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Option<Dispute>> {
        let reference = reference.to_owned();
        Box::pin(self.ask(SandboxRequest::Dispute { reference, now }))
    }

    fn accept_dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Answer<'a, Dispute> {
        let reference = reference.to_owned();
        Box::pin(self.ask(SandboxRequest::AcceptDispute { reference, now }))
    }

    fn notice<'a>(
        &'a self,
        headers: &'a HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Answer<'a, Option<Notice>> {
        let signature = headers
            .get(SIGNATURE_HEADER)
            .and_then(|value| value.to_str().ok());
        let notice = SignedNotice {
            signature: signature.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        Box::pin(self.ask(SandboxRequest::Notice { notice, now }))
    }

    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Answer<'_, NoticeList> {
        Box::pin(self.ask(SandboxRequest::EventsSince { moment, now }))
    }

    fn checks(&self, now: Timestamp) -> BoxFuture<'_, Vec<Check>> {
        Box::pin(async move {
            let answers = self.card("", now).await;
            let check = match answers {
                Ok(_) => Check {
                    status: CheckStatus::Ok,
                    message: format!("the sandbox at {} answers", self.url),
                    advice: String::new(),
                },
                Err(error) => Check {
                    status: CheckStatus::Fail,
                    message: error.to_string(),
                    advice: "start `till sandbox`, or correct --sandbox-url".to_owned(),
                },
            };
            vec![test_cards_only(), check]
        })
    }

    fn test_mode(&self) -> bool {
        true
    }

    fn name(&self) -> ProcessorName {
        ProcessorName::Sandbox
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
            let asked = self.send(SandboxRequest::Tokenize { input, now }).await;
            asked.map_err(|error| match error {
                SandboxError::Card(wrong) => TokenizeError::Card(wrong),
                SandboxError::Unsure(words)
                | SandboxError::Refused(words)
                | SandboxError::Unavailable(words) => SandboxStoreError(words).into(),
            })
        })
    }

    fn authenticate<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> Answer<'a, Option<(Uuid, Outcome)>> {
        let client_secret = client_secret.to_owned();
        Box::pin(self.ask(SandboxRequest::Authenticate {
            client_secret,
            approve,
            now,
        }))
    }

    fn challenge<'a>(
        &'a self,
        client_secret: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Option<Challenge>> {
        let client_secret = client_secret.to_owned();
        Box::pin(self.ask(SandboxRequest::Challenge { client_secret, now }))
    }

    fn sign<'a>(&'a self, notice: &'a Notice, now: Timestamp) -> Answer<'a, SignedNotice> {
        let notice = notice.clone();
        Box::pin(self.ask(SandboxRequest::Sign { notice, now }))
    }
}
