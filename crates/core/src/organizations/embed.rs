//! Embedding: the sites that may put the checkout into a frame (docs/behaviour: embedding/hosts).

use std::net::IpAddr;

use url::{Host, Url};

/// The origin of a page, as browsers write it: scheme, host in lower case, and the port where it is not the
/// scheme's own. `None` for what names no host.
pub fn origin(raw: &str) -> Option<String> {
    let url = Url::parse(raw.trim()).ok()?;
    let host = url.host_str().filter(|host| is_plain(host))?;
    let host = host.to_ascii_lowercase();
    Some(match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    })
}

/// True where a host is only a host: nothing in it means anything else in a policy.
fn is_plain(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    !host.is_empty() && host.bytes().all(plain)
}

/// One entry of an organization's `embed_hosts`.
struct Entry {
    /// Of an app, such as `chrome-extension`; web pages have none.
    scheme: Option<String>,
    subdomains: bool,
    host: String,
    port: Option<u16>,
}

impl Entry {
    /// `host`, `*.host`, `host:port`, or an app's origin with its scheme.
    fn read(raw: &str) -> Option<Self> {
        let raw = raw.trim().trim_end_matches('/');
        let (scheme, rest) = match raw.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, raw),
        };
        let scheme = scheme.filter(|scheme| !matches!(scheme.as_str(), "http" | "https"));
        let (subdomains, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        // Read as a web address, which brings the host into the form of an origin's.
        let url = Url::parse(&format!("https://{rest}")).ok()?;
        let host = url.host_str().filter(|host| is_plain(host))?.to_owned();
        Some(Self {
            scheme,
            subdomains,
            host,
            port: till_wire::values::written_port(&url, rest),
        })
    }

    fn admits(&self, origin: &Url) -> bool {
        let Some(host) = origin.host_str() else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let named = match self.subdomains {
            true => host
                .strip_suffix(&self.host)
                .is_some_and(|sub| sub.len() > 1 && sub.ends_with('.')),
            false => host == self.host,
        };
        let spoken = match (&self.scheme, origin.scheme()) {
            (Some(own), scheme) => own == scheme,
            (None, "https") => true,
            (None, "http") => is_local(&host),
            (None, _) => false,
        };
        let port = match self.port {
            None => origin.port().is_none(),
            Some(port) => origin.port_or_known_default() == Some(port),
        };
        named && spoken && port
    }

    /// The sources of a `frame-ancestors` that admit the same.
    fn sources(&self) -> Vec<String> {
        let host = match self.subdomains {
            true => format!("*.{}", self.host),
            false => self.host.clone(),
        };
        let port = self.port.map(|p| format!(":{p}")).unwrap_or_default();
        let schemes: &[&str] = match &self.scheme {
            Some(own) => &[own.as_str()],
            None if is_local(&self.host) => &["https", "http"],
            None => &["https"],
        };
        schemes
            .iter()
            .filter(|scheme| {
                scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
            })
            .map(|scheme| format!("{scheme}://{host}{port}"))
            .collect()
    }
}

/// True where a host is not on the public internet, so that plain http will do.
fn is_local(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") {
        return true;
    }
    let address = match Host::parse(host) {
        Ok(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Ok(Host::Ipv6(v6)) => v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4),
        _ => return false,
    };
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            // Besides: addresses shared by carriers, of test networks, and for documents (RFC 6890).
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_documentation()
                || (a == 100 && b & 0xc0 == 64)
                || (a == 198 && b & 0xfe == 18)
                || (a, b, c) == (192, 0, 0)
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

/// The sites that may embed an organization's checkout.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbedHosts<'a> {
    /// Hosts that the organization lists. An empty list refuses every page.
    pub listed: &'a [String],
    /// True where every site on this machine may, too: while somebody tries Till.
    pub loopback: bool,
}

/// The sites on this machine, as the sources of a `frame-ancestors`.
const LOOPBACK: [&str; 5] = [
    "http://localhost:*",
    "https://localhost:*",
    "http://*.localhost:*",
    "http://127.0.0.1:*",
    "https://127.0.0.1:*",
];

impl EmbedHosts<'_> {
    /// True where the page of an origin, as [`origin`] writes it, may embed the checkout.
    pub fn admit(self, origin: &str) -> bool {
        let Ok(origin) = Url::parse(origin) else {
            return false;
        };
        let mut listed = self.listed.iter().filter_map(|host| Entry::read(host));
        listed.any(|entry| entry.admits(&origin)) || self.loopback && is_loopback(&origin)
    }

    /// The origin of the one page that a session is for, and that is told what happens in it. What the merchant's
    /// program named as `embed_origin` counts as it is; what the visitor of a link named, only while its host is
    /// admitted.
    pub fn page_of(self, embed_origin: Option<&str>, by_link: bool) -> Option<String> {
        let named = embed_origin.and_then(origin)?;
        (!by_link || self.admit(&named)).then_some(named)
    }

    /// The sites that may frame a session's pages, as the sources of a `frame-ancestors`: the page that it is for,
    /// else all of these. Empty: nobody.
    pub fn ancestors(self, page: Option<String>) -> Vec<String> {
        if let Some(origin) = page {
            return vec![origin];
        }
        let listed = self.listed.iter().filter_map(|host| Entry::read(host));
        let loopback = LOOPBACK.iter().filter(|_| self.loopback);
        listed
            .flat_map(|entry| entry.sources())
            .chain(loopback.map(|source| (*source).to_owned()))
            .collect()
    }
}

fn is_loopback(origin: &Url) -> bool {
    matches!(origin.scheme(), "http" | "https")
        && match origin.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(v4)) => v4.is_loopback(),
            Some(Host::Ipv6(v6)) => v6.is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(hosts: &[String]) -> EmbedHosts<'_> {
        EmbedHosts {
            listed: hosts,
            loopback: false,
        }
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (raw, written) in [
            (
                "https://Example.com:443/path?q#f",
                Some("https://example.com"),
            ),
            ("http://localhost:3000/", Some("http://localhost:3000")),
            (
                "https://bücher.example",
                Some("https://xn--bcher-kva.example"),
            ),
            (
                "chrome-extension://AbCdEf/x",
                Some("chrome-extension://abcdef"),
            ),
            ("https://[::1]:8443", Some("https://[::1]:8443")),
            // What names no site.
            ("*", None),
            ("null", None),
            ("", None),
            ("example.com", None),
            ("javascript:alert(1)", None),
            ("https://*.example.com", None),
            ("x://a;script-src *", None),
        ] {
            assert_eq!(origin(raw).as_deref(), written, "{raw}");
        }
    }

    #[test]
    fn hosts_admit_what_they_name_and_nothing_else() {
        let allowed = |origin: &str, host: &str| listed(&[host.to_owned()]).admit(origin);
        for (page, host) in [
            ("https://example.com", "example.com"),
            ("https://example.com", "Example.com/"),
            ("https://example.com", "https://example.com"),
            ("https://a.example.com", "*.example.com"),
            ("https://example.com:8443", "example.com:8443"),
            ("http://localhost:3000", "localhost:3000"),
            ("http://shop.local", "*.local"),
            ("http://192.168.1.5:8080", "192.168.1.5:8080"),
            ("http://[::1]", "[::1]"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ] {
            assert!(allowed(page, host), "{page} {host}");
        }
        for (page, host) in [
            ("http://example.com", "example.com"),
            ("https://evil.com", "example.com"),
            ("https://notexample.com", "*.example.com"),
            ("https://example.com", "*.example.com"),
            ("https://example.com.evil.com", "example.com"),
            ("https://example.com:8443", "example.com"),
            ("https://example.com", "example.com:8443"),
            ("chrome-extension://abcdef", "abcdef"),
            ("http://8.8.8.8", "8.8.8.8"),
            ("https://example.com", "*"),
        ] {
            assert!(!allowed(page, host), "{page} {host}");
        }
        assert!(!listed(&[]).admit("https://example.com"), "an empty list");
    }

    #[test]
    fn sites_on_this_machine_are_admitted_unlisted_only_where_that_is_allowed() {
        let [strict, trying] = [false, true].map(|loopback| EmbedHosts {
            loopback,
            ..EmbedHosts::default()
        });
        for page in [
            "http://localhost:3000",
            "https://shop.localhost:8443",
            "http://127.0.0.1:5173",
            "http://[::1]:3000",
        ] {
            assert!(trying.admit(page) && !strict.admit(page), "{page}");
        }
        for page in [
            "http://example.com",
            "http://localhost.evil.com",
            "http://notlocalhost",
            "http://192.168.1.5",
            "app://localhost",
        ] {
            assert!(!trying.admit(page), "{page}");
        }
        assert_eq!(trying.ancestors(None), LOOPBACK);
        assert!(strict.ancestors(None).is_empty());
        let page = trying.page_of(Some("http://localhost:3000/shop"), true);
        assert_eq!(page.as_deref(), Some("http://localhost:3000"));
    }

    #[test]
    fn a_session_is_framed_by_its_own_page_else_by_the_shops_hosts_else_by_nobody() {
        let hosts = ["*.example.com", "localhost:3000", "a b"].map(str::to_owned);
        let hosts = listed(&hosts);
        let sources = [
            "https://*.example.com",
            "https://localhost:3000",
            "http://localhost:3000",
        ];
        for (named, by_link, own) in [
            (
                Some("https://Shop.example/x"),
                false,
                Some("https://shop.example"),
            ),
            // Listed no more since the link was visited.
            (Some("https://shop.example"), true, None),
            (
                Some("https://a.example.com"),
                true,
                Some("https://a.example.com"),
            ),
            (None, false, None),
            (None, true, None),
            (Some("no page"), false, None),
            (Some("https://x;script-src *"), false, None),
        ] {
            let page = hosts.page_of(named, by_link);
            assert_eq!(page.as_deref(), own, "{named:?} {by_link}");
            match own {
                Some(own) => assert_eq!(hosts.ancestors(page), [own]),
                None => assert_eq!(hosts.ancestors(page), sources),
            }
            let nobody = EmbedHosts::default();
            let unlisted = nobody.page_of(named, by_link);
            assert_eq!(unlisted.is_some(), own.is_some() && !by_link, "{named:?}");
            assert_eq!(nobody.ancestors(unlisted.clone()), Vec::from_iter(unlisted));
        }
    }

    proptest! {
        #[test]
        fn no_origin_or_host_can_write_another_policy(raw in ".*", host in ".*") {
            let page = EmbedHosts::default().page_of(Some(&raw), false);
            let hosts = listed(std::slice::from_ref(&host));
            for source in [page, None].into_iter().flat_map(|page| hosts.ancestors(page)) {
                prop_assert!(source.bytes().all(|b| b.is_ascii_graphic() && !b"; ,'\"".contains(&b)), "{source}");
            }
        }
    }
}
