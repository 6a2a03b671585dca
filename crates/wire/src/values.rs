//! Shared value types: e-mail, URL, locale, IP address.

use std::net::IpAddr;

use serde_json::Value;

use crate::{
    input::{Context, text_within},
    limits,
};

/// The words a recurring price repeats by.
pub mod interval {
    crate::words! {
        /// Unit of a billing interval.
        pub enum Interval {
            /// Days.
            Day = "day",
            /// Weeks.
            Week = "week",
            /// Calendar months.
            Month = "month",
            /// Calendar years.
            Year = "year",
        }
    }
}
pub use interval::Interval;

/// An e-mail address, by syntax only: Till works offline, so names are never looked up.
pub fn email(value: &Value, cx: &mut Context) -> Option<String> {
    const WORDS: &str = "this is not a valid e-mail address";
    let raw = text_within(value, cx, limits::EMAIL, |value, cx| {
        cx.refuse(WORDS, value)
    })?;
    match email_syntax(raw) {
        Some(email) => Some(email),
        None => cx.refuse(WORDS, value),
    }
}

/// The trimmed address with its domain in lower case, or `None`. Quoted local parts, address
/// literals and domains without a dot are refused, as mail forms do.
pub fn email_syntax(raw: &str) -> Option<String> {
    let options = email_address::Options::default()
        .without_display_text()
        .without_domain_literal()
        .with_required_tld();
    let parsed = email_address::EmailAddress::parse_with_options(raw.trim(), options).ok()?;
    let local = parsed.local_part();
    if local.starts_with('"') || raw.trim().len() > limits::EMAIL {
        return None;
    }
    Some(format!("{local}@{}", parsed.domain().to_lowercase()))
}

/// The text of a URL of at most 2,083 characters, which is judged later.
pub fn url_text(value: &Value, cx: &mut Context) -> Option<String> {
    if !value.is_string() {
        return cx.fail("url_type", "URL input should be a string", value);
    }
    let kept = text_within(value, cx, limits::URL, |value, cx| {
        cx.bound(
            "url_too_long",
            format!("URL should have at most {} characters", limits::URL),
            value,
            "max_length",
            limits::URL,
        )
    })?;
    Some(kept.to_owned())
}

/// An absolute http or https URL of at most 2,083 characters, normalised, with
/// placeholders such as `{CHECKOUT_ID}` left as written.
pub fn http_url(value: &Value, cx: &mut Context) -> Option<String> {
    let raw = url_text(value, cx)?;
    let raw = raw.trim();
    match url::Url::parse(raw) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => cx.bound(
            "url_scheme",
            "URL scheme should be 'http' or 'https'",
            value,
            "expected_schemes",
            "'http' or 'https'",
        ),
        Ok(url) => Some(with_placeholders(url.as_str())),
        Err(error) => cx.bound(
            "url_parsing",
            format!("Input should be a valid URL: {error}"),
            value,
            "error",
            error.to_string(),
        ),
    }
}

/// Placeholders as they were written: parsing escapes the braces in a path.
fn with_placeholders(url: &str) -> String {
    let mut left = url;
    let mut found = String::with_capacity(url.len());
    while let Some((before, rest)) = left.split_once("%7B") {
        let name = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
            .count();
        found.push_str(before);
        if name > 0 && rest[name..].starts_with("%7D") {
            found.push_str(&format!("{{{}}}", &rest[..name]));
            left = &rest[name + 3..];
        } else {
            found.push_str("%7B");
            left = rest;
        }
    }
    found + left
}

/// A BCP 47 language tag, canonicalised (`fr_FR` → `fr-FR`).
pub fn locale(value: &Value, cx: &mut Context) -> Option<String> {
    const WORDS: &str = "this is not a valid language tag";
    let raw = text_within(value, cx, limits::LOCALE, |value, cx| {
        cx.refuse(WORDS, value)
    })?;
    match locale_tag(raw) {
        Some(tag) => Some(tag),
        None => cx.refuse(WORDS, value),
    }
}

/// The canonical form of a language tag with a registered language, or `None`.
pub fn locale_tag(raw: &str) -> Option<String> {
    let tag = language_tags::LanguageTag::parse(&raw.trim().replace('_', "-")).ok()?;
    tag.validate().ok()?;
    let language = tag.primary_language();
    // A private-use tag (`x-…`) has no language of its own.
    let real =
        (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    if !real || matches!(language, "und" | "mul" | "mis" | "zxx") {
        return None;
    }
    tag.canonicalize().ok().map(|t| t.to_string())
}

/// An IPv4 or IPv6 address, in canonical form.
pub fn ip(value: &Value, cx: &mut Context) -> Option<String> {
    match value.as_str().map(|t| t.trim().parse::<IpAddr>()) {
        Some(Ok(address)) => Some(address.to_string()),
        _ => cx.fail(
            "ip_any_address",
            "Input should be an IPv4 or IPv6 address",
            value,
        ),
    }
}

/// The port of an address that was read as an https one: also 443, where it was written out.
pub fn written_port(url: &url::Url, raw: &str) -> Option<u16> {
    let bare = raw.trim_end_matches('/');
    url.port().or(bare.ends_with(":443").then_some(443))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_judged_by_syntax_only() {
        assert_eq!(
            email_syntax(" Ada.L@Example.COM "),
            Some("Ada.L@example.com".into())
        );
        for bad in [
            "ada",
            "ada@",
            "@x.com",
            "ada@localhost",
            "a b@x.com",
            "<a@x.com>",
            "\"a\"@x.com",
            "a@[127.0.0.1]",
            "a@x..com",
        ] {
            assert_eq!(email_syntax(bad), None, "{bad}");
        }
    }

    #[test]
    fn locales_are_canonical_and_real() {
        assert_eq!(locale_tag("fr_FR"), Some("fr-FR".into()));
        assert_eq!(locale_tag("EN-us"), Some("en-US".into()));
        for bad in ["xx", "und", "x-private", "", "english"] {
            assert_eq!(locale_tag(bad), None, "{bad}");
        }
    }

    #[test]
    fn success_urls_keep_their_placeholder() {
        let mut cx = Context::new("body");
        let url = http_url(
            &"https://Shop.example/ok?id={CHECKOUT_ID}&x={OTHER} y".into(),
            &mut cx,
        );
        assert_eq!(
            url.unwrap(),
            "https://shop.example/ok?id={CHECKOUT_ID}&x={OTHER}%20y"
        );
        let path = http_url(&"https://shop.example/{CHECKOUT_ID}".into(), &mut cx);
        assert_eq!(path.unwrap(), "https://shop.example/{CHECKOUT_ID}");
        let others = "https://shop.example/{SESSION}/%7Ba%20b%7D/{}?x={Y}";
        let kept = http_url(&others.into(), &mut cx).unwrap();
        assert_eq!(
            kept,
            "https://shop.example/{SESSION}/%7Ba%20b%7D/%7B%7D?x={Y}"
        );
    }
}
