//! Checks for an operator: whether the account can do what Till asks of it.

use futures_util::future::{join_all, join4};
use jiff::Timestamp;

use super::form::Form;
use super::http::StripeError;
use super::notice::EVENTS;
use super::types::{Account, Domain, Id, List, WebhookEndpoint};
use super::{Mode, Stripe};
use crate::processor::signature::TOLERANCE;
use crate::processor::{Check, CheckStatus};

/// The path under the public URL at which notices arrive.
const WEBHOOK_PATH: &str = "/v1/integrations/stripe/webhook";

/// The permissions that a restricted key needs, each with a request that only asks: what is not there is not found,
/// what is not allowed is denied before that.
const PERMISSIONS: [Permission; 10] = [
    Permission::write("Customers", &["customers"]),
    Permission::write("PaymentIntents", &["payment_intents"]),
    Permission::write("SetupIntents", &["setup_intents"]),
    Permission::write("Refunds", &["refunds"]),
    Permission::write("PaymentMethods", &["payment_methods", "pm_none", "detach"]),
    Permission::write("Disputes", &["disputes", "dp_none", "close"]),
    Permission::read(
        "Confirmation tokens",
        &["confirmation_tokens", "ctoken_none"],
    ),
    Permission::read("Events", &["events", "evt_none"]),
    Permission::optional("Webhook endpoints", &["webhook_endpoints"]),
    Permission::optional("Payment method domains", &["payment_method_domains"]),
];

struct Permission {
    name: &'static str,
    path: &'static [&'static str],
    writes: bool,
    needed: bool,
}

impl Permission {
    const fn write(name: &'static str, path: &'static [&'static str]) -> Permission {
        Permission {
            name,
            path,
            writes: true,
            needed: true,
        }
    }

    const fn read(name: &'static str, path: &'static [&'static str]) -> Permission {
        Permission {
            name,
            path,
            writes: false,
            needed: true,
        }
    }

    const fn optional(name: &'static str, path: &'static [&'static str]) -> Permission {
        Permission {
            name,
            path,
            writes: false,
            needed: false,
        }
    }
}

fn ok(message: impl Into<String>) -> Check {
    Check {
        status: CheckStatus::Ok,
        message: message.into(),
        advice: String::new(),
    }
}

fn warn(message: impl Into<String>, advice: impl Into<String>) -> Check {
    Check {
        status: CheckStatus::Warn,
        message: message.into(),
        advice: advice.into(),
    }
}

fn fail(message: impl Into<String>, advice: impl Into<String>) -> Check {
    Check {
        status: CheckStatus::Fail,
        message: message.into(),
        advice: advice.into(),
    }
}

impl Stripe {
    pub(super) async fn look_over(&self, now: Timestamp) -> Vec<Check> {
        let account: Account = match self.client.get(&["account"], &Form::default()).await {
            Ok(account) => account,
            Err(StripeError::Unclear(words)) => {
                let message = format!("Stripe gives no clear answer: {words}");
                return vec![fail(
                    message,
                    "look at https://status.stripe.com and at this machine's network",
                )];
            }
            Err(error) => {
                let message = format!("Stripe does not accept the secret key: {error}");
                return vec![fail(
                    message,
                    "make a key under Developers › API keys and set TILL_STRIPE_SECRET_KEY",
                )];
            }
        };
        // At once, as somebody waits for the answer.
        let (clock, permissions, endpoint, domain) = join4(
            self.clock_check(now),
            self.permissions(),
            self.endpoint(),
            self.domain(),
        )
        .await;
        let mut checks = vec![self.mode_check(&account), charges(&account), clock];
        checks.extend(descriptor(&account));
        checks.extend(permissions);
        checks.extend(endpoint);
        checks.extend(domain);
        checks
    }

    fn mode_check(&self, account: &Account) -> Check {
        match self.settings.mode {
            Mode::Live => ok(format!("live mode of the Stripe account {}", account.id)),
            Mode::Test => warn(
                format!(
                    "test mode of the Stripe account {}: no real money moves",
                    account.id
                ),
                "use live keys when you want to sell",
            ),
        }
    }

    async fn clock_check(&self, now: Timestamp) -> Check {
        match self.client.clock().await {
            Ok(theirs) if theirs.duration_since(now).abs() * 2 <= TOLERANCE => {
                ok("this machine's clock agrees with Stripe's")
            }
            Ok(theirs) => {
                let seconds = theirs.duration_since(now).abs().as_secs();
                fail(
                    format!("this machine's clock differs from Stripe's by {seconds} seconds"),
                    "set the clock (NTP): notices with another time are refused",
                )
            }
            Err(error) => warn(
                format!("Stripe's clock cannot be read: {error}"),
                "check again",
            ),
        }
    }

    async fn permissions(&self) -> Vec<Check> {
        let mut missing = Vec::new();
        let mut checks = Vec::new();
        let asked = PERMISSIONS.iter().map(|permission| self.probe(permission));
        let asked = join_all(asked).await;
        for (permission, asked) in PERMISSIONS.iter().zip(asked) {
            match asked {
                Err(StripeError::Denied(_)) if permission.needed => missing.push(permission),
                Err(StripeError::Unclear(words)) => {
                    let message = format!(
                        "the permission {} cannot be checked: {words}",
                        permission.name
                    );
                    checks.push(warn(message, "check again"));
                }
                _ => {}
            }
        }
        for Permission { name, writes, .. } in &missing {
            let level = if *writes { "Write" } else { "Read" };
            checks.push(fail(
                format!("the key lacks the permission {name}: {level}"),
                "edit the restricted key under Developers › API keys",
            ));
        }
        if checks.is_empty() {
            checks.push(ok("the key has every permission that is needed"));
        }
        checks
    }

    /// Asks for something that needs the permission, and does nothing.
    async fn probe(&self, permission: &Permission) -> Result<(), StripeError> {
        // A parameter that does not exist: what is allowed is refused as invalid, and nothing is made.
        let probe = Form::default().with("till_probe", 1);
        let path = permission.path;
        match permission.writes {
            true => self.client.post::<Id>(path, &probe, None).await.map(drop),
            false => {
                let asked = self.client.get(path, &Form::default()).await;
                asked.map(|_: serde::de::IgnoredAny| ())
            }
        }
    }

    /// The endpoint at Stripe that sends us notices.
    async fn endpoint(&self) -> Vec<Check> {
        let wanted = format!(
            "{}{WEBHOOK_PATH}",
            self.settings.public_url.trim_end_matches('/')
        );
        let advice = format!(
            "add an endpoint for {wanted} under Developers › Webhooks; without one Till asks Stripe each minute"
        );
        let query = Form::default().with("limit", 100);
        let found: Result<List<WebhookEndpoint>, _> =
            self.client.get(&["webhook_endpoints"], &query).await;
        let Ok(found) = found else {
            return vec![warn(
                "the webhook endpoints cannot be listed",
                "allow Webhook endpoints: Read, if you want this check",
            )];
        };
        let Some(endpoint) = found
            .data
            .into_iter()
            .find(|endpoint| endpoint.url == wanted)
        else {
            return vec![warn("no webhook endpoint at Stripe leads here", advice)];
        };
        let mut checks = Vec::new();
        if endpoint.status != "enabled" {
            checks.push(warn(
                "the webhook endpoint at Stripe is disabled",
                "enable it under Developers › Webhooks",
            ));
        }
        let all = endpoint.enabled_events.iter().any(|kind| kind == "*");
        let lacks =
            |kind: &&&str| !all && !endpoint.enabled_events.iter().any(|known| known == **kind);
        let missing: Vec<&str> = EVENTS.iter().filter(lacks).copied().collect();
        if !missing.is_empty() {
            checks.push(warn(
                format!("the webhook endpoint does not send {}", missing.join(", ")),
                "add these events to it",
            ));
        }
        if self.settings.webhook_secrets.is_empty() {
            checks.push(warn(
                "the webhook endpoint's notices are refused: no signing secret is set",
                "set TILL_STRIPE_WEBHOOK_SECRET",
            ));
        }
        if checks.is_empty() {
            checks.push(ok(
                "the webhook endpoint at Stripe is enabled and sends what is needed",
            ));
        }
        checks
    }

    /// The domain that wallets are allowed on.
    async fn domain(&self) -> Vec<Check> {
        let url = url::Url::parse(&self.settings.public_url).ok();
        let Some(host) = url.as_ref().and_then(|url| url.domain()) else {
            return Vec::new();
        };
        let query = Form::default().with("limit", 100).with("domain_name", host);
        let found: Result<List<Domain>, _> =
            self.client.get(&["payment_method_domains"], &query).await;
        let Ok(found) = found else {
            return vec![warn(
                "the payment method domains cannot be listed",
                "allow Payment method domains: Read, if you want this check",
            )];
        };
        let registered = found
            .data
            .iter()
            .any(|domain| domain.domain_name == host && domain.enabled);
        vec![match registered {
            true => ok(format!("wallets are allowed on {host}")),
            false => warn(
                format!(
                    "{host} is not registered for wallets: Apple Pay and Google Pay are not offered"
                ),
                "add it under Settings › Payment method domains",
            ),
        }]
    }
}

fn charges(account: &Account) -> Check {
    match account.charges_enabled {
        true => ok("the account may take payments"),
        false => fail(
            "the account may not take payments yet",
            "complete it at https://dashboard.stripe.com/account/onboarding",
        ),
    }
}

fn descriptor(account: &Account) -> Option<Check> {
    let prefix = account
        .settings
        .card_payments
        .statement_descriptor_prefix
        .as_deref();
    match prefix {
        Some(prefix) if !prefix.is_empty() => None,
        _ => Some(warn(
            "the account has no statement descriptor prefix",
            "set one under Settings › Public details, so that buyers recognize the charge",
        )),
    }
}
