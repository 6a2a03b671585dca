//! Organizations: the merchant (lifecycle.md H.3).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    country::Country,
    input::{Fields, Patch, boolean, list, text_of, word},
    limits,
    money::Currency,
    tax::TaxSettings,
    values,
};

crate::words! {
    /// How a change in the middle of a period is billed.
    pub enum ProrationBehavior {
        /// At once, by an invoice.
        Invoice = "invoice",
        /// With the next renewal.
        Prorate = "prorate",
        /// From the next period on.
        NextPeriod = "next_period",
    }
}

crate::words! {
    /// Whether prices contain tax.
    pub enum TaxBehaviorOption {
        /// As usual in the buyer's country.
        Location = "location",
        /// Prices contain tax.
        Inclusive = "inclusive",
        /// Tax is added.
        Exclusive = "exclusive",
    }
}

crate::words! {
    /// Where an organization stands.
    pub enum OrganizationStatus {
        /// New; the API works, payments do not.
        Created = "created",
        /// Payments work.
        Active = "active",
        /// The API works, payments do not.
        Denied = "denied",
        /// Nothing works.
        Blocked = "blocked",
    }
}

/// A link to a social page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SocialLink {
    /// `x`, `github`, `facebook`, `instagram`, `youtube`, `tiktok`, `linkedin`, `threads`, `discord` or `other`.
    pub platform: String,
    /// The page.
    pub url: String,
}

/// How subscriptions behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubscriptionSettings {
    /// Whether one customer may hold several.
    pub allow_multiple_subscriptions: bool,
    /// How plan changes are billed.
    pub proration_behavior: ProrationBehavior,
    /// Days before benefits of unpaid subscriptions are taken away.
    pub benefit_revocation_grace_period: i64,
    /// Whether a second trial is refused.
    pub prevent_trial_abuse: bool,
    /// Whether customers may change plans themselves.
    pub allow_customer_updates: bool,
}

impl Default for SubscriptionSettings {
    fn default() -> Self {
        Self {
            allow_multiple_subscriptions: false,
            proration_behavior: ProrationBehavior::Prorate,
            benefit_revocation_grace_period: 0,
            prevent_trial_abuse: false,
            allow_customer_updates: true,
        }
    }
}

/// How checkouts behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutSettings {
    /// Whether every card payment asks for 3-D Secure.
    pub require_3ds: bool,
}

/// The switches for mails to customers: all on by default.
pub const CUSTOMER_EMAILS: [&str; 14] = [
    "order_confirmation",
    "payment_method_expiration_reminder",
    "subscription_cancellation",
    "subscription_confirmation",
    "subscription_cycled",
    "subscription_cycled_after_trial",
    "subscription_past_due",
    "subscription_paused",
    "subscription_resumed",
    "subscription_renewal_reminder",
    "subscription_revoked",
    "subscription_trial_conversion_reminder",
    "subscription_uncanceled",
    "subscription_updated",
];

/// The organization's settings that are kept as one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Feature switches by name.
    pub feature_settings: Map<String, Value>,
    /// Subscriptions.
    pub subscription_settings: SubscriptionSettings,
    /// Mails by name.
    pub customer_email_settings: Map<String, Value>,
    /// The customer portal.
    pub customer_portal_settings: Value,
    /// Disputes.
    pub dispute_settings: Value,
    /// What the merchant says about itself.
    pub details: Map<String, Value>,
    /// Sites that may embed the checkout.
    pub embed_hosts: Vec<String>,
    /// Social pages.
    pub socials: Vec<SocialLink>,
    /// Whether every card payment asks for 3-D Secure.
    pub require_3ds: bool,
    /// Where tax is collected.
    #[serde(default)]
    pub tax: TaxSettings,
}

impl Default for Settings {
    fn default() -> Self {
        let on = |names: &[&str], value: bool| -> Map<String, Value> {
            names
                .iter()
                .map(|n| ((*n).to_owned(), Value::Bool(value)))
                .collect()
        };
        let mut features = on(
            &[
                "seat_based_pricing_enabled",
                "wallets_enabled",
                "member_model_enabled",
                "checkout_localization_enabled",
                "off_session_charges_enabled",
                "meter_cycling_enabled",
            ],
            false,
        );
        // The reference has it off; a page that speaks the buyer's language needs no asking here.
        features["checkout_localization_enabled"] = Value::Bool(true);
        Self {
            feature_settings: features,
            subscription_settings: SubscriptionSettings::default(),
            customer_email_settings: on(&CUSTOMER_EMAILS, true),
            customer_portal_settings: serde_json::json!({
                "usage": {"show": true},
                "subscription": {"update_seats": true, "update_plan": true, "pause": false},
                "customer": {"allow_email_change": false},
            }),
            dispute_settings: serde_json::json!({"auto_accept_below_amount": null}),
            details: Map::new(),
            embed_hosts: Vec::new(),
            socials: Vec::new(),
            require_3ds: true,
            tax: TaxSettings::default(),
        }
    }
}

impl Settings {
    /// Whether a feature is switched on.
    pub fn feature(&self, name: &str) -> bool {
        self.feature_settings.get(name).and_then(Value::as_bool) == Some(true)
    }
}

/// What the organization can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Capabilities {
    /// Take money at checkout.
    pub checkout_payments: bool,
    /// Renew subscriptions.
    pub subscription_renewals: bool,
    /// Pay out (Till never does).
    pub payouts: bool,
    /// Give money back.
    pub refunds: bool,
    /// Use the API.
    pub api_access: bool,
    /// Use the dashboard.
    pub dashboard_access: bool,
}

/// The organization as buyers see it; the older clients read every key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationPublic {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Name shown to buyers.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// How plan changes are billed.
    pub proration_behavior: ProrationBehavior,
    /// Whether customers may change plans themselves.
    pub allow_customer_updates: bool,
    /// Contact address.
    pub email: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// Social pages.
    pub socials: Vec<SocialLink>,
    /// `created`, `active`, `under_review` or `denied`.
    pub status: OrganizationStatus,
    /// When details were given.
    pub details_submitted_at: Option<Timestamp>,
    /// Feature switches.
    #[schema(value_type = Object)]
    pub feature_settings: Map<String, Value>,
    /// Subscription settings.
    pub subscription_settings: SubscriptionSettings,
    /// Mail switches.
    #[schema(value_type = Object)]
    pub customer_email_settings: Map<String, Value>,
    /// Deprecated, null.
    pub bio: Option<String>,
    /// Deprecated, null.
    pub company: Option<String>,
    /// Deprecated, null.
    pub blog: Option<String>,
    /// Deprecated, null.
    pub location: Option<String>,
    /// Deprecated, null.
    pub twitter_username: Option<String>,
    /// Deprecated, 0.
    pub pledge_minimum_amount: i64,
    /// Deprecated, false.
    pub pledge_badge_show_amount: bool,
    /// Deprecated, null.
    pub default_upfront_split_to_contributors: Option<i64>,
    /// Deprecated, null.
    pub profile_settings: Option<Value>,
    /// Deprecated.
    pub notification_settings: NotificationSettings,
}

/// Which sales the merchant is told of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationSettings {
    /// New orders.
    pub new_order: bool,
    /// New subscriptions.
    pub new_subscription: bool,
}

/// The organization as its own tokens see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organization {
    /// The public part.
    #[serde(flatten)]
    pub public: OrganizationPublic,
    /// Reserved, null.
    pub onboarding_resubmission_requested_at: Option<Timestamp>,
    /// Reserved, false.
    pub sso_enforced: bool,
    /// The currency that every product is priced in.
    #[schema(value_type = String)]
    pub default_presentment_currency: Currency,
    /// Whether prices contain tax, where a price does not say.
    pub default_tax_behavior: TaxBehaviorOption,
    /// Whether and where tax is collected; Till's own, the reference has nothing like it.
    pub tax_settings: TaxSettings,
    /// Portal settings.
    #[schema(value_type = Object)]
    pub customer_portal_settings: Value,
    /// Dispute settings.
    #[schema(value_type = Object)]
    pub dispute_settings: Value,
    /// Checkouts; the reference keeps these to its dashboard.
    pub checkout_settings: CheckoutSettings,
    /// Sites that may embed the checkout.
    pub embed_hosts: Vec<String>,
    /// Whether others are refused.
    pub embed_hosts_enforced: bool,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Reserved, null.
    pub account_id: Option<Uuid>,
    /// Reserved, null.
    pub payout_account_id: Option<Uuid>,
    /// What it can do now.
    pub capabilities: Capabilities,
}

/// A change to an organization. Settings objects replace theirs; `feature_settings` and
/// `dispute_settings` merge key by key.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct OrganizationUpdate {
    pub name: Option<String>,
    pub avatar_url: Patch<String>,
    pub email: Patch<String>,
    pub website: Patch<String>,
    pub socials: Option<Vec<SocialLink>>,
    pub country: Patch<String>,
    pub details: Option<Map<String, Value>>,
    pub feature_settings: Option<Map<String, Value>>,
    pub subscription_settings: Option<SubscriptionSettings>,
    pub customer_email_settings: Option<Map<String, Value>>,
    pub customer_portal_settings: Option<Value>,
    pub dispute_settings: Option<Map<String, Value>>,
    pub checkout_settings: Option<CheckoutSettings>,
    pub embed_hosts: Option<Vec<String>>,
    pub default_presentment_currency: Option<Currency>,
    pub default_tax_behavior: Option<TaxBehaviorOption>,
    pub tax_settings: Option<TaxSettings>,
}

impl OrganizationUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        Some(Self {
            name: f.optional("name", text_of(3, limits::LINE, true)),
            avatar_url: f.patch("avatar_url", values::http_url),
            email: f.patch("email", values::email),
            website: f.patch("website", values::http_url),
            socials: f.optional(
                "socials",
                list(0, limits::SOCIALS, |v, cx| {
                    cx.object(v, |f| {
                        let platform = f.required("platform", platform);
                        let url = f.required("url", values::http_url);
                        Some(SocialLink {
                            platform: platform?,
                            url: url?,
                        })
                    })
                }),
            ),
            country: f.patch("country", |v, cx| {
                // In capitals, as the document names it; only addresses fold.
                let known = v.as_str().filter(|code| {
                    Country::parse_input(code).is_ok_and(|country| country.as_str() == *code)
                });
                match known {
                    Some(code) => Some(code.to_owned()),
                    None => cx.fail("enum", "Input should be a supported country code", v),
                }
            }),
            details: f.optional("details", dictionary),
            feature_settings: f.optional("feature_settings", |v, cx| flags(v, cx, &[])),
            subscription_settings: f.optional("subscription_settings", |v, cx| {
                cx.object(v, |f| {
                    let multiple = f.required("allow_multiple_subscriptions", boolean);
                    let proration = f.required("proration_behavior", word);
                    let grace = f.required(
                        "benefit_revocation_grace_period",
                        crate::input::int_in(0, 365),
                    );
                    let abuse = f.required("prevent_trial_abuse", boolean);
                    let updates = f.optional("allow_customer_updates", boolean);
                    Some(SubscriptionSettings {
                        allow_multiple_subscriptions: multiple?,
                        proration_behavior: proration?,
                        benefit_revocation_grace_period: grace?,
                        prevent_trial_abuse: abuse?,
                        allow_customer_updates: updates.unwrap_or(true),
                    })
                })
            }),
            customer_email_settings: f.optional("customer_email_settings", |v, cx| {
                flags(v, cx, &CUSTOMER_EMAILS)
            }),
            customer_portal_settings: f.optional("customer_portal_settings", |v, cx| {
                dictionary(v, cx).map(Value::Object)
            }),
            dispute_settings: f.optional("dispute_settings", dictionary),
            checkout_settings: f.optional("checkout_settings", |v, cx| {
                cx.object(v, |f| {
                    let require_3ds = f.required("require_3ds", boolean)?;
                    Some(CheckoutSettings { require_3ds })
                })
            }),
            embed_hosts: f.optional("embed_hosts", values::embed_hosts),
            default_presentment_currency: f
                .optional("default_presentment_currency", crate::money::currency),
            default_tax_behavior: f.optional("default_tax_behavior", word),
            tax_settings: f.optional("tax_settings", TaxSettings::read),
        })
    }
}

/// Where a [`SocialLink`] may lead.
pub const PLATFORMS: [&str; 10] = [
    "x",
    "github",
    "facebook",
    "instagram",
    "youtube",
    "tiktok",
    "linkedin",
    "threads",
    "discord",
    "other",
];

fn platform(value: &Value, cx: &mut crate::input::Context) -> Option<String> {
    if let Some(known) = value.as_str().filter(|raw| PLATFORMS.contains(raw)) {
        return Some(known.to_owned());
    }
    cx.fail(
        "enum",
        format!(
            "Input should be {}",
            crate::input::one_of(PLATFORMS.into_iter())
        ),
        value,
    )
}

fn dictionary(value: &Value, cx: &mut crate::input::Context) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        _ => cx.fail("dict_type", "Input should be an object", value),
    }
}

/// An object of switches; with `all` given, each of those must be there.
fn flags(
    value: &Value,
    cx: &mut crate::input::Context,
    all: &[&'static str],
) -> Option<Map<String, Value>> {
    let map = dictionary(value, cx)?;
    for key in all {
        if !map.contains_key(*key) {
            cx.at(*key, |cx| cx.fail::<()>("missing", "Field required", value));
        }
    }
    map.iter()
        .filter(|(_, v)| !v.is_null())
        .map(|(key, v)| {
            if v.is_array() {
                return Some((key.clone(), v.clone()));
            }
            cx.at(key.clone(), |cx| boolean(v, cx))
                .map(|flag| (key.clone(), Value::Bool(flag)))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}
