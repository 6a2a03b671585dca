//! Settings of an organization: what each object holds, how a request gives it, and how a stored row is read.
//!
//! A row may hold what an earlier version took without looking. Reading it never fails: what does not read is as
//! it is by default, and what nobody knows is left out, so that an answer always fits its schema. Only the tax
//! settings are read strictly: to forget where tax is due would change what buyers pay.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{ProrationBehavior, SocialLink, SocialPlatform};
use crate::{
    input::{Context, Patch, boolean, int_in, list, literal, text_of},
    tax::TaxSettings,
};

mod details;
mod portal;

pub use details::*;
pub use portal::*;

/// The most metrics that the dashboard's overview can be told to show.
pub const MOST_METRICS: usize = 100;
/// The longest name of a metric, in characters.
pub const LONGEST_METRIC: usize = 100;
/// The most days before benefits of unpaid subscriptions are taken away.
pub const LONGEST_GRACE: i64 = i32::MAX as i64;
/// The highest amount below which disputes can be conceded unasked, in cents of the US dollar.
pub const HIGHEST_CONCESSION: i64 = 10_000;

/// A settings object whose members are all true or false.
macro_rules! switches {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$fmeta:meta])* $field:ident = $default:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        pub struct $name { $($(#[$fmeta])* pub $field: bool),+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }

        impl $name {
            /// The names of its members, and how they are by default.
            pub const MEMBERS: &'static [(&'static str, bool)] =
                &[$((stringify!($field), $default)),+];

            /// Reads an object in which every member is given.
            pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
                cx.dictionary(value, |f| {
                    $(let $field = f.required(stringify!($field), boolean);)+
                    Some(Self { $($field: $field?),+ })
                })
            }

            /// As it was stored.
            fn stored(value: &Value) -> Self {
                let default = Self::default();
                Self { $($field: flag(value, stringify!($field), default.$field)),+ }
            }
        }
    };
}

switches! {
    /// Features that are switched on.
    pub struct Features {
        /// Reserved, false.
        issue_funding_enabled = false,
        /// Products can be sold by the seat. Once on, it stays on.
        seat_based_pricing_enabled = false,
        /// Reserved, false.
        wallets_enabled = false,
        /// Customers have members. Once on, it stays on.
        member_model_enabled = false,
        // The reference has it off; a page that speaks the buyer's language needs no asking here.
        /// The checkout speaks the buyer's language.
        checkout_localization_enabled = true,
        /// Reserved, false.
        reset_proration_behavior_enabled = false,
        /// Reserved, false.
        off_session_charges_enabled = false,
        /// Recurring products may settle usage in an interval of its own.
        meter_cycling_enabled = false,
        /// Reserved, false.
        slack_benefit_enabled = false,
        /// Reserved, false.
        preview_access_enabled = false,
        /// Reserved, false.
        disputes_enabled = false,
        /// Reserved, false.
        sso_enabled = false,
        /// Reserved, false.
        dispute_auto_accept_enabled = false,
        /// Reserved, false.
        compass_enabled = false,
        /// Reserved, false.
        merchant_migration_enabled = false,
    }
}

/// Features, and what the dashboard's overview shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeatureSettings {
    /// What is switched on.
    #[serde(flatten)]
    pub features: Features,
    /// Metrics on the dashboard's overview, in this order; null: as usual.
    pub overview_metrics: Option<Vec<String>>,
}

impl FeatureSettings {
    fn stored(value: &Value) -> Self {
        let metrics = value.get("overview_metrics").and_then(Value::as_array);
        Self {
            features: Features::stored(value),
            overview_metrics: metrics.map(|names| texts(names)),
        }
    }
}

/// A change to the features: those that a merchant switches itself. The others are ignored where they are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeatureSettingsUpdate {
    /// Products can be sold by the seat.
    pub seat_based_pricing_enabled: Option<bool>,
    /// Customers have members.
    pub member_model_enabled: Option<bool>,
    /// The checkout speaks the buyer's language.
    pub checkout_localization_enabled: Option<bool>,
    /// Metrics on the dashboard's overview.
    pub overview_metrics: Option<Vec<String>>,
}

impl FeatureSettingsUpdate {
    /// Reads the field of an organization's PATCH.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.object(value, |f| {
            Some(Self {
                seat_based_pricing_enabled: f.omittable("seat_based_pricing_enabled", boolean),
                member_model_enabled: f.omittable("member_model_enabled", boolean),
                checkout_localization_enabled: f
                    .omittable("checkout_localization_enabled", boolean),
                overview_metrics: f.optional(
                    "overview_metrics",
                    list(0, MOST_METRICS, text_of(0, LONGEST_METRIC, false)),
                ),
            })
        })
    }

    /// The settings with this change. What sold seats and members rely on is never switched off again.
    pub fn applied(self, settings: &mut FeatureSettings) {
        let features = &mut settings.features;
        features.seat_based_pricing_enabled |= self.seat_based_pricing_enabled == Some(true);
        features.member_model_enabled |= self.member_model_enabled == Some(true);
        if let Some(on) = self.checkout_localization_enabled {
            features.checkout_localization_enabled = on;
        }
        if self.overview_metrics.is_some() {
            settings.overview_metrics = self.overview_metrics;
        }
    }
}

/// How subscriptions behave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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

impl SubscriptionSettings {
    /// Reads the field of an organization's PATCH.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.dictionary(value, |f| {
            let multiple = f.required("allow_multiple_subscriptions", boolean);
            let proration = f.required("proration_behavior", literal);
            let grace = f.required("benefit_revocation_grace_period", int_in(0, LONGEST_GRACE));
            let abuse = f.required("prevent_trial_abuse", boolean);
            // The older clients do not know it.
            let updates = f.omittable("allow_customer_updates", boolean);
            Some(Self {
                allow_multiple_subscriptions: multiple?,
                proration_behavior: proration?,
                benefit_revocation_grace_period: grace?,
                prevent_trial_abuse: abuse?,
                allow_customer_updates: updates.unwrap_or(true),
            })
        })
    }

    fn stored(value: &Value) -> Self {
        let default = Self::default();
        let text = |name| value.get(name).and_then(Value::as_str);
        let days = value
            .get("benefit_revocation_grace_period")
            .and_then(Value::as_i64);
        Self {
            allow_multiple_subscriptions: flag(
                value,
                "allow_multiple_subscriptions",
                default.allow_multiple_subscriptions,
            ),
            proration_behavior: text("proration_behavior")
                .and_then(|word| word.parse().ok())
                .unwrap_or(default.proration_behavior),
            benefit_revocation_grace_period: days
                .filter(|days| (0..=LONGEST_GRACE).contains(days))
                .unwrap_or(default.benefit_revocation_grace_period),
            prevent_trial_abuse: flag(value, "prevent_trial_abuse", default.prevent_trial_abuse),
            allow_customer_updates: flag(
                value,
                "allow_customer_updates",
                default.allow_customer_updates,
            ),
        }
    }
}

/// How checkouts behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutSettings {
    /// Whether every card payment asks for 3-D Secure.
    pub require_3ds: bool,
}

impl CheckoutSettings {
    /// Reads the field of an organization's PATCH.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.dictionary(value, |f| {
            let require_3ds = f.required("require_3ds", boolean)?;
            Some(Self { require_3ds })
        })
    }
}

switches! {
    /// Which mails customers get.
    pub struct CustomerEmailSettings {
        /// After an order.
        order_confirmation = true,
        /// A card is about to expire.
        payment_method_expiration_reminder = true,
        /// A subscription will end.
        subscription_cancellation = true,
        /// A subscription has begun.
        subscription_confirmation = true,
        /// A subscription was renewed.
        subscription_cycled = true,
        /// The first renewal after a trial.
        subscription_cycled_after_trial = true,
        /// A renewal could not be paid.
        subscription_past_due = true,
        /// A subscription is paused.
        subscription_paused = true,
        /// A subscription goes on.
        subscription_resumed = true,
        /// A renewal is near.
        subscription_renewal_reminder = true,
        /// A subscription has ended.
        subscription_revoked = true,
        /// A trial will soon be paid for.
        subscription_trial_conversion_reminder = true,
        /// A subscription will not end after all.
        subscription_uncanceled = true,
        /// A subscription was changed.
        subscription_updated = true,
    }
}

/// How disputes are dealt with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputeSettings {
    /// Disputes below this are conceded unasked, in cents of the US dollar; null: none is.
    pub auto_accept_below_amount: Option<i64>,
}

impl DisputeSettings {
    fn stored(value: &Value) -> Self {
        let amount = value
            .get("auto_accept_below_amount")
            .and_then(Value::as_i64);
        Self {
            auto_accept_below_amount: amount.filter(|n| (1..=HIGHEST_CONCESSION).contains(n)),
        }
    }
}

/// A change to how disputes are dealt with; what is not sent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DisputeSettingsUpdate {
    /// Disputes below this are conceded unasked, in cents of the US dollar.
    pub auto_accept_below_amount: Patch<i64>,
}

impl DisputeSettingsUpdate {
    /// Reads the field of an organization's PATCH.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        cx.object(value, |f| {
            let amount = f.patch("auto_accept_below_amount", int_in(1, HIGHEST_CONCESSION));
            Some(Self {
                auto_accept_below_amount: amount,
            })
        })
    }
}

/// The organization's settings, which are stored as one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Features.
    pub feature_settings: FeatureSettings,
    /// Subscriptions.
    pub subscription_settings: SubscriptionSettings,
    /// Mails to customers.
    pub customer_email_settings: CustomerEmailSettings,
    /// The customer portal.
    pub customer_portal_settings: CustomerPortalSettings,
    /// Disputes.
    pub dispute_settings: DisputeSettings,
    /// What the merchant says about its business; shown nowhere.
    pub details: Map<String, Value>,
    /// Sites that may embed the checkout.
    pub embed_hosts: Vec<String>,
    /// Social pages.
    pub socials: Vec<SocialLink>,
    /// Whether every card payment asks for 3-D Secure.
    pub require_3ds: bool,
    /// Where tax is collected.
    pub tax: TaxSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            feature_settings: FeatureSettings::default(),
            subscription_settings: SubscriptionSettings::default(),
            customer_email_settings: CustomerEmailSettings::default(),
            customer_portal_settings: CustomerPortalSettings::default(),
            dispute_settings: DisputeSettings::default(),
            details: Map::new(),
            embed_hosts: Vec::new(),
            socials: Vec::new(),
            require_3ds: true,
            tax: TaxSettings::default(),
        }
    }
}

impl Settings {
    /// The features that are switched on.
    pub fn features(&self) -> Features {
        self.feature_settings.features
    }

    /// As they were stored; see the top of this file.
    fn stored(value: &Value) -> Result<Self, serde_json::Error> {
        let part = |name: &str| &value[name];
        let listed = |name: &str| part(name).as_array().map_or(&[][..], Vec::as_slice);
        Ok(Self {
            feature_settings: FeatureSettings::stored(part("feature_settings")),
            subscription_settings: SubscriptionSettings::stored(part("subscription_settings")),
            customer_email_settings: CustomerEmailSettings::stored(part("customer_email_settings")),
            customer_portal_settings: CustomerPortalSettings::stored(part(
                "customer_portal_settings",
            )),
            dispute_settings: DisputeSettings::stored(part("dispute_settings")),
            details: part("details").as_object().cloned().unwrap_or_default(),
            embed_hosts: texts(listed("embed_hosts")),
            socials: listed("socials").iter().filter_map(social).collect(),
            require_3ds: flag(value, "require_3ds", true),
            tax: match value.get("tax") {
                Some(tax) => TaxSettings::deserialize(tax)?,
                None => TaxSettings::default(),
            },
        })
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::stored(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn social(stored: &Value) -> Option<SocialLink> {
    let url = stored.get("url")?.as_str()?;
    let platform = stored.get("platform").and_then(Value::as_str);
    let known = platform.and_then(|name| name.parse().ok());
    Some(SocialLink {
        platform: known.unwrap_or_else(|| SocialPlatform::of(url)),
        url: url.to_owned(),
    })
}

fn flag(stored: &Value, name: &str, default: bool) -> bool {
    stored.get(name).and_then(Value::as_bool).unwrap_or(default)
}

fn texts(stored: &[Value]) -> Vec<String> {
    let texts = stored.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
