//! The API: from a request to its answer.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    account::API_VERSION,
    books::IdempotentResult,
    error::Refusal,
    fake::Fake,
    form, notices,
    params::{self, Params},
    routes::{self, Route},
    troubles::{Trouble, Troubles, dice},
    views::View,
    work::{Call, RequestOrigin},
};

/// Seconds for which an idempotency key is remembered.
pub const KEY_LIFE: i64 = 24 * 3600;

/// A request of the API.
#[derive(Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path.
    pub path: &'a str,
    /// The query, encoded.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, encoded.
    pub body: &'a [u8],
}

/// Outcome of a request: what its client gets.
#[derive(Debug)]
pub enum ApiOutcome {
    /// An answer.
    Response(ApiResponse),
    /// Nothing, ever.
    Silence,
    /// The end of the connection.
    Reset,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct ApiResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: String,
    /// Id of the request.
    pub request: String,
    /// Id of the request that it repeats.
    pub original: Option<String>,
    /// Idempotency key of the request.
    pub key: Option<String>,
}

/// An endpoint with what it was asked.
struct ParsedRequest<'a> {
    route: &'static Route,
    id: &'a str,
    given: Map<String, Value>,
    params: Params,
    publishable: bool,
}

/// The answer to a request.
pub async fn answer(fake: &Arc<Fake>, request: &Request<'_>) -> ApiOutcome {
    fake.settle();
    let id = fake.state().books.id("req");
    let (troubles, trouble) = fake.troubles_of(request.method.as_str(), request.path);
    match trouble {
        Some(Trouble::Lost) => return ApiOutcome::Silence,
        Some(Trouble::ResetBefore) => return ApiOutcome::Reset,
        Some(Trouble::RateLimit) => return ApiOutcome::Response(refused(&id, &rate_limited())),
        _ => {}
    }
    let asked = match ask(fake, request) {
        Ok(asked) => asked,
        Err(refusal) => {
            fake.pause(&troubles).await;
            let answer = refused(&id, &refusal);
            record(fake, request, None, &answer);
            return ApiOutcome::Response(answer);
        }
    };
    let answered = done(fake, request, &asked, &id, &troubles, trouble).await;
    record(fake, request, Some(&asked), &answered);
    match trouble {
        Some(Trouble::Silent) => ApiOutcome::Silence,
        Some(Trouble::ResetAfter) => ApiOutcome::Reset,
        _ => ApiOutcome::Response(answered),
    }
}

/// The endpoint that is asked, if the key may and the parameters can be read.
fn ask<'a>(fake: &Fake, request: &Request<'a>) -> Result<ParsedRequest<'a>, Refusal> {
    let (route, id) = routes::find(request.method, request.path).ok_or_else(|| {
        Refusal::invalid(format!(
            "Unrecognized request URL ({}: {}). Please see https://stripe.com/docs or we can help at \
             https://support.stripe.com/.",
            request.method, request.path
        ))
        .status(StatusCode::NOT_FOUND)
    })?;
    let publishable = fake.keys.check(
        request.headers,
        route,
        &fake.account,
        &fake.state().restricted,
    )?;
    let version = request
        .headers
        .get("stripe-version")
        .and_then(|value| value.to_str().ok());
    if let Some(version) = version.filter(|version| *version != API_VERSION) {
        return Err(Refusal::invalid(format!(
            "Invalid Stripe API version: {version}. The fake Stripe speaks {API_VERSION}."
        )));
    }
    let mut given = form::decode(request.query.as_bytes())?;
    if *request.method != Method::GET {
        given.append(&mut form::decode(request.body)?);
    }
    // The script says whose it is in its parameters, as Stripe's does.
    if publishable {
        given.shift_remove("key");
    }
    let params = params::read(route.params, &given)?;
    Ok(ParsedRequest {
        route,
        id,
        given,
        params,
        publishable,
    })
}

/// The answer to a request that is understood: the one that its idempotency key remembers, or a new one.
async fn done(
    fake: &Arc<Fake>,
    request: &Request<'_>,
    asked: &ParsedRequest<'_>,
    id: &str,
    troubles: &Troubles,
    trouble: Option<Trouble>,
) -> ApiResponse {
    let key = idempotency_key(request);
    let fingerprint = fingerprint(request, &asked.given);
    if let Some(key) = &key {
        match begin(fake, key, &fingerprint, request.path) {
            Ok(None) => {}
            Ok(Some(kept)) => return repeated(id, kept),
            Err(refusal) => {
                return ApiResponse {
                    key: Some(key.clone()),
                    ..refused(id, &refusal)
                };
            }
        }
    }
    let running = Running {
        fake,
        key: key.as_deref(),
    };
    fake.pause(troubles).await;
    if trouble == Some(Trouble::Conflict) {
        return ApiResponse {
            key: key.clone(),
            ..refused(id, &in_use(key.as_deref().unwrap_or_default()))
        };
    }
    let asker = RequestOrigin {
        request: Some(id),
        key: key.as_deref(),
        publishable: asked.publishable,
        processing: dice(fake.seed, fake.count()) < troubles.processing,
    };
    let (status, body, remembered, events) = match trouble {
        Some(Trouble::ErrorBefore) => broken(Vec::new()),
        Some(Trouble::ErrorAfter) => broken(execute(fake, request, asked, asker).3),
        _ => execute(fake, request, asked, asker),
    };
    if let Some(key) = key.as_deref().filter(|_| remembered) {
        remember(fake, key, fingerprint, request.path, id, status, &body);
    }
    drop(running);
    let notices = troubles.notices.clone();
    if notices.before {
        notices::send(fake, events, notices).await;
    } else {
        fake.notify(events, notices);
    }
    ApiResponse {
        status,
        body,
        request: id.to_owned(),
        original: None,
        key,
    }
}

type Done = (StatusCode, String, bool, Vec<String>);

/// The endpoint does its work.
fn execute(
    fake: &Fake,
    request: &Request<'_>,
    asked: &ParsedRequest<'_>,
    asker: RequestOrigin<'_>,
) -> Done {
    let (result, events) = fake.work(asker, |work| {
        let call = Call {
            params: &asked.params,
            id: asked.id,
            path: request.path,
        };
        let mut object = (asked.route.handler)(work, &call)?;
        let view = View {
            books: work.books,
            account: work.account,
            now: work.now,
        };
        view.expand(
            &mut object,
            &asked.params.texts("expand").unwrap_or_default(),
        )?;
        if asked.publishable && asked.route.method == Method::GET {
            conceal(&mut object);
        }
        Ok::<Value, Refusal>(object)
    });
    match result {
        Ok(object) => (StatusCode::OK, pretty(&object), true, events),
        Err(refusal) => (
            refusal.status,
            pretty(&logged(&refusal, asker.request.unwrap_or_default())),
            !refusal.before_work,
            events,
        ),
    }
}

/// Fields that a publishable key does not see.
fn conceal(object: &mut Value) {
    if let Some(object) = object.as_object_mut() {
        for name in [
            "metadata",
            "customer",
            "latest_charge",
            "application",
            "on_behalf_of",
            "transfer_group",
        ] {
            object.shift_remove(name);
        }
    }
}

fn broken(events: Vec<String>) -> Done {
    let refusal = Refusal::invalid("An unknown error occurred").kind("api_error");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        pretty(&refusal.body()),
        true,
        events,
    )
}

fn pretty(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_default()
}

fn logged(refusal: &Refusal, request: &str) -> Value {
    let url = format!("https://dashboard.stripe.com/test/logs/{request}");
    refusal.clone().with("request_log_url", url).body()
}

fn refused(request: &str, refusal: &Refusal) -> ApiResponse {
    ApiResponse {
        status: refusal.status,
        body: pretty(&logged(refusal, request)),
        request: request.to_owned(),
        original: None,
        key: None,
    }
}

fn rate_limited() -> Refusal {
    Refusal::invalid("Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.")
        .code("rate_limit")
        .status(StatusCode::TOO_MANY_REQUESTS)
}

// ---- idempotency ----

fn idempotency_key(request: &Request<'_>) -> Option<String> {
    if *request.method != Method::POST {
        return None;
    }
    let key = request.headers.get("idempotency-key")?.to_str().ok()?;
    (!key.is_empty()).then(|| key.to_owned())
}

fn fingerprint(request: &Request<'_>, given: &Map<String, Value>) -> String {
    // Parameters in another order are the same parameters.
    let mut sorted: Vec<(&String, &Value)> = given.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    let sorted = format!("{} {} {sorted:?}", request.method, request.path);
    let digest = Sha256::digest(sorted.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The answer that a key remembers; otherwise the key is in use from now on.
fn begin(
    fake: &Fake,
    key: &str,
    fingerprint: &str,
    path: &str,
) -> Result<Option<IdempotentResult>, Refusal> {
    if key.len() > 255 {
        return Err(Refusal::invalid(
            "Idempotency keys can be at most 255 characters long.",
        ));
    }
    let mut state = fake.state();
    if state.running.contains(key) {
        return Err(in_use(key));
    }
    let kept = state
        .books
        .keys
        .get(key)
        .filter(|kept| kept.created + KEY_LIFE > fake.clock.now());
    match kept {
        None => {
            state.running.insert(key.to_owned());
            Ok(None)
        }
        Some(kept) if kept.fingerprint == fingerprint => Ok(Some(kept.clone())),
        Some(kept) if kept.path != path => Err(Refusal::invalid(format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{path}' vs \
             '{}'). Try using a key other than '{key}' if you meant to execute a different request.",
            kept.path
        ))
        .kind("idempotency_error")),
        Some(_) => Err(Refusal::invalid(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        ))
        .kind("idempotency_error")),
    }
}

fn in_use(key: &str) -> Refusal {
    Refusal::invalid(format!(
        "There is currently another in-progress request using this Idempotency Key (that probably means you submitted \
         twice, and the other request is still going through): {key}. Please try again later."
    ))
    .kind("idempotency_error")
    .code("idempotency_key_in_use")
    .status(StatusCode::CONFLICT)
}

fn repeated(request: &str, kept: IdempotentResult) -> ApiResponse {
    ApiResponse {
        status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body: kept.body,
        request: request.to_owned(),
        original: Some(kept.request),
        key: Some(kept.id),
    }
}

fn remember(
    fake: &Fake,
    key: &str,
    fingerprint: String,
    path: &str,
    request: &str,
    status: StatusCode,
    body: &str,
) {
    let mut state = fake.state();
    state.books.keys.put(IdempotentResult {
        id: key.to_owned(),
        created: fake.clock.now(),
        fingerprint,
        path: path.to_owned(),
        request: request.to_owned(),
        status: status.as_u16(),
        body: body.to_owned(),
    });
    state.write();
}

/// A key that is in use until this is dropped, also when the client goes away.
struct Running<'a> {
    fake: &'a Fake,
    key: Option<&'a str>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.fake.state().running.remove(key);
        }
    }
}

// ---- the record of exchanges ----

fn record(
    fake: &Fake,
    request: &Request<'_>,
    asked: Option<&ParsedRequest<'_>>,
    answer: &ApiResponse,
) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    fake.state().record(json!({
        "operation": asked.map(|asked| asked.route.operation),
        "publishable": asked.is_some_and(|asked| asked.publishable),
        "method": request.method.as_str(),
        "path": request.path,
        "params": asked.map(|asked| Value::Object(asked.given.clone())),
        "idempotency_key": answer.key,
        "status": answer.status.as_u16(),
        "request_id": answer.request,
        "replayed": answer.original.is_some(),
        "answer": body,
    }));
}
