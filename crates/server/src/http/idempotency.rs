//! `Idempotency-Key` (docs/behaviour/idempotency.md): a POST that is sent again with its key has its effect once, and
//! gets the first answer again; so does a change of a subscription.
//!
//! The answer is written in the same commit as the effect ([`App::reply`]). A request that charges, whose answer comes
//! after the processor's, writes the key with its attempt, and the answer is kept when it is known; one that is sent
//! again meanwhile learns it from the journal. A request that was refused before it had an effect leaves
//! nothing behind, and its key may be used again.

mod form;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use till_core::kernel::{
    changes::Changes,
    context::DecisionContext,
    idempotency::{self, KeptAnswer, KeyState},
};
use till_wire::{input::Problem, loc};
use uuid::Uuid;

use crate::{
    app::App,
    error::ApiError,
    http::extract::{Body, Identity},
};

pub use form::{EarlierSubmission, FIELD};

/// The request's key.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is an earlier one.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Addresses that hold a client secret begin so.
const BY_ADDRESS: &str = "/v1/checkouts/client/";
/// Characters of a key, at most.
const LONGEST: usize = 255;

/// Makes a request's effect happen once; does nothing for a request without a key.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyGuard(Option<Arc<Claim>>);

/// A request's key, and what it stands for.
struct Claim {
    id: Uuid,
    request: String,
    seal: LessSafeKey,
    /// The same request had its effect before, and its answer is not kept yet.
    begun: Option<KeptAnswer>,
    /// This request has had its effect, and its answer is still to be kept.
    unanswered: AtomicBool,
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyGuard {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.remove().unwrap_or_default())
    }
}

impl IdempotencyGuard {
    /// A request that had begun before under this key, without an answer yet: what its effect was about.
    pub fn begun(&self) -> Option<Option<Uuid>> {
        let begun = self.0.as_ref()?.begun.as_ref()?;
        Some(begun.subject_id)
    }

    /// Makes `changes` happen once; [`IdempotencyGuard::mark_begun`] is to follow once they are committed.
    pub fn begin(&self, changes: &mut Changes, subject_id: Option<Uuid>, ctx: &DecisionContext) {
        if let Some(claim) = &self.0 {
            idempotency::begin(changes, claim.id, &claim.request, subject_id, None, ctx);
        }
    }

    /// The work that was begun is true now: the answer is kept when the request ends. That of a request that was
    /// refused is not.
    pub fn mark_begun(&self) {
        if let Some(claim) = &self.0 {
            claim.unanswered.store(true, Ordering::Release);
        }
    }

    /// Makes `changes` happen once, with their answer.
    pub fn keep(
        &self,
        changes: &mut Changes,
        status: StatusCode,
        answer: &impl Serialize,
        ctx: &DecisionContext,
    ) -> Result<(), ApiError> {
        let Some(claim) = &self.0 else { return Ok(()) };
        let body = serde_json::to_vec(answer).map_err(ApiError::internal)?;
        let answer = Some((status.as_u16(), claim.sealed(&body, ctx)?));
        idempotency::begin(changes, claim.id, &claim.request, None, answer, ctx);
        Ok(())
    }
}

impl App {
    /// Commits what was decided, together with the answer that it gets, and answers. What changed nothing has nothing to
    /// be kept for: asked again, it is answered again.
    pub async fn reply<T, V: Serialize>(
        &self,
        guard: &IdempotencyGuard,
        status: StatusCode,
        (now, changes): (T, Changes),
        view: impl FnOnce(T) -> V,
    ) -> Result<V, ApiError> {
        let answer = view(now);
        if changes.writes_nothing() {
            self.commit(changes).await?;
            return Ok(answer);
        }
        self.reply_kept(guard, status, changes, answer).await
    }

    /// The same of an effect that the changes do not show, because it was had elsewhere: its answer is always kept.
    pub async fn reply_kept<V: Serialize>(
        &self,
        guard: &IdempotencyGuard,
        status: StatusCode,
        mut changes: Changes,
        answer: V,
    ) -> Result<V, ApiError> {
        guard.keep(&mut changes, status, &answer, &self.context())?;
        self.commit(changes).await?;
        Ok(answer)
    }
}

impl Claim {
    /// The key of a request, as its sender's alone.
    fn of(app: &App, request: &Request, key: &str) -> Self {
        let extensions = request.extensions();
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let body = extensions.get::<Body>().and_then(|body| body.0.as_ref());
        let body = body.map(ToString::to_string).unwrap_or_default();
        // Without a token, the address holds the credential, or else the body does.
        let sender = match extensions.get::<Identity>() {
            Some(Identity::Token(held)) => held.0.id.to_string(),
            Some(Identity::Viewer(viewer)) => viewer.session.id.to_string(),
            _ if path.starts_with(BY_ADDRESS) => path.to_owned(),
            _ => format!("{path}\n{}", app.key.digest(&body)),
        };
        Self::new(app, &sender, key, &format!("{path}\n{body}"))
    }

    /// Of a key that is `sender`'s alone; `request` is what it stands for.
    fn new(app: &App, sender: &str, key: &str, request: &str) -> Self {
        let id = app.key.derive(&format!("idempotency key\n{sender}\n{key}"));
        let seal = app
            .key
            .derive(&format!("idempotency answer\n{sender}\n{key}"));
        let id = uuid::Builder::from_random_bytes(id[..16].try_into().expect("half of 32 bytes"));
        let seal = UnboundKey::new(&CHACHA20_POLY1305, &seal).expect("the key has 32 bytes");
        Self {
            id: id.into_uuid(),
            request: app.key.digest(&format!("idempotent request\n{request}")),
            seal: LessSafeKey::new(seal),
            begun: None,
            unanswered: AtomicBool::new(false),
        }
    }

    async fn key_state(&self, app: &App) -> Result<KeyState, ApiError> {
        let found = app.store.kept_answer(self.id).await?;
        Ok(idempotency::key_state(
            found,
            &self.request,
            app.clock.now(),
        ))
    }

    /// A body that only the key's sender can make the server read.
    fn sealed(&self, body: &[u8], ctx: &DecisionContext) -> Result<String, ApiError> {
        let nonce: [u8; NONCE_LEN] = ctx.id().as_bytes()[..NONCE_LEN]
            .try_into()
            .expect("12 of 16 bytes");
        let mut bytes = body.to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut bytes,
            )
            .map_err(|_| ApiError::internal("a response could not be encrypted"))?;
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    fn opened(&self, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let body = self.seal.open_in_place(nonce, Aad::empty(), body).ok()?;
        Some(body.to_vec())
    }

    /// The first answer: its status and body.
    fn answer(&self, kept: &KeptAnswer) -> Result<(StatusCode, Vec<u8>), ApiError> {
        let status = kept.status.and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let body = kept
            .answer
            .as_deref()
            .and_then(|sealed| self.opened(sealed));
        status.zip(body).ok_or_else(|| {
            ApiError::internal("a stored response cannot be decrypted: was the secret key changed?")
        })
    }

    /// The first answer again.
    fn replay(&self, kept: &KeptAnswer) -> Result<Response, ApiError> {
        let (status, body) = self.answer(kept)?;
        if status == StatusCode::NO_CONTENT {
            return Ok((status, [(REPLAYED, HeaderValue::from_static("true"))]).into_response());
        }
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (REPLAYED, HeaderValue::from_static("true")),
        ];
        Ok((status, headers, body).into_response())
    }

    /// Keeps the answer of a request that had its effect before it could be answered. What may still change is
    /// not kept: the same request then asks again.
    async fn keep_late(&self, app: &App, response: Response) -> Result<Response, ApiError> {
        let status = response.status();
        if status.is_server_error() || status == StatusCode::CONFLICT {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body: Bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(ApiError::internal)?;
        let sealed = self.sealed(&body, &app.context())?;
        app.commit(idempotency::answer(self.id, status.as_u16(), sealed))
            .await?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

/// True for a request that may have a key: every POST, and a change of a subscription, which may charge.
fn takes_key(request: &Request) -> bool {
    match *request.method() {
        Method::POST => true,
        Method::PATCH => ["/v1/subscriptions/", "/v1/customer-portal/subscriptions/"]
            .iter()
            .any(|path| request.uri().path().starts_with(path)),
        _ => false,
    }
}

/// Around every request of the API that may have a key: answers again what was answered, and keeps what was not.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !takes_key(&request) || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    guarded(&app, request, next)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn guarded(app: &App, mut request: Request, next: Next) -> Result<Response, ApiError> {
    let key = fitting(request.headers()[KEY].to_str().unwrap_or_default())?;
    let mut claim = Claim::of(app, &request, &key);
    match claim.key_state(app).await? {
        KeyState::Nothing => {}
        KeyState::Other => {
            return Err(wrong(
                "This key has already been used for another request",
                &key,
            ));
        }
        KeyState::Answered(kept) => return claim.replay(&kept),
        KeyState::Begun(kept) => {
            claim.begun = Some(kept);
            claim.unanswered = AtomicBool::new(true);
        }
    }
    let claim = Arc::new(claim);
    request
        .extensions_mut()
        .insert(IdempotencyGuard(Some(claim.clone())));
    let response = next.run(request).await;
    if claim.unanswered.load(Ordering::Acquire) {
        return claim.keep_late(app, response).await;
    }
    if response.status().is_success() {
        return Ok(response);
    }
    // The same request, sent twice at once: whichever came first has the answer.
    match claim.key_state(app).await? {
        KeyState::Answered(kept) => claim.replay(&kept),
        _ => Ok(response),
    }
}

fn fitting(text: &str) -> Result<String, ApiError> {
    let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        return Err(wrong(
            "A key must have 1 to 255 visible ASCII characters",
            text,
        ));
    }
    Ok(text.to_owned())
}

fn wrong(words: &str, key: &str) -> ApiError {
    ApiError::unreadable(vec![Problem::value(
        loc!["header", "Idempotency-Key"],
        words,
        key,
    )])
}
