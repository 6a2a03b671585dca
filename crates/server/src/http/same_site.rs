//! Where a request comes from: forms are taken from our own pages only. Browsers say it; no token is needed.

use http::{HeaderMap, HeaderValue, header};
use till_core::kernel::urls::PublicUrls;

/// True where a request comes from a page of ours: by `Sec-Fetch-Site`, which no page can forge, or where a browser sends none (over plain http), `Origin`.
pub fn is_ours(headers: &HeaderMap, urls: &PublicUrls) -> bool {
    if let Some(from) = headers.get("sec-fetch-site") {
        return from == "same-origin";
    }
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_ascii_lowercase);
    let Some(origin) = headers.get(header::ORIGIN).and_then(text) else {
        return false;
    };
    let Some((_, from)) = origin.split_once("://") else {
        return false;
    };
    let here = headers.get(header::HOST).and_then(text);
    here.as_deref() == Some(from) || urls.public_url.to_ascii_lowercase() == origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_send_forms() {
        let urls = PublicUrls {
            public_url: "https://till.example".to_owned(),
            publishable_key: String::new(),
        };
        let ours = |sent: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.insert(*name, value.parse().expect("a header"));
            }
            is_ours(&headers, &urls)
        };
        let host = ("host", "10.0.0.7:8080");
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "http://10.0.0.7:8080"), host]));
        assert!(ours(&[("origin", "https://till.example"), host]));
        for other in ["cross-site", "same-site", "none", ""] {
            // A good origin does not help against what the browser itself says.
            let sent = [
                ("sec-fetch-site", other),
                ("origin", "http://10.0.0.7:8080"),
                host,
            ];
            assert!(!ours(&sent), "{other}");
        }
        assert!(!ours(&[host]));
        for origin in [
            "null",
            "http://10.0.0.7",
            "http://10.0.0.7:8080.evil.example",
            "x",
        ] {
            assert!(!ours(&[("origin", origin), host]), "{origin}");
        }
    }
}
