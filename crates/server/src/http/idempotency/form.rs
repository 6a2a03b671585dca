//! The forms of Till's own pages. Each page is shown with a fresh key in its forms; what a form makes, it makes once.
//!
//! A key stands for a form together with all that the form holds: filled in otherwise under the same key, as after
//! the way back, it is another one.

use axum::http::{HeaderValue, StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::{Serialize, de::DeserializeOwned};
use till_core::kernel::idempotency::{self, KeyState};
use uuid::Uuid;

use super::{Claim, IdempotencyGuard, fitting};
use crate::{app::App, error::ApiError};

/// The field that holds a form's key. The page's script sends it as the header, too.
pub const FIELD: &str = "_idempotency_key";

/// The outcome of a form that may have been sent before.
#[derive(Debug)]
pub enum EarlierSubmission<T> {
    /// Nothing: it is sent for the first time, or has no key.
    Nothing,
    /// It had its effect, and what came of it is not kept: what the effect was about.
    Begun(Option<Uuid>),
    /// It is done, with this result.
    Done(T),
}

impl IdempotencyGuard {
    /// Of a form that `sender` sent, with all that it held; its key is the header's, or the field's. Without a key, a
    /// form does what it does as often as it is sent.
    ///
    /// # Errors
    /// A key that is none: 422.
    pub fn of_form(
        app: &App,
        sender: &str,
        (header, field): (Option<&HeaderValue>, Option<&str>),
        content: &[u8],
    ) -> Result<Self, ApiError> {
        let Some(key) = header
            .map(|sent| sent.to_str().unwrap_or_default())
            .or(field)
        else {
            return Ok(Self::default());
        };
        let content = STANDARD_NO_PAD.encode(digest(&SHA256, content));
        let sender = format!("form\n{sender}\n{content}");
        let claim = Claim::new(app, &sender, &fitting(key)?, &sender);
        Ok(Self(Some(claim.into())))
    }

    /// The outcome of the same form, if it was sent before.
    pub async fn before<T: DeserializeOwned>(
        &self,
        app: &App,
    ) -> Result<EarlierSubmission<T>, ApiError> {
        let Some(claim) = &self.0 else {
            return Ok(EarlierSubmission::Nothing);
        };
        match claim.key_state(app).await? {
            KeyState::Nothing | KeyState::Other => Ok(EarlierSubmission::Nothing),
            KeyState::Begun(kept) => Ok(EarlierSubmission::Begun(kept.subject_id)),
            KeyState::Answered(kept) => {
                let (_, answer) = claim.answer(&kept)?;
                let answer = serde_json::from_slice(&answer).map_err(ApiError::internal)?;
                Ok(EarlierSubmission::Done(answer))
            }
        }
    }

    /// The result of `run`, or the earlier one where the same form was sent before.
    pub async fn make<T, V>(
        self,
        app: &App,
        run: impl AsyncFnOnce(Self) -> Result<V, ApiError>,
    ) -> Result<T, ApiError>
    where
        T: DeserializeOwned,
        V: Serialize,
    {
        if let EarlierSubmission::Done(made) = self.before(app).await? {
            return Ok(made);
        }
        match run(self.clone()).await {
            Ok(made) => serde_json::to_value(made)
                .and_then(serde_json::from_value)
                .map_err(ApiError::internal),
            // The same form, sent twice at once: whichever came first has the answer.
            Err(error) => match self.before(app).await? {
                EarlierSubmission::Done(made) => Ok(made),
                _ => Err(error),
            },
        }
    }

    /// Keeps what came of what [`IdempotencyGuard::begin`] began.
    pub async fn done(&self, app: &App, answer: &impl Serialize) -> Result<(), ApiError> {
        let Some(claim) = &self.0 else { return Ok(()) };
        let answer = serde_json::to_vec(answer).map_err(ApiError::internal)?;
        let sealed = claim.sealed(&answer, &app.context())?;
        let status = StatusCode::OK.as_u16();
        app.commit(idempotency::answer(claim.id, status, sealed))
            .await
    }
}
