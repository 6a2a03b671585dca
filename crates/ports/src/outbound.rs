//! The one HTTP client for addresses that users give, such as webhook endpoints.
//!
//! A user may give any address, so the client must never become a way into the network it runs
//! in. The address that is actually connected to is checked, after resolving: a name that was
//! public when it was saved may point inside when it is used. Redirects are not followed,
//! proxies not used, answers read only as far as they are kept.

mod address;
mod rule;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::processor::BoxFuture;

pub use self::address::is_public;
pub use self::rule::{UrlProblem, endpoint_url_rule};

/// For everything together: connecting, sending, and reading what is kept of the answer
/// (docs/behaviour: webhooks/delivery).
const TIMEOUT: Duration = Duration::from_secs(10);

/// The number of characters of an answer that are kept (docs/behaviour: webhooks/retries).
const KEPT_CHARACTERS: usize = 2_048;

/// The number of bytes of an answer that are read: as many as that many characters of UTF-8 need at most.
const MAX_READ: usize = KEPT_CHARACTERS * 4;

/// The client. Cloning shares its connections.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    allow_private: bool,
}

/// The answer of a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; a redirect is an answer like any other.
    pub status: u16,
    /// The first 2,048 characters, without NULs; what is not UTF-8 is replaced.
    pub body: String,
}

/// Reason why there is no answer, in words for the person who gave the address. Holds no URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SendError(pub String);

impl Outbound {
    /// `allow_private` lets it connect to addresses that are not public and speak plain HTTP.
    /// The machine's own certificates are trusted; on a machine without any, every TLS
    /// connection fails, and nothing else.
    pub fn new(allow_private: bool) -> Result<Outbound, SendError> {
        Self::with_resolver(Arc::new(SystemResolver), allow_private)
    }

    /// With somebody else to ask for the addresses of names.
    fn with_resolver(
        resolver: Arc<dyn Resolver>,
        allow_private: bool,
    ) -> Result<Outbound, SendError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(PublicOnlyResolver {
                resolver,
                allow_private,
            })
            .https_only(!allow_private)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(send_error)?;
        Ok(Outbound {
            client,
            allow_private,
        })
    }

    /// Sends one POST and waits for the answer, at most 10 seconds in all. Headers beyond those
    /// of HTTP itself are the caller's, `user-agent` and `content-type` included.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, SendError> {
        let url = url::Url::parse(url).map_err(|error| SendError(error.to_string()))?;
        // The resolver is not asked about addresses that are written out.
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(SendError("the URL has no host".to_owned())),
        };
        if literal.is_some_and(|address| !self.allow_private && !is_public(address)) {
            return Err(SendError(NotPublic.to_string()));
        }
        let mut map = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(send_error)?;
            map.append(name, HeaderValue::from_str(value).map_err(send_error)?);
        }
        let request = self.client.post(url).headers(map).body(body.into());
        let mut response = request
            .send()
            .await
            .map_err(|error| send_error(error.without_url()))?;
        let status = response.status().as_u16();
        let mut read = Vec::new();
        while read.len() < MAX_READ {
            match response
                .chunk()
                .await
                .map_err(|error| send_error(error.without_url()))?
            {
                Some(chunk) => {
                    read.extend_from_slice(&chunk[..chunk.len().min(MAX_READ - read.len())]);
                }
                None => break,
            }
        }
        Ok(Answer {
            status,
            body: truncated(&read),
        })
    }
}

/// The part of an answer that is kept.
fn truncated(read: &[u8]) -> String {
    let text = String::from_utf8_lossy(read);
    text.chars()
        .filter(|letter| *letter != '\0')
        .take(KEPT_CHARACTERS)
        .collect()
}

/// An error and everything that caused it, in one line: the outermost alone says little.
pub(crate) fn send_error(error: impl std::error::Error) -> SendError {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = inner.source();
    }
    SendError(words)
}

/// TLS by rustls on ring, with the machine's certificates.
pub(crate) fn tls() -> Result<rustls::ClientConfig, SendError> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of this machine's root certificates cannot be read");
    }
    let (trusted, _) = roots.add_parsable_certificates(found.certs);
    if trusted == 0 {
        tracing::warn!(
            "this machine has no root certificates: requests to https addresses will fail"
        );
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(send_error)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// The resolver of names.
trait Resolver: Send + Sync {
    fn addresses(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>>;
}

/// The machine's own resolver.
struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// A resolver that gives only addresses that may be connected to. The connection is made to one
/// of those, so nothing can change in between.
struct PublicOnlyResolver {
    resolver: Arc<dyn Resolver>,
    allow_private: bool,
}

impl Resolve for PublicOnlyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        let found = self.resolver.addresses(name.as_str().to_owned());
        Box::pin(async move {
            let allowed: Vec<SocketAddr> = found
                .await?
                .into_iter()
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The host is somewhere users may not send us.
#[derive(Debug, thiserror::Error)]
#[error("the host has no public address")]
struct NotPublic;
