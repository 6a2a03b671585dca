//! Requests to Stripe's API: the key, the version, the times and sizes, and what an answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use url::Url;

use super::form::Form;
use super::types::{ErrorAnswer, ErrorBody};
use crate::outbound::{SendError, send_error, tls};
use crate::processor::{Cause, ProcessorError};

/// The version that requests and answers are written in. Move it together with the script's address.
pub(super) const API_VERSION: &str = "2026-10-28.endive";

/// For connecting.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// For one request and its answer: shorter than an attempt waits before somebody asks how it stands.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The bytes of an answer that are read at most; a page of a hundred events is a tenth of it.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// The characters of a request's id that are kept at most.
const MAX_REQUEST_ID: usize = 64;

/// The client of one account.
pub(super) struct Client {
    http: reqwest::Client,
    api: Url,
    secret_key: String,
}

/// Reason why a request brought nothing.
#[derive(Debug)]
pub(super) enum StripeError {
    /// A bank or Stripe declined the card.
    Declined(Fault),
    /// The request is wrong; nothing was done.
    Invalid(Fault),
    /// The key is not accepted, or not allowed to do this; nothing was done.
    Denied(Fault),
    /// The idempotency key was used for another request before, or is in use: what that did is not known.
    KeyReused(Fault),
    /// An error of Stripe's own, repeated from its idempotency key: that request is over, and whether it did anything
    /// can be looked up.
    Repeated(Fault),
    /// No clear answer: what was done is not known.
    Unclear(Cause),
}

/// Fault that Stripe tells.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) body: Box<ErrorBody>,
    request_id: Option<String>,
}

impl Fault {
    /// True where the parameter of this name is to blame.
    pub(super) fn blames(&self, param: &str) -> bool {
        self.body.param.as_deref() == Some(param)
    }

    /// True where Stripe gives this code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.body.code.as_deref() == Some(code)
    }
}

/// The code and Stripe's words. Holds no key.
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.body.code.as_deref().unwrap_or(&self.body.kind);
        write!(f, "{} {code}", self.status)?;
        // The words about a key repeat parts of it.
        if let Some(words) = self.body.message.as_deref().filter(|_| self.status != 401) {
            write!(f, ": {}", redacted(words))?;
        }
        Ok(())
    }
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Cause {
        Cause::from(fault.to_string()).of_request(fault.request_id)
    }
}

impl std::fmt::Display for StripeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Declined(fault)
            | Self::Invalid(fault)
            | Self::Denied(fault)
            | Self::KeyReused(fault)
            | Self::Repeated(fault) => fault.fmt(f),
            Self::Unclear(cause) => cause.fmt(f),
        }
    }
}

/// As errors of a request that moves nothing and is not about a card: what is invalid is our fault.
impl From<StripeError> for ProcessorError {
    fn from(error: StripeError) -> ProcessorError {
        match error {
            StripeError::Unclear(cause) => ProcessorError::Unsure(cause),
            StripeError::KeyReused(fault) | StripeError::Repeated(fault) => {
                ProcessorError::Unsure(fault.into())
            }
            StripeError::Declined(fault)
            | StripeError::Invalid(fault)
            | StripeError::Denied(fault) => ProcessorError::Unavailable(fault.into()),
        }
    }
}

impl Client {
    pub(super) fn new(api: Url, secret_key: String) -> Result<Client, SendError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .user_agent(concat!("till/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(send_error)?;
        Ok(Client {
            http,
            api,
            secret_key,
        })
    }

    /// Reads an object. `path` holds the segments after `/v1`.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Form,
    ) -> Result<T, StripeError> {
        let mut url = self.url(path)?;
        url.set_query(Some(&query.encoded()));
        read(self.send(self.http.request(Method::GET, url)).await?).await
    }

    /// Asks for something to be done; the same idempotency key does it once.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        form: &Form,
        idempotency_key: Option<&str>,
    ) -> Result<T, StripeError> {
        let request = self
            .http
            .request(Method::POST, self.url(path)?)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.encoded());
        let request = match idempotency_key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        read(self.send(request).await?).await
    }

    /// The moment of Stripe's clock, to the second.
    pub(super) async fn clock(&self) -> Result<Timestamp, StripeError> {
        let response = self
            .send(self.http.request(Method::GET, self.url(&["account"])?))
            .await?;
        let date = response
            .headers()
            .get("date")
            .and_then(|value| value.to_str().ok());
        let moment = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        let moment =
            moment.ok_or_else(|| StripeError::Unclear("an answer without a date".into()))?;
        Ok(moment.timestamp())
    }

    fn url(&self, path: &[&str]) -> Result<Url, StripeError> {
        // References reach us from browsers and rows; none may lead to another path.
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if let Some(bad) = path
            .iter()
            .find(|part| part.is_empty() || !part.chars().all(is_name))
        {
            return Err(StripeError::Invalid(Fault {
                status: 404,
                body: Box::new(ErrorBody {
                    code: Some("resource_missing".to_owned()),
                    message: Some(format!("{} characters that name nothing", bad.len())),
                    ..ErrorBody::default()
                }),
                request_id: None,
            }));
        }
        let mut url = self.api.clone();
        url.set_path(&format!("/v1/{}", path.join("/")));
        Ok(url)
    }

    /// Sends a request, and once more where no connection was made: then nothing was asked.
    async fn send(&self, request: RequestBuilder) -> Result<Response, StripeError> {
        let request = request
            .bearer_auth(&self.secret_key)
            .header("stripe-version", API_VERSION);
        let again = request.try_clone();
        let sent = match (request.send().await, again) {
            (Err(error), Some(again)) if error.is_connect() => again.send().await,
            (sent, _) => sent,
        };
        sent.map_err(|error| StripeError::Unclear(send_error(error.without_url()).0.into()))
    }
}

/// The object in an answer, or what is wrong.
async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T, StripeError> {
    let status = response.status().as_u16();
    let id = response.headers().get("request-id");
    let id = id.and_then(|id| id.to_str().ok());
    let request_id = id
        .filter(|id| id.len() <= MAX_REQUEST_ID)
        .map(str::to_owned);
    let repeated = response.headers().get("idempotent-replayed");
    let is_repeated = repeated.is_some_and(|value| value == "true");
    let unclear =
        |words: String| StripeError::Unclear(Cause::from(words).of_request(request_id.clone()));
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => {
                body.extend_from_slice(&chunk)
            }
            Ok(Some(_)) => return Err(unclear("the answer is too long".to_owned())),
            Ok(None) => break,
            Err(error) => return Err(unclear(send_error(error.without_url()).0)),
        }
    }
    if (200..300).contains(&status) {
        return serde_json::from_slice(&body)
            .map_err(|error| unclear(format!("the answer cannot be read: {error}")));
    }
    let error = serde_json::from_slice::<ErrorAnswer>(&body);
    let (kind, body) = match error {
        Ok(answer) => (answer.error.kind.clone(), answer.error),
        Err(_) => return Err(unclear(format!("the answer was {status}"))),
    };
    let fault = Fault {
        status,
        body: Box::new(body),
        request_id: request_id.clone(),
    };
    Err(match status {
        400 | 409 if kind == "idempotency_error" => StripeError::KeyReused(fault),
        402 => StripeError::Declined(fault),
        400 | 404 => StripeError::Invalid(fault),
        401 | 403 => StripeError::Denied(fault),
        500.. if is_repeated => StripeError::Repeated(fault),
        _ => StripeError::Unclear(fault.into()),
    })
}

/// Words without the keys that they may repeat.
fn redacted(words: &str) -> String {
    let is_key = |word: &str| {
        ["sk_", "rk_", "whsec_", "_secret_"]
            .iter()
            .any(|part| word.contains(part))
    };
    let kept = words
        .split(' ')
        .map(|word| if is_key(word) { "[key]" } else { word });
    kept.collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_an_error_hold_no_key() {
        let fault = |status: u16, message: &str| Fault {
            status,
            body: Box::new(ErrorBody {
                message: Some(message.to_owned()),
                code: Some("x".into()),
                ..ErrorBody::default()
            }),
            request_id: Some("req_1".to_owned()),
        };
        let fault = |status, message| Cause::from(fault(status, message));
        let told = fault(401, "Invalid API Key provided: sk_test_****1234").to_string();
        assert_eq!(told, "401 x (request req_1)");
        let told = fault(403, "The key 'rk_test_abc' lacks a permission").to_string();
        assert_eq!(
            told,
            "403 x: The key [key] lacks a permission (request req_1)"
        );
    }

    #[test]
    fn a_reference_leads_to_no_other_path() {
        let client =
            Client::new("http://127.0.0.1:9".parse().unwrap(), "sk_test_x".into()).unwrap();
        assert_eq!(
            client.url(&["refunds", "re_1"]).unwrap().path(),
            "/v1/refunds/re_1"
        );
        for bad in ["", "..", "a/b", "a?b", "a#b", "%2e", "é"] {
            let refused = client.url(&["refunds", bad]).unwrap_err();
            assert!(
                matches!(refused, StripeError::Invalid(fault) if fault.is("resource_missing")),
                "{bad}"
            );
        }
    }
}
