//! Checks before Till serves: each refuses with one sentence that says what to do.

use std::num::NonZeroU32;

use axum::http::HeaderName;
use jiff::SignedDuration;
use till_core::{
    kernel::{budgets::Budget, retention::RetentionPolicy, tokens::SecretKey},
    payments::declines::Declines,
};
use till_ports::{
    mail::SmtpSettings,
    processor::stripe::{self, Mode},
};
use till_server::http::limits::Limits;
use url::{Host, Url};

use crate::{
    config::{
        DatabaseSettings, KeySettings, MailSettings, ProcessorName, PublicUrlSettings,
        ServerSettings, StripeSettings,
    },
    files,
    open::ChosenProcessor,
    stop::Stop,
};

/// Bytes that a secret key has at least.
const KEY_LENGTH: usize = 32;

/// Different bytes that a secret key has at least: 32 random hex digits practically never have fewer.
const KEY_VARIETY: usize = 8;

/// Words in keys that people copy from documentation.
const WELL_KNOWN: [&str; 10] = [
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "password",
    "example",
    "insecure",
    "0123456789",
    "abcdefgh",
    "deadbeef",
];

const HOW_TO_KEY: &str =
    "generate one with `openssl rand -hex 32` and pass it as TILL_SECRET_KEY or --secret-key-file";

/// The secret key as set, else the data folder's own; `None` if there is neither.
pub fn secret_key(
    settings: &KeySettings,
    database: &DatabaseSettings,
) -> Result<Option<SecretKey>, Stop> {
    if let Some(key) = &settings.secret_key {
        return strong(key, "The secret key").map(Some);
    }
    if let Some(path) = &settings.secret_key_file {
        let text = files::read(path)?.ok_or_else(|| {
            Stop::settings(format!(
                "--secret-key-file: {} does not exist; {HOW_TO_KEY}.",
                path.display()
            ))
        })?;
        return strong(&text, "The key in --secret-key-file").map(Some);
    }
    let own = files::read(&files::key_path(&database.data_dir))?;
    own.map(|text| strong(&text, "The key in the data folder"))
        .transpose()
}

/// The secret key, which must be set.
pub fn needed_secret_key(
    settings: &KeySettings,
    database: &DatabaseSettings,
) -> Result<SecretKey, Stop> {
    secret_key(settings, database)?.ok_or_else(|| {
        Stop::settings(format!(
            "No secret key is set, and there is none in the data folder {}: {HOW_TO_KEY}.",
            database.data_dir.display()
        ))
    })
}

/// A key that is long enough and not one that everybody knows.
pub fn strong(key: &str, what: &str) -> Result<SecretKey, Stop> {
    let key = key.trim();
    if key.len() < KEY_LENGTH {
        return Err(Stop::settings(format!(
            "{what} has {} bytes but needs at least {KEY_LENGTH}: {HOW_TO_KEY}.",
            key.len()
        )));
    }
    let mut bytes: Vec<u8> = key.bytes().collect();
    bytes.sort_unstable();
    bytes.dedup();
    let lower = key.to_ascii_lowercase();
    if bytes.len() < KEY_VARIETY || WELL_KNOWN.iter().any(|known| lower.contains(known)) {
        return Err(Stop::settings(format!(
            "{what} is easy to guess: {HOW_TO_KEY}."
        )));
    }
    Ok(SecretKey::new(key))
}

/// The public URL without its trailing slash; `insecure` lets it be http on any host.
pub fn public_url(settings: &PublicUrlSettings, insecure: bool) -> Result<String, Stop> {
    let Some(text) = &settings.public_url else {
        return Err(Stop::settings(
            "No public URL is set: give the address at which buyers reach this server, such as --public-url \
             https://pay.example.com.",
        ));
    };
    let wrong = |why: &str| {
        Stop::settings(format!(
            "--public-url: {why}, such as https://pay.example.com."
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("give an absolute address"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(wrong("give an https:// address"));
    }
    let Some(host) = url.host() else {
        return Err(wrong("give an address with a host"));
    };
    if url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(wrong(
            "give an address without user name, query and fragment",
        ));
    }
    if url.scheme() == "http" && !is_loopback(&host) && !insecure {
        return Err(Stop::settings(
            "--public-url: card pages must be served over https; put a proxy with a certificate in front and give \
             its https:// address, or add --allow-insecure-http if you trust this network.",
        ));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The processor that takes the payments. In production nobody gets the sandbox without asking for it; in development
/// only test keys are taken.
pub fn processor(
    settings: &ServerSettings,
    public_url: &str,
    is_dev: bool,
) -> Result<ChosenProcessor, Stop> {
    match settings.processor {
        None if !is_dev => Err(Stop::settings(
            "No payment processor is chosen: add --processor stripe for real cards, or --processor sandbox for test \
             cards only.",
        )),
        None | Some(ProcessorName::Sandbox) => Ok(ChosenProcessor::Sandbox(sandbox_url(settings)?)),
        Some(ProcessorName::Stripe) => {
            let stripe = stripe(&settings.stripe, public_url)?;
            match stripe.mode() {
                Mode::Live if is_dev => Err(Stop::settings(
                    "TILL_STRIPE_SECRET_KEY: `till dev` takes test keys only, because it has no limits; use `till serve` \
                     to sell.",
                )),
                _ => Ok(ChosenProcessor::Stripe(Box::new(stripe))),
            }
        }
    }
}

/// The settings of Stripe, which must be complete.
fn stripe(settings: &StripeSettings, public_url: &str) -> Result<stripe::Settings, Stop> {
    let secret_key = match (
        &settings.stripe_secret_key,
        &settings.stripe_secret_key_file,
    ) {
        (Some(key), _) => key.0.clone(),
        (None, Some(path)) => files::read(path)?.ok_or_else(|| {
            Stop::settings(format!(
                "--stripe-secret-key-file: {} does not exist.",
                path.display()
            ))
        })?,
        (None, None) => {
            return Err(Stop::settings(
                "No Stripe key is set: make a restricted key under Developers › API keys in Stripe's dashboard and give \
                 it as TILL_STRIPE_SECRET_KEY or in --stripe-secret-key-file (docs/going-live.md lists its permissions).",
            ));
        }
    };
    let publishable_key = settings.stripe_publishable_key.as_deref().ok_or_else(|| {
        Stop::settings("No publishable key of Stripe is set: give it as TILL_STRIPE_PUBLISHABLE_KEY (pk_test_… or pk_live_…).")
    })?;
    let secrets = settings
        .stripe_webhook_secret
        .as_ref()
        .map_or("", |secret| &secret.0);
    let secrets: Vec<String> = secrets
        .split(',')
        .map(|secret| secret.trim().to_owned())
        .filter(|secret| !secret.is_empty())
        .collect();
    let addresses = (
        settings.stripe_api_url.as_deref(),
        settings.stripe_script_url.as_deref(),
    );
    stripe::Settings::new(
        secret_key.trim(),
        publishable_key.trim(),
        &secrets,
        public_url,
        addresses,
    )
    .map_err(|error| Stop::settings(error.to_string()))
}

/// The server that takes the mail, and the sender; `None` where none is set.
pub fn mail(settings: &MailSettings) -> Result<Option<SmtpSettings>, Stop> {
    let url = match (&settings.smtp_url, &settings.smtp_url_file) {
        (Some(url), _) => url.0.clone(),
        (None, Some(path)) => files::read(path)?.ok_or_else(|| {
            Stop::settings(format!(
                "--smtp-url-file: {} does not exist.",
                path.display()
            ))
        })?,
        (None, None) => return Ok(None),
    };
    let sender = settings.mail_from.as_deref().ok_or_else(|| {
        Stop::settings("No sender of mail is set: give its address as TILL_MAIL_FROM or --mail-from, such as shop@example.com.")
    })?;
    match SmtpSettings::new(&url, sender) {
        Ok(settings) => Ok(Some(settings)),
        Err(error) => Err(Stop::settings(format!("Mail cannot be sent: {error}."))),
    }
}

/// The address of the sandbox, if it is a process of its own.
fn sandbox_url(settings: &ServerSettings) -> Result<Option<String>, Stop> {
    let Some(text) = &settings.sandbox_url else {
        return Ok(None);
    };
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            Ok(Some(text.trim_end_matches('/').to_owned()))
        }
        _ => Err(Stop::settings(
            "--sandbox-url: give the address that `till sandbox` printed, such as http://127.0.0.1:8090.",
        )),
    }
}

/// The limits as set, or the command's own default.
pub fn limits(settings: &ServerSettings, default: u32) -> Limits {
    let per_minute = NonZeroU32::new(settings.rate_limit.unwrap_or(default));
    per_minute
        .map_or_else(Limits::off, Limits::per_minute)
        .with_declines(declines(settings, per_minute.is_some()))
}

/// The limits of declined payments; without other limits, only as far as they are set.
fn declines(settings: &ServerSettings, limited: bool) -> Declines {
    let count = |set: Option<u32>, default: Budget| {
        let count = set.map_or(if limited { default.count } else { 0 }, i64::from);
        (count > 0).then_some(Budget { count, ..default })
    };
    Declines {
        network: count(settings.declines_per_network, Declines::USUAL_NETWORK),
        organization: count(
            settings.declines_per_organization,
            Declines::USUAL_ORGANIZATION,
        ),
    }
}

/// The times for which things that nobody needs any more are kept.
pub fn retention(settings: &ServerSettings) -> RetentionPolicy {
    let days = |days: u16| match days {
        0 => None,
        days => Some(SignedDuration::from_hours(24 * i64::from(days))),
    };
    RetentionPolicy {
        details: days(settings.keep_details),
        sessions: days(settings.keep_sessions),
        deliveries: days(settings.keep_deliveries),
        journal: days(settings.keep_journal),
    }
}

/// The proxy's header, if one is set.
pub fn client_ip_header(settings: &ServerSettings) -> Result<Option<String>, Stop> {
    header(
        settings.client_ip_header.as_deref(),
        "--client-ip-header: give the name of a header, such as X-Forwarded-For.",
    )
}

/// The proxy's header with the country, if one is set.
pub fn country_header(settings: &ServerSettings) -> Result<Option<String>, Stop> {
    header(
        settings.country_header.as_deref(),
        "--country-header: give the name of a header, such as CF-IPCountry.",
    )
}

fn header(name: Option<&str>, otherwise: &str) -> Result<Option<String>, Stop> {
    let named = name.map(|name| name.parse::<HeaderName>()).transpose();
    match named {
        Ok(name) => Ok(name.map(|name| name.as_str().to_owned())),
        Err(_) => Err(Stop::settings(otherwise)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::server_settings as settings;

    #[test]
    fn what_is_kept_is_counted_in_days_as_the_help_says() {
        assert_eq!(retention(&settings(&[])), RetentionPolicy::default());
        let changed = retention(&settings(&["--keep-details", "0", "--keep-journal", "7"]));
        assert_eq!(changed.details, None);
        assert_eq!(changed.journal, Some(SignedDuration::from_hours(7 * 24)));
    }

    #[test]
    fn declines_are_limited_with_the_other_limits_unless_set_by_themselves() {
        let counts = |args: &[&str], limited| {
            let declines = declines(&settings(args), limited);
            let count = |budget: Option<Budget>| budget.map(|budget| budget.count);
            (count(declines.network), count(declines.organization))
        };
        assert_eq!(counts(&[], true), (Some(10), Some(100)));
        assert_eq!(counts(&[], false), (None, None));
        let set = [
            "--declines-per-network",
            "3",
            "--declines-per-organization",
            "0",
        ];
        assert_eq!(counts(&set, true), (Some(3), None));
        assert_eq!(counts(&set, false), (Some(3), None));
    }

    #[test]
    fn keys_are_long_and_not_well_known() {
        assert!(strong("b5b0cb87a1e1c0f97c7ab2d8c1d7a1f0", "It").is_ok());
        for weak in [
            "short",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "please-CHANGEME-before-you-go-live-0192",
            "0123456789abcdef0123456789abcdef",
            "   b5b0cb87a1e1c0f97c7ab2d8c1d7   \n\n\n",
        ] {
            assert!(
                matches!(strong(weak, "It"), Err(Stop::Settings(_))),
                "{weak}"
            );
        }
    }

    #[test]
    fn a_public_url_is_https_unless_it_is_this_machine_or_allowed() {
        let url = |args: &[&str]| public_url(&settings(args).public, false);
        assert_eq!(
            url(&["--public-url", "https://pay.example.com/"]).unwrap(),
            "https://pay.example.com"
        );
        assert_eq!(
            url(&["--public-url", "https://example.com/shop/"]).unwrap(),
            "https://example.com/shop"
        );
        assert_eq!(
            url(&["--public-url", "http://localhost:8080"]).unwrap(),
            "http://localhost:8080"
        );
        assert_eq!(
            url(&["--public-url", "http://[::1]:8080"]).unwrap(),
            "http://[::1]:8080"
        );
        let inside = settings(&["--public-url", "http://10.0.0.7"]).public;
        assert!(public_url(&inside, true).is_ok());
        for bad in [
            "http://10.0.0.7",
            "http://pay.example.com",
            "ftp://example.com",
            "pay.example.com",
            "https://a:b@example.com",
            "https://example.com?a",
        ] {
            assert!(url(&["--public-url", bad]).is_err(), "{bad}");
        }
        assert!(url(&[]).is_err());
    }

    #[test]
    fn a_sandbox_of_its_own_is_reached_over_http() {
        let url = |args: &[&str]| sandbox_url(&settings(args));
        assert_eq!(url(&[]).unwrap(), None);
        let there = url(&["--sandbox-url", "http://127.0.0.1:8090/"]).unwrap();
        assert_eq!(there.as_deref(), Some("http://127.0.0.1:8090"));
        for bad in ["127.0.0.1:8090", "file:///tmp", "here"] {
            assert!(url(&["--sandbox-url", bad]).is_err(), "{bad}");
        }
    }
}
