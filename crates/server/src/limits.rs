//! Rate limits (lifecycle.md A.10): a budget per organization or address, and a stricter one for paying.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::{app::App, extract::Identity};

/// The limits in force; empty in development.
#[derive(Debug, Default)]
pub struct Limits {
    general: Option<DefaultKeyedRateLimiter<String>>,
    confirm: Vec<DefaultKeyedRateLimiter<String>>,
}

impl Limits {
    /// No limits.
    pub fn off() -> Self {
        Self::default()
    }

    /// `per_minute` requests for each organization, and for each address without a token; 6 a minute and
    /// 20 an hour for confirming one session from one address.
    pub fn per_minute(per_minute: NonZeroU32) -> Self {
        let confirm = |count: u32, quota: fn(NonZeroU32) -> Quota| {
            let count = NonZeroU32::new(count).expect("the counts are not zero");
            RateLimiter::keyed(quota(count))
        };
        Self {
            general: Some(RateLimiter::keyed(Quota::per_minute(per_minute))),
            confirm: vec![confirm(6, Quota::per_minute), confirm(20, Quota::per_hour)],
        }
    }

    /// Seconds to wait, if the key's budget is spent.
    fn spent(limiter: &DefaultKeyedRateLimiter<String>, key: &String) -> Option<u64> {
        let until = limiter.check_key(key).err()?;
        Some(
            until
                .wait_time_from(DefaultClock::default().now())
                .as_secs()
                .max(1),
        )
    }

    /// Forgets keys that have their whole budget again.
    pub fn sweep(&self) {
        for limiter in self.general.iter().chain(&self.confirm) {
            limiter.retain_recent();
        }
    }
}

/// Answers 429 with an empty body when a budget is spent.
pub async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(general) = &app.limits.general else {
        return next.run(request).await;
    };
    let address = client_ip(&app, &request);
    let key = match request.extensions().get::<Identity>() {
        Some(Identity::Token(held)) => held.1.id.to_string(),
        _ => address.clone(),
    };
    let mut wait = Limits::spent(general, &key);
    let path = request.uri().path();
    if path.starts_with("/v1/checkouts/client/") && path.ends_with("/confirm") {
        let key = format!("{address} {path}");
        for limiter in &app.limits.confirm {
            wait = wait.max(Limits::spent(limiter, &key));
        }
    }
    match wait {
        None => next.run(request).await,
        Some(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, seconds.to_string())],
        )
            .into_response(),
    }
}

/// The caller's network address: the trusted proxy's header if one is configured, else the peer.
pub fn client_ip(app: &App, request: &Request) -> String {
    let named = app.policy.client_ip_header.as_deref().and_then(|name| {
        let value = request.headers().get(name)?.to_str().ok()?;
        value.split(',').next()?.trim().parse::<IpAddr>().ok()
    });
    let peer = || {
        let info = request
            .extensions()
            .get::<ConnectInfo<std::net::SocketAddr>>()?;
        Some(info.0.ip())
    };
    named
        .or_else(peer)
        .map_or_else(|| "unknown".to_owned(), |ip| ip.to_string())
}
