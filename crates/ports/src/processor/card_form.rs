//! Values that a page of the checkout needs, so that buyers can enter how they pay.

use url::Url;

/// The part of a checkout page in which buyers enter how they pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardForm {
    /// The page's own fields, for the sandbox's test numbers.
    TestNumbers,
    /// Stripe's Payment Element.
    PaymentElement(PaymentElement),
}

impl CardForm {
    /// The Payment Element, where it is one.
    #[must_use]
    pub fn payment_element(&self) -> Option<&PaymentElement> {
        match self {
            CardForm::TestNumbers => None,
            CardForm::PaymentElement(element) => Some(element),
        }
    }
}

/// Values that a page needs to show Stripe's Payment Element; nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentElement {
    /// The account's publishable key.
    pub publishable_key: String,
    /// The address of Stripe's script.
    pub script_url: String,
    /// The kinds of payment that are offered, as Stripe names them: `card`, `link`, …
    pub methods: Vec<String>,
    /// The origins that a page with the element may load from.
    pub sources: ContentSources,
}

/// The origins that a page's Content-Security-Policy lets in, beside its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentSources {
    /// For scripts.
    pub script: Vec<String>,
    /// For requests of scripts.
    pub connect: Vec<String>,
    /// For frames.
    pub frame: Vec<String>,
}

/// Stripe's own sources, as Stripe publishes them for pages with a strict policy.
const SCRIPTS: [&str; 2] = ["https://js.stripe.com", "https://*.js.stripe.com"];
const API: &str = "https://api.stripe.com";
const HOOKS: &str = "https://hooks.stripe.com";

impl PaymentElement {
    /// The element of an account, with the script and the API at these addresses. Any others than
    /// Stripe's own are a stand-in's, which serves everything from the two.
    #[must_use]
    pub fn new(
        publishable_key: impl Into<String>,
        script_url: impl Into<String>,
        api_url: &str,
        methods: Vec<String>,
    ) -> Self {
        let script_url = script_url.into();
        let sources = ContentSources::of(&script_url, api_url);
        Self {
            publishable_key: publishable_key.into(),
            script_url,
            methods,
            sources,
        }
    }
}

impl ContentSources {
    fn of(script_url: &str, api_url: &str) -> Self {
        let origin = |address: &str| {
            let url = Url::parse(address).ok();
            url.map(|url| url.origin().ascii_serialization())
        };
        let (script, api) = (origin(script_url), origin(api_url));
        let own = |origin: &Option<String>, ours: &str| origin.as_deref() == Some(ours);
        if own(&script, SCRIPTS[0]) && own(&api, API) {
            let scripts = SCRIPTS.map(str::to_owned);
            return Self {
                script: scripts.to_vec(),
                connect: vec![API.to_owned()],
                frame: scripts.into_iter().chain([HOOKS.to_owned()]).collect(),
            };
        }
        let mut both: Vec<String> = script.iter().cloned().chain(api).collect();
        both.dedup();
        Self {
            script: script.into_iter().collect(),
            connect: both.clone(),
            frame: both,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(script_url: &str, api_url: &str) -> ContentSources {
        PaymentElement::new("pk_test_1", script_url, api_url, vec!["card".into()]).sources
    }

    #[test]
    fn stripes_own_script_may_load_what_stripe_says_and_nothing_else() {
        let sources = element(
            "https://js.stripe.com/endive/stripe.js",
            "https://api.stripe.com",
        );
        assert_eq!(
            sources.script,
            ["https://js.stripe.com", "https://*.js.stripe.com"]
        );
        assert_eq!(sources.connect, ["https://api.stripe.com"]);
        assert_eq!(
            sources.frame,
            [
                "https://js.stripe.com",
                "https://*.js.stripe.com",
                "https://hooks.stripe.com"
            ]
        );
    }

    #[test]
    fn a_stand_in_may_load_from_its_own_two_addresses() {
        let sources = element(
            "http://127.0.0.1:4001/endive/stripe.js",
            "http://127.0.0.1:4000/",
        );
        let both = ["http://127.0.0.1:4001", "http://127.0.0.1:4000"];
        assert_eq!(sources.script, [both[0]]);
        assert_eq!(sources.connect, both);
        assert_eq!(sources.frame, both);
        let alone = element(
            "http://127.0.0.1:4000/endive/stripe.js",
            "http://127.0.0.1:4000",
        );
        assert_eq!(alone.frame, ["http://127.0.0.1:4000"]);
    }
}
