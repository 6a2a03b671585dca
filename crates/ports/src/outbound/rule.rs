//! The rule for URLs that may be saved as webhook endpoints (docs/behaviour: webhooks/addresses).

use std::net::IpAddr;

use url::{Host, ParseError, Url};

use super::is_public;

/// The longest URL, in characters.
const MAX_LENGTH: usize = 2_083;

/// Reason why a URL cannot be an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct UrlProblem {
    /// The `type` of the validation error: `url_parsing`, `url_scheme`, `url_too_long`, or
    /// `value_error` for a host that is not allowed.
    pub kind: &'static str,
    /// The problem, in words.
    pub words: String,
}

/// The normalised form of an endpoint's URL, to be stored: trimmed, host in ASCII, `/` added to
/// a bare host. Only `https` and hosts that may be public; names are not resolved here, that is
/// for the moment of sending. `allow_private_and_http` lets `http` and every host pass.
pub fn endpoint_url_rule(url: &str, allow_private_and_http: bool) -> Result<String, UrlProblem> {
    let url = url.trim();
    if url.chars().count() > MAX_LENGTH {
        return Err(problem(
            "url_too_long",
            "the URL must have at most 2083 characters",
        ));
    }
    let url = Url::parse(url).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => problem("url_parsing", "the URL must be absolute"),
        other => problem("url_parsing", &format!("this is not a valid URL: {other}")),
    })?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private_and_http => {}
        _ if allow_private_and_http => {
            return Err(problem(
                "url_scheme",
                "the URL must begin with https:// or http://",
            ));
        }
        _ => return Err(problem("url_scheme", "the URL must begin with https://")),
    }
    let is_allowed = match url.host() {
        None => return Err(problem("url_parsing", "the URL has no host")),
        Some(_) if allow_private_and_http => true,
        Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => !is_localhost(name),
    };
    if !is_allowed {
        return Err(problem(
            "value_error",
            "the host must be reachable from the public internet",
        ));
    }
    let normalised = String::from(url);
    // Escaping lengthens.
    if normalised.len() > MAX_LENGTH {
        return Err(problem(
            "url_too_long",
            "the URL must have at most 2083 characters",
        ));
    }
    Ok(normalised)
}

/// `localhost`, and what resolvers answer for as if it were (RFC 6761).
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn problem(kind: &'static str, words: &str) -> UrlProblem {
    UrlProblem {
        kind,
        words: words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(url: &str, allow: bool) -> Option<&'static str> {
        endpoint_url_rule(url, allow)
            .err()
            .map(|problem| problem.kind)
    }

    #[test]
    fn urls_are_stored_normalised() {
        let cases = [
            ("https://example.com", "https://example.com/"),
            (
                "  https://Example.com/Hook?a=b c#d \n",
                "https://example.com/Hook?a=b%20c#d",
            ),
            (
                "https://bücher.example/x",
                "https://xn--bcher-kva.example/x",
            ),
            ("HTTPS://example.com:443/", "https://example.com/"),
            ("https://example.com:8443", "https://example.com:8443/"),
            ("https://8.8.8.8/x", "https://8.8.8.8/x"),
            ("https://[2606:4700::1]/", "https://[2606:4700::1]/"),
        ];
        for (url, stored) in cases {
            assert_eq!(
                endpoint_url_rule(url, false).as_deref(),
                Ok(stored),
                "{url}"
            );
        }
    }

    #[test]
    fn only_https_is_an_endpoint() {
        for url in [
            "http://example.com",
            "ftp://example.com",
            "file:///etc/passwd",
            "mailto:a@b.c",
            "javascript:x",
        ] {
            assert_eq!(kind(url, false), Some("url_scheme"), "{url}");
        }
    }

    #[test]
    fn hosts_inside_are_refused() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "127.0.0.1",
            "0.0.0.0",
            "[::1]",
            "10.0.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            // The other ways to write 127.0.0.1 and 10.0.0.1.
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "1２7.0.0.1",
            "10.1",
            "127.0.0.1.",
            "0300.0250.1.1",
            "0xa9.0xfe.0xa9.0xfe",
            "0xA9FEA9FE",
            "2852039166",
            "169.254.43518",
            "192.168.257",
            "0",
            "%31%32%37.0.0.1",
            "127。0。0。1",
            "localhost..",
            "ⓛocalhost",
            // Addresses of version 4 in addresses of version 6, and what is not global there.
            "[::]",
            "[::127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:c0a8:101::1]",
            "[2001:0:a00:1::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
        ] {
            assert_eq!(
                kind(&format!("https://{host}/x"), false),
                Some("value_error"),
                "{host}"
            );
        }
        for disguised in [
            "https://user@127.0.0.1/",
            "https://8.8.8.8@127.0.0.1/",
            "https://example.com:443@10.0.0.1/",
            "https://example.com%2f@10.0.0.1/",
            "https:\\\\127.0.0.1\\x",
            "https:/127.0.0.1/",
            "https:127.0.0.1",
            "https://127.0.0.1\\@example.com/",
            "https://127.0.0.1#@example.com/",
            "ht\ntps://127.0\t.0.1/",
        ] {
            assert_eq!(kind(disguised, false), Some("value_error"), "{disguised}");
        }
        // A zone belongs to one machine, and no URL has one.
        for zoned in ["https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/"] {
            assert_eq!(kind(zoned, false), Some("url_parsing"), "{zoned}");
        }
    }

    #[test]
    fn text_that_is_no_absolute_url_is_refused() {
        for url in [
            "",
            " ",
            "example.com",
            "/hook",
            "https://",
            "https://a b/",
            "https://[::1",
            "https://xn--a/",
            "https://x:99999/",
        ] {
            assert_eq!(kind(url, false), Some("url_parsing"), "{url:?}");
            assert_eq!(kind(url, true), Some("url_parsing"), "{url:?}");
        }
    }

    #[test]
    fn urls_have_at_most_2083_characters() {
        let of_length = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
        assert_eq!(kind(&of_length(2_083), false), None);
        assert_eq!(kind(&of_length(2_084), false), Some("url_too_long"));
        let spaces = format!("https://example.com/{}a", " ".repeat(2_000));
        assert_eq!(
            kind(&spaces, false),
            Some("url_too_long"),
            "escaped it is longer"
        );
    }

    #[test]
    fn private_hosts_and_http_can_be_allowed() {
        for url in [
            "http://localhost:3000/x",
            "http://127.0.0.1:1/",
            "http://10.0.0.1/",
            "https://[::1]/",
        ] {
            assert_eq!(endpoint_url_rule(url, true).as_deref(), Ok(url));
        }
        assert_eq!(kind("ftp://example.com", true), Some("url_scheme"));
    }
}
