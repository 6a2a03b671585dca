//! Networks, as budgets count them.

use std::{fmt, net::IpAddr, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, request::Parts},
};

use super::client_ip;
use crate::app::App;

/// The network that a request comes from: an IPv4 address, or the 64 bits of an IPv6 address that its holder cannot
/// choose. Whoever has one IPv6 address has the whole /64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network(String);

impl Network {
    /// The network of a request.
    pub fn of(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Self {
        Self::of_address(&client_ip(app, headers, extensions))
    }

    /// The network of an address as [`client_ip`] tells it.
    pub fn of_address(address: &str) -> Self {
        let ip = address.parse::<IpAddr>().map(|ip| ip.to_canonical());
        Self(match ip {
            Ok(IpAddr::V6(v6)) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Ok(IpAddr::V4(v4)) => v4.to_string(),
            Err(_) => address.to_owned(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<Arc<App>> for Network {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(app, &parts.headers, &parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_is_one_network_and_an_ipv6_address_has_a_64() {
        let of = |address| Network::of_address(address).to_string();
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(
            of("2001:db8:0:1::1"),
            of("2001:db8:0:1:ffff:ffff:ffff:ffff")
        );
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("unknown"), "unknown");
    }
}
