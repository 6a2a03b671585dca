//! Sites that may embed the checkout, as a request names them.

use serde_json::Value;

use crate::{input::Context, limits, request::*, values::written_port};

/// A site that may embed the checkout (docs/behaviour: embedding/hosts): `host`, `*.host`, `host:port`, or an app's
/// origin with its scheme, such as `chrome-extension://abc`. A web page's address is cut down to its host; whatever
/// is left over beside host and port is refused.
fn embed_host() -> impl Reader<Value = String> {
    // A host with its scheme and port.
    trimmed(1, 253).and_then(|raw: String, value: &Value, cx: &mut Context| {
        let entry = embed_entry(&raw);
        entry.or_else(|| {
            cx.refuse(
                "this is not a host: write it as example.com, *.example.com or localhost:3000",
                value,
            )
        })
    })
}

/// The sites that may embed the checkout, all of which stand in one header of its pages.
pub(crate) fn embed_hosts() -> impl Reader<Value = Vec<String>> {
    list(0, limits::EMBED_HOSTS, embed_host()).and_then(
        |hosts: Vec<String>, value: &Value, cx: &mut Context| {
            if hosts.iter().map(String::len).sum::<usize>() <= limits::EMBED_HOSTS_TOTAL {
                return Some(hosts);
            }
            cx.bound(
                "too_long",
                format!(
                    "Hosts should have at most {} characters in total",
                    limits::EMBED_HOSTS_TOTAL
                ),
                value,
                "max_length",
                limits::EMBED_HOSTS_TOTAL,
            )
        },
    )
}

fn embed_entry(raw: &str) -> Option<String> {
    let (scheme, rest) = match raw.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (String::new(), raw),
    };
    let app = !matches!(scheme.as_str(), "" | "http" | "https");
    let spelled = |b: u8| b.is_ascii_alphanumeric() || b"+.-".contains(&b);
    if !scheme.bytes().all(spelled) || (scheme.is_empty() && raw.contains("://")) {
        return None;
    }
    let (stars, bare) = match rest.strip_prefix("*.") {
        Some(bare) => ("*.", bare),
        None => ("", rest),
    };
    let url = url::Url::parse(&format!("https://{bare}")).ok()?;
    let host = url.host_str()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    let alone = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !alone || (app && !stars.is_empty()) || !host.bytes().all(plain) {
        return None;
    }
    let port = written_port(&url, bare)
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let scheme = if app {
        format!("{scheme}://")
    } else {
        String::new()
    };
    Some(format!("{scheme}{stars}{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_may_embed_have_their_forms() {
        for (raw, kept) in [
            ("Example.com", "example.com"),
            ("https://example.com/", "example.com"),
            ("*.example.com", "*.example.com"),
            ("example.com:8443", "example.com:8443"),
            ("http://localhost:3000", "localhost:3000"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("[::1]:8443", "[::1]:8443"),
            ("chrome-extension://AbCdEf", "chrome-extension://abcdef"),
        ] {
            assert_eq!(embed_entry(raw).as_deref(), Some(kept), "{raw}");
        }
        for bad in [
            "*",
            "*.",
            "a b",
            "https://example.com/shop",
            "example.com?x",
            "u:p@example.com",
            "://x",
            "a.*.example.com",
            "app://*.x",
            "x;y://z",
            "example.com;x",
        ] {
            assert_eq!(embed_entry(bad), None, "{bad}");
        }
    }
}
