//! Settings of an operator for the account: keys, webhook secrets, addresses.

use url::Url;

/// The settings of one account. `Debug` tells the mode and addresses, no key.
#[derive(Clone)]
pub struct Settings {
    pub(super) secret_key: String,
    pub(super) publishable_key: String,
    pub(super) webhook_secrets: Vec<String>,
    pub(super) mode: Mode,
    pub(super) api_url: Url,
    pub(super) script_url: Url,
    pub(super) public_url: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("mode", &self.mode)
            .field("api_url", &self.api_url.as_str())
            .field("script_url", &self.script_url.as_str())
            .finish_non_exhaustive()
    }
}

/// Mode of a key: whether real money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Test cards only.
    Test,
    /// Real cards.
    Live,
}

/// The account that a secret key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeAccount {
    /// Stripe's name for it, such as `acct_1032D82eZvKYlo2C`.
    pub id: String,
    /// The name of the business, where it is known.
    pub name: Option<String>,
    /// The mode of the key.
    pub mode: Mode,
    /// True where the account may take payments.
    pub charges_enabled: bool,
}

/// Settings that cannot work together, in words that say what to do. Holds no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// Stripe's own API.
const API: &str = "https://api.stripe.com";

/// Stripe's own script, of the version that requests are written in.
const SCRIPT: &str = "https://js.stripe.com/endive/stripe.js";

/// The mode that a key says in its prefix.
fn mode_of(key: &str, kinds: &[&str]) -> Option<Mode> {
    let (kind, rest) = key.split_once('_')?;
    let (mode, rest) = rest.split_once('_')?;
    let is_text = !rest.is_empty()
        && rest
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !kinds.contains(&kind) || !is_text {
        return None;
    }
    match mode {
        "test" => Some(Mode::Test),
        "live" => Some(Mode::Live),
        _ => None,
    }
}

impl Settings {
    /// `secret_key` is a secret or a restricted key. Other addresses than Stripe's own are taken only on this machine,
    /// and only with test keys.
    ///
    /// # Errors
    /// A key of a wrong shape, keys of two modes, a live key without https, an address that is not this machine's.
    pub fn new(
        secret_key: &str,
        publishable_key: &str,
        webhook_secrets: &[String],
        public_url: &str,
        (api_url, script_url): (Option<&str>, Option<&str>),
    ) -> Result<Settings, SettingsError> {
        let wrong = |words: &str| SettingsError(words.to_owned());
        let mode = mode_of(secret_key, &["sk", "rk"]).ok_or_else(|| {
            wrong("TILL_STRIPE_SECRET_KEY: give a restricted key (rk_test_…, rk_live_…) or a secret key (sk_test_…, sk_live_…).")
        })?;
        let publishable = mode_of(publishable_key, &["pk"]).ok_or_else(|| {
            wrong("TILL_STRIPE_PUBLISHABLE_KEY: give the publishable key (pk_test_… or pk_live_…) of the same account.")
        })?;
        if mode != publishable {
            return Err(wrong(
                "TILL_STRIPE_SECRET_KEY and TILL_STRIPE_PUBLISHABLE_KEY: one is for test mode, the other for live mode; give two keys of the same mode.",
            ));
        }
        if mode == Mode::Live && !public_url.starts_with("https://") {
            return Err(wrong(
                "TILL_STRIPE_SECRET_KEY: a live key needs a public URL with https://, because cards are entered on the page.",
            ));
        }
        if webhook_secrets
            .iter()
            .any(|secret| !secret.starts_with("whsec_") || secret.len() < 16)
        {
            return Err(wrong(
                "TILL_STRIPE_WEBHOOK_SECRET: give the endpoint's signing secret (whsec_…); several are separated by commas.",
            ));
        }
        let address = |name: &str, given: Option<&str>, own: &str| match given {
            None => own.parse().map_err(|_| wrong("an address")),
            Some(_) if mode == Mode::Live => Err(SettingsError(format!(
                "{name}: a live key is sent to Stripe alone; leave this out."
            ))),
            Some(text) => loopback(text).ok_or_else(|| {
                SettingsError(format!(
                    "{name}: give an address on this machine, such as http://127.0.0.1:12111."
                ))
            }),
        };
        Ok(Settings {
            secret_key: secret_key.to_owned(),
            publishable_key: publishable_key.to_owned(),
            webhook_secrets: webhook_secrets.to_vec(),
            mode,
            api_url: address("TILL_STRIPE_API_URL", api_url, API)?,
            script_url: script(address("TILL_STRIPE_SCRIPT_URL", script_url, SCRIPT)?),
            public_url: public_url.to_owned(),
        })
    }

    /// Result of `digest` for the secret key: the key itself is not shown.
    pub fn key_digest(&self, digest: impl FnOnce(&str) -> String) -> String {
        digest(&self.secret_key)
    }

    /// The mode of both keys.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

/// The script's address: below an address that names no file, it is where Stripe has it.
fn script(mut url: Url) -> Url {
    if url.path() == "/"
        && let Ok(own) = Url::parse(SCRIPT)
    {
        url.set_path(own.path());
    }
    url
}

/// An address on this machine.
fn loopback(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_here = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    (is_here && matches!(url.scheme(), "http" | "https")).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_this_machine_is_where_stripe_has_it_unless_it_is_named() {
        let script = |given: Option<&str>| {
            let told = Settings::new(
                "sk_test_1",
                "pk_test_1",
                &[],
                "http://127.0.0.1:8080",
                (None, given),
            );
            told.unwrap().script_url.to_string()
        };
        assert_eq!(script(None), SCRIPT);
        let here = "http://127.0.0.1:9/endive/stripe.js";
        assert_eq!(script(Some("http://127.0.0.1:9")), here);
        let other = "http://127.0.0.1:9/other.js";
        assert_eq!(script(Some(other)), other);
    }

    fn settings(
        secret: &str,
        publishable: &str,
        public_url: &str,
        api: Option<&str>,
    ) -> Result<Settings, SettingsError> {
        Settings::new(secret, publishable, &[], public_url, (api, None))
    }

    #[test]
    fn both_keys_are_of_one_mode_and_a_live_one_needs_https() {
        let (here, there) = ("http://127.0.0.1:8080", "https://pay.example.com");
        assert_eq!(
            settings("sk_test_1", "pk_test_1", here, None)
                .unwrap()
                .mode(),
            Mode::Test
        );
        assert_eq!(
            settings("rk_live_1", "pk_live_1", there, None)
                .unwrap()
                .mode(),
            Mode::Live
        );
        for (secret, publishable, url) in [
            ("sk_live_1", "pk_test_1", there),
            ("sk_test_1", "pk_live_1", there),
            ("sk_live_1", "pk_live_1", "http://pay.example.com"),
            ("pk_test_1", "sk_test_1", here),
            ("", "pk_test_1", here),
            ("sk_test_", "pk_test_1", here),
            ("sk_test_a b", "pk_test_1", here),
        ] {
            assert!(
                settings(secret, publishable, url, None).is_err(),
                "{secret} {publishable} {url}"
            );
        }
    }

    #[test]
    fn other_addresses_are_on_this_machine_and_for_test_keys() {
        let ask = |secret: &str, publishable: &str, api: &str| {
            settings(secret, publishable, "https://pay.example.com", Some(api))
        };
        for good in [
            "http://127.0.0.1:12111",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(ask("sk_test_1", "pk_test_1", good).is_ok(), "{good}");
            assert!(ask("sk_live_1", "pk_live_1", good).is_err(), "{good}");
        }
        for bad in [
            "https://api.example.com",
            "http://127.0.0.1.example.com",
            "file:///etc",
            "x",
        ] {
            assert!(ask("sk_test_1", "pk_test_1", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_print_no_key() {
        let printed = format!(
            "{:?}",
            settings("sk_test_geheim", "pk_test_1", "http://localhost", None).unwrap()
        );
        assert!(!printed.contains("geheim"), "{printed}");
    }

    #[test]
    fn a_webhook_secret_is_one() {
        let with = |secret: &str| {
            Settings::new(
                "sk_test_1",
                "pk_test_1",
                &[secret.to_owned()],
                "http://localhost",
                (None, None),
            )
        };
        assert!(with("whsec_0123456789").is_ok());
        for bad in ["", "whsec_", "0123456789abcdef"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }
}
