//! Rate limits (lifecycle.md A.10): a budget per organization or address, and stricter ones for paying and
//! for signing in.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::{app::App, extract::Identity};

/// The limits in force.
#[derive(Debug)]
pub struct Limits {
    general: Option<DefaultKeyedRateLimiter<String>>,
    confirm: Vec<DefaultKeyedRateLimiter<String>>,
    passwords: Door,
    links: Door,
}

/// The budgets of one way in: by whom, and from where.
#[derive(Debug)]
struct Door {
    email: DefaultKeyedRateLimiter<String>,
    address: DefaultKeyedRateLimiter<String>,
}

impl Door {
    fn new(email: Quota, address: Quota) -> Self {
        Self {
            email: RateLimiter::keyed(email),
            address: RateLimiter::keyed(address),
        }
    }

    /// The address pays first, so that nobody can empty everybody's budget from one place.
    fn spent(&self, email: Option<&str>, address: &str) -> Option<u64> {
        Limits::spent(&self.address, &network(address))
            .or_else(|| Limits::spent(&self.email, &email?.to_owned()))
    }
}

/// So many at once, and one more after each `pause`.
fn budget(count: u32, pause: Duration) -> Quota {
    let count = NonZeroU32::new(count).expect("the counts are not zero");
    Quota::with_period(pause)
        .expect("the pauses are not zero")
        .allow_burst(count)
}

/// Who has one IPv6 address has its whole /64.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            format!("{:x?}", &v6.segments()[..4])
        }
        _ => address.to_owned(),
    }
}

impl Limits {
    /// No limits on the API, and on signing in none that a machine's own tests would meet from one address.
    pub fn off() -> Self {
        let wide = budget(1_000, Duration::from_millis(100));
        Self {
            general: None,
            confirm: Vec::new(),
            passwords: Door::new(budget(10, Duration::from_secs(90)), wide),
            links: Door::new(budget(5, Duration::from_mins(3)), wide),
        }
    }

    /// `per_minute` requests for each organization, and for each address without a token; 6 a minute and
    /// 20 an hour for confirming one session from one address. To sign in by password: 10 tries for one
    /// person and 30 from one address, then one more every 90 and 20 seconds. To ask for links: 5 and 20,
    /// then one more every 3 and every minute.
    pub fn per_minute(per_minute: NonZeroU32) -> Self {
        let confirm = |count: u32, quota: fn(NonZeroU32) -> Quota| {
            let count = NonZeroU32::new(count).expect("the counts are not zero");
            RateLimiter::keyed(quota(count))
        };
        Self {
            general: Some(RateLimiter::keyed(Quota::per_minute(per_minute))),
            confirm: vec![confirm(6, Quota::per_minute), confirm(20, Quota::per_hour)],
            passwords: Door::new(
                budget(10, Duration::from_secs(90)),
                budget(30, Duration::from_secs(20)),
            ),
            links: Door::new(
                budget(5, Duration::from_mins(3)),
                budget(20, Duration::from_mins(1)),
            ),
        }
    }

    /// Seconds to wait before a password may be tried, if a budget is spent. `email` is in lower case.
    pub fn password(&self, email: Option<&str>, address: &str) -> Option<u64> {
        self.passwords.spent(email, address)
    }

    /// Seconds to wait before a link may be asked for, if a budget is spent. `email` is in lower case.
    pub fn link(&self, email: Option<&str>, address: &str) -> Option<u64> {
        self.links.spent(email, address)
    }

    /// Seconds to wait before a session may be confirmed, if a budget is spent, through the API or the page.
    pub fn confirming(&self, secret: &str, address: &str) -> Option<u64> {
        let key = format!("{address} {secret}");
        let waits = self
            .confirm
            .iter()
            .map(|limiter| Self::spent(limiter, &key));
        waits.fold(None, Ord::max)
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
        let doors = [&self.passwords, &self.links];
        let doors = doors.iter().flat_map(|door| [&door.email, &door.address]);
        for limiter in self.general.iter().chain(&self.confirm).chain(doors) {
            limiter.retain_recent();
        }
    }
}

/// Answers 429 with an empty body when a budget is spent.
pub async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(general) = &app.limits.general else {
        return next.run(request).await;
    };
    let address = client_ip(&app, request.headers(), request.extensions());
    let key = match request.extensions().get::<Identity>() {
        Some(Identity::Token(held)) => held.1.id.to_string(),
        _ => address.clone(),
    };
    let mut wait = Limits::spent(general, &key);
    let path = request.uri().path();
    let confirmed = path.strip_prefix("/v1/checkouts/client/");
    if let Some(secret) = confirmed.and_then(|rest| rest.strip_suffix("/confirm")) {
        wait = wait.max(app.limits.confirming(secret, &address));
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

/// The caller's network address: the trusted proxy's header if one is configured, else the peer. Of several
/// addresses in the header the last counts: it is the one that the proxy saw and added, while what stands before
/// it may be what the caller sent, a new one with every try.
pub fn client_ip(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let named = app.policy.client_ip_header.as_deref().and_then(|name| {
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    });
    let peer = || {
        let info = extensions.get::<ConnectInfo<std::net::SocketAddr>>()?;
        Some(info.0.ip())
    };
    named
        .or_else(peer)
        .map_or_else(|| "unknown".to_owned(), |ip| ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_is_confirmed_six_times_a_minute_from_one_address() {
        let limits = Limits::per_minute(NonZeroU32::MIN);
        let tries = |secret: &str, address: &str| {
            (0..100)
                .take_while(|_| limits.confirming(secret, address).is_none())
                .count()
        };
        assert_eq!(tries("polar_c_1", "203.0.113.1"), 6);
        assert_eq!(tries("polar_c_1", "203.0.113.1"), 0);
        assert_eq!(tries("polar_c_2", "203.0.113.1"), 6);
        assert_eq!(tries("polar_c_1", "203.0.113.2"), 6);
        assert!((0..100).all(|_| {
            Limits::off()
                .confirming("polar_c_1", "203.0.113.1")
                .is_none()
        }));
    }

    #[test]
    fn one_person_and_one_address_each_have_a_budget() {
        let limits = Limits::per_minute(NonZeroU32::MIN);
        let tries = |email: &str, address: &str| {
            (0..100)
                .take_while(|_| limits.password(Some(email), address).is_none())
                .count()
        };
        assert_eq!(tries("ada@example.com", "203.0.113.1"), 10);
        assert_eq!(tries("ada@example.com", "203.0.113.2"), 0, "whoever asks");
        assert_eq!(tries("eve@example.com", "203.0.113.1"), 10);
        assert!(limits.password(None, "203.0.113.1").is_none());
        let asked = (0..100).take_while(|_| limits.link(None, "2001:db8::1").is_none());
        assert_eq!(asked.count(), 20);
        assert!(
            limits.link(None, "2001:db8::ffff").is_some(),
            "the same /64"
        );
        assert!(limits.link(None, "2001:db8:1::1").is_none());
    }
}
